"""Where does a plan live? In a SQLite file, on a database server, or in a folder of CSV files."""

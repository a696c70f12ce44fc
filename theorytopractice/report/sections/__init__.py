"""The parts of the report, one file each: a view goes in, HTML with its words comes out."""

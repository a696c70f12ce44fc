"""Run the command line as ``python -m theorytopractice``."""

from theorytopractice.cli import main

if __name__ == "__main__":
    main()

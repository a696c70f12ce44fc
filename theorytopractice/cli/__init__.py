"""What can be done from the command line? Parse, call, print; no logic."""

from theorytopractice.cli import ideas, meaning, measuring, pace, pages, plans, reporting
from theorytopractice.cli.group import main

__all__ = ["ideas", "main", "meaning", "measuring", "pace", "pages", "plans", "reporting"]

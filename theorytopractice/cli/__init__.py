"""What can be done from the command line? Parse, call, print; no logic."""

from theorytopractice.cli import meaning, measuring, pace, plans
from theorytopractice.cli.group import main

__all__ = ["main", "meaning", "measuring", "pace", "plans"]

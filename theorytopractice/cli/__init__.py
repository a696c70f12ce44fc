"""What can be done from the command line? Parse, call, print; no logic."""

from theorytopractice.cli import analysis, exchange, pages, plans
from theorytopractice.cli.group import main

__all__ = ["analysis", "exchange", "main", "pages", "plans"]

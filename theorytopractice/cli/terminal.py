"""How does a plan's text reach a terminal without commanding it?"""

from __future__ import annotations

import sys

import click

from theorytopractice.model.plain_text import HIDDEN


def harmless(text: str) -> str:
    """Write each character that would command a terminal by its number, so that it is seen and does nothing."""
    return HIDDEN.sub(lambda sign: f"<U+{ord(sign[0]):04X}>", text)


def echo(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text: to a terminal without what commands it, to a file or pipe as it is."""
    stream = sys.stderr if err else sys.stdout
    click.echo(harmless(text) if stream.isatty() else text, nl=nl, err=err)

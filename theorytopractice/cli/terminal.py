"""How does a plan's text reach a terminal without commanding it?"""

from __future__ import annotations

import re
import sys

import click

COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves a cursor, colours or reorders a line: control characters, writing directions, halves of characters."""


def harmless(text: str) -> str:
    """Write each character that would command a terminal by its number, so that it is seen and does nothing."""
    return COMMANDING.sub(lambda sign: f"<U+{ord(sign[0]):04X}>", text)


def echo(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text: to a terminal without what commands it, to a file or pipe as it is."""
    stream = sys.stderr if err else sys.stdout
    click.echo(harmless(text) if stream.isatty() else text, nl=nl, err=err)

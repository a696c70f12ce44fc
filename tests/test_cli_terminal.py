"""Does a plan's text command the terminal that shows it?"""

import io
import sys

import pytest

from theorytopractice.cli.terminal import echo


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


HOSTILE = "a\x1b[31mred\x00\u202ex\ty\nz 中"


def test_terminal_is_shown_commands_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    echo(HOSTILE, nl=False)
    assert stream.getvalue() == "a<U+001B>[31mred<U+0000><U+202E>x\ty\nz 中"


def test_file_gets_the_text_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    echo("a\u202ex", nl=False)
    assert stream.getvalue() == "a\u202ex"

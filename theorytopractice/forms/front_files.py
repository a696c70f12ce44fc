"""What does the browser get before it is connected? The scripts and the style of the workbench, and what these say by themselves."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from theorytopractice.i18n import say

FRONT = Path(__file__).parent / "front"
SCRIPTS = ("drafts.js", "inputs.js", "view.js")
CONNECTION = "page.js"
"""What takes the place of Jupyter's connection where the workbench is a page."""
MAX_MESSAGE = 4 * 2**20  # bytes; a piece of a file is a quarter of it


@cache
def script() -> str:
    """Return the module that shows a workbench, for whatever connects it with a session."""
    return "\n".join((FRONT / name).read_text(encoding="utf-8") for name in SCRIPTS)


@cache
def page_script() -> str:
    """Return the same module with the connection that a page has."""
    return f"{script()}\n{(FRONT / CONNECTION).read_text(encoding='utf-8')}"


@cache
def style() -> str:
    """Return the style of the workbench."""
    return (FRONT / "style.css").read_text(encoding="utf-8")


def widget_words() -> dict[str, str]:
    """Return the sentences that the browser says by itself in a notebook."""
    return _words() | {
        "slow": say(
            "No answer yet. What you typed is kept in this browser. If this lasts, reload the page; in a notebook, run the cell again."
        ),
        "lost": say(
            "The connection is gone. What you typed is kept in this browser; reload the page to go on."
        ),
    }


def page_words() -> dict[str, str]:
    """Return the sentences that the browser says by itself on a page, which connects itself again."""
    return _words() | {
        "slow": say("No answer yet. What you typed is kept in this browser."),
        "lost": say(
            "The connection is gone. What you typed is kept in this browser; the page goes on by itself as soon as "
            "the forms answer again."
        ),
        "back": say("The forms answer again."),
        "unsure": say(
            "The connection broke before the answer came. Look whether it was stored before you save it again."
        ),
        "closed": say(
            "The forms were started anew: open them at the address that was printed there. What you typed is kept "
            "in this browser."
        ),
        "large": say(
            "This is more than can be sent at once ({n} MB); make it two, or import it as a file.",
            n=MAX_MESSAGE >> 20,
        ),
    }


def _words() -> dict[str, str]:
    return {
        "unread": say("The file cannot be read; choose it again."),
        "full": say("This browser has no room to keep what you type until it is saved; save soon."),
    }

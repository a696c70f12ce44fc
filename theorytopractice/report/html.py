"""How does a text become HTML that cannot do harm?"""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from theorytopractice.report.status import Status

LINE_SIGNS = "\n\t"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: HTML for a page, words for a terminal."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """Return the words."""
        return self.text


def safe(text: object) -> str:
    """Return any text so that a page shows it as it is written; control characters are left out."""
    kept = (
        sign for sign in str(text) if sign in LINE_SIGNS or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return html.escape("".join(kept))


def mark(status: Status, words: str = "") -> str:
    """Return a status as shape, colour and words."""
    shape = f'<span class="shape" aria-hidden="true">{status.shape}</span>'
    return f'<span class="status {status.name.lower()}">{shape} {safe(words or status.word)}</span>'


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]], *, name: str = "") -> str:
    """Return a table in a box of its own that scrolls where the page is narrow.

    Args:
        caption: what the table shows, as text.
        heads: heads of the columns, as text.
        rows: cells as HTML; the first one is the head of its row.
        name: class of the table, for the style sheet.
    """
    head = "".join(f'<th scope="col">{safe(words)}</th>' for words in heads)
    body = "".join(_row(list(cells)) for cells in rows)
    return (
        f'<div class="box" role="region" tabindex="0" aria-label="{safe(caption)}"><table class="{safe(name)}">'
        f"<caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: list[str]) -> str:
    rest = "".join(f"<td>{cell}</td>" for cell in cells[1:])
    return f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>\n'

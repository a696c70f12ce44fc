"""How is it shown on a terminal what an import would change? In lines that fit it."""

from __future__ import annotations

import shutil
import unicodedata
from typing import TYPE_CHECKING

from theorytopractice.store.sources import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.store.sources import CellChange, Comparison

MOST_OF_A_TABLE = 12
"""Added rows of a table that are shown on a terminal."""
NARROWEST = 60


def change_lines(comparison: Comparison) -> Iterator[str]:
    """Say what an import changes in lines as wide as the terminal: new rows by table, then each cell."""
    width = max(shutil.get_terminal_size().columns, NARROWEST)
    added: dict[str, list[CellChange]] = {}
    for cell in comparison.cells:
        if cell.outcome is Outcome.ADDED:
            added.setdefault(cell.table, []).append(cell)
    texts = comparison.new_rows()
    for table, rows in added.items():
        yield f"{table}, new:"
        for row in rows[:MOST_OF_A_TABLE]:
            held = texts.get((table, row.key), {})
            yield cut(f"  {'; '.join(f'{column} {text}' for column, text in held.items()) or row.key}", width)
        if len(rows) > MOST_OF_A_TABLE:
            yield f"  … and {len(rows) - MOST_OF_A_TABLE:,} more; --format csv lists every cell"
    for cell in comparison.cells:
        if cell.outcome is not Outcome.ADDED:
            yield cut(
                f"{cell.outcome}: {cell.table} {cell.key}{', ' + cell.column if cell.column else ''}", width
            )
            if cell.column and (cell.now or cell.after):
                yield cut(f"  in the plan {cell.now or '(empty)'}", width)
                yield cut(f"  the source  {cell.after or '(empty)'}", width)
            yield cut(f"  {cell.why}", width)


def cut(text: str, width: int) -> str:
    """Return a text in one line that is no wider than a terminal; a Chinese sign takes two places.

    >>> cut("one two three", 9), cut("整改措施落实", 7)
    ('one two …', '整改措…')
    """
    indent = "  " if text.startswith("  ") else ""
    text = indent + " ".join(text.split())
    wide = 0
    for place, sign in enumerate(text):
        wide += _places(sign)
        if wide > width:
            short = text[:place]
            while sum(map(_places, short)) >= width:
                short = short[:-1]
            return f"{short}…"
    return text


def _places(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1

"""How does a frame become a table that a person sorts and searches? A frame in, a table to show out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from theorytopractice.assessment.verdict_words import format_number
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import CLAUSES, say, say_in_turn, say_names
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    from collections.abc import Hashable


ROWS = 10
LOOK: dict[str, Any] = {
    "classes": "compact stripe",
    "style": "table-layout:auto;width:auto;margin:0;caption-side:bottom",
    "maxBytes": 0,  # a plan's table is shown whole, never a sample of it
    "connected": False,
    "showIndex": False,
}
CSS = (
    ".dt-container td, .dt-container th, .dt-container caption {text-align: left !important}"
    " .dt-container td {vertical-align: top}"
    " .dt-container .figures {text-align: right !important; white-space: nowrap}"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A frame as texts; notebooks show it sortable and searchable, a page without scripts shows its first rows.

    ``figures`` are the places of the columns that hold numbers.
    """

    texts: pd.DataFrame = field(repr=False)
    figures: tuple[int, ...] = ()
    caption: str = ""
    rows: int = ROWS

    def html(self) -> str:
        """Return the table as HTML; it fetches nothing where ``itables.init_notebook_mode`` stored its script."""
        from itables import to_html_datatable

        words = [place for place in range(self.texts.shape[1]) if place not in self.figures]
        # said of every column, for the script takes "F-003" for three francs
        columns = [
            {"targets": words, "type": "string"},
            {"targets": list(self.figures), "className": "figures"},
        ]
        options: dict[str, Any] = {"columnDefs": columns, "pageLength": self.rows, "css": CSS}
        return to_html_datatable(self.texts, self.caption or None, **LOOK, **options)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        """Return the rows and the caption, for a terminal."""
        return f"{self.texts.to_string(index=False)}\n{self.caption}".strip()


def table(frame: pd.DataFrame, *, caption: str = "", rows: int = ROWS) -> Table:
    """Return a frame to be shown as a table that is sorted by a click and searched by a word.

    Lists are joined, days are written as ISO dates, what is missing is left empty, and a day that all rows share
    (``as_of``) goes from the columns to the caption. A notebook stores the script once, in its first cell:
    ``itables.init_notebook_mode(all_interactive=False, connected=False)``.

    Args:
        frame: any frame; an index with a name becomes the first column.
        caption: said below the table.
        rows: how many rows a page of the table shows.

    Raises:
        PracticeError: fewer than one row was asked for, or the columns have several levels.
    """
    if rows < 1:
        raise PracticeError(f"A page of a table shows at least one row, not {rows}.")
    if frame.columns.nlevels > 1:
        raise PracticeError("A table has one row of headings; join the levels of the columns first.")
    whole = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    words = [caption] if caption else []
    if "as_of" in whole and len(whole["as_of"].drop_duplicates()) == 1:
        words.append(say("as of {day}", day=text_of(whole["as_of"].iloc[0])))
        whole = whole.drop(columns="as_of")
    cells = {place: [text_of(cell) for cell in column] for place, (_, column) in enumerate(whole.items())}
    texts = pd.DataFrame(cells, index=range(len(whole)), dtype="str").set_axis(
        list(whole.columns), axis="columns"
    )
    figures = [place for place, (_, column) in enumerate(whole.items()) if is_numeric_dtype(column)]
    return Table(texts, tuple(figures), say_in_turn(CLAUSES, words), rows)


def text_of(cell: Hashable | list[str]) -> str:
    """Return a cell in words: lists joined, days in ISO form, figures short, nothing for what is missing."""
    if isinstance(cell, list | tuple):
        return say_names(str(part) for part in cell)
    if pd.isna(cell):  # type: ignore[call-overload]
        return ""
    if isinstance(cell, bool):
        return name_of("yes" if cell else "no")
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    # a hyphen, because browsers sort by it and not by the true minus
    return format_number(cell).replace("−", "-") if isinstance(cell, float) else str(cell)

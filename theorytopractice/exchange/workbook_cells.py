"""What can a cell of a spreadsheet hold, and how does the text of a plan come back from it unchanged?

A cell holds a number, a truth, a day or up to 32,767 characters. What would come back otherwise (a longer text, 12.50,
a tab, which some programs drop) is shown as well as can be, and its exact text lies in a hidden sheet. It counts as long
as nobody changed what is shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from theorytopractice.exchange.workbooks import cell_text
from theorytopractice.i18n import say
from theorytopractice.model.fields import ValueType
from theorytopractice.model.plain_dates import ISO_DATE
from theorytopractice.model.plain_numbers import NUMBER
from theorytopractice.store.csv_file import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from theorytopractice.model.fields import Field
    from theorytopractice.model.values import TextTable


ABOUT, LISTS, EXACT = "_about", "_lists", "_exact"
"""The hidden sheets: what the workbook is, the words of the lists, and texts that a cell cannot hold."""
FORMAT = "1"
PROPERTY = "theorytopractice"
"""The property of the document that says the same as the sheet about it, should somebody remove that."""
LONGEST = 32_767
"""Characters that a cell can hold, as spreadsheet programs count them: those beyond U+FFFF are two."""
SHOWN_OF_LONG = 32_000
PIECE = 30_000
CUT = "⟦…⟧"
"""Stands where a text was cut, whatever the language."""
FIRST_DAY = "1900-03-01"
"""Before it spreadsheet programs disagree about the calendar."""
LARGEST_NUMBER = 1e300
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f]")
"""Characters that some programs drop; a line break is not among them."""
EXACT_COLUMNS = ("table", "key", "column", "shown", "text")
Cell = str | float | bool | date


class Exact(NamedTuple):
    """A text of the plan that its cell does not hold: where, what the cell shows (its checksum), and the text."""

    table: str
    key: str
    column: str
    shown: str
    text: str

    @property
    def is_cut(self) -> bool:
        """Tell whether the cell shows only the beginning."""
        return width(self.text) > LONGEST

    def row(self) -> list[str]:
        """Return the cells of the hidden sheet."""
        written = json.dumps(self.text).replace("_x", "\\u005fx")
        pieces = [written[at : at + PIECE] for at in range(0, len(written), PIECE)]
        return [*self[:4], *pieces]

    @classmethod
    def of_row(cls, cells: Sequence[object]) -> Exact:
        """Read a row of the hidden sheet; raises ValueError where somebody spoilt it."""
        texts = [str(cell) for cell in cells]
        table, key, column, shown = texts[:4]
        return cls(table, key, column, shown, str(json.loads("".join(texts[4:]))))


def width(text: str) -> int:
    """Return the length of a text as spreadsheet programs count it.

    >>> width("né"), width("🙂")
    (2, 2)
    """
    return len(text.encode("utf-16-le")) // 2


def bare(text: str) -> str:
    """Return a text without what some programs drop."""
    return clean(UNSEEN.sub("", text))


def checksum(text: str) -> str:
    """Return by what a cell is known again."""
    return hashlib.sha256(bare(text).encode()).hexdigest()


def cell_of(field: Field | None, text: str) -> Cell:
    """Return what stands in the cell: a day, a whole or decimal number, a truth, or text.

    >>> from theorytopractice.model.entities import ENTITIES
    >>> observation, action = ENTITIES["observation"], ENTITIES["action"]
    >>> cell_of(observation["value"], "80"), cell_of(observation["value"], "80.0"), cell_of(action["cost"], "12.50")
    (80.0, '80.0', 12.5)
    >>> cell_of(action["due"], "2026-06-30"), cell_of(action["title"], "=1+1"), cell_of(observation["final"], "true")
    (datetime.date(2026, 6, 30), '=1+1', True)
    """
    sort = field.type if field else ValueType.TEXT
    if sort is ValueType.DATE and ISO_DATE.fullmatch(text) and text >= FIRST_DAY:
        return _day(text)
    if sort is ValueType.TRUTH and text in ("true", "false"):
        return text == "true"
    if sort in (ValueType.INTEGER, ValueType.NUMBER, ValueType.VALUE) and NUMBER.fullmatch(text):
        number = float(text)
        is_same = cell_text(number) == text
        if is_same or (sort is not ValueType.VALUE and _is_short(text, number)):
            return number
    return text if width(text) <= LONGEST else _shortened(text)


def _day(text: str) -> Cell:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _is_short(text: str, number: float) -> bool:
    """Tell whether a number is the same with the digits that a spreadsheet keeps: 12.50 is, a sum of 20 digits is not."""
    from decimal import Decimal

    return abs(number) < LARGEST_NUMBER and Decimal(text) == Decimal(cell_text(number))


def _shortened(text: str) -> str:
    begin = text.encode("utf-16-le")[: 2 * SHOWN_OF_LONG].decode("utf-16-le", errors="ignore").rstrip()
    left = width(text) - width(begin)
    more = say("{n:,} more characters are kept; change the text in the plan, not here", n=left)
    return f"{begin} {CUT} {more}"


def exact_texts(table: TextTable, cells: dict[str, list[Cell]]) -> Iterator[Exact]:
    """Return the texts of a table that would come back otherwise from their cells."""
    keys: list[str] = []
    for column, values in cells.items():
        texts = table[column]
        lost = {text: checksum(cell_text(cell)) for text, cell in dict(zip(texts, values, strict=True)).items()
                if _is_lost(text, cell)}  # fmt: skip
        for row in (row for row, text in enumerate(texts) if text in lost) if lost else ():
            keys = keys or row_keys(table)
            yield Exact(table.entity.name, keys[row], column, lost[texts[row]], texts[row])


def _is_lost(text: str, cell: Cell) -> bool:
    """Tell whether a text would come back otherwise from its cell."""
    return cell_text(cell) != text or UNSEEN.search(text) is not None


def row_keys(table: TextTable) -> list[str]:
    """Return the key of each row as one text, as it reads in any program."""
    return [
        json.dumps([bare(part) for part in key], ensure_ascii=False)
        for key in zip(*(table[name] for name in table.entity.key), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Edited:
    """A cell that shows the beginning of a longer text, and that somebody changed."""

    row: int
    column: str
    text: str


def put_back(table: TextTable, exact: Sequence[Exact]) -> list[Edited]:
    """Put the exact texts in place of what their cells show; return the cells that cannot be understood, emptied."""
    own = [one for one in exact if one.table == table.entity.name and one.column in table.columns]
    places = {key: row for row, key in enumerate(row_keys(table))} if own else {}
    edited = []
    for one in own:
        row = places.get(one.key)
        if row is None:
            continue
        cells = table.columns[one.column]
        if checksum(cells[row]) == one.shown:
            cells[row] = one.text
        elif one.is_cut and CUT in cells[row]:
            edited.append(Edited(row, one.column, cells[row]))
            cells[row] = ""
    return edited

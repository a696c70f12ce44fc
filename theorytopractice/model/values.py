"""How is the text of a cell read, and how is a value written as text?

A table of texts is the common coin of files, databases and validation: numbers stay as they were written,
so that comparing them later is exact (method, 5.1-2).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PracticeError, nearest, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.fields import Entity, Field, ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"\d{1,9}(\.0*)?", re.ASCII)
LARGEST_WHOLE = 999_999_999
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CADENCE = re.compile(r"P([1-9]\d{0,4})([DWMY])", re.ASCII)
TRUTHS = {"true": True, "false": False}
LONGEST_CELL = 100_000
LONGEST_KEY = 200


@dataclass(slots=True)
class TextTable:
    """The rows of one table as texts: column → one text a row, empty text for an empty cell.

    ``lines`` gives each row's line in its file (header = 1), ``source`` the file or sheet. Columns that the
    entity does not declare are carried along.
    """

    entity: Entity
    columns: dict[str, list[str]]
    source: str = ""
    lines: Sequence[int] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values()), []))

    def __getitem__(self, column: str) -> list[str]:
        """Return a column; one of empty texts where the table has none of that name."""
        cells = self.columns.get(column)
        return [""] * len(self) if cells is None else cells

    def line(self, row: int) -> int | None:
        """Return the line of a row in its file, or None where no file is involved."""
        return self.lines[row] if self.lines else None

    @property
    def unknown(self) -> list[str]:
        """The columns that the entity does not declare."""
        return [name for name in self.columns if name not in self.entity.columns]

    def rows(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries."""
        return [
            dict(zip(self.columns, cells, strict=True)) for cells in zip(*self.columns.values(), strict=True)
        ]

    def keys(self) -> list[tuple[str, ...]]:
        """Return the key of each row."""
        return list(zip(*(self[column] for column in self.entity.key), strict=True))

    @classmethod
    def of(cls, entity: Entity, rows: Sequence[dict[str, str]], source: str = "") -> TextTable:
        """Build a table from dictionaries; a missing cell is empty."""
        names = [*entity.columns, *dict.fromkeys(n for row in rows for n in row if n not in entity.columns)]
        return cls(entity, {name: [row.get(name, "") for row in rows] for name in names}, source)


@dataclass(frozen=True, slots=True)
class ParseError:
    """Why a text cannot be read as its field: an E- code and what to do."""

    code: str
    message: str


def read_date(text: str) -> date:
    """Read an ISO date; raises ValueError."""
    if not ISO_DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_number(text: str) -> Decimal:
    """Read a decimal number exactly as written; raises ValueError (also for NaN and infinities)."""
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error


def read_whole(text: str) -> int:
    """Read a whole number from 0 to 999999999, also with nothing but zeros behind a point; raises ValueError."""
    if not WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text.partition(".")[0])


def read_truth(text: str) -> bool:
    """Read true or false; raises ValueError."""
    if text not in TRUTHS:
        raise ValueError(text)
    return TRUTHS[text]


def read_cadence(text: str) -> tuple[int, str]:
    """Read PnD, PnW, PnM or PnY as (n, letter); raises ValueError."""
    match = CADENCE.fullmatch(text)
    if not match:
        raise ValueError(text)
    return int(match[1]), match[2]


def read_list(text: str) -> list[str]:
    """Read the steps of a scale, between which ``;`` stands, folded for comparing; one may be empty."""
    return [fold(part) for part in text.split(";")]


READERS: dict[ValueType, Callable[[str], object]] = {
    ValueType.DATE: read_date,
    ValueType.INTEGER: read_whole,
    ValueType.NUMBER: read_number,
    ValueType.TRUTH: read_truth,
    ValueType.CADENCE: read_cadence,
}
"""What reads the plain writing of each type of field: the writing of a cell that a plan keeps.

Every door reads by these. What a door accepts in addition is a dialect (:mod:`theorytopractice.model.dialects`), which
puts it into the plain writing first. So what shall be read everywhere is added here, and nowhere else.
"""
REFUSALS = {
    ValueType.DATE: (
        "E-DATE",
        message("{text} is not a date; write it as year-month-day, such as 2026-06-30"),
    ),
    ValueType.INTEGER: ("E-NUM", message("{text} is not a whole number from 0 to 999999999")),
    ValueType.NUMBER: ("E-NUM", message("{text} is not a number; write digits with a point, such as 12.5")),
    ValueType.TRUTH: ("E-VOCAB", message("{text} is neither true nor false")),
    ValueType.CADENCE: ("E-VOCAB", message("{text} is not a cadence; write P30D, P2W, P1M or P1Y")),
}
"""The code and the sentence for a text that cannot be read."""


def fold(text: str) -> str:
    """Trim, compose and fold case, for comparing words as people mean them (method, 5.1-2)."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def parse_error(field_: Field, text: str) -> ParseError | None:
    """Say why a non-empty text cannot stand in a field, or None. One rule for every way data comes in."""
    if len(text) > LONGEST_CELL:
        return ParseError(
            "E-VOCAB",
            say("the cell has {n:,} characters; at most {most:,} are kept", n=len(text), most=LONGEST_CELL),
        )
    if "\0" in text:
        return ParseError("E-VOCAB", say("the cell contains a NUL character; remove it"))
    if field_.words:
        return _word_error(field_, text)
    if field_.type not in READERS:
        return _text_error(field_, text)
    try:
        READERS[field_.type](text)
    except ValueError:
        code, sentence = REFUSALS[field_.type]
        return ParseError(code, say(sentence, text=quote(text)))
    return None


def _word_error(field_: Field, text: str) -> ParseError | None:
    if text in field_.words:
        return None
    hint = nearest(text, field_.words)
    return ParseError(
        "E-VOCAB", say("{text} is not a word of this column{hint}", text=quote(text), hint=hint)
    )


def _text_error(field_: Field, text: str) -> ParseError | None:
    if field_.refers and len(text) > LONGEST_KEY:
        told = say("{text} is too long for a key of the table {table}", text=quote(text), table=field_.refers)
        return ParseError("E-REF", told)
    return None


def as_text(value: object) -> str:
    """Write a Python value as the text of a cell; None, NaN and NA become empty.

    Raises:
        PracticeError: it is not one value.
    """
    try:
        value = _of_python(value)
        if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
            return ""
        return _typed_text(value)
    except TypeError:  # NA is neither equal nor unequal to itself
        return ""
    except ArithmeticError:  # a signalling NaN may not even be compared
        return str(value)
    except ValueError:
        raise PracticeError(
            say("{sort} is not one value that a cell can hold.", sort=quote(type(value).__name__))
        ) from None


def _of_python(value: Any) -> object:  # noqa: ANN401 - a cell of any type
    """Return a number, truth or day of numpy as Python's own."""
    if type(value).__name__ == "datetime64":  # the item of one in nanoseconds is a bare integer
        return value.astype("datetime64[D]").item()
    return value.item() if hasattr(value, "item") else value


def _typed_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)


def digits_key(digits: str) -> tuple[int, str]:
    """Return the sort key of a run of digits, however long: as numbers sort, none before all."""
    plain = digits.lstrip("0")
    return (len(plain), plain) if digits else (-1, "")


def natural(identifier: str) -> tuple[list[str | tuple[int, str]], str]:
    """Return the sort key of natural order: digit runs as numbers, the rest by code point (method, T5)."""
    parts = re.split(r"([0-9]+)", identifier)
    return [digits_key(part) if i % 2 else part for i, part in enumerate(parts)], identifier


def natural_order(keys: Sequence[tuple[str, ...]]) -> list[int]:
    """Return the positions of the keys in natural order: digit runs as numbers, the rest by code point."""
    parts = [_natural_keys(column) for column in zip(*keys, strict=True)]
    if not parts:
        return []
    together = parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))
    return sorted(range(len(keys)), key=lambda row: together[row])  # type: ignore[arg-type,return-value]


def _natural_keys(texts: Sequence[str]) -> Sequence[object]:
    """Return what sorts like :func:`natural`; much faster where digits stand only at the end."""
    heads = [text.rstrip("0123456789") for text in texts]
    if any(not head.isascii() or any(map(head.__contains__, "0123456789")) for head in set(heads)):
        return [natural(text) for text in texts]
    return [(head, digits_key(text[len(head) :]), text) for head, text in zip(heads, texts, strict=True)]


class PartialTables(dict[str, Any]):
    """Tables by name that were checked where they come from, and may be a part of a plan, so that links may lead out."""

"""How is the text of a cell read, and how is a value written as text?

A table of texts is the common coin of files, databases and validation: numbers stay as they were written,
so that comparing them later is exact (method, 5.1-2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PracticeError, nearest, quote
from theorytopractice.i18n import message, say, say_list
from theorytopractice.model.fields import Entity, Field, ValueType
from theorytopractice.model.plain_dates import ISO_DATE, plain_date
from theorytopractice.model.plain_numbers import NUMBER, plain_number
from theorytopractice.model.plain_text import AmbiguousTextError, comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


WHOLE = re.compile(r"\d{1,9}(\.0*)?", re.ASCII)
LARGEST_WHOLE = 999_999_999
CADENCE = re.compile(r"P([1-9]\d{0,4})([DWMY])", re.ASCII)
TRUTHS = {"true": True, "false": False}
WORDS_OF_TRUTH = {
    "true": (
        *(
            "true",
            "t",
            "yes",
            "y",
            "1",
            "1.0",
            "x",
            "✓",
            "✔",
            "☑",
            "✅",
            "是",
            "对",
            "真",
            "oui",
            "vrai",
            "ja",
            "wahr",
            "sí",
            "si",
            "sì",
        ),
        *(
            "verdadero",
            "sim",
            "verdadeiro",
            "vero",
            "waar",
            "да",
            "истина",
            "tak",
            "prawda",
            "sant",
            "sand",
            "evet",
            "doğru",
        ),
    ),
    "false": (
        *(
            "false",
            "f",
            "no",
            "n",
            "0",
            "0.0",
            "☐",
            "✗",
            "✘",
            "❌",
            "否",
            "错",
            "假",
            "non",
            "faux",
            "nein",
            "falsch",
            "falso",
        ),
        *(
            "não",
            "nao",
            "nee",
            "onwaar",
            "нет",
            "ложь",
            "nie",
            "fałsz",
            "falskt",
            "falsk",
            "nej",
            "nei",
            "hayır",
            "yanlış",
        ),
    ),
}
"""What people and the spreadsheets of their language write for true and false."""
PLAIN_TRUTHS = {comparable(word): plain for plain, words in WORDS_OF_TRUTH.items() for word in words}
SEPARATORS = (";；", "、", "|", "\n", "，")
"""What may stand between the parts of a list; the first that is there does, and the others are in its parts."""
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

    def __contains__(self, column: object) -> bool:
        """Tell whether the table has a column of this name."""
        return column in self.columns

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the columns."""
        return iter(self.columns)

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
    """Read the steps of a scale, between which ``;`` stands, as :func:`step` compares them; one may be empty.

    >>> read_list("Poor; FAIR ;;good"), read_list("差；中；好"), read_list("差、中、好")
    (['poor', 'fair', '', 'good'], ['差', '中', '好'], ['差', '中', '好'])
    """
    return [step(part) for part in split_list(text)]


def step(text: str) -> str:
    """Return what a step of a scale is compared by: a word folded, a number in its plain writing.

    >>> step(" Good "), step("45 %") == step("45")
    ('good', True)
    """
    try:
        return plain_number(fold(text))
    except AmbiguousTextError:
        return fold(text)


def split_list(text: str) -> list[str]:
    """Return the parts of a list, trimmed, as they were written."""
    signs = next((signs for signs in SEPARATORS if any(map(text.__contains__, signs))), ";")
    for other in signs[1:]:
        text = text.replace(other, signs[0])
    return [part.strip() for part in text.split(signs[0])]


def plain_list(text: str) -> str:
    """Return a list with ``;`` between its parts, whatever stood there; a text that is none stays as it is.

    >>> plain_list("差；中；好"), plain_list("Poor; fair")
    ('差;中;好', 'Poor; fair')
    """
    signs = next((signs for signs in SEPARATORS if any(map(text.__contains__, signs))), ";")
    return (
        text if signs[0] == ";" and not any(map(text.__contains__, signs[1:])) else ";".join(split_list(text))
    )


def plain_truth(text: str) -> str:
    """Return true or false for what people write for it; a text that is neither stays as it is.

    >>> [plain_truth(text) for text in ("TRUE", "oui", "FALSCH", "是", "1", "x", "perhaps")]
    ['true', 'true', 'false', 'true', 'true', 'true', 'perhaps']
    """
    return PLAIN_TRUTHS.get(comparable(text), text)


def plain_word(text: str, words: Sequence[str]) -> str:
    """Return the word of a vocabulary that a text is, whatever its case, width and blanks; else the text.

    >>> plain_word("In Progress ", ("in_progress", "done")), plain_word("doen", ("in_progress", "done"))
    ('in_progress', 'doen')
    """
    if text in words:
        return text
    known = comparable(text).replace(" ", "_").replace("-", "_")
    return next((word for word in words if word == known or word.replace("-", "_") == known), text)


READERS: dict[ValueType, Callable[[str], object]] = {
    ValueType.DATE: read_date,
    ValueType.INTEGER: read_whole,
    ValueType.NUMBER: read_number,
    ValueType.TRUTH: read_truth,
    ValueType.CADENCE: read_cadence,
}
"""What reads the plain writing of each type of field: the writing of a cell that a plan keeps.

Every door puts a cell into the plain writing first, by a dialect (:mod:`theorytopractice.model.dialects`): what people
and their spreadsheets write for a date is in :mod:`theorytopractice.model.plain_dates`, for a number in
:mod:`theorytopractice.model.plain_numbers`, for a truth, a word and a list here. What shall be read everywhere is added there.
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
    """Trim, compose, fold case and width, for comparing words as people mean them (method, 5.1-2)."""
    return comparable(text)


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
        return _refusal(field_, text)
    return None


def _refusal(field_: Field, text: str) -> ParseError:
    """Say that a text cannot be read, and between which readings it is not guessed."""
    code, sentence = REFUSALS[field_.type]
    try:
        if field_.type is ValueType.DATE:
            plain_date(text, is_start=field_.is_start)
        elif field_.type in (ValueType.NUMBER, ValueType.INTEGER):
            plain_number(text, signs=field_.signs)
    except AmbiguousTextError as error:
        return ParseError(code, say(IN_TWO_WAYS, text=quote(text), readings=say_list(error.readings, "or")))
    return ParseError(code, say(sentence, text=quote(text)))


IN_TWO_WAYS = message("{text} can be read in more than one way and is not guessed; write {readings}")


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


SHORT_FLOATS = ("float16", "float32", "longdouble")


def _of_python(value: Any) -> object:  # noqa: ANN401 - a cell of any type
    """Return a number, truth or day of numpy as Python's own."""
    sort = type(value).__name__
    if sort == "datetime64":  # the item of one in nanoseconds is a bare integer
        return value.astype("datetime64[D]").item()
    if sort in SHORT_FLOATS:  # as Python's own they would show digits that nobody wrote
        return None if value != value else str(value)  # noqa: PLR0124 - NaN differs from itself
    if hasattr(value, "as_py"):  # of Arrow
        return _of_python(value.as_py())
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

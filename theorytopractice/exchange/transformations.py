"""How is a part of a mapping's TOML read, so that every mistake is one sentence that names its key?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from theorytopractice.errors import PlanError, nearest, quote
from theorytopractice.model.dialects import (
    AmbiguousTextError,
    date_pattern,
    with_date_patterns,
    with_decimal_sign,
)
from theorytopractice.model.values import LONGEST_KEY, as_text, fold, read_date, read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence


def mapping_error(key: str, message: str) -> PlanError:
    """Build the error for a key of the mapping."""
    place = key if key.isprintable() and len(key) <= LONGEST_KEY else quote(key)
    return PlanError(f"The mapping cannot be used: {place}: {message}.")


@dataclass(frozen=True, slots=True)
class TomlTable:
    """One table of the TOML, with the key under which it stands there."""

    cells: dict[str, Any]
    key: str = ""

    @classmethod
    def of(cls, value: object, key: str) -> TomlTable:
        """Take a value that must be a table; raises PlanError."""
        if not isinstance(value, dict):
            raise mapping_error(key, f'expected a table such as {{ column = "…" }}, found {quote(value)}')
        return cls(value, key)

    def __contains__(self, name: str) -> bool:
        """Say whether the table has this key."""
        return name in self.cells

    def under(self, name: str) -> str:
        """Return the full key of a name in this table."""
        return f"{self.key}.{name}" if self.key else name

    def allow(self, names: Collection[str]) -> None:
        """Refuse every key that is not one of ``names``; raises PlanError with the nearest."""
        for name in self.cells:
            if name not in names:
                raise mapping_error(self.under(name), f"there is no such key here{nearest(name, names)}")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        if name not in self.cells and default is not None:
            return default
        value = self.cells.get(name)
        if not isinstance(value, str) or not value.strip():
            found = quote(value) if name in self.cells else "nothing"
            raise mapping_error(self.under(name), f"expected a text, found {found}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one."""
        value = self.cells.get(name)
        many = value if isinstance(value, list) else [value]
        if not many or not all(isinstance(one, str) and one.strip() for one in many):
            raise mapping_error(self.under(name), f"expected a text or a list of texts, found {quote(value)}")
        return tuple(many)

    def scalar(self, name: str) -> str:
        """Return a text, number, truth value or date as the text of a cell; it may be empty."""
        value = self.cells.get(name)
        if value is None or isinstance(value, (dict, list)):
            raise mapping_error(self.under(name), f"expected a single value, found {quote(value)}")
        return as_text(value).strip()

    def separator(self) -> str:
        """Return the text under ``split``; a blank is one, too."""
        value = self.cells.get("split")
        if not isinstance(value, str) or not value:
            raise mapping_error(
                self.under("split"), f"expected a separator such as ';', found {quote(value)}"
            )
        return value

    def whole(self, name: str) -> int:
        """Return a whole number from 1 on."""
        value = self.cells.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise mapping_error(self.under(name), f"expected a whole number from 1 on, found {quote(value)}")
        return value

    def part(self, name: str) -> TomlTable:
        """Return a table of this table; an empty one where it is missing."""
        return TomlTable.of(self.cells.get(name, {}), self.under(name))

    def parts(self, name: str) -> Iterator[TomlTable]:
        """Return the tables of a list of tables, numbered from 1 in their keys."""
        value = self.cells.get(name, [])
        many = value if isinstance(value, list) else [value]
        return (TomlTable.of(one, f"{self.under(name)}[{n}]") for n, one in enumerate(many, 1))


Transformation: TypeAlias = "Callable[[str], str]"

YEAR = re.compile(r"(\d{4})(\.0+)?", re.ASCII)
DAYS_OF_YEAR = {"first day": (1, 1), "last day": (12, 31)}
DECIMAL_SIGNS = {".": "point", ",": "comma"}
CHANGES = ("dates", "year", "number", "words")


def read_transformations(part: TomlTable) -> tuple[tuple[Transformation, ...], tuple[str, ...]]:
    """Return the transformations that a part declares, in order, and the texts that it may give, if known.

    Raises:
        PlanError: naming the key that cannot be used.
    """
    declared = [name for name in CHANGES if name in part]
    if len(declared) > 1:
        raise mapping_error(part.key, f"only one of {' and '.join(declared)} can be used")
    changes: list[Transformation] = []
    outputs: tuple[str, ...] = ()
    if "split" in part or "part" in part:
        changes.append(split(part.separator(), part.whole("part")))
    if "dates" in part:
        changes.append(dates([_date_pattern(form, part.under("dates")) for form in part.texts("dates")]))
    if "year" in part:
        changes.append(year(_choice(part, "year", DAYS_OF_YEAR)))
    if "number" in part:
        changes.append(number(_choice(part, "number", DECIMAL_SIGNS)))
    if "words" in part:
        meanings = part.part("words")
        known = {word: meanings.scalar(word) for word in meanings.cells}
        changes.append(words(known))
        outputs = tuple(known.values())
    return tuple(changes), outputs


def _choice(part: TomlTable, name: str, known: Mapping[str, object]) -> str:
    word = part.text(name)
    if word not in known:
        raise mapping_error(
            part.under(name), f"{quote(word)} is not known; known: {', '.join(map(repr, known))}"
        )
    return word


def split(separator: str, position: int) -> Transformation:
    """Cut a text at a separator and take the part at a position, the first being 1."""

    def change(text: str) -> str:
        parts = text.split(separator)
        if position > len(parts):
            raise ValueError(f"{quote(text)} has no part {position} between {quote(separator)}")
        return parts[position - 1].strip()

    return change


def words(meanings: Mapping[str, str]) -> Transformation:
    """Replace a foreign word by ours; case and surrounding blanks do not matter."""
    known = {fold(word): ours for word, ours in meanings.items()}

    def change(text: str) -> str:
        if fold(text) not in known:
            raise ValueError(
                f"the mapping does not say what {quote(text)} stands for{nearest(text, meanings)}"
            )
        return known[fold(text)]

    return change


def year(day: str) -> Transformation:
    """Turn a year such as 2045 or 2045.0 into its first or last day."""

    def change(text: str) -> str:
        match = YEAR.fullmatch(text)
        if not match or match[1] == "0000":
            raise ValueError(f"{quote(text)} is not a year")
        return date(int(match[1]), *DAYS_OF_YEAR[day]).isoformat()

    return change


def number(decimal_sign: str) -> Transformation:
    """Take a number out of its thousands marks; ``decimal_sign`` is a point or a comma."""

    def change(text: str) -> str:
        plain = with_decimal_sign(text, decimal_sign)
        try:
            read_number(plain)
        except ValueError as error:
            raise ValueError(
                f"{quote(text)} is not a number with the decimal sign {quote(decimal_sign)}"
            ) from error
        return plain

    return change


def dates(patterns: Sequence[re.Pattern[str]]) -> Transformation:
    """Read a date in one of several formats; where two formats give different days, none is taken."""

    def change(text: str) -> str:
        try:
            return read_date(with_date_patterns(text, patterns)).isoformat()
        except AmbiguousTextError as error:
            raise ValueError(f"{quote(text)} could be {' or '.join(error.readings)}") from error
        except ValueError as error:
            raise ValueError(f"{quote(text)} is not a date in the formats of the mapping") from error

    return change


def _date_pattern(form: str, key: str) -> re.Pattern[str]:
    try:
        return date_pattern(form)
    except ValueError as error:
        message = f"{quote(form)} is no date format; write day, month and year, such as 'dd/mm/yyyy'"
        raise mapping_error(key, message) from error

"""How is a part of a mapping's TOML read, so that every mistake is one sentence that names its key?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from theorytopractice.errors import PlanError, nearest, quote
from theorytopractice.model.dialects import AmbiguousTextError, DateStyle, date_pattern, with_date_patterns
from theorytopractice.model.plain_dates import DAY_FIRST, MONTH_FIRST, SERIAL_1900, SERIAL_1904
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.plain_text import text_of_html
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
READINGS = ("dates", "year", "number", "words")
"""What a text can be taken for; one of them at most."""
CHANGES = (*READINGS, "century", "html")
"""Every key of a part that changes a text, but for ``split`` and ``part``."""
STYLES: dict[str, dict[str, Any]] = {
    "day first": {"order": DAY_FIRST},
    "month first": {"order": MONTH_FIRST},
    "serial": {"serial": SERIAL_1900},
    "serial 1904": {"serial": SERIAL_1904},
    "year": {"has_years": True},
}
"""What may stand among the formats of dates, and what it declares."""


def read_transformations(
    part: TomlTable, *, is_start: bool = False
) -> tuple[tuple[Transformation, ...], tuple[str, ...]]:
    """Return the transformations that a part declares, in order, and the texts that it may give, if known.

    Args:
        part: the table of the mapping.
        is_start: whether a month without a day is its first day; where not, it is its last.

    Raises:
        PlanError: naming the key that cannot be used.
    """
    declared = [name for name in READINGS if name in part]
    if len(declared) > 1:
        raise mapping_error(part.key, f"only one of {' and '.join(declared)} can be used")
    changes: list[Transformation] = []
    outputs: tuple[str, ...] = ()
    if _truth(part, "html"):
        changes.append(text_of_html)
    if "split" in part or "part" in part:
        changes.append(split(part.separator(), part.whole("part")))
    if "dates" in part or "century" in part:
        changes.append(_declared_dates(part, is_start=is_start))
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


def _truth(part: TomlTable, name: str) -> bool:
    value = part.cells.get(name, False)
    if not isinstance(value, bool):
        raise mapping_error(part.under(name), f"expected true or false, found {quote(value)}")
    return value


def _declared_dates(part: TomlTable, *, is_start: bool) -> Transformation:
    """Return how dates are read: by formats, and by what ``day first``, ``serial`` and ``century`` declare."""
    known: dict[str, Any] = {"century": part.whole("century")} if "century" in part else {}
    patterns = []
    for form in part.texts("dates") if "dates" in part else ():
        if form in STYLES:
            known |= STYLES[form]
        else:
            patterns.append(_date_pattern(form, part.under("dates")))
    return dates(patterns, DateStyle(**known), is_start=is_start)


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
    """Take a number out of its thousands marks, per cent and currency signs; ``decimal_sign`` is a point or a comma.

    >>> number(",")("€ 1.234,50"), number(".")("40%")
    ('1234.50', '40')
    """

    def change(text: str) -> str:
        try:
            plain = plain_number(text, decimal_sign)
            read_number(plain)
        except ValueError as error:
            raise ValueError(
                f"{quote(text)} is not a number with the decimal sign {quote(decimal_sign)}"
            ) from error
        return plain

    return change


def dates(
    patterns: Sequence[re.Pattern[str]], style: DateStyle | None = None, *, is_start: bool = False
) -> Transformation:
    """Read a date in one of several formats, or as every door reads it; of two different days none is taken.

    >>> dates([date_pattern("dd/mm/yyyy")])("03/04/2026"), dates([date_pattern("mm/yyyy")])("06/2027")
    ('2026-04-03', '2027-06-30')
    >>> dates([], DateStyle(century=1950))("31/12/90")
    '1990-12-31'
    """
    declared = style or DateStyle()

    def change(text: str) -> str:
        try:
            return read_date(with_date_patterns(text, patterns, declared, is_start=is_start)).isoformat()
        except AmbiguousTextError as error:
            hint = "; declare which hundred years: century = 1950" if is_short_year(error.readings) else ""
            raise ValueError(f"{quote(text)} could be {' or '.join(error.readings)}{hint}") from error
        except ValueError as error:
            raise ValueError(f"{quote(text)} is not a date in the formats of the mapping") from error

    return change


def is_short_year(readings: Sequence[str]) -> bool:
    """Tell whether two readings of a date are a hundred years apart."""
    return len({reading[:2] for reading in readings}) > 1 and len({reading[2:] for reading in readings}) == 1


def _date_pattern(form: str, key: str) -> re.Pattern[str]:
    try:
        return date_pattern(form)
    except ValueError as error:
        message = f"{quote(form)} is no date format; write day, month and year, such as 'dd/mm/yyyy', or one of {', '.join(map(repr, STYLES))}"
        raise mapping_error(key, message) from error

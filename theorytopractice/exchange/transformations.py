"""How is the text of a foreign cell changed into ours? Each transformation raises ValueError with what is wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from theorytopractice.errors import nearest, quote
from theorytopractice.i18n import say
from theorytopractice.model.dialects import AmbiguousTextError, DateStyle, date_pattern, with_date_patterns
from theorytopractice.model.plain_dates import DAY_FIRST, MONTH_FIRST, SERIAL_1900, SERIAL_1904
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.values import fold, read_date, read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


Transformation: TypeAlias = "Callable[[str], str]"

YEAR = re.compile(r"(\d{4})(\.0+)?", re.ASCII)
DAYS_OF_YEAR = {"first day": (1, 1), "last day": (12, 31)}
DECIMAL_SIGNS = {".": "point", ",": "comma"}
STYLES: dict[str, dict[str, Any]] = {
    "day first": {"order": DAY_FIRST},
    "month first": {"order": MONTH_FIRST},
    "serial": {"serial": SERIAL_1900},
    "serial 1904": {"serial": SERIAL_1904},
    "year": {"has_years": True},
}
"""What may stand among the formats of dates, and what it declares."""


def declared_dates(
    forms: Sequence[str], century: int | None = None, *, is_start: bool = False
) -> Transformation:
    """Return how dates are read: by formats, and by what ``day first``, ``serial`` and a century declare."""
    known: dict[str, Any] = {} if century is None else {"century": century}
    for form in forms:
        known |= STYLES.get(form, {})
    patterns = [date_pattern(form) for form in forms if form not in STYLES]
    return dates(patterns, DateStyle(**known), is_start=is_start)


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
                say(
                    "{text} is not a number with the decimal sign {sign}",
                    text=quote(text),
                    sign=quote(decimal_sign),
                )
            ) from error
        return plain

    return change


def per_cent(text: str) -> str:
    """Turn a share of one into per cent; what is written with a sign is per cent already.

    >>> per_cent("0.4"), per_cent("1"), per_cent("45 %"), per_cent("0,075")
    ('40', '100', '45', '7.5')
    """
    try:
        value = read_number(plain_number(text))
    except ValueError as error:
        raise ValueError(say("{text} is not a share of one, such as 0.45", text=quote(text))) from error
    if "%" in text or "٪" in text:
        return plain_number(text)
    if abs(value) > LARGEST_SHARE:
        raise ValueError(
            say("{text} is more than a share of one can be; is it per cent already?", text=quote(text))
        )
    return format((value * 100).normalize(), "f")


LARGEST_SHARE = 2


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
            hint = (
                say("; declare which hundred years: century = 1950") if is_short_year(error.readings) else ""
            )
            raise ValueError(
                say("{text} could be {readings}", text=quote(text), readings=say(" or ").join(error.readings))
                + hint
            ) from error
        except ValueError as error:
            raise ValueError(
                say("{text} is not a date in the formats of the mapping", text=quote(text))
            ) from error

    return change


def is_short_year(readings: Sequence[str]) -> bool:
    """Tell whether two readings of a date are a hundred years apart."""
    return len({reading[:2] for reading in readings}) > 1 and len({reading[2:] for reading in readings}) == 1

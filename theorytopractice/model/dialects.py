"""What may a door declare of the texts that come through it? One dialect a door; the reading is the same for all.

Every door reads what can be read in one way only: ``30-Jun-2027``, ``1 234,5``, ``45 %``, ``TRUE``, ``是``, ``monthly``.
A dialect says what is meant by the rest: the order of 03/04/2026, the decimal sign of 1,234, the century of 31/12/90,
whether a number is a date, and which day is today. It puts a text into the plain writing, which
:data:`theorytopractice.model.values.READERS` read and a plan keeps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from theorytopractice.model.fields import ValueType
from theorytopractice.model.plain_dates import (
    UNDECLARED,
    DateStyle,
    calendar_day,
    is_day_first_shape,
    month_number,
    month_numbers,
    plain_date,
    years_of,
)
from theorytopractice.model.plain_numbers import ALL_SIGNS, plain_number
from theorytopractice.model.plain_text import AmbiguousTextError, comparable, normal_key, tidy
from theorytopractice.model.values import CADENCE, READERS, plain_list, plain_truth, plain_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theorytopractice.model.fields import Field

__all__ = [
    "CELL", "FRAME", "UNITS", "AmbiguousTextError", "DateStyle", "Dialect", "by_hand", "date_pattern", "month_number",
    "plain_cadence", "with_date_patterns",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a door declares: of its dates, its decimal sign (``.``, ``,`` or nothing), and its today.

    >>> CELL.plain(ValueType.DATE, "30-Jun-2027"), CELL.plain(ValueType.NUMBER, "1 234,5"), CELL.plain(ValueType.TRUTH, "WAHR")
    ('2027-06-30', '1234.5', 'true')
    >>> Dialect(DateStyle(order="dmy"), decimal=",").plain(ValueType.DATE, "03/04/2026")
    '2026-04-03'
    """

    dates: DateStyle = field(default=UNDECLARED)
    decimal: str = ""
    today: date | None = None

    def plain(self, type_: ValueType, text: str, *, signs: str = ALL_SIGNS, is_start: bool = False) -> str:
        """Return the plain writing of a text, without blanks around it; raises AmbiguousTextError.

        A text that is not of the type stays as it is, so that the reader refuses it. ``signs`` are those that may
        stand beside a number, ``is_start`` makes a month without a day its first day.
        """
        text = text.strip()
        if type_ is ValueType.DATE:
            return self._relative(text) or plain_date(text, self.dates, is_start=is_start)
        if type_ in (ValueType.NUMBER, ValueType.VALUE):
            return plain_number(text, self.decimal, signs)
        if type_ is ValueType.INTEGER:
            return plain_number(text, self.decimal, signs.replace("¤", ""))
        if type_ is ValueType.TRUTH:
            return plain_truth(text)
        return plain_cadence(text) if type_ is ValueType.CADENCE else text

    def _relative(self, text: str) -> str:
        if self.today is None or (days := RELATIVE.get(comparable(text))) is None:
            return ""
        return (self.today + timedelta(days=days)).isoformat()

    def plain_cell(self, field_: Field, text: str) -> str:
        """Return what a plan keeps of a cell: its plain writing, or the text itself where that is not sure.

        Keys are composed, words those of the vocabulary, lists have ``;`` between. Never raises: what cannot be read,
        or in two ways, stays for validation to refuse.

        >>> from theorytopractice.model.entities import ENTITIES
        >>> CELL.plain_cell(ENTITIES["finding_indicator"]["required"], "TRUE")
        'true'
        >>> CELL.plain_cell(ENTITIES["action"]["planned_start"], "Q3 2026"), CELL.plain_cell(ENTITIES["action"]["due"], "Q3 2026")
        ('2026-07-01', '2026-09-30')
        """
        if not text:
            return text
        if field_.words:
            return plain_word(text, field_.words)
        if field_.type is ValueType.TEXT:
            if field_.refers or field_.is_key:
                return normal_key(text)
            return plain_list(text) if field_.is_list else text
        try:
            return self.plain(field_.type, text, signs=field_.signs, is_start=field_.is_start)
        except ValueError:  # also where it can be read in two ways
            return text

    def plain_column(self, field_: Field, cells: Sequence[str]) -> list[str]:
        """Return what a plan keeps of a column; each different text is read once."""
        if field_.is_free:
            return list(cells)
        known: dict[str, str] = {text: self.plain_cell(field_, text) for text in set(cells)}
        return [known[text] for text in cells]

    def read(self, type_: ValueType, text: str) -> object:
        """Read a text as a type that has a reader; raises ValueError, and AmbiguousTextError where it has two meanings."""
        return READERS[type_](self.plain(type_, text))


RELATIVE = {"today": 0, "now": 0, "今天": 0, "yesterday": -1, "昨天": -1, "tomorrow": 1, "明天": 1}
CELL = Dialect()
"""What every door reads, and a door that declares nothing: a CSV file, a database, a setting, the command line."""
FRAME = CELL
"""Frames declare nothing either."""


def by_hand(today: date) -> Dialect:
    """Return what a person may type: what every door reads, and today and its like."""
    return Dialect(today=today)


UNITS = {
    "D": ("d", "day", "days", "天", "日"),
    "W": ("w", "week", "weeks", "wk", "周", "星期"),
    "M": ("m", "month", "months", "月", "个月"),
    "Q": ("q", "quarter", "quarters", "季", "季度", "个季度"),
    "Y": ("y", "year", "years", "年"),
}
ADVERBS = {
    "daily": "P1D", "weekly": "P1W", "fortnightly": "P2W", "monthly": "P1M", "quarterly": "P3M",
    "yearly": "P1Y", "annually": "P1Y", "annual": "P1Y",
}  # fmt: skip
LETTERS = {word: letter for letter, words in UNITS.items() for word in words}
COUNTED = r"(?:every|each|每隔?)?\s*(\d{1,4})?\s*([^\W\d]+)"


def plain_cadence(text: str) -> str:
    """Return a repeat as a cell keeps it, such as P30D; the text itself where none is meant."""
    plain = tidy(text).casefold()
    if CADENCE.fullmatch(plain.upper()):
        return plain.upper()
    match = re.fullmatch(COUNTED, plain)
    letter = LETTERS.get(match[2]) if match else None
    if letter is None or not match:
        return ADVERBS.get(plain, text)
    times = int(match[1] or 1)
    cadence = f"P{3 * times}M" if letter == "Q" else f"P{times}{letter}"
    return cadence if CADENCE.fullmatch(cadence) else text


TOKENS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short_year>\d{2})",
    "mmmm": r"(?P<month>[^\W\d_]+)\.?",
    "mmm": r"(?P<month>[^\W\d_]+)\.?",
    "mm": r"(?P<month>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
}
TOKEN = "|".join(TOKENS)
SHAPES = (["d", "m", "y"], ["m", "y"], ["y"])
"""What a format may put together: a day, a month, a year."""


def date_pattern(form: str) -> re.Pattern[str]:
    """Turn a date format such as ``dd/mm/yyyy``, ``d mmm yy`` or ``mm/yyyy`` into a pattern; raises ValueError."""
    tokens = re.findall(TOKEN, form)
    if sorted(token[0] for token in tokens) not in SHAPES:
        raise ValueError(form)
    between = re.split(TOKEN, form.casefold())
    pieces = [re.escape(between[0])]
    for token, text in zip(tokens, between[1:], strict=True):
        pieces += [TOKENS[token], re.escape(text)]
    flags = re.NOFLAG if "mmm" in form else re.ASCII
    return re.compile("".join(pieces).replace(r"\d", "[0-9]"), flags)


def with_date_patterns(
    text: str, patterns: Sequence[re.Pattern[str]], style: DateStyle = UNDECLARED, *, is_start: bool = False
) -> str:
    """Return the ISO date that a text has in one of several formats, empty if in none; raises AmbiguousTextError.

    What is in none of them is read as everywhere, unless it is a date of the same shape with day and month exchanged.

    >>> with_date_patterns("06/2027", [date_pattern("mm/yyyy")]), with_date_patterns("3 mai 2026", [date_pattern("d mmm yyyy")])
    ('2027-06-30', '2026-05-03')
    >>> with_date_patterns("04/15/2026", [date_pattern("dd/mm/yyyy")])
    ''
    """
    days: set[str] = set()
    for match in filter(None, (pattern.fullmatch(text.casefold()) for pattern in patterns)):
        days |= _days_of_match(match, style, is_start=is_start)
    if len(days) > 1:
        raise AmbiguousTextError(text, sorted(days))
    if days:
        return days.pop()
    if is_day_first_shape(text) and any(
        "day" in pattern.groupindex for pattern in patterns if _is_numeric(pattern)
    ):
        return ""
    plain = plain_date(text, style, is_start=is_start)
    return "" if plain == text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else plain


def _is_numeric(pattern: re.Pattern[str]) -> bool:
    """Tell whether a format is three numbers of which the year stands last."""
    groups = pattern.groupindex
    year = groups.get("year") or groups.get("short_year") or 0
    return year == max(groups.values()) and "[^" not in pattern.pattern


def _days_of_match(match: re.Match[str], style: DateStyle, *, is_start: bool) -> set[str]:
    """Return the days that a text can mean in one format."""
    part = match.groupdict()
    month = part.get("month")
    numbers = (
        {1 if is_start else 12}
        if month is None
        else {int(month)}
        if month.isdigit()
        else month_numbers(month)
    )
    days: set[str] = set()
    for year in years_of(part.get("year") or part["short_year"], style):
        for number in numbers:
            days |= calendar_day(year, number, part.get("day"), is_start=is_start)
    return days

"""What may a door accept in addition to the plain writing of a cell? One dialect a door; the reading is the same.

A dialect puts a text into the plain writing, which :data:`theorytopractice.model.values.READERS` read: files, databases,
settings and the command line take only that (:data:`CELL`), frames a little more (:data:`FRAME`), a planner's hand much
more (:func:`by_hand`), and a foreign file what its mapping declares (:func:`date_pattern`, :func:`with_decimal_sign`).
What can be read in two ways is not guessed. The patterns are compiled when a text first needs them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import CADENCE, READERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class AmbiguousTextError(ValueError):
    """A text that can be read in two ways; ``readings`` are their plain writings."""

    def __init__(self, text: str, readings: Sequence[str]) -> None:
        """Keep the text as far as it was put in order, and how it can be read."""
        super().__init__(text)
        self.text = text
        self.readings = tuple(readings)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a door puts the texts of each type of field into the plain writing; types that it lacks stay as they are.

    A rewriter returns a text that it does not know as it is, so that the reader refuses it.
    """

    rewriters: Mapping[ValueType, Callable[[str], str]]

    def plain(self, type_: ValueType, text: str) -> str:
        """Return the plain writing of a text, without blanks around it; raises AmbiguousTextError."""
        rewriter = self.rewriters.get(type_)
        return text.strip() if rewriter is None else rewriter(text.strip())

    def read(self, type_: ValueType, text: str) -> object:
        """Read a text as a type that has a reader; raises ValueError, and AmbiguousTextError where it has two meanings."""
        return READERS[type_](self.plain(type_, text))


MOMENT = r"(?as)(\d{4}-\d{2}-\d{2})[T ].*"
TRUTHS_OF_NUMBERS = {"1": "true", "0": "false", "1.0": "true", "0.0": "false"}


def _date_of_moment(text: str) -> str:
    """Return the date of a moment such as 2026-06-30T12:00."""
    match = re.fullmatch(MOMENT, text)
    return match[1] if match else text


def _truth_of_frame(text: str) -> str:
    """Return a truth in small letters, and for 1 and 0 what programs mean by them."""
    word = text.lower()
    return TRUTHS_OF_NUMBERS.get(word, word)


CELL = Dialect({})
"""What a plan keeps: a CSV file, a database, a setting, the command line."""
FRAME = Dialect({ValueType.DATE: _date_of_moment, ValueType.TRUTH: _truth_of_frame})
"""What programs write into frames: a moment for a date; True, TRUE, 1 or 1.0 for a truth."""


MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, 1)},
    "sept": 9,
}


def month_number(name: str) -> int:
    """Return the number of a month by its English name, long or short; 0 if there is none of that name."""
    return MONTH_NUMBERS.get(name.casefold(), 0)


def calendar_day(year: str, month: str | int, day: str) -> set[str]:
    """Return the ISO date of three parts; nothing where the calendar has no such day."""
    try:
        return {date(int(year), int(month), int(day)).isoformat()}
    except ValueError:
        return set()


DATE_PARTS = r"(\d{1,4})\s*[-./年 ]\s*(\d{1,2})\s*[-./月 ]\s*(\d{1,4})\s*日?"
NAMED_DATE = r"(\d{1,2})\.?\s+([^\W\d]+)\.?,?\s+(\d{4})|([^\W\d]+)\.?\s+(\d{1,2}),?\s+(\d{4})"
RELATIVE = {"today": 0, "now": 0, "今天": 0, "yesterday": -1, "昨天": -1, "tomorrow": 1, "明天": 1}


def by_hand(today: date) -> Dialect:
    """Return what a person may type: 30.6.2026, 30 June 2026, 2026年6月30日, today; 1 234,5 or 40 %; 30 days, monthly."""
    return Dialect(
        {
            ValueType.DATE: lambda text: _date_by_hand(text, today),
            ValueType.INTEGER: _number_by_hand,
            ValueType.NUMBER: _number_by_hand,
            ValueType.VALUE: _number_by_hand,
            ValueType.CADENCE: _cadence_by_hand,
        }
    )


def _date_by_hand(text: str, today: date) -> str:
    tidy = unicodedata.normalize("NFKC", text).strip()
    if tidy.casefold() in RELATIVE:
        return (today + timedelta(days=RELATIVE[tidy.casefold()])).isoformat()
    days = sorted(_possible_days(tidy))
    if len(days) > 1:
        raise AmbiguousTextError(text, days)
    return days[0] if days else text


def _possible_days(text: str) -> set[str]:
    """Return every day that a text can mean."""
    if match := re.fullmatch(DATE_PARTS, text):
        first, middle, last = match.groups()
        if len(first) == len("2026"):
            return calendar_day(first, middle, last)
        if len(last) == len("2026"):
            dotted = "." in text
            return calendar_day(last, middle, first) | (
                set() if dotted else calendar_day(last, first, middle)
            )
        return set()
    if match := re.fullmatch(NAMED_DATE, text):
        day, name, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        return calendar_day(year, month_number(name), day)
    return set()


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


def _cadence_by_hand(text: str) -> str:
    """Return a repeat as a cell keeps it, such as P30D; the text itself where none is meant."""
    tidy = unicodedata.normalize("NFKC", text).strip().casefold()
    if tidy.upper() != tidy and CADENCE.fullmatch(tidy.upper()):
        return tidy.upper()
    match = re.fullmatch(COUNTED, tidy)
    letter = LETTERS.get(match[2]) if match else None
    if letter is None or not match:
        return ADVERBS.get(tidy, text)
    times = int(match[1] or 1)
    cadence = f"P{3 * times}M" if letter == "Q" else f"P{times}{letter}"
    return cadence if CADENCE.fullmatch(cadence) else text


GROUPED = r"[+-]?[1-9]\d{0,2}(?P<by>[ ,.'’])\d{3}(?P<more>(?:(?P=by)\d{3})*)(?P<part>(?!(?P=by))[.,]\d+)?"
MARKS = str.maketrans("\u2212٫٬٪", "-.'%")
"""A minus sign, and the marks that are written with Arabic digits, as they are read here."""
THOUSAND_OR_POINT = r"[+-]?[1-9]\d{0,2},\d{3}"


def _number_by_hand(text: str) -> str:
    """Return a number with digits and one point; a text without digits, or with ½ and its like, as it is."""
    tidy = _in_digits(text)
    if not any(sign.isdecimal() for sign in tidy) or any(unicodedata.category(sign) == "No" for sign in text):
        return text
    tidy = tidy.removesuffix("%").strip()
    if re.fullmatch(THOUSAND_OR_POINT, tidy):
        raise AmbiguousTextError(tidy, [tidy.replace(",", ""), tidy.replace(",", ".")])
    match = re.fullmatch(GROUPED, tidy)
    if match and (match["more"] or match["part"] or match["by"] not in ".,"):
        part = match["part"] or ""
        return tidy.removesuffix(part).replace(match["by"], "") + part.replace(",", ".")
    return tidy.replace(",", ".") if tidy.count(",") == 1 and "." not in tidy else tidy


def _in_digits(text: str) -> str:
    """Return a text with the digits 0 to 9, whatever digits of whatever script or width it was typed in."""
    tidy = unicodedata.normalize("NFKC", text).translate(MARKS).strip()
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in tidy)


TOKENS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short_year>\d{2})",
    "mmmm": rf"(?P<month>{'|'.join(MONTHS)})",
    "mmm": rf"(?P<month>{'|'.join(name[:3] for name in MONTHS)})",
    "mm": r"(?P<month>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
}
TOKEN = "|".join(TOKENS)
GROUPED_HEAD = r"(?a)[+-]?\d{1,3}([.,' \u00a0\u202f])\d{3}(?:\1\d{3})*"


def date_pattern(form: str) -> re.Pattern[str]:
    """Turn a date format such as ``dd/mm/yyyy`` or ``d mmm yy`` (20yy) into a pattern; raises ValueError."""
    tokens = re.findall(TOKEN, form)
    if sorted(token[0] for token in tokens) != ["d", "m", "y"]:
        raise ValueError(form)
    between = re.split(TOKEN, form.casefold())
    pieces = [re.escape(between[0])]
    for token, text in zip(tokens, between[1:], strict=True):
        pieces += [TOKENS[token], re.escape(text)]
    return re.compile("".join(pieces), re.ASCII)


def with_date_patterns(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """Return the ISO date that a text has in one of several formats, empty if in none; raises AmbiguousTextError."""
    days: set[str] = set()
    for match in filter(None, (pattern.fullmatch(text.casefold()) for pattern in patterns)):
        part = match.groupdict()
        year, month = part.get("year") or f"20{part['short_year']}", part["month"]
        days |= calendar_day(year, month if month.isdigit() else month_number(month), part["day"])
    if len(days) > 1:
        raise AmbiguousTextError(text, sorted(days))
    return days.pop() if days else ""


def with_decimal_sign(text: str, sign: str) -> str:
    """Return a number without its thousands marks and with a point for its decimal sign; empty if it has another."""
    head, comma, tail = text.partition(sign)
    match = re.fullmatch(GROUPED_HEAD, head)
    if match and match[1] != sign:
        head = head.replace(match[1], "")
    if sign != "." and "." in head + tail:
        return ""  # a point that is no thousands mark
    return f"{head}.{tail}" if comma else head

"""What did somebody mean who typed a date, a number or a repeat by hand? What can be read in two ways is not guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from theorytopractice.i18n import LOCALES, message, say, say_duration
from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import CADENCE, NUMBER, parse_error

if TYPE_CHECKING:
    from theorytopractice.model.fields import Field


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
LETTER = {word: letter for letter, words in UNITS.items() for word in words}
COUNTED = re.compile(r"(?:every|each|每隔?)?\s*(\d{1,4})?\s*([^\W\d]+)")


def read_recurrence(text: str) -> str:
    """Return a repeat as a cell keeps it, such as P30D; the text itself where none is meant."""
    tidy = unicodedata.normalize("NFKC", text).strip().casefold()
    if tidy.upper() != tidy and CADENCE.fullmatch(tidy.upper()):
        return tidy.upper()
    found = COUNTED.fullmatch(tidy)
    letter = LETTER.get(found[2]) if found else None
    if letter is None or not found:
        return ADVERBS.get(tidy, text)
    times = int(found[1] or 1)
    made = f"P{3 * times}M" if letter == "Q" else f"P{times}{letter}"
    return made if CADENCE.fullmatch(made) else text


def recurrence_text(text: str) -> str:
    """Return a repeat as people write it: 30 days; a text that is none stays as it is."""
    found = CADENCE.fullmatch(text)
    if not found:
        return text
    return say_duration(int(found[1]), UNITS[found[2]][1], grouped=False)


DATE_PARTS = re.compile(r"(\d{1,4})\s*[-./年 ]\s*(\d{1,2})\s*[-./月 ]\s*(\d{1,4})\s*日?")
NAMED_DATE = re.compile(r"(\d{1,2})\.?\s+([^\W\d]+)\.?,?\s+(\d{4})|([^\W\d]+)\.?\s+(\d{1,2}),?\s+(\d{4})")
RELATIVE = {"today": 0, "now": 0, "今天": 0, "yesterday": -1, "昨天": -1, "tomorrow": 1, "明天": 1}
GROUPED = re.compile(
    r"[+-]?[1-9]\d{0,2}(?P<by>[ ,.'’])\d{3}(?P<more>(?:(?P=by)\d{3})*)(?P<part>(?!(?P=by))[.,]\d+)?"
)
MARKS = str.maketrans("\u2212٫٬٪", "-.'%")
"""A minus sign, and the marks that are written with Arabic digits, as they are read here."""
MOST = 1e300
"""A number beyond it, or below its negative, cannot be reckoned with."""
THOUSAND_OR_POINT = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
TWO_WAYS = message("{text} can be read in two ways; write it as year-month-day, such as {example}")
NO_DATE = message(
    "{text} is not a date; write it as year-month-day, such as {example}, or choose it in the calendar"
)
SHOWN = 40


class ParsedText(NamedTuple):
    """The text that a cell keeps, and what is wrong with it; empty if nothing."""

    text: str
    problem: str = ""


def read(field: Field, text: str, *, today: date) -> ParsedText:
    """Read what was typed into a field, as people write it."""
    tidy = text.strip()
    if not tidy:
        return ParsedText("")
    if field.type is ValueType.DATE:
        return read_day(tidy, today=today)
    if field.type in (ValueType.NUMBER, ValueType.INTEGER, ValueType.VALUE):
        return _read_number(field, tidy)
    if field.type is ValueType.CADENCE:
        return _read_repeat(tidy)
    found = parse_error(field, tidy)
    return ParsedText(tidy, found.message if found else "")


def _read_repeat(text: str) -> ParsedText:
    """Read how often something is done: 30 days, every 2 weeks, monthly, P1M."""
    made = read_recurrence(text)
    if CADENCE.fullmatch(made):
        return ParsedText(made)
    problem = say(
        "{text} is not how often; write such as 30 days, 2 weeks, monthly or yearly", text=_shown(text)
    )
    return ParsedText(text, problem)


def _shown(text: str) -> str:
    """Quote what was typed, cut where it is long."""
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


def read_day(text: str, *, today: date) -> ParsedText:
    """Read a date: 2026-06-30, 30.6.2026, 30 June 2026, 2026年6月30日, today; 3/4/2026 is refused."""
    tidy = unicodedata.normalize("NFKC", text).strip()
    if tidy.casefold() in RELATIVE:
        return ParsedText((today + timedelta(days=RELATIVE[tidy.casefold()])).isoformat())
    example = today.isoformat()
    shown = _shown(text)
    meant = _days(tidy)
    if len(meant) > 1:
        return ParsedText(text, say(TWO_WAYS, text=shown, example=min(meant).isoformat()))
    if not meant:
        return ParsedText(text, say(NO_DATE, text=shown, example=example))
    return ParsedText(meant.pop().isoformat())


def _days(text: str) -> set[date]:
    """Return every day that a text can mean."""
    if found := DATE_PARTS.fullmatch(text):
        first, middle, last = found.groups()
        if len(first) == len("2026"):
            return _valid((first, middle, last))
        if len(last) == len("2026"):
            dotted = "." in text
            return _valid((last, middle, first)) | (set() if dotted else _valid((last, first, middle)))
        return set()
    if found := NAMED_DATE.fullmatch(text):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        number = _months().get(month.casefold())
        return _valid((year, str(number), day)) if number else set()
    return set()


def _valid(parts: tuple[str, str, str]) -> set[date]:
    try:
        return {date(*map(int, parts))}
    except ValueError:
        return set()


def month_number(name: str) -> int:
    """Return the number of a month by its English name, 0 if there is none of that name."""
    return _months().get(name.casefold(), 0)


@cache
def _months() -> dict[str, int]:
    """Return the names of the months in English, long and short."""
    from babel.dates import get_month_names

    return {
        name.casefold().rstrip("."): number
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=LOCALES["en"]).items()
    } | {"sept": 9, "sep": 9}


def _read_number(field: Field, text: str) -> ParsedText:
    """Read a number with a comma or a point; a word stays a word where the measure has words."""
    tidy = _in_digits(text)
    if not any(sign.isdecimal() for sign in tidy) or any(unicodedata.category(sign) == "No" for sign in text):
        found = parse_error(field, text)
        return ParsedText(text, found.message if found else "")
    tidy = tidy.removesuffix("%").strip()
    if THOUSAND_OR_POINT.fullmatch(tidy):
        whole = tidy.replace(",", "")
        problem = say(
            "“{text}” can be read in two ways; write {whole} or {part}",
            text=tidy,
            whole=whole,
            part=tidy.replace(",", "."),
        )
        return ParsedText(text, problem)
    number = _plain(tidy)
    if field.type is ValueType.VALUE and not NUMBER.fullmatch(number):
        return ParsedText(text)  # a value of a scale, such as "grade 3"
    found = parse_error(field, number)
    if not found and abs(float(number)) > MOST:
        return ParsedText(
            text,
            say(
                "{text} is too large to be reckoned with; a number has at most 300 digits", text=_shown(text)
            ),
        )
    return ParsedText(number if not found else text, found.message if found else "")


def _in_digits(text: str) -> str:
    """Return a text with the digits 0 to 9, whatever digits of whatever script or width it was typed in."""
    tidy = unicodedata.normalize("NFKC", text).translate(MARKS).strip()
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in tidy)


def _plain(text: str) -> str:
    """Return a number with digits and one point, as far as it can only be read in one way."""
    found = GROUPED.fullmatch(text)
    if found and (found["more"] or found["part"] or found["by"] not in ".,"):
        part = found["part"] or ""
        return text.removesuffix(part).replace(found["by"], "") + part.replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text

"""How is a date read, as people and their spreadsheets write it in whatever language?

A date without a day is the last day of its month, quarter, half-year or week, or the first where a start is meant.
A text that can be two days is never guessed: a door may declare the order of day and month, a century, serial numbers.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from theorytopractice.model.plain_text import AmbiguousTextError, in_ascii_digits, tidy, without_accents

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TIME = (
    r"[T ,]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp]\.?[Mm]\.?)?"
    r"( ?([Zz]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?))?"
)
"""A time of the day behind a date; it is left out."""
YEAR_DIGITS = 4
CENTURIES = (1900, 2000)
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
SERIAL_1900, SERIAL_1904 = 1900, 1904
LAST_SERIAL = 2_958_465
"""The last day that a spreadsheet knows, 9999-12-31, counted from 1900."""
LEAP_DAY_OF_LOTUS = 60
"""Spreadsheets count a 29 February 1900, which never was."""


@dataclass(frozen=True, slots=True)
class DateStyle:
    """What a door declares of its dates: nothing, unless told.

    ``order`` is what 03/04/2026 means (``dmy``, ``mdy``), ``century`` the first of the hundred years that two digits
    stand for, ``serial`` the year from which a spreadsheet counts days (1900, 1904), ``has_years`` whether a mere year is
    a date.
    """

    order: str = ""
    century: int | None = None
    serial: int | None = None
    has_years: bool = False


UNDECLARED = DateStyle()


@lru_cache(maxsize=65_536)
def plain_date(text: str, style: DateStyle = UNDECLARED, *, is_start: bool = False) -> str:
    """Return the ISO date that a text means, or the text itself where it means none.

    Raises:
        AmbiguousTextError: it can be several days.

    >>> plain_date("30-Jun-2027"), plain_date("12 janvier 2026"), plain_date("15. März 2026"), plain_date("2026年4月15日")
    ('2027-06-30', '2026-01-12', '2026-03-15', '2026-04-15')
    >>> plain_date("end of March 2026"), plain_date("fin 2026"), plain_date("2026年2月底"), plain_date("KW 48/2025")
    ('2026-03-31', '2026-12-31', '2026-02-28', '2025-11-30')
    >>> plain_date("2026-04-15 00:00:00"), plain_date("15/04/2026"), plain_date("06/2027"), plain_date("Q3 2026")
    ('2026-04-15', '2026-04-15', '2027-06-30', '2026-09-30')
    >>> plain_date("Jun 2027", is_start=True), plain_date("03/04/2026", DateStyle(order="dmy"))
    ('2027-06-01', '2026-04-03')
    >>> plain_date("31/12/90", DateStyle(century=1950)), plain_date("46127", DateStyle(serial=1900)), plain_date("soon")
    ('1990-12-31', '2026-04-15', 'soon')
    >>> plain_date("03/04/2026")
    Traceback (most recent call last):
    theorytopractice.model.plain_text.AmbiguousTextError: 03/04/2026
    """
    if ISO_DATE.fullmatch(text):
        return text
    spans = possible_spans(text, style)
    days = sorted({(first if is_start else last).isoformat() for first, last in spans})
    if len(days) > 1:
        raise AmbiguousTextError(text, days)
    return days[0] if days else text


Span = tuple[date, date]


def possible_spans(text: str, style: DateStyle = UNDECLARED) -> set[Span]:
    """Return the first and the last day of everything that a text can mean.

    >>> possible_spans("H1 2027")
    {(datetime.date(2027, 1, 1), datetime.date(2027, 6, 30))}
    """
    plain = in_ascii_digits(tidy(text))
    if not plain or len(plain) > LONGEST or not any(map(plain.__contains__, "0123456789")):
        return set()
    plain = re.sub(rf"(?<=[\w.]){TIME}$", "", plain)
    if match := END_OF.fullmatch(plain):
        return _end_of(match[1] or match[2], style)
    if style.serial is not None and (match := re.fullmatch(r"(\d{1,7})(?:[.,]\d*)?", plain, re.ASCII)):
        return _serial(int(match[1]), style.serial)
    if style.has_years and (match := re.fullmatch(r"(\d{4})(?:\.0+)?年?", plain, re.ASCII)):
        return _months(int(match[1]), 1, 12)
    return _numeric(plain, style) or _named(plain, style) or _period(plain)


LONGEST = 60
END_OF = re.compile(
    r"(?:(?:by )?(?:the )?end (?:of )?|fin (?:de )?|ende |finales de |fim de |final de |finais de |fine |eind )(.+)"
    r"|(.*\d ?[年月])(?:底|末|底前|末前)",
    re.IGNORECASE,
)
"""The end of a month, a quarter or a year, in words."""


def _end_of(text: str, style: DateStyle) -> set[Span]:
    """Return the last day of what ends: of a year, or of a month or part of a year."""
    known = possible_spans(text, replace(style, serial=None, has_years=True))
    return {(last, last) for first, last in known if first != last}


def _serial(number: int, begin: int) -> set[Span]:
    if begin == SERIAL_1904:
        day = date(1904, 1, 1) + timedelta(days=number) if number < LAST_SERIAL - 1461 else None
    elif number in (0, LEAP_DAY_OF_LOTUS) or number > LAST_SERIAL:
        day = None
    else:
        day = date(1899, 12, 30) + timedelta(days=number + (number < LEAP_DAY_OF_LOTUS))
    return {(day, day)} if day else set()


def _day(year: int, month: int, day: int) -> set[Span]:
    try:
        found = date(year, month, day)
    except ValueError:
        return set()
    return {(found, found)}


def _months(year: int, first: int, last: int) -> set[Span]:
    """Return the span from the first day of a month to the last day of another of that year."""
    if not (1 <= first <= last <= len(MONTHS) and date.min.year <= year):
        return set()
    return {(date(year, first, 1), date(year, last, monthrange(year, last)[1]))}


def calendar_day(year: int, month: int, day: str | None, *, is_start: bool = False) -> set[str]:
    """Return the ISO date of three parts, without a day of the month's end; nothing where the calendar has none."""
    spans = _day(year, month, int(day)) if day else _months(year, month, month)
    return {(first if is_start else last).isoformat() for first, last in spans}


def years_of(digits: str, style: DateStyle) -> list[int]:
    """Return the years that digits can mean: two stand for one of the declared century, or for one of two."""
    if len(digits) == YEAR_DIGITS:
        return [int(digits)]
    if style.century is not None:
        return [style.century + (int(digits) - style.century) % 100]
    return [century + int(digits) for century in CENTURIES]


NUMERIC = re.compile(r"(\d{1,4}) ?([-./年 ]) ?(\d{1,2}) ?([-./月 ]) ?(\d{1,4})(?: ?日|\.)?", re.ASCII)
MONTH_OF_YEAR = re.compile(r"(\d{1,2}) ?[-./] ?(\d{4})|(\d{4}) ?[-./年] ?(\d{1,2}) ?月?", re.ASCII)


DECIMAL = re.compile(r"\d{1,2}\.(?!19|20|21)\d{4}|\d{4}\.\d", re.ASCII)
"""A number with decimals that no month of our time looks like."""


def _numeric(text: str, style: DateStyle) -> set[Span]:
    """Read what has a number for its month."""
    if match := None if DECIMAL.fullmatch(text) else MONTH_OF_YEAR.fullmatch(text):
        year, month = int(match[2] or match[3]), int(match[1] or match[4])
        return _months(year, month, month)
    match = NUMERIC.fullmatch(text)
    if not match:
        return set()
    first, mark, middle, second, last = match.groups()
    if len(first) == YEAR_DIGITS:  # 2024/03-1 is the number of a file, not a day
        is_day = len(last) <= len("31") and (mark == second or (mark, second) == ("年", "月"))
        return _day(int(first), int(middle), int(last)) if is_day else set()
    if mark != second or not is_day_first_shape(text):
        return set()
    spans: set[Span] = set()
    for year in years_of(last, style):
        if style.order != MONTH_FIRST or mark == ".":
            spans |= _day(year, int(middle), int(first))
        if style.order != DAY_FIRST and mark != ".":  # with points the day stands first everywhere
            spans |= _day(year, int(first), int(middle))
    if len(last) < YEAR_DIGITS and mark in "-/" and not style.order and len(first) == len("26"):
        for year in years_of(first, style):
            spans |= _day(year, int(middle), int(last))
    return spans


def is_day_first_shape(text: str) -> bool:
    """Tell whether a text is three numbers of which the last is the year.

    >>> is_day_first_shape("15/04/2026"), is_day_first_shape("2026-04-15"), is_day_first_shape("15 April 2026")
    (True, False, False)
    """
    match = NUMERIC.fullmatch(in_ascii_digits(tidy(text)))
    return (
        bool(match) and match is not None and len(match[1]) <= len("31") and len(match[5]) in (2, YEAR_DIGITS)
    )


MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
ENGLISH = {
    **{name: number for number, name in enumerate(MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, 1)},
    "sept": 9,
}
USUAL = ("en", "fr", "es", "pt", "de", "it", "nl", "zh")
WIDER = (
    *(
        "ar",
        "bg",
        "bs",
        "ca",
        "cs",
        "da",
        "el",
        "et",
        "fa",
        "fi",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "is",
        "ja",
        "ko",
        "lt",
    ),
    *("lv", "ms", "nb", "nn", "pl", "ro", "ru", "sk", "sl", "sr", "sv", "sw", "th", "tr", "uk", "vi"),
)
"""Languages whose names are looked up where the usual ones have none."""
OTHER_SPELLINGS = {
    "mrz": 3,
    "maerz": 3,
    "marz": 3,
    "janner": 1,
    "jaenner": 1,
    "feber": 2,
    "setiembre": 9,
    "set": 9,
}


SHORTEST = 2
"""Letters of the shortest name: 1月 is written with a number, M and J are initials."""


def month_numbers(name: str) -> frozenset[int]:
    """Return the month of a name, long or short, in any language; several where languages differ, none if unknown.

    >>> [sorted(month_numbers(name)) for name in ("Sept.", "août", "Mär", "十二月", "listopad", "soon")]
    [[9], [8], [3], [12], [10, 11], []]
    """
    plain = without_accents(name).strip(". ")
    if len(plain) < SHORTEST:
        return frozenset()
    if plain in ENGLISH:
        return frozenset((ENGLISH[plain],))
    for languages in (USUAL, WIDER):
        if months := _names(languages).get(plain):
            return months
    return frozenset()


def month_number(name: str) -> int:
    """Return the number of a month by its name; 0 if there is none of that name, or several."""
    months = month_numbers(name)
    return next(iter(months)) if len(months) == 1 else 0


@cache
def _names(languages: tuple[str, ...]) -> dict[str, frozenset[int]]:
    """Return the months by all their names in some languages, without accents."""
    from babel import Locale

    names: dict[str, set[int]] = {name: {number} for name, number in OTHER_SPELLINGS.items()}
    for language in languages:
        for widths in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths.get(width, {}).items():
                    names.setdefault(without_accents(name).strip(". "), set()).add(number)
    return {
        name: frozenset(numbers)
        for name, numbers in names.items()
        if not any(sign.isdigit() for sign in name)
    }


@cache
def _weekdays() -> frozenset[str]:
    """Return the names of the days of the week in the usual languages, without accents."""
    from babel import Locale

    names = (name for one in USUAL for name in Locale(one).days["format"]["wide"].values())
    short = (name for name in Locale("en").days["format"]["abbreviated"].values())
    return frozenset(without_accents(name) for names_ in (names, short) for name in names_)


WORD = r"([^\W\d_]+)\.?"
OF = r"(?: |[-/]| ?(?:de|of|del|d') ?|, ?|\. ?)?"
DAY = r"(\d{1,2})(?:st|nd|rd|th|er|re|e|º|ª|o|\.)?"
YEAR = r"'?(\d{4}|\d{2})(?: ?(?:г\.?|年))?"
DAY_MONTH_YEAR = re.compile(rf"{DAY}{OF}{WORD}{OF}{YEAR}")
MONTH_DAY_YEAR = re.compile(rf"{WORD}{OF}{DAY}(?:, ?| |-|/){YEAR}")
YEAR_MONTH_DAY = re.compile(rf"(\d{{4}}){OF}{WORD}{OF}{DAY}")
MONTH_YEAR = re.compile(
    rf"{WORD}(?: ?(?:de|of|del) | ?[-/'’,.] ?| )?(\d{{4}})(?: ?г\.?)?|(\d{{4}})[-/ ]{WORD}|{WORD}[-/'’](\d{{2}})"
)


def _named(text: str, style: DateStyle) -> set[Span]:
    """Read what has a name for its month."""
    head, _, tail = text.partition(" ")
    if tail and head.strip(",.").isalpha() and without_accents(head.strip(",.")) in _weekdays():
        text = tail
    parts: tuple[str, str, str]
    if match := DAY_MONTH_YEAR.fullmatch(text):
        parts = match[3], match[2], match[1]
    elif match := MONTH_DAY_YEAR.fullmatch(text):
        parts = match[3], match[1], match[2]
    elif match := YEAR_MONTH_DAY.fullmatch(text):
        parts = match[1], match[2], match[3]
    elif match := MONTH_YEAR.fullmatch(text):
        parts = match[2] or match[3] or match[6], match[1] or match[4] or match[5], ""
    else:
        return set()
    year_digits, name, day = parts
    spans: set[Span] = set()
    for month in month_numbers(name):
        for year in years_of(year_digits, style):
            spans |= _day(year, month, int(day)) if day else _months(year, month, month)
    return spans


ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
NUMERAL = "([1-4]|I{1,3}|IV|[一二三四])"
QUARTER = re.compile(
    rf"(?:Q|QTR|QUARTER|QUARTAL|KW?ARTAAL|TRIM|TRIMESTRE) ?\.?{NUMERAL}[ /,-]*(?:OF |DE )?(\d{{4}})"
    rf"|(\d{{4}})[ /,-]*(?:Q|QTR|QUARTER|TRIM) ?{NUMERAL}"
    rf"|{NUMERAL}(?:ST|ND|RD|TH|ER|E|\.?[OAº°]|\.)? ?(?:Q|QTR|QUARTER|QUARTAL|KWARTAAL|TRIM\.?|TRIMESTRE)[ /,-]*(?:OF |DE )?(\d{{4}})"
    rf"|(\d{{4}}) ?年 ?第? ?{NUMERAL} ?季度?"
)
HALF = re.compile(
    r"(?:H|S|HY|SEM|SEMESTRE|HALBJAHR) ?\.?([12]|II?)[ /,-]*(?:OF |DE )?(\d{4})"
    r"|(\d{4})[ /,-]*(?:H|S|HY|SEM) ?([12]|II?)"
    r"|([12]|II?)(?:ST|ND|ER|E|\.?[OAº°]|\.)? ?(?:H|HALF|HY|SEM\.?|SEMESTRE|HALBJAHR)[ /,-]*(?:OF |DE )?(\d{4})"
    r"|(\d{4}) ?年 ?([上下]) ?半年"
)
THIRD_OR_QUARTER = re.compile(r"T ?([1-4])[ /,-]*(\d{4})|(\d{4})[ /,-]*T ?([1-4])|([1-4]) ?T[ /,-]*(\d{4})")
WEEK = re.compile(r"(\d{4})-?W(\d{2})|(?:KW|CW|WEEK|SEMAINE|SEMANA) ?(\d{1,2}) ?[/., -] ?(\d{4})")


def _period(text: str) -> set[Span]:
    """Read a quarter, a half-year or a week."""
    word = text.upper()
    if match := QUARTER.fullmatch(word):
        return _part_of_year(match.groups(), 3)
    if match := HALF.fullmatch(word):
        return _part_of_year(match.groups(), 6)
    if match := THIRD_OR_QUARTER.fullmatch(word):  # a trimestre of three months, or a tertial of four
        return _part_of_year(match.groups(), 3) | _part_of_year(match.groups(), 4)
    if match := WEEK.fullmatch(word):
        try:
            monday = date.fromisocalendar(int(match[1] or match[4]), int(match[2] or match[3]), 1)
        except ValueError:
            return set()
        return {(monday, monday + timedelta(days=6))}
    return set()


def _part_of_year(groups: tuple[str | None, ...], length: int) -> set[Span]:
    year = next(int(part) for part in groups if part and len(part) == YEAR_DIGITS)
    number = next(part for part in groups if part and len(part) < YEAR_DIGITS)
    last = length * (ROMAN[number] if number in ROMAN else int(number))
    return _months(year, last - length + 1, last)

"""What did somebody type into a field, and how is it said where it cannot be read?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from theorytopractice.i18n import message, say, say_duration, say_short_day
from theorytopractice.model.dialects import UNITS, AmbiguousTextError, by_hand
from theorytopractice.model.fields import ValueType
from theorytopractice.model.plain_numbers import NUMBER
from theorytopractice.model.values import parse_error, read_cadence, read_date

if TYPE_CHECKING:
    from datetime import date

    from theorytopractice.model.fields import Field


MOST = 1e300
"""A number beyond it, or below its negative, cannot be reckoned with."""
TWO_WAYS = message("{text} can be read in two ways; write it as year-month-day, such as {example}")
NO_DATE = message(
    "{text} is not a date; write it as year-month-day, such as {example}, or choose it in the calendar"
)
SHOWN = 40
NUMBERS = (ValueType.NUMBER, ValueType.INTEGER, ValueType.VALUE)


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
        return read_day(tidy, today=today, is_start=field.is_start)
    try:
        plain = by_hand(today).plain(field.type, tidy, signs=field.signs)
    except AmbiguousTextError as error:
        whole, part = error.readings
        problem = say(
            "“{text}” can be read in two ways; write {whole} or {part}",
            text=error.text,
            whole=whole,
            part=part,
        )
        return ParsedText(tidy, problem)
    if field.type is ValueType.VALUE and not NUMBER.fullmatch(plain):
        plain = tidy  # a value of a scale, such as "grade 3"
    return ParsedText(tidy, problem) if (problem := _problem(field, tidy, plain)) else ParsedText(plain)


def _problem(field: Field, text: str, plain: str) -> str:
    """Say why a text cannot stand in a field, by its plain writing; empty if it can."""
    error = parse_error(field, plain)
    if error and field.type is ValueType.CADENCE:
        return say(
            "{text} is not how often; write such as 30 days, 2 weeks, monthly or yearly", text=_quoted(text)
        )
    if error:
        return error.message
    if field.type in NUMBERS and NUMBER.fullmatch(plain) and abs(float(plain)) > MOST:
        return say(
            "{text} is too large to be reckoned with; a number has at most 300 digits", text=_quoted(text)
        )
    return ""


def recurrence_text(text: str) -> str:
    """Return a repeat as people write it: 30 days; a text that is none stays as it is."""
    try:
        n, letter = read_cadence(text)
    except ValueError:
        return text
    return say_duration(n, UNITS[letter][1], grouped=False)


def _quoted(text: str) -> str:
    """Quote what was typed, cut where it is long."""
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


def read_day(text: str, *, today: date, is_start: bool = False) -> ParsedText:
    """Read a date: 2026-06-30, 30.6.2026, 30 June 2026, 2026年6月30日, today; 3/4/2026 is refused."""
    try:
        return ParsedText(
            read_date(by_hand(today).plain(ValueType.DATE, text, is_start=is_start)).isoformat()
        )
    except AmbiguousTextError as error:
        return ParsedText(text, say(TWO_WAYS, text=_quoted(text), example=error.readings[0]))
    except ValueError:
        return ParsedText(text, say(NO_DATE, text=_quoted(text), example=today.isoformat()))


def moment_text(made_at: str, zone: str) -> str:
    """Say a moment of the history by the clock of the plan."""
    moment = datetime.fromisoformat(made_at).astimezone(ZoneInfo(zone))
    return f"{say_short_day(moment.date())} {moment:%H:%M}"

"""How is a cell read as it was typed, and how is it said to people? A row, too, and what changed of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from theorytopractice.i18n import CLAUSES, PARTS, message, say, say_duration, say_in_turn, say_short_day
from theorytopractice.model.dialects import UNITS, AmbiguousTextError, by_hand
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of, name_of, table_name
from theorytopractice.model.plain_numbers import NUMBER
from theorytopractice.model.settings import CHOICES
from theorytopractice.model.values import parse_error, read_cadence, read_date

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
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


def read_text(field: Field, text: str, *, today: date) -> ParsedText:
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
        plain = by_hand(today).plain(ValueType.DATE, text, is_start=is_start)
        return ParsedText(read_date(plain).isoformat())
    except AmbiguousTextError as error:
        return ParsedText(text, say(TWO_WAYS, text=_quoted(text), example=error.readings[0]))
    except ValueError:
        return ParsedText(text, say(NO_DATE, text=_quoted(text), example=today.isoformat()))


def cell(value: object) -> str:
    """Return a cell as text, empty where it is missing."""
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


MAX_LABEL = 80


def row_label(table: str, row: Mapping[str, Any]) -> str:
    """Say which row of a table it is: observation 12, I-03, 30 Jun 2026."""
    entity = ENTITIES[table]
    texts = (_cell_text(entity[column], row) for column in entity.identity)
    return say("{table} {row}", table=table_name(table), row=say_in_turn(CLAUSES, texts))


def change_text(table: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> str:
    """Say what became of a row: that it came, that it went, or which of its cells changed."""
    if before is None or after is None:
        row = row_label(table, after or before or {})
        return say("{row}: added", row=row) if before is None else say("{row}: removed", row=row)
    changes = [
        say(
            "{label}: “{before}” → “{after}”",
            label=label_of(table, field.name),
            before=_cell_text(field, before),
            after=_cell_text(field, after),
        )
        for field in ENTITIES[table].fields
        if after.get(field.name, "") != before.get(field.name, "")
    ]
    return say("{row}: {changes}", row=row_label(table, after), changes=say_in_turn(PARTS, changes))


def _cell_text(field: Field, row: Mapping[str, str]) -> str:
    """Say what a cell of a row holds, cut where it is long."""
    words = CHOICES.get(row.get("name", ""), ()) if field.name == "value" else ()
    return shorten(value_text(field, row.get(field.name, ""), words))


def value_text(field: Field, value: object, words: Collection[str] = ()) -> str:
    """Say what a cell holds: a day, a repeat, a word of a vocabulary, or its text.

    ``words`` are those of a column that has no vocabulary of its own; what cannot be read stays as it is.
    """
    text = cell(value)
    if text and field.type is ValueType.DATE:
        with suppress(ValueError):
            return say_short_day(datetime.fromisoformat(text).date())
    if field.type is ValueType.CADENCE:
        return recurrence_text(text)
    if field.type is ValueType.TRUTH:
        return name_of(text.lower())
    return name_of(text) if field.words or field.name == "event" or text in words else text


def shorten(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return f"{flat[:MAX_LABEL]}…" if len(flat) > MAX_LABEL else flat


def day(value: Any) -> str:  # noqa: ANN401 - a cell of a date column
    """Write a date of a frame; empty where it is missing."""
    return "" if value is None or pd.isna(value) else say_short_day(pd.Timestamp(value).date())

"""How is a row called before people, and what became of it in a change?"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from theorytopractice.forms import parsing
from theorytopractice.forms.overview import cell
from theorytopractice.i18n import CLAUSES, PARTS, say, say_in_turn, say_short_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of, name_of, table_name
from theorytopractice.model.settings import CHOICES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


LONGEST = 80


def row_label(table: str, row: Mapping[str, Any]) -> str:
    """Say which row of a table it is: observation 12, I-03, 30 Jun 2026."""
    entity = ENTITIES[table]
    cells = (_shortly(entity[column], row) for column in entity.identity)
    return say("{table} {row}", table=table_name(table), row=say_in_turn(CLAUSES, cells))


def change_text(table: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> str:
    """Say what became of a row: that it came, that it went, or which of its cells changed."""
    if before is None or after is None:
        row = row_label(table, after or before or {})
        return say("{row}: added", row=row) if before is None else say("{row}: removed", row=row)
    changed = [
        say(
            "{label}: “{before}” → “{after}”",
            label=label_of(table, one.name),
            before=_shortly(one, before),
            after=_shortly(one, after),
        )
        for one in ENTITIES[table].fields
        if after.get(one.name, "") != before.get(one.name, "")
    ]
    return say("{row}: {changes}", row=row_label(table, after), changes=say_in_turn(PARTS, changed))


def _shortly(one: Field, row: Mapping[str, str]) -> str:
    """Say what a cell of a row holds, cut where it is long."""
    words = CHOICES.get(row.get("name", ""), ()) if one.name == "value" else ()
    return shorten(in_words(one, row.get(one.name, ""), words))


def in_words(one: Field, value: object, words: Collection[str] = ()) -> str:
    """Say what a cell holds: a day, a repeat, a word of a vocabulary, or its text.

    ``words`` are those of a column that has no vocabulary of its own; what cannot be read stays as it is.
    """
    text = cell(value)
    if text and one.type is ValueType.DATE:
        with suppress(ValueError):
            return say_short_day(datetime.fromisoformat(text).date())
    if one.type is ValueType.CADENCE:
        return parsing.recurrence_text(text)
    if one.type is ValueType.TRUTH:
        return name_of(text.lower())
    return name_of(text) if one.words or one.name == "event" or text in words else text


def field_label(session: Session, one: Field, value: object, words: Collection[str] = ()) -> str:
    """Say what a cell holds, and of one that stands for another row, which row that is."""
    return session.name_of(one.refers, cell(value)) if one.refers else in_words(one, value, words)


def shorten(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return f"{flat[:LONGEST]}…" if len(flat) > LONGEST else flat

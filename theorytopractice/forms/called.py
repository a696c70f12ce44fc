"""How is a row called before people, and what became of it in a change?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from theorytopractice.forms import repeats
from theorytopractice.language import CLAUSES, PARTS, say, say_in_turn, say_short_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.naming import label_of, name_of, table_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.model.fields import Field

LONGEST = 80
TOLD = {
    "owner": ("owner_id", "name"),
    "finding": ("finding_id", "statement"),
    "action": ("action_id", "title"),
    "indicator": ("indicator_id", "name"),
    "event": ("event", "subject_id", "happened_on"),
    "observation": ("value", "indicator_id", "observed_on"),
    "evidence": ("evidence_id", "dated_on"),
}
"""The columns by which people know a row of a table; of any other its key."""


def called(table: str, row: Mapping[str, Any]) -> str:
    """Say which row of a table it is: observation 12, I-03, 30 Jun 2026."""
    entity = ENTITIES[table]
    told = (in_words(entity[one], row.get(one, "")) for one in TOLD.get(table, entity.key))
    return say("{table} {row}", table=table_name(table), row=say_in_turn(CLAUSES, told))


def became(table: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> str:
    """Say what became of a row: that it came, that it went, or which of its cells changed."""
    if before is None or after is None:
        row = called(table, after or before or {})
        return say("{row}: added", row=row) if before is None else say("{row}: removed", row=row)
    changed = [
        say(
            "{label}: “{before}” → “{after}”",
            label=label_of(table, one.name),
            before=in_words(one, before.get(one.name, "")),
            after=in_words(one, after[one.name]),
        )
        for one in ENTITIES[table].fields
        if after.get(one.name, "") != before.get(one.name, "")
    ]
    return say("{row}: {changes}", row=called(table, after), changes=say_in_turn(PARTS, changed))


def in_words(one: Field, text: str) -> str:
    """Say what a cell holds: a day, a word of a vocabulary, or its text, cut where it is long."""
    if not text:
        return ""
    if one.type is ValueType.DATE:
        return say_short_day(date.fromisoformat(text))
    if one.type is ValueType.CADENCE:
        return repeats.in_words(text)
    if one.words or one.type is ValueType.TRUTH or one.name == "event":
        return name_of(text)
    return shortened(text)


def shortened(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return f"{flat[:LONGEST]}…" if len(flat) > LONGEST else flat

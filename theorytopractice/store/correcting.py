"""How is a fact put right? A value by a newer row beside it, anything else under the fact's own key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError, PlanError
from theorytopractice.language import say
from theorytopractice.model.entities import ROW_CLASSES
from theorytopractice.model.values import as_text, natural
from theorytopractice.store import csvfile, editing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.model.entities import Row
    from theorytopractice.store.history import RowChange
    from theorytopractice.store.records import Records

OF_A_VALUE = frozenset({"value", "n", "note"})
"""What a newer row of an observation says otherwise."""
OF_ITS_DAY = ("indicator_id", "observed_on", "final")
"""What the rows of one value, corrected or not, have in common."""


@dataclass(frozen=True, slots=True)
class Correct:
    """A fact is put right on a day (``recorded_on``; empty: today).

    Another value of an indicator is a newer row beside the old one, which counts from the day on which it is
    recorded. Anything else that was wrong about a fact, and a value that was recorded only that day, is replaced
    under the fact's own key, so that its place among the facts of its day stays; the history keeps both. Where a
    value belongs to another day or indicator, all its rows go there.
    """

    entity: str
    key: str | tuple[str, ...]
    values: Mapping[str, object]
    expected: Mapping[str, str]
    recorded_on: str = ""

    def changed(self) -> dict[str, str]:
        """Return the cells that become others, as texts."""
        entity = editing.entity_named(self.entity)
        texts = csvfile.canonical(entity, {name: as_text(value) for name, value in self.values.items()})
        return {name: text for name, text in texts.items() if text != self.expected.get(name, "")}

    def is_newer(self, today: date) -> bool:
        """Tell whether the correction is a newer row beside the old one."""
        changed = self.changed()
        is_value = self.entity == "observation" and changed and changed.keys() <= OF_A_VALUE
        return bool(is_value) and known(self.expected) < (self.recorded_on or today.isoformat())


def known(row: Mapping[str, str]) -> str:
    """Return the day on which the plan came to know a value; one that says nothing was known on its own day."""
    return row.get("recorded_on") or row.get("observed_on", "")


def latest_value(records: Records, row: Mapping[str, str], day: str) -> dict[str, str]:
    """Return the row that counts on a day among those of the same value (method, T3 and 5.1)."""
    rows = _of_the_same(records, row)
    return max(
        [one for one in rows if known(one) <= day] or rows,
        key=lambda one: (known(one), natural(one["observation_id"])),
    )


def _of_the_same(records: Records, row: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the values of an indicator on one day, final ones apart."""
    rows = records.where("observation", indicator_id=(row["indicator_id"],)).rows()
    is_final = row["final"] != "false"
    return [
        one
        for one in rows
        if one["observed_on"] == row["observed_on"] and (one["final"] != "false") is is_final
    ]


def newer_row(records: Records, edit: Correct, today: date) -> Row:
    """Return the newer row by which a value is corrected.

    Raises:
        ConflictError: the value is no longer as expected, or was corrected meanwhile.
    """
    entity = editing.entity_named(edit.entity)
    day = edit.recorded_on or today.isoformat()
    _, before = editing.row_of(records, entity, edit.key, edit.expected)
    if latest_value(records, before, day) != before:
        raise ConflictError(say("Somebody else corrected this value meanwhile. Nothing was stored."))
    row = before | edit.changed() | {"recorded_on": day}
    return ROW_CLASSES[entity.name](
        **{name: row[name] for name in entity.columns if name != entity.identifier}
    )


def replaced(records: Records, edit: Correct) -> list[RowChange]:
    """Return the changes by which a fact becomes another under its own key.

    Raises:
        ConflictError: the fact is no longer as expected.
        PlanError: a value is moved to where there is one already.
    """
    entity, changed = editing.entity_named(edit.entity), edit.changed()
    changes = editing.alteration(records, entity, edit.key, changed, edit.expected)
    moved = {name: changed[name] for name in OF_ITS_DAY if name in changed}
    if edit.entity != "observation" or not moved:
        return changes
    _, before = editing.row_of(records, entity, edit.key)
    if _of_the_same(records, before | moved):
        raise PlanError(
            say(
                "{indicator} has a value of {day} already; correct or remove that one first.",
                indicator=changed.get("indicator_id", before["indicator_id"]),
                day=changed.get("observed_on", before["observed_on"]),
            )
        )
    for row in _of_the_same(records, before):
        if row["observation_id"] != before["observation_id"]:
            changes += editing.alteration(records, entity, row["observation_id"], moved)
    return changes

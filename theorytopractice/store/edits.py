"""What may one change consist of? Rows that come, rows that change and rows that go, all or none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, UnknownName
from theorytopractice.language import say
from theorytopractice.model.entities import ROW_CLASSES
from theorytopractice.model.values import natural
from theorytopractice.store import editing
from theorytopractice.store.history import RowChange
from theorytopractice.store.surroundings import problems_around

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from theorytopractice.model.entities import Row
    from theorytopractice.store.records import Records

Key: TypeAlias = "str | tuple[str, ...]"


class NewKey(str):
    """The key that a row will have: the plan gives it when the row is stored, and puts it wherever it stands.

    So rows that lead to one another can be added together:

    >>> action = NewKey()
    >>> Action(action_id=action, …), FindingAction(finding_id="F-001", action_id=action, role="delivers")
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same place holder."""
        return self is other

    def __ne__(self, other: object) -> bool:
        """Tell whether it is another place holder."""
        return self is not other

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Add:
    """A row comes; a link that is there already is merged."""

    row: Row


@dataclass(frozen=True, slots=True)
class Alter:
    """Some columns of a row change; ``expected`` is the row as it was last seen (column → text)."""

    entity: str
    key: Key
    values: Mapping[str, object]
    expected: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """A row goes, unless it is no longer as ``expected``."""

    entity: str
    key: Key
    expected: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Correct:
    """A fact is put right on a day (``recorded_on``; empty: today).

    Another value of an indicator is a newer row beside the old one, which counts from the day on which it is
    recorded. Anything else that was wrong about a fact, and a value that was recorded only today, is replaced
    under the fact's own key, so that its place among the facts of its day stays; the history keeps both.
    """

    entity: str
    key: Key
    values: Mapping[str, object]
    expected: Mapping[str, str]
    recorded_on: str = ""

    def is_newer(self, today: date) -> bool:
        """Tell whether the correction is a newer row beside the old one."""
        changed = {name for name, text in self.values.items() if text != self.expected.get(name, "")}
        known = self.expected.get("recorded_on") or self.expected.get("observed_on", "")
        return (
            self.entity == "observation"
            and changed <= OF_A_VALUE
            and known < (self.recorded_on or today.isoformat())
        )


Edit: TypeAlias = Add | Alter | Correct | Remove
OF_A_VALUE = frozenset({"value", "n", "note"})
"""What a newer row of an observation says otherwise."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What some edits come to: row changes, the keys of the rows that come, warnings about links that were there."""

    rows: list[RowChange]
    keys: list[str]
    repeats: list[Issue]


def changes_of(records: Records, edits: Sequence[Edit]) -> Changes:
    """Return what some edits come to.

    Raises:
        ConflictError: a row is no longer as expected.
        InvalidPlan: a row that comes has the identifier of another.
        UnknownName: there is no such table, row or column.
    """
    today = editing.today_there(records)
    newer = {id(edit) for edit in edits if isinstance(edit, Correct) and edit.is_newer(today)}
    rows = [edit.row for edit in edits if isinstance(edit, Add)]
    rows += [
        _newer(records, edit, today) for edit in edits if isinstance(edit, Correct) and id(edit) in newer
    ]
    come, keys = _coming(records, rows)
    gone: list[RowChange] = []
    for edit in edits:
        if isinstance(edit, Alter | Correct) and id(edit) not in newer:
            gone += _alteration(records, edit)
        elif isinstance(edit, Remove):
            gone.append(_removal(records, edit))
    return Changes(gone + come, keys, editing.repeats(come))


def problems_of(records: Records, edits: Sequence[Edit]) -> list[Issue]:
    """List the errors that a plan would have after some edits, and the warnings about their rows."""
    try:
        made = changes_of(records, edits)
    except InvalidPlan as error:
        return error.issues
    return made.repeats + problems_around(records, made.rows, editing.today_there(records))


def _coming(records: Records, rows: Sequence[Row]) -> tuple[list[RowChange], list[str]]:
    """Return the changes by which rows come; every new key is given out, and put where other rows name it."""
    if not any(isinstance(value, NewKey) for row in rows for value in row.values().values()):
        return editing.additions(records, rows)
    named = editing.named(records, rows)
    given = {
        row.values()[row.entity.key[0]]: texts[row.entity.key[0]]
        for row, texts in zip(rows, named, strict=True)
        if row.entity.identifier
    }
    filled = [type(row)(**row.values() | _filled(row, given)) for row in rows]
    return editing.additions(records, filled)


def _filled(row: Row, given: Mapping[object, str]) -> dict[str, str]:
    """Return the columns of a row that hold a new key, with the keys given."""
    held = {column: value for column, value in row.values().items() if isinstance(value, NewKey)}
    if any(value not in given for value in held.values()):
        raise PlanError(say("A {table} leads to a new row that is not added with it.", table=row.entity.name))
    return {column: given[value] for column, value in held.items()}


def latest_value(records: Records, row: Mapping[str, str]) -> dict[str, str]:
    """Return the row that counts among the values of an indicator on one day, final ones apart (method, 5.1)."""
    rows = records.where("observation", indicator_id=(row["indicator_id"],)).rows()
    same = [one for one in rows if all(one[name] == row[name] for name in ("observed_on", "final"))]
    return max(
        same, key=lambda one: (one["recorded_on"] or one["observed_on"], natural(one["observation_id"]))
    )


def _newer(records: Records, edit: Correct, today: date) -> Row:
    """Return the newer row by which a value is corrected."""
    entity = editing.entity_named(edit.entity)
    _, before = editing.row_of(records, entity, edit.key, edit.expected)
    if latest_value(records, before) != before:
        raise ConflictError(say("Somebody else corrected this value meanwhile. Nothing was stored."))
    row = before | dict(edit.values) | {"recorded_on": edit.recorded_on or today.isoformat()}
    return ROW_CLASSES[entity.name](
        **{name: row[name] for name in entity.columns if name != entity.identifier}
    )


def _alteration(records: Records, edit: Alter | Correct) -> list[RowChange]:
    entity = editing.entity_named(edit.entity)
    for name in edit.values:
        if name not in entity.columns:
            raise UnknownName(say("column"), name, entity.columns)
    return editing.alteration(records, entity, edit.key, edit.values, edit.expected)


def _removal(records: Records, edit: Remove) -> RowChange:
    parts, before = editing.row_of(records, editing.entity_named(edit.entity), edit.key, edit.expected)
    return RowChange(edit.entity, parts, before, None)

"""What may one change consist of? Rows that come, rows that change and rows that go, all or none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.errors import InvalidPlan, Issue, PlanError, UnknownName
from theorytopractice.language import say
from theorytopractice.store import editing
from theorytopractice.store.correcting import Correct, newer_row, replaced
from theorytopractice.store.history import RowChange
from theorytopractice.store.surroundings import problems_around

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from theorytopractice.model.entities import Row
    from theorytopractice.store.records import Records

__all__ = ["Add", "Alter", "Correct", "Edit", "NewKey", "Remove", "changes_of", "problems_of"]

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


Edit: TypeAlias = Add | Alter | Correct | Remove


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
    _refuse_twice(edits)
    today = editing.today_there(records)
    newer = {id(edit) for edit in edits if isinstance(edit, Correct) and edit.is_newer(today)}
    rows = [edit.row for edit in edits if isinstance(edit, Add)]
    rows += [
        newer_row(records, edit, today) for edit in edits if isinstance(edit, Correct) and id(edit) in newer
    ]
    come, keys = _coming(records, rows)
    gone: list[RowChange] = []
    for edit in edits:
        if isinstance(edit, Alter):
            gone += _alteration(records, edit)
        elif isinstance(edit, Correct) and id(edit) not in newer:
            gone += replaced(records, edit)
        elif isinstance(edit, Remove):
            gone.append(_removal(records, edit))
    return Changes(gone + come, keys, editing.repeats(come))


def _refuse_twice(edits: Sequence[Edit]) -> None:
    """Refuse edits of which two are about the same row; raises PlanError."""
    seen: set[tuple[str, str]] = set()
    for edit in edits:
        if isinstance(edit, Add):
            continue
        place = edit.entity, editing.said(edit.key)
        if place in seen:
            raise PlanError(
                say(
                    "Two of these edits are about {table} {key}; make one of them.",
                    table=place[0],
                    key=place[1],
                )
            )
        seen.add(place)


def problems_of(records: Records, edits: Sequence[Edit], as_of: date | None = None) -> list[Issue]:
    """List the errors that a plan would have after some edits, and the warnings about their rows as of a day."""
    try:
        made = changes_of(records, edits)
    except InvalidPlan as error:
        return error.issues
    return made.repeats + problems_around(records, made.rows, as_of or editing.today_there(records))


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


def _alteration(records: Records, edit: Alter) -> list[RowChange]:
    entity = editing.entity_named(edit.entity)
    for name in edit.values:
        if name not in entity.columns:
            raise UnknownName(say("column"), name, entity.columns)
    return editing.alteration(records, entity, edit.key, edit.values, edit.expected)


def _removal(records: Records, edit: Remove) -> RowChange:
    parts, before = editing.row_of(records, editing.entity_named(edit.entity), edit.key, edit.expected)
    return RowChange(edit.entity, parts, before, None)

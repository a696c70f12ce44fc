"""How is a change taken back, and what may stand in the way?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError
from theorytopractice.language import say
from theorytopractice.store import editing
from theorytopractice.store.history import is_same, named_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from theorytopractice.store.history import Change, RowChange
    from theorytopractice.store.records import Records


def undoing(records: Records, change_id: int) -> list[RowChange]:
    """Return the row changes that take a change back.

    Raises:
        ConflictError: there is no such change, or a row of it was changed since.
    """
    changes = records.changes_from(change_id)
    touched = {(row.entity, row.key) for one in changes if one.change_id == change_id for row in one.rows}
    return to_undo(changes, change_id, editing.standing(records, touched))


def building_on(records: Records, change_id: int) -> list[Change]:
    """Return the later changes that name what a change brought, as far as their rows stand."""
    changes = records.changes_from(change_id)
    found = built_on(changes[0], changes)
    there = editing.standing(records, {(row.entity, row.key) for _, row in found})
    return list({one.change_id: one for one, row in found if (row.entity, row.key) in there}.values())


def to_undo(
    changes: Sequence[Change], change_id: int, now: Mapping[tuple[str, tuple[str, ...]], Mapping[str, str]]
) -> list[RowChange]:
    """Return the row changes that take a change back; ``now`` holds the rows as they are, by (table, key).

    A row that was changed since and has come back to what the change left may be taken back.

    Raises:
        ConflictError: there is no such change, or a row of it is another one now.
    """
    chosen = next((change for change in changes if change.change_id == change_id), None)
    if chosen is None:
        raise ConflictError(say("There is no change {n}; the history lists them.", n=change_id))
    for row in chosen.rows:
        found = now.get((row.entity, row.key))
        if (found is None) != (row.after is None) or not is_same(row.after or {}, found or {}):
            raise ConflictError(_another_now(row, chosen, changes))
    return [row.inverse() for row in reversed(chosen.rows)]


def _another_now(row: RowChange, chosen: Change, changes: Sequence[Change]) -> str:
    """Say why a row cannot be taken back: by the last change that touched it since and still stands."""
    later = [
        one.change_id
        for one in upheld(changes)
        if one.change_id > chosen.change_id
        and any((other.entity, other.key) == (row.entity, row.key) for other in one.rows)
    ]
    facts = {"n": chosen.change_id, "table": row.entity, "key": "/".join(row.key)}
    if not later:
        return say("Change {n} cannot be undone: {table} {key} is no longer as it left it.", **facts)
    return say(
        "Change {n} cannot be undone: {table} {key} was changed again by change {later}; undo that one first.",
        **facts,
        later=later[-1],
    )


def upheld(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that were not taken back, without those that only take back another one of them."""
    gone: set[int] = set()
    known = {one.change_id for one in changes}
    for one in reversed(changes):
        if one.undoes is not None and one.change_id not in gone:
            gone.add(one.undoes)
            if one.undoes in known:
                gone.add(one.change_id)
    return [one for one in changes if one.change_id not in gone]


def built_on(chosen: Change, changes: Sequence[Change]) -> list[tuple[Change, RowChange]]:
    """Return the rows of later standing changes that name what a change brought, each with its change."""
    brought = {(row.entity, row.key[0]) for row in chosen.rows if row.before is None}
    later = [one for one in upheld(changes) if one.change_id > chosen.change_id]
    return [(one, row) for one in later for row in one.rows if row.after and brought & named_by(row)]

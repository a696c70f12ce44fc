"""What can be done to a plan? Verbs that change it, each one change that the history remembers."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, shown
from theorytopractice.language import PARTS, say, say_in_turn, say_n
from theorytopractice.model.entities import Row
from theorytopractice.model.values import LONGEST_CELL
from theorytopractice.store import editing, handover, merging
from theorytopractice.store.edits import Add, Alter, Changes, Edit, Remove, changes_of, problems_of
from theorytopractice.store.importing import import_of
from theorytopractice.store.retargeting import with_retargets
from theorytopractice.store.undoing import building_on, undoing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from theorytopractice.model.values import TextTable
    from theorytopractice.store.database import Database
    from theorytopractice.store.folder import Folder
    from theorytopractice.store.history import Change, RowChange
    from theorytopractice.store.records import Records
    from theorytopractice.store.summary import Summary

LARGEST_CHANGE = 2**31
MOST_NAMED = 8


class Changeable:
    """What a plan is to those who change it.

    ``warnings`` are those about the rows of the last change made here, ``last_change`` is its number (None where
    nothing was to be changed).
    """

    def __init__(self, store: Database | Folder, *, who: str | None = None) -> None:
        """Hold a store; ``who`` is the name under which changes are remembered."""
        self._store = store
        self.who = who or ""
        self.warnings: list[Issue] = []
        self.last_change: int | None = None

    @property
    def who(self) -> str:
        """The name under which changes are remembered."""
        return self._who

    @who.setter
    def who(self, name: str) -> None:
        self._who = told(name or _user())

    def _change(
        self, what: str, edit: Callable[[Records], list[RowChange]], *, undoes: int | None = None
    ) -> None:
        """Make the row changes of an edit together, and keep the warnings about them."""

        def checked(records: Records) -> list[RowChange]:
            changes = edit(records)
            if undoes is None:
                changes = with_retargets(records, changes)
            self.warnings = editing.valid(records, changes)
            return [row for row in changes if row.before != row.after]

        self.last_change = self._store.change(self._who, told(what), checked, undoes)

    def add(self, *rows: Row) -> list[str]:
        """Add rows of any table in one change; return their keys. A link that is there already is merged.

        Raises:
            InvalidPlan: a row is wrong or its identifier is taken; nothing is stored.
        """
        for row in rows:
            if not isinstance(row, Row):
                raise PlanError(
                    say(
                        "Only rows such as Finding(...) or Event(...) can be added; found {row}.",
                        row=shown(row),
                    )
                )
        return self.edit(*map(Add, rows), what=say("add {rows}", rows=editing.nouns(rows)))

    def edit(self, *edits: Edit, what: str) -> list[str]:
        """Make several edits (Add, Alter, Correct, Remove) in one change; return the keys of the rows that came.

        Raises:
            ConflictError: somebody else changed a row meanwhile.
            InvalidPlan: a row would be wrong; nothing is stored.
            UnknownName: there is no such table, row or column.
        """
        made: list[Changes] = []

        def edit(records: Records) -> list[RowChange]:
            made[:] = [changes_of(records, edits)]
            return made[0].rows

        self._change(what, edit)
        self.warnings[:0] = made[0].repeats
        return made[0].keys

    def problems(self, *edits: Edit, as_of: date | None = None) -> list[Issue]:
        """List the errors and warnings that some edits would bring; nothing is stored.

        Args:
            edits: what would be done (Add, Alter, Correct, Remove).
            as_of: the day as of which warnings are judged; today in the plan's zone unless given.

        Raises:
            ConflictError: somebody else changed a row meanwhile.
            UnknownName: there is no such table, row or column.
        """
        return self._store.look(lambda records: problems_of(records, edits, as_of))

    def record(self, *facts: Row) -> list[str]:
        """Add facts (events, observations, evidence) in one change; return their keys."""
        wrong = next((fact for fact in facts if not fact.entity.is_fact), None)
        if wrong is not None:
            raise PlanError(say("A {table} is no dated fact; use add.", table=wrong.entity.name))
        return self.add(*facts)

    def change(
        self,
        entity: str,
        key: str | tuple[str, ...],
        *,
        expected: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        """Change some columns of one row.

        ``expected`` is the row as the caller last saw it (column → text); where it is no longer so, the
        change is refused. A new ``statement`` of a finding or ``title`` of an action also sets its
        ``reworded_on`` to today, which makes its links suspect until they are confirmed; a new demand of an indicator
        (its target, bounds, tolerance, direction, baseline, lag, cadence, or whether a finding requires it) sets its
        ``retargeted_on``.

        Raises:
            ConflictError: somebody else changed the row meanwhile.
            InvalidPlan: the changed row is wrong; nothing is stored.
            UnknownName: there is no such table, row or column.
        """
        what = say("change {table} {key}", table=entity, key=editing.said(key))
        self.edit(Alter(entity, key, values, expected), what=what)

    def remove(
        self,
        entity: str,
        key: str | tuple[str, ...],
        *,
        reason: str,
        expected: Mapping[str, str] | None = None,
    ) -> None:
        """Remove one row, unless it is no longer as ``expected``; the reason and the row stay in the history.

        Raises:
            ConflictError: somebody else changed the row meanwhile.
            InvalidPlan: another row needs it; nothing is stored.
            PlanError: there is no reason.
            UnknownName: there is no such table or row.
        """
        if not (reason or "").strip():
            raise PlanError(
                say("Removing {table} {key} needs a reason.", table=entity, key=editing.said(key))
            )
        what = say("remove {table} {key}: {reason}", table=entity, key=editing.said(key), reason=reason)
        self.edit(Remove(entity, key, expected), what=what)

    def transfer(self, leaving: str, successor: str) -> list[RowChange]:
        """Close an owner who leaves, and move everything live to another, in one change.

        Live is what is not cancelled (actions, in every role) and open (findings). Returns the row changes.

        Raises:
            UnknownName: there is no such owner.
        """
        made: list[RowChange] = []

        def edit(records: Records) -> list[RowChange]:
            made[:] = handover.transfer(records, leaving, successor)
            return made

        self._change(
            say("transfer from {leaving} to {successor}", leaving=leaving, successor=successor), edit
        )
        return made

    def merge(self, keep: str, drop: str) -> list[RowChange]:
        """Make one of two duplicate findings or actions, in one change; return the row changes.

        Links and facts of ``drop`` move to ``keep``. A dropped finding stays as a closed duplicate, a
        dropped action stays in the history.

        Raises:
            UnknownName: there is no such finding or action.
            PlanError: the two are not of one table and kind.
        """
        made: list[RowChange] = []

        def edit(records: Records) -> list[RowChange]:
            made[:] = merging.merge(records, keep, drop)
            return made

        self._change(say("merge {drop} into {keep}", drop=drop, keep=keep), edit)
        return made

    def upsert(self, source: Mapping[str, TextTable], *, what: str, dry_run: bool = False) -> Summary:
        """Bring whole tables in, row by row by key, in one change; all or nothing.

        Raises:
            InvalidPlan: the plan would have errors; nothing is stored.
        """
        found: list[Summary] = []

        def edit(records: Records) -> list[RowChange]:
            changes, summary = import_of(records, source)
            found.append(summary)
            return [] if dry_run else with_retargets(records, changes)

        self.last_change = self._store.change(self._who, told(what), edit)
        return found[0]

    def undo(self, change_id: int) -> None:
        """Take one change back, as a new change.

        Raises:
            ConflictError: there is no such change, a row of it was changed since, or later changes build on it.
            InvalidPlan: the plan would have errors without it; nothing is stored.
        """
        if not 0 < int(change_id) < LARGEST_CHANGE:
            raise ConflictError(say("There is no change {n}; the history lists them.", n=change_id))
        try:
            what = say("undo change {n}", n=change_id)
            self._change(what, lambda records: undoing(records, change_id), undoes=change_id)
        except InvalidPlan as error:
            if later := self._store.look(lambda records: building_on(records, change_id)):
                raise ConflictError(_build_on(change_id, later)) from error
            raise


def _build_on(change_id: int, later: Sequence[Change]) -> str:
    """Say which changes must be taken back before another one can."""
    named = [say("change {n} ({what})", n=one.change_id, what=one.what) for one in reversed(later)]
    left = len(named) - MOST_NAMED
    more = [say_n("{n} more", "{n} more", left)] if left > 0 else []
    return say(
        "Change {n} cannot be undone, because later changes build on it; undo these first, in this order: {changes}.",
        n=change_id,
        changes=say_in_turn(PARTS, named[:MOST_NAMED] + more),
    )


def told(text: str) -> str:
    """Return a text as the history keeps it: databases cannot hold the NUL character; raises PlanError if it is too long."""
    if len(text) > LONGEST_CELL:
        raise PlanError(
            say(
                "A text of {n:,} characters is too long for the history; at most {most:,} are kept.",
                n=len(text),
                most=LONGEST_CELL,
            )
        )
    return text.replace("\0", "")


def _user() -> str:
    """Return the name of whoever is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"

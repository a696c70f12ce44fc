"""The object that a person holds: a plan, wherever it lives, as frames to read and rows to change."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, UnknownName, shown
from theorytopractice.model.entities import ENTITIES, Row
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable
from theorytopractice.store import csvfile, editing, handover, merging
from theorytopractice.store.database import Database
from theorytopractice.store.folder import Folder, write_folder
from theorytopractice.store.frames import to_frame
from theorytopractice.store.history import RowChange, as_frame, to_undo
from theorytopractice.store.neighbours import needed_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from theorytopractice.store.records import Records
    from theorytopractice.store.summary import Summary


LARGEST_CHANGE = 2**31


class Plan(Mapping[str, "pd.DataFrame"]):
    """A plan: each table is a frame, by key or by attribute; changes are verbs and are remembered."""

    owner: pd.DataFrame
    finding: pd.DataFrame
    action: pd.DataFrame
    indicator: pd.DataFrame
    finding_action: pd.DataFrame
    action_owner: pd.DataFrame
    finding_indicator: pd.DataFrame
    finding_relation: pd.DataFrame
    event: pd.DataFrame
    observation: pd.DataFrame
    evidence: pd.DataFrame
    setting: pd.DataFrame

    def __init__(self, store: Database | Folder, *, who: str | None = None) -> None:
        """Hold a store; ``who`` is the name under which changes are remembered."""
        self._store = store
        self._who = told(who or _user())
        self.warnings: list[Issue] = []
        self._version: object = None
        self._texts: dict[str, TextTable] = {}
        self._frames: dict[str, pd.DataFrame] = {}

    @property
    def name(self) -> str:
        """Where the plan lives, as it was given."""
        return self._store.name

    def tables(self) -> dict[str, TextTable]:
        """Every table as texts, as they are now."""
        version = self._store.version()
        if version != self._version:
            self._texts, self._frames, self._version = self._store.tables(), {}, version
        return self._texts

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table as a typed frame; raises UnknownName."""
        if name not in ENTITIES:
            raise UnknownName("table", name, ENTITIES)
        tables = self.tables()
        if name not in self._frames:
            self._frames[name] = self._frame(tables[name])
        return self._frames[name].copy(deep=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table by its name."""
        if name.startswith("_") or name not in ENTITIES:
            raise AttributeError(f"a plan has no attribute {name!r}; its tables are {', '.join(ENTITIES)}")
        return self[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(ENTITIES)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(ENTITIES)

    def __repr__(self) -> str:
        """Name the plan and say how much it holds."""
        tables = self.tables()
        counts = ", ".join(f"{len(tables[name])} {name}s" for name in ("finding", "action", "indicator"))
        return f"<Plan {self.name}: {counts}>"

    @property
    def settings(self) -> Settings:
        """The plan's settings; raises InvalidPlan where one cannot be read."""
        table = self.tables()["setting"]
        return Settings.read(dict(zip(table["name"], table["value"], strict=True)))

    @property
    def today(self) -> date:
        """Today in the plan's zone."""
        return editing.today_of(self.tables()["setting"])

    def check(self, today: date | None = None) -> list[Issue]:
        """List every problem of the plan, errors and warnings."""
        tables = self.tables()
        return validate(tables, today=today or self.today)

    def subset(self, finding_ids: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return frames of all that the stages and flags of some findings can depend on."""
        if isinstance(self._store, Database):
            tables = self._store.some_tables(lambda link: needed_by(link, finding_ids))
            return {name: self._frame(table) for name, table in tables.items()}
        return {name: self[name] for name in ENTITIES}

    def _frame(self, table: TextTable) -> pd.DataFrame:
        """Return a table as a typed frame; raises InvalidPlan where a text of it cannot be read."""
        try:
            return to_frame(table) if len(table) or table.unknown else _empty(table.entity.name).copy()
        except ValueError as error:
            issues = [one for one in self.check() if one.table == table.entity.name]
            raise InvalidPlan(issues, f"The plan {self.name}", then="mend them first") from error

    def _change(
        self, what: str, edit: Callable[[Records], list[RowChange]], *, undoes: int | None = None
    ) -> None:
        """Make the row changes of an edit together, and keep the warnings about them."""

        def checked(records: Records) -> list[RowChange]:
            changes = edit(records)
            self.warnings = editing.repeats(changes) if what.startswith("add ") else []
            self.warnings += editing.valid(records, changes)
            return [row for row in changes if row.before != row.after]

        self._store.change(self._who, told(what), checked, undoes)

    def add(self, *rows: Row) -> list[str]:
        """Add rows of any table in one change; return their keys. A link that is there already is merged.

        Raises:
            InvalidPlan: a row is wrong or its identifier is taken; nothing is stored.
        """
        for row in rows:
            if not isinstance(row, Row):
                raise PlanError(
                    f"Only rows such as Finding(...) or Event(...) can be added; found {shown(row)}."
                )
        keys: list[str] = []

        def edit(records: Records) -> list[RowChange]:
            changes, given = editing.additions(records, rows)
            keys.extend(given)
            return changes

        self._change(f"add {editing.nouns(rows)}", edit)
        return keys

    def record(self, *facts: Row) -> list[str]:
        """Add facts (events, observations, evidence) in one change; return their keys."""
        wrong = next((fact for fact in facts if not fact.entity.is_fact), None)
        if wrong is not None:
            raise PlanError(f"A {wrong.entity.name} is no dated fact; use add.")
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
        ``reworded_on`` to today, which makes its links suspect until they are confirmed.

        Raises:
            ConflictError: somebody else changed the row meanwhile.
            InvalidPlan: the changed row is wrong; nothing is stored.
            UnknownName: there is no such table, row or column.
        """
        declared = editing.entity_named(entity)
        for name in values:
            if name not in declared.columns:
                raise UnknownName("column", name, declared.columns)
        self._change(
            f"change {entity} {editing.said(key)}",
            lambda records: editing.alteration(records, declared, key, values, expected),
        )

    def remove(self, entity: str, key: str | tuple[str, ...], *, reason: str) -> None:
        """Remove one row; the reason and the row stay in the history."""
        declared = editing.entity_named(entity)
        if not (reason or "").strip():
            raise PlanError(f"Removing {entity} {editing.said(key)} needs a reason.")

        def edit(records: Records) -> list[RowChange]:
            parts, before = editing.row_of(records, declared, key)
            return [RowChange(entity, parts, before, None)]

        self._change(f"remove {entity} {editing.said(key)}: {reason}", edit)

    def transfer(self, leaving: str, successor: str) -> list[RowChange]:
        """Close an owner who leaves, and move everything live to another, in one change.

        Live is what is not cancelled (actions, in every role) and open (findings). Returns the row changes.

        Raises:
            UnknownName: there is no such owner.
        """
        made: list[RowChange] = []

        def edit(records: Records) -> list[RowChange]:
            made.extend(handover.transfer(records, leaving, successor))
            return made

        self._change(f"transfer from {leaving} to {successor}", edit)
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
            made.extend(merging.merge(records, keep, drop))
            return made

        self._change(f"merge {drop} into {keep}", edit)
        return made

    def upsert(self, source: Mapping[str, TextTable], *, what: str, dry_run: bool = False) -> Summary:
        """Bring whole tables in, row by row by key, in one change; all or nothing.

        Raises:
            InvalidPlan: the plan would have errors; nothing is stored.
        """
        found: list[Summary] = []

        def edit(records: Records) -> list[RowChange]:
            changes, summary = editing.import_of(records, source)
            found.append(summary)
            return [] if dry_run else changes

        self._store.change(self._who, told(what), edit)
        return found[0]

    def history(self, row_id: str | None = None) -> pd.DataFrame:
        """Show who changed what and when; only of one row if its id is given."""
        return as_frame(self._store.changes(row_id), row_id)

    def undo(self, change_id: int) -> None:
        """Take one change back, as a new change; raises ConflictError where a row was changed since."""
        if not 0 < int(change_id) < LARGEST_CHANGE:
            raise ConflictError(f"There is no change {change_id}; the history lists them.")

        def edit(records: Records) -> list[RowChange]:
            changes = records.changes_from(change_id)
            touched = {
                (row.entity, row.key) for one in changes if one.change_id == change_id for row in one.rows
            }
            return to_undo(changes, change_id, editing.standing(records, touched))

        self._change(f"undo change {change_id}", edit, undoes=change_id)

    def write_folder(self, path: str | Path) -> None:
        """Write the plan as a plan folder."""
        write_folder(self.tables(), Path(path))

    def fingerprint(self) -> str:
        """Return the SHA-256 over the canonical text of all tables."""
        digest = hashlib.sha256()
        for name, table in self.tables().items():
            digest.update(name.encode() + b"\0" + csvfile.write(table))
        return digest.hexdigest()

    def keeps(self, file: Path) -> bool:
        """Tell whether a file is one of those in which the plan is kept."""
        return self._store.keeps(file)

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def __enter__(self) -> Self:
        """Use the plan in a ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the store."""
        self.close()


@cache
def _empty(name: str) -> pd.DataFrame:
    """Return the frame of a table without rows."""
    return to_frame(TextTable.of(ENTITIES[name], []))


def told(text: str) -> str:
    """Return a text as the history keeps it: databases cannot hold the NUL character."""
    return text.replace("\0", "")


def _user() -> str:
    """Return the name of whoever is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"

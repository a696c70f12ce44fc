"""The object that a person holds: a plan, wherever it lives, as frames to read and rows to change."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from theorytopractice.errors import InvalidPlan, Issue, PlanError, PracticeError, UnknownName, shown
from theorytopractice.model.entities import ENTITIES, Row
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable, as_text
from theorytopractice.store import csvfile
from theorytopractice.store.database import Database
from theorytopractice.store.editing import (
    brought,
    by_key,
    entity_named,
    nouns,
    problems,
    refuse_changed,
    refuse_existing,
    row_of,
    said,
    texts_of,
    today_of,
    told,
    user,
    valid,
)
from theorytopractice.store.folder import Folder, write_folder
from theorytopractice.store.frames import to_frame
from theorytopractice.store.history import RowChange, as_frame, to_undo
from theorytopractice.store.identifiers import Register
from theorytopractice.store.neighbours import needed_by
from theorytopractice.store.places import store_at
from theorytopractice.store.summary import Summary as Summary  # noqa: PLC0414 - others import it from here

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from theorytopractice.store.history import Change


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
        self._who = told(who or user())
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

    def check(self, today: date | None = None) -> list[Issue]:
        """List every problem of the plan, errors and warnings."""
        tables = self.tables()
        return validate(tables, today=today or today_of(tables))

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

    def add(self, *rows: Row) -> list[str]:
        """Add rows of any table in one change; return their keys. Raises InvalidPlan; then nothing is stored."""
        keys: list[str] = []

        def edit(tables: dict[str, TextTable], history: Callable[[], list[Change]]) -> list[RowChange]:
            given = [(row.entity, texts_of(row)) for row in rows]
            coming = ((entity.name, texts[entity.key[0]]) for entity, texts in given)
            register, changes = Register(tables, history, coming), []
            for entity, unnamed in given:
                texts = register.named(entity, unnamed)
                key = tuple(texts[column] for column in entity.key)
                keys.append("/".join(part for part in key if part))
                changes.append(RowChange(entity.name, key, None, texts))
            refuse_existing(tables, changes)
            return valid(tables, changes)

        self._store.change(self._who, f"add {nouns(rows)}", edit)
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
        change is refused. A new ``statement`` of a finding also sets ``reworded_on`` to today.

        Raises:
            ConflictError: somebody else changed the row meanwhile.
            InvalidPlan: the changed row is wrong; nothing is stored.
            UnknownName: there is no such table, row or column.
        """
        declared = entity_named(entity)
        for name in values:
            if name not in declared.columns:
                raise UnknownName("column", name, declared.columns)
        wanted = csvfile.canonical(declared, {name: as_text(value) for name, value in values.items()})

        def edit(tables: dict[str, TextTable], _: object) -> list[RowChange]:
            parts, before = row_of(tables, entity, key)
            refuse_changed(before, expected)
            after = before | wanted
            if (
                entity == "finding"
                and after["statement"] != before["statement"]
                and "reworded_on" not in wanted
            ):
                after["reworded_on"] = today_of(tables).isoformat()
            moved = tuple(after[column] for column in ENTITIES[entity].key)
            if moved != parts:
                raise PlanError(
                    f"The key of {entity} {'/'.join(parts)} stays what it is; add a new row instead."
                )
            return valid(tables, [RowChange(entity, parts, before, after)]) if after != before else []

        self._store.change(self._who, f"change {entity} {said(key)}", edit)

    def remove(self, entity: str, key: str | tuple[str, ...], *, reason: str) -> None:
        """Remove one row; the reason and the row stay in the history."""
        if not reason.strip():
            raise PlanError(f"Removing {entity} {said(key)} needs a reason.")

        def edit(tables: dict[str, TextTable], _: object) -> list[RowChange]:
            parts, before = row_of(tables, entity, key)
            return valid(tables, [RowChange(entity, parts, before, None)])

        self._store.change(self._who, told(f"remove {entity} {said(key)}: {reason}"), edit)

    def upsert(self, source: Mapping[str, TextTable], *, what: str, dry_run: bool = False) -> Summary:
        """Bring whole tables in, row by row by key, in one change; all or nothing.

        Raises:
            InvalidPlan: the plan would have errors; nothing is stored.
        """
        found: list[Summary] = []

        def edit(tables: dict[str, TextTable], history: Callable[[], list[Change]]) -> list[RowChange]:
            rows = [one for table in source.values() for one in brought(tables, table, history)]
            changes = [row for row in rows if row.before is None or not row.replaces(row.after or {})]
            issues = problems(tables, changes, source)
            added = Counter(row.entity for row in changes if row.before is None)
            changed = Counter(row.entity for row in changes if row.before is not None)
            same = Counter(row.entity for row in rows)
            found.append(Summary(added, changed, same - added - changed, issues))
            return [] if dry_run else changes

        self._store.change(self._who, told(what), edit)
        return found[0]

    def history(self, row_id: str | None = None) -> pd.DataFrame:
        """Show who changed what and when; only of one row if its id is given."""
        return as_frame(self._store.changes(row_id), row_id)

    def undo(self, change_id: int) -> None:
        """Take one change back, as a new change; raises ConflictError where a row was changed since."""

        def edit(tables: dict[str, TextTable], history: Callable[[], list[Change]]) -> list[RowChange]:
            return valid(
                tables, to_undo(history(), change_id, {name: by_key(table) for name, table in tables.items()})
            )

        self._store.change(self._who, f"undo change {change_id}", edit, undoes=change_id)

    def write_folder(self, path: str | Path) -> None:
        """Write the plan as a plan folder."""
        write_folder(self.tables(), Path(path))

    def fingerprint(self) -> str:
        """Return the SHA-256 over the canonical text of all tables."""
        digest = hashlib.sha256()
        for name, table in self.tables().items():
            digest.update(name.encode() + b"\0" + csvfile.write(table))
        return digest.hexdigest()

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def __enter__(self) -> Self:
        """Use the plan in a ``with`` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the store."""
        self.close()


def open_plan(where: str | Path, *, create: bool = False, who: str | None = None) -> Plan:
    """Open a plan: a SQLite file, a plan folder, or a database URL.

    Raises:
        PlanError: there is no plan, or it cannot be opened.
    """
    store = store_at(str(where))
    if isinstance(store, Database) and store.file is not None and not store.file.exists() and not create:
        raise PlanError(f"There is no plan at {shown(store.name)}; 'theorytopractice new' makes one.")
    store.open(create=create)
    return Plan(store, who=who)


def make_plan(where: str | Path, *, who: str | None = None) -> Plan:
    """Make an empty plan; raises PlanError where there is one already."""
    store = store_at(str(where))
    absent = not store.exists()
    if not absent and store.is_taken():
        raise PlanError(f"{shown(store.name)} exists already; choose another name, or import into it.")
    try:
        return open_plan(where, create=True, who=who)
    except BaseException:
        if absent:
            store.erase()
        raise


@contextmanager
def importing(where: str | Path, *, dry_run: bool = False) -> Iterator[Plan]:
    """Open a plan to import into, making it if absent; one that was made stays only if the import went well."""
    store = store_at(str(where))
    absent = not store.exists()
    try:
        with open_plan(where, create=absent) as plan:
            yield plan
    except BaseException:
        if absent:
            _discard(store)
        raise
    if absent and dry_run:
        _discard(store)


def _discard(store: Database | Folder) -> None:
    """Remove a plan that was made for an import that did not happen, unless somebody else filled it since."""
    with suppress(PracticeError):
        if not store.exists() or not store.changes():
            store.erase()


@cache
def _empty(name: str) -> pd.DataFrame:
    """Return the frame of a table without rows."""
    return to_frame(TextTable.of(ENTITIES[name], []))

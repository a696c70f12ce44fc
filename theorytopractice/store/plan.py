"""The object that a person holds: a plan, wherever it lives, as frames to read and rows to change."""

from __future__ import annotations

import getpass
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, UnknownName, shown
from theorytopractice.model.entities import ENTITIES, Row
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable, as_text
from theorytopractice.store import csvfile
from theorytopractice.store.database import Database
from theorytopractice.store.folder import Folder, applied, write_folder
from theorytopractice.store.frames import to_frame
from theorytopractice.store.history import RowChange, as_frame, to_undo
from theorytopractice.store.identifiers import Register
from theorytopractice.store.neighbours import needed_by

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.history import Change

SQLITE_ENDINGS = (".db", ".sqlite", ".sqlite3")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows an import added, changed or left as they were, and the warnings about them."""

    added: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    issues: Sequence[Issue] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in words."""
        said = [
            f"{sum(counts.values())} rows {word}" + (f" ({_listed(counts)})" if counts else "")
            for word, counts in (("added", self.added), ("changed", self.changed))
        ]
        return f"{', '.join(said)}, {sum(self.unchanged.values())} as they were"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())


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
        self._who = who or _user()
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
            self._frames[name] = to_frame(tables[name])
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
        return validate(tables, today=today or _today(tables))

    def subset(self, finding_ids: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return frames of all that the stages and flags of some findings can depend on."""
        if isinstance(self._store, Database):
            tables = self._store.some_tables(lambda link: needed_by(link, finding_ids))
            return {name: to_frame(table) for name, table in tables.items()}
        return {name: self[name] for name in ENTITIES}

    def add(self, *rows: Row) -> list[str]:
        """Add rows of any table in one change; return their keys. Raises InvalidPlan; then nothing is stored."""
        keys: list[str] = []

        def edit(tables: dict[str, TextTable], history: Callable[[], list[Change]]) -> list[RowChange]:
            register = Register(tables, history)
            changes = []
            for row in rows:
                texts = register.named(
                    row.entity, {name: as_text(value) for name, value in row.values().items()}
                )
                key = tuple(texts[column] for column in row.entity.key)
                keys.append("/".join(part for part in key if part))
                changes.append(RowChange(row.entity.name, key, None, texts))
            _refuse_existing(tables, changes)
            return _valid(tables, changes)

        self._store.change(self._who, f"add {_nouns(rows)}", edit)
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
        wanted = {name: as_text(value) for name, value in values.items()}
        for name in wanted:
            if name not in _entity(entity).columns:
                raise UnknownName("column", name, _entity(entity).columns)

        def edit(tables: dict[str, TextTable], _: object) -> list[RowChange]:
            parts, before = _row(tables, entity, key)
            _refuse_changed(before, expected)
            after = before | wanted
            if (
                entity == "finding"
                and after["statement"] != before["statement"]
                and "reworded_on" not in wanted
            ):
                after["reworded_on"] = _today(tables).isoformat()
            moved = tuple(after[column] for column in ENTITIES[entity].key)
            if moved != parts:
                raise PlanError(
                    f"The key of {entity} {'/'.join(parts)} stays what it is; add a new row instead."
                )
            return _valid(tables, [RowChange(entity, parts, before, after)]) if after != before else []

        self._store.change(self._who, f"change {entity} {_said(key)}", edit)

    def remove(self, entity: str, key: str | tuple[str, ...], *, reason: str) -> None:
        """Remove one row; the reason and the row stay in the history."""
        if not reason.strip():
            raise PlanError(f"Removing {entity} {_said(key)} needs a reason.")

        def edit(tables: dict[str, TextTable], _: object) -> list[RowChange]:
            parts, before = _row(tables, entity, key)
            return _valid(tables, [RowChange(entity, parts, before, None)])

        self._store.change(self._who, f"remove {entity} {_said(key)}: {reason}", edit)

    def upsert(self, source: Mapping[str, TextTable], *, what: str, dry_run: bool = False) -> Summary:
        """Bring whole tables in, row by row by key, in one change; all or nothing.

        Raises:
            InvalidPlan: the plan would have errors; nothing is stored.
        """
        found: list[Summary] = []

        def edit(tables: dict[str, TextTable], history: Callable[[], list[Change]]) -> list[RowChange]:
            register, changes = Register(tables, history), []
            same: Counter[str] = Counter()
            for name, table in source.items():
                known = dict(zip(tables[name].keys(), tables[name].rows(), strict=True))
                for row in table.rows():
                    texts = register.named(ENTITIES[name], row)
                    key = tuple(texts.get(column, "") for column in ENTITIES[name].key)
                    before = known.get(key)
                    after = (before or dict.fromkeys(ENTITIES[name].columns, "")) | texts
                    same[name] += before == after
                    if before != after:
                        changes.append(RowChange(name, key, before, after))
            issues = _problems(tables, changes, source)
            added = Counter(row.entity for row in changes if row.before is None)
            changed = Counter(row.entity for row in changes if row.before is not None)
            found.append(Summary(added, changed, +same, issues))
            return [] if dry_run else changes

        self._store.change(self._who, what, edit)
        return found[0]

    def history(self, row_id: str | None = None) -> pd.DataFrame:
        """Show who changed what and when; only of one row if its id is given."""
        return as_frame(self._store.changes(), row_id)

    def undo(self, change_id: int) -> None:
        """Take one change back, as a new change; raises ConflictError where a row was changed since."""

        def edit(tables: dict[str, TextTable], history: Callable[[], list[Change]]) -> list[RowChange]:
            return _valid(tables, to_undo(history(), change_id))

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
    store = _store(str(where))
    exists = not isinstance(store, Database) or not store.is_sqlite or Path(store.name).exists()
    if not exists and not create:
        raise PlanError(f"There is no plan at {shown(store.name)}; 'theorytopractice new' makes one.")
    store.open(create=create)
    return Plan(store, who=who)


def make_plan(where: str | Path, *, who: str | None = None) -> Plan:
    """Make an empty plan; raises PlanError where there is one already."""
    store = _store(str(where))
    try:
        with open_plan(where) as old:
            taken = bool(old.tables())
    except PlanError:
        taken = isinstance(store, Database) and store.is_sqlite and Path(store.name).exists()
    if taken:
        raise PlanError(f"{shown(store.name)} exists already; choose another name, or import into it.")
    return open_plan(where, create=True, who=who)


@contextmanager
def importing(where: str | Path, *, dry_run: bool = False) -> Iterator[Plan]:
    """Open a plan to import into, making it if absent; one that was made stays only if the import went well."""
    store = _store(str(where))
    absent = not Path(store.name).exists() and not (isinstance(store, Database) and not store.is_sqlite)
    with open_plan(where, create=absent) as plan:
        try:
            yield plan
        except BaseException:
            plan.close()
            _discard(store, absent)
            raise
    _discard(store, absent and dry_run)


def _discard(store: Database | Folder, unwanted: bool) -> None:
    """Remove a plan that was made only for an import that did not happen."""
    if not unwanted:
        return
    path = Path(store.name)
    files = (
        path.iterdir() if path.is_dir() else [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    )
    for file in list(files):
        file.unlink(missing_ok=True)
    if path.is_dir():
        path.rmdir()


def _store(where: str) -> Database | Folder:
    if "://" in where:
        try:
            return Database(where, sa.make_url(where).render_as_string(hide_password=True))
        except (sa.exc.ArgumentError, ImportError, sa.exc.NoSuchModuleError) as error:
            raise PlanError(
                f"{shown(where.rsplit('@', maxsplit=1)[-1])} is no database URL that can be used here ({error}); "
                "write postgresql+psycopg://user@host/name."
            ) from None
    path = Path(where)
    if path.is_dir() or (not path.exists() and path.suffix not in SQLITE_ENDINGS):
        return Folder(path)
    return Database(sa.URL.create("sqlite", database=str(path)), where)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _today(tables: Mapping[str, TextTable]) -> date:
    """Return today in the plan's zone, UTC where the zone cannot be read."""
    table = tables["setting"]
    zone = dict(zip(table["name"], table["value"], strict=True)).get("zone", "UTC")
    return datetime.now(ZoneInfo("UTC" if Settings.problem("zone", zone) else zone)).date()


def _problems(
    tables: Mapping[str, TextTable],
    changes: Sequence[RowChange],
    source: Mapping[str, TextTable] | None = None,
) -> list[Issue]:
    """Validate the plan as it would be; raises InvalidPlan if it had errors, else returns the warnings.

    The errors of an import are looked for in its files first, so that they name file and line.
    """
    today = _today(tables)
    issues = validate(applied(tables, changes), today=today)
    if any(issue.is_error for issue in issues):
        in_source = [issue for issue in validate(source, today=today) if issue.is_error] if source else []
        own = [issue for issue in in_source if issue.code != "E-REF"]
        raise InvalidPlan(
            own + [one for one in issues if one.is_error and one.code not in {i.code for i in own}]
        )
    return issues


def _valid(tables: Mapping[str, TextTable], changes: list[RowChange]) -> list[RowChange]:
    """Return the changes if the plan stays valid; raises InvalidPlan."""
    _problems(tables, changes)
    return changes


def _entity(name: str) -> Entity:
    if name not in ENTITIES:
        raise UnknownName("table", name, ENTITIES)
    return ENTITIES[name]


def _row(
    tables: Mapping[str, TextTable], entity: str, key: str | tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Find a row by its key."""
    _entity(entity)
    parts = (key,) if isinstance(key, str) else tuple(key)
    found = dict(zip(tables[entity].keys(), tables[entity].rows(), strict=True))
    if parts not in found:
        raise UnknownName(entity, "/".join(parts), ("/".join(one) for one in found))
    return parts, found[parts]


def _refuse_changed(now: Mapping[str, str], expected: Mapping[str, str] | None) -> None:
    """Raise ConflictError where a row is no longer as the caller saw it."""
    differs = {
        name: (was, now.get(name, "")) for name, was in (expected or {}).items() if now.get(name, "") != was
    }
    if differs:
        said = "; ".join(
            f"{name} was {shown(was)} and is now {shown(is_)}" for name, (was, is_) in differs.items()
        )
        raise ConflictError(f"Somebody else changed this row: {said}. Nothing was stored.")


def _refuse_existing(tables: Mapping[str, TextTable], changes: Sequence[RowChange]) -> None:
    """Raise InvalidPlan where a new row has the key of another."""
    taken = {name: set(tables[name].keys()) for name in {row.entity for row in changes}}
    issues = []
    for row in changes:
        if row.key in taken[row.entity]:
            name = "/".join(part for part in row.key if part)
            message = f"there is already a {row.entity} {name}; change it, or give the new one another key"
            issues.append(Issue("E-ID", row.entity, None, ENTITIES[row.entity].key[0], name, message))
        taken[row.entity].add(row.key)
    if issues:
        raise InvalidPlan(issues)


def _nouns(rows: Sequence[Row]) -> str:
    return ", ".join(f"{n} {name}" for name, n in Counter(row.entity.name for row in rows).items())


def _said(key: str | tuple[str, ...]) -> str:
    return key if isinstance(key, str) else "/".join(part for part in key if part)

"""The object that a person holds: a plan, wherever it lives, as frames to read and rows to change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from theorytopractice.errors import InvalidPlan, Issue, UnknownName
from theorytopractice.language import say
from theorytopractice.model.as_of import given_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation import validate
from theorytopractice.model.values import CheckedTables, TextTable
from theorytopractice.store import csvfile, editing
from theorytopractice.store.changeable import Changeable
from theorytopractice.store.database import Database
from theorytopractice.store.folder import Folder, write_folder
from theorytopractice.store.frames import to_frame
from theorytopractice.store.history import Version, as_frame, as_heads
from theorytopractice.store.neighbours import needed_by
from theorytopractice.store.overwriting import refuse_loss

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from theorytopractice.store.records import Records

Found = TypeVar("Found")


class Plan(Changeable, Mapping[str, "pd.DataFrame"]):
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
        super().__init__(store, who=who)
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
            raise UnknownName(say("table"), name, ENTITIES)
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
        table = self._setting()
        return Settings.read(dict(zip(table["name"], table["value"], strict=True)))

    @property
    def today(self) -> date:
        """Today in the plan's zone."""
        return editing.today_of(self._setting())

    def _setting(self) -> TextTable:
        """Return the table of settings; from a database without reading all the others again."""
        if not isinstance(self._store, Database) or self._store.version() == self._version:
            return self.tables()["setting"]
        return self.look(lambda records: records.where("setting"))

    def check(self, as_of: date | str | None = None) -> list[Issue]:
        """List every problem of the plan, errors and warnings.

        Args:
            as_of: the day as of which warnings are judged; today in the plan's zone unless given.

        Raises:
            PracticeError: that is not a date.
        """
        tables = self.tables()
        return validate(tables, today=self.today if as_of is None else given_day(as_of))

    def subset(self, finding_ids: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return frames of all that the stages and flags of some findings can depend on."""
        if isinstance(self._store, Database):
            tables = self._store.some_tables(lambda link: needed_by(link, finding_ids))
            return CheckedTables({name: self._frame(table) for name, table in tables.items()})
        return CheckedTables({name: self[name] for name in ENTITIES})

    def _frame(self, table: TextTable) -> pd.DataFrame:
        """Return a table as a typed frame; raises InvalidPlan where a text of it cannot be read."""
        try:
            return to_frame(table) if len(table) or table.unknown else _empty(table.entity.name).copy()
        except ValueError as error:
            issues = [one for one in self.check() if one.table == table.entity.name]
            raise InvalidPlan(
                issues, say("The plan {name}", name=self.name), then=say("mend them first")
            ) from error

    def look(self, ask: Callable[[Records], Found]) -> Found:
        """Ask the rows something, as they are at one moment, without reading the whole plan."""
        return self._store.look(ask)

    def row(self, table: str, key: str | tuple[str, ...]) -> dict[str, str]:
        """Return one row as it is now, column → text; raises UnknownName where there is none."""
        return self._store.look(lambda records: editing.row_of(records, editing.entity_named(table), key)[1])

    def history(self, row_id: str | Collection[str] | None = None) -> pd.DataFrame:
        """Show who changed what and when; only of one row, or of several, and of what names them if ids are given."""
        ids = {row_id} if isinstance(row_id, str) else None if row_id is None else set(row_id)
        return as_frame(self._store.changes(ids), ids)

    def moved_since(self, version: object) -> set[str] | None:
        """Return the findings whose stage or flags can have moved since a version; None: it may be any.

        A plan in a database knows, one in a folder does not.
        """
        if not isinstance(self._store, Database) or not isinstance(version, Version):
            return None
        return self._store.moved_since(version)

    @property
    def version(self) -> object:
        """What changes when somebody changes the plan."""
        return self._store.version()

    def latest(self, most: int = 50, *, made_by: str | None = None) -> pd.DataFrame:
        """List the latest changes, the newest first, of everybody or of one person.

        Columns: ``change_id``, ``made_at``, ``made_by``, ``what``, ``undoes``, ``n_rows``.
        """
        return as_heads(self._store.latest(most, made_by))

    def write_folder(self, path: str | Path) -> None:
        """Write the plan as a plan folder; an earlier one of the same plan is replaced.

        Raises:
            PlanError: the folder cannot be written, or holds what this plan never had.
        """
        tables, own = self.tables(), self._store
        is_own = isinstance(own, Folder) and own.path.resolve() == Path(path).resolve()

        def refuse(there: Path) -> None:
            refuse_loss(there, tables, own.changes, is_own=is_own)

        write_folder(tables, Path(path), refuse=refuse)

    def fingerprint(self) -> str:
        """Return the SHA-256 over the canonical text of all tables."""
        digest = hashlib.sha256()
        for name, table in self.tables().items():
            digest.update(name.encode() + b"\0" + csvfile.write(table))
        return digest.hexdigest()

    @property
    def beside(self) -> Path | None:
        """The folder beside the plan in which attached files lie; None for a plan on a database server."""
        return self._store.beside

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

"""What does a person hold? A plan, wherever it lives: frames to read, verbs that change it."""

from __future__ import annotations

import getpass
import hashlib
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, UnknownName, quote
from theorytopractice.i18n import PARTS, say, say_in_turn, say_n, say_names
from theorytopractice.model.entities import ENTITIES, Row
from theorytopractice.model.fields import ValueType
from theorytopractice.model.settings import Settings, read_as_of
from theorytopractice.model.validation import drop_repeated_links, validate
from theorytopractice.model.values import LONGEST_CELL, PartialTables, TextTable, as_text
from theorytopractice.store import csv_file
from theorytopractice.store.collector import without_collector
from theorytopractice.store.compare import MEMORY, import_changes
from theorytopractice.store.database import Database, findings_needed
from theorytopractice.store.drafts import DRAFTED, draft_rows, named_rows
from theorytopractice.store.edits import (
    Add,
    Changes,
    Edit,
    Remove,
    Update,
    edit_problems,
    nouns,
    row_changes,
    validate_changes,
    with_retargets,
)
from theorytopractice.store.folder import (
    Folder,
    exported_from,
    refuse_among_evidence,
    refuse_loss,
    write_folder,
)
from theorytopractice.store.history import (
    Version,
    as_frame,
    as_heads,
    dependent_changes,
    find_entity,
    find_row,
    format_key,
    today_in,
    undo_changes,
)
from theorytopractice.store.names import list_names, rename_rows
from theorytopractice.store.sources import Choice, Comparison, Exported, Source, as_source, summary_of
from theorytopractice.store.transfer import merge_rows, transfer_owner

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd
    from pandas.api.extensions import ExtensionArray

    from theorytopractice.model.fields import Field
    from theorytopractice.store.history import Change, ImportSummary, RowChange, RowReader
    from theorytopractice.store.sources import Place


LARGEST_CHANGE = 2**31
MOST_NAMED = 8


class EditablePlan:
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
        self._who = history_text(name or _user())

    def _transaction(
        self, what: str, edit: Callable[[RowReader], list[RowChange]], *, undoes: int | None = None
    ) -> None:
        """Make the row changes of an edit together, and keep the warnings about them."""

        def validated_rows(records: RowReader) -> list[RowChange]:
            changes = edit(records)
            if undoes is None:
                changes = with_retargets(records, changes)
            self.warnings = validate_changes(records, changes)
            return [row for row in changes if row.before != row.after]

        self.last_change = self._store.change(self._who, history_text(what), validated_rows, undoes)

    def add(self, *rows: Row) -> list[str]:
        """Add rows of any table in one change; return their keys. A link that is there already is merged.

        Raises:
            InvalidPlan: a row is wrong or its identifier is taken; nothing is stored.

        Example:
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> plan.add(ttp.Finding(kind="insight", statement="Calls halve missed visits.", recorded_on="2026-01-01"))
            ['F-001']
        """
        for row in rows:
            if not isinstance(row, Row):
                raise PlanError(
                    say(
                        "Only rows such as Finding(...) or Event(...) can be added; found {row}.",
                        row=quote(row),
                    )
                )
        return self.edit(*map(Add, rows), what=say("add {rows}", rows=nouns(rows)))

    def draft(self, **cells: object) -> dict[str, str]:
        """Write a finding down with its action, owner and indicator, in one change; return the keys by table.

        ``statement`` is the finding, ``action`` what is done (with ``due``), ``owner`` a name: whoever is called so in the
        plan, or a new owner, answers for the action. ``indicator`` is what is measured (with ``target``, ``level`` …).
        Further cells are the columns of the three tables; ``action_id``, ``indicator_id`` and ``owner_id`` name rows that
        are there. The finding is an insight and recorded today unless the cells say otherwise.

        Raises:
            InvalidPlan: a cell is missing or wrong; nothing is stored.
            PlanError: several owners or indicators have the name.
            UnknownName: there is no such cell.

        Example:
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> plan.draft(
            ...     statement="Calls halve missed visits.", action="Call a day before", due="2026-03-31", owner="Ann",
            ...     indicator="Missed visits in 100", baseline=30, target=15, level="outcome", recorded_on="2026-01-01",
            ... )
            {'owner': 'O-001', 'finding': 'F-001', 'action': 'A-001', 'indicator': 'I-001'}
            >>> plan.draft(statement="A map halves the way.", action="Draw a map", owner="ann")["owner"]
            'O-001'
        """
        rows: list[Row] = []
        results: list[Changes] = []

        def edit(records: RowReader) -> list[RowChange]:
            rows[:] = draft_rows(records, cells)
            results[:] = [row_changes(records, list(map(Add, rows)))]
            return results[0].rows

        self._transaction(say("draft {statement}", statement=quote(as_text(cells.get("statement")))), edit)
        self.warnings[:0] = results[0].repeats
        come = {row.entity.name: key for row, key in zip(rows, results[0].keys, strict=True)}
        links = {name: key for row in rows for name, key in named_rows(row, come)}
        return {name: (come | links)[name] for name in DRAFTED if name in come | links}

    def edit(self, *edits: Edit, what: str) -> list[str]:
        """Make several edits (Add, Update, Correct, Remove) in one change; return the keys of the rows that came.

        Raises:
            ConflictError: somebody else changed a row meanwhile.
            InvalidPlan: a row would be wrong; nothing is stored.
            UnknownName: there is no such table, row or column.
        """
        results: list[Changes] = []

        def edit(records: RowReader) -> list[RowChange]:
            results[:] = [row_changes(records, edits)]
            return results[0].rows

        self._transaction(what, edit)
        self.warnings[:0] = results[0].repeats
        return results[0].keys

    def problems(self, *edits: Edit, as_of: date | str | None = None) -> list[Issue]:
        """List the errors and warnings that some edits would bring; nothing is stored.

        Args:
            edits: what would be done (Add, Update, Correct, Remove).
            as_of: the day as of which warnings are judged; today in the plan's zone unless given.

        Raises:
            ConflictError: somebody else changed a row meanwhile.
            UnknownName: there is no such table, row or column.
        """
        day = None if as_of is None else read_as_of(as_of)
        return self._store.look(lambda records: edit_problems(records, edits, day))

    def record(self, *facts: Row) -> list[str]:
        """Add facts (events, observations, evidence) in one change; return their keys.

        Example:
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> plan.add(ttp.Finding(kind="insight", statement="Calls halve missed visits.", recorded_on="2026-01-01"))
            ['F-001']
            >>> plan.record(ttp.Event(subject="finding", subject_id="F-001", event="accept", happened_on="2026-02-01"))
            ['V-001']
        """
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
        """Change some columns of one row; ``reason`` says why, where it is no column of the table.

        A due date that has stood for more than a day is put right only for a reason; where it is moved, record a
        ``redate`` event instead.

        ``expected`` is the row as the caller last saw it (column → text); where it is no longer so, the
        change is refused. A new ``statement`` of a finding or ``title`` of an action also sets its
        ``reworded_on`` to today, which makes its links suspect until they are confirmed; a new demand of an indicator
        (its target, bounds, tolerance, direction, baseline, lag or cadence) sets its ``retargeted_on``, and a link to
        one that becomes or ceases to be required its ``required_changed_on``.

        Raises:
            ConflictError: somebody else changed the row meanwhile.
            InvalidPlan: the changed row is wrong; nothing is stored.
            PlanError: a due date that stood would be overwritten without a reason.
            UnknownName: there is no such table, row or column.

        Example:
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> plan.add(ttp.Finding(kind="insight", statement="Calls halve missed visits.", recorded_on="2026-01-01"))
            ['F-001']
            >>> plan.change("finding", "F-001", theme="Clinics")
            >>> plan.row("finding", "F-001")["theme"]
            'Clinics'
        """
        has_reason = entity in ENTITIES and "reason" in ENTITIES[entity].columns
        reason = "" if has_reason else str(values.pop("reason", "") or "")
        what = say("change {table} {key}", table=entity, key=format_key(key))
        if reason:
            what = say("change {table} {key}: {reason}", table=entity, key=format_key(key), reason=reason)
        self.edit(Update(entity, key, values, expected, reason), what=what)

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
            raise PlanError(say("Removing {table} {key} needs a reason.", table=entity, key=format_key(key)))
        what = say("remove {table} {key}: {reason}", table=entity, key=format_key(key), reason=reason)
        self.edit(Remove(entity, key, expected), what=what)

    def transfer(self, leaving: str, successor: str) -> list[RowChange]:
        """Close an owner who leaves, and move everything live to another, in one change.

        Live is what is not cancelled (actions, in every role) and open (findings). Returns the row changes.

        Raises:
            UnknownName: there is no such owner.
        """
        changes: list[RowChange] = []

        def edit(records: RowReader) -> list[RowChange]:
            changes[:] = transfer_owner(records, leaving, successor)
            return changes

        self._transaction(
            say("transfer from {leaving} to {successor}", leaving=leaving, successor=successor), edit
        )
        return changes

    def merge(self, keep: str, drop: str) -> list[RowChange]:
        """Make one of two duplicate findings or actions, or of two owners, in one change; return the row changes.

        Links and facts of ``drop`` move to ``keep``. A dropped finding stays as a closed duplicate, a
        dropped action or owner stays in the history.

        Raises:
            UnknownName: there is no such finding or action.
            PlanError: the two are not of one table and kind.
        """
        changes: list[RowChange] = []

        def edit(records: RowReader) -> list[RowChange]:
            changes[:] = merge_rows(records, keep, drop)
            return changes

        self._transaction(say("merge {drop} into {keep}", drop=drop, keep=keep), edit)
        return changes

    def rename(self, column: str, old: str, new: str) -> list[RowChange]:
        """Give a ``theme``, ``unit`` or ``site`` another name in every row, however it was spelt; return the row changes.

        Raises:
            PlanError: the new name is empty.
            UnknownName: there is no such column, or nothing is called so.

        Example:
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> for theme in ("Health", "health "):
            ...     keys = plan.draft(statement=f"Calls halve missed visits ({theme}).", theme=theme)
            >>> len(plan.rename("theme", "HEALTH", "Public health"))
            2
            >>> set(plan.finding["theme"])
            {'Public health'}
        """
        changes: list[RowChange] = []

        def edit(records: RowReader) -> list[RowChange]:
            changes[:] = rename_rows(records, column, old, new)
            return changes

        self._transaction(say("rename {column} {old} to {new}", column=column, old=old, new=new), edit)
        return changes

    def compare(
        self,
        source: Source | Mapping[str, object],
        *,
        decide: Choice | str | Mapping[Place, str] = Choice.REFUSE,
    ) -> Comparison:
        """Say what an import would do, cell by cell; nothing is stored.

        Args:
            source: what comes: a Source (:func:`theorytopractice.read_source` makes one of a file), or frames by table.
            decide: what becomes of cells that both the source and planners changed: ``refuse``, ``ours``, ``theirs``,
                or one of the two for each (table, key, column).

        Raises:
            InvalidPlan: the plan would have errors.
        """
        return self._store.look(lambda records: import_changes(records, as_source(source), decide=decide))

    def import_(
        self,
        source: Source | Mapping[str, object],
        *,
        decide: Choice | str | Mapping[Place, str] = Choice.REFUSE,
        what: str = "",
    ) -> Comparison:
        """Bring a source in, cell by cell against what it last said, in one change; all or nothing.

        What the source says as before stays as the plan has it; a blank cell erases nothing; a row that the source no
        longer has is listed (``gone``) and stays.

        Args:
            source: what comes: a Source (:func:`theorytopractice.read_source` makes one of a file), or frames by table.
            decide: as for :meth:`compare`.
            what: what the history says of it.

        Raises:
            ConflictError: cells that both sides changed are undecided; nothing is stored.
            InvalidPlan: the plan would have errors; nothing is stored.
        """
        comes = as_source(source)
        comparisons: list[Comparison] = []

        def edit(records: RowReader) -> list[RowChange]:
            comparisons[:] = [import_changes(records, comes, decide=decide)]
            comparisons[0].refuse_conflicts()
            return comparisons[0].changes

        what = what or say("import of {source}", source=comes.name)
        with without_collector():
            self.last_change = self._store.change(self._who, history_text(what), edit)
        return comparisons[0]

    def upsert(
        self,
        source: Mapping[str, object] | pd.DataFrame,
        *,
        table: str = "",
        what: str = "",
        dry_run: bool = False,
    ) -> ImportSummary:
        """Bring frames or tables of texts in, row by row by key, in one change; all or nothing, and not remembered.

        What comes wins, but for empty cells, which erase nothing. A fact without a key of its own that the plan has
        already is not doubled. A column that no table has is kept and warned of (W-UNKNOWN) among ``issues``.

        Args:
            source: frames or tables of texts by table, or one frame.
            table: of one frame, the table whose rows it has.
            what: what the history says of it.
            dry_run: only say what it would come to.

        Raises:
            InvalidPlan: a column is written almost as one of the table, or the plan would have errors; nothing is stored.
            PlanError: it is not said of which table a frame is.

        Example:
            >>> import pandas as pd
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> owners = pd.DataFrame({"owner_id": ["O-1", "O-2"], "name": ["Ann", "Bob"]})
            >>> plan.upsert(owners, table="owner").added["owner"]
            2
        """
        import pandas as pd

        if isinstance(source, pd.DataFrame):
            if not table:
                raise PlanError(say("Say of which table the frame is: table='finding' or another one."))
            source = {table: source}
        comes = as_source(source)
        comparisons: list[Comparison] = []

        def edit(records: RowReader) -> list[RowChange]:
            comparisons[:] = [import_changes(records, comes, decide=Choice.THEIRS)]
            return [] if dry_run else [row for row in comparisons[0].changes if row.entity != MEMORY]

        what = what or say("rows of {tables}", tables=say_names(comes.tables))
        with without_collector():
            self.last_change = self._store.change(self._who, history_text(what), edit)
        return summary_of(comparisons[0])

    def undo(self, change_id: int) -> None:
        """Take one change back, as a new change.

        Raises:
            ConflictError: there is no such change, a row of it was changed since, or later changes build on it.
            InvalidPlan: the plan would have errors without it; nothing is stored.

        Example:
            >>> plan = ttp.make_plan("calls.db", who="Mara")
            >>> plan.add(ttp.Finding(kind="insight", statement="Calls halve missed visits.", recorded_on="2026-01-01"))
            ['F-001']
            >>> plan.undo(plan.last_change)
            >>> len(plan.finding)
            0
        """
        if not 0 < int(change_id) < LARGEST_CHANGE:
            raise ConflictError(say("There is no change {n}; the history lists them.", n=change_id))
        try:
            what = say("undo change {n}", n=change_id)
            self._transaction(what, lambda records: undo_changes(records, change_id), undoes=change_id)
        except InvalidPlan as error:
            if later := self._store.look(lambda records: dependent_changes(records, change_id)):
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


def history_text(text: str) -> str:
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


Result = TypeVar("Result")


class Plan(EditablePlan, Mapping[str, "pd.DataFrame"]):
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

    def tables(self, *names: str) -> dict[str, TextTable]:
        """Every table, or at least the named ones, as texts, as they are now."""
        version = self._store.version()
        if version != self._version:
            if names:
                return self._store.tables(*names)
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
        return today_in(self._setting())

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
        return validate(tables, today=self.today if as_of is None else read_as_of(as_of))

    def subset(self, finding_ids: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return frames of all that the stages and flags of some findings can depend on."""
        if isinstance(self._store, Database):
            tables = self._store.tables_where(lambda link: findings_needed(link, finding_ids))
            return PartialTables({name: self._frame(table) for name, table in tables.items()})
        return PartialTables({name: self[name] for name in ENTITIES})

    def _frame(self, table: TextTable) -> pd.DataFrame:
        """Return a table as a typed frame; raises InvalidPlan where a text of it cannot be read."""
        try:
            return to_frame(table) if len(table) or table.unknown else _empty(table.entity.name).copy()
        except ValueError as error:
            issues = [one for one in self.check() if one.table == table.entity.name]
            raise InvalidPlan(
                issues, say("The plan {name}", name=self.name), then=say("mend them first")
            ) from error

    def look(self, ask: Callable[[RowReader], Result]) -> Result:
        """Ask the rows something, as they are at one moment, without reading the whole plan."""
        return self._store.look(ask)

    def row(self, table: str, key: str | tuple[str, ...]) -> dict[str, str]:
        """Return one row as it is now, column → text; raises UnknownName where there is none."""
        return self._store.look(lambda records: find_row(records, find_entity(table), key)[1])

    def history(self, row_id: str | Collection[str] | None = None) -> pd.DataFrame:
        """Show who changed what and when; only of one row, or of several, and of what names them if ids are given."""
        ids = {row_id} if isinstance(row_id, str) else None if row_id is None else set(row_id)
        return as_frame(self._store.changes(ids), ids)

    def affected_findings(self, version: object) -> set[str] | None:
        """Return the findings whose stage or flags can have moved since a version; None: it may be any.

        A plan in a database knows, one in a folder does not.
        """
        if not isinstance(self._store, Database) or not isinstance(version, Version):
            return None
        return self._store.affected_findings(version)

    def moved_since(self, version: object) -> set[str] | None:
        """Name of before of :meth:`affected_findings`; works and warns."""
        warnings.warn("Plan.moved_since is now Plan.affected_findings.", DeprecationWarning, stacklevel=2)
        return self.affected_findings(version)

    @property
    def version(self) -> object:
        """What changes when somebody changes the plan."""
        return self._store.version()

    def latest(self, most: int = 50, *, made_by: str | None = None) -> pd.DataFrame:
        """List the latest changes, the newest first, of everybody or of one person.

        Columns: ``change_id``, ``made_at``, ``made_by``, ``what``, ``undoes``, ``n_rows``.
        """
        return as_heads(self._store.latest(most, made_by))

    def names(self, at_least: float = 0.85) -> pd.DataFrame:
        """List every spelling of a theme, unit, site and owner, with the name that it is near; nothing is merged.

        Args:
            at_least: how much two names must be alike, from 0 to 1.

        Returns:
            One row a spelling: ``column``, ``key`` (of an owner), ``spelling``, ``n`` (rows), ``near``, ``score``.

        Example:
            >>> with ttp.open_plan(ttp.path_of("data/example")) as plan:
            ...     plan.names().columns.tolist()
            ['column', 'key', 'spelling', 'n', 'near', 'score']
        """
        if not 0 < at_least <= 1:
            raise PlanError(
                say("How much two names must be alike is from 0 to 1, not {given}.", given=at_least)
            )
        return list_names(self.tables(), at_least)

    def write_folder(self, path: str | Path, *, for_spreadsheets: bool | None = None) -> None:
        """Write the plan as a plan folder; an earlier one of the same plan is replaced.

        Args:
            path: the folder.
            for_spreadsheets: whether Excel is to open the files: they begin with a byte order mark, and an apostrophe,
                which reading takes off, keeps texts that begin with =, +, - or @ from becoming formulas. As the folder is
                already unless given; a new one is plain, as git wants it.

        Raises:
            PlanError: the folder cannot be written, or holds what this plan never had.
        """
        refuse_among_evidence(Path(path))
        tables, own = self.tables(), self._store
        is_own = isinstance(own, Folder) and own.path.resolve() == Path(path).resolve()

        def refuse(there: Path) -> None:
            refuse_loss(there, tables, own.changes, is_own=is_own)

        exported = exported_from(Path(path)) if is_own else self.exported
        write_folder(tables, Path(path), refuse=refuse, exported=exported, for_spreadsheets=for_spreadsheets)

    @property
    def exported(self) -> Exported | None:
        """The last change, which a copy carries so that its import knows what was changed in it."""
        last = next(iter(self._store.latest(1)), None)
        if last is None and isinstance(self._store, Folder):
            return exported_from(self._store.path)
        return Exported(last.change_id, last.made_at) if last else None

    def fingerprint(self) -> str:
        """Return the SHA-256 over the canonical text of all tables."""
        digest = hashlib.sha256()
        for name, table in self.tables().items():
            digest.update(name.encode() + b"\0" + csv_file.write(table))
        return digest.hexdigest()

    @property
    def evidence_dir(self) -> Path | None:
        """The folder beside the plan in which attached files lie; None for a plan on a database server."""
        return self._store.evidence_dir

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


def to_frames(tables: Mapping[str, TextTable]) -> dict[str, pd.DataFrame]:
    """Turn all tables into frames, by name."""
    return {name: to_frame(table) for name, table in tables.items()}


def to_frame(table: TextTable) -> pd.DataFrame:
    """Turn a table of valid texts into a typed frame, one row a row.

    Dates become datetime64[s], whole numbers Int64, numbers float64, truths boolean; words and measured
    values stay text (dtype ``str``) as written. An empty cell is missing, or the field's default.
    """
    import pandas as pd

    merged = table if table.entity.identifier else drop_repeated_links(table)
    columns = {field.name: _typed_array(merged[field.name], field) for field in table.entity.fields}
    unknown = {name: _text(merged[name]) for name in merged.unknown}
    return pd.DataFrame(columns | unknown)


def _text(cells: Sequence[str | None]) -> ExtensionArray:
    """Return texts as an array of dtype ``str``; an empty one is missing."""
    import pandas as pd

    return pd.array([cell or None for cell in cells], dtype="str")


def _typed_array(cells: Sequence[str], field: Field) -> ExtensionArray | np.ndarray:
    """Convert the cells of one column by the declared type; an empty one becomes the default."""
    import numpy as np
    import pandas as pd

    filled = [cell or field.default for cell in cells] if field.default else cells
    if field.type is ValueType.DATE:
        return np.array([cell or "NaT" for cell in filled], dtype="datetime64[s]")
    if field.type is ValueType.INTEGER:
        return pd.array([int(float(cell)) if cell else None for cell in filled], dtype="Int64")
    if field.type is ValueType.NUMBER:
        return np.array([cell or "nan" for cell in filled], dtype=np.float64)
    if field.type is ValueType.TRUTH:
        return pd.array([cell == "true" if cell else None for cell in filled], dtype="boolean")
    return _text(filled)

"""How is a plan kept in a folder of CSV files with a data package, so that it lives well in git and nothing is lost?"""

from __future__ import annotations

import glob
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from theorytopractice.errors import InvalidPlan, Issue, PlanError, closest, quote
from theorytopractice.i18n import say, say_n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Entity, Field, ValueType
from theorytopractice.model.same_keys import spell_links
from theorytopractice.model.values import TextTable, natural
from theorytopractice.store import atomic_write, csv_file
from theorytopractice.store.edits import STORE_COLUMNS
from theorytopractice.store.history import COLUMNS, Change, Register, apply_changes, from_texts
from theorytopractice.store.sources import Exported, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from theorytopractice.store.history import Head, RowChange, RowReader


Result = TypeVar("Result")
HISTORY = "history.csv"
NAMES = frozenset([HISTORY, *(f"{name}.csv" for name in ENTITIES)])


class Folder:
    """A plan in a folder: one CSV a table, a data package, and the history of what was changed here."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is read yet."""
        self.path = path
        self.name = str(path)

    def open(self, *, create: bool = False) -> None:
        """Make sure that there is a plan; with ``create`` make an empty one.

        Raises:
            PlanError: the folder holds no plan, or, with ``create``, holds one already.
        """
        if create and not holds_plan(self.path):
            write_folder({name: TextTable.of(entity, []) for name, entity in ENTITIES.items()}, self.path)
        elif not holds_plan(self.path):
            raise PlanError(
                say(
                    "{name} holds no plan: none of its files is a table such as finding.csv; 'theorytopractice new' makes one there.",
                    name=quote(self.name),
                )
            )

    def tables(self, *names: str) -> dict[str, TextTable]:
        """Read every table as texts; the named ones are among them."""
        del names
        return read_folder(self.path)

    def version(self) -> tuple[tuple[str | int, ...], ...]:
        """Return what changes when somebody writes to the folder."""
        with atomic_write.explain_refusal(self.path, "read"):
            stats = [
                (one.name, one.stat(follow_symlinks=one.exists())) for one in sorted(self.path.glob("*.csv"))
            ]
        return tuple((name, of.st_ino, of.st_mtime_ns, of.st_ctime_ns, of.st_size) for name, of in stats)

    def changes(self, _: Collection[str] | None = None) -> list[Change]:
        """Read the history that is kept in the folder."""
        with atomic_write.explain_refusal(self.path, "read"):
            path = self.path / HISTORY
            rows = csv_file.records(path.read_bytes(), list(COLUMNS)) if _is_there(path) else []
        misread = PlanError(
            say("{path} is not a history of this plan; mend it or put it aside.", path=quote(path))
        )
        if rows is None:
            raise misread
        try:
            return from_texts(dict(zip(COLUMNS, row, strict=True)) for row in rows)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise misread from error

    def latest(self, most: int, made_by: str | None = None) -> list[Head]:
        """Read who made the latest changes, the newest first."""
        heads = [one.head for one in reversed(self.changes()) if made_by in (None, one.made_by)]
        return heads[:most]

    def change(
        self,
        made_by: str,
        what: str,
        edit: Callable[[RowReader], Sequence[RowChange]],
        undoes: int | None = None,
    ) -> int | None:
        """Make one change: the files are replaced together, or not at all.

        Returns the number of the change, None where nothing was to be changed.
        """
        with (
            atomic_write.explain_refusal(self.path, "write"),
            atomic_write.folder_lock(self.path, exclusive=True),
        ):
            atomic_write.recover(self.path)
            changes = self.changes()
            parsed_tables = parse_all(self.path)
            tables = with_all_identifiers(parsed_tables, TableReader(parsed_tables, changes).largest)
            rows = edit(TableReader(tables, changes))
            if not rows:
                return None
            number = max((one.change_id for one in changes), default=0) + 1
            changes.append(Change.now(number, made_by, what, rows, undoes))
            texts = [[row[name] for name in COLUMNS] for one in changes for row in one.texts()]
            contents = _contents(
                apply_changes(tables, rows), self.path, with_history=True, exported=exported_from(self.path)
            )
            written = _history_file(texts, for_spreadsheets=is_for_spreadsheets(self.path))
            atomic_write.replace(self.path, contents | written)
            return number

    def look(self, ask: Callable[[RowReader], Result]) -> Result:
        """Ask the records something, as they are at one moment."""
        tables, changes = read_folder(self.path), self.changes()
        return ask(TableReader(with_all_identifiers(tables, TableReader(tables, changes).largest), changes))

    @property
    def evidence_dir(self) -> Path:
        """The folder in which files lie that belong to the plan."""
        return self.path.resolve().with_name(f"{self.path.resolve().name}{EVIDENCE_END}")

    def keeps(self, file: Path) -> bool:
        """Tell whether a file is one of the plan's own."""
        return file.resolve().parent == self.path.resolve() and file.name in {*NAMES, PACKAGE}

    def exists(self) -> bool:
        """Tell whether there is a folder."""
        return self.path.exists()

    def is_taken(self) -> bool:
        """Tell whether a new plan may not be made here."""
        return holds_plan(self.path)

    def erase(self) -> None:
        """Remove a plan that was made only for something that did not happen."""
        if not self.path.is_dir():
            return
        for file in list(self.path.iterdir()):
            file.unlink()
        self.path.rmdir()

    def close(self) -> None:
        """Nothing is held open."""


def holds_plan(path: Path) -> bool:
    """Tell whether a folder holds a table of a plan, or one that only has to be moved into place."""
    with atomic_write.explain_refusal(path, "read"):
        return path.is_dir() and (
            atomic_write.is_to_finish(path) or any((path / f"{name}.csv").exists() for name in ENTITIES)
        )


def read_folder(path: Path) -> dict[str, TextTable]:
    """Read every table of a plan folder; a missing file is an empty table.

    Raises:
        PlanError: the folder cannot be read, or holds no plan.
        InvalidPlan: a file is no CSV; all such files and lines are listed.
    """
    Folder(path).open()
    with atomic_write.explain_refusal(path, "read"):
        with atomic_write.folder_lock(path, exclusive=False):
            if not atomic_write.is_interrupted(path):
                return parse_all(path)
        with atomic_write.folder_lock(path, exclusive=True):
            atomic_write.recover(path)
            return parse_all(path)


def _is_there(file: Path) -> bool:
    """Tell whether there is a file to read; raises PlanError where something else bears its name."""
    if file.is_file():
        return True
    if file.exists() or file.is_symlink():
        raise PlanError(
            say(
                "{file} in the plan folder {path} is no file (a broken link, a pipe or a folder); mend or remove it.",
                file=file.name,
                path=quote(file.parent),
            )
        )
    return False


def _refuse_slips(path: Path) -> None:
    """Raise PlanError for a CSV file whose name is almost that of a missing table."""
    missing = [f"{name}.csv" for name in ENTITIES if not (path / f"{name}.csv").exists()]
    for file in sorted(path.glob("*.csv")):
        other_case = file.name.casefold()
        if file.name not in NAMES and (
            alike := other_case if other_case in NAMES else closest(file.name, missing, 0.85)
        ):
            raise PlanError(
                say(
                    "{file} is no table of a plan; did you mean {alike}? Rename or remove it.",
                    file=quote(file),
                    alike=repr(alike),
                )
            )


def parse_all(path: Path) -> dict[str, TextTable]:
    """Read every table of a folder whose lock is held; raises InvalidPlan and PlanError."""
    tables: dict[str, TextTable] = {}
    problems: list[Issue] = []
    _refuse_slips(path)
    is_guarded = is_for_spreadsheets(path)
    for name, entity in ENTITIES.items():
        file = path / f"{name}.csv"
        tables[name] = TextTable.of(entity, [], file.name)
        if _is_there(file):
            tables[name], issues = csv_file.parse(file.read_bytes(), entity, file.name, is_guarded=is_guarded)
            problems += issues
    if problems:
        raise InvalidPlan(problems, say("The folder {path}", path=path))
    spell_links(tables)
    return tables


def folder_source(path: Path, name: str = "") -> Source:
    """Read a plan folder as a source of an import.

    Raises:
        PlanError: the folder cannot be read, or holds no plan.
        InvalidPlan: a file is no CSV.
    """
    tables = {one: table for one, table in read_folder(path).items() if not table.entity.is_memory}
    return Source(name or path.resolve().name, tables, exported=exported_from(path))


def write_folder(
    tables: Mapping[str, TextTable],
    path: Path,
    *,
    refuse: Callable[[Path], None] = lambda _: None,
    exported: Exported | None = None,
    for_spreadsheets: bool | None = None,
) -> None:
    """Write every table and the data package, all or nothing; other files in the folder stay.

    Args:
        tables: the plan.
        path: the folder; made where there is none.
        refuse: is asked with the lock held, and raises where what is there must not be replaced.
        exported: the last change of the plan, by which an import knows later what was changed in the folder.
        for_spreadsheets: whether Excel is to open the files: with a byte order mark, and no text becomes a formula. As the
            folder is already unless given; a new one is plain.

    Raises:
        PlanError: the folder cannot be written; what stood there still stands.
    """
    with atomic_write.explain_refusal(path, "write"):
        path.mkdir(parents=True, exist_ok=True)
        with atomic_write.folder_lock(path, exclusive=True):
            atomic_write.recover(path)
            _refuse_foreign(path)
            refuse(path)
            contents = _contents(
                tables, path, with_history=(path / HISTORY).exists(), exported=exported,
                for_spreadsheets=for_spreadsheets,
            )  # fmt: skip
            atomic_write.replace(path, contents | _same_history(path, for_spreadsheets=for_spreadsheets))


def _history_file(rows: Iterable[Sequence[str]], *, for_spreadsheets: bool) -> dict[str, bytes]:
    """Return the file of the history, guarded like the tables beside it."""
    write = csv_file.encode_guarded if for_spreadsheets else csv_file.encode
    return {HISTORY: write(COLUMNS, rows)}


def _same_history(path: Path, *, for_spreadsheets: bool | None) -> dict[str, bytes]:
    """Return the history that a folder has in the way in which its tables are written now; nothing where it is so."""
    file = path / HISTORY
    rows = csv_file.records(file.read_bytes(), list(COLUMNS)) if _is_there(file) else None
    guarded = is_for_spreadsheets(path) if for_spreadsheets is None else for_spreadsheets
    if rows is None or guarded == file.read_bytes().startswith(csv_file.BOM):
        return {}
    return _history_file(rows, for_spreadsheets=guarded)


def _refuse_foreign(path: Path) -> None:
    """Raise PlanError where a folder without a plan has files of other people under the names that a plan needs."""
    for name in (PACKAGE, HISTORY):
        if (path / name).exists() and not holds_plan(path):
            raise PlanError(
                say(
                    "{path} holds a {file} that is not of a plan; choose another folder.",
                    path=quote(path),
                    file=name,
                )
            )


def exported_from(path: Path) -> Exported | None:
    """Return of which change of which plan a folder was written, where it tells."""
    try:
        described = _package(path)["exported"]
        return Exported(int(described["change_id"]), str(described["made_at"]))
    except (ValueError, KeyError, TypeError):
        return None


def is_for_spreadsheets(path: Path) -> bool:
    """Tell whether a folder was written for spreadsheets, so that texts which look like formulas have an apostrophe."""
    return _package(path).get(GUARDED_BY) == csv_file.GUARD


def _package(path: Path) -> dict[str, Any]:
    """Return the data package of a folder; an empty one where there is none that can be read."""
    try:
        described = json.loads((path / PACKAGE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return described if isinstance(described, dict) else {}


def _contents(
    tables: Mapping[str, TextTable],
    path: Path,
    *,
    with_history: bool,
    exported: Exported | None,
    for_spreadsheets: bool | None = None,
) -> dict[str, bytes]:
    """Return the files of a plan by name; what the tool only remembers has a file where there is anything."""
    guarded = is_for_spreadsheets(path) if for_spreadsheets is None else for_spreadsheets
    tables = {
        name: table
        for name, table in tables.items()
        if not table.entity.is_memory or len(table) or (path / f"{name}.csv").exists()
    }
    files = {f"{name}.csv": csv_file.write(table, for_spreadsheets=guarded) for name, table in tables.items()}
    package = data_package(tables, with_history=with_history, exported=exported, for_spreadsheets=guarded)
    return files | {PACKAGE: package.encode()}


TYPES = {
    ValueType.DATE: "date",
    ValueType.INTEGER: "integer",
    ValueType.NUMBER: "number",
    ValueType.TRUTH: "boolean",
}


PACKAGE, GUARDED_BY = "datapackage.json", "formulasGuardedBy"


def data_package(
    tables: Mapping[str, TextTable],
    *,
    with_history: bool = False,
    exported: Exported | None = None,
    for_spreadsheets: bool = False,
) -> str:
    """Describe the tables as a Frictionless Data Package (JSON text, same bytes for the same plan)."""
    settings = tables.get("setting")
    named = dict(zip(settings["name"], settings["value"], strict=True)) if settings else {}
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "theorytopractice-plan",
        "title": named.get("title") or "A plan of findings and what was done about them",
        **({"exported": exported._asdict()} if exported else {}),
        **({GUARDED_BY: csv_file.GUARD} if for_spreadsheets else {}),
        "resources": [_resource(table) for table in tables.values()] + ([_history()] if with_history else []),
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _resource(table: TextTable) -> dict[str, Any]:
    return {
        "name": table.entity.name.replace("_", "-"),
        "path": f"{table.entity.name}.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "description": table.entity.help,
        "schema": schema(table.entity, sorted(table.unknown)),
    }


def _history() -> dict[str, Any]:
    """Describe the file in which a folder keeps what was changed."""
    return {
        "name": "history",
        "path": "history.csv",
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "description": "Who changed what and when, with each row before and after.",
        "schema": {"fields": [{"name": name, "type": "string"} for name in COLUMNS], "missingValues": [""]},
    }


def schema(entity: Entity, unknown: list[str]) -> dict[str, Any]:
    """Describe the columns of a table as a Table Schema."""
    described: dict[str, Any] = {
        "fields": [_field(field) for field in entity.fields]
        + [
            {"name": name, "type": "string", "description": "Not a column of the model; kept."}
            for name in unknown
        ],
        "missingValues": [""],
    }
    if all(entity[column].required or column == entity.identifier for column in entity.key):
        described["primaryKey"] = list(entity.key)
    foreign = [_foreign(field) for field in entity.fields if field.refers]
    return described | ({"foreignKeys": foreign} if foreign else {})


def _field(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": TYPES.get(field.type, "string"),
        "description": field.help,
    }
    if field.type is ValueType.TRUTH:
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.words:
        constraints["enum"] = list(field.words)
    return described | ({"constraints": constraints} if constraints else {})


def _foreign(field: Field) -> dict[str, Any]:
    return {
        "fields": [field.name],
        "reference": {"resource": field.refers.replace("_", "-"), "fields": [f"{field.refers}_id"]},
    }


class TableReader:
    """Records that lie in memory, as those of a plan folder."""

    def __init__(self, tables: Mapping[str, TextTable], changes: Sequence[Change]) -> None:
        """Hold all tables and the history."""
        self._tables, self._changes = tables, changes

    def tables(self) -> Mapping[str, TextTable]:
        """Return every table."""
        return self._tables

    def where(self, name: str, /, **wanted: Collection[str]) -> TextTable:
        """Return the rows of a table in which each of these columns holds one of its texts."""
        table = self._tables[name]
        rows = list(range(len(table)))
        for column, texts in wanted.items():
            cells, among = table[column], frozenset(texts)
            rows = [row for row in rows if cells[row] in among]
        chosen = [{column: cells[row] for column, cells in table.columns.items()} for row in rows]
        return TextTable.of(table.entity, chosen, table.source)

    def largest(self, name: str) -> str:
        """Return the naturally largest identifier in a table and its history, empty if none."""
        return max(self._used.get(name, []), key=natural, default="")

    @cached_property
    def _used(self) -> dict[str, list[str]]:
        """Every identifier of each table and its history."""
        used = {
            name: list(table[table.entity.identifier])
            for name, table in self._tables.items()
            if table.entity.identifier
        }
        for row in (row for change in self._changes for row in change.rows):
            if row.entity in used:
                used[row.entity].append(row.key[0])
        return used

    def changes_from(self, change_id: int) -> Sequence[Change]:
        """Return the history from a change on."""
        return [change for change in self._changes if change.change_id >= change_id]

    def removed(self, name: str, keys: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], dict[str, str]]:
        """Return the rows of a table that were once removed, by key, as each was when it last went."""
        wanted = set(keys)
        return {
            row.key: row.before
            for change in self._changes
            for row in change.rows
            if row.entity == name and row.before is not None and row.after is None and row.key in wanted
        }


def with_all_identifiers(
    tables: Mapping[str, TextTable], largest: Callable[[str], str]
) -> dict[str, TextTable]:
    """Give every row without an identifier one, in the order of the file (method, T5)."""
    register, named = Register(largest, ()), dict(tables)
    for name, table in tables.items():
        column = table.entity.identifier
        if column and "" in table[column]:
            rows = [register.with_identifier(table.entity, row) for row in table.rows()]
            named[name] = TextTable.of(table.entity, rows, table.source)
    return named


SQLITE_HEADER = b"SQLite format 3\0"
EVIDENCE_END = "_evidence"


def is_database(file: Path) -> bool:
    """Tell whether a file is a SQLite database, whoever made it."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as opened:
            return opened.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:  # who may not read it cannot tell; writing has its own refusal
        return False


def refuse_among_evidence(target: Path) -> None:
    """Refuse to write a file or a folder where the files lie that are attached to a plan.

    Raises:
        PlanError: one of them could be lost, or what is written would be taken for one.
    """
    real = target.resolve()
    for folder in (real, *real.parents):
        if folder.name.endswith(EVIDENCE_END) and (plan := _plan_of_evidence(folder)):
            raise PlanError(
                say(
                    "{path} lies among the files that are attached to the plan {plan}; write to another folder.",
                    path=quote(target),
                    plan=quote(plan.name),
                )
            )


def _plan_of_evidence(folder: Path) -> Path | None:
    """Return the plan beside a folder whose attached files lie in it; None where there is no plan."""
    name = folder.name.removesuffix(EVIDENCE_END)
    beside = [folder.with_name(name), *sorted(folder.parent.glob(f"{glob.escape(name)}.*"))] if name else []
    return next((one for one in beside if is_database(one) or holds_plan(one)), None)


def refuse_loss(
    path: Path,
    tables: Mapping[str, TextTable],
    changes: Callable[[], Sequence[Change]],
    *,
    is_own: bool = False,
) -> None:
    """Refuse to write a plan over a folder that holds anything which the plan neither has nor ever had.

    So an earlier export of the same plan is replaced, and another plan never. Call it with the lock held.

    Args:
        path: the folder.
        tables: the plan that is to be written.
        changes: gives the plan's history; asked only where the rows differ.
        is_own: the plan is kept in this folder, which is only to be written in order.

    Raises:
        PlanError: something would be lost.
    """
    if not is_own and (path / HISTORY).exists():
        raise PlanError(
            say(
                "{path} holds a plan with its own history, which would be lost; choose another folder.",
                path=quote(path),
            )
        )
    if not holds_plan(path):
        return
    try:
        there = parse_all(path)
        foreign = foreign_rows(there, tables, list if is_own else changes)
    except (InvalidPlan, PlanError) as error:
        raise PlanError(
            say(
                "{path} holds tables that cannot be read as an earlier export; choose another folder, or remove them first.",
                path=quote(path),
            )
        ) from error
    if foreign:
        raise PlanError(
            say_n(
                "{path} holds {n:,} row that this plan never had ({where}), which would be lost; choose another folder, or import it first.",
                "{path} holds {n:,} rows that this plan never had (the first: {where}), which would be lost; choose another folder, or import it first.",
                n=len(foreign),
                path=quote(path),
                where=foreign[0],
            )
        )
    is_empty = not any(map(len, there.values()))
    if is_empty and any(map(len, tables.values())) and not _is_export(path, changes):
        raise PlanError(
            say(
                "{path} is a new, still empty plan, perhaps somebody's; choose another folder, or remove it first.",
                path=quote(path),
            )
        )


def _is_export(path: Path, changes: Callable[[], Sequence[Change]]) -> bool:
    """Tell whether a folder was written as of a change of this plan."""
    exported = exported_from(path)
    return exported is not None and any((one.change_id, one.made_at) == tuple(exported) for one in changes())


def foreign_rows(
    there: Mapping[str, TextTable], tables: Mapping[str, TextTable], changes: Callable[[], Sequence[Change]]
) -> list[str]:
    """Name the rows of a folder that a plan neither has nor ever had."""
    foreign = {name: set(_rows(table)) - set(_rows(tables[name])) for name, table in there.items()}
    if not any(foreign.values()):
        return []
    known = {
        (row.entity, _row(row.entity, texts))
        for change in changes()
        for row in change.rows
        for texts in (row.before, row.after)
        if texts is not None
    }
    return [
        f"{name} {'/'.join(text for text in _key(name, row) if text)}".rstrip()
        for name, rows in foreign.items()
        for row in sorted(rows, key=sorted)
        if (name, row) not in known
    ]


def _rows(table: TextTable) -> list[frozenset[tuple[str, str]]]:
    """Return the rows of a table as the filled cells that people wrote."""
    return [_row(table.entity.name, row) for row in table.rows()]


def _row(name: str, texts: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    cells = csv_file.canonical(ENTITIES[name], texts).items()
    return frozenset((column, text) for column, text in cells if text and column not in STORE_COLUMNS)


def _key(name: str, row: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    cells = dict(row)
    return tuple(cells.get(column, "") for column in ENTITIES[name].key)

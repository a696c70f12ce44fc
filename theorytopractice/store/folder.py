"""How is a plan kept in a folder of CSV files, so that it lives well in git?"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeVar

from theorytopractice.errors import InvalidPlan, Issue, PlanError, shown
from theorytopractice.language import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store import csvfile, swap
from theorytopractice.store.history import COLUMNS, Change, applied, from_texts
from theorytopractice.store.identifiers import all_named
from theorytopractice.store.package import PACKAGE, data_package
from theorytopractice.store.records import TableRecords

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from theorytopractice.store.history import Head, RowChange
    from theorytopractice.store.records import Records

Found = TypeVar("Found")
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
                    name=shown(self.name),
                )
            )

    def tables(self) -> dict[str, TextTable]:
        """Read every table as texts."""
        return read_folder(self.path)

    def version(self) -> tuple[tuple[str | int, ...], ...]:
        """Return what changes when somebody writes to the folder."""
        with swap.explained(self.path, "read"):
            found = [
                (one.name, one.stat(follow_symlinks=one.exists())) for one in sorted(self.path.glob("*.csv"))
            ]
        return tuple((name, of.st_ino, of.st_mtime_ns, of.st_ctime_ns, of.st_size) for name, of in found)

    def changes(self, _: Collection[str] | None = None) -> list[Change]:
        """Read the history that is kept in the folder."""
        with swap.explained(self.path, "read"):
            path = self.path / HISTORY
            rows = csvfile.records(path.read_bytes(), list(COLUMNS)) if _is_there(path) else []
        misread = PlanError(
            say("{path} is not a history of this plan; mend it or put it aside.", path=shown(path))
        )
        if rows is None:
            raise misread
        try:
            return from_texts(dict(zip(COLUMNS, row, strict=True)) for row in rows)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise misread from error

    def latest(self, most: int, made_by: str | None = None) -> list[Head]:
        """Read who made the latest changes, the newest first."""
        made = [one.head for one in reversed(self.changes()) if made_by in (None, one.made_by)]
        return made[:most]

    def change(
        self,
        made_by: str,
        what: str,
        edit: Callable[[Records], Sequence[RowChange]],
        undoes: int | None = None,
    ) -> int | None:
        """Make one change: the files are replaced together, or not at all.

        Returns the number of the change, None where nothing was to be changed.
        """
        with swap.explained(self.path, "write"), swap.locked(self.path, alone=True):
            swap.recover(self.path)
            changes = self.changes()
            found = parse_all(self.path)
            tables = all_named(found, TableRecords(found, changes).largest)
            rows = edit(TableRecords(tables, changes))
            if not rows:
                return None
            number = max((one.change_id for one in changes), default=0) + 1
            changes.append(Change.now(number, made_by, what, rows, undoes))
            texts = [[row[name] for name in COLUMNS] for one in changes for row in one.texts()]
            contents = _contents(applied(tables, rows), with_history=True)
            swap.replace(self.path, contents | {HISTORY: csvfile.encoded(COLUMNS, texts)})
            return number

    def look(self, ask: Callable[[Records], Found]) -> Found:
        """Ask the records something, as they are at one moment."""
        found, changes = read_folder(self.path), self.changes()
        return ask(TableRecords(all_named(found, TableRecords(found, changes).largest), changes))

    @property
    def beside(self) -> Path:
        """The folder in which files lie that belong to the plan."""
        return self.path.resolve().with_name(f"{self.path.resolve().name}_evidence")

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
    with swap.explained(path, "read"):
        return path.is_dir() and (
            swap.is_to_finish(path) or any((path / f"{name}.csv").exists() for name in ENTITIES)
        )


def read_folder(path: Path) -> dict[str, TextTable]:
    """Read every table of a plan folder; a missing file is an empty table.

    Raises:
        PlanError: the folder cannot be read, or holds no plan.
        InvalidPlan: a file is no CSV; all such files and lines are listed.
    """
    Folder(path).open()
    with swap.explained(path, "read"):
        with swap.locked(path, alone=False):
            if not swap.is_interrupted(path):
                return parse_all(path)
        with swap.locked(path, alone=True):
            swap.recover(path)
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
                path=shown(file.parent),
            )
        )
    return False


def _refuse_slips(path: Path) -> None:
    """Raise PlanError for a CSV file whose name is almost that of a missing table."""
    missing = [f"{name}.csv" for name in ENTITIES if not (path / f"{name}.csv").exists()]
    for file in sorted(path.glob("*.csv")):
        if file.name not in NAMES and (
            close := difflib.get_close_matches(file.name, missing, n=1, cutoff=0.85)
        ):
            raise PlanError(
                say(
                    "{file} is no table of a plan; did you mean {alike}? Rename or remove it.",
                    file=shown(file),
                    alike=repr(close[0]),
                )
            )


def parse_all(path: Path) -> dict[str, TextTable]:
    """Read every table of a folder whose lock is held; raises InvalidPlan and PlanError."""
    tables: dict[str, TextTable] = {}
    problems: list[Issue] = []
    _refuse_slips(path)
    for name, entity in ENTITIES.items():
        file = path / f"{name}.csv"
        tables[name] = TextTable.of(entity, [], file.name)
        if _is_there(file):
            tables[name], issues = csvfile.parse(file.read_bytes(), entity, file.name)
            problems += issues
    if problems:
        raise InvalidPlan(problems, say("The folder {path}", path=path))
    return tables


def write_folder(
    tables: Mapping[str, TextTable], path: Path, *, refuse: Callable[[Path], None] = lambda _: None
) -> None:
    """Write every table and the data package, all or nothing; other files in the folder stay.

    Args:
        tables: the plan.
        path: the folder; made where there is none.
        refuse: is asked with the lock held, and raises where what is there must not be replaced.

    Raises:
        PlanError: the folder cannot be written; what stood there still stands.
    """
    with swap.explained(path, "write"):
        path.mkdir(parents=True, exist_ok=True)
        with swap.locked(path, alone=True):
            swap.recover(path)
            _refuse_foreign(path)
            refuse(path)
            swap.replace(path, _contents(tables, with_history=(path / HISTORY).exists()))


def _refuse_foreign(path: Path) -> None:
    """Raise PlanError where a folder without a plan has files of other people under the names that a plan needs."""
    for name in (PACKAGE, HISTORY):
        if (path / name).exists() and not holds_plan(path):
            raise PlanError(
                say(
                    "{path} holds a {file} that is not of a plan; choose another folder.",
                    path=shown(path),
                    file=name,
                )
            )


def _contents(tables: Mapping[str, TextTable], *, with_history: bool) -> dict[str, bytes]:
    files = {f"{name}.csv": csvfile.write(table) for name, table in tables.items()}
    return files | {PACKAGE: data_package(tables, with_history=with_history).encode()}

"""May something be written here, or would a plan be lost?

Every door that writes a file or a folder asks here: the report, the export, a new plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import InvalidPlan, PlanError, quote
from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.store import csv_file
from theorytopractice.store.database import SQLITE_ENDINGS
from theorytopractice.store.folder import HISTORY, NAMES, PACKAGE, holds_plan, parse_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from theorytopractice.model.values import TextTable
    from theorytopractice.store.history import Change


SQLITE_HEADER = b"SQLite format 3\0"
STORE_COLUMNS = ("reworded_on",)  # an import dates a new wording; nobody wrote that
WRITE_ENDS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file while somebody writes to it
DATABASE = message("{path} is a plan or another database, which would be lost; write to another file.")
NAMED_AS_DATABASE = message("{path} has the name of a plan; choose another ending, such as .html.")
OF_A_FOLDER = message("{path} belongs to the plan folder {folder}; write to another folder.")


def refuse_over_plan(target: Path) -> None:
    """Refuse to write a file that is not of a plan over one that is, or where a plan would read it.

    Raises:
        PlanError: a plan would be lost or spoilt.
    """
    real = target.resolve()
    own = next(
        (real.with_name(real.name.removesuffix(end)) for end in WRITE_ENDS if real.name.endswith(end)), real
    )
    if any(map(_is_database, (real, own))):
        raise PlanError(say(DATABASE, path=quote(target)))
    if own.suffix.casefold() in SQLITE_ENDINGS:
        raise PlanError(say(NAMED_AS_DATABASE, path=quote(target)))
    for place in {target.absolute(), real}:
        if _is_of_a_folder(place):
            raise PlanError(say(OF_A_FOLDER, path=quote(target), folder=quote(target.parent)))


def _is_database(file: Path) -> bool:
    """Tell whether a file is a SQLite database, whoever made it."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as opened:
            return opened.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:  # who may not read it cannot tell; writing has its own refusal
        return False


def _is_of_a_folder(file: Path) -> bool:
    """Tell whether a name is one that a plan folder keeps, or would read as a table."""
    name = file.name.casefold()
    is_kept = name in {*NAMES, PACKAGE} or name.endswith(".csv") or name.startswith(".")
    return is_kept and (holds_plan(file.parent) or (name == PACKAGE and file.exists()))


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
        foreign = _foreign_rows(parse_all(path), tables, list if is_own else changes)
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


def _foreign_rows(
    there: Mapping[str, TextTable], tables: Mapping[str, TextTable], changes: Callable[[], Sequence[Change]]
) -> list[str]:
    """Name the rows of a folder that a plan neither has nor ever had."""
    found = {name: set(_rows(table)) - set(_rows(tables[name])) for name, table in there.items()}
    if not any(found.values()):
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
        for name, rows in found.items()
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

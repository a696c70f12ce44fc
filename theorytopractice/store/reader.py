"""What may an edit ask of a plan before it changes it, and which identifier is free for a row that came without one?

A few rows are read, never the whole plan unless it must; an identifier that was used before is never given again.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from theorytopractice.model.values import LONGEST_KEY, TextTable, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.history import Change


class RowReader(Protocol):
    """The rows of a plan as they are while it is being changed; nobody else changes them meanwhile."""

    def tables(self) -> Mapping[str, TextTable]:
        """Read every table."""
        ...

    def where(self, name: str, /, **wanted: Collection[str]) -> TextTable:
        """Read the rows of a table in which each of these columns holds one of its texts."""
        ...

    def largest(self, name: str) -> str:
        """Return the naturally largest identifier ever used in a table, empty if none."""
        ...

    def changes_from(self, change_id: int) -> Sequence[Change]:
        """Read the history from a change on."""
        ...

    def removed(
        self, name: str, keys: Collection[tuple[str, ...]]
    ) -> Mapping[tuple[str, ...], dict[str, str]]:
        """Return the rows of a table that were once removed, by key, as each was when it last went."""
        ...


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
        found = [{column: cells[row] for column, cells in table.columns.items()} for row in rows]
        return TextTable.of(table.entity, found, table.source)

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


FIRST = "001"


class Register:
    """Gives out identifiers: the successor of the naturally largest one ever used in a table."""

    def __init__(self, largest: Callable[[str], str], new_ids: Iterable[tuple[str, str]]) -> None:
        """Ask for the largest identifier of a table only when one is needed.

        ``new_ids`` are the tables and identifiers that the rows of this change bring themselves.
        """
        self._largest_of = largest
        self._new_ids = list(new_ids)
        self._largest: dict[str, str] = {}

    def with_identifier(self, entity: Entity, texts: dict[str, str]) -> dict[str, str]:
        """Return the row with an identifier of its own."""
        column = entity.identifier
        if column is None:
            return texts
        if texts.get(column):
            return texts
        largest = self._largest.get(entity.name) or self._largest_id(entity)
        given = successor(largest) if largest else f"{entity.prefix}-{FIRST}"
        self._largest[entity.name] = given
        return texts | {column: given}

    def _largest_id(self, entity: Entity) -> str:
        """Return the naturally largest identifier of the table and of this change, empty if none."""
        used = [self._largest_of(entity.name)]
        used += [given for name, given in self._new_ids if name == entity.name]
        return max(used, key=natural, default="")


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


def successor(identifier: str) -> str:
    """Return the next identifier: its last digits plus one, in the same width.

    >>> successor("F-009"), successor("F-99"), successor("first")
    ('F-010', 'F-100', 'first-1')
    """
    match = re.fullmatch(r"(.*?)([0-9]+)", identifier, re.DOTALL)
    if not match or len(identifier) > LONGEST_KEY:
        return f"{identifier}-1"
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}}"

"""What may an edit ask of a plan before it changes it? A few rows, never the whole plan unless it must."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from theorytopractice.model.values import TextTable, natural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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

"""Which rows of a table has a mapping made so far? Rows with the same key are one."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.errors import quote
from theorytopractice.exchange.mapping_columns import MappingIssue
from theorytopractice.model.values import TextTable

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from theorytopractice.model.fields import Entity

FIRST_STANDS = ("recorded_on", "due")
"""What the first of several snapshots says for good; of the rest the last counts."""


@dataclass(slots=True)
class MadeRows:
    """The rows that were made for a table, column by column, each with the foreign row that made it first."""

    entity: Entity
    columns: dict[str, list[str]] = field(default_factory=dict)
    wheres: list[str] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("l"))
    index: dict[Hashable, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    def keys(self, cells: dict[str, list[str]], n: int) -> Sequence[Hashable]:
        """Return the key of each of some rows; nothing for a row that shall get one from the plan."""
        if self.entity.identifier:
            return cells.get(self.entity.identifier) or [""] * n
        return list(zip(*(cells.get(name) or [""] * n for name in self.entity.key), strict=True))

    def add(
        self,
        cells: dict[str, list[str]],
        wheres: Sequence[str],
        lines: Sequence[int],
        *,
        is_series: bool = False,
    ) -> list[tuple[int, MappingIssue]]:
        """Add rows, or merge them with the row of the same key: what differs is returned to be listed, the first stays.

        Of a series of snapshots the last counts.
        """
        n, before = len(lines), len(self)
        keys = self.keys(cells, n)
        fresh: list[int] = []
        repeated: list[tuple[int, int]] = []
        for row, key in enumerate(keys):
            place = before + len(fresh)
            first = self.index.setdefault(key, place) if key else place
            if first == place:
                fresh.append(row)
            else:
                repeated.append((row, first))
        for name in {*self.columns, *cells}:
            new = cells.get(name) or [""] * n
            self.columns.setdefault(name, [""] * before).extend(
                new if len(fresh) == n else [new[row] for row in fresh]
            )
        self.wheres.extend(wheres[row] for row in fresh)
        self.lines.extend(lines[row] for row in fresh)
        if is_series:
            self._overwrite(cells, repeated)
            return []
        return list(self._merge(cells, repeated))

    def _merge(
        self, cells: dict[str, list[str]], repeated: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, MappingIssue]]:
        for name, texts in cells.items():
            column = self.columns[name]
            for row, first in repeated:
                text, kept = texts[row], column[first]
                if not kept:
                    column[first] = text
                elif text and text != kept:
                    key = " ".join(
                        self.columns[part][first] for part in self.entity.key if part in self.columns
                    )
                    yield (
                        row,
                        MappingIssue(
                            "",
                            text,
                            f"{name} of {self.entity.name} {quote(key.strip())} is already {quote(kept)} "
                            f"({self.wheres[first]} line {self.lines[first]}); that was kept",
                        ),
                    )

    def _overwrite(self, cells: dict[str, list[str]], repeated: Sequence[tuple[int, int]]) -> None:
        for name, texts in cells.items():
            column = self.columns[name]
            for row, first in repeated:
                if texts[row] and not (column[first] and name in FIRST_STANDS):
                    column[first] = texts[row]

    def table(self) -> TextTable:
        """Return the rows as a table; with their lines where all come from one file or sheet."""
        n = len(self)
        columns = {name: self.columns.get(name) or [""] * n for name in self.entity.columns}
        made = TextTable(self.entity, columns)
        if len(set(self.wheres)) == 1:
            made.source, made.lines = self.wheres[0], self.lines.tolist()
        return made

"""What are the rows of a source, column by column, with what they look up and what is derived of them?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.exchange.mapping_files import ROW
from theorytopractice.model.values import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theorytopractice.exchange.mapping_files import ForeignRows


@dataclass(slots=True)
class SourceRows:
    """The rows of a source: which rows of its file, the rows joined to them, and derived columns.

    ``joined`` gives for a source the position of each row's partner, -1 where there is none.
    """

    file: ForeignRows
    positions: Sequence[int]
    joined: dict[str, tuple[SourceRows, list[int]]] = field(default_factory=dict)
    derived: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.positions)

    def __getitem__(self, column: str) -> list[str]:
        """Return the cells of a column, or of ``source.column`` of the rows joined; empty where there is none."""
        if column in self.derived:
            return self.derived[column]
        if column in self.file.cells:
            cells = self.file.cells[column]
            return cells if len(self) == len(self.file) else [cells[position] for position in self.positions]
        if column == ROW:
            return [str(self.file.lines[position]) for position in self.positions]
        source, _, name = column.partition(".")
        if source not in self.joined:
            return [""] * len(self)
        rows, partners = self.joined[source]
        cells = rows[name]
        return [cells[partner] if partner >= 0 else "" for partner in partners]

    @property
    def columns(self) -> list[str]:
        """The names of its own columns."""
        return list(dict.fromkeys([*self.file.cells, *self.derived]))

    def index(self, column: str) -> dict[str, list[int]]:
        """Return key → the positions of the different rows that have it in a column."""
        places: dict[str, list[int]] = {}
        for position, text in enumerate(self[column]):
            if text:
                places.setdefault(fold(text), []).append(position)
        if any(len(many) > 1 for many in places.values()):
            columns = [self[name] for name in self.columns]
            for key, many in places.items():
                if len(many) > 1:
                    different = {tuple(cells[one] for cells in columns): one for one in reversed(many)}
                    places[key] = sorted(different.values())
        return places


@dataclass(slots=True)
class View:
    """Some rows of a source, maybe several times, with cells of their own in some columns.

    ``headings`` are the columns of the spreadsheet that cells of an own column stood in.
    """

    rows: SourceRows
    positions: Sequence[int]
    own: dict[str, list[str]] = field(default_factory=dict)
    _known: dict[str, list[str]] = field(default_factory=dict)
    headings: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.positions)

    def heading(self, column: str, place: int) -> str:
        """Return what the spreadsheet calls the column in which a cell of this column stood."""
        names = self.headings.get(column)
        return names[place] if names else column

    def __getitem__(self, column: str) -> list[str]:
        """Return the cells of a column."""
        cells = self.own.get(column)
        if cells is None:
            cells = self._known.get(column)
        if cells is None:
            whole = self.rows[column]
            is_whole = self.positions == range(len(whole))
            cells = self._known[column] = whole if is_whole else [whole[one] for one in self.positions]
        return cells

    def take(self, places: Sequence[int], **own: list[str]) -> View:
        """Return some of these rows by their places here."""
        if not own and places == range(len(self)):
            return self
        mine = {name: [cells[place] for place in places] for name, cells in self.own.items()}
        headings = {name: [names[place] for place in places] for name, names in self.headings.items()}
        return View(self.rows, [self.positions[place] for place in places], mine | own, headings=headings)

    def foreign(self, places: Sequence[int]) -> Sequence[int]:
        """Return the positions in the file of some of these rows."""
        source = self.rows.positions
        if isinstance(source, range) and source == range(len(self.rows.file)):
            if isinstance(self.positions, range) and self.positions == range(len(source)):
                return places
            return [self.positions[place] for place in places]
        return [source[self.positions[place]] for place in places]

    def mark_used(self, places: Sequence[int]) -> None:
        """Note that some of these rows made something."""
        used = self.rows.file.used
        positions = self.foreign(places)
        if positions == range(len(used)):
            used[:] = b"\1" * len(used)
            return
        for position in positions:
            used[position] = 1


def split_each(view: View, column: str, separator: str) -> View:
    """Take each row once for each part of a cell; empty parts are passed over."""
    places: list[int] = []
    parts: list[str] = []
    for place, text in enumerate(view[column]):
        for part in text.split(separator):
            if part := part.strip():
                places.append(place)
                parts.append(part)
    return view.take(places, **{column: parts})


def unfold(view: View, days: dict[str, str], period: str, cell: str) -> View:
    """Take each row once for each filled cell of some columns: the day that the heading names, and the cell."""
    columns = [(name, day, view[name]) for name, day in days.items()]
    filled = [
        (place, name, day, cells[place])
        for place in range(len(view))
        for name, day, cells in columns
        if cells[place]
    ]
    own = {period: [day for _, _, day, _ in filled], cell: [text for *_, text in filled]}
    taken = view.take([place for place, *_ in filled], **own)
    taken.headings = {cell: [name for _, name, _, _ in filled]}
    return taken

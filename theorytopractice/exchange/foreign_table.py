"""What is a foreign table once it is read: its columns of texts, the row of each in its file, and what was lost of it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from theorytopractice.errors import Issue, PlanError, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.plain_text import in_usual_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


LISTED = "W-IMPORT"
LARGEST_AREA = 12_000_000
"""Cells of the rectangle around what is filled; readers keep all of them in memory."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read where it does not tell itself.

    ``separator`` and ``encoding`` are of CSV, ``records`` is the way to the list of records in JSON (``results.items``),
    ``sheet`` the name or the number (from 1) of a sheet. ``header`` are the rows that name the columns, joined to one
    name where they are several, ``skip`` rows that are none; both as the file or spreadsheet numbers them, from 1.
    ``fill_down`` are columns in which an empty cell means the one above.
    """

    separator: str = ""
    encoding: str = ""
    sheet: str | int = ""
    header: tuple[int, ...] = ()
    skip: frozenset[int] = frozenset()
    fill_down: tuple[str, ...] = ()
    records: str = ""


@dataclass(slots=True)
class Table:
    """A table that was read.

    ``cells`` are its columns by name, as texts a person would read: real dates ISO, truths ``true`` and ``false``, numbers
    in their shortest writing. ``row_numbers`` are those of the file (CSV: lines) or spreadsheet, ``issues`` what could
    not be read, ``sheets`` the names of all sheets of the workbook, ``sheet`` the one that was read.

    >>> table = Table("x.csv", {"Key": ["A-1", "A-2"]}, [2, 3])
    >>> table.columns, table.rows, len(table)
    (('Key',), [{'Key': 'A-1'}, {'Key': 'A-2'}], 2)
    """

    name: str
    cells: dict[str, list[str]]
    row_numbers: Sequence[int]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    issues: list[Issue] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row_numbers)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns; a repeated one is told apart as ``Amount [2]``."""
        return tuple(self.cells)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows as dictionaries."""
        names = self.columns
        return [dict(zip(names, row, strict=True)) for row in zip(*self.cells.values(), strict=True)]

    def leave_out(self, row: int | None, message: str, column: str = "", found: str = "") -> None:
        """List a row or a cell that cannot be read."""
        self.issues.append(Issue(LISTED, "", row, column, found, message, self.name))


def refuse(name: str, why: str, **facts: object) -> NoReturn:
    """Raise that a file cannot be read as a table, and why: a message with its facts."""
    raise PlanError(say("Cannot read the table {name}: {why}.", name=quote(name), why=say(why, **facts)))


def check_area(name: str, height: int, width: int) -> None:
    """Refuse a table that would take more memory than a table may."""
    if height * width > LARGEST_AREA:
        why = message(
            "its filled cells span {height:,} rows and {width:,} columns; delete what stands far outside the table"
        )
        refuse(name, why, height=height, width=width)


def column_names(header: Sequence[str]) -> list[str]:
    """Return a name for each column: repeated ones are numbered, one without a name is called by its place.

    >>> column_names(["Key", "Amount", "", "Amount"])
    ['Key', 'Amount', 'Column 3', 'Amount [2]']
    """
    names: dict[str, None] = {}
    last: dict[str, int] = {}
    taken = {in_usual_width(name) for name in header}
    for place, cell in enumerate(header, 1):
        name = base = in_usual_width(cell) or f"Column {place}"
        number = last.get(base, 1)
        while name in names or (number > 1 and name in taken):
            number += 1
            name = f"{base} [{number}]"
        last[base] = number
        names[name] = None
    return list(names)


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the header that several rows make together; a group's name stands for all columns on its right.

    >>> joined_header([["", "2026", "", "Note"], ["Key", "Q1", "Q2", ""]])
    ['Key', '2026 Q1', '2026 Q2', 'Note']
    """
    width = max((len(row) for row in rows), default=0)
    filled = []
    for row in rows:
        cells = [*map(in_usual_width, row), *[""] * (width - len(row))]
        if row is not rows[-1]:
            for place in range(1, width):
                cells[place] = cells[place] or cells[place - 1]
        filled.append(cells)
    return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*filled, strict=True)]


def lay_out(  # noqa: PLR0913, PLR0917 - what a reader knows of a file
    name: str,
    numbers: Sequence[int],
    rows: Sequence[Sequence[object]],
    options: ReadOptions,
    issues: list[Issue],
    texts: Callable[[Sequence[Any]], list[str]],
) -> Table:
    """Make a table of rows of cells: the header, then the filled rows below it.

    Args:
        name: the file.
        numbers: the number of each row in the file or spreadsheet.
        rows: the cells; where a row is short its last cells are empty.
        options: what is declared.
        issues: what was listed before.
        texts: writes the cells of a column as texts.

    Raises:
        PlanError: there is no header.
    """
    width = max(map(len, rows), default=0)
    check_area(name, len(rows), width)
    if any(len(row) < width for row in rows):
        rows = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns = [texts(column) for column in zip(*rows, strict=True)]
    filled = [place for place, row in enumerate(zip(*columns, strict=True)) if any(row)]
    kept = [place for place in filled if numbers[place] not in options.skip]
    header, below = _header(
        name, {numbers[place]: [column[place] for column in columns] for place in kept[:LAST_HEADER]}, options
    )
    kept = [place for place in kept if numbers[place] > below]
    table = Table(name, {}, [], issues=issues)
    kept = _without_ragged(table, columns, numbers, kept, len(header))
    table.row_numbers = [numbers[place] for place in kept]
    named = zip(column_names(header), header, columns, strict=False)
    picked = ((own, heading, _picked(column, kept)) for own, heading, column in named)
    table.cells = {own: cells for own, heading, cells in picked if heading or any(cells)}
    _fill_down(table, options.fill_down)
    return table


def _picked(column: list[str], kept: Sequence[int]) -> list[str]:
    """Return some cells of a column; quickly where they follow each other."""
    if kept and kept[-1] - kept[0] + 1 == len(kept):
        return column[kept[0] : kept[-1] + 1]
    return [column[place] for place in kept]


LAST_HEADER = 1000
"""Filled rows among which the header is looked for."""


def _header(name: str, rows: Mapping[int, Sequence[str]], options: ReadOptions) -> tuple[list[str], int]:
    """Return the names of the columns up to the last that has one, and the row in which they end."""
    if not rows:
        refuse(name, message("it has no row that names its columns"))
    wanted = options.header or (next(iter(rows)),)
    absent = [number for number in wanted if number not in rows]
    if absent:
        refuse(name, message("row {row}, which is to name the columns, is empty or not there"), row=absent[0])
    header = joined_header([rows[number] for number in wanted])
    while header and not header[-1]:
        header.pop()
    return header, max(wanted)


def _without_ragged(
    table: Table, columns: Sequence[Sequence[str]], numbers: Sequence[int], kept: Sequence[int], width: int
) -> list[int]:
    """List the rows that have something behind the last column with a name, and return the others."""
    ragged = {place for column in columns[width:] for place in kept if column[place]}
    for place in sorted(ragged):
        n_cells = max(n for n, column in enumerate(columns, 1) if column[place])
        table.leave_out(numbers[place], f"the row has {n_cells} cells, the header {width}; left out")
    return [place for place in kept if place not in ragged] if ragged else list(kept)


def _fill_down(table: Table, names: Iterable[str]) -> None:
    for name in names:
        if name not in table.cells:
            refuse(table.name, message("it has no column {column} to fill down"), column=quote(name))
        above = ""
        cells = table.cells[name]
        for row, text in enumerate(cells):
            above = cells[row] = text or above

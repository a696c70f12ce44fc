"""What stands in a foreign file? Its rows as texts, each with its line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from theorytopractice.errors import Issue, PlanError, quote, reason_of
from theorytopractice.model.values import as_text
from theorytopractice.store.csv_file import SplitError, clean, split_rows

if TYPE_CHECKING:
    from pathlib import Path


LISTED = "W-IMPORT"
KNOWN = (".csv", ".json")


@dataclass(slots=True)
class Record:
    """A foreign row: its line (JSON: its number), its cells, and the cells of the rows joined to it."""

    line: int
    cells: dict[str, str]
    joined: dict[str, dict[str, str]] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """Return the cell of ``column``, or of ``source.column`` of a joined row; empty if missing."""
        cell = self.cells.get(column)
        if cell is not None:
            return cell
        source, _, name = column.partition(".")
        return self.joined.get(source, {}).get(name, "")


@dataclass(slots=True)
class ForeignTable:
    """A file that was read: its name, columns and rows, and what could not be read of it."""

    name: str
    columns: tuple[str, ...]
    records: list[Record]
    issues: list[Issue] = field(default_factory=list)

    def leave_out(self, line: int, message: str) -> None:
        """List a row that cannot be read."""
        self.issues.append(Issue(LISTED, "", line, "", "", message, self.name))


def read_foreign(path: Path, *, separator: str = ",") -> ForeignTable:
    """Read a CSV file in UTF-8, or a JSON list of objects.

    Cells are trimmed; rows of empty cells only are passed over; rows that do not fit the header are issues.

    Raises:
        PlanError: the file is missing, of another format, or not readable as a table at all.
    """
    ending = path.suffix.lower()
    if ending not in KNOWN:
        raise PlanError(f"Cannot read {quote(path.name)}; known through a mapping: {', '.join(KNOWN)}.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable_file(path, f"byte {error.start} is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise _unreadable_file(path, reason_of(error)) from error
    return _read_json(path, text) if ending == ".json" else _read_csv(path, text, separator)


def _unreadable_file(path: Path, why: str) -> PlanError:
    return PlanError(f"Cannot read the table {quote(path.name)}: {why}.")


def _read_csv(path: Path, text: str, separator: str) -> ForeignTable:
    try:
        rows, lines = split_rows(text, separator)
    except SplitError as error:
        raise _unreadable_file(path, f"line {error.line} is not CSV: {error}") from error
    header = [name.strip() for name in rows[0]] if rows else []
    table = ForeignTable(path.name, _column_names(path, header), [])
    for row, line in zip(rows[1:], lines[1:], strict=True):
        _take(table, header, row, line)
    return table


def _take(table: ForeignTable, header: list[str], row: list[str], line: int) -> None:
    """Add a row of a CSV file to the table; empty cells too many do no harm."""
    cells = [clean(cell) for cell in row]
    if not any(cells):
        return
    if len(cells) < len(header) or any(cells[len(header) :]):
        table.leave_out(line, f"the row has {len(cells)} cells, the header {len(header)}; left out")
        return
    table.records.append(Record(line, dict(zip(header, cells, strict=False))))


def _column_names(path: Path, header: list[str]) -> tuple[str, ...]:
    named = [name for name in header if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if not named:
        raise _unreadable_file(path, "its first line names no columns")
    if twice is not None:
        raise _unreadable_file(path, f"its first line names {quote(twice)} twice; rename one of the columns")
    return tuple(named)


def _read_json(path: Path, text: str) -> ForeignTable:
    def refuse(word: str) -> NoReturn:
        raise _unreadable_file(path, f"{word} is not a value")

    try:
        rows = json.loads(text, parse_float=str, parse_int=str, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise _unreadable_file(path, f"it is not JSON: {error}") from error
    if not isinstance(rows, list):
        raise _unreadable_file(path, "expected a list of objects")
    table = ForeignTable(path.name, (), [])
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            table.records.append(Record(number, {name: _json_cell(value) for name, value in row.items()}))
        else:
            table.leave_out(number, f"expected an object, found {quote(row)}; left out")
    table.columns = tuple(dict.fromkeys(name for record in table.records for name in record.cells))
    return table


def _json_cell(value: object) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return clean(as_text(value))

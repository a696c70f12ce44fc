"""Which rows do the files of a mapping hold? A file, a sheet, or several files of one kind, read once."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, PlanError, quote
from theorytopractice.exchange.foreign_table import LISTED
from theorytopractice.exchange.mapping_blocks import PLACEHOLDER, SNAPSHOT
from theorytopractice.exchange.readers import KNOWN, read_table
from theorytopractice.exchange.workbooks import WORKBOOKS
from theorytopractice.i18n import say
from theorytopractice.model.plain_dates import DateStyle, plain_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from theorytopractice.exchange.foreign_table import Table
    from theorytopractice.exchange.mapping_blocks import Source


ROW = "#row"
"""The column of the number that a row has in its file."""


@dataclass(slots=True)
class ForeignRows:
    """The rows of a file, or of several of one kind, one after the other.

    ``wheres`` and ``lines`` tell for each row where it stands, ``days`` are the days of the snapshots, ``used`` the rows
    that made something or were listed.
    """

    name: str
    cells: dict[str, list[str]] = field(default_factory=dict)
    wheres: list[str] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("l"))
    days: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    n_read: dict[str, int] = field(default_factory=dict)
    used: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    def append(self, table: Table, more: dict[str, str]) -> None:
        """Add the rows of a table; ``more`` are columns that its name gives."""
        where = (
            say("{file}, sheet {sheet}", file=table.name, sheet=table.sheet) if table.sheet else table.name
        )
        before, n = len(self), len(table)
        columns = dict(table.cells)
        for name, text in more.items():
            columns[_free(name, table.cells)] = [text] * n
        for name in (*self.cells, *(one for one in columns if one not in self.cells)):
            self.cells.setdefault(name, [""] * before).extend(columns.get(name) or [""] * n)
        self.wheres.extend([where] * n)
        self.lines.extend(table.row_numbers)
        self.used.extend(bytes(n))
        self.issues.extend(replace(issue, where=where) for issue in table.issues)
        self.n_read[where] = n + len(table.issues)


def _free(name: str, taken: dict[str, list[str]]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} [{number}]"
    return free


def read_files(sources: Sequence[Source], place: Path) -> dict[str, ForeignRows]:
    """Read what each source reads, once where several read the same; by the name of the source.

    Args:
        sources: the sources of a mapping.
        place: the folder that holds the files, or the file itself.

    Raises:
        PlanError: a file cannot be read, or there are several and no folder.
    """
    files = list(dict.fromkeys(one.file for one in sources if one.file))
    if len(files) > 1 and not place.is_dir():
        raise PlanError(
            f"The mapping reads {len(files)} files ({', '.join(files)}); give the folder that holds them, "
            f"not {quote(place)}."
        )
    known: dict[object, ForeignRows] = {}
    rows: dict[str, ForeignRows] = {}
    for one in sources:
        key = (one.file, one.options, one.hints)
        if key not in known:
            known[key] = _read(one, place)
        rows[one.name] = known[key]
    return rows


def _read(source: Source, place: Path) -> ForeignRows:
    if not place.is_dir():
        rows = ForeignRows(place.name)
        more = _of_name(source.file, place.name) or {} if PLACEHOLDER.search(source.file) else {}
        _add(rows, source, place, more)
        return rows
    if not source.file:
        books = sorted(path for path in place.iterdir() if path.suffix.lower() in (*WORKBOOKS, ".json"))
        if len(books) != 1:
            raise PlanError(
                f"The mapping does not say in which file the source {quote(source.name)} stands, and {quote(place)} "
                f"holds {len(books)} that it could be; give the file itself, or say file = …."
            )
        return _read(source, books[0])
    if not PLACEHOLDER.search(source.file):
        rows = ForeignRows(source.file)
        _add(rows, source, place / source.file, {})
        return rows
    return _read_kind(source, place)


def _read_kind(source: Source, folder: Path) -> ForeignRows:
    """Read the files of one kind; those of a series in the order of their days."""
    rows = ForeignRows(source.file)
    kind: list[tuple[str, Path, dict[str, str]]] = []
    for path in sorted(folder.iterdir()):
        more = _of_name(source.file, path.name)
        if more is None or path.suffix.lower() not in KNOWN:
            continue
        if source.is_series and not more[SNAPSHOT]:
            why = "its name holds no date that can be read; left out"
            rows.issues.append(Issue(LISTED, "", None, "", path.name, why, path.name))
            continue
        kind.append((more.get(SNAPSHOT, ""), path, more))
    if not kind:
        raise PlanError(f"No file in {quote(folder)} is called {quote(source.file)}.")
    for _, path, more in sorted(kind, key=lambda one: (one[0], one[1].name)):
        _add(rows, source, path, more)
    return rows


def _of_name(kind: str, name: str) -> dict[str, str] | None:
    """Return the columns that the name of a file gives, None where it is not of the kind.

    >>> _of_name("plan-{year}.csv", "plan-2025.csv"), _of_name("*.csv", "a.csv"), _of_name("p {date}.csv", "x.csv")
    ({'year': '2025', 'snapshot': '2025-12-31'}, {'file': 'a'}, None)
    """
    pattern, at = "", 0
    for hole in PLACEHOLDER.finditer(kind):
        pattern += re.escape(kind[at : hole.start()])
        pattern += {"year": r"(?P<year>\d{4})", "month": "(?P<month>.+?)", "date": "(?P<date>.+?)"}.get(
            hole[1], "(?P<file>.+)" if "(?P<file>" not in pattern else ".+"
        )
        at = hole.end()
    match = re.fullmatch(pattern + re.escape(kind[at:]), name, re.IGNORECASE)
    if match is None:
        return None
    parts = match.groupdict()
    return parts | ({SNAPSHOT: _day(parts)} if {"year", "month", "date"} & {*parts} else {})


def _day(parts: dict[str, str]) -> str:
    """Return the last day of what the name of a file says, empty where it is none."""
    text = parts.get("date") or " ".join(filter(None, (parts.get("month"), parts.get("year"))))
    if match := re.fullmatch(r"(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})?", text):
        text = "-".join(filter(None, match.groups()))
    elif match := re.fullmatch(r"(\d{1,2}) (\d{4})", text):
        text = f"{match[1]}/{match[2]}"
    try:
        day = plain_date(text.replace("_", " "), DateStyle(has_years=True))
    except ValueError:
        return ""
    return day if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else ""


def _add(rows: ForeignRows, source: Source, path: Path, more: dict[str, str]) -> None:
    table = read_table(path, source.options)
    if source.hints:
        hints = {*table.row_numbers[: source.hints]}
        table.row_numbers = table.row_numbers[source.hints :]
        table.cells = {name: cells[source.hints :] for name, cells in table.cells.items()}
        table.issues = [issue for issue in table.issues if issue.row not in hints]
    for name in source.fill_down:
        _fill_down(table, name, source.key)
    rows.append(table, more)
    if more.get(SNAPSHOT):
        rows.days = sorted({*rows.days, more[SNAPSHOT]})


def _fill_down(table: Table, name: str, key: str) -> None:
    if name not in table.cells:
        raise PlanError(
            f"The mapping cannot be used: {key}.fill_down: {quote(table.name)} has no column {quote(name)}."
        )
    above = ""
    cells = table.cells[name]
    for row, text in enumerate(cells):
        above = cells[row] = text or above


def headings(columns: Sequence[str], style: DateStyle, patterns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return the headings that match one of some patterns, each with the last day of what it names, or nothing.

    >>> list(headings(["Name", "Q1 2026", "Total"], DateStyle(), ["Q.*", "Total"]))
    [('Q1 2026', '2026-03-31'), ('Total', '')]
    """
    for name in columns:
        if any(name == pattern or re.fullmatch(pattern, name) for pattern in patterns):
            try:
                day = plain_date(name, replace(style, has_years=True))
            except ValueError:
                day = ""
            yield name, day if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else ""

"""Which of our rows does each foreign row make, and what of it is only listed?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, quote
from theorytopractice.exchange.mapping_schema import MappingIssue
from theorytopractice.exchange.readers import LISTED, ForeignTable, Record
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import LONGEST_KEY, TextTable, fold, parse_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from theorytopractice.exchange.mapping_schema import Block, Column, Condition, Join, Source
    from theorytopractice.model.fields import Entity


FIELDS = {name: {field.name: field for field in entity.fields} for name, entity in ENTITIES.items()}
UNDATED = "W-STATUS"
CLASH = "W-DUP"


@dataclass(slots=True)
class MappedRows:
    """One of our rows, and the foreign row that made it first."""

    cells: dict[str, str]
    file: str
    line: int


@dataclass(slots=True)
class RowMapper:
    """Makes the rows of a mapping, block by block, and lists what it could not make."""

    files: Mapping[str, ForeignTable]
    issues: list[Issue] = field(default_factory=list)
    records: dict[str, list[Record]] = field(default_factory=dict)
    rows: dict[str, list[MappedRows]] = field(default_factory=dict)
    _by_key: dict[str, dict[tuple[str, ...], MappedRows]] = field(default_factory=dict)
    _used: set[tuple[str, int]] = field(default_factory=set)

    def add_issue(
        self, file: str, line: int, issue: MappingIssue, *, table: str = "", code: str = LISTED
    ) -> None:
        """List something about a foreign row."""
        self._used.add((file, line))
        self.issues.append(Issue(code, table, line, issue.column, issue.found, issue.message, file))

    def prepare(self, source: Source) -> None:
        """Take a source's rows out of its file, look up what is joined, and derive its columns."""
        file = self.files[source.file]
        self.records[source.name] = records = []
        indexes = [(join, self._index(join)) for join in source.joins]
        for record in file.records:
            if not self._passes(source.only, record, file.name, ""):
                continue
            mine = Record(record.line, dict(record.cells))
            for join, index in indexes:
                self._join(join, index, mine, file.name)
            for name, column in source.derived.items():
                reading = column.read(mine)
                mine.cells[name] = reading.text
                for issue in reading.issues:
                    self.add_issue(file.name, mine.line, issue)
            records.append(mine)

    def _index(self, join: Join) -> dict[str, list[dict[str, str]]]:
        """Return key → the different rows that an earlier source has under it."""
        index: dict[str, list[dict[str, str]]] = {}
        for record in self.records[join.source]:
            key = fold(record[join.there])
            known = index.setdefault(key, [])
            if key and record.cells not in known:
                known.append(record.cells)
        return index

    def _join(self, join: Join, index: dict[str, list[dict[str, str]]], record: Record, file: str) -> None:
        key = record[join.here]
        matches = index.get(fold(key), [])
        if len(matches) == 1:
            record.joined[join.source] = matches[0]
        elif matches:
            message = f"{len(matches)} rows of {quote(join.source)} have this {join.there}; none was taken"
            self.add_issue(file, record.line, MappingIssue(join.here, key, message))
        elif join.otherwise:
            self.add_issue(file, record.line, MappingIssue(join.here, key, join.otherwise))

    def _passes(self, only: Iterable[Condition], record: Record, file: str, table: str) -> bool:
        """Say whether a row passes all conditions; list it where the first that fails says so."""
        failed = next((condition for condition in only if not condition.holds(record)), None)
        if failed is not None and failed.otherwise:
            self.add_issue(file, record.line, failed.issue(record), table=table)
        return failed is None

    def make(self, block: Block, source: Source) -> None:
        """Make a block's rows."""
        file = self.files[source.file].name
        for record in self.records[source.name]:
            if self._passes(block.only, record, file, block.entity.name):
                for one in _split_record(block, record):
                    self._make(block, one, file)

    def _make(self, block: Block, record: Record, file: str) -> None:
        columns, code = block.columns, LISTED
        if block.words is not None:
            code = UNDATED
            word = record[block.status]
            if not word:
                return
            if fold(word) not in block.words:
                message = f"the mapping does not say which event {quote(word)} stands for"
                self.add_issue(
                    file, record.line, MappingIssue(block.status, word, message), table="event", code=code
                )
                return
            columns = block.words[fold(word)]
        if columns:
            self._fill(block.entity, columns, record, file, code)
        else:
            self._used.add((file, record.line))

    def _fill(self, entity: Entity, columns: dict[str, Column], record: Record, file: str, code: str) -> None:
        """Fill a row, or list why it is left out: never with a required cell empty."""
        cells: dict[str, str] = {}
        missing, issues = False, []
        qualities = {
            declared.needed_unless[0]: columns[declared.needed_unless[0]].read(record).text
            for declared in entity.fields
            if declared.needed_unless and declared.needed_unless[0] in columns
        }
        for name, column in columns.items():
            reading = column.read(record)
            why = _field_error(entity, name, reading.text)
            if why:
                reading.issues.append(MappingIssue(reading.column, reading.found, why))
            cells[name] = "" if why else reading.text
            is_needed = FIELDS[entity.name][name].is_needed(qualities) or name == entity.identifier
            if not cells[name] and is_needed:
                missing = True
                if not reading.issues:
                    reading.issues.append(MappingIssue(reading.column, reading.found, f"{name} is empty"))
                last = reading.issues[-1]
                reading.issues[-1] = replace(last, message=f"{last.message}; no {entity.name} was made")
            issues += reading.issues
        for issue in issues:
            self.add_issue(file, record.line, issue, table=entity.name, code=code)
        _date_beats_constant(entity, columns, cells)
        if not missing:
            self._keep(entity, MappedRows(cells, file, record.line))

    def _keep(self, entity: Entity, made: MappedRows) -> None:
        """Add a row, or merge it with the row of the same key: what differs is listed, the first stays."""
        self._used.add((made.file, made.line))
        rows = self.rows.setdefault(entity.name, [])
        key = tuple(made.cells.get(name, "") for name in entity.key)
        if entity.identifier and not key[0]:
            rows.append(made)
            return
        first = self._by_key.setdefault(entity.name, {}).setdefault(key, made)
        if first is made:
            rows.append(made)
            return
        for name, text in made.cells.items():
            kept = first.cells.get(name, "")
            if not kept:
                first.cells[name] = text
            elif text and text != kept:
                message = (
                    f"{name} of {entity.name} {quote(' '.join(key).strip())} is already {quote(kept)} "
                    f"({first.file} line {first.line}); that was kept"
                )
                self.add_issue(
                    made.file, made.line, MappingIssue("", text, message), table=entity.name, code=CLASH
                )

    def add_unused_rows(self) -> None:
        """List every row of every file that made nothing and was not listed for anything else."""
        for file in self.files.values():
            for record in file.records:
                if (file.name, record.line) not in self._used:
                    first = next(iter(record.cells.items()), ("", ""))
                    self.add_issue(
                        file.name, record.line, MappingIssue(*first, "the mapping makes nothing of this row")
                    )

    def table(self, entity: Entity) -> TextTable:
        """Return the rows made for a table; with their lines where all come from one file."""
        rows = self.rows.get(entity.name, [])
        made = TextTable.of(entity, [row.cells for row in rows])
        files = {row.file for row in rows}
        if len(files) == 1:
            made.source, made.lines = files.pop(), [row.line for row in rows]
        return made


def _split_record(block: Block, record: Record) -> Iterator[Record]:
    """Take a row once for each part of the cell that the block takes apart; empty parts are passed over."""
    if block.each is None:
        yield record
        return
    column, separator = block.each
    for part in record[column].split(separator):
        if part.strip():
            yield replace(record, cells=record.cells | {column: part.strip()})


def _date_beats_constant(entity: Entity, columns: dict[str, Column], cells: dict[str, str]) -> None:
    """Drop a word that the mapping gives to every row, unknown, where the row has what it says that nobody knows."""
    for declared in entity.fields:
        if declared.needed_unless is None or not cells.get(declared.name):
            continue
        other, word = declared.needed_unless
        if cells.get(other) == word and not list(columns[other].foreign()):
            cells[other] = ""


def _field_error(entity: Entity, name: str, text: str) -> str:
    """Say why a text cannot stand in a field, or nothing."""
    if not text:
        return ""
    if name == entity.identifier and len(text) > LONGEST_KEY:
        return f"{quote(text)} is too long for the key of a {entity.name}"
    why = parse_error(FIELDS[entity.name][name], text)
    return why.message if why else ""

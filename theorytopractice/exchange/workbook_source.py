"""What does somebody say who sends a plan's workbook back? Its sheets as tables, whatever program saved them.

A sheet or column that is not there says nothing. What cannot be understood is listed with its sheet and row.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import InvalidPlan, Issue, PlanError, quote
from theorytopractice.exchange.files import read_file
from theorytopractice.exchange.foreign_table import LISTED
from theorytopractice.exchange.workbook_cells import ABOUT, EXACT, FORMAT, LISTS, PROPERTY, Exact, put_back
from theorytopractice.exchange.workbook_parts import hides_percents, holds, percent_cells
from theorytopractice.exchange.workbooks import (
    UNTOLD,
    WRONG_TEXT,
    column_texts,
    has_fraction,
    open_workbook,
    sheet_rows,
)
from theorytopractice.i18n import message, say
from theorytopractice.model.dialects import CELL
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.plain_numbers import PERCENT
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import TextTable
from theorytopractice.store.csv_file import FILE_CODE
from theorytopractice.store.sources import Exported, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from theorytopractice.exchange.workbooks import Survey
    from theorytopractice.model.fields import Entity


HEADER_WITHIN = 20
"""Rows from the top among which the names of the columns are looked for."""
FEW_COLUMNS = 2
NO_PLAN = message(
    "{file} is no workbook of a plan: no sheet has the name of a table and its columns. Say with --mapping how its columns "
    "become ours, or let 'theorytopractice import --suggest' propose it."
)
NEWER = message(
    "{file} was written by a newer version of this program (format {format}); install that one to read it."
)
SHARES = message(
    "{file} has cells in per cent, of which an .ods file does not tell the value surely; save it as .xlsx, or write 45 instead of 45 %."
)


def workbook_source(path: Path, name: str = "") -> Source:
    """Read a workbook of a plan, as Excel or LibreOffice saved it, as a source of an import.

    Args:
        path: the file.
        name: what the plan remembers the source by; the file's name unless given.

    Raises:
        PlanError: it cannot be read, or is no workbook of a plan.
        InvalidPlan: the names of a sheet's columns are repeated.
    """
    data = read_file(path)
    with open_workbook(path.name, data) as (book, surveys):
        shares, some = percent_cells(data)
        if some:
            raise PlanError(say(SHARES, file=quote(path.name)))
        reader = _Reader(path.name, book, surveys, shares, _may_hold_error_texts(data), hides_percents(data))
        about = reader.about() or _property(data)
        tables = reader.tables()
    if not tables or not (about or any(len(set(one.columns)) >= FEW_COLUMNS for one in tables.values())):
        raise PlanError(say(NO_PLAN, file=quote(path.name)))
    if about.get("format", FORMAT) != FORMAT:
        raise PlanError(say(NEWER, file=quote(path.name), format=about["format"]))
    return Source(name or path.name, tables, reader.issues, exported=_exported(about), in_copies=True)


def _exported(about: Mapping[str, str]) -> Exported | None:
    try:
        return Exported(int(about["change_id"]), about["made_at"])
    except (KeyError, ValueError):
        return None


@dataclass(slots=True)
class _Reader:
    """Reads the sheets of one workbook, and lists what is not understood."""

    name: str
    book: Any  # of Calamine
    surveys: Mapping[str, Survey]
    shares: Mapping[str, set[tuple[int, bytes]]]
    may_hold_error_texts: bool
    hides_percents: bool
    issues: list[Issue] = field(default_factory=list)

    def about(self) -> dict[str, str]:
        """Return what the hidden sheet tells of the workbook; nothing where there is none."""
        if ABOUT not in self.book.sheet_names:
            return {}
        _, rows = sheet_rows(self.name, self.book, ABOUT)
        return {str(row[0]): column_texts(row[1:2])[0] for row in rows if len(row) >= FEW_COLUMNS}

    def tables(self) -> dict[str, TextTable]:
        """Return the tables that the workbook gives."""
        exact = self._exact()
        tables: dict[str, TextTable] = {}
        for sheet in self.book.sheet_names:
            entity = ENTITIES.get(comparable(sheet).replace(" ", "_"))
            if entity is None or entity.is_memory:
                continue
            if entity.name in tables:
                self._leave_out(
                    sheet, None, say("another sheet is the table {table} already", table=entity.name)
                )
                continue
            if (table := self._table(sheet, entity)) is not None:
                tables[entity.name] = table
                self._put_back(sheet, table, exact)
        return tables

    def _exact(self) -> list[Exact]:
        if EXACT not in self.book.sheet_names:
            return []
        exact = []
        for row in sheet_rows(self.name, self.book, EXACT)[1][1:]:
            try:
                exact.append(Exact.of_row(row))
            except ValueError:
                self._leave_out(EXACT, None, say("the hidden sheet was changed; a row of it is left out"))
        return exact

    def _put_back(self, sheet: str, table: TextTable, exact: Sequence[Exact]) -> None:
        for one in put_back(table, exact):
            told = say(
                "the cell shows only the beginning of a longer text and was changed; left out, change the text in the plan"
            )
            self._leave_out(sheet, table.line(one.row), told, one.column, one.text)

    def _table(self, sheet: str, entity: Entity) -> TextTable | None:
        """Read a sheet; None where it has no columns of its table."""
        first, rows = sheet_rows(self.name, self.book, sheet)
        top = next(
            (row for row in range(min(HEADER_WITHIN, len(rows))) if _is_header(rows[row], entity)), None
        )
        if top is None:
            if any(cell != "" for row in rows for cell in row):
                self._leave_out(
                    sheet, None, say("no row names columns of the table {table}", table=entity.name)
                )
            return None
        self._list_errors(sheet)
        header, where = self._header(rows[top], entity), self._where(sheet)
        body = rows[top + 1 :]
        if self.hides_percents and any(map(has_fraction, body)):
            self._leave_out(sheet, None, say(UNTOLD))
        filled = [row for row, cells in enumerate(body) if any(cell not in ("", None) for cell in cells)]
        lines = [first + top + 1 + row for row in filled]
        columns: dict[str, list[str]] = {}
        for place, name in header.items():
            cells = [body[row][place] if place < len(body[row]) else "" for row in filled]
            columns[name] = self._cells(sheet, entity, name, place, cells, lines)
        self._refuse_repeated(rows[top], entity, where, first + top)
        self._list_nameless(sheet, rows[top], body, filled, lines)
        return _without_empty(TextTable(entity, columns, where, lines))

    def _header(self, cells: Sequence[object], entity: Entity) -> dict[int, str]:
        """Return the names of the columns by place; ours are known whatever their case and blanks."""
        names = {}
        for place, cell in enumerate(cells):
            if text := column_texts([cell])[0]:
                known = comparable(text).replace(" ", "_")
                names[place] = known if known in entity.columns else text
        return names

    def _refuse_repeated(self, cells: Sequence[object], entity: Entity, where: str, line: int) -> None:
        counts = Counter(self._header(cells, entity).values())
        repeated = [name for name, n in counts.items() if n > 1]
        if repeated:
            told = [
                say("the header names {column} twice; rename or remove one column", column=quote(name))
                for name in repeated
            ]
            raise InvalidPlan([Issue(FILE_CODE, entity.name, line, "", "", one, where) for one in told])

    def _cells(  # noqa: PLR0913, PLR0917 - where the cells are, and what they are of
        self,
        sheet: str,
        entity: Entity,
        name: str,
        place: int,
        cells: list[Any],
        lines: Sequence[int],
    ) -> list[str]:
        """Return a column as a plan keeps it."""
        own = entity.by_name.get(name)
        if (shares := self.shares.get(sheet)) and own and PERCENT in own.signs:
            letters = _letters(place).encode()
            cells = [
                cell * 100 if isinstance(cell, float) and (line, letters) in shares else cell
                for cell, line in zip(cells, lines, strict=True)
            ]
        texts = column_texts(cells) if cells else []
        if self.may_hold_error_texts:
            texts = [self._checked(sheet, line, name, text) for text, line in zip(texts, lines, strict=True)]
        return CELL.plain_column(own, texts) if own else texts

    def _checked(self, sheet: str, line: int, column: str, text: str) -> str:
        if WRONG_TEXT.fullmatch(text):
            told = say("the formula has the error {error}; read as empty", error=text)
            self._leave_out(sheet, line, told, column, text)
            return ""
        return text

    def _list_errors(self, sheet: str) -> None:
        """List formulas that failed, and those that were never reckoned: both are read as empty."""
        survey = self.surveys.get(sheet)
        if survey is None:
            return
        for place, what in survey.errors:
            told = say("the cell {place} has the error {error}; read as empty", place=place, error=what)
            self._leave_out(sheet, int(re.sub(r"\D", "", place)), told, found=what)
        if survey.n_unreckoned:
            told = say(
                "{n:,} formulas have no results and are read as empty; open the workbook in a spreadsheet program and save it",
                n=survey.n_unreckoned,
            )
            self._leave_out(sheet, None, told)

    def _list_nameless(
        self,
        sheet: str,
        header: Sequence[object],
        body: Sequence[Sequence[object]],
        filled: Sequence[int],
        lines: Sequence[int],
    ) -> None:
        """List what stands in columns without a name."""
        nameless = [place for place in range(max(map(len, body), default=0))
                    if place >= len(header) or header[place] in ("", None)]  # fmt: skip
        for place in nameless:
            for row, line in zip(filled, lines, strict=True):
                cell = body[row][place] if place < len(body[row]) else ""
                if cell not in ("", None):
                    told = say(
                        "the column {letters} has no name in the header; the cell is left out",
                        letters=_letters(place),
                    )
                    self._leave_out(sheet, line, told, found=column_texts([cell])[0])

    def _where(self, sheet: str) -> str:
        return say("{file}, sheet {sheet},", file=self.name, sheet=sheet)

    def _leave_out(self, sheet: str, line: int | None, told: str, column: str = "", found: str = "") -> None:
        table = comparable(sheet) if comparable(sheet) in ENTITIES else ""
        self.issues.append(Issue(LISTED, table, line, column, found, told, self._where(sheet)))


def _is_header(cells: Sequence[object], entity: Entity) -> bool:
    names = {comparable(cell).replace(" ", "_") for cell in cells if isinstance(cell, str)}
    return len(names & set(entity.columns)) >= FEW_COLUMNS


def _without_empty(table: TextTable) -> TextTable:
    """Return a table without the rows of which nothing is left."""
    columns = list(table.columns.values())
    kept = [row for row in range(len(table)) if any(column[row] for column in columns)]
    if len(kept) == len(table):
        return table
    cells = {name: [column[row] for row in kept] for name, column in table.columns.items()}
    return TextTable(table.entity, cells, table.source, [table.lines[row] for row in kept])


def _letters(place: int) -> str:
    """Return what a spreadsheet calls a column.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


TOLD = re.compile(PROPERTY.encode() + rb'"[^>]*>(?:<vt:lpwstr>)?([^<]*)')


def _property(data: bytes) -> dict[str, str]:
    """Return what the property of the document tells, where the hidden sheet is gone."""
    if not data.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for part in ("docProps/custom.xml", "meta.xml"):
            if part in file.namelist() and (match := TOLD.search(file.read(part))):
                return dict(one.split("=", 1) for one in match[1].decode().split(";") if "=" in one)
    return {}


def _may_hold_error_texts(data: bytes) -> bool:
    """Tell whether a text such as #REF! may be the error of a formula: not in XLSX, which tells errors from texts."""
    if not data.startswith(b"PK"):
        return True
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if "content.xml" in file.namelist():
            return holds(data, file.getinfo("content.xml"), b'value-type="error"')
        return "xl/workbook.xml" not in file.namelist()


__all__ = ["ABOUT", "LISTS"]

"""How is one CSV file read into a table of texts, and written so that the same rows give the same bytes?"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.dialects import CELL
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Entity, ValueType
from theorytopractice.model.values import TextTable, natural_order, read_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


FILE_CODE = "E-FILE"
BOM = b"\xef\xbb\xbf"
GUARD = "'"
"""What is put before a text that a spreadsheet would take for a formula; Excel and LibreOffice show and keep it."""
FORMULA = re.compile(rf"{GUARD}*[=+\-@＝＋－＠\t\r]")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
NUMERIC = (ValueType.INTEGER, ValueType.NUMBER, ValueType.VALUE)
OTHER_SEPARATOR = {
    ";": message(
        "the header {header} has no column of the table {table}: it is separated by semicolons; save it with commas"
    ),
    "\t": message(
        "the header {header} has no column of the table {table}: it is separated by tabs; save it with commas"
    ),
}
OTHER_TABLE = message("the header {header} has no column of the table {table}: is it another table?")


def clean(text: str) -> str:
    """Trim a cell of surrounding white space and write its line breaks as one character."""
    text = text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def guard(text: str) -> str:
    """Keep a text from becoming a formula in a spreadsheet: an apostrophe goes before its first =, +, -, @, tab or CR.

    A text that has apostrophes before such a sign gets one more, so that :func:`unguard` gives every text back.
    """
    return f"{GUARD}{text}" if FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Take off the apostrophe that :func:`guard` put before a text, and no other."""
    return text[1:] if text.startswith(GUARD) and FORMULA.match(text) else text


def guard_cell(text: str, *, is_numeric: bool = False) -> str:
    """Guard a cell; a plain number in a column of numbers stays one."""
    return text if is_numeric and PLAIN_NUMBER.fullmatch(text) else guard(text)


class _FileError(Exception):
    """A file that cannot be read as a table, from this line on."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def parse(
    data: bytes, entity: Entity, source: str, *, is_guarded: bool = False
) -> tuple[TextTable, list[Issue]]:
    """Read a CSV file in UTF-8; where it cannot be read, return the issues and what was read before.

    Any column order, CRLF or LF, with or without a byte order mark. Lines of empty cells are skipped. From a file that was
    written for spreadsheets (``is_guarded``) the apostrophes before texts that look like formulas are taken off.
    """
    issues: list[Issue] = []
    rows: list[list[str]] = []
    lines: Sequence[int] = []
    try:
        header, rows, lines = _rows(_decode(data))
        issues += _ragged_rows(header, rows, lines, entity, source)
        _check_header(header, rows, entity)
    except _FileError as error:
        return TextTable(entity, {}, source), [
            *issues,
            Issue(FILE_CODE, entity.name, error.line, "", "", str(error), source),
        ]
    cells = zip(*rows, strict=False) if rows else ((),) * len(header)
    columns = {
        name: _plain(entity, name, [clean(text) for text in column])
        for name, column in zip(header, cells, strict=False)
        if name
    }
    if is_guarded:
        columns = {unguard(name): [unguard(text) for text in column] for name, column in columns.items()}
    return TextTable(entity, columns, source, lines), issues


def _plain(entity: Entity, name: str, cells: list[str]) -> list[str]:
    """Return a column as a plan keeps it: dates, numbers and truths in their plain writing, keys composed."""
    return CELL.plain_column(entity[name], cells) if name in entity.columns else cells


def records(data: bytes, names: list[str]) -> list[list[str]] | None:
    """Return the rows of a file with exactly these columns, or None where it is none.

    Of a file that was written for spreadsheets, with a byte order mark, the apostrophes before texts that look like
    formulas are taken off.
    """
    try:
        header, rows, _ = _rows(_decode(data))
    except _FileError:
        return None
    if data.startswith(BOM):
        rows = [[unguard(cell) for cell in row] for row in rows]
    return rows if header == names and all(len(row) == len(names) for row in rows) else None


def _decode(data: bytes) -> str:
    """Return the text of a file; raises _Misfiled with the line of a byte that does not belong there."""
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise _FileError(line, say("the file contains a NUL character; save it as CSV in UTF-8"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _FileError(line, say("the file is not in UTF-8; save it as 'CSV UTF-8'")) from error


class SplitError(ValueError):
    """A text that is no CSV: the line on which the row begins, and that to which it was read."""

    def __init__(self, begin: int, line: int, reason: str) -> None:
        """Keep the lines, and why it cannot be split."""
        super().__init__(reason)
        self.begin, self.line = begin, line


def split_rows(text: str, separator: str = ",") -> tuple[list[list[str]], list[int]]:
    """Split a CSV text into rows of cells, and the line on which each begins; raises SplitError.

    Cells may have any length: validation has a limit of its own, with a sentence.
    """
    usual = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begin = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        raise SplitError(begin, reader.line_num, str(error)) from error
    finally:
        csv.field_size_limit(usual)
    return rows, lines


def _rows(text: str) -> tuple[list[str], list[list[str]], Sequence[int]]:
    """Split a text into header, rows and the line on which each row begins."""
    try:
        rows, lines = split_rows(text)
    except SplitError as error:
        is_open = "end of data" in str(error)
        sentence = (
            say("the row cannot be read as CSV: a quotation mark opens a cell that is never closed")
            if is_open
            else say("the row cannot be read as CSV: a quotation mark inside a cell is not doubled")
        )
        raise _FileError(error.begin, sentence) from error
    filled = [position for position, row in enumerate(rows) if any(map(str.strip, row))]
    if not filled:
        raise _FileError(1, say("the file has no header line with the names of its columns"))
    if len(filled) < len(rows):
        rows, lines = [rows[i] for i in filled], [lines[i] for i in filled]
    return [name.strip() for name in rows[0]], rows[1:], lines[1:]


def _ragged_rows(
    header: list[str], rows: list[list[str]], lines: Sequence[int], entity: Entity, source: str
) -> list[Issue]:
    """Report rows with fewer or more cells than the header; empty cells too many do no harm."""
    width = len(header)
    issues = []
    for row, line in zip(rows, lines, strict=True):
        if len(row) == width or (len(row) > width and not any(map(str.strip, row[width:]))):
            continue
        sentence = say(
            "the row has {n} cells, the header {width}; put cells with commas in quotation marks",
            n=len(row),
            width=width,
        )
        issues.append(Issue(FILE_CODE, entity.name, line, "", "", sentence, source))
    return issues


def _check_header(header: list[str], rows: list[list[str]], entity: Entity) -> None:
    """Refuse a header with repeated or missing names, or one that is of another table altogether."""
    repeated = sorted(name for name, n in Counter(header).items() if name and n > 1)
    if repeated:
        sentence = say(
            "the header names {column} twice; rename or remove one column", column=quote(repeated[0])
        )
        raise _FileError(1, sentence)
    for position, name in enumerate(header):
        if not name and any(row[position].strip() for row in rows if position < len(row)):
            sentence = say("column {n} has no name in the header; name or remove it", n=position + 1)
            raise _FileError(1, sentence)
    if not set(header) & set(entity.columns):
        sentence = next((OTHER_SEPARATOR[sign] for sign in OTHER_SEPARATOR if sign in header[0]), OTHER_TABLE)
        raise _FileError(1, say(sentence, header=quote(",".join(header)), table=entity.name))


def write(table: TextTable, *, for_spreadsheets: bool = False) -> bytes:
    """Write a table as CSV: UTF-8, LF, as few quotation marks as possible, rows in natural key order.

    Declared columns come in their order, then the unknown ones by name. For spreadsheets the file begins with a byte order
    mark, and no text becomes a formula.
    """
    names = [*table.entity.columns, *sorted(table.unknown)]
    whole = {field.name for field in table.entity.fields if field.type is ValueType.INTEGER}
    columns = [_canonical(table[name], is_whole=name in whole) for name in names]
    if for_spreadsheets:
        numeric = {field.name for field in table.entity.fields if field.type in NUMERIC}
        columns = [
            [guard_cell(cell, is_numeric=name in numeric) for cell in column]
            for name, column in zip(names, columns, strict=True)
        ]
        names = [guard(name) for name in names]
    rows = list(zip(*columns, strict=True))
    data = encode(names, (rows[i] for i in natural_order(table.keys())))
    return BOM + data if for_spreadsheets else data


def _canonical(cells: list[str], *, is_whole: bool) -> list[str]:
    """Write whole numbers without decimals, as a database gives them back, and line breaks as LF."""
    if is_whole:
        return [_whole(cell) if cell else cell for cell in cells]
    return [clean(cell) for cell in cells] if any("\r" in cell for cell in cells) else cells


def canonical(entity: Entity, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row as every store gives them back: in their plain writing, whole numbers without decimals."""
    whole = _whole_columns(entity.name)
    cells = {
        name: CELL.plain_cell(entity[name], clean(text)) if name in entity.columns else clean(text)
        for name, text in texts.items()
    }
    return {name: _whole(text) if name in whole else text for name, text in cells.items()}


def canonical_rows(table: TextTable) -> list[dict[str, str]]:
    """Return the rows of a table as every store gives them back; a text that a column repeats is read once."""
    columns = {name: _canonical_cells(table.entity, name, cells) for name, cells in table.columns.items()}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _canonical_cells(entity: Entity, name: str, cells: Sequence[str]) -> list[str]:
    distinct = list(dict.fromkeys(cells))
    texts = [*map(clean, distinct)]
    if name in entity.columns:
        texts = CELL.plain_column(entity[name], texts)
    if name in _whole_columns(entity.name):
        texts = [*map(_whole, texts)]
    if texts == distinct:
        return list(cells)
    known = dict(zip(distinct, texts, strict=True))
    return [known[text] for text in cells]


@cache
def _whole_columns(name: str) -> frozenset[str]:
    return frozenset(field.name for field in ENTITIES[name].fields if field.type is ValueType.INTEGER)


def _whole(cell: str) -> str:
    try:
        return str(read_whole(cell))
    except ValueError:
        return cell


def encode_guarded(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows of texts for spreadsheets: with a byte order mark, and no text becomes a formula."""
    return BOM + encode(names, ([guard_cell(cell, is_numeric=True) for cell in row] for row in rows))


def encode(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a header and rows as the bytes of a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()

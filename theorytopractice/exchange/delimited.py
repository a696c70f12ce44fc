"""What stands in a CSV file that somebody else wrote, whatever its separator, its encoding and its slips?"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, quote
from theorytopractice.exchange.foreign_table import LISTED, ReadOptions, Table, lay_out, refuse
from theorytopractice.i18n import message
from theorytopractice.store.csv_file import SplitError, clean, split_rows

if TYPE_CHECKING:
    from collections.abc import Iterator


SEPARATORS = ("\t", ";", "|", ",")
"""In this order where a text is even by several: commas stand in sentences, too."""
SAMPLE_LINES, SAMPLE = 50, 20_000
HTML = re.compile(
    r"\s*<(?:!--|!doctype\b|\?xml\b|(?:html|head|body|table|meta|style|script|div|p|span|center|font|pre)[\s>])",
    re.IGNORECASE,
)
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
LONGEST_RECORD = 200
"""Lines over which a cell may run in a file whose quotation marks are out of order."""


def read_delimited(name: str, data: bytes, options: ReadOptions) -> Table:
    r"""Read a CSV file; short rows are padded, and a stray quotation mark costs its row only.

    Raises:
        PlanError: it is no CSV, or not in the encoding.

    >>> table = read_delimited("x.csv", "Key;Due\nA-1;06/2027\nA-2\n".encode("utf-16"), ReadOptions())
    >>> table.cells, table.row_numbers
    ({'Key': ['A-1', 'A-2'], 'Due': ['06/2027', '']}, [2, 3])
    """
    text = decode(name, data, options.encoding)
    if HTML.match(text):
        refuse(
            name,
            message(
                "it is a web page (HTML) that is only called a table; open it in a spreadsheet and save it as CSV"
            ),
        )
    if "\0" in text.split("\n", 1)[0]:
        refuse(name, message("it is no text: its first line has NUL characters; save it as CSV UTF-8"))
    first = 0
    separator = options.separator
    if match := SEPARATOR_LINE.match(text):
        text, first, separator = text[match.end() :], 1, separator or match[1]
    separator = separator or separator_of(text)
    issues: list[Issue] = []
    try:
        rows, lines = split_rows(text, separator)
    except SplitError:
        rows, lines = _row_by_row(name, text, separator, issues)
    issues += _swallowed(name, rows, lines, separator)
    trim = clean if "\r" in text else str.strip
    numbers = [line + first for line in lines] if first else lines
    return lay_out(name, numbers, rows, options, issues, lambda column: [*map(trim, column)])


def _swallowed(name: str, rows: list[list[str]], lines: list[int], separator: str) -> list[Issue]:
    """List the cells that run over whole rows: a quotation mark too many may close where another one stands."""
    width = len(rows[0]) if rows else 0
    if width <= FEW_COLUMNS or lines[-1] == len(lines):
        return []
    why = "a cell of this row runs over lines that look like rows; check its quotation marks"
    return [
        Issue(LISTED, "", line, "", cell[:80], why, name)
        for row, line in zip(rows, lines, strict=True)
        for cell in row
        if "\n" in cell and any(part.count(separator) >= width - 1 for part in cell.split("\n"))
    ]


FEW_COLUMNS = 2
"""So few separators stand in a sentence, too."""


def decode(name: str, data: bytes, encoding: str = "") -> str:
    """Return the text of a file: in the declared encoding, else in that of its mark, else in UTF-8.

    >>> decode("x.csv", "é".encode("utf-16")), decode("x.csv", "é".encode("cp1252"), "cp1252")
    ('é', 'é')
    """
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        refuse(name, message("it is a workbook; give it the ending of one, such as .xlsx"))
    try:
        if encoding:
            return data.decode(encoding).removeprefix("\ufeff")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        if b"\0" in data[:2] or (data[1:40:2].count(0) > len(data[:40]) // 4):
            return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le")
        text = data.decode("utf-8-sig")
    except LookupError:
        refuse(
            name,
            message("no encoding is called {encoding}; known are utf-8, utf-16, cp1252, gb18030 and others"),
            encoding=quote(encoding),
        )
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refuse(
            name,
            message(
                "line {line} is not {encoding}; save it as 'CSV UTF-8', or declare its encoding, such as encoding = 'cp1252' or 'gb18030'"
            ),
            line=line,
            encoding=encoding or "UTF-8",
        )
    return text


def separator_of(text: str) -> str:
    r"""Return the separator of a text: the one that gives its rows one width, else what :class:`csv.Sniffer` takes it for.

    The sniffer alone takes letters and colons for separators where cells are sentences.

    >>> separator_of("Key;Title, long\nA-1;Call, soon\n"), separator_of("Key~Title\nA-1~Call\nA-2~Go\n"), separator_of("Key\nA-1")
    (';', '~', ',')
    """
    sample = text[:SAMPLE]
    best = max(SEPARATORS, key=lambda sign: _evenness(sample, sign))
    if _evenness(sample, best) > (0, 0):
        return best
    try:
        found = str(csv.Sniffer().sniff(sample, delimiters="~^:#!\x1f§¦").delimiter)
    except csv.Error:
        return ","
    return found


def _evenness(sample: str, sign: str) -> tuple[float, int]:
    """Return the share of rows that are as wide as the first, and that width; (0, 0) for one column."""
    try:
        widths = [len(row) for row in csv.reader(sample.splitlines()[:SAMPLE_LINES], delimiter=sign) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] == 1:
        return (0, 0)
    return (round(widths.count(widths[0]) / len(widths), 1), widths[0])


def _row_by_row(
    name: str, text: str, separator: str, issues: list[Issue]
) -> tuple[list[list[str]], list[int]]:
    """Split a text whose quotation marks are out of order; each row that cannot be read is listed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows: list[list[str]] = []
    numbers: list[int] = []
    at = 0
    for row, length in _records(lines, separator):
        if row is None:
            why = (
                "a quotation mark in this row opens a cell that is not closed, or stands inside one; left out"
            )
            issues.append(Issue(LISTED, "", at + 1, "", lines[at][:80], why, name))
        else:
            rows.append(row)
            numbers.append(at + 1)
        at += length
    return rows, numbers


def _records(lines: list[str], separator: str) -> Iterator[tuple[list[str] | None, int]]:
    """Return each row with the number of its lines; None for one that cannot be read."""
    at, width = 0, 0
    while at < len(lines):
        row, length = _record(lines, at, separator)
        is_torn = row is not None and length > 1 and width and len(row) != width
        if row is None or is_torn:
            yield None, 1
            at += 1
            continue
        width = width or len(row)
        yield row, length
        at += length


def _record(lines: list[str], at: int, separator: str) -> tuple[list[str] | None, int]:
    if '"' not in lines[at]:
        return lines[at].split(separator), 1
    some = (f"{line}\n" for line in lines[at : at + LONGEST_RECORD])
    reader = csv.reader(some, delimiter=separator, strict=True)
    try:
        row = next(reader)
    except (csv.Error, StopIteration):
        return None, 1
    return row, reader.line_num

"""What stands in a sheet of a workbook, and is it safe to look?

A workbook is a zipped file that may unpack to anything. So what it will take is counted before it is read.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import Issue, nearest, quote
from theorytopractice.exchange.files import read_file
from theorytopractice.exchange.foreign_table import (
    LARGEST_AREA,
    LISTED,
    ReadOptions,
    Table,
    check_area,
    lay_out,
    refuse,
)
from theorytopractice.exchange.workbook_parts import (
    TOO_LARGE,
    has_encrypted_parts,
    hides_percents,
    percent_cells,
    pieces,
    sheet_names,
)
from theorytopractice.exchange.workbook_probe import probe
from theorytopractice.i18n import message, say, say_list, say_names
from theorytopractice.model.plain_text import comparable
from theorytopractice.store.csv_file import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path


WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
LARGEST_UNPACKED = 600 * 2**20
LARGEST_TEXTS = 300 * 2**20
"""Characters of shared texts, each as often as a cell has it, beyond which reading is tried first."""
LARGEST_CELL = 32 * 2**20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED = message(
    "it is protected by a password; open it, remove the password (File, Info, Protect) and save it"
)
DAMAGED = message("it is damaged or no workbook; open it in a spreadsheet program and save it anew")
PLACE = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:[^>/]|/(?!>))*>')
UNPLACED = (b"<c>", b"<c/", b"<c\t", b"<c\r", b"<c\n")
PREFIXED = re.compile(rb":(?:c|row|sheetData)[ >]")
"""Cells that are not written as every program writes them, so that their places cannot be counted cheaply."""
WRONG = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]*)</v>'
)
UNSURE = message(
    "it has cells in per cent, of which this format does not tell which; 45 % is read as 0.45: save it as .xlsx and "
    "import that"
)
UNTOLD = message(
    "it has numbers below one, and this format does not tell which are shown in per cent; 45 % is read as 0.45: if there "
    "are any, save it as .xlsx and import that"
)
WRONG_TEXT = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|Err:\d{3}")
"""An error as it reads in formats that keep it as a text."""
UNRECKONED = re.compile(rb"</f>(?:<v/>|<v></v>)?</c>")


@dataclass(slots=True)
class Survey:
    """What a look at the packed sheets tells: cells with errors, formulas without results, and whether that look was enough.

    ``longest`` is the longest shared text, ``n_shared`` how many cells have one.
    """

    errors: list[tuple[str, str]] = field(default_factory=list)
    n_unreckoned: int = 0
    is_usual: bool = True
    longest: int = 0
    n_shared: int = 0


def read_workbook(path: Path, options: ReadOptions) -> Table:
    """Read a sheet of a workbook: the one that is named, else the first that has anything in it.

    Raises:
        PlanError: it is protected, damaged, too large, or has no such sheet.
    """
    data = read_file(path)
    with open_workbook(path.name, data) as (book, surveys):
        issues: list[Issue] = []
        place = _choose(path.name, book, options.sheet, issues)
        sheet = book.get_sheet_by_index(place)
        check_area(path.name, sheet.total_height, sheet.total_width)
        shares, some = percent_cells(data)
        if some:
            issues.append(Issue(LISTED, "", None, "", "", say(UNSURE), path.name))
        if hides_percents(data) and any(map(has_fraction, _rows(sheet)[1])):
            issues.append(Issue(LISTED, "", None, "", "", say(UNTOLD), path.name))
        table = _table(path.name, sheet, options, issues, shares.get(sheet.name, ()))
        table.sheet, table.sheets = sheet.name, tuple(book.sheet_names)
    _list_errors(table, surveys.get(table.sheet, Survey()))
    return table


@contextmanager
def open_workbook(name: str, data: bytes) -> Iterator[tuple[Any, dict[str, Survey]]]:
    """Open a workbook of Calamine, with what a look at its packed sheets told (XLSX only), by sheet.

    Raises:
        PlanError: it is protected, damaged or too large; also where reading within shows that.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    check_format(name, data)
    surveys = _survey(name, data)
    if not _is_counted(surveys):
        _try(name, data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            yield book, surveys
    except PasswordError:
        refuse(name, PROTECTED)
    except CalamineError:
        refuse(name, DAMAGED)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the reader's own mistakes come up as
            raise
        refuse(name, DAMAGED)


def sheet_rows(name: str, book: Any, sheet: str) -> tuple[int, list[list[Any]]]:  # noqa: ANN401 - of Calamine
    """Return the rows of a sheet, and the number of the first; the first column is always A."""
    opened = book.get_sheet_by_name(sheet)
    check_area(name, opened.total_height, opened.total_width)
    return _rows(opened)


def check_format(name: str, data: bytes) -> None:
    """Refuse what only has the ending of a workbook; raises PlanError."""
    if data[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        refuse(
            name,
            message(
                "it is a web page (HTML) with the ending of a workbook; open it in a spreadsheet and save it anew"
            ),
        )
    if data.startswith(OLE) and not name.lower().endswith(".xls"):
        is_protected = b"E\0n\0c\0r\0y\0p\0t" in data
        refuse(name, PROTECTED if is_protected else DAMAGED)
    if not data.startswith((OLE, b"PK\x03\x04", b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")):
        refuse(name, DAMAGED)


def _is_counted(surveys: Mapping[str, Survey]) -> bool:
    """Tell whether the look at the packed parts was enough to know that reading is safe."""
    longest = max((one.longest for one in surveys.values()), default=0)
    n_shared = sum(one.n_shared for one in surveys.values())
    is_usual = bool(surveys) and all(one.is_usual for one in surveys.values())
    return is_usual and longest * n_shared <= LARGEST_TEXTS


def _try(name: str, data: bytes) -> None:
    """Read a workbook in another process; raises PlanError where it is not to be read here."""
    answer = probe(data)
    if isinstance(answer, str):
        refuse(name, {"protected": PROTECTED, "damaged": DAMAGED}.get(answer, TOO_LARGE))
    for height, width in answer:
        check_area(name, height, width)


def _survey(name: str, data: bytes) -> dict[str, Survey]:
    """Unpack every part once, without keeping it: it must be sound and not too large; tell what the sheets hold."""
    if not data.startswith(b"PK"):
        return {}
    surveys: dict[str, Survey] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts = file.infolist()
            if any(info.flag_bits & 1 for info in parts) or has_encrypted_parts(name, file):
                refuse(name, PROTECTED)
            if sum(info.file_size for info in parts) > LARGEST_UNPACKED:
                refuse(name, TOO_LARGE)
            names = sheet_names(file, name)
            for info in parts:
                is_sheet = info.filename in names or info.filename.startswith("xl/worksheets/")
                survey = _read_through(name, data, info, is_sheet=is_sheet)
                surveys[names.get(info.filename, info.filename)] = survey
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError),
        *(KeyError, ValueError, RuntimeError, OverflowError, struct.error),
    ):
        refuse(name, DAMAGED)
    if not names:
        surveys[""] = Survey(is_usual=False)
    return surveys


def _read_through(name: str, data: bytes, info: zipfile.ZipInfo, *, is_sheet: bool) -> Survey:
    """Unpack a part piece by piece; refuse a sheet whose filled rectangle is too large."""
    survey = Survey()
    is_texts = info.filename.lower().endswith("sharedstrings.xml")
    width = height = n_text = 0
    for text in pieces(data, info):
        n_text = 0 if b"<" in text else n_text + len(text)
        if n_text > LARGEST_CELL and (is_sheet or is_texts):
            refuse(name, TOO_LARGE)
        if is_texts:
            survey.longest = max(survey.longest, *map(len, text.split(b"<si")))
        if not is_sheet:
            continue
        places = PLACE.findall(text)
        survey.is_usual = survey.is_usual and _is_usual(text, len(places))
        survey.n_shared += text.count(b't="s"')
        far, low = _extent(places)
        if max(far, width) * max(low, height) > LARGEST_AREA:  # cells without anything in them do not count
            far, low = _extent(FILLED.findall(text))
        width, height = max(width, far), max(height, low)
        _look_for_errors(survey, text)
    check_area(name, height, width)
    return survey


def _is_usual(text: bytes, n_places: int) -> bool:
    """Tell whether each cell in a piece of a sheet begins with its place."""
    return (
        text.count(b"<c ") == n_places
        and not any(sign in text for sign in UNPLACED)
        and PREFIXED.search(text) is None
    )


def _extent(places: Sequence[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Return the last column and the last row of some cells."""
    if not places:
        return 0, 0
    letters, rows = map(set, zip(*places, strict=True))
    return max(map(_column_number, letters)), max(map(int, rows))


def _look_for_errors(survey: Survey, text: bytes) -> None:
    if b't="e"' in text:
        survey.errors += [
            (place.decode(), what.decode())
            for place, what in WRONG.findall(text)
            if not survey.errors or survey.errors[-1][0] != place.decode()
        ]
    if b"</f>" in text:
        survey.n_unreckoned += len(UNRECKONED.findall(text))


def _column_number(letters: bytes) -> int:
    """Return the number of a column from its letters.

    >>> _column_number(b"A"), _column_number(b"AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _first_filled(book: Any, n: int) -> int:  # noqa: ANN401 - of Calamine
    """Return the place of the first sheet with anything in it; an only one is not opened for that."""
    if n == 1:
        return 0
    heights = (book.get_sheet_by_index(place).total_height for place in range(n))
    return next((place for place, height in enumerate(heights) if height), 0)


def _choose(name: str, book: Any, wanted: str | int, issues: list[Issue]) -> int:  # noqa: ANN401 - of Calamine
    """Return the place of the sheet to be read; tell of sheets whose names differ by case only."""
    names: list[str] = list(book.sheet_names)
    if not names:
        refuse(name, message("it has no sheets"))
    alike: dict[str, list[str]] = {}
    for title in names:
        alike.setdefault(comparable(title), []).append(title)
    for titles in alike.values():
        if len(titles) > 1:
            told = say(
                "the sheets {sheets} differ only by case or blanks; rename one of them",
                sheets=say_list(map(quote, titles)),
            )
            issues.append(Issue(LISTED, "", None, "", "", told, name))
    if wanted == "":
        return _first_filled(book, len(names))
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(names):
            why = message("it has no sheet {wanted}; it has {n}: {sheets}")
            refuse(name, why, wanted=wanted, n=len(names), sheets=say_names(map(quote, names)))
        return wanted - 1
    if wanted in names:
        return names.index(wanted)
    titles = alike.get(comparable(wanted), [])
    if len(titles) != 1:
        refuse(
            name, message("it has no sheet {sheet}{hint}"), sheet=quote(wanted), hint=nearest(wanted, names)
        )
    return names.index(titles[0])


def _table(
    name: str,
    sheet: Any,  # noqa: ANN401 - of Calamine
    options: ReadOptions,
    issues: list[Issue],
    shares: Iterable[tuple[int, bytes]],
) -> Table:
    """Lay a sheet out, its rows numbered as the spreadsheet does; the first column is always A."""
    first, rows = _rows(sheet)
    for line, letters in shares:
        row, place = line - first, _column_number(letters) - 1
        cells = rows[row] if 0 <= row < len(rows) else []
        if place < len(cells) and isinstance(cells[place], float):
            cells[place] = f"{cell_text(cells[place] * 100)}%"
    return lay_out(name, range(first, first + len(rows)), rows, options, issues, column_texts)


def _rows(sheet: Any) -> tuple[int, list[list[Any]]]:  # noqa: ANN401 - of Calamine
    row, column = sheet.start or (0, 0)
    rows = sheet.to_python(skip_empty_area=True)
    return row + 1, [[""] * column + cells for cells in rows] if column else rows


def has_fraction(cells: Iterable[Any]) -> bool:
    """Tell whether some cell is a number below one, as a share is."""
    return any(isinstance(cell, float) and 0 < abs(cell) < 1 for cell in cells)


def column_texts(cells: Sequence[Any]) -> list[str]:
    """Return the cells of a column as a person reads them; each different one is written once.

    >>> column_texts(["Done", True, 1.0])
    ['Done', 'true', '1']
    """
    sorts = set(map(type, cells))
    if sorts == {str}:
        return [*map(clean, cells)]
    if bool in sorts and sorts & {int, float}:  # true equals 1
        return [*map(cell_text, cells)]
    known = {cell: cell_text(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


WHOLE_AT_MOST = 10**15


def cell_text(value: object) -> str:
    """Return a cell as a person reads it.

    >>> from datetime import time
    >>> [cell_text(cell) for cell in (7.0, 0.1 + 0.2, True, datetime(2026, 4, 15), datetime(2026, 4, 15, 9, 30), time(9, 30), " x ")]
    ['7', '0.3', 'true', '2026-04-15', '2026-04-15 09:30:00', '09:30:00', 'x']
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        shown = float(f"{value:.15g}")  # the digits that a spreadsheet shows
        return str(int(shown)) if shown.is_integer() and abs(shown) < WHOLE_AT_MOST else repr(shown)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != datetime.min.time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _list_errors(table: Table, survey: Survey) -> None:
    """List the cells whose formula failed, and formulas that were never reckoned: both are read as empty."""
    rows = set(table.row_numbers)
    for place, what in survey.errors:
        row = int(re.sub(r"\D", "", place))
        if row in rows:
            table.leave_out(row, f"the cell {place} has the error {what}; read as empty", found=what)
    if survey.n_unreckoned:
        table.leave_out(
            None,
            f"{survey.n_unreckoned:,} formulas of the sheet {quote(table.sheet)} have no results and are read as empty; "
            "open the workbook in a spreadsheet program and save it",
        )


def first_rows(path: Path, most: int) -> dict[str, list[tuple[int, list[str]]]]:
    """Return the first filled rows of each sheet as texts, with their numbers: what stands there before a header is known.

    Raises:
        PlanError: it is protected, damaged or too large.
    """
    heads: dict[str, list[tuple[int, list[str]]]] = {}
    with open_workbook(path.name, read_file(path)) as (book, _):
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            check_area(path.name, sheet.total_height, sheet.total_width)
            row, column = sheet.start or (0, 0)
            rows = sheet.to_python(skip_empty_area=True, nrows=most + row)
            texts = [[""] * column + [*map(cell_text, cells)] for cells in rows]
            heads[name] = [(row + n, cells) for n, cells in enumerate(texts, 1) if any(cells)]
    return heads

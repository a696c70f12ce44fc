"""How do frames become a workbook that opens without repair, with real dates and numbers and without one formula?"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.errors import PracticeError
from theorytopractice.exchange.files import write_file
from theorytopractice.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


MOST_ROWS, MOST_COLUMNS, MOST_SIGNS = 1_048_575, 16_384, 32_767
"""What a sheet takes below its header, beside each other, and in a cell."""
LONGEST_NAME, NARROWEST, WIDEST, MEASURED = 31, 8, 60, 500
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FIRST_YEAR = 1900
MOST_DIGITS = 15
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(
    tzinfo=None
)  # a workbook is made at no hour, so that its bytes repeat


def write_sheets(path: str | Path, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """Write frames as the sheets of an Excel workbook; the same frames give the same bytes.

    The header is frozen and can be filtered, columns are as wide as what they hold. Dates are real dates, numbers numbers,
    truth values truth values; lists are joined by ``;``; every other text stays a text, whatever it begins with.

    Args:
        path: the file to write.
        sheets: the frames by the name of their sheet. Names that Excel cannot have are made fit.

    Raises:
        PracticeError: a frame does not fit into a sheet, or the file cannot be written.
    """
    return write_file(path, workbook(sheets))


def workbook(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Return frames as the bytes of a workbook; see :func:`write_sheets`."""
    import xlsxwriter

    for name, frame in sheets.items():
        _refuse_large(name, frame)
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, OPTIONS)
    book.set_properties({"created": EPOCH})
    looks = Looks(book)
    for name, frame in zip(sheet_names(sheets), sheets.values(), strict=True):
        _fill(book.add_worksheet(name), frame, looks)
    book.close()
    return data.getvalue()


class Looks:
    """How the cells of a workbook look: its header, its dates, its texts."""

    def __init__(self, book: Workbook) -> None:
        """Declare them once for a workbook."""
        self.head: Format = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.text: Format = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
        self.number: Format = book.add_format({"valign": "top"})


def sheet_names(names: Iterable[str]) -> list[str]:
    """Return names that sheets can have: at most 31 signs, none forbidden, no two alike but for case."""
    taken: set[str] = set()
    result = []
    for name in names:
        fit = FORBIDDEN.sub("_", name).strip().strip("'")[:LONGEST_NAME] or "Sheet"
        for number in count(2):
            if fit.casefold() not in taken:
                break
            end = f" {number}"
            fit = f"{FORBIDDEN.sub('_', name).strip(chr(39))[: LONGEST_NAME - len(end)]}{end}"
        taken.add(fit.casefold())
        result.append(fit)
    return result


def plain_value(value: Any) -> Any:  # noqa: ANN401 - a cell of any type
    """Return a cell as text, number, truth value or date; lists joined by ``;``, None where there is nothing."""
    if isinstance(value, list | tuple):
        return ";".join(map(str, value)) or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, datetime):
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat(" ")
    return value if isinstance(value, bool | int | float | date) else str(value)


def _refuse_large(name: str, frame: pd.DataFrame) -> None:
    """Raise PracticeError where a frame does not fit into a sheet."""
    if len(frame) > MOST_ROWS or len(frame.columns) > MOST_COLUMNS:
        raise PracticeError(
            say(
                "{sheet} has {n:,} rows and {columns:,} columns; a sheet takes {most:,} and {widest:,}. Write a CSV file instead.",
                sheet=name, n=len(frame), columns=len(frame.columns), most=MOST_ROWS, widest=MOST_COLUMNS,
            )
        )  # fmt: skip


def _fill(sheet: Worksheet, frame: pd.DataFrame, looks: Looks) -> None:
    """Write a frame into a sheet."""
    for column, name in enumerate(map(str, frame.columns)):
        sheet.write_string(0, column, name, looks.head)
        widest = _width(name)
        for row, cell in enumerate(frame.iloc[:, column].tolist(), 1):
            value = plain_value(cell)
            _write(sheet, (row, column), value, looks)
            if row <= MEASURED and value is not None:
                widest = max(widest, *map(_width, str(value).split("\n")))
        sheet.set_column(column, column, min(max(widest + 2, NARROWEST), WIDEST))
    sheet.freeze_panes(1, 0)
    if len(frame.columns) and len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write(sheet: Worksheet, place: tuple[int, int], value: Any, looks: Looks) -> None:  # noqa: ANN401
    """Write a value into a cell as what it is."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(*place, value, looks.number)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), looks.day)  # noqa: DTZ001 - a day
    elif isinstance(value, int | float) and (isinstance(value, float) or abs(value) < 10**MOST_DIGITS):
        sheet.write_number(*place, value, looks.number)
    else:
        text = str(value)
        if len(text) > MOST_SIGNS:
            raise PracticeError(
                say(
                    "A text of {n:,} characters does not fit into a cell, which takes {most:,}. Write a CSV file instead.",
                    n=len(text), most=MOST_SIGNS,
                )
            )  # fmt: skip
        sheet.write_string(*place, text, looks.text)


def _width(text: str) -> int:
    """Return how wide a text is, in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text[: WIDEST + 1])

"""What stands in a spreadsheet that somebody else keeps? Its sheets, where their header is, and what their columns hold."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, quote
from theorytopractice.exchange.column_synonyms import is_placeholder, is_usual_heading
from theorytopractice.exchange.delimited import decode, separator_of
from theorytopractice.exchange.files import read_file
from theorytopractice.exchange.readers import DELIMITED, ReadOptions, read_table
from theorytopractice.exchange.workbooks import WORKBOOKS, first_rows
from theorytopractice.model.plain_dates import DAY_FIRST, MONTH_FIRST, SERIAL_1900, DateStyle, plain_date
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.plain_text import AmbiguousTextError
from theorytopractice.model.values import read_number
from theorytopractice.store.csv_file import SplitError, split_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from theorytopractice.exchange.foreign_table import Table

MOST_TITLE_ROWS = 30
"""Filled rows among which the header is looked for."""
LONGEST_HEADING = 60
MOST_WORDS = 12
"""Different words up to which a column is taken for one of few words."""
MOST_READ = 3000
"""Different cells of a column that are looked at; the rest reads like them."""
ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
STYLES: tuple[tuple[tuple[str, ...], DateStyle], ...] = (
    ((), DateStyle()),
    (("day first",), DateStyle(order=DAY_FIRST)),
    (("month first",), DateStyle(order=MONTH_FIRST)),
)
CENTURY = 2000
YEARS = range(1900, 2101)
MONTHS_OF_YEAR, FEWEST_PERIODS = 12, 3
SERIALS = range(30_000, 60_000)
"""Days from 1982 to 2064 as a spreadsheet counts them."""


@dataclass(frozen=True, slots=True)
class DateWriting:
    """How the dates of a column are written: what a mapping declares to read them, and what it cannot read.

    ``order`` is what the column itself shows of day and month: ``day first``, ``month first``, both of them, or nothing.
    """

    forms: tuple[str, ...]
    century: int | None
    n_read: int
    unread: Counter[str]
    ambiguous: Counter[str]
    order: frozenset[str]

    @property
    def share(self) -> float:
        """The share of cells that are dates, also those that can be two days."""
        whole = self.n_read + self.unread.total() + self.ambiguous.total()
        return (self.n_read + self.ambiguous.total()) / whole if whole else 0.0


def read_as(text: str, style: DateStyle) -> str:
    """Return the ISO date of a text, ``?`` where it can be several days, and nothing where it is none."""
    try:
        day = plain_date(text, style)
    except AmbiguousTextError:
        return "?"
    return day if ISO.fullmatch(day) else ""


def date_writing(cells: Counter[str], order: str = "") -> DateWriting:
    """Tell how the dates of a column are written.

    Args:
        cells: its filled cells with their numbers.
        order: ``day first`` or ``month first`` where other columns of the sheet show it.
    """
    numbers = [int(text.partition(".")[0]) for text in cells if re.fullmatch(r"\d{4,5}(\.0+)?", text)]
    if len(numbers) == len(cells) and numbers:
        if all(number in SERIALS for number in numbers):
            return _counted(cells, ("serial",), DateStyle(serial=SERIAL_1900), frozenset())
        if all(number in YEARS for number in numbers):
            return _counted(cells, ("year",), DateStyle(has_years=True), frozenset())
    plain = [text for text in cells if read_as(text, DateStyle()) == "?"]
    century = CENTURY if any(read_as(text, DateStyle(century=CENTURY)) != "?" for text in plain) else None
    century = century or (CENTURY if any(re.search(r"\b\d{2}$", text) for text in plain) else None)
    shown_orders = _orders(cells)
    chosen = next(iter(shown_orders), "") if len(shown_orders) == 1 else ""
    chosen = chosen or ("" if shown_orders else order)
    style = next(style for forms, style in STYLES if forms == ((chosen,) if chosen else ()))
    needs_order = any(read_as(text, DateStyle(century=century)) == "?" for text in plain)
    forms = (chosen,) if chosen and (needs_order or shown_orders) else ()
    if not forms:
        style = DateStyle()
    return _counted(cells, forms, DateStyle(order=style.order, century=century), shown_orders)


def _orders(cells: Iterable[str]) -> frozenset[str]:
    """Return the orders of day and month that can be seen at days after the twelfth."""
    seen = set()
    for text in cells:
        if match := re.match(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})\b", text, re.ASCII):
            first, second = int(match[1]), int(match[2])
            if first > MONTHS_OF_YEAR >= second:
                seen.add("day first")
            elif second > MONTHS_OF_YEAR >= first:
                seen.add("month first")
    return frozenset(seen)


def _counted(
    cells: Counter[str], forms: tuple[str, ...], style: DateStyle, order: frozenset[str]
) -> DateWriting:
    days = {text: read_as(text, style) for text in cells}
    unread = Counter({text: n for text, n in cells.items() if not days[text]})
    ambiguous = Counter({text: n for text, n in cells.items() if days[text] == "?"})
    n_read = cells.total() - unread.total() - ambiguous.total()
    return DateWriting(forms, style.century, n_read, unread, ambiguous, order)


def _is_number(text: str) -> bool:
    try:
        read_number(plain_number(text))
    except AmbiguousTextError:
        return True
    except ValueError:
        return False
    return True


@dataclass(slots=False)
class SurveyColumn:
    """A column of a foreign sheet: its heading, and what its cells are like."""

    name: str
    cells: list[str]

    @cached_property
    def counts(self) -> Counter[str]:
        """The filled cells, with how often each is there."""
        return Counter(filter(None, self.cells))

    @property
    def n_filled(self) -> int:
        """Filled cells."""
        return self.counts.total()

    @property
    def n_blank(self) -> int:
        """Empty cells."""
        return len(self.cells) - self.n_filled

    @cached_property
    def sample(self) -> Counter[str]:
        """Filled cells that say something, the most frequent first: what the column is judged by."""
        some = Counter(dict(self.counts.most_common(MOST_READ)))
        said = Counter({text: n for text, n in some.items() if not is_placeholder(text)})
        return said or some

    @cached_property
    def writing(self) -> DateWriting:
        """How its dates are written, judged by itself."""
        return date_writing(self.sample)

    @cached_property
    def number_share(self) -> float:
        """The share of its cells that are numbers."""
        n = sum(n for text, n in self.sample.items() if _is_number(text))
        return n / self.sample.total() if self.sample else 0.0

    @cached_property
    def length(self) -> float:
        """The mean length of a cell; a Chinese sign counts for two and a half."""
        return fmean(
            len(text) + 1.5 * len(re.findall(r"[\u3400-\u9fff]", text)) for text in self.sample or ("",)
        )

    @property
    def uniqueness(self) -> float:
        """Different cells for each filled one."""
        return len(self.counts) / self.n_filled if self.n_filled else 0.0

    @property
    def sort(self) -> str:
        """What it holds: dates, numbers, words (a few that come back), texts, or nothing."""
        if not self.counts:
            return "nothing"
        if self.writing.share > HALF and (self.writing.forms or self.number_share < HALF):
            return "dates"
        if self.number_share > HALF:
            return "numbers"
        return "words" if self.is_of_few_words else "texts"

    @property
    def is_of_few_words(self) -> bool:
        """Whether a few words come back in it."""
        n = len(self.counts)
        return (
            n < self.n_filled
            and n <= min(MOST_WORDS, 0.67 * self.n_filled)
            and self.length <= LONGEST_HEADING
        )


HALF = 0.5


@dataclass(slots=False)
class SurveySheet:
    """A sheet: its name and number, the rows that are its header, what stands above, and its columns.

    ``hints`` are rows below the header that only explain it; ``other_tables`` the first and the last rows of other tables
    of the sheet, which a mapping of this one does not read; ``skip`` the rows of those that stand below it. ``footer`` are a column and what it says in rows that are a total or legend.
    """

    name: str
    number: int
    header: tuple[int, ...]
    titles: list[str]
    table: Table
    encoding: str = ""
    hints: int = 0
    other_tables: tuple[tuple[int, int], ...] = ()
    skip: tuple[int, ...] = ()
    footer: tuple[str, tuple[str, ...]] = ("", ())

    @cached_property
    def columns(self) -> list[SurveyColumn]:
        """Its columns."""
        return [SurveyColumn(name, cells) for name, cells in self.table.cells.items()]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.table)


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a file: its sheets with rows, and those without."""

    path: Path
    sheets: list[SurveySheet]
    empty: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in at most 20 lines."""
        lines = []
        each = max(3, (MOST_LINES - 1) // max(1, len(self.sheets)))
        for sheet in self.sheets[: MOST_LINES // 4]:
            lines += _sheet_lines(sheet)[:each]
        if len(self.sheets) > MOST_LINES // 4:
            lines.append(f"… and {len(self.sheets) - MOST_LINES // 4} more sheets.")
        if self.empty:
            lines.append(f"Without a table: {', '.join(map(quote, self.empty))}.")
        return "\n".join(lines[:MOST_LINES])


MOST_LINES = 20


def _sheet_lines(sheet: SurveySheet) -> list[str]:
    where = f"Sheet {quote(sheet.name)}" if sheet.name else f"{quote(sheet.table.name)}"
    above = (
        f", header in row {'+'.join(map(str, sheet.header))}" if sheet.header != (1,) and sheet.header else ""
    )
    lines = [f"{where}: {len(sheet):,} rows, {len(sheet.columns)} columns{above}"]
    lines += [
        f"  another table in rows {first} to {last}, which is not read" for first, last in sheet.other_tables
    ]
    for sort in ("dates", "numbers", "texts", "nothing"):
        names = [column.name for column in sheet.columns if column.sort == sort]
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            lines.append(f"  {sort}: {', '.join(map(_short, names[:MOST_NAMED]))}{more}")
    for column in sheet.columns:
        if column.sort == "words":
            often = [f"{_short(word)} {n:,}" for word, n in column.counts.most_common(6)]
            blank = [f"blank {column.n_blank:,}"] if column.n_blank else []
            rest = ["…"] if len(column.counts) > len(often) else []
            lines.append(f"  words of {_short(column.name)}: {', '.join(often + rest + blank)}")
    return lines


MOST_NAMED = 12


def _short(text: str, most: int = 30) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def describe(path: Path) -> Survey:
    """Look at a foreign file: sheets, header rows, columns, and the words of those that have few.

    Raises:
        PlanError: it cannot be read as a table.
    """
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        heads = first_rows(path, MOST_TITLE_ROWS)
        sheets = [
            _sheet(path, rows, name=name, number=number)
            for number, (name, rows) in enumerate(heads.items(), 1)
            if len(rows) > 1
        ]
        return Survey(path, sheets, [name for name, rows in heads.items() if len(rows) <= 1])
    if ending in DELIMITED:
        encoding, rows = _first_rows_of_text(path)
        return Survey(path, [_sheet(path, rows, encoding=encoding)])
    return Survey(path, [SurveySheet("", 1, (), [], read_table(path))])


def _first_rows_of_text(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    data = read_file(path)
    encoding = ""
    try:
        text = decode(path.name, data)
    except PlanError:
        encoding = _encoding(data)
        if not encoding:
            raise
        text = decode(path.name, data, encoding)
    head = "\n".join(text.splitlines()[: 10 * MOST_TITLE_ROWS])
    widest = max(head.splitlines()[:MOST_TITLE_ROWS] or [""], key=lambda line: max(map(line.count, "\t;|,")))
    separator = separator_of(text) if separator_of(text) != "," else separator_of(f"{widest}\n{widest}")
    try:
        rows, lines = split_rows(head, separator)
    except SplitError:
        rows = [line.split(separator) for line in head.splitlines()]
        lines = list(range(1, len(rows) + 1))
    filled = (
        (line, [cell.strip() for cell in row]) for line, row in zip(lines, rows, strict=True) if any(row)
    )
    return encoding, list(filled)[:MOST_TITLE_ROWS]


def _encoding(data: bytes) -> str:
    """Guess the encoding of a text that is not Unicode: Chinese, or Western European."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return "cp1252"
    foreign = [sign for sign in text if not sign.isascii()]
    chinese = sum("\u4e00" <= sign <= "\u9fff" or sign in "，。；、（）：" for sign in foreign)
    return "gb18030" if chinese > 0.95 * len(foreign) and re.search(r"[\u4e00-\u9fff]{3}", text) else "cp1252"


def _sheet(
    path: Path, rows: list[tuple[int, list[str]]], *, name: str = "", number: int = 1, encoding: str = ""
) -> SurveySheet:
    header = header_rows(rows)
    titles = [" ".join(filter(None, cells)) for line, cells in rows if line < header[0]]
    options = ReadOptions(sheet=number if name else "", header=header, encoding=encoding)
    table = read_table(path, options)
    below = _table_below(table)
    skip = tuple(table.row_numbers[below:])
    _keep_rows(table, 0, below)
    hints = int(_explains(table))
    n_footer = _n_footer(table)
    footer = _footer(table, n_footer)
    _keep_rows(table, hints, len(table) - n_footer)
    above = _tables_above([row for row in rows if row[0] < header[0]])
    others = (*above, *(((skip[0], skip[-1]),) if skip else ()))
    return SurveySheet(name, number, header, titles, table, encoding, hints, others, skip, footer)


def _table_below(table: Table) -> int:
    """Return the place of the row with which another table begins below a gap: it has headings and no values."""
    rows = zip(table.row_numbers, zip(*table.cells.values(), strict=True), strict=True)
    gap, before = len(table), 0
    for place, (number, cells) in enumerate(rows):
        if before and number > before + 1:
            gap = place
        before = number
        filled = [cell for cell in cells if cell]
        is_header = len(filled) > NARROW and not any(map(_is_number, filled))
        if is_header and place - gap in (0, 1) and sum(map(is_usual_heading, filled)) > len(filled) / 2:
            return gap
    return len(table)


def _keep_rows(table: Table, first: int, behind: int) -> None:
    table.cells = {name: cells[first:behind] for name, cells in table.cells.items()}
    table.row_numbers = table.row_numbers[first:behind]


def _explains(table: Table) -> bool:
    """Tell whether the first row only explains the header: it has words where all other rows have dates or numbers."""
    n_words = n_same = 0
    for cells in table.cells.values():
        column = SurveyColumn("", cells[1:])
        if len(cells) < FEWEST_ROWS or not cells[0] or column.sort not in ("dates", "numbers"):
            continue
        is_same = bool(read_as(cells[0], DateStyle(has_years=True, century=CENTURY))) or _is_number(cells[0])
        n_same += is_same
        n_words += not is_same and not is_placeholder(cells[0])
    return n_words >= FEWEST_HINTS and not n_same


FEWEST_ROWS, FEWEST_HINTS = 3, 2
MOST_FOOTER, NARROW, WIDE = 5, 2, 5
"""Rows at the end that may be a total or a legend, the cells that they have at most, and what the others have at least."""


def _n_footer(table: Table) -> int:
    """Return how many rows at the end are a total or a legend: all but one or two of their cells are empty."""
    rows = [*zip(*table.cells.values(), strict=True)]
    filled = [sum(map(bool, row)) for row in rows[-MOST_FOOTER:]]
    usual = sorted(sum(map(bool, row)) for row in rows)[len(rows) // 2] if rows else 0
    if usual < WIDE:
        return 0
    return next((n for n, many in enumerate(reversed(filled)) if many > NARROW), 0)


def _footer(table: Table, n: int) -> tuple[str, tuple[str, ...]]:
    """Return the column in which the rows at the end have a text that no other row has there, and these texts."""
    for name, cells in table.cells.items() if n else ():
        texts = tuple(dict.fromkeys(cells[-n:]))
        if all(texts) and not set(texts) & set(cells[:-n]):
            return name, texts
    return "", ()


def _tables_above(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[tuple[int, int], ...]:
    """Return the first and last rows of tables above the header: three rows and more of several cells, without a gap."""
    tables: list[tuple[int, int]] = []
    block: list[int] = []
    for line, cells in [*rows, (0, ())]:
        is_row = sum(map(bool, cells)) > NARROW
        if block and (not is_row or line != block[-1] + 1):
            if len(block) >= FEWEST_ROWS:
                tables.append((block[0], block[-1]))
            block = []
        if is_row:
            block.append(line)
    return tuple(tables)


def header_rows(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, ...]:
    """Guess which row names the columns: the one with the most headings; the row of groups above belongs to it.

    >>> header_rows([(1, ["Register 2026", "", ""]), (3, ["No", "What", "Due"]), (4, ["1", "Call patients", "2026-05-01"])])
    (3,)
    >>> header_rows([(1, ["", "2026", "2026"]), (2, ["Key", "Q1", "Q2"]), (3, ["I-1", "4", "5"])])
    (1, 2)
    >>> header_rows([(1, ["Key", "2026", ""]), (2, ["", "Q1", "Q2"]), (3, ["I-1", "4", "5"])])
    (1, 2)
    """
    if not rows:
        return ()
    best = max(range(len(rows)), key=lambda place: (_heading_likeness(rows[place][1]), -place))
    line, cells = rows[best]
    if best and _needs_group(cells) and sum(map(bool, rows[best - 1][1])) > 1:
        return rows[best - 1][0], line
    if best + 1 < len(rows) and _is_below_groups(cells, rows[best + 1][1]):
        return line, rows[best + 1][0]
    return (line,)


def _is_below_groups(groups: Sequence[str], cells: Sequence[str]) -> bool:
    """Tell whether a row divides the groups of the row above it: only they have something below, and that comes back."""
    width = max(len(groups), len(cells))
    above, below = ([*row, *[""] * (width + 1 - len(row))] for row in (groups, cells))
    filled = [place for place in range(width) if below[place]]
    is_divided = all(not above[place] or not above[place + 1] for place in filled)
    n_whole = sum(bool(above[place]) and not below[place] for place in range(width))
    return bool(n_whole) and is_divided and _needs_group([below[place] for place in filled])


def _heading_likeness(cells: Sequence[str]) -> float:
    headings = {cell for cell in cells if cell and len(cell) <= LONGEST_HEADING}
    words = [cell for cell in headings if not _is_number(cell) and not is_placeholder(cell)]
    periods = [cell for cell in headings if read_as(cell, DateStyle(has_years=True, century=CENTURY))]
    known = sum(map(is_usual_heading, words))
    n_heading = len({*words, *periods}) - (len(periods) if len(periods) < FEWEST_PERIODS else 0)
    n_long = sum(len(cell) > LONGEST_HEADING for cell in cells)
    return n_heading + 2 * known - n_long


def _needs_group(cells: Sequence[str]) -> bool:
    """Tell whether headings come back, or are parts of a year that is not said."""
    filled = [cell for cell in cells if cell]
    return (
        len(filled) - len(set(filled)) > 1 or sum(bool(PART_OF_YEAR.fullmatch(cell)) for cell in filled) > 1
    )


PART_OF_YEAR = re.compile(r"(?:Q|T|H|S)[1-4]", re.IGNORECASE)

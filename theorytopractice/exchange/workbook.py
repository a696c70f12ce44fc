"""How is a plan written as a workbook that people fill in and send back?

A sheet a table, explained on a first sheet in the plan's language; lists to choose from, real dates and numbers, marks
where something is missing. :mod:`theorytopractice.exchange.workbook_source` reads it when it comes back.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import InvalidPlan, PlanError, quote
from theorytopractice.exchange import workbook_guide as guide
from theorytopractice.exchange.files import write_file
from theorytopractice.exchange.workbook_cells import (
    ABOUT,
    EXACT,
    EXACT_COLUMNS,
    FORMAT,
    LISTS,
    PROPERTY,
    Exact,
    cell_of,
    exact_texts,
    width,
)
from theorytopractice.exchange.workbook_source import workbook_source
from theorytopractice.i18n import say, say_n, speaking
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.settings import MEANINGS
from theorytopractice.model.values import TextTable, natural_order
from theorytopractice.store.folder import foreign_rows
from theorytopractice.store.open import refuse_over_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from theorytopractice.exchange.workbook_cells import Cell
    from theorytopractice.model.fields import Entity, Field
    from theorytopractice.store.plan import Plan
    from theorytopractice.store.sources import Exported


ROOM = 500
"""Empty rows below the last one that have lists and marks, too."""
MOST_ROWS = 2**20 - 1 - ROOM
LONG_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Of a plan in which nothing was ever changed."""
NARROWEST, WIDEST, WIDTH_OF_LONG = 11, 32, 60
LINE_HEIGHT, MOST_LINES = 15, 12
LOOKED_AT = 200
"""Rows by which the width of a column is measured."""
WIDE = 0x2E80
"""From here on characters are as wide as two."""
MISSING, WANTED = "#F8CBAD", "#FFF2CC"
HEAD, HEAD_OF_KEY = "#D9E1F2", "#B4C6E7"
NUMBERS = (ValueType.INTEGER, ValueType.NUMBER, ValueType.VALUE)
KIND_OF = {"finding": "kind", "event": "event"}
"""The column that says which fields a row must have."""


def write_workbook(plan: Plan, target: Path | str, *, language: str | None = None) -> Path:
    """Write a plan as a workbook (XLSX) to be filled in, in the plan's language; the same plan gives the same bytes.

    ``theorytopractice import`` and :func:`theorytopractice.read_source` take in, cell by cell, what was changed in it.

    Args:
        plan: the plan.
        target: the file to write; an earlier export of the same plan is replaced.
        language: ``en`` or ``zh``; the plan's own unless given.

    Raises:
        PlanError: the file cannot be written, or holds what this plan never had.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> ttp.write_workbook(plan, "plan.xlsx").name
        'plan.xlsx'
    """
    target = Path(target)
    refuse_over_plan(target)
    tables = plan.tables()
    _refuse_too_long(tables)
    if target.is_file():
        _refuse_loss(plan, tables, target)
    with speaking(language or plan.settings.language):
        content = workbook(tables, title=plan.settings.title, exported=plan.exported)
    return write_file(target, content)


def workbook(tables: Mapping[str, TextTable], *, title: str = "", exported: Exported | None = None) -> bytes:
    """Return the workbook of the tables of a plan, in the language that is spoken."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(content, options) as book:
        made_at = datetime.fromisoformat(exported.made_at) if exported else LONG_BEFORE
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        writer = _Writer(book)
        names = [name for name, entity in ENTITIES.items() if not entity.is_memory or len(tables[name])]
        guide.write(book, {name: len(tables[name]) for name in names}, title, exported)
        sheets = {name: book.add_worksheet(name) for name in names}
        writer.lists()
        exact: list[Exact] = []
        for name in names:
            exact += writer.table(sheets[name], tables[name])
        writer.exact(exact)
        writer.about(exported)
    return content.getvalue()


def _refuse_too_long(tables: Mapping[str, TextTable]) -> None:
    for name, table in tables.items():
        if len(table) > MOST_ROWS:
            raise PlanError(
                say(
                    "The table {table} has {n:,} rows; a sheet takes at most {most:,}. Export a plan folder instead.",
                    table=name,
                    n=len(table),
                    most=MOST_ROWS,
                )
            )


def _refuse_loss(plan: Plan, tables: Mapping[str, TextTable], target: Path) -> None:
    """Refuse to replace a file that is no export of this plan, or that somebody filled in since."""
    try:
        there = workbook_source(target).tables
    except (InvalidPlan, PlanError) as error:
        raise PlanError(
            say(
                "{path} exists and is no workbook of a plan; choose another name, or remove it first.",
                path=quote(target),
            )
        ) from error
    foreign = foreign_rows(there, tables, lambda: plan.look(lambda records: records.changes_from(1)))
    if foreign:
        raise PlanError(
            say_n(
                "{path} holds {n:,} row that this plan never had ({where}), which would be lost; choose another name, or import it first.",
                "{path} holds {n:,} rows that this plan never had (the first: {where}), which would be lost; choose another name, or import it first.",
                n=len(foreign),
                path=quote(target),
                where=foreign[0],
            )
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a sheet: its place, its name, and its field where the table declares it."""

    place: int
    name: str
    field: Field | None

    @property
    def letters(self) -> str:
        """The letters that a spreadsheet calls it."""
        from xlsxwriter.utility import xl_col_to_name

        return str(xl_col_to_name(self.place))


class _Writer:
    """Writes the sheets of one workbook, with the formats that they share."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - of XlsxWriter
        self.book = book
        top = {"valign": "top"}
        self.text = book.add_format({**top, "num_format": "@"})
        self.long = book.add_format({**top, "num_format": "@", "text_wrap": True})
        self.day = book.add_format({**top, "num_format": "yyyy-mm-dd"})
        self.plain = book.add_format(top)
        head = {"bold": True, "valign": "top", "bottom": 1}
        self.head = book.add_format({**head, "bg_color": HEAD})
        self.head_of_key = book.add_format({**head, "bg_color": HEAD_OF_KEY})
        self.missing = book.add_format({"bg_color": MISSING})
        self.wanted = book.add_format({"bg_color": WANTED})

    def table(self, sheet: Any, table: TextTable) -> list[Exact]:  # noqa: ANN401 - of XlsxWriter
        """Write one table; return the texts that its cells cannot hold."""
        entity = table.entity
        names = [*entity.columns, *sorted(table.unknown)]
        columns = [_Column(place, name, entity.by_name.get(name)) for place, name in enumerate(names)]
        table = _in_order(table, names)
        cells = {column.name: _column_cells(column.field, table[column.name]) for column in columns}
        last = len(table) + (0 if entity.is_memory else ROOM)
        for column in columns:
            sheet.set_column(
                column.place, column.place, _width(column, cells[column.name]), self.format(column.field)
            )
        self._head(sheet, entity, columns)
        self._rows(sheet, columns, cells)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)
        sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
        if entity.is_memory:
            sheet.very_hidden()
            return list(exact_texts(table, cells))
        for column in columns:
            self._choices(sheet, entity, column, last)
            self._marks(sheet, entity, column, columns, last)
        if entity.identifier and entity.name in _referred():
            self._name_of_keys(entity.name, last)
        return list(exact_texts(table, cells))

    def format(self, field: Field | None) -> Any:  # noqa: ANN401 - of XlsxWriter
        """Return the format of the cells of a field; text stays text, whatever somebody types."""
        if field is None:
            return self.text
        if field.type is ValueType.DATE:
            return self.day
        if field.type in NUMBERS or field.type is ValueType.TRUTH:
            return self.plain
        return self.long if field.long else self.text

    def _head(self, sheet: Any, entity: Entity, columns: Sequence[_Column]) -> None:  # noqa: ANN401
        """Name the columns; what belongs there is said when one points at a name."""
        for column in columns:
            sheet.write_string(
                0, column.place, column.name, self.head_of_key if column.name in entity.key else self.head
            )
            if column.field:
                told = guide.comment(column.field)
                size = {"x_scale": 2.2, "y_scale": 0.5 + 0.25 * (1 + told.count("\n") + len(told) // 40)}
                sheet.write_comment(0, column.place, told, {"author": "", **size})

    def _rows(self, sheet: Any, columns: Sequence[_Column], cells: Mapping[str, Sequence[Cell]]) -> None:  # noqa: ANN401
        formats = [self.format(column.field) for column in columns]
        long = [column.place for column in columns if column.field and column.field.long]
        for line, values in enumerate(zip(*(cells[column.name] for column in columns), strict=True), 1):
            lines = max((_lines(values[place]) for place in long), default=1)
            if lines > 1:  # LibreOffice does not fit rows to wrapped texts by itself
                sheet.set_row(line, LINE_HEIGHT * min(lines, MOST_LINES))
            for place, (value, form) in enumerate(zip(values, formats, strict=True)):
                if value == "":
                    continue
                if isinstance(value, str):
                    sheet.write_string(line, place, value, form)
                elif isinstance(value, bool):
                    sheet.write_boolean(line, place, value, form)
                elif isinstance(value, date):
                    sheet.write_datetime(line, place, value, form)
                else:
                    sheet.write_number(line, place, value, form)

    def _choices(self, sheet: Any, entity: Entity, column: _Column, last: int) -> None:  # noqa: ANN401
        """Let a cell choose from a list."""
        source, is_closed = _source_of(entity, column)
        if source:
            rule = {"validate": "list", "source": source, "error_type": "stop" if is_closed else "warning"}
            title, told = say("Not in the list"), say("Choose from the list, or leave the cell empty.")
            if not is_closed:
                told = say("The list does not have it. Is it a new row's name?")
            rule |= {"error_title": title, "error_message": told}
            sheet.data_validation(1, column.place, last, column.place, rule)

    def _marks(
        self,
        sheet: Any,  # noqa: ANN401 - of XlsxWriter
        entity: Entity,
        column: _Column,
        columns: Sequence[_Column],
        last: int,
    ) -> None:
        """Colour an empty cell that must or should be filled, in a row that somebody began."""
        if column.field is None or not (condition := _condition(entity, column.field)):
            return
        begun = f"COUNTA($A2:${columns[-1].letters}2)>0"
        rule = {
            "type": "formula",
            "criteria": f"=AND(LEN(${column.letters}2)=0,{begun},{condition})",
            "format": self.missing if column.field.required else self.wanted,
        }
        sheet.conditional_format(1, column.place, last, column.place, rule)

    def _name_of_keys(self, table: str, last: int) -> None:
        """Name the filled keys of a table, so that lists elsewhere end where they do."""
        column = f"{table}!$A$2:$A${last + 1}"
        filled = f"{table}!$A$2:INDEX({column},MAX(1,COUNTA({column})))"
        self.book.define_name(keys_of(table), f"={filled}")

    def lists(self) -> None:
        """Write the words of the vocabularies to a hidden sheet, and name each list."""
        sheet = self.book.add_worksheet(LISTS)
        sheet.hide()
        lists = _word_lists()
        height = max(map(len, lists.values()))
        for place, name in enumerate(lists):
            letters = _Column(place, name, None).letters
            self.book.define_name(name, f"={LISTS}!${letters}$2:${letters}${1 + len(lists[name])}")
        for row in range(height + 1):
            for place, (name, words) in enumerate(lists.items()):
                if row <= len(words):
                    sheet.write_string(row, place, words[row - 1] if row else name)

    def exact(self, exact: Sequence[Exact]) -> None:
        """Write the texts that cells cannot hold to a hidden sheet."""
        if not exact:
            return
        sheet = self.book.add_worksheet(EXACT)
        sheet.very_hidden()
        for line, row in enumerate([EXACT_COLUMNS, *(one.row() for one in exact)]):
            for place, text in enumerate(row):
                sheet.write_string(line, place, text)

    def about(self, exported: Exported | None) -> None:
        """Say to the import what this is: on a hidden sheet, and once more as a property of the document."""
        facts = {"format": FORMAT}
        if exported:
            facts |= {"change_id": str(exported.change_id), "made_at": exported.made_at}
        sheet = self.book.add_worksheet(ABOUT)
        sheet.very_hidden()
        for line, pair in enumerate(facts.items()):
            sheet.write_row(line, 0, pair, self.text)
        self.book.set_custom_property(PROPERTY, ";".join(f"{name}={text}" for name, text in facts.items()))


def keys_of(table: str) -> str:
    """Return the name of the list of a table's keys."""
    return f"keys_of_{table}"


def _in_order(table: TextTable, names: Sequence[str]) -> TextTable:
    """Return a table with its rows in the natural order of their keys."""
    order = natural_order(table.keys())
    columns = {name: [cells[row] for row in order] for name in names for cells in [table[name]]}
    return TextTable(table.entity, columns, table.source)


def _column_cells(field: Field | None, texts: Sequence[str]) -> list[Cell]:
    """Return the cells of a column; each different text is looked at once."""
    known = {text: cell_of(field, text) for text in dict.fromkeys(texts)}
    return [known[text] for text in texts]


def _width(column: _Column, cells: Sequence[Cell]) -> int:
    """Return how wide a column is, in characters."""
    if column.field and column.field.long:
        return WIDTH_OF_LONG
    lengths = [_length(str(cell)) for cell in cells[:LOOKED_AT]]
    return min(WIDEST, max([NARROWEST, len(column.name) + 4, *(length + 2 for length in lengths)]))


def _length(text: str) -> int:
    return width(text) + (0 if text.isascii() else sum(ord(sign) >= WIDE for sign in text))


def _lines(cell: Cell) -> int:
    """Return over how many lines a text runs in its column."""
    if not isinstance(cell, str) or (len(cell) <= WIDTH_OF_LONG // 2 and "\n" not in cell):
        return 1
    if len(cell) > WIDTH_OF_LONG * MOST_LINES:
        return MOST_LINES
    return sum(1 + _length(part) // WIDTH_OF_LONG for part in cell.split("\n"))


def _referred() -> set[str]:
    """Return the tables whose keys stand in other tables."""
    return {field.refers for entity in ENTITIES.values() for field in entity.fields if field.refers}


def _words_of(field: Field) -> tuple[str, ...]:
    return field.words or field.known


def _word_lists() -> dict[str, tuple[str, ...]]:
    """Return the vocabularies by the names of their lists."""
    lists = {
        _list_name(entity, field): tuple(dict.fromkeys(_words_of(field)))
        for entity in ENTITIES.values()
        for field in entity.fields
        if _words_of(field)
    }
    return {**lists, "words_of_setting": tuple(MEANINGS)}


def _list_name(entity: Entity, field: Field) -> str:
    return f"words_of_{entity.name}_{field.name}"


def _source_of(entity: Entity, column: _Column) -> tuple[str | list[str], bool]:
    """Return what a column is chosen from, and whether nothing else can stand there; nothing where it is free."""
    field = column.field
    if field is None:
        return "", False
    if field.type is ValueType.TRUTH:
        return ["TRUE", "FALSE"], True
    if _words_of(field):
        return f"={_list_name(entity, field)}", True
    if field.refers:
        return f"={keys_of(field.refers)}", False
    if (entity.name, field.name) == ("event", "subject_id"):
        subject = _Column(entity.columns.index("subject"), "subject", None).letters
        return f'=IF(${subject}2="action",{keys_of("action")},{keys_of("finding")})', False
    return ("=words_of_setting", True) if (entity.name, field.name) == ("setting", "name") else ("", False)


def _condition(entity: Entity, field: Field) -> str:
    """Return the formula that tells in which rows a field is to be filled; empty where in none."""
    if field.required:
        return "TRUE"
    kinds = field.must_for or (field.kinds if field.prompt == "must" else ())
    if kinds and entity.name in KIND_OF:
        letters = _Column(entity.columns.index(KIND_OF[entity.name]), "", None).letters
        chosen = [f'${letters}2="{kind}"' for kind in kinds]
        return f"OR({','.join(chosen)})"
    if kinds or field.prompt != "must":
        return ""
    others = [_Column(entity.columns.index(name), name, None).letters for name in field.alternatives]
    without = [f"LEN(${letters}2)=0" for letters in others]
    return f"AND({','.join(without)})" if others else "TRUE"

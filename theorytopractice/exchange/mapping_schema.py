"""What may a mapping declare? Every key once, with what it means and an example; the manual is printed from here."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    model_validator,
)

from theorytopractice.errors import nearest, quote
from theorytopractice.exchange.transformations import DAYS_OF_YEAR, DECIMAL_SIGNS, STYLES
from theorytopractice.model.dialects import CELL, date_pattern
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import as_text, read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

ORIGINS = ("column", "constant", "template", "hash", "name")
READINGS = ("dates", "year", "number", "words")
TESTS = ("equals", "differs", "begins", "contains", "matches", "before", "after", "less", "more", "is")
BLANK = ("blank", "empty")
STATES = ("filled", *BLANK)
REFERENCE = re.compile(r"\{([^{}]+)\}")


class Declaration(BaseModel):
    """A table of the mapping; a key that is none of its own is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


# --- the texts of a mapping --------------------------------------------------------------------------------


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError(f"expected a text, found {quote(text)}")
    return text


def _scalar(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        raise ValueError(f"expected a single value, found {quote(value)}")
    return as_text(value).strip()


def _many(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _texts(value: object) -> tuple[str, ...]:
    many = _many(value)
    if not many or not all(isinstance(one, str) and one.strip() for one in many):
        raise ValueError(f"expected a text or a list of texts, found {quote(value)}")
    return many


def _scalars(value: object) -> tuple[str, ...]:
    many = _many(value)
    if not many or any(isinstance(one, dict | list) for one in many):
        raise ValueError(f"expected a text or a list of texts, found {quote(value)}")
    return tuple(map(_scalar, many))


def _days(value: object) -> tuple[str, ...]:
    days = []
    for one in _many(value):
        day = one.date() if isinstance(one, datetime) else one
        if isinstance(day, date):
            days.append(day.isoformat())
            continue
        try:
            days.append(str(CELL.read(ValueType.DATE, str(one))))
        except ValueError as error:
            raise ValueError(f"expected a date such as 2026-06-30, found {quote(one)}") from error
    return tuple(days)


def _numbers(value: object) -> tuple[str, ...]:
    for one in _many(value):
        try:
            read_number(as_text(one))
        except ValueError as error:
            raise ValueError(f"expected a number, found {quote(one)}") from error
    return tuple(map(as_text, _many(value)))


def _separator(text: object) -> str:
    if not isinstance(text, str) or not text:
        raise ValueError(f"expected a separator such as ';', found {quote(text)}")
    return text


def _sign(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise ValueError(f"expected a single character, found {quote(text)}")
    return text


def _formats(value: object) -> tuple[str, ...]:
    forms = _texts(value)
    for form in forms:
        try:
            if form not in STYLES:
                date_pattern(form)
        except ValueError as error:
            raise ValueError(
                f"{quote(form)} is no date format; write day, month and year, such as 'dd/mm/yyyy', "
                f"or one of {', '.join(map(repr, STYLES))}"
            ) from error
    return forms


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{quote(text)} is no regular expression: {error}") from error
    return text


def _patterns(value: object) -> tuple[str, ...]:
    return tuple(map(_pattern, _texts(value)))


def _file(text: str) -> str:
    if any(path.name != text or path.is_absolute() for path in (PurePath(text), PureWindowsPath(text))):
        raise ValueError(f"{quote(text)} is not the name of a file in the source's folder")
    return text


def _known(words: Collection[str]) -> Callable[[str], str]:
    def check(word: str) -> str:
        if word not in words:
            raise ValueError(f"{quote(word)} is not known; known: {', '.join(map(repr, words))}")
        return word

    return check


def _state(word: str) -> str:
    if word not in STATES:
        raise ValueError(f"expected 'filled' or 'blank', found {quote(word)}")
    return word


def _sheet(value: object) -> object:
    if isinstance(value, bool) or not (
        (isinstance(value, str) and value.strip()) or (isinstance(value, int) and value > 0)
    ):
        raise ValueError(f"expected the name or the number of a sheet, found {quote(value)}")
    return value


def _erase(value: object) -> object:
    """Return whether every blank cell erases, or the cells in which one does."""
    if isinstance(value, bool):
        return value
    for cell in _texts(value):
        table, _, _ = cell.partition(".")
        known = [
            f"{name}.{one}"
            for name, entity in ENTITIES.items()
            if not entity.is_memory
            for one in entity.columns
        ]
        if cell not in known:
            near = nearest(cell, [one for one in known if one.startswith(f"{table}.")] or known)
            raise ValueError(f"there is no cell {quote(cell)}; expected table.column{near}")
    return _texts(value)


Text = Annotated[str, AfterValidator(_filled)]
Scalar = Annotated[str, BeforeValidator(_scalar)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Scalars = Annotated[tuple[str, ...], BeforeValidator(_scalars)]
Days = Annotated[tuple[str, ...], BeforeValidator(_days)]
Numbers = Annotated[tuple[str, ...], BeforeValidator(_numbers)]
Patterns = Annotated[tuple[str, ...], BeforeValidator(_patterns)]
Count = Annotated[int, Field(ge=1)]
Counts = Annotated[tuple[Count, ...], BeforeValidator(_many)]
DecimalSign = Annotated[str, AfterValidator(_known(DECIMAL_SIGNS))]
Formats = Annotated[tuple[str, ...], BeforeValidator(_formats)]
Separator = Annotated[str, BeforeValidator(_separator)]


def _key(meaning: str, example: str, default: Any = None, **more: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Declare an optional key: what it means, and an example of it as TOML."""
    return Field(default, description=meaning, examples=[example], **more)


# --- how a cell is read ------------------------------------------------------------------------------------


class DateReading(Declaration):
    """How dates are read."""

    dates: Formats | None = _key(
        "formats of dates, put together from yyyy yy mm m mmm mmmm dd d; or 'day first', 'month first' (what 03/04/2026 means), "
        "'serial', 'serial 1904' (days as a spreadsheet counts them), 'year'",
        'dates = ["dd/mm/yyyy", "d mmm yy"]',
    )
    century: Count | None = _key("the first of the hundred years that yy stands for", "century = 1950")


class CellReading(DateReading):
    """How the text of a cell is changed before it is ours; one of dates, year, number and words at most."""

    html: bool = _key("take the text out of a cell with tags", "html = true", default=False)
    split: Separator | None = _key(
        "cut the cell at this separator and take the part that part says", 'split = "/"'
    )
    part: Count | None = _key("which part of the cell, from 1", "part = 2")
    year: Annotated[str, AfterValidator(_known(DAYS_OF_YEAR))] | None = _key(
        "turn a year into its first or last day", 'year = "last day"'
    )
    number: DecimalSign | None = _key(
        "the decimal sign; thousands marks, % and currencies are taken out", 'number = ","'
    )
    share: bool = _key(
        "the number is a share of one, as spreadsheets keep 45 %: it is taken times a hundred",
        "share = true",
        default=False,
    )
    words: dict[str, Scalar] | None = _key(
        "our word for each foreign word", 'words = { "By law" = "stronger" }'
    )

    @model_validator(mode="after")
    def _check(self) -> CellReading:
        named = [name for name in READINGS if getattr(self, name) is not None]
        if self.century is not None and "dates" not in named:
            named.insert(0, "century")
        if len(named) > 1:
            raise ValueError(f"only one of {' and '.join(named)} can be used")
        if (self.split is None) != (self.part is None):
            raise ValueError("split and part go together: split = ';', part = 1")
        if self.share and named not in ([], ["number"]):
            raise ValueError(f"share goes with a number, not with {named[0]}")
        return self


class Condition(DateReading):
    """A test of a foreign row; one of the tests, each with a text or a list of which any will do (differs: none)."""

    column: Text = Field(description="the foreign column", examples=['column = "Kind"'])
    equals: Scalars | None = _key(
        "is one of these; case, width and blanks do not count", 'equals = ["A", "B"]'
    )
    differs: Scalars | None = _key("is none of these", 'differs = "Draft"')
    begins: Texts | None = _key("begins with one of these", 'begins = "Y"')
    contains: Texts | None = _key("has one of these in it", 'contains = "late"')
    matches: Patterns | None = _key("is as a whole one of these regular expressions", 'matches = "A-[0-9]+"')
    before: Days | None = _key("is a date before this one", "before = 2026-01-01")
    after: Days | None = _key("is a date after this one", "after = 2025-12-31")
    less: Numbers | None = _key("is a number less than this", "less = 100")
    more: Numbers | None = _key("is a number greater than this", "more = 0")
    is_: Annotated[str, AfterValidator(_state)] | None = _key(
        "'filled' or 'blank'", 'is = "filled"', alias="is"
    )
    number: DecimalSign | None = _key("the decimal sign of the cells that less and more read", 'number = ","')
    otherwise: Text | None = _key(
        "what is listed where the test fails; without it that is in order", 'otherwise = "no action"'
    )

    @model_validator(mode="after")
    def _check(self) -> Condition:
        if len(self.tests) != 1:
            raise ValueError(
                f"expected one of {', '.join(TESTS)}, found {' and '.join(self.tests) or 'none'}"
            )
        return self

    @property
    def tests(self) -> list[str]:
        """The tests that are declared."""
        return [test for test in TESTS if getattr(self, "is_" if test == "is" else test) is not None]


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_many)]


class Cell(CellReading):
    """How one of our cells is filled. A mere text is a foreign column; of a list the first that gives a text counts."""

    column: Text | None = _key(
        "the foreign column; '#row' is the number of the row in its file", 'due = { column = "Due" }'
    )
    constant: Scalar | None = _key("always this", 'kind = { constant = "insight" }')
    template: Text | None = _key(
        "a text with foreign columns in braces; empty where one of them is. {#row} is the number of the row in its file",
        'action_id = { template = "A-{Number}" }',
    )
    hash: Texts | None = _key(
        "a key made of what stands in these columns; it stays the same as long as they do",
        'action_id = { hash = ["Title", "Site"], prefix = "A-" }',
    )
    prefix: str = _key("what a key made by hash begins with", 'prefix = "A-"', default="")
    name: Text | None = _key(
        "the key of the owner who has the name in this column, in the plan or in the source; else a new one",
        'owner_id = { name = "Owner" }',
    )
    only: Conditions = _key(
        "fill the cell only where all of these hold", 'only = { column = "Kind", equals = "A" }', default=()
    )
    otherwise: Text | None = _key(
        "what is listed where the foreign cell is empty", 'otherwise = "has no year"'
    )
    listed: Text | None = _key(
        "what is listed where this alternative was used", 'listed = "dated by its unit"'
    )

    @model_validator(mode="after")
    def _check_origin(self) -> Cell:
        found = [origin for origin in ORIGINS if getattr(self, origin) is not None]
        if len(found) != 1:
            raise ValueError(f"expected one of {', '.join(ORIGINS)}, found {' and '.join(found) or 'none'}")
        return self


def _cells(value: object) -> object:
    if isinstance(value, list) and not value:
        raise ValueError("the list is empty")
    return tuple({"column": one} if isinstance(one, str) else one for one in _many(value))


Cells = Annotated[tuple[Cell, ...], BeforeValidator(_cells)]


# --- sources -----------------------------------------------------------------------------------------------


class Join(Declaration):
    """A look-up: the row of an earlier source that this row belongs to; its cells are then ``source.column``."""

    on: Text | None = _key("the column that both share", 'join.units = { on = "unit-code" }')
    here: Text | None = _key("the column of this source", 'join.units = { here = "Unit", there = "Code" }')
    there: Text | None = _key("the column of the other source", 'there = "Code"')
    otherwise: Text | None = _key("what is listed where nothing is found", 'otherwise = "no such unit"')

    @model_validator(mode="after")
    def _check(self) -> Join:
        if (self.on is None) == (self.here is None) or (self.here is None) != (self.there is None):
            raise ValueError("name the column that both share with 'on', or the two with 'here' and 'there'")
        return self


class Source(Declaration):
    """Rows of a file or of several of one kind: ``[source.NAME]``."""

    file: Annotated[Text, AfterValidator(_file)] | None = _key(
        "the file in the folder that is imported, unless it is NAME.csv. With {year}, {month} or {date} it is a series of dated "
        "snapshots, with * several files of one kind; what stands there is a column, and so is 'snapshot', the day",
        'file = "plan-{year}.csv"',
    )
    sheet: Annotated[Any, AfterValidator(_sheet)] = _key(
        "the sheet of a workbook, by name or number", 'sheet = "Actions"'
    )
    header: Counts = _key(
        "the row that names the columns, or several that are joined to one name",
        "header = [3, 4]",
        default=(),
    )
    skip: Counts = _key("rows that are passed over, as the file numbers them", "skip = [1, 2]", default=())
    hints: Count | None = _key("how many rows below the header only explain it", "hints = 1")
    fill_down: Texts = _key(
        "columns in which an empty cell means the one above", 'fill_down = ["Theme"]', default=()
    )
    encoding: Text | None = _key("the encoding of a CSV file that is not in Unicode", 'encoding = "cp1252"')
    separator: Annotated[str, AfterValidator(_sign)] | None = _key(
        "the separator of a CSV file; found unless given", 'separator = ";"'
    )
    records: Text | None = _key("the way to the list of records in JSON", 'records = "results.items"')
    only: Conditions = _key(
        "take only rows for which all of these hold", 'only = { column = "Kind", begins = "A" }', default=()
    )
    join: dict[str, Join] = _key(
        "rows of earlier sources to look up", 'join.units = { on = "unit-code" }', default={}
    )
    derived: dict[str, Cells] = _key(
        "columns to use again, in this source and by those that join it",
        'derived.begun_on = { column = "Begun", dates = ["d mmm yy"] }',
        default={},
    )


# --- blocks ------------------------------------------------------------------------------------------------


class Each(Declaration):
    """Take the row once for each part of a cell."""

    column: Text = Field(description="the foreign column", examples=['column = "Owners"'])
    split: Separator = Field(description="what stands between the parts", examples=['split = ";"'])


class Wide(DateReading):
    """Make an observation of each of the columns whose headings are months, quarters, half-years, years or dates."""

    columns: Patterns = Field(
        description="a regular expression that the headings match, or a list of headings",
        examples=['columns = "20[0-9]{2}-[0-9]{2}"'],
    )
    as_: Text = _key(
        "the column that the last day of the heading's period becomes",
        'as = "month"',
        default="period",
        alias="as",
    )
    cell: Text = _key("the column that the text of the cell becomes", 'cell = "amount"', default="cell")


class Block(Declaration):
    """One of our rows for each row of a source: ``[[TABLE]]``, with our columns as keys. Several may fill one table."""

    from_: Text | None = _key(
        "the source; may be left out where there is only one", 'from = "projects"', alias="from"
    )
    only: Conditions = _key(
        "take only rows for which all of these hold", 'only = { column = "Kind", is = "filled" }', default=()
    )
    each: Each | None = _key(
        "take the row once for each part of a cell", 'each = { column = "Owners", split = ";" }'
    )


class ObservationBlock(Block):
    """What an observation may declare besides."""

    wide: Wide | None = _key(
        "an observation of each column whose heading is a month, quarter, half-year, year or date; observed_on (the last "
        "day of it) and value need not be given",
        'wide = { columns = "20[0-9]{2} Q[1-4]", as = "quarter" }',
    )


@cache
def _optional_cells(table: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        one.name: (Cells | None, Field(None, description=one.help))
        for one in ENTITIES[table].fields
        if one.name not in without
    }


BLOCKS: dict[str, type[Block]] = {
    name: create_model(
        f"{name} block",
        __base__=ObservationBlock if name == "observation" else Block,
        **_optional_cells(name),
    )
    for name, entity in ENTITIES.items()
    if not entity.is_memory
}
"""Table → what a block of it may declare."""


class MeaningBase(Declaration):
    """The event that a word stands for: its name, and how its other columns are filled; ``{}`` stands for none."""

    event: str = _key(
        "the event", 'words."Done" = { event = "complete", happened_on = "Finished" }', default=""
    )


Meaning: type[MeaningBase] = create_model(
    "Meaning", __base__=MeaningBase, **_optional_cells("event", ("event", "subject", "subject_id"))
)


class StatusBase(Block):
    """What each word of a status column stands for: ``[[status]]``. Words mean nothing by themselves.

    Over a series of snapshots a word is an event where it is first seen and where it changes.
    """

    column: Text = Field(description="the foreign column with the words", examples=['column = "State"'])
    subject: Text = Field(description="'action' or 'finding'", examples=['subject = "action"'])
    subject_id: Cells = Field(
        description="the key of the action or finding", examples=['subject_id = "Number"']
    )
    words: dict[str, Meaning] = _key(  # type: ignore[valid-type]
        'the event of each word; "" is the blank one; {} stands for no event. Over snapshots the day of the snapshot dates it '
        "where happened_on gives none",
        'words."Idea" = {}',
        default={},
    )
    fell_back: Meaning | None = _key(  # type: ignore[valid-type]
        "over snapshots: the event where a word that closes (complete, reject …) is followed by one that does not",
        'fell_back = { event = "reopen" }',
    )
    gone: Meaning | None = _key(  # type: ignore[valid-type]
        "over snapshots: the event where the row is no longer there",
        'gone = { event = "cancel", reason = { constant = "no longer in the list" } }',
    )


Status: type[StatusBase] = create_model(
    "Status", __base__=StatusBase, **_optional_cells("event", ("event", "subject", "subject_id"))
)


# --- the whole ---------------------------------------------------------------------------------------------


class GoneEvent(Declaration):
    """The event that a row means which the source no longer has."""

    event: Text = Field(description="the event", examples=['event = "retire"'])
    reason: Text | None = _key("its reason", 'reason = "no longer in the register"')


class Gone(Declaration):
    """What it means that the source no longer has a row: ``[gone]``. Without it the row is listed."""

    finding: GoneEvent | None = _key(
        "of a finding", 'finding = { event = "retire", reason = "no longer in the register" }'
    )
    action: GoneEvent | None = _key(
        "of an action", 'action = { event = "cancel", reason = "no longer in the register" }'
    )


class Redate(Declaration):
    """Why and when a due date was changed: ``[redate]``, from the row that makes the action."""

    from_: Text | None = _key("the source, where not every action's", 'from = "projects"', alias="from")
    reason: Cells | None = _key("why", 'reason = "Why moved"')
    happened_on: Cells | None = _key(
        "when, unless today", 'happened_on = { column = "Moved on", dates = ["dd/mm/yyyy"] }'
    )


class WholeMapping(Declaration):
    """A mapping as a whole: these keys, ``[source.NAME]``, ``[[TABLE]]`` for our tables and ``[[status]]``."""

    title: str = _key("what the mapping is", 'title = "Projects of the city"', default="")
    name: Text | None = _key(
        "what the plan remembers the source by, unless it is the title", 'name = "city register"'
    )
    source: Any = _key("the sources; or the name of the only one", 'source = "register"')
    gone: Gone | None = _key("what a missing row means", "[gone]")
    erase: Annotated[Any, AfterValidator(_erase)] = _key(
        "true, or a list of our cells in which a blank erases; else a blank cell says nothing",
        'erase = ["action.due"]',
        default=False,
    )
    redate: Redate | None = _key("why and when due dates were changed", "[redate]")

"""What may a mapping declare? Its sources, blocks and columns, with one sentence for every mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from theorytopractice.errors import nearest, quote
from theorytopractice.exchange.transformations import CHANGES, TomlTable, mapping_error, read_transformations
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import fold, parse_error
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.exchange.readers import Record
    from theorytopractice.exchange.transformations import Transformation
    from theorytopractice.model.fields import Entity


ORIGINS = ("column", "constant", "template")
KEYS = (*ORIGINS, "split", "part", *CHANGES, "only", "otherwise", "listed")
TESTS = ("equals", "differs", "begins", "is")
STATES = ("filled", "empty")
REFERENCE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class MappingIssue:
    """Something to be listed about a foreign row: the column, what was found there, and what it means."""

    column: str
    found: str
    message: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a foreign row; ``otherwise`` is what is listed where it does not hold, if anything."""

    key: str
    column: str
    test: str
    words: tuple[str, ...]
    otherwise: str

    @classmethod
    def of(cls, part: TomlTable) -> Condition:
        """Read a condition; raises PlanError."""
        part.allow(("column", *TESTS, "otherwise"))
        tests = [test for test in TESTS if test in part]
        if len(tests) != 1:
            raise mapping_error(part.key, f"expected one of {', '.join(TESTS)}")
        words = part.texts(tests[0])
        if tests[0] == "is" and words not in {(state,) for state in STATES}:
            raise mapping_error(part.under("is"), f"expected 'filled' or 'empty', found {quote(words[0])}")
        return cls(part.key, part.text("column"), tests[0], words, part.text("otherwise", ""))

    def holds(self, record: Record) -> bool:
        """Say whether a row passes; case and surrounding blanks do not matter."""
        cell = fold(record[self.column])
        known = tuple(map(fold, self.words))
        if self.test == "is":
            return bool(cell) == (self.words == ("filled",))
        if self.test == "begins":
            return cell.startswith(known)
        return (cell in known) == (self.test == "equals")

    def issue(self, record: Record) -> MappingIssue:
        """Return what is listed about a row that does not pass."""
        return MappingIssue(self.column, record[self.column], self.otherwise)


def read_conditions(part: TomlTable) -> tuple[Condition, ...]:
    """Read the conditions under ``only``: one, or a list of which all must hold."""
    return tuple(Condition.of(one) for one in part.parts("only")) if "only" in part else ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to fill a cell: from a column, a constant or a template, through small transformations."""

    key: str
    origin: str
    text: str
    changes: tuple[Transformation, ...] = ()
    outputs: tuple[str, ...] = ()
    only: tuple[Condition, ...] = ()
    otherwise: str = ""
    listed: str = ""

    @classmethod
    def of(cls, value: object, key: str) -> Alternative:
        """Read an alternative; a mere text is the name of a foreign column. Raises PlanError."""
        if isinstance(value, str):
            return cls(key, "column", TomlTable({"column": value}, key).text("column"))
        part = TomlTable.of(value, key)
        part.allow(KEYS)
        origins = [origin for origin in ORIGINS if origin in part]
        if len(origins) != 1:
            raise mapping_error(key, f"expected one of {', '.join(ORIGINS)}")
        changes, outputs = read_transformations(part)
        text = part.text(origins[0]) if origins[0] != "constant" else part.scalar("constant")
        if origins[0] == "constant" and not changes:
            outputs = (text,)
        said = part.text("otherwise", ""), part.text("listed", "")
        return cls(key, origins[0], text, changes, outputs, read_conditions(part), *said)

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        if self.origin == "column":
            yield self.text, self.key
        if self.origin == "template":
            yield from ((name, self.key) for name in REFERENCE.findall(self.text))
        yield from ((condition.column, condition.key) for condition in self.only)

    def raw(self, record: Record) -> str:
        """Return the text before it is transformed; a template with an empty cell in it is empty."""
        if self.origin == "column":
            return record[self.text]
        if self.origin == "constant" or not all(record[name] for name in REFERENCE.findall(self.text)):
            return self.text if self.origin == "constant" else ""
        return REFERENCE.sub(lambda match: record[match[1]], self.text)

    @property
    def column(self) -> str:
        """The foreign column that a listing names."""
        if self.origin == "template":
            return next(iter(REFERENCE.findall(self.text)), "")
        return self.text if self.origin == "column" else ""


@dataclass(slots=True)
class Reading:
    """A cell that was read: its text, where it came from, and what is to be listed about it."""

    text: str = ""
    column: str = ""
    found: str = ""
    issues: list[MappingIssue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """How one of our columns is filled: the first alternative that gives a text counts."""

    key: str
    alternatives: tuple[Alternative, ...]

    @classmethod
    def of(cls, value: object, key: str) -> Column:
        """Read a column: a text, a table, or a list of them. Raises PlanError."""
        if not isinstance(value, list):
            return cls(key, (Alternative.of(value, key),))
        if not value:
            raise mapping_error(key, "the list is empty")
        return cls(key, tuple(Alternative.of(one, f"{key}[{n}]") for n, one in enumerate(value, 1)))

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        for alternative in self.alternatives:
            yield from alternative.foreign()

    def read(self, record: Record) -> Reading:
        """Fill the cell from a foreign row."""
        reading = Reading()
        for one in self.alternatives:
            if not all(condition.holds(record) for condition in one.only):
                continue
            raw = one.raw(record)
            reading.column, reading.found = one.column or reading.column, raw if one.column else reading.found
            if not raw:
                if one.otherwise:
                    reading.issues.append(MappingIssue(one.column, raw, one.otherwise))
                continue
            try:
                for change in one.changes:
                    raw = change(raw) if raw else raw
            except ValueError as error:
                reading.issues.append(MappingIssue(one.column, raw, str(error)))
                continue
            if one.listed:
                reading.issues.append(MappingIssue(one.column, reading.found, one.listed))
            reading.text = raw
            return reading
        return reading


EVENTS: dict[str, tuple[str, ...]] = {
    Subject.ACTION: tuple(ActionEvent),
    Subject.FINDING: tuple(FindingEvent),
}
SOURCE_KEYS = ("file", "separator", "only", "join", "derived")
BLOCK_KEYS = ("from", "only", "each")
STATUS_KEYS = ("column", "subject", "subject_id", "event_id", "words")


@dataclass(frozen=True, slots=True)
class Join:
    """A lookup: the row of an earlier source whose column ``there`` equals this row's column ``here``."""

    key: str
    source: str
    here: str
    there: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one file: which of them, what is looked up for them, and columns derived for re-use."""

    key: str
    name: str
    file: str
    separator: str
    only: tuple[Condition, ...]
    joins: tuple[Join, ...]
    derived: dict[str, Column]


@dataclass(frozen=True, slots=True)
class Block:
    """One of our rows for each row of a source: the table and how each column is filled.

    ``each`` is a column and a separator: the row is taken once for each part of the cell. For a status,
    ``status`` is its column and ``words`` gives the further columns that a word stands for.
    """

    key: str
    entity: Entity
    source: str
    only: tuple[Condition, ...]
    each: tuple[str, str] | None
    columns: dict[str, Column]
    status: str = ""
    words: dict[str, dict[str, Column]] | None = None

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        yield from ((condition.column, condition.key) for condition in self.only)
        if self.each:
            yield self.each[0], f"{self.key}.each"
        if self.status:
            yield self.status, f"{self.key}.column"
        for columns in (self.columns, *(self.words or {}).values()):
            for column in columns.values():
                yield from column.foreign()


def read_sources(part: TomlTable) -> dict[str, Source]:
    """Read the sources, in order; a source may look up only those before it. Raises PlanError."""
    sources: dict[str, Source] = {}
    for name in part.cells:
        if "." in name:
            raise mapping_error(part.under(name), "the name of a source must not contain a point")
        sources[name] = _source(name, part.part(name), sources)
    if not sources:
        raise mapping_error("source", "the mapping names no source; begin with [source.name]")
    return sources


def _source(name: str, part: TomlTable, earlier: dict[str, Source]) -> Source:
    part.allow(SOURCE_KEYS)
    file, separator = part.text("file", f"{name}.csv"), str(part.cells.get("separator", ","))
    if len(separator) != 1 or separator in '"\r\n':
        raise mapping_error(part.under("separator"), f"expected a single character, found {quote(separator)}")
    if any(one.file == file and one.separator != separator for one in earlier.values()):
        raise mapping_error(part.under("separator"), f"{quote(file)} has another separator above")
    if any(path.name != file or path.is_absolute() for path in (PurePath(file), PureWindowsPath(file))):
        raise mapping_error(
            part.under("file"), f"{quote(file)} is not the name of a file in the source's folder"
        )
    joins = part.part("join")
    derived = part.part("derived")
    return Source(
        part.key,
        name,
        file,
        separator,
        read_conditions(part),
        tuple(_join(other, joins.part(other), earlier) for other in joins.cells),
        {column: Column.of(value, derived.under(column)) for column, value in derived.cells.items()},
    )


def _join(other: str, part: TomlTable, earlier: dict[str, Source]) -> Join:
    part.allow(("on", "here", "there", "otherwise"))
    if other not in earlier:
        raise mapping_error(
            part.key, f"{quote(other)} is not a source declared before this one{nearest(other, earlier)}"
        )
    if ("on" in part) == ("here" in part):
        raise mapping_error(
            part.key, "name the column that both share with 'on', or the two with 'here' and 'there'"
        )
    here, there = (part.text("on"),) * 2 if "on" in part else (part.text("here"), part.text("there"))
    return Join(part.key, other, here, there, part.text("otherwise", ""))


def read_blocks(part: TomlTable, sources: dict[str, Source]) -> tuple[Block, ...]:
    """Read the blocks of every table, in the order of the tables. Raises PlanError."""
    blocks = [_block(one, ENTITIES[name], sources) for name in ENTITIES for one in part.parts(name)]
    blocks += [_status(one, sources) for one in part.parts("status")]
    if not blocks:
        raise mapping_error(
            "finding", "the mapping makes no rows; add blocks such as [[finding]] or [[action]]"
        )
    return tuple(blocks)


def _block(part: TomlTable, entity: Entity, sources: dict[str, Source]) -> Block:
    part.allow((*BLOCK_KEYS, *entity.columns))
    columns = _columns(part, entity, BLOCK_KEYS)
    _require_columns(part, entity, columns)
    return Block(part.key, entity, *_row_blocks(part, sources), columns)


def _row_blocks(
    part: TomlTable, sources: dict[str, Source]
) -> tuple[str, tuple[Condition, ...], tuple[str, str] | None]:
    """Return which rows a block takes: the source, the conditions, and the column to take apart."""
    source = part.text("from")
    if source not in sources:
        raise mapping_error(
            part.under("from"), f"there is no source {quote(source)}{nearest(source, sources)}"
        )
    each = None
    if "each" in part:
        apart = part.part("each")
        apart.allow(("column", "split"))
        each = apart.text("column"), apart.separator()
    return source, read_conditions(part), each


def _columns(part: TomlTable, entity: Entity, other: tuple[str, ...]) -> dict[str, Column]:
    """Read the columns of a part; a constant or word that its field cannot hold is refused at once."""
    columns = {}
    for name, value in part.cells.items():
        if name in other:
            continue
        columns[name] = column = Column.of(value, part.under(name))
        for one in column.alternatives:
            bad = (parse_error(entity[name], text) for text in one.outputs if text)
            why = next((issue for issue in bad if issue), None)
            if why:
                raise mapping_error(one.key, why.message)
    return columns


def _require_columns(part: TomlTable, entity: Entity, columns: dict[str, Column]) -> None:
    missing = [
        field.name
        for field in entity.fields
        if field.name not in columns
        and (field.required or (field.needed_unless and field.needed_unless[0] not in columns))
    ]
    if missing:
        raise mapping_error(part.key, f"{entity.name} needs {' and '.join(missing)}")


def _status(part: TomlTable, sources: dict[str, Source]) -> Block:
    """Read a status column: which event each of its words stands for, and which column dates it."""
    part.allow((*BLOCK_KEYS, *STATUS_KEYS))
    entity = ENTITIES["event"]
    subject = part.text("subject")
    if subject not in EVENTS:
        raise mapping_error(part.under("subject"), f"{quote(subject)} is neither action nor finding")
    columns = {"subject": Column.of({"constant": subject}, part.under("subject"))}
    columns |= _columns(part, entity, (*BLOCK_KEYS, "column", "subject", "words"))
    words: dict[str, dict[str, Column]] = {}
    for word in part.part("words").cells:
        meaning = part.part("words").part(word)
        words[fold(word)] = columns | _meaning(meaning, entity, EVENTS[subject]) if meaning.cells else {}
        if meaning.cells:
            _require_columns(meaning, entity, words[fold(word)])
    if not words:
        raise mapping_error(part.under("words"), "say for each word which event it stands for")
    return Block(part.key, entity, *_row_blocks(part, sources), columns, part.text("column"), words)


def _meaning(part: TomlTable, entity: Entity, events: tuple[str, ...]) -> dict[str, Column]:
    part.allow([name for name in entity.columns if name not in {"subject", "subject_id"}])
    event = part.text("event")
    if event not in events:
        raise mapping_error(part.under("event"), f"{quote(event)} is no such event{nearest(event, events)}")
    return {"event": Column.of({"constant": event}, part.under("event"))} | _columns(part, entity, ("event",))

"""What does a mapping declare? Its sources, how they join, and the rows that each of their rows makes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from theorytopractice.errors import nearest, shown
from theorytopractice.exchange.columns import Column, Condition, conditions_of
from theorytopractice.exchange.toml_part import Part, wrong
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import folded, misread
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.model.fields import Entity

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


def sources_of(part: Part) -> dict[str, Source]:
    """Read the sources, in order; a source may look up only those before it. Raises PlanError."""
    sources: dict[str, Source] = {}
    for name in part.cells:
        if "." in name:
            raise wrong(part.under(name), "the name of a source must not contain a point")
        sources[name] = _source(name, part.part(name), sources)
    if not sources:
        raise wrong("source", "the mapping names no source; begin with [source.name]")
    return sources


def _source(name: str, part: Part, earlier: dict[str, Source]) -> Source:
    part.allow(SOURCE_KEYS)
    file, separator = part.text("file", f"{name}.csv"), str(part.cells.get("separator", ","))
    if len(separator) != 1 or separator in '"\r\n':
        raise wrong(part.under("separator"), f"expected a single character, found {shown(separator)}")
    if any(one.file == file and one.separator != separator for one in earlier.values()):
        raise wrong(part.under("separator"), f"{shown(file)} has another separator above")
    if any(path.name != file or path.is_absolute() for path in (PurePath(file), PureWindowsPath(file))):
        raise wrong(part.under("file"), f"{shown(file)} is not the name of a file in the source's folder")
    joins = part.part("join")
    derived = part.part("derived")
    return Source(
        part.key,
        name,
        file,
        separator,
        conditions_of(part),
        tuple(_join(other, joins.part(other), earlier) for other in joins.cells),
        {column: Column.of(value, derived.under(column)) for column, value in derived.cells.items()},
    )


def _join(other: str, part: Part, earlier: dict[str, Source]) -> Join:
    part.allow(("on", "here", "there", "otherwise"))
    if other not in earlier:
        raise wrong(
            part.key, f"{shown(other)} is not a source declared before this one{nearest(other, earlier)}"
        )
    if ("on" in part) == ("here" in part):
        raise wrong(part.key, "name the column that both share with 'on', or the two with 'here' and 'there'")
    here, there = (part.text("on"),) * 2 if "on" in part else (part.text("here"), part.text("there"))
    return Join(part.key, other, here, there, part.text("otherwise", ""))


def blocks_of(part: Part, sources: dict[str, Source]) -> tuple[Block, ...]:
    """Read the blocks of every table, in the order of the tables. Raises PlanError."""
    blocks = [_block(one, ENTITIES[name], sources) for name in ENTITIES for one in part.parts(name)]
    blocks += [_status(one, sources) for one in part.parts("status")]
    if not blocks:
        raise wrong("finding", "the mapping makes no rows; add blocks such as [[finding]] or [[action]]")
    return tuple(blocks)


def _block(part: Part, entity: Entity, sources: dict[str, Source]) -> Block:
    part.allow((*BLOCK_KEYS, *entity.columns))
    columns = _columns(part, entity, BLOCK_KEYS)
    _insist(part, entity, columns)
    return Block(part.key, entity, *_rows_of(part, sources), columns)


def _rows_of(
    part: Part, sources: dict[str, Source]
) -> tuple[str, tuple[Condition, ...], tuple[str, str] | None]:
    """Return which rows a block takes: the source, the conditions, and the column to take apart."""
    source = part.text("from")
    if source not in sources:
        raise wrong(part.under("from"), f"there is no source {shown(source)}{nearest(source, sources)}")
    each = None
    if "each" in part:
        apart = part.part("each")
        apart.allow(("column", "split"))
        each = apart.text("column"), apart.separator()
    return source, conditions_of(part), each


def _columns(part: Part, entity: Entity, other: tuple[str, ...]) -> dict[str, Column]:
    """Read the columns of a part; a constant or word that its field cannot hold is refused at once."""
    columns = {}
    for name, value in part.cells.items():
        if name in other:
            continue
        columns[name] = column = Column.of(value, part.under(name))
        for one in column.alternatives:
            bad = (misread(entity[name], text) for text in one.outputs if text)
            why = next((trouble for trouble in bad if trouble), None)
            if why:
                raise wrong(one.key, why.message)
    return columns


def _insist(part: Part, entity: Entity, columns: dict[str, Column]) -> None:
    missing = [field.name for field in entity.fields if field.required and field.name not in columns]
    if missing:
        raise wrong(part.key, f"{entity.name} needs {' and '.join(missing)}")


def _status(part: Part, sources: dict[str, Source]) -> Block:
    """Read a status column: which event each of its words stands for, and which column dates it."""
    part.allow((*BLOCK_KEYS, *STATUS_KEYS))
    entity = ENTITIES["event"]
    subject = part.text("subject")
    if subject not in EVENTS:
        raise wrong(part.under("subject"), f"{shown(subject)} is neither action nor finding")
    columns = {"subject": Column.of({"constant": subject}, part.under("subject"))}
    columns |= _columns(part, entity, (*BLOCK_KEYS, "column", "subject", "words"))
    words: dict[str, dict[str, Column]] = {}
    for word in part.part("words").cells:
        meaning = part.part("words").part(word)
        words[folded(word)] = columns | _meaning(meaning, entity, EVENTS[subject]) if meaning.cells else {}
        if meaning.cells:
            _insist(meaning, entity, words[folded(word)])
    if not words:
        raise wrong(part.under("words"), "say for each word which event it stands for")
    return Block(part.key, entity, *_rows_of(part, sources), columns, part.text("column"), words)


def _meaning(part: Part, entity: Entity, events: tuple[str, ...]) -> dict[str, Column]:
    part.allow([name for name in entity.columns if name not in {"subject", "subject_id"}])
    event = part.text("event")
    if event not in events:
        raise wrong(part.under("event"), f"{shown(event)} is no such event{nearest(event, events)}")
    return {"event": Column.of({"constant": event}, part.under("event"))} | _columns(part, entity, ("event",))

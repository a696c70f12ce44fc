"""What is a mapping to do? Its sources and blocks, built from what is declared; every mistake is noted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import nearest, quote
from theorytopractice.exchange.foreign_table import ReadOptions
from theorytopractice.exchange.mapping_columns import Alternative, Column, Condition
from theorytopractice.exchange.mapping_schema import BLOCKS, Cell, Status
from theorytopractice.exchange.mapping_schema import Source as SourceDeclaration
from theorytopractice.exchange.transformations import STYLES
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.plain_dates import DateStyle
from theorytopractice.model.values import fold, parse_error
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from theorytopractice.exchange import mapping_schema as schema
    from theorytopractice.exchange.mapping_mistakes import Mistakes
    from theorytopractice.model.fields import Entity


PLACEHOLDER = re.compile(r"\{(year|month|date)\}|\*")
SNAPSHOT = "snapshot"
"""The column of the day of a snapshot."""


EVENTS: dict[str, tuple[str, ...]] = {
    Subject.ACTION: tuple(ActionEvent),
    Subject.FINDING: tuple(FindingEvent),
}
CLOSING = {
    Subject.ACTION: (ActionEvent.COMPLETE, ActionEvent.CANCEL, ActionEvent.RELEASE),
    Subject.FINDING: (
        FindingEvent.REJECT,
        FindingEvent.SUPERSEDE,
        FindingEvent.RETIRE,
        FindingEvent.DUPLICATE,
    ),
}
"""Events after which nothing more is expected; what follows them in a series of snapshots fell back."""


@dataclass(frozen=True, slots=True)
class Join:
    """A look-up: the row of an earlier source whose column ``there`` equals this row's column ``here``."""

    key: str
    source: str
    here: str
    there: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a file: how it is read, which of them, what is looked up for them, and columns derived for re-use."""

    key: str
    name: str
    file: str
    options: ReadOptions = field(default_factory=ReadOptions)
    hints: int = 0
    fill_down: tuple[str, ...] = ()
    only: tuple[Condition, ...] = ()
    joins: tuple[Join, ...] = ()
    derived: dict[str, Column] = field(default_factory=dict)

    @property
    def is_series(self) -> bool:
        """Whether its files are dated snapshots."""
        return any(hole[1] for hole in PLACEHOLDER.finditer(self.file))


@dataclass(frozen=True, slots=True)
class Wide:
    """Which headings are periods, and as what columns a period and its cell are read."""

    columns: tuple[str, ...]
    style: DateStyle
    period: str
    cell: str


@dataclass(frozen=True, slots=True)
class StatusWords:
    """What the words of a status column stand for: the columns of the event, none where it is no event."""

    column: str
    subject: str
    meanings: dict[str, dict[str, Column]]
    closing: frozenset[str]
    fell_back: dict[str, Column] | None = None
    gone: dict[str, Column] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One of our rows for each row of a source: the table and how each column is filled."""

    key: str
    entity: Entity
    source: str
    only: tuple[Condition, ...] = ()
    each: tuple[str, str] | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    wide: Wide | None = None
    status: StatusWords | None = None

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        yield from ((condition.column, condition.key) for condition in self.only)
        if self.each:
            yield self.each[0], f"{self.key}.each"
        parts = [self.columns]
        if self.status:
            yield self.status.column, f"{self.key}.column"
            parts += [*self.status.meanings.values(), self.status.fell_back or {}, self.status.gone or {}]
        for columns in parts:
            for column in columns.values():
                yield from column.foreign()


# --- sources -----------------------------------------------------------------------------------------------


def build_sources(value: object, mistakes: Mistakes) -> dict[str, Source]:
    """Build the sources, in order; a source may look up only those before it. A mere text names the only one."""
    parts = {value: {}} if isinstance(value, str) and value.strip() else mistakes.tables(value, "source")
    sources: dict[str, Source] = {}
    for name, part in parts.items():
        key = f"source.{name}"
        if "." in name:
            mistakes.add(key, "the name of a source must not contain a point")
        declared = mistakes.declared(SourceDeclaration, part, key)
        sources[name] = _source(name, key, declared or SourceDeclaration(), sources, mistakes)
    if not sources and isinstance(value, dict):
        mistakes.add("source", "the mapping names no source; begin with [source.name]")
    return sources


def _source(
    name: str, key: str, declared: SourceDeclaration, earlier: dict[str, Source], mistakes: Mistakes
) -> Source:
    within = declared.sheet is not None or declared.records is not None
    above = next((one.file for one in reversed(earlier.values()) if one.file), "")
    file = declared.file or (above if within else f"{name}.csv")
    for one in earlier.values():
        if one.file == file and one.options.separator != (declared.separator or ""):
            mistakes.add(f"{key}.separator", f"{quote(file)} has another separator above")
            break
    options = ReadOptions(
        separator=declared.separator or "",
        encoding=declared.encoding or "",
        sheet="" if declared.sheet is None else declared.sheet,
        header=declared.header,
        skip=frozenset(declared.skip),
        records=declared.records or "",
    )
    derived = {
        column: Column.of(cells, f"{key}.derived.{column}") for column, cells in declared.derived.items()
    }
    joins = tuple(
        _join(other, one, f"{key}.join.{other}", earlier, mistakes) for other, one in declared.join.items()
    )
    only = conditions_of(declared.only, key)
    return Source(key, name, file, options, declared.hints or 0, declared.fill_down, only, joins, derived)


def _join(
    other: str, declared: schema.Join, key: str, earlier: dict[str, Source], mistakes: Mistakes
) -> Join:
    if other not in earlier:
        mistakes.add(key, f"{quote(other)} is not a source declared before this one{nearest(other, earlier)}")
    here, there = declared.on or declared.here or "", declared.on or declared.there or ""
    return Join(key, other, here, there, declared.otherwise or "")


def conditions_of(declared: Sequence[schema.Condition], key: str) -> tuple[Condition, ...]:
    """Build the conditions under ``only``."""
    return tuple(Condition.of(one, f"{key}.only[{number}]") for number, one in enumerate(declared, 1))


# --- blocks ------------------------------------------------------------------------------------------------


def build_blocks(raw: Mapping[str, Any], sources: dict[str, Source], mistakes: Mistakes) -> tuple[Block, ...]:
    """Build the blocks of every table, in the order of the tables, and then the status blocks."""
    blocks: list[Block] = []
    for name, declaration in BLOCKS.items():
        for key, part in mistakes.parts(raw[name], name) if name in raw else ():
            declared = mistakes.declared(declaration, part, key)
            if declared is not None:
                block = _block(declared, ENTITIES[name], key, sources, mistakes)
                _require(
                    {*block.columns, *(part if isinstance(part, dict) else ())}, block.entity, key, mistakes
                )
                blocks.append(block)
    for key, part in mistakes.parts(raw["status"], "status") if "status" in raw else ():
        status = mistakes.declared(Status, part, key)
        if status is not None:
            blocks.append(_status(status, key, sources, mistakes))
    if not any(name in raw for name in (*BLOCKS, "status")):
        mistakes.add("finding", "the mapping makes no rows; add blocks such as [[finding]] or [[action]]")
    return tuple(blocks)


def _block(
    declared: schema.Block, entity: Entity, key: str, sources: dict[str, Source], mistakes: Mistakes
) -> Block:
    columns = columns_of(declared, entity, key, mistakes)
    wide = _wide(getattr(declared, "wide", None))
    if wide is not None:
        for name, column in (("observed_on", wide.period), ("value", wide.cell)):
            if name not in columns:
                columns[name] = Column.of([Cell(column=column)], f"{key}.{name}")
    return Block(key, entity, _from(declared, key, sources, mistakes), conditions_of(declared.only, key),
                 _each(declared), columns, wide)  # fmt: skip


def _each(declared: schema.Block) -> tuple[str, str] | None:
    return (declared.each.column, declared.each.split) if declared.each else None


def _wide(declared: schema.Wide | None) -> Wide | None:
    if declared is None:
        return None
    known: dict[str, Any] = {} if declared.century is None else {"century": declared.century}
    for form in declared.dates or ():
        known |= STYLES.get(form, {})
    return Wide(declared.columns, DateStyle(**known), declared.as_, declared.cell)


def _from(declared: schema.Block, key: str, sources: dict[str, Source], mistakes: Mistakes) -> str:
    """Return the source of a block; the only one need not be named."""
    name = declared.from_ or (next(iter(sources)) if len(sources) == 1 else "")
    if not name:
        mistakes.add(f"{key}.from", "expected a text, found nothing")
    elif name not in sources:
        mistakes.add(f"{key}.from", f"there is no source {quote(name)}{nearest(name, sources)}")
    return name


def columns_of(
    declared: schema.Declaration, entity: Entity, key: str, mistakes: Mistakes
) -> dict[str, Column]:
    """Build the columns of a part; a constant or word that its field cannot hold is a mistake."""
    columns = {}
    for name in declared.model_fields_set:
        if name not in entity.columns:
            continue
        cells = getattr(declared, name)
        if not isinstance(cells, tuple):
            continue
        columns[name] = Column.of(cells, f"{key}.{name}", is_start=entity[name].is_start)
        for one in columns[name].alternatives:
            _check_outputs(one, entity, name, mistakes)
    return {name: columns[name] for name in entity.columns if name in columns}


def _check_outputs(one: Alternative, entity: Entity, name: str, mistakes: Mistakes) -> None:
    wrong = (parse_error(entity[name], text) for text in one.outputs if text)
    why = next(filter(None, wrong), None)
    if why:
        mistakes.add(one.key, why.message)
    if one.cell.name is not None and entity[name].refers != "owner" and name != "owner_id":
        mistakes.add(f"{one.key}.name", f"{name} is not the key of an owner")


def _require(columns: Collection[str], entity: Entity, key: str, mistakes: Mistakes) -> None:
    missing = [
        one.name
        for one in entity.fields
        if one.name not in columns
        and (one.required or (one.needed_unless and one.needed_unless[0] not in columns))
    ]
    if missing:
        hint = HINTS.get((entity.name, missing[0]), "") if len(missing) == 1 else ""
        mistakes.add(key, f"{entity.name} needs {' and '.join(missing)}{hint}")


HINTS = {
    (
        "indicator",
        "direction",
    ): ': decide which way is better, direction = { constant = "ascending" } or "descending"'
}
"""What is said of a column that only people can decide."""


# --- status ------------------------------------------------------------------------------------------------


def _status(declared: Any, key: str, sources: dict[str, Source], mistakes: Mistakes) -> Block:  # noqa: ANN401 - its model is made
    """Build a status block: which event each of its words stands for, and which column dates it."""
    entity = ENTITIES["event"]
    source = _from(declared, key, sources, mistakes)
    is_series = source in sources and sources[source].is_series
    if declared.subject not in EVENTS:
        mistakes.add(f"{key}.subject", f"{quote(declared.subject)} is neither action nor finding")
    common = {"subject": _constant(declared.subject, f"{key}.subject")} | columns_of(
        declared, entity, key, mistakes
    )
    common["subject_id"] = Column.of(declared.subject_id, f"{key}.subject_id")
    if not declared.words:
        mistakes.add(f"{key}.words", "say for each word which event it stands for")
    for name in ("fell_back", "gone"):
        if getattr(declared, name) is not None and not is_series:
            mistakes.add(
                f"{key}.{name}", f"{quote(source)} is no series; name its file such as 'plan-{{year}}.csv'"
            )
    parts = {f"words.{word}": meaning for word, meaning in declared.words.items()}
    parts |= {name: one for name in ("fell_back", "gone") if (one := getattr(declared, name)) is not None}
    meanings: dict[str, dict[str, Column]] = {}
    for name, one in parts.items():
        columns = _meaning(one, f"{key}.{name}", declared.subject, common, mistakes)
        meanings[name] = _dated(columns, f"{key}.{name}.happened_on") if is_series and columns else columns
        if columns:
            _require({*meanings[name]}, entity, f"{key}.{name}", mistakes)
    closing = {
        fold(word)
        for word, meaning in declared.words.items()
        if meaning.event in CLOSING.get(declared.subject, ())
    }
    words = StatusWords(
        declared.column,
        declared.subject,
        {fold(word): meanings[f"words.{word}"] for word in declared.words},
        frozenset(closing),
        meanings.get("fell_back"),
        meanings.get("gone"),
    )
    return Block(
        key, entity, source, conditions_of(declared.only, key), _each(declared), common, status=words
    )


def _constant(text: str, key: str) -> Column:
    return Column.of([Cell(constant=text)], key)


def _meaning(
    declared: Any,  # noqa: ANN401 - its model is made
    key: str,
    subject: str,
    common: dict[str, Column],
    mistakes: Mistakes,
) -> dict[str, Column]:
    """Build the columns of the event that a word stands for, none where it stands for none."""
    if not declared.model_fields_set:
        return {}
    events = EVENTS.get(subject, ())
    if not declared.event:
        mistakes.add(f"{key}.event", "expected a text, found nothing")
    elif events and declared.event not in events:
        mistakes.add(
            f"{key}.event", f"{quote(declared.event)} is no such event{nearest(declared.event, events)}"
        )
    own = columns_of(declared, ENTITIES["event"], key, mistakes)
    return common | {"event": _constant(declared.event, f"{key}.event")} | own


def _dated(columns: dict[str, Column], key: str) -> dict[str, Column]:
    """Return the columns of an event with the day of its snapshot where nothing better dates it."""
    better = columns["happened_on"].alternatives if "happened_on" in columns else ()
    day = Alternative.of(Cell(column=SNAPSHOT), key)
    return columns | {"happened_on": Column(key, (*better, day))}

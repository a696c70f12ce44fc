"""Which rows come out of a form? Blocks of fields, each one row of a table, become edits that are made together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.forms.controls import SHOWN, looks_like
from theorytopractice.forms.parsing import ParsedText, read
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES, ROW_CLASSES
from theorytopractice.model.values import parse_error
from theorytopractice.model.vocabularies import ActionRole
from theorytopractice.store.edits import Add, Correct, NewKey, Remove, Update

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from theorytopractice.errors import Issue
    from theorytopractice.model.fields import Entity, Field
    from theorytopractice.store.edits import Edit


NEW = "+"
"""Begins what stands in a field where somebody new is to be added: ``+Maria Lopez``."""
LED = {"finding_action.role": frozenset({ActionRole.DELIVERS.value, ActionRole.REPLICATES.value})}
"""Fields with the texts with which they may begin: which of them is for the kind of the finding to say."""
LEFT_OUT = frozenset({"reworded_on", "retargeted_on", "sha256"})


@dataclass(frozen=True, slots=True)
class RowOf:
    """The key of the row that another block of the form holds; ``may_lack``: empty where that block is left out."""

    table: str
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The fields of one row in a form.

    Args:
        table: the table of the row.
        legend: what the fields say together.
        kind: the kind of the finding that the row belongs to, or the word of an event.
        more: other words that decide which fields there are, such as the direction of an indicator.
        fixed: columns that are not typed: texts, or the key of another block's row.
        key: the key of the row that is edited; empty for a new one.
        row: that row as it was seen.
        begins: what a new row begins with.
        words: vocabularies of columns that have none of their own.
        is_optional: whether the row may be left out by leaving everything as it was.
        hides: columns that are neither shown nor typed.
        has_come: whether somebody else added the row since the form was opened without it.
    """

    table: str
    legend: str = ""
    kind: str = ""
    more: tuple[str, ...] = ()
    fixed: Mapping[str, str | RowOf] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    row: Mapping[str, str] = field(default_factory=dict)
    begins: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_optional: bool = False
    hides: frozenset[str] = frozenset()
    has_come: bool = False

    @property
    def entity(self) -> Entity:
        """The declaration of the table."""
        return ENTITIES[self.table]

    def name(self, column: str) -> str:
        """Return the name of a field in the form."""
        return f"{self.table}.{column}"

    def fields(self) -> list[Field]:
        """Return the fields that are shown: those that speak of the kind, and those that hold something."""
        return [
            one
            for one in self.entity.fields
            if one.name not in {self.entity.identifier, *self.fixed, *self.hides, *LEFT_OUT}
            and (self._speaks_of(one) or self.row.get(one.name))
        ]

    def start(self, one: Field) -> str:
        """Return what a field holds before anything is typed."""
        return self.row.get(one.name, "") if self.key else self.begins.get(one.name, one.default or "")

    def leads_to(self, tables: Collection[str]) -> bool:
        """Tell whether the row leads to a new one in some tables, so that it comes and stays away with it."""
        links = (value for value in self.fixed.values() if isinstance(value, RowOf) and not value.may_lack)
        return any(value.table in tables for value in links)

    def is_required_for(self, one: Field) -> bool:
        """Tell whether the form must have a field filled."""
        is_required_for = any(one.is_required_for(word) for word in (self.kind, *self.more))
        return one.required or (is_required_for and self._speaks_of(one))

    def _speaks_of(self, one: Field) -> bool:
        return any(one.applies_to(word) for word in (self.kind, *self.more))


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is called, its blocks, and the facts that open it again."""

    title: str
    blocks: tuple[Block, ...]
    facts: Mapping[str, str]

    @property
    def draft(self) -> str:
        """The name under which the browser keeps what was typed and not saved."""
        return "|".join(f"{name}={self.facts[name]}" for name in sorted(self.facts))

    @property
    def corrects(self) -> bool:
        """Whether a fact that stands is put right, so that the reason is asked."""
        return any(block.key and block.entity.is_fact for block in self.blocks)


@dataclass(slots=True)
class EnteredForm:
    """What was typed into a form: the texts that cells would keep, and what is wrong, by name of the field."""

    texts: dict[str, str]
    problems: dict[str, str]
    elsewhere: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether nothing stands in the way of saving."""
        return not self.problems and not self.elsewhere


def read_form(blocks: Sequence[Block], values: Mapping[str, str], *, today: date) -> EnteredForm:
    """Read what was typed, and say of each field what is wrong with it by itself."""
    made = EnteredForm({}, {})
    for block in blocks:
        for one in block.fields():
            name = block.name(one.name)
            typed = _typed(one, values.get(name), block.start(one), today)
            made.texts[name] = typed.text
            if typed.problem:
                made.problems[name] = typed.problem
            elif one.refers and not typed.text and values.get(name + SHOWN, "").strip():
                made.problems[name] = (
                    say(
                        "Choose one of those that the search shows, or its last line, which adds somebody new."
                    )
                    if one.refers == "owner"
                    else say("Choose one of those that the search shows.")
                )
    for block in kept_values(blocks, made.texts):
        for one in block.fields():
            name = block.name(one.name)
            instead = any(made.texts.get(block.name(other)) for other in one.instead)
            if (
                block.is_required_for(one)
                and not made.texts[name]
                and not instead
                and name not in made.problems
            ):
                made.problems[name] = say("This must be filled.")
    return made


def _typed(one: Field, text: str | None, stood: str, today: date) -> ParsedText:
    """Read what was typed into a field; what stood in it stays to the sign where nobody changed what is shown of it."""
    if text is not None and looks_like(text, stood) and not parse_error(one, stood):
        return ParsedText(stood)
    return read(one, stood if text is None else text, today=today)


def kept_values(blocks: Sequence[Block], texts: Mapping[str, str]) -> list[Block]:
    """Return the blocks that make a row: all but the optional ones that stayed as they were, and what leads to them."""
    left: set[str] = set()
    for block in (one for one in blocks if one.is_optional):
        part = [block, *(one for one in blocks if one.leads_to({block.table}))]
        if not any(_is_typed(one, texts) for one in part):
            left.add(block.table)
    return [block for block in blocks if block.table not in left and not block.leads_to(left)]


def _is_typed(block: Block, texts: Mapping[str, str]) -> bool:
    """Tell whether anything of a block is not as it began."""
    return any(texts[block.name(one.name)] != block.start(one) for one in block.fields())


def edits_of(blocks: Sequence[Block], texts: Mapping[str, str]) -> list[Edit]:
    """Return the edits that a form comes to; who is new is added with them."""
    chosen = kept_values(blocks, texts)
    keys: dict[str, str] = {
        block.table: block.key[0] if block.key else NewKey() for block in chosen if block.entity.identifier
    }
    come: dict[str, NewKey] = {}
    edits: list[Edit] = []
    for block in chosen:
        row = {one.name: _named(one, texts[block.name(one.name)], come) for one in block.fields()}
        row |= {
            column: keys.get(value.table, "") if isinstance(value, RowOf) else value
            for column, value in block.fixed.items()
        }
        edits += _edits(block, row, keys)
    owner = ROW_CLASSES["owner"]
    return [Add(owner(owner_id=key, name=name)) for name, key in come.items()] + edits  # type: ignore[call-arg]


def _named(one: Field, text: str, come: dict[str, NewKey]) -> str:
    """Return what a cell holds: the text, or the key that a new owner will have."""
    if one.refers == "owner" and text.startswith(NEW):
        return come.setdefault(text.removeprefix(NEW).strip(), NewKey())
    return text


def _edits(block: Block, row: dict[str, str], keys: Mapping[str, str]) -> Iterator[Edit]:
    """Yield what one block comes to: a row that comes, or what changes of one that stands."""
    made = ROW_CLASSES[block.table]
    if not block.key:
        own = {block.entity.identifier: keys[block.table]} if block.entity.identifier else {}
        yield Add(made(**row | own))
        return
    changed = {column: text for column, text in row.items() if text != block.row.get(column, "")}
    if not changed:
        return
    if block.entity.is_fact:
        recorded_on = block.begins.get("recorded_on", "")
        yield Correct(block.table, block.key, changed, block.row, recorded_on)
    elif changed.keys() & set(block.entity.key):
        yield Remove(block.table, block.key, block.row)
        yield Add(made(**{name: block.row.get(name, "") for name in block.entity.columns} | row))
    else:
        yield Update(block.table, block.key, changed, block.row)


def place(issues: Iterable[Issue], blocks: Sequence[Block], made: EnteredForm) -> None:
    """Put errors and warnings of the plan beside the fields that they speak of."""
    shown = {(block.table, one.name): block for block in blocks for one in block.fields()}
    for issue in issues:
        block = shown.get((issue.table, issue.column))
        name = block.name(issue.column) if block else ""
        if not issue.is_error:
            made.warnings.append((name, issue.message))
        elif name and name not in made.problems:
            made.problems[name] = sentence(issue.message)
        elif not name:
            made.elsewhere.append(sentence(issue.message))


def sentence(message: str) -> str:
    """Return a message as a sentence of its own."""
    said = message[:1].upper() + message[1:]
    return said if said.endswith((".", "。", "?", "？")) else say("{said}.", said=said)

"""Which rows come out of a form? Blocks of fields, each one row of a table, become edits that are made together."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import SEARCH_TEXT, looks_like
from theorytopractice.forms.cells import ParsedText, read_text
from theorytopractice.i18n import say, spoken
from theorytopractice.model.entities import ENTITIES, ROW_CLASSES
from theorytopractice.model.values import parse_error
from theorytopractice.model.vocabularies import ActionRole
from theorytopractice.store.edits import Add, Correct, NewKey, Remove, Update

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from theorytopractice.errors import Issue
    from theorytopractice.forms.due_change import DueChange
    from theorytopractice.model.fields import Entity, Field
    from theorytopractice.store.edits import Edit


NEW = "+"
"""Begins what stands in a field where somebody new is to be added: ``+Maria Lopez``."""
DERIVED = {"finding_action.role": frozenset({ActionRole.DELIVERS.value, ActionRole.REPLICATES.value})}
"""Fields with the texts with which they may begin: which of them is for the kind of the finding to say."""
INTERNAL_COLUMNS = frozenset({"reworded_on", "retargeted_on", "required_changed_on", "sha256"})


@dataclass(frozen=True, slots=True)
class RowOf:
    """The key of the row that another block of the form holds; ``is_optional``: empty where that block is left out."""

    table: str
    is_optional: bool = False


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
        defaults: what a new row begins with.
        vocabularies: vocabularies of columns that have none of their own.
        is_optional: whether the row may be left out by leaving everything as it was.
        hidden_columns: columns that are neither shown nor typed.
        separate_columns: columns whose change is not written into the row, because another block records it.
        refreshing: columns that decide which other fields there are.
        reason: why a change of the row is made, where it needs one.
        is_added_meanwhile: whether somebody else added the row since the form was opened without it.
    """

    table: str
    legend: str = ""
    kind: str = ""
    more: tuple[str, ...] = ()
    fixed: Mapping[str, str | RowOf] = dataclasses.field(default_factory=dict)
    key: tuple[str, ...] = ()
    row: Mapping[str, str] = dataclasses.field(default_factory=dict)
    defaults: Mapping[str, str] = dataclasses.field(default_factory=dict)
    vocabularies: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    is_optional: bool = False
    hidden_columns: frozenset[str] = frozenset()
    separate_columns: frozenset[str] = frozenset()
    refreshing: frozenset[str] = frozenset()
    reason: str = ""
    is_added_meanwhile: bool = False

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
            field
            for field in self.entity.fields
            if field.name
            not in {self.entity.identifier, *self.fixed, *self.hidden_columns, *INTERNAL_COLUMNS}
            and (self._speaks_of(field) or self.row.get(field.name))
            and (field.language != spoken() or self.row.get(field.name))
        ]

    def initial_text(self, field: Field) -> str:
        """Return what a field holds before anything is typed."""
        return (
            self.row.get(field.name, "") if self.key else self.defaults.get(field.name, field.default or "")
        )

    def leads_to(self, tables: Collection[str]) -> bool:
        """Tell whether the row leads to a new one in some tables, so that it comes and stays away with it."""
        links = (value for value in self.fixed.values() if isinstance(value, RowOf) and not value.is_optional)
        return any(value.table in tables for value in links)

    def requires(self, field: Field) -> bool:
        """Tell whether the form must have a field filled."""
        is_required = any(field.is_required_for(word) for word in (self.kind, *self.more))
        return field.required or (is_required and self._speaks_of(field))

    def _speaks_of(self, field: Field) -> bool:
        return any(field.applies_to(word) for word in (self.kind, *self.more))


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is called, its blocks, the facts that open it again; what becomes of a due date that has stood."""

    title: str
    blocks: tuple[Block, ...]
    facts: Mapping[str, str]
    due_change: DueChange | None = None

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
    form_problems: list[str] = dataclasses.field(default_factory=list)
    warnings: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether nothing stands in the way of saving."""
        return not self.problems and not self.form_problems


def read_form(blocks: Sequence[Block], values: Mapping[str, str], *, today: date) -> EnteredForm:
    """Read what was typed, and say of each field what is wrong with it by itself."""
    entered = EnteredForm({}, {})
    for block in blocks:
        for field in block.fields():
            name = block.name(field.name)
            parsed = _parse(field, values.get(name), block.initial_text(field), today)
            entered.texts[name] = parsed.text
            if parsed.problem:
                entered.problems[name] = parsed.problem
            elif field.refers and not parsed.text and values.get(name + SEARCH_TEXT, "").strip():
                entered.problems[name] = (
                    say(
                        "Choose one of those that the search shows, or its last line, which adds somebody new."
                    )
                    if field.refers == "owner"
                    else say("Choose one of those that the search shows.")
                )
    for block in blocks_with_rows(blocks, entered.texts):
        for field in block.fields():
            name = block.name(field.name)
            has_alternative = any(entered.texts.get(block.name(other)) for other in field.alternatives)
            if (
                block.requires(field)
                and not entered.texts[name]
                and not has_alternative
                and name not in entered.problems
            ):
                entered.problems[name] = say("This must be filled.")
    return entered


def _parse(field: Field, text: str | None, initial: str, today: date) -> ParsedText:
    """Read what was typed into a field; what stood in it stays to the sign where nobody changed what is shown of it."""
    if text is not None and looks_like(text, initial) and not parse_error(field, initial):
        return ParsedText(initial)
    return read_text(field, initial if text is None else text, today=today)


def blocks_with_rows(blocks: Sequence[Block], texts: Mapping[str, str]) -> list[Block]:
    """Return the blocks that make a row: all but the optional ones that stayed as they were, and what leads to them."""
    omitted: set[str] = set()
    for block in (other for other in blocks if other.is_optional):
        part = [block, *(other for other in blocks if other.leads_to({block.table}))]
        if not any(_is_changed(other, texts) for other in part):
            omitted.add(block.table)
    return [block for block in blocks if block.table not in omitted and not block.leads_to(omitted)]


def _is_changed(block: Block, texts: Mapping[str, str]) -> bool:
    """Tell whether anything of a block is not as it began."""
    return any(texts[block.name(field.name)] != block.initial_text(field) for field in block.fields())


def form_edits(blocks: Sequence[Block], texts: Mapping[str, str]) -> list[Edit]:
    """Return the edits that a form comes to; who is new is added with them."""
    used = blocks_with_rows(blocks, texts)
    keys: dict[str, str] = {
        block.table: block.key[0] if block.key else NewKey() for block in used if block.entity.identifier
    }
    new_owners: dict[str, NewKey] = {}
    edits: list[Edit] = []
    for block in used:
        row = {
            field.name: _owner_key(field, texts[block.name(field.name)], new_owners)
            for field in block.fields()
        }
        row |= {
            column: keys.get(value.table, "") if isinstance(value, RowOf) else value
            for column, value in block.fixed.items()
        }
        edits += _block_edits(block, row, keys)
    owner = ROW_CLASSES["owner"]
    return [Add(owner(owner_id=key, name=name)) for name, key in new_owners.items()] + edits  # type: ignore[call-arg]


def _owner_key(field: Field, text: str, new_owners: dict[str, NewKey]) -> str:
    """Return what a cell holds: the text, or the key that a new owner will have."""
    if field.refers == "owner" and text.startswith(NEW):
        return new_owners.setdefault(text.removeprefix(NEW).strip(), NewKey())
    return text


def _block_edits(block: Block, row: dict[str, str], keys: Mapping[str, str]) -> Iterator[Edit]:
    """Yield what one block comes to: a row that comes, or what changes of one that stands."""
    row_class = ROW_CLASSES[block.table]
    if not block.key:
        identifier = {block.entity.identifier: keys[block.table]} if block.entity.identifier else {}
        yield Add(row_class(**row | identifier))
        return
    changes = {
        column: text
        for column, text in row.items()
        if text != block.row.get(column, "") and column not in block.separate_columns
    }
    if not changes:
        return
    if block.entity.is_fact:
        recorded_on = block.defaults.get("recorded_on", "")
        yield Correct(block.table, block.key, changes, block.row, recorded_on)
    elif changes.keys() & set(block.entity.key):
        yield Remove(block.table, block.key, block.row)
        yield Add(row_class(**{name: block.row.get(name, "") for name in block.entity.columns} | row))
    else:
        yield Update(block.table, block.key, changes, block.row, block.reason)


def place_issues(issues: Iterable[Issue], blocks: Sequence[Block], entered: EnteredForm) -> None:
    """Put errors and warnings of the plan beside the fields that they speak of."""
    places = {(block.table, field.name): block for block in blocks for field in block.fields()}
    for issue in issues:
        block = places.get((issue.table, issue.column))
        name = block.name(issue.column) if block else ""
        if not issue.is_error:
            entered.warnings.append((name, issue.message))
        elif name and name not in entered.problems:
            entered.problems[name] = sentence(issue.message)
        elif not name:
            entered.form_problems.append(sentence(issue.message))


def sentence(message: str) -> str:
    """Return a message as a sentence of its own."""
    text = message[:1].upper() + message[1:]
    return text if text.endswith((".", "。", "?", "？")) else say("{said}.", said=text)

"""What can a field hold, and how is one declared?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from theorytopractice.i18n import message

if TYPE_CHECKING:
    from collections.abc import Mapping

DECLARATION = "theorytopractice.declaration"
SECOND_WORDING = {
    "en": message("The same in English; shown to those who read in English."),
    "zh": message("The same in Chinese; shown to those who read in Chinese."),
}
"""Language → what a second wording in it is for."""


class ValueType(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    WORD = "word"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "truth"
    VALUE = "value"
    CADENCE = "cadence"


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one column.

    ``label`` is what people call it, ``words`` the vocabulary, ``refers`` the entity whose key stands here, ``default`` what an empty
    cell means, ``prompt`` whether a form insists (``must``), asks (``should``) or merely offers the field
    (empty), ``kinds`` the kinds of finding or the words of events that have it (all if empty), ``must_for`` those for
    which a form insists on it, ``alternatives`` the columns of which any will do in its place, ``long`` whether it takes several lines, ``since`` the format version that brought it.
    ``is_start`` tells of a date that a month without a day is the first of, ``signs`` which of ``%`` and ``¤`` (a
    currency) may be written beside its numbers, ``is_list`` whether it has parts with ``;`` between,
    ``is_key`` whether it is a key, ``known`` the words that its text is mostly one of. ``needed_unless`` is a
    column and the word in it without which the field must be filled. A second wording names the column
    that it says again (``wording_of``) and the ``language`` that it is in.
    """

    name: str
    type: ValueType
    help: str
    label: str = ""
    required: bool = False
    words: tuple[str, ...] = ()
    refers: str = ""
    unit: str = ""
    default: str | None = None
    prompt: str = ""
    kinds: tuple[str, ...] = ()
    must_for: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    long: bool = False
    since: int = 1
    is_start: bool = False
    signs: str = ""
    is_list: bool = False
    is_key: bool = False
    known: tuple[str, ...] = ()
    needed_unless: tuple[str, str] | None = None
    wording_of: str = ""
    language: str = ""

    @property
    def is_free(self) -> bool:
        """Tell whether the field is free text, which is kept as it was written."""
        return self.type is ValueType.TEXT and not (
            self.words or self.refers or self.is_key or self.is_list or self.known
        )

    def is_needed(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row must have the field filled, by what its other columns hold."""
        if self.needed_unless is None:
            return self.required
        column, word = self.needed_unless
        return row.get(column, "") != word

    def applies_to(self, kind: str) -> bool:
        """Tell whether a finding of this kind, what serves one, or an event of this word has the field."""
        return not self.kinds or kind in self.kinds

    def is_required_for(self, kind: str = "") -> bool:
        """Tell whether a form of a finding of this kind, or of an event of this word, must have the field filled."""
        return self.prompt == "must" or kind in self.must_for


@dataclass(frozen=True, slots=True)
class Entity:
    """The declaration of one table: its name, what people call a row and what it is, key columns, fields in order.

    ``prefix`` begins the identifiers that the plan gives out; link tables have none. Facts are dated and
    added, never edited. ``identity`` are the columns by which people know a row, ``columns`` the names of the fields, in the order of the file header.
    ``is_memory`` marks what the tool notes for itself: kept, exported and undone like every table, never asked for in a form.
    """

    name: str
    label: str
    help: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    prefix: str = ""
    is_fact: bool = False
    identity: tuple[str, ...] = ()
    is_memory: bool = False
    columns: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)
    by_name: dict[str, Field] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Name the columns once; they are asked for at every row."""
        object.__setattr__(self, "columns", tuple(field.name for field in self.fields))
        object.__setattr__(self, "by_name", {field.name: field for field in self.fields})

    def wordings(self, language: str) -> dict[str, str]:
        """Return column → the column of its second wording in a language."""
        return {
            field.wording_of: field.name
            for field in self.fields
            if field.wording_of and field.language == language
        }

    @property
    def identifier(self) -> str | None:
        """The column of the table's own identifier, or None for a link table."""
        return self.key[0] if self.prefix else None

    def __getitem__(self, name: str) -> Field:
        """Return the field of that name; raises KeyError."""
        return self.by_name[name]


def _declare(type_: ValueType, label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401 - stands for any field's value
    """Make a dataclass field that carries its declaration; :func:`declared_fields` fills the name in."""
    declaration = {"type": type_, "label": label, "help": help_, **options}
    return dataclasses.field(default=None, metadata={DECLARATION: declaration})


def text(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare free text."""
    return _declare(ValueType.TEXT, label, help_, **options)


def wording(column: str, language: str, label: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare the same text in another language; its column is called by both, such as ``statement_zh``."""
    help_ = SECOND_WORDING[language]
    return text(label, help_, wording_of=column, language=language, long=True, **options)


def key(label: str, help_: str) -> Any:  # noqa: ANN401
    """Declare the table's own identifier; the plan gives the next free one where it is empty."""
    return _declare(ValueType.TEXT, label, help_, is_key=True)


def link(entity_name: str, label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a reference to the key of another table."""
    return _declare(ValueType.TEXT, label, help_, refers=entity_name, **options)


def word(vocabulary: type[StrEnum], label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a word of a vocabulary."""
    return _declare(ValueType.WORD, label, help_, words=tuple(vocabulary), **options)


def day(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a calendar date in the plan's zone."""
    return _declare(ValueType.DATE, label, help_, **options)


def integer(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a whole number, not negative."""
    return _declare(ValueType.INTEGER, label, help_, **options)


def number(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a decimal number."""
    return _declare(ValueType.NUMBER, label, help_, **options)


def truth(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare true or false."""
    return _declare(ValueType.TRUTH, label, help_, **options)


def value(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a measured value: a decimal kept as written, or a word for ordinal and nominal measures."""
    return _declare(ValueType.VALUE, label, help_, signs="%¤", **options)


def cadence(label: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a repeat such as P30D, P2W, P1M or P1Y."""
    return _declare(ValueType.CADENCE, label, help_, **options)


def declared_fields(row_class: type) -> tuple[Field, ...]:
    """Read the declarations of a table's columns from its dataclass."""
    return tuple(
        Field(column.name, **column.metadata[DECLARATION]) for column in dataclasses.fields(row_class)
    )

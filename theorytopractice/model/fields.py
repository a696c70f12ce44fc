"""What can a field hold, and how is one declared?"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

FIELD = "theorytopractice.field"


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

    ``words`` is the vocabulary, ``refers`` the entity whose key stands here, ``default`` what an empty
    cell means, ``asked`` whether a form insists (``must``), asks (``should``) or merely offers the field
    (empty), ``only`` the kinds of finding or the words of events that have it (all if empty), ``must_for`` those for
    which a form insists on it, ``instead`` the columns of which any will do in its place, ``long`` whether it takes several lines, ``since`` the format version that brought it.
    """

    name: str
    type: ValueType
    help: str
    required: bool = False
    words: tuple[str, ...] = ()
    refers: str = ""
    unit: str = ""
    default: str | None = None
    asked: str = ""
    only: tuple[str, ...] = ()
    must_for: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    long: bool = False
    since: int = 1

    def speaks_of(self, kind: str) -> bool:
        """Tell whether a finding of this kind, what serves one, or an event of this word has the field."""
        return not self.only or kind in self.only

    def insists(self, kind: str = "") -> bool:
        """Tell whether a form of a finding of this kind, or of an event of this word, must have the field filled."""
        return self.asked == "must" or kind in self.must_for


@dataclass(frozen=True, slots=True)
class Entity:
    """The declaration of one table: its name, key columns, fields in order, and what a row is.

    ``prefix`` begins the identifiers that the plan gives out; link tables have none. Facts are dated and
    added, never edited. ``columns`` are the names of the fields, in the order of the file header.
    """

    name: str
    help: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    prefix: str = ""
    is_fact: bool = False
    columns: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Name the columns once; they are asked for at every row."""
        object.__setattr__(self, "columns", tuple(field.name for field in self.fields))

    @property
    def identifier(self) -> str | None:
        """The column of the table's own identifier, or None for a link table."""
        return self.key[0] if self.prefix else None

    def __getitem__(self, name: str) -> Field:
        """Return the field of that name; raises KeyError."""
        return _by_name(self)[name]


@cache
def _by_name(entity: Entity) -> dict[str, Field]:
    return {field.name: field for field in entity.fields}


def _declare(kind: ValueType, help_: str, **options: Any) -> Any:  # noqa: ANN401 - stands for any field's value
    """Make a dataclass field that carries its declaration; the name is filled in by :func:`entity`."""
    return dataclasses.field(default=None, metadata={FIELD: (kind, help_, options)})


def text(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare free text."""
    return _declare(ValueType.TEXT, help_, **options)


def key(help_: str) -> Any:  # noqa: ANN401
    """Declare the table's own identifier; the plan gives the next free one where it is empty."""
    return _declare(ValueType.TEXT, help_)


def link(entity_name: str, help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a reference to the key of another table."""
    return _declare(ValueType.TEXT, help_, refers=entity_name, **options)


def word(vocabulary: type[StrEnum], help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a word of a vocabulary."""
    return _declare(ValueType.WORD, help_, words=tuple(vocabulary), **options)


def day(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a calendar date in the plan's zone."""
    return _declare(ValueType.DATE, help_, **options)


def integer(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a whole number, not negative."""
    return _declare(ValueType.INTEGER, help_, **options)


def number(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a decimal number."""
    return _declare(ValueType.NUMBER, help_, **options)


def truth(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare true or false."""
    return _declare(ValueType.TRUTH, help_, **options)


def value(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a measured value: a decimal kept as written, or a word for ordinal and nominal measures."""
    return _declare(ValueType.VALUE, help_, **options)


def cadence(help_: str, **options: Any) -> Any:  # noqa: ANN401
    """Declare a repeat such as P30D, P2W, P1M or P1Y."""
    return _declare(ValueType.CADENCE, help_, **options)


def entity_of(
    row_class: type, name: str, *, key_columns: tuple[str, ...], prefix: str, is_fact: bool
) -> Entity:
    """Read the declaration of a table from its dataclass."""
    declared = []
    for column in dataclasses.fields(row_class):
        kind, help_, options = column.metadata[FIELD]
        declared.append(Field(column.name, kind, help_, **options))
    summary = (row_class.__doc__ or "").strip()
    return Entity(name, summary, key_columns, tuple(declared), prefix, is_fact)

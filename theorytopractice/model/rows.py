"""What is a row of a plan, and how does a class become the declaration of a table?"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar, TypeVar, dataclass_transform

from theorytopractice.model.fields import Entity, entity_of

if TYPE_CHECKING:
    from collections.abc import Callable

ENTITIES: dict[str, Entity] = {}
ROW_CLASSES: dict[str, type[Row]] = {}
RowClass = TypeVar("RowClass", bound="Row")


class Row:
    """A row of a plan's table: a frozen value, with its table's declaration in ``entity``."""

    entity: ClassVar[Entity]

    def values(self) -> dict[str, object]:
        """Return column → value, for every declared column."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=())
def table(
    name: str, *key_columns: str, prefix: str = "", is_fact: bool = False
) -> Callable[[type[RowClass]], type[RowClass]]:
    """Declare a row class as a table of the plan."""

    def declare(row_class: type[RowClass]) -> type[RowClass]:
        made = dataclass(frozen=True, kw_only=True)(row_class)
        made.entity = entity_of(made, name, key_columns=key_columns, prefix=prefix, is_fact=is_fact)
        ENTITIES[name] = made.entity
        ROW_CLASSES[name] = made
        return made

    return declare

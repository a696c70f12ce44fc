"""What does each table hold, in words for people? Derived from the declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from theorytopractice.model.fields import Entity, Field


def document(names: tuple[str, ...] = ()) -> str:
    """Describe tables (all unless named) and their columns as Markdown."""
    return "\n\n".join(_table(ENTITIES[name]) for name in names or ENTITIES)


def _table(entity: Entity) -> str:
    key = ", ".join(entity.key)
    rows = [f"| {field.name} | {_type(field)} | {_help(field)} |" for field in entity.fields]
    return "\n".join([f"## {entity.name}", "", f"{entity.help} Key: {key}.", "", "| column | holds | meaning |",
                      "|---|---|---|", *rows])  # fmt: skip


def _type(field: Field) -> str:
    """Say what a column holds, and whether it must be filled."""
    words = (
        f"one of {', '.join(field.words)}"
        if field.words
        else f"key of {field.refers}"
        if field.refers
        else field.type
    )
    unit = f" ({field.unit})" if field.unit else ""
    return f"{words}{unit}, required" if field.required else f"{words}{unit}"


def _help(field: Field) -> str:
    default = f" Empty means {field.default}." if field.default else ""
    return f"{field.help}{default}"

"""Which SQL tables does a plan have? Derived from the entities; nothing is declared twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType

if TYPE_CHECKING:
    from theorytopractice.model.fields import Entity, Field


TYPES = {ValueType.DATE: sa.Date, ValueType.INTEGER: sa.Integer, ValueType.TRUTH: sa.Boolean}
EXTRA = "extra"  # unknown columns of a row, as a JSON object

METADATA = sa.MetaData()


def _table(entity: Entity) -> sa.Table:
    columns = [_column(field, entity) for field in entity.fields]
    made = sa.Table(entity.name, METADATA, *columns, sa.Column(EXTRA, sa.Text))
    if entity.identifier is None:
        _index_key(made, entity)
    for field in entity.fields:
        if field.refers and field.name != entity.key[0]:
            sa.Index(f"{entity.name}_{field.name}", made.c[field.name])
    return made


def _index_key(made: sa.Table, entity: Entity) -> None:
    """Make the key of a link table unique; a part of it may be empty."""
    parts = [
        made.c[name] if _is_needed(entity, name) else sa.func.coalesce(made.c[name], "")
        for name in entity.key
    ]
    sa.Index(f"{entity.name}_key", *parts, unique=True)


def _is_needed(entity: Entity, name: str) -> bool:
    return entity[name].required or name == entity.identifier


def _column(field: Field, entity: Entity) -> sa.Column[Any]:
    type_ = TYPES.get(field.type, sa.Text)()
    if field.name == entity.identifier:
        return sa.Column(field.name, type_, primary_key=True)
    nullable = not _is_needed(entity, field.name) if field.name in entity.key else not field.required
    target = f"{field.refers}.{field.refers}_id"
    link = [sa.ForeignKey(target, deferrable=True, initially="DEFERRED")] if field.refers else []
    return sa.Column(field.name, type_, *link, nullable=nullable)


TABLES = {name: _table(entity) for name, entity in ENTITIES.items()}
sa.Index("event_subject", TABLES["event"].c.subject, TABLES["event"].c.subject_id)

CHANGE = sa.Table(
    "change",
    METADATA,
    sa.Column("change_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("undoes", sa.Integer),
)
CHANGE_ROW = sa.Table(
    "change_row",
    METADATA,
    sa.Column("change_id", sa.Integer, sa.ForeignKey("change.change_id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("row_key", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sa.PrimaryKeyConstraint("change_id", "position"),
)
sa.Index("change_row_key", CHANGE_ROW.c.row_key)
IDENTIFIER = sa.Table(
    "identifier",
    METADATA,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("largest", sa.Text, nullable=False),
)

"""The largest identifier of each table has a place of its own; an action remembers when it was reworded."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IDENTIFIED = ("owner", "finding", "action", "indicator", "event", "observation", "evidence")


def upgrade() -> None:
    """Add both, and look up what was used so far; the same SQL for SQLite and PostgreSQL."""
    op.execute("ALTER TABLE action ADD COLUMN reworded_on DATE")
    op.execute("CREATE TABLE identifier (entity TEXT NOT NULL, largest TEXT NOT NULL, PRIMARY KEY (entity))")
    link = op.get_bind()
    for entity in IDENTIFIED:
        used = list(link.execute(sa.text(f"SELECT {entity}_id FROM {entity}")).scalars())  # noqa: S608
        keys = link.execute(
            sa.text("SELECT row_key FROM change_row WHERE entity = :entity"), {"entity": entity}
        )
        used += [json.loads(key)[0] for key in keys.scalars()]
        if used:
            link.execute(
                sa.text("INSERT INTO identifier (entity, largest) VALUES (:entity, :largest)"),
                {"entity": entity, "largest": max(used, key=_natural)},
            )


def _natural(identifier: str) -> list[str | int]:
    parts = re.split(r"([0-9]+)", identifier)
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]

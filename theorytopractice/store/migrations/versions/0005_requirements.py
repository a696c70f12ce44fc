"""A link to an indicator remembers when the finding began or ceased to require it."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the same SQL for SQLite and PostgreSQL."""
    op.execute("ALTER TABLE finding_indicator ADD COLUMN required_changed_on DATE")

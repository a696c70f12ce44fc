"""An indicator remembers when what it demands was last changed, and why."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns; the same SQL for SQLite and PostgreSQL."""
    op.execute("ALTER TABLE indicator ADD COLUMN retargeted_on DATE")
    op.execute("ALTER TABLE indicator ADD COLUMN retarget_reason TEXT")

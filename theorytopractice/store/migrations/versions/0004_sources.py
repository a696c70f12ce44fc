"""A plan remembers what each source of its imports last said."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; the same SQL for SQLite and PostgreSQL."""
    op.execute(
        """
        CREATE TABLE source_row (
            source TEXT NOT NULL,
            "table" TEXT NOT NULL,
            "key" TEXT NOT NULL,
            said TEXT NOT NULL,
            said_on DATE NOT NULL,
            extra TEXT
        )
        """
    )
    op.execute('CREATE UNIQUE INDEX source_row_key ON source_row (source, "table", "key")')

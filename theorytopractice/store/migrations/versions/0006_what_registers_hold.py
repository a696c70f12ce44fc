"""A plan takes what registers hold: findings without a date, tags, second wordings, the source's own status, who measures."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FINDING = """
    CREATE TABLE finding (
        finding_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        statement TEXT NOT NULL,
        theme TEXT,
        source TEXT,
        certainty TEXT,
        certainty_reason TEXT,
        recorded_on DATE,
        review_every_days INTEGER,
        so_what TEXT,
        solvability TEXT,
        origin_site TEXT,
        why_it_works TEXT,
        core_elements TEXT,
        document TEXT,
        effective_on DATE,
        check_every TEXT,
        owner_id TEXT,
        reworded_on DATE,
        note TEXT,
        extra TEXT,
        PRIMARY KEY (finding_id),
        FOREIGN KEY(owner_id) REFERENCES owner (owner_id) DEFERRABLE INITIALLY DEFERRED
    )
"""
INDICATOR = """
    CREATE TABLE indicator (
        indicator_id TEXT NOT NULL,
        name TEXT NOT NULL,
        definition TEXT,
        unit TEXT,
        measure TEXT,
        direction TEXT NOT NULL,
        level TEXT NOT NULL,
        intent TEXT,
        baseline TEXT,
        baseline_on DATE,
        baseline_waiver TEXT,
        target TEXT,
        target_low TEXT,
        target_high TEXT,
        target_on DATE,
        tolerance TEXT,
        cadence_days INTEGER,
        lag_days INTEGER,
        confirm INTEGER,
        lapse INTEGER,
        hold_days INTEGER,
        scale TEXT,
        source TEXT,
        extra TEXT,
        retargeted_on DATE,
        retarget_reason TEXT,
        owner_id TEXT,
        PRIMARY KEY (indicator_id),
        FOREIGN KEY(owner_id) REFERENCES owner (owner_id) DEFERRABLE INITIALLY DEFERRED
    )
"""
NEW_TEXTS = {
    "finding": (
        "recorded_quality",
        "tags",
        "original_status",
        "statement_en",
        "statement_zh",
        "so_what_en",
        "so_what_zh",
    ),
    "action": ("original_status", "title_en", "title_zh"),
    "indicator": ("common", "name_en", "name_zh"),
}
QUALITIES = ("exact", "approximate", "unknown")
UNREAD = "_earlier"  # joined to the name of a column whose text cannot be what the column now means


def upgrade() -> None:
    """Let the date be empty, add the columns, and move into them what was kept beside the table under their names."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild("finding", FINDING)
        _rebuild("indicator", INDICATOR)
        op.execute("CREATE INDEX finding_owner_id ON finding (owner_id)")
    else:
        op.execute("ALTER TABLE finding ALTER COLUMN recorded_on DROP NOT NULL")
        op.execute("ALTER TABLE indicator ADD COLUMN owner_id TEXT")
        op.execute(
            "ALTER TABLE indicator ADD FOREIGN KEY (owner_id) REFERENCES owner (owner_id) DEFERRABLE INITIALLY DEFERRED"
        )
    op.execute("CREATE INDEX indicator_owner_id ON indicator (owner_id)")
    for table, columns in NEW_TEXTS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
    for table, columns in NEW_TEXTS.items():
        _move_in(table, (*columns, "owner_id") if table == "indicator" else columns)


def _rebuild(table: str, statement: str) -> None:
    """Make a table again, as SQLite can neither take a NOT NULL away nor add a named link.

    The table keeps its name throughout, so that the links of other tables lead to it still; they are deferred, so
    they are broken only until the rows are back.
    """
    link = op.get_bind()
    names = ", ".join(column["name"] for column in sa.inspect(link).get_columns(table))
    op.execute(f"CREATE TABLE kept AS SELECT {names} FROM {table}")  # noqa: S608 - both are names of our own
    op.execute(f"DROP TABLE {table}")
    op.execute(statement)
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM kept")  # noqa: S608
    op.execute("DROP TABLE kept")


def _move_in(table: str, columns: tuple[str, ...]) -> None:
    """Move cells that were kept as unknown columns into the columns that now are known."""
    link, key = op.get_bind(), f"{table}_id"
    owners = set(link.execute(sa.text("SELECT owner_id FROM owner")).scalars())
    rows = link.execute(sa.text(f"SELECT {key}, extra FROM {table} WHERE extra IS NOT NULL"))  # noqa: S608
    for row_id, text in rows.all():
        extra = json.loads(text)
        moved = {name: extra.pop(name) for name in columns if name in extra}
        for name in list(moved):
            if (name == "recorded_quality" and moved[name] not in QUALITIES) or (
                name == "owner_id" and moved[name] not in owners
            ):
                extra[name + UNREAD] = moved.pop(name)
        if json.dumps(extra) == json.dumps(json.loads(text)):
            continue
        kept = json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None
        cells = "".join(f", {name} = :{name}" for name in moved)
        link.execute(
            sa.text(f"UPDATE {table} SET extra = :kept{cells} WHERE {key} = :row_id"),  # noqa: S608
            {"kept": kept, "row_id": row_id, **moved},
        )

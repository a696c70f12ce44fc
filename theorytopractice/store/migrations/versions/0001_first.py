"""The first tables of a plan and its history."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE owner (
        owner_id TEXT NOT NULL,
        name TEXT NOT NULL,
        unit TEXT,
        email TEXT,
        left_on DATE,
        note TEXT,
        extra TEXT,
        PRIMARY KEY (owner_id)
    )
    """,
    """
    CREATE TABLE finding (
        finding_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        statement TEXT NOT NULL,
        theme TEXT,
        source TEXT,
        certainty TEXT,
        certainty_reason TEXT,
        recorded_on DATE NOT NULL,
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
    """,
    """
    CREATE INDEX finding_owner_id ON finding (owner_id)
    """,
    """
    CREATE TABLE action (
        action_id TEXT NOT NULL,
        title TEXT NOT NULL,
        planned_start DATE,
        due DATE,
        recorded_on DATE NOT NULL,
        promised_to TEXT,
        site TEXT,
        adaptation TEXT,
        core_kept TEXT,
        adaptation_reason TEXT,
        strength TEXT,
        dose TEXT,
        cost TEXT,
        note TEXT,
        extra TEXT,
        PRIMARY KEY (action_id)
    )
    """,
    """
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
        PRIMARY KEY (indicator_id)
    )
    """,
    """
    CREATE TABLE finding_action (
        finding_id TEXT NOT NULL,
        action_id TEXT NOT NULL,
        role TEXT NOT NULL,
        rationale TEXT,
        confirmed_on DATE,
        extra TEXT,
        FOREIGN KEY(finding_id) REFERENCES finding (finding_id) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY(action_id) REFERENCES action (action_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE INDEX finding_action_action_id ON finding_action (action_id)
    """,
    """
    CREATE UNIQUE INDEX finding_action_key ON finding_action (finding_id, action_id, role)
    """,
    """
    CREATE TABLE action_owner (
        action_id TEXT NOT NULL,
        owner_id TEXT NOT NULL,
        role TEXT NOT NULL,
        extra TEXT,
        FOREIGN KEY(action_id) REFERENCES action (action_id) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY(owner_id) REFERENCES owner (owner_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE UNIQUE INDEX action_owner_key ON action_owner (action_id, owner_id, role)
    """,
    """
    CREATE INDEX action_owner_owner_id ON action_owner (owner_id)
    """,
    """
    CREATE TABLE finding_indicator (
        finding_id TEXT NOT NULL,
        indicator_id TEXT NOT NULL,
        required BOOLEAN,
        action_id TEXT,
        extra TEXT,
        FOREIGN KEY(finding_id) REFERENCES finding (finding_id) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY(indicator_id) REFERENCES indicator (indicator_id) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY(action_id) REFERENCES action (action_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE INDEX finding_indicator_action_id ON finding_indicator (action_id)
    """,
    """
    CREATE INDEX finding_indicator_indicator_id ON finding_indicator (indicator_id)
    """,
    """
    CREATE UNIQUE INDEX finding_indicator_key ON finding_indicator (finding_id, indicator_id, coalesce(action_id, ''))
    """,
    """
    CREATE TABLE finding_relation (
        finding_id TEXT NOT NULL,
        relation TEXT NOT NULL,
        other_finding_id TEXT NOT NULL,
        confirmed_on DATE,
        extra TEXT,
        FOREIGN KEY(finding_id) REFERENCES finding (finding_id) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY(other_finding_id) REFERENCES finding (finding_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE UNIQUE INDEX finding_relation_key ON finding_relation (finding_id, relation, other_finding_id)
    """,
    """
    CREATE INDEX finding_relation_other_finding_id ON finding_relation (other_finding_id)
    """,
    """
    CREATE TABLE event (
        event_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        event TEXT NOT NULL,
        happened_on DATE NOT NULL,
        recorded_on DATE,
        "by" TEXT,
        reason TEXT,
        due DATE,
        other_finding_id TEXT,
        consent BOOLEAN,
        progress TEXT,
        extra TEXT,
        PRIMARY KEY (event_id),
        FOREIGN KEY(other_finding_id) REFERENCES finding (finding_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE INDEX event_other_finding_id ON event (other_finding_id)
    """,
    """
    CREATE INDEX event_subject ON event (subject, subject_id)
    """,
    """
    CREATE TABLE observation (
        observation_id TEXT NOT NULL,
        indicator_id TEXT NOT NULL,
        observed_on DATE NOT NULL,
        value TEXT NOT NULL,
        final BOOLEAN,
        n TEXT,
        recorded_on DATE,
        note TEXT,
        extra TEXT,
        PRIMARY KEY (observation_id),
        FOREIGN KEY(indicator_id) REFERENCES indicator (indicator_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE INDEX observation_indicator_id ON observation (indicator_id)
    """,
    """
    CREATE TABLE evidence (
        evidence_id TEXT NOT NULL,
        action_id TEXT,
        finding_id TEXT,
        dated_on DATE NOT NULL,
        kind TEXT,
        uri TEXT,
        sha256 TEXT,
        description TEXT,
        recorded_on DATE,
        verified_by TEXT,
        extra TEXT,
        PRIMARY KEY (evidence_id),
        FOREIGN KEY(action_id) REFERENCES action (action_id) DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY(finding_id) REFERENCES finding (finding_id) DEFERRABLE INITIALLY DEFERRED
    )
    """,
    """
    CREATE INDEX evidence_action_id ON evidence (action_id)
    """,
    """
    CREATE INDEX evidence_finding_id ON evidence (finding_id)
    """,
    """
    CREATE TABLE setting (
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        extra TEXT
    )
    """,
    """
    CREATE UNIQUE INDEX setting_key ON setting (name)
    """,
    """
    CREATE TABLE change (
        change_id INTEGER NOT NULL,
        made_at TEXT NOT NULL,
        made_by TEXT NOT NULL,
        what TEXT NOT NULL,
        undoes INTEGER,
        PRIMARY KEY (change_id)
    )
    """,
    """
    CREATE TABLE change_row (
        change_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        entity TEXT NOT NULL,
        row_key TEXT NOT NULL,
        "before" TEXT,
        "after" TEXT,
        PRIMARY KEY (change_id, position),
        FOREIGN KEY(change_id) REFERENCES change (change_id)
    )
    """,
    """
    CREATE INDEX change_row_key ON change_row (row_key)
    """,
)


def upgrade() -> None:
    """Make every table; the same SQL for SQLite and PostgreSQL."""
    for statement in STATEMENTS:
        op.execute(statement)

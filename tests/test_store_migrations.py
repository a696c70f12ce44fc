"""Does a plan of an earlier format come to today's with every row, link and note?"""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config

from theorytopractice import Finding
from theorytopractice.errors import InvalidPlan
from theorytopractice.store.database import MIGRATIONS, Database
from theorytopractice.store.open import open_plan

ROWS = (
    "INSERT INTO owner (owner_id, name) VALUES ('O-1', 'Ada')",
    """INSERT INTO finding (finding_id, kind, statement, recorded_on, owner_id, extra)
       VALUES ('F-1', 'insight', 'We learned.', '2026-01-05', 'O-1', '{"tags": "water", "Ward": "3"}')""",
    "INSERT INTO finding (finding_id, kind, statement, recorded_on) VALUES ('F-2', 'insight', 'We saw.', '2026-01-06')",
    "INSERT INTO action (action_id, title, recorded_on) VALUES ('A-1', 'Do it', '2026-01-05')",
    """INSERT INTO indicator (indicator_id, name, direction, level, extra)
       VALUES ('I-1', 'Visits', 'ascending', 'outcome', '{"owner_id": "somebody"}')""",
    "INSERT INTO finding_action (finding_id, action_id, role) VALUES ('F-1', 'A-1', 'delivers')",
    "INSERT INTO finding_indicator (finding_id, indicator_id) VALUES ('F-1', 'I-1')",
    "INSERT INTO finding_relation (finding_id, relation, other_finding_id) VALUES ('F-1', 'related', 'F-2')",
    "INSERT INTO observation (observation_id, indicator_id, observed_on, value) VALUES ('B-1', 'I-1', '2026-03-01', '4')",
)


@pytest.fixture
def earlier(database):
    """A plan of the format before findings without a date, with links to every table that is made again."""
    store = Database(database if "://" in database else f"sqlite:///{database}", database)
    with store.engine.begin() as link:
        config = Config(attributes={"connection": link})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0004")
        for row in ROWS:
            link.exec_driver_sql(row)
    store.close()
    return database


def test_rows_and_links_stay_and_a_date_may_be_unknown(earlier):
    with open_plan(earlier) as plan:
        assert sorted(plan.finding["finding_id"]) == ["F-1", "F-2"]
        assert plan.row("finding", "F-1")["owner_id"] == "O-1"
        assert len(plan["finding_relation"]) == len(plan["finding_action"]) == len(plan["observation"]) == 1
        plan.add(Finding(finding_id="F-3", kind="insight", statement="Old news.", recorded_quality="unknown"))
        undated = plan.finding.loc[plan.finding["recorded_on"].isna(), "finding_id"]
        assert undated.tolist() == ["F-3"]


def test_a_link_to_a_table_that_was_made_again_is_still_held(earlier):
    open_plan(earlier).close()
    store = Database(earlier if "://" in earlier else f"sqlite:///{earlier}", earlier)
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.engine.begin() as link:
        link.exec_driver_sql("DELETE FROM finding WHERE finding_id = 'F-1'")
    store.close()


def test_cells_kept_beside_a_table_move_into_the_column_that_now_is_declared(earlier):
    with open_plan(earlier) as plan:
        row = plan.row("finding", "F-1")
        assert (row["tags"], row["Ward"]) == ("water", "3")
        indicator = plan.row("indicator", "I-1")
        assert (indicator["owner_id"], indicator["owner_id_earlier"]) == ("", "somebody")


def test_a_finding_without_a_date_is_refused_unless_that_is_said(plan):
    with pytest.raises(InvalidPlan, match="unknown in recorded_quality if nobody knows it"):
        plan.add(Finding(kind="insight", statement="Calls halve 2 visits."))
    with pytest.raises(InvalidPlan, match="recorded_quality is unknown although recorded_on is given"):
        plan.add(Finding(kind="insight", statement="a", recorded_on="2026-01-01", recorded_quality="unknown"))

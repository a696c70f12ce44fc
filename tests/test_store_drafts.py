"""Does a draft become a finding with all that serves it, and is it refused as rows are?"""

from __future__ import annotations

import pytest

import theorytopractice as ttp
from theorytopractice.errors import InvalidPlan, PlanError, UnknownName

CALLS = {"statement": "Calls halve missed visits.", "action": "Call a day before", "due": "2026-03-31", "owner": "Ann",
         "recorded_on": "2026-01-01"}  # fmt: skip


@pytest.fixture
def plan(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db", who="Mara") as plan:
        yield plan


def test_a_draft_is_one_change_with_its_links(plan):
    keys = plan.draft(
        **CALLS, indicator="Missed visits", baseline=30, target=15, level="outcome", required="false"
    )
    assert keys == {"owner": "O-001", "finding": "F-001", "action": "A-001", "indicator": "I-001"}
    assert plan.finding_action[["finding_id", "action_id", "role"]].to_numpy().tolist() == [
        ["F-001", "A-001", "delivers"]
    ]
    assert plan.action_owner[["action_id", "owner_id", "role"]].to_numpy().tolist() == [
        ["A-001", "O-001", "accountable"]
    ]
    assert plan.indicator["direction"].tolist() == ["descending"]
    assert plan.finding_indicator["required"].tolist() == [False]
    plan.undo(plan.last_change)
    assert [len(plan[name]) for name in ("finding", "action", "owner", "finding_action")] == [0, 0, 0, 0]


def test_an_owner_is_found_by_the_name_that_people_take_for_the_same(plan):
    plan.draft(**CALLS)
    keys = plan.draft(statement="A map halves the way.", action="Draw a map", owner=" ANN ")
    assert keys["owner"] == "O-001"
    assert len(plan.owner) == 1


def test_a_name_of_several_owners_is_not_guessed(plan):
    plan.add(ttp.Owner(name="Ann"), ttp.Owner(name="ann"))
    with pytest.raises(PlanError, match="'Ann' is the name of O-001, O-002; say which by owner_id"):
        plan.draft(**CALLS)
    assert plan.draft(**CALLS | {"owner": "", "owner_id": "O-002"})["owner"] == "O-002"


def test_a_known_indicator_is_linked_and_not_changed(plan):
    plan.draft(**CALLS, indicator="Missed visits", direction="descending", level="outcome")
    assert plan.draft(statement="A map halves the way.", indicator="missed  visits")["indicator"] == "I-001"
    with pytest.raises(PlanError, match="I-001 of the name 'Missed visits' already"):
        plan.draft(statement="A third one halves it.", indicator="Missed visits", target=3)


def test_a_draft_is_refused_as_rows_are(plan):
    with pytest.raises(InvalidPlan, match="every indicator needs its level") as refused:
        plan.draft(**CALLS | {"due": "soon"}, indicator="Missed visits")
    assert {"E-DATE", "E-REQ"} <= {one.code for one in refused.value.issues}
    with pytest.raises(InvalidPlan, match="every finding needs its statement"):
        plan.draft(action="Call")
    with pytest.raises(UnknownName, match="did you mean 'statement'"):
        plan.draft(statment="s")
    assert len(plan.finding) == 0


def test_who_answers_for_a_mechanism_answers_for_the_finding(plan):
    plan.draft(statement="Ward rounds are written down.", kind="mechanism", owner="Ann", check_every="monthly",
               document="Rule 7", effective_on="2026-01-01")  # fmt: skip
    assert plan.finding["owner_id"].tolist() == ["O-001"]


def test_a_plan_of_drafts_is_assessed():
    frames = ttp.plan_of(CALLS, {"statement": "A map halves the way.", "recorded_on": "2026-01-01"})
    assert ttp.assess(frames, as_of="2026-02-01")["stage"].tolist() == [1, 0]


def test_a_draft_of_which_nobody_knows_the_day_has_none(plan):
    plan.draft(statement="Calls halve 2 visits.", recorded_quality="unknown")
    assert plan.finding["recorded_on"].isna().all()

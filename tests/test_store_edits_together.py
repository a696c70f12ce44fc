"""Several edits in one change, what would be wrong with them, who made the latest changes, and what they can move."""

import numpy as np
import pytest

import theorytopractice as ttp
from theorytopractice.store.edits import Add, NewKey, Remove, Update

DAY = "2026-03-01"


def a_finding(**more):
    return ttp.Finding(
        kind="insight", statement="Wards that check twice lose 3 beds.", recorded_on=DAY, **more
    )


def rows_that_lead_to_one_another():
    finding, action, owner = NewKey(), NewKey(), NewKey()
    return [
        Add(a_finding(finding_id=finding)),
        Add(ttp.Owner(owner_id=owner, name="Ada")),
        Add(ttp.Action(action_id=action, title="Check twice", recorded_on=DAY, due="2026-06-01")),
        Add(ttp.FindingAction(finding_id=finding, action_id=action, role="delivers")),
        Add(ttp.ActionOwner(action_id=action, owner_id=owner, role="accountable")),
    ]


def test_new_rows_that_lead_to_one_another_get_their_keys_in_one_change(plan):
    keys = plan.edit(*rows_that_lead_to_one_another(), what="add a finding with its action")
    assert keys[:3] == ["F-001", "O-001", "A-001"]
    assert plan.finding_action[["finding_id", "action_id"]].to_numpy().tolist() == [["F-001", "A-001"]]
    assert plan.action_owner[["action_id", "owner_id"]].to_numpy().tolist() == [["A-001", "O-001"]]
    assert plan.latest()["what"].tolist() == ["add a finding with its action"]


def test_a_row_that_leads_to_a_new_one_that_does_not_come_is_refused(plan):
    plan.add(a_finding())
    with pytest.raises(ttp.PlanError, match="leads to a new row that is not added with it"):
        plan.edit(Add(ttp.FindingAction(finding_id="F-001", action_id=NewKey(), role="delivers")), what="add")


def test_all_edits_are_made_or_none(plan):
    plan.edit(*rows_that_lead_to_one_another(), what="add")
    with pytest.raises(ttp.InvalidPlan):
        plan.edit(
            Update("owner", "O-001", {"name": "Bo"}),
            Add(ttp.ActionOwner(action_id="A-001", owner_id="O-404", role="informed")),
            what="no",
        )
    assert plan.owner["name"].tolist() == ["Ada"]


def test_a_row_is_exchanged_for_another_in_one_change_and_comes_back_by_one_undo(plan):
    plan.edit(*rows_that_lead_to_one_another(), what="add")
    (bo,) = plan.add(ttp.Owner(name="Bo"))
    plan.edit(
        Remove("action_owner", ("A-001", "O-001", "accountable")),
        Add(ttp.ActionOwner(action_id="A-001", owner_id=bo, role="accountable")),
        what="hand over",
    )
    assert plan.action_owner["owner_id"].tolist() == [bo]
    plan.undo(int(plan.latest(1)["change_id"].iloc[0]))
    assert plan.action_owner["owner_id"].tolist() == ["O-001"]


def test_a_row_that_somebody_else_changed_is_not_removed(plan):
    plan.add(ttp.Owner(name="Ada"))
    seen = {"name": "Ada"}
    plan.change("owner", "O-001", name="Ada L.")
    with pytest.raises(ttp.ConflictError, match="Somebody else changed this row"):
        plan.edit(Remove("owner", "O-001", seen), what="remove")


def test_problems_are_found_before_anything_is_stored(plan):
    plan.add(a_finding())
    found = plan.problems(
        Add(ttp.Event(subject="finding", subject_id="F-001", event="reject", happened_on=DAY)),
        Update("finding", "F-001", {"kind": "hunch"}),
    )
    assert [(one.code, one.table, one.column) for one in found] == [
        ("E-VOCAB", "finding", "kind"),
        ("E-REASON", "event", "reason"),
    ]
    assert len(plan.event) == 0
    assert len(plan.latest()) == 1


def test_an_identifier_that_is_taken_is_a_problem_not_an_exception(plan):
    plan.add(a_finding())
    assert [one.code for one in plan.problems(Add(a_finding(finding_id="F-001")))] == ["E-ID"]


def test_the_latest_changes_come_newest_first_and_of_one_person_if_wanted(plan, place):
    plan.add(ttp.Owner(name="Ada"), ttp.Owner(name="Bo"))
    with ttp.open_plan(place, who="Eve") as other:
        other.add(ttp.Owner(name="Cy"))
    assert plan.latest()[["change_id", "made_by", "n_rows"]].to_numpy().tolist() == [
        [2, "Eve", 1],
        [1, "Ada", 2],
    ]
    assert plan.latest(made_by="Ada")["what"].tolist() == ["add 2 owner"]
    assert plan.latest(1)["change_id"].tolist() == [2]


@pytest.mark.slow
def test_the_findings_that_a_change_can_move_are_the_whole_of_those_whose_assessment_moved(
    database, example_tables
):
    """Random edits of the example: whatever moved between two whole assessments is among what the store names."""
    rng = np.random.default_rng(20261125)
    with ttp.make_plan(database) as plan:
        plan.upsert(example_tables, what="the example")
        moved_at_all = 0
        before = facts(plan)
        for edit in edits(plan, rng):
            version = plan.version
            plan.edit(edit, what="a change")
            after = facts(plan)
            moved = {one for one in {*before, *after} if before.get(one) != after.get(one)}
            assert moved <= plan.affected_findings(version)
            moved_at_all += len(moved)
            before = after
        assert moved_at_all > 3


def facts(plan):
    found = ttp.assess(plan, as_of="2026-06-30")
    return {
        row["finding_id"]: (row["stage"], row["headline"], tuple(row["flags"]))
        for row in found.to_dict("records")
    }


def edits(plan, rng):
    pick = lambda table, column: str(rng.choice(plan[table][column]))  # noqa: E731
    for _ in range(2):
        day = f"2026-0{rng.integers(1, 7)}-15"
        yield Add(
            ttp.Event(
                subject="action", subject_id=pick("action", "action_id"), event="start", happened_on=day
            )
        )
        yield Add(ttp.Evidence(action_id=pick("action", "action_id"), dated_on=day))
        values = {"due": day, "planned_start": None}
        yield Update("action", pick("action", "action_id"), values, reason="a slip of the pen")
        yield Update(
            "indicator",
            pick("indicator", "indicator_id"),
            {"target": None, "target_low": None, "target_high": None},
        )
        yield Update("owner", pick("owner", "owner_id"), {"left_on": day})
        mechanisms = plan["finding"].query("kind == 'mechanism'")["finding_id"]
        yield Add(
            ttp.Event(
                subject="finding",
                subject_id=str(rng.choice(mechanisms)),
                event="check_pass",
                happened_on=day,
                by="Somebody else",
            )
        )
        link = plan["finding_indicator"].iloc[int(rng.integers(len(plan["finding_indicator"])))].fillna("")
        yield Remove("finding_indicator", (link["finding_id"], link["indicator_id"], link["action_id"]))


def test_a_name_of_before_of_the_affected_findings_works_and_warns(database):
    message = "is now Plan.affected_findings"
    with ttp.make_plan(database) as plan, pytest.warns(DeprecationWarning, match=message):
        assert plan.moved_since(plan.version) == plan.affected_findings(plan.version)

"""Does work find its new owner, and do duplicates become one, so that one undo takes it back?"""

from __future__ import annotations

import pytest

from theorytopractice import (
    Action,
    ActionOwner,
    Event,
    Evidence,
    Finding,
    FindingAction,
    FindingIndicator,
    FindingRelation,
    Indicator,
    Owner,
    assess,
)
from theorytopractice.errors import ConflictError, InvalidPlan, PlanError, UnknownName

CONTENT = {"kind": "insight", "statement": "We learned one thing.", "recorded_on": "2026-01-05"}


def owners_of(plan):
    rows = plan.action_owner[["action_id", "owner_id", "role"]].values.tolist()
    return sorted("/".join(row) for row in rows)


@pytest.fixture
def staffed(plan):
    """Ada answers for three actions (one cancelled), is consulted on a fourth, and owns two findings."""
    plan.add(Owner(owner_id="O-1", name="Ada"), Owner(owner_id="O-2", name="Bo"))
    plan.add(*(Action(action_id=f"A-{n}", title="Do it", recorded_on="2026-01-05") for n in (1, 2, 3, 4)))
    plan.add(*(ActionOwner(action_id=f"A-{n}", owner_id="O-1", role="accountable") for n in (1, 2, 3)))
    plan.add(
        ActionOwner(action_id="A-4", owner_id="O-1", role="consulted"),
        ActionOwner(action_id="A-4", owner_id="O-2", role="consulted"),
    )
    plan.add(*(Finding(finding_id=f"F-{n}", owner_id="O-1", **CONTENT) for n in (1, 2)))
    cancelled = {"subject": "action", "subject_id": "A-3", "event": "cancel", "reason": "no money"}
    plan.record(Event(happened_on="2026-02-01", **cancelled))
    plan.record(Event(subject="action", subject_id="A-2", event="complete", happened_on="2026-02-01"))
    plan.record(
        Event(subject="finding", subject_id="F-2", event="retire", happened_on="2026-02-01", reason="old")
    )
    return plan


def test_everything_live_moves_to_the_successor_and_one_undo_brings_it_back(staffed):
    before = staffed.fingerprint()
    staffed.transfer("O-1", "O-2")
    assert owners_of(staffed) == [
        "A-1/O-2/accountable",
        "A-2/O-2/accountable",
        "A-3/O-1/accountable",
        "A-4/O-2/consulted",
    ]
    assert dict(zip(staffed.finding["finding_id"], staffed.finding["owner_id"], strict=True)) == {
        "F-1": "O-2",
        "F-2": "O-1",
    }
    left = dict(zip(staffed.owner["owner_id"], staffed.owner["left_on"].notna(), strict=True))
    assert left == {"O-1": True, "O-2": False}
    staffed.undo(int(staffed.history()["change_id"].max()))
    assert staffed.fingerprint() == before


def test_a_hand_over_to_nobody_or_to_oneself_is_refused(staffed):
    before = staffed.fingerprint()
    with pytest.raises(UnknownName, match="no owner 'O-3'"):
        staffed.transfer("O-1", "O-3")
    with pytest.raises(PlanError, match="cannot hand over to itself"):
        staffed.transfer("O-1", "O-1")
    assert staffed.fingerprint() == before


def test_a_mechanism_is_not_handed_to_whoever_checked_it(plan):
    plan.add(Owner(owner_id="O-1", name="Ada"), Owner(owner_id="O-2", name="Bo"))
    plan.add(Finding(finding_id="F-1", owner_id="O-1", **CONTENT | {"kind": "mechanism"}))
    plan.record(
        Event(subject="finding", subject_id="F-1", event="check_pass", happened_on="2026-02-01", by="Bo")
    )
    with pytest.raises(InvalidPlan, match="let somebody else check it"):
        plan.transfer("O-1", "O-2")
    assert plan.finding["owner_id"].tolist() == ["O-1"]


@pytest.fixture
def doubled(plan):
    """The same finding twice, each with links and facts of its own."""
    plan.add(Owner(owner_id="O-1", name="Ada"), Owner(owner_id="O-2", name="Bo"))
    plan.add(
        Finding(finding_id="F-1", kind="problem", statement="People wait long.", recorded_on="2026-02-05"),
        Finding(
            finding_id="F-2",
            kind="problem",
            statement="The wait is too long.",
            recorded_on="2026-01-05",
            theme="Waiting",
        ),
        Finding(finding_id="F-3", kind="insight", statement="We learned.", recorded_on="2026-01-05"),
    )
    plan.add(*(Action(action_id=f"A-{n}", title="Do it", recorded_on="2026-01-05") for n in (1, 2)))
    plan.add(Indicator(indicator_id="I-1", name="Wait", direction="descending", level="outcome"))
    plan.add(
        FindingAction(finding_id="F-1", action_id="A-1", role="delivers"),
        FindingAction(finding_id="F-2", action_id="A-1", role="delivers", rationale="It helped elsewhere."),
        FindingAction(finding_id="F-2", action_id="A-2", role="enables"),
        FindingIndicator(finding_id="F-1", indicator_id="I-1", required=False),
        FindingIndicator(finding_id="F-2", indicator_id="I-1"),
        FindingRelation(finding_id="F-2", relation="related", other_finding_id="F-1"),
        FindingRelation(finding_id="F-3", relation="derived_from", other_finding_id="F-2"),
    )
    block = {"event": "block", "reason": "no room", "due": "2026-09-01", "happened_on": "2026-03-01"}
    plan.record(Event(subject="finding", subject_id="F-2", **block))
    plan.record(Event(subject="finding", subject_id="F-2", event="accept", happened_on="2026-02-01"))
    plan.record(Evidence(evidence_id="E-1", finding_id="F-2", dated_on="2026-02-01"))
    return plan


def test_a_duplicate_finding_gives_its_links_and_facts_and_stays_as_a_closed_one(doubled):
    before = doubled.fingerprint()
    doubled.merge("F-1", "F-2")
    links = doubled.finding_action.fillna("")
    assert links[["finding_id", "action_id", "role", "rationale"]].values.tolist() == [
        ["F-1", "A-1", "delivers", "It helped elsewhere."],
        ["F-1", "A-2", "enables", ""],
    ]
    assert doubled.finding_indicator[["finding_id", "required"]].values.tolist() == [["F-1", True]]
    assert doubled.finding_relation[["finding_id", "other_finding_id"]].values.tolist() == [["F-3", "F-1"]]
    kept = doubled.finding.set_index("finding_id").loc["F-1"]
    assert (kept["theme"], str(kept["recorded_on"])[:10]) == ("Waiting", "2026-01-05")
    assert doubled.evidence["finding_id"].tolist() == ["F-1"]
    events = doubled.event[["event", "subject_id", "other_finding_id"]].fillna("")
    said = {tuple(row) for row in events.values.tolist()}
    assert said == {("block", "F-1", ""), ("accept", "F-2", ""), ("duplicate", "F-2", "F-1")}
    assessed = assess(doubled).set_index("finding_id")
    assert assessed["disposition"].to_dict() == {"F-1": "open", "F-2": "duplicate", "F-3": "open"}
    assert "blocked" in assessed["flags"]["F-1"]
    doubled.undo(int(doubled.history()["change_id"].max()))
    assert doubled.fingerprint() == before


def test_merging_twice_says_so_once(doubled):
    doubled.merge("F-1", "F-2")
    doubled.merge("F-1", "F-2")
    assert doubled.event["event"].tolist().count("duplicate") == 1


def test_a_duplicate_action_is_removed_and_its_facts_move(doubled):
    doubled.add(
        ActionOwner(action_id="A-1", owner_id="O-1", role="accountable"),
        ActionOwner(action_id="A-2", owner_id="O-2", role="accountable"),
    )
    doubled.record(Event(subject="action", subject_id="A-2", event="start", happened_on="2026-02-01"))
    doubled.record(
        Event(subject="action", subject_id="A-2", event="cancel", happened_on="2026-03-01", reason="twice")
    )
    doubled.record(Evidence(evidence_id="E-2", action_id="A-2", dated_on="2026-02-01"))
    before = doubled.fingerprint()
    doubled.merge("A-1", "A-2")
    assert doubled.action["action_id"].tolist() == ["A-1"]
    assert owners_of(doubled) == ["A-1/O-1/accountable", "A-1/O-2/responsible"]
    of_actions = doubled.event[doubled.event["subject"] == "action"]
    assert of_actions[["subject_id", "event"]].values.tolist() == [["A-1", "start"]]
    assert doubled.evidence.set_index("evidence_id").loc["E-2", "action_id"] == "A-1"
    assert "A-2" in str(doubled.history("A-2")["what"].tolist())
    doubled.undo(int(doubled.history()["change_id"].max()))
    assert doubled.fingerprint() == before


def test_what_is_no_duplicate_is_not_merged(doubled):
    before = doubled.fingerprint()
    with pytest.raises(PlanError, match="only findings of one kind"):
        doubled.merge("F-1", "F-3")
    with pytest.raises(PlanError, match="into itself"):
        doubled.merge("F-1", "F-1")
    with pytest.raises(PlanError, match="not of one sort"):
        doubled.merge("F-1", "A-1")
    with pytest.raises(UnknownName, match="no finding or action 'X'"):
        doubled.merge("X", "Y")
    doubled.record(
        Event(subject="finding", subject_id="F-1", event="reject", happened_on="2026-03-01", reason="no")
    )
    with pytest.raises(PlanError, match=r"closed \(reject on 2026-03-01\)"):
        doubled.merge("F-1", "F-2")
    doubled.undo(int(doubled.history()["change_id"].max()))
    assert doubled.fingerprint() == before


def test_a_merge_that_would_close_a_circle_changes_nothing(doubled):
    doubled.add(FindingRelation(finding_id="F-1", relation="derived_from", other_finding_id="F-3"))
    with pytest.raises(InvalidPlan, match="E-CYCLE"):
        doubled.merge("F-1", "F-2")
    with pytest.raises(ConflictError, match="no change 99"):
        doubled.undo(99)


def test_what_the_owner_measures_moves_to_the_successor(staffed):
    indicator = {"name": "Visits", "direction": "ascending", "level": "outcome"}
    staffed.add(Indicator(indicator_id="I-1", owner_id="O-1", **indicator))
    staffed.transfer("O-1", "O-2")
    assert staffed.indicator["owner_id"].tolist() == ["O-2"]


def test_merged_findings_have_the_day_that_is_known_and_every_tag(plan):
    unknown = {"kind": "insight", "statement": "We learned one thing.", "recorded_quality": "unknown"}
    plan.add(Finding(finding_id="F-1", tags="Water", **unknown))
    plan.add(Finding(finding_id="F-2", tags="WATER;school", **CONTENT))
    plan.merge("F-1", "F-2")
    row = plan.row("finding", "F-1")
    assert (row["recorded_on"], row["recorded_quality"], row["tags"]) == ("2026-01-05", "", "Water;school")

"""Does what_if say what the plan would say if the facts were really in it?"""

from __future__ import annotations

import pandas as pd
import pytest
from acceptance import NINETY
from builder import PROVED, PlanBuilder, frames_of

import theorytopractice as ttp
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.store.plan import to_frames

D = "2026-03-02"


def under_way():
    """Return a plan with one action begun, and a good value since."""
    return (
        PlanBuilder()
        .finding()
        .case_action(events=(("start", "2026-01-10"),), evidence=())
        .case_indicator(NINETY)
        .tables
    )


def only(changed):
    assert len(changed) == 1
    return changed.iloc[0]


def test_an_action_done_lifts_its_finding_and_takes_its_flags():
    frames = frames_of(under_way())
    row = only(ttp.what_if(frames, ttp.if_done(frames, "A-001", as_of=D), as_of=D))
    assert (row["stage_now"], row["stage_then"], row["stage_name_then"]) == (2, 4, "in practice")
    assert (row["flags_gained"], row["flags_lost"]) == ([], ["outcome_ahead"])


def test_a_completion_without_evidence_only_raises_a_flag():
    done = ttp.Event(subject="action", subject_id="A-001", event="complete", happened_on=D)
    row = only(ttp.what_if(frames_of(under_way()), [done], as_of=D))
    assert (row["stage_now"], row["stage_then"], row["flags_gained"]) == (2, 2, ["unverified"])


def test_facts_may_come_as_frames_and_as_observations():
    tables = PlanBuilder().finding().case_action().case_indicator().tables
    values = pd.DataFrame(
        {"indicator_id": ["I-001"], "observed_on": [pd.Timestamp("2026-03-01")], "value": [90.0]}
    )
    row = only(ttp.what_if(frames_of(tables), {"observation": values}, as_of=D))
    assert (row["stage_now"], row["stage_then"]) == (3, 4)


def test_a_decision_that_closes_a_finding_is_a_change():
    reject = ttp.Event(subject="finding", subject_id="F-001", event="reject", happened_on=D, reason="wrong")
    row = only(ttp.what_if(frames_of(under_way()), [reject], as_of=D))
    assert row["disposition_then"] == "rejected"
    assert pd.isna(row["stage_then"])


def test_what_changes_nothing_and_what_comes_later_is_not_listed():
    frames = frames_of(under_way())
    assert len(ttp.what_if(frames, [], as_of=D)) == 0
    assert len(ttp.what_if({}, [], as_of=D)) == 0
    later = ttp.Event(subject="action", subject_id="A-001", event="complete", happened_on="2026-04-01")
    assert only(ttp.what_if(frames, [later], as_of=D))["flags_gained"] == ["future_dated"]


def test_the_supposed_facts_stand_for_stored_ones_in_a_typed_plan(example_tables):
    frames = to_frames(example_tables)
    open_actions = frames["action"]["action_id"].head(60)
    facts = ttp.if_done(frames, open_actions, as_of="2026-06-30")
    changed = ttp.what_if(frames, facts, as_of="2026-06-30")
    rows = {
        name: [fact.values() for fact in facts if fact.entity.name == name] for name in ("event", "evidence")
    }
    stored = frames | {
        name: pd.DataFrame([*frames[name].astype(object).to_dict("records"), *rows[name]], dtype=object)
        for name in rows
    }
    expected = ttp.assess(stored, as_of="2026-06-30").set_index("finding_id")
    now = ttp.assess(frames, as_of="2026-06-30").set_index("finding_id")
    different = [
        one for one in now.index
        if (now.loc[one, ["disposition", "stage_name", "flags"]].tolist()
            != expected.loc[one, ["disposition", "stage_name", "flags"]].tolist())
    ]  # fmt: skip
    assert changed["finding_id"].tolist() == different
    assert changed["stage_then"].tolist() == expected.loc[different, "stage"].tolist()
    assert len(different) > 3
    assert frames["event"]["happened_on"].dtype == "datetime64[s]"


def test_what_is_done_needs_nothing_and_what_is_unproven_only_evidence():
    done = frames_of(PlanBuilder().finding().case_action().tables)
    assert ttp.if_done(done, ["A-001"], as_of=D) == []
    unproven = frames_of(PlanBuilder().finding().case_action(evidence=()).tables)
    assert [fact.entity.name for fact in ttp.if_done(unproven, ["A-001", "A-001"], as_of=D)] == ["evidence"]


def test_a_cancelled_action_may_be_supposed_done():
    tables = PlanBuilder().finding().case_action(events=(("cancel", "2026-02-01"),), evidence=PROVED).tables
    frames = frames_of(tables)
    row = only(ttp.what_if(frames, ttp.if_done(frames, "A-001", as_of=D), as_of=D))
    assert (row["stage_now"], row["stage_then"], row["flags_lost"]) == (0, 3, ["plan_abandoned", "shelved"])


@pytest.mark.parametrize(
    ("fact", "error", "sentence"),
    [
        (ttp.Event(subject="action", subject_id="A-01", event="start", happened_on=D), UnknownName,
         "no action 'A-01'; did you mean 'A-001'"),
        (ttp.Observation(indicator_id="I-9", observed_on=D, value="1"), UnknownName, "no indicator 'I-9'"),
        (ttp.Evidence(action_id="A-9", dated_on=D), UnknownName, "no action 'A-9'"),
        (ttp.Evidence(dated_on=D), PracticeError, "neither action_id nor finding_id"),
        (ttp.Event(subject="action", subject_id="A-001", event="start"), PracticeError, "has no happened_on"),
        (ttp.Event(subject="deed", subject_id="A-001", event="start", happened_on=D), UnknownName,
         "no subject 'deed'; known: finding, action"),
        (ttp.Event(subject="action", subject_id="A-001", event="begin", happened_on=D), PracticeError,
         "The column event holds 'begin'"),
        (ttp.Event(subject="action", subject_id="A-001", event="start", happened_on="1.2.26"), PracticeError,
         "The column happened_on holds '1.2.26', which is not a date"),
        (ttp.Owner(name="Ada"), PracticeError, "The table owner holds no dated facts"),
        ("start", PracticeError, "Expected rows such as ttp.Event"),
    ],
)  # fmt: skip
def test_a_fact_that_points_to_nothing_or_lacks_something_is_refused(fact, error, sentence):
    with pytest.raises(error, match=sentence):
        ttp.what_if(frames_of(under_way()), [fact], as_of=D)


def test_an_unknown_action_cannot_be_supposed_done():
    with pytest.raises(UnknownName, match="no action 'A-002'"):
        ttp.if_done(frames_of(under_way()), "A-002")

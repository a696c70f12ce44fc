"""Does a plan remember what was done to it, wherever it lives?"""

from __future__ import annotations

from datetime import date

import pytest
from frozen_clock import VARIABLE

from theorytopractice import (
    Action,
    Event,
    Finding,
    FindingAction,
    FindingIndicator,
    Indicator,
    Observation,
    Owner,
    Setting,
)
from theorytopractice.errors import ConflictError, InvalidPlan, PlanError, UnknownName
from theorytopractice.model.entities import ENTITIES
from theorytopractice.store.open import make_plan, open_plan

NASTY = (
    'says "no", twice',
    "two\nlines, and\n\nmore",
    "\u202eright to left\u200f",
    "<script>alert(1)</script>",
    '=HYPERLINK("https://example.org","x")',
    "+1-1@SUM(A1)",
    "结论 落实 🌱",
    "50 %; DROP TABLE finding;--",
    "back\\slash {brace} :colon %s",
)


def finding(**values):
    return Finding(
        **{"kind": "insight", "statement": "We learned one thing.", "recorded_on": "2026-01-05"} | values
    )


def action(**values):
    return Action(**{"title": "Do it", "recorded_on": "2026-01-05"} | values)


def indicator(**values):
    given = {"name": "Waiting time", "direction": "descending", "level": "outcome", "measure": "unit"}
    return Indicator(**given | values)


def rows_of(plan, name):
    return [{k: v for k, v in row.items() if v} for row in plan.tables()[name].rows()]


def test_rows_of_every_sort_come_back_as_they_were_given(plan):
    keys = plan.add(
        Owner(owner_id="O-1", name="Ada"),
        finding(finding_id="F-1", review_every_days=30),
        action(action_id="A-1", cost=12.5, due=date(2026, 3, 1)),
        indicator(indicator_id="I-1", baseline="07.50", cadence_days=30),
        FindingAction(finding_id="F-1", action_id="A-1", role="delivers"),
        FindingIndicator(finding_id="F-1", indicator_id="I-1", required=False),
        Setting(name="zone", value="Europe/Berlin"),
    )
    assert keys == ["O-1", "F-1", "A-1", "I-1", "F-1/A-1/delivers", "F-1/I-1", "zone"]
    assert rows_of(plan, "indicator")[0]["baseline"] == "07.50"
    assert rows_of(plan, "action") == [
        {
            "action_id": "A-1",
            "title": "Do it",
            "recorded_on": "2026-01-05",
            "cost": "12.5",
            "due": "2026-03-01",
        }
    ]
    assert rows_of(plan, "finding_indicator") == [
        {"finding_id": "F-1", "indicator_id": "I-1", "required": "false"}
    ]
    assert plan.settings.zone == "Europe/Berlin"
    assert repr(plan) == f"<Plan {plan.name}: 1 findings, 1 actions, 1 indicators>"


@pytest.mark.parametrize("empty", [True, False])
def test_frames_have_the_types_of_their_fields(plan, empty):
    if not empty:
        plan.add(
            finding(finding_id="F-1", review_every_days=30),
            action(action_id="A-1", cost=12.5),
            indicator(indicator_id="I-1", baseline=7),
            FindingIndicator(finding_id="F-1", indicator_id="I-1"),
            Observation(indicator_id="I-1", observed_on="2026-01-06", value="1.50", final=False, n=3),
        )
    assert len(plan.finding) == (0 if empty else 1)
    assert plan.finding["recorded_on"].dtype == "datetime64[s]"
    assert plan.finding["review_every_days"].dtype == "Int64"
    assert plan.finding["statement"].dtype == "str"
    assert plan.action["cost"].dtype == "float64"
    assert plan.observation["final"].dtype == "boolean"
    assert plan.observation["value"].dtype == "str"
    assert plan.finding_indicator["required"].dtype == "boolean"
    for name in plan:
        assert list(plan[name].columns) == list(ENTITIES[name].columns)
    if not empty:
        assert plan.finding["certainty"].tolist() == ["unrated"]
        assert plan.finding_indicator["required"].tolist() == [True]
        assert plan.observation[["value", "final"]].values.tolist() == [["1.50", False]]
    assert plan.check() == [] or not empty


def test_a_frame_may_be_edited_without_touching_the_plan(plan):
    plan.add(finding(finding_id="F-1"))
    frame = plan.finding
    frame["statement"] = "other"
    frame.loc[0, "kind"] = "problem"
    assert plan.finding["statement"].tolist() == ["We learned one thing."]
    assert plan.finding["kind"].tolist() == ["insight"]


def test_unknown_tables_and_attributes_are_named(plan):
    with pytest.raises(UnknownName, match="did you mean 'finding'"):
        plan["findings"]
    with pytest.raises(AttributeError, match="its tables are owner"):
        _ = plan.findings


def test_any_text_survives(plan, place):
    plan.add(*(finding(statement=text, note=text) for text in NASTY))
    with open_plan(place) as again:
        assert again.finding["statement"].tolist() == list(NASTY)
        assert len(again.history()) == len(NASTY)
        again.change("finding", "F-004", note="x")
        again.undo(2)
    assert sorted(plan.finding["note"]) == sorted(NASTY)
    assert plan.history("F-004")["change_id"].tolist() == [1, 2, 3]


def test_history_says_who_when_before_and_after(plan):
    plan.add(finding(finding_id="F-1"), finding(finding_id="F-2"))
    plan.change("finding", "F-1", theme="Waiting")
    plan.remove("finding", "F-2", reason="a duplicate, entered twice")
    seen = plan.history()
    assert seen["change_id"].tolist() == [1, 1, 2, 3]
    assert set(seen["made_by"]) == {"Ada"}
    assert seen["made_at"].str.endswith("+00:00").all()
    assert seen["what"].tolist()[2:] == [
        "change finding F-1",
        "remove finding F-2: a duplicate, entered twice",
    ]
    one = plan.history("F-1")
    assert one["change_id"].tolist() == [1, 2]
    assert one["before"].tolist()[0] == ""
    assert '"theme": ""' in one["before"].tolist()[1]
    assert '"theme": "Waiting"' in one["after"].tolist()[1]
    assert plan.history("F-2")["after"].tolist()[-1] == ""
    assert plan.history("F").empty


def test_history_of_an_owner_lists_the_rows_that_it_came_to_and_went_from(plan):
    plan.add(Owner(owner_id="O-1", name="Ada"), Owner(owner_id="O-2", name="Bo"))
    plan.add(finding(finding_id="F-1", owner_id="O-1"))
    plan.change("finding", "F-1", owner_id="O-2")
    plan.change("finding", "F-1", theme="x")
    assert plan.history("O-1")["change_id"].tolist() == [1, 2, 3]
    assert plan.history("O-2")["change_id"].tolist() == [1, 3, 4]


def test_a_change_is_undone_and_done_again(plan):
    plan.add(finding(finding_id="F-1", theme="old"))
    plan.change("finding", "F-1", theme="new")
    plan.undo(2)
    assert plan.finding["theme"].tolist() == ["old"]
    assert plan.history()["undoes"].tolist() == ["", "", "2"]
    plan.undo(3)
    assert plan.finding["theme"].tolist() == ["new"]
    plan.undo(2)
    assert plan.finding["theme"].tolist() == ["old"]
    with pytest.raises(ConflictError, match="There is no change 77"):
        plan.undo(77)


def test_undoing_an_addition_that_is_used_is_refused(plan):
    plan.add(finding(finding_id="F-1"))
    plan.add(Event(subject="finding", subject_id="F-1", event="accept", happened_on="2026-01-06"))
    plan.add(Event(subject="finding", subject_id="F-1", event="review_confirmed", happened_on="2026-01-07"))
    before = plan.fingerprint()
    with pytest.raises(
        ConflictError, match=r"undo these first, in this order: change 3 \(add.*change 2 \(add"
    ):
        plan.undo(1)
    assert plan.fingerprint() == before
    assert len(plan.history()) == 3
    for number in (3, 2, 1):
        plan.undo(number)
    assert plan.finding.empty


def test_what_was_removed_or_taken_back_stands_in_the_way_of_no_undo(plan):
    plan.add(finding(finding_id="F-1"))
    plan.add(Event(subject="finding", subject_id="F-1", event="accept", happened_on="2026-01-06"))
    plan.remove("event", "V-001", reason="wrong")
    plan.add(Event(subject="finding", subject_id="F-1", event="accept", happened_on="2026-01-07"))
    with pytest.raises(ConflictError, match=r"in this order: change 4 \([^;]*\)\."):
        plan.undo(1)
    plan.undo(4)
    plan.undo(1)
    assert plan.finding.empty


def test_the_change_that_stands_in_the_way_of_an_undo_is_one_that_stands(plan):
    plan.add(finding(finding_id="F-1", theme="one"))
    plan.change("finding", "F-1", theme="two")
    plan.change("finding", "F-1", theme="three")
    plan.undo(3)
    with pytest.raises(ConflictError, match="changed again by change 2; undo that one first"):
        plan.undo(1)
    plan.undo(2)
    plan.undo(1)
    assert plan.finding.empty


def test_removing_needs_a_reason_and_nothing_that_leans_on_the_row(plan):
    plan.add(finding(finding_id="F-1"), action(action_id="A-1"))
    plan.add(FindingAction(finding_id="F-1", action_id="A-1", role="delivers"))
    with pytest.raises(PlanError, match="needs a reason"):
        plan.remove("finding", "F-1", reason=" ")
    with pytest.raises(InvalidPlan, match="E-REF"):
        plan.remove("finding", "F-1", reason="wrong")
    plan.remove("finding_action", ("F-1", "A-1", "delivers"), reason="wrong")
    plan.remove("finding", "F-1", reason="wrong")
    assert plan.finding.empty
    with pytest.raises(UnknownName, match="There is no finding 'F-1'"):
        plan.remove("finding", "F-1", reason="again")
    plan.undo(4)
    plan.undo(3)
    assert len(plan.finding_action) == 1


def test_a_link_with_an_empty_part_of_its_key_is_changed_and_removed(plan):
    plan.add(finding(finding_id="F-1"), indicator(indicator_id="I-1"))
    plan.add(FindingIndicator(finding_id="F-1", indicator_id="I-1"))
    plan.change("finding_indicator", ("F-1", "I-1", ""), required=False)
    assert plan.finding_indicator["required"].tolist() == [False]
    plan.remove("finding_indicator", ("F-1", "I-1", ""), reason="another measure")
    assert plan.finding_indicator.empty


def test_a_change_from_what_is_no_longer_so_is_refused(plan):
    plan.add(finding(finding_id="F-1", theme="one"))
    plan.change("finding", "F-1", theme="two", expected={"theme": "one"})
    with pytest.raises(ConflictError, match="theme was 'one' and is now 'two'"):
        plan.change("finding", "F-1", theme="three", expected={"theme": "one"})
    assert plan.finding["theme"].tolist() == ["two"]


def test_a_change_that_changes_nothing_leaves_no_trace(plan):
    plan.add(finding(finding_id="F-1", theme="one"))
    plan.change("finding", "F-1", theme=" one\r\n")
    assert plan.history()["change_id"].tolist() == [1]


def test_wrong_changes_are_refused_in_a_sentence(plan):
    plan.add(finding(finding_id="F-1"))
    with pytest.raises(UnknownName, match="did you mean 'theme'"):
        plan.change("finding", "F-1", themes="x")
    with pytest.raises(UnknownName, match="did you mean 'finding'"):
        plan.change("findings", "F-1", theme="x")
    with pytest.raises(PlanError, match="stays what it is"):
        plan.change("finding", "F-1", finding_id="F-2")
    with pytest.raises(InvalidPlan, match="E-VOCAB"):
        plan.change("finding", "F-1", kind="insigt")
    with pytest.raises(PlanError, match="no dated fact"):
        plan.record(finding(finding_id="F-2"))
    with pytest.raises(InvalidPlan, match="already a finding F-1"):
        plan.add(finding(finding_id="F-1"))
    with pytest.raises(InvalidPlan, match="E-REQ"):
        plan.add(finding(statement="  "))
    assert len(plan.finding) == 1
    assert len(plan.history()) == 1


def test_a_new_wording_is_dated_in_the_zone_of_the_plan(plan, monkeypatch):
    monkeypatch.setenv(VARIABLE, "2026-03-01T00:30:00+00:00")
    plan.add(finding(finding_id="F-1"), Setting(name="zone", value="Etc/GMT+1"))
    plan.change("finding", "F-1", statement="We learned another thing.")
    assert plan.finding.loc[0, "reworded_on"].date() == date(2026, 2, 28)  # an hour behind UTC


def test_identifiers_are_never_used_again(plan):
    assert plan.add(finding(), finding()) == ["F-001", "F-002"]
    plan.remove("finding", "F-002", reason="wrong")
    assert plan.add(finding()) == ["F-003"]
    plan.undo(3)
    assert plan.add(finding()) == ["F-004"]
    assert plan.add(finding(finding_id="F-0099"), finding()) == ["F-0099", "F-0100"]
    assert plan.record(
        Event(subject="finding", subject_id="F-001", event="accept", happened_on="2026-01-06")
    ) == ["V-001"]


def test_an_identifier_named_later_in_the_same_change_is_not_given_before(plan):
    assert plan.add(finding(), finding(finding_id="F-001"), finding()) == ["F-002", "F-001", "F-003"]


@pytest.mark.parametrize("text", ["half \ud800", "x" * 100_001, "nul \0"])
def test_text_that_cannot_be_kept_is_refused(plan, text):
    plan.add(finding(finding_id="F-1"))
    with pytest.raises((PlanError, InvalidPlan)):
        plan.change("finding", "F-1", note=text)
    assert rows_of(plan, "finding")[0].get("note") is None
    assert len(plan.history()) == 1


def test_any_reason_is_kept_or_refused(plan):
    plan.add(finding(finding_id="F-1"))
    plan.remove("finding", "F-1", reason='nul \0, "quoted",\r\nlines')
    assert plan.history()["what"].tolist()[-1].startswith("remove finding F-1: nul")
    plan.undo(2)
    assert len(plan.finding) == 1


def test_another_plan_object_sees_the_change_at_once(place):
    with make_plan(place, who="Ada") as one, open_plan(place, who="Bo") as other:
        assert other.finding.empty
        one.add(finding(finding_id="F-1", theme="a"))
        assert other.finding["theme"].tolist() == ["a"]
        other.change("finding", "F-1", theme="b")
        assert one.finding["theme"].tolist() == ["b"]
        assert one.history("F-1")["made_by"].tolist() == ["Ada", "Bo"]

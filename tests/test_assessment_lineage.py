"""Does a new wording make links suspect, in both directions, until somebody confirms them?"""

from __future__ import annotations

import pytest

import theorytopractice as ttp

WHEN = {"recorded_on": "2026-01-05"}


@pytest.fixture
def linked(plan):
    """Two findings, the second derived from the first, and an action of the second."""
    plan.add(
        ttp.Finding(finding_id="F-1", kind="insight", statement="We learned a.", **WHEN),
        ttp.Finding(finding_id="F-2", kind="insight", statement="We learned b.", **WHEN),
        ttp.Action(action_id="A-1", title="Do it", **WHEN),
        ttp.FindingAction(finding_id="F-2", action_id="A-1", role="delivers"),
        ttp.FindingRelation(finding_id="F-2", relation="derived_from", other_finding_id="F-1"),
    )
    return plan


def suspects(plan):
    return ttp.suspect_links(plan)[["suspect_id", "reworded_id"]].values.tolist()


def flagged(plan, day=None):
    assessed = ttp.assess(plan, as_of=day)
    return assessed["finding_id"][["suspect" in flags for flags in assessed["flags"]]].tolist()


def test_nothing_is_suspect_as_long_as_nothing_is_reworded(linked):
    assert suspects(linked) == []
    assert flagged(linked) == []


def test_a_reworded_source_makes_what_was_derived_from_it_suspect(linked):
    linked.change("finding", "F-1", statement="We learned a, but only in winter.")
    assert suspects(linked) == [["F-2", "F-1"]]
    assert flagged(linked) == ["F-2"]
    today = linked.finding.set_index("finding_id").loc["F-1", "reworded_on"].date()
    linked.change("finding_relation", ("F-2", "derived_from", "F-1"), confirmed_on=today)
    assert suspects(linked) == []
    assert flagged(linked) == []


def test_a_reworded_finding_makes_its_source_and_its_action_suspect(linked):
    linked.change("finding", "F-2", statement="We learned another b.")
    assert suspects(linked) == [["A-1", "F-2"], ["F-1", "F-2"]]
    assert flagged(linked) == ["F-1"]


def test_a_reworded_action_makes_its_finding_suspect_until_confirmed(linked):
    linked.change("action", "A-1", title="Do half of it")
    assert suspects(linked) == [["F-2", "A-1"]]
    assert flagged(linked) == ["F-2"]
    linked.change("finding_action", ("F-2", "A-1", "delivers"), confirmed_on="2020-01-01")
    assert flagged(linked) == ["F-2"]
    linked.change("finding_action", ("F-2", "A-1", "delivers"), confirmed_on="2999-01-01")
    assert flagged(linked) == []


def test_what_is_reworded_later_is_not_suspect_yet(linked):
    linked.change("finding", "F-1", reworded_on="2026-05-01")
    for day, expected in (("2026-04-30", []), ("2026-05-01", ["F-2"])):
        assert flagged(linked, day) == expected
        assert ttp.suspect_links(linked, as_of=day)["suspect_id"].tolist() == expected

"""Does a planner see who changed what, in words, and can all that be taken back in the order in which it was built?"""

from __future__ import annotations

import pytest
from desks import ask, saved, words

import theorytopractice as ttp
from theorytopractice.forms.desk import Desk


@pytest.fixture
def history(desk):
    """Return a finding's history as it is shown."""

    def of(finding_id):
        ask(desk, "choose", finding=finding_id)
        return words(ask(desk, "tab", tab="history"))

    return of


def test_the_history_of_a_finding_tells_of_its_actions_events_values_and_evidence(desk, history):
    ask(desk, "choose", finding="F-013")
    action = desk.rows("finding_action", finding_id="F-013")[0]["action_id"]
    saved(desk, {"form": "event", "subject": "action", "subject_id": action}, event__event="progress",
          event__progress="40")  # fmt: skip
    saved(desk, {"form": "row", "table": "observation", "indicator_id": "I-19"}, observation__value="7")
    saved(desk, {"form": "row", "table": "evidence", "action_id": action}, evidence__description="The log")
    desk.plan.change("action", action, due="2026-12-24")
    desk.plan.change("finding", "F-013", kind="problem", solvability="long_term")
    told = history("F-013")
    assert f"event progress, {action}, 30 Jun 2026: added" in told
    assert "observation 7, I-19, 30 Jun 2026: added" in told
    assert "30 Jun 2026: added" in told.split("evidence ")[1]
    assert "Due: “" in told
    assert "→ “24 Dec 2026”" in told
    assert "Solvability: “" in told
    assert "→ “long term”" in told


def test_the_moment_of_a_change_is_told_by_the_clock_of_the_plan(desk, history):
    desk.plan.change("setting", "zone", value="America/Bogota")
    desk.plan.change("finding", "F-013", theme="x")
    made_at = desk.plan.latest(1)["made_at"].iloc[0]
    hour = (int(made_at[11:13]) - 5) % 24
    assert f" {hour:02}:{made_at[14:16]}" in history("F-013")


def test_what_was_taken_back_is_said_and_offers_no_second_undo(desk):
    desk.plan.change("finding", "F-013", theme="x")
    number = int(desk.plan.latest(1)["change_id"].iloc[0])
    assert f"change {number}" in words(ask(desk, "screen", screen="changes"))
    ask(desk, "undo", change=number)
    told = words(ask(desk, "screen", screen="changes"))
    assert "was taken back" in told
    assert f"Undo change {number} " not in " ".join(told.split()) + " "
    assert f"Undo change {number + 1}" in " ".join(told.split())


def test_a_large_change_is_taken_back_only_when_that_is_meant(where):
    with ttp.open_plan(where, who="Maker") as plan:
        one = Desk(plan)
        ask(one, "start")
        before = plan.fingerprint()
        asked = ask(one, "undo", change=1)
        assert "Take back change 1 (the example) with" in words(asked)
        assert plan.fingerprint() == before
        assert ask(one, "notice").parts == {"notice": ""}
        ask(one, "undo", change=1, is_meant=True)
        assert plan.finding.empty


def test_a_change_that_others_build_on_names_those_that_go_first(desk):
    saved(desk, {"form": "row", "table": "owner"}, owner__name="Nora")
    number = int(desk.plan.latest(1)["change_id"].iloc[0])
    owner = desk.rows("owner", name="Nora")[0]["owner_id"]
    desk.plan.change("finding", "F-013", owner_id=owner)
    refused = ask(desk, "undo", change=number)
    assert refused.refused
    assert f"undo these first, in this order: change {number + 1} (change finding F-013)" in refused.told

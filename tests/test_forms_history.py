"""Does a planner see who changed what, in words, and can all that be taken back in the order in which it was built?"""

from __future__ import annotations

import html
from datetime import date

import pytest
from forms_helpers import answer_text, ask, save_form

import theorytopractice as ttp
from theorytopractice.forms.session import Session

pytestmark = pytest.mark.slow


@pytest.fixture
def history(session):
    """Return a finding's history as it is shown."""

    def of(finding_id):
        ask(session, "choose", finding=finding_id)
        return answer_text(ask(session, "tab", tab="history"))

    return of


def test_the_history_of_a_finding_tells_of_its_actions_events_values_and_evidence(session, history):
    ask(session, "choose", finding="F-013")
    action = session.rows("finding_action", finding_id="F-013")[0]["action_id"]
    save_form(session, {"form": "event", "subject": "action", "subject_id": action}, event__event="progress",
          event__progress="40")  # fmt: skip
    save_form(
        session, {"form": "row", "table": "observation", "indicator_id": "I-19"}, observation__value="7"
    )
    save_form(
        session, {"form": "row", "table": "evidence", "action_id": action}, evidence__description="The log"
    )
    session.plan.change("action", action, due="2026-12-24", reason="a slip of the pen")
    session.plan.change("finding", "F-013", kind="problem", solvability="long_term")
    told = history("F-013")
    assert f"event progress, {action}, 30 Jun 2026: added" in told
    assert "observation 7, I-19, 30 Jun 2026: added" in told
    assert "30 Jun 2026: added" in told.split("evidence ")[1]
    assert "Due: “" in told
    assert "→ “24 Dec 2026”" in told
    assert "Solvability: “" in told
    assert "→ “long term”" in told


def test_the_moment_of_a_change_is_told_by_the_clock_of_the_plan(session, history):
    session.plan.change("setting", "zone", value="America/Bogota")
    session.plan.change("finding", "F-013", theme="x")
    made_at = session.plan.latest(1)["made_at"].iloc[0]
    hour = (int(made_at[11:13]) - 5) % 24
    assert f" {hour:02}:{made_at[14:16]}" in history("F-013")


def test_what_was_taken_back_is_said_and_offers_no_second_undo(session):
    session.plan.change("finding", "F-013", theme="x")
    number = int(session.plan.latest(1)["change_id"].iloc[0])
    assert f"change {number}" in answer_text(ask(session, "screen", screen="changes"))
    ask(session, "undo", change=number)
    told = answer_text(ask(session, "screen", screen="changes"))
    assert "was taken back" in told
    assert f"Undo change {number} " not in " ".join(told.split()) + " "
    assert f"Undo change {number + 1}" in " ".join(told.split())


def test_a_large_change_is_taken_back_only_when_that_is_meant(plan_path):
    with ttp.open_plan(plan_path, who="Maker") as plan:
        one = Session(plan)
        ask(one, "start")
        before = plan.fingerprint()
        asked = ask(one, "undo", change=1)
        assert "Take back change 1 (the example) with" in answer_text(asked)
        assert plan.fingerprint() == before
        assert ask(one, "notice").parts == {"notice": ""}
        ask(one, "undo", change=1, is_meant=True)
        assert plan.finding.empty


def test_a_change_that_others_build_on_names_those_that_go_first(session):
    save_form(session, {"form": "row", "table": "owner"}, owner__name="Nora")
    number = int(session.plan.latest(1)["change_id"].iloc[0])
    owner = session.rows("owner", name="Nora")[0]["owner_id"]
    session.plan.change("finding", "F-013", owner_id=owner)
    refused = ask(session, "undo", change=number)
    assert refused.refused
    assert f"undo these first, in this order: change {number + 1} (change finding F-013)" in refused.text


def test_the_change_that_is_offered_to_be_taken_back_is_the_one_that_was_just_made(
    session, plan_path, monkeypatch
):
    edit = type(session.plan).edit

    def and_another(plan, *edits, what):
        keys = edit(plan, *edits, what=what)
        monkeypatch.setattr(type(plan), "edit", edit)
        with ttp.open_plan(plan_path, who="Ada") as other:
            other.change("finding", "F-002", theme="of another tab")
        return keys

    ask(session, "choose", finding="F-013")
    monkeypatch.setattr(type(session.plan), "edit", and_another)
    answer = save_form(session, {"form": "finding", "key": "F-013"}, finding__theme="mine")
    assert f'"change": {int(session.plan.latest(2)["change_id"].min())}' in html.unescape(
        str(answer.parts["notice"])
    )


def test_a_new_day_is_looked_at_although_nothing_was_changed(plan_path, monkeypatch):
    with ttp.open_plan(plan_path, who="Ada") as plan:
        plan.add(
            ttp.Action(action_id="A-900", title="Send", recorded_on="2026-01-01", due="2026-03-10"),
            ttp.FindingAction(finding_id="F-002", action_id="A-900", role="delivers"),
        )
        monkeypatch.setattr(type(plan), "today", date(2026, 3, 1))
        one = Session(plan)
        ask(one, "choose", finding="F-002")
        assert "overdue" not in one.overview.get("F-002").flags
        monkeypatch.setattr(type(plan), "today", date(2026, 3, 20))
        ask(one, "tab", tab="why")
        assert "overdue" in one.overview.get("F-002").flags
        assert one.detail().explanation.as_of == "2026-03-20"


def test_each_browser_of_a_shared_page_has_its_own_name(plan_path):
    with ttp.open_plan(plan_path, who="Server") as plan:
        one = Session(plan, asks_name=True)
        page = ask(one, "start", drafts=[], who="  Mara\n Lopez ").parts["page"]
        assert "changes by Mara Lopez" in answer_text(ask(one, "cancel-name"))
        assert "Another name" in str(page)
        assert ask(one, "ask-name").focus == "who"
        assert ask(one, "name", values={"who": "Nora"}).text == "Changes are remembered under the name Nora."
        save_form(one, {"form": "finding", "key": "F-013"}, finding__theme="hers")
        assert plan.latest(1)["made_by"].tolist() == ["Nora"]
        ask(one, "name", values={"who": " "})
        assert one.who == "Nora"


def test_where_the_plan_was_opened_under_a_name_no_browser_gives_another(session):
    assert "Another name" not in str(ask(session, "start", drafts=[], who="Mallory").parts["page"])
    ask(session, "name", values={"who": "Mallory"})
    assert session.who == "Ada"

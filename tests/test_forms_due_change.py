"""Is a due date that has stood never overwritten unseen, and is there always a way to another one?"""

# ruff: noqa: F401, F811 - pytest finds fixtures by their names

from __future__ import annotations

import pytest
from browser_helpers import browser, choose, open_tab, page, plan, server
from forms_helpers import (
    Controls,
    answer_text,
    ask,
    example_database,
    open_form,
    plan_path,
    save_form,
    session,
)

DUE, CHOICE = "action.due", "~due-change"


@pytest.fixture
def action(session):
    """An action of the example that is open, and was never re-dated."""
    events = session.plan.event
    moved = set(events.loc[events["event"] == "redate", "subject_id"])
    links = session.plan.finding_action
    frame = session.plan.action.dropna(subset=["due"])
    key = next(one for one in frame["action_id"] if one not in moved and one in set(links["action_id"]))
    finding = links.loc[links["action_id"] == key, "finding_id"].iloc[0]
    return {"form": "action", "finding": str(finding), "key": str(key)}


def row(session, facts):
    return session.plan.row("action", facts["key"])


def redates(session, facts):
    return [
        event
        for event in session.rows("event", subject_id=facts["key"], subject="action")
        if event["event"] == "redate"
    ]


def refresh(session, facts, **typed):
    values = open_form(session, **facts) | {name.replace("__", "."): text for name, text in typed.items()}
    return ask(session, "refresh", open=facts, values=values).parts["form"]


def test_another_due_date_asks_whether_it_moves_or_was_wrong(session, action):
    before = row(session, action)
    page = Controls(refresh(session, action, action__due="2027-03-31"))
    assert CHOICE in page.values
    assert f"First due {before['due']}" in page.text
    answer = save_form(session, action, action__due="2027-03-31")
    assert "Choose whether the date moves" in answer_text(answer)
    assert CHOICE in Controls(answer.parts["form"]).values
    assert answer.focus == "summary-box"
    assert row(session, action) == before
    assert not redates(session, action)


def test_a_moved_date_is_an_event_and_the_first_one_stays(session, action):
    before = row(session, action)
    typed = {"action__due": "2027-03-31", CHOICE: "move"}
    values = Controls(refresh(session, action, **typed)).values | {CHOICE: "move"}
    assert ("event.consent" in values) == bool(before["promised_to"])
    answer = ask(session, "save", open=action, values=values | {"event.reason": ""})
    assert "This must be filled" in answer_text(answer)
    values |= {"event.reason": "The bank needs six weeks", "event.happened_on": "2026-06-29"}
    ask(session, "save", open=action, values=values | {"action.title": "Another title of it"})
    (event,) = redates(session, action)
    assert (event["due"], event["happened_on"], event["reason"]) == (
        "2027-03-31",
        "2026-06-29",
        "The bank needs six weeks",
    )
    assert (row(session, action)["due"], row(session, action)["title"]) == (
        before["due"],
        "Another title of it",
    )
    session.finding_id = action["finding"]
    assert "first due" in answer_text(ask(session, "tab", tab="actions"))


def test_a_wrong_date_is_put_right_for_a_reason(session, action):
    values = open_form(session, **action) | {DUE: "2027-03-31", CHOICE: "correct"}
    answer = ask(session, "save", open=action, values=values)
    assert "Say why." in answer_text(answer)
    assert "~due-reason" in Controls(answer.parts["form"]).values
    ask(session, "save", open=action, values=values | {"~due-reason": "A slip of the <pen>"})
    assert row(session, action)["due"] == "2027-03-31"
    assert not redates(session, action)
    assert "A slip of the <pen>" in session.plan.latest(1)["what"].iloc[0]


def test_a_date_that_goes_or_is_none_is_refused_beside_its_field(session, action):
    before = row(session, action)["due"]
    for typed in ("", "31 Xyz 2026"):
        values = open_form(session, **action) | {DUE: typed, CHOICE: "correct", "~due-reason": "Why not"}
        assert not ask(session, "check", open=action, values=values, field=DUE).refused
        answer = ask(session, "save", open=action, values=values)
        assert str(answer.parts[f"error:{DUE}"])
        assert row(session, action)["due"] == before


def test_a_date_of_today_and_other_fields_are_saved_as_before(session, action):
    answer = save_form(session, action, action__title="Only the title")
    assert not answer.refused
    assert row(session, action)["title"] == "Only the title"
    assert "refresh" in str(ask(session, "open", open=action).parts["form"])


def test_leaving_another_field_is_still_judged_while_the_date_is_undecided(session, action):
    values = open_form(session, **action) | {DUE: "2027-03-31", "action.planned_start": "soon"}
    answer = ask(session, "check", open=action, values=values, field="action.planned_start")
    assert not answer.refused
    assert str(answer.parts["error:action.planned_start"])


@pytest.mark.browser
def test_a_planner_moves_a_date_in_the_browser(page, plan):
    choose(page, "F-027")
    open_tab(page, "Actions and owners")
    page.get_by_role("button", name="Change A-049").click()
    first = plan.row("action", "A-049")["due"]
    page.locator("[name='action.due']").fill("31 March 2027")
    page.locator("[name='action.due']").press("Tab")
    page.get_by_label("Move the date").check()
    page.locator("[name='event.reason']").fill("The forms come later")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(f"first due {first}").or_(page.get_by_text("first due")).first.wait_for()
    assert plan.row("action", "A-049")["due"] == first

"""What a team sees and decides in its weekly meeting."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pandas as pd
import pytest
from report_helpers import Reader

import theorytopractice as ttp
from theorytopractice.assessment.workload import due_actions
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.meeting import MAX_ROWS
from theorytopractice.forms.overview import Overview
from theorytopractice.forms.session import Session
from theorytopractice.model.entities import (
    Action,
    ActionOwner,
    Event,
    Evidence,
    Finding,
    FindingAction,
    Owner,
    Setting,
)
from theorytopractice.resources import path_of
from theorytopractice.store.folder import read_folder

DAY = date(2026, 6, 30)
GROUPS = {
    "overdue": ["A-001", "A-002"],
    "soon": ["A-003", "A-004"],
    "stalled": ["A-006", "A-007"],
    "waiting": ["A-008"],
}
"""By hand: due before 30 June; from 30 June to 30 July; of F-002, in which nothing moved for 90 days; complete alone."""


def acts(*rows):
    """Return actions with their parts: id, finding, due, owner."""
    for action_id, findings, due, owner in rows:
        yield Action(action_id=action_id, title=f"Do {action_id}", due=due, recorded_on="2026-01-05")
        for finding_id in findings:
            yield FindingAction(finding_id=finding_id, action_id=action_id, role="delivers")
        if owner:
            yield ActionOwner(action_id=action_id, owner_id=owner, role="accountable")


def happened(subject_id, event, day):
    """Return an event of an action."""
    return Event(subject="action", subject_id=subject_id, event=event, happened_on=day)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a plan of two live findings, a stalled one and a closed one, with an action for every case."""
    file = tmp_path_factory.mktemp("made") / "plan.db"
    findings = [
        Finding(
            finding_id=one,
            kind="insight",
            statement=f"Learned in {one}",
            source="Study",
            recorded_on="2026-01-05",
        )
        for one in ("F-001", "F-002", "F-003", "F-004")
    ]
    rows = acts(
        ("A-001", ["F-001", "F-002"], "2026-06-29", "O-1"),  # overdue by a day; stalled through F-002
        ("A-002", ["F-001"], "2026-03-01", "O-2"),
        ("A-003", ["F-001"], "2026-07-30", ""),  # the last day within 30
        ("A-004", ["F-003"], "2026-06-30", "O-1"),  # today
        ("A-005", ["F-001"], "2026-07-31", "O-1"),  # in 31 days: no group
        ("A-006", ["F-002"], "", "O-1"),
        ("A-007", ["F-002"], "2026-12-31", ""),
        ("A-008", ["F-001"], "2026-05-01", "O-2"),  # complete, nothing shows it
        ("A-009", ["F-001"], "2026-05-01", "O-2"),  # done
        ("A-010", ["F-004"], "2026-03-01", "O-2"),  # overdue, but its finding is closed
        ("A-011", ["F-001"], "2026-03-01", "O-2"),  # cancelled
    )
    with ttp.make_plan(file, who="Ada") as plan:
        plan.add(
            Owner(owner_id="O-1", name="Maria Lopez"),
            Owner(owner_id="O-2", name="Ben Ode"),
            *findings,
            *rows,
            happened("A-002", "start", "2026-06-20"),
            happened("A-004", "start", "2026-06-20"),
            happened("A-008", "complete", "2026-06-10"),
            happened("A-009", "complete", "2026-06-10"),
            Event(subject="action", subject_id="A-011", event="cancel", happened_on="2026-06-01", reason="x"),
            Event(
                subject="finding", subject_id="F-004", event="retire", happened_on="2026-06-01", reason="x"
            ),
            Evidence(action_id="A-009", dated_on="2026-06-10", description="Minutes"),
        )
    return file


@pytest.fixture
def plan(made, tmp_path):
    """Return a plan of one's own, as it was made."""
    with ttp.open_plan(shutil.copy(made, tmp_path), who="Ada") as held:
        yield held


@pytest.fixture
def session(plan):
    """Return a planner who has opened the meeting."""
    made = Session(plan, as_of=DAY)
    ask(made, "start")
    ask(made, "screen", screen="meeting")
    return made


def ask(session, do, **facts):
    """Return the answer to a message."""
    return router.answer(session, Message(do, facts))


def rows_of(html):
    """Return the ids of the actions in each group of the wall that still ask for something."""
    found = {}
    for name, section in re.findall(
        r'<section aria-labelledby="meeting-(\w+)"(.*?)</section>', str(html), re.DOTALL
    ):
        rows = re.findall(r'<tr role="row"( class="settled")?><th scope="row".*?>(A-\d+)</p>', section)
        found[name] = [action_id for settled, action_id in rows if not settled]
    return found


def counts_of(html):
    """Return the count beside the heading of each group."""
    return {
        name: int(n) for name, n in re.findall(r'id="meeting-(\w+)">[^<]*<span class="n">(\d+)', str(html))
    }


def row_of(html, action_id):
    """Return the row of an action."""
    rows = re.findall(r'<tr role="row".*?</tr>', str(html), re.DOTALL)
    return next(row for row in rows if f">{action_id}</p></th>" in row)


def offered(html, action_id):
    """Return the words of the decisions that a row offers."""
    words = re.findall(r'>([^<>]+)<span class="aloud"> [^<]*</span></button>', row_of(html, action_id))
    return [one for one in words if one != "Undo"]


def new_rows(plan, before):
    """Return the rows that came since, by table, without keys and what is empty."""
    return {
        name: [
            {column: text for column, text in row.items() if text and column != f"{name}_id"}
            for row in table.rows()
            if row not in before[name].rows()
        ]
        for name, table in plan.tables().items()
        if len(table) != len(before[name])
    }


def decide(session, form, action_id, group, **values):
    """Open the form of a decision in a row, and save it."""
    facts = {"form": form, "action_id": action_id}
    ask(session, "decide", open=facts, group=group, action_id=action_id)
    typed = {name.replace("__", "."): text for name, text in values.items()}
    return ask(session, "save", open=facts, values=typed)


def test_the_four_groups_hold_the_actions_named_by_hand(session):
    wall = ask(session, "meeting-owner", values={"owner": ""}).parts["wall"]
    assert {name: sorted(found) for name, found in rows_of(wall).items()} == GROUPS
    assert counts_of(wall) == {name: len(found) for name, found in GROUPS.items()}
    assert "1 action in the groups above is stalled too." in Reader(wall).text


def test_the_longest_awaited_stands_first(session):
    wall = ask(session, "meeting-owner", values={"owner": ""}).parts["wall"]
    assert rows_of(wall)["overdue"] == ["A-002", "A-001"]
    assert rows_of(wall)["stalled"] == ["A-007", "A-006"]  # what has no date stands last


def test_the_groups_of_the_example_come_to_what_the_load_of_the_owners_counts(tmp_path):
    plan = ttp.make_plan(tmp_path / "plan.db")
    plan.upsert(read_folder(path_of("data/example")), what="example")
    found, load = due_actions(plan, as_of=DAY), ttp.owner_load(plan, as_of=DAY)
    every = ttp.actions(plan, as_of=DAY)
    waiting = every[(every["action_state"] == "done_unverified") & (every["finding_ids"].str.len() > 0)]
    assert found["is_overdue"].sum() == load["overdue"].sum() > 0
    assert found["is_due_soon"].sum() == load["due_in_30_days"].sum() > 0
    assert found["is_stalled"].sum() == load["stalled"].sum() > 0
    assert set(found.loc[found["awaits_evidence"], "action_id"]) == set(waiting["action_id"])


def test_days_are_told_in_words(session):
    wall = ask(session, "meeting-owner", values={"owner": ""}).parts["wall"]
    assert "1 day overdue" in row_of(wall, "A-001")
    assert "30 days left" in row_of(wall, "A-003")
    assert "due today" in row_of(wall, "A-004")
    assert "no date" in row_of(wall, "A-006")
    assert "completed 10 Jun 2026" in row_of(wall, "A-008")


def test_only_decisions_that_the_state_allows_are_offered(session):
    wall = ask(session, "meeting-owner", values={"owner": ""}).parts["wall"]
    assert offered(wall, "A-001") == ["Start", "Complete…", "Re-date…", "Block…"]
    assert offered(wall, "A-002") == ["Complete…", "Re-date…", "Block…"]
    assert offered(wall, "A-008") == ["Add evidence…"]


def test_a_suspended_action_is_resumed_with_one_click(plan, session):
    plan.add(happened("A-002", "suspend", "2026-06-25"))
    before = plan.tables()
    assert offered(ask(session, "meeting-owner", values={}).parts["wall"], "A-002")[0] == "Resume"
    ask(session, "begin", action_id="A-002", group="overdue")
    assert [row["event"] for row in new_rows(plan, before)["event"]] == ["resume"]


def test_an_owner_sees_their_own_actions_and_the_choice_counts_them(session):
    page = ask(session, "screen", screen="meeting").parts["screen"]
    options = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', str(page))
    assert options == [
        ("", "all (7)"),
        ("nobody", "nobody (2)"),
        ("by:Ben Ode", "Ben Ode (2)"),
        ("by:Maria Lopez", "Maria Lopez (3)"),
    ]
    maria = ask(session, "meeting-owner", values={"owner": "by:Maria Lopez"}).parts["wall"]
    assert rows_of(maria) == {"overdue": ["A-001"], "soon": ["A-004"], "stalled": ["A-006"], "waiting": []}
    nobody = ask(session, "meeting-owner", values={"owner": "nobody"}).parts["wall"]
    assert rows_of(nobody) == {"overdue": [], "soon": ["A-003"], "stalled": ["A-007"], "waiting": []}


def test_start_writes_one_event_of_today(plan, session):
    before = plan.tables()
    answer = ask(session, "begin", action_id="A-001", group="overdue")
    assert new_rows(plan, before) == {
        "event": [
            {
                "subject": "action",
                "subject_id": "A-001",
                "event": "start",
                "happened_on": "2026-06-30",
                "by": "Ada",
            }
        ]
    }
    assert answer.focus == "decided-A-001"
    assert f'id="{answer.focus}"' in row_of(answer.parts["wall"], "A-001")
    assert answer.text == "Saved: Start A-001. A-001 is now in progress, due 29 Jun 2026."
    assert "screen" not in answer.parts  # the page stays where it is
    assert offered(answer.parts["wall"], "A-001") == ["Complete…", "Re-date…", "Block…"]


def test_starting_moves_what_shares_the_finding_out_of_the_stalled(session):
    answer = ask(session, "begin", action_id="A-001", group="overdue")
    assert counts_of(answer.parts["wall"]) == {"overdue": 2, "soon": 2, "stalled": 0, "waiting": 1}


def test_an_action_that_somebody_else_started_is_not_started_twice(plan, session):
    plan.add(happened("A-001", "start", "2026-06-29"))
    before = plan.tables()
    answer = ask(session, "begin", action_id="A-001", group="overdue")
    assert new_rows(plan, before) == {}
    assert "nothing was stored" in answer.text


def test_completing_with_evidence_writes_event_and_evidence_in_one_change(plan, session):
    before = plan.tables()
    answer = decide(
        session, "complete", "A-002", "overdue",
        event__happened_on="28.6.2026", event__by="Ben", evidence__description="Photograph",
    )  # fmt: skip
    assert new_rows(plan, before) == {
        "event": [
            {
                "subject": "action",
                "subject_id": "A-002",
                "event": "complete",
                "happened_on": "2026-06-28",
                "by": "Ben",
            }
        ],
        "evidence": [{"action_id": "A-002", "dated_on": "2026-06-28", "description": "Photograph"}],
    }
    assert plan.latest(1)["n_rows"].iloc[0] == 2
    assert answer.text == "Saved: Complete A-002. A-002 is now done."
    assert counts_of(answer.parts["wall"]) == {"overdue": 1, "soon": 2, "stalled": 2, "waiting": 1}


def test_a_meeting_completes_nothing_without_evidence(plan, session):
    before = plan.tables()
    answer = decide(session, "complete", "A-002", "overdue")
    assert new_rows(plan, before) == {}
    assert "This must be filled." in answer.parts["error:evidence.description"]


def test_who_records_a_completion_without_evidence_finds_it_waiting_in_the_meeting(plan, session):
    facts = {"form": "event", "subject": "action", "subject_id": "A-002"}
    values = {"event.event": "complete", "event.happened_on": "2026-06-30"}
    form = ask(session, "refresh", open=facts, values=values).parts["form"]
    assert 'name="evidence.uri"' in form
    before = plan.tables()
    ask(session, "save", open=facts, values=values)
    assert list(new_rows(plan, before)) == ["event"]
    wall = ask(session, "meeting-owner", values={"owner": ""}).parts["wall"]
    assert rows_of(wall)["waiting"] == ["A-008", "A-002"]


def test_an_attached_file_is_kept_with_its_checksum(plan, session):
    router.answer(
        session,
        Message("upload", {"token": "t", "name": "p.txt", "at": 0, "is_last": True, "part": "x"}, b"abc"),
    )
    before = plan.tables()
    facts = {"form": "complete", "action_id": "A-002"}
    ask(session, "decide", open=facts, group="overdue", action_id="A-002")
    ask(session, "save", open=facts, values={"~file": "t", "evidence.description": "Minutes"})
    (proof,) = new_rows(plan, before)["evidence"]
    assert proof["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc
    assert (plan.evidence_dir.parent / proof["uri"]).read_bytes() == b"abc"


def test_redating_writes_the_new_date_and_moves_the_action(plan, session):
    before = plan.tables()
    answer = decide(
        session, "redate", "A-002", "overdue", event__due="2026-07-15", event__reason="Rain", event__by="Ada",
    )  # fmt: skip
    assert new_rows(plan, before)["event"] == [
        {"subject": "action", "subject_id": "A-002", "event": "redate", "happened_on": "2026-06-30", "by": "Ada",
         "reason": "Rain", "due": "2026-07-15"}
    ]  # fmt: skip
    assert rows_of(answer.parts["wall"]) == GROUPS | {
        "overdue": ["A-001"], "soon": ["A-004", "A-002", "A-003"], "stalled": ["A-007", "A-006"],
    }  # fmt: skip


def test_what_was_decided_stays_at_its_place_until_the_meeting_begins_anew(session):
    answer = decide(session, "redate", "A-002", "overdue", event__due="2026-07-15", event__reason="Rain")
    overdue = str(answer.parts["wall"]).partition('id="meeting-soon"')[0]
    assert overdue.index(">A-002</p>") < overdue.index(">A-001</p>")
    assert "settled" in overdue
    page = ask(session, "screen", screen="meeting").parts["screen"]
    assert "settled" not in page


def test_consent_is_asked_of_a_promise_alone(plan, session):
    facts = {"form": "redate", "action_id": "A-002"}
    page = ask(session, "decide", open=facts, group="overdue", action_id="A-002").parts["wall"]
    assert 'name="event.consent"' not in page
    plan.change("action", "A-002", promised_to="The council")
    page = ask(session, "decide", open=facts, group="overdue", action_id="A-002").parts["wall"]
    assert 'name="event.consent"' in page


def test_blocking_writes_an_event_of_the_chosen_finding(plan, session):
    before = plan.tables()
    facts = {"form": "block", "action_id": "A-001"}
    page = ask(session, "decide", open=facts, group="overdue", action_id="A-001").parts["wall"]
    chosen = str(page).partition('name="event.subject_id"')[2].partition("</select>")[0]
    assert re.findall(r'value="(F-\d+)"', chosen) == ["F-001", "F-002"]
    values = {"event.reason": "A budget", "event.due": "2026-09-01"}
    refused = ask(session, "save", open=facts, values=values)
    assert "This must be filled." in refused.parts["error:event.subject_id"]
    ask(session, "save", open=facts, values=values | {"event.subject_id": "F-002"})
    assert new_rows(plan, before)["event"] == [
        {"subject": "finding", "subject_id": "F-002", "event": "block", "happened_on": "2026-06-30", "by": "Ada",
         "reason": "A budget", "due": "2026-09-01"}
    ]  # fmt: skip


def test_the_only_finding_of_an_action_is_blocked_without_asking_which(plan, session):
    before = plan.tables()
    decide(session, "block", "A-006", "stalled", event__reason="A budget", event__due="2026-09-01")
    assert [row["subject_id"] for row in new_rows(plan, before)["event"]] == ["F-002"]


def test_evidence_added_in_the_meeting_finishes_what_waits(plan, session):
    before = plan.tables()
    facts = {"form": "row", "table": "evidence", "action_id": "A-008"}
    ask(session, "decide", open=facts, group="waiting", action_id="A-008")
    typed = {"evidence.dated_on": "2026-06-10"}
    refused = ask(session, "save", open=facts, values=typed)
    assert "This must be filled." in refused.parts["error:evidence.description"]
    answer = ask(session, "save", open=facts, values=typed | {"evidence.uri": "minutes.pdf"})
    (proof,) = new_rows(plan, before)["evidence"]
    assert proof == {"action_id": "A-008", "dated_on": "2026-06-10", "uri": "minutes.pdf"}
    assert counts_of(answer.parts["wall"])["waiting"] == 0
    assert answer.focus == "decided-A-008"


def test_undo_brings_back_what_was_and_says_so_in_the_row(plan, session):
    before = {name: table.rows() for name, table in plan.tables().items()}
    saved = decide(session, "complete", "A-002", "overdue", evidence__description="Photograph")
    facts = re.search(r'data-do="undo" data-with="([^"]*)"', row_of(saved.parts["wall"], "A-002"))
    change = int(re.search(r"change&#34;: (\d+)", facts[1])[1])
    answer = ask(session, "undo", change=change, action_id="A-002")
    assert {name: table.rows() for name, table in plan.tables().items()} == before
    assert rows_of(answer.parts["wall"])["overdue"] == ["A-002", "A-001"]
    assert f"change {change} was taken back" in row_of(answer.parts["wall"], "A-002")
    assert answer.focus == "decided-A-002"
    assert 'data-do="undo"' not in answer.parts["wall"]


def test_what_cannot_be_saved_is_told_in_the_form_and_nothing_is_stored(plan, session):
    before = plan.tables()
    answer = decide(session, "redate", "A-002", "overdue", event__due="soon")
    assert new_rows(plan, before) == {}
    assert "“soon” is not a date" in answer.parts["error:event.due"]
    assert answer.focus == "summary-box"


def test_cancel_goes_back_to_the_decisions_of_the_row(session):
    facts = {"form": "complete", "action_id": "A-002"}
    opened = ask(session, "decide", open=facts, group="overdue", action_id="A-002")
    assert 'data-part="form"' in opened.parts["wall"]
    answer = ask(session, "cancel")
    assert f'id="{answer.focus}"' in row_of(answer.parts["wall"], "A-002")
    assert 'data-part="form"' not in answer.parts["wall"]


def test_another_form_stays_open_while_a_row_is_decided(session):
    facts = {"form": "complete", "action_id": "A-002"}
    ask(session, "decide", open=facts, group="overdue", action_id="A-002")
    wall = ask(session, "begin", action_id="A-001", group="overdue").parts["wall"]
    assert "Complete A-002" in wall


def test_a_draft_goes_on_in_the_row_of_its_action(session):
    ask(session, "screen", screen="findings")
    page = ask(session, "go-on", open={"form": "redate", "action_id": "A-002"}).parts["screen"]
    assert "Re-date A-002" in page.partition('id="meeting-soon"')[0]


def test_a_draft_for_an_action_that_is_done_opens_above_the_groups(session):
    page = ask(session, "go-on", open={"form": "complete", "action_id": "A-009"}).parts["screen"]
    assert "Complete A-009" in page.partition('id="meeting-overdue"')[0]


def test_a_finding_is_opened_from_its_button(session):
    wall = ask(session, "meeting-owner", values={}).parts["wall"]
    assert "F-001 Learned in F-001" in row_of(wall, "A-001")
    answer = ask(session, "choose", finding="F-002")
    assert session.screen == "findings"
    assert answer.focus == "record-title"


def test_what_was_read_after_changes_is_what_a_fresh_reading_finds(plan, session):
    ask(session, "begin", action_id="A-001", group="overdue")
    decide(session, "redate", "A-002", "overdue", event__due="2026-07-15", event__reason="Rain")
    decide(session, "complete", "A-007", "stalled", evidence__uri="log.pdf")
    plan.remove("finding_action", ("F-001", "A-003", "delivers"), reason="x")
    plan.add(*acts(("A-020", ["F-001", "F-003"], "2026-06-01", "")))
    plan.add(
        Event(subject="finding", subject_id="F-003", event="retire", happened_on="2026-06-30", reason="x")
    )
    fresh = Overview(plan, DAY).due_actions().groups()
    session.overview.expire()
    assert session.overview.due_actions().groups() == fresh
    assert [one.action_id for one in fresh["overdue"]] == ["A-020", "A-001"]


def test_of_many_rows_the_first_fifty_are_shown(plan):
    plan.add(*acts(*((f"A-{n}", ["F-001"], "2026-02-01", "O-2") for n in range(100, 160))))
    session = Session(plan, as_of=DAY)
    page = ask(session, "screen", screen="meeting").parts["screen"]
    assert len(rows_of(page)["overdue"]) == MAX_ROWS
    assert "and 12 more; choose an owner" in page  # 60 and the two others
    ben = ask(session, "meeting-owner", values={"owner": "by:Ben Ode"}).parts["wall"]
    assert "and 11 more</p>" in ben


def test_every_button_says_to_what_it_belongs_and_every_table_what_it_shows(session):
    page = Reader(str(ask(session, "screen", screen="meeting").parts["screen"]))
    ids = [facts["id"] for _, facts in page.elements if "id" in facts]
    assert len(ids) == len(set(ids))
    assert len(page.all("caption")) == len(page.all("table")) == 4
    html = str(ask(session, "meeting-owner", values={}).parts["wall"])
    buttons = re.findall(r'data-do="(?:begin|decide)".*?</button>', html)
    assert len(buttons) == sum(len(offered(html, one)) for found in GROUPS.values() for one in found)


def test_the_wall_is_said_in_chinese(plan):
    plan.add(Setting(name="language", value="zh"))
    session = Session(plan, as_of=DAY)
    page = ask(session, "screen", screen="meeting").parts["screen"]
    assert {name: sorted(found) for name, found in rows_of(page).items()} == GROUPS
    assert "2026年6月29日" in row_of(page, "A-001")
    facts = {"form": "redate", "action_id": "A-002"}
    ask(session, "decide", open=facts, group="overdue", action_id="A-002")
    saved = ask(session, "save", open=facts, values={"event.due": "2026年7月15日", "event.reason": "雨"})
    assert not saved.refused
    assert rows_of(saved.parts["wall"])["soon"] == ["A-004", "A-002", "A-003"]


def test_words_of_a_plan_do_no_harm(plan):
    plan.add(*acts(("A-030", ["F-001"], "2026-02-01", "")))
    plan.change("action", "A-030", title="<script>alert(1)</script>")
    page = ask(Session(plan, as_of=DAY), "screen", screen="meeting").parts["screen"]
    assert "&lt;script&gt;" in page
    assert Reader(str(page)).all("script") == []


def test_a_plan_without_actions_has_four_empty_groups(tmp_path):
    session = Session(ttp.make_plan(tmp_path / "plan.db"), as_of=DAY)
    page = ask(session, "screen", screen="meeting").parts["screen"]
    assert rows_of(page) == {name: [] for name in GROUPS}
    assert isinstance(due_actions(session.plan, as_of=DAY), pd.DataFrame)

"""Does the workbench stay honest with odd texts, forged facts, and plans that are held, exchanged or damaged?"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time

import pytest
from forms_helpers import DAY, Controls, answer_text, ask, open_form, save_form

import theorytopractice as ttp
from theorytopractice import ActionOwner, Finding, FindingAction
from theorytopractice.errors import ConflictError, PlanError
from theorytopractice.forms.grid_cells import as_opened, read_cells
from theorytopractice.forms.session import Session
from theorytopractice.store import atomic_write, database

pytestmark = pytest.mark.slow

ODD = "Caf\x82 \x92quoted\x07"


def put(plan_path, statement, *values):
    """Change a plan as another program does that knows nothing of its history."""
    link = sqlite3.connect(plan_path)
    link.execute(statement, values)
    link.commit()
    link.close()


def test_a_row_with_signs_that_no_page_shows_is_saved_and_keeps_them(session, plan_path):
    put(
        plan_path,
        "UPDATE finding SET theme = ?, source = ? WHERE finding_id = 'F-001'",
        ODD,
        "two\nlines\r\nmore",
    )
    before = session.plan.row("finding", "F-001")
    facts = {"form": "finding", "key": "F-001"}
    page = Controls(ask(session, "open", open=facts).parts["form"])
    assert page.values["finding.theme"] == "Caf quoted"
    assert "\x92" not in page.values["~seen:finding"]
    answer = save_form(session, facts, finding__note="Ward 3")
    assert "Somebody else" not in answer_text(answer)
    assert session.plan.row("finding", "F-001") == before | {"note": "Ward 3"}
    save_form(session, facts, finding__theme="Café")
    assert session.plan.row("finding", "F-001")["theme"] == "Café"


def test_a_row_with_signs_that_no_page_shows_is_removed(session, plan_path):
    put(
        plan_path,
        "UPDATE evidence SET description = ? WHERE evidence_id = ?",
        ODD,
        evidence := session.rows("evidence")[0]["evidence_id"],
    )
    page = Controls(ask(session, "ask-remove", table="evidence", key=[evidence]).parts["form"])
    facts = json.loads(next(attrs["data-with"] for tag, attrs in page.tags if tag == "form"))
    ask(session, "remove", **facts, values={"reason": "twice"})
    assert not session.rows("evidence", evidence_id=evidence)


def test_a_value_with_signs_that_no_page_shows_counts_as_untouched():
    row = {"observation_id": "O-1", "value": ODD}
    values = {"v|I-1|2026-06": "Caf quoted", "~seen|I-1|2026-06": as_opened(row)}
    assert values["~seen|I-1|2026-06"].isprintable()
    assert [(one.value, one.is_changed) for one in read_cells(values, DAY)] == [(ODD, False)]
    assert [one.is_changed for one in read_cells(values | {"v|I-1|2026-06": "Cafe"}, DAY)] == [True]


def test_a_field_of_one_line_shows_the_line_breaks_that_it_holds(session, plan_path):
    put(plan_path, "UPDATE finding SET theme = ? WHERE finding_id = 'F-001'", "one\ntwo")
    page = Controls(ask(session, "open", open={"form": "finding", "key": "F-001"}).parts["form"])
    assert ("textarea", "finding.theme") in {(tag, attrs.get("name")) for tag, attrs in page.tags}
    assert page.values["finding.theme"] == "one\ntwo"


def buttons(answer, do):
    """Return what the buttons of an answer carry that ask for something."""
    page = Controls("".join(map(str, answer.parts.values())))
    return [json.loads(attrs["data-with"]) for _, attrs in page.tags if attrs.get("data-do") == do]


def test_a_tab_in_a_key_stands_in_nobodys_way(session):
    odd = 'F\t"1'
    session.plan.add(
        Finding(
            finding_id=odd,
            kind="insight",
            statement="We learned.",
            recorded_on="2026-01-05",
            source="Workshop",
        ),
        FindingAction(finding_id=odd, action_id="A-026", role="delivers"),
    )
    ask(session, "choose", finding=odd)
    values = save_form(session, {"form": "finding", "key": odd}, finding__theme="odd")
    assert not values.refused
    assert session.plan.row("finding", odd)["theme"] == "odd"
    links = [one["open"] for one in buttons(ask(session, "tab", tab="links"), "open") if "key" in one["open"]]
    row = next(one for one in links if one.get("table") == "finding_action")
    save_form(session, row, finding_action__role="enables")
    assert session.plan.row("finding_action", (odd, "A-026", "enables"))
    assert (
        ask(session, "open", open=row | {"key": "[broken"}).text == "There is no such form; reload the page."
    )


@pytest.mark.parametrize(
    ("do", "facts"),
    [
        ("choose", {"finding": "F-001", "tab": "nope"}),
        ("go-on", {"open": {"form": "grid", "last": "0001-01", "months": "12"}}),
        ("go-on", {"open": {"form": "grid", "last": "9999-12", "months": "12"}}),
    ],
)
def test_no_forged_fact_keeps_a_planner_from_going_on(session, do, facts):
    assert not ask(session, do, **facts).refused
    for screen in ("values", "findings"):
        assert not ask(session, "screen", screen=screen).refused


def test_a_held_plan_folder_is_said_and_is_no_conflict(tmp_path, monkeypatch):
    folder = tmp_path / "plan"
    with ttp.open_plan(folder, create=True, who="Ada") as plan:
        plan.add(
            Finding(
                finding_id="F-1",
                kind="insight",
                statement="We learned.",
                recorded_on="2026-01-05",
                source="Workshop",
            )
        )
        session = Session(plan, as_of=DAY)
        facts = {"form": "finding", "key": "F-1"}
        values = open_form(session, **facts) | {"finding.theme": "new"}
        monkeypatch.setattr(atomic_write, "PATIENCE", 0.05)
        with atomic_write.folder_lock(folder, exclusive=False):
            answer = ask(session, "save", open=facts, values=values)
            with pytest.raises(PlanError, match="Another program has held") as error:
                plan.change("finding", "F-1", theme="x")
        assert not isinstance(error.value, ConflictError)
        assert "Another program has held the plan folder" in answer_text(answer)
        assert "form" not in answer.parts
        assert not ask(session, "save", open=facts, values=values).refused
        assert plan.row("finding", "F-1")["theme"] == "new"


def test_who_changed_a_row_that_the_history_does_not_know_is_not_guessed(session, plan_path):
    facts = {"form": "finding", "key": "F-001"}
    values = open_form(session, **facts) | {"finding.theme": "mine"}
    put(plan_path, "UPDATE finding SET theme = 'theirs' WHERE finding_id = 'F-001'")
    answer = ask(session, "save", open=facts, values=values)
    assert "Somebody else changed this meanwhile" in answer_text(answer)
    assert "stored the other version" not in answer_text(answer)


def test_whoever_changed_the_row_that_differs_is_named(session, plan_path):
    facts = {"form": "action", "finding": "F-013", "key": "A-026"}
    values = open_form(session, **facts) | {"action.dose": "40 hours"}
    with ttp.open_plan(plan_path, who="Bo") as plan:
        plan.change("action", "A-026", dose="50 hours")
    with ttp.open_plan(plan_path, who="Cy") as plan:
        plan.add(ActionOwner(action_id="A-026", owner_id=plan.owner["owner_id"].iloc[-1], role="consulted"))
    told = answer_text(ask(session, "save", open=facts, values=values))
    assert "Bo stored the other version" in told
    assert "Cy" not in told


def test_a_plan_whose_tables_are_gone_is_said_to_be_none(session, plan_path):
    put(plan_path, "DROP TABLE change_row")
    put(plan_path, "DROP TABLE change")
    answer = ask(session, "screen", screen="findings")
    assert "it is not a plan; choose another file" in answer_text(answer) + answer.text
    with (
        pytest.raises(PlanError, match="it is not a plan; choose another file"),
        ttp.open_plan(plan_path) as plan,
    ):
        plan.tables()


def test_a_reason_of_five_million_characters_is_refused(session):
    key = session.rows("evidence")[0]["evidence_id"]
    facts = buttons(ask(session, "ask-remove", table="evidence", key=[key]), "remove")[0]
    before = session.plan.version
    answer = ask(session, "remove", **facts, values={"reason": "x" * 5_000_000})
    assert "is too long for the history; at most 100,000 are kept" in answer_text(answer)
    assert session.plan.version == before
    with pytest.raises(PlanError, match="is too long for the history"):
        session.plan.edit(what="x" * 100_001)


def test_a_look_gives_up_sooner_than_a_change(session, plan_path, monkeypatch):
    monkeypatch.setattr(database, "READING_SECONDS", 0)
    holder = sqlite3.connect(plan_path, isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    begun = time.monotonic()
    answer = ask(session, "screen", screen="findings")
    assert time.monotonic() - begun < database.BUSY_SECONDS / 3
    assert "another program is writing to it" in answer_text(answer)
    holder.execute("ROLLBACK")
    holder.close()
    assert not ask(session, "screen", screen="findings").refused


@pytest.mark.parametrize("way", ["copied over", "put in its place"])
@pytest.mark.parametrize("other", ["older", "longer"])
def test_a_plan_that_is_exchanged_for_another_is_read_again(session, plan_path, tmp_path, way, other):
    aside = tmp_path / "aside.db"
    if other == "older":
        shutil.copy(plan_path, aside)
    else:
        with ttp.make_plan(aside, who="Bo") as plan:
            for number in range(1, 5):
                plan.add(insight(f"G-{number}", f"Another plan {number}"))
    session.plan.add(insight("F-900", "Learned after the backup"))
    session.plan.add(insight("F-901", "Learned later"))
    assert "Learned after the backup" in everything(session)
    shutil.copy(aside, plan_path) if way == "copied over" else aside.replace(plan_path)
    listed = everything(session)
    assert "Learned after the backup" not in listed
    assert "Learned later" not in listed
    assert ("Another plan 3" in listed) == (other == "longer")
    assert {one["finding_id"] for one in session.rows("finding")} == set(session.plan.finding["finding_id"])


def insight(key, statement):
    return Finding(
        finding_id=key, kind="insight", statement=statement, recorded_on="2026-01-05", source="Talk"
    )


def everything(session):
    """Return the statements of all findings of the list."""
    ask(session, "screen", screen="findings")
    return {one.statement for one in session.overview.entries()}


@pytest.mark.parametrize("forged", ["2.5", "[1]", "[" * 5000, "null", "{", '"x"'])
@pytest.mark.parametrize("name", ["~seen", "~theirs"])
def test_a_forged_cell_of_the_grid_is_refused_in_words(session, name, forged):
    ask(session, "screen", screen="values")
    before = session.plan.fingerprint()
    values = {"v|I-01|2026-06": "5", f"{name}|I-01|2026-06": forged}
    for do in ("grid-check", "grid-save"):
        answer = ask(session, do, open={"form": "grid"}, values=values, field="v|I-01|2026-06")
        assert "Something went wrong" not in answer.text
    assert session.plan.fingerprint() == before

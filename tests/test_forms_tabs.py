"""Does each tab and screen show every row and every gap, in words, and does the cursor stay where something is?"""

from __future__ import annotations

import re

import pytest
from forms_helpers import Controls, answer_text, ask, save_form

import theorytopractice as ttp
from theorytopractice.forms import rows
from theorytopractice.forms.cells import change_text, value_text
from theorytopractice.forms.listing import ORDERS
from theorytopractice.model.entities import ENTITIES

pytestmark = pytest.mark.slow


def pressed(page, do, **facts):
    """Return what a button hands over that asks for something with some facts."""
    (found,) = [one for one in Controls(page).buttons(do) if facts.items() <= one.items()]
    return found


def test_every_order_of_the_list_has_a_heading(session):
    results = ask(session, "list", values={}).parts["results"]
    assert [one["by"] for one in Controls(results).buttons("sort")] == list(ORDERS)


@pytest.mark.parametrize(
    ("table", "column", "value", "meant"),
    [
        ("finding", "certainty", "very_low", "very low"),
        ("finding", "recorded_on", "2026-03-04", "4 Mar 2026"),
        ("finding", "recorded_on", "3/4/2026", "3/4/2026"),
        ("finding", "check_every", "P1M", "1 month"),
        ("finding_indicator", "required", True, "true"),
        ("event", "event", "check_pass", "check pass"),
        ("action", "note", float("nan"), ""),
        ("action", "note", "very_low", "very_low"),
    ],
)
def test_a_cell_is_said_in_words(table, column, value, meant):
    assert value_text(ENTITIES[table][column], value) == meant


def test_the_history_of_a_setting_says_its_value_in_words():
    said = change_text("setting", {"name": "language", "value": "en"}, {"name": "language", "value": "zh"})
    assert "“English” → “Chinese”" in said


def test_of_an_owner_that_was_saved_no_finding_is_told(session):
    ask(session, "choose", finding="F-013")
    assert "F-013 is now" in save_form(session, {"form": "finding", "key": "F-013"}, finding__theme="x").text
    ask(session, "screen", screen="owners")
    answer = save_form(session, {"form": "row", "table": "owner", "key": "O-01"}, owner__note="x")
    assert "Saved: " in answer.text
    assert "F-013" not in answer.text + answer_text(answer)


def test_an_undo_tells_of_the_chosen_finding_only_where_it_moved_it(session):
    ask(session, "choose", finding="F-002")
    save_form(session, {"form": "finding", "key": "F-002"}, finding__theme="x")
    assert ask(session, "undo", change=session.plan.last_change).text == f"Saved: {undone(session)}."
    save_form(session, {"form": "action", "finding": "F-002"}, action__title="Send messages", action__due="2026-12-31",
          action_owner__owner_id="O-01")  # fmt: skip
    made = session.plan.last_change
    assert session.overview.get("F-002").place == "planned"
    assert "F-002 is now: on the shelf." in ask(session, "undo", change=made).text
    ask(session, "screen", screen="changes")
    again = ask(session, "undo", change=int(session.plan.latest(1)["change_id"].iloc[0]))
    assert session.overview.get("F-002").place == "planned"
    assert again.text == f"Saved: {undone(session)}."


def undone(session):
    """Say which change was taken back by the latest one."""
    return f"change {session.plan.latest(1)['undoes'].iloc[0]} was taken back"


def test_a_finding_that_was_taken_back_is_listed_no_more_and_another_can_be_chosen(session):
    ask(session, "list", values={"text": "stalls"})
    typed = {"finding__kind": "insight", "finding__statement": "Rain 3 days a week keeps 9 stalls shut.",
             "finding__source": "Survey"}  # fmt: skip
    save_form(session, {"form": "finding"}, **typed)
    came = session.finding_id
    answer = ask(session, "undo", change=session.plan.last_change)
    assert came not in str(answer.parts["results"]) + answer.text
    assert "Choose a finding" in answer.parts["record"]
    assert 'data-part="form"' in answer.parts["record"]
    assert (session.finding_id, came in session.listed_ids) == ("", False)
    again = save_form(session, {"form": "finding"}, **typed)
    assert session.finding_id in str(again.parts["list"])


@pytest.mark.parametrize(
    ("screen", "finding", "place"),
    [
        ("findings", "", "new"),
        ("findings", "F-013", "record-title"),
        ("findings", "F-404", "new"),
        ("owners", "F-013", "screen-title"),
        ("settings", "F-013", "screen-title"),
        ("changes", "F-013", "screen-title"),
    ],
)
def test_what_is_put_away_leaves_the_cursor_at_something_that_is_there(session, screen, finding, place):
    ask(session, "choose", finding=finding)
    page = ask(session, "screen", screen=screen).parts
    assert f'id="{place}"' in "".join(map(str, page.values()))
    for do in ("cancel", "forget", "notice"):
        assert ask(session, do).focus == place
    if screen == "owners":
        assert save_form(session, {"form": "row", "table": "owner", "key": "O-01"}).focus == place


def test_a_finding_that_is_not_there_takes_no_cursor(session):
    assert ask(session, "choose", finding="F-404").focus == "new"
    assert ask(session, "tab", tab="why").focus == "new"


def test_a_decision_that_changes_nothing_puts_its_form_away(session):
    ask(session, "screen", screen="meeting")
    facts = {"form": "action", "finding": "F-013", "key": "A-026"}
    ask(session, "decide", open=facts, group="overdue", action_id="A-026")
    answer = save_form(session, facts)
    assert answer.text == "Nothing was changed."
    assert session.meeting_state.form is None


@pytest.fixture
def few(monkeypatch):
    """Show 3 rows a page."""
    monkeypatch.setattr(rows, "MAX_ROWS", 3)


def pages(session, do, **facts):
    """Show rows and turn to every page of them, and return what each shows."""
    answer, shown = ask(session, do, **facts), []
    while True:
        shown.append("".join(map(str, answer.parts.values())))
        after = [one for one in Controls(shown[-1]).buttons("rows-page") if one["page"] == len(shown)]
        if not after:
            return shown
        answer = ask(session, "rows-page", **after[0])
        assert answer.focus == rows.ROWS_TITLE
        assert f'id="{answer.focus}"' in "".join(map(str, answer.parts.values()))


def counts(shown):
    """Return which rows each page says that it shows."""
    return [re.search(r"[\d,]+ to [\d,]+ of [\d,]+", Controls(page).text)[0] for page in shown]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("tab", "table"), [("observations", "observation"), ("evidence", "evidence"), ("events", "event")]
)
def test_every_fact_of_a_finding_is_reached(session, tab, table):
    session.plan.add(
        *(ttp.Evidence(finding_id="F-013", dated_on="2026-01-05", description=f"Photo {n}") for n in range(3))
    )
    ask(session, "choose", finding="F-013")
    near = session.detail()
    own = {"F-013", *near.actions["action_id"], *near.indicators["indicator_id"]}
    columns = ("indicator_id", "action_id", "finding_id", "subject_id")
    key = ENTITIES[table].key[0]
    wanted = [row[key] for row in session.rows(table) if own & {row.get(one) for one in columns}]
    shown = pages(session, "tab", tab=tab)
    found = [one["key"][0] for page in shown for one in Controls(page).buttons("ask-remove")]
    assert sorted(found) == sorted(wanted)
    assert len(shown) > 1
    assert counts(shown)[:1] == [f"1 to 3 of {len(wanted)}"]


@pytest.mark.usefixtures("few")
def test_every_change_of_a_finding_and_of_ones_own_is_reached(session):
    ask(session, "choose", finding="F-013")
    for n in range(7):
        session.plan.change("finding", "F-013", theme=f"theme {n}")
    shown = pages(session, "tab", tab="history")
    assert [n for page in shown for n in re.findall(r"→ “theme (\d)”", Controls(page).text)] == list(
        "6543210"
    )
    mine = pages(session, "screen", screen="changes")
    assert counts(mine) == ["1 to 3 of 7", "4 to 6 of 7", "7 to 7 of 7"]
    assert len([one for page in mine for one in Controls(page).buttons("undo")]) == 7


@pytest.mark.usefixtures("few")
def test_a_page_stays_turned_to_after_a_change_and_other_rows_begin_anew(session):
    ask(session, "choose", finding="F-013")
    for n in range(7):
        session.plan.change("finding", "F-013", theme=f"theme {n}")
    ask(session, "tab", tab="history")
    ask(session, "rows-page", page=1)
    undone_ = ask(session, "undo", change=int(session.plan.latest(1)["change_id"].iloc[0]))
    assert "4 to 6 of " in answer_text(undone_)
    assert "1 to 3 of " in answer_text(ask(session, "tab", tab="observations"))
    assert "1 to 3 of " in answer_text(ask(session, "screen", screen="owners"))


@pytest.mark.usefixtures("few")
def test_turning_a_page_of_rows_leaves_an_open_form_alone(session):
    ask(session, "choose", finding="F-013")
    ask(session, "tab", tab="events")
    assert set(ask(session, "rows-page", page=1).parts) == {"tab"}
    ask(session, "screen", screen="owners")
    assert set(ask(session, "rows-page", page=1).parts) == {"owners"}
    ask(session, "screen", screen="meeting")
    assert ask(session, "rows-page", page=1).parts == {}


@pytest.mark.usefixtures("few")
def test_every_owner_is_reached_by_paging_and_by_a_search(session):
    every = [row["owner_id"] for row in session.rows("owner")]
    shown = pages(session, "screen", screen="owners")
    assert [one["key"][0] for page in shown for one in Controls(page).buttons("ask-remove")] == every
    last = session.plan.row("owner", every[-1])
    answer = ask(session, "owners", values={"text": last["name"].upper()})
    assert [one["key"] for one in Controls(answer.parts["owners"]).buttons("ask-remove")] == [[every[-1]]]
    assert "No owner fits." in answer_text(ask(session, "owners", values={"text": "no such person"}))
    page = Controls(ask(session, "screen", screen="owners").parts["screen"])
    assert page.values["text"] == "no such person"


def test_own_changes_that_are_too_many_to_list_are_not_kept_quiet(session, monkeypatch):
    for n in range(3):
        session.plan.change("finding", "F-013", theme=f"theme {n}")
    assert "not listed" not in answer_text(ask(session, "screen", screen="changes"))
    monkeypatch.setattr(rows, "MAX_CHANGES", 3)
    assert "Older changes than these 3 are not listed." in answer_text(
        ask(session, "screen", screen="changes")
    )


def folds(session, tab):
    """Return the words of each fold of a tab by the row that it tells of."""
    page = str(ask(session, "tab", tab=tab).parts["record"]).split('role="tabpanel"')[1]
    told = [Controls(one.split("</details>")[0]).text for one in page.split("<details>")[1:]]
    return {one.split()[3]: one for one in told if one.startswith("All fields of ")}


def test_the_fields_of_an_action_are_shown_with_what_is_asked_and_not_there(session):
    session.plan.change(
        "action", "A-026", strength="", site="Eastgate", planned_start="2024-08-26", cost="188000"
    )
    ask(session, "choose", finding="F-013")
    found = folds(session, "actions")
    assert list(found) == list(dict.fromkeys(session.detail().actions["action_id"]))
    assert "not said: Strength, Dose" in found["A-026"]
    for text in ("Planned start26 Aug 2024", "SiteEastgate", "Promised to118 stallholders", "Strengthnot said", "Dosenot said",
                 "Cost188000"):  # fmt: skip
        assert text in found["A-026"]
    assert "Core elements kept" not in found["A-026"]
    assert "Why it was adapted" not in found["A-026"]
    session.plan.change("action", "A-026", strength="stronger", dose="140 m")
    assert "not said" not in folds(session, "actions")["A-026"]


def test_an_action_of_an_experience_is_asked_for_site_and_adaptation(session):
    experience = session.rows("finding", kind="experience")[0]["finding_id"]
    action = session.rows("finding_action", finding_id=experience)[0]["action_id"]
    session.plan.change("action", action, site="", core_kept="")
    ask(session, "choose", finding=experience)
    assert "Sitenot said" in folds(session, "actions")[action]
    assert "Core elements keptnot said" in folds(session, "actions")[action]


def test_the_fields_of_an_indicator_are_shown_with_what_is_asked_and_not_there(session):
    session.plan.change("indicator", "I-19", baseline_waiver="The register is new", tolerance="1")
    ask(session, "choose", finding="F-013")
    told = folds(session, "indicators")["I-19"]
    assert "not said: Effect shows after (days)" in told
    for text in ("Measured every (days)31", "Target by30 Jun 2025", "SourceMarket register", "Tolerance1",
                 "Why there is no baselineThe register is new", "DefinitionDays on which"):  # fmt: skip
        assert text in told
    assert "Baseline7" not in told
    session.plan.change("indicator", "I-19", cadence_days="", lag_days="14")
    assert "not said: Measured every (days)" in folds(session, "indicators")["I-19"]


def test_a_baseline_and_a_target_are_missed_only_where_nothing_stands_instead(session):
    ask(session, "choose", finding="F-013")
    session.plan.change(
        "indicator", "I-19", baseline="", baseline_on="", target="", target_on="", lag_days="0"
    )
    assert "not said: Baseline, Target" in folds(session, "indicators")["I-19"]
    session.plan.change(
        "indicator",
        "I-19",
        baseline_waiver="The register is new",
        target_low="0",
        target_high="1",
        owner_id="O-01",
    )
    assert "not said" not in folds(session, "indicators")["I-19"]


def test_a_part_of_an_action_and_an_owner_show_what_is_asked_and_not_there(session):
    session.plan.change("finding_action", ("F-013", "A-026", "delivers"), rationale="")
    session.plan.change("owner", "O-01", unit="", email="")
    ask(session, "choose", finding="F-013")
    table = str(ask(session, "tab", tab="links").parts["record"])
    assert '<i class="gap">not said</i>' in table
    owners = str(ask(session, "screen", screen="owners").parts["screen"])
    assert owners.count('<i class="gap">not said</i>') == 1


def test_a_kind_without_solvability_shows_none(session):
    mechanism = session.rows("finding", kind="mechanism")[0]["finding_id"]
    assert "Solvability" not in answer_text(ask(session, "choose", finding=mechanism))
    assert "Solvability" in answer_text(ask(session, "choose", finding="F-013"))


def test_my_changes_name_the_finding_that_came_and_the_event_that_happened(session):
    save_form(
        session,
        {"form": "finding"},
        finding__kind="insight",
        finding__statement="Rain 3 days a week.",
        finding__source="x",
    )
    save_form(
        session,
        {"form": "event", "subject": "finding", "subject_id": session.finding_id},
        event__event="accept",
    )
    told = answer_text(ask(session, "screen", screen="changes"))
    assert "New finding: Rain 3 days a week." in told
    assert f"What happened to {session.finding_id}: accept" in told

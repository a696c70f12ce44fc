"""Does the report say what moved between two days, and what became of the decisions?"""

from __future__ import annotations

from pathlib import Path

import pytest
from drafts import Sheet
from held import Held

from theorytopractice.report.changes import Changes, Fate
from theorytopractice.report.page import Page
from theorytopractice.report.view import View
from theorytopractice.store.opening import open_plan

EXAMPLE = Path(__file__).parent.parent / "data" / "example"
SINCE, DAY = "2026-05-31", "2026-06-30"


def changes_of(sheet, *, since=SINCE, **options):
    return Changes(View(Held(sheet), as_of=DAY, since=since, **options))


def text_of(sheet, *, since=SINCE, **options):
    return Page(Held(sheet), as_of=DAY, since=since, **options).movement.text


def ids(frame):
    return frame["finding_id"].tolist()


def started(day, **more):
    """One finding with an owned and dated action that starts on a day."""
    sheet = (
        Sheet().finding("F-1").action("A-1", "F-1", due="2026-12-31", owner="O-1", recorded_on="2026-01-01")
    )
    return sheet.event("A-1", "start", day, **more)


@pytest.fixture(scope="module")
def example():
    return open_plan(str(EXAMPLE))


def test_a_finding_whose_action_started_moved_up_on_that_day():
    assert "from “planned” to “under way”, reached on 10 June 2026" in text_of(started("2026-06-10"))


def test_the_day_of_the_last_report_belongs_to_the_last_report():
    assert changes_of(started("2026-05-31")).up.empty
    assert ids(changes_of(started("2026-06-01")).up) == ["F-1"]


def test_a_start_that_was_recorded_later_moved_the_finding_when_it_became_known():
    sheet = started("2026-05-20", recorded_on="2026-06-03")
    assert "reached on 3 June 2026" in text_of(sheet)
    assert changes_of(sheet, knowledge="restated").up.empty


def test_a_stage_reached_a_second_time_has_the_second_day():
    sheet = started("2026-02-01").event("A-1", "cancel", "2026-03-01", reason="r")
    sheet.event("A-1", "start", "2026-06-05")
    assert "from “on the shelf” to “under way”, reached on 5 June 2026" in text_of(sheet)


def test_a_reopened_action_lowers_the_stage_and_is_the_reason():
    sheet = Sheet().finding("F-1").action("A-1", "F-1", due="2026-12-31", owner="O-1")
    sheet.done("A-1", "2026-02-01", "2026-03-01").event("A-1", "reopen", "2026-06-02")
    assert "from “carried out” to “under way” on 2 June 2026: reopened after it was complete" in text_of(
        sheet
    )


def test_a_finding_that_fell_for_want_of_data_is_said_to_be_out_of_date():
    sheet = Sheet().finding("F-1").action("A-1", "F-1", due="2026-12-31", owner="O-1")
    sheet.done("A-1", "2026-02-01", "2026-03-01").indicator(
        "I-1", "F-1", ("2026-04-10", "90"), cadence_days="30"
    )
    # fresh for 2 x 30 days, until 9 June
    assert "from “in practice” to “carried out” on 10 June 2026: its figures are out of date" in text_of(
        sheet
    )


def test_two_values_below_the_target_make_a_finding_newly_lapsed():
    sheet = Sheet().finding("F-1").action("A-1", "F-1", due="2026-12-31", owner="O-1")
    sheet.done("A-1", "2026-02-01", "2026-03-01").indicator(
        "I-1", "F-1", ("2026-04-10", "90"), ("2026-05-30", "70"), ("2026-06-20", "71"), cadence_days="30"
    )
    changes = changes_of(sheet)
    assert ids(changes.lapsed) == ["F-1"]
    assert str(changes.lapsed_on["F-1"]) == "2026-05-30"


def test_a_finding_recorded_in_the_period_is_added_and_has_not_moved_up():
    changes = changes_of(Sheet().finding("F-1", "2026-06-01").finding("F-2", "2026-05-31"))
    assert ids(changes.added) == ["F-1"]
    assert changes.up.empty


def test_before_the_first_finding_everything_was_added_and_nothing_asked_for():
    text = text_of(Sheet().finding("F-1").finding("F-2"), since="2020-01-01")
    assert "2 were added" in text
    assert "No decision was asked for then." in text


def test_a_closing_names_its_day_its_reason_and_the_other_finding():
    sheet = Sheet().finding("F-1").finding("F-2").finding("F-3")
    sheet.event("F-1", "supersede", "2026-06-04", other_finding_id="F-2", reason="a {better} one")
    sheet.event("F-3", "reject", "2026-06-05", reason="no case")
    text = text_of(sheet)
    assert "superseded by F-2 on 4 June 2026: a {better} one" in text
    assert "rejected on 5 June 2026: no case" in text
    assert "2 were closed" in text


def test_a_finding_that_was_closed_already_has_not_moved():
    sheet = Sheet().finding("F-1").event("F-1", "retire", "2026-03-01", reason="r")
    assert "Nothing has moved" in text_of(sheet)


def test_a_closed_finding_that_is_reopened_is_opened_again():
    sheet = Sheet().finding("F-1").event("F-1", "reject", "2026-03-01", reason="r")
    changes = changes_of(sheet.event("F-1", "reopen", "2026-06-02"))
    assert ids(changes.opened) == ["F-1"]
    assert changes.up.empty
    assert changes.closed.empty


def test_a_revision_that_was_recorded_late_is_told_once():
    sheet = Sheet().finding("F-1")
    sheet.event("F-1", "review_revised", "2026-05-30", recorded_on="2026-06-02", reason="five, not three")
    assert "revised by the review of 30 May 2026: five, not three" in text_of(sheet)
    assert changes_of(sheet, since="2026-06-02").revised.empty


def test_a_change_of_wording_in_the_period_is_a_revision():
    sheet = Sheet().finding("F-1", reworded_on="2026-06-11").finding("F-2", reworded_on="2026-05-31")
    assert ids(changes_of(sheet).revised) == ["F-1"]
    assert "reworded on 11 June 2026" in text_of(sheet)


def waiting_sheet():
    """Four sure findings on the shelf, one of each fate."""
    sheet = Sheet()
    for number in range(1, 5):
        sheet.finding(f"F-{number}", certainty="high")
    sheet.action("A-1", "F-1", due="2026-12-31", owner="O-1", recorded_on="2026-06-05")
    sheet.event("F-2", "accept", "2026-06-06", event_id="V-9")
    return sheet.event("F-4", "reject", "2026-06-07", reason="r")


def test_decisions_are_settled_acted_upon_or_not_taken_up():
    fates = {one.asked.finding_id: one.fate for one in changes_of(waiting_sheet()).outcomes(7)}
    assert fates == {"F-1": Fate.SETTLED, "F-2": Fate.ACTED, "F-3": Fate.LEFT, "F-4": Fate.SETTLED}


def test_the_decisions_are_counted_in_one_sentence_and_their_facts_named():
    text = text_of(waiting_sheet())
    assert (
        "Of the 4 decisions then asked for, 2 were settled, 1 was acted upon and is still open, 1 was not taken up."
    ) in text
    assert "F-2: accepted, 6 June 2026 (V-9)" in text
    assert "now “planned”" in text
    assert "now closed: rejected" in text


def test_a_new_action_that_has_no_owner_yet_is_an_act_but_settles_nothing():
    sheet = Sheet().finding("F-1", certainty="high").action("A-1", "F-1", recorded_on="2026-06-05", due="")
    assert [one.fate for one in changes_of(sheet).outcomes(7)] == [Fate.ACTED]
    assert "A-1: action added, 5 June 2026" in text_of(sheet)


def test_a_shelved_finding_whose_headline_becomes_overdue_is_not_settled():
    sheet = Sheet().finding("F-1", certainty="high").action("A-1", "F-1", due="2026-06-10")
    assert [one.fate for one in changes_of(sheet).outcomes(7)] == [Fate.LEFT]


def test_an_overdue_action_that_becomes_a_missed_promise_too_is_not_settled():
    sheet = Sheet().finding("F-1").action("A-1", "F-1", due="2026-04-01", owner="O-1")
    sheet.action("A-2", "F-1", due="2026-06-10", owner="O-1", promised_to="tenants")
    assert [(one.asked.reason, one.fate) for one in changes_of(sheet).outcomes(7)] == [("overdue", Fate.LEFT)]


def test_facts_dated_after_the_day_are_not_seen():
    sheet = Sheet().finding("F-1", certainty="high").event("F-1", "accept", "2026-07-01")
    assert [one.fate for one in changes_of(sheet).outcomes(7)] == [Fate.LEFT]


def test_at_most_three_facts_are_named_and_the_rest_counted():
    sheet = Sheet().finding("F-1", certainty="high")
    for day in range(1, 6):
        sheet.event("F-1", "accept", f"2026-06-0{day}")
    text = text_of(sheet)
    assert text.count("F-1: accepted") == 3
    assert "and 2 more facts" in text


def test_without_a_named_report_the_part_says_that_thirty_days_are_shown(example):
    text = Page(example, as_of=DAY).movement.text
    assert "No earlier report was named, so the last 30 days are shown" in text
    assert "The decisions that were due on 31 May 2026" in text


def test_the_days_of_the_example_agree_with_those_of_the_assessment(example):
    changes = Changes(View(example, as_of=DAY, since="2025-06-30"))
    up = changes.up[changes.up["stage_before"] < 4]
    days = changes.turned(ids(up))
    column = {1: "first_planned_on", 2: "first_started_on", 3: "carried_out_on", 4: "in_practice_since"}
    for row in up.to_dict("records"):
        assert days[row["finding_id"]] == row[column[row["stage"]]].date()
    assert len(up) > 5


def test_a_chosen_theme_narrows_the_movement(example):
    whole = Changes(View(example, as_of=DAY, since="2025-06-30"))
    theme = whole.view.finding.loc[ids(whole.up)[0], "theme"]
    page = Page(example, as_of=DAY, since="2025-06-30", theme=theme)
    wanted = [one for one in ids(whole.up) if whole.view.finding.loc[one, "theme"] == theme]
    assert ids(Changes(page.view).up) == wanted


def test_long_groups_are_cut_and_the_rest_is_counted():
    sheet = Sheet()
    for number in range(1, 13):
        sheet.finding(f"F-{number}", "2026-06-01")
    text = text_of(sheet)
    assert text.count("recorded on 1 June 2026") == 10
    assert "2 more are not shown here" in text

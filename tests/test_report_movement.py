"""Does the report say what moved between two days, and what became of the decisions?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builder import PlanBuilder
from fakes import fake_plan
from report_helpers import PARTS

from theorytopractice.assessment.changes import Fate
from theorytopractice.report.page import Page
from theorytopractice.report.sections import movement
from theorytopractice.store.open import open_plan

EXAMPLE = Path(__file__).parent.parent / "data" / "example"
SINCE, DAY = "2026-05-31", "2026-06-30"


def stories():
    """One finding a story; each tells of one change, or of none."""
    sheet = PlanBuilder()
    for number in (*range(1, 9), 11, 12, 13, 14, 15):
        sheet.finding(f"F-{number}")
    for number in range(1, 9):
        sheet.action(f"A-{number}", f"F-{number}", due="2026-12-31", owner="O-1", recorded_on="2026-01-01")
    sheet.event("A-1", "start", "2026-06-10").event("A-2", "start", SINCE).event("A-3", "start", "2026-06-01")
    sheet.event("A-4", "start", "2026-05-20", recorded_on="2026-06-03")
    sheet.event("A-5", "start", "2026-02-01").event("A-5", "cancel", "2026-03-01", reason="r")
    sheet.event("A-5", "start", "2026-06-05")
    for number in (6, 7, 8):
        sheet.done(f"A-{number}", "2026-02-01", "2026-03-01")
    sheet.event("A-6", "reopen", "2026-06-02")
    sheet.indicator("I-7", "F-7", ("2026-04-10", "90"), cadence_days="30")
    values = ("2026-04-10", "90"), ("2026-05-30", "70"), ("2026-06-20", "71")
    sheet.indicator("I-8", "F-8", *values, cadence_days="30")
    sheet.finding("F-9", "2026-06-01").finding("F-10", SINCE)
    sheet.event("F-11", "supersede", "2026-06-04", other_finding_id="F-2", reason="a {better} one")
    sheet.event("F-12", "reject", "2026-06-05", reason="no case").event(
        "F-13", "retire", "2026-03-01", reason="r"
    )
    sheet.event("F-14", "reject", "2026-03-01", reason="r").event("F-14", "reopen", "2026-06-02")
    sheet.event("F-15", "review_revised", "2026-05-30", recorded_on="2026-06-02", reason="five, not three")
    return sheet.finding("F-16", reworded_on="2026-06-11").finding("F-17", reworded_on=SINCE)


def asked():
    """Findings that wait on the day of the last report."""
    sheet = PlanBuilder()
    for number in range(1, 8):
        sheet.finding(f"F-{number}", certainty="high")
    sheet.action("A-1", "F-1", due="2026-12-31", owner="O-1", recorded_on="2026-06-05")
    for day in range(1, 6):
        sheet.event("F-2", "accept", f"2026-06-0{day}", event_id=f"V-{day}")
    sheet.event("F-4", "reject", "2026-06-07", reason="r")
    sheet.action("A-5", "F-5", recorded_on="2026-06-05", due="").action("A-6", "F-6", due="2026-06-10")
    sheet.event("F-7", "accept", "2026-07-01").finding("F-8")
    sheet.action("A-8", "F-8", due="2026-04-01", owner="O-1")
    return sheet.action("A-9", "F-8", due="2026-06-10", owner="O-1", promised_to="tenants")


def report_of(sheet, since=SINCE, **options):
    return Page(fake_plan(sheet), as_of=DAY, since=since, **options)


def ids(frame):
    return frame["finding_id"].tolist()


@pytest.fixture(scope="module")
def told():
    return report_of(stories())


@pytest.fixture(scope="module")
def text():
    """Return the part with every change, however many there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(movement, "MOST", 99)
        return report_of(stories()).movement.text


@pytest.fixture(scope="module")
def changes(told):
    return told.data.changes


@pytest.fixture(scope="module")
def decided():
    return report_of(asked())


@pytest.fixture(scope="module")
def fates(decided):
    return {one.asked.finding_id: (one.asked.reason, one.fate) for one in decided.data.changes.outcomes(8)}


@pytest.fixture(scope="module")
def example():
    return Page(open_plan(str(EXAMPLE)), as_of=DAY, since="2025-06-30")


def test_a_finding_whose_action_started_moved_up_on_that_day(text):
    assert "from “planned” to “under way” on 10 June 2026" in text


def test_the_day_of_the_last_report_belongs_to_the_last_report(changes):
    assert ids(changes.up) == ["F-1", "F-3", "F-4", "F-5"]


def test_a_start_that_was_recorded_later_moved_the_finding_when_it_became_known(text):
    assert "from “planned” to “under way” on 3 June 2026" in text


def test_as_known_today_a_late_record_has_moved_nothing():
    restated = report_of(stories(), knowledge="restated").data.changes
    assert ids(restated.up) == ["F-1", "F-3", "F-5"]
    assert ids(restated.revised) == ["F-16"]


def test_a_stage_reached_a_second_time_has_the_second_day(text):
    assert "from “on the shelf” to “under way” on 5 June 2026" in text


def test_a_reopened_action_lowers_the_stage_and_is_the_reason(text):
    assert "from “carried out” to “under way” on 2 June 2026: reopened after it was complete" in text


def test_a_finding_that_fell_for_want_of_data_is_said_to_be_out_of_date(text):
    # fresh for 2 x 30 days after 10 April, so until 9 June
    assert "from “in practice” to “carried out” on 10 June 2026: its figures are out of date" in text


def test_two_values_below_the_target_make_a_finding_newly_lapsed(changes, text):
    assert ids(changes.lapsed) == ["F-8"]
    assert "lapsed since 30 May 2026; now “carried out”" in text


def test_a_finding_recorded_in_the_period_is_added_and_has_not_moved_up(changes):
    assert ids(changes.added) == ["F-9"]


def test_a_closing_names_its_day_its_reason_and_the_other_finding(changes, text):
    assert "superseded by F-2 on 4 June 2026: a {better} one" in text
    assert "rejected on 5 June 2026: no case" in text
    assert ids(changes.closed) == ["F-11", "F-12"]


def test_a_closed_finding_that_is_reopened_is_opened_again(changes, text):
    assert ids(changes.opened) == ["F-14"]
    assert "was rejected, is open again; now “on the shelf”" in text


def test_a_revision_that_was_recorded_late_and_a_change_of_wording_are_revisions(changes, text):
    assert ids(changes.revised) == ["F-15", "F-16"]
    assert "revised by the review of 30 May 2026: five, not three" in text
    assert "reworded on 11 June 2026" in text


def test_a_finding_stands_once_by_its_gravest_change_and_the_rest_are_counted(told):
    items = re.findall(r"<li>.*?<b>(\w+)</b>", str(told.movement.html))
    assert items == ["Lapsed", "Down", "Down", "Up", "Up"]
    assert "8 more are in the list of every finding" in told.movement.text


def test_a_finding_that_was_closed_already_has_not_moved():
    sheet = PlanBuilder().finding("F-1").event("F-1", "retire", "2026-03-01", reason="r")
    assert "Nothing moved." in report_of(sheet).movement.text


def test_before_the_first_finding_everything_was_added_and_nothing_asked_for():
    sheet = PlanBuilder()
    for number in range(1, 13):
        sheet.finding(f"F-{number}", "2026-06-01")
    text = report_of(sheet, since="2020-01-01").movement.text
    assert text.count("recorded on 1 June 2026") == movement.MOST
    assert "7 more are in the list of every finding" in text
    assert "Nothing needed a decision on 1 January 2020." in text


def test_a_decision_is_settled_once_its_reason_holds_no_more(fates):
    assert fates["F-1"] == fates["F-4"] == ("shelved", Fate.SETTLED)


def test_an_event_or_a_new_action_is_an_act_but_settles_nothing(fates):
    assert fates["F-2"] == fates["F-5"] == ("shelved", Fate.ACTED)


def test_what_is_dated_later_or_not_at_all_takes_up_nothing(fates):
    assert fates["F-3"] == fates["F-7"] == ("shelved", Fate.LEFT)


def test_a_reason_that_another_one_hides_is_not_settled(fates):
    assert fates["F-6"] == ("shelved", Fate.LEFT)
    assert fates["F-8"] == ("overdue", Fate.LEFT)


def test_the_decisions_are_counted_in_one_sentence(decided):
    assert (
        "Of the 7 findings that needed a decision on 31 May 2026, 2 were settled, 2 were acted upon and are still open, "
        "of 3 nothing was heard."
    ) in decided.movement.text
    assert "1 more finding needed a decision but was not listed." in decided.movement.text


def test_at_most_three_facts_are_named_the_latest_first_and_the_rest_counted(decided):
    text = decided.movement.text
    assert "F-2: accepted, 5 June 2026 (V-5)F-2: accepted, 4 June 2026 (V-4)" in text
    assert text.count("F-2: accepted") == 3
    assert "and 2 more facts" in text
    assert "A-5: action added, 5 June 2026" in text


def test_what_was_settled_says_how_it_stands_now(decided):
    assert "now “planned”" in decided.movement.text
    assert "now closed: rejected" in decided.movement.text


def test_no_report_accuses_anybody(decided):
    pages = Page(fake_plan(asked()), as_of=DAY), decided
    for page in pages:
        for part in PARTS:
            told = getattr(page, part).text
            assert not re.search("(not|been) taken|asked (for|then)|The decisions of", told), part
    assert "needed a decision on" not in pages[0].movement.text


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        (2, "Of the 2 findings that needed a decision on 31 May 2026, none has moved since."),
        (1, "The one decision that was needed on 31 May 2026 is needed still: nothing has happened."),
    ],
)
def test_where_no_decision_was_taken_one_sentence_says_so(findings, said):
    sheet = PlanBuilder()
    for number in range(findings):
        sheet.finding(f"F-{number}", certainty="high")
    text = report_of(sheet).movement.text
    assert said in text
    assert "settled" not in text
    assert "acted upon" not in text


def test_a_decision_that_was_settled_alone_is_said_alone():
    sheet = PlanBuilder().finding("F-1", certainty="high")
    sheet.action("A-1", "F-1", due="2026-12-31", owner="O-1", recorded_on="2026-06-05")
    text = report_of(sheet).movement.text
    assert "The one decision that was needed on 31 May 2026 was settled." in text


def test_the_days_of_the_example_agree_with_those_of_the_assessment(example):
    changes = example.data.changes
    up = example.data.assessed.set_index("finding_id", drop=False).loc[ids(changes.up)]
    up = up[up["stage"] < 5]
    days = changes.stage_days(ids(up))
    column = {1: "first_planned_on", 2: "first_started_on", 3: "carried_out_on", 4: "in_practice_since"}
    for row in up.to_dict("records"):
        assert days[row["finding_id"]] == row[column[row["stage"]]].date()
    assert len(up) > 5


def test_a_chosen_theme_narrows_the_movement(example):
    whole = example.data.changes
    finding = example.data.finding
    theme = finding.loc[ids(whole.up)[0], "theme"]
    page = Page(example.data.plan, as_of=DAY, since="2025-06-30", theme=theme)
    wanted = [one for one in ids(whole.up) if finding.loc[one, "theme"] == theme]
    assert ids(page.data.changes.up) == wanted

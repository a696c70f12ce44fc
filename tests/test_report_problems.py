"""Does the report say which problems are unsolved, what they wait for, and which promises were kept?"""

from __future__ import annotations

from functools import cache

from builder import PlanBuilder
from report_helpers import lines, report_page


def solved(sheet, finding_id, number, *, satisfied):
    """Add a problem that is in practice, and perhaps confirmed."""
    sheet.finding(finding_id, kind="problem").action(f"A-{number}", finding_id, owner="O-1")
    sheet.done(f"A-{number}", "2026-01-10", "2026-02-20")
    sheet.indicator(f"I-{number}", finding_id, ("2026-06-01", "90"))
    return sheet.survey(f"I-{number}9", finding_id, ("2026-06-01", "95")) if satisfied else sheet


def problems():
    """One solved, one unconfirmed, one under way, one blocked, one ripe, one in need without an action."""
    sheet = solved(PlanBuilder(), "F-1", 1, satisfied=True)
    sheet = solved(sheet, "F-2", 2, satisfied=False)
    sheet.finding("F-3", kind="problem").action("A-3", "F-3", owner="O-1", due="2026-05-31")
    sheet.event("A-3", "start", "2026-06-01")
    sheet.finding("F-4", kind="problem").event(
        "F-4", "block", "2026-03-01", reason="the court decides", due="2026-05-01"
    )
    sheet.finding("F-5", kind="problem", solvability="needs_conditions")
    sheet.action("A-5", "F-5", role="enables", owner="O-1").done("A-5", "2026-03-01", "2026-04-01")
    sheet.finding("F-6", kind="problem", solvability="needs_conditions")
    return sheet.add("owner", owner_id="O-1", name="Ada", unit="Works")


@cache
def of_problems():
    return report_page(problems())


def test_problems_are_counted_once_by_how_they_stand():
    assert lines(of_problems().problems)[1] == (
        "Of 6 problems, 1 is solved and confirmed by those affected, 1 is in practice but not confirmed, "
        "4 are still unsolved; 2 of the unsolved wait for conditions."
    )


def test_the_rectification_list_has_unsolved_problems_first_and_solved_ones_last():
    found = lines(of_problems().problems)
    start = found.index("Problem Measure Unit and person Time limit State") + 1
    ids = [line.split()[0] for line in found[start:] if line.startswith("F-")][:6]
    assert ids == ["F-4", "F-5", "F-6", "F-3", "F-2", "F-1"]


def test_a_measure_has_its_person_unit_time_limit_and_state():
    text = " ".join(of_problems().problems.text.split())
    assert "overdue; those affected have not been asked t Ada Works 31 May 2026 in progress, overdue" in text
    assert "in practice; those affected agree that it is solved" in text
    assert "F-4 s blocked; those affected have not been asked no measure yet nobody no date" in text


def test_a_time_limit_that_was_moved_shows_both_dates():
    sheet = PlanBuilder().finding("F-1", kind="problem").action("A-1", "F-1", due="2026-07-31")
    sheet.event("A-1", "redate", "2026-06-01", due="2026-09-30")
    assert "31 Jul 2026 moved to 30 Sept 2026" in " ".join(report_page(sheet).problems.text.split())


def test_conditions_say_who_works_on_them_and_what_is_met():
    text = " ".join(of_problems().problems.text.split())
    assert (
        "the court decides nobody works on it: no action creates the condition was due 1 May 2026 not yet"
        in text
    )
    assert "F-5 s not written down t: done, Ada – ripe since 1 Apr 2026" in text


def test_enabling_actions_are_marks_of_four_shapes():
    sheet = PlanBuilder().finding("F-1", kind="problem", solvability="needs_conditions")
    for number in range(1, 5):
        sheet.action(f"A-{number}", "F-1", role="enables", owner="O-1")
    sheet.done("A-1", "2026-02-01", "2026-03-01").event("A-2", "start", "2026-02-01")
    sheet.event("A-4", "cancel", "2026-03-01", reason="no")
    html = report_page(sheet).problems.html
    strip = html[html.index('<table class="works conditions') :].split("<svg")[1].split("</svg>")[0]
    assert [strip.count(f'class="{name}"') for name in ("full", "empty", "cross")] == [2, 2, 1]


def test_long_lists_of_problems_are_cut_and_the_rest_counted():
    sheet = PlanBuilder()
    for number in range(1, 51):
        sheet.finding(f"F-{number}", kind="problem", solvability="needs_conditions")
    found = lines(report_page(sheet).problems)
    assert sum(line.startswith("F-") for line in found) == 40 + 12
    assert (
        "10 more problems are left out here, 10 of them unsolved; all stand in the list of every finding."
        in found
    )
    assert "38 more problems wait or need conditions." in found


def test_promises_are_four_numbers_and_the_broken_ones_by_name():
    sheet = PlanBuilder().finding("F-1", kind="problem")
    for number, (due, done) in enumerate(
        [("2026-03-01", "2026-02-20"), ("2026-03-01", "2026-03-11"), ("2026-04-01", ""), ("2026-12-31", "")],
        1,
    ):
        sheet.action(f"A-{number}", "F-1", due=due, promised_to=f"People {number}")
        if done:
            sheet.done(f"A-{number}", "2026-02-01", done)
    sheet.event("A-1", "confirm", "2026-03-05")
    text = " ".join(" ".join(lines(report_page(sheet).problems)).split())
    assert "4 actions were promised to somebody." in text
    assert "Kept on time, of those that have come due 1 of 3 (95% interval" in text
    assert "Median days late, of those kept late 10 days (1 kept late)" in text
    assert "of those kept or disputed 1 of 2 (95% interval" in text
    assert "that are satisfied nobody was asked within 400 days" in text
    assert text.endswith("Promise Made to Due State t People 3 1 Apr 2026 missed")


def test_a_plan_that_promised_nothing_says_so():
    assert "Nothing was promised to anybody." in lines(of_problems().problems)

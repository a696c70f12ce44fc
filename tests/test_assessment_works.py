"""Do the measures of problems, promises, experiences, mechanisms and learning count what the method says?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from acceptance import COMMITMENT_RATES, Draft, all_promises
from drafts import Sheet, counted
from frames import frames_of

from theorytopractice.assessment.measures import measures, say_measures

DAY = "2026-06-30"


def cured(sheet, number, *outcome, survey="90"):
    """Add a problem that was solved in March, if the survey passes, with later outcomes."""
    finding_id = f"P-{number}"
    sheet.finding(finding_id, kind="problem").action(f"A-{number}", finding_id)
    sheet.done(f"A-{number}", "2026-01-10", "2026-02-20")
    sheet.indicator(f"I-{number}", finding_id, ("2026-03-01", "80"), *outcome)
    return sheet.survey(f"S-{number}", finding_id, ("2026-03-10", survey))


def test_the_rebound_rate_is_what_lapsed_of_what_was_ever_solved():
    fallen = (("2026-05-01", "10"), ("2026-06-01", "10"))
    sheet = cured(cured(Sheet(), 1, *fallen), 2, ("2026-06-01", "90"))
    cured(sheet, 3, *fallen, survey="70")  # never solved: those affected said no
    assert counted(sheet, "rebound_rate") == (1, 2)
    assert counted(sheet, "rebound_rate", as_of="2026-03-09") == (0, 0)


@pytest.mark.parametrize(("day", "on_time", "ever", "n"), COMMITMENT_RATES)
def test_promises_are_kept_at_the_rates_of_the_acceptance_table(day, on_time, ever, n):
    frame = measures(frames_of(all_promises()), as_of=day).set_index("measure")
    assert tuple(frame.loc["kept_on_time_rate", ["numerator", "denominator"]]) == (on_time, n)
    assert tuple(frame.loc["kept_ever_rate", ["numerator", "denominator"]]) == (ever, n)
    assert frame.loc["kept_on_time_rate", "value"] == pytest.approx(on_time / n)


def test_days_late_and_confirmation_are_over_what_was_kept():
    draft = Draft(tables=all_promises()).event("action", "A-002", "confirm", "2026-03-05")
    frame = measures(frames_of(draft.tables), as_of=DAY).set_index("measure")
    # A-002 a day late, A-006 from 1 March to 10 April
    assert tuple(frame.loc["median_days_late", ["value", "denominator"]]) == (20.5, 2)
    # kept; disputed: A-004
    assert tuple(frame.loc["confirmed_share", ["numerator", "denominator"]]) == (1, 5)


def test_satisfied_are_the_recent_surveys_on_findings_with_a_promise():
    sheet = Sheet().finding("F-1").finding("F-2").finding("F-3")
    sheet.action("A-1", "F-1", promised_to="p").action("A-2", "F-2")
    sheet.action("A-3", "F-3", role="enables", promised_to="p")
    sheet.survey("S-1", "F-1", ("2026-06-01", "80")).survey(
        "S-2", "F-1", ("2026-01-01", "90"), ("2026-06-01", "79")
    )
    sheet.survey("S-3", "F-1", ("2025-05-25", "90")).survey("S-4", "F-1")  # 401 days old; none
    sheet.survey("S-5", "F-2", ("2026-06-01", "90")).survey("S-6", "F-3", ("2026-06-01", "90"))
    assert counted(sheet, "satisfied_share") == (1, 2)
    assert counted(sheet, "satisfied_share", as_of="2026-06-29") == (2, 3)


def test_each_site_counts_once_by_its_best_state_and_unknown_ones_beside():
    sheet = Sheet().finding("F-1", kind="experience", origin_site="Home")

    def trial(number, site, *, value="", cancelled=False, completed=""):
        action = f"A-{number}"
        sheet.action(action, "F-1", role="replicates", site=site, adaptation="none", core_kept="yes")
        if completed:
            sheet.done(action, "2025-09-01", completed)
            sheet.indicator(f"I-{number}", "F-1", ("2026-05-01", value), action_id=action)
        elif cancelled:
            sheet.event(action, "cancel", "2026-03-01", reason="r")
        else:
            sheet.event(action, "start", "2026-02-01")

    trial(1, "North", value="85", completed="2025-10-01")
    trial(2, " NORTH ", cancelled=True)
    trial(3, "South", cancelled=True)
    trial(4, "South")  # tried again: unknown
    trial(5, "East", value="50", completed="2025-10-01")
    trial(6, "East")  # the failure stands until the new trial has a result
    trial(7, "West", cancelled=True)
    trial(8, "Home", value="85", completed="2025-10-01")
    trial(9, "Hill", value="50", completed="2026-05-01")  # too early to say
    frame = measures(sheet.frames, as_of=DAY)
    row = frame.set_index("measure").loc["replication_success"]
    assert (row["numerator"], row["denominator"]) == (1, 3)
    assert frame.attrs["unknown_sites"] == 2
    assert "2 sites are not known yet" in say_measures(frame)[-4]


def test_persistence_pools_the_last_twelve_checks_of_each_mechanism():
    sheet = Sheet()
    for finding_id, begun, words in (
        ("F-1", "2025-03-01", ["fail"] * 2 + ["pass"] * 5 + ["na"] + ["pass"] * 6 + ["fail"]),
        ("F-2", "2026-05-01", ["pass"] * 2),
    ):
        sheet.finding(finding_id, "2025-01-01", "mechanism", effective_on=begun, check_every="P30D")
        for number, word in enumerate(words, start=1):
            day = pd.Timestamp(begun) + pd.Timedelta(days=30 * number)
            sheet.event(finding_id, f"check_{word}", f"{day:%Y-%m-%d}")
    assert counted(sheet, "persistence") == (13, 14)


def reviewed():
    """Five reviews from January to May, and what was found from them."""
    sheet = Sheet().finding("F-1").finding("F-2").finding("F-3").finding("F-4", "2026-02-01")
    sheet.finding("F-5", "2026-04-01").finding("F-6", "2026-07-10").finding("F-7", "2026-04-01")
    sheet.event("F-1", "review_confirmed", "2026-01-10").event("F-1", "review_revised", "2026-02-10")
    sheet.event("F-1", "review_material", "2026-03-10").event("F-1", "accept", "2026-03-11")
    sheet.event("F-2", "supersede", "2026-04-10", other_finding_id="F-5")
    sheet.event("F-3", "retire", "2026-05-10", reason="r").event("F-6", "review_revised", "2026-05-10")
    sheet.event("F-7", "review_revised", "2026-05-10", recorded_on="2026-07-10")
    for child, parent in (("F-4", "F-1"), ("F-4", "F-2"), ("F-5", "F-2"), ("F-6", "F-1")):
        sheet.add("finding_relation", finding_id=child, relation="derived_from", other_finding_id=parent)
    return sheet.add("finding_relation", finding_id="F-7", relation="related", other_finding_id="F-1")


def test_learning_is_counted_over_the_reviews_of_the_period():
    assert counted(reviewed(), "learning_yield", "revision_share") == [(2, 5), (3, 5)]
    assert counted(reviewed(), "learning_yield", "revision_share", since="2026-02-10") == [(1, 3), (2, 3)]
    assert counted(reviewed(), "revision_share", knowledge="restated") == (4, 6)


def test_learning_yield_may_exceed_one_and_has_no_interval():
    sheet = Sheet().finding("F-1").event("F-1", "review_confirmed", "2026-02-01")
    for number in range(2, 5):
        sheet.finding(f"F-{number}")
        sheet.add(
            "finding_relation", finding_id=f"F-{number}", relation="derived_from", other_finding_id="F-1"
        )
    row = measures(sheet.frames, as_of=DAY).set_index("measure").loc["learning_yield"]
    assert row["value"] == 3
    assert np.isnan(row["high"])

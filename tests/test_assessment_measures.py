"""Is every measure what the method's sections 6 to 12 say? Small plans, counted by hand."""

from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pytest
from acceptance import COMMITMENT_RATES, all_promises
from builder import PlanBuilder, frames_of
from random_plans import random_day, random_plan

from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.figures import pooled_wilson, wilson
from theorytopractice.assessment.measures import MEASURES, cautions, measures, say_measures, trend
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.i18n import speaking

DAY = "2026-06-30"
CONTRACT = [
    "implementation_rate",
    "practice_rate",
    "cohort_rate_3_1y",
    "cohort_rate_4_1y",
    "cohort_rate_3_4y",
    "cohort_rate_4_4y",
    "funnel_ever_0",
    "funnel_ever_1",
    "funnel_ever_2",
    "funnel_ever_3",
    "funnel_ever_4",
    "funnel_ever_5",
    "funnel_now_0",
    "funnel_now_1",
    "funnel_now_2",
    "funnel_now_3",
    "funnel_now_4",
    "funnel_now_5",
    "shelf_rate",
    "overdue_rate",
    "on_time_rate",
    "evidence_gap",
    "lapse_rate",
    "staleness_median_days",
    "rebound_rate",
    "kept_on_time_rate",
    "kept_ever_rate",
    "median_days_late",
    "confirmed_share",
    "satisfied_share",
    "replication_success",
    "persistence",
    "learning_yield",
    "revision_share",
]

LOOKING_BACK = ("cohort_rate_3_1y", "funnel_ever_2", "lapse_rate", "rebound_rate", "staleness_median_days")


def counted(plan, *names, as_of=DAY, **options):
    """Return (numerator, denominator) of some measures."""
    frame = measures(plan.frames, as_of=as_of, **options).set_index("measure")
    fractions = [tuple(frame.loc[name, ["numerator", "denominator"]]) for name in names]
    return fractions[0] if len(names) == 1 else fractions


def climbers():
    """Seven findings that are followed through the tests of the ladder's measures.

    F-1 carried out on its first anniversary, without an indicator. F-2 in practice. F-3 and F-7 on the shelf.
    F-4 new. F-5 carried out, rejected since. F-6 carried out a day after its first anniversary, then in
    practice, and lapsed.
    """
    sheet = (
        PlanBuilder()
        .finding("F-1", "2024-06-30")
        .action("A-1", "F-1")
        .done("A-1", "2025-05-01", "2025-06-30")
    )
    sheet.finding("F-2", "2025-06-01").action("A-2", "F-2").done("A-2", "2025-08-01", "2025-09-01")
    sheet.indicator("I-2", "F-2", ("2026-05-31", "85"))
    sheet.finding("F-3", "2025-06-30").finding("F-4", "2026-06-15").finding("F-7", "2024-06-29")
    sheet.finding("F-5", "2025-06-01").action("A-5", "F-5").done("A-5", "2025-07-01", "2025-08-01")
    sheet.event("F-5", "reject", "2026-01-01", reason="too dear")
    sheet.finding("F-6", "2025-06-10").action("A-6", "F-6").done("A-6", "2026-06-01", "2026-06-11")
    return sheet.indicator("I-6", "F-6", ("2026-06-12", "80"), ("2026-06-20", "70"), ("2026-06-25", "70"))


def test_there_is_one_row_for_every_name_of_the_contract_in_its_order():
    frame = measures(climbers().frames, as_of=DAY)
    assert list(frame.columns) == ["measure", "value", "numerator", "denominator", "low", "high", "as_of"]
    assert [name for name in frame["measure"] if name in CONTRACT] == CONTRACT
    assert set(frame["as_of"]) == {pd.Timestamp(DAY)}


def test_rates_of_the_ladder_are_over_the_open_findings():
    assert counted(climbers(), "implementation_rate", "practice_rate") == [(3, 6), (1, 6)]


def test_the_funnel_counts_findings_ever_at_or_above_a_stage_and_open_ones_now_at_it():
    ever = counted(climbers(), *(f"funnel_ever_{stage}" for stage in range(6)))
    now = counted(climbers(), *(f"funnel_now_{stage}" for stage in range(6)))
    assert ever == [(7, 7), (4, 7), (4, 7), (4, 7), (2, 7), (0, 7)]  # F-5, rejected since, is among them
    assert now == [(3, 6), (0, 6), (0, 6), (2, 6), (1, 6), (0, 6)]


def test_a_funnels_value_is_its_count_without_an_interval():
    row = measures(climbers().frames, as_of=DAY).set_index("measure").loc["funnel_ever_4"]
    assert row["value"] == 2
    assert np.isnan(row["low"])


def test_a_cohort_has_both_its_ends_closed_findings_and_the_anniversary_itself():
    # recorded from 2024-06-30 to 2025-06-30: F-1, F-2, F-3, F-5, F-6
    assert counted(climbers(), "cohort_rate_3_1y", "cohort_rate_4_1y") == [(3, 5), (1, 5)]
    assert counted(climbers(), "cohort_rate_3_4y") == (0, 0)


def test_a_cohort_of_four_years_counts_what_was_reached_within_four_years():
    sheet = PlanBuilder()
    for number, completed in enumerate(["2025-06-01", "2025-06-02"]):
        sheet.finding(f"F-{number}", "2021-06-01").action(f"A-{number}", f"F-{number}")
        sheet.done(f"A-{number}", "2022-01-01", completed)
    assert counted(sheet, "cohort_rate_3_4y", as_of="2026-05-31") == (1, 2)
    assert counted(sheet, "cohort_rate_3_4y", as_of="2026-06-02") == (0, 0)


@pytest.mark.parametrize(
    ("completed", "as_of", "expected"),
    [
        ("2025-02-28", "2025-03-01", (1, 1)),  # the anniversary of 29 February is 28 February
        ("2025-03-01", "2025-03-01", (0, 1)),
        ("2025-02-28", "2025-02-28", (0, 0)),  # a year before is 28 February 2024: not yet in the cohort
    ],
)
def test_a_year_from_the_29th_of_february_ends_on_the_28th(completed, as_of, expected):
    sheet = (
        PlanBuilder().finding("F-1", "2024-02-29").action("A-1", "F-1").done("A-1", "2024-05-01", completed)
    )
    assert counted(sheet, "cohort_rate_3_1y", as_of=as_of) == expected


def test_the_shelf_rate_leaves_out_new_findings():
    assert counted(climbers(), "shelf_rate") == (2, 5)
    # the day on which F-4 is 30 days old, and the next
    assert counted(climbers(), "shelf_rate", as_of="2026-07-15") == (2, 5)
    assert counted(climbers(), "shelf_rate", as_of="2026-07-16") == (3, 6)


def test_the_evidence_gap_is_what_was_carried_out_with_no_effect_looked_for():
    assert counted(climbers(), "evidence_gap") == (1, 3)
    sheet = climbers().indicator("I-1", "F-1", target="")
    assert counted(sheet, "evidence_gap") == (1, 3)
    sheet.finding("F-8", "2026-01-01", "mechanism", effective_on="2026-01-01", check_every="P30D")
    for day in ("2026-01-31", "2026-03-02", "2026-04-01"):
        sheet.event("F-8", "check_pass", day)
    assert counted(sheet, "evidence_gap") == (1, 3)


def test_the_lapse_rate_is_over_what_was_ever_in_practice():
    assert counted(climbers(), "lapse_rate") == (1, 2)
    # an indicator that was met and fell, while the finding never was in practice
    sheet = climbers().finding("F-8").action("A-8", "F-8").event("A-8", "start", "2026-01-05")
    sheet.indicator("I-8", "F-8", ("2026-02-01", "80"), ("2026-03-01", "1"), ("2026-04-01", "1"))
    assert "lapsed" in assess(sheet.frames, as_of=DAY).set_index("finding_id")["flags"]["F-8"]
    assert counted(sheet, "lapse_rate") == (1, 2)


def deadlines():
    """Nine actions around their due dates; A-8 serves only a rejected finding."""
    sheet = PlanBuilder().finding("F-1").finding("F-2").event("F-2", "reject", "2026-02-01", reason="r")
    sheet.action("A-1", "F-1").add("finding_action", finding_id="F-1", action_id="A-1", role="enables")
    sheet.add("finding_action", finding_id="F-2", action_id="A-1", role="delivers")
    sheet.action("A-2", "F-1", due=DAY).action("A-3", "F-1", due="")
    sheet.action("A-4", "F-1").done("A-4", "2026-02-01", "2026-03-31")
    sheet.action("A-5", "F-1", role="improves").event("A-5", "redate", "2026-03-01", due="2026-05-31")
    sheet.done("A-5", "2026-02-01", "2026-04-01")
    sheet.action("A-6", "F-1").done("A-6", "2026-02-01", "2026-03-01", proved=False)
    sheet.action("A-7", "F-1").event("A-7", "cancel", "2026-03-01", reason="r")
    sheet.action("A-8", "F-2")
    return sheet.action("A-9", "F-1", role="enables").event("A-9", "redate", "2026-03-30", due="2026-12-31")


def test_the_overdue_rate_is_over_distinct_open_dated_actions_of_open_findings():
    # dated and open: A-1 (overdue), A-2 (due today), A-9 (moved)
    assert counted(deadlines(), "overdue_rate") == (1, 3)
    assert counted(deadlines(), "overdue_rate", as_of="2026-07-01") == (2, 3)


def test_the_on_time_rate_judges_by_the_original_due_date_and_asks_for_evidence():
    # due and not cancelled, A-4 (in time), A-5 (late), A-6 (no evidence), A-8, A-9
    assert counted(deadlines(), "on_time_rate") == (1, 7)
    assert counted(deadlines(), "on_time_rate", as_of="2026-06-29") == (1, 6)


def test_staleness_is_the_median_of_days_since_the_newest_visible_fact():
    sheet = PlanBuilder().finding("F-1").event("F-1", "review_confirmed", "2026-06-10")
    sheet.add("evidence", finding_id="F-1", dated_on="2026-06-15").finding("F-2", "2026-05-31")
    sheet.finding("F-3").indicator("I-3", "F-3", ("2026-07-05", "1"), required="false")
    sheet.add("observation", indicator_id="I-3", observed_on="2026-06-20", value="1", final="false")
    late = {"recorded_on": "2026-07-02"}
    sheet.action("A-3", "F-3", role="enables").event("A-3", "progress", "2026-06-29", progress="5", **late)
    frame = measures(sheet.frames, as_of=DAY).set_index("measure")
    row = frame.loc["staleness_median_days"]
    assert (row["value"], row["denominator"]) == (15, 3)  # 10, 15, 30
    assert pd.isna(row["numerator"])
    sheet.finding("F-4", "2026-06-10")
    assert (
        measures(sheet.frames, as_of=DAY).set_index("measure").loc["staleness_median_days", "value"] == 17.5
    )


def test_a_period_does_not_begin_after_its_end():
    with pytest.raises(PracticeError, match="begins on 2026-07-01, after the as-of day"):
        measures({}, as_of=DAY, since="2026-07-01")


def test_an_empty_plan_has_every_measure_and_no_value_but_counts():
    frame = measures({}, as_of=DAY).set_index("measure")
    assert set(frame.index[frame["value"].notna()]) == {
        name for name in CONTRACT if name.startswith("funnel")
    }
    assert (frame["denominator"] == 0).all()
    assert frame[["low", "high"]].isna().all(axis=None)
    assert say_measures(frame.reset_index())[0] == "cannot tell: nothing to count"


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high", "digits"),
    [
        (81, 263, 0.2553, 0.3662, 4),
        (15, 148, 0.0624, 0.1605, 4),
        (0, 20, 0, 0.1611, 4),
        (1, 29, 0.0061, 0.1718, 4),
        (0, 3, 0, 0.56, 2),
        (7, 10, 0.40, 0.89, 2),
    ],
)
def test_wilson_intervals_are_the_published_ones(numerator, denominator, low, high, digits):
    found = wilson(np.array([numerator]), np.array([denominator]))
    assert tuple(round(float(end[0]), digits) for end in found) == (low, high)


def test_wilson_intervals_agree_with_the_formula_and_never_leave_0_to_1():
    z = 1.959963984540054
    for n in (1, 7, 400):
        found = wilson(np.arange(n + 1), np.full(n + 1, n))
        for k in range(n + 1):
            half = z * math.sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
            middle = (k / n + z**2 / (2 * n)) / (1 + z**2 / n)
            assert [end[k] for end in found] == pytest.approx([middle - half, middle + half], abs=1e-12)
    assert found[0][0] == 0
    assert found[1][-1] == 1


def test_a_trend_is_the_measure_of_every_day_as_given():
    sheet = climbers()
    days = ["2026-06-30", "2025-06-30", "2026-06-12"]
    frame = trend(sheet.frames, "practice_rate", days)
    assert list(frame.columns) == ["as_of", "value", "numerator", "denominator", "low", "high"]
    # 2025: F-1 and F-7, F-2, F-3, F-6, F-5 open, none in practice; 12 June 2026: F-2 and F-6
    assert list(zip(frame["numerator"], frame["denominator"], strict=True)) == [(1, 6), (0, 6), (2, 5)]
    assert list(frame["as_of"].dt.strftime("%Y-%m-%d")) == days
    assert trend(sheet.frames, "practice_rate", []).empty


@pytest.mark.parametrize(("seed", "knowledge"), [(3, "then"), (11, "restated")])
def test_a_trend_that_looks_back_equals_the_measures_of_each_day_on_random_plans(seed, knowledge):
    rng = random.Random(seed)
    frames, columns = frames_of(random_plan(rng)), ["value", "numerator", "denominator", "low", "high"]
    days = [random_day(rng), random_day(rng)]
    expected = [measures(frames, as_of=day, knowledge=knowledge) for day in days]
    for name in LOOKING_BACK:
        found = trend(frames, name, days, knowledge=knowledge)
        rows = pd.DataFrame([frame.loc[CONTRACT.index(name), columns] for frame in expected])
        assert found[columns].astype(float).equals(rows.reset_index(drop=True).astype(float)), name


def test_shares_lie_in_their_intervals_on_random_plans():
    for seed in range(100, 108):
        rng = random.Random(seed)
        frame = measures(frames_of(random_plan(rng)), as_of=random_day(rng))
        shares = frame[frame["low"].notna()]
        assert ((shares["low"] <= shares["value"]) & (shares["value"] <= shares["high"])).all()
        assert (shares["numerator"] <= shares["denominator"]).all()
        ever = frame["numerator"][frame["measure"].str.startswith("funnel_ever")].astype(int)
        assert ever.is_monotonic_decreasing
        now = frame["numerator"][frame["measure"].str.startswith("funnel_now")].sum()
        assert now == frame["denominator"].iloc[0] <= ever.iloc[0]


def test_an_unknown_measure_names_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'practice_rate'"):
        trend({}, "practise_rate", [DAY])


def test_every_measure_has_a_name_and_a_caution():
    assert list(MEASURES) == list(CONTRACT)
    assert cautions(measures({}, as_of=DAY)) == {}
    grouped = cautions(pd.DataFrame({"measure": list(MEASURES), "denominator": 1}))
    assert grouped["now at 'on the shelf' … now at 'sustained'"] == MEASURES["funnel_now_3"].caution
    assert grouped["revision share"] == "0% over many reviews is a warning, not a triumph."


def test_counts_come_first_below_twenty():
    frame = pd.DataFrame(
        {
            "measure": ["practice_rate", "shelf_rate", "overdue_rate"],
            "value": [7 / 10, 81 / 263, 0.0],
            "numerator": [7, 81, 0],
            "denominator": [10, 263, 20],
            "low": [0.3968, 0.2553, 0],
            "high": [0.8922, 0.3662, 0.1611],
        }
    )
    assert say_measures(frame) == [
        "7 of 10: 70% (40–89%)",
        "30.8% (25.5–36.6%), 81 of 263",
        "0% (0–16%), 0 of 20",
    ]


def test_a_median_of_one_day_is_said_as_one():
    frame = pd.DataFrame(
        {
            "measure": ["median_days_late"],
            "value": [1.0],
            "numerator": [None],
            "denominator": [2],
            "low": [None],
            "high": [None],
        }
    )
    assert say_measures(frame) == ["1 day (median of 2)"]


def test_every_measure_says_in_both_languages_what_it_means():
    for measure in MEASURES.values():
        english = measure.text(measure.meaning)
        with speaking("zh"):
            chinese = measure.text(measure.meaning)
        assert english.endswith(".")
        assert chinese.endswith("。")
        assert "{" not in english + chinese
    assert MEASURES["funnel_now_0"].text(MEASURES["funnel_now_0"].meaning) == (
        "How many open findings are at 'on the shelf' today."
    )


def cured(sheet, number, *outcome, survey="90"):
    """Add a problem that was solved in March, if the survey passes, with later outcomes."""
    finding_id = f"P-{number}"
    sheet.finding(finding_id, kind="problem").action(f"A-{number}", finding_id)
    sheet.done(f"A-{number}", "2026-01-10", "2026-02-20")
    sheet.indicator(f"I-{number}", finding_id, ("2026-03-01", "80"), *outcome)
    return sheet.survey(f"S-{number}", finding_id, ("2026-03-10", survey))


def test_the_rebound_rate_is_what_lapsed_of_what_was_ever_solved():
    fallen = (("2026-05-01", "10"), ("2026-06-01", "10"))
    sheet = cured(cured(PlanBuilder(), 1, *fallen), 2, ("2026-06-01", "90"))
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
    draft = PlanBuilder(all_promises()).event("A-002", "confirm", "2026-03-05")
    frame = measures(frames_of(draft.tables), as_of=DAY).set_index("measure")
    # A-002 a day late, A-006 from 1 March to 10 April
    assert tuple(frame.loc["median_days_late", ["value", "denominator"]]) == (20.5, 2)
    # kept; disputed: A-004
    assert tuple(frame.loc["confirmed_share", ["numerator", "denominator"]]) == (1, 5)


def test_satisfied_are_the_recent_surveys_on_findings_with_a_promise():
    sheet = PlanBuilder().finding("F-1").finding("F-2").finding("F-3")
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
    sheet = PlanBuilder().finding("F-1", kind="experience", origin_site="Home")

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
    sheet = PlanBuilder()
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
    sheet = PlanBuilder().finding("F-1").finding("F-2").finding("F-3").finding("F-4", "2026-02-01")
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
    sheet = PlanBuilder().finding("F-1").event("F-1", "review_confirmed", "2026-02-01")
    for number in range(2, 5):
        sheet.finding(f"F-{number}")
        sheet.add(
            "finding_relation", finding_id=f"F-{number}", relation="derived_from", other_finding_id="F-1"
        )
    row = measures(sheet.frames, as_of=DAY).set_index("measure").loc["learning_yield"]
    assert row["value"] == 3
    assert np.isnan(row["high"])


def test_persistence_allows_for_differences_between_mechanisms():
    """24 of 48 passed: alike in four mechanisms it is worth 48 checks, in all of two and none of two hardly four."""
    alike = pooled_wilson(np.array([6, 6, 6, 6]), np.array([12] * 4))
    assert alike == pytest.approx(tuple(float(end[0]) for end in wilson(np.array([24]), np.array([48]))))
    low, high = pooled_wilson(np.array([12, 12, 0, 0]), np.array([12] * 4))
    assert low < 0.1
    assert high > 0.9
    assert pooled_wilson(np.array([12]), np.array([12]))[1] == 1
    assert np.isnan(pooled_wilson(np.array([0]), np.array([0]))[0])


def test_measures_of_each_owner_count_the_own_findings_and_actions():
    sheet = PlanBuilder()
    for owner_id, name in (("O-1", "Ada"), ("O-2", "Bo")):
        sheet.add("owner", owner_id=owner_id, name=name, unit="Works")
    for number, owner in enumerate(("O-1", "O-2", ""), start=1):
        sheet.finding(f"F-{number}").action(f"A-{number}", f"F-{number}", due="2026-02-01", owner=owner)
    sheet.done("A-1", "2026-01-10", "2026-01-20")
    frames = sheet.frames
    found = measures(frames, as_of="2026-03-01", by="owner")
    counts = {
        (row["group"], row["measure"]): (row["numerator"], row["denominator"])
        for row in found.to_dict("records")
    }
    assert counts["Ada", "on_time_rate"] == (1, 1)
    assert counts["Bo", "on_time_rate"] == (0, 1)
    assert counts["Bo", "overdue_rate"] == (1, 1)
    assert counts["nobody", "implementation_rate"] == (0, 1)
    assert set(measures(frames, as_of="2026-03-01", by="unit")["group"]) == {"Works", "(no unit)"}
    with pytest.raises(UnknownName, match="no grouping 'colour'"):
        measures(frames, by="colour")

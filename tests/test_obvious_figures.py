"""Do the figures written out by hand agree with those that the method prints? (sections 11 to 13 and 16)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from acceptance import NINETY, usual, waiting
from obvious.counting import median, wilson
from obvious.facts import look_at
from obvious.forecast import forecast, weekly_completions, weeks_needed
from obvious.verdicts import judge, verdicts
from obvious.waiting import (
    aalen_johansen,
    durations,
    kaplan_meier,
    log_rank,
    median_of,
    median_with_other_ways,
    share_at,
)

DRUG = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
TRADE = "10.5 11.2 9.2 10.1 10.4 10.5"
BREACHES = (
    "1195 1843 1397 1333 1771 1751 2013 1759 2179 2585 1654 1543 1632 1558 1190 1357 1279 1683 2190 1804 986 "
    "2181 2048 2154"
)
SAWTOOTH = "49 51 49 51 49 51 49 51 49 51 49 51"  # mean 50, moving range 2: limits 50 ± 5.32, ⅔ at 3.5467


def survival(written):
    """Read months, with + where the finding still waits."""
    parts = written.split()
    return [int(one.rstrip("+")) for one in parts], [not one.endswith("+") for one in parts]


def exact(values):
    return [Fraction(one) for one in values.split()]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high", "places"),
    [
        (81, 263, 0.2553, 0.3662, 4),
        (15, 148, 0.0624, 0.1605, 4),
        (0, 20, 0, 0.1611, 4),
        (1, 29, 0.0061, 0.1718, 4),
        (0, 3, 0, 0.56, 2),
        (7, 10, 0.40, 0.89, 2),
    ],
)
def test_wilson_intervals_are_the_published_ones(part, whole, low, high, places):
    assert tuple(round(one, places) for one in wilson(part, whole)) == (low, high)


def test_a_closing_that_became_known_later_takes_no_stage_away_that_was_reached_before():
    """12.1: the first D for which assess would have given it; the plan was told of the rejection in June."""
    draft = usual().case_indicator(NINETY)
    draft.event("F-001", "reject", "2026-02-25", recorded_on="2026-06-01")
    assert durations(draft.tables, "2026-06-30") == [
        {"finding_id": "F-001", "days": 59, "ending": "in_practice"}
    ]
    assert durations(draft.tables, "2026-06-30", "restated") == [
        {"finding_id": "F-001", "days": 55, "ending": "rejected"}
    ]


def test_median_of_an_even_number_is_the_mean_of_the_middle_two():
    assert [median([]), median([3, 1, 2]), median([4, 1, 3, 2])] == [None, 2, 2.5]


def test_ten_findings_have_the_printed_survival():
    days, happened = survival("2 3 3 5 8 4+ 6+ 9+ 12+ 12+")
    curve = kaplan_meier(days, happened)
    assert [(point["days"], round(point["share"], 6)) for point in curve] == [
        (2, 0.9),
        (3, 0.7),
        (5, 0.583333),
        (8, 0.4375),
    ]
    assert median_of(curve) == 8
    assert share_at(curve, 7) == curve[2]["share"]


def test_ten_findings_with_two_superseded_have_the_printed_incidence():
    days = [2, 3, 3, 5, 8, 4, 6, 9, 12, 12]
    endings = ["in_practice"] * 5 + ["superseded"] * 2 + ["censored"] * 3
    curve = aalen_johansen(days, endings, "in_practice")
    assert [point["days"] for point in curve] == [2, 3, 5, 8]
    assert [point["share"] for point in curve] == pytest.approx([0.1, 0.3, 0.4, 0.5])


def test_freireich_medians_bands_and_log_rank_are_the_published_ones():
    drug, placebo = survival(DRUG), survival(PLACEBO)
    bands = [
        [median_of(kaplan_meier(*group), column) for column in ("share", "low", "high")]
        for group in (drug, placebo)
    ]
    assert bands == [[23, 13, None], [8, 4, 11]]
    assert log_rank(drug, placebo) == pytest.approx(16.792941, abs=1e-6)


def test_durations_end_with_the_first_of_practice_and_decision():
    draft = usual().case_indicator(NINETY)
    for key, word, day in (
        ("F-002", "reject", "2026-02-01"),
        ("F-003", "duplicate", "2026-02-01"),
        ("F-004", "accept", "2026-02-01"),
        ("F-005", "retire", "2026-07-01"),
    ):
        draft.finding(finding_id=key).event(key, word, day, other_finding_id="F-001")
    draft.event("F-001", "retire", "2026-05-01")
    draft.finding(finding_id="F-006", recorded_on="2026-04-01")
    # 1 Jan to 1 Mar is 59 days, to 1 Feb 31, to 31 Mar 89; F-001 was retired only after it was in practice
    assert [
        (row["finding_id"], row["days"], row["ending"]) for row in durations(draft.tables, "2026-03-31")
    ] == [
        ("F-001", 59, "in_practice"),
        ("F-002", 31, "rejected"),
        ("F-004", 89, "censored"),
        ("F-005", 89, "censored"),
    ]
    assert durations(draft.tables, "2026-03-31", stage=3)[0] == {
        "finding_id": "F-001",
        "days": 50,
        "ending": "carried_out",
    }


@pytest.mark.parametrize(
    ("values", "mean", "moving", "low", "high"),
    [
        (TRADE, 10.316667, 0.8, 8.188667, 12.444667),
        (BREACHES, 1711.875, 361.9565, 749.0707, 2674.6793),
    ],
)
def test_limits_are_the_published_ones(values, mean, moving, low, high):
    row = judge(exact(values), [])
    figures = [row[name] for name in ("mean", "mean_moving_range", "lower_limit", "upper_limit")]
    assert figures == pytest.approx([mean, moving, low, high], abs=5e-5)


@pytest.mark.parametrize(
    ("pre", "post", "expected"),
    [
        ("", "51 52 53", "cannot tell"),
        (SAWTOOTH, "", "cannot tell"),
        ("49 51 49 51", "60 60 60", "too few points"),
        (SAWTOOTH, "60 60", "too few points"),
        (SAWTOOTH, "60 60 60", "weighed"),
    ],
)
def test_too_few_values_have_a_word_of_their_own(pre, post, expected):
    assert judge(exact(pre), exact(post))["verdict"] == expected


def test_runs_and_crossings_count_before_and_after_around_the_frozen_median():
    row = judge(exact("49 51 50"), exact("51 52 50 48"))
    # around 50: below, above, above, above, below
    assert (row["longest_run"], row["n_crossings"]) == (3, 2)
    assert (row["mean"], row["mean_moving_range"], row["lower_limit"]) == (50, 1.5, None)


def test_values_between_start_and_completion_with_lag_are_in_neither_group():
    values = (("2026-01-09", "40"), ("2026-01-10", "41"), ("2026-03-01", "42"), ("2026-03-02", "43"))
    row = verdicts(usual().case_indicator(values, lag_days="10").tables, "2026-04-01")[0]
    assert (row["n_pre"], row["n_post"], row["mean"], row["verdict"]) == (1, 1, 40, "too few points")


@pytest.mark.parametrize(
    "draft",
    [
        waiting().add("observation", indicator_id="I-001", observed_on="2026-01-05", value="40"),
        usual().case_indicator(NINETY, direction="range", target="", target_low="36", target_high="38"),
        usual().case_indicator((("2026-01-02", "yes"), ("2026-03-01", "no")), measure="nominal", target="no"),
    ],
    ids=["no action has started", "range", "nominal"],
)
def test_without_start_or_with_no_better_side_nobody_can_tell(draft):
    assert [row["verdict"] for row in verdicts(draft.tables, "2026-04-01")] == ["cannot tell"]


def test_an_indicator_without_final_values_has_no_verdict():
    assert verdicts(usual().case_indicator(NINETY, final="false").tables, "2026-04-01") == []


@pytest.mark.parametrize(
    ("history", "n_open", "weeks"),
    [
        ([0, 1], 5, (9, 13, 16)),
        ([1, 1, 1, 1], 7, (7, 7, 7)),
        ([0, 0, 1, 1, 1], 10, (16, 20, 23)),
        ([2, 0, 3, 1, 4, 2, 0, 5], 20, (10, 13, 15)),
    ],
)
def test_forecasts_are_the_printed_ones(history, n_open, weeks):
    assert weeks_needed(history, n_open) == weeks


def test_weeks_run_from_monday_to_sunday_and_must_be_over():
    # 1 Jan 2026 is a Thursday: the first whole week begins on Monday 5 Jan; the action is done on Fri 20 Feb
    draft = usual().case_plan("A-002")
    assert weekly_completions(look_at(draft.tables, "2026-02-21")) == [0] * 6
    assert weekly_completions(look_at(draft.tables, "2026-02-22")) == [0] * 6 + [1]
    assert forecast(draft.tables, "2026-02-28")["weeks"] is None
    # 8 weeks, one completion in 8, one action left: (7/8)^w ≤ 0.5, 0.15 and 0.05
    assert forecast(draft.tables, "2026-03-01")["weeks"] == (6, 15, 23)


def test_median_at_one_half_exactly_is_the_middle_of_the_flat_stretch() -> None:
    """12.1: S = 0.75, 0.5, 0.25 at 3, 5, 7."""
    assert median_of(kaplan_meier([3, 5, 7, 9], [True, True, True, False])) == 6


def test_median_with_other_ways_out_is_that_of_the_cumulative_incidence() -> None:
    """12.1: 0.1, 0.3, 0.4, 0.5 at 2, 3, 5, 8; half is reached on day 8."""
    days = [2, 3, 3, 5, 8, 4, 6, 9, 12, 12]
    endings = ["in_practice"] * 5 + ["superseded"] * 2 + ["censored"] * 3
    assert median_with_other_ways(aalen_johansen(days, endings, "in_practice")) == 8
    assert median_with_other_ways(aalen_johansen(days, endings, "superseded")) is None

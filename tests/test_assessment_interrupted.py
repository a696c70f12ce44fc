"""Interrupted time series: a published example run through a plan folder, and every figure a second way."""

from __future__ import annotations

import csv
import math
from datetime import date

import numpy as np
import pytest
from builder import frames_of, monthly_frames, monthly_tables
from scipy.stats import chi2, norm, t

import theorytopractice as ttp
from theorytopractice.assessment.interrupted import Series, fit, ljung_box

# Acute coronary events a month in Sicily, and the population at risk, age-standardised; smoking ban on 10 January
# 2005. Lopez Bernal, Cummins, Gasparrini: Interrupted time series regression … a tutorial, Int J Epidemiol 2017.
EVENTS = (
    728, 659, 791, 734, 757, 726, 760, 740, 720, 814, 795, 858, 887, 766, 851, 769, 781, 756, 766, 752,
    765, 831, 879, 928, 914, 808, 937, 840, 916, 828, 845, 818, 860, 839, 887, 886, 831, 796, 833, 820,
    877, 758, 767, 738, 781, 843, 850, 908, 1021, 859, 976, 888, 962, 838, 810, 876, 843, 936, 912,
)  # fmt: skip
POPULATION = (
    379875.3, 376495.5, 377040.8, 377116.4, 377383.4, 374113.1, 379513.3, 376295.5, 374653.2, 378485.6,
    375955.5, 378349.7, 376762.4, 379032.3, 379360.4, 376162.0, 377972.4, 381830.7, 379888.6, 380872.2,
    380966.9, 381240.4, 382104.9, 381802.7, 381656.3, 383680.0, 383504.2, 386462.9, 383783.1, 380836.8,
    383483.0, 380906.2, 382926.8, 384052.4, 384449.6, 383428.4, 388153.2, 388373.2, 386470.1, 386033.2,
    383686.4, 385509.3, 385901.9, 386516.6, 388436.5, 383255.2, 390148.7, 385874.9, 391613.6, 391750.4,
    394005.6, 391364.9, 391664.6, 389022.3, 391878.5, 388575.3, 392989.0, 390018.8, 390712.3,
)  # fmt: skip
BEFORE = 36


@pytest.fixture(scope="module")
def sicily(tmp_path_factory):
    """The published example as a plan folder: month ends from January 2002, the ban between two of them."""
    folder = tmp_path_factory.mktemp("sicily")
    tables = monthly_tables(
        EVENTS[:BEFORE], EVENTS[BEFORE:], exposure=POPULATION, measure="count", direction="descending"
    )
    for i, row in enumerate(tables["observation"]):
        year, month = 2002 + (i + 1) // 12, (i + 1) % 12 + 1
        row["observed_on"] = str(date.fromordinal(date(year, month, 1).toordinal() - 1))
    tables["event"] = [
        {"subject": "action", "subject_id": "A", "event": "start", "happened_on": "2005-01-10"}
    ]
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    with ttp.open_plan(folder) as plan:
        return ttp.counterfactual(plan, "F", "I", as_of="2026-01-01")


def test_the_published_rate_ratio_of_the_smoking_ban_is_met(sicily):
    """The tutorial: a step and one slope, quasi-Poisson. 23 months after are no two full years: no season."""
    series = sicily.attrs["series"]
    assert (series["model"], series["season"], series["exposure"]) == ("quasi-Poisson", False, True)
    ratio = [round(series[name], 3) for name in ("rate_ratio", "rate_ratio_low", "rate_ratio_high")]
    assert ratio == [0.894, 0.839, 0.953]
    assert (round(series["dispersion"], 3), series["time_unit"]) == (3.559, "month")


def poisson_by_hand(design, counts, offset):
    """Newton's method; returns coefficients, their covariance under X² / df, X² / df and the expected counts."""
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(counts.sum() / np.exp(offset).sum())
    for _ in range(50):
        mu = np.exp(design @ beta + offset)
        beta += np.linalg.solve(design.T * mu @ design, design.T @ (counts - mu))
    mu = np.exp(design @ beta + offset)
    scale = ((counts - mu) ** 2 / mu).sum() / (len(counts) - design.shape[1])
    return beta, scale * np.linalg.inv(design.T * mu @ design), scale, mu


def test_figures_of_counts_follow_from_newtons_method(sicily):
    month = np.arange(59.0)
    design = np.column_stack([np.ones(59), month, month >= BEFORE])
    beta, covariance, scale, mu = poisson_by_hand(design, np.array(EVENTS, float), np.log(POPULATION))
    reach = norm.ppf(0.975) * np.sqrt(np.diag(covariance))
    series = sicily.attrs["series"]
    names = ("level", "level_low", "level_high", "slope", "slope_low", "slope_high", "dispersion")
    expected = [
        *(beta[2] + np.array([0, -1, 1]) * reach[2]),
        *(beta[1] + np.array([0, -1, 1]) * reach[1]),
        scale,
    ]
    assert [series[name] for name in names] == pytest.approx(expected, rel=1e-7)
    exposure = np.array(POPULATION, dtype=float)
    given = Series(month, np.array(EVENTS, dtype=float), exposure, month >= BEFORE, "month", is_count=True)
    course = fit(given).course()
    assert course.fitted == pytest.approx(mu, rel=1e-9)
    without = np.where(month >= BEFORE, mu / np.exp(beta[2]), mu)
    assert course.earlier_course == pytest.approx(without, rel=1e-9)
    assert series["events_avoided"] == pytest.approx((without - np.array(EVENTS))[BEFORE:].sum(), rel=1e-7)
    still = design * [1, 1, 0]
    width = norm.ppf(0.975) * np.sqrt(np.einsum("ij,jk,ik->i", still, covariance, still))
    assert course.high == pytest.approx(without * np.exp(width), rel=1e-7)


def test_season_is_two_waves_a_year_where_each_side_has_two_full_years():
    def months(n_post):
        time = np.arange(36.0 + n_post)
        value = np.array((EVENTS + EVENTS[48:])[: len(time)], float)
        return Series(time + 3, value, np.full(len(time), np.nan), time >= 36, "month", is_count=True)

    assert fit(months(23)).figures["season"] is False
    full = months(24)
    turn = 2 * np.pi * np.outer(np.arange(60), [1, 2]) / 12
    columns = [np.ones(60), np.arange(60), full.is_post, np.sin(turn), np.cos(turn)]
    beta, _, scale, _ = poisson_by_hand(np.column_stack(columns), full.value, np.zeros(60))
    figures = fit(full).figures
    assert figures["season"] is True
    assert [figures["level"], figures["slope"], figures["dispersion"]] == pytest.approx(
        [beta[2], beta[1], scale]
    )


def continuous(n_pre, n_post, seed=3):
    time = np.concatenate([np.arange(n_pre), np.arange(n_pre, n_pre + n_post) + 2]).astype(float)
    is_post = np.arange(len(time)) >= n_pre
    value = (
        40
        + 0.3 * time
        + is_post * (5 - 0.7 * (time - n_pre))
        + np.random.default_rng(seed).normal(0, 2, len(time))
    )
    design = np.column_stack([np.ones(len(time)), time, is_post, np.where(is_post, time - n_pre - 2, 0)])
    return Series(time, value, np.full(len(time), np.nan), is_post, "month", is_count=False), design


def test_figures_of_continuous_values_follow_from_the_normal_equations():
    series, design = continuous(10, 9)
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ series.value
    rest = series.value - design @ beta
    reach = t.ppf(0.975, 15) * np.sqrt(rest @ rest / 15 * np.diag(inverse))
    figures, course = fit(series).figures, fit(series).course()
    assert (figures["model"], figures["rate_ratio"], figures["dispersion"]) == ("OLS", None, None)
    names = ("level", "level_low", "level_high", "slope", "slope_low", "slope_high", "slope_before")
    expected = [
        *(beta[2] + np.array([0, -1, 1]) * reach[2]),
        *(beta[3] + np.array([0, -1, 1]) * reach[3]),
        beta[1],
    ]
    assert [figures[name] for name in names] == pytest.approx(expected, rel=1e-8)
    still = design * [1, 1, 0, 0]
    width = t.ppf(0.975, 15) * np.sqrt(rest @ rest / 15 * np.einsum("ij,jk,ik->i", still, inverse, still))
    assert course.earlier_course == pytest.approx(still @ beta, rel=1e-9)
    assert course.low == pytest.approx(still @ beta - width, rel=1e-8)


@pytest.mark.parametrize(("n_post", "is_robust"), [(24, False), (25, True)])
def test_errors_are_robust_from_50_values_on(n_post, is_robust):
    assert fit(continuous(25, n_post)[0]).figures["robust_errors"] is is_robust


def test_robust_errors_are_those_of_newey_and_west():
    series, design = continuous(40, 20)  # no two years since: no season
    inverse = np.linalg.inv(design.T @ design)
    rest = series.value - design @ (inverse @ design.T @ series.value)
    score, lags = design * rest[:, None], 3  # floor(4 (60 / 100)^(2/9))
    meat = score.T @ score
    for lag in range(1, lags + 1):
        together = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (together + together.T)
    error = np.sqrt(np.diag(inverse @ meat @ inverse) * 60 / 56)
    figures = fit(series).figures
    assert figures["level_high"] - figures["level"] == pytest.approx(t.ppf(0.975, 56) * error[2], rel=1e-8)


def test_a_jump_and_a_bend_without_noise_are_found_exactly_a_month():
    """Levels at the first value after: 5 above the old line, and the slope falls from 2 to 1.5 a month."""
    pre = [2 * i for i in range(12)]
    post = [2 * 14 + 5 + 1.5 * i for i in range(12)]
    plan = monthly_frames(pre, post, between=[99, 99])
    series = ttp.verdict(plan, as_of="2026-01-01")["series"].iloc[0]
    found = [series[name] for name in ("level", "level_low", "level_high", "slope", "slope_before")]
    assert found == pytest.approx([5, 5, 5, -0.5, 2], abs=1e-9)
    assert series["ljung_box_p"] is None


def test_it_is_run_from_eight_values_on_each_side():
    assert fit(continuous(8, 8)[0]) is not None
    assert fit(continuous(7, 20)[0]) is None
    assert fit(continuous(20, 7)[0]) is None


def counts_of(pre, post, exposure=None):
    value = np.array([*pre, *post], float)
    given = np.full(len(value), np.nan) if exposure is None else np.array(exposure, float)
    return Series(
        np.arange(len(value), dtype=float),
        value,
        given,
        np.arange(len(value)) >= len(pre),
        "month",
        is_count=True,
    )


def test_counts_of_fewer_than_five_events_on_a_side_have_no_ratio():
    assert fit(counts_of([0] * 8, [3] * 8)) is None
    assert fit(counts_of([3] * 8, [0] * 8)) is None
    assert fit(counts_of([3] * 8, [0, 1] * 4)) is None
    assert fit(counts_of([3] * 8, [0, 1] * 4 + [1])) is not None


def test_events_of_one_month_a_side_leave_slope_and_step_open():
    """Two counts above zero for three coefficients: any step fits, with the slope to match."""
    assert fit(counts_of([9] + [0] * 8, [9] + [0] * 8)) is None


@pytest.mark.parametrize(
    ("pre", "post"),
    [
        ([9] + [0] * 8, [9] + [0] * 8),  # only the first value of either side: nothing to tell a slope by
        ([0] * 7 + [9], [10**6] * 9),
        ([1] * 8, [10**6] * 8),
    ],
)
def test_counts_that_no_model_fits_have_no_series(pre, post):
    assert fit(counts_of(pre, post)) is None


def test_counts_that_no_model_bears_are_refused_without_a_crash():
    wild = (
        [[0, 10**6, 0, 0, 3] + [0] * 7, [0] * 8 + [1000, 0]],
        [[0, 0, 3, 1000] + [0] * 5, [0] * 5 + [1000, 0, 10**6]],
    )
    for pre, post in wild:
        found = fit(counts_of(pre, post))
        assert found is None or all(
            math.isfinite(one) for one in found.figures.values() if isinstance(one, float)
        )


def test_a_sparse_series_takes_nothing_else_down():
    plan = monthly_frames([1] + [0] * 8, [1] + [0] * 8, measure="count", direction="descending")
    row = ttp.verdict(plan, as_of="2026-01-01").iloc[0]
    assert row["series"] is None
    assert (row["verdict"], row["series_sentence"]) == ("cannot tell", "")


def test_counts_that_never_change_have_a_ratio_of_one_and_no_scatter():
    figures = fit(counts_of([50] * 10, [50] * 9)).figures
    assert [figures[name] for name in ("rate_ratio", "rate_ratio_low", "rate_ratio_high")] == pytest.approx(
        [1, 1, 1]
    )
    assert figures["dispersion"] == pytest.approx(0, abs=1e-9)
    assert figures["ljung_box_p"] is None


def test_an_exposure_that_is_not_known_everywhere_is_not_used():
    pre, post = [30, 31, 29, 30, 32, 28, 30, 31], [20, 21, 19, 22, 20, 18, 21, 20]
    ratio = [fit(counts_of(pre, post, given)).figures["rate_ratio"] for given in (None, [10] * 15 + [np.nan])]
    assert ratio[0] == ratio[1]
    assert fit(counts_of(pre, post, [10] * 8 + [5] * 8)).figures["rate_ratio"] == pytest.approx(2 * ratio[0])


def test_ljung_box_follows_from_its_formula():
    rest = np.random.default_rng(5).normal(0, 1, 30).cumsum()
    apart = rest - rest.mean()
    q = 0.0
    for lag in range(1, 7):
        together = sum(apart[i] * apart[i - lag] for i in range(lag, 30)) / sum(apart**2)
        q += together**2 / (30 - lag)
    assert ljung_box(rest, 1.0) == pytest.approx(chi2.sf(30 * 32 * q, 6), rel=1e-9)


def test_the_frame_of_values_names_their_phases_and_leaves_the_model_out_between():
    frame = ttp.counterfactual(
        monthly_frames([54, 50] * 6, [53] * 8, between=[90]), "F", "I", as_of="2026-01-01"
    )
    assert frame["phase"].tolist() == ["pre"] * 12 + ["phase-in"] + ["post"] * 8
    assert frame["expected"].isna().tolist() == [phase == "phase-in" for phase in frame["phase"]]
    before = frame["phase"] == "pre"
    assert frame["expected"][before].tolist() == pytest.approx(frame["earlier_course"][before].tolist())


def test_a_pair_that_does_not_exist_is_named():
    plan = frames_of(monthly_tables([1] * 8, [2] * 8))
    with pytest.raises(ttp.UnknownName, match="There is no finding 'G'"):
        ttp.counterfactual(plan, "G", "I")
    with pytest.raises(ttp.UnknownName, match=r"There is no verdict on F .* by 'J'"):
        ttp.counterfactual(plan, "F", "J")


def test_counts_of_every_sort_end_in_a_model_or_in_none():
    random = np.random.default_rng(7)
    rates = (0.1, 0.5, 5.0, 1e5)
    for _ in range(60):
        pre, post = (random.poisson(random.choice(rates), 9).tolist() for _ in range(2))
        found = fit(counts_of(pre, post))
        assert found is None or 1e-4 < found.figures["rate_ratio"] < 1e4
    extreme = fit(counts_of([0, 0, 3, 1000, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1000, 0, 10**6, 0]))
    assert extreme is None or np.isfinite(extreme.figures["rate_ratio_high"])

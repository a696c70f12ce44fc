"""Limits, runs and trends against published figures, and against figures found a second way."""

from __future__ import annotations

from math import comb, log2

import numpy as np
import pytest

from theorytopractice.assessment.before_after import (
    UNITS,
    Values,
    anhoej_limits,
    limits,
    runs,
    sides,
    time_axis,
)

WHEELER = (10.5, 11.2, 9.2, 10.1, 10.4, 10.5)
RRK = (
    1195, 1843, 1397, 1333, 1771, 1751, 2013, 1759, 2179, 2585, 1654, 1543,
    1632, 1558, 1190, 1357, 1279, 1683, 2190, 1804, 986, 2181, 2048, 2154,
)  # fmt: skip


def values(*series):
    segment = np.repeat(np.arange(len(series)), [len(one) for one in series])
    time = np.concatenate([np.arange(len(one), dtype=float) for one in series])
    return Values(segment, time, np.concatenate([np.array(one, dtype=float) for one in series]), len(series))


def test_limits_are_those_that_wheeler_and_the_nhs_publish():
    found = limits(values(WHEELER, RRK))
    assert found.mean == pytest.approx([10.316667, 1711.875], abs=5e-7)
    assert found.mean_moving_range == pytest.approx([0.8, 361.9565], abs=5e-5)
    assert found.lower == pytest.approx([8.188667, 749.0707], abs=5e-5)
    assert found.upper == pytest.approx([12.444667, 2674.6793], abs=5e-5)


def test_published_limits_of_anhoej_are_met():
    longest, _ = anhoej_limits(np.array([10, 11, 12, 22, 23, 45, 46, 90]))
    assert longest.tolist() == [6, 6, 7, 7, 8, 8, 9, 9]
    assert anhoej_limits(np.array([24, 36, 100]))[1].tolist() == [8, 13, 41]


def fewest_by_hand(useful):
    """Add up the binomial until it holds five in a hundred."""
    tail = 0
    for crossings in range(useful):
        tail += comb(useful - 1, crossings)
        if tail * 20 >= 2 ** (useful - 1):
            return crossings
    raise AssertionError


def test_limits_of_anhoej_for_10_to_100_values_follow_from_an_explicit_sum():
    useful = np.arange(10, 101)
    longest, fewest = anhoej_limits(useful)
    assert fewest.tolist() == [fewest_by_hand(int(n)) for n in useful]
    assert longest.tolist() == [int(log2(n) + 0.5) + 3 for n in useful]


def test_runs_and_crossings_pass_over_values_on_the_median():
    found = runs(values([1, 9, 5, 8, 9, 1, 1, 5, 2], [5, 5]), np.array([5.0, 5.0]))
    assert found.useful.tolist() == [7, 0]
    assert found.longest.tolist() == [3, 0]
    assert found.crossings.tolist() == [2, 0]


def test_moving_ranges_beyond_their_own_limit_are_left_out_where_that_is_asked():
    """Eleven ranges of 1 and two of 19: mean 49 / 13 = 3.8, times 3.267 = 12.3."""
    jumps = values([5, 6] * 3 + [25] + [6, 5] * 3 + [6])
    assert limits(jumps).mean_moving_range == pytest.approx([(11 + 19 + 19) / 13])
    assert limits(jumps, is_screened=True).mean_moving_range == pytest.approx([1])


def test_decimals_that_are_equal_as_written_lie_on_the_centre():
    three = values([0.1, 0.2, 0.3])
    assert three.mean[0] != 0.2 or sum([0.1, 0.2, 0.3]) != 0.6
    assert sides(three, three.mean).tolist() == [-1, 0, 1]


def days(*dates):
    return np.array(dates, dtype="datetime64[D]").astype(np.int32)


def test_months_are_counted_though_they_differ_in_length():
    ends = days("2024-01-31", "2024-02-29", "2024-03-31", "2024-05-31")
    time, unit = time_axis(ends, np.zeros(4, dtype=np.int64), 1)
    assert UNITS[unit[0]] == "month"
    assert np.diff(time).tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    ("step", "unit", "apart"),
    [(1, "day", 1), (7, "week", 1), (14, "week", 2), (91, "quarter", 1), (365, "year", 1)],
)
def test_time_runs_in_the_unit_of_the_usual_gap(step, unit, apart):
    regular = days("2021-01-05") + step * np.arange(6, dtype=np.int32)
    time, found = time_axis(regular, np.zeros(6, dtype=np.int64), 1)
    assert UNITS[found[0]] == unit
    assert np.diff(time) == pytest.approx([apart] * 5, rel=0.01)


def test_two_values_in_one_month_make_time_run_in_days():
    uneven = days("2024-01-01", "2024-01-31", "2024-03-01", "2024-03-31")
    time, unit = time_axis(uneven, np.zeros(4, dtype=np.int64), 1)
    assert UNITS[unit[0]] == "month"
    assert np.diff(time) == pytest.approx([30 / 30.436875] * 3)

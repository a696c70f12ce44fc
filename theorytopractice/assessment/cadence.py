"""In which units does the time of a series run: days, weeks, months, quarters or years?

Monthly values lie 28 to 31 days apart, yet people count months. So where the values of a series stand in
different calendar months (quarters, years), time is the number of the month; else it is days divided by
the length of the unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.grouped import begins, some

if TYPE_CHECKING:
    from theorytopractice.assessment.grouped import Array, DayArray, FloatArray, IntArray


UNITS = ("day", "week", "month", "quarter", "year")
LENGTHS = np.array([1.0, 7.0, 30.436875, 91.310625, 365.2425])
SHORTEST = np.array([0.0, 4.0, 20.0, 60.0, 200.0])  # the least usual gap, in days, that makes a unit
CALENDAR = UNITS.index("month")  # from here on a unit has a place in the calendar
CYCLES = {
    "day": 365.2425,
    "week": 52.1775,
    "month": 12.0,
    "quarter": 4.0,
}  # units a year, where it has a season


def time_axis(day: DayArray, segment: IntArray, n: int) -> tuple[FloatArray, Array]:
    """Return the time of each value, in its series' unit, and the unit of each series (position in UNITS).

    Args:
        day: days since 1970, rising within each series.
        segment: the series of each value; the values of one series lie together.
        n: the number of series.
    """
    unit = np.searchsorted(SHORTEST, _usual_gap(day, segment, n), side="right") - 1
    by_days = day / LENGTHS[unit[segment]]
    by_calendar = _place(day, unit[segment])
    repeats = np.zeros(len(day), dtype=bool)
    repeats[1:] = (by_calendar[1:] == by_calendar[:-1]) & ~begins(segment)[1:]
    is_calendar = (unit >= CALENDAR) & ~some(repeats, segment, n)
    return np.where(is_calendar[segment], by_calendar, by_days), unit


def _usual_gap(day: DayArray, segment: IntArray, n: int) -> FloatArray:
    """Return the median gap of each series in days, 1 where it has less than two values."""
    inside = ~begins(segment)
    gaps = np.diff(day.astype(np.float64), prepend=day[:1])[inside]
    return np.nan_to_num(medians(gaps, segment[inside], n), nan=1.0)


def _place(day: DayArray, unit: Array) -> FloatArray:
    """Return the number of each day's month, quarter or year, as its unit asks."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (month // np.array([1, 1, 1, 3, 12])[unit]).astype(np.float64)


def medians(value: FloatArray, segment: IntArray, n: int) -> FloatArray:
    """Return the median of each of n groups, NaN where it is empty."""
    count = np.bincount(segment, minlength=n)
    ordered = value[np.lexsort((value, segment))]
    middle = np.full(n, np.nan)
    filled = count > 0
    start = (np.cumsum(count) - count)[filled]
    low, high = start + (count[filled] - 1) // 2, start + count[filled] // 2
    middle[filled] = ordered[low] / 2 + ordered[high] / 2
    return middle

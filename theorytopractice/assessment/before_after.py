"""Which measurements lie before a finding's actions and which after, and which verdict do they allow? (method, section 13)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    BoolArray,
    DayArray,
    FloatArray,
    IntArray,
    begins,
    code,
    codes,
    count,
    least,
    numbers,
    run_length,
    some,
)
from theorytopractice.assessment.outcomes import RequiredIndicators, observed_values
from theorytopractice.model.vocabularies import Direction, FindingKind, Measure

if TYPE_CHECKING:
    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.ladder import FindingFacts

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


XMR = 2.66  # 3 / 1.128: turns the mean moving range of single values into three sigma
MOST_RANGE = 3.267  # how many times their mean moving ranges may reach
NEAR = 1e-12  # decimals of up to twelve digits that are equal as written differ by less, as floats
VALID = 10  # useful values that the rules of Anhøj need
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Values:
    """Values of n series; those of one series lie together, in order of time."""

    segment: IntArray
    time: FloatArray
    value: FloatArray
    n: int

    def only(self, keep: BoolArray) -> Values:
        """Keep some of the values."""
        return Values(self.segment[keep], self.time[keep], self.value[keep], self.n)

    @property
    def count(self) -> IntArray:
        """How many values each series has."""
        return np.bincount(self.segment, minlength=self.n)

    @property
    def mean(self) -> FloatArray:
        """The mean of each series, NaN where it has no value."""
        return means(self.value, self.segment, self.n)

    @property
    def median(self) -> FloatArray:
        """The median of each series, NaN where it has no value."""
        return medians(self.value, self.segment, self.n)


@dataclass(frozen=True, slots=True)
class Limits:
    """XmR limits of each series: mean ± 2.66 × mean moving range."""

    mean: FloatArray
    mean_moving_range: FloatArray

    @property
    def lower(self) -> FloatArray:
        """The lower limit."""
        return self.mean - XMR * self.mean_moving_range

    @property
    def upper(self) -> FloatArray:
        """The upper limit."""
        return self.mean + XMR * self.mean_moving_range


@dataclass(frozen=True, slots=True)
class Runs:
    """How often each series keeps to one side of a centre; values on it are dropped."""

    useful: IntArray
    longest: IntArray
    crossings: IntArray


def means(value: FloatArray, segment: IntArray, n: int) -> FloatArray:
    """Return the mean of each of n groups, NaN where it is empty."""
    number = np.bincount(segment, minlength=n).astype(np.float64)
    number[number == 0] = np.nan
    return np.bincount(segment, value, n) / number


def limits(before: Values, *, is_screened: bool = False) -> Limits:
    """Return the limits that the values before the action set (method, section 13).

    Args:
        before: the values before the action.
        is_screened: leave moving ranges out that lie beyond their own upper limit, as the NHS and others do.
    """
    inside = ~begins(before.segment)
    segment = before.segment[inside]
    moving = np.abs(np.diff(before.value, prepend=before.value[:1]))[inside]
    usual = means(moving, segment, before.n)
    if is_screened:
        kept = moving <= MOST_RANGE * usual[segment] * (1 + NEAR)
        usual = means(moving[kept], segment[kept], before.n)
    return Limits(before.mean, usual)


def sides(values: Values, centre: FloatArray) -> FloatArray:
    """Tell on which side of its series' centre each value lies: 1 above, −1 below, 0 on it.

    Decimals are compared as they were written: what floats alone tell apart is equal.
    """
    scale = np.abs(centre)
    np.fmax.at(scale, values.segment, np.abs(values.value))
    apart = values.value - centre[values.segment]
    return np.sign(apart) * (np.abs(apart) > NEAR * scale[values.segment])


def runs(values: Values, centre: FloatArray) -> Runs:
    """Count runs and crossings of each series around a centre (Anhøj)."""
    side = sides(values, centre)
    useful = side != 0
    above, segment = side[useful] > 0, values.segment[useful]
    crosses = ~begins(segment)
    crosses[1:] &= above[1:] != above[:-1]
    return Runs(
        useful=np.bincount(segment, minlength=values.n),
        longest=_most(run_length(above, segment), segment, values.n),
        crossings=count(crosses, segment, values.n),
    )


def _most(number: IntArray, segment: IntArray, n: int) -> IntArray:
    most = np.zeros(n, dtype=np.int64)
    np.maximum.at(most, segment, number)
    return most


def anhoej_limits(useful: IntArray) -> tuple[IntArray, IntArray]:
    """Return the longest run allowed and the fewest crossings expected among so many useful values."""
    longest = np.rint(np.log2(np.maximum(useful, 1))).astype(np.int64) + 3
    known, place = np.unique(useful, return_inverse=True)
    fewest = np.array([_fewest_crossings(int(number)) for number in known], dtype=np.int64)
    return longest, fewest[place] if len(known) else fewest


@cache
def _fewest_crossings(useful: int) -> int:
    """Return the 5 % quantile of Binomial(n − 1, ½)."""
    from scipy.stats import binom

    return int(binom.ppf(LEVEL, useful - 1, 0.5)) if useful > 1 else 0


NO_PHASE, PRE, PHASE_IN, POST = -1, 0, 1, 2
PHASES = ("pre", "phase-in", "post")
TOO_LARGE = 1e150
WORDED = [code(Measure, Measure.ORDINAL), code(Measure, Measure.NOMINAL)]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The pairs with their days (MISSING where undefined), and the values of each, one a date.

    ``better`` is 1 where more is better, −1 where less is, 0 where values are words or should keep to a
    range. ``series`` holds what is compared: of counts with exposure the rate (``is_rate``), else the value as
    it was counted (``counted``). ``step`` tells which action divides the values; ``phase`` is a position in PHASES,
    NO_PHASE where none has started or an earlier one was not complete. ``row`` points into the book's
    observations, ``unit`` into UNITS.
    """

    case: IntArray
    indicator: IntArray
    started_on: DayArray
    completed_on: DayArray
    post_from: DayArray
    step: int
    better: FloatArray
    is_worded: BoolArray
    is_range: BoolArray
    measure: Array
    is_rate: BoolArray
    unit: Array
    series: Values
    counted: FloatArray
    row: IntArray
    day: DayArray
    phase: Array
    exposure: FloatArray

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.case)

    def rows_of(self, pair: int) -> slice:
        """Return where the values of one pair lie."""
        begin, end = np.searchsorted(self.series.segment, [pair, pair + 1])
        return slice(int(begin), int(end))


def observe(s: FindingFacts, step: int = 1) -> BeforeAfter:
    """Gather the pairs of a situation and lay out their visible final values (method, section 13).

    Args:
        s: the situation.
        step: which of a finding's actions divides the values, in order of their starts; before a later one count the
            values since those before it.
    """
    encoded, case, indicator = s.encoded, *_pairs(s)
    read = observed_values(
        encoded, s.cases, s.visible, RequiredIndicators(case, indicator, s.start[case])
    ).one_a_date()
    filled, segment = np.unique(read.segment, return_inverse=True)
    case, indicator = case[filled], indicator[filled]
    started, completed, post_from = _days(s, case, indicator)
    pre_from = np.full(len(case), MISSING, dtype=np.int32)
    if step > 1:
        started, completed, pre_from, post_from = _step_days(s, case, indicator, step)
    time, unit = time_axis(read.day, segment, len(case))
    value = _numbers(encoded, read.row)
    is_worded = np.isin(_measure(encoded)[indicator], WORDED)
    rises, falls, is_range = _directions(encoded, indicator)
    better = np.where(is_worded, 0.0, rises.astype(np.float64) - falls)
    better[segment[np.isnan(value)]] = 0
    exposure = encoded.observations["n"][read.row]
    is_count = _measure(encoded)[indicator] == code(Measure, Measure.COUNT)
    is_rate = is_count & ~some(~(exposure > 0), segment, len(case))
    return BeforeAfter(
        case=case,
        indicator=indicator,
        started_on=started,
        completed_on=completed,
        post_from=post_from,
        step=step,
        better=better,
        is_worded=is_worded,
        is_range=is_range,
        measure=np.array([str(word) for word in Measure], dtype=object)[_measure(encoded)[indicator]],
        is_rate=is_rate,
        unit=unit,
        series=Values(
            segment, time, np.divide(value, exposure, out=value.copy(), where=is_rate[segment]), len(case)
        ),
        counted=value,
        row=read.row,
        day=read.day,
        phase=_phases(read.day, pre_from[segment], started[segment], post_from[segment]),
        exposure=exposure,
    )


def _pairs(s: FindingFacts) -> tuple[IntArray, IntArray]:
    """Return (case, indicator) of every open insight or problem and each of its indicators, once."""
    chosen = np.flatnonzero(s.visible.is_open & s.is_kind(FindingKind.INSIGHT, FindingKind.PROBLEM))
    segment, link = s.encoded.finding_indicators.expand(s.cases.finding[chosen])
    indicator = s.encoded.finding_indicators["indicator"][link]
    is_new = begins(segment)
    is_new[1:] |= indicator[1:] != indicator[:-1]
    return chosen[segment[is_new]], indicator[is_new]


def _days(s: FindingFacts, case: IntArray, indicator: IntArray) -> tuple[DayArray, DayArray, DayArray]:
    """Return t0, the earliest complete, and the day from which values count as after, lag included."""
    started = s.start[case]
    completed = least(s.actions.first_completed_on, s.actions.is_live, s.actions.case, len(s))[case]
    begin = np.where(completed != NEVER, completed, started)
    lagged = begin.astype(np.int64) + s.encoded.targets.lag[indicator]
    post_from = np.where(begin == NEVER, MISSING, np.minimum(lagged, NEVER)).astype(np.int32)
    return _visible_rows(started), _visible_rows(completed), post_from


def _step_days(
    s: FindingFacts, case: IntArray, indicator: IntArray, step: int
) -> tuple[DayArray, DayArray, DayArray, DayArray]:
    """Return when a later action of each pair's finding began and was complete, and from when values count before and after it."""
    actions = s.actions
    begun = np.flatnonzero(actions.is_live & (actions.started_on != NEVER))
    begun = begun[np.lexsort((actions.action[begun], actions.started_on[begun], actions.case[begun]))]
    done = np.where(actions.first_completed_on != NEVER, actions.first_completed_on, actions.started_on)
    place = run_length(np.ones(len(begun), dtype=bool), actions.case[begun])
    days = np.full((4, len(s)), MISSING, dtype=np.int64)
    own = begun[place == step]
    is_former = place < step
    former = np.full(len(s), MISSING, dtype=np.int64)
    np.maximum.at(former, actions.case[begun[is_former]], done[begun[is_former]])
    days[0, actions.case[own]], days[1, actions.case[own]] = (
        actions.started_on[own],
        actions.first_completed_on[own],
    )
    days[2], days[3, actions.case[own]] = former, done[own]
    lag = s.encoded.targets.lag[indicator]
    known = np.where(days == NEVER, MISSING, days)[:, case]
    known[2:] = np.where(known[2:] == MISSING, MISSING, np.minimum(known[2:] + lag, NEVER))
    started, completed, before, after = known.astype(np.int32)
    return started, completed, before, after


def _visible_rows(days: DayArray) -> DayArray:
    return np.where(days == NEVER, MISSING, days)


def _phases(day: DayArray, pre_from: DayArray, started: DayArray, post_from: DayArray) -> Array:
    """Tell the phase of each value; one between start and completion (and lag) is in neither group."""
    is_none = (started == MISSING) | ((pre_from != MISSING) & (day < pre_from))
    phase = np.select([is_none, day < started, day < post_from], [NO_PHASE, PRE, PHASE_IN], POST)
    return phase.astype(np.int8)


def _numbers(encoded: EncodedPlan, row: IntArray) -> FloatArray:
    """Read values as floats; NaN for words and for what is too large to be squared."""
    value = numbers(encoded.frames["observation"]["value"].iloc[encoded.observations.row[row]])
    return np.where(np.abs(value) < TOO_LARGE, value, np.nan)


def _measure(encoded: EncodedPlan) -> Array:
    return codes(encoded.frames["indicator"]["measure"], Measure)


def _directions(encoded: EncodedPlan, indicator: IntArray) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Tell which indicators should rise, fall, or keep to a range."""
    direction = codes(encoded.frames["indicator"]["direction"], Direction)[indicator]
    rises, falls, ranges = (
        direction == code(Direction, word)
        for word in (Direction.ASCENDING, Direction.DESCENDING, Direction.RANGE)
    )
    return rises, falls, ranges


@dataclass(frozen=True, slots=True)
class Description:
    """The figures of each series that describe it and decide nothing alone (method, section 13.5).

    ``runs`` counts the values before and after around the median of those before.
    """

    n_pre: IntArray
    n_post: IntArray
    limits: Limits
    screened: Limits
    runs: Runs
    median_pre: FloatArray
    median_post: FloatArray


def describe(values: Values, is_post: BoolArray) -> Description:
    """Describe many series at once.

    Args:
        values: the values before and after the action; those between are left out.
        is_post: which of them come after.
    """
    pre, post = values.only(~is_post), values.only(is_post)
    return Description(
        n_pre=pre.count,
        n_post=post.count,
        limits=limits(pre),
        screened=limits(pre, is_screened=True),
        runs=runs(values, pre.median),
        median_pre=pre.median,
        median_post=post.median,
    )

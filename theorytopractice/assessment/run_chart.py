"""Do values behave otherwise than those before them? Limits, runs and trends, for many series at once.

Method, section 13. XmR limits are Shewhart's for single values (Wheeler), run rules those of Anhøj. Every
function takes the values of all series together; ``segment`` names the series of each value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.cadence import medians
from theorytopractice.assessment.grouped import begins, count, run_length, some

if TYPE_CHECKING:
    from theorytopractice.assessment.grouped import Array, BoolArray, FloatArray, IntArray


XMR = 2.66  # 3 / 1.128: turns the mean moving range of single values into three sigma
TWO_THIRDS = 2 / 3
NEAR = 1e-12  # decimals of up to twelve digits that are equal as written differ by less, as floats
NO_REST = 1e-30  # what is left of a straight line, so that nothing is divided by 0
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

    def toward(self, side: FloatArray, share: float = 1.0) -> FloatArray:
        """Return the place that far from the mean to the limit on a side (+1 above, −1 below)."""
        return self.mean + side * share * XMR * self.mean_moving_range


@dataclass(frozen=True, slots=True)
class Runs:
    """How often each series keeps to one side of a centre; values on it are dropped."""

    useful: IntArray
    longest: IntArray
    crossings: IntArray

    @property
    def is_signal(self) -> BoolArray:
        """Tell where the rules of Anhøj find too long a run or too few crossings; never under 10 values."""
        longest, fewest = anhoej_limits(self.useful)
        return (self.useful >= VALID) & ((self.longest > longest) | (self.crossings < fewest))


def means(value: FloatArray, segment: IntArray, n: int) -> FloatArray:
    """Return the mean of each of n groups, NaN where it is empty."""
    number = np.bincount(segment, minlength=n).astype(np.float64)
    number[number == 0] = np.nan
    return np.bincount(segment, value, n) / number


def limits(before: Values) -> Limits:
    """Return the limits that the values before the action set (method, section 13)."""
    inside = ~begins(before.segment)
    moving = np.abs(np.diff(before.value, prepend=before.value[:1]))[inside]
    return Limits(before.mean, means(moving, before.segment[inside], before.n))


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


def longest_run(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Return the length of each series' longest run of true values."""
    return _most(run_length(truth, segment)[truth], segment[truth], n)


def _most(number: IntArray, segment: IntArray, n: int) -> IntArray:
    found = np.zeros(n, dtype=np.int64)
    np.maximum.at(found, segment, number)
    return found


def two_of_three(truth: BoolArray, segment: IntArray, n: int) -> BoolArray:
    """Tell which series have two true values among three in a row."""
    found = np.zeros(n, dtype=bool)
    for apart in (1, 2):
        both = truth[apart:] & truth[:-apart] & (segment[apart:] == segment[:-apart])
        found |= some(both, segment[apart:], n)
    return found


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


def trend_p(values: Values) -> FloatArray:
    """Return the p-value of each series' least-squares slope over time; 1 where it has none."""
    from scipy.special import stdtr

    segment, n = values.segment, values.n
    time = values.time - means(values.time, segment, n)[segment]
    value = values.value - values.mean[segment]
    together, of_time, of_value = (np.bincount(segment, part, n) for part in _products(time, value))
    scale = np.zeros(n)
    np.fmax.at(scale, segment, np.abs(values.value))
    freedom = values.count - 2
    moves = (freedom > 0) & (of_time > 0) & (of_value > values.count * (NEAR * scale) ** 2)
    correlation = np.zeros(n)
    correlation[moves] = together[moves] / np.sqrt(of_time[moves] * of_value[moves])
    rest = np.maximum(1 - correlation**2, NO_REST)
    freedom = np.maximum(freedom, 1)
    return 2 * stdtr(freedom, -np.abs(correlation) * np.sqrt(freedom / rest))


def _products(time: FloatArray, value: FloatArray) -> tuple[Array, Array, Array]:
    return time * value, time * time, value * value

"""What is a measure: a share with its interval, a ratio, a median or a number?

Method, section 11: every count names its denominator, and every proportion has a 95 % Wilson interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Array, Floats, Ints, Truths

WILSON_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure on one day; ``value`` is None where the denominator is 0."""

    value: float | None
    numerator: int | None
    denominator: int
    is_share: bool = False


def share(part: Truths, whole: Truths) -> Figure:
    """Return which share of the whole is also in the part; only a share has an interval."""
    return share_of(int((part & whole).sum()), int(whole.sum()))


def share_of(numerator: int, denominator: int) -> Figure:
    """Return a share from its counts."""
    return Figure(_quotient(numerator, denominator), numerator, denominator, is_share=True)


def ratio(numerator: int, denominator: int) -> Figure:
    """Return a quotient that may exceed 1, and so has no interval."""
    return Figure(_quotient(numerator, denominator), numerator, denominator)


def number(part: Truths, whole: Truths) -> Figure:
    """Return how many of the whole are in the part: the count itself, also where there are none."""
    n = int((part & whole).sum())
    return Figure(float(n), n, int(whole.sum()))


def median(values: Array) -> Figure:
    """Return the median of some values; its denominator is how many there are."""
    return Figure(float(np.median(values)) if len(values) else None, None, len(values))


def _quotient(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None


def wilson(numerator: Ints, denominator: Ints) -> tuple[Floats, Floats]:
    """Return both ends of the 95 % Wilson interval of each share; NaN where the denominator is 0."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = np.full(len(numerator), np.nan), np.full(len(numerator), np.nan)
    known = np.flatnonzero(denominator)
    if len(known):
        low[known], high[known] = proportion_confint(
            numerator[known], denominator[known], alpha=WILSON_ALPHA, method="wilson"
        )
    low[(numerator == 0) & (denominator > 0)] = 0  # exact, where rounding leaves 2e-18
    high[(numerator == denominator) & (denominator > 0)] = 1
    return low, high

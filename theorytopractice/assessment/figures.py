"""How sure is a share, and how are a share, its interval and a target said?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.i18n import say
from theorytopractice.model.vocabularies import Direction

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import (
        FloatArray,
        IntArray,
    )


def bound(direction: str, value: str) -> str:
    """Word the bound of a target, such as "at least 80%"; only the value where no direction is known."""
    if direction == Direction.ASCENDING:
        return say("at least {value}", value=value)
    return say("at most {value}", value=value) if direction == Direction.DESCENDING else value


def between(low: str, high: str) -> str:
    """Word a target range, such as "36 to 38 °C"."""
    return say("{low} to {high}", low=low, high=high)


def unit_after(unit: str) -> str:
    """Return a unit as it stands after a value: behind a space, but the sign of per cent without one."""
    return f" {unit}" if unit and unit != "%" else unit


WILSON_ALPHA = 0.05


def wilson(numerator: IntArray, denominator: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return both ends of the 95% Wilson interval of each share; NaN where the denominator is 0."""
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


def percent(share: float, digits: int = 0) -> str:
    """Write a share in per cent, without the sign."""
    return f"{100 * share:.{digits}f}"


def share_text(
    share: float,
    low: float | None = None,
    high: float | None = None,
    *,
    digits: int = 0,
    in_full: bool = False,
) -> str:
    """Say a share with its 95% interval where it has one: "31% (12–57%)", or in full "31% (95% interval 12–57%)"."""
    text = percent(share, digits)
    if low is None or high is None:
        return say("{share}%", share=text)
    ends = {"low": percent(low, digits), "high": percent(high, digits)}
    if in_full:
        return say("{share}% (95% interval {low}–{high}%)", share=text, **ends)
    return say("{share}% ({low}–{high}%)", share=text, **ends)

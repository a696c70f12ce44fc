"""How sure is a share, and how are a share, its interval and a target said?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.i18n import beside, not_quite, say
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


def pooled_wilson(part: IntArray, whole: IntArray) -> tuple[float, float]:
    """Return the 95% interval of a share pooled over subjects that may differ, such as the checks of several mechanisms.

    Wilson's interval of as many cases as the counts are worth: the differences between the subjects make them worth less
    (design effect, Rao and Scott 1992), and few subjects call for Student's t instead of the normal.
    """
    from scipy.stats import norm, t
    from statsmodels.stats.proportion import proportion_confint

    part, whole = part[whole > 0], whole[whole > 0]
    n, subjects = int(whole.sum()), len(whole)
    if not n:
        return np.nan, np.nan
    share = part.sum() / n
    alpha, effect = WILSON_ALPHA, 1.0
    if subjects > 1 and 0 < share < 1:
        between = subjects / (subjects - 1) * ((part - share * whole) ** 2).sum() / n**2
        effect = max(1.0, between / (share * (1 - share) / n))
    if effect > 1:
        alpha = 2 * float(norm.sf(t.isf(WILSON_ALPHA / 2, subjects - 1)))
    low, high = proportion_confint(part.sum() / effect, n / effect, alpha=alpha, method="wilson")
    return (0.0 if share == 0 else float(low)), (1.0 if share == 1 else float(high))


def percent(share: float, digits: int = 0) -> str:
    """Write a share in per cent, without the sign; what is not quite 0 or 100 is "under 1" or "over 99"."""
    side, told = not_quite(share, digits)
    return beside(side, _plain(told, digits))


def _plain(share: float, digits: int) -> str:
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
    ends = {"low": _plain(low, digits), "high": _plain(high, digits)}
    if in_full:
        return say("{share}% (95% interval {low}–{high}%)", share=text, **ends)
    return say("{share}% ({low}–{high}%)", share=text, **ends)

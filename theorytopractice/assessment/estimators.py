"""How sure is a share, and how is one that grows with time estimated when some still wait and some left another way?

Method, 11 and 12.1: the Wilson interval, Kaplan–Meier with its log–log band, Aalen–Johansen, the log-rank test. Everything takes one entry
a subject: ``days`` waited, and ``entry``, the day after which it was under observation (−1: from the start).
statsmodels gives the Kaplan–Meier curve, Greenwood's error and the log-rank test. Written here is what it lacks:
the log–log band, a median at exactly one half, and cumulative incidence with delayed entry and with an error
that stays a number when the last one under observation has the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from theorytopractice.assessment.grouped import Array, BoolArray, FloatArray, IntArray


Z = 1.959963984540054  # 97.5 % point of the normal distribution: 95 % bands
HALF = 0.5
WILSON_ALPHA = 0.05
ROUNDING = 1e-9  # products of shares miss one half by the last digits of a float


@dataclass(frozen=True, slots=True)
class Within:
    """The share of findings that had the event within some days; None where nobody was followed so long."""

    days: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LogRank:
    """The log-rank test: do the curves of the groups differ by more than chance?"""

    chi_square: float
    degrees: int
    p: float


def wilson(numerator: IntArray, denominator: IntArray) -> tuple[FloatArray, FloatArray]:
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


def kaplan_meier(days: Array, is_event: BoolArray, entry: IntArray) -> pd.DataFrame:
    """Return the Kaplan–Meier curve: ``days``, ``at_risk``, ``events``, ``survival``, ``low``, ``high``.

    One row a day with an event; the band is the 95 % log–log band. Where the curve reaches zero Greenwood's error
    is undefined: the lower limit is then zero and the upper one that of the step before.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    fit = SurvfuncRight(days, is_event.astype(np.int64), entry=entry)
    survival = np.minimum.accumulate(fit.surv_prob)  # statsmodels rises again from a zero met with late entry
    low, high = band(survival, fit.surv_prob_se)
    return pd.DataFrame(
        {
            "days": fit.surv_times,
            "at_risk": fit.n_risk.astype(np.int64),
            "events": fit.n_events.astype(np.int64),
            "survival": survival,
            "low": low,
            "high": high,
        }
    )


def band(survival: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the log–log limits S^exp(±z·se / (S·ln S)) of a falling curve.

    At zero they are zero and the last upper limit, at one both are one.
    """
    inside = (survival > 0) & (survival < 1) & np.isfinite(error)
    low, high = np.zeros(len(survival)), np.ones(len(survival))
    s = survival[inside]
    width = np.exp(Z * error[inside] / (s * -np.log(s)))
    low[inside], high[inside] = s**width, s ** (1 / width)
    low[survival >= 1] = 1
    positive = np.flatnonzero(survival > 0)
    high[survival <= 0] = high[positive[-1]] if len(positive) else 1
    return low, high


def median_day(days: Array, falling: FloatArray) -> float | int | None:
    """Return the first day on which a falling curve is at one half or below, None if it never is.

    On the limits of a curve's band it is the interval of the median (Brookmeyer and Crowley).
    """
    reached = np.flatnonzero(falling <= HALF + ROUNDING)
    return days[reached[0]].item() if len(reached) else None


def middle(days: Array, falling: FloatArray) -> float | int | None:
    """Return the median of a Kaplan–Meier curve: where it lies at one half exactly, the midpoint of the flat stretch.

    A curve that stays at one half to its end has its median where it came there (method, 12.1).
    """
    reached = np.flatnonzero(falling <= HALF + ROUNDING)
    lower = np.flatnonzero(falling < HALF - ROUNDING)
    if not len(reached) or not len(lower) or reached[0] == lower[0]:
        return median_day(days, falling)
    between = (days[reached[0]].item() + days[lower[0]].item()) / 2
    return int(between) if between == int(between) else float(between)


def cumulative_incidence(days: Array, cause: IntArray, entry: IntArray, n_causes: int) -> list[pd.DataFrame]:
    """Return for each cause 1, 2, … the share that had left that way (Aalen–Johansen), with competing causes.

    Args:
        days: what each subject waited.
        cause: how the wait ended, 0 for those still waiting.
        entry: the day after which each subject was under observation.
        n_causes: how many causes there are.

    Returns:
        A frame a cause: ``days``, ``share``, ``low``, ``high``, one row a day on which its share grows. The error
        is that of Marubini and Valsecchi (1995), with one cause Greenwood's; the band is the log–log band of
        1 − share, so that without competing causes everything equals 1 − Kaplan–Meier.
    """
    at = np.unique(days[cause > 0])
    entered = np.searchsorted(np.sort(entry), at, side="left")
    left = np.searchsorted(np.sort(days), at, side="left")
    n = (entered - left).astype(np.float64)
    place = np.searchsorted(at, days[cause > 0])
    ended = np.zeros((n_causes, len(at)))
    np.add.at(ended, (cause[cause > 0] - 1, place), 1)
    before = np.cumprod(np.concatenate([[1.0], 1 - ended.sum(axis=0) / n]))[:-1]
    made = []
    for own in ended:
        share = np.cumsum(before * own / n)
        share[share > 1 - ROUNDING] = 1
        low, high = band(1 - share, _error(share, before, n, own, ended.sum(axis=0)))
        grows = own > 0
        made.append(
            pd.DataFrame({"days": at, "share": share, "low": 1 - high, "high": 1 - low})[grows].reset_index(
                drop=True
            )
        )
    return made


def _error(
    share: FloatArray, before: FloatArray, n: FloatArray, own: FloatArray, ended: FloatArray
) -> FloatArray:
    """Return the standard error of one cumulative incidence on each day with any end."""
    stays = n > ended
    hazard = np.where(stays, ended / (n * np.where(stays, n - ended, 1)), 0)
    step = before * own / n**2
    variance = share**2 * np.cumsum(hazard) - 2 * share * np.cumsum(share * hazard)
    variance += np.cumsum(share**2 * hazard)
    variance += np.cumsum(before**2 * own * (n - own) / n**3)
    variance -= 2 * (share * np.cumsum(step) - np.cumsum(share * step))
    return np.sqrt(np.clip(variance, 0, None))


def log_rank(days: Array, is_event: BoolArray, group: IntArray, entry: IntArray) -> LogRank | None:
    """Test whether the curves of groups differ; None where fewer than two can be compared.

    A group of which nobody was waiting on any day with an event says nothing and is left out.
    """
    from scipy.stats import chi2
    from statsmodels.duration.survfunc import survdiff

    at = np.unique(days[is_event])
    following = np.searchsorted(at, entry, side="right")
    waited = following < len(at)
    waited[waited] = at[following[waited]] <= days[waited]
    telling = np.unique(group[waited])
    kept = np.isin(group, telling)
    if len(telling) <= 1:
        return None
    try:
        found, _ = survdiff(days[kept], is_event[kept].astype(np.int64), group[kept], entry=entry[kept])
    except np.linalg.LinAlgError:
        return None
    degrees = len(telling) - 1
    return LogRank(float(found), degrees, float(chi2.sf(found, degrees)))


def within(horizon: int, reached: pd.DataFrame, days: Array, cause: IntArray) -> Within:
    """Return the share that had the event within some days, where anybody's fate at that time is known."""
    is_told = len(days) > 0 and (days.max() >= horizon or bool((cause[days == days.max()] > 0).all()))
    if not is_told:
        return Within(horizon, None, None, None)
    passed = reached[reached["days"] <= horizon]
    if passed.empty:
        n_known = int(((cause > 0) | (days >= horizon)).sum())
        _, high = wilson(np.zeros(1, dtype=np.int64), np.array([n_known]))
        return Within(horizon, 0.0, 0.0, float(high[0]))
    share, low, high = passed[["share", "low", "high"]].iloc[-1].tolist()
    return Within(horizon, share, low, high)

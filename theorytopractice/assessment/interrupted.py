"""By how much did a series jump, and did its slope change, when the action came? Interrupted time series.

Method, section 13, rule 6. How its words are read here:

- *Continuous values* (unit, percentage): ordinary least squares with the slope before, the change of level
  and the **change of slope**, as in Wagner 2002 and Linden's ``itsa``. The change of level is that at the
  first value after the action. Intervals are t-based; from 50 values on errors are Newey–West's.
- *Counts*: quasi-Poisson with log link, offset log(exposure) and one slope for all, so that the change of
  level is a step (the main model of Lopez Bernal, Cummins and Gasparrini 2017). ``level`` is the logarithm of
  ``rate_ratio``; intervals are normal, as published.
  Where the counts do not settle a ratio (fewer than five events on a side, counts above zero that leave the
  model open, a fit that has not converged, a ratio beyond 10,000) there is none: a number would mislead.
- *Time* runs in the series' unit (see ``time_axis``): a slope is per month where values are monthly.
- *Season*: two sine–cosine pairs of a year, where each side spans two years.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import TYPE_CHECKING, Any

import numpy as np

from theorytopractice.assessment.before_after import CYCLES, NEAR

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import BoolArray, FloatArray

ENOUGH = 8  # values on each side
EVENTS = 5  # on each side, for a ratio of rates
MOST_LEVEL = log(10_000)  # a ratio beyond tells only that the counts settle none
ROBUST = 50  # values in all from which on autocorrelation-robust errors are used
CYCLES_NEEDED, PAIRS = 2, 2
TAIL = 0.025  # beyond either end of a 95 % interval
TREND, LEVEL, SLOPE = 1, 2, 3  # columns of the design; the column of slope only for continuous values
LAGS, VALUES_A_LAG = 10, 5  # Ljung–Box looks at ten lags, fewer where values are few


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one pair before and after the action, in order of time.

    ``unit`` is a word of UNITS; ``exposure`` is NaN where none is known.
    """

    time: FloatArray
    value: FloatArray
    exposure: FloatArray
    is_post: BoolArray
    unit: str
    is_count: bool

    @property
    def is_poisson(self) -> bool:
        """Tell whether the values are counts, none of them negative."""
        return self.is_count and not (self.value < 0).any()

    @property
    def is_short(self) -> bool:
        """Tell whether a side has too few values for a model."""
        return min(self.is_post.sum(), (~self.is_post).sum()) < ENOUGH

    @property
    def has_few_events(self) -> bool:
        """Tell whether a side of a series of counts has too few events for a ratio."""
        sides = (self.value[self.is_post].sum(), self.value[~self.is_post].sum())
        return self.is_poisson and min(sides) < EVENTS


@dataclass(frozen=True, slots=True)
class Course:
    """What the model expects at each value, and had the earlier course gone on; the latter with its 95 % interval."""

    fitted: FloatArray
    earlier_course: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted interrupted time series: ``figures`` is the ``series`` of the verdict, plain numbers or None.

    ``reach`` is how many standard errors a 95 % interval reaches to either side.
    """

    figures: dict[str, Any]
    design: FloatArray
    offset: FloatArray
    params: FloatArray
    covariance: FloatArray
    reach: float
    is_log: bool

    def course(self) -> Course:
        """Work out what the model expects at each value."""
        still = _earlier(self.design)
        middle = still @ self.params + self.offset
        error = self.reach * np.sqrt(np.einsum("ij,jk,ik->i", still, self.covariance, still))
        lines = (self.design @ self.params + self.offset, middle, middle - error, middle + error)
        return Course(*(np.exp(line) if self.is_log else line for line in lines))


def fit(series: Series) -> Fit | None:
    """Fit the model that suits the measure; None where it may not be run or settles nothing."""
    if series.is_short or series.has_few_events:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # what goes wrong shows in the figures
        warnings.simplefilter("ignore")
        try:
            found = _counts(series) if series.is_poisson else _continuous(series)
        except (ArithmeticError, ValueError):  # a singular matrix too
            return None
    return found if found and _is_settled(found) else None


def _is_settled(found: Fit) -> bool:
    """Tell whether every figure of a fit is a number that may be believed."""
    numbers = [value for value in found.figures.values() if isinstance(value, float)]
    lines = found.course()
    return (
        all(isfinite(value) for value in numbers)
        and all(np.isfinite(line).all() for line in (lines.fitted, lines.low, lines.high))
        and not (found.is_log and abs(found.figures["level"]) > MOST_LEVEL)
    )


def _continuous(series: Series) -> Fit:
    """Fit ordinary least squares: slope before, change of level, change of slope."""
    from scipy.special import stdtrit
    from statsmodels.regression.linear_model import OLS

    design, has_season = _design(series)
    n = len(series.value)
    is_robust = n >= ROBUST
    newey_west = {"maxlags": int(4 * (n / 100) ** (2 / 9)), "use_correction": True}
    how = {"cov_type": "HAC", "cov_kwds": newey_west, "use_t": True} if is_robust else {}
    result = OLS(series.value, design).fit(**how)
    reach = float(stdtrit(n - design.shape[1], 1 - TAIL))
    spread = float(np.abs(series.value - series.value.mean()).max())
    figures = {
        "model": "OLS",
        **_effect("level", LEVEL, result.params, result.bse, reach),
        "rate_ratio": None,
        **_effect("slope", SLOPE, result.params, result.bse, reach),
        "dispersion": None,
        "ljung_box_p": ljung_box(result.resid, spread),
        "slope_before": float(result.params[TREND]),
        "time_unit": series.unit,
        "season": has_season,
        "robust_errors": is_robust,
    }
    return Fit(figures, design, np.zeros(n), result.params, result.cov_params(), reach, is_log=False)


def _counts(series: Series) -> Fit | None:
    """Fit a quasi-Poisson model: one slope, and a step of the rate; the scale is Pearson's X² / df.

    None where the counts above zero leave the model open, as under separation, or the fit does not converge.
    """
    from scipy.special import ndtri
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    design, has_season = _design(series)
    if np.linalg.matrix_rank(design[series.value > 0]) < design.shape[1]:
        return None
    has_exposure = bool((series.exposure > 0).all())
    offset = np.log(series.exposure) if has_exposure else np.zeros(len(series.value))
    model = GLM(series.value, design, family=Poisson(), offset=offset)
    result = model.fit(tol=1e-10, tol_criterion="params")  # the deviance of large counts never settles so far
    if not result.converged:
        return None
    scale = float(result.pearson_chi2 / result.df_resid)
    errors = result.bse * np.sqrt(scale)
    reach = float(ndtri(1 - TAIL))
    level = _effect("level", LEVEL, result.params, errors, reach)
    ratios = {name.replace("level", "rate_ratio"): exp(value) for name, value in level.items()}
    figures = {
        "model": "quasi-Poisson",
        **level,
        **ratios,
        **_effect("slope", TREND, result.params, errors, reach),
        "dispersion": scale,
        "ljung_box_p": ljung_box(result.resid_deviance, 1.0) if scale > NEAR else None,
        "slope_before": float(result.params[TREND]),
        "time_unit": series.unit,
        "season": has_season,
        "exposure": has_exposure,
        "n_without_exposure": 0 if has_exposure else _n_without(series.exposure),
        **_avoided(float(series.value[series.is_post].sum()), ratios),
    }
    return Fit(figures, design, offset, result.params, scale * result.cov_params(), reach, is_log=True)


def _n_without(exposure: FloatArray) -> int:
    """Count the values that keep a known exposure from being used; 0 where none is known at all."""
    is_known = exposure > 0
    return int((~is_known).sum()) if is_known.any() else 0


def _design(series: Series) -> tuple[FloatArray, bool]:
    """Return the columns of the model, and whether season is among them."""
    time, is_post = series.time, series.is_post
    columns = [np.ones(len(time)), time - time[0], is_post.astype(np.float64)]
    if not series.is_poisson:
        columns.append((time - time[is_post][0]) * is_post)
    season = _season(series)
    return np.column_stack([*columns, *season]), bool(season)


def _season(series: Series) -> list[FloatArray]:
    """Return two sine–cosine pairs of a year, if each side spans two years of the series' unit."""
    cycle = CYCLES.get(series.unit)
    if cycle is None:
        return []
    for side in (series.is_post, ~series.is_post):
        if np.ptp(series.time[side]) + 1 < CYCLES_NEEDED * cycle:
            return []
    turns = [2 * np.pi * k * series.time / cycle for k in range(1, PAIRS + 1)]
    waves = [wave(turn) for turn in turns for wave in (np.sin, np.cos)]
    return [wave for wave in waves if np.abs(wave).max() > NEAR * len(series.time)]  # quarters: sin(πt) is 0


def _earlier(design: FloatArray) -> FloatArray:
    """Return the design had the earlier course gone on: columns that are 0 before the action stay 0."""
    begins_with_it = ~design[design[:, LEVEL] == 0].any(axis=0)
    return np.where(begins_with_it, 0.0, design)


def _effect(name: str, column: int, params: FloatArray, errors: FloatArray, reach: float) -> dict[str, float]:
    """Return a coefficient with its interval."""
    value, error = float(params[column]), float(errors[column])
    return {name: value, f"{name}_low": value - reach * error, f"{name}_high": value + reach * error}


def ljung_box(residuals: FloatArray, scale: float) -> float | None:
    """Return the p-value of Ljung–Box over min(10, n / 5) lags; None where the model leaves no residual.

    Args:
        residuals: what the model leaves, in order of time.
        scale: the size of what it explains, beside which rounding errors are nothing.
    """
    from scipy.special import chdtrc

    n = len(residuals)
    if np.abs(residuals).max() <= NEAR * n * scale:
        return None
    apart = residuals - residuals.mean()
    lags = np.arange(1, min(LAGS, n // VALUES_A_LAG) + 1)
    together = np.array([apart[lag:] @ apart[:-lag] for lag in lags]) / (apart @ apart)
    return float(chdtrc(len(lags), n * (n + 2) * (together**2 / (n - lags)).sum()))


def _avoided(observed: float, figures: dict[str, float]) -> dict[str, float]:
    """Return how many events fewer there were than had the earlier course gone on; a negative figure means more.

    The expected are the observed divided by the rate ratio, for a step leaves no residual in the sum.
    """
    ratios = {"": "", "_low": "_high", "_high": "_low"}
    return {
        f"events_avoided{end}": observed / figures[f"rate_ratio{other}"] - observed
        for end, other in ratios.items()
    }

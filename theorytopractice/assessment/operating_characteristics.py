"""How often is a verdict wrong, and how often does it see what happened? The table that simulation made (method, section 13.4)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import FloatArray
    from theorytopractice.assessment.judgement import Cohort, Outcome

TABLE = Path(__file__).with_name("operating_characteristics.csv")
LOG_NORMAL = 1.0  # skewness from which on a series is more like the lognormal ones


def operating_characteristics() -> pd.DataFrame:
    """List how often each verdict is wrong where nothing happened, and how often it sees what did.

    Returns:
        One row a kind of series and its lengths, from simulated series that were looked at after every new value:
        ``regime``, ``n_pre``, ``n_post``, ``series`` (how many were drawn), ``false_claim`` (the share with a false
        *improved* or *worse* at any look), ``but`` (that of "… but" at the end), with the limits that the method
        sets; ``power`` (the share that gets the words named after the colon), with the least that it sets.

    Example:
        >>> ttp.operating_characteristics().query("regime == 'normal' and n_pre == 24")["false_claim"].max() < 0.05
        True
    """
    return _table().copy()


@cache
def _table() -> pd.DataFrame:
    return pd.read_csv(TABLE, encoding="utf-8")


def nearest(cohort: Cohort, outcome: Outcome, row: int) -> dict[str, Any]:
    """Return the line of series in which nothing happened that is most like this one.

    One with a memory, an old trend or a season has the line of such series; else what is measured decides.
    """
    n_pre, n_post = cohort.n_pre, cohort.n_post
    size = None if cohort.size is None else cohort.size[row]
    regime = _rival(outcome.strength[row]) or _regime(cohort.measure, cohort.value[row, :n_pre], size)
    lines = _table().dropna(subset="false_claim")
    lines = lines[lines["regime"] == regime]
    apart = np.abs(np.log(lines["n_pre"] / n_pre)) + np.abs(np.log(lines["n_post"] / n_post))
    line = lines.loc[apart.idxmin()]
    return {
        "regime": regime,
        "n_pre": int(line["n_pre"]),
        "n_post": int(line["n_post"]),
        "false_claim": float(line["false_claim"]),
        "but": float(line["but"]),
    }


MEANS = (0.1, 0.3, 1, 3, 8, 20)
STRONG_MEMORY, STRONG_TREND = 0.5, 0.12  # from which on the stronger of two simulated ones is nearer
SPREAD = 2.0  # times the variance of a Poisson from which on counts are more like the negative binomial
MANY = 5.0


def _rival(strength: FloatArray) -> str:
    """Name the kind of simulated series with the memory, the old trend or the season that these values have."""
    memory, trend, season = strength
    if memory:
        return "memory 0.6" if memory > STRONG_MEMORY else "memory 0.3"
    if trend:
        return "old trend 0.1" if trend > STRONG_TREND else "old trend 0.05"
    return "season 1" if season else ""


def _regime(measure: str, before: FloatArray, size: FloatArray | None) -> str:
    """Name the kind of simulated series that these values are most like."""
    if measure == "count" and (before >= 0).all():
        mean = max(float(before.mean()), MEANS[0])
        if mean > MANY and before.var() > SPREAD * mean and size is None:
            return "negative binomial 8"
        name = min(MEANS, key=lambda one: abs(np.log(one / mean)))
        is_uneven = size is not None and np.ptp(size) > 0 and name != MEANS[0]
        return f"Poisson {name:g}, changing exposure" if is_uneven else f"Poisson {name:g}"
    if measure == "percentage":
        return "98 % without n" if size is None else "98 % of 50"
    spread = before.std()
    lean = ((before - before.mean()) ** 3).mean() / spread**3 if spread > 0 else 0.0
    return "lognormal" if lean > LOG_NORMAL and (before > 0).all() else "normal"

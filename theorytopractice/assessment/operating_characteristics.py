"""How often is a verdict wrong, and how often does it see what happened? The table that simulation made (method, section 13.4)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import FloatArray

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


def nearest(measure: str, value: FloatArray, n_pre: int, n_post: int) -> dict[str, Any]:
    """Return the line of series in which nothing happened that is most like this one."""
    regime = _regime(measure, value[:n_pre])
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


def _regime(measure: str, before: FloatArray) -> str:
    """Name the kind of simulated series that these values are most like."""
    if measure == "count" and (before >= 0).all():
        mean = max(float(before.mean()), MEANS[0])
        name = min(MEANS, key=lambda one: abs(np.log(one / mean)))
        return f"Poisson {name:g}"
    if measure == "percentage":
        return "98 % without n"
    spread = before.std()
    lean = ((before - before.mean()) ** 3).mean() / spread**3 if spread > 0 else 0.0
    return "lognormal" if lean > LOG_NORMAL and (before > 0).all() else "normal"

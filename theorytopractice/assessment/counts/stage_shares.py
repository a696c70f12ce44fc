"""Which share of each plan's open findings stands at which stage?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.counts.counting import wilson
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping


def stage_shares(assessed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the open findings of several plans by stage, as shares of each plan's own (method, sections 5 and 11).

    Args:
        assessed: by the name of each plan, what ``assess`` says of it on one day.

    Returns:
        One row a plan and stage, plans as given, the lowest stage first: ``plan``, ``stage``, ``stage_name``, ``n``,
        ``of`` (the plan's open findings), ``share``, ``low``, ``high`` (95 % Wilson interval); the last three are
        missing where no finding is open.
    """
    counts = np.array([_by_stage(frame) for frame in assessed.values()], dtype=np.int64)
    counts = counts.reshape(-1, len(Stage))
    n, of = counts.ravel(), np.repeat(counts.sum(axis=1), len(Stage))
    low, high = wilson(n, of)
    return pd.DataFrame(
        {
            "plan": np.repeat(np.array(list(assessed), dtype=object), len(Stage)),
            "stage": np.tile(np.arange(len(Stage)), len(assessed)),
            "stage_name": [str(stage) for stage in Stage] * len(assessed),
            "n": n,
            "of": of,
            "share": n / np.where(of > 0, of, np.nan),
            "low": low,
            "high": high,
        }
    )


def _by_stage(frame: pd.DataFrame) -> np.ndarray:
    stage = frame.loc[frame["disposition"] == "open", "stage"].astype("int64")
    return np.bincount(stage, minlength=len(Stage))

"""Was a chart handed its frame, or the plan to work it out from? No number is made here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Plan: TypeAlias = "Mapping[str, pd.DataFrame]"
Given: TypeAlias = "pd.DataFrame | Plan"


def frame_of(given: Given, assessment: Callable[[Plan], pd.DataFrame]) -> pd.DataFrame:
    """Return the frame as it was given, or what the assessment says of the plan today."""
    return given if isinstance(given, pd.DataFrame) else assessment(given)

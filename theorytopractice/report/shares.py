"""How is a measure said beside its counts? Below twenty the counts come first (method, section 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.counts.cautions import FEW
from theorytopractice.language import say, say_number, say_share

if TYPE_CHECKING:
    from collections.abc import Mapping


def measured(measures: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return the row of one measure."""
    row: Any = measures.loc[name]
    return dict(row)


def share_words(measure: Mapping[str, Any]) -> str:
    """Say a share with its counts and its 95 % interval; a ratio with its counts alone.

    Args:
        measure: a row of ``measures`` with something to count.
    """
    facts = {
        "part": say_number(int(measure["numerator"])),
        "whole": say_number(int(measure["denominator"])),
        "share": say_share(measure["value"]),
    }
    if pd.isna(measure["low"]):
        return say("{part} for {whole}", **facts)
    facts |= {"low": say_share(measure["low"]), "high": say_share(measure["high"])}
    if measure["denominator"] < FEW:
        return say("{part} of {whole} (95 % interval {low} to {high})", **facts)
    return say("{share} ({part} of {whole}; 95 % interval {low} to {high})", **facts)


def is_counted(measure: Mapping[str, Any]) -> bool:
    """Tell whether there is anything to count."""
    return not pd.isna(measure["value"])

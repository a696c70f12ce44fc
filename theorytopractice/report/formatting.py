"""In which words does the report speak of flags, counts and measures?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.measures import FEW
from theorytopractice.i18n import say, say_as, say_duration, say_n, say_number, say_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.tally import StageTally


def measure_text(measures: pd.DataFrame, name: str) -> dict[str, Any]:
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


def findings(number: int) -> str:
    """Return a number of findings: ``1 finding``, ``42 findings``."""
    return say_n("{n:,} finding", "{n:,} findings", number)


def actions(number: int) -> str:
    """Return a number of actions."""
    return say_n("{n:,} action", "{n:,} actions", number)


def verdict(counts: StageTally, grace_days: int) -> str:
    """Say in one sentence how things stand."""
    if not counts.n:
        return say("No finding is open.")
    return say(
        "Of {findings}, {reached}; {shelf}; {lapsed}.",
        findings=findings(counts.n),
        reached=reached(counts),
        shelf=shelf(counts.shelved, grace_days),
        lapsed=lapsed(counts.lapsed),
    )


def reached(counts: StageTally) -> str:
    """Say how many findings are in practice, and how many of these are sustained."""
    if not counts.in_practice:
        return say("none is in practice")
    held = (
        say_n("{n:,} of them sustained", "{n:,} of them sustained", counts.sustained)
        if counts.sustained
        else say("none of them sustained")
    )
    reached = say_n("{n:,} is in practice", "{n:,} are in practice", counts.in_practice)
    return say("{reached}, {held}", reached=reached, held=held)


def shelf(number: int, grace_days: int) -> str:
    """Say how many findings have stood on the shelf for longer than the grace."""
    month = 30
    grace = say("a month") if grace_days == month else say_duration(grace_days, grouped=False)
    if not number:
        return say("none has stood on the shelf for over {grace}", grace=grace)
    return say_n(
        "{n:,} has stood on the shelf for over {grace}",
        "{n:,} have stood on the shelf for over {grace}",
        number,
        grace=grace,
    )


def lapsed(number: int) -> str:
    """Say how many findings worked once and have lapsed."""
    if not number:
        return say_as("verdict", "none that worked has lapsed")
    return say_n("{n:,} that worked has lapsed", "{n:,} that worked have lapsed", number)

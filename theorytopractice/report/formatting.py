"""In which words does the report speak of flags and counts?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.i18n import say, say_as, say_duration, say_n, say_short_day
from theorytopractice.model.vocabularies import RecordedQuality

if TYPE_CHECKING:
    from theorytopractice.assessment.assess import StageTally
    from theorytopractice.report.data import ReportData

APPROXIMATE = RecordedQuality.APPROXIMATE


def known_since(data: ReportData, finding_id: str) -> str:
    """Return since when a finding is known, with "about" where that is known only so; a dash where nobody knows."""
    day, row = data.standing["counted_from"][finding_id], data.finding.loc[finding_id]
    if pd.isna(day):
        return "–"
    text = say_short_day(day.date())
    is_record = str(row["recorded_on"])[:10] == str(day.date())
    return say("about {day}", day=text) if is_record and row["recorded_quality"] == APPROXIMATE else text


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

"""What does the report say of a kind of which there is no open finding, and of those that are closed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.vocabularies import Disposition, FindingKind

if TYPE_CHECKING:
    import pandas as pd

    from theorytopractice.report.data import ReportData


IN_PLAN = {
    FindingKind.PROBLEM: message("The plan has no problem."),
    FindingKind.EXPERIENCE: message("The plan has no experience."),
    FindingKind.MECHANISM: message("The plan has no mechanism."),
    FindingKind.INSIGHT: message("The plan has no insight."),
}
CHOSEN = {
    FindingKind.PROBLEM: message("None of the chosen findings is a problem."),
    FindingKind.EXPERIENCE: message("None of the chosen findings is an experience."),
    FindingKind.MECHANISM: message("None of the chosen findings is a mechanism."),
    FindingKind.INSIGHT: message("None of the chosen findings is an insight."),
}
OPEN = {
    FindingKind.PROBLEM: message("No problem is open. {closed}"),
    FindingKind.EXPERIENCE: message("No experience is open. {closed}"),
    FindingKind.MECHANISM: message("No mechanism is open. {closed}"),
    FindingKind.INSIGHT: message("No insight is open. {closed}"),
}


def open_findings(data: ReportData, kind: FindingKind) -> pd.DataFrame:
    """Return the open findings of a kind as ``assess`` judges them."""
    frame = data.assessed
    return frame[(frame["kind"] == kind) & (frame["disposition"] == Disposition.OPEN)]


def empty_text(data: ReportData, kind: FindingKind) -> str:
    """Say that there is no open finding of a kind."""
    closed = closed_text(data, kind)
    if closed:
        return say(OPEN[kind], closed=closed)
    return say((CHOSEN if data.scope else IN_PLAN)[kind])


def closed_text(data: ReportData, kind: FindingKind) -> str:
    """Say how many findings of a kind are closed and not counted; empty where none is."""
    frame = data.assessed
    n = int(((frame["kind"] == kind) & (frame["disposition"] != Disposition.OPEN)).sum())
    if not n:
        return ""
    return say_n(
        "{n:,} more was rejected, superseded, retired or found to be a duplicate, and is not counted.",
        "{n:,} more were rejected, superseded, retired or found to be duplicates, and are not counted.",
        n,
    )

"""In which words does the report speak of a finding, of counts, and of what is not there?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.assess import closed_count
from theorytopractice.html import anchor, tag
from theorytopractice.i18n import message, say, say_as, say_day, say_duration, say_list, say_n, say_short_day
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import CADENCE
from theorytopractice.model.vocabularies import FindingKind, RecordedQuality

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from markupsafe import Markup

    from theorytopractice.assessment.assess import StageTally
    from theorytopractice.report.data import ReportData


if TYPE_CHECKING:
    LineRow = Mapping[Hashable, Any]

APPROXIMATE = RecordedQuality.APPROXIMATE
MOST_NAMES = 3
EVERY = {
    "D": (message("checked every day"), message("checked every {n} days")),
    "W": (message("checked every week"), message("checked every {n} weeks")),
    "M": (message("checked every month"), message("checked every {n} months")),
    "Y": (message("checked every year"), message("checked every {n} years")),
}


def link(finding_id: str) -> Markup:
    """Return a finding's number as a link to where it is told of in full."""
    return tag("a", finding_id, href=f"#{anchor(finding_id)}", class_="id")


MOST_SIGNS = 84
CLAUSE_ENDS = re.compile(r"[;；。:：](?=\s|[\u3000-\u9fff]|$)|\s(?=\()|[，,](?=\s|[\u3000-\u9fff])")


def headline(statement: str, most: int = MOST_SIGNS) -> str:
    """Return the beginning of a statement that is too long for a headline, up to the last clause that fits."""
    if len(statement) <= most:
        return statement.rstrip(".。")
    ends = [found.start() for found in CLAUSE_ENDS.finditer(statement[: most + 1])]
    cut = ends[-1] if ends and ends[-1] >= most // 2 else statement.rfind(" ", 0, most)
    return f"{statement[: cut if cut > 0 else most]} …"


def who(names: list[str]) -> str:
    """Name who answers for a finding; of many owners the first three."""
    return say_list(names, few=MOST_NAMES) if names else name_of("nobody")


def known_since(data: ReportData, finding_id: str) -> str:
    """Return since when a finding is known, with "about" where that is known only so; a dash where nobody knows."""
    day, row = data.standing["counted_from"][finding_id], data.finding.loc[finding_id]
    if pd.isna(day):
        return "–"
    text = say_short_day(day.date())
    is_record = str(row["recorded_on"])[:10] == str(day.date())
    return say("about {day}", day=text) if is_record and row["recorded_quality"] == APPROXIMATE else text


def rule_line(row: LineRow) -> str:
    """Say what a mechanism asks for, and since when; empty where it is not in force and nobody wrote it down."""
    document: str | None = None if pd.isna(row["document"]) else row["document"]
    if pd.isna(row["effective_on"]):
        return say("follow {document}", document=document) if document else ""
    day = say_day(row["effective_on"].date())
    if document is None:
        return say("follow it, in force from {day}", day=day)
    return say("follow {document}, in force from {day}", document=document, day=day)


def cadence(text: object) -> str:
    """Say how often a mechanism is checked, such as "checked every 3 months"."""
    match = CADENCE.fullmatch(str(text).strip())
    if not match:
        return say("nobody says how often it is checked")
    single, many = EVERY[match[2]]
    n = int(match[1])
    return say(single) if n == 1 else say(many, n=n)


def findings(number: int) -> str:
    """Return a number of findings: ``1 finding``, ``42 findings``."""
    return say_n("{n:,} finding", "{n:,} findings", number)


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
NONE_OPEN = {
    FindingKind.PROBLEM: message("No problem is open. {closed}"),
    FindingKind.EXPERIENCE: message("No experience is open. {closed}"),
    FindingKind.MECHANISM: message("No mechanism is open. {closed}"),
    FindingKind.INSIGHT: message("No insight is open. {closed}"),
}


def empty_text(assessed: pd.DataFrame, kind: FindingKind, *, is_narrowed: bool) -> str:
    """Say that there is no open finding of a kind in the plan, or among those that were chosen."""
    closed = closed_text(assessed, kind)
    if closed:
        return say(NONE_OPEN[kind], closed=closed)
    return say((CHOSEN if is_narrowed else IN_PLAN)[kind])


def closed_text(assessed: pd.DataFrame, kind: FindingKind) -> str:
    """Say how many findings of a kind are closed and not counted; empty where none is."""
    n = closed_count(assessed, kind)
    if not n:
        return ""
    return say_n(
        "{n:,} more was rejected, superseded, retired or found to be a duplicate, and is not counted.",
        "{n:,} more were rejected, superseded, retired or found to be duplicates, and are not counted.",
        n,
    )

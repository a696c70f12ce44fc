"""In which words does the report speak of a finding, of counts, and of what is not there?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.assess import closed_count
from theorytopractice.html import anchor, tag
from theorytopractice.i18n import message, say, say_as, say_day, say_duration, say_list, say_n, say_share
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import CADENCE
from theorytopractice.model.vocabularies import Disposition, FindingKind

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from markupsafe import Markup

    from theorytopractice.assessment.assess import StageTally


if TYPE_CHECKING:
    LineRow = Mapping[Hashable, Any]

FEW, MOST_NAMES = 5, 3
EVERY = {
    "D": (message("checked every day"), message("checked every {n} days")),
    "W": (message("checked every week"), message("checked every {n} weeks")),
    "M": (message("checked every month"), message("checked every {n} months")),
    "Y": (message("checked every year"), message("checked every {n} years")),
}


def link(finding_id: str) -> Markup:
    """Return a finding's number as a link to where it is told of in full."""
    return tag("a", finding_id, href=f"#{anchor(finding_id)}", class_="id")


def who(names: list[str]) -> str:
    """Name who answers for a finding; of many owners the first three."""
    return say_list(names, few=MOST_NAMES) if names else name_of("nobody")


def stage_line(
    assessed: LineRow, standing: LineRow, *, sites: Mapping[str, set[str]], checks: LineRow | None
) -> str:
    """Say the stage of an open finding and what decided it, such as "Under way: 1 of 2 actions is done".

    Args:
        assessed: the finding's row of ``assess``.
        standing: its row of ``standing``.
        sites: the states of the replications of an experience at each site.
        checks: the row of a mechanism in the list of mechanisms.
    """
    if assessed["disposition"] != Disposition.OPEN:
        return say("{stage}: closed, so it has no stage.", stage=with_headline(assessed["disposition"]))
    if assessed["kind"] == FindingKind.MECHANISM and checks is not None:
        why = _rule(checks, standing)
    elif assessed["kind"] == FindingKind.EXPERIENCE:
        why = _spread(sites, standing)
    else:
        why = _work(standing) or _effect(standing)
    return say("{stage}: {why}.", stage=with_headline(assessed["stage_name"]), why=why)


def share_text(cell: LineRow) -> str:
    """Say a share with its interval: 31% (16% to 75%)."""
    return say(
        "{share} ({low} to {high})", **{name: say_share(cell[name]) for name in ("share", "low", "high")}
    )


def with_headline(word: object) -> str:
    """Say a word of a vocabulary as the beginning of a sentence."""
    text = name_of(word)
    return text[:1].upper() + text[1:]


def _rule(row: LineRow, standing: LineRow) -> str:
    """Say whether a mechanism is followed, else whether it is in force, else how far its actions have come."""
    if row["slots"]:
        return _checks(row)
    if pd.isna(row["effective_on"]):
        return _work(standing) or say("its actions are done, but nobody says from when it is in force")
    if row["effective_on"] > row["as_of"]:
        return say("in force from {day}", day=say_day(row["effective_on"].date()))
    if pd.isna(row["check_every"]):
        return say("in force, but nobody says how often it is checked")
    return say("in force, but no check counts yet")


def _spread(sites: Mapping[str, set[str]], standing: LineRow) -> str:
    """Say at how many sites an experience worked, or how far its actions have come."""
    if sites:
        return _site_counts(sites)
    return _work(standing) or say("no other site has taken it over yet")


def _checks(row: LineRow) -> str:
    """Say how many of a mechanism's last checks were passed."""
    return say_n(
        "{passes} of its last {n} check was passed",
        "{passes} of its last {n} checks were passed",
        int(row["slots"]),
        passes=row["passes"],
    )


def _site_counts(sites: Mapping[str, set[str]]) -> str:
    """Say at how many of its sites an experience worked."""
    worked = sum("worked" in states for states in sites.values())
    if not worked:
        return say_n(
            "it has not worked at its {n} site yet",
            "it has not worked at any of its {n} sites yet",
            len(sites),
        )
    return say_n(
        "it worked at {worked} of {n} site", "it worked at {worked} of {n} sites", len(sites), worked=worked
    )


def _work(row: LineRow) -> str:
    """Say how far the actions have come; empty where all are done."""
    n, done = int(row["n_actions"]), int(row["n_done"])
    if not n:
        cancelled = int(row["n_cancelled"])
        return (
            say_n("its only action was cancelled", "its {n} actions were all cancelled", cancelled)
            if cancelled
            else say("no action to carry it out has been planned")
        )
    if row["n_unverified"]:
        return _unverified(row)
    if done == n:
        return ""
    counts = (
        say("its only action is not done")
        if n == 1
        else say_n("{n} of {of} actions is done", "{n} of {of} actions are done", done, of=n)
    )
    if not pd.isna(row["overdue_since"]):
        return say("{counts}; overdue since {day}", counts=counts, day=say_day(row["overdue_since"].date()))
    if not pd.isna(row["next_due"]):
        return say("{counts}; the next is due {day}", counts=counts, day=say_day(row["next_due"].date()))
    return say("{counts}; none of the others has a date", counts=counts)


def _unverified(row: LineRow) -> str:
    """Name the actions that are called complete without evidence."""
    ids, n = row["unverified"], int(row["n_actions"])
    named = say_list(ids, few=FEW)
    if len(ids) == 1:
        return say_n(
            "its only action is complete without evidence ({named})",
            "1 of {n} actions is complete without evidence ({named})",
            n,
            named=named,
        )
    return say("{k} of {n} actions are complete without evidence ({named})", k=len(ids), n=n, named=named)


def _effect(row: LineRow) -> str:
    """Say what the outcomes show of a finding whose actions are all done."""
    n = int(row["n_actions"])
    done = (
        say_n(
            "its action is done, with evidence",
            "the {n} actions that carry it out are done, with evidence",
            n,
        )
        if row["asks_evidence"]
        else say_n("its action is done", "the {n} actions that carry it out are done", n)
    )
    required, n_shown = int(row["n_required"]), int(row["n_shown"])
    if not required:
        return say("{done}; nobody measures the effect", done=done)
    if n_shown == required:
        return say_n(
            "{done}; its outcome is shown", "{done}; all {n} outcomes are shown", required, done=done
        )
    if required == 1:
        return say("{done}; its outcome is not shown", done=done)
    return say_n(
        "{done}; {n} of its {of} outcomes is shown",
        "{done}; {n} of its {of} outcomes are shown",
        n_shown,
        done=done,
        of=required,
    )


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

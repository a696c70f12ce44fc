"""In which one sentence is it said where a finding stands, and what decided it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.i18n import say, say_day, say_list, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Disposition, FindingKind

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    LineRow = Mapping[Hashable, Any]

FEW = 5


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

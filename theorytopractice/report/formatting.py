"""In which words does the report speak of flags and counts?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.i18n import message, say, say_as, say_duration, say_n

if TYPE_CHECKING:
    from theorytopractice.assessment.tally import StageTally


FLAGS = {
    "lapsed": message("worked once, lapsed since"),
    "recurred": message("was solved, has come back"),
    "dead_letter": message("a dead letter: the last two checks were not passed"),
    "block_expired": message("the revisit date of its block has passed"),
    "no_enabling_action": message("nobody works on what holds it up"),
    "blocked": message("blocked"),
    "overdue": message("overdue"),
    "ripe_not_moved": message("conditions met for over 30 days, nothing begun"),
    "ripe": message("its conditions are met"),
    "shelved": message("on the shelf for too long"),
    "plan_abandoned": message("every action was cancelled"),
    "stalled": message("nothing has moved for long"),
    "unowned": message("something has no accountable owner"),
    "owner_left": message("somebody who left still answers for it"),
    "undated": message("an action has no due date"),
    "unverified": message("reported done, without evidence"),
    "progress_100_not_closed": message("reported 100 %, not closed"),
    "slipped": message("due date moved back"),
    "reopened": message("reopened after it was complete"),
    "scope_reduced": message("some actions were cancelled"),
    "no_indicator": message("no indicator of its effect"),
    "no_target": message("an indicator has no target"),
    "no_baseline": message("no figure from before the action"),
    "met_at_baseline": message("the target was met before anything was done"),
    "target_moved": message("its target was moved after the start"),
    "partially_met": message("some targets met, not all"),
    "stale": message("its figures are out of date"),
    "wobble": message("the latest figure misses the target"),
    "outcome_ahead": message("the effect is ahead of the work"),
    "outcome_without_action": message("the target is met though no action has begun"),
    "shared_indicator": message("its indicator also serves another finding"),
    "check_missed": message("the last check was missed"),
    "check_failed": message("the last check was failed"),
    "dormant": message("nothing to check lately"),
    "no_cadence": message("nobody has said how often it is checked"),
    "drifted": message("a site changed its core"),
    "failed_elsewhere": message("did not work, or was given up, at a site"),
    "unexplained": message("nobody wrote down why it works"),
    "drifting": message("no milestone within a year"),
    "solved": message("solved, and those affected agree"),
    "solved_unconfirmed": message("those affected do not confirm it yet"),
    "suspect": message("a link is older than the wording"),
    "review_overdue": message("review overdue"),
    "new": message("new"),
    "future_dated": message("later facts exist"),
}
"""What each flag says; the gravest first."""


def flag_in_words(flag: str) -> str:
    """Return what a flag says; an unknown one as it is written, without underscores."""
    return say(FLAGS[flag]) if flag in FLAGS else flag.replace("_", " ")


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

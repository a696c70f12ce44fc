"""In which words does the report speak? Sentences and labels; no figure is worked out here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from theorytopractice.charts.tally import Tally

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

FLAGS = {
    "lapsed": "worked once, lapsed since",
    "recurred": "was solved, has come back",
    "dead_letter": "a dead letter: the last two checks were not passed",
    "block_expired": "the revisit date of its block has passed",
    "no_enabling_action": "nobody works on what holds it up",
    "blocked": "blocked",
    "overdue": "overdue",
    "ripe_not_moved": "conditions met for over 30 days, nothing begun",
    "ripe": "its conditions are met",
    "shelved": "on the shelf for too long",
    "plan_abandoned": "every action was cancelled",
    "stalled": "nothing has moved for long",
    "unowned": "something has no accountable owner",
    "undated": "an action has no due date",
    "unverified": "reported done, without evidence",
    "progress_100_not_closed": "reported 100 %, not closed",
    "slipped": "due date moved back",
    "reopened": "reopened after it was complete",
    "scope_reduced": "some actions were cancelled",
    "no_indicator": "no indicator of its effect",
    "no_target": "an indicator has no target",
    "no_baseline": "no figure from before the action",
    "met_at_baseline": "the target was met before anything was done",
    "partially_met": "some targets met, not all",
    "stale": "its figures are out of date",
    "wobble": "the latest figure misses the target",
    "outcome_ahead": "the effect is ahead of the work",
    "outcome_without_action": "the target is met though no action has begun",
    "shared_indicator": "its indicator also serves another finding",
    "check_missed": "the last check was missed",
    "check_failed": "the last check was failed",
    "dormant": "nothing to check lately",
    "no_cadence": "nobody has said how often it is checked",
    "drifted": "a site changed its core",
    "failed_elsewhere": "did not work, or was given up, at a site",
    "unexplained": "nobody wrote down why it works",
    "drifting": "no milestone within a year",
    "solved": "solved, and those affected agree",
    "solved_unconfirmed": "those affected do not confirm it yet",
    "suspect": "a link is older than the wording",
    "review_overdue": "review overdue",
    "new": "new",
    "future_dated": "later facts exist",
}


def day_in_words(day: date) -> str:
    """Return a date as people write it: 30 June 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 finding``, ``42 findings``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def flag_in_words(flag: str) -> str:
    """Return what a flag says; an unknown one as it is written, without underscores."""
    return FLAGS.get(flag, flag.replace("_", " "))


def verdict(counts: Tally, grace_days: int) -> str:
    """Say in one sentence how things stand."""
    if not counts.n:
        return "No finding is open."
    reached = "none is in practice"
    if counts.in_practice:
        reached = f"{counts.in_practice:,} {_be(counts.in_practice)} in practice"
        reached += f", {f'{counts.sustained:,}' if counts.sustained else 'none'} of them sustained"
    shelf = (
        f"{_some(counts.shelved)} {_have(counts.shelved)} stood on the shelf for over {_grace(grace_days)}"
    )
    lapsed = f"{_some(counts.lapsed)} that worked {_have(counts.lapsed)} lapsed"
    return f"Of {counted(counts.n, 'finding')}, {reached}; {shelf}; {lapsed}."


def _some(number: int) -> str:
    return f"{number:,}" if number else "none"


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _have(number: int) -> str:
    return "have" if number > 1 else "has"


def _grace(days: int) -> str:
    month = 30
    return "a month" if days == month else counted(days, "day")


DECISIONS = {
    "lapsed": ("It worked and has lapsed", "Say how the result is won back, who does it, and by when."),
    "dead_letter": ("A dead letter", "Have the rule followed, change it, or repeal it."),
    "block_expired": ("Blocked, revisit date past", "Lift the block, or set a new date and a way out."),
    "no_enabling_action": ("Blocked, no way out", "Name who removes the obstacle, and by when."),
    "overdue": ("Overdue", "Have it finished, or agree on a new date in the open."),
    "shelved": ("Known, not done", "Give it an owner and a date, or say why it will not be done."),
    "ripe_not_moved": ("Conditions met, nobody moves", "Give the order to begin, with an owner and a date."),
}

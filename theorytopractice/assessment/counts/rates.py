"""How much of what was found has been put into practice, and how much stands still?

Method, section 12: the measures of the ladder and of actions. N, the population, are the open findings of
the day; what was *ever* reached is counted among them too. A cohort also holds findings closed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING, Array, Ints, Truths
from theorytopractice.assessment.counts.counting import Figure, median, number, share
from theorytopractice.assessment.counts.staleness import idle_days
from theorytopractice.assessment.stages.mechanisms import later
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.counts.snapshot import Snapshot

CARRIED_OUT, IN_PRACTICE = 3, 4
COHORT_WIDTH = 1
NOT_LOOKED_FOR = ("no_indicator", "no_target", "no_baseline")


def implementation_rate(s: Snapshot) -> Figure:
    """Open findings at stage 3 or above, of all open findings."""
    return share(s.stage >= CARRIED_OUT, s.is_open)


def practice_rate(s: Snapshot) -> Figure:
    """Open findings at stage 4 or above, of all open findings."""
    return share(s.stage >= IN_PRACTICE, s.is_open)


def cohort_rate(s: Snapshot, *, stage: int, years: int) -> Figure:
    """Of the findings recorded in [D − k − w, D − k], those that reached the stage within k years.

    Both ends of the cohort, and the anniversary itself, count. A year is a calendar year (29 February
    becomes the 28th). Every finding recorded then counts, whatever became of it.
    """
    recorded = s.book.findings.recorded
    first, final = (_years_later(np.array([s.day]), -k)[0] for k in (years + COHORT_WIDTH, years))
    in_cohort = (recorded >= first) & (recorded <= final) & (recorded != MISSING) & s.past.is_counted
    reached = s.past.reached(stage)
    in_time = s.is_by_now(reached) & (reached <= _years_later(recorded, years))
    return share(in_time, in_cohort)


def _years_later(day: Array, years: int) -> Ints:
    """Return the same calendar days some years later or earlier, clamped to the month's end (method, T8)."""
    return later(day.astype(np.int64), np.full(len(day), years), np.full(len(day), "Y"))


def funnel_ever(s: Snapshot, *, stage: int) -> Figure:
    """How many findings had reached the stage or a higher one on some day up to this one.

    Those closed since are among them, so the denominator is every finding in the plan.
    """
    return number(s.is_by_now(s.past.reached(stage)), s.is_in_plan)


def funnel_now(s: Snapshot, *, stage: int) -> Figure:
    """How many open findings are at exactly this stage now."""
    return number(s.stage == stage, s.is_open)


def shelf_rate(s: Snapshot) -> Figure:
    """Of the open findings older than the grace (30 days unless the plan says otherwise), those at stage 0."""
    return share(s.stage == 0, s.is_aged)


def overdue_rate(s: Snapshot) -> Figure:
    """Of the open actions with a current due date that serve an open finding in any role, those overdue."""
    is_dated = s.actions.is_open & (s.actions.due != MISSING)
    return share(s.actions.is_overdue, is_dated & s.is_serving)


def on_time_rate(s: Snapshot) -> Figure:
    """Of the live actions whose original due date has come, those done by it, whatever they serve.

    Done, with evidence, and the last visible complete on or before the original due date.
    """
    due = s.actions.original_due
    is_due = s.actions.is_live & (due != MISSING) & (due <= s.day)
    return share(s.actions.is_on_time, is_due)


def evidence_gap(s: Snapshot) -> Figure:
    """Of the open insights and problems at stage 3 or above, those whose effect nobody looked for."""
    done = (s.stage >= CARRIED_OUT) & s.situation.is_kind(FindingKind.INSIGHT, FindingKind.PROBLEM)
    flags: list[Truths] = [s.flag(name) for name in NOT_LOOKED_FOR]
    return share(np.logical_or.reduce(flags), done)


def lapse_rate(s: Snapshot) -> Figure:
    """Of the open findings that were ever at stage 4 or above, those flagged lapsed now.

    A finding can be flagged without having been in practice (one of its indicators was met and fell); it is
    in neither count, so that the rate stays a share.
    """
    return share(s.flag("lapsed"), s.ever(IN_PRACTICE))


def staleness_median_days(s: Snapshot) -> Figure:
    """The median of the open findings' days since their newest visible fact."""
    return median(idle_days(s)[s.is_open])

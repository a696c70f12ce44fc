"""Is a problem solved, do the people affected agree, and what does it wait for?

Method, section 6: solvability decides what is asked; the stage is the ladder's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.arrays.segments import (
    MISSING,
    Array,
    Days,
    Ints,
    Truths,
    greatest,
    last,
    pick,
    some,
)
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.candidates import parts, rising_days
from theorytopractice.assessment.stages.flags import flag
from theorytopractice.assessment.stages.timeline import Cases, is_after, is_visible
from theorytopractice.model.vocabularies import ActionRole, FindingKind, Solvability

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation

RIPE_DAYS, MILESTONE_DAYS, CONFIRMATION_DAYS = 30, 365, 400
IN_PRACTICE = 4


def is_solvable(s: Situation, word: Solvability) -> Truths:
    """Tell which cases are problems of this solvability."""
    solvability = s.book.findings.solvability[s.cases.finding]
    return s.is_kind(FindingKind.PROBLEM) & (solvability == code(Solvability, word))


def enabling(s: Situation) -> Truths:
    """Tell which action links are live enabling ones."""
    return s.role(ActionRole.ENABLES) & ~s.actions.is_cancelled


@dataclass(frozen=True, slots=True)
class Surveys:
    """The required confirmation indicators of some cases; one entry a (case, indicator link).

    ``row`` is the latest visible final value in the book's observations (−1: nobody has answered yet),
    ``is_recent`` where it is not too old, ``passes`` where it also asked enough people and reached its target.
    """

    case: Ints
    indicator: Ints
    row: Ints
    is_recent: Truths
    passes: Truths


def surveys(s: Situation, wanted: Truths) -> Surveys:
    """Read the latest surveys of the wanted cases (method, section 6)."""
    chosen = np.flatnonzero(wanted)
    segment, link = s.book.measures.expand(s.cases.finding[chosen])
    indicator = s.book.measures["indicator"][link]
    asked = s.book.measures["is_required"][link] & s.book.targets.is_confirmation[indicator]
    case, indicator = chosen[segment[asked]], indicator[asked]
    facts, n = s.book.observations, len(case)
    segment, row = facts.expand(indicator)
    seen = is_visible(facts, row, s.day[case][segment], s.cases.knowledge) & facts["is_final"][row]
    seen &= is_after(facts["day"][row], s.seen.revised_on[case][segment])
    latest = pick(row, last(seen, segment, n), -1)
    age = s.day[case].astype(np.int64) - pick(facts["day"], latest, MISSING)
    is_recent = (latest >= 0) & (age <= CONFIRMATION_DAYS)
    passes = is_recent & pick(facts["is_confirming"], latest, False)
    return Surveys(case, indicator, latest, is_recent, passes)


def answered(s: Situation, case: Ints, latest: Ints) -> Array:
    """Say of surveys what their latest values show (method, section 6); t0 and lag play no part in it."""
    facts = s.book.observations
    age = s.day[case].astype(np.int64) - pick(facts["day"], latest, MISSING)
    return np.select(
        [latest < 0, age > CONFIRMATION_DAYS, pick(facts["is_confirming"], latest, False)],
        ["no_value", "stale", "confirmed"],
        "not_confirmed",
    )


def is_confirmed(s: Situation) -> Truths:
    """Tell where those affected confirm: every required confirmation indicator passes, and there is one."""
    said = s.surveys
    return some(said.passes, said.case, len(s)) & ~some(~said.passes, said.case, len(s))


def is_solved(s: Situation) -> Truths:
    """Tell where a problem is solved: open, stage 4 or more, and confirmed."""
    return s.is_kind(FindingKind.PROBLEM) & s.seen.is_open & (s.stage >= IN_PRACTICE) & is_confirmed(s)


def ripe_on(s: Situation) -> Days:
    """Return the day on which every live enabling action was done; MISSING where it is not so."""
    live, case = enabling(s), s.actions.case
    ready = s.any_action(live) & ~s.any_action(live & (s.actions.state != ActionState.DONE))
    day = greatest(s.actions.done_on, live, case, len(s))
    return np.where(ready, day, MISSING)


def has_milestone(s: Situation) -> Truths:
    """Tell where some due date or target date lies within a year either side of the as-of day."""
    links = (s.actions.counts & s.actions.is_live) | enabling(s)
    due = s.actions.due.astype(np.int64)
    near = np.abs(due - s.day[s.actions.case]) <= MILESTONE_DAYS
    segment, link = s.book.measures.expand(s.cases.finding)
    target_on = s.book.targets.target_on[s.book.measures["indicator"][link]].astype(np.int64)
    near_target = np.abs(target_on - s.day[segment]) <= MILESTONE_DAYS
    return s.any_action(links & near) | some(near_target, segment, len(s))


@flag(FindingKind.PROBLEM)
def ripe(s: Situation) -> Truths:
    """The conditions that the problem needed are there."""
    return is_solvable(s, Solvability.NEEDS_CONDITIONS) & (ripe_on(s) != MISSING)


@flag(FindingKind.PROBLEM)
def ripe_not_moved(s: Situation) -> Truths:
    """Ripe for more than 30 days, and still on the shelf."""
    waited = s.day.astype(np.int64) - ripe_on(s)
    return ripe(s) & (waited > RIPE_DAYS) & (s.stage < 1)


@flag(FindingKind.PROBLEM)
def drifting(s: Situation) -> Truths:
    """A long-term problem without a milestone within a year either side."""
    return is_solvable(s, Solvability.LONG_TERM) & ~has_milestone(s)


@flag(FindingKind.PROBLEM)
def solved(s: Situation) -> Truths:
    """In practice, and those affected confirm it."""
    return is_solved(s)


@flag(FindingKind.PROBLEM)
def solved_unconfirmed(s: Situation) -> Truths:
    """In practice, but those affected have not confirmed it."""
    return (s.stage >= IN_PRACTICE) & ~is_confirmed(s)


@flag(FindingKind.PROBLEM)
def recurred(s: Situation) -> Truths:
    """It was solved at some earlier date, and has lapsed."""
    lapsed = np.flatnonzero(
        s.any_outcome(s.outcomes.has_lapsed) & s.is_kind(FindingKind.PROBLEM) & _is_surveyed(s)
    )
    segment, past = rising_days(s.book, s.cases.finding[lapsed], s.day[lapsed], s.cases.knowledge)
    earlier = past.day < s.day[lapsed][segment]
    return some(_were_solved(s, past) & earlier, lapsed[segment], len(s))


def _were_solved(s: Situation, past: Cases) -> Truths:
    """Tell which other cases of the book were solved."""
    found = [is_solved(type(s)(s.book, part)) for part in parts(s.book, past)]
    return np.concatenate([np.zeros(0, dtype=bool), *found])


def solved_since(s: Situation) -> Days:
    """Return the last day, up to each case's, on which a problem became solved; MISSING where never."""
    chosen = np.flatnonzero(s.is_kind(FindingKind.PROBLEM) & _is_surveyed(s))
    segment, past = rising_days(s.book, s.cases.finding[chosen], s.day[chosen], s.cases.knowledge)
    now = np.flatnonzero(_were_solved(s, past))
    eve = Cases(past.finding[now], past.day[now] - np.int32(1), s.cases.knowledge)
    rose = now[~_were_solved(s, eve)]
    return greatest(past.day[rose], np.ones(len(rose), dtype=bool), chosen[segment[rose]], len(s))


def _is_surveyed(s: Situation) -> Truths:
    """Tell where a confirmation indicator is required; without one nothing was ever solved."""
    segment, link = s.book.measures.expand(s.cases.finding)
    asks = (
        s.book.targets.is_confirmation[s.book.measures["indicator"][link]]
        & s.book.measures["is_required"][link]
    )
    return some(asks, segment, len(s))

"""Is a problem solved, do the people affected agree, and what does it wait for?

Method, section 6: solvability decides what is asked; the stage is the ladder's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.actions import ActionState
from theorytopractice.assessment.candidate_days import rising_days, split_days
from theorytopractice.assessment.columns import code
from theorytopractice.assessment.flags import flag
from theorytopractice.assessment.grouped import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    greatest,
    last,
    pick,
    some,
)
from theorytopractice.assessment.visibility import FindingDays, is_after, is_visible
from theorytopractice.model.vocabularies import ActionRole, FindingKind, Solvability

if TYPE_CHECKING:
    from theorytopractice.assessment.assessment import Assessment


RIPE_DAYS, MILESTONE_DAYS, CONFIRMATION_DAYS = 30, 365, 400
IN_PRACTICE = 4


def is_solvable(s: Assessment, word: Solvability) -> BoolArray:
    """Tell which cases are problems of this solvability."""
    solvability = s.encoded.findings.solvability[s.cases.finding]
    return s.is_kind(FindingKind.PROBLEM) & (solvability == code(Solvability, word))


def is_enabling(s: Assessment) -> BoolArray:
    """Tell which action links are live enabling ones."""
    return s.role(ActionRole.ENABLES) & ~s.actions.is_cancelled


@dataclass(frozen=True, slots=True)
class Surveys:
    """The required confirmation indicators of some cases; one entry a (case, indicator link).

    ``row`` is the latest visible final value in the book's observations (−1: nobody has answered yet),
    ``is_recent`` where it is not too old, ``passes`` where it also asked enough people and reached its target.
    """

    case: IntArray
    indicator: IntArray
    row: IntArray
    is_recent: BoolArray
    passes: BoolArray


def surveys(s: Assessment, wanted: BoolArray) -> Surveys:
    """Read the latest surveys of the wanted cases (method, section 6)."""
    chosen = np.flatnonzero(wanted)
    segment, link = s.encoded.finding_indicators.expand(s.cases.finding[chosen])
    indicator = s.encoded.finding_indicators["indicator"][link]
    asked = s.encoded.finding_indicators["is_required"][link] & s.encoded.targets.is_confirmation[indicator]
    case, indicator = chosen[segment[asked]], indicator[asked]
    facts, n = s.encoded.observations, len(case)
    segment, row = facts.expand(indicator)
    seen = is_visible(facts, row, s.day[case][segment], s.cases.knowledge) & facts["is_final"][row]
    seen &= is_after(facts["day"][row], s.visible.revised_on[case][segment])
    latest = pick(row, last(seen, segment, n), -1)
    age = s.day[case].astype(np.int64) - pick(facts["day"], latest, MISSING)
    is_recent = (latest >= 0) & (age <= CONFIRMATION_DAYS)
    passes = is_recent & pick(facts["is_confirming"], latest, False)
    return Surveys(case, indicator, latest, is_recent, passes)


def survey_results(s: Assessment, case: IntArray, latest: IntArray) -> Array:
    """Say of surveys what their latest values show (method, section 6); t0 and lag play no part in it."""
    facts = s.encoded.observations
    age = s.day[case].astype(np.int64) - pick(facts["day"], latest, MISSING)
    return np.select(
        [latest < 0, age > CONFIRMATION_DAYS, pick(facts["is_confirming"], latest, False)],
        ["no_value", "stale", "confirmed"],
        "not_confirmed",
    )


def is_confirmed(s: Assessment) -> BoolArray:
    """Tell where those affected confirm: every required confirmation indicator passes, and there is one."""
    said = s.surveys
    return some(said.passes, said.case, len(s)) & ~some(~said.passes, said.case, len(s))


def is_solved(s: Assessment) -> BoolArray:
    """Tell where a problem is solved: open, stage 4 or more, and confirmed."""
    return s.is_kind(FindingKind.PROBLEM) & s.visible.is_open & (s.stage >= IN_PRACTICE) & is_confirmed(s)


def ripe_on(s: Assessment) -> DayArray:
    """Return the day on which every live enabling action was done; MISSING where it is not so."""
    live, case = is_enabling(s), s.actions.case
    ready = s.any_action(live) & ~s.any_action(live & (s.actions.state != ActionState.DONE))
    day = greatest(s.actions.done_on, live, case, len(s))
    return np.where(ready, day, MISSING)


def has_milestone(s: Assessment) -> BoolArray:
    """Tell where some due date or target date lies within a year either side of the as-of day."""
    links = (s.actions.counts & s.actions.is_live) | is_enabling(s)
    due = s.actions.due.astype(np.int64)
    near = np.abs(due - s.day[s.actions.case]) <= MILESTONE_DAYS
    segment, link = s.encoded.finding_indicators.expand(s.cases.finding)
    target_on = s.encoded.targets.target_on[s.encoded.finding_indicators["indicator"][link]].astype(np.int64)
    near_target = np.abs(target_on - s.day[segment]) <= MILESTONE_DAYS
    return s.any_action(links & near) | some(near_target, segment, len(s))


@flag(FindingKind.PROBLEM)
def ripe(s: Assessment) -> BoolArray:
    """The conditions that the problem needed are there."""
    return is_solvable(s, Solvability.NEEDS_CONDITIONS) & (ripe_on(s) != MISSING)


@flag(FindingKind.PROBLEM)
def ripe_not_moved(s: Assessment) -> BoolArray:
    """Ripe for more than 30 days, and still on the shelf."""
    waited = s.day.astype(np.int64) - ripe_on(s)
    return ripe(s) & (waited > RIPE_DAYS) & (s.stage < 1)


@flag(FindingKind.PROBLEM)
def drifting(s: Assessment) -> BoolArray:
    """A long-term problem without a milestone within a year either side."""
    return is_solvable(s, Solvability.LONG_TERM) & ~has_milestone(s)


@flag(FindingKind.PROBLEM)
def solved(s: Assessment) -> BoolArray:
    """In practice, and those affected confirm it."""
    return is_solved(s)


@flag(FindingKind.PROBLEM)
def solved_unconfirmed(s: Assessment) -> BoolArray:
    """In practice, but those affected have not confirmed it."""
    return (s.stage >= IN_PRACTICE) & ~is_confirmed(s)


@flag(FindingKind.PROBLEM)
def recurred(s: Assessment) -> BoolArray:
    """It was solved at some earlier date, and has lapsed."""
    lapsed = np.flatnonzero(
        s.any_outcome(s.outcomes.has_lapsed) & s.is_kind(FindingKind.PROBLEM) & _is_surveyed(s)
    )
    segment, past = rising_days(s.encoded, s.cases.finding[lapsed], s.day[lapsed], s.cases.knowledge)
    earlier = past.day < s.day[lapsed][segment]
    return some(_solved_on(s, past) & earlier, lapsed[segment], len(s))


def _solved_on(s: Assessment, past: FindingDays) -> BoolArray:
    """Tell which other cases of the book were solved."""
    found = [is_solved(type(s)(s.encoded, part)) for part in split_days(s.encoded, past)]
    return np.concatenate([np.zeros(0, dtype=bool), *found])


def solved_since(s: Assessment) -> DayArray:
    """Return the last day, up to each case's, on which a problem became solved; MISSING where never."""
    chosen = np.flatnonzero(s.is_kind(FindingKind.PROBLEM) & _is_surveyed(s))
    segment, past = rising_days(s.encoded, s.cases.finding[chosen], s.day[chosen], s.cases.knowledge)
    now = np.flatnonzero(_solved_on(s, past))
    eve = FindingDays(past.finding[now], past.day[now] - np.int32(1), s.cases.knowledge)
    rose = now[~_solved_on(s, eve)]
    return greatest(past.day[rose], np.ones(len(rose), dtype=bool), chosen[segment[rose]], len(s))


def _is_surveyed(s: Assessment) -> BoolArray:
    """Tell where a confirmation indicator is required; without one nothing was ever solved."""
    segment, link = s.encoded.finding_indicators.expand(s.cases.finding)
    asks = (
        s.encoded.targets.is_confirmation[s.encoded.finding_indicators["indicator"][link]]
        & s.encoded.finding_indicators["is_required"][link]
    )
    return some(asks, segment, len(s))

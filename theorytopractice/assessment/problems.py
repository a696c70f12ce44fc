"""Is a problem solved, do the people affected agree, and what does it wait for?

Method, section 6: solvability decides what is asked; the stage is the ladder's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    code,
    greatest,
    last,
    pick,
    some,
)
from theorytopractice.assessment.encoded_plan import is_after, is_visible
from theorytopractice.model.vocabularies import ActionRole, ActionState, FindingKind, Solvability

if TYPE_CHECKING:
    from theorytopractice.assessment.ladder import FindingFacts

RIPE_DAYS, MILESTONE_DAYS, CONFIRMATION_DAYS = 30, 365, 400


def is_solvable(a: FindingFacts, word: Solvability) -> BoolArray:
    """Tell which cases are problems of this solvability."""
    solvability = a.encoded.findings.solvability[a.cases.finding]
    return a.is_kind(FindingKind.PROBLEM) & (solvability == code(Solvability, word))


def is_enabling(a: FindingFacts) -> BoolArray:
    """Tell which action links are live enabling ones."""
    return a.role(ActionRole.ENABLES) & ~a.actions.is_cancelled


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


def surveys(a: FindingFacts, wanted: BoolArray) -> Surveys:
    """Read the latest surveys of the wanted cases (method, section 6)."""
    chosen = np.flatnonzero(wanted)
    segment, link = a.encoded.finding_indicators.expand(a.cases.finding[chosen])
    indicator = a.encoded.finding_indicators["indicator"][link]
    asked = a.encoded.finding_indicators["is_required"][link] & a.encoded.targets.is_confirmation[indicator]
    case, indicator = chosen[segment[asked]], indicator[asked]
    facts, n = a.encoded.observations, len(case)
    segment, row = facts.expand(indicator)
    seen = is_visible(facts, row, a.day[case][segment], a.cases.knowledge) & facts["is_final"][row]
    seen &= is_after(facts["day"][row], a.visible.revised_on[case][segment])
    latest = pick(row, last(seen, segment, n), -1)
    age = a.day[case].astype(np.int64) - pick(facts["day"], latest, MISSING)
    is_recent = (latest >= 0) & (age <= CONFIRMATION_DAYS)
    passes = is_recent & pick(facts["is_confirming"], latest, False)
    return Surveys(case, indicator, latest, is_recent, passes)


def survey_results(a: FindingFacts, case: IntArray, latest: IntArray) -> Array:
    """Say of surveys what their latest values show (method, section 6); t0 and lag play no part in it."""
    facts = a.encoded.observations
    age = a.day[case].astype(np.int64) - pick(facts["day"], latest, MISSING)
    return np.select(
        [latest < 0, age > CONFIRMATION_DAYS, pick(facts["is_confirming"], latest, False)],
        ["no_value", "stale", "confirmed"],
        "not_confirmed",
    )


def ripe_on(a: FindingFacts) -> DayArray:
    """Return the day on which every live enabling action was done; MISSING where it is not so."""
    live, case = is_enabling(a), a.actions.case
    ready = a.any_action(live) & ~a.any_action(live & ~a.actions.is_in(ActionState.DONE))
    day = greatest(a.actions.done_on, live, case, len(a))
    return np.where(ready, day, MISSING)


def has_milestone(a: FindingFacts) -> BoolArray:
    """Tell where some due date or target date lies within a year either side of the as-of day."""
    links = (a.actions.counts & a.actions.is_live) | is_enabling(a)
    due = a.actions.due.astype(np.int64)
    near = np.abs(due - a.day[a.actions.case]) <= MILESTONE_DAYS
    segment, link = a.encoded.finding_indicators.expand(a.cases.finding)
    target_on = a.encoded.targets.target_on[a.encoded.finding_indicators["indicator"][link]].astype(np.int64)
    near_target = np.abs(target_on - a.day[segment]) <= MILESTONE_DAYS
    return a.any_action(links & near) | some(near_target, segment, len(a))


def is_surveyed(a: FindingFacts) -> BoolArray:
    """Tell where a confirmation indicator is required; without one nothing was ever solved."""
    segment, link = a.encoded.finding_indicators.expand(a.cases.finding)
    asks = (
        a.encoded.targets.is_confirmation[a.encoded.finding_indicators["indicator"][link]]
        & a.encoded.finding_indicators["is_required"][link]
    )
    return some(asks, segment, len(a))

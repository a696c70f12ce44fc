"""On which day was each stage first reached, and since when is a finding in practice? (method, 12.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.candidate_days import rising_days, split_days
from theorytopractice.assessment.columns import code
from theorytopractice.assessment.grouped import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    first,
    greatest,
    last,
    pick,
    some,
)
from theorytopractice.assessment.problems import is_surveyed
from theorytopractice.assessment.visibility import FindingDays
from theorytopractice.model.vocabularies import FindingKind, Stage

if TYPE_CHECKING:
    from theorytopractice.assessment.encoded_plan import EncodedPlan


FIRSTS = {
    "first_planned_on": Stage.PLANNED,
    "first_started_on": Stage.UNDER_WAY,
    "carried_out_on": Stage.CARRIED_OUT,
}


def stages_on(encoded: EncodedPlan, cases: FindingDays) -> Array:
    """Return the stage of each case, −1 where the finding is not open; a slice of cases at a time."""
    stages = [np.zeros(0, dtype=np.int8)]
    for part in split_days(encoded, cases):
        a = Assessment(encoded, part)
        stages.append(np.where(a.visible.is_open, a.stage, -1).astype(np.int8))
    return np.concatenate(stages)


def solved_on(encoded: EncodedPlan, cases: FindingDays) -> BoolArray:
    """Tell which cases are problems that were solved; a slice of cases at a time."""
    solved = [Assessment(encoded, part).is_solved for part in split_days(encoded, cases)]
    return np.concatenate([np.zeros(0, dtype=bool), *solved])


@dataclass(frozen=True, slots=True)
class StageHistory:
    """The stage of each of n cases on every candidate day up to its own; −1 on days when it was not open.

    ``segment`` is the case of each candidate. Closed findings keep the days that they had reached.
    """

    encoded: EncodedPlan
    n: int
    segment: IntArray
    candidates: FindingDays
    stage: Array

    def first(self, level: int) -> DayArray:
        """Return the first day of each case at a stage or above; MISSING where never."""
        return pick(self.candidates.day, first(self.stage >= level, self.segment, self.n), MISSING)

    def first_solved(self) -> DayArray:
        """Return the first day on which each problem was solved (method, section 6); MISSING where never.

        No other day can be the first: what solves a problem is a stage or a survey that becomes visible.
        """
        days = self.candidates
        is_problem = self.encoded.findings.kind[days.finding] == code(FindingKind, FindingKind.PROBLEM)
        chosen = np.flatnonzero((self.stage >= Stage.IN_PRACTICE) & is_problem)
        asked = FindingDays(days.finding[chosen], days.day[chosen], days.knowledge)
        solved = solved_on(self.encoded, asked)
        return pick(asked.day, first(solved, self.segment[chosen], self.n), MISSING)


def stage_history(encoded: EncodedPlan, cases: FindingDays) -> StageHistory:
    """Assess every candidate day of the cases (method, 12.1)."""
    segment, candidates = rising_days(encoded, cases.finding, cases.day, cases.knowledge)
    return StageHistory(encoded, len(cases), segment, candidates, stages_on(encoded, candidates))


def first_days(encoded: EncodedPlan, cases: FindingDays) -> dict[str, DayArray]:
    """Return the four dates of each case: the FIRSTS and ``in_practice_since``; MISSING where never."""
    past = stage_history(encoded, cases)
    candidates, stage = past.candidates, past.stage
    dates = {name: past.first(level) for name, level in FIRSTS.items()}
    practised = np.flatnonzero(stage >= Stage.IN_PRACTICE)
    eve = FindingDays(candidates.finding[practised], candidates.day[practised] - np.int32(1), cases.knowledge)
    rose = np.zeros(len(stage), dtype=bool)
    rose[practised] = stages_on(encoded, eve) < Stage.IN_PRACTICE
    since = pick(candidates.day, last(rose, past.segment, past.n), MISSING)
    now = stages_on(encoded, cases) >= Stage.IN_PRACTICE
    return {**dates, "in_practice_since": np.where(now, since, MISSING)}


def has_recurred(a: Assessment) -> BoolArray:
    """Tell which problems were solved on some earlier day and have lapsed (method, section 6)."""
    is_back = a.any_outcome(a.outcomes.has_lapsed)
    lapsed, segment, past = _past_of_problems(a, is_back)
    earlier = past.day < a.day[lapsed][segment]
    return some(solved_on(a.encoded, past) & earlier, lapsed[segment], len(a))


def solved_since(a: Assessment) -> DayArray:
    """Return the last day, up to each case's, on which a problem became solved; MISSING where never."""
    chosen, segment, past = _past_of_problems(a, np.ones(len(a), dtype=bool))
    now = np.flatnonzero(solved_on(a.encoded, past))
    eve = FindingDays(past.finding[now], past.day[now] - np.int32(1), a.cases.knowledge)
    rose = now[~solved_on(a.encoded, eve)]
    return greatest(past.day[rose], np.ones(len(rose), dtype=bool), chosen[segment[rose]], len(a))


def _past_of_problems(a: Assessment, wanted: BoolArray) -> tuple[IntArray, IntArray, FindingDays]:
    """Return the wanted cases that may have been solved once, and their candidate days: (cases, place among these, days)."""
    chosen = np.flatnonzero(wanted & a.is_kind(FindingKind.PROBLEM) & is_surveyed(a))
    segment, past = rising_days(a.encoded, a.cases.finding[chosen], a.day[chosen], a.cases.knowledge)
    return chosen, segment, past

"""On which day was each stage first reached, and since when is a finding in practice? (method, 12.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.candidate_days import rising_days, split_days
from theorytopractice.assessment.columns import code
from theorytopractice.assessment.grouped import MISSING, Array, DayArray, IntArray, first, last, pick
from theorytopractice.assessment.problems import is_solved
from theorytopractice.assessment.visibility import FindingDays
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.encoded_plan import EncodedPlan


IN_PRACTICE = 4
FIRSTS = {"first_planned_on": 1, "first_started_on": 2, "carried_out_on": 3}


def stages_on(encoded: EncodedPlan, cases: FindingDays) -> Array:
    """Return the stage of each case, −1 where the finding is not open; a slice of cases at a time."""
    found = [np.zeros(0, dtype=np.int8)]
    for part in split_days(encoded, cases):
        s = Assessment(encoded, part)
        found.append(np.where(s.visible.is_open, s.stage, -1).astype(np.int8))
    return np.concatenate(found)


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
        chosen = np.flatnonzero((self.stage >= IN_PRACTICE) & is_problem)
        asked = FindingDays(days.finding[chosen], days.day[chosen], days.knowledge)
        found = [is_solved(Assessment(self.encoded, part)) for part in split_days(self.encoded, asked)]
        solved = np.concatenate([np.zeros(0, dtype=bool), *found])
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
    practised = np.flatnonzero(stage >= IN_PRACTICE)
    eve = FindingDays(candidates.finding[practised], candidates.day[practised] - np.int32(1), cases.knowledge)
    rose = np.zeros(len(stage), dtype=bool)
    rose[practised] = stages_on(encoded, eve) < IN_PRACTICE
    since = pick(candidates.day, last(rose, past.segment, past.n), MISSING)
    now = stages_on(encoded, cases) >= IN_PRACTICE
    return {**dates, "in_practice_since": np.where(now, since, MISSING)}

"""On which day was each stage first reached, and since when is a finding in practice?

Method, 12.1. The candidate days of all findings are assessed together, as one column of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.arrays.segments import MISSING, Array, Days, Ints, first, last, pick
from theorytopractice.assessment.stages.candidates import parts, rising_days
from theorytopractice.assessment.stages.problems import is_solved
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.assessment.stages.timeline import Cases
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.book import Book

IN_PRACTICE = 4
FIRSTS = {"first_planned_on": 1, "first_started_on": 2, "carried_out_on": 3}


def stages(book: Book, cases: Cases) -> Array:
    """Return the stage of each case, −1 where the finding is not open; a slice of cases at a time."""
    found = [np.zeros(0, dtype=np.int8)]
    for part in parts(book, cases):
        s = Situation(book, part)
        found.append(np.where(s.seen.is_open, s.stage, -1).astype(np.int8))
    return np.concatenate(found)


@dataclass(frozen=True, slots=True)
class Climb:
    """The stage of each of n cases on every candidate day up to its own; −1 on days when it was not open.

    ``segment`` is the case of each candidate. Closed findings keep the days that they had reached.
    """

    book: Book
    n: int
    segment: Ints
    candidates: Cases
    stage: Array

    def first(self, level: int) -> Days:
        """Return the first day of each case at a stage or above; MISSING where never."""
        return pick(self.candidates.day, first(self.stage >= level, self.segment, self.n), MISSING)

    def first_solved(self) -> Days:
        """Return the first day on which each problem was solved (method, section 6); MISSING where never.

        No other day can be the first: what solves a problem is a stage or a survey that becomes visible.
        """
        days = self.candidates
        is_problem = self.book.findings.kind[days.finding] == code(FindingKind, FindingKind.PROBLEM)
        chosen = np.flatnonzero((self.stage >= IN_PRACTICE) & is_problem)
        asked = Cases(days.finding[chosen], days.day[chosen], days.knowledge)
        found = [is_solved(Situation(self.book, part)) for part in parts(self.book, asked)]
        solved = np.concatenate([np.zeros(0, dtype=bool), *found])
        return pick(asked.day, first(solved, self.segment[chosen], self.n), MISSING)


def climb(book: Book, cases: Cases) -> Climb:
    """Assess every candidate day of the cases (method, 12.1)."""
    segment, candidates = rising_days(book, cases.finding, cases.day, cases.knowledge)
    return Climb(book, len(cases), segment, candidates, stages(book, candidates))


def first_days(book: Book, cases: Cases) -> dict[str, Days]:
    """Return the four dates of each case: the FIRSTS and ``in_practice_since``; MISSING where never."""
    past = climb(book, cases)
    candidates, stage = past.candidates, past.stage
    dates = {name: past.first(level) for name, level in FIRSTS.items()}
    practised = np.flatnonzero(stage >= IN_PRACTICE)
    eve = Cases(candidates.finding[practised], candidates.day[practised] - np.int32(1), cases.knowledge)
    rose = np.zeros(len(stage), dtype=bool)
    rose[practised] = stages(book, eve) < IN_PRACTICE
    since = pick(candidates.day, last(rose, past.segment, past.n), MISSING)
    now = stages(book, cases) >= IN_PRACTICE
    return {**dates, "in_practice_since": np.where(now, since, MISSING)}

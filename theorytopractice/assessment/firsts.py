"""On which day was each stage first reached, and since when is a finding in practice?

Method, 12.1. The candidate days of all findings are assessed together, as one column of cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.candidates import parts, rising_days
from theorytopractice.assessment.segments import MISSING, Array, Days, first, last, pick
from theorytopractice.assessment.situation import Situation
from theorytopractice.assessment.timeline import Cases

if TYPE_CHECKING:
    from theorytopractice.assessment.encoding import Book

IN_PRACTICE = 4
FIRSTS = {"first_planned_on": 1, "first_started_on": 2, "carried_out_on": 3}


def stages(book: Book, cases: Cases) -> Array:
    """Return the stage of each case, −1 where the finding is not open; a slice of cases at a time."""
    found = [np.zeros(0, dtype=np.int8)]
    for part in parts(book, cases):
        s = Situation(book, part)
        found.append(np.where(s.seen.is_open, s.stage, -1).astype(np.int8))
    return np.concatenate(found)


def first_days(book: Book, cases: Cases) -> dict[str, Days]:
    """Return the four dates of each case: the FIRSTS and ``in_practice_since``; MISSING where never."""
    segment, candidates = rising_days(book, cases.finding, cases.day, cases.knowledge)
    stage = stages(book, candidates)
    n = len(cases)
    dates = {
        name: pick(candidates.day, first(stage >= level, segment, n), MISSING)
        for name, level in FIRSTS.items()
    }
    practised = np.flatnonzero(stage >= IN_PRACTICE)
    eve = Cases(candidates.finding[practised], candidates.day[practised] - np.int32(1), cases.knowledge)
    rose = np.zeros(len(stage), dtype=bool)
    rose[practised] = stages(book, eve) < IN_PRACTICE
    since = pick(candidates.day, last(rose, segment, n), MISSING)
    now = stages(book, cases) >= IN_PRACTICE
    return {**dates, "in_practice_since": np.where(now, since, MISSING)}

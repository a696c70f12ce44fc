"""Which measurements lie before a finding's actions, which after, and which between?

Method, section 13. A pair is one open insight or problem and one of its linked indicators, required or not,
of any level, that has final values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code, codes, numbers
from theorytopractice.assessment.arrays.segments import MISSING, NEVER, begins, least
from theorytopractice.assessment.change.rhythm import time_of
from theorytopractice.assessment.change.run_chart import Values
from theorytopractice.assessment.stages.outcome import Asked, readings
from theorytopractice.model.vocabularies import Direction, FindingKind, Measure

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.arrays.segments import Array, Days, Floats, Ints, Truths
    from theorytopractice.assessment.stages.situation import Situation

NO_PHASE, PRE, PHASE_IN, POST = -1, 0, 1, 2
PHASES = ("pre", "phase-in", "post")
TOO_LARGE = 1e150
WORDED = [code(Measure, Measure.ORDINAL), code(Measure, Measure.NOMINAL)]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The pairs with their days (MISSING where undefined), and the values of each, one a date.

    ``better`` is 1 where more is better, −1 where less is, 0 where values are words or should keep to a
    range. ``phase`` is a position in PHASES, NO_PHASE where no action has started. ``row`` points into the
    book's observations, ``unit`` into UNITS.
    """

    case: Ints
    indicator: Ints
    started_on: Days
    completed_on: Days
    post_from: Days
    better: Floats
    is_worded: Truths
    is_range: Truths
    is_count: Truths
    unit: Array
    series: Values
    row: Ints
    day: Days
    phase: Array
    exposure: Floats

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.case)

    def rows_of(self, pair: int) -> slice:
        """Return where the values of one pair lie."""
        begin, end = np.searchsorted(self.series.segment, [pair, pair + 1])
        return slice(int(begin), int(end))


def observe(s: Situation) -> BeforeAfter:
    """Gather the pairs of a situation and lay out their visible final values (method, section 13)."""
    book, case, indicator = s.book, *_pairs(s)
    read = readings(book, s.cases, s.seen, Asked(case, indicator, s.start[case])).one_a_date()
    filled, segment = np.unique(read.segment, return_inverse=True)
    case, indicator = case[filled], indicator[filled]
    started, completed, post_from = _days(s, case, indicator)
    time, unit = time_of(read.day, segment, len(case))
    value = _numbers(book, read.row)
    is_worded = np.isin(_measure(book)[indicator], WORDED)
    rises, falls, is_range = _directions(book, indicator)
    better = np.where(is_worded, 0.0, rises.astype(np.float64) - falls)
    better[segment[np.isnan(value)]] = 0
    return BeforeAfter(
        case=case,
        indicator=indicator,
        started_on=started,
        completed_on=completed,
        post_from=post_from,
        better=better,
        is_worded=is_worded,
        is_range=is_range,
        is_count=_measure(book)[indicator] == code(Measure, Measure.COUNT),
        unit=unit,
        series=Values(segment, time, value, len(case)),
        row=read.row,
        day=read.day,
        phase=_phases(read.day, started[segment], post_from[segment]),
        exposure=book.observations["n"][read.row],
    )


def _pairs(s: Situation) -> tuple[Ints, Ints]:
    """Return (case, indicator) of every open insight or problem and each of its indicators, once."""
    chosen = np.flatnonzero(s.seen.is_open & s.is_kind(FindingKind.INSIGHT, FindingKind.PROBLEM))
    segment, link = s.book.measures.expand(s.cases.finding[chosen])
    indicator = s.book.measures["indicator"][link]
    is_new = begins(segment)
    is_new[1:] |= indicator[1:] != indicator[:-1]
    return chosen[segment[is_new]], indicator[is_new]


def _days(s: Situation, case: Ints, indicator: Ints) -> tuple[Days, Days, Days]:
    """Return t0, the earliest complete, and the day from which values count as after, lag included."""
    started = s.start[case]
    completed = least(s.actions.first_completed_on, s.actions.is_live, s.actions.case, len(s))[case]
    begin = np.where(completed != NEVER, completed, started)
    lagged = begin.astype(np.int64) + s.book.targets.lag[indicator]
    post_from = np.where(begin == NEVER, MISSING, np.minimum(lagged, NEVER)).astype(np.int32)
    return _known(started), _known(completed), post_from


def _known(days: Days) -> Days:
    return np.where(days == NEVER, MISSING, days)


def _phases(day: Days, started: Days, post_from: Days) -> Array:
    """Tell the phase of each value; one between start and completion (and lag) is in neither group."""
    phase = np.select([started == MISSING, day < started, day < post_from], [NO_PHASE, PRE, PHASE_IN], POST)
    return phase.astype(np.int8)


def _numbers(book: Book, row: Ints) -> Floats:
    """Read values as floats; NaN for words and for what is too large to be squared."""
    value = numbers(book.frames["observation"]["value"].iloc[book.observations.row[row]])
    return np.where(np.abs(value) < TOO_LARGE, value, np.nan)


def _measure(book: Book) -> Array:
    return codes(book.frames["indicator"]["measure"], Measure)


def _directions(book: Book, indicator: Ints) -> tuple[Truths, Truths, Truths]:
    """Tell which indicators should rise, fall, or keep to a range."""
    direction = codes(book.frames["indicator"]["direction"], Direction)[indicator]
    rises, falls, ranges = (
        direction == code(Direction, word)
        for word in (Direction.ASCENDING, Direction.DESCENDING, Direction.RANGE)
    )
    return rises, falls, ranges

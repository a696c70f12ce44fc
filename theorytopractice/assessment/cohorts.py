"""Which series can be judged together, and on which values? (method, section 13.3).

Series with the same measure and the same rhythm share one model. Daily values are judged by whole weeks, so that
the days of the week cancel out, and very long series by blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.before_after import CYCLES, POST, PRE, UNITS, BeforeAfter
from theorytopractice.assessment.change_model import Layout
from theorytopractice.assessment.controls import controls_of, difference
from theorytopractice.assessment.judgement import Cohort, Outcome, judge

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import FloatArray, IntArray
    from theorytopractice.assessment.ladder import FindingFacts

WEEK, WEEKS_PRE, WEEKS_POST = 7, 4, 3
WHOLE = 100.0
MOST = 240  # values of one series, beyond which neighbours are put together
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Judged:
    """What is told of one pair, with the values it was judged on.

    ``block`` is the place of each compared value among those judged, −1 where it is in none; ``row`` the place
    of the pair in ``outcome``.
    """

    outcome: Outcome
    row: int
    cohort: Cohort
    block: IntArray

    def first_of(self, place: int) -> int:
        """Return which compared value begins a block."""
        return int(np.flatnonzero(self.block == place)[0])

    def last_of(self, place: int) -> int:
        """Return which compared value ends a block."""
        return int(np.flatnonzero(self.block == place)[-1])


@dataclass(frozen=True, slots=True)
class _Series:
    """The compared values of one pair."""

    time: FloatArray
    value: FloatArray
    size: FloatArray | None
    n_pre: int
    unit: int
    measure: str
    block: IntArray

    @property
    def key(self) -> tuple[object, ...]:
        """What series have in common that are judged together."""
        time = tuple(np.round(self.time - self.time[0], DIGITS)) if len(self.time) else ()
        return time, self.n_pre, self.unit, self.measure, self.size is not None, self.is_plain

    @property
    def is_plain(self) -> bool:
        """Tell whether the values are none that their measure can have, so that they are taken as plain numbers."""
        most = WHOLE if self.measure == "percentage" else np.inf
        return bool(((self.value < 0) | (self.value > most)).any())

    @property
    def layout(self) -> Layout:
        """When it was measured."""
        time = tuple(float(t) for t in np.round(self.time - self.time[0], DIGITS))
        cycle = float(WEEK) if UNITS[self.unit] == "day" else CYCLES.get(UNITS[self.unit], 0.0)
        return Layout(time, self.n_pre, cycle)


def judge_pairs(pairs: BeforeAfter) -> dict[int, Judged]:
    """Judge every pair with a better side; the key is the place of the pair."""
    series = {pair: series_of(pairs, pair) for pair in np.flatnonzero(pairs.better != 0).tolist()}
    groups: dict[tuple[object, ...], list[int]] = {}
    for pair, one in series.items():
        if len(one.time):
            groups.setdefault(one.key, []).append(pair)
    judged = {}
    for members in groups.values():
        first = series[members[0]]
        size = None if first.size is None else np.array([series[pair].size for pair in members], dtype=float)
        value = np.array([series[pair].value for pair in members])
        cohort = Cohort(first.layout, first.measure, value, size, pairs.better[members])
        outcome = judge(cohort)
        for row, pair in enumerate(members):
            judged[pair] = Judged(outcome, row, cohort, series[pair].block)
    return judged


def series_of(pairs: BeforeAfter, pair: int) -> _Series:
    """Return the compared values of a pair, put together where they are daily or very many."""
    own = pairs.rows_of(pair)
    phase = pairs.phase[own]
    kept = (phase == PRE) | (phase == POST)
    size = pairs.exposure[own][kept]
    has_size = bool(len(size)) and bool((size > 0).all())
    series = _Series(
        time=pairs.series.time[own][kept],
        value=pairs.counted[own][kept],
        size=size if has_size and pairs.measure[pair] != "unit" else None,
        n_pre=int((phase == PRE).sum()),
        unit=int(pairs.unit[pair]),
        measure=str(pairs.measure[pair]),
        block=np.arange(int(kept.sum())),
    )
    return _blocked(series)


def beside_controls(s: FindingFacts, pairs: BeforeAfter) -> dict[int, Judged]:
    """Judge by how much the pairs that have controls differ from these; the key is the place of the pair."""
    judged = {}
    for pair, others in controls_of(s, pairs).items():
        own = pairs.rows_of(pair)
        kept = (pairs.phase[own] == PRE) | (pairs.phase[own] == POST)
        mine = pairs.counted[own][kept], pairs.exposure[own][kept]
        n_pre = int((pairs.phase[own] == PRE).sum())
        series = _blocked(
            _Series(
                time=pairs.series.time[own][kept],
                value=difference(str(pairs.measure[pair]), [mine, *others], n_pre),
                size=None,
                n_pre=n_pre,
                unit=int(pairs.unit[pair]),
                measure="unit",
                block=np.arange(int(kept.sum())),
            )
        )
        cohort = Cohort(series.layout, "unit", series.value[None], None, pairs.better[[pair]])
        judged[pair] = Judged(judge(cohort), 0, cohort, series.block)
    return judged


def _blocked(series: _Series) -> _Series:
    """Put values together where they are daily or very many."""
    n_post = len(series.time) - series.n_pre
    if UNITS[series.unit] == "day" and series.n_pre >= WEEK * WEEKS_PRE and n_post >= WEEK * WEEKS_POST:
        series = _by_weeks(series)
    if len(series.time) > MOST:
        series = _by_blocks(series, -(-len(series.time) // MOST))
    return series


def _by_weeks(series: _Series) -> _Series:
    """Put whole weeks together, counted from the action in both directions."""
    day, n_pre = series.time, series.n_pre
    after = np.floor((day - day[n_pre]) / WEEK)
    before = np.floor((day - day[n_pre - 1] - 1) / WEEK)
    week = np.where(
        np.arange(len(day)) < n_pre, before, after + np.ceil((day[n_pre] - day[n_pre - 1]) / WEEK) - 1
    )
    names, place, number = np.unique(week, return_inverse=True, return_counts=True)
    block = np.where((number >= WEEK)[place], np.cumsum(number >= WEEK)[place] - 1, -1)
    is_pre = names[number >= WEEK] < 0
    return _put_together(series, block, names[number >= WEEK], int(is_pre.sum()), UNITS.index("week"))


def _by_blocks(series: _Series, size: int) -> _Series:
    """Put neighbours together, before and since apart; what is left over at the far ends is left out."""
    n_pre, n = series.n_pre, len(series.time)
    before, after = n_pre // size, (n - n_pre) // size
    place = np.arange(n)
    block = np.where(
        place < n_pre, (place - (n_pre - before * size)) // size, before + (place - n_pre) // size
    )
    block = np.where((place < n_pre - before * size) | (block >= before + after), -1, block)
    time = np.bincount(block[block >= 0], series.time[block >= 0]) / size
    return _put_together(series, block, time, before, series.unit)


def _put_together(series: _Series, block: IntArray, time: FloatArray, n_pre: int, unit: int) -> _Series:
    inside = block >= 0
    number = np.bincount(block[inside]).astype(np.float64)
    size = None if series.size is None else _sum(block[inside], series.size[inside])
    if series.measure == "count":
        value, size = _sum(block[inside], series.value[inside]), number if size is None else size
    elif series.size is not None and size is not None:
        value = _sum(block[inside], (series.value * series.size)[inside]) / size
    else:
        value = _sum(block[inside], series.value[inside]) / number
    return _Series(time, value, size, n_pre, unit, series.measure, block)


def _sum(block: IntArray, value: FloatArray) -> FloatArray:
    """Return the sum of each block."""
    return np.asarray(np.bincount(block, value), dtype=np.float64)

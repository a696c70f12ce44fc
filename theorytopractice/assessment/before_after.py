"""Which measurements lie before a finding's actions and which after, and which verdict do they allow? (method, section 13)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.cadence import time_axis
from theorytopractice.assessment.columns import code, codes, numbers
from theorytopractice.assessment.grouped import MISSING, NEVER, begins, least, some
from theorytopractice.assessment.outcomes import RequiredIndicators, observed_values
from theorytopractice.assessment.run_chart import (
    LEVEL,
    TWO_THIRDS,
    Limits,
    Runs,
    Values,
    limits,
    longest_run,
    runs,
    sides,
    trend_p,
    two_of_three,
)
from theorytopractice.model.vocabularies import Direction, FindingKind, Measure

if TYPE_CHECKING:
    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, BoolArray, DayArray, FloatArray, IntArray


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

    case: IntArray
    indicator: IntArray
    started_on: DayArray
    completed_on: DayArray
    post_from: DayArray
    better: FloatArray
    is_worded: BoolArray
    is_range: BoolArray
    is_count: BoolArray
    unit: Array
    series: Values
    row: IntArray
    day: DayArray
    phase: Array
    exposure: FloatArray

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.case)

    def rows_of(self, pair: int) -> slice:
        """Return where the values of one pair lie."""
        begin, end = np.searchsorted(self.series.segment, [pair, pair + 1])
        return slice(int(begin), int(end))


def observe(s: Assessment) -> BeforeAfter:
    """Gather the pairs of a situation and lay out their visible final values (method, section 13)."""
    encoded, case, indicator = s.encoded, *_pairs(s)
    read = observed_values(
        encoded, s.cases, s.visible, RequiredIndicators(case, indicator, s.start[case])
    ).one_a_date()
    filled, segment = np.unique(read.segment, return_inverse=True)
    case, indicator = case[filled], indicator[filled]
    started, completed, post_from = _days(s, case, indicator)
    time, unit = time_axis(read.day, segment, len(case))
    value = _numbers(encoded, read.row)
    is_worded = np.isin(_measure(encoded)[indicator], WORDED)
    rises, falls, is_range = _directions(encoded, indicator)
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
        is_count=_measure(encoded)[indicator] == code(Measure, Measure.COUNT),
        unit=unit,
        series=Values(segment, time, value, len(case)),
        row=read.row,
        day=read.day,
        phase=_phases(read.day, started[segment], post_from[segment]),
        exposure=encoded.observations["n"][read.row],
    )


def _pairs(s: Assessment) -> tuple[IntArray, IntArray]:
    """Return (case, indicator) of every open insight or problem and each of its indicators, once."""
    chosen = np.flatnonzero(s.visible.is_open & s.is_kind(FindingKind.INSIGHT, FindingKind.PROBLEM))
    segment, link = s.encoded.finding_indicators.expand(s.cases.finding[chosen])
    indicator = s.encoded.finding_indicators["indicator"][link]
    is_new = begins(segment)
    is_new[1:] |= indicator[1:] != indicator[:-1]
    return chosen[segment[is_new]], indicator[is_new]


def _days(s: Assessment, case: IntArray, indicator: IntArray) -> tuple[DayArray, DayArray, DayArray]:
    """Return t0, the earliest complete, and the day from which values count as after, lag included."""
    started = s.start[case]
    completed = least(s.actions.first_completed_on, s.actions.is_live, s.actions.case, len(s))[case]
    begin = np.where(completed != NEVER, completed, started)
    lagged = begin.astype(np.int64) + s.encoded.targets.lag[indicator]
    post_from = np.where(begin == NEVER, MISSING, np.minimum(lagged, NEVER)).astype(np.int32)
    return _visible_rows(started), _visible_rows(completed), post_from


def _visible_rows(days: DayArray) -> DayArray:
    return np.where(days == NEVER, MISSING, days)


def _phases(day: DayArray, started: DayArray, post_from: DayArray) -> Array:
    """Tell the phase of each value; one between start and completion (and lag) is in neither group."""
    phase = np.select([started == MISSING, day < started, day < post_from], [NO_PHASE, PRE, PHASE_IN], POST)
    return phase.astype(np.int8)


def _numbers(encoded: EncodedPlan, row: IntArray) -> FloatArray:
    """Read values as floats; NaN for words and for what is too large to be squared."""
    value = numbers(encoded.frames["observation"]["value"].iloc[encoded.observations.row[row]])
    return np.where(np.abs(value) < TOO_LARGE, value, np.nan)


def _measure(encoded: EncodedPlan) -> Array:
    return codes(encoded.frames["indicator"]["measure"], Measure)


def _directions(encoded: EncodedPlan, indicator: IntArray) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Tell which indicators should rise, fall, or keep to a range."""
    direction = codes(encoded.frames["indicator"]["direction"], Direction)[indicator]
    rises, falls, ranges = (
        direction == code(Direction, word)
        for word in (Direction.ASCENDING, Direction.DESCENDING, Direction.RANGE)
    )
    return rises, falls, ranges


ENOUGH_PRE, ENOUGH_POST = 5, 3
STABLE, SETTLED = (
    8,
    12,
)  # values before: so many to test the baseline, so many for limits that are not on trial
RUN = 8


class Verdict(StrEnum):
    """What may be said of an indicator since the action."""

    CANNOT_TELL = "cannot tell"
    TOO_FEW = "too few points"
    NOT_STABLE = "baseline not stable"
    POSSIBLE_IMPROVEMENT = "possible improvement"
    POSSIBLE_WORSENING = "possible worsening"
    IMPROVED = "improved"
    WORSE = "worse"
    NO_SIGNAL = "no signal"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on each series, with the figures that it rests on.

    ``verdict`` is a position in :class:`Verdict`; ``runs`` counts the values before and after around the
    median of those before. ``is_mixed``: since the action some values lie outside on either side.
    """

    verdict: Array
    n_pre: IntArray
    n_post: IntArray
    limits: Limits
    runs: Runs
    median_pre: FloatArray
    median_post: FloatArray
    is_mixed: BoolArray


def judge_series(values: Values, is_post: BoolArray, better: FloatArray) -> Judgement:
    """Judge many series at once (method, section 13, rules 1 to 5).

    A sure sign goes before a possible one, and of two equal ones that of an improvement goes first.

    Args:
        values: the values before and after the action; those between are left out.
        is_post: which of them come after.
        better: for each series 1 if more is better, −1 if less is, 0 if neither can be said.
    """
    pre, post = values.only(~is_post), values.only(is_post)
    frozen = limits(pre)
    maybe_better, maybe_worse = (may_move(post, frozen, side) for side in (better, -better))
    found = Judgement(
        verdict=np.zeros(values.n, dtype=np.int64),
        n_pre=pre.count,
        n_post=post.count,
        limits=frozen,
        runs=runs(values, pre.median),
        median_pre=pre.median,
        median_post=post.median,
        is_mixed=maybe_better & maybe_worse,
    )
    improves, worsens = (_moves(post, found, side) for side in (better, -better))
    settled = found.n_pre >= SETTLED
    rules = {
        Verdict.CANNOT_TELL: (better == 0) | (found.n_pre == 0) | (found.n_post == 0),
        Verdict.TOO_FEW: (found.n_pre < ENOUGH_PRE) | (found.n_post < ENOUGH_POST),
        Verdict.NOT_STABLE: is_unstable(pre),
        Verdict.IMPROVED: settled & improves,
        Verdict.WORSE: settled & worsens,
        Verdict.POSSIBLE_IMPROVEMENT: maybe_better,
        Verdict.POSSIBLE_WORSENING: maybe_worse,
    }
    words = list(Verdict)
    places = [words.index(verdict) for verdict in rules]
    found.verdict[:] = np.select(list(rules.values()), places, words.index(Verdict.NO_SIGNAL))
    return found


def is_unstable(pre: Values) -> BoolArray:
    """Tell which series already moved before the action (method, section 13, rule 3)."""
    drifts = (pre.count >= STABLE) & (trend_p(pre) < LEVEL)
    return drifts | ((pre.count >= STABLE) & runs(pre, pre.median).is_signal)


def _moves(post: Values, found: Judgement, side: FloatArray) -> BoolArray:
    """Tell which series moved to a side since the action (method, section 13, rule 5).

    Eight values in a row beyond the frozen mean, or a signal of Anhøj around the frozen median while the
    median since lies on that side.
    """
    beyond = is_beyond(post, found.limits.mean, side)
    in_a_row = longest_run(beyond, post.segment, post.n) >= RUN
    middle = Values(np.arange(post.n), np.zeros(post.n), found.median_post, post.n)
    shifted = found.runs.is_signal & is_beyond(middle, found.median_pre, side)
    return in_a_row | shifted


def may_move(post: Values, frozen: Limits, side: FloatArray) -> BoolArray:
    """Tell which series may have moved to a side (method, section 13, rules 4 and 5).

    One value since the action beyond the limit, or two of three in a row beyond two thirds of the way to it.
    """
    outside = is_beyond(post, frozen.toward(side), side)
    far = is_beyond(post, frozen.toward(side, TWO_THIRDS), side)
    return some(outside, post.segment, post.n) | two_of_three(far, post.segment, post.n)


def is_beyond(values: Values, place: FloatArray, side: FloatArray) -> BoolArray:
    """Tell which values lie beyond a place of their series, on a side (1 above, −1 below, 0 never)."""
    return sides(values, place) * side[values.segment] > 0

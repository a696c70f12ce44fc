"""Is the outcome shown, and has it held?

Method, 5.1 and 5.2. A row is one required indicator of one case (or of one replication of it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.segments import (
    MISSING,
    NEVER,
    Days,
    Ints,
    Truths,
    begins,
    count,
    last,
    pick,
    run_length,
    some,
)
from theorytopractice.assessment.timeline import is_after, is_visible

if TYPE_CHECKING:
    from theorytopractice.assessment.encoding import Book
    from theorytopractice.assessment.timeline import Cases, FindingView


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What each required indicator of each case showed; one entry a (case, indicator).

    ``row`` columns point into the book's observations, −1 if none. ``is_shown`` is the whole of 5.1,
    ``has_held`` the whole of 5.2.
    """

    case: Ints
    indicator: Ints
    start: Days
    is_met: Truths
    is_shown: Truths
    has_held: Truths
    is_fresh: Truths
    is_stale: Truths
    is_wobbling: Truths
    has_lapsed: Truths
    lacks_baseline: Truths
    is_met_at_baseline: Truths
    is_met_without_action: Truths
    since: Days
    lapsed_on: Days
    n_read: Ints
    last_row: Ints
    latest_row: Ints
    baseline_row: Ints


@dataclass(frozen=True, slots=True)
class _Readings:
    """The observations that the machine reads: final, visible, from the start plus lag, one a date."""

    segment: Ints
    row: Ints
    day: Days
    is_satisfied: Truths
    n: int


def observe_outcomes(
    book: Book, cases: Cases, seen: FindingView, case: Ints, indicator: Ints, start: Days
) -> OutcomeView:
    """Judge indicators: for each entry, ``indicator`` of ``case`` with t0 = ``start`` (NEVER if undefined)."""
    targets, n = book.targets, len(case)
    day, revised = cases.day[case], seen.revised_on[case]
    segment, row = book.observations.expand(indicator)
    keep = (
        is_visible(book.observations, row, day[segment], cases.knowledge) & book.observations["is_final"][row]
    )
    keep &= is_after(book.observations["day"][row], revised[segment])
    segment, row = segment[keep], row[keep]
    observed_on = book.observations["day"][row]
    satisfied = book.observations["is_satisfied"][row]

    latest = last(np.ones(len(row), dtype=bool), segment, n)
    before = last(observed_on < start[segment], segment, n)
    before = np.where(start == NEVER, -1, before)
    has_target = targets.has_target[indicator]
    lacks, met_at = _baseline(book, indicator, day, before, pick(satisfied, before, False))
    runs = has_target & (start != NEVER)
    from_day = start.astype(np.int64) + targets.lag[indicator]
    read = _one_a_date(
        segment, row, observed_on, satisfied, runs[segment] & (observed_on >= from_day[segment]), n
    )
    machine = _Machine(read, targets.confirm[indicator], targets.lapse[indicator])
    last_day = pick(read.day, machine.last, MISSING)
    last_ok = pick(read.is_satisfied, machine.last, False)
    has_read = machine.last >= 0
    is_fresh = has_read & (day.astype(np.int64) - last_day <= targets.fresh[indicator])
    is_met = machine.is_met
    baseline_holds = has_target & ~lacks & ~met_at
    held = last_day.astype(np.int64) - machine.since >= targets.hold[indicator]
    held &= machine.n_satisfied >= book.settings.hold_points
    return OutcomeView(
        case=case,
        indicator=indicator,
        start=start,
        is_met=is_met,
        is_shown=is_met & is_fresh & baseline_holds,
        has_held=is_met & last_ok & held & ~machine.has_gap(targets.gap[indicator]),
        is_fresh=is_fresh,
        is_stale=has_read & ~is_fresh,
        is_wobbling=is_met & ~last_ok,
        has_lapsed=~is_met & (machine.lapsed_on != MISSING),
        lacks_baseline=has_target & lacks,
        is_met_at_baseline=has_target & met_at,
        is_met_without_action=(start == NEVER) & baseline_holds & pick(satisfied, latest, False),
        since=machine.since,
        lapsed_on=machine.lapsed_on,
        n_read=machine.n_read,
        last_row=pick(read.row, machine.last, -1),
        latest_row=pick(row, latest, -1),
        baseline_row=pick(row, before, -1),
    )


def _baseline(
    book: Book, indicator: Ints, day: Days, before: Ints, before_ok: Truths
) -> tuple[Truths, Truths]:
    """Tell where a baseline is missing, and where it already satisfies the target (method, 5.1-4)."""
    targets = book.targets
    improves = ~targets.is_maintained[indicator]
    explicit = targets.has_baseline[indicator] & (targets.baseline_on[indicator] <= day)
    exists = explicit | (before >= 0)
    satisfies = np.where(explicit, targets.baseline_satisfies[indicator], before_ok)
    return improves & ~exists & ~targets.is_waived[indicator], improves & exists & satisfies


def _one_a_date(segment: Ints, row: Ints, day: Days, satisfied: Truths, keep: Truths, n: int) -> _Readings:
    """Keep, of the wanted observations, the latest recorded of each date (they lie in that order)."""
    segment, row, day, satisfied = segment[keep], row[keep], day[keep], satisfied[keep]
    is_final_word = np.ones(len(row), dtype=bool)
    is_final_word[:-1] = (segment[1:] != segment[:-1]) | (day[1:] != day[:-1])
    return _Readings(
        segment[is_final_word], row[is_final_word], day[is_final_word], satisfied[is_final_word], n
    )


class _Machine:
    """The state machine of 5.1-1 over all readings at once.

    A reading that completes a run of ``confirm`` satisfied values pushes up, one that completes a run of
    ``lapse`` unsatisfied values pushes down; a push that changes the state is a turn.
    """

    def __init__(self, read: _Readings, confirm: Days, lapse: Days) -> None:
        self._read, n = read, read.n
        ok, segment = read.is_satisfied, read.segment
        runs = run_length(ok, segment)
        pushes = np.flatnonzero(np.where(ok, runs == confirm[segment], runs == lapse[segment]))
        turn = self._turns(ok[pushes], segment[pushes])
        turns, turn_up = pushes[turn], ok[pushes[turn]]
        turn_segment = segment[turns]
        final = last(np.ones(len(turns), dtype=bool), turn_segment, n)
        up, down = last(turn_up, turn_segment, n), last(~turn_up, turn_segment, n)
        self.is_met: Truths = pick(turn_up, final, False)
        self.last = last(np.ones(len(ok), dtype=bool), segment, n)
        self.n_read = count(np.ones(len(ok), dtype=bool), segment, n)
        self._up = pick(turns, up, -1)
        self._first_of_run = np.where(self._up >= 0, self._up - confirm + 1, -1)
        self.since: Days = pick(read.day, self._first_of_run, MISSING)
        down_at = pick(turns, down, -1)
        self.lapsed_on: Days = pick(read.day, np.where(down_at >= 0, down_at - lapse + 1, -1), MISSING)
        later = np.arange(len(ok)) >= self._first_of_run[segment]
        self.n_satisfied = count(ok & later & (self._first_of_run[segment] >= 0), segment, n)

    @staticmethod
    def _turns(up: Truths, segment: Ints) -> Truths:
        """Tell which pushes change the state; it starts as unmet."""
        before = np.concatenate([[False], up[:-1]]) if len(up) else up
        before = np.where(begins(segment), False, before)
        turns: Truths = up != before
        return turns

    def has_gap(self, limit: Days) -> Truths:
        """Tell which indicators had, while met, two readings further apart than their limit (−1: none)."""
        read = self._read
        if len(read.day) == 0:
            return np.zeros(read.n, dtype=bool)
        apart = np.concatenate([[0], np.diff(read.day.astype(np.int64))])
        arrived_while_met = (np.arange(len(apart)) > self._up[read.segment]) & (self._up[read.segment] >= 0)
        too_far = (apart > limit[read.segment]) & (limit[read.segment] >= 0) & ~begins(read.segment)
        return some(arrived_while_met & too_far, read.segment, read.n)

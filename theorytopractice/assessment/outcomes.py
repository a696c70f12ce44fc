"""Is the outcome shown, and has it held?

Method, 5.1 and 5.2. A row is one required indicator of one case (or of one replication of it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    BoolArray,
    DayArray,
    IntArray,
    begins,
    count,
    first,
    last,
    pick,
    run_length,
)
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    FindingDays,
    FindingView,
    Targets,
    is_after,
    is_visible,
)


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What each required indicator of each case showed; one entry a (case, indicator).

    ``row`` columns point into the book's observations, −1 if none. ``is_shown`` is the whole of 5.1,
    ``has_held`` the whole of 5.2; ``n_in_run`` counts the satisfied values in a row that end in the last one.
    ``hold`` is the day from which 5.2 counts (MISSING: no satisfied value since the gap), ``n_satisfied`` the
    satisfied values from then on; ``gap_from`` and ``gap_to`` are the ends of the gap that began it anew, MISSING if none.
    """

    case: IntArray
    indicator: IntArray
    start: DayArray
    is_met: BoolArray
    is_shown: BoolArray
    has_held: BoolArray
    is_fresh: BoolArray
    is_stale: BoolArray
    is_wobbling: BoolArray
    has_lapsed: BoolArray
    lacks_baseline: BoolArray
    is_met_at_baseline: BoolArray
    is_met_without_action: BoolArray
    since: DayArray
    lapsed_on: DayArray
    n_read: IntArray
    n_satisfied: IntArray
    n_in_run: IntArray
    hold: DayArray
    gap_from: DayArray
    gap_to: DayArray
    last_row: IntArray
    latest_row: IntArray
    baseline_row: IntArray


@dataclass(frozen=True, slots=True)
class RequiredIndicators:
    """What is to be judged: indicators of cases, each with its t0 (NEVER if undefined)."""

    case: IntArray
    indicator: IntArray
    start: DayArray


@dataclass(frozen=True, slots=True)
class ObservedValues:
    """Final, visible observations of n indicators, in order of indicator, date and what was known last.

    ``segment`` is the position among the asked, ``row`` points into the book's observations.
    """

    segment: IntArray
    row: IntArray
    day: DayArray
    is_satisfied: BoolArray
    n: int

    def only(self, keep: BoolArray) -> ObservedValues:
        """Keep some of the readings."""
        return ObservedValues(
            self.segment[keep], self.row[keep], self.day[keep], self.is_satisfied[keep], self.n
        )

    def one_a_date(self) -> ObservedValues:
        """Keep the latest recorded of each date."""
        is_last = np.ones(len(self.row), dtype=bool)
        is_last[:-1] = (self.segment[1:] != self.segment[:-1]) | (self.day[1:] != self.day[:-1])
        return self.only(is_last)

    @property
    def everything(self) -> BoolArray:
        """All readings, as a mask."""
        return np.ones(len(self.row), dtype=bool)


def observe_outcomes(
    encoded: EncodedPlan, cases: FindingDays, seen: FindingView, asked: RequiredIndicators
) -> OutcomeView:
    """Judge the asked indicators by what was visible on their cases' days."""
    case, indicator, start = asked.case, asked.indicator, asked.start
    targets, n, day = encoded.targets, len(case), cases.day[case]
    every = observed_values(encoded, cases, seen, asked)
    segment, row, observed_on, satisfied = every.segment, every.row, every.day, every.is_satisfied
    latest = last(every.everything, segment, n)
    before = last(observed_on < start[segment], segment, n)
    before = np.where(start == NEVER, -1, before)
    has_target = targets.has_target[indicator]
    lacks, met_at = _baseline(encoded, indicator, day, before, pick(satisfied, before, False))
    runs = has_target & (start != NEVER)
    from_day = start.astype(np.int64) + targets.lag[indicator]
    read = every.only(runs[segment] & (observed_on >= from_day[segment])).one_a_date()
    machine = _Machine(read, targets.confirm[indicator], targets.lapse[indicator], targets.gap[indicator])
    last_day = pick(read.day, machine.last, MISSING)
    last_ok = pick(read.is_satisfied, machine.last, False)
    has_read = machine.last >= 0
    is_fresh = has_read & (day.astype(np.int64) - last_day <= targets.fresh[indicator])
    is_met = machine.is_met
    baseline_holds = has_target & ~lacks & ~met_at
    held = (machine.hold != MISSING) & (last_day.astype(np.int64) - machine.hold >= targets.hold[indicator])
    held &= machine.n_satisfied >= encoded.settings.hold_points
    return OutcomeView(
        case=case,
        indicator=indicator,
        start=start,
        is_met=is_met,
        is_shown=is_met & is_fresh & baseline_holds,
        has_held=is_met & last_ok & held,
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
        n_satisfied=machine.n_satisfied,
        n_in_run=np.where(last_ok, machine.n_in_run, 0),
        hold=machine.hold,
        gap_from=machine.gap_from,
        gap_to=machine.gap_to,
        last_row=pick(read.row, machine.last, -1),
        latest_row=pick(row, latest, -1),
        baseline_row=pick(row, before, -1),
    )


def is_explicit(targets: Targets, indicator: IntArray, day: DayArray) -> BoolArray:
    """Tell which indicators have an explicit baseline that holds on the day (method, 5.1-4)."""
    return targets.has_baseline[indicator] & (targets.baseline_on[indicator] <= day)


def _baseline(
    encoded: EncodedPlan, indicator: IntArray, day: DayArray, before: IntArray, before_ok: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Tell where a baseline is missing, and where it already satisfies the target (method, 5.1-4)."""
    targets = encoded.targets
    improves = ~targets.is_maintained[indicator]
    explicit = is_explicit(targets, indicator, day)
    exists = explicit | (before >= 0)
    satisfies = np.where(explicit, targets.baseline_satisfies[indicator], before_ok)
    return improves & ~exists & ~targets.is_waived[indicator], improves & exists & satisfies


def observed_values(
    encoded: EncodedPlan, cases: FindingDays, seen: FindingView, asked: RequiredIndicators
) -> ObservedValues:
    """Gather the visible final observations of the asked indicators (method, T3 and section 10)."""
    facts, day, revised = encoded.observations, cases.day[asked.case], seen.revised_on[asked.case]
    segment, row = facts.expand(asked.indicator)
    keep = is_visible(facts, row, day[segment], cases.knowledge) & facts["is_final"][row]
    keep &= is_after(facts["day"][row], revised[segment])
    segment, row = segment[keep], row[keep]
    return ObservedValues(segment, row, facts["day"][row], facts["is_satisfied"][row], len(asked.case))


class _Machine:
    """The state machine of 5.1-1 over all readings at once, and since when each indicator holds (5.2).

    A reading that completes a run of ``confirm`` satisfied values pushes up, one that completes a run of
    ``lapse`` unsatisfied values pushes down; a push that changes the state is a turn.
    """

    def __init__(self, read: ObservedValues, confirm: DayArray, lapse: DayArray, gap: IntArray) -> None:
        n = read.n
        ok, segment = read.is_satisfied, read.segment
        runs = run_length(ok, segment)
        pushes = np.flatnonzero(np.where(ok, runs == confirm[segment], runs == lapse[segment]))
        turn = self._turns(ok[pushes], segment[pushes])
        turns, turn_up = pushes[turn], ok[pushes[turn]]
        turn_segment = segment[turns]
        final = last(np.ones(len(turns), dtype=bool), turn_segment, n)
        up, down = last(turn_up, turn_segment, n), last(~turn_up, turn_segment, n)
        self.is_met: BoolArray = pick(turn_up, final, False)
        self.last = last(np.ones(len(ok), dtype=bool), segment, n)
        self.n_in_run: IntArray = pick(runs, self.last, 0)
        self.n_read = count(np.ones(len(ok), dtype=bool), segment, n)
        up = pick(turns, up, -1)
        run_begins = np.where(up >= 0, up - confirm + 1, -1)
        self.since: DayArray = pick(read.day, run_begins, MISSING)
        down_at = pick(turns, down, -1)
        self.lapsed_on: DayArray = pick(read.day, np.where(down_at >= 0, down_at - lapse + 1, -1), MISSING)
        self._hold(read, up, run_begins, gap)

    @staticmethod
    def _turns(up: BoolArray, segment: IntArray) -> BoolArray:
        """Tell which pushes change the state; it starts as unmet."""
        before = np.concatenate([[False], up[:-1]]) if len(up) else up
        before = np.where(begins(segment), False, before)
        return up != before

    def _hold(self, read: ObservedValues, up: IntArray, run_begins: IntArray, limit: IntArray) -> None:
        """Find since when each indicator holds (method, 5.2); ``limit`` is the longest gap, −1 where there is none.

        A reading that arrives while the state is met, too long after the one before, begins the hold anew: there if it
        is satisfied, else at the next satisfied one.
        """
        ok, segment, n = read.is_satisfied, read.segment, read.n
        place = np.arange(len(ok))
        apart = np.concatenate([[0], np.diff(read.day.astype(np.int64))]) if len(ok) else place
        was_met = (up[segment] >= 0) & (place > up[segment])
        gap = last(was_met & (limit[segment] >= 0) & (apart > limit[segment]), segment, n)
        begin = np.where(gap >= 0, gap, run_begins)
        counts = ok & (begin[segment] >= 0) & (place >= begin[segment])
        self.hold: DayArray = pick(read.day, first(counts, segment, n), MISSING)
        self.n_satisfied = count(counts, segment, n)
        self.gap_from: DayArray = pick(read.day, np.where(gap >= 0, gap - 1, -1), MISSING)
        self.gap_to: DayArray = pick(read.day, gap, MISSING)

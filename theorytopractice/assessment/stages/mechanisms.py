"""Is a mechanism followed, or is it a dead letter?

Method, section 9: slots with grace, and the stage that they support.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.arrays.segments import (
    MISSING,
    Array,
    Days,
    Ints,
    Truths,
    count,
    last,
    pick,
    run_length,
    some,
)
from theorytopractice.assessment.stages.flags import flag
from theorytopractice.assessment.stages.timeline import CHECKS, is_after, is_kind, is_visible
from theorytopractice.model.vocabularies import FindingEvent, FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.stages.situation import Situation

PASS, FAIL, NOT_APPLICABLE = (code(FindingEvent, check) for check in CHECKS)
MISSED = -1
RESULTS = {PASS: "pass", FAIL: "fail", NOT_APPLICABLE: "na", MISSED: "missed"}
LEAST_GRACE, GRACE_SHARE = 7, 4
DAYS_IN = {"D": 1, "W": 7, "M": 30, "Y": 365}
DEAD_AFTER, FOLLOWED_AFTER, LASTING_AFTER, LASTING_DAYS, DORMANT_AFTER = 2, 3, 6, 180, 3
PERSISTENCE_SLOTS = 12
BIG = 2**23


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of every mechanism in force whose window has begun, in order; one entry a slot.

    ``number`` counts from 1; ``result`` is a key of RESULTS; ``check_row`` points into the book's finding
    events (−1 if missed); a slot ``is_counted`` once closed, or earlier if one of the checks that serve it is a pass
    already; its result is its last check all the same.
    """

    case: Ints
    number: Ints
    begins_on: Days
    due_on: Days
    grace: Ints
    result: Array
    check_row: Ints
    is_counted: Truths

    @property
    def is_valid(self) -> Truths:
        """Tell which slots count and were not na; what the stage is read from."""
        return self.is_counted & (self.result != NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class MechanismView:
    """What section 9 says of each case; false or 0 for other kinds than mechanisms.

    ``streak`` counts the present run of passed slots and ``streak_days`` sums their windows; ``last_check_row`` points
    into the book's finding events (−1: no check yet).
    """

    slots: Slots
    stage: Array
    is_in_force: Truths
    lacks_cadence: Truths
    is_dead_letter: Truths
    has_lapsed: Truths
    is_dormant: Truths
    last_result: Array
    last_check_row: Ints
    streak: Ints
    streak_days: Ints
    has_future: Truths


def observe_mechanisms(s: Situation) -> MechanismView:
    """Judge the mechanisms among the cases by their checks."""
    findings, n = s.book.findings, len(s)
    effective = findings.effective[s.cases.finding]
    is_mechanism = s.is_kind(FindingKind.MECHANISM)
    in_force = is_mechanism & (effective != MISSING) & (effective <= s.day)
    has_cadence = findings.cadence_count[s.cases.finding] > 0
    checks = _Checks(s, is_mechanism)
    slots = fill_slots(s, np.flatnonzero(in_force & has_cadence), checks)
    counted = slots.is_counted
    valid = np.flatnonzero(slots.is_valid)
    case, result = slots.case[valid], slots.result[valid]
    passed = result == PASS
    n_valid, ever = count(np.ones(len(valid), dtype=bool), case, n), some(passed, case, n)
    place = _from_end(case, n_valid)
    dead = (n_valid >= DEAD_AFTER) & ~some(passed & (place < DEAD_AFTER), case, n)
    followed = count(passed & (place < FOLLOWED_AFTER), case, n) == FOLLOWED_AFTER
    running = some(passed & (place == 0), case, n)
    final = last(np.ones(len(valid), dtype=bool), case, n)
    run = np.where(running, pick(run_length(passed, case), final, 0), 0)
    in_run = place < run[case]
    window = (slots.due_on - slots.begins_on)[valid]
    run_days = np.bincount(case[in_run], window[in_run], n).astype(np.int64)
    lasting = (run >= LASTING_AFTER) & (run_days >= LASTING_DAYS)
    stage = np.zeros(n, dtype=np.int8)
    stage[is_mechanism & ((effective > s.day) | s.any_action(s.actions.is_live & s.actions.is_scheduled))] = 1
    for level, reached in ((2, in_force), (3, in_force & ever & ~dead), (4, followed), (5, lasting)):
        stage[reached] = level
    tail = np.flatnonzero(counted)
    tail_end = _from_end(slots.case[tail], count(counted, slots.case, n))
    idle = (slots.result[tail] == NOT_APPLICABLE) & (tail_end < DORMANT_AFTER)
    return MechanismView(
        slots=slots,
        stage=stage,
        is_in_force=in_force,
        lacks_cadence=in_force & ~has_cadence,
        is_dead_letter=dead,
        has_lapsed=dead & ever,
        is_dormant=count(idle, slots.case[tail], n) == DORMANT_AFTER,
        last_result=pick(result, final, NOT_APPLICABLE),
        last_check_row=pick(checks.row, last(np.ones(len(checks.row), dtype=bool), checks.case, n), -1),
        streak=run,
        streak_days=run_days,
        has_future=checks.has_future,
    )


def last_slots(s: Situation) -> tuple[Ints, Ints]:
    """Return passes and counted slots without na over the last twelve such slots of each case (section 9)."""
    slots, n = s.mechanisms.slots, len(s)
    case, passed = slots.case[slots.is_valid], slots.result[slots.is_valid] == PASS
    recent = _from_end(case, np.bincount(case, minlength=n)) < PERSISTENCE_SLOTS
    return count(passed & recent, case, n), np.bincount(case[recent], minlength=n)


def _from_end(case: Ints, totals: Ints) -> Ints:
    """Count each row's place from the end of its case, the last being 0."""
    starts = np.cumsum(totals) - totals
    return totals[case] - 1 - (np.arange(len(case)) - starts[case])


class _Checks:
    """The visible checks of the mechanisms, by case and day; those up to the anchor are left out."""

    def __init__(self, s: Situation, is_mechanism: Truths) -> None:
        events = s.book.finding_events
        chosen = np.flatnonzero(is_mechanism)
        segment, row = events.expand(s.cases.finding[chosen])
        case = chosen[segment]
        is_check = is_kind(events["kind"][row], *CHECKS)
        self.has_future = some(is_check & (events["day"][row] > s.day[case]), case, len(s))
        effective = s.book.findings.effective[s.cases.finding]
        keep = is_check & is_visible(events, row, s.day[case], s.cases.knowledge)
        keep &= is_after(events["day"][row], s.seen.revised_on[case]) & (events["day"][row] > effective[case])
        self.case, self.row = case[keep], row[keep]
        self.day, self.kind = events["day"][self.row].astype(np.int64), events["kind"][self.row]


def fill_slots(s: Situation, chosen: Ints, checks: _Checks) -> Slots:
    """Lay out the slots of the chosen cases and give each its check (method, section 9)."""
    finding = s.cases.finding[chosen]
    anchor = np.maximum(s.book.findings.effective[finding], s.seen.revised_on[chosen]).astype(np.int64)
    segment, number, begins_on, due_on, grace = lay_out(s.book, finding, anchor, s.day[chosen])
    case = chosen[segment]
    order_of_check = checks.case * BIG + checks.day
    low = np.searchsorted(order_of_check, case * BIG + begins_on, side="right")
    today = s.day[case].astype(np.int64)  # no visible check lies later, and no sum runs into the next case
    high = np.searchsorted(order_of_check, case * BIG + np.minimum(due_on, today), side="right")
    until = np.searchsorted(order_of_check, case * BIG + np.minimum(due_on + grace, today), side="right")
    taken = np.zeros(len(checks.row) + 1, dtype=bool)
    serving = np.full(len(case), -1, dtype=np.int64)
    has_pass = np.zeros(len(case), dtype=bool)
    passes = np.concatenate([[0], np.cumsum(checks.kind == PASS)])
    in_turn = np.argsort(number, kind="stable")
    turns = np.searchsorted(number[in_turn], np.arange(1, int(number.max(initial=0)) + 2))
    for begin, end in itertools.pairwise(turns.tolist()):
        slot = in_turn[begin:end]
        own = (high[slot] > low[slot]) & ~taken[high[slot] - 1]
        low[slot] = _skip_taken(low[slot], high[slot], taken)
        late = _skip_taken(high[slot], until[slot], taken)
        lent = ~own & (late < until[slot])
        taken[late[lent]] = True
        serving[slot] = np.where(own, high[slot] - 1, np.where(lent, late, -1))
        mine = passes[high[slot]] - passes[low[slot]] > 0
        has_pass[slot] = np.where(own, mine, lent & (passes[late + lent] - passes[late] > 0))
    closed = s.day[case] > due_on + grace
    return Slots(
        case=case,
        number=number,
        begins_on=begins_on.astype(np.int32),
        due_on=due_on.astype(np.int32),
        grace=grace,
        result=pick(checks.kind.astype(np.int64), serving, MISSED),
        check_row=pick(checks.row, serving, -1),
        is_counted=closed | has_pass,
    )


def _skip_taken(position: Ints, end: Ints, taken: Truths) -> Ints:
    """Move each position past the checks that already serve another slot."""
    position = position.copy()
    while (stuck := (position < end) & taken[np.minimum(position, len(taken) - 1)]).any():
        position[stuck] += 1
    return position


def lay_out(book: Book, finding: Ints, anchor: Ints, until: Days) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return (segment, number, begins after, due on, grace) of every slot begun before ``until``."""
    n, unit = book.findings.cadence_count[finding].astype(np.int64), book.findings.cadence_unit[finding]
    nominal = n * np.array([DAYS_IN[letter] for letter in unit.tolist()], dtype=np.int64)
    grace = np.maximum(LEAST_GRACE, -(-nominal // GRACE_SHARE))
    shortest = np.maximum(np.where(np.isin(unit, ("M", "Y")), nominal - nominal // 10, nominal), 1)
    many = np.maximum((until - anchor) // shortest + 2, 0)
    segment = np.repeat(np.arange(len(finding)), many)
    number = np.arange(len(segment)) - np.repeat(np.cumsum(many) - many, many) + 1
    begins_on = later(anchor[segment], n[segment] * (number - 1), unit[segment])
    due_on = later(anchor[segment], n[segment] * number, unit[segment])
    begun = begins_on < until[segment]
    segment = segment[begun]
    return segment, number[begun], begins_on[begun], due_on[begun], grace[segment]


def later(anchor: Ints, steps: Ints, unit: Array) -> Ints:
    """Return the day that lies so many days, weeks, months or years after the anchor (method, T8)."""
    in_days = anchor + steps * np.where(unit == "W", 7, 1)
    start = anchor.astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    of_month = (start - month.astype("datetime64[D]")).astype(np.int64)
    target = month + (steps * np.where(unit == "Y", 12, 1)).astype("timedelta64[M]")
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    in_months = target.astype("datetime64[D]").astype(np.int64) + np.minimum(of_month, length - 1)
    return np.where(np.isin(unit, ("D", "W")), in_days, in_months)


@flag(FindingKind.MECHANISM)
def no_cadence(s: Situation) -> Truths:
    """In force, and nobody said how often it is checked."""
    return s.mechanisms.lacks_cadence


@flag(FindingKind.MECHANISM)
def dead_letter(s: Situation) -> Truths:
    """At least two slots count, and neither of the last two was passed."""
    return s.mechanisms.is_dead_letter


@flag(FindingKind.MECHANISM)
def dormant(s: Situation) -> Truths:
    """The last three counted slots, na included, were not applicable (section 9)."""
    return s.mechanisms.is_dormant


@flag(FindingKind.MECHANISM)
def check_missed(s: Situation) -> Truths:
    """Nobody checked in the last counted slot."""
    return s.mechanisms.last_result == MISSED


@flag(FindingKind.MECHANISM)
def check_failed(s: Situation) -> Truths:
    """The check of the last counted slot failed."""
    return s.mechanisms.last_result == FAIL

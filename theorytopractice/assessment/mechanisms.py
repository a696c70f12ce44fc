"""Is a mechanism followed, is it a dead letter, and when must it be checked next? (method, section 9)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import (
    DAY_SPAN,
    MISSING,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    code,
    count,
    first,
    last,
    pick,
    run_length,
    some,
)
from theorytopractice.assessment.encoded_plan import CHECKS, EncodedPlan, is_after, is_kind, is_visible
from theorytopractice.model.vocabularies import FindingEvent, FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.encoded_plan import VisibleFindings

PASS, FAIL, NOT_APPLICABLE = (code(FindingEvent, check) for check in CHECKS)
MISSED = -1
RESULTS = {PASS: "pass", FAIL: "fail", NOT_APPLICABLE: "na", MISSED: "missed"}
LEAST_GRACE, GRACE_SHARE = 7, 4
DAYS_IN = {"D": 1, "W": 7, "M": 30, "Y": 365}
DEAD_AFTER, FOLLOWED_AFTER, LASTING_AFTER, LASTING_DAYS, DORMANT_AFTER = 2, 3, 6, 180, 3
PERSISTENCE_SLOTS = 12


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of every mechanism in force whose window has begun, in order; one entry a slot.

    ``number`` counts from 1; ``result`` is a key of RESULTS; ``check_row`` points into the book's finding
    events (−1 if missed); a slot ``is_counted`` once closed, or earlier if one of the checks that serve it is a pass
    already; its result is its last check all the same.
    """

    case: IntArray
    number: IntArray
    begins_on: DayArray
    due_on: DayArray
    grace: IntArray
    result: Array
    check_row: IntArray
    is_counted: BoolArray

    @property
    def is_valid(self) -> BoolArray:
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
    is_in_force: BoolArray
    lacks_cadence: BoolArray
    is_dead_letter: BoolArray
    has_lapsed: BoolArray
    is_dormant: BoolArray
    last_result: Array
    last_check_row: IntArray
    streak: IntArray
    streak_days: IntArray
    has_future: BoolArray


def observe_mechanisms(a: VisibleFindings, is_planned: BoolArray) -> MechanismView:
    """Judge the mechanisms among the cases by their checks; ``is_planned`` where an action is to bring one about."""
    findings, n = a.encoded.findings, len(a)
    effective = findings.effective[a.cases.finding]
    is_mechanism = a.is_kind(FindingKind.MECHANISM)
    in_force = is_mechanism & (effective != MISSING) & (effective <= a.day)
    has_cadence = findings.cadence_count[a.cases.finding] > 0
    checks = _Checks(a, is_mechanism)
    slots = fill_slots(a, np.flatnonzero(in_force & has_cadence), checks)
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
    stage[is_mechanism & ((effective > a.day) | is_planned)] = 1
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


def last_slots(slots: Slots, n: int) -> tuple[IntArray, IntArray]:
    """Return passes and counted slots without na over the last twelve such slots of each case (section 9)."""
    case, passed = slots.case[slots.is_valid], slots.result[slots.is_valid] == PASS
    recent = _from_end(case, np.bincount(case, minlength=n)) < PERSISTENCE_SLOTS
    return count(passed & recent, case, n), np.bincount(case[recent], minlength=n)


def _from_end(case: IntArray, totals: IntArray) -> IntArray:
    """Count each row's place from the end of its case, the last being 0."""
    starts = np.cumsum(totals) - totals
    return totals[case] - 1 - (np.arange(len(case)) - starts[case])


class _Checks:
    """The visible checks of the mechanisms, by case and day; those up to the anchor are left out."""

    def __init__(self, a: VisibleFindings, is_mechanism: BoolArray) -> None:
        events = a.encoded.finding_events
        chosen = np.flatnonzero(is_mechanism)
        segment, row = events.expand(a.cases.finding[chosen])
        case = chosen[segment]
        is_check = is_kind(events["kind"][row], *CHECKS)
        self.has_future = some(is_check & (events["day"][row] > a.day[case]), case, len(a))
        effective = a.encoded.findings.effective[a.cases.finding]
        keep = is_check & is_visible(events, row, a.day[case], a.cases.knowledge)
        keep &= is_after(events["day"][row], a.visible.revised_on[case]) & (
            events["day"][row] > effective[case]
        )
        self.case, self.row = case[keep], row[keep]
        self.day, self.kind = events["day"][self.row].astype(np.int64), events["kind"][self.row]


def fill_slots(a: VisibleFindings, chosen: IntArray, checks: _Checks) -> Slots:
    """Lay out the slots of the chosen cases and give each its check (method, section 9)."""
    finding = a.cases.finding[chosen]
    anchor = np.maximum(a.encoded.findings.effective[finding], a.visible.revised_on[chosen]).astype(np.int64)
    segment, number, begins_on, due_on, grace = lay_out(a.encoded, finding, anchor, a.day[chosen])
    case = chosen[segment]
    order_of_check = checks.case * DAY_SPAN + checks.day
    low = np.searchsorted(order_of_check, case * DAY_SPAN + begins_on, side="right")
    today = a.day[case].astype(np.int64)  # no visible check lies later, and no sum runs into the next case
    high = np.searchsorted(order_of_check, case * DAY_SPAN + np.minimum(due_on, today), side="right")
    until = np.searchsorted(order_of_check, case * DAY_SPAN + np.minimum(due_on + grace, today), side="right")
    taken = np.zeros(len(checks.row) + 1, dtype=bool)
    serving = np.full(len(case), -1, dtype=np.int64)
    has_pass = np.zeros(len(case), dtype=bool)
    passes = np.concatenate([[0], np.cumsum(checks.kind == PASS)])
    # a slot without a check in its window stays missed: to take only the others in turn keeps a far day cheap
    checked = np.flatnonzero(until > low)
    in_turn = checked[np.argsort(number[checked], kind="stable")]
    turns = np.flatnonzero(np.diff(number[in_turn], prepend=0, append=0))
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
    closed = a.day[case] > due_on + grace
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


def _skip_taken(position: IntArray, end: IntArray, taken: BoolArray) -> IntArray:
    """Move each position past the checks that already serve another slot."""
    position = position.copy()
    while (stuck := (position < end) & taken[np.minimum(position, len(taken) - 1)]).any():
        position[stuck] += 1
    return position


def lay_out(
    encoded: EncodedPlan, finding: IntArray, anchor: IntArray, until: DayArray
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Return (segment, number, begins after, due on, grace) of every slot begun before ``until``."""
    n, unit = encoded.findings.cadence_count[finding].astype(np.int64), encoded.findings.cadence_unit[finding]
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


def later(anchor: IntArray, steps: IntArray, unit: Array) -> IntArray:
    """Return the day that lies so many days, weeks, months or years after the anchor (method, T8)."""
    in_days = anchor + steps * np.where(unit == "W", 7, 1)
    start = anchor.astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    of_month = (start - month.astype("datetime64[D]")).astype(np.int64)
    target = month + (steps * np.where(unit == "Y", 12, 1)).astype("timedelta64[M]")
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    in_months = target.astype("datetime64[D]").astype(np.int64) + np.minimum(of_month, length - 1)
    return np.where(np.isin(unit, ("D", "W")), in_days, in_months)


def next_slot(a: VisibleFindings, slots: Slots) -> IntArray:
    """Return the number of the slot that the next check serves, 0 where nothing is due.

    It is the earliest slot without a check whose grace has not run out; where every slot begun has its check, the
    one after. A mechanism that has no effective date or no cadence waits for no check.
    """
    findings, finding = a.encoded.findings, a.cases.finding
    due = a.is_kind(FindingKind.MECHANISM) & (findings.effective[finding] != MISSING)
    due &= findings.cadence_count[finding] > 0
    open_still = slots.due_on.astype(np.int64) + slots.grace >= a.day[slots.case]
    waiting = pick(slots.number, first((slots.check_row < 0) & open_still, slots.case, len(a)), 0)
    begun = last(np.ones(len(slots.number), dtype=bool), slots.case, len(a))
    return np.where(due, np.where(waiting > 0, waiting, pick(slots.number, begun, 0) + 1), 0)


def repeatable(slots: Slots, day: int) -> int:
    """Return the slot of a single case that a pass could still mend, 0 if none (method, section 9).

    The last check in a slot's own window decides: until its day due, one that failed can be repeated. One that does
    not apply (na) need not be, for it is passed over.
    """
    mends = (slots.result == FAIL) & ~slots.is_counted & (slots.due_on >= day)
    return int(slots.number[mends].max(initial=0))


def due_of_slot(a: VisibleFindings, number: IntArray) -> IntArray:
    """Return the day on which a slot of each case is due; MISSING where the number is 0."""
    findings, finding = a.encoded.findings, a.cases.finding
    anchor = np.maximum(findings.effective[finding], a.visible.revised_on).astype(np.int64)
    asked = number > 0
    due = np.full(len(a), MISSING, dtype=np.int64)
    steps = findings.cadence_count[finding].astype(np.int64) * number
    due[asked] = later(anchor[asked], steps[asked], findings.cadence_unit[finding][asked])
    return due

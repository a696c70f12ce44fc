"""Is a mechanism followed, or is it a dead letter? (method, section 9)."""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from . import actions as act
from .facts import Fact, Look, date_of, text
from .ladder import common_flags, live_actions, stall_flags

# reading: 6 slots and 180 days are constants that no setting changes.
RUN_SLOTS = 6
RUN_DAYS = 180


def add_months(anchor: date, n_months: int) -> date:
    """Give the day n months after the anchor, clamped to the end of the month (T8)."""
    months = anchor.year * 12 + anchor.month - 1 + n_months
    year, month = divmod(months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last_day))


def cadence(written: str) -> tuple[int, str]:
    """Split PnD, PnW, PnM or PnY into its number and its letter."""
    matched = re.fullmatch(r"P([0-9]+)([DWMY])", written)
    if matched is None:
        message = f"check_every must be PnD, PnW, PnM or PnY, found {written!r}"
        raise ValueError(message)
    return int(matched[1]), matched[2]


def due_on(anchor: date, check_every: str, slot: int) -> date:
    """Give the last day of slot k; slot 0 ends on the anchor itself."""
    number, letter = cadence(check_every)
    if letter == "D":
        return anchor + timedelta(days=number * slot)
    if letter == "W":
        return anchor + timedelta(days=7 * number * slot)
    return add_months(anchor, number * slot * (12 if letter == "Y" else 1))


def grace_days(check_every: str) -> int:
    """Give g = max(7, a quarter of the cadence rounded up)."""
    number, letter = cadence(check_every)
    days = number * {"D": 1, "W": 7, "M": 30, "Y": 365}[letter]
    return max(7, math.ceil(days / 4))


@dataclass
class Slot:
    """One window in which a check is due."""

    number: int
    begins_after: date
    due_on: date
    closes_on: date
    checks: list[Fact] = field(default_factory=list)
    is_counted: bool = False

    @property
    def result(self) -> str:
        """Give the result of the last check, "missed" without one."""
        return self.checks[-1].event.removeprefix("check_") if self.checks else "missed"


def anchor_of(look: Look, finding_id: str) -> date | None:
    """Give the day at which the slots are anchored: max(effective_on, M)."""
    effective_on = date_of(look.plan.findings[finding_id], "effective_on")
    if effective_on is None or look.hidden_until is None:
        return effective_on
    return max(effective_on, look.hidden_until)


def is_in_force(look: Look, finding_id: str) -> bool:
    """Say whether the mechanism is in force at D."""
    effective_on = date_of(look.plan.findings[finding_id], "effective_on")
    return effective_on is not None and effective_on <= look.day


def slots_of(look: Look, finding_id: str) -> list[Slot]:
    """Give the slots whose window has begun by D, each with the checks that serve it."""
    # reading: slots are listed from the day after the previous due day, also while still open.
    check_every = text(look.plan.findings[finding_id], "check_every")
    if not is_in_force(look, finding_id) or not check_every:
        return []
    anchor = anchor_of(look, finding_id)
    grace = timedelta(days=grace_days(check_every))
    slots: list[Slot] = []
    while (begins_after := due_on(anchor, check_every, len(slots))) < look.day:
        due = due_on(anchor, check_every, len(slots) + 1)
        slots.append(Slot(len(slots) + 1, begins_after, due, due + grace))
    free = [fact for fact in look.checks(finding_id) if fact.on > anchor]
    for slot in slots:
        # reading: slots are served in order; a check lent to an earlier slot is no longer this slot's own.
        own = [fact for fact in free if slot.begins_after < fact.on <= slot.due_on]
        late = [fact for fact in free if slot.due_on < fact.on <= slot.closes_on]
        slot.checks = own or late[:1]
        free = [fact for fact in free if fact not in slot.checks]
        # reading: a late check that serves the slot is one of its own checks too.
        has_pass = any(fact.event == "check_pass" for fact in slot.checks)
        slot.is_counted = look.day > slot.closes_on or has_pass
    return slots


def counted_results(look: Look, finding_id: str) -> list[str]:
    """Give the results of the counted slots without na, in order."""
    results = [slot.result for slot in slots_of(look, finding_id) if slot.is_counted]
    return [result for result in results if result != "na"]


def is_dead_letter(look: Look, finding_id: str) -> bool:
    """Say whether at least two slots count and neither of the last two was passed."""
    results = counted_results(look, finding_id)
    return len(results) >= 2 and "pass" not in results[-2:]


def present_run(look: Look, finding_id: str) -> list[Slot]:
    """Give the present run of passed slots, na skipped."""
    run: list[Slot] = []
    for slot in slots_of(look, finding_id):
        if not slot.is_counted or slot.result == "na":
            continue
        run = [*run, slot] if slot.result == "pass" else []
    return run


def mechanism_stage(look: Look, finding_id: str) -> int:
    """Give the stage of an open mechanism."""
    finding = look.plan.findings[finding_id]
    if not is_in_force(look, finding_id):
        is_coming = date_of(finding, "effective_on") is not None
        planned = any(act.is_owned_and_dated(look, one) for one in live_actions(look, finding_id))
        return 1 if is_coming or planned else 0
    if not text(finding, "check_every"):
        return 2
    results = counted_results(look, finding_id)
    run = present_run(look, finding_id)
    if len(run) >= RUN_SLOTS and sum((slot.due_on - slot.begins_after).days for slot in run) >= RUN_DAYS:
        return 5
    if results[-3:] == ["pass"] * 3:
        return 4
    if "pass" in results and not is_dead_letter(look, finding_id):
        return 3
    return 2


def slot_flags(look: Look, finding_id: str) -> set[str]:
    """Give the flags that the slots raise."""
    flags = set()
    counted = [slot for slot in slots_of(look, finding_id) if slot.is_counted]
    if len(counted) >= 3 and all(slot.result == "na" for slot in counted[-3:]):
        flags.add("dormant")
    results = counted_results(look, finding_id)
    if results and results[-1] == "missed":
        flags.add("check_missed")
    if results and results[-1] == "fail":
        flags.add("check_failed")
    if is_dead_letter(look, finding_id):
        flags.add("dead_letter")
        if "pass" in results:
            flags.add("lapsed")
    return flags


def mechanism_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give all flags of an open mechanism (5.3 and 9)."""
    finding = look.plan.findings[finding_id]
    flags = common_flags(look, finding_id, stage) | slot_flags(look, finding_id)
    if not text(finding, "owner_id"):
        flags.add("unowned")
    if not is_in_force(look, finding_id):
        flags |= stall_flags(look, finding_id, stage)
    elif not text(finding, "check_every"):
        flags.add("no_cadence")
    return flags


def slot_rows(look: Look, finding_id: str) -> list[dict]:
    """Give the rows of `--of slots` for one mechanism."""
    return [
        {
            "finding_id": finding_id,
            "slot": slot.number,
            "due_on": slot.due_on,
            "result": slot.result,
            "counted": slot.is_counted,
        }
        for slot in slots_of(look, finding_id)
    ]

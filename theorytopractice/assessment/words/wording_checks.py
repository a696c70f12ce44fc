"""How is it said whether a mechanism is followed: slots, run, next check? (method, section 9)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.mechanisms import PASS, PERSISTENCE_SLOTS, RESULTS, last_slots
from theorytopractice.assessment.stages.next_check import due_of_slot, next_slot
from theorytopractice.assessment.words.wording import (
    age_of,
    day_text,
    days_text,
    finding_cell,
    finding_event,
    sentence,
)

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation


def mechanism_lines(s: Situation) -> list[str]:
    """Say whether a mechanism is in force, how it was checked, its present run and its next check."""
    effective = int(s.book.findings.effective[s.cases.finding[0]])
    owner = finding_cell(s, "owner_id")
    owned = f"owner {owner}" if owner else "nobody owns it"
    if effective == MISSING:
        return [f"It has no day from which it is in force; {owned}."]
    if not s.mechanisms.is_in_force[0]:
        return [f"It comes into force on {day_text(effective)}; {owned}.", *_next(s)]
    if s.mechanisms.lacks_cadence[0]:
        last = int(s.mechanisms.last_check_row[0])
        checked = f"last checked on {finding_event(s, last)}" if last >= 0 else "never checked"
        return [f"In force since {day_text(effective)}; {owned}; no cadence, {checked}."]
    every = finding_cell(s, "check_every")
    said = [f"In force since {day_text(effective)}, checked every {every}{_grace(s)}; {owned}."]
    return said + slot_lines(s) + _run(s) + _next(s)


def _grace(s: Situation) -> str:
    grace = s.mechanisms.slots.grace
    return f" with {days_text(grace[0])} of grace" if len(grace) else ""


def slot_text(s: Situation, i: int) -> str:
    """Say what became of one slot, with the check that decided it."""
    slots = s.mechanisms.slots
    name, row = f"check {int(slots.number[i])}, due {day_text(slots.due_on[i])}", int(slots.check_row[i])
    result = RESULTS[int(slots.result[i])]
    if row >= 0:
        pending = "" if slots.is_counted[i] else ", may still change"
        return f"{name}: {result} on {finding_event(s, row)}{pending}"
    if slots.is_counted[i]:
        return f"{name}: {result}, nobody checked by {day_text(slots.due_on[i] + slots.grace[i])}"
    return f"{name}: still open until {day_text(slots.due_on[i] + slots.grace[i])}"


def slot_lines(s: Situation) -> list[str]:
    """Say what became of the last slots of a mechanism, newest last; of the earlier ones only how many."""
    slots, n = s.mechanisms.slots, len(s.mechanisms.slots.number)
    shown = max(n - PERSISTENCE_SLOTS, 0)
    lines = [sentence(slot_text(s, i)) for i in range(shown, n)]
    if not shown:
        return lines
    counts = Counter(RESULTS[int(result)] for result in slots.result[:shown])
    told = ", ".join(f"{counts[word]} {word}" for word in RESULTS.values() if counts[word])
    return [f"Checks 1 to {shown}: {told}.", *lines]


def _run(s: Situation) -> list[str]:
    passed, counted = (int(found[0]) for found in last_slots(s))
    run, days = int(s.mechanisms.streak[0]), days_text(s.mechanisms.streak_days[0])
    if not counted:
        return ["No check counts yet, na left aside."]
    present = (
        f"Present run: {run} passed in a row, over {days}"
        if run
        else "No run: the last check that counts was not passed"
    )
    return [f"{present}; {passed} of the last {counted} that count were passed."]


def next_text(s: Situation) -> str:
    """Say when the next check is due; empty where none is."""
    number = next_slot(s)
    if not number[0]:
        return ""
    due = int(due_of_slot(s, number)[0])
    late = age_of(s, due)
    return f"check {int(number[0])}, due {day_text(due)}" + (
        f" ({days_text(late)} ago, still in its grace)" if late > 0 else ""
    )


def _next(s: Situation) -> list[str]:
    return [f"Next: {next_text(s)}."] if next_text(s) else []


def valid_slots(s: Situation) -> list[int]:
    """Return the slots from which the stage is read: counted, and not na."""
    return np.flatnonzero(s.mechanisms.slots.is_valid).tolist()


def passed_slots(s: Situation) -> list[int]:
    """Return those among them that were passed."""
    return [i for i in valid_slots(s) if s.mechanisms.slots.result[i] == PASS]


def slots_text(s: Situation, rows: list[int]) -> str:
    """Say what became of some slots."""
    return "; ".join(slot_text(s, i) for i in rows)

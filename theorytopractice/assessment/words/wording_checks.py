"""How is it said whether a mechanism is followed: slots, run, next check? (method, section 9)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.mechanisms import (
    NOT_APPLICABLE,
    PASS,
    PERSISTENCE_SLOTS,
    RESULTS,
    last_slots,
)
from theorytopractice.assessment.stages.next_check import due_of_slot, next_slot
from theorytopractice.assessment.words.wording import (
    age_of,
    day_text,
    days_text,
    finding_cell,
    finding_event,
    sentence,
)
from theorytopractice.language import CLAUSES, PARTS, message, say, say_in_turn, say_names
from theorytopractice.model.naming import check_name
from theorytopractice.model.values import CADENCE

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation

PERIODS = {"D": message("P{n}D"), "W": message("P{n}W"), "M": message("P{n}M"), "Y": message("P{n}Y")}
"""The time between two checks as it is written; Chinese says it in words."""


def mechanism_lines(s: Situation) -> list[str]:
    """Say whether a mechanism is in force, how it was checked, its present run and its next check."""
    effective = int(s.book.findings.effective[s.cases.finding[0]])
    owner = finding_cell(s, "owner_id")
    owned = say("owner {owner}", owner=owner) if owner else say("nobody owns it")
    if effective == MISSING:
        return [say("It has no day from which it is in force; {owned}.", owned=owned)]
    day = day_text(effective)
    if not s.mechanisms.is_in_force[0]:
        return [say("It comes into force on {day}; {owned}.", day=day, owned=owned), *_next(s)]
    if s.mechanisms.lacks_cadence[0]:
        checked = checked_text(s)
        return [
            say(
                "In force since {day}; {owned}; no cadence, {checked}.", day=day, owned=owned, checked=checked
            )
        ]
    said = say("In force since {day}, {cadence}; {owned}.", day=day, cadence=_cadence(s), owned=owned)
    return [said, *slot_lines(s), *_run(s), *_next(s)]


def checked_text(s: Situation) -> str:
    """Say when a mechanism was last checked."""
    last = int(s.mechanisms.last_check_row[0])
    return say("last checked on {found}", found=finding_event(s, last)) if last >= 0 else say("never checked")


def _cadence(s: Situation) -> str:
    """Say how often a mechanism is checked, with the grace of a check."""
    written, grace = finding_cell(s, "check_every"), s.mechanisms.slots.grace
    found = CADENCE.fullmatch(written)
    every = say(PERIODS[found[2]], n=found[1]) if found else written
    if not len(grace):
        return say("checked every {every}", every=every)
    return say("checked every {every} with {days} of grace", every=every, days=days_text(grace[0]))


def result_name(result: int) -> str:
    """Say the result of a slot."""
    word = RESULTS[int(result)]
    return say("na") if result == NOT_APPLICABLE else check_name(word)


def check_text(s: Situation, number: int) -> str:
    """Name a check by its number, with the day on which it is due."""
    due = int(due_of_slot(s, np.array([number]))[0])
    return say("check {number}, due {day}", number=number, day=day_text(due))


def slot_text(s: Situation, i: int) -> str:
    """Say what became of one slot, with the check that decided it."""
    slots = s.mechanisms.slots
    check, row = check_text(s, int(slots.number[i])), int(slots.check_row[i])
    if row >= 0:
        result, found = result_name(slots.result[i]), finding_event(s, row)
        said = say("{check}: {result} on {found}", check=check, result=result, found=found)
        return said if slots.is_counted[i] else say_in_turn(CLAUSES, (said, say("may still change")))
    end = day_text(slots.due_on[i] + slots.grace[i])
    if slots.is_counted[i]:
        result = result_name(slots.result[i])
        return say("{check}: {result}, nobody checked by {day}", check=check, result=result, day=end)
    return say("{check}: still open until {day}", check=check, day=end)


def slot_lines(s: Situation) -> list[str]:
    """Say what became of the last slots of a mechanism, newest last; of the earlier ones only how many."""
    slots, n = s.mechanisms.slots, len(s.mechanisms.slots.number)
    shown = max(n - PERSISTENCE_SLOTS, 0)
    lines = [sentence(slot_text(s, i)) for i in range(shown, n)]
    if not shown:
        return lines
    counts = Counter(int(result) for result in slots.result[:shown])
    told = say_names(
        say("{n} {result}", n=counts[result], result=result_name(result))
        for result in RESULTS
        if counts[result]
    )
    return [say("Checks 1 to {n}: {counts}.", n=shown, counts=told), *lines]


def _run(s: Situation) -> list[str]:
    passed, counted = (int(found[0]) for found in last_slots(s))
    if not counted:
        return [say("No check counts yet, na left aside.")]
    run, days = int(s.mechanisms.streak[0]), days_text(s.mechanisms.streak_days[0])
    present = (
        say("Present run: {run} passed in a row, over {days}", run=run, days=days)
        if run
        else say("No run: the last check that counts was not passed")
    )
    of_last = say("{passed} of the last {counted} that count were passed", passed=passed, counted=counted)
    return [say("{said}.", said=say_in_turn(PARTS, (present, of_last)))]


def next_text(s: Situation) -> str:
    """Say when the next check is due; empty where none is."""
    number = next_slot(s)
    if not number[0]:
        return ""
    late = age_of(s, due_of_slot(s, number)[0])
    check = check_text(s, int(number[0]))
    return (
        say("{check} ({days} ago, still in its grace)", check=check, days=days_text(late))
        if late > 0
        else check
    )


def _next(s: Situation) -> list[str]:
    return [say("Next: {check}.", check=next_text(s))] if next_text(s) else []


def valid_slots(s: Situation) -> list[int]:
    """Return the slots from which the stage is read: counted, and not na."""
    return np.flatnonzero(s.mechanisms.slots.is_valid).tolist()


def passed_slots(s: Situation) -> list[int]:
    """Return those among them that were passed."""
    return [i for i in valid_slots(s) if s.mechanisms.slots.result[i] == PASS]


def slots_text(s: Situation, rows: list[int]) -> str:
    """Say what became of some slots."""
    return say_in_turn(PARTS, (slot_text(s, i) for i in rows))

"""When must a mechanism be checked next? (method, section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING, first, last, pick
from theorytopractice.assessment.stages.mechanisms import FAIL, later
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Ints
    from theorytopractice.assessment.stages.situation import Situation


def next_slot(s: Situation) -> Ints:
    """Return the number of the slot that the next check serves, 0 where nothing is due.

    It is the earliest slot without a check whose grace has not run out; where every slot begun has its check, the
    one after. A mechanism that has no effective date or no cadence waits for no check.
    """
    findings, finding, slots = s.book.findings, s.cases.finding, s.mechanisms.slots
    due = s.is_kind(FindingKind.MECHANISM) & (findings.effective[finding] != MISSING)
    due &= findings.cadence_count[finding] > 0
    open_still = slots.due_on.astype(np.int64) + slots.grace >= s.day[slots.case]
    waiting = pick(slots.number, first((slots.check_row < 0) & open_still, slots.case, len(s)), 0)
    begun = last(np.ones(len(slots.number), dtype=bool), slots.case, len(s))
    return np.where(due, np.where(waiting > 0, waiting, pick(slots.number, begun, 0) + 1), 0)


def repeatable(s: Situation) -> int:
    """Return the slot of a single case that a pass could still mend, 0 if none (method, section 9).

    The last check in a slot's own window decides: until its day due, one that failed can be repeated. One that does
    not apply (na) need not be, for it is passed over.
    """
    slots = s.mechanisms.slots
    mends = (slots.result == FAIL) & ~slots.is_counted & (slots.due_on >= s.day[0])
    return int(slots.number[mends].max(initial=0))


def due_of_slot(s: Situation, number: Ints) -> Ints:
    """Return the day on which a slot of each case is due; MISSING where the number is 0."""
    findings, finding = s.book.findings, s.cases.finding
    anchor = np.maximum(findings.effective[finding], s.seen.revised_on).astype(np.int64)
    asked = number > 0
    due = np.full(len(s), MISSING, dtype=np.int64)
    steps = findings.cadence_count[finding].astype(np.int64) * number
    due[asked] = later(anchor[asked], steps[asked], findings.cadence_unit[finding][asked])
    return due

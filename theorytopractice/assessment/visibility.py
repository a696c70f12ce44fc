"""What was visible of a finding on a day, and which disposition did it have?

A *case* is a finding on a day. Everything is assessed case by case, as columns: one day for all findings,
sixty month-ends, or the days on which each finding may have risen a stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.columns import code
from theorytopractice.assessment.grouped import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    greatest,
    is_among,
    last,
    pick,
)
from theorytopractice.errors import UnknownName
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Disposition, FindingEvent, Knowledge

if TYPE_CHECKING:
    from theorytopractice.assessment.encoded_plan import EncodedPlan


CLOSING = {
    FindingEvent.REJECT: Disposition.REJECTED,
    FindingEvent.SUPERSEDE: Disposition.SUPERSEDED,
    FindingEvent.RETIRE: Disposition.RETIRED,
    FindingEvent.DUPLICATE: Disposition.DUPLICATE,
}
DECISIONS = (*CLOSING, FindingEvent.ACCEPT, FindingEvent.PARTIALLY_ACCEPT, FindingEvent.REOPEN)
REVIEWS = (
    FindingEvent.REVIEW_CONFIRMED,
    FindingEvent.REVIEW_REVISED,
    FindingEvent.REVIEW_MATERIAL,
    FindingEvent.SUPERSEDE,
    FindingEvent.RETIRE,
)
CHECKS = (FindingEvent.CHECK_PASS, FindingEvent.CHECK_FAIL, FindingEvent.CHECK_NA)


@dataclass(frozen=True, slots=True)
class FindingDays:
    """Pairs of a finding (position) and an as-of day."""

    finding: IntArray
    day: DayArray
    knowledge: Knowledge = Knowledge.THEN

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.finding)


@dataclass(frozen=True, slots=True)
class FindingView:
    """What each case knows of its finding's own events.

    ``disposition`` is a position in Disposition; ``revised_on`` the last visible material revision, MISSING
    if none: facts dated up to it are not seen (method, section 10). ``block`` is the row (in the book's
    finding events) of the block in force, −1 if none.
    """

    disposition: Array
    revised_on: DayArray
    reviewed_on: DayArray
    block: IntArray
    decision: IntArray

    @property
    def is_open(self) -> BoolArray:
        """Tell which cases have an open finding."""
        return self.disposition == code(Disposition, Disposition.OPEN)


def is_kind(kind: Array, *words: FindingEvent) -> BoolArray:
    """Tell which finding events are among some words."""
    return is_among(kind, [code(FindingEvent, word) for word in words])


def is_visible(facts: Grouped, rows: IntArray, day: DayArray, knowledge: Knowledge) -> BoolArray:
    """Tell which facts are visible on their case's day (method, T3)."""
    seen = facts["day"][rows] <= day
    if knowledge == Knowledge.THEN:
        seen &= facts["recorded"][rows] <= day
    return seen


def observe_findings(encoded: EncodedPlan, cases: FindingDays) -> FindingView:
    """Read the finding events of each case (method, section 3; blocks 5.3; reviews, section 10)."""
    events, n = encoded.finding_events, len(cases)
    segment, rows = events.expand(cases.finding)
    seen = is_visible(events, rows, cases.day[segment], cases.knowledge)
    segment, rows = segment[seen], rows[seen]
    kind, day = events["kind"][rows], events["day"][rows]
    decision = last(is_kind(kind, *DECISIONS), segment, n)
    block = last(is_kind(kind, FindingEvent.BLOCK, FindingEvent.UNBLOCK), segment, n)
    is_block = pick(kind, block, -1) == code(FindingEvent, FindingEvent.BLOCK)
    return FindingView(
        disposition=_dispositions(encoded, cases, pick(kind, decision, -1)),
        revised_on=greatest(day, is_kind(kind, FindingEvent.REVIEW_MATERIAL), segment, n),
        reviewed_on=greatest(day, is_kind(kind, *REVIEWS), segment, n),
        block=np.where(is_block, pick(rows, block, -1), -1),
        decision=pick(rows, decision, -1),
    )


def _dispositions(encoded: EncodedPlan, cases: FindingDays, decision: Array) -> Array:
    """Turn the last visible decision into a disposition; a finding recorded later is unknown (T7)."""
    disposition = np.full(len(cases), code(Disposition, Disposition.OPEN), dtype=np.int8)
    for event, word in CLOSING.items():
        disposition[decision == code(FindingEvent, event)] = code(Disposition, word)
    disposition[encoded.findings.recorded[cases.finding] > cases.day] = code(Disposition, Disposition.UNKNOWN)
    return disposition


def is_after(day: DayArray, revised_on: DayArray) -> BoolArray:
    """Tell which facts are dated after the last material revision of their finding (method, section 10)."""
    return (revised_on == MISSING) | (day > revised_on)


def all_findings_on(encoded: EncodedPlan, as_of: date | str | None, knowledge: str) -> FindingDays:
    """Return the cases of all findings on one day; raises PracticeError for what is not a day."""
    known = kind_of_knowledge(knowledge)
    day = as_day_number(encoded, as_of)
    n = len(encoded.findings.ids)
    return FindingDays(np.arange(n), np.full(n, day, dtype=np.int32), known)


def kind_of_knowledge(word: str) -> Knowledge:
    """Read a kind of knowledge; raises UnknownName."""
    if word not in tuple(Knowledge):
        raise UnknownName("kind of knowledge", word, Knowledge)
    return Knowledge(word)


def as_day_number(encoded: EncodedPlan, as_of: date | str | None) -> int:
    """Read an as-of date as days since 1970."""
    return (as_day(encoded, as_of) - date(1970, 1, 1)).days

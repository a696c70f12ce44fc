"""What was visible of a finding on a day, and which disposition did it have?

A *case* is a finding on a day. Everything is assessed case by case, as columns: one day for all findings,
sixty month-ends, or the days on which each finding may have risen a stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.arrays.segments import (
    MISSING,
    Array,
    Days,
    Grouped,
    Ints,
    Truths,
    greatest,
    is_among,
    last,
    pick,
)
from theorytopractice.model.vocabularies import FindingEvent, Knowledge

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.book import Book

OPEN, UNKNOWN = "open", "unknown"
DISPOSITIONS = (OPEN, UNKNOWN, "rejected", "superseded", "retired", "duplicate")
CLOSING = {
    FindingEvent.REJECT: "rejected",
    FindingEvent.SUPERSEDE: "superseded",
    FindingEvent.RETIRE: "retired",
    FindingEvent.DUPLICATE: "duplicate",
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
class Cases:
    """Pairs of a finding (position) and an as-of day."""

    finding: Ints
    day: Days
    knowledge: Knowledge = Knowledge.THEN

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.finding)


@dataclass(frozen=True, slots=True)
class FindingView:
    """What each case knows of its finding's own events.

    ``disposition`` is a position in DISPOSITIONS; ``revised_on`` the last visible material revision, MISSING
    if none: facts dated up to it are not seen (method, section 10). ``block`` is the row (in the book's
    finding events) of the block in force, −1 if none.
    """

    disposition: Array
    revised_on: Days
    reviewed_on: Days
    block: Ints
    decision: Ints

    @property
    def is_open(self) -> Truths:
        """Tell which cases have an open finding."""
        return self.disposition == DISPOSITIONS.index(OPEN)


def is_kind(kind: Array, *words: FindingEvent) -> Truths:
    """Tell which finding events are among some words."""
    return is_among(kind, [code(FindingEvent, word) for word in words])


def is_visible(facts: Grouped, rows: Ints, day: Days, knowledge: Knowledge) -> Truths:
    """Tell which facts are visible on their case's day (method, T3)."""
    seen = facts["day"][rows] <= day
    if knowledge == Knowledge.THEN:
        seen &= facts["recorded"][rows] <= day
    return seen


def view(book: Book, cases: Cases) -> FindingView:
    """Read the finding events of each case (method, section 3; blocks 5.3; reviews, section 10)."""
    events, n = book.finding_events, len(cases)
    segment, rows = events.expand(cases.finding)
    seen = is_visible(events, rows, cases.day[segment], cases.knowledge)
    segment, rows = segment[seen], rows[seen]
    kind, day = events["kind"][rows], events["day"][rows]
    decision = last(is_kind(kind, *DECISIONS), segment, n)
    block = last(is_kind(kind, FindingEvent.BLOCK, FindingEvent.UNBLOCK), segment, n)
    is_block = pick(kind, block, -1) == code(FindingEvent, FindingEvent.BLOCK)
    return FindingView(
        disposition=_dispositions(book, cases, pick(kind, decision, -1)),
        revised_on=greatest(day, is_kind(kind, FindingEvent.REVIEW_MATERIAL), segment, n),
        reviewed_on=greatest(day, is_kind(kind, *REVIEWS), segment, n),
        block=np.where(is_block, pick(rows, block, -1), -1),
        decision=pick(rows, decision, -1),
    )


def _dispositions(book: Book, cases: Cases, decision: Array) -> Array:
    """Turn the last visible decision into a disposition; a finding recorded later is unknown (T7)."""
    disposition = np.full(len(cases), DISPOSITIONS.index(OPEN), dtype=np.int8)
    for word, name in CLOSING.items():
        disposition[decision == code(FindingEvent, word)] = DISPOSITIONS.index(name)
    disposition[book.findings.recorded[cases.finding] > cases.day] = DISPOSITIONS.index(UNKNOWN)
    return disposition


def is_after(day: Days, revised_on: Days) -> Truths:
    """Tell which facts are dated after the last material revision of their finding (method, section 10)."""
    return (revised_on == MISSING) | (day > revised_on)

"""Was a promise kept, and in time?

Method, section 7: a commitment is an action with ``promised_to``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.arrays.segments import MISSING, Array, Days, Ints, Truths, begins, last, pick
from theorytopractice.assessment.stages.actions import ActionState, SeenEvents, SeenEvidence
from theorytopractice.model.vocabularies import ActionEvent

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.model.vocabularies import Knowledge


class Commitment(StrEnum):
    """The states of a commitment, in the order in which they are asked."""

    UNKNOWN = "unknown"
    RELEASED = "released"
    DISPUTED = "disputed"
    KEPT_UNDATED = "kept_undated"
    KEPT_ON_TIME = "kept_on_time"
    KEPT_LATE = "kept_late"
    UNDATED = "undated"
    MISSED = "missed"
    OPEN = "open"


KEPT = (Commitment.KEPT_UNDATED, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE)


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """Every commitment of a plan on a day; ``state`` is a position in Commitment.

    ``completed_on`` is the last visible complete; ``is_confirmed`` where the last word of those it was made to is
    confirm, whenever it was said; ``answer_row`` what they said last since the completion. ``row`` columns point into the book's action
    events (−1: none); the visible redates lie in ``redate_row``, of the commitment ``redate_of``, and
    ``redate_counts`` where they moved the effective due date.
    """

    action: Ints
    state: Array
    effective_due: Days
    completed_on: Days
    is_confirmed: Truths
    complete_row: Ints
    answer_row: Ints
    release_row: Ints
    redate_of: Ints
    redate_row: Ints
    redate_counts: Truths


def observe_commitments(
    book: Book, day: int, knowledge: Knowledge, *, only: Ints | None = None
) -> CommitmentView:
    """Judge every commitment on a day, or those among some actions (method, section 7)."""
    action = np.flatnonzero(book.actions.is_promised)
    action = action if only is None else np.intersect1d(action, only)
    days = np.full(len(action), day, dtype=np.int32)
    events = SeenEvents(book, action, days, np.full_like(days, MISSING), knowledge)
    proof = SeenEvidence(book, action, days, np.full_like(days, MISSING), knowledge)
    is_proven = proof.is_since(events.reopened_on) | (not book.settings.require_evidence)
    is_done = events.state(is_proven) == ActionState.DONE
    complete = events.last(ActionEvent.COMPLETE)
    completed_on = pick(events.day, complete, MISSING)
    due, redate_counts = _effective_due(book, events, action)
    answers = events.among(ActionEvent.CONFIRM, ActionEvent.DISPUTE)
    word = last(answers, events.segment, events.n)
    answer = last(answers & (events.day >= completed_on[events.segment]), events.segment, events.n)
    disputed = pick(events.kind, answer, -1) == code(ActionEvent, ActionEvent.DISPUTE)
    release = events.last(ActionEvent.RELEASE)
    state = _first_that_applies(
        book.actions.recorded[action] > day,
        release >= 0,
        is_done & disputed,
        is_done & (due == MISSING),
        is_done & (completed_on <= due),
        is_done,
        due == MISSING,
        day > due,
    )
    return CommitmentView(
        action=action,
        state=state,
        effective_due=due,
        completed_on=completed_on,
        is_confirmed=pick(events.kind, word, -1) == code(ActionEvent, ActionEvent.CONFIRM),
        complete_row=pick(events.row, complete, -1),
        answer_row=pick(events.row, answer, -1),
        release_row=pick(events.row, release, -1),
        redate_of=events.redate_segment,
        redate_row=events.redate_row,
        redate_counts=redate_counts,
    )


def _first_that_applies(*conditions: Truths) -> Array:
    """Return the state of each commitment, asked in the order of the vocabulary; ``open`` where none applies."""
    codes = [code(Commitment, one) for one in list(Commitment)[:-1]]
    return np.select(list(conditions), codes, code(Commitment, Commitment.OPEN)).astype(np.int8)


def _effective_due(book: Book, events: SeenEvents, action: Ints) -> tuple[Days, Truths]:
    """Return the due date as those it was promised to agreed to move it, in time; and which redates did so."""
    due = book.actions.due[action].copy()
    segment, row = events.redate_segment, events.redate_row
    facts, counted = book.action_events, np.zeros(len(row), dtype=bool)
    position = np.arange(len(segment))
    turn = position - np.maximum.accumulate(np.where(begins(segment), position, 0))
    for k in range(int(turn.max(initial=-1)) + 1):
        mine = np.flatnonzero(turn == k)
        of, fact = segment[mine], row[mine]
        counts = facts["consent"][fact] & (due[of] != MISSING) & (facts["day"][fact] <= due[of])
        due[of[counts]] = facts["due"][fact[counts]]
        counted[mine] = counts
    return due, counted

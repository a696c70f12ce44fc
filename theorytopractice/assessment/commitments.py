"""Was a promise kept, and in time?

Method, section 7: a commitment is an action with ``promised_to``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.actions import ActionState, SeenEvents, SeenEvidence
from theorytopractice.assessment.columns import code
from theorytopractice.assessment.segments import MISSING, Array, Days, Ints, begins, last, pick, some
from theorytopractice.model.vocabularies import ActionEvent

if TYPE_CHECKING:
    from theorytopractice.assessment.encoding import Book
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

    ``completed_on`` is the last visible complete, ``answer`` 1 where those it was made to confirmed last, −1
    where they disputed last, 0 where they said nothing since.
    """

    action: Ints
    state: Array
    effective_due: Days
    completed_on: Days
    answer: Array


def observe_commitments(book: Book, day: int, knowledge: Knowledge) -> CommitmentView:
    """Judge every commitment on a day (method, section 7)."""
    action = np.flatnonzero(book.actions.is_promised)
    days = np.full(len(action), day, dtype=np.int32)
    events = SeenEvents(book, action, days, np.full_like(days, MISSING), knowledge)
    proof = SeenEvidence(book, action, days, np.full_like(days, MISSING), knowledge)
    is_done = (
        events.state(proof.is_since(events.reopened_on) | (not book.settings.require_evidence))
        == ActionState.DONE
    )
    completed_on = pick(events.day, events.last(ActionEvent.COMPLETE), MISSING)
    due = _effective_due(book, events, action)
    answer = _answers(events, completed_on)
    is_dated = due != MISSING
    released = some(events.among(ActionEvent.RELEASE), events.segment, len(action))
    state = np.select(
        [
            book.actions.recorded[action] > day,
            released,
            is_done & (answer < 0),
            is_done & ~is_dated,
            is_done & (completed_on <= due),
            is_done,
            ~is_dated,
            day > due,
        ],
        [code(Commitment, one) for one in list(Commitment)[:-1]],
        code(Commitment, Commitment.OPEN),
    )
    return CommitmentView(action, state.astype(np.int8), due, completed_on, answer)


def _effective_due(book: Book, events: SeenEvents, action: Ints) -> Days:
    """Return the due date as those it was promised to agreed to move it, in time; MISSING if none."""
    due = book.actions.due[action].copy()
    segment, row = events.redate_segment, events.redate_row
    facts = book.action_events
    position = np.arange(len(segment))
    turn = position - np.maximum.accumulate(np.where(begins(segment), position, 0))
    for k in range(int(turn.max(initial=-1)) + 1):
        mine = np.flatnonzero(turn == k)
        of, fact = segment[mine], row[mine]
        counts = facts["consent"][fact] & (due[of] != MISSING) & (facts["day"][fact] <= due[of])
        due[of[counts]] = facts["due"][fact[counts]]
    return due


def _answers(events: SeenEvents, completed_on: Days) -> Array:
    """Return what those it was made to said last, on or after the completion: 1 confirm, −1 dispute, 0 nothing."""
    since = events.day >= completed_on[events.segment]
    spoken = events.among(ActionEvent.CONFIRM, ActionEvent.DISPUTE) & since
    found = pick(events.kind, last(spoken, events.segment, events.n), -1)
    confirmed = found == code(ActionEvent, ActionEvent.CONFIRM)
    return np.where(found == -1, 0, np.where(confirmed, 1, -1)).astype(np.int8)

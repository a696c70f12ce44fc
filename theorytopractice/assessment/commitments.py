"""Was a promise kept, and in time?

Method, section 7: a commitment is an action with ``promised_to``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.actions import SeenEvents, SeenEvidence
from theorytopractice.assessment.columns import code
from theorytopractice.assessment.grouped import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    begins,
    last,
    pick,
)
from theorytopractice.model.vocabularies import ActionEvent, ActionState

if TYPE_CHECKING:
    from theorytopractice.assessment.encoded_plan import EncodedPlan
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

    action: IntArray
    state: Array
    effective_due: DayArray
    completed_on: DayArray
    is_confirmed: BoolArray
    complete_row: IntArray
    answer_row: IntArray
    release_row: IntArray
    redate_of: IntArray
    redate_row: IntArray
    redate_counts: BoolArray


def observe_commitments(
    encoded: EncodedPlan, day: int, knowledge: Knowledge, *, only: IntArray | None = None
) -> CommitmentView:
    """Judge every commitment on a day, or those among some actions (method, section 7)."""
    action = np.flatnonzero(encoded.actions.is_promised)
    action = action if only is None else np.intersect1d(action, only)
    days = np.full(len(action), day, dtype=np.int32)
    events = SeenEvents(encoded, action, days, np.full_like(days, MISSING), knowledge)
    proof = SeenEvidence(encoded, action, days, np.full_like(days, MISSING), knowledge)
    is_proven = proof.is_since(events.reopened_on) | (not encoded.settings.require_evidence)
    is_done = events.state(is_proven) == code(ActionState, ActionState.DONE)
    complete = events.last(ActionEvent.COMPLETE)
    completed_on = pick(events.day, complete, MISSING)
    due, redate_counts = _effective_due(encoded, events, action)
    answers = events.among(ActionEvent.CONFIRM, ActionEvent.DISPUTE)
    word = last(answers, events.segment, events.n)
    answer = last(answers & (events.day >= completed_on[events.segment]), events.segment, events.n)
    disputed = pick(events.kind, answer, -1) == code(ActionEvent, ActionEvent.DISPUTE)
    release = events.last(ActionEvent.RELEASE)
    state = _first_that_applies(
        encoded.actions.recorded[action] > day,
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


def _first_that_applies(*conditions: BoolArray) -> Array:
    """Return the state of each commitment, asked in the order of the vocabulary; ``open`` where none applies."""
    codes = [code(Commitment, one) for one in list(Commitment)[:-1]]
    return np.select(list(conditions), codes, code(Commitment, Commitment.OPEN)).astype(np.int8)


def _effective_due(encoded: EncodedPlan, events: SeenEvents, action: IntArray) -> tuple[DayArray, BoolArray]:
    """Return the due date as those it was promised to agreed to move it, in time; and which redates did so."""
    due = encoded.actions.due[action].copy()
    segment, row = events.redate_segment, events.redate_row
    facts, counted = encoded.action_events, np.zeros(len(row), dtype=bool)
    position = np.arange(len(segment))
    turn = position - np.maximum.accumulate(np.where(begins(segment), position, 0))
    for k in range(int(turn.max(initial=-1)) + 1):
        mine = np.flatnonzero(turn == k)
        of, fact = segment[mine], row[mine]
        counts = facts["consent"][fact] & (due[of] != MISSING) & (facts["day"][fact] <= due[of])
        due[of[counts]] = facts["due"][fact[counts]]
        counted[mine] = counts
    return due, counted

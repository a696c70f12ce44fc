"""In which state is every action of a plan, whatever finding it serves?

Method, sections 4 and 11: actions are counted as distinct ids. A material revision hides facts from its own
finding alone (section 10), so it hides none here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING, Array, Days, Ints, Truths, is_among, pick
from theorytopractice.assessment.stages.actions import ActionState, SeenEvents, SeenEvidence
from theorytopractice.model.vocabularies import ActionEvent

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.model.vocabularies import Knowledge

COMPLETED = (ActionState.DONE, ActionState.DONE_UNVERIFIED)


@dataclass(frozen=True, slots=True)
class OwnActions:
    """Every action of the plan on a day; one entry an action."""

    day: int
    is_in_plan: Truths
    state: Array
    due: Days
    original_due: Days
    completed_on: Days

    @property
    def is_live(self) -> Truths:
        """Tell which actions are in the plan and not cancelled (method, section 12)."""
        return self.is_in_plan & (self.state != ActionState.CANCELLED)

    @property
    def is_open(self) -> Truths:
        """Tell which live actions are neither done nor done_unverified (method, section 12)."""
        return self.is_live & ~is_among(self.state, list(COMPLETED))

    @property
    def is_overdue(self) -> Truths:
        """Tell which open actions are past their current due date (method, T6)."""
        return self.is_open & (self.due != MISSING) & (self.due < self.day)

    @property
    def is_on_time(self) -> Truths:
        """Tell which actions are done, and were so by their original due date."""
        on_time = self.is_live & (self.state == ActionState.DONE)
        return on_time & (self.completed_on <= self.original_due)


def observe_own_actions(book: Book, day: int, knowledge: Knowledge) -> OwnActions:
    """Work out the state of every action on a day."""
    action = np.arange(len(book.actions.ids))
    days = np.full(len(action), day, dtype=np.int32)
    nothing_hidden = np.full_like(days, MISSING)
    events = SeenEvents(book, action, days, nothing_hidden, knowledge)
    proof = SeenEvidence(book, action, days, nothing_hidden, knowledge)
    redate = events.last_redate()
    return OwnActions(
        day=day,
        is_in_plan=book.actions.recorded <= day,
        state=events.state(proof.is_since(events.reopened_on) | (not book.settings.require_evidence)),
        due=np.where(redate >= 0, pick(book.action_events["due"], redate, MISSING), book.actions.due),
        original_due=book.actions.due,
        completed_on=pick(events.day, events.last(ActionEvent.COMPLETE), MISSING),
    )


def linking_findings(book: Book) -> Ints:
    """Return the finding of each action link, in the order of the book's links."""
    return np.repeat(np.arange(len(book.findings.ids)), np.diff(book.links.starts))


def serving(book: Book, findings: Truths) -> Truths:
    """Tell which actions have a link of any role to one of these findings."""
    serves = np.zeros(len(book.actions.ids), dtype=bool)
    serves[book.links["action"][findings[linking_findings(book)]]] = True
    return serves

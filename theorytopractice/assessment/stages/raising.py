"""Which linked actions raise a flag? The rows behind the flags, so that an explanation can name them.

Method, 5.3. Each function gives one truth a row of the situation's actions; the flag asks whether some row of
a case is such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.actions import ActionState

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.stages.situation import Situation


def without_owner(s: Situation) -> Truths:
    """Tell which live actions lack an accountable owner."""
    return s.actions.is_live & ~s.actions.has_accountable


def left_behind(s: Situation) -> Truths:
    """Tell which open actions have an accountable owner who has left (``owner_left``)."""
    left_on = s.book.actions.owner_left_on[s.actions.action]
    rows: Truths = s.actions.is_open & (left_on <= s.day[s.actions.case])
    return rows


def without_due(s: Situation) -> Truths:
    """Tell which live actions lack a current due date."""
    return s.actions.is_live & (s.actions.due == MISSING)


def without_evidence(s: Situation) -> Truths:
    """Tell which live actions are complete, but no evidence shows it."""
    return s.actions.is_live & (s.actions.state == ActionState.DONE_UNVERIFIED)


def past_due(s: Situation) -> Truths:
    """Tell which open actions are past their current due date."""
    return s.actions.is_overdue(s.day)


def moved_later(s: Situation) -> Truths:
    """Tell which open actions are now due later than at first."""
    original = s.actions.original_due
    return s.actions.is_open & (original != MISSING) & (s.actions.due > original)


def taken_up_again(s: Situation) -> Truths:
    """Tell which open actions were reopened after they had been complete."""
    return s.actions.is_open & s.actions.is_reopened


def claimed_full(s: Situation) -> Truths:
    """Tell which open actions once claimed progress of 100."""
    return s.actions.is_open & s.actions.is_claimed_full


def given_up(s: Situation) -> Truths:
    """Tell which counted actions are cancelled."""
    return s.actions.counts & s.actions.is_cancelled


def ahead_of_day(s: Situation) -> Truths:
    """Tell which counted actions have an event or evidence dated after the as-of day."""
    return s.actions.counts & s.actions.has_future

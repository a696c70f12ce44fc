"""How does a rule become a flag?

A flag is a function from a :class:`Assessment` to one truth a case, declared where its rule stands; for
kinds to which a flag does not apply, and for findings that are not open, it is never raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from theorytopractice.assessment.actions import ActionState
from theorytopractice.assessment.grouped import MISSING
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.grouped import BoolArray


Rule: TypeAlias = "Callable[[Assessment], BoolArray]"

EVERY_KIND = tuple(FindingKind)
LADDER_KINDS = (FindingKind.INSIGHT, FindingKind.PROBLEM)

FLAGS: dict[str, tuple[Rule, tuple[FindingKind, ...]]] = {}


def flag(*kinds: FindingKind) -> Callable[[Rule], Rule]:
    """Declare a rule as a flag of these kinds; its name is the function's."""

    def declare(rule: Rule) -> Rule:
        FLAGS[rule.__name__] = (rule, kinds)
        return rule

    return declare


def judge_flag(situation: Assessment, name: str) -> BoolArray:
    """Judge one flag for every case."""
    rule, kinds = FLAGS[name]
    return rule(situation) & situation.is_kind(*kinds) & situation.visible.is_open


def flag_lists(found: dict[str, BoolArray], n: int) -> list[list[str]]:
    """Turn truths a flag into a sorted list of names a case."""
    names = sorted(found)
    mask = np.zeros(n, dtype=np.int64)
    for bit, name in enumerate(names):
        mask |= found[name].astype(np.int64) << bit
    patterns, which = np.unique(mask, return_inverse=True)
    lists = [[name for bit, name in enumerate(names) if pattern >> bit & 1] for pattern in patterns.tolist()]
    return [list(lists[i]) for i in which.tolist()]


def unowned_actions(s: Assessment) -> BoolArray:
    """Tell which live actions lack an accountable owner."""
    return s.actions.is_live & ~s.actions.has_accountable


def left_behind(s: Assessment) -> BoolArray:
    """Tell which open actions have an accountable owner who has left (``owner_left``)."""
    left_on = s.encoded.actions.owner_left_on[s.actions.action]
    rows: BoolArray = s.actions.is_open & (left_on <= s.day[s.actions.case])
    return rows


def undated_actions(s: Assessment) -> BoolArray:
    """Tell which live actions lack a current due date."""
    return s.actions.is_live & (s.actions.due == MISSING)


def unverified_actions(s: Assessment) -> BoolArray:
    """Tell which live actions are complete, but no evidence shows it."""
    return s.actions.is_live & (s.actions.state == ActionState.DONE_UNVERIFIED)


def overdue_actions(s: Assessment) -> BoolArray:
    """Tell which open actions are past their current due date."""
    return s.actions.is_overdue(s.day)


def rescheduled_actions(s: Assessment) -> BoolArray:
    """Tell which open actions are now due later than at first."""
    original = s.actions.original_due
    return s.actions.is_open & (original != MISSING) & (s.actions.due > original)


def reopened_actions(s: Assessment) -> BoolArray:
    """Tell which open actions were reopened after they had been complete."""
    return s.actions.is_open & s.actions.is_reopened


def actions_claiming_completion(s: Assessment) -> BoolArray:
    """Tell which open actions once claimed progress of 100."""
    return s.actions.is_open & s.actions.is_claimed_full


def cancelled_actions(s: Assessment) -> BoolArray:
    """Tell which counted actions are cancelled."""
    return s.actions.counts & s.actions.is_cancelled


def future_dated_actions(s: Assessment) -> BoolArray:
    """Tell which counted actions have an event or evidence dated after the as-of day."""
    return s.actions.counts & s.actions.has_future

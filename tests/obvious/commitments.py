"""Was a promise kept, and on time? (method, section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import actions as act
from .facts import Look, date_of, is_true, text

if TYPE_CHECKING:
    from datetime import date

KEPT = ("kept_undated", "kept_on_time", "kept_late")


def effective_due(look: Look, action_id: str) -> date | None:
    """Give the due date in force: only agreed redates, made in time, move the original."""
    due = act.original_due(look, action_id)
    if due is None:
        return None
    for fact in look.redates(action_id):
        if is_true(fact.row, "consent", default=False) and fact.on <= due:
            due = date_of(fact.row, "due")
    return due


def is_disputed(look: Look, action_id: str, completed_on: date) -> bool:
    """Say whether the last dispute or confirm dated on or after the completion is a dispute."""
    answers = [fact for fact in look.on_action(action_id, ("dispute", "confirm")) if fact.on >= completed_on]
    return bool(answers) and answers[-1].event == "dispute"


def commitment_state(look: Look, action_id: str) -> str:  # noqa: PLR0911
    """Give the state of a commitment: the first that applies."""
    if not act.is_in_plan(look, action_id):
        return "unknown"
    if look.on_action(action_id, ("release",)):
        return "released"
    due = effective_due(look, action_id)
    if act.state_of(look, action_id) == "done":
        completed_on = act.last_complete(look, action_id)
        if is_disputed(look, action_id, completed_on):
            return "disputed"
        if due is None:
            return "kept_undated"
        return "kept_on_time" if completed_on <= due else "kept_late"
    if due is None:
        return "undated"
    return "missed" if look.day > due else "open"


def commitment_row(look: Look, action_id: str) -> dict:
    """Give the row of `--of commitments` for one action."""
    # reading: an unknown commitment has no due date yet; fulfilled_on is set for the kept states only;
    # days_late for kept_late only, as in "median days late (over kept_late, c - effective due)".
    state = commitment_state(look, action_id)
    due = effective_due(look, action_id)
    completed_on = act.last_complete(look, action_id)
    return {
        "action_id": action_id,
        "state": state,
        "effective_due": None if state == "unknown" else due,
        "fulfilled_on": completed_on if state in KEPT else None,
        "days_late": (completed_on - due).days if state == "kept_late" else None,
    }


def commitment_rows(look: Look) -> list[dict]:
    """Give one row for every action with promised_to, by action_id."""
    promised = [one for one, row in look.plan.actions.items() if text(row, "promised_to")]
    return [commitment_row(look, one) for one in sorted(promised)]

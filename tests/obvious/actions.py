"""In what state is an action, and when did it start, end and move? (method, section 4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .facts import Fact, Look, date_of, number_of

if TYPE_CHECKING:
    from datetime import date

STATE_EVENTS = ("start", "complete", "reopen", "cancel", "suspend", "resume")
FINISHED = ("done", "done_unverified")


def is_in_plan(look: Look, action_id: str) -> bool:
    """Say whether an action is in the plan at D (T7)."""
    recorded_on = date_of(look.plan.actions[action_id], "recorded_on")
    return recorded_on is None or recorded_on <= look.day


def evidence_since_reopen(look: Look, action_id: str) -> list[Fact]:
    """Give the seen evidence of an action dated not before its last reopen."""
    reopens = look.on_action(action_id, ("reopen",))
    evidence = look.evidence(action_id)
    if not reopens:
        return evidence
    return [fact for fact in evidence if fact.on >= reopens[-1].on]


def progress_values(look: Look, action_id: str) -> list[tuple[Fact, Decimal]]:
    """Give the seen progress events with their values, in time order."""
    pairs = []
    for fact in look.on_action(action_id, ("progress",)):
        value = number_of(fact.row, "progress")
        if value is not None:
            pairs.append((fact, value))
    return pairs


def state_of(look: Look, action_id: str) -> str:  # noqa: PLR0911
    """Give the state of an action at D."""
    events = look.on_action(action_id, STATE_EVENTS)
    if not events:
        if any(value > 0 for _, value in progress_values(look, action_id)):
            return "in_progress"
        return "not_started"
    last = events[-1].event
    if last == "cancel":
        return "cancelled"
    if last == "complete":
        if not look.plan.evidence_is_required:
            return "done"
        return "done" if evidence_since_reopen(look, action_id) else "done_unverified"
    if last == "suspend":
        return "suspended"
    return "in_progress"


def start_date(look: Look, action_id: str) -> date | None:
    """Give the earliest visible start, resume, progress > 0 or complete."""
    days = [fact.on for fact in look.on_action(action_id, ("start", "resume", "complete"))]
    days += [fact.on for fact, value in progress_values(look, action_id) if value > 0]
    return min(days, default=None)


def last_complete(look: Look, action_id: str) -> date | None:
    """Give the day of the last visible complete."""
    completes = look.on_action(action_id, ("complete",))
    return completes[-1].on if completes else None


def original_due(look: Look, action_id: str) -> date | None:
    """Give the action's own due date."""
    return date_of(look.plan.actions[action_id], "due")


def current_due(look: Look, action_id: str) -> date | None:
    """Give the due date of the last visible redate, else the action's own."""
    redates = look.redates(action_id)
    return date_of(redates[-1].row, "due") if redates else original_due(look, action_id)


def is_owned(look: Look, action_id: str) -> bool:
    """Say whether the action has an accountable owner."""
    return action_id in look.plan.accountable


def is_owned_and_dated(look: Look, action_id: str) -> bool:
    """Say whether the action has an accountable owner and a current due date."""
    return is_owned(look, action_id) and current_due(look, action_id) is not None


def is_live(look: Look, action_id: str) -> bool:
    """Say whether the action is in the plan and not cancelled (section 12)."""
    return is_in_plan(look, action_id) and state_of(look, action_id) != "cancelled"


def is_open(look: Look, action_id: str) -> bool:
    """Say whether the action is live and neither done nor done_unverified."""
    return is_live(look, action_id) and state_of(look, action_id) not in FINISHED


def is_overdue(look: Look, action_id: str) -> bool:
    """Say whether an open action is past its current due date (T6)."""
    due = current_due(look, action_id)
    return is_open(look, action_id) and due is not None and look.day > due


def is_slipped(look: Look, action_id: str) -> bool:
    """Say whether an open action is now due later than it was at first."""
    now, first = current_due(look, action_id), original_due(look, action_id)
    return is_open(look, action_id) and now is not None and first is not None and now > first


def is_reopened(look: Look, action_id: str) -> bool:
    """Say whether an open action was reopened since it was last completed."""
    events = look.on_action(action_id, ("complete", "reopen"))
    return is_open(look, action_id) and bool(events) and events[-1].event == "reopen"


def has_progress_100(look: Look, action_id: str) -> bool:
    """Say whether an open action ever showed progress of 100 or more."""
    return is_open(look, action_id) and any(value >= 100 for _, value in progress_values(look, action_id))


def activity_days(look: Look, action_id: str) -> list[date]:
    """Give the days on which something was done at an action (5.3, stalled)."""
    days = [fact.on for fact in look.on_action(action_id, STATE_EVENTS)]
    days += [fact.on for fact in look.evidence(action_id)]
    highest = Decimal(0)
    for fact, value in progress_values(look, action_id):
        if value > highest:
            days.append(fact.on)
            highest = value
    recorded_on = date_of(look.plan.actions[action_id], "recorded_on")
    if recorded_on is not None:
        days.append(recorded_on)
    return days


def has_future_fact(look: Look, action_id: str) -> bool:
    """Say whether an event other than a redate, or evidence, is dated after D (T4)."""
    events = [fact for fact in look.plan.action_events.get(action_id, []) if fact.event != "redate"]
    return any(fact.on > look.day for fact in events + look.plan.action_evidence.get(action_id, []))

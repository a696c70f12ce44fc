"""What is asked of a problem beside its stage? (method, section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import actions as act
from .facts import Look, date_of, number_of, text
from .ladder import ladder_stage, live_actions, live_enabling

if TYPE_CHECKING:
    from datetime import date

# reading: 30 (ripe), 365 (milestone), 400, 10 and 80 (confirmation) are constants that no setting changes.
RIPE_DAYS = 30
MILESTONE_DAYS = 365
CONFIRMATION_DAYS = 400
CONFIRMATION_N = 10
CONFIRMATION_TARGET = 80


def confirmation_passes(look: Look, indicator_id: str) -> bool:
    """Say whether the latest answer of those affected confirms the solution."""
    # reading: "value >= its target" holds whatever direction and tolerance the indicator declares.
    indicator = look.plan.indicators[indicator_id]
    values = look.final_observations(indicator_id)
    if not values:
        return False
    latest = values[-1]
    target = number_of(indicator, "target")
    asked, value = number_of(latest.row, "n"), number_of(latest.row, "value")
    return (
        (look.day - latest.on).days <= CONFIRMATION_DAYS
        and asked is not None
        and asked >= CONFIRMATION_N
        and value >= (CONFIRMATION_TARGET if target is None else target)
    )


def is_confirmed(look: Look, finding_id: str) -> bool:
    """Say whether those affected confirm: every required confirmation indicator passes, and there is one."""
    asked = look.plan.linked_indicators(finding_id, required=True, levels=("confirmation",))
    return bool(asked) and all(confirmation_passes(look, one) for one in asked)


def is_solved(look: Look, finding_id: str, stage: int) -> bool:
    """Say whether a problem is solved: stage 4 or more, and those affected confirm."""
    return stage >= 4 and is_confirmed(look, finding_id)


def ripe_on(look: Look, finding_id: str) -> date | None:
    """Give the day on which every live enabling action was done, None before."""
    enabling = live_enabling(look, finding_id)
    if not enabling or any(act.state_of(look, one) != "done" for one in enabling):
        return None
    days = []
    for one in enabling:
        days.append(act.last_complete(look, one))
        evidence = act.evidence_since_reopen(look, one)
        # reading: evidence puts off the day also where the plan does not require it.
        if evidence:
            days.append(evidence[0].on)
    return max(days)


def conditions_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give the flags of a problem that needs conditions first."""
    flags = set()
    if not any(act.is_owned_and_dated(look, one) for one in live_enabling(look, finding_id)):
        flags.add("no_enabling_action")
    ready_on = ripe_on(look, finding_id)
    if ready_on is not None:
        flags.add("ripe")
        if (look.day - ready_on).days > RIPE_DAYS and stage < 1:
            flags.add("ripe_not_moved")
    return flags


def milestones(look: Look, finding_id: str) -> list[date]:
    """Give the due dates of live actions and the target dates of linked indicators."""
    live = live_actions(look, finding_id) + live_enabling(look, finding_id)
    days = [act.current_due(look, one) for one in live]
    linked = look.plan.linked_indicators(finding_id)
    days += [date_of(look.plan.indicators[one], "target_on") for one in linked]
    return [day for day in days if day is not None]


def problem_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give the flags of section 6, save recurred, for an open problem."""
    flags = set()
    solvability = text(look.plan.findings[finding_id], "solvability") or "now"
    if solvability == "needs_conditions":
        flags |= conditions_flags(look, finding_id, stage)
    if solvability == "long_term":
        near = [day for day in milestones(look, finding_id) if abs((day - look.day).days) <= MILESTONE_DAYS]
        if not near:
            flags.add("drifting")
    if stage >= 4:
        flags.add("solved" if is_solved(look, finding_id, stage) else "solved_unconfirmed")
    return flags


def was_solved(look: Look, finding_id: str) -> bool:
    """Say whether an open problem is solved on the day of the look."""
    return is_solved(look, finding_id, ladder_stage(look, finding_id))

"""Were promises kept, and do those affected say so? Four numbers side by side (method, section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .actions import is_in_plan
from .commitments import KEPT, commitment_rows
from .counting import middle, proportion
from .facts import Look, disposition_of, text
from .problems import CONFIRMATION_DAYS, confirmation_passes

if TYPE_CHECKING:
    from datetime import date


def is_judged(row: dict, day: date) -> bool:
    """Say whether a commitment belongs to N of section 7."""
    if row["state"] in ("unknown", "released", "open"):
        return False
    return row["effective_due"] is not None and row["effective_due"] <= day


def is_confirmed_by_receiver(look: Look, action_id: str) -> bool:
    """Say whether the last visible dispute or confirm is confirm."""
    # reading: as written, with no "dated on or after c": a confirm of an earlier completion counts too.
    answers = look.on_action(action_id, ("dispute", "confirm"))
    return bool(answers) and answers[-1].event == "confirm"


def confirmation_indicators(look: Look) -> list[tuple[Look, str]]:
    """Give the required confirmation indicators of findings with a delivers link to a commitment.

    Each with the look of its finding, which a material review may narrow (section 10).
    """
    # reading: findings of any kind, closed ones too; every commitment in the plan, also a released or cancelled one.
    found: list[tuple[Look, str]] = []
    for finding_id in look.plan.findings:
        if disposition_of(look, finding_id) == "unknown":
            continue
        delivering = look.plan.linked_actions(finding_id, "delivers")
        promised = [one for one in delivering if text(look.plan.actions[one], "promised_to")]
        if any(is_in_plan(look, one) for one in promised):
            asked = look.plan.linked_indicators(finding_id, required=True, levels=("confirmation",))
            found += [(look.for_finding(finding_id), one) for one in asked]
    return found


def has_recent_answer(look: Look, indicator_id: str) -> bool:
    """Say whether the latest final observation of an indicator is at most 400 days old."""
    values = look.final_observations(indicator_id)
    return bool(values) and (look.day - values[-1].on).days <= CONFIRMATION_DAYS


def trust_measures(look: Look) -> list[dict]:
    """Give the rates of section 7 and the three numbers beside them."""
    rows = commitment_rows(look)
    # reading: numerators lie within N, so a promise kept before its due date has come does not count yet.
    judged = [row["state"] for row in rows if is_judged(row, look.day)]
    n_on_time, n_late = judged.count("kept_on_time"), judged.count("kept_late")
    kept = [row["action_id"] for row in rows if row["state"] in KEPT]
    n_disputed = sum(row["state"] == "disputed" for row in rows)
    n_confirmed = sum(is_confirmed_by_receiver(look, one) for one in kept)
    # reading: each indicator is counted once, as the finding sees it that sees most of it.
    answered = [(own, one) for own, one in confirmation_indicators(look) if has_recent_answer(own, one)]
    n_answered = len({one for _, one in answered})
    n_satisfied = len({one for own, one in answered if confirmation_passes(own, one)})
    return [
        proportion("kept_on_time_rate", n_on_time, len(judged)),
        proportion("kept_ever_rate", n_on_time + n_late, len(judged)),
        middle("median_days_late", [row["days_late"] for row in rows if row["state"] == "kept_late"]),
        proportion("confirmed_share", n_confirmed, len(kept) + n_disputed),
        proportion("satisfied_share", n_satisfied, n_answered),
    ]

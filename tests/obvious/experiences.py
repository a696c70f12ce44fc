"""Where has an experience spread, and did it work there? (method, section 8)."""

from __future__ import annotations

from dataclasses import replace

from . import actions as act
from .facts import Look, disposition_of, text
from .ladder import common_flags, kind_of, stall_flags
from .mechanisms import mechanism_stage
from .outcome import OUTCOME_LEVELS, is_fresh, is_shown, run_machine, same_word

# reading: the 180 days until "did not work" and the three sites are constants that no setting changes.
TRIAL_DAYS = 180
SITES = 3


def replications_of(look: Look, finding_id: str) -> list[str]:
    """Give the actions in the plan that replicate the experience at another site."""
    origin = same_word(text(look.plan.findings[finding_id], "origin_site"))
    counted = []
    for one in look.plan.linked_actions(finding_id, "replicates"):
        site = same_word(text(look.plan.actions[one], "site"))
        if act.is_in_plan(look, one) and site and site != origin:
            counted.append(one)
    return counted


def replication_indicators(look: Look, finding_id: str, action_id: str) -> list[str]:
    """Give the required outcome or impact indicators that measure a replication."""
    return look.plan.linked_indicators(finding_id, required=True, levels=OUTCOME_LEVELS, action_id=action_id)


def has_worked(look: Look, finding_id: str, action_id: str) -> bool:
    """Say whether the replication has an indicator and every one is shown, from its own start."""
    started_on = act.start_date(look, action_id)
    indicators = replication_indicators(look, finding_id, action_id)
    return bool(indicators) and all(is_shown(look, one, started_on) for one in indicators)


def has_failed(look: Look, finding_id: str, action_id: str) -> bool:
    """Say whether 180 days after the last complete some indicator is fresh and unmet."""
    if (look.day - act.last_complete(look, action_id)).days < TRIAL_DAYS:
        return False
    started_on = act.start_date(look, action_id)
    for one in replication_indicators(look, finding_id, action_id):
        reading = run_machine(look, one, started_on)
        if reading.state == "unmet" and is_fresh(look, one, reading):
            return True
    return False


def replication_state(look: Look, finding_id: str, action_id: str) -> str:
    """Give the state of a replication: the first that applies."""
    action = look.plan.actions[action_id]
    state = act.state_of(look, action_id)
    if state == "cancelled":
        return "abandoned"
    if state == "done" and text(action, "adaptation"):
        if text(action, "core_kept") == "no":
            return "drifted"
        if has_worked(look, finding_id, action_id):
            return "worked"
        return "did_not_work" if has_failed(look, finding_id, action_id) else "adopted"
    if act.start_date(look, action_id) is not None:
        return "started"
    return "planned" if act.is_owned_and_dated(look, action_id) else "idea"


def codifying_mechanisms(look: Look, finding_id: str) -> list[str]:
    """Give the mechanisms in which the experience is codified."""
    found = {
        text(row, "other_finding_id")
        for row in look.plan.finding_relations
        if text(row, "finding_id") == finding_id and text(row, "relation") == "codified_in"
    }
    return sorted(one for one in found if kind_of(look, one) == "mechanism")


def is_codified(look: Look, finding_id: str) -> bool:
    """Say whether a codifying mechanism is open and at stage 4 or more at D."""
    for one in codifying_mechanisms(look, finding_id):
        own = replace(look, hidden_until=None).for_finding(one)
        if disposition_of(own, one) == "open" and mechanism_stage(own, one) >= 4:
            return True
    return False


def experience_stage(look: Look, finding_id: str) -> int:
    """Give the stage of an open experience."""
    replications = replications_of(look, finding_id)
    states = {one: replication_state(look, finding_id, one) for one in replications}
    worked = {
        same_word(text(look.plan.actions[one], "site")) for one, state in states.items() if state == "worked"
    }
    if len(worked) >= SITES or (worked and is_codified(look, finding_id)):
        return 5
    if worked:
        return 4
    seen = set(states.values())
    if seen & {"adopted", "drifted", "did_not_work"}:
        return 3
    if "started" in seen:
        return 2
    return 1 if "planned" in seen else 0


def experience_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give all flags of an open experience (5.3 and 8)."""
    finding = look.plan.findings[finding_id]
    flags = common_flags(look, finding_id, stage) | stall_flags(look, finding_id, stage)
    states = {replication_state(look, finding_id, one) for one in replications_of(look, finding_id)}
    if not text(finding, "why_it_works") or not text(finding, "core_elements"):
        flags.add("unexplained")
    if "drifted" in states:
        flags.add("drifted")
    if states & {"did_not_work", "abandoned"}:
        flags.add("failed_elsewhere")
    return flags


def replication_rows(look: Look, finding_id: str) -> list[dict]:
    """Give the rows of `--of replications` for one experience."""
    return [
        {
            "finding_id": finding_id,
            "action_id": one,
            "site": text(look.plan.actions[one], "site"),
            "state": replication_state(look, finding_id, one),
        }
        for one in replications_of(look, finding_id)
    ]

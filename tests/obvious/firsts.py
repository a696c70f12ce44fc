"""On which day was a stage first reached? (method, section 12.1, and "recurred" of section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from .experiences import codifying_mechanisms
from .facts import Fact, Look, date_of, disposition_of, text
from .kinds import stage_of
from .ladder import kind_of
from .mechanisms import due_on, grace_days
from .problems import was_solved

ONE_DAY = timedelta(days=1)


def becomes_visible(look: Look, facts: list[Fact]) -> set[date]:
    """Give the days on which facts become visible: own date, or the recording if that is later."""
    if look.knowledge == "restated":
        return {fact.on for fact in facts}
    return {max(fact.on, fact.known_from) for fact in facts}


def slot_days(look: Look, finding_id: str) -> set[date]:
    """Give due + g + 1 of every slot, for every day at which slots were ever anchored."""
    finding = look.plan.findings[finding_id]
    effective_on, check_every = date_of(finding, "effective_on"), text(finding, "check_every")
    if effective_on is None or not check_every:
        return set()
    reviews = [fact.on for fact in look.on_finding(finding_id, ("review_material",))]
    days = set()
    for anchor in {effective_on, *(max(effective_on, on) for on in reviews)}:
        slot = 1
        while (due := due_on(anchor, check_every, slot)) <= look.day:
            days.add(due + timedelta(days=grace_days(check_every)) + ONE_DAY)
            slot += 1
    return days


def candidate_days(look: Look, finding_id: str) -> list[date]:
    """Give the days up to D on which the stage of a finding can rise."""
    plan = look.plan
    finding = plan.findings[finding_id]
    days = {date_of(finding, "recorded_on"), date_of(finding, "effective_on")}
    days |= becomes_visible(look, plan.finding_events.get(finding_id, []))
    days |= becomes_visible(look, plan.finding_evidence.get(finding_id, []))
    for one in plan.linked_actions(finding_id, "delivers", "enables", "improves", "replicates"):
        days.add(date_of(plan.actions[one], "recorded_on"))
        days |= becomes_visible(look, plan.action_events.get(one, []))
        days |= becomes_visible(look, plan.action_evidence.get(one, []))
    for one in plan.linked_indicators(finding_id):
        days.add(date_of(plan.indicators[one], "baseline_on"))
        days |= becomes_visible(look, plan.observations.get(one, []))
    if kind_of(look, finding_id) == "mechanism":
        days |= slot_days(look, finding_id)
    if kind_of(look, finding_id) == "experience":
        for one in codifying_mechanisms(look, finding_id):
            days |= set(candidate_days(look, one))
    return sorted(day for day in days if day is not None and day <= look.day)


def every_day(look: Look, finding_id: str) -> list[date]:
    """Give every single day from the recording of the finding, or its first dated fact, to D."""
    day = date_of(look.plan.findings[finding_id], "recorded_on")
    if day is None:
        day = min(candidate_days(look, finding_id), default=look.day)
    days = []
    while day <= look.day:
        days.append(day)
        day += ONE_DAY
    return days


def stage_on(look: Look, finding_id: str, day: date) -> int:
    """Give the stage on an earlier day as `assess` would have given it, -1 where there is none."""
    stage = stage_of(replace(look, day=day, hidden_until=None), finding_id)
    return -1 if stage is None else stage


def was_ever_solved(look: Look, finding_id: str, days: list[date]) -> bool:
    """Say whether a problem was solved on one of the days before D (section 6)."""
    for day in days:
        then = replace(look, day=day, hidden_until=None)
        if day < look.day and disposition_of(then, finding_id) == "open":
            own = then.for_finding(finding_id)
            if was_solved(own, finding_id):
                return True
    return False


def first_days(look: Look, finding_id: str, days: list[date]) -> dict[str, date | None]:
    """Give the first days at stage 1, 2 and 3, and the day since which it is in practice."""
    stages = {day: stage_on(look, finding_id, day) for day in days}

    def first_at(stage: int) -> date | None:
        return min((day for day in days if stages[day] >= stage), default=None)

    since = None
    if stage_on(look, finding_id, look.day) >= 4:
        risen = [day for day in days if stages[day] >= 4 and stage_on(look, finding_id, day - ONE_DAY) < 4]
        since = max(risen, default=None)
    return {
        "first_planned_on": first_at(1),
        "first_started_on": first_at(2),
        "carried_out_on": first_at(3),
        "in_practice_since": since,
    }

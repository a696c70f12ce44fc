"""Which stage and which flags does an insight or a problem have? (method, section 5)."""

from __future__ import annotations

from datetime import date

from . import actions as act
from .facts import CHECKS, REVIEWS, Look, date_of, disposition_of, text
from .outcome import (
    OUTCOME_LEVELS,
    baseline_problem,
    has_target,
    is_shown,
    is_stale,
    is_sustained,
    latest_value_satisfies,
    run_machine,
)

STAGE_NAMES = ("on the shelf", "planned", "under way", "carried out", "in practice", "sustained")


def kind_of(look: Look, finding_id: str) -> str:
    """Give the kind of a finding."""
    return text(look.plan.findings[finding_id], "kind")


def all_actions(look: Look, finding_id: str) -> list[str]:
    """Give A: the distinct actions that move this finding and are in the plan (5 and 5.3)."""
    roles: tuple[str, ...] = ("delivers",)
    if kind_of(look, finding_id) in ("experience", "mechanism"):
        roles = ("delivers", "replicates")
    return [one for one in look.plan.linked_actions(finding_id, *roles) if act.is_in_plan(look, one)]


def live_actions(look: Look, finding_id: str) -> list[str]:
    """Give L: A without the cancelled ones."""
    return [one for one in all_actions(look, finding_id) if act.is_live(look, one)]


def live_enabling(look: Look, finding_id: str) -> list[str]:
    """Give the enabling actions that are in the plan and not cancelled."""
    return [one for one in look.plan.linked_actions(finding_id, "enables") if act.is_live(look, one)]


def outcome_indicators(look: Look, finding_id: str) -> list[str]:
    """Give R: the required indicators whose level is outcome or impact (5.1)."""
    # reading: R does not ask about finding_indicator.action_id; such a link counts in R like any other.
    return look.plan.linked_indicators(finding_id, required=True, levels=OUTCOME_LEVELS)


def first_start(look: Look, finding_id: str) -> date | None:
    """Give t0: the earliest start date of an action in L, None if there is none (5.1)."""
    starts = [act.start_date(look, one) for one in live_actions(look, finding_id)]
    return min((day for day in starts if day is not None), default=None)


def is_outcome_shown(look: Look, finding_id: str) -> bool:
    """Say whether R is not empty and every indicator in R is shown (5.1)."""
    started_on = first_start(look, finding_id)
    indicators = outcome_indicators(look, finding_id)
    return bool(indicators) and all(is_shown(look, one, started_on) for one in indicators)


def ladder_stage(look: Look, finding_id: str) -> int:
    """Give the highest stage that an open insight or problem satisfies (5)."""
    live = live_actions(look, finding_id)
    if live and all(act.state_of(look, one) == "done" for one in live):
        if not is_outcome_shown(look, finding_id):
            return 3
        started_on = first_start(look, finding_id)
        held = all(is_sustained(look, one, started_on) for one in outcome_indicators(look, finding_id))
        return 5 if held else 4
    if any(act.state_of(look, one) != "not_started" for one in live):
        return 2
    if any(act.is_owned_and_dated(look, one) for one in live):
        return 1
    return 0


def origin_of_age(look: Look, finding_id: str) -> date:
    """Give the day on which age and activity begin: recorded_on, or M after a material review (10).

    One that nobody knows lies before everything (T7).
    """
    # reading: M takes the place of recorded_on even where M is the earlier of the two.
    if look.hidden_until is not None:
        return look.hidden_until
    return date_of(look.plan.findings[finding_id], "recorded_on") or date.min


def first_known(look: Look, finding_id: str) -> date | None:
    """Give the earliest day from which a finding without a day of record is known to have been there (T7)."""
    plan = look.plan
    facts = plan.finding_events.get(finding_id, []) + plan.finding_evidence.get(finding_id, [])
    days = []
    # reading: facts of any sort, as for staleness, and of an action that is not in the plan yet too.
    for one in plan.linked_actions(finding_id, "delivers", "enables", "improves", "replicates"):
        facts = facts + plan.action_events.get(one, []) + plan.action_evidence.get(one, [])
        recorded_on = date_of(plan.actions[one], "recorded_on")
        if recorded_on is not None and recorded_on <= look.day:
            days.append(recorded_on)
    for one in plan.linked_indicators(finding_id):
        facts = facts + plan.observations.get(one, [])
    return min(days + [fact.on for fact in facts if look.is_visible(fact)], default=None)


def shelf_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give new or shelved for a finding at stage 0."""
    if stage != 0:
        return set()
    age = (look.day - origin_of_age(look, finding_id)).days
    return {"new"} if age <= look.plan.setting("new_grace") else {"shelved"}


def action_flags(look: Look, finding_id: str) -> set[str]:
    """Give the flags that the actions in A and L raise, for every kind."""
    every, live = all_actions(look, finding_id), live_actions(look, finding_id)
    flags = set()
    if any(not act.is_owned(look, one) for one in live):
        flags.add("unowned")
    if any(act.current_due(look, one) is None for one in live):
        flags.add("undated")
    if any(act.state_of(look, one) == "done_unverified" for one in live):
        flags.add("unverified")
    if any(act.is_overdue(look, one) for one in live):
        flags.add("overdue")
    if any(act.is_slipped(look, one) for one in live):
        flags.add("slipped")
    if any(act.is_reopened(look, one) for one in live):
        flags.add("reopened")
    if any(act.has_progress_100(look, one) for one in live):
        flags.add("progress_100_not_closed")
    if every and not live:
        flags.add("plan_abandoned")
    if live and len(live) < len(every):
        flags.add("scope_reduced")
    return flags


def trust_flags(look: Look, finding_id: str) -> set[str]:
    """Give the flags of 5.4 that the actions in L raise, for every kind."""
    judges = {
        "backdated": is_backdated,
        "self_verified": is_self_verified,
        "evidence_reused": is_evidence_reused,
    }
    live = live_actions(look, finding_id)
    return {name for name, judge in judges.items() if any(judge(look, one) for one in live)}


def is_backdated(look: Look, action_id: str) -> bool:
    """Say whether the completion in force was recorded over 30 days after its date and after the due date (5.4)."""
    if act.state_of(look, action_id) not in ("done", "done_unverified"):
        return False
    fact = look.on_action(action_id, ("complete",))[-1]
    due = act.current_due(look, action_id)
    if fact.recorded_on is None or due is None:
        return False
    return (fact.recorded_on - fact.on).days > 30 and fact.recorded_on > due


def is_self_verified(look: Look, action_id: str) -> bool:
    """Say whether seen evidence was verified by the accountable owner, by identifier or name (5.4)."""
    owner_id = look.plan.accountable.get(action_id, "")
    own = {owner_id.casefold(), look.plan.names.get(owner_id, "").casefold()} - {""}
    return any(text(fact.row, "verified_by").casefold() in own for fact in look.evidence(action_id))


def is_evidence_reused(look: Look, action_id: str) -> bool:
    """Say whether a link or checksum of seen evidence is that of visible evidence of another action (5.4)."""
    others = [
        fact
        for other, facts in look.plan.action_evidence.items()
        if other != action_id and other in look.plan.actions and act.is_in_plan(look, other)
        for fact in facts
        if look.is_visible(fact)
    ]
    return any(
        text(fact.row, column) and text(fact.row, column) == text(other.row, column)
        for fact in look.evidence(action_id)
        for other in others
        for column in ("uri", "sha256")
    )


def has_left(look: Look, owner_id: str) -> bool:
    """Say whether an owner left on D or before."""
    left_on = look.plan.left_on.get(owner_id)
    return left_on is not None and left_on <= look.day


def owner_flags(look: Look, finding_id: str) -> set[str]:
    """Give owner_left for an open action, or a mechanism, whose owner has left (5.3)."""
    answers = {
        look.plan.accountable.get(one, "")
        for one in live_actions(look, finding_id)
        if act.state_of(look, one) not in ("done", "done_unverified")
    }
    if kind_of(look, finding_id) == "mechanism":
        answers.add(text(look.plan.findings[finding_id], "owner_id"))
    return {"owner_left"} if any(has_left(look, one) for one in answers) else set()


def is_blocked(look: Look, finding_id: str) -> bool:
    """Say whether the last visible of block and unblock is block."""
    events = look.on_finding(finding_id, ("block", "unblock"))
    return bool(events) and events[-1].event == "block"


def block_flags(look: Look, finding_id: str) -> set[str]:
    """Give blocked, block_expired and no_enabling_action."""
    if not is_blocked(look, finding_id):
        return set()
    flags = {"blocked"}
    revisit_on = date_of(look.on_finding(finding_id, ("block", "unblock"))[-1].row, "due")
    if revisit_on is None or look.day > revisit_on:
        flags.add("block_expired")
    if not any(act.is_owned_and_dated(look, one) for one in live_enabling(look, finding_id)):
        flags.add("no_enabling_action")
    return flags


def stall_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give stalled: stage 1 or 2, not blocked, and no activity for longer than stall_days."""
    if stage not in (1, 2) or is_blocked(look, finding_id):
        return set()
    days = [origin_of_age(look, finding_id)]
    for one in live_actions(look, finding_id):
        days += act.activity_days(look, one)
    return {"stalled"} if (look.day - max(days)).days > look.plan.setting("stall_days") else set()


def future_flags(look: Look, finding_id: str) -> set[str]:
    """Give future_dated for a fact of an action in A, an indicator in R, or a check, dated after D."""
    # reading: any row dated after D counts, also one recorded after D or not final.
    # reading: R is meant as in 5.1 for experiences and mechanisms too, replication indicators being in it.
    ahead = any(act.has_future_fact(look, one) for one in all_actions(look, finding_id))
    for one in outcome_indicators(look, finding_id):
        ahead = ahead or any(fact.on > look.day for fact in look.plan.observations.get(one, []))
    if kind_of(look, finding_id) in ("experience", "mechanism"):
        events = look.plan.finding_events.get(finding_id, [])
        ahead = ahead or any(fact.on > look.day for fact in events if fact.event in CHECKS)
    return {"future_dated"} if ahead else set()


def suspect_flags(look: Look, finding_id: str) -> set[str]:
    """Give suspect for a link not confirmed since the other end was reworded."""
    # reading: a link is suspect for a finding where its far end was reworded: the action, whatever its role and
    # state, or the other finding, the relation being seen from either end.
    links = [
        (row, look.plan.actions[text(row, "action_id")])
        for row in look.plan.finding_actions
        if text(row, "finding_id") == finding_id
    ]
    for row in look.plan.finding_relations:
        ends = [text(row, "finding_id"), text(row, "other_finding_id")]
        if finding_id not in ends:
            continue
        ends.remove(finding_id)
        links.append((row, look.plan.findings[ends[0]]))
    for row, other in links:
        reworded_on = date_of(other, "reworded_on")
        confirmed_on = date_of(row, "confirmed_on")
        # reading: what is reworded after D is not reworded yet.
        if reworded_on is None or reworded_on > look.day:
            continue
        if confirmed_on is None or confirmed_on < reworded_on:
            return {"suspect"}
    return set()


def review_flags(look: Look, finding_id: str) -> set[str]:
    """Give review_overdue (section 10)."""
    finding = look.plan.findings[finding_id]
    reviews = look.on_finding(finding_id, REVIEWS)
    begun_on = reviews[-1].on if reviews else date_of(finding, "recorded_on") or first_known(look, finding_id)
    if begun_on is None:
        return set()
    solvability = text(finding, "solvability") or "now"
    usual = 180 if text(finding, "kind") == "problem" and solvability != "now" else 365
    every = int(text(finding, "review_every_days") or usual)
    return {"review_overdue"} if (look.day - begun_on).days > every else set()


def common_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give the flags that apply to every kind (5.3)."""
    return (
        shelf_flags(look, finding_id, stage)
        | action_flags(look, finding_id)
        | trust_flags(look, finding_id)
        | owner_flags(look, finding_id)
        | block_flags(look, finding_id)
        | future_flags(look, finding_id)
        | suspect_flags(look, finding_id)
        | review_flags(look, finding_id)
    )


def is_requirement_moved(look: Look, finding_id: str, started_on: date) -> bool:
    """Say whether an outcome or impact indicator became or ceased to be required after t0 (5.3)."""
    # reading: a finding that no longer requires an indicator is the one to be flagged, so R is not asked here.
    for row in look.plan.finding_indicators:
        changed_on = date_of(row, "required_changed_on")
        if text(row, "finding_id") != finding_id or changed_on is None:
            continue
        is_effect = text(look.plan.indicators[text(row, "indicator_id")], "level") in OUTCOME_LEVELS
        if is_effect and started_on < changed_on <= look.day:
            return True
    return False


def indicator_flags(look: Look, finding_id: str) -> set[str]:
    """Give the flags that single indicators in R raise."""
    flags = set()
    started_on = first_start(look, finding_id)
    if started_on is not None and is_requirement_moved(look, finding_id, started_on):
        flags.add("target_moved")
    for one in outcome_indicators(look, finding_id):
        reading = run_machine(look, one, started_on)
        problem = baseline_problem(look, one, started_on)
        moved_on = date_of(look.plan.indicators[one], "retargeted_on")
        if moved_on is not None and started_on is not None and started_on < moved_on <= look.day:
            flags.add("target_moved")
        if not has_target(look.plan.indicators[one]):
            flags.add("no_target")
        if problem:
            flags.add(problem)
        if started_on is None and latest_value_satisfies(look, one) and not problem:
            flags.add("outcome_without_action")
        if reading.state == "met" and not reading.is_last_satisfied:
            flags.add("wobble")
        if reading.state == "unmet" and reading.lapsed_on is not None:
            flags.add("lapsed")
        if is_stale(look, one, reading):
            flags.add("stale")
    return flags


def is_shared(look: Look, finding_id: str) -> bool:
    """Say whether an indicator required here is required by another open finding too."""
    # reading: "a required indicator" is one of any level, and it serves the findings that require it.
    for one in look.plan.linked_indicators(finding_id, required=True):
        for other in look.plan.findings:
            if other == finding_id or disposition_of(look, other) != "open":
                continue
            if one in look.plan.linked_indicators(other, required=True):
                return True
    return False


def ladder_flags(look: Look, finding_id: str, stage: int) -> set[str]:
    """Give the flags of 5.3 for an open insight or problem."""
    flags = common_flags(look, finding_id, stage) | stall_flags(look, finding_id, stage)
    flags |= indicator_flags(look, finding_id)
    indicators = outcome_indicators(look, finding_id)
    started_on = first_start(look, finding_id)
    n_shown = sum(is_shown(look, one, started_on) for one in indicators)
    if not indicators:
        flags.add("no_indicator")
    if 0 < n_shown < len(indicators):
        flags.add("partially_met")
    if is_outcome_shown(look, finding_id) and stage < 3:
        flags.add("outcome_ahead")
    if is_shared(look, finding_id):
        flags.add("shared_indicator")
    return flags

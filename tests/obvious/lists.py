"""Which findings and owners stand behind the measures? (method, section 12)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from . import actions as act
from .facts import Look, Row, Tables, date_of, disposition_of, look_at, natural_key, number_of, text
from .firsts import candidate_days, was_ever_solved
from .kinds import flags_of, stage_of
from .ladder import first_start, kind_of, origin_of_age
from .outcome import known_baseline

# reading: "linked actions" are those of any of the four roles.
ROLES = ("delivers", "enables", "improves", "replicates")


def open_findings(look: Look) -> list[str]:
    """Give N: the findings that are open at D."""
    return [one for one in sorted(look.plan.findings) if disposition_of(look, one) == "open"]


def has_been_solved(look: Look, finding_id: str) -> bool:
    """Say whether a problem was solved on an earlier day."""
    return was_ever_solved(look, finding_id, candidate_days(look, finding_id))


def raised_by(look: Look, finding_id: str) -> set[str]:
    """Give the flags of a finding at D."""
    return flags_of(look, finding_id, has_been_solved)


def age_of(look: Look, finding_id: str) -> int:
    """Give the age of a finding in days; a material review begins it anew (section 10)."""
    return (look.day - origin_of_age(look.for_finding(finding_id), finding_id)).days


def is_past_grace(look: Look, finding_id: str) -> bool:
    """Say whether a finding is older than 30 days."""
    # reading: the 30 of the shelf rate is the plan's new_grace, as in the flag "shelved".
    return age_of(look, finding_id) > look.plan.setting("new_grace")


def shelf_of(look: Look) -> list[dict]:
    """Give the open findings at stage 0 and older than 30 days, oldest first."""
    rows = [
        {"finding_id": one, "days": age_of(look, one)}
        for one in open_findings(look)
        if stage_of(look, one) == 0 and is_past_grace(look, one)
    ]
    return sorted(rows, key=lambda row: -row["days"])


def shelf(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give finding_id and days (age) of what stands on the shelf, oldest first, then by finding_id."""
    return shelf_of(look_at(tables, as_of, knowledge))


def newest_fact(look: Look, finding_id: str) -> date | None:
    """Give the day of the newest visible fact of a finding, its linked actions and indicators."""
    # reading: facts of any sort (redates, provisional values) of every linked indicator and of every
    # linked action that is in the plan, cancelled ones too. Hidden facts are no newer than their review.
    plan = look.plan
    facts = plan.finding_events.get(finding_id, []) + plan.finding_evidence.get(finding_id, [])
    for one in plan.linked_actions(finding_id, *ROLES):
        if act.is_in_plan(look, one):
            facts = facts + plan.action_events.get(one, []) + plan.action_evidence.get(one, [])
    for one in plan.linked_indicators(finding_id):
        facts = facts + plan.observations.get(one, [])
    return max((fact.on for fact in facts if look.is_visible(fact)), default=None)


def staleness_of(look: Look) -> list[dict]:
    """Give the days since the newest fact of every open finding, worst first."""
    rows = []
    for one in open_findings(look):
        # reading: recorded_on stands in only where there is no visible fact, even if every fact is older.
        newest = newest_fact(look, one) or date_of(look.plan.findings[one], "recorded_on")
        rows.append({"finding_id": one, "days": None if newest is None else (look.day - newest).days})
    # reading: of which nothing is dated at all stands last, and in no median.
    return sorted(rows, key=lambda row: (row["days"] is None, -(row["days"] or 0)))


def staleness(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give finding_id and days of every open finding, worst first, then by finding_id."""
    return staleness_of(look_at(tables, as_of, knowledge))


def counted_actions(look: Look, findings: list[str]) -> list[str]:
    """Give the distinct open actions over the links of some findings."""
    # reading: an action's own state is what everybody sees; no finding's material review hides its facts.
    linked = {one for finding_id in findings for one in look.plan.linked_actions(finding_id, *ROLES)}
    return sorted(one for one in linked if act.is_open(look, one))


def is_due_soon(look: Look, action_id: str) -> bool:
    """Say whether an action is due in the 30 days from D on."""
    due = act.current_due(look, action_id)
    return due is not None and look.day <= due <= look.day + timedelta(days=30)


def owner_loads(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give owner_id, live, overdue, due_in_30_days and stalled of everybody accountable, nobody first."""
    look = look_at(tables, as_of, knowledge)
    findings = open_findings(look)
    counted = counted_actions(look, findings)
    still = [one for one in findings if "stalled" in raised_by(look, one)]
    stalled = set(counted_actions(look, still))
    accountable: dict[str, str] = {}
    for row in tables.get("action_owner", []):
        if text(row, "role") == "accountable":
            accountable[text(row, "action_id")] = text(row, "owner_id")
    loads: dict[str, list[str]] = {"": []}
    # reading: "ownership load counts open actions" holds for its column "live" as well: done work is no load.
    # reading: nobody has a row even with nothing in it; others only with an open action.
    for one in counted:
        loads.setdefault(accountable.get(one, ""), []).append(one)
    return [
        {
            "owner_id": owner_id or None,
            "live": len(load),
            "overdue": sum(act.is_overdue(look, one) for one in load),
            "due_in_30_days": sum(is_due_soon(look, one) for one in load),
            "stalled": sum(one in stalled for one in load),
        }
        for owner_id, load in sorted(loads.items(), key=lambda item: natural_key(item[0]))
    ]


def share_of_way(indicator: Row, baseline: str | None, actual: str) -> float | None:
    """Give (actual - baseline) / (target - baseline), None where it is undefined."""
    # reading: a range has no single target, so it has no attainment.
    if text(indicator, "measure") in ("ordinal", "nominal") or text(indicator, "direction") == "range":
        return None
    target = number_of(indicator, "target")
    if target is None or baseline is None or Decimal(baseline) == target:
        return None
    return float((Decimal(actual) - Decimal(baseline)) / (target - Decimal(baseline)))


def attainment(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give finding_id, indicator_id and attainment of every linked indicator with a final value."""
    # reading: one row a finding and indicator, since the baseline of 5.1-4 depends on the finding's t0 (on
    # the replication's own start where the link names one); open findings only, all levels, required or not.
    look = look_at(tables, as_of, knowledge)
    rows = []
    for finding_id in open_findings(look):
        own = look.for_finding(finding_id)
        for one in look.plan.linked_indicators(finding_id):
            values = own.final_observations(one)
            if not values:
                continue
            baseline = known_baseline(own, one, begin_for(own, finding_id, one))
            share = share_of_way(look.plan.indicators[one], baseline, text(values[-1].row, "value"))
            rows.append({"finding_id": finding_id, "indicator_id": one, "attainment": share})
    return rows


def begin_for(look: Look, finding_id: str, indicator_id: str) -> date | None:
    """Give the start that an indicator is measured from: of its replication, else t0."""
    if kind_of(look, finding_id) == "experience":
        for row in look.plan.finding_indicators:
            names = (text(row, "finding_id"), text(row, "indicator_id"))
            if names == (finding_id, indicator_id) and text(row, "action_id"):
                return act.start_date(look, text(row, "action_id"))
    return first_start(look, finding_id)

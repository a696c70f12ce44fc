"""What do the measures say? (method, section 12, with sections 6 to 10 and 11; tables.md, section 4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from . import actions as act
from .counting import count, middle, proportion
from .experiences import replication_state, replications_of
from .facts import Look, Tables, date_of, look_at, text
from .firsts import candidate_days, stage_on
from .kinds import stage_of
from .ladder import kind_of
from .learning import learning_measures
from .lists import (
    counted_actions,
    has_been_solved,
    is_past_grace,
    open_findings,
    raised_by,
    shelf_of,
    staleness_of,
)
from .mechanisms import add_months, counted_results
from .outcome import same_word
from .problems import was_solved
from .trust import trust_measures

if TYPE_CHECKING:
    from collections.abc import Callable

N_STAGES = 6
LAST_SLOTS = 12
GAPS = {"no_indicator", "no_target", "no_baseline"}
# reading: of what a site has reached, "best" is the higher stage of section 8; among equals one that may
# still work goes before one that did not; an abandoned attempt is the worst.
BEST_FIRST = ("worked", "adopted", "drifted", "did_not_work", "started", "planned", "idea", "abandoned")


def measures(
    tables: Tables, as_of: date | str, knowledge: str = "then", since: date | str | None = None
) -> list[dict]:
    """Give every measure of section 12 with its numerator, denominator and interval."""
    look = look_at(tables, as_of, knowledge)
    period_since = date.fromisoformat(since) if isinstance(since, str) else since
    reached = {one: reached_on(look, one) for one in sorted(look.plan.findings)}
    return [
        *stage_measures(look),
        *cohort_measures(look, reached),
        *funnel_measures(look, reached),
        *action_measures(look),
        *outcome_measures(look, reached),
        middle(
            "staleness_median_days", [row["days"] for row in staleness_of(look) if row["days"] is not None]
        ),
        rebound_rate(look),
        *trust_measures(look),
        replication_success(look),
        persistence(look),
        *learning_measures(look, period_since),
    ]


def reached_on(look: Look, finding_id: str) -> list[date | None]:
    """Give the first days at stage ≥ 0 … ≥ 5 up to D (12.1); closed findings keep theirs."""
    stages = [(day, stage_on(look, finding_id, day)) for day in candidate_days(look, finding_id)]
    if date_of(look.plan.findings[finding_id], "recorded_on") is None:
        stages.append((date.min, 0))  # known before everything that happened to it (T7)
    return [
        min((day for day, reached in stages if reached >= stage), default=None) for stage in range(N_STAGES)
    ]


def stage_measures(look: Look) -> list[dict]:
    """Give the implementation rate and the practice rate."""
    stages = [stage_of(look, one) for one in open_findings(look)]
    return [
        proportion("implementation_rate", sum(stage >= 3 for stage in stages), len(stages)),
        proportion("practice_rate", sum(stage >= 4 for stage in stages), len(stages)),
    ]


def cohort_measures(look: Look, reached: dict[str, list[date | None]]) -> list[dict]:
    """Give the share of a year's findings that reached a stage within k years."""
    # reading: years are calendar years: D - k and recorded_on + k keep month and day, clamped to month end.
    # reading: everything recorded in the window counts, whatever closed it since, duplicates too.
    rows = []
    for years in (1, 4):
        first, last = add_months(look.day, -12 * (years + 1)), add_months(look.day, -12 * years)
        recorded = {one: date_of(row, "recorded_on") for one, row in look.plan.findings.items()}
        cohort = {one: on for one, on in recorded.items() if on is not None and first <= on <= last}
        for stage in (3, 4):
            days = {one: reached[one][stage] for one in cohort}
            in_time = [
                one for one, on in cohort.items() if days[one] and days[one] <= add_months(on, 12 * years)
            ]
            rows.append(proportion(f"cohort_rate_{stage}_{years}y", len(in_time), len(cohort)))
    return rows


def funnel_measures(look: Look, reached: dict[str, list[date | None]]) -> list[dict]:
    """Give how many findings ever reached each stage, and how many are at it now."""
    # reading: "ever" counts every finding in the plan, closed ones and duplicates too; "now at s" means
    # exactly s, over the open ones.
    stages = [stage_of(look, one) for one in open_findings(look)]
    ever = [
        count(f"funnel_ever_{stage}", sum(days[stage] is not None for days in reached.values()))
        for stage in range(N_STAGES)
    ]
    now = [count(f"funnel_now_{stage}", stages.count(stage)) for stage in range(N_STAGES)]
    return ever + now


def is_on_time(look: Look, action_id: str) -> bool:
    """Say whether an action was done by its original due date."""
    # reading: "done" is the state done, on the day of the last complete; done_unverified is not done.
    if act.state_of(look, action_id) != "done":
        return False
    return act.last_complete(look, action_id) <= act.original_due(look, action_id)


def action_measures(look: Look) -> list[dict]:
    """Give the shelf rate, the overdue rate and the on-time rate."""
    findings = open_findings(look)
    n_past = sum(is_past_grace(look, one) for one in findings)
    dated = [one for one in counted_actions(look, findings) if act.current_due(look, one) is not None]
    # reading: the on-time rate counts every live action in the plan, whatever it is linked to.
    judged = [
        one
        for one in look.plan.actions
        if act.is_live(look, one) and (act.original_due(look, one) or date.max) <= look.day
    ]
    return [
        proportion("shelf_rate", len(shelf_of(look)), n_past),
        proportion("overdue_rate", sum(act.is_overdue(look, one) for one in dated), len(dated)),
        proportion("on_time_rate", sum(is_on_time(look, one) for one in judged), len(judged)),
    ]


def outcome_measures(look: Look, reached: dict[str, list[date | None]]) -> list[dict]:
    """Give the evidence gap and the lapse rate."""
    findings = open_findings(look)
    carried_out = [
        one for one in findings if kind_of(look, one) in ("insight", "problem") and stage_of(look, one) >= 3
    ]
    gaps = [one for one in carried_out if raised_by(look, one) & GAPS]
    # reading: the lapse rate is about open findings, and what lapsed without ever having been at stage 4
    # is in neither number.
    practised = [one for one in findings if reached[one][4] is not None]
    lapsed = [one for one in practised if "lapsed" in raised_by(look, one)]
    return [
        proportion("evidence_gap", len(gaps), len(carried_out)),
        proportion("lapse_rate", len(lapsed), len(practised)),
    ]


def rebound_rate(look: Look) -> dict:
    """Give the share of the problems ever solved that recurred (section 6)."""
    # reading: over open problems; a problem solved today is among those ever solved.
    solved = [
        one
        for one in open_findings(look)
        if kind_of(look, one) == "problem"
        and (was_solved(look.for_finding(one), one) or has_been_solved(look, one))
    ]
    recurred = [one for one in solved if "recurred" in raised_by(look, one)]
    return proportion("rebound_rate", len(recurred), len(solved))


def of_kind(look: Look, kind: str) -> list[str]:
    """Give the open findings of a kind."""
    return [one for one in open_findings(look) if kind_of(look, one) == kind]


def best_states(look: Look, finding_id: str) -> list[str]:
    """Give the best state of every site of an experience (section 8)."""
    own = look.for_finding(finding_id)
    rank: Callable[[str], int] = BEST_FIRST.index
    sites: dict[str, list[str]] = {}
    for one in replications_of(own, finding_id):
        site = same_word(text(look.plan.actions[one], "site"))
        sites.setdefault(site, []).append(replication_state(own, finding_id, one))
    return [min(states, key=rank) for states in sites.values()]


def replication_success(look: Look) -> dict:
    """Give sites worked ÷ (worked + did_not_work + abandoned), pooled over experiences (section 8)."""
    # reading: a site counts once for each open experience that came to it.
    states = [state for one in of_kind(look, "experience") for state in best_states(look, one)]
    known = [state for state in states if state in ("worked", "did_not_work", "abandoned")]
    return proportion("replication_success", known.count("worked"), len(known))


def persistence(look: Look) -> dict:
    """Give passes ÷ counted slots without na over the last 12, pooled over mechanisms (section 9)."""
    # reading: over open mechanisms; one not in force has no slots.
    results = []
    for one in of_kind(look, "mechanism"):
        results += counted_results(look.for_finding(one), one)[-LAST_SLOTS:]
    return proportion("persistence", results.count("pass"), len(results))

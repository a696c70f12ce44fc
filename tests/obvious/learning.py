"""What was looked at again, revised and learned anew? (method, section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .counting import proportion, ratio
from .facts import CHECKS, REVIEWS, Fact, Look, Tables, date_of, disposition_of, look_at, text

if TYPE_CHECKING:
    from datetime import date

# reading: a material review is "a revision that changes the meaning", so it counts among the revised.
REVISIONS = ("review_revised", "review_material", "supersede")


def is_in_period(day: date | None, since: date | None, until: date) -> bool:
    """Say whether a day lies in (since, D]; without since everything up to D does, but for a day that nobody knows."""
    return day is not None and day <= until and (since is None or day > since)


def reviews_of(look: Look, finding_id: str) -> list[Fact]:
    """Give the visible reviews of a finding in the plan, none of one that is not in it yet (T7)."""
    if disposition_of(look, finding_id) == "unknown":
        return []
    return look.on_finding(finding_id, REVIEWS)


def learning_measures(look: Look, since: date | None) -> list[dict]:
    """Give learning_yield and revision_share of the period (since, D]."""
    # reading: a review belongs to the period by its own date and must be visible at D; closed findings
    # count, every event is a review of its own, and a decision that was undone later stays one.
    reviews = [
        fact
        for finding_id in look.plan.findings
        for fact in reviews_of(look, finding_id)
        if is_in_period(fact.on, since, look.day)
    ]
    derived = {
        text(row, "finding_id")
        for row in look.plan.finding_relations
        if text(row, "relation") == "derived_from"
    }
    # reading: "new in the period" means recorded_on in it; what became of the finding since does not matter.
    n_new = sum(
        is_in_period(date_of(look.plan.findings[one], "recorded_on"), since, look.day) for one in derived
    )
    n_revised = sum(fact.event in REVISIONS for fact in reviews)
    # reading: the yield may be more than 1, so it is no proportion and has no interval.
    return [
        ratio("learning_yield", n_new, len(reviews)),
        proportion("revision_share", n_revised, len(reviews)),
    ]


def evidence_days(look: Look, finding_id: str) -> list[date]:
    """Give the days on which observations, checks and evidence became visible for a review to look at."""
    plan = look.plan
    facts = list(plan.finding_evidence.get(finding_id, []))
    facts += [fact for fact in plan.finding_events.get(finding_id, []) if fact.event in CHECKS]
    for one in plan.linked_actions(finding_id, "delivers", "enables", "improves", "replicates"):
        facts += plan.action_evidence.get(one, [])
    for one in plan.linked_indicators(finding_id):
        facts += plan.observations.get(one, [])
    seen = [fact for fact in facts if look.is_visible(fact)]
    return [fact.on if look.knowledge == "restated" else fact.known_from for fact in seen]


def rubber_stamps(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[tuple[str, date]]:
    """Give finding and day of every visible review that had nothing new to look at."""
    # reading: what is new became visible after the previous review (the first: after the finding was
    # recorded) and not after the review itself.
    look = look_at(tables, as_of, knowledge)
    stamps = []
    for finding_id in sorted(look.plan.findings):
        days = evidence_days(look, finding_id)
        previous = date_of(look.plan.findings[finding_id], "recorded_on")
        for review in reviews_of(look, finding_id):
            if not any(is_in_period(day, previous, review.on) for day in days):
                stamps.append((finding_id, review.on))
            previous = review.on
    return stamps

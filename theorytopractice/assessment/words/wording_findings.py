"""How is it said what happened to a finding itself: decisions, revisions, blocks, conditions, reviews?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.lists.lineage import REPLACED, in_force, replaced_by
from theorytopractice.assessment.lists.reviews import observe_reviews
from theorytopractice.assessment.stages.problems import enabling, is_solvable, ripe_on
from theorytopractice.assessment.stages.timeline import is_kind
from theorytopractice.assessment.words.wording import (
    Fact,
    age_of,
    day_text,
    days_text,
    finding_event,
    finding_name,
    sentence,
    unpointed,
)
from theorytopractice.assessment.words.wording_actions import action_line, links_of
from theorytopractice.language import PARTS, say, say_in_turn
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import ActionRole, FindingEvent, FindingKind, Solvability

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation


def told_by(said: str, found: Fact) -> str:
    """Add to a fact of a finding who told it and why, where that is known; without a full stop at the end."""
    who, reason = found.cell("by"), found.cell("reason")
    said = say("{said} by {who}", said=said, who=who) if who else said
    return unpointed(say("{said}: {reason}", said=said, reason=reason) if reason else said)


def closed_lines(s: Situation, everyone: Situation) -> list[str]:
    """Say which decision closed the finding, or when it enters the plan; and what is in force instead."""
    finding = int(s.cases.finding[0])
    recorded = s.book.findings.recorded[finding]
    if recorded > s.day[0]:
        return [say("It entered the plan on {day}, after this day.", day=day_text(recorded))]
    found = finding_event(s, s.seen.decision[0])
    event = found.cell("event")
    said = [sentence(told_by(say("{event} on {found}", event=name_of(event), found=found), found))]
    if event in REPLACED and (other := int(replaced_by(everyone)[finding])) >= 0:
        final = int(in_force(everyone)[finding])
        said.append(_replacement(s, other, final, is_duplicate=event == FindingEvent.DUPLICATE))
    return said


def _replacement(s: Situation, other: int, final: int, *, is_duplicate: bool) -> str:
    """Say which finding stands in the place of a closed one, and which is in force now."""
    name = finding_name(s, other)
    replaced = (
        say("It is a duplicate of {other}", other=name)
        if is_duplicate
        else say("It is superseded by {other}", other=name)
    )
    now = (
        say("{finding} is in force", finding=finding_name(s, final))
        if final >= 0
        else say("nothing is in force in its place")
    )
    return say("{said}.", said=say_in_turn(PARTS, (replaced, now)))


def revision_lines(s: Situation) -> list[str]:
    """Say that the meaning of a finding changed, and what that hides (method, section 10)."""
    if s.seen.revised_on[0] == MISSING:
        return []
    view = observe_reviews(s)
    kinds = s.book.finding_events["kind"][view.row]
    found = finding_event(s, view.row[is_kind(kinds, FindingEvent.REVIEW_MATERIAL)][-1])
    revised = say("Its meaning was revised on {found}", found=found)
    return [
        say(
            "{revised}. What its actions, evidence, values and checks showed up to {day} does not count.",
            revised=told_by(revised, found),
            day=found.on,
        )
    ]


def block_text(s: Situation) -> str:
    """Say since when a finding is blocked, by what, and when that is looked at again."""
    row = int(s.seen.block[0])
    found, revisit = finding_event(s, row), int(s.book.finding_events["due"][row])
    again = (
        say("to be looked at again on {day}", day=day_text(revisit))
        if revisit != MISSING
        else say("with no revisit date")
    )
    return say_in_turn(PARTS, (told_by(say("blocked since {found}", found=found), found), again))


def condition_lines(s: Situation) -> list[str]:
    """Say what a finding waits for: its block, and the actions that bring the conditions about."""
    said = [sentence(block_text(s))] if s.is_blocked[0] else []
    waits = bool(s.is_blocked[0]) or bool(is_solvable(s, Solvability.NEEDS_CONDITIONS)[0])
    links = links_of(s, s.role(ActionRole.ENABLES))
    said += [say("Condition: {action}", action=action_line(s, link)) for link in links]
    if waits and not len(np.flatnonzero(enabling(s))):
        said.append(say("Nobody works on its conditions."))
    if is_solvable(s, Solvability.NEEDS_CONDITIONS)[0] and (ripe := int(ripe_on(s)[0])) != MISSING:
        said.append(
            say(
                "The conditions have been there since {day}, for {days}.",
                day=day_text(ripe),
                days=days_text(age_of(s, ripe)),
            )
        )
    return said


def solvability_lines(s: Situation) -> list[str]:
    """Say of a problem when it can be solved."""
    if not s.is_kind(FindingKind.PROBLEM)[0]:
        return []
    if is_solvable(s, Solvability.NEEDS_CONDITIONS)[0]:
        return [say("It needs conditions before it can be solved.")]
    if is_solvable(s, Solvability.LONG_TERM)[0]:
        return [say("It takes years; it needs a milestone within a year either side.")]
    return []


def review_lines(s: Situation) -> list[str]:
    """Say when a finding was last reviewed, whether there was anything to look at, and when it is due again."""
    view = observe_reviews(s)
    if not len(view.row):
        recorded = day_text(s.book.findings.recorded[s.cases.finding[0]])
        never = say("never reviewed since it entered the plan on {day}", day=recorded)
        return [say("{said}.", said=say_in_turn(PARTS, (_next_review(s), never)))]
    found = finding_event(s, view.row[-1])
    event = name_of(found.cell("event"))
    last = told_by(say("last reviewed on {found}, {event}", found=found, event=event), found)
    said = say("{said}.", said=say_in_turn(PARTS, (_next_review(s), last)))
    if not view.is_rubber_stamp[-1]:
        return [said]
    return [said, _rubber_stamp(day_text(view.previous_on[-1]), is_first=bool(view.is_first[-1]))]


def _next_review(s: Situation) -> str:
    """Say when a review is due."""
    due = int(s.review_due[0])
    said, late = say("Next review due {day}", day=day_text(due)), age_of(s, due)
    return say("{due}, {days} overdue", due=said, days=days_text(late)) if late > 0 else said


def _rubber_stamp(before: str, *, is_first: bool) -> str:
    """Say that there was nothing to look at since a day: that of the review before, or of the finding itself."""
    if is_first:
        return say(
            "That review is a rubber stamp: no observation, check or evidence was new since it entered the plan on "
            "{day}.",
            day=before,
        )
    return say(
        "That review is a rubber stamp: no observation, check or evidence was new since the review of {day}.",
        day=before,
    )

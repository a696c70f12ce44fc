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
)
from theorytopractice.assessment.words.wording_actions import action_line, links_of
from theorytopractice.model.vocabularies import ActionRole, FindingEvent, FindingKind, Solvability

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation


def told_by(found: Fact) -> str:
    """Say who told a fact of a finding and why, where that is known."""
    by = f" by {found.cell('by')}" if found.cell("by") else ""
    reason = f": {found.cell('reason')}" if found.cell("reason") else ""
    return by + reason


def closed_lines(s: Situation, everyone: Situation) -> list[str]:
    """Say which decision closed the finding, or when it enters the plan; and what is in force instead."""
    finding = int(s.cases.finding[0])
    recorded = s.book.findings.recorded[finding]
    if recorded > s.day[0]:
        return [f"It entered the plan on {day_text(recorded)}, after this day."]
    found = finding_event(s, s.seen.decision[0])
    said = [sentence(f"{found.cell('event')} on {found}{told_by(found)}")]
    other = int(replaced_by(everyone)[finding])
    if found.cell("event") in REPLACED and other >= 0:
        final = int(in_force(everyone)[finding])
        now = f"{finding_name(s, final)} is in force" if final >= 0 else "nothing is in force in its place"
        is_duplicate = found.cell("event") == FindingEvent.DUPLICATE
        word = "a duplicate of" if is_duplicate else "superseded by"
        said.append(f"It is {word} {finding_name(s, other)}; {now}.")
    return said


def revision_lines(s: Situation) -> list[str]:
    """Say that the meaning of a finding changed, and what that hides (method, section 10)."""
    if s.seen.revised_on[0] == MISSING:
        return []
    view = observe_reviews(s)
    kinds = s.book.finding_events["kind"][view.row]
    found = finding_event(s, view.row[is_kind(kinds, FindingEvent.REVIEW_MATERIAL)][-1])
    return [
        f"Its meaning was revised on {found}{told_by(found)}".rstrip(".")
        + f". What its actions, evidence, values and checks showed up to {found.on} does not count."
    ]


def block_text(s: Situation) -> str:
    """Say since when a finding is blocked, by what, and when that is looked at again."""
    row = int(s.seen.block[0])
    found, revisit = finding_event(s, row), int(s.book.finding_events["due"][row])
    again = f"to be looked at again on {day_text(revisit)}" if revisit != MISSING else "with no revisit date"
    return f"blocked since {found}{told_by(found).rstrip('.')}; {again}"


def condition_lines(s: Situation) -> list[str]:
    """Say what a finding waits for: its block, and the actions that bring the conditions about."""
    said = [f"B{block_text(s)[1:]}."] if s.is_blocked[0] else []
    waits = bool(s.is_blocked[0]) or bool(is_solvable(s, Solvability.NEEDS_CONDITIONS)[0])
    links = links_of(s, s.role(ActionRole.ENABLES))
    said += [f"Condition: {action_line(s, link)}" for link in links]
    if waits and not len(np.flatnonzero(enabling(s))):
        said.append("Nobody works on its conditions.")
    if is_solvable(s, Solvability.NEEDS_CONDITIONS)[0] and (ripe := int(ripe_on(s)[0])) != MISSING:
        said.append(
            f"The conditions have been there since {day_text(ripe)}, for {days_text(age_of(s, ripe))}."
        )
    return said


def solvability_lines(s: Situation) -> list[str]:
    """Say of a problem when it can be solved."""
    if not s.is_kind(FindingKind.PROBLEM)[0]:
        return []
    return [
        said
        for word, said in (
            (Solvability.NEEDS_CONDITIONS, "It needs conditions before it can be solved."),
            (Solvability.LONG_TERM, "It takes years; it needs a milestone within a year either side."),
        )
        if is_solvable(s, word)[0]
    ]


def review_lines(s: Situation) -> list[str]:
    """Say when a finding was last reviewed, whether there was anything to look at, and when it is due again."""
    due, view = int(s.review_due[0]), observe_reviews(s)
    late = age_of(s, due)
    again = f"Next review due {day_text(due)}" + (f", {days_text(late)} overdue" if late > 0 else "")
    if not len(view.row):
        recorded = day_text(s.book.findings.recorded[s.cases.finding[0]])
        return [f"{again}; never reviewed since it entered the plan on {recorded}."]
    found = finding_event(s, view.row[-1])
    word = found.cell("event").replace("_", " ")
    said = f"{again}; last reviewed on {found}, {word}{told_by(found).rstrip('.')}."
    if not view.is_rubber_stamp[-1]:
        return [said]
    before = day_text(view.previous_on[-1])
    since = f"it entered the plan on {before}" if view.is_first[-1] else f"the review of {before}"
    return [said, f"That review is a rubber stamp: no observation, check or evidence was new since {since}."]

"""Why has a finding this stage, and what would raise it by one?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from theorytopractice.assessment.actions import Commitment, CommitmentView, observe_commitments
from theorytopractice.assessment.arrays import MISSING, NEVER
from theorytopractice.assessment.assess import describe
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.encode import encode, worded
from theorytopractice.assessment.encoded_plan import EncodedPlan, FindingDays, all_findings_on, is_kind
from theorytopractice.assessment.flag_reasons import flag_reasons
from theorytopractice.assessment.flags import flag_name
from theorytopractice.assessment.listings import REPLACED, in_force, replaced_by
from theorytopractice.assessment.next_steps import to_rise
from theorytopractice.assessment.phrases import (
    Fact,
    action_event,
    action_line,
    age,
    block_text,
    cell_text,
    day_text,
    days_text,
    event_line,
    finding_event,
    finding_name,
    indicator_line,
    link_numbers,
    mechanism_lines,
    never_reviewed,
    sentence,
    site_lines,
    survey_lines,
)
from theorytopractice.assessment.problems import is_enabling, is_solvable, ripe_on
from theorytopractice.assessment.reviews import observe_reviews
from theorytopractice.errors import UnknownName
from theorytopractice.i18n import PARTS, message, say, say_as, say_in_turn
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import (
    EVERY_KIND,
    LADDER_KINDS,
    ActionRole,
    FindingEvent,
    FindingKind,
    Knowledge,
    Solvability,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import pandas as pd


def closed_lines(a: Assessment, everyone: Assessment) -> list[str]:
    """Say which decision closed the finding, or when it enters the plan; and what is in force instead."""
    finding = int(a.cases.finding[0])
    recorded = a.encoded.findings.recorded[finding]
    if recorded > a.day[0]:
        return [say("It entered the plan on {day}, after this day.", day=day_text(recorded))]
    fact = finding_event(a, a.visible.decision[0])
    event = fact.cell("event")
    lines = [sentence(event_line(say("{event} on {found}", event=name_of(event), found=fact), fact))]
    if event in REPLACED and (other := int(replaced_by(everyone)[finding])) >= 0:
        final = int(in_force(everyone)[finding])
        lines.append(_replacement(a, other, final, is_duplicate=event == FindingEvent.DUPLICATE))
    return lines


def _replacement(a: Assessment, other: int, final: int, *, is_duplicate: bool) -> str:
    """Say which finding stands in the place of a closed one, and which is in force now."""
    name = finding_name(a, other)
    replaced = (
        say("It is a duplicate of {other}", other=name)
        if is_duplicate
        else say("It is superseded by {other}", other=name)
    )
    now = (
        say("{finding} is in force", finding=finding_name(a, final))
        if final >= 0
        else say("nothing is in force in its place")
    )
    return say("{said}.", said=say_in_turn(PARTS, (replaced, now)))


def revision_lines(a: Assessment) -> list[str]:
    """Say that the meaning of a finding changed, and what that hides (method, section 10)."""
    if a.visible.revised_on[0] == MISSING:
        return []
    view = observe_reviews(a)
    kinds = a.encoded.finding_events["kind"][view.row]
    fact = finding_event(a, view.row[is_kind(kinds, FindingEvent.REVIEW_MATERIAL)][-1])
    revised = say("Its meaning was revised on {found}", found=fact)
    return [
        say(
            "{revised}. What its actions, evidence, values and checks showed up to {day} does not count.",
            revised=event_line(revised, fact),
            day=fact.on,
        )
    ]


def condition_lines(a: Assessment) -> list[str]:
    """Say what a finding waits for: its block, and the actions that bring the conditions about."""
    lines = [sentence(block_text(a))] if a.is_blocked[0] else []
    waits = bool(a.is_blocked[0]) or bool(is_solvable(a, Solvability.NEEDS_CONDITIONS)[0])
    links = link_numbers(a, a.role(ActionRole.ENABLES))
    lines += [say("Condition: {action}", action=action_line(a, link)) for link in links]
    if waits and not len(np.flatnonzero(is_enabling(a))):
        lines.append(say("Nobody works on its conditions."))
    if is_solvable(a, Solvability.NEEDS_CONDITIONS)[0] and (ripe := int(ripe_on(a)[0])) != MISSING:
        lines.append(
            say(
                "The conditions have been there since {day}, for {days}.",
                day=day_text(ripe),
                days=days_text(age(a, ripe)),
            )
        )
    return lines


def solvability_lines(a: Assessment) -> list[str]:
    """Say of a problem when it can be solved."""
    if is_solvable(a, Solvability.NEEDS_CONDITIONS)[0]:
        return [say("It needs conditions before it can be solved.")]
    if is_solvable(a, Solvability.LONG_TERM)[0]:
        return [say("It takes years; it needs a milestone within a year either side.")]
    return []


def review_lines(a: Assessment) -> list[str]:
    """Say when a finding was last reviewed, whether there was anything to look at, and when it is due again."""
    view = observe_reviews(a)
    if not len(view.row):
        return [say("{said}.", said=say_in_turn(PARTS, (_next_review(a), never_reviewed(a))))]
    fact = finding_event(a, view.row[-1])
    event = name_of(fact.cell("event"))
    last = event_line(say("last reviewed on {found}, {event}", found=fact, event=event), fact)
    text = say("{said}.", said=say_in_turn(PARTS, (_next_review(a), last)))
    if not view.is_rubber_stamp[-1]:
        return [text]
    if view.previous_on[-1] == MISSING:
        nothing = say("That review is a rubber stamp: no observation, check or evidence was known by then.")
        return [text, nothing]
    return [text, _rubber_stamp(day_text(view.previous_on[-1]), is_first=bool(view.is_first[-1]))]


def _next_review(a: Assessment) -> str:
    """Say when a review is due."""
    due = int(a.review_due[0])
    if due == NEVER:
        return say("No day is known from which a review could fall due")
    text, late = say("Next review due {day}", day=day_text(due)), age(a, due)
    return say("{due}, {days} overdue", due=text, days=days_text(late)) if late > 0 else text


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


FULFILLED = (Commitment.DISPUTED, Commitment.KEPT_UNDATED, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE)


def promise_lines(a: Assessment) -> list[str]:
    """Say of each linked action that was promised to somebody whether the promise was kept (method, section 7)."""
    view = observe_commitments(a.encoded, int(a.day[0]), a.cases.knowledge, only=np.unique(a.actions.action))
    return [_promise(a, view, i) for i in range(len(view.action))]


def _promise(a: Assessment, view: CommitmentView, i: int) -> str:
    action, state = int(view.action[i]), list(Commitment)[int(view.state[i])]
    lines = [
        say(
            "{action} was promised to {whom}: {state}",
            action=a.encoded.actions.ids[action],
            whom=cell_text(a.encoded.frames["action"]["promised_to"].iloc[action]),
            state=_state(state),
        ),
        _due(a, view, i),
    ]
    if state == Commitment.RELEASED:
        lines.append(say("they released it on {found}", found=action_event(a, view.release_row[i])))
    if state in FULFILLED:
        lines += _fulfilment(a, view, i, state)
    if state == Commitment.MISSED:
        lines.append(say("{days} past its date", days=days_text(age(a, view.effective_due[i]))))
    return say("{said}.", said=say_in_turn(PARTS, lines + _redates(a, view, i)))


STATES = {
    Commitment.UNKNOWN: message("not in the plan yet"),
    Commitment.RELEASED: message("released"),
    Commitment.DISPUTED: message("disputed"),
    Commitment.KEPT_UNDATED: message("kept, without a date to measure it by"),
    Commitment.KEPT_ON_TIME: message("kept on time"),
    Commitment.KEPT_LATE: message("kept late"),
    Commitment.UNDATED: message("open, without a date"),
    Commitment.MISSED: message("missed"),
}
"""How the states of a promise are said; an open one is another word than an open finding."""


def _state(state: Commitment) -> str:
    """Say the state of a promise."""
    return say_as("promise", "open") if state == Commitment.OPEN else say(STATES[state])


def _due(a: Assessment, view: CommitmentView, i: int) -> str:
    """Say by when it was to be kept, and whether those it was made to let that be moved; empty if undated."""
    due, original = int(view.effective_due[i]), int(a.encoded.actions.due[view.action[i]])
    if due == MISSING:
        return ""
    if due == original:
        return say("due {day}", day=day_text(due))
    return say("due with their consent {day}, at first {first}", day=day_text(due), first=day_text(original))


def _fulfilment(a: Assessment, view: CommitmentView, i: int, state: Commitment) -> list[str]:
    """Say when it was fulfilled, how late, and what those it was made to answered."""
    fact = action_event(a, view.complete_row[i])
    late = int(view.completed_on[i]) - int(view.effective_due[i])
    complete = (
        say("complete on {found}, {days} late", found=fact, days=days_text(late))
        if state == Commitment.KEPT_LATE
        else say("complete on {found}", found=fact)
    )
    if (row := int(view.answer_row[i])) < 0:
        return [complete, say("those it was made to have not answered")]
    return [complete, _answer(action_event(a, row), is_disputed=state == Commitment.DISPUTED)]


def _answer(fact: Fact, *, is_disputed: bool) -> str:
    """Say what those it was made to answered, who and why where that is known."""
    who, reason = fact.cell("by"), fact.cell("reason")
    if is_disputed:
        text = (
            say("disputed on {found} by {who}", found=fact, who=who)
            if who
            else say("disputed on {found}", found=fact)
        )
    else:
        text = (
            say("confirmed on {found} by {who}", found=fact, who=who)
            if who
            else say("confirmed on {found}", found=fact)
        )
    return say("{said}: “{reason}”", said=text, reason=reason) if reason else text


def _redates(a: Assessment, view: CommitmentView, i: int) -> list[str]:
    """Say which re-datings moved the promise, and why others did not."""
    lines, facts = [], a.encoded.action_events
    in_force = int(a.encoded.actions.due[view.action[i]])
    for place in np.flatnonzero(view.redate_of == i):
        row, counts = int(view.redate_row[place]), bool(view.redate_counts[place])
        lines.append(_redate(a, row, in_force, counts=counts))
        in_force = int(facts["due"][row]) if counts else in_force
    return lines


def _redate(a: Assessment, row: int, in_force: int, *, counts: bool) -> str:
    """Say whether a re-dating moved the promise from the date then in force, and why not."""
    fact, day = action_event(a, row), day_text(a.encoded.action_events["due"][row])
    if counts:
        return say("the re-dating of {found} to {day} counts, with consent and in time", found=fact, day=day)
    if in_force == MISSING:
        return say(
            "the re-dating of {found} to {day} does not count, there was no date to move",
            found=fact,
            day=day,
        )
    if not a.encoded.action_events["consent"][row]:
        return say("the re-dating of {found} to {day} does not count, nobody consented", found=fact, day=day)
    return say(
        "the re-dating of {found} to {day} does not count, it came after the date then in force, {before}",
        found=fact,
        day=day,
        before=day_text(in_force),
    )


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding stands where it stands; printing it gives plain sentences.

    ``reasons`` are the facts that decided the stage, ``flag_reasons`` one sentence for each flag with the rows that
    raised it, ``to_rise`` what would raise the stage by one. Every event, observation and piece of evidence that is
    named was visible on the day.
    """

    finding_id: str
    statement: str
    kind: str
    as_of: str
    disposition: str
    stage: int | None
    stage_name: str | None
    headline: str
    flags: list[str]
    flag_reasons: dict[str, str]
    reasons: list[str]
    to_rise: str

    @property
    def text(self) -> str:
        """The whole explanation as plain text, its headings in the language that is spoken."""
        lines = [self._heading(), f"“{self.statement}”", "", say("Why:")]
        lines += [f"  - {reason}" for reason in self.reasons]
        if self.flags:
            lines += ["", say("Flags:")]
            lines += [
                say("  - {flag}: {why}", flag=flag_name(flag), why=why)
                for flag, why in self.flag_reasons.items()
            ]
        if self.to_rise:
            lines += ["", say("To rise: {step}", step=self.to_rise)]
        return "\n".join(lines)

    def _heading(self) -> str:
        """Say which finding it is, and where it stands."""
        place = (
            say("stage {stage}, {name}", stage=self.stage, name=name_of(self.stage_name))
            if self.stage is not None
            else name_of(self.disposition)
        )
        return say(
            "{finding} ({kind}) on {day}: {place}.",
            finding=self.finding_id,
            kind=name_of(self.kind),
            day=self.as_of,
            place=place,
        )

    def __str__(self) -> str:
        """Return the explanation as plain text."""
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """Return the parts, ready for JSON."""
        return asdict(self)


def explain(
    plan: Mapping[str, pd.DataFrame],
    finding_id: str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> Explanation:
    """Say why a finding has its stage on a day: the facts that decided it, and what would raise it by one.

    Raises:
        UnknownName: the plan has no such finding.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> explanation = ttp.explain(plan, "F-013", as_of="2026-06-30")
        >>> explanation.stage, list(explanation.flag_reasons)
        (3, ['lapsed', 'recurred'])
    """
    encoded = encode(plan)
    return explain_in(encoded, finding_id, all_findings_on(encoded, as_of, knowledge))


def explain_in(encoded: EncodedPlan, finding_id: str, cases: FindingDays) -> Explanation:
    """Explain one finding of a plan that is encoded already; the cases are all of its findings on the day.

    Raises:
        UnknownName: the plan has no such finding.
    """
    if finding_id not in encoded.findings.ids:
        raise UnknownName(say("finding"), finding_id, encoded.findings.ids)
    position = np.array([encoded.findings.ids.get_loc(finding_id)])
    a = Assessment(encoded, FindingDays(position, cases.day[position], cases.knowledge))
    row = describe(a).iloc[0]
    is_open = bool(a.visible.is_open[0])
    return Explanation(
        finding_id=finding_id,
        statement=str(worded("finding", encoded.frames["finding"].iloc[position])["statement"].iloc[0]),
        kind=row["kind"],
        as_of=day_text(a.day[0]),
        disposition=row["disposition"],
        stage=int(row["stage"]) if is_open else None,
        stage_name=row["stage_name"] if is_open else None,
        headline=row["headline"],
        flags=row["flags"],
        flag_reasons=flag_reasons(a, row["flags"]),
        reasons=_reasons(a) if is_open else closed_lines(a, Assessment(encoded, cases)) + promise_lines(a),
        to_rise=to_rise(a) if is_open else "",
    )


def _action_lines(a: Assessment) -> list[str]:
    """Say how each counted action stands; those of an experience that replicate it are told with their sites."""
    is_of_site = a.role(ActionRole.REPLICATES) & a.is_kind(FindingKind.EXPERIENCE)
    lines = [action_line(a, link) for link in link_numbers(a, a.actions.counts & ~is_of_site)]
    return lines if a.actions.counts.any() else [*lines, say("No action has been linked to it yet.")]


def _indicator_lines(a: Assessment) -> list[str]:
    """Say what each required indicator shows."""
    lines = [indicator_line(a, a.outcomes, i) for i in range(len(a.outcomes.case))]
    return lines or [say("No outcome or impact indicator is linked as required.")]


REASONS: tuple[tuple[Callable[[Assessment], list[str]], tuple[FindingKind, ...]], ...] = (
    (revision_lines, EVERY_KIND),
    (solvability_lines, (FindingKind.PROBLEM,)),
    (condition_lines, EVERY_KIND),
    (mechanism_lines, (FindingKind.MECHANISM,)),
    (site_lines, (FindingKind.EXPERIENCE,)),
    (_action_lines, EVERY_KIND),
    (_indicator_lines, LADDER_KINDS),
    (survey_lines, (FindingKind.PROBLEM,)),
    (promise_lines, EVERY_KIND),
    (review_lines, EVERY_KIND),
)
"""What decided a stage, in the order of the ladder, then promises and reviews; each with the kinds that it is said of."""


def _reasons(a: Assessment) -> list[str]:
    """List what decided the stage of a single case."""
    return [line for lines, kinds in REASONS if a.is_kind(*kinds)[0] for line in lines(a)]

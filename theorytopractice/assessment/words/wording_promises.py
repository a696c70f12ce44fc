"""How is it said whether a promise was kept: its date, its fulfilment, the answer, what was re-dated? (method, 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.commitments import Commitment, CommitmentView, observe_commitments
from theorytopractice.assessment.words.wording import Fact, action_event, age_of, day_text, days_text, text_of
from theorytopractice.language import PARTS, say, say_as, say_in_turn

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation

FULFILLED = (Commitment.DISPUTED, Commitment.KEPT_UNDATED, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE)


def promise_lines(s: Situation) -> list[str]:
    """Say of each linked action that was promised to somebody whether the promise was kept (method, section 7)."""
    view = observe_commitments(s.book, int(s.day[0]), s.cases.knowledge, only=np.unique(s.actions.action))
    return [_promise(s, view, i) for i in range(len(view.action))]


def _promise(s: Situation, view: CommitmentView, i: int) -> str:
    action, state = int(view.action[i]), list(Commitment)[int(view.state[i])]
    said = [
        say(
            "{action} was promised to {whom}: {state}",
            action=s.book.actions.ids[action],
            whom=text_of(s.book.frames["action"]["promised_to"].iloc[action]),
            state=_state(state),
        ),
        _due(s, view, i),
    ]
    if state == Commitment.RELEASED:
        said.append(say("they released it on {found}", found=action_event(s, view.release_row[i])))
    if state in FULFILLED:
        said += _fulfilment(s, view, i, state)
    if state == Commitment.MISSED:
        said.append(say("{days} past its date", days=days_text(age_of(s, view.effective_due[i]))))
    return say("{said}.", said=say_in_turn(PARTS, said + _redates(s, view, i)))


def _state(state: Commitment) -> str:
    """Say the state of a promise."""
    return {
        Commitment.UNKNOWN: say("not in the plan yet"),
        Commitment.RELEASED: say("released"),
        Commitment.DISPUTED: say("disputed"),
        Commitment.KEPT_UNDATED: say("kept, without a date to measure it by"),
        Commitment.KEPT_ON_TIME: say("kept on time"),
        Commitment.KEPT_LATE: say("kept late"),
        Commitment.UNDATED: say("open, without a date"),
        Commitment.MISSED: say("missed"),
        Commitment.OPEN: say_as("promise", "open"),
    }[state]


def _due(s: Situation, view: CommitmentView, i: int) -> str:
    """Say by when it was to be kept, and whether those it was made to let that be moved; empty if undated."""
    due, original = int(view.effective_due[i]), int(s.book.actions.due[view.action[i]])
    if due == MISSING:
        return ""
    if due == original:
        return say("due {day}", day=day_text(due))
    return say("due with their consent {day}, at first {first}", day=day_text(due), first=day_text(original))


def _fulfilment(s: Situation, view: CommitmentView, i: int, state: Commitment) -> list[str]:
    """Say when it was fulfilled, how late, and what those it was made to answered."""
    found = action_event(s, view.complete_row[i])
    late = int(view.completed_on[i]) - int(view.effective_due[i])
    complete = (
        say("complete on {found}, {days} late", found=found, days=days_text(late))
        if state == Commitment.KEPT_LATE
        else say("complete on {found}", found=found)
    )
    if (row := int(view.answer_row[i])) < 0:
        return [complete, say("those it was made to have not answered")]
    return [complete, _answer(action_event(s, row), is_disputed=state == Commitment.DISPUTED)]


def _answer(found: Fact, *, is_disputed: bool) -> str:
    """Say what those it was made to answered, who and why where that is known."""
    who, reason = found.cell("by"), found.cell("reason")
    if is_disputed:
        said = (
            say("disputed on {found} by {who}", found=found, who=who)
            if who
            else say("disputed on {found}", found=found)
        )
    else:
        said = (
            say("confirmed on {found} by {who}", found=found, who=who)
            if who
            else say("confirmed on {found}", found=found)
        )
    return say("{said}: “{reason}”", said=said, reason=reason) if reason else said


def _redates(s: Situation, view: CommitmentView, i: int) -> list[str]:
    """Say which re-datings moved the promise, and why others did not."""
    said, facts = [], s.book.action_events
    in_force = int(s.book.actions.due[view.action[i]])
    for place in np.flatnonzero(view.redate_of == i):
        row, counts = int(view.redate_row[place]), bool(view.redate_counts[place])
        said.append(_redate(s, row, in_force, counts=counts))
        in_force = int(facts["due"][row]) if counts else in_force
    return said


def _redate(s: Situation, row: int, in_force: int, *, counts: bool) -> str:
    """Say whether a re-dating moved the promise from the date then in force, and why not."""
    found, day = action_event(s, row), day_text(s.book.action_events["due"][row])
    if counts:
        return say("the re-dating of {found} to {day} counts, with consent and in time", found=found, day=day)
    if in_force == MISSING:
        return say(
            "the re-dating of {found} to {day} does not count, there was no date to move",
            found=found,
            day=day,
        )
    if not s.book.action_events["consent"][row]:
        return say("the re-dating of {found} to {day} does not count, nobody consented", found=found, day=day)
    return say(
        "the re-dating of {found} to {day} does not count, it came after the date then in force, {before}",
        found=found,
        day=day,
        before=day_text(in_force),
    )

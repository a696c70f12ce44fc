"""How is a linked action said in words: its state, what shows it, and what it lacks?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.words.wording import (
    FEW,
    Fact,
    action_event,
    age_of,
    day_text,
    days_text,
    evidence,
    several,
    text_of,
)
from theorytopractice.language import CLAUSES, message, say, say_in_turn
from theorytopractice.model.naming import event_name

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.stages.situation import Situation

STATE_WORDS = {
    ActionState.NOT_STARTED: message("not started"),
    ActionState.IN_PROGRESS: message("in progress"),
    ActionState.SUSPENDED: message("suspended"),
    ActionState.DONE_UNVERIFIED: message("complete, but no evidence shows it"),
    ActionState.DONE: message("done"),
    ActionState.CANCELLED: message("cancelled"),
}


def action_name(s: Situation, link: int) -> str:
    """Return the id of a linked action."""
    return str(s.book.actions.ids[int(s.actions.action[link])])


def links_of(s: Situation, rows: Truths) -> list[int]:
    """Return the links among some rows, each action once."""
    links = np.flatnonzero(rows)
    _, first = np.unique(s.actions.action[links], return_index=True)
    return links[np.sort(first)].tolist()


def names_of(s: Situation, rows: Truths, word: str = "and", *, few: int | None = FEW) -> str:
    """Join the ids of some linked actions; of many only some, with ``few=None`` all."""
    return several((action_name(s, link) for link in links_of(s, rows)), word, few=few)


def action_line(s: Situation, link: int) -> str:
    """Say in which state a linked action is, and which facts show it."""
    title = text_of(s.book.frames["action"]["title"].iloc[int(s.actions.action[link])])
    parts = [state_text(s, link)]
    if s.actions.state[link] not in (ActionState.DONE, ActionState.CANCELLED):
        parts.append(say("owned") if s.actions.has_accountable[link] else say("nobody is accountable"))
        parts.append(_due(s, link))
    told = say_in_turn(CLAUSES, parts)
    return say("{action} “{title}”: {state}.", action=action_name(s, link), title=title, state=told)


def state_text(s: Situation, link: int) -> str:
    """Say the state of an action with the event and the evidence that decided it."""
    view = s.actions
    said = say(STATE_WORDS[ActionState(int(view.state[link]))])
    if (row := int(view.decided_row[link])) >= 0:
        said = _decided(said, action_event(s, row), with_reason=view.state[link] == ActionState.CANCELLED)
    if (row := int(view.evidence_row[link])) >= 0 and view.state[link] == ActionState.DONE:
        found = evidence(s, row)
        proof = say("evidence {identifier} of {day}", identifier=found.identifier, day=found.on)
        said = say_in_turn(CLAUSES, (said, proof))
    return said


def _decided(state: str, found: Fact, *, with_reason: bool) -> str:
    """Say which event brought an action into its state, and why where that is asked for and known."""
    said = say(
        "{state} ({event} on {day}, {identifier})",
        state=state,
        event=event_name(found.cell("event")),
        day=found.on,
        identifier=found.identifier,
    )
    reason = found.cell("reason") if with_reason else ""
    return say("{said} because “{reason}”", said=said, reason=reason) if reason else said


def lacking_text(s: Situation, link: int) -> str:
    """Say what a linked action lacks to be planned; empty if nothing."""
    owned, dated = s.actions.has_accountable[link], s.actions.due[link] != MISSING
    lacks = ((say("an accountable owner"), owned), (say("a due date"), dated))
    return several(lack for lack, has in lacks if not has)


def to_give(s: Situation, link: int) -> str:
    """Ask for what a linked action lacks to be planned."""
    return say("give {action} {what}", action=action_name(s, link), what=lacking_text(s, link))


def _due(s: Situation, link: int) -> str:
    due, original = int(s.actions.due[link]), int(s.actions.original_due[link])
    if due == MISSING:
        return say("no due date")
    said = (
        say("due {day}", day=day_text(due))
        if original in (MISSING, due)
        else say("due {day} (first {first})", day=day_text(due), first=day_text(original))
    )
    is_late = bool(s.actions.is_open[link]) and age_of(s, due) > 0
    return say("{due}, {days} overdue", due=said, days=days_text(age_of(s, due))) if is_late else said

"""How is a linked action said in words: its state, what shows it, and whether it was promised to somebody?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.commitments import Commitment, CommitmentView, observe_commitments
from theorytopractice.assessment.words.wording import (
    FEW,
    action_event,
    age_of,
    day_text,
    days_text,
    evidence,
    several,
    text_of,
)

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.stages.situation import Situation

STATE_WORDS = {
    ActionState.NOT_STARTED: "not started",
    ActionState.IN_PROGRESS: "in progress",
    ActionState.SUSPENDED: "suspended",
    ActionState.DONE_UNVERIFIED: "complete, but no evidence shows it",
    ActionState.DONE: "done",
    ActionState.CANCELLED: "cancelled",
}
COMMITMENT_WORDS = {
    Commitment.UNKNOWN: "not in the plan yet",
    Commitment.RELEASED: "released",
    Commitment.DISPUTED: "disputed",
    Commitment.KEPT_UNDATED: "kept, without a date to measure it by",
    Commitment.KEPT_ON_TIME: "kept on time",
    Commitment.KEPT_LATE: "kept late",
    Commitment.UNDATED: "open, without a date",
    Commitment.MISSED: "missed",
    Commitment.OPEN: "open",
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
        parts.append("owned" if s.actions.has_accountable[link] else "nobody is accountable")
        parts.append(_due(s, link))
    return f"{action_name(s, link)} “{title}”: {', '.join(parts)}."


def state_text(s: Situation, link: int) -> str:
    """Say the state of an action with the event and the evidence that decided it."""
    view = s.actions
    said = STATE_WORDS[ActionState(int(view.state[link]))]
    if (row := int(view.decided_row[link])) >= 0:
        found = action_event(s, row)
        said += f" ({found.cell('event')} on {found.on}, {found.identifier})"
        reason = found.cell("reason")
        said += f" because “{reason}”" if reason and view.state[link] == ActionState.CANCELLED else ""
    if (row := int(view.evidence_row[link])) >= 0 and view.state[link] == ActionState.DONE:
        found = evidence(s, row)
        said += f", evidence {found.identifier} of {found.on}"
    return said


def lacking_text(s: Situation, link: int) -> str:
    """Say what a linked action lacks to be planned; empty if nothing."""
    owned, dated = s.actions.has_accountable[link], s.actions.due[link] != MISSING
    return several(lack for lack, has in (("an accountable owner", owned), ("a due date", dated)) if not has)


def _due(s: Situation, link: int) -> str:
    due, original = int(s.actions.due[link]), int(s.actions.original_due[link])
    if due == MISSING:
        return "no due date"
    moved = f" (first {day_text(original)})" if original not in (MISSING, due) else ""
    is_late = bool(s.actions.is_open[link]) and age_of(s, due) > 0
    return f"due {day_text(due)}{moved}" + (f", {days_text(age_of(s, due))} overdue" if is_late else "")


def promise_lines(s: Situation) -> list[str]:
    """Say of each linked action that was promised to somebody whether the promise was kept (method, section 7)."""
    view = observe_commitments(s.book, int(s.day[0]), s.cases.knowledge, only=np.unique(s.actions.action))
    return [_promise(s, view, i) for i in range(len(view.action))]


def _promise(s: Situation, view: CommitmentView, i: int) -> str:
    action = int(view.action[i])
    state, due = list(Commitment)[int(view.state[i])], int(view.effective_due[i])
    promised_to = text_of(s.book.frames["action"]["promised_to"].iloc[action])
    said = [f"{s.book.actions.ids[action]} was promised to {promised_to}: {COMMITMENT_WORDS[state]}"]
    if due != MISSING:
        original = int(s.book.actions.due[action])
        moved = "" if original == due else f", at first {day_text(original)}"
        said.append(f"due with their consent {day_text(due)}{moved}" if moved else f"due {day_text(due)}")
    if state == Commitment.RELEASED:
        said.append(f"they released it on {action_event(s, view.release_row[i])}")
    said += _fulfilment(s, view, i, state)
    if state == Commitment.MISSED:
        said.append(f"{days_text(age_of(s, due))} past its date")
    return "; ".join(said + _redates(s, view, i)) + "."


def _fulfilment(s: Situation, view: CommitmentView, i: int, state: Commitment) -> list[str]:
    """Say when it was fulfilled, how late, and what those it was made to answered."""
    if state not in (
        Commitment.DISPUTED,
        Commitment.KEPT_UNDATED,
        Commitment.KEPT_ON_TIME,
        Commitment.KEPT_LATE,
    ):
        return []
    late = int(view.completed_on[i]) - int(view.effective_due[i])
    by_how_much = f", {days_text(late)} late" if state == Commitment.KEPT_LATE else ""
    said = [f"complete on {action_event(s, view.complete_row[i])}{by_how_much}"]
    if (row := int(view.answer_row[i])) < 0:
        return [*said, "those it was made to have not answered"]
    found = action_event(s, row)
    by = f" by {found.cell('by')}" if found.cell("by") else ""
    reason = f": “{found.cell('reason')}”" if found.cell("reason") else ""
    word = "disputed" if state == Commitment.DISPUTED else "confirmed"
    return [*said, f"{word} on {found}{by}{reason}"]


def _redates(s: Situation, view: CommitmentView, i: int) -> list[str]:
    """Say which re-datings moved the promise, and why others did not."""
    said, facts = [], s.book.action_events
    in_force = int(s.book.actions.due[view.action[i]])
    for place in np.flatnonzero(view.redate_of == i):
        row = int(view.redate_row[place])
        if view.redate_counts[place]:
            why, in_force = "counts, with consent and in time", int(facts["due"][row])
        elif in_force == MISSING:
            why = "does not count, there was no date to move"
        elif not facts["consent"][row]:
            why = "does not count, nobody consented"
        else:
            why = f"does not count, it came after the date then in force, {day_text(in_force)}"
        said.append(f"the re-dating of {action_event(s, row)} to {day_text(facts['due'][row])} {why}")
    return said

"""How is one action, indicator, slot or site of a case said in words, with its ids and dates?

Everything is read from the views of a :class:`Situation` that holds a single case; nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import ActionState
from theorytopractice.assessment.experiences import Replication
from theorytopractice.assessment.mechanisms import RESULTS
from theorytopractice.assessment.segments import MISSING, NEVER

if TYPE_CHECKING:
    from theorytopractice.assessment.outcome import OutcomeView
    from theorytopractice.assessment.segments import Grouped
    from theorytopractice.assessment.situation import Situation

SHOWN_SLOTS = 6
STATE_WORDS = {
    ActionState.NOT_STARTED: "not started",
    ActionState.IN_PROGRESS: "in progress",
    ActionState.SUSPENDED: "suspended",
    ActionState.DONE_UNVERIFIED: "complete, but no evidence shows it",
    ActionState.DONE: "done",
    ActionState.CANCELLED: "cancelled",
}


def day_text(day: int) -> str:
    """Write a day as an ISO date."""
    return str(np.datetime64(int(day), "D"))


def fact(s: Situation, table: str, facts: Grouped, row: int) -> tuple[str, pd.Series]:
    """Return a fact's id (or its line where it has none) and its row in the frame that came in."""
    position = int(facts.row[row])
    found = s.book.frames[table].iloc[position]
    identifier = found[f"{table}_id"]
    return (f"{table} {position + 1}" if pd.isna(identifier) else str(identifier)), found


def action_line(s: Situation, link: int) -> str:
    """Say in which state a linked action is, and which facts show it."""
    view, action = s.actions, int(s.actions.action[link])
    title = s.book.frames["action"]["title"].iloc[action]
    parts = [STATE_WORDS[ActionState(int(view.state[link]))]]
    if (row := int(view.decided_row[link])) >= 0:
        identifier, found = fact(s, "event", s.book.action_events, row)
        parts[0] += f" ({found['event']} on {day_text(s.book.action_events['day'][row])}, {identifier})"
    if (row := int(view.evidence_row[link])) >= 0 and view.state[link] == ActionState.DONE:
        identifier, _ = fact(s, "evidence", s.book.evidence, row)
        parts.append(f"evidence {identifier} of {day_text(s.book.evidence['day'][row])}")
    if view.state[link] not in (ActionState.DONE, ActionState.CANCELLED):
        parts.append("owned" if view.has_accountable[link] else "nobody is accountable")
        parts.append(_due(s, link))
    return f"{s.book.actions.ids[action]} “{title}”: {', '.join(parts)}."


def _due(s: Situation, link: int) -> str:
    due = int(s.actions.due[link])
    if due == MISSING:
        return "no due date"
    late = int(s.day[0]) - due
    moved = f" (first {day_text(s.actions.original_due[link])})" if _is_moved(s, link) else ""
    return f"due {day_text(due)}{moved}" + (f", {late} days overdue" if late > 0 else "")


def _is_moved(s: Situation, link: int) -> bool:
    original = int(s.actions.original_due[link])
    return original not in (MISSING, int(s.actions.due[link]))


def indicator_line(s: Situation, view: OutcomeView, position: int) -> str:
    """Say whether a required indicator shows the outcome, and which values decided it."""
    indicator = int(view.indicator[position])
    row = s.book.frames["indicator"].iloc[indicator]
    return f"{row['indicator_id']} “{row['name']}”, {_target(row)}: {_outcome(s, view, position)}."


def _target(row: pd.Series) -> str:
    if row["direction"] == "range":
        return f"target {row['target_low']} to {row['target_high']}"
    if pd.isna(row["target"]):
        return "no target"
    return f"target at {'most' if row['direction'] == 'descending' else 'least'} {row['target']}"


def _outcome(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what the state machine read of one indicator (method, 5.1)."""
    indicator = int(view.indicator[i])
    if not s.book.targets.has_target[indicator]:
        return "nobody said which value is aimed at, so nothing can be shown"
    if view.start[i] == NEVER:
        return "not read, because no action has started"
    if view.n_read[i] == 0:
        since = day_text(view.start[i] + s.book.targets.lag[indicator])
        return f"no final value since {since}, the start of the action and its lag"
    identifier, found = fact(s, "observation", s.book.observations, int(view.last_row[i]))
    observed = int(s.book.observations["day"][view.last_row[i]])
    said = [f"{found['value']} on {day_text(observed)} ({identifier}), {int(view.n_read[i])} values read"]
    if view.is_met[i]:
        said.append(f"met since {day_text(view.since[i])}")
    elif view.has_lapsed[i]:
        said.append(f"was met, lapsed on {day_text(view.lapsed_on[i])}")
    else:
        said.append("not met")
    doubts = {
        "the last value misses the target": view.is_wobbling[i],
        f"stale: older than {int(s.book.targets.fresh[indicator])} days": view.is_stale[i],
        "no baseline to compare with": view.lacks_baseline[i],
        "the target was already met before the action": view.is_met_at_baseline[i],
    }
    return ", ".join(said + [doubt for doubt, is_so in doubts.items() if is_so])


def slot_lines(s: Situation) -> list[str]:
    """Say what became of the last slots of a mechanism, newest last."""
    slots = s.mechanisms.slots
    lines = []
    for i in range(max(len(slots.number) - SHOWN_SLOTS, 0), len(slots.number)):
        row = int(slots.check_row[i])
        by = ""
        if row >= 0:
            identifier, _ = fact(s, "event", s.book.finding_events, row)
            by = f" on {day_text(s.book.finding_events['day'][row])} ({identifier})"
        result = RESULTS[int(slots.result[i])] if slots.is_counted[i] or row >= 0 else "still open"
        lines.append(f"Check {int(slots.number[i])}, due {day_text(slots.due_on[i])}: {result}{by}.")
    return lines


def site_lines(s: Situation) -> list[str]:
    """Say how each replication of an experience stands, with the indicators that measure it."""
    view, lines = s.experiences, []
    for place, link in enumerate(view.link.tolist()):
        action = int(s.actions.action[link])
        site = s.book.frames["action"]["site"].iloc[action]
        state = str(list(Replication)[int(view.state[place])]).replace("_", " ")
        lines.append(f"{site}: {state}. {action_line(s, link)}")
        own = np.flatnonzero(view.outcome_of == place)
        lines += [f"{site}: {indicator_line(s, view.outcomes, int(i))}" for i in own]
    return lines

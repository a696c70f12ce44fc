"""Which findings wait for a leader's decision, for which reason, since when, and what is asked?

A reason is one row of ``REASONS``, the gravest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import Commitment, linking_findings
from theorytopractice.assessment.arrays import (
    MISSING,
    BoolArray,
    DayArray,
    as_dates,
    code,
    codes,
    greatest,
    some,
)
from theorytopractice.assessment.encoded_plan import finding_ids
from theorytopractice.assessment.flags import Urgency, judge_flag, urgency
from theorytopractice.assessment.mechanisms import NOT_APPLICABLE, PASS
from theorytopractice.assessment.problems import ripe_on
from theorytopractice.assessment.snapshot import Columns, PlanSnapshot, listing
from theorytopractice.i18n import message, say, say_day
from theorytopractice.model.vocabularies import Certainty, Disposition, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

LONG_OVERDUE = 30
SURE = (Certainty.HIGH, Certainty.MODERATE)
BROKEN = (Commitment.MISSED, Commitment.DISPUTED)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for which a finding waits: its rule, since when it holds, what has happened, what is asked of the leader.

    ``since`` is missing where the evidence does not date the reason. Where there is no ``rule``, the flag of the same
    name raises it. ``implies`` names a reason that this one says already.
    """

    name: str
    heading: str
    asked: str
    since: Callable[[PlanSnapshot], DayArray]
    dated: str = message("since {day}")
    rule: Callable[[PlanSnapshot], BoolArray] | None = None
    implies: str = ""

    def holds(self, s: PlanSnapshot) -> BoolArray:
        """Tell for which open findings it holds."""
        return s.visible.is_open & (self.rule(s) if self.rule else judge_flag(s, self.name))


def lapsed_since(s: PlanSnapshot) -> DayArray:
    """Return since when an outcome is lapsed, else since when a rule is not followed."""
    return np.where(s.lapsed_on != MISSING, s.lapsed_on, broken_since(s))


def broken_since(s: PlanSnapshot) -> DayArray:
    """Return the day on which the first check fell due that was not passed since the last one was; na left out."""
    slots = s.mechanisms.slots
    counted = slots.is_counted & (slots.result != NOT_APPLICABLE)
    number = slots.number.astype(np.int32)
    passed = greatest(number, counted & (slots.result == PASS), slots.case, len(s))
    return s.earliest(slots.due_on, counted & (number > np.maximum(passed, 0)[slots.case]), slots.case)


def is_missed(s: PlanSnapshot) -> BoolArray:
    """A promise that is linked in any role was missed, or is disputed."""
    is_broken, _ = _broken_promises(s)
    return some(is_broken, linking_findings(s.encoded), len(s))


def missed_since(s: PlanSnapshot) -> DayArray:
    """Return the earliest day for which a promise was made that was missed or is disputed; MISSING if none."""
    is_broken, due = _broken_promises(s)
    return s.earliest(due, is_broken & (due != MISSING), linking_findings(s.encoded))


def _broken_promises(s: PlanSnapshot) -> tuple[BoolArray, DayArray]:
    """Tell of each link whether its action is a broken promise, and for which day that was made."""
    view, n = s.commitments, len(s.encoded.actions.ids)
    is_broken, due = np.zeros(n, dtype=bool), np.full(n, MISSING, dtype=np.int32)
    is_broken[view.action] = np.isin(view.state, [code(Commitment, state) for state in BROKEN])
    due[view.action] = view.effective_due
    action = s.encoded.finding_actions["action"]
    return is_broken[action], due[action]


def is_long_overdue(s: PlanSnapshot) -> BoolArray:
    """Overdue, the earliest due date for more than 30 days."""
    return (
        judge_flag(s, "overdue") & (s.overdue_since != MISSING) & (s.as_of - s.overdue_since > LONG_OVERDUE)
    )


def is_surely_shelved(s: PlanSnapshot) -> BoolArray:
    """On the shelf for too long, although its certainty is high or moderate."""
    certainty = codes(s.encoded.frames["finding"]["certainty"], Certainty, Certainty.UNRATED)
    return judge_flag(s, "shelved") & np.isin(certainty, [code(Certainty, word) for word in SURE])


REASONS = (
    Reason(
        "lapsed",
        message("Lapsed"),
        message("Say how the result is won back, who does it, and by when."),
        lapsed_since,
    ),
    Reason(
        "dead_letter",
        message("A dead letter"),
        message("Have the rule followed, change it, or repeal it."),
        broken_since,
        message("not followed since {day}"),
    ),
    Reason(
        "block_expired",
        message("Blocked, revisit date past"),
        message("Lift the block, or set a new date and a way out."),
        lambda s: s.revisit_on,
        message("revisit was due {day}"),
        implies="no_enabling_action",
    ),
    Reason(
        "no_enabling_action",
        message("Waits for a condition, nobody works on it"),
        message("Name who creates the condition, and by when."),
        lambda s: s.blocked_on,
        message("blocked since {day}"),
    ),
    Reason(
        "missed",
        message("A promise was not kept"),
        message("Have it kept now, or go back to those it was made to and agree on a new date."),
        missed_since,
        message("promised for {day}"),
        is_missed,
        implies="overdue",
    ),
    Reason(
        "overdue",
        message("Overdue for over 30 days"),
        message("Have it finished, or agree on a new date in the open."),
        lambda s: s.overdue_since,
        message("due {day}"),
        is_long_overdue,
    ),
    Reason(
        "shelved",
        message("Known, not done"),
        message("Give it an owner and a date, or say why it will not be done."),
        lambda s: s.origin,
        message("known since {day}"),
        is_surely_shelved,
    ),
    Reason(
        "ripe_not_moved",
        message("Conditions met, nobody moves"),
        message("Give the order to begin, with an owner and a date."),
        lambda s: np.where(judge_flag(s, "ripe"), ripe_on(s), MISSING),
    ),
)
"""The reasons, the gravest first."""
BY_NAME = {reason.name: reason for reason in REASONS}
ORDER = tuple(BY_NAME)


def is_urgent(flags: Collection[str]) -> bool:
    """Tell whether the flags of a finding alone show that it waits for a decision."""
    return urgency(flags) is Urgency.ACT


@listing("finding_id", "rank")
def decisions(s: PlanSnapshot) -> Columns:
    """List the reasons for which open findings wait for a decision, by finding_id, the gravest reason first.

    Columns: ``finding_id``, ``reason``, ``rank`` (0 for the gravest of all reasons), ``since`` (of what is missed or overdue
    the due date, of an expired block the revisit date; missing where the evidence does not date the reason),
    ``is_implied`` (a graver reason of the finding says it already), ``as_of``.
    """
    holds = {reason.name: reason.holds(s) for reason in REASONS}
    implied = {name: np.zeros(len(s), dtype=bool) for name in holds}
    for reason in REASONS:
        if reason.implies:
            implied[reason.implies] |= holds[reason.name]
    finding = [np.flatnonzero(truth) for truth in holds.values()]
    rank = np.repeat(np.arange(len(REASONS)), [len(part) for part in finding])
    since = [reason.since(s)[part] for reason, part in zip(REASONS, finding, strict=True)]
    parts = [implied[reason.name][part] for reason, part in zip(REASONS, finding, strict=True)]
    return {
        "finding_id": finding_ids(s.encoded, np.concatenate(finding)),
        "reason": np.array(ORDER, dtype=object)[rank],
        "rank": rank,
        "since": as_dates(np.concatenate(since).astype(np.int32)),
        "is_implied": np.concatenate(parts),
    }


@dataclass(frozen=True, slots=True)
class Decision:
    """One finding that waits, with a reason of ``REASONS``, and since when, where the evidence dates it."""

    finding_id: str
    reason: str
    since: date | None

    @property
    def heading(self) -> str:
        """Why it waits, such as "A dead letter"."""
        return say(BY_NAME[self.reason].heading)

    @property
    def asked(self) -> str:
        """What is asked of the leader."""
        return say(BY_NAME[self.reason].asked)

    @property
    def dated(self) -> str:
        """Since when it waits, in words; empty where nothing dates it."""
        return say(BY_NAME[self.reason].dated, day=say_day(self.since)) if self.since else ""


def reasons_of(frame: pd.DataFrame) -> dict[str, list[Decision]]:
    """Return for every finding of a frame of ``decisions`` its reasons, the gravest first, none that another one says."""
    reasons: dict[str, list[Decision]] = {}
    for row in frame[~frame["is_implied"]].to_dict("records"):
        since = None if pd.isna(row["since"]) else row["since"].date()
        reasons.setdefault(row["finding_id"], []).append(Decision(row["finding_id"], row["reason"], since))
    return reasons


def pending_decisions(frame: pd.DataFrame) -> list[Decision]:
    """Return every finding of a frame of ``decisions`` by its gravest reason, the gravest first, then by number."""
    gravest = [reasons[0] for reasons in reasons_of(frame).values()]
    return sorted(gravest, key=lambda decision: ORDER.index(decision.reason))


class Status(Enum):
    """What a leader does about a finding: word and shape, most urgent first; the colour is the style sheet's."""

    ACT = (message("act now"), "▲")
    WATCH = (message("watch"), "◆")
    COURSE = (message("on course"), "●")
    PRACTICE = (message("in practice"), "✔")
    CLOSED = (message("closed"), "–")

    @property
    def word(self) -> str:
        """The status in words."""
        return say(self.value[0])

    @property
    def shape(self) -> str:
        """The sign that stands for it without colour."""
        return self.value[1]


def status(disposition: str, stage: int | None, flags: Collection[str], *, is_waiting: bool) -> Status:
    """Judge one finding from what ``assess`` says of it, and whether it waits for a decision."""
    if disposition != Disposition.OPEN or stage is None:
        return Status.CLOSED
    if is_waiting:
        return Status.ACT
    if urgency(flags) > Urgency.NONE:
        return Status.WATCH
    return Status.PRACTICE if stage >= Stage.IN_PRACTICE else Status.COURSE

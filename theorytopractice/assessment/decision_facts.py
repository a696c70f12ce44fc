"""What does a leader need to know to decide about a finding: the figure, its cause, what is at stake, and the question itself?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.i18n import message, say, say_day, say_n
from theorytopractice.model.vocabularies import ActionState, Direction, FindingKind, Knowledge

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from datetime import date

    from theorytopractice.assessment.decisions import Decision

REVIEWS = frozenset({"review_revised", "review_material"})
TELLING = frozenset({"dispute", "block", "check_fail", "reopen", "cancel", "suspend"}) | REVIEWS
"""Events whose reason says why a finding stands where it stands; a review, where nothing else does."""
MOST_CAUSES = 2
WORKED = ("lapsed", "dead_letter")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, in the words of somebody who wrote it into the plan: who, on which day."""

    text: str
    by: str
    day: date


@dataclass(frozen=True, slots=True)
class Level:
    """The figure of a decision, as it was written: now, its target, and before the work; empty where there is none."""

    indicator_id: str
    name: str
    unit: str
    now: str
    day: date
    target: str
    before: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a rule: how many in a row were not passed, how many of these nobody made, and the last one passed."""

    n: int
    n_missed: int
    passed_on: date | None


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """Everything in the plan that bears on one decision."""

    decision: Decision
    kind: str
    statement: str
    days: int | None
    level: Level | None
    checks: Checks | None
    causes: tuple[Cause, ...]
    at_stake: str
    answers: tuple[str, ...]
    open_actions: tuple[dict[str, Any], ...]
    n_done: int

    @property
    def begun(self) -> list[dict[str, Any]]:
        """The actions in progress, the earliest due first."""
        return [row for row in self.open_actions if row["action_state"] == ActionState.IN_PROGRESS]

    @property
    def has_worked(self) -> bool:
        """Whether it worked once, or should have, so that a leader asks why it no longer does."""
        return self.decision.reason in WORKED

    @property
    def ask(self) -> str:
        """The question to be decided, built from the facts."""
        return ASKS[self.decision.reason](self)


def causes(
    tables: Mapping[str, pd.DataFrame],
    finding_id: str,
    day: date,
    *,
    knowledge: str,
    after: date | None = None,
) -> tuple[Cause, ...]:
    """Return what was written of a finding or its actions to say why, the two latest, in the order of their days.

    What was written up to ``after``, when it still worked, says nothing of why it no longer does.
    """
    links, event = tables["finding_action"], tables["event"]
    subjects = {finding_id, *links.loc[links["finding_id"] == finding_id, "action_id"]}
    own = event[event["subject_id"].isin(subjects) & event["event"].isin(TELLING) & event["reason"].notna()]
    happened, recorded = (
        pd.to_datetime(own[name], errors="coerce", format="mixed").dt.tz_localize(None)
        for name in ("happened_on", "recorded_on")
    )
    end = pd.Timestamp(day) + pd.Timedelta(days=1)
    is_seen = happened < end
    if after is not None:
        is_seen &= happened > pd.Timestamp(after)
    if knowledge == Knowledge.THEN:
        is_seen &= recorded.isna() | (recorded < end)
    seen = own[is_seen].assign(day=happened[is_seen]).sort_values("day", kind="stable")
    plain = seen[~seen["event"].isin(REVIEWS)]
    seen = (plain if len(plain) else seen).tail(MOST_CAUSES)
    names = tables["owner"].set_index("owner_id")["name"].to_dict()
    return tuple(
        Cause(str(row["reason"]).strip(), _by(row["by"], names), row["day"].date())
        for row in seen.to_dict("records")
    )


def _by(text: str | float | None, names: Mapping[Hashable, str]) -> str:
    """Name who wrote something: an owner by name."""
    return "" if pd.isna(text) else str(names.get(str(text), str(text)))


def is_met(direction: str, now: float, target: float) -> bool:
    """Tell whether a figure is at its target or better."""
    return now >= target if direction == Direction.ASCENDING else now <= target


def checks(results: Iterable[str], days: Iterable[date]) -> Checks | None:
    """Count the checks after the last one that was passed; None where the last one was."""
    rows = [(result, day) for result, day in zip(results, days, strict=True) if result != "na"]
    after: list[str] = []
    while rows and rows[-1][0] != "pass":
        after.append(rows.pop()[0])
    return Checks(len(after), after.count("missed"), rows[-1][1] if rows else None) if after else None


def _lapsed(facts: DecisionFacts) -> str:
    if facts.kind == FindingKind.MECHANISM or facts.level is None:
        return _who_checks(facts)
    if not facts.level.target:
        return say("Decide which value it has to reach, and who brings it there.")
    if facts.begun:
        return say(
            "Decide whether what has begun is enough to get from {now} to {target}, and what follows if it is not.",
            now=facts.level.now,
            target=facts.level.target,
        )
    if facts.open_actions:
        return say(
            "“{title}” is planned and has not begun. Decide from when it is done.",
            title=facts.open_actions[0]["title"],
        )
    return say(
        "All its actions are done and nothing new is planned. Decide what brings it from {now} back to {target}, and from when.",
        now=facts.level.now,
        target=facts.level.target,
    )


def _who_checks(facts: DecisionFacts) -> str:
    found = facts.checks
    if found and found.n == found.n_missed:
        return say("Decide whether the checks are made again, and by whom, or whether the rule is dropped.")
    return say("Decide whether the rule is enforced, changed or dropped.")


def _letter(facts: DecisionFacts) -> str:
    return _who_checks(facts)


def _blocked(facts: DecisionFacts) -> str:
    if facts.open_actions:
        return say(
            "Decide whether to wait for “{title}”, or to go another way.",
            title=facts.open_actions[0]["title"],
        )
    return say("Nobody works on the condition now. Decide on another way, or on closing it.")


def _missed(facts: DecisionFacts) -> str:
    promised = [row for row in facts.open_actions if isinstance(row["promised_to"], str)]
    if promised:
        return say(
            "Agree on a new date with those it was promised to: {promised_to}.",
            promised_to=promised[0]["promised_to"],
        )
    return say("It is reported done, and those it was promised to disagree. Decide who is right.")


def _overdue(facts: DecisionFacts) -> str:
    dated = [row for row in facts.open_actions if not pd.isna(row["due"])]
    if not dated:
        return say("Decide on a new date.")
    return say(
        "Decide whether “{title}” is finished as planned, or gets a new date.", title=dated[0]["title"]
    )


def _shelved(facts: DecisionFacts) -> str:
    if facts.level and facts.level.is_met:
        return say("The figure has reached its target without it. Decide whether it is still needed.")
    if facts.n_done:
        return say_n(
            "What had to come first is done ({n} action). Decide from when it is carried out, and by whom.",
            "What had to come first is done ({n} actions). Decide from when it is carried out, and by whom.",
            facts.n_done,
        )
    if facts.open_actions:
        return say(
            "Decide from when “{title}” is done, and who is accountable for it.",
            title=facts.open_actions[0]["title"],
        )
    if facts.answers:
        return say("No action is planned. Decide on one and its date, or say why it will not be done.")
    return say("Nobody has it and no action is planned. Give it to somebody, or say why it will not be done.")


ASKS = {
    "lapsed": _lapsed,
    "dead_letter": _letter,
    "block_expired": _blocked,
    "no_enabling_action": _blocked,
    "missed": _missed,
    "overdue": _overdue,
    "shelved": _shelved,
    "ripe_not_moved": _shelved,
}
"""Reason → the question that the facts put."""

NOW = message("{now} now; the target is {target}, before the work it was {before}.")
NO_BEFORE = message("{now} now; the target is {target}.")


def level_text(level: Level) -> str:
    """Say the figure now, its target, and before the work."""
    sign = level.unit if level.unit == "%" else ""
    facts = {"now": f"{level.now}{level.unit}", "target": f"{level.target}{sign}"}
    if not level.target:
        return say("{now} now; no target is set.", now=facts["now"])
    return say(NOW, **facts, before=f"{level.before}{sign}") if level.before else say(NO_BEFORE, **facts)


def checks_text(found: Checks) -> str:
    """Say how many checks were not passed, and which was the last that was."""
    how = (
        say_n("{n} check was due and not made", "{n} checks were due and not made", found.n)
        if found.n == found.n_missed
        else say_n("{n} check was not passed", "{n} checks in a row were not passed", found.n)
    )
    if found.passed_on is None:
        return say("{how}; none was ever passed.", how=how)
    return say("{how} since {day}.", how=how, day=say_day(found.passed_on))

"""What is written in the plan, and what of it could be seen on a day? (method, sections 2 and 10)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

Row = dict[str, str]
Tables = dict[str, list[Row]]

DECISIONS = ("accept", "partially_accept", "reject", "supersede", "retire", "duplicate", "reopen")
CLOSED_BY = {"reject": "rejected", "supersede": "superseded", "retire": "retired", "duplicate": "duplicate"}
CHECKS = ("check_pass", "check_fail", "check_na")
# reading: supersede and retire are named among the outcomes of a review, so each of them is a review.
REVIEWS = ("review_confirmed", "review_revised", "review_material", "supersede", "retire")

DEFAULT_SETTINGS = {
    "new_grace": "30",
    "stall_days": "90",
    "confirm": "1",
    "lapse": "2",
    "hold_days": "180",
    "hold_points": "3",
    "stale_factor": "2",
    "stale_default": "400",
    "require_evidence": "true",
}


def text(row: Row, column: str) -> str:
    """Give the trimmed text of a column, "" where it is empty or missing."""
    return (row.get(column) or "").strip()


def date_of(row: Row, column: str) -> date | None:
    """Give the date of a column, or None."""
    written = text(row, column)
    return date.fromisoformat(written) if written else None


def number_of(row: Row, column: str) -> Decimal | None:
    """Give the number of a column exactly as it was written, or None."""
    written = text(row, column)
    return Decimal(written) if written else None


def is_true(row: Row, column: str, *, default: bool) -> bool:
    """Give the truth of a column; an empty one is the default."""
    written = text(row, column).lower()
    return default if not written else written == "true"


def natural_key(written: str) -> tuple[str | int, ...]:
    """Order ids with digit runs as numbers and the rest by code point (T5)."""
    parts = re.split(r"([0-9]+)", written)
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts))


@dataclass(frozen=True)
class Fact:
    """A dated row: its own date, the day on which it was recorded, and its place among equals (T5)."""

    row: Row
    on: date
    recorded_on: date | None
    seq: tuple

    @property
    def order(self) -> tuple:
        """Give the place in time: own date, then seq."""
        return (self.on, self.seq)

    @property
    def known_from(self) -> date:
        """Give the day of recording; an empty one counts as the fact's own date (T5)."""
        return self.recorded_on or self.on

    @property
    def event(self) -> str:
        """Give the word of an event."""
        return text(self.row, "event")


def read_facts(rows: list[Row], id_column: str, date_column: str) -> list[Fact]:
    """Turn rows into facts in time order, each with its seq (T5)."""
    facts = []
    for place, row in enumerate(rows):
        written = text(row, id_column)
        # reading: "the next number" comes after every id that is written in the table.
        seq = (0, natural_key(written), written) if written else (1, place)
        on = date_of(row, date_column)
        if on is None:
            message = f"a fact needs a date in {date_column}: {row}"
            raise ValueError(message)
        facts.append(Fact(row, on, date_of(row, "recorded_on"), seq))
    return sorted(facts, key=lambda fact: fact.order)


class Plan:
    """The eleven tables and the settings, ready to be looked up by id."""

    def __init__(self, tables: Tables) -> None:
        """Read the tables of a plan."""
        self.findings = {text(row, "finding_id"): row for row in tables.get("finding", [])}
        self.actions = {text(row, "action_id"): row for row in tables.get("action", [])}
        self.indicators = {text(row, "indicator_id"): row for row in tables.get("indicator", [])}
        self.finding_actions = list(tables.get("finding_action", []))
        self.finding_indicators = list(tables.get("finding_indicator", []))
        self.finding_relations = list(tables.get("finding_relation", []))
        self.names = {text(row, "owner_id"): text(row, "name") for row in tables.get("owner", [])}
        self.left_on = {text(row, "owner_id"): date_of(row, "left_on") for row in tables.get("owner", [])}
        self.accountable = {
            text(row, "action_id"): text(row, "owner_id")
            for row in tables.get("action_owner", [])
            if text(row, "role") == "accountable" and text(row, "owner_id")
        }
        self.finding_events: dict[str, list[Fact]] = {}
        self.action_events: dict[str, list[Fact]] = {}
        for fact in read_facts(tables.get("event", []), "event_id", "happened_on"):
            shelf = self.finding_events if text(fact.row, "subject") == "finding" else self.action_events
            shelf.setdefault(text(fact.row, "subject_id"), []).append(fact)
        self.action_evidence: dict[str, list[Fact]] = {}
        self.finding_evidence: dict[str, list[Fact]] = {}
        for fact in read_facts(tables.get("evidence", []), "evidence_id", "dated_on"):
            if text(fact.row, "action_id"):
                self.action_evidence.setdefault(text(fact.row, "action_id"), []).append(fact)
            if text(fact.row, "finding_id"):
                self.finding_evidence.setdefault(text(fact.row, "finding_id"), []).append(fact)
        self.observations: dict[str, list[Fact]] = {}
        for fact in read_facts(tables.get("observation", []), "observation_id", "observed_on"):
            self.observations.setdefault(text(fact.row, "indicator_id"), []).append(fact)
        self.settings = dict(DEFAULT_SETTINGS)
        for row in tables.get("setting", []):
            if text(row, "value"):
                self.settings[text(row, "name")] = text(row, "value")

    def setting(self, name: str) -> Decimal:
        """Give a setting that is a number."""
        return Decimal(self.settings[name])

    @property
    def evidence_is_required(self) -> bool:
        """Say whether a completed action needs evidence to be done."""
        return self.settings["require_evidence"].lower() == "true"

    def linked_actions(self, finding_id: str, *roles: str) -> list[str]:
        """Give the distinct ids of actions linked to a finding in one of the roles."""
        found = {
            text(row, "action_id")
            for row in self.finding_actions
            if text(row, "finding_id") == finding_id and text(row, "role") in roles
        }
        return sorted(found)

    def linked_indicators(
        self, finding_id: str, *, required: bool = False, levels: tuple[str, ...] = (), action_id: str = ""
    ) -> list[str]:
        """Give the distinct ids of indicators linked to a finding, narrowed as asked."""
        found = set()
        for row in self.finding_indicators:
            indicator_id = text(row, "indicator_id")
            if text(row, "finding_id") != finding_id:
                continue
            if required and not is_true(row, "required", default=True):
                continue
            if levels and text(self.indicators[indicator_id], "level") not in levels:
                continue
            if action_id and text(row, "action_id") != action_id:
                continue
            found.add(indicator_id)
        return sorted(found)


@dataclass(frozen=True)
class Look:
    """A plan seen on a day, with what was known then or with what is known now (T2, T3).

    `hidden_until` is the day M of the last material review of the finding that is looked at (section 10):
    action events, evidence, observations and checks dated on or before it are not seen.
    """

    plan: Plan
    day: date
    knowledge: str = "then"
    hidden_until: date | None = None

    def is_visible(self, fact: Fact) -> bool:
        """Say whether a fact is visible at D (T3)."""
        if fact.on > self.day:
            return False
        if self.knowledge == "restated":
            return True
        return fact.recorded_on is None or fact.recorded_on <= self.day

    def is_seen(self, fact: Fact) -> bool:
        """Say whether a fact is visible at D and not hidden by a material review (section 10)."""
        return self.is_visible(fact) and (self.hidden_until is None or fact.on > self.hidden_until)

    def on_finding(self, finding_id: str, words: tuple[str, ...]) -> list[Fact]:
        """Give the visible events of a finding among the words, in time order (never hidden)."""
        events = self.plan.finding_events.get(finding_id, [])
        return [fact for fact in events if fact.event in words and self.is_visible(fact)]

    def checks(self, finding_id: str) -> list[Fact]:
        """Give the checks of a mechanism that are seen, in time order (section 9)."""
        return [fact for fact in self.on_finding(finding_id, CHECKS) if self.is_seen(fact)]

    def on_action(self, action_id: str, words: tuple[str, ...]) -> list[Fact]:
        """Give the seen events of an action among the words, in time order."""
        events = self.plan.action_events.get(action_id, [])
        return [fact for fact in events if fact.event in words and self.is_seen(fact)]

    def redates(self, action_id: str) -> list[Fact]:
        """Give the visible redates of an action; a material review does not hide them (section 10)."""
        events = self.plan.action_events.get(action_id, [])
        return [fact for fact in events if fact.event == "redate" and self.is_visible(fact)]

    def evidence(self, action_id: str) -> list[Fact]:
        """Give the seen evidence of an action, in time order."""
        return [fact for fact in self.plan.action_evidence.get(action_id, []) if self.is_seen(fact)]

    def final_observations(self, indicator_id: str) -> list[Fact]:
        """Give the seen final observations, one per date: the latest recorded, then seq (5.1)."""
        best: dict[date, Fact] = {}
        for fact in self.plan.observations.get(indicator_id, []):
            if not self.is_seen(fact) or not is_true(fact.row, "final", default=True):
                continue
            held = best.get(fact.on)
            if held is None or (fact.known_from, fact.seq) > (held.known_from, held.seq):
                best[fact.on] = fact
        return [best[on] for on in sorted(best)]

    def for_finding(self, finding_id: str) -> Look:
        """Look through the last visible material review of a finding (section 10)."""
        material = self.on_finding(finding_id, ("review_material",))
        return replace(self, hidden_until=material[-1].on if material else None)


def look_at(tables: Tables, as_of: date | str, knowledge: str = "then") -> Look:
    """Read the tables and look at them on a day."""
    day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    return Look(Plan(tables), day, knowledge)


def disposition_of(look: Look, finding_id: str) -> str:
    """Give the disposition of a finding (T7 and section 3)."""
    recorded_on = date_of(look.plan.findings[finding_id], "recorded_on")
    if recorded_on is not None and recorded_on > look.day:
        return "unknown"
    decisions = look.on_finding(finding_id, DECISIONS)
    if not decisions:
        return "open"
    return CLOSED_BY.get(decisions[-1].event, "open")

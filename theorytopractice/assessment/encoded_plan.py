"""Of what does a plan consist once it is arrays, and what of it was visible on a day?

A *case* is a finding on a day. Everything is assessed case by case, as columns: one day for all findings,
sixty month-ends, or the days on which each finding may have risen a stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    cells,
    code,
    greatest,
    is_among,
    last,
    pick,
    pick_words,
    positions,
)
from theorytopractice.errors import UnknownName
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import (
    Disposition,
    FindingEvent,
    FindingKind,
    Knowledge,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from theorytopractice.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Findings:
    """Columns of the finding table, one entry a finding; ``theme`` is trimmed, NO_THEME where there is none.

    ``recorded`` is MISSING where nobody knows the day: earlier than any other, so that such a finding is always in the plan.

    ``owner_left_on`` is the day on which the finding's own owner left, NEVER where it has none or nobody left.
    """

    ids: pd.Index[str]
    kind: Array
    theme: Array
    solvability: Array
    recorded: DayArray
    is_approximate: BoolArray
    review_days: DayArray
    effective: DayArray
    cadence_count: DayArray
    cadence_unit: Array
    origin: IntArray
    is_explained: BoolArray
    has_owner: BoolArray
    owner_left_on: DayArray
    suspect_since: DayArray


@dataclass(frozen=True, slots=True)
class Actions:
    """Columns of the action table, one entry an action.

    ``accountable`` is the row of the table action_owner that names who is accountable, −1 where nobody is;
    ``owner_left_on`` the day on which that owner left, NEVER where nobody is or nobody left;
    ``owned`` has one entry a row of the table action_owner: its action.
    """

    ids: pd.Index[str]
    recorded: DayArray
    due: DayArray
    accountable: IntArray
    owned: IntArray
    owner_left_on: DayArray
    is_promised: BoolArray
    site: IntArray
    adaptation: Array
    core_kept: Array

    @property
    def has_accountable(self) -> BoolArray:
        """Tell which actions have an accountable owner."""
        return self.accountable >= 0


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPlan(Mapping[str, pd.DataFrame]):
    """A whole plan as arrays; what the rules read. It is still the mapping of its tables, so it goes wherever they go.

    Grouped tables: ``finding_actions`` and ``finding_indicators`` and ``codified_in`` by finding, ``action_events`` and ``evidence``
    by action, ``finding_events`` by finding, ``observations`` and ``requiring_findings`` (the findings that require it)
    by indicator.
    """

    settings: Settings
    frames: Mapping[str, pd.DataFrame]
    findings: Findings
    actions: Actions
    indicator_ids: pd.Index[str]
    targets: Targets
    finding_actions: Grouped
    finding_indicators: Grouped
    codified_in: Grouped
    requiring_findings: Grouped
    finding_events: Grouped
    action_events: Grouped
    evidence: Grouped
    observations: Grouped
    latest_observed: DayArray

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table."""
        return self.frames[table]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.frames)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.frames)


CLOSING = {
    FindingEvent.REJECT: Disposition.REJECTED,
    FindingEvent.SUPERSEDE: Disposition.SUPERSEDED,
    FindingEvent.RETIRE: Disposition.RETIRED,
    FindingEvent.DUPLICATE: Disposition.DUPLICATE,
}
DECISIONS = (*CLOSING, FindingEvent.ACCEPT, FindingEvent.PARTIALLY_ACCEPT, FindingEvent.REOPEN)
REVIEWS = (
    FindingEvent.REVIEW_CONFIRMED,
    FindingEvent.REVIEW_REVISED,
    FindingEvent.REVIEW_MATERIAL,
    FindingEvent.SUPERSEDE,
    FindingEvent.RETIRE,
)
CHECKS = (FindingEvent.CHECK_PASS, FindingEvent.CHECK_FAIL, FindingEvent.CHECK_NA)


@dataclass(frozen=True, slots=True)
class FindingDays:
    """Pairs of a finding (position) and an as-of day."""

    finding: IntArray
    day: DayArray
    knowledge: Knowledge = Knowledge.THEN

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.finding)


@dataclass(frozen=True, slots=True)
class FindingView:
    """What each case knows of its finding's own events.

    ``disposition`` is a position in Disposition; ``revised_on`` the last visible material revision, MISSING
    if none: facts dated up to it are not seen (method, section 10). ``block`` is the row (in the book's
    finding events) of the block in force, −1 if none.
    """

    disposition: Array
    revised_on: DayArray
    reviewed_on: DayArray
    block: IntArray
    decision: IntArray

    @property
    def is_open(self) -> BoolArray:
        """Tell which cases have an open finding."""
        return self.disposition == code(Disposition, Disposition.OPEN)


def is_kind(kind: Array, *words: FindingEvent) -> BoolArray:
    """Tell which finding events are among some words."""
    return is_among(kind, [code(FindingEvent, word) for word in words])


def is_visible(facts: Grouped, rows: IntArray, day: DayArray, knowledge: Knowledge) -> BoolArray:
    """Tell which facts are visible on their case's day (method, T3)."""
    seen = facts["day"][rows] <= day
    if knowledge == Knowledge.THEN:
        seen &= facts["recorded"][rows] <= day
    return seen


def observe_findings(encoded: EncodedPlan, cases: FindingDays) -> FindingView:
    """Read the finding events of each case (method, section 3; blocks 5.3; reviews, section 10)."""
    events, n = encoded.finding_events, len(cases)
    segment, rows = events.expand(cases.finding)
    seen = is_visible(events, rows, cases.day[segment], cases.knowledge)
    segment, rows = segment[seen], rows[seen]
    kind, day = events["kind"][rows], events["day"][rows]
    decision = last(is_kind(kind, *DECISIONS), segment, n)
    block = last(is_kind(kind, FindingEvent.BLOCK, FindingEvent.UNBLOCK), segment, n)
    is_block = pick(kind, block, -1) == code(FindingEvent, FindingEvent.BLOCK)
    return FindingView(
        disposition=_dispositions(encoded, cases, pick(kind, decision, -1)),
        revised_on=greatest(day, is_kind(kind, FindingEvent.REVIEW_MATERIAL), segment, n),
        reviewed_on=greatest(day, is_kind(kind, *REVIEWS), segment, n),
        block=np.where(is_block, pick(rows, block, -1), -1),
        decision=pick(rows, decision, -1),
    )


def _dispositions(encoded: EncodedPlan, cases: FindingDays, decision: Array) -> Array:
    """Turn the last visible decision into a disposition; a finding recorded later is unknown (T7)."""
    disposition = np.full(len(cases), code(Disposition, Disposition.OPEN), dtype=np.int8)
    for event, word in CLOSING.items():
        disposition[decision == code(FindingEvent, event)] = code(Disposition, word)
    disposition[encoded.findings.recorded[cases.finding] > cases.day] = code(Disposition, Disposition.UNKNOWN)
    return disposition


class VisibleFindings:
    """What was visible of the findings of a set of cases; each part is worked out when first asked."""

    def __init__(self, encoded: EncodedPlan, cases: FindingDays) -> None:
        """Hold the cases; nothing is computed yet."""
        self.encoded = encoded
        self.cases = cases

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.cases)

    @property
    def day(self) -> DayArray:
        """The as-of day of each case."""
        return self.cases.day

    @cached_property
    def kind(self) -> Array:
        """The kind of each case's finding, as a position in FindingKind."""
        return self.encoded.findings.kind[self.cases.finding]

    def is_kind(self, *kinds: FindingKind) -> BoolArray:
        """Tell which cases have a finding of one of these kinds."""
        return np.isin(self.kind, [code(FindingKind, kind) for kind in kinds])

    @cached_property
    def visible(self) -> FindingView:
        """The finding's own events."""
        return observe_findings(self.encoded, self.cases)


def is_after(day: DayArray, revised_on: DayArray) -> BoolArray:
    """Tell which facts are dated after the last material revision of their finding (method, section 10)."""
    return (revised_on == MISSING) | (day > revised_on)


def all_findings_on(encoded: EncodedPlan, as_of: date | str | None, knowledge: str) -> FindingDays:
    """Return the cases of all findings on one day; raises PracticeError for what is not a day."""
    known = kind_of_knowledge(knowledge)
    day = as_day_number(encoded, as_of)
    n = len(encoded.findings.ids)
    return FindingDays(np.arange(n), np.full(n, day, dtype=np.int32), known)


def kind_of_knowledge(word: str) -> Knowledge:
    """Read a kind of knowledge; raises UnknownName."""
    if word not in tuple(Knowledge):
        raise UnknownName("kind of knowledge", word, Knowledge)
    return Knowledge(word)


def as_day_number(encoded: EncodedPlan, as_of: date | str | None) -> int:
    """Read an as-of date as days since 1970."""
    return (as_day(encoded, as_of) - date(1970, 1, 1)).days


@dataclass(frozen=True, slots=True)
class Targets:
    """What each indicator demands, one entry an indicator; durations in days.

    ``low`` and ``high`` bound the satisfied values (tolerance included); for ordinal measures they are
    positions on the scale. ``fresh`` is the freshness limit, ``gap`` the longest gap (−1: none). An
    unbounded side is an infinite decimal.
    """

    has_target: BoolArray
    low: list[Decimal]
    high: list[Decimal]
    is_effect: BoolArray
    is_confirmation: BoolArray
    is_maintained: BoolArray
    has_baseline: BoolArray
    baseline_on: DayArray
    baseline_satisfies: BoolArray
    is_waived: BoolArray
    lag: DayArray
    cadence: DayArray
    fresh: IntArray
    gap: IntArray
    confirm: DayArray
    lapse: DayArray
    hold: DayArray
    target_on: DayArray
    retargeted_on: DayArray


def accountable(encoded: EncodedPlan) -> tuple[Array, Array]:
    """Return name and unit of each action's accountable owner; the owner's id where the name is missing."""
    ids, row = encoded.frames["action_owner"]["owner_id"], encoded.actions.accountable
    owner = pick(positions(ids, owner_ids(encoded)), row, -1)
    name, unit = (cells(encoded.frames["owner"][column], owner) for column in ("name", "unit"))
    return np.where(name == None, cells(ids, row), name), unit  # noqa: E711 - cell by cell


def owner_ids(encoded: EncodedPlan) -> pd.Index[str]:
    """Return the identifiers of the owners."""
    return pd.Index(encoded.frames["owner"]["owner_id"].astype("str"), dtype="str")


def owner_names(encoded: EncodedPlan, finding: IntArray) -> list[str | None]:
    """Return the names of the findings' own owners; the owner's id where the name is missing."""
    ids = encoded.frames["finding"]["owner_id"]
    names = cells(encoded.frames["owner"]["name"], positions(ids, owner_ids(encoded))[finding])
    return [name or owner_id for name, owner_id in zip(names, cells(ids, finding), strict=True)]


def finding_ids(encoded: EncodedPlan, finding: IntArray) -> Array:
    """Return the identifiers of some findings."""
    return encoded.findings.ids.to_numpy(dtype=object)[finding]


def action_ids(encoded: EncodedPlan, action: IntArray) -> Array:
    """Return the identifiers of some actions; None where there is none (−1)."""
    return pick_words(encoded.actions.ids.to_numpy(dtype=object), action)

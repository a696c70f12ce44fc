"""What is asked of a whole plan on one day, and how does that become a table?"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import (
    ActionStates,
    Commitment,
    CommitmentView,
    linking_findings,
    observe_commitments,
    observe_plan_actions,
    serves_finding,
)
from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    code,
    codes,
    finish_frame,
    greatest,
    key_order,
    least,
    pick,
    positions,
)
from theorytopractice.assessment.assessment import Assessment, StageHistory, stage_history
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    FindingDays,
    all_findings_on,
    as_day_number,
    is_visible,
)
from theorytopractice.assessment.facts import read_evidence
from theorytopractice.model.vocabularies import Knowledge, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

BEFORE_ALL = MISSING + 1
"""A day before every other."""


class PlanSnapshot(Assessment):
    """Every finding of a plan on one day, in the order of the plan, so that a case is the position of a finding.

    ``as_of`` is the day, as days since 1970; ``since`` begins the period of the measures of section 10;
    ``is_counted`` tells which findings are counted, where only some are.
    """

    def __init__(
        self,
        encoded: EncodedPlan,
        cases: FindingDays,
        *,
        as_of: int = 0,
        since: int | None = None,
        among: Collection[str] | None = None,
    ) -> None:
        """Hold the findings; nothing is computed yet."""
        super().__init__(encoded, cases)
        self.as_of, self.since = as_of, since
        n = len(encoded.findings.ids)
        self.is_counted = np.ones(n, dtype=bool) if among is None else encoded.findings.ids.isin(list(among))
        self._later: PlanSnapshot | None = None
        self._reached: dict[int, DayArray] = {}

    def earlier(self, as_of: int) -> PlanSnapshot:
        """Look at the same findings on an earlier day; what had been reached by this day is worked out once for both."""
        cases = FindingDays(self.cases.finding, np.full(len(self), as_of, dtype=np.int32), self.knowledge)
        snapshot = PlanSnapshot(self.encoded, cases, as_of=as_of)
        snapshot.is_counted, snapshot._later = self.is_counted, self
        return snapshot

    def only(self, chosen: BoolArray) -> PlanSnapshot:
        """Look at some of the findings alone on the same day, and at the actions that are linked to them."""
        snapshot = PlanSnapshot(self.encoded, self.cases, as_of=self.as_of, since=self.since)
        snapshot.is_counted, snapshot._later = self.is_counted & chosen, self
        return snapshot

    @property
    def knowledge(self) -> Knowledge:
        """What is seen: what was known then, or what is known today (method, T3)."""
        return self.cases.knowledge

    @cached_property
    def is_open(self) -> BoolArray:
        """Tell which findings are open: the population N of section 12."""
        return self.visible.is_open & self.is_counted

    @property
    def is_in_plan(self) -> BoolArray:
        """Tell which findings are in the plan, open or closed (method, T7)."""
        return (self.encoded.findings.recorded <= self.as_of) & self.is_counted

    @cached_property
    def open_stage(self) -> Array:
        """The stage of each finding, −1 where it is not open."""
        return np.where(self.is_open, self.stage, -1)

    @cached_property
    def is_aged(self) -> BoolArray:
        """Tell which open findings are older than the grace for new ones."""
        return self.is_open & (self.age > self.encoded.settings.new_grace)

    @cached_property
    def history(self) -> StageHistory:
        """The stages of every finding on the days up to this one, or to the later day that was looked at first."""
        return stage_history(self.encoded, self.cases) if self._later is None else self._later.history

    def reached(self, stage: int) -> DayArray:
        """Return each finding's first day at a stage or above; MISSING where never.

        A finding of which nobody knows when it was recorded was in the plan, at stage 0, before every day (T7).
        """
        if self._later is not None:
            return self._later.reached(stage)
        if stage not in self._reached:
            days = self.history.first(stage)
            is_undated = self.encoded.findings.recorded == MISSING
            self._reached[stage] = np.where(is_undated, BEFORE_ALL, days) if stage == 0 else days
        return self._reached[stage]

    @cached_property
    def solved_on(self) -> DayArray:
        """Each problem's first day of being solved; MISSING where never."""
        return self.history.first_solved() if self._later is None else self._later.solved_on

    @cached_property
    def finding_evidence(self) -> Grouped:
        """The evidence of findings; no rule of the ladder asks for it, so the encoded plan does not hold it."""
        if self._later is not None:
            return self._later.finding_evidence
        return read_evidence(self.encoded.frames["evidence"], self.encoded.findings.ids, subject="finding_id")

    def is_by_now(self, day: DayArray) -> BoolArray:
        """Tell which days are known and not after this one."""
        return (day != MISSING) & (day <= self.as_of)

    def ever(self, stage: int) -> BoolArray:
        """Tell which open findings had reached a stage, or a higher one, on some day up to this one."""
        return self.is_open & self.is_by_now(self.reached(stage))

    @property
    def ever_solved(self) -> BoolArray:
        """Tell which open problems were solved on some day up to this one."""
        return self.is_open & self.is_by_now(self.solved_on)

    @cached_property
    def plan_actions(self) -> ActionStates:
        """Every action's own state; where only some findings are counted, only what is linked to them is."""
        states = observe_plan_actions(self.encoded, self.as_of, self.knowledge)
        return states if self.is_counted.all() else replace(states, counts=states.counts & self._is_linked)

    @cached_property
    def _is_linked(self) -> BoolArray:
        """Tell which actions are linked to a finding that is counted."""
        return serves_finding(self.encoded, self.is_counted)

    @cached_property
    def is_serving(self) -> BoolArray:
        """Tell which actions have a link of any role to an open finding."""
        return serves_finding(self.encoded, self.is_open)

    @cached_property
    def commitments(self) -> CommitmentView:
        """Every commitment's state; where only some findings are counted, one of no such finding is unknown."""
        view = observe_commitments(self.encoded, self.as_of, self.knowledge)
        if self.is_counted.all():
            return view
        unknown = code(Commitment, Commitment.UNKNOWN)
        return replace(view, state=np.where(self._is_linked[view.action], view.state, unknown))

    @cached_property
    def newest_on(self) -> DayArray:
        """The date of each finding's newest visible fact; MISSING where it has none."""
        encoded = self.encoded
        n, n_actions = len(self), len(encoded.actions.ids)
        of_action = np.maximum(
            self.newest(encoded.action_events, n_actions), self.newest(encoded.evidence, n_actions)
        )
        of_action[encoded.actions.recorded > self.as_of] = MISSING
        of_indicator = self.newest(encoded.observations, len(encoded.indicator_ids))
        measuring = np.repeat(np.arange(n), np.diff(encoded.finding_indicators.starts))
        return np.maximum.reduce(
            [
                self.newest(encoded.finding_events, n),
                self.newest(self.finding_evidence, n),
                _latest(linking_findings(encoded), of_action[encoded.finding_actions["action"]], n),
                _latest(measuring, of_indicator[encoded.finding_indicators["indicator"]], n),
            ]
        )

    @cached_property
    def idle_days(self) -> IntArray:
        """The days since each finding's newest visible fact, else since it was recorded; −1 where nobody knows that either."""
        newest = np.where(self.newest_on != MISSING, self.newest_on, self.encoded.findings.recorded)
        return np.where(newest != MISSING, self.as_of - newest.astype(np.int64), -1)

    @cached_property
    def undated(self) -> IntArray:
        """The counted findings in the plan of which nobody knows when they were recorded (method, T7)."""
        return np.flatnonzero(self.is_in_plan & (self.encoded.findings.recorded == MISSING))

    def newest(self, facts: Grouped, n: int) -> DayArray:
        """Return the latest own date among each parent's visible facts."""
        segment = np.repeat(np.arange(n), np.diff(facts.starts))
        rows = np.arange(len(segment))
        days = np.full(len(rows), self.as_of, dtype=np.int32)
        return greatest(facts["day"], is_visible(facts, rows, days, self.knowledge), segment, n)

    @cached_property
    def overdue_since(self) -> DayArray:
        """The earliest due date that has passed, of the actions that move each finding's stage; MISSING if none."""
        return self.earliest(self.actions.due, self.actions.is_overdue, self.actions.case)

    @cached_property
    def lapsed_on(self) -> DayArray:
        """The earliest day on which a required outcome of each finding lapsed; MISSING where none has."""
        return self.earliest(self.outcomes.lapsed_on, self.outcomes.has_lapsed, self.outcomes.case)

    @cached_property
    def blocked_on(self) -> DayArray:
        """The day of the block that is in force; MISSING where there is none."""
        return pick(self.encoded.finding_events["day"], self.visible.block, MISSING)

    @cached_property
    def revisit_on(self) -> DayArray:
        """The day on which the block in force is to be looked at again; MISSING where there is none."""
        return pick(self.encoded.finding_events["due"], self.visible.block, MISSING)

    def earliest(self, days: DayArray, wanted: BoolArray, case: IntArray) -> DayArray:
        """Return the earliest wanted day of each case; MISSING where there is none."""
        day = least(days, wanted, case, len(self))
        return np.where(day == NEVER, MISSING, day)


def _latest(segment: IntArray, day: DayArray, n: int) -> DayArray:
    return greatest(day, np.ones(len(day), dtype=bool), segment, n)


def snapshot_on(
    plan: Mapping[str, pd.DataFrame],
    as_of: date | str | None,
    knowledge: str,
    *,
    since: date | str | None = None,
    among: Collection[str] | None = None,
) -> PlanSnapshot:
    """Look at a plan, or only at the findings ``among``, on one day."""
    encoded = encode(plan)
    day, cases = as_day_number(encoded, as_of), all_findings_on(encoded, as_of, knowledge)
    begin = None if since is None else as_day_number(encoded, since)
    return PlanSnapshot(encoded, cases, as_of=day, since=begin, among=among)


Columns: TypeAlias = "dict[str, Array | pd.Series]"


class Listing(Protocol):
    """A table of a plan on a day."""

    def __call__(
        self,
        plan: Mapping[str, pd.DataFrame],
        *,
        as_of: date | str | None = None,
        knowledge: str = Knowledge.THEN,
    ) -> pd.DataFrame:
        """Return the table; the day is today in the plan's zone unless given."""


def listing(*keys: str) -> Callable[[Callable[[PlanSnapshot], Columns]], Listing]:
    """Make a table of a function that returns its columns for a plan on a day.

    The rows are sorted by the keys: texts in natural order, missing ones first; numbers and days upwards, or downwards
    where the key begins with "-", missing days last. Equal rows stay as they came. ``as_of`` is the last column.
    """

    def decorate(columns: Callable[[PlanSnapshot], Columns]) -> Listing:
        def table(
            plan: Mapping[str, pd.DataFrame],
            *,
            as_of: date | str | None = None,
            knowledge: str = Knowledge.THEN,
        ) -> pd.DataFrame:
            snapshot = snapshot_on(plan, as_of, knowledge)
            frame = pd.DataFrame(columns(snapshot))
            return finish_frame(frame, key_order(frame, keys), snapshot.as_of)

        signature = table.__annotations__
        update_wrapper(table, columns)
        del table.__wrapped__  # type: ignore[attr-defined]  # or help() would show the inner signature
        table.__annotations__ = signature
        return table

    return decorate


def derived_findings(s: PlanSnapshot) -> IntArray:
    """Return the counted findings in the plan that came from another one, each once (method, section 10)."""
    relation, ids = s.encoded.frames["finding_relation"], s.encoded.findings.ids
    is_derived = codes(relation["relation"], Relation) == code(Relation, Relation.DERIVED_FROM)
    child, parent = positions(relation["finding_id"], ids), positions(relation["other_finding_id"], ids)
    new = np.unique(child[is_derived & (child >= 0) & (parent >= 0)])
    return new[s.is_in_plan[new]]

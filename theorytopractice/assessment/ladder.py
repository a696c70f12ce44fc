"""What was visible of some findings on their days, and which stage of the ladder does it support? (method, section 5).

The rules of the other kinds stand in ``experiences.py`` and ``mechanisms.py``.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from theorytopractice.assessment.actions import ActionView, earliest_start, observe_actions
from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    code,
    count,
    greatest,
    least,
    some,
)
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    FindingDays,
    VisibleFindings,
    is_visible,
)
from theorytopractice.assessment.facts import read_evidence
from theorytopractice.assessment.outcomes import OutcomeView, RequiredIndicators, observe_outcomes
from theorytopractice.model.vocabularies import (
    COMPLETE,
    LADDER_KINDS,
    UNDER_WAY,
    ActionRole,
    ActionState,
    FindingKind,
    Solvability,
    Stage,
)

NOW = code(Solvability, Solvability.NOW)
REVIEW_DAYS, REVIEW_DAYS_WAITING = 365, 180


class FindingFacts(VisibleFindings):
    """What was visible of a set of cases of one plan: events, actions, indicators; each part is worked out when first asked."""

    @cached_property
    def actions(self) -> ActionView:
        """The linked actions, in every role."""
        return observe_actions(self.encoded, self.cases, self.visible)

    @cached_property
    def is_planned(self) -> BoolArray:
        """Tell where some live action has an accountable owner and a due date."""
        return self.any_action(self.actions.is_live & self.actions.is_scheduled)

    @cached_property
    def start(self) -> DayArray:
        """The start of each case's actions, t0; NEVER if undefined."""
        return earliest_start(self.actions, len(self))

    @cached_property
    def outcomes(self) -> OutcomeView:
        """The required outcome and impact indicators, R, of insights and problems."""
        ladder = self.is_kind(*LADDER_KINDS)
        case, indicator, _ = self.measured(ladder)
        keep = np.ones(len(case), dtype=bool)
        keep[1:] = (case[1:] != case[:-1]) | (indicator[1:] != indicator[:-1])
        case, indicator = case[keep], indicator[keep]
        return observe_outcomes(
            self.encoded, self.cases, self.visible, RequiredIndicators(case, indicator, self.start[case])
        )

    def measured(self, wanted: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return (case, indicator, replication) of the required effect indicators of the wanted cases."""
        chosen = np.flatnonzero(wanted)
        segment, link = self.encoded.finding_indicators.expand(self.cases.finding[chosen])
        indicator = self.encoded.finding_indicators["indicator"][link]
        keep = (
            self.encoded.finding_indicators["is_required"][link] & self.encoded.targets.is_effect[indicator]
        )
        return chosen[segment[keep]], indicator[keep], self.encoded.finding_indicators["action"][link][keep]

    @cached_property
    def origin(self) -> DayArray:
        """The day from which age and activity count: recorded_on, or the last material revision (section 10)."""
        recorded = self.encoded.findings.recorded[self.cases.finding]
        return np.where(self.visible.revised_on != MISSING, self.visible.revised_on, recorded)

    @cached_property
    def age(self) -> IntArray:
        """Days since the origin; more than any plan lasts where nobody knows it, so that no grace holds (T7)."""
        return self.day.astype(np.int64) - self.origin

    @cached_property
    def is_blocked(self) -> BoolArray:
        """Tell where a block is in force."""
        return self.visible.block >= 0

    @cached_property
    def has_enabling(self) -> BoolArray:
        """Tell where some enabling action is not cancelled, has an accountable owner and a due date."""
        enables = self.role(ActionRole.ENABLES) & ~self.actions.is_cancelled & self.actions.is_scheduled
        return some(enables, self.actions.case, len(self))

    def role(self, word: ActionRole) -> BoolArray:
        """Tell which action links have a role."""
        return self.actions.role == code(ActionRole, word)

    def any_action(self, truth: BoolArray) -> BoolArray:
        """Tell for each case whether some linked action is such."""
        return some(truth, self.actions.case, len(self))

    def any_outcome(self, truth: BoolArray) -> BoolArray:
        """Tell for each case whether some required indicator is such."""
        return some(truth, self.outcomes.case, len(self))

    def all_outcomes(self, truth: BoolArray) -> BoolArray:
        """Tell for each case whether it has required indicators and every one is such."""
        return self.has_outcomes & ~self.any_outcome(~truth)

    @cached_property
    def has_outcomes(self) -> BoolArray:
        """Tell where R is not empty."""
        return count(np.ones(len(self.outcomes.case), dtype=bool), self.outcomes.case, len(self)) > 0

    @cached_property
    def has_future_observation(self) -> BoolArray:
        """Tell where a required effect indicator, of the finding or a replication, has a value still to come."""
        case, indicator, _ = self.measured(np.ones(len(self), dtype=bool))
        latest = self.encoded.latest_observed[indicator]
        return some(latest > self.day[case], case, len(self))

    @cached_property
    def latest_activity(self) -> DayArray:
        """The last day on which something moved in L, MISSING if never (5.3 stalled)."""
        return greatest(self.actions.active_on, self.actions.is_live, self.actions.case, len(self))

    @cached_property
    def review_due(self) -> IntArray:
        """The day on which the next review is due; NEVER where nothing says since when the finding is known (section 10)."""
        findings, finding = self.encoded.findings, self.cases.finding
        waits = self.is_kind(FindingKind.PROBLEM) & (findings.solvability[finding] != NOW)
        usual = np.where(waits, REVIEW_DAYS_WAITING, REVIEW_DAYS)
        every = np.where(findings.review_days[finding] >= 0, findings.review_days[finding], usual)
        since = np.where(
            self.visible.reviewed_on != MISSING, self.visible.reviewed_on, findings.recorded[finding]
        )
        undated = since == MISSING
        if undated.any():
            since = np.where(undated, first_known_days(self.encoded, self.cases, undated), since)
        return np.where(since == NEVER, NEVER, since.astype(np.int64) + every)


def first_known_days(encoded: EncodedPlan, cases: FindingDays, wanted: BoolArray) -> DayArray:
    """Return the earliest day from which each wanted case is known to have been there; NEVER where nothing tells.

    It stands in for a day of record that nobody knows (method, T7): the own date of the earliest visible fact of the
    finding, its actions and indicators, or the record of an action.
    """
    chosen = np.flatnonzero(wanted)
    finding = cases.finding[chosen]
    linked, link = encoded.finding_actions.expand(finding)
    action = encoded.finding_actions["action"][link]
    measured, measure = encoded.finding_indicators.expand(finding)
    indicator = encoded.finding_indicators["indicator"][measure]
    proof = read_evidence(encoded.frames["evidence"], encoded.findings.ids, subject="finding_id")
    everyone, recorded = np.arange(len(chosen)), encoded.actions.recorded[action]
    in_plan = (recorded != MISSING) & (recorded <= cases.day[chosen[linked]])
    segments, days = [linked[in_plan]], [recorded[in_plan]]
    for facts, segment, parent in (
        (encoded.finding_events, everyone, finding),
        (proof, everyone, finding),
        (encoded.action_events, linked, action),
        (encoded.evidence, linked, action),
        (encoded.observations, measured, indicator),
    ):
        place, row = facts.expand(parent)
        case = segment[place]
        seen = is_visible(facts, row, cases.day[chosen[case]], cases.knowledge)
        segments.append(case[seen])
        days.append(facts["day"][row[seen]])
    first = np.full(len(cases), NEVER, dtype=np.int32)
    segment, day = np.concatenate(segments), np.concatenate(days)
    first[chosen] = least(day, np.ones(len(day), dtype=bool), segment, len(chosen))
    return first


def ladder_stage(a: FindingFacts) -> Array:
    """Return the stage 0–5 of each case by the generic ladder (method, section 5)."""
    live = a.actions.is_live
    stage = np.zeros(len(a), dtype=np.int8)
    stage[a.is_planned] = Stage.PLANNED
    stage[a.any_action(live & a.actions.is_in(*UNDER_WAY, *COMPLETE))] = Stage.UNDER_WAY
    carried_out = a.any_action(live) & ~a.any_action(live & ~a.actions.is_in(ActionState.DONE))
    stage[carried_out] = Stage.CARRIED_OUT
    in_practice = carried_out & outcome_shown(a)
    stage[in_practice] = Stage.IN_PRACTICE
    stage[in_practice & a.all_outcomes(a.outcomes.has_held)] = Stage.SUSTAINED
    return stage


def outcome_shown(a: FindingFacts) -> BoolArray:
    """Tell where every required indicator shows the outcome (method, 5.1)."""
    return a.all_outcomes(a.outcomes.is_shown)

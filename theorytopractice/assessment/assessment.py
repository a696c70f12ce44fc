"""Where does each finding stand on a day, and on which days did it get there? (method, 12.1).

A stage rises only on a day on which something of the finding becomes visible; it falls also when data go stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import (
    DAY_SPAN,
    MISSING,
    Array,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    code,
    first,
    greatest,
    last,
    pick,
    some,
)
from theorytopractice.assessment.encoded_plan import EncodedPlan, FindingDays, is_kind
from theorytopractice.assessment.experiences import ExperienceView, observe_experiences
from theorytopractice.assessment.ladder import FindingFacts, ladder_stage
from theorytopractice.assessment.mechanisms import DAYS_IN, MechanismView, lay_out, observe_mechanisms
from theorytopractice.assessment.problems import Surveys, is_surveyed, surveys
from theorytopractice.model.vocabularies import FindingEvent, FindingKind, Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


class Assessment(FindingFacts):
    """A plan on days: the facts of a set of cases, and what the rules make of them; worked out when first asked."""

    @cached_property
    def mechanisms(self) -> MechanismView:
        """What the checks say of the mechanisms."""
        return observe_mechanisms(self, self.is_planned)

    @cached_property
    def experiences(self) -> ExperienceView:
        """What the replications say of the experiences."""
        return observe_experiences(self)

    @cached_property
    def surveys(self) -> Surveys:
        """What those affected by the problems said."""
        return surveys(self, self.is_kind(FindingKind.PROBLEM))

    @cached_property
    def stage(self) -> Array:
        """The stage 0–5 of each case, by the rules of its kind; of closed findings too."""
        stage = ladder_stage(self)
        for kind, own in (
            (FindingKind.MECHANISM, self.mechanisms),
            (FindingKind.EXPERIENCE, self.experiences),
        ):
            stage = np.where(self.is_kind(kind), own.stage, stage)
        return stage

    @cached_property
    def is_confirmed(self) -> BoolArray:
        """Tell where those affected confirm: every required confirmation indicator passes, and there is one."""
        passes, case = self.surveys.passes, self.surveys.case
        return some(passes, case, len(self)) & ~some(~passes, case, len(self))

    @property
    def is_solved(self) -> BoolArray:
        """Tell where a problem is solved: open, in practice, and confirmed (method, section 6)."""
        is_reached = self.visible.is_open & (self.stage >= Stage.IN_PRACTICE)
        return self.is_kind(FindingKind.PROBLEM) & is_reached & self.is_confirmed

    @cached_property
    def judged_flags(self) -> dict[str, BoolArray]:
        """The flags that were asked for so far; :func:`theorytopractice.assessment.flags.judge_flag` keeps them here."""
        return {}


ROWS_AT_ONCE = 3_000_000
EMPTY_SLOTS = 5  # two missed, the one before, and room for late checks and long months


def rising_days(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> tuple[IntArray, FindingDays]:
    """Return every candidate day up to ``until`` of each finding, as (position in ``finding``, cases).

    The cases are sorted by finding and day; days before the finding was recorded are left out.
    """
    return _between(encoded, finding, until, knowledge, [])


def change_days(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> tuple[IntArray, FindingDays]:
    """Return every day on which a stage may have risen or fallen, as :func:`rising_days` does.

    To those come the days on which an observation, if it is the last one, goes stale (method, 5.1-3).
    """
    measured, measure = encoded.finding_indicators.expand(finding)
    indicator = encoded.finding_indicators["indicator"][measure]
    segment, row = encoded.observations.expand(indicator)
    stale_on = encoded.observations["day"][row] + encoded.targets.fresh[indicator[segment]] + 1
    return _between(encoded, finding, until, knowledge, [(measured[segment], stale_on)])


def _between(
    encoded: EncodedPlan,
    finding: IntArray,
    until: DayArray,
    knowledge: Knowledge,
    more: list[tuple[IntArray, IntArray | DayArray]],
) -> tuple[IntArray, FindingDays]:
    """Gather the candidate days from a finding's record up to ``until``, each once, in order."""
    own = _own_days(encoded, finding, until, knowledge)
    columns = [*own, *_codifying(encoded, finding, until, knowledge), *more]
    segment = np.concatenate([column[0] for column in columns])
    day = np.concatenate([column[1].astype(np.int64) for column in columns])
    recorded = encoded.findings.recorded[finding]
    keep = (day != MISSING) & (day <= until[segment]) & (day >= recorded[segment])
    pairs = np.unique(segment[keep] * DAY_SPAN + (day[keep] + DAY_SPAN // 2))
    segment = pairs // DAY_SPAN
    return segment, FindingDays(
        finding[segment], (pairs % DAY_SPAN - DAY_SPAN // 2).astype(np.int32), knowledge
    )


def _own_days(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> list[tuple[IntArray, IntArray | DayArray]]:
    """Days of the findings themselves, their actions, indicators and slots."""
    everyone = np.arange(len(finding))
    linked, link = encoded.finding_actions.expand(finding)
    action = encoded.finding_actions["action"][link]
    measured, measure = encoded.finding_indicators.expand(finding)
    indicator = encoded.finding_indicators["indicator"][measure]
    return [
        (everyone, encoded.findings.recorded[finding]),
        (everyone, encoded.findings.effective[finding]),
        (linked, encoded.actions.recorded[action]),
        (measured, encoded.targets.baseline_on[indicator]),
        _known(encoded.finding_events, everyone, finding, knowledge),
        _known(encoded.action_events, linked, action, knowledge),
        _known(encoded.evidence, linked, action, knowledge),
        _known(encoded.observations, measured, indicator, knowledge),
        _slots(encoded, finding, until),
    ]


def _known(
    facts: Grouped, segment: IntArray, parent: IntArray, knowledge: Knowledge
) -> tuple[IntArray, DayArray]:
    """Days on which the facts of some parents become visible."""
    of_parent, row = facts.expand(parent)
    day = facts["day"][row]
    if knowledge == Knowledge.THEN:
        day = np.maximum(day, facts["recorded"][row])
    return segment[of_parent], day


def _slots(encoded: EncodedPlan, finding: IntArray, until: DayArray) -> tuple[IntArray, IntArray]:
    """Days on which a slot closes, from each anchor that the mechanism may have had."""
    has_slots = (encoded.findings.cadence_count[finding] > 0) & (
        encoded.findings.effective[finding] != MISSING
    )
    chosen = np.flatnonzero(has_slots)
    segment, row = encoded.finding_events.expand(finding[chosen])
    material = is_kind(encoded.finding_events["kind"][row], FindingEvent.REVIEW_MATERIAL)
    owner = np.concatenate([chosen, chosen[segment[material]]])
    effective = encoded.findings.effective[finding[owner]]
    revised = np.concatenate([effective[: len(chosen)], encoded.finding_events["day"][row[material]]])
    anchor = np.maximum(effective, revised).astype(np.int64)
    slot, _, _, due_on, grace = lay_out(
        encoded, finding[owner], anchor, _last_change(encoded, finding[owner], anchor, until[owner])
    )
    return owner[slot], due_on + grace + 1


def _last_change(encoded: EncodedPlan, finding: IntArray, anchor: IntArray, until: DayArray) -> DayArray:
    """Return the day up to which slots can still change a stage: after some empty ones nothing changes any more.

    Two missed slots make a dead letter, and further ones leave it so; a mechanism in force for centuries has
    no more days to look at than its checks give it.
    """
    events = encoded.finding_events
    latest = pick(events["day"], events.starts[finding + 1] - 1, MISSING)
    has_events = events.starts[finding + 1] > events.starts[finding]
    moved = np.where(has_events, np.maximum(latest.astype(np.int64), anchor), anchor)
    n, unit = encoded.findings.cadence_count[finding].astype(np.int64), encoded.findings.cadence_unit[finding]
    window = n * np.array([DAYS_IN[letter] for letter in unit.tolist()], dtype=np.int64)
    return np.minimum(until, moved + EMPTY_SLOTS * window).astype(np.int32)


def _codifying(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> list[tuple[IntArray, IntArray | DayArray]]:
    """Days of the mechanisms in which experiences are codified."""
    segment, row = encoded.codified_in.expand(finding)
    if not len(segment):
        return []
    days = _own_days(encoded, encoded.codified_in["other"][row], until[segment], knowledge)
    return [(segment[own], day) for own, day in days]


def split_days(encoded: EncodedPlan, cases: FindingDays) -> Iterator[FindingDays]:
    """Cut many cases into slices that each spread out to a bounded number of rows."""
    rows = np.cumsum(_weights(encoded, cases))
    begin = 0
    while begin < len(cases):
        spent = rows[begin - 1] if begin else 0
        end = max(int(np.searchsorted(rows, spent + ROWS_AT_ONCE, side="right")), begin + 1)
        yield FindingDays(cases.finding[begin:end], cases.day[begin:end], cases.knowledge)
        begin = end


def _weights(encoded: EncodedPlan, cases: FindingDays) -> IntArray:
    """Return about how many rows each case spreads out to: its facts and its slots."""
    everyone = np.arange(len(encoded.findings.ids))
    linked, link = encoded.finding_actions.expand(everyone)
    measured, measure = encoded.finding_indicators.expand(everyone)
    action, indicator = (
        encoded.finding_actions["action"][link],
        encoded.finding_indicators["indicator"][measure],
    )
    weight = 1 + np.diff(encoded.finding_events.starts)
    weight += np.bincount(linked, 1 + np.diff(encoded.action_events.starts)[action], len(weight)).astype(
        np.int64
    )
    weight += np.bincount(linked, np.diff(encoded.evidence.starts)[action], len(weight)).astype(np.int64)
    weight += np.bincount(measured, 1 + np.diff(encoded.observations.starts)[indicator], len(weight)).astype(
        np.int64
    )
    has_slots = (encoded.findings.cadence_count > 0) & (encoded.findings.effective != MISSING)
    in_force = np.maximum(cases.day.astype(np.int64) - encoded.findings.effective[cases.finding], 0)
    slots = in_force // np.maximum(encoded.findings.cadence_count[cases.finding], 1)
    return weight[cases.finding] + np.where(has_slots[cases.finding], slots, 0)


FIRSTS = {
    "first_planned_on": Stage.PLANNED,
    "first_started_on": Stage.UNDER_WAY,
    "carried_out_on": Stage.CARRIED_OUT,
}


def stages_on(encoded: EncodedPlan, cases: FindingDays) -> Array:
    """Return the stage of each case, −1 where the finding is not open; a slice of cases at a time."""
    stages = [np.zeros(0, dtype=np.int8)]
    for part in split_days(encoded, cases):
        a = Assessment(encoded, part)
        stages.append(np.where(a.visible.is_open, a.stage, -1).astype(np.int8))
    return np.concatenate(stages)


def solved_on(encoded: EncodedPlan, cases: FindingDays) -> BoolArray:
    """Tell which cases are problems that were solved; a slice of cases at a time."""
    solved = [Assessment(encoded, part).is_solved for part in split_days(encoded, cases)]
    return np.concatenate([np.zeros(0, dtype=bool), *solved])


@dataclass(frozen=True, slots=True)
class StageHistory:
    """The stage of each of n cases on every candidate day up to its own; −1 on days when it was not open.

    ``segment`` is the case of each candidate. Closed findings keep the days that they had reached.
    """

    encoded: EncodedPlan
    n: int
    segment: IntArray
    candidates: FindingDays
    stage: Array

    def first(self, level: int) -> DayArray:
        """Return the first day of each case at a stage or above; MISSING where never."""
        return pick(self.candidates.day, first(self.stage >= level, self.segment, self.n), MISSING)

    def first_solved(self) -> DayArray:
        """Return the first day on which each problem was solved (method, section 6); MISSING where never.

        No other day can be the first: what solves a problem is a stage or a survey that becomes visible.
        """
        days = self.candidates
        is_problem = self.encoded.findings.kind[days.finding] == code(FindingKind, FindingKind.PROBLEM)
        chosen = np.flatnonzero((self.stage >= Stage.IN_PRACTICE) & is_problem)
        asked = FindingDays(days.finding[chosen], days.day[chosen], days.knowledge)
        solved = solved_on(self.encoded, asked)
        return pick(asked.day, first(solved, self.segment[chosen], self.n), MISSING)


def stage_history(encoded: EncodedPlan, cases: FindingDays) -> StageHistory:
    """Assess every candidate day of the cases (method, 12.1)."""
    segment, candidates = rising_days(encoded, cases.finding, cases.day, cases.knowledge)
    return StageHistory(encoded, len(cases), segment, candidates, stages_on(encoded, candidates))


def first_days(encoded: EncodedPlan, cases: FindingDays) -> dict[str, DayArray]:
    """Return the four dates of each case: the FIRSTS and ``in_practice_since``; MISSING where never."""
    past = stage_history(encoded, cases)
    candidates, stage = past.candidates, past.stage
    dates = {name: past.first(level) for name, level in FIRSTS.items()}
    practised = np.flatnonzero(stage >= Stage.IN_PRACTICE)
    eve = FindingDays(candidates.finding[practised], candidates.day[practised] - np.int32(1), cases.knowledge)
    rose = np.zeros(len(stage), dtype=bool)
    rose[practised] = stages_on(encoded, eve) < Stage.IN_PRACTICE
    since = pick(candidates.day, last(rose, past.segment, past.n), MISSING)
    now = stages_on(encoded, cases) >= Stage.IN_PRACTICE
    return {**dates, "in_practice_since": np.where(now, since, MISSING)}


def has_recurred(a: Assessment) -> BoolArray:
    """Tell which problems were solved on some earlier day and have lapsed (method, section 6)."""
    is_back = a.any_outcome(a.outcomes.has_lapsed)
    lapsed, segment, past = _past_of_problems(a, is_back)
    earlier = past.day < a.day[lapsed][segment]
    return some(solved_on(a.encoded, past) & earlier, lapsed[segment], len(a))


def solved_since(a: Assessment) -> DayArray:
    """Return the last day, up to each case's, on which a problem became solved; MISSING where never."""
    chosen, segment, past = _past_of_problems(a, np.ones(len(a), dtype=bool))
    now = np.flatnonzero(solved_on(a.encoded, past))
    eve = FindingDays(past.finding[now], past.day[now] - np.int32(1), a.cases.knowledge)
    rose = now[~solved_on(a.encoded, eve)]
    return greatest(past.day[rose], np.ones(len(rose), dtype=bool), chosen[segment[rose]], len(a))


def _past_of_problems(a: Assessment, wanted: BoolArray) -> tuple[IntArray, IntArray, FindingDays]:
    """Return the wanted cases that may have been solved once, and their candidate days: (cases, place among these, days)."""
    chosen = np.flatnonzero(wanted & a.is_kind(FindingKind.PROBLEM) & is_surveyed(a))
    segment, past = rising_days(a.encoded, a.cases.finding[chosen], a.day[chosen], a.cases.knowledge)
    return chosen, segment, past

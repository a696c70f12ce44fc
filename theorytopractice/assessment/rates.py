"""What is counted on a day, and what is each measure: a share with its interval, a ratio, a median? (method, section 12)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import (
    ActionStates,
    linking_findings,
    observe_plan_actions,
    serves_finding,
)
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.columns import code, codes, positions
from theorytopractice.assessment.commitments import KEPT, Commitment, CommitmentView, observe_commitments
from theorytopractice.assessment.events import read_evidence
from theorytopractice.assessment.experiences import Replication, best_states
from theorytopractice.assessment.flags import judge_flag
from theorytopractice.assessment.frames import assessment_on, finish_frame, rank_of
from theorytopractice.assessment.grouped import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    greatest,
)
from theorytopractice.assessment.mechanisms import last_slots, later
from theorytopractice.assessment.milestones import StageHistory, stage_history
from theorytopractice.assessment.problems import surveys
from theorytopractice.assessment.visibility import REVIEWS, FindingDays, is_kind, is_visible
from theorytopractice.model.vocabularies import (
    LADDER_KINDS,
    ActionRole,
    Disposition,
    FindingEvent,
    FindingKind,
    Knowledge,
    Relation,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import FloatArray


WILSON_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Rate:
    """One measure on one day; ``value`` is None where the denominator is 0."""

    value: float | None
    numerator: int | None
    denominator: int
    is_share: bool = False


def share(part: BoolArray, whole: BoolArray) -> Rate:
    """Return which share of the whole is also in the part; only a share has an interval."""
    return share_among(int((part & whole).sum()), int(whole.sum()))


def share_among(numerator: int, denominator: int) -> Rate:
    """Return a share from its counts."""
    return Rate(_quotient(numerator, denominator), numerator, denominator, is_share=True)


def ratio(numerator: int, denominator: int) -> Rate:
    """Return a quotient that may exceed 1, and so has no interval."""
    return Rate(_quotient(numerator, denominator), numerator, denominator)


def number(part: BoolArray, whole: BoolArray) -> Rate:
    """Return how many of the whole are in the part: the count itself, also where there are none."""
    n = int((part & whole).sum())
    return Rate(float(n), n, int(whole.sum()))


def median(values: Array) -> Rate:
    """Return the median of some values; its denominator is how many there are."""
    return Rate(float(np.median(values)) if len(values) else None, None, len(values))


def _quotient(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None


def wilson(numerator: IntArray, denominator: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return both ends of the 95 % Wilson interval of each share; NaN where the denominator is 0."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = np.full(len(numerator), np.nan), np.full(len(numerator), np.nan)
    known = np.flatnonzero(denominator)
    if len(known):
        low[known], high[known] = proportion_confint(
            numerator[known], denominator[known], alpha=WILSON_ALPHA, method="wilson"
        )
    low[(numerator == 0) & (denominator > 0)] = 0  # exact, where rounding leaves 2e-18
    high[(numerator == denominator) & (denominator > 0)] = 1
    return low, high


class PlanHistory:
    """On which days did the findings of a plan first reach what they reached, up to a day?

    Worked out once for the last of many days: a day reached by then is the same for every later day.
    """

    def __init__(
        self, encoded: EncodedPlan, until: int, knowledge: Knowledge, among: Collection[str] | None = None
    ) -> None:
        """Hold the plan, of which only the findings ``among`` are counted; nothing is computed yet."""
        self.encoded, self.knowledge = encoded, knowledge
        n = len(encoded.findings.ids)
        self.is_counted = np.ones(n, dtype=bool) if among is None else encoded.findings.ids.isin(list(among))
        self._until = until
        self._reached: dict[int, DayArray] = {}

    @cached_property
    def _climb(self) -> StageHistory:
        n = len(self.encoded.findings.ids)
        days = np.full(n, self._until, dtype=np.int32)
        return stage_history(self.encoded, FindingDays(np.arange(n), days, self.knowledge))

    def reached(self, stage: int) -> DayArray:
        """Return each finding's first day at a stage or above; MISSING where never."""
        if stage not in self._reached:
            self._reached[stage] = self._climb.first(stage)
        return self._reached[stage]

    @cached_property
    def finding_evidence(self) -> Grouped:
        """The evidence of findings; no rule of the ladder asks for it, so the book does not hold it."""
        return read_evidence(self.encoded.frames["evidence"], self.encoded.findings.ids, subject="finding_id")

    @cached_property
    def solved(self) -> DayArray:
        """Each problem's first day of being solved; MISSING where never."""
        return self._climb.first_solved()


class PlanSnapshot:
    """All findings of a plan on a day, as the measures count them; parts are worked out when first asked."""

    def __init__(self, past: PlanHistory, day: int, since: int | None = None) -> None:
        """Look at a day not later than the past's; ``since`` begins the period of sections 10's measures."""
        self.past, self.day, self.since = past, day, since
        self.encoded = past.encoded
        n = len(self.encoded.findings.ids)
        cases = FindingDays(np.arange(n), np.full(n, day, dtype=np.int32), past.knowledge)
        self.situation = Assessment(self.encoded, cases)

    @cached_property
    def is_open(self) -> BoolArray:
        """Tell which findings are open: the population N of section 12."""
        return self.situation.visible.is_open & self.past.is_counted

    @property
    def is_in_plan(self) -> BoolArray:
        """Tell which findings are in the plan, open or closed (method, T7)."""
        return (self.encoded.findings.recorded <= self.day) & self.past.is_counted

    @cached_property
    def stage(self) -> Array:
        """The stage of each finding, −1 where it is not open."""
        return np.where(self.is_open, self.situation.stage, -1)

    @cached_property
    def is_aged(self) -> BoolArray:
        """Tell which open findings are older than the grace for new ones."""
        return self.is_open & (self.situation.age > self.encoded.settings.new_grace)

    def flag(self, name: str) -> BoolArray:
        """Tell which findings have a flag."""
        return judge_flag(self.situation, name)

    def ever(self, stage: int) -> BoolArray:
        """Tell which open findings had reached a stage, or a higher one, on some day up to this one."""
        return self.is_open & self.is_by_now(self.past.reached(stage))

    @property
    def ever_solved(self) -> BoolArray:
        """Tell which open problems were solved on some day up to this one."""
        return self.is_open & self.is_by_now(self.past.solved)

    def is_by_now(self, day: DayArray) -> BoolArray:
        """Tell which days are known and not after this one."""
        return (day != MISSING) & (day <= self.day)

    @cached_property
    def actions(self) -> ActionStates:
        """Every action's own state."""
        return observe_plan_actions(self.encoded, self.day, self.past.knowledge)

    @cached_property
    def is_serving(self) -> BoolArray:
        """Tell which actions have a link of any role to an open finding."""
        return serves_finding(self.encoded, self.is_open)

    @cached_property
    def commitments(self) -> CommitmentView:
        """Every commitment's state."""
        return observe_commitments(self.encoded, self.day, self.past.knowledge)


def newest_facts(s: PlanSnapshot) -> DayArray:
    """Return the date of each finding's newest visible fact; MISSING where it has none."""
    encoded = s.encoded
    n, n_actions = len(encoded.findings.ids), len(encoded.actions.ids)
    own = _newest(encoded.finding_events, n, s)
    proof = _newest(s.past.finding_evidence, n, s)
    of_action = np.maximum(
        _newest(encoded.action_events, n_actions, s), _newest(encoded.evidence, n_actions, s)
    )
    of_action[encoded.actions.recorded > s.day] = MISSING
    of_indicator = _newest(encoded.observations, len(encoded.indicator_ids), s)
    measuring = np.repeat(np.arange(n), np.diff(encoded.finding_indicators.starts))
    return np.maximum.reduce(
        [
            own,
            proof,
            _over(linking_findings(encoded), of_action[encoded.finding_actions["action"]], n),
            _over(measuring, of_indicator[encoded.finding_indicators["indicator"]], n),
        ]
    )


def idle_days(s: PlanSnapshot) -> Array:
    """Return for each finding the days since its newest visible fact, else since it was recorded."""
    newest = newest_facts(s)
    return s.day - np.where(newest != MISSING, newest, s.encoded.findings.recorded).astype(np.int64)


def _newest(facts: Grouped, n: int, s: PlanSnapshot) -> DayArray:
    """Return the latest own date among each parent's visible facts."""
    segment = np.repeat(np.arange(n), np.diff(facts.starts))
    rows = np.arange(len(segment))
    seen = is_visible(facts, rows, np.full(len(rows), s.day, dtype=np.int32), s.past.knowledge)
    return greatest(facts["day"], seen, segment, n)


def _over(segment: Array, day: DayArray, n: int) -> DayArray:
    return greatest(day, np.ones(len(day), dtype=bool), segment, n)


COHORT_WIDTH = 1
NOT_LOOKED_FOR = ("no_indicator", "no_target", "no_baseline")


def implementation_rate(s: PlanSnapshot) -> Rate:
    """Open findings at stage 3 or above, of all open findings."""
    return share(s.stage >= Stage.CARRIED_OUT, s.is_open)


def practice_rate(s: PlanSnapshot) -> Rate:
    """Open findings at stage 4 or above, of all open findings."""
    return share(s.stage >= Stage.IN_PRACTICE, s.is_open)


def cohort_rate(s: PlanSnapshot, *, stage: int, years: int) -> Rate:
    """Of the findings recorded in [D − k − w, D − k], those that reached the stage within k years.

    Both ends of the cohort, and the anniversary itself, count. A year is a calendar year (29 February
    becomes the 28th). Every finding recorded then counts, whatever became of it.
    """
    recorded = s.encoded.findings.recorded
    first, final = (_years_later(np.array([s.day]), -k)[0] for k in (years + COHORT_WIDTH, years))
    in_cohort = (recorded >= first) & (recorded <= final) & (recorded != MISSING) & s.past.is_counted
    reached = s.past.reached(stage)
    in_time = s.is_by_now(reached) & (reached <= _years_later(recorded, years))
    return share(in_time, in_cohort)


def _years_later(day: Array, years: int) -> IntArray:
    """Return the same calendar days some years later or earlier, clamped to the month's end (method, T8)."""
    return later(day.astype(np.int64), np.full(len(day), years), np.full(len(day), "Y"))


def funnel_ever(s: PlanSnapshot, *, stage: int) -> Rate:
    """How many findings had reached the stage or a higher one on some day up to this one.

    Those closed since are among them, so the denominator is every finding in the plan.
    """
    return number(s.is_by_now(s.past.reached(stage)), s.is_in_plan)


def funnel_now(s: PlanSnapshot, *, stage: int) -> Rate:
    """How many open findings are at exactly this stage now."""
    return number(s.stage == stage, s.is_open)


def shelf_rate(s: PlanSnapshot) -> Rate:
    """Of the open findings older than the grace (30 days unless the plan says otherwise), those at stage 0."""
    return share(s.stage == Stage.ON_THE_SHELF, s.is_aged)


def overdue_rate(s: PlanSnapshot) -> Rate:
    """Of the open actions with a current due date that serve an open finding in any role, those overdue."""
    is_dated = s.actions.is_open & (s.actions.due != MISSING)
    return share(s.actions.is_overdue, is_dated & s.is_serving)


def on_time_rate(s: PlanSnapshot) -> Rate:
    """Of the live actions whose original due date has come, those done by it, whatever they serve.

    Done, with evidence, and the last visible complete on or before the original due date.
    """
    due = s.actions.original_due
    is_due = s.actions.is_live & (due != MISSING) & (due <= s.day)
    return share(s.actions.is_on_time, is_due)


def evidence_gap(s: PlanSnapshot) -> Rate:
    """Of the open insights and problems at stage 3 or above, those whose effect nobody looked for."""
    done = (s.stage >= Stage.CARRIED_OUT) & s.situation.is_kind(*LADDER_KINDS)
    flags: list[BoolArray] = [s.flag(name) for name in NOT_LOOKED_FOR]
    return share(np.logical_or.reduce(flags), done)


def lapse_rate(s: PlanSnapshot) -> Rate:
    """Of the open findings that were ever at stage 4 or above, those flagged lapsed now.

    A finding can be flagged without having been in practice (one of its indicators was met and fell); it is
    in neither count, so that the rate stays a share.
    """
    return share(s.flag("lapsed"), s.ever(Stage.IN_PRACTICE))


def staleness_median_days(s: PlanSnapshot) -> Rate:
    """The median of the open findings' days since their newest visible fact."""
    return median(idle_days(s)[s.is_open])


FAILED = (Replication.DID_NOT_WORK, Replication.ABANDONED)
REVISIONS = (FindingEvent.REVIEW_REVISED, FindingEvent.REVIEW_MATERIAL, FindingEvent.SUPERSEDE)


def rebound_rate(s: PlanSnapshot) -> Rate:
    """Of the open problems that were ever solved, those that lapsed since (section 6).

    ``recurred`` among them is exactly ``lapsed``: on a day on which a problem is solved it is not lapsed.
    """
    return share(s.flag("lapsed"), s.ever_solved)


def kept_on_time_rate(s: PlanSnapshot) -> Rate:
    """Of the commitments that have come due, those kept on time (section 7)."""
    return share(_in(s, Commitment.KEPT_ON_TIME), _has_come_due(s))


def kept_ever_rate(s: PlanSnapshot) -> Rate:
    """Of the commitments that have come due, those kept, on time or late (section 7)."""
    return share(_in(s, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE), _has_come_due(s))


def _in(s: PlanSnapshot, *states: Commitment) -> BoolArray:
    return np.isin(s.commitments.state, [code(Commitment, state) for state in states])


def _has_come_due(s: PlanSnapshot) -> BoolArray:
    """Tell which commitments form N: effective due ≤ D, not released, not still open on the due day itself."""
    due = s.commitments.effective_due
    out = _in(s, Commitment.UNKNOWN, Commitment.RELEASED, Commitment.OPEN)
    return (due != MISSING) & (due <= s.day) & ~out


def median_days_late(s: PlanSnapshot) -> Rate:
    """The median of days between effective due and completion, over commitments kept late (section 7)."""
    late = _in(s, Commitment.KEPT_LATE)
    return median((s.commitments.completed_on.astype(np.int64) - s.commitments.effective_due)[late])


def confirmed_share(s: PlanSnapshot) -> Rate:
    """Of the commitments kept or disputed, those that the people they were made to confirmed last (section 7)."""
    kept = _in(s, *KEPT)
    return share(kept & s.commitments.is_confirmed, kept | _in(s, Commitment.DISPUTED))


def satisfied_share(s: PlanSnapshot) -> Rate:
    """Of the surveys on findings with a commitment that are not too old, those that pass (section 7).

    Distinct required confirmation indicators of findings, of any kind and closed ones too, that have a ``delivers`` link to
    a commitment in the plan. An observation is a visible final one, seen by the finding (section 10).
    """
    links = s.encoded.finding_actions
    action = links["action"]
    promised = s.encoded.actions.is_promised[action] & (s.encoded.actions.recorded[action] <= s.day)
    promised &= links["role"] == code(ActionRole, ActionRole.DELIVERS)
    wanted = np.zeros(len(s.is_open), dtype=bool)
    wanted[linking_findings(s.encoded)[promised]] = True
    found = surveys(s.situation, wanted & s.is_in_plan)
    recent, passing = (np.unique(found.indicator[truth]) for truth in (found.is_recent, found.passes))
    return share_among(len(passing), len(recent))


def replication_success(s: PlanSnapshot) -> Rate:
    """Of the sites with a known result, those where the experience worked (section 8).

    A site is counted once for each open experience, by its best state there.
    """
    state = _site_states(s)
    worked = state == code(Replication, Replication.WORKED)
    failed = np.isin(state, [code(Replication, one) for one in FAILED])
    return share(worked, worked | failed)


def unknown_sites(s: PlanSnapshot) -> int:
    """Count the sites that have no known result yet; shown beside replication success (section 8)."""
    known = [code(Replication, one) for one in (Replication.WORKED, *FAILED)]
    return int((~np.isin(_site_states(s), known)).sum())


def _site_states(s: PlanSnapshot) -> Array:
    case, state = best_states(s.situation, s.situation.experiences)
    return state[s.is_open[case]]


def persistence(s: PlanSnapshot) -> Rate:
    """Passes of counted slots, over the last 12 slots without na of each open mechanism, pooled (section 9)."""
    passes, counted = last_slots(s.situation.mechanisms.slots, len(s.situation))
    return share_among(int(passes[s.is_open].sum()), int(counted[s.is_open].sum()))


def learning_yield(s: PlanSnapshot) -> Rate:
    """New findings derived from others ÷ reviews, both in the period (section 10); a ratio, it may exceed 1.

    New is what was recorded in the period, whatever became of it.
    """
    relation, ids = s.encoded.frames["finding_relation"], s.encoded.findings.ids
    derived = codes(relation["relation"], Relation) == code(Relation, Relation.DERIVED_FROM)
    child, parent = positions(relation["finding_id"], ids), positions(relation["other_finding_id"], ids)
    new = np.unique(child[derived & (child >= 0) & (parent >= 0)])
    new = new[s.past.is_counted[new]]
    return ratio(
        int(_in_period(s, s.encoded.findings.recorded[new]).sum()), int(_reviewed(s, *REVIEWS).sum())
    )


def revision_share(s: PlanSnapshot) -> Rate:
    """Of the reviews in the period, those that changed something (section 10).

    A material revision is a revision too: revised, material or superseded. Retiring or confirming is not.
    """
    return share(_reviewed(s, *REVISIONS), _reviewed(s, *REVIEWS))


def _reviewed(s: PlanSnapshot, *words: FindingEvent) -> BoolArray:
    """Tell which finding events are visible, in the period, of a finding in the plan, and among some words."""
    events, n = s.encoded.finding_events, len(s.encoded.findings.ids)
    finding = np.repeat(np.arange(n), np.diff(events.starts))
    rows = np.arange(len(finding))
    seen = is_visible(events, rows, np.full(len(rows), s.day, dtype=np.int32), s.past.knowledge)
    seen &= s.is_in_plan[finding]
    return seen & is_kind(events["kind"], *words) & _in_period(s, events["day"])


def _in_period(s: PlanSnapshot, day: DayArray) -> BoolArray:
    """Tell which days lie in (since, D]; without a beginning, everything up to D."""
    until = (day != MISSING) & (day <= s.day)
    return until if s.since is None else until & (day > s.since)


def stage_shares(assessed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the open findings of several plans by stage, as shares of each plan's own (method, sections 5 and 11).

    Args:
        assessed: by the name of each plan, what ``assess`` says of it on one day.

    Returns:
        One row a plan and stage, plans as given, the lowest stage first: ``plan``, ``stage``, ``stage_name``, ``n``,
        ``of`` (the plan's open findings), ``share``, ``low``, ``high`` (95 % Wilson interval); the last three are
        missing where no finding is open.
    """
    counts = np.array([_by_stage(frame) for frame in assessed.values()], dtype=np.int64)
    counts = counts.reshape(-1, len(Stage))
    n, of = counts.ravel(), np.repeat(counts.sum(axis=1), len(Stage))
    low, high = wilson(n, of)
    return pd.DataFrame(
        {
            "plan": np.repeat(np.array(list(assessed), dtype=object), len(Stage)),
            "stage": np.tile(np.arange(len(Stage)), len(assessed)),
            "stage_name": [str(stage) for stage in Stage] * len(assessed),
            "n": n,
            "of": of,
            "share": n / np.where(of > 0, of, np.nan),
            "low": low,
            "high": high,
        }
    )


def _by_stage(frame: pd.DataFrame) -> np.ndarray:
    stage = frame.loc[frame["disposition"] == Disposition.OPEN, "stage"].astype("int64")
    return np.bincount(stage, minlength=len(Stage))


KNOWN = (Replication.WORKED, *FAILED)


def site_results(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """Count the sites of every open experience by whether the result there is known, by finding_id.

    Columns: ``finding_id``, ``sites``, ``known`` (worked, did not work, or given up), ``unknown``, ``as_of``.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    case, state = best_states(s, s.experiences)
    is_known = np.isin(state, [code(Replication, one) for one in KNOWN])
    sites, known = (np.bincount(case[truth], minlength=len(s)) for truth in (state >= 0, is_known))
    chosen = np.flatnonzero(s.visible.is_open & s.is_kind(FindingKind.EXPERIENCE))
    finding = s.cases.finding[chosen]
    frame = pd.DataFrame(
        {
            "finding_id": s.encoded.findings.ids.to_numpy(dtype=object)[finding],
            "sites": sites[chosen],
            "known": known[chosen],
            "unknown": (sites - known)[chosen],
        }
    )
    return finish_frame(frame, np.argsort(rank_of(s.encoded.findings.ids)[finding]), day)

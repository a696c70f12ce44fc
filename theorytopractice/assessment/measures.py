"""Which numbers sum up a plan on a day, how have they moved, and what must be said beside each? (method, section 12).

A measure is one row of ``MEASURES``: its formula, its unit, its name, what it means, and what to beware of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import KEPT, Commitment, linking_findings
from theorytopractice.assessment.arrays import MISSING, Array, BoolArray, DayArray, IntArray, as_dates, code
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import REVIEWS, as_day_number, is_kind, is_visible
from theorytopractice.assessment.experiences import FAILED, KNOWN, Replication, best_states
from theorytopractice.assessment.figures import pooled_wilson, share_text, wilson
from theorytopractice.assessment.flags import judge_flag
from theorytopractice.assessment.groupings import groups_of
from theorytopractice.assessment.mechanisms import last_slots, later
from theorytopractice.assessment.problems import surveys
from theorytopractice.assessment.snapshot import PlanSnapshot, derived_findings, snapshot_on
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.i18n import (
    PARTS,
    message,
    say,
    say_duration,
    say_in_turn,
    say_n,
    say_names,
    say_number,
    say_share,
)
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import LADDER_KINDS, ActionRole, FindingEvent, Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
    from datetime import date

    Counts = tuple[int, int]

COHORT_WIDTH = 1
NOT_LOOKED_FOR = ("no_indicator", "no_target", "no_baseline")
REVISIONS = (FindingEvent.REVIEW_REVISED, FindingEvent.REVIEW_MATERIAL, FindingEvent.SUPERSEDE)


def counts(part: BoolArray, whole: BoolArray) -> Counts:
    """Count those of the whole that are also in the part, and the whole."""
    return int((part & whole).sum()), int(whole.sum())


def implementation_rate(s: PlanSnapshot) -> Counts:
    """Open findings at stage 3 or above, of all open findings."""
    return counts(s.open_stage >= Stage.CARRIED_OUT, s.is_open)


def practice_rate(s: PlanSnapshot) -> Counts:
    """Open findings at stage 4 or above, of all open findings."""
    return counts(s.open_stage >= Stage.IN_PRACTICE, s.is_open)


def undated_text(frame: pd.DataFrame) -> str:
    """Say how many findings are in no cohort because nobody knows when they were recorded; empty where none is."""
    n = frame.attrs.get("n_undated", 0)
    if not n:
        return ""
    return say_n(
        "{n} finding without a known date is left out of what was reached within 1 and 4 years.",
        "{n} findings without a known date are left out of what was reached within 1 and 4 years.",
        n,
    )


def cohort_rate(s: PlanSnapshot, *, stage: int, years: int) -> Counts:
    """Of the findings recorded in [D − k − w, D − k], those that reached the stage within k years.

    Both ends of the cohort, and the anniversary itself, count. A year is a calendar year (29 February
    becomes the 28th). Every finding recorded then counts, whatever became of it; one of which nobody knows when
    it was recorded is in no cohort.
    """
    recorded = s.encoded.findings.recorded
    first, final = (_years_later(np.array([s.as_of]), -k)[0] for k in (years + COHORT_WIDTH, years))
    in_cohort = (recorded >= first) & (recorded <= final) & (recorded != MISSING) & s.is_counted
    reached = s.reached(stage)
    in_time = s.is_by_now(reached) & (reached <= _years_later(recorded, years))
    return counts(in_time, in_cohort)


def _years_later(day: Array, years: int) -> IntArray:
    """Return the same calendar days some years later or earlier, clamped to the month's end (method, T8)."""
    return later(day.astype(np.int64), np.full(len(day), years), np.full(len(day), "Y"))


def funnel_ever(s: PlanSnapshot, *, stage: int) -> Counts:
    """How many findings had reached the stage or a higher one on some day up to this one.

    Those closed since are among them, so the denominator is every finding in the plan.
    """
    return counts(s.is_by_now(s.reached(stage)), s.is_in_plan)


def funnel_now(s: PlanSnapshot, *, stage: int) -> Counts:
    """How many open findings are at exactly this stage now."""
    return counts(s.open_stage == stage, s.is_open)


def shelf_rate(s: PlanSnapshot) -> Counts:
    """Of the open findings older than the grace (30 days unless the plan says otherwise), those at stage 0."""
    return counts(s.open_stage == Stage.ON_THE_SHELF, s.is_aged)


def overdue_rate(s: PlanSnapshot) -> Counts:
    """Of the open actions with a current due date that serve an open finding in any role, those overdue."""
    is_dated = s.plan_actions.is_open & (s.plan_actions.due != MISSING)
    return counts(s.plan_actions.is_overdue, is_dated & s.is_serving)


def on_time_rate(s: PlanSnapshot) -> Counts:
    """Of the live actions whose original due date has come, those done by it, whatever they serve.

    Done, with evidence, and the last visible complete on or before the original due date.
    """
    due = s.plan_actions.original_due
    is_due = s.plan_actions.is_live & (due != MISSING) & (due <= s.as_of)
    return counts(s.plan_actions.is_on_time, is_due)


def evidence_gap(s: PlanSnapshot) -> Counts:
    """Of the open insights and problems at stage 3 or above, those whose effect nobody looked for."""
    done = (s.open_stage >= Stage.CARRIED_OUT) & s.is_kind(*LADDER_KINDS)
    flags: list[BoolArray] = [judge_flag(s, name) for name in NOT_LOOKED_FOR]
    return counts(np.logical_or.reduce(flags), done)


def lapse_rate(s: PlanSnapshot) -> Counts:
    """Of the open findings that were ever at stage 4 or above, those flagged lapsed now.

    A finding can be flagged without having been in practice (one of its indicators was met and fell); it is
    in neither count, so that the rate stays a share.
    """
    return counts(judge_flag(s, "lapsed"), s.ever(Stage.IN_PRACTICE))


def staleness_median_days(s: PlanSnapshot) -> Array:
    """The median of the open findings' days since their newest visible fact."""
    return s.idle_days[s.is_open & (s.idle_days >= 0)]


def rebound_rate(s: PlanSnapshot) -> Counts:
    """Of the open problems that were ever solved, those that lapsed since (section 6).

    ``recurred`` among them is exactly ``lapsed``: on a day on which a problem is solved it is not lapsed.
    """
    return counts(judge_flag(s, "lapsed"), s.ever_solved)


def kept_on_time_rate(s: PlanSnapshot) -> Counts:
    """Of the commitments that have come due, those kept on time (section 7)."""
    return counts(_in(s, Commitment.KEPT_ON_TIME), _has_come_due(s))


def kept_ever_rate(s: PlanSnapshot) -> Counts:
    """Of the commitments that have come due, those kept, on time or late (section 7)."""
    return counts(_in(s, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE), _has_come_due(s))


def _in(s: PlanSnapshot, *states: Commitment) -> BoolArray:
    return np.isin(s.commitments.state, [code(Commitment, state) for state in states])


def _has_come_due(s: PlanSnapshot) -> BoolArray:
    """Tell which commitments form N: effective due ≤ D, not released, not still open on the due day itself."""
    due = s.commitments.effective_due
    out = _in(s, Commitment.UNKNOWN, Commitment.RELEASED, Commitment.OPEN)
    return (due != MISSING) & (due <= s.as_of) & ~out


def median_days_late(s: PlanSnapshot) -> Array:
    """The median of days between effective due and completion, over commitments kept late (section 7)."""
    late = _in(s, Commitment.KEPT_LATE)
    return (s.commitments.completed_on.astype(np.int64) - s.commitments.effective_due)[late]


def confirmed_share(s: PlanSnapshot) -> Counts:
    """Of the commitments kept or disputed, those that the people they were made to confirmed last (section 7)."""
    kept = _in(s, *KEPT)
    return counts(kept & s.commitments.is_confirmed, kept | _in(s, Commitment.DISPUTED))


def satisfied_share(s: PlanSnapshot) -> Counts:
    """Of the surveys on findings with a commitment that are not too old, those that pass (section 7).

    Distinct required confirmation indicators of findings, of any kind and closed ones too, that have a ``delivers`` link to
    a commitment in the plan. An observation is a visible final one, seen by the finding (section 10).
    """
    links = s.encoded.finding_actions
    action = links["action"]
    promised = s.encoded.actions.is_promised[action] & (s.encoded.actions.recorded[action] <= s.as_of)
    promised &= links["role"] == code(ActionRole, ActionRole.DELIVERS)
    wanted = np.zeros(len(s.is_open), dtype=bool)
    wanted[linking_findings(s.encoded)[promised]] = True
    asked = surveys(s, wanted & s.is_in_plan)
    recent, passing = (np.unique(asked.indicator[truth]) for truth in (asked.is_recent, asked.passes))
    return len(passing), len(recent)


def replication_success(s: PlanSnapshot) -> Counts:
    """Of the sites with a known result, those where the experience worked (section 8).

    A site is counted once for each open experience, by its best state there.
    """
    state = _site_states(s)
    worked = state == code(Replication, Replication.WORKED)
    failed = np.isin(state, [code(Replication, word) for word in FAILED])
    return counts(worked, worked | failed)


def unknown_sites(s: PlanSnapshot) -> int:
    """Count the sites that have no known result yet; shown beside replication success (section 8)."""
    known = [code(Replication, word) for word in KNOWN]
    return int((~np.isin(_site_states(s), known)).sum())


def _site_states(s: PlanSnapshot) -> Array:
    case, state = best_states(s, s.experiences)
    return state[s.is_open[case]]


def persistence(s: PlanSnapshot) -> Counts:
    """Passes of counted slots, over the last 12 slots without na of each open mechanism, pooled (section 9)."""
    passes, counted = _checks_of_each(s)
    return int(passes.sum()), int(counted.sum())


def _checks_of_each(s: PlanSnapshot) -> tuple[IntArray, IntArray]:
    """Return the passes and the counted slots of each open finding."""
    passes, counted = last_slots(s.mechanisms.slots, len(s))
    return passes[s.is_open], counted[s.is_open]


def learning_yield(s: PlanSnapshot) -> Counts:
    """New findings derived from others ÷ reviews, both in the period (section 10); a ratio, it may exceed 1.

    New is what was recorded in the period, whatever became of it.
    """
    new = s.encoded.findings.recorded[derived_findings(s)]
    return int(_in_period(s, new).sum()), int(_reviewed(s, *REVIEWS).sum())


def revision_share(s: PlanSnapshot) -> Counts:
    """Of the reviews in the period, those that changed something (section 10).

    A material revision is a revision too: revised, material or superseded. Retiring or confirming is not.
    """
    return counts(_reviewed(s, *REVISIONS), _reviewed(s, *REVIEWS))


def _reviewed(s: PlanSnapshot, *words: FindingEvent) -> BoolArray:
    """Tell which finding events are visible, in the period, of a finding in the plan, and among some words."""
    events, n = s.encoded.finding_events, len(s.encoded.findings.ids)
    finding = np.repeat(np.arange(n), np.diff(events.starts))
    rows = np.arange(len(finding))
    seen = is_visible(events, rows, np.full(len(rows), s.as_of, dtype=np.int32), s.knowledge)
    seen &= s.is_in_plan[finding]
    return seen & is_kind(events["kind"], *words) & _in_period(s, events["day"])


def _in_period(s: PlanSnapshot, day: DayArray) -> BoolArray:
    """Tell which days lie in (since, D]; without a beginning, everything up to D."""
    until = (day != MISSING) & (day <= s.as_of)
    return until if s.since is None else until & (day > s.since)


class Unit(StrEnum):
    """What kind of number a measure is."""

    SHARE = "share"  # n of N, with a Wilson interval
    COUNT = "count"  # n itself, of N
    RATIO = "ratio"  # n for N; it may exceed 1, so it has no interval
    DAYS = "days"  # the median of N values


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure on one day; ``value`` is None where there is nothing to count."""

    value: float | None
    numerator: int | None
    denominator: int
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the method: how it is worked out, what it is called, what it means, what to beware of.

    ``formula`` returns numerator and denominator, of a median its values. The texts are in English, to be translated when
    they are said; that of a rung of the ladder has a place for the name of its ``stage``. ``of_each`` returns the
    counts of each subject, where these may differ and the interval has to allow for it.
    """

    name: str
    label: str
    formula: Callable[[PlanSnapshot], Counts | Array]
    meaning: str
    caution: str
    unit: Unit = Unit.SHARE
    stage: int | None = None
    of_each: Callable[[PlanSnapshot], tuple[IntArray, IntArray]] | None = None

    def figure(self, s: PlanSnapshot) -> Figure:
        """Work the measure out."""
        counted = self.formula(s)
        if not isinstance(counted, tuple):
            return Figure(float(np.median(counted)) if len(counted) else None, None, len(counted))
        n, of = counted
        if self.unit is Unit.COUNT:
            return Figure(float(n), n, of)
        limits = pooled_wilson(*self.of_each(s)) if self.of_each else None
        return Figure(n / of if of else None, n, of, limits)

    def text(self, english: str) -> str:
        """Say one of its texts in the language that is spoken."""
        return say(english) if self.stage is None else say(english, stage=name_of(tuple(Stage)[self.stage]))


_FALLS = message("Falls when findings are added; read the cohort rate beside it.")
_COHORT = message(
    "Counts everything recorded in that year, also what was closed since; read it beside the rates of today."
)
_EVER = message("The highest stage that a finding ever reached; what lapsed or was closed since is in it.")
_NOW = message("Lapses make the numbers of now rise and fall from stage to stage; read 'ever' beside them.")


def _cohort(stage: int, years: int, label: str, meaning: str) -> Measure:
    formula = partial(cohort_rate, stage=stage, years=years)
    return Measure(f"cohort_rate_{stage}_{years}y", label, formula, meaning, _COHORT)


def _funnel(
    name: str, formula: Callable[..., Counts], label: str, meaning: str, caution: str
) -> list[Measure]:
    """Return a measure for each stage of the ladder."""
    return [
        Measure(f"{name}_{stage}", label, partial(formula, stage=stage), meaning, caution, Unit.COUNT, stage)
        for stage in range(len(Stage))
    ]


TABLE = (
    Measure(
        "implementation_rate",
        message("implementation rate"),
        implementation_rate,
        message("Of all open findings, those whose actions are carried out, or better."),
        _FALLS,
    ),
    Measure(
        "practice_rate",
        message("practice rate"),
        practice_rate,
        message("Of all open findings, those that are in practice or sustained."),
        message(
            "Theory turned into practice. Falls when findings are added; read the cohort rate beside it."
        ),
    ),
    _cohort(
        3,
        1,
        message("carried out within 1 year"),
        message("Of the findings recorded one to two years ago, those carried out within a year."),
    ),
    _cohort(
        4,
        1,
        message("in practice within 1 year"),
        message("Of the findings recorded one to two years ago, those in practice within a year."),
    ),
    _cohort(
        3,
        4,
        message("carried out within 4 years"),
        message("Of the findings recorded four to five years ago, those carried out within four years."),
    ),
    _cohort(
        4,
        4,
        message("in practice within 4 years"),
        message("Of the findings recorded four to five years ago, those in practice within four years."),
    ),
    *_funnel(
        "funnel_ever",
        funnel_ever,
        message("ever at '{stage}' or above"),
        message("How many findings of the plan were at '{stage}' or above on some day so far."),
        _EVER,
    ),
    *_funnel(
        "funnel_now",
        funnel_now,
        message("now at '{stage}'"),
        message("How many open findings are at '{stage}' today."),
        _NOW,
    ),
    Measure(
        "shelf_rate",
        message("shelf rate"),
        shelf_rate,
        message("Of the open findings that are no longer new, those for which nothing has been planned."),
        message("Leaves out findings too new to judge; the list, oldest first, says more than the rate."),
    ),
    Measure(
        "overdue_rate",
        message("overdue rate"),
        overdue_rate,
        message("Of the open actions with a due date, those whose date has passed."),
        message("Falls when people move due dates; read slipped findings and the on-time rate beside it."),
    ),
    Measure(
        "on_time_rate",
        message("on-time rate"),
        on_time_rate,
        message("Of the actions whose first due date has come, those done by that date with evidence."),
        message("Judges by the original due date; what is done without evidence is not done."),
    ),
    Measure(
        "evidence_gap",
        message("evidence gap"),
        evidence_gap,
        message("Of the insights and problems carried out, those whose effect cannot be known."),
        message("Carried out, effect never looked at: the façade index."),
    ),
    Measure(
        "lapse_rate",
        message("lapse rate"),
        lapse_rate,
        message("Of the open findings that were ever in practice, those that are flagged lapsed now."),
        message("A lapse shows only where somebody keeps measuring."),
    ),
    Measure(
        "staleness_median_days",
        message("median days since anything was heard"),
        staleness_median_days,
        message("Half of the open findings have been silent for longer than this."),
        message("A median hides the worst; look at the ten findings not heard of for longest."),
        Unit.DAYS,
    ),
    Measure(
        "rebound_rate",
        message("rebound rate"),
        rebound_rate,
        message("Of the open problems that were once solved, those that have come back."),
        message("Only a problem that those affected had confirmed as solved can rebound."),
    ),
    Measure(
        "kept_on_time_rate",
        message("promises kept on time"),
        kept_on_time_rate,
        message("Of the promises that have come due, those kept by the day agreed."),
        message(
            "Half a promise is not kept. The four numbers of trust stand side by side, never as one index."
        ),
    ),
    Measure(
        "kept_ever_rate",
        message("promises kept, on time or late"),
        kept_ever_rate,
        message("Of the promises that have come due, those kept by now."),
        message("A promise kept late counts; read the days late beside it."),
    ),
    Measure(
        "median_days_late",
        message("median days late"),
        median_days_late,
        message("Half of the promises kept late were later than this."),
        message("Over promises kept late; those still missed are not in it."),
        Unit.DAYS,
    ),
    Measure(
        "confirmed_share",
        message("promises confirmed as kept"),
        confirmed_share,
        message("Of the promises kept, those that the people they were made to confirm."),
        message("Silence is not consent: a promise that nobody confirmed lowers this share."),
    ),
    Measure(
        "satisfied_share",
        message("surveys that pass"),
        satisfied_share,
        message(
            "Of the recent surveys among people to whom something was promised, those that reach their target."
        ),
        message("Only surveys not older than 400 days; where there is none, nobody was asked."),
    ),
    Measure(
        "replication_success",
        message("replication success"),
        replication_success,
        message("Of the sites that took over an experience with a known result, those where it worked."),
        message("Only sites with a known result count."),
    ),
    Measure(
        "persistence",
        message("persistence"),
        persistence,
        message("Of the last checks of the mechanisms, those that were passed."),
        message(
            "Pools the last 12 checks of every mechanism, its interval allowing for how much they differ; a dead letter can hide among many checks."
        ),
        of_each=_checks_of_each,
    ),
    Measure(
        "learning_yield",
        message("learning yield"),
        learning_yield,
        message("How many new findings came of others, for each review."),
        message("New findings for each review; not a share, it may exceed 1."),
        Unit.RATIO,
    ),
    Measure(
        "revision_share",
        message("revision share"),
        revision_share,
        message("Of the reviews, those that changed a finding."),
        message("0% over many reviews is a warning, not a triumph."),
    ),
)
MEASURES = {measure.name: measure for measure in TABLE}
"""The measures of the method by name, in the order in which they are told."""


def measures(  # noqa: PLR0913 - when, by what knowledge, among whom
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    since: date | str | None = None,
    among: Collection[str] | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Sum up a plan on a day in the measures of the method (sections 6 to 12).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        since: learning yield and revision share look at the days after this one; at all unless given.
        among: only these findings are counted; all unless given.
        by: theme, kind, owner or unit: the measures of each group of findings, with the actions that are linked to them.

    Returns:
        One row a measure (with ``by`` one a group and measure, ``group`` first), in the order of ``MEASURES``: ``measure``, ``value``, ``numerator``,
        ``denominator``, ``low``, ``high``, ``as_of``. Shares are 0–1 with their 95 % Wilson interval. Medians
        are in days, their denominator the number of values, their numerator missing. A funnel row's value is
        its numerator, a count of findings. Where the denominator is 0 the value is missing (a count is 0).
        ``attrs["as_of"]`` holds the day, ``attrs["unknown_sites"]`` how many sites of replications have no
        result yet (section 8).

    Raises:
        PracticeError: ``since`` lies after the day, or one of them is not a date.
        InvalidPlan: an identifier is empty or stands twice, or a setting cannot be read.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> rates = ttp.measures(plan, as_of="2026-06-30").set_index("measure")
        >>> rates.loc["practice_rate", ["numerator", "denominator"]].tolist()
        [13, 42]
    """
    s = snapshot_on(plan, as_of, knowledge, since=since, among=among)
    if s.since is not None and s.since > s.as_of:
        raise PracticeError(
            f"The period begins on {since}, after the as-of day; choose an earlier beginning."
        )
    parts = {"": s}
    if by is not None:
        names, word = groups_of(s, by)
        parts = {name: s.only(word == name) for name in names}
    frame = _frame([(measure, part) for part in parts.values() for measure in MEASURES.values()])
    frame.insert(0, "measure", pd.Series(list(MEASURES) * len(parts), dtype="str"))
    frame = frame[["measure", "value", "numerator", "denominator", "low", "high", "as_of"]]
    if by is not None:
        frame.insert(0, "group", pd.Series(np.repeat(list(parts), len(MEASURES)), dtype="str"))
        frame.attrs["by"] = by
    frame.attrs["as_of"] = str(np.datetime64(s.as_of, "D"))
    frame.attrs["unknown_sites"] = unknown_sites(s)
    frame.attrs["n_undated"] = len(s.undated)
    return frame


def trend(
    plan: Mapping[str, pd.DataFrame],
    measure: str,
    dates: Iterable[date | str] | date | str,
    *,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Follow one measure over many days; each is judged as by ``measures`` without ``since``.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        measure: a name of ``MEASURES``, such as ``practice_rate``.
        dates: the days, in any order, or a single one; the plan is encoded once for all of them.
        knowledge: ``then`` sees each day as it was then known, ``restated`` as it is known today (T3).
        among: only these findings are counted; all unless given.

    Returns:
        One row a day, as given: ``as_of``, ``value``, ``numerator``, ``denominator``, ``low``, ``high``;
        ``attrs["measure"]`` holds the name.

    Raises:
        UnknownName: there is no such measure.
        PracticeError: one of the dates is not a date.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> ttp.trend(plan, "practice_rate", ["2025-06-30", "2026-06-30"])["numerator"].tolist()
        [11, 13]
    """
    if measure not in MEASURES:
        raise UnknownName("measure", measure, MEASURES)
    encoded = encode(plan)
    asked = [dates] if isinstance(dates, str) or not np.iterable(dates) else dates
    days = [as_day_number(encoded, day) for day in asked]
    latest = snapshot_on(encoded, _day(max(days, default=0)), knowledge, among=among)
    frame = _frame([(MEASURES[measure], latest.earlier(day)) for day in days])
    frame = frame[["as_of", "value", "numerator", "denominator", "low", "high"]]
    frame.attrs["measure"] = measure
    return frame


def _day(number: int) -> date:
    """Return the date of a number of days since 1970."""
    day: date = np.datetime64(number, "D").item()
    return day


def _frame(asked: list[tuple[Measure, PlanSnapshot]]) -> pd.DataFrame:
    """Work out measures on days, with the interval of those that are shares."""
    figures = [measure.figure(s) for measure, s in asked]
    numerator = np.array([figure.numerator or 0 for figure in figures], dtype=np.int64)
    denominator = np.array([figure.denominator for figure in figures], dtype=np.int64)
    is_share = np.array([measure.unit is Unit.SHARE for measure, _ in asked], dtype=bool)
    low, high = wilson(numerator, np.where(is_share, denominator, 0))
    for place, figure in enumerate(figures):
        if figure.limits:
            low[place], high[place] = figure.limits
    return pd.DataFrame(
        {
            "value": np.array([figure.value for figure in figures], dtype=np.float64),
            "numerator": pd.array([figure.numerator for figure in figures], dtype="Int64"),
            "denominator": pd.array(denominator, dtype="Int64"),
            "low": low,
            "high": high,
            "as_of": as_dates(np.array([s.as_of for _, s in asked], dtype=np.int32)),
        }
    )


def measure_name(measure: str) -> str:
    """Say the name of a measure in the language that is spoken."""
    row = MEASURES[measure]
    return row.text(row.label)


def measure_caution(measure: str) -> str:
    """Say what to beware of in a measure in the language that is spoken."""
    return say(MEASURES[measure].caution)


def cautions(frame: pd.DataFrame) -> dict[str, str]:
    """Return the cautions of the measures that have something to count: names in words → sentence."""
    grouped: dict[str, list[str]] = {}
    for name in frame["measure"][frame["denominator"].fillna(0) > 0]:
        grouped.setdefault(measure_caution(name), []).append(measure_name(name))
    span = 2
    return {
        f"{names[0]} … {names[-1]}" if len(names) > span else say_names(names): sentence
        for sentence, names in grouped.items()
    }


def figure_of(frame: pd.DataFrame, measure: str) -> dict[Hashable, Any]:
    """Return the row of one measure."""
    row: dict[Hashable, Any] = frame[frame["measure"] == measure].to_dict("records")[0]
    return row


FEW, MANY = 20, 100


@dataclass(frozen=True, slots=True)
class Wording:
    """The patterns by which the figure of a measure is said in one place: on a line, in a cell, in a sentence.

    Of ``few`` cases the counts come first, of ``many`` the share (method, section 11).
    """

    few: str
    many: str
    ratio: str
    count: str
    nothing: str = message("cannot tell: nothing to count")
    is_plain: bool = False


LINE = Wording(
    few=message("{k} of {of}: {share}"),
    many=message("{share}, {k} of {of}"),
    ratio=message("{value} ({k} for {of} reviews)"),
    count=message("{k} of {of}"),
    is_plain=True,
)
CELL = Wording(
    few=message("{part} of {whole}: {share_with_interval}"),
    many=message("{share_with_interval}, {part} of {whole}"),
    ratio=message("{part} for {whole}"),
    count=message("{part} of {whole}"),
)
SENTENCE = Wording(
    few=message("{part} of {whole} (95% interval {low} to {high})"),
    many=message("{share} ({part} of {whole}; 95% interval {low} to {high})"),
    ratio=message("{part} for {whole}"),
    count=message("{part} of {whole}"),
)


def say_figure(row: Mapping[Hashable, Any], wording: Wording) -> str:
    """Put a figure into words, such as "3 of 7: 43% (16–75%)" or "31.0% (25.7–36.9%), 80 of 258".

    Args:
        row: a row of ``measures``.
        wording: how it is said in this place.
    """
    if pd.isna(row["value"]):
        return say(wording.nothing)
    if pd.isna(row["numerator"]):
        return _median(row["value"], int(row["denominator"]), wording)
    facts = _facts(row, wording)
    if MEASURES[row["measure"]].unit is Unit.COUNT:
        return say(wording.count, **facts)
    if pd.isna(row["low"]):
        return say(wording.ratio, **facts)
    return say(wording.few if row["denominator"] < FEW else wording.many, **facts)


def _facts(row: Mapping[Hashable, Any], wording: Wording) -> dict[str, str]:
    """Return the numbers of a figure as they are written in one place."""
    n, of = int(row["numerator"]), int(row["denominator"])
    if wording.is_plain:
        share = share_text(row["value"], row["low"], row["high"], digits=0 if of < MANY else 1)
        return {"k": f"{n:,}", "of": f"{of:,}", "value": f"{row['value']:.2f}", "share": share}
    shares = {name: "" if pd.isna(row[column]) else say_share(row[column]) for name, column in SHARES.items()}
    share_with_interval = share_text(row["value"], row["low"], row["high"])
    return {
        "part": say_number(n),
        "whole": say_number(of),
        "share_with_interval": share_with_interval,
        **shares,
    }


SHARES = {"share": "value", "low": "low", "high": "high"}


def _median(days: float, of: int, wording: Wording) -> str:
    """Say a median number of days and of how many cases it is."""
    if not wording.is_plain:
        return say("{days} (median of {whole})", days=say_duration(days), whole=say_number(of))
    return say_n(
        "{value} day (median of {of})",
        "{value} days (median of {of})",
        1 if days == 1 else 2,
        value=f"{days:g}",
        of=f"{of:,}",
    )


def say_measures(frame: pd.DataFrame, wording: Wording = LINE) -> list[str]:
    """Put every row of a frame of ``measures`` into words; beside replication success the sites not known yet."""
    unknown = 0 if "group" in frame else frame.attrs.get("unknown_sites", 0)
    texts = [say_figure(row, wording) for row in frame.to_dict("records")]
    if unknown:
        sites = say_n("{n} site is not known yet", "{n} sites are not known yet", unknown)
        texts = [
            say_in_turn(PARTS, [text, sites]) if name == "replication_success" else text
            for name, text in zip(frame["measure"], texts, strict=True)
        ]
    return texts

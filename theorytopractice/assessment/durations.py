"""How long did each finding wait, how did the wait end, and how is that estimated when some wait still?

Method, 12.1: Kaplan–Meier with its log–log band, Aalen–Johansen, the log-rank test (Gray's stands in ``gray``). What estimates takes one entry
a subject: ``days`` waited, and ``entry``, the day after which it was under observation (−1: from the start).
statsmodels gives the Kaplan–Meier curve, Greenwood's error and the log-rank test. Written here is what it lacks:
the log–log band, a median at exactly one half, and cumulative incidence with delayed entry and with an error
that stays a number when the last one under observation has the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    FloatArray,
    IntArray,
    as_dates,
    cells,
    code,
    codes,
    count,
    first,
    last,
    natural_order,
    pick,
    positions,
    rank_of,
    words,
)
from theorytopractice.assessment.assessment import change_days, rising_days, stages_on
from theorytopractice.assessment.encode import NO_THEME, encode
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    FindingDays,
    accountable,
    all_findings_on,
    observe_findings,
    owner_ids,
    owner_names,
)
from theorytopractice.assessment.figures import wilson
from theorytopractice.assessment.mechanisms import DAYS_IN
from theorytopractice.errors import PracticeError, quote
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import (
    ActionRole,
    Certainty,
    Disposition,
    FindingKind,
    Knowledge,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

EVENTS = {3: "carried_out", 4: "in_practice"}
LAPSED = "lapsed"
WAYS_OUT = (Disposition.REJECTED, Disposition.SUPERSEDED, Disposition.RETIRED)


def durations(
    plan: Mapping[str, pd.DataFrame],
    *,
    stage: int = Stage.IN_PRACTICE,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """Say how long each finding in the plan waited for practice, and how the wait ended (method, 12.1).

    The wait begins on ``recorded_on``. It ends on the first day on which ``assess`` would have given the stage, also
    where the finding lapsed or was closed later; else, where the finding is closed, on the day of the decision
    that decides (method, section 3); else it is still open. So a closing that was taken back ends nothing. Duplicates,
    and findings without ``recorded_on``, are left out. A finding that had the stage when it was recorded has 0 days;
    :func:`survival` tells it apart.

    Args:
        plan: a plan, or any mapping of table names to frames.
        stage: 4 for in practice, 3 for carried out.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (T3).

    Returns:
        One row a finding, by finding_id: ``finding_id``, ``kind``, ``theme``, ``certainty``, ``unit``,
        ``recorded_on``, ``ended_on`` (missing where open), ``days``, ``ending`` (in_practice or carried_out, rejected,
        superseded, retired, open), ``owner``, ``is_approximate`` (``recorded_on`` is only about right), ``known_to_days``
        (within how many days the day of being in practice is known: the longest interval between measurements or checks;
        0 where there is none). ``unit`` and ``owner`` are those of the accountable owner of the first action, in natural
        order, that delivers or replicates and has one; of a mechanism those of its owner. ``attrs`` holds ``as_of``, ``event`` and
        ``undated`` (the identifiers of those left out because nobody knows when they were recorded).

    Raises:
        PracticeError: the stage is neither 3 nor 4.
    """
    if stage not in EVENTS:
        raise PracticeError(
            f"Time is measured to stage 3 (carried out) or 4 (in practice), not to {quote(stage)}."
        )
    encoded, in_plan = _in_plan(plan, as_of, knowledge)
    is_dated = encoded.findings.recorded[in_plan.finding] != MISSING
    cases, undated = (_only(in_plan, np.flatnonzero(chosen)) for chosen in (is_dated, ~is_dated))
    segment, candidates = rising_days(encoded, cases.finding, cases.day, cases.knowledge)
    place = first(stages_on(encoded, candidates) >= stage, segment, len(cases))
    reached = pick(candidates.day, place, MISSING)
    recorded = encoded.findings.recorded[cases.finding]
    frame = _waits(encoded, cases, recorded, reached, EVENTS[stage])
    frame = frame.rename(columns={"begun_on": "recorded_on"})
    frame.attrs = {
        "as_of": str(as_day(encoded, as_of)),
        "event": EVENTS[stage],
        "undated": tuple(encoded.findings.ids[undated.finding]),
    }
    return frame


def times_in_practice(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """Say how long each finding stayed in practice from its first day there, and how that ended (method, 12.1).

    It ends on the day on which its stage fell below 4 (lapsed: because of a bad value, new work, or data gone stale) and
    from which it is not back by the as-of day; a fall that it came back from is a dip, and is counted in ``dips``.
    Columns as of :func:`durations`, with ``begun_on`` in the place of ``recorded_on``, ``lapsed`` among the endings,
    and ``dips``.
    """
    encoded, cases = _in_plan(plan, as_of, knowledge)
    segment, candidates = change_days(encoded, cases.finding, cases.day, cases.knowledge)
    stage = stages_on(encoded, candidates)
    n = len(cases)
    is_up = stage >= Stage.IN_PRACTICE
    begun = pick(candidates.day, first(is_up, segment, n), MISSING)
    final = last(is_up, segment, n)[segment]
    place, is_down = np.arange(len(stage)), (stage >= 0) & ~is_up
    fallen = pick(candidates.day, first(is_down & (final >= 0) & (place > final), segment, n), MISSING)
    seen = np.flatnonzero(stage >= 0)  # days on which it was closed are neither a fall nor a return
    falls = np.zeros(len(stage), dtype=bool)
    falls[seen[1:]] = is_down[seen[1:]] & is_up[seen[:-1]] & (segment[seen[1:]] == segment[seen[:-1]])
    dips = count(falls & (place < final), segment, n)
    kept = np.flatnonzero(begun != MISSING)
    cases = _only(cases, kept)
    frame = _waits(encoded, cases, begun[kept], fallen[kept], LAPSED).assign(dips=dips[kept])
    frame.attrs = {"as_of": str(as_day(encoded, as_of)), "event": LAPSED}
    return frame


def _in_plan(
    plan: Mapping[str, pd.DataFrame], as_of: date | str | None, knowledge: str
) -> tuple[EncodedPlan, FindingDays]:
    """Return the findings in the plan on the day that are no duplicates."""
    encoded = encode(plan)
    cases = all_findings_on(encoded, as_of, knowledge)
    absent = [code(Disposition, word) for word in (Disposition.UNKNOWN, Disposition.DUPLICATE)]
    kept = ~np.isin(observe_findings(encoded, cases).disposition, absent)
    order = natural_order(encoded.findings.ids)
    return encoded, _only(cases, order[kept[order]])


def _only(cases: FindingDays, chosen: IntArray) -> FindingDays:
    return FindingDays(cases.finding[chosen], cases.day[chosen], cases.knowledge)


def _waits(
    encoded: EncodedPlan, cases: FindingDays, begun: DayArray, done: DayArray, event: str
) -> pd.DataFrame:
    """Return when each wait ended and how: by the event, else by a closing, else not yet."""
    seen = observe_findings(encoded, cases)
    closed_on = np.maximum(pick(encoded.finding_events["day"], seen.decision, MISSING), begun)
    happened, is_closed = done != MISSING, ~seen.is_open
    ended = np.select([happened, is_closed], [done, closed_on], MISSING).astype(np.int32)
    until = np.where(ended != MISSING, ended, cases.day)
    ending = np.where(happened, event, words(Disposition, seen.disposition))
    return pd.DataFrame(
        {
            **_descriptions(encoded, cases),
            "begun_on": as_dates(begun),
            "ended_on": as_dates(ended),
            "days": until.astype(np.int64) - begun,
            "ending": ending,
            "owner": answering(encoded, cases, "owner"),
            "is_approximate": encoded.findings.is_approximate[cases.finding],
            "known_to_days": np.where(ending == EVENTS[Stage.IN_PRACTICE], _interval(encoded, cases), 0),
        }
    )


def _interval(encoded: EncodedPlan, cases: FindingDays) -> IntArray:
    """Return the longest interval, in days, between the measurements or checks that show each finding in practice."""
    case, link = encoded.finding_indicators.expand(cases.finding)
    required = encoded.finding_indicators["is_required"][link]
    cadence = encoded.targets.cadence[encoded.finding_indicators["indicator"][link]].astype(np.int64)
    longest = np.zeros(len(cases), dtype=np.int64)
    np.maximum.at(longest, case[required], cadence[required])
    n, unit = (
        column[cases.finding] for column in (encoded.findings.cadence_count, encoded.findings.cadence_unit)
    )
    checked = np.maximum(n.astype(np.int64), 0) * np.array(
        [DAYS_IN.get(one, 0) for one in unit.tolist()], dtype=np.int64
    )
    is_mechanism = encoded.findings.kind[cases.finding] == code(FindingKind, FindingKind.MECHANISM)
    return np.where(is_mechanism, checked, longest)


def _descriptions(encoded: EncodedPlan, cases: FindingDays) -> dict[str, Array | pd.Series]:
    """Return what tells findings apart: id, kind, theme, certainty, unit."""
    chosen = encoded.frames["finding"].iloc[cases.finding].reset_index(drop=True)
    certainty = np.array([str(word) for word in Certainty], dtype=object)
    return {
        "finding_id": encoded.findings.ids[cases.finding].to_numpy(dtype=object),
        "kind": np.array([str(kind) for kind in FindingKind], dtype=object)[
            encoded.findings.kind[cases.finding]
        ],
        "theme": pd.Series(encoded.findings.theme[cases.finding], dtype="str").replace(NO_THEME, None),
        "certainty": certainty[codes(chosen["certainty"], Certainty, Certainty.UNRATED)],
        "unit": answering(encoded, cases, "unit"),
    }


def answering(encoded: EncodedPlan, cases: FindingDays, what: str) -> pd.Series:
    """Return the owner or the unit that answers for each finding; missing where none is known."""
    names, units = accountable(encoded)
    of_action = names if what == "owner" else units
    case, link = encoded.finding_actions.expand(cases.finding)
    action = encoded.finding_actions["action"][link]
    roles = [code(ActionRole, role) for role in (ActionRole.DELIVERS, ActionRole.REPLICATES)]
    delivers = np.isin(encoded.finding_actions["role"][link], roles)
    delivers &= encoded.actions.recorded[action] <= cases.day[case]
    linked = pd.DataFrame(
        {"case": case, "rank": rank_of(encoded.actions.ids)[action], what: of_action[action]}
    )
    owners = linked[delivers].dropna(subset=what).sort_values(["case", "rank"]).drop_duplicates("case")
    by_action = owners.set_index("case")[what].reindex(range(len(cases)))
    if what == "owner":
        own = pd.Series(owner_names(encoded, cases.finding), dtype=object)
    else:
        row = positions(encoded.frames["finding"]["owner_id"].iloc[cases.finding], owner_ids(encoded))
        own = pd.Series(cells(encoded.frames["owner"]["unit"], row), dtype=object)
    is_mechanism = encoded.findings.kind[cases.finding] == code(FindingKind, FindingKind.MECHANISM)
    return by_action.mask(is_mechanism, own).astype("str")


Z = 1.959963984540054  # 97.5 % point of the normal distribution: 95 % bands
HALF = 0.5

ROUNDING = 1e-9  # products of shares miss one half by the last digits of a float


@dataclass(frozen=True, slots=True)
class Within:
    """The share of findings that had the event within some days; None where nobody was followed so long."""

    days: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class GroupTest:
    """The log-rank test, or Gray's: do the curves of the groups differ by more than chance?"""

    chi_square: float
    degrees: int
    p: float


def kaplan_meier(days: Array, is_event: BoolArray, entry: IntArray) -> pd.DataFrame:
    """Return the Kaplan–Meier curve: ``days``, ``at_risk``, ``events``, ``survival``, ``low``, ``high``.

    One row a day with an event; the band is the 95 % log–log band. Where the curve reaches zero Greenwood's error
    is undefined: the lower limit is then zero and the upper one that of the step before.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    fit = SurvfuncRight(days, is_event.astype(np.int64), entry=entry)
    survival = np.minimum.accumulate(fit.surv_prob)  # statsmodels rises again from a zero met with late entry
    low, high = band(survival, fit.surv_prob_se)
    return pd.DataFrame(
        {
            "days": fit.surv_times,
            "at_risk": fit.n_risk.astype(np.int64),
            "events": fit.n_events.astype(np.int64),
            "survival": survival,
            "low": low,
            "high": high,
        }
    )


def band(survival: FloatArray, error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the log–log limits S^exp(±z·se / (S·ln S)) of a falling curve.

    At zero they are zero and the last upper limit, at one both are one.
    """
    inside = (survival > 0) & (survival < 1) & np.isfinite(error)
    low, high = np.zeros(len(survival)), np.ones(len(survival))
    s = survival[inside]
    width = np.exp(Z * error[inside] / (s * -np.log(s)))
    low[inside], high[inside] = s**width, s ** (1 / width)
    low[survival >= 1] = 1
    positive = np.flatnonzero(survival > 0)
    high[survival <= 0] = high[positive[-1]] if len(positive) else 1
    return low, high


def median_day(days: Array, falling: FloatArray) -> float | int | None:
    """Return the first day on which a falling curve is at one half or below, None if it never is.

    On the limits of a curve's band it is the interval of the median (Brookmeyer and Crowley).
    """
    reached = np.flatnonzero(falling <= HALF + ROUNDING)
    return days[reached[0]].item() if len(reached) else None


def middle(days: Array, falling: FloatArray) -> float | int | None:
    """Return the median of a Kaplan–Meier curve: where it lies at one half exactly, the midpoint of the flat stretch.

    A curve that stays at one half to its end has its median where it came there (method, 12.1).
    """
    reached = np.flatnonzero(falling <= HALF + ROUNDING)
    lower = np.flatnonzero(falling < HALF - ROUNDING)
    if not len(reached) or not len(lower) or reached[0] == lower[0]:
        return median_day(days, falling)
    between = (days[reached[0]].item() + days[lower[0]].item()) / 2
    return int(between) if between == int(between) else float(between)


def cumulative_incidence(days: Array, cause: IntArray, entry: IntArray, n_causes: int) -> list[pd.DataFrame]:
    """Return for each cause 1, 2, … the share that had left that way (Aalen–Johansen), with competing causes.

    Args:
        days: what each subject waited.
        cause: how the wait ended, 0 for those still waiting.
        entry: the day after which each subject was under observation.
        n_causes: how many causes there are.

    Returns:
        A frame a cause: ``days``, ``share``, ``low``, ``high``, one row a day on which its share grows. The error
        is that of Marubini and Valsecchi (1995), with one cause Greenwood's; the band is the log–log band of
        1 − share, so that without competing causes everything equals 1 − Kaplan–Meier.
    """
    at = np.unique(days[cause > 0])
    entered = np.searchsorted(np.sort(entry), at, side="left")
    left = np.searchsorted(np.sort(days), at, side="left")
    n = (entered - left).astype(np.float64)
    place = np.searchsorted(at, days[cause > 0])
    ended = np.zeros((n_causes, len(at)))
    np.add.at(ended, (cause[cause > 0] - 1, place), 1)
    before = np.cumprod(np.concatenate([[1.0], 1 - ended.sum(axis=0) / n]))[:-1]
    frames = []
    for own in ended:
        share = np.cumsum(before * own / n)
        share[share > 1 - ROUNDING] = 1
        low, high = band(1 - share, _error(share, before, n, own, ended.sum(axis=0)))
        grows = own > 0
        frames.append(
            pd.DataFrame({"days": at, "share": share, "low": 1 - high, "high": 1 - low})[grows].reset_index(
                drop=True
            )
        )
    return frames


def _error(
    share: FloatArray, before: FloatArray, n: FloatArray, own: FloatArray, ended: FloatArray
) -> FloatArray:
    """Return the standard error of one cumulative incidence on each day with any end."""
    stays = n > ended
    hazard = np.where(stays, ended / (n * np.where(stays, n - ended, 1)), 0)
    step = before * own / n**2
    variance = share**2 * np.cumsum(hazard) - 2 * share * np.cumsum(share * hazard)
    variance += np.cumsum(share**2 * hazard)
    variance += np.cumsum(before**2 * own * (n - own) / n**3)
    variance -= 2 * (share * np.cumsum(step) - np.cumsum(share * step))
    return np.sqrt(np.clip(variance, 0, None))


def telling_groups(days: Array, is_event: BoolArray, group: IntArray, entry: IntArray) -> IntArray:
    """Return the groups of which somebody was waiting on a day with an event."""
    at = np.unique(days[is_event])
    following = np.searchsorted(at, entry, side="right")
    waited = following < len(at)
    waited[waited] = at[following[waited]] <= days[waited]
    telling: IntArray = np.unique(group[waited])
    return telling


def log_rank(days: Array, is_event: BoolArray, group: IntArray, entry: IntArray) -> GroupTest | None:
    """Test whether the curves of groups differ; None where fewer than two can be compared.

    A group of which nobody was waiting on any day with an event says nothing and is left out.
    """
    from scipy.stats import chi2
    from statsmodels.duration.survfunc import survdiff

    telling = telling_groups(days, is_event, group, entry)
    kept = np.isin(group, telling)
    if len(telling) <= 1:
        return None
    try:
        statistic, _ = survdiff(days[kept], is_event[kept].astype(np.int64), group[kept], entry=entry[kept])
    except np.linalg.LinAlgError:
        return None
    degrees = len(telling) - 1
    return GroupTest(float(statistic), degrees, float(chi2.sf(statistic, degrees)))


def within(horizon: int, reached: pd.DataFrame, days: Array, cause: IntArray) -> Within:
    """Return the share that had the event within some days, where anybody's fate at that time is known."""
    is_told = len(days) > 0 and (days.max() >= horizon or bool((cause[days == days.max()] > 0).all()))
    if not is_told:
        return Within(horizon, None, None, None)
    passed = reached[reached["days"] <= horizon]
    if passed.empty:
        n_known = int(((cause > 0) | (days >= horizon)).sum())
        _, high = wilson(np.zeros(1, dtype=np.int64), np.array([n_known]))
        return Within(horizon, 0.0, 0.0, float(high[0]))
    share, low, high = passed[["share", "low", "high"]].iloc[-1].tolist()
    return Within(horizon, share, low, high)

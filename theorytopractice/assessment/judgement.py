"""Which word do values before and after an action allow, how large is the effect, and what else explains it? (method, section 13).

A claim (*improved*, *worse*) needs the bar of :mod:`change_model` at some look since the action, an average
effect that is still clear of 0 on its side, and no sign that the model is wrong: no placebo date
before the action that fires too, no rest that remembers (Ljung and Box 1978), no bad start (Bland and Altman
1994, Regression towards the mean). What lacks one of these, or stands only if a rival is ruled out, is
*better, but …* with the rival's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.change_model import Evidence, Layout, bar, last_change, model
from theorytopractice.assessment.measured_scale import (
    events_of,
    exact_p,
    has_few_events,
    scale_of,
    tame,
)

if TYPE_CHECKING:
    import pandas as pd

    from theorytopractice.assessment.arrays import Array, BoolArray, FloatArray, IntArray

ENOUGH_PRE, ENOUGH_POST = 5, 3
SIGN = 0.8  # log ratio, with neither trend nor season, from which on "better, but …" is said
EXACT = 0.02  # p of the exact test of few events that a claim needs
GAIN = 0.25  # log ratio by which ruling a rival out must raise the evidence for it to be named
SPARSE = 3.0  # mean events a value under which that test must agree
PLACEBO, PLACEBO_PRE = 3.0, 16  # log ratio at which a placebo date fires; values before that are needed
RESIDUAL = 0.01  # Ljung–Box p under which a claim is doubted
LAGS, VALUES_A_LAG = 5, 5
START = 3  # values before the action that may be a bad start
BAD_START = 1.0  # by how many standard deviations they lie on the bad side
WEAKER = 1.0  # by how much the evidence without them may lie below the bar, for fewer values show less
P_AT_BAR = 0.05  # what a ratio at the bar is worth as a p, by simulation
DRIFT = 0.6  # how strong an old trend of a rate may be: of 8 events a month about 1 % a month, often
FALSE_SHARE = 0.1  # of the claims of a plan, Benjamini and Hochberg 1995


class Verdict(StrEnum):
    """What may be said of an indicator since the action."""

    CANNOT_TELL = "cannot tell"
    TOO_FEW = "too few points"
    IMPROVED = "improved"
    BETTER_BUT = "better, but"
    NO_SIGNAL = "no signal"
    WORSE_BUT = "worse, but"
    WORSE = "worse"


class Rival(StrEnum):
    """What else explains a change (method, section 13.1)."""

    NONE = ""
    EVENTS = "too few events"
    TREND = "old trend"
    SEASON = "season"
    MEMORY = "memory"
    START = "bad start"
    TIME = "too short"
    PLACEBO = "placebo"
    RESIDUAL = "residuals"
    OTHERS = "other indicators"
    CONTROLS = "controls"


@dataclass(frozen=True, slots=True)
class Cohort:
    """Series of one measure that were measured on the same days; a row a series.

    ``size`` is the exposure or n, None unless each is above 0; ``better`` is 1 or −1.
    """

    layout: Layout
    measure: str
    value: FloatArray
    size: FloatArray | None
    better: FloatArray

    @property
    def n_pre(self) -> int:
        """How many values lie before the action."""
        return self.layout.n_pre

    @property
    def n_post(self) -> int:
        """How many values lie after it."""
        return len(self.layout.time) - self.layout.n_pre

    def only(self, rows: Array, skip: int = 0) -> Cohort:
        """Keep some rows, without the first values since the action."""
        time = self.layout.time
        kept = np.r_[0 : self.n_pre, self.n_pre + skip : len(time)]
        layout = replace(self.layout, time=tuple(time[k] for k in kept))
        size = None if self.size is None else self.size[rows][:, kept]
        return Cohort(layout, self.measure, self.value[rows][:, kept], size, self.better[rows])


LINES = ("course", "course_low", "course_high", "fitted")


@dataclass(slots=True)
class Outcome:
    """What is told of each series.

    ``side`` is 1 better, −1 worse, 0 neither; ``before`` is the level before the action, ``now`` that of the latest stretch, and ``effect`` by how
    much the latter differs from what there would have been, in the unit (a rate, for counts with exposure). ``low`` and ``high`` hold
    that course still, so that none of them leads beyond what the measure can be.
    ``present`` and ``since`` count values since the action: where the latest stretch begins, and at which
    value the change was first clear (−1: never). ``past`` is the side of what came before that stretch, ``strength`` how
    strong memory, old trend and season are.
    """

    word: Array
    rival: Array
    side: IntArray
    before: FloatArray
    now: FloatArray
    effect: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    present: IntArray
    since: IntArray
    past: IntArray
    strength: FloatArray
    course: FloatArray = field(repr=False)
    course_low: FloatArray = field(repr=False)
    course_high: FloatArray = field(repr=False)
    fitted: FloatArray = field(repr=False)

    @classmethod
    def empty(cls, rows: int, columns: int) -> Outcome:
        """Return the outcome of series of which nothing can be told."""
        nothing, none = np.full(rows, np.nan), np.zeros(rows, dtype=np.int64)
        return cls(
            word=np.full(rows, Verdict.NO_SIGNAL, dtype=object),
            rival=np.full(rows, Rival.NONE, dtype=object),
            side=none.copy(),
            before=nothing.copy(),
            now=nothing.copy(),
            effect=nothing.copy(),
            low=nothing.copy(),
            high=nothing.copy(),
            p=np.ones(rows),
            present=none.copy(),
            since=none - 1,
            past=none.copy(),
            strength=np.zeros((rows, 3)),
            **{name: np.full((rows, columns), np.nan) for name in LINES},
        )

    def put(self, rows: Array, other: Outcome, skip: int, n_pre: int) -> None:
        """Take over what is told of some rows, whose first values since the action were left out."""
        for name in ("word", "rival", "side", "before", "now", "effect", "low", "high", "p", "strength"):
            getattr(self, name)[rows] = getattr(other, name)
        self.present[rows] = skip
        self.since[rows] = np.where(other.since >= 0, other.since + skip, -1)
        kept = np.r_[0:n_pre, n_pre + skip : self.course.shape[1]]
        for name in LINES:
            getattr(self, name)[np.ix_(rows, kept)] = getattr(other, name)


def judge(cohort: Cohort) -> Outcome:
    """Judge series by their latest stretch since the action; what came before it is told as the past."""
    rows, n_pre = len(cohort.value), cohort.n_pre
    outcome = Outcome.empty(rows, len(cohort.layout.time))
    if n_pre < ENOUGH_PRE or cohort.n_post < ENOUGH_POST:
        outcome.word[:] = Verdict.CANNOT_TELL if not n_pre or not cohort.n_post else Verdict.TOO_FEW
        return outcome
    few = has_few_events(cohort.value, cohort.size, cohort.measure)
    outcome.word[few], outcome.rival[few] = Verdict.CANNOT_TELL, Rival.EVENTS
    moves = np.ptp(cohort.value, axis=1) > 0
    asked = np.flatnonzero(~few & moves)
    if not len(asked):
        return outcome
    own = cohort.only(asked)
    if own.measure == "count":
        own = replace(own, layout=replace(own.layout, drift=DRIFT))
    scale = scale_of(own.measure, own.value, own.size, n_pre)
    level = scale.forward(own.value)
    time = np.array(own.layout.time)
    present = last_change(time[n_pre:], level[:, n_pre:], own.layout.cycle)
    turned = _turned(level, present, n_pre)
    for skip, is_turn in sorted(set(zip(present.tolist(), turned.tolist(), strict=True))):
        part = np.flatnonzero((present == skip) & (turned == is_turn))
        latest = own.only(part, skip)
        if is_turn:
            latest = replace(latest, layout=replace(latest.layout, drift=0.0))
        outcome.put(asked[part], _stretch(latest, skip), skip, n_pre)
        if skip >= ENOUGH_POST:
            outcome.past[asked[part]] = _past(own, part, level, skip)
    return outcome


def _turned(level: FloatArray, present: IntArray, n_pre: int) -> BoolArray:
    """Tell where the latest stretch went against the one before it: an old trend does not turn round."""
    place = np.arange(level.shape[1]) - n_pre
    early = (place >= 0) & (place < present[:, None])
    late = place >= present[:, None]
    number = np.maximum(early.sum(axis=1), 1)
    before = level[:, :n_pre].mean(axis=1)
    first = (level * early).sum(axis=1) / number
    last = (level * late).sum(axis=1) / late.sum(axis=1)
    return (present > 0) & ((first - before) * (last - first) < 0)


def _past(cohort: Cohort, part: Array, level: FloatArray, until: int) -> IntArray:
    """Return the side of the stretch before the latest one."""
    kept = slice(0, cohort.n_pre + until)
    layout = replace(cohort.layout, time=cohort.layout.time[kept])
    weighed = model(layout).weigh(tame(level[part][:, kept], cohort.n_pre), ENOUGH_POST)
    is_clear = _excess(weighed, cohort.layout).max(axis=1) >= 0
    return np.where(is_clear, np.sign(weighed.effect) * cohort.better[part], 0).astype(np.int64)


def _excess(weighed: Evidence, layout: Layout, skip: int = 0) -> FloatArray:
    """Return by how much the evidence lies above the bar at each look; some values since the action were left out."""
    return weighed.ratio - bar(layout, skip + ENOUGH_POST + np.arange(weighed.ratio.shape[1]))


def _stretch(cohort: Cohort, skip: int) -> Outcome:
    """Judge series whose values since the action are one stretch, once the first ones are left out."""
    n_pre = cohort.n_pre
    scale = scale_of(cohort.measure, cohort.value, cohort.size, n_pre)
    level = tame(scale.forward(cohort.value), n_pre)
    weighed = model(cohort.layout).weigh(level, ENOUGH_POST)
    outcome = Outcome.empty(len(level), level.shape[1])
    allowed = _agrees(cohort)
    best = np.where(allowed, _excess(weighed, cohort.layout, skip), -np.inf)
    top = best.max(axis=1)
    is_clear = np.abs(weighed.effect) > (weighed.high - weighed.low) / 2
    claims = (top >= 0) & is_clear
    before, now = level[:, :n_pre].mean(axis=1), level[:, n_pre:].mean(axis=1)
    way = np.sign(np.where(claims, weighed.effect, now - before)).astype(np.int64)
    side = way * cohort.better.astype(np.int64)
    last_allowed = allowed[:, -1]
    signs = (weighed.without["plain"] >= SIGN) & last_allowed
    faded = (top >= 0) & ~is_clear & (weighed.ratio[:, -1] > 0)
    outcome.side[:] = np.where(claims | signs | faded, side, 0)
    outcome.p[:] = np.minimum(1.0, P_AT_BAR * np.exp(-top))
    outcome.since[:] = np.where(top >= 0, np.argmax(best >= 0, axis=1) + ENOUGH_POST - 1, -1)
    outcome.rival[:] = np.where(claims, Rival.NONE, np.where(signs | faded, _rival(weighed), Rival.NONE))
    doubt = np.flatnonzero(claims)
    if len(doubt):
        outcome.rival[doubt] = _doubts(
            cohort.only(doubt), level[doubt], weighed.rows(doubt), way[doubt], skip
        )
    outcome.strength[:] = weighed.strength
    outcome.word[:] = words(outcome.side, outcome.rival)
    expected = now - weighed.effect
    outcome.before, outcome.now = scale.back(before), scale.back(now)
    outcome.effect, outcome.low, outcome.high = (
        scale.back(expected + part) - scale.back(expected)
        for part in (weighed.effect, weighed.low, weighed.high)
    )
    outcome.course, outcome.fitted = scale.back(weighed.course), scale.back(weighed.fitted)
    reach = ((weighed.high - weighed.low) / 2)[:, None]
    outcome.course_low, outcome.course_high = (scale.back(weighed.course + end) for end in (-reach, reach))
    return outcome


def words(side: IntArray, rival: Array) -> Array:
    """Return the word of each side and rival."""
    is_sure = rival == Rival.NONE
    names = np.array(list(Verdict), dtype=object)
    place = {word: k for k, word in enumerate(Verdict)}
    better = np.where(is_sure, place[Verdict.IMPROVED], place[Verdict.BETTER_BUT])
    worse = np.where(is_sure, place[Verdict.WORSE], place[Verdict.WORSE_BUT])
    return names[np.select([side > 0, side < 0], [better, worse], place[Verdict.NO_SIGNAL])]


def _agrees(cohort: Cohort) -> BoolArray:
    """Tell at which looks the exact test of events, where it is needed, agrees that something changed."""
    looks = cohort.n_post - ENOUGH_POST + 1
    is_counted = cohort.measure == "count" or (cohort.measure == "percentage" and cohort.size is not None)
    if not is_counted or (cohort.value < 0).any():
        return np.ones((len(cohort.value), looks), dtype=bool)
    rare = events_of(cohort.value, cohort.size, cohort.measure).mean(axis=1) < SPARSE
    uneven = np.zeros_like(rare) if cohort.size is None else np.ptp(cohort.size, axis=1) > 0
    if not (rare | uneven).any():
        return np.ones((len(cohort.value), looks), dtype=bool)
    p = exact_p(cohort.value, cohort.size, cohort.measure, cohort.n_pre)[:, ENOUGH_POST - 1 :]
    return (p <= EXACT) | ~(rare | uneven)[:, None]


def _rival(weighed: Evidence) -> Array:
    """Name the rival without which the evidence is greatest."""
    names = {"trend": Rival.TREND, "season": Rival.SEASON, "memory": Rival.MEMORY}
    stack = np.array([weighed.without[name] for name in names])
    gain = stack - weighed.ratio[:, -1]
    best = np.array(list(names.values()), dtype=object)[np.argmax(gain, axis=0)]
    return np.where(gain.max(axis=0) >= GAIN, best, Rival.TIME)


def _doubts(cohort: Cohort, level: FloatArray, weighed: Evidence, way: IntArray, skip: int) -> Array:
    """Name what makes a claim doubtful: a bad start, a placebo that fires, a rest that remembers."""
    rival = np.full(len(level), Rival.NONE, dtype=object)
    rest = weighed.rest - weighed.rest.mean(axis=1, keepdims=True)
    resembles = (rest[:, 1:] * rest[:, :-1]).sum(axis=1) > 0  # neighbours that differ make no change likelier
    rival[(ljung_box_p(rest) < RESIDUAL) & resembles] = Rival.RESIDUAL
    rival[_placebo(cohort, level)] = Rival.PLACEBO
    rival[_bad_start(cohort, level, way, skip)] = Rival.START
    return rival


def ljung_box_p(rest: FloatArray) -> FloatArray:
    """Return the p of Ljung–Box of each row over min(10, n / 5) lags."""
    from scipy.special import chdtrc

    n = rest.shape[1]
    apart = rest - rest.mean(axis=1, keepdims=True)
    lags = np.arange(1, max(1, min(LAGS, n // VALUES_A_LAG)) + 1)
    total = np.maximum((apart**2).sum(axis=1), np.finfo(float).tiny)
    together = np.array([(apart[:, lag:] * apart[:, :-lag]).sum(axis=1) for lag in lags]) / total
    return chdtrc(len(lags), n * (n + 2) * (together**2 / (n - lags)[:, None]).sum(axis=0))


def placebo_places(n_pre: int) -> list[int]:
    """Return where in the time before the action a change is looked for: a third, a half, two thirds of the way."""
    if n_pre < PLACEBO_PRE:
        return []
    return sorted({max(ENOUGH_PRE, n_pre * k // 6) for k in (2, 3, 4)})


def _placebo(cohort: Cohort, level: FloatArray) -> BoolArray:
    fires = np.zeros(len(level), dtype=bool)
    n_pre = cohort.n_pre
    for place in placebo_places(n_pre):
        layout = replace(cohort.layout, time=cohort.layout.time[:n_pre], n_pre=place)
        weighed = model(layout).weigh(level[:, :n_pre], n_pre - place)
        fires |= weighed.ratio[:, -1] >= PLACEBO
    return fires


def _bad_start(cohort: Cohort, level: FloatArray, way: IntArray, skip: int) -> BoolArray:
    """Tell where the change is clear only because the last values before the action were bad."""
    n_pre = cohort.n_pre
    if n_pre - START < ENOUGH_PRE:
        return np.zeros(len(level), dtype=bool)
    early, last = level[:, : n_pre - START], level[:, n_pre - START : n_pre]
    apart = (last.mean(axis=1) - early.mean(axis=1)) * -way
    suspect = np.flatnonzero(apart > BAD_START * np.maximum(early.std(axis=1, ddof=1), 1e-12))
    found = np.zeros(len(level), dtype=bool)
    if len(suspect):
        kept = np.r_[0 : n_pre - START, n_pre : level.shape[1]]
        time = tuple(cohort.layout.time[k] for k in kept)
        layout = replace(cohort.layout, time=time, n_pre=n_pre - START)
        weighed = model(layout).weigh(level[suspect][:, kept], ENOUGH_POST)
        found[suspect] = _excess(weighed, cohort.layout, skip).max(axis=1) < -WEAKER
    return found


def chance(p: FloatArray) -> BoolArray:
    """Tell which claims of a plan hold at a false-discovery rate of one in ten (Benjamini and Hochberg 1995)."""
    from scipy.stats import false_discovery_control

    if not len(p):
        return np.zeros(0, dtype=bool)
    return false_discovery_control(np.clip(p, 0, 1)) <= FALSE_SHARE


def claims_among(told: pd.DataFrame) -> dict[str, float]:
    """Count the verdicts that could be weighed and the claims that are left of them, beside the false-discovery rate."""
    is_weighed = told["p"].notna()
    is_claim = is_weighed & told["verdict"].isin((Verdict.IMPROVED, Verdict.WORSE))
    return {"n_judged": int(is_weighed.sum()), "n_claims": int(is_claim.sum()), "false_share": FALSE_SHARE}


__all__ = ["Cohort", "Outcome", "Rival", "Verdict", "chance", "claims_among", "judge", "words"]

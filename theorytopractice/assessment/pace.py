"""How fast was work done in past weeks, how sure is that, and how long will what is open then take? (method, 12.2).

The weeks to come are drawn from the past ones, whose weights are drawn too (Bayesian bootstrap, Rubin 1981), so that few
weeks say less than many. A pace may wander or keep a rhythm of quarters: each such course is weighed by how well it
foretold every past week from those before it. What is done and what is added in a week are drawn together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import Array, FloatArray, IntArray

HORIZON = 1040  # weeks: what lies beyond twenty years nobody can tell
NEVER = HORIZON + 1
QUARTER = 13  # weeks
RHYTHM = "quarters"
STEADY = 1.0
COURSES: dict[float | str, float] = {STEADY: 0.82, 0.9: 0.12, 0.8: 0.06}
"""How much of its weight a week keeps when it is a week older, and how likely that is before any is seen."""
RHYTHM_PRIOR = 0.06
RHYTHM_WEEKS = 2 * QUARTER
PATHS = 600
FEWEST_PATHS = 10
SEED = 12_2
STEPS = 12  # times the weeks that the mean pace needs; a path that is longer is not followed
LEAST_STEPS = 60
LEAST_SPREAD = 0.35
GREATEST_WANDER = 0.3
PRIOR_COUNT = 0.5
PRIOR_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Weeks:
    """What was done, and what was added, in each past week, oldest first."""

    done: IntArray
    added: IntArray

    def __len__(self) -> int:
        """Return how many weeks are known."""
        return len(self.done)


@dataclass(frozen=True, slots=True)
class PaceView:
    """Which courses the pace may take, how likely each is by now, and what they foretold.

    ``log_scores`` holds for each week from ``start`` on the logarithm of the chance that was given to what was done in it;
    ``expected`` and ``variance`` what was expected of it.
    """

    courses: tuple[float | str, ...]
    weights: FloatArray
    log_scores: FloatArray
    expected: FloatArray
    variance: FloatArray


def weights_of_weeks(course: float | str, known: int, ahead: int = 1) -> FloatArray:
    """Say how much each of the known weeks tells of the week that lies so many ahead."""
    age = known - 1 - np.arange(known)
    if course == RHYTHM:
        apart = (age + ahead) % QUARTER
        near = np.minimum(apart, QUARTER - apart)
        return np.asarray(np.exp(-(near**2) / 2) + 0.02, dtype=np.float64)
    return np.asarray(float(course) ** age, dtype=np.float64)


def log_negative_binomial(count: Array, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the logarithm of the chance of a count, given its mean and variance."""
    from scipy.stats import nbinom

    p = mean / np.maximum(variance, mean * 1.001)
    log_chance: FloatArray = nbinom.logpmf(count, mean * p / (1 - p), p)
    return log_chance


def look_back(weeks: Weeks, start: int) -> PaceView:
    """Let each course foretell every week from ``start`` on by the weeks before it, and weigh the courses by that."""
    done = weeks.done.astype(np.float64)
    prior = dict(COURSES)
    if len(done) >= RHYTHM_WEEKS:
        prior = {
            **{course: chance * (1 - RHYTHM_PRIOR) for course, chance in prior.items()},
            RHYTHM: RHYTHM_PRIOR,
        }
    moments = np.array(
        [[_foretell(done, week, course) for week in range(start, len(done))] for course in prior]
    ).reshape(len(prior), -1, 2)
    mean, variance = moments[..., 0], moments[..., 1]
    scores = log_negative_binomial(done[start:], mean, variance)
    log_prior = np.log(list(prior.values()))[:, None]
    reached = np.concatenate([log_prior, log_prior + np.cumsum(scores, axis=1)], axis=1)
    share = np.exp(reached - np.logaddexp.reduce(reached, axis=0))
    before = share[:, :-1]
    expected = (before * mean).sum(axis=0)
    return PaceView(
        courses=tuple(prior),
        weights=share[:, -1],
        log_scores=np.log((before * np.exp(scores)).sum(axis=0)),
        expected=expected,
        variance=(before * (variance + mean**2)).sum(axis=0) - expected**2,
    )


def _foretell(done: FloatArray, week: int, course: float | str) -> tuple[float, float]:
    """Return mean and variance of what one week will bring, by the weeks before it."""
    known = done[:week]
    weight = weights_of_weeks(STEADY if course == RHYTHM and week < QUARTER else course, week)
    total = weight.sum()
    effective = total**2 / (weight**2).sum()
    mean = (weight @ known + PRIOR_COUNT) / (total + PRIOR_COUNT)
    if course == RHYTHM and week >= QUARTER:
        excess = weight @ (known - mean) ** 2 / total / mean * effective
        dispersion = (excess + PRIOR_WEEKS) / (effective - 1 + PRIOR_WEEKS)
    else:
        excess = ((known - known.mean()) ** 2).sum() / (known.mean() + 0.05)
        dispersion = (excess + PRIOR_WEEKS) / (week - 1 + PRIOR_WEEKS)
    return float(mean), float(mean * max(dispersion, 1.0) * (1 + 1 / effective))


@dataclass(frozen=True, slots=True)
class Arrived:
    """After how many weeks each path has nothing open, and nothing that is open today; NEVER where it has not."""

    nothing_open: IntArray
    none_of_today: IntArray


def paths(weeks: Weeks, view: PaceView, remaining: int) -> Arrived:
    """Follow many possible courses of the weeks to come; the same ones each time."""
    rng = np.random.default_rng(SEED)
    walks = [
        _Walk(weeks, course, round(PATHS * weight), rng).follow(remaining)
        for course, weight in zip(view.courses, view.weights, strict=True)
        if round(PATHS * weight) >= FEWEST_PATHS
    ]
    return Arrived(*(np.concatenate(side) for side in zip(*walks, strict=True)))


class _Walk:
    """Many paths of one course of the pace, followed week by week."""

    def __init__(self, weeks: Weeks, course: float | str, n: int, rng: np.random.Generator) -> None:
        """Draw the weights of the past weeks for each path.

        A draw spreads somewhat more than Rubin's, so that its mean spreads like Student's t and not like the normal.
        """
        self.weeks, self.course, self.rng, self.n = weeks, course, rng, n
        known = len(weeks)
        base = weights_of_weeks(STEADY if course == RHYTHM else course, known)
        effective = base.sum() ** 2 / (base**2).sum()
        spread = max(LEAST_SPREAD, (effective - 2) / effective)
        self.weight = rng.gamma(np.maximum(spread * base, 1e-3), size=(n, known)) + 1e-300
        self.pace = max(float(weeks.done.mean()), 1 / known)
        self.wander = 0.0
        if course not in (RHYTHM, STEADY):
            keeps, spread_of_weeks = float(course), max(float(weeks.done.var(ddof=1)), self.pace)
            relative = spread_of_weeks / self.pace**2
            self.wander = min(float(np.sqrt((1 - keeps) ** 2 / keeps * relative)), GREATEST_WANDER)
        self.drift = np.zeros(n)
        self.reached: dict[int, Array] = {}

    def follow(self, remaining: int) -> tuple[IntArray, IntArray]:
        """Return after how many weeks nothing is open, and nothing of what is open today."""
        total, today = np.full(self.n, remaining), np.full(self.n, remaining)
        nothing, none_of_today = np.full(self.n, NEVER), np.full(self.n, NEVER)
        is_growing = bool(self.weeks.added.any())
        limit = int(min(HORIZON, max(LEAST_STEPS, STEPS * remaining / self.pace)))
        for step in range(1, limit + 1):
            on = np.flatnonzero((nothing == NEVER) | (none_of_today == NEVER))
            if not len(on):
                break
            row = self._weeks_drawn(on, step)
            done = self._done(on, row)
            open_now = total[on] + self.weeks.added[row]
            if is_growing:  # new work takes the place of old; each is as likely to be taken up
                newer = remaining - today[on]
                today[on] -= self.rng.hypergeometric(today[on], newer, np.minimum(done, remaining))
            total[on] = np.maximum(open_now - done, 0)
            if not is_growing:
                today[on] = total[on]
            nothing[on[(total[on] == 0) & (nothing[on] == NEVER)]] = step
            none_of_today[on[(today[on] == 0) & (none_of_today[on] == NEVER)]] = step
        return nothing, none_of_today

    def _weeks_drawn(self, on: IntArray, step: int) -> IntArray:
        """Draw for each path the past week that the coming one is like."""
        phase, known = (step % QUARTER if self.course == RHYTHM else 0), len(self.weeks)
        if phase not in self.reached:
            near = weights_of_weeks(RHYTHM, known, step) if self.course == RHYTHM else 1
            reached = (self.weight * near).cumsum(axis=1)
            reached /= reached[:, -1:]
            self.reached[phase] = (reached + np.arange(self.n)[:, None]).ravel()
        drawn = np.searchsorted(self.reached[phase], on + self.rng.random(len(on)))
        return np.minimum(drawn - on * known, known - 1)

    def _done(self, on: IntArray, row: IntArray) -> IntArray:
        """Return what is done in the coming week; a pace that wanders does more or less of it."""
        done = self.weeks.done[row]
        if not self.wander:
            return done
        self.drift[on] += self.rng.normal(-(self.wander**2) / 2, self.wander, len(on))
        exact = done * np.exp(self.drift[on])
        whole = np.floor(exact)
        return np.asarray(whole + (self.rng.random(len(on)) < exact - whole), dtype=np.int64)

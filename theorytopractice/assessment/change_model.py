"""How much likelier are the values with a change at the action than without one? (method, section 13.3).

One model for every series: a level, an old trend, a yearly season, memory of neighbouring values (AR(1)) and,
with a change, a step and a change of slope at the action. Nobody knows how strong trend, season and memory
are, so each is weighed over a few strengths (the grids below), with the change and without it alike: what a
trend explains as well as a change is no evidence for the change. Level and size of the noise are integrated
out with their invariant priors, so the evidence is a Bayes factor whose error does not depend on unit or zero.

It is looked at after every new value: the evidence at each look comes from one Cholesky factor, for the
factor of the first m values is the first part of the factor of all. That such a ratio may be looked at as
often as one likes: Robbins 1970, Statistical methods related to the law of the iterated logarithm; Hendriksen,
de Heide, Grünwald 2021, Optional stopping with Bayes factors; Ramdas et al. 2023, Game-theoretic statistics
and safe anytime-valid inference. The bar is set by simulation, ``tests/operating.py``. It is higher where few values
lie before the action or since, which tell little of an old trend, and where many lie since, for the trend leads the
further away the longer it is followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import Array, BoolArray, FloatArray, IntArray

EVIDENCE = 1.35  # least logarithm of the ratio from which on a change is claimed: 4 to 1
SOON, RISE = 8.0, 0.4  # values since at which it is least, and by what it rises with their logarithm
KNOWN, SHORT, LONG = 30.0, 0.75, 0.25  # the same for the values before, where they are fewer and more
MEMORIES = ((0.0, 0.5), (0.35, 0.3), (0.7, 0.2))  # correlation of neighbours, and how likely it is before
TRENDS = ((0.0, 0.4), (0.07, 0.4), (0.2, 0.2))  # usual size of an old trend, in noise a value
SEASONS = ((0.0, 0.6), (1.0, 0.4))  # usual size of the yearly wave, in noise
SECOND_WAVE = 0.5  # share of the half-yearly wave's variance
STEP = 2.0  # usual size of a step, in noise
BENDS = ((0.0, 0.5), (0.12, 0.5))  # usual size of a change of slope, in noise a value
WIDE_STEP, WIDE_BEND = 30.0, 0.12  # for the estimate of the effect, which is not to be drawn to 0
NO_BEND = 1e-6  # in its stead, where there is none
LIKELY = 0.7  # share from which on a rival is told to be there
LEAST_REST = 1e-12  # share of the variance, so that no logarithm of 0 is taken
CHUNK = 256  # series at a time
TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Layout:
    """When a series was measured: times in its unit, how many before the action, and the values a year (0: none).

    ``drift`` is how strong an old trend may be beside that of other measures.
    """

    time: tuple[float, ...]
    n_pre: int
    cycle: float = 0.0
    drift: float = 1.0


def bar(layout: Layout, since: IntArray) -> FloatArray:
    """Return the log ratio that a claim needs after so many values since the action."""
    known = np.log(layout.n_pre / KNOWN)
    return (
        EVIDENCE
        + max(LONG * known, -SHORT * known * (layout.drift >= 1))
        + RISE * np.abs(np.log(since / SOON))
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a layout's series show, a row a series.

    ``ratio`` is the log ratio after each value since the action; ``without`` the ratio after the last one had
    there been no such rival (trend, season, memory; ``plain``: neither trend nor season); ``effect``, ``low``,
    ``high`` the average effect since, with its 95 % interval; ``course`` the course without the change and
    ``fitted`` with it; ``rest`` the innovations of the likeliest model; ``strength`` how strong memory, trend and season
    are, each 0 where it is not likely.
    """

    ratio: FloatArray
    without: dict[str, FloatArray]
    effect: FloatArray
    low: FloatArray
    high: FloatArray
    course: FloatArray
    fitted: FloatArray
    rest: FloatArray
    strength: FloatArray

    def rows(self, keep: BoolArray | Array) -> Evidence:
        """Keep some of the series."""
        return Evidence(
            self.ratio[keep],
            {name: own[keep] for name, own in self.without.items()},
            self.effect[keep],
            self.low[keep],
            self.high[keep],
            self.course[keep],
            self.fitted[keep],
            self.rest[keep],
            self.strength[keep],
        )


@dataclass(frozen=True, slots=True)
class _Factors:
    """The inverse Cholesky factor of each strength of the rivals, and the running logarithm of its determinant."""

    inverse: FloatArray
    log_determinant: FloatArray

    def log_likelihood(self, y: FloatArray, first: int) -> tuple[FloatArray, FloatArray]:
        """Return the log likelihood of the first m values for every m ≥ first, by strength, m and series; and the innovations."""
        ones = self.inverse.sum(axis=2)
        own = np.cumsum(ones * ones, axis=1)[:, first - 1 :]
        rest = self.inverse @ y
        cross = _running(ones[..., None] * rest, first)
        square = _running(rest * rest, first)
        m = np.arange(first, y.shape[0] + 1)
        left = np.maximum(square - cross**2 / own[..., None], LEAST_REST * np.maximum(square, LEAST_REST))
        fixed = self.log_determinant[:, first - 1 :] + 0.5 * np.log(own)
        return -0.5 * (m - 1)[None, :, None] * np.log(left) - fixed[..., None], rest


def _running(parts: FloatArray, first: int) -> FloatArray:
    """Return the running sum over the values, from that of the first ones on."""
    head = parts[:, :first].sum(axis=1, keepdims=True)
    return np.concatenate([head, head + np.cumsum(parts[:, first:], axis=1)], axis=1)


def _factors(covariance: FloatArray) -> _Factors:
    lower = np.linalg.cholesky(covariance)
    diagonal = np.diagonal(lower, axis1=1, axis2=2)
    return _Factors(np.linalg.inv(lower), np.cumsum(np.log(diagonal), axis=1))


class Model:
    """The model of one layout."""

    def __init__(self, layout: Layout) -> None:
        """Lay out the covariances of every strength of the rivals, with a change and without."""
        self.layout = layout
        time = np.array(layout.time)
        self.n, self.n_pre = len(time), layout.n_pre
        seasons = SEASONS if layout.cycle else SEASONS[:1]
        grid = list(product(MEMORIES, TRENDS, seasons))
        self.strength = np.array([[part[0] for part in point] for point in grid])
        weight = np.array([np.prod([part[1] for part in point]) for point in grid])
        self.weight = np.log(weight / weight.sum())
        self.since = time - time[self.n_pre]
        self.post = (np.arange(self.n) >= self.n_pre).astype(np.float64)
        self.changes = np.column_stack([self.post, self.post * self.since])
        noise, self.slow = self._still(time)
        self._covariance = noise + self.slow
        self.still = _factors(self._covariance)

    @cached_property
    def moved(self) -> _Factors:
        """The factors with a change at the action."""
        sizes = [np.diag([STEP**2, bend**2]) for bend, _ in BENDS]
        return _factors(
            np.concatenate([self._covariance + self.changes @ size @ self.changes.T for size in sizes])
        )

    def _still(self, time: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the covariance of the noise, and that of trend and season, one matrix a strength."""
        apart = np.abs(time[:, None] - time[None])
        line = self.layout.drift**2 * np.outer(self.since, self.since)
        wave = np.zeros_like(apart)
        if self.layout.cycle:
            turn = 2 * np.pi * apart / self.layout.cycle
            wave = np.cos(turn) + SECOND_WAVE * np.cos(2 * turn)
        memory, trend, season = (self.strength[:, k, None, None] for k in range(3))
        near = np.where(memory > 0, np.maximum(memory, 0.01) ** apart, np.eye(self.n))
        return near, trend**2 * line + season**2 * wave

    def weigh(self, values: FloatArray, first: int) -> Evidence:
        """Weigh a change at the action in each row of values, from ``first`` values since it on."""
        parts = [self._weigh(values[i : i + CHUNK], first) for i in range(0, len(values), CHUNK)]
        names = list(parts[0].without)
        return Evidence(
            np.concatenate([part.ratio for part in parts]),
            {name: np.concatenate([part.without[name] for part in parts]) for name in names},
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("effect", "low", "high", "course", "fitted", "rest", "strength")
            ),
        )

    def _weigh(self, values: FloatArray, first: int) -> Evidence:
        middle = values[:, : self.n_pre].mean(axis=1, keepdims=True)
        spread = np.maximum(values.std(axis=1, keepdims=True), 1e-9)
        y = np.ascontiguousarray(((values - middle) / spread).T)
        still, innovations = self.still.log_likelihood(y, self.n_pre + first)
        moved, _ = self.moved.log_likelihood(y, self.n_pre + first)
        likely = np.log([weight for _, weight in BENDS])[:, None, None, None]
        each = moved.reshape(len(BENDS), -1, *moved.shape[1:]) + likely
        moved = logsumexp(each, axis=0)
        weight = self.weight[:, None, None]
        ratio = (logsumexp(moved + weight, axis=0) - logsumexp(still + weight, axis=0)).T
        score = each[:, :, -1] + self.weight[:, None]
        effect, low, high, course, fitted, rest = self._effects(y, score, innovations)
        return Evidence(
            ratio=ratio,
            without=self._without(still[:, -1], moved[:, -1]),
            effect=effect * spread[:, 0],
            low=low * spread[:, 0],
            high=high * spread[:, 0],
            course=course * spread + middle,
            fitted=fitted * spread + middle,
            rest=rest,
            strength=self._strengths(score),
        )

    def _strengths(self, score: FloatArray) -> FloatArray:
        """Return how strong each rival is on average, 0 where it is not likely that there is any."""
        share = np.exp(logsumexp(score, axis=0) - logsumexp(score, axis=(0, 1))).T
        present = share @ (self.strength > 0)
        return np.where(present > LIKELY, share @ self.strength / np.maximum(present, LIKELY), 0.0)

    def _without(self, still: FloatArray, moved: FloatArray) -> dict[str, FloatArray]:
        """Return the last ratio had one rival been ruled out."""
        memory, trend, season = (self.strength[:, k] == 0 for k in range(3))
        kept = {"trend": trend, "season": season, "memory": memory, "plain": trend & season}
        found = {}
        for name, keep in kept.items():
            weight = self.weight[keep][:, None]
            found[name] = logsumexp(moved[keep] + weight, axis=0) - logsumexp(still[keep] + weight, axis=0)
        return found

    def _effects(self, y: FloatArray, score: FloatArray, rest: FloatArray) -> tuple[FloatArray, ...]:
        """Return the average effect since, its interval, the expected course without it and with it, and the innovations.

        The mean and the variance over all strengths and bends, each by how likely it is (Bayesian model averaging).
        """
        from scipy.special import stdtrit

        share = np.exp(score - logsumexp(score, axis=(0, 1)))
        fits = [self._least_squares(rest, is_bent=bend > 0) for bend, _ in BENDS]
        each, within, solved, left = (np.array(part) for part in zip(*fits, strict=True))
        effect = (share * each).sum(axis=(0, 1))
        error = np.sqrt((share * (within + (each - effect) ** 2)).sum(axis=(0, 1)))
        reach = float(stdtrit(self.n - 3, 1 - TAIL)) * error
        changed = np.einsum("ij,bkjn,bkn->ni", self.changes, solved[:, :, 1:], share)
        course = np.zeros_like(changed)
        for own, part, weight in zip(solved, left, share, strict=True):
            smooth = self.slow @ (np.swapaxes(self.still.inverse, 1, 2) @ part) + own[:, :1]
            course += np.einsum("kin,kn->ni", smooth, weight)
        best = np.argmax(score.reshape(-1, y.shape[1]), axis=0)
        likeliest = left.reshape(-1, *left.shape[2:])[best, :, np.arange(y.shape[1])]
        return effect, effect - reach, effect + reach, course, course + changed, likeliest

    def _least_squares(self, rest: FloatArray, *, is_bent: bool) -> tuple[FloatArray, ...]:
        """Fit level and change to each series, by strength: the average effect, its variance, all three, what is left."""
        design = self.still.inverse @ np.column_stack([np.ones(self.n), self.changes])
        free = np.diag([0.0, WIDE_STEP**-2, WIDE_BEND**-2 if is_bent else NO_BEND**-2])
        cover = np.linalg.inv(np.swapaxes(design, 1, 2) @ design + free)
        solved = cover @ (np.swapaxes(design, 1, 2) @ rest)
        left = rest - design @ solved
        noise = (left**2).sum(axis=1) / (self.n - 3)
        mean = np.array([0.0, *(self.changes[self.n_pre :].mean(axis=0))])
        within = np.einsum("i,kij,j->k", mean, cover, mean)[:, None] * noise
        return np.einsum("i,kij->kj", mean, solved), within, solved, left


@lru_cache(maxsize=64)
def model(layout: Layout) -> Model:
    """Return the model of a layout, laid out once."""
    return Model(layout)


def last_change(time: FloatArray, values: FloatArray, cycle: float = 0.0) -> Array:
    """Return for each row from which value on its level is another for good; 0 where no change is detected.

    A step at any one value is weighed against none, all values alike likely; of the values after the step found
    the same is asked again.
    """
    found = np.zeros(len(values), dtype=np.int64)
    asked = np.arange(len(values))
    place = 0
    while len(asked) and len(time) - place >= 2 * STRETCH:
        score, at = _steps(tuple(time[place:]), cycle, values[asked][:, place:])
        changed = score >= REVERSAL
        found[asked[changed]] = place + at[changed]
        starts = np.unique(found[asked[changed]])
        for start in starts[starts > place]:
            own = asked[changed][found[asked[changed]] == start]
            found[own] = start + last_change(time[start:], values[own][:, start:], cycle)
        break
    return found


STRETCH = 3  # values on each side of a change
REVERSAL = 2.5  # logarithm of the ratio from which on a change since the action is told


def _steps(time: tuple[float, ...], cycle: float, values: FloatArray) -> tuple[FloatArray, Array]:
    """Return the log ratio of a step at any value against none, and the likeliest place of the step."""
    plain = model(Layout(time, 0, cycle))
    inverse, n = plain.still.inverse, len(time)
    places = np.arange(STRETCH, n - STRETCH + 1)
    step = (np.arange(n)[:, None] >= places).astype(np.float64)
    ones, moved = inverse.sum(axis=2), inverse @ step
    middle, spread = values.mean(axis=1, keepdims=True), np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    rest = inverse @ ((values - middle) / spread).T
    a, b = (ones**2).sum(axis=1)[:, None], np.einsum("kn,knc->kc", ones, moved)
    c = (moved**2).sum(axis=1) + STEP**-2
    square, level = (rest**2).sum(axis=1), np.einsum("kn,kns->ks", ones, rest)
    least = LEAST_REST * np.maximum(square, LEAST_REST)
    still = np.maximum(square - level**2 / a, least)
    apart = np.swapaxes(moved, 1, 2) @ rest - (b / a)[..., None] * level[:, None]
    free = c - b**2 / a
    left = np.maximum(still[:, None] - apart**2 / free[..., None], least[:, None])
    with_step = -0.5 * (np.log(free) + 2 * np.log(STEP))[..., None] - (n - 1) / 2 * np.log(left)
    fixed = -plain.still.log_determinant[:, -1] - 0.5 * np.log(a[:, 0]) + plain.weight
    none = logsumexp(fixed[:, None] - (n - 1) / 2 * np.log(still), axis=0)
    each = logsumexp(fixed[:, None, None] + with_step, axis=0) - none
    return logsumexp(each, axis=0) - np.log(len(places)), places[np.argmax(each, axis=0)]

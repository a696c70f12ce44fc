"""On which scale may values be compared, and what can the measure be? (method, section 13.2).

Counts are compared as rates, on the scale of square roots, on which their noise does not depend on their
size (Anscombe 1948, The transformation of Poisson, binomial and negative-binomial data); percentages with their n
on that of the arcsine (the same), without it on that of the logit; other values as they are, or as logarithms
where they are above zero and lean to one side. A value far beyond its neighbours counts only as far as it
might by chance (winsorized; Tukey 1962, The future of data analysis).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import BoolArray, FloatArray

COUNT, SHARE, BARE_SHARE, LEANING, PLAIN = "count", "share with n", "share", "logarithm", "plain"
ROOM = 3 / 8  # Anscombe's addition
WHOLE = 100.0
MOST_ROOM = 0.5  # added to percentages without n, so that 0 and 100 have a logit
FAR = 3.0  # robust standard deviations
ROBUST = 1.4826  # median absolute deviation of a normal distribution: one standard deviation
LEANS = 1.0  # skewness from which on values lean to one side
FEW_EVENTS, RARE, LONG = 10, 1.0, 24


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale for each row of values: how to get on it and back, and how far back it can go."""

    name: str
    values: FloatArray
    size: FloatArray | None = None
    is_log: BoolArray | None = None
    room: FloatArray | None = None
    least: FloatArray | None = None

    def forward(self, value: FloatArray) -> FloatArray:
        """Return the values on the scale."""
        if self.name == COUNT:
            share = (value + ROOM) if self.size is None else (value + ROOM) / self.size
            return 2 * np.sqrt(share)
        if self.name == SHARE and self.size is not None:
            events = value / WHOLE * self.size
            return np.arcsin(np.sqrt((events + ROOM) / (self.size + 2 * ROOM)))
        if self.name == BARE_SHARE:
            room = self._room(value)
            return np.log((value + room) / (WHOLE - value + room))
        if self.is_log is None:
            return value
        return np.where(self.is_log[:, None], np.log(np.where(self.is_log[:, None], value, 1.0)), value)

    def back(self, level: FloatArray) -> FloatArray:
        """Return a level on the scale as a value (a rate, for counts with exposure), within what can be."""
        if self.name == COUNT:
            return np.maximum((np.maximum(level, 0) / 2) ** 2 - self._room(level), 0)
        if self.name == SHARE:
            return WHOLE * np.sin(np.clip(level, 0, np.pi / 2)) ** 2
        if self.name == BARE_SHARE:
            odds = np.exp(np.clip(level, -30, 30))
            room = self._room(level)
            return np.clip((odds * (WHOLE + room) - room) / (1 + odds), 0, WHOLE)
        if self.is_log is None or self.least is None:
            return level
        is_log, least = (part if level.ndim == 1 else part[:, None] for part in (self.is_log, self.least))
        return np.maximum(np.where(is_log, np.exp(np.where(is_log, level, 0.0)), level), least)

    def _room(self, level: FloatArray) -> FloatArray:
        """Return what was added to each row's values, in the shape of a level or of values."""
        room = np.full(len(level), ROOM) if self.room is None else self.room
        return room if level.ndim == 1 else room[:, None]


def scale_of(measure: str, value: FloatArray, size: FloatArray | None, n_pre: int) -> Scale:
    """Choose the scale of rows of values of one measure (``count``, ``percentage`` or ``unit``).

    Args:
        measure: what is measured.
        value: the values, one row a series.
        size: the exposure or the n of each, where every one is above 0.
        n_pre: how many lie before the action.
    """
    if measure == "count" and (value >= 0).all():
        return Scale(COUNT, value, size, room=None if size is None else ROOM / np.median(size, axis=1))
    if measure == "percentage" and (value >= 0).all() and (value <= WHOLE).all():
        if size is not None:
            return Scale(SHARE, value, size)
        apart = np.minimum(value, WHOLE - value)
        nearest = np.where(apart > 0, apart, MOST_ROOM * 2).min(axis=1)
        return Scale(BARE_SHARE, value, room=np.minimum(MOST_ROOM, nearest / 2))
    is_log: BoolArray = np.asarray((value > 0).all(axis=1))
    with np.errstate(all="ignore"):
        lean = np.abs(skewness(value, n_pre))
        of_log = np.abs(skewness(np.log(np.where(is_log[:, None], value, 1.0)), n_pre))
    is_log &= (lean > LEANS) & (of_log < lean)
    least = np.where((value >= 0).all(axis=1), 0.0, -np.inf)
    return Scale(LEANING if is_log.any() else PLAIN, value, is_log=is_log, least=least)


def skewness(value: FloatArray, n_pre: int) -> FloatArray:
    """Return how far each row leans to one side, about the mean before and the mean since; 0 for a constant one."""
    parts = [value[:, :n_pre], value[:, n_pre:]]
    rest = np.concatenate([part - part.mean(axis=1, keepdims=True) for part in parts if part.size], axis=1)
    spread = rest.std(axis=1)
    return np.where(spread > 0, (rest**3).mean(axis=1) / np.where(spread > 0, spread, 1) ** 3, 0.0)


def tame(value: FloatArray, n_pre: int) -> FloatArray:
    """Draw in what lies far from the middle of its side (before, since), by the spread of both."""
    sides = [slice(0, n_pre), slice(n_pre, None)]
    middle = np.empty_like(value)
    for side in sides:
        middle[:, side] = np.median(value[:, side], axis=1, keepdims=True)
    spread = ROBUST * np.median(np.abs(value - middle), axis=1, keepdims=True)
    reach = np.where(spread > 0, FAR * spread, np.inf)
    return np.clip(value, middle - reach, middle + reach)


def has_few_events(value: FloatArray, size: FloatArray | None, measure: str) -> BoolArray:
    """Tell which rows of counts (or of percentages with n) hold too few events for any claim."""
    if measure not in {"count", "percentage"} or (measure == "percentage" and size is None):
        return np.zeros(len(value), dtype=bool)
    events = events_of(value, size, measure)
    total, months = events.sum(axis=1), value.shape[1]
    return (total < FEW_EVENTS) | ((total < RARE * months) & (months < LONG))


def events_of(value: FloatArray, size: FloatArray | None, measure: str) -> FloatArray:
    """Return the number of events of each value: of a percentage those of its rarer side."""
    if measure == "count" or size is None:
        return value
    hits = value / WHOLE * size
    is_rarer = (hits.sum(axis=1) * 2 <= size.sum(axis=1))[:, None]
    return np.where(is_rarer, hits, size - hits)


def exact_p(value: FloatArray, size: FloatArray | None, measure: str, n_pre: int) -> FloatArray:
    """Return after each value since the action the exact two-sided p that the rate before goes on.

    Given all events, those since are binomial by the exposure (Przyborowski and Wilenski 1940).
    """
    from scipy.special import bdtr

    events = np.rint(events_of(value, size, measure))
    weight = np.ones_like(events) if size is None else np.broadcast_to(size, events.shape)
    before, since = events[:, :n_pre].sum(axis=1, keepdims=True), np.cumsum(events[:, n_pre:], axis=1)
    exposed, later = weight[:, :n_pre].sum(axis=1, keepdims=True), np.cumsum(weight[:, n_pre:], axis=1)
    total, share = before + since, later / (exposed + later)
    below = np.where(total > 0, bdtr(since, np.maximum(total, 1).astype(np.int64), share), 1.0)
    under = np.where(
        since > 0, bdtr(np.maximum(since - 1, 0), np.maximum(total, 1).astype(np.int64), share), 0.0
    )
    return np.minimum(1.0, 2 * np.minimum(below, 1 - under))

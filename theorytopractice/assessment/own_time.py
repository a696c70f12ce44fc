"""How long does each open action still take by its own age and due date? (method, 12.2).

An action is seen here as having a time of its own, whatever else is going on: its age at completion (Weibull, of which the
exponential is one, or lognormal), or its distance from the due date (normal). Each shape has a grid of parameters; their
weights are what the actions done and still open make of them, so that nothing is estimated without its uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import MISSING

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import Array, BoolArray, DayArray, FloatArray, IntArray

WEEK = 7
FEWEST_DONE, FEWEST_DUE = 3, 5
SHAPE_SPREAD = 0.3  # of the logarithm of a shape, before any action is seen
NEGLIGIBLE = 1e-3
SURE = 0.9995
LEAST_WEEKS = 0.07  # half a day: what is done on the day of its record
LOG_ROOT = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Cases:
    """The actions of which somebody waits or waited: days, with MISSING where open or without a due date."""

    recorded: DayArray
    due: DayArray
    done: DayArray
    as_of: int

    @property
    def is_done(self) -> BoolArray:
        """Tell which are done."""
        is_done: BoolArray = self.done != MISSING
        return is_done

    def __getitem__(self, chosen: BoolArray | IntArray) -> Cases:
        """Return some of the actions."""
        return Cases(self.recorded[chosen], self.due[chosen], self.done[chosen], self.as_of)


class _Shape:
    """A shape of the time of an action with the grid of its parameters, and the logarithm of their weights before."""

    place: FloatArray
    spread: FloatArray
    prior: FloatArray

    def since(self, cases: Cases, day: Array | int) -> FloatArray:
        """Return the weeks on the shape's own clock at a day."""
        raise NotImplementedError

    def log_survival(self, clock: FloatArray) -> FloatArray:
        """Return the logarithm of the chance of being open still, for each clock and parameter."""
        raise NotImplementedError

    def log_density(self, clock: FloatArray) -> FloatArray:
        """Return the logarithm of the density of completion, for each clock and parameter."""
        raise NotImplementedError


class _ByAge(_Shape):
    """The time from the record on."""

    def __init__(self, cases: Cases) -> None:
        """Lay a grid around the ages that were seen."""
        seen = np.where(cases.is_done, cases.done, cases.as_of + 1) - cases.recorded
        middle = np.log(max(float(np.median(seen)) / WEEK, 0.5))
        place, spread = np.meshgrid(
            middle + np.linspace(-2, 3, 16), np.exp(np.linspace(-1, 1, 9)), indexing="ij"
        )
        self.place, self.spread = place.ravel(), spread.ravel()
        self.prior = -(np.log(self.spread) ** 2) / 2 / SHAPE_SPREAD**2

    def since(self, cases: Cases, day: Array | int) -> FloatArray:
        return np.maximum((day - cases.recorded.astype(np.int64)) / WEEK, LEAST_WEEKS)


class _Weibull(_ByAge):
    def log_survival(self, clock: FloatArray) -> FloatArray:
        return -np.exp(np.minimum((np.log(clock)[..., None] - self.place) * self.spread, 50))

    def log_density(self, clock: FloatArray) -> FloatArray:
        log = np.log(clock)[..., None]
        z = (log - self.place) * self.spread
        return np.log(self.spread) - log + z - np.exp(np.minimum(z, 50))


class _Lognormal(_ByAge):
    def log_survival(self, clock: FloatArray) -> FloatArray:
        from scipy.special import log_ndtr

        log: FloatArray = log_ndtr(-(np.log(clock)[..., None] - self.place) / self.spread)
        return log

    def log_density(self, clock: FloatArray) -> FloatArray:
        log = np.log(clock)[..., None]
        return -(((log - self.place) / self.spread) ** 2) / 2 - np.log(self.spread) - LOG_ROOT - log


class _ByDueDate(_Shape):
    """The time from the due date on, before it negative."""

    def __init__(self, cases: Cases) -> None:
        """Lay a grid around the distances that were seen."""
        apart = (cases.done - cases.due.astype(np.int64))[cases.is_done] / WEEK
        middle, width = float(np.median(apart)), max(float(np.std(apart)), 0.5)
        place, spread = np.meshgrid(
            middle + width * np.linspace(-1.5, 4, 14),
            width * np.exp(np.linspace(-1.2, 1.2, 9)),
            indexing="ij",
        )
        self.place, self.spread = place.ravel(), spread.ravel()
        self.prior = np.zeros(len(self.place))

    def since(self, cases: Cases, day: Array | int) -> FloatArray:
        return (day - cases.due.astype(np.int64)) / WEEK

    def log_survival(self, clock: FloatArray) -> FloatArray:
        from scipy.special import log_ndtr

        log: FloatArray = log_ndtr(-(clock[..., None] - self.place) / self.spread)
        return log

    def log_density(self, clock: FloatArray) -> FloatArray:
        return -(((clock[..., None] - self.place) / self.spread) ** 2) / 2 - np.log(self.spread) - LOG_ROOT


class OwnTimes:
    """The times of the actions of a plan, and what they foretell."""

    def __init__(self, cases: Cases) -> None:
        """Weigh every shape and parameter by the actions; those done before their record tell nothing."""
        told = (cases.done == MISSING) | (cases.done >= cases.recorded)
        told &= cases.recorded != MISSING
        self.cases = cases = cases[told]
        self.is_told = bool(cases.is_done.sum() >= FEWEST_DONE) and not cases.is_done.all()
        self.shapes: list[_Shape] = []
        self._known: dict[int, list[FloatArray]] = {}
        if not self.is_told:
            return
        self.shapes = [_Weibull(cases), _Lognormal(cases)]
        has_dates = bool((cases.due != MISSING).all())
        if has_dates and cases.is_done.sum() >= FEWEST_DUE:
            self.shapes.append(_ByDueDate(cases))
        for shape in self.shapes:
            shape.prior = shape.prior - np.logaddexp.reduce(shape.prior)
        self._density = [
            shape.log_density(shape.since(cases[cases.is_done], cases.done[cases.is_done] + 0.5))
            for shape in self.shapes
        ]

    def _weights(self, day: int) -> list[FloatArray]:
        """Return for each shape the weights of its parameters by what was known when a day began."""
        done, done_on = self.cases.is_done, self.cases.done[self.cases.is_done]
        open_then = (self.cases.recorded < day) & ~(done & (self.cases.done < day))
        waiting = self.cases[open_then]
        if day in self._known:
            return self._known[day]
        log = [
            density[done_on < day].sum(axis=0)
            + shape.log_survival(shape.since(waiting, day)).sum(axis=0)
            + shape.prior
            for shape, density in zip(self.shapes, self._density, strict=True)
        ]
        total = np.logaddexp.reduce(np.concatenate(log))
        self._known[day] = [np.exp(one - total) for one in log]
        return self._known[day]

    def open_on(self, day: int) -> Cases:
        """Return the actions that were open when a day began."""
        done_by = self.cases.is_done & (self.cases.done < day)
        return self.cases[(self.cases.recorded < day) & ~done_by]

    def chances_of(self, day: int, weeks: int, most: int) -> FloatArray:
        """Return the chances that 0, 1, … ``most`` of the actions open on a day are done within some weeks."""
        from scipy.stats import binom

        waiting = self.open_on(day)
        n = max(len(waiting.recorded), most, 1)
        counts = np.arange(most + 1)
        chances = np.zeros(most + 1)
        for shape, weight in zip(self.shapes, self._weights(day), strict=True):
            kept = weight > NEGLIGIBLE
            now = shape.log_survival(shape.since(waiting, day))[:, kept]
            then = shape.log_survival(shape.since(waiting, day + WEEK * weeks))[:, kept]
            share = (1 - np.exp(then - now)).sum(axis=0) / n
            chances += (
                weight[kept, None] * binom.pmf(counts, n, np.clip(share, 1e-6, 1 - 1e-6)[:, None])
            ).sum(axis=0)
        return chances

    def all_done_by(self, weeks: IntArray) -> FloatArray:
        """Return the chance that all that are open now are done after each number of weeks."""
        day = self.cases.as_of + 1
        waiting, chance = self.open_on(day), np.zeros(len(weeks))
        whole, sure = 0.0, False
        for shape, weight in zip(self.shapes, self._weights(day), strict=True):
            kept = np.flatnonzero(weight > NEGLIGIBLE)
            now, sure = shape.log_survival(shape.since(waiting, day))[:, kept], False
            for place, week in enumerate(weeks):
                if place and sure:
                    chance[place] += weight[kept].sum()
                    continue
                then = shape.log_survival(shape.since(waiting, day + WEEK * int(week)))[:, kept]
                log = np.log(np.maximum(1 - np.exp(then - now), 1e-12)).sum(axis=0)
                part = float(np.exp(log) @ weight[kept])
                chance[place] += part
                sure = part > SURE * weight[kept].sum()
            whole += weight[kept].sum()
        return np.maximum.accumulate(chance / max(whole, 1e-12))

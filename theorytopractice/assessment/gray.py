"""Do groups reach an event at a different rate where there are other ways out? (method, 12.1).

Gray, R. J. (1988), Annals of Statistics 16, 1141-1154, weighted as by ``cuminc`` of R's cmprsk (rho 0). The log-rank test
treats who left by another way as if they waited still; this one compares the cumulative incidences themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.durations import GroupTest, telling_groups

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import Array, FloatArray, IntArray


def gray_test(days: Array, cause: IntArray, group: IntArray) -> GroupTest | None:
    """Test whether the cumulative incidences of cause 1 differ between groups; None where fewer than two can be compared.

    Args:
        days: what each subject waited, from the start on.
        cause: 1 for the event, 2 and more for other ways out, 0 for those still waiting.
        group: the number of each subject's group.
    """
    from scipy.stats import chi2

    entry = np.full(len(days), -1)
    telling = telling_groups(days, cause > 0, group, entry)
    if len(telling) <= 1:
        return None
    kept = np.isin(group, telling)
    score, covariance = _Gray(days[kept], cause[kept], np.searchsorted(telling, group[kept])).run()
    degrees = len(telling) - 1
    try:
        statistic = float(score[:-1] @ np.linalg.solve(covariance[:-1, :-1], score[:-1]))
    except np.linalg.LinAlgError:
        return None
    return GroupTest(statistic, degrees, float(chi2.sf(statistic, degrees)))


class _Gray:
    """The sums of the test, day by day; an array holds one entry a group."""

    def __init__(self, days: Array, cause: IntArray, group: IntArray) -> None:
        self.days, self.cause, self.group = days, cause, group
        n = int(group.max()) + 1
        self.free, self.reached = np.ones(n), np.zeros(n)  # share that left by no way; by the event
        self.pooled = 0.0
        self.score, self.carried = np.zeros(n), np.zeros((n, n))
        self.covariance, self.cross, self.own = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)

    def run(self) -> tuple[FloatArray, FloatArray]:
        """Return the scores of the groups and their covariance."""
        for day in np.unique(self.days[self.cause > 0]):
            today = self.days == day
            counts = [
                np.bincount(self.group[chosen], minlength=len(self.free)).astype(np.float64)
                for chosen in (self.days >= day, today & (self.cause == 1), today & (self.cause > 1))
            ]
            self._pass(*counts)
        carried = self.carried
        own = (carried * self.own) @ carried.T
        return self.score, self.covariance + own + carried @ self.cross.T + self.cross @ carried.T

    def _pass(self, at_risk: FloatArray, events: FloatArray, others: FloatArray) -> None:
        """Let one day pass."""
        waits = at_risk > 0
        n = np.where(waits, at_risk, 1)
        after = np.where(waits, self.free * (at_risk - events - others) / n, self.free)
        share = np.divide(at_risk, self.free, out=np.zeros_like(n), where=waits & (self.free > 0))
        total, done = share.sum(), events.sum()
        pooled = self.pooled + done / total
        spread = np.diag(share) - np.outer(share, share) / total
        self.carried += spread * done / (total * (1 - self.pooled))
        expected = done * share * (1 - self.reached) / (share * (1 - self.reached)).sum()
        self.score += np.where(waits, events - expected, 0)
        left = np.divide(1 - pooled, after, out=np.zeros_like(n), where=after > 0)
        if done:
            tied = 1 - (done - 1) / (total * self.free - 1) if done > 1 else np.ones_like(n)
            step = np.where(waits, tied * self.free * done / (total * n), 0)
            self._add(spread - (1 - left) * self.carried, 1 - left, step)
        if (leaving := (after > 0) & (others > 0)).any():
            tied = np.where(others > 1, 1 - (others - 1) / np.where(at_risk > 1, at_risk - 1, 1), 1)
            step = np.where(leaving, tied * self.free**2 * others / n**2, 0)
            self._add(-left * self.carried, left, step)
        self.reached = np.where(waits, self.reached + self.free * events / n, self.reached)
        self.free, self.pooled = after, pooled

    def _add(self, part: FloatArray, weight: FloatArray, step: FloatArray) -> None:
        """Add what a kind of ending on this day does to the variance."""
        self.own += weight**2 * step
        self.cross += part * (weight * step)
        self.covariance += (part * step) @ part.T

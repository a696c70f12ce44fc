"""How often does the day of a forecast hold? Simulated programmes whose end is known (method, 12.2).

``python tests/operating_forecast.py`` prints the table over all regimes: of so many programmes each (250 unless given), the
share that was done by the days given for 50, 85 and 95 %. The seeds are fixed. ``test_assessment_operating.py`` runs a part.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import MISSING
from theorytopractice.assessment.outlook import CHANCES, day_of, look_ahead
from theorytopractice.assessment.own_time import Cases
from theorytopractice.assessment.pace import HORIZON, Weeks

if TYPE_CHECKING:
    from collections.abc import Callable

WEEK = 7
KNOWN = 26
OPEN = 10**6  # the day of what is never done
SEED = 20261


@dataclass
class Programme:
    """Days on which each action was recorded, due and done, the day of the forecast, and whether new work counts."""

    recorded: np.ndarray
    due: np.ndarray
    done: np.ndarray
    day: int
    counts_new: bool = False

    @property
    def is_open(self):
        """Tell which actions are open on the day of the forecast."""
        return (self.done > self.day) & (self.recorded <= self.day)

    @property
    def end(self):
        """The day on which all is done: what is open, or where new work counts all of it."""
        return int(self.done.max() if self.counts_new else self.done[self.is_open].max())

    def forecast(self):
        """Return the days for 50, 85 and 95 %, None where nothing can be told."""
        seen = self.recorded <= self.day
        done = np.where(self.done <= self.day, self.done, MISSING)[seen]
        cases = Cases(self.recorded[seen], self.due[seen], done, self.day)
        known = min(KNOWN, (self.day + 1) // WEEK)
        new = (cases.recorded >= WEEK) & ~(cases.is_done & (cases.done <= cases.recorded))
        weeks = Weeks(
            *(
                np.bincount(ago[ago < known], minlength=known)[::-1]
                for days in (cases.done[cases.is_done], cases.recorded[new])
                for ago in [(self.day - days) // WEEK]
            )
        )
        if not weeks.done.any():
            return None
        outlook = look_ahead(weeks, cases, int((~cases.is_done).sum()))
        if not outlook.beats_chance:
            return None
        return [self.day + (day_of(outlook.by_week, chance) or (0, WEEK * HORIZON))[1] for chance in CHANCES]


def at_a_pace(rng, pace, *, known=KNOWN, n_open=20, added=0.0, in_turn=False):
    """Do so many actions a week, any of them or the oldest first, until none is open; None where too few were there."""
    done_by_week = [pace(week) for week in range(known)]
    added_by_week = [rng.poisson(added) for _ in range(known)]
    first = n_open + sum(done_by_week) - sum(added_by_week)
    if first <= 0:
        return None
    recorded, done, waiting, week = [0] * first, {}, list(range(first)), 0
    while waiting or week < known:
        more, finished = (
            (added_by_week[week], done_by_week[week]) if week < known else (rng.poisson(added), pace(week))
        )
        for _ in range(more):
            waiting.append(len(recorded))
            recorded.append(WEEK * week + int(rng.integers(WEEK)))
        for _ in range(min(finished, len(waiting))):
            action = waiting.pop(0 if in_turn else int(rng.integers(len(waiting))))
            done[action] = max(recorded[action], WEEK * week + int(rng.integers(WEEK)))
        week += 1
    days = np.array([done[action] for action in range(len(recorded))])
    return Programme(
        np.array(recorded), np.full(len(days), MISSING), days, WEEK * known - 1, counts_new=added > 0
    )


def each_its_own(rng, weeks, *, spread=False):
    """Give each action a time of its own; all recorded on the first day, or spread over the weeks known."""
    n = len(weeks)
    recorded = np.append(0, rng.integers(0, WEEK * KNOWN, n - 1)) if spread else np.zeros(n, dtype=np.int64)
    done = (recorded + np.maximum(weeks, 0.01) * WEEK).astype(np.int64)
    return Programme(recorded, np.full(n, MISSING), done, WEEK * KNOWN - 1)


def near_due_dates(rng, n):
    """Close each action within some weeks of its due date."""
    due = rng.integers(0, 2 * WEEK * KNOWN, n)
    done = np.maximum(0, due + rng.normal(WEEK / 2, 2 * WEEK, n).round()).astype(np.int64)
    return Programme(np.zeros(n, dtype=np.int64), due, done, WEEK * KNOWN - 1)


def steady(rng):
    """Two a week."""
    return lambda _: rng.poisson(2)


def bursts(rng):
    """Nothing in three weeks of four, eight in the fourth."""
    return lambda _: rng.poisson(8) * (rng.random() < 0.25)


def wandering(rng):
    """Two a week at first, then a tenth more or less from week to week."""
    level = np.clip(np.log(2) + np.cumsum(rng.normal(0, 0.12, 4000)), -3, 4)
    return lambda week: rng.poisson(np.exp(level[week]))


def quarterly(rng):
    """Most at the end of each quarter."""
    phase = rng.integers(13)
    return lambda week: rng.poisson(6 if (week + phase) % 13 >= 10 else 0.8)


def _paced(pace, **options):
    return lambda rng: at_a_pace(rng, pace(rng), **options)


def _own(n, draw, **options):
    return lambda rng: each_its_own(rng, draw(rng, n), **options)


def _exponential(mean):
    return lambda rng, n: rng.exponential(mean, n)


def _lognormal(rng, n):
    return np.exp(rng.normal(np.log(20), 0.8, n))


def _near_due(n):
    return lambda rng: near_due_dates(rng, n)


REGIMES: dict[str, Callable[[np.random.Generator], Programme | None]] = {
    **{
        f"constant pace, {known} weeks known, {n} open": _paced(steady, known=known, n_open=n)
        for known in (8, 13, 26)
        for n in (5, 20, 60)
    },
    **{
        f"{name}, {n} open": _paced(pace, n_open=n)
        for name, pace in (("bursts", bursts), ("wandering pace", wandering), ("quarterly rhythm", quarterly))
        for n in (10, 40)
    },
    **{
        f"work that grows, {how}, {n} open": _paced(steady, n_open=n, added=0.5, in_turn=in_turn)
        for how, in_turn in (("any first", False), ("oldest first", True))
        for n in (10, 40)
    },
    **{f"own exponential times, {n} actions": _own(n, _exponential(25)) for n in (20, 60)},
    **{f"own lognormal times, {n} actions": _own(n, _lognormal) for n in (20, 60)},
    **{
        f"own exponential times, begun in turn, {n} actions": _own(n, _exponential(15), spread=True)
        for n in (20, 60)
    },
    **{f"closing near due dates, {n} actions": _near_due(n) for n in (20, 60)},
}


def coverage(regime, n, fewest_open=3):
    """Return the shares done by the three days, and how many programmes could be told of."""
    rng, held, told, tried = np.random.default_rng(SEED), np.zeros(len(CHANCES)), 0, 0
    while tried < n:
        programme = REGIMES[regime](rng)
        if programme is None or programme.is_open.sum() < fewest_open:
            continue
        tried += 1
        days = programme.forecast()
        if days is not None:
            told += 1
            held += programme.end <= np.array(days)
    return held / max(told, 1), told


def main(n):
    """Print the table."""
    print(f"{'of programmes with':52} done by the day of 50 %   85 %   95 %   told")
    for regime in REGIMES:
        shares, told = coverage(regime, n)
        figures = "  ".join(f"{100 * share:5.1f}" for share in shares)
        print(f"{regime:52}                    {figures}   {told:4} of {n}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 250)

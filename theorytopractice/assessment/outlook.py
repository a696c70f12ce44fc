"""Which view of the open work foretold the plan's own past best, and when do they say all is done? (method, 12.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.own_time import Cases, OwnTimes
from theorytopractice.assessment.pace import HORIZON, PaceView, Weeks, log_negative_binomial, look_back, paths

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import FloatArray, IntArray

CHANCES = (0.50, 0.85, 0.95)
FEWEST_ORIGINS = 10
START = 4  # weeks that are known before the first week is foretold
CHECKED_FROM, AHEAD = 8, 4  # a forecast of a plan asks 8 weeks; it is checked four weeks later
OWN_TIME_PRIOR, OWN_TIME_UNWEIGHED = 0.15, 0.04
MOSTLY = 0.95
WEEK = 7
GRID = np.unique(np.concatenate([np.arange(20), np.geomspace(20, HORIZON, 45).round()])).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Hits:
    """How many forecasts of the plan's own past were made, and how many held: at least so much done as said."""

    chance: float
    made: int
    held: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the views together say.

    ``by_week`` is the chance that all is done after 0, 1, 2, … weeks. ``weights`` are those of pace, arrivals and own_time;
    ``counts_new``: what is added meanwhile must be done too. ``beats_chance`` is false where no view foretold the past
    weeks better than a blind guess.
    """

    by_week: FloatArray
    weights: dict[str, float]
    n_origins: int
    hits: tuple[Hits, ...]
    beats_chance: bool
    counts_new: bool
    added_a_week: float


def look_ahead(weeks: Weeks, cases: Cases, remaining: int) -> Outlook:
    """Weigh the views by how well each foretold the past weeks, and let them foretell the coming ones together."""
    start = min(START, len(weeks) - 1)
    pace, own = look_back(weeks, start), OwnTimes(cases)
    origins = cases.as_of + 1 - WEEK * np.arange(len(weeks) - start, 0, -1)
    scores = _scores(own, origins, weeks.done[start:])
    share = _own_shares(pace.log_scores, scores)
    arrived = paths(weeks, pace, remaining)
    is_growing = bool(weeks.added.any())
    counts_new = is_growing and bool((arrived.nothing_open <= HORIZON).mean() > MOSTLY)
    after = arrived.nothing_open if counts_new or not is_growing else arrived.none_of_today
    reached = np.searchsorted(np.sort(after), np.arange(HORIZON + 1), side="right") / len(after)
    own_share = share[-1] if len(origins) >= FEWEST_ORIGINS else share[0]
    if own_share:
        reached = (1 - own_share) * reached + own_share * np.interp(
            np.arange(HORIZON + 1), GRID, own.all_done_by(GRID)
        )
    return Outlook(
        by_week=reached,
        weights={
            "pace": 0.0 if is_growing else 1 - own_share,
            "arrivals": 1 - own_share if is_growing else 0.0,
            "own_time": own_share,
        },
        n_origins=len(origins),
        hits=_hits(weeks, pace, own, share[:-1]),
        beats_chance=beats_chance(cases, origins, pace.log_scores, scores),
        counts_new=counts_new,
        added_a_week=float(weeks.added.mean()),
    )


def _scores(own: OwnTimes, origins: IntArray, done: IntArray) -> FloatArray | None:
    """Return the logarithm of the chance that own times gave to what was done in each week; None where they tell nothing."""
    if not own.is_told:
        return None
    chances = [own.chances_of(int(day), 1, int(n))[-1] for day, n in zip(origins, done, strict=True)]
    return np.log(np.array(chances) + 1e-12)


def _own_shares(pace: FloatArray, own: FloatArray | None) -> FloatArray:
    """Return the weight of own times before each week that was foretold, and after the last."""
    if own is None:
        return np.zeros(len(pace) + 1)
    prior = OWN_TIME_PRIOR if len(pace) >= FEWEST_ORIGINS else OWN_TIME_UNWEIGHED
    odds = np.log(prior / (1 - prior)) + np.concatenate([[0], np.cumsum(own - pace)])
    if len(pace) < FEWEST_ORIGINS:
        odds[:] = odds[0]
    share: FloatArray = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return share


def beats_chance(cases: Cases, origins: IntArray, pace: FloatArray, own: FloatArray | None) -> bool:
    """Tell whether a view foretold the past better than who takes every number, from none to all open, for as likely."""
    if len(origins) < FEWEST_ORIGINS:
        return True
    open_then = [((cases.recorded < day) & ~(cases.is_done & (cases.done < day))).sum() for day in origins]
    guess = -np.log(1 + np.maximum(open_then, 1)).sum()
    best = max(pace.sum(), -np.inf if own is None else own.sum())
    return bool(best > guess)


def _hits(weeks: Weeks, pace: PaceView, own: OwnTimes, share: FloatArray) -> tuple[Hits, ...]:
    """Count how many forecasts of four weeks, made in the past by what was known then, held."""
    start = len(weeks) - len(share)
    first, last = max(CHECKED_FROM, start), len(weeks) - AHEAD
    held, made = np.zeros(len(CHANCES), dtype=np.int64), 0
    for week in range(first, last + 1 if last < len(weeks) else last):
        at = week - start
        done = int(weeks.done[week : week + AHEAD].sum())
        mean, variance = AHEAD * pace.expected[at], AHEAD**1.5 * pace.variance[at]
        most = int(max(done, mean + 8 * np.sqrt(variance)) + 1)
        counts = np.arange(most + 1)
        chances = np.exp(log_negative_binomial(counts, np.array(mean), np.array(variance)))
        if share[at] > 0:
            day = own.cases.as_of + 1 - WEEK * (len(weeks) - week)
            chances = (1 - share[at]) * chances + share[at] * own.chances_of(day, AHEAD, most)
        at_least = 1 - np.concatenate([[0], np.cumsum(chances)[:-1]])
        made += 1
        for place, chance in enumerate(CHANCES):
            promised = counts[at_least >= chance - 1e-9].max(initial=0)
            held[place] += done >= promised
    return tuple(Hits(chance, made, int(n)) for chance, n in zip(CHANCES, held, strict=True))


def day_of(by_week: FloatArray, chance: float) -> tuple[int, int] | None:
    """Return weeks and days after which a chance is reached, None where it is not within the horizon.

    Within a week the chance grows evenly.
    """
    reached = np.flatnonzero(by_week >= chance - 1e-9)
    if not len(reached):
        return None
    week = int(reached[0])
    if not week:
        return 0, 0
    before, after = by_week[week - 1], by_week[week]
    part = (chance - before) / (after - before) if after > before else 1.0
    return week, int(np.ceil(WEEK * (week - 1 + min(part, 1.0)) - 1e-6))

"""Which verdict do the values before and after an action allow? The rules of section 13, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import some
from theorytopractice.assessment.change.run_chart import (
    LEVEL,
    TWO_THIRDS,
    Limits,
    Runs,
    Values,
    limits,
    longest_run,
    runs,
    sides,
    trend_p,
    two_of_three,
)

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Array, Floats, Ints, Truths

ENOUGH_PRE, ENOUGH_POST = 5, 3
STABLE, SETTLED = (
    8,
    12,
)  # values before: so many to test the baseline, so many for limits that are not on trial
RUN = 8


class Verdict(StrEnum):
    """What may be said of an indicator since the action."""

    CANNOT_TELL = "cannot tell"
    TOO_FEW = "too few points"
    NOT_STABLE = "baseline not stable"
    POSSIBLE_IMPROVEMENT = "possible improvement"
    POSSIBLE_WORSENING = "possible worsening"
    IMPROVED = "improved"
    WORSE = "worse"
    NO_SIGNAL = "no signal"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on each series, with the figures that it rests on.

    ``verdict`` is a position in :class:`Verdict`; ``runs`` counts the values before and after around the
    median of those before. ``is_mixed``: since the action some values lie outside on either side.
    """

    verdict: Array
    n_pre: Ints
    n_post: Ints
    limits: Limits
    runs: Runs
    median_pre: Floats
    median_post: Floats
    is_mixed: Truths


def judge(values: Values, is_post: Truths, better: Floats) -> Judgement:
    """Judge many series at once (method, section 13, rules 1 to 5).

    A sure sign goes before a possible one, and of two equal ones that of an improvement goes first.

    Args:
        values: the values before and after the action; those between are left out.
        is_post: which of them come after.
        better: for each series 1 if more is better, −1 if less is, 0 if neither can be said.
    """
    pre, post = values.only(~is_post), values.only(is_post)
    frozen = limits(pre)
    maybe_better, maybe_worse = (may_move(post, frozen, side) for side in (better, -better))
    found = Judgement(
        verdict=np.zeros(values.n, dtype=np.int64),
        n_pre=pre.count,
        n_post=post.count,
        limits=frozen,
        runs=runs(values, pre.median),
        median_pre=pre.median,
        median_post=post.median,
        is_mixed=maybe_better & maybe_worse,
    )
    improves, worsens = (_moves(post, found, side) for side in (better, -better))
    settled = found.n_pre >= SETTLED
    rules = {
        Verdict.CANNOT_TELL: (better == 0) | (found.n_pre == 0) | (found.n_post == 0),
        Verdict.TOO_FEW: (found.n_pre < ENOUGH_PRE) | (found.n_post < ENOUGH_POST),
        Verdict.NOT_STABLE: is_unstable(pre),
        Verdict.IMPROVED: settled & improves,
        Verdict.WORSE: settled & worsens,
        Verdict.POSSIBLE_IMPROVEMENT: maybe_better,
        Verdict.POSSIBLE_WORSENING: maybe_worse,
    }
    words = list(Verdict)
    places = [words.index(verdict) for verdict in rules]
    found.verdict[:] = np.select(list(rules.values()), places, words.index(Verdict.NO_SIGNAL))
    return found


def is_unstable(pre: Values) -> Truths:
    """Tell which series already moved before the action (method, section 13, rule 3)."""
    drifts = (pre.count >= STABLE) & (trend_p(pre) < LEVEL)
    return drifts | ((pre.count >= STABLE) & runs(pre, pre.median).is_signal)


def _moves(post: Values, found: Judgement, side: Floats) -> Truths:
    """Tell which series moved to a side since the action (method, section 13, rule 5).

    Eight values in a row beyond the frozen mean, or a signal of Anhøj around the frozen median while the
    median since lies on that side.
    """
    beyond = is_beyond(post, found.limits.mean, side)
    in_a_row = longest_run(beyond, post.segment, post.n) >= RUN
    middle = Values(np.arange(post.n), np.zeros(post.n), found.median_post, post.n)
    shifted = found.runs.is_signal & is_beyond(middle, found.median_pre, side)
    return in_a_row | shifted


def may_move(post: Values, frozen: Limits, side: Floats) -> Truths:
    """Tell which series may have moved to a side (method, section 13, rules 4 and 5).

    One value since the action beyond the limit, or two of three in a row beyond two thirds of the way to it.
    """
    outside = is_beyond(post, frozen.toward(side), side)
    far = is_beyond(post, frozen.toward(side, TWO_THIRDS), side)
    return some(outside, post.segment, post.n) | two_of_three(far, post.segment, post.n)


def is_beyond(values: Values, place: Floats, side: Floats) -> Truths:
    """Tell which values lie beyond a place of their series, on a side (1 above, −1 below, 0 never)."""
    return sides(values, place) * side[values.segment] > 0

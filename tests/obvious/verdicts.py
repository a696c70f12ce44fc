"""Did the indicator move after the action? (method, section 13)."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .counting import median
from .facts import Look, Tables, disposition_of, look_at, number_of, text
from .ladder import first_start, kind_of, live_actions

XMR = Fraction(266, 100)
FEW_PRE, STABLE_PRE, MANY_PRE, FEW_POST = 5, 8, 12, 3
LEAST_USEFUL = 10
SHIFT = 8
Value = Fraction | float


def verdicts(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give one row for every open insight or problem and each of its linked indicators with final values."""
    # reading: open findings only, as closed ones have no stage beside which a verdict could stand; values
    # that a material review hides are not seen here either, and an indicator left with none has no row.
    look = look_at(tables, as_of, knowledge)
    rows = []
    for finding_id in sorted(look.plan.findings):
        is_ladder = kind_of(look, finding_id) in ("insight", "problem")
        if not is_ladder or disposition_of(look, finding_id) != "open":
            continue
        own = look.for_finding(finding_id)
        for one in look.plan.linked_indicators(finding_id):
            if own.final_observations(one):
                row = {"finding_id": finding_id, "indicator_id": one}
                rows.append(row | verdict_of(own, finding_id, one))
    return rows


def post_begins_on(look: Look, finding_id: str, indicator_id: str) -> date:
    """Give the earliest visible complete of an action in L, else t0, plus lag."""
    days = [fact.on for one in live_actions(look, finding_id) for fact in look.on_action(one, ("complete",))]
    begin = min(days) if days else first_start(look, finding_id)
    return begin + timedelta(days=int(number_of(look.plan.indicators[indicator_id], "lag_days") or 0))


def verdict_of(look: Look, finding_id: str, indicator_id: str) -> dict:
    """Split the values of an indicator at t0 and after completion, and judge them."""
    indicator = look.plan.indicators[indicator_id]
    values = look.final_observations(indicator_id)
    started_on = first_start(look, finding_id)
    if started_on is None:
        # reading: without t0 there is neither before nor after, so nothing is counted.
        return blank(0, 0)
    post_on = post_begins_on(look, finding_id, indicator_id)
    pre = [text(fact.row, "value") for fact in values if fact.on < started_on]
    post = [text(fact.row, "value") for fact in values if fact.on >= post_on]
    if text(indicator, "measure") in ("ordinal", "nominal"):
        return blank(len(pre), len(post))
    row = judge(numbers(pre), numbers(post), better_is_higher=text(indicator, "direction") == "ascending")
    # reading: a range has figures like any other, only its verdict is that nobody can tell.
    return row | {"verdict": "cannot tell"} if text(indicator, "direction") == "range" else row


def numbers(written: list[str]) -> list[Fraction]:
    """Turn values into exact numbers."""
    return [Fraction(Decimal(one)) for one in written]


def blank(n_pre: int, n_post: int) -> dict:
    """Give a row that cannot tell, with no figures."""
    names = ("mean", "mean_moving_range", "lower_limit", "upper_limit", "longest_run", "n_crossings")
    return {"n_pre": n_pre, "n_post": n_post, **dict.fromkeys(names), "verdict": "cannot tell"}


def judge(pre: list[Fraction], post: list[Fraction], *, better_is_higher: bool) -> dict:
    """Give the figures and the verdict of the values before and after."""
    # reading: a mean is given from 1 value before on, a mean moving range from 2, runs and crossings from
    # 1 (the median is that value); only the limits wait for 5.
    row = blank(len(pre), len(post))
    mean, moving = mean_of(pre), mean_of(moving_ranges(pre))
    if mean is not None:
        sides = sides_of(pre + post, median(pre))
        row |= {"mean": float(mean), "longest_run": longest_run(sides), "n_crossings": crossings(sides)}
    if moving is not None:
        row["mean_moving_range"] = float(moving)
    if len(pre) >= FEW_PRE:
        row |= {"lower_limit": float(mean - XMR * moving), "upper_limit": float(mean + XMR * moving)}
    row["verdict"] = word_for(pre, post, better_is_higher=better_is_higher)
    return row


def word_for(pre: list[Fraction], post: list[Fraction], *, better_is_higher: bool) -> str:  # noqa: PLR0911
    """Give the verdict: the first rule of section 13 that applies."""
    if not pre or not post:
        return "cannot tell"
    if len(pre) < FEW_PRE or len(post) < FEW_POST:
        return "too few points"
    if len(pre) >= STABLE_PRE and (has_trend(pre) or has_signal(sides_of(pre, median(pre)))):
        return "baseline not stable"
    better = 1 if better_is_higher else -1
    # reading: where both directions show something, the sure word goes before the possible one, and better
    # before worse.
    if len(pre) >= MANY_PRE:
        if has_moved(pre, post, better):
            return "improved"
        if has_moved(pre, post, -better):
            return "worse"
    if may_have_moved(pre, post, better):
        return "possible improvement"
    if may_have_moved(pre, post, -better):
        return "possible worsening"
    return "no signal"


def has_moved(pre: list[Fraction], post: list[Fraction], side: int) -> bool:
    """Say whether 8 values in a row, or runs around the frozen median, show a shift to one side."""
    mean, middle = mean_of(pre), median(pre)
    run = 0
    for value in post:
        run = run + 1 if side * (value - mean) > 0 else 0
        if run >= SHIFT:
            return True
    # reading: the runs are those of pre and post together, without the phase-in.
    return has_signal(sides_of(pre + post, middle)) and side * (median(post) - middle) > 0


def may_have_moved(pre: list[Fraction], post: list[Fraction], side: int) -> bool:
    """Say whether a point lies beyond a limit, or 2 of 3 in a row beyond two thirds of the way to it."""
    # reading: only points after the action are looked at, and a point on the line is not beyond it.
    mean, width = mean_of(pre), XMR * mean_of(moving_ranges(pre))
    away = [side * (value - mean) for value in post]
    if any(one > width for one in away):
        return True
    far = [one > width * Fraction(2, 3) for one in away]
    return any(sum(far[place : place + 3]) >= 2 for place in range(len(far) - 2))


def mean_of(values: list[Fraction]) -> Fraction | None:
    """Give the exact mean, None of nothing."""
    return sum(values, Fraction(0)) / len(values) if values else None


def moving_ranges(values: list[Fraction]) -> list[Fraction]:
    """Give the distances between neighbours."""
    return [abs(values[place] - values[place - 1]) for place in range(1, len(values))]


def has_trend(values: list[Fraction]) -> bool:
    """Say whether the least-squares slope over the points' numbers has p < 0.05 (two-sided t)."""
    # reading: the slope is taken over 1, 2, 3 … ("a point"), not over dates.
    from scipy.special import stdtr

    n = len(values)
    mean = mean_of(values)
    middle = Fraction(n - 1, 2)
    spread = sum((place - middle) ** 2 for place in range(n))
    slope = sum((place - middle) * (value - mean) for place, value in enumerate(values)) / spread
    left = sum((value - mean - slope * (place - middle)) ** 2 for place, value in enumerate(values))
    if left == 0:
        # reading: an exact line that is not level is a trend; values that are all equal are none.
        return slope != 0
    score = abs(float(slope)) / math.sqrt(float(left / (n - 2) / spread))
    return bool(2 * stdtr(n - 2, -score) < 0.05)


def sides_of(values: list[Fraction], middle: Value) -> list[bool]:
    """Say of every point whether it is above the median; points on it are dropped."""
    return [value > middle for value in values if value != middle]


def longest_run(sides: list[bool]) -> int:
    """Give the length of the longest run of points on one side."""
    best = run = 0
    for place, side in enumerate(sides):
        run = run + 1 if place and side == sides[place - 1] else 1
        best = max(best, run)
    return best


def crossings(sides: list[bool]) -> int:
    """Give how often neighbours lie on different sides."""
    return sum(sides[place] != sides[place - 1] for place in range(1, len(sides)))


def longest_allowed(n_useful: int) -> int:
    """Give the longest run that chance explains (Anhøj)."""
    return round(math.log2(n_useful)) + 3


def fewest_allowed(n_useful: int) -> int:
    """Give the fewest crossings that chance explains: the 5 % quantile of n - 1 tosses, counted out."""
    tosses = n_useful - 1
    below = 0
    for heads in range(tosses + 1):
        below += math.comb(tosses, heads)
        if Fraction(below, 2**tosses) >= Fraction(5, 100):
            return heads
    return tosses


def has_signal(sides: list[bool]) -> bool:
    """Say whether runs or crossings show that chance alone does not explain the points (Anhøj)."""
    n_useful = len(sides)
    if n_useful < LEAST_USEFUL:
        return False
    return longest_run(sides) > longest_allowed(n_useful) or crossings(sides) < fewest_allowed(n_useful)

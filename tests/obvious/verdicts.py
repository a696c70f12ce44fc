"""Did the indicator move after the action? (method, section 13)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .counting import median
from .facts import Look, Tables, disposition_of, look_at, number_of, text
from .ladder import first_start, kind_of, live_actions

XMR = Fraction(266, 100)
FEW_PRE, FEW_POST = 5, 3
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
    pre = [fact for fact in values if fact.on < started_on]
    post = [fact for fact in values if fact.on >= post_on]
    if text(indicator, "measure") in ("ordinal", "nominal"):
        return blank(len(pre), len(post))
    is_rate = text(indicator, "measure") == "count" and all(exposure(fact) > 0 for fact in values)
    every = numbers(values, is_rate=is_rate)
    row = judge(numbers(pre, is_rate=is_rate), numbers(post, is_rate=is_rate))
    # reading: limits stay within what the measure can be; values none of which is negative cannot be.
    if row["lower_limit"] is not None and min(every) >= 0:
        row["lower_limit"] = max(row["lower_limit"], 0.0)
        if text(indicator, "measure") == "percentage":
            row["upper_limit"] = min(row["upper_limit"], 100.0)
    # reading: a range has figures like any other, only its verdict is that nobody can tell.
    return row | {"verdict": "cannot tell"} if text(indicator, "direction") == "range" else row


def exposure(fact) -> Fraction:
    """Give the n of a value as an exact number, 0 where there is none."""
    written = text(fact.row, "n")
    return Fraction(Decimal(written)) if written else Fraction(0)


def numbers(facts: list, *, is_rate: bool) -> list[Fraction]:
    """Turn values into exact numbers, counts with exposure into rates."""
    values = [Fraction(Decimal(text(fact.row, "value"))) for fact in facts]
    return [one / exposure(fact) for one, fact in zip(values, facts, strict=True)] if is_rate else values


def blank(n_pre: int, n_post: int) -> dict:
    """Give a row that cannot tell, with no figures."""
    names = ("mean", "mean_moving_range", "lower_limit", "upper_limit", "longest_run", "n_crossings")
    return {"n_pre": n_pre, "n_post": n_post, **dict.fromkeys(names), "verdict": "cannot tell"}


def judge(pre: list[Fraction], post: list[Fraction]) -> dict:
    """Give the figures of the values before and after, and the verdict where there are too few of them."""
    # reading: a mean is given from 1 value before on, a mean moving range from 2, runs and crossings from
    # 1 (the median is that value); only the limits wait for 5.
    row = blank(len(pre), len(post)) | {"verdict": gate(pre, post)}
    mean, moving = mean_of(pre), mean_of(moving_ranges(pre))
    if mean is not None:
        sides = sides_of(pre + post, median(pre))
        row |= {"mean": float(mean), "longest_run": longest_run(sides), "n_crossings": crossings(sides)}
    if moving is not None:
        row["mean_moving_range"] = float(moving)
    if len(pre) >= FEW_PRE:
        row |= {"lower_limit": float(mean - XMR * moving), "upper_limit": float(mean + XMR * moving)}
    return row


def gate(pre: list[Fraction], post: list[Fraction]) -> str:
    """Give the verdict of too few values; "weighed" where the model has the word."""
    if not pre or not post:
        return "cannot tell"
    return "too few points" if len(pre) < FEW_PRE or len(post) < FEW_POST else "weighed"


def mean_of(values: list[Fraction]) -> Fraction | None:
    """Give the exact mean, None of nothing."""
    return sum(values, Fraction(0)) / len(values) if values else None


def moving_ranges(values: list[Fraction]) -> list[Fraction]:
    """Give the distances between neighbours."""
    return [abs(values[place] - values[place - 1]) for place in range(1, len(values))]


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

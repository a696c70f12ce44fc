"""How long does it take until a finding is in practice? (method, section 12.1).

Durations from a plan, and Kaplan-Meier, Aalen-Johansen and the log-rank test written out by hand on plain
lists, to check a statistics library with.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from .counting import Z
from .facts import CLOSED_BY, DECISIONS, Look, Tables, date_of, disposition_of, look_at
from .firsts import candidate_days, every_day, stage_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

EVENT_NAMES = {3: "carried_out", 4: "in_practice"}
CENSORED = "censored"


def durations(tables: Tables, as_of: date | str, knowledge: str = "then", stage: int = 4) -> list[dict]:
    """Give finding_id, days and ending of every finding in the plan, duplicates and those without a date left out.

    Who has 0 days was at the stage when it entered the plan (12.1): no waiting time, and named apart.
    """
    look = look_at(tables, as_of, knowledge)
    return [
        {"finding_id": one, **waited(look, one, stage)}
        for one in in_plan(look)
        if date_of(look.plan.findings[one], "recorded_on") is not None
    ]


def in_plan(look: Look) -> list[str]:
    """Name the findings in the plan on D that are no duplicates."""
    return [
        one for one in sorted(look.plan.findings) if disposition_of(look, one) not in ("unknown", "duplicate")
    ]


def waited(look: Look, finding_id: str, stage: int) -> dict:
    """Give the days until the first ending of a finding, and what ended it."""
    begun_on = date_of(look.plan.findings[finding_id], "recorded_on")
    days = candidate_days(look, finding_id)
    reached_on = min((day for day in days if stage_on(look, finding_id, day) >= stage), default=None)
    closed_on, word = closing(look, finding_id)
    # A stage counts from the first day on which assess would have given it: also after the date of a decision
    # that was recorded only later, for until then the finding was open.
    if reached_on is not None:
        return {"days": (reached_on - begun_on).days, "ending": EVENT_NAMES[stage]}
    # reading: the decision in force is the last one, and its day is its own date, even where an earlier one
    # had closed the finding before, or where it was recorded later than it was taken.
    if closed_on is not None:
        # reading: a decision dated before the finding was recorded ends it on day 0.
        return {"days": max(0, (closed_on - begun_on).days), "ending": word}
    return {"days": (look.day - begun_on).days, "ending": CENSORED}


def already(rows: list[dict]) -> list[str]:
    """Name the findings that had the stage when they entered the plan: counted apart, no waiting time (12.1)."""
    reached = EVENT_NAMES.values()
    return [row["finding_id"] for row in rows if row["days"] <= 0 and row["ending"] in reached]


def times_in_practice(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give finding_id, days, ending and dips of every finding once in practice, by looking at every single day."""
    look = look_at(tables, as_of, knowledge)
    rows = []
    # also a finding of which nobody knows when it was recorded: the clock starts with practice, not with the record
    for one in in_plan(look):
        if all(stage_on(look, one, day) < 4 for day in candidate_days(look, one)):
            continue
        # days on which it was closed are neither a fall nor a return
        stages = {day: stage for day in every_day(look, one) if (stage := stage_on(look, one, day)) >= 0}
        days = list(stages)
        begun_on = next(day for day in days if stages[day] >= 4)
        final_on = [day for day in days if stages[day] >= 4][-1]
        fallen = [day for day in days if day > final_on]
        falls = [
            day for before, day in pairwise(days) if stages[before] >= 4 > stages[day] and day < final_on
        ]
        closed_on, word = closing(look, one)
        end, ending = look.day, CENSORED
        if fallen:  # a lapse only while it is not back by D
            end, ending = fallen[0], "lapsed"
        elif closed_on is not None:
            end, ending = max(closed_on, begun_on), word
        rows.append({"finding_id": one, "days": (end - begun_on).days, "ending": ending, "dips": len(falls)})
    return rows


def closing(look: Look, finding_id: str) -> tuple[date | None, str]:
    """Give the day and the disposition of the decision that closes a finding at D."""
    decisions = look.on_finding(finding_id, DECISIONS)
    if not decisions or decisions[-1].event not in CLOSED_BY:
        return None, ""
    return decisions[-1].on, CLOSED_BY[decisions[-1].event]


def kaplan_meier(days: list[float], happened: list[bool]) -> list[dict]:
    """Give days, share (still waiting), low and high (log-log band) at every day with an event."""
    curve = []
    share, spread = 1.0, 0.0
    for day in sorted({one for one, event in zip(days, happened, strict=True) if event}):
        # who is censored on a day was still at risk on that day
        at_risk = sum(one >= day for one in days)
        events = sum(one == day and event for one, event in zip(days, happened, strict=True))
        share *= 1 - events / at_risk
        if events < at_risk:
            spread += events / (at_risk * (at_risk - events))
        low, high = log_log_band(share, spread)
        curve.append({"days": day, "share": share, "low": low, "high": high})
    return curve


def log_log_band(share: float, spread: float) -> tuple[float | None, float | None]:
    """Give the 95 % log-log band around a share, with Greenwood's sum; none at 0."""
    if share == 0:
        return None, None
    width = Z * math.sqrt(spread) / abs(math.log(share))
    return share ** math.exp(width), share ** math.exp(-width)


def median_of(curve: list[dict], column: str = "share") -> float | None:
    """Give the day on which a column of the curve is at most one half, None if it never is (12.1)."""
    # reading: where the curve falls to 0 the band is not defined, and neither bound is reached there.
    for place, point in enumerate(curve):
        if point[column] is None or point[column] > 0.5 + 1e-9:
            continue
        if column == "share" and abs(point[column] - 0.5) < 1e-9 and place + 1 < len(curve):
            # the curve lies at one half exactly until the next step: the middle of that stretch
            return (point["days"] + curve[place + 1]["days"]) / 2
        return point["days"]
    return None


def median_with_other_ways(curve: list[dict]) -> float | None:
    """Give the first day on which a cumulative incidence reaches one half, None if it never does."""
    return next((point["days"] for point in curve if point["share"] >= 0.5 - 1e-9), None)


def share_at(curve: list[dict], day: float, column: str = "share", before: float = 1.0) -> float:
    """Give the value of a step curve on a day; `before` holds until its first step."""
    value = before
    for point in curve:
        if point["days"] <= day:
            value = point[column]
    return value


def aalen_johansen(days: Sequence[float], endings: list[str], ending: str) -> list[dict]:
    """Give days and share (ended this way so far) at every day with that ending."""
    curve = []
    still, gone = 1.0, 0.0
    for day in sorted(set(days)):
        at_risk = sum(one >= day for one in days)
        ended_today = [how for one, how in zip(days, endings, strict=True) if one == day and how != CENSORED]
        here = ended_today.count(ending)
        gone += still * here / at_risk
        still *= 1 - len(ended_today) / at_risk
        if here:
            curve.append({"days": day, "share": gone})
    return curve


def log_rank(first: tuple[list[float], list[bool]], second: tuple[list[float], list[bool]]) -> float:
    """Give the log-rank statistic (chi-square, one degree of freedom) of two groups."""
    everybody = [*zip(*first, strict=True), *zip(*second, strict=True)]
    excess, variance = 0.0, 0.0
    for day in sorted({one for one, event in everybody if event}):
        n = sum(one >= day for one, _ in everybody)
        n_first = sum(one >= day for one in first[0])
        events = sum(one == day and event for one, event in everybody)
        events_first = sum(one == day and event for one, event in zip(*first, strict=True))
        excess += events_first - events * n_first / n
        if n > 1:
            variance += events * (n_first / n) * (1 - n_first / n) * (n - events) / (n - 1)
    return excess**2 / variance

"""Which plans have indicators measured for long enough to be judged? Seeded random plans for section 13."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from plans import FIRST_DAY, OWNERS, Row, Tables, Writer

if TYPE_CHECKING:
    from random import Random


STARTED_ON = FIRST_DAY + timedelta(days=1000)
SHAPES = (
    ("better",) * 5
    + ("worse",) * 5
    + ("noise", "noise", "trend", "trend", "trend", "outlier", "step back", "flat", "season")
)
N_PRE = (0, 2, 4, 5, 8, 10, 11, 12, 12, 12, 14, 15, 18, 24, 30)
N_POST = (0, 2, 3, 5, 8, 9, 12, 12, 16, 24, 30)
SCALE = "poor;fair;good;excellent"


def level_of(shape: str, place: int, n_pre: int) -> float:
    """Give how far a point lies from the usual level, in standard deviations; positive is better."""
    after = place >= n_pre
    return {
        "better": 2.5 * after,
        "worse": -2.5 * after,
        "trend": 0.25 * place,
        "outlier": 6.0 * (place == n_pre + 1),
        "step back": -6.0 * (place == n_pre + 1),
        "season": 1.5 * (-1) ** (place // 3),
    }.get(shape, 0.0)


def written(rng: Random, measure: str, level: float, sign: int, *, flat: bool) -> str:
    """Write a value as a person would: whole counts, words, or a decimal."""
    noise = 0.0 if flat else rng.gauss(0, 1)
    if measure == "ordinal":
        return rng.choice(SCALE.split(";"))
    if measure == "nominal":
        return rng.choice(("yes", "no"))
    value = 50 + sign * 4 * (level + noise)
    if measure == "count":
        return str(max(0, round(value)))
    return str(round(min(100, max(0, value)), rng.choice((0, 1, 1, 2))))


def indicator_row(rng: Random, indicator_id: str) -> Row:
    """Give the columns of an indicator; mostly one that can be judged."""
    measure = rng.choice(("unit",) * 8 + ("percentage",) * 6 + ("count",) * 6 + ("ordinal", "nominal"))
    direction = rng.choice(("ascending",) * 8 + ("descending",) * 6 + ("range",))
    row = {"indicator_id": indicator_id, "name": "Share", "measure": measure, "direction": direction}
    row["level"] = rng.choice(("outcome", "outcome", "impact", "output", "confirmation"))
    row["cadence_days"], row["lag_days"] = rng.choice(("30", "")), rng.choice(("", "", "0", "45"))
    if measure in ("unit", "percentage", "count"):
        bounds = {"target_low": "40", "target_high": "60"}
        row |= bounds if direction == "range" else {"target": rng.choice(("", "55", "45"))}
    if measure == "ordinal":
        row["scale"] = SCALE
    return row


def measured(writer: Writer, finding_id: str, completed_on: date) -> None:
    """Add an indicator with monthly values before the start and after the completion."""
    rng = writer.rng
    row = indicator_row(rng, writer.next_id("indicator", "I"))
    writer.add("indicator", **row)
    link = {"finding_id": finding_id, "indicator_id": row["indicator_id"]}
    writer.add("finding_indicator", **link, required=rng.choice(("true", "true", "false", "")))
    n_pre, n_post, shape = rng.choice(N_PRE), rng.choice(N_POST), rng.choice(SHAPES)
    sign = -1 if row["direction"] == "descending" else 1
    days = [STARTED_ON - timedelta(days=30 * back) for back in range(n_pre, 0, -1)]
    begin = completed_on + timedelta(days=int(row["lag_days"] or 0))
    days += [begin + timedelta(days=30 * forth) for forth in range(n_post)]
    between = STARTED_ON + timedelta(days=rng.choice((0, 20)))
    for place, day in enumerate(days):
        value = written(rng, row["measure"], level_of(shape, place, n_pre), sign, flat=shape == "flat")
        final = "false" if writer.chance(0.02) else ""
        fact = {"indicator_id": row["indicator_id"], "final": final}
        writer.fact("observation", "observed_on", day, **fact, value=value)
        if writer.chance(0.02):
            writer.fact("observation", "observed_on", day, **fact, value=rng.choice((value, "50")))
    if writer.chance(0.3) and row["measure"] not in ("ordinal", "nominal"):
        writer.fact("observation", "observed_on", between, indicator_id=row["indicator_id"], value="20")


def random_series_plan(rng: Random) -> Tables:
    """Give a plan of one or two findings whose indicators were measured monthly for years."""
    writer = Writer(rng)
    writer.mess = rng.choice((0.0, 0.0, 0.05))
    for owner_id in OWNERS:
        writer.add("owner", owner_id=owner_id, name=f"Person {owner_id}")
    for number in range(1, rng.choice((1, 1, 2)) + 1):
        finding_id, action_id = f"F-{number}", f"A-{number}"
        kind = rng.choice(("insight",) * 5 + ("problem",) * 5 + ("experience",))
        row = {"kind": kind, "statement": "Calls halve missed visits.", "recorded_on": FIRST_DAY}
        writer.add("finding", finding_id=finding_id, **row)
        writer.add("action", action_id=action_id, title="Act", recorded_on=FIRST_DAY, due="2028-12-31")
        writer.add("finding_action", finding_id=finding_id, action_id=action_id, role="delivers")
        writer.add("action_owner", action_id=action_id, owner_id="O-1", role="accountable")
        completed_on = STARTED_ON + timedelta(days=rng.choice((0, 40, 90)))
        if writer.chance(0.95):
            writer.on_action(action_id, "start", STARTED_ON)
        if writer.chance(0.9):
            writer.on_action(action_id, "complete", completed_on)
            writer.evidence(completed_on, action_id=action_id)
        if writer.chance(0.06):
            word = rng.choice(("cancel", "reopen"))
            writer.on_action(action_id, word, completed_on + timedelta(days=100))
        if writer.chance(0.04):
            word = rng.choice(("review_material", "retire"))
            writer.on_finding(finding_id, word, STARTED_ON - timedelta(days=200))
        for _ in range(rng.choice((1, 2, 2))):
            measured(writer, finding_id, completed_on)
    if len(writer.tables["finding"]) > 1 and writer.chance(0.3):
        shared = rng.choice(writer.tables["finding_indicator"])
        writer.add("finding_indicator", **(shared | {"finding_id": rng.choice(("F-1", "F-2"))}))
    return writer.tables


def random_series_day(rng: Random) -> date:
    """Give an as-of day: mostly when the whole series is there, sometimes amid it."""
    return STARTED_ON + timedelta(days=rng.randint(1100, 1300) if rng.random() < 0.9 else rng.randint(0, 600))

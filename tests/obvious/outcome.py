"""Is the outcome shown, and has it held? (method, sections 5.1 and 5.2)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from .facts import Fact, Look, Row, date_of, number_of, text

if TYPE_CHECKING:
    from datetime import date

EXACT = Context(prec=400)
OUTCOME_LEVELS = ("outcome", "impact")


def same_word(written: str) -> str:
    """Make two spellings of one word equal: trimmed, NFC, case-folded."""
    return unicodedata.normalize("NFC", written.strip()).casefold()


def has_target(indicator: Row) -> bool:
    """Say whether an indicator has a target: both bounds for a range, else `target`."""
    # reading: for a range only the two bounds count, `target` alone is no target.
    if text(indicator, "direction") == "range":
        return bool(text(indicator, "target_low")) and bool(text(indicator, "target_high"))
    return bool(text(indicator, "target"))


def magnitude(indicator: Row, written: str) -> Decimal:
    """Give the number to compare: the value as written, or its position on the declared scale."""
    if text(indicator, "measure") == "ordinal":
        scale = [step.strip() for step in text(indicator, "scale").split(";")]
        return Decimal(scale.index(written.strip()))
    return Decimal(written.strip())


def is_satisfied(indicator: Row, written: str) -> bool:
    """Say whether a value satisfies the target of an indicator that has one (5.1-2)."""
    if text(indicator, "measure") == "nominal":
        return same_word(written) == same_word(text(indicator, "target"))
    value = magnitude(indicator, written)
    # reading: the tolerance of an ordinal indicator counts positions on its scale.
    tolerance = number_of(indicator, "tolerance") or Decimal(0)
    direction = text(indicator, "direction")
    if direction == "ascending":
        return value >= EXACT.subtract(magnitude(indicator, text(indicator, "target")), tolerance)
    if direction == "descending":
        return value <= EXACT.add(magnitude(indicator, text(indicator, "target")), tolerance)
    low = EXACT.subtract(magnitude(indicator, text(indicator, "target_low")), tolerance)
    high = EXACT.add(magnitude(indicator, text(indicator, "target_high")), tolerance)
    return low <= value <= high


@dataclass
class Reading:
    """What the state machine says after the last observation (5.1-1)."""

    state: str = "unmet"
    since: date | None = None
    lapsed_on: date | None = None
    last_on: date | None = None
    is_last_satisfied: bool = False
    n_satisfied: int = 0
    hold_from: date | None = None


def chosen(look: Look, indicator: Row, name: str) -> Decimal:
    """Give the indicator's own confirm, lapse or hold_days, else the plan's."""
    own = number_of(indicator, name)
    return look.plan.setting(name) if own is None else own


def gap_limit(look: Look, indicator: Row) -> Decimal | None:
    """Give the widest gap between observations, None without a cadence (5.2)."""
    cadence = number_of(indicator, "cadence_days")
    # reading: a plan's stale_factor stands for the 2 of 5.2 as well as for the 2 of 5.1-3.
    return None if cadence is None else EXACT.multiply(look.plan.setting("stale_factor"), cadence)


def machine_observations(look: Look, indicator_id: str, started_on: date | None) -> list[Fact]:
    """Give the observations that the machine reads, none without a target or a start."""
    indicator = look.plan.indicators[indicator_id]
    if started_on is None or not has_target(indicator):
        return []
    first_on = started_on + timedelta(days=int(number_of(indicator, "lag_days") or 0))
    return [fact for fact in look.final_observations(indicator_id) if fact.on >= first_on]


def run_machine(look: Look, indicator_id: str, started_on: date | None) -> Reading:
    """Run the state machine of 5.1-1 over the observations of an indicator, and its hold (5.2)."""
    indicator = look.plan.indicators[indicator_id]
    confirm, lapse = chosen(look, indicator, "confirm"), chosen(look, indicator, "lapse")
    limit = gap_limit(look, indicator)
    reading = Reading()
    good: list[date] = []
    bad: list[date] = []
    for fact in machine_observations(look, indicator_id, started_on):
        was_met = reading.state == "met"
        if was_met and limit is not None and (fact.on - reading.last_on).days > limit:
            reading.hold_from, reading.n_satisfied = None, 0
        reading.last_on = fact.on
        reading.is_last_satisfied = is_satisfied(indicator, text(fact.row, "value"))
        if reading.is_last_satisfied:
            good, bad = [*good, fact.on], []
            if was_met:
                reading.n_satisfied += 1
                reading.hold_from = reading.hold_from or fact.on
            elif len(good) >= confirm:
                reading.state, reading.since = "met", good[0]
                reading.n_satisfied, reading.hold_from = len(good), good[0]
        else:
            good, bad = [], [*bad, fact.on]
            if was_met and len(bad) >= lapse:
                reading.state, reading.lapsed_on = "unmet", bad[0]
    return reading


def freshness_limit(look: Look, indicator: Row) -> Decimal:
    """Give the greatest age of the last observation that is still fresh (5.1-3)."""
    limit = gap_limit(look, indicator)
    return look.plan.setting("stale_default") if limit is None else limit


def is_fresh(look: Look, indicator_id: str, reading: Reading) -> bool:
    """Say whether the last observation is fresh; without one it never is."""
    if reading.last_on is None:
        return False
    return (look.day - reading.last_on).days <= freshness_limit(look, look.plan.indicators[indicator_id])


def is_stale(look: Look, indicator_id: str, reading: Reading) -> bool:
    """Say whether the machine read something and the last of it is too old (5.3)."""
    return reading.last_on is not None and not is_fresh(look, indicator_id, reading)


def known_baseline(look: Look, indicator_id: str, started_on: date | None) -> str | None:
    """Give the baseline as written: the explicit one, else the last value before the start (5.1-4)."""
    indicator = look.plan.indicators[indicator_id]
    baseline_on = date_of(indicator, "baseline_on")
    if text(indicator, "baseline") and (baseline_on is None or baseline_on <= look.day):
        return text(indicator, "baseline")
    if started_on is None:
        return None
    before = [fact for fact in look.final_observations(indicator_id) if fact.on < started_on]
    return text(before[-1].row, "value") if before else None


def baseline_problem(look: Look, indicator_id: str, started_on: date | None) -> str:
    """Give "no_baseline" or "met_at_baseline" where 5.1-4 fails, else ""."""
    indicator = look.plan.indicators[indicator_id]
    if not has_target(indicator) or text(indicator, "intent") == "maintain":
        return ""
    baseline = known_baseline(look, indicator_id, started_on)
    if baseline is None:
        return "" if text(indicator, "baseline_waiver") else "no_baseline"
    return "met_at_baseline" if is_satisfied(indicator, baseline) else ""


def is_shown(look: Look, indicator_id: str, started_on: date | None) -> bool:
    """Say whether one indicator passes all of 5.1."""
    reading = run_machine(look, indicator_id, started_on)
    return (
        reading.state == "met"
        and is_fresh(look, indicator_id, reading)
        and not baseline_problem(look, indicator_id, started_on)
    )


def is_sustained(look: Look, indicator_id: str, started_on: date | None) -> bool:
    """Say whether one indicator has held (5.2)."""
    reading = run_machine(look, indicator_id, started_on)
    if reading.state != "met" or not reading.is_last_satisfied or reading.hold_from is None:
        return False
    if reading.n_satisfied < look.plan.setting("hold_points"):
        return False
    return (reading.last_on - reading.hold_from).days >= chosen(
        look, look.plan.indicators[indicator_id], "hold_days"
    )


def latest_value_satisfies(look: Look, indicator_id: str) -> bool:
    """Say whether the latest seen final value satisfies the target, without lag or freshness (5.3)."""
    values = look.final_observations(indicator_id)
    indicator = look.plan.indicators[indicator_id]
    return has_target(indicator) and bool(values) and is_satisfied(indicator, text(values[-1].row, "value"))

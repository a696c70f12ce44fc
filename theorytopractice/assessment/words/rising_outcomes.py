"""What must an indicator still do to show the outcome, or to hold it? (method, 5.1 and 5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.arrays.segments import NEVER
from theorytopractice.assessment.words.wording import day_text, days_text
from theorytopractice.assessment.words.wording_indicators import (
    baseline_text,
    indicator_name,
    indicator_row,
    target_text,
)

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.outcome import OutcomeView
    from theorytopractice.assessment.stages.situation import Situation


def to_show(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what an indicator lacks to show the outcome."""
    indicator = int(view.indicator[i])
    name = indicator_name(s, indicator)
    if not s.book.targets.has_target[indicator]:
        return f"{name}: set a target"
    steps = []
    if view.lacks_baseline[i]:
        steps.append("give it a baseline, or say in a baseline_waiver why there is none")
    if view.is_met_at_baseline[i]:
        steps.append(
            f"set a target that its {baseline_text(s, view, i)} does not satisfy, or intent maintain"
        )
    if not view.is_met[i] or not view.is_fresh[i]:
        steps.append(_to_meet(s, view, i))
    return f"{name}: {'; and '.join(steps)}"


def _to_meet(s: Situation, view: OutcomeView, i: int) -> str:
    """Say how an indicator becomes met, or fresh again."""
    indicator = int(view.indicator[i])
    target = target_text(indicator_row(s, indicator)).removeprefix("target ")
    if view.start[i] == NEVER:
        return "start an action, and measure it afterwards"
    if view.is_met[i]:
        return f"measure it again, its last value is older than {days_text(s.book.targets.fresh[indicator])}"
    confirm, run = int(s.book.targets.confirm[indicator]), int(view.n_in_run[i])
    lacking = confirm - run
    need = "a final value" if lacking == 1 else f"{lacking} final values in a row"
    so_far = f" ({run} of {confirm} in a row so far)" if run else ""
    be, whose = ("is", "its") if lacking == 1 else ("are", "their")
    reach = f"{need} that {be} {target}, {whose} target{so_far}"
    if view.last_row[i] >= 0:
        return f"record {reach}, dated after {day_text(s.book.observations['day'][view.last_row[i]])}"
    return f"record {reach}, dated {day_text(view.start[i] + s.book.targets.lag[indicator])} or later"


def to_hold(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what an indicator that shows the outcome lacks to have held."""
    indicator = int(view.indicator[i])
    name, since = indicator_name(s, indicator), int(view.since[i])
    if view.has_gap[i]:
        gap = int(s.book.targets.gap[indicator])
        return (
            f"{name}: two values since {day_text(since)} lie more than {days_text(gap)} apart, which breaks that run; "
            "only a run that begins anew after a lapse can hold"
        )
    steps = []
    if view.is_wobbling[i]:
        steps.append("its next value must satisfy the target again")
    lacking = s.book.settings.hold_points - int(view.n_satisfied[i])
    if lacking > 0:
        steps.append(f"{lacking} more satisfied value{'s' if lacking > 1 else ''}")
    last_day = int(s.book.observations["day"][view.last_row[i]])
    hold = int(s.book.targets.hold[indicator])
    if last_day - since < hold:
        steps.append(
            f"stay met and be measured until {day_text(since + hold)} or later ({days_text(hold)} since {day_text(since)})"
        )
    gap = int(s.book.targets.gap[indicator])
    apart = f", no two values more than {days_text(gap)} apart" if gap >= 0 else ""
    return f"{name}: {' and '.join(steps)}{apart}"

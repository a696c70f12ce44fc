"""What must an indicator still do to show the outcome, or to hold it? (method, 5.1 and 5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.arrays.segments import MISSING, NEVER
from theorytopractice.assessment.words.wording import BOTH, day_text, days_text
from theorytopractice.assessment.words.wording_indicators import (
    aim_text,
    baseline_text,
    indicator_name,
    indicator_row,
)
from theorytopractice.language import message, say, say_in_turn, say_n

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.outcome import OutcomeView
    from theorytopractice.assessment.stages.situation import Situation

BESIDES = message("{first}; and {second}")


def to_show(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what an indicator lacks to show the outcome."""
    indicator = int(view.indicator[i])
    name = indicator_name(s, indicator)
    if not s.book.targets.has_target[indicator]:
        return say("{indicator}: {steps}", indicator=name, steps=say("set a target"))
    steps = []
    if view.lacks_baseline[i]:
        steps.append(say("give it a baseline, or say in a baseline_waiver why there is none"))
    if view.is_met_at_baseline[i]:
        baseline = baseline_text(s, view, i)
        steps.append(
            say("set a target that its {baseline} does not satisfy, or intent maintain", baseline=baseline)
        )
    if not view.is_met[i] or not view.is_fresh[i]:
        steps.append(_to_meet(s, view, i))
    return say("{indicator}: {steps}", indicator=name, steps=say_in_turn(BESIDES, steps))


def _to_meet(s: Situation, view: OutcomeView, i: int) -> str:
    """Say how an indicator becomes met, or fresh again."""
    indicator = int(view.indicator[i])
    if view.start[i] == NEVER:
        return say("start an action, and measure it afterwards")
    if view.is_met[i]:
        fresh = days_text(s.book.targets.fresh[indicator])
        return say("measure it again, its last value is older than {days}", days=fresh)
    need = _values(s, view, i)
    if view.last_row[i] >= 0:
        last = s.book.observations["day"][view.last_row[i]]
        return say("record {values}, dated after {day}", values=need, day=day_text(last))
    first = view.start[i] + s.book.targets.lag[indicator]
    return say("record {values}, dated {day} or later", values=need, day=day_text(first))


def _values(s: Situation, view: OutcomeView, i: int) -> str:
    """Say which values an indicator lacks to be met."""
    indicator = int(view.indicator[i])
    aim = aim_text(indicator_row(s, indicator))
    confirm, run = int(s.book.targets.confirm[indicator]), int(view.n_in_run[i])
    lacking = confirm - run
    need = (
        say("a final value that is {aim}, its target", aim=aim)
        if lacking == 1
        else say("{n} final values in a row that are {aim}, their target", n=lacking, aim=aim)
    )
    if not run:
        return need
    return say("{values} ({run} of {confirm} in a row so far)", values=need, run=run, confirm=confirm)


def to_hold(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what an indicator that shows the outcome lacks to have held."""
    indicator = int(view.indicator[i])
    name, gap = indicator_name(s, indicator), int(s.book.targets.gap[indicator])
    steps = say_in_turn(BOTH, _holding(s, view, i))
    if gap < 0:
        return say("{indicator}: {steps}", indicator=name, steps=steps)
    return say(
        "{indicator}: {steps}, no two values more than {days} apart",
        indicator=name,
        steps=steps,
        days=days_text(gap),
    )


def _holding(s: Situation, view: OutcomeView, i: int) -> list[str]:
    """Say what the present run of an indicator still lacks to have held."""
    steps, since = [], int(view.hold[i])
    if view.is_wobbling[i]:
        steps.append(say("its next value must satisfy the target again"))
    lacking = s.book.settings.hold_points - int(view.n_satisfied[i])
    if lacking > 0:
        steps.append(say_n("{n} more satisfied value", "{n} more satisfied values", lacking))
    last_day = int(s.book.observations["day"][view.last_row[i]])
    hold = int(s.book.targets.hold[view.indicator[i]])
    if since == MISSING:
        steps.append(say("stay met and be measured for {days} from that value on", days=days_text(hold)))
    elif last_day - since < hold:
        steps.append(
            say(
                "stay met and be measured until {day} or later ({days} since {since})",
                day=day_text(since + hold),
                days=days_text(hold),
                since=day_text(since),
            )
        )
    return steps

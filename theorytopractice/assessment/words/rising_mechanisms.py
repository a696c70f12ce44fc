"""What would raise a mechanism by one stage? (method, section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.mechanisms import (
    BIG,
    FAIL,
    FOLLOWED_AFTER,
    LASTING_AFTER,
    LASTING_DAYS,
)
from theorytopractice.assessment.stages.next_check import due_of_slot, next_slot, repeatable
from theorytopractice.assessment.words.wording import EITHER, OR_ELSE, day_text
from theorytopractice.assessment.words.wording_actions import links_of, to_give
from theorytopractice.assessment.words.wording_checks import check_text, next_text
from theorytopractice.language import message, say, say_in_turn

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation

THEN = message("{first}, then {second}")


def _to_prepare(s: Situation) -> str:
    given = say_in_turn(EITHER, (to_give(s, link) for link in links_of(s, s.actions.is_live)))
    given = given or say("link an action that delivers it, with an accountable owner and a due date")
    return say_in_turn(OR_ELSE, (say("set the day from which it is in force (effective_on)"), given))


def _to_come_into_force(s: Situation) -> str:
    effective = int(s.book.findings.effective[s.cases.finding[0]])
    if effective == MISSING:
        return say("set the day from which it is in force (effective_on), and let it come")
    return say("it comes into force on {day}", day=day_text(effective))


def _to_be_followed(s: Situation) -> str:
    if s.mechanisms.lacks_cadence[0]:
        return say("say how often it is checked (check_every), and pass a check")
    again = repeatable(s)
    return _repeat(s, again) if again else say("pass {check}", check=next_text(s))


def _to_be_kept(s: Situation) -> str:
    return _passes(s, FOLLOWED_AFTER, 0)


def _to_persist(s: Situation) -> str:
    return _passes(s, LASTING_AFTER, LASTING_DAYS)


def _passes(s: Situation, wanted: int, over_days: int) -> str:
    """Say which checks must be passed for a run of so many, over so many days."""
    again = repeatable(s)
    run, chosen = _wanted(s, wanted, over_days)
    checks = say_in_turn(THEN, (_repeat(s, again) if again in chosen else "", _pass(s, chosen, again)))
    told = {"checks": checks, "run": run + len(chosen), "now": run}
    if not over_days:
        return say("{checks} for a run of {run} (now {now})", **told)
    return say("{checks} for a run of {run} (now {now}), over {days} days", days=over_days, **told)


def _wanted(s: Situation, wanted: int, over_days: int) -> tuple[int, list[int]]:
    """Return the run that can be built upon, and the numbers of the checks that it lacks."""
    slots, again = s.mechanisms.slots, repeatable(s)
    run, lasted = int(s.mechanisms.streak[0]), int(s.mechanisms.streak_days[0])
    checked = set(slots.number[slots.check_row >= 0].tolist()) - {again}
    lost = ~slots.is_counted & (slots.result == FAIL) & (slots.number != again)
    number = min(int(next_slot(s)[0]), again or BIG)
    if lost.any():  # such a slot will count as failed: the run begins anew after it
        run, lasted, number = 0, 0, int(slots.number[lost].max()) + 1
    chosen: list[int] = []
    while run + len(chosen) < wanted or lasted < over_days:
        if number not in checked:
            chosen.append(number)
            lasted += _due(s, number) - _due(s, number - 1) if number > 1 else _first_window(s)
        number += 1
    return run, chosen


def _pass(s: Situation, chosen: list[int], again: int) -> str:
    """Ask for the checks that are yet to come to be passed; empty if there are none."""
    onward = [number for number in chosen if number != again]
    if not onward:
        return ""
    first, last = (check_text(s, number) for number in (onward[0], onward[-1]))
    if len(onward) == 1:
        return say("pass the next check ({check})", check=first)
    return say(
        "pass the next {n} checks in a row ({first}, to {last})", n=len(onward), first=first, last=last
    )


def _repeat(s: Situation, number: int) -> str:
    """Say until when a slot's check can be repeated, for the last check of a slot decides."""
    return say("repeat check {number} by {day} and pass it", number=number, day=day_text(_due(s, number)))


def _due(s: Situation, number: int) -> int:
    """Return the day on which a slot is due."""
    return int(due_of_slot(s, np.array([number]))[0])


def _first_window(s: Situation) -> int:
    """Return the length of the first slot's window."""
    anchor = max(int(s.book.findings.effective[s.cases.finding[0]]), int(s.seen.revised_on[0]))
    return _due(s, 1) - anchor


MECHANISM_STEPS = (_to_prepare, _to_come_into_force, _to_be_followed, _to_be_kept, _to_persist)

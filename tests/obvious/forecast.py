"""When will what is still open be done? (method, section 12.2)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from . import actions as act
from .facts import Look, Tables, date_of, look_at

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_WEEKS, MOST_WEEKS = 8, 26
SHARES = (Fraction(50, 100), Fraction(85, 100), Fraction(95, 100))
WEEK = timedelta(days=7)


def weeks_needed(history: Iterable[int], n_open: int) -> tuple[int, ...]:
    """Give the weeks after which all is done with 50, 85 and 95 %, future weeks drawn from history."""
    draws = list(history)
    if not any(draws):
        message = "cannot tell: nothing was completed"
        raise ValueError(message)
    remaining = {n_open: Fraction(1)}
    answers: list[int] = []
    week = 0
    while len(answers) < len(SHARES):
        if remaining.get(0, Fraction(0)) >= SHARES[len(answers)]:
            answers.append(week)
            continue
        week += 1
        after: dict[int, Fraction] = {}
        for left, chance in remaining.items():
            for done in draws:
                rest = max(0, left - done)
                after[rest] = after.get(rest, Fraction(0)) + chance / len(draws)
        remaining = after
    return tuple(answers)


def finished_on(look: Look, action_id: str) -> date | None:
    """Give the day on which an action was finished, None unless it is."""
    # reading: a completion is the last complete of an action that is done or done_unverified at D, just
    # what an open action turns into when it is open no longer.
    if not act.is_live(look, action_id) or act.state_of(look, action_id) not in act.FINISHED:
        return None
    return act.last_complete(look, action_id)


def weekly_completions(look: Look) -> list[int]:
    """Give the completions of the last complete weeks, at most 26, oldest first."""
    # reading: a week runs from Monday to Sunday and is complete if its Sunday is D or earlier; weeks before
    # the first one that begins with an action in the plan are no history.
    first = min((date_of(row, "recorded_on") for row in look.plan.actions.values()), default=look.day)
    done = [finished_on(look, one) for one in look.plan.actions]
    end = look.day - timedelta(days=look.day.isoweekday() % 7)
    weeks: list[int] = []
    while len(weeks) < MOST_WEEKS and end - WEEK + timedelta(days=1) >= first:
        weeks.append(sum(day is not None and end - WEEK < day <= end for day in done))
        end -= WEEK
    return weeks[::-1]


def forecast(tables: Tables, as_of: date | str, knowledge: str = "then") -> dict:
    """Give history, n_open and weeks (None: cannot tell) of a plan."""
    # reading: r is every open action in the plan, whatever it is linked to.
    look = look_at(tables, as_of, knowledge)
    history = weekly_completions(look)
    n_open = sum(act.is_open(look, one) for one in look.plan.actions)
    refused = len(history) < LEAST_WEEKS or not any(history)
    weeks = None if refused else weeks_needed(history, n_open)
    return {"history": history, "n_open": n_open, "weeks": weeks}

"""Which indicators and values raised the flags of insights and problems? (method, 5.1, 5.3 and 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING, NEVER
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.ladder import shared_by
from theorytopractice.assessment.stages.problems import (
    MILESTONE_DAYS,
    RIPE_DAYS,
    enabling,
    ripe_on,
    solved_since,
)
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.wording import (
    age_of,
    day_cell,
    day_text,
    days_text,
    finding_name,
    observation,
    several,
)
from theorytopractice.assessment.words.wording_actions import action_name, links_of, names_of, state_text
from theorytopractice.assessment.words.wording_checks import passed_slots, slot_text
from theorytopractice.assessment.words.wording_indicators import (
    baseline_text,
    indicator_name,
    indicator_row,
    indicators,
    survey_text,
    target_text,
    value_text,
)
from theorytopractice.model.vocabularies import FindingKind, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.stages.situation import Situation


def _each(s: Situation, rows: Truths, say: Callable[[int], str]) -> str:
    """Say something of each required indicator among some rows."""
    view = s.outcomes
    return "; ".join(
        f"{indicator_name(s, view.indicator[i])} {say(i)}" for i in np.flatnonzero(rows).tolist()
    )


def _target(s: Situation, i: int) -> str:
    return target_text(indicator_row(s, s.outcomes.indicator[i]))


@because
def no_indicator(s: Situation) -> str:
    """Say which indicators are linked, and why none counts."""
    _, link = s.book.measures.expand(s.cases.finding)
    said = []
    for row in link.tolist():
        indicator = int(s.book.measures["indicator"][row])
        level = str(indicator_row(s, indicator)["level"])
        optional = "" if s.book.measures["is_required"][row] else "it is not required"
        lesser = f"its level is {level}" if level not in (Level.OUTCOME, Level.IMPACT) else ""
        said.append(
            f"{indicator_name(s, indicator)} does not count, {several(filter(None, (lesser, optional)))}"
        )
    return "; ".join(["no outcome or impact indicator is linked as required", *dict.fromkeys(said)])


@because
def no_target(s: Situation) -> str:
    """Name the indicators without a target."""
    without = ~s.book.targets.has_target[s.outcomes.indicator]
    return f"nobody said which value is aimed at for {several(indicators(s, s.outcomes, without))}"


@because
def no_baseline(s: Situation) -> str:
    """Name the indicators that should improve from nobody knows where."""

    def say(i: int) -> str:
        start = int(s.outcomes.start[i])
        before = (
            "no action has started"
            if start == NEVER
            else f"no final value lies before {day_text(start)}, when the first action started"
        )
        indicator = int(s.outcomes.indicator[i])
        later = s.book.targets.has_baseline[indicator]
        on = day_cell(s.book.frames["indicator"], "baseline_on", indicator) if later else ""
        declared = f"its baseline is of {on}, after this day" if later else "no baseline is declared"
        return f"should improve, but {declared} and {before}"

    return _each(s, s.outcomes.lacks_baseline, say)


@because
def met_at_baseline(s: Situation) -> str:
    """Name the indicators whose baseline satisfies the target already."""
    return _each(
        s,
        s.outcomes.is_met_at_baseline,
        lambda i: (
            f"should improve, but its {baseline_text(s, s.outcomes, i)} satisfies the {_target(s, i)} already"
        ),
    )


@because
def partially_met(s: Situation) -> str:
    """Say which indicators show the outcome, and which do not."""
    shown = s.outcomes.is_shown
    return (
        f"{int(shown.sum())} of {len(shown)} required indicators show the outcome: "
        f"{several(indicators(s, s.outcomes, shown))}, but not {several(indicators(s, s.outcomes, ~shown), 'or')}"
    )


@because
def outcome_ahead(s: Situation) -> str:
    """Say what is shown, and which actions are not done."""
    shown = _each(
        s, s.outcomes.is_shown, lambda i: f"shows the outcome since {day_text(s.outcomes.since[i])}"
    )
    waiting = s.actions.is_live & (s.actions.state != ActionState.DONE)
    return f"{shown}, but not done: {names_of(s, waiting)}"


@because
def outcome_without_action(s: Situation) -> str:
    """Name the values that satisfy a target although nothing was begun."""
    met = _each(
        s,
        s.outcomes.is_met_without_action,
        lambda i: f"satisfies its {_target(s, i)} with {value_text(s, s.outcomes.latest_row[i])}",
    )
    return f"no action has started, yet {met}"


@because
def wobble(s: Situation) -> str:
    """Name the last values that miss a target which is met."""
    return _each(
        s,
        s.outcomes.is_wobbling,
        lambda i: (
            f"is met since {day_text(s.outcomes.since[i])}, but its last value misses the {_target(s, i)}: "
            f"{value_text(s, s.outcomes.last_row[i])}"
        ),
    )


@because
def lapsed(s: Situation) -> str:
    """Say since when it was met, and since when it is no longer."""
    if s.is_kind(FindingKind.MECHANISM)[0]:
        last = passed_slots(s)[-1]
        return f"it was followed once, last with {slot_text(s, last)}, and is a dead letter now"
    return _each(
        s,
        s.outcomes.has_lapsed,
        lambda i: (
            f"was met from {day_text(s.outcomes.since[i])} and lapsed on {day_text(s.outcomes.lapsed_on[i])} "
            f"({_target(s, i)}); last value {value_text(s, s.outcomes.last_row[i])}"
        ),
    )


@because
def stale(s: Situation) -> str:
    """Say how old the last values are."""

    def say(i: int) -> str:
        found = observation(s, s.outcomes.last_row[i])
        age = age_of(s, s.book.observations["day"][s.outcomes.last_row[i]])
        limit = int(s.book.targets.fresh[s.outcomes.indicator[i]])
        return f"was last measured on {found}, {days_text(age)} ago; a value stays fresh for {limit}"

    return _each(s, s.outcomes.is_stale, say)


@because
def shared_indicator(s: Situation) -> str:
    """Name the other open findings that require an indicator."""
    _, indicator, other = shared_by(s)
    said = []
    for one in np.unique(indicator).tolist():
        names = several(finding_name(s, finding) for finding in np.unique(other[indicator == one]).tolist())
        said.append(f"{indicator_name(s, one)} is required by {names} too")
    return "; ".join(said)


@because
def ripe(s: Situation) -> str:
    """Say since when every condition is there, and what shows it."""
    links = links_of(s, enabling(s))
    told = "; ".join(f"{action_name(s, link)} is {state_text(s, link)}" for link in links)
    return f"every condition is there since {day_text(ripe_on(s)[0])}: {told}"


@because
def ripe_not_moved(s: Situation) -> str:
    """Say for how long the problem could have been taken up."""
    day = int(ripe_on(s)[0])
    return f"ripe since {day_text(day)}, for {days_text(age_of(s, day))} (more than {RIPE_DAYS}), and still at stage 0"


@because
def drifting(s: Situation) -> str:
    """Name the nearest milestone, which is too far away."""
    low, high = (day_text(int(s.day[0]) + sign * MILESTONE_DAYS) for sign in (-1, 1))
    wanted = (s.actions.counts & s.actions.is_live) | enabling(s)
    dates = {
        int(s.actions.due[link]): f"{action_name(s, link)}, due"
        for link in links_of(s, wanted)
        if s.actions.due[link] != MISSING
    }
    _, link = s.book.measures.expand(s.cases.finding)
    for indicator in s.book.measures["indicator"][link].tolist():
        if (day := int(s.book.targets.target_on[indicator])) != MISSING:
            dates[day] = f"{indicator_name(s, indicator)}, target for"
    nearest = min(dates, key=lambda day: (abs(age_of(s, day)), day), default=None)
    found = (
        f"the nearest is {dates[nearest]} {day_text(nearest)}"
        if nearest is not None
        else "there is none at all"
    )
    return f"no due or target date lies between {low} and {high}; {found}"


def _surveys(s: Situation) -> str:
    """Say what each survey of those affected says."""
    said = [f"{indicator_name(s, one)}, {survey_text(s, i)}" for i, one in enumerate(s.surveys.indicator)]
    return "; ".join(said) or "no confirmation indicator is linked as required"


@because
def solved(s: Situation) -> str:
    """Say since when a problem is solved, and who confirms it."""
    return f"in practice (stage {int(s.stage[0])}) and confirmed, since {day_text(solved_since(s)[0])}: {_surveys(s)}"


@because
def solved_unconfirmed(s: Situation) -> str:
    """Say why those affected do not confirm."""
    return f"in practice (stage {int(s.stage[0])}), but not confirmed: {_surveys(s)}"


@because
def recurred(s: Situation) -> str:
    """Say since when it was solved, and when it came back."""
    view = s.outcomes
    back = _each(s, view.has_lapsed, lambda i: f"lapsed on {day_text(view.lapsed_on[i])}")
    return f"it became solved on {day_text(solved_since(s)[0])}, and came back: {back}"

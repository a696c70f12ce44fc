"""Which indicators and values raised the flags of insights and problems? (method, 5.1, 5.3 and 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import NEVER
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.ladder import is_moved, shared_by
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.wording import (
    age_of,
    day_cell,
    day_text,
    days_text,
    finding_name,
    observation,
    several,
    text_of,
    unpointed,
)
from theorytopractice.assessment.words.wording_actions import names_of
from theorytopractice.assessment.words.wording_checks import passed_slots, slot_text
from theorytopractice.assessment.words.wording_indicators import (
    baseline_text,
    indicator_name,
    indicator_row,
    indicators,
    target_text,
    value_text,
)
from theorytopractice.language import PARTS, say, say_in_turn
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import FindingKind, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.stages.situation import Situation


def each_indicator(s: Situation, rows: Truths, tell: Callable[[str, int], str]) -> str:
    """Tell something of each required indicator among some rows, by its name and its place."""
    view = s.outcomes
    return say_in_turn(
        PARTS,
        (tell(indicator_name(s, view.indicator[i]), i) for i in np.flatnonzero(rows).tolist()),
    )


def _target(s: Situation, i: int) -> str:
    return target_text(indicator_row(s, s.outcomes.indicator[i]))


@because
def no_indicator(s: Situation) -> str:
    """Say which indicators are linked, and why none counts."""
    _, link = s.book.measures.expand(s.cases.finding)
    said = dict.fromkeys(_uncounted(s, row) for row in link.tolist())
    return say_in_turn(PARTS, [say("no outcome or impact indicator is linked as required"), *said])


def _uncounted(s: Situation, row: int) -> str:
    """Say why a linked indicator does not count."""
    indicator = int(s.book.measures["indicator"][row])
    name, level = indicator_name(s, indicator), str(indicator_row(s, indicator)["level"])
    if level in (Level.OUTCOME, Level.IMPACT):
        return say("{indicator} does not count, it is not required", indicator=name)
    if s.book.measures["is_required"][row]:
        return say("{indicator} does not count, its level is {level}", indicator=name, level=name_of(level))
    return say(
        "{indicator} does not count, its level is {level} and it is not required",
        indicator=name,
        level=name_of(level),
    )


@because
def no_target(s: Situation) -> str:
    """Name the indicators without a target."""
    without = ~s.book.targets.has_target[s.outcomes.indicator]
    return say(
        "nobody said which value is aimed at for {indicators}",
        indicators=several(indicators(s, s.outcomes, without)),
    )


@because
def no_baseline(s: Situation) -> str:
    """Name the indicators that should improve from nobody knows where."""
    return each_indicator(
        s,
        s.outcomes.lacks_baseline,
        lambda name, i: say(
            "{indicator} should improve, but {declared} and {before}",
            indicator=name,
            declared=_undeclared(s, int(s.outcomes.indicator[i])),
            before=_unread(int(s.outcomes.start[i])),
        ),
    )


def _undeclared(s: Situation, indicator: int) -> str:
    """Say why no baseline that somebody declared counts."""
    if not s.book.targets.has_baseline[indicator]:
        return say("no baseline is declared")
    on = day_cell(s.book.frames["indicator"], "baseline_on", indicator)
    return say("its baseline is of {day}, after this day", day=on)


def _unread(start: int) -> str:
    """Say why no value stands in for a baseline."""
    if start == NEVER:
        return say("no action has started")
    return say("no final value lies before {day}, when the first action started", day=day_text(start))


@because
def met_at_baseline(s: Situation) -> str:
    """Name the indicators whose baseline satisfies the target already."""
    return each_indicator(
        s,
        s.outcomes.is_met_at_baseline,
        lambda name, i: say(
            "{indicator} should improve, but its {baseline} satisfies the {target} already",
            indicator=name,
            baseline=baseline_text(s, s.outcomes, i),
            target=_target(s, i),
        ),
    )


@because
def target_moved(s: Situation) -> str:
    """Name the indicators that demand something else since a day after the start, with the reason given."""

    def tell(name: str, i: int) -> str:
        indicator = int(s.outcomes.indicator[i])
        said = say(
            "what {indicator} demands was changed on {moved}, after the first action had started on {start}",
            indicator=name,
            moved=day_text(s.book.targets.retargeted_on[indicator]),
            start=day_text(s.outcomes.start[i]),
        )
        reason = unpointed(text_of(indicator_row(s, indicator)["retarget_reason"]))
        return say("{said}: {reason}", said=said, reason=reason) if reason else said

    return each_indicator(s, is_moved(s), tell)


@because
def partially_met(s: Situation) -> str:
    """Say which indicators show the outcome, and which do not."""
    shown = s.outcomes.is_shown
    return say(
        "{n} of {of} required indicators show the outcome: {shown}, but not {others}",
        n=int(shown.sum()),
        of=len(shown),
        shown=several(indicators(s, s.outcomes, shown)),
        others=several(indicators(s, s.outcomes, ~shown), "or"),
    )


@because
def outcome_ahead(s: Situation) -> str:
    """Say what is shown, and which actions are not done."""
    shown = each_indicator(
        s,
        s.outcomes.is_shown,
        lambda name, i: say(
            "{indicator} shows the outcome since {day}", indicator=name, day=day_text(s.outcomes.since[i])
        ),
    )
    waiting = s.actions.is_live & (s.actions.state != ActionState.DONE)
    return say("{shown}, but not done: {actions}", shown=shown, actions=names_of(s, waiting))


@because
def outcome_without_action(s: Situation) -> str:
    """Name the values that satisfy a target although nothing was begun."""
    met = each_indicator(
        s,
        s.outcomes.is_met_without_action,
        lambda name, i: say(
            "{indicator} satisfies its {target} with {value}",
            indicator=name,
            target=_target(s, i),
            value=value_text(s, s.outcomes.latest_row[i]),
        ),
    )
    return say("no action has started, yet {met}", met=met)


@because
def wobble(s: Situation) -> str:
    """Name the last values that miss a target which is met."""
    return each_indicator(
        s,
        s.outcomes.is_wobbling,
        lambda name, i: say(
            "{indicator} is met since {day}, but its last value misses the {target}: {value}",
            indicator=name,
            day=day_text(s.outcomes.since[i]),
            target=_target(s, i),
            value=value_text(s, s.outcomes.last_row[i]),
        ),
    )


@because
def lapsed(s: Situation) -> str:
    """Say since when it was met, and since when it is no longer."""
    if s.is_kind(FindingKind.MECHANISM)[0]:
        check = slot_text(s, passed_slots(s)[-1])
        return say("it was followed once, last with {check}, and is a dead letter now", check=check)
    return each_indicator(
        s,
        s.outcomes.has_lapsed,
        lambda name, i: say(
            "{indicator} was met from {since} and lapsed on {day} ({target}); last value {value}",
            indicator=name,
            since=day_text(s.outcomes.since[i]),
            day=day_text(s.outcomes.lapsed_on[i]),
            target=_target(s, i),
            value=value_text(s, s.outcomes.last_row[i]),
        ),
    )


@because
def stale(s: Situation) -> str:
    """Say how old the last values are."""

    def tell(name: str, i: int) -> str:
        row = s.outcomes.last_row[i]
        return say(
            "{indicator} was last measured on {found}, {age} ago; a value stays fresh for {limit}",
            indicator=name,
            found=observation(s, row),
            age=days_text(age_of(s, s.book.observations["day"][row])),
            limit=int(s.book.targets.fresh[s.outcomes.indicator[i]]),
        )

    return each_indicator(s, s.outcomes.is_stale, tell)


@because
def shared_indicator(s: Situation) -> str:
    """Name the other open findings that require an indicator."""
    _, indicator, other = shared_by(s)
    said = []
    for one in np.unique(indicator).tolist():
        names = several(finding_name(s, finding) for finding in np.unique(other[indicator == one]).tolist())
        said.append(
            say("{indicator} is required by {findings} too", indicator=indicator_name(s, one), findings=names)
        )
    return say_in_turn(PARTS, said)

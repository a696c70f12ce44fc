"""What would raise a finding by one stage? Concrete, with the ids of what is missing (method, 5, 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.ladder import BEGUN
from theorytopractice.assessment.words.rising_experiences import EXPERIENCE_STEPS
from theorytopractice.assessment.words.rising_mechanisms import MECHANISM_STEPS
from theorytopractice.assessment.words.rising_outcomes import to_hold, to_show
from theorytopractice.assessment.words.wording import EITHER, OR_ELSE
from theorytopractice.assessment.words.wording_actions import links_of, names_of, to_give
from theorytopractice.language import PARTS, say, say_in_turn
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.stages.situation import Situation

TOP = 5


def to_rise(s: Situation) -> str:
    """Say what is missing for the next stage of a single case whose finding is open."""
    stage = int(s.stage[0])
    if stage == TOP:
        return _at_the_top(is_mechanism=bool(s.is_kind(FindingKind.MECHANISM)[0]))
    steps: tuple[Callable[[Situation], str], ...] = LADDER_STEPS
    if s.is_kind(FindingKind.MECHANISM)[0]:
        steps = MECHANISM_STEPS
    elif s.is_kind(FindingKind.EXPERIENCE)[0]:
        steps = EXPERIENCE_STEPS
    return say("{said}.", said=steps[stage](s))


def _at_the_top(*, is_mechanism: bool) -> str:
    """Say what keeps a finding on the highest stage."""
    return (
        say("it is at the top of the ladder; keep passing the checks, or it will fall.")
        if is_mechanism
        else say("it is at the top of the ladder; keep measuring, or it will go stale.")
    )


def _to_plan(s: Situation) -> str:
    links = links_of(s, s.actions.is_live)
    if not links:
        return say("link an action that delivers it, with an accountable owner and a due date, or start one")
    given = say_in_turn(EITHER, (to_give(s, link) for link in links))
    start = say("start {actions}", actions=names_of(s, s.actions.is_live, "or", few=None))
    return say_in_turn(OR_ELSE, (given, start))


def _to_begin(s: Situation) -> str:
    waiting = s.actions.is_live & ~np.isin(s.actions.state, BEGUN)
    return say("start {actions}", actions=names_of(s, waiting, "or", few=None))


def _to_carry_out(s: Situation) -> str:
    live = s.actions.is_live
    unproven = live & (s.actions.state == ActionState.DONE_UNVERIFIED)
    unfinished = live & ~np.isin(s.actions.state, (ActionState.DONE, ActionState.DONE_UNVERIFIED))
    steps = []
    if unfinished.any():
        names = names_of(s, unfinished, few=None)
        steps.append(
            say("complete {actions} with evidence", actions=names)
            if s.book.settings.require_evidence
            else say("complete {actions}", actions=names)
        )
    if unproven.any():
        steps.append(say("add evidence for {actions}", actions=names_of(s, unproven, few=None)))
    return say_in_turn(PARTS, steps)


def _to_practise(s: Situation) -> str:
    view = s.outcomes
    if not len(view.case):
        return say("link an outcome or impact indicator with a baseline and a target, and measure it")
    waiting = np.flatnonzero(~view.is_shown).tolist()
    return say(
        "{steps} ({n} of {of} required indicators show the outcome)",
        steps=say_in_turn(PARTS, (to_show(s, view, i) for i in waiting)),
        n=len(view.case) - len(waiting),
        of=len(view.case),
    )


def _to_sustain(s: Situation) -> str:
    view = s.outcomes
    return say_in_turn(PARTS, (to_hold(s, view, i) for i in np.flatnonzero(~view.has_held).tolist()))


LADDER_STEPS = (_to_plan, _to_begin, _to_carry_out, _to_practise, _to_sustain)

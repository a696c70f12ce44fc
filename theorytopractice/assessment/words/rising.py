"""What would raise a finding by one stage? Concrete, with the ids of what is missing (method, 5, 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.ladder import BEGUN
from theorytopractice.assessment.words.rising_kinds import EXPERIENCE_STEPS, MECHANISM_STEPS
from theorytopractice.assessment.words.rising_outcomes import to_hold, to_show
from theorytopractice.assessment.words.wording_actions import action_name, lacking_text, links_of, names_of
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.stages.situation import Situation

TOP = 5


def to_rise(s: Situation) -> str:
    """Say what is missing for the next stage of a single case whose finding is open."""
    stage = int(s.stage[0])
    if stage == TOP:
        return _TOP_BY_KIND.get(bool(s.is_kind(FindingKind.MECHANISM)[0]), "")
    steps: tuple[Callable[[Situation], str], ...] = LADDER_STEPS
    if s.is_kind(FindingKind.MECHANISM)[0]:
        steps = MECHANISM_STEPS
    elif s.is_kind(FindingKind.EXPERIENCE)[0]:
        steps = EXPERIENCE_STEPS
    return f"{steps[stage](s)}."


_TOP_BY_KIND = {
    True: "it is at the top of the ladder; keep passing the checks, or it will fall.",
    False: "it is at the top of the ladder; keep measuring, or it will go stale.",
}


def _to_plan(s: Situation) -> str:
    links = links_of(s, s.actions.is_live)
    if not links:
        return "link an action that delivers it, with an accountable owner and a due date, or start one"
    return f"{' or '.join(f'give {action_name(s, link)} {lacking_text(s, link)}' for link in links)}; or start {names_of(s, s.actions.is_live, 'or', few=None)}"


def _to_begin(s: Situation) -> str:
    return f"start {names_of(s, s.actions.is_live & ~np.isin(s.actions.state, BEGUN), 'or', few=None)}"


def _to_carry_out(s: Situation) -> str:
    live = s.actions.is_live
    unproven = live & (s.actions.state == ActionState.DONE_UNVERIFIED)
    unfinished = live & ~np.isin(s.actions.state, (ActionState.DONE, ActionState.DONE_UNVERIFIED))
    with_evidence = " with evidence" if s.book.settings.require_evidence else ""
    steps = []
    if unfinished.any():
        steps.append(f"complete {names_of(s, unfinished, few=None)}{with_evidence}")
    if unproven.any():
        steps.append(f"add evidence for {names_of(s, unproven, few=None)}")
    return "; ".join(steps)


def _to_practise(s: Situation) -> str:
    view = s.outcomes
    if not len(view.case):
        return "link an outcome or impact indicator with a baseline and a target, and measure it"
    waiting = np.flatnonzero(~view.is_shown).tolist()
    steps = "; ".join(to_show(s, view, i) for i in waiting)
    return (
        f"{steps} ({len(view.case) - len(waiting)} of {len(view.case)} required indicators show the outcome)"
    )


def _to_sustain(s: Situation) -> str:
    view = s.outcomes
    return "; ".join(to_hold(s, view, i) for i in np.flatnonzero(~view.has_held).tolist())


LADDER_STEPS = (_to_plan, _to_begin, _to_carry_out, _to_practise, _to_sustain)

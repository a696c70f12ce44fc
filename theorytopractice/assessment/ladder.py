"""Which stage has an insight or a problem reached? (method, section 5).

The rules of the other kinds stand in ``experiences.py`` and ``mechanisms.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.model.vocabularies import COMPLETE, UNDER_WAY, ActionState, Stage

if TYPE_CHECKING:
    from theorytopractice.assessment.facts import FindingFacts
    from theorytopractice.assessment.grouped import Array, BoolArray


def ladder_stage(a: FindingFacts) -> Array:
    """Return the stage 0–5 of each case by the generic ladder (method, section 5)."""
    live = a.actions.is_live
    stage = np.zeros(len(a), dtype=np.int8)
    stage[a.any_action(live & a.actions.is_scheduled)] = Stage.PLANNED
    stage[a.any_action(live & a.actions.is_in(*UNDER_WAY, *COMPLETE))] = Stage.UNDER_WAY
    carried_out = a.any_action(live) & ~a.any_action(live & ~a.actions.is_in(ActionState.DONE))
    stage[carried_out] = Stage.CARRIED_OUT
    in_practice = carried_out & outcome_shown(a)
    stage[in_practice] = Stage.IN_PRACTICE
    stage[in_practice & a.all_outcomes(a.outcomes.has_held)] = Stage.SUSTAINED
    return stage


def outcome_shown(a: FindingFacts) -> BoolArray:
    """Tell where every required indicator shows the outcome (method, 5.1)."""
    return a.all_outcomes(a.outcomes.is_shown)

"""Which stage have some findings reached on their days, and what do the rules of their kinds say?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.experiences import ExperienceView, observe_experiences
from theorytopractice.assessment.facts import FindingFacts
from theorytopractice.assessment.grouped import some
from theorytopractice.assessment.ladder import ladder_stage
from theorytopractice.assessment.mechanisms import MechanismView, observe_mechanisms
from theorytopractice.assessment.problems import Surveys, surveys
from theorytopractice.model.vocabularies import FindingKind, Stage

if TYPE_CHECKING:
    from theorytopractice.assessment.grouped import Array, BoolArray


class Assessment(FindingFacts):
    """A plan on days: the facts of a set of cases, and what the rules make of them; worked out when first asked."""

    @cached_property
    def mechanisms(self) -> MechanismView:
        """What the checks say of the mechanisms."""
        return observe_mechanisms(self)

    @cached_property
    def experiences(self) -> ExperienceView:
        """What the replications say of the experiences."""
        return observe_experiences(self)

    @cached_property
    def surveys(self) -> Surveys:
        """What those affected by the problems said."""
        return surveys(self, self.is_kind(FindingKind.PROBLEM))

    @cached_property
    def stage(self) -> Array:
        """The stage 0–5 of each case, by the rules of its kind; of closed findings too."""
        stage = ladder_stage(self)
        for kind, own in (
            (FindingKind.MECHANISM, self.mechanisms),
            (FindingKind.EXPERIENCE, self.experiences),
        ):
            stage = np.where(self.is_kind(kind), own.stage, stage)
        return stage

    @cached_property
    def is_confirmed(self) -> BoolArray:
        """Tell where those affected confirm: every required confirmation indicator passes, and there is one."""
        passes, case = self.surveys.passes, self.surveys.case
        return some(passes, case, len(self)) & ~some(~passes, case, len(self))

    @property
    def is_solved(self) -> BoolArray:
        """Tell where a problem is solved: open, in practice, and confirmed (method, section 6)."""
        is_reached = self.visible.is_open & (self.stage >= Stage.IN_PRACTICE)
        return self.is_kind(FindingKind.PROBLEM) & is_reached & self.is_confirmed

    @cached_property
    def judged_flags(self) -> dict[str, BoolArray]:
        """The flags that were asked for so far; :func:`theorytopractice.assessment.flags.judge_flag` keeps them here."""
        return {}

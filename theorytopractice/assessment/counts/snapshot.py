"""What is counted on one day: which findings are open, at which stage, and what had been reached by then?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.facts import read_evidence
from theorytopractice.assessment.arrays.segments import MISSING, Array, Days, Grouped, Truths
from theorytopractice.assessment.stages.commitments import CommitmentView, observe_commitments
from theorytopractice.assessment.stages.firsts import Climb, climb
from theorytopractice.assessment.stages.own_actions import OwnActions, observe_own_actions, serving
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.assessment.stages.timeline import Cases

if TYPE_CHECKING:
    from collections.abc import Collection

    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.model.vocabularies import Knowledge


class Past:
    """On which days did the findings of a plan first reach what they reached, up to a day?

    Worked out once for the last of many days: a day reached by then is the same for every later day.
    """

    def __init__(
        self, book: Book, until: int, knowledge: Knowledge, among: Collection[str] | None = None
    ) -> None:
        """Hold the plan, of which only the findings ``among`` are counted; nothing is computed yet."""
        self.book, self.knowledge = book, knowledge
        n = len(book.findings.ids)
        self.is_counted = np.ones(n, dtype=bool) if among is None else book.findings.ids.isin(list(among))
        self._until = until
        self._reached: dict[int, Days] = {}

    @cached_property
    def _climb(self) -> Climb:
        n = len(self.book.findings.ids)
        days = np.full(n, self._until, dtype=np.int32)
        return climb(self.book, Cases(np.arange(n), days, self.knowledge))

    def reached(self, stage: int) -> Days:
        """Return each finding's first day at a stage or above; MISSING where never."""
        if stage not in self._reached:
            self._reached[stage] = self._climb.first(stage)
        return self._reached[stage]

    @cached_property
    def finding_evidence(self) -> Grouped:
        """The evidence of findings; no rule of the ladder asks for it, so the book does not hold it."""
        return read_evidence(self.book.frames["evidence"], self.book.findings.ids, subject="finding_id")

    @cached_property
    def solved(self) -> Days:
        """Each problem's first day of being solved; MISSING where never."""
        return self._climb.first_solved()


class Snapshot:
    """All findings of a plan on a day, as the measures count them; parts are worked out when first asked."""

    def __init__(self, past: Past, day: int, since: int | None = None) -> None:
        """Look at a day not later than the past's; ``since`` begins the period of sections 10's measures."""
        self.past, self.day, self.since = past, day, since
        self.book = past.book
        n = len(self.book.findings.ids)
        cases = Cases(np.arange(n), np.full(n, day, dtype=np.int32), past.knowledge)
        self.situation = Situation(self.book, cases)

    @cached_property
    def is_open(self) -> Truths:
        """Tell which findings are open: the population N of section 12."""
        return self.situation.seen.is_open & self.past.is_counted

    @property
    def is_in_plan(self) -> Truths:
        """Tell which findings are in the plan, open or closed (method, T7)."""
        return (self.book.findings.recorded <= self.day) & self.past.is_counted

    @cached_property
    def stage(self) -> Array:
        """The stage of each finding, −1 where it is not open."""
        return np.where(self.is_open, self.situation.stage, -1)

    @cached_property
    def is_aged(self) -> Truths:
        """Tell which open findings are older than the grace for new ones."""
        return self.is_open & (self.situation.age > self.book.settings.new_grace)

    def flag(self, name: str) -> Truths:
        """Tell which findings have a flag."""
        return self.situation.flag(name)

    def ever(self, stage: int) -> Truths:
        """Tell which open findings had reached a stage, or a higher one, on some day up to this one."""
        return self.is_open & self.is_by_now(self.past.reached(stage))

    @property
    def ever_solved(self) -> Truths:
        """Tell which open problems were solved on some day up to this one."""
        return self.is_open & self.is_by_now(self.past.solved)

    def is_by_now(self, day: Days) -> Truths:
        """Tell which days are known and not after this one."""
        return (day != MISSING) & (day <= self.day)

    @cached_property
    def actions(self) -> OwnActions:
        """Every action's own state."""
        return observe_own_actions(self.book, self.day, self.past.knowledge)

    @cached_property
    def is_serving(self) -> Truths:
        """Tell which actions have a link of any role to an open finding."""
        return serving(self.book, self.is_open)

    @cached_property
    def commitments(self) -> CommitmentView:
        """Every commitment's state."""
        return observe_commitments(self.book, self.day, self.past.knowledge)

"""How many findings stand where? Counted once, for the charts and for the sentences beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.model.vocabularies import CLOSED, Disposition, Stage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class StageTally:
    """Counts of distinct findings on one day (method, sections 3 and 11).

    ``stages`` holds the open findings of the six stages, lowest first; ``closed`` those that left the
    denominators. Findings that are not in the plan yet are in neither.
    """

    stages: tuple[int, ...]
    closed: int
    shelved: int
    lapsed: int

    @property
    def n(self) -> int:
        """Open findings, the denominator N (method, section 12)."""
        return sum(self.stages)

    @property
    def in_practice(self) -> int:
        """Open findings at stage 4 or 5."""
        return self.stages[4] + self.stages[5]

    @property
    def sustained(self) -> int:
        """Open findings at stage 5."""
        return self.stages[5]


def tally(assessed: pd.DataFrame) -> StageTally:
    """Count the findings of an assessment by stage, and those that are shelved, lapsed or closed."""
    once = assessed.drop_duplicates("finding_id")
    is_open = once["disposition"] == Disposition.OPEN
    stage = once.loc[is_open, "stage"].astype("int64")
    flags = once.loc[is_open, "flags"]
    return StageTally(
        stages=tuple(int((stage == level).sum()) for level in range(len(Stage))),
        closed=int(once["disposition"].isin(CLOSED).sum()),
        shelved=sum("shelved" in raised for raised in flags),
        lapsed=sum("lapsed" in raised for raised in flags),
    )

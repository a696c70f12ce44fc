"""How many findings stand where? Counted once, for the charts and for the sentences beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.estimators import wilson
from theorytopractice.model.vocabularies import CLOSED, Disposition, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
    def new(self) -> int:
        """Open findings at stage 0 that are within their grace."""
        return self.stages[0] - self.shelved

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


def stage_shares(assessed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the open findings of several plans by stage, as shares of each plan's own (method, sections 5 and 11).

    Args:
        assessed: by the name of each plan, what ``assess`` says of it on one day.

    Returns:
        One row a plan and stage, plans as given, the lowest stage first: ``plan``, ``stage``, ``stage_name``, ``n``,
        ``of`` (the plan's open findings), ``share``, ``low``, ``high`` (95 % Wilson interval); the last three are
        missing where no finding is open.
    """
    counts = np.array([_by_stage(frame) for frame in assessed.values()], dtype=np.int64)
    counts = counts.reshape(-1, len(Stage))
    n, of = counts.ravel(), np.repeat(counts.sum(axis=1), len(Stage))
    low, high = wilson(n, of)
    return pd.DataFrame(
        {
            "plan": np.repeat(np.array(list(assessed), dtype=object), len(Stage)),
            "stage": np.tile(np.arange(len(Stage)), len(assessed)),
            "stage_name": [str(stage) for stage in Stage] * len(assessed),
            "n": n,
            "of": of,
            "share": n / np.where(of > 0, of, np.nan),
            "low": low,
            "high": high,
        }
    )


def _by_stage(frame: pd.DataFrame) -> np.ndarray:
    stage = frame.loc[frame["disposition"] == Disposition.OPEN, "stage"].astype("int64")
    return np.bincount(stage, minlength=len(Stage))


def open_findings(assessed: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return what ``assess`` says of the open findings of a kind."""
    return assessed[(assessed["kind"] == kind) & (assessed["disposition"] == Disposition.OPEN)]


def closed_count(assessed: pd.DataFrame, kind: str) -> int:
    """Count the findings of a kind that are in the plan and no longer open."""
    return int(((assessed["kind"] == kind) & (assessed["disposition"] != Disposition.OPEN)).sum())


def joint_tally(tallies: Iterable[StageTally]) -> StageTally:
    """Add up the counts of several plans."""
    every = list(tallies)
    return StageTally(
        stages=tuple(sum(column) for column in zip(*(each.stages for each in every), strict=True)),
        closed=sum(each.closed for each in every),
        shelved=sum(each.shelved for each in every),
        lapsed=sum(each.lapsed for each in every),
    )


@dataclass(frozen=True, slots=True)
class PlansCounts:
    """How many open findings several plans have, and how many of them are in practice or sustained."""

    plans: int
    open: int
    in_practice: int


def plans_counts(shares: pd.DataFrame) -> PlansCounts:
    """Sum up what ``stage_shares`` returns."""
    is_reached = shares["stage"] >= list(Stage).index(Stage.IN_PRACTICE)
    return PlansCounts(
        plans=shares["plan"].nunique(),
        open=int(shares.drop_duplicates("plan")["of"].sum()),
        in_practice=int(shares.loc[is_reached, "n"].sum()),
    )

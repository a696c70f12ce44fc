"""How many findings stand where? Counted once, for the charts and for the sentences beside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.estimators import wilson
from theorytopractice.model.vocabularies import CLOSED, Disposition, Solvability, Stage

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


class Adherence(IntEnum):
    """How a mechanism is followed; the order is that in which it is shown, what is worst first."""

    DEAD_LETTER = 0
    SHAKY = 1  # in force, but not passed three times in a row
    FOLLOWED = 2
    NOT_IN_FORCE = 3


def adherence(mechanisms: pd.DataFrame) -> pd.Series:
    """Say of each row of ``mechanisms`` how it is followed."""
    effective = mechanisms["effective_on"]
    group = pd.Series(int(Adherence.SHAKY), index=mechanisms.index)
    group[mechanisms["stage"] >= Stage.IN_PRACTICE] = int(Adherence.FOLLOWED)
    group[effective.isna() | (effective > mechanisms["as_of"])] = int(Adherence.NOT_IN_FORCE)
    group[mechanisms["dead_letter"]] = int(Adherence.DEAD_LETTER)
    return group


def waiting_problems(problems: pd.DataFrame, solvability: pd.Series) -> set[str]:
    """Return the problems that wait: blocked, or in need of conditions that are not there yet.

    Args:
        problems: open problems as ``assess`` judges them.
        solvability: that of each finding, by finding_id.
    """
    needy = problems["finding_id"].map(solvability.eq(Solvability.NEEDS_CONDITIONS)).to_numpy(dtype=bool)
    waits = needy & ~has_flag(problems, "ripe") | has_flag(problems, "blocked")
    return set(problems.loc[waits, "finding_id"])


def has_flag(assessed: pd.DataFrame, flag: str) -> pd.Series:
    """Tell of each row of ``assess`` whether it has a flag."""
    return pd.Series([flag in flags for flags in assessed["flags"]], index=assessed.index, dtype=bool)

"""Where does every finding stand on one day, and how many stand where?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    Array,
    IntArray,
    as_dates,
    code,
    codes,
    finish_frame,
    id_lists,
    natural_order,
    words,
)
from theorytopractice.assessment.assessment import Assessment, first_days
from theorytopractice.assessment.encode import NO_THEME, encode
from theorytopractice.assessment.encoded_plan import EncodedPlan, all_findings_on
from theorytopractice.assessment.figures import share_text, wilson
from theorytopractice.assessment.flags import flag_lists, judge_flag, stage_columns
from theorytopractice.assessment.snapshot import snapshot_on
from theorytopractice.i18n import say_n
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import (
    CLOSED,
    Certainty,
    Disposition,
    FindingKind,
    Knowledge,
    Solvability,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date


def assess(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    dates: bool = False,
) -> pd.DataFrame:
    """Say for every finding which stage its evidence supports on a day (method, sections 3 to 10).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        dates: also work out on which day each stage was first reached (12.1); slower.

    Returns:
        One row a finding in order of finding_id: ``finding_id``, ``kind``, ``disposition``, ``stage``
        (Int64, missing where the finding is not open), ``stage_name``, ``headline``, ``flags`` (sorted list
        of str), ``as_of``; with ``dates`` also ``first_planned_on``, ``first_started_on``,
        ``carried_out_on``, ``in_practice_since``. ``attrs["as_of"]`` holds the day, ``attrs["not_yet"]`` the number of
        findings that are recorded after it.

    Raises:
        InvalidPlan: an identifier is empty or stands twice, or a setting cannot be read.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> stages = ttp.assess(plan, as_of="2026-06-30").set_index("finding_id")["stage_name"]
        >>> stages["F-013"]
        'carried out'
    """
    encoded = encode(plan)
    cases = all_findings_on(encoded, as_of, knowledge)
    frame = describe(Assessment(encoded, cases))
    if dates:
        for name, day in first_days(encoded, cases).items():
            frame[name] = as_dates(day)
    frame = frame.iloc[natural_order(encoded.findings.ids)].reset_index(drop=True)
    frame.attrs["as_of"] = str(as_day(encoded, as_of))
    frame.attrs["not_yet"] = int((frame["disposition"] == Disposition.UNKNOWN).sum())
    return frame


def not_yet_text(n: int) -> str:
    """Say how many findings are recorded after the day and seen by nothing; empty where none is."""
    if not n:
        return ""
    return say_n(
        "{n:,} finding is recorded after that day, and is not counted yet.",
        "{n:,} findings are recorded after that day, and are not counted yet.",
        n,
    )


def describe(a: Assessment) -> pd.DataFrame:
    """Put the results of an assessment into a frame, one row a case."""
    frame = stage_columns(a)
    frame.insert(0, "finding_id", a.encoded.findings.ids.to_numpy(dtype=object)[a.cases.finding])
    frame.insert(1, "kind", words(FindingKind, a.kind))
    frame.insert(2, "disposition", words(Disposition, a.visible.disposition))
    return frame.assign(flags=pd.Series(flag_lists(a), dtype=object), as_of=as_dates(a.day))


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


KNOWN = (Certainty.HIGH, Certainty.MODERATE)
DOUBTFUL = (Certainty.LOW, Certainty.VERY_LOW)


def gap_map(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Count the open findings of every theme by their certainty, with the gaps named (method, section 12).

    Every theme of a finding that is in the plan on the day, closed ones too, meets every certainty; a cell
    without an open finding has n = 0 and says: no finding.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        among: only these findings are counted; all unless given.

    Returns:
        One row a cell, themes in natural order and "(no theme)" last, certainties from high to unrated:

        - ``theme``, ``certainty``
        - ``n``: open findings
        - ``in_practice``: those at stage 4 or 5; ``share``: in_practice / n, missing where n = 0
        - ``low``, ``high``: 95 % Wilson interval of the share (section 11), missing where n = 0
        - ``shelved``: those with the flag of that name
        - ``know_do_gap``: list of finding_ids at stage 0 although certainty is high or moderate
        - ``ahead_of_evidence``: list of finding_ids at stage 3 or more although certainty is low or very low
        - ``as_of``; ``attrs["as_of"]`` holds the day too.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> cells = ttp.gap_map(plan, as_of="2026-06-30").set_index(["theme", "certainty"])
        >>> cells.loc[("Drinking water", "high"), ["n", "in_practice"]].tolist()
        [3, 1]
    """
    s = snapshot_on(plan, as_of, knowledge, among=among)
    findings, certainty = s.encoded.findings, _certainty(s.encoded)
    themes = _in_order(findings.theme[s.is_in_plan])
    order = natural_order(findings.ids)
    held = order[s.is_open[order]]
    cells = pd.MultiIndex.from_product(
        [themes, [str(word) for word in Certainty]], names=["theme", "certainty"]
    )
    theme = pd.Index(themes, dtype="str").get_indexer(pd.Index(findings.theme[held], dtype="str"))
    cell, stage = theme * len(Certainty) + certainty[held], s.open_stage[held]
    known, doubtful = (
        np.isin(certainty[held], [code(Certainty, word) for word in words]) for words in (KNOWN, DOUBTFUL)
    )
    n, practised, shelved = (
        np.bincount(cell[truth], minlength=len(cells))
        for truth in (stage >= 0, stage >= Stage.IN_PRACTICE, judge_flag(s, "shelved")[held])
    )
    low, high = wilson(practised, n)
    ids = findings.ids.to_numpy(dtype=object)[held]
    frame = cells.to_frame(index=False).assign(
        n=n,
        in_practice=practised,
        share=practised / np.where(n > 0, n, np.nan),
        low=low,
        high=high,
        shelved=shelved,
        know_do_gap=id_lists(ids, cell, known & (stage == Stage.ON_THE_SHELF), len(cells)),
        ahead_of_evidence=id_lists(ids, cell, doubtful & (stage >= Stage.CARRIED_OUT), len(cells)),
    )
    return finish_frame(frame, np.arange(len(cells)), s.as_of)


def describe_gap(mapped: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a map that hold findings, for people: the share with its interval in per cent.

    Args:
        mapped: what ``gap_map`` returns.
    """
    held = mapped[mapped["n"] > 0]
    figures = zip(held["share"], held["low"], held["high"], strict=True)
    shares = [share_text(share, low, high) for share, low, high in figures]
    return held.assign(share=pd.Series(shares, index=held.index, dtype="str")).drop(columns=["low", "high"])


def _certainty(encoded: EncodedPlan) -> IntArray:
    """Return the position of each finding's certainty, unrated where nobody rated it."""
    rated = codes(encoded.frames["finding"]["certainty"], Certainty, Certainty.UNRATED)
    return rated.astype(np.int64)


def _in_order(themes: Array) -> list[str]:
    """Return each theme once in natural order, the findings without one last."""
    named = pd.Index(pd.unique(themes[themes != NO_THEME]), dtype="str")
    ordered = [str(theme) for theme in named[natural_order(named)]]
    return ordered + [NO_THEME] * bool((themes == NO_THEME).any())


@dataclass(frozen=True, slots=True)
class GapCounts:
    """How many findings are known and not done, in how many themes, and how many are done ahead of the evidence."""

    gaps: int
    themes: int
    ahead: int


def gap_counts(mapped: pd.DataFrame) -> GapCounts:
    """Count the gaps of what ``gap_map`` returns."""
    gaps = mapped["know_do_gap"].str.len()
    return GapCounts(
        gaps=int(gaps.sum()),
        themes=mapped.loc[gaps > 0, "theme"].nunique(),
        ahead=int(mapped["ahead_of_evidence"].str.len().sum()),
    )


def gravest_themes(mapped: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the cells of so many themes: those with findings known and not done first, then the largest."""
    sizes = mapped.assign(
        gaps=mapped["know_do_gap"].str.len(), ahead=mapped["ahead_of_evidence"].str.len()
    ).groupby("theme", sort=False)[["gaps", "ahead", "n"]]
    ordered = sizes.sum().sort_values(["gaps", "ahead", "n"], ascending=False, kind="stable")
    place = {theme: at for at, theme in enumerate(ordered.index[:most])}
    kept = mapped[mapped["theme"].isin(place)]
    return kept.sort_values("theme", key=lambda theme: theme.map(place), kind="stable").reset_index(drop=True)

"""Where do we know and not do, and where do we do without knowing? Themes by certainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.columns import code, codes, natural_order
from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.assessment.estimators import wilson
from theorytopractice.assessment.frames import finish_frame, id_lists
from theorytopractice.assessment.snapshot import snapshot_on
from theorytopractice.i18n import say
from theorytopractice.model.vocabularies import Certainty, Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, IntArray


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
        for truth in (stage >= 0, stage >= Stage.IN_PRACTICE, s.flag("shelved")[held])
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
    shares = [
        say(
            "{share}% ({low}–{high})",
            share=f"{100 * share:.0f}",
            low=f"{100 * low:.0f}",
            high=f"{100 * high:.0f}",
        )
        for share, low, high in figures
    ]
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

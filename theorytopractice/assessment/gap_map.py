"""Where do we know and not do, and where do we do without knowing? Themes by certainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import natural_order, positions, texts
from theorytopractice.assessment.arrays.tables import completed
from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.counts.counting import wilson
from theorytopractice.assessment.lists.framing import NO_THEME
from theorytopractice.assessment.lists.framing import themes as themes_of
from theorytopractice.assessment.stages.timeline import OPEN, UNKNOWN
from theorytopractice.model.vocabularies import Certainty, Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.segments import Ints, Truths

CARRIED_OUT, IN_PRACTICE = 3, 4
KNOWN = (Certainty.HIGH, Certainty.MODERATE)
DOUBTFUL = (Certainty.LOW, Certainty.VERY_LOW)


def gap_map(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """Count the open findings of every theme by their certainty, with the gaps named (method, section 12).

    Every theme of a finding that is in the plan on the day, closed ones too, meets every certainty; a cell
    without an open finding has n = 0 and says: no finding.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).

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
    """
    assessed = assess(plan, as_of=as_of, knowledge=knowledge)
    day = assessed.attrs["as_of"]
    assessed = assessed.join(_subjects(plan, assessed["finding_id"]))
    assessed = assessed[assessed["disposition"] != UNKNOWN]
    themes = _in_order(assessed["theme"])
    cells = pd.MultiIndex.from_product(
        [themes, [str(one) for one in Certainty]], names=["theme", "certainty"]
    )
    held = assessed[assessed["disposition"] == OPEN]
    cell = cells.get_indexer(pd.MultiIndex.from_frame(held[["theme", "certainty"]]))
    stage = held["stage"].to_numpy(dtype=np.int64)
    shelved = np.array(["shelved" in flags for flags in held["flags"]], dtype=bool)
    known, doubtful = (held["certainty"].isin(words).to_numpy() for words in (KNOWN, DOUBTFUL))
    n, practised = (
        np.bincount(cell[truth], minlength=len(cells)) for truth in (stage >= 0, stage >= IN_PRACTICE)
    )
    low, high = wilson(practised, n)
    ids = held["finding_id"].to_numpy(dtype=object)
    made = cells.to_frame(index=False).assign(
        n=n,
        in_practice=practised,
        share=practised / np.where(n > 0, n, np.nan),
        low=low,
        high=high,
        shelved=np.bincount(cell[shelved], minlength=len(cells)),
        know_do_gap=_lists(ids, cell, known & (stage == 0), len(cells)),
        ahead_of_evidence=_lists(ids, cell, doubtful & (stage >= CARRIED_OUT), len(cells)),
        as_of=pd.Timestamp(day).as_unit("s"),
    )
    made.attrs["as_of"] = day
    return made


def worded(mapped: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a map that hold findings, for people: the share with its interval in per cent.

    Args:
        mapped: what ``gap_map`` returns.
    """
    held = mapped[mapped["n"] > 0]
    figures = zip(held["share"], held["low"], held["high"], strict=True)
    shares = [f"{100 * share:.0f} % ({100 * low:.0f}–{100 * high:.0f})" for share, low, high in figures]
    return held.assign(share=pd.Series(shares, index=held.index, dtype="str")).drop(columns=["low", "high"])


def _subjects(plan: Mapping[str, pd.DataFrame], finding_ids: pd.Series) -> pd.DataFrame:
    """Return theme and certainty of findings, one row an id, by the index of ``finding_ids``."""
    finding = completed(plan)["finding"]
    row = positions(finding_ids, pd.Index(texts(finding["finding_id"]), dtype="str"))
    theme = themes_of(finding.iloc[row])
    certainty = [text.strip() or str(Certainty.UNRATED) for text in texts(finding["certainty"].iloc[row])]
    return pd.DataFrame({"theme": theme, "certainty": certainty}, index=finding_ids.index, dtype=object)


def _in_order(themes: pd.Series) -> list[str]:
    """Return each theme once in natural order, the findings without one last."""
    named = pd.Index(themes[themes != NO_THEME].unique(), dtype="str")
    ordered = [str(theme) for theme in named[natural_order(named)]]
    return ordered + [NO_THEME] * bool((themes == NO_THEME).any())


def _lists(ids: np.ndarray, cell: Ints, wanted: Truths, n: int) -> pd.Series:
    """Return the wanted ids of each cell as lists."""
    made: list[list[str]] = [[] for _ in range(n)]
    for where, finding_id in zip(cell[wanted].tolist(), ids[wanted].tolist(), strict=True):
        made[where].append(finding_id)
    return pd.Series(made, dtype=object)

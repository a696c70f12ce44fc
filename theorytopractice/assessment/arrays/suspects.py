"""Which links must somebody look at again, because what they lead to was reworded?

Method, 5.3 suspect: as requirement tools do, a new wording at one end makes a link suspect for whoever
stands at the other, until the link's ``confirmed_on`` is that day or later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import days, positions
from theorytopractice.assessment.arrays.segments import MISSING, NEVER, Days, Truths
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Ends = tuple[str, str, str]
ENDS: tuple[Ends, ...] = (  # table of links, column of the one who looks, column of what was reworded
    ("finding_relation", "finding_id", "other_finding_id"),
    ("finding_relation", "other_finding_id", "finding_id"),
    ("finding_action", "finding_id", "action_id"),
    ("finding_action", "action_id", "finding_id"),
)
COLUMNS = ("table", "role", "suspect_id", "reworded_id", "reworded_on", "confirmed_on")


def suspect_links_of(plan: Mapping[str, pd.DataFrame], finding_id: str, day: int) -> pd.DataFrame:
    """List those of one finding on a day (since 1970), with the same columns."""
    own = (
        (ends, links, reworded, is_suspect & (links[ends[1]] == finding_id).to_numpy(dtype=bool))
        for ends, links, reworded, is_suspect in judged(plan, day)
        if ends[1] != "action_id"
    )
    return listed(own)


def listed(suspects: Iterable[tuple[Ends, pd.DataFrame, Days, Truths]]) -> pd.DataFrame:
    """Put the suspect links into one frame."""
    found = [
        pd.DataFrame(
            {
                "table": ends[0],
                "role": links["relation" if ends[0] == "finding_relation" else "role"],
                "suspect_id": links[ends[1]],
                "reworded_id": links[ends[2]],
                "reworded_on": reworded.astype("datetime64[D]").astype("datetime64[s]"),
                "confirmed_on": links["confirmed_on"],
            }
        )[is_suspect]
        for ends, links, reworded, is_suspect in suspects
    ]
    together = pd.concat([one for one in found if len(one)]) if any(map(len, found)) else found[0]
    return together.sort_values(["reworded_id", "suspect_id", "role"], kind="stable").reset_index(drop=True)


def suspect_since(plan: Mapping[str, pd.DataFrame], ids: pd.Index[str]) -> Days:
    """Return the first day on which the other end of an unconfirmed link of each finding was reworded; NEVER if none."""
    since = np.full(len(ids), NEVER, dtype=np.int32)
    if all(_columns(plan, name, "reworded_on")["reworded_on"].isna().all() for name in ("finding", "action")):
        return since
    for (_, own, _), links, reworded, is_suspect in judged(plan):
        if own != "action_id" and is_suspect.any():
            found = positions(links[own][is_suspect], ids)
            np.minimum.at(since, found[found >= 0], reworded[is_suspect][found >= 0])
    return since


def judged(
    plan: Mapping[str, pd.DataFrame], day: int | None = None
) -> Iterator[tuple[Ends, pd.DataFrame, Days, Truths]]:
    """Yield, for each sort of link and direction, the links, when the other end was reworded, and which are suspect."""
    for ends in ENDS:
        table, _, other = ends
        links = _columns(plan, table, *ENTITIES[table].columns)
        name = other.removeprefix("other_").removesuffix("_id")
        reworded = _reworded(_columns(plan, name, f"{name}_id", "reworded_on"), name, links[other])
        is_known = (reworded != MISSING) & (reworded <= (NEVER if day is None else day))
        yield ends, links, reworded, is_known & (days(links["confirmed_on"]) < reworded)


def _reworded(rows: pd.DataFrame, name: str, ids: pd.Series) -> Days:
    """Return the day on which each of the rows with these ids was last reworded, MISSING if never."""
    rows = rows[rows["reworded_on"].notna()]
    known = pd.Index(rows[f"{name}_id"].astype("str"))
    place = positions(ids, known)
    return np.append(days(rows["reworded_on"]), MISSING)[place]


def _columns(plan: Mapping[str, pd.DataFrame], table: str, *names: str) -> pd.DataFrame:
    """Return some columns of a table; those that it lacks are empty."""
    return plan[table].reindex(columns=list(names)) if table in plan else pd.DataFrame(columns=list(names))

"""Which links must somebody look at again, because what they lead to was reworded?

Method, 5.3 suspect: as requirement tools do, a new wording at one end makes a link suspect for whoever
stands at the other, until the link's ``confirmed_on`` is that day or later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.columns import days, positions
from theorytopractice.assessment.segments import MISSING, Days, Ints, Truths
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


def suspect_links(plan: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List every link that was not confirmed since its other end was reworded (method, 5.3).

    Returns:
        One row a link and direction: ``table`` and ``role`` (or relation) of the link, ``suspect_id`` (the
        finding or action that may no longer fit), ``reworded_id``, ``reworded_on``, ``confirmed_on``.
    """
    return _listed(_judged(plan))


def suspect_links_of(plan: Mapping[str, pd.DataFrame], finding_id: str) -> pd.DataFrame:
    """List those of one finding, with the same columns."""
    own = (
        (ends, links, reworded, is_suspect & (links[ends[1]] == finding_id).to_numpy(dtype=bool))
        for ends, links, reworded, is_suspect in _judged(plan)
        if ends[1] != "action_id"
    )
    return _listed(own)


def _listed(judged: Iterable[tuple[Ends, pd.DataFrame, Days, Truths]]) -> pd.DataFrame:
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
        for ends, links, reworded, is_suspect in judged
    ]
    listed = pd.concat([one for one in found if len(one)]) if any(map(len, found)) else found[0]
    return listed.sort_values(["reworded_id", "suspect_id", "role"], kind="stable").reset_index(drop=True)


def suspect_findings(plan: Mapping[str, pd.DataFrame], ids: pd.Index[str]) -> Truths:
    """Tell which findings have a link whose other end was reworded since it was confirmed."""
    suspect = np.zeros(len(ids), dtype=bool)
    if all(_columns(plan, name, "reworded_on")["reworded_on"].isna().all() for name in ("finding", "action")):
        return suspect
    for (_, own, _), links, _, is_suspect in _judged(plan):
        if own != "action_id" and is_suspect.any():
            found: Ints = positions(links[own][is_suspect], ids)
            suspect[found[found >= 0]] = True
    return suspect


def _judged(plan: Mapping[str, pd.DataFrame]) -> Iterator[tuple[Ends, pd.DataFrame, Days, Truths]]:
    """Yield, for each sort of link and direction, the links, when the other end was reworded, and which are suspect."""
    for ends in ENDS:
        table, _, other = ends
        links = _columns(plan, table, *ENTITIES[table].columns)
        name = other.removeprefix("other_").removesuffix("_id")
        reworded = _reworded(_columns(plan, name, f"{name}_id", "reworded_on"), name, links[other])
        yield ends, links, reworded, (reworded != MISSING) & (days(links["confirmed_on"]) < reworded)


def _reworded(rows: pd.DataFrame, name: str, ids: pd.Series) -> Days:
    """Return the day on which each of the rows with these ids was last reworded, MISSING if never."""
    rows = rows[rows["reworded_on"].notna()]
    known = pd.Index(rows[f"{name}_id"].astype("str"))
    place = positions(ids, known)
    return np.append(days(rows["reworded_on"]), MISSING)[place]


def _columns(plan: Mapping[str, pd.DataFrame], table: str, *names: str) -> pd.DataFrame:
    """Return some columns of a table; those that it lacks are empty."""
    return plan[table].reindex(columns=list(names)) if table in plan else pd.DataFrame(columns=list(names))

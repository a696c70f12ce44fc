"""What did we re-examine quarter by quarter, and which findings came of others?

Method, section 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.columns import as_dates, codes, positions
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.frames import finish_frame
from theorytopractice.assessment.reviews import reviews
from theorytopractice.assessment.visibility import as_day_number
from theorytopractice.model.vocabularies import FindingEvent, Knowledge, Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import IntArray


QUARTERS, MONTHS = 8, 3
OUTCOMES = {
    "confirmed": (FindingEvent.REVIEW_CONFIRMED,),
    "revised": (FindingEvent.REVIEW_REVISED,),
    "material": (FindingEvent.REVIEW_MATERIAL,),
    "closed": (FindingEvent.SUPERSEDE, FindingEvent.RETIRE),
}
"""Column → the outcomes of reviews that it counts."""


def learning(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Count the reviews and the newly derived findings of the last eight quarters, one row a quarter.

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        among: only these findings are counted; all unless given.

    Returns:
        ``begins_on`` and ``ends_on`` of each calendar quarter, the oldest first; the last one ends on the day itself.
        Numbers of reviews by their outcome: ``confirmed``, ``revised``, ``material``, ``closed`` (superseded or
        retired); ``derived``, the distinct findings recorded in the quarter that came from another one,
        whatever became of them; ``as_of``. Reviews of closed findings count.
    """
    encoded = encode(plan)
    day = as_day_number(encoded, as_of)
    begin = _beginnings(day)
    made = reviews(encoded, as_of=as_of, knowledge=knowledge)
    if among is not None:
        made = made[made["finding_id"].isin(set(among))]
    on = made["reviewed_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
    counted = {
        name: _by_quarter(on[made["outcome"].isin(outcomes).to_numpy()], begin)
        for name, outcomes in OUTCOMES.items()
    }
    ends = np.minimum(begin[1:] - 1, day)
    frame = pd.DataFrame(
        {
            "begins_on": as_dates(begin[:-1].astype(np.int32)),
            "ends_on": as_dates(ends.astype(np.int32)),
            **counted,
            "derived": _by_quarter(_derived_on(encoded, day, among), begin),
        }
    )
    return finish_frame(frame, np.arange(QUARTERS), day)


def _beginnings(day: int) -> IntArray:
    """Return the first days of the last eight quarters and of the one after them, as days since 1970."""
    month = np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64)
    first = month - month % MONTHS + MONTHS * np.arange(1 - QUARTERS, 2)
    return first.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _by_quarter(on: IntArray, begin: IntArray) -> IntArray:
    """Count days by the quarter that they lie in; others are left out."""
    place = np.searchsorted(begin, on, side="right") - 1
    return np.bincount(place[(place >= 0) & (place < QUARTERS)], minlength=QUARTERS)


def _derived_on(encoded: EncodedPlan, day: int, among: Collection[str] | None) -> IntArray:
    """Return the days on which the findings were recorded that came from another one, each finding once."""
    frame, ids = encoded.frames["finding_relation"], encoded.findings.ids
    is_derived = codes(frame["relation"], Relation) == list(Relation).index(Relation.DERIVED_FROM)
    child, parent = positions(frame["finding_id"], ids), positions(frame["other_finding_id"], ids)
    new = np.unique(child[is_derived & (child >= 0) & (parent >= 0)])
    if among is not None:
        new = new[ids[new].isin(set(among))]
    recorded = encoded.findings.recorded[new].astype(np.int64)
    return recorded[recorded <= day]

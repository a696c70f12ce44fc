"""How do commitments, replications and check slots look as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.assess import as_dates, everything_on, number_of
from theorytopractice.assessment.columns import code, natural_order
from theorytopractice.assessment.commitments import KEPT, Commitment, observe_commitments
from theorytopractice.assessment.encoding import encode
from theorytopractice.assessment.experiences import Replication
from theorytopractice.assessment.mechanisms import RESULTS
from theorytopractice.assessment.segments import MISSING
from theorytopractice.assessment.situation import Situation
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def commitments(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every commitment with its state (method, section 7), by action_id.

    Columns: ``action_id``, ``state``, ``effective_due``, ``fulfilled_on`` (kept ones), ``days_late`` (kept late),
    ``as_of``.
    """
    book = encode(plan)
    cases = everything_on(book, as_of, knowledge)
    day = number_of(book, as_of)
    view = observe_commitments(book, day, cases.knowledge)
    is_kept = np.isin(view.state, [code(Commitment, one) for one in KEPT])
    is_late = view.state == code(Commitment, Commitment.KEPT_LATE)
    unknown = view.state == code(Commitment, Commitment.UNKNOWN)
    late = pd.array(view.completed_on.astype(np.int64) - view.effective_due, dtype="Int64")
    frame = pd.DataFrame(
        {
            "action_id": book.actions.ids[view.action].to_numpy(dtype=object),
            "state": _words(Commitment, view.state),
            "effective_due": as_dates(np.where(unknown, MISSING, view.effective_due)),
            "fulfilled_on": as_dates(np.where(is_kept, view.completed_on, MISSING)),
            "days_late": pd.Series(late).mask(~is_late),
        }
    )
    return finished(frame, natural_order(book.actions.ids[view.action]), day)


def replications(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every replication of an open experience with its state (method, section 8).

    Columns: ``finding_id``, ``action_id``, ``site``, ``state``, ``as_of``.
    """
    s = _situation(plan, as_of, knowledge)
    view = s.experiences
    case, action = s.actions.case[view.link], s.actions.action[view.link]
    is_open = s.seen.is_open[case]
    case, action = case[is_open], action[is_open]
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids[s.cases.finding[case]].to_numpy(dtype=object),
            "action_id": s.book.actions.ids[action].to_numpy(dtype=object),
            "site": s.book.frames["action"]["site"].astype("str").str.strip().to_numpy(dtype=object)[action],
            "state": _words(Replication, view.state[is_open]),
        }
    )
    order = np.lexsort(
        (rank_of(s.book.actions.ids)[action], rank_of(s.book.findings.ids)[s.cases.finding[case]])
    )
    return finished(frame, order, number_of(s.book, as_of))


def slots(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every check slot that has begun, of the open mechanisms in force (method, section 9).

    Columns: ``finding_id``, ``slot`` (from 1), ``due_on``, ``result`` (pass, fail, na, missed), ``counted``,
    ``as_of``. A slot that is not counted yet may still be served.
    """
    s = _situation(plan, as_of, knowledge)
    view = s.mechanisms.slots
    chosen = np.flatnonzero(s.seen.is_open[view.case])
    finding = s.cases.finding[view.case[chosen]]
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids[finding].to_numpy(dtype=object),
            "slot": view.number[chosen],
            "due_on": as_dates(view.due_on[chosen]),
            "result": [RESULTS[int(one)] for one in view.result[chosen]],
            "counted": view.is_counted[chosen],
        }
    )
    order = np.lexsort((view.number[chosen], rank_of(s.book.findings.ids)[finding]))
    return finished(frame, order, number_of(s.book, as_of))


def _situation(plan: Mapping[str, pd.DataFrame], as_of: date | str | None, knowledge: str) -> Situation:
    book = encode(plan)
    return Situation(book, everything_on(book, as_of, knowledge))


def _words(vocabulary: type[Commitment | Replication], codes: np.ndarray) -> np.ndarray:
    return np.array([str(word) for word in vocabulary], dtype=object)[codes]


def rank_of(ids: pd.Index[str]) -> np.ndarray:
    """Return each identifier's place in natural order."""
    rank = np.empty(len(ids), dtype=np.int64)
    rank[natural_order(ids)] = np.arange(len(ids))
    return rank


def finished(frame: pd.DataFrame, order: np.ndarray, day: int) -> pd.DataFrame:
    """Sort a listing and print its day on every row."""
    frame["as_of"] = as_dates(np.full(len(frame), day, dtype=np.int32))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["as_of"] = str(np.datetime64(day, "D"))
    return frame

"""How do commitments, replications and check slots look as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import code, natural_order
from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.assess import as_dates, everything_on, number_of
from theorytopractice.assessment.lists.framing import finished, rank_of, situation_of, words
from theorytopractice.assessment.stages.commitments import KEPT, Commitment, observe_commitments
from theorytopractice.assessment.stages.experiences import Replication, best_replications, ranks
from theorytopractice.assessment.stages.mechanisms import RESULTS
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
            "state": words(Commitment, view.state),
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
    s, day = situation_of(plan, as_of, knowledge)
    view = s.experiences
    case, action = s.actions.case[view.link], s.actions.action[view.link]
    is_open = s.seen.is_open[case]
    case, action = case[is_open], action[is_open]
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids[s.cases.finding[case]].to_numpy(dtype=object),
            "action_id": s.book.actions.ids[action].to_numpy(dtype=object),
            "site": s.book.frames["action"]["site"].astype("str").str.strip().to_numpy(dtype=object)[action],
            "state": words(Replication, view.state[is_open]),
        }
    )
    order = np.lexsort(
        (rank_of(s.book.actions.ids)[action], rank_of(s.book.findings.ids)[s.cases.finding[case]])
    )
    return finished(frame, order, day)


def spread(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List where every open experience has spread: one row an experience and site, by its best state there.

    Columns: ``finding_id``, ``site`` (as the best replication writes it), ``state`` (method, section 8), ``as_of``;
    by finding_id, the best state first. An experience that nobody took over has no row.
    """
    s, day = situation_of(plan, as_of, knowledge)
    view = s.experiences
    best = best_replications(s)
    best = best[s.seen.is_open[s.actions.case[view.link[best]]]]
    finding, action = s.cases.finding[s.actions.case[view.link[best]]], s.actions.action[view.link[best]]
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids[finding].to_numpy(dtype=object),
            "site": s.book.frames["action"]["site"].astype("str").str.strip().to_numpy(dtype=object)[action],
            "state": words(Replication, view.state[best]),
        }
    )
    place = rank_of(s.book.actions.ids)[action]
    order = np.lexsort((place, ranks()[view.state[best]], rank_of(s.book.findings.ids)[finding]))
    return finished(frame, order, day)


def slots(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every check slot that has begun, of the open mechanisms in force (method, section 9).

    Columns: ``finding_id``, ``slot`` (from 1), ``due_on``, ``result`` (pass, fail, na, missed), ``counted``,
    ``as_of``. A slot that is not counted yet may still be served.
    """
    s, day = situation_of(plan, as_of, knowledge)
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
    return finished(frame, order, day)

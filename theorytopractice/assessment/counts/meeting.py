"""What has a team on the wall in its weekly meeting: what is late, due soon, stalled, or done without evidence?

Method, sections 4 and 12, over the actions that serve an open finding in any role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.counts.attention import snapshot_of
from theorytopractice.assessment.counts.workload import SOON_DAYS
from theorytopractice.assessment.lists.agenda import actions
from theorytopractice.assessment.lists.registers import STATES
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.own_actions import serving
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd


def meeting(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the actions that serve an open finding in any role, with what a meeting asks of them, by action_id.

    Columns: those of :func:`actions`, ``days_left`` (missing without a date, negative once it is past), and of the
    open ones ``is_overdue``, ``is_due_soon`` (from the as-of day to 30 days later) and ``is_stalled`` (they serve a
    finding that is flagged so), counted as in :func:`owner_load`; ``awaits_evidence`` (complete without evidence).
    """
    book = encode(plan)
    every = actions(book, as_of=as_of, knowledge=knowledge)
    s = snapshot_of(book, as_of, knowledge)
    stalled = book.actions.ids[serving(book, s.flag("stalled"))]
    frame = every[every["finding_ids"].str.len() > 0].reset_index(drop=True)
    left = (frame["due"] - frame["as_of"]).dt.days.astype("Int64")
    is_open = frame["is_open"].to_numpy(dtype=bool)
    frame["days_left"] = left
    frame["is_due_soon"] = is_open & left.between(0, SOON_DAYS).fillna(False).to_numpy(dtype=bool)
    frame["is_stalled"] = is_open & np.asarray(frame["action_id"].isin(stalled), dtype=bool)
    frame["awaits_evidence"] = frame["action_state"] == STATES[ActionState.DONE_UNVERIFIED]
    frame.attrs.update(every.attrs)
    return frame

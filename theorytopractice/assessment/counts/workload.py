"""Who has how much to do, and what has nobody?

Method, section 12: ownership load, over the actions that serve an open finding in any role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.counts.attention import snapshot_of
from theorytopractice.assessment.lists.framing import NOBODY, cells, finished, rank_of
from theorytopractice.assessment.stages.own_actions import serving
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.segments import Truths
    from theorytopractice.assessment.counts.snapshot import Snapshot

SOON_DAYS = 30


def owner_load(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """Say for every accountable owner how many actions are to be done, overdue, due soon and stalled.

    Method, section 12. Distinct actions that serve an open finding as ``delivers``, ``enables``, ``improves``
    or ``replicates``, by their own state.

    Returns:
        The first row is nobody (``owner_id`` missing), also with zeros; then whoever is accountable for a
        live action, most open actions first: ``owner_id``, ``name``, ``unit``, ``live`` (not cancelled, so
        completed ones too), ``open`` (live and not complete), and of the open ones ``overdue``,
        ``due_in_30_days`` (from the as-of day to 30 days later) and ``stalled`` (they serve a finding that is
        flagged so), ``as_of``.
    """
    s = snapshot_of(plan, as_of, knowledge)
    actions = s.actions
    is_open = actions.is_open & s.is_serving
    due = actions.due.astype(np.int64)
    counted: dict[str, Truths] = {
        "live": actions.is_live & s.is_serving,
        "open": is_open,
        "overdue": actions.is_overdue & is_open,
        "due_in_30_days": is_open & (due >= s.day) & (due <= s.day + SOON_DAYS),
        "stalled": is_open & serving(s.book, s.flag("stalled")),
    }
    held = s.book.frames["action_owner"]["owner_id"]
    number, named = pd.factorize(cells(held, s.book.actions.accountable))  # −1: nobody
    ids = pd.Index(named, dtype="str")
    frame = _people(s, ids)
    for name, truth in counted.items():
        frame[name] = np.bincount(number[truth] + 1, minlength=len(ids) + 1).astype(np.int64)
    order = np.lexsort((rank_of(ids), -frame["open"].to_numpy()[1:])) + 1
    busy = order[frame["live"].to_numpy()[order] > 0]
    return finished(frame, np.concatenate([[0], busy]), s.day)


def _people(s: Snapshot, ids: pd.Index[str]) -> pd.DataFrame:
    """Begin the table: nobody, then the owners with their names and units."""
    known = s.book.frames["owner"].drop_duplicates("owner_id").set_index("owner_id")
    people = known.reindex(ids)
    return pd.DataFrame(
        {
            "owner_id": [None, *ids],
            "name": [NOBODY, *people["name"]],
            "unit": [None, *people["unit"]],
        },
        dtype="str",
    )

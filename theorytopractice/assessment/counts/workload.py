"""Who has how much to do, and what has nobody?

Method, section 12: ownership load, over the actions that serve an open finding in any role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import code, codes, positions
from theorytopractice.assessment.counts.attention import snapshot_of
from theorytopractice.assessment.lists.framing import finished, rank_of
from theorytopractice.assessment.stages.own_actions import serving
from theorytopractice.model.vocabularies import Knowledge, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.segments import Ints, Truths
    from theorytopractice.assessment.counts.snapshot import Snapshot

SOON_DAYS = 30
NOBODY = "nobody"


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
    owner, action, ids = _accountable(s)
    n = len(ids) + 1
    frame = _people(s, ids)
    for name, truth in counted.items():
        frame[name] = np.bincount(owner[truth[action]], minlength=n).astype(np.int64)
    order = np.lexsort((rank_of(ids), -frame["open"].to_numpy()[1:])) + 1
    busy = order[frame["live"].to_numpy()[order] > 0]
    return finished(frame, np.concatenate([[0], busy]), s.day)


def _accountable(s: Snapshot) -> tuple[Ints, Ints, pd.Index[str]]:
    """Return distinct (owner, action) pairs, owner 0 being nobody, and the identifiers of owners 1 and up."""
    frame = s.book.frames["action_owner"]
    is_accountable = codes(frame["role"], OwnerRole) == code(OwnerRole, OwnerRole.ACCOUNTABLE)
    kept = frame[is_accountable & frame["owner_id"].notna().to_numpy()]
    ids = pd.Index(kept["owner_id"].astype("str").unique(), dtype="str")
    action = positions(kept["action_id"], s.book.actions.ids)
    owner = positions(kept["owner_id"], ids) + 1
    alone = np.flatnonzero(~s.book.actions.has_accountable)
    pairs = np.stack(
        [
            np.concatenate([owner[action >= 0], np.zeros(len(alone), dtype=np.int64)]),
            np.concatenate([action[action >= 0], alone]),
        ]
    )
    owner, action = np.unique(pairs, axis=1)
    return owner, action, ids


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

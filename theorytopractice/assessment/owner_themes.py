"""Who carries which subject? Owners by themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import natural_order, texts
from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import as_dates, as_day, everything_on, number_of
from theorytopractice.assessment.lists.framing import NO_THEME
from theorytopractice.assessment.lists.framing import themes as themes_of
from theorytopractice.assessment.stages.own_actions import observe_own_actions
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.model.vocabularies import Knowledge, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

NOBODY = "nobody"


def owner_themes(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    role: str | None = OwnerRole.ACCOUNTABLE,
) -> pd.DataFrame:
    """Count the live actions that each owner has in each theme: who carries what, and what hangs on one person.

    Live actions are in the plan and not cancelled (method, section 12), linked in any role to an open finding. One
    that serves two findings of a theme counts once there; one that serves two themes counts in both, so the
    counts of a row of the matrix may add up to more than the owner's load.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        role: ``accountable`` (one owner an action), another role, or None for owners in any role.

    Returns:
        One row for each owner and theme that have a live action in common, by owner_id then theme:
        ``owner_id``, ``name``, ``theme``, ``n`` (distinct live actions), ``as_of``. Actions without such an owner are
        at the top with the name "nobody" and an empty owner_id. ``attrs["as_of"]`` holds the day.
    """
    book = encode(plan)
    s = Situation(book, everything_on(book, as_of, knowledge))
    own = observe_own_actions(book, number_of(book, as_of), s.cases.knowledge)
    live = np.flatnonzero(own.is_live[s.actions.action] & s.seen.is_open[s.actions.case])
    themes = themes_of(book.frames["finding"])
    ids = book.actions.ids.to_numpy(dtype=object)
    served = pd.DataFrame(
        {"action_id": ids[s.actions.action[live]], "theme": themes[s.cases.finding[s.actions.case[live]]]}
    ).drop_duplicates()
    carried = served.merge(_owners(book.frames, role), how="left", on="action_id").fillna({"owner_id": ""})
    counted = carried.groupby(["owner_id", "theme"])["action_id"].nunique().rename("n").reset_index()
    names = {"": NOBODY} | _names(book.frames["owner"])
    counted.insert(1, "name", [names.get(owner_id, owner_id) for owner_id in counted["owner_id"]])
    counted = counted.iloc[_order(counted)].reset_index(drop=True)
    day = as_day(book, as_of)
    counted["as_of"] = as_dates(np.full(len(counted), np.datetime64(day, "D").astype(np.int32)))
    counted.attrs["as_of"] = str(day)
    return counted


def _owners(frames: Mapping[str, pd.DataFrame], role: str | None) -> pd.DataFrame:
    """Return the distinct pairs of an action and an owner in a role."""
    links = frames["action_owner"]
    pairs = pd.DataFrame(
        {name: texts(links[name]) for name in ("action_id", "owner_id", "role")}, dtype=object
    )
    pairs = pairs[(pairs["owner_id"] != "") & ((pairs["role"] == role) | (role is None))]
    return pairs[["action_id", "owner_id"]].drop_duplicates()


def _names(owners: pd.DataFrame) -> dict[str, str]:
    """Return owner_id → name, for the owners that have one."""
    named = zip(texts(owners["owner_id"]), texts(owners["name"]), strict=True)
    return {owner_id: name for owner_id, name in named if name}


def _order(counted: pd.DataFrame) -> np.ndarray:
    """Order by owner, then theme; nobody first, the findings without a theme last."""
    ranks = []
    for column in ("theme", "owner_id"):
        ids = pd.Index(counted[column].unique(), dtype="str")
        rank = pd.Series(np.argsort(natural_order(ids)), index=ids)
        ranks.append(rank.reindex(counted[column]).to_numpy())
    return np.lexsort((ranks[0], counted["theme"] == NO_THEME, ranks[1]))

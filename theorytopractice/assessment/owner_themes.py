"""Who carries which subject? Owners by themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import has_text, positions, texts
from theorytopractice.assessment.arrays.encoding import NO_THEME
from theorytopractice.assessment.counts.attention import snapshot_of
from theorytopractice.assessment.lists.framing import NOBODY, cells, finished, owner_ids, rank_of
from theorytopractice.assessment.stages.own_actions import linking_findings
from theorytopractice.errors import UnknownName
from theorytopractice.model.vocabularies import Knowledge, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.arrays.segments import Ints


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
        ``owner_id``, ``name``, ``theme``, ``n`` (distinct live actions), ``n_of_owner`` and ``n_of_theme`` (distinct
        live actions of the owner and of the theme, however many cells they are in), ``as_of``. Actions without such
        an owner are at the top with the name "nobody" and a missing owner_id. ``attrs["as_of"]`` holds the day.

    Raises:
        UnknownName: there is no such role.
    """
    if role is not None and role not in tuple(OwnerRole):
        raise UnknownName("role", role, OwnerRole)
    s = snapshot_of(plan, as_of, knowledge)
    book, finding, action = s.book, linking_findings(s.book), s.book.links["action"]
    live = s.is_open[finding] & s.actions.is_live[action]
    served = pd.DataFrame({"action": action[live], "theme": book.findings.theme[finding[live]]})
    carried = served.merge(_owners(book, role), how="left", on="action")
    cell = ["owner_id", "theme"]
    counted = carried.groupby(cell, dropna=False)["action"].nunique().rename("n").reset_index()
    for column, name in zip(cell, ("n_of_owner", "n_of_theme"), strict=True):
        total = carried.groupby(column, dropna=False)["action"].nunique()
        counted[name] = total.reindex(counted[column]).to_numpy(dtype=np.int64)
    counted.insert(1, "name", _names(book, counted["owner_id"]))
    return finished(counted.astype({"owner_id": "str", "theme": "str"}), _order(counted), s.day)


def _owners(book: Book, role: str | None) -> pd.DataFrame:
    """Return the distinct pairs of an action and an owner in a role."""
    links = book.frames["action_owner"]
    action = positions(links["action_id"], book.actions.ids)
    rows = book.actions.accountable[book.actions.has_accountable]
    if role != OwnerRole.ACCOUNTABLE:
        is_meant = np.array([role in (None, text.strip()) for text in texts(links["role"])], dtype=bool)
        rows = np.flatnonzero(is_meant & has_text(links["owner_id"]) & (action >= 0))
    return pd.DataFrame(
        {"action": action[rows], "owner_id": cells(links["owner_id"], rows)}
    ).drop_duplicates()


def _names(book: Book, ids: pd.Series) -> np.ndarray:
    """Return the name of each owner: the identifier where nobody told it, and "nobody" where there is none."""
    names = pd.Series(cells(book.frames["owner"]["name"], positions(ids, owner_ids(book))), dtype=object)
    return names.where(names.notna(), ids).where(ids.notna(), NOBODY).to_numpy(dtype=object)


def _order(counted: pd.DataFrame) -> Ints:
    """Order by owner, then theme; nobody first, the findings without a theme last."""
    theme, owner = (_places(counted[column]) for column in ("theme", "owner_id"))
    return np.lexsort((theme, counted["theme"] == NO_THEME, owner))


def _places(column: pd.Series) -> Ints:
    """Return the place of each word in natural order; −1 where it is missing."""
    number, words = pd.factorize(column)
    return np.append(rank_of(pd.Index(words, dtype="str")), -1)[number]

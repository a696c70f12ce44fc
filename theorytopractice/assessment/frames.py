"""What do all tables share? Cells by row, identifiers, natural order, the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.columns import as_dates, natural_order, positions, texts
from theorytopractice.assessment.grouped import MISSING, Array, pick

if TYPE_CHECKING:
    from enum import Enum

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import BoolArray, DayArray, IntArray


NOBODY = "nobody"  # the name in the row of what no owner is accountable for; its owner_id is missing


def key_order(frame: pd.DataFrame, keys: tuple[str, ...]) -> IntArray:
    """Return the rows in the order of some columns, as ``listing`` sorts them."""
    if not keys:
        return np.arange(len(frame))
    return np.lexsort([_sort_key(frame, key) for key in reversed(keys)])


def _sort_key(frame: pd.DataFrame, key: str) -> Array:
    column = frame[key.removeprefix("-")]
    if key.startswith("-"):
        return -column.to_numpy()
    return natural_places(column) if column.dtype.kind not in "biufM" else column.to_numpy()


def natural_places(column: pd.Series) -> IntArray:
    """Return the place of each text in natural order; −1 where it is missing."""
    number, words = pd.factorize(column)
    return np.append(rank_of(pd.Index(words, dtype="str")), -1)[number]


def words(vocabulary: type[Enum], numbers: Array) -> Array:
    """Return the words of a vocabulary by their numbers."""
    return np.array([str(word) for word in vocabulary], dtype=object)[numbers]


def rank_of(ids: pd.Index[str]) -> IntArray:
    """Return each identifier's place in natural order."""
    place = np.empty(len(ids), dtype=np.int64)
    place[natural_order(ids)] = np.arange(len(ids))
    return place


def cells(column: pd.Series, rows: IntArray) -> Array:
    """Take cells of a column of texts by row; None where empty or where the row is −1."""
    taken = np.full(len(rows), None, dtype=object)
    known = np.flatnonzero(rows >= 0)
    taken[known] = [text or None for text in texts(column.iloc[rows[known]])]
    return taken


def pick_words(column: Array, position: IntArray) -> Array:
    """Take a column of words at each position; None where the position is −1."""
    taken = np.full(len(position), None, dtype=object)
    taken[position >= 0] = column[position[position >= 0]]
    return taken


def id_lists(ids: Array, group: IntArray, wanted: BoolArray, n: int) -> pd.Series:
    """Return the wanted words of each of n groups as lists, each word once, in the order of the rows."""
    lists: list[dict[str, None]] = [{} for _ in range(n)]
    for place, word in zip(group[wanted].tolist(), ids[wanted].tolist(), strict=True):
        lists[place][word] = None
    return pd.Series([list(each) for each in lists], dtype=object)


def accountable(encoded: EncodedPlan) -> tuple[Array, Array]:
    """Return name and unit of each action's accountable owner; the owner's id where the name is missing."""
    ids, row = encoded.frames["action_owner"]["owner_id"], encoded.actions.accountable
    owner = pick(positions(ids, owner_ids(encoded)), row, -1)
    name, unit = (cells(encoded.frames["owner"][column], owner) for column in ("name", "unit"))
    return np.where(name == None, cells(ids, row), name), unit  # noqa: E711 - cell by cell


def owner_ids(encoded: EncodedPlan) -> pd.Index[str]:
    """Return the identifiers of the owners."""
    return pd.Index(encoded.frames["owner"]["owner_id"].astype("str"), dtype="str")


def owner_names(encoded: EncodedPlan, finding: IntArray) -> list[str | None]:
    """Return the names of the findings' own owners; the owner's id where the name is missing."""
    ids = encoded.frames["finding"]["owner_id"]
    names = cells(encoded.frames["owner"]["name"], positions(ids, owner_ids(encoded))[finding])
    return [name or owner_id for name, owner_id in zip(names, cells(ids, finding), strict=True)]


def finding_ids(encoded: EncodedPlan, finding: IntArray) -> Array:
    """Return the identifiers of some findings."""
    return encoded.findings.ids.to_numpy(dtype=object)[finding]


def action_ids(encoded: EncodedPlan, action: IntArray) -> Array:
    """Return the identifiers of some actions; None where there is none (−1)."""
    return pick_words(encoded.actions.ids.to_numpy(dtype=object), action)


def dates_of(days: DayArray, position: IntArray) -> Array:
    """Take days at each position as dates; NaT where there is none (−1)."""
    return as_dates(pick(days, position, MISSING))


def finish_frame(frame: pd.DataFrame, order: IntArray, day: int) -> pd.DataFrame:
    """Sort a list and print its day on every row."""
    frame["as_of"] = as_dates(np.full(len(frame), day, dtype=np.int32))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["as_of"] = str(np.datetime64(day, "D"))
    return frame

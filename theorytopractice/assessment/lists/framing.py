"""What do all lists share? A situation of every finding on one day, cells by row, natural order, the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import code, codes, natural_order, positions, texts
from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import as_dates, everything_on, number_of
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.model.vocabularies import OwnerRole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from enum import StrEnum

    from theorytopractice.assessment.arrays.encoding import Book
    from theorytopractice.assessment.arrays.segments import Array, Ints


def situation_of(
    plan: Mapping[str, pd.DataFrame], as_of: date | str | None, knowledge: str
) -> tuple[Situation, int]:
    """Return every finding of a plan on one day, and that day as days since 1970."""
    book = encode(plan)
    return Situation(book, everything_on(book, as_of, knowledge)), number_of(book, as_of)


NO_THEME = "(no theme)"


def themes(findings: pd.DataFrame) -> Array:
    """Return the theme of each finding, trimmed; "(no theme)" where it has none."""
    return np.array([text.strip() or NO_THEME for text in texts(findings["theme"])], dtype=object)


def words(vocabulary: type[StrEnum], numbers: Array) -> Array:
    """Return the words of a vocabulary by their numbers."""
    return np.array([str(word) for word in vocabulary], dtype=object)[numbers]


def rank_of(ids: pd.Index[str]) -> Ints:
    """Return each identifier's place in natural order."""
    place = np.empty(len(ids), dtype=np.int64)
    place[natural_order(ids)] = np.arange(len(ids))
    return place


def cells(column: pd.Series, rows: Ints) -> Array:
    """Take cells of a column of texts by row; None where empty or where the row is −1."""
    taken = np.full(len(rows), None, dtype=object)
    known = np.flatnonzero(rows >= 0)
    taken[known] = [text or None for text in texts(column.iloc[rows[known]])]
    return taken


def accountable(book: Book) -> tuple[Array, Array]:
    """Return name and unit of each action's accountable owner; the owner's id where nobody told the name."""
    links, owners = book.frames["action_owner"], book.frames["owner"]
    is_accountable = codes(links["role"], OwnerRole) == code(OwnerRole, OwnerRole.ACCOUNTABLE)
    action = positions(links["action_id"], book.actions.ids)
    rows = np.flatnonzero(is_accountable & (action >= 0))
    name, unit = np.full(len(book.actions.ids), None), np.full(len(book.actions.ids), None)
    owner_id = cells(links["owner_id"], rows)
    owner = positions(links["owner_id"], owner_ids(book))[rows]
    known = cells(owners["name"], owner)
    name[action[rows]] = np.where(known == None, owner_id, known)  # noqa: E711 - cell by cell
    unit[action[rows]] = cells(owners["unit"], owner)
    return name, unit


def owner_ids(book: Book) -> pd.Index[str]:
    """Return the identifiers of the owners."""
    return pd.Index(book.frames["owner"]["owner_id"].astype("str"), dtype="str")


def finished(frame: pd.DataFrame, order: Ints, day: int) -> pd.DataFrame:
    """Sort a list and print its day on every row."""
    frame["as_of"] = as_dates(np.full(len(frame), day, dtype=np.int32))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["as_of"] = str(np.datetime64(day, "D"))
    return frame

"""What do all lists share? A situation of every finding on one day, cells by row, natural order, the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.columns import as_dates, natural_order, positions, texts
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.grouped import pick
from theorytopractice.assessment.visibility import all_findings_on, as_day_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from enum import Enum

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, IntArray


NOBODY = "nobody"  # the name in the row of what no owner is accountable for; its owner_id is missing


def assessment_on(
    plan: Mapping[str, pd.DataFrame], as_of: date | str | None, knowledge: str
) -> tuple[Assessment, int]:
    """Return every finding of a plan on one day, and that day as days since 1970."""
    encoded = encode(plan)
    return Assessment(encoded, all_findings_on(encoded, as_of, knowledge)), as_day_number(encoded, as_of)


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


def accountable(encoded: EncodedPlan) -> tuple[Array, Array]:
    """Return name and unit of each action's accountable owner; the owner's id where nobody told the name."""
    ids, row = encoded.frames["action_owner"]["owner_id"], encoded.actions.accountable
    owner = pick(positions(ids, owner_ids(encoded)), row, -1)
    name, unit = (cells(encoded.frames["owner"][column], owner) for column in ("name", "unit"))
    return np.where(name == None, cells(ids, row), name), unit  # noqa: E711 - cell by cell


def owner_ids(encoded: EncodedPlan) -> pd.Index[str]:
    """Return the identifiers of the owners."""
    return pd.Index(encoded.frames["owner"]["owner_id"].astype("str"), dtype="str")


def owner_names(encoded: EncodedPlan, finding: IntArray) -> list[str | None]:
    """Return the names of the findings' own owners; the owner's id where nobody told the name."""
    ids = encoded.frames["finding"]["owner_id"]
    names = cells(encoded.frames["owner"]["name"], positions(ids, owner_ids(encoded))[finding])
    return [name or owner_id for name, owner_id in zip(names, cells(ids, finding), strict=True)]


def finish_frame(frame: pd.DataFrame, order: IntArray, day: int) -> pd.DataFrame:
    """Sort a list and print its day on every row."""
    frame["as_of"] = as_dates(np.full(len(frame), day, dtype=np.int32))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["as_of"] = str(np.datetime64(day, "D"))
    return frame

"""Does a piece of evidence stand for one action only, and who vouches for it? (method, 5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import (
    NEVER,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    has_text,
    pick,
    texts,
)
from theorytopractice.model.values import fold
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from theorytopractice.assessment.encoded_plan import EncodedPlan

SAME = ("uri", "sha256")
"""Two pieces of evidence are one where a text of these columns is the same."""


def parents(facts: Grouped) -> IntArray:
    """Return the parent of each row of some facts."""
    return np.repeat(np.arange(len(facts.starts) - 1), np.diff(facts.starts))


def is_self_verified(
    evidence: Grouped, tables: Mapping[str, pd.DataFrame], accountable: IntArray
) -> BoolArray:
    """Tell which evidence was verified by whoever is accountable for its action, known by name or identifier (5.4).

    Args:
        evidence: the evidence of actions, by action.
        tables: the tables of the plan.
        accountable: the row of the table action_owner that names who is accountable for each action, −1 where nobody is.
    """
    verified_by = tables["evidence"]["verified_by"].iloc[evidence.row]
    own = has_text(verified_by) & (pick(accountable, parents(evidence), -1) >= 0)
    rows = np.flatnonzero(own)
    if not len(rows):
        return own
    owners = tables["action_owner"]["owner_id"].iloc[accountable[parents(evidence)[rows]]]
    keys = [key.strip() for key in texts(owners)]
    known = zip(texts(tables["owner"]["owner_id"]), texts(tables["owner"]["name"]), strict=True)
    name_of = {key.strip(): name for key, name in known}
    own[rows] = [
        fold(who) in {fold(key), fold(name_of.get(key, key))}
        for who, key in zip(texts(verified_by.iloc[rows]), keys, strict=True)
    ]
    return own


def reused_since(
    evidence: Grouped, frame: pd.DataFrame, recorded: DayArray, *, is_restated: bool
) -> DayArray:
    """Return from which day each piece of evidence stands for another action too, NEVER where for one only (5.4).

    Args:
        evidence: the evidence of actions, by action.
        frame: the table evidence.
        recorded: the day on which each action came into the plan.
        is_restated: by what is known now, else by what was known then (T3).
    """
    action, seen = parents(evidence), _seen_from(evidence, recorded, is_restated=is_restated)
    since = np.full(len(action), NEVER, dtype=np.int32)
    for column in SAME:
        for rows in _same_texts(frame[column].iloc[evidence.row]):
            since[rows] = np.minimum(since[rows], _first_of_others(action[rows], seen[rows]))
    return since


def _seen_from(evidence: Grouped, recorded: DayArray, *, is_restated: bool) -> DayArray:
    """Return from which day each piece of evidence and its action are known."""
    dated = np.maximum(evidence["day"], pick(recorded, parents(evidence), NEVER))
    return dated if is_restated else np.maximum(dated, evidence["recorded"])


def _same_texts(column: pd.Series) -> list[IntArray]:
    """Return the places of each text that stands more than once."""
    repeated = np.flatnonzero(has_text(column) & column.duplicated(keep=False).to_numpy())
    places: dict[str, list[int]] = {}
    for place, text in zip(repeated.tolist(), texts(column.iloc[repeated]), strict=True):
        places.setdefault(text.strip(), []).append(place)
    return [np.array(rows) for rows in places.values()]


def _first_of_others(action: IntArray, seen: DayArray) -> DayArray:
    """Return for each row the earliest day among the rows of other actions; NEVER where there is no other."""
    order = np.argsort(seen, kind="stable")
    foremost = action[order[0]]
    second = next((row for row in order.tolist() if action[row] != foremost), None)
    others = NEVER if second is None else seen[second]
    return np.where(action == foremost, others, seen[order[0]]).astype(np.int32)


def shown_elsewhere(encoded: EncodedPlan, row: int, day: int, knowledge: Knowledge) -> list[int]:
    """Return the other actions that one piece of evidence stands for on a day (5.4)."""
    evidence, frame = encoded.evidence, encoded.frames["evidence"]
    action = parents(evidence)
    seen = _seen_from(evidence, encoded.actions.recorded, is_restated=knowledge == Knowledge.RESTATED)
    rows = np.flatnonzero((seen <= day) & (action != action[row]))
    is_same = np.zeros(len(rows), dtype=bool)
    for column in SAME:
        cells = frame[column].iloc[evidence.row]
        own = texts(cells.iloc[[row]])[0].strip()
        is_same |= np.array(
            [bool(own) and text.strip() == own for text in texts(cells.iloc[rows])], dtype=bool
        )
    return np.unique(action[rows[is_same]]).tolist()

"""How are dated facts read, so that those of one subject lie together in the order of their dates?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.columns import code, codes, days, has_text, numbers, positions, texts, truths
from theorytopractice.assessment.grouped import MISSING, DayArray, Grouped, IntArray, group, pick
from theorytopractice.assessment.targets import Targets, is_confirming, is_satisfied, measure_values
from theorytopractice.model.values import natural
from theorytopractice.model.vocabularies import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    import pandas as pd


EPOCH_SPAN = 2**22  # days fit in it, so that parent and day make one sortable whole number


def latest_days(facts: Grouped) -> DayArray:
    """Return each parent's latest fact date, MISSING where it has none."""
    return np.where(
        facts.starts[1:] > facts.starts[:-1], pick(facts["day"], facts.starts[1:] - 1, MISSING), MISSING
    )


def read_events(
    frame: pd.DataFrame, subject: Subject, ids: pd.Index[str], vocabulary: type[StrEnum]
) -> Grouped:
    """Group by subject the events of findings, or of actions; those of unknown subjects are left out."""
    rows = np.flatnonzero(codes(frame["subject"], Subject) == code(Subject, subject))
    own = frame.iloc[rows]
    parent, kind, day = (
        positions(own["subject_id"], ids),
        codes(own["event"], vocabulary),
        days(own["happened_on"]),
    )
    parent = np.where((kind >= 0) & (day != MISSING), parent, -1)
    grouped = group(
        parent,
        len(ids),
        in_order(parent, day, day, own["event_id"]),
        day=day,
        recorded=days(own["recorded_on"]),
        kind=kind,
        due=days(own["due"]),
        progress=numbers(own["progress"]),
        consent=truths(own["consent"], default=False),
    )
    return Grouped(grouped.starts, rows[grouped.row], grouped.columns)


def read_evidence(frame: pd.DataFrame, ids: pd.Index[str], *, subject: str = "action_id") -> Grouped:
    """Group by its subject the evidence of actions, or of findings (``finding_id``)."""
    parent, day = positions(frame[subject], ids), days(frame["dated_on"])
    parent = np.where(day != MISSING, parent, -1)
    order = in_order(parent, day, day, frame["evidence_id"])
    return group(parent, len(ids), order, day=day, recorded=days(frame["recorded_on"]))


def read_observations(
    frame: pd.DataFrame, ids: pd.Index[str], indicator: pd.DataFrame, targets: Targets
) -> Grouped:
    """Group by indicator the observations, each judged against its target; the latest known of a date last."""
    parent, day, recorded = (
        positions(frame["indicator_id"], ids),
        days(frame["observed_on"]),
        days(frame["recorded_on"]),
    )
    parent = np.where((day != MISSING) & has_text(frame["value"]), parent, -1)
    known = np.where(recorded == MISSING, day, recorded)
    measured = measure_values(frame["value"], parent, indicator)
    return group(
        parent,
        len(ids),
        in_order(parent, day, known, frame["observation_id"]),
        day=day,
        recorded=recorded,
        is_final=truths(frame["final"], default=True),
        n=numbers(frame["n"]),
        is_satisfied=is_satisfied(frame["value"], parent, indicator, targets, measured),
        measured=measured,
        is_confirming=is_confirming(frame, parent, indicator, targets),
    )


def in_order(parent: IntArray, day: DayArray, known: DayArray, ids: pd.Series) -> IntArray:
    """Order facts by parent, date, day on which they became known, and seq (method, T5).

    Natural order of identifiers is slow to find, so it is looked for only among facts of one parent and day.
    """
    combined = (parent + 1) * EPOCH_SPAN + day
    order = np.argsort(combined, kind="stable")
    same = combined[order][1:] == combined[order][:-1]
    if not same.any():
        return order
    tied = order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]
    names = texts(ids.iloc[tied])
    ranked = sorted(range(len(tied)), key=lambda i: _tie(int(known[tied[i]]), names[i], int(tied[i])))
    rank = np.zeros(len(parent), dtype=np.int64)
    rank[tied[ranked]] = np.arange(len(tied))
    return np.lexsort((rank, combined))


def _tie(known: int, name: str, row: int) -> tuple[int, bool, Sequence[object], int]:
    """Sort key of a fact among those of its date; one without an id comes after them, in file order."""
    return known, not name, natural(name), row

"""From which findings did a finding come, and which one is in force in its place?

Method, sections 3 and 10.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.columns import as_dates, code, codes, positions
from theorytopractice.assessment.encode import encode, judge_links, suspect_rows
from theorytopractice.assessment.frames import finding_ids, pick_words, words
from theorytopractice.assessment.grouped import IntArray, pick
from theorytopractice.assessment.snapshot import listing
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Disposition, FindingEvent, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.snapshot import Columns, PlanSnapshot


REPLACED = {FindingEvent.SUPERSEDE: "superseded_by", FindingEvent.DUPLICATE: "duplicate_of"}


@listing("finding_id", "relation", "other_finding_id")
def lineage(s: PlanSnapshot) -> Columns:
    """List how findings hang together on a day: one row an edge, by finding_id.

    Columns: ``finding_id``, ``relation`` (derived_from, codified_in, related, superseded_by, duplicate_of),
    ``other_finding_id``, ``since``, ``in_force_id``, ``as_of``.

    ``since`` is the day of the decision that is in force; a relation holds since both findings are in the plan,
    as it has no date of its own. ``in_force_id`` follows the other finding along supersessions and
    duplicates to the one that is open today; missing where that chain ends at a finding that is rejected, retired
    or not in the plan yet. Edges from a finding that is not in the plan yet are left out, and relations to one.
    """
    recorded, related, replaced = s.encoded.findings.recorded, _relations(s), _replacements(s)
    finding, other = (np.concatenate([related[i], replaced[i]]) for i in (0, 1))
    since = [
        np.maximum(recorded[related[0]], recorded[related[1]]),
        s.encoded.finding_events["day"][s.visible.decision[replaced[0]]],
    ]
    return {
        "finding_id": finding_ids(s.encoded, finding),
        "relation": np.concatenate([related[2], replaced[2]]),
        "other_finding_id": finding_ids(s.encoded, other),
        "since": as_dates(np.concatenate(since)),
        "in_force_id": pick_words(s.encoded.findings.ids.to_numpy(dtype=object), in_force(s)[other]),
    }


def _relations(s: PlanSnapshot) -> tuple[IntArray, IntArray, np.ndarray]:
    """Return (finding, other, relation) of the relations between findings in the plan, each once."""
    frame, ids = s.encoded.frames["finding_relation"], s.encoded.findings.ids
    finding, other = positions(frame["finding_id"], ids), positions(frame["other_finding_id"], ids)
    relation = codes(frame["relation"], Relation).astype(np.int64)
    known = np.flatnonzero((finding >= 0) & (other >= 0) & (relation >= 0))
    known = known[s.is_in_plan[finding[known]] & s.is_in_plan[other[known]]]
    edges = np.unique(np.stack([finding[known], other[known], relation[known]]), axis=1)
    return edges[0], edges[1], words(Relation, edges[2])


def _replacements(s: PlanSnapshot) -> tuple[IntArray, IntArray, np.ndarray]:
    """Return (finding, other, relation) of the findings that are superseded, or duplicates."""
    other = replaced_by(s)
    finding = np.flatnonzero(other >= 0)
    is_superseded = s.visible.disposition[finding] == code(Disposition, Disposition.SUPERSEDED)
    return finding, other[finding], np.where(is_superseded, *REPLACED.values()).astype(object)


def replaced_by(s: Assessment) -> IntArray:
    """Return the finding by which each finding was superseded or of which it is a duplicate; −1 if none.

    The situation must hold every finding of the book, in order.
    """
    events = s.encoded.finding_events
    kind = pick(events["kind"], s.visible.decision, -1)
    replaced = np.isin(kind, [code(FindingEvent, word) for word in REPLACED])
    replaced &= s.visible.disposition != code(Disposition, Disposition.UNKNOWN)
    named = positions(s.encoded.frames["event"]["other_finding_id"], s.encoded.findings.ids)
    return np.where(replaced, pick(named, pick(events.row, s.visible.decision, -1), -1), -1)


def in_force(s: Assessment) -> IntArray:
    """Return the open finding to which each finding leads along supersessions and duplicates; −1 if none.

    The situation must hold every finding of the book, in order.
    """
    other = replaced_by(s)
    final = np.where(other >= 0, other, np.arange(len(s)))
    for _ in range(len(s).bit_length()):  # each turn doubles the steps taken along the chain
        final = final[final]
    return np.where(s.visible.is_open[final], final, -1)


def suspect_links(plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None) -> pd.DataFrame:
    """List every link that was not confirmed since its other end was reworded (method, 5.3).

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; what was reworded later is left out. Today in the plan's zone unless given.

    Returns:
        One row a link and direction: ``table`` and ``role`` (or relation) of the link, ``suspect_id`` (the
        finding or action that may no longer fit), ``reworded_id``, ``reworded_on``, ``confirmed_on``, ``as_of``.
    """
    day = as_day(encode(plan), as_of)
    return suspect_rows(judge_links(plan, (day - date(1970, 1, 1)).days)).assign(as_of=pd.Timestamp(day))

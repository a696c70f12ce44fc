"""For how long has nothing been heard of a finding?

Method, section 12: D − the newest visible fact of the finding, its linked actions and indicators, else
``recorded_on``. Facts are events, observations and evidence, whatever they say; links of every role count,
required or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING, Array, Days, Grouped, greatest
from theorytopractice.assessment.stages.own_actions import linking_findings
from theorytopractice.assessment.stages.timeline import is_visible

if TYPE_CHECKING:
    from theorytopractice.assessment.counts.snapshot import Snapshot


def newest_facts(s: Snapshot) -> Days:
    """Return the date of each finding's newest visible fact; MISSING where it has none."""
    book = s.book
    n, n_actions = len(book.findings.ids), len(book.actions.ids)
    own = _newest(book.finding_events, n, s)
    proof = _newest(s.past.finding_evidence, n, s)
    of_action = np.maximum(_newest(book.action_events, n_actions, s), _newest(book.evidence, n_actions, s))
    of_action[book.actions.recorded > s.day] = MISSING
    of_indicator = _newest(book.observations, len(book.indicator_ids), s)
    measuring = np.repeat(np.arange(n), np.diff(book.measures.starts))
    return np.maximum.reduce(
        [
            own,
            proof,
            _over(linking_findings(book), of_action[book.links["action"]], n),
            _over(measuring, of_indicator[book.measures["indicator"]], n),
        ]
    )


def idle_days(s: Snapshot) -> Array:
    """Return for each finding the days since its newest visible fact, else since it was recorded."""
    newest = newest_facts(s)
    return s.day - np.where(newest != MISSING, newest, s.book.findings.recorded).astype(np.int64)


def _newest(facts: Grouped, n: int, s: Snapshot) -> Days:
    """Return the latest own date among each parent's visible facts."""
    segment = np.repeat(np.arange(n), np.diff(facts.starts))
    rows = np.arange(len(segment))
    seen = is_visible(facts, rows, np.full(len(rows), s.day, dtype=np.int32), s.past.knowledge)
    return greatest(facts["day"], seen, segment, n)


def _over(segment: Array, day: Days, n: int) -> Days:
    return greatest(day, np.ones(len(day), dtype=bool), segment, n)

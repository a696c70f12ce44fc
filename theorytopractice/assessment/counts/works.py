"""Do solved problems stay solved, are promises kept, do experiences and mechanisms hold, and do we learn?

Method, sections 6 to 10: the measures of single kinds, of commitments and of the learning loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code, codes, positions
from theorytopractice.assessment.arrays.segments import MISSING, Array, Days, Truths
from theorytopractice.assessment.counts.counting import Figure, median, ratio, share, share_of
from theorytopractice.assessment.stages.commitments import KEPT, Commitment
from theorytopractice.assessment.stages.experiences import Replication, best_states
from theorytopractice.assessment.stages.mechanisms import last_slots
from theorytopractice.assessment.stages.own_actions import linking_findings
from theorytopractice.assessment.stages.problems import surveys
from theorytopractice.assessment.stages.timeline import REVIEWS, is_kind, is_visible
from theorytopractice.model.vocabularies import ActionRole, FindingEvent, Relation

if TYPE_CHECKING:
    from theorytopractice.assessment.counts.snapshot import Snapshot

FAILED = (Replication.DID_NOT_WORK, Replication.ABANDONED)
REVISIONS = (FindingEvent.REVIEW_REVISED, FindingEvent.REVIEW_MATERIAL, FindingEvent.SUPERSEDE)


def rebound_rate(s: Snapshot) -> Figure:
    """Of the open problems that were ever solved, those that lapsed since (section 6).

    ``recurred`` among them is exactly ``lapsed``: on a day on which a problem is solved it is not lapsed.
    """
    return share(s.flag("lapsed"), s.ever_solved)


def kept_on_time_rate(s: Snapshot) -> Figure:
    """Of the commitments that have come due, those kept on time (section 7)."""
    return share(_in(s, Commitment.KEPT_ON_TIME), _has_come_due(s))


def kept_ever_rate(s: Snapshot) -> Figure:
    """Of the commitments that have come due, those kept, on time or late (section 7)."""
    return share(_in(s, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE), _has_come_due(s))


def _in(s: Snapshot, *states: Commitment) -> Truths:
    return np.isin(s.commitments.state, [code(Commitment, state) for state in states])


def _has_come_due(s: Snapshot) -> Truths:
    """Tell which commitments form N: effective due ≤ D, not released, not still open on the due day itself."""
    due = s.commitments.effective_due
    out = _in(s, Commitment.UNKNOWN, Commitment.RELEASED, Commitment.OPEN)
    return (due != MISSING) & (due <= s.day) & ~out


def median_days_late(s: Snapshot) -> Figure:
    """The median of days between effective due and completion, over commitments kept late (section 7)."""
    late = _in(s, Commitment.KEPT_LATE)
    return median((s.commitments.completed_on.astype(np.int64) - s.commitments.effective_due)[late])


def confirmed_share(s: Snapshot) -> Figure:
    """Of the commitments kept or disputed, those that the people they were made to confirmed last (section 7)."""
    kept = _in(s, *KEPT)
    return share(kept & s.commitments.is_confirmed, kept | _in(s, Commitment.DISPUTED))


def satisfied_share(s: Snapshot) -> Figure:
    """Of the surveys on findings with a commitment that are not too old, those that pass (section 7).

    Distinct required confirmation indicators of findings, of any kind and closed ones too, that have a ``delivers`` link to
    a commitment in the plan. An observation is a visible final one, seen by the finding (section 10).
    """
    links = s.book.links
    action = links["action"]
    promised = s.book.actions.is_promised[action] & (s.book.actions.recorded[action] <= s.day)
    promised &= links["role"] == code(ActionRole, ActionRole.DELIVERS)
    wanted = np.zeros(len(s.is_open), dtype=bool)
    wanted[linking_findings(s.book)[promised]] = True
    found = surveys(s.situation, wanted & s.is_in_plan)
    recent, passing = (np.unique(found.indicator[truth]) for truth in (found.is_recent, found.passes))
    return share_of(len(passing), len(recent))


def replication_success(s: Snapshot) -> Figure:
    """Of the sites with a known result, those where the experience worked (section 8).

    A site is counted once for each open experience, by its best state there.
    """
    state = _site_states(s)
    worked = state == code(Replication, Replication.WORKED)
    failed = np.isin(state, [code(Replication, one) for one in FAILED])
    return share(worked, worked | failed)


def unknown_sites(s: Snapshot) -> int:
    """Count the sites that have no known result yet; shown beside replication success (section 8)."""
    known = [code(Replication, one) for one in (Replication.WORKED, *FAILED)]
    return int((~np.isin(_site_states(s), known)).sum())


def _site_states(s: Snapshot) -> Array:
    case, state = best_states(s.situation)
    return state[s.is_open[case]]


def persistence(s: Snapshot) -> Figure:
    """Passes of counted slots, over the last 12 slots without na of each open mechanism, pooled (section 9)."""
    passes, counted = last_slots(s.situation)
    return share_of(int(passes[s.is_open].sum()), int(counted[s.is_open].sum()))


def learning_yield(s: Snapshot) -> Figure:
    """New findings derived from others ÷ reviews, both in the period (section 10); a ratio, it may exceed 1.

    New is what was recorded in the period, whatever became of it.
    """
    relation, ids = s.book.frames["finding_relation"], s.book.findings.ids
    derived = codes(relation["relation"], Relation) == code(Relation, Relation.DERIVED_FROM)
    child, parent = positions(relation["finding_id"], ids), positions(relation["other_finding_id"], ids)
    new = np.unique(child[derived & (child >= 0) & (parent >= 0)])
    new = new[s.past.is_counted[new]]
    return ratio(int(_in_period(s, s.book.findings.recorded[new]).sum()), int(_reviewed(s, *REVIEWS).sum()))


def revision_share(s: Snapshot) -> Figure:
    """Of the reviews in the period, those that changed something (section 10).

    A material revision is a revision too: revised, material or superseded. Retiring or confirming is not.
    """
    return share(_reviewed(s, *REVISIONS), _reviewed(s, *REVIEWS))


def _reviewed(s: Snapshot, *words: FindingEvent) -> Truths:
    """Tell which finding events are visible, in the period, of a finding in the plan, and among some words."""
    events, n = s.book.finding_events, len(s.book.findings.ids)
    finding = np.repeat(np.arange(n), np.diff(events.starts))
    rows = np.arange(len(finding))
    seen = is_visible(events, rows, np.full(len(rows), s.day, dtype=np.int32), s.past.knowledge)
    seen &= s.is_in_plan[finding]
    return seen & is_kind(events["kind"], *words) & _in_period(s, events["day"])


def _in_period(s: Snapshot, day: Days) -> Truths:
    """Tell which days lie in (since, D]; without a beginning, everything up to D."""
    until = (day != MISSING) & (day <= s.day)
    return until if s.since is None else until & (day > s.since)

"""What was re-examined, with what to look at, when is it due again, and what came of it?

Method, section 10. A review is a ``rubber_stamp`` where nothing new lay before it: no observation, check or
evidence of the finding, its linked actions (in any role) or its linked indicators (required or not) became
visible after the previous review (before the first: after the finding's ``recorded_on``) and by the day of the
review itself. Provisional values count; who looked at them did look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    DAY_SPAN,
    MISSING,
    NEVER,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    as_dates,
    begins,
    cells,
    days,
    finish_frame,
    positions,
    some,
)
from theorytopractice.assessment.encoded_plan import CHECKS, REVIEWS, finding_ids, is_kind, is_visible
from theorytopractice.assessment.snapshot import Columns, PlanSnapshot, derived_findings, listing, snapshot_on
from theorytopractice.model.vocabularies import FindingEvent, Knowledge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.assessment.assessment import Assessment


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Every visible review of every case, by case, date and seq; ``row`` points into the finding events.

    ``previous_on`` is the day of the review before, or the finding's ``recorded_on`` where it is the first.
    """

    case: IntArray
    row: IntArray
    day: DayArray
    previous_on: DayArray
    is_first: BoolArray
    is_rubber_stamp: BoolArray


def observe_reviews(s: Assessment) -> ReviewView:
    """Judge the visible reviews of the cases whose finding is in the plan (method, section 10)."""
    events = s.encoded.finding_events
    case, row = events.expand(s.cases.finding)
    recorded = s.encoded.findings.recorded[s.cases.finding]
    keep = is_visible(events, row, s.day[case], s.cases.knowledge) & is_kind(events["kind"][row], *REVIEWS)
    keep &= recorded[case] <= s.day[case]
    case, row = case[keep], row[keep]
    day, is_first = events["day"][row], begins(case)
    previous_on = np.where(is_first, recorded[case], np.concatenate([day[:1], day[:-1]]))
    of, known = _becoming_known(s)
    keys = case * DAY_SPAN + day
    place = np.searchsorted(keys, of * DAY_SPAN + known)
    of, known, place = (part[place < len(keys)] for part in (of, known, place))
    is_new = (case[place] == of) & (known > previous_on[place])
    return ReviewView(case, row, day, previous_on, is_first, ~some(is_new, place, len(row)))


def _becoming_known(s: Assessment) -> tuple[IntArray, IntArray]:
    """Return (case, day on which it became visible) of every observation, check and piece of evidence."""
    encoded, finding = s.encoded, s.cases.finding
    linked, link = encoded.finding_actions.expand(finding)
    measured, measure = encoded.finding_indicators.expand(finding)
    own, check = encoded.finding_events.expand(finding)
    is_check = is_kind(encoded.finding_events["kind"][check], *CHECKS)
    proved, proof = encoded.evidence.expand(encoded.finding_actions["action"][link])
    observed, value = encoded.observations.expand(encoded.finding_indicators["indicator"][measure])
    facts = [
        (
            own[is_check],
            _known(s, encoded.finding_events["day"], encoded.finding_events["recorded"], check[is_check]),
        ),
        (linked[proved], _known(s, encoded.evidence["day"], encoded.evidence["recorded"], proof)),
        (measured[observed], _known(s, encoded.observations["day"], encoded.observations["recorded"], value)),
        _own_evidence(s),
    ]
    return np.concatenate([case for case, _ in facts]), np.concatenate([day for _, day in facts])


def _own_evidence(s: Assessment) -> tuple[IntArray, IntArray]:
    """Return (case, day on which it became visible) of the evidence given for findings themselves."""
    frame = s.encoded.frames["evidence"]
    wanted = np.zeros(len(s.encoded.findings.ids), dtype=bool)
    wanted[s.cases.finding] = True
    finding = positions(frame["finding_id"], s.encoded.findings.ids)
    rows = np.flatnonzero(finding >= 0)
    rows = rows[wanted[finding[rows]]]
    rows = rows[np.argsort(finding[rows], kind="stable")]
    frame, finding = frame.iloc[rows], finding[rows]
    day, recorded = days(frame["dated_on"]), days(frame["recorded_on"])
    begin = np.searchsorted(finding, s.cases.finding)
    many = np.searchsorted(finding, s.cases.finding, side="right") - begin
    case = np.repeat(np.arange(len(s)), many)
    place = np.arange(len(case)) - np.repeat(np.cumsum(many) - many, many) + begin[case]
    dated = day[place] != MISSING
    return case[dated], _known(s, day, recorded, place[dated])


def _known(s: Assessment, day: DayArray, recorded: DayArray, rows: IntArray) -> IntArray:
    """Return the day on which facts became visible (method, T3)."""
    known = day[rows].astype(np.int64)
    return np.maximum(known, recorded[rows]) if s.cases.knowledge == Knowledge.THEN else known


@listing("finding_id")
def reviews(s: PlanSnapshot) -> Columns:
    """List every review visible on a day, of closed findings too, by finding_id and date (method, section 10).

    Columns: ``finding_id``, ``event_id``, ``reviewed_on``, ``outcome`` (review_confirmed, review_revised,
    review_material, supersede, retire), ``by``, ``reason``, ``is_rubber_stamp``, ``as_of``.
    """
    view, event = observe_reviews(s), s.encoded.frames["event"]
    place = s.encoded.finding_events.row[view.row]
    return {
        "finding_id": finding_ids(s.encoded, view.case),
        "event_id": cells(event["event_id"], place),
        "reviewed_on": as_dates(view.day),
        "outcome": cells(event["event"], place),
        "by": cells(event["by"], place),
        "reason": cells(event["reason"], place),
        "is_rubber_stamp": view.is_rubber_stamp,
    }


@listing("finding_id")
def review_dates(s: PlanSnapshot) -> Columns:
    """Say of every open finding when it was last reviewed and when it is due again (method, section 10).

    Columns: ``finding_id``, ``last_review_on`` (missing where it never was), ``due_on`` (missing where
    nothing says since when the finding is known), ``overdue_days`` (0 where it is not overdue), ``as_of``. A finding that is closed, or not in the plan yet, is due for no review.
    """
    chosen = np.flatnonzero(s.visible.is_open)
    due = s.review_due[chosen]
    return {
        "finding_id": finding_ids(s.encoded, chosen),
        "last_review_on": as_dates(s.visible.reviewed_on[chosen]),
        "due_on": np.where(
            due == NEVER, np.datetime64("NaT"), due.astype("datetime64[D]").astype("datetime64[s]")
        ),
        "overdue_days": np.maximum(s.as_of - due, 0),
    }


QUARTERS, MONTHS = 8, 3
OUTCOMES = {
    "confirmed": (FindingEvent.REVIEW_CONFIRMED,),
    "revised": (FindingEvent.REVIEW_REVISED,),
    "material": (FindingEvent.REVIEW_MATERIAL,),
    "closed": (FindingEvent.SUPERSEDE, FindingEvent.RETIRE),
}
"""Column → the outcomes of reviews that it counts."""


def learning(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Count the reviews and the newly derived findings of the last eight quarters, one row a quarter.

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        among: only these findings are counted; all unless given.

    Returns:
        ``begins_on`` and ``ends_on`` of each calendar quarter, the oldest first; the last one ends on the day itself.
        Numbers of reviews by their outcome: ``confirmed``, ``revised``, ``material``, ``closed`` (superseded or
        retired); ``derived``, the distinct findings recorded in the quarter that came from another one,
        whatever became of them; ``as_of``. Reviews of closed findings count.
    """
    s = snapshot_on(plan, as_of, knowledge, among=among)
    begin, view = _beginnings(s.as_of), observe_reviews(s)
    kind = s.encoded.finding_events["kind"][view.row]
    is_counted = s.is_counted[view.case]
    counted = {
        name: _by_quarter(view.day[is_counted & is_kind(kind, *outcomes)], begin)
        for name, outcomes in OUTCOMES.items()
    }
    frame = pd.DataFrame(
        {
            "begins_on": as_dates(begin[:-1].astype(np.int32)),
            "ends_on": as_dates(np.minimum(begin[1:] - 1, s.as_of).astype(np.int32)),
            **counted,
            "derived": _by_quarter(s.encoded.findings.recorded[derived_findings(s)], begin),
        }
    )
    return finish_frame(frame, np.arange(QUARTERS), s.as_of)


def _beginnings(day: int) -> IntArray:
    """Return the first days of the last eight quarters and of the one after them, as days since 1970."""
    month = np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64)
    first = month - month % MONTHS + MONTHS * np.arange(1 - QUARTERS, 2)
    return first.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _by_quarter(on: Array, begin: IntArray) -> IntArray:
    """Count days by the quarter that they lie in; others are left out."""
    place = np.searchsorted(begin, on, side="right") - 1
    return np.bincount(place[(place >= 0) & (place < QUARTERS)], minlength=QUARTERS)


@dataclass(frozen=True, slots=True)
class LearningCounts:
    """How many reviews some quarters have seen, how many of them revised a finding, and how many findings are new."""

    reviews: int
    revised: int
    derived: int


def learning_counts(quarters: pd.DataFrame) -> LearningCounts:
    """Sum up what ``learning`` returns."""
    sums = {name: int(quarters[name].sum()) for name in (*OUTCOMES, "derived")}
    return LearningCounts(
        reviews=sum(sums[name] for name in OUTCOMES),
        revised=sums["revised"] + sums["material"],
        derived=sums["derived"],
    )

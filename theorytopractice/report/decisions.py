"""Which findings wait for a leader's decision, for which reason, and since when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.flags import Urgency, urgency
from theorytopractice.model.vocabularies import Certainty, Disposition

if TYPE_CHECKING:
    from collections.abc import Collection

    from theorytopractice.report.data import ReportData


LONG_OVERDUE = timedelta(days=30)
SURE = (Certainty.HIGH, Certainty.MODERATE)
ORDER = (
    "lapsed", "dead_letter", "block_expired", "no_enabling_action", "missed", "overdue", "shelved", "ripe_not_moved",
)  # fmt: skip
"""The reasons, gravest first."""
ASIDE = {"block_expired": "no_enabling_action", "missed": "overdue"}
"""A reason says the other one already."""


def is_urgent(flags: Collection[str]) -> bool:
    """Tell whether the flags of a finding alone show that it waits for a decision."""
    return urgency(flags) is Urgency.ACT


@dataclass(frozen=True, slots=True)
class Decision:
    """One finding that waits, with a reason of ``ORDER``, and since when, where the evidence dates it.

    Of what is missed or overdue, ``since`` is the due date; of an expired block the revisit date.
    """

    finding_id: str
    reason: str
    since: date | None


def pending_decisions(data: ReportData) -> list[Decision]:
    """List every open finding that waits for a decision, each by its gravest reason, gravest first, then by number."""
    found = [reasons[0] for reasons in all_reasons(data).values()]
    return sorted(found, key=lambda one: ORDER.index(one.reason))


def all_reasons(data: ReportData) -> dict[str, list[Decision]]:
    """Return for every finding that waits all its reasons, gravest first."""
    missed, since = _missed(data), _Since(data)
    made: dict[str, list[Decision]] = {}
    for finding_id, holds in reasons_in_force(data).items():
        said = {ASIDE[reason] for reason in holds if reason in ASIDE}
        found = [reason for reason in ORDER if reason in holds - said]
        if found:
            made[finding_id] = [
                Decision(finding_id, reason, since.of(finding_id, reason, missed.get(finding_id)))
                for reason in found
            ]
    return made


def reasons_in_force(data: ReportData) -> dict[str, set[str]]:
    """Return for every open finding which reasons hold, also those that a graver one says already."""
    missed = _missed(data)
    certainty = data.finding["certainty"].fillna(Certainty.UNRATED)
    late = data.standing["overdue_since"]
    made: dict[str, set[str]] = {}
    for row in data.assessed[data.assessed["disposition"] == Disposition.OPEN].to_dict("records"):
        finding_id = str(row["finding_id"])
        found = set(ORDER).intersection(row["flags"])
        if "overdue" in found and not _is_late(late[finding_id], data.day):
            found.discard("overdue")
        if certainty[finding_id] not in SURE:
            found.discard("shelved")
        made[finding_id] = found | ({"missed"} if finding_id in missed else set())
    return made


def _is_late(due: pd.Timestamp, day: date) -> bool:
    return not pd.isna(due) and day - due.date() > LONG_OVERDUE


def _missed(data: ReportData) -> dict[str, date]:
    """Return the findings of promises that were missed or are disputed, with the earliest day of one, in any role."""
    promises = data.commitments[data.commitments["state"].isin(("missed", "disputed"))]
    links = data.tables["finding_action"]
    due = links.merge(promises, on="action_id").groupby("finding_id")["effective_due"].min()
    return {str(finding_id): day.date() for finding_id, day in due.items()}


class _Since:
    """Since when does a reason hold, where the evidence dates it?"""

    def __init__(self, data: ReportData) -> None:
        standing = data.standing
        self._days = {
            "lapsed": standing["lapsed_on"],
            "block_expired": standing["revisit_on"],
            "no_enabling_action": standing["blocked_on"],
            "overdue": standing["overdue_since"],
            "shelved": standing["counted_from"],
            "dead_letter": _broken(data.slots),
            "ripe_not_moved": data.problems.drop_duplicates("finding_id").set_index("finding_id")["ripe_on"],
        }

    def of(self, finding_id: str, reason: str, missed: date | None) -> date | None:
        """Return the day, or None where nothing dates the reason."""
        if reason == "missed":
            return missed
        found = self._days[reason].get(finding_id)
        if reason == "lapsed" and pd.isna(found):
            found = self._days["dead_letter"].get(finding_id)
        return None if found is None or pd.isna(found) else found.date()


def _broken(slots: pd.DataFrame) -> pd.Series:
    """Return for each mechanism the day on which the first check fell due that was not passed since the last one was."""
    counted = slots[slots["counted"] & (slots["result"] != "na")]
    passed = counted[counted["result"] == "pass"].groupby("finding_id")["slot"].max()
    last = counted["finding_id"].map(passed).astype("float64").fillna(0)
    return counted[counted["slot"] > last].groupby("finding_id")["due_on"].min()

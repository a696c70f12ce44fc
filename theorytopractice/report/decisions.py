"""Which findings wait for a leader's decision: what, who, since when, and what is asked?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.assess import everything_on
from theorytopractice.assessment.lists.framing import accountable, owner_names
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.report.status import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.arrays.segments import Days, Truths

EPOCH = date(1970, 1, 1)
ORDER = (
    "lapsed", "dead_letter", "block_expired", "no_enabling_action", "overdue", "shelved", "ripe_not_moved",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """One finding that waits: its gravest reason, who answers for it, and since when.

    ``since`` is the due date of what is overdue, and None where the assessment does not date the reason.
    """

    finding_id: str
    statement: str
    reason: str
    owners: tuple[str, ...]
    since: date | None


def decisions(plan: Mapping[str, pd.DataFrame], assessed: pd.DataFrame, *, knowledge: str) -> list[Decision]:
    """List every open finding that needs a decision, gravest reason first, then by number."""
    findings = plan["finding"].set_index("finding_id")
    certainty = findings["certainty"].fillna("unrated")
    is_open = assessed["disposition"] == "open"
    waiting = [
        (ORDER.index(found[0]), str(row["finding_id"]))
        for row in assessed[is_open].to_dict("records")
        if (found := reasons(row["headline"], row["flags"], certainty[row["finding_id"]]))
    ]
    statement = findings["statement"].astype(str)
    detail = _Detail(plan, str(assessed.attrs["as_of"]), knowledge)
    return [
        Decision(
            finding_id,
            statement[finding_id],
            ORDER[gravity],
            detail.owners(finding_id),
            detail.since(finding_id, ORDER[gravity]),
        )
        for gravity, finding_id in sorted(waiting, key=lambda one: one[0])
    ]


class _Detail:
    """What the assessment saw of a finding, asked for one at a time."""

    def __init__(self, plan: Mapping[str, pd.DataFrame], as_of: str, knowledge: str) -> None:
        book = encode(plan)
        self._situation = Situation(book, everything_on(book, as_of, knowledge))
        self._ids = book.findings.ids
        self._accountable, _ = accountable(book)
        self._own = owner_names(book, np.arange(len(self._ids)))

    def _case(self, finding_id: str) -> int:
        return int(self._ids.get_indexer(pd.Index([finding_id]))[0])

    def owners(self, finding_id: str) -> tuple[str, ...]:
        """Name who is accountable for its live actions, else who answers for the finding itself."""
        links, case = self._situation.actions, self._case(finding_id)
        names = self._accountable[links.action[links.is_live & (links.case == case)]]
        found = [str(name) for name in names if name is not None]
        return tuple(dict.fromkeys(found or [name for name in [self._own[case]] if name]))

    def since(self, finding_id: str, reason: str) -> date | None:
        """Say since when the reason has held, where the assessment dates it."""
        s, case = self._situation, self._case(finding_id)
        if reason == "lapsed":
            return _first(s.outcomes.lapsed_on, s.outcomes.has_lapsed & (s.outcomes.case == case))
        if reason == "overdue":
            return _first(s.actions.due, s.actions.is_overdue(s.day) & (s.actions.case == case))
        if reason in ("block_expired", "no_enabling_action"):
            blocked_on = s.book.finding_events["day"][s.seen.block[case : case + 1]]
            return _first(blocked_on, np.ones(len(blocked_on), dtype=bool))
        if reason == "shelved":
            return _first(s.origin, np.arange(len(s)) == case)
        return None


def _first(days: Days, where: Truths) -> date | None:
    """Return the earliest of the chosen days, or None."""
    chosen = days[where & (days != MISSING)]
    return EPOCH + timedelta(days=int(chosen.min())) if len(chosen) else None

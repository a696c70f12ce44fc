"""What became known of the findings and their actions in a period?

Method, T3 and T7: a fact belongs to the period after one day and up to another iff it is visible on the second day and
was not visible on the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.arrays.facts import read_evidence
from theorytopractice.assessment.assess import as_dates, kind_of_knowledge, number_of
from theorytopractice.assessment.lists.framing import cells, finished, rank_of
from theorytopractice.assessment.stages.own_actions import linking_findings
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.arrays.segments import Array, Grouped, Ints

EVIDENCE, RECORDED = "evidence", "recorded"
TEXTS = ("table", "finding_id", "subject_id", "what", "fact_id", "reason")


def happenings(
    plan: Mapping[str, pd.DataFrame],
    *,
    since: date | str,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """List what became visible after a day, up to and including the as-of day, of each finding in the plan.

    Events and evidence of the finding and of the actions that are linked to it in any role, and such actions as were
    added. A fact of an action that serves two findings stands under both.

    Columns, by finding_id, date and number: ``finding_id``, ``subject_id`` (the finding or the action), ``what`` (the
    word of the event; ``evidence``; ``recorded`` for an action that was added), ``fact_id`` (of the event or the
    evidence; missing where it has none), ``happened_on``, ``known_on`` (the day on which it became visible), ``reason`` (of
    an event), ``as_of``.
    """
    book = encode(plan)
    begin, day = number_of(book, since), number_of(book, as_of)
    period = _Period(book, begin, day, kind_of_knowledge(knowledge))
    frame = pd.concat(
        [*period.of_findings(), *period.of_actions(), period.additions()], ignore_index=True
    ).drop_duplicates(["place", "table", "row"], ignore_index=True)
    ids = pd.Index(frame["fact_id"].fillna("").unique(), dtype="str")
    number = rank_of(ids)[ids.get_indexer(frame["fact_id"].fillna(""))]
    order = np.lexsort((number, frame["happened_on"], rank_of(book.findings.ids)[frame["place"]]))
    return finished(frame.drop(columns=["place", "table", "row"]), order, day)


class _Period:
    """The days after one and up to another, and what became visible on them."""

    def __init__(self, book: Book, begin: int, day: int, knowledge: Knowledge) -> None:
        """Keep the distinct pairs of a finding and an action that are in the plan."""
        self._book, self._begin, self._day, self._knowledge = book, begin, day, knowledge
        finding, action = linking_findings(book), book.links["action"]
        known = (book.findings.recorded[finding] <= day) & (book.actions.recorded[action] <= day)
        pairs = np.unique(np.stack([finding[known], action[known]]), axis=1)
        self._finding, self._action = pairs[0], pairs[1]
        self._own = np.flatnonzero(book.findings.recorded <= day)

    def of_findings(self) -> list[pd.DataFrame]:
        """Events and evidence of findings themselves."""
        book = self._book
        proof = read_evidence(book.frames["evidence"], book.findings.ids, subject="finding_id")
        subject = book.findings.ids.to_numpy(dtype=object)[self._own]
        return [
            self._facts(book.finding_events, "event", self._own, self._own, subject),
            self._facts(proof, "evidence", self._own, self._own, subject),
        ]

    def of_actions(self) -> list[pd.DataFrame]:
        """Events and evidence of linked actions."""
        book = self._book
        subject = book.actions.ids.to_numpy(dtype=object)[self._action]
        return [
            self._facts(book.action_events, "event", self._action, self._finding, subject),
            self._facts(book.evidence, "evidence", self._action, self._finding, subject),
        ]

    def additions(self) -> pd.DataFrame:
        """Linked actions that came into the plan."""
        recorded = self._book.actions.recorded[self._action]
        new = np.flatnonzero(recorded > self._begin)
        ids = self._book.actions.ids.to_numpy(dtype=object)[self._action[new]]
        nothing = np.full(len(new), None, dtype=object)
        return self._rows(
            self._finding[new], "action", self._action[new], ids, np.full(len(new), RECORDED, dtype=object),
            nothing, recorded[new], recorded[new], nothing,
        )  # fmt: skip

    def _facts(self, facts: Grouped, table: str, parent: Ints, finding: Ints, subject: Array) -> pd.DataFrame:
        """Return the facts of some parents that became visible in the period."""
        pair, place = facts.expand(parent)
        day = facts["day"][place]
        known = np.maximum(day, facts["recorded"][place]) if self._knowledge == Knowledge.THEN else day
        new = (known > self._begin) & (known <= self._day)
        pair, place, row = pair[new], place[new], facts.row[place[new]]
        frame = self._book.frames[table]
        what, reason = np.full(len(row), EVIDENCE, dtype=object), np.full(len(row), None, dtype=object)
        if table == "event":
            what, reason = cells(frame["event"], row), cells(frame["reason"], row)
        fact_id = cells(frame[f"{table}_id"], row)
        return self._rows(
            finding[pair], table, row, subject[pair], what, fact_id, day[new], known[new], reason
        )

    def _rows(  # noqa: PLR0913, PLR0917 - one argument a column
        self,
        place: Ints,
        table: str,
        row: Ints,
        subject: Array,
        what: Array,
        fact_id: Array,
        day: Array,
        known: Array,
        reason: Array,
    ) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "place": place,
                "table": table,
                "row": row,
                "finding_id": self._book.findings.ids.to_numpy(dtype=object)[place],
                "subject_id": subject,
                "what": what,
                "fact_id": fact_id,
                "happened_on": as_dates(day),
                "known_on": as_dates(known),
                "reason": reason,
            }
        ).astype(dict.fromkeys(TEXTS, object))

"""What changed in a period: which stages, and what became known of findings and actions?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings
from theorytopractice.assessment.columns import as_dates, positions
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.events import read_evidence
from theorytopractice.assessment.frames import cells, finish_frame, rank_of
from theorytopractice.assessment.grouped import MISSING
from theorytopractice.assessment.milestones import stages_on
from theorytopractice.assessment.visibility import FindingDays, as_day_number, kind_of_knowledge
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, Grouped, IntArray


def stage_changes(
    plan: Mapping[str, pd.DataFrame],
    finding_ids: Sequence[str],
    *,
    since: date | str,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.Series:
    """Return for some findings the day since which they are as high, or as low, as at the end of a period.

    Every day of the period is assessed, so ask only about a few findings. Of one that stands higher on the as-of day
    than on ``since`` it is the day after the last on which it stood lower (or was not open); of one that stands lower, the
    day after the last on which it stood higher. Missing where the stage is the same on both days, or the finding is not
    open at the end.

    Returns:
        Dates by finding_id, in the order asked for.
    """
    encoded = encode(plan)
    begin, day = as_day_number(encoded, since), as_day_number(encoded, as_of)
    asked = pd.Series(list(finding_ids), dtype="str")
    span = np.arange(begin, day + 1, dtype=np.int32)
    finding = positions(asked, encoded.findings.ids)
    cases = FindingDays(
        np.repeat(finding, len(span)), np.tile(span, len(finding)), kind_of_knowledge(knowledge)
    )
    stage = stages_on(encoded, cases).reshape(len(finding), len(span))
    before, now = stage[:, :1], stage[:, -1:]
    other = np.where(now > before, stage < now, (stage > now) | (stage < 0))
    last = len(span) - 1 - np.argmax(other[:, ::-1], axis=1)
    has_turned = ((now != before) & (now >= 0)).ravel()
    turned = np.where(has_turned, begin + last + 1, MISSING).astype(np.int32)
    return pd.Series(as_dates(turned), index=pd.Index(asked.to_numpy(dtype=object), name="finding_id"))


EVIDENCE, RECORDED = "evidence", "recorded"
TEXTS = ("table", "finding_id", "subject_id", "what", "fact_id", "reason")


def events_since(
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
    encoded = encode(plan)
    begin, day = as_day_number(encoded, since), as_day_number(encoded, as_of)
    period = _Period(encoded, begin, day, kind_of_knowledge(knowledge))
    frame = pd.concat(
        [*period.of_findings(), *period.of_actions(), period.additions()], ignore_index=True
    ).drop_duplicates(["place", "table", "row"], ignore_index=True)
    ids = pd.Index(frame["fact_id"].fillna("").unique(), dtype="str")
    number = rank_of(ids)[ids.get_indexer(frame["fact_id"].fillna(""))]
    order = np.lexsort((number, frame["happened_on"], rank_of(encoded.findings.ids)[frame["place"]]))
    return finish_frame(frame.drop(columns=["place", "table", "row"]), order, day)


class _Period:
    """The days after one and up to another, and what became visible on them."""

    def __init__(self, encoded: EncodedPlan, begin: int, day: int, knowledge: Knowledge) -> None:
        """Keep the distinct pairs of a finding and an action that are in the plan."""
        self._book, self._begin, self._day, self._knowledge = encoded, begin, day, knowledge
        finding, action = linking_findings(encoded), encoded.finding_actions["action"]
        known = (encoded.findings.recorded[finding] <= day) & (encoded.actions.recorded[action] <= day)
        pairs = np.unique(np.stack([finding[known], action[known]]), axis=1)
        self._finding, self._action = pairs[0], pairs[1]
        self._own = np.flatnonzero(encoded.findings.recorded <= day)

    def of_findings(self) -> list[pd.DataFrame]:
        """Events and evidence of findings themselves."""
        encoded = self._book
        proof = read_evidence(encoded.frames["evidence"], encoded.findings.ids, subject="finding_id")
        subject = encoded.findings.ids.to_numpy(dtype=object)[self._own]
        return [
            self._facts(encoded.finding_events, "event", self._own, self._own, subject),
            self._facts(proof, "evidence", self._own, self._own, subject),
        ]

    def of_actions(self) -> list[pd.DataFrame]:
        """Events and evidence of linked actions."""
        encoded = self._book
        subject = encoded.actions.ids.to_numpy(dtype=object)[self._action]
        return [
            self._facts(encoded.action_events, "event", self._action, self._finding, subject),
            self._facts(encoded.evidence, "evidence", self._action, self._finding, subject),
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

    def _facts(
        self, facts: Grouped, table: str, parent: IntArray, finding: IntArray, subject: Array
    ) -> pd.DataFrame:
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
        place: IntArray,
        table: str,
        row: IntArray,
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

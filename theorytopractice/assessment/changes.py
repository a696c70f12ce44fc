"""What changed in a period: which stages, what became known, and what became of the decisions asked for?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings
from theorytopractice.assessment.arrays import (
    MISSING,
    Array,
    Grouped,
    IntArray,
    as_dates,
    cells,
    days,
    finish_frame,
    positions,
    rank_of,
)
from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.assessment import stages_on
from theorytopractice.assessment.decisions import Decision, decisions, pending_decisions, reasons_of
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    FindingDays,
    as_day_number,
    kind_of_knowledge,
)
from theorytopractice.assessment.facts import read_evidence
from theorytopractice.assessment.flags import FLAGS, gravest_first
from theorytopractice.assessment.listings import closures
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Disposition, Knowledge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date


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


REVISIONS = ("review_revised", "review_material")
SUFFERED = ("dispute", "check_fail")
"""Facts that happen to a finding; nobody acts upon a decision by them."""


class Fate(Enum):
    """What became of a decision that was asked for."""

    SETTLED = "settled"
    ACTED = "acted"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision that was asked for, what became of it, and what was done in the meantime, the latest first."""

    asked: Decision
    fate: Fate
    done: pd.DataFrame


class Changes:
    """What changed after a day, up to and including another one; frames in natural order of finding_id.

    ``both`` has a row for every finding in the plan on the later day, with what ``assess`` says of it on both days: columns
    of the earlier day end in ``_before`` and are missing where the finding was not in the plan.

    Args:
        plan: a plan, or any mapping of table names to frames.
        since: the earlier day; what happened on it is left out.
        as_of: the later day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (T3).
        among: only these findings are looked at; all unless given.
    """

    def __init__(
        self,
        plan: Mapping[str, pd.DataFrame],
        *,
        since: date | str,
        as_of: date | str | None = None,
        knowledge: str = Knowledge.THEN,
        among: Collection[str] | None = None,
    ) -> None:
        """Put both days side by side."""
        self._plan = encode(plan)
        self.since, self.day = as_day(self._plan, since), as_day(self._plan, as_of)
        self._knowledge, self._among = knowledge, among
        before = self._in_plan(self.since)[["finding_id", "disposition", "stage", "flags"]]
        self.both = self._in_plan(self.day).merge(
            before, on="finding_id", how="left", suffixes=("", "_before")
        )

    def _in_plan(self, day: date) -> pd.DataFrame:
        """Return what ``assess`` says of the findings that are in the plan on a day."""
        frame = self._chosen(assess(self._plan, as_of=day, knowledge=self._knowledge))
        return frame[frame["disposition"] != Disposition.UNKNOWN].reset_index(drop=True)

    def _chosen(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of the findings that are looked at."""
        return frame if self._among is None else frame[frame["finding_id"].isin(list(self._among))]

    @cached_property
    def up(self) -> pd.DataFrame:
        """Findings that were open on both days and stand higher, the highest first."""
        rose = self.both[(self.both["stage"] > self.both["stage_before"]).fillna(value=False)]
        return rose.sort_values("stage", ascending=False, kind="stable")

    @cached_property
    def down(self) -> pd.DataFrame:
        """Findings that were open on both days and stand lower, the longest fall first."""
        fell = self.both[(self.both["stage"] < self.both["stage_before"]).fillna(value=False)]
        fall = fell["stage"] - fell["stage_before"]
        return fell.loc[fall.sort_values(kind="stable").index]

    @cached_property
    def lapsed(self) -> pd.DataFrame:
        """Findings that are lapsed and were not so then, those that were not in the plan yet among them."""
        new = [
            "lapsed" in now and not (isinstance(then, list) and "lapsed" in then)
            for now, then in zip(self.both["flags"], self.both["flags_before"], strict=True)
        ]
        return self.both[pd.Series(new, index=self.both.index, dtype=bool)]

    @cached_property
    def added(self) -> pd.DataFrame:
        """Findings that came into the plan."""
        return self.both[self.both["disposition_before"].isna()]

    @cached_property
    def opened(self) -> pd.DataFrame:
        """Findings that were closed and are open again."""
        was_closed = self.both["disposition_before"].notna() & (
            self.both["disposition_before"] != Disposition.OPEN
        )
        return self.both[was_closed & (self.both["disposition"] == Disposition.OPEN)]

    @cached_property
    def closed(self) -> pd.DataFrame:
        """Findings that were closed, or closed in another way, with the decision that did it."""
        rows = self.both[
            (self.both["disposition"] != Disposition.OPEN)
            & (self.both["disposition"] != self.both["disposition_before"].fillna(Disposition.OPEN))
        ]
        by = closures(self._plan, as_of=self.day, knowledge=self._knowledge)
        return rows.merge(by.drop(columns=["disposition", "as_of"]), on="finding_id", how="left")

    @cached_property
    def revised(self) -> pd.DataFrame:
        """Reviews that revised a finding, and changes of wording without one.

        Columns: ``finding_id``, ``what``, ``fact_id``, ``happened_on``, ``reason``.
        """
        reviews = self.happened[self.happened["what"].isin(REVISIONS)]
        finding = self._plan.frames["finding"]
        day = pd.Series(as_dates(days(finding["reworded_on"])), index=self._plan.findings.ids).reindex(
            self.both["finding_id"]
        )
        is_new = (day > pd.Timestamp(self.since)) & (day <= pd.Timestamp(self.day))
        day = day[is_new & ~day.index.isin(reviews["finding_id"])]
        reworded = pd.DataFrame({"finding_id": day.index, "what": "reworded", "happened_on": day.to_numpy()})
        return pd.concat([reviews, reworded], ignore_index=True)[
            ["finding_id", "what", "fact_id", "happened_on", "reason"]
        ]

    @cached_property
    def happened(self) -> pd.DataFrame:
        """Every event and piece of evidence that became visible, and every action that was added."""
        facts = events_since(self._plan, since=self.since, as_of=self.day, knowledge=self._knowledge)
        return facts[facts["finding_id"].isin(self.both["finding_id"])]

    def stage_days(self, finding_ids: Sequence[str]) -> dict[str, date]:
        """Return on which day some findings came to the stage that they have; every day is assessed for each."""
        day = stage_changes(
            self._plan, finding_ids, since=self.since, as_of=self.day, knowledge=self._knowledge
        ).dropna()
        return {str(finding_id): date_.date() for finding_id, date_ in day.items()}

    @cached_property
    def lapsed_on(self) -> dict[str, date]:
        """Return since when each lapsed finding is lapsed."""
        return {
            finding_id: decision.since
            for finding_id, decisions_ in self.reasons.items()
            for decision in decisions_
            if decision.reason == "lapsed" and decision.since
        }

    @cached_property
    def reasons(self) -> dict[str, list[Decision]]:
        """The reasons for which findings wait now, gravest first."""
        return reasons_of(self._decisions)

    @cached_property
    def _decisions(self) -> pd.DataFrame:
        return self._chosen(decisions(self._plan, as_of=self.day, knowledge=self._knowledge))

    @cached_property
    def asked(self) -> list[Decision]:
        """The findings that waited for a decision on the earlier day, gravest first."""
        return pending_decisions(
            self._chosen(decisions(self._plan, as_of=self.since, knowledge=self._knowledge))
        )

    def outcomes(self, most: int) -> list[Outcome]:
        """Say of the first decisions of the earlier day what became of them."""
        still = set(zip(self._decisions["finding_id"], self._decisions["reason"], strict=True))
        return [self._outcome(decision, still) for decision in self.asked[:most]]

    def _outcome(self, asked: Decision, still: set[tuple[str, str]]) -> Outcome:
        done = self.happened[self.happened["finding_id"] == asked.finding_id].iloc[::-1]
        if (asked.finding_id, asked.reason) not in still:
            return Outcome(asked, Fate.SETTLED, done)
        acts = done[~done["what"].isin(SUFFERED)]
        return Outcome(asked, Fate.LEFT if acts.empty else Fate.ACTED, acts)


def new_flags(now: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the flags that say why a stage is lower, as far as they are new; the gravest first."""
    return [name for name in gravest_first(set(now) - set(before)) if FLAGS[name].may_lower]

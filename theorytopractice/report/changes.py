"""What has changed between two days? Which findings moved, and what became of the decisions that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.changes import events_since, stage_changes
from theorytopractice.assessment.flags import FLAGS, gravest_first
from theorytopractice.assessment.listings import closures
from theorytopractice.model.vocabularies import Disposition
from theorytopractice.report.decisions import all_reasons, reasons_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from theorytopractice.report.data import ReportData
    from theorytopractice.report.decisions import Decision


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
    """What changed after the last report, up to the day of a view; frames in natural order of finding_id.

    ``both`` has a row for every finding of the view, with what ``assess`` said on both days: columns of the earlier day
    end in ``_before`` and are missing where the finding was not in the plan.
    """

    def __init__(self, data: ReportData) -> None:
        """Put both days side by side."""
        self.data = data
        before = data.earlier.assessed[["finding_id", "disposition", "stage", "flags"]]
        self.both = data.assessed.merge(before, on="finding_id", how="left", suffixes=("", "_before"))

    @cached_property
    def up(self) -> pd.DataFrame:
        """Findings that were open on both days and stand higher, the highest first."""
        found = self.both[(self.both["stage"] > self.both["stage_before"]).fillna(value=False)]
        return found.sort_values("stage", ascending=False, kind="stable")

    @cached_property
    def down(self) -> pd.DataFrame:
        """Findings that were open on both days and stand lower, the longest fall first."""
        found = self.both[(self.both["stage"] < self.both["stage_before"]).fillna(value=False)]
        fall = found["stage"] - found["stage_before"]
        return found.loc[fall.sort_values(kind="stable").index]

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
        found = self.both[
            (self.both["disposition"] != Disposition.OPEN)
            & (self.both["disposition"] != self.both["disposition_before"].fillna(Disposition.OPEN))
        ]
        data = self.data
        by = closures(data.encoded, as_of=data.day, knowledge=data.knowledge).drop(
            columns=["disposition", "as_of"]
        )
        return found.merge(by, on="finding_id", how="left")

    @cached_property
    def revised(self) -> pd.DataFrame:
        """Reviews that revised a finding, and changes of wording without one.

        Columns: ``finding_id``, ``what``, ``fact_id``, ``happened_on``, ``reason``.
        """
        reviews = self.happened[self.happened["what"].isin(REVISIONS)]
        words = self.data.finding["reworded_on"].dropna()
        words = words.loc[words.index.isin(self.both["finding_id"])].astype("datetime64[s]")
        is_new = (words > pd.Timestamp(self.data.since)) & (words <= pd.Timestamp(self.data.day))
        words = words[is_new & ~words.index.isin(reviews["finding_id"])]
        reworded = pd.DataFrame(
            {"finding_id": words.index, "what": "reworded", "happened_on": words.to_numpy()}
        )
        return pd.concat([reviews, reworded], ignore_index=True)[
            ["finding_id", "what", "fact_id", "happened_on", "reason"]
        ]

    @cached_property
    def happened(self) -> pd.DataFrame:
        """Every event and piece of evidence that became visible, and every action that was added."""
        data = self.data
        found = events_since(data.encoded, since=data.since, as_of=data.day, knowledge=data.knowledge)
        return found[found["finding_id"].isin(data.assessed["finding_id"])]

    def turned(self, finding_ids: Sequence[str]) -> dict[str, date]:
        """Return on which day some findings came to the stage that they have; ask only about those shown."""
        data = self.data
        found = stage_changes(
            data.encoded, finding_ids, since=data.since, as_of=data.day, knowledge=data.knowledge
        ).dropna()
        return {str(finding_id): day.date() for finding_id, day in found.items()}

    @cached_property
    def lapsed_on(self) -> dict[str, date]:
        """Return since when each lapsed finding is lapsed."""
        return {
            finding_id: one.since
            for finding_id, reasons in self.reasons.items()
            for one in reasons
            if one.reason == "lapsed" and one.since
        }

    @cached_property
    def reasons(self) -> dict[str, list[Decision]]:
        """The reasons for which findings wait now, gravest first."""
        return all_reasons(self.data)

    def outcomes(self, most: int) -> list[Outcome]:
        """Say of the first decisions of the earlier day what became of them."""
        still = reasons_in_force(self.data)
        return [self._outcome(one, still) for one in self.data.earlier.waiting[:most]]

    def _outcome(self, asked: Decision, still: dict[str, set[str]]) -> Outcome:
        done = self.happened[self.happened["finding_id"] == asked.finding_id].iloc[::-1]
        if asked.reason not in still.get(asked.finding_id, set()):
            return Outcome(asked, Fate.SETTLED, done)
        acts = done[~done["what"].isin(SUFFERED)]
        return Outcome(asked, Fate.LEFT if acts.empty else Fate.ACTED, acts)


def new_flags(now: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the flags that say why a stage is lower, as far as they are new; the gravest first."""
    return [name for name in gravest_first(set(now) - set(before)) if FLAGS[name].may_lower]

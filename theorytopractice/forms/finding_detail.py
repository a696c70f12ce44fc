"""What belongs to the chosen finding? Its rows, its actions with their states, its indicators, and why it stands where it does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.listings import experiences, mechanisms, standing
from theorytopractice.assessment.workload import actions as all_actions
from theorytopractice.forms.overview import cell
from theorytopractice.i18n import say
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import FindingKind
from theorytopractice.report.summary_line import stage_line

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.explain import Explanation
    from theorytopractice.forms.overview import Entry
    from theorytopractice.forms.session import Session


@dataclass(frozen=True)
class FindingDetail:
    """The chosen finding, its explanation, and the rows that belong to it."""

    session: Session
    entry: Entry
    why: Explanation
    encoded: EncodedPlan

    @property
    def finding_id(self) -> str:
        """The key of the finding."""
        return self.entry.finding_id

    @cached_property
    def row(self) -> pd.Series:
        """The finding's own row."""
        return self.of("finding").iloc[0]

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Its actions with their states and their parts in the finding, each part a row."""
        states = all_actions(self.encoded, as_of=self.why.as_of)
        return self.of("finding_action").merge(states, on="action_id", how="left")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators, each link a row."""
        linked = self.of("finding_indicator").rename(columns={"action_id": "of_action"})
        return linked.merge(self.encoded["indicator"], on="indicator_id")

    @cached_property
    def reason(self) -> str:
        """The stage and what decided it, in one sentence."""
        one, day = self.entry, self.why.as_of
        is_open = one.stage is not None
        assessed: dict[Hashable, Any] = {
            "disposition": one.disposition,
            "kind": one.kind,
            "stage": one.stage,
            "stage_name": one.stage_name,
        }
        checks = (
            self._own(mechanisms(self.encoded, as_of=day))
            if one.kind == FindingKind.MECHANISM and is_open
            else []
        )
        taken = (
            self._own(experiences(self.encoded, as_of=day))
            if one.kind == FindingKind.EXPERIENCE and is_open
            else []
        )
        sites: dict[str, set[str]] = {}
        for row in taken:
            if cell(row["site"]):
                sites.setdefault(str(row["site"]), set()).add(str(row["state"]))
        (stands,) = self._own(standing(self.encoded, as_of=day))
        return stage_line(assessed, stands, sites=sites, checks=checks[0] if checks else None)

    def _own(self, frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
        """Return the rows of a list that are the finding's own."""
        return frame[frame["finding_id"] == self.finding_id].to_dict("records")

    def of(self, table: str) -> pd.DataFrame:
        """Return the rows of a table that name the finding."""
        frame = self.encoded[table]
        return frame[frame["finding_id"] == self.finding_id]

    def titles(self) -> list[str]:
        """Return what is done, those cancelled left out."""
        live = self.actions[self.actions["action_state"] != "cancelled"].drop_duplicates("action_id")
        return [
            say("{title} ({action_id}, {state})", title=cell(row["title"]), action_id=row["action_id"],
                state=name_of(row["action_state"]))
            for row in live.to_dict("records")
        ]  # fmt: skip

    def measured(self) -> list[str]:
        """Return the names of the indicators."""
        return list(dict.fromkeys(map(str, self.indicators["name"])))

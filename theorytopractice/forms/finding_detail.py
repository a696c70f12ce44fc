"""What belongs to the chosen finding? Its rows, its actions with their states, its indicators, and why it stands where it does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.listings import experiences, mechanisms, standing
from theorytopractice.assessment.workload import actions as all_actions
from theorytopractice.forms.overview import cell
from theorytopractice.i18n import SENTENCES, say, say_in_turn
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import ActionState, FindingKind
from theorytopractice.report.sentences import stage_line

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.explain import Explanation
    from theorytopractice.forms.overview import Entry


@dataclass(frozen=True)
class FindingDetail:
    """The chosen finding, its explanation, and the rows that belong to it."""

    entry: Entry
    explanation: Explanation
    encoded: EncodedPlan

    @property
    def finding_id(self) -> str:
        """The key of the finding."""
        return self.entry.finding_id

    @cached_property
    def row(self) -> pd.Series:
        """The finding's own row."""
        return self.rows("finding").iloc[0]

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Its actions with their states and their parts in the finding, each part a row."""
        states = all_actions(self.encoded, as_of=self.explanation.as_of)
        return self.rows("finding_action").merge(states, on="action_id", how="left")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators, each link a row."""
        links = self.rows("finding_indicator").rename(columns={"action_id": "of_action"})
        return links.merge(self.encoded["indicator"], on="indicator_id")

    @property
    def action_ids(self) -> list[str]:
        """The keys of its actions."""
        return list(dict.fromkeys(map(str, self.actions["action_id"])))

    @property
    def indicator_ids(self) -> list[str]:
        """The keys of its indicators."""
        return list(dict.fromkeys(map(str, self.indicators["indicator_id"])))

    @cached_property
    def reason(self) -> str:
        """The stage and what decided it, in one sentence."""
        entry, day = self.entry, self.explanation.as_of
        assessment: dict[Hashable, Any] = {
            "disposition": entry.disposition,
            "kind": entry.kind,
            "stage": entry.stage,
            "stage_name": entry.stage_name,
        }
        open_kind = entry.kind if entry.stage is not None else ""
        is_mechanism, is_experience = open_kind == FindingKind.MECHANISM, open_kind == FindingKind.EXPERIENCE
        checks = self._own_rows(mechanisms(self.encoded, as_of=day)) if is_mechanism else []
        sites: dict[str, set[str]] = {}
        for row in self._own_rows(experiences(self.encoded, as_of=day)) if is_experience else []:
            if cell(row["site"]):
                sites.setdefault(str(row["site"]), set()).add(str(row["state"]))
        (row,) = self._own_rows(standing(self.encoded, as_of=day))
        return stage_line(assessment, row, sites=sites, checks=checks[0] if checks else None)

    @property
    def stage_text(self) -> str:
        """Where the finding stands now, and why."""
        explanation = self.explanation
        place = say(
            "{finding_id} is now: {place}.",
            finding_id=explanation.finding_id,
            place=name_of(explanation.stage_name or explanation.disposition),
        )
        return say_in_turn(SENTENCES, [place, self.reason])

    def _own_rows(self, frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
        """Return the rows of a list that are the finding's own."""
        return frame[frame["finding_id"] == self.finding_id].to_dict("records")

    def rows(self, table: str) -> pd.DataFrame:
        """Return the rows of a table that name the finding."""
        frame = self.encoded[table]
        return frame[frame["finding_id"] == self.finding_id]

    def action_titles(self) -> list[str]:
        """Return what is done, those cancelled left out."""
        live = self.actions[self.actions["action_state"] != ActionState.CANCELLED].drop_duplicates(
            "action_id"
        )
        return [
            say("{title} ({action_id}, {state})", title=cell(row["title"]), action_id=row["action_id"],
                state=name_of(row["action_state"]))
            for row in live.to_dict("records")
        ]  # fmt: skip

    def indicator_names(self) -> list[str]:
        """Return the names of the indicators."""
        return list(dict.fromkeys(map(str, self.indicators["name"])))

"""What belongs to the chosen finding? Its rows, its actions with their states, its indicators, and why it stands where it does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from theorytopractice.assessment.lists.agenda import actions as all_actions
from theorytopractice.forms.overview import cell
from theorytopractice.language import say
from theorytopractice.model.naming import name_of

if TYPE_CHECKING:
    import pandas as pd

    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.explain import Explanation
    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.overview import Entry


@dataclass(frozen=True)
class Shown:
    """The chosen finding, its explanation, and the rows that belong to it."""

    desk: Desk
    entry: Entry
    why: Explanation
    book: Book

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
        states = all_actions(self.book, as_of=self.why.as_of)
        return self.of("finding_action").merge(states, on="action_id", how="left")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators, each link a row."""
        linked = self.of("finding_indicator").rename(columns={"action_id": "of_action"})
        return linked.merge(self.book["indicator"], on="indicator_id")

    def of(self, table: str) -> pd.DataFrame:
        """Return the rows of a table that name the finding."""
        frame = self.book[table]
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

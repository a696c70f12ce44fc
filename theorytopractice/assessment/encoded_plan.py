"""Of what does a plan consist once it is arrays?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.assessment.grouped import Array, BoolArray, DayArray, Grouped, IntArray
    from theorytopractice.assessment.targets import Targets
    from theorytopractice.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Findings:
    """Columns of the finding table, one entry a finding; ``theme`` is trimmed, NO_THEME where there is none.

    ``owner_left_on`` is the day on which the finding's own owner left, NEVER where it has none or nobody left.
    """

    ids: pd.Index[str]
    kind: Array
    theme: Array
    solvability: Array
    recorded: DayArray
    review_days: DayArray
    effective: DayArray
    cadence_count: DayArray
    cadence_unit: Array
    origin: IntArray
    is_explained: BoolArray
    has_owner: BoolArray
    owner_left_on: DayArray
    suspect_since: DayArray


@dataclass(frozen=True, slots=True)
class Actions:
    """Columns of the action table, one entry an action.

    ``accountable`` is the row of the table action_owner that names who is accountable, −1 where nobody is;
    ``owner_left_on`` the day on which that owner left, NEVER where nobody is or nobody left;
    ``owned`` has one entry a row of the table action_owner: its action.
    """

    ids: pd.Index[str]
    recorded: DayArray
    due: DayArray
    accountable: IntArray
    owned: IntArray
    owner_left_on: DayArray
    is_promised: BoolArray
    site: IntArray
    adaptation: Array
    core_kept: Array

    @property
    def has_accountable(self) -> BoolArray:
        """Tell which actions have an accountable owner."""
        return self.accountable >= 0


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPlan(Mapping[str, pd.DataFrame]):
    """A whole plan as arrays; what the rules read. It is still the mapping of its tables, so it goes wherever they go.

    Grouped tables: ``finding_actions`` and ``finding_indicators`` and ``codified_in`` by finding, ``action_events`` and ``evidence``
    by action, ``finding_events`` by finding, ``observations`` and ``requiring_findings`` (the findings that require it)
    by indicator.
    """

    settings: Settings
    frames: Mapping[str, pd.DataFrame]
    findings: Findings
    actions: Actions
    indicator_ids: pd.Index[str]
    targets: Targets
    finding_actions: Grouped
    finding_indicators: Grouped
    codified_in: Grouped
    requiring_findings: Grouped
    finding_events: Grouped
    action_events: Grouped
    evidence: Grouped
    observations: Grouped
    latest_observed: DayArray

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table."""
        return self.frames[table]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.frames)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.frames)

"""Of what does a plan consist once it is arrays?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.assessment.arrays.segments import Array, Days, Grouped, Ints, Truths
    from theorytopractice.assessment.arrays.targets import Targets
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
    recorded: Days
    review_days: Days
    effective: Days
    cadence_count: Days
    cadence_unit: Array
    origin: Ints
    is_explained: Truths
    has_owner: Truths
    owner_left_on: Days
    suspect_since: Days


@dataclass(frozen=True, slots=True)
class Actions:
    """Columns of the action table, one entry an action.

    ``accountable`` is the row of the table action_owner that names who is accountable, −1 where nobody is;
    ``owner_left_on`` the day on which that owner left, NEVER where nobody is or nobody left.
    """

    ids: pd.Index[str]
    recorded: Days
    due: Days
    accountable: Ints
    owner_left_on: Days
    is_promised: Truths
    site: Ints
    adaptation: Array
    core_kept: Array

    @property
    def has_accountable(self) -> Truths:
        """Tell which actions have an accountable owner."""
        return self.accountable >= 0


@dataclass(frozen=True, slots=True, eq=False)
class Book(Mapping[str, pd.DataFrame]):
    """A whole plan as arrays; what the rules read. It is still the mapping of its tables, so it goes wherever they go.

    Grouped tables: ``links`` and ``measures`` and ``codified`` by finding, ``action_events`` and ``evidence``
    by action, ``finding_events`` by finding, ``observations`` and ``users`` (the findings that require it)
    by indicator.
    """

    settings: Settings
    frames: Mapping[str, pd.DataFrame]
    findings: Findings
    actions: Actions
    indicator_ids: pd.Index[str]
    targets: Targets
    links: Grouped
    measures: Grouped
    codified: Grouped
    users: Grouped
    finding_events: Grouped
    action_events: Grouped
    evidence: Grouped
    observations: Grouped
    latest_observed: Days

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table."""
        return self.frames[table]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.frames)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.frames)

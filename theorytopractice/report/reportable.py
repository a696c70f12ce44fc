"""Of what is a report made, and of which day and period?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from theorytopractice.errors import PracticeError
from theorytopractice.model.as_of import as_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from theorytopractice.errors import Issue
    from theorytopractice.model.as_of import Zoned
    from theorytopractice.model.settings import Settings

USUAL_PERIOD = timedelta(days=30)


class Reportable(Protocol):
    """What the report asks of a plan: its tables, settings, checks and fingerprint."""

    @property
    def settings(self) -> Settings:
        """The plan's choices."""

    def __getitem__(self, table: str, /) -> pd.DataFrame:
        """Return a table."""

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""

    def __len__(self) -> int:
        """Return the number of tables."""

    def check(self, as_of: date | str | None = None) -> Sequence[Issue]:
        """Return what is wrong or doubtful in the plan as of a day."""

    def fingerprint(self) -> str:
        """Return a hash of the plan's content."""


def period(plan: Zoned, as_of: date | str | None, since: date | str | None) -> tuple[date, date]:
    """Return the day of a report, and the day after which movement is shown: thirty days earlier unless given.

    Raises:
        PracticeError: one of them is no date, or the last report is not before the day.
    """
    day = as_day(plan, as_of)
    before = day - USUAL_PERIOD if since is None else as_day(plan, since)
    if before >= day:
        raise PracticeError(f"The last report, {before}, must be before the as-of day, {day}.")
    return day, before

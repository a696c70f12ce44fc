"""As of which day is a plan looked at? (method, T1 and T2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from theorytopractice import clock
from theorytopractice.errors import PracticeError, quote
from theorytopractice.i18n import say
from theorytopractice.model.dialects import CELL
from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import read_date

if TYPE_CHECKING:
    from theorytopractice.model.settings import Settings


class Zoned(Protocol):
    """What has settings, and with them a time zone: a plan, or an encoded one."""

    @property
    def settings(self) -> Settings:
        """The plan's choices."""


def as_day(plan: Zoned, as_of: date | str | None) -> date:
    """Read an as-of date; today in the plan's zone where none is given.

    Raises:
        PracticeError: it is not a date.
    """
    return clock.today(plan.settings.zone) if as_of is None else read_as_of(as_of)


def read_as_of(as_of: date | str) -> date:
    """Read a date that somebody gave; raises PracticeError where it is none."""
    if isinstance(as_of, datetime):
        return as_of.date()
    if isinstance(as_of, date):
        return as_of
    try:
        return read_date(CELL.plain(ValueType.DATE, as_of))
    except ValueError:
        raise PracticeError(
            say("{given} is not a date; write it as year-month-day, such as 2026-06-30.", given=quote(as_of))
        ) from None

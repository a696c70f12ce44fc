"""As of which day is a plan looked at? (method, T1 and T2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from theorytopractice import clock
from theorytopractice.errors import PracticeError, shown
from theorytopractice.i18n import message, say
from theorytopractice.model.dialects import CELL
from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import read_date

if TYPE_CHECKING:
    from theorytopractice.model.settings import Settings


LAST_DAY = date(2262, 4, 11)  # the last day that every pandas frame can hold
NO_DATE = message("{given} is not a date; write it as year-month-day, such as 2026-06-30.")


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
    """Read a date that somebody gave; raises PracticeError where it is none, or too late to be meant."""
    try:
        day = _read(as_of)
    except (ValueError, TypeError):
        raise PracticeError(say(NO_DATE, given=shown(as_of))) from None
    if day > LAST_DAY:
        raise PracticeError(
            say(
                "{given} is too far ahead; choose a day up to {last}.",
                given=shown(as_of),
                last=LAST_DAY.isoformat(),
            )
        )
    return day


def _read(as_of: object) -> date:
    """Return the date of a date, a moment or a text; raises ValueError or TypeError for anything else."""
    if isinstance(as_of, date):
        return date(as_of.year, as_of.month, as_of.day)  # a missing moment of pandas has no year: TypeError
    if not isinstance(as_of, str):
        raise TypeError(as_of)
    return read_date(CELL.plain(ValueType.DATE, as_of))

"""What time is it? Nothing else in the package reads the clock, so that tests can hold it still."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current moment, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Return which day it is in a time zone."""
    return now().astimezone(ZoneInfo(zone)).date()

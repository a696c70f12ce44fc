"""When did a run of better or worse values last, and what came after it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.language import say, say_month, say_month_name, say_n

if TYPE_CHECKING:
    from datetime import date


def when(row: dict[str, Any]) -> str:
    """Say since when a run lasts, or from when until when if other values came after it."""
    begin, end = row["run_from"], row["run_until"]
    if not row["run_after"]:
        return say("since {month}", month=_month(begin, row["as_of"]))
    if (begin.year, begin.month) == (end.year, end.month):
        return say("in {month}", month=say_month(end))
    if begin.year == end.year:
        return say(
            "from {begin} to {end} {year}",
            begin=say_month_name(begin),
            end=say_month_name(end),
            year=end.year,
        )
    return say("from {begin} to {end}", begin=say_month(begin), end=say_month(end))


def after(row: dict[str, Any]) -> str:
    """Say what came after a run that ended."""
    n, alike = row["run_after"], row["run_alike"]
    if not n:
        return ""
    if alike:
        return say_n(
            "of the {after} after them {n} is too", "of the {after} after them {n} are too", alike, after=n
        )
    return say_n("the last one is not", "the last {n} are not", n)


def _month(day: date, today: date) -> str:
    """Name a month, with its year if that is not this year."""
    return say_month_name(day) if day.year == today.year else say_month(day)

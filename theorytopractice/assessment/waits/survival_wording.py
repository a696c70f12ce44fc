"""How is time to practice said in plain sentences?

Method, 12.1: the shares within 6, 12 and 24 months with their intervals, then the median.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from theorytopractice.assessment.words.wording import several

if TYPE_CHECKING:
    from theorytopractice.assessment.survival import Survival

DAYS_IN_MONTH = 30.4375
SHORT = 61
MONTHS = {183: 6, 365: 12, 730: 24}
SURE = 0.05


class Words(NamedTuple):
    """How an event is spoken of."""

    among: str
    happened: str
    state: str
    median: str
    too_few: str
    waiting: str


WORDS = {
    "in_practice": Words(
        "",
        "were put into practice",
        "In practice",
        "Median time to practice",
        "are in practice",
        "still waiting",
    ),
    "carried_out": Words(
        "",
        "were carried out",
        "Carried out",
        "Median time until carried out",
        "are carried out",
        "still waiting",
    ),
    "lapsed": Words(
        " once in practice",
        "lapsed",
        "Lapsed",
        "Median time in practice until lapse",
        "have lapsed",
        "still in practice",
    ),
}


def sentences(found: Survival) -> str:
    """Return the result of a survival estimate in plain sentences, groups included."""
    on = f"As of {found.as_of}: " if found.as_of else ""
    if not found.n:
        return f"{on}no finding was followed, so no time can be told.{_left_out(found)}"
    parts = [
        f"{on}{_counts(found)}",
        _shares(found),
        median(found),
    ]
    closed = sum(found.endings[way] for way in ("rejected", "superseded", "retired"))
    if closed:
        parts.append("Those closed have left by another way; the median counts them as followed until then.")
    return " ".join(parts) + _left_out(found) + _groups(found)


def overview(found: Survival) -> pd.DataFrame:
    """Return the figures of each group as words, one row a group; of everything where there are none."""
    rows = []
    for name, one in (found.groups or {"all": found}).items():
        shares = {
            f"within {MONTHS[at.days]} months": ""
            if at.share is None
            else f"{percent(at.share)} % ({percent(at.low or 0)}–{percent(at.high or 0)})"
            for at in one.within
        }
        limits = ["not reached" if limit is None else f"{limit:g}" for limit in (one.low_days, one.high_days)]
        middle = (
            "not reached" if one.median_days is None else f"{one.median_days:g} ({limits[0]}–{limits[1]})"
        )
        rows.append(
            {found.by or "findings": name, "n": one.n, "events": one.events, **shares, "median days": middle}
        )
    return pd.DataFrame(rows)


def spell(days: float) -> str:
    """Say a length of time: days when short, else whole months, never more than have passed.

    Half a day of grace makes 365 days twelve months and 730 days twenty-four, as the shares beside it do.
    """
    return f"{days:g} days" if days < SHORT else f"{(days + 0.5) // DAYS_IN_MONTH:.0f} months"


def percent(share: float) -> str:
    """Say a share in whole per cent."""
    return f"{100 * share:.0f}"


def median(found: Survival) -> str:
    """Say the median with its interval, or that it was not reached."""
    words = WORDS[found.event]
    if found.median_days is None:
        return f"{words.median} not reached: fewer than half {words.too_few} after {spell(found.longest_days or 0)}."
    low, high = (
        "not reached" if limit is None else f"{limit:g}" for limit in (found.low_days, found.high_days)
    )
    months = "" if found.median_days < SHORT else f" ({spell(found.median_days)})"
    return f"{words.median} {found.median_days:g} days{months}, 95 % interval {low} to {high}."


def _counts(found: Survival) -> str:
    words, n = WORDS[found.event], found.n
    ways = [f"{found.events} {words.happened}"]
    ways += [
        f"{found.endings[way]} {way}"
        for way in ("rejected", "superseded", "retired")
        if found.endings.get(way)
    ]
    ways.append(f"{found.endings['open']} {words.waiting}")
    return f"{n:,} {'finding' if n == 1 else 'findings'}{words.among}: {', '.join(ways)}."


def _shares(found: Survival) -> str:
    """Say the shares within each time; those that nobody can tell come last, in a sentence of their own."""
    state = WORDS[found.event].state
    told = [
        f"within {MONTHS[one.days]} months {percent(one.share)} %"
        f" (95 % interval {percent(one.low or 0)}–{percent(one.high or 0)})"
        for one in found.within
        if one.share is not None
    ]
    unknown = [str(MONTHS[one.days]) for one in found.within if one.share is None]
    said = [f"{state} {', '.join(told)}."] if told else []
    if unknown:
        times = several(unknown, "or")
        said.append(
            f"Whether {state[0].lower()}{state[1:]} within {times} months cannot be told yet: none was followed so long."
        )
    return " ".join(said)


def _left_out(found: Survival) -> str:
    said = ""
    if found.n_entered_late:
        said += f" {found.n_entered_late} came under observation after they were recorded."
    if found.n_ended_before:
        said += f" {found.n_ended_before} had ended before they came under observation and are left out."
    if (found.curve["survival"].iloc[:-1] == 0).any():
        said += " All those observed early had ended before others came under observation: the curve tells little."
    return said


def comparison(found: Survival) -> str:
    """Say whether the curves of the groups differ by more than chance."""
    if found.log_rank is None:
        return f"by {found.by} nothing can be compared: fewer than two groups were waiting when anything happened"
    test = found.log_rank
    differ = "differ" if test.p < SURE else "do not differ by more than chance allows"
    p = "p < 0.001" if test.p < 0.001 else f"p = {test.p:.3f}"  # noqa: PLR2004 - smaller figures mislead
    return f"by {found.by} the curves {differ} ({p})"


def _groups(found: Survival) -> str:
    if not found.by:
        return ""
    said = comparison(found)
    test = found.log_rank
    figures = (
        f"; log-rank chi-square {test.chi_square:.2f}, degrees of freedom {test.degrees}" if test else ""
    )
    return f" {said[0].upper()}{said[1:]}{figures}."

"""How is time to practice said in plain sentences?

Method, 12.1: the shares within 6, 12 and 24 months with their intervals, then the median.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from theorytopractice.language import (
    CLAUSES,
    ENGLISH,
    SENTENCES,
    message,
    say,
    say_duration,
    say_in_turn,
    say_list,
    say_n,
    say_names,
    spoken,
)
from theorytopractice.model.naming import name_of

if TYPE_CHECKING:
    from theorytopractice.assessment.survival import Survival
    from theorytopractice.assessment.waits.curves import Within

DAYS_IN_MONTH = 30.4375
SHORT = 61
MONTHS = {183: 6, 365: 12, 730: 24}
SURE = 0.05
VOCABULARIES = ("kind", "certainty")  # groupings whose groups are words of a vocabulary


class Words(NamedTuple):
    """How an event is spoken of: messages, each said with the fields in it."""

    happened: str
    headline: str
    state: str
    by_then: str
    told: str
    unknown: str
    median: str
    alone: str
    not_reached: str
    so_far: str
    waiting: str
    still: str
    share_waiting: str


WORDS = {
    "in_practice": Words(
        happened=message("{n} were put into practice"),
        headline=message("In practice"),
        state=message("in practice"),
        by_then=message("{share} % in practice"),
        told=message("In practice {shares}."),
        unknown=message(
            "Whether in practice within {times} months cannot be told yet: none was followed so long."
        ),
        median=message("Median time to practice {time}, 95 % interval {low} to {high}."),
        alone=message("Median time to practice {time}, of a single finding."),
        so_far=message("Median time to practice not reached: at most {share} % so far."),
        not_reached=message(
            "Median time to practice not reached: fewer than half are in practice after {time}."
        ),
        waiting=message("still waiting"),
        still=message("{n} still waiting"),
        share_waiting=message("{share} % still waiting"),
    ),
    "carried_out": Words(
        happened=message("{n} were carried out"),
        headline=message("Carried out"),
        state=message("carried out"),
        by_then=message("{share} % carried out"),
        told=message("Carried out {shares}."),
        unknown=message(
            "Whether carried out within {times} months cannot be told yet: none was followed so long."
        ),
        median=message("Median time until carried out {time}, 95 % interval {low} to {high}."),
        alone=message("Median time until carried out {time}, of a single finding."),
        so_far=message("Median time until carried out not reached: at most {share} % so far."),
        not_reached=message(
            "Median time until carried out not reached: fewer than half are carried out after {time}."
        ),
        waiting=message("still waiting"),
        still=message("{n} still waiting"),
        share_waiting=message("{share} % still waiting"),
    ),
    "lapsed": Words(
        happened=message("{n} lapsed"),
        headline=message("Lapsed"),
        state=message("lapsed"),
        by_then=message("{share} % lapsed"),
        told=message("Lapsed {shares}."),
        unknown=message(
            "Whether lapsed within {times} months cannot be told yet: none was followed so long."
        ),
        median=message("Median time in practice until lapse {time}, 95 % interval {low} to {high}."),
        alone=message("Median time in practice until lapse {time}, of a single finding."),
        so_far=message("Median time in practice until lapse not reached: at most {share} % so far."),
        not_reached=message(
            "Median time in practice until lapse not reached: fewer than half have lapsed after {time}."
        ),
        waiting=message("still in practice"),
        still=message("{n} still in practice"),
        share_waiting=message("{share} % still in practice"),
    ),
}
CLOSED = {
    "rejected": message("{n} rejected"),
    "superseded": message("{n} superseded"),
    "retired": message("{n} retired"),
}
GROUPED = {
    "theme": message("theme"), "kind": message("kind"), "certainty": message("certainty"), "unit": message("unit"),
}  # fmt: skip


def sentences(found: Survival) -> str:
    """Return the result of a survival estimate in plain sentences, groups included."""
    if not found.n:
        said = [_dated(found, say("no finding was followed, so no time can be told.")), *_left_out(found)]
        return say_in_turn(SENTENCES, said)
    parts = [_dated(found, _counts(found)), *_shares(found), median(found)]
    if found.has_other_ways:
        parts.append(_net_median(found))
    return say_in_turn(SENTENCES, [*parts, *_left_out(found), *_dips(found), _groups(found)])


def overview(found: Survival) -> pd.DataFrame:
    """Return the figures of each group as words, one row a group; of everything where there are none."""
    rows = []
    for name, one in (found.groups or {"": found}).items():
        shares = {
            say("within {months} months", months=MONTHS[at.days]): ""
            if at.share is None
            else say("{share} %", share=percent(at.share))
            if at.low is None
            else say("{share} % ({low}–{high})", share=percent(at.share), **_ends(at))
            for at in one.within
        }
        group = group_name(found, name) if found.groups else say("all")
        heading = _grouping(found.by) if found.by else say("findings")
        row = {heading: group, "n": one.n, say("events"): one.events, **shares}
        rows.append({**row, say("median days"): _middle(one)})
    return pd.DataFrame(rows)


def _middle(found: Survival) -> str:
    """Write the median with its interval in few signs."""
    if found.median_days is None:
        return say("not reached")
    if found.n == 1:
        return f"{found.median_days:g}"
    return f"{found.median_days:g} ({_limit(found.low_days)}–{_limit(found.high_days)})"


def _limit(days: float | None) -> str:
    return say("not reached") if days is None else f"{days:g}"


def _ends(at: Within) -> dict[str, str]:
    return {"low": percent(at.low or 0), "high": percent(at.high or 0)}


def _dated(found: Survival, said: str) -> str:
    """Put the day before a sentence, where it is known."""
    return say("As of {day}: {said}", day=found.as_of, said=said) if found.as_of else said


def group_name(found: Survival, name: str) -> str:
    """Say the name of a group: a word of a vocabulary, or what the plan calls it."""
    is_word = found.by in VOCABULARIES or (found.by in GROUPED and name == f"(no {found.by})")
    is_as_written = spoken() == ENGLISH  # as in the plan, very_low too
    return name_of(name) if is_word and not is_as_written else name


def _grouping(by: str) -> str:
    """Say by what findings are grouped: a frame of durations may have columns of its own."""
    return say(GROUPED[by]) if by in GROUPED else by


def spell(days: float) -> str:
    """Say a length of time: days when short, else whole months, never more than have passed.

    Half a day of grace makes 365 days twelve months and 730 days twenty-four, as the shares beside it do.
    """
    if days < SHORT:
        return say_duration(days, grouped=False)
    return say_duration((days + 0.5) // DAYS_IN_MONTH, "month", grouped=False)


def percent(share: float) -> str:
    """Write a share in whole per cent, without the sign."""
    return f"{100 * share:.0f}"


def median(found: Survival) -> str:
    """Say the median with its interval, or that it was not reached."""
    words = WORDS[found.event]
    if found.median_days is None and found.has_other_ways:
        return say(words.so_far, share=_below_half(found.final_share(found.event)))
    if found.median_days is None:
        return say(words.not_reached, time=spell(found.longest_days or 0))
    if found.n == 1:
        return say(words.alone, time=_time(found.median_days))
    return say(
        words.median, time=_time(found.median_days), low=_limit(found.low_days), high=_limit(found.high_days)
    )


def _time(days: float) -> str:
    """Say a number of days, of many also how many months that is."""
    time = say_duration(days, grouped=False)
    return say("{days} ({months})", days=time, months=spell(days)) if days >= SHORT else time


def _below_half(share: float) -> str:
    """Write a share below one half in per cent; 49.6 % is not rounded to 50."""
    written = percent(share)
    return written if written != "50" else f"{math.floor(1000 * share) / 10:.1f}"


def _net_median(found: Survival) -> str:
    """Say the Kaplan–Meier median, which is that of a plan in which nothing is closed for other reasons (method, 12.1)."""
    if found.net_median_days is None:
        return say("If nothing were closed for other reasons, the median would not be reached either.")
    return say(
        "If nothing were closed for other reasons, the median would be {time}.",
        time=_time(found.net_median_days),
    )


def _counts(found: Survival) -> str:
    words, n = WORDS[found.event], found.n
    ways = [
        say(words.happened, n=found.events),
        *(say(CLOSED[way], n=found.endings[way]) for way in CLOSED if found.endings.get(way)),
        say(words.still, n=found.endings["open"]),
    ]
    told = say_in_turn(CLAUSES, ways)
    if found.event == "lapsed":
        return say_n(
            "{n:,} finding once in practice: {ways}.",
            "{n:,} findings once in practice: {ways}.",
            n,
            ways=told,
        )
    return say_n("{n:,} finding: {ways}.", "{n:,} findings: {ways}.", n, ways=told)


def _shares(found: Survival) -> list[str]:
    """Say the shares within each time; those that nobody can tell come last, in a sentence of their own."""
    words = WORDS[found.event]
    told = [
        say(
            "within {months} months {share} % (95 % interval {low}–{high})",
            months=MONTHS[one.days],
            share=percent(one.share),
            **_ends(one),
        )
        if one.low is not None
        else say("within {months} months {share} %", months=MONTHS[one.days], share=percent(one.share))
        for one in found.within
        if one.share is not None
    ]
    unknown = [str(MONTHS[one.days]) for one in found.within if one.share is None]
    return [
        *([say(words.told, shares=say_in_turn(CLAUSES, told))] if told else []),
        *([say(words.unknown, times=say_list(unknown, "or"))] if unknown else []),
    ]


def _dips(found: Survival) -> list[str]:
    """Say which findings fell out of practice and came back, which is no lapse (method, 12.1)."""
    if not found.dips:
        return []
    named = [name if n == 1 else say("{name} ({n} times)", name=name, n=n) for name, n in found.dips.items()]
    return [
        say_n(
            "{n} finding fell out of practice and came back, which is no lapse: {findings}.",
            "{n} findings fell out of practice and came back, which is no lapse: {findings}.",
            len(found.dips),
            findings=say_names(named),
        )
    ]


def _already(found: Survival) -> list[str]:
    """Say which findings had the stage when they entered the plan, which is no waiting time (method, 12.1)."""
    if not found.already:
        return []
    return [
        say_n(
            "{n} finding was {state} when it entered the plan, so it tells of no waiting time: {findings}.",
            "{n} findings were {state} when they entered the plan, so they tell of no waiting time: {findings}.",
            len(found.already),
            state=say(WORDS[found.event].state),
            findings=say_names(found.already),
        )
    ]


def _left_out(found: Survival) -> list[str]:
    said = _already(found)
    if found.n_entered_late:
        said.append(say("{n} came under observation after they were recorded.", n=found.n_entered_late))
    if found.n_ended_before:
        said.append(
            say(
                "{n} had ended before they came under observation and are left out.",
                n=found.n_ended_before,
            )
        )
    if (found.curve["survival"].iloc[:-1] == 0).any():
        said.append(
            say(
                "All those observed early had ended before others came under observation: the curve tells little."
            )
        )
    return said


def comparison(found: Survival) -> str:
    """Say whether the curves of the groups differ by more than chance."""
    by = _grouping(str(found.by))
    if found.log_rank is None:
        return say(
            "by {by} nothing can be compared: fewer than two groups were waiting when anything happened",
            by=by,
        )
    test = found.log_rank
    p = "p < 0.001" if test.p < 0.001 else f"p = {test.p:.3f}"  # noqa: PLR2004 - smaller figures mislead
    if test.p < SURE:
        return say("by {by} the curves differ ({p})", by=by, p=p)
    return say("by {by} the curves do not differ by more than chance allows ({p})", by=by, p=p)


def _groups(found: Survival) -> str:
    if not found.by:
        return ""
    said, test = comparison(found), found.log_rank
    said = f"{said[:1].upper()}{said[1:]}"
    if not test:
        return say("{said}.", said=said)
    return say(
        "{said}; log-rank chi-square {chi_square}, degrees of freedom {degrees}.",
        said=said,
        chi_square=f"{test.chi_square:.2f}",
        degrees=test.degrees,
    )

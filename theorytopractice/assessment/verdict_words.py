"""How is a verdict said in words that claim no more than it shows? "Since" the action, never "because of" it."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from theorytopractice.assessment.judgement import ENOUGH_POST, ENOUGH_PRE, Rival, Verdict
from theorytopractice.i18n import (
    CLAUSES,
    PARTS,
    SENTENCES,
    message,
    say,
    say_in_turn,
    say_month,
    say_month_name,
    say_n,
    say_number,
    say_share,
)
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date

    import pandas as pd

DIGITS = 3


def format_number(value: float) -> str:
    """Write a number with three significant digits, a large one whole."""
    if not np.isfinite(value):
        return name_of("unknown")
    if value == 0:
        return "0"
    places = DIGITS - 1 - floor(log10(abs(value)))
    text = f"{value:,.{min(max(places, 0), 12)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−") if text != "-0" else "0"


def _month(day: date, today: date) -> str:
    """Name a month, with its year if that is not this year."""
    return say_month_name(day) if day.year == today.year else say_month(day)


def period_text(begin: date, end: date) -> str:
    """Say from when until when something was so, by months."""
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


NOTHING_BEFORE = message(
    "There is no measurement from before the action, so nobody can say whether it changed anything"
)
NOTHING_SINCE = message(
    "There is no measurement since the action, so nobody can say whether it changed anything"
)
NOTHING_BETWEEN = message(
    "There is no measurement between the earlier action and this one, so nobody can say what this one changed"
)
NOT_STARTED = message("No action has started")
WORDED = message("The values are words, so they are not compared with earlier ones here")
IN_RANGE = message("The figure is to stay within a range, so neither side is the better one")
UNREADABLE = message("Some values are too large to be compared")
FEW_EVENTS = message("There were too few events, before and since, to say whether anything changed")
MIDDLES = message("The middle value was {before} before and {since} since")
FOLLOWED = message("{first}. {second}")
STILL_ELSEWHERE = message("The same figure where nobody acted did not move likewise")
TREND_RISING = message("it may have been rising already")
TREND_FALLING = message("it may have been falling already")
DOUBTS = {
    Rival.SEASON: message("a season could look the same"),
    Rival.MEMORY: message("neighbouring values resemble each other, so it may be chance"),
    Rival.START: message("the action began after unusual values, which often pass by themselves"),
    Rival.TIME: message("it is too early to be sure"),
    Rival.PLACEBO: message("it moved as clearly before the action"),
    Rival.CONTROLS: message("beside the same figure where nobody acted it is not clear"),
    Rival.RESIDUAL: message("its values follow one another in a way that nothing here explains"),
}


class VerdictText(NamedTuple):
    """A verdict in words: what was found, what makes it doubtful, and what else to know."""

    result: str
    doubt: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Join the parts as sentences."""
        found = (
            say("{found}, but {doubt}", found=self.result, doubt=self.doubt) if self.doubt else self.result
        )
        return say_in_turn(SENTENCES, [_stopped(one) for one in (found, self.note) if one])


def verdict_text(row: dict[str, Any]) -> VerdictText:
    """Say the verdict of one row of the verdict frame; ``row`` also holds what the frame leaves out."""
    return WORDING[Verdict(row["verdict"])](row)


def _stopped(said: str) -> str:
    return say("{said}.", said=said)


def _cannot_tell(row: dict[str, Any]) -> VerdictText:
    reasons = {
        NOT_STARTED: not row["is_started"],
        WORDED: row["is_worded"],
        IN_RANGE: row["is_range"],
        NOTHING_BETWEEN: row["n_pre"] == 0 and row["is_later_step"],
        NOTHING_BEFORE: row["n_pre"] == 0,
        NOTHING_SINCE: row["n_post"] == 0,
        FEW_EVENTS: row["rival"] == Rival.EVENTS,
    }
    return VerdictText(say(next((reason for reason, holds in reasons.items() if holds), UNREADABLE)))


def _too_few(row: dict[str, Any]) -> VerdictText:
    """Say how many measurements are missing, first those since the action."""
    since = say_n(
        "Only {n} measurement since the action; at least {least} are needed",
        "Only {n} measurements since the action; at least {least} are needed",
        row["n_post"],
        least=ENOUGH_POST,
    )
    before = say_n(
        "Only {n} measurement from before the action; at least {least} are needed",
        "Only {n} measurements from before the action; at least {least} are needed",
        row["n_pre"],
        least=ENOUGH_PRE,
    )
    lacks = [since] * (row["n_post"] < ENOUGH_POST) + [before] * (row["n_pre"] < ENOUGH_PRE)
    return VerdictText(lacks[0], note=say_in_turn(FOLLOWED, [*lacks[1:], _middles(row)]))


def _moved(row: dict[str, Any]) -> VerdictText:
    """Word an improvement or a worsening that is sure."""
    is_better = row["side"] > 0
    better = message("Better since {month}: {before} → {now} on average ({change})")
    worse = message("Worse since {month}: {before} → {now} on average ({change})")
    found = say(
        better if is_better else worse,
        month=_month(row["since_when"], row["as_of"]),
        **_levels(row),
        change=_change(row),
    )
    beside = say(STILL_ELSEWHERE) if row["has_controls"] else ""
    notes = [one for one in (history_text(row), beside) if one]
    return VerdictText(found, note=say_in_turn(FOLLOWED, notes))


def _may_have_moved(row: dict[str, Any]) -> VerdictText:
    """Word a change that something else may explain."""
    better = message("Better than before ({before} → {now} on average)")
    worse = message("Worse than before ({before} → {now} on average)")
    is_plain = (row["now"] - row["before"]) * row["side"] * row["better"] > 0
    levels = _levels(row | {"effect": row["now"] - row["before"]} if is_plain else row)
    found = say(better if row["side"] > 0 else worse, **levels)
    return VerdictText(found, _doubt(row), history_text(row))


def _doubt(row: dict[str, Any]) -> str:
    rival = Rival(row["rival"])
    if rival == Rival.TREND:
        return say(TREND_RISING if row["side"] * row["better"] > 0 else TREND_FALLING)
    if rival == Rival.OTHERS:
        return say("of {n:,} indicators one may move so far by chance", n=row["n_examined"])
    return say(DOUBTS.get(rival, DOUBTS[Rival.TIME]))


def _levels(row: dict[str, Any]) -> dict[str, str]:
    return {"before": format_number(row["now"] - row["effect"]), "now": format_number(row["now"])}


def _change(row: dict[str, Any]) -> str:
    """Say the interval of the effect: "4 to 10 lower"."""
    low, high = sorted((row["low"], row["high"]), key=abs)
    if low * high < 0:
        return say("95% interval of the change {low} to {high}", **_ends(row))
    ends = {"low": format_number(abs(low)), "high": format_number(abs(high))}
    if row["effect"] < 0:
        return say("{low} to {high} lower, 95% interval", **ends)
    return say("{low} to {high} higher, 95% interval", **ends)


def _ends(row: dict[str, Any]) -> dict[str, str]:
    return {"low": format_number(row["low"]), "high": format_number(row["high"])}


def history_text(row: dict[str, Any]) -> str:
    """Say what the figure was before its latest stretch, where that was something else."""
    if not row["past"]:
        return ""
    was = {
        "better": message("It was better than before the action {period}"),
        "worse": message("It was worse than before the action {period}"),
    }
    return say(was[row["past"]], period=period_text(row["past_from"], row["past_until"]))


def _no_signal(row: dict[str, Any]) -> VerdictText:
    within = message("Since the action the figure has stayed within its expected range ({limits})")
    beyond = message(
        "Since the action no change is clear; some values lay outside the expected range ({limits})"
    )
    found = say(beyond if row["n_outside"] else within, limits=_limits(row))
    return VerdictText(found, note=history_text(row))


WORDING = {
    Verdict.CANNOT_TELL: _cannot_tell,
    Verdict.TOO_FEW: _too_few,
    Verdict.IMPROVED: _moved,
    Verdict.WORSE: _moved,
    Verdict.BETTER_BUT: _may_have_moved,
    Verdict.WORSE_BUT: _may_have_moved,
    Verdict.NO_SIGNAL: _no_signal,
}


def off_target_since(
    days: Sequence[date], values: Sequence[float], target: float, better: float
) -> date | None:
    """Return since when a figure that had met its target misses it again; None where it does not."""
    meets = [better * (value - target) >= 0 for value in values]
    if not meets or meets[-1] or not any(meets):
        return None
    return days[len(meets) - meets[::-1].index(True)]


def card_text(row: Mapping[Hashable, Any], *, is_lapsed: bool, lapse: str = "") -> str:
    """Say the verdict on a card, with its word; of a finding that has lapsed never that it improved.

    Args:
        row: the row of the verdict frame.
        is_lapsed: whether the finding has lapsed.
        lapse: what :func:`lapse_text` says, where the figure is off target again.
    """
    is_better = row["verdict"] in (Verdict.IMPROVED, Verdict.BETTER_BUT)
    if lapse and is_better:
        return say("Better than before, but {lapse}.", lapse=lapse)
    if is_lapsed and is_better:
        return say("Better than before, but lapsed: {sentence}", sentence=row["sentence"])
    word = name_of(str(row["verdict"]))
    return say("{verdict}: {sentence}", verdict=word[:1].upper() + word[1:], sentence=row["sentence"])


def lapse_text(since: date, now: str, target: str, before: str, today: date) -> str:
    """Say since when a figure is off target again, what it is now, what it should be, and what it was."""
    return say(
        "off target again since {month}: {now} now (target {target}; {before} before)",
        month=_month(since, today),
        now=now,
        target=target,
        before=before,
    )


def run_text(longest: tuple[int, int], crossings: tuple[int, int]) -> str:
    """Describe runs and crossings around the median before, each beside what is usual (Anhøj); they decide nothing."""
    return say(
        "longest run on one side of the median before: {longest} (usually up to {most}); crossings: {crossings} (usually {fewest} or more)",
        longest=longest[0],
        most=longest[1],
        crossings=crossings[0],
        fewest=crossings[1],
    )


def effect_sentence(row: dict[str, Any]) -> str:
    """Say the average effect since the action with its interval, and how often such a series is told wrong."""
    if not np.isfinite(row["effect"]):
        return ""
    found = say(
        "Average change since the action, old trend and season allowed for: {effect} (95% interval {low} to {high}).",
        effect=format_number(row["effect"]),
        **_ends(row),
    )
    return say_in_turn(SENTENCES, [found, error_sentence(row.get("error"))])


def error_sentence(error: dict[str, Any] | None) -> str:
    """Say how often series in which nothing happened are told to have moved."""
    if not isinstance(error, dict):
        return ""
    return say(
        "Of simulated series like this one in which nothing happened, {share}% are ever called improved or worse.",
        share=f"{100 * error['false_claim']:.1f}",
    )


def listing(frame: pd.DataFrame) -> str:
    """Write a verdict frame for people: a block for each row, and how many indicators were examined."""
    blocks = []
    for row in frame.to_dict("records"):
        counts = say("{n} before, {since} since", n=row["n_pre"], since=row["n_post"])
        if row["n_phase_in"]:
            counts = say_in_turn(CLAUSES, [counts, say("{n} between", n=row["n_phase_in"])])
        head = say(
            "{finding}, {indicator}: {verdict} ({counts})",
            finding=row["finding_id"],
            indicator=row["indicator_id"],
            verdict=name_of(row["verdict"]),
            counts=counts,
        )
        blocks.append("\n  ".join(line for line in (head, row["sentence"], row["series_sentence"]) if line))
    day = say("As of {day}.", day=frame.attrs["as_of"])
    last = say_in_turn(SENTENCES, [examined(frame), day])
    return "\n".join(line for line in (*blocks, claims_text(frame), last) if line)


def claims_text(frame: pd.DataFrame) -> str:
    """Say how many claims the plan's verdicts hold and how many of them may be wrong; empty where none could be weighed."""
    n, claims = frame.attrs["n_judged"], frame.attrs["n_claims"]
    if not n:
        return ""
    names = {"improved": name_of(Verdict.IMPROVED), "worse": name_of(Verdict.WORSE)}
    if not claims:
        return say_n(
            "Of {n:,} verdict of the plan that could be weighed, none says “{improved}” or “{worse}”.",
            "Of {n:,} verdicts of the plan that could be weighed, none says “{improved}” or “{worse}”.",
            n,
            **names,
        )
    return say_n(
        "Of {n:,} verdict of the plan that could be weighed, {claims} says “{improved}” or “{worse}”; "
        "of such words at most {share} are expected to be wrong.",
        "Of {n:,} verdicts of the plan that could be weighed, {claims} say “{improved}” or “{worse}”; "
        "of such words at most {share} are expected to be wrong.",
        n,
        claims=say_number(claims),
        share=say_share(frame.attrs["false_share"]),
        **names,
    )


def examined(frame: pd.DataFrame) -> str:
    """Say how many indicators were examined (method, section 13, rule 7): among many, some move by chance."""
    n, shown = frame.attrs["n_examined"], frame["indicator_id"].nunique()
    said = say_n("{n:,} indicator was examined", "{n:,} indicators were examined", n)
    more = say("{n} of them shown", n=shown) if shown < n else ""
    return _stopped(say_in_turn(PARTS, [said, more]))


def _limits(row: dict[str, Any]) -> str:
    low, high = format_number(row["lower_limit"]), format_number(row["upper_limit"])
    return f"{low}–{high}" if "−" not in low + high else say("{low} to {high}", low=low, high=high)


def _middles(row: dict[str, Any]) -> str:
    before, since = format_number(row["median_pre"]), format_number(row["median_post"])
    return say(MIDDLES, before=before, since=since)


__all__ = [
    "VerdictText",
    "card_text",
    "claims_text",
    "effect_sentence",
    "error_sentence",
    "examined",
    "format_number",
    "history_text",
    "lapse_text",
    "listing",
    "off_target_since",
    "period_text",
    "run_text",
    "verdict_text",
]

"""How is a verdict said in words that claim no more than it shows? "Since" the action, never "because of" it.

Method, section 13, words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from theorytopractice.assessment.change.figures import figure
from theorytopractice.assessment.change.judgement import ENOUGH_POST, ENOUGH_PRE, SETTLED, Verdict
from theorytopractice.assessment.change.run_wording import after, when
from theorytopractice.assessment.change.series_wording import (
    series_note,
    series_refusal,
    series_result,
    series_sentence,
)
from theorytopractice.language import CLAUSES, PARTS, SENTENCES, message, say, say_in_turn, say_n
from theorytopractice.model.naming import name_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Said",
    "examined",
    "figure",
    "listing",
    "said",
    "series_note",
    "series_refusal",
    "series_result",
    "series_sentence",
]

LONG_BASELINE = 24  # values before the action from which on a slow older improvement would have been noticed
ALIKE = 0.05
SLOW = message("a slow improvement that had already begun could look the same")
NOTHING_BEFORE = message(
    "There is no measurement from before the action, so nobody can say whether it changed anything"
)
NOTHING_SINCE = message(
    "There is no measurement since the action, so nobody can say whether it changed anything"
)
NOT_STARTED = message("No action has started")
WORDED = message("The values are words, so they are not compared with earlier ones here")
IN_RANGE = message("The figure is to stay within a range, so neither side is the better one")
UNREADABLE = message("Some values are too large to be compared")
MOVING = message("The figure was already moving before the action")
NO_MEASURE = message("Its earlier average is no measure for what came since")
MIDDLES = message("The middle value was {before} before and {since} since")
FOLLOWED = message("{first}. {second}")


class Said(NamedTuple):
    """A verdict in words: what was found, what makes it doubtful, and what else to know."""

    result: str
    doubt: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Join the parts as sentences."""
        found = say_in_turn(PARTS, [self.result, self.doubt])
        return say_in_turn(SENTENCES, [_stopped(one) for one in (found, self.note) if one])


def said(row: dict[str, Any]) -> Said:
    """Say the verdict of one row of the verdict frame; ``row`` also holds what the frame leaves out."""
    return WORDING[Verdict(row["verdict"])](row)


def _stopped(said: str) -> str:
    return say("{said}.", said=said)


def _cannot_tell(row: dict[str, Any]) -> Said:
    reasons = {
        NOT_STARTED: not row["is_started"],
        WORDED: row["is_worded"],
        IN_RANGE: row["is_range"],
        NOTHING_BEFORE: row["n_pre"] == 0,
        NOTHING_SINCE: row["n_post"] == 0,
    }
    return Said(say(next((reason for reason, holds in reasons.items() if holds), UNREADABLE)))


def _too_few(row: dict[str, Any]) -> Said:
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
    return Said(lacks[0], note=say_in_turn(FOLLOWED, [*lacks[1:], _middles(row)]))


def _not_stable(row: dict[str, Any]) -> Said:
    return Said(say(MOVING), note=say_in_turn(FOLLOWED, [say(NO_MEASURE), _middles(row)]))


def _moved(row: dict[str, Any]) -> Said:
    """Word an improvement or a worsening: by its run if it has one, else by its middle values."""
    is_better = row["verdict"] == Verdict.IMPROVED
    doubt = say(SLOW) if is_better and row["n_pre"] < LONG_BASELINE else ""
    if row["run"]:
        better = message("{n} measurements in a row {when} are better than the earlier average of {mean}")
        worse = message("{n} measurements in a row {when} are worse than the earlier average of {mean}")
        found = say(better if is_better else worse, n=row["run"], when=when(row), mean=figure(row["mean"]))
        return Said(say_in_turn(PARTS, [found, after(row)]), doubt)
    better = message(
        "Since the action the figure keeps to the better side: its middle value was {before} before and {since} since"
    )
    worse = message(
        "Since the action the figure keeps to the worse side: its middle value was {before} before and {since} since"
    )
    return Said(say(better if is_better else worse, **_medians(row)), doubt)


def _possible(row: dict[str, Any]) -> Said:
    is_better = row["verdict"] == Verdict.POSSIBLE_IMPROVEMENT
    found = _beyond(row, is_upper=(row["better"] > 0) == is_better)
    if is_better and row["is_mixed"]:
        result = say(
            "Since the action {found}, on the better side, and some on the worse side too", found=found
        )
    elif is_better:
        result = say("Since the action {found}, on the better side", found=found)
    elif row["is_mixed"]:
        result = say(
            "Since the action {found}, on the worse side, and some on the better side too", found=found
        )
    else:
        result = say("Since the action {found}, on the worse side", found=found)
    return Said(result, say("more are needed to be sure"), _trial(row))


def _beyond(row: dict[str, Any], *, is_upper: bool) -> str:
    """Say what lies beyond the earlier range, or close to its edge."""
    limits = _limits(row)
    if row["n_beyond"]:
        return say_n(
            "{n} measurement lies beyond the earlier range ({limits})",
            "{n} measurements lie beyond the earlier range ({limits})",
            row["n_beyond"],
            limits=limits,
        )
    if is_upper:
        return say(
            "2 of 3 measurements in a row lie close to the upper edge of the earlier range ({limits})",
            limits=limits,
        )
    return say(
        "2 of 3 measurements in a row lie close to the lower edge of the earlier range ({limits})",
        limits=limits,
    )


def _no_signal(row: dict[str, Any]) -> Said:
    found = say(
        "Since the action the figure has stayed within its earlier range ({limits})", limits=_limits(row)
    )
    return Said(found, note=_trial(row))


def _trial(row: dict[str, Any]) -> str:
    """Warn of limits that rest on few values (method, section 13, rule 4)."""
    if row["n_pre"] >= SETTLED:
        return ""
    return say_n(
        "That range is provisional: it rests on {n} measurement",
        "That range is provisional: it rests on {n} measurements",
        row["n_pre"],
    )


WORDING = {
    Verdict.CANNOT_TELL: _cannot_tell,
    Verdict.TOO_FEW: _too_few,
    Verdict.NOT_STABLE: _not_stable,
    Verdict.IMPROVED: _moved,
    Verdict.WORSE: _moved,
    Verdict.POSSIBLE_IMPROVEMENT: _possible,
    Verdict.POSSIBLE_WORSENING: _possible,
    Verdict.NO_SIGNAL: _no_signal,
}


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
    return "\n".join([*blocks, say_in_turn(SENTENCES, [examined(frame), day])])


def examined(frame: pd.DataFrame) -> str:
    """Say how many indicators were examined (method, section 13, rule 7): among many, some move by chance."""
    n, shown = frame.attrs["n_examined"], frame["indicator_id"].nunique()
    said = say_n("{n:,} indicator was examined", "{n:,} indicators were examined", n)
    more = say("{n} of them shown", n=shown) if shown < n else ""
    return _stopped(say_in_turn(PARTS, [said, more]))


def _limits(row: dict[str, Any]) -> str:
    low, high = figure(row["lower_limit"]), figure(row["upper_limit"])
    return f"{low}–{high}" if "−" not in low + high else say("{low} to {high}", low=low, high=high)


def _medians(row: dict[str, Any]) -> dict[str, str]:
    return {"before": figure(row["median_pre"]), "since": figure(row["median_post"])}


def _middles(row: dict[str, Any]) -> str:
    return say(MIDDLES, **_medians(row))

"""How is a verdict said in words that claim no more than it shows? "Since" the action, never "because of" it.

Method, section 13, words.
"""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from theorytopractice.assessment.change.interrupted import EVENTS
from theorytopractice.assessment.change.judgement import ENOUGH_POST, ENOUGH_PRE, SETTLED, Verdict

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from theorytopractice.assessment.change.interrupted import Series

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DIGITS = 3
LONG_BASELINE = 24  # values before the action from which on a slow older improvement would have been noticed
ALIKE = 0.05
SLOW = "a slow improvement that had already begun could look the same"
NOTHING_BEFORE = (
    "There is no measurement from before the action, so nobody can say whether it changed anything"
)
NOTHING_SINCE = "There is no measurement since the action, so nobody can say whether it changed anything"
NOT_STARTED = "No action has started"
WORDED = "The values are words, so they are not compared with earlier ones here"
IN_RANGE = "The figure is to stay within a range, so neither side is the better one"
UNREADABLE = "Some values are too large to be compared"
MOVING = "The figure was already moving before the action"
NO_MEASURE = "Its earlier average is no measure for what came since"
ALIKE_WORDS = "Neighbouring values resemble each other, so the interval may be too narrow."


class Said(NamedTuple):
    """A verdict in words: what was found, what makes it doubtful, and what else to know."""

    result: str
    doubt: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Join the parts as sentences."""
        doubt, note = f"; {self.doubt}" if self.doubt else "", f" {self.note}." if self.note else ""
        return f"{self.result}{doubt}.{note}"


def said(row: dict[str, Any]) -> Said:
    """Say the verdict of one row of the verdict frame; ``row`` also holds what the frame leaves out."""
    return WORDING[Verdict(row["verdict"])](row)


def _cannot_tell(row: dict[str, Any]) -> Said:
    reasons = {
        NOT_STARTED: not row["is_started"],
        WORDED: row["is_worded"],
        IN_RANGE: row["is_range"],
        NOTHING_BEFORE: row["n_pre"] == 0,
        NOTHING_SINCE: row["n_post"] == 0,
    }
    return Said(next((reason for reason, holds in reasons.items() if holds), UNREADABLE))


def _too_few(row: dict[str, Any]) -> Said:
    """Say how many measurements are missing, first those since the action."""
    lacks = [
        f"Only {_measurements(row[column])} {when} the action; at least {least} are needed"
        for column, when, least in (("n_post", "since", ENOUGH_POST), ("n_pre", "from before", ENOUGH_PRE))
        if row[column] < least
    ]
    return Said(lacks[0], note=". ".join([*lacks[1:], f"The middle value was {_medians(row)}"]))


def _not_stable(row: dict[str, Any]) -> Said:
    return Said(MOVING, note=f"{NO_MEASURE}. The middle value was {_medians(row)}")


def _moved(row: dict[str, Any]) -> Said:
    """Word an improvement or a worsening: by its run if it has one, else by its middle values."""
    is_better = row["verdict"] == Verdict.IMPROVED
    word = "better" if is_better else "worse"
    doubt = SLOW if is_better and row["n_pre"] < LONG_BASELINE else ""
    if row["run"]:
        found = f"{row['run']} measurements in a row {_months(row)} are {word} than the earlier average of"
        return Said(f"{found} {figure(row['mean'])}{_after(row)}", doubt)
    return Said(
        f"Since the action the figure keeps to the {word} side: its middle value was {_medians(row)}", doubt
    )


def _possible(row: dict[str, Any]) -> Said:
    is_better = row["verdict"] == Verdict.POSSIBLE_IMPROVEMENT
    word, other = ("better", "worse") if is_better else ("worse", "better")
    n = row["n_beyond"]
    edge = "upper" if (row["better"] > 0) == is_better else "lower"
    found = (
        f"{_measurements(n)} {'lies' if n == 1 else 'lie'} beyond the earlier range ({_limits(row)})"
        if n
        else f"2 of 3 measurements in a row lie close to the {edge} edge of the earlier range ({_limits(row)})"
    )
    mixed = f", and some on the {other} side too" if row["is_mixed"] else ""
    return Said(
        f"Since the action {found}, on the {word} side{mixed}",
        "more are needed to be sure",
        _trial(row),
    )


def _no_signal(row: dict[str, Any]) -> Said:
    found = f"Since the action the figure has stayed within its earlier range ({_limits(row)})"
    return Said(found, note=_trial(row))


def _trial(row: dict[str, Any]) -> str:
    """Warn of limits that rest on few values (method, section 13, rule 4)."""
    few = row["n_pre"] < SETTLED
    return f"That range is provisional: it rests on {_measurements(row['n_pre'])}" if few else ""


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


def series_sentence(series: dict[str, Any] | None, refusal: str = "") -> str:
    """Say the result of an interrupted time series, its figures and its test; where there is none, why not."""
    if series is None:
        return f"No interrupted time series: {refusal}." if refusal else ""
    season = ", season taken out" if series["season"] else ""
    return f"Interrupted time series ({MODELS[series['model']]}{season}): {series_result(series)}. {series_note(series)}"


MODELS = {"OLS": "least squares", "quasi-Poisson": "quasi-Poisson"}


def series_result(series: dict[str, Any]) -> str:
    """Say how a series left its course when the action came, as far as its intervals are clear of 0."""
    level, slope = _is_clear(series, "level"), _is_clear(series, "slope")
    if series["rate_ratio"] is not None and level:
        found = f"the rate is {figure(series['rate_ratio'])} times that of its earlier course"
    elif series["rate_ratio"] is not None or not (level or slope):
        found = "the figure cannot be told apart from its earlier course"
    elif level:
        way = "below" if series["level"] < 0 else "above"
        found = f"the level is {figure(abs(series['level']))} {way} its earlier course"
        found += f", and the slope {_steeper(series)}" if slope else ""
    else:
        found = f"the slope is {_steeper(series)} than in its earlier course"
    return f"since the action {found}"


def _steeper(series: dict[str, Any]) -> str:
    return f"{figure(abs(series['slope']))} a {series['time_unit']} {'lower' if series['slope'] < 0 else 'higher'}"


def _is_clear(series: dict[str, Any], name: str) -> bool:
    return bool(series[f"{name}_low"] > 0 or series[f"{name}_high"] < 0)


def series_note(series: dict[str, Any]) -> str:
    """Give the figures of a series with their 95 % intervals, and the test of its residuals."""
    if series["rate_ratio"] is not None:
        figures = f"Rate ratio {_interval(series, 'rate_ratio')}"
    else:
        per = f" a {series['time_unit']}"
        figures = f"Change of level {_interval(series, 'level')}, of slope {_interval(series, 'slope', per)}"
    p = series["ljung_box_p"]
    tested = f" Ljung–Box p {_p(p)}." if p is not None else ""
    caution = f" {ALIKE_WORDS}" if p is not None and p < ALIKE else ""
    return f"{figures}.{tested}{caution}{_avoided(series)}{_left_aside(series)}"


def series_refusal(given: Series) -> str:
    """Say why a series that was not fitted has no model; nothing where it is only too short for one."""
    if given.is_short:
        return ""
    if given.has_few_events:
        return f"a side has fewer than {EVENTS} events"
    return "the values do not settle its figures"


def _left_aside(series: dict[str, Any]) -> str:
    """Say that a known exposure was not used, because it is not known for every value."""
    n = series.get("n_without_exposure", 0)
    where = "1 value" if n == 1 else f"{n} values"
    return f" The exposure n is missing or 0 for {where}, so it is left out of the rate." if n else ""


def _avoided(series: dict[str, Any]) -> str:
    """Say how many events fewer or more there were than on the earlier course, where the interval is clear of 0."""
    if series["rate_ratio"] is None or not _is_clear(series, "level"):
        return ""
    low, high = series["events_avoided_low"], series["events_avoided_high"]
    word = "more" if series["events_avoided"] > 0 else "fewer"
    middle, *ends = (figure(abs(one)) for one in (series["events_avoided"], *sorted((low, high), key=abs)))
    return (
        f" Had the earlier course gone on, there would have been {middle} events {word}"
        f" (95 % interval {' to '.join(ends)})."
    )


def _interval(series: dict[str, Any], name: str, per: str = "") -> str:
    low, high = figure(series[f"{name}_low"]), figure(series[f"{name}_high"])
    return f"{figure(series[name])}{per} (95 % interval {low} to {high})"


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= LEAST_P else f"< {LEAST_P}"


LEAST_P = 0.001


def listing(frame: pd.DataFrame) -> str:
    """Write a verdict frame for people: a block for each row, and how many indicators were examined."""
    blocks = []
    for row in frame.to_dict("records"):
        counts = f"{row['n_pre']} before, {row['n_post']} since" + (
            f", {row['n_phase_in']} between" if row["n_phase_in"] else ""
        )
        head = f"{row['finding_id']}, {row['indicator_id']}: {row['verdict']} ({counts})"
        blocks.append("\n  ".join(line for line in (head, row["sentence"], row["series_sentence"]) if line))
    return "\n".join([*blocks, f"{examined(frame)} As of {frame.attrs['as_of']}."])


def examined(frame: pd.DataFrame) -> str:
    """Say how many indicators were examined (method, section 13, rule 7): among many, some move by chance."""
    n, shown = frame.attrs["n_examined"], frame["indicator_id"].nunique()
    said = "1 indicator was examined" if n == 1 else f"{n:,} indicators were examined"
    return f"{said}; {shown} of them shown." if shown < n else f"{said}."


def figure(value: float) -> str:
    """Write a number with three significant digits, a large one whole."""
    if not np.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    places = DIGITS - 1 - floor(log10(abs(value)))
    text = f"{value:,.{min(max(places, 0), 12)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−") if text != "-0" else "0"


def _limits(row: dict[str, Any]) -> str:
    low, high = figure(row["lower_limit"]), figure(row["upper_limit"])
    return f"{low}–{high}" if "−" not in low + high else f"{low} to {high}"


def _medians(row: dict[str, Any]) -> str:
    return f"{figure(row['median_pre'])} before and {figure(row['median_post'])} since"


def _measurements(number: int) -> str:
    return f"{number} measurement" if number == 1 else f"{number} measurements"


def _months(row: dict[str, Any]) -> str:
    """Say since when a run lasts, or from when until when if other values came after it."""
    since = _month(row["run_from"], row["as_of"])
    if not row["run_after"]:
        return f"since {since}"
    begin, end = row["run_from"], row["run_until"]
    until = f"{MONTHS[end.month - 1]} {end.year}"
    if (begin.year, begin.month) == (end.year, end.month):
        return f"in {until}"
    return f"from {MONTHS[begin.month - 1]}{'' if begin.year == end.year else f' {begin.year}'} to {until}"


def _after(row: dict[str, Any]) -> str:
    """Say what came after a run that ended."""
    after, alike = row["run_after"], row["run_alike"]
    if not after:
        return ""
    if alike:
        return f"; of the {after} after them {alike} {'is' if alike == 1 else 'are'} too"
    return "; the last one is not" if after == 1 else f"; the last {after} are not"


def _month(day: date, today: date) -> str:
    """Name a month, with its year if that is not this year."""
    name = MONTHS[day.month - 1]
    return name if day.year == today.year else f"{name} {day.year}"

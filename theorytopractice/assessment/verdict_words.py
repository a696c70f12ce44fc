"""How is a verdict said in words that claim no more than it shows? "Since" the action, never "because of" it.

Method, section 13, words.
"""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from theorytopractice.assessment.judgement import ENOUGH_POST, ENOUGH_PRE, SETTLED, Verdict

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DIGITS = 3
LONG_BASELINE = 24  # values before the action from which on a slow older improvement would have been noticed
ALIKE = 0.05
SLOW = "a slow improvement that had already begun could look the same"
NOTHING_BEFORE = (
    "There is no measurement from before the action, so nobody can say whether it changed anything."
)
NOTHING_SINCE = "There is no measurement since the action, so nobody can say whether it changed anything."
NOT_STARTED = "No action has started."
WORDED = "The values are words, so they are not compared with earlier ones here."
IN_RANGE = "The figure is to stay within a range, so neither side is the better one."
UNREADABLE = "Some values are too large to be compared."
MOVING = "The figure was already moving before the action, so its earlier average is no measure for what came since."
ALIKE_WORDS = (
    "Neighbouring values resemble each other (Ljung–Box p < 0.05), so the interval may be too narrow."
)


def sentence(row: dict[str, Any]) -> str:
    """Say the verdict of one row of the verdict frame; ``row`` also holds what the frame leaves out."""
    return WORDING[Verdict(row["verdict"])](row)


def _cannot_tell(row: dict[str, Any]) -> str:
    if not row["is_started"]:
        return NOT_STARTED
    if row["is_worded"]:
        return WORDED
    if row["is_range"]:
        return IN_RANGE
    if row["n_pre"] == 0:
        return NOTHING_BEFORE
    return NOTHING_SINCE if row["n_post"] == 0 else UNREADABLE


def _too_few(row: dict[str, Any]) -> str:
    said = []
    if row["n_post"] < ENOUGH_POST:
        said.append(
            f"Only {_measurements(row['n_post'])} since the action; at least {ENOUGH_POST} are needed."
        )
    if row["n_pre"] < ENOUGH_PRE:
        said.append(
            f"Only {_measurements(row['n_pre'])} from before the action; at least {ENOUGH_PRE} are needed."
        )
    return " ".join([*said, f"The middle value was {_medians(row)}."])


def _not_stable(row: dict[str, Any]) -> str:
    return f"{MOVING} The middle value was {_medians(row)}."


def _moved(row: dict[str, Any]) -> str:
    """Word an improvement or a worsening: by its run if it has one, else by its middle values."""
    is_better = row["verdict"] == Verdict.IMPROVED
    word = "better" if is_better else "worse"
    if row["run"]:
        average = figure(row["mean"])
        said = f"{row['run']} measurements in a row since {_month(row['run_from'], row['as_of'])} are {word} than the earlier average of {average}"
    else:
        said = f"Since the action the figure keeps to the {word} side of what it was: its middle value was {_medians(row)}"
    doubt = f"; {SLOW}" if is_better and row["n_pre"] < LONG_BASELINE else ""
    return f"{said}{doubt}."


def _possible(row: dict[str, Any]) -> str:
    is_better = row["verdict"] == Verdict.POSSIBLE_IMPROVEMENT
    word, other = ("better", "worse") if is_better else ("worse", "better")
    trial = "provisional " if row["n_pre"] < SETTLED else ""
    mixed = f", and some on the {other} side too" if row["is_mixed"] else ""
    return (
        f"Since the action some measurements lie outside the {trial}earlier range ({_limits(row)}) or near its edge, "
        f"on the {word} side{mixed}: more are needed to be sure."
    )


def _no_signal(row: dict[str, Any]) -> str:
    trial = (
        f" That range is provisional: it rests on {_measurements(row['n_pre'])}."
        if row["n_pre"] < SETTLED
        else ""
    )
    return f"Since the action the figure has stayed within its earlier range ({_limits(row)}).{trial}"


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


def series_sentence(series: dict[str, Any] | None) -> str:
    """Say the result of an interrupted time series in a sentence; nothing where there is none."""
    if series is None:
        return ""
    if series["rate_ratio"] is not None:
        ratio = interval(series["rate_ratio"], series["rate_ratio_low"], series["rate_ratio_high"])
        said = f"Interrupted time series (quasi-Poisson): since the action the rate is {ratio} times what it was heading for"
    else:
        level = interval(series["level"], series["level_low"], series["level_high"])
        slope = interval(series["slope"], series["slope_low"], series["slope_high"])
        said = (
            "Interrupted time series (least squares): against what it was heading for, the level changed by "
            f"{level} and the slope by {slope} a {series['time_unit']}"
        )
    season = ", season taken out" if series["season"] else ""
    p = series["ljung_box_p"]
    tested = f" Ljung–Box p = {p:.2f}." if p is not None else ""
    doubt = f" {ALIKE_WORDS}" if p is not None and p < ALIKE else ""
    return f"{said}{season}.{tested}{doubt}"


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


def interval(value: float, low: float, high: float) -> str:
    """Write a figure with its 95 % interval."""
    return f"{figure(value)} (95 % interval {figure(low)} to {figure(high)})"


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


def _month(day: date, today: date) -> str:
    """Name a month, with its year if that is not this year."""
    name = MONTHS[day.month - 1]
    return name if day.year == today.year else f"{name} {day.year}"

"""How is a verdict said in words that claim no more than it shows? "Since" the action, never "because of" it."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from theorytopractice.assessment.before_after import ENOUGH_POST, ENOUGH_PRE, SETTLED, Verdict
from theorytopractice.assessment.interrupted import EVENTS, Series
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
)
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
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


def run_period(row: dict[str, Any]) -> str:
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


def after_run(row: dict[str, Any]) -> str:
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


INDISTINGUISHABLE = 0.05
LEAST_P = 0.001
ALIKE_WORDS = message("Neighbouring values resemble each other, so the interval may be too narrow.")
MODELS = {"OLS": message("least squares"), "quasi-Poisson": message("quasi-Poisson")}
INTERVAL = message("{value} (95% interval {low} to {high})")
INTERVAL_PER = message("{value} a {unit} (95% interval {low} to {high})")


def series_sentence(series: dict[str, Any] | None, refusal: str = "") -> str:
    """Say the result of an interrupted time series, its figures and its test; where there is none, why not."""
    if series is None:
        return say("No interrupted time series: {why}.", why=refusal) if refusal else ""
    kind = series["model"]
    model = say(MODELS[kind])
    if series["season"]:
        model = say("{model}, season taken out", model=model)
    found = say("Interrupted time series ({model}): {found}.", model=model, found=series_result(series))
    return say_in_turn(SENTENCES, [found, series_note(series)])


def series_result(series: dict[str, Any]) -> str:
    """Say how a series left its course when the action came, as far as its intervals are clear of 0."""
    level, slope = _is_clear(series, "level"), _is_clear(series, "slope")
    if series["rate_ratio"] is not None and level:
        ratio = format_number(series["rate_ratio"])
        return say("since the action the rate is {ratio} times that of its earlier course", ratio=ratio)
    if series["rate_ratio"] is not None or not (level or slope):
        return say("since the action the figure cannot be told apart from its earlier course")
    if not level:
        return _sloped(series)
    height = format_number(abs(series["level"]))
    if series["level"] < 0:
        found = say("since the action the level is {height} below its earlier course", height=height)
    else:
        found = say("since the action the level is {height} above its earlier course", height=height)
    return _and_slope(series, found) if slope else found


def _sloped(series: dict[str, Any]) -> str:
    """Say how the slope changed, where the level did not."""
    slope = _slope(series)
    if series["slope"] < 0:
        return say("since the action the slope is {slope} a {unit} lower than in its earlier course", **slope)
    return say("since the action the slope is {slope} a {unit} higher than in its earlier course", **slope)


def _and_slope(series: dict[str, Any], found: str) -> str:
    """Add how the slope changed to how the level did."""
    slope = _slope(series)
    if series["slope"] < 0:
        return say("{found}, and the slope {slope} a {unit} lower", found=found, **slope)
    return say("{found}, and the slope {slope} a {unit} higher", found=found, **slope)


def _slope(series: dict[str, Any]) -> dict[str, str]:
    return {"slope": format_number(abs(series["slope"])), "unit": name_of(series["time_unit"])}


def _is_clear(series: dict[str, Any], name: str) -> bool:
    return bool(series[f"{name}_low"] > 0 or series[f"{name}_high"] < 0)


def series_note(series: dict[str, Any]) -> str:
    """Give the figures of a series with their 95 % intervals, and the test of its residuals."""
    if series["rate_ratio"] is not None:
        figures = say("Rate ratio {ratio}.", ratio=say(INTERVAL, **_interval(series, "rate_ratio")))
    else:
        slope = say(INTERVAL_PER, unit=name_of(series["time_unit"]), **_interval(series, "slope"))
        level = say(INTERVAL, **_interval(series, "level"))
        figures = say("Change of level {level}, of slope {slope}.", level=level, slope=slope)
    p = series["ljung_box_p"]
    tested = say("Ljung–Box p {p}.", p=_p(p)) if p is not None else ""
    caution = say(ALIKE_WORDS) if p is not None and p < INDISTINGUISHABLE else ""
    return say_in_turn(SENTENCES, [figures, tested, caution, _avoided(series), _left_aside(series)])


def series_refusal(given: Series) -> str:
    """Say why a series that was not fitted has no model; nothing where it is only too short for one."""
    if given.is_short:
        return ""
    if given.has_few_events:
        return say("a side has fewer than {n} events", n=EVENTS)
    return say("the values do not settle its figures")


def _left_aside(series: dict[str, Any]) -> str:
    """Say that a known exposure was not used, because it is not known for every value."""
    n = series.get("n_without_exposure", 0)
    if not n:
        return ""
    return say_n(
        "The exposure n is missing or 0 for {n} value, so it is left out of the rate.",
        "The exposure n is missing or 0 for {n} values, so it is left out of the rate.",
        n,
    )


def _avoided(series: dict[str, Any]) -> str:
    """Say how many events fewer or more there were than on the earlier course, where the interval is clear of 0."""
    if series["rate_ratio"] is None or not _is_clear(series, "level"):
        return ""
    ends = sorted((series["events_avoided_low"], series["events_avoided_high"]), key=abs)
    middle, low, high = (format_number(abs(one)) for one in (series["events_avoided"], *ends))
    facts = {"events": middle, "low": low, "high": high}
    if series["events_avoided"] > 0:
        return say(
            "Had the earlier course gone on, there would have been {events} events more"
            " (95% interval {low} to {high}).",
            **facts,
        )
    return say(
        "Had the earlier course gone on, there would have been {events} events fewer"
        " (95% interval {low} to {high}).",
        **facts,
    )


def _interval(series: dict[str, Any], name: str) -> dict[str, str]:
    low, high = format_number(series[f"{name}_low"]), format_number(series[f"{name}_high"])
    return {"value": format_number(series[name]), "low": low, "high": high}


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= LEAST_P else f"< {LEAST_P}"


__all__ = [
    "VerdictText",
    "examined",
    "format_number",
    "listing",
    "series_note",
    "series_refusal",
    "series_result",
    "series_sentence",
    "verdict_text",
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


class VerdictText(NamedTuple):
    """A verdict in words: what was found, what makes it doubtful, and what else to know."""

    result: str
    doubt: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Join the parts as sentences."""
        found = say_in_turn(PARTS, [self.result, self.doubt])
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
        NOTHING_BEFORE: row["n_pre"] == 0,
        NOTHING_SINCE: row["n_post"] == 0,
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


def _not_stable(row: dict[str, Any]) -> VerdictText:
    return VerdictText(say(MOVING), note=say_in_turn(FOLLOWED, [say(NO_MEASURE), _middles(row)]))


def _moved(row: dict[str, Any]) -> VerdictText:
    """Word an improvement or a worsening: by its run if it has one, else by its middle values."""
    is_better = row["verdict"] == Verdict.IMPROVED
    doubt = say(SLOW) if is_better and row["n_pre"] < LONG_BASELINE else ""
    if row["run"]:
        better = message("{n} measurements in a row {when} are better than the earlier average of {mean}")
        worse = message("{n} measurements in a row {when} are worse than the earlier average of {mean}")
        found = say(
            better if is_better else worse,
            n=row["run"],
            when=run_period(row),
            mean=format_number(row["mean"]),
        )
        return VerdictText(say_in_turn(PARTS, [found, after_run(row)]), doubt)
    better = message(
        "Since the action the figure keeps to the better side: its middle value was {before} before and {since} since"
    )
    worse = message(
        "Since the action the figure keeps to the worse side: its middle value was {before} before and {since} since"
    )
    return VerdictText(say(better if is_better else worse, **_medians(row)), doubt)


def _possible(row: dict[str, Any]) -> VerdictText:
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
    return VerdictText(result, say("more are needed to be sure"), _trial(row))


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


def _no_signal(row: dict[str, Any]) -> VerdictText:
    found = say(
        "Since the action the figure has stayed within its earlier range ({limits})", limits=_limits(row)
    )
    return VerdictText(found, note=_trial(row))


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
    low, high = format_number(row["lower_limit"]), format_number(row["upper_limit"])
    return f"{low}–{high}" if "−" not in low + high else say("{low} to {high}", low=low, high=high)


def _medians(row: dict[str, Any]) -> dict[str, str]:
    return {"before": format_number(row["median_pre"]), "since": format_number(row["median_post"])}


def _middles(row: dict[str, Any]) -> str:
    return say(MIDDLES, **_medians(row))

"""How is the result of an interrupted time series said, with its intervals and its test?

Method, section 13, rule 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.change.figures import figure
from theorytopractice.assessment.change.interrupted import EVENTS
from theorytopractice.language import SENTENCES, message, say, say_in_turn, say_n
from theorytopractice.model.naming import name_of

if TYPE_CHECKING:
    from theorytopractice.assessment.change.interrupted import Series

ALIKE = 0.05
LEAST_P = 0.001
ALIKE_WORDS = message("Neighbouring values resemble each other, so the interval may be too narrow.")
MODELS = {"OLS": message("least squares"), "quasi-Poisson": message("quasi-Poisson")}
INTERVAL = message("{value} (95 % interval {low} to {high})")
INTERVAL_PER = message("{value} a {unit} (95 % interval {low} to {high})")


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
        ratio = figure(series["rate_ratio"])
        return say("since the action the rate is {ratio} times that of its earlier course", ratio=ratio)
    if series["rate_ratio"] is not None or not (level or slope):
        return say("since the action the figure cannot be told apart from its earlier course")
    if not level:
        return _sloped(series)
    height = figure(abs(series["level"]))
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
    return {"slope": figure(abs(series["slope"])), "unit": name_of(series["time_unit"])}


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
    caution = say(ALIKE_WORDS) if p is not None and p < ALIKE else ""
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
    middle, low, high = (figure(abs(one)) for one in (series["events_avoided"], *ends))
    facts = {"events": middle, "low": low, "high": high}
    if series["events_avoided"] > 0:
        return say(
            "Had the earlier course gone on, there would have been {events} events more"
            " (95 % interval {low} to {high}).",
            **facts,
        )
    return say(
        "Had the earlier course gone on, there would have been {events} events fewer"
        " (95 % interval {low} to {high}).",
        **facts,
    )


def _interval(series: dict[str, Any], name: str) -> dict[str, str]:
    low, high = figure(series[f"{name}_low"]), figure(series[f"{name}_high"])
    return {"value": figure(series[name]), "low": low, "high": high}


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= LEAST_P else f"< {LEAST_P}"

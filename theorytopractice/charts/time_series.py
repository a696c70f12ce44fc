"""How has a figure moved over time, and did it move after the action? Measures, indicators and their control charts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from theorytopractice.assessment.figures import between, bound, unit_after
from theorytopractice.assessment.measures import MEASURES, measure_name
from theorytopractice.assessment.verdict import counterfactual as values_of
from theorytopractice.assessment.verdict_words import format_number
from theorytopractice.charts import style
from theorytopractice.charts.style import (
    Label,
    date_axis,
    frame_of,
    label_day,
    label_edge,
    number_of_day,
    percent_axis,
    with_columns,
)
from theorytopractice.errors import PracticeError, quote
from theorytopractice.i18n import PARTS, message, say, say_in_turn, say_share
from theorytopractice.model.vocabularies import Direction

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Sequence

    from matplotlib.axes import Axes

    from theorytopractice.charts.style import ChartInput


TREND_HEIGHT = 2.9
MANY_POINTS = 40


TREND_COLUMNS = ("as_of", "value", "numerator", "denominator", "low", "high")
MAKER = "counterfactual(plan, finding_id, indicator_id)"
VERDICT_COLUMNS = (
    "observed_on", "value", "phase", "mean", "lower_limit", "upper_limit", "expected", "earlier_course", "low", "high",
)  # fmt: skip


def trend(frame: pd.DataFrame, *, name: str = "", ax: Axes | None = None) -> Axes:
    """Draw a measure over time: a line through its values, and for shares the band of their 95 % intervals.

    Args:
        frame: what ``theorytopractice.trend`` returns. Days with nothing to count leave a gap.
        name: what is measured; the frame's own measure unless given.
        ax: where to draw; a new figure unless given.
    """
    with_columns(frame, "trend(plan, measure, dates)", *TREND_COLUMNS)
    points = frame.sort_values("as_of", kind="stable").reset_index(drop=True)
    is_share = bool(points["low"].notna().any())
    measure = frame.attrs.get("measure", "")
    name = name or (measure_name(measure) if measure in MEASURES else say("value"))
    values = points[points["value"].notna()]
    with style.chart(ax, TREND_HEIGHT) as axes:
        if is_share:
            axes.fill_between(
                points["as_of"], points["low"], points["high"], color=style.COURSE, alpha=0.16, linewidth=0
            )
        size = 3 if len(values) <= MANY_POINTS else 0
        axes.plot(
            points["as_of"], points["value"], color=style.COURSE, marker="o", markersize=size, linewidth=1.4
        )
        _scale(axes, is_share=is_share)
        if values.empty:
            style.write_inside(axes, say("nothing to count"))
        else:
            _label_last(axes, values.iloc[-1], is_share=is_share)
        style.set_note(axes, say("band: 95% interval") if is_share else "")
        style.set_title(axes, trend_title(values, name, is_share=is_share))
        style.hide_frame(axes, keep=("left", "bottom"))
    return axes


def trend_title(known: pd.DataFrame, name: str, *, is_share: bool) -> str:
    """Say what is seen: from which value to which, and when."""
    headed = style.capital(name)
    if known.empty:
        return say("{name}: nothing to count on any of these days", name=headed)
    first, last = known.iloc[0], known.iloc[-1]
    value, day = _value_text(last["value"], is_share=is_share), f"{last['as_of']:%Y-%m-%d}"
    if len(known) == 1:
        return say("{name}: {value} on {day}", name=headed, value=value, day=day)
    return say(
        "{name}: from {first} on {first_day} to {value} on {day}",
        name=headed,
        first=_value_text(first["value"], is_share=is_share),
        first_day=f"{first['as_of']:%Y-%m-%d}",
        value=value,
        day=day,
    )


def _scale(ax: Axes, *, is_share: bool) -> None:
    """Begin the value axis at nought, in per cent for shares, and set few ticks."""
    date_axis(ax)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=not is_share))
    if is_share:
        percent_axis(ax)
    ax.margins(x=0.03, y=0.1)
    top = ax.get_ylim()[1]
    ax.set_ylim(0, min(top, 1.02) if is_share else max(top, 1))


def _label_last(ax: Axes, last: pd.Series, *, is_share: bool) -> None:
    """Name the last value, with its counts where it has them."""
    counts = (
        say("{n:,} of\n{of:,}", n=last["numerator"], of=last["denominator"])
        if is_share
        else _value_text(last["value"], is_share=False)
    )
    point = number_of_day(last["as_of"]), last["value"]
    style.label_point(ax, point, counts, (6, 0), va="center", color=style.COURSE)


def _value_text(value: float, *, is_share: bool) -> str:
    return say_share(value) if is_share else f"{value:,.4g}"


Figure: TypeAlias = "str | float | Decimal | None"
Day: TypeAlias = "dt.date | str | None"

INDICATOR_HEIGHT = 2.9
SHORT_UNIT = 4
NAME_CHARACTERS = 58


def indicator(  # noqa: PLR0913 - the declaration of an indicator has this many parts
    observations: pd.DataFrame,
    *,
    name: str,
    unit: str = "",
    direction: str = "",
    baseline: Figure = None,
    target: Figure = None,
    target_low: Figure = None,
    target_high: Figure = None,
    action_on: Day = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the values of one indicator over time, with its baseline, its target and the day of the action.

    Args:
        observations: ``observed_on``, ``value`` and, where known, ``final``; provisional values are hollow.
        name: what is measured.
        unit: unit of the values.
        direction: which way is better; words the target as "at least" or "at most".
        baseline: the value before the action.
        target: the value to be reached.
        target_low: lower bound of a target range.
        target_high: upper bound of a target range.
        action_on: the day on which the action began.
        ax: where to draw; a new figure unless given.

    Raises:
        PracticeError: a value is a word, as ordinal and nominal measures have them.
    """
    with_columns(observations, "observations(plan)", "observed_on", "value")
    points = _observed_points(observations, name)
    unit = _unit(unit)
    beside = unit if len(unit) <= SHORT_UNIT else ""
    aim = _aim(direction, beside, target, target_low, target_high)
    with style.chart(ax, INDICATOR_HEIGHT) as axes:
        _draw_observations(axes, points)
        _draw_levels(axes, baseline, (target, target_low, target_high))
        _draw_action(axes, action_on)
        level = target if _is_set(target) else target_high
        before = _level_label(
            baseline, say("before {value}", value=f"{_figure(baseline)}{beside}"), style.MUTED
        )
        goal = _level_label(level, say("target {aim}", aim=aim), style.PRACTICE)
        label_edge(axes, [*before, *goal, *_last_label(points, beside)])
        measure = say("{name}, in {unit}", name=name, unit=unit.strip()) if unit else name
        style.set_note(axes, measure, width=NAME_CHARACTERS)
        style.set_title(
            axes, indicator_title(points, unit, baseline, aim), pad=17 if _is_set(action_on) else 9
        )
        style.hide_frame(axes, keep=("left", "bottom"))
    return axes


def indicator_title(points: pd.DataFrame, unit: str, baseline: Figure, aim: str) -> str:
    """Say what is seen: from where to where, and where it should be."""
    final = points[points["final"]]
    goal = say("target {aim}", aim=aim) if aim else say("no target")
    if final.empty:
        return say_in_turn(PARTS, [say("No final value yet"), goal])
    last = final.iloc[-1]
    value, day = f"{last['text']}{unit}", f"{last['observed_on']:%Y-%m-%d}"
    if _is_set(baseline):
        course = say("From {before} to {value} on {day}", before=_figure(baseline), value=value, day=day)
        return say_in_turn(PARTS, [course, goal])
    return say_in_turn(PARTS, [say("{value} on {day}", value=value, day=day), goal, say("no baseline")])


def _observed_points(observations: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the points to draw in order of their days: ``observed_on``, ``y``, ``text``, ``final``."""
    days = pd.to_datetime(observations["observed_on"])
    text = [_figure(value) for value in observations["value"]]
    if "final" in observations:
        final = [str(truth).casefold() != "false" for truth in observations["final"]]
    else:
        final = [True] * len(text)
    y = [_as_number(value, name) for value in text]
    frame = pd.DataFrame({"observed_on": days.to_numpy(), "y": y, "text": text, "final": final})
    frame = frame.astype({"y": "float64", "final": "bool"})
    return frame.sort_values("observed_on", kind="stable").reset_index(drop=True)


def _draw_observations(ax: Axes, points: pd.DataFrame) -> None:
    """Draw final values as dots on a line, provisional ones as hollow dots."""
    final, provisional = points[points["final"]], points[~points["final"]]
    ax.plot(final["observed_on"], final["y"], color=style.COURSE, marker="o", markersize=3, linewidth=1.2)
    hollow: dict[str, Any] = {"markerfacecolor": style.PAPER, "markeredgecolor": style.COURSE}
    ax.plot(provisional["observed_on"], provisional["y"], "o", markersize=4.5, **hollow)
    date_axis(ax)
    ax.margins(x=0.03, y=0.14)
    if points.empty:
        style.write_inside(ax, say("no measurement yet"))


def _draw_levels(ax: Axes, baseline: Figure, bounds: tuple[Figure, ...]) -> None:
    """Draw the baseline dotted and the target dashed, so that they differ without colour."""
    if _is_set(baseline):
        ax.axhline(_as_number(_figure(baseline), "baseline"), color=style.MUTED, linestyle=":", linewidth=1.2)
    for level in filter(_is_set, bounds):
        ax.axhline(_as_number(_figure(level), "target"), color=style.PRACTICE, linestyle="--", linewidth=1.2)


def _draw_action(ax: Axes, action_on: Day) -> None:
    if not _is_set(action_on):
        return
    day = pd.Timestamp(action_on)  # type: ignore[arg-type]
    ax.axvline(number_of_day(day), color=style.INK, linewidth=1)
    label_day(ax, day, say("action began {day}", day=f"{day:%Y-%m-%d}"))


def _last_label(points: pd.DataFrame, unit: str) -> list[Label]:
    """Return the label of the last value, if there is one."""
    if points.empty:
        return []
    last = points.iloc[-1]
    value = f"{last['text']}{unit}"
    words = say("last {value}", value=value) if last["final"] else say("provisional {value}", value=value)
    return [(float(last["y"]), words, style.COURSE)]


def _aim(direction: str, unit: str, target: Figure, low: Figure, high: Figure) -> str:
    """Word the target: "at most 15%", "36 to 38 °C", or nothing."""
    if _is_set(target):
        return bound(Direction(direction) if direction else "", f"{_figure(target)}{unit}")
    if _is_set(low) and _is_set(high):
        return between(_figure(low), f"{_figure(high)}{unit}")
    return ""


def _unit(unit: object) -> str:
    return unit_after(style.plain(unit)) if _is_set(unit) else ""


def _level_label(level: Figure, words: str, colour: str) -> list[Label]:
    """Return the label of a level, if it is given."""
    return [(_as_number(_figure(level), words), words, colour)] if _is_set(level) else []


def _is_set(value: object) -> bool:
    return value is not None and value is not pd.NA and value == value and str(value).strip() != ""  # noqa: PLR0124


def _figure(value: object) -> str:
    """Return a value as it was written; a whole float without its '.0'."""
    text = str(value).strip()
    return text.removesuffix(".0") if isinstance(value, float) else text


def _as_number(text: str, name: str) -> float:
    try:
        return float(Decimal(text))
    except InvalidOperation:
        raise PracticeError(
            f"Cannot draw {quote(name)}: its value {quote(text)} is not a number; words are shown as a table."
        ) from None


VERDICT_HEIGHT = 3.3
NOTE_CHARACTERS = 62
MANY = 60  # values from which on dots are drawn smaller
EARLIER, LATER = style.MUTED, style.COURSE


def verdict(
    source: ChartInput,
    finding_id: str = "",
    indicator_id: str = "",
    *,
    screened: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the control chart of an indicator: limits set before the action, frozen, and carried on after it.

    Args:
        source: the frame that ``counterfactual`` returns, or a plan, which is then read as of today.
        finding_id: the finding; needed with a plan.
        indicator_id: its indicator; needed with a plan.
        screened: set the limits without moving ranges that lie beyond their own limit.
        ax: where to draw; a new figure unless given.
    """
    points = _points(source, finding_id, indicator_id)
    attrs = points.attrs
    notes = [attrs["doubt"], attrs["note"], attrs["run_note"]]
    if screened:
        lower, upper = attrs["screened_limits"]
        points = points.assign(lower_limit=lower, upper_limit=upper)
        notes.append(say("limits by screened moving ranges"))
    with style.chart(ax, VERDICT_HEIGHT) as axes:
        _draw_limits(axes, points)
        _draw_values(axes, points)
        _draw_days(axes, points)
        _finish(axes, points, attrs["result"], notes)
        label_edge(axes, _limit_labels(points))
    return axes


def counterfactual(
    source: ChartInput, finding_id: str = "", indicator_id: str = "", *, ax: Axes | None = None
) -> Axes:
    """Draw an interrupted time series: what the model expects, and the course had the earlier one gone on.

    Args:
        source: the frame that ``counterfactual`` returns, or a plan, which is then read as of today.
        finding_id: the finding; needed with a plan.
        indicator_id: its indicator; needed with a plan.
        ax: where to draw; a new figure unless given.

    Raises:
        PracticeError: there is no such course, for the verdict is that nobody can tell, or that there are too few values.
    """
    points = _points(source, finding_id, indicator_id)
    attrs = points.attrs
    if points["earlier_course"].isna().all():
        raise PracticeError(
            say(
                "There is no earlier course of {indicator} to draw: {why}; draw charts.verdict instead.",
                indicator=attrs["indicator_id"],
                why=_why_no_model(attrs),
            )
        )
    with style.chart(ax, VERDICT_HEIGHT) as axes:
        labels = _draw_courses(axes, points)
        _draw_values(axes, points)
        _draw_days(axes, points)
        _finish(axes, points, style.capital(attrs["series_result"]), (attrs["series_note"],))
        label_edge(axes, labels)
    return axes


def _why_no_model(attrs: dict[Hashable, Any]) -> str:
    return str(attrs["result"])


def _points(source: ChartInput, finding_id: str, indicator_id: str) -> pd.DataFrame:
    points = frame_of(source, lambda plan: values_of(plan, finding_id, indicator_id), MAKER, *VERDICT_COLUMNS)
    if "result" not in points.attrs:
        raise PracticeError(
            say(
                "This chart needs what {maker} notes in the attrs of its frame; give it that frame whole.",
                maker=MAKER,
            )
        )
    return points


def _draw_values(ax: Axes, points: pd.DataFrame) -> None:
    """Draw the values before grey, those after in colour, those between hollow."""
    size = 3.2 if len(points) < MANY else 1.8
    line = 0.9 if len(points) < MANY else 0.5
    ax.plot(points["observed_on"], points["value"], color=style.LINE, linewidth=line, zorder=2)
    phases: dict[str, dict[str, Any]] = {
        "pre": {"color": EARLIER},
        "phase-in": {"markerfacecolor": style.PAPER, "markeredgecolor": EARLIER},
        "post": {"color": LATER},
    }
    for phase, look in phases.items():
        own = points[points["phase"].fillna("pre") == phase]
        ax.plot(
            own["observed_on"], own["value"], linestyle="none", marker="o", markersize=size, zorder=3, **look
        )
    date_axis(ax)
    ax.margins(x=0.03, y=0.1)


def _draw_limits(ax: Axes, points: pd.DataFrame) -> None:
    """Draw mean and limits: whole lines where they were set, broken where they are only carried on."""
    is_pre = points["phase"] == "pre"
    if not is_pre.any():
        return
    begin, set_until = points["observed_on"][is_pre].iloc[[0, -1]]
    carried_to = points["observed_on"].iloc[-1]
    for name, width in (("mean", 1.2), ("lower_limit", 0.9), ("upper_limit", 0.9)):
        level = points[name].iloc[0]
        if pd.notna(level):
            ax.plot([begin, set_until], [level, level], color=EARLIER, linewidth=width)
            ax.plot([set_until, carried_to], [level, level], color=EARLIER, linewidth=width, linestyle="--")


def _draw_courses(ax: Axes, points: pd.DataFrame) -> list[tuple[float, str, str]]:
    """Draw what the model expects, and had the earlier course gone on; return their labels."""
    fitted = points[points["expected"].notna()]
    for phase in ("pre", "post"):
        own = fitted[fitted["phase"] == phase]
        ax.plot(own["observed_on"], own["expected"], color=style.PRACTICE, linewidth=1.6, zorder=4)
    own = fitted[fitted["phase"] == "post"]
    ax.fill_between(own["observed_on"], own["low"], own["high"], color=style.WATCH, alpha=0.18, linewidth=0)
    ax.plot(
        own["observed_on"], own["earlier_course"], color=style.WATCH, linewidth=1.6, linestyle="--", zorder=4
    )
    last = own.iloc[-1]
    return [
        (float(last["expected"]), say("fitted"), style.PRACTICE),
        (float(last["earlier_course"]), say("had the earlier course gone on"), style.WATCH),
    ]


def _draw_days(ax: Axes, points: pd.DataFrame) -> None:
    """Mark the day on which the action began, and the one from which values count as after it."""
    start, post_from = points.attrs["started_on"], points.attrs["post_from"]
    if pd.isna(start):
        return
    days = [say("action began {day}", day=f"{start:%Y-%m-%d}")]
    if post_from > start:
        days.append(say("counted from {day}", day=f"{post_from:%Y-%m-%d}"))
        ax.axvspan(
            number_of_day(start), number_of_day(post_from), color=style.LINE, alpha=0.3, linewidth=0, zorder=0
        )
    _label_days(ax, (start, post_from)[: len(days)], days)


def _label_days(ax: Axes, days: Sequence[pd.Timestamp], words: Sequence[str]) -> None:
    """Draw a line at each day and name it above, one row a day so that the names never touch."""
    for row, (day, text) in enumerate(zip(days, words, strict=True)):
        dash = "-" if row == 0 else ":"
        ax.axvline(number_of_day(day), color=style.INK, linewidth=0.9, linestyle=dash, zorder=1)
        label_day(ax, day, text, 1 + 11 * (len(days) - 1 - row))


def _finish(ax: Axes, points: pd.DataFrame, result: str, notes: Sequence[str]) -> None:
    """Write the title, and below what was measured and what makes the verdict doubtful."""
    attrs = points.attrs
    name, unit = attrs["name"], attrs["unit"]
    measure = say("{name}, in {unit}", name=name, unit=unit) if unit else name
    lines = [measure, *(style.capital(note) for note in notes if note)]
    style.set_note(ax, "\n".join(lines), width=NOTE_CHARACTERS)
    rows = 0 if pd.isna(attrs["started_on"]) else 1 + int(attrs["post_from"] > attrs["started_on"])
    style.set_title(ax, result, pad=9 + 11 * rows)
    style.hide_frame(ax, keep=("left", "bottom"))


def _limit_labels(points: pd.DataFrame) -> list[tuple[float, str, str]]:
    """Return the labels of the mean and the limits, where they are known."""
    words = {
        "mean": message("mean {value}"),
        "lower_limit": message("lower {value}"),
        "upper_limit": message("upper {value}"),
    }
    levels = {name: float(points[name].iloc[0]) for name in words}
    return [
        (level, say(words[name], value=format_number(level)), EARLIER)
        for name, level in levels.items()
        if np.isfinite(level)
    ]

"""How has a figure moved over time, and where did the action begin?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from theorytopractice.assessment.figures import between, bound
from theorytopractice.charts import style
from theorytopractice.charts.axes import Label, date_axis, label_day, label_edge, number_of_day, with_columns
from theorytopractice.errors import PracticeError, shown
from theorytopractice.i18n import PARTS, say, say_in_turn
from theorytopractice.model.vocabularies import Direction

if TYPE_CHECKING:
    import datetime as dt

    from matplotlib.axes import Axes


Figure: TypeAlias = "str | float | Decimal | None"
Day: TypeAlias = "dt.date | str | None"

HEIGHT = 2.9
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
    points = _points(observations, name)
    unit = _unit(unit)
    beside = unit if len(unit) <= SHORT_UNIT else ""
    aim = _aim(direction, beside, target, target_low, target_high)
    with style.chart(ax, HEIGHT) as axes:
        _draw_values(axes, points)
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
        style.set_title(axes, title(points, unit, baseline, aim), pad=17 if _is_set(action_on) else 9)
        style.hide_frame(axes, keep=("left", "bottom"))
    return axes


def title(points: pd.DataFrame, unit: str, baseline: Figure, aim: str) -> str:
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


def _points(observations: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the points to draw in order of their days: ``observed_on``, ``y``, ``text``, ``final``."""
    days = pd.to_datetime(observations["observed_on"])
    text = [_figure(value) for value in observations["value"]]
    if "final" in observations:
        final = [str(truth).casefold() != "false" for truth in observations["final"]]
    else:
        final = [True] * len(text)
    y = [_number(value, name) for value in text]
    frame = pd.DataFrame({"observed_on": days.to_numpy(), "y": y, "text": text, "final": final})
    frame = frame.astype({"y": "float64", "final": "bool"})
    return frame.sort_values("observed_on", kind="stable").reset_index(drop=True)


def _draw_values(ax: Axes, points: pd.DataFrame) -> None:
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
        ax.axhline(_number(_figure(baseline), "baseline"), color=style.MUTED, linestyle=":", linewidth=1.2)
    for level in filter(_is_set, bounds):
        ax.axhline(_number(_figure(level), "target"), color=style.PRACTICE, linestyle="--", linewidth=1.2)


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
    """Word the target: "at most 15 %", "36 to 38 °C", or nothing."""
    if _is_set(target):
        return bound(Direction(direction) if direction else "", f"{_figure(target)}{unit}")
    if _is_set(low) and _is_set(high):
        return between(_figure(low), f"{_figure(high)}{unit}")
    return ""


def _unit(unit: object) -> str:
    return f" {style.plain(unit)}" if _is_set(unit) and style.plain(unit) else ""


def _level_label(level: Figure, words: str, colour: str) -> list[Label]:
    """Return the label of a level, if it is given."""
    return [(_number(_figure(level), words), words, colour)] if _is_set(level) else []


def _is_set(value: object) -> bool:
    return value is not None and value is not pd.NA and value == value and str(value).strip() != ""  # noqa: PLR0124


def _figure(value: object) -> str:
    """Return a value as it was written; a whole float without its '.0'."""
    text = str(value).strip()
    return text.removesuffix(".0") if isinstance(value, float) else text


def _number(text: str, name: str) -> float:
    try:
        return float(Decimal(text))
    except InvalidOperation:
        raise PracticeError(
            f"Cannot draw {shown(name)}: its value {shown(text)} is not a number; words are shown as a table."
        ) from None

"""Did a figure move after the action? A control chart, and the course had the earlier one gone on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.verdict import counterfactual as values_of
from theorytopractice.assessment.verdict_words import format_number
from theorytopractice.charts import style
from theorytopractice.charts.axes import date_axis, frame_of, label_day, label_edge, number_of_day
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import message, say

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


HEIGHT = 3.3
NOTE_CHARACTERS = 62
MANY = 60  # values from which on dots are drawn smaller
EARLIER, LATER = style.MUTED, style.COURSE


MAKER = "counterfactual(plan, finding_id, indicator_id)"
COLUMNS = (
    "observed_on", "value", "phase", "mean", "lower_limit", "upper_limit", "expected", "earlier_course", "low", "high",
)  # fmt: skip


def verdict(
    source: ChartInput, finding_id: str = "", indicator_id: str = "", *, ax: Axes | None = None
) -> Axes:
    """Draw the control chart of an indicator: limits set before the action, frozen, and carried on after it.

    Args:
        source: the frame that ``counterfactual`` returns, or a plan, which is then read as of today.
        finding_id: the finding; needed with a plan.
        indicator_id: its indicator; needed with a plan.
        ax: where to draw; a new figure unless given.
    """
    points = _points(source, finding_id, indicator_id)
    with style.chart(ax, HEIGHT) as axes:
        _draw_limits(axes, points)
        _draw_values(axes, points)
        _draw_days(axes, points)
        _finish(axes, points, points.attrs["result"], (points.attrs["doubt"], points.attrs["note"]))
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
        PracticeError: there is no such model: it needs 8 values on each side, and those that settle it.
    """
    points = _points(source, finding_id, indicator_id)
    attrs = points.attrs
    if attrs["series"] is None:
        raise PracticeError(
            say(
                "There is no interrupted time series of {indicator}: {why}; draw charts.verdict instead.",
                indicator=attrs["indicator_id"],
                why=_why_no_model(attrs),
            )
        )
    with style.chart(ax, HEIGHT) as axes:
        labels = _draw_courses(axes, points)
        _draw_values(axes, points)
        _draw_days(axes, points)
        _finish(axes, points, style.capital(attrs["series_result"]), (attrs["series_note"],))
        label_edge(axes, labels)
    return axes


def _why_no_model(attrs: dict[Hashable, Any]) -> str:
    return str(attrs["series_refusal"]) or say(
        "it needs 8 values before the action and 8 since, and there are {before} and {since}",
        before=attrs["n_pre"],
        since=attrs["n_post"],
    )


def _points(source: ChartInput, finding_id: str, indicator_id: str) -> pd.DataFrame:
    points = frame_of(source, lambda plan: values_of(plan, finding_id, indicator_id), MAKER, *COLUMNS)
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

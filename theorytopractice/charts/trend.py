"""How has a measure moved, and how sure is each of its values?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from theorytopractice.assessment.measures import MEASURES, measure_name
from theorytopractice.charts import style
from theorytopractice.charts.axes import date_axis, number_of_day, percent_axis, with_columns
from theorytopractice.i18n import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


HEIGHT = 2.9
MANY_POINTS = 40


COLUMNS = ("as_of", "value", "numerator", "denominator", "low", "high")


def trend(frame: pd.DataFrame, *, name: str = "", ax: Axes | None = None) -> Axes:
    """Draw a measure over time: a line through its values, and for shares the band of their 95 % intervals.

    Args:
        frame: what ``theorytopractice.trend`` returns. Days with nothing to count leave a gap.
        name: what is measured; the frame's own measure unless given.
        ax: where to draw; a new figure unless given.
    """
    with_columns(frame, "trend(plan, measure, dates)", *COLUMNS)
    points = frame.sort_values("as_of", kind="stable").reset_index(drop=True)
    is_share = bool(points["low"].notna().any())
    measure = frame.attrs.get("measure", "")
    name = name or (measure_name(measure) if measure in MEASURES else say("value"))
    values = points[points["value"].notna()]
    with style.chart(ax, HEIGHT) as axes:
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
        style.set_note(axes, say("band: 95 % interval") if is_share else "")
        style.set_title(axes, title(values, name, is_share=is_share))
        style.hide_frame(axes, keep=("left", "bottom"))
    return axes


def title(known: pd.DataFrame, name: str, *, is_share: bool) -> str:
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
    return say("{share} %", share=f"{100 * value:.0f}") if is_share else f"{value:,.4g}"

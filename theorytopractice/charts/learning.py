"""Does the learning loop turn? Reviews by their outcome and newly derived findings, quarter by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from theorytopractice.assessment.reviews import OUTCOMES, learning
from theorytopractice.charts import style
from theorytopractice.charts.axes import frame_of, small_ticks
from theorytopractice.i18n import message, say, say_n

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


HEIGHT = 3.3
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "confirmed": (message("confirmed"), {"facecolor": "#d5dbe6", "edgecolor": style.COURSE}),
    "revised": (message("revised"), {"facecolor": style.PAPER, "edgecolor": style.COURSE, "hatch": "/////"}),
    "material": (message("changed in meaning"), {"facecolor": style.COURSE, "edgecolor": style.COURSE}),
    "closed": (
        message("superseded or retired"),
        {"facecolor": style.PAPER, "edgecolor": style.CLOSED, "hatch": "--"},
    ),
}
"""Outcome of a review → its name, and how its bar looks; hatches tell them apart without colour."""


def learning_loop(source: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw the reviews of each quarter as stacked bars by outcome, and the newly derived findings as diamonds.

    Args:
        source: the frame that ``learning`` returns, or a plan, which is then counted as of today.
        ax: where to draw; a new figure unless given.
    """
    frame = frame_of(source, learning, "learning(plan)", "begins_on", *OUTCOMES, "derived")
    places = range(len(frame))
    levels = frame[list(OUTCOMES)].cumsum(axis=1)
    with style.chart(ax, HEIGHT) as axes:
        for name in LOOKS:
            _draw_outcome(axes, name, frame[name], levels[name] - frame[name])
        _draw_new_findings(axes, frame["derived"].tolist())
        axes.set_xticks(places, [quarter(day) for day in frame["begins_on"]])
        axes.set_xlim(-0.6, len(frame) - 0.4)
        axes.set_ylim(0, max(*levels["closed"], *frame["derived"], 1) * 1.1)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        small_ticks(axes)
        style.hide_frame(axes, keep=("left", "bottom"))
        if axes.get_legend_handles_labels()[0]:
            _add_legend(axes)
        style.set_title(axes, title(frame))
    return axes


def title(frame: pd.DataFrame) -> str:
    """Say what is seen: how many reviews, how many of them changed a finding, and how many findings are new."""
    sums = {name: int(frame[name].sum()) for name in (*OUTCOMES, "derived")}
    n, changed = sum(sums[name] for name in OUTCOMES), sums["revised"] + sums["material"]
    return say(
        "{reviews}, {changed}; {derived}",
        reviews=say_n("{n:,} review in 8 quarters", "{n:,} reviews in 8 quarters", n),
        changed=say_n("{n:,} revised a finding", "{n:,} revised a finding", changed),
        derived=say_n(
            "{n:,} new finding came of others", "{n:,} new findings came of others", sums["derived"]
        ),
    )


def quarter(day: pd.Timestamp) -> str:
    """Name a quarter on two lines, such as "Q2" over "2026"."""
    return say("Q{number}\n{year}", number=(day.month + 2) // 3, year=day.year)


def _draw_outcome(ax: Axes, name: str, numbers: pd.Series, below: pd.Series) -> None:
    """Stack the reviews of one outcome, where there are any."""
    label, look = LOOKS[name]
    bars = numbers.index[numbers > 0]
    if len(bars):
        ax.bar(bars, numbers[bars], bottom=below[bars], width=0.66, linewidth=0.8, label=say(label), **look)


def _draw_new_findings(ax: Axes, numbers: list[int]) -> None:
    """Set a diamond at the number of newly derived findings, where there are any."""
    points = [(place, number) for place, number in enumerate(numbers) if number]
    if points:
        look: dict[str, Any] = {"color": style.ACT, "markeredgecolor": style.PAPER, "zorder": 4}
        ax.plot(*zip(*points, strict=True), "D", markersize=7, label=say("new findings derived"), **look)


def _add_legend(ax: Axes) -> None:
    look: dict[str, Any] = {"fontsize": style.SMALL, "labelcolor": style.MUTED, "frameon": False}
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (-0.02, -0.2), "ncols": 2}
    ax.legend(**place, **look, handlelength=1.6, columnspacing=1.4)

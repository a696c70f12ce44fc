"""What do the charts share: what they are handed, the axis of dates, labels beside the edge?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import PercentFormatter

from theorytopractice.charts import style
from theorytopractice.i18n import CHINESE, say, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes


Label: TypeAlias = tuple[float, str, str]

GAP = 0.085
CHINESE_DATES: dict[str, list[str]] = {
    "formats": ["%YY", "%mM", "%dD", "%H:%M", "%H:%M", "%S.%f"],
    "zero_formats": ["", "%YY", "%mM", "%mM%dD", "%H:%M", "%H:%M"],
}
"""Letters stand for 年, 月 and 日, which strftime does not take everywhere."""
SIGNS = str.maketrans({"Y": "年", "M": "月", "D": "日"})
LEADING_NOUGHT = re.compile(r"(?<!\d)0(?=\d[月日])")


class ChineseDates(ConciseDateFormatter):
    """Writes dates as 2026年, 6月 and 30日."""

    def __init__(self, locator: AutoDateLocator) -> None:
        """Write the dates that a locator finds."""
        super().__init__(locator, show_offset=False, **CHINESE_DATES)  # type: ignore[no-untyped-call]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the words of each tick."""
        ticks: list[str] = super().format_ticks(values)  # type: ignore[no-untyped-call]
        return [LEADING_NOUGHT.sub("", tick.translate(SIGNS)) for tick in ticks]


def date_axis(ax: Axes) -> None:
    """Write few dates below, in the fewest words."""
    # with less than 7 no step of months serves 25 to 35 months, and matplotlib warns
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    if spoken() == CHINESE:
        ax.xaxis.set_major_formatter(ChineseDates(locator))
    else:
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    ax.tick_params(axis="both", labelsize=style.SMALL, color=style.LINE, labelcolor=style.MUTED)


def percent_axis(ax: Axes) -> None:
    """Write the shares of the value axis in whole per cent."""
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=say("{share} %", share="")))


def label_edge(ax: Axes, labels: list[Label]) -> None:
    """Name values beside the right edge at their heights, kept apart from each other."""
    low, high = ax.get_ylim()
    labels = sorted(labels)
    heights = _apart([(y - low) / (high - low) for y, _, _ in labels])
    for height, (_, words, colour) in zip(heights, labels, strict=True):
        at_edge: dict[str, Any] = {"transform": ax.transAxes, "va": "center", "fontsize": style.SMALL}
        ax.text(1.015, height, style.plain(words), color=colour, **at_edge)


def _apart(heights: list[float]) -> list[float]:
    """Push rising heights apart until labels do not touch."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + GAP) if placed else height)
    return placed


Plan: TypeAlias = "Mapping[str, pd.DataFrame]"
ChartInput: TypeAlias = "pd.DataFrame | Plan"


def as_frame(given: ChartInput, assessment: Callable[[Plan], pd.DataFrame]) -> pd.DataFrame:
    """Return the frame as it was given, or what the assessment says of the plan today."""
    return given if isinstance(given, pd.DataFrame) else assessment(given)

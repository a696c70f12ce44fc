"""What do the charts share: what they are handed, axes of dates and shares, labels beside the edge?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import PercentFormatter

from theorytopractice.charts import style
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import CHINESE, say, say_names, spoken

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
    small_ticks(ax)


def small_ticks(ax: Axes) -> None:
    """Set the ticks back: small, grey numbers beside pale marks."""
    ax.tick_params(labelsize=style.SMALL, color=style.LINE, labelcolor=style.MUTED)


def no_ticks(ax: Axes) -> None:
    """Leave the names at the left alone: no marks, and no numbers below."""
    ax.tick_params(left=False, bottom=False, labelbottom=False)


def names_on_top(ax: Axes) -> None:
    """Name the columns of a table above it and the rows at its left, without marks."""
    ax.tick_params(length=0, labelsize=style.SMALL, top=True, labeltop=True, bottom=False, labelbottom=False)


def number_of_day(day: object) -> float:
    """Return where a day lies on an axis of dates."""
    return float(date2num(day))  # type: ignore[no-untyped-call]


def label_day(ax: Axes, day: pd.Timestamp, text: str, height: float = 1) -> None:
    """Write beside the upper end of the line at a day, so many points above the axes, on the side that has more room."""
    x = number_of_day(day)
    left, right = ax.get_xlim()
    is_late = x > (left + right) / 2
    look: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "ha": "right" if is_late else "left"}
    style.label_point(ax, (x, 1.0), text, (-4 if is_late else 4, height), va="bottom", **look)


def percent_axis(ax: Axes) -> None:
    """Write the shares of the value axis in whole per cent."""
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=say("{share} %", share="")))


def share_axis(ax: Axes, top: float = 1) -> None:
    """Write on the value axis 0, 50 and 100 %, up to a height."""
    ax.set_ylim(0, top)
    percent_axis(ax)
    ax.set_yticks([0, 0.5, 1])
    small_ticks(ax)
    style.hide_frame(ax, keep=("left", "bottom"))


def label_edge(ax: Axes, labels: list[Label], gap: float = GAP) -> None:
    """Name values beside the right edge at their heights, kept apart from each other."""
    low, high = ax.get_ylim()
    labels = sorted(labels)
    heights = _apart([(y - low) / (high - low) for y, _, _ in labels], gap)
    for height, (_, text, colour) in zip(heights, labels, strict=True):
        at_edge: dict[str, Any] = {"transform": ax.transAxes, "va": "center", "fontsize": style.SMALL}
        ax.text(1.015, height, style.plain(text), color=colour, **at_edge)


def _apart(heights: list[float], gap: float) -> list[float]:
    """Push rising heights apart until labels do not touch."""
    result: list[float] = []
    for height in heights:
        result.append(max(height, result[-1] + gap) if result else height)
    return result


Plan: TypeAlias = "Mapping[str, pd.DataFrame]"
ChartInput: TypeAlias = "pd.DataFrame | Plan"


def frame_of(
    source: ChartInput, assessment: Callable[[Plan], pd.DataFrame], maker: str, *columns: str
) -> pd.DataFrame:
    """Return the frame that was handed in, if it can be drawn, or what the assessment says of the plan today."""
    return with_columns(source, maker, *columns) if isinstance(source, pd.DataFrame) else assessment(source)


def with_columns(frame: pd.DataFrame, maker: str, *columns: str) -> pd.DataFrame:
    """Return a frame that has the columns which a chart draws.

    Args:
        frame: what was handed in.
        maker: the function that returns such a frame, as it is called.
        columns: what the chart draws.

    Raises:
        PracticeError: it lacks one of them, or is no frame.
    """
    missing = [name for name in columns if not isinstance(frame, pd.DataFrame) or name not in frame]
    if missing:
        raise PracticeError(
            say(
                "This chart draws the columns {columns}; what it was given lacks {missing}. Give it what {maker} returns.",
                columns=say_names(columns),
                missing=say_names(missing),
                maker=maker,
            )
        )
    return frame


def no_frame(maker: str) -> PracticeError:
    """Return the refusal of a frame by a chart that draws what is none."""
    return PracticeError(
        say("This chart draws no frame; give it a plan, or what {maker} returns.", maker=maker)
    )

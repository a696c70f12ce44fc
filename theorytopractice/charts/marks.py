"""Which marks do charts over time share? The axis of dates, and labels beside the right edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from theorytopractice.charts import paper

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Label: TypeAlias = tuple[float, str, str]

GAP = 0.085


def date_axis(ax: Axes) -> None:
    """Write few dates below, in the fewest words."""
    # with less than 7 no step of months serves 25 to 35 months, and matplotlib warns
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    ax.tick_params(axis="both", labelsize=paper.SMALL, color=paper.LINE, labelcolor=paper.MUTED)


def label_edge(ax: Axes, labels: list[Label]) -> None:
    """Name values beside the right edge at their heights, kept apart from each other."""
    low, high = ax.get_ylim()
    labels = sorted(labels)
    heights = _apart([(y - low) / (high - low) for y, _, _ in labels])
    for height, (_, words, colour) in zip(heights, labels, strict=True):
        at_edge: dict[str, Any] = {"transform": ax.transAxes, "va": "center", "fontsize": paper.SMALL}
        ax.text(1.015, height, paper.plain(words), color=colour, **at_edge)


def _apart(heights: list[float]) -> list[float]:
    """Push rising heights apart until labels do not touch."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + GAP) if placed else height)
    return placed

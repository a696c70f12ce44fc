"""How does a picture become text that any page can carry? A chart as SVG, the same bytes each time, and small pictures by hand."""

from __future__ import annotations

import base64
import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from theorytopractice.charts import style
from theorytopractice.errors import PracticeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


COLLECTION = ("Noto Sans CJK JP", "Noto Sans CJK SC")
"""The name by which matplotlib finds the collection, and the one under which a browser has its Chinese shapes."""
FAMILY = re.compile(r"""(<text style="[^"]*font-family: [^;"]*)(;|")""")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a figure with its words; notebooks show it, readers without pictures hear ``words``."""

    svg: str
    words: str
    caption: str = ""

    def html(self) -> str:
        """Return an HTML figure whose picture is part of the text; nothing is fetched."""
        data = base64.b64encode(self.svg.encode()).decode()
        below = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        source = f"data:image/svg+xml;base64,{data}"
        return f'<figure class="chart"><img alt="{escape(self.words)}" src="{source}">{below}</figure>'

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        """Return the words, for a terminal."""
        return f"{self.words}\n{self.caption}".strip()


def picture(chart: Axes, *, caption: str = "") -> Picture:
    """Return a chart to be shown; its title is the text for readers who see no picture."""
    words = style.unwrap(chart.get_title(loc="left"))
    return Picture(as_svg(chart), words, caption)


def as_svg(chart: Axes | Figure) -> str:
    """Return a chart as SVG with real text."""
    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    if figure is None:
        raise PracticeError("Cannot show a chart that was removed from its figure; draw it again.")
    buffer = io.StringIO()
    with style.style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return FAMILY.sub(r"\1, sans-serif\2", buffer.getvalue()).replace(*COLLECTION)


WIDTH, HEIGHT, EDGE = 200, 52, 5
CELL = 12
FULL, HALF, CROSS, EMPTY, DOT = "full", "half", "cross", "empty", "dot"
"""The marks of a strip: it held, it held in part, it failed, nothing was done, it does not count."""
SHAPES = {
    FULL: '<rect x="{x}" y="1" width="10" height="10" class="full"/>',
    HALF: '<path d="M{x} 11V1h10z" class="full"/><rect x="{x}" y="1" width="10" height="10" class="empty"/>',
    CROSS: '<path d="M{x} 1l10 10m0-10l-10 10" class="cross"/>',
    EMPTY: '<rect x="{x}" y="1" width="10" height="10" class="empty"/>',
    DOT: '<circle cx="{middle}" cy="6" r="1.5" class="full"/>',
}


def spark(
    days: Sequence[int],
    values: Sequence[float],
    *,
    final: Sequence[bool] = (),
    levels: Sequence[tuple[str, float]] = (),
    action_on: int | None = None,
) -> str:
    """Draw the values of an indicator over time as SVG without axes.

    Args:
        days: the day of each value as a number, rising.
        values: the values.
        final: which of them are final; provisional ones are hollow. All unless given.
        levels: lines across with their class of the style sheet: ``was`` is dotted, ``goal`` dashed.
        action_on: the day on which the action began, an upright line.
    """
    heights = [*values, *(level for _, level in levels)]
    span_x = [*days, *([] if action_on is None else [action_on])]
    x = _Scale(span_x, EDGE, WIDTH - EDGE)
    y = _Scale(heights, HEIGHT - EDGE, EDGE)
    lines = [f'<path d="M0 {y(level)}H{WIDTH}" class="{name}"/>' for name, level in levels]
    if action_on is not None:
        lines.append(f'<path d="M{x(action_on)} 0V{HEIGHT}" class="began"/>')
    truths = list(final) or [True] * len(days)
    points = [(x(day), y(value), truth) for day, value, truth in zip(days, values, truths, strict=True)]
    solid = [(left, top) for left, top, truth in points if truth]
    lines.append(f'<path d="{_line(solid)}"/>' if solid else "")
    lines += [
        f'<circle cx="{left}" cy="{top}" r="3" class="hollow"/>' for left, top, truth in points if not truth
    ]
    lines += [f'<circle cx="{left}" cy="{top}" r="3"/>' for left, top in solid[-1:]]
    return f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{"".join(lines)}</svg>'


def strip(marks: Sequence[str]) -> str:
    """Draw a row of marks as SVG, one for each check or site, in their order."""
    drawn = "".join(SHAPES[mark].format(x=CELL * i + 1, middle=CELL * i + 6) for i, mark in enumerate(marks))
    width = CELL * max(len(marks), 1)
    return f'<svg class="strip" viewBox="0 0 {width} {CELL}" width="{width}" height="{CELL}" aria-hidden="true">{drawn}</svg>'


def _line(points: Sequence[tuple[int, int]]) -> str:
    """Return the line through some points as a path, each point by its distance from the one before."""
    steps = [f"{right - left} {low - high}" for (left, high), (right, low) in pairwise(points)]
    return f"M{points[0][0]} {points[0][1]}" + (f"l{' '.join(steps)}".replace(" -", "-") if steps else "")


class _Scale:
    """Maps values to whole points of the drawing; a single value lies in the middle."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        self._low, self._high = (min(values), max(values)) if values else (0.0, 0.0)
        self._begin, self._end = begin, end

    def __call__(self, value: float) -> int:
        """Return where a value lies."""
        spread = self._high - self._low
        share = (value - self._low) / spread if spread else 0.5
        return round(self._begin + share * (self._end - self._begin))

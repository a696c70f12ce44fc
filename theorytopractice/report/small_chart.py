"""How does the figure of one decision look over time, in a chart small enough to stand beside it and large enough to read?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.html import tag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from markupsafe import Markup

    from theorytopractice.report.marks import Point

    Scale = Callable[[float], float]

WIDTH, HEIGHT = 190, 92
LEFT, RIGHT, TOP, BOTTOM = 3, 146, 8, 70
FEWEST = 5
"""With fewer values a sentence says it better."""
YEAR = 32
"""How wide a year stands."""
APART = 13
"""Labels closer than this would run into each other."""


def small_chart(
    points: Sequence[Point], *, target: float | None, is_low_good: bool, action_on: date | None, words: str
) -> Markup | None:
    """Draw values over time with years below, the target shaded, and the latest value named; None for a few values."""
    if len(points) < FEWEST:
        return None
    days = [point.day.toordinal() for point in points]
    heights = [point.y for point in points] + ([] if target is None else [target])
    low, high = min(heights), max(heights)

    def x(day: int) -> float:
        return LEFT + (day - days[0]) / max(days[-1] - days[0], 1) * (RIGHT - LEFT)

    def y(value: float) -> float:
        return BOTTOM - (value - low) / ((high - low) or 1) * (BOTTOM - TOP)

    pieces = [*_aim(target, y, is_low_good=is_low_good)]
    if action_on is not None and days[0] < action_on.toordinal() < days[-1]:
        left = f"{x(action_on.toordinal()):.0f}"
        pieces.append(tag("path", d=f"M{left} {TOP - 6}V{BOTTOM}", class_="began"))
    line = " ".join(f"{x(day):.1f},{y(point.y):.1f}" for day, point in zip(days, points, strict=True))
    pieces += [tag("polyline", points=line), tag("path", d=f"M{LEFT} {BOTTOM}H{RIGHT}", class_="axis")]
    pieces += _years(points, x)
    pieces += _ends(points[-1], target, y)
    return tag(
        "svg",
        *pieces,
        class_="small",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        role="img",
        aria_label=words,
    )


def _aim(target: float | None, y: Scale, *, is_low_good: bool) -> list[Markup]:
    """Shade where the figure is to be."""
    if target is None:
        return []
    edge = y(target)
    top, depth = (edge, max(BOTTOM - edge, 3)) if is_low_good else (TOP - 6, edge - TOP + 6)
    return [
        tag(
            "rect",
            x=LEFT,
            y=f"{min(top, BOTTOM - 3):.0f}",
            width=RIGHT - LEFT,
            height=f"{max(depth, 3):.0f}",
            class_="aim",
        )
    ]


def _years(points: Sequence[Point], x: Callable[[int], float]) -> list[Markup]:
    """Name the years where they begin, the first one where the line begins; never two names in one place."""
    names: list[Markup] = []
    end = -100.0
    first = points[0].day
    starts = [
        first,
        *(
            first.replace(year=year, month=1, day=1)
            for year in range(first.year + 1, points[-1].day.year + 1)
        ),
    ]
    places = [(x(start.toordinal()), start.year) for start in starts]
    if len(places) > 1 and places[1][0] - places[0][0] < YEAR:
        places = places[1:]
    for left, year in places:
        if left - end < YEAR or left > WIDTH - YEAR:
            continue
        names.append(tag("path", d=f"M{left:.0f} {BOTTOM}v4", class_="axis"))
        names.append(tag("text", year, x=f"{left:.0f}", y=HEIGHT - 8))
        end = left
    return names


def _ends(last: Point, target: float | None, y: Scale) -> list[Markup]:
    """Mark the latest value, and name it and the target beside the line."""
    at = y(last.y)
    marks = [
        tag("circle", cx=RIGHT, cy=f"{at:.1f}", r=3.5),
        tag("text", last.text, x=RIGHT + 7, y=f"{at + 4:.0f}", class_="now"),
    ]
    if target is not None and abs(y(target) - at) >= APART:
        marks.append(tag("text", f"{target:g}", x=RIGHT + 7, y=f"{y(target) + 4:.0f}"))
    return marks

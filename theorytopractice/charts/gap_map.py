"""Where do we know and not do, and where do we do without knowing? Themes by certainty, with numbers in the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import Rectangle

from theorytopractice.assessment.assess import gap_map as map_of
from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.charts import style
from theorytopractice.charts.axes import frame_of, names_on_top
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import PARTS, message, say, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Certainty

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


WIDTH, ROW, AROUND = 6.6, 0.27, 1.35  # inches
MOST_THEMES = 100
THEME_CHARACTERS = 34
GAP, AHEAD, NOTHING = "◆", "△", "·"
NOTE = message(
    "2/5: two of five open findings are in practice, darker for a greater share; {gap} known well, but on the shelf "
    "(know–do gap); {ahead} carried out ahead of the evidence; a dot: no finding"
)


COLUMNS = ("theme", "certainty", "n", "in_practice", "share", "know_do_gap", "ahead_of_evidence")


def gap_map(source: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw themes by certainty: in each cell how many open findings are in practice, and where the gaps are.

    A hatched cell with a diamond and a number holds findings that are known well and stand on the shelf, a triangle
    and a number findings that were carried out ahead of the evidence; a dot means that there is no finding.

    Args:
        source: the frame that ``gap_map`` returns, or a part of it, or a plan, which is then mapped as of today.
        ax: where to draw; a new figure, as high as the themes need, unless given.

    Raises:
        PracticeError: there are more than a hundred themes.
    """
    frame = frame_of(source, map_of, "gap_map(plan)", *COLUMNS)
    themes = list(dict.fromkeys(frame["theme"]))
    if len(themes) > MOST_THEMES:
        raise PracticeError(
            f"A map of {len(themes):,} themes cannot be read; hand in at most {MOST_THEMES}, such as those with a gap: "
            "gaps = frame.loc[frame['know_do_gap'].str.len() > 0, 'theme']; frame[frame['theme'].isin(gaps)]."
        )
    with style.chart(ax, AROUND + ROW * max(len(themes), 1), WIDTH) as axes:
        columns = {str(word): place for place, word in enumerate(Certainty)}
        rows = {theme: place for place, theme in enumerate(themes)}
        for cell in frame.to_dict("records"):
            _draw_cell(axes, columns[cell["certainty"]], rows[cell["theme"]], cell)
        axes.set_xlim(0, len(columns))
        axes.set_ylim(max(len(themes), 1), 0)
        axes.set_xticks([place + 0.5 for place in columns.values()], [name_of(word) for word in columns])
        axes.set_yticks([place + 0.5 for place in rows.values()], [_short(theme) for theme in rows])
        names_on_top(axes)
        style.set_note(axes, say(NOTE, gap=GAP, ahead=AHEAD), width=72, size=style.SMALL - 1)
        style.hide_frame(axes)
        style.set_title(axes, title(frame), pad=22, width=56)
    return axes


def title(frame: pd.DataFrame) -> str:
    """Say where the gaps are."""
    gaps, ahead = (int(frame[name].str.len().sum()) for name in ("know_do_gap", "ahead_of_evidence"))
    if not len(frame) or not frame["n"].sum():
        return say("No finding is open")
    themes = frame.loc[frame["know_do_gap"].str.len() > 0, "theme"].nunique()
    if not gaps:
        gap = say("Nothing that is known well stands on the shelf")
    elif gaps == 1:
        gap = say("1 finding is known well but on the shelf, in 1 theme")
    else:
        gap = say_n(
            "{gaps:,} findings are known well but on the shelf, in {n} theme",
            "{gaps:,} findings are known well but on the shelf, in {n} themes",
            themes,
            gaps=gaps,
        )
    early = (
        say_n("{n:,} runs ahead of the evidence", "{n:,} run ahead of the evidence", ahead) if ahead else ""
    )
    return say_in_turn(PARTS, [gap, early])


def _draw_cell(ax: Axes, column: int, row: int, cell: dict[Hashable, Any]) -> None:
    """Draw one cell: a box whose tint follows the share, its numbers, and a hatch where there is a know–do gap."""
    n, gap, ahead = cell["n"], cell["know_do_gap"], cell["ahead_of_evidence"]
    middle = (column + 0.5, row + 0.5)
    inside: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": style.SMALL, "clip_on": True}
    if not n:
        ax.text(*middle, NOTHING, color=style.MUTED, **inside)
        return
    box = Rectangle(
        (column + 0.03, row + 0.06), 0.94, 0.88, facecolor=_tint(float(cell["share"])), linewidth=0
    )
    ax.add_patch(box)
    if gap:
        hatch: dict[str, Any] = {
            "facecolor": "none",
            "edgecolor": style.LINE,
            "hatch": "////",
            "linewidth": 0,
        }
        for look in (hatch, {"fill": False, "edgecolor": style.ACT}):
            ax.add_patch(Rectangle(box.get_xy(), box.get_width(), box.get_height(), **look))
    marks = [
        f"{cell['in_practice']}/{n}",
        *[f"{GAP}{len(gap)}"] * bool(gap),
        *[f"{AHEAD}{len(ahead)}"] * bool(ahead),
    ]
    ax.text(*middle, "  ".join(marks), color=style.INSIDE, fontweight="bold" if gap else "normal", **inside)


def _tint(share: float) -> tuple[float, float, float]:
    """Return a tint between nearly white and a blue on which ink can still be read."""
    light, dark = (0.945, 0.95, 0.96), (0.55, 0.70, 0.88)
    return tuple(a + (b - a) * share for a, b in zip(light, dark, strict=True))  # type: ignore[return-value]


def _short(theme: str) -> str:
    return style.shorten(name_of(theme) if theme == NO_THEME else theme, THEME_CHARACTERS)

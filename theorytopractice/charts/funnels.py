"""How many findings ever reached each stage, and how many are there now?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.measures import measures
from theorytopractice.charts import paper
from theorytopractice.charts.given import frame_of
from theorytopractice.language import PARTS, say, say_as, say_in_turn, say_n
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.given import Given

HEIGHT = 3.1
EVER_SHADE, NOW_SHADE = "#d5dbe6", paper.COURSE
INKS = (paper.MUTED, NOW_SHADE)


def funnel(measured: Given, *, ax: Axes | None = None) -> Axes:
    """Draw for each stage how many findings ever reached it, pale, and how many open ones are at it now, dark.

    Args:
        measured: the frame that ``measures`` returns, or a plan, which is then measured as of today.
        ax: where to draw; a new figure unless given.
    """
    frame = frame_of(measured, measures).set_index("measure")
    rungs = range(len(Stage))
    ever, now = ([_count(frame, f"funnel_{when}_{rung}") for rung in rungs] for when in ("ever", "now"))
    with paper.style():
        ax = ax if ax is not None else paper.sheet(HEIGHT)
        ax.barh(rungs, ever, color=EVER_SHADE, height=0.74)
        ax.barh(rungs, now, color=NOW_SHADE, height=0.34)
        ax.set_yticks(rungs, [name_of(stage) for stage in Stage])
        ax.set_ylim(-0.6, len(Stage) - 0.4)
        ax.tick_params(left=False, bottom=False, labelbottom=False)
        ax.set_xlim(0, max(*ever, 1))
        for rung, figures in enumerate(zip(ever, now, strict=True)):
            paper.beside(ax, rung, [(f"{n:,}", ink) for n, ink in zip(figures, INKS, strict=True)])
        heads = (say_as("at a stage", "ever"), say_as("at a stage", "now"))
        paper.beside(ax, len(Stage) - 0.35, list(zip(heads, INKS, strict=True)))
        paper.bare(ax, keep=("left",))
        ax.set_xlabel(
            paper.wrapped(
                say("now: open findings; ever: at the stage or above on some day, closed ones too"), 58
            ),
            loc="left",
            fontsize=paper.SMALL,
            color=paper.MUTED,
        )
        paper.entitle(ax, title(frame), pad=18)
    return ax


def title(frame: pd.DataFrame) -> str:
    """Say what is seen: how many were ever in practice, and how many are."""
    n = _count(frame, "funnel_ever_0", "denominator")
    if not n:
        return say("No finding is in the plan")
    ever, now = _count(frame, "funnel_ever_4"), _count(frame, "practice_rate")
    if n == 1:
        reached = say("{n} of 1 finding was ever in practice", n=ever)
    else:
        reached = say_n(
            "{n:,} of {of:,} findings was ever in practice",
            "{n:,} of {of:,} findings were ever in practice",
            ever,
            of=n,
        )
    return say_in_turn(PARTS, [reached, say_n("{n:,} is now", "{n:,} are now", now)])


def _count(frame: pd.DataFrame, name: str, column: str = "numerator") -> int:
    return int(frame[column].loc[name])

"""How many findings have climbed how far? The ladder as a list of bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.assess import assess
from theorytopractice.charts import paper
from theorytopractice.charts.given import frame_of
from theorytopractice.charts.tally import Tally, tally
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theorytopractice.charts.given import Given

HEIGHT = 2.9
COLOURS = (paper.WATCH, paper.COURSE, paper.COURSE, paper.COURSE, paper.PRACTICE, paper.PRACTICE)


def ladder(assessed: Given, *, ax: Axes | None = None) -> Axes:
    """Draw the six stages as bars with their numbers, the highest on top.

    Args:
        assessed: the frame that ``assess`` returns, or a plan, which is then assessed as of today.
        ax: where to draw; a new figure unless given.
    """
    counted = tally(frame_of(assessed, assess))
    with paper.style():
        ax = ax if ax is not None else paper.sheet(HEIGHT)
        rungs = range(len(Stage))
        ax.barh(rungs, counted.stages, color=COLOURS, height=0.68)
        for rung, number in zip(rungs, counted.stages, strict=True):
            ax.annotate(
                str(number), (number, rung), (5, 0), textcoords="offset points", va="center", color=paper.INK
            )
        ax.set_yticks(rungs, [str(stage) for stage in Stage])
        ax.tick_params(left=False, bottom=False, labelbottom=False)
        ax.set_xlim(0, max(counted.stages) * 1.08 or 1)
        paper.bare(ax, keep=("left",))
        ax.set_xlabel(note(counted), loc="left", fontsize=paper.SMALL, color=paper.MUTED)
        paper.entitle(ax, title(counted))
    return ax


def title(counted: Tally) -> str:
    """Say what the bars show."""
    if not counted.n:
        return "No finding is open"
    of = "1 finding" if counted.n == 1 else f"{counted.n:,} findings"
    be = "is" if 1 in (counted.n, counted.in_practice) else "are"
    on_shelf = counted.stages[0]
    shelf = f"{on_shelf:,} {'stands' if on_shelf == 1 else 'stand'}" if on_shelf else "none stands"
    return f"{counted.in_practice:,} of {of} {be} in practice; {shelf} on the shelf"


def note(counted: Tally) -> str:
    """Say what was counted, and what was not."""
    if not counted.closed:
        return "open findings"
    left_out = "1 closed finding is" if counted.closed == 1 else f"{counted.closed} closed findings are"
    return f"open findings; {left_out} not counted"

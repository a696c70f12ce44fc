"""How many findings have climbed how far? The ladder as a list of bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.assess import assess
from theorytopractice.charts import paper
from theorytopractice.charts.given import frame_of
from theorytopractice.charts.tally import Tally, tally
from theorytopractice.language import PARTS, say, say_in_turn, say_n
from theorytopractice.model.naming import name_of
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
        ax.set_yticks(rungs, [name_of(stage) for stage in Stage])
        ax.tick_params(left=False, bottom=False, labelbottom=False)
        ax.set_xlim(0, max(counted.stages) * 1.08 or 1)
        paper.bare(ax, keep=("left",))
        ax.set_xlabel(note(counted), loc="left", fontsize=paper.SMALL, color=paper.MUTED)
        paper.entitle(ax, title(counted))
    return ax


def title(counted: Tally) -> str:
    """Say what the bars show."""
    if not counted.n:
        return say("No finding is open")
    if counted.n == 1:
        practised = say("{n} of 1 finding is in practice", n=counted.in_practice)
    else:
        practised = say_n(
            "{n:,} of {of:,} findings is in practice",
            "{n:,} of {of:,} findings are in practice",
            counted.in_practice,
            of=counted.n,
        )
    return say_in_turn(PARTS, [practised, _shelf(counted)])


def _shelf(counted: Tally) -> str:
    """Say how many findings stand on the shelf, and how many of them are too new to be blamed for it."""
    on_shelf, new = counted.stages[0], counted.stages[0] - counted.shelved
    if not on_shelf:
        return say("none stands on the shelf")
    if new == on_shelf:
        return say_n("{n:,} stands on the shelf and is new", "{n:,} stand on the shelf and are new", new)
    if not new:
        return say_n("{n:,} stands on the shelf", "{n:,} stand on the shelf", on_shelf)
    return say_n(
        "{n:,} stands on the shelf, {new:,} of them new",
        "{n:,} stand on the shelf, {new:,} of them new",
        on_shelf,
        new=new,
    )


def note(counted: Tally) -> str:
    """Say what was counted, and what was not."""
    if not counted.closed:
        return say("open findings")
    return say_n(
        "open findings; {n} closed finding is not counted",
        "open findings; {n} closed findings are not counted",
        counted.closed,
    )

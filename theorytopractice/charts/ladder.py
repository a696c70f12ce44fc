"""How many findings stand at each stage, and how many ever reached it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.measures import measures
from theorytopractice.assessment.tally import StageTally, tally
from theorytopractice.charts import style
from theorytopractice.charts.axes import as_frame
from theorytopractice.i18n import PARTS, say, say_as, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


LADDER_HEIGHT = 2.9
COLOURS = (style.WATCH, style.COURSE, style.COURSE, style.COURSE, style.PRACTICE, style.PRACTICE)


def ladder(assessed: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw the six stages as bars with their numbers, the highest on top.

    Args:
        assessed: the frame that ``assess`` returns, or a plan, which is then assessed as of today.
        ax: where to draw; a new figure unless given.
    """
    counted = tally(as_frame(assessed, assess))
    with style.style():
        ax = ax if ax is not None else style.new_axes(LADDER_HEIGHT)
        rungs = range(len(Stage))
        ax.barh(rungs, counted.stages, color=COLOURS, height=0.68)
        for rung, number in zip(rungs, counted.stages, strict=True):
            ax.annotate(
                str(number), (number, rung), (5, 0), textcoords="offset points", va="center", color=style.INK
            )
        ax.set_yticks(rungs, [name_of(stage) for stage in Stage])
        ax.tick_params(left=False, bottom=False, labelbottom=False)
        ax.set_xlim(0, max(counted.stages) * 1.08 or 1)
        style.hide_frame(ax, keep=("left",))
        ax.set_xlabel(ladder_note(counted), loc="left", fontsize=style.SMALL, color=style.MUTED)
        style.set_title(ax, ladder_title(counted))
    return ax


def ladder_title(counted: StageTally) -> str:
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


def _shelf(counted: StageTally) -> str:
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


def ladder_note(counted: StageTally) -> str:
    """Say what was counted, and what was not."""
    if not counted.closed:
        return say("open findings")
    return say_n(
        "open findings; {n} closed finding is not counted",
        "open findings; {n} closed findings are not counted",
        counted.closed,
    )


FUNNEL_HEIGHT = 3.1
EVER_SHADE, NOW_SHADE = "#d5dbe6", style.COURSE
INKS = (style.MUTED, NOW_SHADE)


def funnel(measured: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw for each stage how many findings ever reached it, pale, and how many open ones are at it now, dark.

    Args:
        measured: the frame that ``measures`` returns, or a plan, which is then measured as of today.
        ax: where to draw; a new figure unless given.
    """
    frame = as_frame(measured, measures).set_index("measure")
    rungs = range(len(Stage))
    ever, now = ([_count(frame, f"funnel_{when}_{rung}") for rung in rungs] for when in ("ever", "now"))
    with style.style():
        ax = ax if ax is not None else style.new_axes(FUNNEL_HEIGHT)
        ax.barh(rungs, ever, color=EVER_SHADE, height=0.74)
        ax.barh(rungs, now, color=NOW_SHADE, height=0.34)
        ax.set_yticks(rungs, [name_of(stage) for stage in Stage])
        ax.set_ylim(-0.6, len(Stage) - 0.4)
        ax.tick_params(left=False, bottom=False, labelbottom=False)
        ax.set_xlim(0, max(*ever, 1))
        for rung, figures in enumerate(zip(ever, now, strict=True)):
            style.label_right(ax, rung, [(f"{n:,}", ink) for n, ink in zip(figures, INKS, strict=True)])
        heads = (say_as("at a stage", "ever"), say_as("at a stage", "now"))
        style.label_right(ax, len(Stage) - 0.35, list(zip(heads, INKS, strict=True)))
        style.hide_frame(ax, keep=("left",))
        ax.set_xlabel(
            style.wrap(
                say("now: open findings; ever: at the stage or above on some day, closed ones too"), 58
            ),
            loc="left",
            fontsize=style.SMALL,
            color=style.MUTED,
        )
        style.set_title(ax, funnel_title(frame), pad=18)
    return ax


def funnel_title(frame: pd.DataFrame) -> str:
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

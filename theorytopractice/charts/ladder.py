"""How many findings stand at each stage, how many ever reached it, and how far have those of several plans climbed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.assess import StageTally, assess, tally
from theorytopractice.assessment.measures import measures
from theorytopractice.charts import style
from theorytopractice.charts.axes import frame_of, names_on_top, no_ticks, with_columns
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import PARTS, say, say_as, say_in_turn, say_n, say_number, say_share
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


LADDER_HEIGHT = 2.9
COLOURS = (style.WATCH, style.COURSE, style.COURSE, style.COURSE, style.PRACTICE, style.PRACTICE)


def ladder(source: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw the six stages as bars with their numbers, the highest on top.

    Args:
        source: the frame that ``assess`` returns, or a plan, which is then assessed as of today.
        ax: where to draw; a new figure unless given.
    """
    counts = tally(frame_of(source, assess, "assess(plan)", "finding_id", "disposition", "stage", "flags"))
    with style.chart(ax, LADDER_HEIGHT) as axes:
        rungs = range(len(Stage))
        axes.barh(rungs, counts.stages, color=COLOURS, height=0.68)
        for rung, number in zip(rungs, counts.stages, strict=True):
            style.label_point(
                axes, (number, rung), str(number), (5, 0), va="center", color=style.INK, fontsize=style.SIZE
            )
        axes.set_yticks(rungs, [name_of(stage) for stage in Stage])
        no_ticks(axes)
        axes.set_xlim(0, max(counts.stages) * 1.08 or 1)
        style.hide_frame(axes, keep=("left",))
        style.set_note(axes, ladder_note(counts))
        style.set_title(axes, ladder_title(counts))
    return axes


def ladder_title(counts: StageTally) -> str:
    """Say what the bars show."""
    if not counts.n:
        return say("No finding is open")
    if counts.n == 1:
        in_practice = say("{n} of 1 finding is in practice", n=counts.in_practice)
    else:
        in_practice = say_n(
            "{n:,} of {of:,} findings is in practice",
            "{n:,} of {of:,} findings are in practice",
            counts.in_practice,
            of=counts.n,
        )
    return say_in_turn(PARTS, [in_practice, _shelf(counts)])


def _shelf(counts: StageTally) -> str:
    """Say how many findings stand on the shelf, and how many of them are too new to be blamed for it."""
    on_shelf, new = counts.stages[0], counts.stages[0] - counts.shelved
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


def ladder_note(counts: StageTally) -> str:
    """Say what was counted, and what was not."""
    if not counts.closed:
        return say("open findings")
    return say_n(
        "open findings; {n} closed finding is not counted",
        "open findings; {n} closed findings are not counted",
        counts.closed,
    )


FUNNEL_HEIGHT = 3.1
EVER_SHADE, NOW_SHADE = "#d5dbe6", style.COURSE
INKS = (style.MUTED, NOW_SHADE)


def funnel(source: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw for each stage how many findings ever reached it, pale, and how many open ones are at it now, dark.

    Args:
        source: the frame that ``measures`` returns, or a plan, which is then measured as of today.
        ax: where to draw; a new figure unless given.
    """
    frame = frame_of(source, measures, "measures(plan)", "measure", "numerator", "denominator")
    frame = frame.set_index("measure")
    rungs = range(len(Stage))
    ever, now = ([_count(frame, f"funnel_{when}_{rung}") for rung in rungs] for when in ("ever", "now"))
    with style.chart(ax, FUNNEL_HEIGHT) as axes:
        axes.barh(rungs, ever, color=EVER_SHADE, height=0.74)
        axes.barh(rungs, now, color=NOW_SHADE, height=0.34)
        axes.set_yticks(rungs, [name_of(stage) for stage in Stage])
        axes.set_ylim(-0.6, len(Stage) - 0.4)
        no_ticks(axes)
        axes.set_xlim(0, max(*ever, 1))
        for rung, figures in enumerate(zip(ever, now, strict=True)):
            style.label_right(axes, rung, [(f"{n:,}", ink) for n, ink in zip(figures, INKS, strict=True)])
        heads = (say_as("at a stage", "ever"), say_as("at a stage", "now"))
        style.label_right(axes, len(Stage) - 0.35, list(zip(heads, INKS, strict=True)))
        style.hide_frame(axes, keep=("left",))
        note = say("now: open findings; ever: at the stage or above on some day, closed ones too")
        style.set_note(axes, note, width=58)
        style.set_title(axes, funnel_title(frame), pad=18)
    return axes


def funnel_title(frame: pd.DataFrame) -> str:
    """Say what is seen: how many were ever in practice, and how many are."""
    n = _count(frame, "funnel_ever_0", "denominator")
    if not n:
        return say("No finding is in the plan")
    ever, now = _count(frame, "funnel_ever_4"), _count(frame, "practice_rate")
    if n == 1:
        ever_text = say("{n} of 1 finding was ever in practice", n=ever)
    else:
        ever_text = say_n(
            "{n:,} of {of:,} findings was ever in practice",
            "{n:,} of {of:,} findings were ever in practice",
            ever,
            of=n,
        )
    return say_in_turn(PARTS, [ever_text, say_n("{n:,} is now", "{n:,} are now", now)])


def _count(frame: pd.DataFrame, name: str, column: str = "numerator") -> int:
    return int(frame[column].loc[name])


LADDERS_WIDTH, ROW, AROUND = 6.8, 0.46, 1.15  # inches
MOST_PLANS = 12
NAME_CHARACTERS, NAME_LINES = 24, 2
BAR, TRACK, LONGEST = 0.2, 0.04, 0.88
TRACK_SHADE = "#dcdcda"


def ladders(shares: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the stages of several plans side by side: in each cell a bar, its number and its share.

    The pale line under a bar stands for all open findings of the plan. Plans keep the order in which they come.

    Args:
        shares: what ``stage_shares`` returns.
        ax: where to draw; a new figure, as high as the plans need, unless given.

    Raises:
        PracticeError: there are more than twelve plans.
    """
    with_columns(shares, "stage_shares(assessed)", "plan", "stage", "n", "of", "share")
    plans = list(dict.fromkeys(shares["plan"]))
    if len(plans) > MOST_PLANS:
        raise PracticeError(f"Ladders of {len(plans):,} plans cannot be read; hand in at most {MOST_PLANS}.")
    with style.chart(ax, AROUND + ROW * max(len(plans), 1), LADDERS_WIDTH) as axes:
        rows = {plan: place for place, plan in enumerate(plans)}
        for cell in shares.to_dict("records"):
            _draw_stage(axes, rows[cell["plan"]], cell)
        axes.set_xlim(-0.04, len(Stage))
        axes.set_ylim(max(len(plans), 1), 0)
        axes.set_xticks(range(len(Stage)), [name_of(stage) for stage in Stage], ha="left")
        axes.set_yticks(
            [place + 0.5 for place in rows.values()], [_plan_name(shares, plan) for plan in plans]
        )
        names_on_top(axes)
        note = say(
            "Each bar: the share of the plan's open findings at that stage; the pale line: all of them."
        )
        style.set_note(axes, note, width=76, size=style.SMALL - 1)
        style.hide_frame(axes)
        style.set_title(axes, ladders_title(shares), pad=22, width=56)
    return axes


def ladders_title(shares: pd.DataFrame) -> str:
    """Say how many findings of all plans are in practice or sustained."""
    findings = int(shares.drop_duplicates("plan")["of"].sum())
    if not findings:
        return say("No finding is open")
    in_practice = int(shares.loc[shares["stage"] >= list(Stage).index(Stage.IN_PRACTICE), "n"].sum())
    plans = say_n("{n:,} plan", "{n:,} plans", shares["plan"].nunique())
    return say_n(
        "{reached} of {n:,} open finding in {plans} has reached practice",
        "{reached} of {n:,} open findings in {plans} have reached practice",
        findings,
        reached=say_number(in_practice),
        plans=plans,
    )


def _draw_stage(ax: Axes, row: int, cell: dict[Hashable, Any]) -> None:
    """Draw one stage of one plan: number and share over a bar, on a pale line as long as the whole plan."""
    left, middle = cell["stage"], row + 0.66
    if not cell["of"]:
        return
    ax.barh(middle, LONGEST, left=left, height=TRACK, color=TRACK_SHADE)
    ax.barh(middle, LONGEST * cell["share"], left=left, height=BAR, color=COLOURS[left])
    words = say("{number} ({share})", number=say_number(cell["n"]), share=say_share(cell["share"]))
    ink = style.INK if cell["n"] else style.MUTED
    ax.text(left, row + 0.32, words, va="center", ha="left", fontsize=style.SMALL, color=ink)


def _plan_name(shares: pd.DataFrame, plan: str) -> str:
    """Return the name of a plan in at most two lines, with how many findings are open."""
    open_ = int(shares.loc[shares["plan"] == plan, "of"].iloc[0])
    lines = style.wrap_lines(plan, NAME_CHARACTERS, most=NAME_LINES)
    return "\n".join([*lines, say_n("{n:,} open", "{n:,} open", open_)])

"""How far have the findings of several plans climbed? A row a plan, a column a stage, bars as shares of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.charts import style
from theorytopractice.charts.ladder import COLOURS
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import say, say_n, say_number, say_share
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from matplotlib.axes import Axes


WIDTH, ROW, AROUND = 6.8, 0.46, 1.15  # inches
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
    plans = list(dict.fromkeys(shares["plan"]))
    if len(plans) > MOST_PLANS:
        raise PracticeError(f"Ladders of {len(plans):,} plans cannot be read; hand in at most {MOST_PLANS}.")
    with style.style():
        ax = ax if ax is not None else style.new_axes(AROUND + ROW * max(len(plans), 1), WIDTH)
        rows = {plan: place for place, plan in enumerate(plans)}
        for cell in shares.to_dict("records"):
            _draw_cell(ax, rows[cell["plan"]], cell)
        ax.set_xlim(-0.04, len(Stage))
        ax.set_ylim(max(len(plans), 1), 0)
        ax.set_xticks(range(len(Stage)), [name_of(stage) for stage in Stage], ha="left")
        ax.set_yticks([place + 0.5 for place in rows.values()], [_named(shares, plan) for plan in plans])
        ax.tick_params(
            length=0, labelsize=style.SMALL, top=True, labeltop=True, bottom=False, labelbottom=False
        )
        note = say(
            "Each bar: the share of the plan's open findings at that stage; the pale line: all of them."
        )
        ax.set_xlabel(style.wrap(note, 76), loc="left", fontsize=style.SMALL - 1, color=style.MUTED)
        style.hide_frame(ax)
        style.set_title(ax, title(shares), pad=22, width=56)
    return ax


def title(shares: pd.DataFrame) -> str:
    """Say how many findings of all plans are in practice or sustained."""
    findings = int(shares.drop_duplicates("plan")["of"].sum())
    if not findings:
        return say("No finding is open")
    reached = int(shares.loc[shares["stage"] >= Stage.IN_PRACTICE, "n"].sum())
    plans = say_n("{n:,} plan", "{n:,} plans", shares["plan"].nunique())
    return say_n(
        "{reached} of {n:,} open finding in {plans} has reached practice",
        "{reached} of {n:,} open findings in {plans} have reached practice",
        findings,
        reached=say_number(reached),
        plans=plans,
    )


def _draw_cell(ax: Axes, row: int, cell: dict[Hashable, Any]) -> None:
    """Draw one stage of one plan: number and share over a bar, on a pale line as long as the whole plan."""
    left, middle = cell["stage"], row + 0.66
    if not cell["of"]:
        return
    ax.barh(middle, LONGEST, left=left, height=TRACK, color=TRACK_SHADE)
    ax.barh(middle, LONGEST * cell["share"], left=left, height=BAR, color=COLOURS[left])
    words = say("{number} ({share})", number=say_number(cell["n"]), share=say_share(cell["share"]))
    ink = style.INK if cell["n"] else style.MUTED
    ax.text(left, row + 0.32, words, va="center", ha="left", fontsize=style.SMALL, color=ink)


def _named(shares: pd.DataFrame, plan: str) -> str:
    """Return the name of a plan in at most two lines, with how many findings are open."""
    open_ = int(shares.loc[shares["plan"] == plan, "of"].iloc[0])
    lines = style.wrap_lines(plan, NAME_CHARACTERS, most=NAME_LINES)
    return "\n".join([*lines, say_n("{n:,} open", "{n:,} open", open_)])

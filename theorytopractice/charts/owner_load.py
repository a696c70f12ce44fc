"""Who has how much to do? A bar for each owner, what is overdue first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.frames import NOBODY
from theorytopractice.assessment.workload import owner_load as load_of
from theorytopractice.charts import style
from theorytopractice.charts.axes import as_frame
from theorytopractice.i18n import PARTS, say, say_as, say_in_turn, say_n
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


ROW, MARGIN = 0.22, 1.0
MOST = 20
HEAD_AT = -0.95
NAME_CHARACTERS = 18
TITLE_CHARACTERS = 30
COLUMNS = {
    "open": style.COURSE,
    "overdue": style.ACT,
    "due_in_30_days": style.WATCH,
    "stalled": style.MUTED,
}


def owner_load(load: ChartInput, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw the open actions of every accountable owner: overdue dark red, due within 30 days orange.

    Args:
        load: the frame that ``theorytopractice.owner_load`` returns, or a plan, as of today.
        most: how many rows are drawn, nobody among them; who has no open action is left out.
        ax: where to draw; a new figure unless given.
    """
    whole = as_frame(load, load_of)
    busy = whole[(whole["open"] > 0) | whole["owner_id"].isna()]
    frame = busy.head(most)
    with style.style():
        ax = ax if ax is not None else style.new_axes(MARGIN + ROW * len(frame))
        _draw_bars(ax, frame)
        style.label_right(ax, HEAD_AT, list(zip(_headings(), COLUMNS.values(), strict=True)))
        for row, figures in enumerate(zip(*(frame[name] for name in COLUMNS), strict=True)):
            inks = COLUMNS.values()
            style.label_right(
                ax, row, [(f"{n:,}" if n else "·", ink) for n, ink in zip(figures, inks, strict=True)]
            )
        style.hide_frame(ax, keep=("left",))
        left_out = len(busy) - len(frame)
        more = (
            say_n("{n:,} more owner is not drawn", "{n:,} more owners are not drawn", left_out)
            if left_out
            else ""
        )
        note = style.wrap(say_in_turn(PARTS, [say("open actions"), more]), TITLE_CHARACTERS)
        ax.set_xlabel(note, loc="left", fontsize=style.SMALL, color=style.MUTED)
        style.set_title(ax, title(whole), pad=20, width=TITLE_CHARACTERS)
    return ax


def title(frame: pd.DataFrame) -> str:
    """Say what is seen: what nobody has, and who has the most overdue."""
    orphans = int(frame.loc[frame["owner_id"].isna(), "open"].iloc[0])
    owners = frame[frame["owner_id"].notna()]
    alone = say_n(
        "{n:,} open action has no accountable owner", "{n:,} open actions have no accountable owner", orphans
    )
    said = alone if orphans else say("Every open action has an owner")
    if not (owners["open"] > 0).any():
        return said if orphans else say("No action is open")
    worst = owners.sort_values("overdue", ascending=False, kind="stable").iloc[0]
    if not worst["overdue"]:
        return say_in_turn(PARTS, [said, say("none of the owners' is overdue")])
    name = style.shorten(_name(worst), TITLE_CHARACTERS)
    most = say("most overdue: {name}, {n:,}", name=name, n=int(worst["overdue"]))
    return say_in_turn(PARTS, [said, most])


def _headings() -> list[str]:
    """Name the columns of numbers."""
    return [
        say_as("number of actions", "open"),
        say_as("number of actions", "overdue"),
        say_as("number of actions", "30 days"),
        say_as("number of actions", "stalled"),
    ]


def _draw_bars(ax: Axes, frame: pd.DataFrame) -> None:
    """Draw each row as what is overdue, what is due soon, and the rest."""
    rows = range(len(frame))
    overdue, soon = frame["overdue"].to_numpy(), frame["due_in_30_days"].to_numpy()
    ax.barh(rows, frame["open"], color=style.COURSE, height=0.62)
    ax.barh(rows, overdue + soon, color=style.WATCH, height=0.62)
    ax.barh(rows, overdue, color=style.ACT, height=0.62)
    ax.set_yticks(rows, [style.shorten(_name(row), NAME_CHARACTERS) for _, row in frame.iterrows()])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_xlim(0, max(int(frame["open"].max()), 1))
    ax.tick_params(left=False, bottom=False, labelbottom=False, labelsize=style.SMALL)
    if len(frame):
        ax.get_yticklabels()[0].set_color(style.MUTED)


def _name(row: pd.Series) -> str:
    """Return the owner's name, or identifier where the plan does not say it; of nobody, the word."""
    if not isinstance(row["owner_id"], str):
        return name_of(NOBODY)
    return style.plain(row["name"] if isinstance(row["name"], str) and row["name"] else row["owner_id"])

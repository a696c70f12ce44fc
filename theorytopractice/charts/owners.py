"""Who has how much to do, and who carries which subject? Bars for owners, and owners by themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from theorytopractice.assessment.arrays import NOBODY
from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.assessment.workload import owner_load as load_of
from theorytopractice.assessment.workload import owner_themes as carried_by
from theorytopractice.charts import style
from theorytopractice.charts.axes import frame_of, no_ticks
from theorytopractice.i18n import PARTS, say, say_as, say_in_turn, say_list, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


ROW, MARGIN = 0.22, 1.0
MOST = 20
HEAD_AT = -0.95
NAME_CHARACTERS = 18
TITLE_CHARACTERS = 30
COLUMNS = {"open": style.COURSE, "overdue": style.ACT, "due_in_30_days": style.WATCH, "stalled": style.MUTED}


LOAD_COLUMNS = ("owner_id", "name", "unit", "open", "overdue", "due_in_30_days", "stalled")
THEME_COLUMNS = ("owner_id", "name", "theme", "n", "n_of_owner", "n_of_theme")


def owner_load(source: ChartInput, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw the open actions of every accountable owner: overdue dark red, due within 30 days orange.

    Args:
        source: the frame that ``theorytopractice.owner_load`` returns, or a plan, as of today.
        most: how many rows are drawn, nobody among them; who has no open action is left out.
        ax: where to draw; a new figure unless given.
    """
    load = frame_of(source, load_of, "owner_load(plan)", *LOAD_COLUMNS)
    busy = load[(load["open"] > 0) | load["owner_id"].isna()]
    frame = busy.head(most)
    with style.chart(ax, MARGIN + ROW * len(frame)) as axes:
        _draw_bars(axes, frame)
        _draw_numbers(axes, frame)
        style.hide_frame(axes, keep=("left",))
        left_out = len(busy) - len(frame)
        more = (
            say_n("{n:,} more owner is not drawn", "{n:,} more owners are not drawn", left_out)
            if left_out
            else ""
        )
        style.set_note(axes, say_in_turn(PARTS, [say("open actions"), more]), width=TITLE_CHARACTERS)
        style.set_title(axes, load_title(load), pad=20, width=TITLE_CHARACTERS)
    return axes


def load_title(frame: pd.DataFrame) -> str:
    """Say what is seen: what nobody has, and who has the most overdue."""
    orphans = int(frame.loc[frame["owner_id"].isna(), "open"].iloc[0])
    owners = frame[frame["owner_id"].notna()]
    unowned = say_n(
        "{n:,} open action has no accountable owner", "{n:,} open actions have no accountable owner", orphans
    )
    ownership = unowned if orphans else say("Every open action has an owner")
    if not (owners["open"] > 0).any():
        return ownership if orphans else say("No action is open")
    worst = owners.sort_values("overdue", ascending=False, kind="stable").iloc[0]
    if not worst["overdue"]:
        return say_in_turn(PARTS, [ownership, say("none of the owners' is overdue")])
    name = style.shorten(_owner_name(worst), TITLE_CHARACTERS)
    most = say("most overdue: {name}, {n:,}", name=name, n=int(worst["overdue"]))
    return say_in_turn(PARTS, [ownership, most])


def _draw_numbers(ax: Axes, frame: pd.DataFrame) -> None:
    """Write the numbers of each row in columns with their headings, each in the colour of its bar."""
    heads = [
        say_as("number of actions", "open"),
        say_as("number of actions", "overdue"),
        say_as("number of actions", "30 days"),
        say_as("number of actions", "stalled"),
    ]
    inks = COLUMNS.values()
    style.label_right(ax, HEAD_AT, list(zip(heads, inks, strict=True)))
    for row, numbers in enumerate(zip(*(frame[name] for name in COLUMNS), strict=True)):
        texts = (f"{n:,}" if n else "·" for n in numbers)
        style.label_right(ax, row, list(zip(texts, inks, strict=True)))


def _draw_bars(ax: Axes, frame: pd.DataFrame) -> None:
    """Draw each row as what is overdue, what is due soon, and the rest."""
    rows = range(len(frame))
    overdue, soon = frame["overdue"].to_numpy(), frame["due_in_30_days"].to_numpy()
    ax.barh(rows, frame["open"], color=style.COURSE, height=0.62)
    ax.barh(rows, overdue + soon, color=style.WATCH, height=0.62)
    ax.barh(rows, overdue, color=style.ACT, height=0.62)
    ax.set_yticks(rows, [style.shorten(_owner_name(row), NAME_CHARACTERS) for _, row in frame.iterrows()])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_xlim(0, max(int(frame["open"].max()), 1))
    no_ticks(ax)
    ax.tick_params(labelsize=style.SMALL)
    if len(frame):
        ax.get_yticklabels()[0].set_color(style.MUTED)


def _owner_name(row: pd.Series) -> str:
    """Return the owner's name, or identifier where the plan does not say it; of nobody, the word."""
    if not isinstance(row["owner_id"], str):
        return name_of(NOBODY)
    return style.plain(row["name"] if isinstance(row["name"], str) and row["name"] else row["owner_id"])


COLUMN, CELL, BESIDE, AROUND = 0.32, 0.25, 1.9, 2.3  # inches
NARROWEST = 4.4
MOST_OWNERS, MOST_THEMES = 40, 25
THEME_CHARACTERS = 26


def owner_themes(source: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw owners by themes: each cell says how many live actions the owner has there, and its size shows it too.

    The busiest forty owners and twenty-five themes are drawn; the note says how many there are besides.

    Args:
        source: the frame that ``owner_themes`` returns, or a plan, which is then counted as of today.
        ax: where to draw; a new figure, as large as the matrix needs, unless given.
    """
    frame = frame_of(source, carried_by, "owner_themes(plan)", *THEME_COLUMNS)
    frame = frame.assign(owner_id=frame["owner_id"].astype(object).where(frame["owner_id"].notna(), None))
    owners = _busiest(frame, "owner_id", "n_of_owner", MOST_OWNERS)
    busy = _busiest(frame, "theme", "n_of_theme", MOST_THEMES)
    themes = sorted(busy, key=lambda theme: (theme == NO_THEME, natural(theme)))
    names = dict(zip(frame["owner_id"], frame["name"], strict=True))
    cells = frame[frame["owner_id"].isin(owners) & frame["theme"].isin(themes)]
    width = max(BESIDE + COLUMN * len(themes), NARROWEST)
    with style.chart(ax, AROUND + CELL * len(owners), width) as axes:
        most = cells["n"].max() if len(cells) else 1
        for cell in cells.to_dict("records"):
            _draw_cell(
                axes, themes.index(cell["theme"]), owners.index(cell["owner_id"]), int(cell["n"]), int(most)
            )
        _draw_frame(
            axes,
            [names[owner] if owner is not None else name_of(NOBODY) for owner in owners],
            [name_of(theme) if theme == NO_THEME else theme for theme in themes],
        )
        left_out = (
            frame["owner_id"].nunique(dropna=False) - len(owners),
            frame["theme"].nunique() - len(themes),
        )
        style.set_note(axes, themes_note(*left_out), width=int(width * 15), size=style.SMALL - 1)
        style.set_title(axes, themes_title(frame), width=int(width * 10))
    return axes


def themes_title(frame: pd.DataFrame) -> str:
    """Say who is spread over most themes, and what nobody carries."""
    owned = frame[frame["owner_id"].notna()]
    n_unowned = frame.loc[frame["owner_id"].isna(), "theme"].nunique()
    if owned.empty and not n_unowned:
        return say("No action is live")
    if owned.empty:
        return say_n(
            "In {n} theme some action has no owner", "In {n} themes some action has no owner", n_unowned
        )
    nobody = say_n(
        "in {n} theme some action has no owner", "in {n} themes some action has no owner", n_unowned
    )
    spread = owned.groupby("owner_id")["theme"].nunique()
    widest = owned.loc[owned["owner_id"] == spread.idxmax(), "name"].iloc[0]
    n = int(spread.max())
    owners = int((spread == n).sum())
    if owners > 1:
        spread_text = say_n(
            "{owners} owners have live actions in {n} theme, nobody in more",
            "{owners} owners have live actions in {n} themes, nobody in more",
            n,
            owners=owners,
        )
    else:
        spread_text = say_n(
            "{name} has live actions in {n} theme, more than anybody else",
            "{name} has live actions in {n} themes, more than anybody else",
            n,
            name=widest,
        )
    return say_in_turn(PARTS, [spread_text, nobody if n_unowned else ""])


def themes_note(owners: int, themes: int) -> str:
    """Say what the numbers count, and who is not drawn."""
    left_out = [
        *([say("{n:,} more owners", n=owners)] if owners else []),
        *([say("{n:,} more themes", n=themes)] if themes else []),
    ]
    besides = say("not drawn: {names}", names=say_list(left_out)) if left_out else ""
    counted = say("distinct live actions; one that serves two themes is in both")
    return say_in_turn(PARTS, [counted, besides])


def _busiest(frame: pd.DataFrame, column: str, total: str, most: int) -> list[str]:
    """Return the owners or themes with most actions, in the order of the frame."""
    once = frame.drop_duplicates(column)
    return list(once[column][once[total].rank(method="first", ascending=False) <= most])


def _draw_cell(ax: Axes, column: int, row: int, n: int, most: int) -> None:
    """Draw one number on a square whose area follows it."""
    side = 0.45 + 0.47 * (n / most) ** 0.5
    corner = column + 0.5 - side / 2, row + 0.5 - side / 2
    ax.add_patch(Rectangle(corner, side, side, facecolor="#cfdcec", linewidth=0))
    ax.text(
        column + 0.5, row + 0.5, str(n), ha="center", va="center", fontsize=style.SMALL, color=style.INSIDE
    )


def _draw_frame(ax: Axes, owners: list[str], themes: list[str]) -> None:
    """Name rows and columns, with a thin line between them."""
    ax.set_xlim(0, max(len(themes), 1))
    ax.set_ylim(max(len(owners), 1), 0)
    ax.set_yticks([row + 0.5 for row in range(len(owners))], [_short(name) for name in owners])
    ax.set_xticks(
        [column + 0.5 for column in range(len(themes))], [_short(theme) for theme in themes], rotation=90
    )
    ax.tick_params(length=0, labelsize=style.SMALL, labelcolor=style.INK)
    for row in range(1, len(owners)):
        ax.axhline(row, color=style.LINE, linewidth=0.4, zorder=0)
    style.hide_frame(ax)


def _short(name: str) -> str:
    return style.shorten(name, THEME_CHARACTERS)

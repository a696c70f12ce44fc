"""Who carries which subject? Owners by themes, the number of live actions in the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.assessment.frames import NOBODY
from theorytopractice.assessment.workload import owner_themes as carried_by
from theorytopractice.charts import style
from theorytopractice.charts.axes import as_frame
from theorytopractice.i18n import PARTS, say, say_in_turn, say_list, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


COLUMN, ROW, BESIDE, AROUND = 0.32, 0.25, 1.9, 2.3  # inches
NARROWEST = 4.4
MOST_OWNERS, MOST_THEMES = 40, 25
CHARACTERS = 26


def owner_themes(carried: ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw owners by themes: each cell says how many live actions the owner has there, and its size shows it too.

    The busiest forty owners and twenty-five themes are drawn; the note says how many there are besides.

    Args:
        carried: the frame that ``owner_themes`` returns, or a plan, which is then counted as of today.
        ax: where to draw; a new figure, as large as the matrix needs, unless given.
    """
    frame = as_frame(carried, carried_by)
    frame = frame.assign(owner_id=frame["owner_id"].astype(object).where(frame["owner_id"].notna(), None))
    owners = _busiest(frame, "owner_id", "n_of_owner", MOST_OWNERS)
    busy = _busiest(frame, "theme", "n_of_theme", MOST_THEMES)
    themes = sorted(busy, key=lambda theme: (theme == NO_THEME, natural(theme)))
    names = dict(zip(frame["owner_id"], frame["name"], strict=True))
    shown = frame[frame["owner_id"].isin(owners) & frame["theme"].isin(themes)]
    with style.style():
        width = max(BESIDE + COLUMN * len(themes), NARROWEST)
        ax = ax if ax is not None else style.new_axes(AROUND + ROW * len(owners), width)
        most = shown["n"].max() if len(shown) else 1
        for cell in shown.to_dict("records"):
            _draw_cell(
                ax, themes.index(cell["theme"]), owners.index(cell["owner_id"]), int(cell["n"]), int(most)
            )
        _draw_frame(
            ax,
            [names[owner] if owner is not None else name_of(NOBODY) for owner in owners],
            [name_of(theme) if theme == NO_THEME else theme for theme in themes],
        )
        left_out = (
            frame["owner_id"].nunique(dropna=False) - len(owners),
            frame["theme"].nunique() - len(themes),
        )
        ax.set_xlabel(
            style.wrap(note(*left_out), int(width * 15)),
            loc="left",
            fontsize=style.SMALL - 1,
            color=style.MUTED,
        )
        style.set_title(ax, title(frame), width=int(width * 10))
    return ax


def title(frame: pd.DataFrame) -> str:
    """Say who is spread over most themes, and what nobody carries."""
    held = frame[frame["owner_id"].notna()]
    alone = frame.loc[frame["owner_id"].isna(), "theme"].nunique()
    if held.empty and not alone:
        return say("No action is live")
    if held.empty:
        return say_n("In {n} theme some action has no owner", "In {n} themes some action has no owner", alone)
    nobody = say_n("in {n} theme some action has no owner", "in {n} themes some action has no owner", alone)
    spread = held.groupby("owner_id")["theme"].nunique()
    widest = held.loc[held["owner_id"] == spread.idxmax(), "name"].iloc[0]
    n = int(spread.max())
    owners = int((spread == n).sum())
    if owners > 1:
        said = say_n(
            "{owners} owners have live actions in {n} theme, nobody in more",
            "{owners} owners have live actions in {n} themes, nobody in more",
            n,
            owners=owners,
        )
    else:
        said = say_n(
            "{name} has live actions in {n} theme, more than anybody else",
            "{name} has live actions in {n} themes, more than anybody else",
            n,
            name=widest,
        )
    return say_in_turn(PARTS, [said, nobody if alone else ""])


def note(owners: int, themes: int) -> str:
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
    return style.shorten(name, CHARACTERS)

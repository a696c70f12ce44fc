"""Who carries which subject? Owners by themes, the number of live actions in the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from theorytopractice.assessment.arrays.encoding import NO_THEME
from theorytopractice.assessment.owner_themes import owner_themes as carried_by
from theorytopractice.charts import paper
from theorytopractice.charts.given import frame_of
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.charts.given import Given

COLUMN, ROW, BESIDE, AROUND = 0.32, 0.25, 1.9, 2.3  # inches
NARROWEST = 4.4
MOST_OWNERS, MOST_THEMES = 40, 25
CHARACTERS = 26


def owner_themes(carried: Given, *, ax: Axes | None = None) -> Axes:
    """Draw owners by themes: each cell says how many live actions the owner has there, and its size shows it too.

    The busiest forty owners and twenty-five themes are drawn; the note says how many there are besides.

    Args:
        carried: the frame that ``owner_themes`` returns, or a plan, which is then counted as of today.
        ax: where to draw; a new figure, as large as the matrix needs, unless given.
    """
    frame = frame_of(carried, carried_by)
    frame = frame.assign(owner_id=frame["owner_id"].astype(object).where(frame["owner_id"].notna(), None))
    owners = _busiest(frame, "owner_id", "n_of_owner", MOST_OWNERS)
    busy = _busiest(frame, "theme", "n_of_theme", MOST_THEMES)
    themes = sorted(busy, key=lambda theme: (theme == NO_THEME, natural(theme)))
    names = dict(zip(frame["owner_id"], frame["name"], strict=True))
    shown = frame[frame["owner_id"].isin(owners) & frame["theme"].isin(themes)]
    with paper.style():
        width = max(BESIDE + COLUMN * len(themes), NARROWEST)
        ax = ax if ax is not None else paper.sheet(AROUND + ROW * len(owners), width)
        most = shown["n"].max() if len(shown) else 1
        for cell in shown.to_dict("records"):
            _draw_cell(
                ax, themes.index(cell["theme"]), owners.index(cell["owner_id"]), int(cell["n"]), int(most)
            )
        _draw_frame(ax, [names[owner] for owner in owners], themes)
        left_out = (
            frame["owner_id"].nunique(dropna=False) - len(owners),
            frame["theme"].nunique() - len(themes),
        )
        ax.set_xlabel(
            paper.wrapped(note(*left_out), int(width * 15)),
            loc="left",
            fontsize=paper.SMALL - 1,
            color=paper.MUTED,
        )
        paper.entitle(ax, title(frame), width=int(width * 10))
    return ax


def title(frame: pd.DataFrame) -> str:
    """Say who is spread over most themes, and what nobody carries."""
    held = frame[frame["owner_id"].notna()]
    alone = frame.loc[frame["owner_id"].isna(), "theme"].nunique()
    nobody = f"in {alone} {'theme' if alone == 1 else 'themes'} some action has no owner" if alone else ""
    if held.empty:
        return (nobody[:1].upper() + nobody[1:]) or "No action is live"
    spread = held.groupby("owner_id")["theme"].nunique()
    widest = held.loc[held["owner_id"] == spread.idxmax(), "name"].iloc[0]
    n = int(spread.max())
    said = f"{widest} has live actions in {n} {'theme' if n == 1 else 'themes'}, more than anybody else"
    if (spread == n).sum() > 1:
        said = f"{int((spread == n).sum())} owners have live actions in {n} {'theme' if n == 1 else 'themes'}, nobody in more"
    return f"{said}; {nobody}" if nobody else said


def note(owners: int, themes: int) -> str:
    """Say what the numbers count, and who is not drawn."""
    left_out = [f"{n:,} more {what}" for n, what in ((owners, "owners"), (themes, "themes")) if n]
    besides = f"; not drawn: {' and '.join(left_out)}" if left_out else ""
    return f"distinct live actions; one that serves two themes is in both{besides}"


def _busiest(frame: pd.DataFrame, column: str, total: str, most: int) -> list[str]:
    """Return the owners or themes with most actions, in the order of the frame."""
    once = frame.drop_duplicates(column)
    return list(once[column][once[total].rank(method="first", ascending=False) <= most])


def _draw_cell(ax: Axes, column: int, row: int, n: int, most: int) -> None:
    """Draw one number on a square whose area follows it."""
    side = 0.45 + 0.47 * (n / most) ** 0.5
    corner = column + 0.5 - side / 2, row + 0.5 - side / 2
    ax.add_patch(Rectangle(corner, side, side, facecolor="#cfdcec", linewidth=0))
    ax.text(column + 0.5, row + 0.5, str(n), ha="center", va="center", fontsize=paper.SMALL, color=paper.INK)


def _draw_frame(ax: Axes, owners: list[str], themes: list[str]) -> None:
    """Name rows and columns, with a thin line between them."""
    ax.set_xlim(0, max(len(themes), 1))
    ax.set_ylim(max(len(owners), 1), 0)
    ax.set_yticks([row + 0.5 for row in range(len(owners))], [_short(name) for name in owners])
    ax.set_xticks(
        [column + 0.5 for column in range(len(themes))], [_short(theme) for theme in themes], rotation=90
    )
    ax.tick_params(length=0, labelsize=paper.SMALL, labelcolor=paper.INK)
    for row in range(1, len(owners)):
        ax.axhline(row, color=paper.LINE, linewidth=0.4, zorder=0)
    paper.bare(ax)


def _short(name: str) -> str:
    return paper.shortened(name, CHARACTERS)

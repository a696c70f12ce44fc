"""Who has how much to do, and what falls due when? A mark for each open action, bars for owners, and owners by themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.dates import MonthLocator, num2date
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from theorytopractice.assessment.arrays import NOBODY
from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.assessment.workload import (
    DueCounts,
    due_by_month,
    due_counts,
    earliest_due,
    last_month_ahead,
    load_summary,
    themes_summary,
    when_due,
)
from theorytopractice.assessment.workload import agenda as agenda_of
from theorytopractice.assessment.workload import owner_load as load_of
from theorytopractice.assessment.workload import owner_themes as carried_by
from theorytopractice.charts import style
from theorytopractice.charts.style import frame_of, no_ticks, number_of_day
from theorytopractice.i18n import (
    PARTS,
    say,
    say_as,
    say_day,
    say_in_turn,
    say_list,
    say_month,
    say_n,
    say_short_day,
)
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theorytopractice.charts.style import ChartInput


DUE_ROW, DUE_MARGIN, EMPTY = 0.24, 1.25, 1.0
MOST_ACTIONS = 14
BACK_DAYS = 90
DUE_TITLE_CHARACTERS, DUE_NAME_CHARACTERS, NOTE_CHARACTERS = 33, 30, 44
WIDTH = 5.2
MONTHS_HIGH = 1.7
LOOKS = {"overdue": ("^", style.ACT), "soon": ("D", style.WATCH), "later": ("o", style.COURSE)}
"""When an action is due → shape and colour of its mark: ▲, ◆ and ●."""


AGENDA_COLUMNS = ("action_id", "title", "due", "as_of")
LOAD_COLUMNS = ("owner_id", "name", "unit", "open", "overdue", "due_in_30_days", "stalled")
THEME_COLUMNS = ("owner_id", "name", "theme", "n", "n_of_owner", "n_of_theme")


def due_dates(source: ChartInput, *, most: int = MOST_ACTIONS, ax: Axes | None = None) -> Axes:
    """Draw when open actions fall due: overdue ones as ▲, those due within 30 days as ◆, later ones as ●.

    The overdue ones and those of the next twelve months are drawn, so many at most; where there are more, bars
    below count by month all that fall due from today.

    Args:
        source: the frame that ``theorytopractice.agenda`` returns, or a plan, as of today.
        most: how many actions are drawn by name.
        ax: where to draw; a new figure unless given.
    """
    frame = frame_of(source, agenda_of, "agenda(plan)", *AGENDA_COLUMNS)
    today = pd.Timestamp(frame.attrs["as_of"]) if "as_of" in frame.attrs else _day_of(frame)
    rows, counts = frame.assign(when=when_due(frame, today)), due_counts(frame, today)
    near = rows[rows["when"].isin(list(LOOKS))]
    drawn = earliest_due(near, near["when"] == "overdue", most)
    has_months = len(near) > len(drawn)
    height = (
        DUE_MARGIN + DUE_ROW * (len(drawn) + (MONTHS_HIGH + 1 if has_months else 0)) if len(drawn) else EMPTY
    )
    with style.chart(ax, height, WIDTH) as axes:
        if len(drawn):
            _draw_actions(axes, drawn, today)
            if has_months:
                _draw_months(axes, due_by_month(frame, today), len(drawn))
        else:
            axes.set_axis_off()
        style.set_note(axes, _due_note(rows, counts, today, len(drawn)), width=NOTE_CHARACTERS)
        style.set_title(
            axes, due_title(len(rows), counts), pad=16 if len(drawn) else 9, width=DUE_TITLE_CHARACTERS
        )
    return axes


def due_title(n: int, counts: DueCounts) -> str:
    """Say what is seen: how many are overdue, due within 30 days, and due after that within twelve months."""
    overdue, soon, later = counts.overdue, counts.soon, counts.later
    if not n:
        return say("No action is open")
    if not overdue + soon + later:
        return say("No open action is overdue or falls due in the next twelve months")
    return say(
        "{overdue}; {soon}, {later}",
        overdue=say_n("{n:,} action is overdue", "{n:,} actions are overdue", overdue)
        if overdue
        else say("No action is overdue"),
        soon=say_n("{n:,} falls due within 30 days", "{n:,} fall due within 30 days", soon)
        if soon
        else say("none falls due within 30 days"),
        later=say_n("{n:,} later within twelve months", "{n:,} later within twelve months", later)
        if later
        else say("none later within twelve months"),
    )


def _day_of(frame: pd.DataFrame) -> pd.Timestamp:
    """Return the as-of day that stands on every row; missing where there is no row."""
    return pd.Timestamp(frame["as_of"].iloc[0]) if len(frame) else pd.NaT  # type: ignore[return-value]


def _draw_actions(ax: Axes, drawn: pd.DataFrame, today: pd.Timestamp) -> None:
    """Draw a row for each action: its mark, a line to today, and its due date beside."""
    now = number_of_day(today)
    first = now - (BACK_DAYS if (drawn["when"] == "overdue").any() else 12)
    last = number_of_day(last_month_ahead(today))
    for row, (due, when) in enumerate(zip(drawn["due"], drawn["when"], strict=True)):
        shape, colour = LOOKS[when]
        place = max(number_of_day(due), first)
        look: dict[str, Any] = {"color": colour, "clip_on": False}
        ax.plot([now, place], [row, row], linewidth=2.2 if when == "overdue" else 0.8, **look)
        if number_of_day(due) < first:
            ax.plot([first - 9, first], [row, row], linewidth=2.2, linestyle=(0, (1, 1)), **look)
        ax.plot([place], [row], marker=shape, markersize=6.5, linestyle="none", zorder=3, **look)
        ink = style.ACT if when == "overdue" else style.INK
        beside: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "annotation_clip": False}
        style.label_point(
            ax, (1.02, row), say_short_day(due.date()), (0, 0), color=ink, va="center", **beside
        )
    names = [
        f"{action_id} {text or ''}"
        for action_id, text in zip(drawn["action_id"], drawn["title"], strict=True)
    ]
    ax.set_yticks(range(len(drawn)), [style.shorten(name, DUE_NAME_CHARACTERS) for name in names])
    ax.axvline(now, color=style.INK, linewidth=1.1, zorder=1)
    above: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "ha": "center"}
    style.label_point(ax, (now, 1), say("today"), (0, 3), color=style.INK, **above)
    ax.set_xlim(first - 9, last + 3)
    ax.set_ylim(len(drawn) - 0.4, -0.6)
    _month_axis(ax)


def _month_axis(ax: Axes) -> None:
    """Draw a fine line at every month, and name January and July."""
    ax.xaxis.set_minor_locator(MonthLocator())  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(MonthLocator(bymonth=(1, 7)))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: say_month(num2date(x).date())))  # type: ignore[no-untyped-call]
    ax.grid(visible=True, axis="x", which="both", color=style.LINE, linewidth=0.4, alpha=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", left=False, bottom=False, labelsize=style.SMALL)
    style.hide_frame(ax)


def _draw_months(ax: Axes, counts: pd.Series, rows: int) -> None:
    """Draw below how many actions fall due in each month from today, the highest bar with its number."""
    counts = counts[counts > 0]
    floor = rows + MONTHS_HIGH + 0.3
    ax.set_ylim(floor + 0.2, -0.6)
    if counts.empty:
        return
    begin = [number_of_day(month) for month in counts.index]
    width = [month.days_in_month - 3 for month in counts.index]
    highs = counts.to_numpy() / counts.max() * MONTHS_HIGH * 0.8
    ax.bar(begin, -highs, width, bottom=floor, align="edge", color=style.COURSE, alpha=0.45)
    for x, high, number, wide in zip(begin, highs, counts, width, strict=True):
        look: dict[str, Any] = {"fontsize": style.SMALL - 1.5, "color": style.MUTED}
        style.label_point(
            ax, (x + wide / 2, floor - high), f"{number:,}", (0, 1), ha="center", va="bottom", **look
        )
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    ax.set_yticks([*range(rows), floor - 0.5], [*labels, say("all, by month")])


def _due_note(frame: pd.DataFrame, counts: DueCounts, today: pd.Timestamp, drawn: int) -> str:
    """Say below what was counted, and what is not drawn; nothing where no day is known, for then nothing was counted."""
    if pd.isna(today):
        return ""
    left, beyond, none = counts.overdue + counts.soon + counts.later - drawn, counts.beyond, counts.none
    parts = [say("open actions as of {day}", day=say_day(today.date()))]
    if (frame["due"].astype("datetime64[s]") < today - pd.Timedelta(days=BACK_DAYS)).any():
        parts.append(say("at the left edge: overdue for over {n} days", n=BACK_DAYS))
    if left:
        parts.append(say_n("{n:,} more is not named", "{n:,} more are not named", left))
    if beyond:
        parts.append(say_n("{n:,} falls due after these months", "{n:,} fall due after these months", beyond))
    if none:
        parts.append(say_n("{n:,} has no due date", "{n:,} have no due date", none))
    return say_in_turn(PARTS, parts)


LOAD_ROW, LOAD_MARGIN = 0.22, 1.0
MOST_BARS = 20
LOAD_HEAD = -0.95
LOAD_NAME_CHARACTERS = 18
LOAD_TITLE_CHARACTERS = 30
COLUMNS = {"open": style.COURSE, "overdue": style.ACT, "due_in_30_days": style.WATCH, "stalled": style.MUTED}


def owner_load(source: ChartInput, *, most: int = MOST_BARS, ax: Axes | None = None) -> Axes:
    """Draw the open actions of every accountable owner: overdue dark red, due within 30 days orange.

    Args:
        source: the frame that ``theorytopractice.owner_load`` returns, or a plan, as of today.
        most: how many rows are drawn, nobody among them; who has no open action is left out.
        ax: where to draw; a new figure unless given.
    """
    load = frame_of(source, load_of, "owner_load(plan)", *LOAD_COLUMNS)
    busy = load[(load["open"] > 0) | load["owner_id"].isna()]
    frame = busy.head(most)
    with style.chart(ax, LOAD_MARGIN + LOAD_ROW * len(frame)) as axes:
        _draw_bars(axes, frame)
        _draw_numbers(axes, frame)
        style.hide_frame(axes, keep=("left",))
        left_out = len(busy) - len(frame)
        more = (
            say_n("{n:,} more owner is not drawn", "{n:,} more owners are not drawn", left_out)
            if left_out
            else ""
        )
        style.set_note(axes, say_in_turn(PARTS, [say("open actions"), more]), width=LOAD_TITLE_CHARACTERS)
        style.set_title(axes, load_title(load), pad=20, width=LOAD_TITLE_CHARACTERS)
    return axes


def load_title(frame: pd.DataFrame) -> str:
    """Say what is seen: what nobody has, and who has the most overdue."""
    counts = load_summary(frame)
    unowned = say_n(
        "{n:,} open action has no accountable owner",
        "{n:,} open actions have no accountable owner",
        counts.unowned,
    )
    ownership = unowned if counts.unowned else say("Every open action has an owner")
    if counts.worst is None:
        return ownership if counts.unowned else say("No action is open")
    if not counts.overdue:
        return say_in_turn(PARTS, [ownership, say("none of the owners' is overdue")])
    name = style.shorten(_owner_name(counts.worst), LOAD_TITLE_CHARACTERS)
    most = say("most overdue: {name}, {n:,}", name=name, n=counts.overdue)
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
    style.label_right(ax, LOAD_HEAD, list(zip(heads, inks, strict=True)))
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
    ax.set_yticks(
        rows, [style.shorten(_owner_name(row), LOAD_NAME_CHARACTERS) for _, row in frame.iterrows()]
    )
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
        _name_matrix(
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
    counts = themes_summary(frame)
    if not counts.n_owners:
        if not counts.n_unowned:
            return say("No action is live")
        return say_n(
            "In {n} theme some action has no owner",
            "In {n} themes some action has no owner",
            counts.n_unowned,
        )
    nobody = say_n(
        "in {n} theme some action has no owner", "in {n} themes some action has no owner", counts.n_unowned
    )
    if counts.n_owners > 1:
        spread_text = say_n(
            "{owners} owners have live actions in {n} theme, nobody in more",
            "{owners} owners have live actions in {n} themes, nobody in more",
            counts.n_themes,
            owners=counts.n_owners,
        )
    else:
        spread_text = say_n(
            "{name} has live actions in {n} theme, more than anybody else",
            "{name} has live actions in {n} themes, more than anybody else",
            counts.n_themes,
            name=counts.name,
        )
    return say_in_turn(PARTS, [spread_text, nobody if counts.n_unowned else ""])


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


def _name_matrix(ax: Axes, owners: list[str], themes: list[str]) -> None:
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

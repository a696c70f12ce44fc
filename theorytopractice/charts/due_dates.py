"""What is overdue, and what falls due in the next twelve months? A mark for each open action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.dates import MonthLocator, num2date
from matplotlib.ticker import FuncFormatter

from theorytopractice.assessment.workload import AHEAD_MONTHS, due_by_month, when_due
from theorytopractice.assessment.workload import agenda as agenda_of
from theorytopractice.charts import style
from theorytopractice.charts.axes import frame_of, number_of_day
from theorytopractice.i18n import PARTS, say, say_day, say_in_turn, say_month, say_n, say_short_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theorytopractice.charts.axes import ChartInput


ROW, MARGIN, EMPTY = 0.24, 1.25, 1.0
MOST = 14
BACK_DAYS = 90
TITLE_CHARACTERS, NAME_CHARACTERS, NOTE_CHARACTERS = 33, 30, 44
WIDTH = 5.2
MONTHS_HIGH = 1.7
LOOKS = {"overdue": ("^", style.ACT), "soon": ("D", style.WATCH), "later": ("o", style.COURSE)}
"""When an action is due → shape and colour of its mark: ▲, ◆ and ●."""


COLUMNS = ("action_id", "title", "due", "as_of")


def due_dates(source: ChartInput, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw when open actions fall due: overdue ones as ▲, those due within 30 days as ◆, later ones as ●.

    The overdue ones and those of the next twelve months are drawn, so many at most; where there are more, bars
    below count by month all that fall due from today.

    Args:
        source: the frame that ``theorytopractice.agenda`` returns, or a plan, as of today.
        most: how many actions are drawn by name.
        ax: where to draw; a new figure unless given.
    """
    frame = frame_of(source, agenda_of, "agenda(plan)", *COLUMNS)
    today = pd.Timestamp(frame.attrs["as_of"]) if "as_of" in frame.attrs else _day_of(frame)
    rows = frame.assign(when=when_due(frame, today))
    near = rows[rows["when"].isin(list(LOOKS))]
    drawn = earliest(near, near["when"] == "overdue", most)
    has_months = len(near) > len(drawn)
    height = MARGIN + ROW * (len(drawn) + (MONTHS_HIGH + 1 if has_months else 0)) if len(drawn) else EMPTY
    with style.chart(ax, height, WIDTH) as axes:
        if len(drawn):
            _draw(axes, drawn, today)
            if has_months:
                _draw_months(axes, due_by_month(frame, today), len(drawn))
        else:
            axes.set_axis_off()
        style.set_note(axes, _note(rows, today, len(drawn)), width=NOTE_CHARACTERS)
        style.set_title(axes, title(rows), pad=16 if len(drawn) else 9, width=TITLE_CHARACTERS)
    return axes


def title(frame: pd.DataFrame) -> str:
    """Say what is seen: how many are overdue, due within 30 days, and due after that within twelve months."""
    counts = frame["when"].value_counts()
    overdue, soon, later = (int(counts.get(name, 0)) for name in LOOKS)
    if not len(frame):
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


def earliest(rows: pd.DataFrame, is_overdue: pd.Series, most: int) -> pd.DataFrame:
    """Choose which actions to name: the earliest, but what is not overdue keeps up to half of the rows."""
    overdue, coming = rows[is_overdue], rows[~is_overdue]
    late = overdue.head(max(most - min(len(coming), most // 2), 0))
    return pd.concat([late, coming.head(most - len(late))])


def _draw(ax: Axes, drawn: pd.DataFrame, today: pd.Timestamp) -> None:
    """Draw a row for each action: its mark, a line to today, and its due date beside."""
    now = number_of_day(today)
    first = now - (BACK_DAYS if (drawn["when"] == "overdue").any() else 12)
    last = number_of_day(today + pd.DateOffset(months=AHEAD_MONTHS))
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
    ax.set_yticks(range(len(drawn)), [style.shorten(name, NAME_CHARACTERS) for name in names])
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


def _note(frame: pd.DataFrame, today: pd.Timestamp, drawn: int) -> str:
    """Say below what was counted, and what is not drawn; nothing where no day is known, for then nothing was counted."""
    if pd.isna(today):
        return ""
    counts = frame["when"].value_counts()
    beyond, none = int(counts.get("beyond", 0)), int(counts.get("none", 0))
    left = len(frame) - beyond - none - drawn
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

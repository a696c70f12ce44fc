"""How long does it take, and when will it be done? Steps that rise with time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from matplotlib.dates import date2num
from matplotlib.ticker import MaxNLocator

from theorytopractice.assessment import forecast as forecasting
from theorytopractice.assessment import survival as surviving
from theorytopractice.assessment.durations import LAPSED, WAYS_OUT
from theorytopractice.assessment.survival import (
    DAYS_IN_MONTH,
    MONTHS,
    WORDS,
    comparison,
    group_name,
    percent,
    spell,
)
from theorytopractice.charts import style
from theorytopractice.charts.axes import date_axis, percent_axis
from theorytopractice.i18n import CLAUSES, PARTS, say, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Disposition

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from theorytopractice.assessment.forecast import Forecast
    from theorytopractice.assessment.survival import Survival
    from theorytopractice.charts.axes import ChartInput, Plan


if TYPE_CHECKING:
    Label: TypeAlias = tuple[float, str, str]
    Steps: TypeAlias = tuple[np.ndarray, np.ndarray]

HEIGHT = 3.1
MOST_GROUPS = 4
LOOKS = (
    (style.PRACTICE, "-"),
    (style.WATCH, (0, (5, 1.5))),
    (style.COURSE, (0, (1.2, 1.2))),
    (style.ACT, (0, (6, 1.5, 1.2, 1.5))),
)
FILLS: dict[str, tuple[str, str]] = {
    Disposition.REJECTED: ("#d9d9d9", ""),
    Disposition.SUPERSEDED: ("#ececec", "////"),
    Disposition.RETIRED: ("#f5f5f5", "--"),
}
LABEL_GAP = 0.075
NAME_CHARACTERS = 22
NOTE_CHARACTERS = 60


def survival(given: Survival | ChartInput, *, by: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of findings in practice over the months since they were recorded, with its 95 % band.

    Args:
        given: what ``survival`` returned, or a plan or frame of durations, of which it is then estimated.
        by: one line a theme, kind, certainty or unit; the largest four are drawn.
        ax: where to draw; a new figure unless given.
    """
    found = given if isinstance(given, surviving.Survival) else surviving.survival(given, by=by)
    names = sorted(found.groups, key=lambda name: -found.groups[name].n)[:MOST_GROUPS]
    drawn = {name: found.groups[name] for name in names} or {"": found}
    with style.style():
        ax = ax if ax is not None else style.new_axes(HEIGHT)
        labels = []
        for (name, one), (colour, dash) in zip(drawn.items(), LOOKS, strict=False):
            x, y = _steps(one.incidence[one.event], one.longest_days)
            ax.step(x, y, where="post", color=colour, linestyle=dash, linewidth=1.8)
            if not found.groups:
                low, high = (
                    _steps(one.incidence[one.event], one.longest_days, of)[1] for of in ("low", "high")
                )
                ax.fill_between(x, low, high, step="post", color=colour, alpha=0.13, linewidth=0)
            label = style.plain(group_name(found, name))[:NAME_CHARACTERS] if name else ""
            if found.groups:
                ax.plot([x[-1], 1e4], [y[-1], y[-1]], color=colour, linewidth=0.6, alpha=0.5)
            labels.append((y[-1], _labelled(label, y[-1]), colour))
        _shares(ax, found)
        _name_ends(ax, labels if found.n else [])
        _left_out(ax, found, names)
        style.set_title(ax, _title(found))
    return ax


def incidence(given: Survival | ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw how findings left the shelf over the months since they were recorded, one layer a way.

    Args:
        given: what ``survival`` returned, or a plan or frame of durations, of which it is then estimated.
        ax: where to draw; a new figure unless given.
    """
    found = given if isinstance(given, surviving.Survival) else surviving.survival(given)
    with style.style():
        ax = ax if ax is not None else style.new_axes(HEIGHT)
        _name_ends(ax, _draw_layers(ax, found))
        _shares(ax, found)
        _left_out(ax, found, [])
        style.set_title(ax, _ways(found))
    return ax


def forecast(given: Forecast | Plan, *, ax: Axes | None = None) -> Axes:
    """Draw the chance that all open actions are done, week by week, with the days of 50, 85 and 95 %.

    Args:
        given: what ``forecast`` returned, or a plan, of which it is then made as of today.
        ax: where to draw; a new figure unless given.
    """
    found = given if isinstance(given, forecasting.Forecast) else forecasting.forecast(given)
    with style.style():
        ax = ax if ax is not None else style.new_axes(HEIGHT)
        if not found.milestones or not found.remaining:
            ax.set_axis_off()
        else:
            _draw_chances(ax, found)
        note = style.wrap(_chance_of(found), NOTE_CHARACTERS)
        ax.set_xlabel(note, loc="left", fontsize=style.SMALL, color=style.MUTED)
        style.set_title(ax, _promise(found))
    return ax


def _draw_layers(ax: Axes, found: Survival) -> list[Label]:
    """Draw one layer a way out on top of the other, and return their names with those still waiting."""
    words = WORDS[found.event]
    ways = [found.event, *(way for way in WAYS_OUT if found.endings[way])]
    x = _days(found, ways)
    floor, labels = np.zeros(len(x)), []
    for way in ways:
        top = floor + _at(found.incidence[way], x)
        colour, hatch = FILLS.get(way, (style.PRACTICE, ""))
        look: dict[str, Any] = {
            "facecolor": colour,
            "hatch": hatch,
            "edgecolor": style.MUTED,
            "linewidth": 0.3,
        }
        ax.fill_between(x / DAYS_IN_MONTH, floor, top, step="post", **look)
        name = say(words.state) if way == found.event else name_of(way)
        ink = style.PRACTICE if way == found.event else style.MUTED
        labels.append(((floor[-1] + top[-1]) / 2, _labelled(name, top[-1] - floor[-1]), ink))
        floor = top
    labels.append(((floor[-1] + 1) / 2, _labelled(say(words.waiting), found.waiting), style.MUTED))
    return labels if found.n else []


def _draw_chances(ax: Axes, found: Forecast) -> None:
    """Draw the rising chance, and drop a line to the day of each milestone."""
    has_days = "on" in found.chances
    x = date2num(found.chances["on"]) if has_days else found.chances["weeks"].to_numpy(dtype=np.float64)  # type: ignore[no-untyped-call]
    y = found.chances["chance"].to_numpy()
    ax.fill_between(x, 0, y, step="post", color=style.COURSE, alpha=0.15, linewidth=0)
    ax.step(x, y, where="post", color=style.COURSE, linewidth=1.8)
    for one in found.milestones:
        place = x[one.weeks]
        ax.plot([place, place], [0, y[one.weeks]], color=style.INK, linewidth=0.9, linestyle=":")
        ax.plot([place], [y[one.weeks]], marker="o", markersize=4.5, color=style.INK)
        share = f"{100 * one.chance:.0f}"
        label = (
            say("{share} %: {day}", share=share, day=one.on)
            if one.on
            else say("{share} %: {n} weeks", share=share, n=one.weeks)
        )
        at: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "va": "bottom"}
        ax.annotate(label, (place, y[one.weeks]), (-5, 1), fontsize=style.SMALL, **at)
    if has_days:
        date_axis(ax)
    ax.set_ylim(0, 1.08)
    percent_axis(ax)
    ax.set_yticks([0, 0.5, 1])
    ax.tick_params(labelsize=style.SMALL, color=style.LINE, labelcolor=style.MUTED)
    ax.margins(x=0.02)
    style.hide_frame(ax, keep=("left", "bottom"))


def _steps(reached: pd.DataFrame, until: float | None, column: str = "share") -> Steps:
    """Return a rising step line from zero to the end of the follow-up, in months."""
    end = until or 0
    days = np.concatenate([[0], reached["days"].to_numpy(dtype=np.float64), [end]])
    y = np.concatenate([[0.0], reached[column].to_numpy(dtype=np.float64)])
    return days / DAYS_IN_MONTH, np.append(y, y[-1])


def _days(found: Survival, ways: list[str]) -> np.ndarray:
    """Return every day on which some share grows, from 0 to the end of the follow-up."""
    grows = [found.incidence[way]["days"].to_numpy(dtype=np.float64) for way in ways]
    return np.unique(np.concatenate([[0.0, found.longest_days or 0.0], *grows]))


def _at(reached: pd.DataFrame, x: np.ndarray) -> np.ndarray:
    """Return the share reached by each day."""
    shares = np.concatenate([[0.0], reached["share"].to_numpy(dtype=np.float64)])
    return shares[np.searchsorted(reached["days"].to_numpy(dtype=np.float64), x, side="right")]


def _shares(ax: Axes, found: Survival) -> None:
    """Set the axes of a share over months."""
    if not found.n:
        ax.set_axis_off()
    ax.set_ylim(0, 1)
    ax.set_xlim(0, max((found.longest_days or 0) / DAYS_IN_MONTH, 1))
    percent_axis(ax)
    ax.set_yticks([0, 0.5, 1])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 3, 6, 10]))
    ax.tick_params(labelsize=style.SMALL, color=style.LINE, labelcolor=style.MUTED)
    ax.axhline(0.5, color=style.LINE, linewidth=0.8, zorder=0)
    style.hide_frame(ax, keep=("left", "bottom"))


def _name_ends(ax: Axes, labels: list[Label]) -> None:
    """Name each line or layer beside the right edge at its height, kept apart from the others."""
    height = -1.0
    for y, words, colour in sorted(labels):
        height = max(y, height + LABEL_GAP)
        at: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": style.SMALL}
        ax.text(1.015, height, style.plain(words), color=colour, **at)


def _left_out(ax: Axes, found: Survival, names: list[str]) -> None:
    """Say below what was counted and what is not drawn."""
    is_lapse = found.event == LAPSED
    since = (
        say("months since first in practice") if is_lapse else say("months since the finding was recorded")
    )
    counted = say_n("{n:,} finding", "{n:,} findings", found.n)
    if found.as_of:
        counted = say("{counted} as of {day}", counted=counted, day=found.as_of)
    if len(names) < len(found.groups):
        left_out = say("the {n} largest of {of} groups", n=len(names), of=len(found.groups))
        counted = say_in_turn(CLAUSES, [counted, left_out])
    note = say_in_turn(PARTS, [since, counted])
    ax.set_xlabel(style.wrap(note, NOTE_CHARACTERS), loc="left", fontsize=style.SMALL, color=style.MUTED)


def _title(found: Survival) -> str:
    """Say what the steps show: the shares within 6, 12 and 24 months and the median; of groups, whether they differ."""
    words = WORDS[found.event]
    if not found.n:
        return say("No finding was followed")
    if found.by:
        return say("{what}: {found}", what=say(words.headline), found=comparison(found))
    told = [
        say("{share} % within {months} months", share=percent(one.share), months=MONTHS[one.days])
        for one in found.within
        if one.share is not None
    ]
    if found.median_days is None:
        half = say("fewer than half after {time}", time=spell(found.longest_days or 0))
    else:
        half = say("half after {time}", time=spell(found.median_days))
    return say("{what}: {found}", what=say(words.headline), found=say_in_turn(CLAUSES, [*told, half]))


def _ways(found: Survival) -> str:
    """Say which share left by each way by the end of the follow-up."""
    words = WORDS[found.event]
    if not found.n:
        return say("No finding was followed")
    left = say(words.by_then, share=percent(found.final_share(found.event)))
    closed = say("{share} % closed", share=percent(found.closed)) if found.closed else ""
    waiting = say(words.share_waiting, share=percent(found.waiting))
    shares = say_in_turn(CLAUSES, [left, closed, waiting])
    return say("After {time} {shares}", time=spell(found.longest_days or 0), shares=shares)


def _labelled(name: str, share: float) -> str:
    """Name a line or a layer with its share."""
    if not name:
        return say("{share} %", share=percent(share))
    return say("{name} {share} %", name=name, share=percent(share))


def _chance_of(found: Forecast) -> str:
    """Say below which chance is drawn."""
    history = say("{n} weeks of history", n=len(found.history))
    if not found.as_of:
        said = say("chance that all actions open are done ({n:,})", n=found.remaining)
    else:
        said = say(
            "chance that all actions open as of {day} are done ({n:,})", day=found.as_of, n=found.remaining
        )
    return say_in_turn(PARTS, [said, history])


def _promise(found: Forecast) -> str:
    """Say by when the open actions will be done."""
    if found.cannot_tell:
        return say("When the open actions will be done: cannot tell, {why}", why=found.cannot_tell)
    if not found.remaining:
        return say("No action is open")
    likely, sure = found.milestones[0], found.milestones[-1]

    def when(one: forecasting.Milestone) -> str:
        return str(one.on) if one.on else say("{n} weeks from now", n=one.weeks)

    return say(
        "All done as likely as not by {likely}, almost surely by {sure}", likely=when(likely), sure=when(sure)
    )

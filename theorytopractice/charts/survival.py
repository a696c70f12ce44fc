"""How long does it take, and when will it be done? Steps that rise with time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.dates import date2num
from matplotlib.ticker import MaxNLocator

from theorytopractice.assessment import forecast as forecasting
from theorytopractice.assessment import survival as surviving
from theorytopractice.assessment.durations import LAPSED, WAYS_OUT
from theorytopractice.assessment.figures import percent
from theorytopractice.assessment.outlook import CHANCES
from theorytopractice.assessment.survival import (
    DAYS_IN_MONTH,
    MONTHS,
    WORDS,
    comparison,
    group_name,
    spell,
)
from theorytopractice.charts import style
from theorytopractice.charts.style import date_axis, label_edge, no_frame, share_axis, with_columns
from theorytopractice.i18n import CLAUSES, PARTS, say, say_in_turn, say_n, say_share
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Disposition

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theorytopractice.assessment.forecast import Forecast
    from theorytopractice.assessment.survival import Survival
    from theorytopractice.charts.style import ChartInput, Label, Plan

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


def survival(source: Survival | ChartInput, *, by: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of findings in practice over the months since they were recorded, with its 95 % band.

    Args:
        source: what ``survival`` returned, or a plan or frame of durations, of which it is then estimated.
        by: one line a theme, kind, certainty or unit; the largest four are drawn.
        ax: where to draw; a new figure unless given.
    """
    estimate = _estimate(source, by=by)
    names = sorted(estimate.groups, key=lambda name: -estimate.groups[name].n)[:MOST_GROUPS]
    drawn = {name: estimate.groups[name] for name in names} or {"": estimate}
    with style.chart(ax, HEIGHT) as axes:
        labels = []
        for (name, group), (colour, dash) in zip(drawn.items(), LOOKS, strict=False):
            x, y = _steps(group.incidence[group.event], group.longest_days)
            axes.step(x, y, where="post", color=colour, linestyle=dash, linewidth=1.8)
            if not estimate.groups:
                low, high = (
                    _steps(group.incidence[group.event], group.longest_days, of)[1] for of in ("low", "high")
                )
                axes.fill_between(x, low, high, step="post", color=colour, alpha=0.13, linewidth=0)
            label = style.plain(group_name(estimate, name))[:NAME_CHARACTERS] if name else ""
            if estimate.groups:
                axes.plot([x[-1], 1e4], [y[-1], y[-1]], color=colour, linewidth=0.6, alpha=0.5)
            labels.append((y[-1], _label(label, y[-1]), colour))
        _share_over_months(axes, estimate)
        label_edge(axes, labels if estimate.n else [], LABEL_GAP)
        _write_note(axes, estimate, names)
        style.set_title(axes, _survival_title(estimate))
    return axes


def incidence(source: Survival | ChartInput, *, ax: Axes | None = None) -> Axes:
    """Draw how findings left the shelf over the months since they were recorded, one layer a way.

    Args:
        source: what ``survival`` returned, or a plan or frame of durations, of which it is then estimated.
        ax: where to draw; a new figure unless given.
    """
    estimate = _estimate(source)
    with style.chart(ax, HEIGHT) as axes:
        labels = _draw_layers(axes, estimate)
        _share_over_months(axes, estimate)
        label_edge(axes, labels, LABEL_GAP)
        _write_note(axes, estimate, [])
        style.set_title(axes, _incidence_title(estimate))
    return axes


def forecast(source: Forecast | Plan, *, ax: Axes | None = None) -> Axes:
    """Draw the chance that all open actions are done, week by week, with the days of 50, 85 and 95 %.

    Args:
        source: what ``forecast`` returned, or a plan, of which it is then made as of today.
        ax: where to draw; a new figure unless given.
    """
    if isinstance(source, pd.DataFrame):
        raise no_frame("forecast(plan)")
    outlook = source if isinstance(source, forecasting.Forecast) else forecasting.forecast(source)
    with style.chart(ax, HEIGHT) as axes:
        if not outlook.milestones or not outlook.remaining:
            axes.set_axis_off()
        else:
            _draw_chances(axes, outlook)
        style.set_note(axes, _forecast_note(outlook))
        style.set_title(axes, _forecast_title(outlook))
    return axes


def _estimate(source: Survival | ChartInput, *, by: str | None = None) -> Survival:
    """Return what was estimated already, or estimate it of a plan or a frame of durations."""
    if isinstance(source, surviving.Survival):
        return source
    if isinstance(source, pd.DataFrame):
        with_columns(source, "durations(plan)", "days", "ending")
    return surviving.survival(source, by=by)


def _draw_layers(ax: Axes, estimate: Survival) -> list[Label]:
    """Draw one layer a way out on top of the other, and return their names with those still waiting."""
    words = WORDS[estimate.event]
    ways = [estimate.event, *(way for way in WAYS_OUT if estimate.endings[way])]
    x = _days(estimate, ways)
    floor, labels = np.zeros(len(x)), []
    for way in ways:
        top = floor + _share_by(estimate.incidence[way], x)
        colour, hatch = FILLS.get(way, (style.PRACTICE, ""))
        look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": style.MUTED}
        ax.fill_between(x / DAYS_IN_MONTH, floor, top, step="post", linewidth=0.3, **look)
        name = say(words.state) if way == estimate.event else name_of(way)
        ink = style.PRACTICE if way == estimate.event else style.MUTED
        labels.append(((floor[-1] + top[-1]) / 2, _label(name, top[-1] - floor[-1]), ink))
        floor = top
    labels.append(((floor[-1] + 1) / 2, _label(say(words.waiting), estimate.waiting), style.MUTED))
    return labels if estimate.n else []


def _draw_chances(ax: Axes, outlook: Forecast) -> None:
    """Draw the rising chance, and drop a line to the day of each milestone."""
    has_days = "on" in outlook.chances
    x = date2num(outlook.chances["on"]) if has_days else outlook.chances["weeks"].to_numpy(dtype=np.float64)  # type: ignore[no-untyped-call]
    y = outlook.chances["chance"].to_numpy()
    drawn: dict[str, Any] = (
        {} if has_days else {"drawstyle": "steps-post"}
    )  # within a week the chance of a day grows
    ax.fill_between(x, 0, y, step=None if has_days else "post", color=style.COURSE, alpha=0.15, linewidth=0)
    ax.plot(x, y, color=style.COURSE, linewidth=1.8, **drawn)
    for milestone in outlook.milestones:
        place = date2num(milestone.on) if milestone.on else x[milestone.weeks]  # type: ignore[no-untyped-call]
        height = milestone.chance if milestone.on else y[milestone.weeks]
        ax.plot([place, place], [0, height], color=style.INK, linewidth=0.9, linestyle=":")
        ax.plot([place], [height], marker="o", markersize=4.5, color=style.INK)
        share = say_share(milestone.chance)
        label = (
            say("{share}: {day}", share=share, day=milestone.on)
            if milestone.on
            else say("{share}: {n} weeks", share=share, n=milestone.weeks)
        )
        style.label_point(ax, (place, height), label, (-5, 1), ha="right", va="bottom")
    if has_days:
        date_axis(ax)
    share_axis(ax, 1.08)
    ax.margins(x=0.02)


def _steps(reached: pd.DataFrame, until: float | None, column: str = "share") -> Steps:
    """Return a rising step line from zero to the end of the follow-up, in months."""
    end = until or 0
    days = np.concatenate([[0], reached["days"].to_numpy(dtype=np.float64), [end]])
    y = np.concatenate([[0.0], reached[column].to_numpy(dtype=np.float64)])
    return days / DAYS_IN_MONTH, np.append(y, y[-1])


def _days(estimate: Survival, ways: list[str]) -> np.ndarray:
    """Return every day on which some share grows, from 0 to the end of the follow-up."""
    grows = [estimate.incidence[way]["days"].to_numpy(dtype=np.float64) for way in ways]
    return np.unique(np.concatenate([[0.0, estimate.longest_days or 0.0], *grows]))


def _share_by(reached: pd.DataFrame, x: np.ndarray) -> np.ndarray:
    """Return the share reached by each day."""
    shares = np.concatenate([[0.0], reached["share"].to_numpy(dtype=np.float64)])
    return shares[np.searchsorted(reached["days"].to_numpy(dtype=np.float64), x, side="right")]


def _share_over_months(ax: Axes, estimate: Survival) -> None:
    """Set the axes of a share over months."""
    if not estimate.n:
        ax.set_axis_off()
    share_axis(ax)
    ax.set_xlim(0, max((estimate.longest_days or 0) / DAYS_IN_MONTH, 1))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 3, 6, 10]))
    ax.axhline(0.5, color=style.LINE, linewidth=0.8, zorder=0)


def _write_note(ax: Axes, estimate: Survival, names: list[str]) -> None:
    """Say below what was counted and what is not drawn."""
    is_lapse = estimate.event == LAPSED
    since = (
        say("months since first in practice") if is_lapse else say("months since the finding was recorded")
    )
    count_text = say_n("{n:,} finding", "{n:,} findings", estimate.n)
    if estimate.as_of:
        count_text = say("{counted} as of {day}", counted=count_text, day=estimate.as_of)
    if len(names) < len(estimate.groups):
        largest = say("the {n} largest of {of} groups", n=len(names), of=len(estimate.groups))
        count_text = say_in_turn(CLAUSES, [count_text, largest])
    undated = len(estimate.undated)
    without = say_n("{n:,} without a known date left out", "{n:,} without a known date left out", undated)
    note = say_in_turn(PARTS, [since, count_text, *([without] if undated else [])])
    style.set_note(ax, note)


def _survival_title(estimate: Survival) -> str:
    """Say what the steps show: the shares within 6, 12 and 24 months and the median; of groups, whether they differ."""
    words = WORDS[estimate.event]
    if not estimate.n:
        return say("No finding was followed")
    if estimate.by:
        return say("{what}: {found}", what=say(words.headline), found=comparison(estimate))
    shares = [
        say("{share} within {months} months", share=say_share(within.share), months=MONTHS[within.days])
        for within in estimate.within
        if within.share is not None
    ]
    if estimate.median_days is None:
        half = say("fewer than half after {time}", time=spell(estimate.longest_days or 0))
    else:
        half = say("half after {time}", time=spell(estimate.median_days))
    return say("{what}: {found}", what=say(words.headline), found=say_in_turn(CLAUSES, [*shares, half]))


def _incidence_title(estimate: Survival) -> str:
    """Say which share left by each way by the end of the follow-up."""
    words = WORDS[estimate.event]
    if not estimate.n:
        return say("No finding was followed")
    left = say(words.by_then, share=percent(estimate.final_share(estimate.event)))
    closed = say("{share} closed", share=say_share(estimate.closed)) if estimate.closed else ""
    waiting = say(words.share_waiting, share=percent(estimate.waiting))
    shares = say_in_turn(CLAUSES, [left, closed, waiting])
    return say("After {time} {shares}", time=spell(estimate.longest_days or 0), shares=shares)


def _label(name: str, share: float) -> str:
    """Name a line or a layer with its share."""
    if not name:
        return say_share(share)
    return say("{name} {share}", name=name, share=say_share(share))


def _forecast_note(outlook: Forecast) -> str:
    """Say below which chance is drawn."""
    history = say("{n} weeks of history", n=len(outlook.history))
    if not outlook.as_of:
        chance = say("chance that all actions open are done ({n:,})", n=outlook.remaining)
    else:
        chance = say(
            "chance that all actions open as of {day} are done ({n:,})",
            day=outlook.as_of,
            n=outlook.remaining,
        )
    return say_in_turn(PARTS, [chance, history])


def _forecast_title(outlook: Forecast) -> str:
    """Say by when the open actions will be done."""
    if outlook.cannot_tell:
        return say("When the open actions will be done: cannot tell, {why}", why=outlook.cannot_tell)
    if not outlook.remaining:
        return say("No action is open")
    likely, sure = outlook.milestones[0], outlook.milestones[-1]

    def when(milestone: forecasting.Milestone) -> str:
        return str(milestone.on) if milestone.on else say("{n} weeks from now", n=milestone.weeks)

    if sure.chance < CHANCES[-1]:
        return say(
            "All done as likely as not by {likely}, but perhaps not within twenty years", likely=when(likely)
        )
    return say(
        "All done as likely as not by {likely}, almost surely by {sure}", likely=when(likely), sure=when(sure)
    )

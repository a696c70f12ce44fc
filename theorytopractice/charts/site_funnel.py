"""Do the sites of an experience differ by more than chance? Effects over their standard errors, with limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.pooled_effect import funnel_limits, n_outside, pooled_effect
from theorytopractice.assessment.verdict_words import format_number
from theorytopractice.charts import style
from theorytopractice.charts.style import frame_of, small_ticks
from theorytopractice.i18n import say, say_n

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theorytopractice.charts.style import ChartInput

HEIGHT = 3.6
NAME_CHARACTERS = 22


def site_funnel(source: ChartInput, finding_id: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw the effect at each site over its standard error, the average of all, and the limits of chance.

    Args:
        source: the frame that ``pooled_effect`` returns, or a plan, whose sites are then pooled as of today.
        finding_id: which experience; the first one with two sites unless given.
        ax: where to draw; a new figure unless given.
    """
    columns = ("finding_id", "unit", "site", "effect", "low", "high", "se", "n_sites")
    frame = _chosen(frame_of(source, pooled_effect, "pooled_effect(plan)", *columns), finding_id)
    with style.chart(ax, HEIGHT) as axes:
        if frame.empty:
            style.no_ticks(axes)
            style.hide_frame(axes)
            style.set_title(axes, say("No experience has two sites whose effect is known."))
            return axes
        limits = funnel_limits(frame)
        for name, dash in (("95", (0, (5, 1.5))), ("99.8", "-")):
            for end in ("low", "high"):
                label = say("{share} % limits", share=name) if end == "low" else None
                axes.plot(
                    limits[f"{end}_{name}"],
                    limits["se"],
                    color=style.COURSE,
                    linestyle=dash,
                    linewidth=1,
                    label=label,
                )
        axes.axvline(limits.attrs["centre"], color=style.COURSE, linewidth=0.8)
        for site in frame[frame["site"].notna()].to_dict("records"):
            axes.plot(site["effect"], site["se"], "o", color=style.PRACTICE, markeredgecolor=style.PAPER)
            name = style.shorten(style.plain(site["site"]), NAME_CHARACTERS)
            axes.annotate(
                name, (site["effect"], site["se"]), (4, 3), textcoords="offset points", size=style.SMALL
            )
        axes.set_ylim(limits["se"].max(), 0)
        axes.set_ylabel(say("Standard error"))
        axes.set_xlabel(
            say("Effect since the start ({unit})", unit=style.plain(frame["unit"].fillna("").iloc[0]))
        )
        small_ticks(axes)
        style.hide_frame(axes, keep=("left", "bottom"))
        axes.legend(frameon=False, fontsize=style.SMALL)
        style.set_title(axes, title(frame))
    return axes


def title(frame: pd.DataFrame) -> str:
    """Say what is seen: the average effect, its interval, and how many sites chance does not explain."""
    pooled = frame[frame["site"].isna()].iloc[0]
    return say_n(
        "{finding}, {sites} sites: {effect} on average ({low} to {high}); {n:,} site beyond the 99.8 % limits",
        "{finding}, {sites} sites: {effect} on average ({low} to {high}); {n:,} sites beyond the 99.8 % limits",
        n_outside(frame),
        finding=pooled["finding_id"],
        sites=int(pooled["n_sites"]),
        **{name: format_number(pooled[name]) for name in ("effect", "low", "high")},
    )


def _chosen(frame: pd.DataFrame, finding_id: str | None) -> pd.DataFrame:
    """Return the first set of sites that was pooled, of one experience if one is named."""
    number = frame["site"].isna().shift(1, fill_value=False).cumsum()
    for _, own in frame.groupby(number):
        pooled = own.iloc[-1]
        if pd.notna(pooled["effect"]) and finding_id in (None, pooled["finding_id"]):
            return own
    return frame.iloc[:0]

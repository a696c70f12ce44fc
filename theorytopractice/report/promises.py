"""Are promises kept, and do those they were made to say so? Four numbers side by side, never one index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.language import message, say, say_duration, say_n, say_short_day
from theorytopractice.model.naming import name_of
from theorytopractice.report.html import joined, quiet, table, tag, terms
from theorytopractice.report.shares import is_counted, measured, share_words

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.view import View

MOST = 20
BROKEN = ("missed", "disputed")
SHARES = (
    (
        "kept_on_time_rate",
        message("Kept on time, of those that have come due"),
        message("no promise has come due"),
    ),
    (
        "confirmed_share",
        message("Confirmed by those they were made to, of those kept or disputed"),
        message("no promise was kept or disputed"),
    ),
    (
        "satisfied_share",
        message("Recent surveys of those affected that are satisfied"),
        message("nobody was asked within 400 days"),
    ),
)
"""Measure → what it counts, and what is said where there is nothing to count."""


def promises(view: View) -> Markup:
    """Return the four numbers of trust, and the promises that were missed or are disputed."""
    heading = tag("h3", say("Promises: are they kept?"))
    made = view.commitments[view.commitments["state"] != "unknown"]
    if made.empty:
        return joined([heading, quiet(say("Nothing was promised to anybody."))])
    count = say_n(
        "{n:,} action was promised to somebody.", "{n:,} actions were promised to somebody.", len(made)
    )
    return joined([heading, tag("p", count), terms(_trust(view), name="trust"), _broken(view, made)])


def _trust(view: View) -> list[tuple[str, str]]:
    """Return the four numbers with what each counts."""
    told = []
    for measure, name, nothing in SHARES:
        found = measured(view.measures, measure)
        told.append((say(name), share_words(found) if is_counted(found) else say(nothing)))
    late = measured(view.measures, "median_days_late")
    if not is_counted(late):
        said = say("no promise was kept late")
    else:
        said = say_n(
            "{days} ({n:,} kept late)",
            "{days} ({n:,} kept late)",
            int(late["denominator"]),
            days=say_duration(late["value"]),
        )
    told.insert(1, (say("Median days late, of those kept late"), said))
    return told


def _broken(view: View, made: pd.DataFrame) -> Markup:
    """Name the promises that were missed or are disputed, the longest due first."""
    broken = made[made["state"].isin(BROKEN)].sort_values("effective_due", kind="stable")
    if broken.empty:
        return quiet(say("No promise is missed or disputed."))
    titles = view.tables["action"].set_index("action_id")[["title", "promised_to"]]
    shown = broken.head(MOST).join(titles, on="action_id")
    rows = [
        [
            row["title"],
            row["promised_to"],
            say("no date") if pd.isna(row["effective_due"]) else say_short_day(row["effective_due"].date()),
            name_of(row["state"]),
        ]
        for row in shown.to_dict("records")
    ]
    heads = [say("Promise"), say("Made to"), say("Due"), say("State")]
    listing = table(
        say("Promises that were missed or are disputed, the longest due first"), heads, rows, name="works"
    )
    left = len(broken) - MOST
    more = say_n(
        "{n:,} more promise was missed or is disputed.",
        "{n:,} more promises were missed or are disputed.",
        left,
    )
    return joined([listing, tag("p", more, class_="more") if left > 0 else ""])

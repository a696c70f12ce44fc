"""How do the measures of several plans stand side by side, each with its counts, its interval and its caution?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.measures import CELL, figure_of, measure_caution, measure_name, say_figure
from theorytopractice.html import behind, joined, table
from theorytopractice.i18n import message, say, say_n, say_number, say_part, say_short_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MEASURES = (
    "practice_rate", "cohort_rate_4_1y", "shelf_rate", "lapse_rate", "overdue_rate", "on_time_rate", "evidence_gap",
    "kept_on_time_rate", "median_days_late", "confirmed_share", "satisfied_share", "replication_success",
    "persistence", "revision_share", "staleness_median_days",
)  # fmt: skip
"""Which measures stand side by side; the rates that a caution names stand beside it."""


def comparison_table(views: Mapping[str, ReportData]) -> Markup:
    """Return a table with a column for each plan and a row for each measure, and the cautions behind it."""
    caption = say("The same measures of every plan, with their counts and 95 % intervals")
    rows = [[say(head), *(words(data) for data in views.values())] for head, words in COUNTS.items()]
    rows += [[_head(name), *(_measured(data, name) for data in views.values())] for name in MEASURES]
    shown = table(caption, [say("Measure"), *views], rows, name="abreast")
    return joined([shown, behind(say("What to mind beside each measure"), _cautions(views))])


def _measured(data: ReportData, name: str) -> str:
    """Say a measure of one plan; beside replication success the sites that nobody knows about."""
    text = say_figure(figure_of(data.measures, name), CELL)
    unknown = data.measures.attrs.get("unknown_sites", 0)
    if name != "replication_success" or not unknown:
        return text
    return say_n(
        "{said}; {n:,} site is not known yet", "{said}; {n:,} sites are not known yet", unknown, said=text
    )


def _head(name: str) -> str:
    words = measure_name(name)
    return words[:1].upper() + words[1:]


def _cautions(views: Mapping[str, ReportData]) -> Markup:
    """Return what must be said beside each measure that some plan has something to count of."""
    counted = [
        name for name in MEASURES if any(data.measures.loc[name, "denominator"] for data in views.values())
    ]
    rows = [[_head(name), measure_caution(name)] for name in counted]
    return table(say("What to mind beside each measure"), [say("Measure"), say("Caution")], rows)


def _first_recorded(data: ReportData) -> str:
    """Say when the first finding that is in the plan on the day was recorded."""
    in_plan = data.finding.loc[data.assessed["finding_id"], "recorded_on"]
    first = pd.to_datetime(in_plan, errors="coerce").min()
    return say("no finding yet") if pd.isna(first) else say_short_day(first.date())


COUNTS: dict[str, Callable[[ReportData], str]] = {
    message("As of"): lambda data: say_short_day(data.day),
    message("Reviews counted since"): lambda data: say_short_day(data.since),
    message("First finding recorded"): _first_recorded,
    message("Open findings"): lambda data: say_number(data.counts.n),
    message("In practice or sustained"): lambda data: say_part(data.counts.in_practice, data.counts.n),
    message("Sustained"): lambda data: say_part(data.counts.sustained, data.counts.n),
}
"""What is said of each plan before its measures."""

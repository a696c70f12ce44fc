"""What do we not know, and of what has nothing been heard for longest?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.data_gaps import GAPS, Gap
from theorytopractice.html import Part, joined, quiet, section, table, tag
from theorytopractice.i18n import say, say_duration, say_n, say_number, say_short_day
from theorytopractice.report.summary_line import link

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST_LINKS, MOST_SILENT = 12, 10


def render(data: ReportData) -> Part:
    """What is not known, the gravest for trust first, and the findings of which nothing was heard for longest."""
    return section(
        "unknowns",
        say("What we do not know"),
        _unknowns(data),
        tag("h3", say("The longest silence")),
        _silence(data),
        lead=say("What nobody can say yet, and what that means; the gravest for trust first."),
    )


def _unknowns(data: ReportData) -> Markup:
    """List everything that may not be known; what there is nothing of says so."""
    heads = [say("What is not known"), say("How many"), say("In these findings")]
    caption = say("What is not known in the open findings; a finding may stand in several rows")
    counted = data.data_gaps.to_dict("records")
    rows = [
        [_name(gap), _count(gap, row["n"], row["of"]), _links(row["finding_ids"])]
        for gap, row in zip(GAPS, counted, strict=True)
    ]
    return table(caption, heads, rows, name="unknowns")


def _name(gap: Gap) -> Markup:
    return joined([tag("b", gap.label_text), tag("span", gap.meaning_text, class_="meaning")], " ")


def _count(gap: Gap, n: int, of: int) -> str:
    whole = gap.whole_text(of)
    if not n:
        return say("nothing, of {whole}", whole=whole)
    return say("{part} of {whole}", part=say_number(n), whole=whole)


def _links(finding_ids: list[str]) -> Markup:
    """Return the findings as links, at most twelve."""
    named = joined((link(one) for one in finding_ids[:MOST_LINKS]), " ")
    left = len(finding_ids) - MOST_LINKS
    if left <= 0:
        return named
    return joined([named, " ", say_n("and {n:,} more", "and {n:,} more", left)])


def _silence(data: ReportData) -> Markup:
    """List the ten open findings of which nothing was heard for longest."""
    frame = data.staleness
    if frame.empty:
        return quiet(say("No finding is open."))
    rows = [
        [
            joined([link(row["finding_id"]), " ", data.statement(row["finding_id"])]),
            say_duration(row["days"]),
            say("nothing since it was recorded")
            if pd.isna(row["newest_on"])
            else say_short_day(row["newest_on"].date()),
        ]
        for row in frame.head(MOST_SILENT).to_dict("records")
    ]
    heads = [say("Finding"), say("Silent for"), say("Last heard of")]
    caption = say(
        "Open findings by the time since the newest event, measurement or evidence of them, their actions or "
        "indicators; the longest first"
    )
    left = len(frame) - len(rows)
    more = say_n("{n:,} more open finding is not listed.", "{n:,} more open findings are not listed.", left)
    return joined([table(caption, heads, rows), *([tag("p", more, class_="more")] if left else [])])

"""Where has each experience spread, did it work there, and does anybody say why it works?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.measures import SENTENCE, figure_of, say_figure
from theorytopractice.charts import svg
from theorytopractice.html import Part, joined, listed, quiet, section, table, tag
from theorytopractice.i18n import message, say, say_list, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import FindingKind
from theorytopractice.report.empty_states import closed_text, empty_text, open_findings
from theorytopractice.report.marks import SITE_MARKS, mark_key, mark_strip
from theorytopractice.report.summary_line import link

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST = 12
MOST_MARKS, MOST_NAMED = 24, 6
WAITING = ("idea", "planned")
MEANINGS = (
    (svg.FULL, message("worked")),
    (svg.HALF, message("adopted or started, no result yet")),
    (svg.CROSS, message("did not work, given up, or its core not kept")),
    (svg.EMPTY, message("planned, or only an idea")),
)


def render(data: ReportData) -> Part:
    """The experiences: how many worked elsewhere, and each with its sites."""
    heading = say("Experiences: where have they spread?")
    experiences = open_findings(data, FindingKind.EXPERIENCE)
    if experiences.empty:
        return section("experiences", heading, quiet(empty_text(data, FindingKind.EXPERIENCE)))
    closed = closed_text(data, FindingKind.EXPERIENCE)
    return section(
        "experiences",
        heading,
        tag("p", _success(data)),
        tag("p", closed, class_="since") if closed else None,
        mark_key((mark, say(words)) for mark, words in MEANINGS),
        _list(data, experiences),
        lead=_sentence(data, experiences),
    )


def _sentence(data: ReportData, experiences: pd.DataFrame) -> str:
    """Say how the experiences stand; each is counted once."""
    spread = data.spread
    worked = set(spread.loc[spread["state"] == "worked", "finding_id"])
    tried = set(spread.loc[~spread["state"].isin(WAITING), "finding_id"]) - worked
    n = len(experiences)
    return say(
        "Of {experiences}, {worked}, {tried}, {still}; {unexplained}.",
        experiences=say_n("{n:,} experience", "{n:,} experiences", n),
        worked=say_n("{n:,} worked at another site", "{n:,} worked at another site", len(worked)),
        tried=say_n(
            "{n:,} was tried elsewhere but is not known to work there",
            "{n:,} were tried elsewhere but are not known to work there",
            len(tried),
        ),
        still=say_n(
            "{n:,} has not been tried elsewhere yet",
            "{n:,} have not been tried elsewhere yet",
            n - len(worked) - len(tried),
        ),
        unexplained=_unexplained(sum("unexplained" in flags for flags in experiences["flags"])),
    )


def _unexplained(n: int) -> str:
    if not n:
        return say("why it works is written down for each")
    return say_n(
        "for {n:,} nobody has written down why it works",
        "for {n:,} nobody has written down why they work",
        n,
    )


def _success(data: ReportData) -> str:
    """Say at how many sites with a known result it worked, and how many are not known yet."""
    found, unknown = figure_of(data.measures, "replication_success"), data.measures.attrs["unknown_sites"]
    open_ones = (
        say_n(
            "At {n:,} site the result is not known yet.",
            "At {n:,} sites the result is not known yet.",
            unknown,
        )
        if unknown
        else say("The result is known at every site.")
    )
    if pd.isna(found["value"]):
        return (
            say("No site has a known result yet. {unknown}", unknown=open_ones)
            if unknown
            else say("No other site has taken one over yet.")
        )
    return say(
        "Sites with a known result where it worked: {share}. {unknown} A site counts once for each experience.",
        share=say_figure(found, SENTENCE),
        unknown=open_ones,
    )


def _list(data: ReportData, experiences: pd.DataFrame) -> Markup:
    """Return one row an experience: the sites with what became of it there, and its stage; the widest spread first."""
    sites = data.spread.groupby("finding_id")["site"].size()
    number = experiences["finding_id"].map(sites).fillna(0)
    shown = experiences.assign(sites=number).sort_values("sites", ascending=False, kind="stable").head(MOST)
    spread = data.spread[data.spread["finding_id"].isin(shown["finding_id"])]
    by_finding = dict(list(spread.groupby("finding_id")))
    rows = [
        [
            joined([link(row["finding_id"]), " ", data.statement(row["finding_id"])]),
            say("not written down") if "unexplained" in row["flags"] else say("written down"),
            _sites(by_finding.get(row["finding_id"])),
            name_of(row["stage_name"]),
        ]
        for row in shown.to_dict("records")
    ]
    heads = [say("Experience"), say("Why it works"), say("Other sites"), say("Stage")]
    made = table(
        say("Experiences and the sites that took them over, most sites first"), heads, rows, name="works"
    )
    left = len(experiences) - MOST
    more = say_n(
        "{n:,} more experience is in the list of every finding.",
        "{n:,} more experiences are in the list of every finding.",
        left,
    )
    return joined([made, tag("p", more, class_="more") if left > 0 else ""])


def _sites(spread: pd.DataFrame | None) -> object:
    """Show one mark a site, the best first, and below what happened where."""
    if spread is None:
        return say("no other site")
    marks = [SITE_MARKS.get(state, svg.EMPTY) for state in spread["state"].head(MOST_MARKS)]
    told = [
        _sites_text(str(state), part["site"].tolist()) for state, part in spread.groupby("state", sort=False)
    ]
    return mark_strip(marks, listed(told))


def _sites_text(state: str, sites: list[str]) -> str:
    """Say at which sites it is in one state."""
    left = len(sites) - MOST_NAMED
    names = sites if left <= 0 else [*sites[:MOST_NAMED], say_n("{n:,} more", "{n:,} more", left)]
    return say("{state}: {sites}", state=name_of(state), sites=say_list(names))

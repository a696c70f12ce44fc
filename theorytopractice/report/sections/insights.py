"""Which insights stand on the shelf, which are in practice, and of which did nobody look for an effect?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.flags import flag_label
from theorytopractice.assessment.measures import SENTENCE, figure_of, say_figure
from theorytopractice.html import Part, chart, joined, quiet, section, table, tag
from theorytopractice.i18n import say, say_list, say_n, say_number
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Certainty, FindingKind, Stage
from theorytopractice.report import formatting
from theorytopractice.report.empty_states import closed_text, empty_text, open_findings
from theorytopractice.report.summary_line import link

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST = 10
NOT_LOOKED_FOR = ("no_indicator", "no_target", "no_baseline")
SURE = (Certainty.HIGH, Certainty.MODERATE)


def render(data: ReportData) -> Part:
    """The insights: how far they came, what stands on the shelf, and what was done without looking for an effect."""
    heading = say("Insights: from theory to practice")
    insights = open_findings(data, FindingKind.INSIGHT)
    if insights.empty:
        return section("insights", heading, quiet(empty_text(data, FindingKind.INSIGHT)))
    every = data.assessed
    ids = set(every.loc[every["kind"] == FindingKind.INSIGHT, "finding_id"])
    figures = data.measures_among(ids)
    closed = closed_text(data, FindingKind.INSIGHT)
    return section(
        "insights",
        heading,
        tag("p", closed, class_="since") if closed else None,
        _funnel(figures),
        _shelf(data, insights),
        _unseen(data, insights, figures),
        lead=_sentence(insights),
    )


def _sentence(insights: pd.DataFrame) -> str:
    """Say how the insights stand; each is counted once."""
    stage = insights["stage"].astype(int)
    on_shelf, done, reached = (
        int((stage == one).sum()) for one in (Stage.ON_THE_SHELF, Stage.CARRIED_OUT, Stage.IN_PRACTICE)
    )
    sustained = int((stage > Stage.IN_PRACTICE).sum())
    return say(
        "Of {insights}, {reached}, {done}, {moving}, {shelf}.",
        insights=say_n("{n:,} insight", "{n:,} insights", len(insights)),
        reached=say_n(
            "{n:,} is in practice ({sustained} sustained)",
            "{n:,} are in practice ({sustained} sustained)",
            reached + sustained,
            sustained=say_number(sustained),
        ),
        done=say_n(
            "{n:,} is carried out without a shown effect",
            "{n:,} are carried out without a shown effect",
            done,
        ),
        moving=say_n(
            "{n:,} is planned or under way",
            "{n:,} are planned or under way",
            len(insights) - on_shelf - done - reached - sustained,
        ),
        shelf=say_n("{n:,} stands on the shelf", "{n:,} stand on the shelf", on_shelf),
    )


def _funnel(figures: pd.DataFrame) -> Markup:
    """Show how many insights ever reached each stage, beside how many are there now."""
    counts = figures["numerator"]
    rows = [
        [
            name_of(stage),
            say_number(int(counts[f"funnel_ever_{rung}"])),
            say_number(int(counts[f"funnel_now_{rung}"])),
        ]
        for rung, stage in reversed(list(enumerate(Stage)))
    ]
    caption = say(
        "Insights that ever reached a stage or a higher one, closed ones too, and open ones there now"
    )
    numbers = table(caption, [say("Stage"), say("Ever"), say("Now")], rows, name="numbers")
    drawn = charts.picture(charts.funnel(figures), caption=say("Only insights are counted in this picture."))
    return chart(drawn, numbers)


def _shelf(data: ReportData, insights: pd.DataFrame) -> Markup:
    """List the insights that are known and not done, the longest known first."""
    heading = tag("h3", say("On the shelf: known, not done"))
    known = data.finding["certainty"].fillna(Certainty.UNRATED)
    shelved = insights[["shelved" in flags for flags in insights["flags"]]]
    if shelved.empty:
        return joined([heading, quiet(say("No insight has stood on the shelf for too long."))])
    shelved = shelved.assign(
        certainty=shelved["finding_id"].map(known),
        since=shelved["finding_id"].map(data.standing["counted_from"]),
    )
    sure = int(shelved["certainty"].isin(SURE).sum())
    gaps = say_n(
        "Of those that have stood there for too long, {n:,} is of high or moderate certainty: a gap between knowing and doing.",
        "Of those that have stood there for too long, {n:,} are of high or moderate certainty: gaps between knowing and doing.",
        sure,
    )
    rows = [
        [
            joined([link(row["finding_id"]), " ", data.statement(row["finding_id"])]),
            formatting.known_since(data, row["finding_id"]),
            name_of(row["certainty"]),
            say_list(data.answers(row["finding_id"])[:3]) or name_of("nobody"),
        ]
        for row in shelved.sort_values("since", kind="stable").head(MOST).to_dict("records")
    ]
    heads = [say("Insight"), say("Known since"), say("Certainty"), say("Who answers")]
    made = table(say("Insights on the shelf, the longest known first"), heads, rows, name="works")
    left = len(shelved) - MOST
    more = say_n("{n:,} more insight stands on the shelf.", "{n:,} more insights stand on the shelf.", left)
    return joined(
        [heading, tag("p", gaps) if sure else "", made, tag("p", more, class_="more") if left > 0 else ""]
    )


def _unseen(data: ReportData, insights: pd.DataFrame, figures: pd.DataFrame) -> Markup:
    """List the insights that are carried out although nobody can see an effect."""
    heading = tag("h3", say("Carried out, effect never looked for"))
    gap = figure_of(figures, "evidence_gap")
    if pd.isna(gap["value"]):
        return joined([heading, quiet(say("No insight is carried out yet."))])
    share = say(
        "Carried out without an indicator, a target or a baseline: {share}.", share=say_figure(gap, SENTENCE)
    )
    missing = pd.Series(
        [[flag for flag in NOT_LOOKED_FOR if flag in flags] for flags in insights["flags"]],
        index=insights.index,
        dtype=object,
    )
    unseen = insights.assign(missing=missing)[(insights["stage"] >= Stage.CARRIED_OUT) & missing.map(bool)]
    if unseen.empty:
        return joined([heading, quiet(share)])
    rows = [
        [
            joined([link(row["finding_id"]), " ", data.statement(row["finding_id"])]),
            say_list([flag_label(flag) for flag in row["missing"]]),
        ]
        for row in unseen.head(MOST).to_dict("records")
    ]
    caption = say("Insights that are carried out although nobody looked for an effect")
    made = table(caption, [say("Insight"), say("What is missing")], rows, name="works")
    left = len(unseen) - MOST
    more = say_n("{n:,} more insight is like this.", "{n:,} more insights are like this.", left)
    return joined([heading, tag("p", share), made, tag("p", more, class_="more") if left > 0 else ""])

"""What did we re-examine, what did we revise, and what did we learn anew?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.measures import SENTENCE, figure_of, say_figure
from theorytopractice.html import Part, annex, chart, join, quiet, table, tag
from theorytopractice.i18n import message, say, say_day, say_duration, say_n, say_number, say_short_day
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import FindingEvent, Relation
from theorytopractice.report.marks import finding_html, more_html

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST_REVIEWS, MOST_OVERDUE, MOST_EDGES = 20, 10, 20
GRAVITY = (
    FindingEvent.REVIEW_MATERIAL,
    FindingEvent.SUPERSEDE,
    FindingEvent.RETIRE,
    FindingEvent.REVIEW_REVISED,
    FindingEvent.REVIEW_CONFIRMED,
)
REVISED = (FindingEvent.REVIEW_MATERIAL, FindingEvent.SUPERSEDE, FindingEvent.REVIEW_REVISED)
EDGES = {
    Relation.DERIVED_FROM: message("came from"),
    "superseded_by": message("was superseded by"),
    Relation.CODIFIED_IN: message("was codified in"),
}


def render(data: ReportData) -> Part:
    """What was reviewed in the period, what is overdue for review, what came from what, and the learning loop."""
    heading = say("Learning: what did we re-examine?")
    if data.assessed.empty:
        return annex("learning", heading, quiet(say("The plan has no finding yet.")))
    reviews = data.reviews[data.reviews["reviewed_on"] > pd.Timestamp(data.since)]
    return annex(
        "learning",
        heading,
        _rates(data),
        _loop(data),
        _reviews(data, reviews),
        _overdue(data),
        _lineage(data),
        lead=_sentence(data, reviews),
    )


def _sentence(data: ReportData, reviews: pd.DataFrame) -> str:
    """Say how many findings were re-examined in the period, and how many are overdue for it."""
    revised = reviews.loc[reviews["outcome"].isin(REVISED), "finding_id"].nunique()
    material = reviews.loc[reviews["outcome"] == FindingEvent.REVIEW_MATERIAL, "finding_id"].nunique()
    return say(
        "Since {day}, {reviewed}, {revised} ({material}); of {open}, {overdue}.",
        day=say_day(data.since),
        reviewed=say_n(
            "{n:,} finding was re-examined",
            "{n:,} findings were re-examined",
            reviews["finding_id"].nunique(),
        ),
        revised=say_n(
            "{n:,} of them was revised or superseded", "{n:,} of them were revised or superseded", revised
        ),
        material=say_n("{n:,} changed in meaning", "{n:,} changed in meaning", material),
        open=say_n("{n:,} open finding", "{n:,} open findings", len(data.review_dates)),
        overdue=say_n(
            "{n:,} is overdue for review",
            "{n:,} are overdue for review",
            int((data.review_dates["overdue_days"] > 0).sum()),
        ),
    )


def _rates(data: ReportData) -> Markup:
    """Say learning yield and revision share, with their counts."""
    measures = data.measures
    new, share = figure_of(measures, "learning_yield"), figure_of(measures, "revision_share")
    if pd.isna(share["value"]):
        return quiet(say("Nothing was reviewed since {day}.", day=say_day(data.since)))
    texts = [
        say_n(
            "Learning yield: {new} for {n:,} review in the period.",
            "Learning yield: {new} for {n:,} reviews in the period.",
            int(new["denominator"]),
            new=say_n("{n:,} new finding", "{n:,} new findings", int(new["numerator"])),
        ),
        say("Reviews that revised a finding or superseded it: {share}.", share=say_figure(share, SENTENCE)),
    ]
    return tag("p", " ".join(texts))


def _loop(data: ReportData) -> Markup:
    """Draw the learning loop, quarter by quarter, with its numbers."""
    frame = data.learning
    columns = ("confirmed", "revised", "material", "closed", "derived")
    rows = [
        [
            say(
                "{first} to {last}",
                first=say_short_day(row["begins_on"].date()),
                last=say_short_day(row["ends_on"].date()),
            ),
            *(say_number(int(row[name])) for name in columns),
        ]
        for row in frame.to_dict("records")
    ]
    heads = [
        say("Quarter"),
        say("Confirmed"),
        say("Revised"),
        say("Changed in meaning"),
        say("Superseded or retired"),
        say("New findings derived"),
    ]
    numbers = table(
        say("Reviews by outcome, and new findings derived from others"), heads, rows, name="numbers"
    )
    return chart(charts.picture(charts.learning_loop(frame)), numbers)


def _reviews(data: ReportData, reviews: pd.DataFrame) -> Markup:
    """List the reviews of the period, those that changed most first; where nothing new was looked at, it is said."""
    heading = tag("h3", say("Reviews in the period"))
    if reviews.empty:
        return join([heading, quiet(say("No finding was reviewed since {day}.", day=say_day(data.since)))])
    stamps = int(reviews["is_rubber_stamp"].sum())
    summary = (
        say_n(
            "{n:,} review had nothing new to look at: a rubber stamp.",
            "{n:,} reviews had nothing new to look at: rubber stamps.",
            stamps,
        )
        if stamps
        else say("Every review had something new to look at.")
    )
    order = reviews["outcome"].map({outcome: place for place, outcome in enumerate(GRAVITY)})
    grave = reviews.assign(order=order, is_new=~reviews["is_rubber_stamp"])
    first = grave.sort_values(["order", "is_new"], kind="stable").head(MOST_REVIEWS)
    rows = [
        [
            finding_html(data, row["finding_id"]),
            say_short_day(row["reviewed_on"].date()),
            _outcome(row["outcome"], is_stamp=row["is_rubber_stamp"]),
            "–" if pd.isna(row["reason"]) else row["reason"],
        ]
        for row in first.to_dict("records")
    ]
    heads = [say("Finding"), say("Day"), say("Outcome"), say("What was found")]
    listing = table(
        say("Reviews since {day}, those that changed most first", day=say_day(data.since)),
        heads,
        rows,
        name="works",
    )
    left = len(reviews) - MOST_REVIEWS
    more = say_n("{n:,} more review was made.", "{n:,} more reviews were made.", left)
    return join([heading, tag("p", summary), listing, more_html(more, left)])


def _outcome(outcome: str, *, is_stamp: bool) -> object:
    word = name_of(outcome)
    return join([word, tag("div", say("rubber stamp"), class_="said")]) if is_stamp else word


def _overdue(data: ReportData) -> Markup:
    """List the findings that are overdue for review, the longest first."""
    heading = tag("h3", say("Overdue for review"))
    dates = data.review_dates
    late = dates[dates["overdue_days"] > 0].sort_values("overdue_days", ascending=False, kind="stable")
    if late.empty:
        return join([heading, quiet(say("No finding is overdue for review."))])
    rows = [
        [
            finding_html(data, row["finding_id"]),
            say_short_day(row["due_on"].date()),
            say_duration(row["overdue_days"]),
            say("never") if pd.isna(row["last_review_on"]) else say_short_day(row["last_review_on"].date()),
        ]
        for row in late.head(MOST_OVERDUE).to_dict("records")
    ]
    heads = [say("Finding"), say("Review was due"), say("Overdue for"), say("Last reviewed")]
    listing = table(say("Findings overdue for review, the longest first"), heads, rows, name="works")
    left = len(late) - MOST_OVERDUE
    more = say_n(
        "{n:,} more finding is overdue for review.", "{n:,} more findings are overdue for review.", left
    )
    return join([heading, listing, more_html(more, left)])


def _lineage(data: ReportData) -> Markup:
    """List which findings came of which in the period."""
    heading = tag("h3", say("What came from what"))
    edges = data.lineage
    new = edges[edges["relation"].isin(EDGES) & (edges["since"] > pd.Timestamp(data.since))]
    if new.empty:
        return join(
            [heading, quiet(say("No finding came from another one since {day}.", day=say_day(data.since)))]
        )
    rows = [
        [
            finding_html(data, row["finding_id"]),
            _relation(row["relation"]),
            finding_html(data, row["other_finding_id"]),
            say_short_day(row["since"].date()),
        ]
        for row in new.sort_values("since", ascending=False, kind="stable")
        .head(MOST_EDGES)
        .to_dict("records")
    ]
    heads = [say("Finding"), say("Relation"), say("Other finding"), say("Since")]
    listing = table(
        say("Findings that came from others since {day}", day=say_day(data.since)), heads, rows, name="works"
    )
    left = len(new) - MOST_EDGES
    more = say_n("{n:,} more relation is new.", "{n:,} more relations are new.", left)
    return join([heading, listing, more_html(more, left)])


def _relation(word: str) -> str:
    """Say how one finding came from another."""
    words = EDGES[word]
    return say(words)

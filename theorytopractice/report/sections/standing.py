"""How does the report open and from what was it made; how far have the findings climbed, and how long does it take?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.assess import not_yet_text
from theorytopractice.html import Part, annex, chart, join, table, tag, terms
from theorytopractice.i18n import (
    message,
    say,
    say_day,
    say_duration,
    say_interval,
    say_n,
    say_names,
    say_number,
    say_part,
    say_share,
    say_short_day,
)
from theorytopractice.i18n import tag as tag_of_language
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Knowledge, Stage
from theorytopractice.report import sentences

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


TITLE = message("From findings to practice")
NOTE = message(
    "A stage is computed from dated facts, never typed in; agreeing is not doing, and doing is not effect."
)
KNOWN = {
    Knowledge.THEN: message("as it was known on that day"),
    Knowledge.RESTATED: message("as it is known today"),
}


def render_masthead(data: ReportData) -> Part:
    """The title, the day, and how things stand in one sentence."""
    day = tag("time", say("as of {day}", day=say_day(data.day)), datetime=data.day)
    against = say("compared with {day}", day=say_day(data.since))
    kicker = join([say("Findings into practice"), " · ", day, " · ", against])
    scope = data.scope.words()
    return Part(
        tag(
            "header",
            tag("p", kicker, class_="kicker"),
            tag("h1", data.settings.title or say(TITLE)),
            tag("p", scope, class_="scope") if scope else None,
            tag("p", sentences.verdict(data.counts, data.settings.new_grace), class_="verdict"),
            *(
                tag("p", text, class_="said")
                for text in [not_yet_text(data.assessed.attrs["not_yet"])]
                if text
            ),
            _figures(data),
            class_="masthead",
            lang=tag_of_language(),
        )
    )


FIGURES = (
    ("practice_rate", message("in practice")),
    ("sustained", message("sustained")),
    ("on_time_rate", message("actions finished on time")),
    ("kept_on_time_rate", message("promises kept on time")),
)
FEWEST = 5
"""Of fewer cases no direction is shown."""


def _figures(data: ReportData) -> Markup:
    """The four figures of a brief, each with its count and how it moved."""
    items = (
        tag(
            "div",
            tag("dt", say(name)),
            tag("dd", *_count(*data.figure(measure), *data.figure(measure, is_before=True), data)),
        )
        for measure, name in FIGURES
    )
    return tag("dl", *items, class_="four")


def _count(n: int, whole: int, before: int, whole_before: int, data: ReportData) -> list[Markup]:
    """Say a count of a whole, and what it was when the last report was made."""
    head = tag("span", tag("b", say_number(n)), " ", say("of {n:,}", n=whole), class_="count")
    if not whole:
        return [tag("span", say("nothing to count yet"), class_="count")]
    if whole < FEWEST or whole_before < FEWEST:
        return [head, tag("span", say("too few for a trend"), class_="since")]
    change = (
        n - before if whole == data.counts.n else round(100 * n / whole) - round(100 * before / whole_before)
    )
    if not change:
        return [head, tag("span", say("no change"), class_="since")]
    sign = tag("i", "▲" if change > 0 else "▼", aria_hidden="true")
    was = say("was {n:,} of {whole:,}", n=before, whole=whole_before)
    return [head, tag("span", sign, " ", was, class_="since up" if change > 0 else "since down")]


def render_footer(data: ReportData) -> Part:
    """From what the report was made: day, zone, settings, content hash, warnings."""
    return Part(tag("footer", tag("p", say(NOTE)), terms(facts(data), name="facts")))


def facts(data: ReportData) -> list[tuple[str, object]]:
    """Name what a view was made from."""
    n = sum(not issue.is_error for issue in data.issues)
    known, since = KNOWN[data.knowledge], say_day(data.since)
    return [
        (say("As of"), say("{day} ({known})", day=say_day(data.day), known=say(known))),
        (
            say("Last report"),
            since
            if data.is_period_given
            else say("none was named; movement is shown since {day}", day=since),
        ),
        (say("Findings"), data.scope.words() or say("all of the plan")),
        (say("Time zone"), data.settings.zone),
        (say("Settings"), _settings(data)),
        (say("Validation"), say_n("{n:,} warning", "{n:,} warnings", n) if n else say("no warnings")),
        (say("Content hash of the plan"), tag("code", data.plan.fingerprint())),
    ]


def _settings(data: ReportData) -> str:
    """Name every setting that differs from its default."""
    changed = data.settings.differences()
    if not changed:
        return say("every threshold is the default of the method")
    named = say_names(f"{name} = {_plain(value)}" for name, value in changed.items())
    return say("{named}; every other threshold is the default of the method", named=named)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


ANNEX = (
    ("standing", message("Stages")),
    ("knowing", message("Known, not done")),
    ("owners", message("Owners")),
    ("problems", message("Problems")),
    ("experiences", message("Experiences")),
    ("mechanisms", message("Mechanisms")),
    ("insights", message("Insights")),
    ("learning", message("Learning")),
    ("unknowns", message("What we do not know")),
    ("findings", message("Every finding")),
)


def render_contents(_: ReportData) -> Part:
    """What stands behind the brief, with the way to each part."""
    links = (tag("li", tag("a", say(heading), href=f"#{name}")) for name, heading in ANNEX)
    return Part(
        tag(
            "nav",
            tag("h2", say("Behind this page"), id="annex-heading"),
            tag("ul", *links),
            id="annex",
            aria_labelledby="annex-heading",
        )
    )


MOST_MONTHS = 24


def render_standing(data: ReportData) -> Part:
    """The ladder as bars, the practice rate over time, and the time to practice, with their numbers."""
    return annex(
        "standing",
        say("Where the findings stand"),
        tag("div", _ladder(data), _rate(data), _time(data), class_="charts"),
        lead=say("A finding climbs from the shelf to sustained practice by dated evidence alone."),
    )


def _ladder(data: ReportData) -> Markup:
    """The six stages, the highest first."""
    rungs = reversed(list(zip(Stage, data.counts.stages, strict=True)))
    rows = [[name_of(stage), say_number(number)] for stage, number in rungs]
    rows.append([say("closed (not counted)"), say_number(data.counts.closed)])
    numbers = table(say("Open findings by stage"), [say("Stage"), say("Findings")], rows, name="numbers")
    return chart(charts.picture(charts.ladder(data.assessed)), numbers)


def _rate(data: ReportData) -> Markup:
    """The share of open findings that were in practice, month by month."""
    followed = data.trend("practice_rate", month_ends(_first_day(data), data.day))
    rows = [
        [
            say_short_day(row["as_of"].date()),
            say("nothing to count") if pd.isna(row["value"]) else say_share(row["value"]),
            say_part(row["numerator"], row["denominator"]),
            "" if pd.isna(row["low"]) else say_interval(row["low"], row["high"]),
        ]
        for _, row in followed.iterrows()
    ]
    heads = [say("Day"), say("In practice"), say("Findings"), say("95% interval")]
    numbers = table(
        say("Practice rate: open findings in practice, of all open findings"), heads, rows, name="numbers"
    )
    return chart(charts.picture(charts.trend(followed)), numbers)


def _time(data: ReportData) -> Markup:
    """How long it takes until a finding is in practice, in a curve and in plain words."""
    estimate = data.survival
    rows = [
        [
            say_duration(at.days, grouped=False),
            say("not known yet") if at.share is None else say_share(at.share),
            "" if at.share is None else say_interval(at.low or 0, at.high or 0),
        ]
        for at in estimate.within
    ]
    heads = [say("Within"), say("In practice"), say("95% interval")]
    caption = say("Share of findings in practice by the time since they were recorded; open ones count too")
    numbers = [tag("p", estimate.text), table(caption, heads, rows, name="numbers")]
    return chart(charts.picture(charts.survival(estimate)), tag("div", *numbers))


def month_ends(first: date, last: date) -> list[date]:
    """Return the last day, and the ends of the months before it back to the first day; at most two years."""
    days, day = [last], last.replace(day=1) - timedelta(days=1)
    while day >= first and len(days) <= MOST_MONTHS:
        days.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return days[::-1]


def _first_day(data: ReportData) -> date:
    """Return the day on which the first finding was recorded."""
    own = data.finding.loc[list(data.assessed["finding_id"])]
    recorded = pd.to_datetime(own["recorded_on"], errors="coerce").min()
    return data.day if pd.isna(recorded) else recorded.date()

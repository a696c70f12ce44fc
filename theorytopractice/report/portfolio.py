"""How do several plans stand side by side, on one page and without a ranking?"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.assess import StageTally, joint_tally, stage_shares
from theorytopractice.assessment.figures import share_text
from theorytopractice.assessment.measures import CELL, figure_of, measure_caution, measure_name, say_figure
from theorytopractice.charts.ladder import MOST_PLANS
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.html import Part, chart, disclosure, item_list, join, quiet, section, table, tag, terms
from theorytopractice.i18n import (
    LANGUAGES,
    message,
    say,
    say_day,
    say_list,
    say_n,
    say_number,
    say_part,
    say_short_day,
    speaking,
)
from theorytopractice.i18n import tag as tag_of_language
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Knowledge, Stage
from theorytopractice.report import sentences
from theorytopractice.report.data import ReportData
from theorytopractice.report.sections.decisions import decision_html
from theorytopractice.report.sections.standing import NOTE, facts
from theorytopractice.report.sentences import who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from markupsafe import Markup

    from theorytopractice.assessment.decisions import Decision
    from theorytopractice.report.data import ReportablePlan


MOST_DECISIONS = 3


def by_title(plans: Iterable[ReportablePlan]) -> dict[str, ReportablePlan]:
    """Return plans by their titles; one that has none, or shares it, is also numbered."""
    every = list(plans)
    often = Counter(plan.settings.title for plan in every)
    named: dict[str, ReportablePlan] = {}
    for number, plan in enumerate(every, 1):
        title = plan.settings.title
        with speaking(plan.settings.language):
            if not title:
                title = say("Plan {number}", number=number)
            elif often[title] > 1:
                title = say("{title} (plan {number})", title=title, number=number)
        while title in named:
            title += "′"
        named[title] = plan
    return named


def _part(make: Callable[[Portfolio], Part]) -> Any:  # noqa: ANN401 - a property of the class that it is written in
    """Return a part that is made when it is first shown, in the page's language."""

    def part(portfolio: Portfolio) -> Part:
        with speaking(portfolio.language):
            return make(portfolio)

    part.__doc__ = make.__doc__
    return cached_property(part)


class Portfolio:
    """Several plans side by side, in the order given; every part is worked out when it is first shown.

    Args:
        plans: the plans by their names.
        as_of: the day, inclusive; each plan's own today in its zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        since: the day on which the last report was made; without it, movement of the last thirty days is shown.
        language: ``en`` or ``zh``; the first plan's own unless given.

    Raises:
        PracticeError: there is no plan, or ``since`` is not before the day.
        UnknownName: there is no such language.
    """

    def __init__(
        self,
        plans: Mapping[str, ReportablePlan],
        *,
        as_of: date | str | None = None,
        knowledge: str = Knowledge.THEN,
        since: date | str | None = None,
        language: str | None = None,
    ) -> None:
        """Read the plans; nothing is assessed yet."""
        if not plans:
            raise PracticeError("A portfolio needs at least one plan.")
        self.language = language or next(iter(plans.values())).settings.language
        if self.language not in LANGUAGES:
            raise UnknownName("language", self.language, LANGUAGES)
        self.is_day_given = as_of is not None
        self.views = {
            name: ReportData(plan, as_of=as_of, knowledge=knowledge, since=since)
            for name, plan in plans.items()
        }

    @cached_property
    def counts(self) -> StageTally:
        """How many findings of all plans stand where."""
        return joint_tally(data.counts for data in self.views.values())

    @_part
    def masthead(self) -> Part:
        """The day, and how all plans stand in one sentence."""
        title = say_n("{n:,} plan on its own", "{n:,} plans side by side", len(self.views))
        kicker = join([say("Findings into practice"), " · ", self._days()])
        return Part(
            tag(
                "header",
                tag("p", kicker, class_="kicker"),
                tag("h1", title),
                tag("p", self._sentence(), class_="verdict"),
                class_="masthead",
                lang=tag_of_language(),
            )
        )

    @_part
    def side_by_side(self) -> Part:
        """The same measures of every plan, a column for each plan."""
        lead = say(
            "Plans stand in the order in which they were given. Plans of different size and age are not to be ranked "
            "by a rate: read the counts and the intervals first."
        )
        return section("side-by-side", say("Side by side"), comparison_table(self.views), lead=lead)

    @_part
    def ladders(self) -> Part:
        """The stages of every plan on one chart, as shares with their counts."""
        shares = stage_shares({name: data.assessed for name, data in self.views.items()})
        drawn = list(self.views)[:MOST_PLANS]
        left = list(self.views)[MOST_PLANS:]
        picture = charts.picture(charts.ladders(shares[shares["plan"].isin(drawn)]))
        more = say_n("{n:,} more plan is not drawn: {names}.", "{n:,} more plans are not drawn: {names}.", len(left), names=say_list(left))  # fmt: skip
        return section(
            "ladders",
            say("Where the findings of each plan stand"),
            chart(picture, _stage_table(shares), is_wide=True),
            tag("p", more, class_="more") if left else None,
        )

    @_part
    def decisions(self) -> Part:
        """The three gravest decisions that each plan waits for."""
        blocks = [piece for name, data in self.views.items() for piece in _decisions(name, data)]
        lead = say(
            "What has gone wrong, or stands still although it is known to be right; the gravest of each plan."
        )
        return section("waiting", say("Needs a decision"), *blocks, lead=lead)

    @_part
    def footer(self) -> Part:
        """From what the page was made: of each plan the day, zone, settings, content hash and warnings."""
        blocks = [
            piece
            for name, data in self.views.items()
            for piece in (tag("h3", name), terms(facts(data), name="facts"))
        ]
        notes = [say(NOTE), self._whose_day(), *self._twins()]
        return Part(
            tag(
                "footer",
                tag("h2", say("From what this was made")),
                *(tag("p", note) for note in notes),
                *blocks,
            )
        )

    def _sentence(self) -> str:
        """Say in one sentence how all plans stand."""
        plans = say_n("{n:,} plan", "{n:,} plans", len(self.views))
        if not self.counts.n:
            return say("{plans}; no finding is open.", plans=plans)
        return say(
            "{plans}, {findings}: {reached}; {shelf}; {lapsed}.",
            plans=plans,
            findings=sentences.findings(self.counts.n),
            reached=sentences.reached(self.counts),
            shelf=self._shelf(),
            lapsed=sentences.lapsed(self.counts.lapsed),
        )

    def _shelf(self) -> str:
        """Say how many findings have stood on the shelf for too long, by the patience of each plan."""
        graces = {data.settings.new_grace for data in self.views.values()}
        if len(graces) == 1:
            return sentences.shelf(self.counts.shelved, graces.pop())
        if not self.counts.shelved:
            return say("none has stood on the shelf for longer than its plan allows")
        return say_n(
            "{n:,} has stood on the shelf for longer than its plan allows",
            "{n:,} have stood on the shelf for longer than their plans allow",
            self.counts.shelved,
        )

    def _days(self) -> str:
        """Say as of which day, or from which to which where plans differ."""
        days = sorted({data.day for data in self.views.values()})
        if len(days) == 1:
            return say("as of {day}", day=say_day(days[0]))
        return say(
            "as of each plan's own today, from {first} to {last}",
            first=say_day(days[0]),
            last=say_day(days[-1]),
        )

    def _whose_day(self) -> str:
        """Say whose day it is."""
        if self.is_day_given:
            return say("The day is the same for every plan; each plan counts it in its own time zone.")
        return say("The day is each plan's own today, in its own time zone.")

    def _twins(self) -> list[str]:
        """Say which plans hold the same, so that their findings are counted more than once."""
        alike: dict[str, list[str]] = {}
        for name, data in self.views.items():
            alike.setdefault(data.plan.fingerprint(), []).append(name)
        return [
            say(
                "The same content, so that its findings are counted more than once: {names}.",
                names=say_list(names),
            )
            for names in alike.values()
            if len(names) > 1
        ]


def _stage_table(shares: pd.DataFrame) -> Markup:
    """Return the stages of every plan as a table."""
    rows = []
    for name, held in shares.groupby("plan", sort=False):
        cells = held.to_dict("records")
        rows.append([str(name), say_number(cells[0]["of"]), *(_stage_share(cell) for cell in cells)])
    heads = [say("Plan"), say("Open findings"), *(name_of(stage) for stage in Stage)]
    caption = say("Open findings of each plan by stage, with their share of the plan and its 95% interval")
    return table(caption, heads, rows, name="numbers")


def _stage_share(cell: dict[Any, Any]) -> str:
    if not cell["of"]:
        return say("nothing to count")
    return say(
        "{number}: {share}",
        number=say_number(cell["n"]),
        share=share_text(cell["share"], cell["low"], cell["high"]),
    )


def _decisions(name: str, data: ReportData) -> list[Markup]:
    """Return the gravest decisions of one plan under its name, and how many more wait."""
    pending = data.waiting
    if not pending:
        return [tag("h3", name), quiet(say("Nothing needs a decision today."))]
    left = len(pending) - MOST_DECISIONS
    items = item_list(
        (_item(data, decision) for decision in pending[:MOST_DECISIONS]), name="decisions", ordered=True
    )
    if left <= 0:
        return [tag("h3", name), items]
    more = say_n(
        "{n:,} more finding of this plan waits for a decision.",
        "{n:,} more findings of this plan wait for a decision.",
        left,
    )
    return [tag("h3", name), items, tag("p", more, class_="more")]


def _item(data: ReportData, decision: Decision) -> Markup:
    """Return one decision: why it waits and since when, what it is, and who has it."""
    finding_id = decision.finding_id
    number = tag("span", finding_id, class_="id")
    return decision_html(decision, number, data.statement(finding_id), who(data.answers(finding_id)))


MEASURES = (
    "practice_rate", "cohort_rate_4_1y", "shelf_rate", "lapse_rate", "overdue_rate", "on_time_rate", "evidence_gap",
    "kept_on_time_rate", "median_days_late", "confirmed_share", "satisfied_share", "replication_success",
    "persistence", "revision_share", "staleness_median_days",
)  # fmt: skip
"""Which measures stand side by side; the rates that a caution names stand beside it."""


def comparison_table(views: Mapping[str, ReportData]) -> Markup:
    """Return a table with a column for each plan and a row for each measure, and the cautions behind it."""
    caption = say("The same measures of every plan, with their counts and 95% intervals")
    rows = [[say(head), *(words(data) for data in views.values())] for head, words in COUNTS.items()]
    rows += [
        [_measure_head(name), *(_measure_text(data, name) for data in views.values())] for name in MEASURES
    ]
    measures = table(caption, [say("Measure"), *views], rows, name="abreast")
    return join([measures, disclosure(say("What to mind beside each measure"), _cautions(views))])


def _measure_text(data: ReportData, name: str) -> str:
    """Say a measure of one plan; beside replication success the sites that nobody knows about."""
    text = say_figure(figure_of(data.measures, name), CELL)
    unknown = data.measures.attrs.get("unknown_sites", 0)
    if name != "replication_success" or not unknown:
        return text
    return say_n(
        "{said}; {n:,} site is not known yet", "{said}; {n:,} sites are not known yet", unknown, said=text
    )


def _measure_head(name: str) -> str:
    words = measure_name(name)
    return words[:1].upper() + words[1:]


def _cautions(views: Mapping[str, ReportData]) -> Markup:
    """Return what must be said beside each measure that some plan has something to count of."""
    counted = [
        name for name in MEASURES if any(data.measures.loc[name, "denominator"] for data in views.values())
    ]
    rows = [[_measure_head(name), measure_caution(name)] for name in counted]
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

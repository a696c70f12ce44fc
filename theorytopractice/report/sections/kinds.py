"""How far have insights come, where have experiences spread, and are mechanisms followed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.assess import Adherence, adherence, has_flag, open_findings
from theorytopractice.assessment.decisions import SURE, Status
from theorytopractice.assessment.flags import flag_label
from theorytopractice.assessment.measures import SENTENCE, figure_of, say_figure
from theorytopractice.charts import svg
from theorytopractice.html import Part, annex, chart, disclosure, item_list, join, mark, quiet, table, tag
from theorytopractice.i18n import message, say, say_list, say_n, say_names, say_number, say_short_day
from theorytopractice.model.labels import check_name, name_of
from theorytopractice.model.vocabularies import Certainty, FindingKind, Stage
from theorytopractice.report.marks import (
    MOST_SLOTS,
    SITE_MARKS,
    SLOT_MARKS,
    finding_html,
    mark_key,
    mark_strip,
    more_html,
)
from theorytopractice.report.sentences import cadence, closed_text, empty_text, known_since, link

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST_INSIGHTS = 10
NOT_LOOKED_FOR = ("no_indicator", "no_target", "no_baseline")


def render_insights(data: ReportData) -> Part:
    """The insights: how far they came, what stands on the shelf, and what was done without looking for an effect."""
    heading = say("Insights: from theory to practice")
    insights = open_findings(data.assessed, FindingKind.INSIGHT)
    if insights.empty:
        return annex(
            "insights",
            heading,
            quiet(empty_text(data.assessed, FindingKind.INSIGHT, is_narrowed=bool(data.scope))),
        )
    every = data.assessed
    ids = set(every.loc[every["kind"] == FindingKind.INSIGHT, "finding_id"])
    figures = data.measures_among(ids)
    closed = closed_text(data.assessed, FindingKind.INSIGHT)
    return annex(
        "insights",
        heading,
        tag("p", closed, class_="since") if closed else None,
        _funnel(figures),
        _shelf(data, insights),
        _unseen(data, insights, figures),
        lead=_insights_lead(insights),
    )


def _insights_lead(insights: pd.DataFrame) -> str:
    """Say how the insights stand; each is counted once."""
    stage = insights["stage"].astype(int)
    on_shelf, done, reached = (
        int((stage == level).sum()) for level in (Stage.ON_THE_SHELF, Stage.CARRIED_OUT, Stage.IN_PRACTICE)
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
    shelved = insights[has_flag(insights, "shelved")]
    if shelved.empty:
        return join([heading, quiet(say("No insight has stood on the shelf for too long."))])
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
            finding_html(data, row["finding_id"]),
            known_since(data, row["finding_id"]),
            name_of(row["certainty"]),
            say_list(data.answers(row["finding_id"])[:3]) or name_of("nobody"),
        ]
        for row in shelved.sort_values("since", kind="stable").head(MOST_INSIGHTS).to_dict("records")
    ]
    heads = [say("Insight"), say("Known since"), say("Certainty"), say("Who answers")]
    listing = table(say("Insights on the shelf, the longest known first"), heads, rows, name="works")
    left = len(shelved) - MOST_INSIGHTS
    more = say_n("{n:,} more insight stands on the shelf.", "{n:,} more insights stand on the shelf.", left)
    return join([heading, tag("p", gaps) if sure else "", listing, more_html(more, left)])


def _unseen(data: ReportData, insights: pd.DataFrame, figures: pd.DataFrame) -> Markup:
    """List the insights that are carried out although nobody can see an effect."""
    heading = tag("h3", say("Carried out, effect never looked for"))
    gap = figure_of(figures, "evidence_gap")
    if pd.isna(gap["value"]):
        return join([heading, quiet(say("No insight is carried out yet."))])
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
        return join([heading, quiet(share)])
    rows = [
        [
            finding_html(data, row["finding_id"]),
            say_list([flag_label(flag) for flag in row["missing"]]),
        ]
        for row in unseen.head(MOST_INSIGHTS).to_dict("records")
    ]
    caption = say("Insights that are carried out although nobody looked for an effect")
    listing = table(caption, [say("Insight"), say("What is missing")], rows, name="works")
    left = len(unseen) - MOST_INSIGHTS
    more = say_n("{n:,} more insight is like this.", "{n:,} more insights are like this.", left)
    return join([heading, tag("p", share), listing, more_html(more, left)])


MOST_EXPERIENCES = 12
MOST_MARKS, MOST_NAMED = 24, 6
WAITING_STATES = ("idea", "planned")
SITE_MEANINGS = (
    (svg.FULL, message("worked")),
    (svg.HALF, message("adopted or started, no result yet")),
    (svg.CROSS, message("did not work, given up, or its core not kept")),
    (svg.EMPTY, message("planned, or only an idea")),
)


def render_experiences(data: ReportData) -> Part:
    """The experiences: how many worked elsewhere, and each with its sites."""
    heading = say("Experiences: where have they spread?")
    experiences = open_findings(data.assessed, FindingKind.EXPERIENCE)
    if experiences.empty:
        return annex(
            "experiences",
            heading,
            quiet(empty_text(data.assessed, FindingKind.EXPERIENCE, is_narrowed=bool(data.scope))),
        )
    closed = closed_text(data.assessed, FindingKind.EXPERIENCE)
    return annex(
        "experiences",
        heading,
        tag("p", _success(data)),
        tag("p", closed, class_="since") if closed else None,
        mark_key((mark, say(words)) for mark, words in SITE_MEANINGS),
        _experience_list(data, experiences),
        lead=_experiences_lead(data, experiences),
    )


def _experiences_lead(data: ReportData, experiences: pd.DataFrame) -> str:
    """Say how the experiences stand; each is counted once."""
    spread = data.spread
    worked = set(spread.loc[spread["state"] == "worked", "finding_id"])
    tried = set(spread.loc[~spread["state"].isin(WAITING_STATES), "finding_id"]) - worked
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
        unexplained=_unexplained(int(has_flag(experiences, "unexplained").sum())),
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
    figure, unknown = figure_of(data.measures, "replication_success"), data.measures.attrs["unknown_sites"]
    open_ones = (
        say_n(
            "At {n:,} site the result is not known yet.",
            "At {n:,} sites the result is not known yet.",
            unknown,
        )
        if unknown
        else say("The result is known at every site.")
    )
    if pd.isna(figure["value"]):
        return (
            say("No site has a known result yet. {unknown}", unknown=open_ones)
            if unknown
            else say("No other site has taken one over yet.")
        )
    return say(
        "Sites with a known result where it worked: {share}. {unknown} A site counts once for each experience.",
        share=say_figure(figure, SENTENCE),
        unknown=open_ones,
    )


def _experience_list(data: ReportData, experiences: pd.DataFrame) -> Markup:
    """Return one row an experience: the sites with what became of it there, and its stage; the widest spread first."""
    sites = data.spread.groupby("finding_id")["site"].size()
    number = experiences["finding_id"].map(sites).fillna(0)
    drawn = (
        experiences.assign(sites=number)
        .sort_values("sites", ascending=False, kind="stable")
        .head(MOST_EXPERIENCES)
    )
    spread = data.spread[data.spread["finding_id"].isin(drawn["finding_id"])]
    by_finding = dict(list(spread.groupby("finding_id")))
    rows = [
        [
            finding_html(data, row["finding_id"]),
            say("not written down") if "unexplained" in row["flags"] else say("written down"),
            _sites(by_finding.get(row["finding_id"])),
            name_of(row["stage_name"]),
        ]
        for row in drawn.to_dict("records")
    ]
    heads = [say("Experience"), say("Why it works"), say("Other sites"), say("Stage")]
    listing = table(
        say("Experiences and the sites that took them over, most sites first"), heads, rows, name="works"
    )
    left = len(experiences) - MOST_EXPERIENCES
    more = say_n(
        "{n:,} more experience is in the list of every finding.",
        "{n:,} more experiences are in the list of every finding.",
        left,
    )
    return join([listing, more_html(more, left)])


def _sites(spread: pd.DataFrame | None) -> object:
    """Show one mark a site, the best first, and below what happened where."""
    if spread is None:
        return say("no other site")
    marks = [SITE_MARKS.get(state, svg.EMPTY) for state in spread["state"].head(MOST_MARKS)]
    texts = [
        _sites_text(str(state), part["site"].tolist()) for state, part in spread.groupby("state", sort=False)
    ]
    return mark_strip(marks, item_list(texts))


def _sites_text(state: str, sites: list[str]) -> str:
    """Say at which sites it is in one state."""
    left = len(sites) - MOST_NAMED
    names = sites if left <= 0 else [*sites[:MOST_NAMED], say_n("{n:,} more", "{n:,} more", left)]
    return say("{state}: {sites}", state=name_of(state), sites=say_list(names))


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any]

MOST_MECHANISMS = 12
CHECK_MEANINGS = (
    (svg.FULL, message("passed")),
    (svg.CROSS, message("failed")),
    (svg.EMPTY, message("missed")),
    (svg.DOT, message("not applicable, or not counted yet")),
)


def render_mechanisms(data: ReportData) -> Part:
    """The mechanisms: how many are followed, and each with its checks, dead letters first."""
    heading = say("Mechanisms: are they followed?")
    if open_findings(data.assessed, FindingKind.MECHANISM).empty:
        return annex(
            "mechanisms",
            heading,
            quiet(empty_text(data.assessed, FindingKind.MECHANISM, is_narrowed=bool(data.scope))),
        )
    mechanisms = data.mechanisms.assign(group=adherence(data.mechanisms))
    drawn = mechanisms.sort_values("group", kind="stable").head(MOST_MECHANISMS)
    slots = data.slots[data.slots["finding_id"].isin(drawn["finding_id"])]
    closed = closed_text(data.assessed, FindingKind.MECHANISM)
    return annex(
        "mechanisms",
        heading,
        tag("p", _persistence(data)),
        tag("p", closed, class_="since") if closed else None,
        mark_key(
            (mark, check_name("missed") if mark == svg.EMPTY else say(words))
            for mark, words in CHECK_MEANINGS
        ),
        _mechanism_list(drawn, slots, len(mechanisms) - MOST_MECHANISMS),
        disclosure(say("The checks as a table"), _checks(slots)) if len(slots) else None,
        lead=_mechanisms_lead(mechanisms),
    )


def _mechanisms_lead(mechanisms: pd.DataFrame) -> str:
    """Say how the mechanisms stand; each is counted once."""
    n = mechanisms["group"].value_counts().reindex(range(len(Adherence)), fill_value=0)
    return say(
        "Of {mechanisms}, {followed}, {dead}, {shaky}, {waiting}.",
        mechanisms=say_n("{n:,} mechanism", "{n:,} mechanisms", len(mechanisms)),
        followed=say_n(
            "{n:,} is followed (its last three checks were passed)",
            "{n:,} are followed (their last three checks were passed)",
            int(n[Adherence.FOLLOWED]),
        ),
        dead=say_n(
            "{n:,} is a dead letter (neither of its last two checks was passed)",
            "{n:,} are dead letters (neither of their last two checks was passed)",
            int(n[Adherence.DEAD_LETTER]),
        ),
        shaky=say_n(
            "{n:,} is in force without three passed checks in a row",
            "{n:,} are in force without three passed checks in a row",
            int(n[Adherence.SHAKY]),
        ),
        waiting=say_n(
            "{n:,} is not in force yet", "{n:,} are not in force yet", int(n[Adherence.NOT_IN_FORCE])
        ),
    )


def _persistence(data: ReportData) -> str:
    figure = figure_of(data.measures, "persistence")
    if pd.isna(figure["value"]):
        return say("No check has come due yet.")
    return say(
        "Checks passed, of the last 12 due of each mechanism: {share}.", share=say_figure(figure, SENTENCE)
    )


def _mechanism_list(drawn: pd.DataFrame, slots: pd.DataFrame, left: int) -> Markup:
    """Return one row a mechanism, dead letters first."""
    by_finding = dict(list(slots.groupby("finding_id")))
    rows = [_cells(row, by_finding.get(row["finding_id"])) for row in drawn.to_dict("records")]
    heads = [say("Mechanism"), say("Checks, oldest first"), say("Held"), say("Last check"), say("Next due")]
    listing = table(
        say("Mechanisms and how they are followed, dead letters first"), heads, rows, name="works mechanisms"
    )
    more = say_n(
        "{n:,} more mechanism is in the list of every finding.",
        "{n:,} more mechanisms are in the list of every finding.",
        left,
    )
    return join([listing, more_html(more, left)])


def _cells(row: Row, slots: pd.DataFrame | None) -> list[object]:
    """Return one mechanism: what it is, its checks as marks and words, how long it held, its last and next check."""
    last: str = (
        say("none")
        if pd.isna(row["last_check_on"])
        else say(
            "{result}, {day}",
            result=check_name(row["last_result"]),
            day=say_short_day(row["last_check_on"].date()),
        )
    )
    due: str = "–" if pd.isna(row["next_due"]) else say_short_day(row["next_due"].date())
    return [_about(row), _adherence(row, slots), _held(row), last, due]


def _about(row: Row) -> Markup:
    """Say what a mechanism is, in which document it stands, who owns it, and how often it is checked."""
    facts = [
        say("no document") if pd.isna(row["document"]) else row["document"],
        say("no owner") if pd.isna(row["owner"]) else row["owner"],
        cadence(row["check_every"]),
    ]
    dead = mark(Status.ACT, name_of("dead_letter")) if row["dead_letter"] else ""
    about = tag("div", join(facts, " · "), class_="said")
    return join([dead, " ", link(row["finding_id"]), " ", row["statement"], about])


def _adherence(row: Row, slots: pd.DataFrame | None) -> object:
    """Show the last slots as marks, and say how many checks were passed and how the last ones went."""
    if slots is None:
        return say("no check has begun")
    marks = [
        SLOT_MARKS[result] if counted else svg.DOT
        for result, counted in slots.tail(MOST_SLOTS)[["result", "counted"]].itertuples(index=False)
    ]
    if not row["slots"]:
        return mark_strip(marks, say("no check counts yet"))
    passed = say_n(
        "passed {k} of the last check",
        "passed {k} of the last {n} checks",
        int(row["slots"]),
        k=int(row["passes"]),
    )
    return mark_strip(marks, say("{passed}; {recent}", passed=passed, recent=_recent(slots)))


def _recent(slots: pd.DataFrame) -> str:
    """Say how the last checks went, as many as went alike."""
    results = slots.loc[slots["counted"] & (slots["result"] != "na"), "result"].tolist()
    last = results[-1]
    n = next((at for at, result in enumerate(reversed(results)) if result != last), len(results))
    if last == "pass":
        return say_n("the last one was passed", "the last {n} were passed", n)
    if last == "fail":
        return say_n("the last one was failed", "the last {n} were failed", n)
    return say_n("the last one was missed", "the last {n} were missed", n)


def _held(row: Row) -> str:
    """Say how long a mechanism has held: the present run of passed checks."""
    if row["group"] == Adherence.NOT_IN_FORCE:
        if pd.isna(row["effective_on"]):
            return say("not in force")
        return say("in force from {day}", day=say_short_day(row["effective_on"].date()))
    if not row["slots"]:
        return say("not known yet")
    if not row["streak"]:
        return say("does not hold now")
    checks = say_n("{n:,} check in a row", "{n:,} checks in a row", int(row["streak"]))
    return say_n("{checks}, {n:,} day", "{checks}, {n:,} days", int(row["streak_days"]), checks=checks)


def _checks(slots: pd.DataFrame) -> Markup:
    """Return the slots that are drawn, those of a mechanism in one row."""
    rows = [
        [finding_id, say_names(_check(row) for row in mine.tail(MOST_SLOTS).to_dict("records"))]
        for finding_id, mine in slots.groupby("finding_id", sort=False)
    ]
    heads = [say("Mechanism"), say("Checks by the day on which they fell due, oldest first")]
    return table(say("The last checks of each mechanism above, at most 24"), heads, rows, name="checks")


def _check(row: Row) -> str:
    """Say when a check fell due, and what came of it."""
    result = check_name(row["result"])
    if not row["counted"]:
        result = say("{result}, not counted yet", result=result)
    return say("{day}: {result}", day=say_short_day(row["due_on"].date()), result=result)

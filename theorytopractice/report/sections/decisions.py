"""What must be decided, and what became of the decisions of the last report, as far as dated evidence tells?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.changes import Fate
from theorytopractice.assessment.decision_facts import (
    DecisionFacts,
    Level,
    causes,
    checks,
    checks_text,
    is_met,
    level_text,
)
from theorytopractice.assessment.decisions import Status
from theorytopractice.assessment.figures import unit_after
from theorytopractice.html import NOTHING, Part, disclosure, item_list, join, mark, quiet, section, tag
from theorytopractice.i18n import (
    CLAUSES,
    PARTS,
    message,
    say,
    say_day,
    say_in_turn,
    say_n,
    say_number,
    say_short_day,
)
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Direction, Disposition
from theorytopractice.report.marks import MOST_VALUES, more_html, points_of, targets_of
from theorytopractice.report.sentences import headline, link, who
from theorytopractice.report.small_chart import small_chart

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.assessment.changes import Changes, Outcome
    from theorytopractice.assessment.decision_facts import Cause
    from theorytopractice.assessment.decisions import Decision
    from theorytopractice.report.data import ReportData
    from theorytopractice.report.marks import Point


MOST, MOST_NAMED, MOST_OPEN = 7, 20, 3
"""How many decisions there are on the page, are named below it, and are told at once; the others open on demand."""
MOST_ACTIONS = 2


def render(data: ReportData) -> Part:
    """The findings that need a decision, gravest first, at most seven."""
    pending = data.waiting
    heading = say("Needs your decision")
    if not pending:
        return section("decisions", heading, quiet(say("Nothing needs a decision today.")))
    left = len(pending) - MOST
    more = say_n(
        "{n:,} more finding needs a decision:",
        "{n:,} more findings need a decision:",
        left,
    )
    others = join((link(decision.finding_id) for decision in pending[MOST : MOST + MOST_NAMED]), " ")
    beyond = " …" if left > MOST_NAMED else ""
    facts = Gathered(data)
    items = (
        _item(facts.of(decision), facts.chart(decision.finding_id), is_open=at < MOST_OPEN)
        for at, decision in enumerate(pending[:MOST])
    )
    return section(
        "decisions",
        heading,
        item_list(items, name="decisions", ordered=True),
        tag("p", more, " ", others, beyond, class_="more") if left > 0 else None,
    )


class Gathered:
    """The facts of decisions; frames are cut up once."""

    def __init__(self, data: ReportData) -> None:
        """Cut the frames up by finding and indicator."""
        self._data = data
        self._points = points_of(data.observations)
        self._attained = {
            (row["finding_id"], row["indicator_id"]): row for row in data.attainment.to_dict("records")
        }
        self._started = {row["finding_id"]: row["started_on"] for row in data.verdicts.to_dict("records")}
        self._indicator = {row["indicator_id"]: row for row in data.tables["indicator"].to_dict("records")}

    def of(self, decision: Decision) -> DecisionFacts:
        """Gather what the plan says of one decision."""
        data, finding_id = self._data, decision.finding_id
        row = data.finding.loc[finding_id]
        slots = data.slots[data.slots["finding_id"] == finding_id]
        slots = slots[slots["counted"] | (slots["result"] != "missed")]
        unpassed = checks(slots["result"], slots["due_on"].dt.date) if len(slots) else None
        after = (unpassed.passed_on if unpassed else decision.since) if decision.reason == "lapsed" else None
        return DecisionFacts(
            decision=decision,
            kind=str(row["kind"]),
            statement=data.statement(finding_id),
            days=(data.day - decision.since).days if decision.since else None,
            level=self._level(finding_id),
            checks=unpassed,
            causes=causes(data.tables, finding_id, data.day, knowledge=data.knowledge, after=after),
            at_stake="" if pd.isna(row["so_what"]) else str(row["so_what"]).strip(),
            answers=tuple(data.answers(finding_id)),
            open_actions=tuple(data.open_actions.get(finding_id, ())),
            n_done=sum(finding_id in ids for ids in data.done_actions["finding_ids"]),
        )

    def _measured(self, finding_id: str) -> tuple[dict[Any, Any], list[Point]] | None:
        """Return the first indicator of a finding that has values, with these."""
        links = self._data.indicator_links
        for indicator_id in links.loc[links["finding_id"] == finding_id, "indicator_id"]:
            points = [point for point in self._points.get(indicator_id, ()) if point.is_final]
            if points:
                return self._indicator[indicator_id], points
        return None

    def _level(self, finding_id: str) -> Level | None:
        measured = self._measured(finding_id)
        if not measured or measured[0]["direction"] == Direction.RANGE:
            return None
        row, points = measured
        aims = targets_of(row)
        before = self._attained.get((finding_id, row["indicator_id"]), {}).get("baseline")
        return Level(
            indicator_id=row["indicator_id"],
            name=str(row["name"]),
            unit="" if pd.isna(row["unit"]) else unit_after(str(row["unit"])),
            now=points[-1].text,
            day=points[-1].day,
            target=say_number(aims[0][1]) if aims else "",
            before="" if before is None or pd.isna(before) else say_number(float(before)),
            is_met=bool(aims) and is_met(row["direction"], points[-1].y, aims[0][1]),
        )

    def chart(self, finding_id: str) -> Markup | None:
        """Draw the figure of a finding over time with its name; None where it has few values or none."""
        measured = self._measured(finding_id)
        if not measured or measured[0]["direction"] == Direction.RANGE:
            return None
        row, points = measured
        aims, began = targets_of(row), self._started.get(finding_id)
        picture = small_chart(
            points[-MOST_VALUES:],
            target=aims[0][1] if aims else None,
            is_low_good=row["direction"] == Direction.DESCENDING,
            action_on=None if began is None or pd.isna(began) else began.date(),
            words=say("{name}: the latest value is {value}.", name=row["name"], value=points[-1].text),
        )
        if picture is None:
            return None
        unit = "" if pd.isna(row["unit"]) else str(row["unit"])
        caption = say("{name} ({unit})", name=row["name"], unit=unit) if unit else str(row["name"])
        return tag("figure", picture, tag("figcaption", caption))


def _item(facts: DecisionFacts, chart: Markup | None, *, is_open: bool) -> Markup:
    """Return one decision: what happened and since when; the figure, the cause, what is at stake; what is asked."""
    decision = facts.decision
    lines = [
        *([line] if (line := _figure_line(facts, is_drawn=chart is not None)) else []),
        *(_cause(cause) for cause in facts.causes),
        *([say("The plan does not say why.")] if facts.has_worked and not facts.causes else []),
    ]
    told = [
        tag("p", join(lines, " ")) if lines else None,
        tag("p", say("At stake: {text}", text=facts.at_stake), class_="stake") if facts.at_stake else None,
    ]
    by = tag("p", _who(facts), " · ", link(decision.finding_id), class_="by")
    ask = tag("p", facts.ask, class_="ask")
    head = [mark(Status.ACT, decision.heading), " ", tag("b", headline(facts.statement), dir="auto"), " "]
    dated = decision.dated
    if dated and facts.days is not None:
        since = say_n("{since}, {n:,} day", "{since}, {n:,} days", facts.days, since=dated)
        head.append(tag("span", "· ", since, class_="since"))
    if is_open:
        return join(
            [tag("div", tag("p", *head, class_="why"), *told, ask, by, class_="told"), chart or NOTHING]
        )
    inside = tag("div", tag("div", *told, by, class_="told"), chart, class_="case")
    summary = tag("summary", tag("span", *head, class_="why"), " ", tag("span", facts.ask, class_="ask"))
    return tag("details", summary, inside, class_="decision")


def _figure_line(facts: DecisionFacts, *, is_drawn: bool) -> str:
    """Say the figure now beside its target and what it was, or how the rule is followed; a chart names the figure."""
    if facts.level:
        text = level_text(facts.level)
        return text if is_drawn else say("{name}: {text}", name=facts.level.name, text=text)
    return checks_text(facts.checks) if facts.checks else ""


def _cause(cause: Cause) -> Markup:
    """Say why, in somebody's own words, with the day."""
    day = say_short_day(cause.day)
    by = say("{who}, {day}", who=cause.by, day=day) if cause.by else day
    return join([tag("q", cause.text.rstrip("."), dir="auto"), " (", by, ")."])


def _who(facts: DecisionFacts) -> str:
    """Name who answers for a finding, and what has begun."""
    begun = say_in_turn(PARTS, [_action(row) for row in facts.begun[:MOST_ACTIONS]])
    names = who(list(facts.answers))
    if begun:
        return say("{who} · begun: {actions}", who=names, actions=begun)
    return (
        say("{who} · nothing new has begun", who=names)
        if facts.n_done
        else say("{who} · nothing has begun", who=names)
    )


def _action(row: dict[str, Any]) -> str:
    """Say what is done, and until when."""
    if pd.isna(row["due"]):
        return str(row["title"])
    return say("{title} (due {day})", title=row["title"], day=say_day(row["due"].date()))


def decision_html(decision: Decision, number: Markup, statement: str, answers: str) -> Markup:
    """Return one decision in a line or two: why it waits and since when, what it is, and who has it."""
    since = tag("span", "· ", decision.dated, class_="since") if decision.dated else None
    head = [mark(Status.ACT, decision.heading), " ", tag("b", headline(statement), dir="auto"), " ", since]
    return tag(
        "div", tag("p", *head, class_="why"), tag("p", answers, " · ", number, class_="by"), class_="told"
    )


MOST_FACTS = 3
FATES = {
    Fate.SETTLED: message("settled"),
    Fate.ACTED: message("acted upon, still open"),
    Fate.LEFT: message("nothing has happened"),
}
ALONE = {
    Fate.SETTLED: message("The one decision that was needed on {day} was settled."),
    Fate.ACTED: message("The one decision that was needed on {day} was acted upon and is still open."),
    Fate.LEFT: message("The one decision that was needed on {day} is needed still: nothing has happened."),
}
"""What became of a decision → the sentence where it was the only one."""
HAPPENED = {
    # actions
    "start": message("started"),
    "complete": message("complete"),
    "reopen": message("reopened"),
    "cancel": message("cancelled"),
    "suspend": message("suspended"),
    "resume": message("resumed"),
    "redate": message("new due date"),
    "progress": message("progress"),
    "release": message("released from the promise"),
    "dispute": message("disputed"),
    "confirm": message("confirmed by those it was promised to"),
    "recorded": message("action added"),
    # findings
    "accept": message("accepted"),
    "partially_accept": message("accepted in part"),
    "reject": message("rejected"),
    "supersede": message("superseded"),
    "retire": message("retired"),
    "duplicate": message("closed as a duplicate"),
    "block": message("blocked"),
    "unblock": message("block lifted"),
    "check_pass": message("check passed"),
    "check_fail": message("check failed"),
    "check_na": message("check not applicable"),
    "review_confirmed": message("reviewed and confirmed"),
    "review_revised": message("reviewed and revised"),
    "review_material": message("reviewed and revised in what it means"),
    # both
    "evidence": message("evidence"),
}
"""Event → what it says has happened."""


def past_decisions(data: ReportData) -> list[Markup]:
    """Return the decisions that the last report asked for, with what became of each; nothing where none was made."""
    changes = data.changes
    if not data.is_period_given:
        return []
    day = say_day(data.since)
    outcomes = changes.outcomes(MOST)
    if not outcomes:
        return [tag("p", say("Nothing needed a decision on {day}.", day=day))]
    left = len(changes.asked) - MOST
    more = say_n(
        "{n:,} more finding needed a decision but was not listed.",
        "{n:,} more findings needed a decision but were not listed.",
        left,
    )
    basis = say(
        "Judged by events, evidence and new actions that are dated, or became known, after {day}.", day=day
    )
    return [
        tag("p", _fate_counts(outcomes, day)),
        disclosure(
            say("What became of each"),
            item_list((_past_item(data, outcome) for outcome in outcomes), name="moves"),
            tag("p", basis, class_="note"),
            more_html(more, left),
        ),
    ]


def _fate_counts(outcomes: list[Outcome], day: str) -> str:
    """Say how many decisions were settled, acted upon and not taken; what became of none is left out."""
    n = len(outcomes)
    if n == 1:
        return say(ALONE[outcomes[0].fate], day=day)
    settled, acted, left = (sum(outcome.fate is fate for outcome in outcomes) for fate in Fate)
    if left == n:
        return say("Of the {n} findings that needed a decision on {day}, none has moved since.", n=n, day=day)
    parts = (
        say_n("{n} was settled", "{n} were settled", settled) if settled else "",
        say_n("{n} was acted upon and is still open", "{n} were acted upon and are still open", acted)
        if acted
        else "",
        say_n("of {n} nothing was heard", "of {n} nothing was heard", left) if left else "",
    )
    return say(
        "Of the {n} findings that needed a decision on {day}, {fates}.",
        n=n,
        day=day,
        fates=say_in_turn(CLAUSES, parts),
    )


def _past_item(data: ReportData, outcome: Outcome) -> Markup:
    """Return a decision: what became of it, on which finding, and why it was asked for."""
    decision = outcome.asked
    what = tag("p", link(decision.finding_id), " ", data.statement(decision.finding_id), class_="what")
    since = decision.dated
    why = (
        say("then: {reason}, {since}", reason=decision.heading, since=since)
        if since
        else say("then: {reason}", reason=decision.heading)
    )
    return join(
        [what, tag("p", why, class_="how"), tag("p", _fate_text(data.changes, outcome), class_="fate")]
    )


def _fate_text(changes: Changes, outcome: Outcome) -> Markup:
    """Say what became of a decision: how it stands now, or what was done."""
    head = tag("strong", say(FATES[outcome.fate]))
    if outcome.fate is Fate.SETTLED:
        lines = [_state_now(changes, outcome)]
    elif outcome.fate is Fate.LEFT:
        lines = [say("no event, no evidence and no new action after {day}", day=say_day(changes.since))]
    else:
        facts = outcome.done.head(MOST_FACTS).to_dict("records")
        left = len(outcome.done) - len(facts)
        lines = [_fact_text(fact) for fact in facts]
        lines += [say_n("and {n} more fact", "and {n} more facts", left)] if left else []
    return join([head, *(piece for line in lines for piece in (tag("br"), line))])


def _state_now(changes: Changes, outcome: Outcome) -> str:
    """Say where a finding stands now, and for what else it waits."""
    finding_id = outcome.asked.finding_id
    row = changes.both.set_index("finding_id").loc[finding_id]
    if row["disposition"] != Disposition.OPEN:
        return say("now closed: {state}", state=name_of(row["disposition"]))
    others = changes.reasons.get(finding_id)
    if others:
        return say(
            "now “{stage}”; waits for another reason: {reason}",
            stage=name_of(row["stage_name"]),
            reason=others[0].heading,
        )
    return say("now “{stage}”", stage=name_of(row["stage_name"]))


def _fact_text(fact: dict[Any, Any]) -> str:
    """Say what happened to what on which day, with the number of the fact."""
    event = HAPPENED[fact["what"]]
    values = {
        "subject": fact["subject_id"],
        "what": say(event),
        "day": say_day(fact["happened_on"].date()),
    }
    if isinstance(fact["fact_id"], str):
        return say("{subject}: {what}, {day} ({fact_id})", **values, fact_id=fact["fact_id"])
    return say("{subject}: {what}, {day}", **values)

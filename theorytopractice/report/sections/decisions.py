"""What must be decided, and what became of the decisions of the last report, as far as dated evidence tells?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.changes import Fate
from theorytopractice.assessment.decisions import Status
from theorytopractice.html import Part, item_list, join, mark, quiet, section, tag, terms
from theorytopractice.i18n import CLAUSES, PARTS, message, say, say_day, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Disposition
from theorytopractice.report.marks import more_html
from theorytopractice.report.sentences import link, who

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.assessment.changes import Changes, Outcome
    from theorytopractice.assessment.decisions import Decision
    from theorytopractice.report.data import ReportData


MOST, MOST_NAMED = 7, 20
MOST_ACTIONS = 3


def render(data: ReportData) -> Part:
    """The findings that need a decision, gravest first, at most seven."""
    pending = data.waiting
    if not pending:
        return section("decisions", say("Needs your decision"), quiet(say("Nothing needs a decision today.")))
    left = len(pending) - MOST
    more = say_n(
        "{n:,} more finding waits for a decision, marked ▲ in the list of every finding:",
        "{n:,} more findings wait for a decision, marked ▲ in the list of every finding:",
        left,
    )
    others = join((link(decision.finding_id) for decision in pending[MOST : MOST + MOST_NAMED]), " ")
    beyond = " …" if left > MOST_NAMED else ""
    return section(
        "decisions",
        say("Needs your decision"),
        item_list((_item(data, decision) for decision in pending[:MOST]), name="decisions", ordered=True),
        tag("p", more, " ", others, beyond, class_="more") if left > 0 else None,
        lead=say("What has gone wrong, or stands still although it is known to be right; the gravest first."),
    )


def decision_html(decision: Decision, number: Markup, statement: str, facts: list[tuple[str, str]]) -> Markup:
    """Return one decision: why it waits and since when, what it is, and some facts about it."""
    since = [" ", tag("span", decision.dated, class_="since")] if decision.dated else []
    why = [mark(Status.ACT, decision.heading), *since]
    what = [number, " ", statement]
    return join([tag("p", *why, class_="why"), tag("p", *what, class_="what"), terms(facts)])


def _item(data: ReportData, decision: Decision) -> Markup:
    """Return one decision: why it waits, what it is, who has it, and what is asked."""
    begun = _begun(data, decision.finding_id)
    facts = [
        (say("Who"), who(data.answers(decision.finding_id))),
        *([(say("Begun"), begun)] if begun else []),
        (say("Asked"), decision.asked),
    ]
    return decision_html(decision, link(decision.finding_id), data.statement(decision.finding_id), facts)


def _begun(data: ReportData, finding_id: str) -> str:
    """Name the actions on a finding that have begun and are not finished, whatever their role; empty where none has."""
    rows = data.begun.get(finding_id, [])
    return say_in_turn(PARTS, [_action(row) for row in rows[:MOST_ACTIONS]])


def _action(row: dict[str, Any]) -> str:
    """Say what is done, and until when."""
    if pd.isna(row["due"]):
        return say("{title} ({action_id})", title=row["title"], action_id=row["action_id"])
    day = say_day(row["due"].date())
    return say("{title} ({action_id}, due {day})", title=row["title"], action_id=row["action_id"], day=day)


MOST_FACTS = 3
FATES = {
    Fate.SETTLED: message("settled"),
    Fate.ACTED: message("acted upon, still open"),
    Fate.LEFT: message("not taken"),
}
ALONE = {
    Fate.SETTLED: message("The decision asked for in the report of {day} was settled."),
    Fate.ACTED: message("The decision asked for in the report of {day} was acted upon and is still open."),
    Fate.LEFT: message("The decision asked for in the report of {day} has not been taken."),
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
    heading, day = say("The decisions of the last report"), say_day(data.since)
    outcomes = changes.outcomes(MOST)
    if not outcomes:
        none = say("No decision was asked for in the report of {day}.", day=day)
        return [tag("h3", heading), quiet(none)]
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
        tag("h3", heading),
        tag("p", _fate_counts(outcomes, day)),
        item_list((_past_item(data, outcome) for outcome in outcomes), name="moves"),
        tag("p", basis, class_="note"),
        more_html(more, left),
    ]


def _fate_counts(outcomes: list[Outcome], day: str) -> str:
    """Say how many decisions were settled, acted upon and not taken; what became of none is left out."""
    n = len(outcomes)
    if n == 1:
        return say(ALONE[outcomes[0].fate], day=day)
    settled, acted, left = (sum(outcome.fate is fate for outcome in outcomes) for fate in Fate)
    if left == n:
        return say("None of the {n} decisions asked for in the report of {day} has been taken.", n=n, day=day)
    parts = (
        say_n("{n} was settled", "{n} were settled", settled) if settled else "",
        say_n("{n} was acted upon and is still open", "{n} were acted upon and are still open", acted)
        if acted
        else "",
        say_n("{n} has not been taken", "{n} have not been taken", left) if left else "",
    )
    return say(
        "Of the {n} decisions asked for in the report of {day}, {fates}.",
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
        say("asked then: {reason}, {since}", reason=decision.heading, since=since)
        if since
        else say("asked then: {reason}", reason=decision.heading)
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

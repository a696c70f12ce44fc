"""What must be decided: what, who, since when, and what is asked?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.html import Part, Status, anchor, joined, listed, mark, quiet, section, tag, terms
from theorytopractice.i18n import PARTS, say, say_day, say_in_turn, say_list, say_n
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.assessment.decisions import Decision
    from theorytopractice.report.data import ReportData


MOST, MOST_NAMED = 7, 20
MOST_OWNERS = 3


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
    others = joined((link(decision.finding_id) for decision in pending[MOST : MOST + MOST_NAMED]), " ")
    beyond = " …" if left > MOST_NAMED else ""
    return section(
        "decisions",
        say("Needs your decision"),
        listed((_item(data, decision) for decision in pending[:MOST]), name="decisions", ordered=True),
        tag("p", more, " ", others, beyond, class_="more") if left > 0 else None,
        lead=say("What has gone wrong, or stands still although it is known to be right; the gravest first."),
    )


def decision_html(decision: Decision, number: Markup, statement: str, facts: list[tuple[str, str]]) -> Markup:
    """Return one decision: why it waits and since when, what it is, and some facts about it."""
    since = [" ", tag("span", decision.dated, class_="since")] if decision.dated else []
    why = [mark(Status.ACT, decision.heading), *since]
    what = [number, " ", statement]
    return joined([tag("p", *why, class_="why"), tag("p", *what, class_="what"), terms(facts)])


def _item(data: ReportData, decision: Decision) -> Markup:
    """Return one decision: why it waits, what it is, who has it, and what is asked."""
    begun = _begun(data, decision.finding_id)
    facts = [
        (say("Who"), who(data, decision.finding_id)),
        *([(say("Begun"), begun)] if begun else []),
        (say("Asked"), decision.asked),
    ]
    return decision_html(decision, link(decision.finding_id), data.statement(decision.finding_id), facts)


def _begun(data: ReportData, finding_id: str) -> str:
    """Name the actions on a finding that have begun and are not finished, whatever their role; empty where none has."""
    rows = data.begun.get(finding_id, [])
    return say_in_turn(PARTS, [_action(row) for row in rows[:MOST_OWNERS]])


def _action(row: dict[str, Any]) -> str:
    """Say what is done, and until when."""
    if pd.isna(row["due"]):
        return say("{title} ({action_id})", title=row["title"], action_id=row["action_id"])
    day = say_day(row["due"].date())
    return say("{title} ({action_id}, due {day})", title=row["title"], action_id=row["action_id"], day=day)


def link(finding_id: str) -> Markup:
    """Return a finding's number as a link to where it is told of in full."""
    return tag("a", finding_id, href=f"#{anchor(finding_id)}", class_="id")


def who(data: ReportData, finding_id: str) -> str:
    """Name who answers for a finding."""
    names = data.answers(finding_id)
    if not names:
        return name_of("nobody")
    return say_list(names, few=MOST_OWNERS)

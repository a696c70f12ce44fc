"""What must be decided: what, who, since when, and what is asked?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.html import Part, Status, anchor, joined, listed, mark, quiet, section, tag, terms
from theorytopractice.i18n import PARTS, message, say, say_day, say_in_turn, say_list, say_n
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.report.data import ReportData
    from theorytopractice.report.decisions import Decision


MOST, MOST_NAMED = 7, 20
MOST_OWNERS = 3
ASKED = {
    "lapsed": (
        message("It worked and has lapsed"),
        message("Say how the result is won back, who does it, and by when."),
    ),
    "dead_letter": (message("A dead letter"), message("Have the rule followed, change it, or repeal it.")),
    "block_expired": (
        message("Blocked, revisit date past"),
        message("Lift the block, or set a new date and a way out."),
    ),
    "no_enabling_action": (
        message("Waits for a condition, nobody works on it"),
        message("Name who creates the condition, and by when."),
    ),
    "missed": (
        message("A promise was not kept"),
        message("Have it kept now, or go back to those it was made to and agree on a new date."),
    ),
    "overdue": (
        message("Overdue for over 30 days"),
        message("Have it finished, or agree on a new date in the open."),
    ),
    "shelved": (
        message("Known, not done"),
        message("Give it an owner and a date, or say why it will not be done."),
    ),
    "ripe_not_moved": (
        message("Conditions met, nobody moves"),
        message("Give the order to begin, with an owner and a date."),
    ),
}
"""Reason → what has happened, and what is asked of the leader."""
SINCE = message("since {day}")
DATED = {
    "shelved": message("known since {day}"),
    "dead_letter": message("not followed since {day}"),
    "no_enabling_action": message("blocked since {day}"),
    "missed": message("promised for {day}"),
    "overdue": message("due {day}"),
    "block_expired": message("revisit was due {day}"),
}


def render(data: ReportData) -> Part:
    """The findings that need a decision, gravest first, at most seven."""
    found = data.waiting
    if not found:
        return section("decisions", say("Needs your decision"), quiet(say("Nothing needs a decision today.")))
    left = len(found) - MOST
    more = say_n(
        "{n:,} more finding waits for a decision, marked ▲ in the list of every finding:",
        "{n:,} more findings wait for a decision, marked ▲ in the list of every finding:",
        left,
    )
    others = joined((link(one.finding_id) for one in found[MOST : MOST + MOST_NAMED]), " ")
    beyond = " …" if left > MOST_NAMED else ""
    return section(
        "decisions",
        say("Needs your decision"),
        listed((_item(data, one) for one in found[:MOST]), name="decisions", ordered=True),
        tag("p", more, " ", others, beyond, class_="more") if left > 0 else None,
        lead=say("What has gone wrong, or stands still although it is known to be right; the gravest first."),
    )


def reason_words(one: Decision) -> str:
    """Say why a finding waits, such as "A dead letter"."""
    return say(ASKED[one.reason][0])


def since_words(one: Decision) -> str:
    """Say since when a finding waits; empty where nothing dates it."""
    return say(DATED.get(one.reason, SINCE), day=say_day(one.since)) if one.since else ""


def _item(data: ReportData, one: Decision) -> Markup:
    """Return one decision: why it waits, what it is, who has it, and what is asked."""
    since = since_words(one)
    why = joined(
        [mark(Status.ACT, reason_words(one)), *([" ", tag("span", since, class_="since")] if since else [])]
    )
    what = joined([link(one.finding_id), " ", data.statement(one.finding_id)])
    begun = _begun(data, one.finding_id)
    facts = [
        (say("Who"), who(data, one.finding_id)),
        *([(say("Begun"), begun)] if begun else []),
        (say("Asked"), say(ASKED[one.reason][1])),
    ]
    return joined([tag("p", why, class_="why"), tag("p", what, class_="what"), terms(facts)])


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

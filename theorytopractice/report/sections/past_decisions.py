"""What became of the decisions of the last report, as far as dated evidence tells?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.changes import Fate
from theorytopractice.html import joined, listed, quiet, tag
from theorytopractice.i18n import CLAUSES, message, say, say_day, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.report.sections.decisions import MOST, link

if TYPE_CHECKING:
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.assessment.changes import Changes, Outcome
    from theorytopractice.report.data import ReportData


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
    judged = say(
        "Judged by events, evidence and new actions that are dated, or became known, after {day}.", day=day
    )
    return [
        tag("h3", heading),
        tag("p", _counted(outcomes, day)),
        listed((_item(data, outcome) for outcome in outcomes), name="moves"),
        tag("p", judged, class_="note"),
        *([tag("p", more, class_="more")] if left > 0 else []),
    ]


def _counted(outcomes: list[Outcome], day: str) -> str:
    """Say how many decisions were settled, acted upon and not taken; what became of none is left out."""
    n = len(outcomes)
    if n == 1:
        return say(ALONE[outcomes[0].fate], day=day)
    settled, acted, left = (sum(one.fate is fate for one in outcomes) for fate in Fate)
    if left == n:
        return say("None of the {n} decisions asked for in the report of {day} has been taken.", n=n, day=day)
    told = (
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
        fates=say_in_turn(CLAUSES, told),
    )


def _item(data: ReportData, outcome: Outcome) -> Markup:
    """Return a decision: what became of it, on which finding, and why it was asked for."""
    asked = outcome.asked
    what = tag("p", link(asked.finding_id), " ", data.statement(asked.finding_id), class_="what")
    since = asked.dated
    why = (
        say("asked then: {reason}, {since}", reason=asked.heading, since=since)
        if since
        else say("asked then: {reason}", reason=asked.heading)
    )
    return joined([what, tag("p", why, class_="how"), tag("p", _fate(data.changes, outcome), class_="fate")])


def _fate(changes: Changes, outcome: Outcome) -> Markup:
    """Say what became of a decision: how it stands now, or what was done."""
    head = tag("strong", say(FATES[outcome.fate]))
    if outcome.fate is Fate.SETTLED:
        said = [_now(changes, outcome)]
    elif outcome.fate is Fate.LEFT:
        said = [say("no event, no evidence and no new action after {day}", day=say_day(changes.since))]
    else:
        facts = outcome.done.head(MOST_FACTS).to_dict("records")
        left = len(outcome.done) - len(facts)
        said = [_fact(fact) for fact in facts]
        said += [say_n("and {n} more fact", "and {n} more facts", left)] if left else []
    return joined([head, *(piece for line in said for piece in (tag("br"), line))])


def _now(changes: Changes, outcome: Outcome) -> str:
    """Say where a finding stands now, and for what else it waits."""
    finding_id = outcome.asked.finding_id
    row = changes.both.set_index("finding_id").loc[finding_id]
    if row["disposition"] != "open":
        return say("now closed: {state}", state=name_of(row["disposition"]))
    others = changes.reasons.get(finding_id)
    if others:
        return say(
            "now “{stage}”; waits for another reason: {reason}",
            stage=name_of(row["stage_name"]),
            reason=others[0].heading,
        )
    return say("now “{stage}”", stage=name_of(row["stage_name"]))


def _fact(fact: dict[Any, Any]) -> str:
    """Say what happened to what on which day, with the number of the fact."""
    happened = HAPPENED[fact["what"]]
    said = {
        "subject": fact["subject_id"],
        "what": say(happened),
        "day": say_day(fact["happened_on"].date()),
    }
    if isinstance(fact["fact_id"], str):
        return say("{subject}: {what}, {day} ({fact_id})", **said, fact_id=fact["fact_id"])
    return say("{subject}: {what}, {day}", **said)

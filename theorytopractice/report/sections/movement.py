"""What has moved since the last report, or in the last thirty days, by name and with dates?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.changes import new_flags
from theorytopractice.assessment.flags import flag_label
from theorytopractice.html import Part, item_list, join, safe, section, tag
from theorytopractice.i18n import CLAUSES, PARTS, message, say, say_day, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Disposition, Stage
from theorytopractice.report.marks import more_html
from theorytopractice.report.sections.decisions import past_decisions
from theorytopractice.report.sentences import link

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import Any, TypeAlias

    from markupsafe import Markup

    from theorytopractice.assessment.changes import Changes
    from theorytopractice.report.data import ReportData


if TYPE_CHECKING:
    Row: TypeAlias = dict[Any, Any]
    Tell: TypeAlias = Callable[[Row], Markup | str]

MOST = 10
CLOSED = {
    Disposition.REJECTED: (message("rejected on {day}"), message("rejected on {day}: {reason}")),
    Disposition.SUPERSEDED: (
        message("superseded by {other} on {day}"),
        message("superseded by {other} on {day}: {reason}"),
    ),
    Disposition.RETIRED: (message("retired on {day}"), message("retired on {day}: {reason}")),
    Disposition.DUPLICATE: (
        message("closed on {day} as a duplicate of {other}"),
        message("closed on {day} as a duplicate of {other}: {reason}"),
    ),
}
"""Disposition → the sentence without and with a reason."""
REVISED = {
    "review_revised": message("revised by the review of {day}"),
    "review_material": message(
        "revised in what it means by the review of {day}, so what was done before no longer counts"
    ),
    "reworded": message("reworded on {day}"),
}


def render(data: ReportData) -> Part:
    """Which findings rose, fell, lapsed, came, went or were revised, and what became of the decisions asked for."""
    changes = data.changes
    groups = (
        (say("Moved up"), changes.up, _rises(changes)),
        (say("Moved down"), changes.down, _falls(changes)),
        (say("Newly lapsed"), changes.lapsed, _lapse(changes)),
        (say("Added"), changes.added, _addition(data)),
        (say("Closed"), changes.closed, _closing),
        (say("Opened again"), changes.opened, _opening),
        (say("Revised"), changes.revised, _revision),
    )
    return section(
        "movement",
        _heading(data),
        tag("p", _summary(changes)),
        *(_group(data, heading, frame, tell) for heading, frame, tell in groups if len(frame)),
        *past_decisions(data),
        lead=_period(data),
    )


def _heading(data: ReportData) -> str:
    """Name the part: by the last report, or by its days where none was made."""
    if data.is_period_given:
        return say("Since the last report")
    return say_n("The last {n} day", "The last {n} days", (data.day - data.since).days)


def _period(data: ReportData) -> str:
    """Say which days are looked at."""
    if data.is_period_given:
        return say("What has moved after {day}, the day of the last report.", day=say_day(data.since))
    return say(
        "No earlier report was named, so the last {n} days are shown: what has moved after {day}.",
        n=(data.day - data.since).days,
        day=say_day(data.since),
    )


def _summary(changes: Changes) -> str:
    """Count every sort of change, those that did not happen too."""
    up, down, lapsed = len(changes.up), len(changes.down), len(changes.lapsed)
    added, closed, opened = len(changes.added), len(changes.closed), len(changes.opened)
    revised = changes.revised["finding_id"].nunique()
    if not any((up, down, lapsed, added, closed, opened, revised)):
        return say(
            "Nothing has moved: no finding rose or fell a stage, lapsed, was added, closed, opened again or revised."
        )
    clauses = (
        say_n("{n:,} finding moved up a stage or more", "{n:,} findings moved up a stage or more", up)
        if up
        else say("no finding moved up a stage"),
        say_n("{n:,} moved down", "{n:,} moved down", down) if down else say("none moved down"),
        say_n("{n:,} has newly lapsed", "{n:,} have newly lapsed", lapsed)
        if lapsed
        else say("none has newly lapsed"),
        say_n("{n:,} was added", "{n:,} were added", added) if added else say("none was added"),
        say_n("{n:,} was closed", "{n:,} were closed", closed) if closed else say("none was closed"),
        say_n("{n:,} was opened again", "{n:,} were opened again", opened)
        if opened
        else say("none was opened again"),
        say_n("{n:,} was revised", "{n:,} were revised", revised) if revised else say("none was revised"),
    )
    return say("Since then {changes}.", changes=say_in_turn(CLAUSES, clauses))


def _group(data: ReportData, heading: str, frame: pd.DataFrame, tell: Tell) -> Markup:
    """Return one sort of change: each finding with its statement and what happened to it."""
    items = (
        join([tag("p", link(row["finding_id"]), " ", data.statement(row["finding_id"]), class_="what"), how])
        for row in frame.head(MOST).to_dict("records")
        for how in [tag("p", tell(row), class_="how")]
    )
    left = len(frame) - MOST
    more = say_n(
        "{n:,} more is not shown here; it is in the list of every finding.",
        "{n:,} more are not shown here; they are in the list of every finding.",
        left,
    )
    return join(
        [
            tag("h3", heading),
            item_list(items, name="moves"),
            more_html(more, left),
        ]
    )


def _rises(changes: Changes) -> Tell:
    """Tell from where to where a finding rose, and on which day."""
    days = changes.stage_days(changes.up["finding_id"].head(MOST).tolist())

    def tell(row: Row) -> str:
        return say(
            "from “{before}” to “{now}”, reached on {day}",
            **_stages(row),
            day=say_day(days[row["finding_id"]]),
        )

    return tell


def _falls(changes: Changes) -> Tell:
    """Tell from where to where a finding fell, on which day, and why as far as a new mark says so."""
    days = changes.stage_days(changes.down["finding_id"].head(MOST).tolist())
    happened, since = changes.happened, say_day(changes.since)
    rewritten = set(happened.loc[happened["what"] == "review_material", "finding_id"])

    def tell(row: Row) -> str:
        finding_id = row["finding_id"]
        why = [flag_label(flag) for flag in new_flags(row["flags"], row["flags_before"])]
        if finding_id in rewritten:
            why.insert(0, say("its meaning was revised, so what was done before no longer counts"))
        if not why:
            why = [say("no new mark says why; its entry in the list of every finding does")]
        return say(
            "from “{before}” to “{now}” on {day}; what is new since {since}: {why}",
            **_stages(row),
            day=say_day(days[finding_id]),
            since=since,
            why=say_in_turn(PARTS, why),
        )

    return tell


def _lapse(changes: Changes) -> Tell:
    """Tell since when a finding is lapsed, and where it stands now."""

    def tell(row: Row) -> str:
        day = changes.lapsed_on.get(row["finding_id"])
        now = name_of(row["stage_name"])
        if day is None:
            return say("lapsed; now “{now}”", now=now)
        return say("lapsed since {day}; now “{now}”", day=say_day(day), now=now)

    return tell


def _addition(data: ReportData) -> Tell:
    """Tell when a finding was recorded, and where it stands now."""
    recorded = data.finding["recorded_on"]

    def tell(row: Row) -> str:
        return say(
            "recorded on {day}; now “{now}”", day=say_day(as_date(recorded[row["finding_id"]])), now=_now(row)
        )

    return tell


def _closing(row: Row) -> Markup:
    """Tell how, when and why a finding was closed."""
    short, full = CLOSED[row["disposition"]]
    other = row["other_finding_id"]
    return _fill(
        full if isinstance(row["reason"], str) else short,
        day=say_day(as_date(row["closed_on"])),
        reason=row["reason"],
        other=link(other) if isinstance(other, str) else say("another finding"),
    )


def _opening(row: Row) -> str:
    """Tell that a closed finding is open again, and where it stands now."""
    return say(
        "was {before}, is open again; now “{now}”", before=name_of(row["disposition_before"]), now=_now(row)
    )


def _revision(row: Row) -> str:
    """Tell by which review a finding was revised, or when its wording changed."""
    became = row["what"]
    text = say(REVISED[became], day=say_day(as_date(row["happened_on"])))
    if isinstance(row["reason"], str):
        text = say("{revised}: {reason}", revised=text, reason=row["reason"])
    return (
        say("{revised} ({fact_id})", revised=text, fact_id=row["fact_id"])
        if isinstance(row["fact_id"], str)
        else text
    )


def as_date(written: object) -> date:
    """Read a date, also where a table holds it as text."""
    return pd.Timestamp(written).date()  # type: ignore[arg-type]


def _stages(row: Row) -> dict[str, str]:
    names = list(Stage)
    return {"before": name_of(names[row["stage_before"]]), "now": name_of(names[row["stage"]])}


def _now(row: Row) -> str:
    """Name where a finding stands: its stage, or how it was closed."""
    return name_of(row["stage_name"] if row["disposition"] == Disposition.OPEN else row["disposition"])


def _fill(sentence: str, **facts: object) -> Markup:
    """Say a sentence whose facts may be links; they are put in after it was translated."""
    return safe(say(sentence, **{name: f"{{{name}}}" for name in facts})).format(**facts)

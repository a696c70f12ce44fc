"""What has moved since the last report, or in the last thirty days, by name and with dates?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.changes import new_flags
from theorytopractice.assessment.flags import flag_label
from theorytopractice.html import Part, item_list, join, safe, section, tag
from theorytopractice.i18n import PARTS, message, say, say_day, say_in_turn, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Disposition, Stage
from theorytopractice.report.marks import more_html
from theorytopractice.report.sections.decisions import past_decisions
from theorytopractice.report.sentences import headline, link

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

MOST, MOST_SIGNS = 5, 56
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
    """Which findings lapsed, fell, rose, came, went or were revised, the gravest first, and what was decided since."""
    changes = data.changes
    groups = (
        (say("Lapsed"), "▼", changes.lapsed, _lapse(changes)),
        (say("Down"), "▼", changes.down, _falls(changes)),
        (say("Up"), "▲", changes.up, _rises(changes)),
        (say("Added"), "", changes.added, _addition(data)),
        (say("Closed"), "", changes.closed, _closing),
        (say("Opened again"), "", changes.opened, _opening),
        (say("Revised"), "", changes.revised, _revision),
    )
    gravest: dict[str, tuple[str, str, Row, Tell]] = {}
    for word, sign, frame, tell in groups:
        for row in frame.to_dict("records"):
            gravest.setdefault(row["finding_id"], (word, sign, row, tell))
    rows = list(gravest.values())
    items = [_item(data, *row) for row in rows[:MOST]]
    left = len(rows) - MOST
    more = say_n(
        "{n:,} more is in the list of every finding.",
        "{n:,} more are in the list of every finding.",
        left,
    )
    return section(
        "movement",
        say("What moved since {day}", day=say_day(data.since)),
        item_list(items, name="moves") if items else tag("p", say("Nothing moved.")),
        more_html(more, left),
        *past_decisions(data),
    )


def _item(data: ReportData, word: str, sign: str, row: Row, tell: Tell) -> Markup:
    """Return one change: of which finding, and how."""
    finding_id = row["finding_id"]
    shape = tag("i", sign, aria_hidden="true", class_="up" if sign == "▲" else "down") if sign else ""
    title = tag("span", headline(data.statement(finding_id), MOST_SIGNS), dir="auto")
    return join([shape, " ", tag("b", word), " ", link(finding_id), " ", title, ": ", tell(row)])


def _rises(changes: Changes) -> Tell:
    """Tell from where to where a finding rose, and on which day."""
    days = changes.stage_days(changes.up["finding_id"].head(MOST).tolist())

    def tell(row: Row) -> str:
        return say(
            "from “{before}” to “{now}” on {day}",
            **_stages(row),
            day=say_day(days[row["finding_id"]]),
        )

    return tell


def _falls(changes: Changes) -> Tell:
    """Tell from where to where a finding fell, on which day, and why as far as a new mark says so."""
    days = changes.stage_days(changes.down["finding_id"].head(MOST).tolist())
    happened = changes.happened
    rewritten = set(happened.loc[happened["what"] == "review_material", "finding_id"])

    def tell(row: Row) -> str:
        finding_id = row["finding_id"]
        why = [flag_label(flag) for flag in new_flags(row["flags"], row["flags_before"])]
        if finding_id in rewritten:
            why.insert(0, say("its meaning was revised, so what was done before no longer counts"))
        facts = {**_stages(row), "day": say_day(days[finding_id])}
        if not why:
            return say("from “{before}” to “{now}” on {day}", **facts)
        return say("from “{before}” to “{now}” on {day}: {why}", **facts, why=say_in_turn(PARTS, why))

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
    return text


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

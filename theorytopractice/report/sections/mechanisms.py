"""Is each mechanism followed, is it a dead letter, and how long has it held?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.decisions import Status
from theorytopractice.assessment.measures import SENTENCE, figure_of, say_figure
from theorytopractice.charts import svg
from theorytopractice.html import Part, behind, joined, mark, quiet, section, table, tag
from theorytopractice.i18n import message, say, say_n, say_names, say_short_day
from theorytopractice.model.labels import check_name, name_of
from theorytopractice.model.vocabularies import FindingKind, Stage
from theorytopractice.report.empty_states import closed_text, empty_text, open_findings
from theorytopractice.report.marks import MOST_SLOTS, SLOT_MARKS, mark_key, mark_strip
from theorytopractice.report.summary_line import cadence, link

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any]

MOST = 12
DEAD, SHAKY, FOLLOWED, NOT_IN_FORCE = range(4)
MEANINGS = (
    (svg.FULL, message("passed")),
    (svg.CROSS, message("failed")),
    (svg.EMPTY, message("missed")),
    (svg.DOT, message("not applicable, or not counted yet")),
)


def render(data: ReportData) -> Part:
    """The mechanisms: how many are followed, and each with its checks, dead letters first."""
    heading = say("Mechanisms: are they followed?")
    if open_findings(data, FindingKind.MECHANISM).empty:
        return section("mechanisms", heading, quiet(empty_text(data, FindingKind.MECHANISM)))
    mechanisms = _group(data.mechanisms)
    shown = mechanisms.sort_values("group", kind="stable").head(MOST)
    slots = data.slots[data.slots["finding_id"].isin(shown["finding_id"])]
    closed = closed_text(data, FindingKind.MECHANISM)
    return section(
        "mechanisms",
        heading,
        tag("p", _persistence(data)),
        tag("p", closed, class_="since") if closed else None,
        mark_key(
            (mark, check_name("missed") if mark == svg.EMPTY else say(words)) for mark, words in MEANINGS
        ),
        _list(shown, slots, len(mechanisms) - MOST),
        behind(say("The checks as a table"), _checks(slots)) if len(slots) else None,
        lead=_sentence(mechanisms),
    )


def _group(mechanisms: pd.DataFrame) -> pd.DataFrame:
    """Put each mechanism into one group: dead letter, in force without three passes, followed, not in force."""
    effective = mechanisms["effective_on"]
    group = pd.Series(SHAKY, index=mechanisms.index)
    group[mechanisms["stage"] >= Stage.IN_PRACTICE] = FOLLOWED
    group[effective.isna() | (effective > mechanisms["as_of"])] = NOT_IN_FORCE
    group[mechanisms["dead_letter"]] = DEAD
    return mechanisms.assign(group=group)


def _sentence(mechanisms: pd.DataFrame) -> str:
    """Say how the mechanisms stand; each is counted once."""
    n = mechanisms["group"].value_counts().reindex(range(4), fill_value=0)
    return say(
        "Of {mechanisms}, {followed}, {dead}, {shaky}, {waiting}.",
        mechanisms=say_n("{n:,} mechanism", "{n:,} mechanisms", len(mechanisms)),
        followed=say_n(
            "{n:,} is followed (its last three checks were passed)",
            "{n:,} are followed (their last three checks were passed)",
            int(n[FOLLOWED]),
        ),
        dead=say_n(
            "{n:,} is a dead letter (neither of its last two checks was passed)",
            "{n:,} are dead letters (neither of their last two checks was passed)",
            int(n[DEAD]),
        ),
        shaky=say_n(
            "{n:,} is in force without three passed checks in a row",
            "{n:,} are in force without three passed checks in a row",
            int(n[SHAKY]),
        ),
        waiting=say_n("{n:,} is not in force yet", "{n:,} are not in force yet", int(n[NOT_IN_FORCE])),
    )


def _persistence(data: ReportData) -> str:
    found = figure_of(data.measures, "persistence")
    if pd.isna(found["value"]):
        return say("No check has come due yet.")
    return say(
        "Checks passed, of the last 12 due of each mechanism: {share}.", share=say_figure(found, SENTENCE)
    )


def _list(shown: pd.DataFrame, slots: pd.DataFrame, left: int) -> Markup:
    """Return one row a mechanism, dead letters first."""
    by_finding = dict(list(slots.groupby("finding_id")))
    rows = [_cells(row, by_finding.get(row["finding_id"])) for row in shown.to_dict("records")]
    heads = [say("Mechanism"), say("Checks, oldest first"), say("Held"), say("Last check"), say("Next due")]
    made = table(
        say("Mechanisms and how they are followed, dead letters first"), heads, rows, name="works mechanisms"
    )
    more = say_n(
        "{n:,} more mechanism is in the list of every finding.",
        "{n:,} more mechanisms are in the list of every finding.",
        left,
    )
    return joined([made, tag("p", more, class_="more") if left > 0 else ""])


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
    said = tag("div", joined(facts, " · "), class_="said")
    return joined([dead, " ", link(row["finding_id"]), " ", row["statement"], said])


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
    if row["group"] == NOT_IN_FORCE:
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

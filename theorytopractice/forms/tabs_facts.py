"""What was observed, what proves it, and what happened? The facts of a finding, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.lists.readings import readings
from theorytopractice.forms.attachments import SCHEME, state_of
from theorytopractice.forms.overview import cell
from theorytopractice.forms.paging import Page
from theorytopractice.forms.tables import adding, changing, day, gap, or_gap, rows
from theorytopractice.language import CLAUSES, say, say_in_turn
from theorytopractice.model.naming import name_of
from theorytopractice.report.html import tag

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.shown import Shown
    from theorytopractice.store.plan import Plan

    Row = Mapping[Hashable, Any]


def observations(shown: Shown) -> Markup:
    """Show the latest values of each indicator, the newest first."""
    frame = shown.book["observation"].merge(
        shown.indicators[["indicator_id", "name", "unit"]].drop_duplicates("indicator_id"), on="indicator_id"
    )
    frame = frame.sort_values(["observed_on", "indicator_id"], ascending=[False, True], kind="stable")
    page = Page.of(shown.desk, len(frame))
    heads = [say("Indicator"), say("Day"), say("Value"), say("Note"), say("What to do")]
    counts = set(readings(shown.book, as_of=shown.why.as_of)["observation_id"])
    lines = [
        (
            f"{row['name']} ({row['indicator_id']})",
            day(row["observed_on"]),
            _value(row, is_counted=row["observation_id"] in counts, until=shown.why.as_of),
            cell(row["note"]),
            changing("observation", row, of=f"{row['indicator_id']}, {day(row['observed_on'])}"),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    add = [
        adding(
            say("Add a value of {indicator_id}", indicator_id=one),
            form="row",
            table="observation",
            indicator_id=one,
        )
        for one in dict.fromkeys(shown.indicators["indicator_id"])
    ]
    return tag(
        "div",
        page.around(rows(say("Values, the newest first"), heads, lines, say("No value yet."))),
        tag("p", *add, class_="buttons"),
    )


def _value(row: Row, *, is_counted: bool, until: str) -> Markup:
    """Return a value with its unit, and what keeps it from being the one that counts."""
    value = tag("span", f"{row['value']} {cell(row['unit'])}".strip())
    notes = [
        say("provisional") if row["final"] is False else "",
        "" if is_counted else _why_not(row, pd.Timestamp(until)),
    ]
    told = say_in_turn(CLAUSES, notes)
    return tag("div", value, tag("p", told, class_="small") if told else None)


def _why_not(row: Row, until: pd.Timestamp) -> str:
    """Say why a value does not count on a day."""
    if row["observed_on"] > until:
        return say("lies after this day")
    if pd.notna(row["recorded_on"]) and row["recorded_on"] > until:
        return say("is recorded only after this day")
    return say("replaced by another value of this day")


def evidence(shown: Shown) -> Markup:
    """Show what proves that something was done or is so."""
    own = set(shown.actions["action_id"])
    frame = shown.book["evidence"]
    frame = frame[frame["action_id"].isin(own) | (frame["finding_id"] == shown.finding_id)]
    frame = frame.sort_values("dated_on", ascending=False, kind="stable")
    page = Page.of(shown.desk, len(frame))
    heads = [
        say("Dated"),
        say("What it shows"),
        say("Of"),
        say("Link or file"),
        say("Verified by"),
        say("What to do"),
    ]
    lines = [
        (
            day(row["dated_on"]),
            " ".join(filter(None, [cell(row["kind"]), cell(row["description"])])) or gap(say("not said")),
            tag("span", cell(row["action_id"]) or cell(row["finding_id"]), class_="id"),
            _link(shown.desk.plan, cell(row["uri"]), cell(row["sha256"])),
            or_gap(row["verified_by"]),
            changing("evidence", row, of=str(row["evidence_id"])),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    add = [
        adding(say("Add evidence of {key}", key=action_id), form="row", table="evidence", action_id=action_id)
        for action_id in dict.fromkeys(shown.actions["action_id"])
    ]
    add.append(
        adding(say("Add evidence of the finding"), form="row", table="evidence", finding_id=shown.finding_id)
    )
    return tag(
        "div",
        page.around(rows(say("Evidence, the newest first"), heads, lines, say("No evidence yet."))),
        tag("p", *add, class_="buttons"),
    )


def _link(plan: Plan, uri: str, sha256: str) -> object:
    """Return where evidence can be read: a link to the web, or a file with what became of it."""
    if not uri:
        return gap(say("not said"))
    if uri.lower().startswith("www."):
        return _web(uri, f"https://{uri}")
    if SCHEME.match(uri):
        is_web = uri.lower().startswith(("http://", "https://"))
        return _web(uri, uri) if is_web else uri
    state = state_of(plan, uri, sha256)
    return tag("div", uri, tag("p", state, class_="small") if state else None)


def _web(words: str, address: str) -> Markup:
    return tag("a", words, href=address, rel="noreferrer", target="_blank")


def events(shown: Shown) -> Markup:
    """Show what happened to the finding and to its actions, the newest first."""
    own = {*shown.actions["action_id"], shown.finding_id}
    frame = shown.book["event"]
    frame = frame[frame["subject_id"].isin(own)].sort_values("happened_on", ascending=False, kind="stable")
    page = Page.of(shown.desk, len(frame))
    heads = [say("Day"), say("What happened"), say("Of"), say("By"), say("Reason"), say("What to do")]
    lines = [
        (
            day(row["happened_on"]),
            _happened(row),
            tag("span", row["subject_id"], class_="id"),
            cell(row["by"]),
            cell(row["reason"]),
            changing("event", row, of=str(row["event_id"]), opens={"form": "event"}),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    subjects = [
        ("finding", shown.finding_id),
        *(("action", one) for one in dict.fromkeys(shown.actions["action_id"])),
    ]
    add = [
        adding(say("What happened to {key}", key=key), form="event", subject=subject, subject_id=key)
        for subject, key in subjects
    ]
    return tag(
        "div",
        page.around(rows(say("Events, the newest first"), heads, lines, say("No event yet."))),
        tag("p", *add, class_="buttons"),
    )


def _happened(row: Row) -> str:
    """Say an event with what belongs to its word."""
    more = [
        say("to {day}", day=day(row["due"])) if day(row["due"]) else "",
        f"{cell(row['progress'])} %" if cell(row["progress"]) else "",
        cell(row["other_finding_id"]),
    ]
    told = ", ".join(filter(None, more))
    return f"{name_of(row['event'])} ({told})" if told else name_of(row["event"])

"""What does each tab of a finding show? The rows that belong to it, as they are, with the ways to change them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.lists.agenda import actions as all_actions
from theorytopractice.forms.attachments import SCHEME, state_of
from theorytopractice.forms.charting import chart
from theorytopractice.forms.controls import button
from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import adding, changing, day, gap, or_gap, rows
from theorytopractice.language import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.naming import label_of, name_of
from theorytopractice.report import words
from theorytopractice.report.html import listed, tag, terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.explain import Explanation
    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.overview import Entry
    from theorytopractice.model.fields import Field

MOST_ROWS = 200


@dataclass(frozen=True)
class Shown:
    """The chosen finding, its explanation, and the rows that belong to it."""

    entry: Entry
    why: Explanation
    book: Book

    @property
    def finding_id(self) -> str:
        """The key of the finding."""
        return self.entry.finding_id

    @cached_property
    def row(self) -> pd.Series:
        """The finding's own row."""
        return self.of("finding").iloc[0]

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Its actions with their states and their parts in the finding, each part a row."""
        states = all_actions(self.book, as_of=self.why.as_of)
        return self.of("finding_action").merge(states, on="action_id", how="left")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators, each link a row."""
        linked = self.of("finding_indicator").rename(columns={"action_id": "of_action"})
        return linked.merge(self.book["indicator"], on="indicator_id")

    def of(self, table: str) -> pd.DataFrame:
        """Return the rows of a table that name the finding."""
        frame = self.book[table]
        return frame[frame["finding_id"] == self.finding_id]

    def titles(self) -> list[str]:
        """Return what is done, those cancelled left out."""
        live = self.actions[self.actions["action_state"] != "cancelled"].drop_duplicates("action_id")
        return [
            say("{title} ({action_id}, {state})", title=cell(row["title"]), action_id=row["action_id"],
                state=name_of(row["action_state"]))
            for row in live.to_dict("records")
        ]  # fmt: skip

    def measured(self) -> list[str]:
        """Return the names of the indicators."""
        return list(dict.fromkeys(map(str, self.indicators["name"])))


def finding(desk: Desk, shown: Shown) -> Markup:
    """Show what was written down of the finding; what is asked and not there is shown as a gap."""
    entity = ENTITIES["finding"]
    pairs = [
        (label_of("finding", one.name), _cell(desk, one, shown.row[one.name]))
        for one in entity.fields
        if one.name not in ("finding_id", "statement") and _is_told(one, shown)
    ]
    change = button(
        say("Change"),
        "open",
        kind="add",
        of=shown.finding_id,
        open={"form": "finding", "key": shown.finding_id},
    )
    return tag("div", terms(pairs, name="fields"), tag("p", change, class_="buttons"))


def _is_told(one: Field, shown: Shown) -> bool:
    """Tell whether a field holds something, or is asked for and does not."""
    is_asked = bool(one.asked) or one.insists(shown.entry.kind)
    return bool(cell(shown.row[one.name])) or (is_asked and one.speaks_of(shown.entry.kind))


def _cell(desk: Desk, one: Field, value: object) -> object:
    if not cell(value):
        return gap(say("not said"))
    if one.type is ValueType.DATE:
        return day(value)
    if one.words:
        return name_of(value)
    return desk.name_of(one.refers, str(value)) if one.refers else str(value)


def actions(desk: Desk, shown: Shown) -> Markup:
    """Show what is done, by whom, until when, and in which state it is."""
    heads = [
        label_of("finding_action", "action_id"),
        say("State"),
        say("Owner"),
        say("Due"),
        say("Role"),
        say("What to do"),
    ]
    lines = [
        (
            tag("div", cell(row["title"]), tag("p", row["action_id"], class_="small")),
            name_of(row["action_state"]),
            or_gap(row["responsible"]),
            _due(row),
            name_of(row["role"]),
            _action_buttons(shown, row),
        )
        for row in shown.actions.to_dict("records")
    ]
    finding_id = shown.finding_id
    add = tag("p", adding(say("Add an action"), form="action", finding=finding_id), " ",
              adding(say("Link an action that exists"), form="row", table="finding_action", finding_id=finding_id),
              class_="buttons")  # fmt: skip
    return tag(
        "div",
        rows(say("Actions of {finding_id}", finding_id=finding_id), heads, lines, say("No action yet.")),
        add,
    )


def _due(row: Mapping[str, object]) -> object:
    if not day(row["due"]):
        return gap(say("no date"))
    return say("{day}, overdue", day=day(row["due"])) if row["is_overdue"] is True else day(row["due"])


def _action_buttons(shown: Shown, row: Mapping[str, object]) -> Markup:
    action_id = str(row["action_id"])
    event = {"form": "event", "subject": "action", "subject_id": action_id}
    return tag(
        "span",
        button(say("Change"), "open", kind="plain", of=action_id,
               open={"form": "action", "finding": shown.finding_id, "key": action_id}),
        " ",
        button(say("What happened"), "open", kind="plain", of=action_id, open=event),
        " ",
        button(say("Add evidence"), "open", kind="plain", of=action_id,
               open={"form": "row", "table": "evidence", "action_id": action_id}),
        class_="row-buttons",
    )  # fmt: skip


def indicators(desk: Desk, shown: Shown) -> Markup:
    """Show each indicator with its chart and its latest value."""
    pieces = []
    for row in shown.indicators.to_dict("records"):
        indicator_id = str(row["indicator_id"])
        change = {"form": "indicator", "finding": shown.finding_id, "key": indicator_id}
        value = {"form": "row", "table": "observation", "indicator_id": indicator_id}
        pieces.append(
            tag(
                "article",
                tag("h3", tag("span", indicator_id, class_="id"), " ", cell(row["name"])),
                tag("p", _aim(row), class_="small"),
                chart(shown, row),
                tag(
                    "p",
                    adding(say("Add a value"), **value),
                    " ",
                    button(say("Change"), "open", kind="plain", of=indicator_id, open=change),
                    class_="buttons",
                ),  # fmt: skip
            )
        )
    add = tag("p", adding(say("Add an indicator"), form="indicator", finding=shown.finding_id), " ",
              adding(say("Link an indicator that exists"), form="row", table="finding_indicator", finding_id=shown.finding_id),
              class_="buttons")  # fmt: skip
    return tag("div", *(pieces or [tag("p", say("No indicator yet."), class_="none")]), add)


def _aim(row: Mapping[str, object]) -> str:
    """Say from where to where a figure should move."""
    was = cell(row["baseline"]) or say("not said")
    bounds = "–".join(filter(None, (cell(row["target_low"]), cell(row["target_high"]))))
    aim = cell(row["target"]) or bounds or say("not said")
    level, unit = name_of(row["level"]), cell(row["unit"])
    return say(
        "{level}, in {unit}: baseline {was}, target {aim}",
        level=level,
        unit=unit or say("no unit"),
        was=was,
        aim=aim,
    )


def observations(desk: Desk, shown: Shown) -> Markup:
    """Show the latest values of each indicator, the newest first."""
    frame = shown.book["observation"].merge(
        shown.indicators[["indicator_id", "name", "unit"]].drop_duplicates("indicator_id"), on="indicator_id"
    )
    frame = frame.sort_values(["observed_on", "indicator_id"], ascending=[False, True], kind="stable")
    heads = [say("Indicator"), say("Day"), say("Value"), say("Note"), say("What to do")]
    lines = [
        (
            f"{row['name']} ({row['indicator_id']})",
            day(row["observed_on"]),
            f"{row['value']} {cell(row['unit'])}"
            + ("" if row["final"] is not False else f" ({say('provisional')})"),
            cell(row["note"]),
            changing("observation", row, of=f"{row['indicator_id']}, {day(row['observed_on'])}"),
        )
        for row in frame.head(MOST_ROWS).to_dict("records")
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
        rows(say("Values, the newest first"), heads, lines, say("No value yet.")),
        tag("p", *add, class_="buttons"),
    )


def evidence(desk: Desk, shown: Shown) -> Markup:
    """Show what proves that something was done or is so."""
    own = set(shown.actions["action_id"])
    frame = shown.book["evidence"]
    frame = frame[frame["action_id"].isin(own) | (frame["finding_id"] == shown.finding_id)]
    frame = frame.sort_values("dated_on", ascending=False, kind="stable")
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
            cell(row["action_id"]) or cell(row["finding_id"]),
            _link(desk, cell(row["uri"]), cell(row["sha256"])),
            or_gap(row["verified_by"]),
            changing("evidence", row, of=str(row["evidence_id"])),
        )
        for row in frame.head(MOST_ROWS).to_dict("records")
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
        rows(say("Evidence, the newest first"), heads, lines, say("No evidence yet.")),
        tag("p", *add, class_="buttons"),
    )


def _link(desk: Desk, uri: str, sha256: str) -> object:
    """Return where evidence can be read: a link to the web, or a file with what became of it."""
    if not uri:
        return gap(say("not said"))
    if SCHEME.match(uri):
        is_web = uri.lower().startswith(("http://", "https://"))
        return tag("a", uri, href=uri, rel="noreferrer", target="_blank") if is_web else uri
    state = state_of(desk.plan, uri, sha256)
    return tag("div", uri, tag("p", state, class_="small") if state else None)


def events(desk: Desk, shown: Shown) -> Markup:
    """Show what happened to the finding and to its actions, the newest first."""
    own = {*shown.actions["action_id"], shown.finding_id}
    frame = shown.book["event"]
    frame = frame[frame["subject_id"].isin(own)].sort_values("happened_on", ascending=False, kind="stable")
    heads = [say("Day"), say("What happened"), say("Of"), say("By"), say("Reason"), say("What to do")]
    lines = [
        (
            day(row["happened_on"]),
            _happened(row),
            row["subject_id"],
            cell(row["by"]),
            cell(row["reason"]),
            changing("event", row, of=str(row["event_id"]), opens={"form": "event"}),
        )
        for row in frame.head(MOST_ROWS).to_dict("records")
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
        rows(say("Events, the newest first"), heads, lines, say("No event yet.")),
        tag("p", *add, class_="buttons"),
    )


def _happened(row: Mapping[str, object]) -> str:
    """Say an event with what belongs to its word."""
    more = [
        say("to {day}", day=day(row["due"])) if day(row["due"]) else "",
        f"{cell(row['progress'])} %" if cell(row["progress"]) else "",
        cell(row["other_finding_id"]),
    ]
    told = ", ".join(filter(None, more))
    return f"{name_of(row['event'])} ({told})" if told else name_of(row["event"])


def links(desk: Desk, shown: Shown) -> Markup:
    """Show how the finding hangs together with others, with its actions, their owners and its indicators."""
    book, finding_id = shown.book, shown.finding_id
    relations = book["finding_relation"]
    relations = relations[
        (relations["finding_id"] == finding_id) | (relations["other_finding_id"] == finding_id)
    ]
    held = book["action_owner"]
    held = held[held["action_id"].isin(set(shown.actions["action_id"]))]
    tables = [
        ("finding_relation", relations, ("finding_id", "relation", "other_finding_id", "confirmed_on")),
        ("finding_action", shown.of("finding_action"), ("action_id", "role", "rationale", "confirmed_on")),
        ("finding_indicator", shown.of("finding_indicator"), ("indicator_id", "required", "action_id")),
        ("action_owner", held, ("action_id", "owner_id", "role")),
    ]
    add = tag(
        "p",
        adding(
            say("Add a relation to another finding"),
            form="row",
            table="finding_relation",
            finding_id=finding_id,
        ),
        *(
            adding(say("Add an owner of {key}", key=one), form="row", table="action_owner", action_id=one)
            for one in dict.fromkeys(shown.actions["action_id"])
        ),
        class_="buttons",
    )
    return tag("div", *(_links(desk, name, frame, columns) for name, frame, columns in tables), add)


LINKED = {
    "finding_relation": message("Relations to other findings"),
    "finding_action": message("Parts of actions"),
    "finding_indicator": message("Indicators by which it is judged"),
    "action_owner": message("Owners of its actions"),
}


def _links(desk: Desk, name: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> Markup:
    """Return the rows of one table of links."""
    entity = ENTITIES[name]
    heads = [*(label_of(name, column) for column in columns), say("What to do")]
    lines = [
        (
            *(_cell(desk, entity[column], row[column]) if cell(row[column]) else "" for column in columns),
            changing(name, row, of=" ".join(cell(row[column]) for column in entity.key)),
        )
        for row in frame.to_dict("records")
    ]
    return rows(say(LINKED[name]), heads, lines, say("{what}: none yet.", what=say(LINKED[name])))


def history(desk: Desk, shown: Shown) -> Markup:
    """Show who changed the finding and what, the newest first."""
    from theorytopractice.forms.people import changes_table

    frame = desk.plan.history(shown.finding_id)
    return changes_table(desk, frame.iloc[::-1].head(MOST_ROWS))


def why(desk: Desk, shown: Shown) -> Markup:
    """Show which facts decided the stage, what each flag says, and what would raise it by one."""
    told = shown.why
    flags = [(words.flag_in_words(flag), reason) for flag, reason in told.flag_reasons.items()]
    return tag(
        "div",
        tag("h3", say("What decided it")),
        listed(told.reasons),
        *([tag("h3", say("What stands out")), terms(flags, name="fields")] if flags else []),
        *([tag("h3", say("What would raise it")), tag("p", told.to_rise)] if told.to_rise else []),
    )

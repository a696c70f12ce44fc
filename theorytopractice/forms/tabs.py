"""What does each tab of a finding show: its rows, its facts, its links, its history?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.flags import flag_label
from theorytopractice.assessment.listings import observations
from theorytopractice.forms import history
from theorytopractice.forms.attachments import SCHEME, state_of
from theorytopractice.forms.controls import button
from theorytopractice.forms.indicator_chart import chart
from theorytopractice.forms.listing import Page
from theorytopractice.forms.overview import cell
from theorytopractice.forms.row_tables import (
    add_button,
    change_button,
    day,
    display,
    display_optional,
    gap,
    placeholder,
    rows,
)
from theorytopractice.html import behind, joined, listed, tag, terms
from theorytopractice.i18n import CLAUSES, message, say, say_in_turn, say_names
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.finding_detail import FindingDetail
    from theorytopractice.model.fields import Field
    from theorytopractice.store.plan import Plan


if TYPE_CHECKING:
    FactRow = Mapping[Hashable, Any]


def observations_tab(shown: FindingDetail) -> Markup:
    """Show the latest values of each indicator, the newest first."""
    frame = shown.encoded["observation"].merge(
        shown.indicators[["indicator_id", "name", "unit"]].drop_duplicates("indicator_id"), on="indicator_id"
    )
    frame = frame.sort_values(["observed_on", "indicator_id"], ascending=[False, True], kind="stable")
    page = Page.of(shown.session, len(frame))
    heads = [say("Indicator"), say("Day"), say("Value"), say("Note"), say("What to do")]
    counts = set(observations(shown.encoded, as_of=shown.why.as_of)["observation_id"])
    lines = [
        (
            f"{row['name']} ({row['indicator_id']})",
            day(row["observed_on"]),
            _value(row, is_counted=row["observation_id"] in counts, until=shown.why.as_of),
            cell(row["note"]),
            change_button("observation", row, of=f"{row['indicator_id']}, {day(row['observed_on'])}"),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    add = [
        add_button(
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


def _value(row: FactRow, *, is_counted: bool, until: str) -> Markup:
    """Return a value with its unit, and what keeps it from being the one that counts."""
    value = tag("span", f"{row['value']} {cell(row['unit'])}".strip())
    notes = [
        say("provisional") if row["final"] is False else "",
        "" if is_counted else _why_not(row, pd.Timestamp(until)),
    ]
    told = say_in_turn(CLAUSES, notes)
    return tag("div", value, tag("p", told, class_="small") if told else None)


def _why_not(row: FactRow, until: pd.Timestamp) -> str:
    """Say why a value does not count on a day."""
    if row["observed_on"] > until:
        return say("lies after this day")
    if pd.notna(row["recorded_on"]) and row["recorded_on"] > until:
        return say("is recorded only after this day")
    return say("replaced by another value of this day")


def evidence_tab(shown: FindingDetail) -> Markup:
    """Show what proves that something was done or is so."""
    own = set(shown.actions["action_id"])
    frame = shown.encoded["evidence"]
    frame = frame[frame["action_id"].isin(own) | (frame["finding_id"] == shown.finding_id)]
    frame = frame.sort_values("dated_on", ascending=False, kind="stable")
    page = Page.of(shown.session, len(frame))
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
            _link(shown.session.plan, cell(row["uri"]), cell(row["sha256"])),
            placeholder(row["verified_by"]),
            change_button("evidence", row, of=str(row["evidence_id"])),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    add = [
        add_button(
            say("Add evidence of {key}", key=action_id), form="row", table="evidence", action_id=action_id
        )
        for action_id in dict.fromkeys(shown.actions["action_id"])
    ]
    add.append(
        add_button(
            say("Add evidence of the finding"), form="row", table="evidence", finding_id=shown.finding_id
        )
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


def events_tab(shown: FindingDetail) -> Markup:
    """Show what happened to the finding and to its actions, the newest first."""
    own = {*shown.actions["action_id"], shown.finding_id}
    frame = shown.encoded["event"]
    frame = frame[frame["subject_id"].isin(own)].sort_values("happened_on", ascending=False, kind="stable")
    page = Page.of(shown.session, len(frame))
    heads = [say("Day"), say("What happened"), say("Of"), say("By"), say("Reason"), say("What to do")]
    lines = [
        (
            day(row["happened_on"]),
            _happened(row),
            tag("span", row["subject_id"], class_="id"),
            cell(row["by"]),
            cell(row["reason"]),
            change_button("event", row, of=str(row["event_id"]), opens={"form": "event"}),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    subjects = [
        ("finding", shown.finding_id),
        *(("action", one) for one in dict.fromkeys(shown.actions["action_id"])),
    ]
    add = [
        add_button(say("What happened to {key}", key=key), form="event", subject=subject, subject_id=key)
        for subject, key in subjects
    ]
    return tag(
        "div",
        page.around(rows(say("Events, the newest first"), heads, lines, say("No event yet."))),
        tag("p", *add, class_="buttons"),
    )


def _happened(row: FactRow) -> str:
    """Say an event with what belongs to its word."""
    more = [
        say("to {day}", day=day(row["due"])) if day(row["due"]) else "",
        f"{cell(row['progress'])} %" if cell(row["progress"]) else "",
        cell(row["other_finding_id"]),
    ]
    told = ", ".join(filter(None, more))
    return f"{name_of(row['event'])} ({told})" if told else name_of(row["event"])


def links_tab(shown: FindingDetail) -> Markup:
    """Show how the finding hangs together with others, with its actions, their owners and its indicators."""
    encoded, finding_id = shown.encoded, shown.finding_id
    relations = encoded["finding_relation"]
    relations = relations[
        (relations["finding_id"] == finding_id) | (relations["other_finding_id"] == finding_id)
    ]
    held = encoded["action_owner"]
    held = held[held["action_id"].isin(set(shown.actions["action_id"]))]
    tables = [
        ("finding_relation", relations, ("finding_id", "relation", "other_finding_id", "confirmed_on")),
        ("finding_action", shown.of("finding_action"), ("action_id", "role", "rationale", "confirmed_on")),
        ("finding_indicator", shown.of("finding_indicator"), ("indicator_id", "required", "action_id")),
        ("action_owner", held, ("action_id", "owner_id", "role")),
    ]
    add = tag(
        "p",
        add_button(
            say("Add a relation to another finding"),
            form="row",
            table="finding_relation",
            finding_id=finding_id,
        ),
        *(
            add_button(say("Add an owner of {key}", key=one), form="row", table="action_owner", action_id=one)
            for one in dict.fromkeys(shown.actions["action_id"])
        ),
        class_="buttons",
    )
    return tag("div", *(_links(shown, name, frame, columns) for name, frame, columns in tables), add)


LINKED = {
    "finding_relation": message("Relations to other findings"),
    "finding_action": message("Parts of actions"),
    "finding_indicator": message("Indicators by which it is judged"),
    "action_owner": message("Owners of its actions"),
}


def _links(shown: FindingDetail, name: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> Markup:
    """Return the rows of one table of links."""
    entity = ENTITIES[name]
    heads = [*(label_of(name, column) for column in columns), say("What to do")]
    lines = [
        (
            *(display_optional(shown.session, entity[column], row[column]) for column in columns),
            change_button(name, row, of=" ".join(cell(row[column]) for column in entity.key)),
        )
        for row in frame.to_dict("records")
    ]
    return rows(say(LINKED[name]), heads, lines, say("{what}: none yet.", what=say(LINKED[name])))


def history_tab(shown: FindingDetail) -> Markup:
    """Show who changed the finding, its actions, its indicators and what belongs to them, the newest first."""
    own = [*shown.actions["action_id"], *shown.indicators["indicator_id"]]
    return history.changes_of(shown.session, {shown.finding_id, *own})


def why_tab(shown: FindingDetail) -> Markup:
    """Show which facts decided the stage, what each flag says, and what would raise it by one."""
    why_ = shown.why
    flags = [(flag_label(flag), reason) for flag, reason in why_.flag_reasons.items()]
    return tag(
        "div",
        tag("h3", say("What decided it")),
        listed(why_.reasons),
        *([tag("h3", say("What stands out")), terms(flags, name="fields")] if flags else []),
        *([tag("h3", say("What would raise it")), tag("p", why_.to_rise)] if why_.to_rise else []),
    )


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any] | Mapping[str, Any]


AIMED = ("name", "level", "unit", "baseline", "target", "target_low", "target_high")
"""What is said of an indicator above its fields: its name, from where to where it should move."""
INSTEAD = {"baseline": ("baseline_waiver",), "target": ("target_low", "target_high")}
"""Fields that may stand instead of another one, which is missed only where none of them is there."""


def finding_tab(shown: FindingDetail) -> Markup:
    """Show what was written down of the finding; what is asked and not there is shown as a gap."""
    pairs, _ = _fields(shown, "finding", shown.row, above=("finding_id", "statement"))
    change = button(
        say("Change"),
        "open",
        kind="add",
        of=shown.finding_id,
        open={"form": "finding", "key": shown.finding_id},
    )
    return tag("div", terms(pairs, name="fields"), tag("p", change, class_="buttons"))


def _fields(
    shown: FindingDetail, table: str, row: Row | pd.Series, *, above: Collection[str]
) -> tuple[list[tuple[str, object]], list[str]]:
    """Return the fields of a row with what they hold, and the names of those that are asked for and empty.

    ``above`` are those that stand above them already.
    """
    kind = shown.entry.kind
    own = [one for one in ENTITIES[table].fields if one.name not in above]
    gaps = [one for one in own if _is_asked(one, kind) and not cell(row[one.name])]
    pairs = [
        (label_of(table, one.name), display(shown.session, one, row[one.name]))
        for one in own
        if one in gaps or _holds(one, kind, cell(row[one.name]))
    ]
    return pairs, [label_of(table, one.name) for one in gaps]


def _holds(one: Field, kind: str, text: str) -> bool:
    """Tell whether a field holds something: what it would be anyway says nothing of a kind that does not have it."""
    return bool(text) and (one.applies_to(kind) or text != one.default)


def _is_asked(one: Field, kind: str) -> bool:
    """Tell whether a form of this kind of finding asks for a field."""
    return (bool(one.asked) or one.is_required_for(kind)) and one.applies_to(kind)


def _folded(shown: FindingDetail, table: str, key: str, *, above: Collection[str]) -> Markup | None:
    """Return all fields of a row behind a fold that names what is asked for and not there; None if the row is gone."""
    entity = ENTITIES[table]
    rows_ = shown.session.rows(table, **{entity.key[0]: key})
    if not rows_:
        return None
    pairs, gaps = _fields(shown, table, rows_[0], above={entity.key[0], *above})
    missing = gap(say("not said: {fields}", fields=say_names(gaps))) if gaps else ""
    return behind(joined([say("All fields of {key}", key=key), missing], " "), terms(pairs, name="fields"))


def actions_tab(shown: FindingDetail) -> Markup:
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
            placeholder(row["responsible"]),
            _due(row),
            name_of(row["role"]),
            _action_buttons(shown, row),
        )
        for row in shown.actions.to_dict("records")
    ]
    finding_id = shown.finding_id
    add = tag("p", add_button(say("Add an action"), form="action", finding=finding_id), " ",
              add_button(say("Link an action that exists"), form="row", table="finding_action", finding_id=finding_id),
              class_="buttons")  # fmt: skip
    return tag(
        "div",
        rows(say("Actions of {finding_id}", finding_id=finding_id), heads, lines, say("No action yet.")),
        *(
            _folded(shown, "action", str(one), above=("title", "due"))
            for one in dict.fromkeys(shown.actions["action_id"])
        ),
        add,
    )


def _due(row: Row) -> object:
    if not day(row["due"]):
        return gap(say("no date"))
    return say("{day}, overdue", day=day(row["due"])) if row["is_overdue"] is True else day(row["due"])


def _action_buttons(shown: FindingDetail, row: Row) -> Markup:
    action_id = str(row["action_id"])
    event = {"form": "event", "subject": "action", "subject_id": action_id}
    return tag(
        "span",
        button(say("Change"), "open", kind="plain", of=action_id,
               open={"form": "action", "finding": shown.finding_id, "key": action_id}),
        " ",
        button(say("Record an event"), "open", kind="plain", of=action_id, open=event),
        " ",
        button(say("Add evidence"), "open", kind="plain", of=action_id,
               open={"form": "row", "table": "evidence", "action_id": action_id}),
        class_="row-buttons",
    )  # fmt: skip


def indicators_tab(shown: FindingDetail) -> Markup:
    """Show each indicator with its chart and its latest value."""
    pieces = []
    for row in shown.indicators.to_dict("records"):
        indicator_id = str(row["indicator_id"])
        change = {"form": "indicator", "finding": shown.finding_id, "key": indicator_id}
        value = {"form": "row", "table": "observation", "indicator_id": indicator_id}
        aimed = [name for name in AIMED if any(cell(row[one]) for one in (name, *INSTEAD.get(name, ())))]
        pieces.append(
            tag(
                "article",
                tag("h3", tag("span", indicator_id, class_="id"), " ", cell(row["name"])),
                tag("p", _aim(row), class_="small"),
                _folded(shown, "indicator", indicator_id, above=aimed),
                chart(shown, row),
                tag(
                    "p",
                    add_button(say("Add a value"), **value),
                    " ",
                    button(say("Change"), "open", kind="plain", of=indicator_id, open=change),
                    class_="buttons",
                ),
            )
        )
    add = tag("p", add_button(say("Add an indicator"), form="indicator", finding=shown.finding_id), " ",
              add_button(say("Link an indicator that exists"), form="row", table="finding_indicator", finding_id=shown.finding_id),
              class_="buttons")  # fmt: skip
    return tag("div", *(pieces or [tag("p", say("No indicator yet."), class_="none")]), add)


def _aim(row: Row) -> str:
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

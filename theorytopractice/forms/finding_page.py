"""What does a planner see of one finding? Its chain, its stage and why, and a tab for each sort of row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import html
from theorytopractice.assessment.figures import unit_after
from theorytopractice.assessment.flags import flag_label, gravest_first
from theorytopractice.assessment.listings import observations
from theorytopractice.errors import PracticeError
from theorytopractice.forms import rows
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.attachments import SCHEME
from theorytopractice.forms.cells import cell, day
from theorytopractice.forms.controls import button, gap
from theorytopractice.forms.rows import (
    add_button,
    button_line,
    change_button,
    download_line,
    field_text,
    optional_text,
    paged_table,
    placeholder,
    row_table,
    stage_mark,
)
from theorytopractice.html import address_of, disclosure, item_list, join, tag, terms, web_link, with_links
from theorytopractice.i18n import CLAUSES, PARTS, message, say, say_in_turn, say_names
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of, name_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from markupsafe import Markup

    from theorytopractice.forms.answer import Changed, Message
    from theorytopractice.forms.rows import Row
    from theorytopractice.forms.session import FindingDetail, Session
    from theorytopractice.model.fields import Field


NAMES_WORKS = ("source", "document")
"""Fields that name a work or a document, which may be read on the web."""
AIM_FIELDS = ("name", "level", "unit", "baseline", "target", "target_low", "target_high")
"""What is said of an indicator above its fields: its name, from where to where it should move."""
ALTERNATIVES = {"baseline": ("baseline_waiver",), "target": ("target_low", "target_high")}
"""Fields that may stand instead of another one, which is missed only where none of them is there."""
LINK_TABLES = {
    "finding_relation": (
        message("Relations to other findings"),
        ("finding_id", "relation", "other_finding_id", "confirmed_on"),
    ),
    "finding_action": (message("Parts of actions"), ("action_id", "role", "rationale", "confirmed_on")),
    "finding_indicator": (
        message("Indicators by which it is judged"),
        ("indicator_id", "required", "action_id"),
    ),
    "action_owner": (message("Owners of its actions"), ("action_id", "owner_id", "role")),
}
"""Table of links → what it is called, and the columns that are shown."""


def finding_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show what was written down of the finding; what is asked and not there is shown as a gap."""
    finding_id = detail.finding_id
    pairs, _ = _fields(session, detail.entry.kind, "finding", detail.row, above=("finding_id", "statement"))
    change = button(
        say("Change"), "open", kind="add", subject=finding_id, open={"form": "finding", "key": finding_id}
    )
    return tag("div", terms(pairs, name="fields"), button_line(change))


def _fields(
    session: Session, kind: str, table: str, row: Row | pd.Series, *, above: Collection[str]
) -> tuple[list[tuple[str, object]], list[str]]:
    """Return the fields of a row with what they hold, and the names of those that are asked for and empty.

    ``above`` are those that stand above them already.
    """
    fields = [field for field in ENTITIES[table].fields if field.name not in above]
    gaps = [field for field in fields if _is_asked_for(field, kind) and not cell(row[field.name])]
    pairs = [
        (label_of(table, field.name), _linked(field, field_text(session, field, row[field.name])))
        for field in fields
        if field in gaps or _has_text(field, kind, cell(row[field.name]))
    ]
    return pairs, [label_of(table, field.name) for field in gaps]


def _linked(field: Field, text: object) -> object:
    """Return what a field says, with links to what can be read where it names a work or a document."""
    return with_links(text) if field.name in NAMES_WORKS and isinstance(text, str) else text


def _has_text(field: Field, kind: str, text: str) -> bool:
    """Tell whether a field holds something: what it would be anyway says nothing of a kind that does not have it."""
    return bool(text) and (field.applies_to(kind) or text != field.default)


def _is_asked_for(field: Field, kind: str) -> bool:
    """Tell whether a form of this kind of finding asks for a field."""
    return (bool(field.prompt) or field.is_required_for(kind)) and field.applies_to(kind)


def _all_fields(
    session: Session, kind: str, table: str, key: str, *, above: Collection[str]
) -> Markup | None:
    """Return all fields of a row behind a fold that names what is asked for and not there; None if the row is gone."""
    entity = ENTITIES[table]
    rows = session.rows(table, **{entity.key[0]: key})
    if not rows:
        return None
    pairs, gaps = _fields(session, kind, table, rows[0], above={entity.key[0], *above})
    missing = gap(say("not said: {fields}", fields=say_names(gaps))) if gaps else ""
    return disclosure(join([say("All fields of {key}", key=key), missing], " "), terms(pairs, name="fields"))


def actions_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show what is done, by whom, until when, and in which state it is."""
    finding_id = detail.finding_id
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
            _due_cell(row),
            name_of(row["role"]),
            _action_buttons(finding_id, str(row["action_id"])),
        )
        for row in detail.actions.to_dict("records")
    ]
    return tag(
        "div",
        row_table(say("Actions of {finding_id}", finding_id=finding_id), heads, lines, say("No action yet.")),
        *(
            _all_fields(session, detail.entry.kind, "action", key, above=("title", "due"))
            for key in detail.action_ids
        ),
        download_line("actions", say("Actions of {finding_id}", finding_id=finding_id)),
        button_line(
            add_button(say("Add an action"), form="action", finding=finding_id),
            " ",
            add_button(
                say("Link an action that exists"), form="row", table="finding_action", finding_id=finding_id
            ),
        ),
    )


def _due_cell(row: Row) -> object:
    if not day(row["due"]):
        return gap(say("no date"))
    text = say("{day}, overdue", day=day(row["due"])) if row["is_overdue"] is True else day(row["due"])
    if day(row["original_due"]) in ("", day(row["due"])):
        return text
    first = say("first due {day}", day=day(row["original_due"]))
    return tag("div", text, tag("p", first, class_="small"))


def _action_buttons(finding_id: str, action_id: str) -> Markup:
    forms = [
        (say("Change"), {"form": "action", "finding": finding_id, "key": action_id}),
        (say("Record an event"), {"form": "event", "subject": "action", "subject_id": action_id}),
        (say("Add evidence"), {"form": "row", "table": "evidence", "action_id": action_id}),
    ]
    buttons = [button(text, "open", kind="plain", subject=action_id, open=facts) for text, facts in forms]
    return tag("span", join(buttons, " "), class_="row-buttons")


def indicators_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show each indicator with its chart and its latest value."""
    articles = [_indicator(session, detail, row) for row in detail.indicators.to_dict("records")]
    finding_id = detail.finding_id
    add = button_line(
        add_button(say("Add an indicator"), form="indicator", finding=finding_id),
        " ",
        add_button(
            say("Link an indicator that exists"), form="row", table="finding_indicator", finding_id=finding_id
        ),
    )
    return tag("div", *(articles or [tag("p", say("No indicator yet."), class_="none")]), add)


def _indicator(session: Session, detail: FindingDetail, row: Row) -> Markup:
    """Return an indicator: where it should move, all its fields, its chart, and what can be done."""
    indicator_id = str(row["indicator_id"])
    facts = {"form": "indicator", "finding": detail.finding_id, "key": indicator_id}
    above = [
        name for name in AIM_FIELDS if any(cell(row[part]) for part in (name, *ALTERNATIVES.get(name, ())))
    ]
    return tag(
        "article",
        tag("h3", tag("span", indicator_id, class_="id"), " ", cell(row["name"])),
        tag("p", _aim_text(row), class_="small"),
        _all_fields(session, detail.entry.kind, "indicator", indicator_id, above=above),
        _chart(detail, row),
        button_line(
            add_button(say("Add a value"), form="row", table="observation", indicator_id=indicator_id),
            " ",
            button(say("Change"), "open", kind="plain", subject=indicator_id, open=facts),
        ),
    )


def _aim_text(row: Row) -> str:
    """Say from where to where a figure should move."""
    bounds = "–".join(filter(None, (cell(row["target_low"]), cell(row["target_high"]))))
    return say(
        "{level}, in {unit}: baseline {was}, target {aim}",
        level=name_of(row["level"]),
        unit=cell(row["unit"]) or say("no unit"),
        was=cell(row["baseline"]) or say("not said"),
        aim=cell(row["target"]) or bounds or say("not said"),
    )


def _chart(detail: FindingDetail, row: Row) -> Markup:
    """Return the chart of one indicator; words where it has no value yet, or values that are words."""
    frame = detail.encoded["observation"]
    values = frame[frame["indicator_id"] == row["indicator_id"]].sort_values("observed_on", kind="stable")
    if values.empty:
        return html.quiet(say("No value yet."))
    pairs = [(day(value["observed_on"]), value["value"]) for value in values.to_dict("records")]
    numbers = html.figures(cell(row["name"]), (say("Day"), say("Value")), pairs)
    from theorytopractice import charts

    try:
        ax = charts.indicator(
            values,
            name=cell(row["name"]),
            unit=cell(row["unit"]),
            direction=cell(row["direction"]),
            baseline=cell(row["baseline"]) or None,
            target=cell(row["target"]) or None,
            target_low=cell(row["target_low"]) or None,
            target_high=cell(row["target_high"]) or None,
        )
        return html.chart(charts.picture(ax), numbers)
    except PracticeError:
        return numbers


def observations_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show the latest values of each indicator, the newest first."""
    names = detail.indicators[["indicator_id", "name", "unit"]].drop_duplicates("indicator_id")
    frame = detail.encoded["observation"].merge(names, on="indicator_id")
    frame = frame.sort_values(["observed_on", "indicator_id"], ascending=[False, True], kind="stable")
    as_of = detail.explanation.as_of
    counts = set(observations(detail.encoded, as_of=as_of)["observation_id"])

    def line(row: Row) -> tuple[object, ...]:
        return (
            f"{row['name']} ({row['indicator_id']})",
            day(row["observed_on"]),
            _value_cell(row, is_counted=row["observation_id"] in counts, until=as_of),
            cell(row["note"]),
            change_button("observation", row, subject=f"{row['indicator_id']}, {day(row['observed_on'])}"),
        )

    heads = [say("Indicator"), say("Day"), say("Value"), say("Note"), say("What to do")]
    add = [
        add_button(
            say("Add a value of {indicator_id}", indicator_id=key),
            form="row",
            table="observation",
            indicator_id=key,
        )
        for key in detail.indicator_ids
    ]
    caption, none = say("Values, the newest first"), say("No value yet.")
    return tag("div", paged_table(session, frame, caption, heads, line=line, none=none), button_line(*add))


def _value_cell(row: Row, *, is_counted: bool, until: str) -> Markup:
    """Return a value with its unit, and what keeps it from being the one that counts."""
    value = tag("span", f"{row['value']} {cell(row['unit'])}".strip())
    notes = [
        say("provisional") if row["final"] is False else "",
        "" if is_counted else _exclusion_reason(row, pd.Timestamp(until)),
    ]
    note = say_in_turn(CLAUSES, notes)
    return tag("div", value, tag("p", note, class_="small") if note else None)


def _exclusion_reason(row: Row, until: pd.Timestamp) -> str:
    """Say why a value does not count on a day."""
    if row["observed_on"] > until:
        return say("lies after this day")
    if pd.notna(row["recorded_on"]) and row["recorded_on"] > until:
        return say("is recorded only after this day")
    return say("replaced by another value of this day")


def evidence_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show what proves that something was done or is so."""
    frame = detail.encoded["evidence"]
    frame = frame[frame["action_id"].isin(detail.action_ids) | (frame["finding_id"] == detail.finding_id)]
    frame = frame.sort_values("dated_on", ascending=False, kind="stable")

    def line(row: Row) -> tuple[object, ...]:
        return (
            day(row["dated_on"]),
            " ".join(filter(None, [cell(row["kind"]), cell(row["description"])])) or gap(say("not said")),
            tag("span", cell(row["action_id"]) or cell(row["finding_id"]), class_="id"),
            _evidence_link(session, cell(row["uri"]), cell(row["sha256"])),
            placeholder(row["verified_by"]),
            change_button("evidence", row, subject=str(row["evidence_id"])),
        )

    heads = [
        say("Dated"),
        say("What it shows"),
        say("Of"),
        say("Link or file"),
        say("Verified by"),
        say("What to do"),
    ]
    subjects = [
        *((say("Add evidence of {key}", key=key), {"action_id": key}) for key in detail.action_ids),
        (say("Add evidence of the finding"), {"finding_id": detail.finding_id}),
    ]
    add = [add_button(text, form="row", table="evidence", **facts) for text, facts in subjects]
    caption, none = say("Evidence, the newest first"), say("No evidence yet.")
    return tag("div", paged_table(session, frame, caption, heads, line=line, none=none), button_line(*add))


def _evidence_link(session: Session, uri: str, sha256: str) -> object:
    """Return where evidence can be read: a link to the web, or a file with what became of it."""
    if not uri:
        return gap(say("not said"))
    if address := address_of(uri):
        return web_link(uri, address)
    if SCHEME.match(uri):
        return uri
    state = session.uploads.file_state(uri, sha256)
    return tag("div", uri, tag("p", state, class_="small") if state else None)


def events_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show what happened to the finding and to its actions, the newest first."""
    frame = detail.encoded["event"]
    frame = frame[frame["subject_id"].isin([*detail.action_ids, detail.finding_id])]
    frame = frame.sort_values("happened_on", ascending=False, kind="stable")

    def line(row: Row) -> tuple[object, ...]:
        return (
            day(row["happened_on"]),
            _event_text(row),
            tag("span", row["subject_id"], class_="id"),
            cell(row["by"]),
            cell(row["reason"]),
            change_button("event", row, subject=str(row["event_id"]), form={"form": "event"}),
        )

    heads = [say("Day"), say("What happened"), say("Of"), say("By"), say("Reason"), say("What to do")]
    subjects = [("finding", detail.finding_id), *(("action", key) for key in detail.action_ids)]
    add = [
        add_button(say("What happened to {key}", key=key), form="event", subject=subject, subject_id=key)
        for subject, key in subjects
    ]
    caption, none = say("Events, the newest first"), say("No event yet.")
    return tag("div", paged_table(session, frame, caption, heads, line=line, none=none), button_line(*add))


def _event_text(row: Row) -> str:
    """Say an event with what belongs to its word."""
    details = [
        say("to {day}", day=day(row["due"])) if day(row["due"]) else "",
        f"{cell(row['progress'])}{unit_after('%')}" if cell(row["progress"]) else "",
        cell(row["other_finding_id"]),
    ]
    text = ", ".join(filter(None, details))
    return f"{name_of(row['event'])} ({text})" if text else name_of(row["event"])


def links_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show how the finding hangs together with others, with its actions, their owners and its indicators."""
    encoded, finding_id = detail.encoded, detail.finding_id
    relations = encoded["finding_relation"]
    is_own = (relations["finding_id"] == finding_id) | (relations["other_finding_id"] == finding_id)
    owners = encoded["action_owner"]
    frames = {
        "finding_relation": relations[is_own],
        "finding_action": detail.rows("finding_action"),
        "finding_indicator": detail.rows("finding_indicator"),
        "action_owner": owners[owners["action_id"].isin(detail.action_ids)],
    }
    relation = {"form": "row", "table": "finding_relation", "finding_id": finding_id}
    add = button_line(
        add_button(say("Add a relation to another finding"), **relation),
        *(
            add_button(say("Add an owner of {key}", key=key), form="row", table="action_owner", action_id=key)
            for key in detail.action_ids
        ),
    )
    return tag("div", *(_link_table(session, *item) for item in frames.items()), add)


def _link_table(session: Session, name: str, frame: pd.DataFrame) -> Markup:
    """Return the rows of one table of links."""
    entity, (label, columns) = ENTITIES[name], LINK_TABLES[name]
    caption = say(label)
    heads = [*(label_of(name, column) for column in columns), say("What to do")]
    lines = [
        (
            *(optional_text(session, entity[column], row[column]) for column in columns),
            change_button(name, row, subject=" ".join(cell(row[column]) for column in entity.key)),
        )
        for row in frame.to_dict("records")
    ]
    return row_table(caption, heads, lines, say("{what}: none yet.", what=caption))


def history_tab(session: Session, detail: FindingDetail) -> Markup:
    """Show who changed the finding, its actions, its indicators and what belongs to them, the newest first."""
    return rows.changes_of(session, {detail.finding_id, *detail.action_ids, *detail.indicator_ids})


def why_tab(_: Session, detail: FindingDetail) -> Markup:
    """Show which facts decided the stage, what each flag says, and what would raise it by one."""
    explanation = detail.explanation
    flags = [(flag_label(flag), reason) for flag, reason in explanation.flag_reasons.items()]
    rise = explanation.to_rise
    return tag(
        "div",
        tag("h3", say("What decided it")),
        item_list(explanation.reasons),
        *([tag("h3", say("What stands out")), terms(flags, name="fields")] if flags else []),
        *([tag("h3", say("What would raise it")), tag("p", rise)] if rise else []),
    )


TABS = {
    "finding": (message("Finding"), finding_tab),
    "actions": (message("Actions and owners"), actions_tab),
    "indicators": (message("Indicators"), indicators_tab),
    "observations": (message("Observations"), observations_tab),
    "evidence": (message("Evidence"), evidence_tab),
    "events": (message("Events"), events_tab),
    "links": (message("Links"), links_tab),
    "history": (message("History"), history_tab),
    "why": (message("Why this stage"), why_tab),
}
"""Name of a tab → what it is called, and who shows it."""
FIRST_TAB = "finding"


def turn_tab(session: Session, message: Message) -> Answer:
    """Turn to another tab of the chosen finding."""
    if message.text("tab") in TABS:
        session.tab = message.text("tab")
    return Answer(
        {"record": panel(session)}, focus=f"tab-{session.tab}" if session.detail() else session.default_focus
    )


def saved_notice(change: Changed, stage_text: str = "") -> Answer:
    """Say what was stored and where the finding stands now, and offer to take the change back."""
    number = change.change
    undo = button(say("Undo"), "undo", kind="plain", change=number) if number is not None else None
    text = say("Saved: {what}.", what=change.text)
    line = tag("p", tag("b", text), " ", stage_text, " ", undo, id="saved", tabindex="-1")
    box = tag("div", line, change.note, class_="saved")
    return Answer({"notice": box}, focus="saved", text=f"{text} {stage_text}".strip())


def panel(session: Session) -> Markup:
    """Return the chosen finding; an invitation where none is chosen."""
    detail = session.detail()
    if detail is None:
        return _invitation()
    strip = tag("div", *(_tab(session, name, say(label)) for name, (label, _) in TABS.items()), role="tablist",
                aria_label=say("About {finding_id}", finding_id=session.finding_id))  # fmt: skip
    body = tag(
        "div",
        tab(session, detail),
        role="tabpanel",
        data_part="tab",
        id="tab-panel",
        aria_labelledby=f"tab-{session.tab}",
        tabindex="0",
    )
    back = tag("p", button(say("All findings"), "close", kind="plain"), class_="back")
    form = tag("div", data_part="form")
    return tag(
        "section",
        back,
        *_summary(detail),
        strip,
        form,
        body,
        aria_label=say(TABS[session.tab][0]),
        class_="chosen",
    )


def tab(session: Session, detail: FindingDetail) -> Markup:
    """Return what the chosen tab shows."""
    return TABS[session.tab][1](session, detail)


def _invitation() -> Markup:
    """Return the place of a finding where none is chosen; a form may open in it."""
    return tag(
        "section",
        tag("div", data_part="form"),
        tag("p", say("Choose a finding, or enter a new one."), class_="none"),
    )


def _tab(session: Session, name: str, label: str) -> Markup:
    is_on = name == session.tab
    return tag("button", label, type="button", role="tab", id=f"tab-{name}", aria_selected="true" if is_on else "false",
               aria_controls="tab-panel", tabindex=None if is_on else "-1", data_do="tab",
               data_with=f'{{"tab":"{name}"}}')  # fmt: skip


def _summary(detail: FindingDetail) -> list[Markup]:
    """Return what stands above the tabs: the chain, the stage, what decided it and what would raise it."""
    entry, rise = detail.entry, detail.explanation.to_rise
    title = tag("h2", tag("span", entry.finding_id, class_="id"), " ", stage_mark(entry), " ",
                tag("small", name_of(entry.kind)), id="record-title", tabindex="-1")  # fmt: skip
    chain = [
        (say("We learned that"), [entry.statement]),
        (say("so we will"), detail.action_titles()),
        (say("we shall know by"), detail.indicator_names()),
    ]
    flags = [flag_label(name) for name in gravest_first(entry.flags)]
    return [
        title,
        *(_chain_line(lead, texts) for lead, texts in chain),
        tag("p", detail.reason, class_="reason"),
        tag("p", join(flags, " · "), class_="flags") if flags else tag("p"),
        tag("p", tag("b", say("Next step")), " ", rise, class_="rise") if rise else tag("p"),
    ]


def _chain_line(lead: str, texts: list[str]) -> Markup:
    text = say_in_turn(PARTS, texts) if texts else gap(say("nothing yet"))
    return tag("p", tag("b", lead), " ", text, class_="chain")

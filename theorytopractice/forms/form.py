"""How does a form look: its fields in the order in which a planner thinks, what a search offers, and what is wrong with them?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from theorytopractice.forms import parsing
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.attachments import FILE, FILE_PART
from theorytopractice.forms.controls import (
    SEARCH_TEXT,
    Control,
    as_json,
    button,
    control,
    draft_note,
    error_place,
    hidden_field,
    required_mark,
    summary_box,
)
from theorytopractice.forms.form_model import DERIVED, NEW
from theorytopractice.forms.session import NAME_COLUMNS
from theorytopractice.html import disclosure as behind
from theorytopractice.html import item_list as listed
from theorytopractice.html import join as joined
from theorytopractice.html import tag
from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of
from theorytopractice.model.values import fold, natural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.form_model import Block, EnteredForm, Form
    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


OPENED = "~seen:"
"""Begins the name of a hidden field with the row as it was seen when the form was opened."""
REASON, REASON_LABEL = "~reason", message("Why it is corrected")
"""The field of a form in which it is said why a fact is put right, and what it is called."""
REFRESHING = frozenset(
    {("finding", "kind"), ("event", "event"), ("indicator", "direction"), ("indicator", "measure")}
)
"""Fields that decide which other fields there are."""
MAX_OPEN = 3
"""Warnings that are shown at once; more lie behind a fold."""


def form_html(
    session: Session, form: Form, values: Mapping[str, str], entered: EnteredForm | None = None
) -> Markup:
    """Return a form with what was typed into it; without any, with what it begins with."""
    problems = entered.problems if entered else {}
    parts = {block.table for block in form.blocks if block.is_optional}
    blocks = [
        _block(session, block, values, problems, may_stay=block.table in parts or block.leads_to(parts))
        for block in form.blocks
    ]
    return tag(
        "form",
        tag("h3", form.title, id="form-title", tabindex="-1"),
        draft_note(
            button(say("Throw it away"), "open", kind="plain", forget=form.draft, open=dict(form.facts))
        ),
        tag("div", summary(form, entered) if entered else None, data_part="summary"),
        *blocks,
        *opened_fields(form),
        *_file_field(form),
        _reason_field(form, values, problems),
        tag(
            "p",
            tag("button", say("Save"), type="submit", class_="main"),
            " ",
            button(say("Cancel"), "cancel", kind="plain"),
            tag("span", say("Ctrl+Enter saves"), class_="hint"),
            class_="buttons",
            data_cancel="",
        ),
        data_do="save",
        data_check="check",
        data_with=as_json({"open": dict(form.facts)}),
        data_draft=form.draft,
        data_title=form.title,
        data_open=as_json(dict(form.facts)),
        novalidate=True,
        class_="record",
        aria_labelledby="form-title",
    )


def opened_fields(form: Form) -> list[Markup]:
    """Return the keys and rows of a form's blocks as they stood when it was opened; of new rows how they begin."""
    return [
        hidden_field(
            OPENED + block.table, as_json([block.key, block.row if block.key else dict(block.defaults)])
        )
        for block in form.blocks
    ]


def _reason_field(form: Form, values: Mapping[str, str], problems: Mapping[str, str]) -> Markup | None:
    """Return where it is said why a fact is put right; None in a form that puts none right."""
    if not form.corrects:
        return None
    is_value = any(block.table == "observation" for block in form.blocks)
    lead = say("Another value of the same day may do without; the old one then stands beside it.")
    return tag(
        "div",
        tag("label", say(REASON_LABEL), " ", None if is_value else required_mark(), for_=REASON),
        tag("p", lead, id=f"{REASON}-help", class_="help") if is_value else None,
        tag("input", type="text", id=REASON, name=REASON, value=values.get(REASON, ""), autocomplete="off",
            aria_describedby=f"{REASON}-help {REASON}-error" if is_value else f"{REASON}-error",
            aria_required=None if is_value else "true"),
        error_place(REASON, problems.get(REASON, "")),
        class_="field",
    )  # fmt: skip


def _block(
    session: Session, block: Block, values: Mapping[str, str], problems: Mapping[str, str], *, may_stay: bool
) -> Markup:
    """Return the fields of a block: those that are asked, and behind a fold those that are merely offered.

    Where the block may stay empty, its fields are not marked as those that must be filled, but as needed with it.
    """
    main: list[Markup] = []
    extra: list[Markup] = []
    is_open = False
    for field in block.fields():
        box = _control(session, block, field, values, problems)
        box = replace(
            box,
            is_required=box.is_required and not may_stay,
            is_required_in_part=box.is_required and may_stay,
        )
        is_asked = bool(field.asked or block.requires(field))
        (main if is_asked else extra).append(control(box))
        is_open |= not is_asked and bool(box.problem or box.text != block.initial_text(field))
    details = tag("details", tag("summary", say("More fields")), *extra, open=is_open) if extra else None
    note = (
        tag("small", " ", say("if it is known already; else leave it empty")) if block.is_optional else None
    )
    legend = tag("legend", block.legend, note) if block.legend else None
    return tag("fieldset", legend, *main, details, class_=f"block {block.table}")


def _control(
    session: Session, block: Block, field: Field, values: Mapping[str, str], problems: Mapping[str, str]
) -> Control:
    name = block.name(field.name)
    text = values.get(name, block.initial_text(field))
    if field.type is ValueType.CADENCE:
        text = parsing.recurrence_text(text)
    box = Control(
        name,
        block.table,
        field,
        text=text,
        problem=problems.get(name, ""),
        is_required=block.requires(field),
        words=block.vocabularies.get(field.name, ()),
        refresh="refresh" if (block.table, field.name) in REFRESHING else "",
        derived_text=block.initial_text(field) if name in DERIVED and not block.key else "",
        can_add=field.refers == "owner",
    )
    return (
        replace(box, search_text=values.get(name + SEARCH_TEXT) or session.name_of(field.refers, text))
        if field.refers
        else box
    )


def _file_field(form: Form) -> list[Markup]:
    """Return where a file is attached, in a form of evidence."""
    if not any(block.table == "evidence" for block in form.blocks):
        return []
    about = f"{FILE}-help {FILE_PART}-words {FILE}-error"
    return [
        tag(
            "div",
            tag("label", say("Or attach a file"), for_=FILE),
            tag(
                "p",
                say(
                    "It is copied beside the plan, and its checksum is kept, so that nobody exchanges it unnoticed."
                ),
                class_="help",
                id=f"{FILE}-help",
            ),
            tag("input", type="file", id=FILE, data_upload=FILE_PART, data_for=FILE, aria_describedby=about),
            tag("input", type="hidden", name=FILE, value="", data_passing=""),
            tag("p", id=f"{FILE_PART}-words", data_part=FILE_PART, class_="note"),
            tag("p", say("The file does not stay with what you typed; attach it again."), class_="note",
                data_lost=FILE, hidden=True),
            error_place(FILE),
            class_="field",
        )
    ]  # fmt: skip


def labels_of(form: Form) -> dict[str, str]:
    """Return what the fields of a form are called, by name."""
    labels = {
        block.name(field.name): label_of(block.table, field.name)
        for block in form.blocks
        for field in block.fields()
    }
    return labels | {FILE: say("Attached file"), REASON: say(REASON_LABEL)}


def summary(form: Form, entered: EnteredForm) -> Markup | None:
    """Return all that stands in the way of saving, each with a way to its field; None if nothing does."""
    if entered.is_valid:
        return None
    labels = labels_of(form)
    items = [
        tag("a", say("{label}: {problem}", label=labels.get(name, name), problem=problem), href=f"#{name}")
        for name, problem in entered.problems.items()
    ]
    return summary_box([*items, *entered.form_problems])


def warnings_html(entered: EnteredForm) -> Markup | None:
    """Return what is worth a look though it was saved; None if nothing is."""
    if not entered.warnings:
        return None
    texts = [message[:1].upper() + message[1:] for _, message in entered.warnings]
    head = say_n("{n} thing is worth a look", "{n} things are worth a look", len(texts))
    if len(texts) > MAX_OPEN:
        return behind(head, listed(texts))
    return tag("div", tag("p", head), listed(texts), class_="looks")


MAX_OPTIONS = 12


def search_rows(session: Session, message: Message) -> Answer:
    """Return the rows that fit what was typed; those that begin so come first."""
    table, text, part = message.text("table"), message.text("text"), message.text("part")
    if table not in NAME_COLUMNS:
        return Answer()
    candidates = _candidates(session, table)
    query = fold(text).split()
    matches = [(key, name) for key, name, words in candidates if all(word in words for word in query)]
    first = query[0] if query else ""
    matches.sort(key=lambda pair: (not fold(pair[1]).startswith(first), natural(pair[0])))
    options = [
        _search_option(f"{part}-{place}", key, f"{key} {name}")
        for place, (key, name) in enumerate(matches[:MAX_OPTIONS])
    ]
    n_more = len(matches) - MAX_OPTIONS
    if n_more > 0:
        hint = say_n("{n} more; type more letters", "{n} more; type more letters", n_more)
        options.append(tag("div", hint, class_="hint", aria_hidden="true"))
    name = " ".join(text.split())
    if (
        message.facts.get("can_add")
        and name
        and not any(fold(candidate) == fold(name) for _, candidate, _ in candidates)
    ):
        words = say("Add “{name}” as somebody new", name=name)
        options.append(_search_option(f"{part}-new", NEW + name, name, words))
    return Answer({part: joined(options) or tag("div", say("Nothing fits."), class_="hint")})


def _search_option(name: str, value: str, text: str, label: str = "") -> Markup:
    """Return a choice; ``words`` are those of a choice that adds somebody new."""
    return tag(
        "div",
        label or text,
        role="option",
        id=name,
        aria_selected="false",
        data_value=value,
        data_words=text,
        data_new="" if label else None,
    )


def _candidates(session: Session, table: str) -> list[tuple[str, str, str]]:
    """Return key, name and words to search in of every row of a table."""
    if table == "finding":
        return [(entry.finding_id, entry.statement, entry.words) for entry in session.overview.entries()]
    return session.overview.names(table, ENTITIES[table].key[0], NAME_COLUMNS[table])

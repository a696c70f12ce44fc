"""How does a form look: its fields in the order in which a planner thinks, and what is wrong with them at the top?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from theorytopractice.forms import parsing
from theorytopractice.forms.attachments import ATTACHED, FILE
from theorytopractice.forms.controls import (
    SHOWN,
    Control,
    as_json,
    button,
    control,
    error_place,
    hidden,
    must_mark,
)
from theorytopractice.forms.form_model import LED
from theorytopractice.html import behind, listed, tag
from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from theorytopractice.forms.form_model import Block, EnteredForm, Form
    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


SEEN = "~seen:"
"""Begins the name of a hidden field with the row as it was seen when the form was opened."""
REASON, WHY = "~reason", message("Why it is corrected")
"""The field of a form in which it is said why a fact is put right, and what it is called."""
REFRESHING = frozenset(
    {("finding", "kind"), ("event", "event"), ("indicator", "direction"), ("indicator", "measure")}
)
"""Fields that decide which other fields there are."""
MOST_OPEN = 3
"""Warnings that are shown at once; more lie behind a fold."""


def form_html(
    session: Session, form: Form, values: Mapping[str, str], made: EnteredForm | None = None
) -> Markup:
    """Return a form with what was typed into it; without any, with what it begins with."""
    problems = made.problems if made else {}
    parts = {block.table for block in form.blocks if block.is_optional}
    blocks = [
        _block(session, block, values, problems, may_stay=block.table in parts or block.leads_to(parts))
        for block in form.blocks
    ]
    return tag(
        "form",
        tag("h3", form.title, id="form-title", tabindex="-1"),
        _restored(form),
        tag("div", summary(form, made) if made else None, data_part="summary"),
        *blocks,
        *opened_fields(form),
        *_files(form),
        _reason(form, values, problems),
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
        hidden(SEEN + block.table, as_json([block.key, block.row if block.key else dict(block.begins)]))
        for block in form.blocks
    ]


def _reason(form: Form, values: Mapping[str, str], problems: Mapping[str, str]) -> Markup | None:
    """Return where it is said why a fact is put right; None in a form that puts none right."""
    if not form.corrects:
        return None
    is_value = any(block.table == "observation" for block in form.blocks)
    lead = say("Another value of the same day may do without; the old one then stands beside it.")
    return tag(
        "div",
        tag("label", say(WHY), " ", None if is_value else must_mark(), for_=REASON),
        tag("p", lead, id=f"{REASON}-help", class_="help") if is_value else None,
        tag("input", type="text", id=REASON, name=REASON, value=values.get(REASON, ""), autocomplete="off",
            aria_describedby=f"{REASON}-help {REASON}-error" if is_value else f"{REASON}-error",
            aria_required=None if is_value else "true"),
        error_place(REASON, problems.get(REASON, "")),
        class_="field",
    )  # fmt: skip


def _restored(form: Form) -> Markup:
    """Return what is said when an earlier draft was put back."""
    return tag(
        "p",
        say("What you typed here earlier and did not save is in the form again."),
        " ",
        button(say("Throw it away"), "open", kind="plain", forget=form.draft, open=dict(form.facts)),
        class_="note",
        data_restored="",
        hidden=True,
    )


def _block(
    session: Session, block: Block, values: Mapping[str, str], problems: Mapping[str, str], *, may_stay: bool
) -> Markup:
    """Return the fields of a block: those that are asked, and behind a fold those that are merely offered.

    Where the block may stay empty, its fields are not marked as those that must be filled, but as needed with it.
    """
    asked: list[Markup] = []
    offered: list[Markup] = []
    opens = False
    for one in block.fields():
        made = _control(session, block, one, values, problems)
        made = replace(made, is_must=made.is_must and not may_stay, is_needed=made.is_must and may_stay)
        is_asked = bool(one.asked or block.is_required_for(one))
        (asked if is_asked else offered).append(control(made))
        opens |= not is_asked and bool(made.problem or made.text != block.start(one))
    more = tag("details", tag("summary", say("More fields")), *offered, open=opens) if offered else None
    later = (
        tag("small", " ", say("if it is known already; else leave it empty")) if block.is_optional else None
    )
    legend = tag("legend", block.legend, later) if block.legend else None
    return tag("fieldset", legend, *asked, more, class_=f"block {block.table}")


def _control(
    session: Session, block: Block, one: Field, values: Mapping[str, str], problems: Mapping[str, str]
) -> Control:
    name = block.name(one.name)
    text = values.get(name, block.start(one))
    if one.type is ValueType.CADENCE:
        text = parsing.recurrence_text(text)
    made = Control(
        name,
        block.table,
        one,
        text=text,
        problem=problems.get(name, ""),
        is_must=block.is_required_for(one),
        words=block.words.get(one.name, ()),
        refreshes="refresh" if (block.table, one.name) in REFRESHING else "",
        led=block.start(one) if name in LED and not block.key else "",
        adds=one.refers == "owner",
    )
    return (
        replace(made, shown=values.get(name + SHOWN) or session.name_of(one.refers, text))
        if one.refers
        else made
    )


def _files(form: Form) -> list[Markup]:
    """Return where a file is attached, in a form of evidence."""
    if not any(block.table == "evidence" for block in form.blocks):
        return []
    about = f"{FILE}-help {ATTACHED}-words {FILE}-error"
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
            tag("input", type="file", id=FILE, data_upload=ATTACHED, data_for=FILE, aria_describedby=about),
            tag("input", type="hidden", name=FILE, value="", data_passing=""),
            tag("p", id=f"{ATTACHED}-words", data_part=ATTACHED, class_="note"),
            tag("p", say("The file does not stay with what you typed; attach it again."), class_="note",
                data_lost=FILE, hidden=True),
            error_place(FILE),
            class_="field",
        )
    ]  # fmt: skip


def labels_of(form: Form) -> dict[str, str]:
    """Return what the fields of a form are called, by name."""
    named = {
        block.name(one.name): label_of(block.table, one.name)
        for block in form.blocks
        for one in block.fields()
    }
    return named | {FILE: say("Attached file"), REASON: say(WHY)}


def summary(form: Form, made: EnteredForm) -> Markup | None:
    """Return all that stands in the way of saving, each with a way to its field; None if nothing does."""
    if made.is_valid:
        return None
    labels = labels_of(form)
    items = [
        tag("a", say("{label}: {problem}", label=labels.get(name, name), problem=problem), href=f"#{name}")
        for name, problem in made.problems.items()
    ]
    n = len(items) + len(made.elsewhere)
    return tag(
        "div",
        tag(
            "h4",
            say_n(
                "{n} thing must be mended before this can be saved",
                "{n} things must be mended before this can be saved",
                n,
            ),
        ),
        listed([*items, *made.elsewhere]),
        id="summary-box",
        tabindex="-1",
        role="alert",
        class_="summary",
    )


def warnings_html(made: EnteredForm) -> Markup | None:
    """Return what is worth a look though it was saved; None if nothing is."""
    if not made.warnings:
        return None
    told = [message[:1].upper() + message[1:] for _, message in made.warnings]
    head = say_n("{n} thing is worth a look", "{n} things are worth a look", len(told))
    if len(told) > MOST_OPEN:
        return behind(head, listed(told))
    return tag("div", tag("p", head), listed(told), class_="looks")

"""Who are the owners of a plan, and what are its settings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.controls import button
from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import adding, changing, day, rows
from theorytopractice.language import say
from theorytopractice.model.naming import label_of, name_of
from theorytopractice.model.settings import CHOICES, MEANINGS, usual_value
from theorytopractice.report.html import tag

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.desk import Desk

MOST_OWNERS = 500


def owners(desk: Desk) -> Markup:
    """Return the owners of the plan."""
    found = desk.rows("owner")
    columns = ("owner_id", "name", "unit", "email", "left_on")
    lines = [
        (*(day(row[one]) if one == "left_on" and row[one] else cell(row[one]) for one in columns),
         changing("owner", row, of=row["name"]))
        for row in found[:MOST_OWNERS]
    ]  # fmt: skip
    head = tag("h2", say("Owners"), id="screen-title", tabindex="-1")
    heads = [*(label_of("owner", one) for one in columns), say("What to do")]
    add = tag("p", adding(say("Add an owner"), form="row", table="owner"), class_="buttons")
    form = tag("div", data_part="form")
    return tag("section", head, add, form, rows(say("Owners"), heads, lines, say("No owner yet.")))


def settings(desk: Desk) -> Markup:
    """Return every choice that holds for the whole plan: what it says, what it is, and what it is usually."""
    own = {row["name"]: row["value"] for row in desk.rows("setting")}
    lines = [_setting(name, own.get(name)) for name in MEANINGS]
    heads = [
        label_of("setting", "name"),
        say("What it says"),
        label_of("setting", "value"),
        say("What to do"),
    ]
    head = tag("h2", say("Settings"), id="screen-title", tabindex="-1")
    form = tag("div", data_part="form")
    return tag("section", head, form, rows(say("Settings"), heads, lines, ""))


def _setting(name: str, own: str | None) -> tuple[object, ...]:
    """Return a setting as a line; one that the plan chose itself can be removed, so that the usual value holds."""
    usual = in_words(name, usual_value(name))
    told = (
        say("{value} (usual)", value=usual or say("empty"))
        if own is None
        else tag(
            "div",
            in_words(name, own),
            tag("p", say("usually {value}", value=usual or say("empty")), class_="small"),
        )
    )
    opens = {"form": "row", "table": "setting", **({"name": name} if own is None else {"key": name})}
    change = button(say("Change"), "open", kind="plain", of=name, open=opens)
    usually = button(say("Usual value"), "ask-remove", kind="plain", of=name, table="setting", key=[name])
    return (
        name,
        say(MEANINGS[name]),
        told,
        tag("span", change, " ", usually if own is not None else None, class_="row-buttons"),
    )


def in_words(name: str, text: str) -> str:
    """Say the value of a setting: a word where only some are possible."""
    return name_of(text) if name in CHOICES else text

"""Who are the owners of a plan, and what are its settings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import adding, changing, day, rows
from theorytopractice.language import say
from theorytopractice.model.naming import label_of
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
    """Return the choices that hold for the whole plan."""
    lines = [
        (row["name"], row["value"], changing("setting", row, of=row["name"])) for row in desk.rows("setting")
    ]
    head = tag("h2", say("Settings"), id="screen-title", tabindex="-1")
    heads = [label_of("setting", "name"), label_of("setting", "value"), say("What to do")]
    add = tag("p", adding(say("Add a setting"), form="row", table="setting"), class_="buttons")
    form = tag("div", data_part="form")
    return tag(
        "section",
        head,
        add,
        form,
        rows(say("Settings"), heads, lines, say("Every setting has its usual value.")),
    )

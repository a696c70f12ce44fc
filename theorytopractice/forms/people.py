"""Who changed what, and how is one's own change taken back? And who are the owners, what are the settings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError
from theorytopractice.forms.controls import button
from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import adding, changing, day, rows
from theorytopractice.language import say, say_n
from theorytopractice.model.naming import label_of
from theorytopractice.report.html import tag

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from theorytopractice.forms.answer import Answer, Message
    from theorytopractice.forms.desk import Desk

MOST_OWNERS = 500


def undo(desk: Desk, message: Message) -> Answer:
    """Take back a change of one's own."""
    number = message.facts.get("change")
    change_id = number if isinstance(number, int) else 0
    made = desk.plan.latest(10_000, made_by=desk.who)
    if change_id not in set(made["change_id"]):
        raise ConflictError(say("Only your own changes can be taken back here."))
    desk.plan.undo(change_id)
    told = say("change {n} was taken back", n=change_id)
    return desk.after_change("", told=told, action_id=message.text("action_id"))


def changes_table(desk: Desk, frame: pd.DataFrame) -> Markup:
    """Return changes row by row, with who made them; one's own can be taken back."""
    heads = [say("When (UTC)"), say("Who"), say("What"), say("Difference"), say("What to do")]
    lines = []
    shown: set[int] = set()
    for row in frame.to_dict("records"):
        number = int(row["change_id"])
        is_own = row["made_by"] == desk.who and number not in shown
        shown.add(number)
        lines.append(
            (
                str(row["made_at"])[:16].replace("T", " "),
                row["made_by"],
                row["what"],
                tag("span", f"{row['entity']} {row['key']}: {row['difference']}", class_="small"),
                _back(number) if is_own else "",
            )
        )
    return rows(say("Changes, the newest first"), heads, lines, say("No change yet."))


def mine(desk: Desk) -> Markup:
    """Return one's own latest changes."""
    frame = desk.plan.latest(100, made_by=desk.who)
    heads = [say("When (UTC)"), say("What"), say("Rows"), say("What to do")]
    lines = [
        (
            str(row["made_at"])[:16].replace("T", " "),
            row["what"],
            say_n("{n:,} row", "{n:,} rows", row["n_rows"]),
            _back(int(row["change_id"])),
        )
        for row in frame.to_dict("records")
    ]
    head = tag("h2", say("Changes by {who}", who=desk.who), id="screen-title", tabindex="-1")
    return tag("section", head, rows(say("The newest first"), heads, lines, say("No change yet.")))


def _back(change_id: int) -> Markup:
    return button(say("Undo"), "undo", kind="plain", of=say("change {n}", n=change_id), change=change_id)


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

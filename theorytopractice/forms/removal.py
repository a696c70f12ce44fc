"""How does a row go? With a reason, which stays in the history together with the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import as_json, button
from theorytopractice.language import say
from theorytopractice.model.naming import table_name
from theorytopractice.report.html import tag

if TYPE_CHECKING:
    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk


def ask(_: Desk, message: Message) -> Answer:
    """Ask why a row shall go."""
    table, key = message.text("table"), message.key()
    what = f"{table_name(table)} {'/'.join(filter(None, key))}"
    form = tag(
        "form",
        tag("h3", say("Remove {what}?", what=what), id="form-title", tabindex="-1"),
        tag("div", data_part="summary"),
        tag(
            "div",
            tag("label", say("Why"), for_="remove-reason"),
            tag("p", say("The reason and the row stay in the history; the removal can be undone."), class_="help",
                id="remove-help"),
            tag("input", type="text", id="remove-reason", name="reason", autocomplete="off", aria_describedby="remove-help",
                aria_required="true"),
            class_="field",
        ),
        tag("p", tag("button", say("Remove"), type="submit", class_="main"), " ", button(say("Cancel"), "cancel", kind="plain"),
            class_="buttons"),
        data_do="remove",
        data_with=as_json({"table": table, "key": key}),
        class_="record",
        aria_labelledby="form-title",
    )  # fmt: skip
    return Answer({"form": form}, focus="remove-reason")


def remove(desk: Desk, message: Message) -> Answer:
    """Remove a row, with its reason."""
    table, key, reason = message.text("table"), message.key(), message.values().get("reason", "")
    desk.plan.remove(table, key, reason=reason)
    what = f"{table_name(table)} {'/'.join(filter(None, key))}"
    return desk.after_change("", told=say("removed {what}", what=what))

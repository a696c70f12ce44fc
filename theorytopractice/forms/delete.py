"""How does a row go? With a reason, which stays in the history together with the row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import as_json, button, must_mark
from theorytopractice.forms.labels import row_label
from theorytopractice.html import tag
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session


def ask_delete(session: Session, message: Message) -> Answer:
    """Ask why a row shall go, and show what it holds."""
    table, key = message.text("table"), message.key()
    row = session.plan.row(table, key)
    form = tag(
        "form",
        tag("h3", say("Remove {what}", what=row_label(table, row)), id="form-title", tabindex="-1"),
        tag("div", data_part="summary"),
        tag(
            "div",
            tag("label", say("Why it goes"), " ", must_mark(), for_="remove-reason"),
            tag("p", say("The reason and the row stay in the history; the removal can be undone."), class_="help",
                id="remove-help"),
            tag("input", type="text", id="remove-reason", name="reason", autocomplete="off", aria_describedby="remove-help",
                aria_required="true"),
            class_="field",
        ),
        tag("p", tag("button", say("Remove"), type="submit", class_="main"), " ", button(say("Cancel"), "cancel", kind="plain"),
            class_="buttons"),
        data_do="remove",
        data_with=as_json({"table": table, "key": key, "seen": as_json(row)}),
        class_="record",
        aria_labelledby="form-title",
    )  # fmt: skip
    return Answer({"form": form}, focus="remove-reason")


def delete_row(session: Session, message: Message) -> Answer:
    """Remove a row as it was seen, with its reason."""
    table, key, reason = message.text("table"), message.key(), message.values().get("reason", "")
    seen = row_as_opened(table, message.text("seen"))
    session.plan.remove(table, key, reason=reason, expected=seen)
    return session.after_change(
        "", told=say("removed: {what}", what=row_label(table, seen)), made=session.plan.last_change
    )


def row_as_opened(table: str, text: str) -> dict[str, str]:
    """Return the row that a page carries as it was seen.

    Raises:
        PlanError: the page does not carry one.
    """
    try:
        found = json.loads(text)
        return {column: str(found[column]) for column in ENTITIES[table].columns}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error

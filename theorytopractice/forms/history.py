"""Who changed what, how is one's own change taken back, and how does a row go?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError, PlanError
from theorytopractice.forms.answer import Answer, Changed
from theorytopractice.forms.controls import as_json, button, required_mark
from theorytopractice.forms.parsing import moment_text
from theorytopractice.forms.row_tables import change_text, paged_table, row_label
from theorytopractice.html import NOTHING, quiet, tag
from theorytopractice.i18n import say, say_n
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Collection

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.row_tables import Row
    from theorytopractice.forms.session import Session


MAX_CHANGES = 10_000
LARGE_CHANGE = 50
"""Rows of a change that is taken back only after having been asked whether that is meant."""


def undo(session: Session, message: Message) -> Answer | Changed:
    """Take back a change of one's own; a large one only when that was said to be meant."""
    number = message.number("change")
    own = session.plan.latest(MAX_CHANGES, made_by=session.who)
    changes = own[own["change_id"] == number].to_dict("records")
    if not changes:
        raise ConflictError(say("Only your own changes can be taken back here."))
    n_rows = changes[0]["n_rows"]
    if n_rows > LARGE_CHANGE and message.facts.get("is_meant") is not True:
        return Answer({"notice": _undo_question(number, changes[0]["what"], n_rows)}, focus="large-undo")
    stage_text = session.stage_text()
    session.plan.undo(number)
    text = say("change {n} was taken back", n=number)
    return Changed(text, action_id=message.text("action_id"), stage_text=stage_text)


def _undo_question(change_id: int, what: str, n_rows: int) -> Markup:
    """Ask whether a large change shall really be taken back."""
    question = say_n(
        "Take back change {number} ({what}) with {n:,} row?",
        "Take back change {number} ({what}) with {n:,} rows?",
        n_rows,
        number=change_id,
        what=what,
    )
    return tag(
        "div",
        tag("p", tag("b", question), id="large-undo", tabindex="-1"),
        tag("p", button(say("Take it back"), "undo", change=change_id, is_meant=True), " ",
            button(say("Leave it"), "notice", kind="plain"), class_="buttons"),
        class_="summary",
    )  # fmt: skip


def dismiss_notice(session: Session, _: Message) -> Answer:
    """Put away what was said or asked above everything."""
    return Answer({"notice": NOTHING}, focus=session.default_focus)


def changes_of(session: Session, row_ids: Collection[str]) -> Markup:
    """Return what was changed of some rows and of all that names them, the newest first."""
    frame = session.plan.history(row_ids).iloc[::-1]
    undoable = _undoable_changes(session)

    def line(row: Row) -> tuple[object, ...]:
        number = int(row["change_id"])
        before, after = (json.loads(row[side]) if row[side] else None for side in ("before", "after"))
        undo_button = _undo_button(number) if number in undoable else ""
        undoable.discard(number)  # a change is offered once, beside the first of its rows
        return (
            moment_text(row["made_at"], session.plan.settings.zone),
            row["made_by"],
            change_text(row["entity"], before, after),
            tag("span", say("{n}: {what}", n=number, what=row["what"]), class_="small"),
            undo_button,
        )

    heads = [say("When"), say("Changed by"), say("What was changed"), say("Change"), say("What to do")]
    return paged_table(
        session, frame, say("Changes, the newest first"), heads, line=line, none=say("No change yet.")
    )


def own_changes(session: Session) -> Markup:
    """Return one's own changes, the newest first."""
    frame = session.plan.latest(MAX_CHANGES, made_by=session.who)
    undone = _undone_changes(session)

    def line(row: Row) -> tuple[object, ...]:
        number = int(row["change_id"])
        return (
            str(number),
            moment_text(row["made_at"], session.plan.settings.zone),
            row["what"],
            say_n("{n:,} row", "{n:,} rows", row["n_rows"]),
            say("was taken back") if number in undone else _undo_button(number),
        )

    heads = [say("No."), say("When"), say("What"), say("Rows"), say("What to do")]
    title = tag("h2", say("Changes by {who}", who=session.who), id="screen-title", tabindex="-1")
    table = paged_table(session, frame, say("The newest first"), heads, line=line, none=say("No change yet."))
    older = say("Older changes than these {n:,} are not listed.", n=MAX_CHANGES)
    return tag("section", title, table, quiet(older) if len(frame) == MAX_CHANGES else None)


def _undone_changes(session: Session) -> set[int]:
    """Return the changes that were taken back, by whomever."""
    numbers: set[int] = set()
    undone = session.plan.latest(MAX_CHANGES)[["change_id", "undoes"]].dropna()
    for number, undoes in undone.itertuples(index=False):
        if number not in numbers:
            numbers.add(int(undoes))
    return numbers


def _undoable_changes(session: Session) -> set[int]:
    """Return one's own changes that were not taken back."""
    return set(session.plan.latest(MAX_CHANGES, made_by=session.who)["change_id"]) - _undone_changes(session)


def _undo_button(change_id: int) -> Markup:
    return button(say("Undo"), "undo", kind="plain", subject=say("change {n}", n=change_id), change=change_id)


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
            tag("label", say("Why it goes"), " ", required_mark(), for_="remove-reason"),
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


def delete_row(session: Session, message: Message) -> Changed:
    """Remove a row as it was seen, with its reason."""
    table, reason = message.text("table"), message.values().get("reason", "")
    row = _row_as_opened(table, message.text("seen"))
    session.plan.remove(table, message.key(), reason=reason, expected=row)
    return Changed(say("removed: {what}", what=row_label(table, row)), change=session.plan.last_change)


def _row_as_opened(table: str, text: str) -> dict[str, str]:
    """Return the row that a page carries as it was seen.

    Raises:
        PlanError: the page does not carry one.
    """
    try:
        row = json.loads(text)
        return {column: str(row[column]) for column in ENTITIES[table].columns}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error

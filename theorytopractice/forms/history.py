"""Who changed what, and how is one's own change taken back?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from theorytopractice.errors import ConflictError
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.forms.labels import change_text
from theorytopractice.forms.listing import Page
from theorytopractice.forms.row_tables import rows
from theorytopractice.html import NOTHING, quiet, tag
from theorytopractice.i18n import say, say_n, say_short_day

if TYPE_CHECKING:
    from collections.abc import Collection

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session


MOST_SEARCHED = 10_000
MANY = 50
"""Rows of a change that is taken back only after having been asked whether that is meant."""


def undo(session: Session, message: Message) -> Answer:
    """Take back a change of one's own; a large one only when that was said to be meant."""
    number = message.facts.get("change")
    change_id = number if isinstance(number, int) else 0
    made = session.plan.latest(MOST_SEARCHED, made_by=session.who)
    found = made[made["change_id"] == change_id].to_dict("records")
    if not found:
        raise ConflictError(say("Only your own changes can be taken back here."))
    if found[0]["n_rows"] > MANY and message.facts.get("is_meant") is not True:
        asked = _question(change_id, found[0]["what"], found[0]["n_rows"])
        return Answer({"notice": asked}, focus="large-undo")
    was = session.standing()
    session.plan.undo(change_id)
    told = say("change {n} was taken back", n=change_id)
    return session.after_change("", told=told, made=None, action_id=message.text("action_id"), was=was)


def _question(change_id: int, what: str, n_rows: int) -> Markup:
    """Ask whether a large change shall really be taken back."""
    asked = say_n(
        "Take back change {number} ({what}) with {n:,} row?",
        "Take back change {number} ({what}) with {n:,} rows?",
        n_rows,
        number=change_id,
        what=what,
    )
    return tag(
        "div",
        tag("p", tag("b", asked), id="large-undo", tabindex="-1"),
        tag("p", button(say("Take it back"), "undo", change=change_id, is_meant=True), " ",
            button(say("Leave it"), "notice", kind="plain"), class_="buttons"),
        class_="summary",
    )  # fmt: skip


def dismiss(session: Session, _: Message) -> Answer:
    """Put away what was said or asked above everything."""
    return Answer({"notice": NOTHING}, focus=session.default_focus)


def changes_of(session: Session, row_ids: Collection[str]) -> Markup:
    """Return what was changed of some rows and of all that names them, the newest first."""
    frame = session.plan.history(row_ids).iloc[::-1]
    page = Page.of(session, len(frame))
    heads = [say("When"), say("Changed by"), say("What was changed"), say("Change"), say("What to do")]
    own = _to_take_back(session)
    lines = []
    for row in frame.iloc[page.rows].to_dict("records"):
        number = int(row["change_id"])
        before, after = (json.loads(row[side]) if row[side] else None for side in ("before", "after"))
        lines.append(
            (
                moment(session, row["made_at"]),
                row["made_by"],
                change_text(row["entity"], before, after),
                tag("span", say("{n}: {what}", n=number, what=row["what"]), class_="small"),
                _back(number) if number in own else "",
            )
        )
        own.discard(number)
    return page.around(rows(say("Changes, the newest first"), heads, lines, say("No change yet.")))


def own_changes(session: Session) -> Markup:
    """Return one's own changes, the newest first."""
    frame = session.plan.latest(MOST_SEARCHED, made_by=session.who)
    page = Page.of(session, len(frame))
    gone = _taken_back(session)
    heads = [say("No."), say("When"), say("What"), say("Rows"), say("What to do")]
    lines = [
        (
            str(row["change_id"]),
            moment(session, row["made_at"]),
            row["what"],
            say_n("{n:,} row", "{n:,} rows", row["n_rows"]),
            say("was taken back") if row["change_id"] in gone else _back(int(row["change_id"])),
        )
        for row in frame.iloc[page.rows].to_dict("records")
    ]
    head = tag("h2", say("Changes by {who}", who=session.who), id="screen-title", tabindex="-1")
    shown = page.around(rows(say("The newest first"), heads, lines, say("No change yet.")))
    older = say("Older changes than these {n:,} are not listed.", n=MOST_SEARCHED)
    return tag("section", head, shown, quiet(older) if len(frame) == MOST_SEARCHED else None)


def _taken_back(session: Session) -> set[int]:
    """Return the changes that were taken back, by whomever."""
    gone: set[int] = set()
    undone = session.plan.latest(MOST_SEARCHED)[["change_id", "undoes"]].dropna()
    for number, undoes in undone.itertuples(index=False):
        if number not in gone:
            gone.add(int(undoes))
    return gone


def _to_take_back(session: Session) -> set[int]:
    """Return one's own changes that were not taken back."""
    return set(session.plan.latest(MOST_SEARCHED, made_by=session.who)["change_id"]) - _taken_back(session)


def _back(change_id: int) -> Markup:
    return button(say("Undo"), "undo", kind="plain", of=say("change {n}", n=change_id), change=change_id)


def moment(session: Session, made_at: str) -> str:
    """Say a moment of the history by the clock of the plan."""
    there = datetime.fromisoformat(made_at).astimezone(ZoneInfo(session.plan.settings.zone))
    return f"{say_short_day(there.date())} {there:%H:%M}"

"""Under which name does a planner change the plan, where several share one page?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.html import joined, tag
from theorytopractice.i18n import say

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session


LONGEST = 200


def user_name_text(session: Session) -> Markup:
    """Return the name under which changes are remembered; where the page asks for one, with the way to another."""
    told = say("changes by {who}", who=session.who)
    if not session.asks_name:
        return joined([told])
    return joined([told, button(say("Another name"), "ask-name", kind="plain")], " ")


def remembered_name(session: Session, message: Message) -> None:
    """Take the name that the browser remembers from an earlier time."""
    if session.asks_name and (name := _tidy(message.text("who"))):
        session.plan.who = name


def ask_name(session: Session, _: Message) -> Answer:
    """Ask for the planner's name."""
    form = tag(
        "form",
        tag("label", say("Your name"), for_="who"),
        tag("input", type="text", id="who", name="who", value=session.who, autocomplete="name"),
        tag("button", say("Take this name"), type="submit", class_="main"),
        " ",
        button(say("Cancel"), "cancel-name", kind="plain"),
        data_do="name",
        data_remember="who",
        class_="who",
    )
    return Answer({"who": form}, focus="who")


def dismiss_name(session: Session, _: Message) -> Answer:
    """Leave the name as it is."""
    return Answer({"who": user_name_text(session)}, focus=session.default_focus)


def take_name(session: Session, message: Message) -> Answer:
    """Remember changes under another name from now on."""
    name = _tidy(message.values().get("who", ""))
    if session.asks_name and name:
        session.plan.who = name
    told = say("Changes are remembered under the name {who}.", who=session.who)
    return Answer({"who": user_name_text(session)}, focus=session.default_focus, told=told)


def _tidy(name: str) -> str:
    return " ".join(name.split())[:LONGEST]

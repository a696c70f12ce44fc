"""Under which name does a planner change the plan, where several share one page?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.language import say
from theorytopractice.report.html import joined, tag

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk

LONGEST = 200


def shown(desk: Desk) -> Markup:
    """Return the name under which changes are remembered; where the page asks for one, with the way to another."""
    told = say("changes by {who}", who=desk.who)
    if not desk.asks_name:
        return joined([told])
    return joined([told, button(say("Another name"), "ask-name", kind="plain")], " ")


def remembered(desk: Desk, message: Message) -> None:
    """Take the name that the browser remembers from an earlier time."""
    if desk.asks_name and (name := _tidy(message.text("who"))):
        desk.plan.who = name


def ask(desk: Desk, _: Message) -> Answer:
    """Ask for the planner's name."""
    form = tag(
        "form",
        tag("label", say("Your name"), for_="who"),
        tag("input", type="text", id="who", name="who", value=desk.who, autocomplete="name"),
        tag("button", say("Take this name"), type="submit", class_="main"),
        " ",
        button(say("Cancel"), "cancel-name", kind="plain"),
        data_do="name",
        data_remember="who",
        class_="who",
    )
    return Answer({"who": form}, focus="who")


def put_away(desk: Desk, _: Message) -> Answer:
    """Leave the name as it is."""
    return Answer({"who": shown(desk)}, focus=desk.resting)


def take(desk: Desk, message: Message) -> Answer:
    """Remember changes under another name from now on."""
    name = _tidy(message.values().get("who", ""))
    if desk.asks_name and name:
        desk.plan.who = name
    told = say("Changes are remembered under the name {who}.", who=desk.who)
    return Answer({"who": shown(desk)}, focus=desk.resting, told=told)


def _tidy(name: str) -> str:
    return " ".join(name.split())[:LONGEST]

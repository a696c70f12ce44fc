"""Under which name does a planner work, who are the owners of a plan, and what are its settings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.forms.row_tables import (
    Page,
    add_button,
    button_line,
    change_button,
    optional_text,
    row_table,
    value_text,
)
from theorytopractice.html import join as joined
from theorytopractice.html import tag
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of
from theorytopractice.model.settings import CHOICES, MEANINGS, usual_value
from theorytopractice.model.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session


MAX_NAME = 200


def user_name_html(session: Session) -> Markup:
    """Return the name under which changes are remembered; where the page asks for one, with the way to another."""
    change = [button(say("Another name"), "ask-name", kind="plain")] if session.asks_name else []
    return joined([say("changes by {who}", who=session.who), *change], " ")


def remembered_name(session: Session, message: Message) -> None:
    """Take the name that the browser remembers from an earlier time."""
    if session.asks_name and (name := _name_text(message.text("who"))):
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
    return Answer({"who": user_name_html(session)}, focus=session.default_focus)


def take_name(session: Session, message: Message) -> Answer:
    """Remember changes under another name from now on."""
    name = _name_text(message.values().get("who", ""))
    if session.asks_name and name:
        session.plan.who = name
    text = say("Changes are remembered under the name {who}.", who=session.who)
    return Answer({"who": user_name_html(session)}, focus=session.default_focus, text=text)


def _name_text(name: str) -> str:
    return " ".join(name.split())[:MAX_NAME]


COLUMNS = ("owner_id", "name", "unit", "email", "left_on")


def owners(session: Session) -> Markup:
    """Return the owners of the plan, with a search."""
    head = tag("h2", say("Owners"), id="screen-title", tabindex="-1")
    add = button_line(add_button(say("Add an owner"), form="row", table="owner"))
    text = session.owner_text
    box = tag("input", type="search", id="owners-text", name="text", value=text, autocomplete="off")
    search = tag(
        "form",
        tag("div", tag("label", say("Search"), for_="owners-text"), box, class_="field"),
        data_do="owners",
        data_live="",
        role="search",
        aria_label=say("Owners"),
    )
    form, table = tag("div", data_part="form"), tag("div", owners_table(session), data_part="owners")
    return tag("section", head, add, form, search, table)


def search_owners(session: Session, message: Message) -> Answer:
    """Show the owners that fit what was typed."""
    session.owner_text = message.values().get("text", "")
    return Answer({"owners": owners_table(session)})


def owners_table(session: Session) -> Markup:
    """Return a page of the owners that are looked for."""
    words = fold(session.owner_text).split()
    owners = session.rows("owner")
    rows = [row for row in owners if _matches(row, words)] if words else owners
    page = Page.current(session, len(rows))
    lines = [
        (
            *(optional_text(session, ENTITIES["owner"][column], row[column]) for column in COLUMNS),
            change_button("owner", row, subject=row["name"]),
        )
        for row in rows[page.rows]
    ]
    heads = [*(label_of("owner", column) for column in COLUMNS), say("What to do")]
    none = say("No owner fits.") if owners else say("No owner yet.")
    return page.with_navigation(row_table(say("Owners"), heads, lines, none))


def _matches(row: Mapping[str, str], words: Iterable[str]) -> bool:
    """Tell whether all words that are looked for stand in the row of an owner."""
    text = fold(" ".join(row[column] for column in COLUMNS))
    return all(word in text for word in words)


def settings(session: Session) -> Markup:
    """Return every choice that holds for the whole plan: what it says, what it is, and what it is usually."""
    values = {row["name"]: row["value"] for row in session.rows("setting")}
    lines = [_setting(name, values.get(name)) for name in MEANINGS]
    heads = [
        label_of("setting", "name"),
        say("What it says"),
        label_of("setting", "value"),
        say("What to do"),
    ]
    head = tag("h2", say("Settings"), id="screen-title", tabindex="-1")
    form = tag("div", data_part="form")
    return tag("section", head, form, row_table(say("Settings"), heads, lines, ""))


def _setting(name: str, text: str | None) -> tuple[object, ...]:
    """Return a setting as a line; one that the plan chose itself can be removed, so that the usual value holds."""
    usual = _setting_text(name, usual_value(name)) or say("empty")
    value: object = say("{value} (usual)", value=usual)
    if text is not None:
        value = tag(
            "div",
            _setting_text(name, text),
            tag("p", say("usually {value}", value=usual), class_="small"),
        )
    facts = {"form": "row", "table": "setting", **({"name": name} if text is None else {"key": name})}
    change = button(say("Change"), "open", kind="plain", subject=name, open=facts)
    reset = button(say("Usual value"), "ask-remove", kind="plain", subject=name, table="setting", key=[name])
    buttons = tag("span", change, " ", reset if text is not None else None, class_="row-buttons")
    return (name, say(MEANINGS[name]), value, buttons)


def _setting_text(name: str, text: str) -> str:
    return value_text(ENTITIES["setting"]["value"], text, CHOICES.get(name, ()))

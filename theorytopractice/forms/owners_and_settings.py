"""Who are the owners of a plan, and what are its settings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.forms.labels import in_words
from theorytopractice.forms.listing import Page
from theorytopractice.forms.row_tables import add_button, change_button, display_optional, rows
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


COLUMNS = ("owner_id", "name", "unit", "email", "left_on")


def owners(session: Session) -> Markup:
    """Return the owners of the plan, with a search."""
    head = tag("h2", say("Owners"), id="screen-title", tabindex="-1")
    add = tag("p", add_button(say("Add an owner"), form="row", table="owner"), class_="buttons")
    box = tag(
        "input", type="search", id="owners-text", name="text", value=session.owner_text, autocomplete="off"
    )
    search = tag(
        "form",
        tag("div", tag("label", say("Search"), for_="owners-text"), box, class_="field"),
        data_do="owners",
        data_live="",
        role="search",
        aria_label=say("Owners"),
    )
    form, found = tag("div", data_part="form"), tag("div", owners_table(session), data_part="owners")
    return tag("section", head, add, form, search, found)


def look_for(session: Session, message: Message) -> Answer:
    """Show the owners that fit what was typed."""
    session.owner_text = message.values().get("text", "")
    return Answer({"owners": owners_table(session)})


def owners_table(session: Session) -> Markup:
    """Return a page of the owners that are looked for."""
    wanted = fold(session.owner_text).split()
    every = session.rows("owner")
    found = [row for row in every if _fits(row, wanted)] if wanted else every
    page = Page.of(session, len(found))
    lines = [
        (
            *(display_optional(session, ENTITIES["owner"][one], row[one]) for one in COLUMNS),
            change_button("owner", row, of=row["name"]),
        )
        for row in found[page.rows]
    ]
    heads = [*(label_of("owner", one) for one in COLUMNS), say("What to do")]
    none = say("No owner fits.") if every else say("No owner yet.")
    return page.around(rows(say("Owners"), heads, lines, none))


def _fits(row: Mapping[str, str], wanted: Iterable[str]) -> bool:
    """Tell whether all words that are looked for stand in the row of an owner."""
    held = fold(" ".join(row[one] for one in COLUMNS))
    return all(word in held for word in wanted)


def settings(session: Session) -> Markup:
    """Return every choice that holds for the whole plan: what it says, what it is, and what it is usually."""
    own = {row["name"]: row["value"] for row in session.rows("setting")}
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
    usual = _value_in_words(name, usual_value(name))
    told = (
        say("{value} (usual)", value=usual or say("empty"))
        if own is None
        else tag(
            "div",
            _value_in_words(name, own),
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


def _value_in_words(name: str, text: str) -> str:
    return in_words(ENTITIES["setting"]["value"], text, CHOICES.get(name, ()))

"""What if two planners changed the same row? Both versions stand side by side, and every difference is chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.attachments import FILE, SEALED, URI
from theorytopractice.forms.controls import as_json, button, hidden
from theorytopractice.forms.form import SEEN, opened_fields
from theorytopractice.forms.form_definitions import open_definition
from theorytopractice.forms.form_model import read_form
from theorytopractice.forms.history import moment
from theorytopractice.forms.labels import field_label
from theorytopractice.html import tag
from theorytopractice.i18n import say
from theorytopractice.model.labels import label_of
from theorytopractice.store.edits import format_key
from theorytopractice.store.history import is_same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.form_model import Block, Form
    from theorytopractice.forms.session import Session


CHOICE = "~choice:"
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which what was typed and what stands now differ; ``chosen`` is what nobody needs to decide."""

    name: str
    label: str
    mine: str
    theirs: str
    chosen: str


def show(session: Session, form: Form, values: Mapping[str, str]) -> Answer:
    """Show what was typed beside what somebody else stored meanwhile."""
    now = open_definition(session, form.facts, values)
    found = list(_differences(session, form, now, values))
    rows = [_row(one, values) for one in found]
    heads = [say("Field"), say("Yours"), say("Stored meanwhile")]
    page = tag(
        "form",
        tag("h3", say("Somebody else changed this meanwhile"), id="form-title", tabindex="-1"),
        tag("p", _by_whom(session, form, now)),
        tag("p", say("Nothing was stored yet. Choose for each difference what shall stand.")),
        tag("div", data_part="summary"),
        tag(
            "div",
            tag(
                "table",
                tag("thead", tag("tr", *(tag("th", one, scope="col") for one in heads))),
                tag("tbody", *rows),
            ),
            class_="box",
        ),
        *(hidden(name, text) for name, text in values.items() if not name.startswith((SEEN, CHOICE))),
        *opened_fields(now),
        *(hidden(SEALED, block.row["uri"]) for block in form.blocks if block.row.get("sha256")),
        tag(
            "p",
            tag("button", say("Save what was chosen"), type="submit", class_="main"),
            " ",
            button(say("Cancel"), "cancel", kind="plain"),
            class_="buttons",
        ),
        data_do="resolve",
        data_with=as_json({"open": dict(form.facts)}),
        novalidate=True,
        class_="record conflict",
        aria_labelledby="form-title",
    )
    return Answer({"form": page}, focus="form-title", told=say("Somebody else changed this meanwhile."))


def resolve(session: Session, message: Message) -> tuple[dict[str, str], list[str]]:
    """Return what shall be saved by the choices, and the fields for which nothing was chosen yet."""
    values = message.values()
    now = open_definition(session, message.values("open"), values)
    stands = {
        block.name(one.name): block.row.get(one.name, "") for block in now.blocks for one in block.fields()
    }
    choices = {name.removeprefix(CHOICE): text for name, text in values.items() if name.startswith(CHOICE)}
    theirs = {name: stands.get(name, "") for name, choice in choices.items() if choice == THEIRS}
    kept = {name: text for name, text in values.items() if not name.startswith(CHOICE)}
    if choices.get(URI) == THEIRS:
        kept.pop(FILE, None)
    return kept | theirs, [name for name, choice in choices.items() if choice not in (MINE, THEIRS)]


def _differences(session: Session, form: Form, now: Form, values: Mapping[str, str]) -> Iterator[Difference]:
    """Yield the fields in which the typed text and the stored one differ."""
    made = read_form(form.blocks, values, today=session.today)
    stored = {block.table: block for block in now.blocks}
    for block in form.blocks:
        for one in block.fields() if block.key or stored[block.table].key else ():
            name, seen = block.name(one.name), block.row.get(one.name, "")
            mine, theirs = made.texts[name], stored[block.table].row.get(one.name, "")
            if mine != theirs:
                chosen = MINE if theirs == seen else THEIRS if mine == seen else ""
                words = block.words.get(one.name, ())
                shown = [field_label(session, one, text, words) for text in (mine, theirs)]
                yield Difference(name, label_of(block.table, one.name), shown[0], shown[1], chosen)


def _row(one: Difference, values: Mapping[str, str]) -> Markup:
    chosen = values.get(CHOICE + one.name) or one.chosen
    return tag(
        "tr",
        tag("th", one.label, scope="row", id=f"{one.name}-label"),
        _choice(one, MINE, one.mine, say("Yours"), is_chosen=chosen == MINE),
        _choice(one, THEIRS, one.theirs, say("Stored meanwhile"), is_chosen=chosen == THEIRS),
    )


def _choice(one: Difference, side: str, text: str, whose: str, *, is_chosen: bool) -> Markup:
    """Return one version with the button that chooses it."""
    radio = tag("input", type="radio", name=CHOICE + one.name, value=side, checked=is_chosen)
    said = tag("span", f"{one.label}, {whose}: ", class_="aloud")
    return tag("td", tag("label", radio, " ", said, text or tag("i", say("(empty)"))))


def _by_whom(session: Session, form: Form, now: Form) -> str:
    """Say who made the rows what they are that are others now, and when; empty where the history does not tell."""
    seen = {block.table: block.row for block in form.blocks}
    moved = {
        (block.table, format_key(block.key)): block
        for block in now.blocks
        if block.key and not is_same(block.row, seen[block.table])
    }
    history = session.plan.history({block.key[0] for block in moved.values()})
    made = zip(history["entity"], history["key"], history["after"], strict=True)
    own = history[[_made(moved.get((table, key)), after) for table, key, after in made]]
    if own.empty:
        return ""
    last = own.iloc[-1]
    return say(
        "{who} stored the other version on {when}.",
        who=last["made_by"],
        when=moment(session, last["made_at"]),
    )


def _made(block: Block | None, after: str) -> bool:
    """Tell whether a change left the row of a block as it is now."""
    return block is not None and bool(after) and is_same(json.loads(after), block.row)

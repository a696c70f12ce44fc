"""Which owner, finding, action or indicator does somebody mean who types a few letters?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.form_model import NEW
from theorytopractice.forms.session import NAME_COLUMNS
from theorytopractice.html import joined, tag
from theorytopractice.i18n import say, say_n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import fold, natural

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session


MAX_OPTIONS = 12


def search(session: Session, message: Message) -> Answer:
    """Return the rows that fit what was typed; those that begin so come first."""
    table, text, part = message.text("table"), message.text("text"), message.text("part")
    if table not in NAME_COLUMNS:
        return Answer()
    candidates = _candidates(session, table)
    wanted = fold(text).split()
    matches = [(key, name) for key, name, words in candidates if all(word in words for word in wanted)]
    first = wanted[0] if wanted else ""
    matches.sort(key=lambda pair: (not fold(pair[1]).startswith(first), natural(pair[0])))
    options = [
        _option(f"{part}-{place}", key, f"{key} {name}")
        for place, (key, name) in enumerate(matches[:MAX_OPTIONS])
    ]
    n_more = len(matches) - MAX_OPTIONS
    if n_more > 0:
        more = say_n("{n} more; type more letters", "{n} more; type more letters", n_more)
        options.append(tag("div", more, class_="hint", aria_hidden="true"))
    name = " ".join(text.split())
    if (
        message.facts.get("can_add")
        and name
        and not any(fold(candidate) == fold(name) for _, candidate, _ in candidates)
    ):
        words = say("Add “{name}” as somebody new", name=name)
        options.append(_option(f"{part}-new", NEW + name, name, words))
    return Answer({part: joined(options) or tag("div", say("Nothing fits."), class_="hint")})


def _option(name: str, value: str, shown: str, words: str = "") -> Markup:
    """Return a choice; ``words`` are those of a choice that adds somebody new."""
    return tag(
        "div",
        words or shown,
        role="option",
        id=name,
        aria_selected="false",
        data_value=value,
        data_words=shown,
        data_new="" if words else None,
    )


def _candidates(session: Session, table: str) -> list[tuple[str, str, str]]:
    """Return key, name and words to search in of every row of a table."""
    if table == "finding":
        return [(entry.finding_id, entry.statement, entry.words) for entry in session.overview.entries()]
    return session.overview.names(table, ENTITIES[table].key[0], NAME_COLUMNS[table])


def name_of(session: Session, table: str, key: str) -> str:
    """Say which row a key stands for."""
    if not key or table not in NAME_COLUMNS:
        return key
    if key.startswith(NEW):
        return key.removeprefix(NEW)
    if table == "finding":
        found = session.overview.get(key)
        return f"{key} {found.statement}" if found else key
    rows = session.rows(table, **{ENTITIES[table].key[0]: key})
    return f"{key} {rows[0][NAME_COLUMNS[table]]}" if rows else key

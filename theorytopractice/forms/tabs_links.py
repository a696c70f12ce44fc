"""How does a finding hang together with others, who changed it, and why does it stand where it does?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms import changes
from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import adding, changing, rows, told
from theorytopractice.language import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.naming import label_of
from theorytopractice.report import words
from theorytopractice.report.html import listed, tag, terms

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from theorytopractice.forms.shown import Shown

MOST_ROWS = 200


def links(shown: Shown) -> Markup:
    """Show how the finding hangs together with others, with its actions, their owners and its indicators."""
    book, finding_id = shown.book, shown.finding_id
    relations = book["finding_relation"]
    relations = relations[
        (relations["finding_id"] == finding_id) | (relations["other_finding_id"] == finding_id)
    ]
    held = book["action_owner"]
    held = held[held["action_id"].isin(set(shown.actions["action_id"]))]
    tables = [
        ("finding_relation", relations, ("finding_id", "relation", "other_finding_id", "confirmed_on")),
        ("finding_action", shown.of("finding_action"), ("action_id", "role", "rationale", "confirmed_on")),
        ("finding_indicator", shown.of("finding_indicator"), ("indicator_id", "required", "action_id")),
        ("action_owner", held, ("action_id", "owner_id", "role")),
    ]
    add = tag(
        "p",
        adding(
            say("Add a relation to another finding"),
            form="row",
            table="finding_relation",
            finding_id=finding_id,
        ),
        *(
            adding(say("Add an owner of {key}", key=one), form="row", table="action_owner", action_id=one)
            for one in dict.fromkeys(shown.actions["action_id"])
        ),
        class_="buttons",
    )
    return tag("div", *(_links(shown, name, frame, columns) for name, frame, columns in tables), add)


LINKED = {
    "finding_relation": message("Relations to other findings"),
    "finding_action": message("Parts of actions"),
    "finding_indicator": message("Indicators by which it is judged"),
    "action_owner": message("Owners of its actions"),
}


def _links(shown: Shown, name: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> Markup:
    """Return the rows of one table of links."""
    entity = ENTITIES[name]
    heads = [*(label_of(name, column) for column in columns), say("What to do")]
    lines = [
        (
            *(
                told(shown.desk, entity[column], row[column]) if cell(row[column]) else ""
                for column in columns
            ),
            changing(name, row, of=" ".join(cell(row[column]) for column in entity.key)),
        )
        for row in frame.to_dict("records")
    ]
    return rows(say(LINKED[name]), heads, lines, say("{what}: none yet.", what=say(LINKED[name])))


def history(shown: Shown) -> Markup:
    """Show who changed the finding, its actions, its indicators and what belongs to them, the newest first."""
    own = [*shown.actions["action_id"], *shown.indicators["indicator_id"]]
    return changes.of(shown.desk, {shown.finding_id, *own})


def why(shown: Shown) -> Markup:
    """Show which facts decided the stage, what each flag says, and what would raise it by one."""
    why_ = shown.why
    flags = [(words.flag_in_words(flag), reason) for flag, reason in why_.flag_reasons.items()]
    return tag(
        "div",
        tag("h3", say("What decided it")),
        listed(why_.reasons),
        *([tag("h3", say("What stands out")), terms(flags, name="fields")] if flags else []),
        *([tag("h3", say("What would raise it")), tag("p", why_.to_rise)] if why_.to_rise else []),
    )

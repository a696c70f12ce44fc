"""What are the columns and words of a foreign table taken for, and how is that corrected by pointing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.cells import shorten
from theorytopractice.forms.controls import button, labelled, select
from theorytopractice.forms.import_state import EVENT_CHOICES, NO_EVENT, ROLES
from theorytopractice.forms.rows import card_table
from theorytopractice.html import tag
from theorytopractice.i18n import message, say, say_n, say_names
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of, name_of, table_name
from theorytopractice.model.vocabularies import Direction, FindingKind, Subject

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.exchange.suggest_sheet import SheetPlan
    from theorytopractice.forms.import_state import ImportState, StatusWord


MOST_EXAMPLES, LONGEST_EXAMPLE = 3, 40
OTHER_ROLES = {
    "finding.finding_id": message("key of the finding"),
    "action.action_id": message("key of the action"),
    "status": message("status word of the action"),
    "response": message("decision about the finding"),
    "updated_on": message("day of the last update"),
    "note": message("note"),
    "period": message("values of a period"),
    "unused": message("known, but without a place in a plan"),
    "event.redate": message("new due date"),
    "event.start": message("day on which it began"),
    "event.complete": message("day on which it was completed"),
    "event.progress": message("per cent done"),
}
"""What a column may be that is no field of a table, or whose field has a name that says too little here."""


def role_label(role: str) -> str:
    """Say what a column is taken for.

    >>> role_label("action.due"), role_label("updated_on")
    ('action: Due', 'day of the last update')
    """
    if role in OTHER_ROLES:
        return say(OTHER_ROLES[role])
    table, _, column = role.partition(".")
    if table not in ENTITIES or column not in ENTITIES[table].columns:
        return role
    return say("{table}: {column}", table=table_name(table), column=label_of(table, column))


def mapping_html(state: ImportState, own: Markup) -> Markup:
    """Return what the columns and words are taken for, with the way to the comparison."""
    suggestion = state.suggestion
    if suggestion is None:
        return tag("div")
    words = state.status_words()
    kinds = [(str(kind), name_of(str(kind))) for kind in FindingKind]
    lead = say(
        "Look at each column, and point to what it is. A column that is left out is not read; nothing is stored yet."
    )
    go_on = tag("button", say("Dry run: what would change?"), type="submit", class_="main",
                data_with='{"goes_on":true}')  # fmt: skip
    form = tag(
        "form",
        tag("p", lead),
        *(_columns(number, plan) for number, plan in enumerate(suggestion.plans)),
        labelled(say("The findings are"), "import-kind",
                 select(state.kind, kinds, empty=say("as proposed"), id="import-kind", name="kind")),
        *(_direction(number, *one) for number, one in enumerate(state.open_directions())),
        _words(state, words) if words else None,
        tag("p", go_on, " ", button(say("Download the mapping"), "import-file", kind="plain", of="mapping"),
            class_="buttons"),
        data_do="import-map",
        data_live="",
        class_="record",
        aria_label=say("What the columns are"),
    )  # fmt: skip
    return tag("div", form, own)


def _direction(number: int, source: str, way: str) -> Markup:
    """Return the choice of which way is better, where nothing in a sheet of figures says so."""
    ways = [(str(one), name_of(str(one))) for one in (Direction.ASCENDING, Direction.DESCENDING)]
    field = f"direction:{number}"
    label = say("In {sheet}, better is", sheet=source)
    return labelled(label, field, select(way, ways, empty=say("(undecided)"), id=field, name=field))


def _columns(number: int, plan: SheetPlan) -> Markup:
    """Return the columns of a sheet as a table."""
    heads = [say("Their column"), say("Looks like"), say("Our column"), say("Examples")]
    lines = [
        (name, _look(plan, name), _role_choice(number, place, plan, name), _examples(plan, name))
        for place, name in enumerate(plan.looks)
    ]
    rows = say_n("{n:,} row", "{n:,} rows", len(plan.sheet))
    caption = say("{sheet}: {rows}", sheet=plan.sheet.name or plan.sheet.table.name, rows=rows)
    others = [
        say("Rows {first:,} to {last:,} hold another table, which is not read.", first=first, last=last)
        for first, last in plan.sheet.other_tables
    ]
    unread = [name for name in plan.looks if not plan.looks[name].role]
    if unread:
        others.append(say("Left out, and not read: {names}.", names=say_names(unread)))
    if plan.sheet.hints:
        others.append(say("The row below the headings only explains them, and is passed over."))
    return tag("div", card_table(caption, heads, lines), *(tag("p", text, class_="gap") for text in others))


def _look(plan: SheetPlan, name: str) -> Markup:
    """Say what a column looks like, how sure that is, and why."""
    look = plan.looks[name]
    if not look.role and look.rival:
        return tag("i", say("like {role}; not read", role=role_label(look.rival)))
    if not look.role:
        return tag("i", say("nothing that is known"))
    sureness = say("sure") if look.is_certain else say("guessed")
    why = tag("p", look.say_why(), class_="small") if look.reasons else None
    is_lost = look.role != "unused" and name not in plan.used
    lost = tag("p", _not_read(plan, name), class_="gap") if is_lost else None
    return tag("div", role_label(look.role), tag("span", f" ({sureness})", class_="small"), why, lost)


def _not_read(plan: SheetPlan, name: str) -> str:
    """Say that a column that is known is not read all the same, and why."""
    if name not in plan.reasons:
        return say("Not read.")
    return say("Not read: {why}.", why=plan.reasons[name].sentence())


def _role_choice(number: int, place: int, plan: SheetPlan, name: str) -> Markup:
    role = plan.looks[name].role
    roles = ROLES if role in ROLES or not role else (*ROLES, role)
    field = f"role:{number}:{place}"
    choices = [(one, role_label(one)) for one in roles if one != "unused" or role == "unused"]
    return select(role, choices, empty=say("(left out)"), id=field, name=field,
                  aria_label=say("Our column for {name}", name=name))  # fmt: skip


def _examples(plan: SheetPlan, name: str) -> str:
    texts = [text for text, _ in plan.columns[name].counts.most_common(MOST_EXAMPLES)]
    short = [shorten(text) for text in texts]
    return " · ".join(
        text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1].rstrip()}…" for text in short
    )


def _words(state: ImportState, words: list[StatusWord]) -> Markup:
    """Return the status words: how often, which event each stands for, and what dates it."""
    heads = [say("Their word"), say("Rows"), say("Often means"), say("Stands for"), say("Dated by")]
    lines = [
        (
            one.word or tag("i", say("(blank)")),
            f"{one.n:,}",
            _meaning(one),
            _event_choice(number, one),
            _day_choice(state, number, one),
        )
        for number, one in enumerate(words)
    ]
    n_open = sum(not one.event for one in words)
    n_undated = sum(state.is_open(one) for one in words) - n_open
    undated_text = say_n("{n} word has no day: point to the column that dates it. Until then it makes no event, and is listed.", "{n} words have no day: point to the column that dates each. Until then they make no event, and are listed.", n_undated)  # fmt: skip
    open_text = say_n("{n} word is undecided; it makes no event, and is listed.", "{n} words are undecided; they make no event, and are listed.", n_open)  # fmt: skip
    take = button(say("Take what they often mean"), "import-proposals")
    return tag(
        "div",
        tag("h3", say("Status words"), id="import-words", tabindex="-1"),
        tag("p", open_text, " ", take, role="status") if n_open else None,
        tag("p", undated_text, role="status") if n_undated else None,
        card_table(say("Which event each word stands for"), heads, lines),
    )


def _meaning(one: StatusWord) -> str:
    return say("no event") if one.meaning == NO_EVENT else name_of(one.meaning) if one.meaning else "–"


def _event_choice(number: int, one: StatusWord) -> Markup:
    events = EVENT_CHOICES[Subject(one.subject)]
    choices = [(NO_EVENT, say("no event")), *((str(event), name_of(str(event))) for event in events)]
    return select(one.event, choices, empty=say("(undecided)"), id=f"word:{number}", name=f"word:{number}",
                  aria_label=say("What {word} stands for", word=one.word or say("(blank)")))  # fmt: skip


def _day_choice(state: ImportState, number: int, one: StatusWord) -> Markup:
    columns = state.date_columns(one.source)
    if not columns:
        return tag("i", say("no column holds dates"), class_="gap")
    if one.event in ("", NO_EVENT):
        return tag("span", "–")
    day = state.day_column(one)
    empty = None if day else say("(choose what dates it)")
    return select(day, [(name, name) for name in columns], empty=empty, id=f"day:{number}",
                  name=f"day:{number}", aria_label=say("What dates {word}", word=one.word or say("(blank)")))  # fmt: skip

"""Which screens has the workbench, how does one get from one to the other, and who are its owners and settings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import UnknownName
from theorytopractice.forms import finding_page, form, grid, import_screen, listing, meeting, rows
from theorytopractice.forms.answer import Answer, Message, as_json
from theorytopractice.forms.cells import value_text
from theorytopractice.forms.controls import button, labelled, submit_button
from theorytopractice.forms.download import OWNER_COLUMNS, listed_owners
from theorytopractice.forms.form_definitions import DECISIONS
from theorytopractice.forms.rows import (
    Page,
    add_button,
    button_line,
    change_button,
    download_line,
    optional_text,
    row_table,
)
from theorytopractice.html import NOTHING, join, tag, terms
from theorytopractice.i18n import message, say, say_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of
from theorytopractice.model.settings import CHOICES, MEANINGS, usual_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.session import Session


MAX_NAME = 200


def user_name_html(session: Session) -> Markup:
    """Return the name under which changes are remembered; where the page asks for one, with the way to another."""
    change = [button(say("Another name"), "ask-name", kind="plain")] if session.asks_name else []
    return join([say("changes by {who}", who=session.who), *change], " ")


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
        submit_button(say("Take this name")),
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


def owners(session: Session) -> Markup:
    """Return the owners of the plan, with a search."""
    head = tag("h2", say("Owners"), id="screen-title", tabindex="-1")
    add = button_line(add_button(say("Add an owner"), form="row", table="owner"))
    text = session.owner_text
    box = tag("input", type="search", id="owners-text", name="text", value=text, autocomplete="off")
    search = tag(
        "form",
        labelled(say("Search"), "owners-text", box),
        data_do="owners",
        data_live="",
        role="search",
        aria_label=say("Owners"),
    )
    form, table = tag("div", data_part="form"), tag("div", owners_table(session), data_part="owners")
    return tag("section", head, add, form, search, table, download_line("owners", say("Owners")))


def search_owners(session: Session, message: Message) -> Answer:
    """Show the owners that fit what was typed."""
    session.owner_text = message.values().get("text", "")
    return Answer({"owners": owners_table(session)})


def owners_table(session: Session) -> Markup:
    """Return a page of the owners that are looked for."""
    rows = listed_owners(session)
    page = Page.current(session, len(rows))
    lines = [
        (
            *(optional_text(session, ENTITIES["owner"][column], row[column]) for column in OWNER_COLUMNS),
            change_button("owner", row, subject=row["name"]),
        )
        for row in rows[page.rows]
    ]
    heads = [*(label_of("owner", column) for column in OWNER_COLUMNS), say("What to do")]
    none = say("No owner fits.") if session.owner_text.strip() else say("No owner yet.")
    return page.with_navigation(row_table(say("Owners"), heads, lines, none))


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
            "div", _setting_text(name, text), tag("p", say("usually {value}", value=usual), class_="small")
        )
    facts = {"form": "row", "table": "setting", **({"name": name} if text is None else {"key": name})}
    change = button(say("Change"), "open", kind="plain", subject=name, open=facts)
    reset = button(say("Usual value"), "ask-remove", kind="plain", subject=name, table="setting", key=[name])
    buttons = tag("span", change, " ", reset if text is not None else None, class_="row-buttons")
    return (name, say(MEANINGS[name]), value, buttons)


def _setting_text(name: str, text: str) -> str:
    return value_text(ENTITIES["setting"]["value"], text, CHOICES.get(name, ()))


def _findings(session: Session) -> Markup:
    """Return the list beside the chosen finding."""
    return tag(
        "div",
        tag("div", listing.panel(session), data_part="list"),
        tag("div", finding_page.panel(session), data_part="record"),
        class_="two",
    )


SCREENS: dict[str, tuple[str, Callable[[Session], Markup]]] = {
    "findings": (message("Findings"), _findings),
    meeting.NAME: (message("Meeting"), meeting.screen),
    "values": (message("Enter values"), grid.screen),
    "owners": (message("Owners"), owners),
    import_screen.NAME: (message("Import"), import_screen.screen),
    "settings": (message("Settings"), settings),
    "changes": (message("My changes"), rows.own_changes),
}
"""Name of a screen → what it is called, and who shows it."""


def start(session: Session, message: Message) -> Answer:
    """Show the workbench, and what was typed earlier and never saved; where somebody was before, that place again."""
    remembered_name(session, message)
    _return_to(session, message.values("place"))
    return Answer({"page": page(session, message.facts.get("drafts"))})


def _return_to(session: Session, place: Mapping[str, str]) -> None:
    """Go to the place of a session that ended; what is not there any more is left out."""
    if place.get("screen") in SCREENS:
        session.screen = place["screen"]
    if place.get("tab") in finding_page.TABS:
        session.tab = place["tab"]
    session.finding_id = place.get("finding", "")


def screen(session: Session, message: Message) -> Answer:
    """Go to another screen."""
    return show_screen(session, message.text("screen"))


def choose(session: Session, message: Message) -> Answer:
    """Show the finding that was chosen."""
    session.finding_id = message.text("finding")
    session.tab = tab if (tab := message.text("tab")) in finding_page.TABS else session.tab
    if session.screen != "findings":
        return show_screen(session, "findings") | Answer(focus=session.default_focus)
    return _findings_parts(session, session.default_focus)


def turn_row_page(session: Session, message: Message) -> Answer:
    """Turn to another page of the rows on the screen; an open form stays as it is."""
    rows.turn_row_page(session, message)
    return Answer(_row_parts(session), focus=rows.ROWS_TITLE)


def _row_parts(session: Session) -> dict[str, Markup]:
    """Return the part in which the rows on the screen stand."""
    if session.screen == "owners":
        return {"owners": owners_table(session)}
    if session.screen == "changes":
        return {"screen": rows.own_changes(session)}
    detail = session.detail() if session.screen == "findings" else None
    return {"tab": finding_page.tab(session, detail)} if detail else {}


def close(session: Session, _: Message) -> Answer:
    """Put the chosen finding away and go back to the list."""
    session.finding_id = ""
    return _findings_parts(session, "results-title")


def _findings_parts(session: Session, focus: str) -> Answer:
    """Renew the list and the chosen finding."""
    parts = {"results": listing.results(session), "record": finding_page.panel(session), "notice": NOTHING}
    return Answer(parts, focus=focus)


def cancel(session: Session, _: Message) -> Answer:
    """Put a form away and say that nothing was changed."""
    return close_form(session)


def close_form(session: Session) -> Answer:
    """Put the open form away; a meeting keeps its place in the board."""
    if session.screen == meeting.NAME:
        return meeting.cancel_decision(session)
    return Answer({"form": NOTHING}, focus=session.default_focus, text=say("Nothing was changed."))


def show_screen(session: Session, name: str) -> Answer:
    """Show a screen."""
    session.screen = name if name in SCREENS else "findings"
    focus = "list-text" if session.screen == "findings" else "screen-title"
    return Answer(
        {"screen": _screen_html(session), "bar": _navigation(session), "notice": NOTHING}, focus=focus
    )


def updated_parts(session: Session, *, is_new: bool = False) -> Answer:
    """Renew what stands on the screen after something was changed.

    Of the list these are only its lines, so that it stays put, unless one of them is gone.
    """
    if session.screen != "findings":
        return Answer({"screen": _screen_html(session)})
    if session.detail() is None:
        session.finding_id = ""
    if is_new:
        return Answer({"list": listing.panel(session), "record": finding_page.panel(session)})
    lines = (
        listing.line_parts(session)
        if listing.has_all_findings(session)
        else {"results": listing.results(session)}
    )
    return Answer({**lines, "filters": listing.filters(session), "record": finding_page.panel(session)})


def _screen_html(session: Session) -> Markup:
    return SCREENS[session.screen][1](session)


def page(session: Session, drafts: object) -> Markup:
    """Return the whole workbench."""
    session.heading = heading(session)
    day = say("as of {day}", day=say_day(session.today))
    return join(
        [
            tag(
                "header",
                tag("h1", session.plan.settings.title or say("From theory to practice")),
                tag(
                    "div",
                    join(
                        [session.plan.name, day, tag("span", user_name_html(session), data_part="who")], " · "
                    ),
                    class_="small",
                ),
                tag("nav", _navigation(session), data_part="bar", aria_label=say("Screens")),
                class_="head",
            ),
            tag("div", drafts_box(drafts), data_part="drafts"),
            tag("div", data_part="notice"),
            tag("div", _screen_html(session), data_part="screen"),
        ]
    )


def heading(session: Session) -> tuple[str, ...]:
    """Return the settings on which the whole page depends."""
    settings = session.plan.settings
    return (settings.title, settings.language, settings.zone)


def _navigation(session: Session) -> Markup:
    """Return the ways to the screens, and to a new finding."""
    buttons = [
        tag("button", say(label), type="button", data_do="screen", data_with=as_json({"screen": name}),
            aria_current="page" if name == session.screen else None)
        for name, (label, _) in SCREENS.items()
    ]  # fmt: skip
    new = tag("button", say("New finding"), type="button", id="new", class_="main", data_do="new")
    return join([*buttons, new])


def new(session: Session, _: Message) -> Answer:
    """Open the guided form of a new finding."""
    return _show_form(session, {"form": "finding"}, "")


def restore_draft(session: Session, message: Message) -> Answer:
    """Open the form of a draft where it belongs; where its row is gone, show what was typed."""
    facts = message.values("open")
    try:
        return _show_draft(session, facts)
    except UnknownName as error:
        return Answer(
            {"notice": _lost_draft(str(error), message.values("typed"))}, focus="typed", text=str(error)
        )


def _lost_draft(reason: str, values: Mapping[str, str]) -> Markup:
    """Return what was typed into a form that cannot be opened any more."""
    fields = [(name.split("."), text) for name, text in values.items() if text and not name.startswith("~")]
    pairs = [
        (label_of(path[0], path[1]), text)
        for path, text in fields
        if len(path) > 1 and path[0] in ENTITIES and "~" not in path[1]
    ]
    head = tag("p", reason, " ", say("This is what you had typed:"), id="typed", tabindex="-1")
    return tag("div", head, terms(pairs, name="fields"), class_="note")


def _show_draft(session: Session, facts: Mapping[str, str]) -> Answer:
    if facts.get("form") in DECISIONS:
        session.screen = meeting.NAME
        board = meeting.restore_draft(session, facts)
        return Answer({"screen": board, "bar": _navigation(session), "notice": NOTHING}, focus="form-title")
    if facts.get("form") == "grid":
        grid.restore_draft(session, facts)
        return show_screen(session, "values")
    key = facts.get("key", "") if facts.get("form") == "finding" else ""
    finding_id = key or facts.get("finding") or facts.get("finding_id") or facts.get("subject_id") or ""
    return _show_form(session, facts, finding_id if session.overview.get(finding_id) else session.finding_id)


def _show_form(session: Session, facts: Mapping[str, str], finding_id: str) -> Answer:
    """Open a form on the screen that it belongs to."""
    session.finding_id = finding_id
    session.screen = {"owner": "owners", "setting": "settings"}.get(facts.get("table", ""), "findings")
    opened = form.open_form(session, Message("open", {"open": dict(facts)}))
    return Answer({"screen": _screen_html(session), "bar": _navigation(session), "notice": NOTHING}) | opened


def discard_draft(session: Session, _: Message) -> Answer:
    """Say that a draft was thrown away; the browser did it."""
    return Answer(focus=session.default_focus, text=say("Thrown away."))


def drafts_box(drafts: object, *, without: Collection[str] = ()) -> Markup | None:
    """Return what was typed earlier in this browser and never saved, with the ways to go on or to throw it away.

    Drafts ``without`` which it is to be are those that were just saved.
    """
    facts = [draft for draft in drafts if isinstance(draft, dict)] if isinstance(drafts, list) else []
    facts = [draft for draft in facts if str(draft.get("key", "")).split("#tab=")[0] not in without]
    if not facts:
        return None
    return tag(
        "section",
        tag("h2", say("Typed earlier and not saved")),
        tag("ul", *map(_draft_line, facts)),
        class_="note",
    )


def _draft_line(draft: Mapping[str, object]) -> Markup:
    """Return a draft with the ways to go on or to throw it away."""
    key = str(draft.get("key", ""))
    resume = tag("button", say("Go on"), type="button", class_="plain", data_do="go-on",
                 data_with=as_json({"open": draft.get("open")}), data_adopt=key)  # fmt: skip
    moment = str(draft.get("at", ""))[:16].replace("T", " ")
    discard = button(say("Throw it away"), "forget", kind="plain", forget=key)
    return tag("li", tag("b", str(draft.get("title", ""))), " ", moment, " ", resume, " ", discard)

"""Which screens has the workbench, and how does one get from one to the other?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import UnknownName
from theorytopractice.forms import changes, grid, listing, meeting, paging, people, record, saving, who
from theorytopractice.forms.answer import Answer, Message
from theorytopractice.forms.controls import as_json, button
from theorytopractice.forms.decisions import DECISIONS
from theorytopractice.language import message, say, say_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.naming import label_of
from theorytopractice.report.html import NOTHING, joined, tag, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.desk import Desk


def _findings(desk: Desk) -> Markup:
    """Return the list beside the chosen finding."""
    return tag(
        "div",
        tag("div", listing.panel(desk), data_part="list"),
        tag("div", record.panel(desk), data_part="record"),
        class_="two",
    )


SCREENS: dict[str, tuple[str, Callable[[Desk], Markup]]] = {
    "findings": (message("Findings"), _findings),
    meeting.NAME: (message("Meeting"), meeting.screen),
    "values": (message("Enter values"), grid.screen),
    "owners": (message("Owners"), people.owners),
    "settings": (message("Settings"), people.settings),
    "changes": (message("My changes"), changes.mine),
}
"""Name of a screen → what it is called, and who shows it."""


def start(desk: Desk, message: Message) -> Answer:
    """Show the workbench, and what was typed earlier and never saved."""
    who.remembered(desk, message)
    return Answer({"page": page(desk, message.facts.get("drafts"))})


def screen(desk: Desk, message: Message) -> Answer:
    """Go to another screen."""
    return show(desk, message.text("screen"))


def choose(desk: Desk, message: Message) -> Answer:
    """Show the finding that was chosen."""
    desk.finding_id = message.text("finding")
    desk.tab = tab if (tab := message.text("tab")) in record.TABS else desk.tab
    if desk.screen != "findings":
        return show(desk, "findings") | Answer(focus=desk.resting)
    return Answer(
        {"results": listing.results(desk), "record": record.panel(desk), "notice": NOTHING},
        focus=desk.resting,
    )


def turn_rows(desk: Desk, message: Message) -> Answer:
    """Turn to another page of the rows on the screen; an open form stays as it is."""
    paging.turn(desk, message)
    return Answer(_rows(desk), focus=paging.TITLE)


def _rows(desk: Desk) -> dict[str, Markup]:
    """Return the part in which the rows on the screen stand."""
    if desk.screen == "owners":
        return {"owners": people.listed(desk)}
    if desk.screen == "changes":
        return {"screen": changes.mine(desk)}
    shown = desk.shown() if desk.screen == "findings" else None
    return {"tab": record.tab(shown)} if shown else {}


def close(desk: Desk, _: Message) -> Answer:
    """Put the chosen finding away and go back to the list."""
    desk.finding_id = ""
    return Answer(
        {"results": listing.results(desk), "record": record.panel(desk), "notice": NOTHING},
        focus="results-title",
    )


def show(desk: Desk, name: str) -> Answer:
    """Show a screen."""
    desk.screen = name if name in SCREENS else "findings"
    focus = "list-text" if desk.screen == "findings" else "screen-title"
    return Answer({"screen": _shown(desk), "bar": _bar(desk), "notice": NOTHING}, focus=focus)


def renewed(desk: Desk, *, is_new: bool = False) -> Answer:
    """Renew what stands on the screen after something was changed.

    Of the list these are only its lines, so that it stays put, unless one of them is gone.
    """
    if desk.screen != "findings":
        return Answer({"screen": _shown(desk)})
    if desk.shown() is None:
        desk.finding_id = ""
    if is_new:
        return Answer({"list": listing.panel(desk), "record": record.panel(desk)})
    lines = listing.lines(desk) if listing.is_there(desk) else {"results": listing.results(desk)}
    return Answer({**lines, "filters": listing.filters(desk), "record": record.panel(desk)})


def _shown(desk: Desk) -> Markup:
    return SCREENS[desk.screen][1](desk)


def page(desk: Desk, drafts: object) -> Markup:
    """Return the whole workbench."""
    desk.heading = heading(desk)
    day = say("as of {day}", day=say_day(desk.today))
    return joined(
        [
            tag(
                "header",
                tag("h1", desk.plan.settings.title or say("From theory to practice")),
                tag(
                    "div",
                    joined([desk.plan.name, day, tag("span", who.shown(desk), data_part="who")], " · "),
                    class_="small",
                ),
                tag("nav", _bar(desk), data_part="bar", aria_label=say("Screens")),
                class_="head",
            ),
            tag("div", drafts_box(drafts), data_part="drafts"),
            tag("div", data_part="notice"),
            tag("div", _shown(desk), data_part="screen"),
        ]
    )


def heading(desk: Desk) -> tuple[str, ...]:
    """Return the settings on which the whole page depends."""
    settings = desk.plan.settings
    return (settings.title, settings.language, settings.zone)


def _bar(desk: Desk) -> Markup:
    """Return the ways to the screens, and to a new finding."""
    ways = [
        tag("button", say(label), type="button", data_do="screen", data_with=as_json({"screen": name}),
            aria_current="page" if name == desk.screen else None)
        for name, (label, _) in SCREENS.items()
    ]  # fmt: skip
    new = tag("button", say("New finding"), type="button", id="new", class_="main", data_do="new")
    return joined([*ways, new])


def new(desk: Desk, _: Message) -> Answer:
    """Open the guided form of a new finding."""
    return _opened(desk, {"form": "finding"}, "")


def go_on(desk: Desk, message: Message) -> Answer:
    """Open the form of a draft where it belongs; where its row is gone, show what was typed."""
    facts = message.values("open")
    try:
        return _gone_on(desk, facts)
    except UnknownName as error:
        return Answer({"notice": _typed(str(error), message.values("typed"))}, focus="typed", told=str(error))


def _typed(why: str, values: Mapping[str, str]) -> Markup:
    """Return what was typed into a form that cannot be opened any more."""
    named = [(name.split("."), text) for name, text in values.items() if text and not name.startswith("~")]
    pairs = [
        (label_of(place[0], place[1]), text)
        for place, text in named
        if len(place) > 1 and place[0] in ENTITIES and "~" not in place[1]
    ]
    head = tag("p", why, " ", say("This is what you had typed:"), id="typed", tabindex="-1")
    return tag("div", head, terms(pairs, name="fields"), class_="note")


def _gone_on(desk: Desk, facts: Mapping[str, str]) -> Answer:
    if facts.get("form") in DECISIONS:
        desk.screen = meeting.NAME
        wall = meeting.go_on(desk, facts)
        return Answer({"screen": wall, "bar": _bar(desk), "notice": NOTHING}, focus="form-title")
    if facts.get("form") == "grid":
        grid.go_on(desk, facts)
        return show(desk, "values")
    own = facts.get("key", "") if facts.get("form") == "finding" else ""
    finding_id = own or facts.get("finding") or facts.get("finding_id") or facts.get("subject_id") or ""
    return _opened(desk, facts, finding_id if desk.overview.get(finding_id) else desk.finding_id)


def _opened(desk: Desk, facts: Mapping[str, str], finding_id: str) -> Answer:
    """Open a form on the screen that it belongs to."""
    desk.finding_id = finding_id
    desk.screen = {"owner": "owners", "setting": "settings"}.get(facts.get("table", ""), "findings")
    opened = saving.open_form(desk, Message("open", {"open": dict(facts)}))
    return Answer({"screen": _shown(desk), "bar": _bar(desk), "notice": NOTHING}) | opened


def forget(desk: Desk, _: Message) -> Answer:
    """Say that a draft was thrown away; the browser did it."""
    return Answer(focus=desk.resting, told=say("Thrown away."))


def drafts_box(drafts: object, *, without: Collection[str] = ()) -> Markup | None:
    """Return what was typed earlier in this browser and never saved, with the ways to go on or to throw it away.

    Drafts ``without`` which it is to be are those that were just saved.
    """
    held = [one for one in drafts if isinstance(one, dict)] if isinstance(drafts, list) else []
    held = [one for one in held if str(one.get("key", "")).split("#tab=")[0] not in without]
    if not held:
        return None
    items = [
        tag(
            "li",
            tag("b", str(one.get("title", ""))),
            " ",
            str(one.get("at", ""))[:16].replace("T", " "),
            " ",
            tag(
                "button",
                say("Go on"),
                type="button",
                class_="plain",
                data_do="go-on",
                data_with=as_json({"open": one.get("open")}),
                data_adopt=str(one.get("key", "")),
            ),
            " ",
            button(say("Throw it away"), "forget", kind="plain", forget=str(one.get("key", ""))),
        )
        for one in held
    ]
    return tag("section", tag("h2", say("Typed earlier and not saved")), tag("ul", *items), class_="note")

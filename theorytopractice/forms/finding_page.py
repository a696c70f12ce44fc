"""What does a planner see of one finding? Its chain, its stage and why, and a tab for each sort of row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.flags import flag_label, gravest_first
from theorytopractice.forms import tabs
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.forms.listing import stage_mark
from theorytopractice.forms.row_tables import gap
from theorytopractice.html import joined, tag
from theorytopractice.i18n import PARTS, SENTENCES, message, say, say_in_turn
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.finding_detail import FindingDetail
    from theorytopractice.forms.session import Session


TABS = {
    "finding": (message("Finding"), tabs.finding_tab),
    "actions": (message("Actions and owners"), tabs.actions_tab),
    "indicators": (message("Indicators"), tabs.indicators_tab),
    "observations": (message("Observations"), tabs.observations_tab),
    "evidence": (message("Evidence"), tabs.evidence_tab),
    "events": (message("Events"), tabs.events_tab),
    "links": (message("Links"), tabs.links_tab),
    "history": (message("History"), tabs.history_tab),
    "why": (message("Why this stage"), tabs.why_tab),
}
"""Name of a tab → what it is called, and who shows it."""
FIRST_TAB = "finding"


def turn(session: Session, message: Message) -> Answer:
    """Turn to another tab of the chosen finding."""
    if message.text("tab") in TABS:
        session.tab = message.text("tab")
    return Answer(
        {"record": panel(session)}, focus=f"tab-{session.tab}" if session.shown() else session.default_focus
    )


def stage_text(shown: FindingDetail) -> str:
    """Say where a finding stands now, and why."""
    why = shown.why
    place = say(
        "{finding_id} is now: {place}.",
        finding_id=why.finding_id,
        place=name_of(why.stage_name or why.disposition),
    )
    return say_in_turn(SENTENCES, [place, shown.reason])


def stored_notice(told: str, place: str, note: Markup | None, made: int | None) -> Answer:
    """Say what was stored and what it led to, and offer to take the change back that was made."""
    back = button(say("Undo"), "undo", kind="plain", change=made) if made is not None else None
    words_ = say("Saved: {what}.", what=told)
    box = tag(
        "div",
        tag("p", tag("b", words_), " ", place, " ", back, id="saved", tabindex="-1"),
        note,
        class_="saved",
    )
    return Answer({"notice": box}, focus="saved", told=f"{words_} {place}".strip())


def panel(session: Session) -> Markup:
    """Return the chosen finding; an invitation where none is chosen."""
    shown = session.shown()
    if shown is None:
        return _blank()
    strip = tag("div", *(_tab(session, name, say(label)) for name, (label, _) in TABS.items()), role="tablist",
                aria_label=say("About {finding_id}", finding_id=session.finding_id))  # fmt: skip
    body = tag(
        "div",
        tab(shown),
        role="tabpanel",
        data_part="tab",
        id="tab-panel",
        aria_labelledby=f"tab-{session.tab}",
        tabindex="0",
    )
    back = tag("p", button(say("All findings"), "close", kind="plain"), class_="back")
    form = tag("div", data_part="form")
    return tag(
        "section",
        back,
        *_head(shown),
        strip,
        form,
        body,
        aria_label=say(TABS[session.tab][0]),
        class_="chosen",
    )


def tab(shown: FindingDetail) -> Markup:
    """Return what the chosen tab shows."""
    return TABS[shown.session.tab][1](shown)


def _blank() -> Markup:
    """Return the place of a finding where none is chosen; a form may open in it."""
    return tag(
        "section",
        tag("div", data_part="form"),
        tag("p", say("Choose a finding, or enter a new one."), class_="none"),
    )


def _tab(session: Session, name: str, label: str) -> Markup:
    is_on = name == session.tab
    return tag("button", label, type="button", role="tab", id=f"tab-{name}", aria_selected="true" if is_on else "false",
               aria_controls="tab-panel", tabindex=None if is_on else "-1", data_do="tab",
               data_with=f'{{"tab":"{name}"}}')  # fmt: skip


def _head(shown: FindingDetail) -> list[Markup]:
    """Return what stands above the tabs: the chain, the stage, what decided it and what would raise it."""
    one, why = shown.entry, shown.why
    title = tag("h2", tag("span", one.finding_id, class_="id"), " ", stage_mark(one), " ", tag("small", name_of(one.kind)),
                id="record-title", tabindex="-1")  # fmt: skip
    chain = [
        (say("We learned that"), [one.statement]),
        (say("so we will"), shown.titles()),
        (say("we shall know by"), shown.measured()),
    ]
    flags = [flag_label(name) for name in gravest_first(one.flags)]
    return [
        title,
        *(_line(lead, told) for lead, told in chain),
        tag("p", shown.reason, class_="reason"),
        tag("p", joined(flags, " · "), class_="flags") if flags else tag("p"),
        tag("p", tag("b", say("Next step")), " ", why.to_rise, class_="rise") if why.to_rise else tag("p"),
    ]


def _line(lead: str, told: list[str]) -> Markup:
    said = say_in_turn(PARTS, told) if told else gap(say("nothing yet"))
    return tag("p", tag("b", lead), " ", said, class_="chain")

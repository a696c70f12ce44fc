"""What does a planner see of one finding? Its chain, its stage and why, and a tab for each sort of row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms import tabs
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button
from theorytopractice.forms.listing import stage_mark
from theorytopractice.forms.row_tables import gap
from theorytopractice.html import joined, tag
from theorytopractice.i18n import PARTS, message, say, say_in_turn
from theorytopractice.model.labels import name_of
from theorytopractice.report import formatting

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.answer import Changed, Message
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


def turn_tab(session: Session, message: Message) -> Answer:
    """Turn to another tab of the chosen finding."""
    if message.text("tab") in TABS:
        session.tab = message.text("tab")
    return Answer(
        {"record": panel(session)}, focus=f"tab-{session.tab}" if session.detail() else session.default_focus
    )


def saved_notice(change: Changed, stage_text: str = "") -> Answer:
    """Say what was stored and where the finding stands now, and offer to take the change back."""
    number = change.change
    undo = button(say("Undo"), "undo", kind="plain", change=number) if number is not None else None
    text = say("Saved: {what}.", what=change.text)
    line = tag("p", tag("b", text), " ", stage_text, " ", undo, id="saved", tabindex="-1")
    box = tag("div", line, change.note, class_="saved")
    return Answer({"notice": box}, focus="saved", text=f"{text} {stage_text}".strip())


def panel(session: Session) -> Markup:
    """Return the chosen finding; an invitation where none is chosen."""
    detail = session.detail()
    if detail is None:
        return _invitation()
    strip = tag("div", *(_tab(session, name, say(label)) for name, (label, _) in TABS.items()), role="tablist",
                aria_label=say("About {finding_id}", finding_id=session.finding_id))  # fmt: skip
    body = tag(
        "div",
        tab(session, detail),
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
        *_head(detail),
        strip,
        form,
        body,
        aria_label=say(TABS[session.tab][0]),
        class_="chosen",
    )


def tab(session: Session, detail: FindingDetail) -> Markup:
    """Return what the chosen tab shows."""
    return TABS[session.tab][1](session, detail)


def _invitation() -> Markup:
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


def _head(detail: FindingDetail) -> list[Markup]:
    """Return what stands above the tabs: the chain, the stage, what decided it and what would raise it."""
    entry, rise = detail.entry, detail.explanation.to_rise
    title = tag("h2", tag("span", entry.finding_id, class_="id"), " ", stage_mark(entry), " ",
                tag("small", name_of(entry.kind)), id="record-title", tabindex="-1")  # fmt: skip
    chain = [
        (say("We learned that"), [entry.statement]),
        (say("so we will"), detail.action_titles()),
        (say("we shall know by"), detail.indicator_names()),
    ]
    flags = [formatting.flag_in_words(flag) for flag in formatting.FLAGS if flag in entry.flags]
    return [
        title,
        *(_chain_line(lead, texts) for lead, texts in chain),
        tag("p", detail.reason, class_="reason"),
        tag("p", joined(flags, " · "), class_="flags") if flags else tag("p"),
        tag("p", tag("b", say("Next step")), " ", rise, class_="rise") if rise else tag("p"),
    ]


def _chain_line(lead: str, texts: list[str]) -> Markup:
    text = say_in_turn(PARTS, texts) if texts else gap(say("nothing yet"))
    return tag("p", tag("b", lead), " ", text, class_="chain")

"""What does a planner touch, and who answers? What it sees is made in Python; the browser shows it and listens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from theorytopractice.errors import PracticeError
from theorytopractice.forms import (
    download,
    finding_page,
    form,
    grid,
    import_screen,
    listing,
    meeting,
    rows,
    screens,
)
from theorytopractice.forms.answer import Answer, Changed, Message, unknown_form
from theorytopractice.forms.controls import refusal_box
from theorytopractice.html import NOTHING
from theorytopractice.i18n import say, speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.forms.session import Session


LOG = logging.getLogger(__name__)

ANSWERS: dict[str, Callable[[Session, Message], Answer | Changed]] = {
    "start": screens.start,
    "screen": screens.screen,
    "list": listing.filter_findings,
    "list-clear": listing.clear_filters,
    "page": listing.turn_page,
    "sort": listing.sort_findings,
    "choose": screens.choose,
    "close": screens.close,
    "rows-page": screens.turn_row_page,
    "owners": screens.search_owners,
    "new": screens.new,
    "go-on": screens.restore_draft,
    "forget": screens.discard_draft,
    "tab": finding_page.turn_tab,
    "open": form.open_form,
    "refresh": form.refresh,
    "check": form.check,
    "save": form.save,
    "resolve": form.resolve,
    "cancel": screens.cancel,
    "upload": form.upload,
    "search": form.search_rows,
    "import-read": import_screen.read_file,
    "import-paste": import_screen.read_pasted,
    "import-map": import_screen.correct_mapping,
    "import-proposals": import_screen.take_proposals,
    "import-compare": import_screen.compare,
    "import-show": import_screen.show,
    "import-page": import_screen.turn_page,
    "import-decide": import_screen.decide,
    "import-decide-all": import_screen.decide_all,
    "import-store": import_screen.store,
    "import-back": import_screen.go_back,
    "import-again": import_screen.begin,
    "import-file": import_screen.hand_over,
    "download": download.download,
    "ask-remove": rows.ask_delete,
    "remove": rows.delete_row,
    "undo": rows.undo,
    "ask-name": screens.ask_name,
    "name": screens.take_name,
    "cancel-name": screens.dismiss_name,
    "notice": rows.dismiss_notice,
    "meeting-owner": meeting.choose_owner,
    "decide": meeting.open_decision,
    "begin": meeting.start_action,
    "grid-list": grid.list_indicators,
    "grid-page": grid.turn_page,
    "grid-check": grid.check_cell,
    "grid-paste": grid.paste_block,
    "grid-save": grid.save_grid,
}
QUIET = ("check", "search", "grid-check")
"""Questions that the page asks by itself: of these a refusal shows nothing."""
WITH_SUMMARY = ("save", "resolve", "remove", "grid-save", "import-read", "import-paste", "import-map", "import-compare",
                "import-decide", "import-store")  # fmt: skip
"""Questions that a form asks, which says why nothing came of it."""


def answer(session: Session, message: Message) -> Answer:
    """Answer the page; whatever is refused becomes one sentence, and nothing is lost."""
    session.overview.expire()
    with speaking(session.language):
        try:
            return _answer(session, message)
        except PracticeError as error:
            return _refusal(message, str(error))
        except Exception as error:
            LOG.exception("The workbench could not answer %r", message.do)
            text = say("Something went wrong here ({error}); nothing was stored.", error=_error_text(error))
            return _refusal(message, text)


def _answer(session: Session, message: Message) -> Answer:
    """Return the answer; what lies in the browser unsaved is shown beside it where the page told of it."""
    if message.do not in ANSWERS:
        raise unknown_form()
    result = ANSWERS[message.do](session, message)
    reply = after_change(session, result) if isinstance(result, Changed) else result
    if "drafts" in message.facts and message.do != "start":
        drafts = screens.drafts_box(message.facts["drafts"], without=reply.forget)
        reply.parts["drafts"] = drafts or NOTHING
    return reply


def _refusal(message: Message, text: str) -> Answer:
    """Say why nothing came of it: in the form if one was saved, else above everything."""
    if message.do in QUIET:
        return Answer(text=text, refused=True)
    part = "summary" if message.do in WITH_SUMMARY else "notice"
    return Answer({part: refusal_box(text)}, focus="refusal", text=text, refused=True)


def after_change(session: Session, change: Changed) -> Answer:
    """Show what a change led to; where that fails, nobody may think that nothing was stored."""
    if not change.text:
        return screens.close_form(session) | Answer(forget=change.forget)
    try:
        session.overview.expire()
        reply = _renew(session, change)
    except Exception as error:
        LOG.exception("What was stored could not be shown")
        session.meeting_state.close()
        text = say(
            "It was stored, but cannot be shown here ({error}); reload the page.",
            error=str(error).rstrip(".。") if isinstance(error, PracticeError) else _error_text(error),
        )
        reply = Answer({"form": NOTHING, "notice": refusal_box(text)}, focus="refusal", text=text)
    return reply | Answer(forget=change.forget)


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _renew(session: Session, change: Changed) -> Answer:
    """Renew what a change can have moved: the chosen finding, its stage, the list; in a meeting the action."""
    is_new = change.finding_id not in ("", session.finding_id)
    session.finding_id = change.finding_id or session.finding_id
    if is_new:
        session.tab = finding_page.FIRST_TAB
        listing.scroll_to(session, session.finding_id)
    if change.part == "grid":
        return Answer({"grid": grid.grid_html(session)}) | finding_page.saved_notice(change)
    if change.group or session.screen == meeting.NAME:
        return meeting.show_decision(session, change)
    if session.heading and session.heading != screens.heading(session):
        return _renew_page(session, change)
    stage_text = session.stage_text() if session.screen == "findings" else ""
    return screens.updated_parts(session, is_new=is_new) | finding_page.saved_notice(
        change, "" if stage_text == change.stage_text else stage_text
    )


def _renew_page(session: Session, change: Changed) -> Answer:
    """Renew the whole page: its title and its language may be others now."""
    session.renew_language()
    with speaking(session.language):
        return Answer({"page": screens.page(session, None)}) | finding_page.saved_notice(change)

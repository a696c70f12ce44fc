"""What has a planner before them, and who answers what the page asks? Each screen answers for itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from theorytopractice.assessment.explain import explain
from theorytopractice.errors import PlanError, PracticeError
from theorytopractice.forms import (
    autocomplete,
    delete,
    finding_page,
    grid,
    grid_save,
    history,
    listing,
    meeting,
    owners_and_settings,
    save,
    screens,
    user_name,
)
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.attachments import Uploads, upload
from theorytopractice.forms.finding_detail import FindingDetail
from theorytopractice.forms.grid_state import GridState, Indicators
from theorytopractice.forms.listing import PageNumbers, Query
from theorytopractice.forms.overview import Overview, cell
from theorytopractice.html import NOTHING, tag
from theorytopractice.i18n import TAGS, say, speaking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.store.plan import Plan


LOG = logging.getLogger(__name__)

ANSWERS: dict[str, Callable[[Session, Message], Answer]] = {
    "start": screens.start,
    "screen": screens.screen,
    "list": listing.renew,
    "list-clear": listing.clear,
    "page": listing.turn,
    "sort": listing.sort,
    "choose": screens.choose,
    "close": screens.close,
    "rows-page": screens.turn_rows,
    "owners": owners_and_settings.look_for,
    "new": screens.new,
    "go-on": screens.go_on,
    "forget": screens.forget,
    "tab": finding_page.turn,
    "open": save.open_form,
    "refresh": save.refresh,
    "check": save.check,
    "save": save.save,
    "resolve": save.resolve,
    "cancel": save.cancel,
    "search": autocomplete.search,
    "upload": upload,
    "ask-remove": delete.ask_delete,
    "remove": delete.delete_row,
    "undo": history.undo,
    "ask-name": user_name.ask_name,
    "name": user_name.take_name,
    "cancel-name": user_name.dismiss_name,
    "notice": history.dismiss,
    "meeting-owner": meeting.owner,
    "decide": meeting.decide,
    "begin": meeting.begin,
    "grid-list": grid.renew,
    "grid-page": grid.turn,
    "grid-check": grid_save.check,
    "grid-paste": grid_save.paste,
    "grid-save": grid_save.save,
}


class Session:
    """One planner at one plan: the screen, the chosen finding, and what is handed over but not saved."""

    def __init__(self, plan: Plan, *, as_of: date | None = None, asks_name: bool = False) -> None:
        """Sit down at a plan; nothing is read yet."""
        self.plan, self.asks_name = plan, asks_name
        self.overview = Overview(plan, as_of)
        self.uploads = Uploads()
        self.language = plan.settings.language
        self.query = Query()
        self.listed: list[str] = []
        self.page_numbers = PageNumbers()
        self.owner_text = ""
        self.meeting_state = meeting.MeetingState()
        self.grid_state = GridState()
        self.indicators = Indicators()
        self.screen = "findings"
        self.heading: tuple[str, ...] = ()
        self.finding_id = ""
        self.tab = "finding"
        self._shown: FindingDetail | None = None

    @property
    def language_tag(self) -> str:
        """The language of the page, as HTML wants it."""
        return TAGS[self.language]

    @property
    def today(self) -> date:
        """The day on which things are recorded: the as-of day where one was given."""
        return self.overview.day

    @property
    def who(self) -> str:
        """Under which name changes are remembered."""
        return self.plan.who

    def answer(self, message: Message) -> Answer:
        """Answer the page; whatever is refused becomes one sentence, and nothing is lost."""
        self.overview.look_again()
        with speaking(self.language):
            try:
                return self._answered(message)
            except PracticeError as error:
                return self._refusal(message, str(error))
            except Exception as error:
                LOG.exception("The workbench could not answer %r", message.do)
                told = say(
                    "Something went wrong here ({error}); nothing was stored.",
                    error=f"{type(error).__name__}: {error}",
                )
                return self._refusal(message, told)

    def _answered(self, message: Message) -> Answer:
        """Return the answer; what lies in the browser unsaved is shown beside it where the page told of it."""
        if message.do not in ANSWERS:
            raise PlanError(say("There is no such form; reload the page."))
        answer = ANSWERS[message.do](self, message)
        if "drafts" in message.facts and message.do != "start":
            answer.parts["drafts"] = (
                screens.drafts_box(message.facts["drafts"], without=answer.forget) or NOTHING
            )
        return answer

    def _refusal(self, message: Message, told: str) -> Answer:
        """Say why nothing came of it: in the form if one was saved, else above everything."""
        box = tag("p", told, id="refusal", tabindex="-1", role="alert", class_="summary")
        part = "summary" if message.do in ("save", "resolve", "remove", "grid-save") else "notice"
        quiet = message.do in ("check", "search", "grid-check")
        return Answer({} if quiet else {part: box}, focus="" if quiet else "refusal", told=told, refused=True)

    def after_change(  # noqa: PLR0913 - each says another thing of the change
        self,
        finding_id: str,
        *,
        told: str,
        made: int | None,
        note: Markup | None = None,
        action_id: str = "",
        was: str = "",
    ) -> Answer:
        """Renew what a change can have moved: the chosen finding, its stage, the list; in a meeting the action.

        ``made`` is the change that can be taken back, ``was`` where the finding stood, if it is told only when it moved.
        """
        return self.when_stored(
            lambda: self._renewed(finding_id, told=told, made=made, note=note, action_id=action_id, was=was)
        )

    def when_stored(self, show: Callable[[], Answer]) -> Answer:
        """Show what a change led to; where that fails, nobody may think that nothing was stored."""
        try:
            self.overview.look_again()
            return show()
        except Exception as error:
            LOG.exception("What was stored could not be shown")
            self.meeting_state.close()
            known = isinstance(error, PracticeError)
            told = say(
                "It was stored, but cannot be shown here ({error}); reload the page.",
                error=str(error).rstrip(".。") if known else f"{type(error).__name__}: {error}",
            )
            box = tag("p", told, id="refusal", tabindex="-1", role="alert", class_="summary")
            return Answer({"form": NOTHING, "notice": box}, focus="refusal", told=told)

    def _renewed(  # noqa: PLR0913 - each says another thing of the change
        self, finding_id: str, *, told: str, made: int | None, note: Markup | None, action_id: str, was: str
    ) -> Answer:
        is_new = finding_id not in ("", self.finding_id)
        self.finding_id = finding_id or self.finding_id
        if is_new:
            self.tab = finding_page.FIRST_TAB
            listing.scroll_to(self, self.finding_id)
        if self.screen == meeting.NAME:
            return meeting.show_decision(self, action_id, told, made=made, note=note)
        if self.heading and self.heading != screens.heading(self):
            return self._anew(told, note, made)
        now = self.standing() if self.screen == "findings" else ""
        place = "" if now == was else now
        return screens.updated_parts(self, is_new=is_new) | finding_page.stored_notice(
            told, place, note, made
        )

    def _anew(self, told: str, note: Markup | None, made: int | None) -> Answer:
        """Renew the whole page: its title and its language may be others now."""
        self.language, self._shown = self.plan.settings.language, None
        with speaking(self.language):
            return Answer({"page": screens.page(self, None)}) | finding_page.stored_notice(
                told, "", note, made
            )

    def standing(self) -> str:
        """Say where the chosen finding stands, and why; empty where none is chosen."""
        shown = self.shown()
        return finding_page.stage_text(shown) if shown else ""

    @property
    def default_focus(self) -> str:
        """Where the cursor goes when something was put away: to what is chosen, or to the head of the screen."""
        if self.screen != "findings":
            return "screen-title"
        return "record-title" if self.shown() else "new"

    def shown(self) -> FindingDetail | None:
        """Return the chosen finding with all that belongs to it; None where none is chosen, or it is gone."""
        entry = self.overview.get(self.finding_id) if self.finding_id else None
        if entry is None:
            return None
        encoded = self.overview.near({entry.finding_id})
        if self._shown is None or self._shown.encoded is not encoded or self._shown.entry is not entry:
            self._shown = FindingDetail(
                self, entry, explain(encoded, entry.finding_id, as_of=self.overview.day), encoded
            )
        return self._shown

    def rows(self, table: str, **wanted: str) -> list[dict[str, str]]:
        """Return the rows of a table in which each of these columns holds its text, as they are now."""
        asked = {column: (text,) for column, text in wanted.items()}
        return self.plan.look(lambda records: records.where(table, **asked).rows())

    def kind_of(self, finding_id: str) -> str:
        """Return the kind of a finding, empty where there is none."""
        found = self.overview.get(finding_id) if finding_id else None
        return found.kind if found else ""

    def name_of(self, table: str, key: str) -> str:
        """Say which row a key stands for: ``O-07 Maria Lopez``; who is only about to be added by the name alone."""
        return autocomplete.name_of(self, table, key)

    def usual_owner(self, finding_id: str) -> str:
        """Return whoever answers for the finding or for its actions already, if that is one; of a new one the planner."""
        if not finding_id:
            namesakes = self.rows("owner", name=self.who)
            return namesakes[0]["owner_id"] if len(namesakes) == 1 and not namesakes[0]["left_on"] else ""
        frames = self.overview.near({finding_id}).frames
        linked = frames["finding_action"]
        actions = set(linked.loc[linked["finding_id"] == finding_id, "action_id"])
        held = frames["action_owner"]
        own = set(held.loc[held["action_id"].isin(actions) & (held["role"] == "accountable"), "owner_id"])
        finding = frames["finding"].set_index("finding_id")["owner_id"]
        named = cell(finding.get(finding_id)) or (own.pop() if len(own) == 1 else "")
        return str(named)

"""What does a team see and decide in its weekly meeting?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.decisions import Status
from theorytopractice.forms.answer import Answer, Changed
from theorytopractice.forms.controls import button, gap, select
from theorytopractice.forms.form import form_html
from theorytopractice.forms.form_definitions import open_definition
from theorytopractice.forms.overview import GROUPS, STALLED, WAITING
from theorytopractice.forms.rows import download_line
from theorytopractice.forms.session import MeetingNote
from theorytopractice.html import NOTHING, join, mark, tag
from theorytopractice.i18n import SENTENCES, say, say_as, say_in_turn, say_n, say_short_day
from theorytopractice.model.entities import Event
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import fold
from theorytopractice.model.vocabularies import ActionEvent, ActionState, Subject
from theorytopractice.store.edits import Add

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.overview import DueAction
    from theorytopractice.forms.session import Session


MAX_ROWS = 50
"""Rows of a group; of more, an owner is chosen."""
MAX_STATEMENT = 90


class MeetingBoard:
    """The board as it is now: the actions, and what the findings that they serve say."""

    def __init__(self, session: Session) -> None:
        """Look at the plan once."""
        self.state = session.meeting_state
        self.actions = session.overview.due_actions()
        self._statements = {entry.finding_id: entry.statement for entry in session.overview.entries()}

    def group(self, name: str, actions: list[DueAction], n_above: int) -> Markup:
        """Return a group: its heading with the count, its rows, and how many more there are."""
        n = len(actions)
        rows = self._rows_of(name, actions[:MAX_ROWS])
        also = say_n("{n:,} action in the groups above is stalled too.", "{n:,} actions in the groups above are stalled too.", n_above)  # fmt: skip
        more = _more_text(n - MAX_ROWS, is_chosen=bool(self.state.owner)) if n > MAX_ROWS else ""
        return tag(
            "section",
            tag("h3", say(GROUPS[name]), " ", tag("span", f"{n:,}", class_="n"), id=f"meeting-{name}"),
            tag("p", also, class_="small") if n_above else None,
            self._table(name, rows) if rows else tag("p", say("None."), class_="none"),
            tag("p", more, class_="small") if more else None,
            aria_labelledby=f"meeting-{name}",
            class_="group",
        )

    def _rows_of(self, name: str, actions: list[DueAction]) -> list[DueAction]:
        """Return the rows of a group: those that are shown, and those that were decided on or are open in it."""
        ids = {action.action_id for action in actions}
        pinned = [key for key, note in self.state.notes.items() if note.group == name]
        if self.state.group == name:
            pinned.append(self.state.action_id)
        more = [self.actions.get(key) for key in dict.fromkeys(pinned) if key not in ids]
        rows = [
            (self.state.ranks.setdefault((name, action.action_id), action.rank_in(name)), action)
            for action in [*actions, *filter(None, more)]
        ]
        return [action for _, action in sorted(rows, key=lambda row: row[0])]

    def _table(self, name: str, actions: Iterable[DueAction]) -> Markup:
        heads = (say("Action"), say("Findings"), say("Owner"), say("Due"), say("State"), say("What to do"))
        head = tag("tr", *(tag("th", text, scope="col", role="columnheader") for text in heads), role="row")
        caption = say("{group}, the longest awaited first", group=say(GROUPS[name]))
        rows = (row for action in actions for row in self._rows(name, action, heads))
        return tag(
            "table",
            tag("caption", caption, class_="aloud"),
            tag("thead", head, role="rowgroup"),
            tag("tbody", *rows, role="rowgroup"),
            class_="meeting",
            role="table",
        )

    def _rows(self, name: str, action: DueAction, heads: tuple[str, ...]) -> list[Markup]:
        """Return the row of an action, and the form below it where it is open; a plain row is made once."""
        state = self.state
        note = state.notes.get(action.action_id)
        note = note if note and note.group == name else None
        is_open = (state.group, state.action_id) == (name, action.action_id)
        if note is None and not is_open:
            key = (name, action, *map(self._statements.get, action.findings))
            if key not in state.row_cache:
                state.row_cache[key] = self._row(action, _buttons(action, name), name, heads)
            return [state.row_cache[key]]
        buttons = _buttons(action, name) if action.group == name and not is_open else ""
        row = self._row(action, join([_note_html(action, note) if note else "", buttons]), name, heads)
        place = tag("div", state.form, data_part="form")
        form = tag("tr", tag("td", place, colspan=len(heads), role="cell"), role="row", class_="opened")
        return [row, form] if is_open else [row]

    def _row(self, action: DueAction, decisions: Markup, name: str, heads: tuple[str, ...]) -> Markup:
        cells = [
            join(map(self._finding, action.findings)) or gap(say("none open")),
            action.owner or gap(name_of("nobody")),
            _due_cell(action),
            _state_cell(action, name),
            decisions,
        ]
        small = tag("p", action.action_id, class_="small")
        title = tag("th", action.title, small, scope="row", role="rowheader")
        row = (
            tag("td", cell, role="cell", data_label=head) for cell, head in zip(cells, heads[1:], strict=True)
        )
        return tag("tr", title, *row, role="row", class_=None if action.group == name else "settled")

    def _finding(self, finding_id: str) -> Markup:
        """Return a way to a finding that the action serves."""
        text = self._statements.get(finding_id, "")
        short = text if len(text) <= MAX_STATEMENT else text[: MAX_STATEMENT - 1].rstrip() + "…"
        return tag("div", button(f"{finding_id} {short}", "choose", kind="link", finding=finding_id))


def _more_text(n: int, *, is_chosen: bool) -> str:
    if is_chosen:
        return say_n("and {n:,} more", "and {n:,} more", n)
    return say_n("and {n:,} more; choose an owner", "and {n:,} more; choose an owner", n)


def _due_cell(action: DueAction) -> Markup:
    """Say until when an action is due, and how many days are left or over; of a completed one since when it is."""
    day = say_short_day(action.due) if action.due else gap(say("no date"))
    if action.completed_on and action.group == WAITING:
        completed = say("completed {day}", day=say_short_day(action.completed_on))
        return join([day, tag("p", completed, class_="small")])
    original = action.original_due
    is_moved = original is not None and original != action.due
    first = say("first due {day}", day=say_short_day(original)) if original and is_moved else ""
    return join([day, tag("p", first, class_="small") if first else "", _days_left(action)])


def _days_left(action: DueAction) -> Markup:
    days = action.days_left
    if days is None or not action.is_open:
        return join([])
    if days < 0:
        return tag("p", mark(Status.ACT, say_n("{n:,} day overdue", "{n:,} days overdue", -days)))
    text = say_n("{n:,} day left", "{n:,} days left", days) if days else say("due today")
    return tag("p", text, class_="small")


def _state_cell(action: DueAction, name: str) -> Markup:
    """Say in which state an action is, whether it is stalled too, and to whom it was promised."""
    details = [
        name_of("stalled") if action.is_stalled and name != STALLED else "",
        say("promised to {whom}", whom=action.promised_to) if action.promised_to else "",
    ]
    small = (tag("p", text, class_="small") for text in details if text)
    return join([tag("span", name_of(action.state)), *small])


def _note_html(action: DueAction, note: MeetingNote) -> Markup:
    """Say what was decided, with the way to take it back; the cursor comes here."""
    key = action.action_id
    undo = button(say("Undo"), "undo", kind="plain", subject=key, change=note.change, action_id=key)
    text = tag("p", note.text, " ", undo if note.change else None, id=note_id(key), tabindex="-1")
    return tag("div", text, note.warnings, class_="decided")


def note_id(action_id: str) -> str:
    """Return the place at which the page tells what was decided of an action."""
    return f"decided-{action_id}"


def buttons_id(action_id: str) -> str:
    """Return the place of the decisions of an action."""
    return f"decide-{action_id}"


ONE_CLICK_EVENTS: dict[str, ActionEvent] = {
    ActionState.NOT_STARTED: ActionEvent.START,
    ActionState.SUSPENDED: ActionEvent.RESUME,
}
"""What one click comes to in a state."""


def _buttons(action: DueAction, name: str) -> Markup:
    """Return the decisions that the state of an action allows."""
    facts = {"group": name, "action_id": action.action_id}
    if name == WAITING:
        forms = [(say("Add evidence…"), {"form": "row", "table": "evidence"})]
    else:
        forms = [
            (say("Complete…"), {"form": "complete"}),
            (say("Re-date…"), {"form": "redate"}),
            (say("Block…"), {"form": "block"}),
        ]
    buttons = [
        button(text, "decide", kind="plain", subject=action.action_id, **facts,
               open={**form, "action_id": action.action_id})
        for text, form in forms
    ]  # fmt: skip
    if action.state in ONE_CLICK_EVENTS:
        is_new = action.state == ActionState.NOT_STARTED
        text = say_as("decide", "Start") if is_new else say_as("decide", "Resume")
        buttons.insert(0, button(text, "begin", kind="plain", subject=action.action_id, **facts))
    return tag("div", *buttons, class_="row-buttons", id=buttons_id(action.action_id), tabindex="-1")


NAME = "meeting"
NO_OWNER, BY_OWNER = "nobody", "by:"
"""The choice of what nobody answers for, and what begins the choice of a person."""


def screen(session: Session) -> Markup:
    """Return the board of a meeting that begins: what was decided in an earlier one is forgotten."""
    session.meeting_state.begin(session.meeting_state.owner)
    return _screen(session)


def _screen(session: Session) -> Markup:
    state = session.meeting_state
    box = tag("div", _owner_choice(session), data_part="meeting-owners", class_="field")
    lead = say("Actions that serve an open finding. Each stands once, in the first group that it fits.")
    is_above = state.form is not None and not state.group
    return tag(
        "section",
        tag("h2", say("Meeting"), id="screen-title", tabindex="-1"),
        tag("p", lead, class_="small"),
        tag(
            "form",
            box,
            data_do="meeting-owner",
            data_live="",
            class_="meeting-filter",
            aria_label=say("Owner"),
        ),
        tag("div", state.form, data_part="form") if is_above else None,
        tag("div", board_html(session), data_part="wall"),
        download_line("meeting", say("Meeting")),
    )


def _owner_choice(session: Session) -> Markup:
    """Return the choice of an owner, with how many actions each has here."""
    counts = session.overview.due_actions().owners()
    owner = session.meeting_state.owner
    names = sorted(filter(None, counts), key=fold)
    if owner.startswith(BY_OWNER) and owner.removeprefix(BY_OWNER) not in counts:
        names.append(owner.removeprefix(BY_OWNER))
    pairs = [
        (NO_OWNER, _count_text(name_of("nobody"), counts[""])),
        *((BY_OWNER + name, _count_text(name, counts[name])) for name in names),
    ]
    everybody = _count_text(say("all"), counts.total())
    box = select(owner, pairs, empty=everybody, id="meeting-owner", name="owner")
    return join([tag("label", say("Owner"), for_="meeting-owner"), box])


def _count_text(name: str, n: int) -> str:
    return say("{name} ({n:,})", name=name, n=n)


def listed_actions(session: Session) -> dict[str, list[DueAction]]:
    """Return the actions of each group, of whom the meeting speaks."""
    owner = session.meeting_state.owner
    owners = {"" if owner == NO_OWNER else owner.removeprefix(BY_OWNER)} if owner else None
    return session.overview.due_actions().groups(owners)


def board_html(session: Session) -> Markup:
    """Return the four groups."""
    board = MeetingBoard(session)
    groups = listed_actions(session)
    n_stalled = sum(
        action.is_stalled for name, actions in groups.items() if name != STALLED for action in actions
    )
    return join(
        board.group(name, actions, n_stalled if name == STALLED else 0) for name, actions in groups.items()
    )


def choose_owner(session: Session, message: Message) -> Answer:
    """Speak of one owner alone, of nobody, or of all."""
    session.meeting_state.begin(message.values().get("owner", ""))
    return Answer({"wall": board_html(session)})


def open_decision(session: Session, message: Message) -> Answer:
    """Open the form of a decision in the row of its action."""
    _open_form(session, message.values("open"), message.text("group"), message.text("action_id"))
    return Answer({"wall": board_html(session)}, focus="form-title")


def restore_draft(session: Session, facts: Mapping[str, str]) -> Markup:
    """Return the board with the form of a draft in its row, or above the groups where its action asks for nothing now."""
    action_id = facts.get("action_id", "")
    action = session.overview.due_actions().get(action_id)
    session.meeting_state.begin()
    _open_form(session, facts, action.group if action else "", action_id)
    return _screen(session)


def _open_form(session: Session, facts: Mapping[str, str], group: str, action_id: str) -> None:
    form = form_html(session, open_definition(session, facts, {}), {})
    session.meeting_state.open(group, action_id, form)


def cancel_decision(session: Session) -> Answer:
    """Put the form away; the cursor goes back to the decisions of its row."""
    action_id = session.meeting_state.action_id
    session.meeting_state.close()
    parts = {"form": NOTHING, "wall": board_html(session)}
    return Answer(parts, focus=buttons_id(action_id), text=say("Nothing was changed."))


def start_action(session: Session, message: Message) -> Answer | Changed:
    """Start an action today, or take it up again: one click."""
    action_id, group = message.text("action_id"), message.text("group")
    action = session.overview.due_actions().get(action_id)
    word = ONE_CLICK_EVENTS.get(action.state) if action else None
    if word is None:
        text = say("Somebody else decided on {action_id} meanwhile; nothing was stored.", action_id=action_id)
        return _board_answer(session, action_id, MeetingNote(group, text))
    text = (
        say("Start {action_id}", action_id=action_id)
        if word is ActionEvent.START
        else say("Resume {action_id}", action_id=action_id)
    )
    event = Event(
        subject=Subject.ACTION, subject_id=action_id, event=word, happened_on=session.today, by=session.who
    )
    session.plan.edit(Add(event), what=text)
    return Changed(text, change=session.plan.last_change, action_id=action_id, group=group)


def show_decision(session: Session, change: Changed) -> Answer:
    """Say in the row of an action what was just stored, and offer to take it back; the counts are renewed."""
    action_id = change.action_id
    text = say_in_turn(SENTENCES, [say("Saved: {what}.", what=change.text), _status_text(session, action_id)])
    group = change.group or _decision_group(session, action_id)
    note = MeetingNote(group, text, change.change, change.note)
    if session.meeting_state.action_id == action_id:
        session.meeting_state.close()
    return _board_answer(session, action_id, note)


def _decision_group(session: Session, action_id: str) -> str:
    """Return the group in which an action is decided on: where its form is open, where it was decided on before, where it stands."""
    state, action = session.meeting_state, session.overview.due_actions().get(action_id)
    note = state.notes.get(action_id)
    group = state.group if state.action_id == action_id else ""
    return group or (note.group if note else "") or (action.group if action else "")


def _status_text(session: Session, action_id: str) -> str:
    """Say how an action stands now."""
    action = session.overview.due_actions().get(action_id)
    if action is None:
        return ""
    state = name_of(action.state)
    if action.due is None or not action.is_open:
        return say("{action_id} is now {state}.", action_id=action_id, state=state)
    due = say_short_day(action.due)
    return say("{action_id} is now {state}, due {day}.", action_id=action_id, state=state, day=due)


def _board_answer(session: Session, action_id: str, note: MeetingNote) -> Answer:
    """Renew the board, with what is said in its row; above everything where the action has no row."""
    if not note.group or session.overview.due_actions().get(action_id) is None:
        text = tag("p", note.text, id="saved", tabindex="-1")
        box = tag("div", text, note.warnings, class_="saved")
        return Answer({"screen": _screen(session), "notice": box}, focus="saved", text=note.text)
    session.meeting_state.notes[action_id] = note
    parts = {"wall": board_html(session), "meeting-owners": _owner_choice(session), "notice": NOTHING}
    return Answer(parts, focus=note_id(action_id), text=note.text)

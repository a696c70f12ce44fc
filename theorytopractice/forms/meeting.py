"""What does a team see and decide in its weekly meeting?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button, select
from theorytopractice.forms.due_actions import GROUPS, STALLED, WAITING
from theorytopractice.forms.form import form_html
from theorytopractice.forms.form_definitions import open_definition
from theorytopractice.forms.row_tables import gap
from theorytopractice.html import NOTHING, Status, joined, mark, tag
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
    from theorytopractice.forms.due_actions import DueAction
    from theorytopractice.forms.session import Session


MOST = 50
"""Rows of a group; of more, an owner is chosen."""
LONGEST = 90


class MeetingBoard:
    """The wall as it is now: the actions, and what the findings that they serve say."""

    def __init__(self, session: Session) -> None:
        """Look at the plan once."""
        self.meeting_state = session.meeting_state
        self.tasks = session.overview.tasks()
        self._statements = {one.finding_id: one.statement for one in session.overview.entries()}

    def group(self, name: str, fitting: list[DueAction], n_above: int) -> Markup:
        """Return a group: its heading with the count, its rows, and how many more there are."""
        n = len(fitting)
        lines = self._kept(name, fitting[:MOST])
        also = say_n("{n:,} action in the groups above is stalled too.", "{n:,} actions in the groups above are stalled too.", n_above)  # fmt: skip
        more = _more(n - MOST, is_chosen=bool(self.meeting_state.owner)) if n > MOST else ""
        return tag(
            "section",
            tag("h3", say(GROUPS[name]), " ", tag("span", f"{n:,}", class_="n"), id=f"meeting-{name}"),
            tag("p", also, class_="small") if n_above else None,
            self._table(name, lines) if lines else tag("p", say("None."), class_="none"),
            tag("p", more, class_="small") if more else None,
            aria_labelledby=f"meeting-{name}",
            class_="group",
        )

    def _kept(self, name: str, shown: list[DueAction]) -> list[DueAction]:
        """Return the rows of a group: those that are shown, and those that were decided on or are open in it."""
        ids = {one.action_id for one in shown}
        held = [key for key, said in self.meeting_state.decided.items() if said.group == name]
        if self.meeting_state.group == name:
            held.append(self.meeting_state.action_id)
        kept = [self.tasks.get(key) for key in dict.fromkeys(held) if key not in ids]
        places = self.meeting_state.places
        lines = [
            (places.setdefault((name, one.action_id), one.rank_in(name)), one)
            for one in [*shown, *filter(None, kept)]
        ]
        return [one for _, one in sorted(lines, key=lambda line: line[0])]

    def _table(self, name: str, lines: Iterable[DueAction]) -> Markup:
        heads = (say("Action"), say("Findings"), say("Owner"), say("Due"), say("State"), say("What to do"))
        head = tag("tr", *(tag("th", one, scope="col", role="columnheader") for one in heads), role="row")
        caption = say("{group}, the longest awaited first", group=say(GROUPS[name]))
        return tag(
            "table",
            tag("caption", caption, class_="aloud"),
            tag("thead", head, role="rowgroup"),
            tag("tbody", *(line for one in lines for line in self._lines(name, one, heads)), role="rowgroup"),
            class_="meeting",
            role="table",
        )

    def _lines(self, name: str, one: DueAction, heads: tuple[str, ...]) -> list[Markup]:
        """Return the row of an action, and the form below it where it is open; a plain row is made once."""
        said = self.meeting_state.decided.get(one.action_id)
        said = said if said and said.group == name else None
        is_open = (self.meeting_state.group, self.meeting_state.action_id) == (name, one.action_id)
        if said is None and not is_open:
            seen = (name, one, *map(self._statements.get, one.findings))
            if seen not in self.meeting_state.plain:
                self.meeting_state.plain[seen] = self._row(one, _buttons(one, name), name, heads)
            return [self.meeting_state.plain[seen]]
        buttons = _buttons(one, name) if one.group == name and not is_open else ""
        row = self._row(one, joined([_said(one, said) if said else "", buttons]), name, heads)
        place = tag("div", self.meeting_state.form, data_part="form")
        form = tag("tr", tag("td", place, colspan=len(heads), role="cell"), role="row", class_="opened")
        return [row, form] if is_open else [row]

    def _row(self, one: DueAction, decisions: Markup, name: str, heads: tuple[str, ...]) -> Markup:
        cells = [
            joined(map(self._finding, one.findings)) or gap(say("none open")),
            one.owner or gap(name_of("nobody")),
            _due(one),
            _state(one, name),
            decisions,
        ]
        title = tag("th", one.title, tag("p", one.action_id, class_="small"), scope="row", role="rowheader")
        told = (
            tag("td", cell, role="cell", data_label=head) for cell, head in zip(cells, heads[1:], strict=True)
        )
        return tag("tr", title, *told, role="row", class_=None if one.group == name else "settled")

    def _finding(self, finding_id: str) -> Markup:
        """Return a way to a finding that the action serves."""
        words = self._statements.get(finding_id, "")
        short = words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
        return tag("div", button(f"{finding_id} {short}", "choose", kind="link", finding=finding_id))


def _more(n: int, *, is_chosen: bool) -> str:
    if is_chosen:
        return say_n("and {n:,} more", "and {n:,} more", n)
    return say_n("and {n:,} more; choose an owner", "and {n:,} more; choose an owner", n)


def _due(one: DueAction) -> Markup:
    """Say until when an action is due, and how many days are left or over; of a completed one since when it is."""
    if one.completed_on and one.group == WAITING:
        return joined(
            [_day(one), tag("p", say("completed {day}", day=say_short_day(one.completed_on)), class_="small")]
        )
    return joined([_day(one), _left(one)])


def _day(one: DueAction) -> Markup | str:
    return say_short_day(one.due) if one.due else gap(say("no date"))


def _left(one: DueAction) -> Markup:
    days = one.days_left
    if days is None or not one.is_open:
        return joined([])
    if days < 0:
        return tag("p", mark(Status.ACT, say_n("{n:,} day overdue", "{n:,} days overdue", -days)))
    return tag(
        "p", say_n("{n:,} day left", "{n:,} days left", days) if days else say("due today"), class_="small"
    )


def _state(one: DueAction, name: str) -> Markup:
    """Say in which state an action is, whether it is stalled too, and to whom it was promised."""
    stalled = tag("p", name_of("stalled"), class_="small") if one.is_stalled and name != STALLED else None
    promised = (
        tag("p", say("promised to {whom}", whom=one.promised_to), class_="small") if one.promised_to else None
    )
    return joined(filter(None, [tag("span", name_of(one.state)), stalled, promised]))


def _said(one: DueAction, said: MeetingNote) -> Markup:
    """Say what was decided, with the way to take it back; the cursor comes here."""
    back = (
        button(
            say("Undo"),
            "undo",
            kind="plain",
            of=one.action_id,
            change=said.change_id,
            action_id=one.action_id,
        )
        if said.change_id
        else None
    )
    words = tag("p", said.words, " ", back, id=note_id(one.action_id), tabindex="-1")
    return tag("div", words, said.note, class_="decided")


def note_id(action_id: str) -> str:
    """Return the place at which the page tells what was decided of an action."""
    return f"decided-{action_id}"


def ask_id(action_id: str) -> str:
    """Return the place of the decisions of an action."""
    return f"decide-{action_id}"


ONCE: dict[str, ActionEvent] = {
    ActionState.NOT_STARTED: ActionEvent.START,
    ActionState.SUSPENDED: ActionEvent.RESUME,
}
"""What one click comes to in a state."""


def _buttons(one: DueAction, name: str) -> Markup:
    """Return the decisions that the state of an action allows."""
    made: list[Markup] = []

    def offer(words: str, **open_: str) -> None:
        made.append(
            button(words, "decide", kind="plain", of=one.action_id, group=name, action_id=one.action_id,
                   open={**open_, "action_id": one.action_id})
        )  # fmt: skip

    if one.state in ONCE:
        words = (
            say_as("decide", "Start") if one.state == ActionState.NOT_STARTED else say_as("decide", "Resume")
        )
        made.append(
            button(words, "begin", kind="plain", of=one.action_id, group=name, action_id=one.action_id)
        )
    if name == WAITING:
        offer(say("Add evidence…"), form="row", table="evidence")
    else:
        offer(say("Complete…"), form="complete")
        offer(say("Re-date…"), form="redate")
        offer(say("Block…"), form="block")
    return tag("div", *made, class_="row-buttons", id=ask_id(one.action_id), tabindex="-1")


NAME = "meeting"
NOBODY, BY = "nobody", "by:"
"""The choice of what nobody answers for, and what begins the choice of a person."""


@dataclass(frozen=True, slots=True)
class MeetingNote:
    """What was decided of an action: in which group it stood, the words, and the change that can be taken back."""

    group: str
    words: str
    change_id: int | None = None
    note: Markup | None = None


@dataclass(slots=True)
class MeetingState:
    """One meeting: of whom it speaks, which form is open in which row, what was decided so far, rows as they were shown.

    A row keeps the place at which it was first shown, so that a decision moves nothing away under the reader.
    """

    owner: str = ""
    group: str = ""
    action_id: str = ""
    form: Markup | None = None
    decided: dict[str, MeetingNote] = field(default_factory=dict)
    plain: dict[tuple[object, ...], Markup] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[bool, int, object]] = field(default_factory=dict)

    def close(self) -> None:
        """Put the open form away."""
        self.group, self.action_id, self.form = "", "", None

    def begin(self, owner: str = "") -> None:
        """Begin anew, of all or of one owner; what was decided before is not told any more."""
        self.close()
        self.owner = owner
        for held in (self.decided, self.plain, self.places):
            held.clear()


def screen(session: Session) -> Markup:
    """Return the wall of a meeting that begins: what was decided in an earlier one is forgotten."""
    session.meeting_state.begin(session.meeting_state.owner)
    return _screen(session)


def _screen(session: Session) -> Markup:
    box = tag("div", _owners(session), data_part="meeting-owners", class_="field")
    lead = say("Actions that serve an open finding. Each stands once, in the first group that it fits.")
    is_astray = session.meeting_state.form is not None and not session.meeting_state.group
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
        tag("div", session.meeting_state.form, data_part="form") if is_astray else None,
        tag("div", _wall(session), data_part="wall"),
    )


def _owners(session: Session) -> Markup:
    """Return the choice of an owner, with how many actions each has here."""
    counts = session.overview.tasks().owners()
    names = sorted(filter(None, counts), key=fold)
    everybody = say("{name} ({n:,})", name=say("all"), n=counts.total())
    nobody = say("{name} ({n:,})", name=name_of("nobody"), n=counts[""])
    pairs = [
        (NOBODY, nobody),
        *((BY + name, say("{name} ({n:,})", name=name, n=counts[name])) for name in names),
    ]
    chosen = session.meeting_state.owner
    if chosen.startswith(BY) and chosen.removeprefix(BY) not in counts:
        pairs.append((chosen, say("{name} ({n:,})", name=chosen.removeprefix(BY), n=0)))
    box = select(chosen, pairs, empty=everybody, id="meeting-owner", name="owner")
    return joined([tag("label", say("Owner"), for_="meeting-owner"), box])


def _wall(session: Session) -> Markup:
    """Return the four groups."""
    chosen = session.meeting_state.owner
    fits = None if not chosen else {"" if chosen == NOBODY else chosen.removeprefix(BY)}
    wall = MeetingBoard(session)
    found = wall.tasks.groups(fits)
    above = sum(one.is_stalled for name, held in found.items() if name != STALLED for one in held)
    return joined(wall.group(name, held, above if name == STALLED else 0) for name, held in found.items())


def owner(session: Session, message: Message) -> Answer:
    """Speak of one owner alone, of nobody, or of all."""
    session.meeting_state.begin(message.values().get("owner", ""))
    return Answer({"wall": _wall(session)})


def decide(session: Session, message: Message) -> Answer:
    """Open the form of a decision in the row of its action."""
    _open(session, message.values("open"), message.text("group"), message.text("action_id"))
    return Answer({"wall": _wall(session)}, focus="form-title")


def go_on(session: Session, facts: Mapping[str, str]) -> Markup:
    """Return the wall with the form of a draft in its row, or above the groups where its action asks for nothing now."""
    action_id = facts.get("action_id", "")
    found = session.overview.tasks().get(action_id)
    session.meeting_state.begin()
    _open(session, facts, found.group if found else "", action_id)
    return _screen(session)


def _open(session: Session, facts: Mapping[str, str], group: str, action_id: str) -> None:
    form = form_html(session, open_definition(session, facts, {}), {})
    session.meeting_state.group, session.meeting_state.action_id, session.meeting_state.form = (
        group,
        action_id,
        form,
    )


def cancel(session: Session) -> Answer:
    """Put the form away; the cursor goes back to the decisions of its row."""
    action_id = session.meeting_state.action_id
    session.meeting_state.close()
    return Answer(
        {"form": NOTHING, "wall": _wall(session)}, focus=ask_id(action_id), told=say("Nothing was changed.")
    )


def begin(session: Session, message: Message) -> Answer:
    """Start an action today, or take it up again: one click."""
    action_id = message.text("action_id")
    found = session.overview.tasks().get(action_id)
    word = ONCE.get(found.state) if found else None
    if word is None:
        told = say("Somebody else decided on {action_id} meanwhile; nothing was stored.", action_id=action_id)
        return _renewed(session, action_id, MeetingNote(message.text("group"), told))
    what = (
        say("Start {action_id}", action_id=action_id)
        if word is ActionEvent.START
        else say("Resume {action_id}", action_id=action_id)
    )
    event = Event(
        subject=Subject.ACTION, subject_id=action_id, event=word, happened_on=session.today, by=session.who
    )
    session.plan.edit(Add(event), what=what)
    made = session.plan.last_change
    return session.when_stored(
        lambda: show_decision(session, action_id, what, made=made, group=message.text("group"))
    )


def show_decision(  # noqa: PLR0913 - each says another thing of the decision
    session: Session,
    action_id: str,
    what: str,
    *,
    made: int | None,
    note: Markup | None = None,
    group: str = "",
) -> Answer:
    """Say in the row of an action what was just stored, and offer to take it back; the counts are renewed."""
    told = say_in_turn(SENTENCES, [say("Saved: {what}.", what=what), _now(session, action_id)])
    said = MeetingNote(group or _group(session, action_id), told, made, note)
    if session.meeting_state.action_id == action_id:
        session.meeting_state.close()
    return _renewed(session, action_id, said)


def _group(session: Session, action_id: str) -> str:
    """Return the group in which an action is decided on: where its form is open, where it was decided on before, where it stands."""
    meeting_state, found = session.meeting_state, session.overview.tasks().get(action_id)
    before = meeting_state.decided.get(action_id)
    here = meeting_state.group if meeting_state.action_id == action_id else ""
    return here or (before.group if before else "") or (found.group if found else "")


def _now(session: Session, action_id: str) -> str:
    """Say how an action stands now."""
    found = session.overview.tasks().get(action_id)
    if found is None:
        return ""
    state = name_of(found.state)
    if found.due is None or not found.is_open:
        return say("{action_id} is now {state}.", action_id=action_id, state=state)
    due = say_short_day(found.due)
    return say("{action_id} is now {state}, due {day}.", action_id=action_id, state=state, day=due)


def _renewed(session: Session, action_id: str, said: MeetingNote) -> Answer:
    """Renew the wall, with what is said in its row; above everything where the action has no row."""
    if not said.group or session.overview.tasks().get(action_id) is None:
        box = tag("div", tag("p", said.words, id="saved", tabindex="-1"), said.note, class_="saved")
        return Answer({"screen": _screen(session), "notice": box}, focus="saved", told=said.words)
    session.meeting_state.decided[action_id] = said
    parts = {"wall": _wall(session), "meeting-owners": _owners(session), "notice": NOTHING}
    return Answer(parts, focus=note_id(action_id), told=said.words)

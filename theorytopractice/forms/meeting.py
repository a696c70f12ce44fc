"""What does a team see and decide in its weekly meeting? Four groups of actions, each decided in one or two clicks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import select
from theorytopractice.forms.form import form_html
from theorytopractice.forms.meeting_rows import ONCE, Wall, ask_id, said_id
from theorytopractice.forms.specs import opened
from theorytopractice.forms.tasks import STALLED
from theorytopractice.language import SENTENCES, say, say_in_turn, say_short_day
from theorytopractice.model.entities import Event
from theorytopractice.model.naming import name_of
from theorytopractice.model.values import folded
from theorytopractice.model.vocabularies import ActionEvent, Subject
from theorytopractice.report.html import NOTHING, joined, tag
from theorytopractice.store.edits import Add

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk

NAME = "meeting"
NOBODY, BY = "nobody", "by:"
"""The choice of what nobody answers for, and what begins the choice of a person."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was decided of an action: in which group it stood, the words, and the change that can be taken back."""

    group: str
    words: str
    change_id: int | None = None
    note: Markup | None = None


@dataclass(slots=True)
class Sitting:
    """One meeting: of whom it speaks, which form is open in which row, what was decided so far, rows as they were shown.

    A row keeps the place at which it was first shown, so that a decision moves nothing away under the reader.
    """

    owner: str = ""
    group: str = ""
    action_id: str = ""
    form: Markup | None = None
    decided: dict[str, Said] = field(default_factory=dict)
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


def screen(desk: Desk) -> Markup:
    """Return the wall of a meeting that begins: what was decided in an earlier one is forgotten."""
    desk.sitting.begin(desk.sitting.owner)
    return _screen(desk)


def _screen(desk: Desk) -> Markup:
    box = tag("div", _owners(desk), data_part="meeting-owners", class_="field")
    lead = say("Actions that serve an open finding. Each stands once, in the first group that it fits.")
    is_astray = desk.sitting.form is not None and not desk.sitting.group
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
        tag("div", desk.sitting.form, data_part="form") if is_astray else None,
        tag("div", _wall(desk), data_part="wall"),
    )


def _owners(desk: Desk) -> Markup:
    """Return the choice of an owner, with how many actions each has here."""
    counts = desk.overview.tasks().owners()
    names = sorted(filter(None, counts), key=folded)
    everybody = say("{name} ({n:,})", name=say("all"), n=counts.total())
    nobody = say("{name} ({n:,})", name=name_of("nobody"), n=counts[""])
    pairs = [
        (NOBODY, nobody),
        *((BY + name, say("{name} ({n:,})", name=name, n=counts[name])) for name in names),
    ]
    chosen = desk.sitting.owner
    if chosen.startswith(BY) and chosen.removeprefix(BY) not in counts:
        pairs.append((chosen, say("{name} ({n:,})", name=chosen.removeprefix(BY), n=0)))
    box = select(chosen, pairs, empty=everybody, id="meeting-owner", name="owner")
    return joined([tag("label", say("Owner"), for_="meeting-owner"), box])


def _wall(desk: Desk) -> Markup:
    """Return the four groups."""
    chosen = desk.sitting.owner
    fits = None if not chosen else {"" if chosen == NOBODY else chosen.removeprefix(BY)}
    wall = Wall(desk)
    found = wall.tasks.groups(fits)
    above = sum(one.is_stalled for name, held in found.items() if name != STALLED for one in held)
    return joined(wall.group(name, held, above if name == STALLED else 0) for name, held in found.items())


def owner(desk: Desk, message: Message) -> Answer:
    """Speak of one owner alone, of nobody, or of all."""
    desk.sitting.begin(message.values().get("owner", ""))
    return Answer({"wall": _wall(desk)})


def decide(desk: Desk, message: Message) -> Answer:
    """Open the form of a decision in the row of its action."""
    _open(desk, message.values("open"), message.text("group"), message.text("action_id"))
    return Answer({"wall": _wall(desk)}, focus="form-title")


def go_on(desk: Desk, facts: Mapping[str, str]) -> Markup:
    """Return the wall with the form of a draft in its row, or above the groups where its action asks for nothing now."""
    action_id = facts.get("action_id", "")
    found = desk.overview.tasks().get(action_id)
    desk.sitting.begin()
    _open(desk, facts, found.group if found else "", action_id)
    return _screen(desk)


def _open(desk: Desk, facts: Mapping[str, str], group: str, action_id: str) -> None:
    form = form_html(desk, opened(desk, facts, {}), {})
    desk.sitting.group, desk.sitting.action_id, desk.sitting.form = group, action_id, form


def cancel(desk: Desk) -> Answer:
    """Put the form away; the cursor goes back to the decisions of its row."""
    action_id = desk.sitting.action_id
    desk.sitting.close()
    return Answer(
        {"form": NOTHING, "wall": _wall(desk)}, focus=ask_id(action_id), told=say("Nothing was changed.")
    )


def begin(desk: Desk, message: Message) -> Answer:
    """Start an action today, or take it up again: one click."""
    action_id = message.text("action_id")
    found = desk.overview.tasks().get(action_id)
    word = ONCE.get(found.state) if found else None
    if word is None:
        told = say("Somebody else decided on {action_id} meanwhile; nothing was stored.", action_id=action_id)
        return _renewed(desk, action_id, Said(message.text("group"), told))
    what = (
        say("Start {action_id}", action_id=action_id)
        if word is ActionEvent.START
        else say("Resume {action_id}", action_id=action_id)
    )
    event = Event(
        subject=Subject.ACTION, subject_id=action_id, event=word, happened_on=desk.today, by=desk.who
    )
    desk.plan.edit(Add(event), what=what)
    made = desk.plan.last_change
    return desk.when_stored(lambda: decided(desk, action_id, what, made=made, group=message.text("group")))


def decided(  # noqa: PLR0913 - each says another thing of the decision
    desk: Desk, action_id: str, what: str, *, made: int | None, note: Markup | None = None, group: str = ""
) -> Answer:
    """Say in the row of an action what was just stored, and offer to take it back; the counts are renewed."""
    told = say_in_turn(SENTENCES, [say("Saved: {what}.", what=what), _now(desk, action_id)])
    said = Said(group or _group(desk, action_id), told, made, note)
    if desk.sitting.action_id == action_id:
        desk.sitting.close()
    return _renewed(desk, action_id, said)


def _group(desk: Desk, action_id: str) -> str:
    """Return the group in which an action is decided on: where its form is open, where it was decided on before, where it stands."""
    sitting, found = desk.sitting, desk.overview.tasks().get(action_id)
    before = sitting.decided.get(action_id)
    here = sitting.group if sitting.action_id == action_id else ""
    return here or (before.group if before else "") or (found.group if found else "")


def _now(desk: Desk, action_id: str) -> str:
    """Say how an action stands now."""
    found = desk.overview.tasks().get(action_id)
    if found is None:
        return ""
    state = name_of(found.state)
    if found.due is None or not found.is_open:
        return say("{action_id} is now {state}.", action_id=action_id, state=state)
    due = say_short_day(found.due)
    return say("{action_id} is now {state}, due {day}.", action_id=action_id, state=state, day=due)


def _renewed(desk: Desk, action_id: str, said: Said) -> Answer:
    """Renew the wall, with what is said in its row; above everything where the action has no row."""
    if not said.group or desk.overview.tasks().get(action_id) is None:
        box = tag("div", tag("p", said.words, id="saved", tabindex="-1"), said.note, class_="saved")
        return Answer({"screen": _screen(desk), "notice": box}, focus="saved", told=said.words)
    desk.sitting.decided[action_id] = said
    parts = {"wall": _wall(desk), "meeting-owners": _owners(desk), "notice": NOTHING}
    return Answer(parts, focus=said_id(action_id), told=said.words)

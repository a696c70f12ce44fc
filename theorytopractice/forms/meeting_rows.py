"""How does the wall of a meeting look? Each group a table, each action a row with its decisions, or what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.controls import button
from theorytopractice.forms.tables import gap
from theorytopractice.forms.tasks import GROUPS, STALLED, WAITING
from theorytopractice.language import say, say_as, say_n, say_short_day
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import ActionEvent
from theorytopractice.report.html import joined, mark, tag
from theorytopractice.report.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.meeting import Said
    from theorytopractice.forms.tasks import Task

MOST = 50
"""Rows of a group; of more, an owner is chosen."""
LONGEST = 90


class Wall:
    """The wall as it is now: the actions, and what the findings that they serve say."""

    def __init__(self, desk: Desk) -> None:
        """Look at the plan once."""
        self.sitting = desk.sitting
        self.tasks = desk.overview.tasks()
        self._statements = {one.finding_id: one.statement for one in desk.overview.entries()}

    def group(self, name: str, fitting: list[Task], n_above: int) -> Markup:
        """Return a group: its heading with the count, its rows, and how many more there are."""
        n = len(fitting)
        lines = self._kept(name, fitting[:MOST])
        also = say_n("{n:,} action in the groups above is stalled too.", "{n:,} actions in the groups above are stalled too.", n_above)  # fmt: skip
        more = _more(n - MOST, is_chosen=bool(self.sitting.owner)) if n > MOST else ""
        return tag(
            "section",
            tag("h3", say(GROUPS[name]), " ", tag("span", f"{n:,}", class_="n"), id=f"meeting-{name}"),
            tag("p", also, class_="small") if n_above else None,
            self._table(name, lines) if lines else tag("p", say("None."), class_="none"),
            tag("p", more, class_="small") if more else None,
            aria_labelledby=f"meeting-{name}",
            class_="group",
        )

    def _kept(self, name: str, shown: list[Task]) -> list[Task]:
        """Return the rows of a group: those that are shown, and those that were decided on or are open in it."""
        ids = {one.action_id for one in shown}
        held = [key for key, said in self.sitting.decided.items() if said.group == name]
        if self.sitting.group == name:
            held.append(self.sitting.action_id)
        kept = [self.tasks.get(key) for key in dict.fromkeys(held) if key not in ids]
        places = self.sitting.places
        lines = [
            (places.setdefault((name, one.action_id), one.rank_in(name)), one)
            for one in [*shown, *filter(None, kept)]
        ]
        return [one for _, one in sorted(lines, key=lambda line: line[0])]

    def _table(self, name: str, lines: Iterable[Task]) -> Markup:
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

    def _lines(self, name: str, one: Task, heads: tuple[str, ...]) -> list[Markup]:
        """Return the row of an action, and the form below it where it is open; a plain row is made once."""
        said = self.sitting.decided.get(one.action_id)
        said = said if said and said.group == name else None
        is_open = (self.sitting.group, self.sitting.action_id) == (name, one.action_id)
        if said is None and not is_open:
            seen = (name, one, *map(self._statements.get, one.findings))
            if seen not in self.sitting.plain:
                self.sitting.plain[seen] = self._row(one, _buttons(one, name), name, heads)
            return [self.sitting.plain[seen]]
        buttons = _buttons(one, name) if one.group == name and not is_open else ""
        row = self._row(one, joined([_said(one, said) if said else "", buttons]), name, heads)
        place = tag("div", self.sitting.form, data_part="form")
        form = tag("tr", tag("td", place, colspan=len(heads), role="cell"), role="row", class_="opened")
        return [row, form] if is_open else [row]

    def _row(self, one: Task, decisions: Markup, name: str, heads: tuple[str, ...]) -> Markup:
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


def _due(one: Task) -> Markup:
    """Say until when an action is due, and how many days are left or over; of a completed one since when it is."""
    if one.completed_on and one.group == WAITING:
        return joined(
            [_day(one), tag("p", say("completed {day}", day=say_short_day(one.completed_on)), class_="small")]
        )
    return joined([_day(one), _left(one)])


def _day(one: Task) -> Markup | str:
    return say_short_day(one.due) if one.due else gap(say("no date"))


def _left(one: Task) -> Markup:
    days = one.days_left
    if days is None or not one.is_open:
        return joined([])
    if days < 0:
        return tag("p", mark(Status.ACT, say_n("{n:,} day overdue", "{n:,} days overdue", -days)))
    return tag(
        "p", say_n("{n:,} day left", "{n:,} days left", days) if days else say("due today"), class_="small"
    )


def _state(one: Task, name: str) -> Markup:
    """Say in which state an action is, whether it is stalled too, and to whom it was promised."""
    stalled = tag("p", name_of("stalled"), class_="small") if one.is_stalled and name != STALLED else None
    promised = (
        tag("p", say("promised to {whom}", whom=one.promised_to), class_="small") if one.promised_to else None
    )
    return joined(filter(None, [tag("span", name_of(one.state)), stalled, promised]))


def _said(one: Task, said: Said) -> Markup:
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
    words = tag("p", said.words, " ", back, id=said_id(one.action_id), tabindex="-1")
    return tag("div", words, said.note, class_="decided")


def said_id(action_id: str) -> str:
    """Return the place at which the page tells what was decided of an action."""
    return f"decided-{action_id}"


def ask_id(action_id: str) -> str:
    """Return the place of the decisions of an action."""
    return f"decide-{action_id}"


ONCE = {"not_started": ActionEvent.START, "suspended": ActionEvent.RESUME}
"""What one click comes to in a state."""


def _buttons(one: Task, name: str) -> Markup:
    """Return the decisions that the state of an action allows."""
    made: list[Markup] = []

    def offer(words: str, **open_: str) -> None:
        made.append(
            button(words, "decide", kind="plain", of=one.action_id, group=name, action_id=one.action_id,
                   open={**open_, "action_id": one.action_id})
        )  # fmt: skip

    if one.state in ONCE:
        words = say_as("decide", "Start") if one.state == "not_started" else say_as("decide", "Resume")
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

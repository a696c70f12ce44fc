"""What is asked when a due date changes that people know already? Whether it moves, or whether it was written wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.forms.cells import read_text
from theorytopractice.forms.controls import error_place, required_mark
from theorytopractice.html import tag
from theorytopractice.i18n import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import parse_error
from theorytopractice.store.edits import is_settled
from theorytopractice.store.history import RowChange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from markupsafe import Markup


DUE = "action.due"
CHOICE, REASON = "~due-change", "~due-reason"
"""The fields of a form in which it is chosen what becomes of a due date, and said why it was wrong."""
MOVE, CORRECT = "move", "correct"
QUESTION, WHY_WRONG = message("What becomes of the due date?"), message("Why the first date was wrong")
MOVE_LABEL = message("Move the date: the first one stays in sight, and the move is recorded with its reason")
CORRECT_LABEL = message("Put the first date right: it was written wrongly")


@dataclass(frozen=True, slots=True)
class DueChange:
    """Another due date of an action whose date has stood: the one that stands, the new one, what was chosen, and why."""

    original: str
    new: str
    choice: str
    reason: str

    @property
    def moves(self) -> bool:
        """Whether the action is re-dated, and its original due date stays."""
        return self.choice == MOVE

    @property
    def is_decided(self) -> bool:
        """Whether the new date may be written over the one that stands."""
        return self.choice == CORRECT and bool(self.reason)

    def problems(self) -> dict[str, str]:
        """Say what is left to be said, by name of its field."""
        if not self.choice:
            return {CHOICE: say("Choose whether the date moves, or the first one was wrong.")}
        return {REASON: say("Say why.")} if self.choice == CORRECT and not self.reason else {}


def is_guarded(row: Mapping[str, str], today: date) -> bool:
    """Tell whether the due date of an action has stood for so long that it is not overwritten."""
    return is_settled(RowChange("action", (row["action_id"],), dict(row), {**row, "due": ""}), today)


def due_change(row: Mapping[str, str], values: Mapping[str, str], today: date) -> DueChange | None:
    """Return what becomes of a due date that has stood; None where it stays, or what was typed is no date."""
    field, typed = ENTITIES["action"]["due"], values.get(DUE)
    if typed is None or not is_guarded(row, today):
        return None
    new = read_text(field, typed, today=today).text
    if not new or new == row["due"] or parse_error(field, new):
        return None
    choice = values.get(CHOICE, "")
    reason = values.get(REASON, "").strip()
    return DueChange(row["due"], new, choice if choice in (MOVE, CORRECT) else "", reason)


def due_question(change: DueChange, problems: Mapping[str, str]) -> Markup:
    """Return the two ways to another due date, and what is asked for the one that puts the first date right."""
    ways = [(MOVE, say(MOVE_LABEL)), (CORRECT, say(CORRECT_LABEL))]
    radios = [
        tag(
            "p",
            tag("input", type="radio", id=f"{CHOICE}-{word}", name=CHOICE, value=word, data_refresh="refresh",
                checked=word == change.choice),
            " ",
            tag("label", text, for_=f"{CHOICE}-{word}"),
            class_="choice",
        )
        for word, text in ways
    ]  # fmt: skip
    return tag(
        "fieldset",
        tag("legend", say(QUESTION), " ", required_mark()),
        tag("p", say("First due {day}; that date has stood and is not overwritten unseen.", day=change.original),
            class_="help", id=f"{CHOICE}-help"),
        *radios,
        error_place(CHOICE, problems.get(CHOICE, "")),
        _reason_field(change, problems) if change.choice == CORRECT else None,
        id=CHOICE,
        tabindex="-1",
        class_="block due-change",
        aria_describedby=f"{CHOICE}-help {CHOICE}-error",
    )  # fmt: skip


def _reason_field(change: DueChange, problems: Mapping[str, str]) -> Markup:
    return tag(
        "div",
        tag("label", say(WHY_WRONG), " ", required_mark(), for_=REASON),
        tag("input", type="text", id=REASON, name=REASON, value=change.reason, autocomplete="off",
            aria_describedby=f"{REASON}-error", aria_required="true"),
        error_place(REASON, problems.get(REASON, "")),
        class_="field",
    )  # fmt: skip

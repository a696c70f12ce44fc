"""Which actions does a meeting speak of? Kept up to date without reading the whole plan again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.workload import due_actions
from theorytopractice.i18n import message
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.store.plan import Plan


OVERDUE, SOON, STALLED, WAITING = "overdue", "soon", "stalled", "waiting"
GROUPS = {
    OVERDUE: message("Overdue"),
    SOON: message("Due within 30 days"),
    STALLED: message("Stalled"),
    WAITING: message("Waiting for evidence"),
}
"""Name of a group → what it is called; an action stands in the first one that it fits."""
TRUTHS = {OVERDUE: "is_overdue", SOON: "is_due_soon", STALLED: "is_stalled", WAITING: "awaits_evidence"}


@dataclass(frozen=True, slots=True)
class DueAction:
    """An action as a meeting speaks of it; ``group`` is empty where it asks for nothing now, ``place`` its natural order."""

    action_id: str
    title: str
    owner: str
    state: str
    due: date | None
    days_left: int | None
    completed_on: date | None
    promised_to: str
    findings: tuple[str, ...]
    group: str
    is_open: bool
    is_stalled: bool
    place: object = field(compare=False)

    def rank_in(self, group: str) -> tuple[bool, int, object]:
        """Return its place in a group: the longest awaited first, what has no date last."""
        day = self.completed_on if group == WAITING else self.due
        return (day is None, day.toordinal() if day else 0, self.place)


@dataclass(slots=True)
class DueActions:
    """The actions of a plan that ask for something, and those that were looked at since."""

    _held: dict[str, DueAction] = field(default_factory=dict)

    def read(self, encoded: EncodedPlan, day: date) -> None:
        """Read all of them from a whole plan."""
        self._held = {one.action_id: one for one in _tasks(due_actions(encoded, as_of=day)) if one.group}

    def renew(self, encoded: EncodedPlan, day: date, moved: Collection[str]) -> None:
        """Read again the actions of the findings that can have moved, from a book of all findings that they serve."""
        links = encoded["finding_action"]
        touched = set(links.loc[links["finding_id"].isin(list(moved)), "action_id"])
        for gone in [key for key, one in self._held.items() if not set(one.findings).isdisjoint(moved)]:
            del self._held[gone]
        found = due_actions(encoded, as_of=day)
        for one in _tasks(found[found["action_id"].isin(touched)]):
            self._held[one.action_id] = one

    def get(self, action_id: str) -> DueAction | None:
        """Return an action, None where it asked for nothing when it was last looked at."""
        return self._held.get(action_id)

    def owners(self) -> Counter[str]:
        """Count the actions that ask for something by whoever answers for them; empty: nobody."""
        return Counter(one.owner for one in self._held.values() if one.group)

    def groups(self, fits: Collection[str] | None = None) -> dict[str, list[DueAction]]:
        """Return the actions of each group, only those of some owners if given, the longest awaited first."""
        made: dict[str, list[DueAction]] = {name: [] for name in GROUPS}
        for one in self._held.values():
            if one.group and (fits is None or one.owner in fits):
                made[one.group].append(one)
        return {name: sorted(found, key=lambda one: one.rank_in(one.group)) for name, found in made.items()}


def action_context(plan: Plan, moved: Collection[str]) -> set[str]:
    """Return the findings that share an action with some, and these themselves."""

    def served(ids: Collection[str], known: str, wanted: str) -> set[str]:
        return set(plan.look(lambda records: records.where("finding_action", **{known: tuple(ids)}))[wanted])

    actions = served(moved, "finding_id", "action_id")
    return set(moved) | served(actions, "action_id", "finding_id") if actions else set(moved)


def _tasks(frame: pd.DataFrame) -> list[DueAction]:
    return [_task(row) for row in frame.to_dict("records")]


def _task(row: dict[Any, Any]) -> DueAction:
    return DueAction(
        action_id=str(row["action_id"]),
        title=_text(row["title"]),
        owner=_text(row["responsible"]),
        state=str(row["action_state"]),
        due=_day(row["due"]),
        days_left=None if pd.isna(row["days_left"]) else int(row["days_left"]),
        completed_on=_day(row["completed_on"]),
        promised_to=_text(row["promised_to"]),
        findings=tuple(row["finding_ids"]),
        group=next((name for name, truth in TRUTHS.items() if row[truth]), ""),
        is_open=bool(row["is_open"]),
        is_stalled=bool(row["is_stalled"]),
        place=natural(str(row["action_id"])),
    )


def _text(value: str | float | None) -> str:
    return value if isinstance(value, str) else ""


def _day(value: pd.Timestamp) -> date | None:
    return None if pd.isna(value) else value.date()

"""Where does every finding of the plan stand now, and which actions ask for something? Kept up to date without reading it anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.encode import encode, worded
from theorytopractice.assessment.workload import due_actions
from theorytopractice.forms.cells import cell
from theorytopractice.i18n import message
from theorytopractice.model.labels import wording
from theorytopractice.model.values import fold, natural, split_list
from theorytopractice.model.vocabularies import Disposition, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
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
GROUP_COLUMNS = {
    OVERDUE: "is_overdue",
    SOON: "is_due_soon",
    STALLED: "is_stalled",
    WAITING: "awaits_evidence",
}


@dataclass(frozen=True, slots=True)
class DueAction:
    """An action as a meeting speaks of it; ``group`` is empty where it asks for nothing now, ``order`` its natural order."""

    action_id: str
    title: str
    owner: str
    state: str
    due: date | None
    original_due: date | None
    days_left: int | None
    completed_on: date | None
    promised_to: str
    findings: tuple[str, ...]
    group: str
    is_open: bool
    is_stalled: bool
    order: object = field(compare=False)

    def rank_in(self, group: str) -> tuple[bool, int, object]:
        """Return its place in a group: the longest awaited first, what has no date last."""
        day = self.completed_on if group == WAITING else self.due
        return (day is None, day.toordinal() if day else 0, self.order)


@dataclass(slots=True)
class DueActions:
    """The actions of a plan that ask for something, and those that were looked at since."""

    _actions: dict[str, DueAction] = field(default_factory=dict)

    def read(self, encoded: EncodedPlan, day: date) -> None:
        """Read all of them from a whole plan."""
        self._actions = {
            action.action_id: action
            for action in _due_actions(due_actions(encoded, as_of=day))
            if action.group
        }

    def update(self, encoded: EncodedPlan, day: date, finding_ids: Collection[str]) -> None:
        """Read again the actions of the findings that can have moved, from a book of all findings that they serve."""
        links = encoded["finding_action"]
        action_ids = set(links.loc[links["finding_id"].isin(list(finding_ids)), "action_id"])
        for action_id in [
            key for key, action in self._actions.items() if not set(action.findings).isdisjoint(finding_ids)
        ]:
            del self._actions[action_id]
        frame = due_actions(encoded, as_of=day)
        for action in _due_actions(frame[frame["action_id"].isin(action_ids)]):
            self._actions[action.action_id] = action

    def get(self, action_id: str) -> DueAction | None:
        """Return an action, None where it asked for nothing when it was last looked at."""
        return self._actions.get(action_id)

    def owners(self) -> Counter[str]:
        """Count the actions that ask for something by whoever answers for them; empty: nobody."""
        return Counter(action.owner for action in self._actions.values() if action.group)

    def groups(self, fits: Collection[str] | None = None) -> dict[str, list[DueAction]]:
        """Return the actions of each group, only those of some owners if given, the longest awaited first."""
        groups: dict[str, list[DueAction]] = {name: [] for name in GROUPS}
        for action in self._actions.values():
            if action.group and (fits is None or action.owner in fits):
                groups[action.group].append(action)
        return {
            name: sorted(actions, key=lambda action: action.rank_in(action.group))
            for name, actions in groups.items()
        }


def action_context(plan: Plan, finding_ids: Collection[str]) -> set[str]:
    """Return the findings that share an action with some, and these themselves."""

    def served(ids: Collection[str], column: str, other: str) -> set[str]:
        return set(plan.look(lambda records: records.where("finding_action", **{column: tuple(ids)}))[other])

    actions = served(finding_ids, "finding_id", "action_id")
    return set(finding_ids) | served(actions, "action_id", "finding_id") if actions else set(finding_ids)


def _due_actions(frame: pd.DataFrame) -> list[DueAction]:
    return [_due_action(row) for row in frame.to_dict("records")]


def _due_action(row: dict[Any, Any]) -> DueAction:
    return DueAction(
        action_id=str(row["action_id"]),
        title=cell(row["title"]),
        owner=cell(row["responsible"]),
        state=str(row["action_state"]),
        due=_day(row["due"]),
        original_due=_day(row["original_due"]),
        days_left=None if pd.isna(row["days_left"]) else int(row["days_left"]),
        completed_on=_day(row["completed_on"]),
        promised_to=cell(row["promised_to"]),
        findings=tuple(row["finding_ids"]),
        group=next((name for name, truth in GROUP_COLUMNS.items() if row[truth]), ""),
        is_open=bool(row["is_open"]),
        is_stalled=bool(row["is_stalled"]),
        order=natural(str(row["action_id"])),
    )


def _day(value: pd.Timestamp) -> date | None:
    return None if pd.isna(value) else value.date()


FINDING_COLUMNS = ("statement", "theme", "tags", "source", "owner_id")
MAX_SEPARATE = 200
"""Moved findings that are assessed by themselves; of more, the whole plan is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding as a list shows it; ``stage`` is None where the finding is closed, ``order`` the natural order."""

    finding_id: str
    kind: str
    statement: str
    theme: str
    tags: tuple[str, ...]
    owners: tuple[str, ...]
    disposition: str
    stage: int | None
    stage_name: str
    flags: tuple[str, ...]
    words: str
    order: object

    @property
    def place(self) -> str:
        """The stage of an open finding, or what became of a closed one."""
        return self.stage_name or self.disposition


class Overview:
    """Every finding with its stage, the actions that ask for something, and the names of the owners."""

    def __init__(self, plan: Plan, as_of: date | None = None) -> None:
        """Look at a plan as of a day; today in the plan's zone unless given."""
        self._plan, self._as_of = plan, as_of
        self._version: object = None
        self._seen_on: date | None = None
        self._now: object = None
        self._today: date | None = None
        self._entries: dict[str, Entry] = {}
        self._due_actions = DueActions()
        self._whole: EncodedPlan | None = None
        self._unseen: set[str] = set()
        self._pending: set[str] = set()
        self._near: tuple[object, frozenset[str], EncodedPlan] | None = None
        self._names: dict[str, tuple[object, list[tuple[str, str, str]]]] = {}

    @property
    def day(self) -> date:
        """The day as of which the stages are told."""
        if self._today is None:
            self._today = self._as_of or self._plan.today
        return self._today

    @property
    def version(self) -> object:
        """The state of the plan at this moment; asked for once, until :meth:`expire`."""
        if self._now is None:
            self._now = self._plan.version
        return self._now

    def expire(self) -> None:
        """Forget which state the plan had and which day it was: time has passed, or something was changed."""
        self._now = self._today = None

    def refresh(self) -> None:
        """Note what anybody changed since: only findings that can have moved are looked at again, when they are asked for."""
        version, day = self.version, self.day
        if (version, day) == (self._version, self._seen_on):
            return
        changed = (
            self._plan.affected_findings(self._version) if self._entries and day == self._seen_on else None
        )
        if changed is None or len(self._pending | changed) > MAX_SEPARATE:
            self._whole, self._unseen, self._pending = encode(self._plan), set(), set()
            self._entries = dict(self._read(self._whole))
        else:
            self._unseen |= changed
            self._pending |= changed
        self._version, self._seen_on = version, day

    def _settle(self, finding_ids: set[str]) -> None:
        """Look again at findings that can have moved."""
        entries = dict(self._read(self.neighbourhood(finding_ids), finding_ids))
        for finding_id in finding_ids - entries.keys():
            self._entries.pop(finding_id, None)
        is_new = not entries.keys() <= self._entries.keys()
        self._entries.update(entries)
        if is_new:
            self._entries = dict(sorted(self._entries.items(), key=lambda item: item[1].order))  # type: ignore[arg-type,return-value]
        self._pending -= finding_ids

    def neighbourhood(self, finding_ids: Collection[str]) -> EncodedPlan:
        """Return all that the stages and flags of some findings can depend on, as it is now."""
        state, ids = (self.version, self.day), frozenset(finding_ids)
        if self._near is None or self._near[0] != state or not ids <= self._near[1]:
            self._near = (state, ids, encode(self._plan.subset(sorted(ids))))
        return self._near[2]

    def entries(self) -> list[Entry]:
        """Return every finding, in natural order."""
        self.refresh()
        if self._pending:
            self._settle(set(self._pending))
        return list(self._entries.values())

    def last_entries(self) -> Collection[Entry]:
        """Return every finding as it was when it was last looked at."""
        return self._entries.values()

    def get(self, finding_id: str) -> Entry | None:
        """Return one finding, None where there is none of that name in the plan on the day; the others may wait."""
        self.refresh()
        if finding_id in self._pending:
            self._settle({finding_id})
        return self._entries.get(finding_id)

    def is_pending(self, finding_id: str) -> bool:
        """Tell whether a finding can have moved and was not looked at again yet."""
        return finding_id in self._pending

    def due_actions(self) -> DueActions:
        """Return the actions that ask for something in a meeting; they are looked at when they are asked for."""
        self.refresh()
        if self._whole is not None:
            self._due_actions.read(self._whole, self.day)
            self._whole = None
        if self._unseen:
            encoded = self.neighbourhood(action_context(self._plan, self._unseen))
            self._due_actions.update(encoded, self.day, self._unseen)
            self._unseen = set()
        return self._due_actions

    def names(self, table: str, key: str, column: str) -> list[tuple[str, str, str]]:
        """Return key, name and words to search in of every row of a table; read again only when the plan changed."""
        version = self.version
        cached = self._names.get(table)
        if cached is None or cached[0] != version:
            rows = self._plan.look(lambda records: records.where(table))
            names = [
                (row[key], name := wording(table, column, row), fold(f"{row[key]} {name}"))
                for row in rows.rows()
            ]
            cached = self._names[table] = (version, names)
        return cached[1]

    def _read(self, encoded: EncodedPlan, ids: Collection[str] | None = None) -> Iterator[tuple[str, Entry]]:
        """Yield what is to be told of each finding."""
        columns = worded("finding", encoded.frames["finding"])[["finding_id", *FINDING_COLUMNS]]
        findings = {row["finding_id"]: row for row in columns.to_dict("records")}
        owners = accountable_names(encoded)
        answers: dict[str, str] = dict(encoded.frames["owner"][["owner_id", "name"]].itertuples(index=False))
        for row in assess(encoded, as_of=self.day).to_dict("records"):
            finding_id = row["finding_id"]
            if ids is None or finding_id in ids:
                yield finding_id, _entry(row, findings[finding_id], owners.get(finding_id, []), answers)


def accountable_names(encoded: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Return the names of those who are accountable for the actions of each finding."""
    owners = encoded["action_owner"]
    owners = owners[owners["role"] == OwnerRole.ACCOUNTABLE]
    links = encoded["finding_action"][["finding_id", "action_id"]].merge(
        owners[["action_id", "owner_id"]], on="action_id"
    )
    links = links.merge(encoded["owner"][["owner_id", "name"]], on="owner_id").drop_duplicates(
        ["finding_id", "name"]
    )
    names: dict[str, list[str]] = {}
    for finding_id, name in zip(links["finding_id"], links["name"], strict=True):
        names.setdefault(str(finding_id), []).append(str(name))
    return names


def _entry(
    row: Mapping[Any, Any], finding: Mapping[Any, Any], owners: list[str], answers: Mapping[str, str]
) -> Entry:
    owner = [answers[finding["owner_id"]]] if finding["owner_id"] in answers else []
    names = tuple(dict.fromkeys([*owner, *sorted(owners)]))
    is_open = row["disposition"] == Disposition.OPEN
    statement, theme = str(finding["statement"]), cell(finding["theme"])
    tags = tuple(tag for tag in split_list(cell(finding["tags"])) if tag)
    texts = [row["finding_id"], statement, theme, cell(finding["source"]), *tags, *names]
    return Entry(
        finding_id=row["finding_id"],
        kind=str(row["kind"]),
        statement=statement,
        theme=theme,
        tags=tags,
        owners=names,
        disposition=str(row["disposition"]),
        stage=int(row["stage"]) if is_open else None,
        stage_name=str(row["stage_name"]) if is_open else "",
        flags=tuple(row["flags"]),
        words=fold(" ".join(texts)),
        order=natural(row["finding_id"]),
    )

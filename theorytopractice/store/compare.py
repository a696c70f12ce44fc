"""What does a source say anew, and what did planners change meanwhile? The three-way comparison of an import."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from theorytopractice.errors import InvalidPlan
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.validation import drop_repeated_links, is_link, validate
from theorytopractice.model.values import TextTable, natural, read_number
from theorytopractice.store import csv_file
from theorytopractice.store.edits import is_settled, with_dates, with_retargets
from theorytopractice.store.history import Register, RowChange, apply_changes, today_there
from theorytopractice.store.sources import (
    WHY,
    CellChange,
    Choice,
    Comparison,
    Outcome,
    Place,
    Source,
    Texts,
    format_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from theorytopractice.model.fields import Entity, Field
    from theorytopractice.store.history import RowReader


MEMORY = "source_row"
IDENTITY: dict[str, tuple[str, ...]] = {
    "owner": ("name", "unit"),
    "finding": ("kind", "statement"),
    "action": ("title", "site", "recorded_on"),
    "indicator": ("name", "unit"),
    "event": ("subject", "subject_id", "event", "happened_on"),
    "observation": ("indicator_id", "observed_on", "final"),
    "evidence": ("action_id", "finding_id", "dated_on", "uri", "description"),
}
"""What a row is known by that comes without a key of its own."""
LINKS = tuple(name for name, entity in ENTITIES.items() if is_link(entity))
ACCOUNTABLE = "accountable"
SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def compare(
    records: RowReader,
    source: Source,
    *,
    today: date,
    decide: Choice | str | Mapping[Place, str] = Choice.REFUSE,
) -> Comparison:
    """Compare what a source says with what it said and with the plan.

    Args:
        records: the rows of the plan.
        source: what comes.
        today: the day of the import, in the plan's zone.
        decide: what becomes of conflicts: ``refuse`` (they stay undecided), ``ours``, ``theirs``, or one of the two for
            each (table, key, column).

    Raises:
        ValueError: ``decide`` is none of these.
    """
    comparer = _Comparer(records, source, today, decide)
    for name in ENTITIES:
        if name in source.tables and not ENTITIES[name].is_memory:
            comparer.take(source.tables[name])
    comparer.end_links()
    comparer.list_gone()
    comparer.remember()
    return comparer.result


def import_changes(
    records: RowReader, source: Source, *, decide: Choice | str | Mapping[Place, str] = Choice.REFUSE
) -> Comparison:
    """Compare a source with the plan, and validate the plan as it would be; its problems stand among ``issues``.

    The errors of an import are looked for in its own rows first, so that they name file and line.

    Raises:
        InvalidPlan: the plan would have errors.
    """
    today = today_there(records)
    _refuse_repeated_keys(source, today)
    comparison = compare(records, source, today=today, decide=decide)
    if not comparison.changes:
        return comparison
    comparison.changes = with_retargets(records, comparison.changes)
    issues = validate(apply_changes(records.tables(), comparison.changes), today=today)
    if any(issue.is_error for issue in issues):
        in_source = [issue for issue in validate(source.tables, today=today) if issue.is_error]
        own = [issue for issue in in_source if issue.code not in ("E-REF", "E-REQ")]
        codes = {issue.code for issue in own}
        raise InvalidPlan(own + [one for one in issues if one.is_error and one.code not in codes])
    comparison.issues += issues
    return comparison


def _refuse_repeated_keys(source: Source, today: date) -> None:
    """Raise InvalidPlan where a source has two rows of one key."""
    repeated = any(
        max(Counter(key for key in table[table.entity.key[0]] if key).values(), default=1) > 1
        for table in source.tables.values()
        if table.entity.identifier
    )
    if repeated:
        issues = [issue for issue in validate(source.tables, today=today) if issue.code == "E-ID"]
        if issues:
            raise InvalidPlan(issues)


class _Comparer:
    """The state of one comparison."""

    def __init__(
        self, records: RowReader, source: Source, today: date, decide: Choice | str | Mapping[Place, str]
    ) -> None:
        self.records, self.source, self.today = records, source, today
        self.decide = decide if not isinstance(decide, str) else Choice(decide)
        self.result = Comparison(source.name, issues=list(source.issues))
        self.memory = _memory(records, source.name)
        base = _base(records, source)
        self.said = _said(self.memory, base)
        self.origin = base.superseded() if base is not None and source.in_copies else {}
        self.given: dict[str, dict[str, Texts]] = defaultdict(dict)
        self.rows: dict[str, dict[tuple[str, ...], Texts]] = {}
        self.after: dict[tuple[str, tuple[str, ...]], RowChange] = {}
        self.absent: dict[str, set[str]] = defaultdict(set)
        self.new_said: dict[tuple[str, str], Texts | None] = {}
        self._why_new = say(WHY["new"])
        self.register = Register(records.largest, _given_ids(source))

    def now(self, table: str) -> dict[tuple[str, ...], Texts]:
        """Return the rows of a table as they are, by key."""
        if table not in self.rows:
            there = self.records.where(table)
            self.rows[table] = dict(zip(there.keys(), there.rows(), strict=True))
        return self.rows[table]

    def take(self, table: TextTable) -> None:
        """Compare each row of a table."""
        entity, now = ENTITIES[table.entity.name], self.now(table.entity.name)
        own = {text for text in table[entity.key[0]] if text} if entity.identifier else set()
        match, given, said_of = _Matcher(entity, now, own), self.given[entity.name], self.said[entity.name]
        for texts, line in _rows(entity, table):
            key, memory_key = match.keys(texts)
            if memory_key in given:
                continue
            given[memory_key] = texts
            there, said = now.get(key) if key else None, said_of.get(memory_key)
            if there is not None and said is not None and _says_nothing_new(texts, said, there):
                self.result.n_same[entity.name] += 1
                continue
            row = _Row(entity, key, memory_key, texts, said, there, table.source, line)
            if any(self.absent.values()) and self._is_about_removed(row):
                continue
            if there is None:
                self._absent(row)
            else:
                self._present(row, there)

    def _is_about_removed(self, row: _Row) -> bool:
        """Leave out and list what refers to a row that planners removed."""
        for refers, key in _references(row.entity, row.texts):
            if key not in self.absent[refers]:
                continue
            if self._news(row):  # not remembered, so that it comes once the row it is about is back
                why = say(WHY["orphan"], table=say(ENTITIES[refers].label), key=key)
                self._list(row, "", Outcome.KEPT, why)
            return True
        return False

    def _news(self, row: _Row) -> Texts:
        """Return what a row says that the source did not say before."""
        said = row.said or {}
        return {
            name: text
            for name, text in row.texts.items()
            if text and not _comparer_of(row.entity, name)(said.get(name, ""), text)
        }

    def _absent(self, row: _Row) -> None:
        """A row that the plan does not have: it comes, or planners removed it."""
        if row.said is None:
            self._add(row, self._why_new)
            return
        news = self._news(row)
        choice = self._decided(row.entity.name, row.key_text, "") if news else Choice.OURS
        if choice is Choice.THEIRS:
            self._add(row, say(WHY["theirs"]))
            return
        if row.entity.identifier and row.key:
            self.absent[row.entity.name].add(row.key[0])
        is_open = choice is Choice.REFUSE
        why = "removed_changed" if is_open else "ours" if news else "removed"
        outcome = Outcome.CONFLICT if is_open else Outcome.KEPT
        self._list(
            row, "", outcome, say(WHY[why]), after="; ".join(f"{name}: {text}" for name, text in news.items())
        )
        self._remember(row, row.texts)

    def _add(self, row: _Row, why: str) -> None:
        """A row comes, unless another owner is accountable already."""
        if row.entity.name == "action_owner" and row.texts.get("role") == ACCOUNTABLE and self._is_taken(row):
            return
        texts = self.register.with_identifier(row.entity, row.texts)
        key = tuple(texts.get(name, "") for name in row.entity.key)
        after = _blank(row.entity.name) | texts
        if row.entity.name in self.source.recorded_when_new:
            after["recorded_on"] = after["recorded_on"] or self.today.isoformat()
        self.after[row.entity.name, key] = RowChange(row.entity.name, key, None, after)
        self._list(row, "", Outcome.ADDED, why, key=format_key(key))
        self._remember(row, row.texts)

    def _is_taken(self, row: _Row) -> bool:
        """Decide about a second accountable owner; tell whether the plan's stays."""
        action = row.texts["action_id"]
        others = [
            key
            for key in self.now("action_owner")
            if key[0] == action
            and key[2] == ACCOUNTABLE
            and key[1] != row.texts["owner_id"]
            and not self._is_own_link(key)
        ]
        if not others:
            return False
        choice = self._decided("action_owner", f"{action}/{ACCOUNTABLE}", "owner_id")
        cell = CellChange("action_owner", f"{action}/{ACCOUNTABLE}", "owner_id", others[0][1], None,
                          row.texts["owner_id"], Outcome.CONFLICT, say(WHY["both"]), row.file, row.line)  # fmt: skip
        if choice is Choice.THEIRS:
            for key in others:
                self.after["action_owner", key] = RowChange(
                    "action_owner", key, self.now("action_owner")[key], None
                )
            return False
        if choice is Choice.OURS:
            self._remember(row, row.texts)
            cell = _decided_cell(cell, Outcome.KEPT, say(WHY["ours"]))
        self.result.cells.append(cell)
        return True

    @cached_property
    def _given_owners(self) -> set[str]:
        """The keys of the owners' parts that the source gives now."""
        table = self.source.tables.get("action_owner")
        return set() if table is None else {format_key(key) for key in set(table.keys())}

    def _is_own_link(self, key: tuple[str, ...]) -> bool:
        """Tell whether a link is one that this source made and no longer gives: it will be ended."""
        text = format_key(key)
        return text in self.said["action_owner"] and text not in self._given_owners

    def _present(self, row: _Row, now: Texts) -> None:
        """Compare each cell of a row that the plan has."""
        taken: Texts = {}
        learned = dict(row.texts)
        for name, text in row.texts.items():
            if name in row.entity.key and not (row.entity.is_fact and name == row.entity.identifier):
                continue
            theirs = self._theirs(row, name, text)
            if theirs is None:
                continue
            ours = self._ours(row, name, now)
            outcome = self._judge(row, name, theirs, ours)
            if outcome is Outcome.CHANGED:
                taken[name] = theirs
            if outcome is Outcome.CONFLICT:
                learned.pop(name)
        changes = self._apply(row, now, taken)
        if not changes:
            self.result.n_same[row.entity.name] += not any(
                cell.key == row.key_text and cell.table == row.entity.name
                for cell in self.result.cells[-len(row.texts) :]
            )
        self._remember(row, learned)

    def _theirs(self, row: _Row, name: str, text: str) -> str | None:
        """Return what the source says of a cell; None where it says nothing."""
        before = (row.said or {}).get(name, "")
        if text:
            return text
        if before and (row.entity.name, name) in self.source.erase:
            return ""
        if before and row.now and row.now.get(name):
            self._list(row, name, Outcome.KEPT, say(WHY["blank"]))
        return None

    def _ours(self, row: _Row, name: str, now: Texts) -> str:
        """Return what the plan holds: of a due date the one that holds now, unless the source tells of the first one.

        A plan that comes back has both, the first due date in its cell and the re-datings as events.
        """
        if (row.entity.name, name) != ("action", "due"):
            return now.get(name, "")
        original, theirs = now.get("due", ""), row.texts["due"]
        is_unchanged = row.said is None or row.said.get("due", theirs) == theirs
        if self.source.exported or (is_unchanged and theirs == original):
            return original
        return self._current_due(now)

    def _current_due(self, action: Texts) -> str:
        """Return the due date of an action after all re-datings."""
        last = self._redates.get(action["action_id"])
        return last["due"] if last else action.get("due", "")

    @cached_property
    def _redates(self) -> dict[str, Texts]:
        """The last re-dating of each action."""
        events = [
            one
            for one in self.now("event").values()
            if (one["subject"], one["event"]) == ("action", "redate")
        ]
        events.sort(key=lambda one: (one["happened_on"], natural(one["event_id"])))
        return {one["subject_id"]: one for one in events}

    def _judge(self, row: _Row, name: str, theirs: str, ours: str) -> Outcome | None:
        """Say what becomes of one cell, and list it; None where both say the same."""
        same = _comparer_of(row.entity, name)
        before = None if row.said is None else row.said.get(name)
        origin = self.origin.get((row.entity.name, row.memory_key), {}).get(name, before)
        if same(theirs, ours):
            return None
        if any(one is not None and same(theirs, one) for one in (before, origin)):
            outcome, why = Outcome.KEPT, "planners"
        elif not ours and not before:
            outcome, why = Outcome.CHANGED, "filled"
        elif before is not None and same(ours, before) and same(before, origin or ""):
            outcome, why = Outcome.CHANGED, "source" if theirs else "erased"
        else:
            outcome, why = {
                Choice.REFUSE: (Outcome.CONFLICT, "unknown" if before is None else "both"),
                Choice.OURS: (Outcome.KEPT, "ours"),
                Choice.THEIRS: (Outcome.CHANGED, "theirs"),
            }[self._decided(row.entity.name, row.key_text, name)]
        self._list(row, name, outcome, say(WHY[why]), now=ours, after=theirs)
        return outcome

    def _decided(self, table: str, key: str, column: str) -> Choice:
        if isinstance(self.decide, Choice):
            return self.decide
        return Choice(self.decide.get((table, key, column), Choice.REFUSE))

    def _apply(self, row: _Row, now: Texts, taken: Texts) -> list[RowChange]:
        """Turn the cells that are taken into row changes."""
        changes: list[RowChange] = []
        if is_settled(RowChange(row.entity.name, row.key, now, now | taken), self.today):
            changes.append(self._redate(row, taken.pop("due")))
        if row.entity.name == "observation" and taken and self._is_older_value(now):
            changes.append(self._newer_value(row, now, taken))
            taken = {}
        if taken:
            after = with_dates(self.records, row.entity, now, now | taken)
            changes.append(RowChange(row.entity.name, row.key, now, after))
        for change in changes:
            self.after[change.entity, change.key] = change
        return changes

    def _redate(self, row: _Row, due: str) -> RowChange:
        """Return the event by which an action gets another due date."""
        happened_on, reason = self.source.redates.get(row.key[0], ("", ""))
        event = {
            "subject": "action",
            "subject_id": row.key[0],
            "event": "redate",
            "happened_on": happened_on or self.today.isoformat(),
            "recorded_on": self.today.isoformat() if happened_on else "",
            "due": due,
            "reason": reason or say("{source} gives another due date", source=self.source.name),
        }
        self._mark(row, "due", Outcome.REDATED, say(WHY["redate"]))
        return self._new_fact("event", event)

    def _is_older_value(self, value: Texts) -> bool:
        return (value.get("recorded_on") or value["observed_on"]) < self.today.isoformat()

    def _newer_value(self, row: _Row, now: Texts, taken: Texts) -> RowChange:
        """Return the newer row by which a value is corrected."""
        for name in taken:
            self._mark(row, name, Outcome.CORRECTED, say(WHY["newer"]))
        return self._new_fact(
            "observation", {**now, **taken, "observation_id": "", "recorded_on": self.today.isoformat()}
        )

    def _new_fact(self, table: str, texts: Texts) -> RowChange:
        entity = ENTITIES[table]
        row = self.register.with_identifier(entity, dict.fromkeys(entity.columns, "") | texts)
        return RowChange(table, (row[entity.key[0]],), None, row)

    def end_links(self) -> None:
        """End each link that the source made and gives another in place of; a planner's own stays."""
        for table in LINKS:
            given = self.given[table]
            places = {_slot(table, texts) for texts in given.values()}
            for memory_key, said in self.said[table].items():
                if memory_key in given:
                    continue
                key = tuple(said.get(name, "") for name in ENTITIES[table].key)
                if _slot(table, said) not in places and not self._is_erased(table, said):
                    continue
                now = self.now(table).get(key)
                if now is not None:
                    self.after[table, key] = RowChange(table, key, now, None)
                    self.result.cells.append(
                        CellChange(
                            table,
                            format_key(key),
                            "",
                            memory_key,
                            memory_key,
                            "",
                            Outcome.ENDED,
                            say(WHY["ended"]),
                        )
                    )
                self.new_said[table, memory_key] = None

    def _is_erased(self, table: str, said: Texts) -> bool:
        """Tell whether a blank ends a link of this table, and the row it belongs to is still given."""
        entity = ENTITIES[table]
        subject = entity.fields[0].refers
        return (
            any(one == table for one, _ in self.source.erase)
            and said.get(entity.key[0], "") in self.given[subject]
        )

    def list_gone(self) -> None:
        """List each row that the source no longer has, and record what the mapping says that this means."""
        for table, given in list(self.given.items()):
            if table in LINKS and not self.source.exported:
                continue
            for memory_key, said in self.said[table].items():
                if memory_key not in given and self._is_missed(table, said):
                    self._gone(table, memory_key, said)

    def _is_missed(self, table: str, said: Texts) -> bool:
        """Tell whether a row ought to be there: a fact only where its source still speaks of the time around it.

        What was written from the plan had every row of a table.
        """
        if self.source.exported:
            key = tuple(said.get(name, "") for name in ENTITIES[table].key)
            return key in self.now(table) and not self._is_ended(table, key)
        if not ENTITIES[table].is_fact:
            return True
        day = {"event": "happened_on", "observation": "observed_on", "evidence": "dated_on"}[table]
        about = [one for one in self.given[table].values() if _subject(table, one) == _subject(table, said)]
        days = [one.get(day, "") for one in about]
        if not days:
            return False
        last = max(days)
        return last < said.get(day, "") if table == "event" else min(days) < said.get(day, "") < last

    def _is_ended(self, table: str, key: tuple[str, ...]) -> bool:
        change = self.after.get((table, key))
        return change is not None and change.after is None

    def _gone(self, table: str, memory_key: str, said: Texts) -> None:
        entity = ENTITIES[table]
        meaning = self.source.gone.get(table, {})
        key = memory_key if table in LINKS else said.get(entity.key[0], "") or memory_key
        why = WHY["gone"]
        if meaning and table in ("finding", "action") and (key,) in self.now(table):
            why = WHY["gone_event"]
            event = {"subject": table, "subject_id": key, "happened_on": self.today.isoformat(), **meaning}
            if not any(
                all(one.get(name) == event[name] for name in ("subject", "subject_id", "event"))
                for one in self.now("event").values()
            ):
                change = self._new_fact("event", event)
                self.after[change.entity, change.key] = change
        if entity.is_fact:
            self.new_said[table, memory_key] = None
        self.result.cells.append(
            CellChange(table, key, "", memory_key, memory_key, "", Outcome.GONE, say(why))
        )

    def remember(self) -> None:
        """Close the comparison: the changes of the rows, and of what the source said."""
        rows = []
        for (table, memory_key), said in self.new_said.items():
            before = self.memory.get(table, {}).get(memory_key)
            key = (self.source.name, table, memory_key)
            if said is None:
                if before is not None:
                    rows.append(RowChange(MEMORY, key, before, None))
                continue
            if before is not None and said == self.said[table].get(memory_key):
                continue
            text = SORTED(said)
            if before is None or before["said"] != text:
                after = dict(zip(ENTITIES[MEMORY].columns, (*key, text, self.today.isoformat()), strict=True))
                rows.append(RowChange(MEMORY, key, before, after))
        self.result.changes = [*self.after.values(), *rows]

    def _remember(self, row: _Row, texts: Texts) -> None:
        """Note what the source says of a row; a blank cell leaves what it said before."""
        if not row.said:
            self.new_said[row.entity.name, row.memory_key] = {
                name: text for name, text in texts.items() if text
            }
            return
        erased = {
            name for name, text in texts.items() if not text and (row.entity.name, name) in self.source.erase
        }
        kept = {name: text for name, text in row.said.items() if name not in erased}
        self.new_said[row.entity.name, row.memory_key] = kept | {
            name: text for name, text in texts.items() if text
        }

    def _list(self, row: _Row, column: str, outcome: Outcome, why: str, **texts: str) -> None:
        """List a cell; ``texts`` may give ``now``, ``after`` and ``key``."""
        before = None if row.said is None else row.said.get(column)
        now = texts.get("now", (row.now or {}).get(column, ""))
        key = texts.get("key") or row.key_text
        self.result.cells.append(
            CellChange(
                row.entity.name,
                key,
                column,
                now,
                before,
                texts.get("after", ""),
                outcome,
                why,
                row.file,
                row.line,
            )
        )

    def _mark(self, row: _Row, column: str, outcome: Outcome, why: str) -> None:
        """Say of a cell that was judged what really becomes of it."""
        cells = self.result.cells
        for position in range(len(cells) - 1, -1, -1):
            cell = cells[position]
            if cell.place == (row.entity.name, row.key_text, column):
                cells[position] = _decided_cell(cell, outcome, why)
                return


@dataclass(slots=True)
class _Row:
    """One row that comes: its key in the plan (empty where the plan gives one), under which key the source is remembered."""

    entity: Entity
    key: tuple[str, ...]
    memory_key: str
    texts: Texts
    said: Texts | None
    now: Texts | None
    file: str
    line: int | None

    @property
    def key_text(self) -> str:
        """The key as people write it."""
        return format_key(self.key) if self.key else self.memory_key


def _says_nothing_new(texts: Texts, said: Texts, there: Texts) -> bool:
    """Tell at a glance that a row, its memory and the plan agree; a blank cell must have been blank before."""
    return all(
        there.get(name, "") == text == said.get(name, "") if text else not said.get(name)
        for name, text in texts.items()
    )


class _Matcher:
    """Finds the row of the plan that a row without a key of its own is."""

    def __init__(self, entity: Entity, rows: Mapping[tuple[str, ...], Texts], own: set[str]) -> None:
        """Look among the rows of the plan, but for those whose keys the source gives itself."""
        self.entity, self.rows, self.own = entity, rows, own
        self.columns = tuple((name, entity[name].default or "") for name in IDENTITY.get(entity.name, ()))
        self._seen: dict[tuple[str, ...], list[Texts]] = {}

    def keys(self, texts: Texts) -> tuple[tuple[str, ...], str]:
        """Return the key of a row in the plan, empty where there is none yet, and the key that the source is remembered by."""
        entity = self.entity
        if not entity.identifier or texts.get(entity.identifier):
            key = tuple(texts.get(name, "") for name in entity.key)
            return key, format_key(key)
        identity = self._identity(texts)
        n = self._number(identity, texts)
        matches = self.index.get(identity, [])
        if entity.name == "observation":
            key = matches[-1] if matches else ()
        else:
            key = matches[n - 1] if len(matches) >= n else ()
        return key, format_key(identity) + (f" #{n}" if n > 1 else "")

    def _number(self, identity: tuple[str, ...], texts: Texts) -> int:
        """Number the rows that are known by the same; the same fact twice is one fact."""
        seen = self._seen.setdefault(identity, [])
        if self.entity.is_fact and texts in seen:
            return seen.index(texts) + 1
        seen.append(texts)
        return len(seen)

    def _identity(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        parts = tuple([texts.get(name) or default for name, default in self.columns])
        return parts if self.entity.is_fact else tuple(map(comparable, parts))

    @cached_property
    def index(self) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
        """The rows of the plan by what they are, the newest last."""
        index: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for key, row in self.rows.items():
            if key[0] not in self.own:
                index.setdefault(self._identity(row), []).append(key)
        for keys in index.values():
            if len(keys) > 1:
                keys.sort(key=lambda key: (self.rows[key].get("recorded_on", ""), natural(key[0])))
        return index


def _decided_cell(cell: CellChange, outcome: Outcome, why: str) -> CellChange:
    return CellChange(*cell.place, cell.now, cell.before, cell.after, outcome, why, cell.file, cell.line)


def _memory(records: RowReader, source: str) -> dict[str, dict[str, Texts]]:
    """Return what the source said last, as rows, by table and key."""
    memory: dict[str, dict[str, Texts]] = defaultdict(dict)
    for row in records.where(MEMORY, source=(source,)).rows():
        memory[row["table"]][row["key"]] = row
    return memory


def _said(memory: Mapping[str, Mapping[str, Texts]], base: _Base | None) -> dict[str, dict[str, Texts]]:
    """Return the cells that the source said last by table and key.

    What stood in the plan when the source was written counts, unless the source was imported since.
    """
    said: dict[str, dict[str, Texts]] = defaultdict(dict)
    if base is not None:
        for name, rows in base.rows.items():
            said[name] = {format_key(key): row for key, row in rows.items()}
    for name, remembered in memory.items():
        for key, row in remembered.items():
            if base is None or key not in said[name] or (name, key) in base.newer:
                said[name][key] = said[name].get(key, {}) | dict(json.loads(row["said"]))
    return said


@dataclass(frozen=True, slots=True)
class _Base:
    """A plan as it was when a source was written, and which rows the source was imported to since."""

    rows: dict[str, dict[tuple[str, ...], Texts]]
    newer: set[tuple[str, str]]

    def superseded(self) -> dict[tuple[str, str], Texts]:
        """Return the rows as they were written, of those to which an import under the same name said more since.

        Copies of one export come back one after the other: what a copy says as it was written it does not say anew.
        """
        written = {
            (table, format_key(key)): row for table, rows in self.rows.items() for key, row in rows.items()
        }
        return {place: written[place] for place in self.newer if place in written}


def _base(records: RowReader, source: Source) -> _Base | None:
    """Return the plan as it was when the source was written; None where it was not written from this plan."""
    if source.exported is None:
        return None
    number, made_at = source.exported
    changes = [one for one in records.changes_from(number) if one.change_id >= number]
    if not changes or changes[0].change_id != number or changes[0].made_at != made_at:
        return None
    rows = {}
    for name in source.tables:
        there = records.where(name)
        rows[name] = dict(zip(there.keys(), there.rows(), strict=True))
    newer = set()
    for row in (row for change in reversed(changes[1:]) for row in reversed(change.rows)):
        if row.entity == MEMORY and row.key[0] == source.name:
            newer.add((row.key[1], row.key[2]))
        elif row.entity in rows and row.before is None:
            rows[row.entity].pop(row.key, None)
        elif row.entity in rows and row.before is not None:
            rows[row.entity][row.key] = dict(row.before)
    return _Base(rows, newer)


def _rows(entity: Entity, table: TextTable) -> Iterator[tuple[Texts, int | None]]:
    """Return the rows that come, as every store would give them back, each with its line."""
    rows = csv_file.canonical_rows(table)
    lines: Sequence[int | None] = table.lines or [None] * len(rows)
    if is_link(entity) and len({tuple(row.get(name, "") for name in entity.key) for row in rows}) < len(rows):
        merged = drop_repeated_links(TextTable.of(entity, rows)).rows()
        return zip(merged, [None] * len(merged), strict=True)
    return zip(rows, lines, strict=True)


@cache
def _blank(table: str) -> Texts:
    """Return a row with nothing in it, to be copied."""
    return dict.fromkeys(ENTITIES[table].columns, "")


def _given_ids(source: Source) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, table in source.tables.items()
        if ENTITIES[name].identifier
        for text in table[ENTITIES[name].key[0]]
        if text
    ]


def _references(entity: Entity, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return (table, key) of each row that a row names."""
    for one in entity.fields:
        if one.refers and texts.get(one.name):
            yield one.refers, texts[one.name]
    if entity.name == "event" and texts.get("subject") in ENTITIES:
        yield texts["subject"], texts.get("subject_id", "")


def _slot(table: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the place of a link: the row that it belongs to and its role."""
    first = texts.get(ENTITIES[table].key[0], "")
    return first, texts.get("role") or texts.get("relation") or texts.get("action_id", "")


def _subject(table: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a fact is about."""
    names = {
        "event": ("subject", "subject_id"),
        "observation": ("indicator_id",),
        "evidence": ("action_id", "finding_id"),
    }
    return tuple(texts.get(name, "") for name in names[table])


def _comparer_of(entity: Entity, name: str) -> Callable[[str, str], bool]:
    """Return what tells whether two cells of a column say the same: 80 and 80.0 do, an empty cell means the default."""
    return _comparers(entity.name).get(name, str.__eq__)


@cache
def _comparers(table: str) -> dict[str, Callable[[str, str], bool]]:
    return {one.name: _comparer(one) for one in ENTITIES[table].fields}


def _comparer(field: Field) -> Callable[[str, str], bool]:
    default = field.default or ""
    is_number = field.type in (ValueType.NUMBER, ValueType.VALUE, ValueType.INTEGER)

    def same(text: str, other: str) -> bool:
        if text == other:
            return True
        text, other = text or default, other or default
        return text == other or (is_number and _number(text) == _number(other))

    return same


def _number(text: str) -> Decimal | str:
    try:
        return read_number(text)
    except ValueError:
        return text

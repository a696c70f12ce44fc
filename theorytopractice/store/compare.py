"""What does a source say anew, and what did planners change meanwhile? The three-way comparison of an import."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from theorytopractice.errors import InvalidPlan, quote
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.validation import drop_repeated_links, is_link, validate
from theorytopractice.model.values import TextTable, natural
from theorytopractice.store import csv_file
from theorytopractice.store.corrected_dates import PAST, Facts, about, plain_value
from theorytopractice.store.edits import OF_ITS_DAY, is_settled, with_dates, with_retargets
from theorytopractice.store.history import Register, RowChange, apply_changes, today_there
from theorytopractice.store.matching import Matcher
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

    from theorytopractice.model.fields import Entity, Field
    from theorytopractice.store.history import RowReader


_Coming = tuple[Texts, "int | None", str, tuple[str, ...]]
MEMORY = "source_row"
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
    """Compare a source with the plan, and validate the plan as it would be; its problems stand among ``warnings``.

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
    unknown = {(name, column) for name, table in source.tables.items() for column in table.unknown}
    for issue in issues:  # a column that no table has is one that this source brings
        is_own = issue.code == "W-UNKNOWN" and (issue.table, issue.column) in unknown
        (comparison.issues if is_own else comparison.warnings).append(issue)
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
        self.memory = _Memory(records, source.name)
        base = _base(records, source)
        self.said = _said(self.memory, base)
        self.origin = base.superseded() if base is not None and source.in_copies else {}
        self.given: dict[str, dict[str, Texts]] = defaultdict(dict)
        self.rows: dict[str, dict[tuple[str, ...], Texts]] = {}
        self.after: dict[tuple[str, tuple[str, ...]], RowChange] = {}
        self.absent: dict[str, set[str]] = defaultdict(set)
        self.new_said: dict[tuple[str, str], Texts | None] = {}
        self.match: dict[str, Matcher] = {}
        self.facts: dict[str, Facts] = {}
        self.spoken_of: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        """The rows of the plan of which the source still says something, by table."""
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
        said_of = self.said[entity.name]
        match = self.match[entity.name] = Matcher(entity, now, own, said_of)
        rows = self._rows_that_come(match, table)
        corrected = self._corrected(entity, match, rows)
        if corrected:
            rows = [
                (texts, line, one, match.key_of_said(corrected[one]) if one in corrected else key)
                for texts, line, one, key in rows
            ]
        self.spoken_of[entity.name].update([key for *_, key in rows])
        known = [
            (said_of.get(corrected.get(one, one)), now.get(key) if key else None) for _, _, one, key in rows
        ]
        same = _says_nothing_new(entity, [texts for texts, *_ in rows], known)
        self.result.n_same[entity.name] += sum(same)
        for (texts, line, memory_key, key), (said, there), is_same in zip(rows, known, same, strict=True):
            if memory_key in corrected:
                self.new_said[entity.name, corrected[memory_key]] = None
            if not is_same:
                row = _Row(entity, key, memory_key, texts, said, there, table.source, line)
                self._take_row(row)

    def _take_row(self, row: _Row) -> None:
        """Compare a row of which the source says something new, or the plan something else."""
        if any(self.absent.values()) and self._is_about_removed(row):
            return
        if row.now is None:
            self._absent(row)
        else:
            self._present(row, row.now)

    def _rows_that_come(self, match: Matcher, table: TextTable) -> list[_Coming]:
        """Return the rows of a table once each, with the key that the source is remembered by and that of the plan."""
        given = self.given[match.entity.name]
        come, lines = _rows(match.entity, table)
        rows = []
        for texts, line, memory_key in zip(come, lines, match.memory_keys(come), strict=True):
            if memory_key not in given:
                given[memory_key] = texts
                rows.append((texts, line, memory_key))
        keys = match.keys([texts for texts, *_ in rows], [memory_key for *_, memory_key in rows])
        return [(*row, key) for row, key in zip(rows, keys, strict=True)]

    def _corrected(self, entity: Entity, match: Matcher, rows: Sequence[_Coming]) -> dict[str, str]:
        """Return the facts that were given another date: by the key of what is new that of what is gone."""
        said, now = self.said[entity.name], match.rows
        if not entity.is_fact or said.keys() <= self.given[entity.name].keys():  # nothing is gone
            return {}
        unknown = [key for _, _, key, found in rows if key not in said and found not in now]
        facts = Facts(entity.name, said, self.given[entity.name], unknown)
        self.facts[entity.name] = facts
        if not (unknown and facts.said):
            return {}
        pairs = facts.corrected(self.now("event").values())
        read_on = self.memory.last_read(entity.name) or "9999-12-31"
        return {new: gone for new, gone in pairs.items() if not facts.is_after(new, read_on)}

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
        self.spoken_of[row.entity.name].add(key)
        text = format_key(key)
        self._list(row, "", Outcome.ADDED, why, key=row.memory_key if text == row.memory_key else text)
        self._remember(row, row.texts, key)

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
            if name in row.entity.key:
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
        newer = [one.key for one in changes if one.before is None and one.entity == row.entity.name]
        self._remember(row, learned, newer[0] if newer else row.key)

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
            outcome, why = (
                Outcome.CHANGED,
                "erased" if not theirs else "fact" if row.entity.is_fact else "source",
            )
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
        moved = {
            name: taken.pop(name) for name in OF_ITS_DAY if row.entity.name == "observation" and name in taken
        }
        if moved:
            changes += self._moved_values(now, moved)
            now = now | moved
        if row.entity.name == "observation" and taken and self._is_older_value(now):
            changes.append(self._newer_value(row, now, taken))
            taken = {}
        if taken:
            after = with_dates(self.records, row.entity, now, now | taken)
            changes.append(RowChange(row.entity.name, row.key, row.now, after))
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

    def _moved_values(self, now: Texts, moved: Texts) -> list[RowChange]:
        """Return the changes by which a value belongs to another day or indicator: all rows that corrected it go there."""
        of_its_day = Matcher(ENTITIES["observation"], self.now("observation"), set(), {})
        keys = of_its_day.same(now)
        rows = {key: self.now("observation")[key] for key in keys}
        earlier = {key: self.after.get(("observation", key)) for key in keys}
        return [
            RowChange("observation", key, rows[key], ((one and one.after) or rows[key]) | moved)
            for key, one in earlier.items()
        ]

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
                now = self.now(table).get(key)
                if _slot(table, said) not in places and not self._is_erased(table, said):
                    if now is not None and not self.source.exported and self._is_still_given(table, said):
                        self._unsaid(table, memory_key)
                    continue
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

    def _unsaid(self, table: str, key: str) -> None:
        """List a link that the source no longer gives, with nothing in its place: as a blank cell it erases nothing."""
        why = say(WHY["unsaid"], link=quote(key))
        self.result.cells.append(CellChange(table, key, "", key, key, "", Outcome.KEPT, why))

    def _is_still_given(self, table: str, said: Texts) -> bool:
        """Tell whether the source still speaks of links of this sort, and of the row to which this one belongs."""
        field = ENTITIES[table].fields[0]
        is_gone = (
            field.refers in self.source.tables and said.get(field.name, "") not in self.given[field.refers]
        )
        return table in self.source.tables and not is_gone

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
                is_corrected = (table, memory_key) in self.new_said
                if memory_key not in given and not is_corrected and self._is_missed(table, memory_key, said):
                    self._gone(table, memory_key)

    def _is_missed(self, table: str, memory_key: str, said: Texts) -> bool:
        """Tell whether a row ought to be there: a fact only where its source still speaks of the time around it.

        What was written from the plan had every row of a table.
        """
        if table in LINKS:
            key = tuple(said.get(name, "") for name in ENTITIES[table].key)
            return key in self.now(table) and not self._is_ended(table, key)
        key = self.match[table].key_of_said(memory_key)
        if not key or key in self.spoken_of[table]:
            return False
        if self.source.exported or table not in self.facts:
            return True
        facts = self.facts[table]
        if memory_key not in facts.said:
            return False
        if facts.is_past(memory_key):
            self.new_said[table, memory_key] = said | {PAST: "true"}
            return False
        return facts.is_missed(memory_key, is_subject_given=self._is_subject_given(table, said))

    def _is_subject_given(self, table: str, said: Texts) -> bool:
        """Tell whether the source still has the row that a fact is about."""
        named = [(refers, key) for refers, key in _references(ENTITIES[table], said) if refers in self.given]
        return bool(about(table, said)) and any(key in self._own_keys(refers) for refers, key in named)

    def _own_keys(self, table: str) -> set[str]:
        """Return the keys of the rows that the source gives now, as the plan has them."""
        return {key[0] for key in self.spoken_of[table] if key}

    def _is_ended(self, table: str, key: tuple[str, ...]) -> bool:
        change = self.after.get((table, key))
        return change is not None and change.after is None

    def _gone(self, table: str, memory_key: str) -> None:
        entity = ENTITIES[table]
        meaning = self.source.gone.get(table, {})
        key = memory_key if table in LINKS else format_key(self.match[table].key_of_said(memory_key))
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
        """Close the comparison: the changes of the rows, and of what the source said.

        What was needed to compare is let go first, and what is written as soon as it is: together they are the most memory.
        """
        for needless in (self.given, self.rows, self.match, self.facts, self.spoken_of):
            needless.clear()
        rows = []
        for table, memory_key in [*self.new_said]:
            said = self.new_said.pop((table, memory_key))
            before = self.memory.row(table, memory_key)
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

    def _remember(self, row: _Row, texts: Texts, key: tuple[str, ...] = ()) -> None:
        """Note what the source says of a row, and the key that the plan has for it; a blank cell leaves what it said before."""
        said = {name: text for name, text in texts.items() if text}
        if row.said:
            erase = {name for table, name in self.source.erase if table == row.entity.name}
            kept = row.said.items()
            said = {
                name: text
                for name, text in kept
                if name != PAST and (name not in erase or texts.get(name, text))
            } | said
        if row.entity.identifier and key:
            said[row.entity.identifier] = key[0]
        self.new_said[row.entity.name, row.memory_key] = said

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


def _says_nothing_new(
    entity: Entity, rows: Sequence[Texts], known: Sequence[tuple[Texts | None, Texts | None]]
) -> list[bool]:
    """Tell of each row, column by column, whether it, its memory and the plan agree; a blank cell must have been blank before.

    Args:
        entity: their table.
        rows: what the source says, all with the same columns.
        known: what it said of each row, and the row of the plan; None where there is none.
    """
    same = [said is not None and there is not None and PAST not in said for said, there in known]
    saids = [said or {} for said, _ in known]
    theres = [there or {} for _, there in known]
    named = set().union(*saids)
    for name in (one for one in (rows[0] if rows else ()) if one != entity.identifier):
        texts = [row[name] for row in rows]
        is_filled = any(texts)
        if not (is_filled or name in named):
            continue
        before = [said.get(name, "") for said in saids]
        now = [there.get(name, "") for there in theres] if is_filled else before
        if texts == before == now:
            continue
        for place, text in enumerate(texts):
            if (text != before[place] or text != now[place]) if text else before[place]:
                same[place] = False
    return same


def _decided_cell(cell: CellChange, outcome: Outcome, why: str) -> CellChange:
    return CellChange(*cell.place, cell.now, cell.before, cell.after, outcome, why, cell.file, cell.line)


class _Memory:
    """What the plan remembers of a source: what it said last of each row, by table and key."""

    def __init__(self, records: RowReader, source: str) -> None:
        """Read the rows, which stay as they are read until one is wanted."""
        self._rows = records.where(MEMORY, source=(source,))
        self._places: dict[str, dict[str, int]] = defaultdict(dict)
        for place, (table, key) in enumerate(zip(self._rows["table"], self._rows["key"], strict=True)):
            self._places[table][key] = place

    def said(self) -> dict[str, dict[str, Texts]]:
        """Return the cells that the source said, by table and key; read as one text, names of cells are kept once."""
        cells = json.loads(f"[{','.join(self._rows['said'])}]")
        return {
            table: {key: cells[place] for key, place in places.items()}
            for table, places in self._places.items()
        }

    def row(self, table: str, key: str) -> Texts | None:
        """Return what is remembered as a row; None where the source never spoke of this."""
        place = self._places.get(table, {}).get(key)
        return None if place is None else {name: cells[place] for name, cells in self._rows.columns.items()}

    def last_read(self, table: str) -> str:
        """Return the last day on which something new was read of a table, empty where nothing was."""
        days = self._rows["said_on"]
        return max((days[place] for place in self._places.get(table, {}).values()), default="")


def _said(memory: _Memory, base: _Base | None) -> dict[str, dict[str, Texts]]:
    """Return the cells that the source said last by table and key.

    What stood in the plan when the source was written counts, unless the source was imported since.
    """
    said: dict[str, dict[str, Texts]] = defaultdict(dict)
    if base is None:
        said.update(memory.said())
        return said
    for name, rows in base.rows.items():
        said[name] = {format_key(key): row for key, row in rows.items()}
    for name, remembered in memory.said().items():
        for key, cells in remembered.items():
            if key not in said[name] or (name, key) in base.newer:
                said[name][key] = said[name].get(key, {}) | cells
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


def _rows(entity: Entity, table: TextTable) -> tuple[list[Texts], Sequence[int | None]]:
    """Return the rows that come, as every store would give them back, and the line of each."""
    rows = csv_file.canonical_rows(table)
    if is_link(entity) and len({tuple(row.get(name, "") for name in entity.key) for row in rows}) < len(rows):
        rows = drop_repeated_links(TextTable.of(entity, rows)).rows()
        return rows, [None] * len(rows)
    return rows, table.lines or [None] * len(rows)


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
        return text == other or (is_number and plain_value(text) == plain_value(other))

    return same

"""What is a change: which rows it asks for, what it makes of them, who made it when, and how is it taken back?

An edit reads a few rows, never the whole plan unless it must, and returns the row changes that are made together.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from theorytopractice import clock
from theorytopractice.errors import ConflictError, InvalidPlan, Issue, UnknownName, quote
from theorytopractice.i18n import PARTS, say, say_in_turn
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.settings import Settings
from theorytopractice.model.values import LONGEST_KEY, TextTable, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    import pandas as pd

    from theorytopractice.model.fields import Entity


LONGEST_SHOWN = 60
QUOTED = json.encoder.encode_basestring  # a text as JSON, letters of all languages as they are
COLUMNS = ("change_id", "made_at", "made_by", "what", "undoes", "entity", "key", "before", "after")


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row before and after a change; None where it did not exist. Cells are texts."""

    entity: str
    key: tuple[str, ...]
    before: dict[str, str] | None
    after: dict[str, str] | None

    def difference(self) -> str:
        """Say in words what became of the row."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        names = [name for name in self.after if self.after[name] != self.before.get(name, "")]
        return "; ".join(
            f"{name}: {_short(self.before.get(name, ''))} → {_short(self.after[name])}" for name in names
        )

    def names(self, row_ids: Collection[str]) -> bool:
        """Tell whether one of some identifiers is the row's own, or stood or stands in one of its cells."""
        held = {*self.key, *(self.before or {}).values(), *(self.after or {}).values()}
        return not held.isdisjoint(row_ids)

    def replaces(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row of the same key is the one that this change takes away."""
        return self.before is not None and is_same(self.before, row)

    def inverse(self) -> RowChange:
        """Return the change that takes this one back."""
        return RowChange(self.entity, self.key, self.after, self.before)


def _short(text: str) -> str:
    """Quote a cell on one line, cut where it is long."""
    flat = " ".join(text.split())
    return f"“{flat[:LONGEST_SHOWN]}…”" if len(flat) > LONGEST_SHOWN else f"“{flat}”"


@dataclass(frozen=True, slots=True)
class Head:
    """Who made a change, when, and how many rows it touched."""

    change_id: int
    made_at: str
    made_by: str
    what: str
    undoes: int | None
    n_rows: int


@dataclass(frozen=True, slots=True)
class Change:
    """All that was changed at once."""

    change_id: int
    made_at: str
    made_by: str
    what: str
    undoes: int | None
    rows: Sequence[RowChange]

    @classmethod
    def now(
        cls, change_id: int, made_by: str, what: str, rows: Sequence[RowChange], undoes: int | None
    ) -> Change:
        """Make a change that happens at this moment (UTC)."""
        made_at = clock.now().isoformat(timespec="seconds")
        return cls(change_id, made_at, made_by, what, undoes, rows)

    @property
    def head(self) -> Head:
        """The change without its rows."""
        return Head(self.change_id, self.made_at, self.made_by, self.what, self.undoes, len(self.rows))

    def texts(self) -> list[dict[str, str]]:
        """Write the change as rows of texts, one for each row that it touched."""
        head = {
            "change_id": str(self.change_id),
            "made_at": self.made_at,
            "made_by": self.made_by,
            "what": self.what,
            "undoes": "" if self.undoes is None else str(self.undoes),
        }
        return [
            {
                **head,
                "entity": row.entity,
                "key": as_json(list(row.key)),
                "before": as_json(row.before),
                "after": as_json(row.after),
            }
            for row in self.rows
        ]


class Version(NamedTuple):
    """Which file a plan is in, and its last change: its number, and when, by whom and what was done."""

    place: tuple[int, ...]
    number: int
    head: tuple[str, ...]


def is_same(row: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two rows have the same texts; a missing cell is an empty one."""
    return all(row.get(name, "") == other.get(name, "") for name in {*row, *other})


def as_json(value: Mapping[str, str] | Sequence[str] | None) -> str:
    """Write the cells of a row, or the parts of a key, as JSON; None as empty text.

    They are texts only, which is all that makes this several times faster than json.dumps, letter by letter the same.

    >>> as_json({"name": "Ann", "note": "“é”"}), as_json(["F-1"]), as_json(None)
    ('{"name": "Ann", "note": "“é”"}', '["F-1"]', '')
    """
    if value is None:
        return ""
    if isinstance(value, Mapping):
        begins = _begins(tuple(value))
        cells = [begin + QUOTED(text) for begin, text in zip(begins, value.values(), strict=True)]
        return "{" + ", ".join(cells) + "}"
    return "[" + ", ".join(map(QUOTED, value)) + "]"


@lru_cache(maxsize=1000)
def _begins(names: tuple[str, ...]) -> list[str]:
    """Return what stands before each cell of a row with these columns."""
    return [f"{QUOTED(name)}: " for name in names]


def from_texts(rows: Iterable[dict[str, str]]) -> list[Change]:
    """Read changes from rows of texts, in order."""
    changes: dict[int, Change] = {}
    for row in rows:
        number = int(row["change_id"])
        undoes = int(row["undoes"]) if row["undoes"] else None
        change = changes.setdefault(
            number, Change(number, row["made_at"], row["made_by"], row["what"], undoes, [])
        )
        before, after = (dict(json.loads(row[side])) if row[side] else None for side in ("before", "after"))
        if row["entity"] not in ENTITIES:
            raise ValueError(row["entity"])
        list.append(change.rows, RowChange(row["entity"], tuple(json.loads(row["key"])), before, after))  # type: ignore[arg-type]
    return list(changes.values())


def apply_changes(tables: Mapping[str, TextTable], rows: Sequence[RowChange]) -> dict[str, TextTable]:
    """Return the tables as they are after some row changes."""
    after = dict(tables)
    for name in {row.entity for row in rows}:
        table = tables[name]
        touched = {row.key: row for row in rows if row.entity == name}
        kept = [
            row
            for key, row in zip(table.keys(), table.rows(), strict=True)
            if key not in touched or not touched[key].replaces(row)
        ]
        come = [row.after for row in rows if row.entity == name and row.after is not None]
        after[name] = TextTable.of(ENTITIES[name], kept + come, table.source)
    return after


def as_frame(changes: Iterable[Change], row_ids: Collection[str] | None = None) -> pd.DataFrame:
    """Show changes as a frame, one row for each row touched; only those of some rows if their ids are given."""
    import pandas as pd

    rows = [
        {**texts, "key": "/".join(part for part in row.key if part), "difference": row.difference()}
        for change in changes
        for row, texts in zip(change.rows, change.texts(), strict=True)
        if row_ids is None or row.names(row_ids)
    ]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "difference"], dtype="str")
    return frame.astype({"change_id": "int64"})


def as_heads(heads: Iterable[Head]) -> pd.DataFrame:
    """Show the heads of changes as a frame."""
    import pandas as pd

    names = [field.name for field in fields(Head)]
    frame = pd.DataFrame([[getattr(head, name) for name in names] for head in heads], columns=names)
    return frame.astype({"change_id": "int64", "undoes": "Int64", "n_rows": "int64"})


def mentioned_keys(change: RowChange) -> set[tuple[str, str]]:
    """Return (table, key) of every row that a changed row names, before or after."""
    named = set()
    for row in filter(None, (change.before, change.after)):
        refers = (
            (field.refers, row.get(field.name)) for field in ENTITIES[change.entity].fields if field.refers
        )
        named |= {(table, key) for table, key in refers if key}
        if change.entity == "event" and row.get("subject_id"):
            named.add((row.get("subject", ""), row["subject_id"]))
    return named


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many rows an import added, changed or left as they were, and the warnings about them."""

    added: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    issues: Sequence[Issue] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in words."""
        lines = [
            f"{sum(counts.values())} rows {word}" + (f" ({_counts_text(counts)})" if counts else "")
            for word, counts in (("added", self.added), ("changed", self.changed))
        ]
        return f"{', '.join(lines)}, {sum(self.unchanged.values())} as they were"


def _counts_text(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())


class RowReader(Protocol):
    """The rows of a plan as they are while it is being changed; nobody else changes them meanwhile."""

    def tables(self) -> Mapping[str, TextTable]:
        """Read every table."""
        ...

    def where(self, name: str, /, **wanted: Collection[str]) -> TextTable:
        """Read the rows of a table in which each of these columns holds one of its texts."""
        ...

    def largest(self, name: str) -> str:
        """Return the naturally largest identifier ever used in a table, empty if none."""
        ...

    def changes_from(self, change_id: int) -> Sequence[Change]:
        """Read the history from a change on."""
        ...

    def removed(
        self, name: str, keys: Collection[tuple[str, ...]]
    ) -> Mapping[tuple[str, ...], dict[str, str]]:
        """Return the rows of a table that were once removed, by key, as each was when it last went."""
        ...


FIRST = "001"


class Register:
    """Gives out identifiers: the successor of the naturally largest one ever used in a table."""

    def __init__(self, largest: Callable[[str], str], new_ids: Iterable[tuple[str, str]]) -> None:
        """Ask for the largest identifier of a table only when one is needed.

        ``new_ids`` are the tables and identifiers that the rows of this change bring themselves.
        """
        self._largest_of = largest
        self._new_ids = list(new_ids)
        self._next: dict[str, Iterator[str]] = {}

    def with_identifier(self, entity: Entity, texts: dict[str, str]) -> dict[str, str]:
        """Return the row with an identifier of its own."""
        column = entity.identifier
        if column is None:
            return texts
        if texts.get(column):
            return texts
        if entity.name not in self._next:
            largest = self._largest_id(entity)
            first = successor(largest) if largest else f"{entity.prefix}-{FIRST}"
            self._next[entity.name] = _successors(first)
        return texts | {column: next(self._next[entity.name])}

    def _largest_id(self, entity: Entity) -> str:
        """Return the naturally largest identifier of the table and of this change, empty if none."""
        used = [self._largest_of(entity.name)]
        used += [given for name, given in self._new_ids if name == entity.name]
        return max(used, key=natural, default="")


def _successors(identifier: str) -> Iterator[str]:
    """Give an identifier and all that follow it; digits at the end are counted, not read again each time."""
    while True:
        yield identifier
        head = identifier.rstrip("0123456789")
        digits = identifier[len(head) :]
        if not digits.isdecimal() or len(identifier) > LONGEST_KEY:
            identifier = successor(identifier)
            continue
        for number in range(int(digits) + 1, 10 ** len(digits)):
            yield f"{head}{number:0{len(digits)}}"
        identifier = f"{head}1{'0' * len(digits)}"


def successor(identifier: str) -> str:
    """Return the next identifier: its last digits plus one, in the same width.

    >>> successor("F-009"), successor("F-99"), successor("first")
    ('F-010', 'F-100', 'first-1')
    """
    match = re.fullmatch(r"(.*?)([0-9]+)", identifier, re.DOTALL)
    if not match or len(identifier) > LONGEST_KEY:
        return f"{identifier}-1"
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}}"


def current_rows(
    records: RowReader, keys: Iterable[tuple[str, tuple[str, ...]]]
) -> dict[tuple[str, tuple[str, ...]], dict[str, str]]:
    """Return the rows that stand under some keys, by (table, key).

    Raises:
        InvalidPlan: an identifier stands twice, as it may in a folder written by hand.
    """
    wanted: dict[str, set[str]] = {}
    for name, key in keys:
        wanted.setdefault(name, set()).add(key[0])
    tables = {name: records.where(name, **{ENTITIES[name].key[0]: firsts}) for name, firsts in wanted.items()}
    twice = [
        (ENTITIES[name], key)
        for name, table in tables.items()
        if ENTITIES[name].identifier
        for key, times in Counter(table.keys()).items()
        if times > 1
    ]
    if twice:
        raise InvalidPlan([_doubled(entity, key) for entity, key in twice])
    return {(name, key): row for name, table in tables.items() for key, row in by_key(table).items()}


def _doubled(entity: Entity, key: tuple[str, ...]) -> Issue:
    sentence = say(
        "{key} stands twice in the table {table}; remove one of the two or give it another key",
        key=format_key(key),
        table=entity.name,
    )
    return Issue("E-ID", entity.name, None, entity.key[0], format_key(key), sentence)


def by_key(table: TextTable) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the rows of a table by their keys."""
    return dict(zip(table.keys(), table.rows(), strict=True))


def find_entity(name: str) -> Entity:
    """Return the declaration of a table; raises UnknownName."""
    if name not in ENTITIES:
        raise UnknownName(say("table"), name, ENTITIES)
    return ENTITIES[name]


def find_row(
    records: RowReader,
    entity: Entity,
    key: str | tuple[str, ...],
    expected: Mapping[str, str] | None = None,
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Find a row by its key.

    Raises:
        ConflictError: the row is no longer as ``expected``, or is there no more.
        UnknownName: there is no such row, and none was expected.
    """
    parts = tuple(map(str, key)) if isinstance(key, tuple | list) else (str(key),)
    row = current_rows(records, [(entity.name, parts)]).get((entity.name, parts)) if parts else None
    if row is None and expected is not None:
        raise ConflictError(
            say(
                "Somebody else removed {table} {key} meanwhile. Nothing was stored.",
                table=entity.name,
                key=format_key(parts),
            )
        )
    if row is None:
        keys = records.tables()[entity.name].keys()
        raise UnknownName(say(entity.name), "/".join(parts), ("/".join(one) for one in keys))
    _refuse_changed(row, expected)
    return parts, row


def _refuse_changed(now: Mapping[str, str], expected: Mapping[str, str] | None) -> None:
    """Raise ConflictError where a row is no longer as the caller saw it."""
    differs = {
        name: (was or "", now.get(name, ""))
        for name, was in (expected or {}).items()
        if now.get(name, "") != (was or "")
    }
    if differs:
        listed = say_in_turn(
            PARTS,
            (
                say("{column} was {was} and is now {now}", column=name, was=quote(was), now=quote(is_))
                for name, (was, is_) in differs.items()
            ),
        )
        raise ConflictError(
            say("Somebody else changed this row: {listed}. Nothing was stored.", listed=listed)
        )


def format_key(key: str | tuple[str, ...]) -> str:
    """Write a key for a sentence."""
    return "/".join(str(part) for part in key if part) if isinstance(key, tuple | list) else str(key)


def today_in(settings: TextTable) -> date:
    """Return today in the plan's zone, UTC where the zone cannot be read."""
    zone = dict(zip(settings["name"], settings["value"], strict=True)).get("zone", "UTC")
    return clock.today("UTC" if Settings.problem("zone", zone) else zone)


def today_there(records: RowReader) -> date:
    """Return today in the plan's zone."""
    return today_in(records.where("setting", name=("zone",)))


def undo_changes(records: RowReader, change_id: int) -> list[RowChange]:
    """Return the row changes that take a change back.

    Raises:
        ConflictError: there is no such change, or a row of it was changed since.
    """
    changes = records.changes_from(change_id)
    touched = {(row.entity, row.key) for one in changes if one.change_id == change_id for row in one.rows}
    return undo_order(changes, change_id, current_rows(records, touched))


def dependent_changes(records: RowReader, change_id: int) -> list[Change]:
    """Return the later changes that name what a change brought, as far as their rows stand."""
    changes = records.changes_from(change_id)
    later = later_changes(changes[0], changes)
    there = current_rows(records, {(row.entity, row.key) for _, row in later})
    return list({one.change_id: one for one, row in later if (row.entity, row.key) in there}.values())


def undo_order(
    changes: Sequence[Change], change_id: int, now: Mapping[tuple[str, tuple[str, ...]], Mapping[str, str]]
) -> list[RowChange]:
    """Return the row changes that take a change back; ``now`` holds the rows as they are, by (table, key).

    A row that was changed since and has come back to what the change left may be taken back.

    Raises:
        ConflictError: there is no such change, or a row of it is another one now.
    """
    chosen = next((change for change in changes if change.change_id == change_id), None)
    if chosen is None:
        raise ConflictError(say("There is no change {n}; the history lists them.", n=change_id))
    for row in chosen.rows:
        stands = now.get((row.entity, row.key))
        if (stands is None) != (row.after is None) or not is_same(row.after or {}, stands or {}):
            raise ConflictError(_changed_again_text(row, chosen, changes))
    return [row.inverse() for row in reversed(chosen.rows)]


def _changed_again_text(row: RowChange, chosen: Change, changes: Sequence[Change]) -> str:
    """Say why a row cannot be taken back: by the last change that touched it since and still stands."""
    later = [
        change.change_id
        for change in changes_in_force(changes)
        if change.change_id > chosen.change_id
        and any((other.entity, other.key) == (row.entity, row.key) for other in change.rows)
    ]
    facts = {"n": chosen.change_id, "table": row.entity, "key": "/".join(row.key)}
    if not later:
        return say("Change {n} cannot be undone: {table} {key} is no longer as it left it.", **facts)
    return say(
        "Change {n} cannot be undone: {table} {key} was changed again by change {later}; undo that one first.",
        **facts,
        later=later[-1],
    )


def changes_in_force(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that were not taken back, without those that only take back another one of them."""
    gone: set[int] = set()
    known = {change.change_id for change in changes}
    for change in reversed(changes):
        if change.undoes is not None and change.change_id not in gone:
            gone.add(change.undoes)
            if change.undoes in known:
                gone.add(change.change_id)
    return [change for change in changes if change.change_id not in gone]


def later_changes(chosen: Change, changes: Sequence[Change]) -> list[tuple[Change, RowChange]]:
    """Return the rows of later standing changes that name what a change brought, each with its change."""
    brought = {(row.entity, row.key[0]) for row in chosen.rows if row.before is None}
    later = [change for change in changes_in_force(changes) if change.change_id > chosen.change_id]
    return [
        (change, row)
        for change in later
        for row in change.rows
        if row.after and brought & mentioned_keys(row)
    ]

"""Who changed what, when, from what to what; and what did an import bring?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from theorytopractice import clock
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from theorytopractice.errors import Issue


LONGEST_SHOWN = 60
ENCODE = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make one each time
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


def as_json(value: object) -> str:
    """Write a value as JSON; None as empty text."""
    return "" if value is None else ENCODE(value)


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

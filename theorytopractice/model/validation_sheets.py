"""What does a rule of validation look at, and how does it say what it found?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from theorytopractice.errors import SHOWN_CHARACTERS, Issue, UnknownName, shown
from theorytopractice.language import say, say_names
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

HEADER = -1
NAMED_AT_MOST = 5


class Problem(NamedTuple):
    """What a rule found in one cell; ``row`` counts from 0, ``HEADER`` means the column as a whole."""

    code: str
    table: str
    row: int
    column: str
    message: str


if TYPE_CHECKING:
    Rule: TypeAlias = "Callable[[Sheets], Iterable[Problem]]"


@dataclass(slots=True)
class Sheets:
    """The tables under examination, an empty one for each that is missing, and the cells refused so far.

    ``today`` is an ISO date: a readable date compares as text. Rules run in order, so that a later one
    finds every cell that it reads through :meth:`column` either readable or empty.
    """

    tables: dict[str, TextTable]
    today: str
    refused: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    _happened: dict[tuple[str, str], list[int]] | None = None

    @classmethod
    def of(cls, tables: Mapping[str, TextTable], today: date) -> Sheets:
        """Lay the tables out in the order of the declarations; raises UnknownName."""
        for name in tables:
            if name not in ENTITIES:
                raise UnknownName(say("table"), name, ENTITIES)
        empty = {name: TextTable(entity, {}) for name, entity in ENTITIES.items()}
        return cls({name: tables.get(name, none) for name, none in empty.items()}, today.isoformat())

    def __getitem__(self, table: str) -> TextTable:
        """Return a table as it was written."""
        return self.tables[table]

    def column(self, table: str, name: str) -> list[str]:
        """Return a column in which the cells refused so far are empty."""
        cells = self.tables[table][name]
        rows = self.refused.get((table, name))
        if rows:
            cells = cells.copy()
            for row in rows:
                cells[row] = ""
        return cells

    def columns(self, table: str, *names: str) -> Iterator[tuple[str, ...]]:
        """Walk over the rows of some columns, refused cells being empty."""
        return zip(*(self.column(table, name) for name in names), strict=True)

    def lookup(self, table: str, key: str, name: str) -> dict[str, str]:
        """Return key → cell for two columns of a table."""
        return dict(zip(self.column(table, key), self.column(table, name), strict=True))

    def keep(self, problem: Problem) -> bool:
        """Tell whether a problem is news: a cell that is refused already is reported once."""
        cell = problem.table, problem.column
        if problem.row in self.refused.get(cell, ()):
            return False
        if problem.code.startswith("E-") and problem.row != HEADER:
            self.refused.setdefault(cell, set()).add(problem.row)
        return True

    def happened(self, subject: str, *words: str) -> list[int]:
        """Return the rows of the events of these words; call it when the words have been checked."""
        if self._happened is None:
            self._happened = {}
            for row, key in enumerate(self.columns("event", "subject", "event")):
                self._happened.setdefault((key[0], key[1]), []).append(row)
        return [row for word in words for row in self._happened.get((subject, word), ())]

    def latest(self, subject: str, *words: str, until: str = "9999-12-31") -> dict[str, int]:
        """Return for each finding or action the row of its last event of these words (method, T5)."""
        subjects = self.column("event", "subject_id")
        days = self.column("event", "happened_on")
        keys = self.column("event", "event_id")
        last: dict[str, int] = {}
        for row in self.happened(subject, *words):
            one, day = subjects[row], days[row]
            if not one or not day or day > until:
                continue
            other = last.setdefault(one, row)
            before = days[other]
            if day > before or (
                day == before and row != other and sequence(keys[row], row) > sequence(keys[other], other)
            ):
                last[one] = row
        return last

    def issue(self, problem: Problem) -> Issue:
        """Turn a problem into the value that is shown."""
        code, name, row, column, message = problem
        table = self.tables[name]
        if row == HEADER:
            line = 1 if table.lines else None
            found = column if column not in table.entity.columns else ""
            key = ""
        else:
            key = "/".join(table[part][row] for part in table.entity.key if table[part][row])
            line = table.line(row)
            cells = table.columns.get(column)
            found = cells[row] if cells else ""
        return Issue(code, name, line, brief(column), brief(found), message, table.source or name, brief(key))

    def places(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return (table, column) → the position of the table and of the column in it, for sorting."""
        return {
            (name, column): (tables, columns)
            for tables, (name, table) in enumerate(self.tables.items())
            for columns, column in enumerate([*table.entity.columns, *table.unknown])
        }


def sequence(key: str, row: int) -> tuple[int, object, int]:
    """Return the order of facts of one day: natural order of the keys, then those that have none yet."""
    return (0, natural(key), row) if key else (1, 0, row)


def brief(text: str) -> str:
    """Shorten a cell to one printable line."""
    head = text[:SHOWN_CHARACTERS]
    plain = head if head.isprintable() else repr(head)[1:-1][:SHOWN_CHARACTERS]
    if len(text) <= SHOWN_CHARACTERS:
        return plain
    return say("{begin}… ({n:,} characters)", begin=plain, n=len(text))


def named(names: list[str]) -> str:
    """List the first few names, and say how many there are more."""
    more = len(names) - NAMED_AT_MOST
    listed = say_names(shown(name) for name in names[:NAMED_AT_MOST])
    return say("{listed} and {more:,} more", listed=listed, more=more) if more > 0 else listed

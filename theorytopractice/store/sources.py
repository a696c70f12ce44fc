"""What comes from a source of an import, and what does the import come to, cell by cell?

An import compares three things for every cell: what this source last said (the table ``source_row`` remembers it),
what it says now, and what the plan holds. What the source says as before stays as planners left it; what only the
source changed is changed; what both changed is a conflict, and nothing is stored until somebody decides.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from theorytopractice.errors import ConflictError, InvalidPlan, PracticeError, UnknownName, quote
from theorytopractice.i18n import message, say, say_n, say_names, spoken
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import table_name
from theorytopractice.model.validation_rules import misspelt_columns
from theorytopractice.model.values import TextTable, as_text
from theorytopractice.model.vocabularies import RecordedQuality
from theorytopractice.store.history import ImportSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import pandas as pd

    from theorytopractice.errors import Issue
    from theorytopractice.store.history import RowChange


Texts = dict[str, str]
Place = tuple[str, str, str]
MOST_CONFLICTS_SAID = 10


class Outcome(StrEnum):
    """What an import makes of a cell or a row."""

    ADDED = "added"
    CHANGED = "changed"
    REDATED = "redated"
    CORRECTED = "corrected"
    ENDED = "ended"
    KEPT = "kept"
    GONE = "gone"
    CONFLICT = "conflict"


class Choice(StrEnum):
    """How conflicts are decided."""

    REFUSE = "refuse"
    OURS = "ours"
    THEIRS = "theirs"


WHY = {
    "new": message("the plan had no such row"),
    "filled": message("the cell was empty"),
    "source": message("only the source changed it"),
    "erased": message("the source erased it"),
    "planners": message("planners changed it, the source says what it said before"),
    "removed": message("it was removed from the plan, the source says what it said before"),
    "blank": message("the cell is blank in the source, or could not be read; that erases nothing"),
    "unsaid": message("the source no longer says {link}, and gives nothing in its place; the plan keeps it"),
    "both": message("both the source and the plan changed it"),
    "unknown": message("the plan has another text, and this source never spoke of it before"),
    "removed_changed": message("it was removed from the plan, and the source changed it"),
    "redate": message("a due date that stood is not overwritten; the action is re-dated"),
    "newer": message("a value is corrected by a newer row"),
    "fact": message("the source put a fact right"),
    "ended": message("the source made this link and gives another in its place"),
    "gone": message("the source no longer has this row; it stays in the plan"),
    "gone_event": message("the source no longer has this row; the mapping says what that means"),
    "orphan": message("{table} {key} is no longer in the plan; what the source says of it is left out"),
    "ours": message("decided: the plan's text stays"),
    "theirs": message("decided: the source's text is taken"),
}


class Exported(NamedTuple):
    """Which change of a plan was the last when it was written to a folder or workbook: its number and moment."""

    change_id: int
    made_at: str


@dataclass(frozen=True, slots=True)
class Source:
    """Tables of rows that come from somewhere, by the name under which the plan remembers them.

    An empty cell says nothing, unless its table and column stand in ``erase``. ``gone`` gives for a table the cells of
    the event that a row means which the source no longer has; ``redates`` the day and the reason of a new due date by
    action. New rows of the tables ``recorded_when_new`` that say no ``recorded_on`` enter the plan on the day of the import.
    ``exported`` is the change of the plan as of which the source was written, where it carries that itself.
    ``in_copies`` tells that several people may each send a copy of it under the same name.
    """

    name: str
    tables: Mapping[str, TextTable]
    issues: Sequence[Issue] = ()
    erase: Collection[tuple[str, str]] = ()
    gone: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    redates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    exported: Exported | None = None
    in_copies: bool = False
    recorded_when_new: Collection[str] = ()


COUNTED: dict[Outcome, Callable[[int, str], str]] = {
    Outcome.ADDED: lambda n, of: say_n(
        "{n:,} row added ({tables})", "{n:,} rows added ({tables})", n, tables=of
    ),
    Outcome.CHANGED: lambda n, of: say_n(
        "{n:,} cell changed ({tables})", "{n:,} cells changed ({tables})", n, tables=of
    ),
    Outcome.REDATED: lambda n, _: say_n("{n:,} due date re-dated", "{n:,} due dates re-dated", n),
    Outcome.CORRECTED: lambda n, _: say_n("{n:,} value corrected", "{n:,} values corrected", n),
    Outcome.ENDED: lambda n, of: say_n(
        "{n:,} link ended ({tables})", "{n:,} links ended ({tables})", n, tables=of
    ),
    Outcome.KEPT: lambda n, of: say_n(
        "{n:,} cell kept as the plan has it ({tables})",
        "{n:,} cells kept as the plan has them ({tables})",
        n,
        tables=of,
    ),
    Outcome.GONE: lambda n, of: say_n(
        "{n:,} row no longer in the source ({tables})",
        "{n:,} rows no longer in the source ({tables})",
        n,
        tables=of,
    ),
    Outcome.CONFLICT: lambda n, of: say_n(
        "{n:,} conflict ({tables})", "{n:,} conflicts ({tables})", n, tables=of
    ),
}


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell (or, with an empty ``column``, one row) of an import: where, old, new, and why.

    ``now`` is the text of the plan, ``before`` what the source last said (None where it never spoke of it), ``after``
    what it says now.
    """

    table: str
    key: str
    column: str
    now: str
    before: str | None
    after: str
    outcome: Outcome
    why: str
    file: str = ""
    line: int | None = None

    @property
    def place(self) -> Place:
        """Table, key and column."""
        return self.table, self.key, self.column


@dataclass(slots=True)
class Comparison:
    """What an import comes to: its cells, the row changes, what was not understood, and rows as they were by table.

    ``warnings`` are what is worth a look in the whole plan as it would be; they are not of the import alone.
    """

    source: str
    cells: list[CellChange] = field(default_factory=list)
    changes: list[RowChange] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    n_same: Counter[str] = field(default_factory=Counter)

    @property
    def conflicts(self) -> list[CellChange]:
        """The cells that somebody has to decide."""
        return [cell for cell in self.cells if cell.outcome is Outcome.CONFLICT]

    @property
    def gone(self) -> list[CellChange]:
        """The rows that the source no longer has."""
        return [cell for cell in self.cells if cell.outcome is Outcome.GONE]

    def new_rows(self) -> dict[tuple[str, str], Texts]:
        """Return what the rows hold that the import adds, by table and key, without empty cells."""
        return {
            (change.entity, format_key(change.key)): {
                name: text for name, text in change.after.items() if text
            }
            for change in self.changes
            if change.before is None and change.after is not None
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell, of new rows, too: table, key, column, now, before, after, outcome, why, file, line."""
        import pandas as pd

        names = ["table", "key", "column", "now", "before", "after", "outcome", "why", "file", "line"]
        new = self.new_rows()
        rows = []
        for cell in self.cells:
            table, key = str(cell.table), str(cell.key)
            outcome = str(cell.outcome)
            texts = new.get((table, key)) if cell.outcome is Outcome.ADDED and not cell.column else None
            rows += [
                (table, key, column, cell.now, cell.before, after, outcome, cell.why, cell.file, cell.line)
                for column, after in (texts or {str(cell.column): cell.after}).items()
            ]
        frame = pd.DataFrame(rows, columns=names)
        return frame.astype(dict.fromkeys(names[:-1], "str") | {"line": "Int64"})

    def __str__(self) -> str:
        """Say in words how much it is."""
        n = Counter((cell.outcome, cell.table) for cell in self.cells)
        parts = []
        for outcome, counted in COUNTED.items():
            of = {table: k for (one, table), k in n.items() if one is outcome}
            if of:
                named = table_name if spoken() != "en" else str
                tables = say_names(f"{k} {named(table)}" for table, k in of.items())
                parts.append(counted(sum(of.values()), tables))
        n_undated = sum(
            one.entity == "finding"
            and one.before is None
            and (one.after or {}).get("recorded_quality") == RecordedQuality.UNKNOWN
            for one in self.changes
        )
        if n_undated:
            parts.append(
                say_n(
                    "{n:,} finding without a day on which it was recorded",
                    "{n:,} findings without a day on which they were recorded",
                    n_undated,
                )
            )
        parts.append(say_n("{n:,} row as it was", "{n:,} rows as they were", sum(self.n_same.values())))
        return say_names(parts)

    def refuse_conflicts(self) -> None:
        """Raise ConflictError where a cell is undecided."""
        undecided = self.conflicts
        if not undecided:
            return
        lines = [conflict_text(cell) for cell in undecided[:MOST_CONFLICTS_SAID]]
        left = len(undecided) - len(lines)
        if left:
            lines.append(say_n("and {n} more cell", "and {n} more cells", left))
        told = say_n(
            "{n} cell was changed both by {source} and in the plan; nothing was stored. Decide with --ours or --theirs, or one by one in Python:",
            "{n} cells were changed both by {source} and in the plan; nothing was stored. Decide with --ours or --theirs, or one by one in Python:",
            len(undecided),
            source=quote(self.source),
        )
        raise ConflictError("\n".join([told, *(f"  {line}" for line in lines)]))


def conflict_text(cell: CellChange) -> str:
    """Show the two sides of a conflict beside one another."""
    return say(
        "{table} {key} {column}: the plan has {now}, the source says {after} ({why})",
        table=cell.table,
        key=cell.key,
        column=cell.column,
        now=quote(cell.now),
        after=quote(cell.after),
        why=cell.why,
    )


def format_key(key: tuple[str, ...]) -> str:
    """Write a key as one text; parts that hold the sign between them are quoted."""
    if len(key) == 1:
        return key[0]
    text = "/".join(key)
    return text if text.count("/") == len(key) - 1 else json.dumps(key, ensure_ascii=False)


def as_source(source: Source | Mapping[str, object], name: str = "") -> Source:
    """Return tables as a source.

    Args:
        source: a Source; or frames (of pandas, or what offers ``columns`` and a column by name) or TextTables by table.
        name: what the plan remembers the source by.

    Raises:
        InvalidPlan: a column is written almost as one that the table has.
        UnknownName: there is no such table.
        PracticeError: it is neither.
    """
    if isinstance(source, Source):
        return source
    if not isinstance(source, Mapping):
        raise PracticeError(
            say(
                "Expected a source or tables by name, found {found}; read_source reads a file.",
                found=quote(source),
            )
        )
    unknown = next((one for one in source if one not in ENTITIES), None)
    if unknown is not None:
        raise UnknownName(say("table"), str(unknown), ENTITIES)
    issues = [
        issue
        for one, frame in source.items()
        if not isinstance(frame, TextTable)
        for issue in misspelt_columns(one, [str(column) for column in frame.columns])  # type: ignore[attr-defined]
    ]
    if issues:
        raise InvalidPlan(issues, say("What comes"))
    tables = {one: text_table(one, frame) for one, frame in source.items()}
    return Source(name or say("tables handed over"), tables)


def text_table(name: str, frame: Any) -> TextTable:  # noqa: ANN401 - a frame of any library
    """Return a frame as a table of texts, each row with its position; a missing value is an empty cell."""
    if isinstance(frame, TextTable):
        return frame
    columns = {str(column): [as_text(value) for value in frame[column]] for column in frame.columns}
    return TextTable(ENTITIES[name], columns, lines=range(len(frame)))


def summary_of(comparison: Comparison) -> ImportSummary:
    """Count the rows that a comparison adds, changes and leaves, by table."""
    rows = [row for row in comparison.changes if not ENTITIES[row.entity].is_memory]
    added = Counter(row.entity for row in rows if row.before is None)
    changed = Counter(row.entity for row in rows if row.before is not None)
    return ImportSummary(added, changed, comparison.n_same, [*comparison.issues, *comparison.warnings])

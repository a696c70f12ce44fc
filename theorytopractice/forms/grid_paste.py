"""Into which cells does a block go that was copied from a spreadsheet? By names and months where it has them, else by place."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from theorytopractice.forms.grid_state import VALUE, N, name_of
from theorytopractice.forms.parsing import read_day
from theorytopractice.i18n import say
from theorytopractice.model.dialects import month_number
from theorytopractice.model.values import fold
from theorytopractice.model.vocabularies import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


MONTH = re.compile(r"(\d{4})\s*[-/年]\s*(\d{1,2})\s*月?|(\d{1,2})\s*[-/]\s*(\d{4})")
NAMED_MONTH = re.compile(r"([^\W\d]+)\.?[\s,.-]*(\d{4})")
SHOWN = 40
WORDS = (Measure.ORDINAL, Measure.NOMINAL)
Lines = list[list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """The grid into which something is pasted: its rows, and its columns as (part, key of the month)."""

    rows: Sequence[Mapping[str, str]]
    columns: Sequence[tuple[str, str]]
    names: frozenset[str]
    today: date

    @classmethod
    def of(cls, values: Mapping[str, str], indicators: Sequence[Mapping[str, str]], today: date) -> Target:
        """Return the grid that the fields of a form make up."""
        known = {row["indicator_id"]: row for row in indicators}
        ids: dict[str, None] = {}
        keys: dict[str, None] = {}
        for name in values:
            part, _, rest = name.partition("|")
            if part == VALUE:
                indicator_id, _, key = rest.rpartition("|")
                ids[indicator_id] = keys[key] = None
        has_n = any(name.startswith(f"{N}|") for name in values)
        columns = [(part, key) for key in keys for part in ((VALUE, N) if has_n else (VALUE,))]
        rows = [known.get(key, {"indicator_id": key, "name": key}) for key in ids]
        return cls(rows, columns, frozenset(values), today)

    def field(self, row: int | None, column: int | None) -> str:
        """Return the name of the field in a cell, empty where there is none."""
        if (
            row is None
            or column is None
            or not (0 <= row < len(self.rows) and 0 <= column < len(self.columns))
        ):
            return ""
        part, key = self.columns[column]
        name = name_of(part, self.rows[row]["indicator_id"], key)
        return name if name in self.names else ""


@dataclass(slots=True)
class PlacedBlock:
    """What came of a block: the fields that it fills, how it was understood, and what found no cell."""

    values: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def put(self, name: str, label: str, text: str) -> None:
        """Fill a field; what finds none, or one that is filled already, is told."""
        if not text:
            return
        if not name:
            self.left.append(say("{label}: {value}, no cell for it here", label=label, value=_short(text)))
        elif name in self.values and self.values[name] != text:
            self.left.append(
                say("{label}: {value}, the block fills this cell twice", label=label, value=_short(text))
            )
        else:
            self.values[name] = text


def place_block(text: str, target: Target, row: int, column: int) -> PlacedBlock:
    """Find the cell of every value of a block; ``row`` and ``column`` are those of the cell in which it is pasted."""
    made = PlacedBlock()
    lines = lines_of(text)
    if not lines:
        return made
    labels = _labels(lines, target)
    width = len(labels)
    head = _head(lines, target, row, labels)
    rows = _by_name(lines, target) if labels else []
    at = _columns(lines[0][width:] if head else [], target, column, max(map(len, lines)) - width)
    if labels:
        made.notes.append(say("The rows were found by the indicators in the first column."))
    if head:
        made.notes.append(say("The first line was read as a heading."))
    for down, line in enumerate(lines[1:] if head else lines):
        place = rows[down + head] if labels else row + down
        label = say("“{text}”", text=_short(line[0])) if labels else say("line {n}", n=down + head + 1)
        for right, cell in enumerate(line[width:]):
            above = lines[0][width + right] if head and width + right < len(lines[0]) else ""
            where = say("{label}, {column}", label=label, column=_short(above)) if above else label
            made.put(target.field(place, at[right]), where, cell)
    return made


def lines_of(text: str) -> Lines:
    """Return the cells of a copied block; a cell with a tab or a line break in it stands in quotes."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if tidy.count('"') % 2:
        found = [line.split("\t") for line in tidy.split("\n")]
    else:
        found = list(csv.reader(io.StringIO(tidy), delimiter="\t"))
    lines = [[" ".join(cell.split()) for cell in line] for line in found]
    while lines and not any(lines[-1]):
        lines.pop()
    return lines


def _matches(text: str, target: Target) -> list[int]:
    """Return the rows that a text names, by the indicator's key or its name."""
    wanted = fold(text)
    own = [at for at, row in enumerate(target.rows) if fold(row["indicator_id"]) == wanted]
    return own or [at for at, row in enumerate(target.rows) if fold(" ".join(row["name"].split())) == wanted]


def _labels(lines: Lines, target: Target) -> range:
    """Return the leading columns of a block that say which indicator a line is about; none if it goes by place."""
    if max(map(len, lines)) < len(("name", "value")):
        return range(0)
    named = [(line, found[0]) for line in lines if line and (found := _named(line[0], target))]
    if not named:
        return range(0)
    width = 1
    while all(width < len(line) - 1 and _describes(line[width], target.rows[row]) for line, row in named):
        width += 1
    return range(width)


def _named(text: str, target: Target) -> list[int]:
    """Return the rows that a first cell names; a number alone is a value, not a name."""
    return [] if not text or re.fullmatch(r"[\d.,\s%+-]+", text) else _matches(text, target)


def _describes(text: str, row: Mapping[str, str]) -> bool:
    """Tell whether a cell repeats what is known of an indicator."""
    return fold(text) in {fold(row.get(name, "")) for name in ("indicator_id", "name", "unit")} - {""}


def _by_name(lines: Lines, target: Target) -> list[int | None]:
    """Return the row of each line; None where its first cell names none, or several."""
    found = [_named(line[0], target) if line else [] for line in lines]
    return [rows[0] if len(rows) == 1 else None for rows in found]


def _head(lines: Lines, target: Target, row: int, labels: range) -> bool:
    """Tell whether the first line of a block is a heading: months, or words above numbers."""
    first, rest = lines[0], [cell for line in lines[1:] for cell in line[len(labels) :]]
    if labels and _named(first[0], target):
        return False
    cells = [cell for cell in first[len(labels) :] if cell]
    if any(month_of(cell, target.today) for cell in cells):
        return True
    takes_words = not labels and row < len(target.rows) and target.rows[row].get("measure") in WORDS
    has_numbers = any(sign.isdigit() for cell in rest for sign in cell)
    return not takes_words and has_numbers and not any(sign.isdigit() for cell in cells for sign in cell)


def _columns(head: Sequence[str], target: Target, column: int, width: int) -> list[int | None]:
    """Return the column of the grid for each column of a block: by its months where it names them, else by place."""
    months = [month_of(text, target.today) for text in head]
    if not any(months):
        return [column + right for right in range(width)]
    places = {one: at for at, one in enumerate(target.columns)}
    found: list[int | None] = []
    last = ""
    for text, month in zip(head, months, strict=True):
        last = month or last
        part = N if fold(text) == "n" else VALUE
        key = next((key for _, key in target.columns if last and key.startswith(last)), "")
        found.append(places.get((part, key)) if month or part == N else None)
    return found + [None] * (width - len(found))


def month_of(text: str, today: date) -> str:
    """Return the month that a heading names, such as ``2026-06``; empty if it names none."""
    tidy = unicodedata.normalize("NFKC", text).strip()
    if found := MONTH.fullmatch(tidy):
        year, month = int(found[1] or found[4]), int(found[2] or found[3])
    elif found := NAMED_MONTH.fullmatch(tidy):
        year, month = int(found[2]), month_number(found[1])
    else:
        typed = read_day(tidy, today=today)
        return "" if typed.problem or not any(sign.isdigit() for sign in tidy) else typed.text[:7]
    with suppress(ValueError):
        return date(year, month, 1).isoformat()[:7]
    return ""


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

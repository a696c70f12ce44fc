"""What do the cells of the grid hold, what was typed or pasted into them, and what stands in the way of storing it?"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.facts import in_order
from theorytopractice.errors import quote
from theorytopractice.forms.answer import as_json, looks_like, refuse_unreadable
from theorytopractice.forms.cells import read_text
from theorytopractice.forms.form_model import sentence
from theorytopractice.forms.grid_state import Column, column_days
from theorytopractice.i18n import say
from theorytopractice.model.dialects import month_number
from theorytopractice.model.entities import ENTITIES, Observation
from theorytopractice.model.plain_dates import DateStyle, possible_spans
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable, fold, read_date, read_number
from theorytopractice.model.vocabularies import Measure
from theorytopractice.store.edits import Add

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from theorytopractice.forms.session import Session


MONTH = re.compile(r"(\d{4})\s*[-/年]\s*(\d{1,2})\s*月?|(\d{1,2})\s*[-/]\s*(\d{4})")
PERIOD = re.compile(r"[^\W\d_]|\d\s*[-/]\s*\d")
YEARS_BACK = 79  # of two digits; the other twenty are years to come
NAMED_MONTH = re.compile(r"([^\W\d]+)\.?[\s,.-]*(\d{4})")
EXPONENT = re.compile(r"[+-]?[\d.]+[eE][+-]?\d{1,3}")
MAX_TEXT = 40
WORD_MEASURES = (Measure.ORDINAL, Measure.NOMINAL)
Lines = list[list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """The grid into which something is pasted: its rows, and its columns as (part, key of the month)."""

    rows: Sequence[Mapping[str, str]]
    columns: Sequence[tuple[str, str]]
    names: frozenset[str]
    today: date

    @classmethod
    def from_form(
        cls, values: Mapping[str, str], indicators: Sequence[Mapping[str, str]], today: date
    ) -> Target:
        """Return the grid that the fields of a form make up."""
        by_id = {row["indicator_id"]: row for row in indicators}
        ids: dict[str, None] = {}
        keys: dict[str, None] = {}
        for name in values:
            part, _, rest = name.partition("|")
            if part == VALUE:
                indicator_id, _, key = rest.rpartition("|")
                ids[indicator_id] = keys[key] = None
        has_n = any(name.startswith(f"{N}|") for name in values)
        columns = [(part, key) for key in keys for part in ((VALUE, N) if has_n else (VALUE,))]
        rows = [by_id.get(key, {"indicator_id": key, "name": key}) for key in ids]
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
        name = cell_name(part, self.rows[row]["indicator_id"], key)
        return name if name in self.names else ""


@dataclass(slots=True)
class PlacedBlock:
    """What came of a block: the fields that it fills, how it was understood, and what found no cell."""

    values: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)

    def fill(self, name: str, label: str, text: str) -> None:
        """Fill a field; what finds none, or one that is filled already, is told."""
        if not text:
            return
        if not name:
            self.unplaced.append(say("{label}: {value}, no cell for it here", label=label, value=_cut(text)))
        elif name in self.values and self.values[name] != text:
            self.unplaced.append(
                say("{label}: {value}, the block fills this cell twice", label=label, value=_cut(text))
            )
        else:
            self.values[name] = text


def place_block(text: str, target: Target, row: int, column: int) -> PlacedBlock:
    """Find the cell of every value of a block; ``row`` and ``column`` are those of the cell in which it is pasted."""
    block = PlacedBlock()
    lines = block_lines(text)
    if not lines:
        return block
    labels = _label_columns(lines, target)
    width = len(labels)
    has_header = _has_header(lines, target, row, labels)
    rows = _rows_by_name(lines, target) if labels else []
    columns = _block_columns(
        lines[0][width:] if has_header else [], target, column, max(map(len, lines)) - width
    )
    if labels:
        block.notes.append(say("The rows were found by the indicators in the first column."))
    if has_header:
        block.notes.append(say("The first line was read as a heading."))
    for down, line in enumerate(lines[1:] if has_header else lines):
        place = rows[down + has_header] if labels else row + down
        label = say("“{text}”", text=_cut(line[0])) if labels else say("line {n}", n=down + has_header + 1)
        for right, cell in enumerate(line[width:]):
            above = lines[0][width + right] if has_header and width + right < len(lines[0]) else ""
            where = say("{label}, {column}", label=label, column=_cut(above)) if above else label
            block.fill(target.field(place, columns[right]), where, cell)
    return block


def block_lines(text: str) -> Lines:
    """Return the cells of a copied block; a cell with a tab or a line break in it stands in quotes."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if tidy.count('"') % 2:
        rows = [line.split("\t") for line in tidy.split("\n")]
    else:
        rows = list(csv.reader(io.StringIO(tidy), delimiter="\t"))
    lines = [[" ".join(cell.split()) for cell in line] for line in rows]
    while lines and not any(lines[-1]):
        lines.pop()
    return lines


def _matching_rows(text: str, target: Target) -> list[int]:
    """Return the rows that a text names, by the indicator's key or its name."""
    name = fold(text)
    by_key = [at for at, row in enumerate(target.rows) if fold(row["indicator_id"]) == name]
    return by_key or [at for at, row in enumerate(target.rows) if fold(" ".join(row["name"].split())) == name]


def _label_columns(lines: Lines, target: Target) -> range:
    """Return the leading columns of a block that say which indicator a line is about; none if it goes by place."""
    if max(map(len, lines)) < len(("name", "value")):
        return range(0)
    label_rows = [(line, rows[0]) for line in lines if line and (rows := _named_rows(line[0], target))]
    if not label_rows:
        return range(0)
    width = 1
    while all(
        width < len(line) - 1 and _describes(line[width], target.rows[row]) for line, row in label_rows
    ):
        width += 1
    return range(width)


def _named_rows(text: str, target: Target) -> list[int]:
    """Return the rows that a first cell names; a number alone is a value, not a name."""
    return [] if not text or re.fullmatch(r"[\d.,\s%+-]+", text) else _matching_rows(text, target)


def _describes(text: str, row: Mapping[str, str]) -> bool:
    """Tell whether a cell repeats what is known of an indicator."""
    return fold(text) in {fold(row.get(name, "")) for name in ("indicator_id", "name", "unit")} - {""}


def _rows_by_name(lines: Lines, target: Target) -> list[int | None]:
    """Return the row of each line; None where its first cell names none, or several."""
    matches = [_named_rows(line[0], target) if line else [] for line in lines]
    return [rows[0] if len(rows) == 1 else None for rows in matches]


def _has_header(lines: Lines, target: Target, row: int, labels: range) -> bool:
    """Tell whether the first line of a block is a heading: months, or words above numbers."""
    first, rest = lines[0], [cell for line in lines[1:] for cell in line[len(labels) :]]
    if labels and _named_rows(first[0], target):
        return False
    cells = [cell for cell in first[len(labels) :] if cell]
    if any(month_of(cell, target.today) for cell in cells):
        return True
    if any(map(_names_period, cells)) and not any(map(_names_period, rest)):
        return True
    takes_words = not labels and row < len(target.rows) and target.rows[row].get("measure") in WORD_MEASURES
    has_numbers = any(sign.isdigit() for cell in rest for sign in cell)
    return not takes_words and has_numbers and not any(sign.isdigit() for cell in cells for sign in cell)


def _names_period(text: str) -> bool:
    """Tell whether a heading seems to name a period, read or not: digits with letters, or on both sides of a stroke."""
    return bool(PERIOD.search(text)) and any(sign.isdigit() for sign in text)


def _block_columns(head: Sequence[str], target: Target, column: int, width: int) -> list[int | None]:
    """Return the column of the grid for each column of a block: by its months where it names periods, else by place.

    Where no period of a heading can be read, nothing is placed: by place a value could come into another month.
    """
    months = [month_of(text, target.today) for text in head]
    if not any(months):
        return [None if any(map(_names_period, head)) else column + right for right in range(width)]
    places = {target_column: at for at, target_column in enumerate(target.columns)}
    columns: list[int | None] = []
    last = ""
    for text, month in zip(head, months, strict=True):
        last = month or last
        part = N if fold(text) == "n" else VALUE
        key = next((key for _, key in target.columns if last and key.startswith(last)), "")
        columns.append(places.get((part, key)) if month or part == N else None)
    return columns + [None] * (width - len(columns))


def month_of(text: str, today: date) -> str:
    """Return the month that a heading names, such as ``2026-06``; empty if it names none."""
    tidy = unicodedata.normalize("NFKC", text).strip()
    if match := MONTH.fullmatch(tidy):
        year, month = int(match[1] or match[4]), int(match[2] or match[3])
    elif match := NAMED_MONTH.fullmatch(tidy):
        year, month = int(match[2]), month_number(match[1])
    else:
        spans = possible_spans(tidy, DateStyle(century=today.year - YEARS_BACK))
        months = {(first.year, first.month) for first, last in spans} | {
            (last.year, last.month) for _, last in spans
        }
        if len(months) != 1:  # none, or a quarter, or two readings
            return ""
        year, month = months.pop()
    with suppress(ValueError):
        return date(year, month, 1).isoformat()[:7]
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


COUNTED = (Measure.PERCENTAGE, Measure.COUNT)
"""Measures behind whose values respondents or an exposure may stand."""
StoredValues = dict[tuple[str, str], dict[str, str]]
"""(indicator, column) → the observation that stands there."""


def stored_values(
    session: Session, ids: Iterable[str], columns: Sequence[Column]
) -> tuple[StoredValues, dict[str, dict[str, str]]]:
    """Return what stands in each cell, and the latest value of each indicator before the first column.

    Of several values of one month the latest day counts, of one day the one that became known last.
    """
    keys, places = list(dict.fromkeys(ids)), column_days(columns)
    table = (
        session.plan.look(lambda records: records.where("observation", indicator_id=keys)) if keys else None
    )
    cells: StoredValues = {}
    before: dict[str, dict[str, str]] = {}
    for row in _in_order(table.rows(), keys) if table else ():
        indicator_id, day = row["indicator_id"], row["observed_on"]
        if day in places:
            cells[indicator_id, columns[places[day]].key] = row
        elif columns and day < columns[0].first.isoformat():
            before[indicator_id] = row
    return cells, before


def _in_order(rows: Sequence[dict[str, str]], keys: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield observations by indicator, date and the day on which they became known (method, T5)."""
    valid = [row for row in rows if row.get("value") and _is_day(row["observed_on"])]
    place = {key: at for at, key in enumerate(keys)}
    order = in_order(
        np.array([place[row["indicator_id"]] for row in valid], dtype=np.int64),
        np.array([read_date(row["observed_on"]).toordinal() for row in valid], dtype=np.int64),
        np.array([read_date(known_on(row)).toordinal() for row in valid], dtype=np.int64),
        pd.Series([row["observation_id"] for row in valid], dtype=object),
    )
    return (valid[at] for at in order)


def known_on(row: Mapping[str, str]) -> str:
    """Return the day on which the plan came to know a value; one that says nothing was known on its own day."""
    recorded = row.get("recorded_on", "")
    return recorded if _is_day(recorded) else row["observed_on"]


def _is_day(text: str) -> bool:
    try:
        return bool(read_date(text))
    except ValueError:
        return False


def has_n(indicator: Mapping[str, Any]) -> bool:
    """Tell whether respondents or an exposure may stand behind the values of an indicator."""
    return indicator.get("measure") in COUNTED


VALUE, N, OPENED, CHOICE, OTHER = "v", "n", "~seen", "~choice", "~theirs"
"""Begin the names of the fields of a cell: what is typed, what was shown, what was decided about another value."""
MINE, THEIRS = "mine", "theirs"
OBSERVATION = ENTITIES["observation"]


@dataclass(slots=True)
class Cell:
    """What stands in one cell of the grid: the indicator, the column, and what was typed."""

    indicator_id: str
    column: Column
    place: int
    opened: Mapping[str, str]
    value: str
    n: str | None
    choice: str | None = None
    decision: Mapping[str, str] | None = None
    problems: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    theirs: Mapping[str, str] | None = None
    author: str = ""
    typed: str = ""

    def name(self, part: str = VALUE) -> str:
        """Return the name of a field of the cell."""
        return cell_name(part, self.indicator_id, self.column.key)

    @property
    def is_changed(self) -> bool:
        """Whether anything else stands there than what was shown."""
        return not same_value(self.value, self.opened.get("value", "")) or (
            self.n is not None and not same_value(self.n, self.opened.get("n", ""))
        )

    @property
    def keeps_theirs(self) -> bool:
        """Whether the planner keeps what somebody else stored."""
        return self.theirs is None and self.choice == THEIRS and self.decision is not None

    @property
    def is_valid(self) -> bool:
        """Whether nothing stands in the way of storing it."""
        return not self.problems and self.theirs is None


def cell_name(part: str, indicator_id: str, column: str) -> str:
    """Return the name of a field of a cell."""
    return f"{part}|{indicator_id}|{column}"


def same_value(first: str, second: str) -> bool:
    """Tell whether two texts say the same value."""
    if first == second:
        return True
    try:
        return read_number(first) == read_number(second)
    except ValueError:
        return False


def as_opened(row: Mapping[str, str] | None) -> str:
    """Write down what was shown of an observation, as the page hands it back."""
    cells = {name: row[name] for name in ("observation_id", "value", "n") if row.get(name)} if row else {}
    return as_json(cells)


def read_cells(values: Mapping[str, str], today: date) -> list[Cell]:
    """Return every cell of a grid as it was typed, each text read as people write it."""
    cells: list[Cell] = []
    places: dict[str, int] = {}
    for name, text in values.items():
        part, _, rest = name.partition("|")
        indicator_id, _, key = rest.rpartition("|")
        if part != VALUE or not indicator_id:
            continue
        place = places.setdefault(indicator_id, len(places))
        n = values.get(cell_name(N, indicator_id, key))
        other = values.get(cell_name(OTHER, indicator_id, key))
        opened = _row_from_json(values.get(cell_name(OPENED, indicator_id, key)) or "{}")
        value = _value_text(text, opened.get("value", ""))
        cell = Cell(indicator_id, Column.from_key(key), place, opened, value, n if n is None else n.strip())
        cell.choice = values.get(cell_name(CHOICE, indicator_id, key))
        cell.decision = _row_from_json(other) if other else None
        _parse_cell(cell, today)
        cells.append(cell)
    return cells


def _value_text(text: str, opened: str) -> str:
    """Return what was typed; what stood there to the sign where nobody changed what is shown of it."""
    return opened if looks_like(text, opened) else text.strip()


def _parse_cell(cell: Cell, today: date) -> None:
    """Read what was typed into a cell, and say what is wrong with it by itself."""
    opened, opened_n = cell.opened.get("value", ""), cell.opened.get("n", "")
    if cell.value != opened:
        cell.typed = cell.value
        entry = read_text(OBSERVATION["value"], cell.value, today=today)
        cell.value = entry.text
        if EXPONENT.fullmatch(entry.text):
            cell.problems[cell.name()] = say(
                "“{text}” is not how people write a number; write {number}.",
                text=cell.typed,
                number=f"{Decimal(entry.text):f}",
            )
        if entry.problem:
            cell.problems[cell.name()] = sentence(entry.problem)
    if cell.n is not None and cell.n != opened_n:
        entry = read_text(OBSERVATION["n"], cell.n, today=today)
        cell.n = entry.text
        if entry.problem:
            cell.problems[cell.name(N)] = sentence(entry.problem)
    if opened and not cell.value:
        cell.problems[cell.name()] = say(
            "The value {value} stands here; a value is removed in the tab Observations of its finding, with a reason.",
            value=opened,
        )
    elif not cell.value and cell.n:
        cell.problems[cell.name(N)] = say("Enter the value as well, or leave this empty.")
    if opened_n and cell.n == "" and cell.value:
        cell.problems[cell.name(N)] = say(
            "{n} stands here; enter another number, or the same again.", n=opened_n
        )


def judge_cells(session: Session, cells: Iterable[Cell], final: str) -> list[Add]:
    """Say what is wrong with the touched cells in the plan as it is now; return the rows that they come to."""
    changed = [cell for cell in cells if cell.is_changed]
    columns = list({cell.column.key: cell.column for cell in changed}.values())
    stored: StoredValues = {}
    for column in columns:
        ids = [cell.indicator_id for cell in changed if cell.column.key == column.key]
        stored |= stored_values(session, ids, [column])[0]
    new_rows, today = [], session.today
    for cell in changed:
        stored_row = stored.get((cell.indicator_id, cell.column.key), {})
        _mark_conflict(cell, stored_row)
        if cell.theirs is not None:
            cell.author = _author_text(session, stored_row or cell.opened)
        if cell.value and not cell.problems and not cell.keeps_theirs and not _is_stored(cell, stored_row):
            new_rows.append((cell, _observation(cell, stored_row, final, today)))
    _add_plan_issues(session, new_rows)
    return [Add(Observation(**row)) for _, row in new_rows]


def _row_from_json(text: str) -> dict[str, str]:
    """Return the value that the page carries as it was shown; raises PlanError where it carries none."""
    with refuse_unreadable():
        return {str(name): str(cell) for name, cell in dict(json.loads(text)).items()}


def _mark_conflict(cell: Cell, stored: Mapping[str, str]) -> None:
    """Note where somebody else stored another value since the cell was shown, and nobody decided about it yet."""
    is_other = any(not same_value(stored.get(name, ""), cell.opened.get(name, "")) for name in ("value", "n"))
    is_decided = cell.choice in (MINE, THEIRS) and cell.decision == json.loads(as_opened(stored))
    if is_other and not is_decided and not (stored and _is_stored(cell, stored)):
        cell.theirs = stored


def _author_text(session: Session, row: Mapping[str, str]) -> str:
    """Say who made the last change of a value, and when; empty where the history does not tell."""
    history = session.plan.history([row["observation_id"]] if row.get("observation_id") else [])
    if history.empty:
        return ""
    last = history.iloc[-1]
    return say(
        "{who} changed this on {when}.",
        who=last["made_by"],
        when=session.moment_text(last["made_at"]),
    )


def _is_stored(cell: Cell, stored: Mapping[str, str]) -> bool:
    """Tell whether the plan holds already what was typed."""
    return same_value(cell.value, stored.get("value", "")) and (
        cell.n is None or same_value(cell.n, stored.get("n", ""))
    )


def _observation(cell: Cell, stored: Mapping[str, str], final: str, today: date) -> dict[str, str]:
    """Return the observation that a cell comes to; a correction keeps its day and whatever else was said of it."""
    row = {column: stored.get(column, "") for column in OBSERVATION.columns if column != "observation_id"}
    row |= {"indicator_id": cell.indicator_id, "value": cell.value, "final": final}
    row["observed_on"] = stored.get("observed_on") or cell.column.default_day(today).isoformat()
    row["recorded_on"] = max(today.isoformat(), known_on(stored)) if stored else today.isoformat()
    return row if cell.n is None else row | {"n": cell.n}


def _add_plan_issues(session: Session, new_rows: list[tuple[Cell, dict[str, str]]]) -> None:
    """Ask the plan what it says to rows; each carries the number of its cell as a key, and is told by it."""
    by_key = {f"~{at}": (cell, row) for at, (cell, row) in enumerate(new_rows)}
    edits = [Add(Observation(**row, observation_id=key)) for key, (_, row) in by_key.items()]
    for issue in session.plan.problems(*edits, as_of=session.today) if edits else ():
        if issue.key not in by_key:
            continue
        cell, _ = by_key[issue.key]
        if issue.is_error:
            name = cell.name(N) if issue.column == "n" and cell.n is not None else cell.name()
            words = issue.message.replace(quote(cell.value), quote(cell.typed or cell.value))
            cell.problems.setdefault(name, sentence(words))
        else:
            cell.warnings.append(sentence(issue.message))
    valid = [(cell, row) for cell, row in new_rows if not cell.problems]
    for cell, text in _fraction_warnings(session, valid):
        cell.warnings.append(text)


def _fraction_warnings(
    session: Session, new_rows: Collection[tuple[Cell, dict[str, str]]]
) -> Iterator[tuple[Cell, str]]:
    """Yield what validation says of the indicators as they would be with the new values, once for each."""
    ids = list({cell.indicator_id: cell for cell, _ in new_rows})
    if not ids:
        return
    indicators, stored = session.plan.look(
        lambda records: (
            records.where("indicator", indicator_id=ids),
            records.where("observation", indicator_id=ids).rows(),
        )
    )
    rows = [*stored, *(row | {"observation_id": f"~{at}"} for at, (_, row) in enumerate(new_rows))]
    tables = {"indicator": indicators, "observation": TextTable.of(OBSERVATION, rows)}
    first = {cell.indicator_id: cell for cell, _ in reversed(list(new_rows))}
    with suppress(ValueError):  # a stored value that is no number has an error of its own
        for issue in validate(tables, today=session.today, table_names=("indicator",)):
            if issue.code == "W-FRACTION" and issue.key in first:
                yield first[issue.key], sentence(issue.message)

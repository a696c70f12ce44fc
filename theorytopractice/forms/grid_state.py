"""Which indicators, months and values stand in the grid, what was typed, and what stands in the way of storing it?"""

from __future__ import annotations

import json
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.events import in_order
from theorytopractice.errors import PlanError
from theorytopractice.forms.controls import as_json, looks_like
from theorytopractice.forms.form_model import sentence
from theorytopractice.forms.parsing import read, read_day
from theorytopractice.i18n import say, say_day, say_month, spoken
from theorytopractice.model.entities import ENTITIES, Observation
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable, fold, natural, read_date, read_number
from theorytopractice.model.vocabularies import Measure
from theorytopractice.store.edits import Add

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from theorytopractice.forms.session import Session


PAGE = 50
SPANS = ("1", "3", "6", "12")
MONTHS_BACK = 120
FIRST_MONTH = 12
"""January of the year 1, before which there is no date; months are counted from the year 0."""
COUNTED = (Measure.PERCENTAGE, Measure.COUNT)
"""Measures behind whose values respondents or an exposure may stand."""
StoredValues = dict[tuple[str, str], dict[str, str]]
"""(indicator, column) → the observation that stands there."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of values: a month such as ``2026-06``, or a single day such as ``2026-06-15``."""

    key: str
    first: date
    last: date

    @classmethod
    def of(cls, key: str) -> Column:
        """Return the column of a key; raises ValueError."""
        if len(key) > len("2026-06"):
            return cls(key, read_date(key), read_date(key))
        first = read_date(f"{key}-01")
        return cls(key, first, first.replace(day=monthrange(first.year, first.month)[1]))

    @property
    def label(self) -> str:
        """What the column is called."""
        return _label(self, spoken())

    def usual(self, today: date) -> date:
        """Return the day that a new value gets: the last one, today while the month still runs."""
        return today if self.first <= today < self.last else self.last


@lru_cache(maxsize=512)
def _label(column: Column, _: str) -> str:
    """Say what a column is called; it is said beside every cell."""
    return say_day(column.last) if column.first == column.last else say_month(column.first)


@dataclass(frozen=True, slots=True)
class GridState:
    """What is shown in the grid.

    Args:
        last: the last month, such as ``2026-06``; the last complete one if empty.
        months: how many months.
        day: the only day that is meant, where one month is shown.
        text: what the indicators are searched by.
        is_open: whether only indicators without a value in these months are shown.
        has_n: whether respondents or exposure may be entered as well.
        page: which page of indicators.
        ids: the indicators of a draft, whatever the search says.
    """

    last: str = ""
    months: str = "1"
    day: str = ""
    text: str = ""
    is_open: bool = False
    has_n: bool = False
    page: int = 0
    ids: tuple[str, ...] = ()

    def chosen_day(self, today: date) -> tuple[str, str]:
        """Return the day that is meant, and what is wrong with what was typed."""
        if not self.day.strip():
            return "", ""
        if self.months != "1":
            return "", say("One day can be chosen only where one month is shown.")
        typed = read_day(self.day, today=today)
        month = self.last_month(today)
        if not typed.problem and not typed.text.startswith(month):
            return "", say("The day does not lie in {month}.", month=Column.of(month).label)
        return ("", typed.problem) if typed.problem else (typed.text, "")

    def last_month(self, today: date) -> str:
        """Return the last month that is shown."""
        return self.last or month_key(today.year * 12 + today.month - 2)

    def columns(self, today: date) -> list[Column]:
        """Return the columns, the earliest first."""
        day, _ = self.chosen_day(today)
        if day:
            return [Column.of(day)]
        last = Column.of(self.last_month(today)).first
        end = last.year * 12 + last.month - 1
        first = max(end - int(self.months) + 1, FIRST_MONTH)
        return [Column.of(month_key(at)) for at in range(first, end + 1)]


def month_key(number: int) -> str:
    """Return the key of a month that is counted from the year 0."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def is_month(text: str) -> bool:
    """Tell whether a text is the key of a month."""
    try:
        return len(Column.of(text).key) == len("2026-06")
    except ValueError:
        return False


@dataclass(slots=True)
class Indicators:
    """Every indicator in natural order, and the words by which each is found; read again when the plan changed."""

    _version: object = None
    _rows: list[dict[str, str]] = field(default_factory=list)
    _words: dict[str, str] = field(default_factory=dict)
    _full: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def rows(self, session: Session) -> list[dict[str, str]]:
        """Return the rows of all indicators."""
        version = session.overview.version
        if version != self._version:
            found = [row for row in session.rows("indicator") if row["indicator_id"]]
            self._rows = sorted(found, key=lambda row: natural(row["indicator_id"]))
            self._words, self._full, self._version = {}, {}, version
        return self._rows

    def words(self, session: Session) -> dict[str, str]:
        """Return what each indicator is searched by: itself, its unit and its findings."""
        rows = self.rows(session)
        if not self._words:
            named = {
                key: name for key, name, _ in session.overview.names("finding", "finding_id", "statement")
            }
            said: dict[str, list[str]] = {}
            for link in session.rows("finding_indicator"):
                finding_id = link["finding_id"]
                said.setdefault(link["indicator_id"], []).append(f"{finding_id} {named.get(finding_id, '')}")
            for row in rows:
                key = row["indicator_id"]
                self._words[key] = fold(" ".join([key, row["name"], row.get("unit", ""), *said.get(key, [])]))
        return self._words

    def full(self, session: Session, columns: Sequence[Column]) -> set[str]:
        """Return the indicators that have a value in every column."""
        self.rows(session)
        asked = tuple(one.key for one in columns)
        if asked not in self._full:
            place = _days(columns)
            table = session.plan.look(lambda records: records.where("observation", observed_on=place))
            found: dict[str, set[int]] = {}
            for key, day in zip(table["indicator_id"], table["observed_on"], strict=True):
                found.setdefault(key, set()).add(place[day])
            self._full[asked] = {key for key, places in found.items() if len(places) == len(columns)}
        return self._full[asked]


def fitting(session: Session, grid_state: GridState) -> list[dict[str, str]]:
    """Return the indicators that a sheet asks for."""
    rows = session.indicators.rows(session)
    if grid_state.ids:
        among = set(grid_state.ids)
        return [row for row in rows if row["indicator_id"] in among][:PAGE]
    if wanted := fold(grid_state.text).split():
        words = session.indicators.words(session)
        rows = [row for row in rows if all(one in words[row["indicator_id"]] for one in wanted)]
    if grid_state.is_open:
        full = session.indicators.full(session, grid_state.columns(session.today))
        rows = [row for row in rows if row["indicator_id"] not in full]
    return rows


def _days(columns: Sequence[Column]) -> dict[str, int]:
    """Return every day that the columns cover, with the place of its column."""
    return {
        date.fromordinal(at).isoformat(): place
        for place, column in enumerate(columns)
        for at in range(column.first.toordinal(), column.last.toordinal() + 1)
    }


def stored_values(
    session: Session, ids: Iterable[str], columns: Sequence[Column]
) -> tuple[StoredValues, dict[str, dict[str, str]]]:
    """Return what stands in each cell, and the latest value of each indicator before the first column.

    Of several values of one month the latest day counts, of one day the one that became known last.
    """
    keys, place = list(dict.fromkeys(ids)), _days(columns)
    table = (
        session.plan.look(lambda records: records.where("observation", indicator_id=keys)) if keys else None
    )
    cells: StoredValues = {}
    before: dict[str, dict[str, str]] = {}
    for row in _ordered(table.rows(), keys) if table else ():
        indicator_id, day = row["indicator_id"], row["observed_on"]
        if day in place:
            cells[indicator_id, columns[place[day]].key] = row
        elif columns and day < columns[0].first.isoformat():
            before[indicator_id] = row
    return cells, before


def _ordered(rows: Sequence[dict[str, str]], keys: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield observations by indicator, date and the day on which they became known (method, T5)."""
    dated = [row for row in rows if row.get("value") and _is_day(row["observed_on"])]
    place = {key: at for at, key in enumerate(keys)}
    order = in_order(
        np.array([place[row["indicator_id"]] for row in dated], dtype=np.int64),
        np.array([read_date(row["observed_on"]).toordinal() for row in dated], dtype=np.int64),
        np.array([read_date(known_indicator(row)).toordinal() for row in dated], dtype=np.int64),
        pd.Series([row["observation_id"] for row in dated], dtype=object),
    )
    return (dated[at] for at in order)


def known_indicator(row: Mapping[str, str]) -> str:
    """Return the day on which the plan came to know a value; one that says nothing was known on its own day."""
    recorded = row.get("recorded_on", "")
    return recorded if _is_day(recorded) else row["observed_on"]


def _is_day(text: str) -> bool:
    try:
        return bool(read_date(text))
    except ValueError:
        return False


def takes_n(indicator: Mapping[str, Any]) -> bool:
    """Tell whether respondents or an exposure may stand behind the values of an indicator."""
    return indicator.get("measure") in COUNTED


VALUE, N, SEEN, CHOICE, THEIRS = "v", "n", "~seen", "~choice", "~theirs"
"""Begin the names of the fields of a cell: what is typed, what was shown, what was decided about another value."""
MINE, KEPT = "mine", "theirs"
FIELDS = ENTITIES["observation"]


@dataclass(slots=True)
class Cell:
    """What stands in one cell of the grid: the indicator, the column, and what was typed."""

    indicator_id: str
    column: Column
    place: int
    seen: Mapping[str, str]
    value: str
    n: str | None
    choice: str | None = None
    decided: Mapping[str, str] | None = None
    problems: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    theirs: Mapping[str, str] | None = None

    def name(self, part: str = VALUE) -> str:
        """Return the name of a field of the cell."""
        return name_of(part, self.indicator_id, self.column.key)

    @property
    def is_touched(self) -> bool:
        """Whether anything else stands there than what was shown."""
        return not same(self.value, self.seen.get("value", "")) or (
            self.n is not None and not same(self.n, self.seen.get("n", ""))
        )

    @property
    def is_kept(self) -> bool:
        """Whether the planner keeps what somebody else stored."""
        return self.theirs is None and self.choice == KEPT and self.decided is not None

    @property
    def is_valid(self) -> bool:
        """Whether nothing stands in the way of storing it."""
        return not self.problems and self.theirs is None


def name_of(part: str, indicator_id: str, column: str) -> str:
    """Return the name of a field of a cell."""
    return f"{part}|{indicator_id}|{column}"


def same(one: str, other: str) -> bool:
    """Tell whether two texts say the same value."""
    if one == other:
        return True
    try:
        return read_number(one) == read_number(other)
    except ValueError:
        return False


def as_opened(row: Mapping[str, str] | None) -> str:
    """Write down what was shown of an observation, as the page hands it back."""
    shown = {name: row[name] for name in ("observation_id", "value", "n") if row.get(name)} if row else {}
    return as_json(shown)


def cells_of(values: Mapping[str, str], today: date) -> list[Cell]:
    """Return every cell of a grid as it was typed, each text read as people write it."""
    made: list[Cell] = []
    places: dict[str, int] = {}
    for name, text in values.items():
        part, _, rest = name.partition("|")
        indicator_id, _, key = rest.rpartition("|")
        if part != VALUE or not indicator_id:
            continue
        place = places.setdefault(indicator_id, len(places))
        n = values.get(name_of(N, indicator_id, key))
        theirs = values.get(name_of(THEIRS, indicator_id, key))
        seen = _row_in(values.get(name_of(SEEN, indicator_id, key)) or "{}")
        value = _as_it_stood(text, seen.get("value", ""))
        cell = Cell(indicator_id, Column.of(key), place, seen, value, n if n is None else n.strip())
        cell.choice = values.get(name_of(CHOICE, indicator_id, key))
        cell.decided = _row_in(theirs) if theirs else None
        _read(cell, today)
        made.append(cell)
    return made


def _as_it_stood(text: str, stood: str) -> str:
    """Return what was typed; what stood there to the sign where nobody changed what is shown of it."""
    return stood if looks_like(text, stood) else text.strip()


def _read(cell: Cell, today: date) -> None:
    """Read what was typed into a cell, and say what is wrong with it by itself."""
    shown, shown_n = cell.seen.get("value", ""), cell.seen.get("n", "")
    if cell.value != shown:
        typed = read(FIELDS["value"], cell.value, today=today)
        cell.value = typed.text
        if typed.problem:
            cell.problems[cell.name()] = sentence(typed.problem)
    if cell.n is not None and cell.n != shown_n:
        typed = read(FIELDS["n"], cell.n, today=today)
        cell.n = typed.text
        if typed.problem:
            cell.problems[cell.name(N)] = sentence(typed.problem)
    if shown and not cell.value:
        cell.problems[cell.name()] = say(
            "The value {value} stands here; a value is removed in the tab Observations of its finding, with a reason.",
            value=shown,
        )
    elif not cell.value and cell.n:
        cell.problems[cell.name(N)] = say("Enter the value as well, or leave this empty.")
    if shown_n and cell.n == "" and cell.value:
        cell.problems[cell.name(N)] = say(
            "{n} stands here; enter another number, or the same again.", n=shown_n
        )


def judge_cells(session: Session, cells: Iterable[Cell], final: str) -> list[Add]:
    """Say what is wrong with the touched cells in the plan as it is now; return the rows that they come to."""
    touched = [cell for cell in cells if cell.is_touched]
    columns = list({cell.column.key: cell.column for cell in touched}.values())
    stand: StoredValues = {}
    for column in columns:
        ids = [cell.indicator_id for cell in touched if cell.column.key == column.key]
        stand |= stored_values(session, ids, [column])[0]
    coming, today = [], session.today
    for cell in touched:
        now = stand.get((cell.indicator_id, cell.column.key), {})
        _compare(cell, now)
        if cell.value and not cell.problems and not cell.is_kept and not _says(cell, now):
            coming.append((cell, _row(cell, now, final, today)))
    _judge(session, coming)
    return [Add(Observation(**row)) for _, row in coming]


def _row_in(text: str) -> dict[str, str]:
    """Return the value that the page carries as it was shown.

    Raises:
        PlanError: the page does not carry one.
    """
    try:
        return {str(name): str(cell) for name, cell in dict(json.loads(text)).items()}
    except (ValueError, TypeError, RecursionError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error


def _compare(cell: Cell, now: Mapping[str, str]) -> None:
    """Note where somebody else stored another value since the cell was shown, and nobody decided about it yet."""
    moved = any(not same(now.get(name, ""), cell.seen.get(name, "")) for name in ("value", "n"))
    is_decided = cell.choice in (MINE, KEPT) and cell.decided == json.loads(as_opened(now))
    if moved and not is_decided and not (now and _says(cell, now)):
        cell.theirs = now


def _says(cell: Cell, now: Mapping[str, str]) -> bool:
    """Tell whether the plan holds already what was typed."""
    return same(cell.value, now.get("value", "")) and (cell.n is None or same(cell.n, now.get("n", "")))


def _row(cell: Cell, now: Mapping[str, str], final: str, today: date) -> dict[str, str]:
    """Return the observation that a cell comes to; a correction keeps its day and whatever else was said of it."""
    row = {column: now.get(column, "") for column in FIELDS.columns if column != "observation_id"}
    row |= {"indicator_id": cell.indicator_id, "value": cell.value, "final": final}
    row["observed_on"] = now.get("observed_on") or cell.column.usual(today).isoformat()
    row["recorded_on"] = max(today.isoformat(), known_indicator(now)) if now else today.isoformat()
    return row if cell.n is None else row | {"n": cell.n}


def _judge(session: Session, coming: list[tuple[Cell, dict[str, str]]]) -> None:
    """Ask the plan what it says to rows; each carries the number of its cell as a key, and is told by it."""
    marked = {f"~{at}": (cell, row) for at, (cell, row) in enumerate(coming)}
    edits = [Add(Observation(**row, observation_id=key)) for key, (_, row) in marked.items()]
    for issue in session.plan.problems(*edits, as_of=session.today) if edits else ():
        if issue.key not in marked:
            continue
        cell, _ = marked[issue.key]
        if issue.is_error:
            name = cell.name(N) if issue.column == "n" and cell.n is not None else cell.name()
            cell.problems.setdefault(name, sentence(issue.message))
        else:
            cell.warnings.append(sentence(issue.message))
    fine = [(cell, row) for cell, row in coming if not cell.problems]
    for cell, told in _worth_a_look(session, fine):
        cell.warnings.append(told)


def _worth_a_look(
    session: Session, coming: Collection[tuple[Cell, dict[str, str]]]
) -> Iterator[tuple[Cell, str]]:
    """Yield what validation says of the indicators as they would be with the new values, once for each."""
    ids = list({cell.indicator_id: cell for cell, _ in coming})
    if not ids:
        return
    indicators, stored = session.plan.look(
        lambda records: (
            records.where("indicator", indicator_id=ids),
            records.where("observation", indicator_id=ids).rows(),
        )
    )
    rows = [*stored, *(row | {"observation_id": f"~{at}"} for at, (_, row) in enumerate(coming))]
    tables = {"indicator": indicators, "observation": TextTable.of(FIELDS, rows)}
    first = {cell.indicator_id: cell for cell, _ in reversed(list(coming))}
    with suppress(ValueError):  # a stored value that is no number has an error of its own
        for issue in validate(tables, today=session.today, table_names=("indicator",)):
            if issue.code == "W-FRACTION" and issue.key in first:
                yield first[issue.key], sentence(issue.message)

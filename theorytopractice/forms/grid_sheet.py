"""Which indicators and which months stand in the grid of values, and what holds the plan of them already?"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.facts import in_order
from theorytopractice.forms.typed import read_day
from theorytopractice.language import say, say_day, say_month, spoken
from theorytopractice.model.values import folded, natural, read_date
from theorytopractice.model.vocabularies import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from theorytopractice.forms.desk import Desk

PAGE = 50
SPANS = ("1", "3", "6", "12")
MONTHS_BACK = 120
FIRST_MONTH = 12
"""January of the year 1, before which there is no date; months are counted from the year 0."""
COUNTED = (Measure.PERCENTAGE, Measure.COUNT)
"""Measures behind whose values respondents or an exposure may stand."""
Held = dict[tuple[str, str], dict[str, str]]
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
class Sheet:
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

    def rows(self, desk: Desk) -> list[dict[str, str]]:
        """Return the rows of all indicators."""
        version = desk.overview.version
        if version != self._version:
            found = [row for row in desk.rows("indicator") if row["indicator_id"]]
            self._rows = sorted(found, key=lambda row: natural(row["indicator_id"]))
            self._words, self._full, self._version = {}, {}, version
        return self._rows

    def words(self, desk: Desk) -> dict[str, str]:
        """Return what each indicator is searched by: itself, its unit and its findings."""
        rows = self.rows(desk)
        if not self._words:
            named = {key: name for key, name, _ in desk.overview.names("finding", "finding_id", "statement")}
            said: dict[str, list[str]] = {}
            for link in desk.rows("finding_indicator"):
                finding_id = link["finding_id"]
                said.setdefault(link["indicator_id"], []).append(f"{finding_id} {named.get(finding_id, '')}")
            for row in rows:
                key = row["indicator_id"]
                self._words[key] = folded(
                    " ".join([key, row["name"], row.get("unit", ""), *said.get(key, [])])
                )
        return self._words

    def full(self, desk: Desk, columns: Sequence[Column]) -> set[str]:
        """Return the indicators that have a value in every column."""
        self.rows(desk)
        asked = tuple(one.key for one in columns)
        if asked not in self._full:
            place = _days(columns)
            table = desk.plan.look(lambda records: records.where("observation", observed_on=place))
            found: dict[str, set[int]] = {}
            for key, day in zip(table["indicator_id"], table["observed_on"], strict=True):
                found.setdefault(key, set()).add(place[day])
            self._full[asked] = {key for key, places in found.items() if len(places) == len(columns)}
        return self._full[asked]


def fitting(desk: Desk, sheet: Sheet) -> list[dict[str, str]]:
    """Return the indicators that a sheet asks for."""
    rows = desk.indicators.rows(desk)
    if sheet.ids:
        among = set(sheet.ids)
        return [row for row in rows if row["indicator_id"] in among][:PAGE]
    if wanted := folded(sheet.text).split():
        words = desk.indicators.words(desk)
        rows = [row for row in rows if all(one in words[row["indicator_id"]] for one in wanted)]
    if sheet.is_open:
        full = desk.indicators.full(desk, sheet.columns(desk.today))
        rows = [row for row in rows if row["indicator_id"] not in full]
    return rows


def _days(columns: Sequence[Column]) -> dict[str, int]:
    """Return every day that the columns cover, with the place of its column."""
    return {
        date.fromordinal(at).isoformat(): place
        for place, column in enumerate(columns)
        for at in range(column.first.toordinal(), column.last.toordinal() + 1)
    }


def held(desk: Desk, ids: Iterable[str], columns: Sequence[Column]) -> tuple[Held, dict[str, dict[str, str]]]:
    """Return what stands in each cell, and the latest value of each indicator before the first column.

    Of several values of one month the latest day counts, of one day the one that became known last.
    """
    keys, place = list(dict.fromkeys(ids)), _days(columns)
    table = desk.plan.look(lambda records: records.where("observation", indicator_id=keys)) if keys else None
    cells: Held = {}
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
        np.array([read_date(known(row)).toordinal() for row in dated], dtype=np.int64),
        pd.Series([row["observation_id"] for row in dated], dtype=object),
    )
    return (dated[at] for at in order)


def known(row: Mapping[str, str]) -> str:
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

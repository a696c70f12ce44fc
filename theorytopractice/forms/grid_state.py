"""Which months and indicators does the grid show?"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from theorytopractice.forms.cells import read_day
from theorytopractice.i18n import say, say_day, say_month, spoken
from theorytopractice.model.values import fold, natural, read_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theorytopractice.forms.overview import Overview
    from theorytopractice.store.plan import Plan


PAGE = 50
SPANS = ("1", "3", "6", "12")
MONTHS_BACK = 120
FIRST_MONTH = 12
"""January of the year 1, before which there is no date; months are counted from the year 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of values: a month such as ``2026-06``, or a single day such as ``2026-06-15``."""

    key: str
    first: date
    last: date

    @classmethod
    def from_key(cls, key: str) -> Column:
        """Return the column of a key; raises ValueError."""
        if len(key) > len("2026-06"):
            return cls(key, read_date(key), read_date(key))
        first = read_date(f"{key}-01")
        return cls(key, first, first.replace(day=monthrange(first.year, first.month)[1]))

    @property
    def label(self) -> str:
        """What the column is called."""
        return _column_label(self, spoken())

    def default_day(self, today: date) -> date:
        """Return the day that a new value gets: the last one, today while the month still runs."""
        return today if self.first <= today < self.last else self.last


@lru_cache(maxsize=512)
def _column_label(column: Column, _: str) -> str:
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
        day = read_day(self.day, today=today)
        month = self.last_month(today)
        if not day.problem and not day.text.startswith(month):
            return "", say("The day does not lie in {month}.", month=Column.from_key(month).label)
        return ("", day.problem) if day.problem else (day.text, "")

    def last_month(self, today: date) -> str:
        """Return the last month that is shown."""
        return self.last or month_key(today.year * 12 + today.month - 2)

    def columns(self, today: date) -> list[Column]:
        """Return the columns, the earliest first."""
        day, _ = self.chosen_day(today)
        if day:
            return [Column.from_key(day)]
        last = Column.from_key(self.last_month(today)).first
        end = last.year * 12 + last.month - 1
        first = max(end - int(self.months) + 1, FIRST_MONTH)
        return [Column.from_key(month_key(at)) for at in range(first, end + 1)]


def month_key(number: int) -> str:
    """Return the key of a month that is counted from the year 0."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def is_month(text: str) -> bool:
    """Tell whether a text is the key of a month."""
    try:
        return len(Column.from_key(text).key) == len("2026-06")
    except ValueError:
        return False


class Indicators:
    """Every indicator in natural order, and the words by which each is found; read again when the plan changed."""

    def __init__(self, plan: Plan, overview: Overview) -> None:
        """Read nothing yet."""
        self._plan, self._overview = plan, overview
        self._version: object = None
        self._rows: list[dict[str, str]] = []
        self._words: dict[str, str] = {}
        self._complete: dict[tuple[str, ...], set[str]] = {}

    def rows(self) -> list[dict[str, str]]:
        """Return the rows of all indicators."""
        version = self._overview.version
        if version != self._version:
            rows = self._plan.look(lambda records: records.where("indicator").rows())
            self._rows = sorted(
                (row for row in rows if row["indicator_id"]), key=lambda row: natural(row["indicator_id"])
            )
            self._words, self._complete, self._version = {}, {}, version
        return self._rows

    def names(self) -> dict[str, str]:
        """Return what each indicator is called."""
        return {row["indicator_id"]: row["name"] for row in self.rows()}

    def words(self) -> dict[str, str]:
        """Return what each indicator is searched by: itself, its unit and its findings."""
        rows = self.rows()
        if not self._words:
            findings = self._overview.names("finding", "finding_id", "statement")
            statements = {key: statement for key, statement, _ in findings}
            links = self._plan.look(lambda records: records.where("finding_indicator").rows())
            texts: dict[str, list[str]] = {}
            for link in links:
                finding_id = link["finding_id"]
                texts.setdefault(link["indicator_id"], []).append(
                    f"{finding_id} {statements.get(finding_id, '')}"
                )
            for row in rows:
                key = row["indicator_id"]
                self._words[key] = fold(
                    " ".join([key, row["name"], row.get("unit", ""), *texts.get(key, [])])
                )
        return self._words

    def complete(self, columns: Sequence[Column]) -> set[str]:
        """Return the indicators that have a value in every column."""
        self.rows()
        key = tuple(column.key for column in columns)
        if key not in self._complete:
            places = column_days(columns)
            table = self._plan.look(lambda records: records.where("observation", observed_on=places))
            filled: dict[str, set[int]] = {}
            for indicator_id, day in zip(table["indicator_id"], table["observed_on"], strict=True):
                filled.setdefault(indicator_id, set()).add(places[day])
            self._complete[key] = {name for name, numbers in filled.items() if len(numbers) == len(columns)}
        return self._complete[key]

    def matching(self, grid_state: GridState, today: date) -> list[dict[str, str]]:
        """Return the indicators that a grid asks for."""
        rows = self.rows()
        if grid_state.ids:
            ids = set(grid_state.ids)
            return [row for row in rows if row["indicator_id"] in ids][:PAGE]
        if search := fold(grid_state.text).split():
            words = self.words()
            rows = [row for row in rows if all(word in words[row["indicator_id"]] for word in search)]
        if grid_state.is_open:
            complete = self.complete(grid_state.columns(today))
            rows = [row for row in rows if row["indicator_id"] not in complete]
        return rows


def column_days(columns: Sequence[Column]) -> dict[str, int]:
    """Return every day that the columns cover, with the place of its column."""
    return {
        date.fromordinal(at).isoformat(): place
        for place, column in enumerate(columns)
        for at in range(column.first.toordinal(), column.last.toordinal() + 1)
    }

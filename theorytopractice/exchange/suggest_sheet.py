"""What does a foreign sheet hold, as a mapping would read it? Its columns by role, its keys, dates, owners and numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from theorytopractice.clock import now
from theorytopractice.errors import quote
from theorytopractice.exchange.column_looks import PERIOD, Look, Reason, looks_of, with_roles
from theorytopractice.exchange.column_synonyms import is_placeholder
from theorytopractice.exchange.register_survey import (
    CENTURY,
    ISO,
    DateWriting,
    SurveyColumn,
    date_writing,
    read_as,
)
from theorytopractice.i18n import say
from theorytopractice.model.plain_dates import (
    DAY_FIRST,
    MONTH_FIRST,
    SERIAL_1900,
    DateStyle,
    is_day_first_shape,
)
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.plain_text import AmbiguousTextError, comparable
from theorytopractice.model.values import read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from theorytopractice.exchange.register_survey import SurveySheet

DATED = (
    "finding.recorded_on",
    "event.start",
    "event.complete",
    "updated_on",
    "action.planned_start",
    "action.due",
)
GROUPED = ("finding.theme", "finding.source", "action.site", "owner.unit", "finding.so_what")
SUBJECT = ("finding.statement", "finding.finding_id")
FOLLOWING = ("response", "finding.recorded_on", "finding.note", "finding.certainty", "owner.unit")
LEAST_BLANK = 0.3
"""The share of empty cells from which a column may be one of groups that are named once."""
SURE_SEPARATORS = (";", "；", "\n", "、", "，", "/")
DOUBTFUL_SEPARATORS = (" & ", " and ", " et ", " und ", " y ", " e ", " en ", ",")
"""These stand in the name of one department, too, or between a family name and a first name."""
SHORTEST_NAME, MOST_SHOWN = 2, 5
FORMS: dict[str, dict[str, Any]] = {
    "day first": {"order": DAY_FIRST},
    "month first": {"order": MONTH_FIRST},
    "serial": {"serial": SERIAL_1900},
    "year": {"has_years": True},
}


@dataclass(slots=True)
class SheetPlan:
    """A sheet with what its columns look like; ``source`` is the name it gets in the mapping.

    ``undecided`` are sentences about what somebody still has to decide, ``used`` the columns that the mapping reads,
    ``reasons`` why a column that is known is not read.
    """

    sheet: SurveySheet
    source: str
    looks: dict[str, Look] = field(default_factory=dict)
    columns: dict[str, SurveyColumn] = field(default_factory=dict)
    fill_down: list[str] = field(default_factory=list)
    order: str = ""
    undecided: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    reasons: dict[str, Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: SurveySheet, source: str, roles: Mapping[str, str] | None = None) -> SheetPlan:
        """Look at a sheet, in which somebody may have said what columns are: groups that are named once are filled down, and all its dates show the order of day and month."""
        plan = cls(
            sheet,
            source,
            with_roles(looks_of(sheet), roles or {}),
            {column.name: column for column in sheet.columns},
        )
        leaders = [name for name in plan.columns if plan._is_grouped(name)]
        plan.fill_down = [name for name in plan.columns if name in leaders or plan._goes_with(name, leaders)]
        for name in plan.fill_down:
            plan.columns[name] = SurveyColumn(name, _filled_down(plan.columns[name].cells))
        orders = {one for column in plan.columns.values() for one in column.writing.order}
        plan.order = orders.pop() if len(orders) == 1 else ""
        return plan

    @property
    def where(self) -> str:
        """What the sheet is called in a sentence."""
        return f"the sheet {quote(self.sheet.name)}" if self.sheet.name else quote(self.sheet.table.name)

    def named(self, role: str) -> str:
        """Return the name of the column of a role, an empty text if there is none."""
        return next((name for name, look in self.looks.items() if look.role == role), "")

    def all_named(self, role: str) -> list[str]:
        """Return the names of all columns of a role."""
        return [name for name, look in self.looks.items() if look.role == role]

    def why(self, name: str) -> str:
        """Say why a column is taken for what it is, and whether that is only a guess."""
        look = self.looks[name]
        return look.why if look.is_certain else f"GUESSED: {look.why}"

    def take(self, role: str) -> tuple[str, str]:
        """Return the column of a role and why, and note that the mapping reads it."""
        name = self.named(role)
        if name:
            self.used.add(name)
        return (name, self.why(name)) if name else ("", "")

    def _is_grouped(self, name: str) -> bool:
        """Tell whether a column names a group once, in the first of its rows."""
        column, role = self.columns[name], self.looks[name].role
        if role not in (*GROUPED, *SUBJECT) or not column.cells or not column.cells[0]:
            return False
        if (
            column.n_blank < LEAST_BLANK * len(column.cells)
            or column.uniqueness < 1
            or column.n_filled < SHORTEST_NAME
        ):
            return False
        title = self.columns.get(self.named("action.title"))
        if role in SUBJECT:
            return title is not None and all(
                other for own, other in zip(column.cells, title.cells, strict=True) if not own
            )
        return True

    def _goes_with(self, name: str, leaders: Sequence[str]) -> bool:
        """Tell whether a column is empty in just those rows in which the names of groups are: it is said once for them, too."""
        blank = [not text for text in self.columns[name].cells]
        return self.looks[name].role in FOLLOWING and any(
            blank == [not text for text in self.columns[leader].cells] for leader in leaders
        )

    # --- dates and numbers ---------------------------------------------------------------------------------

    def date_cell(self, name: str) -> tuple[Any, str]:
        """Return how a column of dates is declared, and what is to be said of it."""
        column = self.columns[name]
        writing = date_writing(column.sample, self.order)
        serials = [text for text in writing.unread if re.fullmatch(r"[345]\d{4}", text)]
        forms = [*writing.forms, *(["serial"] if serials and "serial" not in writing.forms else [])]
        self.used.add(name)
        parts = [self.why(name), *self._about_dates(name, column, writing, serials)]
        if not forms and writing.century is None:
            return name, "; ".join(parts)
        cell: dict[str, Any] = {"column": name}
        if forms:
            cell["dates"] = forms
        if writing.century is not None:
            cell["century"] = writing.century
        return cell, "; ".join(parts)

    def _about_dates(
        self, name: str, column: SurveyColumn, writing: DateWriting, serials: Sequence[str]
    ) -> Iterable[str]:
        if writing.forms and not writing.order and writing.forms[0] in ("day first", "month first"):
            yield f"{writing.forms[0]}, as other columns show"
        if writing.century is not None:
            yield f"GUESSED: two-digit years are {CENTURY}s"
        if writing.ambiguous:
            n, sample = writing.ambiguous.total(), quote(next(iter(writing.ambiguous)))
            many = f"{n:,} dates such as {sample} can be two days" if n > 1 else f"{sample} can be two days"
            if any(map(is_day_first_shape, writing.ambiguous)):
                yield f'DECIDE: {many}; add dates = ["day first"] or ["month first"]'
                self.undecided.append(f"{quote(name)}: {many}: day first or month first?")
            else:  # T2 2026: a quarter in one language, four months in another
                yield f"DECIDE: {many}; it is listed until it is written as a day"
                self.undecided.append(f"{quote(name)}: {many}: write the day in the spreadsheet")
        lost = Counter(
            {
                text: n
                for text, n in column.counts.items()
                if text not in column.sample or text in writing.unread
            }
        )
        for text in serials:
            lost.pop(text, None)
        if lost:
            often = ", ".join(f"{quote(text)} {n:,}x" for text, n in lost.most_common(MOST_SHOWN))
            yield f"not read and listed: {often}{', …' if len(lost) > len('first') else ''}"

    def days(self, name: str) -> list[str]:
        """Return the dates of a column as ISO texts, empty where they are none."""
        cell = self.date_cell(name)[0] if name else ""
        forms = cell if isinstance(cell, dict) else {}
        known: dict[str, Any] = {} if "century" not in forms else {"century": forms["century"]}
        for form in forms.get("dates", ()):
            known |= FORMS[form]
        days = (read_as(text, DateStyle(**known)) if text else "" for text in self.columns[name].cells)
        return [day if ISO.fullmatch(day) else "" for day in days]

    def earliest_day(self) -> str:
        """Return the earliest date of the sheet; without any the day of today."""
        kept, n_used = len(self.undecided), set(self.used)
        names = [
            name for name, look in self.looks.items() if look.role in DATED[:-1] and self.columns[name].counts
        ]
        names = names or [
            name for name, look in self.looks.items() if look.role in DATED and self.columns[name].counts
        ]
        days = sorted(day for name in names for day in self.days(name) if day)
        del self.undecided[kept:]
        self.used = n_used
        return min([*days[:1], now().date().isoformat()])

    def recorded_on(self) -> tuple[Any, str]:
        """Return how the day of recording of a finding is filled; nothing where no column tells it."""
        name = self.named("finding.recorded_on")
        if not name:
            self.undecided.append(
                "no column says when a row was recorded: findings come without a day (recorded_quality unknown), "
                f"actions, which must have one, of {self.earliest_day()}"
            )
            return None, ""
        return self.date_cell(name)

    def is_always_dated(self) -> bool:
        """Tell whether a column says of every row when it was recorded."""
        name = self.named("finding.recorded_on")
        return bool(name) and all(self.days(name))

    def action_recorded_on(self) -> tuple[Any, str]:
        """Return how the day of recording of an action is filled, which it must have: else the earliest of the sheet."""
        name = self.named("finding.recorded_on")
        day = self.earliest_day()
        if not name:
            cell = {
                "constant": day,
                "listed": say("no date of recording; the action is put to {day}", day=day),
            }
            return cell, "DECIDE: no column says when it was recorded, and an action must have a day"
        cell, why = self.date_cell(name)
        if self.is_always_dated():
            return cell, why
        rest = {
            "constant": day,
            "listed": say(
                "no date of recording that can be read; the action is put to the earliest of the sheet"
            ),
        }
        return [cell if isinstance(cell, dict) else {"column": name}, rest], why

    def number_cell(self, names: Sequence[str], column: str = "") -> Any:  # noqa: ANN401 - a cell of a mapping
        """Return how columns of numbers are declared: with a decimal sign where the numbers need it."""
        texts = {text for name in names for text in self.columns[name].sample}
        fails = {sign: sum(not _reads(text, sign) for text in texts) for sign in ("", ".", ",")}
        best = min(fails, key=lambda sign: (fails[sign], sign != "."))
        name = column or names[0]
        if all(_reads(text, "") for one in names for text in self.columns[one].counts):
            return name
        if fails["."] != fails[","] or not any("," in text for text in texts):
            return {"column": name, "number": best}
        self.undecided.append(f"{quote(names[0])}: is a comma the decimal sign, or between thousands?")
        why = say("is the comma the decimal sign, or between thousands?")
        return {"column": name, "number": ".", "only": {"column": name, "matches": "[^,]*", "otherwise": why}}

    # --- keys ----------------------------------------------------------------------------------------------

    def cells(self, name: str) -> list[str]:
        """Return the cells of a column as they are compared."""
        return [comparable(text) for text in self.columns[name].cells]

    def is_unique(self, names: Sequence[str]) -> bool:
        """Tell whether the cells of some columns together tell all filled rows apart."""
        rows = [row for row in zip(*map(self.cells, names), strict=True) if any(row)]
        return len(set(rows)) == len(rows)

    def finding_key(self, statement: str) -> tuple[Any, str]:
        """Return how the key of a finding is made, and why."""
        name = self.named("finding.finding_id")
        if not name:
            return {"hash": [statement], "prefix": "F-"}, "no column holds a key: one is made of the text"
        pairs = {pair for pair in zip(self.cells(name), self.cells(statement), strict=True) if all(pair)}
        keys = Counter(key for key, _ in pairs)
        self.used.add(name)
        if any(n > 1 for n in keys.values()):
            columns = [name, statement]
            return {
                "hash": columns,
                "prefix": "F-",
            }, f"the same {quote(name)} stands for several texts: both make the key"
        own = self._own_key(name, "F-")
        if self.columns[name].n_blank:
            first = own if isinstance(own, dict) else {"column": own}
            return [first, {"hash": [statement], "prefix": "F-"}], self.why(name)
        return own, self.why(name)

    def goes_on(self, statement: str) -> bool:
        """Tell whether each row without a text repeats the key of a finding that has one, as where it has several actions."""
        name = self.named("finding.finding_id")
        if not name or self.columns[name].n_blank:
            return False
        rows = [*zip(self.cells(name), self.cells(statement), strict=True)]
        keys = Counter(key for key, text in rows if text)
        return all(keys[key] == 1 for key, _ in rows)

    def _own_key(self, name: str, prefix: str) -> Any:  # noqa: ANN401 - a cell of a mapping
        """Return a key as it stands, with a letter before it where it is a mere number."""
        is_number = all(text.isdecimal() for text in self.columns[name].counts)
        return {"template": f"{prefix}{{{name}}}"} if is_number and not set("{}") & set(name) else name

    def action_key(self, title: str) -> tuple[Any, str]:
        """Return how the key of an action is made so that each row has its own, and why."""
        own, subject = self.named("action.action_id"), self.named("finding.finding_id")
        if own and self.is_unique([own]) and not self.columns[own].n_blank:
            self.used.add(own)
            return self._own_key(own, "A-"), self.why(own)
        if (
            subject
            and self.is_unique([subject])
            and not self.columns[subject].n_blank
            and not set("{}") & set(subject)
        ):
            return {"template": f"A-{{{subject}}}"}, "one action a row, called by the key of its finding"
        more = [
            subject,
            self.named("finding.statement"),
            *self.all_named("owner.name")[:1],
            self.named("action.due"),
        ]
        columns = [title]
        for name in filter(None, more):
            if self.is_unique(columns):
                break
            if name not in columns:
                columns.append(name)
        if self.is_unique(columns):
            return {"hash": columns, "prefix": "A-"}, "a key made of what tells the rows apart"
        self.undecided.append(
            "nothing tells all actions apart: their key is the number of the row, which moves if rows do"
        )
        return {"template": "A-{#row}"}, "DECIDE: nothing else tells the rows apart; it moves if rows do"

    # --- owners --------------------------------------------------------------------------------------------

    def separators(self, name: str) -> list[str]:
        """Return what stands between several owners of a cell; say what may stand there."""
        texts = [text for text in self.columns[name].counts if not is_placeholder(text)]
        whole = set(map(comparable, texts))
        signs = []
        for sign in (*SURE_SEPARATORS, *DOUBTFUL_SEPARATORS):
            cells = [text for text in texts if _is_several(text, sign)]
            if not cells:
                continue
            is_sure = sign in SURE_SEPARATORS or any(
                comparable(part) in whole for text in cells for part in text.split(sign)
            )
            if is_sure:
                signs.append(sign)
            elif sign == ",":
                self.undecided.append(
                    f"{quote(name)}: is {quote(cells[0])} one owner or several? It is taken for one"
                )
        return signs

    def parts(self, name: str, signs: Sequence[str]) -> Iterable[tuple[int, str]]:
        """Return each owner that is named, with the row."""
        for row, text in enumerate(self.columns[name].cells):
            sign = next((one for one in signs if one in text), None)
            for part in text.split(sign) if sign else [text]:
                if part.strip():
                    yield row, part.strip()

    def periods(self) -> list[str]:
        """Return the headings that are periods."""
        return self.all_named(PERIOD)


def _is_several(text: str, sign: str) -> bool:
    parts = [part.strip() for part in text.split(sign)]
    return len(parts) > 1 and all(len(part) >= SHORTEST_NAME for part in parts)


def _reads(text: str, sign: str) -> bool:
    try:
        read_number(plain_number(text, sign))
    except (AmbiguousTextError, ValueError):
        return False
    return True


def _filled_down(cells: Sequence[str]) -> list[str]:
    filled, above = [], ""
    for text in cells:
        above = text or above
        filled.append(above)
    return filled

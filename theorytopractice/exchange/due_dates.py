"""What falls due on which day, and who is asked? Actions, reviews, checks, blocks to look at again, measurements."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.listings import attainment, mechanisms, standing
from theorytopractice.assessment.reviews import review_dates
from theorytopractice.assessment.workload import agenda
from theorytopractice.errors import UnknownName
from theorytopractice.i18n import message, say
from theorytopractice.model.vocabularies import OwnerRole

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from theorytopractice.assessment.encoded_plan import EncodedPlan


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Signs that neither a calendar nor a mail can carry; a line break and a tab are none."""


class Sort(StrEnum):
    """What sort of thing falls due."""

    ACTION = "action"
    REVIEW = "review"
    CHECK = "check"
    REVISIT = "revisit"
    MEASUREMENT = "measurement"

    @property
    def label(self) -> str:
        """What people call it."""
        return say(LABELS[self])


LABELS = {
    Sort.ACTION: message("Due"),
    Sort.REVIEW: message("Review"),
    Sort.CHECK: message("Check"),
    Sort.REVISIT: message("Look again"),
    Sort.MEASUREMENT: message("Next value"),
}


@dataclass(frozen=True, slots=True)
class DueDate:
    """A day on which something is to be done: what, of which row, by whom, and the findings that it serves."""

    sort: Sort
    key: str
    on: date
    title: str
    owner_ids: tuple[str, ...]
    finding_ids: tuple[str, ...]
    row: Mapping[Hashable, Any]


def plain(text: object) -> str:
    """Return a text in one line without control characters; empty where it is missing."""
    return " ".join(CONTROL.sub("", text).split()) if isinstance(text, str) else ""


def due_dates(encoded: EncodedPlan, as_of: date | str | None = None) -> list[DueDate]:
    """List what falls due as of a day, by date, sort and key; what is past and still open too.

    Due dates of the open actions that serve an open finding; the next review of every open finding; the next check of
    every mechanism in force; the day on which a block is looked at again; the next measurement of the indicators of open
    findings that declare how often they are measured.
    """
    reader = _Reader(encoded, as_of)
    rows = [
        *reader.actions(),
        *reader.reviews(),
        *reader.checks(),
        *reader.revisits(),
        *reader.measurements(),
    ]
    order = list(Sort)
    return sorted(rows, key=lambda row: (row.on, order.index(row.sort), row.key))


class People:
    """The owners of a plan: their names, and who answers for which action and finding."""

    def __init__(self, encoded: EncodedPlan) -> None:
        """Read the owners and the links to them."""
        owner = encoded.frames["owner"].drop_duplicates("owner_id")
        self.rows = {str(row["owner_id"]): row for row in owner.to_dict("records")}
        links = encoded.frames["action_owner"]
        links = links[(links["role"] == OwnerRole.ACCOUNTABLE) & links["owner_id"].notna()]
        self.of_action = dict(zip(links["action_id"], links["owner_id"], strict=True))
        finding = encoded.frames["finding"].dropna(subset="owner_id")
        self.of_finding = dict(zip(finding["finding_id"], finding["owner_id"], strict=True))

    def name(self, owner_id: str) -> str:
        """Return the name of an owner; the key where the plan does not say it."""
        return plain(self.rows.get(owner_id, {}).get("name")) or owner_id

    def choose(self, wanted: str) -> str:
        """Return the key of an owner who was named by key or name; raises UnknownName."""
        if wanted in self.rows:
            return wanted
        same = [key for key, row in self.rows.items() if plain(row["name"]) == wanted.strip()]
        if len(same) == 1:
            return same[0]
        raise UnknownName(say("owner"), wanted, [*self.rows, *(self.name(key) for key in self.rows)])


class _Reader:
    """Reads due dates from the tables of a plan on a day."""

    def __init__(self, encoded: EncodedPlan, as_of: date | str | None) -> None:
        self._encoded, self._as_of = encoded, as_of
        self._people = People(encoded)
        self._agenda = agenda(encoded, as_of=as_of)
        finding = encoded.frames["finding"]
        self._statement = dict(zip(finding["finding_id"], finding["statement"], strict=True))
        self._at_work: dict[str, dict[str, None]] = defaultdict(dict)
        for action_id, served in zip(self._agenda["action_id"], self._agenda["finding_ids"], strict=True):
            for finding_id in served if action_id in self._people.of_action else ():
                self._at_work[finding_id][self._people.of_action[action_id]] = None

    def actions(self) -> Iterator[DueDate]:
        """Yield the due dates of open actions."""
        for row in self._agenda.dropna(subset="due").to_dict("records"):
            key = str(row["action_id"])
            owners = (self._people.of_action[key],) if key in self._people.of_action else ()
            yield DueDate(
                Sort.ACTION,
                key,
                row["due"].date(),
                plain(row["title"]),
                owners,
                tuple(row["finding_ids"]),
                row,
            )

    def reviews(self) -> Iterator[DueDate]:
        """Yield the next review of each open finding."""
        yield from self._of_findings(Sort.REVIEW, review_dates(self._encoded, as_of=self._as_of), "due_on")

    def checks(self) -> Iterator[DueDate]:
        """Yield the next check of each mechanism in force."""
        yield from self._of_findings(Sort.CHECK, mechanisms(self._encoded, as_of=self._as_of), "next_due")

    def revisits(self) -> Iterator[DueDate]:
        """Yield the day on which each block in force is looked at again."""
        yield from self._of_findings(Sort.REVISIT, standing(self._encoded, as_of=self._as_of), "revisit_on")

    def measurements(self) -> Iterator[DueDate]:
        """Yield the next measurement of each indicator that says how often it is measured."""
        table = self._encoded.frames["indicator"].drop_duplicates("indicator_id").set_index("indicator_id")
        linked = attainment(self._encoded, as_of=self._as_of).dropna(subset="latest_on")
        for key, rows in linked.groupby("indicator_id", sort=False):
            indicator = table.loc[key]
            if pd.isna(indicator["cadence_days"]):
                continue
            findings = tuple(dict.fromkeys(rows["finding_id"]))
            latest, days = rows["latest_on"].max().date(), int(indicator["cadence_days"])
            if days > (date.max - latest).days:
                continue
            own = indicator.get("owner_id")
            owners = (own,) if isinstance(own, str) else self._owners(*findings)
            on, row = latest + timedelta(days=days), {"latest_on": latest}
            yield DueDate(Sort.MEASUREMENT, str(key), on, plain(indicator["name"]), owners, findings, row)

    def _of_findings(self, sort: Sort, frame: pd.DataFrame, column: str) -> Iterator[DueDate]:
        """Yield a date of each finding that has one."""
        for row in frame.dropna(subset=column).to_dict("records"):
            key = str(row["finding_id"])
            yield DueDate(
                sort, key, row[column].date(), plain(self._statement[key]), self._owners(key), (key,), row
            )

    def _owners(self, *finding_ids: str) -> tuple[str, ...]:
        """Return who owns some findings; of one that nobody owns, who is accountable for its open actions."""
        asked: dict[str, None] = {}
        for finding_id in finding_ids:
            own = self._people.of_finding.get(finding_id)
            asked |= {own: None} if own else self._at_work.get(finding_id, {})
        return tuple(asked)

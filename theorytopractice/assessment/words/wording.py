"""How are a day, a fact and a list of ids said in words?

Everything that an explanation says is read from the views of a :class:`Situation` that holds a single case, at
index 0; nothing is decided here or in the other ``wording_*`` files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import days
from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.language import message, say, say_duration, say_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from theorytopractice.assessment.arrays.segments import Grouped
    from theorytopractice.assessment.stages.situation import Situation

FEW = 5
BOTH = message("{first} and {second}")
EITHER = message("{first} or {second}")
OR_ELSE = message("{first}; or {second}")
"""How two things that hold together, and two of which one is enough, follow each other."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event, observation or piece of evidence with its id and date; as text ``2026-03-01 (V-0012)``."""

    identifier: str
    on: str
    row: pd.Series

    def __str__(self) -> str:
        """Return date and id."""
        return say("{day} ({identifier})", day=self.on, identifier=self.identifier)

    def cell(self, name: str) -> str:
        """Return a cell as text, empty where it is missing."""
        return text_of(self.row[name])


def text_of(value: Any) -> str:  # noqa: ANN401 - a cell of any type
    """Return a cell as text, empty where it is missing."""
    return "" if value is None or pd.isna(value) else str(value).strip()


def day_text(day: int) -> str:
    """Write a day as an ISO date."""
    return str(np.datetime64(int(day), "D"))


def day_cell(frame: pd.DataFrame, column: str, row: int) -> str:
    """Write a date of a table as an ISO date, empty where it is missing."""
    day = int(days(frame[column].iloc[[row]])[0])
    return "" if day == MISSING else day_text(day)


def days_text(n: int) -> str:
    """Write a number of days."""
    return say_duration(n, grouped=False)


def several(names: Iterable[object], word: str = "and", *, few: int | None = FEW) -> str:
    """Join names as people say them, each once; of many only some, with ``few=None`` all."""
    return say_list((str(one) for one in dict.fromkeys(names)), word, few=few)


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop; an id at the start stays as it is."""
    return say("{said}.", said=unpointed(f"{text[:1].upper()}{text[1:]}"))


def unpointed(text: str) -> str:
    """Leave out the full stop at the end, for something follows or another one."""
    return text.rstrip(".。")


def _fact(s: Situation, table: str, facts: Grouped, row: int) -> Fact:
    """Return a fact with its id, or the number of its row in its table where it has none."""
    position = int(facts.row[row])
    found = s.book.frames[table].iloc[position]
    identifier = text_of(found[f"{table}_id"]) or say("row {n}", n=position + 1)
    return Fact(identifier, day_text(facts["day"][row]), found)


def action_event(s: Situation, row: int) -> Fact:
    """Return the event of an action at a row of the book."""
    return _fact(s, "event", s.book.action_events, int(row))


def finding_event(s: Situation, row: int) -> Fact:
    """Return the event of a finding at a row of the book."""
    return _fact(s, "event", s.book.finding_events, int(row))


def observation(s: Situation, row: int) -> Fact:
    """Return the observation at a row of the book."""
    return _fact(s, "observation", s.book.observations, int(row))


def evidence(s: Situation, row: int) -> Fact:
    """Return the evidence of an action at a row of the book."""
    return _fact(s, "evidence", s.book.evidence, int(row))


def age_of(s: Situation, day: int) -> int:
    """Return how many days lie between a day and the as-of day."""
    return int(s.day[0]) - int(day)


def finding_cell(s: Situation, name: str) -> str:
    """Return a cell of the finding itself, empty where it is missing."""
    return text_of(s.book.frames["finding"][name].iloc[int(s.cases.finding[0])])


def finding_name(s: Situation, position: int) -> str:
    """Return the id of a finding by its position."""
    return str(s.book.findings.ids[int(position)])

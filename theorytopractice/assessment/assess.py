"""Which stage has every finding reached on a day? The public face of the assessment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import natural_order
from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.arrays.segments import MISSING, Days
from theorytopractice.assessment.stages.firsts import first_days
from theorytopractice.assessment.stages.flags import listed
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.assessment.stages.timeline import DISPOSITIONS, Cases
from theorytopractice.errors import UnknownName
from theorytopractice.model.as_of import as_day
from theorytopractice.model.vocabularies import FindingKind, Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.arrays.book import Book

HEADLINE_FLAGS = ("shelved", "stalled", "overdue", "blocked", "dead_letter", "lapsed")


def assess(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    dates: bool = False,
) -> pd.DataFrame:
    """Say for every finding which stage its evidence supports on a day (method, sections 3 to 10).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        dates: also work out on which day each stage was first reached (12.1); slower.

    Returns:
        One row a finding in order of finding_id: ``finding_id``, ``kind``, ``disposition``, ``stage``
        (Int64, missing where the finding is not open), ``stage_name``, ``headline``, ``flags`` (sorted list
        of str), ``as_of``; with ``dates`` also ``first_planned_on``, ``first_started_on``,
        ``carried_out_on``, ``in_practice_since``. ``attrs["as_of"]`` holds the day.

    Raises:
        InvalidPlan: an identifier is empty or stands twice, or a setting cannot be read.
    """
    book = encode(plan)
    cases = everything_on(book, as_of, knowledge)
    situation = Situation(book, cases)
    frame = describe(situation)
    if dates:
        for name, found in first_days(book, cases).items():
            frame[name] = as_dates(found)
    frame = frame.iloc[natural_order(book.findings.ids)].reset_index(drop=True)
    frame.attrs["as_of"] = str(as_day(book, as_of))
    return frame


def everything_on(book: Book, as_of: date | str | None, knowledge: str) -> Cases:
    """Return the cases of all findings on one day; raises PracticeError for what is not a day."""
    known = kind_of_knowledge(knowledge)
    day = number_of(book, as_of)
    n = len(book.findings.ids)
    return Cases(np.arange(n), np.full(n, day, dtype=np.int32), known)


def kind_of_knowledge(word: str) -> Knowledge:
    """Read a kind of knowledge; raises UnknownName."""
    if word not in tuple(Knowledge):
        raise UnknownName("kind of knowledge", word, Knowledge)
    return Knowledge(word)


def number_of(book: Book, as_of: date | str | None) -> int:
    """Read an as-of date as days since 1970."""
    return (as_day(book, as_of) - date(1970, 1, 1)).days


def describe(s: Situation) -> pd.DataFrame:
    """Put the results of a situation into a frame, one row a case."""
    frame = standing(s)
    frame.insert(0, "finding_id", s.book.findings.ids.to_numpy(dtype=object)[s.cases.finding])
    frame.insert(1, "kind", np.array([str(kind) for kind in FindingKind], dtype=object)[s.kind])
    frame.insert(2, "disposition", np.array(DISPOSITIONS, dtype=object)[s.seen.disposition])
    return frame.assign(flags=pd.Series(listed(s.flags, len(s)), dtype=object), as_of=as_dates(s.day))


def standing(s: Situation) -> pd.DataFrame:
    """Say how far each case is, one row a case: stage, stage_name, headline; judges no flag but a headline's."""
    is_open = s.seen.is_open
    name = np.array([str(stage) for stage in Stage], dtype=object)[s.stage]
    name[~is_open] = None
    headline = np.where(is_open, name, np.array(DISPOSITIONS, dtype=object)[s.seen.disposition])
    for flag in HEADLINE_FLAGS:  # the gravest, which comes last, wins (method, 5.3)
        headline[s.flag(flag)] = flag
    stage = pd.Series(s.stage, dtype="Int64").mask(~is_open)
    return pd.DataFrame({"stage": stage, "stage_name": name, "headline": headline})


def as_dates(found: Days) -> np.ndarray:
    """Turn days since 1970 into dates (datetime64[s]); MISSING becomes NaT."""
    dates = found.astype("datetime64[D]").astype("datetime64[s]")
    dates[found == MISSING] = np.datetime64("NaT")
    return dates

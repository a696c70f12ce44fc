"""In which state is every action, who has it, and until when?

Method, section 4, and the open actions of section 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import as_dates, everything_on, number_of
from theorytopractice.assessment.lists.framing import accountable, cells, finished, rank_of
from theorytopractice.assessment.lists.registers import STATES
from theorytopractice.assessment.stages.own_actions import linking_findings, observe_own_actions
from theorytopractice.assessment.stages.timeline import view
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.book import Book
    from theorytopractice.assessment.arrays.segments import Ints, Truths


def agenda(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open actions that serve an open finding in any role, the earliest due first, those without a date last.

    Columns: those of :func:`actions` but ``completed_on``, and ``days_left`` (missing without a date, negative when
    overdue).
    """
    every = actions(plan, as_of=as_of, knowledge=knowledge)
    frame = every[every["is_open"] & (every["finding_ids"].str.len() > 0)]
    frame = frame.sort_values("due", kind="stable", na_position="last").reset_index(drop=True)
    frame = frame.drop(columns=["is_open", "completed_on"])
    left = (frame["due"] - frame["as_of"]).dt.days.astype("Int64")
    frame.insert(len(frame.columns) - 1, "days_left", left)
    frame.attrs.update(every.attrs)
    return frame


def actions(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every action that is in the plan with its state, by action_id (method, section 4).

    Columns: ``action_id``, ``title``, ``responsible`` and ``unit`` (of the accountable owner, missing where there is none),
    ``due`` (the current one), ``original_due``, ``is_open`` (neither done, nor complete without evidence, nor cancelled),
    ``is_overdue``, ``action_state``, ``completed_on`` (the last complete, missing where none was seen), ``promised_to``,
    ``finding_ids`` (list of the open findings that it serves in any role), ``as_of``.
    """
    book = encode(plan)
    cases = everything_on(book, as_of, knowledge)
    day = number_of(book, as_of)
    own = observe_own_actions(book, day, cases.knowledge)
    chosen = np.flatnonzero(own.is_in_plan)
    name, unit = accountable(book)
    table = book.frames["action"]
    frame = pd.DataFrame(
        {
            "action_id": book.actions.ids[chosen].to_numpy(dtype=object),
            "title": cells(table["title"], chosen),
            "responsible": name[chosen],
            "unit": unit[chosen],
            "due": as_dates(own.due[chosen]),
            "original_due": as_dates(own.original_due[chosen]),
            "is_open": own.is_open[chosen],
            "is_overdue": own.is_overdue[chosen],
            "action_state": STATES[own.state[chosen]],
            "completed_on": as_dates(own.completed_on[chosen]),
            "promised_to": cells(table["promised_to"], chosen),
            "finding_ids": _served(book, view(book, cases).is_open, chosen),
        }
    )
    return finished(frame, np.argsort(rank_of(book.actions.ids)[chosen]), day)


def _served(book: Book, is_open: Truths, chosen: Ints) -> pd.Series:
    """Return the open findings of each chosen action, each once, in natural order."""
    finding, rank = linking_findings(book), rank_of(book.findings.ids)
    held: dict[int, set[int]] = {int(action): set() for action in chosen}
    for action, served in zip(book.links["action"][is_open[finding]], finding[is_open[finding]], strict=True):
        if int(action) in held:
            held[int(action)].add(int(served))
    ids = book.findings.ids
    return pd.Series(
        [[str(ids[one]) for one in sorted(found, key=rank.__getitem__)] for found in held.values()],
        dtype=object,
    )

"""Which actions are still open, who has them, and until when?

Method, section 4, and the open actions of section 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.assess import as_dates, everything_on, number_of
from theorytopractice.assessment.lists.framing import accountable, cells, finished, rank_of
from theorytopractice.assessment.lists.registers import STATES
from theorytopractice.assessment.stages.own_actions import linking_findings, observe_own_actions, serving
from theorytopractice.assessment.stages.timeline import view
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.encoding import Book
    from theorytopractice.assessment.arrays.segments import Ints, Truths


def agenda(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open actions that serve an open finding in any role, the earliest due first, those without a date last.

    Columns: ``action_id``, ``title``, ``responsible`` and ``unit`` (of the accountable owner, missing where there is none),
    ``due`` (the current one), ``original_due``, ``days_left`` (missing without a date, negative when overdue),
    ``is_overdue``, ``action_state``, ``promised_to``, ``finding_ids`` (list of the open findings that it serves),
    ``as_of``.
    """
    book = encode(plan)
    cases = everything_on(book, as_of, knowledge)
    day = number_of(book, as_of)
    is_open = view(book, cases).is_open
    own = observe_own_actions(book, day, cases.knowledge)
    chosen = np.flatnonzero(own.is_open & serving(book, is_open))
    name, unit = accountable(book)
    table, due = book.frames["action"], own.due[chosen]
    left = pd.array(due.astype(np.int64) - day, dtype="Int64")
    frame = pd.DataFrame(
        {
            "action_id": book.actions.ids[chosen].to_numpy(dtype=object),
            "title": cells(table["title"], chosen),
            "responsible": name[chosen],
            "unit": unit[chosen],
            "due": as_dates(due),
            "original_due": as_dates(own.original_due[chosen]),
            "days_left": pd.Series(left).mask(due == MISSING),
            "is_overdue": own.is_overdue[chosen],
            "action_state": STATES[own.state[chosen]],
            "promised_to": cells(table["promised_to"], chosen),
            "finding_ids": _served(book, is_open, chosen),
        }
    )
    last = np.where(due == MISSING, np.iinfo(np.int64).max, due.astype(np.int64))
    return finished(frame, np.lexsort((rank_of(book.actions.ids)[chosen], last)), day)


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

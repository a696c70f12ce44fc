"""Which values of the indicators were known on a day?

Method, T3 and T5: what was visible, and of several values of one date the one that was known last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import as_dates, everything_on, number_of
from theorytopractice.assessment.lists.framing import cells, finished, rank_of
from theorytopractice.assessment.stages.timeline import is_visible
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def readings(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the values of every indicator that were known on a day, one a date, provisional ones apart.

    Columns, by indicator and date: ``indicator_id``, ``observed_on``, ``value`` (as it was written), ``is_final``,
    ``observation_id`` (the row that counts), ``as_of``.
    """
    book = encode(plan)
    day, known = number_of(book, as_of), everything_on(book, as_of, knowledge).knowledge
    facts = book.observations
    indicator = np.repeat(np.arange(len(book.indicator_ids)), np.diff(facts.starts))
    rows = np.arange(len(indicator))
    seen = np.flatnonzero(is_visible(facts, rows, np.full(len(rows), day, dtype=np.int32), known))
    frame = pd.DataFrame(
        {
            "indicator_id": book.indicator_ids.to_numpy(dtype=object)[indicator[seen]],
            "observed_on": as_dates(facts["day"][seen]),
            "value": cells(book.frames["observation"]["value"], facts.row[seen]),
            "is_final": facts["is_final"][seen],
            "observation_id": cells(book.frames["observation"]["observation_id"], facts.row[seen]),
        }
    )
    last = ~frame.duplicated(["indicator_id", "observed_on", "is_final"], keep="last").to_numpy()
    frame, place = frame[last].reset_index(drop=True), indicator[seen[last]]
    return finished(frame, np.argsort(rank_of(book.indicator_ids)[place], kind="stable"), day)

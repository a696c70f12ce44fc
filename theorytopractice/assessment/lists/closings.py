"""By which decision was a finding closed, when, and why?

Method, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.segments import MISSING, pick
from theorytopractice.assessment.assess import as_dates
from theorytopractice.assessment.lists.framing import cells, finished, rank_of, situation_of
from theorytopractice.assessment.stages.timeline import DISPOSITIONS, OPEN, UNKNOWN
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def closings(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every finding that is closed on a day with the decision that closed it, by finding_id.

    Columns: ``finding_id``, ``disposition`` (rejected, superseded, retired, duplicate), ``event_id``, ``closed_on``,
    ``by``, ``reason``, ``other_finding_id`` (the one that takes over, where it was superseded or is a duplicate),
    ``as_of``.
    """
    s, day = situation_of(plan, as_of, knowledge)
    still = [DISPOSITIONS.index(OPEN), DISPOSITIONS.index(UNKNOWN)]
    chosen = np.flatnonzero(~np.isin(s.seen.disposition, still))
    decision, event = s.seen.decision[chosen], s.book.frames["event"]
    row = pick(s.book.finding_events.row, decision, -1)
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids.to_numpy(dtype=object)[s.cases.finding[chosen]],
            "disposition": np.array(DISPOSITIONS, dtype=object)[s.seen.disposition[chosen]],
            "event_id": cells(event["event_id"], row),
            "closed_on": as_dates(pick(s.book.finding_events["day"], decision, MISSING)),
            "by": cells(event["by"], row),
            "reason": cells(event["reason"], row),
            "other_finding_id": cells(event["other_finding_id"], row),
        }
    )
    return finished(frame, np.argsort(rank_of(s.book.findings.ids)[s.cases.finding[chosen]]), day)

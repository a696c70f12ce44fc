"""At how many sites of each experience is the result known, and at how many not yet?

Method, section 8: each site by its best state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.counts.works import FAILED
from theorytopractice.assessment.lists.framing import finished, rank_of, situation_of
from theorytopractice.assessment.stages.experiences import Replication, best_states
from theorytopractice.model.vocabularies import FindingKind, Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

KNOWN = (Replication.WORKED, *FAILED)


def site_results(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """Count the sites of every open experience by whether the result there is known, by finding_id.

    Columns: ``finding_id``, ``sites``, ``known`` (worked, did not work, or given up), ``unknown``, ``as_of``.
    """
    s, day = situation_of(plan, as_of, knowledge)
    case, state = best_states(s)
    is_known = np.isin(state, [code(Replication, one) for one in KNOWN])
    sites, known = (np.bincount(case[truth], minlength=len(s)) for truth in (state >= 0, is_known))
    chosen = np.flatnonzero(s.seen.is_open & s.is_kind(FindingKind.EXPERIENCE))
    finding = s.cases.finding[chosen]
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids.to_numpy(dtype=object)[finding],
            "sites": sites[chosen],
            "known": known[chosen],
            "unknown": (sites - known)[chosen],
        }
    )
    return finished(frame, np.argsort(rank_of(s.book.findings.ids)[finding]), day)

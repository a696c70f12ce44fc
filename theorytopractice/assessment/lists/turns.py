"""On which day of a period did a finding come to the stage that it has at the end?

Method, section 5 and 12.1: the stage of each day is the one that ``assess`` would have given on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import positions
from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.assess import as_dates, kind_of_knowledge, number_of
from theorytopractice.assessment.stages.firsts import stages
from theorytopractice.assessment.stages.timeline import Cases
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


def turns(
    plan: Mapping[str, pd.DataFrame],
    finding_ids: Sequence[str],
    *,
    since: date | str,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.Series:
    """Return for some findings the day since which they are as high, or as low, as at the end of a period.

    Every day of the period is assessed, so ask only about a few findings. Of one that stands higher on the as-of day
    than on ``since`` it is the day after the last on which it stood lower (or was not open); of one that stands lower, the
    day after the last on which it stood higher. Missing where the stage is the same on both days, or the finding is not
    open at the end.

    Returns:
        Dates by finding_id, in the order asked for.
    """
    book = encode(plan)
    begin, day = number_of(book, since), number_of(book, as_of)
    asked = pd.Series(list(finding_ids), dtype="str")
    span = np.arange(begin, day + 1, dtype=np.int32)
    finding = positions(asked, book.findings.ids)
    cases = Cases(np.repeat(finding, len(span)), np.tile(span, len(finding)), kind_of_knowledge(knowledge))
    stage = stages(book, cases).reshape(len(finding), len(span))
    before, now = stage[:, :1], stage[:, -1:]
    other = np.where(now > before, stage < now, (stage > now) | (stage < 0))
    last = len(span) - 1 - np.argmax(other[:, ::-1], axis=1)
    has_turned = ((now != before) & (now >= 0)).ravel()
    turned = np.where(has_turned, begin + last + 1, MISSING).astype(np.int32)
    return pd.Series(as_dates(turned), index=pd.Index(asked.to_numpy(dtype=object), name="finding_id"))

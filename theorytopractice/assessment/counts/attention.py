"""Which findings need looking at first, and how faithfully is each mechanism followed?

Method, sections 9 and 12: the lists beside the shelf rate, staleness and persistence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import as_dates, kind_of_knowledge, number_of
from theorytopractice.assessment.counts.counting import wilson
from theorytopractice.assessment.counts.snapshot import Past, Snapshot
from theorytopractice.assessment.counts.staleness import idle_days, newest_facts
from theorytopractice.assessment.lists.framing import finished, rank_of
from theorytopractice.assessment.stages.mechanisms import last_slots
from theorytopractice.model.vocabularies import FindingKind, Knowledge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.segments import Array, Ints


def snapshot_of(
    plan: Mapping[str, pd.DataFrame],
    as_of: date | str | None,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> Snapshot:
    """Look at a plan, or only at the findings ``among``, on one day."""
    book = encode(plan)
    day = number_of(book, as_of)
    return Snapshot(Past(book, day, kind_of_knowledge(knowledge), among), day)


def shelf(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the findings on the shelf for longer than the grace of 30 days, oldest first (method, section 12).

    Columns: ``finding_id``, ``kind``, ``statement``, ``theme``, ``recorded_on``, ``age`` (days, since the last
    material revision if there was one), ``as_of``. They are the findings flagged ``shelved``.
    """
    s = snapshot_of(plan, as_of, knowledge)
    chosen = np.flatnonzero(s.flag("shelved"))
    age = s.situation.age
    frame = _named(s, chosen, "kind", "statement", "theme")
    frame["recorded_on"] = as_dates(s.book.findings.recorded[chosen])
    frame["age"] = age[chosen]
    return finished(frame, _longest_first(s, chosen, age), s.day)


def staleness(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List all open findings by the days since anything was heard of them, worst first (method, section 12).

    Columns: ``finding_id``, ``kind``, ``statement``, ``newest_on`` (date of the newest visible event,
    observation or evidence of the finding, its linked actions and indicators; missing where there is none),
    ``days`` (since then, else since the finding was recorded), ``as_of``.
    """
    s = snapshot_of(plan, as_of, knowledge)
    chosen = np.flatnonzero(s.is_open)
    idle = idle_days(s)
    frame = _named(s, chosen, "kind", "statement")
    frame["newest_on"] = as_dates(newest_facts(s)[chosen])
    frame["days"] = idle[chosen]
    return finished(frame, _longest_first(s, chosen, idle), s.day)


def persistence(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open mechanisms with the share of their last checks that were passed (method, section 9).

    Columns: ``finding_id``, ``passes`` and ``slots`` (of the last 12 counted slots without na), ``value`` with
    its 95 % Wilson interval ``low`` and ``high``, ``streak`` (slots passed in a row up to the last counted
    one, na skipped, however many), ``as_of``. Mechanisms of which no slot counts yet have no value.
    """
    s = snapshot_of(plan, as_of, knowledge)
    chosen = np.flatnonzero(s.is_open & s.situation.is_kind(FindingKind.MECHANISM))
    passes, counted = (column[chosen] for column in last_slots(s.situation))
    low, high = wilson(passes, counted)
    frame = _named(s, chosen)
    frame["passes"], frame["slots"] = passes, counted
    frame["value"] = np.divide(passes, counted, out=np.full(len(chosen), np.nan), where=counted > 0)
    frame["low"], frame["high"] = low, high
    frame["streak"] = s.situation.mechanisms.streak[chosen].astype(np.int64)
    return finished(frame, np.argsort(rank_of(s.book.findings.ids)[chosen]), s.day)


def _named(s: Snapshot, chosen: Ints, *columns: str) -> pd.DataFrame:
    """Begin a listing of findings with their identifiers and some columns as they were written."""
    table = s.book.frames["finding"].iloc[chosen]
    frame = pd.DataFrame({"finding_id": s.book.findings.ids[chosen].to_numpy(dtype=object)})
    for column in columns:
        frame[column] = table[column].to_numpy(dtype=object)
    return frame


def _longest_first(s: Snapshot, chosen: Ints, days: Array) -> Ints:
    """Order findings by a number of days, the most first, then by finding_id."""
    return np.lexsort((rank_of(s.book.findings.ids)[chosen], -days[chosen]))

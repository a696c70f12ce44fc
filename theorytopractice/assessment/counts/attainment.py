"""How far along the way from its baseline to its target has each indicator come?

Method, section 12: a figure for each finding and indicator, never averaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.columns import code, codes, numbers
from theorytopractice.assessment.arrays.segments import MISSING, NEVER, Days, Floats, Ints, pick
from theorytopractice.assessment.assess import as_dates
from theorytopractice.assessment.counts.attention import snapshot_of
from theorytopractice.assessment.lists.framing import finished, rank_of
from theorytopractice.assessment.stages.outcome import Asked, OutcomeView, is_explicit, observe_outcomes
from theorytopractice.model.vocabularies import Direction, Knowledge, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.stages.situation import Situation

WORDS = (Measure.ORDINAL, Measure.NOMINAL)


def attainment(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List how much of the way from baseline to target each indicator of an open finding has gone.

    Method, section 12: (latest − baseline) ÷ (target − baseline); above 1 and below 0 are kept. The baseline is
    that of section 5.1-4: the explicit one, else the last visible final value before the actions began (of
    the replication, where the indicator measures one).

    Returns:
        One row an open finding and linked indicator, required or not, of any level: ``finding_id``,
        ``indicator_id``, ``action_id`` (the replication it measures), ``baseline``, ``target``, ``latest`` (the
        latest visible final value), ``latest_on``, ``attainment``, ``as_of``. Attainment is missing where one of
        the three figures is, where target and baseline are equal, for a range, and for ordinal and nominal
        measures; words are shown as missing.
    """
    snapshot = snapshot_of(plan, as_of, knowledge)
    s, book = snapshot.situation, snapshot.book
    case, link = book.measures.expand(np.flatnonzero(snapshot.is_open))
    case = np.flatnonzero(snapshot.is_open)[case]
    indicator, action = book.measures["indicator"][link], book.measures["action"][link]
    view = observe_outcomes(book, s.cases, s.seen, Asked(case, indicator, _start(s, case, action)))
    baseline, target, latest = _figures(s, view)
    way = target - baseline
    value = np.divide(latest - baseline, way, out=np.full(len(case), np.nan), where=way != 0)
    frame = pd.DataFrame(
        {
            "finding_id": book.findings.ids[case].to_numpy(dtype=object),
            "indicator_id": book.indicator_ids[indicator].to_numpy(dtype=object),
            "action_id": pick(book.actions.ids.to_numpy(dtype=object), action, None),
            "baseline": baseline,
            "target": target,
            "latest": latest,
            "latest_on": as_dates(pick(book.observations["day"], view.latest_row, MISSING)),
            "attainment": value,
        }
    )
    order = np.lexsort((action, rank_of(book.indicator_ids)[indicator], rank_of(book.findings.ids)[case]))
    return finished(frame, order, snapshot.day)


def _start(s: Situation, case: Ints, action: Ints) -> Days:
    """Return t0 of each link: of the replication that it measures, else of the finding (NEVER: undefined)."""
    width = len(s.book.actions.ids) + 1
    own = s.actions.case * width + s.actions.action
    order = np.argsort(own, kind="stable")
    wanted = case * width + action
    place = np.searchsorted(own[order], wanted)
    found = np.full(len(case), -1, dtype=np.int64)
    inside = np.flatnonzero((place < len(own)) & (action >= 0))
    hit = inside[own[order][place[inside]] == wanted[inside]]
    found[hit] = order[place[hit]]
    return np.where(action >= 0, pick(s.actions.started_on, found, NEVER), s.start[case])


def _figures(s: Situation, view: OutcomeView) -> tuple[Floats, Floats, Floats]:
    """Return baseline, target and latest value of each row as numbers; NaN where there is none."""
    book, indicator = s.book, view.indicator
    table, values = (
        book.frames["indicator"],
        numbers(book.frames["observation"]["value"])[book.observations.row],
    )
    is_word = np.isin(codes(table["measure"], Measure), [code(Measure, word) for word in WORDS])[indicator]
    explicit = is_explicit(book.targets, indicator, s.day[view.case])
    before = pick(values, view.baseline_row, np.nan)
    baseline = np.where(explicit, numbers(table["baseline"])[indicator], before)
    is_range = codes(table["direction"], Direction) == code(Direction, Direction.RANGE)
    target = np.where(is_range, np.nan, numbers(table["target"]))[indicator]
    figures = [
        np.where(is_word, np.nan, one) for one in (baseline, target, pick(values, view.latest_row, np.nan))
    ]
    return figures[0], figures[1], figures[2]

"""How long did each finding wait, and how did the wait end?

Method, 12.1. The frames that survival curves are drawn from: one row a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.candidate_days import change_days, rising_days
from theorytopractice.assessment.columns import as_dates, code, codes, natural_order, positions
from theorytopractice.assessment.encode import NO_THEME, encode
from theorytopractice.assessment.frames import accountable, cells, owner_ids, rank_of, words
from theorytopractice.assessment.grouped import MISSING, count, first, last, pick
from theorytopractice.assessment.milestones import stages_on
from theorytopractice.assessment.visibility import (
    FindingDays,
    all_findings_on,
    observe_findings,
)
from theorytopractice.errors import PracticeError, quote
from theorytopractice.model.as_of import as_day
from theorytopractice.model.vocabularies import (
    ActionRole,
    Certainty,
    Disposition,
    FindingKind,
    Knowledge,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, DayArray, IntArray


EVENTS = {3: "carried_out", 4: "in_practice"}
LAPSED = "lapsed"
WAYS_OUT = (Disposition.REJECTED, Disposition.SUPERSEDED, Disposition.RETIRED)


def durations(
    plan: Mapping[str, pd.DataFrame],
    *,
    stage: int = Stage.IN_PRACTICE,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """Say how long each finding in the plan waited for practice, and how the wait ended (method, 12.1).

    The wait begins on ``recorded_on``. It ends on the first day on which ``assess`` would have given the stage, also
    where the finding lapsed or was closed later; else, where the finding is closed, on the day of the decision
    that decides (method, section 3); else it is still open. So a closing that was taken back ends nothing. Duplicates,
    and findings without ``recorded_on``, are left out. A finding that had the stage when it was recorded has 0 days;
    :func:`survival` tells it apart.

    Args:
        plan: a plan, or any mapping of table names to frames.
        stage: 4 for in practice, 3 for carried out.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (T3).

    Returns:
        One row a finding, by finding_id: ``finding_id``, ``kind``, ``theme``, ``certainty``, ``unit``,
        ``recorded_on``, ``ended_on`` (missing where open), ``days``, ``ending`` (in_practice or carried_out, rejected,
        superseded, retired, open). ``unit`` is that of the accountable owner of the first action, in natural order,
        that delivers or replicates and has one; of a mechanism that of its owner. ``attrs`` holds ``as_of`` and ``event``.

    Raises:
        PracticeError: the stage is neither 3 nor 4.
    """
    if stage not in EVENTS:
        raise PracticeError(
            f"Time is measured to stage 3 (carried out) or 4 (in practice), not to {quote(stage)}."
        )
    encoded, cases = _in_plan(plan, as_of, knowledge)
    segment, candidates = rising_days(encoded, cases.finding, cases.day, cases.knowledge)
    found = first(stages_on(encoded, candidates) >= stage, segment, len(cases))
    reached = pick(candidates.day, found, MISSING)
    recorded = encoded.findings.recorded[cases.finding]
    frame = _waits(encoded, cases, recorded, reached, EVENTS[stage])
    frame = frame.rename(columns={"begun_on": "recorded_on"})
    frame.attrs = {"as_of": str(as_day(encoded, as_of)), "event": EVENTS[stage]}
    return frame


def times_in_practice(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """Say how long each finding stayed in practice from its first day there, and how that ended (method, 12.1).

    It ends on the day on which its stage fell below 4 (lapsed: because of a bad value, new work, or data gone stale) and
    from which it is not back by the as-of day; a fall that it came back from is a dip, and is counted in ``dips``.
    Columns as of :func:`durations`, with ``begun_on`` in the place of ``recorded_on``, ``lapsed`` among the endings,
    and ``dips``.
    """
    encoded, cases = _in_plan(plan, as_of, knowledge)
    segment, candidates = change_days(encoded, cases.finding, cases.day, cases.knowledge)
    stage = stages_on(encoded, candidates)
    n = len(cases)
    is_up = stage >= Stage.IN_PRACTICE
    begun = pick(candidates.day, first(is_up, segment, n), MISSING)
    final = last(is_up, segment, n)[segment]
    place, is_down = np.arange(len(stage)), (stage >= 0) & ~is_up
    fallen = pick(candidates.day, first(is_down & (final >= 0) & (place > final), segment, n), MISSING)
    seen = np.flatnonzero(stage >= 0)  # days on which it was closed are neither a fall nor a return
    falls = np.zeros(len(stage), dtype=bool)
    falls[seen[1:]] = is_down[seen[1:]] & is_up[seen[:-1]] & (segment[seen[1:]] == segment[seen[:-1]])
    dips = count(falls & (place < final), segment, n)
    kept = np.flatnonzero(begun != MISSING)
    cases = _only(cases, kept)
    frame = _waits(encoded, cases, begun[kept], fallen[kept], LAPSED).assign(dips=dips[kept])
    frame.attrs = {"as_of": str(as_day(encoded, as_of)), "event": LAPSED}
    return frame


def _in_plan(
    plan: Mapping[str, pd.DataFrame], as_of: date | str | None, knowledge: str
) -> tuple[EncodedPlan, FindingDays]:
    """Return the findings in the plan on the day that are no duplicates and have a day of record."""
    encoded = encode(plan)
    cases = all_findings_on(encoded, as_of, knowledge)
    absent = [code(Disposition, word) for word in (Disposition.UNKNOWN, Disposition.DUPLICATE)]
    kept = ~np.isin(observe_findings(encoded, cases).disposition, absent) & (
        encoded.findings.recorded != MISSING
    )
    order = natural_order(encoded.findings.ids)
    return encoded, _only(cases, order[kept[order]])


def _only(cases: FindingDays, chosen: IntArray) -> FindingDays:
    return FindingDays(cases.finding[chosen], cases.day[chosen], cases.knowledge)


def _waits(
    encoded: EncodedPlan, cases: FindingDays, begun: DayArray, done: DayArray, event: str
) -> pd.DataFrame:
    """Return when each wait ended and how: by the event, else by a closing, else not yet."""
    seen = observe_findings(encoded, cases)
    closed_on = np.maximum(pick(encoded.finding_events["day"], seen.decision, MISSING), begun)
    happened, is_closed = done != MISSING, ~seen.is_open
    ended = np.select([happened, is_closed], [done, closed_on], MISSING).astype(np.int32)
    until = np.where(ended != MISSING, ended, cases.day)
    ending = np.where(happened, event, words(Disposition, seen.disposition))
    return pd.DataFrame(
        {
            **_descriptions(encoded, cases),
            "begun_on": as_dates(begun),
            "ended_on": as_dates(ended),
            "days": until.astype(np.int64) - begun,
            "ending": ending,
        }
    )


def _descriptions(encoded: EncodedPlan, cases: FindingDays) -> dict[str, Array | pd.Series]:
    """Return what tells findings apart: id, kind, theme, certainty, unit."""
    chosen = encoded.frames["finding"].iloc[cases.finding].reset_index(drop=True)
    certainty = np.array([str(word) for word in Certainty], dtype=object)
    return {
        "finding_id": encoded.findings.ids[cases.finding].to_numpy(dtype=object),
        "kind": np.array([str(kind) for kind in FindingKind], dtype=object)[
            encoded.findings.kind[cases.finding]
        ],
        "theme": pd.Series(encoded.findings.theme[cases.finding], dtype="str").replace(NO_THEME, None),
        "certainty": certainty[codes(chosen["certainty"], Certainty, Certainty.UNRATED)],
        "unit": _units(encoded, cases),
    }


def _units(encoded: EncodedPlan, cases: FindingDays) -> pd.Series:
    """Return the unit that answers for each finding; missing where none is known."""
    _, unit_of_action = accountable(encoded)
    case, link = encoded.finding_actions.expand(cases.finding)
    action = encoded.finding_actions["action"][link]
    roles = [code(ActionRole, role) for role in (ActionRole.DELIVERS, ActionRole.REPLICATES)]
    delivers = np.isin(encoded.finding_actions["role"][link], roles)
    delivers &= encoded.actions.recorded[action] <= cases.day[case]
    linked = pd.DataFrame(
        {"case": case, "rank": rank_of(encoded.actions.ids)[action], "unit": unit_of_action[action]}
    )
    told = linked[delivers].dropna(subset="unit").sort_values(["case", "rank"]).drop_duplicates("case")
    by_action = told.set_index("case")["unit"].reindex(range(len(cases)))
    own = positions(encoded.frames["finding"]["owner_id"].iloc[cases.finding], owner_ids(encoded))
    own_unit = pd.Series(cells(encoded.frames["owner"]["unit"], own), dtype=object)
    is_mechanism = encoded.findings.kind[cases.finding] == code(FindingKind, FindingKind.MECHANISM)
    return by_action.mask(is_mechanism, own_unit).astype("str")

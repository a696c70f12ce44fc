"""On which days can a finding's stage have risen, or changed at all?

Method, 12.1: it rises only on a day on which something of the finding becomes visible; it falls also when
data go stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.grouped import DAY_SPAN, MISSING, DayArray, Grouped, IntArray, pick
from theorytopractice.assessment.mechanisms import DAYS_IN, lay_out
from theorytopractice.assessment.visibility import FindingDays, is_kind
from theorytopractice.model.vocabularies import FindingEvent, Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.assessment.encoded_plan import EncodedPlan


ROWS_AT_ONCE = 3_000_000
EMPTY_SLOTS = 5  # two missed, the one before, and room for late checks and long months


def rising_days(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> tuple[IntArray, FindingDays]:
    """Return every candidate day up to ``until`` of each finding, as (position in ``finding``, cases).

    The cases are sorted by finding and day; days before the finding was recorded are left out.
    """
    return _between(encoded, finding, until, knowledge, [])


def change_days(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> tuple[IntArray, FindingDays]:
    """Return every day on which a stage may have risen or fallen, as :func:`rising_days` does.

    To those come the days on which an observation, if it is the last one, goes stale (method, 5.1-3).
    """
    measured, measure = encoded.finding_indicators.expand(finding)
    indicator = encoded.finding_indicators["indicator"][measure]
    segment, row = encoded.observations.expand(indicator)
    stale_on = encoded.observations["day"][row] + encoded.targets.fresh[indicator[segment]] + 1
    return _between(encoded, finding, until, knowledge, [(measured[segment], stale_on)])


def _between(
    encoded: EncodedPlan,
    finding: IntArray,
    until: DayArray,
    knowledge: Knowledge,
    more: list[tuple[IntArray, IntArray | DayArray]],
) -> tuple[IntArray, FindingDays]:
    """Gather the candidate days from a finding's record up to ``until``, each once, in order."""
    own = _own_days(encoded, finding, until, knowledge)
    columns = [*own, *_codifying(encoded, finding, until, knowledge), *more]
    segment = np.concatenate([column[0] for column in columns])
    day = np.concatenate([column[1].astype(np.int64) for column in columns])
    recorded = encoded.findings.recorded[finding]
    keep = (day != MISSING) & (day <= until[segment]) & (day >= recorded[segment])
    pairs = np.unique(segment[keep] * DAY_SPAN + (day[keep] + DAY_SPAN // 2))
    segment = pairs // DAY_SPAN
    return segment, FindingDays(
        finding[segment], (pairs % DAY_SPAN - DAY_SPAN // 2).astype(np.int32), knowledge
    )


def _own_days(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> list[tuple[IntArray, IntArray | DayArray]]:
    """Days of the findings themselves, their actions, indicators and slots."""
    everyone = np.arange(len(finding))
    linked, link = encoded.finding_actions.expand(finding)
    action = encoded.finding_actions["action"][link]
    measured, measure = encoded.finding_indicators.expand(finding)
    indicator = encoded.finding_indicators["indicator"][measure]
    return [
        (everyone, encoded.findings.recorded[finding]),
        (everyone, encoded.findings.effective[finding]),
        (linked, encoded.actions.recorded[action]),
        (measured, encoded.targets.baseline_on[indicator]),
        _known(encoded.finding_events, everyone, finding, knowledge),
        _known(encoded.action_events, linked, action, knowledge),
        _known(encoded.evidence, linked, action, knowledge),
        _known(encoded.observations, measured, indicator, knowledge),
        _slots(encoded, finding, until),
    ]


def _known(
    facts: Grouped, segment: IntArray, parent: IntArray, knowledge: Knowledge
) -> tuple[IntArray, DayArray]:
    """Days on which the facts of some parents become visible."""
    of_parent, row = facts.expand(parent)
    day = facts["day"][row]
    if knowledge == Knowledge.THEN:
        day = np.maximum(day, facts["recorded"][row])
    return segment[of_parent], day


def _slots(encoded: EncodedPlan, finding: IntArray, until: DayArray) -> tuple[IntArray, IntArray]:
    """Days on which a slot closes, from each anchor that the mechanism may have had."""
    has_slots = (encoded.findings.cadence_count[finding] > 0) & (
        encoded.findings.effective[finding] != MISSING
    )
    chosen = np.flatnonzero(has_slots)
    segment, row = encoded.finding_events.expand(finding[chosen])
    material = is_kind(encoded.finding_events["kind"][row], FindingEvent.REVIEW_MATERIAL)
    owner = np.concatenate([chosen, chosen[segment[material]]])
    effective = encoded.findings.effective[finding[owner]]
    revised = np.concatenate([effective[: len(chosen)], encoded.finding_events["day"][row[material]]])
    anchor = np.maximum(effective, revised).astype(np.int64)
    slot, _, _, due_on, grace = lay_out(
        encoded, finding[owner], anchor, _last_change(encoded, finding[owner], anchor, until[owner])
    )
    return owner[slot], due_on + grace + 1


def _last_change(encoded: EncodedPlan, finding: IntArray, anchor: IntArray, until: DayArray) -> DayArray:
    """Return the day up to which slots can still change a stage: after some empty ones nothing changes any more.

    Two missed slots make a dead letter, and further ones leave it so; a mechanism in force for centuries has
    no more days to look at than its checks give it.
    """
    events = encoded.finding_events
    latest = pick(events["day"], events.starts[finding + 1] - 1, MISSING)
    has_events = events.starts[finding + 1] > events.starts[finding]
    moved = np.where(has_events, np.maximum(latest.astype(np.int64), anchor), anchor)
    n, unit = encoded.findings.cadence_count[finding].astype(np.int64), encoded.findings.cadence_unit[finding]
    window = n * np.array([DAYS_IN[letter] for letter in unit.tolist()], dtype=np.int64)
    return np.minimum(until, moved + EMPTY_SLOTS * window).astype(np.int32)


def _codifying(
    encoded: EncodedPlan, finding: IntArray, until: DayArray, knowledge: Knowledge
) -> list[tuple[IntArray, IntArray | DayArray]]:
    """Days of the mechanisms in which experiences are codified."""
    segment, row = encoded.codified_in.expand(finding)
    if not len(segment):
        return []
    days = _own_days(encoded, encoded.codified_in["other"][row], until[segment], knowledge)
    return [(segment[own], day) for own, day in days]


def split_days(encoded: EncodedPlan, cases: FindingDays) -> Iterator[FindingDays]:
    """Cut many cases into slices that each spread out to a bounded number of rows."""
    rows = np.cumsum(_weights(encoded, cases))
    begin = 0
    while begin < len(cases):
        spent = rows[begin - 1] if begin else 0
        end = max(int(np.searchsorted(rows, spent + ROWS_AT_ONCE, side="right")), begin + 1)
        yield FindingDays(cases.finding[begin:end], cases.day[begin:end], cases.knowledge)
        begin = end


def _weights(encoded: EncodedPlan, cases: FindingDays) -> IntArray:
    """Return about how many rows each case spreads out to: its facts and its slots."""
    everyone = np.arange(len(encoded.findings.ids))
    linked, link = encoded.finding_actions.expand(everyone)
    measured, measure = encoded.finding_indicators.expand(everyone)
    action, indicator = (
        encoded.finding_actions["action"][link],
        encoded.finding_indicators["indicator"][measure],
    )
    weight = 1 + np.diff(encoded.finding_events.starts)
    weight += np.bincount(linked, 1 + np.diff(encoded.action_events.starts)[action], len(weight)).astype(
        np.int64
    )
    weight += np.bincount(linked, np.diff(encoded.evidence.starts)[action], len(weight)).astype(np.int64)
    weight += np.bincount(measured, 1 + np.diff(encoded.observations.starts)[indicator], len(weight)).astype(
        np.int64
    )
    has_slots = (encoded.findings.cadence_count > 0) & (encoded.findings.effective != MISSING)
    in_force = np.maximum(cases.day.astype(np.int64) - encoded.findings.effective[cases.finding], 0)
    slots = in_force // np.maximum(encoded.findings.cadence_count[cases.finding], 1)
    return weight[cases.finding] + np.where(has_slots[cases.finding], slots, 0)

"""On which days can a finding's stage have risen, or changed at all?

Method, 12.1: it rises only on a day on which something of the finding becomes visible; it falls also when
data go stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING, Days, Grouped, Ints, pick
from theorytopractice.assessment.stages.mechanisms import DAYS_IN, lay_out
from theorytopractice.assessment.stages.timeline import Cases, is_kind
from theorytopractice.model.vocabularies import FindingEvent, Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.assessment.arrays.book import Book

ROWS_AT_ONCE = 3_000_000
EMPTY_SLOTS = 5  # two missed, the one before, and room for late checks and long months
SPAN = 2**23  # wide enough for any day, so that group and day make one number


def rising_days(book: Book, finding: Ints, until: Days, knowledge: Knowledge) -> tuple[Ints, Cases]:
    """Return every candidate day up to ``until`` of each finding, as (position in ``finding``, cases).

    The cases are sorted by finding and day; days before the finding was recorded are left out.
    """
    return _between(book, finding, until, knowledge, [])


def turning_days(book: Book, finding: Ints, until: Days, knowledge: Knowledge) -> tuple[Ints, Cases]:
    """Return every day on which a stage may have risen or fallen, as :func:`rising_days` does.

    To those come the days on which an observation, if it is the last one, goes stale (method, 5.1-3).
    """
    measured, measure = book.measures.expand(finding)
    indicator = book.measures["indicator"][measure]
    segment, row = book.observations.expand(indicator)
    stale_on = book.observations["day"][row] + book.targets.fresh[indicator[segment]] + 1
    return _between(book, finding, until, knowledge, [(measured[segment], stale_on)])


def _between(
    book: Book, finding: Ints, until: Days, knowledge: Knowledge, more: list[tuple[Ints, Ints | Days]]
) -> tuple[Ints, Cases]:
    """Gather the candidate days from a finding's record up to ``until``, each once, in order."""
    own = _own_days(book, finding, until, knowledge)
    columns = [*own, *_codifying(book, finding, until, knowledge), *more]
    segment = np.concatenate([column[0] for column in columns])
    day = np.concatenate([column[1].astype(np.int64) for column in columns])
    recorded = book.findings.recorded[finding]
    keep = (day != MISSING) & (day <= until[segment]) & (day >= recorded[segment])
    pairs = np.unique(segment[keep] * SPAN + (day[keep] + SPAN // 2))
    segment = pairs // SPAN
    return segment, Cases(finding[segment], (pairs % SPAN - SPAN // 2).astype(np.int32), knowledge)


def _own_days(book: Book, finding: Ints, until: Days, knowledge: Knowledge) -> list[tuple[Ints, Ints | Days]]:
    """Days of the findings themselves, their actions, indicators and slots."""
    everyone = np.arange(len(finding))
    linked, link = book.links.expand(finding)
    action = book.links["action"][link]
    measured, measure = book.measures.expand(finding)
    indicator = book.measures["indicator"][measure]
    return [
        (everyone, book.findings.recorded[finding]),
        (everyone, book.findings.effective[finding]),
        (linked, book.actions.recorded[action]),
        (measured, book.targets.baseline_on[indicator]),
        _known(book.finding_events, everyone, finding, knowledge),
        _known(book.action_events, linked, action, knowledge),
        _known(book.evidence, linked, action, knowledge),
        _known(book.observations, measured, indicator, knowledge),
        _slots(book, finding, until),
    ]


def _known(facts: Grouped, segment: Ints, parent: Ints, knowledge: Knowledge) -> tuple[Ints, Days]:
    """Days on which the facts of some parents become visible."""
    of_parent, row = facts.expand(parent)
    day = facts["day"][row]
    if knowledge == Knowledge.THEN:
        day = np.maximum(day, facts["recorded"][row])
    return segment[of_parent], day


def _slots(book: Book, finding: Ints, until: Days) -> tuple[Ints, Ints]:
    """Days on which a slot closes, from each anchor that the mechanism may have had."""
    has_slots = (book.findings.cadence_count[finding] > 0) & (book.findings.effective[finding] != MISSING)
    chosen = np.flatnonzero(has_slots)
    segment, row = book.finding_events.expand(finding[chosen])
    material = is_kind(book.finding_events["kind"][row], FindingEvent.REVIEW_MATERIAL)
    owner = np.concatenate([chosen, chosen[segment[material]]])
    effective = book.findings.effective[finding[owner]]
    revised = np.concatenate([effective[: len(chosen)], book.finding_events["day"][row[material]]])
    anchor = np.maximum(effective, revised).astype(np.int64)
    slot, _, _, due_on, grace = lay_out(
        book, finding[owner], anchor, _last_turn(book, finding[owner], anchor, until[owner])
    )
    return owner[slot], due_on + grace + 1


def _last_turn(book: Book, finding: Ints, anchor: Ints, until: Days) -> Days:
    """Return the day up to which slots can still change a stage: after some empty ones nothing changes any more.

    Two missed slots make a dead letter, and further ones leave it so; a mechanism in force for centuries has
    no more days to look at than its checks give it.
    """
    events = book.finding_events
    latest = pick(events["day"], events.starts[finding + 1] - 1, MISSING)
    has_events = events.starts[finding + 1] > events.starts[finding]
    moved = np.where(has_events, np.maximum(latest.astype(np.int64), anchor), anchor)
    n, unit = book.findings.cadence_count[finding].astype(np.int64), book.findings.cadence_unit[finding]
    window = n * np.array([DAYS_IN[letter] for letter in unit.tolist()], dtype=np.int64)
    return np.minimum(until, moved + EMPTY_SLOTS * window).astype(np.int32)


def _codifying(
    book: Book, finding: Ints, until: Days, knowledge: Knowledge
) -> list[tuple[Ints, Ints | Days]]:
    """Days of the mechanisms in which experiences are codified."""
    segment, row = book.codified.expand(finding)
    if not len(segment):
        return []
    days = _own_days(book, book.codified["other"][row], until[segment], knowledge)
    return [(segment[own], day) for own, day in days]


def parts(book: Book, cases: Cases) -> Iterator[Cases]:
    """Cut many cases into slices that each spread out to a bounded number of rows."""
    rows = np.cumsum(_weights(book, cases))
    begin = 0
    while begin < len(cases):
        spent = rows[begin - 1] if begin else 0
        end = max(int(np.searchsorted(rows, spent + ROWS_AT_ONCE, side="right")), begin + 1)
        yield Cases(cases.finding[begin:end], cases.day[begin:end], cases.knowledge)
        begin = end


def _weights(book: Book, cases: Cases) -> Ints:
    """Return about how many rows each case spreads out to: its facts and its slots."""
    everyone = np.arange(len(book.findings.ids))
    linked, link = book.links.expand(everyone)
    measured, measure = book.measures.expand(everyone)
    action, indicator = book.links["action"][link], book.measures["indicator"][measure]
    weight = 1 + np.diff(book.finding_events.starts)
    weight += np.bincount(linked, 1 + np.diff(book.action_events.starts)[action], len(weight)).astype(
        np.int64
    )
    weight += np.bincount(linked, np.diff(book.evidence.starts)[action], len(weight)).astype(np.int64)
    weight += np.bincount(measured, 1 + np.diff(book.observations.starts)[indicator], len(weight)).astype(
        np.int64
    )
    has_slots = (book.findings.cadence_count > 0) & (book.findings.effective != MISSING)
    in_force = np.maximum(cases.day.astype(np.int64) - book.findings.effective[cases.finding], 0)
    slots = in_force // np.maximum(book.findings.cadence_count[cases.finding], 1)
    return weight[cases.finding] + np.where(has_slots[cases.finding], slots, 0)

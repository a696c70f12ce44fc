"""Does some row of a plan in arrays say what no plan may keep?

Asked of whole columns, each question at the price of a glance. Where the answer is yes the rules of validation look row
by row: a doubt that proves unfounded costs time and refuses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    BoolArray,
    FloatArray,
    IntArray,
    arrow,
    code,
    codes,
    days,
    first,
    has_text,
    last,
    numbers,
    pick,
    positions,
    texts,
)
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation_rules import (
    CHECKED,
    DECISIONS,
    LEVELS,
    NEEDED,
    NO_REASONS,
    REPLACED,
    steps,
)
from theorytopractice.model.values import LONGEST_KEY, fold, step
from theorytopractice.model.vocabularies import (
    FULL_PROGRESS,
    ActionEvent,
    FindingEvent,
    FindingKind,
    Measure,
    Relation,
    Subject,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from theorytopractice.assessment.encoded_plan import EncodedPlan


LONGEST_CHAIN = 64  # findings derived from one another in a longer chain are looked at one by one
BYTES = np.array(
    [(1 << (8 * n)) - 1 for n in range(9)], dtype=np.uint64
)  # masks of the first n of eight bytes
MIXER = np.uint64(0x9E3779B97F4A7C15)  # an odd number of no pattern: the golden ratio times 2**64
EXACT_TEXT = 15  # characters of a number that a float holds without rounding it


def are_facts_refused(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether validation may refuse an event, a value, an indicator, a decision or an identifier."""
    return (
        _lacks_detail(tables["event"], encoded)
        or _is_out_of_order(tables["action"], encoded)
        or _is_checked_by_owner(tables, encoded)
        or _are_decisions_circular(tables["event"], encoded)
        or _are_relations_circular(tables["finding_relation"], encoded)
        or _is_progress_odd(tables["event"]["progress"])
        or _are_measures_odd(tables, encoded)
        or _is_identifier_odd(tables)
    )


def _lacks_detail(event: pd.DataFrame, encoded: EncodedPlan) -> bool:
    """Tell whether an event lacks its reason, its date, its progress or the other finding."""
    sorts = {
        Subject.ACTION: (encoded.action_events, ActionEvent),
        Subject.FINDING: (encoded.finding_events, FindingEvent),
    }
    for subject, (facts, vocabulary) in sorts.items():
        times = np.bincount(facts["kind"], minlength=len(vocabulary))
        for word, column in ((word, column) for _, other, word, column, *_ in NEEDED if other == subject):
            number = code(vocabulary, word)
            if times[number] and not _is_filled(event[column].iloc[facts.row[facts["kind"] == number]]).all():
                return True
    return False


def _is_filled(column: pd.Series) -> BoolArray:
    """Tell where a cell of whatever sort is filled."""
    filled = column.notna().to_numpy(dtype=bool)
    return filled & has_text(column) if filled.any() else filled


def _is_out_of_order(action: pd.DataFrame, encoded: EncodedPlan) -> bool:
    """Tell whether an action is complete before its first start, or due before its planned start (E-ORDER)."""
    facts, n = encoded.action_events, len(encoded.actions.ids)
    segment = np.repeat(np.arange(n), np.diff(facts.starts))
    begun = first(facts["kind"] == code(ActionEvent, ActionEvent.START), segment, n)
    started = pick(facts["day"], begun, MISSING)
    is_complete = facts["kind"] == code(ActionEvent, ActionEvent.COMPLETE)
    if (is_complete & (facts["day"] < started[segment])).any():
        return True
    due = encoded.actions.due
    return bool((days(action["planned_start"]) > np.where(due == MISSING, NEVER, due)).any())


def _is_checked_by_owner(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether a mechanism was checked by its own owner, named by id or by name (E-SELF)."""
    findings, facts = encoded.findings, encoded.finding_events
    is_mechanism = (findings.kind == code(FindingKind, FindingKind.MECHANISM)) & findings.has_owner
    segment = np.repeat(np.arange(len(findings.ids)), np.diff(facts.starts))
    is_check = np.isin(facts["kind"], [code(FindingEvent, word) for word in CHECKED]) & is_mechanism[segment]
    if not is_check.any():
        return False
    known: dict[str, int] = {}
    owner = tables["finding"]["owner_id"].iloc[segment[is_check]]
    by = _folded(tables["event"]["by"].iloc[facts.row[is_check]], known)
    place = positions(owner, pd.Index(texts(tables["owner"]["owner_id"]), dtype="str"))
    name = pick(_folded(tables["owner"]["name"], known), place, -1)
    return bool(((by >= 0) & ((by == _folded(owner, known)) | (by == name))).any())


def _folded(column: pd.Series, known: dict[str, int]) -> IntArray:
    """Number texts, those that differ only in case or spaces alike; −1 where empty."""
    cells = pc.dictionary_encode(arrow(column))
    words = [fold(word) if word else "" for word in cells.dictionary.to_pylist()]
    numbered = np.array([*(known.setdefault(word, len(known)) if word else -1 for word in words), -1])
    return np.asarray(numbered[pc.fill_null(cells.indices, len(words)).to_numpy(zero_copy_only=False)])


def _are_decisions_circular(event: pd.DataFrame, encoded: EncodedPlan) -> bool:
    """Tell whether findings take over from one another in a circle, by the last decision of each (E-CYCLE)."""
    facts, n = encoded.finding_events, len(encoded.findings.ids)
    segment = np.repeat(np.arange(n), np.diff(facts.starts))
    final = last(np.isin(facts["kind"], [code(FindingEvent, word) for word in DECISIONS]), segment, n)
    replaced = [code(FindingEvent, word) for word in REPLACED]
    gone = np.flatnonzero(np.isin(pick(facts["kind"], final, -1), replaced))
    if not len(gone):
        return False
    target = np.full(n + 1, n)
    other = positions(event["other_finding_id"].iloc[facts.row[final[gone]]], encoded.findings.ids)
    target[gone] = np.where(other < 0, n, other)
    for _ in range(n.bit_length()):  # each round doubles the steps taken; who never arrives goes round
        target = target[target]
    return bool((target < n).any())


def _are_relations_circular(relation: pd.DataFrame, encoded: EncodedPlan) -> bool:
    """Tell whether findings are derived from one another in a circle, or one relates to itself (E-CYCLE)."""
    ids = encoded.findings.ids
    finding, other = positions(relation["finding_id"], ids), positions(relation["other_finding_id"], ids)
    if ((finding == other) & (finding >= 0)).any():
        return True
    is_derived = codes(relation["relation"], Relation) == code(Relation, Relation.DERIVED_FROM)
    is_edge = is_derived & (finding >= 0) & (other >= 0)
    finding, other = finding[is_edge], other[is_edge]
    for _ in range(LONGEST_CHAIN):
        leaves = np.zeros(len(ids), dtype=bool)
        leaves[finding] = True
        goes_on = leaves[other]
        finding, other = finding[goes_on], other[goes_on]
        if not len(finding):
            return False
    return True


def _is_progress_odd(progress: pd.Series) -> bool:
    """Tell whether some progress is outside 0 to 100 (E-PCT)."""
    return bool(_is_outside(numbers(progress), progress).any())


def _is_outside(measured: FloatArray, column: pd.Series) -> BoolArray:
    """Tell which numbers are no percentages, or so near an end that a float cannot tell."""
    outside = (measured < 0) | (measured > FULL_PROGRESS)
    ends = np.flatnonzero((measured == 0) | (measured == FULL_PROGRESS))
    if len(ends) and not pd.api.types.is_numeric_dtype(column.dtype):
        length = pc.fill_null(pc.utf8_length(arrow(column.iloc[ends])), 0).to_numpy(zero_copy_only=False)
        outside[ends[length > EXACT_TEXT]] = True
    return outside


def _are_measures_odd(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether a value, a baseline or a target does not fit its measure, or a waiver is a tick."""
    measure = codes(tables["indicator"]["measure"], Measure, Measure.UNIT)
    waivers = tables["indicator"]["baseline_waiver"].dropna().unique()
    return (
        any(fold(str(waiver)) in NO_REASONS for waiver in waivers)
        or _are_levels_odd(tables["indicator"], measure)
        or _are_values_odd(tables["observation"]["value"], measure, encoded)
    )


ORDINAL, NOMINAL, PERCENTAGE = (
    code(Measure, one) for one in (Measure.ORDINAL, Measure.NOMINAL, Measure.PERCENTAGE)
)


def _are_levels_odd(indicator: pd.DataFrame, measure: Array) -> bool:
    """Tell whether a baseline or a target does not fit its measure, or a scale is missing (E-NUM, E-PCT, E-SCALE)."""
    has_numbers, is_percentage = (measure != ORDINAL) & (measure != NOMINAL), measure == PERCENTAGE
    for column in (indicator[name] for name in LEVELS if not indicator[name].isna().all()):
        measured = numbers(column)
        doubtful = np.flatnonzero(has_numbers & np.isnan(measured) & column.notna().to_numpy(dtype=bool))
        if len(doubtful) and has_text(column.iloc[doubtful]).any():
            return True
        if is_percentage.any() and (is_percentage & _is_outside(measured, column)).any():
            return True
    names = ["scale", *LEVELS]
    ordinal = indicator.loc[measure == ORDINAL, names].drop_duplicates()
    return any(_is_off_scale(*row) for row in zip(*(texts(ordinal[name]) for name in names), strict=True))


def _is_off_scale(scale: str, *levels: str) -> bool:
    """Tell whether a scale is missing, or does not name a level."""
    known = steps(scale)
    return not known or any(level.strip() and step(level) not in known for level in levels)


def _are_values_odd(value: pd.Series, measure: Array, encoded: EncodedPlan) -> bool:
    """Tell whether a value does not fit the measure of its indicator (E-NUM, E-PCT, E-SCALE)."""
    facts = encoded.observations
    measures = np.repeat(measure, np.diff(facts.starts))
    if (np.isnan(facts["measured"]) & (measures != NOMINAL)).any():
        return True
    shares = np.flatnonzero(measures == PERCENTAGE)
    return bool(_is_outside(facts["measured"][shares], value.iloc[facts.row[shares]]).any())


def _is_identifier_odd(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether a fact stands twice, or an identifier is too long to be said (E-ID)."""
    for name, entity in ENTITIES.items():
        if not entity.identifier or entity.identifier not in tables[name]:
            continue
        ids = arrow(tables[name][entity.identifier])
        lengths, fingerprints = _fingerprints(ids.drop_null() if ids.null_count else ids)
        if lengths.max(initial=0) > LONGEST_KEY:  # in bytes: characters are never more
            return True
        if entity.is_fact:
            fingerprints.sort()
            if (fingerprints[1:] == fingerprints[:-1]).any():
                return True
    return False


def _fingerprints(ids: pa.Array) -> tuple[IntArray, Array]:
    """Return the length in bytes of each text that is not empty, and a number of 64 bits that stands for it.

    Eight bytes of every text are read at once; to look a million texts up in a table takes ten times as long.
    """
    _, offsets, data = ids.buffers()
    if not len(ids) or data is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    ends = np.frombuffer(offsets, dtype=np.int64)[ids.offset : ids.offset + len(ids) + 1]
    lengths = np.diff(ends)
    begins, lengths = ends[:-1][lengths > 0], lengths[lengths > 0]
    padded = np.concatenate([np.frombuffer(data, dtype=np.uint8), np.zeros(8, dtype=np.uint8)])
    words = np.ndarray(len(padded) - 7, dtype="<u8", buffer=padded, strides=(1,))
    prints = lengths.astype(np.uint64)
    for done in range(0, min(int(lengths.max(initial=0)), LONGEST_KEY), 8):
        left = np.clip(lengths - done, 0, 8)
        prints = (prints ^ (words[np.minimum(begins + done, len(words) - 1)] & BYTES[left])) * MIXER
        prints ^= prints >> np.uint64(29)
    return lengths, prints

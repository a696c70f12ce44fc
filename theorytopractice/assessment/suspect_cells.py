"""Does some cell of frames hold what its column cannot, or does a column have another name than is meant?

Asked of whole columns, each question at the price of a glance; the rules of validation then look cell by cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from theorytopractice.assessment.arrays import (
    IntArray,
    arrow,
    code,
    codes,
    days,
    has_text,
    numbers,
    texts,
    truths,
    whole,
)
from theorytopractice.errors import Issue, PracticeError, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Field, ValueType
from theorytopractice.model.validation_rules import (
    LEVELS,
    MISSPELT,
    meant_column,
    not_a_percentage,
    off_the_scale,
    steps,
)
from theorytopractice.model.values import plain_word
from theorytopractice.model.vocabularies import FULL_PROGRESS, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.encoded_plan import EncodedPlan


def are_cells_unreadable(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether some cell of complete tables cannot be read as its field, or does not fit its indicator."""
    return any(
        _is_unreadable(tables[name][field.name], field)
        for name, entity in ENTITIES.items()
        if len(tables[name]) and not entity.is_memory
        for field in entity.fields
    ) or _are_levels_unfit(tables, encoded)


def _is_unreadable(column: pd.Series, field: Field) -> bool:
    """Tell whether a cell of a column is none of its words, dates, numbers or truths."""
    if field.type not in READABLE or column.isna().all():
        return False
    try:
        if field.type is ValueType.DATE:
            days(column)
        elif field.type is ValueType.INTEGER:
            whole(column, 0)
        elif field.type is ValueType.TRUTH:
            truths(column, default=True)
        elif field.type is ValueType.NUMBER:
            return _are_numbers_odd(column)
        else:
            words = pc.unique(pc.utf8_trim_whitespace(arrow(column))).to_pylist()
            return any(word and plain_word(word, field.words) not in field.words for word in words)
    except PracticeError:
        return True
    return False


READABLE = (ValueType.DATE, ValueType.INTEGER, ValueType.TRUTH, ValueType.NUMBER, ValueType.WORD)


def _are_numbers_odd(column: pd.Series) -> bool:
    """Tell whether a filled cell is no number, or an infinite one."""
    values = numbers(column)
    if np.isinf(values).any():
        return True
    doubtful = np.isnan(values) & column.notna().to_numpy(dtype=bool)
    return bool(doubtful.any() and has_text(column[doubtful]).any())


def _are_levels_unfit(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether a value, a baseline or a target does not fit the measure of its indicator."""
    indicator = tables["indicator"]
    if not len(indicator):
        return False
    measure = codes(indicator["measure"], Measure, Measure.UNIT).astype(np.int64)
    if any(_are_unfit(indicator[name], measure) for name in LEVELS) or _is_off_scale(indicator, measure):
        return True
    if (numbers(indicator["tolerance"]) < 0).any() or _are_bounds_exchanged(indicator):
        return True
    value, facts = tables["observation"]["value"], encoded.observations
    of = np.full(len(value), NOMINAL)
    of[facts.row] = np.repeat(measure, np.diff(facts.starts))
    return _are_unfit(value, of) or _are_values_off_scale(value, of, indicator, encoded)


NOMINAL, ORDINAL, PERCENTAGE = (
    code(Measure, one) for one in (Measure.NOMINAL, Measure.ORDINAL, Measure.PERCENTAGE)
)


def _are_unfit(column: pd.Series, measure: IntArray) -> bool:
    """Tell whether a filled cell is no number where it must be, or a percentage outside 0 to 100."""
    is_number = (measure != NOMINAL) & (measure != ORDINAL) & column.notna().to_numpy(dtype=bool)
    if not is_number.any():
        return False
    cells = column if is_number.all() else column[is_number]
    if _are_numbers_odd(cells):
        return True
    shares = cells[(measure == PERCENTAGE)[is_number]]
    values = numbers(shares)
    if ((values < 0) | (values > FULL_PROGRESS)).any():
        return True
    ends = shares[(values == 0) | (values == FULL_PROGRESS)]  # a float cannot tell 100.00000000000000001
    return any(not_a_percentage(text) for text in _longest(ends))


def _are_bounds_exchanged(indicator: pd.DataFrame) -> bool:
    """Tell whether a lower bound may lie above an upper one; a scale is looked at by the rule itself."""
    is_range = (
        indicator["direction"].notna() & indicator["target_low"].notna() & indicator["target_high"].notna()
    )
    both = indicator[is_range]
    if not len(both):
        return False
    low, high = numbers(both["target_low"]), numbers(both["target_high"])
    return bool((~(low <= high)).any())


def _longest(cells: pd.Series) -> list[str]:
    """Return the texts that are longer than what a float holds."""
    if pd.api.types.is_numeric_dtype(cells.dtype) or not len(cells):
        return []
    return [text for text in pc.unique(arrow(cells)).to_pylist() if text and len(text) > EXACT_TEXT]


EXACT_TEXT = 15


def _is_off_scale(indicator: pd.DataFrame, measure: IntArray) -> bool:
    """Tell whether an ordinal indicator has no scale, or a baseline or target that is not on it."""
    ordinal = indicator.loc[measure == ORDINAL, ["scale", *LEVELS]].drop_duplicates()
    for scale, *levels in zip(*(arrow(ordinal[name]).to_pylist() for name in ordinal), strict=True):
        if not steps(scale or ""):
            return True
        judge = off_the_scale(scale)
        if any(text and text.strip() and judge(text.strip()) for text in levels):
            return True
    return False


def _are_values_off_scale(
    value: pd.Series, measure: IntArray, indicator: pd.DataFrame, encoded: EncodedPlan
) -> bool:
    """Tell whether a value is not on the scale of its ordinal indicator."""
    if not (measure == ORDINAL).any():
        return False
    facts = encoded.observations
    own = np.repeat(np.arange(len(indicator)), np.diff(facts.starts))
    rows = facts.row[measure[facts.row] == ORDINAL]
    scale = indicator["scale"].iloc[own[measure[facts.row] == ORDINAL]].reset_index(drop=True)
    pairs = pd.DataFrame({"scale": scale, "value": value.iloc[rows].reset_index(drop=True)}).drop_duplicates()
    return any(
        off_the_scale(scale)(text.strip())
        for scale, text in zip(texts(pairs["scale"]), texts(pairs["value"]), strict=True)
        if text.strip()
    )


def misspelt_columns(frames: Mapping[str, pd.DataFrame]) -> list[Issue]:
    """E-REQ: a column whose name differs from a declared one only in case, width, blanks or levels of the header.

    >>> frame = pd.DataFrame({"FINDING_ID": ["F-1"]})
    >>> [str(issue) for issue in misspelt_columns({"finding": frame})]
    ["E-REQ finding, FINDING_ID: the column 'FINDING_ID' is not read; did you mean finding_id?"]
    """
    issues = []
    for table, frame in frames.items():
        if table not in ENTITIES or not isinstance(frame, pd.DataFrame):
            continue
        for column in frame.columns:
            if column in ENTITIES[table].columns:
                continue
            name = meant_column(_as_name(column), ENTITIES[table], list(frame.columns))
            if name:
                text = say(MISSPELT, column=quote(column), name=name)
                issues.append(Issue("E-REQ", table, None, str(column), "", text))
    return issues


def _as_name(column: object) -> str:
    """Return what a column is called: the last level of its header that is filled."""
    levels = (
        [str(level) for level in column if str(level).strip()] if isinstance(column, tuple) else [str(column)]
    )
    return levels[-1] if levels else ""


NEEDED = {
    "evidence": ("event", message("no table evidence was given: actions count as unverified")),
    "event": ("action", message("no table event was given: actions count as not begun")),
}
"""A table that another needs, which that is, and what its absence comes to; an empty one says that it is meant so."""


def missing_tables(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return a sentence for each table that was not given although others that were need it (W-TABLE)."""
    return [
        f"W-TABLE {name}: {say(sentence)}"
        for name, (other, sentence) in NEEDED.items()
        if name not in frames and other in frames and _needs(other, frames[other])
    ]


def _needs(name: str, frame: pd.DataFrame) -> bool:
    """Tell whether a table has rows of which the missing one would speak: of events, completions."""
    if name != "event":
        return len(frame) > 0
    return "event" in frame.columns and bool((frame["event"] == "complete").any())

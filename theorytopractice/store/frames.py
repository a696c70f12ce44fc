"""How does a table of texts become a frame with types?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.model.fields import ValueType
from theorytopractice.model.validation import without_repeats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.model.fields import Field
    from theorytopractice.model.values import TextTable


def to_frames(tables: Mapping[str, TextTable]) -> dict[str, pd.DataFrame]:
    """Turn all tables into frames, by name."""
    return {name: to_frame(table) for name, table in tables.items()}


def to_frame(table: TextTable) -> pd.DataFrame:
    """Turn a table of valid texts into a typed frame, one row a row.

    Dates become datetime64[s], whole numbers Int64, numbers float64, truths boolean; words and measured
    values stay text (dtype ``str``) as written. An empty cell is missing, or the field's default.
    """
    merged = table if table.entity.identifier else without_repeats(table)
    columns = {field.name: _typed(merged[field.name], field) for field in table.entity.fields}
    unknown = {name: _text(merged[name]) for name in merged.unknown}
    return pd.DataFrame(columns | unknown)


def _text(cells: list[str]) -> pd.Series[str]:
    column: pd.Series[str] = pd.Series(cells, dtype="str")
    return column.mask(column == "")


def _typed(cells: list[str], field: Field) -> pd.Series:
    """Convert the cells of one column by the declared type."""
    text = _text(cells)
    if field.default is not None:
        text = text.fillna(field.default)
    if field.type is ValueType.DATE:
        return pd.to_datetime(text, format="%Y-%m-%d").astype("datetime64[s]")
    if field.type is ValueType.INTEGER:
        return pd.to_numeric(text).astype("Int64")
    if field.type is ValueType.NUMBER:
        return pd.to_numeric(text).astype("float64")
    if field.type is ValueType.TRUTH:
        truth = (text == "true").astype("boolean")
        return truth.mask(text.isna())
    return text

"""How does a table of texts become a frame with types?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.model.fields import ValueType
from theorytopractice.model.validation import without_repeats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas.api.extensions import ExtensionArray

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


def _text(cells: Sequence[str | None]) -> ExtensionArray:
    """Return texts as an array of dtype ``str``; an empty one is missing."""
    return pd.array([cell or None for cell in cells], dtype="str")


def _typed(cells: Sequence[str], field: Field) -> ExtensionArray | np.ndarray:
    """Convert the cells of one column by the declared type; an empty one becomes the default."""
    filled = [cell or field.default for cell in cells] if field.default else cells
    if field.type is ValueType.DATE:
        return np.array([cell or "NaT" for cell in filled], dtype="datetime64[s]")
    if field.type is ValueType.INTEGER:
        return pd.array([int(float(cell)) if cell else None for cell in filled], dtype="Int64")
    if field.type is ValueType.NUMBER:
        return np.array([cell or "nan" for cell in filled], dtype=np.float64)
    if field.type is ValueType.TRUTH:
        return pd.array([cell == "true" if cell else None for cell in filled], dtype="boolean")
    return _text(filled)

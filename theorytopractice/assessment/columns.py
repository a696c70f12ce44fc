"""How is one column of a frame read as an array, whatever dtype it came with?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from theorytopractice.assessment.segments import MISSING, Array, Days, Floats, Ints, Truths
from theorytopractice.model.values import natural, read_number

if TYPE_CHECKING:
    from enum import StrEnum


def code(vocabulary: type[StrEnum], word: StrEnum) -> int:
    """Return the number by which a word of a vocabulary is known in the arrays."""
    return list(vocabulary).index(word)


def texts(column: pd.Series) -> list[str]:
    """Return a column as a list of texts, empty for missing."""
    return ["" if value is None else value for value in arrow(column).to_pylist()]


def arrow(column: pd.Series) -> pa.Array:
    """Return a text column as an Arrow array without copying where pandas already keeps one."""
    if column.isna().all():
        return pa.nulls(len(column), pa.large_string())
    if pd.api.types.is_float_dtype(column.dtype) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")  # whole numbers that an empty cell made floats
    made = pa.array(column.astype("str"), from_pandas=True)
    made = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return made if pa.types.is_large_string(made.type) else made.cast(pa.large_string())


def positions(column: pd.Series, ids: pd.Index[str]) -> Ints:
    """Return the position of each key among ``ids``, −1 where it is empty or unknown."""
    if not len(ids) or not len(column):
        return np.full(len(column), -1, dtype=np.int64)
    found = pc.index_in(arrow(column), value_set=arrow(ids.to_series()), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def codes(column: pd.Series, vocabulary: type[StrEnum], default: StrEnum | None = None) -> Array:
    """Return the position of each word in its vocabulary (int8); −1 or the default where empty or unknown."""
    if not len(column):
        return np.zeros(0, dtype=np.int8)
    found = pc.index_in(
        arrow(column), value_set=pa.array(list(vocabulary), pa.large_string()), skip_nulls=True
    )
    usual = -1 if default is None else code(vocabulary, default)
    return np.asarray(pc.fill_null(found, usual).to_numpy(zero_copy_only=False), dtype=np.int8)


def days(column: pd.Series) -> Days:
    """Return dates as days since 1970 (int32), MISSING where empty."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = (
            pd.to_datetime(column, errors="raise")
            if column.notna().any()
            else pd.Series(pd.NaT, column.index)
        )
    whole = column.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(whole == np.iinfo(np.int64).min, MISSING, whole).astype(np.int32)


def whole(column: pd.Series, default: int) -> Days:
    """Return whole numbers (int32), the default where empty."""
    if column.isna().all():
        return np.full(len(column), default, dtype=np.int32)
    read = numbers(column)
    return np.where(np.isnan(read), default, read).astype(np.int32)


def truths(column: pd.Series, *, default: bool) -> Truths:
    """Return true and false; the default where empty. Texts ``true`` and ``false`` are understood."""
    if column.dtype == bool:
        return column.to_numpy()
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.fillna(default).to_numpy(dtype=bool)
    if column.isna().all():
        return np.full(len(column), default)
    told = column.map({"true": True, "false": False, True: True, False: False}).astype("boolean")
    return told.fillna(default).to_numpy(dtype=bool)


def has_text(column: pd.Series) -> Truths:
    """Tell where a text column is filled."""
    filled = pc.not_equal(pc.utf8_trim_whitespace(arrow(column)), "")
    return np.asarray(pc.fill_null(filled, False).to_numpy(zero_copy_only=False), dtype=bool)


def numbers(column: pd.Series) -> Floats:
    """Return texts or numbers as floats, correctly rounded; NaN where empty or not a number."""
    if column.isna().all():
        return np.full(len(column), np.nan)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    written = arrow(column)
    try:
        read = pc.cast(written, pa.float64())
    except pa.ArrowInvalid:
        return np.array([_number(text) for text in written.to_pylist()], dtype=np.float64)
    return np.asarray(read.to_numpy(zero_copy_only=False), dtype=np.float64)


def _number(text: str | None) -> float:
    try:
        return float(read_number(text or ""))
    except ValueError:
        return float("nan")


def natural_order(ids: pd.Index[str]) -> Ints:
    """Return the positions that sort identifiers naturally (method, T5); fast where they look like F-012."""
    written = arrow(ids.to_series())
    parts = pc.extract_regex(written, r"^(?P<prefix>[^0-9]*)(?P<number>[0-9]{1,18})$")
    if len(ids) == 0 or parts.null_count:
        names = written.to_pylist()
        return np.array(sorted(range(len(names)), key=lambda i: natural(names[i])), dtype=np.int64)
    table = pa.table(
        {"prefix": parts.field("prefix"), "number": parts.field("number").cast("int64"), "id": written}
    )
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in table.column_names])
    return np.asarray(order.to_numpy(), dtype=np.int64)

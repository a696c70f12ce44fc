"""How does a frame become arrays, how are many small groups of rows handled at once, and how do arrays become a frame again?

Texts, objects, categories, nullable and Arrow-backed columns all read the same. What is filled but cannot be read is
refused in one sentence: read as empty, it would change a stage in silence. Groups lie sorted; a group's rows are found by
offsets, spread out by :meth:`Grouped.expand`, and reduced again: ``segment`` always gives the group of each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from theorytopractice.errors import PracticeError, nearest, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.dialects import FRAME
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.plain_dates import TIME
from theorytopractice.model.plain_text import normal_key
from theorytopractice.model.values import LARGEST_WHOLE, natural, plain_word, read_date, read_number

if TYPE_CHECKING:
    from enum import Enum, StrEnum

IntArray: TypeAlias = npt.NDArray[np.int64]
DayArray: TypeAlias = npt.NDArray[np.int32]
FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Array: TypeAlias = npt.NDArray[Any]

MISSING = np.int32(np.iinfo(np.int32).min)
NEVER = np.int32(np.iinfo(np.int32).max)
DAY_SPAN = 2**23  # wide enough for any day, so that a group and a day make one number


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows of a table sorted by parent (then day, then seq): ``starts[p]:starts[p+1]`` are the rows of p.

    ``row`` points back to the row of the frame that came in.
    """

    starts: IntArray
    row: IntArray
    columns: dict[str, Array]

    def __getitem__(self, column: str) -> Array:
        """Return one column, in sorted order."""
        return self.columns[column]

    def expand(self, parents: IntArray) -> tuple[IntArray, IntArray]:
        """Spread out the rows of many parents: (segment = position in ``parents``, row) for each."""
        lengths = self.starts[parents + 1] - self.starts[parents]
        segment = np.repeat(np.arange(len(parents)), lengths)
        before = np.cumsum(lengths) - lengths
        rows = np.arange(len(segment)) + np.repeat(self.starts[parents] - before, lengths)
        return segment, rows


def group(parent: IntArray, n_parents: int, order: IntArray, **columns: Array) -> Grouped:
    """Sort rows by ``order`` (which sorts by parent first); rows with parent −1 are left out."""
    order = order[parent[order] >= 0]
    counts = np.bincount(parent[order], minlength=n_parents)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Grouped(starts, order, {name: column[order] for name, column in columns.items()})


def some(truth: BoolArray, segment: IntArray, n: int) -> BoolArray:
    """Tell for each of n groups whether any of its rows is true."""
    holds = np.zeros(n, dtype=bool)
    holds[segment[truth]] = True
    return holds


def count(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Count the true rows of each of n groups."""
    return np.bincount(segment[truth], minlength=n)


def last(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Return the position of the last true row of each group, −1 where there is none."""
    place = np.full(n, -1, dtype=np.int64)
    where = np.flatnonzero(truth)
    place[segment[where]] = where
    return place


def first(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Return the position of the first true row of each group, −1 where there is none."""
    place = np.full(n, -1, dtype=np.int64)
    where = np.flatnonzero(truth)[::-1]
    place[segment[where]] = where
    return place


def pick(column: Array, position: IntArray, missing: object) -> Array:
    """Take the column at each position; ``missing`` where the position is −1."""
    if len(column) == 0:
        return np.full(len(position), missing, dtype=column.dtype)
    return np.where(position >= 0, column[position], np.asarray(missing, dtype=column.dtype))


def greatest(values: DayArray, truth: BoolArray, segment: IntArray, n: int) -> DayArray:
    """Return the greatest true value of each group, MISSING where there is none."""
    top = np.full(n, MISSING, dtype=np.int32)
    np.maximum.at(top, segment[truth], values[truth])
    return top


def least(values: DayArray, truth: BoolArray, segment: IntArray, n: int) -> DayArray:
    """Return the least true value of each group, NEVER where there is none."""
    bottom = np.full(n, NEVER, dtype=np.int32)
    np.minimum.at(bottom, segment[truth], values[truth])
    return bottom


def begins(segment: IntArray) -> BoolArray:
    """Tell for each row whether it is the first of its group."""
    return np.concatenate([[True], segment[1:] != segment[:-1]]) if len(segment) else np.zeros(0, dtype=bool)


def run_length(truth: BoolArray, segment: IntArray) -> IntArray:
    """Count, at each row, how many rows in a row up to it in its group have the same truth as it."""
    changes = begins(segment)
    changes[1:] |= truth[1:] != truth[:-1]
    position = np.arange(len(truth))
    return position - np.maximum.accumulate(np.where(changes, position, 0)) + 1


def is_among(codes: Array, wanted: list[int]) -> BoolArray:
    """Tell which small codes (−1 and up) are among some; one look-up in a table."""
    table = np.zeros(129, dtype=bool)
    table[wanted] = True
    return table[codes]


NO_WORD = message("The column {column} holds {text}, which is not one of its words{hint}.")
NO_DATE = message(
    "The column {column} holds {text}, which is not a date; write it as year-month-day, such as 2026-06-30."
)
NO_NUMBER = message("The column {column} holds {text}, which is not a number.")
NO_WHOLE = message("The column {column} holds {text}, which is not a whole number from 0 to 999999999.")
NO_TRUTH = message("The column {column} holds {text}, which is neither true nor false.")


def code(vocabulary: type[StrEnum], word: StrEnum) -> int:
    """Return the number by which a word of a vocabulary is known in the arrays."""
    return list(vocabulary).index(word)


def texts(column: pd.Series) -> list[str]:
    """Return a column as a list of texts, empty for missing."""
    return ["" if value is None else value for value in arrow(column).to_pylist()]


def arrow(column: pd.Series) -> pa.Array:
    """Return a text column as an Arrow array without copying where pandas already keeps one."""
    if not isinstance(column.dtype, pd.StringDtype):
        if column.isna().all():
            return pa.nulls(len(column), pa.large_string())
        column = written(column)
    array = pa.array(column.array, from_pandas=True)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def written(column: pd.Series) -> pd.Series:
    """Return a column as texts (dtype ``str``), a key 10.0 as "10"."""
    return _whole_floats(_plain(column)).astype("str")


def _plain(column: pd.Series) -> pd.Series:
    """Return a column without categories, and objects as what all of them are."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(np.asarray(column), name=column.name)
    if column.dtype != object:
        return column
    if any(type(value) in SHORT_FLOATS for value in column):
        column = column.map(lambda value: float(str(value)) if type(value) in SHORT_FLOATS else value)
    return column.infer_objects()


SHORT_FLOATS = (np.float16, np.float32, np.longdouble)


def _whole_floats(column: pd.Series) -> pd.Series:
    """Return whole numbers that an empty cell made floats as whole numbers again."""
    if not pd.api.types.is_float_dtype(column.dtype):
        return column
    read = column.to_numpy(dtype=np.float64, na_value=np.nan)
    filled = read[~np.isnan(read)]
    is_whole = (np.abs(filled) < EXACT_FLOATS).all() and (filled == np.trunc(filled)).all()
    return pd.Series(read, name=column.name).astype("Int64") if is_whole else column


EXACT_FLOATS = 2**53


def normal_keys(column: pd.Series) -> pd.Series:
    """Return a column of keys as every door takes them in: composed, without blanks around them."""
    if column.dtype != object and not isinstance(column.dtype, pd.StringDtype):
        return column
    keys = arrow(column)
    if not pc.any(pc.match_substring_regex(keys, UNUSUAL)).as_py():
        return column
    cells = pc.dictionary_encode(keys)
    normal = pa.array([normal_key(text) for text in cells.dictionary.to_pylist()], pa.large_string())
    return pd.Series(
        normal.take(cells.indices).to_pylist(), dtype="str", name=column.name, index=column.index
    )


UNUSUAL = r"[^\x00-\x7f]|^\s|\s$"


def positions(column: pd.Series, ids: pd.Index[str]) -> IntArray:
    """Return the position of each key among ``ids``, −1 where it is empty or unknown."""
    if not len(ids) or not len(column):
        return np.full(len(column), -1, dtype=np.int64)
    place = pc.index_in(arrow(column), value_set=arrow(ids.to_series()), skip_nulls=True)
    return np.asarray(pc.fill_null(place, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def codes(column: pd.Series, vocabulary: type[StrEnum], default: StrEnum | None = None) -> Array:
    """Return the position of each word in its vocabulary (int8); −1 or the default where empty.

    Raises:
        PracticeError: a word is not in the vocabulary.
    """
    if not len(column):
        return np.zeros(0, dtype=np.int8)
    written = _filled(column)
    place = pc.index_in(written, value_set=pa.array(list(vocabulary), pa.large_string()), skip_nulls=True)
    if place.null_count > written.null_count:
        written = _plain_words(written, vocabulary)
        place = pc.index_in(written, value_set=pa.array(list(vocabulary), pa.large_string()), skip_nulls=True)
    if place.null_count > written.null_count:
        word = pc.filter(written, pc.and_(pc.is_null(place), pc.is_valid(written)))[0].as_py()
        raise _unreadable(column, word, NO_WORD, hint=nearest(word, vocabulary))
    usual = -1 if default is None else code(vocabulary, default)
    return np.asarray(pc.fill_null(place, usual).to_numpy(zero_copy_only=False), dtype=np.int8)


def _plain_words(written: pa.Array, vocabulary: type[StrEnum]) -> pa.Array:
    """Return words as the vocabulary has them, whatever their case and width."""
    cells = pc.dictionary_encode(written)
    words = [plain_word(text, list(vocabulary)) for text in cells.dictionary.to_pylist()]
    return pa.array([str(word) for word in words], pa.large_string()).take(cells.indices)


def _filled(column: pd.Series) -> pa.Array:
    """Return trimmed texts, null where nothing is written."""
    trimmed = pc.utf8_trim_whitespace(arrow(column))
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _unreadable(column: pd.Series, text: str, sentence: str, **facts: str) -> PracticeError:
    """Build the sentence for a cell that cannot be read."""
    return PracticeError(say(sentence, column=column.name, text=quote(text), **facts))


def days(column: pd.Series) -> DayArray:
    """Return dates as days since 1970 (int32), MISSING where empty; a moment counts on its own zone's date.

    Raises:
        PracticeError: something is not a date.
    """
    if column.dtype.kind == "M" and column.dtype in PLAIN_DATES:
        return _days_of(column, column.to_numpy())
    column = _plain(column)
    if column.isna().all():
        return np.full(len(column), MISSING, dtype=np.int32)
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp(how="end")
    if isinstance(column.dtype, pd.ArrowDtype) and pa.types.is_date(column.dtype.pyarrow_dtype):
        column = column.astype(pd.ArrowDtype(pa.timestamp("s")))
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _written_days(column)
    if getattr(column.dt, "tz", None) is not None:
        column = column.dt.tz_localize(None)
    return _days_of(column, column.to_numpy(dtype="datetime64[s]", na_value=np.datetime64("NaT")))


PLAIN_DATES = ("datetime64[s]", "datetime64[ms]", "datetime64[us]", "datetime64[ns]")


def _days_of(column: pd.Series, moments: Array) -> DayArray:
    """Return moments without a zone as days since 1970; raises PracticeError for one outside the years 1 to 9999."""
    whole = moments.astype("datetime64[D]").astype(np.int64)
    is_outside = (whole != np.iinfo(np.int64).min) & ((whole < FIRST_DAY) | (whole > FINAL_DAY))
    if is_outside.any():
        raise _unreadable(column, str(moments[is_outside][0].astype("datetime64[D]")), NO_DATE)
    return np.where(whole == np.iinfo(np.int64).min, MISSING, whole).astype(np.int32)


def _written_days(column: pd.Series) -> DayArray:
    """Read texts and Python's dates, ISO only: the other orders of day and month are read in two ways.

    Whole columns are read at once; it must give what :data:`FRAME` gives for each.
    """
    written = _filled(column)
    is_iso = pc.match_substring_regex(written, rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({TIME})?$")
    wholly = pc.if_else(pc.fill_null(is_iso, True), pc.utf8_slice_codeunits(written, 0, 10), written)
    try:
        read = pc.cast(pc.cast(wholly, pa.date32()), pa.int32())
    except pa.ArrowInvalid:
        read = None
    if read is None or (pc.min(read).as_py() or 0) < FIRST_DAY:
        return _each_day(column, written)
    return np.asarray(pc.fill_null(read, int(MISSING)).to_numpy(zero_copy_only=False), dtype=np.int32)


FIRST_DAY = -719_162  # 0001-01-01; Arrow knows a year 0, the calendar of the plan does not
FINAL_DAY = 2_932_896  # 9999-12-31


def _each_day(column: pd.Series, written: pa.Array) -> DayArray:
    """Read dates that are not all ISO, each different text once."""
    cells = pc.dictionary_encode(written)
    is_start = column.name in STARTS
    read = []
    for text in cells.dictionary.to_pylist():
        try:
            day = read_date(FRAME.plain(ValueType.DATE, text, is_start=is_start))
        except ValueError:
            raise _unreadable(column, text, NO_DATE) from None
        read.append(day.toordinal() - EPOCH)
    place = pc.fill_null(cells.indices, len(read)).to_numpy(zero_copy_only=False)
    return np.array([*read, int(MISSING)], dtype=np.int32)[np.asarray(place)]


EPOCH = date(1970, 1, 1).toordinal()
STARTS = frozenset(field.name for entity in ENTITIES.values() for field in entity.fields if field.is_start)
SIGNS = {field.name: field.signs for entity in ENTITIES.values() for field in entity.fields if field.signs}


def _each_text(column: pd.Series, type_: ValueType, default: int, refusal: str) -> Array:
    """Return what the texts of a column are read as, each different one once; the default where empty."""
    cells = pc.dictionary_encode(_filled(column))
    values = []
    for text in cells.dictionary.to_pylist():
        try:
            values.append(FRAME.read(type_, text))
        except ValueError:
            raise _unreadable(column, text, refusal) from None
    place = pc.fill_null(cells.indices, len(values)).to_numpy(zero_copy_only=False)
    return np.array([*values, default], dtype=np.int64)[np.asarray(place)]


def whole(column: pd.Series, default: int) -> DayArray:
    """Return whole numbers (int32), the default where empty.

    Raises:
        PracticeError: something is not a whole number from 0 on.
    """
    if column.isna().all():
        return np.full(len(column), default, dtype=np.int32)
    if not _is_number(column):
        return _each_text(column, ValueType.INTEGER, default, NO_WHOLE).astype(np.int32)
    values = numbers(column)
    is_filled = ~np.isnan(values)
    is_whole = (values == np.trunc(values)) & (values >= 0) & (values <= LARGEST_WHOLE)
    for row in np.flatnonzero(is_filled & ~is_whole)[:1]:
        raise _unreadable(column, texts(column.iloc[[row]])[0], NO_WHOLE)
    return np.where(is_filled, values, default).astype(np.int32)


def truths(column: pd.Series, *, default: bool) -> BoolArray:
    """Return true and false, also where they are written as texts or as 1 and 0; the default where empty.

    Raises:
        PracticeError: something is neither.
    """
    if column.dtype == bool:
        return column.to_numpy()
    if pd.api.types.is_bool_dtype(column.dtype) and not isinstance(column.dtype, pd.CategoricalDtype):
        return column.fillna(default).to_numpy(dtype=bool)
    if column.isna().all():
        return np.full(len(column), default)
    return _each_text(column, ValueType.TRUTH, default, NO_TRUTH).astype(bool)


def _is_number(column: pd.Series) -> bool:
    """Tell whether a column is numbers already; a truth is none."""
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def has_text(column: pd.Series) -> BoolArray:
    """Tell where a text column is filled."""
    filled = pc.not_equal(pc.utf8_trim_whitespace(arrow(column)), "")
    return np.asarray(pc.fill_null(filled, False).to_numpy(zero_copy_only=False), dtype=bool)


def numbers(column: pd.Series) -> FloatArray:
    """Return texts or numbers as floats, correctly rounded; NaN where empty or not a number.

    Whole columns are read at once, but for the texts with letters: Arrow would take "inf" for a number.
    """
    if column.isna().all():
        return np.full(len(column), np.nan)
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return _shortest(values) if _is_short(column) else values
    written = _filled(column)
    try:
        values = np.array(pc.cast(written, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid:
        return _each_number(written, SIGNS.get(str(column.name), ""))
    has_letters = pc.fill_null(pc.match_substring_regex(written, "[A-Za-z]"), False)
    for row in np.flatnonzero(has_letters.to_numpy(zero_copy_only=False)):
        values[row] = _number(written[row].as_py(), "")
    return values


def _each_number(written: pa.Array, signs: str) -> FloatArray:
    """Read numbers that are not all plain, each different text once."""
    cells = pc.dictionary_encode(written)
    read = [_number(text, signs) for text in cells.dictionary.to_pylist()]
    place = pc.fill_null(cells.indices, len(read)).to_numpy(zero_copy_only=False)
    return np.array([*read, np.nan], dtype=np.float64)[np.asarray(place)]


def _is_short(column: pd.Series) -> bool:
    """Tell whether a column is floats of fewer digits than Python's own."""
    return getattr(column.dtype, "itemsize", 8) < FLOAT_BYTES and pd.api.types.is_float_dtype(column.dtype)


FLOAT_BYTES = 8


def _shortest(values: FloatArray) -> FloatArray:
    """Return 32-bit floats as the decimals that were meant: 85.1, not 85.0999984741211."""
    return values.astype(np.float32).astype("U32").astype(np.float64)


def _number(text: str, signs: str) -> float:
    try:
        return float(read_number(FRAME.plain(ValueType.NUMBER, text, signs=signs)))
    except ValueError:
        return float("nan")


def natural_order(ids: pd.Index[str]) -> IntArray:
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


def as_dates(day: DayArray) -> np.ndarray:
    """Turn days since 1970 into dates (datetime64[s]); MISSING becomes NaT."""
    dates = day.astype("datetime64[D]").astype("datetime64[s]")
    dates[day == MISSING] = np.datetime64("NaT")
    return dates


NOBODY = "nobody"  # the name in the row of what no owner is accountable for; its owner_id is missing


def key_order(frame: pd.DataFrame, keys: tuple[str, ...]) -> IntArray:
    """Return the rows in the order of some columns, as ``listing`` sorts them."""
    if not keys:
        return np.arange(len(frame))
    return np.lexsort([_sort_key(frame, key) for key in reversed(keys)])


def _sort_key(frame: pd.DataFrame, key: str) -> Array:
    column = frame[key.removeprefix("-")]
    if key.startswith("-"):
        return -column.to_numpy(dtype=np.float64, na_value=np.nan)
    return natural_places(column) if column.dtype.kind not in "biufM" else column.to_numpy()


def whole_numbers(values: IntArray, known: BoolArray) -> pd.Series:
    """Return whole numbers (Int64), missing where they are not known."""
    return pd.Series(values, dtype="Int64").where(pd.Series(known))


def natural_places(column: pd.Series) -> IntArray:
    """Return the place of each text in natural order; −1 where it is missing."""
    number, words = pd.factorize(column)
    return np.append(rank_of(pd.Index(words, dtype="str")), -1)[number]


def words(vocabulary: type[Enum], numbers: Array) -> Array:
    """Return the words of a vocabulary by their numbers."""
    return np.array([str(word) for word in vocabulary], dtype=object)[numbers]


def rank_of(ids: pd.Index[str]) -> IntArray:
    """Return each identifier's place in natural order."""
    place = np.empty(len(ids), dtype=np.int64)
    place[natural_order(ids)] = np.arange(len(ids))
    return place


def cells(column: pd.Series, rows: IntArray) -> Array:
    """Take cells of a column of texts by row; None where empty or where the row is −1."""
    taken = np.full(len(rows), None, dtype=object)
    known = np.flatnonzero(rows >= 0)
    taken[known] = [text or None for text in texts(column.iloc[rows[known]])]
    return taken


def pick_words(column: Array, position: IntArray) -> Array:
    """Take a column of words at each position; None where the position is −1."""
    taken = np.full(len(position), None, dtype=object)
    taken[position >= 0] = column[position[position >= 0]]
    return taken


def id_lists(ids: Array, group: IntArray, wanted: BoolArray, n: int) -> pd.Series:
    """Return the wanted words of each of n groups as lists, each word once, in the order of the rows."""
    lists: list[dict[str, None]] = [{} for _ in range(n)]
    for place, word in zip(group[wanted].tolist(), ids[wanted].tolist(), strict=True):
        lists[place][word] = None
    return pd.Series([list(each) for each in lists], dtype=object)


def dates_of(days: DayArray, position: IntArray) -> Array:
    """Take days at each position as dates; NaT where there is none (−1)."""
    return as_dates(pick(days, position, MISSING))


def finish_frame(frame: pd.DataFrame, order: IntArray, day: int) -> pd.DataFrame:
    """Sort a list and print its day on every row."""
    frame["as_of"] = as_dates(np.full(len(frame), day, dtype=np.int32))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["as_of"] = str(np.datetime64(day, "D"))
    return frame

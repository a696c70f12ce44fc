"""How are many small groups of rows handled at once, without a loop over the groups?

Rows lie sorted by group. A group's rows are found by offsets, spread out by :func:`expand`, and
reduced again by the functions below. ``segment`` always gives the group of each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

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
    found = np.zeros(n, dtype=bool)
    found[segment[truth]] = True
    return found


def count(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Count the true rows of each of n groups."""
    return np.bincount(segment[truth], minlength=n)


def last(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Return the position of the last true row of each group, −1 where there is none."""
    found = np.full(n, -1, dtype=np.int64)
    where = np.flatnonzero(truth)
    found[segment[where]] = where
    return found


def first(truth: BoolArray, segment: IntArray, n: int) -> IntArray:
    """Return the position of the first true row of each group, −1 where there is none."""
    found = np.full(n, -1, dtype=np.int64)
    where = np.flatnonzero(truth)[::-1]
    found[segment[where]] = where
    return found


def pick(column: Array, position: IntArray, missing: object) -> Array:
    """Take the column at each position; ``missing`` where the position is −1."""
    if len(column) == 0:
        return np.full(len(position), missing, dtype=column.dtype)
    return np.where(position >= 0, column[position], np.asarray(missing, dtype=column.dtype))


def greatest(values: DayArray, truth: BoolArray, segment: IntArray, n: int) -> DayArray:
    """Return the greatest true value of each group, MISSING where there is none."""
    found = np.full(n, MISSING, dtype=np.int32)
    np.maximum.at(found, segment[truth], values[truth])
    return found


def least(values: DayArray, truth: BoolArray, segment: IntArray, n: int) -> DayArray:
    """Return the least true value of each group, NEVER where there is none."""
    found = np.full(n, NEVER, dtype=np.int32)
    np.minimum.at(found, segment[truth], values[truth])
    return found


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

"""Which frames make up a plan, whoever handed them in?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.errors import PracticeError, UnknownName, shown
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from theorytopractice.model.fields import Entity

LIKE = 0.8  # "findings" is meant to be "finding"


def completed(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return every table of a plan with every declared column; what is missing is empty.

    Further tables and columns are let be, unless the name of a table looks like a slip. Rows are numbered anew;
    an index that carries the name of a column becomes that column.

    Raises:
        PracticeError: it is no mapping of frames, or a column stands twice.
        UnknownName: a table has a name that is almost the one of a missing table.
    """
    if not isinstance(frames, Mapping):
        raise PracticeError(
            f"Expected a plan, or a mapping of table names to frames; found {_article(frames)}; "
            "a single frame is handed in as {'finding': frame}."
        )
    absent = [name for name in ENTITIES if name not in frames]
    for name in frames:
        if name not in ENTITIES and difflib.get_close_matches(str(name), absent, n=1, cutoff=LIKE):
            raise UnknownName("table", str(name), absent)
    return {name: _complete(frames.get(name), entity) for name, entity in ENTITIES.items()}


def _complete(frame: pd.DataFrame | None, entity: Entity) -> pd.DataFrame:
    """Give a frame every declared column, empty where it had none."""
    if frame is None:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in entity.columns})
    if not isinstance(frame, pd.DataFrame):
        raise PracticeError(f"The table {entity.name} is {_article(frame)}; hand in a pandas DataFrame.")
    for name in frame.columns[frame.columns.duplicated()]:
        raise PracticeError(f"The table {entity.name} has the column {shown(name)} twice; keep one.")
    named = [name for name in frame.index.names if name in entity.columns and name not in frame.columns]
    full = frame.reset_index(level=named).reset_index(drop=True) if named else frame.reset_index(drop=True)
    absent = [name for name in entity.columns if name not in full.columns]
    return full.reindex(columns=[*full.columns, *absent]) if absent else full


def _article(thing: object) -> str:
    return f"of the type {type(thing).__module__}.{type(thing).__qualname__}".replace("builtins.", "")

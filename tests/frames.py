"""Plans written as rows of text, turned into the frames that the assessment takes."""

from __future__ import annotations

import pandas as pd


def frames_of(tables):
    """Turn table → list of rows (column → text) into table → frame of texts; an empty text is missing."""
    return {name: _frame(rows) for name, rows in tables.items()}


def _frame(rows):
    columns = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame(
        {name: pd.Series([row.get(name) or None for row in rows], dtype="str") for name in columns}
    )

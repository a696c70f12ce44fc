"""When was what an indicator demands last changed? The store keeps the day, as it keeps that of a new wording.

Method, 5.3 ``target_moved``: the target, its bounds, the tolerance, the direction, the baseline, the lag, the cadence, or
whether a finding requires the indicator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.model.values import read_number
from theorytopractice.store.edits import current_rows, today_there
from theorytopractice.store.history import RowChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from theorytopractice.store.reader import RowReader


Texts = dict[str, str]
WHEN, WHY = "retargeted_on", "retarget_reason"
DEMANDS = {
    "target": "", "target_low": "", "target_high": "", "tolerance": "0", "direction": "", "baseline": "",
    "lag_days": "0", "cadence_days": "",
}  # fmt: skip
"""The columns that say what an indicator demands, each with what an empty cell means."""


def with_retargets(records: RowReader, changes: Sequence[RowChange]) -> list[RowChange]:
    """Return row changes in which every indicator that demands something else has the day on which that came about.

    A day that comes with the change stays; a reason that was given for an earlier change goes.
    """
    moved = {row.key[0] for row in changes if row.entity == "indicator" and _is_moved(row)}
    required = {row.key[1] for row in changes if row.entity == "finding_indicator" and _is_required_anew(row)}
    if not moved | required:
        return list(changes)
    today = today_there(records)
    made = [_dated(row, today) if _is_indicator(row, moved | required) else row for row in changes]
    known = {row.key[0] for row in changes if row.entity == "indicator"}
    others = current_rows(records, [("indicator", (one,)) for one in sorted(required - known)])
    more = [_dated(RowChange("indicator", key, row, dict(row)), today) for (_, key), row in others.items()]
    return made + [row for row in more if row.before != row.after]


def _is_indicator(row: RowChange, names: set[str]) -> bool:
    return (
        row.entity == "indicator" and row.key[0] in names and row.before is not None and row.after is not None
    )


def _is_moved(row: RowChange) -> bool:
    """Tell whether an indicator that was there demands something else; 80 and 80.0 are the same."""
    if row.before is None or row.after is None:
        return False
    return any(_read(row.before, name) != _read(row.after, name) for name in DEMANDS)


def _read(row: Mapping[str, str], name: str) -> Decimal | str:
    text = row.get(name, "") or DEMANDS[name]
    try:
        return read_number(text)
    except ValueError:
        return text


def _is_required_anew(row: RowChange) -> bool:
    """Tell whether a link to an indicator that was there became required, or no longer is."""
    if row.before is None or row.after is None:
        return False
    return (row.before.get("required") or "true") != (row.after.get("required") or "true")


def _dated(row: RowChange, today: date) -> RowChange:
    """Put the day to a changed indicator, unless another one comes with the change."""
    before, after = row.before or {}, dict(row.after or {})
    if after.get(WHEN, "") != before.get(WHEN, "") or before.get(WHEN, "") == today.isoformat():
        return row
    after[WHEN] = today.isoformat()
    if after.get(WHY, "") == before.get(WHY, ""):
        after[WHY] = ""
    return RowChange(row.entity, row.key, row.before, after)

"""Plans with one finding, one action and one indicator that was measured every month."""

from __future__ import annotations

from datetime import date

from frames import frames_of

FIRST_YEAR = 2020


def month(number):
    """Give the 15th of a month, counted from January 2020."""
    return str(date(FIRST_YEAR + number // 12, number % 12 + 1, 15))


def first_of(number):
    """Give the first day of a month, counted from January 2020."""
    return month(number)[:8] + "01"


def tables_of(pre, post, between=(), kind="insight", exposure=None, **indicator):
    """Lay values out month by month; the action starts after ``pre`` and completes before ``post``."""
    values = [*pre, *between, *post]
    begun, done = first_of(len(pre)), first_of(len(pre) + len(between))
    columns = {"name": "i", "measure": "unit", "direction": "ascending", "level": "outcome"} | indicator
    return {
        "finding": [{"finding_id": "F", "kind": kind, "statement": "s", "recorded_on": "2019-01-01"}],
        "action": [{"action_id": "A", "title": "t", "recorded_on": "2019-01-01"}],
        "finding_action": [{"finding_id": "F", "action_id": "A", "role": "delivers"}],
        "indicator": [{"indicator_id": "I", **columns}],
        "finding_indicator": [{"finding_id": "F", "indicator_id": "I"}],
        "event": [
            {"subject": "action", "subject_id": "A", "event": "start", "happened_on": begun},
            {"subject": "action", "subject_id": "A", "event": "complete", "happened_on": done},
        ],
        "observation": [
            {"observation_id": f"B-{i}", "indicator_id": "I", "observed_on": month(i), "value": str(value),
             "n": str(exposure[i]) if exposure else None}
            for i, value in enumerate(values)
        ],
    }  # fmt: skip


def plan_of(*arguments, **options):
    """Turn such tables into frames."""
    return frames_of(tables_of(*arguments, **options))

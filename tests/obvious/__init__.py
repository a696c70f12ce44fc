"""What would a patient reader of the method say about a plan, one finding at a time?

A slow and obvious second implementation, written from the text of the method alone. It takes the tables of a
plan folder as lists of rows of text, and is there to be compared with the fast one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .commitments import commitment_rows
from .experiences import replication_rows
from .facts import disposition_of, look_at
from .firsts import candidate_days, first_days, was_ever_solved
from .firsts import every_day as every_single_day
from .kinds import flags_of, headline_of, stage_of
from .ladder import STAGE_NAMES, kind_of
from .lists import attainment, owner_loads, shelf, staleness
from .measures import measures
from .mechanisms import slot_rows
from .verdicts import verdicts
from .waiting import durations

if TYPE_CHECKING:
    from datetime import date

    from .facts import Look, Tables

__all__ = [
    "STAGE_NAMES",
    "assess",
    "attainment",
    "commitments",
    "durations",
    "measures",
    "owner_loads",
    "replications",
    "shelf",
    "slots",
    "staleness",
    "verdicts",
]


def assess(
    tables: Tables,
    as_of: date | str,
    knowledge: str = "then",
    dates: bool = False,
    *,
    every_day: bool = False,
) -> list[dict]:
    """Give one row for every finding, by finding_id.

    Args:
        tables: table name to rows, each row column to text as in the CSV of a plan folder.
        as_of: D, inclusive.
        knowledge: "then" (what was recorded by D) or "restated" (what is recorded now).
        dates: also give the first days of section 12.1.
        every_day: look for first days and earlier solutions on every single day, not only on the days on
            which something becomes visible.

    Returns:
        Rows with finding_id, kind, disposition, stage, stage_name, headline and flags.
    """
    look = look_at(tables, as_of, knowledge)
    find_days = every_single_day if every_day else candidate_days

    def has_been_solved(then: Look, finding_id: str) -> bool:
        return was_ever_solved(then, finding_id, find_days(then, finding_id))

    rows = []
    for finding_id in sorted(look.plan.findings):
        disposition = disposition_of(look, finding_id)
        stage = stage_of(look, finding_id)
        flags = flags_of(look, finding_id, has_been_solved)
        row: dict[str, object] = {
            "finding_id": finding_id,
            "kind": kind_of(look, finding_id),
            "disposition": disposition,
            "stage": stage,
            "stage_name": None if stage is None else STAGE_NAMES[stage],
            "headline": headline_of(disposition, stage, flags),
            "flags": sorted(flags),
        }
        if dates:
            row |= first_days(look, finding_id, find_days(look, finding_id))
        rows.append(row)
    return rows


def commitments(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give action_id, state, effective_due, fulfilled_on and days_late of every commitment."""
    return commitment_rows(look_at(tables, as_of, knowledge))


def replications(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give finding_id, action_id, site and state of every replication that counts."""
    # reading: only open experiences are listed; one that is closed or not in the plan yet has none.
    look = look_at(tables, as_of, knowledge)
    rows = []
    for finding_id in sorted(look.plan.findings):
        if kind_of(look, finding_id) == "experience" and disposition_of(look, finding_id) == "open":
            rows += replication_rows(look.for_finding(finding_id), finding_id)
    return rows


def slots(tables: Tables, as_of: date | str, knowledge: str = "then") -> list[dict]:
    """Give finding_id, slot, due_on, result and counted of every check slot that has begun."""
    # reading: only open mechanisms are listed; one that is closed or not in the plan yet has none.
    look = look_at(tables, as_of, knowledge)
    rows = []
    for finding_id in sorted(look.plan.findings):
        if kind_of(look, finding_id) == "mechanism" and disposition_of(look, finding_id) == "open":
            rows += slot_rows(look.for_finding(finding_id), finding_id)
    return rows

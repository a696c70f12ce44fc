"""Which cases does a random plan reach? Names of cases, each counted by the obvious reading."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import obvious
from obvious.commitments import commitment_rows
from obvious.facts import Look, Tables, look_at, text
from obvious.learning import reviews_of, rubber_stamps

if TYPE_CHECKING:
    from datetime import date


COMMITMENT_STATES = [
    "unknown",
    "released",
    "disputed",
    "kept_undated",
    "kept_on_time",
    "kept_late",
    "undated",
    "missed",
    "open",
]
REPLICATION_STATES = [
    "abandoned",
    "drifted",
    "worked",
    "did_not_work",
    "adopted",
    "started",
    "planned",
    "idea",
]
REVIEWS = ["review_confirmed", "review_revised", "review_material", "supersede", "retire"]
OTHER_CASES = [
    *(("commitment", state) for state in COMMITMENT_STATES),
    *(("replication", state) for state in REPLICATION_STATES),
    *(("slot", result) for result in ("pass", "fail", "na", "missed")),
    *(("review", word) for word in REVIEWS),
    *(("disposition", word) for word in ("rejected", "superseded", "retired", "duplicate", "unknown")),
    *(("relation", word) for word in ("derived_from", "codified_in", "related")),
    "rubber stamp",
    "ever solved",
    "confirmation with n",
    "confirmation without n",
]
VERDICTS = (
    "cannot tell",
    "too few points",
    "baseline not stable",
    "possible improvement",
    "possible worsening",
    "improved",
    "worse",
    "no signal",
)


def reached(tables: Tables, day: date) -> Counter:
    """Count (kind, stage), flags and the other cases that a plan reaches on a day."""
    counts: Counter = Counter()
    for row in obvious.assess(tables, day):
        counts[row["kind"], row["stage"]] += 1
        counts["disposition", row["disposition"]] += 1
        counts.update(row["flags"])
        # fewer than were ever solved, but these need no look at earlier days
        counts["ever solved"] += bool({"solved", "recurred"} & set(row["flags"]))
    look = look_at(tables, day)
    counts.update(("commitment", row["state"]) for row in commitment_rows(look))
    if any(text(row, "kind") == "experience" for row in tables["finding"]):
        counts.update(("replication", row["state"]) for row in obvious.replications(tables, day))
    if any(text(row, "kind") == "mechanism" for row in tables["finding"]):
        counts.update(("slot", row["result"]) for row in obvious.slots(tables, day))
    counts.update(("review", fact.event) for one in look.plan.findings for fact in reviews_of(look, one))
    counts["rubber stamp"] += len(rubber_stamps(tables, day))
    counts.update(("relation", text(row, "relation")) for row in tables["finding_relation"])
    return counts + answers(look)


def answers(look: Look) -> Counter:
    """Count the visible answers of those affected, with and without their number."""
    counts: Counter = Counter()
    for one, row in look.plan.indicators.items():
        if text(row, "level") == "confirmation":
            for fact in look.final_observations(one):
                counts["confirmation with n" if text(fact.row, "n") else "confirmation without n"] += 1
    return counts

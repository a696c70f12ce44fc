"""Does the slow and obvious reading of the method agree with the method's own examples, and with itself?"""

from __future__ import annotations

from random import Random

import pytest
from acceptance import (
    COMMITMENT_RATES,
    COMMITMENTS,
    EXPERIENCES,
    LADDER,
    MECHANISMS,
    Case,
    CommitmentCase,
    all_promises,
)
from obvious import assess, commitments
from random_plans import random_day, random_plan


@pytest.mark.parametrize("case", LADDER + MECHANISMS + EXPERIENCES, ids=lambda case: case.name)
def test_acceptance_table_gives_stage_and_flags(case: Case) -> None:
    """Each row of section 14 comes out as the table says."""
    row = assess(case.tables, case.as_of)[0]

    actual = (row["finding_id"], row["disposition"], row["stage"], set(row["flags"]))

    assert actual == ("F-001", case.disposition, case.stage, set(case.flags))


@pytest.mark.parametrize("case", COMMITMENTS, ids=lambda case: case.name)
def test_acceptance_table_gives_commitment_states(case: CommitmentCase) -> None:
    """Each commitment of section 14 has the state that the table says."""
    rows = commitments(case.tables, case.as_of)

    assert [row["state"] for row in rows] == [case.state]


@pytest.mark.parametrize(("as_of", "n_on_time", "n_ever", "n"), COMMITMENT_RATES)
def test_commitment_rates_of_the_acceptance_table(as_of: str, n_on_time: int, n_ever: int, n: int) -> None:
    """The rates of section 14 follow from the states of its ten commitments."""
    rows = commitments(all_promises(), as_of)
    states = [
        row["state"]
        for row in rows
        if row["state"] not in ("released", "open", "undated") and str(row["effective_due"]) <= as_of
    ]

    actual = (
        states.count("kept_on_time"),
        states.count("kept_on_time") + states.count("kept_late"),
        len(states),
    )

    assert actual == (n_on_time, n_ever, n)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(48))
@pytest.mark.parametrize("knowledge", ["then", "restated"])
def test_candidate_days_find_what_every_single_day_finds(seed: int, knowledge: str) -> None:
    """A stage rises only on days on which something becomes visible (section 12.1)."""
    rng = Random(seed)
    tables, as_of = random_plan(rng), random_day(rng)

    actual = assess(tables, as_of, knowledge, dates=True)

    assert actual == assess(tables, as_of, knowledge, dates=True, every_day=True)


@pytest.mark.parametrize("seed", range(200))
def test_row_order_between_subjects_is_irrelevant(seed: int) -> None:
    """P3: only facts without an id depend on their order in the file, within one subject."""
    rng = Random(seed)
    tables, as_of = random_plan(rng), random_day(rng)
    facts = ("event", "observation", "evidence")
    shuffled = {name: rows if name in facts else rng.sample(rows, len(rows)) for name, rows in tables.items()}

    assert assess(shuffled, as_of) == assess(tables, as_of)

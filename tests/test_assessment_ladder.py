"""The acceptance table of the method, case by case."""

from __future__ import annotations

import acceptance
import pandas as pd
import pytest
from builder import frames_of

from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.listings import commitments


@pytest.mark.parametrize(
    "case", [*acceptance.LADDER, *acceptance.MECHANISMS, *acceptance.EXPERIENCES], ids=lambda case: case.name
)
def test_acceptance_case_has_its_stage_and_flags(case):
    row = assess(frames_of(case.tables), as_of=case.as_of).iloc[0]
    stage = None if pd.isna(row["stage"]) else row["stage"]
    assert (stage, set(row["flags"])) == (case.stage, set(case.flags))


@pytest.mark.parametrize("case", acceptance.COMMITMENTS, ids=lambda case: case.name)
def test_commitment_has_its_state(case):
    assert list(commitments(frames_of(case.tables), as_of=case.as_of)["state"]) == [case.state]

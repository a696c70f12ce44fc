"""Inputs at the edge: long decimals, tiny and huge numbers, odd keys, long cadences, long series."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from builder import frames_of

from theorytopractice.assessment.assess import assess


def carried_out(target="80", value="80", direction="ascending", baseline="40", settings=(), **indicator):
    """Return a finding that is carried out, with one indicator and one value on 1 March 2026."""
    return {
        "finding": [{"finding_id": "1", "kind": "insight", "statement": "s", "recorded_on": "2026-01-01"}],
        "action": [{"action_id": "10", "title": "t", "due": "2026-03-31", "recorded_on": "2026-01-01"}],
        "finding_action": [{"finding_id": "1", "action_id": "10", "role": "delivers"}],
        "action_owner": [{"action_id": "10", "owner_id": "O", "role": "accountable"}],
        "indicator": [
            {"indicator_id": "I", "name": "i", "direction": direction, "level": "outcome", "baseline": baseline,
             "target": target, "cadence_days": "30", **indicator}
        ],
        "finding_indicator": [{"finding_id": "1", "indicator_id": "I"}],
        "event": [
            {"subject": "action", "subject_id": "10", "event": "start", "happened_on": "2026-01-10"},
            {"subject": "action", "subject_id": "10", "event": "complete", "happened_on": "2026-02-20"},
        ],
        "evidence": [{"action_id": "10", "dated_on": "2026-02-20"}],
        "observation": [{"indicator_id": "I", "observed_on": "2026-03-01", "value": value}],
        "setting": [{"name": name, "value": value} for name, value in settings],
    }  # fmt: skip


def stage_of(tables, day="2026-03-02"):
    return int(assess(frames_of(tables), as_of=day)["stage"].iloc[0])


@pytest.mark.parametrize(
    ("target", "value", "direction", "stage"),
    [
        ("80", "80.0", "ascending", 4),
        ("80", "8e1", "ascending", 4),
        ("+80", "80", "ascending", 4),
        (".5", "0.50", "descending", 4),
        ("80.00000000000000001", "80", "ascending", 3),
        ("80.00000000000000000000000000001", "80", "ascending", 3),
        ("80", "79.99999999999999999999999999999", "ascending", 3),
        ("0", "1e-400", "descending", 3),
        ("0", "-1e-400", "descending", 4),
        ("1e320", "1e310", "ascending", 3),
        ("1e310", "1e320", "ascending", 4),
    ],
)
def test_decimals_are_compared_as_written(target, value, direction, stage):
    baseline = "40" if direction == "ascending" else "90"
    assert stage_of(carried_out(target, value, direction, baseline)) == stage


def test_a_sum_that_floats_get_wrong_is_exact():
    assert stage_of(carried_out("0.2", "0.3", "descending", "9", tolerance="0.1")) == 4


def test_a_huge_freshness_limit_does_not_overflow():
    tables = carried_out(settings=[("stale_factor", "3")], cadence_days="999999999")
    assert stage_of(tables, "2027-04-06") == 4


def test_whole_keys_that_an_empty_cell_made_floats_still_link():
    frames = frames_of(carried_out())
    frames["evidence"] = pd.DataFrame(
        {"action_id": [10.0, None], "finding_id": [None, 1.0], "dated_on": ["2026-02-20", "2026-02-20"]}
    )
    frames["action"]["action_id"] = [10]
    assert int(assess(frames, as_of="2026-03-02")["stage"].iloc[0]) == 4


def mechanism(identifier, cadence, effective="2026-01-01"):
    return {
        "finding_id": identifier, "kind": "mechanism", "statement": "s", "recorded_on": effective,
        "effective_on": effective, "check_every": cadence, "owner_id": "O",
    }  # fmt: skip


def check(identifier, day):
    return {"subject": "finding", "subject_id": identifier, "event": "check_pass", "happened_on": day}


def test_a_very_long_cadence_takes_no_checks_of_other_mechanisms():
    tables = {
        "finding": [mechanism("M-1", "P99999Y"), *(mechanism(f"M-{n}", "P30D") for n in range(2, 7))],
        "event": [check("M-2", "2026-01-30"), check("M-5", "2026-01-30")],
    }
    assert list(assess(frames_of(tables), as_of="2026-02-03")["stage"]) == [2, 3, 2, 2, 3, 2]


def test_first_days_of_a_daily_mechanism_over_years_take_seconds():
    tables = {"finding": [mechanism("M-1", "P1D", "2016-01-01")], "event": [check("M-1", "2016-01-02")]}
    begin = time.process_time()
    row = assess(frames_of(tables), as_of="2021-01-01", dates=True).iloc[0]
    assert (row["stage"], str(row["carried_out_on"].date())) == (2, "2016-01-02")
    assert time.process_time() - begin < 20


def test_a_day_in_centuries_takes_seconds_of_a_daily_mechanism():
    tables = {"finding": [mechanism("M-1", "P1D", "2016-01-01")], "event": [check("M-1", "2016-01-02")]}
    begin = time.process_time()
    row = assess(frames_of(tables), as_of="2262-04-11").iloc[0]
    assert (row["stage"], row["flags"]) == (2, ["check_missed", "dead_letter", "lapsed", "review_overdue"])
    assert time.process_time() - begin < 3

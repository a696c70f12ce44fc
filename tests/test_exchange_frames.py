"""Do data frames as they come become a plan, and is everything told that could not be read?"""

from __future__ import annotations

import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice.errors import InvalidPlan, PracticeError, UnknownName

REGISTER = {
    "Recommendation": ["Call a day before.", "Draw a map.", "Open earlier."],
    "Lead": ["Ann Lee; Bob", "ann lee", "Ann Lee"],
    "Deadline": ["31 Mar 2026", "Q2 2026", None],
    "Status": ["Done", "In progress", "dropped"],
    "Since": ["2026-03-01", None, "2026-02-01"],
}
COLUMNS = {"finding.statement": "Recommendation", "owner.name": "Lead", "action.due": "Deadline", "status": "Status",
           "status_on": "Since"}  # fmt: skip
WORDS = {
    "done": ["start", "complete"],
    "in progress": "start",
    "Dropped": {"event": "cancel", "reason": "no funds"},
}


def read(register=REGISTER, columns=COLUMNS, words=WORDS, **more):
    return ttp.from_frames(
        pd.DataFrame(register), columns=columns, words=words, **{"as_of": "2026-04-01"} | more
    )


def test_a_register_becomes_the_tables_of_a_plan():
    source = read()
    assert {name: len(frame) for name, frame in source.items()} == {
        "owner": 2, "finding": 3, "action": 3, "finding_action": 3, "action_owner": 4, "event": 4, "evidence": 0,
    }  # fmt: skip
    assert source["owner"]["name"].tolist() == ["Ann Lee", "Bob"]
    assert source["event"]["event"].tolist() == ["start", "complete", "start", "cancel"]
    assert source["event"]["happened_on"].astype(str).tolist() == [
        "2026-03-01",
        "2026-03-01",
        "2026-04-01",
        "2026-02-01",
    ]
    assert source["action"]["due"].astype(str).fillna("none").tolist() == ["2026-03-31", "2026-06-30", "none"]
    assert ttp.assess(source, as_of="2026-04-02")["stage"].sort_values().tolist() == [0, 2, 2]


def test_it_is_imported_twice_and_comes_once(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        plan.import_(read(name="register"))
        again = plan.import_(read({name: cells[::-1] for name, cells in REGISTER.items()}, name="register"))
        assert len(plan.event) == 4
        assert not [cell for cell in again.cells if cell.outcome != "kept"]
        assert (
            ttp.assess(plan, as_of="2026-04-02")["stage"].tolist()
            == ttp.assess(read(), as_of="2026-04-02")["stage"].tolist()
        )


def test_an_owner_of_the_plan_is_known_by_name(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        plan.add(ttp.Owner(name="ANN LEE"))
        plan.import_(read(plan=plan))
        assert plan.owner["owner_id"].tolist()[0] == "O-001"
        assert len(plan.owner) == 2


def test_all_that_cannot_be_read_is_told_at_once():
    register = REGISTER | {
        "Deadline": ["soon", "03/04/2026", None],
        "Status": ["Dnoe", "Dnoe", "Done"],
        "Recommendation": ["Call.", [1, 2], None],
    }
    with pytest.raises(InvalidPlan) as refused:
        read(register)
    found = [(one.code, one.row, one.column, one.found) for one in refused.value.issues]
    assert ("E-DATE", 0, "Deadline", "soon") in found
    assert ("E-DATE", 1, "Deadline", "03/04/2026") in found
    assert ("E-VOCAB", None, "Status", "Dnoe") in found
    assert ("E-REQ", 2, "Recommendation", "") in found
    assert "'Dnoe' (2 rows) has no meaning" in str(refused.value)
    assert "did you mean 'done'?" in str(refused.value)


def test_what_a_plan_refuses_is_told_by_the_row_of_the_frame():
    with pytest.raises(InvalidPlan) as refused:
        read(words={"done": "complete", "in progress": "start", "dropped": "cancel"})
    assert [one.code for one in refused.value.issues] == ["E-REASON"]
    with pytest.raises(InvalidPlan, match="give as_of"):
        read(as_of=None)


VALUES = {"indicator.name": "Measure", "indicator.direction": "Better", "indicator.level": "Level"}
MEASURED = {"Measure": ["Missed visits", "Waiting"], "Better": ["descending"] * 2, "Level": ["outcome"] * 2}


def test_values_come_long_or_wide():
    long = pd.DataFrame(
        {name: cells * 2 for name, cells in MEASURED.items()}
        | {"Month": ["2026-01", "2026-01", "2026-02", "2026-02"], "Value": ["30", "12,5", "28 %", 11]}
    )
    wide = pd.DataFrame(MEASURED | {"Jan 2026": ["30", "12,5"], "02/2026": ["28 %", 11]})
    sources = [
        ttp.from_frames(
            long, columns=VALUES | {"observation.value": "Value", "observation.observed_on": "Month"}
        ),
        ttp.from_frames(wide, columns=VALUES | {"observation.value": ["Jan 2026", "02/2026"]}),
    ]
    read = [
        source["observation"]
        .sort_values("observation_id")[["observation_id", "value", "observed_on"]]
        .reset_index(drop=True)
        for source in sources
    ]
    pd.testing.assert_frame_equal(read[0], read[1])
    assert sorted(read[0]["value"]) == ["11", "12.5", "28", "30"]


def test_several_frames_and_other_libraries():
    polars = pytest.importorskip("polars")
    frames = {
        "register": polars.DataFrame(REGISTER),
        "values": pd.DataFrame(MEASURED | {"Value": [1, 2]}).convert_dtypes(),
    }
    columns = {"register": COLUMNS, "values": VALUES | {"observation.value": "Value"}}
    source = ttp.from_frames(frames, columns=columns, words=WORDS, as_of="2026-04-01")
    assert len(source["finding"]) == 3
    assert len(source["observation"]) == 2


def test_a_slip_in_a_name_is_told():
    with pytest.raises(UnknownName, match=r"did you mean 'finding\.statement'"):
        read(columns={"finding.statment": "Recommendation"})
    with pytest.raises(UnknownName, match="did you mean 'Recommendation'"):
        read(columns={"finding.statement": "Recomendation"})
    with pytest.raises(UnknownName, match="did you mean 'complete'"):
        read(words={"done": "compleet"})
    with pytest.raises(PracticeError, match="Expected a data frame, found 'str'"):
        ttp.from_frames("register.csv", columns=COLUMNS)

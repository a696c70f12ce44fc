"""Is a cell of frames that its column cannot hold refused, or read as a plan reads it?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from builder import frames_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_assessment_frame_checks import D, problems, tables

import theorytopractice as ttp
from theorytopractice.errors import InvalidPlan, PracticeError
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.folder import read_folder

AT = "2026-06-30"


def with_cell(table, row, column, value):
    frames = frames_of(tables())
    frame = frames[table]
    if column not in frame:
        frame[column] = None
    frame[column] = frame[column].astype(object)
    cells = frame[column].tolist()
    cells[row] = value
    frame[column] = pd.Series(cells, dtype=object)
    return frames


REFUSED = [
    ("observation", "value", "abc", "E-NUM"),
    ("observation", "value", "1,234", "E-NUM"),
    ("observation", "value", "0x10", "E-NUM"),
    ("observation", "value", float("inf"), "E-NUM"),
    ("observation", "value", [1], "E-NUM"),
    ("observation", "n", "many", "E-NUM"),
    ("indicator", "target", "abc", "E-NUM"),
    ("indicator", "baseline", "1,234", "E-NUM"),
    ("indicator", "tolerance", "a bit", "E-NUM"),
    ("indicator", "target_low", "low", "E-NUM"),
    ("indicator", "cadence_days", "monthly", "E-NUM"),
    ("action", "cost", "dear", "E-NUM"),
    ("action", "strength", "strongest", "E-VOCAB"),
    ("finding", "certainty", "hgih", "E-VOCAB"),
    ("finding", "recorded_on", np.datetime64("9999999-01-01"), "E-DATE"),
    ("event", "recorded_on", "soon", "E-DATE"),
    ("event", "consent", "perhaps", "E-VOCAB"),
]


@pytest.mark.parametrize(("table", "column", "value", "code"), REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(table, column, value, code):
    found, _ = problems(with_cell(table, 0, column, value))
    assert found == [(code, table, 0, column)]


@pytest.mark.parametrize(("value", "plain"), [("8,5", "8.5"), (" 85 %", "85"), ("7.9", "7.9"), ("８", "8")])
def test_what_can_be_read_in_one_way_is_read_so(value, plain):
    stages = [
        ttp.assess(with_cell("observation", 0, "value", one), as_of=D)["stage"].tolist()
        for one in (value, plain)
    ]
    assert stages[0] == stages[1]


def test_a_day_beyond_the_calendar_disturbs_no_other_finding():
    frames = frames_of(tables())
    frames["finding"]["recorded_on"] = frames["finding"]["recorded_on"].astype("datetime64[s]")
    frames["finding"].loc[1, "recorded_on"] = np.datetime64("9999999-01-01")
    found, told = problems(frames)
    assert found == [("E-DATE", "finding", 1, "recorded_on")]
    assert "9999999-01-01" in told


@pytest.mark.parametrize("rename", [str.upper, lambda name: f" {name} ", lambda name: name.replace("_", " ")])
def test_a_header_written_otherwise_is_told_once_a_column(rename):
    frames = frames_of(tables())
    names = {name: rename(name) for name in frames["event"].columns if rename(name) != name}
    frames["event"] = frames["event"].rename(columns=names)
    found, told = problems(frames)
    assert found == [("E-REQ", "event", None, name) for name in names.values()]
    assert all(f"did you mean {name}?" in told for name in names)


def test_a_header_of_several_levels_is_told_once_a_column():
    frames = frames_of(tables())
    frames["action"].columns = pd.MultiIndex.from_product([["register"], frames["action"].columns])
    found, told = problems(frames)
    assert len(found) == len(frames["action"].columns)
    assert "did you mean due?" in told


def test_a_table_that_is_none_is_told_in_one_sentence():
    with pytest.raises(
        PracticeError, match=r"^The table 'event' is None; hand in a pandas DataFrame, or leave"
    ):
        ttp.assess(frames_of(tables()) | {"event": None}, as_of=D)


def test_a_table_that_others_need_is_missed():
    frames = frames_of(tables())
    frames["event"].loc[0, "event"] = "complete"
    del frames["evidence"]
    with pytest.warns(
        UserWarning, match="W-TABLE evidence: no table evidence was given: actions count as unverified"
    ):
        ttp.assess(frames, as_of=D)
    del frames["event"]
    with pytest.warns(UserWarning, match="W-TABLE event: no table event was given"):
        ttp.assess(frames, as_of=D)


EXAMPLE = read_folder(ttp.path_of("data/example"))
PLACES = [
    (name, column)
    for name, table in EXAMPLE.items()
    if len(table) and not ENTITIES[name].is_memory and name != "setting"
    for column in ENTITIES[name].columns
    if not (ENTITIES[name][column].refers or ENTITIES[name][column].is_key)
]
WORDS = [
    "",
    "abc",
    "1,234",
    "37,2",
    " 85 %",
    "inf",
    "0x10",
    "[1]",
    "2026-13-01",
    "30-Jun-2026",
    "yes",
    "HIGH",
    "-1",
    "1e400",
    "½",
]


@pytest.mark.slow
@given(st.sampled_from(PLACES), st.integers(0, 10**6), st.sampled_from(WORDS))
@settings(deadline=None, max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_corrupt_cell_is_refused_or_read_as_a_plan_reads_it(tmp_path_factory, place, number, text):
    name, column = place
    row = number % len(EXAMPLE[name])
    texts = {
        one: TextTable(table.entity, {c: list(cells) for c, cells in table.columns.items()})
        for one, table in EXAMPLE.items()
    }
    texts[name].columns.setdefault(column, [""] * len(texts[name]))[row] = text
    frames = {
        one: pd.DataFrame(
            {
                c: pd.Series([cell or None for cell in cells], dtype="str")
                for c, cells in table.columns.items()
            }
        )
        for one, table in texts.items()
    }
    with ttp.make_plan(str(tmp_path_factory.mktemp("plan") / "plan.db")) as plan:
        try:
            plan.upsert(texts)
        except InvalidPlan:
            with pytest.raises(InvalidPlan):
                ttp.assess(frames, as_of=AT)
            return
        expected = ttp.assess(plan, as_of=AT)
    pd.testing.assert_frame_equal(ttp.assess(frames, as_of=AT), expected)

"""What a register does not say is not made up: no date of recording, no direction of a figure."""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest
from markupsafe import Markup

import theorytopractice as ttp
from theorytopractice.assessment.explain import explain
from theorytopractice.errors import InvalidPlan, PlanError
from theorytopractice.exchange.column_looks import looks_of
from theorytopractice.exchange.register_survey import describe
from theorytopractice.forms.import_mapping import mapping_html
from theorytopractice.forms.import_state import ImportState
from theorytopractice.i18n import speaking

TWO = "Call patients a day before their visit.,Ann\nDraw a map of the way to the clinic.,Bob\n"


def suggested(tmp_path, text):
    file, mapping = tmp_path / "register.csv", tmp_path / "map.toml"
    file.write_text(text)
    mapping.write_text(ttp.suggest(file))
    return file, mapping


def test_a_register_without_dates_brings_findings_without_a_day(tmp_path):
    file, mapping = suggested(tmp_path, f"Recommendation,Lead\n{TWO}")
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        comparison = plan.import_(ttp.read_source(file, mapping=mapping, plan=plan))
        assert "2 findings without a day on which they were recorded" in str(comparison)
        assert plan.finding.recorded_on.isna().all()
        assert set(plan.finding.recorded_quality) == {"unknown"}
        assert plan.action.recorded_on.notna().all()


def test_a_row_without_a_date_among_dated_ones(tmp_path):
    text = "Recommendation,Lead,Date recorded\nCall patients a day before their visit.,Ann,2026-02-03\nDraw a map of the way to the clinic.,Bob,\n"
    file, mapping = suggested(tmp_path, text)
    tables = ttp.read_source(file, mapping=mapping).tables
    assert tables["finding"]["recorded_on"] == ["2026-02-03", ""]
    assert tables["finding"]["recorded_quality"] == ["", "unknown"]
    assert tables["action"]["recorded_on"] == ["2026-02-03", "2026-02-03"]


def test_frames_without_a_day_bring_findings_without_one_and_refuse_actions():
    frame = pd.DataFrame({"What": ["Call a day before."], "Lead": ["Ann"]})
    source = ttp.from_frames(frame, columns={"finding.statement": "What"})
    assert source.tables["finding"]["recorded_quality"] == ["unknown"]
    with pytest.raises(InvalidPlan, match="the action was recorded is missing; give as_of"):
        ttp.from_frames(frame, columns={"finding.statement": "What", "owner.name": "Lead"})
    source = ttp.from_frames(frame, columns={"finding.statement": "What"}, as_of="2026-04-01")
    assert source.tables["finding"]["recorded_on"] == ["2026-04-01"]


VALUES = "Indicator,2026-01,2026-02,2026-03\nLeaflets,1,2,3\nComplaints,4,5,6\n"


def test_an_undecided_direction_judges_nothing(tmp_path):
    file, mapping = suggested(tmp_path, VALUES)
    with pytest.raises(PlanError, match="indicator needs direction: decide which way is better"):
        ttp.read_source(file, mapping=mapping)
    mapping.write_text(mapping.read_text().replace("# direction", "direction"))
    assert ttp.read_source(file, mapping=mapping).tables["indicator"]["direction"] == ["ascending"] * 2


def test_a_direction_is_decided_on_the_screen(tmp_path):
    file, _ = suggested(tmp_path, VALUES)
    state = ImportState(path=file, survey=describe(file))
    state.propose()
    ((source, way),) = state.open_directions()
    assert way == ""
    with pytest.raises(PlanError, match="Choose which way is better"):
        state.mapping_text()
    state.directions[source] = "descending"
    assert tomllib.loads(state.mapping_text())["indicator"][0]["direction"] == {"constant": "descending"}


def test_the_reasons_of_guesses_are_said_in_chinese(tmp_path):
    file, _ = suggested(tmp_path, f"Recommendation,Lead\n{TWO}")
    look = looks_of(describe(file).sheets[0])["Lead"]
    assert look.why == "the heading is a usual one"
    with speaking("zh"):
        assert look.say_why() == "列标题是常用的"


def test_why_a_known_column_is_not_read_is_said_in_chinese(tmp_path):
    text = "Recommendation,Lead,% complete,Due date,Deadline\nCall patients a day before.,Ann,40,2026-05-01,2026-06-01\nDraw a map of the way.,Bob,80,2026-05-02,2026-06-02\n"
    file, mapping = suggested(tmp_path, text)
    assert "'% complete': no column says when it was so" in mapping.read_text()
    state = ImportState(path=file, survey=describe(file))
    state.propose()
    assert "Not read: no column says when it was so." in mapping_html(state, Markup())
    with speaking("zh"):
        screen = mapping_html(state, Markup())
        assert "不会读入：没有一列说明是何时的情况。" in screen
        assert "；不会读入" in screen


def test_a_second_wording_is_shown_where_its_language_is_spoken():
    finding = {"finding_id": "F-1", "kind": "insight", "statement": "Call.", "statement_zh": "打电话。",
               "recorded_on": "2026-01-01"}  # fmt: skip
    plan = {"finding": pd.DataFrame([finding])}
    assert explain(plan, "F-1", as_of="2026-06-01").statement == "Call."
    with speaking("zh"):
        assert explain(plan, "F-1", as_of="2026-06-01").statement == "打电话。"

"""A folder for spreadsheets: no text becomes a formula, and every text comes back as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store_folder import bytes_of

import theorytopractice as ttp
from theorytopractice.store.csv_file import BOM, guard, guard_cell, unguard
from theorytopractice.store.folder import read_folder

DANGEROUS = ["=1+1", "+49 30 1", "-", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1", "'=1", "''=x", "'+"]
HARMLESS = ["", "a=b", "'quoted'", "5", "'", "'5", "–5", "x\n=1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_looks_like_a_formula_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_every_other_text_stays(text):
    assert guard(text) == unguard(text) == text


@given(st.text(alphabet="'=+-@\t\r＝a5"))
def test_every_text_comes_back(text):
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["-5", "+3.5", "-1e-3", "-.5"])
def test_a_number_stays_a_number_where_numbers_are(text):
    assert guard_cell(text, is_numeric=True) == text
    assert guard_cell(text) == f"'{text}"


def test_a_sum_is_no_number():
    assert guard_cell("-5+cmd", is_numeric=True) == "'-5+cmd"


@pytest.fixture
def plan(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db", who="Mara") as plan:
        plan.add(
            ttp.Owner(owner_id="O-1", name="=HYPERLINK(1)", note="-5"),
            ttp.Finding(finding_id="F-1", kind="insight", statement="-5 degrees at 3 schools", recorded_on="2026-01-01",
                        source="'=quoted"),
            ttp.Indicator(indicator_id="I-1", name="@home", direction="ascending", level="outcome", baseline="-7",
                          target="-2"),
            ttp.Observation(indicator_id="I-1", observed_on="2026-02-01", value="-5"),
        )  # fmt: skip
        yield plan


def test_a_folder_for_spreadsheets_comes_back_as_it_was(plan, tmp_path):
    plan.write_folder(tmp_path / "sheets", for_spreadsheets=True)
    owner = (tmp_path / "sheets" / "owner.csv").read_bytes()
    assert owner.startswith(BOM)
    assert owner.decode("utf-8-sig").splitlines()[1] == "O-1,'=HYPERLINK(1),,,,'-5"
    assert ",-5," in (tmp_path / "sheets" / "observation.csv").read_text("utf-8")
    with ttp.open_plan(tmp_path / "sheets") as again:
        assert again.fingerprint() == plan.fingerprint()
        again.write_folder(tmp_path / "plain", for_spreadsheets=False)
        again.write_folder(tmp_path / "sheets")
    plan.write_folder(tmp_path / "direct")
    assert bytes_of(tmp_path / "plain") == bytes_of(tmp_path / "direct")
    assert "'" not in (tmp_path / "plain" / "owner.csv").read_text("utf-8")


def test_a_folder_stays_as_it_is_when_it_is_written_again_or_changed(plan, tmp_path):
    place = tmp_path / "sheets"
    plan.write_folder(place, for_spreadsheets=True)
    before = bytes_of(place)
    plan.write_folder(place)
    assert bytes_of(place) == before
    with ttp.open_plan(place, who="Mara") as own:
        own.change("owner", "O-1", unit="=Unit")
    assert "'=Unit" in (place / "owner.csv").read_text("utf-8-sig")
    assert read_folder(place)["owner"]["unit"] == ["=Unit"]
    assert read_folder(place)["finding"]["source"] == ["'=quoted"]


def test_importing_what_was_written_changes_nothing(plan, tmp_path):
    from theorytopractice.exchange.sources import read_source

    plan.write_folder(tmp_path / "sheets", for_spreadsheets=True)
    comparison = plan.import_(read_source(tmp_path / "sheets"))
    assert comparison.cells == []


def test_an_apostrophe_in_a_plain_folder_is_the_writers_own(plan, tmp_path):
    plan.write_folder(tmp_path / "plain")
    assert read_folder(tmp_path / "plain")["finding"]["source"] == ["'=quoted"]
    assert "formulasGuardedBy" not in json.loads((tmp_path / "plain" / "datapackage.json").read_text("utf-8"))


def test_a_folder_for_spreadsheets_is_a_valid_data_package(plan, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    plan.write_folder(tmp_path / "sheets", for_spreadsheets=True)
    report = frictionless.validate(str(tmp_path / "sheets" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])[:5]


def test_the_history_of_a_folder_for_spreadsheets_holds_no_formula(plan, tmp_path):
    place = tmp_path / "sheets"
    plan.write_folder(place, for_spreadsheets=True)
    with ttp.open_plan(place, who="=1+1") as there:
        there.change("owner", "O-1", note="'-5")
        data = (place / "history.csv").read_bytes()
        assert data.startswith(BOM)
        assert b",=1+1," not in data
        assert b",'=1+1," in data
        history = there.history()
        assert history.made_by.tolist() == ["=1+1"]
        there.write_folder(place, for_spreadsheets=False)
        assert b",=1+1," in (place / "history.csv").read_bytes()
        assert there.history().equals(history)

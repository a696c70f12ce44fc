"""Listings as files: the same rows in CSV, workbook and JSON, real dates and numbers, and never a formula."""

from __future__ import annotations

import csv
import json
from datetime import date

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from test_cli import DAY, EXAMPLE, run

import theorytopractice as ttp
from theorytopractice.exchange.listings import LISTINGS, listing, write_frame
from theorytopractice.exchange.sheets import sheet_names, write_sheets


@pytest.fixture(scope="module")
def plan():
    with ttp.open_plan(EXAMPLE) as plan:
        yield plan


def sheet(path, name=None):
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(name or book.sheet_names[0]).to_python()


@pytest.mark.parametrize("of", LISTINGS)
def test_each_listing_has_the_same_rows_in_every_format(plan, of, tmp_path):
    frame = listing(plan, of, as_of=DAY)
    paths = [write_frame(tmp_path / f"x{end}", frame, name=of) for end in (".csv", ".xlsx", ".json")]
    assert len(frame)
    assert list(frame)[-1] == "as_of"
    rows = list(csv.reader(paths[0].read_text("utf-8-sig").splitlines(keepends=True)))
    objects = json.loads(paths[2].read_text("utf-8"))
    assert rows[0] == sheet(paths[1])[0] == list(objects[0]) == list(frame)
    assert len(rows) - 1 == len(sheet(paths[1])) - 1 == len(objects) == len(frame)


def test_the_actions_are_those_of_the_library(plan, tmp_path):
    ttp.write_listing(plan, tmp_path / "actions.xlsx", "actions", as_of=DAY)
    rows = sheet(tmp_path / "actions.xlsx")
    expected = ttp.actions(plan, as_of=DAY)
    column = rows[0].index("due")
    assert [row[column] or None for row in rows[1:]] == [
        None if pd.isna(day) else day.date() for day in expected["due"]
    ]
    assert [row[0] for row in rows[1:]] == expected["action_id"].tolist()


def test_the_register_says_where_each_finding_stands(plan):
    frame = listing(plan, "register", as_of=DAY).set_index("finding_id")
    assert frame.loc["F-001", "stage_name"] == "sustained"
    assert frame.loc["F-001", "action_ids"] == ["A-001", "A-002"]
    assert frame.loc["F-001", "indicator_ids"] == ["I-01"]
    assert frame["stage"].equals(ttp.assess(plan, as_of=DAY).set_index("finding_id")["stage"])


def test_decisions_are_worded_in_the_language(plan):
    english = listing(plan, "decisions", as_of=DAY)
    chinese = listing(plan, "decisions", as_of=DAY, language="zh")
    assert english["asked"].str.isascii().any()
    assert not chinese["asked"].str.isascii().any()


def hostile():
    return pd.DataFrame(
        {
            "text": ["=1+1", "-5", "http://example.org", "a\nb\x0bc"],
            "flags": [["=x", "y"], [], ["z"], []],
            "n": pd.array([-5, None, 3, 2], dtype="Int64"),
            "share": [0.5, float("nan"), -1.25, 1],
            "is_open": [True, False, True, False],
            "on": pd.to_datetime(["2026-01-31", None, "1850-01-01", "2026-02-01"]),
        }
    )


def test_no_text_becomes_a_formula_in_csv(tmp_path):
    path = write_frame(tmp_path / "x.csv", hostile())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))
    assert rows[1] == ["'=1+1", "'=x;y", "-5", "0.5", "true", "2026-01-31"]
    assert rows[2] == ["'-5", "", "", "", "false", ""]


def test_a_workbook_holds_dates_numbers_and_texts(tmp_path):
    path = write_sheets(tmp_path / "x.xlsx", {"a/b": hostile(), "A_b": hostile().head(0)})
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["a_b", "A_b 2"]
    head, first, second, third, _ = sheet(path)
    assert head == list(hostile())
    assert first == ["=1+1", "=x;y", -5, 0.5, True, date(2026, 1, 31)]
    assert second == ["-5", "", "", "", False, ""]
    assert third[5] == "1850-01-01"


def test_the_same_frames_give_the_same_workbook(tmp_path):
    one, two = (write_sheets(tmp_path / name, {"x": hostile()}).read_bytes() for name in ("1.xlsx", "2.xlsx"))
    assert one == two


def test_what_does_not_fit_into_a_sheet_is_refused(tmp_path):
    with pytest.raises(ttp.PracticeError, match="40,000 characters"):
        write_sheets(tmp_path / "x.xlsx", {"x": pd.DataFrame({"a": ["y" * 40_000]})})
    assert not (tmp_path / "x.xlsx").exists()
    wide = pd.DataFrame(0, index=range(1), columns=range(16_385))
    with pytest.raises(ttp.PracticeError, match="16,385 columns"):
        write_sheets(tmp_path / "x.xlsx", {"x": wide})


def test_sheets_have_names_that_excel_takes():
    names = sheet_names(["", "x" * 40, "x" * 41, "History?", "a[b]:*", "'q'"])
    assert len({name.casefold() for name in names}) == 6
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_values_are_numbers_in_a_workbook_and_as_written_in_csv(plan, tmp_path):
    ttp.write_listing(plan, tmp_path / "x.xlsx", "observations", as_of=DAY)
    assert isinstance(sheet(tmp_path / "x.xlsx")[1][2], float)


def test_export_of_a_listing_and_refusals(tmp_path):
    assert "Wrote" in run("export", EXAMPLE, tmp_path / "a.csv", "--of", "actions", "--as-of", DAY).stdout
    assert (
        "did you mean 'actions'"
        in run("export", EXAMPLE, tmp_path / "b.csv", "--of", "actoins", status=1).stderr
    )
    assert (
        "ends in .csv, .xlsx or .json"
        in run("export", EXAMPLE, tmp_path / "b", "--of", "actions", status=1).stderr
    )
    assert "--of" in run("export", EXAMPLE, tmp_path / "b.csv", status=1).stderr
    for options in (["--as-of", DAY], ["--owner", "O-01"], ["--language", "zh"], ["--knowledge", "restated"]):
        assert (
            f"{options[0]} does not go with a plan folder"
            in run("export", EXAMPLE, tmp_path / "folder", *options, status=2).stderr
        )
    assert "--bom" in run("export", EXAMPLE, tmp_path / "x.ics", "--bom", status=2).stderr
    assert not (tmp_path / "folder").exists()


def test_a_listing_is_not_written_into_a_plan_folder(tmp_path):
    run("export", EXAMPLE, tmp_path / "folder")
    error = run("export", EXAMPLE, tmp_path / "folder" / "actions.csv", "--of", "actions", status=1).stderr
    assert "belongs to the plan folder" in error


def test_assess_writes_a_workbook(tmp_path):
    run("assess", EXAMPLE, "--as-of", DAY, "--format", "xlsx", "-o", tmp_path / "x.xlsx")
    assert len(sheet(tmp_path / "x.xlsx")) == 47
    run("assess", EXAMPLE, "--as-of", DAY, "--of", "problems", "-o", tmp_path / "x.csv")
    assert "-o FILE.xlsx" in run("assess", EXAMPLE, "--format", "xlsx", status=2).stderr
    assert (
        "do not fit" in run("assess", EXAMPLE, "--format", "csv", "-o", tmp_path / "x.json", status=2).stderr
    )
    assert "ends in" in run("assess", EXAMPLE, "-o", tmp_path / "x.txt", status=2).stderr


def test_calendar_and_excel_folder_from_the_command_line(tmp_path):
    run("export", EXAMPLE, tmp_path / "x.ics", "--owner", "O-06", "--as-of", DAY, "--language", "zh")
    assert (tmp_path / "x.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    run("export", EXAMPLE, tmp_path / "folder", "--bom")
    run("export", tmp_path / "folder", tmp_path / "folder")
    assert (tmp_path / "folder" / "owner.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    run("export", tmp_path / "folder", tmp_path / "folder", "--no-bom")
    assert (tmp_path / "folder" / "owner.csv").read_bytes() == (EXAMPLE / "owner.csv").read_bytes()

"""Is every sort of file and sheet read as a mapping declares it, and does a listing name its place?"""

from __future__ import annotations

import json

import pytest
import workbook_helpers as workbook

from theorytopractice.errors import PlanError
from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.exchange.mapping_files import _day

ACTION = """
[[action]]
from = "work"
action_id = "No"
title = "What"
recorded_on = { constant = 2026-01-01 }
due = "Due"
"""


@pytest.fixture
def run(tmp_path):
    """Apply a mapping to a file of the folder, or to the folder."""

    def run(mapping, place=None):
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        return apply(read_mapping(tmp_path / "mapping.toml"), tmp_path / place if place else tmp_path)

    return run


@pytest.fixture
def book(tmp_path):
    """Write a workbook of sheets of rows."""

    def book(name, **sheets):
        made = {title: workbook.sheet(_by_place(rows)) for title, rows in sheets.items()}
        workbook.write(tmp_path / name, made)

    return book


def _by_place(rows):
    return {
        number: {"ABC"[place]: cell for place, cell in enumerate(row) if cell is not None}
        for number, row in enumerate(rows, 1)
    }


def rows(mapped, *names, table="action"):
    return list(zip(*(mapped.tables[table][name] for name in names), strict=True))


def test_several_sheets_of_one_workbook_are_sources(run, book):
    book(
        "plan.xlsx",
        People=[["Id", "Name"], [1, "Kim"]],
        Work=[["No", "What", "Due"], ["A-1", "Call", "soon"], ["A-2", "Go", None]],
    )
    mapping = """
[source.people]
sheet = "People"
[source.work]
sheet = 2
[[owner]]
from = "people"
owner_id = "Id"
name = "Name"
"""
    mapped = run(mapping + ACTION, "plan.xlsx")
    assert rows(mapped, "owner_id", "name", table="owner") == [("1", "Kim")]
    assert rows(mapped, "action_id", "due") == [("A-1", ""), ("A-2", "")]
    assert [(one.where, one.row, one.column, one.found) for one in mapped.issues] == [
        ("plan.xlsx, sheet Work", 2, "Due", "soon")
    ]
    assert mapped.tables["action"].source == "plan.xlsx, sheet Work"
    assert mapped.n_read == {"plan.xlsx, sheet People": 1, "plan.xlsx, sheet Work": 2}


def test_a_workbook_of_a_folder_need_not_be_named_where_it_is_the_only_one(run, book):
    book("plan.xlsx", Work=[["No", "What", "Due"], ["A-1", "Call", "2026-05-01"]])
    mapped = run('[source.work]\nsheet = "Work"' + ACTION)
    assert rows(mapped, "action_id", "due") == [("A-1", "2026-05-01")]
    book("other.xlsx", Work=[["No"]])
    with pytest.raises(
        PlanError, match=r"does not say in which file the source 'work' stands, and .* holds 2"
    ):
        run('[source.work]\nsheet = "Work"' + ACTION)


def test_titles_above_several_header_rows_hints_and_grouped_cells(run, tmp_path):
    (tmp_path / "work.csv").write_text(
        "Register of 2026,,,\n,Action,,Plan\nNo,What,Unit,Due\nkey,text,text,date\nA-1,Call,North,2026-05-01\nA-2,Write,,\n"
        "A-3,Go,South,soon\n"
    )
    mapping = (
        '[source.work]\nheader = [2, 3]\nhints = 1\nfill_down = ["Action Unit"]\nskip = [1]'
        + ACTION.replace('"What"', '"Action What"').replace('"Due"', '"Plan Due"')
    )
    mapped = run(mapping + 'site = "Action Unit"')
    assert rows(mapped, "action_id", "title", "site", "due") == [
        ("A-1", "Call", "North", "2026-05-01"),
        ("A-2", "Write", "North", ""),
        ("A-3", "Go", "South", ""),
    ]
    assert [(one.row, one.column, one.found) for one in mapped.issues] == [(7, "Plan Due", "soon")]


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        ('encoding = "cp1252"', "No;What;Due\nA-1;Appelé;2026-05-01\n".encode("cp1252")),
        ('separator = "|"', "No|What|Due\nA-1|Appelé|2026-05-01\n".encode()),
        ("", "No\tWhat\tDue\nA-1\tAppelé\t2026-05-01\n".encode("utf-16")),
        ("", "No;What;Due\r\nA-1;Appelé;2026-05-01\r\n".encode("utf-8-sig")),
    ],
)
def test_a_csv_file_of_any_writing(run, tmp_path, declared, data):
    (tmp_path / "work.csv").write_bytes(data)
    mapped = run(f"[source.work]\n{declared}{ACTION}")
    assert rows(mapped, "action_id", "title", "due") == [("A-1", "Appelé", "2026-05-01")]
    assert mapped.issues == []


def test_records_in_json_below_a_key(run, tmp_path):
    records = [{"No": "A-1", "What": "Call", "Due": "2026-05-01", "by": {"name": "Kim"}}]
    (tmp_path / "api.json").write_text(json.dumps({"results": {"items": records, "others": [{"x": 1}]}}))
    mapped = run('[source.work]\nrecords = "results.items"' + ACTION + 'promised_to = "by.name"', "api.json")
    assert rows(mapped, "action_id", "promised_to") == [("A-1", "Kim")]


def test_several_files_of_one_kind_are_one_source(run, tmp_path):
    for name, row in (("north.csv", "A-1,Call,"), ("south.csv", "A-2,Go,soon")):
        (tmp_path / f"plan {name}").write_text(f"No,What,Due\n{row}\n")
    mapped = run('[source.work]\nfile = "plan *.csv"' + ACTION + 'site = "file"')
    assert rows(mapped, "action_id", "site") == [("A-1", "north"), ("A-2", "south")]
    assert [(one.where, one.row) for one in mapped.issues] == [("plan south.csv", 2)]
    assert mapped.n_read == {"plan north.csv": 1, "plan south.csv": 1}


def test_a_kind_of_which_there_is_no_file_is_refused(run):
    with pytest.raises(PlanError, match=r"^No file in .* is called 'plan-\{year\}.csv'\.$"):
        run('[source.work]\nfile = "plan-{year}.csv"' + ACTION)


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        ({"year": "2025"}, "2025-12-31"),
        ({"month": "2025-03"}, "2025-03-31"),
        ({"month": "03", "year": "2025"}, "2025-03-31"),
        ({"month": "Mar", "year": "2025"}, "2025-03-31"),
        ({"date": "20250331"}, "2025-03-31"),
        ({"date": "2025_03_31"}, "2025-03-31"),
        ({"date": "31.03.2025"}, "2025-03-31"),
        ({"date": "final"}, ""),
        ({"date": "03-04-2025"}, ""),
    ],
)
def test_the_name_of_a_file_dates_it(parts, day):
    assert _day(parts) == day


def test_a_file_the_name_of_which_holds_no_date_is_listed(run, tmp_path):
    for name in ("2025-03-31", "final"):
        (tmp_path / f"plan {name}.csv").write_text("No,What,Due\nA-1,Call,\n")
    mapped = run('[source.work]\nfile = "plan {date}.csv"' + ACTION)
    assert rows(mapped, "action_id") == [("A-1",)]
    assert [(one.where, one.message) for one in mapped.issues] == [
        ("plan final.csv", "its name holds no date that can be read; left out")
    ]

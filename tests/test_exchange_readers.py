"""Is everything in a foreign file read as a person would, and is what cannot be read said in one sentence?"""

from __future__ import annotations

import json
import resource
import zipfile
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import workbook_helpers as workbook

from theorytopractice.errors import PlanError
from theorytopractice.exchange.readers import ReadOptions, read_table

ROWS = [{"Key": "A-1", "Due": "2026-03-31"}, {"Key": "A-2", "Due": ""}]


def read(tmp_path, name, data, **options):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_table(path, ReadOptions(**options))


def problem(tmp_path, name, data, **options):
    with pytest.raises(PlanError) as error:
        read(tmp_path, name, data, **options)
    assert str(error.value).count("\n") == 0
    return str(error.value)


def listed(table):
    return [(issue.row, issue.message) for issue in table.issues]


@pytest.mark.parametrize(
    "data",
    [
        "Key,Due\nA-1,2026-03-31\nA-2,\n",
        "Key;Due\nA-1;2026-03-31\nA-2;\n",
        "Key\tDue\nA-1\t2026-03-31\nA-2\t\n",
        "Key|Due\nA-1|2026-03-31\nA-2|\n",
        "Key~Due\nA-1~2026-03-31\nA-2~\n",
        "sep=;\nKey;Due\nA-1;2026-03-31\nA-2;\n",
        "Key,Due\r\nA-1,2026-03-31\r\nA-2,\r\n",
        "Key,Due\rA-1,2026-03-31\rA-2,\r",
        "\ufeffKey,Due\nA-1,2026-03-31\nA-2,\n",
        "Key,Due\nA-1,2026-03-31\nA-2\n",
        ' Key , Due \n" A-1 ",2026-03-31\n\n,\nA-2,,,\n',
        "Key,Due\nA-1,2026-03-31\nA-2,\n".encode("utf-16"),
        "Key,Due\nA-1,2026-03-31\nA-2,\n".encode("utf-16-le"),
        "Key,Due\nA-1,2026-03-31\nA-2,\n".encode("utf-16-be"),
    ],
)
def test_a_csv_file_is_read_however_it_was_saved(tmp_path, data):
    table = read(tmp_path, "x.csv", data)
    assert (table.rows, table.issues) == (ROWS, [])


def test_lines_are_those_of_the_file(tmp_path):
    table = read(tmp_path, "x.csv", 'sep=,\nKey,Why\n\nA-1,"two\nlines"\nA-2,\n')
    assert table.row_numbers == [4, 6]
    assert table.cells["Why"] == ["two\nlines", ""]


def test_a_declared_encoding_is_used(tmp_path):
    assert read(tmp_path, "x.csv", "Key\nÉ\n".encode("cp1252"), encoding="cp1252").rows == [{"Key": "É"}]
    assert read(tmp_path, "x.csv", "键\n甲\n".encode("gb18030"), encoding="gb18030").rows == [{"键": "甲"}]
    assert "line 2 is not UTF-8" in problem(tmp_path, "x.csv", "Key\nÉ\n".encode("cp1252"))
    assert "no encoding is called 'klingon'" in problem(tmp_path, "x.csv", "Key\n", encoding="klingon")


@pytest.mark.parametrize(
    ("slip", "row"),
    [
        ('A-2,"open', 3),
        ('A-2,"Call "them" back"', 3),
        ('A-2,"one" two', 3),
    ],
)
def test_a_stray_quotation_mark_costs_one_row(tmp_path, slip, row):
    table = read(tmp_path, "x.csv", f'Key,Title\nA-1,"Call, soon"\n{slip}\nA-3,"Write, later"\nA-4,x\n')
    assert table.cells["Key"] == ["A-1", "A-3", "A-4"]
    assert [issue.row for issue in table.issues] == [row]
    assert table.row_numbers == [2, 4, 5]


def test_a_quotation_mark_that_swallows_rows_is_told(tmp_path):
    table = read(tmp_path, "x.csv", 'Key,Title,Due\nA-1,"Call,\nA-2,Write,\nA-3,Go",\nA-4,x,\n')
    assert table.cells["Key"] == ["A-1", "A-4"]
    assert listed(table) == [
        (2, "a cell of this row runs over lines that look like rows; check its quotation marks")
    ]


def test_a_row_that_is_too_long_is_listed_with_its_line(tmp_path):
    table = read(tmp_path, "x.csv", "Key,Title\nA-1,Call, soon\nA-2,Go\n")
    assert (table.cells["Key"], listed(table)) == (
        ["A-2"],
        [(2, "the row has 3 cells, the header 2; left out")],
    )


def test_repeated_and_missing_headings_have_names(tmp_path):
    table = read(tmp_path, "x.csv", "Key,Sprint,Sprint,,Sprint [2],\nA-1,S1,S2,x,S3,\n")
    assert table.columns == ("Key", "Sprint", "Sprint [3]", "Column 4", "Sprint [2]")


def test_rows_can_be_skipped_and_headers_joined_and_groups_filled_down(tmp_path):
    data = "Register of 2026,,\n,Costs,\nUnit,Q1,Q2\nhint,number,number\nNorth,1,2\n,3,4\n"
    table = read(tmp_path, "x.csv", data, header=(2, 3), skip=frozenset({4}), fill_down=("Unit",))
    assert table.rows == [
        {"Unit": "North", "Costs Q1": "1", "Costs Q2": "2"},
        {"Unit": "North", "Costs Q1": "3", "Costs Q2": "4"},
    ]
    assert table.row_numbers == [5, 6]
    assert "row 9" in problem(tmp_path, "x.csv", data, header=(9,))
    assert "no column 'Site'" in problem(tmp_path, "x.csv", data, fill_down=("Site",))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.csv", "<!DOCTYPE html><html><body>Sign in</body></html>", "it is a web page (HTML)"),
        ("x.xls", "<html><table><tr><td>Key</td></tr></table></html>", "it is a web page (HTML)"),
        ("x.csv", b"PK\x03\x04rest", "it is a workbook"),
        ("x.csv", "", "no row that names its columns"),
        ("x.xlsx", b"PK\x03\x04rest", "it is damaged or no workbook"),
        ("x.xlsx", "Key,Due", "it is damaged or no workbook"),
        (
            "x.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it is damaged or no workbook"),
        ("x.ods", b"PK\x03\x04rest", "it is damaged or no workbook"),
        ("x.parquet", "Key,Due", "it is not Parquet, or damaged"),
        ("x.json", "{", "it is not JSON"),
        ("x.json", '{"a": 1}', "expected a list of objects"),
        ("x.json", '{"a": [{"x": 1}], "b": [{"y": 1}]}', "several lists of objects"),
        ("x.json", '[{"a": NaN}]', "NaN is not a value"),
        ("x.pdf", "%PDF", "known through a mapping"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(tmp_path, name, data, why):
    assert why in problem(tmp_path, name, data)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(PlanError, match="no such file"):
        read_table(tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (ROWS, {}),
        ({"count": 1, "next": None, "results": ROWS}, {}),
        ({"data": {"items": ROWS}, "tags": ["x"]}, {}),
        ({"results": {"items": ROWS}, "others": [{"x": 1}]}, {"records": "results.items"}),
    ],
)
def test_records_of_json_are_found(tmp_path, data, options):
    assert read(tmp_path, "x.json", json.dumps(data), **options).rows == ROWS


def test_nested_objects_are_flattened(tmp_path):
    record = {
        "No": 1.50,
        "by": {"name": "Ann", "at": {"unit": "N"}},
        "tags": ["a", "b"],
        "done": True,
        "more": [{"x": 1}],
    }
    table = read(tmp_path, "x.jsonl", f"{json.dumps(record)}\n7\n")
    assert table.rows == [
        {
            "No": "1.5",
            "by.name": "Ann",
            "by.at.unit": "N",
            "tags": "a; b",
            "done": "true",
            "more": '[{"x": "1"}]',
        }
    ]
    assert listed(table) == [(2, "expected an object, found '7'; left out")]


def test_parquet_is_read_as_texts(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pa.table(
        {
            "Key": ["A-1", None],
            "Due": [date(2026, 3, 31), None],
            "At": [datetime(2026, 3, 31, 9, 30), None],  # noqa: DTZ001 - as files have it
            "Share": pa.array([85.1, None], pa.float32()),
            "Ok": [True, False],
            "by": [{"name": "Ann"}, {"name": None}],
        }
    )
    pq.write_table(frame, path)
    assert read_table(path).rows[0] == {
        "Key": "A-1", "Due": "2026-03-31", "At": "2026-03-31", "Share": "85.1", "Ok": "true", "by.name": "Ann",
    }  # fmt: skip
    assert read_table(path).rows[1]["Due"] == ""


SHEET = workbook.sheet(
    {
        3: {"B": "Key", "C": "Due", "D": "Done", "E": "Share", "F": "Share"},
        4: {
            "B": "A-1",
            "C": ("n", 1, "<v>46127</v>"),
            "D": True,
            "E": 0.30000000000000004,
            "F": ("e", 0, "<v>#N/A</v>"),
        },
        6: {"B": 7, "C": "soon", "D": False, "E": 12, "F": ("n", 0, "<f>1+1</f>")},
    }
)


def test_a_sheet_is_read_as_a_person_sees_it(tmp_path):
    table = read_table(workbook.write(tmp_path / "x.xlsx", {"Cover": workbook.sheet({}), "Data": SHEET}))
    assert table.rows == [
        {"Key": "A-1", "Due": "2026-04-15", "Done": "true", "Share": "0.3", "Share [2]": ""},
        {"Key": "7", "Due": "soon", "Done": "false", "Share": "12", "Share [2]": ""},
    ]
    assert (table.row_numbers, table.sheet, table.sheets) == ([4, 6], "Data", ("Cover", "Data"))
    assert listed(table)[0] == (4, "the cell F4 has the error #N/A; read as empty")
    assert "1 formulas of the sheet 'Data' have no results" in listed(table)[1][1]


def test_a_sheet_is_chosen_by_name_or_number(tmp_path):
    other = workbook.sheet({1: {"A": "Name"}, 2: {"A": "Ann"}})
    path = workbook.write(tmp_path / "x.xlsx", {"Data": SHEET, "Owners": other})
    for wanted in ("Owners", "owners ", 2):
        assert read_table(path, ReadOptions(sheet=wanted)).rows == [{"Name": "Ann"}]
    for wanted, why in (("Owner", "did you mean 'Owners'"), (3, "it has no sheet 3; it has 2")):
        with pytest.raises(PlanError, match=why):
            read_table(path, ReadOptions(sheet=wanted))


def test_sheets_that_differ_by_case_are_told(tmp_path):
    path = workbook.write(tmp_path / "x.xlsx", {"Data": SHEET, "DATA": SHEET})
    assert "the sheets 'Data' and 'DATA' differ only by case" in listed(read_table(path))[0][1]
    with pytest.raises(PlanError, match="no sheet 'data'"):
        read_table(path, ReadOptions(sheet="data"))


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    bomb = tmp_path / "x.xlsx"
    workbook.write(bomb, {"Data": SHEET})
    with (
        zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as file,
        file.open("xl/media/x.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(700):
            part.write(bytes(2**20))
    with pytest.raises(PlanError, match="unpacks to more than a table would need"):
        read_table(bomb)
    far = workbook.sheet({1: {"A": "Key"}, 1_048_576: {"XFD": "x"}})
    with pytest.raises(PlanError, match="span 1,048,576 rows and 16,384 columns"):
        read_table(workbook.write(tmp_path / "far.xlsx", {"Data": far}))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000


def test_empty_cells_with_a_format_do_not_count(tmp_path):
    empty = "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="XFD{n}" s="1"/></row>' for n in range(3, 50_000)
    )
    data = SHEET.replace("</sheetData>", f"{empty}</sheetData>")
    table = read_table(workbook.write(tmp_path / "x.xlsx", {"Data": data}))
    assert table.row_numbers == [4, 6]


def test_a_damaged_part_is_found(tmp_path):
    path = workbook.write(tmp_path / "x.xlsx", {"Data": SHEET})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        place = file.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[place + 80 : place + 100] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(PlanError, match="damaged"):
        read_table(path)


def test_rows_bear_the_numbers_of_the_spreadsheet(tmp_path):
    path = workbook.write(tmp_path / "x.xlsx", {"Data": SHEET})
    table = read_table(path)
    assert list(zip(table.row_numbers, table.cells["Key"], strict=True)) == [(4, "A-1"), (6, "7")]
    assert table.columns == ("Key", "Due", "Done", "Share", "Share [2]")

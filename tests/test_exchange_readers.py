"""Is everything in a foreign file read as a person would, and is what cannot be read said in one sentence?"""

from __future__ import annotations

import json
import os
import resource
import struct
import zipfile
import zlib
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import workbook_helpers as workbook
import xlsxwriter

from theorytopractice.errors import PlanError
from theorytopractice.exchange.foreign_table import column_names
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
        ("x.csv", "<!-- a page -->\n<html>", "it is a web page"),
        ("x.csv", "<div><table><tr>", "it is a web page"),
        ("x.csv", bytes(3000), "its first line has NUL characters"),
        ("x.json", json.dumps({f"k{n}": [{"x": 1}] for n in range(900)}), "or 892 more"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(tmp_path, name, data, why):
    assert why in problem(tmp_path, name, data)


FAR = '<row r="1048576"><c {place}><v>1</v></c></row>'


@pytest.mark.parametrize(
    "row",
    [
        FAR.format(place='s="1" r="XFD1048576"'),
        FAR.format(place=' r="XFD1048576"'),
        FAR.format(place="r='XFD1048576'"),
        '<row><c r="XFD1048576"><v>1</v></c></row>',
        f"<row>{'<c><v>1</v></c>' * 16_000}</row>{'<row><c><v>1</v></c></row>' * 40_000}",
    ],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path, row):
    data = SHEET.replace("</sheetData>", f"{row}</sheetData>")
    with pytest.raises(PlanError, match=r"delete what stands far outside|unpacks to more"):
        read_table(workbook.write(tmp_path / "x.xlsx", {"Data": data}))


CELL = '<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'
WORDS = "xmlns:{0}='urn:oasis:names:tc:opendocument:xmlns:{0}:1.0'"


MANY_ROWS = '<table:table-row table:number-rows-repeated="1048570">{}</table:table-row>'.format(
    CELL.format(text="x", more=' table:number-columns-repeated="16384"')
)


def write_ods(path, more="", packing=zipfile.ZIP_DEFLATED, **parts):
    head = "".join(CELL.format(text=text, more="") for text in ("Key", "Due"))
    names = " ".join(map(WORDS.format, ("office", "table", "text")))
    rows = f"<table:table-row>{head}</table:table-row>{more}"
    body = f"<office:spreadsheet><table:table table:name='Data'>{rows}</table:table></office:spreadsheet>"
    with zipfile.ZipFile(path, "w", packing) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        for name, text in parts.items():
            file.writestr(name, text)
        file.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body>{body}</office:body></office:document-content>",
        )
    return path


@pytest.mark.parametrize(
    ("more", "packing", "parts", "why"),
    [
        (
            MANY_ROWS,
            zipfile.ZIP_DEFLATED,
            {},
            "damaged",
        ),
        ("", zipfile.ZIP_BZIP2, {}, "damaged"),
        ("", zipfile.ZIP_DEFLATED, {"META-INF/manifest.xml": "<manifest:encryption-data/>"}, "password"),
    ],
)
def test_a_hostile_ods_file_is_one_sentence(tmp_path, more, packing, parts, why):
    with pytest.raises(PlanError, match=why):
        read_table(write_ods(tmp_path / "x.ods", more, packing, **parts))


def test_a_part_that_is_longer_than_it_says_is_refused(tmp_path):
    path = workbook.write(tmp_path / "x.xlsx", {"Data": SHEET})
    with zipfile.ZipFile(path) as file:
        part = file.getinfo("xl/worksheets/sheet1.xml")
        lie = part.file_size - 10
        crc = zlib.crc32(file.read(part)[:lie])
    data = path.read_bytes()
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    path.write_bytes(
        data[: entry + 16] + struct.pack("<LLL", crc, part.compress_size, lie) + data[entry + 28 :]
    )
    with pytest.raises(PlanError, match="damaged"):
        read_table(path)


def test_empty_rows_with_a_format_need_no_cells(tmp_path):
    rows = "".join(f'<row r="{n}" s="1" customFormat="1" ht="15"/>' for n in range(7, 100_000))
    data = SHEET.replace("</sheetData>", f"{rows}</sheetData>")
    assert read_table(workbook.write(tmp_path / "x.xlsx", {"Data": data})).row_numbers == [4, 6]


def test_what_is_no_file_is_not_read(tmp_path):
    for name in ("x.csv", "x.xlsx", "x.json", "x.parquet"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(PlanError, match="no file but a pipe or a device"):
            read_table(tmp_path / name)
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with pytest.raises(PlanError, match="no file but a pipe or a device"):
        read_table(tmp_path / "zero.csv")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(PlanError, match="larger than 256 MB"):
        read_table(tmp_path / "large.csv")


def test_forty_thousand_columns_are_named_at_once():
    names = column_names(["Key", *["Amount"] * 40_000])
    assert (names[1], names[2], names[-1]) == ("Amount", "Amount [2]", "Amount [40000]")


def test_a_row_that_would_make_the_table_too_large_is_said(tmp_path):
    assert "span 1,001 rows and 100,001 columns" in problem(
        tmp_path, "x.csv", "Key\n" + "A-1\n" * 999 + "," * 100_000 + "x\n"
    )
    records = [{f"k{n}_{m}": 1 for m in range(10)} for n in range(1200)]
    assert "span 1,200 rows and 12,000 columns" in problem(tmp_path, "x.json", json.dumps(records))


def test_a_repeated_key_of_json_is_kept(tmp_path):
    table = read(tmp_path, "x.json", '[{"No": "A-1", "No": "A-2", "by.x": "1", "by": {"x": "2"}}]')
    assert table.rows == [{"No": "A-1", "No [2]": "A-2", "by.x": "1", "by.x [2]": "2"}]


def test_a_cell_in_per_cent_is_read_as_one(tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, share = book.add_worksheet("Data"), book.add_format({"num_format": "0.0 %"})
        sheet.write_row(1, 1, ["Key", "Share"])
        sheet.write_row(2, 1, ["A-1", 0.07], share)
        sheet.write_row(3, 1, ["A-2", 7])
    assert read_table(path).rows == [{"Key": "A-1", "Share": "7%"}, {"Key": "A-2", "Share": "7"}]


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

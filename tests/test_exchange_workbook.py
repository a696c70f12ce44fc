"""A plan goes out as a workbook, somebody fills it in, and it comes back cell by cell."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from click.testing import CliRunner
from random_plans import random_plan
from workbook_helpers import sheet, write

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.errors import InvalidPlan, PlanError
from theorytopractice.exchange.foreign_table import ReadOptions
from theorytopractice.exchange.sheets import write_sheets
from theorytopractice.exchange.workbook import workbook
from theorytopractice.exchange.workbook_cells import CUT, LONGEST, cell_of
from theorytopractice.exchange.workbook_source import workbook_source
from theorytopractice.exchange.workbooks import read_workbook
from theorytopractice.i18n import speaking
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.folder import TableReader, with_all_identifiers
from theorytopractice.store.sources import Outcome

EXAMPLE = ttp.path_of("data/example")
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "a\tb", "a\nb", "a\n\nb", "a  b", "x\x01y", "x\x0by", "_x0041_", "a_x000D_b",
    "emoji 🙂🏽", "漢字かな", "007", "2026-01-02", "1/2", "TRUE", "false", "1e5", "1,234", "45 %", "'quote", '"', "&<>;",
    "\u2028", "\x85c", "x" * LONGEST, "x" * (LONGEST + 1), "🙂" * 20_000, "=" * 40_000, "y" * 100_000, "#REF!", "#N/A",
    "a\u00a0b", "NaN", "1" * 30, "{=1}", '=HYPERLINK("http://x")', "http://example.org/" + "a" * 3000, "mailto:a@b.c",
]  # fmt: skip


@pytest.fixture
def example(tmp_path):
    with ttp.open_plan(EXAMPLE) as there, ttp.make_plan(tmp_path / "plan.db", who="Mara") as plan:
        plan.upsert({name: table for name, table in there.tables().items() if len(table)})
        yield plan


def small(tmp_path, **finding):
    plan = ttp.make_plan(tmp_path / "small.db", who="Mara")
    row = {
        "kind": "insight",
        "statement": "Calls halve missed visits.",
        "recorded_on": "2026-01-01",
        "source": "Study",
    }
    plan.add(
        ttp.Owner(owner_id="O-1", name="Ann"),
        ttp.Owner(owner_id="O-2", name="Bob"),
        ttp.Finding(finding_id="F-1", **(row | finding)),
        ttp.Action(action_id="A-1", title="Call patients", recorded_on="2026-01-01", due="2026-03-01", cost="12.50"),
        ttp.FindingAction(finding_id="F-1", action_id="A-1", role="delivers"),
        ttp.ActionOwner(action_id="A-1", owner_id="O-1", role="accountable"),
        ttp.Indicator(indicator_id="I-1", name="Visits", unit="%", measure="percentage", direction="descending",
                      level="outcome", baseline="80.0", target="45", cadence_days="30"),
        ttp.FindingIndicator(finding_id="F-1", indicator_id="I-1"),
        ttp.Observation(indicator_id="I-1", observed_on="2026-02-01", value="0.30000000000000004"),
    )  # fmt: skip
    return plan


def exported(plan, tmp_path, name="plan.xlsx"):
    return ttp.write_workbook(plan, tmp_path / name)


def filled_in(path, changes, drop=()):
    """Write a workbook anew as somebody's program would: (table, row, column) → value; row 2 is the first below the header."""
    from python_calamine import CalamineWorkbook
    from xlsxwriter import Workbook

    there = CalamineWorkbook.from_path(path)
    target = path.with_name("filled.xlsx")
    with Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day, percent = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0%"})
        for name in there.sheet_names:
            if name in drop:
                continue
            sheet, rows = book.add_worksheet(name), there.get_sheet_by_name(name).to_python()
            header = rows[0] if rows else []
            cells = {
                (row, place): value for row, cells in enumerate(rows, 1) for place, value in enumerate(cells)
            }
            for (table, row, column), value in changes.items():
                if table == name:
                    header += [column] * (column not in header)
                    cells[1, header.index(column)] = cells.get((1, header.index(column)), column)
                    cells[row, header.index(column)] = value
            for (row, place), value in cells.items():
                put(sheet, (row - 1, place), value, {date: day, tuple: percent})
    return target


def put(sheet, place, value, formats):
    """Write one cell; a tuple is a share shown in per cent, a text that ends in /0 a formula that fails."""
    if isinstance(value, tuple):
        sheet.write_number(*place, value[0], formats[tuple])
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, formats[date])
    elif isinstance(value, str) and value.endswith("/0"):
        sheet.write_formula(*place, value, None, "#DIV/0!")
    elif value != "":
        sheet.write(*place, value)


def outcomes(comparison):
    return {cell.place: cell.outcome for cell in comparison.cells}


def test_the_example_comes_back_as_it_went(example, tmp_path):
    comparison = example.compare(workbook_source(exported(example, tmp_path)))
    assert (comparison.cells, comparison.changes) == ([], [])
    assert comparison.n_same.total() == sum(len(table) for table in example.tables().values())


def test_importing_it_at_once_leaves_every_byte_and_no_change_but_an_empty_one(example, tmp_path):
    before = example.fingerprint()
    example.import_(ttp.read_source(exported(example, tmp_path)))
    assert example.fingerprint() == before


def test_the_same_plan_gives_the_same_bytes(example, tmp_path):
    first = exported(example, tmp_path).read_bytes()
    assert exported(example, tmp_path).read_bytes() == first
    assert exported(example, tmp_path, "other.xlsx").read_bytes() == first


def test_random_plans_come_back_as_they_went(tmp_path):
    for seed in range(8):
        rows = random_plan(random.Random(seed))
        tables = {name: TextTable.of(entity, rows.get(name, [])) for name, entity in ENTITIES.items()}
        tables = with_all_identifiers(tables, TableReader(tables, []).largest)
        (tmp_path / "plan.xlsx").write_bytes(workbook(tables))
        source = workbook_source(tmp_path / "plan.xlsx")
        assert source.issues == []
        assert differing(tables, source.tables) == {}


def hostile_tables():
    rows = [
        {
            "finding_id": f"F-{n}",
            "kind": "insight",
            "statement": text,
            "recorded_on": "2026-01-01",
            "note": text,
        }
        for n, text in enumerate(HOSTILE, 1)
    ]
    keys = ["007", "=A1", "1e5", "TRUE", "2026-01-02", "漢/字", "k" * 200, "a\tb", "-1", "+1"]
    rows += [
        {"finding_id": key, "kind": "problem", "statement": key, "recorded_on": "1850-12-31"} for key in keys
    ]
    values = [
        "80",
        "80.0",
        "8e1",
        "0.30000000000000004",
        "-0",
        "1e-9",
        "123456789012345678",
        "TRUE",
        "1,234",
        "good",
        "=1",
    ]
    observations = [
        {"observation_id": f"B-{n}", "indicator_id": "I-1", "observed_on": f"2026-01-{n:02}", "value": text,
         "final": "false", "n": "12.50"} for n, text in enumerate(values, 1)
    ]  # fmt: skip
    tables = {
        "finding": rows,
        "indicator": [{"indicator_id": "I-1", "name": "=x", "direction": "ascending", "level": "outcome"}],
        "observation": observations,
        "finding_indicator": [
            {"finding_id": key, "indicator_id": "I-1", "required": "false"} for key in keys
        ],
    }
    return {name: TextTable.of(entity, tables.get(name, [])) for name, entity in ENTITIES.items()}


def differing(tables, came):
    """Return the rows that went and did not come, and those that came and did not go, by table."""
    differences = {}
    for name, table in came.items():
        went = Counter(zip(*(tables[name][column] for column in tables[name].columns), strict=True))
        came_back = Counter(zip(*(table[column] for column in tables[name].columns), strict=True))
        if went != came_back:
            differences[name] = (went - came_back, came_back - went)
    return differences


def test_hostile_texts_come_back_to_the_letter(tmp_path):
    tables = hostile_tables()
    (tmp_path / "plan.xlsx").write_bytes(workbook(tables))
    source = workbook_source(tmp_path / "plan.xlsx")
    assert source.issues == []
    assert differing(tables, source.tables) == {}


def test_no_text_becomes_a_formula_or_a_link(tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(workbook(hostile_tables()))
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as file:
        sheets = [file.read(name) for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(re.search(rb"<c [^>]*><f", sheet) for sheet in sheets)
    assert not any(b"<hyperlink " in sheet for sheet in sheets[1:])


def test_the_beginning_of_a_longer_text_may_not_be_edited(tmp_path):
    with small(tmp_path, note="y" * 50_000) as plan:
        path = exported(plan, tmp_path)
        shown = f"z {CUT} 1 more"
        source = workbook_source(filled_in(path, {("finding", 2, "note"): shown}))
        assert [(one.row, one.column) for one in source.issues] == [(2, "note")]
        assert "beginning of a longer text" in source.issues[0].message
        plan.import_(source)
        assert plan.row("finding", "F-1")["note"] == "y" * 50_000
        plan.import_(workbook_source(filled_in(path, {("finding", 2, "note"): "Short now."})))
        assert plan.row("finding", "F-1")["note"] == "Short now."


def test_what_a_colleague_writes_is_understood(tmp_path):
    with small(tmp_path) as plan:
        changes = {
            ("action", 2, "planned_start"): "Q3 2025", ("indicator", 2, "target"): (0.4,), ("indicator", 2, "tolerance"): 0.1 + 0.2,
            ("finding_indicator", 2, "required"): False, ("finding", 2, "theme"): 7, ("finding", 2, "certainty"): "Very low",
            ("indicator", 2, "baseline_on"): datetime(2026, 1, 15, tzinfo=UTC).replace(tzinfo=None), ("indicator", 2, "target_on"): "15.4.2026",
            ("indicator", 2, "baseline"): "81,5", ("finding", 3, "statement"): "New.", ("finding", 3, "kind"): "problem",
            ("finding", 3, "recorded_on"): "30-Jun-2026",
        }  # fmt: skip
        plan.import_(ttp.read_source(filled_in(exported(plan, tmp_path), changes)))
        assert plan.row("action", "A-1")["planned_start"] == "2025-07-01"
        indicator = plan.row("indicator", "I-1")
        assert [indicator[name] for name in ("target", "tolerance", "baseline_on", "target_on", "baseline")] == [
            "40", "0.3", "2026-01-15", "2026-04-15", "81.5",
        ]  # fmt: skip
        assert plan.tables()["finding_indicator"]["required"] == ["false"]
        assert plan.row("finding", "F-1")["theme"] == "7"
        assert plan.row("finding", "F-1")["certainty"] == "very_low"
        new = plan.row("finding", "F-2")
        assert (new["statement"], new["recorded_on"]) == ("New.", "2026-06-30")


def test_planners_changes_meanwhile_stay_and_both_is_a_conflict(tmp_path):
    with small(tmp_path) as plan:
        path = exported(plan, tmp_path)
        plan.change("finding", "F-1", theme="Clinics", so_what="Fewer visits missed.")
        source = workbook_source(
            filled_in(path, {("finding", 2, "so_what"): "More.", ("owner", 2, "unit"): "North"})
        )
        assert outcomes(plan.compare(source)) == {
            ("finding", "F-1", "so_what"): Outcome.CONFLICT,
            ("owner", "O-1", "unit"): Outcome.CHANGED,
        }
        with pytest.raises(ttp.ConflictError):
            plan.import_(source)
        plan.import_(source, decide="theirs")
        row = plan.row("finding", "F-1")
        assert (row["theme"], row["so_what"]) == ("Clinics", "More.")


def test_an_emptied_cell_is_listed_and_erases_only_when_told(tmp_path):
    with small(tmp_path) as plan:
        path = filled_in(exported(plan, tmp_path), {("finding", 2, "source"): ""})
        assert outcomes(plan.compare(ttp.read_source(path))) == {("finding", "F-1", "source"): Outcome.KEPT}
        plan.import_(ttp.read_source(path, erase=True))
        assert plan.row("finding", "F-1")["source"] == ""


def test_another_owner_in_the_same_part_takes_it_over(tmp_path):
    with small(tmp_path) as plan:
        path = filled_in(exported(plan, tmp_path), {("action_owner", 2, "owner_id"): "O-2"})
        plan.import_(ttp.read_source(path))
        assert plan.tables()["action_owner"]["owner_id"] == ["O-2"]


def test_two_copies_under_one_name_never_undo_each_other(tmp_path):
    with small(tmp_path, theme="Care") as plan:
        path = exported(plan, tmp_path)
        plan.import_(workbook_source(filled_in(path, {("finding", 2, "theme"): "Ann's"}), "copy.xlsx"))
        plan.import_(workbook_source(filled_in(path, {("finding", 2, "so_what"): "Bob's"}), "copy.xlsx"))
        row = plan.row("finding", "F-1")
        assert (row["theme"], row["so_what"]) == ("Ann's", "Bob's")
        third = workbook_source(filled_in(path, {("finding", 2, "theme"): "Eve's"}), "copy.xlsx")
        assert outcomes(plan.compare(third))["finding", "F-1", "theme"] is Outcome.CONFLICT


def test_the_same_copy_goes_on_being_filled_in(tmp_path):
    with small(tmp_path) as plan:
        path = exported(plan, tmp_path)
        source = workbook_source(filled_in(path, {("finding", 2, "so_what"): "One."}), "copy.xlsx")
        plan.import_(source)
        assert plan.compare(source).cells == []
        plan.change("finding", "F-1", so_what="Two.")
        assert outcomes(plan.compare(source)) == {("finding", "F-1", "so_what"): Outcome.KEPT}


def test_deleted_rows_are_listed_and_stay(tmp_path):
    with small(tmp_path) as plan:
        path = exported(plan, tmp_path)
        emptied = {("observation", 2, name): "" for name in ENTITIES["observation"].columns}
        emptied |= {("finding_action", 2, name): "" for name in ENTITIES["finding_action"].columns}
        comparison = plan.import_(workbook_source(filled_in(path, emptied)))
        assert outcomes(comparison) == {
            ("observation", "B-001", ""): Outcome.GONE,
            ("finding_action", "F-1/A-1/delivers", ""): Outcome.GONE,
        }
        assert [len(plan.tables()[name]) for name in ("observation", "finding_action")] == [1, 1]


def test_a_new_row_without_a_key_comes_once_and_is_not_missed_later(tmp_path):
    with small(tmp_path) as plan:
        new = {
            ("finding", 3, "kind"): "problem",
            ("finding", 3, "statement"): "New.",
            ("finding", 3, "recorded_on"): "2026-02-01",
        }
        source = workbook_source(filled_in(exported(plan, tmp_path), new), "plan.xlsx")
        plan.import_(source)
        assert plan.import_(source).cells == []
        assert plan.compare(workbook_source(exported(plan, tmp_path, "again.xlsx"), "plan.xlsx")).cells == []
        assert plan.tables()["finding"]["finding_id"] == ["F-1", "F-2"]


def test_removed_sheets_and_columns_say_nothing(tmp_path):
    with small(tmp_path) as plan:
        path = exported(plan, tmp_path)
        path = filled_in(path, {("finding", 1, "source"): ""}, drop=("observation", "_about", "_lists"))
        source = workbook_source(path)
        assert "observation" not in source.tables
        assert "source" not in source.tables["finding"].columns
        assert {one.message for one in source.issues} == {
            "the column E has no name in the header; the cell is left out"
        }
        assert all(cell.outcome is Outcome.KEPT for cell in plan.compare(source).cells)


def test_an_unknown_column_is_kept_with_a_warning_and_goes_out_again(tmp_path):
    with small(tmp_path) as plan:
        path = filled_in(exported(plan, tmp_path), {("finding", 2, "budget line"): "=B7"})
        comparison = plan.import_(workbook_source(path))
        assert "W-UNKNOWN" in {one.code for one in comparison.issues}
        assert plan.row("finding", "F-1")["budget line"] == "=B7"
        again = workbook_source(exported(plan, tmp_path))
        assert again.tables["finding"]["budget line"] == ["=B7"]


def test_a_failed_formula_is_listed_and_read_as_empty(tmp_path):
    with small(tmp_path) as plan:
        source = workbook_source(filled_in(exported(plan, tmp_path), {("finding", 2, "source"): "=1/0"}))
        assert [(one.row, one.found, one.code) for one in source.issues] == [(2, "#DIV/0!", "W-IMPORT")]
        assert source.tables["finding"]["source"] == [""]


def test_a_mistake_is_refused_with_its_sheet_and_row(tmp_path):
    with small(tmp_path) as plan:
        path = filled_in(exported(plan, tmp_path), {("finding", 2, "recorded_on"): "03/04/2026"})
        with pytest.raises(InvalidPlan, match=r"E-DATE filled\.xlsx, sheet finding, line 2"):
            plan.import_(workbook_source(path))


def test_a_workbook_made_by_hand_with_our_names_is_one_of_a_plan(tmp_path):
    path = tmp_path / "hand.xlsx"
    rows: dict[int, dict[str, object]] = {
        3: {"A": "Kind", "B": "Statement", "C": "Recorded on"},
        5: {"A": "Insight", "B": "Calls help.", "C": "2026-01-05"},
    }
    write(path, {"Finding": sheet(rows)})
    source = workbook_source(path)
    assert source.tables["finding"].rows() == [
        {"kind": "insight", "statement": "Calls help.", "recorded_on": "2026-01-05"}
    ]
    assert source.tables["finding"].line(0) == 5


def test_another_workbook_is_refused_with_the_way_to_go(tmp_path):
    path = tmp_path / "register.xlsx"
    write(path, {"Register": sheet({1: {"A": "No", "B": "What"}, 2: {"A": "1", "B": "x"}})})
    with pytest.raises(PlanError, match="--mapping"):
        ttp.read_source(path)


def test_a_workbook_that_somebody_filled_in_is_not_written_over(tmp_path):
    with small(tmp_path) as plan:
        path = exported(plan, tmp_path)
        filled = filled_in(path, {("finding", 2, "theme"): "Clinics"})
        shutil.copy(filled, path)
        with pytest.raises(PlanError, match="never had"):
            ttp.write_workbook(plan, path)
        plan.import_(workbook_source(path))
        ttp.write_workbook(plan, path)
        path.write_bytes(b"PK, but no workbook")
        with pytest.raises(PlanError, match="no workbook of a plan"):
            ttp.write_workbook(plan, path)


def test_cells_are_numbers_days_and_truths_where_a_spreadsheet_keeps_them():
    action, observation = ENTITIES["action"], ENTITIES["observation"]
    assert cell_of(action["due"], "2026-06-30") == date(2026, 6, 30)
    assert cell_of(action["due"], "1899-12-31") == "1899-12-31"
    assert cell_of(action["cost"], "12.50") == 12.5
    assert [cell_of(observation["value"], text) for text in ("80", "80.0", "1e400")] == [
        80.0,
        "80.0",
        "1e400",
    ]


def test_the_command_line_writes_and_reads_it(tmp_path):
    plan, path = str(tmp_path / "plan.db"), tmp_path / "plan.xlsx"
    run = CliRunner().invoke
    assert run(main, ["new", plan, "--example"]).exit_code == 0
    assert run(main, ["export", plan, str(path)]).output == f"Wrote {path}.\n"
    result = run(main, ["import", plan, str(path), "--dry-run"])
    assert (result.exit_code, "rows as they were" in result.output) == (0, True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_sheet_explains_in_the_plans_language(language, tmp_path):
    from python_calamine import CalamineWorkbook

    with speaking(language):
        (tmp_path / "plan.xlsx").write_bytes(workbook(hostile_tables(), title="T"))
    book = CalamineWorkbook.from_path(tmp_path / "plan.xlsx")
    first = book.sheet_names[0]
    assert first == {"en": "Read me", "zh": "说明"}[language]
    text = " ".join(str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row)
    assert {"en": "An emptied cell erases nothing", "zh": "清空单元格不会删除任何内容"}[language] in text


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_what_libreoffice_saves_comes_back_as_it_went(ending, example, tmp_path):
    tables, path, hostile = hostile_tables(), exported(example, tmp_path), tmp_path / "hostile.xlsx"
    hostile.write_bytes(workbook(tables))
    saved = saved_by_office(tmp_path, ending, path, hostile)
    comparison = example.compare(workbook_source(saved / f"plan.{ending}"))
    assert (comparison.cells, comparison.changes) == ([], [])
    source = workbook_source(saved / f"hostile.{ending}")
    assert source.issues == []
    assert differing(tables, source.tables) == {}


@pytest.mark.office
@pytest.mark.slow
def test_what_may_be_shown_in_per_cent_is_said_of_a_format_that_hides_it(tmp_path):
    for name, value in (("share", 0.45), ("whole", 45)):
        frame = pd.DataFrame({"Name": ["a", "b"], "Share": [value, 3]})
        write_sheets(tmp_path / f"{name}.xlsx", {"Data": frame})
    saved = saved_by_office(tmp_path, "xls", tmp_path / "share.xlsx", tmp_path / "whole.xlsx")
    said = [read_workbook(saved / f"{name}.xls", ReadOptions()).issues for name in ("share", "whole")]
    assert [[issue.message[:27] for issue in issues] for issues in said] == [
        ["it has numbers below one, a"],
        [],
    ]


def saved_by_office(folder, ending, *paths):
    """Save workbooks by LibreOffice; return the folder where they lie then."""
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", ending, "--outdir", folder / "saved", *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder / "saved"

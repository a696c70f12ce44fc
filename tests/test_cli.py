"""The command line as a user meets it: what it prints, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.model.entities import ENTITIES

EXAMPLE = ttp.path_of("data/example")
DAY = "2026-06-30"


def run(*arguments, status=0):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.db"
    run("new", path, "--example")
    return path


def test_new_with_example_makes_a_plan_that_checks_without_errors(plan):
    assert "0 errors" in run("check", plan).stdout


def test_new_refuses_to_overwrite_a_plan(plan):
    before = plan.read_bytes()
    assert "exists already" in run("new", plan, status=1).stderr
    assert plan.read_bytes() == before


@pytest.mark.parametrize("name", ["empty.db", "empty_folder"])
def test_new_makes_an_empty_plan_that_assesses_to_nothing(tmp_path, name):
    run("new", tmp_path / name)
    assert json.loads(run("assess", tmp_path / name, "--format", "json").stdout) == []


def test_assess_json_has_the_columns_of_the_contract_in_order_of_finding_id(plan):
    rows = json.loads(run("assess", plan, "--as-of", DAY, "--format", "json").stdout)
    assert [row["finding_id"] for row in rows] == [f"F-{n:03}" for n in range(1, 47)]
    assert set(rows[0]) == {
        "finding_id", "kind", "disposition", "stage", "stage_name", "headline", "flags", "as_of",
        "first_planned_on", "first_started_on", "carried_out_on", "in_practice_since",
    }  # fmt: skip
    by_id = {row["finding_id"]: row for row in rows}
    assert (by_id["F-013"]["stage"], by_id["F-013"]["flags"]) == (3, ["lapsed", "recurred"])
    closed = by_id["F-008"]
    assert (closed["stage"], closed["stage_name"], closed["flags"], closed["headline"]) == (
        None,
        None,
        [],
        "superseded",
    )


def test_assess_without_dates_leaves_them_out(plan):
    rows = json.loads(run("assess", plan, "--as-of", DAY, "--no-dates", "--format", "json").stdout)
    assert "in_practice_since" not in rows[0]


def test_assess_csv_joins_flags_with_semicolons(plan):
    rows = list(csv.DictReader(io.StringIO(run("assess", plan, "--as-of", DAY, "--format", "csv").stdout)))
    assert next(row for row in rows if row["finding_id"] == "F-013")["flags"] == "lapsed;recurred"


def test_a_plan_folder_a_database_and_its_export_assess_alike(plan, tmp_path):
    run("export", plan, tmp_path / "folder")
    wanted = run("assess", plan, "--as-of", DAY, "--format", "json").stdout
    for source in (EXAMPLE, tmp_path / "folder"):
        assert run("assess", source, "--as-of", DAY, "--format", "json").stdout == wanted


def test_warnings_go_to_stderr_and_the_result_alone_to_stdout(plan):
    result = run("assess", plan, "--as-of", DAY, "--format", "json")
    assert json.loads(result.stdout)
    assert "W-LONG action (A-033), due" in result.stderr


def test_explain_names_the_facts_that_decided(plan):
    said = run("explain", plan, "F-013", "--as-of", DAY).stdout
    assert "V-0077" in said
    assert "lapsed on 2026-02-28" in said


def test_explain_as_json_has_a_reason_for_each_flag(plan):
    (found,) = json.loads(run("explain", plan, "F-013", "--as-of", DAY, "--format", "json").stdout)
    assert list(found["flag_reasons"]) == found["flags"] == ["lapsed", "recurred"]
    assert "B-00533" in found["flag_reasons"]["lapsed"]


@pytest.mark.parametrize(
    ("what", "first"),
    [
        (
            "problems",
            {"finding_id": "F-003", "action_id": "A-003", "time_limit": "2024-10-31", "solved": True},
        ),
        ("experiences", {"finding_id": "F-006", "site": "Reedmarsh", "state": "worked"}),
        ("mechanisms", {"finding_id": "F-023", "streak": 18, "next_due": "2026-08-01", "dormant": False}),
        ("reviews", {"finding_id": "F-001", "event_id": "V-0164", "outcome": "review_revised"}),
    ],
)
def test_assess_lists_the_works(plan, what, first):
    rows = json.loads(run("assess", plan, "--of", what, "--as-of", DAY, "--format", "json").stdout)
    assert rows[0] | first | {"as_of": DAY} == rows[0]


def test_a_table_cuts_long_sentences_and_csv_does_not(plan):
    table, whole = (
        run("assess", plan, "--of", "problems", "--as-of", DAY, "--format", form).stdout
        for form in ("table", "csv")
    )
    assert "Court releases the archive only after t…" in table
    assert "Court releases the archive only after the creditors' meeting" in whole


def test_explain_an_unknown_finding_says_so(plan):
    assert "There is no finding 'F-999'" in run("explain", plan, "F-999", status=1).stderr


def test_import_twice_changes_nothing_the_second_time(tmp_path):
    run("import", tmp_path / "p.db", EXAMPLE)
    assert "p.db: 1,579 rows as they were" in run("import", tmp_path / "p.db", EXAMPLE).stdout


def test_dry_run_says_what_would_change_and_makes_nothing(tmp_path):
    assert "Would change" in run("import", tmp_path / "p.db", EXAMPLE, "--dry-run").stdout
    assert list(tmp_path.iterdir()) == []


def test_an_import_with_an_error_names_file_and_line_and_stores_nothing(tmp_path):
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLE, folder)
    with (folder / "finding.csv").open("a", encoding="utf-8") as file:
        file.write("F-900,rumour,x,,,,,2026-02-30\n".replace("\n", "," * 12 + "\n"))
    said = run("import", tmp_path / "p.db", folder, status=1).stderr
    assert "E-VOCAB finding.csv line 48 (F-900), kind" in said
    assert "E-DATE finding.csv line 48 (F-900), recorded_on" in said
    assert not (tmp_path / "p.db").exists()


def test_check_of_a_plan_with_errors_ends_with_1_and_lists_them_as_json(tmp_path):
    (tmp_path / "finding.csv").write_text("finding_id,kind,statement,recorded_on\nF-1,rumour,x,2026-01-01\n")
    rows = json.loads(run("check", tmp_path, "--format", "json", status=1).stdout)
    assert [
        (row["code"], row["row"], row["column"], row["key"]) for row in rows if row["code"] == "E-VOCAB"
    ] == [("E-VOCAB", 2, "kind", "F-1")]


def test_assess_of_a_plan_with_errors_is_refused(tmp_path):
    (tmp_path / "finding.csv").write_text("finding_id,kind,statement,recorded_on\nF-1,rumour,x,2026-01-01\n")
    assert "mend them first" in run("assess", tmp_path, status=1).stderr


def test_history_and_undo(plan, tmp_path):
    shutil.copy(plan, tmp_path / "p.db")
    with ttp.open_plan(tmp_path / "p.db", who="Lin") as opened:
        opened.change("finding", "F-001", theme="waiting times")
    said = run("history", tmp_path / "p.db", "F-001").stdout
    assert "Lin" in said
    assert "→ “waiting times”" in said
    run("undo", tmp_path / "p.db", 2)
    with ttp.open_plan(tmp_path / "p.db") as opened, ttp.open_plan(plan) as original:
        assert opened.fingerprint() == original.fingerprint()


def test_wrong_usage_ends_with_2():
    assert run("assess", status=2).exit_code == 2


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "03/04/2026"])
def test_a_day_that_is_none_is_refused_in_one_sentence(plan, day):
    assert "is not a date" in run("assess", plan, "--as-of", day, status=1).stderr


def test_every_command_has_help_and_stands_in_the_readme():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert run(name, "--help").stdout
        assert f"`theorytopractice {name} " in readme or f"`{name} " in readme


def test_importing_the_package_loads_nothing_heavy():
    heavy = "matplotlib ipywidgets nbconvert nbclient statsmodels pandas sqlalchemy"
    code = f"import sys, theorytopractice; print([n for n in {heavy!r}.split() if n in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert out.stdout.strip() == "[]"


def test_fields_describes_every_declared_column():
    said = run("fields").stdout
    missing = [
        field.name
        for entity in ENTITIES.values()
        for field in entity.fields
        if f"| {field.name} |" not in said
    ]
    assert missing == []
    assert "one of insight, problem, experience, mechanism, required" in run("fields", "finding").stdout


def test_fields_of_an_unknown_table_names_the_nearest():
    assert "did you mean 'finding'?" in run("fields", "findings", status=1).stderr

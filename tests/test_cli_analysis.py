"""Do the commands for a whole plan print what the library says?"""

from __future__ import annotations

import json

from click.testing import CliRunner
from conftest import EXAMPLE

from theorytopractice.cli import main


def run(*arguments):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_gap_map_is_printed_as_csv_and_as_json():
    shown = run("gap-map", EXAMPLE, "--as-of", "2026-06-30", "--format", "csv").splitlines()
    assert shown[0].startswith(
        "theme,certainty,n,in_practice,share,low,high,shelved,know_do_gap,ahead_of_evidence"
    )
    assert any(line.startswith("Health services,high,2,0,0.0,") and "F-002;F-016" in line for line in shown)
    rows = json.loads(run("gap-map", EXAMPLE, "--as-of", "2026-06-30", "--format", "json"))
    assert len(rows) == 60
    assert next(row for row in rows if row["n"] == 0)["share"] is None
    assert rows[0]["as_of"] == "2026-06-30"


def test_the_gap_map_for_people_has_shares_in_per_cent_and_no_empty_rows():
    """Wilson's interval of 0 of 2 is 0 to 0.6576."""
    lines = run("gap-map", EXAMPLE, "--as-of", "2026-06-30").splitlines()
    row = next(line.split() for line in lines if line.split()[:3] == ["Health", "services", "high"])
    assert row[3:8] == ["2", "0", "0%", "(0–66%)", "2"]
    rows = json.loads(run("gap-map", EXAMPLE, "--as-of", "2026-06-30", "--format", "json"))
    n_empty = sum(row["n"] == 0 for row in rows)
    assert lines[-1] == f"No finding in {n_empty} of 60 cells."
    assert len(lines) == 1 + 60 - n_empty + 2


def test_similar_findings_are_listed_without_a_day():
    rows = json.loads(run("similar", EXAMPLE, "--format", "json"))
    assert [(row["finding_id"], row["other_finding_id"]) for row in rows] == [("F-013", "F-042")]
    assert run("similar", EXAMPLE, "--at-least", "0.99") == "None.\n"


def test_if_done_says_what_would_change_and_stores_nothing():
    rows = json.loads(run("if-done", EXAMPLE, "A-023", "--as-of", "2026-06-30", "--format", "json"))
    assert rows[0]["finding_id"] == "F-011"
    assert (rows[0]["stage_now"], rows[0]["stage_then"]) == (2, 5)
    assert run("if-done", EXAMPLE, "A-022", "--as-of", "2026-06-30") == "None.\nAs of 2026-06-30.\n"


def test_an_unknown_action_is_one_sentence():
    result = CliRunner().invoke(main, ["if-done", str(EXAMPLE), "A-999"])
    assert result.exit_code == 1
    assert "There is no action 'A-999'" in result.stderr

"""Is what registers of the trade keep read as people mean it: keys, hints, totals, indicators beside findings, shares?"""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.exchange.column_looks import looks_of
from theorytopractice.exchange.register_survey import describe
from theorytopractice.exchange.suggest import propose
from theorytopractice.i18n import speaking

PLAN = [
    "Rec. No,Finding,Agreed management action,Responsible officer,Due date,% implemented,Status",
    "e.g. 2024-01,what was found,what is agreed,name or post,dd/mm/yy,in per cent,from list",
    "2024-01,Invoices were paid without a note of receipt,Switch on the three-way match,Ann,2024-09-30,1,Implemented",
    "2024-02,Supplier data can be changed by 41 users,Cut access to four users,Bob,2024-06-30,0.4,Overdue",
    "2024-03,Call-offs are not published anywhere,Publish call-offs each quarter,Ann,2024-12-31,0,Not yet due",
    "Total,,,,,0.47,",
]


@pytest.fixture
def written(tmp_path):
    def write(*lines, name="register.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def made(path):
    """Return the tables that a suggestion makes as it stands, and what it lists."""
    mapping = path.with_name("map.toml")
    mapping.write_text(ttp.suggest(path), encoding="utf-8")
    source = ttp.read_source(path, mapping=mapping)
    return {
        name: table.rows() if hasattr(table, "rows") else table for name, table in source.tables.items()
    }, source


def cells(source, table, column):
    return list(source.tables[table][column])


def test_numbers_that_look_like_months_are_keys_and_a_row_of_hints_and_a_total_are_no_findings(written):
    _, source = made(written(*PLAN))
    assert cells(source, "finding", "finding_id") == ["2024-01", "2024-02", "2024-03"]
    assert cells(source, "owner", "name") == ["Ann", "Bob"]
    assert [one.row for one in source.issues if "total" in one.message] == [6]


def test_a_percent_cell_is_a_share_and_a_word_that_says_late_makes_no_event(written):
    text = ttp.suggest(written(*PLAN))
    assert 'progress = {column = "% implemented", share = true}' in text
    assert tomllib.loads(text)["status"][0]["words"] == {"Overdue": {}, "Not yet due": {}}


@pytest.mark.parametrize(("sign", "way"), [("<", "descending"), ("≥", "ascending")])
def test_an_indicator_beside_a_finding_comes_in_with_its_target(sign, way, written):
    _, source = made(
        written(
            "Ref,Problem,Action,Owner,Due date,Measure of success,Baseline,Target,Current value,Last updated",
            f"R-1,Pumps are set wrongly on the ward,Buy one model of pump,Ann,2026-05-01,Errors per 1000,8,{sign} 2,5,2026-04-30",
            "R-2,Labels are printed in batches,Print at the bedside,Bob,2026-06-01,,,,,",
        )
    )
    (indicator,) = cells(source, "indicator", "indicator_id")
    assert cells(source, "finding_indicator", "finding_id") == ["R-1"]
    assert (indicator, cells(source, "indicator", "target"), cells(source, "indicator", "direction")) == (
        "I-R-1",
        ["2"],
        [way],
    )
    assert (cells(source, "observation", "value"), cells(source, "observation", "observed_on")) == (
        ["5"],
        ["2026-04-30"],
    )


def test_a_table_of_indicators_below_two_rows_of_headings_comes_in(written):
    _, source = made(
        written(
            "Code,Result level,Indicator,Unit of measure,Baseline,Target,Frequency,Person responsible,2024,,,Remarks",
            ",,,,,,,,Q1,Q2,Q3,",
            "OC1,Outcome,Months of adequate food,months,7.2,10,Half-yearly,Ann,7.3,7.4,n/a,",
            "OP1,Output,Savings groups active,number,0,240,Quarterly,Bob,12,41,77,",
        )
    )
    assert cells(source, "indicator", "level") == ["outcome", "output"]
    assert cells(source, "indicator", "cadence_days") == ["182", "91"]
    assert len(cells(source, "observation", "value")) == 5
    assert [(one.column, one.found) for one in source.issues] == [("2024 Q3", "n/a")]


def test_other_tables_of_a_sheet_are_told_of_and_not_read_as_rows(written):
    path = written(
        "Criterion,Rating,Strengths,Weaknesses",
        "Staff,B,Small groups,Late papers",
        "Teaching,C,Open lectures,No feedback",
        "",
        "Ref,Finding,Action,Owner,Due date,Status",
        "R-1,Papers are late in each term,Close them in June,Ann,2026-06-15,Open",
        "R-2,Feedback is not answered at all,Answer within two weeks,Bob,2026-05-01,Open",
        "",
        "Owner,Action,Status",
        "Ann,Nothing of the plan,Done",
    )
    suggestion = propose(path)
    assert "rows 1 to 3 of 'register.csv'" in " ".join(suggestion.unused)
    _, source = made(path)
    assert cells(source, "finding", "finding_id") == ["R-1", "R-2"]


def test_what_is_called_by_signs_keeps_them(written):
    path = written(
        "Nº,Problema,Acción,Responsable",
        "1,Los bordillos son altos en la calle,Rebajar los bordillos,D.ª Inés",
    )
    assert "Nº" in looks_of(describe(path).sheets[0])
    _, source = made(path)
    assert cells(source, "owner", "name") == ["D.ª Inés"]


def test_a_colour_is_no_status_where_words_are(written):
    roles = {name: look.role for name, look in looks_of(describe(written(
        "Ref,Issue,Action,Owner,RAG,Done?", "1,Parts were ordered twice,One inbox for orders,Tom,A,N",
        "2,Nobody has first aid at night,Train two of the shift,Ann,G,Y",
    )).sheets[0]).items()}  # fmt: skip
    assert (roles["RAG"], roles["Done?"]) == ("unused", "status")


def test_a_dry_run_shows_what_new_rows_hold_in_lines_that_fit(written, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    path = written(*PLAN)
    mapping = written(ttp.suggest(path), name="map.toml")
    command = ["import", str(tmp_path / "p.db"), str(path), "--mapping", str(mapping), "--dry-run"]
    shown = CliRunner().invoke(main, command)
    table = shown.stdout.partition("Would change")[0]
    assert "title Cut access to four users; due 2024-06-30" in table
    assert max(map(len, table.splitlines())) <= 80
    as_csv = CliRunner().invoke(main, [*command, "--format", "csv"]).stdout
    assert "finding,2024-02,statement,,,Supplier data can be changed by 41 users,added" in as_csv.replace(
        '""', ""
    )


def test_columns_the_other_way_round_are_told_of_with_the_right_one():
    frame = pd.DataFrame({"Problema": ["Los bordillos son altos"]})
    with pytest.raises(ttp.PracticeError, match=r"write columns = \{'finding.statement': 'Problema', …\}"):
        ttp.from_frames(frame, columns={"Problema": "statement"})


def test_what_is_left_out_is_said_in_chinese(written):
    with speaking("zh"):
        _, source = made(written(*PLAN))
    assert {one.message for one in source.issues} == {
        "这一行被视为合计或图例",
        "没有录入日期；行动记为2024-06-30",
        "对应表没有说明'Implemented'表示什么事件",
    }

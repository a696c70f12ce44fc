"""Does what a mapping says of the whole import reach the plan, and is three times the same as once?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.errors import PlanError
from theorytopractice.exchange.mapping_manual import SECTIONS, manual

MAPPING = """
title = "The register of the city"
name = "register"
{whole}
[source.work]
[[finding]]
finding_id = {{ template = "F-{{No}}" }}
kind = {{ constant = "insight" }}
statement = {{ template = "Calls by telephone halve {{What}}" }}
recorded_on = {{ constant = 2026-01-01 }}
[[action]]
action_id = {{ template = "A-{{No}}" }}
title = "What"
recorded_on = {{ constant = 2026-01-01 }}
due = {{ column = "Due", dates = ["dd/mm/yyyy"] }}
[[owner]]
owner_id = {{ name = "Who" }}
name = "Who"
[[action_owner]]
action_id = {{ template = "A-{{No}}" }}
owner_id = {{ name = "Who" }}
role = {{ constant = "accountable" }}
[[finding_action]]
finding_id = {{ template = "F-{{No}}" }}
action_id = {{ template = "A-{{No}}" }}
role = {{ constant = "delivers" }}
[[indicator]]
indicator_id = {{ template = "I-{{No}}" }}
name = {{ template = "missed {{No}}" }}
direction = {{ constant = "descending" }}
level = {{ constant = "outcome" }}
[[observation]]
indicator_id = {{ template = "I-{{No}}" }}
wide = {{ columns = "20[0-9]{{2}}-[0-9]{{2}}", as = "month" }}
[[status]]
column = "State"
subject = "action"
subject_id = {{ template = "A-{{No}}" }}
words."Done" = {{ event = "complete", happened_on = {{ column = "Finished", dates = ["dd/mm/yyyy"] }} }}
words."" = {{}}
"""
HEADER = "No,What,Due,Who,State,Finished,Why,Moved,2026-01,2026-02\n"
FIRST = "1,visits,31/03/2026,Kim,Done,20/02/2026,,,5,4\n2,letters,30/06/2026,Lee,,,,,7,\n"


@pytest.fixture
def source(tmp_path):
    """Read a register through the mapping."""

    def source(rows=FIRST, whole="", **options):
        (tmp_path / "m.toml").write_text(MAPPING.format(whole=whole), encoding="utf-8")
        (tmp_path / "work.csv").write_text(HEADER + rows, encoding="utf-8")
        return ttp.read_source(tmp_path / "work.csv", mapping=tmp_path / "m.toml", **options)

    return source


@pytest.fixture
def plan(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db") as made:
        yield made


def rows(plan):
    return {name: table.rows() for name, table in plan.tables().items() if name != "source_row"}


def test_three_times_equals_once(plan, source):
    first = plan.import_(source(plan=plan))
    assert first.issues == [] or all(issue.code != "W-IMPORT" for issue in first.issues)
    once = rows(plan)
    assert [row["value"] for row in once["observation"]] == ["5", "4", "7"]
    for _ in range(2):
        again = plan.import_(source(plan=plan))
        assert (again.cells, again.changes) == ([], [])
    assert rows(plan) == once


def test_a_cell_that_cannot_be_read_erases_nothing_and_is_listed(plan, source):
    plan.import_(source())
    again = source(FIRST.replace("31/03/2026", "TBC"))
    assert [(one.where, one.row, one.column, one.found) for one in again.issues] == [
        ("work.csv", 2, "Due", "TBC")
    ]
    plan.import_(again)
    assert [row["due"] for row in rows(plan)["action"]] == ["2026-03-31", "2026-06-30"]


def test_a_blank_cell_erases_where_the_mapping_says_so(plan, source):
    plan.import_(source())
    blank = FIRST.replace("20/02/2026,", "20/02/2026,").replace("30/06/2026", "")
    assert plan.import_(source(blank)).changes == [] or rows(plan)["action"][1]["due"] == "2026-06-30"
    comes = source(blank, 'erase = ["action.due"]')
    assert comes.erase == {("action", "due")}
    assert source(blank, "erase = true").erase >= {("action", "due"), ("action", "title")}
    assert source(blank, erase=True).erase >= {("action", "due"), ("action", "title")}


def test_a_column_in_which_a_cell_could_not_be_read_erases_nothing(source):
    comes = source(FIRST.replace("31/03/2026", "TBC").replace("30/06/2026", ""), 'erase = ["action.due"]')
    assert comes.erase == frozenset()
    assert [(one.column, one.found) for one in comes.issues] == [("Due", "TBC"), ("due", "")]


def test_a_row_that_is_gone_is_the_event_that_the_mapping_names(plan, source):
    whole = '[gone]\nfinding = { event = "retire", reason = "no longer in the register" }'
    plan.import_(source(whole=whole))
    plan.import_(source(FIRST.split("\n", maxsplit=1)[0] + "\n", whole))
    assert [(row["subject_id"], row["event"], row["reason"]) for row in rows(plan)["event"]][1:] == [
        ("F-2", "retire", "no longer in the register")
    ]


def test_a_changed_due_date_is_redated_on_the_day_and_for_the_reason_that_the_mapping_names(plan, source):
    whole = '[redate]\nreason = "Why"\nhappened_on = { column = "Moved", dates = ["dd/mm/yyyy"] }'
    plan.import_(source(whole=whole))
    moved = "2,letters,30/09/2026,Lee,,,no staff,15/06/2026,7,\n"
    plan.import_(source(FIRST.split("\n", maxsplit=1)[0] + "\n" + moved, whole))
    assert rows(plan)["action"][1]["due"] == "2026-06-30"
    last = rows(plan)["event"][-1]
    assert (last["subject_id"], last["event"], last["happened_on"], last["due"], last["reason"]) == (
        "A-2", "redate", "2026-06-15", "2026-09-30", "no staff",
    )  # fmt: skip


def test_the_foreign_status_word_is_kept(source):
    assert source().tables["action"]["original_status"] == ["Done", ""]


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (
            'erase = ["action.deu"]',
            "erase: there is no cell 'action.deu'; expected table.column; did you mean 'action.due'?",
        ),
        ("erase = 3", "erase: expected a text or a list of texts, found '3'"),
        ('[gone]\nowner = { event = "x" }', "gone.owner: there is no such key here"),
        ('[gone]\nfinding = { event = "complete" }', "gone.finding.event: 'complete' is no such event"),
        ('[redate]\nfrom = "wrok"', "redate.from: there is no source 'wrok'; did you mean 'work'?"),
        ('[redate]\nreason = "Wyh"', "redate.reason: 'work.csv' has no column 'Wyh'; did you mean 'Why'?"),
    ],
)
def test_what_cannot_be_said_of_the_whole_is_refused(source, whole, why):
    with pytest.raises(PlanError) as error:
        source(whole=whole)
    assert why in str(error.value)


def test_the_command_line_lists_whole_what_was_left_out_and_near_names_do_not_count(tmp_path, source):
    source(FIRST.replace("Lee", "Kimm"))
    call = [
        "import",
        str(tmp_path / "p.db"),
        str(tmp_path / "work.csv"),
        "--mapping",
        str(tmp_path / "m.toml"),
    ]
    near = CliRunner().invoke(main, call)
    assert near.exit_code == 0, near.output
    source(FIRST.replace("31/03/2026", "TBC"))
    left = CliRunner().invoke(main, call)
    assert left.exit_code == 3
    assert "TBC" in (tmp_path / "p.import.csv").read_text(encoding="utf-8-sig")


def test_the_manual_names_every_key_and_is_printed():
    text = CliRunner().invoke(main, ["fields", "--mapping"]).output
    assert text == manual()
    assert (Path(__file__).parents[1] / "docs" / "mapping.md").read_text(encoding="utf-8") == text
    for _, declaration in SECTIONS:
        for name, one in declaration.model_fields.items():
            assert f"| `{one.alias or name}` |" in text
            assert one.description


@pytest.mark.slow
def test_many_rows_go_through_a_mapping_quickly(tmp_path):
    rows = (
        f"{n},do {n},N{n % 50},2026-0{n % 9 + 1}-11,{'Done' if n % 2 else ''},2026-02-01,,,,"
        for n in range(100_000)
    )
    (tmp_path / "work.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text(
        MAPPING.format(whole="").replace('"dd/mm/yyyy"', '"yyyy-mm-dd"'), encoding="utf-8"
    )
    begin = time.process_time()
    source = ttp.read_source(tmp_path / "work.csv", mapping=tmp_path / "m.toml")
    assert len(source.tables["action"]) == 100_000
    assert time.process_time() - begin < 12  # four seconds alone on the machine

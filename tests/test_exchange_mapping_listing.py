"""Is everything that was not understood listed, with its place, and nothing else?"""

from __future__ import annotations

import pytest

from theorytopractice.errors import PlanError
from theorytopractice.exchange.mapping import apply, read_mapping

ACTION = """
[source.work]
[[action]]
action_id = "No"
title = { constant = "Do it" }
recorded_on = { constant = 2026-01-01 }
"""


@pytest.fixture
def run(tmp_path):
    """Apply a mapping to files given as texts."""

    def run(mapping, **files):
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return apply(read_mapping(tmp_path / "mapping.toml"), tmp_path)

    return run


def said(mapped):
    return [(issue.where, issue.row, issue.column, issue.found) for issue in mapped.issues]


def test_what_the_second_alternative_reads_of_the_same_cell_is_not_listed(run):
    due = 'due = [{ column = "Due", year = "last day" }, { column = "Due", dates = ["dd/mm/yyyy"] }]'
    mapped = run(ACTION + due, work="No,Due\nA-1,2026\nA-2,03/04/2026\n")
    assert mapped.tables["action"]["due"] == ["2026-12-31", "2026-04-03"]
    assert mapped.issues == []


def test_what_no_alternative_reads_is_listed_with_each_reason(run):
    due = 'due = [{ column = "Due", year = "last day" }, { column = "Due", dates = ["dd/mm/yyyy"] }]'
    mapped = run(ACTION + due, work="No,Due\nA-1,soon\n")
    assert mapped.tables["action"]["due"] == [""]
    assert [issue.message for issue in mapped.issues] == [
        "'soon' is not a year",
        "'soon' is not a date in the formats of the mapping",
    ]


def test_a_cell_in_the_place_of_which_another_column_or_a_constant_is_taken_stays_listed(run):
    due = 'due = [{ column = "Due", dates = ["dd/mm/yyyy"] }, { constant = 2026-12-31 }]'
    mapped = run(ACTION + due, work="No,Due\nA-1,TBC\nA-2,\n")
    assert mapped.tables["action"]["due"] == ["2026-12-31", "2026-12-31"]
    assert said(mapped) == [("work.csv", 2, "Due", "TBC")]


def test_the_second_alternative_may_give_what_the_field_could_not_hold(run):
    mapped = run(
        ACTION + 'strength = ["How", { column = "How", words = { law = "stronger" } }]',
        work="No,How\nA-1,law\nA-2,weaker\n",
    )
    assert mapped.tables["action"]["strength"] == ["stronger", "weaker"]
    assert mapped.issues == []


def test_rows_that_are_only_looked_up_are_not_unused(run):
    mapping = """
[source.units]
[source.work]
join.units = { on = "Unit" }
[[action]]
from = "work"
action_id = "No"
title = "units.Name"
recorded_on = { constant = 2026-01-01 }
"""
    mapped = run(mapping, units="Unit,Name\nN,North\nS,South\n", work="No,Unit\nA-1,N\n")
    assert mapped.tables["action"]["title"] == ["North"]
    assert mapped.issues == []


def test_a_row_of_a_source_of_blocks_that_makes_nothing_is_listed_unless_it_is_looked_up(run):
    mapping = """
[source.units]
[source.work]
join.units = { on = "Unit" }
[[owner]]
from = "units"
only = { column = "Name", begins = "S" }
owner_id = "Unit"
name = "Name"
[[action]]
from = "work"
action_id = "No"
title = "units.Name"
recorded_on = { constant = 2026-01-01 }
"""
    mapped = run(mapping, units="Unit,Name\nN,North\nS,South\nE,East\n", work="No,Unit\nA-1,N\n")
    assert said(mapped) == [("units.csv", 4, "Unit", "E")]


def test_all_mistakes_of_a_mapping_are_said_at_once(run):
    mapping = """
titel = "x"
[source.work]
seperator = ";"
[[action]]
from = "wrok"
action_id = 7
title = { column = "Title", part = 0 }
strength = { constant = "strongest" }
[[status]]
from = "work"
column = "State"
subject = "plan"
subject_id = "No"
words.Done = { event = "finish" }
"""
    with pytest.raises(PlanError) as error:
        run(mapping, work="No\n")
    lines = str(error.value).split("\n")
    assert lines[0] == "The mapping cannot be used; it has 9 mistakes:"
    for part in (
        "titel: there is no such key here; did you mean 'title'?",
        "source.work.seperator: there is no such key here; did you mean 'separator'?",
        "action[1].action_id: expected a table such as { column = \"…\" }, found '7'",
        "action[1].title.part: expected a whole number from 1 on, found '0'",
        "action[1].from: there is no source 'wrok'; did you mean 'work'?",
        "action[1].strength: 'strongest' is not a word of this column; did you mean 'stronger'?",
        "status[1].subject: 'plan' is neither action nor finding",
        "action[1]: action needs recorded_on",
        "status[1].words.Done: event needs happened_on",
    ):
        assert any(part in line for line in lines), part


def test_all_columns_that_a_file_lacks_are_said_at_once(run):
    with pytest.raises(PlanError) as error:
        run(ACTION + 'due = "Deu"\nsite = { template = "{Palce}" }', work="No,Due,Place\n")
    assert "action[1].due: 'work.csv' has no column 'Deu'" in str(error.value)
    assert "action[1].site: 'work.csv' has no column 'Palce'; did you mean 'Place'?" in str(error.value)


def test_a_key_may_be_the_row_in_the_file_or_a_hash_of_columns(run):
    mapping = """
[source.work]
[[action]]
action_id = { template = "A-{#row}" }
title = "What"
recorded_on = { constant = 2026-01-01 }
[[owner]]
owner_id = { hash = ["Who", "Unit"], prefix = "O-" }
name = "Who"
"""
    mapped = run(mapping, work="What,Who,Unit\nCall,Kim,N\n,,\nWrite,kim ,N\nGo,Kim,S\n")
    assert mapped.tables["action"]["action_id"] == ["A-2", "A-4", "A-5"]
    keys = mapped.tables["owner"]["owner_id"]
    assert len(keys) == 2
    assert all(key.startswith("O-") and len(key) == 14 for key in keys)


def test_a_key_that_is_too_long_is_cut_alike_everywhere_and_listed_once(run):
    mapping = f"""{ACTION}
[[action_owner]]
action_id = "No"
owner_id = {{ constant = "O-1" }}
role = {{ constant = "responsible" }}
"""
    long = ["x" * 250, "x" * 251]
    mapped = run(mapping, work=f"No\n{long[0]}\n{long[1]}\n")
    keys = mapped.tables["action"]["action_id"]
    assert [len(key) for key in keys] == [200, 200]
    assert len(set(keys)) == 2
    assert mapped.tables["action_owner"]["action_id"] == keys
    assert [issue.message[:26] for issue in mapped.issues] == [
        "the key has 250 characters",
        "the key has 251 characters",
    ]


def test_repeated_headings_are_named_by_their_number(run):
    mapped = run(ACTION + 'note = "Sprint [2]"', work="No,Sprint,Sprint\nA-1,S1,S2\n")
    assert mapped.tables["action"]["note"] == ["S2"]
    assert mapped.issues == []


def test_headings_that_are_periods_become_observations(run):
    mapping = """
[source.work]
[[observation]]
indicator_id = "No"
wide = { columns = ["Q[0-9] [0-9]{4}", "Jan 2026", "2025", "30/06/2026", "Total"], as = "month" }
"""
    work = "No,Q1 2026,Jan 2026,2025,30/06/2026,Total,Other\nI-1,5,4,,7,16,x\nI-2,6,,50,8,64,y\n"
    mapped = run(mapping, work=work)
    rows = [
        (row["indicator_id"], row["observed_on"], row["value"]) for row in mapped.tables["observation"].rows()
    ]
    assert rows == [
        ("I-1", "2026-03-31", "5"),
        ("I-1", "2026-01-31", "4"),
        ("I-1", "2026-06-30", "7"),
        ("I-2", "2026-03-31", "6"),
        ("I-2", "2025-12-31", "50"),
        ("I-2", "2026-06-30", "8"),
    ]
    assert said(mapped) == [("work.csv", None, "Total", "Total")]


def test_the_cells_of_wide_columns_may_be_read_as_declared(run):
    mapping = """
[source.work]
[[observation]]
indicator_id = "No"
wide = { columns = "M.*|[0-9/]+", as = "month", cell = "amount", dates = ["month first"] }
value = { column = "amount", number = "," }
note = { template = "of {month}" }
"""
    mapped = run(mapping, work='No,03/04/2026\nI-1,"1.234,5"\n')
    assert mapped.tables["observation"].rows()[0]["value"] == "1234.5"
    assert mapped.tables["observation"]["observed_on"] == ["2026-03-04"]
    assert mapped.tables["observation"]["note"] == ["of 2026-03-04"]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("due", "06/2027", "2027-06-30"),
        ("planned_start", "06/2027", "2027-06-01"),
        ("due", "30-Jun-2027", "2027-06-30"),
        ("due", "2026-04-15 00:00:00", "2026-04-15"),
        ("cost", "1 234,5", "1234.5"),
    ],
)
def test_what_every_door_reads_a_mapping_reads_too(run, column, cell, expected):
    mapped = run(f'{ACTION}{column} = "Cell"', work=f'No,Cell\nA-1,"{cell}"\n')
    assert mapped.tables["action"][column] == [expected]
    assert mapped.issues == []


def test_a_short_year_without_a_century_is_listed(run):
    mapped = run(f'{ACTION}due = {{ column = "Due", dates = ["dd/mm/yy"] }}', work="No,Due\nA-1,31/12/90\n")
    assert mapped.tables["action"]["due"] == [""]
    assert said(mapped) == [("work.csv", 2, "Due", "31/12/90")]

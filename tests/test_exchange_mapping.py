"""Which rows do the rows of foreign files make, and is everything else listed?"""

from __future__ import annotations

import textwrap
from datetime import date

import pytest

from theorytopractice.exchange import mapping as mapping_module
from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.model.validation import validate

OWNER = """
[source.people]
[[owner]]
from = "people"
owner_id = "Id"
"""
ACTION = """
[source.work]
[[action]]
from = "work"
action_id = "No"
title = { constant = "Do it" }
recorded_on = { constant = 2026-01-01 }
"""
STATUS = """
[source.work]
[[status]]
from = "work"
column = "State"
subject = "action"
subject_id = "No"
words."Done" = { event = "complete", happened_on = { column = "Finished", dates = ["dd/mm/yyyy"] } }
words."Idea" = {}
[status.words.Dropped]
event = "cancel"
happened_on = { column = "Finished", dates = ["dd/mm/yyyy"] }
reason = "Why"
"""
JOIN = """
[source.units]
file = "units.csv"
[source.units.derived]
since = { column = "Founded", year = "first day" }
[source.work]
join.units = { here = "Unit", there = "Code", otherwise = "no such unit" }
[[action]]
from = "work"
action_id = "No"
title = { constant = "Do it" }
recorded_on = "units.since"
"""


@pytest.fixture
def run(tmp_path):
    """Apply a mapping to files given as texts."""

    def run(mapping, **files):
        path = tmp_path / "mapping.toml"
        path.write_text(mapping, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_bytes(text.encode())
        return apply(read_mapping(path), tmp_path)

    return run


def names(mapped, table="owner", column="name"):
    return mapped.tables[table][column] if table in mapped.tables else []


def said(mapped):
    return [(issue.code, issue.row, issue.column, issue.found) for issue in mapped.issues]


# --- one row, many rows; many files, one row ---------------------------------------------------------------


def test_one_row_makes_its_action_owners_links_and_observations(run):
    mapping = f"""{ACTION}
[[owner]]
from = "work"
each = {{ column = "Who", split = ";" }}
owner_id = "Who"
name = "Who"
[[action_owner]]
from = "work"
each = {{ column = "Who", split = ";" }}
action_id = "No"
owner_id = "Who"
role = {{ constant = "responsible" }}
[[indicator]]
from = "work"
indicator_id = {{ template = "I-{{No}}" }}
name = {{ constant = "cases" }}
direction = {{ constant = "descending" }}
level = {{ constant = "outcome" }}
[[observation]]
from = "work"
indicator_id = {{ template = "I-{{No}}" }}
observed_on = {{ constant = "2025-12-31" }}
value = "2025"
[[observation]]
from = "work"
indicator_id = {{ template = "I-{{No}}" }}
observed_on = {{ constant = "2026-06-30" }}
value = "2026"
"""
    mapped = run(mapping, work="No,Who,2025,2026\nA-1,Anna; Ben;,9,4\nA-2,Ben,8,7\n")
    assert mapped.tables["owner"]["name"] == ["Anna", "Ben"]
    assert mapped.tables["action_owner"]["owner_id"] == ["Anna", "Ben", "Ben"]
    assert mapped.tables["observation"]["value"] == ["9", "8", "4", "7"]
    assert mapped.tables["action"].lines == [2, 3]
    assert mapped.issues == []
    assert validate(mapped.tables, today=date(2026, 11, 23)) == []


def test_rows_with_the_same_key_are_one_and_what_differs_is_listed(run):
    people = "Id,Name,Unit\n1,Anna,\n1,Anna,North\n1,Anne,North\n"
    mapped = run(f'{OWNER}name = "Name"\nunit = "Unit"', people=people)
    assert mapped.tables["owner"].rows()[0] | {"email": "", "left_on": "", "note": ""} == {
        "owner_id": "1", "name": "Anna", "unit": "North", "email": "", "left_on": "", "note": "",
    }  # fmt: skip
    assert said(mapped) == [("W-DUP", 4, "", "Anne")]
    assert mapped.issues[0].message == (
        "name of owner '1' is already 'Anna' (people.csv line 2); that was kept"
    )


def test_a_row_looks_up_a_row_of_an_earlier_source(run):
    mapped = run(JOIN, units="Code,Founded\nn,1999\n", work="No,Unit\n1,N\n2,x\n")
    assert mapped.tables["action"]["recorded_on"] == ["1999-01-01"]
    assert [
        (issue.row, issue.found, issue.message) for issue in mapped.issues if issue.where == "work.csv"
    ] == [
        (3, "x", "no such unit"),
        (3, "", "recorded_on is empty; no action was made"),
    ]


def test_a_lookup_that_finds_different_rows_takes_none(run):
    mapped = run(JOIN, units="Code,Founded\nN,1999\nN,2001\nS,1980\nS,1980\n", work="No,Unit\n1,N\n2,S\n")
    assert mapped.tables["action"]["recorded_on"] == ["1980-01-01"]
    assert "2 rows of 'units' have this Code; none was taken" in {one.message for one in mapped.issues}


def test_an_empty_key_finds_nothing(run):
    mapped = run(JOIN, units="Code,Founded\n,1999\n", work="No,Unit\n1,\n")
    assert mapped.tables == {}


# --- status words ------------------------------------------------------------------------------------------


def test_a_status_word_is_the_event_that_the_mapping_names(run):
    work = "No,State,Finished,Why\nA-1,done,01/02/2026,\nA-2,Dropped,03/02/2026,no money\nA-3,Idea,,\n"
    mapped = run(STATUS, work=work)
    events = mapped.tables["event"]
    assert list(zip(events["subject"], events["subject_id"], events["event"], strict=True)) == [
        ("action", "A-1", "complete"),
        ("action", "A-2", "cancel"),
    ]
    assert events["happened_on"] == ["2026-02-01", "2026-02-03"]
    assert events["reason"] == ["", "no money"]
    assert mapped.issues == []


def test_a_status_without_a_date_or_a_meaning_is_listed_never_guessed(run):
    work = "No,State,Finished,Why\nA-1,Done,,\nA-2,Done,soon,\nA-3,Finished,01/02/2026,\n"
    mapped = run(STATUS, work=work)
    assert mapped.tables == {}
    assert said(mapped) == [
        ("W-STATUS", 2, "Finished", ""),
        ("W-STATUS", 3, "Finished", "soon"),
        ("W-STATUS", 4, "State", "Finished"),
    ]


def test_a_row_without_a_status_word_has_no_event_and_is_listed(run):
    mapped = run(STATUS, work="No,State,Finished,Why\nA-1,,01/02/2026,\n")
    assert mapped.tables == {}
    assert [issue.message for issue in mapped.issues] == ["the mapping makes nothing of this row"]


# --- files -------------------------------------------------------------------------------------------------


def test_a_single_file_may_have_any_name(tmp_path):
    (tmp_path / "export 7.CSV").write_bytes(b'\xef\xbb\xbfId;Name\r\n1;"Anna\r\nB."\r\n\r\n2;Ben\r\n')
    (tmp_path / "mapping.toml").write_text(
        OWNER.replace("[source.people]", '[source.people]\nseparator = ";"') + 'name = "Name"'
    )
    mapped = apply(read_mapping(tmp_path / "mapping.toml"), tmp_path / "export 7.CSV")
    assert names(mapped) == ["Anna\nB.", "Ben"]
    assert list(mapped.tables["owner"].lines) == [2, 5]
    assert mapped.tables["owner"].source == "export 7.CSV"
    assert mapped.n_read == {"export 7.CSV": 2}


def test_json_is_read_as_it_is_written(tmp_path):
    rows = '[{"Id": 1, "Name": 2.50}, {"Id": "2", "Name": null}, 3, {"Id": 4, "Name": ["a"], "New": true}]'
    (tmp_path / "people.json").write_text(rows)
    (tmp_path / "mapping.toml").write_text(OWNER + 'name = "Name"\nnote = "New"')
    mapped = apply(read_mapping(tmp_path / "mapping.toml"), tmp_path / "people.json")
    assert names(mapped) == ["2.50", "a"]
    assert names(mapped, column="note") == ["", "true"]
    assert {(issue.row, issue.message) for issue in mapped.issues} == {
        (2, "name is empty; no owner was made"),
        (3, "expected an object, found '3'; left out"),
    }
    assert mapped.n_read == {"people.json": 4}


def test_a_ragged_row_is_listed(run):
    mapped = run(f'{OWNER}name = "Name"', people="Id,Name\n1,Anna,B.\n2\n3,Ben,\n")
    assert names(mapped) == ["Ben"]
    assert [issue.row for issue in mapped.issues] == [2, 3]
    assert mapped.n_read == {"people.csv": 3}


def test_hostile_text_is_only_text(run):
    hostile = ["=1+1", "'; DROP TABLE owner;--", "<script>", "{Id}{0.__class__}", "%s", "A\u202eB", "名" * 9]
    lines = "".join(f"{n},{text}\n" for n, text in enumerate(hostile))
    mapped = run(f'{OWNER}name = {{ template = "{{Name}}!" }}', people=f"Id,Name\n{lines}")
    assert names(mapped) == [f"{text}!" for text in hostile]


def test_cells_that_no_plan_can_hold_are_listed(run):
    mapped = run(f'{OWNER}name = "Name"', people=f"Id,Name\n1,{'x' * 200_000}\n2,a\0b\n{'k' * 300},Anna\n")
    assert names(mapped) == ["Anna"]  # a key that is too long is cut
    assert [issue.row for issue in mapped.issues] == [2, 3, None]
    assert all(len(issue.message) < 300 for issue in mapped.issues)


def test_rows_from_several_files_bear_no_line_of_one(run):
    two = OWNER + OWNER.replace("[source.people]", "[source.more]").replace('"people"', '"more"')
    mapped = run(
        two.replace('owner_id = "Id"', 'owner_id = "Id"\nname = "Id"'), people="Id\n1\n", more="Id\n2\n"
    )
    assert names(mapped) == ["1", "2"]
    assert mapped.tables["owner"].line(0) is None


def test_the_example_of_the_documentation_works(run):
    example = textwrap.dedent(mapping_module.__doc__.split("::\n", 1)[1].split("\nDates are")[0])
    mapped = run(
        example,
        units="unit-code,founded\nN,1990\n",
        **{
            "projects 2026": "Number,unit-code,Kind,Name of the project,Begun,Year,"
            "Cost,How,Place,Owners,State,Finished\n"
            '7,N,A,Mend the roof,1 Feb 25,2027,"1.200,50",by law,Town / Hall,O-1; O-2,Done,03/04/2026\n'
            "8,N,Advice,Ask around,,,,?,,,Idea,\n"
        },
    )
    action = mapped.tables["action"]
    assert action["recorded_on"] == ["2025-02-01", "1990-01-01"]
    assert (action["due"][0], action["cost"][0], action["site"][0]) == ("2027-12-31", "1200.50", "Hall")
    assert mapped.tables["action_owner"]["owner_id"] == ["O-1", "O-2"]
    assert mapped.tables["event"]["happened_on"] == ["2026-04-03"]
    messages = [issue.message for issue in mapped.issues if issue.where != "units.csv"]
    assert messages == ["has no year", "dated by the founding of its unit"]

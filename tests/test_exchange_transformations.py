"""Does each declared transformation do what the mapping says, and list what it cannot read?"""

from __future__ import annotations

from datetime import date

import pytest

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


@pytest.mark.parametrize(
    ("how", "cell", "expected"),
    [
        ('"Cell"', " Anna ", "Anna"),
        ('{ column = "Cell" }', "Anna", "Anna"),
        ("{ constant = 7 }", "x", "7"),
        ("{ constant = true }", "x", "true"),
        ('{ template = "C-{Id}/{Cell}" }', "{Id}", "C-1/{Id}"),
        ('{ column = "Cell", dates = ["dd/mm/yyyy"] }', "17/07/2019", "2019-07-17"),
        ('{ column = "Cell", dates = ["dd/mm/yyyy", "yyyy-mm-dd"] }', "2025-07-30", "2025-07-30"),
        ('{ column = "Cell", dates = ["dd/mm/yy"], century = 2000 }', "20/11/23", "2023-11-20"),
        ('{ column = "Cell", dates = ["dd/mm/yy"], century = 1950 }', "31/12/90", "1990-12-31"),
        ('{ column = "Cell", century = 1950 }', "30-Jun-27", "2027-06-30"),
        ('{ column = "Cell", dates = ["mm/yyyy"] }', "06/2027", "2027-06-30"),
        ('{ column = "Cell", dates = ["day first"] }', "03/04/2026", "2026-04-03"),
        ('{ column = "Cell", dates = ["month first"] }', "03/04/2026", "2026-03-04"),
        ('{ column = "Cell", dates = ["serial"] }', "46127", "2026-04-15"),
        ('{ column = "Cell", dates = ["serial 1904"] }', "44665.5", "2026-04-15"),
        ('{ column = "Cell", dates = ["dd/mm/yyyy", "year"] }', "2026", "2026-12-31"),
        ('{ column = "Cell", dates = ["dd/mm/yyyy"] }', "2026-04-15 00:00:00", "2026-04-15"),
        ('{ column = "Cell", dates = ["d mmm yyyy"] }', "15 mars 2026", "2026-03-15"),
        ('{ column = "Cell", number = "." }', "40%", "40"),
        ('{ column = "Cell", number = "," }', "€ 1.234", "1234"),
        ('{ column = "Cell", html = true }', "<p>Call &amp; write</p>", "Call & write"),
        ('{ column = "Cell", dates = ["d mmm yyyy"] }', "3 Sep 2024", "2024-09-03"),
        ('{ column = "Cell", dates = ["mmmm d, yyyy"] }', "May 31, 2024", "2024-05-31"),
        ('{ column = "Cell", dates = ["d.m.yyyy", "m.d.yyyy"] }', "5.5.2024", "2024-05-05"),
        ('{ column = "Cell", year = "last day" }', "2045.0", "2045-12-31"),
        ('{ column = "Cell", year = "first day" }', "2045", "2045-01-01"),
        ('{ column = "Cell", number = "." }', "1,234,567.5", "1234567.5"),
        ('{ column = "Cell", number = "," }', "-1.234,50", "-1234.50"),
        ('{ column = "Cell", number = "," }', "0,5", "0.5"),
        ('{ column = "Cell", split = " / ", part = 2 }', "North / South", "South"),
        ('{ column = "Cell", words = { "By law" = "strong", "?" = "" } }', " BY LAW", "strong"),
        ('{ column = "Cell", split = "-", part = 1, year = "last day" }', "2030-2040", "2030-12-31"),
        ('[{ column = "Other" }, { column = "Cell" }]', "second", "second"),
        ('[{ constant = "no", only = { column = "Cell", equals = "x" } }, { constant = "yes" }]', "y", "yes"),
    ],
)
def test_a_cell_is_filled_as_the_mapping_says(run, how, cell, expected):
    mapped = run(f"{OWNER}name = {how}", people=f'Id,Other,Cell\n1,,"{cell}"\n')
    assert names(mapped) == [expected]
    assert mapped.issues == []


@pytest.mark.parametrize(
    ("how", "cell", "why"),
    [
        ('dates = ["dd/mm/yyyy"]', "31/02/2024", "is not a date"),
        ('dates = ["dd/mm/yyyy"]', "soon", "is not a date"),
        ('dates = ["dd/mm/yyyy"]', "04/15/2026", "is not a date"),
        (
            'dates = ["dd/mm/yy"]',
            "31/12/90",
            "could be 1990-12-31 or 2090-12-31; declare which hundred years",
        ),
        ('dates = ["day first"]', "04/15/2026", "is not a date"),
        ('dates = ["serial"]', "60", "is not a date"),
        ('dates = ["dd/mm/yyyy"]', "1٢/03/2024", "is not a date"),
        ('dates = ["dd/mm/yyyy", "mm/dd/yyyy"]', "03/04/2024", "could be 2024-03-04 or 2024-04-03"),
        ('year = "last day"', "about 2045", "is not a year"),
        ('year = "last day"', "0000", "is not a year"),
        ('number = "."', "1,23", "is not a number"),
        ('number = ","', "12.5", "is not a number"),
        ('number = "."', "nan", "is not a number"),
        ('split = ";", part = 2', "only one", "has no part 2"),
        ('words = { yes = "a" }', "Yess", "stands for; did you mean 'yes'?"),
    ],
)
def test_a_cell_that_cannot_be_read_is_listed_and_left_empty(run, how, cell, why):
    mapped = run(
        f'{OWNER}name = {{ constant = "Anna" }}\nnote = {{ column = "Cell", {how} }}',
        people=f'Id,Cell\n1,"{cell}"\n',
    )
    assert names(mapped, column="note") == [""]
    assert said(mapped) == [("W-IMPORT", 2, "Cell", cell)]
    assert why in mapped.issues[0].message
    assert mapped.issues[0].where == "people.csv"


def test_a_row_without_a_required_cell_is_left_out_and_listed(run):
    mapped = run(f'{OWNER}name = "Name"', people="Id,Name\n1,Anna\n2,\n")
    assert names(mapped) == ["Anna"]
    assert said(mapped) == [("W-IMPORT", 3, "Name", "")]
    assert mapped.issues[0].message == "name is empty; no owner was made"


def test_a_row_whose_own_key_is_empty_is_left_out_so_that_a_second_import_adds_nothing(run):
    mapped = run(f'{OWNER}name = "Name"', people="Id,Name\n,Anna\n")
    assert mapped.tables == {}
    assert [issue.message for issue in mapped.issues] == ["owner_id is empty; no owner was made"]


def test_what_our_field_cannot_hold_is_listed(run):
    mapped = run(f'{ACTION}due = "By"\ncost = "Cost"', work="No,By,Cost\nA-1,soon,inf\n")
    assert said(mapped) == [("W-IMPORT", 2, "By", "soon"), ("W-IMPORT", 2, "Cost", "inf")]
    assert validate(mapped.tables, today=date(2026, 11, 23)) == []


def test_an_alternative_may_say_that_it_was_used(run):
    how = '[{ column = "A" }, { column = "B", listed = "taken from B" }]'
    mapped = run(f"{OWNER}name = {how}", people="Id,A,B\n1,a,b\n2,,b\n")
    assert names(mapped) == ["a", "b"]
    assert [(issue.row, issue.message) for issue in mapped.issues] == [(3, "taken from B")]


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ('column = "Kind", begins = "y"', ["1", "2"]),
        ('column = "Kind", begins = ["N", "Y"]', ["1", "2", "3"]),
        ('column = "Kind", equals = "Y"', ["1"]),
        ('column = "Kind", differs = ["Y", "No"]', ["2", "4"]),
        ('column = "Kind", is = "filled"', ["1", "2", "3"]),
        ('column = "Kind", is = "empty"', ["4"]),
    ],
)
def test_only_rows_that_pass_are_taken_and_the_others_listed(run, condition, taken):
    mapping = f'{OWNER}name = "Id"\nonly = {{ {condition}, otherwise = "not ours" }}'
    mapped = run(mapping, people="Id,Kind\n1,Y\n2,Yes (late)\n3,No\n4,\n")
    assert names(mapped) == taken
    assert {issue.row - 1 for issue in mapped.issues} == {1, 2, 3, 4} - set(map(int, taken))
    assert {issue.message for issue in mapped.issues} == {"not ours"}


def test_a_row_that_makes_nothing_is_listed_even_where_the_mapping_is_silent(run):
    mapped = run(f'{OWNER}name = "Id"\nonly = {{ column = "Id", equals = "1" }}', people="Id\n1\n2\n")
    assert said(mapped) == [("W-IMPORT", 3, "Id", "2")]
    assert mapped.n_read == {"people.csv": 2}

"""Which rows does each condition take, and what is listed of the others?"""

from __future__ import annotations

import pytest

from theorytopractice.exchange.mapping import apply, read_mapping

OWNER = """
[source.people]
[[owner]]
from = "people"
owner_id = "Id"
name = "Id"
"""


@pytest.fixture
def run(tmp_path):
    """Apply a mapping to a file of people."""

    def run(mapping, people):
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        (tmp_path / "people.csv").write_text(people, encoding="utf-8")
        return apply(read_mapping(tmp_path / "mapping.toml"), tmp_path)

    return run


PEOPLE = """Id,Kind,Day,Amount
1,Late call,01/02/2026,"1,5"
2,call,28/02/2026,20
3,Visit A-12,2026-03-01,
4,,,300
"""


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ('column = "Kind", contains = "CALL"', ["1", "2"]),
        ('column = "Kind", contains = ["late", "visit"]', ["1", "3"]),
        ('column = "Kind", matches = "Visit A-[0-9]+"', ["3"]),
        ('column = "Kind", matches = ["call", "Late.*"]', ["1", "2"]),
        ('column = "Day", before = 2026-02-28, dates = ["dd/mm/yyyy"]', ["1"]),
        ('column = "Day", before = "1 March 2026", dates = ["dd/mm/yyyy"]', ["1", "2"]),
        ('column = "Day", after = ["2026-02-27"], dates = ["dd/mm/yyyy"]', ["2", "3"]),
        ('column = "Amount", less = 20, number = ","', ["1"]),
        ('column = "Amount", more = [1.4, 100], number = ","', ["1", "2", "4"]),
        ('column = "Kind", is = "blank"', ["4"]),
        ('column = "Kind", is = "empty"', ["4"]),
        ('column = "Amount", equals = 20', ["2"]),
    ],
)
def test_a_condition_takes_the_rows_for_which_it_holds(run, condition, taken):
    mapped = run(f"{OWNER}only = {{ {condition} }}", PEOPLE)
    assert mapped.tables["owner"]["owner_id"] == taken


def test_all_of_several_conditions_must_hold(run):
    mapped = run(
        f'{OWNER}only = [{{ column = "Kind", contains = "call" }}, {{ column = "Amount", more = 10, number = "," }}]',
        PEOPLE,
    )
    assert mapped.tables["owner"]["owner_id"] == ["2"]


def test_a_cell_that_a_condition_cannot_read_is_listed_though_the_mapping_is_silent(run):
    mapped = run(
        f'{OWNER}only = {{ column = "Day", before = 2027-01-01 }}', "Id,Day\n1,soon\n2,2026-01-05\n3,\n"
    )
    assert mapped.tables["owner"]["owner_id"] == ["2"]
    assert [(one.row, one.column, one.found) for one in mapped.issues] == [(2, "Day", "soon"), (4, "Id", "3")]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ('matches = "("', "owner[1].only.matches: '(' is no regular expression"),
        ('before = "soon"', "owner[1].only.before: expected a date such as 2026-06-30, found 'soon'"),
        ('less = "few"', "owner[1].only.less: expected a number, found 'few'"),
        ('equals = "a", begins = "b"', "expected one of equals, differs, begins, contains"),
    ],
)
def test_a_condition_that_cannot_be_used_is_refused(run, condition, why):
    with pytest.raises(Exception, match="The mapping cannot be used") as error:
        run(f'{OWNER}only = {{ column = "Id", {condition} }}', "Id\n1\n")
    assert why in str(error.value)


def test_a_blank_status_word_is_a_word_of_its_own(run):
    mapping = """
[source.people]
[[status]]
column = "State"
subject = "action"
subject_id = "Id"
words."" = { event = "start", happened_on = "Day" }
words."Done" = { event = "complete", happened_on = "Day" }
"""
    mapped = run(mapping, "Id,State,Day\nA-1,,2026-01-05\nA-2,done,2026-02-05\n")
    assert mapped.tables["event"]["event"] == ["start", "complete"]
    assert mapped.tables["event"]["happened_on"] == ["2026-01-05", "2026-02-05"]
    assert mapped.issues == []

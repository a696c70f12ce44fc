"""Are names that people take for the same one, near ones proposed, and owners found by name?"""

from __future__ import annotations

import pytest

import theorytopractice as ttp
from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.exchange.mapping_names import near_pairs

MAPPING = """
source = "register"
[[owner]]
owner_id = { name = "Who" }
name = "Who"
unit = "Unit"
[[finding]]
finding_id = { template = "F-{No}" }
kind = { constant = "insight" }
statement = { template = "No {No} is so" }
theme = "Theme"
recorded_on = { constant = 2026-01-01 }
[[action]]
action_id = { template = "A-{No}" }
title = { template = "Do {No}" }
site = "Site"
recorded_on = { constant = 2026-01-01 }
[[action_owner]]
action_id = { template = "A-{No}" }
owner_id = { name = "Who" }
role = { constant = "accountable" }
"""
REGISTER = """No,Who,Unit,Theme,Site
1,José Müller,North,Health,Gate  1
2,Jose\u0301 Müller ,NORTH,health,gate 1
3,JOSÉ MÜLLER,North,ＨＥＡＬＴＨ,Gate 1
4,Kim Lee,South,Traffic,Gate 2
"""


@pytest.fixture
def files(tmp_path):
    """Write a mapping and a register."""

    def files(mapping=MAPPING, register=REGISTER):
        (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
        (tmp_path / "register.csv").write_text(register, encoding="utf-8")
        return tmp_path / "register.csv", tmp_path / "m.toml"

    return files


def test_names_that_differ_by_form_case_width_or_blanks_are_one_and_the_first_spelling_stays(files):
    register, mapping = files()
    mapped = apply(read_mapping(mapping), register)
    assert mapped.tables["owner"]["name"] == ["José Müller", "Kim Lee"]
    assert mapped.tables["owner"]["unit"] == ["North", "South"]
    assert mapped.tables["action_owner"]["owner_id"] == ["José Müller"] * 3 + ["Kim Lee"]
    assert mapped.tables["finding"]["theme"] == ["Health"] * 3 + ["Traffic"]
    assert len(set(mapped.tables["action"]["site"])) == 2
    assert mapped.issues == []


def test_the_owner_of_a_name_is_found_in_the_plan(files, tmp_path):
    register, mapping = files()
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        plan.add(ttp.Owner(owner_id="O-7", name="jose\u0301 müller"))
        source = ttp.read_source(register, mapping=mapping, plan=plan)
        assert source.name == "register"
        assert source.tables["owner"]["owner_id"] == ["O-7", "Kim Lee"]
        assert source.tables["owner"]["name"][0] == "jose\u0301 müller"
        plan.import_(source, decide="theirs")
        assert plan.import_(ttp.read_source(register, mapping=mapping, plan=plan)).cells == []


def test_the_owner_of_a_name_is_found_in_the_source(files):
    mapping = MAPPING.replace('owner_id = { name = "Who" }', 'owner_id = { template = "O-{No}" }', 1)
    register, path = files(mapping, "No,Who,Unit,Theme,Site\n1,Kim Lee,,,\n2,Lee,,,\n")
    mapped = apply(read_mapping(path), register)
    assert mapped.tables["action_owner"]["owner_id"] == ["O-1", "O-2"]


def test_a_name_that_several_owners_have_is_listed_and_none_is_taken(files):
    mapping = MAPPING.replace('owner_id = { name = "Who" }', 'owner_id = { template = "O-{No}" }', 1)
    register, path = files(mapping, "No,Who,Unit,Theme,Site\n1,Kim Lee,,,\n2,kim lee,,,\n")
    mapped = apply(read_mapping(path), register)
    assert "action_owner" not in mapped.tables
    assert [(issue.row, issue.found) for issue in mapped.issues] == [(2, "Kim Lee"), (3, "kim lee")]
    assert "several owners are called 'Kim Lee' ('O-1', 'O-2')" in mapped.issues[0].message


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Jon Smith", "John Smith", True),
        ("Lee, Kim", "Kim Lee", True),
        ("Zoë Müller", "Zoe Muller", True),
        ("Department of Health", "Departement of Health", True),
        ("National Health Service", "N.H.S.", True),
        ("Department for Transport", "DfT", False),
        ("Department for Transport", "DFT", True),
        ("Ward 11", "Ward 12", False),
        ("Woking Borough Council", "Dorking Borough Council", False),
        ("North Team", "South Team", False),
    ],
)
def test_near_names_are_proposed(one, other, near):
    assert bool(near_pairs([one, other])) is near


def test_near_names_stand_in_the_listing_and_stay_as_they_are(files):
    register, path = files(register="No,Who,Unit,Theme,Site\n1,Jon Smith,,,\n2,John Smith,,,\n")
    mapped = apply(read_mapping(path), register)
    assert mapped.tables["owner"]["name"] == ["Jon Smith", "John Smith"]
    assert [(issue.code, issue.table, issue.column) for issue in mapped.issues] == [
        ("W-NEAR", "owner", "name")
    ]


def test_near_names_that_are_both_in_the_plan_are_not_proposed_again(files, tmp_path):
    register, mapping = files(register="No,Who,Unit,Theme,Site\n1,Jon Smith,,,\n2,John Smith,,,\n")
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        first = ttp.read_source(register, mapping=mapping, plan=plan)
        assert [issue.code for issue in first.issues] == ["W-NEAR"]
        plan.import_(first)
        assert ttp.read_source(register, mapping=mapping, plan=plan).issues == []

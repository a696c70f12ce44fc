"""Is every mistake in a mapping or a file one plain sentence that says where it is?"""

from __future__ import annotations

import pytest

from theorytopractice.errors import PlanError
from theorytopractice.exchange.mapping import apply, read_mapping

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


@pytest.fixture
def refused(run):
    """Return the sentence with which a mapping is refused."""

    def refused(mapping, **files):
        with pytest.raises(PlanError) as error:
            run(mapping, **files)
        sentence = str(error.value)
        assert "\n" not in sentence
        return sentence

    return refused


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ("", "it has no row that names its columns"),
        ("<!doctype html><p>Sign in</p>", "it is a web page (HTML)"),
        (
            "Id,Nome\n",
            "owner[1].name: 'people.csv' has no column 'Name'; did you mean 'Nome'? Known: Id, Nome",
        ),
    ],
)
def test_a_file_that_is_no_table_is_refused(refused, people, why):
    assert why in refused(f'{OWNER}name = "Name"', people=people)


def test_a_missing_file_and_a_foreign_format_are_refused(refused):
    assert (
        refused(f'{OWNER}name = "Name"') == "Cannot read the table 'people.csv': no such file or directory."
    )
    sheet = OWNER.replace("[source.people]", '[source.people]\nfile = "people.xyz"')
    assert refused(f'{sheet}name = "Name"') == (
        "Cannot read 'people.xyz'; known through a mapping: .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .xlsb, .ods, "
        ".json, .jsonl, .ndjson, .parquet."
    )


def test_a_file_that_is_not_utf8_is_refused(refused, tmp_path):
    (tmp_path / "people.csv").write_bytes(b"Id,Name\n1,Andr\xe9\n")
    assert "line 2 is not UTF-8" in refused(f'{OWNER}name = "Name"')


@pytest.mark.parametrize("text", ["{", "[NaN]", "{}", "[" * 100_000])
def test_json_that_is_no_table_is_refused(tmp_path, text):
    (tmp_path / "people.json").write_text(text)
    (tmp_path / "mapping.toml").write_text(f'{OWNER}name = "Name"')
    with pytest.raises(PlanError, match=r"^Cannot read the table 'people.json': "):
        apply(read_mapping(tmp_path / "mapping.toml"), tmp_path / "people.json")


def test_several_files_need_their_folder(tmp_path):
    (tmp_path / "mapping.toml").write_text(JOIN)
    with pytest.raises(PlanError, match=r"^The mapping reads 2 files \(.*\); give the folder"):
        apply(read_mapping(tmp_path / "mapping.toml"), tmp_path / "units.csv")


# --- mistakes in the mapping -------------------------------------------------------------------------------

NAMED = f'{OWNER}name = "Id"\n'


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("not toml", "is not TOML in UTF-8"),
        ("", "source: the mapping names no source"),
        ("[source.a]", "finding: the mapping makes no rows"),
        ("[sauce.a]", "sauce: there is no such key here; did you mean 'source'?"),
        ("source = 3", "source: expected a table"),
        (OWNER, "owner[1]: owner needs name"),
        (NAMED + 'titel = "Id"', "owner[1].titel: there is no such key here"),
        (NAMED + "note = 3", "owner[1].note: expected a table"),
        (NAMED + "note = []", "owner[1].note: the list is empty"),
        (NAMED + "note = {}", "owner[1].note: expected one of column, constant, template"),
        (NAMED + 'note = { column = "Id", constant = 1 }', "owner[1].note: expected one of column"),
        (NAMED + 'note = { column = "Id", colour = 1 }', "owner[1].note.colour: there is no such key"),
        (
            NAMED + 'note = { column = "Id", dates = ["dd/yyyy"] }',
            "owner[1].note.dates: 'dd/yyyy' is no date",
        ),
        (NAMED + 'note = { column = "Id", dates = [] }', "owner[1].note.dates: expected a text or a list"),
        (NAMED + 'note = { column = "Id", year = "end" }', "owner[1].note.year: 'end' is not known"),
        (NAMED + 'note = { column = "Id", number = "x" }', "owner[1].note.number: 'x' is not known"),
        (
            NAMED + 'note = { column = "Id", split = "", part = 1 }',
            "owner[1].note.split: expected a separator",
        ),
        (NAMED + 'note = { column = "Id", split = ";", part = 0 }', "owner[1].note.part: expected a whole"),
        (NAMED + 'note = { column = "Id", year = "last day", number = "." }', "only one of year and number"),
        (NAMED + 'left_on = { constant = "soon" }', "owner[1].left_on: 'soon' is not a date"),
        (NAMED + 'only = { column = "Id" }', "owner[1].only: expected one of equals"),
        (
            NAMED + 'only = { column = "Id", is = "full" }',
            "owner[1].only.is: expected 'filled' or 'blank', found 'full'",
        ),
        (
            NAMED + 'only = [{ column = "X", is = "empty" }]',
            "owner[1].only[1]: 'people.csv' has no column 'X'",
        ),
        (NAMED + 'note = { template = "{X}" }', "owner[1].note: 'people.csv' has no column 'X'"),
        (NAMED + 'each = { column = "X", split = ";" }', "owner[1].each: 'people.csv' has no column 'X'"),
        (
            NAMED.replace('from = "people"', 'from = "peple"'),
            "owner[1].from: there is no source 'peple'; did",
        ),
        (NAMED.replace("[source.people]", '[source.people]\nfile = "../x.csv"'), "source.people.file: '../x"),
        (NAMED.replace("[source.people]", '[source.people]\nfile = "C:\\\\x.csv"'), "source.people.file: "),
        (NAMED.replace("[source.people]", '[source.people]\nseparator = ""'), "source.people.separator"),
        (
            NAMED.replace("[source.people]", '[source."a.b"]').replace('from = "people"', ""),
            "source.a.b: the name of a source",
        ),
        (
            NAMED.replace("[source.people]", '[source.people]\njoin.x = { on = "Id" }'),
            "people.join.x: 'x' is not",
        ),
        (NAMED + "note = { constant = {} }", "owner[1].note.constant: expected a single value"),
        (
            NAMED + '[source.two]\nfile = "people.csv"\nseparator = ";"',
            "two.separator: 'people.csv' has another",
        ),
        (JOIN.replace('here = "Unit", ', ""), "source.work.join.units: name the column"),
        (STATUS.replace("subject =", "#"), "status[1].subject: expected a text, found nothing"),
        (STATUS.replace('"action"', '"plan"'), "status[1].subject: 'plan' is neither action nor finding"),
        (STATUS.replace('"complete"', '"finish"'), "status[1].words.Done.event: 'finish' is no such event"),
        (STATUS.split("words", maxsplit=1)[0], "status[1].words: say for each word which event"),
        (STATUS + '[status.words.Late]\nevent = "start"', "status[1].words.Late: event needs happened_on"),
    ],
)
def test_a_mistake_in_the_mapping_names_its_key(refused, mapping, why):
    assert why in refused(mapping, people="Id\n1\n")


def test_a_vocabulary_that_our_field_does_not_know_is_refused(refused):
    words = 'strength = { column = "How", words = { law = "strongest" } }'
    assert (
        "action[1].strength: 'strongest' is not a word of this column; did you mean 'stronger'?"
        in refused(ACTION + words)
    )


def test_a_mapping_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PlanError, match=r"^Cannot read the mapping .*: no such file or directory\.$"):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = " + b"[" * 100_000, b"\0"])
def test_a_mapping_that_is_not_toml_is_refused(tmp_path, data):
    (tmp_path / "mapping.toml").write_bytes(data)
    with pytest.raises(PlanError, match=r"^The mapping 'mapping.toml' is not TOML in UTF-8: "):
        read_mapping(tmp_path / "mapping.toml")

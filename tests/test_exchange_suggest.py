"""Is a foreign file described, and a mapping proposed that imports at once and says what it does not know?"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.errors import PlanError
from theorytopractice.exchange.column_synonyms import meaning_of
from theorytopractice.exchange.register_survey import describe, header_rows
from theorytopractice.exchange.suggest import propose

ROOT = Path(__file__).parents[1]
REGISTERS = sorted((ROOT / "tests" / "registers").glob("*.csv"))
MESSY = ROOT / "data" / "register" / "register.xlsx"


def run(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


def written(tmp_path, text, name="register.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def mapped(path):
    return tomllib.loads(ttp.suggest(path))


@pytest.mark.parametrize("register", [*REGISTERS, MESSY], ids=lambda path: path.stem)
def test_a_suggestion_imports_at_once_and_twice_is_once(register, tmp_path):
    mapping = written(tmp_path, ttp.suggest(register), "map.toml")
    source = ttp.read_source(register, mapping=mapping)
    n_rows = len(describe(register).sheets[0])
    assert len(source.tables["finding"]) == len(source.tables["action"]) == n_rows
    with ttp.make_plan(str(tmp_path / "plan.db")) as plan:
        assert len(plan.import_(source).changes) > n_rows
        assert plan.compare(ttp.read_source(register, mapping=mapping, plan=plan)).to_frame().empty


@pytest.mark.parametrize("register", [*REGISTERS, MESSY], ids=lambda path: path.stem)
def test_a_status_word_makes_no_event_before_somebody_decides(register):
    mapping = mapped(register)
    assert [word for word, meaning in mapping["status"][0]["words"].items() if meaning] == []


def test_the_same_file_gives_the_same_mapping():
    assert ttp.suggest(MESSY) == ttp.suggest(MESSY)


def test_what_is_undecided_is_listed_by_the_import(tmp_path):
    mapping = written(tmp_path, ttp.suggest(REGISTERS[1]), "map.toml")
    issues = ttp.read_source(REGISTERS[1], mapping=mapping).issues
    assert sum("which event 'Done' stands for" in issue.message for issue in issues) == 2
    assert [issue.found for issue in issues if issue.column == "Target date"] == ["TBC"]


def test_a_file_is_described_in_a_few_lines(tmp_path):
    result = run("import", tmp_path / "plan.db", MESSY)
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert len(lines) <= 25
    assert "header in row 4" in lines[0]
    assert any("import --suggest" in line for line in lines)
    assert not (tmp_path / "plan.db").exists()


def test_a_mapping_is_not_overwritten_unless_told(tmp_path):
    target = tmp_path / "map.toml"
    assert run("import", "--suggest", MESSY, "-o", target).exit_code == 0
    again = run("import", "--suggest", MESSY, "-o", target)
    assert again.exit_code == 1
    assert "--overwrite" in again.output
    assert run("import", "--suggest", MESSY, "-o", target, "--overwrite").exit_code == 0


def test_the_summary_tells_certain_guessed_undecided_and_unused(tmp_path):
    output = run("import", "--suggest", MESSY, "-o", tmp_path / "map.toml").output
    assert [
        title for title in ("For certain:", "Guessed:", "Undecided:", "Not used:") if title in output
    ] == [
        "For certain:",
        "Guessed:",
        "Undecided:",
        "Not used:",
    ]
    assert "'Priority': a plan has no place for it" in output


def test_a_file_of_nothing_known_is_refused_with_a_way_on(tmp_path):
    with pytest.raises(PlanError, match="fields --mapping"):
        ttp.suggest(written(tmp_path, "x,y\n1,2\n3,4\n"))


def test_the_messy_register_comes_in_by_its_finished_mapping():
    source = ttp.read_source(MESSY, mapping=MESSY.with_name("mapping.toml"))
    sizes = {name: len(table) for name, table in source.tables.items()}
    assert sizes == {
        "owner": 5,
        "finding": 12,
        "action": 12,
        "finding_action": 12,
        "action_owner": 17,
        "event": 18,
        "evidence": 4,
        "indicator": 5,
        "finding_indicator": 5,
        "observation": 48,
    }
    assert sorted(issue.found for issue in source.issues if issue.code == "W-IMPORT") == ["TBC", "TBC", "n/a"]


def test_dates_of_one_order_are_declared_and_others_asked_for(tmp_path):
    text = "Ref,Finding,Due date\n" + "".join(
        f"R-{n},Keys {n} cannot be traced to anybody,0{n}/04/2026\n" for n in range(1, 7)
    )
    suggestion = propose(written(tmp_path, text))
    assert any("day first or month first" in one for one in suggestion.undecided)
    told = propose(written(tmp_path, text + "R-9,The keys are lost now and then,15/04/2026\n"))
    assert tomllib.loads(told.text)["action"][0]["due"] == {"column": "Due date", "dates": ["day first"]}


def test_a_comma_in_a_name_is_not_taken_for_two_owners(tmp_path):
    text = 'Ref,Finding,Owner\nR-1,Keys cannot be traced to anybody,"Lee, Kim"\nR-2,Doors are left open at night,"Ray, Ann"\n'
    suggestion = propose(written(tmp_path, text))
    assert "each" not in tomllib.loads(suggestion.text)["owner"][0]
    assert any("one owner or several" in one for one in suggestion.undecided)


def test_a_row_without_a_text_hangs_nothing_on_it(tmp_path):
    text = "Ref,Finding,Owner\nR-1,Keys cannot be traced to anybody,Ann\nR-2,,Bob\nR-3,Doors are left open at night,Bob\n"
    path = written(tmp_path, text)
    mapping = written(tmp_path, ttp.suggest(path), "map.toml")
    with ttp.make_plan(str(tmp_path / "plan.db")) as plan:
        plan.import_(ttp.read_source(path, mapping=mapping))
        assert list(plan.finding["finding_id"]) == ["R-1", "R-3"]


def test_a_file_that_is_not_unicode_is_read(tmp_path):
    path = tmp_path / "register.csv"
    path.write_bytes("N°;Constat;Échéance\n1;Les clés ne sont pas comptées;31/03/2026\n".encode("cp1252"))
    assert mapped(path)["source"]["register"]["encoding"] == "cp1252"
    path.write_bytes("序号,问题描述,完成时限\n1,药房钥匙没有登记,2026年3月31日\n".encode("gb18030"))
    assert mapped(path)["source"]["register"]["encoding"] == "gb18030"


def test_a_header_is_found_below_titles():
    rows = [
        (1, ["Register", "", ""]),
        (3, ["Ref", "Finding", "Due"]),
        (4, ["R-1", "Keys are lost", "2026-05-01"]),
    ]
    assert header_rows(rows) == (3,)


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("Done", "complete"),
        ("erledigt", "complete"),
        ("进行中", "start"),
        ("Sin iniciar", "nothing"),
        ("Blue", ""),
    ],
)
def test_a_word_is_proposed_as_an_event(word, event):
    assert meaning_of(word) == event


def test_a_row_that_repeats_a_key_without_its_text_is_another_action_of_the_finding(tmp_path):
    text = """Ref,Audit finding,Agreed action,Responsible,Target date
N1,Charts are not countersigned,Introduce a double signature,Okafor,2026-03-31
N1,,Train the ward sisters,Lind,2026-04-30
N2,Fire doors are wedged open,Fit magnetic holders,Estates,2026-09-30
"""
    register = written(tmp_path, text)
    source = ttp.read_source(register, mapping=written(tmp_path, ttp.suggest(register), "map.toml"))
    links = source.tables["finding_action"]
    assert links["finding_id"] == ["N1", "N1", "N2"]
    assert len(set(links["action_id"])) == 3
    assert source.tables["finding"]["finding_id"] == ["N1", "N2"]
    assert [issue for issue in source.issues if "statement" in issue.message] == []

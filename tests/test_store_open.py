"""Can a plan be lost by writing something else in its place?"""

from __future__ import annotations

import sqlite3

import pytest
from click.testing import CliRunner

from theorytopractice import Finding, Owner
from theorytopractice.cli import main
from theorytopractice.errors import PlanError
from theorytopractice.report.build import write_report
from theorytopractice.store import atomic_write
from theorytopractice.store.folder import read_folder
from theorytopractice.store.open import import_into, make_plan, open_plan, refuse_over_plan


def learned(number):
    return Finding(
        finding_id=f"F-{number}", kind="insight", statement="We learned one thing.", recorded_on="2026-01-05"
    )


def plan_with(place, *numbers):
    plan = make_plan(place, who="Ada")
    plan.add(*map(learned, numbers))
    return plan


def run(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def bytes_of(folder):
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


@pytest.fixture
def live(tmp_path):
    plan_with(tmp_path / "live", 1).close()
    return tmp_path / "live"


@pytest.fixture
def other(tmp_path):
    plan_with(tmp_path / "other.db", 7).close()
    return tmp_path / "other.db"


def test_an_export_over_a_live_plan_folder_is_refused(live, other):
    before = bytes_of(live)
    said = run("export", other, live)
    assert said.exit_code == 1
    assert "its own history, which would be lost; choose another folder" in said.stderr
    assert bytes_of(live) == before


def test_an_export_over_an_export_of_another_plan_is_refused(live, other, tmp_path):
    assert run("export", other, tmp_path / "out").exit_code == 0
    before = bytes_of(tmp_path / "out")
    said = run("export", live, tmp_path / "out")
    assert said.exit_code == 1
    assert "1 row that this plan never had (finding F-7)" in said.stderr
    assert "import it first" in said.stderr
    assert bytes_of(tmp_path / "out") == before


def test_an_earlier_export_of_the_same_plan_is_replaced(tmp_path, other):
    assert run("export", other, tmp_path / "out").exit_code == 0
    with open_plan(other) as plan:
        plan.change("finding", "F-7", theme="water")
        plan.add(learned(8))
        plan.remove("finding", "F-8", reason="added by mistake")
        plan.write_folder(tmp_path / "out")
    assert read_folder(tmp_path / "out")["finding"]["theme"] == ["water"]
    first = bytes_of(tmp_path / "out")
    assert run("export", other, tmp_path / "out").exit_code == 0
    assert bytes_of(tmp_path / "out") == first


def test_a_row_that_was_changed_by_hand_in_an_export_is_not_lost(tmp_path, other):
    assert run("export", other, tmp_path / "out").exit_code == 0
    file = tmp_path / "out" / "finding.csv"
    file.write_text(file.read_text().replace("one thing", "two things"))
    assert "(finding F-7)" in run("export", other, tmp_path / "out").stderr
    assert "two things" in file.read_text()
    assert run("import", other, tmp_path / "out").exit_code == 0
    assert run("export", other, tmp_path / "out").exit_code == 0


@pytest.fixture
def attached(tmp_path):
    plan_with(tmp_path / "own.db", 1).close()
    (tmp_path / "own_evidence").mkdir()
    (tmp_path / "own_evidence" / "scan.html").write_text("a scan")
    return tmp_path / "own_evidence"


@pytest.mark.parametrize("name", ["scan.html", "new.html", "deep/page.html", "page.HTML"])
def test_a_report_is_not_written_among_attached_files(attached, name):
    (attached / "deep").mkdir()
    plan = attached.with_name("own.db")
    said = run("report", plan, "-o", attached / name)
    assert said.exit_code == 1
    assert (
        "lies among the files that are attached to the plan 'own.db'; write to another folder" in said.stderr
    )
    assert bytes_of_files(attached) == {"scan.html": b"a scan"}


def bytes_of_files(folder):
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file()}


@pytest.mark.parametrize("command", ["export", "new"])
@pytest.mark.parametrize("inside", [".", "deeper"])
def test_no_plan_is_made_among_attached_files(attached, other, command, inside):
    plan = [other] if command == "export" else []
    said = run(command, *plan, attached / inside)
    assert said.exit_code == 1
    assert "attached to the plan 'own.db'" in said.stderr
    assert bytes_of(attached) == {"scan.html": b"a scan"}


def test_a_folder_that_is_only_called_evidence_may_be_written_to(tmp_path, other):
    assert run("export", other, tmp_path / "field_evidence").exit_code == 0
    assert run("export", other, tmp_path / "_evidence").exit_code == 0


def test_the_files_attached_to_a_plan_folder_are_kept_too(live, other):
    said = run("export", other, live.with_name("live_evidence"))
    assert said.exit_code == 1
    assert "attached to the plan 'live'" in said.stderr
    assert not live.with_name("live_evidence").exists()


def test_a_listing_is_not_written_over_a_plan(live, other):
    before = other.read_bytes()
    assert run("import", other, live, "--listing", other).exit_code == 1
    assert other.read_bytes() == before


def test_an_export_does_not_fill_the_new_plan_of_somebody(tmp_path, other):
    assert run("new", tmp_path / "hers").exit_code == 0
    before = bytes_of(tmp_path / "hers")
    said = run("export", other, tmp_path / "hers")
    assert said.exit_code == 1
    assert (
        "is a new, still empty plan, perhaps somebody's; choose another folder, or remove it first"
        in said.stderr
    )
    assert bytes_of(tmp_path / "hers") == before


def test_an_export_of_a_plan_that_was_emptied_is_written_again(tmp_path, other):
    with open_plan(other) as plan:
        plan.remove("finding", "F-7", reason="added by mistake")
        plan.write_folder(tmp_path / "out")
        plan.add(learned(9))
        plan.write_folder(tmp_path / "out")
    assert read_folder(tmp_path / "out")["finding"]["finding_id"] == ["F-9"]


def test_an_empty_plan_may_be_exported_twice(tmp_path):
    make_plan(tmp_path / "empty.db").close()
    for _ in range(2):
        assert run("export", tmp_path / "empty.db", tmp_path / "out").exit_code == 0


@pytest.mark.parametrize("target", [".", "../here"])
def test_an_export_into_the_folder_in_which_one_stands_is_refused(tmp_path, other, monkeypatch, target):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    said = run("export", other, target)
    assert said.exit_code == 1
    assert "name a folder for it, such as 'export'" in said.stderr


def test_an_export_that_cannot_be_read_is_not_replaced(tmp_path, other):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "action.csv").write_text("mine,yours\n1,2\n")
    said = run("export", other, tmp_path / "out")
    assert said.exit_code == 1
    assert "cannot be read as an earlier export" in said.stderr
    assert (tmp_path / "out" / "action.csv").read_text() == "mine,yours\n1,2\n"


@pytest.mark.parametrize("name", ["datapackage.json", "history.csv"])
def test_the_files_of_other_people_are_not_replaced(tmp_path, other, name):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text("mine")
    for arguments in (("export", other), ("new",)):
        said = run(*arguments, tmp_path / "data")
        assert said.exit_code == 1
        assert f"holds a {name}" in said.stderr
    assert (tmp_path / "data" / name).read_text() == "mine"


def test_a_plan_folder_written_over_itself_keeps_its_history(live):
    before = bytes_of(live)
    with open_plan(live) as plan:
        plan.write_folder(live)
    assert bytes_of(live) == before


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("b.db", "a plan or another database"),
        ("b.db-wal", "a plan or another database"),
        ("foreign.html", "a plan or another database"),
        ("link.html", "a plan or another database"),
        ("new.sqlite", "the name of a plan"),
        ("live/owner.csv", "the plan folder"),
        ("live/history.csv", "the plan folder"),
        ("live/notes.csv", "the plan folder"),
        ("live/datapackage.json", "the plan folder"),
        ("live/.plan.commit", "the plan folder"),
    ],
)
def test_no_report_is_written_over_a_plan(tmp_path, live, other, name, why):  # noqa: ARG001
    plan_with(tmp_path / "b.db", 9).close()
    with sqlite3.connect(tmp_path / "foreign.html") as link:
        link.execute("CREATE TABLE t (x)")
    (tmp_path / "link.html").symlink_to(tmp_path / "b.db")
    before = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    said = run("report", other, "-o", tmp_path / name)
    assert said.exit_code == 1
    assert why in said.stderr
    assert "write to another" in said.stderr or "choose another ending" in said.stderr
    with open_plan(other) as plan, pytest.raises(PlanError, match=why):
        write_report(plan, tmp_path / name)
    assert {one: one.read_bytes() for one in before} == before


def test_a_report_may_lie_in_a_plan_folder_and_replace_a_page(live, tmp_path):
    (tmp_path / "page.html").write_text("<p>old</p>")
    refuse_over_plan(live / "report.html")
    refuse_over_plan(tmp_path / "page.html")
    refuse_over_plan(tmp_path / "nothing yet.html")
    refuse_over_plan(tmp_path / "table.csv")


def half_made(place):
    """Leave what `new` leaves when it is killed after it has chosen how the file is written: no table."""
    with sqlite3.connect(place) as link:
        link.execute("PRAGMA journal_mode=WAL")
    link.close()


@pytest.mark.parametrize("leave", [lambda place: place.touch(), half_made])
def test_a_file_in_which_nothing_was_made_yet_is_no_circle(tmp_path, leave):
    place = tmp_path / "z.db"
    leave(place)
    said = run("assess", place)
    assert said.exit_code == 1
    assert "'theorytopractice new' makes a plan" in said.stderr
    assert run("new", place).exit_code == 0
    assert run("assess", place).exit_code == 0
    assert "or remove it first" in run("new", place).stderr


@pytest.mark.parametrize("leave", [lambda place: place.touch(), half_made])
def test_an_import_fills_a_file_in_which_nothing_was_made_yet(tmp_path, leave, live):
    leave(tmp_path / "z.db")
    with import_into(tmp_path / "z.db") as plan:
        plan.upsert(read_folder(live), what="import")
    with open_plan(tmp_path / "z.db") as plan:
        assert plan.finding["finding_id"].tolist() == ["F-1"]


def test_another_programs_database_is_still_refused(tmp_path):
    with sqlite3.connect(tmp_path / "x.db") as link:
        link.execute("CREATE TABLE t (x)")
    link.close()
    (tmp_path / "y.db").write_text("no database at all, but some text")
    for name in ("x.db", "y.db"):
        assert "exists already" in run("new", tmp_path / name).stderr


@pytest.mark.parametrize("left", [atomic_write.MARKER, f".finding.csv{atomic_write.SUFFIX}"])
def test_a_folder_with_nothing_but_what_a_killed_writer_left_is_no_circle(tmp_path, left):
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / left).touch()
    assert "'theorytopractice new' makes one there" in run("assess", tmp_path / "z").stderr
    assert run("new", tmp_path / "z").exit_code == 0
    assert run("assess", tmp_path / "z").exit_code == 0


def test_a_plan_that_only_has_to_be_moved_into_place_is_one(tmp_path, live):
    (tmp_path / "z").mkdir()
    for file in live.iterdir():
        (tmp_path / "z" / f".{file.name}{atomic_write.SUFFIX}").write_bytes(file.read_bytes())
    (tmp_path / "z" / atomic_write.MARKER).touch()
    assert "exists already" in run("new", tmp_path / "z").stderr
    with open_plan(tmp_path / "z") as plan:
        assert plan.finding["finding_id"].tolist() == ["F-1"]


def test_an_owner_without_an_identifier_of_its_own_is_named_by_its_table(tmp_path, other):
    with open_plan(other) as plan:
        plan.write_folder(tmp_path / "out")
    file = tmp_path / "out" / "setting.csv"
    file.write_text(file.read_text() + "title,Ours\n")
    assert "(setting title)" in run("export", other, tmp_path / "out").stderr
    with make_plan(tmp_path / "third.db", who="Ada") as plan:
        plan.add(Owner(name="Bo"))
        with pytest.raises(PlanError, match="2 rows that this plan never had"):
            plan.write_folder(tmp_path / "out")

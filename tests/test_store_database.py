"""What happens to a plan when files are wrong, disks are full, or the power goes?"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from theorytopractice import Finding
from theorytopractice.errors import InvalidPlan, PlanError
from theorytopractice.store import atomic_write
from theorytopractice.store.database import Database
from theorytopractice.store.open import make_plan, open_plan
from theorytopractice.store.plan import Plan
from theorytopractice.store.schema import METADATA

LEARNED = Finding(kind="insight", statement="We learned one thing.", recorded_on="2026-01-05")


PROGRAM = """
import sys
from theorytopractice import Finding
from theorytopractice.store.open import open_plan
where = sys.argv[1]
one = lambda **more: Finding(kind='insight', statement='We learned.', recorded_on='2026-01-05', **more)
"""


def run(code, *arguments, limit=None):
    """Run a program of its own; return the finished process."""

    def restrict():
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-c", PROGRAM + textwrap.dedent(code), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=60, preexec_fn=restrict,
    )  # fmt: skip


def refused(where, match):
    """See that a plan cannot be opened, said in one sentence, and that the file is as it was."""
    file = None if "://" in str(where) else where
    before = file.read_bytes() if file and file.is_file() else None
    beside = sorted(file.parent.iterdir()) if file else []
    with pytest.raises(PlanError, match=match) as error:
        open_plan(where)
    assert "\n" not in str(error.value)
    if file:
        assert (file.read_bytes() if file.is_file() else None) == before
        assert sorted(file.parent.iterdir()) == beside


@pytest.mark.parametrize("content", [b"This is a letter, not a plan.\n" * 50, b"", b"\x89PNG\r\n\x1a\n\0\0"])
def test_a_file_that_is_no_plan_is_left_alone(tmp_path, content):
    file = tmp_path / "plan.db"
    file.write_bytes(content)
    refused(file, "not a plan|holds no plan")


def test_a_database_of_another_program_is_left_alone(tmp_path):
    file = tmp_path / "plan.db"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE birds (name TEXT)")
    other.commit()
    other.close()
    refused(file, "another program's database")
    with pytest.raises(PlanError, match="exists already"):
        make_plan(file)


def test_what_is_not_there_is_said(tmp_path):
    refused(tmp_path / "none.db", "There is no plan")
    refused(tmp_path / "none", "holds no plan")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "holds no plan")
    with pytest.raises(PlanError, match="does its folder exist"):
        make_plan(tmp_path / "no" / "plan.db")
    with pytest.raises(PlanError, match="Cannot use"):
        open_plan(tmp_path / ("x" * 300))


def test_a_missing_driver_is_named_with_what_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(PlanError, match=r"pip install 'theorytopractice\[postgresql\]'"):
        open_plan("postgresql+psycopg://host/name")


@pytest.mark.parametrize(
    "url",
    ["nosuch://host/name", "postgresql+nosuch://host/name", "postgresql+psycopg://host:port/name", "sqlite://",
     "://", "postgresql+psycopg://me:secret@localhost:1/name"],
)  # fmt: skip
def test_a_url_that_cannot_be_used_is_said_without_its_password(url):
    with pytest.raises(PlanError) as error:
        open_plan(url)
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)


def test_a_sqlite_file_may_be_named_by_url(tmp_path):
    with make_plan(f"sqlite:///{tmp_path / 'plan.db'}") as plan:
        plan.add(LEARNED)
    with open_plan(tmp_path / "plan.db") as plan:
        assert len(plan.finding) == 1


def test_a_plan_of_a_newer_version_is_left_alone(database, tmp_path):
    make_plan(database).close()
    store = Database(database if "://" in database else f"sqlite:///{database}", database)
    with store.engine.begin() as link:
        link.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    refused(database if "://" in database else tmp_path / "plan.db", "newer version of theorytopractice")
    with pytest.raises(PlanError):
        make_plan(database)


def test_a_plan_is_not_made_over_another(place):
    with make_plan(place) as plan:
        plan.add(LEARNED)
    with pytest.raises(PlanError, match="exists already"):
        make_plan(place)
    with open_plan(place) as plan:
        assert len(plan.finding) == 1


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
def test_migrations_make_the_tables_that_the_entities_declare(database):
    make_plan(database).close()
    store = Database(database if "://" in database else f"sqlite:///{database}", database)
    with store.engine.connect() as link:
        found = sa.inspect(link)
        context = MigrationContext.configure(link, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, METADATA) if "_key" not in str(one)]
        assert differences == []
        for table in METADATA.sorted_tables:
            columns = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
            assert columns == {c.name: c.nullable for c in table.c}
    if store.file is not None:
        made = sqlite3.connect(store.file)
        names = {row[0] for row in made.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        assert {str(index.name) for table in METADATA.sorted_tables for index in table.indexes} <= names
        made.close()
    store.close()


def test_opening_a_plan_waits_for_no_writer(tmp_path):
    make_plan(tmp_path / "plan.db").close()
    writer = sqlite3.connect(tmp_path / "plan.db", isolation_level=None)
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.execute("BEGIN IMMEDIATE")
    with open_plan(tmp_path / "plan.db") as plan:
        assert plan.finding.empty
    writer.execute("ROLLBACK")
    writer.close()


def test_a_plan_that_may_only_be_read_can_be_read(tmp_path):
    with make_plan(tmp_path / "plan.db") as plan:
        plan.add(LEARNED)
    store = Database(f"sqlite:///file:{tmp_path / 'plan.db'}?mode=ro&uri=true", "plan.db")
    store.open()
    assert len(store.tables()["finding"]) == 1
    with Plan(store) as plan, pytest.raises(PlanError, match="may only be read"):
        plan.add(LEARNED)
    with open_plan(tmp_path / "plan.db") as plan:
        assert len(plan.history()) == 1


READER = """
    import os
    from theorytopractice.forms.answer import Message
    from theorytopractice.forms import router
    from theorytopractice.forms.session import Session

    def use(where):
        with open_plan(where, who="Bo") as plan:
            session = Session(plan)
            ask = lambda do, **facts: router.answer(session, Message(do, facts))
            assert "We learned one thing." in ask("start", drafts=[]).parts["page"]
            facts = {"form": "finding", "key": "F-001"}
            assert "finding.statement" in ask("open", open=facts).parts["form"]
            return ask("save", open=facts, values={"finding.statement": "New.", "finding.source": "s"}).text

    use(sys.argv[2])  # whatever is imported is imported now
    if os.geteuid() == 0:
        os.setuid(65534)
    print(use(where))
"""


@pytest.mark.slow
def test_a_plan_in_a_folder_in_which_nothing_may_be_written_can_be_read(tmp_path):
    folder = Path(tempfile.mkdtemp())
    try:
        for where in (folder / "plan.db", tmp_path / "plan.db"):
            with make_plan(where) as plan:
                plan.add(LEARNED)
        (folder / "plan.db").chmod(0o644)
        folder.chmod(0o555)
        done = run(READER, folder / "plan.db", tmp_path / "plan.db")
        assert "it may only be read here; ask for the right to write" in done.stdout, done.stderr
        assert sorted(one.name for one in folder.iterdir()) == ["plan.db"]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_plan_that_is_written_while_it_is_read_as_if_nobody_wrote_is_not_trusted(tmp_path, monkeypatch):
    where = tmp_path / "plan.db"
    with make_plan(where) as plan:
        plan.add(LEARNED)
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    with open_plan(where) as plan, pytest.raises(PlanError, match="another program is writing to it"):
        plan.look(lambda _: (tmp_path / "plan.db-wal").write_bytes(b"something"))


@pytest.mark.slow
def test_changes_of_two_programs_both_arrive(place):
    with make_plan(place) as plan:
        plan.add(LEARNED)
        code = "with open_plan(where, who=sys.argv[2]) as plan:\n for _ in range(3):\n  plan.add(one())"
        both = [subprocess.Popen([sys.executable, "-c", PROGRAM + code, place, who]) for who in ("Bo", "Cy")]
        assert [one.wait(timeout=60) for one in both] == [0, 0]
        assert sorted(plan.finding["finding_id"]) == [f"F-{n:03}" for n in range(1, 8)]
        assert plan.history()["made_by"].value_counts()[["Bo", "Cy"]].tolist() == [3, 3]


@pytest.mark.slow
def test_a_program_killed_while_it_changes_a_database_leaves_the_old_plan(database):
    with make_plan(database) as plan:
        plan.add(LEARNED)
        died = run(
            """
            import os, signal
            from theorytopractice.store import database
            database.write_change = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
            open_plan(where).add(one(), one())
            """,
            database,
        )
        assert died.returncode == -signal.SIGKILL
        assert len(plan.finding) == 1
        assert plan.add(LEARNED) == ["F-002"]


@pytest.mark.parametrize("step", range(1, 9))
def test_a_program_killed_while_it_writes_a_folder_leaves_the_old_plan_or_the_new_one(tmp_path, step):
    with make_plan(tmp_path / "plan") as plan:
        plan.add(LEARNED)
        old = plan.fingerprint()
    pid = os.fork()
    if pid == 0:  # the steps that touch the disk are counted, and the last one never happens
        try:
            count = iter(range(1, 1000))

            def counted(real):
                def act(*arguments):
                    if next(count) == step:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return real(*arguments)

                return act

            vars(os)["fsync"] = counted(os.fsync)
            type(tmp_path).replace = counted(type(tmp_path).replace)
            with open_plan(tmp_path / "plan") as plan:
                plan.add(LEARNED, LEARNED)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    with open_plan(tmp_path / "plan") as plan:
        number, changes = len(plan.finding), len(plan.history())
        assert (number, changes) in {(1, 1), (3, 3)}
        assert number == 3 or plan.fingerprint() == old
        assert plan.add(LEARNED) == [f"F-{number + 1:03}"]
    assert not [one for one in (tmp_path / "plan").iterdir() if one.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.parametrize("sort", ["plan.db", "plan"])
def test_a_full_disk_leaves_the_plan_as_it_was(tmp_path, sort):
    where = tmp_path / sort
    with make_plan(where) as plan:
        plan.add(LEARNED)
        before = plan.fingerprint()
    stopped = run(
        """
        from theorytopractice.errors import PlanError
        try:
            with open_plan(where) as plan:
                plan.add(*(one(note="x" * 90_000) for _ in range(20)))
        except PlanError as error:
            print(error)
        """,
        where, limit=300_000,
    )  # fmt: skip
    assert stopped.stdout.startswith("Cannot "), stopped
    assert "Traceback" not in stopped.stderr
    assert len(stopped.stdout.splitlines()) == 1
    with open_plan(where) as plan:
        assert plan.fingerprint() == before
        assert plan.add(LEARNED) == ["F-002"]


def test_a_folder_without_the_right_to_write_is_said(tmp_path, monkeypatch):
    with make_plan(tmp_path / "plan") as plan:
        plan.add(LEARNED)
        before = plan.fingerprint()

        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(atomic_write, "_to_disk", refuse)
        with pytest.raises(PlanError, match=r"Cannot write the plan folder .*permission denied"):
            plan.add(LEARNED)
        monkeypatch.undo()
        assert plan.fingerprint() == before
        assert len(plan.history()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe\0", "NUL"), (b"finding_id\n\xe9\n", "UTF-8"), (b'finding_id\n"F-1\n', "never closed"),
     (b"finding_id;kind\nF-1;insight\n", "semicolons"), (b"", "no header"), (b"%PDF-1.7\n", "another table"),
     (b"finding_id,kind\nF-1\n", "1 cells"), (b"kind,kind\na,b\n", "twice")],
)  # fmt: skip
def test_a_file_in_a_folder_that_is_no_table_is_said_with_its_line(tmp_path, content, said):
    (tmp_path / "finding.csv").write_bytes(content)
    with open_plan(tmp_path) as plan, pytest.raises(InvalidPlan, match=said) as error:
        plan.tables()
    assert "finding.csv line" in str(error.value)
    with open_plan(tmp_path) as plan, pytest.raises(InvalidPlan, match=said):
        plan.add(LEARNED)
    assert (tmp_path / "finding.csv").read_bytes() == content


def test_a_cell_of_ten_megabytes_is_refused(tmp_path):
    header = "finding_id,kind,statement,recorded_on,Odd\n"
    (tmp_path / "finding.csv").write_text(header + f"F-1,insight,{'x' * 10_000_000},2026-01-05,\n")
    with open_plan(tmp_path) as plan:
        assert [one.code for one in plan.check() if one.is_error] == ["E-VOCAB"]
        assert max(len(str(one)) for one in plan.check()) < 400


def test_a_damaged_file_is_said_to_be_damaged(tmp_path):
    make_plan(tmp_path / "plan.db", who="Ada").close()
    whole = (tmp_path / "plan.db").read_bytes()
    noise = random.Random(1).randbytes(4000)
    # SQLite quotes a damaged schema, and the quotation is no text
    no_text = whole.replace(b"CREATE TABLE finding", b"CREATE \xff\xfeBLE finding")
    for damaged in (whole[:4096] + noise + whole[8096:], no_text):
        (tmp_path / "plan.db").write_bytes(damaged)
        with pytest.raises(PlanError, match="the file is damaged; restore a backup"):
            open_plan(tmp_path / "plan.db")

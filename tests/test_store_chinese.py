"""Is every refusal of a plan said in the language that is spoken?"""

from __future__ import annotations

import re
import sqlite3

import numpy as np
import pytest
from language_helpers import english_words, is_chinese

from theorytopractice import (
    Action,
    ActionOwner,
    Event,
    Evidence,
    Finding,
    FindingAction,
    Owner,
    UnknownName,
    explain,
    make_plan,
    open_plan,
)
from theorytopractice.assessment.encode import encode
from theorytopractice.errors import InvalidPlan, PracticeError, nearest, shown
from theorytopractice.i18n import speaking
from theorytopractice.model.settings import Settings
from theorytopractice.store import atomic_write
from theorytopractice.store.edits import Add, NewKey, Remove, Update

SAID = {"kind": "insight", "statement": "We learned 1 thing.", "recorded_on": "2026-01-05"}


def fill(plan):
    """Add rows enough to be refused something."""
    plan.add(Owner(owner_id="O-1", name="Ada"), Owner(owner_id="O-2", name="Bo"))
    plan.add(
        Finding(finding_id="F-1", owner_id="O-1", **SAID),
        Finding(finding_id="F-2", **SAID),
        Finding(finding_id="F-3", **SAID | {"kind": "problem"}),
        Action(action_id="A-1", title="Ask 3 people", due="2026-04-01", recorded_on="2026-01-05"),
        FindingAction(finding_id="F-1", action_id="A-1", role="delivers"),
        Event(subject="finding", subject_id="F-2", event="retire", happened_on="2026-02-01", reason="alt"),
    )
    return plan


@pytest.fixture
def plan(tmp_path):
    with make_plan(tmp_path / "plan.db") as made:
        yield fill(made)


@pytest.fixture
def folder(tmp_path):
    with make_plan(tmp_path / "plan") as made:
        fill(made)
    return tmp_path / "plan"


def changed_twice(plan):
    plan.change("finding", "F-1", theme="a")
    plan.change("finding", "F-1", theme="b")
    plan.undo(3)


def changed_by_others(plan):
    expected = plan.row("finding", "F-1") | {"theme": "x", "unit": "y"}
    plan.edit(Update("finding", "F-1", {"theme": "z"}, expected), what="-")


def built_upon(plan):
    """Take a finding back that evidence leads to; the history is kept in the words in which it was said."""
    plan.add(Finding(finding_id="F-7", **SAID))
    number = int(plan.latest(1)["change_id"].iloc[0])
    for day in range(1, 9):
        plan.record(Evidence(finding_id="F-7", dated_on=f"2026-02-0{day}"))
    plan.undo(number)


REFUSED = {
    "no table": lambda plan: plan["findings"],
    "no row": lambda plan: plan.row("finding", "F-04"),
    "no row of a link": lambda plan: plan.row("finding_action", ("F-1", "A-9")),
    "no column": lambda plan: plan.change("finding", "F-1", them="a"),
    "no column in an edit": lambda plan: plan.edit(Update("owner", "O-1", {"nme": "a"}), what="-"),
    "no finding to explain": lambda plan: explain(plan, "F-9", as_of="2026-06-30"),
    "a key stays": lambda plan: plan.change("owner", "O-1", owner_id="O-9"),
    "no reason": lambda plan: plan.remove("owner", "O-1", reason=" "),
    "nowhere to lead": lambda plan: plan.edit(
        Add(FindingAction(finding_id="F-1", action_id=NewKey(), role="delivers")), what="-"
    ),
    "changed by others": changed_by_others,
    "removed meanwhile": lambda plan: plan.edit(Remove("owner", "O-1", {"name": "Bo"}), what="-"),
    "no change": lambda plan: plan.undo(99),
    "no change at all": lambda plan: plan.undo(0),
    "changed again": changed_twice,
    "built upon": built_upon,
    "taken": lambda plan: plan.add(Owner(owner_id="O-1", name="C")),
    "a wrong row": lambda plan: plan.add(Finding(kind="insigt", statement="", recorded_on="2026-02-30")),
    "still needed": lambda plan: plan.remove("action", "A-1", reason="alt"),
    "no value": lambda plan: plan.change("finding", "F-1", theme=np.zeros(2)),
    "half a character": lambda plan: plan.change("finding", "F-1", theme="\ud83d"),
    "to itself": lambda plan: plan.transfer("O-1", "O-1"),
    "to nobody": lambda plan: plan.transfer("O-1", "O-9"),
    "into itself": lambda plan: plan.merge("F-1", "F-1"),
    "of two kinds": lambda plan: plan.merge("F-1", "F-3"),
    "of two sorts": lambda plan: plan.merge("F-1", "A-1"),
    "into a closed one": lambda plan: plan.merge("F-2", "F-1"),
    "with one that is not there": lambda plan: plan.merge("F-1", "F-9"),
    "two that are not there": lambda plan: plan.merge("F-8", "F-9"),
    "wrong settings": lambda _: Settings.read({"zone": "X", "confirm": "0", "language": "fr", "langage": "en"}),
    "wrong truth": lambda _: Settings.read({"require_evidence": "perhaps"}),
}  # fmt: skip
MISFILED = {
    "NUL": b"owner_id,name\nO-1,A\0\n",
    "bytes": b"owner_id,name\nO-1,\xff\n",
    "open": b'owner_id,name\nO-1,"A\n',
    "not doubled": b'owner_id,name\nO-1,"A"B"\n',
    "empty": b"\n",
    "ragged": b"owner_id,name\nO-1,A,B\n",
    "twice": b"owner_id,name,name\nO-1,A,B\n",
    "nameless": b"owner_id,,name\nO-1,A,B\n",
    "semicolons": b"owner_id;name\nO-1;A\n",
    "tabs": b"owner_id\tname\nO-1\tA\n",
    "other": b"bird,colour\nO-1,A\n",
}


def refusal(ask, *arguments):
    """Return what is said in Chinese when something is asked."""
    with speaking("zh"), pytest.raises(PracticeError) as refused:
        ask(*arguments)
    return str(refused.value)


def refused_in_chinese(ask, *arguments):
    """See that a refusal is said in Chinese, every line of it."""
    told = refusal(ask, *arguments)
    assert all(is_chinese(line) for line in told.splitlines())
    assert (english_words(told), told) == (set(), told)


@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_said_in_chinese(plan, ask):
    refused_in_chinese(ask, plan)


@pytest.mark.parametrize("content", MISFILED.values(), ids=MISFILED)
def test_a_file_that_is_no_table_is_said_in_chinese(folder, content):
    with open_plan(folder) as plan:
        (folder / "owner.csv").write_bytes(content)
        refused_in_chinese(plan.tables)


def odd_history(folder):
    (folder / "history.csv").write_text("a,b\n")


def a_slip(folder):
    (folder / "owner.csv").rename(folder / "owners.csv")


def no_file(folder):
    (folder / "owner.csv").unlink()
    (folder / "owner.csv").mkdir()


def doubled(folder):
    with (folder / "owner.csv").open("a") as file:
        file.write("O-1,Cy,,,,\n")


def doubled_finding(folder):
    finding = folder / "finding.csv"
    finding.write_text(finding.read_text().replace("F-2", "F-1"))


def no_word(folder):
    finding = folder / "finding.csv"
    finding.write_text(finding.read_text().replace("insight", "insigt"))


def no_date(folder):
    finding = folder / "finding.csv"
    finding.write_text(finding.read_text().replace("2026-01-05", "2026-13-05"))


@pytest.mark.parametrize(
    ("spoil", "ask"),
    [
        (odd_history, lambda plan: plan.history()),
        (a_slip, lambda plan: plan.tables()),
        (no_file, lambda plan: plan.tables()),
        (doubled, lambda plan: plan.change("owner", "O-1", unit="U")),
        (doubled_finding, encode),
        (no_word, encode),
        (no_date, lambda plan: plan.finding),
    ],
)
def test_a_folder_that_was_spoiled_by_hand_is_said_in_chinese(folder, spoil, ask):
    with open_plan(folder) as plan:
        spoil(folder)
        refused_in_chinese(ask, plan)


def other_database(tmp_path):
    with sqlite3.connect(tmp_path / "plan.db") as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    other.close()
    return tmp_path / "plan.db"


def newer_plan(tmp_path):
    make_plan(tmp_path / "plan.db").close()
    with sqlite3.connect(tmp_path / "plan.db") as own:
        own.execute("UPDATE alembic_version SET version_num = '9999'")
    own.close()
    return tmp_path / "plan.db"


def empty_database(tmp_path):
    (tmp_path / "plan.db").touch()
    return tmp_path / "plan.db"


def no_database(tmp_path):
    (tmp_path / "plan.db").write_bytes(b"A letter, not a plan.\n" * 50)
    return tmp_path / "plan.db"


@pytest.mark.parametrize(
    "make",
    [
        other_database,
        newer_plan,
        empty_database,
        no_database,
        lambda tmp_path: tmp_path,
        lambda tmp_path: tmp_path / "gone.db",
        lambda tmp_path: tmp_path / ("long" * 100),
        lambda _: " ",
        lambda _: "postgresql://",
        lambda _: "mysql://host/name",
        lambda _: "sqlite://",
    ],
)
def test_a_place_that_holds_no_plan_is_said_in_chinese(tmp_path, make):
    told = refusal(open_plan, make(tmp_path))
    of_others = "（[^）]*）|theorytopractice|PostgreSQL"  # what a library says, and names
    assert english_words(re.sub(of_others, "", told)) == set()
    assert is_chinese(told)


def test_a_plan_that_is_there_or_gone_is_said_in_chinese(plan, tmp_path):
    refused_in_chinese(make_plan, tmp_path / "plan.db")
    (tmp_path / "plan.db").rename(tmp_path / "other.db")
    refused_in_chinese(plan.tables)


@pytest.mark.parametrize("verb", ["read", "write"])
@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file or directory"), OSError(28, "No space left on device")]
)
def test_what_the_operating_system_refuses_is_said_in_chinese(tmp_path, verb, error):
    def fail():
        with atomic_write.explain_refusal(tmp_path, verb):
            raise error

    refused_in_chinese(fail)


def test_a_folder_that_is_held_is_said_in_chinese(folder, monkeypatch):
    monkeypatch.setattr(atomic_write, "PATIENCE", 0.05)
    with open_plan(folder) as plan, atomic_write.folder_lock(folder, exclusive=True):
        refused_in_chinese(plan.tables)


def test_a_hint_is_a_part_of_its_sentence():
    with speaking("zh"):
        assert (
            str(UnknownName("栏", "them", ["theme", "unit"]))
            == "没有栏'them'；是否指'theme'？可用的有：theme、unit。"
        )
        assert str(UnknownName("栏", "them", [])) == "没有栏'them'。"
        assert nearest("themes", ["theme", *map(str, range(30))]) == "；是否指'theme'？"
        assert english_words(shown("x" * 500)) == set()


def test_the_head_of_refused_data_counts_in_chinese(plan):
    with speaking("zh"), pytest.raises(InvalidPlan) as refused:
        plan.add(ActionOwner(action_id="A-1", owner_id="O-9", role="accountable"))
    head, line = str(refused.value).splitlines()
    assert head == "计划有1处错误；未保存任何内容。"
    assert (
        line
        == "  E-REF action_owner（A-1/O-9/accountable），owner_id：没有owner 'O-9'；请将其加入表owner或改正编号"
    )


def test_what_was_done_and_warnings_about_it_are_said_in_chinese(plan):
    with speaking("zh"):
        plan.add(FindingAction(finding_id="F-1", action_id="A-1", role="delivers"))
        assert [one.message for one in plan.warnings] == ["已有该关联，两者已合并"]
        plan.change("finding", "F-1", theme="水")
        plan.undo(3)
    assert list(plan.history()["what"][-2:]) == ["更改finding F-1", "撤销第3号更改"]

"""Does a plan keep its rows when it is handed what people really hand in?"""

from __future__ import annotations

import os
import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from theorytopractice import Action, Event, Evidence, Finding, Setting, write_report
from theorytopractice.cli import main
from theorytopractice.errors import ConflictError, InvalidPlan, PlanError, PracticeError
from theorytopractice.model.values import as_text, natural
from theorytopractice.store.open import make_plan, open_plan

HEAD = "finding_id,kind,statement,recorded_on\n"
TWO = f"{HEAD}F-1,insight,We learned a.,2026-01-05\nF-2,insight,We learned b.,2026-01-05\n"
CONTENT = {"kind": "insight", "statement": "We learned one thing.", "recorded_on": "2026-01-05"}


def folder(path, **tables):
    path.mkdir()
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text)
    return path


def run(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_facts_without_identifiers_get_them_in_file_order_at_the_first_edit(tmp_path):
    proofs = "finding_id,dated_on,description\nF-2,2026-02-01,a\nF-2,2026-02-02,b\nF-2,2026-02-02,b\n"
    with open_plan(folder(tmp_path / "p", finding=TWO, evidence=proofs)) as plan:
        plan.merge("F-1", "F-2")
        found = plan.evidence[["evidence_id", "finding_id", "description"]].to_numpy().tolist()
        assert found == [["E-001", "F-1", "a"], ["E-002", "F-1", "b"], ["E-003", "F-1", "b"]]
        plan.undo(1)
        assert plan.evidence["finding_id"].tolist() == ["F-2"] * 3


def test_a_fact_without_identifier_does_not_stand_in_the_way(tmp_path):
    events = "subject,subject_id,event,happened_on,other_finding_id\nfinding,F-1,supersede,2026-01-06,F-2\n"
    with open_plan(folder(tmp_path / "p", finding=TWO, event=events)) as plan:
        plan.change("finding", "F-1", note="x")
        plan.record(Evidence(finding_id="F-1", dated_on="2026-02-01"))
        assert plan.check() == []


@pytest.mark.parametrize("sort", ["plan.db", "plan"])
def test_a_report_never_overwrites_the_plan_it_tells_of(tmp_path, sort):
    with make_plan(tmp_path / sort) as plan:
        plan.add(Finding(finding_id="F-1", **CONTENT))
        own = tmp_path / sort if sort == "plan.db" else tmp_path / sort / "finding.csv"
        before = own.read_bytes()
        with pytest.raises(PracticeError, match="a file of the plan itself"):
            write_report(plan, own)
        assert own.read_bytes() == before


def test_a_whole_number_with_leading_zeros_can_be_undone(plan):
    plan.add(Finding(finding_id="F-1", review_every_days="0030", **CONTENT))
    assert plan.tables()["finding"]["review_every_days"] == ["30"]
    plan.undo(1)
    assert plan.finding.empty


def test_a_finding_and_an_action_may_share_an_identifier(plan):
    plan.add(
        Finding(finding_id="1", **CONTENT), Action(action_id="1", title="Do it", recorded_on="2026-01-05")
    )
    plan.record(Event(subject="finding", subject_id="1", event="accept", happened_on="2026-01-06"))
    plan.remove("action", "1", reason="wrong")
    with pytest.raises(InvalidPlan, match="E-REF"):
        plan.remove("finding", "1", reason="wrong")


def test_a_merge_fills_no_cell_that_would_not_fit_and_moves_no_event_twice(plan):
    when = {"recorded_on": "2026-01-05"}
    plan.add(
        Action(action_id="A-1", title="Do it", due="2026-01-31", **when),
        Action(
            action_id="A-2", title="Do it", planned_start="2026-06-01", due="2026-12-31", dose="2 h", **when
        ),
        Finding(finding_id="F-1", **CONTENT),
        Finding(finding_id="F-2", **CONTENT),
    )
    plan.merge("A-1", "A-2")
    assert plan.action[["planned_start", "dose"]].isna().to_numpy().tolist() == [[True, False]]
    block = {"event": "block", "reason": "r", "due": "2026-12-01", "happened_on": "2026-02-01"}
    plan.record(Event(subject="finding", subject_id="F-2", other_finding_id="F-2", **block))
    plan.merge("F-1", "F-2")
    moved = plan.event[plan.event["event"] == "block"]
    assert moved[["subject_id", "other_finding_id"]].to_numpy().tolist() == [["F-1", "F-1"]]


@pytest.mark.parametrize("sort", ["pipe", "link", "folder"])
def test_what_bears_the_name_of_a_table_and_is_no_file_is_said(tmp_path, sort):
    path = folder(tmp_path / "p", owner="owner_id,name\nO-1,Ada\n")
    odd = path / "finding.csv"
    {"pipe": os.mkfifo, "link": lambda one: one.symlink_to("nowhere"), "folder": Path.mkdir}[sort](odd)
    with (
        pytest.raises(PlanError, match=r"finding\.csv in the plan folder .* is no file"),
        open_plan(path) as plan,
    ):
        plan.check()
    shutil.rmtree(path)


def test_a_table_whose_name_is_misspelt_is_not_passed_over(tmp_path):
    path = folder(tmp_path / "p", owner="owner_id,name\nO-1,Ada\n", findings=TWO, notes="a,b\n")
    with open_plan(path) as plan, pytest.raises(PlanError, match=r"did you mean 'finding\.csv'"):
        plan.check()


ROW = {"change_id": "1", "made_at": "t", "made_by": "a", "what": "w", "undoes": "", "entity": "finding"}
GOOD = {"key": '["F-1"]', "before": "", "after": '{"finding_id": "F-1"}'}


@pytest.mark.parametrize(
    "wrong",
    [
        {"change_id": "x"},
        {"key": "F-1"},
        {"key": "5"},
        {"before": "[1]"},
        {"entity": "finings"},
        {"undoes": "?"},
    ],
)
def test_a_damaged_history_is_said(tmp_path, wrong):
    path = folder(tmp_path / "p", finding=TWO)
    with open_plan(path) as plan:
        pd.DataFrame([ROW | GOOD | wrong]).to_csv(path / "history.csv", index=False)
        for ask in (plan.history, lambda: plan.undo(1)):
            with pytest.raises(PlanError, match="is not a history of this plan"):
                ask()


@pytest.mark.parametrize("change_id", [0, -1, 77, 10**20])
def test_a_change_that_never_was_cannot_be_undone(plan, change_id):
    with pytest.raises(ConflictError, match="There is no change"):
        plan.undo(change_id)


def test_an_identifier_of_thousands_of_digits_is_refused_and_sorts(tmp_path):
    assert sorted(["F-10", "F-9", f"F-{'9' * 5000}", "F"], key=natural) == [
        "F",
        "F-9",
        "F-10",
        f"F-{'9' * 5000}",
    ]
    long = f"{HEAD}F-{'9' * 5000},insight,We learned a.,2026-01-05\n,insight,We learned b.,2026-01-05\n"
    result = run("import", tmp_path / "plan.db", folder(tmp_path / "p", finding=long))
    assert (result.exit_code, "too long for a key" in result.output) == (1, True)


def test_a_setting_is_written_in_plain_digits(plan):
    for text in ("1_0", "+5", " 5x"):
        with pytest.raises(InvalidPlan, match="expected a whole number"):
            plan.add(Setting(name="confirm", value=text))


@pytest.mark.parametrize(
    "arguments",
    [("new", ""), ("new", "sqlite:///:memory:"), ("export", "plan.db", ""), ("export", "plan.db", "x.zip")],
)
def test_what_names_no_plan_and_no_folder_makes_nothing(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    run("new", "plan.db")
    before = sorted(tmp_path.iterdir())
    assert run(*arguments).exit_code == 1
    assert sorted(tmp_path.iterdir()) == before


def test_python_values_of_every_sort_become_cells_or_a_sentence(plan):
    said = [
        as_text(one)
        for one in (pd.NA, None, float("nan"), np.True_, np.int64(7), 2.0, Decimal("1.50"), pd.NaT)
    ]
    assert said == ["", "", "", "true", "7", "2", "1.50", ""]
    assert as_text(Decimal("sNaN")) == "sNaN"
    for wrong in (np.array([1, 2]), 10**5000):
        with pytest.raises(PracticeError, match="not one value"):
            as_text(wrong)
    with pytest.raises(PlanError, match="Only rows such as"):
        plan.add("F-1")
    with pytest.raises(PracticeError, match="no finding 'None'"):
        plan.change("finding", None, note="x")
    plan.add(Finding(finding_id="F-1", **CONTENT))
    with pytest.raises(PlanError, match="needs a reason"):
        plan.remove("finding", "F-1", reason=None)
    plan.change("finding", "F-1", note="x", expected={"note": None})


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no /dev/full")
def test_a_result_that_finds_no_room_is_said(tmp_path):
    import subprocess
    import sys

    run("new", tmp_path / "plan.db", "--example")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "theorytopractice", "assess", str(tmp_path / "plan.db"), "--as-of", "2026-06-30", "--no-dates"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr

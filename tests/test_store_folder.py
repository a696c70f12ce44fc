"""Do whole tables go in and out of a plan without losing or changing anything?"""

from __future__ import annotations

import json
import shutil
import time

import pytest
from conftest import EXAMPLE

from theorytopractice import Finding, assess
from theorytopractice.errors import ConflictError, InvalidPlan, PlanError
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.folder import read_folder
from theorytopractice.store.open import import_into, make_plan, open_plan

PLANNED = [name for name, entity in ENTITIES.items() if not entity.is_memory]
CONTENT = {"kind": "insight", "statement": "We learned one thing.", "recorded_on": "2026-01-05"}


def findings(*rows):
    return {"finding": TextTable.of(ENTITIES["finding"], [CONTENT | row for row in rows], "finding.csv")}


def row_of(frame, finding_id):
    row = frame[frame["finding_id"] == finding_id].astype(object)
    return row.where(row.notna(), None).iloc[0].to_dict()


def bytes_of(folder):
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def test_the_example_goes_through_a_plan_and_comes_back_in_the_same_bytes(place, tmp_path, example_tables):
    with make_plan(place) as plan:
        summary = plan.upsert(example_tables, what="import the example")
        assert sum(summary.added.values()) == sum(map(len, example_tables.values()))
        again = plan.upsert(example_tables, what="import it again")
        assert not again.added
        assert not again.changed
        assert sum(again.unchanged.values()) == sum(summary.added.values())
        assert plan.history()["change_id"].max() == 1
        plan.write_folder(tmp_path / "one")
        print_ = plan.fingerprint()
    for name in PLANNED:
        assert (tmp_path / "one" / f"{name}.csv").read_bytes() == (EXAMPLE / f"{name}.csv").read_bytes()
    with open_plan(tmp_path / "one") as plan:
        assert plan.fingerprint() == print_
        plan.write_folder(tmp_path / "two")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_an_exported_example_is_a_valid_data_package(tmp_path, example_tables):
    frictionless = pytest.importorskip("frictionless")
    with make_plan(tmp_path / "plan") as plan:
        plan.upsert(example_tables, what="import the example")
    report = frictionless.validate(str(tmp_path / "plan" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])[:5]


def test_unknown_columns_and_odd_cells_stay_and_make_a_valid_data_package(place, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    odd = '=1+1, "quoted"\nand\u202e <script>\u200f'
    rows = [
        {"finding_id": "F-1", "Region": odd, "extra": "mine"},
        {"finding_id": "F-2", "statement": odd, "über": "x"},
    ]
    with make_plan(place) as plan:
        warned = plan.upsert(findings(*rows), what="import")
        assert {one.code for one in warned.issues} >= {"W-UNKNOWN"}
        assert sorted(plan.finding["Region"].dropna()) == [odd]
        plan.change("finding", "F-1", theme="x")
        plan.write_folder(tmp_path / "one")
    written = read_folder(tmp_path / "one")["finding"]
    assert written["Region"] == [odd, ""]
    assert written["extra"] == ["mine", ""]
    assert written["über"] == ["", "x"]
    assert written["statement"][1] == odd
    report = frictionless.validate(str(tmp_path / "one" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])[:5]


def test_a_dry_run_counts_and_stores_nothing(plan):
    plan.upsert(findings({"finding_id": "F-1"}, {"finding_id": "F-2"}), what="import")
    brought = findings({"finding_id": "F-1"}, {"finding_id": "F-2", "theme": "x"}, {"finding_id": "F-3"})
    before = plan.fingerprint()
    summary = plan.upsert(brought, what="try", dry_run=True)
    assert (summary.added, summary.changed, summary.unchanged) == (
        {"finding": 1},
        {"finding": 1},
        {"finding": 1},
    )
    assert str(summary) == "1 rows added (1 finding), 1 rows changed (1 finding), 1 as they were"
    assert plan.fingerprint() == before
    assert plan.history()["change_id"].max() == 1


def test_one_wrong_row_keeps_all_out(plan):
    rows = [{"finding_id": f"F-{n}"} for n in range(50)] + [{"finding_id": "F-x", "kind": "insigt"}]
    with pytest.raises(InvalidPlan, match="E-VOCAB") as refused:
        plan.upsert(findings(*rows), what="import")
    assert len(refused.value.issues) == 1
    assert plan.finding.empty
    assert plan.history().empty


def test_an_identifier_that_stands_twice_in_a_source_is_refused(plan):
    with pytest.raises(InvalidPlan, match="E-ID"):
        plan.upsert(findings({"finding_id": "F-1", "theme": "a"}, {"finding_id": "F-1"}), what="import")
    assert plan.finding.empty


def test_a_link_that_stands_twice_in_a_source_is_merged(plan, example_tables):
    link = {"finding_id": "F-001", "indicator_id": "I-01"}
    table = TextTable.of(ENTITIES["finding_indicator"], [link | {"required": "false"}, link])
    plan.upsert(example_tables | {"finding_indicator": table}, what="import")
    assert plan.finding_indicator["required"].tolist() == [True]


def test_cells_written_in_another_way_are_no_changes(plan):
    plan.upsert(findings({"finding_id": "F-1", "review_every_days": "30", "note": "a\nb"}), what="import")
    same = {"finding_id": "F-1", "review_every_days": "30.0", "note": " a\r\nb ", "Unheard": ""}
    assert not plan.upsert(findings(same), what="again").changed


def test_rows_without_identifier_get_one_that_no_other_row_has(plan):
    plan.upsert(findings({"finding_id": ""}, {"finding_id": "F-001"}, {"finding_id": ""}), what="import")
    assert sorted(plan.finding["finding_id"]) == ["F-001", "F-002", "F-003"]


@pytest.mark.parametrize("outcome", ["done", "failed", "tried"])
def test_a_plan_made_for_an_import_stays_only_if_it_went_well(place, outcome):
    rows = findings({"finding_id": "F-1", "kind": "insigt" if outcome == "failed" else "insight"})
    try:
        with import_into(place, dry_run=outcome == "tried") as plan:
            plan.upsert(rows, what="import", dry_run=outcome == "tried")
    except InvalidPlan:
        assert outcome == "failed"
    if outcome == "done":
        with open_plan(place) as plan:
            assert len(plan.finding) == 1
    else:
        with make_plan(place) as plan:
            assert plan.finding.empty


@pytest.fixture(scope="module")
def example_place(tmp_path_factory, example_tables):
    place = tmp_path_factory.mktemp("example") / "plan.db"
    with make_plan(place) as plan:
        plan.upsert(example_tables, what="import")
    return place


@pytest.mark.slow
def test_a_part_of_the_plan_tells_the_same_of_a_finding_as_the_whole(example_place):
    with open_plan(example_place) as plan:
        whole = assess(plan, as_of="2026-06-30")
        for finding_id in whole["finding_id"]:
            part = assess(plan.subset([finding_id]), as_of="2026-06-30")
            assert row_of(part, finding_id) == row_of(whole, finding_id)


def test_a_part_is_found_in_a_server_and_a_folder_too(place, example_tables):
    with make_plan(place) as plan:
        plan.upsert(example_tables, what="import")
        whole = assess(plan, as_of="2026-06-30")
        part = assess(plan.subset(["F-013", "F-020"]), as_of="2026-06-30")
        for finding_id in ("F-013", "F-020"):
            assert row_of(part, finding_id) == row_of(whole, finding_id)
        assert len(assess(plan.subset(list(whole["finding_id"])), as_of="2026-06-30")) == len(whole)
        assert plan.subset(["nobody"])["observation"].empty or "://" not in place


@pytest.mark.slow
def test_a_part_may_name_more_rows_than_a_statement_may_hold(database, example_tables):
    with make_plan(database) as plan:
        plan.upsert(example_tables, what="import")
        many = [f"X-{n}" for n in range(70_000)]
        part, alone = plan.subset([*many, "F-013"]), plan.subset(["F-013"])
        assert {name: len(part[name]) for name in part} == {name: len(alone[name]) for name in alone}
        assert 0 < len(alone["finding"]) < len(plan.finding)


@pytest.mark.slow
def test_one_finding_of_ten_thousand_is_assessed_at_once(tmp_path, capsys):
    n = 10_000
    rows = {
        "finding": [CONTENT | {"finding_id": f"F-{i}"} for i in range(n)],
        "action": [{"action_id": f"A-{i}", "title": "Do it", "recorded_on": "2026-01-05"} for i in range(n)],
        "finding_action": [
            {"finding_id": f"F-{i}", "action_id": f"A-{i}", "role": "delivers"} for i in range(n)
        ],
        "event": [
            {"event_id": f"V-{i}", "subject": "action", "subject_id": f"A-{i}", "event": "start",
             "happened_on": "2026-02-01"} for i in range(n)
        ],
    }  # fmt: skip
    with make_plan(tmp_path / "plan.db") as plan:
        plan.upsert({name: TextTable.of(ENTITIES[name], some) for name, some in rows.items()}, what="import")
        took = []
        for number in (17, 4711, 5000, 8080, 9999):
            began = time.process_time()
            found = assess(plan.subset([f"F-{number}"]), as_of="2026-06-30")
            took.append(time.process_time() - began)
            assert found["stage"].tolist() == [2]
        began = time.process_time()
        assess(plan, as_of="2026-06-30")
        whole = time.process_time() - began
        began = time.perf_counter()
        assert plan.history("F-4711")["entity"].tolist() == ["finding", "finding_action"]
        asked = time.perf_counter() - began
    with capsys.disabled():
        print(
            f"\none finding of {n}: {sorted(took)[2] * 1000:.0f} ms, all {whole * 1000:.0f} ms; its history: {asked * 1000:.0f} ms"
        )
    assert sorted(took)[2] < whole / 5  # a ratio in one run: the figure itself depends on the machine


def test_a_folder_may_be_written_by_hand(tmp_path):
    header = b"\xef\xbb\xbfstatement,finding_id,recorded_on,kind\r\n"
    (tmp_path / "finding.csv").write_bytes(
        header + b'"one\r\ntwo",F-2,2026-01-05,insight\r\nx,F-10,2026-01-06,insight\r\n'
    )
    with open_plan(tmp_path) as plan:
        assert plan.finding["statement"].tolist() == ["one\ntwo", "x"]
        assert plan.event.empty
        assert plan.history().empty
        plan.write_folder(tmp_path)
    first = bytes_of(tmp_path)
    assert first["finding.csv"].startswith(b"finding_id,kind,statement")
    with open_plan(tmp_path) as plan:
        plan.write_folder(tmp_path)
    assert bytes_of(tmp_path) == first
    described = json.loads(first["datapackage.json"])
    assert [one["path"] for one in described["resources"]] == [f"{name}.csv" for name in PLANNED]


def test_rows_with_the_same_identifier_in_a_folder_are_not_lost_by_a_change(tmp_path):
    line = "insight,Some thing was learned.,2026-01-05\n"
    text = "finding_id,kind,statement,recorded_on\n" + "".join(
        f"{one},{line}" for one in ("F-1", "F-1", "F-2")
    )
    (tmp_path / "finding.csv").write_text(text)
    with open_plan(tmp_path) as plan:
        with pytest.raises(InvalidPlan, match="E-ID"):
            plan.change("finding", "F-1", theme="x")
        assert (tmp_path / "finding.csv").read_text() == text
        plan.change("finding", "F-2", theme="x")
        assert plan.tables()["finding"]["finding_id"] == ["F-1", "F-1", "F-2"]


def test_undoing_over_what_was_written_by_hand_is_refused(tmp_path):
    with make_plan(tmp_path / "plan") as plan:
        plan.add(Finding(finding_id="F-1", **CONTENT))
        file = tmp_path / "plan" / "finding.csv"
        file.write_text(file.read_text().replace("We learned", "They learned"))
        with pytest.raises(ConflictError, match="no longer as it left"):
            plan.undo(1)
        assert plan.finding["statement"].tolist() == ["They learned one thing."]


def test_a_folder_with_a_wrong_cell_can_be_checked_but_not_framed(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "plan")
    file = tmp_path / "plan" / "finding.csv"
    file.write_text(file.read_text().replace("2024-03-04", "2024-02-31").replace(",2024-", ",2024-13-", 1))
    with open_plan(tmp_path / "plan") as plan:
        assert {one.code for one in plan.check()} & {"E-DATE"}
        with pytest.raises(InvalidPlan, match="E-DATE"):
            _ = plan.finding


def test_a_history_that_is_none_is_said(tmp_path):
    with make_plan(tmp_path / "plan") as plan:
        (tmp_path / "plan" / "history.csv").write_text("a,b\n1,2\n")
        with pytest.raises(PlanError, match="is not a history"):
            plan.history()

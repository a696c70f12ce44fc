"""An import changes what its source changed, keeps what planners changed, and refuses to choose between the two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice.clock import now
from theorytopractice.errors import ConflictError, InvalidPlan, PlanError
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.edits import Add, Remove
from theorytopractice.store.folder import folder_source
from theorytopractice.store.sources import Outcome, Source

OWNERS = [
    {"owner_id": "Ann", "name": "Ann"},
    {"owner_id": "Bob", "name": "Bob"},
    {"owner_id": "Carl", "name": "Carl"},
]
ACTION = {"action_id": "A-1", "title": "Print the leaflet", "recorded_on": "2026-01-05", "due": "2026-09-01"}


def said(*, owners=OWNERS, gone=None, erase=(), **tables):
    """What a source says: tables of rows."""
    rows = {"owner": owners} | tables
    return Source(
        "register",
        {name: TextTable.of(ENTITIES[name], some) for name, some in rows.items()},
        erase=erase,
        gone=gone or {},
    )


def link(owner, role="accountable"):
    return {"action_id": "A-1", "owner_id": owner, "role": role}


@pytest.fixture(params=["plan.db", "plan"])
def plan(request, tmp_path):
    """An empty plan in a database, and in a folder."""
    with ttp.make_plan(str(tmp_path / request.param), who="Mara") as made:
        yield made


def outcomes(comparison):
    return {(cell.table, cell.key, cell.column): str(cell.outcome) for cell in comparison.cells}


def test_a_frame_has_every_cell_of_rows_that_are_new(plan):
    frame = plan.compare(said(owners=OWNERS[:1], action=[ACTION], action_owner=[link("Ann")])).to_frame()
    assert set(frame["outcome"]) == {"added"}
    assert list(zip(frame["table"], frame["key"], frame["column"], frame["after"], strict=True)) == [
        *(("owner", "Ann", column, text) for column, text in OWNERS[0].items()),
        *(
            ("action", "A-1", column, ACTION[column])
            for column in ENTITIES["action"].columns
            if column in ACTION
        ),
        *(("action_owner", "A-1/Ann/accountable", column, text) for column, text in link("Ann").items()),
    ]


def test_an_unchanged_import_changes_nothing(plan):
    facts = {
        "event": [{"subject": "action", "subject_id": "A-1", "event": "start", "happened_on": "2026-02-01"}],
        "indicator": [
            {"indicator_id": "I-1", "name": "Leaflets", "direction": "ascending", "level": "output"}
        ],
        "observation": [{"indicator_id": "I-1", "observed_on": "2026-03-31", "value": "12"}],
        "evidence": [{"action_id": "A-1", "dated_on": "2026-03-01", "uri": "https://example.org/1"}],
    }
    source = said(action=[ACTION], action_owner=[link("Ann")], **facts)
    plan.import_(source)
    before = plan.fingerprint()
    for _ in range(2):
        comparison = plan.import_(source)
        assert comparison.cells == []
        assert plan.last_change is None
    assert plan.fingerprint() == before
    assert [len(plan[name]) for name in ("event", "observation", "evidence")] == [1, 1, 1]


def test_what_planners_changed_stays_while_the_source_says_the_same(plan):
    source = said(action=[ACTION])
    plan.import_(source)
    plan.change("action", "A-1", title="Print the new leaflet")
    comparison = plan.import_(source)
    assert outcomes(comparison) == {("action", "A-1", "title"): "kept"}
    assert plan.row("action", "A-1")["title"] == "Print the new leaflet"


def test_what_only_the_source_changed_is_changed(plan):
    plan.import_(said(action=[ACTION]))
    comparison = plan.import_(said(action=[ACTION | {"title": "Print two leaflets"}]))
    assert outcomes(comparison) == {("action", "A-1", "title"): "changed"}
    assert plan.row("action", "A-1")["title"] == "Print two leaflets"


@pytest.mark.parametrize(
    ("decide", "title"),
    [
        ("ours", "Print it now"),
        ("theirs", "Print two"),
        ({("action", "A-1", "title"): "theirs"}, "Print two"),
    ],
)
def test_what_both_changed_is_a_conflict_until_somebody_decides(plan, decide, title):
    plan.import_(said(action=[ACTION]))
    plan.change("action", "A-1", title="Print it now")
    news = said(action=[ACTION | {"title": "Print two", "cost": "5"}])
    before = plan.fingerprint()
    with pytest.raises(ConflictError, match=r"the plan has 'Print it now', the source says 'Print two'"):
        plan.import_(news)
    assert plan.fingerprint() == before
    assert plan.compare(news).conflicts[0].place == ("action", "A-1", "title")
    plan.import_(news, decide=decide)
    assert plan.row("action", "A-1")["title"] == title
    assert plan.row("action", "A-1")["cost"] == "5"
    assert plan.import_(news).conflicts == []  # what was decided is not asked again


def test_a_blank_cell_erases_nothing_unless_it_is_told_to(plan):
    plan.import_(said(action=[ACTION]))
    blank = said(action=[ACTION | {"due": ""}])
    comparison = plan.import_(blank)
    assert outcomes(comparison) == {("action", "A-1", "due"): "kept"}
    assert plan.row("action", "A-1")["due"] == "2026-09-01"
    plan.import_(said(action=[ACTION | {"note": "x"}]))
    plan.import_(said(action=[ACTION], erase=[("action", "note")]))
    assert plan.row("action", "A-1")["note"] == ""


def test_another_owner_takes_the_place_of_the_one_that_the_source_gave(plan):
    plan.import_(said(action=[ACTION], action_owner=[link("Ann")]))
    comparison = plan.import_(said(action=[ACTION], action_owner=[link("Bob")]))
    assert set(outcomes(comparison).values()) == {"added", "ended"}
    assert list(plan.action_owner.owner_id) == ["Bob"]


def test_a_transfer_stays_while_the_source_still_names_who_left(plan):
    plan.import_(said(action=[ACTION], action_owner=[link("Ann")]))
    plan.transfer("Ann", "Carl")
    plan.import_(said(action=[ACTION], action_owner=[link("Ann")]))
    assert list(plan.action_owner.owner_id) == ["Carl"]


@pytest.mark.parametrize(("decide", "owner"), [("ours", "Carl"), ("theirs", "Bob")])
def test_a_transfer_and_another_owner_in_the_source_are_a_conflict(plan, decide, owner):
    plan.import_(said(action=[ACTION], action_owner=[link("Ann")]))
    plan.transfer("Ann", "Carl")
    news = said(action=[ACTION], action_owner=[link("Bob")])
    with pytest.raises(ConflictError, match="A-1/accountable owner_id"):
        plan.import_(news)
    plan.import_(news, decide=decide)
    assert list(plan.action_owner.owner_id) == [owner]
    plan.import_(news)
    assert list(plan.action_owner.owner_id) == [owner]


def test_an_owner_that_a_planner_added_stays(plan):
    plan.import_(said(action=[ACTION], action_owner=[link("Ann", "consulted")]))
    plan.add(ttp.ActionOwner(action_id="A-1", owner_id="Carl", role="consulted"))
    plan.import_(said(action=[ACTION], action_owner=[link("Bob", "consulted")]))
    assert sorted(plan.action_owner.owner_id) == ["Bob", "Carl"]


def test_a_row_that_is_gone_from_the_source_is_listed_and_stays(plan):
    second = ACTION | {"action_id": "A-2", "title": "Send the leaflet"}
    plan.import_(said(action=[ACTION, second]))
    comparison = plan.import_(said(action=[ACTION]))
    assert [(cell.table, cell.key) for cell in comparison.gone] == [("action", "A-2")]
    assert list(plan.action.action_id) == ["A-1", "A-2"]


def test_a_row_that_is_gone_can_mean_an_event(plan):
    second = ACTION | {"action_id": "A-2", "title": "Send the leaflet"}
    gone = {"action": {"event": "cancel", "reason": "no longer in the register"}}
    plan.import_(said(action=[ACTION, second]))
    for _ in range(2):
        plan.import_(said(action=[ACTION], gone=gone))
    assert plan.event[["subject_id", "event", "reason"]].to_numpy().tolist() == [
        ["A-2", "cancel", "no longer in the register"]
    ]


def test_another_due_date_is_a_redating_and_the_original_stays(plan):
    plan.import_(said(action=[ACTION]))
    comparison = plan.import_(said(action=[ACTION | {"due": "2026-12-01"}]))
    assert outcomes(comparison) == {("action", "A-1", "due"): "redated"}
    assert plan.row("action", "A-1")["due"] == "2026-09-01"
    assert plan.event[["event", "subject_id"]].to_numpy().tolist() == [["redate", "A-1"]]
    assert str(plan.event.due[0].date()) == "2026-12-01"
    assert plan.import_(said(action=[ACTION | {"due": "2026-12-01"}])).cells == []
    plan.import_(said(action=[ACTION | {"due": "2027-01-01"}]))
    assert len(plan.event) == 2


def test_a_row_that_was_removed_does_not_come_back(plan):
    plan.import_(said(action=[ACTION], action_owner=[link("Ann")]))
    plan.remove("action_owner", ("A-1", "Ann", "accountable"), reason="twice")
    plan.remove("action", "A-1", reason="twice")
    news = said(
        action=[ACTION],
        action_owner=[link("Ann")],
        event=[{"subject": "action", "subject_id": "A-1", "event": "start", "happened_on": "2026-02-01"}],
    )
    comparison = plan.import_(news)
    assert {cell.outcome for cell in comparison.cells} == {Outcome.KEPT}
    assert len(plan.action) == len(plan.event) == 0


def test_a_corrected_value_is_a_newer_row(plan):
    indicator = [{"indicator_id": "I-1", "name": "Leaflets", "direction": "ascending", "level": "output"}]
    value = {"indicator_id": "I-1", "observed_on": "2026-03-31", "value": "12"}
    plan.import_(said(indicator=indicator, observation=[value]))
    plan.import_(said(indicator=indicator, observation=[value | {"value": "13"}]))
    assert plan.observation[["value", "recorded_on"]].fillna("").astype(str).to_numpy().tolist()[0][0] == "12"
    assert list(plan.observation.value) == ["12", "13"]
    assert plan.import_(said(indicator=indicator, observation=[value | {"value": "13.0"}])).cells == []


def test_two_rows_of_one_key_are_an_error(plan):
    with pytest.raises(InvalidPlan, match="E-ID"):
        plan.import_(said(action=[ACTION, ACTION | {"title": "Other"}]))


def test_an_undone_import_is_forgotten(plan):
    plan.import_(said(action=[ACTION]))
    plan.undo(plan.last_change)
    assert len(plan.source_row) == 0
    plan.import_(said(action=[ACTION]))
    assert list(plan.action.action_id) == ["A-1"]


def edited(folder, table, old, new):
    """Put another text into a file of an exported plan."""
    path = folder / f"{table}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_an_exported_folder_tells_what_was_edited_in_it(plan, tmp_path):
    plan.import_(said(action=[ACTION], action_owner=[link("Ann")]))
    plan.write_folder(tmp_path / "copy")
    plan.change("action", "A-1", note="changed in the plan")
    edited(tmp_path / "copy", "action", "Print the leaflet", "Print the poster")
    comparison = plan.import_(folder_source(tmp_path / "copy"))
    assert outcomes(comparison) == {("action", "A-1", "title"): "changed"}
    row = plan.row("action", "A-1")
    assert (row["title"], row["note"]) == ("Print the poster", "changed in the plan")


def test_a_folder_that_is_edited_again_is_compared_with_what_it_said_last(plan, tmp_path):
    plan.import_(said(action=[ACTION]))
    plan.write_folder(tmp_path / "copy")
    for old, new in (("leaflet", "poster"), ("poster", "banner")):
        edited(tmp_path / "copy", "action", f"Print the {old}", f"Print the {new}")
        plan.import_(folder_source(tmp_path / "copy"))
    assert plan.row("action", "A-1")["title"] == "Print the banner"


def test_both_sides_of_an_exported_folder_are_a_conflict(plan, tmp_path):
    plan.import_(said(action=[ACTION]))
    plan.write_folder(tmp_path / "copy")
    plan.change("action", "A-1", title="Print nothing")
    edited(tmp_path / "copy", "action", "Print the leaflet", "Print the poster")
    with pytest.raises(ConflictError, match="'Print nothing', the source says 'Print the poster'"):
        plan.import_(folder_source(tmp_path / "copy"))


def test_another_due_date_in_an_exported_folder_is_a_redating(plan, tmp_path):
    plan.import_(said(action=[ACTION]))
    plan.record(
        ttp.Event(
            subject="action",
            subject_id="A-1",
            event="redate",
            happened_on="2026-06-01",
            due="2026-10-01",
            reason="late",
        )
    )
    plan.write_folder(tmp_path / "copy")
    assert plan.import_(folder_source(tmp_path / "copy")).cells == []
    edited(tmp_path / "copy", "action", "2026-09-01", "2026-11-15")
    comparison = plan.import_(folder_source(tmp_path / "copy"))
    assert outcomes(comparison) == {("action", "A-1", "due"): "redated"}
    assert list(plan.event.due.dt.date.astype(str)) == ["2026-10-01", "2026-11-15"]


def test_a_cell_that_was_emptied_in_a_folder_is_listed_and_kept(plan, tmp_path):
    plan.import_(said(action=[ACTION]))
    plan.write_folder(tmp_path / "copy")
    edited(tmp_path / "copy", "action", "2026-09-01", "")
    assert outcomes(plan.import_(folder_source(tmp_path / "copy"))) == {("action", "A-1", "due"): "kept"}


def test_frames_are_a_source(plan):
    frames = {
        "action": pd.DataFrame(
            {"title": ["Print"], "recorded_on": [pd.Timestamp("2026-01-05")], "cost": [np.float32(2.5)]}
        )
    }
    for _ in range(3):
        plan.import_(frames)
    assert plan.action[["action_id", "title", "cost"]].to_numpy().tolist() == [["A-001", "Print", 2.5]]


def test_a_due_date_that_stood_is_not_overwritten_without_a_reason(plan):
    plan.import_(said(action=[ACTION]))
    with pytest.raises(PlanError, match="re-date it by a redate event, or give a reason"):
        plan.change("action", "A-1", due="2026-12-24")
    plan.change("action", "A-1", due="2026-12-24", reason="a slip of the pen")
    assert plan.row("action", "A-1")["due"] == "2026-12-24"
    assert "a slip of the pen" in plan.history("A-1").what.iloc[-1]


def test_a_due_date_that_stood_is_not_overwritten_by_removing_and_adding_its_action(plan):
    plan.import_(said(action=[ACTION]))
    edits = [Remove("action", "A-1"), Add(ttp.Action(**ACTION | {"due": "2026-12-24"}))]
    with pytest.raises(PlanError, match="re-date it by a redate event, or give a reason"):
        plan.edit(*edits, what="exchange")
    assert plan.row("action", "A-1")["due"] == "2026-09-01"
    plan.edit(Remove("action", "A-1"), Add(ttp.Action(**ACTION | {"title": "Post it"})), what="exchange")
    assert plan.row("action", "A-1")["title"] == "Post it"


def test_a_due_date_of_today_may_be_put_right(plan):
    plan.import_(said(action=[ACTION | {"recorded_on": now().date().isoformat()}]))
    plan.change("action", "A-1", due="2026-12-24")
    assert plan.row("action", "A-1")["due"] == "2026-12-24"


def test_a_first_due_date_may_be_given_at_any_time(plan):
    plan.import_(said(action=[ACTION | {"due": ""}]))
    plan.change("action", "A-1", due="2026-12-24")
    assert plan.row("action", "A-1")["due"] == "2026-12-24"


def test_the_columns_of_a_frame_are_checked(tmp_path):
    owners = pd.DataFrame({"owner_id": ["O-1"], "name": ["Ann"]})
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        with pytest.raises(InvalidPlan, match="'Name ' is not read; did you mean name") as refused:
            plan.upsert(owners.rename(columns={"name": "Name "}), table="owner")
        assert [(one.code, one.column) for one in refused.value.issues] == [("E-REQ", "Name ")]
        with pytest.raises(InvalidPlan, match="'emial' is not read; did you mean email"):
            plan.upsert({"owner": owners.assign(emial="ann@example.org")})
        with pytest.raises(PlanError, match="of which table"):
            plan.upsert(owners)
        assert len(plan.owner) == 0
        summary = plan.upsert(owners.assign(telephone="12"), table="owner")
        assert [one.code for one in summary.issues] == ["W-UNKNOWN"]
        assert plan.row("owner", "O-1")["telephone"] == "12"
        assert (
            plan.upsert(pd.DataFrame({"owner_id": ["O-1"], "unit": ["North"]}), table="owner").changed[
                "owner"
            ]
            == 1
        )


def test_what_was_left_out_for_a_removed_row_comes_once_the_row_is_back(plan):
    plan.import_(said(action=[ACTION]))
    plan.remove("action", "A-1", reason="twice")
    removal = plan.last_change
    news = said(
        action=[ACTION],
        event=[{"subject": "action", "subject_id": "A-1", "event": "start", "happened_on": "2026-02-01"}],
    )
    for _ in range(2):
        assert ("event", "no longer in the plan") in {
            (cell.table, "no longer in the plan" if "no longer in the plan" in cell.why else cell.why)
            for cell in plan.import_(news).cells
        }
    plan.undo(removal)
    plan.import_(news)
    assert list(plan.event.event) == ["start"]


def test_errors_of_a_frame_name_its_rows_and_what_is_the_same_is_said_once(tmp_path):
    n = 3000
    events = pd.DataFrame(
        {"subject": "action", "subject_id": "A-1", "event": "started", "recorded_on": "2024-03-01"},
        index=range(n),
    ).assign(happened_on=pd.date_range("2010-01-01", periods=n))
    with ttp.make_plan(str(tmp_path / "p.db"), who="Mara") as plan:
        plan.upsert(
            pd.DataFrame({"action_id": ["A-1"], "title": ["Mend"], "recorded_on": "2010-01-01"}),
            table="action",
        )
        with pytest.raises(InvalidPlan) as refused:
            plan.upsert(events, table="event")
        lines = str(refused.value).splitlines()
        assert len(plan.event) == 0
    assert lines[0] == "The plan has 3000 errors; nothing was stored."
    assert [line.split(":")[0].strip() for line in lines[1:4]] == [
        f"E-VOCAB event row {row}, event" for row in range(3)
    ]
    assert lines[4:] == ["  the same of 2,997 more rows"]
    assert [issue.row for issue in refused.value.issues] == [*range(n)]

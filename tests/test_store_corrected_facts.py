"""A source that gives a fact another date puts it right; what it no longer gives at all is listed, and stays."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice.clock import now
from theorytopractice.errors import ConflictError
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.edits import Correct
from theorytopractice.store.folder import folder_source
from theorytopractice.store.sources import Source

ACTION = {"action_id": "A-1", "title": "Print the leaflet", "recorded_on": "2026-01-05", "due": "2026-09-01"}
INDICATOR = {"indicator_id": "I-1", "name": "Leaflets", "direction": "ascending", "level": "output"}
OWNERS = [{"owner_id": name, "name": name} for name in ("Ann", "Bob")]


def said(**tables):
    """What a source says: tables of rows."""
    rows = {"owner": OWNERS, "action": [ACTION], "indicator": [INDICATOR]} | tables
    return Source("register", {name: TextTable.of(ENTITIES[name], some) for name, some in rows.items()})


def happened(*days, event="complete", **more):
    return [
        {"subject": "action", "subject_id": "A-1", "event": event, "happened_on": day} | more for day in days
    ]


def measured(*days, value="12"):
    return [{"indicator_id": "I-1", "observed_on": day, "value": value} for day in days]


def proved(*days, **more):
    return [{"action_id": "A-1", "dated_on": day, "uri": "https://example.org/1"} | more for day in days]


@pytest.fixture
def plan(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db", who="Mara") as made:
        yield made


def outcomes(comparison):
    return [(cell.table, cell.column, str(cell.outcome)) for cell in comparison.cells]


def days(plan, table):
    column = {"event": "happened_on", "observation": "observed_on", "evidence": "dated_on"}[table]
    return plan.tables()[table][column]


FACTS = [
    ("event", happened("2026-03-01"), happened("2026-03-05"), "happened_on"),
    ("event", happened("2026-03-05"), happened("2026-03-01"), "happened_on"),
    ("observation", measured("2026-03-31"), measured("2026-04-05"), "observed_on"),
    ("evidence", proved("2026-03-01"), proved("2026-03-05"), "dated_on"),
]


@pytest.mark.parametrize(("table", "first", "then", "column"), FACTS)
def test_a_corrected_date_puts_the_fact_right_under_its_own_key(plan, table, first, then, column):
    plan.import_(said(**{table: first}))
    key = plan.tables()[table].keys()[0]
    for _ in range(2):
        comparison = plan.import_(said(**{table: then}))
        assert days(plan, table) == [then[0][column]]
        assert plan.tables()[table].keys() == [key]
        if plan.last_change is None:
            break
        assert outcomes(comparison) == [(table, column, "changed")]
        assert comparison.cells[0].why == "the source put a fact right"
        assert (comparison.cells[0].before, comparison.cells[0].after) == (first[0][column], then[0][column])
    assert comparison.cells == []
    change = plan.history(key[0]).iloc[-1].astype(str)
    assert any(first[0][column] in cell and then[0][column] in cell for cell in change), change.to_dict()


def test_what_happened_after_the_source_was_read_is_no_correction(plan):
    plan.import_(said(observation=measured("2026-03-31"), event=happened("2026-03-01")))
    later = (now().date() + timedelta(days=9)).isoformat()
    plan.import_(said(observation=measured(later), event=happened(later)))
    assert days(plan, "observation") == ["2026-03-31", later]
    assert days(plan, "event") == ["2026-03-01", later]


@pytest.mark.parametrize(("table", "first", "then", "column"), FACTS)
def test_a_corrected_date_is_a_conflict_where_planners_corrected_it_too(plan, table, first, then, column):
    plan.import_(said(**{table: first}))
    row = plan.tables()[table].rows()[0]
    plan.edit(Correct(table, plan.tables()[table].keys()[0], {column: "2026-02-14"}, row), what="put right")
    with pytest.raises(ConflictError, match="2026-02-14"):
        plan.import_(said(**{table: then}))
    assert outcomes(plan.compare(said(**{table: first}))) == [(table, column, "kept")]
    plan.import_(said(**{table: then}), decide="ours")
    assert days(plan, table) == ["2026-02-14"]
    plan.import_(said(**{table: first}), decide="theirs")
    assert days(plan, table) == [first[0][column]]


def test_several_that_are_gone_are_listed_and_nothing_is_guessed(plan):
    plan.import_(said(event=happened("2026-03-01", "2026-03-03")))
    comparison = plan.import_(said(event=happened("2026-03-05", "2026-03-07")))
    assert sorted(outcomes(comparison)) == [("event", "", "added")] * 2 + [("event", "", "gone")] * 2
    assert sorted(days(plan, "event")) == ["2026-03-01", "2026-03-03", "2026-03-05", "2026-03-07"]


def test_an_event_that_is_gone_is_listed_and_stays(plan):
    plan.import_(said(event=happened("2026-03-01")))
    comparison = plan.import_(said(event=[]))
    assert outcomes(comparison) == [("event", "", "gone")]
    assert days(plan, "event") == ["2026-03-01"]


def test_a_register_that_goes_on_puts_nothing_right(plan):
    plan.import_(said(event=happened("2026-02-01", event="start")))
    plan.import_(said(event=happened("2026-03-01")))
    comparison = plan.import_(said(event=happened("2026-03-01")))
    assert comparison.cells == []
    assert plan.event["event"].tolist() == ["start", "complete"]


@pytest.mark.parametrize(
    ("table", "first", "then"),
    [
        ("event", happened("2026-03-01", event="progress", progress="30"),
         happened("2026-04-01", event="progress", progress="60")),
        ("observation", measured("2026-03-31"), measured("2026-06-30", value="15")),
        ("observation", measured("2026-03-31", "2026-06-30"), measured("2026-06-30", "2026-09-30")),
    ],
)  # fmt: skip
def test_a_later_reading_is_another_one(plan, table, first, then):
    plan.import_(said(**{table: first}))
    assert outcomes(plan.import_(said(**{table: then}))) == [(table, "", "added")]
    assert sorted(days(plan, table)) == sorted({next(v for k, v in one.items() if k.endswith("_on"))
                                                for one in first + then})  # fmt: skip


def test_a_completion_after_reopening_is_another_one(plan):
    plan.import_(said(event=happened("2026-03-01")))
    plan.record(ttp.Event(subject="action", subject_id="A-1", event="reopen", happened_on="2026-03-03"))
    plan.import_(said(event=happened("2026-03-05")))
    assert sorted(days(plan, "event")) == ["2026-03-01", "2026-03-03", "2026-03-05"]


def test_a_value_goes_to_its_day_with_all_that_corrected_it(plan):
    plan.import_(said(observation=measured("2026-02-28", "2026-03-31")))
    plan.import_(said(observation=[*measured("2026-02-28"), *measured("2026-03-31", value="13")]))
    assert days(plan, "observation") == ["2026-02-28", "2026-03-31", "2026-03-31"]
    plan.import_(said(observation=[*measured("2026-02-28"), *measured("2026-03-30", value="13")]))
    assert days(plan, "observation") == ["2026-02-28", "2026-03-30", "2026-03-30"]
    assert (
        plan.import_(said(observation=[*measured("2026-02-28"), *measured("2026-03-30", value="13")])).cells
        == []
    )


def written(plan, path, kind):
    if kind == "folder":
        plan.write_folder(path)
    else:
        ttp.write_workbook(plan, path.with_suffix(".xlsx"))


@pytest.mark.parametrize("table", ["event", "observation", "evidence"])
def test_a_date_that_is_corrected_in_a_written_folder(plan, tmp_path, table):
    facts = {
        "event": happened("2026-03-01"),
        "observation": measured("2026-03-01"),
        "evidence": proved("2026-03-01"),
    }
    plan.import_(said(**facts))
    plan.write_folder(tmp_path / "copy")
    file = tmp_path / "copy" / f"{table}.csv"
    file.write_text(file.read_text("utf-8").replace("2026-03-01", "2026-03-05"), "utf-8")
    for n in range(2):
        comparison = plan.import_(folder_source(tmp_path / "copy"))
        assert [(one, str(cell)) for one, _, cell in outcomes(comparison)] == [(table, "changed")] * (not n)
    assert days(plan, table) == ["2026-03-05"]


def test_a_fact_that_is_exchanged_for_another_line_in_a_written_folder(plan, tmp_path):
    plan.import_(said(event=happened("2026-03-01")))
    plan.write_folder(tmp_path / "copy")
    file = tmp_path / "copy" / "event.csv"
    file.write_text(
        file.read_text("utf-8").replace("V-0001", "").replace("2026-03-01", "2026-03-05"), "utf-8"
    )
    key = plan.event.event_id[0]
    file.write_text(file.read_text("utf-8").replace(key, ""), "utf-8")
    for n in range(2):
        comparison = plan.import_(folder_source(tmp_path / "copy"))
        assert outcomes(comparison) == [("event", "happened_on", "changed")] * (not n)
    assert (plan.event.event_id[0], days(plan, "event")) == (key, ["2026-03-05"])


MAPPING = """source = "register"
name = "register"
[[action]]
action_id = "No"
title = "What"
recorded_on = "Opened"
[[owner]]
only = { column = "Owner", is = "filled" }
owner_id = { name = "Owner" }
name = "Owner"
[[action_owner]]
only = { column = "Owner", is = "filled" }
action_id = "No"
owner_id = { name = "Owner" }
role = { constant = "accountable" }
[[status]]
column = "State"
subject = "action"
subject_id = "No"
words."Done" = { event = "complete", happened_on = "Closed" }
words."Open" = {}
"""


def register(tmp_path, row):
    (tmp_path / "register.csv").write_text(f"No,What,Opened,Owner,State,Closed\n{row}\n")
    (tmp_path / "map.toml").write_text(MAPPING)
    return ttp.read_source(tmp_path / "register.csv", mapping=tmp_path / "map.toml")


def test_a_register_through_a_mapping(plan, tmp_path):
    plan.import_(register(tmp_path, "A-1,Call,2026-01-01,Ann,Done,2026-03-01"))
    comparison = plan.import_(register(tmp_path, "A-1,Call,2026-01-01,Ann,Done,2026-03-05"))
    assert outcomes(comparison) == [("event", "happened_on", "changed")]
    assert days(plan, "event") == ["2026-03-05"]
    comparison = plan.import_(register(tmp_path, "A-1,Call,2026-01-01,Ann,Open,"))
    assert ("event", "", "gone") in outcomes(comparison)
    assert days(plan, "event") == ["2026-03-05"]


def test_an_owner_that_is_blank_now_is_listed_and_stays(plan, tmp_path):
    plan.import_(register(tmp_path, "A-1,Call,2026-01-01,Ann,Open,"))
    for _ in range(2):
        comparison = plan.import_(register(tmp_path, "A-1,Call,2026-01-01,,Open,"))
        cell = next(one for one in comparison.cells if one.table == "action_owner")
        assert str(cell.outcome) == "kept"
        assert "the source no longer says" in cell.why
        assert "the plan keeps it" in cell.why
        assert len(plan.action_owner) == 1


@pytest.mark.parametrize("name", ["finding_action", "finding_indicator"])
def test_a_link_that_is_no_longer_given_is_listed_and_stays(plan, name):
    finding = {"finding_id": "F-1", "kind": "insight", "statement": "It helps.", "recorded_on": "2026-01-01"}
    link = {"finding_id": "F-1", "action_id": "A-1", "role": "delivers"} if name == "finding_action" else {
        "finding_id": "F-1", "indicator_id": "I-1"}  # fmt: skip
    plan.import_(said(finding=[finding], **{name: [link]}))
    assert outcomes(plan.import_(said(finding=[finding], **{name: []}))) == [(name, "", "kept")]
    assert len(plan[name]) == 1


def test_frames_correct_a_date_and_list_an_owner(plan):
    def frames(owner, day):
        frame = pd.DataFrame(
            {"What": ["Call a day before."], "Lead": [owner], "State": ["Done"], "Closed": [day]}
        )
        columns = {
            "finding.statement": "What",
            "owner.name": "Lead",
            "status": "State",
            "status_on": "Closed",
        }
        return ttp.from_frames(frame, columns=columns, words={"Done": "complete"}, as_of="2026-04-01")

    plan.import_(frames("Ann", "2026-03-01"))
    for n in range(2):
        comparison = plan.import_(frames("Ann", "2026-03-05"))
        assert outcomes(comparison)[:1] == [("event", "happened_on", "changed")] * (not n)
    assert days(plan, "event") == ["2026-03-05"]
    assert ("action_owner", "", "kept") in outcomes(plan.import_(frames(None, "2026-03-05")))


def test_a_row_without_a_key_is_found_again_after_planners_reworded_it(plan):
    rows = {"action": pd.DataFrame({"title": ["Print"], "recorded_on": ["2026-01-05"]})}
    plan.import_(rows)
    plan.change("action", "A-001", title="Print it")
    assert outcomes(plan.import_(rows)) == [("action", "title", "kept")]
    assert len(plan.action) == 1


def test_what_a_table_of_texts_has():
    table = TextTable.of(ENTITIES["owner"], OWNERS)
    assert "name" in table
    assert "nothing" not in table
    assert list(table) == list(ENTITIES["owner"].columns)

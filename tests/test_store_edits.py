"""Is an edit judged by the rows around it just as it would be by the whole plan?"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import date
from statistics import median
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from random_plans import random_plan

from theorytopractice import (
    Action,
    Event,
    Finding,
    FindingAction,
    FindingIndicator,
    Indicator,
    Observation,
    Owner,
)
from theorytopractice.errors import InvalidPlan, PracticeError
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable
from theorytopractice.store import edits
from theorytopractice.store.database import MIGRATIONS, Database
from theorytopractice.store.edits import Add, Remove, problems_around
from theorytopractice.store.folder import TableReader
from theorytopractice.store.history import RowChange, apply_changes
from theorytopractice.store.open import make_plan, open_plan

TODAY = date(2026, 6, 30)
CONTENT = {"kind": "insight", "statement": "We learned one thing.", "recorded_on": "2026-01-05"}
ACTION = {"title": "Do it", "recorded_on": "2026-01-05"}


def errors_of(issues):
    return Counter((one.code, one.table, one.key, one.column) for one in issues if one.is_error)


def tables_of(rng):
    plan = random_plan(rng)
    for name, entity in ENTITIES.items():
        if entity.identifier:
            for number, row in enumerate(plan.get(name, []), 1):
                row[entity.identifier] = row.get(entity.identifier) or f"N-{number}"
    return {name: TextTable.of(entity, plan.get(name, []), name) for name, entity in ENTITIES.items()}


def random_change(rng, tables):
    """Take a row away, or put another row's cell, or nonsense, into one of its cells."""
    name = rng.choice(
        [name for name in (*tables, "event", "finding_relation") if len(tables[name]) and name != "setting"]
    )
    entity, rows = ENTITIES[name], tables[name].rows()
    before = rng.choice(rows)
    key = tuple(before[column] for column in entity.key)
    if rng.random() < 0.25:
        return RowChange(name, key, before, None)
    if name == "finding_relation" and rng.random() < 0.5:
        ends = {"finding_id": before["other_finding_id"], "other_finding_id": before["finding_id"]}
        back = before | ends | {"relation": "derived_from"}
        return RowChange(name, tuple(back[column] for column in entity.key), None, back)
    after = dict(before)
    for _ in range(rng.choice((1, 1, 2))):
        column = rng.choice(entity.columns)
        other = rng.choice(rows)[column]
        after[column] = rng.choice([other, other, other, "", "F-001", "2025-02-30", "2020-01-01"])
    if name == "event" and rng.random() < 0.3:
        after["happened_on"] = "2020-01-01"
    if name in ("event", "finding_relation", "action_owner") and rng.random() < 0.5:
        after[entity.identifier or entity.key[-1]] = (
            "X-99" if entity.identifier else rng.choice(rows)[entity.key[-1]]
        )
        return RowChange(name, tuple(after[column] for column in entity.key), None, after)
    new = tuple(after[column] for column in entity.key)
    return RowChange(name, new, before, after) if new == key else RowChange(name, new, None, after)


@pytest.mark.slow
def test_the_rows_around_a_change_tell_of_the_errors_that_the_whole_plan_would_have():
    """Whatever a change breaks anywhere in the plan is found near it, and nothing else is said to be broken."""
    codes = Counter()
    for seed in range(700):
        rng = random.Random(seed)
        tables = tables_of(rng)
        change = random_change(rng, tables)
        before = errors_of(validate(tables, today=TODAY))
        whole = errors_of(validate(apply_changes(tables, [change]), today=TODAY)) - before
        around = errors_of(problems_around(TableReader(tables, []), [change], TODAY))
        assert bool(around) == bool(whole), (seed, change, around, whole)
        codes.update({code for code, *_ in whole})
    assert {"E-REF", "E-REQ", "E-DATE", "E-VOCAB", "E-NUM", "E-ACC", "E-ORDER", "E-CYCLE", "E-ID"} <= set(
        codes
    ), codes


def test_a_link_that_is_there_already_is_merged_with_a_warning(plan):
    plan.add(Finding(finding_id="F-1", **CONTENT), Action(action_id="A-1", **ACTION))
    plan.add(Indicator(indicator_id="I-1", name="Wait", direction="descending", level="outcome"))
    link = {"finding_id": "F-1", "action_id": "A-1", "role": "delivers"}
    plan.add(FindingAction(**link), FindingAction(**link, rationale="It helped elsewhere."))
    assert plan.warnings == []
    assert plan.add(FindingAction(**link, rationale="another")) == ["F-1/A-1/delivers"]
    assert [one.code for one in plan.warnings] == ["W-DUP"]
    assert plan.finding_action["rationale"].tolist() == ["It helped elsewhere."]
    assert plan.history()["change_id"].max() == 3  # nothing changed, nothing was remembered
    plan.add(FindingIndicator(finding_id="F-1", indicator_id="I-1", required=False))
    plan.add(FindingIndicator(finding_id="F-1", indicator_id="I-1", required=True))
    assert plan.finding_indicator["required"].tolist() == [True]
    plan.undo(5)
    assert plan.finding_indicator["required"].tolist() == [False]


def test_warnings_about_the_rows_of_a_change_are_kept_until_the_next(plan):
    plan.add(Finding(finding_id="F-1", kind="insight", statement="Improve", recorded_on="2026-01-05"))
    assert [(one.code, one.key) for one in plan.warnings] == [("W-VAGUE", "F-1")]
    plan.change("finding", "F-1", statement="Nurses who call back within 2 days lose fewer patients.")
    assert plan.warnings == []


def test_a_wrong_row_elsewhere_does_not_stand_in_the_way(tmp_path):
    head = "finding_id,kind,statement,recorded_on\n"
    (tmp_path / "finding.csv").write_text(
        f"{head}F-1,insigt,We learned a.,2026-01-05\nF-2,insight,We learned b.,2026-13-05\n"
    )
    with open_plan(tmp_path) as plan:
        plan.change("finding", "F-1", kind="insight")
        with pytest.raises(InvalidPlan, match="E-DATE"):
            plan.change("finding", "F-2", theme="x")
        plan.change("finding", "F-2", recorded_on="2026-01-05")
        assert plan.check() == []


def test_a_reworded_action_is_dated_like_a_reworded_finding(plan):
    plan.add(Action(action_id="A-1", **ACTION))
    plan.change("action", "A-1", due="2026-05-01")
    assert plan.action["reworded_on"].isna().all()
    plan.change("action", "A-1", title="Do something else")
    assert plan.action["reworded_on"].notna().all()


def test_a_plan_of_the_first_format_is_brought_to_todays_and_keeps_its_numbers(database, tmp_path):
    store = Database(database if "://" in database else f"sqlite:///{database}", database)
    with store.engine.begin() as link:
        config = Config(attributes={"connection": link})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0001")
        for key in ("F-2", "F-10"):
            link.exec_driver_sql(
                f"INSERT INTO finding (finding_id, kind, statement, recorded_on) VALUES ('{key}', 'insight', 'We learned.', '2026-01-05')"
            )
        link.exec_driver_sql(
            "INSERT INTO change (change_id, made_at, made_by, what) VALUES (1, 'then', 'Ada', 'x')"
        )
        link.exec_driver_sql(
            """INSERT INTO change_row (change_id, position, entity, row_key) VALUES (1, 0, 'finding', '["F-31"]')"""
        )
    store.close()
    with open_plan(database) as plan:
        assert plan.add(Finding(**CONTENT)) == ["F-32"]
        assert plan.add(Action(**ACTION)) == ["A-001"]
    with make_plan(tmp_path / "fresh.db") as fresh:
        assert list(fresh.action.columns) == list(open_plan(database).action.columns)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """A plan of 10,000 findings with 30,000 actions, 60,000 events and 100,000 observations."""
    path, n = tmp_path_factory.mktemp("big") / "plan.db", 10_000
    make_plan(path).close()
    with closing(sqlite3.connect(path)) as link, link:
        link.executemany(
            "INSERT INTO finding (finding_id, kind, statement, recorded_on) VALUES (?, 'insight', 'We learned.', '2026-01-05')",
            ((f"F-{i}",) for i in range(n)),
        )
        link.executemany(
            "INSERT INTO action (action_id, title, recorded_on) VALUES (?, 'Do it', '2026-01-05')",
            ((f"A-{i}",) for i in range(3 * n)),
        )
        link.executemany(
            "INSERT INTO finding_action (finding_id, action_id, role) VALUES (?, ?, 'delivers')",
            ((f"F-{i // 3}", f"A-{i}") for i in range(3 * n)),
        )
        link.executemany(
            "INSERT INTO event (event_id, subject, subject_id, event, happened_on) VALUES (?, 'action', ?, ?, ?)",
            (
                (f"V-{i}", f"A-{i // 2}", ("start", "complete")[i % 2], ("2026-02-01", "2026-03-01")[i % 2])
                for i in range(6 * n)
            ),
        )
        link.executemany(
            "INSERT INTO indicator (indicator_id, name, direction, level) VALUES (?, 'Wait', 'ascending', 'outcome')",
            ((f"I-{i}",) for i in range(n)),
        )
        link.executemany(
            "INSERT INTO observation (observation_id, indicator_id, observed_on, value) VALUES (?, ?, ?, '7')",
            ((f"B-{i}", f"I-{i // 10}", f"2026-{i % 10 + 1:02}-01") for i in range(10 * n)),
        )
        link.executemany(
            "INSERT INTO identifier VALUES (?, ?)",
            [("finding", "F-9999"), ("event", "V-59999"), ("observation", "B-99999")],
        )
    return path


@pytest.mark.slow
def test_an_edit_of_a_big_plan_touches_only_what_is_near(big, capsys):
    """A change, a fact and an addition each take a small part of the time that reading the plan takes."""
    with open_plan(big) as plan:
        begin = time.process_time()
        plan.tables()
        whole = time.process_time() - begin
        edits = {
            "change": lambda i: plan.change("finding", f"F-{i}", theme=f"Theme {i}"),
            "record": lambda i: plan.record(
                Event(subject="action", subject_id=f"A-{i}", event="reopen", happened_on="2026-04-01")
            ),
            "observe": lambda i: plan.record(
                Observation(indicator_id=f"I-{i}", observed_on="2026-11-01", value="8")
            ),
            "add": lambda _: plan.add(Finding(**CONTENT)),
        }
        spent = {}
        for name, edit in edits.items():
            times = []
            for i in range(5, 12):
                begin = time.process_time()
                edit(i)
                times.append(time.process_time() - begin)
            spent[name] = median(times)
        assert plan.add(Owner(name="Ada"), Finding(**CONTENT))[0] == "O-001"
    with capsys.disabled():
        print(
            "\nedits of a big plan, ms:",
            {name: round(1000 * t, 1) for name, t in spent.items()},
            "reading it:",
            round(1000 * whole),
        )
    assert all(t < whole / 10 for t in spent.values())


def test_edits_that_need_the_whole_table_for_their_sentence_name_the_nearest_row(big):
    with open_plan(big) as plan, pytest.raises(PracticeError, match="did you mean 'F-9999'"):
        plan.change("finding", "F-99999", theme="x")


def test_a_wording_that_comes_by_import_is_dated_too(plan):
    plan.add(Finding(finding_id="F-1", **CONTENT))
    entity = ENTITIES["finding"]
    themed = TextTable(entity, {"finding_id": ["F-1"], "theme": ["x"]})
    plan.upsert({"finding": themed}, what="import")
    assert plan.finding["reworded_on"].isna().all()
    changed = {"finding_id": "F-1", "statement": "We learned another thing."}
    plan.upsert(
        {"finding": TextTable(entity, {name: [text] for name, text in changed.items()})}, what="import"
    )
    assert plan.finding["reworded_on"].notna().all()


DEMAND: dict[str, Any] = {"direction": "ascending", "level": "outcome", "target": "90", "cadence_days": 30}


def retargeted(plan):
    """Return when what the only indicator demands last changed (None: never), and why."""
    row = plan.indicator.iloc[0]
    why = row["retarget_reason"]
    day = None if plan.indicator["retargeted_on"].isna().all() else row["retargeted_on"].date()
    return day, (why if isinstance(why, str) else "")


@pytest.fixture
def measured(plan):
    """A plan of any sort with a finding that requires an indicator."""
    plan.add(Finding(finding_id="F-1", **CONTENT), Indicator(indicator_id="I-1", name="Wait", **DEMAND))
    plan.add(FindingIndicator(finding_id="F-1", indicator_id="I-1", required=True))
    return plan


@pytest.mark.parametrize(
    "values",
    [{"target": "80"}, {"tolerance": "1"}, {"direction": "descending"}, {"baseline": "40"}, {"lag_days": 14},
     {"cadence_days": 60}, {"target_low": "1"}],
)  # fmt: skip
def test_the_day_on_which_what_an_indicator_demands_changes_is_kept(measured, values):
    measured.change("indicator", "I-1", **values)
    assert retargeted(measured) == (today_of(measured), "")
    measured.undo(measured.last_change)
    assert retargeted(measured) == (None, "")


def today_of(plan):
    from theorytopractice.store.history import today_there

    return plan._store.look(today_there)  # noqa: SLF001 - the day that the store itself goes by


@pytest.mark.parametrize(
    "values",
    [{"target": "90.0"}, {"tolerance": "0"}, {"name": "Waits"}, {"target_on": "2027-01-01"}, {"lag_days": 0}],
)
def test_what_demands_nothing_else_moves_no_target(measured, values):
    measured.change("indicator", "I-1", **values)
    assert retargeted(measured) == (None, "")


def test_a_target_moves_with_its_reason_and_a_later_move_drops_it(measured):
    measured.change("indicator", "I-1", target="80", retargeted_on="2026-03-01", retarget_reason="too high")
    assert retargeted(measured) == (date(2026, 3, 1), "too high")
    measured.change("indicator", "I-1", name="Waits")
    assert retargeted(measured) == (date(2026, 3, 1), "too high")
    measured.change("indicator", "I-1", target="70")
    assert retargeted(measured) == (today_of(measured), "")
    measured.change("indicator", "I-1", target="75", retarget_reason="agreed in council")
    measured.change("indicator", "I-1", name="Wait")
    assert retargeted(measured) == (today_of(measured), "agreed in council")
    measured.change("indicator", "I-1", target="76")
    assert retargeted(measured) == (today_of(measured), "")


LINK = ("F-1", "I-1", "")


def requirement(plan):
    """Return whether the only link is required, and when that last changed (None: never)."""
    row = plan.finding_indicator.iloc[0]
    day = (
        None
        if plan.finding_indicator["required_changed_on"].isna().all()
        else row["required_changed_on"].date()
    )
    return bool(row["required"]), day


def test_a_link_that_is_required_no_more_has_the_day_and_the_indicator_has_none(measured):
    measured.change("finding_indicator", LINK, required=False)
    assert requirement(measured) == (False, today_of(measured))
    assert retargeted(measured) == (None, "")
    measured.undo(measured.last_change)
    assert requirement(measured) == (True, None)


def test_a_merged_link_that_becomes_required_has_the_day(plan):
    plan.add(Finding(finding_id="F-1", **CONTENT), Indicator(indicator_id="I-1", name="Wait", **DEMAND))
    plan.add(FindingIndicator(finding_id="F-1", indicator_id="I-1", required=False))
    assert requirement(plan) == (False, None)
    plan.add(FindingIndicator(finding_id="F-1", indicator_id="I-1", required=True))
    assert requirement(plan) == (True, today_of(plan))


def optional():
    return FindingIndicator(finding_id="F-1", indicator_id="I-1", required=False)


def another():
    return Indicator(indicator_id="I-1", name="Wait", **DEMAND | {"target": "80"})


def test_a_link_that_goes_and_comes_in_one_edit_is_the_one_that_comes(measured):
    measured.edit(Remove("finding_indicator", LINK), Add(optional()), what="exchange")
    assert requirement(measured) == (False, today_of(measured))
    assert measured.warnings == []
    assert len(measured.history().query("change_id == change_id.max()")) == 1
    measured.undo(measured.last_change)
    assert requirement(measured) == (True, None)


def test_a_link_that_goes_and_comes_again_later_is_compared_with_what_it_was(measured):
    again = FindingIndicator(finding_id="F-1", indicator_id="I-1")
    measured.remove("finding_indicator", LINK, reason="by mistake")
    measured.add(again)
    assert requirement(measured) == (True, None)
    measured.remove("finding_indicator", LINK, reason="by mistake")
    measured.add(optional())
    assert requirement(measured) == (False, today_of(measured))


def test_the_day_of_a_link_outlasts_its_removal(measured):
    measured.change("finding_indicator", LINK, required=False, required_changed_on="2026-03-01")
    measured.remove("finding_indicator", LINK, reason="by mistake")
    measured.add(optional())
    assert requirement(measured) == (False, date(2026, 3, 1))


def test_an_indicator_that_goes_and_comes_in_one_edit_moves_its_target(measured):
    measured.edit(Remove("indicator", "I-1"), Add(another()), what="exchange")
    assert retargeted(measured) == (today_of(measured), "")
    assert measured.indicator["target"].tolist() == ["80"]


def test_an_indicator_that_goes_and_comes_again_later_moves_its_target(measured):
    measured.change("indicator", "I-1", retargeted_on="2026-03-01", retarget_reason="agreed")
    measured.remove("finding_indicator", LINK, reason="by mistake")
    measured.remove("indicator", "I-1", reason="by mistake")
    measured.add(Indicator(indicator_id="I-1", name="Wait", **DEMAND))
    assert retargeted(measured) == (date(2026, 3, 1), "agreed")
    measured.remove("indicator", "I-1", reason="by mistake")
    measured.add(another())
    assert retargeted(measured) == (today_of(measured), "")


def test_a_finding_that_goes_and_comes_in_one_edit_is_reworded(plan):
    plan.add(Finding(finding_id="F-1", **CONTENT))
    other = Finding(finding_id="F-1", **CONTENT | {"statement": "We learned another thing."})
    plan.edit(Remove("finding", "F-1"), Add(other), what="exchange")
    assert plan.finding["reworded_on"].notna().all()


def test_the_day_of_a_moved_target_cannot_be_wiped_away_with_another_move(measured):
    measured.change("indicator", "I-1", target="80")
    measured.change("indicator", "I-1", target="70", retargeted_on="")
    assert retargeted(measured) == (today_of(measured), "")


def test_a_target_that_moves_by_import_is_dated_too(measured):
    def brought(name, **row):
        table = TextTable(ENTITIES[name], {column: [text] for column, text in row.items()})
        measured.upsert({name: table}, what="import")

    brought("indicator", indicator_id="I-1", target="90")
    assert retargeted(measured)[0] is None
    brought("indicator", indicator_id="I-1", target="85")
    assert retargeted(measured)[0] == today_of(measured)
    measured.change("indicator", "I-1", retargeted_on="2026-03-01")
    brought("finding_indicator", finding_id="F-1", indicator_id="I-1", required="false")
    assert retargeted(measured)[0] == date(2026, 3, 1)
    assert requirement(measured) == (False, today_of(measured))


def test_the_name_of_before_of_an_update_works_and_warns():
    with pytest.warns(DeprecationWarning, match="Alter is now theorytopractice.store.edits.Update"):
        assert edits.Alter is edits.Update
    with pytest.raises(AttributeError, match="has no attribute 'Amend'"):
        _ = edits.Amend

"""Does the report ask for the decisions that the evidence calls for, gravest first, with who and since when?"""

from __future__ import annotations

from datetime import date

import pandas as pd
from fakes import FakePlan, fake_example, only
from report_helpers import DAY

from theorytopractice.assessment.decisions import ORDER, decisions, reasons_of
from theorytopractice.model.entities import ENTITIES
from theorytopractice.report.page import Page


def waiting(plan, **given):
    return {one.finding_id: (one.reason, one.since) for one in Page(plan, as_of=DAY, **given).data.waiting}


def test_the_examples_decisions_come_gravest_first_with_their_days():
    found = Page(fake_example(), as_of=DAY).data.waiting
    assert [(one.finding_id, one.reason, str(one.since)) for one in found] == [
        ("F-013", "lapsed", "2026-02-28"),
        ("F-024", "lapsed", "2026-04-01"),
        ("F-028", "lapsed", "2026-02-28"),
        ("F-039", "dead_letter", "2026-01-01"),
        ("F-018", "block_expired", "2025-12-31"),
        ("F-032", "missed", "2025-06-30"),
        ("F-002", "shelved", "2024-03-11"),
        ("F-016", "shelved", "2024-07-05"),
        ("F-029", "shelved", "2024-09-30"),
    ]


def small(**changed):
    """Return a plan of one finding with one action, owned and due on 2026-03-31, that nobody has begun."""
    rows = {
        "finding": {
            "finding_id": "F-1",
            "kind": "insight",
            "statement": "x",
            "certainty": "low",
            "recorded_on": "2026-01-01",
        },
        "action": {"action_id": "A-1", "title": "y", "due": "2026-03-31", "recorded_on": "2026-01-01"},
        "owner": {"owner_id": "O-1", "name": "Mara"},
        "action_owner": {"action_id": "A-1", "owner_id": "O-1", "role": "accountable"},
        "finding_action": {"finding_id": "F-1", "action_id": "A-1", "role": "delivers"},
    }
    for table, values in changed.items():
        rows[table] = {**rows.get(table, {}), **values}
    return FakePlan(
        {
            name: pd.DataFrame(
                [rows[name]] if name in rows else [], columns=list(entity.columns), dtype="str"
            )
            for name, entity in ENTITIES.items()
        }
    )


def on(plan, day):
    return [(one.reason, one.since) for one in Page(plan, as_of=day).data.waiting]


def test_what_is_overdue_waits_only_after_thirty_days():
    assert on(small(), "2026-04-30") == []
    assert on(small(), "2026-05-01") == [("overdue", date(2026, 3, 31))]


def test_a_missed_promise_waits_at_once_and_says_more_than_overdue():
    promised = small(action={"promised_to": "Tenants"})
    assert on(promised, "2026-03-31") == []
    assert on(promised, "2026-04-01") == [("missed", date(2026, 3, 31))]
    assert on(promised, "2026-06-30") == [("missed", date(2026, 3, 31))]


def test_only_what_is_known_well_waits_on_the_shelf():
    bare = {"action_owner": {"role": "informed"}}
    assert on(small(finding={"certainty": "moderate"}, **bare, action={"due": ""}), "2026-01-31") == []
    assert on(small(finding={"certainty": "moderate"}, **bare, action={"due": ""}), "2026-02-01") == [
        ("shelved", date(2026, 1, 1))
    ]
    assert on(small(**bare, action={"due": ""}), "2026-02-01") == []


def test_a_block_waits_when_nobody_works_on_it_and_again_when_its_day_has_passed():
    blocked = small(
        event={
            "event_id": "V-1", "subject": "finding", "subject_id": "F-1", "event": "block", "happened_on": "2026-02-01",
            "reason": "no money", "due": "2026-06-01",
        },
    )  # fmt: skip
    assert on(blocked, "2026-05-15") == [("no_enabling_action", date(2026, 2, 1))]
    assert on(blocked, "2026-06-02") == [("block_expired", date(2026, 6, 1))]


def test_reasons_are_told_in_one_order():
    for found in reasons_of(decisions(fake_example(), as_of=DAY)).values():
        places = [ORDER.index(one.reason) for one in found]
        assert places == sorted(places)


def test_a_closed_finding_waits_for_nothing():
    assert "F-008" not in waiting(
        only(fake_example(), "F-008")
    )  # F-031, which takes over, is there and may wait


def test_a_disputed_promise_without_a_day_waits_without_one():
    event = {"event": "dispute", "subject": "action", "subject_id": "A-1", "happened_on": "2026-02-02"}
    sheet = small(action={"promised_to": "Tenants", "due": ""})
    rows = [
        {**event, "event_id": "V-1", "event": "complete", "happened_on": "2026-02-01"},
        {**event, "event_id": "V-2"},
    ]
    proof = [{"evidence_id": "E-1", "action_id": "A-1", "kind": "photo", "dated_on": "2026-02-01"}]
    tables = {name: sheet[name] for name in sheet}
    for name, facts in (("event", rows), ("evidence", proof)):
        tables[name] = pd.DataFrame(facts, columns=tables[name].columns, dtype="str")
    assert on(FakePlan(tables), "2026-03-01") == [("missed", None)]


def test_a_reason_that_a_graver_one_says_stands_in_the_table_and_not_among_the_reasons():
    plan = small(action={"promised_to": "Tenants"})
    frame = decisions(plan, as_of="2026-06-30")
    assert frame[["reason", "is_implied"]].to_numpy().tolist() == [["missed", False], ["overdue", True]]
    assert {key: [one.reason for one in found] for key, found in reasons_of(frame).items()} == {
        "F-1": ["missed"]
    }

"""What falls due as a calendar: it reads back, is the same twice, and an event keeps its identity when its date moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from builder import PlanBuilder
from fakes import fake_plan

import theorytopractice as ttp
from theorytopractice.assessment.encode import encode
from theorytopractice.exchange.calendar import calendar_of
from theorytopractice.exchange.due_dates import Sort, due_dates

DAY = "2026-06-30"


@pytest.fixture
def small():
    built = PlanBuilder()
    built.add("owner", owner_id="O-1", name="Ann Lee")
    built.add("owner", owner_id="O-2", name="Bo Chen")
    built.finding("F-001", owner_id="O-2", statement="Calls halve missed visits.")
    built.action("A-001", "F-001", due="2026-07-15", owner="O-1", title="Call all, every day; twice")
    built.indicator("I-1", "F-001", ("2026-06-01", "3"), cadence_days="30", name="Missed visits")
    return built


def events(plan, **options) -> dict[str, Any]:
    return {str(one["uid"]): one for one in calendar_of(plan, as_of=DAY, **options).walk("VEVENT")}


def of(plan, sort, **options):
    return [event for uid, event in events(plan, **options).items() if uid.startswith(sort)]


def test_an_action_is_an_all_day_event_on_its_current_due_date(small):
    small.event("A-001", "redate", "2026-06-20", due="2026-08-01", reason="rain")
    (event,) = of(fake_plan(small), "action")
    assert event["dtstart"].dt == date(2026, 8, 1)
    assert event["dtend"].dt == date(2026, 8, 2)
    assert event["dtstamp"].dt.isoformat() == "2026-06-30T00:00:00+00:00"
    assert str(event["summary"]) == "Due: Call all, every day; twice (A-001)"
    assert (
        str(event["description"])
        == "Who: Ann Lee\nF-001: Calls halve missed visits.\nFirst due on 15 July 2026."
    )


def test_an_event_that_moved_keeps_its_identity(small):
    before = {one["uid"] for one in of(fake_plan(small), "action")}
    small.event("A-001", "redate", "2026-06-20", due="2026-08-01", reason="rain")
    assert {one["uid"] for one in of(fake_plan(small), "action")} == before


def test_the_same_key_of_another_plan_is_another_event(small):
    assert not set(events(fake_plan(small, title="One"))) & set(events(fake_plan(small, title="Two")))


def test_a_measurement_is_due_one_interval_after_the_last_value(small):
    (event,) = of(fake_plan(small), "measurement")
    assert event["dtstart"].dt == date(2026, 7, 1)
    assert "Last measured on 1 June 2026." in event["description"]


def test_an_action_that_is_done_or_serves_nothing_open_is_left_out(small):
    small.done("A-001", "2026-06-01", "2026-06-20")
    assert of(fake_plan(small), "action") == []


def test_one_owner_gets_what_they_are_asked_for(small):
    plan = fake_plan(small)
    assert {uid.partition("-")[0] for uid in events(plan, owner="O-1")} == {"action"}
    assert {uid.partition("-")[0] for uid in events(plan, owner="Bo Chen")} == {"review", "measurement"}
    with pytest.raises(ttp.UnknownName, match="owner 'Zoe'"):
        calendar_of(plan, owner="Zoe")


def test_the_words_are_the_plans_language(small):
    (event,) = of(fake_plan(small, language="zh"), "action")
    assert str(event["summary"]).startswith("时限：")
    assert "2026" in str(event["dtstart"].dt)
    (event,) = of(fake_plan(small, language="zh"), "action", language="en")
    assert str(event["summary"]).startswith("Due:")


def test_control_characters_and_lines_cannot_make_properties(small):
    small.action("A-002", "F-001", due="2026-07-15", title="x\x07\r\nATTENDEE:mailto:evil@example.org")
    lines = calendar_of(fake_plan(small), as_of=DAY).to_ical().split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"ATTENDEE")]


def test_the_example_reads_back_and_its_bytes_repeat(tmp_path):
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        one = ttp.write_calendar(plan, tmp_path / "one.ics", as_of=DAY).read_bytes()
        two = ttp.write_calendar(plan, tmp_path / "two.ics", as_of=DAY).read_bytes()
        rows = due_dates(encode(plan), DAY)
    assert one == two
    assert one.count(b"\n") == one.count(b"\r\n")
    assert max(map(len, one.split(b"\r\n"))) <= 75
    read: list[Any] = icalendar.Calendar.from_ical(one).walk("VEVENT")
    assert sorted(event["dtstart"].dt for event in read) == [row.on for row in rows]
    assert {event["dtend"].dt - event["dtstart"].dt for event in read} == {timedelta(days=1)}
    assert len({str(event["uid"]) for event in read}) == len(read)
    assert {row.sort for row in rows} == set(Sort)


def test_each_date_is_that_of_a_listing():
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        rows = due_dates(encode(plan), DAY)
        checks = ttp.mechanisms(plan, as_of=DAY).dropna(subset="next_due").set_index("finding_id")["next_due"]
        blocks = (
            ttp.standing(plan, as_of=DAY).dropna(subset="revisit_on").set_index("finding_id")["revisit_on"]
        )
        agenda = ttp.agenda(plan, as_of=DAY).dropna(subset="due").set_index("action_id")["due"]
    for sort, listed in ((Sort.CHECK, checks), (Sort.REVISIT, blocks), (Sort.ACTION, agenda)):
        assert {row.key: row.on for row in rows if row.sort is sort} == listed.dt.date.to_dict()

"""Does the report say who has how much to do, until when, and by when it will be done?"""

from __future__ import annotations

from pathlib import Path

import pytest
from builder import PlanBuilder
from fakes import fake_plan

from theorytopractice import charts
from theorytopractice.charts import Picture
from theorytopractice.report.page import Page
from theorytopractice.store.open import open_plan

EXAMPLE = Path(__file__).parent.parent / "data" / "example"
DAY = "2026-06-30"


def text_of(sheet):
    """Return the words of the part; its pictures are only named, which is quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "picture", lambda ax: Picture("", ax.get_title(loc="left")))
        return Page(fake_plan(sheet), as_of=DAY).owners.text


@pytest.fixture(scope="module")
def busy():
    """Seven open actions: one of O-1 for two findings, six of O-2."""
    sheet = (
        PlanBuilder().finding("F-1").finding("F-2").action("A-1", "F-1", "F-2", owner="O-1", due="2026-07-30")
    )
    for number, due in enumerate(
        ("2026-06-29", "2026-06-30", "2026-07-31", "2027-06-30", "2027-07-01", ""), 2
    ):
        sheet.action(f"A-{number}", "F-1", due=due, owner="O-2")
    return text_of(sheet)


@pytest.fixture(scope="module")
def crowded():
    """Thirty open actions of 17 owners; 15 are overdue."""
    sheet = PlanBuilder().finding("F-1")
    for number in range(1, 31):
        due = "2026-05-01" if number <= 15 else "2026-09-01"
        sheet.action(f"A-{number}", "F-1", due=due, owner=f"O-{number % 17 + 1}")
    return text_of(sheet)


@pytest.fixture(scope="module")
def example():
    return Page(open_plan(str(EXAMPLE)), as_of=DAY).owners


def test_nobody_is_the_first_row_even_with_nothing(busy):
    head = busy.splitlines().index("Owner Unit Live Open Overdue Due in 30 days Stalled")
    assert busy.splitlines()[head + 1] == "nobody – 0 0 0 0 0"


def test_an_action_for_two_findings_counts_once_for_its_owner(busy):
    assert "O-1 – 1 1 0 1 1" in busy.splitlines()
    assert "◆ 30 days left F-1 F-2" in busy


def test_an_owner_has_what_is_live_open_overdue_and_due_soon(busy):
    # due on 30 June is due within 30 days, due on 31 July is not
    assert "O-2 – 6 6 1 1 6" in busy.splitlines()


def test_days_left_are_told_with_shape_and_words(busy):
    for words in ("▲ 1 day overdue", "◆ due today", "◆ 30 days left", "● 31 days left", "no due date"):
        assert words in busy


def test_the_months_add_up_to_the_open_actions(busy):
    for row in (
        "overdue 1",
        "June 2026 1",
        "July 2026 2",
        "June 2027 1",
        "after 30 Jun 2027 1",
        "no due date 1",
    ):
        assert row in busy.splitlines()


def test_owners_beyond_fifteen_rows_are_counted(crowded):
    # nobody and 14 owners are rows
    assert "3 more owners, with fewer or no open actions." in crowded


def test_many_overdue_actions_leave_room_for_the_next_ones(crowded):
    assert crowded.count("days overdue") == crowded.count("days left") == 6
    assert "18 more open actions are not listed here; 9 of them are overdue." in crowded


def test_a_plan_without_open_actions_says_so_three_times():
    text = text_of(PlanBuilder().finding("F-1"))
    assert "No action is open, so there is nothing to draw." in text
    assert "No action is open, so nothing falls due." in text
    assert "0 actions are open." in text


def test_the_example_has_every_chart_with_its_numbers(example):
    assert example.html.count('class="chart-box"') == example.html.count("<details>") == 3
    assert "1 action is overdue; 1 falls due within 30 days, 16 later within twelve months" in example.text


def test_the_example_forecasts_its_open_actions(example):
    assert "21 actions are open." in example.text
    assert "-0%" not in example.text


def test_who_left_and_still_answers_for_open_work_stands_in_a_line():
    """O-1 left on 1 February with an open action, O-2 on the day after the report; O-3 left everything done."""
    sheet = (
        PlanBuilder()
        .finding("F-1")
        .finding("F-2", kind="mechanism", owner_id="O-3", effective_on="2026-01-01")
    )
    for owner, left_on in (("O-1", "2026-02-01"), ("O-2", "2026-07-01"), ("O-3", "2026-06-30")):
        sheet.add("owner", owner_id=owner, name=f"Name of {owner}", left_on=left_on)
        sheet.action(f"A-{owner[-1]}", "F-1", owner=owner)
    sheet.done("A-3", "2026-01-10", "2026-02-20")
    found = text_of(sheet)
    assert "Name of O-1 left on 1 February 2026 and is still accountable for 1 open action." in found
    assert "Name of O-3 left on 30 June 2026 and still owns F-2." in found
    assert "Name of O-3 left on 30 June 2026 and is still accountable" not in found
    assert "Name of O-2 left" not in found

"""Does the timeline show what is overdue and what falls due, and count what it does not name?"""

from __future__ import annotations

import datetime as dt

import matplotlib as mpl
import numpy as np
import pytest
from builder import PlanBuilder

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.charts import style

DAY = "2026-06-30"


def agenda_of(*dues):
    sheet = PlanBuilder().finding("F-1")
    for number, due in enumerate(dues, 1):
        sheet.action(f"A-{number}", "F-1", due=due, owner="O-1")
    return ttp.agenda(sheet.frames, as_of=DAY)


def words(ax):
    return " ".join(ax.get_title(loc="left").split())


def note(ax):
    return " ".join(ax.get_xlabel().split())


def marks(ax):
    """Return (shape, colour) of every row's mark, in order."""
    return [
        (line.get_marker(), line.get_color()) for line in ax.lines if line.get_marker() not in ("None", "")
    ]


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_the_title_counts_overdue_soon_and_later():
    ax = charts.due_dates(
        agenda_of("2026-06-29", "2026-06-30", "2026-07-30", "2026-07-31", "2027-06-30", "2027-07-01")
    )
    assert words(ax) == "1 action is overdue; 2 fall due within 30 days, 2 later within twelve months"
    assert "1 falls due after these months" in note(ax)


def test_each_sort_has_its_own_shape_and_colour():
    ax = charts.due_dates(agenda_of("2026-06-01", "2026-07-10", "2026-12-01"))
    assert marks(ax) == [("^", style.ACT), ("D", style.WATCH), ("o", style.COURSE)]


def test_today_is_an_upright_line():
    ax = charts.due_dates(agenda_of("2026-07-10"))
    now = mpl.dates.date2num(dt.date(2026, 6, 30))
    assert any(np.array_equal(line.get_xdata(), [now, now]) for line in ax.lines)


def test_actions_without_a_date_are_counted_in_the_note():
    assert "2 have no due date" in note(charts.due_dates(agenda_of("2026-07-10", "", "")))


def test_what_is_not_named_is_counted_by_month():
    ax = charts.due_dates(agenda_of(*["2026-08-15"] * 20))
    assert len(marks(ax)) == 14
    assert "6 more are not named" in note(ax)
    assert names(ax)[-1] == "all, by month"
    assert [text.get_text() for text in ax.texts][-1] == "20"


def test_long_lists_of_overdue_actions_leave_room_for_what_comes():
    ax = charts.due_dates(agenda_of(*["2026-05-15"] * 20, *["2026-08-15"] * 20))
    assert [shape for shape, _ in marks(ax)] == ["^"] * 7 + ["o"] * 7


@pytest.mark.parametrize(
    ("dues", "title"),
    [
        ((), "No action is open"),
        (("", "2029-01-01"), "No open action is overdue or falls due in the next twelve months"),
    ],
)
def test_where_nothing_is_drawn_the_title_says_so(dues, title):
    assert words(charts.due_dates(agenda_of(*dues))) == title


def test_a_plan_may_be_handed_in_instead_of_its_agenda():
    assert words(charts.due_dates(PlanBuilder().finding("F-1").frames)) == "No action is open"


def test_the_same_agenda_gives_the_same_bytes():
    agenda = agenda_of("2026-06-01", "2026-07-10", "2026-12-01")
    assert charts.as_svg(charts.due_dates(agenda)) == charts.as_svg(charts.due_dates(agenda))

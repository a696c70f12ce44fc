"""Do the charts of a verdict say its result, and show what it rests on?"""

from __future__ import annotations

import pytest
from builder import monthly_frames

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.errors import PracticeError

SIXTEEN = [54, 50, 53, 51] * 4


@pytest.fixture(scope="module")
def points():
    plan = monthly_frames(
        SIXTEEN, [57, 58, 56, 59] * 3, between=[70, 71], unit="%", name="Seen within four hours"
    )
    return ttp.counterfactual(plan, "F", "I", as_of="2026-01-01")


def title(ax):
    return " ".join(ax.get_title(loc="left").split())


def drawn(ax):
    return [(line.get_xdata(), line.get_ydata(), line) for line in ax.get_lines()]


def test_the_title_is_the_result_in_words(points):
    ax = charts.verdict(points)
    assert title(ax).startswith("Better since July 2021: ")
    assert "on average (" in title(ax)
    what, *runs = ax.get_xlabel().split("\n")
    assert what == "Seen within four hours, in %"
    assert " ".join(runs).startswith("Longest run on one side of the median before: 12 (usually up to 8); ")


def test_what_makes_a_verdict_doubtful_stands_below():
    rising = [50 + k / 6 + (k * 7 % 5 - 2) / 2 for k in range(48)]
    ax = charts.verdict(monthly_frames(rising[:24], rising[24:], unit="%", name="Seen"), "F", "I")
    assert title(ax).startswith("Better than before (")
    assert ax.get_xlabel().split("\n")[:2] == ["Seen, in %", "It may have been rising already"]


def test_limits_are_whole_where_they_were_set_and_broken_where_carried_on(points):
    levels = [
        (y[0], line.get_linestyle())
        for _, y, line in drawn(charts.verdict(points))
        if len(y) == 2 and y[0] == y[1]
    ]
    expected = [(52, "-"), (52, "--"), (44.02, "-"), (44.02, "--"), (59.98, "-"), (59.98, "--")]
    assert [style for _, style in levels] == [style for _, style in expected]
    assert [level for level, _ in levels] == pytest.approx([level for level, _ in expected])


def test_values_between_are_hollow(points):
    dots = [(list(y), line) for _, y, line in drawn(charts.verdict(points)) if line.get_marker() == "o"]
    hollow = [y for y, line in dots if line.get_markerfacecolor() == "#ffffff"]
    assert hollow == [[70, 71]]
    assert [len(y) for y, _ in dots] == [16, 2, 12]


def test_start_and_completion_are_named(points):
    for draw in (charts.verdict, charts.counterfactual):
        assert {text.get_text() for text in draw(points).texts} >= {
            "action began 2021-05-01",
            "counted from 2021-07-01",
        }


def test_the_counterfactual_is_drawn_after_the_action_only(points):
    ax = charts.counterfactual(points)
    broken = [list(y) for _, y, line in drawn(ax) if line.get_linestyle() == "--"]
    assert broken == [points["earlier_course"][points["phase"] == "post"].tolist()]
    assert title(ax) == title(charts.verdict(points))


def test_a_plan_will_do_instead_of_the_frame():
    ax = charts.verdict(monthly_frames(SIXTEEN, [52] * 3), "F", "I")
    assert title(ax) == "Since the action the figure has stayed within its expected range (44–60)"


def test_a_chart_without_a_started_action_says_so_and_one_without_a_model_is_refused():
    plan = monthly_frames(SIXTEEN, [52] * 3)
    assert (
        title(charts.verdict(plan | {"event": plan["event"].iloc[:0]}, "F", "I")) == "No action has started"
    )
    few = monthly_frames(SIXTEEN, [52] * 2)
    with pytest.raises(PracticeError, match="Only 2 measurements since the action"):
        charts.counterfactual(few, "F", "I")


def test_the_same_points_give_the_same_bytes(points):
    assert charts.as_svg(charts.verdict(points)) == charts.as_svg(charts.verdict(points))

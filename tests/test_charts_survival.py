"""Do the charts of pace say what they show, and draw the figures that they were given?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.charts import style

DAYS = [100, 150, 200, 300, 400, 800, 500, 900]


def waits(**columns):
    return pd.DataFrame({"days": DAYS, "ending": ["in_practice"] * 6 + ["open", "rejected"], **columns})


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_survival_says_its_shares_and_draws_them_as_rising_steps():
    ax = charts.survival(waits())
    assert title(ax) == (
        "In practice: 25% within 6 months, 50% within 12 months, 62% within 24 months, half after 9 months"
    )
    x, y = map(np.asarray, ax.lines[0].get_data())
    assert list(y) == pytest.approx([0, 1 / 8, 2 / 8, 3 / 8, 4 / 8, 5 / 8, 5 / 8 + 3 / 8 / 2, 13 / 16])
    assert list(x * 30.4375) == pytest.approx([0, 100, 150, 200, 300, 400, 800, 900])
    assert len(ax.collections) == 1  # the band
    assert texts(ax) == ["81%"]
    assert ax.get_xlabel() == "months since the finding was recorded; 8 findings"


def test_groups_differ_in_dash_and_name_not_in_colour_alone():
    ax = charts.survival(waits(theme=["a", "b"] * 4), by="theme")
    assert title(ax).startswith("In practice: by theme the curves do not differ by more than chance allows")
    assert sorted(text[0] for text in texts(ax)) == ["a", "b"]
    drawn = [line for line in ax.lines if line.get_linewidth() > 1]
    assert len({line.get_linestyle() for line in drawn}) == 2


def test_of_many_groups_the_largest_are_drawn_and_that_is_said():
    ax = charts.survival(waits(theme=["a", "a", "b", "b", "c", "c", "d", "e"]), by="theme")
    assert len(texts(ax)) == 4
    assert "the 4 largest of 5 groups" in ax.get_xlabel().replace("\n", " ")


def test_incidence_stacks_every_way_out_up_to_those_waiting():
    ax = charts.incidence(waits())
    assert title(ax) == "After 29 months 81% in practice, 19% closed, 0% still waiting"
    assert {text.split()[0] for text in texts(ax)} == {"in", "rejected", "still"}
    assert {layer.get_hatch() for layer in ax.collections} == {""}


def test_layers_of_closed_findings_are_told_apart_without_colour():
    frame = pd.DataFrame({"days": [1, 2, 3, 90], "ending": ["superseded", "retired", "in_practice", "open"]})
    layers = charts.incidence(frame).collections
    assert len({layer.get_hatch() for layer in layers}) == 3


def test_a_forecast_marks_the_three_days():
    ax = charts.forecast(ttp.forecast_of([2, 0, 3, 1, 4, 2, 0, 5], 20))
    assert title(ax) == "All done as likely as not by 10 weeks from now, almost surely by 15 weeks from now"
    assert texts(ax) == ["50%: 10 weeks", "85%: 13 weeks", "95%: 15 weeks"]


def test_a_forecast_of_a_plan_names_days():
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        found = ttp.forecast(plan, as_of="2026-06-30")
    ax = charts.forecast(found)
    assert texts(ax)[0] == f"50%: {found.milestones[0].on}"
    assert "as of 2026-06-30" in ax.get_xlabel().replace("\n", " ")


@pytest.mark.parametrize(
    ("chart", "given", "words"),
    [
        (charts.survival, waits().iloc[:0], "No finding was followed"),
        (charts.incidence, waits().iloc[:0], "No finding was followed"),
        (charts.forecast, ttp.forecast_of([0] * 8, 2), "cannot tell, no action was done in the last 8 weeks"),
        (charts.forecast, ttp.forecast_of([0] * 8, 0), "No action is open"),
    ],
)
def test_where_there_is_nothing_to_draw_the_title_says_so(chart, given, words):
    ax = chart(given)
    assert title(ax).endswith(words)
    assert charts.as_svg(ax)


def test_charts_of_pace_take_given_axes_and_a_plan():
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        for chart in (charts.survival, charts.incidence, charts.forecast):
            ax = style.new_axes(3)
            assert chart(plan, ax=ax) is ax

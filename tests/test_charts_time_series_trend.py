"""Do the charts of measures say what they show, in words?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from builder import PlanBuilder
from matplotlib.patches import Rectangle

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.charts import style

DAY = pd.Timestamp("2026-06-30")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def measured(ever, now, *, practice):
    names = [f"funnel_{when}_{stage}" for when in ("ever", "now") for stage in range(6)]
    frame = pd.DataFrame({"measure": names, "numerator": [*ever, *now]})
    frame.loc[12] = ["practice_rate", practice]
    return frame.assign(denominator=sum(now))


def test_the_funnel_sets_ever_beside_now():
    ax = charts.funnel(measured((9, 8, 6, 5, 4, 2), (1, 2, 1, 2, 2, 1), practice=3))
    assert title(ax) == "4 of 9 findings were ever in practice; 3 are now"
    assert texts(ax) == ["9", "1", "8", "2", "6", "1", "5", "2", "4", "2", "2", "1", "ever", "now"]
    assert [bar.get_width() for bar in ax.patches if isinstance(bar, Rectangle)] == [
        9,
        8,
        6,
        5,
        4,
        2,
        1,
        2,
        1,
        2,
        2,
        1,
    ]


def test_the_funnel_of_one_finding_and_of_none_agree_in_number():
    one = measured((1, 1, 1, 1, 1, 0), (0, 0, 0, 0, 1, 0), practice=1)
    assert title(charts.funnel(one)) == "1 of 1 finding was ever in practice; 1 is now"
    assert title(charts.funnel({})) == "No finding is in the plan"


def moved(values, measure="practice_rate", *, is_share=True):
    known = [None if np.isnan(value) else value for value in values]
    frame = pd.DataFrame(
        {
            "as_of": pd.date_range("2026-01-31", periods=len(values), freq="ME"),
            "value": values,
            "numerator": pd.array(
                [None if value is None else round(value * 8) for value in known], dtype="Int64"
            ),
            "denominator": pd.array([8] * len(values), dtype="Int64"),
            "low": np.array(values) * 0.5 if is_share else np.nan,
            "high": np.minimum(np.array(values) * 1.5, 1) if is_share else np.nan,
        }
    )
    frame.attrs["measure"] = measure
    return frame


def test_a_trend_of_a_share_has_its_band_and_its_last_counts():
    ax = charts.trend(moved([np.nan, 0.25, 0.5]).iloc[::-1])
    assert title(ax) == "Practice rate: from 25% on 2026-02-28 to 50% on 2026-03-31"
    assert texts(ax) == ["4 of\n8"]
    assert len(ax.collections) == 1
    assert ax.get_xlabel() == "band: 95% interval"
    assert np.asarray(ax.lines[0].get_ydata()).tolist()[1:] == [0.25, 0.5]


def test_a_trend_of_days_has_no_band():
    ax = charts.trend(moved([12.5, 30.0], "staleness_median_days", is_share=False))
    assert title(ax).startswith("Median days since anything was heard: from 12.5 on 2026-01-31 to 30 on")
    assert texts(ax) == ["30"]
    assert not ax.collections


def test_a_trend_without_values_says_so():
    ax = charts.trend(moved([np.nan, np.nan]), name="Kept promises")
    assert title(ax) == "Kept promises: nothing to count on any of these days"
    assert texts(ax) == ["nothing to count"]


def load(*rows):
    columns = ["owner_id", "name", "open", "overdue", "due_in_30_days", "stalled"]
    return pd.DataFrame(rows, columns=columns).assign(unit=None, live=9, as_of=DAY)


def test_an_owners_bar_shows_what_is_overdue_and_what_is_due_soon():
    rows = [(None, "nobody", 1, 0, 0, 0), ("O-1", "王丽", 5, 2, 1, 3), ("O-2", None, 0, 0, 0, 0)]
    ax = charts.owner_load(load(*rows))
    assert title(ax) == "1 open action has no accountable owner; most overdue: 王丽, 2"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nobody", "王丽"]
    assert [bar.get_width() for bar in ax.patches if isinstance(bar, Rectangle)] == [1, 5, 0, 3, 0, 2]
    assert texts(ax) == ["open", "overdue", "30 days", "stalled", "1", "·", "·", "·", "5", "2", "1", "3"]


def test_sixty_owners_are_cut_to_twenty_rows_and_the_rest_is_said():
    rows = [(None, "nobody", 0, 0, 0, 0), *((f"O-{i}", f"Owner {i}", 60 - i, 0, 0, 0) for i in range(60))]
    ax = charts.owner_load(load(*rows))
    assert len(ax.get_yticks()) == 20
    assert ax.get_xlabel().replace("\n", " ") == "open actions; 41 more owners are not drawn"
    assert title(ax) == "Every open action has an owner; none of the owners' is overdue"
    assert len(charts.owner_load(load(*rows), most=60).get_yticks()) == 60


def test_no_open_action_is_said():
    assert title(charts.owner_load({})) == "No action is open"


def test_charts_of_measures_take_a_plan_as_well_as_its_frame():
    frames = PlanBuilder().finding("F-1").action("A-1", "F-1", owner="O-1").frames
    assert title(charts.funnel(frames)) == title(charts.funnel(ttp.measures(frames)))
    assert title(charts.owner_load(frames)) == title(charts.owner_load(ttp.owner_load(frames)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ada", "Ada"), ("Adelaide", "Adelai…"), ("县水务局", "县水务…"), ("王丽梅", "王丽梅")],
)
def test_long_names_are_cut_by_the_width_of_their_letters(text, expected):
    assert style.shorten(text, 6) == expected

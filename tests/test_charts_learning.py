"""Does the learning loop say how many reviews changed something, and is it told without colour?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from builder import PlanBuilder
from matplotlib.patches import Rectangle

import theorytopractice as ttp
from theorytopractice import charts

DAY = "2026-05-15"
COLUMNS = ["begins_on", "ends_on", "confirmed", "revised", "material", "closed", "derived"]


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def sheet():
    made = (
        PlanBuilder().finding("F-1", "2024-01-01").finding("F-2", "2025-02-01").finding("F-3", "2026-04-01")
    )
    made.event("F-1", "review_confirmed", "2024-06-30").event("F-1", "review_confirmed", "2024-07-01")
    made.event("F-1", "review_material", "2025-02-10").event("F-2", "review_revised", "2026-03-31")
    made.event("F-2", "review_confirmed", "2026-05-15").event("F-2", "review_confirmed", "2026-05-16")
    made.event("F-1", "supersede", "2026-04-02", other_finding_id="F-3")
    for parent in ("F-1", "F-2"):
        made.add("finding_relation", finding_id="F-3", other_finding_id=parent, relation="derived_from")
    return made


def test_learning_counts_eight_quarters_up_to_the_day():
    found = ttp.learning(sheet().frames, as_of=DAY)[COLUMNS]
    assert [str(day.date()) for day in found["begins_on"]][::7] == ["2024-07-01", "2026-04-01"]
    assert [str(day.date()) for day in found["ends_on"]][-2:] == ["2026-03-31", DAY]
    assert found[COLUMNS[2:]].to_numpy().tolist() == [
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        *[[0, 0, 0, 0, 0]] * 3,
        [0, 1, 0, 0, 0],
        [1, 0, 0, 1, 1],
    ]


def test_learning_counts_some_findings_alone():
    found = ttp.learning(sheet().frames, as_of=DAY, among={"F-2"})
    assert found[COLUMNS[2:]].sum().tolist() == [1, 1, 0, 0, 0]


def test_learning_as_it_was_known_leaves_out_what_was_recorded_later():
    late = (
        PlanBuilder().finding("F-1").event("F-1", "review_confirmed", "2026-05-01", recorded_on="2026-06-01")
    )
    assert ttp.learning(late.frames, as_of=DAY)["confirmed"].sum() == 0
    assert ttp.learning(late.frames, as_of=DAY, knowledge="restated")["confirmed"].sum() == 1


def test_the_loop_is_drawn_from_its_frame():
    ax = charts.learning_loop(ttp.learning(sheet().frames, as_of=DAY))
    assert title(ax) == "5 reviews in 8 quarters, 2 revised a finding; 1 new finding came of others"
    assert [bar.get_height() for bar in ax.patches if isinstance(bar, Rectangle)] == [1, 1, 1, 1, 1]
    assert [bar.get_y() for bar in ax.patches if isinstance(bar, Rectangle)] == [0, 0, 0, 0, 1]
    assert np.asarray(ax.lines[0].get_xydata()).tolist() == [[7, 1]]


def test_outcomes_differ_without_colour():
    ax = charts.learning_loop(ttp.learning(sheet().frames, as_of=DAY))
    looks = {(bar.get_hatch(), bar.get_facecolor()) for bar in ax.patches}
    hatches = {bar.get_hatch() for bar in ax.patches}
    assert len(looks) == 4
    assert hatches == {None, "/////", "--"}
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(labels) == [
        "changed in meaning",
        "confirmed",
        "new findings derived",
        "revised",
        "superseded or retired",
    ]


def test_a_loop_without_reviews_says_so():
    ax = charts.learning_loop(ttp.learning({}, as_of=DAY))
    assert title(ax) == "0 reviews in 8 quarters, 0 revised a finding; 0 new findings came of others"
    assert ax.get_legend() is None
    assert not ax.patches


def test_a_plan_is_counted_as_of_today():
    assert title(charts.learning_loop(PlanBuilder().finding("F-1").frames)).startswith("0 reviews")


def test_quarters_are_named_below():
    ax = charts.learning_loop(ttp.learning({}, as_of=pd.Timestamp(DAY).date()))
    assert [label.get_text() for label in ax.get_xticklabels()][::7] == ["Q3\n2024", "Q2\n2026"]

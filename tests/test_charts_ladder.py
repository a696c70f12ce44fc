"""Do the charts say what they show, in words, with the same bytes each time?"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from theorytopractice import charts
from theorytopractice.assessment.assess import StageTally, tally
from theorytopractice.charts import style
from theorytopractice.errors import PracticeError


def assessed(*rows):
    columns = ["finding_id", "disposition", "stage", "flags"]
    frame = pd.DataFrame([(f"F-{i}", *row) for i, row in enumerate(rows)], columns=columns)
    return frame.astype({"stage": "Int64"})


def ten():
    stages = [
        (0, ["shelved"]),
        (0, ["shelved"]),
        (0, ["new"]),
        (1, []),
        (2, []),
        (3, ["lapsed"]),
        (4, []),
        (5, []),
    ]
    return assessed(
        *[("open", stage, flags) for stage, flags in stages],
        ("rejected", None, []),
        ("unknown", None, []),
    )


def observed(**columns):
    days = ["2024-01-31", "2024-03-31", "2024-02-29"]
    return pd.DataFrame({"observed_on": days, "value": ["40", "12.50", "30"], **columns})


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_findings_are_counted_by_stage_once_and_closed_ones_aside():
    expected = StageTally(stages=(3, 1, 1, 1, 1, 1), closed=1, shelved=2, lapsed=1)
    assert tally(pd.concat([ten(), ten()])) == expected
    assert (expected.n, expected.in_practice, expected.sustained) == (8, 2, 1)


def test_the_ladder_says_its_result_and_names_every_bar():
    ax = charts.ladder(ten())
    assert (
        ax.get_title(loc="left").replace("\n", " ")
        == "2 of 8 findings are in practice; 3 stand on the shelf, 1 of them new"
    )
    assert ax.get_yticklabels()[0].get_text() == "on the shelf"
    assert texts(ax) == ["3", "1", "1", "1", "1", "1"]
    assert ax.get_xlabel() == "open findings; 1 closed finding is not counted"
    assert ax.get_legend() is None


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([], "No finding is open"),
        ([("open", 0, [])], "0 of 1 finding is in practice; 1 stands on the shelf and is new"),
        ([("open", 4, []), ("open", 3, [])], "1 of 2 findings is in practice; none stands on the shelf"),
    ],
)
def test_the_ladders_title_agrees_in_number(rows, title):
    assert charts.ladder(assessed(*rows)).get_title(loc="left").replace("\n", " ") == title


def test_an_indicator_shows_its_levels_and_last_value_by_name():
    ax = charts.indicator(
        observed(), name="Waiting time", unit="%", direction="descending", baseline="41", target="15",
        action_on="2024-02-10",
    )  # fmt: skip
    title = "From 41 to 12.50% on 2024-03-31; target at most 15%"
    assert ax.get_title(loc="left").replace("\n", " ") == title
    assert set(texts(ax)) == {"last 12.50%", "target at most 15%", "before 41%", "action began 2024-02-10"}
    assert ax.get_xlabel() == "Waiting time, in %"
    assert np.asarray(ax.lines[0].get_ydata()).tolist() == [40, 30, 12.5]


def test_provisional_values_are_hollow_and_not_the_result():
    ax = charts.indicator(observed(final=["true", "false", "true"]), name="n")
    assert ax.lines[1].get_markerfacecolor() == style.PAPER
    assert np.asarray(ax.lines[1].get_ydata()).tolist() == [12.5]
    assert ax.get_title(loc="left").replace("\n", " ") == "30 on 2024-02-29; no target; no baseline"
    assert texts(ax) == ["provisional 12.50"]


def test_a_range_is_drawn_between_its_bounds():
    ax = charts.indicator(
        observed(), name="n", unit="degrees", direction="range", target_low=36.0, target_high=38
    )
    assert "target 36 to 38" in texts(ax)
    assert ax.get_title(loc="left").replace("\n", " ").endswith("target 36 to 38; no baseline")


def test_no_observation_is_said_not_drawn():
    ax = charts.indicator(observed().iloc[:0], name="n", target=5, direction="ascending")
    assert "no measurement yet" in texts(ax)
    assert ax.get_title(loc="left") == "No final value yet; target at least 5"


def test_words_are_not_drawn_as_numbers():
    frame = pd.DataFrame({"observed_on": ["2024-01-31"], "value": ["good"]})
    with pytest.raises(PracticeError, match="'good' is not a number"):
        charts.indicator(frame, name="Mood")


def test_a_chart_is_drawn_on_given_axes():
    ax = style.new_axes(2)
    assert charts.ladder(ten(), ax=ax) is ax


def test_the_same_chart_has_the_same_bytes():
    first, second = (charts.as_svg(charts.ladder(ten())) for _ in range(2))
    assert first == second
    assert "<dc:date>" not in first


def test_text_in_a_chart_is_text_and_cannot_do_harm():
    hostile = "<script>alert(1)</script> $x$ \x08 & 甲"
    svg = charts.as_svg(charts.indicator(observed(), name=hostile))
    root = ET.fromstring(svg)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    written = " ".join(
        "".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text")
    )
    assert "<script>alert(1)</script> $x$ & 甲" in written


def test_every_text_falls_back_to_a_font_that_every_reader_has():
    svg = charts.as_svg(charts.ladder(ten()).get_figure(root=True))
    families = re.findall(r"<text[^>]*font-family: ([^;\"]*)", svg)
    assert families
    assert all(family.endswith("sans-serif") for family in families)


def test_a_picture_carries_its_words_and_fetches_nothing():
    picture = charts.picture(charts.ladder(ten()), caption="a < b")
    assert 'alt="2 of 8 findings are in practice; 3 stand on the shelf, 1 of them new"' in picture.html()
    assert "<figcaption>a &lt; b</figcaption>" in picture._repr_html_()
    assert 'src="data:image/svg+xml;base64,' in picture.html()
    assert repr(picture) == "2 of 8 findings are in practice; 3 stand on the shelf, 1 of them new\na < b"


def test_a_chart_without_a_figure_cannot_be_shown():
    ax = charts.ladder(ten())
    ax.remove()
    with pytest.raises(PracticeError, match="removed from its figure"):
        charts.as_svg(ax)

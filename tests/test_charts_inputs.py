"""What does a chart say of a frame that it cannot draw?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.assessment.assess import stage_shares
from theorytopractice.errors import PracticeError

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = "2026-06-30"
CHARTS = {
    "counterfactual": "counterfactual(plan, finding_id, indicator_id)",
    "due_dates": "agenda(plan)",
    "forecast": "forecast(plan)",
    "funnel": "measures(plan)",
    "gap_map": "gap_map(plan)",
    "incidence": "durations(plan)",
    "indicator": "observations(plan)",
    "ladder": "assess(plan)",
    "ladders": "stage_shares(assessed)",
    "learning_loop": "learning(plan)",
    "owner_load": "owner_load(plan)",
    "owner_themes": "owner_themes(plan)",
    "site_funnel": "pooled_effect(plan)",
    "survival": "durations(plan)",
    "theory_of_change": "theory_of_change(plan)",
    "trend": "trend(plan, measure, dates)",
    "verdict": "counterfactual(plan, finding_id, indicator_id)",
}
"""Each chart, and the function whose result it draws."""
NO_CHARTS = {"Picture", "Table", "as_svg", "missing_font", "picture", "table"}
OPTIONS = {"indicator": {"name": "Wait"}}


@pytest.fixture(scope="module")
def plan():
    with ttp.open_plan(ttp.path_of("data/example")) as opened:
        yield opened


def test_every_chart_is_tried():
    assert set(CHARTS) | NO_CHARTS == set(charts.__all__)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_which_frame_it_draws(name):
    frame = pd.DataFrame({"colour": ["red"]})
    with pytest.raises(PracticeError, match=re.escape(f"what {CHARTS[name]} returns.")):
        getattr(charts, name)(frame, **OPTIONS.get(name, {}))


def test_a_chart_names_the_columns_that_it_draws_and_those_that_are_missing(plan):
    with pytest.raises(PracticeError) as refusal:
        charts.funnel(ttp.assess(plan, as_of=DAY))
    assert str(refusal.value) == (
        "This chart draws the columns measure, numerator, denominator; what it was given lacks measure, numerator, "
        "denominator. Give it what measures(plan) returns."
    )


def test_the_chart_of_a_verdict_draws_the_values_and_not_the_list_of_verdicts(plan):
    with pytest.raises(PracticeError, match=r"lacks observed_on, .*what counterfactual\(plan, "):
        charts.verdict(ttp.verdict(plan, as_of=DAY))
    values = ttp.counterfactual(plan, "F-013", "I-19", as_of=DAY)
    with pytest.raises(PracticeError, match="in the attrs of its frame"):
        charts.verdict(pd.DataFrame(values.to_dict("list")))


FRAMES: dict[str, Callable[..., pd.DataFrame]] = {
    "due_dates": ttp.agenda,
    "funnel": ttp.measures,
    "gap_map": ttp.gap_map,
    "incidence": ttp.durations,
    "indicator": ttp.observations,
    "ladder": ttp.assess,
    "ladders": lambda plan, as_of: stage_shares({"A": ttp.assess(plan, as_of=as_of)}),
    "learning_loop": ttp.learning,
    "owner_load": ttp.owner_load,
    "owner_themes": ttp.owner_themes,
    "survival": ttp.durations,
    "trend": lambda plan, as_of: ttp.trend(plan, "practice_rate", as_of),
    "verdict": lambda plan, as_of: ttp.counterfactual(plan, "F-013", "I-19", as_of=as_of),
}


@pytest.mark.parametrize("name", FRAMES)
def test_no_column_is_missed_without_a_sentence(plan, name):
    frame = FRAMES[name](plan, as_of=DAY)
    if name == "indicator":
        frame = frame[frame["indicator_id"] == "I-19"]
    for column in frame.columns:
        rest = frame.drop(columns=column)
        rest.attrs = {key: value for key, value in frame.attrs.items() if key != "as_of"}
        assert refusal_of(name, rest) in {"", column}


def refusal_of(name, frame):
    """Return the column that a chart misses, if it says so; any other error fails the test."""
    try:
        getattr(charts, name)(frame, **OPTIONS.get(name, {}))
    except PracticeError as refusal:
        return re.search(r"lacks (\S+)\.", str(refusal))[1]
    return ""

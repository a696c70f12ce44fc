"""Which day is meant, and what is said where it is none?"""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice.errors import PracticeError
from theorytopractice.model.settings import LAST_DAY, read_as_of

REST = {
    "counterfactual": ("F-013", "I-19"),
    "explain": ("F-013",),
    "if_done": (["A-071"],),
    "theory_of_change": ("F-013",),
    "trend": ("practice_rate",),
    "what_if": ([],),
    "write_report": ("never.html",),
}
"""What a function needs beside the plan."""
WRONG = [20260630, 2026.5, ["2026-06-30"], pd.NaT, np.datetime64("2026-06-30"), True, b"2026-06-30"]


def functions_of_a_day():
    for name in dir(ttp):
        function = getattr(ttp, name)
        if inspect.isfunction(function):
            for parameter in inspect.signature(function).parameters.values():
                if "date" in str(parameter.annotation) or parameter.name == "entered":
                    yield pytest.param(name, parameter.name, id=f"{name}-{parameter.name}")


@pytest.fixture(scope="module")
def plan():
    with ttp.open_plan(ttp.path_of("data/example")) as opened:
        yield opened


@pytest.mark.parametrize(("name", "parameter"), [*functions_of_a_day()])
def test_every_function_of_a_day_refuses_in_one_sentence_what_is_no_day(plan, tmp_path, name, parameter):
    needed = [tmp_path / one if name == "write_report" else one for one in REST.get(name, ())]
    with pytest.raises(PracticeError, match="is not a date; write it as year-month-day"):
        getattr(ttp, name)(plan, *needed, **{parameter: 20260630})


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_what_is_no_day_is_quoted(wrong):
    with pytest.raises(PracticeError, match="is not a date; write it as year-month-day, such as 2026-06-30"):
        read_as_of(wrong)


@pytest.mark.parametrize("method", ["check", "problems"])
def test_a_plan_refuses_what_is_no_day(plan, method):
    with pytest.raises(PracticeError, match="'20260630' is not a date"):
        getattr(plan, method)(as_of=20260630)


@pytest.mark.parametrize(
    "day",
    ["2026-06-30", date(2026, 6, 30), datetime(2026, 6, 30, 12, tzinfo=UTC), pd.Timestamp("2026-06-30")],
    ids=repr,
)
def test_a_day_may_be_a_text_a_date_or_a_moment(day):
    assert read_as_of(day) == date(2026, 6, 30)


def test_a_day_that_no_frame_can_hold_is_refused():
    assert read_as_of(LAST_DAY) == LAST_DAY
    with pytest.raises(PracticeError, match="'9999-12-31' is too far ahead; choose a day up to 2262-04-11"):
        read_as_of("9999-12-31")


@pytest.mark.parametrize("day", ["2026-06-30", date(2026, 6, 30), pd.Timestamp("2026-06-30")], ids=repr)
def test_a_trend_takes_a_single_day(plan, day):
    expected = ttp.trend(plan, "practice_rate", ["2026-06-30"])
    pd.testing.assert_frame_equal(ttp.trend(plan, "practice_rate", day), expected)

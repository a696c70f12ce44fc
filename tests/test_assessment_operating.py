"""Do the days of a forecast hold as often as they say? A small part of ``operating_forecast.py``."""

from __future__ import annotations

import numpy as np
import pytest
from operating_forecast import coverage

N = 25
GIVEN = np.array([0.50, 0.85, 0.95])
AWAY = np.array([0.12, 0.12, 0.05])


@pytest.mark.parametrize(
    "regime",
    ["constant pace, 13 weeks known, 20 open", "bursts, 10 open", "work that grows, oldest first, 10 open", "closing near due dates, 20 actions"],
)  # fmt: skip
def test_the_days_of_a_forecast_hold_as_often_as_they_say(regime):
    shares, told = coverage(regime, N)
    assert told == N
    error = 3 * np.sqrt(GIVEN * (1 - GIVEN) / N)
    assert (np.abs(shares - GIVEN) <= AWAY + error).all(), shares


def test_the_latest_day_holds_mostly_where_each_action_has_its_own_time():
    """A pace alone would hold in one of three; the past tells little of which it is."""
    shares, _ = coverage("own exponential times, 60 actions", N)
    assert shares[2] >= 0.65, shares

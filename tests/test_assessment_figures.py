"""Does a share say that some are left where it rounds to none or all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice import charts
from theorytopractice.assessment.figures import percent, share_text
from theorytopractice.assessment.measures import CELL, LINE, SENTENCE, say_figure
from theorytopractice.i18n import CHINESE, say_share, speaking

if TYPE_CHECKING:
    from collections.abc import Hashable


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0"), (1e-12, "0"), (1 / 300, "under 1"), (0.0051, "1"), (0.5, "50"), (0.9949, "99"),
     (0.995, "over 99"), (299 / 300, "over 99"), (1 - 1e-12, "100"), (1, "100")],
)  # fmt: skip
def test_a_share_is_none_or_all_only_where_it_is(share, said):
    assert percent(share) == said
    assert say_share(share) == f"{said}%"


def test_with_more_digits_less_is_left_unsaid():
    assert percent(299 / 300, 1) == "99.7"
    assert percent(2999 / 3000, 1) == "over 99.9"
    assert percent(1 / 3000, 1) == "under 0.1"


def test_it_is_said_in_both_languages_and_with_its_interval():
    assert share_text(299 / 300, 0.981, 0.9994) == "over 99% (98–100%)"
    with speaking(CHINESE):
        assert say_share(299 / 300) == "超过99%"
        assert say_share(1 / 300) == "不到1%"


def test_every_place_says_so():
    row: dict[Hashable, object] = {
        "measure": "practice_rate",
        "value": 299 / 300,
        "numerator": 299,
        "denominator": 300,
        "low": 0.981,
        "high": 0.9994,
    }
    assert say_figure(row, SENTENCE).startswith("over 99% (299 of 300")
    assert say_figure(row, CELL).startswith("over 99% (98–100%)")
    assert say_figure(row, LINE).startswith("99.7%")
    waits = pd.DataFrame({"days": [100] * 299 + [1000], "ending": ["in_practice"] * 299 + ["open"]})
    assert "over 99% (95% interval" in ttp.survival(waits).text
    title = charts.survival(waits).get_title(loc="left")
    assert "over 99% within 6 months" in title.replace("\n", " ")

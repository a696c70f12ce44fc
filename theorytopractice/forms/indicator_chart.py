"""How has an indicator moved? Its chart, in words too, and its values as a table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice import html
from theorytopractice.errors import PracticeError
from theorytopractice.forms.overview import cell
from theorytopractice.forms.row_tables import day
from theorytopractice.i18n import say

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd
    from markupsafe import Markup

    from theorytopractice.forms.finding_detail import FindingDetail


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any]


def chart(shown: FindingDetail, row: Row) -> Markup:
    """Return the chart of one indicator; words where it has no value yet, or values that are words."""
    frame = shown.encoded["observation"]
    values = frame[frame["indicator_id"] == row["indicator_id"]].sort_values("observed_on", kind="stable")
    if values.empty:
        return html.quiet(say("No value yet."))
    pairs = [(day(one["observed_on"]), one["value"]) for one in values.to_dict("records")]
    numbers = html.figures(cell(row["name"]), (say("Day"), say("Value")), pairs)
    try:
        return html.chart(_drawn(values, row), numbers)
    except PracticeError:
        return numbers


def _drawn(values: pd.DataFrame, row: Row) -> Any:  # noqa: ANN401 - a picture of the charts
    from theorytopractice import charts

    ax = charts.indicator(
        values,
        name=cell(row["name"]),
        unit=cell(row["unit"]),
        direction=cell(row["direction"]),
        baseline=cell(row["baseline"]) or None,
        target=cell(row["target"]) or None,
        target_low=cell(row["target_low"]) or None,
        target_high=cell(row["target_high"]) or None,
    )
    return charts.picture(ax)

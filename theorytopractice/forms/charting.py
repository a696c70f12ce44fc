"""How has an indicator moved? Its chart, in words too, and its values as a table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PracticeError
from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import day
from theorytopractice.language import say
from theorytopractice.report import html

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from markupsafe import Markup

    from theorytopractice.forms.tabs import Shown

NUMBERS = ("baseline", "target", "target_low", "target_high")


def chart(shown: Shown, row: Mapping[str, Any]) -> Markup:
    """Return the chart of one indicator; words where it has no value yet, or values that are words."""
    frame = shown.book["observation"]
    values = frame[frame["indicator_id"] == row["indicator_id"]].sort_values("observed_on", kind="stable")
    if values.empty:
        return html.quiet(say("No value yet."))
    pairs = [(day(one["observed_on"]), one["value"]) for one in values.to_dict("records")]
    numbers = html.figures(cell(row["name"]), (say("Day"), say("Value")), pairs)
    try:
        return html.chart(_drawn(values, row), numbers)
    except PracticeError:
        return numbers


def _drawn(values: pd.DataFrame, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a picture of the charts
    from theorytopractice import charts

    ax = charts.indicator(
        values,
        name=cell(row["name"]),
        unit=cell(row["unit"]),
        direction=cell(row["direction"]),
        **{name: cell(row[name]) or None for name in NUMBERS},
    )
    return charts.picture(ax)

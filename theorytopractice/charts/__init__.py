"""What does it look like? A frame (or the plan that it comes from) goes in, Axes come out; no rule is applied here."""

from theorytopractice.charts.bars import ladder
from theorytopractice.charts.before_after import counterfactual, verdict
from theorytopractice.charts.funnels import funnel
from theorytopractice.charts.lines import indicator
from theorytopractice.charts.loads import owner_load
from theorytopractice.charts.pace import forecast, incidence, survival
from theorytopractice.charts.svg import Picture, as_svg, picture
from theorytopractice.charts.trends import trend

__all__ = [
    "Picture",
    "as_svg",
    "counterfactual",
    "forecast",
    "funnel",
    "incidence",
    "indicator",
    "ladder",
    "owner_load",
    "picture",
    "survival",
    "trend",
    "verdict",
]

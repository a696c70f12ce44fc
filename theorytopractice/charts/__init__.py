"""What does it look like? A frame (or the plan that it comes from) goes in, Axes come out; no rule is applied here."""

from theorytopractice.charts.due_dates import due_dates
from theorytopractice.charts.gap_map import gap_map
from theorytopractice.charts.indicator import indicator
from theorytopractice.charts.ladder import funnel, ladder, ladders
from theorytopractice.charts.learning import learning_loop
from theorytopractice.charts.owners import owner_load, owner_themes
from theorytopractice.charts.style import missing_font
from theorytopractice.charts.survival import forecast, incidence, survival
from theorytopractice.charts.svg import Picture, as_svg, picture
from theorytopractice.charts.tables import Table, table
from theorytopractice.charts.theory_of_change import theory_of_change
from theorytopractice.charts.trend import trend
from theorytopractice.charts.verdict import counterfactual, verdict

__all__ = [
    "Picture",
    "Table",
    "as_svg",
    "counterfactual",
    "due_dates",
    "forecast",
    "funnel",
    "gap_map",
    "incidence",
    "indicator",
    "ladder",
    "ladders",
    "learning_loop",
    "missing_font",
    "owner_load",
    "owner_themes",
    "picture",
    "survival",
    "table",
    "theory_of_change",
    "trend",
    "verdict",
]

"""What does it look like? A frame (or the plan that it comes from) goes in, Axes come out; no rule is applied here."""

from theorytopractice.charts.gap_map import gap_map
from theorytopractice.charts.ladder import funnel, ladder, ladders
from theorytopractice.charts.learning import learning_loop
from theorytopractice.charts.site_funnel import site_funnel
from theorytopractice.charts.style import missing_font
from theorytopractice.charts.survival import forecast, incidence, survival
from theorytopractice.charts.svg import Picture, as_svg, picture
from theorytopractice.charts.tables import Table, table
from theorytopractice.charts.theory_of_change import theory_of_change
from theorytopractice.charts.time_series import counterfactual, indicator, trend, verdict
from theorytopractice.charts.workload import due_dates, owner_load, owner_themes

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
    "site_funnel",
    "survival",
    "table",
    "theory_of_change",
    "trend",
    "verdict",
]

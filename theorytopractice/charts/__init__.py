"""What does it look like? A frame (or the plan that it comes from) goes in, Axes come out; no rule is applied here."""

from theorytopractice.charts.bars import ladder
from theorytopractice.charts.gap_map import gap_map
from theorytopractice.charts.lines import indicator
from theorytopractice.charts.owner_themes import owner_themes
from theorytopractice.charts.svg import Picture, as_svg, picture
from theorytopractice.charts.theory_of_change import theory_of_change

__all__ = [
    "Picture",
    "as_svg",
    "gap_map",
    "indicator",
    "ladder",
    "owner_themes",
    "picture",
    "theory_of_change",
]

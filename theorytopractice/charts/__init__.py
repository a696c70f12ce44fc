"""What does it look like? A frame goes in, Axes come out; no plan is known and no rule is applied here."""

from theorytopractice.charts.bars import ladder
from theorytopractice.charts.lines import indicator
from theorytopractice.charts.svg import Picture, as_svg, picture

__all__ = ["Picture", "as_svg", "indicator", "ladder", "picture"]

"""How does a chart become text that any page can carry, the same bytes each time?"""

from __future__ import annotations

import base64
import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from theorytopractice.charts import style
from theorytopractice.errors import PracticeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


COLLECTION = ("Noto Sans CJK JP", "Noto Sans CJK SC")
"""The name by which matplotlib finds the collection, and the one under which a browser has its Chinese shapes."""
FAMILY = re.compile(r"""(<text style="[^"]*font-family: [^;"]*)(;|")""")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a figure with its words; notebooks show it, readers without pictures hear ``words``."""

    svg: str
    words: str
    caption: str = ""

    def html(self) -> str:
        """Return an HTML figure whose picture is part of the text; nothing is fetched."""
        data = base64.b64encode(self.svg.encode()).decode()
        below = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        source = f"data:image/svg+xml;base64,{data}"
        return f'<figure class="chart"><img alt="{escape(self.words)}" src="{source}">{below}</figure>'

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        """Return the words, for a terminal."""
        return f"{self.words}\n{self.caption}".strip()


def picture(chart: Axes, *, caption: str = "") -> Picture:
    """Return a chart to be shown; its title is the text for readers who see no picture."""
    words = style.unwrap(chart.get_title(loc="left"))
    return Picture(as_svg(chart), words, caption)


def as_svg(chart: Axes | Figure) -> str:
    """Return a chart as SVG with real text."""
    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    if figure is None:
        raise PracticeError("Cannot show a chart that was removed from its figure; draw it again.")
    buffer = io.StringIO()
    with style.style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return FAMILY.sub(r"\1, sans-serif\2", buffer.getvalue()).replace(*COLLECTION)

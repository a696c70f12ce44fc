"""How does a notebook become one page that opens anywhere, without a network and without a script?"""

from __future__ import annotations

import base64
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import HTMLExporter
from traitlets import default
from traitlets.config import Config

from theorytopractice.report.html import safe

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).parent
CHART = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"\s*/?>')
PROLOGUE = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>\s*", re.DOTALL)
NAMED = re.compile(r'(\bid="|url\(#|href="#)')
STYLED = re.compile(r'style="[^"<>]*"')
COLOURS = {
    "#1a1a1a": "ink",
    "#595959": "muted",
    "#bfbfbf": "line",
    "#ffffff": "paper",
    "#871d0c": "act",
    "#d66d06": "watch",
    "#0f56ab": "course",
    "#0d1b39": "practice",
    "#8d8e90": "closed",
}


class TheoryToPracticeExporter(HTMLExporter):  # type: ignore[misc,unused-ignore]
    """Render a notebook as the report: no code, no script, nothing remote, charts as inline SVG."""

    export_from_notebook = "Findings into practice (HTML)"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "theorytopractice"

    @default("extra_template_basedirs")
    def _template_folder(self) -> list[str]:
        return [str(HERE / "template")]

    @property
    def default_config(self) -> Config:
        """Leave out code, prompts and links to headings, unless somebody asks for them."""
        own = dict.fromkeys(
            ("exclude_input", "exclude_input_prompt", "exclude_output_prompt", "exclude_anchor_links"), True
        )
        config = super().default_config.copy()
        config.merge(Config({"TheoryToPracticeExporter": own}))
        return config

    def _init_resources(self, resources: dict[str, Any] | None) -> dict[str, Any]:
        """Hand the style sheet to the template."""
        made: dict[str, Any] = super()._init_resources(resources)  # type: ignore[no-untyped-call]
        made["stylesheet"] = (HERE / "template" / "theorytopractice" / "style.css").read_text(
            encoding="utf-8"
        )
        return made

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: object
    ) -> tuple[str, dict[str, Any]]:
        """Render the notebook; charts that came as pictures become part of the page."""
        page, made = super().from_notebook_node(nb, resources, **options)
        numbers = iter(range(1, page.count("data:image/svg+xml") + 1))
        return CHART.sub(lambda found: inline(found[1], found[2], next(numbers)), page), made


def inline(alt: str, data: str, number: int) -> str:
    """Return a chart as inline SVG with its alternative text, in the page's own colours and fonts."""
    svg = PROLOGUE.sub("", base64.b64decode(data).decode())
    svg = NAMED.sub(rf"\g<1>c{number}-", svg)
    svg = STYLED.sub(lambda found: _coloured(found[0]), svg)
    return f'<div class="svg" role="img" aria-label="{safe(unescape(alt))}">{svg}</div>'


def _coloured(style: str) -> str:
    """Let the page's style sheet choose the colours, for light, dark and print."""
    for colour, name in COLOURS.items():
        style = style.replace(colour, f"var(--{name}, {colour})")
    return style

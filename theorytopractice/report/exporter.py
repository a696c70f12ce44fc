"""How does a notebook become one page that opens anywhere, without a network?"""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from traitlets import Bool, default
from traitlets.config import Config

from theorytopractice.html import safe
from theorytopractice.i18n import ENGLISH, TAGS, of_tag, say, speaking
from theorytopractice.report.split_files import BESIDE, split_page

if TYPE_CHECKING:
    from nbformat import NotebookNode


HERE = Path(__file__).parent / "template" / "theorytopractice"
SHEETS = ("style.css", "parts.css", "print.css")
CHART = re.compile(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"\s*/?>')
UNDESCRIBED = re.compile(r"<img(?![^>]*\balt=)")
PROLOGUE = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>\s*", re.DOTALL)
NAMED = re.compile(r'(\bid="|url\(#|href="#)')
PRECISE = re.compile(r"(\d\.\d\d)\d+| (?=\n)|(?<=[\d\w])\n(?=[MLzQC] ?)")
BETWEEN = re.compile(r"(?<=>)\s+(?=<)")
ELEMENT = re.compile("<[^>]*>")
STYLED = re.compile(r'style="[^"<>]*"')
SKIP = "{skip to the content}"
SPOKEN = re.compile(r'<header class="masthead" lang="([A-Za-z-]+)">')
TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
NAME = re.compile("<title>.*?</title>", re.DOTALL)
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
    """Render a notebook as the report: no code, nothing remote, no script but the page's own, charts as inline SVG.

    A report of more than two megabytes keeps its findings in files beside it, unless ``single_file`` is set.
    """

    export_from_notebook = "Findings into practice (HTML)"
    single_file = Bool(
        default_value=False, help="Keep every finding in the one page, however large it grows."
    ).tag(config=True)

    @default("template_name")
    def _template_name_default(self) -> str:
        return "theorytopractice"

    @default("extra_template_basedirs")
    def _template_folder(self) -> list[str]:
        return [str(HERE.parent)]

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
        """Hand style sheet and script to the template, with the hash by which a browser knows the script."""
        result: dict[str, Any] = super()._init_resources(resources)  # type: ignore[no-untyped-call]
        script = (HERE / "script.js").read_text(encoding="utf-8")
        result["stylesheet"] = "".join((HERE / sheet).read_text(encoding="utf-8") for sheet in SHEETS)
        result["script"] = script
        result["script_hash"] = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return result

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: object
    ) -> tuple[str, dict[str, Any]]:
        """Render the notebook; charts become part of the page, and too many findings files beside it."""
        result = self._init_resources(resources)
        own = {"notebook_metadata": self._nb_metadata, "parent": self, "resources": result}
        self.register_filter("highlight_code", Highlight2HTML(parent=self))  # type: ignore[no-untyped-call]
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(**own))  # type: ignore[no-untyped-call]
        # HTMLExporter's own method would read the whole page again, and write it in more letters
        page, result = TemplateExporter.from_notebook_node(self, nb, result, **options)
        page = UNDESCRIBED.sub('<img alt="no description"', page)
        numbers = iter(range(1, page.count("data:image/svg+xml") + 1))
        page = CHART.sub(lambda found: inline(found[1], found[2], next(numbers)), _with_title(page))
        if not self.single_file:
            name = result.get("unique_key", "report")
            page, files = split_page(page, f"{name}{BESIDE}")
            outputs = {place: text.encode() for place, text in files.items()}
            result["outputs"] = {**(result.get("outputs") or {}), **outputs}
        return page, result


def _with_title(page: str) -> str:
    """Give the page the language and the title of its masthead, where it has one."""
    header = SPOKEN.search(page)
    language = header[1] if header else TAGS[ENGLISH]
    page = page.replace("<html>", f'<html lang="{language}">', 1)
    with speaking(of_tag(language)):
        page = page.replace(SKIP, say("Skip to the content"), 1)
    title = TITLE.search(page, header.end()) if header else None
    return NAME.sub(lambda _: f"<title>{title[1]}</title>", page, count=1) if title else page


def inline(alt: str, data: str, number: int) -> str:
    """Return a chart as inline SVG with its alternative text, in the page's own colours and fonts."""
    svg = BETWEEN.sub("", PROLOGUE.sub("", base64.b64decode(data).decode()))
    svg = ELEMENT.sub(
        lambda found: _own_names(found[0], number), svg
    )  # what stands between them are the plan's words
    return f'<div class="svg" role="img" aria-label="{safe(unescape(alt))}">{svg}</div>'


def _own_names(element: str, number: int) -> str:
    """Return an element of a chart with names that no other chart of the page has, written briefly."""
    named = NAMED.sub(lambda found: f"{found[1]}c{number}-", element)
    return STYLED.sub(lambda found: _theme_colours(found[0]), PRECISE.sub(r"\1", named))


def _theme_colours(style: str) -> str:
    """Let the page's style sheet choose the colours, for light, dark and print."""
    for colour, name in COLOURS.items():
        style = style.replace(colour, f"var(--{name}, {colour})")
    return style

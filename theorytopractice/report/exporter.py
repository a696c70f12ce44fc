"""How does a notebook become one page that opens anywhere, files beside it where it is too large, and a PDF?"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from traitlets import Bool, default
from traitlets.config import Config

from theorytopractice.errors import PracticeError
from theorytopractice.html import disclosure, item_list, join, safe, tag
from theorytopractice.i18n import ENGLISH, TAGS, of_tag, say, say_n, speaking
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup
    from nbformat import NotebookNode


HERE = Path(__file__).parent / "template" / "theorytopractice"
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
        result["stylesheet"] = (HERE / "style.css").read_text(encoding="utf-8")
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
        page = CHART.sub(lambda match: inline(match[1], match[2], next(numbers)), _with_title(page))
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
        lambda match: _own_names(match[0], number), svg
    )  # what stands between them are the plan's words
    return f'<div class="svg" role="img" aria-label="{safe(unescape(alt))}">{svg}</div>'


def _own_names(element: str, number: int) -> str:
    """Return an element of a chart with names that no other chart of the page has, written briefly."""
    named = NAMED.sub(lambda match: f"{match[1]}c{number}-", element)
    return STYLED.sub(lambda match: _theme_colours(match[0]), PRECISE.sub(r"\1", named))


def _theme_colours(style: str) -> str:
    """Let the page's style sheet choose the colours, for light, dark and print."""
    for colour, name in COLOURS.items():
        style = style.replace(colour, f"var(--{name}, {colour})")
    return style


MOST_BYTES = 2_000_000
"""A page that is larger sends its cards into files of their own."""
PAGE_BYTES = 900_000
BESIDE = "_files"
"""How the folder beside a report is named after it."""
CARDS = re.compile(
    r'(?P<open><div class="cards"[^>]*>)(?P<cards>.*?</article>)(?=</div><p class="back">)', re.DOTALL
)
CARD = re.compile(r'<article id="(?P<id>[^"]*)".*?</article>', re.DOTALL)
LINK = re.compile(r'(?P<before><a href=")#(?P<id>[^"]*)"')
LANGUAGE = re.compile(r'<html lang="([^"]*)"')


@dataclass(frozen=True, slots=True)
class File:
    """A file beside the report: its name, its cards, and the numbers of their findings."""

    name: str
    cards: tuple[str, ...]
    ids: tuple[str, ...]


def split_page(page: str, folder: str) -> tuple[str, dict[str, str]]:
    """Move the cards of a large page into files.

    Args:
        page: a report as HTML.
        folder: the folder of the files, beside the report.

    Returns:
        The page, and the files by their paths from the page's folder; a page that is small enough stays whole.
    """
    match = CARDS.search(page)
    if not match or len(page.encode()) <= MOST_BYTES:
        return page, {}
    files = list(_files(match["cards"]))
    home = {finding_id: f"{quote(folder)}/{file.name}" for file in files for finding_id in file.ids}
    shell = page[: page.index("<main")], page[page.index("</main>") :]
    with speaking(of_tag(LANGUAGE.search(page)[1])):  # type: ignore[index]
        front = "".join([page[: match.start()], _index(files, folder), page[match.end() :]])
        texts = {
            f"{folder}/{file.name}": _text(files, at, folder, shell, match["open"])
            for at, file in enumerate(files)
        }
    return LINK.sub(lambda link: _file_link(link, home), front), texts


def _files(cards: str) -> Iterator[File]:
    """Cut the cards into files of about the same size; the name of a file follows from its content."""
    batch: list[tuple[str, str]] = []
    size, number = 0, 1
    for card in CARD.finditer(cards):
        batch.append((card["id"], card[0]))
        size += len(card[0].encode())
        if size >= PAGE_BYTES:
            yield _file(number, batch)
            batch, size, number = [], 0, number + 1
    if batch:
        yield _file(number, batch)


def _file(number: int, batch: list[tuple[str, str]]) -> File:
    ids, cards = zip(*batch, strict=True)
    digest = hashlib.sha256("".join(cards).encode()).hexdigest()[:8]
    return File(f"findings-{number:02}-{digest}.html", cards, ids)


def _index(files: list[File], folder: str) -> Markup:
    """Return where each finding is told of, by file and by number."""
    links = [tag("a", _span(files, at), href=f"{quote(folder)}/{file.name}") for at, file in enumerate(files)]
    every = sorted(
        ((finding_id, file) for file in files for finding_id in file.ids), key=lambda pair: natural(pair[0])
    )
    numbers = join(
        (
            tag("a", _number(finding_id), href=f"{quote(folder)}/{file.name}#{finding_id}")
            for finding_id, file in every
        ),
        " ",
    )
    lead = say_n(
        "They are told of in {n} file beside this one, the most urgent first.",
        "They are told of in {n} files beside this one, the most urgent first.",
        len(files),
    )
    return join(
        [
            tag("p", lead),
            item_list(links, name="files"),
            disclosure(say("By number"), tag("p", numbers, class_="numbers")),
        ]
    )


def _span(files: list[File], at: int) -> str:
    """Say which findings a file holds, by their place in the order of urgency."""
    before = sum(len(file.ids) for file in files[:at])
    return say("Findings {first:,} to {last:,}", first=before + 1, last=before + len(files[at].ids))


def _text(files: list[File], at: int, folder: str, shell: tuple[str, str], opening: str) -> str:
    """Return a file as a page with the report's head, and links back and onward."""
    links = [
        tag("a", say("Back to the report"), href=f"../{quote(folder.removesuffix(BESIDE))}.html#findings")
    ]
    if at:
        links.append(tag("a", say("Previous page"), href=files[at - 1].name, rel="prev"))
    if at + 1 < len(files):
        links.append(tag("a", say("Next page"), href=files[at + 1].name, rel="next"))
    steps = tag("nav", item_list(links, name="steps"), aria_label=say("Pages"))
    head = tag("h1", _span(files, at))
    heading = tag("h2", say("Every finding"))
    return "".join(
        [
            shell[0],
            '<main id="content" tabindex="-1">',
            steps,
            head,
            heading,
            opening,
            *files[at].cards,
            "</div>",
            steps,
            shell[1],
        ]
    )


def _file_link(link: re.Match[str], home: dict[str, str]) -> str:
    """Let a link to a finding lead into its file."""
    return f'{link["before"]}{home.get(link["id"], "")}#{link["id"]}"'


def _number(anchor: str) -> str:
    """Return the number of a finding from its place."""
    return unquote(anchor.removeprefix("f-"))


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
)
PATIENCE = 600  # seconds


def print_page(page: str, folder: Path) -> bytes:
    """Print a page on A4 as a PDF with tags, an outline, and every closed detail opened.

    Args:
        page: the page as HTML, everything in one file.
        folder: an empty folder for what comes and goes.

    Raises:
        PracticeError: there is no Chromium, or it failed.
    """
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    own = [f"--user-data-dir={folder / 'browser'}", f"--print-to-pdf={target}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        own.append("--no-sandbox")  # as root Chromium refuses to start with it
    try:
        process = subprocess.run(  # noqa: S603 - the browser that was found, and no shell
            [find_browser(), *OPTIONS, *own, source.as_uri()],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PracticeError(f"Chromium did not print the report within {PATIENCE} seconds.") from error
    if process.returncode or not target.exists():
        last = process.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PracticeError(f"Chromium could not print the report: {' '.join(last) or 'it gave no reason'}")
    return target.read_bytes()


def find_browser() -> str:
    """Return the path of a Chromium, Chrome or Edge; raises PracticeError where there is none."""
    for name in (*BROWSERS, *PLACES):
        path = shutil.which(name)
        if path:
            return path
    raise PracticeError(
        "A PDF is printed by Chromium, Chrome or Edge, and none was found; install one, or open the HTML report and print it."
    )

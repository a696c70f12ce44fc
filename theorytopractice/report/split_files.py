"""What if there are too many findings for one file? Their cards go into files beside it, and links follow them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from theorytopractice.html import behind, joined, listed, tag
from theorytopractice.i18n import of_tag, say, say_n, speaking
from theorytopractice.model.values import natural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup


MOST_BYTES = 2_000_000
"""A page that is larger sends its cards into files of their own."""
PAGE_BYTES = 900_000
BESIDE = "_files"
"""How the folder beside a report is named after it."""
CARDS = re.compile(
    r'(?P<open><div class="cards"[^>]*>)(?P<cards>.*?</article>)(?=</div></section>)', re.DOTALL
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
    home = {one: f"{quote(folder)}/{file.name}" for file in files for one in file.ids}
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
    every = sorted(((one, file) for file in files for one in file.ids), key=lambda pair: natural(pair[0]))
    numbers = joined(
        (tag("a", _number(one), href=f"{quote(folder)}/{file.name}#{one}") for one, file in every), " "
    )
    lead = say_n(
        "They are told of in {n} file beside this one, the most urgent first.",
        "They are told of in {n} files beside this one, the most urgent first.",
        len(files),
    )
    return joined(
        [
            tag("p", lead),
            listed(links, name="files"),
            behind(say("By number"), tag("p", numbers, class_="numbers")),
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
    steps = tag("nav", listed(links, name="steps"), aria_label=say("Pages"))
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

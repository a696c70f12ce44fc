"""How does a text become HTML that cannot do harm? Whatever is not markup already is escaped."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

from theorytopractice.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sign(Protocol):
    """What stands for a status: a class of the style sheet, a word, and a shape for whoever sees no colour."""

    @property
    def name(self) -> str:
        """The name of its class, in capitals."""

    @property
    def word(self) -> str:
        """The status in words."""

    @property
    def shape(self) -> str:
        """The sign that stands for it without colour."""


class Drawing(Protocol):
    """A chart with its words."""

    @property
    def words(self) -> str:
        """What it shows, for readers who see no picture."""

    def html(self) -> str:
        """Return it as an HTML figure."""


NOTHING = Markup()
"""What a part of a page holds where there is nothing to say."""
LINE_SIGNS = "\n\t"
LONE = frozenset({"br", "hr", "link", "meta", "wbr"})
BLOCKS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "li", "tr", "div", "dt", "figcaption", "caption", "summary", "article"}
)
SILENT = frozenset({"svg", "style", "script"})
MOST_TEXT = 100_000
ABREAST = 2  # pairs in a row of a table of pairs


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: HTML for a page, words for a terminal."""

    html: Markup

    @property
    def text(self) -> str:
        """The words of the part, one block a line."""
        reader = _Words()
        reader.feed(self.html)
        return reader.text

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """Return the words."""
        return self.text


def safe(text: object) -> Markup:
    """Return any text so that a page shows it as it is written; control characters are left out."""
    if isinstance(text, Markup):
        return text
    plain = str(text)
    if not plain.isprintable():
        plain = "".join(
            sign for sign in plain if sign in LINE_SIGNS or unicodedata.category(sign) not in ("Cc", "Cs")
        )
    return escape(plain)


def tag(name: str, /, *inside: object, **attributes: object) -> Markup:
    """Return an element; strings within are escaped, markup is kept, None left out.

    Args:
        name: its name.
        inside: what it holds.
        attributes: its attributes; ``_`` stands for ``-``, a trailing one is dropped (``class_``); True writes the
            name alone, None and False write nothing.
    """
    attribute_text = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{safe(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    start = f"<{name}{attribute_text}>"
    content = "".join(safe(item) for item in inside if item is not None)
    return Markup(start if name in LONE else f"{start}{content}</{name}>")  # noqa: S704 - escaped above


WEB_SIGN = r"[^\s<>\"\u200b-\u200f\u2028-\u202e\u2066-\u2069，。；、）」』》]"
LINK = re.compile(
    rf"(?<![\w/@.])(?:https?://{WEB_SIGN}+|www\.{WEB_SIGN}+|(?:doi:\s?)?10\.\d{{4,9}}/{WEB_SIGN}+)",
    re.IGNORECASE,
)
"""What becomes a link: an address on the web, or a DOI; no other scheme."""
AFTER_LINK = ".,;:!?'’”)]}"
DOI_SIGNS = "/:;()._-+"


def address_of(text: str) -> str:
    """Return where a text that is an address on the web, or a DOI, leads; empty where it is neither."""
    written = text.strip()
    if not LINK.fullmatch(written):
        return ""
    if written.lower().startswith(("http://", "https://")):
        return written
    if written.lower().startswith("www."):
        return f"https://{written}"
    doi = written[4:].strip() if written.lower().startswith("doi:") else written
    return f"https://doi.org/{quote(doi, safe=DOI_SIGNS)}"


def web_link(text: str, address: str) -> Markup:
    """Return a link to the web, which opens beside the page and says not where it comes from."""
    return tag("a", text, href=address, rel="noreferrer", target="_blank")


def with_links(text: str) -> Markup:
    """Return a text in which addresses on the web and DOIs are links; everything else is escaped."""
    if isinstance(text, Markup):
        return text
    pieces: list[object] = []
    end = 0
    for match in LINK.finditer(text):
        found = match[0]
        while (
            found
            and found[-1] in AFTER_LINK
            and not (found[-1] == ")" and found.count("(") >= found.count(")"))
        ):
            found = found[:-1]
        if address := address_of(found):
            pieces += [text[end : match.start()], web_link(found, address)]
            end = match.start() + len(found)
    return Markup("").join(safe(piece) for piece in [*pieces, text[end:]])


def anchor(finding_id: str) -> str:
    """Return the place in the report where a finding is told of; no other part of the page has such a name."""
    return f"f-{quote(finding_id, safe='')}"


def join(pieces: Iterable[object], between: object = "") -> Markup:
    """Return several pieces as one, each escaped unless it is markup."""
    return safe(between).join(safe(piece) for piece in pieces)


def section(name: str, heading: str, *inside: object, lead: str = "") -> Part:
    """Return a part of the page with its heading; ``name`` is its anchor."""
    head = tag("h2", heading, id=f"{name}-heading")
    words = tag("p", lead, class_="lead") if lead else None
    return Part(tag("section", head, words, *inside, id=name, aria_labelledby=f"{name}-heading"))


def annex(name: str, heading: str, *inside: object, lead: str = "") -> Part:
    """Return a part of the page that opens on demand, with the way back to the first one."""
    head = tag("summary", tag("h2", heading, id=f"{name}-heading"))
    words = tag("p", lead, class_="lead") if lead else None
    back = tag("p", tag("a", say("Back to the decisions"), href="#decisions"), class_="back")
    body = tag("details", head, words, *inside, back, class_="annex")
    return Part(tag("section", body, id=name, aria_labelledby=f"{name}-heading"))


def mark(status: Sign, words: str = "") -> Markup:
    """Return a status as shape, colour and words."""
    shape = tag("i", status.shape, aria_hidden="true")
    return tag("span", shape, " ", words or status.word, class_=f"status {status.name.lower()}")


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[object]], *, name: str = "") -> Markup:
    """Return a table in a box of its own that scrolls where the page is narrow.

    Args:
        caption: what the table shows.
        heads: heads of the columns.
        rows: cells, text or markup; the first one is the head of its row.
        name: class of the table, for the style sheet.
    """
    heads = list(heads)
    head = tag("thead", tag("tr", *(tag("th", words, scope="col") for words in heads)))
    body = tag("tbody", *(_row(list(cells), heads) for cells in rows))
    inside = tag("table", tag("caption", caption), head, body, class_=name or None)
    return tag("div", inside, class_="box", role="region", tabindex="0", aria_label=caption)


def _row(cells: list[object], heads: list[str]) -> Markup:
    """Return a row; each cell carries its head, which a narrow page shows before it."""
    rest = (tag("td", cell, data_head=head) for cell, head in zip(cells[1:], heads[1:], strict=True))
    return tag("tr", tag("th", cells[0], scope="row"), *rest, "\n")


def figures(caption: str, heads: tuple[str, str], rows: Iterable[tuple[object, object]]) -> Markup:
    """Return a table of many pairs, two a row, written as briefly as HTML allows."""
    cells = [f"<td>{safe(left)}<td>{safe(right)}" for left, right in rows]
    inside = "".join(f"<tr>{''.join(cells[at : at + ABREAST])}" for at in range(0, len(cells), ABREAST))
    head = "".join(f"<th scope=col>{safe(words)}" for words in heads) * min(ABREAST, max(len(cells), 1))
    return Markup(  # noqa: S704 - escaped above
        f"<table><caption>{safe(caption)}</caption><tr>{head}{inside}</table>"
    )


def disclosure(summary: object, *inside: object) -> Markup:
    """Return what opens on demand."""
    return tag("details", tag("summary", summary), *inside)


def chart(picture: Drawing, numbers: object, *, is_wide: bool = False) -> Markup:
    """Return a chart with its words, and its numbers as a table behind it; a wide one scrolls in a box of its own."""
    figure = Markup(picture.html())  # noqa: S704 - a chart escapes its words
    if is_wide:
        figure = tag("div", figure, class_="box wide", role="region", tabindex="0", aria_label=picture.words)
    return tag("div", figure, disclosure(say("The same as a table"), numbers), class_="chart-box")


def terms(pairs: Iterable[tuple[str, object]], *, name: str = "") -> Markup:
    """Return names with what they stand for."""
    items = (tag("div", tag("dt", term), tag("dd", *_several(fact))) for term, fact in pairs)
    return tag("dl", *items, class_=name or None)


def item_list(items: Iterable[object], *, name: str = "", ordered: bool = False) -> Markup:
    """Return a list."""
    return tag("ol" if ordered else "ul", *(tag("li", item) for item in items), class_=name or None)


def quiet(words: str) -> Markup:
    """Return words that stand back, such as those that say that there is nothing."""
    return tag("p", words, class_="none")


def _several(fact: object) -> tuple[Any, ...]:
    return tuple(fact) if isinstance(fact, tuple) else (fact,)


class _Words(HTMLParser):
    """Reads the words of a part, as far as a terminal shows them."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        if tag in BLOCKS:
            self._pieces.append("\n")
        elif tag in ("td", "th", "dd"):
            self._pieces.append("  ")
        elif tag == "img":
            self._pieces.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._pieces.append(data)

    @property
    def text(self) -> str:
        lines = ("".join(self._pieces)).split("\n")
        return "\n".join(line for raw in lines if (line := " ".join(raw.split())))[:MOST_TEXT]

"""How is a text put in order before it is read or compared?

What looks the same to people is the same: Unicode forms, width, case, blanks and signs without ink do not count.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


INKLESS = str.maketrans(dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff"))
"""Signs that nobody sees; the joiners of Persian and Indian scripts are none of them."""


HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What nobody sees in a text and what changes how it is read: control characters but tab and line break, writing
directions, signs without width, halves of characters."""


def hidden_signs(text: str) -> list[str]:
    r"""Return the hidden characters of a text by number, each once.

    >>> hidden_signs("paid\u202e 001 \x1b")
    ['U+202E', 'U+001B']
    """
    return [*dict.fromkeys(f"U+{ord(sign):04X}" for sign in HIDDEN.findall(text))]


class AmbiguousTextError(ValueError):
    """A text that can be read in two ways; ``readings`` are their plain writings."""

    def __init__(self, text: str, readings: Sequence[str]) -> None:
        """Keep the text as far as it was put in order, and how it can be read."""
        super().__init__(text)
        self.text = text
        self.readings = tuple(readings)


@lru_cache(maxsize=65_536)
def comparable(text: str) -> str:
    """Return what two texts have in common that people take for the same word or key.

    >>> comparable(" E\u0301-1 ") == comparable("\u00c9-1")
    True
    >>> comparable("Ｆ－１"), comparable("North  GATE")
    ('f-1', 'north gate')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(INKLESS))
        return unicodedata.normalize("NFC", " ".join(text.split()).casefold())
    return " ".join(text.split()).casefold()


def normal_key(text: str) -> str:
    """Return a key as every door takes it in: composed, without blanks around it and signs that nobody sees.

    >>> normal_key(" E\u0301-1\u200b") == "\u00c9-1"
    True
    """
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text.translate(INKLESS)).strip()


def without_accents(text: str) -> str:
    """Return a word in small letters without accents, for names that are written with and without.

    >>> without_accents("FÉVRIER"), without_accents("März")
    ('fevrier', 'marz')
    """
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if not unicodedata.combining(sign)))


def tidy(text: str) -> str:
    """Return a text in usual width, with one blank between words.

    >>> tidy("２０２６年 \u00a0４月")
    '2026年 4月'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(INKLESS))
    return " ".join(text.split())


WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " "}
"""Letters, digits and signs that are as wide as a Chinese one, and the usual ones."""


def in_usual_width(text: str) -> str:
    """Return a name as people write it, in usual width with one blank between words; nothing else of it changes.

    :func:`tidy` is for what is read as a number or a date: there ª is an a and ² a 2, which a name never is.

    >>> in_usual_width("Ｗａｒｄ\u30007"), in_usual_width("D.ª  Inés"), in_usual_width("Nº m²")
    ('Ward 7', 'D.ª Inés', 'Nº m²')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(INKLESS).translate(WIDE))
    return " ".join(text.split())


def in_ascii_digits(text: str) -> str:
    """Return a text with the digits 0 to 9, whatever digits of whatever script it was written in.

    >>> in_ascii_digits("١٢٣")
    '123'
    """
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "div",
        "dl",
        "dt",
        "dd",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "body",
        "br",
        "code",
        "em",
        "font",
        "head",
        "html",
        "i",
        "img",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tbody",
        "thead",
        "tfoot",
        "title",
        "u",
    ]
)
SILENT = frozenset(("script", "style"))
TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")


class _TextOfHtml(HTMLParser):
    """Collects what a reader of a page sees; a block begins a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a line at a block, and stop listening in what is not shown."""
        del attrs
        self.depth += tag in SILENT
        if tag in BLOCKS or tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line with its block."""
        self.depth -= tag in SILENT and self.depth > 0
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if not self.depth:
            self.parts.append(" ".join(f"<{data}>".split())[1:-1])


def is_html(text: str) -> bool:
    """Tell whether a text has tags of HTML in it; ``<5`` and ``<name@example.org>`` are none.

    >>> is_html("<p>Call</p>"), is_html("values <5 or >9"), is_html("<name>")
    (True, False, False)
    """
    known = BLOCKS | INLINE | SILENT
    return "<" in text and any(match[1].lower() in known for match in TAG.finditer(text))


def text_of_html(text: str) -> str:
    r"""Return what a reader sees of a cell written in HTML; a text without tags stays as it is.

    >>> text_of_html("<p>Call &amp; write</p><ul><li>soon</li></ul>")
    'Call & write\nsoon'
    >>> text_of_html("R&D, values <5")
    'R&D, values <5'
    """
    if not is_html(text):
        return text
    reader = _TextOfHtml()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)

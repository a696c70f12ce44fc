"""What tests of languages share: what may be Latin in a Chinese sentence, plans in Chinese, a small catalogue."""

from __future__ import annotations

import re
from string import ascii_letters

import pytest

from theorytopractice import i18n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.settings import Settings
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent

NAMES = {*ENTITIES, *(column for entity in ENTITIES.values() for column in entity.columns), *Settings.names()}
WORDS = {word for entity in ENTITIES.values() for field in entity.fields for word in field.words}
WORDS |= {*FindingEvent, *ActionEvent}
SIGNS = {"true", "false", "en", "zh", "CSV", "NUL", "IANA", "URL", "UTF"}
VALUES = re.compile(
    r"'[^']*'|“[^”]*”|/[\w./-]+|\b[EW]-[A-Z]+\b|\b[A-Z]-\d+\b|\bP\d+[DWMY]\b|postgresql\+\S+?(?=[。；])|\w+\.(?:csv|db)\b|Asia/Shanghai",
    re.ASCII,
)
SMALL_CATALOGUE = """
msgid ""
msgstr ""
"Language: zh_Hans_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "on the shelf"
msgstr "束之高阁"

msgid "{n} site"
msgid_plural "{n} sites"
msgstr[0] "{n}个地点"

msgid "{n} review"
msgid_plural "{n} reviews"
msgstr[0] ""

msgctxt "number of actions"
msgid "open"
msgstr "未完成"

msgid "{first}, {second}"
msgstr "{first}，{second}"

msgid "ever at '{stage}' or above"
msgstr "曾达到“{stage}”或更高"

msgid "from {begin} to {end} {year}"
msgstr "{year}年{begin}至{end}"

msgid "{n:,} action is open."
msgid_plural "{n:,} actions are open."
msgstr[0] "有{n:,}项未完成的行动。"

msgid "{first} {second}"
msgstr "{first}{second}"

msgid "When they will be done: cannot tell, {why}."
msgstr "何时完成：无法判断，{why}。"

msgid "no action was done in the last {n} weeks"
msgstr "最近{n}周没有完成任何行动"

msgid "{n:,} of {of:,} findings is in practice"
msgid_plural "{n:,} of {of:,} findings are in practice"
msgstr[0] "{of:,}项发现中有{n:,}项已付诸实践"

msgid "none stands on the shelf"
msgstr "没有发现束之高阁"

msgid "{first}; {second}"
msgstr "{first}；{second}"
"""
FREE_COLUMNS = (
    "statement",
    "title",
    "name",
    "promised_to",
    "reason",
    "retarget_reason",
    "site",
    "origin_site",
)
"""The columns that are repeated as people wrote them."""
MIXED_COLUMNS = ("by", "value", "target", "target_low", "target_high", "baseline", "scale")
"""The columns that hold ids or numbers too."""
LETTERS = str.maketrans({letter: chr(0x4E00 + ord(letter.lower())) for letter in ascii_letters})
IDENTIFIERS = re.compile(r"(?:\d+/)?[A-Za-z]+-\d+|\de\d")  # ids, and numbers as they were written


def in_chinese(tables):
    """Return a plan in which each Latin letter of what people wrote is a Chinese sign."""
    return {
        name: frame.assign(**{column: _signs(column, frame[column]) for column in _written(name, frame)})
        for name, frame in tables.items()
    }


def latin_words(text):
    """Return the Latin words of a text that are neither ids nor numbers."""
    return re.findall("[A-Za-z]+", IDENTIFIERS.sub(" ", text))


def _written(name, frame):
    return [column for column in frame if name != "setting" and column in (*FREE_COLUMNS, *MIXED_COLUMNS)]


def _signs(column, texts):
    words = "[A-Za-z]+" if column in FREE_COLUMNS else r"[^\W\d_]+\b(?!-\d)"
    return texts.str.replace(words, lambda found: found[0].translate(LETTERS), regex=True)


def english_words(text: str) -> set[str]:
    """Return the words of a sentence that are neither names nor values."""
    return set(re.findall("[A-Za-z_]{2,}", VALUES.sub(" ", text))) - NAMES - WORDS - SIGNS


def is_chinese(text: str) -> bool:
    """Tell whether something in a text is Chinese."""
    return any("一" <= sign <= "鿿" for sign in text)


@pytest.fixture
def small_catalogue(monkeypatch):
    """Let Chinese have a small catalogue of its own."""
    monkeypatch.setattr(i18n, "catalogue_text", lambda _: SMALL_CATALOGUE)
    i18n._catalogue.cache_clear()  # noqa: SLF001 - nobody else forgets a catalogue
    yield
    i18n._catalogue.cache_clear()  # noqa: SLF001 - as above

"""A small Chinese catalogue, made up for tests, and the fixture that lets it be spoken."""

import pytest

from theorytopractice import i18n

CATALOGUE = """
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

msgid "{share} %"
msgstr "{share}%"
"""


@pytest.fixture
def made_up(monkeypatch):
    """Let Chinese have a small catalogue of its own."""
    monkeypatch.setattr(i18n, "catalogue_text", lambda _: CATALOGUE)
    i18n._catalogue.cache_clear()  # noqa: SLF001 - nobody else forgets a catalogue
    yield
    i18n._catalogue.cache_clear()  # noqa: SLF001 - as above

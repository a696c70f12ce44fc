"""In which language is something said? Messages, dates and numbers in English or Chinese.

English messages stand in the code; the catalogues are the ``.po`` files under ``locale/``.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from gettext import NullTranslations

    from babel.messages.catalog import Message


ENGLISH, CHINESE = "en", "zh"
LANGUAGES = (ENGLISH, CHINESE)
LOCALES = {ENGLISH: "en_GB", CHINESE: "zh_Hans_CN"}
TAGS = {ENGLISH: "en", CHINESE: "zh-Hans"}
COMMAS = {
    ENGLISH: ", ",
    CHINESE: "、",
}  # between names without an "and", for which Babel has no style in Chinese
MONTH_NAMES = {ENGLISH: "MMMM", CHINESE: "MMM"}  # without a year; three letters are 3月 in Chinese
_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything within in this language.

    Raises:
        LookupError: there is no catalogue for it; whoever asks people for a language refuses it before.
    """
    if language not in LANGUAGES:
        raise LookupError(f"There is no language {language!r}; known: {', '.join(LANGUAGES)}.")
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """Return the language that is spoken: ``en`` or ``zh``."""
    return _spoken.get()


def tag() -> str:
    """Return the language's tag as HTML and PDF want it."""
    return TAGS[spoken()]


def of_tag(language_tag: str) -> str:
    """Return the language of a tag such as ``zh-Hans``; English for every other one."""
    return next((language for language, known_tag in TAGS.items() if known_tag == language_tag), ENGLISH)


def say(message: str, /, **facts: object) -> str:
    """Say a message in the language that is spoken, with its facts in their places."""
    return _catalogue(spoken()).gettext(message).format(**facts)


def say_n(singular: str, plural: str, /, n: int, **facts: object) -> str:
    """Say a message that depends on a number ``n``, in the plural form that the language has for it."""
    return _catalogue(spoken()).ngettext(singular, plural, n).format(n=n, **facts)


def say_as(context: str, message: str, /, **facts: object) -> str:
    """Say a short word that has several meanings, in the one that the context names."""
    return _catalogue(spoken()).pgettext(context, message).format(**facts)


def message(text: str, /) -> str:
    """Mark a text that is said later, so that it is found when messages are collected."""
    return text


CLAUSES = message("{first}, {second}")
PARTS = message("{first}; {second}")
SENTENCES = message("{first} {second}")
"""How two clauses, two parts of a sentence and two sentences follow each other."""


def say_in_turn(join: str, texts: Iterable[str], /) -> str:
    """Say what was already worded one after the other, joined as ``CLAUSES``, ``PARTS`` or ``SENTENCES`` are.

    Empty texts are left out.
    """
    parts = [text for text in texts if text]
    return reduce(lambda first, second: say(join, first=first, second=second), parts) if parts else ""


EXACT = 1e-9  # sums of shares miss 0 and 1 by the last digits of a float


def say_day(day: date) -> str:
    """Write a date as people write it: 30 June 2026, or 2026年6月30日."""
    from babel.dates import format_date

    return format_date(day, "long", locale=LOCALES[spoken()])


def say_short_day(day: date) -> str:
    """Write a date shortly, for tables: 30 Jun 2026, or 2026年6月30日."""
    return _short_day(day, spoken())


def say_month(day: date) -> str:
    """Write a month with its year: June 2026, or 2026年6月."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", day, locale=LOCALES[spoken()])


def say_month_name(day: date) -> str:
    """Write a month without its year: June, or 6月."""
    from babel.dates import format_date

    return format_date(day, MONTH_NAMES[spoken()], locale=LOCALES[spoken()])


def say_number(number: float) -> str:
    """Write a number with the language's separators and at most three decimals."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale=LOCALES[spoken()])


def say_share(share: float) -> str:
    """Write a share from 0 to 1 in whole per cent; what is not quite 0 or 1 is under 1% or over 99%."""
    from babel.numbers import format_percent

    side, told = not_quite(share)
    text = format_percent(told, locale=LOCALES[spoken()])
    return beside(side, text)


def not_quite(share: float, digits: int = 0) -> tuple[int, float]:
    """Return the share that is written, and whether the true one is below it (−1), above it (1) or rounds to it (0).

    Where some are left, a share is not written as 0 or 100 %.
    """
    step = 10.0 ** -(digits + 2)
    if EXACT < share < step / 2:
        return -1, step
    if 1 - step / 2 <= share < 1 - EXACT:
        return 1, 1 - step
    return 0, share


def beside(side: int, text: str) -> str:
    """Write "under" or "over" before a share that is not quite the one written."""
    if not side:
        return text
    return say("under {share}", share=text) if side < 0 else say("over {share}", share=text)


def say_part(n: float, whole: float) -> str:
    """Say how many of a whole: 3 of 7."""
    return say("{part} of {whole}", part=say_number(n), whole=say_number(whole))


def say_interval(low: float, high: float) -> str:
    """Say an interval of shares in whole per cent: 16% to 75%."""
    return say("{low} to {high}", low=say_share(low), high=say_share(high))


def say_duration(n: float, unit: str = "day", *, grouped: bool = True) -> str:
    """Write a number of days, weeks, months or years: 1 day, 1,234.5 days, or 1234.5 days if not ``grouped``."""
    from babel.units import format_unit

    number = int(n) if n == int(n) else float(n)
    return format_unit(number, unit, format=None if grouped else "0.###", locale=LOCALES[spoken()])


def say_list(words: Iterable[str], word: str = "and", *, few: int | None = None) -> str:
    """Join words as people list them: a, b and c (or a, b or c); of more than ``few`` the others are counted."""
    from babel.lists import format_list

    items = list(words)
    if few is None or len(items) <= few:
        return format_list(items, "or" if word == "or" else "standard", locale=LOCALES[spoken()])
    names, n = say_names(items[:few]), len(items) - few
    if word == "or":
        return say("{names} or {n} more", names=names, n=n)
    return say("{names} and {n} more", names=names, n=n)


def say_names(words: Iterable[str]) -> str:
    """Put names beside each other without an "and": a, b, c."""
    return COMMAS[spoken()].join(words)


def catalogue_text(language: str) -> str:
    """Return the text of a language's catalogue; an empty one for English, whose messages stand in the code."""
    if language == ENGLISH:
        return ""
    place = files("theorytopractice") / "locale" / language / "LC_MESSAGES" / "theorytopractice.po"
    return place.read_text(encoding="utf-8")


@cache
def _short_day(day: date, language: str) -> str:
    """Write a date shortly; tables hold the same days many times."""
    from babel.dates import format_date

    return format_date(day, "medium", locale=LOCALES[language])


@cache
def _catalogue(language: str) -> NullTranslations:
    """Compile a catalogue in memory; what it lacks is said in English."""
    from gettext import NullTranslations

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    if language == ENGLISH:
        return NullTranslations()
    catalogue = read_po(io.StringIO(catalogue_text(language)), locale=LOCALES[language])
    for entry in [entry for entry in catalogue if entry.id and not _is_translated(entry)]:
        catalogue.delete(entry.id, entry.context)  # an empty plural would be said in the singular of English
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _is_translated(entry: Message) -> bool:
    """Tell whether every form of an entry is filled in."""
    forms = entry.string if isinstance(entry.string, list | tuple) else (entry.string,)
    return all(forms)

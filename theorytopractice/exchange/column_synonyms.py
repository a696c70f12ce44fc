"""What do registers call a column of ours, and what do their words often mean? As ``synonyms.toml`` lists it."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from theorytopractice.model.plain_text import comparable, without_accents

if TYPE_CHECKING:
    from collections.abc import Iterable

SYNONYMS = Path(__file__).with_name("synonyms.toml")
EXACT, WITHOUT_BRACKETS, LEAST = 100.0, 97.0, 70.0
FUZZY = 86
SHORTEST_FUZZY, SHORTEST_PART = 5, 3
OTHER_LANGUAGE = 4.0
"""What a heading loses that is usual in another language than the others of its sheet."""
CHINESE = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return what a heading is compared by: small letters without accents and signs.

    >>> plain("Échéance (jj/mm)"), plain("N.º"), plain("% done")
    ('echeance jj mm', 'n o', '% done')
    """
    return " ".join(re.findall(r"[^\W_]+|[%#]", without_accents(comparable(text))))


@cache
def _file() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))


@cache
def headings() -> dict[str, dict[str, frozenset[str]]]:
    """Return the usual headings by role and language, as they are compared."""
    return {
        role: {language: frozenset(map(plain, words)) for language, words in languages.items()}
        for role, languages in _file()["columns"].items()
    }


@cache
def _words(group: str) -> frozenset[str]:
    return frozenset(
        plain(word) or comparable(word) for words in _file()["words"][group].values() for word in words
    )


def is_placeholder(text: str) -> bool:
    """Tell whether a cell only says that nothing is known.

    >>> is_placeholder("TBC"), is_placeholder(" – "), is_placeholder("待定"), is_placeholder("Ann")
    (True, True, True, False)
    """
    return (plain(text) or comparable(text)) in _words("blank")


def is_usual_heading(text: str) -> bool:
    """Tell whether a text is a usual heading as it stands."""
    own = plain(re.sub(r"\(.*?\)", "", text))
    return any(own in words for languages in headings().values() for words in languages.values())


NUMBER_HEADING = re.compile(
    r"(?:.* )?(?:#|no|nr|num|number|id|ref|code|n|numero|numéro|codigo|nummer)|(?:n|no|nr|num|numero|code|codigo) .*|.*(?:编号|序号|号)"
)


def is_number_heading(text: str) -> bool:
    """Tell whether a heading says that the column numbers its rows, whatever they are.

    >>> [is_number_heading(text) for text in ("Event #", "CAPA-Nr.", "N° fiche", "台账编号", "Noise")]
    [True, True, True, True, False]
    """
    return bool(NUMBER_HEADING.fullmatch(plain(text).replace("n o", "n")))


EVENTS = ("nothing", "late", "complete", "start", "cancel", "suspend")
DECISIONS = ("nothing", "partially_accept", "reject", "accept")


def meaning_of(word: str, events: Iterable[str] = EVENTS) -> str:
    """Return the event that a status word often stands for, ``nothing`` where nothing has happened, else an empty text.

    >>> meaning_of("Erledigt"), meaning_of("Not started"), meaning_of("Blue")
    ('complete', 'nothing', '')
    """
    own = plain(word)
    exact = next((event for event in events if own in _words(event)), "")
    if exact or not own:
        return exact
    heads = [own.split(f" {sign} ")[0] for sign in ("-", "by")] + [plain(re.split(r"[-–:(,;]", word)[0])]
    return next((event for event in events for head in heads if head in _words(event)), "")


def level_of(word: str) -> str:
    """Return the level of an indicator that a word names, an empty text if none.

    >>> level_of("Outcome"), level_of("产出"), level_of("Blue")
    ('outcome', 'output', '')
    """
    return next((level for level in _file()["levels"] if plain(word) in _plain_words("levels", level)), "")


def days_of(word: str) -> str:
    """Return the days between measurements that a word stands for, an empty text if none.

    >>> days_of("Quarterly"), days_of("Jährlich"), days_of("now and then")
    ('91', '365', '')
    """
    return next((days for days in _file()["cadences"] if plain(word) in _plain_words("cadences", days)), "")


@cache
def _plain_words(group: str, name: str) -> frozenset[str]:
    return frozenset(plain(word) for words in _file()[group][name].values() for word in words)


def tells_problems(texts: Iterable[str]) -> str:
    """Return a word that tells that findings are problems, from titles and names; an empty text if there is none."""
    whole = f" {plain(' '.join(texts))} "
    for word in sorted(_words("problem"), key=len, reverse=True):
        if CHINESE.search(word) and word in whole:
            return word
        if f" {word} " in whole or f" {word}s " in whole:
            return word
    return ""


@lru_cache(maxsize=8192)
def heading_scores(heading: str) -> dict[tuple[str, str], tuple[float, str]]:
    """Return how much a heading is like the usual ones, of 100: (role, language) → the score and the usual heading."""
    own, bare = plain(heading), plain(re.sub(r"[(\[（].*?[)\]）]", "", heading))
    scores: dict[tuple[str, str], tuple[float, str]] = {}
    for role, languages in headings().items():
        for language, words in languages.items():
            if own in words:
                scores[role, language] = EXACT, own
            elif bare in words:
                scores[role, language] = WITHOUT_BRACKETS, bare
            elif own:
                best = max(((_likeness(own, word), word) for word in words), default=(0.0, ""))
                if best[0] >= LEAST:
                    scores[role, language] = best
    return scores


def _likeness(own: str, word: str) -> float:
    """Return how like two headings are: one within the other, or nearly the same letters."""
    from rapidfuzz import fuzz

    if CHINESE.search(word):
        return LEAST + 25 * len(word) / len(own) if len(word) > 1 and word in own else 0.0
    if word in GENERAL:
        return 0.0
    if len(word) >= SHORTEST_PART and f" {word} " in f" {own} ":
        return 62 + 33 * len(word) / len(own) + (HEAD if own.startswith(word) else 0)
    parts, others = own.split(), word.split()
    if len(parts) != len(others) or min(len(own), len(word)) < SHORTEST_FUZZY:
        return 0.0
    if all(fuzz.ratio(part, other) >= FUZZY for part, other in zip(parts, others, strict=True)):
        return 0.93 * fuzz.ratio(own, word)
    return 0.0


GENERAL = frozenset(("date", "fecha", "data", "datum", "year", "annee", "ano", "jahr"))
"""These tell nothing as a part of a longer heading: every date is one."""
HEAD = 4.0
"""What a usual heading gains that begins a longer one: there the noun stands in most languages."""


def tells_plan(heading: str) -> bool:
    """Tell whether a heading speaks of what is planned, so that its dates are none of what was done."""
    own = plain(heading)
    return any(word in own for word in _words("planned"))


def language_of(names: Iterable[str]) -> str:
    """Return the language in which most headings of a sheet are usual; English where several are.

    >>> language_of(["Feststellung", "Termin", "Stand"])
    'de'
    """
    votes: dict[str, float] = {}
    for name in names:
        for language in {
            language
            for (_, language), (score, _) in heading_scores(name).items()
            if score >= WITHOUT_BRACKETS
        }:
            votes[language] = votes.get(language, 0) + 1
    return max(sorted(votes, key=lambda one: one != "en"), key=lambda one: votes[one], default="en")

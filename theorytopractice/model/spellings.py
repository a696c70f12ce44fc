"""Which texts name the same theme, unit, site or owner, and which may be meant to?

Names that differ only in case, width, blanks or Unicode form are one, shown as most rows write them. Names that are merely
near are proposed to people and never made one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from theorytopractice.model.plain_text import comparable, without_accents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


NAMED = {
    "theme": (("finding", "theme"),),
    "unit": (("owner", "unit"),),
    "site": (("finding", "origin_site"), ("action", "site")),
}
"""What is called by a name alone, and the columns in which it stands."""


class Near(NamedTuple):
    """Two names that may be meant to be one, and how much they are alike (0 to 1)."""

    name: str
    other: str
    score: float


def one_spelling(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the spelling that most rows have, by every other one, without needless blanks; of equally many the first in order.

    >>> one_spelling({"Health": 2, "health ": 1, "HEALTH": 1, "Water": 1})
    {'HEALTH': 'Health', 'health ': 'Health'}
    >>> one_spelling({"Health  care": 1, "health care": 1})
    {'Health  care': 'Health care', 'health care': 'Health care'}
    """
    spellings: dict[str, str] = {}
    for group in alike(counts):
        best = " ".join(min(group, key=lambda text: (-group[text], text)).split())
        spellings |= {text: best for text in group if text != best}
    return spellings


def alike(counts: Mapping[str, int]) -> list[Counter[str]]:
    """Return the spellings of each name that has several, with how often each stands."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for text in sorted(counts):
        if text.strip():
            groups[comparable(text)][text] += counts[text]
    return [group for group in groups.values() if len(group) > 1]


SMALL_WORDS = frozenset(["a", "and", "de", "des", "du", "for", "la", "le", "les", "of", "the", "und", "y"])
WORDS = re.compile(r"[^\W\d_]+")
SHORTEST_ACRONYM = 2


def near(names: Iterable[str], at_least: float = 0.85) -> list[Near]:
    """Return the pairs of names that may be meant to be one: nearly the same letters or words, or an acronym.

    >>> near(["North Clinic", "Nort Clinic", "WHO", "World Health Organization", "Water"])
    [Near(name='WHO', other='World Health Organization', score=1.0), Near(name='Nort Clinic', other='North Clinic', score=0.96)]
    """
    own = list({comparable(name): name.strip() for name in sorted(names) if name.strip()}.values())
    pairs = [Near(name, other, 1.0) for name in own for other in own if _is_acronym(name, other)]
    seen = {frozenset((pair.name, pair.other)) for pair in pairs}
    pairs += [pair for pair in _alike_pairs(own, at_least) if frozenset((pair.name, pair.other)) not in seen]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.name, pair.other))


def _alike_pairs(names: Sequence[str], at_least: float) -> list[Near]:
    """Return the pairs whose letters, or whose words in any order, are alike."""
    from rapidfuzz import fuzz, process

    plain = [without_accents(name) for name in names]
    scores = process.cdist(plain, plain, scorer=fuzz.token_sort_ratio, score_cutoff=100 * at_least)
    pairs = zip(*scores.nonzero(), strict=True)
    return [
        Near(names[one], names[other], round(float(scores[one, other]) / 100, 2))
        for one, other in pairs
        if one < other
    ]


def _is_acronym(name: str, other: str) -> bool:
    """Tell whether a name is the first letters of the words of another."""
    letters = name.replace(".", "")
    if not letters.isupper() or not SHORTEST_ACRONYM <= len(letters) < len(other):
        return False
    words = [word for word in WORDS.findall(other) if word.casefold() not in SMALL_WORDS]
    return len(words) > 1 and "".join(word[0] for word in words).casefold() == letters.casefold()

"""Which names are one? Those that differ by case, width, blanks and Unicode form only; near ones are proposed, never merged."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, quote
from theorytopractice.model.plain_text import comparable, in_usual_width, without_accents
from theorytopractice.model.values import LONGEST_KEY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from theorytopractice.model.values import TextTable

NEAR = "W-NEAR"
LIKENESS = 90
"""From how many of 100 on two names are proposed."""
MOST_NAMES = 3000
"""So many names of a sort are compared with each other."""
HASH_DIGITS = 16
POOLS = {
    ("owner", "owner_id"): "owner",
    ("owner", "name"): "name of an owner",
    ("owner", "unit"): "unit",
    ("finding", "theme"): "theme",
    ("finding", "origin_site"): "site",
    ("action", "site"): "site",
}
"""Table and column → the sort of name that stands there."""


def short_key(key: str) -> str:
    """Return a key of at most 200 characters: a longer one is cut, and a hash of it stands behind.

    >>> short_key("A-1"), len(short_key("x" * 300)), short_key("x" * 300) == short_key("x" * 301)
    ('A-1', 200, False)
    """
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:HASH_DIGITS]
    return f"{key[: LONGEST_KEY - HASH_DIGITS - 1].rstrip()}~{digest}"


@dataclass(slots=True)
class Names:
    """The spellings of names that were seen first, by sort, and the keys of owners by name.

    >>> names = Names()
    >>> names.spelt("theme", "Health"), names.spelt("theme", "HEALTH "), names.owner_key("Kim Lee"), names.owner_key("kim  lee")
    ('Health', 'Health', 'Kim Lee', 'Kim Lee')
    """

    spellings: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    short: dict[str, str] = field(default_factory=dict)
    in_plan: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Mapping[str, TextTable]) -> Names:
        """Return the names that a plan has already."""
        names = cls()
        for (table, column), sort in POOLS.items():
            for text in tables[table][column] if table in tables else ():
                names.spelt(sort, text)
        if "owner" in tables:
            names.learn_owners(tables["owner"]["name"], tables["owner"]["owner_id"])
        names.in_plan = {sort: set(known.values()) for sort, known in names.spellings.items()}
        return names

    def spelt(self, sort: str, text: str) -> str:
        """Return the spelling of a name that was seen first."""
        return self.spellings[sort].setdefault(comparable(text), text) if text else text

    def learn_owners(self, names: Iterable[str], keys: Iterable[str]) -> None:
        """Remember the keys of owners by name."""
        for name, key in zip(names, keys, strict=True):
            if name and key:
                self.owners[comparable(name)].add(key)

    def owner_key(self, name: str) -> str:
        """Return the key of the owner of a name, a new one where nobody has it; raises ValueError where several do."""
        known = self.owners.get(comparable(name), set())
        if len(known) > 1:
            keys = ", ".join(map(repr, sorted(known)))
            raise ValueError(
                f"several owners are called {quote(name)} ({keys}); write the key of the one that is meant"
            )
        return next(iter(known), "") or self.spelt("owner", short_key(in_usual_width(name)))

    def key(self, text: str) -> str:
        """Return a key as short as a key may be, and remember that it was cut."""
        key = short_key(text)
        if key != text:
            self.short.setdefault(text, key)
        return key

    def near(self) -> list[Issue]:
        """Propose pairs of names that may be one, by sort; not of two that the plan had before."""
        issues = []
        for (table, column), sort in POOLS.items():
            if (table, column) in (("owner", "owner_id"), ("finding", "origin_site")):
                continue  # the keys of owners are proposed by their names; all sites are one sort
            names = list(self.spellings[sort].values())
            if len(names) == len(self.in_plan.get(sort, ())):
                continue
            if len(names) > MOST_NAMES:
                told = f"{len(names):,} names of this sort are too many to look for near ones"
                issues.append(Issue(NEAR, table, None, column, "", told))
                continue
            for one, other, why in near_pairs(names, self.in_plan.get(sort, ())):
                told = f"{quote(one)} and {quote(other)} may be one {sort} ({why}); nothing was merged"
                issues.append(Issue(NEAR, table, None, column, other, told))
        return issues


def near_pairs(names: Sequence[str], settled: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """Return the pairs of names that are nearly alike, or one of which has the initials of the other.

    Two names that are both ``settled`` are no pair.

    >>> near_pairs(["Kim Lee", "Lee, Kim", "Ward 11", "Ward 12", "National Health Service", "NHS"])
    [('Kim Lee', 'Lee, Kim', 'they are alike'), ('National Health Service', 'NHS', 'it may be its short form')]
    """
    from rapidfuzz import fuzz, process

    plain = [" ".join(re.findall(r"\w+", without_accents(name))) for name in names]
    pairs = []
    if len(names) > 1:
        alike = process.cdist(
            plain, plain, scorer=fuzz.token_sort_ratio, score_cutoff=LIKENESS, dtype="uint8"
        )
        for one, other in zip(*alike.nonzero(), strict=True):
            if one < other and _differ_a_little(plain[one].split(), plain[other].split()):
                pairs.append((names[one], names[other], "they are alike"))
    by_initials = defaultdict(list)
    for name in names:
        for initials in _initials(name):
            by_initials[initials].append(name)
    for name in names:
        wholes = by_initials.get(name.replace(".", ""), ())
        pairs.extend((whole, name, "it may be its short form") for whole in wholes)
    return [pair for pair in pairs if not (pair[0] in settled and pair[1] in settled)]


LEAST_ALIKE = 85
"""From how many of 100 on the words that two names do not share are one word written in two ways."""


def _differ_a_little(words: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether what two names do not share is alike, too: long common words make any two names alike.

    >>> _differ_a_little(["jon", "smith"], ["john", "smith"]), _differ_a_little(["woking", "council"], ["dorking", "council"])
    (True, False)
    """
    from rapidfuzz import fuzz

    mine = sorted(word for word in words if word not in others)
    theirs = sorted(word for word in others if word not in words)
    if any(word.isdigit() for word in (*mine, *theirs)) or bool(mine) != bool(theirs):
        return False
    return not mine or fuzz.ratio(" ".join(mine), " ".join(theirs)) >= LEAST_ALIKE


SMALL = frozenset(
    (
        "of",
        "the",
        "and",
        "for",
        "de",
        "des",
        "du",
        "la",
        "le",
        "les",
        "et",
        "und",
        "der",
        "die",
        "y",
        "e",
        "do",
        "da",
    )
)


def _initials(name: str) -> set[str]:
    """Return the initials of a name of several words, with and without its small words."""
    words = re.findall(r"[^\W\d_]+", name)
    long = [word for word in words if word.casefold() not in SMALL]
    return {"".join(word[0] for word in some).upper() for some in (words, long) if len(some) > 1}

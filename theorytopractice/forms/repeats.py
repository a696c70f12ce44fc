"""How often does somebody mean who types "monthly", "every 2 weeks" or "30天"? And how is a repeat shown in a field?"""

from __future__ import annotations

import re
import unicodedata

from theorytopractice.language import say_duration
from theorytopractice.model.values import CADENCE

UNITS = {
    "D": ("d", "day", "days", "天", "日"),
    "W": ("w", "week", "weeks", "wk", "周", "星期"),
    "M": ("m", "month", "months", "月", "个月"),
    "Q": ("q", "quarter", "quarters", "季", "季度", "个季度"),
    "Y": ("y", "year", "years", "年"),
}
ADVERBS = {
    "daily": "P1D", "weekly": "P1W", "fortnightly": "P2W", "monthly": "P1M", "quarterly": "P3M",
    "yearly": "P1Y", "annually": "P1Y", "annual": "P1Y",
}  # fmt: skip
LETTER = {word: letter for letter, words in UNITS.items() for word in words}
COUNTED = re.compile(r"(?:every|each|每隔?)?\s*(\d{1,4})?\s*([^\W\d]+)")


def written(text: str) -> str:
    """Return a repeat as a cell keeps it, such as P30D; the text itself where none is meant."""
    tidy = unicodedata.normalize("NFKC", text).strip().casefold()
    if tidy.upper() != tidy and CADENCE.fullmatch(tidy.upper()):
        return tidy.upper()
    found = COUNTED.fullmatch(tidy)
    letter = LETTER.get(found[2]) if found else None
    if letter is None or not found:
        return ADVERBS.get(tidy, text)
    times = int(found[1] or 1)
    made = f"P{3 * times}M" if letter == "Q" else f"P{times}{letter}"
    return made if CADENCE.fullmatch(made) else text


def in_words(text: str) -> str:
    """Return a repeat as people write it: 30 days; a text that is none stays as it is."""
    found = CADENCE.fullmatch(text)
    if not found:
        return text
    return say_duration(int(found[1]), UNITS[found[2]][1], grouped=False)

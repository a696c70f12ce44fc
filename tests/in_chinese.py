"""Plans whose texts are Chinese, so that every Latin letter that is said about them is one of the program's."""

from __future__ import annotations

import re
from string import ascii_letters

TOLD = ("statement", "title", "name", "promised_to", "reason", "retarget_reason", "site", "origin_site")
"""The columns that are repeated as people wrote them."""
MEASURED = ("by", "value", "target", "target_low", "target_high", "baseline", "scale")
"""The columns that hold ids or numbers too."""
LETTERS = str.maketrans({letter: chr(0x4E00 + ord(letter.lower())) for letter in ascii_letters})
KEPT = re.compile(r"(?:\d+/)?[A-Za-z]+-\d+|\de\d")  # ids, and numbers as they were written


def written_in_chinese(tables):
    """Return a plan in which each Latin letter of what people wrote is a Chinese sign."""
    return {
        name: frame.assign(**{column: _signs(column, frame[column]) for column in _written(name, frame)})
        for name, frame in tables.items()
    }


def latin(text):
    """Return the Latin words of a text that are neither ids nor numbers."""
    return re.findall("[A-Za-z]+", KEPT.sub(" ", text))


def _written(name, frame):
    return [column for column in frame if name != "setting" and column in (*TOLD, *MEASURED)]


def _signs(column, texts):
    words = "[A-Za-z]+" if column in TOLD else r"[^\W\d_]+\b(?!-\d)"
    return texts.str.replace(words, lambda found: found[0].translate(LETTERS), regex=True)

"""What may be Latin in a Chinese sentence: names of tables and columns, words, identifiers and quoted values."""

from __future__ import annotations

import re

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


def english_in(text: str) -> set[str]:
    """Return the words of a sentence that are neither names nor values."""
    return set(re.findall("[A-Za-z_]{2,}", VALUES.sub(" ", text))) - NAMES - WORDS - SIGNS


def is_chinese(text: str) -> bool:
    """Tell whether something in a text is Chinese."""
    return any("一" <= sign <= "鿿" for sign in text)

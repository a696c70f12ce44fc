"""How does a foreign text become one of ours? Each small transformation that a mapping may declare.

A transformation is a function from text to text that raises ValueError with a sentence where it cannot
read the text. Nothing is guessed: a text that two declared date formats read differently is unreadable.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.errors import nearest, shown
from theorytopractice.exchange.toml_part import wrong
from theorytopractice.model.values import folded, read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from theorytopractice.exchange.toml_part import Part

Change: TypeAlias = "Callable[[str], str]"

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
TOKENS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short_year>\d{2})",
    "mmmm": rf"(?P<month_name>{'|'.join(MONTHS)})",
    "mmm": rf"(?P<month_name>{'|'.join(name[:3] for name in MONTHS)})",
    "mm": r"(?P<month>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
}
TOKEN = re.compile("|".join(TOKENS))
YEAR = re.compile(r"(\d{4})(\.0+)?", re.ASCII)
DAYS_OF_YEAR = {"first day": (1, 1), "last day": (12, 31)}
DECIMAL_SIGNS = {".": "point", ",": "comma"}
GROUPED = re.compile(r"[+-]?\d{1,3}([.,' \u00a0\u202f])\d{3}(?:\1\d{3})*", re.ASCII)
CHANGES = ("dates", "year", "number", "words")


def changes_of(part: Part) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the transformations that a part declares, in order, and the texts that it may give, if known.

    Raises:
        PlanError: naming the key that cannot be used.
    """
    declared = [name for name in CHANGES if name in part]
    if len(declared) > 1:
        raise wrong(part.key, f"only one of {' and '.join(declared)} can be used")
    changes: list[Change] = []
    outputs: tuple[str, ...] = ()
    if "split" in part or "part" in part:
        changes.append(split(part.separator(), part.whole("part")))
    if "dates" in part:
        changes.append(dates([date_pattern(form, part.under("dates")) for form in part.texts("dates")]))
    if "year" in part:
        changes.append(year(_choice(part, "year", DAYS_OF_YEAR)))
    if "number" in part:
        changes.append(number(_choice(part, "number", DECIMAL_SIGNS)))
    if "words" in part:
        meanings = part.part("words")
        known = {word: meanings.scalar(word) for word in meanings.cells}
        changes.append(words(known))
        outputs = tuple(known.values())
    return tuple(changes), outputs


def _choice(part: Part, name: str, known: Mapping[str, object]) -> str:
    word = part.text(name)
    if word not in known:
        raise wrong(part.under(name), f"{shown(word)} is not known; known: {', '.join(map(repr, known))}")
    return word


def split(separator: str, position: int) -> Change:
    """Cut a text at a separator and take the part at a position, the first being 1."""

    def change(text: str) -> str:
        parts = text.split(separator)
        if position > len(parts):
            raise ValueError(f"{shown(text)} has no part {position} between {shown(separator)}")
        return parts[position - 1].strip()

    return change


def words(meanings: Mapping[str, str]) -> Change:
    """Replace a foreign word by ours; case and surrounding blanks do not matter."""
    known = {folded(word): ours for word, ours in meanings.items()}

    def change(text: str) -> str:
        if folded(text) not in known:
            raise ValueError(
                f"the mapping does not say what {shown(text)} stands for{nearest(text, meanings)}"
            )
        return known[folded(text)]

    return change


def year(day: str) -> Change:
    """Turn a year such as 2045 or 2045.0 into its first or last day."""

    def change(text: str) -> str:
        match = YEAR.fullmatch(text)
        if not match or match[1] == "0000":
            raise ValueError(f"{shown(text)} is not a year")
        return date(int(match[1]), *DAYS_OF_YEAR[day]).isoformat()

    return change


def number(decimal_sign: str) -> Change:
    """Take a number out of its thousands marks; ``decimal_sign`` is a point or a comma."""

    def change(text: str) -> str:
        head, sign, tail = text.partition(decimal_sign)
        grouped = GROUPED.fullmatch(head)
        if grouped and grouped[1] != decimal_sign:
            head = head.replace(grouped[1], "")
        plain = f"{head}.{tail}" if sign else head
        if decimal_sign != "." and "." in head + tail:
            plain = ""  # a point that is no thousands mark
        try:
            read_number(plain)
        except ValueError as error:
            raise ValueError(
                f"{shown(text)} is not a number with the decimal sign {shown(decimal_sign)}"
            ) from error
        return plain

    return change


def dates(patterns: Sequence[re.Pattern[str]]) -> Change:
    """Read a date in one of several formats; where two formats give different days, none is taken."""

    def change(text: str) -> str:
        days = {day for pattern in patterns if (day := _day(pattern.fullmatch(text.casefold()))) is not None}
        if not days:
            raise ValueError(f"{shown(text)} is not a date in the formats of the mapping")
        if len(days) > 1:
            raise ValueError(f"{shown(text)} could be {' or '.join(sorted(map(str, days)))}")
        return days.pop().isoformat()

    return change


def _day(match: re.Match[str] | None) -> date | None:
    """Return the day that a format found, or None where the calendar has no such day."""
    if match is None:
        return None
    found = match.groupdict()
    name = found.get("month_name")
    month = (
        next(n for n, full in enumerate(MONTHS, 1) if full.startswith(name)) if name else int(found["month"])
    )
    try:
        return date(int(found.get("year") or f"20{found['short_year']}"), month, int(found["day"]))
    except ValueError:
        return None


def date_pattern(form: str, key: str) -> re.Pattern[str]:
    """Turn a date format such as ``dd/mm/yyyy`` or ``d mmm yy`` (20yy) into a pattern; raises PlanError."""
    used = TOKEN.findall(form)
    if sorted(token[0] for token in used) != ["d", "m", "y"]:
        raise wrong(key, f"{shown(form)} is no date format; write day, month and year, such as 'dd/mm/yyyy'")
    between = TOKEN.split(form.casefold())
    pieces = [re.escape(between[0])]
    for token, text in zip(used, between[1:], strict=True):
        pieces += [TOKENS[token], re.escape(text)]
    return re.compile("".join(pieces), re.ASCII)

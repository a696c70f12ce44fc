"""How is a number read, as people and their spreadsheets write it, whatever sign stands before its decimals?

The digits stay as they were written; a text that can be two numbers is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from theorytopractice.model.plain_text import AmbiguousTextError, in_ascii_digits, tidy

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
"""The plain writing: digits and one point."""
DECIMAL_SIGNS = (".", ",")
PERCENT, MONEY = "%", "¤"
ALL_SIGNS = PERCENT + MONEY
MARKS = str.maketrans("\u2212\u2019٫٬٪", "-'.'%")
"""A true minus sign, the apostrophe of print, and the marks that are written with Arabic digits."""
WORDS_OF_MONEY = frozenset(("ALL", "TOP", "PEN", "CUP", "XXX", "XTS"))
"""Codes of currencies that are words, too: "TOP 10" is no amount."""
NAMES_OF_MONEY = frozenset(
    ("kr", "Kr", "zł", "Kč", "Ft", "lei", "Fr.", "SFr.", "Rs", "Rs.", "元", "円", "원", "руб.", "US$", "R$")
)
MONEY_BEFORE = re.compile(r"([+-]?) ?([^\W\d_]{0,3}\.?[^\w\s]?) ?(?=[-+\d.,])(.*)")
MONEY_BEHIND = re.compile(r"(.*\d[.,]?) ?([^\W\d_]{0,4}\.?[^\w\s.,]?)")
GROUPED = r"[1-9]\d{{0,2}}(?:(?P<by>[ '{other}])\d{{3}})(?:(?P=by)\d{{3}})*|[1-9]\d?(?:{india}\d{{2}})+{india}\d{{3}}"


@lru_cache(maxsize=65_536)
def plain_number(text: str, decimal: str = "", signs: str = ALL_SIGNS) -> str:
    """Return a number with digits and one point; a text that is none, or has ½ and its like, as it is.

    Args:
        text: what was written.
        decimal: the sign before decimals, where the door declares it. A point alone is one where it does not.
        signs: which of ``%`` and ``¤`` (a currency) may stand beside the number, and are left out.

    Raises:
        AmbiguousTextError: without a declaration it can be two numbers.
        ValueError: it has another decimal sign than the one declared.

    >>> plain_number("1 234,5"), plain_number("1.234,5"), plain_number("1,234.5"), plain_number("1'234")
    ('1234.5', '1234.5', '1234.5', '1234')
    >>> plain_number("45 %"), plain_number("€ 12"), plain_number("USD 12.50"), plain_number("\u221212"), plain_number("１２．５")
    ('45', '12', '12.50', '-12', '12.5')
    >>> plain_number("1.234"), plain_number("1.234", ","), plain_number("1,234", ".")
    ('1.234', '1234', '1234')
    >>> plain_number("1,234")
    Traceback (most recent call last):
    theorytopractice.model.plain_text.AmbiguousTextError: 1,234
    """
    if NUMBER.fullmatch(text) and (decimal != "," or text.isdecimal()):
        return text
    digits = _in_digits(text)
    if not any(sign.isdecimal() for sign in digits) or any(
        unicodedata.category(sign) == "No" for sign in text
    ):
        return text
    bare = _bare(digits, signs)
    if not decimal and NUMBER.fullmatch(bare):
        return bare
    known = (_with_decimal_sign(bare, sign) for sign in ([decimal] if decimal else DECIMAL_SIGNS))
    readings = list(dict.fromkeys(reading for reading in known if reading))
    if len(readings) > 1:
        raise AmbiguousTextError(bare, readings)
    if not readings and decimal and NUMBER.fullmatch(bare):
        raise ValueError(text)
    return readings[0] if readings else text


def _in_digits(text: str) -> str:
    """Return a text with the digits 0 to 9, whatever digits of whatever script or width it was written in."""
    if text.isascii():
        return tidy(text)
    return in_ascii_digits(tidy(text.translate(MARKS)).translate(MARKS))


def _bare(text: str, signs: str) -> str:
    """Return a number without the signs that may stand beside it."""
    if PERCENT in signs and text.count("%") == 1:
        text = text.strip("%").strip()
    elif MONEY in signs:
        text = _without_money(text)
    return re.sub(r"^([+-]) (?=\d)", r"\1", text)


def _without_money(text: str) -> str:
    if (match := MONEY_BEFORE.fullmatch(text)) and is_money(match[2]):
        return match[1] + match[3]
    if (match := MONEY_BEHIND.fullmatch(text)) and is_money(match[2]):
        return match[1]
    return text


def is_money(text: str) -> bool:
    """Tell whether a text is the sign or the code of a currency.

    >>> is_money("€"), is_money("USD"), is_money("kr"), is_money("TOP"), is_money("kg")
    (True, True, True, False, False)
    """
    if not text:
        return False
    if unicodedata.category(text[-1]) == "Sc":
        return len(text) == 1 or text[:-1].isalpha()
    return text in NAMES_OF_MONEY or (text in _currencies() and text not in WORDS_OF_MONEY)


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


@cache
def _pattern(decimal: str) -> re.Pattern[str]:
    other = "," if decimal == "." else "."
    part = "*" if decimal == "." else "+"
    india = "," if decimal == "." else "(?!)"
    head = GROUPED.format(other=re.escape(other), india=india)
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<head>{head}|\d*)(?:{re.escape(decimal)}(?P<part>\d{part}))?(?P<power>[eE][+-]?\d{{1,3}})?",
        re.ASCII,
    )


def _with_decimal_sign(text: str, decimal: str) -> str:
    """Return a number without its thousands marks and with a point for its decimal sign; empty if it has another."""
    match = _pattern(decimal).fullmatch(text)
    if not match or not (match["head"] or match["part"]):
        return ""
    head = "".join(sign for sign in match["head"] if sign.isdecimal())
    part = "" if match["part"] is None else f".{match['part']}"
    return f"{match['sign']}{head}{part}{match['power'] or ''}"

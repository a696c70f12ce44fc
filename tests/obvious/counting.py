"""How is a count, a share or a median written down? (method, section 11)."""

from __future__ import annotations

import math

Z = 1.959963984540054


def wilson(part: int, whole: int) -> tuple[float | None, float | None]:
    """Give the 95 % Wilson interval of a proportion, nothing where there is nothing to count."""
    if whole == 0:
        return None, None
    share = part / whole
    centre = share + Z**2 / (2 * whole)
    half = Z * math.sqrt(share * (1 - share) / whole + Z**2 / (4 * whole**2))
    scale = 1 + Z**2 / whole
    low = 0.0 if part == 0 else (centre - half) / scale
    high = 1.0 if part == whole else (centre + half) / scale
    return low, high


def median(values: list) -> float | None:
    """Give the middle value, the mean of the two middle ones where their number is even."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if not ordered:
        return None
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def measure(name: str, value: float | None, part: int | None, whole: int | None) -> dict:
    """Write one measure down without an interval."""
    return {
        "measure": name,
        "value": value,
        "numerator": part,
        "denominator": whole,
        "low": None,
        "high": None,
    }


def proportion(name: str, part: int, whole: int) -> dict:
    """Write a proportion down with its Wilson interval."""
    low, high = wilson(part, whole)
    return ratio(name, part, whole) | {"low": low, "high": high}


def ratio(name: str, part: int, whole: int) -> dict:
    """Write a quotient down that is no proportion, because it may be more than 1."""
    return measure(name, part / whole if whole else None, part, whole)


def count(name: str, number: int) -> dict:
    """Write a plain count down."""
    # reading: a count is no quotient, so it has neither numerator nor denominator.
    return measure(name, number, None, None)


def middle(name: str, values: list) -> dict:
    """Write a median down with the number of its values."""
    return measure(name, median(values), None, len(values))

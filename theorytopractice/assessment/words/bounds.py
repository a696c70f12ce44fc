"""On which side of a value does a target lie?"""

from __future__ import annotations

from theorytopractice.language import say
from theorytopractice.model.vocabularies import Direction


def bound(direction: str, value: str) -> str:
    """Word the bound of a target, such as "at least 80 %"; only the value where no direction is known."""
    if direction == Direction.ASCENDING:
        return say("at least {value}", value=value)
    return say("at most {value}", value=value) if direction == Direction.DESCENDING else value


def between(low: str, high: str) -> str:
    """Word a target range, such as "36 to 38 °C"."""
    return say("{low} to {high}", low=low, high=high)

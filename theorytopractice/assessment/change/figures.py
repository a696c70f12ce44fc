"""How is a figure of a series written?"""

from __future__ import annotations

from math import floor, log10

import numpy as np

from theorytopractice.model.naming import name_of

DIGITS = 3


def figure(value: float) -> str:
    """Write a number with three significant digits, a large one whole."""
    if not np.isfinite(value):
        return name_of("unknown")
    if value == 0:
        return "0"
    places = DIGITS - 1 - floor(log10(abs(value)))
    text = f"{value:,.{min(max(places, 0), 12)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−") if text != "-0" else "0"

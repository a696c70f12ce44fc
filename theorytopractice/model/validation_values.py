"""Can the values of an indicator be judged? Numbers, percentages, scales and targets."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from theorytopractice.errors import nearest, shown
from theorytopractice.language import say
from theorytopractice.model.fields import Field, ValueType
from theorytopractice.model.validation_sheets import Problem, Sheets
from theorytopractice.model.values import Misread, folded, misread, read_number
from theorytopractice.model.vocabularies import Direction, Intent, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEVELS = ("baseline", "target", "target_low", "target_high")
NUMBER_FIELD = Field("value", ValueType.NUMBER, "Any number.")
FULL = 100
FEW_STEPS = 20
EMPTY = re.compile("")
PLAIN = re.compile(r"(\d{1,15}(\.\d{1,15})?)?", re.ASCII)
PLAIN_PERCENTAGE = re.compile(r"(\d{1,2}(\.\d{1,15})?)?", re.ASCII)


class Judge(dict[str, Misread | None]):
    """Says what is wrong with a value, and remembers it for each distinct text.

    ``is_sure`` recognises texts that are right at a glance, which need no look closer and no memory.
    """

    def __init__(self, rule: Callable[[str], Misread | None], sure: re.Pattern[str]) -> None:
        """Judge by ``rule`` what ``sure`` does not match."""
        super().__init__()
        self._rule = rule
        self.is_sure = sure.fullmatch

    def __missing__(self, text: str) -> Misread | None:
        """Judge a text that has not been seen before."""
        self[text] = found = self._rule(text)
        return found


def not_a_number(text: str) -> Misread | None:
    """E-NUM: a text where a number is needed; NaN and infinities are none."""
    return misread(NUMBER_FIELD, text)


def not_a_percentage(text: str) -> Misread | None:
    """E-PCT: a percentage outside 0 to 100 (E-NUM where it is not even a number)."""
    if found := not_a_number(text):
        return found
    if 0 <= read_number(text) <= FULL:
        return None
    return Misread(
        "E-PCT", say("{text} is no percentage from 0 to 100; mend the value or the measure", text=shown(text))
    )


def steps(scale: str) -> dict[str, int]:
    """Return the values of a scale, folded, with their positions."""
    return {step: place for place, part in enumerate(scale.split(";")) if (step := folded(part))}


def off_the_scale(scale: str) -> Callable[[str], Misread | None]:
    """E-SCALE: a value that the declared scale does not name."""
    known = steps(scale)
    few = known if len(known) <= FEW_STEPS else ()

    def rule(text: str) -> Misread | None:
        if folded(text) in known:
            return None
        return Misread(
            "E-SCALE",
            say(
                "{text} is not on the scale of its indicator{hint}", text=shown(text), hint=nearest(text, few)
            ),
        )

    return rule


def judges(sheets: Sheets) -> list[Judge | None]:
    """Return the judge of each indicator; None for words, for a scale or a measure that cannot be read."""
    number, percentage = Judge(not_a_number, PLAIN), Judge(not_a_percentage, PLAIN_PERCENTAGE)
    scales: dict[str, Judge] = {}
    found: list[Judge | None] = []
    for measure, scale in zip(
        sheets["indicator"]["measure"], sheets.column("indicator", "scale"), strict=True
    ):
        if measure == Measure.PERCENTAGE:
            found.append(percentage)
        elif measure == Measure.ORDINAL and steps(scale):
            if scale not in scales:
                scales[scale] = Judge(off_the_scale(scale), EMPTY)
            found.append(scales[scale])
        else:
            found.append(number if measure in ("", Measure.UNIT, Measure.COUNT) else None)
    return found


def unfit_values(sheets: Sheets) -> Iterator[Problem]:
    """E-NUM, E-PCT, E-SCALE: a value, baseline or target that does not fit the indicator's measure."""
    by_row = judges(sheets)
    for column in LEVELS:
        for row, text in enumerate(sheets.column("indicator", column)):
            judge = by_row[row]
            if judge is not None and not judge.is_sure(text) and (found := judge[text]):
                yield Problem(found.code, "indicator", row, column, found.message)
    by_key = dict(zip(sheets["indicator"]["indicator_id"], by_row, strict=True)) | {"": None}
    for row, (key, text) in enumerate(sheets.columns("observation", "indicator_id", "value")):
        judge = by_key.get(key)
        if judge is not None and not judge.is_sure(text) and (found := judge[text]):
            yield Problem(found.code, "observation", row, "value", found.message)


def missing_scales(sheets: Sheets) -> Iterator[Problem]:
    """E-SCALE: an ordinal indicator that declares no scale."""
    message = say("an ordinal indicator needs its scale; write its values in order with ';' between")
    for row, (measure, scale) in enumerate(sheets.columns("indicator", "measure", "scale")):
        if measure == Measure.ORDINAL and not steps(scale):
            yield Problem("E-SCALE", "indicator", row, "scale", message)


def odd_progress(sheets: Sheets) -> Iterator[Problem]:
    """E-PCT: progress outside 0 to 100."""
    judge = Judge(not_a_percentage, PLAIN_PERCENTAGE)
    for row, text in enumerate(sheets.column("event", "progress")):
        if not judge.is_sure(text) and (found := judge[text]):
            yield Problem(found.code, "event", row, "progress", found.message)


def backward_targets(sheets: Sheets) -> Iterator[Problem]:
    """W-DIR: a target on the wrong side of the baseline, or equal to it although it should improve."""
    names = ("measure", "scale", "direction", "intent", "baseline", "target")
    for row, (measure, scale, direction, intent, baseline, target) in enumerate(
        sheets.columns("indicator", *names)
    ):
        if not baseline or not target or direction not in (Direction.ASCENDING, Direction.DESCENDING):
            continue
        before, after = _level(measure, scale, baseline), _level(measure, scale, target)
        if before is None or after is None:
            continue
        is_wrong = after < before if direction == Direction.ASCENDING else after > before
        if is_wrong or (after == before and intent != Intent.MAINTAIN):
            facts = {"target": shown(target), "baseline": shown(baseline), "direction": direction}
            message = (
                say(
                    "the target {target} is on the wrong side of the baseline {baseline} although the direction is {direction}; check target, baseline, direction and intent",
                    **facts,
                )
                if is_wrong
                else say(
                    "the target {target} is equal to the baseline {baseline} although the direction is {direction}; check target, baseline, direction and intent",
                    **facts,
                )
            )
            yield Problem("W-DIR", "indicator", row, "target", message)


def _level(measure: str, scale: str, text: str) -> Decimal | None:
    """Return what two levels are compared by: the number, or the position on the scale."""
    if measure == Measure.ORDINAL:
        place = steps(scale).get(folded(text))
        return None if place is None else Decimal(place)
    try:
        return None if measure == Measure.NOMINAL else read_number(text)
    except ValueError:  # the measure itself could not be read
        return None


def fractions(sheets: Sheets) -> Iterator[Problem]:
    """W-FRACTION: a percentage whose values are all at most 1, and not all 0: shares, not per cent."""
    keys = sheets.column("indicator", "indicator_id")
    measures = sheets.column("indicator", "measure")
    small = {
        key for key, measure in zip(keys, measures, strict=True) if key and measure == Measure.PERCENTAGE
    }
    some: set[str] = set()
    for key, text in sheets.columns("observation", "indicator_id", "value") if small else ():
        if text and key in small:
            value = read_number(text)
            if value > 1:
                small.discard(key)
            elif value:
                some.add(key)
    message = say(
        "all values of this percentage are at most 1; write per cent (0.4 as 40), or another measure"
    )
    for row, key in enumerate(keys):
        if key in small and key in some:
            yield Problem("W-FRACTION", "indicator", row, "measure", message)

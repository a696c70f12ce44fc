"""How are dated facts read in the order of their dates, and which values satisfy their targets?"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import (
    MISSING,
    NO_NUMBER,
    BoolArray,
    DayArray,
    FloatArray,
    Grouped,
    IntArray,
    code,
    codes,
    days,
    group,
    has_text,
    numbers,
    pick,
    positions,
    texts,
    truths,
    whole,
)
from theorytopractice.assessment.encoded_plan import Targets
from theorytopractice.errors import PracticeError, quote
from theorytopractice.i18n import say
from theorytopractice.model.dialects import FRAME
from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import LONGEST_CELL, natural, read_list, read_number, step
from theorytopractice.model.vocabularies import Direction, Intent, Level, Measure, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    import pandas as pd

    from theorytopractice.model.settings import Settings

TINY, HUGE = 1e-300, 1e300  # beyond, floats lose digits or run to 0 and infinity
EXACT_DIGITS = 15  # a decimal of so many digits survives the way through a float

NOWHERE = Decimal("NaN"), Decimal("NaN")
INFINITY = Decimal("Infinity")


def effect_targets(frame: pd.DataFrame, settings: Settings) -> Targets:
    """Read the demands of every indicator; an empty threshold means the plan's."""
    level = codes(frame["level"], Level)
    is_range = codes(frame["direction"], Direction) == code(Direction, Direction.RANGE)
    both = has_text(frame["target_low"]) & has_text(frame["target_high"])
    demands = zip(*(texts(frame[name]) for name in DEMANDS), strict=True)
    known: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
    bounds = [known.get(cells) or known.setdefault(cells, _bounds(cells)) for cells in demands]
    cadence = whole(frame["cadence_days"], 0)
    factor = np.int64(settings.stale_factor)
    has_baseline = has_text(frame["baseline"])
    targets = Targets(
        has_target=np.where(is_range, both, has_text(frame["target"])),
        low=[low for low, _ in bounds],
        high=[high for _, high in bounds],
        is_effect=np.isin(level, [code(Level, Level.OUTCOME), code(Level, Level.IMPACT)]),
        is_confirmation=level == code(Level, Level.CONFIRMATION),
        is_maintained=codes(frame["intent"], Intent) == code(Intent, Intent.MAINTAIN),
        has_baseline=has_baseline,
        baseline_on=days(frame["baseline_on"]),
        baseline_satisfies=np.zeros(len(frame), dtype=bool),
        is_waived=has_text(frame["baseline_waiver"]),
        lag=whole(frame["lag_days"], 0),
        cadence=cadence,
        fresh=np.where(cadence > 0, factor * cadence, settings.stale_default),
        gap=np.where(cadence > 0, factor * cadence, -1),
        confirm=np.maximum(whole(frame["confirm"], settings.confirm), 1),
        lapse=np.maximum(whole(frame["lapse"], settings.lapse), 1),
        hold=whole(frame["hold_days"], settings.hold_days),
        target_on=days(frame["target_on"]),
        retargeted_on=days(frame["retargeted_on"]),
    )
    everyone = np.arange(len(frame), dtype=np.int64)
    targets.baseline_satisfies[:] = is_satisfied(frame["baseline"], everyone, frame, targets) & has_baseline
    return targets


DEMANDS = ("measure", "direction", "target", "target_low", "target_high", "tolerance", "scale")


def _bounds(cells: tuple[str, ...]) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest satisfied value of one indicator, as exact decimals."""
    demand = dict(zip(DEMANDS, cells, strict=True))
    if demand["measure"] == Measure.NOMINAL:
        return Decimal(1), Decimal(1)
    try:
        tolerance = read_number(FRAME.plain(ValueType.NUMBER, demand["tolerance"] or "0"))
    except ValueError:
        sentence = say(NO_NUMBER, column="tolerance", text=quote(demand["tolerance"]))
        raise PracticeError(sentence) from None
    with localcontext(prec=LONGEST_CELL):
        return _around(demand, tolerance)


def _around(demand: dict[str, str], tolerance: Decimal) -> tuple[Decimal, Decimal]:
    """Return the target, or both bounds of a range, with the tolerance on the better side."""
    try:
        if demand["direction"] == Direction.RANGE:
            return _level(demand, "target_low") - tolerance, _level(demand, "target_high") + tolerance
        target = _level(demand, "target")
    except ValueError:
        return NOWHERE
    if demand["direction"] == Direction.DESCENDING:
        return -INFINITY, target + tolerance
    return target - tolerance, INFINITY


def _level(demand: dict[str, str], name: str) -> Decimal:
    """Read a bound as a number, or as its position on an ordinal scale; raises ValueError."""
    if demand["measure"] == Measure.ORDINAL:
        return Decimal(read_list(demand["scale"]).index(step(demand[name])))
    return read_number(FRAME.plain(ValueType.VALUE, demand[name]))


def is_satisfied(
    values: pd.Series,
    parent: IntArray,
    frame: pd.DataFrame,
    targets: Targets,
    measured: FloatArray | None = None,
) -> BoolArray:
    """Tell for each value whether it satisfies the target of the indicator at ``parent`` (−1: none).

    ``measured`` are the values as :func:`measure_values` reads them, where somebody has done so already.
    """
    if not len(values) or not len(frame):
        return np.zeros(len(values), dtype=bool)
    measured = measure_values(values, parent, frame) if measured is None else measured
    low = np.array([float(bound) for bound in targets.low])
    high = np.array([float(bound) for bound in targets.high])
    is_word = _has_words(frame)[parent]
    met = (measured >= low[parent]) & (measured <= high[parent]) & targets.has_target[parent] & (parent >= 0)
    doubtful = np.flatnonzero(met & ~is_word & ((measured == low[parent]) | (measured == high[parent])))
    written = texts(values.iloc[doubtful])
    for row, text in zip(doubtful, written, strict=True):
        own = targets.low[parent[row]], targets.high[parent[row]]
        is_extreme = not TINY < abs(measured[row]) < HUGE
        if is_extreme or max(len(text), *(len(bound.as_tuple().digits) for bound in own)) > EXACT_DIGITS:
            met[row] = own[0] <= read_number(FRAME.plain(ValueType.VALUE, text)) <= own[1]
    return met


def _has_words(frame: pd.DataFrame) -> BoolArray:
    """Tell which indicators have words for values."""
    return np.isin(
        codes(frame["measure"], Measure), [code(Measure, Measure.ORDINAL), code(Measure, Measure.NOMINAL)]
    )


def measure_values(values: pd.Series, parent: IntArray, frame: pd.DataFrame) -> FloatArray:
    """Read values as numbers; a word as its position on the scale, or 1 where it is the nominal target.

    NaN is what cannot be read: no number, a step that the scale does not name, another word than the target.
    """
    if not len(values) or not len(frame):
        return np.full(len(values), np.nan)
    is_word = _has_words(frame)[parent] & (parent >= 0)
    worded = np.flatnonzero(is_word)
    if not len(worded):
        return numbers(values)
    measured = np.full(len(values), np.nan)
    measured[~is_word] = numbers(values[~is_word])
    scales: dict[int, dict[str, int]] = {}
    for row, text in zip(worded, texts(values.iloc[worded]), strict=True):
        own = int(parent[row])
        if own not in scales:
            scales[own] = _steps(frame.iloc[own])
        measured[row] = scales[own].get(step(text), np.nan)
    return measured


def _steps(indicator: pd.Series) -> dict[str, int]:
    """Return the number that stands for each folded word of an ordinal or nominal indicator."""
    if indicator["measure"] == Measure.NOMINAL:
        return {step(str(indicator["target"])): 1}
    return {own: position for position, own in enumerate(read_list(str(indicator["scale"])))}


CONFIRMING_TARGET, CONFIRMING_N = Decimal(80), 10


def is_confirming(
    observations: pd.DataFrame, parent: IntArray, frame: pd.DataFrame, targets: Targets
) -> BoolArray:
    """Tell which values of confirmation indicators reach their target among enough people (section 6)."""
    reached = np.zeros(len(observations), dtype=bool)
    if not len(frame):
        return reached
    asked = np.flatnonzero((parent >= 0) & targets.is_confirmation[parent])
    enough = numbers(observations["n"].iloc[asked]) >= CONFIRMING_N
    demanded = texts(frame["target"].iloc[parent[asked]])
    values = texts(observations["value"].iloc[asked])
    for row, is_enough, value, target in zip(asked, enough, values, demanded, strict=True):
        reached[row] = is_enough and at_least(value, target)
    return reached


def at_least(value: str, target: str) -> bool:
    """Tell whether a share of satisfied people reaches its target (80 where none is set); false for what is none."""
    try:
        return read_number(value) >= (read_number(target) if target else CONFIRMING_TARGET)
    except ValueError:
        return False


EPOCH_SPAN = 2**22  # days fit in it, so that parent and day make one sortable whole number


def latest_days(facts: Grouped) -> DayArray:
    """Return each parent's latest fact date, MISSING where it has none."""
    return np.where(
        facts.starts[1:] > facts.starts[:-1], pick(facts["day"], facts.starts[1:] - 1, MISSING), MISSING
    )


def read_events(
    frame: pd.DataFrame, subject: Subject, ids: pd.Index[str], vocabulary: type[StrEnum]
) -> Grouped:
    """Group by subject the events of findings, or of actions; those of unknown subjects are left out."""
    rows = np.flatnonzero(codes(frame["subject"], Subject) == code(Subject, subject))
    own = frame.iloc[rows]
    parent, kind, day = (
        positions(own["subject_id"], ids),
        codes(own["event"], vocabulary),
        days(own["happened_on"]),
    )
    parent = np.where((kind >= 0) & (day != MISSING), parent, -1)
    grouped = group(
        parent,
        len(ids),
        in_order(parent, day, day, own["event_id"]),
        day=day,
        recorded=days(own["recorded_on"]),
        kind=kind,
        due=days(own["due"]),
        progress=numbers(own["progress"]),
        consent=truths(own["consent"], default=False),
    )
    return Grouped(grouped.starts, rows[grouped.row], grouped.columns)


def read_evidence(frame: pd.DataFrame, ids: pd.Index[str], *, subject: str = "action_id") -> Grouped:
    """Group by its subject the evidence of actions, or of findings (``finding_id``)."""
    parent, day = positions(frame[subject], ids), days(frame["dated_on"])
    parent = np.where(day != MISSING, parent, -1)
    order = in_order(parent, day, day, frame["evidence_id"])
    return group(parent, len(ids), order, day=day, recorded=days(frame["recorded_on"]))


def read_observations(
    frame: pd.DataFrame, ids: pd.Index[str], indicator: pd.DataFrame, targets: Targets
) -> Grouped:
    """Group by indicator the observations, each judged against its target; the latest known of a date last."""
    parent, day, recorded = (
        positions(frame["indicator_id"], ids),
        days(frame["observed_on"]),
        days(frame["recorded_on"]),
    )
    parent = np.where((day != MISSING) & has_text(frame["value"]), parent, -1)
    known = np.where(recorded == MISSING, day, recorded)
    measured = measure_values(frame["value"], parent, indicator)
    return group(
        parent,
        len(ids),
        in_order(parent, day, known, frame["observation_id"]),
        day=day,
        recorded=recorded,
        is_final=truths(frame["final"], default=True),
        n=numbers(frame["n"]),
        is_satisfied=is_satisfied(frame["value"], parent, indicator, targets, measured),
        measured=measured,
        is_confirming=is_confirming(frame, parent, indicator, targets),
    )


def in_order(parent: IntArray, day: DayArray, known: DayArray, ids: pd.Series) -> IntArray:
    """Order facts by parent, date, day on which they became known, and seq (method, T5).

    Natural order of identifiers is slow to find, so it is looked for only among facts of one parent and day.
    """
    combined = (parent + 1) * EPOCH_SPAN + day
    order = np.argsort(combined, kind="stable")
    same = combined[order][1:] == combined[order][:-1]
    if not same.any():
        return order
    tied = order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]
    names = texts(ids.iloc[tied])
    ranked = sorted(range(len(tied)), key=lambda i: _tie(int(known[tied[i]]), names[i], int(tied[i])))
    rank = np.zeros(len(parent), dtype=np.int64)
    rank[tied[ranked]] = np.arange(len(tied))
    return np.lexsort((rank, combined))


def _tie(known: int, name: str, row: int) -> tuple[int, bool, Sequence[object], int]:
    """Sort key of a fact among those of its date; one without an id comes after them, in file order."""
    return known, not name, natural(name), row

"""Which figures tell what happened where nobody acted, and is a change clear beside them? (method, section 13.3).

Indicators of one plan with the same key ``common`` measure the same elsewhere. Those that no started action is to
change are the controls: what moved them too, moved them without the action. The difference between a figure and
the average of its controls, on the scale of the measure, is judged like any other series.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import MISSING, numbers
from theorytopractice.assessment.before_after import POST, PRE, BeforeAfter, time_axis
from theorytopractice.assessment.measured_scale import scale_of
from theorytopractice.assessment.outcomes import RequiredIndicators, observed_values

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays import FloatArray, IntArray
    from theorytopractice.assessment.ladder import FindingFacts

SAME = ("common", "measure", "direction")


def controls_of(s: FindingFacts, pairs: BeforeAfter) -> dict[int, list[tuple[FloatArray, FloatArray]]]:
    """Return for each pair with controls their values and exposures at its own times before and since.

    A control that lacks one of these times is left out.
    """
    declared = s.encoded.frames["indicator"]
    if not declared["common"].notna().any():
        return {}
    key = declared.groupby(list(SAME), dropna=True, sort=False).ngroup().to_numpy()
    is_free = ~np.isin(np.arange(len(declared)), _acted_on(s, pairs))
    found = {}
    for pair in np.flatnonzero((pairs.started_on != MISSING) & (pairs.better != 0)).tolist():
        own = int(pairs.indicator[pair])
        others = np.flatnonzero(is_free & (key == key[own]) & (key[own] >= 0))
        read = [_values_at(s, pairs, pair, int(other)) for other in others if other != own]
        if kept := [one for one in read if one is not None]:
            found[pair] = kept
    return found


def _acted_on(s: FindingFacts, pairs: BeforeAfter) -> IntArray:
    """Return the indicators that a started action is to change, or a finding that is not judged here."""
    links = s.encoded.finding_indicators["indicator"]
    waiting = pairs.started_on == MISSING
    linked, judged = (
        np.bincount(one, minlength=len(s.encoded.indicator_ids)) for one in (links, pairs.indicator[waiting])
    )
    return np.flatnonzero(linked > judged)


def _values_at(
    s: FindingFacts, pairs: BeforeAfter, pair: int, other: int
) -> tuple[FloatArray, FloatArray] | None:
    """Return the values and exposures of another indicator at the times of a pair; None where one is lacking."""
    case = pairs.case[[pair]]
    asked = RequiredIndicators(case, np.array([other]), s.start[case])
    read = observed_values(s.encoded, s.cases, s.visible, asked).one_a_date()
    rows = pairs.rows_of(pair)
    compared = np.isin(pairs.phase[rows], (PRE, POST))
    time, unit = time_axis(read.day, read.segment, 1)
    if unit[0] != pairs.unit[pair]:
        return None
    wanted = pairs.series.time[rows][compared]
    place = np.minimum(np.searchsorted(time, wanted), max(len(time) - 1, 0))
    if not len(time) or not np.isclose(time[place], wanted).all():
        return None
    raw = s.encoded.frames["observation"]["value"].iloc[s.encoded.observations.row[read.row]]
    value = numbers(raw)[place]
    return None if not np.isfinite(value).all() else (value, s.encoded.observations["n"][read.row][place])


def difference(measure: str, series: list[tuple[FloatArray, FloatArray]], n_pre: int) -> FloatArray:
    """Return how far the first of some series lies from the average of the others at each time, on the measure's scale."""
    is_sized = measure != "unit" and all((size > 0).all() for _, size in series)
    value = np.array([value for value, _ in series])
    scale = scale_of(measure, value, np.array([size for _, size in series]) if is_sized else None, n_pre)
    if scale.is_log is not None:  # one scale for all, that of the first where it suits the others
        scale = replace(scale, is_log=np.full(len(value), scale.is_log[0] and bool((value > 0).all())))
    level = scale.forward(value)
    return np.asarray(level[0] - level[1:].mean(axis=0), dtype=np.float64)


__all__ = ["controls_of", "difference"]

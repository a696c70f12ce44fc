"""Which figures tell what happened where nobody acted, and is a change clear beside them? (method, section 13.3).

Indicators of one plan with the same key ``common`` measure the same elsewhere. Those that no started action is to
change are the controls: what moved them too, moved them without the action. The difference between a figure and
the average of its controls, on the scale of the measure, is modelled like any other series.
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

MOST = 50  # controls of one figure
NEAR_TIME = 1e-6
SAME = ("common", "measure", "direction")


def controls_of(s: FindingFacts, pairs: BeforeAfter) -> dict[int, list[tuple[FloatArray, FloatArray]]]:
    """Return for each pair with controls their values and exposures at its own times before and since.

    A control that lacks one of these times is left out.
    """
    pair, other = _candidates(s, pairs)
    if not len(pair):
        return {}
    case = pairs.case[pair]
    read = observed_values(
        s.encoded, s.cases, s.visible, RequiredIndicators(case, other, s.start[case])
    ).one_a_date()
    time, unit = time_axis(read.day, read.segment, len(pair))
    raw = s.encoded.frames["observation"]["value"].iloc[s.encoded.observations.row[read.row]]
    value, size = numbers(raw), s.encoded.observations["n"][read.row]
    ends = np.searchsorted(read.segment, np.arange(len(pair) + 1))
    found: dict[int, list[tuple[FloatArray, FloatArray]]] = {}
    for k, own in enumerate(pair.tolist()):
        rows = slice(int(ends[k]), int(ends[k + 1]))
        place = _places(time[rows], pairs, own) if unit[k] == pairs.unit[own] else None
        if place is not None and np.isfinite(value[rows][place]).all():
            found.setdefault(own, []).append((value[rows][place], size[rows][place]))
    return found


def _candidates(s: FindingFacts, pairs: BeforeAfter) -> tuple[IntArray, IntArray]:
    """Return each pair whose action has begun beside each indicator that may be its control, the first ones of many."""
    declared = s.encoded.frames["indicator"]
    key = declared.groupby(list(SAME), dropna=True, sort=False).ngroup().to_numpy()
    is_keyed = (key >= 0) & (declared["common"].astype(str).str.strip() != "").to_numpy()
    is_free = is_keyed & ~np.isin(np.arange(len(declared)), _acted_on(s, pairs))
    free = {int(one): np.flatnonzero(is_free & (key == one))[:MOST] for one in np.unique(key[is_free])}
    begun = np.flatnonzero((pairs.started_on != MISSING) & (pairs.better != 0) & is_keyed[pairs.indicator])
    others = [free.get(int(key[pairs.indicator[pair]]), np.zeros(0, dtype=np.int64)) for pair in begun]
    if not others:
        return begun, begun
    return np.repeat(begun, [len(one) for one in others]), np.concatenate(others)


def _places(time: FloatArray, pairs: BeforeAfter, pair: int) -> IntArray | None:
    """Return where the compared times of a pair lie among those of a control; None where one is lacking."""
    rows = pairs.rows_of(pair)
    wanted = pairs.series.time[rows][np.isin(pairs.phase[rows], (PRE, POST))]
    if not len(time) or not len(wanted):
        return None
    place = np.minimum(np.searchsorted(time, wanted - NEAR_TIME), len(time) - 1)
    return place if np.allclose(time[place], wanted, atol=NEAR_TIME) else None


def _acted_on(s: FindingFacts, pairs: BeforeAfter) -> IntArray:
    """Return the indicators that a started action is to change, or a finding that is not judged here."""
    links = s.encoded.finding_indicators["indicator"]
    waiting = pairs.started_on == MISSING
    linked, judged = (
        np.bincount(one, minlength=len(s.encoded.indicator_ids)) for one in (links, pairs.indicator[waiting])
    )
    return np.flatnonzero(linked > judged)


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

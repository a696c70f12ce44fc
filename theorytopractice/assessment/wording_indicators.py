"""How is an indicator said in words: its target, what was read, its baseline, and what those affected say?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.outcome import is_explicit
from theorytopractice.assessment.problems import CONFIRMATION_DAYS
from theorytopractice.assessment.segments import MISSING, NEVER
from theorytopractice.assessment.targets import CONFIRMING_N, CONFIRMING_TARGET, at_least
from theorytopractice.assessment.wording import age_of, day_text, days_text, observation, text_of
from theorytopractice.model.vocabularies import Direction, Measure

if TYPE_CHECKING:
    import pandas as pd

    from theorytopractice.assessment.outcome import OutcomeView
    from theorytopractice.assessment.segments import Array
    from theorytopractice.assessment.situation import Situation


def indicator_row(s: Situation, indicator: int) -> pd.Series:
    """Return the row of an indicator."""
    return s.book.frames["indicator"].iloc[int(indicator)]


def indicator_name(s: Situation, indicator: int) -> str:
    """Return the id of an indicator."""
    return str(s.book.indicator_ids[int(indicator)])


def indicators(s: Situation, view: OutcomeView, rows: Array) -> list[str]:
    """Return the ids of some judged indicators."""
    return [indicator_name(s, one) for one in view.indicator[rows]]


def indicator_line(s: Situation, view: OutcomeView, i: int) -> str:
    """Say whether a required indicator shows the outcome, and which values decided it."""
    row = indicator_row(s, view.indicator[i])
    name = f"{row['indicator_id']} “{text_of(row['name'])}”"
    return f"{name}, {target_text(row)}: {_outcome(s, view, i)}."


def target_text(row: pd.Series) -> str:
    """Say which values satisfy an indicator."""
    low, high, target = (text_of(row[name]) for name in ("target_low", "target_high", "target"))
    tolerance = text_of(row["tolerance"])
    within = f" (tolerance {tolerance})" if tolerance.strip("0.") else ""
    if row["direction"] == Direction.RANGE:
        return f"target {low} to {high}{within}" if low and high else "no target"
    if not target:
        return "no target"
    if row["measure"] == Measure.NOMINAL:
        return f"target {target}"
    return f"target at {'most' if row['direction'] == Direction.DESCENDING else 'least'} {target}{within}"


def value_text(s: Situation, row: int) -> str:
    """Say a value with its date and id."""
    found = observation(s, row)
    return f"{found.cell('value')} on {found}"


def baseline_text(s: Situation, view: OutcomeView, i: int) -> str:
    """Say which baseline an indicator is judged from; empty if none (method, 5.1-4)."""
    indicator = int(view.indicator[i])
    if is_explicit(s.book.targets, view.indicator[[i]], s.day)[0]:
        row = indicator_row(s, indicator)
        on = int(s.book.targets.baseline_on[indicator])
        return f"baseline {text_of(row['baseline'])}" + (f" of {day_text(on)}" if on != MISSING else "")
    if (before := int(view.baseline_row[i])) >= 0:
        return f"baseline {value_text(s, before)}"
    return ""


def _outcome(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what the state machine read of one indicator (method, 5.1)."""
    indicator = int(view.indicator[i])
    if not s.book.targets.has_target[indicator]:
        return "nobody said which value is aimed at, so nothing can be shown"
    if view.start[i] == NEVER:
        return "not read, because no action has started" + _latest(s, view, i)
    if view.n_read[i] == 0:
        since = day_text(view.start[i] + s.book.targets.lag[indicator])
        return f"no final value since {since}, the start of the action and its lag"
    read = "1 value read" if view.n_read[i] == 1 else f"{int(view.n_read[i])} values read"
    said = [f"{value_text(s, view.last_row[i])}, {read}", _state(view, i)]
    said += [baseline_text(s, view, i)] if baseline_text(s, view, i) else []
    doubts = {
        "the last value misses the target": view.is_wobbling[i],
        f"stale: older than {days_text(s.book.targets.fresh[indicator])}": view.is_stale[i],
        "no baseline to compare with": view.lacks_baseline[i],
        "the target was already met before the action": view.is_met_at_baseline[i],
    }
    return ", ".join(said + [doubt for doubt, is_so in doubts.items() if is_so])


def _state(view: OutcomeView, i: int) -> str:
    if view.is_met[i]:
        return f"met since {day_text(view.since[i])}"
    if view.has_lapsed[i]:
        return f"was met from {day_text(view.since[i])}, lapsed on {day_text(view.lapsed_on[i])}"
    return "not met"


def _latest(s: Situation, view: OutcomeView, i: int) -> str:
    return f"; the latest value is {value_text(s, view.latest_row[i])}" if view.latest_row[i] >= 0 else ""


def survey_lines(s: Situation) -> list[str]:
    """Say what those affected by a problem answered, and whether that confirms it (method, section 6)."""
    lines = []
    for i, indicator in enumerate(s.surveys.indicator.tolist()):
        row = indicator_row(s, indicator)
        lines.append(f"{row['indicator_id']} “{text_of(row['name'])}”, {survey_text(s, i)}.")
    return lines or ["Nobody asks those affected: no confirmation indicator is linked as required."]


def survey_text(s: Situation, i: int) -> str:
    """Say of one survey who was asked, what they said, and why it passes or not."""
    said = s.surveys
    target = text_of(indicator_row(s, said.indicator[i])["target"]) or f"{CONFIRMING_TARGET} (usual)"
    aim = f"those affected must agree by at least {target}"
    if said.row[i] < 0:
        return f"{aim}: no final value yet"
    found = observation(s, said.row[i])
    n = _number(found.row["n"])
    asked = f"{n:g} people asked" if n is not None else "nobody said how many were asked"
    verdict = "passed" if said.passes[i] else f"not passed, {_failing(s, i, n)}"
    return f"{aim}: {found.cell('value')} on {found}, {asked}: {verdict}"


def _failing(s: Situation, i: int, n: float | None) -> str:
    """Say why the latest value of a survey does not confirm."""
    row = int(s.surveys.row[i])
    age = age_of(s, s.book.observations["day"][row])
    target = text_of(indicator_row(s, s.surveys.indicator[i])["target"])
    faults = {
        f"it is {age} days old, more than {CONFIRMATION_DAYS}": not s.surveys.is_recent[i],
        f"at least {CONFIRMING_N} must be asked": n is None or n < CONFIRMING_N,
        "the value misses the target": not at_least(observation(s, row).cell("value"), target),
    }
    return " and ".join(fault for fault, is_so in faults.items() if is_so)


def _number(value: Any) -> float | None:  # noqa: ANN401 - a cell of any type
    return float(text_of(value)) if text_of(value) else None

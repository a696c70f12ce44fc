"""How is an indicator said in words: its target, what was read, its baseline, and what those affected say?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.arrays.segments import MISSING, NEVER
from theorytopractice.assessment.arrays.targets import CONFIRMING_N, CONFIRMING_TARGET, at_least
from theorytopractice.assessment.stages.outcome import is_explicit
from theorytopractice.assessment.stages.problems import CONFIRMATION_DAYS
from theorytopractice.assessment.words.bounds import between, bound
from theorytopractice.assessment.words.wording import (
    BOTH,
    age_of,
    day_text,
    days_text,
    observation,
    text_of,
)
from theorytopractice.language import CLAUSES, PARTS, say, say_in_turn, say_n
from theorytopractice.model.vocabularies import Direction, Measure

if TYPE_CHECKING:
    import pandas as pd

    from theorytopractice.assessment.arrays.segments import Array
    from theorytopractice.assessment.stages.outcome import OutcomeView
    from theorytopractice.assessment.stages.situation import Situation


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
    return say(
        "{indicator} “{name}”, {target}: {outcome}.",
        indicator=row["indicator_id"],
        name=text_of(row["name"]),
        target=target_text(row),
        outcome=_outcome(s, view, i),
    )


def target_text(row: pd.Series) -> str:
    """Say which values satisfy an indicator."""
    aim = aim_text(row)
    return say("target {aim}", aim=aim) if aim else say("no target")


def aim_text(row: pd.Series) -> str:
    """Say which values satisfy an indicator, without the word target; empty if none do."""
    low, high, target = (text_of(row[name]) for name in ("target_low", "target_high", "target"))
    if row["direction"] == Direction.RANGE:
        aim = between(low, high) if low and high else ""
    elif row["measure"] == Measure.NOMINAL:
        return target
    else:
        is_least = row["direction"] != Direction.DESCENDING
        aim = bound(Direction.ASCENDING if is_least else Direction.DESCENDING, target) if target else ""
    tolerance = text_of(row["tolerance"]) if aim else ""
    return (
        say("{aim} (tolerance {tolerance})", aim=aim, tolerance=tolerance) if tolerance.strip("0.") else aim
    )


def value_text(s: Situation, row: int) -> str:
    """Say a value with its date and id."""
    found = observation(s, row)
    return say(
        "{value} on {day} ({identifier})",
        value=found.cell("value"),
        day=found.on,
        identifier=found.identifier,
    )


def baseline_text(s: Situation, view: OutcomeView, i: int) -> str:
    """Say which baseline an indicator is judged from; empty if none (method, 5.1-4)."""
    indicator = int(view.indicator[i])
    if is_explicit(s.book.targets, view.indicator[[i]], s.day)[0]:
        baseline = text_of(indicator_row(s, indicator)["baseline"])
        on = int(s.book.targets.baseline_on[indicator])
        if on == MISSING:
            return say("baseline {value}", value=baseline)
        return say("baseline {value} of {day}", value=baseline, day=day_text(on))
    if (before := int(view.baseline_row[i])) >= 0:
        return say("baseline {value}", value=value_text(s, before))
    return ""


def _outcome(s: Situation, view: OutcomeView, i: int) -> str:
    """Say what the state machine read of one indicator (method, 5.1)."""
    indicator = int(view.indicator[i])
    if not s.book.targets.has_target[indicator]:
        return say("nobody said which value is aimed at, so nothing can be shown")
    if view.start[i] == NEVER:
        return say_in_turn(PARTS, (say("not read, because no action has started"), _latest(s, view, i)))
    if view.n_read[i] == 0:
        since = day_text(view.start[i] + s.book.targets.lag[indicator])
        return say("no final value since {day}, the start of the action and its lag", day=since)
    value = value_text(s, view.last_row[i])
    read = say_n("{value}, {n} value read", "{value}, {n} values read", int(view.n_read[i]), value=value)
    return say_in_turn(CLAUSES, (read, _state(s, view, i), baseline_text(s, view, i), *_doubts(s, view, i)))


def _doubts(s: Situation, view: OutcomeView, i: int) -> list[str]:
    """Say what speaks against the values of an indicator, or against what they are compared with."""
    fresh = days_text(s.book.targets.fresh[view.indicator[i]])
    doubts = {
        say("the last value misses the target"): view.is_wobbling[i],
        say("stale: older than {days}", days=fresh): view.is_stale[i],
        say("no baseline to compare with"): view.lacks_baseline[i],
        say("the target was already met before the action"): view.is_met_at_baseline[i],
    }
    return [doubt for doubt, is_so in doubts.items() if is_so]


def _state(s: Situation, view: OutcomeView, i: int) -> str:
    if view.is_met[i]:
        met = say("met since {day}", day=day_text(view.since[i]))
        return met if view.gap_to[i] == MISSING else say_in_turn(CLAUSES, (met, _begun_anew(s, view, i)))
    if view.has_lapsed[i]:
        since, lapsed_on = day_text(view.since[i]), day_text(view.lapsed_on[i])
        return say("was met from {day}, lapsed on {lapsed_on}", day=since, lapsed_on=lapsed_on)
    return say("not met")


def _begun_anew(s: Situation, view: OutcomeView, i: int) -> str:
    """Say since when an indicator holds, and which gap began that anew (method, 5.2)."""
    gap, limit = int(view.gap_to[i]) - int(view.gap_from[i]), int(s.book.targets.gap[view.indicator[i]])
    why = say(
        "no value was recorded for {gap}, from {first} to {last}, and the limit is {limit}",
        gap=days_text(gap),
        first=day_text(view.gap_from[i]),
        last=day_text(view.gap_to[i]),
        limit=days_text(limit),
    )
    if view.hold[i] == MISSING:
        return say(
            "the time held begins anew with the next value that satisfies the target, because {why}", why=why
        )
    return say("the time held counts anew from {day}, because {why}", day=day_text(view.hold[i]), why=why)


def _latest(s: Situation, view: OutcomeView, i: int) -> str:
    if view.latest_row[i] < 0:
        return ""
    return say("the latest value is {value}", value=value_text(s, view.latest_row[i]))


def survey_lines(s: Situation) -> list[str]:
    """Say what those affected by a problem answered, and whether that confirms it (method, section 6)."""
    lines = []
    for i, indicator in enumerate(s.surveys.indicator.tolist()):
        row = indicator_row(s, indicator)
        name, survey = text_of(row["name"]), survey_text(s, i)
        lines.append(
            say("{indicator} “{name}”, {survey}.", indicator=row["indicator_id"], name=name, survey=survey)
        )
    return lines or [say("Nobody asks those affected: no confirmation indicator is linked as required.")]


def survey_text(s: Situation, i: int) -> str:
    """Say of one survey who was asked, what they said, and why it passes or not."""
    said = s.surveys
    declared = text_of(indicator_row(s, said.indicator[i])["target"])
    target = declared or say("{target} (usual)", target=CONFIRMING_TARGET)
    aim = say("those affected must agree by at least {target}", target=target)
    if said.row[i] < 0:
        return say("{aim}: no final value yet", aim=aim)
    n = _number(observation(s, said.row[i]).row["n"])
    return say(
        "{aim}: {value}, {asked}: {verdict}",
        aim=aim,
        value=value_text(s, said.row[i]),
        asked=say("nobody said how many were asked")
        if n is None
        else say("{people} people asked", people=f"{n:g}"),
        verdict=say("passed") if said.passes[i] else say("not passed, {why}", why=_failing(s, i, n)),
    )


def _failing(s: Situation, i: int, n: float | None) -> str:
    """Say why the latest value of a survey does not confirm."""
    row = int(s.surveys.row[i])
    age = age_of(s, s.book.observations["day"][row])
    target = text_of(indicator_row(s, s.surveys.indicator[i])["target"])
    faults = {
        say("it is {age} days old, more than {limit}", age=age, limit=CONFIRMATION_DAYS): (
            not s.surveys.is_recent[i]
        ),
        say("at least {least} must be asked", least=CONFIRMING_N): n is None or n < CONFIRMING_N,
        say("the value misses the target"): not at_least(observation(s, row).cell("value"), target),
    }
    return say_in_turn(BOTH, (fault for fault, is_so in faults.items() if is_so))


def _number(value: Any) -> float | None:  # noqa: ANN401 - a cell of any type
    return float(text_of(value)) if text_of(value) else None

"""How is a day, a fact, an action, an indicator, a check or a site said in words?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import MISSING, NEVER, Array, BoolArray, Grouped, IntArray, days
from theorytopractice.assessment.experiences import TRIAL_DAYS, Replication, codifying_mechanisms
from theorytopractice.assessment.facts import CONFIRMING_N, CONFIRMING_TARGET, at_least
from theorytopractice.assessment.figures import between, bound
from theorytopractice.assessment.mechanisms import (
    NOT_APPLICABLE,
    PERSISTENCE_SLOTS,
    RESULTS,
    due_of_slot,
    last_slots,
    next_slot,
)
from theorytopractice.assessment.outcomes import OutcomeView, is_explicit
from theorytopractice.assessment.problems import CONFIRMATION_DAYS
from theorytopractice.i18n import (
    CLAUSES,
    PARTS,
    message,
    say,
    say_duration,
    say_in_turn,
    say_list,
    say_n,
    say_names,
)
from theorytopractice.model.labels import check_name, event_name, name_of
from theorytopractice.model.values import CADENCE
from theorytopractice.model.vocabularies import (
    ActionRole,
    ActionState,
    CoreKept,
    Direction,
    Disposition,
    Measure,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from theorytopractice.assessment.assessment import Assessment

FEW = 5
BOTH = message("{first} and {second}")
EITHER = message("{first} or {second}")
OR_ELSE = message("{first}; or {second}")
"""How two things that hold together, and two of which one is enough, follow each other."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event, observation or piece of evidence with its id and date; as text ``2026-03-01 (V-0012)``."""

    identifier: str
    on: str
    row: pd.Series

    def __str__(self) -> str:
        """Return date and id."""
        return say("{day} ({identifier})", day=self.on, identifier=self.identifier)

    def cell(self, name: str) -> str:
        """Return a cell as text, empty where it is missing."""
        return cell_text(self.row[name])


def cell_text(value: Any) -> str:  # noqa: ANN401 - a cell of any type
    """Return a cell as text, empty where it is missing."""
    return "" if value is None or pd.isna(value) else str(value).strip()


def day_text(day: int) -> str:
    """Write a day as an ISO date."""
    return str(np.datetime64(int(day), "D"))


def day_cell(frame: pd.DataFrame, column: str, row: int) -> str:
    """Write a date of a table as an ISO date, empty where it is missing."""
    day = int(days(frame[column].iloc[[row]])[0])
    return "" if day == MISSING else day_text(day)


def recorded_text(a: Assessment) -> str:
    """Write the day on which the first case's finding was recorded, with "about" where it is known only so."""
    finding = int(a.cases.finding[0])
    day = day_text(a.encoded.findings.recorded[finding])
    return say("about {day}", day=day) if a.encoded.findings.is_approximate[finding] else day


def never_reviewed(a: Assessment) -> str:
    """Say that the first case's finding was never reviewed since it entered the plan."""
    if a.encoded.findings.recorded[a.cases.finding[0]] == MISSING:
        return say("never reviewed; nobody knows when it was recorded")
    return say("never reviewed since it entered the plan on {day}", day=recorded_text(a))


def days_text(n: int) -> str:
    """Write a number of days."""
    return say_duration(n, grouped=False)


def several(names: Iterable[object], word: str = "and", *, few: int | None = FEW) -> str:
    """Join names as people say them, each once; of many only some, with ``few=None`` all."""
    return say_list((str(name) for name in dict.fromkeys(names)), word, few=few)


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop; an id at the start stays as it is."""
    return say("{said}.", said=without_full_stop(f"{text[:1].upper()}{text[1:]}"))


def without_full_stop(text: str) -> str:
    """Leave out the full stop at the end, for something follows or another one."""
    return text.rstrip(".。")


def _fact(a: Assessment, table: str, facts: Grouped, row: int) -> Fact:
    """Return a fact with its id, or the number of its row in its table where it has none."""
    position = int(facts.row[row])
    cells = a.encoded.frames[table].iloc[position]
    identifier = cell_text(cells[f"{table}_id"]) or say("row {n}", n=position + 1)
    return Fact(identifier, day_text(facts["day"][row]), cells)


def action_event(a: Assessment, row: int) -> Fact:
    """Return the event of an action at a row of the book."""
    return _fact(a, "event", a.encoded.action_events, int(row))


def finding_event(a: Assessment, row: int) -> Fact:
    """Return the event of a finding at a row of the book."""
    return _fact(a, "event", a.encoded.finding_events, int(row))


def observation(a: Assessment, row: int) -> Fact:
    """Return the observation at a row of the book."""
    return _fact(a, "observation", a.encoded.observations, int(row))


def evidence(a: Assessment, row: int) -> Fact:
    """Return the evidence of an action at a row of the book."""
    return _fact(a, "evidence", a.encoded.evidence, int(row))


def age(a: Assessment, day: int) -> int:
    """Return how many days lie between a day and the as-of day."""
    return int(a.day[0]) - int(day)


def finding_cell(a: Assessment, name: str) -> str:
    """Return a cell of the finding itself, empty where it is missing."""
    return cell_text(a.encoded.frames["finding"][name].iloc[int(a.cases.finding[0])])


def finding_name(a: Assessment, position: int) -> str:
    """Return the id of a finding by its position."""
    return str(a.encoded.findings.ids[int(position)])


STATE_WORDS = {
    ActionState.NOT_STARTED: message("not started"),
    ActionState.IN_PROGRESS: message("in progress"),
    ActionState.SUSPENDED: message("suspended"),
    ActionState.DONE_UNVERIFIED: message("complete, but no evidence shows it"),
    ActionState.DONE: message("done"),
    ActionState.CANCELLED: message("cancelled"),
}


def action_name(a: Assessment, link: int) -> str:
    """Return the id of a linked action."""
    return str(a.encoded.actions.ids[int(a.actions.action[link])])


def link_numbers(a: Assessment, rows: BoolArray) -> list[int]:
    """Return the links among some rows, each action once."""
    links = np.flatnonzero(rows)
    _, first = np.unique(a.actions.action[links], return_index=True)
    return links[np.sort(first)].tolist()


def action_names(a: Assessment, rows: BoolArray, word: str = "and", *, few: int | None = FEW) -> str:
    """Join the ids of some linked actions; of many only some, with ``few=None`` all."""
    return several((action_name(a, link) for link in link_numbers(a, rows)), word, few=few)


def action_line(a: Assessment, link: int) -> str:
    """Say in which state a linked action is, and which facts show it."""
    title = cell_text(a.encoded.frames["action"]["title"].iloc[int(a.actions.action[link])])
    parts = [state_text(a, link)]
    if a.actions.state_of(link) not in (ActionState.DONE, ActionState.CANCELLED):
        parts.append(say("owned") if a.actions.has_accountable[link] else say("nobody is accountable"))
        parts.append(_due(a, link))
    text = say_in_turn(CLAUSES, parts)
    return say("{action} “{title}”: {state}.", action=action_name(a, link), title=title, state=text)


def state_text(a: Assessment, link: int) -> str:
    """Say the state of an action with the event and the evidence that decided it."""
    view = a.actions
    text = say(STATE_WORDS[view.state_of(link)])
    if (row := int(view.decided_row[link])) >= 0:
        text = _decided(text, action_event(a, row), with_reason=view.state_of(link) == ActionState.CANCELLED)
    if (row := int(view.evidence_row[link])) >= 0 and view.state_of(link) == ActionState.DONE:
        fact = evidence(a, row)
        proof = say("evidence {identifier} of {day}", identifier=fact.identifier, day=fact.on)
        text = say_in_turn(CLAUSES, (text, proof))
    return text


def _decided(state: str, fact: Fact, *, with_reason: bool) -> str:
    """Say which event brought an action into its state, and why where that is asked for and known."""
    text = say(
        "{state} ({event} on {day}, {identifier})",
        state=state,
        event=event_name(fact.cell("event")),
        day=fact.on,
        identifier=fact.identifier,
    )
    reason = fact.cell("reason") if with_reason else ""
    return say("{said} because “{reason}”", said=text, reason=reason) if reason else text


def lacking_text(a: Assessment, link: int) -> str:
    """Say what a linked action lacks to be planned; empty if nothing."""
    owned, dated = a.actions.has_accountable[link], a.actions.due[link] != MISSING
    lacks = ((say("an accountable owner"), owned), (say("a due date"), dated))
    return several(lack for lack, has in lacks if not has)


def to_give(a: Assessment, link: int) -> str:
    """Ask for what a linked action lacks to be planned."""
    return say("give {action} {what}", action=action_name(a, link), what=lacking_text(a, link))


def _due(a: Assessment, link: int) -> str:
    due, original = int(a.actions.due[link]), int(a.actions.original_due[link])
    if due == MISSING:
        return say("no due date")
    text = (
        say("due {day}", day=day_text(due))
        if original in (MISSING, due)
        else say("due {day} (first {first})", day=day_text(due), first=day_text(original))
    )
    is_late = bool(a.actions.is_open[link]) and age(a, due) > 0
    return say("{due}, {days} overdue", due=text, days=days_text(age(a, due))) if is_late else text


def indicator_row(a: Assessment, indicator: int) -> pd.Series:
    """Return the row of an indicator."""
    return a.encoded.frames["indicator"].iloc[int(indicator)]


def indicator_name(a: Assessment, indicator: int) -> str:
    """Return the id of an indicator."""
    return str(a.encoded.indicator_ids[int(indicator)])


def indicators(a: Assessment, view: OutcomeView, rows: Array) -> list[str]:
    """Return the ids of some judged indicators."""
    return [indicator_name(a, indicator) for indicator in view.indicator[rows]]


def indicator_line(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say whether a required indicator shows the outcome, and which values decided it."""
    row = indicator_row(a, view.indicator[i])
    return say(
        "{indicator} “{name}”, {target}: {outcome}.",
        indicator=row["indicator_id"],
        name=cell_text(row["name"]),
        target=target_text(row),
        outcome=_outcome(a, view, i),
    )


def target_text(row: pd.Series) -> str:
    """Say which values satisfy an indicator."""
    aim = aim_text(row)
    return say("target {aim}", aim=aim) if aim else say("no target")


def aim_text(row: pd.Series | Mapping[Hashable, Any], *, with_tolerance: bool = True) -> str:
    """Say which values satisfy an indicator, without the word target; empty if none do."""
    low, high, target = (cell_text(row[name]) for name in ("target_low", "target_high", "target"))
    if row["direction"] == Direction.RANGE:
        aim = between(low, high) if low and high else ""
    elif row["measure"] == Measure.NOMINAL:
        return target
    else:
        is_least = row["direction"] != Direction.DESCENDING
        aim = bound(Direction.ASCENDING if is_least else Direction.DESCENDING, target) if target else ""
    tolerance = cell_text(row["tolerance"]) if aim and with_tolerance else ""
    return (
        say("{aim} (tolerance {tolerance})", aim=aim, tolerance=tolerance) if tolerance.strip("0.") else aim
    )


def value_text(a: Assessment, row: int) -> str:
    """Say a value with its date and id."""
    fact = observation(a, row)
    return say(
        "{value} on {day} ({identifier})",
        value=fact.cell("value"),
        day=fact.on,
        identifier=fact.identifier,
    )


def baseline_text(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say which baseline an indicator is judged from; empty if none (method, 5.1-4)."""
    indicator = int(view.indicator[i])
    if is_explicit(a.encoded.targets, view.indicator[[i]], a.day)[0]:
        baseline = cell_text(indicator_row(a, indicator)["baseline"])
        on = int(a.encoded.targets.baseline_on[indicator])
        if on == MISSING:
            return say("baseline {value}", value=baseline)
        return say("baseline {value} of {day}", value=baseline, day=day_text(on))
    if (before := int(view.baseline_row[i])) >= 0:
        return say("baseline {value}", value=value_text(a, before))
    return ""


def _outcome(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say what the state machine read of one indicator (method, 5.1)."""
    indicator = int(view.indicator[i])
    if not a.encoded.targets.has_target[indicator]:
        return say("nobody said which value is aimed at, so nothing can be shown")
    if view.start[i] == NEVER:
        return say_in_turn(PARTS, (say("not read, because no action has started"), _latest(a, view, i)))
    if view.n_read[i] == 0:
        since = day_text(view.start[i] + a.encoded.targets.lag[indicator])
        return say("no final value since {day}, the start of the action and its lag", day=since)
    value = value_text(a, view.last_row[i])
    read = say_n("{value}, {n} value read", "{value}, {n} values read", int(view.n_read[i]), value=value)
    return say_in_turn(CLAUSES, (read, _state(a, view, i), baseline_text(a, view, i), *_doubts(a, view, i)))


def _doubts(a: Assessment, view: OutcomeView, i: int) -> list[str]:
    """Say what speaks against the values of an indicator, or against what they are compared with."""
    fresh = days_text(a.encoded.targets.fresh[view.indicator[i]])
    doubts = {
        say("the last value misses the target"): view.is_wobbling[i],
        say("stale: older than {days}", days=fresh): view.is_stale[i],
        say("no baseline to compare with"): view.lacks_baseline[i],
        say("the target was already met before the action"): view.is_met_at_baseline[i],
    }
    return [doubt for doubt, is_so in doubts.items() if is_so]


def _state(a: Assessment, view: OutcomeView, i: int) -> str:
    if view.is_met[i]:
        met = say("met since {day}", day=day_text(view.since[i]))
        return met if view.gap_to[i] == MISSING else say_in_turn(CLAUSES, (met, _begun_anew(a, view, i)))
    if view.has_lapsed[i]:
        since, lapsed_on = day_text(view.since[i]), day_text(view.lapsed_on[i])
        return say("was met from {day}, lapsed on {lapsed_on}", day=since, lapsed_on=lapsed_on)
    return say("not met")


def _begun_anew(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say since when an indicator holds, and which gap began that anew (method, 5.2)."""
    gap, limit = int(view.gap_to[i]) - int(view.gap_from[i]), int(a.encoded.targets.gap[view.indicator[i]])
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


def _latest(a: Assessment, view: OutcomeView, i: int) -> str:
    if view.latest_row[i] < 0:
        return ""
    return say("the latest value is {value}", value=value_text(a, view.latest_row[i]))


def survey_lines(a: Assessment) -> list[str]:
    """Say what those affected by a problem answered, and whether that confirms it (method, section 6)."""
    lines = []
    for i, indicator in enumerate(a.surveys.indicator.tolist()):
        row = indicator_row(a, indicator)
        name, survey = cell_text(row["name"]), survey_text(a, i)
        lines.append(
            say("{indicator} “{name}”, {survey}.", indicator=row["indicator_id"], name=name, survey=survey)
        )
    return lines or [say("Nobody asks those affected: no confirmation indicator is linked as required.")]


def survey_text(a: Assessment, i: int) -> str:
    """Say of one survey who was asked, what they said, and why it passes or not."""
    surveys = a.surveys
    declared = cell_text(indicator_row(a, surveys.indicator[i])["target"])
    target = declared or say("{target} (usual)", target=CONFIRMING_TARGET)
    aim = say("those affected must agree by at least {target}", target=target)
    if surveys.row[i] < 0:
        return say("{aim}: no final value yet", aim=aim)
    n = _number(observation(a, surveys.row[i]).row["n"])
    return say(
        "{aim}: {value}, {asked}: {verdict}",
        aim=aim,
        value=value_text(a, surveys.row[i]),
        asked=say("nobody said how many were asked")
        if n is None
        else say("{people} people asked", people=f"{n:g}"),
        verdict=say("passed") if surveys.passes[i] else say("not passed, {why}", why=_failing(a, i, n)),
    )


def _failing(a: Assessment, i: int, n: float | None) -> str:
    """Say why the latest value of a survey does not confirm."""
    row = int(a.surveys.row[i])
    target = cell_text(indicator_row(a, a.surveys.indicator[i])["target"])
    faults = {
        say(
            "it is {age} days old, more than {limit}",
            age=age(a, a.encoded.observations["day"][row]),
            limit=CONFIRMATION_DAYS,
        ): (not a.surveys.is_recent[i]),
        say("at least {least} must be asked", least=CONFIRMING_N): n is None or n < CONFIRMING_N,
        say("the value misses the target"): not at_least(observation(a, row).cell("value"), target),
    }
    return say_in_turn(BOTH, (fault for fault, is_so in faults.items() if is_so))


def _number(value: Any) -> float | None:  # noqa: ANN401 - a cell of any type
    return float(cell_text(value)) if cell_text(value) else None


PERIODS = {"D": message("P{n}D"), "W": message("P{n}W"), "M": message("P{n}M"), "Y": message("P{n}Y")}
"""The time between two checks as it is written; Chinese says it in words."""


def mechanism_lines(a: Assessment) -> list[str]:
    """Say whether a mechanism is in force, how it was checked, its present run and its next check."""
    effective = int(a.encoded.findings.effective[a.cases.finding[0]])
    owner = finding_cell(a, "owner_id")
    owned = say("owner {owner}", owner=owner) if owner else say("nobody owns it")
    if effective == MISSING:
        return [say("It has no day from which it is in force; {owned}.", owned=owned)]
    day = day_text(effective)
    if not a.mechanisms.is_in_force[0]:
        return [say("It comes into force on {day}; {owned}.", day=day, owned=owned), *_next(a)]
    if a.mechanisms.lacks_cadence[0]:
        checked = check_counts_text(a)
        return [
            say(
                "In force since {day}; {owned}; no cadence, {checked}.", day=day, owned=owned, checked=checked
            )
        ]
    text = say("In force since {day}, {cadence}; {owned}.", day=day, cadence=_cadence(a), owned=owned)
    return [text, *slot_lines(a), *_run(a), *_next(a)]


def check_counts_text(a: Assessment) -> str:
    """Say when a mechanism was last checked."""
    last = int(a.mechanisms.last_check_row[0])
    return say("last checked on {found}", found=finding_event(a, last)) if last >= 0 else say("never checked")


def _cadence(a: Assessment) -> str:
    """Say how often a mechanism is checked, with the grace of a check."""
    written, grace = finding_cell(a, "check_every"), a.mechanisms.slots.grace
    match = CADENCE.fullmatch(written)
    every = say(PERIODS[match[2]], n=match[1]) if match else written
    if not len(grace):
        return say("checked every {every}", every=every)
    return say("checked every {every} with {days} of grace", every=every, days=days_text(grace[0]))


def result_name(result: int) -> str:
    """Say the result of a slot."""
    word = RESULTS[int(result)]
    return say("na") if result == NOT_APPLICABLE else check_name(word)


def check_text(a: Assessment, number: int) -> str:
    """Name a check by its number, with the day on which it is due."""
    due = int(due_of_slot(a, np.array([number]))[0])
    return say("check {number}, due {day}", number=number, day=day_text(due))


def slot_text(a: Assessment, i: int) -> str:
    """Say what became of one slot, with the check that decided it."""
    slots = a.mechanisms.slots
    check, row = check_text(a, int(slots.number[i])), int(slots.check_row[i])
    if row >= 0:
        result, fact = result_name(slots.result[i]), finding_event(a, row)
        text = say("{check}: {result} on {found}", check=check, result=result, found=fact)
        return text if slots.is_counted[i] else say_in_turn(CLAUSES, (text, say("may still change")))
    end = day_text(slots.due_on[i] + slots.grace[i])
    if slots.is_counted[i]:
        result = result_name(slots.result[i])
        return say("{check}: {result}, nobody checked by {day}", check=check, result=result, day=end)
    return say("{check}: still open until {day}", check=check, day=end)


def slot_lines(a: Assessment) -> list[str]:
    """Say what became of the last slots of a mechanism, newest last; of the earlier ones only how many."""
    slots, n = a.mechanisms.slots, len(a.mechanisms.slots.number)
    n_earlier = max(n - PERSISTENCE_SLOTS, 0)
    lines = [sentence(slot_text(a, i)) for i in range(n_earlier, n)]
    if not n_earlier:
        return lines
    counts = Counter(int(result) for result in slots.result[:n_earlier])
    listing = say_names(
        say("{n} {result}", n=counts[result], result=result_name(result))
        for result in RESULTS
        if counts[result]
    )
    return [say("Checks 1 to {n}: {counts}.", n=n_earlier, counts=listing), *lines]


def _run(a: Assessment) -> list[str]:
    passed, counted = (int(fact[0]) for fact in last_slots(a.mechanisms.slots, len(a)))
    if not counted:
        return [say("No check counts yet, na left aside.")]
    run, days = int(a.mechanisms.streak[0]), days_text(a.mechanisms.streak_days[0])
    present = (
        say("Present run: {run} passed in a row, over {days}", run=run, days=days)
        if run
        else say("No run: the last check that counts was not passed")
    )
    of_last = say("{passed} of the last {counted} that count were passed", passed=passed, counted=counted)
    return [say("{said}.", said=say_in_turn(PARTS, (present, of_last)))]


def next_text(a: Assessment) -> str:
    """Say when the next check is due; empty where none is."""
    number = next_slot(a, a.mechanisms.slots)
    if not number[0]:
        return ""
    late = age(a, due_of_slot(a, number)[0])
    check = check_text(a, int(number[0]))
    return (
        say("{check} ({days} ago, still in its grace)", check=check, days=days_text(late))
        if late > 0
        else check
    )


def _next(a: Assessment) -> list[str]:
    return [say("Next: {check}.", check=next_text(a))] if next_text(a) else []


EXPLAINED = (message("why_it_works"), message("core_elements"))
"""The columns without which nobody can apply an experience elsewhere; Chinese calls them by name."""


def replication_state(a: Assessment, place: int) -> Replication:
    """Return the state of a replication."""
    return list(Replication)[int(a.experiences.state[place])]


def site_name(a: Assessment, link: int) -> str:
    """Return the site of a linked action, empty if none."""
    return cell_text(a.encoded.frames["action"]["site"].iloc[int(a.actions.action[link])])


def own_indicators(a: Assessment, place: int) -> IntArray:
    """Return the rows of a replication's own indicators in the experience's outcomes."""
    return np.flatnonzero(a.experiences.outcome_of == place)


def site_lines(a: Assessment) -> list[str]:
    """Say how each replication of an experience stands and why, with the indicators that measure it."""
    view, lines = a.experiences, []
    for place, link in enumerate(view.link.tolist()):
        site, state = site_name(a, link), name_of(replication_state(a, place))
        facts = {"state": state, "why": site_reason(a, place), "action": action_line(a, link)}
        lines.append(say("{site}: {state} ({why}). {action}", site=site, **facts))
        lines += [
            say("{site}: {indicator}", site=site, indicator=indicator_line(a, view.outcomes, int(i)))
            for i in own_indicators(a, place)
        ]
    return lines + _uncounted(a) + _codified(a)


def site_reason(a: Assessment, place: int) -> str:
    """Say why a replication has its state."""
    link, state = int(a.experiences.link[place]), replication_state(a, place)
    if state == Replication.IDEA:
        return say("not started, and without an accountable owner and a due date together")
    if state == Replication.PLANNED:
        return say("owned and dated, not started")
    if state == Replication.ABANDONED:
        return say("cancelled")
    recorded = _adaptation(a, link)
    if state == Replication.STARTED:
        is_done = a.actions.state_of(link) == ActionState.DONE
        return (
            say("done, but {recorded}", recorded=recorded)
            if is_done
            else say("begun, not done with evidence")
        )
    done = say_in_turn(CLAUSES, (say("done"), recorded, core_text(a, link)))
    if state == Replication.DRIFTED:
        return done
    is_shown = state == Replication.WORKED
    return say_in_turn(PARTS, (done, say("its own indicators show it") if is_shown else _unproven(a, place)))


def _adaptation(a: Assessment, link: int) -> str:
    """Say how an experience was adapted at a site."""
    adaptation = cell_text(a.encoded.frames["action"]["adaptation"].iloc[int(a.actions.action[link])])
    if not adaptation:
        return say("its adaptation is not recorded")
    return say("adaptation recorded as {adaptation}", adaptation=name_of(adaptation))


def core_text(a: Assessment, link: int) -> str:
    """Say whether the core was kept at a site."""
    kept = cell_text(a.encoded.frames["action"]["core_kept"].iloc[int(a.actions.action[link])])
    if kept == CoreKept.YES:
        return say("its core was kept")
    return (
        say("its core was not kept") if kept == CoreKept.NO else say("nobody said whether its core was kept")
    )


def _unproven(a: Assessment, place: int) -> str:
    """Say why the indicators of a replication that is done do not show that it worked."""
    view = a.experiences.outcomes
    own = own_indicators(a, place)
    if not len(own):
        return say("no outcome or impact indicator of its own is required")
    failing = own[view.is_fresh[own] & ~view.is_met[own]]
    if len(failing):
        return say(
            "{indicators} fresh and unmet, complete for {age} (judged after {days})",
            indicators=several(indicators(a, view, failing)),
            age=days_text(age(a, a.actions.completed_on[a.experiences.link[place]])),
            days=TRIAL_DAYS,
        )
    names = several(indicators(a, view, own[~view.is_shown[own]]))
    return say("{indicators} not shown yet", indicators=names)


def uncounted_links(a: Assessment) -> dict[int, str]:
    """Return the replicating links that are no replications, each with the reason."""
    links = np.flatnonzero(a.role(ActionRole.REPLICATES))
    why = {}
    for link in links[~np.isin(links, a.experiences.link)].tolist():
        site = site_name(a, link)
        why[link] = say("{site} is where it comes from", site=site) if site else say("it names no site")
    return why


def _uncounted(a: Assessment) -> list[str]:
    return [
        say(
            "{action} does not count as a replication, {why}: {state}.",
            action=action_name(a, link),
            why=why,
            state=state_text(a, link),
        )
        for link, why in uncounted_links(a).items()
    ]


def _codified(a: Assessment) -> list[str]:
    """Say in which mechanism it is codified, and whether that carries it."""
    mechanisms = codifying_mechanisms(a)
    has_worked = bool(a.experiences.any_in(a, Replication.WORKED)[0])
    lines = []
    for i, finding in enumerate(mechanisms.finding.tolist()):
        facts = {"finding": finding_name(a, finding), "stage": int(mechanisms.stage[i])}
        if mechanisms.carries[i] and has_worked:
            line = say("Codified in {finding}, at stage {stage}, which carries it to stage 5.", **facts)
        elif mechanisms.carries[i]:
            line = say(
                "Codified in {finding}, at stage {stage}; that carries it once it has worked at some site.",
                **facts,
            )
        elif mechanisms.is_open[i]:
            line = say("Codified in {finding}, at stage {stage}; that carries it from stage 4 on.", **facts)
        else:
            place = name_of(list(Disposition)[int(mechanisms.disposition[i])])
            line = say(
                "Codified in {finding}, {place}; that carries it from stage 4 on.", place=place, **facts
            )
        lines.append(line)
    return lines


def unexplained_text(a: Assessment) -> str:
    """Say which of the two things that make an experience usable is not written down; empty if none."""
    return several(say(name) for name in EXPLAINED if not finding_cell(a, name))


def event_line(text: str, fact: Fact) -> str:
    """Add to a fact of a finding who told it and why, where that is known; without a full stop at the end."""
    who, reason = fact.cell("by"), fact.cell("reason")
    text = say("{said} by {who}", said=text, who=who) if who else text
    return without_full_stop(say("{said}: {reason}", said=text, reason=reason) if reason else text)


def block_text(a: Assessment) -> str:
    """Say since when a finding is blocked, by what, and when that is looked at again."""
    row = int(a.visible.block[0])
    fact, revisit = finding_event(a, row), int(a.encoded.finding_events["due"][row])
    again = (
        say("to be looked at again on {day}", day=day_text(revisit))
        if revisit != MISSING
        else say("with no revisit date")
    )
    return say_in_turn(PARTS, (event_line(say("blocked since {found}", found=fact), fact), again))

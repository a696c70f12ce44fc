"""What would raise a finding by one stage? Concrete, with the ids of what is missing (method, 5, 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays import DAY_SPAN, MISSING, NEVER
from theorytopractice.assessment.experiences import SITES_TO_SUSTAIN, Replication, codifying_mechanisms
from theorytopractice.assessment.mechanisms import (
    FAIL,
    FOLLOWED_AFTER,
    LASTING_AFTER,
    LASTING_DAYS,
    due_of_slot,
    next_slot,
    repeatable,
)
from theorytopractice.assessment.phrases import (
    BOTH,
    EITHER,
    OR_ELSE,
    action_name,
    action_names,
    aim_text,
    baseline_text,
    check_text,
    day_text,
    days_text,
    finding_name,
    indicator_name,
    indicator_row,
    lacking_text,
    link_numbers,
    next_text,
    own_indicators,
    replication_state,
    several,
    site_name,
    to_give,
    uncounted_links,
)
from theorytopractice.i18n import PARTS, message, say, say_in_turn, say_n
from theorytopractice.model.vocabularies import COMPLETE, ActionState, FindingKind, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.outcomes import OutcomeView

BESIDES = message("{first}; and {second}")


def to_show(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say what an indicator lacks to show the outcome."""
    indicator = int(view.indicator[i])
    name = indicator_name(a, indicator)
    if not a.encoded.targets.has_target[indicator]:
        return say("{indicator}: {steps}", indicator=name, steps=say("set a target"))
    steps = []
    if view.lacks_baseline[i]:
        steps.append(say("give it a baseline, or say in a baseline_waiver why there is none"))
    if view.is_met_at_baseline[i]:
        baseline = baseline_text(a, view, i)
        steps.append(
            say("set a target that its {baseline} does not satisfy, or intent maintain", baseline=baseline)
        )
    if not view.is_met[i] or not view.is_fresh[i]:
        steps.append(_to_meet(a, view, i))
    return say("{indicator}: {steps}", indicator=name, steps=say_in_turn(BESIDES, steps))


def _to_meet(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say how an indicator becomes met, or fresh again."""
    indicator = int(view.indicator[i])
    if view.start[i] == NEVER:
        return say("start an action, and measure it afterwards")
    if view.is_met[i]:
        fresh = days_text(a.encoded.targets.fresh[indicator])
        return say("measure it again, its last value is older than {days}", days=fresh)
    need = _values(a, view, i)
    if view.last_row[i] >= 0:
        last = a.encoded.observations["day"][view.last_row[i]]
        return say("record {values}, dated after {day}", values=need, day=day_text(last))
    first = view.start[i] + a.encoded.targets.lag[indicator]
    return say("record {values}, dated {day} or later", values=need, day=day_text(first))


def _values(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say which values an indicator lacks to be met."""
    indicator = int(view.indicator[i])
    aim = aim_text(indicator_row(a, indicator))
    confirm, run = int(a.encoded.targets.confirm[indicator]), int(view.n_in_run[i])
    lacking = confirm - run
    need = (
        say("a final value that is {aim}, its target", aim=aim)
        if lacking == 1
        else say("{n} final values in a row that are {aim}, their target", n=lacking, aim=aim)
    )
    if not run:
        return need
    return say("{values} ({run} of {confirm} in a row so far)", values=need, run=run, confirm=confirm)


def to_hold(a: Assessment, view: OutcomeView, i: int) -> str:
    """Say what an indicator that shows the outcome lacks to have held."""
    indicator = int(view.indicator[i])
    name, gap = indicator_name(a, indicator), int(a.encoded.targets.gap[indicator])
    steps = say_in_turn(BOTH, _holding(a, view, i))
    if gap < 0:
        return say("{indicator}: {steps}", indicator=name, steps=steps)
    return say(
        "{indicator}: {steps}, no two values more than {days} apart",
        indicator=name,
        steps=steps,
        days=days_text(gap),
    )


def _holding(a: Assessment, view: OutcomeView, i: int) -> list[str]:
    """Say what the present run of an indicator still lacks to have held."""
    steps, since = [], int(view.hold[i])
    if view.is_wobbling[i]:
        steps.append(say("its next value must satisfy the target again"))
    lacking = a.encoded.settings.hold_points - int(view.n_satisfied[i])
    if lacking > 0:
        steps.append(say_n("{n} more satisfied value", "{n} more satisfied values", lacking))
    last_day = int(a.encoded.observations["day"][view.last_row[i]])
    hold = int(a.encoded.targets.hold[view.indicator[i]])
    if since == MISSING:
        steps.append(say("stay met and be measured for {days} from that value on", days=days_text(hold)))
    elif last_day - since < hold:
        steps.append(
            say(
                "stay met and be measured until {day} or later ({days} since {since})",
                day=day_text(since + hold),
                days=days_text(hold),
                since=day_text(since),
            )
        )
    return steps


BEGINNING = (Replication.IDEA, Replication.PLANNED, Replication.STARTED)
UNPROVEN = (Replication.ADOPTED, Replication.STARTED, Replication.PLANNED, Replication.DID_NOT_WORK)


def _places(a: Assessment, *states: Replication) -> list[int]:
    """Return the replications in some states."""
    return [place for place in range(len(a.experiences.link)) if replication_state(a, place) in states]


def _at(a: Assessment, place: int) -> str:
    """Name the action of a replication and its site."""
    link = int(a.experiences.link[place])
    return say("{action} at {site}", action=action_name(a, link), site=site_name(a, link))


def _any_of(a: Assessment, places: list[int]) -> str:
    """Name the actions of some replications, of which one is enough."""
    return several((_at(a, place) for place in places), "or", few=None)


def _to_spread(a: Assessment) -> str:
    steps = [_to_plan(a, place) for place in _places(a, Replication.IDEA)]
    steps += [
        say("name another site for {action} ({why})", action=action_name(a, link), why=why)
        for link, why in uncounted_links(a).items()
        if not a.actions.is_cancelled[link]
    ]
    return say_in_turn(OR_ELSE, steps) or say(
        "link an action with the role replicates at another site, with an accountable owner and a due date, "
        "or start one"
    )


def _to_plan(a: Assessment, place: int) -> str:
    """Say what a replication that is an idea lacks to be planned."""
    what = lacking_text(a, int(a.experiences.link[place]))
    return say("give {action} {what}, or start it", action=_at(a, place), what=what)


def _to_start(a: Assessment) -> str:
    return say("start {actions}", actions=_any_of(a, _places(a, Replication.PLANNED)))


def _to_adopt(a: Assessment) -> str:
    return say_in_turn(OR_ELSE, (_adoption(a, place) for place in _places(a, Replication.STARTED)))


def _adoption(a: Assessment, place: int) -> str:
    """Say what a replication that was begun lacks to be adopted."""
    link = int(a.experiences.link[place])
    state, steps = a.actions.state_of(link), []
    if state == ActionState.DONE_UNVERIFIED:
        steps.append(say("add evidence"))
    elif state != ActionState.DONE:
        needs_evidence = a.encoded.settings.require_evidence
        steps.append(say("complete it with evidence") if needs_evidence else say("complete it"))
    if a.encoded.actions.adaptation[a.actions.action[link]] < 0:
        steps.append(say("record its adaptation"))
    return say("{action}: {steps}", action=_at(a, place), steps=say_in_turn(BOTH, steps))


def _to_work(a: Assessment) -> str:
    steps = [_proof(a, place) for place in _places(a, Replication.ADOPTED, Replication.DID_NOT_WORK)]
    if begun := _places(a, *BEGINNING):
        steps.append(
            say("carry out {actions} and show by its own indicator that it worked", actions=_any_of(a, begun))
        )
    return say_in_turn(OR_ELSE, steps) or say(
        "link an action with the role replicates at another site, keep its core, "
        "and show by its own indicator that it worked"
    )


def _proof(a: Assessment, place: int) -> str:
    """Say what a replication that was adopted lacks to have worked."""
    view, own = a.experiences.outcomes, own_indicators(a, place)
    steps = (
        say_in_turn(PARTS, (to_show(a, view, int(i)) for i in own if not view.is_shown[i]))
        if len(own)
        else say("link an outcome indicator of its own (finding_indicator.action_id), and measure it")
    )
    return say("{action}: {steps}", action=_at(a, place), steps=steps)


def _to_last(a: Assessment) -> str:
    return say_in_turn(OR_ELSE, (_to_show_elsewhere(a), _to_codify(a)))


def _to_show_elsewhere(a: Assessment) -> str:
    """Say at how many more sites it must work, and which replications could show it."""
    sites = {_site(a, place): place for place in _places(a, Replication.WORKED)}
    names = several((site_name(a, int(a.experiences.link[place])) for place in sites.values()), few=None)
    text = say_n(
        "show at {n} more site that it worked (so far: {sites})",
        "show at {n} more sites that it worked (so far: {sites})",
        SITES_TO_SUSTAIN - len(sites),
        sites=names,
    )
    others = [place for place in _places(a, *UNPROVEN) if _site(a, place) not in sites]
    return say("{shown}, such as {actions}", shown=text, actions=_any_of(a, others)) if others else text


def _site(a: Assessment, place: int) -> int:
    """Return the number of the site of a replication."""
    return int(a.encoded.actions.site[a.actions.action[a.experiences.link[place]]])


def _to_codify(a: Assessment) -> str:
    """Say which mechanisms would carry it, or that one is wanted."""
    mechanisms = codifying_mechanisms(a)
    waiting = [
        say("{finding} (stage {stage})", finding=finding_name(a, finding), stage=int(mechanisms.stage[i]))
        for i, finding in enumerate(mechanisms.finding.tolist())
        if mechanisms.is_open[i]
    ]
    if not waiting:
        return say("codify it in a mechanism at stage 4 or more")
    return say("bring {mechanisms} to stage 4", mechanisms=several(waiting, "or", few=None))


THEN = message("{first}, then {second}")


def _to_prepare(a: Assessment) -> str:
    given = say_in_turn(EITHER, (to_give(a, link) for link in link_numbers(a, a.actions.is_live)))
    given = given or say("link an action that delivers it, with an accountable owner and a due date")
    return say_in_turn(OR_ELSE, (say("set the day from which it is in force (effective_on)"), given))


def _to_come_into_force(a: Assessment) -> str:
    effective = int(a.encoded.findings.effective[a.cases.finding[0]])
    if effective == MISSING:
        return say("set the day from which it is in force (effective_on), and let it come")
    return say("it comes into force on {day}", day=day_text(effective))


def _to_be_followed(a: Assessment) -> str:
    if a.mechanisms.lacks_cadence[0]:
        return say("say how often it is checked (check_every), and pass a check")
    again = repeatable(a.mechanisms.slots, int(a.day[0]))
    return _repeat(a, again) if again else say("pass {check}", check=next_text(a))


def _to_be_kept(a: Assessment) -> str:
    return _passes(a, FOLLOWED_AFTER, 0)


def _to_persist(a: Assessment) -> str:
    return _passes(a, LASTING_AFTER, LASTING_DAYS)


def _passes(a: Assessment, wanted: int, over_days: int) -> str:
    """Say which checks must be passed for a run of so many, over so many days."""
    again = repeatable(a.mechanisms.slots, int(a.day[0]))
    run, chosen = _wanted(a, wanted, over_days)
    checks = say_in_turn(THEN, (_repeat(a, again) if again in chosen else "", _pass(a, chosen, again)))
    facts = {"checks": checks, "run": run + len(chosen), "now": run}
    if not over_days:
        return say("{checks} for a run of {run} (now {now})", **facts)
    return say("{checks} for a run of {run} (now {now}), over {days} days", days=over_days, **facts)


def _wanted(a: Assessment, wanted: int, over_days: int) -> tuple[int, list[int]]:
    """Return the run that can be built upon, and the numbers of the checks that it lacks."""
    slots, again = a.mechanisms.slots, repeatable(a.mechanisms.slots, int(a.day[0]))
    run, lasted = int(a.mechanisms.streak[0]), int(a.mechanisms.streak_days[0])
    checked = set(slots.number[slots.check_row >= 0].tolist()) - {again}
    lost = ~slots.is_counted & (slots.result == FAIL) & (slots.number != again)
    number = min(int(next_slot(a, a.mechanisms.slots)[0]), again or DAY_SPAN)
    if lost.any():  # such a slot will count as failed: the run begins anew after it
        run, lasted, number = 0, 0, int(slots.number[lost].max()) + 1
    chosen: list[int] = []
    while run + len(chosen) < wanted or lasted < over_days:
        if number not in checked:
            chosen.append(number)
            lasted += _due(a, number) - _due(a, number - 1) if number > 1 else _first_window(a)
        number += 1
    return run, chosen


def _pass(a: Assessment, chosen: list[int], again: int) -> str:
    """Ask for the checks that are yet to come to be passed; empty if there are none."""
    onward = [number for number in chosen if number != again]
    if not onward:
        return ""
    first, last = (check_text(a, number) for number in (onward[0], onward[-1]))
    if len(onward) == 1:
        return say("pass the next check ({check})", check=first)
    return say(
        "pass the next {n} checks in a row ({first}, to {last})", n=len(onward), first=first, last=last
    )


def _repeat(a: Assessment, number: int) -> str:
    """Say until when a slot's check can be repeated, for the last check of a slot decides."""
    return say("repeat check {number} by {day} and pass it", number=number, day=day_text(_due(a, number)))


def _due(a: Assessment, number: int) -> int:
    """Return the day on which a slot is due."""
    return int(due_of_slot(a, np.array([number]))[0])


def _first_window(a: Assessment) -> int:
    """Return the length of the first slot's window."""
    anchor = max(int(a.encoded.findings.effective[a.cases.finding[0]]), int(a.visible.revised_on[0]))
    return _due(a, 1) - anchor


def _to_be_planned(a: Assessment) -> str:
    links = link_numbers(a, a.actions.is_live)
    if not links:
        return say("link an action that delivers it, with an accountable owner and a due date, or start one")
    given = say_in_turn(EITHER, (to_give(a, link) for link in links))
    start = say("start {actions}", actions=action_names(a, a.actions.is_live, "or", few=None))
    return say_in_turn(OR_ELSE, (given, start))


def _to_begin(a: Assessment) -> str:
    waiting = a.actions.is_live & a.actions.is_in(ActionState.NOT_STARTED)
    return say("start {actions}", actions=action_names(a, waiting, "or", few=None))


def _to_carry_out(a: Assessment) -> str:
    live = a.actions.is_live
    unproven = live & a.actions.is_in(ActionState.DONE_UNVERIFIED)
    unfinished = live & ~a.actions.is_in(*COMPLETE)
    steps = []
    if unfinished.any():
        names = action_names(a, unfinished, few=None)
        steps.append(
            say("complete {actions} with evidence", actions=names)
            if a.encoded.settings.require_evidence
            else say("complete {actions}", actions=names)
        )
    if unproven.any():
        steps.append(say("add evidence for {actions}", actions=action_names(a, unproven, few=None)))
    return say_in_turn(PARTS, steps)


def _to_practise(a: Assessment) -> str:
    view = a.outcomes
    if not len(view.case):
        return say("link an outcome or impact indicator with a baseline and a target, and measure it")
    waiting = np.flatnonzero(~view.is_shown).tolist()
    return say(
        "{steps} ({n} of {of} required indicators show the outcome)",
        steps=say_in_turn(PARTS, (to_show(a, view, i) for i in waiting)),
        n=len(view.case) - len(waiting),
        of=len(view.case),
    )


def _to_sustain(a: Assessment) -> str:
    view = a.outcomes
    return say_in_turn(PARTS, (to_hold(a, view, i) for i in np.flatnonzero(~view.has_held).tolist()))


def _to_stay_followed(_: Assessment) -> str:
    return say("it is at the top of the ladder; keep passing the checks, or it will fall.")


def _to_stay(_: Assessment) -> str:
    return say("it is at the top of the ladder; keep measuring, or it will go stale.")


_LADDER = {
    Stage.ON_THE_SHELF: _to_be_planned,
    Stage.PLANNED: _to_begin,
    Stage.UNDER_WAY: _to_carry_out,
    Stage.CARRIED_OUT: _to_practise,
    Stage.IN_PRACTICE: _to_sustain,
    Stage.SUSTAINED: _to_stay,
}
STEPS: dict[FindingKind, dict[Stage, Callable[[Assessment], str]]] = {
    FindingKind.INSIGHT: _LADDER,
    FindingKind.PROBLEM: _LADDER,
    FindingKind.EXPERIENCE: {
        Stage.ON_THE_SHELF: _to_spread,
        Stage.PLANNED: _to_start,
        Stage.UNDER_WAY: _to_adopt,
        Stage.CARRIED_OUT: _to_work,
        Stage.IN_PRACTICE: _to_last,
        Stage.SUSTAINED: _to_stay,
    },
    FindingKind.MECHANISM: {
        Stage.ON_THE_SHELF: _to_prepare,
        Stage.PLANNED: _to_come_into_force,
        Stage.UNDER_WAY: _to_be_followed,
        Stage.CARRIED_OUT: _to_be_kept,
        Stage.IN_PRACTICE: _to_persist,
        Stage.SUSTAINED: _to_stay_followed,
    },
}
"""What a finding of a kind lacks at a stage to rise by one; on the highest, what keeps it there."""


def to_rise(a: Assessment) -> str:
    """Say what is missing for the next stage of a single case whose finding is open."""
    stage = Stage(int(a.stage[0]))
    step = STEPS[list(FindingKind)[int(a.kind[0])]][stage](a)
    return step if stage == Stage.SUSTAINED else say("{said}.", said=step)

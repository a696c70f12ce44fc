"""What would raise an experience or a mechanism by one stage? (method, sections 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.experiences import SITES_TO_SUSTAIN, Replication, codifying
from theorytopractice.assessment.stages.mechanisms import (
    BIG,
    FAIL,
    FOLLOWED_AFTER,
    LASTING_AFTER,
    LASTING_DAYS,
)
from theorytopractice.assessment.stages.next_check import due_of_slot, next_slot, repeatable
from theorytopractice.assessment.words.rising_outcomes import to_show
from theorytopractice.assessment.words.wording import day_text, finding_name, several
from theorytopractice.assessment.words.wording_actions import action_name, lacking_text, links_of
from theorytopractice.assessment.words.wording_checks import next_text
from theorytopractice.assessment.words.wording_sites import (
    own_indicators,
    replication_state,
    site_of,
    uncounted_links,
)

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation

ELSEWHERE = "an action with the role replicates at another site"


def _places(s: Situation, *states: Replication) -> list[int]:
    """Return the replications in some states."""
    return [place for place in range(len(s.experiences.link)) if replication_state(s, place) in states]


def _at(s: Situation, place: int) -> str:
    """Name the action of a replication and its site."""
    link = int(s.experiences.link[place])
    return f"{action_name(s, link)} at {site_of(s, link)}"


def _to_spread(s: Situation) -> str:
    ideas = _places(s, Replication.IDEA)
    steps = [
        f"give {_at(s, place)} {lacking_text(s, int(s.experiences.link[place]))}, or start it"
        for place in ideas
    ]
    steps += [
        f"name another site for {action_name(s, link)} ({why})"
        for link, why in uncounted_links(s).items()
        if not s.actions.is_cancelled[link]
    ]
    return "; or ".join(steps) or f"link {ELSEWHERE}, with an accountable owner and a due date, or start one"


def _to_start(s: Situation) -> str:
    return f"start {several((_at(s, place) for place in _places(s, Replication.PLANNED)), 'or', few=None)}"


def _to_adopt(s: Situation) -> str:
    return "; or ".join(_adoption(s, place) for place in _places(s, Replication.STARTED))


def _adoption(s: Situation, place: int) -> str:
    """Say what a replication that was begun lacks to be adopted."""
    link = int(s.experiences.link[place])
    state, steps = s.actions.state[link], []
    if state == ActionState.DONE_UNVERIFIED:
        steps.append("add evidence")
    elif state != ActionState.DONE:
        steps.append("complete it with evidence" if s.book.settings.require_evidence else "complete it")
    if s.book.actions.adaptation[s.actions.action[link]] < 0:
        steps.append("record its adaptation")
    return f"{_at(s, place)}: {' and '.join(steps)}"


def _to_work(s: Situation) -> str:
    steps = [_proof(s, place) for place in _places(s, Replication.ADOPTED, Replication.DID_NOT_WORK)]
    if begun := _places(s, Replication.IDEA, Replication.PLANNED, Replication.STARTED):
        names = several((_at(s, place) for place in begun), "or", few=None)
        steps.append(f"carry out {names} and show by its own indicator that it worked")
    return (
        "; or ".join(steps)
        or f"link {ELSEWHERE}, keep its core, and show by its own indicator that it worked"
    )


def _proof(s: Situation, place: int) -> str:
    """Say what a replication that was adopted lacks to have worked."""
    view, own = s.experiences.outcomes, own_indicators(s, place)
    if not len(own):
        return f"{_at(s, place)}: link an outcome indicator of its own (finding_indicator.action_id), and measure it"
    return f"{_at(s, place)}: " + "; ".join(to_show(s, view, int(i)) for i in own if not view.is_shown[i])


def _to_last(s: Situation) -> str:
    worked = _places(s, Replication.WORKED)
    sites = {int(s.book.actions.site[s.actions.action[s.experiences.link[place]]]): place for place in worked}
    names = several((site_of(s, int(s.experiences.link[place])) for place in sites.values()), few=None)
    more = SITES_TO_SUSTAIN - len(sites)
    others = [
        _at(s, place)
        for place in _places(
            s, Replication.ADOPTED, Replication.STARTED, Replication.PLANNED, Replication.DID_NOT_WORK
        )
        if int(s.book.actions.site[s.actions.action[s.experiences.link[place]]]) not in sites
    ]
    where = f", such as {several(others, 'or', few=None)}" if others else ""
    shown = f"show at {more} more site{'s' if more > 1 else ''} that it worked (so far: {names}){where}"
    _, there = codifying(s)
    waiting = [
        f"{finding_name(s, finding)} (stage {int(there.stage[i])})"
        for i, finding in enumerate(there.cases.finding.tolist())
        if there.seen.is_open[i]
    ]
    codify = (
        f"bring {several(waiting, 'or', few=None)} to stage 4"
        if waiting
        else "codify it in a mechanism at stage 4 or more"
    )
    return f"{shown}; or {codify}"


EXPERIENCE_STEPS = (_to_spread, _to_start, _to_adopt, _to_work, _to_last)


def _to_prepare(s: Situation) -> str:
    links = links_of(s, s.actions.is_live)
    steps = [f"give {action_name(s, link)} {lacking_text(s, link)}" for link in links]
    steps = steps or ["link an action that delivers it, with an accountable owner and a due date"]
    return f"set the day from which it is in force (effective_on); or {' or '.join(steps)}"


def _to_come_into_force(s: Situation) -> str:
    effective = int(s.book.findings.effective[s.cases.finding[0]])
    if effective == MISSING:
        return "set the day from which it is in force (effective_on), and let it come"
    return f"it comes into force on {day_text(effective)}"


def _to_be_followed(s: Situation) -> str:
    if s.mechanisms.lacks_cadence[0]:
        return "say how often it is checked (check_every), and pass a check"
    again = repeatable(s)
    return _repeat(s, again) if again else f"pass {next_text(s)}"


def _to_be_kept(s: Situation) -> str:
    return _passes(s, FOLLOWED_AFTER, 0)


def _to_persist(s: Situation) -> str:
    return _passes(s, LASTING_AFTER, LASTING_DAYS)


def _passes(s: Situation, wanted: int, over_days: int) -> str:
    """Say which checks must be passed for a run of so many, over so many days."""
    slots, again = s.mechanisms.slots, repeatable(s)
    run, lasted = int(s.mechanisms.streak[0]), int(s.mechanisms.streak_days[0])
    checked = set(slots.number[slots.check_row >= 0].tolist()) - {again}
    lost = ~slots.is_counted & (slots.result == FAIL) & (slots.number != again)
    number = min(int(next_slot(s)[0]), again or BIG)
    if lost.any():  # such a slot will count as failed: the run begins anew after it
        run, lasted, number = 0, 0, int(slots.number[lost].max()) + 1
    chosen: list[int] = []
    while run + len(chosen) < wanted or lasted < over_days:
        if number not in checked:
            chosen.append(number)
            lasted += _due(s, number) - _due(s, number - 1) if number > 1 else _first_window(s)
        number += 1
    told = [_repeat(s, again)] if again in chosen else []
    if onward := [number for number in chosen if number != again]:
        first, final = (f"check {one}, due {day_text(_due(s, one))}" for one in (onward[0], onward[-1]))
        span = first if len(onward) == 1 else f"{first}, to {final}"
        many = "the next check" if len(onward) == 1 else f"the next {len(onward)} checks in a row"
        told.append(f"pass {many} ({span})")
    over = f", over {over_days} days" if over_days else ""
    return f"{', then '.join(told)} for a run of {run + len(chosen)} (now {run}){over}"


def _repeat(s: Situation, number: int) -> str:
    """Say until when a slot's check can be repeated, for the last check of a slot decides."""
    return f"repeat check {number} by {day_text(_due(s, number))} and pass it"


def _due(s: Situation, number: int) -> int:
    """Return the day on which a slot is due."""
    return int(due_of_slot(s, np.array([number]))[0])


def _first_window(s: Situation) -> int:
    """Return the length of the first slot's window."""
    anchor = max(int(s.book.findings.effective[s.cases.finding[0]]), int(s.seen.revised_on[0]))
    return _due(s, 1) - anchor


MECHANISM_STEPS = (_to_prepare, _to_come_into_force, _to_be_followed, _to_be_kept, _to_persist)

"""Which sites, checks, conditions and surveys raised the flags of a single kind? (method, sections 6, 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.stages.experiences import Replication
from theorytopractice.assessment.stages.mechanisms import DEAD_AFTER, DORMANT_AFTER
from theorytopractice.assessment.stages.problems import (
    MILESTONE_DAYS,
    RIPE_DAYS,
    enabling,
    ripe_on,
    solved_since,
)
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.reasons_actions import standing_text
from theorytopractice.assessment.words.reasons_outcomes import each_indicator
from theorytopractice.assessment.words.wording import age_of, day_text, days_text
from theorytopractice.assessment.words.wording_actions import action_name, links_of
from theorytopractice.assessment.words.wording_checks import checked_text, slot_text, slots_text, valid_slots
from theorytopractice.assessment.words.wording_indicators import indicator_name, survey_text
from theorytopractice.assessment.words.wording_sites import (
    replication_state,
    site_of,
    site_reason,
    unexplained_text,
)
from theorytopractice.language import CLAUSES, PARTS, say, say_in_turn
from theorytopractice.model.naming import name_of

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation


def _sites(s: Situation, *states: Replication) -> str:
    """Say of each replication in some states why it is in it."""
    return say_in_turn(
        PARTS,
        (
            say(
                "{action} at {site}: {state} ({why})",
                action=action_name(s, link),
                site=site_of(s, link),
                state=name_of(replication_state(s, place)),
                why=site_reason(s, place),
            )
            for place, link in enumerate(s.experiences.link.tolist())
            if replication_state(s, place) in states
        ),
    )


@because
def unexplained(s: Situation) -> str:
    """Name what nobody wrote down."""
    return say("nobody can apply it elsewhere: {what} not written down", what=unexplained_text(s))


@because
def drifted(s: Situation) -> str:
    """Name the sites that did not keep the core."""
    return _sites(s, Replication.DRIFTED)


@because
def failed_elsewhere(s: Situation) -> str:
    """Name the sites where it did not work or was given up."""
    return _sites(s, Replication.DID_NOT_WORK, Replication.ABANDONED)


@because
def no_cadence(s: Situation) -> str:
    """Say since when nobody knows how often it is checked."""
    effective = day_text(s.book.findings.effective[s.cases.finding[0]])
    unsaid = say("in force since {day}, but check_every does not say how often it is checked", day=effective)
    return say_in_turn(PARTS, (unsaid, checked_text(s)))


@because
def dead_letter(s: Situation) -> str:
    """Name the last two slots, neither of them passed."""
    return say(
        "neither of the last {n} checks that count was passed: {checks}",
        n=DEAD_AFTER,
        checks=slots_text(s, valid_slots(s)[-DEAD_AFTER:]),
    )


@because
def dormant(s: Situation) -> str:
    """Name the last three slots, none of them applicable."""
    counted = np.flatnonzero(s.mechanisms.slots.is_counted).tolist()
    return say(
        "none of the last {n} checks applied: {checks}",
        n=DORMANT_AFTER,
        checks=slots_text(s, counted[-DORMANT_AFTER:]),
    )


@because
def check_missed(s: Situation) -> str:
    """Name the slot that nobody checked."""
    return slot_text(s, valid_slots(s)[-1])


@because
def check_failed(s: Situation) -> str:
    """Name the check that failed."""
    return slot_text(s, valid_slots(s)[-1])


@because
def ripe(s: Situation) -> str:
    """Say since when every condition is there, and what shows it."""
    told = say_in_turn(PARTS, (standing_text(s, link) for link in links_of(s, enabling(s))))
    since = day_text(ripe_on(s)[0])
    return say("every condition is there since {day}: {actions}", day=since, actions=told)


@because
def ripe_not_moved(s: Situation) -> str:
    """Say for how long the problem could have been taken up."""
    day = int(ripe_on(s)[0])
    return say(
        "ripe since {day}, for {age} (more than {limit}), and still at stage 0",
        day=day_text(day),
        age=days_text(age_of(s, day)),
        limit=RIPE_DAYS,
    )


@because
def drifting(s: Situation) -> str:
    """Name the nearest milestone, which is too far away."""
    low, high = (day_text(int(s.day[0]) + sign * MILESTONE_DAYS) for sign in (-1, 1))
    none = say("no due or target date lies between {low} and {high}", low=low, high=high)
    nearest = min((dates := _milestones(s)), key=lambda day: (abs(age_of(s, day)), day), default=None)
    found = say("there is none at all") if nearest is None else dates[nearest]
    return say_in_turn(PARTS, (none, found))


def _milestones(s: Situation) -> dict[int, str]:
    """Return, for each due and target date, how it is told as the nearest."""
    wanted = (s.actions.counts & s.actions.is_live) | enabling(s)
    told = {}
    for link in links_of(s, wanted):
        if (day := int(s.actions.due[link])) != MISSING:
            name, on = action_name(s, link), day_text(day)
            told[day] = say("the nearest is {action}, due {day}", action=name, day=on)
    _, rows = s.book.measures.expand(s.cases.finding)
    for indicator in s.book.measures["indicator"][rows].tolist():
        if (day := int(s.book.targets.target_on[indicator])) != MISSING:
            name, on = indicator_name(s, indicator), day_text(day)
            told[day] = say("the nearest is {indicator}, target for {day}", indicator=name, day=on)
    return told


def _surveys(s: Situation) -> str:
    """Say what each survey of those affected says."""
    said = [
        say_in_turn(CLAUSES, (indicator_name(s, one), survey_text(s, i)))
        for i, one in enumerate(s.surveys.indicator)
    ]
    return say_in_turn(PARTS, said) or say("no confirmation indicator is linked as required")


@because
def solved(s: Situation) -> str:
    """Say since when a problem is solved, and who confirms it."""
    return say(
        "in practice (stage {stage}) and confirmed, since {day}: {surveys}",
        stage=int(s.stage[0]),
        day=day_text(solved_since(s)[0]),
        surveys=_surveys(s),
    )


@because
def solved_unconfirmed(s: Situation) -> str:
    """Say why those affected do not confirm."""
    return say(
        "in practice (stage {stage}), but not confirmed: {surveys}",
        stage=int(s.stage[0]),
        surveys=_surveys(s),
    )


@because
def recurred(s: Situation) -> str:
    """Say since when it was solved, and when it came back."""
    view = s.outcomes
    back = each_indicator(
        s,
        view.has_lapsed,
        lambda name, i: say("{indicator} lapsed on {day}", indicator=name, day=day_text(view.lapsed_on[i])),
    )
    since = day_text(solved_since(s)[0])
    return say("it became solved on {day}, and came back: {indicators}", day=since, indicators=back)

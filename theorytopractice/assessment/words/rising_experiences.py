"""What would raise an experience by one stage? (method, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.experiences import SITES_TO_SUSTAIN, Replication, codifying
from theorytopractice.assessment.words.rising_outcomes import to_show
from theorytopractice.assessment.words.wording import BOTH, OR_ELSE, finding_name, several
from theorytopractice.assessment.words.wording_actions import action_name, lacking_text
from theorytopractice.assessment.words.wording_sites import (
    own_indicators,
    replication_state,
    site_of,
    uncounted_links,
)
from theorytopractice.language import PARTS, say, say_in_turn, say_n

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation

BEGINNING = (Replication.IDEA, Replication.PLANNED, Replication.STARTED)
UNPROVEN = (Replication.ADOPTED, Replication.STARTED, Replication.PLANNED, Replication.DID_NOT_WORK)


def _places(s: Situation, *states: Replication) -> list[int]:
    """Return the replications in some states."""
    return [place for place in range(len(s.experiences.link)) if replication_state(s, place) in states]


def _at(s: Situation, place: int) -> str:
    """Name the action of a replication and its site."""
    link = int(s.experiences.link[place])
    return say("{action} at {site}", action=action_name(s, link), site=site_of(s, link))


def _any_of(s: Situation, places: list[int]) -> str:
    """Name the actions of some replications, of which one is enough."""
    return several((_at(s, place) for place in places), "or", few=None)


def _to_spread(s: Situation) -> str:
    steps = [_to_plan(s, place) for place in _places(s, Replication.IDEA)]
    steps += [
        say("name another site for {action} ({why})", action=action_name(s, link), why=why)
        for link, why in uncounted_links(s).items()
        if not s.actions.is_cancelled[link]
    ]
    return say_in_turn(OR_ELSE, steps) or say(
        "link an action with the role replicates at another site, with an accountable owner and a due date, "
        "or start one"
    )


def _to_plan(s: Situation, place: int) -> str:
    """Say what a replication that is an idea lacks to be planned."""
    what = lacking_text(s, int(s.experiences.link[place]))
    return say("give {action} {what}, or start it", action=_at(s, place), what=what)


def _to_start(s: Situation) -> str:
    return say("start {actions}", actions=_any_of(s, _places(s, Replication.PLANNED)))


def _to_adopt(s: Situation) -> str:
    return say_in_turn(OR_ELSE, (_adoption(s, place) for place in _places(s, Replication.STARTED)))


def _adoption(s: Situation, place: int) -> str:
    """Say what a replication that was begun lacks to be adopted."""
    link = int(s.experiences.link[place])
    state, steps = s.actions.state[link], []
    if state == ActionState.DONE_UNVERIFIED:
        steps.append(say("add evidence"))
    elif state != ActionState.DONE:
        needs_evidence = s.book.settings.require_evidence
        steps.append(say("complete it with evidence") if needs_evidence else say("complete it"))
    if s.book.actions.adaptation[s.actions.action[link]] < 0:
        steps.append(say("record its adaptation"))
    return say("{action}: {steps}", action=_at(s, place), steps=say_in_turn(BOTH, steps))


def _to_work(s: Situation) -> str:
    steps = [_proof(s, place) for place in _places(s, Replication.ADOPTED, Replication.DID_NOT_WORK)]
    if begun := _places(s, *BEGINNING):
        steps.append(
            say("carry out {actions} and show by its own indicator that it worked", actions=_any_of(s, begun))
        )
    return say_in_turn(OR_ELSE, steps) or say(
        "link an action with the role replicates at another site, keep its core, "
        "and show by its own indicator that it worked"
    )


def _proof(s: Situation, place: int) -> str:
    """Say what a replication that was adopted lacks to have worked."""
    view, own = s.experiences.outcomes, own_indicators(s, place)
    steps = (
        say_in_turn(PARTS, (to_show(s, view, int(i)) for i in own if not view.is_shown[i]))
        if len(own)
        else say("link an outcome indicator of its own (finding_indicator.action_id), and measure it")
    )
    return say("{action}: {steps}", action=_at(s, place), steps=steps)


def _to_last(s: Situation) -> str:
    return say_in_turn(OR_ELSE, (_to_show_elsewhere(s), _to_codify(s)))


def _to_show_elsewhere(s: Situation) -> str:
    """Say at how many more sites it must work, and which replications could show it."""
    sites = {_site(s, place): place for place in _places(s, Replication.WORKED)}
    names = several((site_of(s, int(s.experiences.link[place])) for place in sites.values()), few=None)
    shown = say_n(
        "show at {n} more site that it worked (so far: {sites})",
        "show at {n} more sites that it worked (so far: {sites})",
        SITES_TO_SUSTAIN - len(sites),
        sites=names,
    )
    others = [place for place in _places(s, *UNPROVEN) if _site(s, place) not in sites]
    return say("{shown}, such as {actions}", shown=shown, actions=_any_of(s, others)) if others else shown


def _site(s: Situation, place: int) -> int:
    """Return the number of the site of a replication."""
    return int(s.book.actions.site[s.actions.action[s.experiences.link[place]]])


def _to_codify(s: Situation) -> str:
    """Say which mechanisms would carry it, or that one is wanted."""
    _, there = codifying(s)
    waiting = [
        say("{finding} (stage {stage})", finding=finding_name(s, finding), stage=int(there.stage[i]))
        for i, finding in enumerate(there.cases.finding.tolist())
        if there.seen.is_open[i]
    ]
    if not waiting:
        return say("codify it in a mechanism at stage 4 or more")
    return say("bring {mechanisms} to stage 4", mechanisms=several(waiting, "or", few=None))


EXPERIENCE_STEPS = (_to_spread, _to_start, _to_adopt, _to_work, _to_last)

"""How is it said where an experience has spread, and why a site counts as it does? (method, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.experiences import TRIAL_DAYS, Replication, codifying
from theorytopractice.assessment.stages.timeline import DISPOSITIONS
from theorytopractice.assessment.words.wording import (
    age_of,
    days_text,
    finding_cell,
    finding_name,
    several,
    text_of,
)
from theorytopractice.assessment.words.wording_actions import action_line, action_name, state_text
from theorytopractice.assessment.words.wording_indicators import indicator_line, indicators
from theorytopractice.language import CLAUSES, PARTS, message, say, say_in_turn
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import ActionRole, CoreKept

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Ints
    from theorytopractice.assessment.stages.situation import Situation

EXPLAINED = (message("why_it_works"), message("core_elements"))
"""The columns without which nobody can apply an experience elsewhere; Chinese calls them by name."""


def replication_state(s: Situation, place: int) -> Replication:
    """Return the state of a replication."""
    return list(Replication)[int(s.experiences.state[place])]


def site_of(s: Situation, link: int) -> str:
    """Return the site of a linked action, empty if none."""
    return text_of(s.book.frames["action"]["site"].iloc[int(s.actions.action[link])])


def own_indicators(s: Situation, place: int) -> Ints:
    """Return the rows of a replication's own indicators in the experience's outcomes."""
    return np.flatnonzero(s.experiences.outcome_of == place)


def site_lines(s: Situation) -> list[str]:
    """Say how each replication of an experience stands and why, with the indicators that measure it."""
    view, lines = s.experiences, []
    for place, link in enumerate(view.link.tolist()):
        site, state = site_of(s, link), name_of(replication_state(s, place))
        told = {"state": state, "why": site_reason(s, place), "action": action_line(s, link)}
        lines.append(say("{site}: {state} ({why}). {action}", site=site, **told))
        lines += [
            say("{site}: {indicator}", site=site, indicator=indicator_line(s, view.outcomes, int(i)))
            for i in own_indicators(s, place)
        ]
    return lines + _uncounted(s) + _codified(s)


def site_reason(s: Situation, place: int) -> str:
    """Say why a replication has its state."""
    link, state = int(s.experiences.link[place]), replication_state(s, place)
    if state == Replication.IDEA:
        return say("not started, and without an accountable owner and a due date together")
    if state == Replication.PLANNED:
        return say("owned and dated, not started")
    if state == Replication.ABANDONED:
        return say("cancelled")
    recorded = _adaptation(s, link)
    if state == Replication.STARTED:
        is_done = s.actions.state[link] == ActionState.DONE
        return (
            say("done, but {recorded}", recorded=recorded)
            if is_done
            else say("begun, not done with evidence")
        )
    done = say_in_turn(CLAUSES, (say("done"), recorded, core_text(s, link)))
    if state == Replication.DRIFTED:
        return done
    is_shown = state == Replication.WORKED
    return say_in_turn(PARTS, (done, say("its own indicators show it") if is_shown else _unproven(s, place)))


def _adaptation(s: Situation, link: int) -> str:
    """Say how an experience was adapted at a site."""
    adaptation = text_of(s.book.frames["action"]["adaptation"].iloc[int(s.actions.action[link])])
    if not adaptation:
        return say("its adaptation is not recorded")
    return say("adaptation recorded as {adaptation}", adaptation=name_of(adaptation))


def core_text(s: Situation, link: int) -> str:
    """Say whether the core was kept at a site."""
    kept = text_of(s.book.frames["action"]["core_kept"].iloc[int(s.actions.action[link])])
    if kept == CoreKept.YES:
        return say("its core was kept")
    return (
        say("its core was not kept") if kept == CoreKept.NO else say("nobody said whether its core was kept")
    )


def _unproven(s: Situation, place: int) -> str:
    """Say why the indicators of a replication that is done do not show that it worked."""
    view = s.experiences.outcomes
    own = own_indicators(s, place)
    if not len(own):
        return say("no outcome or impact indicator of its own is required")
    failing = own[view.is_fresh[own] & ~view.is_met[own]]
    if len(failing):
        return say(
            "{indicators} fresh and unmet, complete for {age} (judged after {days})",
            indicators=several(indicators(s, view, failing)),
            age=days_text(age_of(s, s.actions.completed_on[s.experiences.link[place]])),
            days=TRIAL_DAYS,
        )
    names = several(indicators(s, view, own[~view.is_shown[own]]))
    return say("{indicators} not shown yet", indicators=names)


def uncounted_links(s: Situation) -> dict[int, str]:
    """Return the replicating links that are no replications, each with the reason."""
    links = np.flatnonzero(s.role(ActionRole.REPLICATES))
    why = {}
    for link in links[~np.isin(links, s.experiences.link)].tolist():
        site = site_of(s, link)
        why[link] = say("{site} is where it comes from", site=site) if site else say("it names no site")
    return why


def _uncounted(s: Situation) -> list[str]:
    return [
        say(
            "{action} does not count as a replication, {why}: {state}.",
            action=action_name(s, link),
            why=why,
            state=state_text(s, link),
        )
        for link, why in uncounted_links(s).items()
    ]


def _codified(s: Situation) -> list[str]:
    """Say in which mechanism it is codified, and whether that carries it."""
    _, there = codifying(s)
    if not len(there):
        return []
    lines = []
    for i, finding in enumerate(there.cases.finding.tolist()):
        name, is_open, stage = finding_name(s, finding), bool(there.seen.is_open[i]), int(there.stage[i])
        if is_open and stage >= 4 and not s.experiences.any_in(s, Replication.WORKED)[0]:  # noqa: PLR2004
            said = say(
                "Codified in {finding}, at stage {stage}; that carries it once it has worked at some site.",
                finding=name,
                stage=stage,
            )
        elif is_open and stage >= 4:  # noqa: PLR2004 - in practice
            said = say(
                "Codified in {finding}, at stage {stage}, which carries it to stage 5.",
                finding=name,
                stage=stage,
            )
        else:
            place = (
                say("at stage {stage}", stage=stage)
                if is_open
                else name_of(DISPOSITIONS[int(there.seen.disposition[i])])
            )
            said = say(
                "Codified in {finding}, {place}; that carries it from stage 4 on.", finding=name, place=place
            )
        lines.append(said)
    return lines


def unexplained_text(s: Situation) -> str:
    """Say which of the two things that make an experience usable is not written down; empty if none."""
    return several(say(name) for name in EXPLAINED if not finding_cell(s, name))

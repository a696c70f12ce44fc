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
from theorytopractice.model.vocabularies import ActionRole

if TYPE_CHECKING:
    from theorytopractice.assessment.arrays.segments import Ints
    from theorytopractice.assessment.stages.situation import Situation


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
        site, state = site_of(s, link), str(replication_state(s, place)).replace("_", " ")
        lines.append(f"{site}: {state} ({site_reason(s, place)}). {action_line(s, link)}")
        own = own_indicators(s, place)
        lines += [f"{site}: {indicator_line(s, view.outcomes, int(i))}" for i in own]
    return lines + _uncounted(s) + _codified(s)


def site_reason(s: Situation, place: int) -> str:
    """Say why a replication has its state."""
    link, state = int(s.experiences.link[place]), replication_state(s, place)
    is_done = s.actions.state[link] == ActionState.DONE
    adaptation = text_of(s.book.frames["action"]["adaptation"].iloc[int(s.actions.action[link])])
    recorded = f"adaptation recorded as {adaptation}" if adaptation else "its adaptation is not recorded"
    return {
        Replication.IDEA: "not started, and without an accountable owner and a due date together",
        Replication.PLANNED: "owned and dated, not started",
        Replication.STARTED: f"done, but {recorded}" if is_done else "begun, not done with evidence",
        Replication.ADOPTED: f"done, {recorded}, {core_text(s, link)}; {_unproven(s, place)}",
        Replication.DID_NOT_WORK: f"done, {recorded}, {core_text(s, link)}; {_unproven(s, place)}",
        Replication.WORKED: f"done, {recorded}, {core_text(s, link)}; its own indicators show it",
        Replication.DRIFTED: f"done, {recorded}, {core_text(s, link)}",
        Replication.ABANDONED: "cancelled",
    }[state]


def core_text(s: Situation, link: int) -> str:
    """Say whether the core was kept at a site."""
    kept = text_of(s.book.frames["action"]["core_kept"].iloc[int(s.actions.action[link])])
    return {"yes": "its core was kept", "no": "its core was not kept"}.get(
        kept, "nobody said whether its core was kept"
    )


def _unproven(s: Situation, place: int) -> str:
    """Say why the indicators of a replication that is done do not show that it worked."""
    view = s.experiences.outcomes
    own = own_indicators(s, place)
    if not len(own):
        return "no outcome or impact indicator of its own is required"
    age = days_text(age_of(s, s.actions.completed_on[s.experiences.link[place]]))
    failing = own[view.is_fresh[own] & ~view.is_met[own]]
    if len(failing):
        names = several(indicators(s, view, failing))
        return f"{names} fresh and unmet, complete for {age} (judged after {TRIAL_DAYS})"
    return f"{several(indicators(s, view, own[~view.is_shown[own]]))} not shown yet"


def uncounted_links(s: Situation) -> dict[int, str]:
    """Return the replicating links that are no replications, each with the reason."""
    links = np.flatnonzero(s.role(ActionRole.REPLICATES))
    why = {}
    for link in links[~np.isin(links, s.experiences.link)].tolist():
        site = site_of(s, link)
        why[link] = f"{site} is where it comes from" if site else "it names no site"
    return why


def _uncounted(s: Situation) -> list[str]:
    return [
        f"{action_name(s, link)} does not count as a replication, {why}: {state_text(s, link)}."
        for link, why in uncounted_links(s).items()
    ]


def _codified(s: Situation) -> list[str]:
    """Say in which mechanism it is codified, and whether that carries it."""
    _, there = codifying(s)
    if not len(there):
        return []
    lines = []
    for i, finding in enumerate(there.cases.finding.tolist()):
        place = (
            f"at stage {int(there.stage[i])}"
            if there.seen.is_open[i]
            else str(DISPOSITIONS[int(there.seen.disposition[i])])
        )
        carries = bool(there.seen.is_open[i]) and int(there.stage[i]) >= 4  # noqa: PLR2004 - in practice
        lines.append(
            f"Codified in {finding_name(s, finding)}, {place}"
            + (", which carries it to stage 5." if carries else "; that carries it from stage 4 on.")
        )
    return lines


def unexplained_text(s: Situation) -> str:
    """Say which of the two things that make an experience usable is not written down; empty if none."""
    absent = [name for name in ("why_it_works", "core_elements") if not finding_cell(s, name)]
    return several(absent)

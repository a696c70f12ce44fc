"""Where has an experience spread, and did it work there?

Method, section 8: the state of each replication, and the stage that the sites support.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.actions import ActionState
from theorytopractice.assessment.columns import code
from theorytopractice.assessment.flags import flag
from theorytopractice.assessment.grouped import NEVER, Array, BoolArray, IntArray, count, some
from theorytopractice.assessment.outcomes import OutcomeView, RequiredIndicators, observe_outcomes
from theorytopractice.assessment.visibility import FindingDays
from theorytopractice.model.vocabularies import ActionRole, CoreKept, FindingKind

if TYPE_CHECKING:
    from theorytopractice.assessment.assessment import Assessment


TRIAL_DAYS = 180
SITES_TO_SUSTAIN = 3


class Replication(StrEnum):
    """The states of a replication, in the order of their codes."""

    IDEA = "idea"
    PLANNED = "planned"
    STARTED = "started"
    ADOPTED = "adopted"
    DID_NOT_WORK = "did_not_work"
    WORKED = "worked"
    DRIFTED = "drifted"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class ExperienceView:
    """The replications (``link`` points into the action view, ``state`` into Replication) and the stage."""

    link: IntArray
    state: Array
    outcomes: OutcomeView
    outcome_of: IntArray
    stage: Array
    is_codified: BoolArray

    def any_in(self, s: Assessment, *states: Replication) -> BoolArray:
        """Tell for each case whether some replication is in one of these states."""
        chosen = np.isin(self.state, [code(Replication, state) for state in states])
        return some(chosen, s.actions.case[self.link], len(s))


def observe_experiences(s: Assessment) -> ExperienceView:
    """Judge the experiences among the cases by their replications (method, section 8).

    A rule that is followed never stands for a result that nobody measured: codified counts once some site worked.
    """
    link = _replications(s)
    outcomes, outcome_of = _outcomes(s, link)
    state = _states(s, link, outcomes, outcome_of)
    case, site = s.actions.case[link], s.encoded.actions.site[s.actions.action[link]]
    worked = state == code(Replication, Replication.WORKED)
    pairs = np.unique(np.stack([case[worked], site[worked]]), axis=1)
    codified = _codified(s)
    stage = np.zeros(len(s), dtype=np.int8)
    made = ExperienceView(link, state, outcomes, outcome_of, stage, codified)
    adopted = made.any_in(s, Replication.ADOPTED, Replication.DRIFTED, Replication.DID_NOT_WORK)
    somewhere = made.any_in(s, Replication.WORKED)
    lasting = (np.bincount(pairs[0], minlength=len(s)) >= SITES_TO_SUSTAIN) | (somewhere & codified)
    reached = (
        made.any_in(s, Replication.PLANNED),
        made.any_in(s, Replication.STARTED),
        adopted,
        somewhere,
        lasting,
    )
    for level, truth in enumerate(reached, start=1):
        stage[truth] = level
    return made


def _replications(s: Assessment) -> IntArray:
    """Return the action links that are replications: at a site, and not at the origin."""
    action = s.actions.action
    site = s.encoded.actions.site[action]
    origin = s.encoded.findings.origin[s.cases.finding[s.actions.case]]
    experience = s.is_kind(FindingKind.EXPERIENCE)[s.actions.case]
    return np.flatnonzero(s.role(ActionRole.REPLICATES) & experience & (site >= 0) & (site != origin))


def _outcomes(s: Assessment, link: IntArray) -> tuple[OutcomeView, IntArray]:
    """Judge the indicators of each replication from its own start; also say whose they are."""
    case, indicator, action = s.measured(s.is_kind(FindingKind.EXPERIENCE))
    width = len(s.encoded.actions.ids) + 1
    own = s.actions.case[link] * width + s.actions.action[link]
    order = np.argsort(own, kind="stable")
    wanted = case * width + action
    place = np.minimum(np.searchsorted(own[order], wanted), max(len(own) - 1, 0))
    found = (
        np.zeros(len(wanted), dtype=bool) if not len(own) else (own[order][place] == wanted) & (action >= 0)
    )
    replication = order[place[found]] if len(own) else np.zeros(0, dtype=np.int64)
    start = s.actions.started_on[link[replication]]
    judged = observe_outcomes(
        s.encoded, s.cases, s.visible, RequiredIndicators(case[found], indicator[found], start)
    )
    return judged, replication


def _states(s: Assessment, link: IntArray, outcomes: OutcomeView, outcome_of: IntArray) -> Array:
    """State of each replication, the first that applies (section 8)."""
    n, actions = len(link), s.actions
    action = actions.action[link]
    measured = count(np.ones(len(outcome_of), dtype=bool), outcome_of, n) > 0
    worked = measured & ~some(~outcomes.is_shown, outcome_of, n)
    age = s.day[actions.case[link]].astype(np.int64) - actions.completed_on[link]
    failed = some(outcomes.is_fresh & ~outcomes.is_met, outcome_of, n) & (age >= TRIAL_DAYS)
    done = (actions.state[link] == ActionState.DONE) & (s.encoded.actions.adaptation[action] >= 0)
    drifted = s.encoded.actions.core_kept[action] == code(CoreKept, CoreKept.NO)
    state = np.select(
        [
            actions.is_cancelled[link],
            done & drifted,
            done & worked,
            done & failed,
            done,
            actions.started_on[link] != NEVER,
            actions.is_scheduled[link],
        ],
        [
            code(Replication, one)
            for one in (
                Replication.ABANDONED,
                Replication.DRIFTED,
                Replication.WORKED,
                Replication.DID_NOT_WORK,
                Replication.ADOPTED,
                Replication.STARTED,
                Replication.PLANNED,
            )
        ],
        code(Replication, Replication.IDEA),
    )
    return state.astype(np.int8)


BEST_FIRST = (
    Replication.WORKED,
    Replication.DRIFTED,
    Replication.ADOPTED,
    Replication.DID_NOT_WORK,
    Replication.STARTED,
    Replication.PLANNED,
    Replication.IDEA,
    Replication.ABANDONED,
)


def best_replications(s: Assessment) -> IntArray:
    """Return the best replication of every site of the experiences, as positions in their view (method, section 8).

    States are ranked by the stage that they support (worked; drifted, adopted, did_not_work; started; planned;
    idea; abandoned), the more hopeful first among equals. So a failure stands until another trial at that
    site has a result, and a trial that was given up does not count while another one is on its way.
    """
    view = s.experiences
    case, site = s.actions.case[view.link], s.encoded.actions.site[s.actions.action[view.link]]
    rank = ranks()[view.state]
    order = np.lexsort((rank, site, case))
    is_best = np.ones(len(order), dtype=bool)
    is_best[1:] = (np.diff(case[order]) != 0) | (np.diff(site[order]) != 0)
    return order[is_best]


def ranks() -> IntArray:
    """Return the place of every state by its code, the best first."""
    return np.argsort([code(Replication, state) for state in BEST_FIRST])


def best_states(s: Assessment) -> tuple[IntArray, Array]:
    """Return (case, best state) of every site of the experiences (method, section 8)."""
    best = best_replications(s)
    return s.actions.case[s.experiences.link[best]], s.experiences.state[best]


def codifying_mechanisms(s: Assessment) -> tuple[IntArray, Assessment]:
    """Return (case, the mechanism in which its experience is codified as it stands that day)."""
    chosen = np.flatnonzero(s.is_kind(FindingKind.EXPERIENCE))
    segment, row = s.encoded.codified_in.expand(s.cases.finding[chosen])
    other = s.encoded.codified_in["other"][row]
    lawful = s.encoded.findings.kind[other] == code(FindingKind, FindingKind.MECHANISM)
    case, other = chosen[segment[lawful]], other[lawful]
    return case, type(s)(s.encoded, FindingDays(other, s.day[case], s.cases.knowledge))


def _codified(s: Assessment) -> BoolArray:
    """Tell which experiences are codified in a mechanism that is open and at stage 4 or more that day."""
    case, there = codifying_mechanisms(s)
    if not len(case):
        return np.zeros(len(s), dtype=bool)
    return some(there.visible.is_open & (there.stage >= 4), case, len(s))  # noqa: PLR2004 - in practice


@flag(FindingKind.EXPERIENCE)
def unexplained(s: Assessment) -> BoolArray:
    """No word on why it works, or none on its core: nobody can apply it."""
    return ~s.encoded.findings.is_explained[s.cases.finding]


@flag(FindingKind.EXPERIENCE)
def drifted(s: Assessment) -> BoolArray:
    """Some site did not keep the core."""
    return s.experiences.any_in(s, Replication.DRIFTED)


@flag(FindingKind.EXPERIENCE)
def failed_elsewhere(s: Assessment) -> BoolArray:
    """It did not work at some site, or was given up there."""
    return s.experiences.any_in(s, Replication.DID_NOT_WORK, Replication.ABANDONED)

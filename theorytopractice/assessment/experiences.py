"""Where has an experience spread, and did it work there?

Method, section 8: the state of each replication, and the stage that the sites support.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from theorytopractice.assessment.arrays import (
    NEVER,
    Array,
    BoolArray,
    IntArray,
    code,
    count,
    some,
)
from theorytopractice.assessment.encoded_plan import (
    FindingDays,
)
from theorytopractice.assessment.ladder import FindingFacts
from theorytopractice.assessment.mechanisms import (
    observe_mechanisms,
)
from theorytopractice.assessment.outcomes import (
    OutcomeView,
    RequiredIndicators,
    observe_outcomes,
)
from theorytopractice.model.vocabularies import (
    ActionRole,
    ActionState,
    CoreKept,
    Disposition,
    FindingKind,
    Stage,
)

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

    def any_in(self, a: FindingFacts, *states: Replication) -> BoolArray:
        """Tell for each case whether some replication is in one of these states."""
        chosen = np.isin(self.state, [code(Replication, state) for state in states])
        return some(chosen, a.actions.case[self.link], len(a))


def observe_experiences(a: FindingFacts) -> ExperienceView:
    """Judge the experiences among the cases by their replications (method, section 8).

    A rule that is followed never stands for a result that nobody measured: codified counts once some site worked.
    """
    link = _replications(a)
    outcomes, outcome_of = _outcomes(a, link)
    state = _states(a, link, outcomes, outcome_of)
    case, site = a.actions.case[link], a.encoded.actions.site[a.actions.action[link]]
    worked = state == code(Replication, Replication.WORKED)
    pairs = np.unique(np.stack([case[worked], site[worked]]), axis=1)
    mechanisms = codifying_mechanisms(a)
    codified = some(mechanisms.carries, mechanisms.case, len(a))
    stage = np.zeros(len(a), dtype=np.int8)
    view = ExperienceView(link, state, outcomes, outcome_of, stage, codified)
    adopted = view.any_in(a, Replication.ADOPTED, Replication.DRIFTED, Replication.DID_NOT_WORK)
    somewhere = view.any_in(a, Replication.WORKED)
    lasting = (np.bincount(pairs[0], minlength=len(a)) >= SITES_TO_SUSTAIN) | (somewhere & codified)
    reached = (
        view.any_in(a, Replication.PLANNED),
        view.any_in(a, Replication.STARTED),
        adopted,
        somewhere,
        lasting,
    )
    for level, truth in enumerate(reached, start=1):
        stage[truth] = level
    return view


def _replications(a: FindingFacts) -> IntArray:
    """Return the action links that are replications: at a site, and not at the origin."""
    action = a.actions.action
    site = a.encoded.actions.site[action]
    origin = a.encoded.findings.origin[a.cases.finding[a.actions.case]]
    experience = a.is_kind(FindingKind.EXPERIENCE)[a.actions.case]
    return np.flatnonzero(a.role(ActionRole.REPLICATES) & experience & (site >= 0) & (site != origin))


def _outcomes(a: FindingFacts, link: IntArray) -> tuple[OutcomeView, IntArray]:
    """Judge the indicators of each replication from its own start; also say whose they are."""
    case, indicator, action = a.measured(a.is_kind(FindingKind.EXPERIENCE))
    width = len(a.encoded.actions.ids) + 1
    own = a.actions.case[link] * width + a.actions.action[link]
    order = np.argsort(own, kind="stable")
    wanted = case * width + action
    place = np.minimum(np.searchsorted(own[order], wanted), max(len(own) - 1, 0))
    found = (
        np.zeros(len(wanted), dtype=bool) if not len(own) else (own[order][place] == wanted) & (action >= 0)
    )
    replication = order[place[found]] if len(own) else np.zeros(0, dtype=np.int64)
    start = a.actions.started_on[link[replication]]
    judged = observe_outcomes(
        a.encoded, a.cases, a.visible, RequiredIndicators(case[found], indicator[found], start)
    )
    return judged, replication


def _states(a: FindingFacts, link: IntArray, outcomes: OutcomeView, outcome_of: IntArray) -> Array:
    """State of each replication, the first that applies (section 8)."""
    n, actions = len(link), a.actions
    action = actions.action[link]
    measured = count(np.ones(len(outcome_of), dtype=bool), outcome_of, n) > 0
    worked = measured & ~some(~outcomes.is_shown, outcome_of, n)
    age = a.day[actions.case[link]].astype(np.int64) - actions.completed_on[link]
    failed = some(outcomes.is_fresh & ~outcomes.is_met, outcome_of, n) & (age >= TRIAL_DAYS)
    done = actions.is_in(ActionState.DONE)[link] & (a.encoded.actions.adaptation[action] >= 0)
    drifted = a.encoded.actions.core_kept[action] == code(CoreKept, CoreKept.NO)
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


def best_replications(a: FindingFacts, view: ExperienceView) -> IntArray:
    """Return the best replication of every site of the experiences, as positions in their view (method, section 8).

    States are ranked by the stage that they support (worked; drifted, adopted, did_not_work; started; planned;
    idea; abandoned), the more hopeful first among equals. So a failure stands until another trial at that
    site has a result, and a trial that was given up does not count while another one is on its way.
    """
    case, site = a.actions.case[view.link], a.encoded.actions.site[a.actions.action[view.link]]
    rank = ranks()[view.state]
    order = np.lexsort((rank, site, case))
    is_best = np.ones(len(order), dtype=bool)
    is_best[1:] = (np.diff(case[order]) != 0) | (np.diff(site[order]) != 0)
    return order[is_best]


def ranks() -> IntArray:
    """Return the place of every state by its code, the best first."""
    return np.argsort([code(Replication, state) for state in BEST_FIRST])


def best_states(a: FindingFacts, view: ExperienceView) -> tuple[IntArray, Array]:
    """Return (case, best state) of every site of the experiences (method, section 8)."""
    best = best_replications(a, view)
    return a.actions.case[view.link[best]], view.state[best]


@dataclass(frozen=True, slots=True)
class CodifyingMechanisms:
    """The mechanisms in which experiences are codified, as they stand on the days of these; one entry a relation."""

    case: IntArray
    finding: IntArray
    disposition: Array
    stage: Array

    @property
    def carries(self) -> BoolArray:
        """Tell which are open and in practice, so that they carry an experience that worked somewhere."""
        return self.is_open & (self.stage >= Stage.IN_PRACTICE)

    @property
    def is_open(self) -> BoolArray:
        """Tell which are open."""
        return self.disposition == code(Disposition, Disposition.OPEN)


def codifying_mechanisms(a: FindingFacts) -> CodifyingMechanisms:
    """Look at the mechanisms in which the experiences among the cases are codified, each on its case's day."""
    chosen = np.flatnonzero(a.is_kind(FindingKind.EXPERIENCE))
    segment, row = a.encoded.codified_in.expand(a.cases.finding[chosen])
    other = a.encoded.codified_in["other"][row]
    lawful = a.encoded.findings.kind[other] == code(FindingKind, FindingKind.MECHANISM)
    case, other = chosen[segment[lawful]], other[lawful]
    there = FindingFacts(a.encoded, FindingDays(other, a.day[case], a.cases.knowledge))
    return CodifyingMechanisms(
        case, other, there.visible.disposition, observe_mechanisms(there, there.is_planned).stage
    )


FAILED = (Replication.DID_NOT_WORK, Replication.ABANDONED)
KNOWN = (Replication.WORKED, *FAILED)

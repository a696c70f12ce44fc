"""Which stage has a finding reached, and what stands out about it?

Method, section 5: the ladder of insights and problems (5), and the flags (5.3). The rules of single kinds
stand in ``problems.py``, ``experiences.py`` and ``mechanisms.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment import flags
from theorytopractice.assessment.actions import ActionState
from theorytopractice.assessment.flags import EVERY_KIND, LADDER_KINDS, flag
from theorytopractice.assessment.grouped import MISSING, NEVER, is_among, pick, some
from theorytopractice.assessment.problems import is_solvable
from theorytopractice.assessment.visibility import FindingDays, observe_findings
from theorytopractice.model.vocabularies import FindingKind, Solvability

if TYPE_CHECKING:
    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.grouped import Array, BoolArray, IntArray


BEGUN = (ActionState.IN_PROGRESS, ActionState.SUSPENDED, ActionState.DONE, ActionState.DONE_UNVERIFIED)


def ladder_stage(s: Assessment) -> Array:
    """Return the stage 0–5 of each case by the generic ladder (method, section 5)."""
    live, state = s.actions.is_live, s.actions.state
    stage = np.zeros(len(s), dtype=np.int8)
    stage[s.any_action(live & s.actions.is_scheduled)] = 1
    stage[s.any_action(live & is_among(state, list(BEGUN)))] = 2
    carried_out = s.any_action(live) & ~s.any_action(live & (state != ActionState.DONE))
    stage[carried_out] = 3
    in_practice = carried_out & outcome_shown(s)
    stage[in_practice] = 4
    stage[in_practice & s.all_outcomes(s.outcomes.has_held)] = 5
    return stage


def outcome_shown(s: Assessment) -> BoolArray:
    """Tell where every required indicator shows the outcome (method, 5.1)."""
    return s.all_outcomes(s.outcomes.is_shown)


@flag(*EVERY_KIND)
def new(s: Assessment) -> BoolArray:
    """Stage 0 and not older than the grace for new findings."""
    return (s.stage == 0) & (s.age <= s.encoded.settings.new_grace)


@flag(*EVERY_KIND)
def shelved(s: Assessment) -> BoolArray:
    """Stage 0 and older than the grace."""
    return (s.stage == 0) & (s.age > s.encoded.settings.new_grace)


@flag(*EVERY_KIND)
def unowned(s: Assessment) -> BoolArray:
    """Some live action lacks an accountable owner, or a mechanism its own."""
    alone = s.is_kind(FindingKind.MECHANISM) & ~s.encoded.findings.has_owner[s.cases.finding]
    return s.any_action(flags.unowned_actions(s)) | alone


@flag(*EVERY_KIND)
def owner_left(s: Assessment) -> BoolArray:
    """The accountable owner of some open action has left, or a mechanism's own (5.3)."""
    return s.any_action(flags.left_behind(s)) | is_left_alone(s)


def is_left_alone(s: Assessment) -> BoolArray:
    """Tell which mechanisms have an owner who has left (5.3)."""
    left: BoolArray = s.encoded.findings.owner_left_on[s.cases.finding] <= s.day
    return left & s.is_kind(FindingKind.MECHANISM)


@flag(*EVERY_KIND)
def undated(s: Assessment) -> BoolArray:
    """Some live action lacks a current due date."""
    return s.any_action(flags.undated_actions(s))


@flag(*EVERY_KIND)
def unverified(s: Assessment) -> BoolArray:
    """Some live action is complete without evidence."""
    return s.any_action(flags.unverified_actions(s))


@flag(*EVERY_KIND)
def overdue(s: Assessment) -> BoolArray:
    """Some open action is past its current due date."""
    return s.any_action(flags.overdue_actions(s))


@flag(*EVERY_KIND)
def slipped(s: Assessment) -> BoolArray:
    """Some open action is now due later than at first."""
    return s.any_action(flags.rescheduled_actions(s))


@flag(*EVERY_KIND)
def reopened(s: Assessment) -> BoolArray:
    """Some open action was reopened after it had been complete."""
    return s.any_action(flags.reopened_actions(s))


@flag(*EVERY_KIND)
def progress_100_not_closed(s: Assessment) -> BoolArray:
    """Some open action once claimed progress of 100."""
    return s.any_action(flags.actions_claiming_completion(s))


@flag(*EVERY_KIND)
def plan_abandoned(s: Assessment) -> BoolArray:
    """There were actions, and all are cancelled."""
    return s.any_action(s.actions.counts) & ~s.any_action(s.actions.is_live)


@flag(*EVERY_KIND)
def scope_reduced(s: Assessment) -> BoolArray:
    """Some but not all actions are cancelled."""
    return s.any_action(flags.cancelled_actions(s)) & s.any_action(s.actions.is_live)


@flag(*LADDER_KINDS)
def no_indicator(s: Assessment) -> BoolArray:
    """No outcome or impact indicator is required."""
    return ~s.has_outcomes


@flag(*LADDER_KINDS)
def no_target(s: Assessment) -> BoolArray:
    """Some required indicator has no target."""
    return s.any_outcome(~s.encoded.targets.has_target[s.outcomes.indicator])


@flag(*LADDER_KINDS)
def no_baseline(s: Assessment) -> BoolArray:
    """Some required indicator should improve and has no baseline (5.1-4)."""
    return s.any_outcome(s.outcomes.lacks_baseline)


@flag(*LADDER_KINDS)
def met_at_baseline(s: Assessment) -> BoolArray:
    """Some required indicator should improve and its baseline already satisfied the target (5.1-4)."""
    return s.any_outcome(s.outcomes.is_met_at_baseline)


@flag(*LADDER_KINDS)
def target_moved(s: Assessment) -> BoolArray:
    """What some required indicator demands was changed after the actions had started (5.3)."""
    return s.any_outcome(is_moved(s))


def is_moved(s: Assessment) -> BoolArray:
    """Tell which judged indicators demand something else since a day after t0 and up to the as-of day (5.3)."""
    moved_on, start = s.encoded.targets.retargeted_on[s.outcomes.indicator], s.outcomes.start
    rows: BoolArray = (moved_on != MISSING) & (start != NEVER)
    return rows & (moved_on > start) & (moved_on <= s.day[s.outcomes.case])


@flag(*LADDER_KINDS)
def partially_met(s: Assessment) -> BoolArray:
    """Some but not all required indicators are shown."""
    return s.any_outcome(s.outcomes.is_shown) & s.any_outcome(~s.outcomes.is_shown)


@flag(*LADDER_KINDS)
def outcome_ahead(s: Assessment) -> BoolArray:
    """The outcome is shown although the actions are not all carried out."""
    return outcome_shown(s) & (s.stage < 3)  # noqa: PLR2004 - stage 3: carried out


@flag(*LADDER_KINDS)
def outcome_without_action(s: Assessment) -> BoolArray:
    """No action has started, and yet some target is satisfied."""
    return (s.start == NEVER) & s.any_outcome(s.outcomes.is_met_without_action)


@flag(*LADDER_KINDS)
def wobble(s: Assessment) -> BoolArray:
    """Some required indicator is met, but its last value is not satisfied."""
    return s.any_outcome(s.outcomes.is_wobbling)


@flag(*LADDER_KINDS, FindingKind.MECHANISM)
def lapsed(s: Assessment) -> BoolArray:
    """Some required indicator was met and is no longer; or a mechanism once followed is a dead letter (9)."""
    return s.any_outcome(s.outcomes.has_lapsed) | s.mechanisms.has_lapsed


@flag(*LADDER_KINDS)
def stale(s: Assessment) -> BoolArray:
    """Some required indicator was measured, but not lately."""
    return s.any_outcome(s.outcomes.is_stale)


@flag(*EVERY_KIND)
def blocked(s: Assessment) -> BoolArray:
    """A block is in force."""
    return s.is_blocked


@flag(*EVERY_KIND)
def block_expired(s: Assessment) -> BoolArray:
    """A block is in force and its revisit date is missing or past."""
    return s.is_blocked & (pick(s.encoded.finding_events["due"], s.visible.block, MISSING) < s.day)


@flag(*EVERY_KIND)
def no_enabling_action(s: Assessment) -> BoolArray:
    """Blocked, or a problem in need of conditions, with nobody at work on them (5.3 and section 6)."""
    return (s.is_blocked | is_solvable(s, Solvability.NEEDS_CONDITIONS)) & ~s.has_enabling


@flag(*EVERY_KIND)
def stalled(s: Assessment) -> BoolArray:
    """Planned or under way, not blocked, and nothing has moved for longer than the plan allows."""
    latest = np.maximum(s.origin, s.latest_activity)
    idle = s.day.astype(np.int64) - latest > s.encoded.settings.stall_days
    return np.isin(s.stage, (1, 2)) & ~s.is_blocked & idle & ~s.mechanisms.is_in_force


@flag(*EVERY_KIND)
def future_dated(s: Assessment) -> BoolArray:
    """A fact of a counted action, a required indicator or a check lies after the as-of day."""
    return s.any_action(flags.future_dated_actions(s)) | s.has_future_observation | s.mechanisms.has_future


@flag(*LADDER_KINDS)
def shared_indicator(s: Assessment) -> BoolArray:
    """Some required indicator is required by another open finding too."""
    case, _, _ = shared_by(s)
    return some(np.ones(len(case), dtype=bool), case, len(s))


def shared_by(s: Assessment) -> tuple[IntArray, IntArray, IntArray]:
    """Return (case, required indicator, the other open finding that requires it too)."""
    required = s.encoded.finding_indicators["is_required"]
    of_case, link = s.encoded.finding_indicators.expand(s.cases.finding)
    of_case, link = of_case[required[link]], link[required[link]]
    segment, row = s.encoded.requiring_findings.expand(s.encoded.finding_indicators["indicator"][link])
    case, other = of_case[segment], s.encoded.requiring_findings["finding"][row]
    foreign = other != s.cases.finding[case]
    case, other, link = case[foreign], other[foreign], link[segment[foreign]]
    is_open = observe_findings(s.encoded, FindingDays(other, s.day[case], s.cases.knowledge)).is_open
    return case[is_open], s.encoded.finding_indicators["indicator"][link[is_open]], other[is_open]


@flag(*EVERY_KIND)
def suspect(s: Assessment) -> BoolArray:
    """Some link was not confirmed since its other end was reworded, on or before the day."""
    return s.encoded.findings.suspect_since[s.cases.finding] <= s.day


@flag(*EVERY_KIND)
def review_overdue(s: Assessment) -> BoolArray:
    """The next review is due and did not happen (section 10)."""
    return s.day > s.review_due

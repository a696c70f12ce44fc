"""What stands out about a finding, and what is to be done? One row a flag (method, 5.3 and 6 to 10).

A flag is a row of ``TABLE``: its kinds, its rule, its sentence, its label, how urgent it is, what it means and what to do.
The facts that a sentence names in braces are worded in ``flag_reasons.py``; no rule waits for a word.
Whatever else speaks of flags (``assess``, ``explain``, report, forms) reads it there. For kinds to which a flag does not
apply, and for findings that are not open, it is never raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    BoolArray,
    IntArray,
    code,
    pick,
    some,
    words,
)
from theorytopractice.assessment.assessment import Assessment, has_recurred
from theorytopractice.assessment.encoded_plan import (
    FindingDays,
    observe_findings,
)
from theorytopractice.assessment.experiences import Replication
from theorytopractice.assessment.ladder import outcome_shown
from theorytopractice.assessment.mechanisms import DEAD_AFTER, DORMANT_AFTER, FAIL, MISSED
from theorytopractice.assessment.problems import (
    RIPE_DAYS,
    has_milestone,
    is_enabling,
    is_solvable,
    ripe_on,
)
from theorytopractice.i18n import message, say
from theorytopractice.model.vocabularies import (
    EVERY_KIND,
    LADDER_KINDS,
    ActionState,
    Disposition,
    FindingKind,
    Solvability,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class Urgency(IntEnum):
    """What a flag asks of a leader."""

    NONE = 0
    WATCH = 1
    ACT = 2


Rule: TypeAlias = Callable[[Assessment], BoolArray]
"""One truth a case, or a row of some sort of row."""

Sentence: TypeAlias = str | Callable[[Assessment], str]
"""A template, whose facts stand in ``flag_reasons.py`` by the names in its braces; or a function of a single case."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A sort of row that can raise a flag, and how a truth a row becomes one a case."""

    some: Callable[[Assessment, BoolArray], BoolArray]


ACTIONS = Rows(Assessment.any_action)
INDICATORS = Rows(Assessment.any_outcome)
SITES = Rows(lambda a, rows: some(rows, a.actions.case[a.experiences.link], len(a)))
SLOTS = Rows(lambda a, rows: some(rows, a.mechanisms.slots.case, len(a)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag. It is raised where ``rule`` holds; without a rule where some row is among ``rows`` or ``also`` holds.

    ``why`` is its sentence and ``each`` that of a row, by default one after the other; ``also_why`` tells of the finding
    itself. ``label`` is what people read in report and forms, ``meaning`` what the word means and when it is raised,
    ``advice`` what to do. ``may_lower``: it can say why a stage is lower than it was. ``asks_decision``: it waits for a
    leader. ``headline``: its rank in the one label of a finding, the greatest wins; 0 is never one.
    """

    name: str
    label: str
    meaning: str
    advice: str
    kinds: tuple[FindingKind, ...] = EVERY_KIND
    rule: Rule | None = None
    of: Rows | None = None
    rows: Rule | None = None
    also: Rule | None = None
    why: Sentence = "{each}"
    each: str = ""
    also_why: str = ""
    urgency: Urgency = Urgency.NONE
    may_lower: bool = False
    asks_decision: bool = False
    headline: int = 0

    def holds(self, a: Assessment) -> BoolArray:
        """Judge the rule for every case, of whatever kind and disposition."""
        if self.rule:
            return self.rule(a)
        truth = np.zeros(len(a), dtype=bool)
        if self.of and self.rows:
            truth |= self.of.some(a, self.rows(a))
        return truth | self.also(a) if self.also else truth


def judge_flag(a: Assessment, name: str) -> BoolArray:
    """Judge one flag for every case, once."""
    if name not in a.judged_flags:
        flag = FLAGS[name]
        a.judged_flags[name] = flag.holds(a) & a.is_kind(*flag.kinds) & a.visible.is_open
    return a.judged_flags[name]


def flag_lists(a: Assessment) -> list[list[str]]:
    """Return the names of the raised flags of each case, sorted."""
    names = sorted(FLAGS)
    mask = np.zeros(len(a), dtype=np.int64)
    for bit, name in enumerate(names):
        mask |= judge_flag(a, name).astype(np.int64) << bit
    patterns, which = np.unique(mask, return_inverse=True)
    lists = [[name for bit, name in enumerate(names) if pattern >> bit & 1] for pattern in patterns.tolist()]
    return [list(lists[i]) for i in which.tolist()]


def flag_name(name: str) -> str:
    """Return what a flag is called in the language that is spoken."""
    return say(FLAGS[name].name)


def flag_label(name: str) -> str:
    """Return what a flag says before people."""
    return say(FLAGS[name].label)


def gravest_first(names: Iterable[str]) -> list[str]:
    """Sort flags by their gravity: the order of the table."""
    raised = set(names)
    return [name for name in FLAGS if name in raised]


def urgency(names: Iterable[str]) -> Urgency:
    """Return the greatest urgency of some flags."""
    return max((FLAGS[name].urgency for name in names), default=Urgency.NONE)


def headline_flags() -> list[str]:
    """Return the flags that can be the one label of a finding, the gravest last (method, 5.3)."""
    flags = [flag for flag in FLAGS.values() if flag.headline]
    return [flag.name for flag in sorted(flags, key=lambda flag: flag.headline)]


def _in_state(*states: Replication) -> Rule:
    """Return the rule for replications in some states."""
    codes = [code(Replication, state) for state in states]
    return lambda a: np.isin(a.experiences.state, codes)


def _lacks_own_owner(a: Assessment) -> BoolArray:
    """Tell which mechanisms have no owner."""
    return a.is_kind(FindingKind.MECHANISM) & ~a.encoded.findings.has_owner[a.cases.finding]


def _own_owner_left(a: Assessment) -> BoolArray:
    """Tell which mechanisms have an owner who has left (5.3)."""
    return a.is_kind(FindingKind.MECHANISM) & (a.encoded.findings.owner_left_on[a.cases.finding] <= a.day)


def _is_slipped(a: Assessment) -> BoolArray:
    original = a.actions.original_due
    return a.actions.is_open & (original != MISSING) & (a.actions.due > original)


def _is_target_moved(a: Assessment) -> BoolArray:
    """Tell which judged indicators demand something else since a day after t0 and up to the as-of day (5.3)."""
    moved_on, start = a.encoded.targets.retargeted_on[a.outcomes.indicator], a.outcomes.start
    is_changed = (moved_on != MISSING) & (start != NEVER)
    return is_changed & (moved_on > start) & (moved_on <= a.day[a.outcomes.case])


def _is_requirement_moved(a: Assessment) -> BoolArray:
    """Tell where a finding began or ceased to require an indicator since a day after its t0 (5.3)."""
    case, _ = required_anew(a)
    return some(np.ones(len(case), dtype=bool), case, len(a))


def _is_ripe(a: Assessment) -> BoolArray:
    return is_solvable(a, Solvability.NEEDS_CONDITIONS) & (ripe_on(a) != MISSING)


def _is_stalled(a: Assessment) -> BoolArray:
    """Planned or under way, not blocked or in force, and nothing has moved for longer than the plan allows."""
    latest = np.maximum(a.origin, a.latest_activity)
    idle = a.day.astype(np.int64) - latest > a.encoded.settings.stall_days
    is_moving = np.isin(a.stage, (Stage.PLANNED, Stage.UNDER_WAY))
    return is_moving & ~a.is_blocked & idle & ~a.mechanisms.is_in_force


def _is_shared(a: Assessment) -> BoolArray:
    case, _, _ = shared_by(a)
    return some(np.ones(len(case), dtype=bool), case, len(a))


WATCH, ACT = Urgency.WATCH, Urgency.ACT

PROBLEM, EXPERIENCE, MECHANISM = (
    (FindingKind.PROBLEM,),
    (FindingKind.EXPERIENCE,),
    (FindingKind.MECHANISM,),
)

ON_THE_SHELF = "{why_shelf}"
IS_IN_STATE = message("{action} is {state}")

AT_SITE = message("{action} at {site}: {state} ({why})")

# fmt: off
TABLE = (
    Flag(
        name=message("lapsed"), label=message("worked once, lapsed since"),
        kinds=(*LADDER_KINDS, *MECHANISM), urgency=ACT, may_lower=True, asks_decision=True, headline=6,
        of=INDICATORS, rows=lambda a: a.outcomes.has_lapsed, also=lambda a: a.mechanisms.has_lapsed,
        each=message("{indicator} was met from {since} and lapsed on {lapsed_on} ({target}); last value {last}"),
        also_why=message("it was followed once, last with {last_pass}, and is a dead letter now"),
        meaning=message("It was in effect and is no longer: a required indicator that was met now misses its target, or a mechanism once followed is a dead letter."),
        advice=message("Find out what changed since, and decide whether to repair it, adapt it or let it go."),
    ),
    Flag(
        name=message("recurred"), label=message("was solved, has come back"),
        kinds=PROBLEM, urgency=WATCH, may_lower=True, rule=has_recurred,
        of=INDICATORS, rows=lambda a: a.outcomes.has_lapsed,
        why=message("it became solved on {solved_since}, and came back: {each}"),
        each=message("{indicator} lapsed on {lapsed_on}"),
        meaning=message("The problem was solved on some earlier day, and a required indicator has lapsed since."),
        advice=message("Ask those affected what came back, and look for a cause that the first solution left alone."),
    ),
    Flag(
        name=message("dead_letter"), label=message("a dead letter: the last two checks were not passed"),
        kinds=MECHANISM, urgency=ACT, may_lower=True, asks_decision=True, headline=5,
        rule=lambda a: a.mechanisms.is_dead_letter,
        of=SLOTS, rows=lambda a: last_slots_among(a.mechanisms.slots.is_valid, DEAD_AFTER), each="{slot}",
        why=message("neither of the last {n} checks that count was passed: {each}"),
        meaning=message("The mechanism stands on paper only: at least two checks count, and neither of the last two was passed."),
        advice=message("Ask why it is not followed, then enforce it, change it or withdraw it."),
    ),
    Flag(
        name=message("block_expired"), label=message("the revisit date of its block has passed"),
        urgency=ACT, asks_decision=True, why="{why_expired}",
        rule=lambda a: a.is_blocked & (pick(a.encoded.finding_events["due"], a.visible.block, MISSING) < a.day),
        meaning=message("A block is in force, and the day on which to look at it again has passed or was never set."),
        advice=message("Look at the block now: lift it, or set a new revisit date and say why."),
    ),
    Flag(
        name=message("no_enabling_action"), label=message("nobody works on what holds it up"),
        urgency=ACT, asks_decision=True, why="{why_not_enabled}",
        rule=lambda a: (a.is_blocked | is_solvable(a, Solvability.NEEDS_CONDITIONS)) & ~a.has_enabling,
        meaning=message("It is blocked or needs conditions first, and no enabling action is live, owned and dated."),
        advice=message("Link an action with the role enables, and give it an accountable owner and a due date."),
    ),
    Flag(
        name=message("blocked"), label=message("blocked"), urgency=WATCH, headline=4,
        rule=lambda a: a.is_blocked, why="{block}",
        meaning=message("Something is in the way: the last of its block and unblock events is a block."),
        advice=message("Work on the condition that is named, and record unblock once it is met."),
    ),
    Flag(
        name=message("overdue"), label=message("overdue"), urgency=WATCH, asks_decision=True, headline=3,
        of=ACTIONS, rows=lambda a: a.actions.is_overdue, each=message("{action} was due on {due}, {late} ago"),
        meaning=message("An action that is neither complete nor cancelled is past its current due date."),
        advice=message("Complete the action, or agree on a new date and record it as redate."),
    ),
    Flag(
        name=message("ripe_not_moved"), label=message("conditions met for over 30 days, nothing begun"),
        kinds=PROBLEM, urgency=ACT, asks_decision=True,
        rule=lambda a: _is_ripe(a) & (a.day.astype(np.int64) - ripe_on(a) > RIPE_DAYS) & (a.stage < Stage.PLANNED),
        why=message("ripe since {ripe_on}, for {ripe_for} (more than {ripe_days}), and still at stage 0"),
        meaning=message("The conditions of the problem have been there for more than 30 days, and it is still on the shelf."),
        advice=message("Plan an action that solves it now, or say what else is missing."),
    ),
    Flag(
        name=message("ripe"), label=message("its conditions are met"), kinds=PROBLEM, urgency=WATCH,
        rule=_is_ripe, of=ACTIONS, rows=is_enabling, each=IS_IN_STATE,
        why=message("every condition is there since {ripe_on}: {each}"),
        meaning=message("The problem needed conditions, and every live enabling action is done."),
        advice=message("Plan an action that solves it, with an accountable owner and a due date."),
    ),
    Flag(
        name=message("shelved"), label=message("on the shelf for too long"), urgency=WATCH, asks_decision=True, headline=1,
        rule=lambda a: (a.stage == Stage.ON_THE_SHELF) & (a.age > a.encoded.settings.new_grace), why=ON_THE_SHELF,
        meaning=message("It is at stage 0 and older than the grace that the plan gives to what is new (new_grace)."),
        advice=message("Plan an action for it, or reject or retire it with a reason."),
    ),
    Flag(
        name=message("plan_abandoned"), label=message("every action was cancelled"), urgency=WATCH, may_lower=True,
        rule=lambda a: a.any_action(a.actions.counts) & ~a.any_action(a.actions.is_live),
        of=ACTIONS, rows=lambda a: a.actions.counts & a.actions.is_cancelled, each=message("{action} {state}"),
        why=message("every action is cancelled: {each}"),
        meaning=message("It had actions, and all of them are cancelled."),
        advice=message("Plan another action, or close the finding with a reason."),
    ),
    Flag(
        name=message("stalled"), label=message("nothing has moved for long"), urgency=WATCH, headline=2,
        rule=_is_stalled, why="{stalled}",
        meaning=message("It is planned or under way and not blocked, and nothing moved for longer than the plan allows (stall_days)."),
        advice=message("Ask the owners what holds it up, then move it, block it with a condition or cancel it."),
    ),
    Flag(
        name=message("unowned"), label=message("something has no accountable owner"), urgency=WATCH, may_lower=True,
        of=ACTIONS, rows=lambda a: a.actions.is_live & ~a.actions.has_accountable, also=_lacks_own_owner,
        why=message("nobody is accountable for {actions}"), also_why=message("the mechanism itself has no owner_id"),
        meaning=message("An action that is not cancelled has no accountable owner, or a mechanism has no owner."),
        advice=message("Name one accountable owner."),
    ),
    Flag(
        name=message("owner_left"), label=message("somebody who left still answers for it"), urgency=WATCH,
        of=ACTIONS, rows=lambda a: a.actions.is_open & (a.encoded.actions.owner_left_on[a.actions.action] <= a.actions.day),
        each=message("{action} is open, and {owner}, who is accountable for it, left on {left_on}"), also=_own_owner_left,
        also_why=message("its owner {owner} left on {left_on}, and the mechanism still names nobody else"),
        meaning=message("Whoever is accountable for an open action, or owns the mechanism, has left by this day."),
        advice=message("Hand it over: name somebody else who is accountable."),
    ),
    Flag(
        name=message("undated"), label=message("an action has no due date"), urgency=WATCH, may_lower=True,
        of=ACTIONS, rows=lambda a: a.actions.is_live & (a.actions.due == MISSING),
        why=message("no due date is set for {actions}"),
        meaning=message("An action that is not cancelled has no current due date."),
        advice=message("Set a due date."),
    ),
    Flag(
        name=message("unverified"), label=message("reported done, without evidence"), urgency=WATCH, may_lower=True,
        of=ACTIONS, rows=lambda a: a.actions.is_live & a.actions.is_in(ActionState.DONE_UNVERIFIED), each=IS_IN_STATE,
        meaning=message("An action was reported complete, and no evidence shows it."),
        advice=message("Add evidence, or reopen the action."),
    ),
    Flag(
        name=message("progress_100_not_closed"), label=message("reported 100%, not closed"), urgency=WATCH,
        of=ACTIONS, rows=lambda a: a.actions.is_open & a.actions.is_claimed_full,
        each=message("{action} claimed 100% on {claim} and is not complete"),
        meaning=message("An open action once reported 100% progress; progress alone closes nothing."),
        advice=message("Record complete with evidence, or correct the progress."),
    ),
    Flag(
        name=message("backdated"), label=message("reported complete long afterwards"),
        of=ACTIONS, rows=lambda a: a.actions.is_live & a.actions.is_backdated,
        each=message("{action} was reported on {reported} to have been complete on {completed}; it was due on {due}"),
        meaning=message("That an action was complete was recorded more than 30 days after the day it names, and after the due date."),
        advice=message("Look whether the evidence is of the day that is named."),
    ),
    Flag(
        name=message("self_verified"), label=message("its evidence was verified by its own owner"),
        of=ACTIONS, rows=lambda a: a.actions.is_live & (a.actions.own_proof_row >= 0),
        each=message("evidence {own_proof} of {action} was verified by {verifier}, who is accountable for the action"),
        meaning=message("Whoever is accountable for an action has verified its evidence."),
        advice=message("Let somebody else look at the evidence."),
    ),
    Flag(
        name=message("evidence_reused"), label=message("its evidence also stands for another action"),
        of=ACTIONS, rows=lambda a: a.actions.is_live & (a.actions.reused_row >= 0),
        each=message("evidence {reused} of {action} also stands for {reused_for}"),
        meaning=message("The same link, file or checksum is evidence of another action, too."),
        advice=message("Look whether it shows both; a page or a minute tells which part shows what."),
    ),
    Flag(
        name=message("slipped"), label=message("due date moved back"), urgency=WATCH, of=ACTIONS, rows=_is_slipped,
        each=message("{action} was put off by {delay}, from {original} to {due}, re-dated on {redate}"),
        meaning=message("An open action is now due later than it was at first."),
        advice=message("Ask what put it off, and whether the new date can be kept."),
    ),
    Flag(
        name=message("reopened"), label=message("reopened after it was complete"), urgency=WATCH, may_lower=True,
        of=ACTIONS, rows=lambda a: a.actions.is_open & a.actions.is_reopened,
        each=message("{action} was reopened on {reopening} and is not complete since"),
        meaning=message("An action that was complete was opened again and is not complete since."),
        advice=message("Complete what was missing, and add new evidence."),
    ),
    Flag(
        name=message("scope_reduced"), label=message("some actions were cancelled"),
        rule=lambda a: a.any_action(a.actions.counts & a.actions.is_cancelled) & a.any_action(a.actions.is_live),
        of=ACTIONS, rows=lambda a: a.actions.counts & a.actions.is_cancelled, each=message("{action} {state}"),
        why=message("{n} of {of} actions given up: {each}"),
        meaning=message("Some of its actions are cancelled, but not all."),
        advice=message("Make sure that the actions that are left still carry the finding."),
    ),
    Flag(
        name=message("no_indicator"), label=message("no indicator of its effect"), kinds=LADDER_KINDS, may_lower=True,
        rule=lambda a: ~a.has_outcomes, why="{why_no_indicator}",
        meaning=message("No outcome or impact indicator is linked as required, so its effect can never be shown."),
        advice=message("Link an outcome or impact indicator with a baseline and a target."),
    ),
    Flag(
        name=message("no_target"), label=message("an indicator has no target"), kinds=LADDER_KINDS, may_lower=True,
        of=INDICATORS, rows=lambda a: ~a.encoded.targets.has_target[a.outcomes.indicator],
        why=message("nobody said which value is aimed at for {indicators}"),
        meaning=message("A required indicator has no target, so no value can meet it."),
        advice=message("Set the value that is aimed at."),
    ),
    Flag(
        name=message("no_baseline"), label=message("no figure from before the action"), kinds=LADDER_KINDS, may_lower=True,
        of=INDICATORS, rows=lambda a: a.outcomes.lacks_baseline,
        each=message("{indicator} should improve, but {no_baseline} and {no_value}"),
        meaning=message("A required indicator should improve, and nobody knows its value from before the action."),
        advice=message("Give it a baseline, or say in a baseline_waiver why there is none."),
    ),
    Flag(
        name=message("met_at_baseline"), label=message("the target was met before anything was done"),
        kinds=LADDER_KINDS, may_lower=True, of=INDICATORS, rows=lambda a: a.outcomes.is_met_at_baseline,
        each=message("{indicator} should improve, but its {baseline} satisfies the {target} already"),
        meaning=message("A required indicator should improve, and its baseline satisfies the target already."),
        advice=message("Set a target that the baseline does not satisfy, or the intent maintain."),
    ),
    Flag(
        name=message("target_moved"), label=message("its target was moved after the start"), kinds=LADDER_KINDS,
        urgency=WATCH, may_lower=True, of=INDICATORS, rows=_is_target_moved, each="{why_moved}",
        also=_is_requirement_moved, also_why="{why_required}",
        meaning=message("What a required indicator demands, or whether it is required, was changed after the first action had started."),
        advice=message("Make sure that the change has a good reason, and judge the result by the old target too."),
    ),
    Flag(
        name=message("partially_met"), label=message("some targets met, not all"), kinds=LADDER_KINDS, may_lower=True,
        rule=lambda a: a.any_outcome(a.outcomes.is_shown) & a.any_outcome(~a.outcomes.is_shown),
        of=INDICATORS, rows=lambda a: a.outcomes.is_shown,
        why=message("{n} of {of} required indicators show the outcome: {indicators}, but not {others}"),
        meaning=message("Some of its required indicators show the outcome, but not all."),
        advice=message("Work on what the others lack."),
    ),
    Flag(
        name=message("stale"), label=message("its figures are out of date"), kinds=LADDER_KINDS, urgency=WATCH, may_lower=True,
        of=INDICATORS, rows=lambda a: a.outcomes.is_stale,
        each=message("the last value of {indicator} is {last}, {value_age} ago; a value stays fresh for {fresh}"),
        meaning=message("A required indicator was measured, but its last value is too old to show anything today."),
        advice=message("Measure it again."),
    ),
    Flag(
        name=message("wobble"), label=message("the latest figure misses the target"), kinds=LADDER_KINDS,
        urgency=WATCH, may_lower=True, of=INDICATORS, rows=lambda a: a.outcomes.is_wobbling,
        each=message("{indicator} is met since {since}, but its last value misses the {target}: {last}"),
        meaning=message("A required indicator is met, but its last value misses the target; another miss can make it lapse."),
        advice=message("Look into the last value before the next one is due."),
    ),
    Flag(
        name=message("outcome_ahead"), label=message("the effect is ahead of the work"), kinds=LADDER_KINDS, may_lower=True,
        rule=lambda a: outcome_shown(a) & (a.stage < Stage.CARRIED_OUT), of=INDICATORS, rows=lambda a: a.outcomes.is_shown,
        why=message("{each}, but not done: {waiting}"), each=message("{indicator} shows the outcome since {since}"),
        meaning=message("The outcome is shown although not every action is done."),
        advice=message("Complete the actions, or cancel those that are no longer needed."),
    ),
    Flag(
        name=message("outcome_without_action"), label=message("the target is met though no action has begun"),
        kinds=LADDER_KINDS, rule=lambda a: (a.start == NEVER) & a.any_outcome(a.outcomes.is_met_without_action),
        of=INDICATORS, rows=lambda a: a.outcomes.is_met_without_action,
        why=message("no action has started, yet {each}"), each=message("{indicator} satisfies its {target} with {latest}"),
        meaning=message("No action has started, and yet a required indicator satisfies its target."),
        advice=message("Record the start if work began, or ask what else moved the figure."),
    ),
    Flag(
        name=message("shared_indicator"), label=message("its indicator also serves another finding"), kinds=LADDER_KINDS,
        rule=_is_shared, why="{why_shared}",
        meaning=message("Another open finding requires the same indicator, so its figure cannot tell whose effect it shows."),
        advice=message("Give each finding an indicator of its own where that is possible."),
    ),
    Flag(
        name=message("check_missed"), label=message("the last check was missed"), kinds=MECHANISM, urgency=WATCH, may_lower=True,
        rule=lambda a: a.mechanisms.last_result == MISSED, of=SLOTS, each="{slot}",
        rows=lambda a: last_slots_among(a.mechanisms.slots.is_valid, 1),
        meaning=message("Nobody checked the mechanism when the last check was due."),
        advice=message("Check it now, and record the result."),
    ),
    Flag(
        name=message("check_failed"), label=message("the last check was failed"), kinds=MECHANISM, urgency=WATCH, may_lower=True,
        rule=lambda a: a.mechanisms.last_result == FAIL, of=SLOTS, each="{slot}",
        rows=lambda a: last_slots_among(a.mechanisms.slots.is_valid, 1),
        meaning=message("The last check found that the mechanism is not followed."),
        advice=message("Find out why, and put it right before the next check."),
    ),
    Flag(
        name=message("dormant"), label=message("nothing to check lately"), kinds=MECHANISM,
        rule=lambda a: a.mechanisms.is_dormant, of=SLOTS, each="{slot}",
        rows=lambda a: last_slots_among(a.mechanisms.slots.is_counted, DORMANT_AFTER),
        why=message("none of the last {n} checks applied: {each}"),
        meaning=message("The last three checks did not apply: there was no case to check."),
        advice=message("Ask whether the mechanism is still needed."),
    ),
    Flag(
        name=message("no_cadence"), label=message("nobody has said how often it is checked"), kinds=MECHANISM,
        urgency=WATCH, may_lower=True, rule=lambda a: a.mechanisms.lacks_cadence,
        why=message("in force since {effective}, but check_every does not say how often it is checked; {checked}"),
        meaning=message("The mechanism is in force, and nobody said how often it is checked."),
        advice=message("Say in check_every how often it is checked."),
    ),
    Flag(
        name=message("drifted"), label=message("a site changed its core"), kinds=EXPERIENCE, urgency=WATCH, may_lower=True,
        of=SITES, rows=_in_state(Replication.DRIFTED), each=AT_SITE,
        meaning=message("A site took up the experience, but did not keep its core."),
        advice=message("Ask whether it can work there without its core, and restore the core if not."),
    ),
    Flag(
        name=message("failed_elsewhere"), label=message("did not work, or was given up, at a site"),
        kinds=EXPERIENCE, urgency=WATCH, may_lower=True,
        of=SITES, rows=_in_state(Replication.DID_NOT_WORK, Replication.ABANDONED), each=AT_SITE,
        meaning=message("The experience did not work at some site, or was given up there."),
        advice=message("Find out what was different there before it goes to the next site."),
    ),
    Flag(
        name=message("unexplained"), label=message("nobody wrote down why it works"), kinds=EXPERIENCE,
        rule=lambda a: ~a.encoded.findings.is_explained[a.cases.finding],
        why=message("nobody can apply it elsewhere: {unexplained} not written down"),
        meaning=message("Nobody wrote down why the experience works or what its core is, so nobody can apply it elsewhere."),
        advice=message("Write down why_it_works and core_elements."),
    ),
    Flag(
        name=message("drifting"), label=message("no milestone within a year"), kinds=PROBLEM, urgency=WATCH,
        rule=lambda a: is_solvable(a, Solvability.LONG_TERM) & ~has_milestone(a), why="{why_drifting}",
        meaning=message("A problem that takes years has no due or target date within a year either side of this day."),
        advice=message("Set a milestone: an action with a due date, or a target with a date."),
    ),
    Flag(
        name=message("solved"), label=message("solved, and those affected agree"), kinds=PROBLEM,
        rule=lambda a: a.is_solved,
        why=message("in practice (stage {stage}) and confirmed, since {solved_since}: {surveys}"),
        meaning=message("The problem is in practice, and those affected confirm that it is solved."),
        advice=message("Keep measuring and asking, so that it shows if the problem comes back."),
    ),
    Flag(
        name=message("solved_unconfirmed"), label=message("those affected do not confirm it yet"), kinds=PROBLEM, urgency=WATCH,
        rule=lambda a: (a.stage >= Stage.IN_PRACTICE) & ~a.is_confirmed,
        why=message("in practice (stage {stage}), but not confirmed: {surveys}"),
        meaning=message("The problem is in practice, but those affected have not confirmed that it is solved."),
        advice=message("Ask those affected with a confirmation indicator, or ask again."),
    ),
    Flag(
        name=message("suspect"), label=message("a link is older than the wording"), why="{why_suspect}",
        rule=lambda a: a.encoded.findings.suspect_since[a.cases.finding] <= a.day,
        meaning=message("What a link leads to was reworded, and nobody confirmed the link since."),
        advice=message("Read both ends, then confirm the link or remove it."),
    ),
    Flag(
        name=message("review_overdue"), label=message("review overdue"), urgency=WATCH,
        rule=lambda a: a.day > a.review_due, why="{why_review}",
        meaning=message("The day of its next review has passed without a review."),
        advice=message("Review it against new evidence, and record the outcome."),
    ),
    Flag(
        name=message("new"), label=message("new"),
        rule=lambda a: (a.stage == Stage.ON_THE_SHELF) & (a.age <= a.encoded.settings.new_grace), why=ON_THE_SHELF,
        meaning=message("It is at stage 0 and within the grace that the plan gives to what is new (new_grace)."),
        advice=message("Plan an action before the grace ends."),
    ),
    Flag(
        name=message("future_dated"), label=message("later facts exist"), why="{why_ahead}",
        rule=lambda a: a.any_action(is_ahead(a)) | a.has_future_observation | a.mechanisms.has_future,
        meaning=message("The plan holds facts of it that are dated after this day; they do not count yet."),
        advice=message("Nothing, if this day lies in the past; else correct the dates."),
    ),
)  # the gravest first; a row is read as a whole, so it is laid out by hand
# fmt: on


FLAGS = {flag.name: flag for flag in TABLE}


def stage_columns(a: Assessment) -> pd.DataFrame:
    """Say how far each case is, one row a case: stage, stage_name, headline; judges no flag but a headline's."""
    is_open = a.visible.is_open
    stage_name = words(Stage, a.stage)
    stage_name[~is_open] = None
    headline = np.where(is_open, stage_name, words(Disposition, a.visible.disposition))
    for name in headline_flags():  # the gravest, which comes last, wins (method, 5.3)
        headline[judge_flag(a, name)] = name
    stage = pd.Series(a.stage, dtype="Int64").mask(~is_open)
    return pd.DataFrame({"stage": stage, "stage_name": stage_name, "headline": headline})


def last_slots_among(among: BoolArray, n: int) -> BoolArray:
    """Tell which slots of a single case are the last n of those among some."""
    rows = np.zeros(len(among), dtype=bool)
    rows[np.flatnonzero(among)[-n:]] = True
    return rows


def shared_by(a: Assessment) -> tuple[IntArray, IntArray, IntArray]:
    """Return (case, required indicator, the other open finding that requires it too)."""
    links, requiring = a.encoded.finding_indicators, a.encoded.requiring_findings
    of_case, link = links.expand(a.cases.finding)
    is_required = links["is_required"][link]
    of_case, link = of_case[is_required], link[is_required]
    segment, row = requiring.expand(links["indicator"][link])
    case, other = of_case[segment], requiring["finding"][row]
    foreign = other != a.cases.finding[case]
    case, other, link = case[foreign], other[foreign], link[segment[foreign]]
    is_open = observe_findings(a.encoded, FindingDays(other, a.day[case], a.cases.knowledge)).is_open
    return case[is_open], links["indicator"][link[is_open]], other[is_open]


def is_ahead(a: Assessment) -> BoolArray:
    """Tell which counted actions have an event or evidence dated after the as-of day."""
    return a.actions.counts & a.actions.has_future


def required_anew(a: Assessment) -> tuple[IntArray, IntArray]:
    """Return cases and links to effects that a finding began or ceased to require after t0 and up to the day (5.3)."""
    links = a.encoded.finding_indicators
    case, link = links.expand(a.cases.finding)
    changed_on, start = links["changed_on"][link], a.start[case]
    is_changed = (
        (changed_on != MISSING) & (start != NEVER) & a.encoded.targets.is_effect[links["indicator"][link]]
    )
    is_changed &= (changed_on > start) & (changed_on <= a.day[case])
    return case[is_changed], link[is_changed]

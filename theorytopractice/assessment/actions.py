"""In which state was an action on a day, for a finding and for the whole plan? (method, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    begins,
    code,
    first,
    greatest,
    is_among,
    last,
    least,
    pick,
    some,
)
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    FindingDays,
    FindingView,
    is_after,
    is_visible,
)
from theorytopractice.model.vocabularies import (
    COMPLETE,
    FULL_PROGRESS,
    ActionEvent,
    ActionRole,
    ActionState,
    FindingKind,
    Knowledge,
)

STATE_EVENTS = (
    ActionEvent.START,
    ActionEvent.COMPLETE,
    ActionEvent.REOPEN,
    ActionEvent.CANCEL,
    ActionEvent.SUSPEND,
    ActionEvent.RESUME,
)
STATE_AFTER = {
    ActionEvent.CANCEL: ActionState.CANCELLED,
    ActionEvent.COMPLETE: ActionState.DONE_UNVERIFIED,
    ActionEvent.SUSPEND: ActionState.SUSPENDED,
    ActionEvent.START: ActionState.IN_PROGRESS,
    ActionEvent.RESUME: ActionState.IN_PROGRESS,
    ActionEvent.REOPEN: ActionState.IN_PROGRESS,
}


BACKDATED_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionStates:
    """How some actions stood on their days; one entry a link of a case or an action of the plan, days as int32.

    ``counts`` marks those that are counted: of linked actions the set A of the ladder (section 5), which are in the plan
    and move the stage; of all actions those that are in the plan. ``state`` is a position in ActionState, ``due``
    the current due date (section 4).
    """

    day: DayArray
    counts: BoolArray
    state: Array
    due: DayArray
    original_due: DayArray
    completed_on: DayArray

    def is_in(self, *states: ActionState) -> BoolArray:
        """Tell which actions are in one of these states."""
        return is_among(self.state, [code(ActionState, state) for state in states])

    def state_of(self, place: int) -> ActionState:
        """Return the state of one action as a word."""
        return list(ActionState)[int(self.state[place])]

    @property
    def is_cancelled(self) -> BoolArray:
        """Tell which actions are cancelled."""
        return self.is_in(ActionState.CANCELLED)

    @property
    def is_live(self) -> BoolArray:
        """Tell which are counted and not cancelled: the set L of the ladder, the live actions of a plan (section 12)."""
        return self.counts & ~self.is_cancelled

    @property
    def is_open(self) -> BoolArray:
        """Tell which are live and neither done nor done_unverified."""
        return self.is_live & ~self.is_in(*COMPLETE)

    @property
    def is_overdue(self) -> BoolArray:
        """Tell which are open and past their current due date (T6)."""
        return self.is_open & (self.due != MISSING) & (self.due < self.day)

    @property
    def is_on_time(self) -> BoolArray:
        """Tell which are live, done, and were so by their original due date."""
        return self.counts & self.is_in(ActionState.DONE) & (self.completed_on <= self.original_due)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView(ActionStates):
    """What each linked action of each case looked like; one entry a link, days as int32.

    ``row`` columns point into the book's action events and evidence (−1: none); ``proof_row`` is
    the latest evidence, ``evidence_row`` the same where it still proves the action; ``own_proof_row`` the latest that was
    verified by whoever is accountable, ``reused_row`` the latest that stands for another action, too (5.4).
    """

    case: IntArray
    action: IntArray
    role: IntArray
    started_on: DayArray
    has_accountable: BoolArray
    active_on: DayArray
    is_reopened: BoolArray
    is_claimed_full: BoolArray
    has_future: BoolArray
    first_completed_on: DayArray
    done_on: DayArray
    decided_row: IntArray
    redate_row: IntArray
    start_row: IntArray
    evidence_row: IntArray
    proof_row: IntArray
    own_proof_row: IntArray
    reused_row: IntArray
    is_backdated: BoolArray

    @property
    def is_scheduled(self) -> BoolArray:
        """Tell which actions have an accountable owner and a current due date."""
        return self.has_accountable & (self.due != MISSING)


def observe_actions(encoded: EncodedPlan, cases: FindingDays, seen: FindingView) -> ActionView:
    """Work out every linked action that is in the plan on its case's day."""
    case, link = encoded.finding_actions.expand(cases.finding)
    in_plan = encoded.actions.recorded[encoded.finding_actions["action"][link]] <= cases.day[case]
    case, link = case[in_plan], link[in_plan]
    action, role = encoded.finding_actions["action"][link], encoded.finding_actions["role"][link]
    day, revised = cases.day[case], seen.revised_on[case]
    events = SeenEvents(encoded, action, day, revised, cases.knowledge)
    proof = SeenEvidence(encoded, action, day, revised, cases.knowledge)
    proven = proof.is_since(events.reopened_on)
    started = events.started()
    states = _states(encoded, events, proof, day, _counts(encoded, cases, case, role))
    decided = pick(events.row, events.last(*STATE_EVENTS), -1)
    return ActionView(
        **states,
        case=case,
        action=action,
        role=role,
        started_on=started[0],
        has_accountable=encoded.actions.has_accountable[action],
        active_on=np.maximum.reduce([encoded.actions.recorded[action], events.active_on(), proof.latest]),
        is_reopened=pick(events.kind, events.last(ActionEvent.COMPLETE, ActionEvent.REOPEN), -1)
        == code(ActionEvent, ActionEvent.REOPEN),
        is_claimed_full=some(events.progress >= FULL_PROGRESS, events.segment, len(action)),
        has_future=events.has_future | proof.has_future,
        first_completed_on=events.first_completed_on(),
        done_on=np.maximum(events.completed_on, proof.first_since(events.reopened_on)),
        decided_row=decided,
        redate_row=events.last_redate,
        start_row=started[1],
        evidence_row=np.where(proven, proof.row, -1),
        proof_row=proof.row,
        own_proof_row=proof.last(encoded.evidence["is_self_verified"]),
        reused_row=proof.last_reused(day, cases.knowledge),
        is_backdated=_is_backdated(encoded, decided, states["due"]),
    )


def _is_backdated(encoded: EncodedPlan, decided: IntArray, due: DayArray) -> BoolArray:
    """Tell which actions were reported complete long after the date of it, and after their due date (5.4)."""
    events = encoded.action_events
    is_complete = pick(events["kind"], decided, -1) == code(ActionEvent, ActionEvent.COMPLETE)
    day = pick(events["day"], decided, MISSING).astype(np.int64)
    recorded = pick(events["recorded"], decided, MISSING)
    is_late = (recorded != MISSING) & (recorded - day > BACKDATED_DAYS)
    return is_complete & is_late & (due != MISSING) & (recorded > due)


def _states(
    encoded: EncodedPlan, events: SeenEvents, proof: SeenEvidence, day: DayArray, counts: BoolArray
) -> dict[str, Any]:
    """Return the columns of ActionStates of the actions whose events and evidence were looked at."""
    proven = proof.is_since(events.reopened_on) | (not encoded.settings.require_evidence)
    redate, original = events.last_redate, encoded.actions.due[events.action]
    return {
        "day": day,
        "counts": counts,
        "state": events.state(proven),
        "due": np.where(redate >= 0, pick(encoded.action_events["due"], redate, MISSING), original),
        "original_due": original,
        "completed_on": events.completed_on,
    }


def _counts(encoded: EncodedPlan, cases: FindingDays, case: IntArray, role: IntArray) -> BoolArray:
    """Tell which links form A: ``delivers``, for experiences and mechanisms ``replicates`` too (5, 5.3)."""
    kind = encoded.findings.kind[cases.finding[case]]
    spreads = np.isin(
        kind, [code(FindingKind, FindingKind.EXPERIENCE), code(FindingKind, FindingKind.MECHANISM)]
    )
    delivers = role == code(ActionRole, ActionRole.DELIVERS)
    replicates = role == code(ActionRole, ActionRole.REPLICATES)
    return delivers | (replicates & spreads)


class SeenEvents:
    """The visible events of each linked action, sorted by link, date and seq."""

    def __init__(
        self, encoded: EncodedPlan, action: IntArray, day: DayArray, revised: DayArray, knowledge: Knowledge
    ) -> None:
        """Look at the facts of each action on its day; those dated up to ``revised`` are not seen."""
        events, self.action, self.n = encoded.action_events, action, len(action)
        segment, row = events.expand(action)
        kind = events["kind"][row]
        is_redate = kind == code(ActionEvent, ActionEvent.REDATE)
        self.has_future = some((events["day"][row] > day[segment]) & ~is_redate, segment, self.n)
        seen = is_visible(events, row, day[segment], knowledge)
        redates = seen & is_redate
        self.redate_segment, self.redate_row = segment[redates], row[redates]
        seen &= ~is_redate & is_after(events["day"][row], revised[segment])
        self.segment, self.row, self.kind = segment[seen], row[seen], kind[seen]
        self.day = events["day"][self.row]
        is_progress = self.kind == code(ActionEvent, ActionEvent.PROGRESS)
        self.progress = np.where(is_progress, events["progress"][self.row], np.nan)

    def among(self, *words: ActionEvent) -> BoolArray:
        """Tell which visible events are among some words."""
        return is_among(self.kind, [code(ActionEvent, word) for word in words])

    def last(self, *words: ActionEvent) -> IntArray:
        """Position of the last visible event among some words, for each link; −1 if none."""
        return last(self.among(*words), self.segment, self.n)

    @cached_property
    def reopened_on(self) -> DayArray:
        """Date of the last visible reopen of each link; MISSING if none."""
        return pick(self.day, self.last(ActionEvent.REOPEN), MISSING)

    @cached_property
    def last_redate(self) -> IntArray:
        """Row of the last visible redate of each link; −1 if none. A material revision hides none."""
        place = last(np.ones(len(self.redate_row), dtype=bool), self.redate_segment, self.n)
        return pick(self.redate_row, place, -1)

    @cached_property
    def completed_on(self) -> DayArray:
        """Date of the last visible complete of each link; MISSING if none."""
        return pick(self.day, self.last(ActionEvent.COMPLETE), MISSING)

    def state(self, proven: BoolArray) -> Array:
        """State of each linked action (method, section 4)."""
        decisive = pick(self.kind, self.last(*STATE_EVENTS), -1)
        state = np.full(self.n, code(ActionState, ActionState.NOT_STARTED), dtype=np.int8)
        state[some(self.progress > 0, self.segment, self.n)] = code(ActionState, ActionState.IN_PROGRESS)
        for word, after in STATE_AFTER.items():
            state[decisive == code(ActionEvent, word)] = code(ActionState, after)
        unverified = state == code(ActionState, ActionState.DONE_UNVERIFIED)
        state[unverified & proven] = code(ActionState, ActionState.DONE)
        return state

    def started(self) -> tuple[DayArray, IntArray]:
        """Start date (NEVER if none) and its event: the earliest start, resume, progress > 0 or complete."""
        starts = self.among(ActionEvent.START, ActionEvent.RESUME, ActionEvent.COMPLETE) | (self.progress > 0)
        place = first(starts, self.segment, self.n)
        return pick(self.day, place, NEVER), pick(self.row, place, -1)

    def is_activity(self) -> BoolArray:
        """Tell which visible events count as activity (method, 5.3 stalled)."""
        return self.among(*STATE_EVENTS) | self._advances()

    def first_completed_on(self) -> DayArray:
        """Date of the earliest complete, NEVER if none (method, section 13)."""
        return pick(self.day, first(self.among(ActionEvent.COMPLETE), self.segment, self.n), NEVER)

    def active_on(self) -> DayArray:
        """Date of the last event that counts as activity."""
        return greatest(self.day, self.is_activity(), self.segment, self.n)

    def _advances(self) -> BoolArray:
        """Tell which progress values exceed 0 and every earlier value of their action."""
        advances = np.zeros(len(self.kind), dtype=bool)
        where = np.flatnonzero(~np.isnan(self.progress))
        if not len(where):
            return advances
        levels, rank = np.unique(self.progress[where], return_inverse=True)
        segment = self.segment[where]
        highest = np.maximum.accumulate(segment * (len(levels) + 1) + rank)
        is_new = begins(segment)
        is_new[1:] |= highest[1:] > highest[:-1]
        advances[where] = is_new & (self.progress[where] > 0)
        return advances


class SeenEvidence:
    """The visible evidence of each linked action: the latest date, its row, and whether any lies ahead."""

    def __init__(
        self, encoded: EncodedPlan, action: IntArray, day: DayArray, revised: DayArray, knowledge: Knowledge
    ) -> None:
        """Look at the facts of each action on its day; those dated up to ``revised`` are not seen."""
        facts, self._n = encoded.evidence, len(action)
        segment, row = facts.expand(action)
        self.has_future = some(facts["day"][row] > day[segment], segment, self._n)
        seen = is_visible(facts, row, day[segment], knowledge)
        seen &= is_after(facts["day"][row], revised[segment])
        self._facts, self._segment, self._rows = facts, segment[seen], row[seen]
        self._day = facts["day"][self._rows]
        place = last(np.ones(len(self._rows), dtype=bool), self._segment, self._n)
        self.row = pick(self._rows, place, -1)
        self.latest = pick(self._day, place, MISSING)

    def last(self, is_meant: BoolArray) -> IntArray:
        """Row of the latest visible evidence of each link among some; −1 if none."""
        if not is_meant.any():
            return np.full(self._n, -1, dtype=np.int64)
        return pick(self._rows, last(is_meant[self._rows], self._segment, self._n), -1)

    def last_reused(self, day: DayArray, knowledge: Knowledge) -> IntArray:
        """Row of the latest visible evidence of each link that stands for another action by its day; −1 if none."""
        since = self._facts["reused_then" if knowledge == Knowledge.THEN else "reused_restated"]
        if (since == NEVER).all():
            return np.full(self._n, -1, dtype=np.int64)
        is_reused = since[self._rows] <= day[self._segment]
        return pick(self._rows, last(is_reused, self._segment, self._n), -1)

    def is_since(self, reopened_on: DayArray) -> BoolArray:
        """Tell where there is some evidence, dated not before the last reopen (method, section 4)."""
        return (self.latest != MISSING) & (self.latest >= reopened_on)

    def first_since(self, reopened_on: DayArray) -> DayArray:
        """Date of the first evidence not before the last reopen; MISSING if none."""
        place = first(self._day >= reopened_on[self._segment], self._segment, self._n)
        return pick(self._day, place, MISSING)


def earliest_start(actions: ActionView, n: int) -> DayArray:
    """Return t0 of each case: the earliest start date of an action in L, NEVER if undefined (method, 5.1)."""
    return least(actions.started_on, actions.is_live, actions.case, n)


def observe_plan_actions(encoded: EncodedPlan, day: int, knowledge: Knowledge) -> ActionStates:
    """Work out the state of every action of the plan on a day."""
    action = np.arange(len(encoded.actions.ids))
    days = np.full(len(action), day, dtype=np.int32)
    nothing_hidden = np.full_like(days, MISSING)
    events = SeenEvents(encoded, action, days, nothing_hidden, knowledge)
    proof = SeenEvidence(encoded, action, days, nothing_hidden, knowledge)
    return ActionStates(**_states(encoded, events, proof, days, encoded.actions.recorded <= day))


def linking_findings(encoded: EncodedPlan) -> IntArray:
    """Return the finding of each action link, in the order of the book's links."""
    return np.repeat(np.arange(len(encoded.findings.ids)), np.diff(encoded.finding_actions.starts))


def serves_finding(encoded: EncodedPlan, findings: BoolArray) -> BoolArray:
    """Tell which actions have a link of any role to one of these findings."""
    serves = np.zeros(len(encoded.actions.ids), dtype=bool)
    serves[encoded.finding_actions["action"][findings[linking_findings(encoded)]]] = True
    return serves


class Commitment(StrEnum):
    """The states of a commitment, in the order in which they are asked."""

    UNKNOWN = "unknown"
    RELEASED = "released"
    DISPUTED = "disputed"
    KEPT_UNDATED = "kept_undated"
    KEPT_ON_TIME = "kept_on_time"
    KEPT_LATE = "kept_late"
    UNDATED = "undated"
    MISSED = "missed"
    OPEN = "open"


KEPT = (Commitment.KEPT_UNDATED, Commitment.KEPT_ON_TIME, Commitment.KEPT_LATE)


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """Every commitment of a plan on a day; ``state`` is a position in Commitment.

    ``completed_on`` is the last visible complete; ``is_confirmed`` where the last word of those it was made to is
    confirm, whenever it was said; ``answer_row`` what they said last since the completion. ``row`` columns point into the book's action
    events (−1: none); the visible redates lie in ``redate_row``, of the commitment ``redate_of``, and
    ``redate_counts`` where they moved the effective due date.
    """

    action: IntArray
    state: Array
    effective_due: DayArray
    completed_on: DayArray
    is_confirmed: BoolArray
    complete_row: IntArray
    answer_row: IntArray
    release_row: IntArray
    redate_of: IntArray
    redate_row: IntArray
    redate_counts: BoolArray


def observe_commitments(
    encoded: EncodedPlan, day: int, knowledge: Knowledge, *, only: IntArray | None = None
) -> CommitmentView:
    """Judge every commitment on a day, or those among some actions (method, section 7)."""
    action = np.flatnonzero(encoded.actions.is_promised)
    action = action if only is None else np.intersect1d(action, only)
    days = np.full(len(action), day, dtype=np.int32)
    events = SeenEvents(encoded, action, days, np.full_like(days, MISSING), knowledge)
    proof = SeenEvidence(encoded, action, days, np.full_like(days, MISSING), knowledge)
    is_proven = proof.is_since(events.reopened_on) | (not encoded.settings.require_evidence)
    is_done = events.state(is_proven) == code(ActionState, ActionState.DONE)
    complete = events.last(ActionEvent.COMPLETE)
    completed_on = pick(events.day, complete, MISSING)
    due, redate_counts = _effective_due(encoded, events, action)
    answers = events.among(ActionEvent.CONFIRM, ActionEvent.DISPUTE)
    word = last(answers, events.segment, events.n)
    answer = last(answers & (events.day >= completed_on[events.segment]), events.segment, events.n)
    disputed = pick(events.kind, answer, -1) == code(ActionEvent, ActionEvent.DISPUTE)
    release = events.last(ActionEvent.RELEASE)
    state = _first_that_applies(
        encoded.actions.recorded[action] > day,
        release >= 0,
        is_done & disputed,
        is_done & (due == MISSING),
        is_done & (completed_on <= due),
        is_done,
        due == MISSING,
        day > due,
    )
    return CommitmentView(
        action=action,
        state=state,
        effective_due=due,
        completed_on=completed_on,
        is_confirmed=pick(events.kind, word, -1) == code(ActionEvent, ActionEvent.CONFIRM),
        complete_row=pick(events.row, complete, -1),
        answer_row=pick(events.row, answer, -1),
        release_row=pick(events.row, release, -1),
        redate_of=events.redate_segment,
        redate_row=events.redate_row,
        redate_counts=redate_counts,
    )


def _first_that_applies(*conditions: BoolArray) -> Array:
    """Return the state of each commitment, asked in the order of the vocabulary; ``open`` where none applies."""
    codes = [code(Commitment, state) for state in list(Commitment)[:-1]]
    return np.select(list(conditions), codes, code(Commitment, Commitment.OPEN)).astype(np.int8)


def _effective_due(encoded: EncodedPlan, events: SeenEvents, action: IntArray) -> tuple[DayArray, BoolArray]:
    """Return the due date as those it was promised to agreed to move it, in time; and which redates did so."""
    due = encoded.actions.due[action].copy()
    segment, row = events.redate_segment, events.redate_row
    facts, counted = encoded.action_events, np.zeros(len(row), dtype=bool)
    position = np.arange(len(segment))
    turn = position - np.maximum.accumulate(np.where(begins(segment), position, 0))
    for k in range(int(turn.max(initial=-1)) + 1):
        mine = np.flatnonzero(turn == k)
        of, fact = segment[mine], row[mine]
        counts = facts["consent"][fact] & (due[of] != MISSING) & (facts["day"][fact] <= due[of])
        due[of[counts]] = facts["due"][fact[counts]]
        counted[mine] = counts
    return due, counted

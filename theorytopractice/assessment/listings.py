"""How do findings, their replications, checks, indicators, values and relations look as tables?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import KEPT, Commitment
from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    DayArray,
    FloatArray,
    IntArray,
    as_dates,
    cells,
    code,
    codes,
    count,
    dates_of,
    id_lists,
    numbers,
    pick,
    pick_words,
    positions,
    rank_of,
    some,
    whole_numbers,
    words,
)
from theorytopractice.assessment.encode import encode, judge_links, suspect_rows, worded
from theorytopractice.assessment.encoded_plan import (
    accountable,
    action_ids,
    finding_ids,
    is_visible,
    owner_names,
)
from theorytopractice.assessment.experiences import Replication, best_replications, ranks
from theorytopractice.assessment.figures import wilson
from theorytopractice.assessment.flags import judge_flag, stage_columns
from theorytopractice.assessment.mechanisms import RESULTS, due_of_slot, last_slots, next_slot
from theorytopractice.assessment.outcomes import (
    OutcomeView,
    RequiredIndicators,
    is_explicit,
    observe_outcomes,
)
from theorytopractice.assessment.problems import ripe_on
from theorytopractice.assessment.snapshot import Columns, PlanSnapshot, listing
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import (
    CLOSED,
    COMPLETE,
    UNDER_WAY,
    ActionRole,
    ActionState,
    Direction,
    Disposition,
    FindingEvent,
    FindingKind,
    Measure,
    Relation,
    Solvability,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.assessment import Assessment

WORDS = (Measure.ORDINAL, Measure.NOMINAL)


@listing("action_id")
def commitments(s: PlanSnapshot) -> Columns:
    """List every commitment with its state (method, section 7), by action_id.

    Columns: ``action_id``, ``state``, ``effective_due``, ``fulfilled_on`` (kept ones), ``days_late`` (kept late),
    ``as_of``.
    """
    view = s.commitments
    is_kept = np.isin(view.state, [code(Commitment, state) for state in KEPT])
    is_unknown = view.state == code(Commitment, Commitment.UNKNOWN)
    late = pd.array(view.completed_on.astype(np.int64) - view.effective_due, dtype="Int64")
    return {
        "action_id": action_ids(s.encoded, view.action),
        "state": words(Commitment, view.state),
        "effective_due": as_dates(np.where(is_unknown, MISSING, view.effective_due)),
        "fulfilled_on": as_dates(np.where(is_kept, view.completed_on, MISSING)),
        "days_late": pd.Series(late).mask(view.state != code(Commitment, Commitment.KEPT_LATE)),
    }


@listing("finding_id", "action_id")
def replications(s: PlanSnapshot) -> Columns:
    """List every replication of an open experience with its state (method, section 8).

    Columns: ``finding_id``, ``action_id``, ``site``, ``state``, ``as_of``.
    """
    link = s.experiences.link
    is_open = s.visible.is_open[s.actions.case[link]]
    case, action = s.actions.case[link][is_open], s.actions.action[link][is_open]
    return {
        "finding_id": finding_ids(s.encoded, case),
        "action_id": action_ids(s.encoded, action),
        "site": _sites(s)[action],
        "state": words(Replication, s.experiences.state[is_open]),
    }


@listing("finding_id")
def spread(s: PlanSnapshot) -> Columns:
    """List where every open experience has spread: one row an experience and site, by its best state there.

    Columns: ``finding_id``, ``site`` (as the best replication writes it), ``state`` (method, section 8), ``as_of``;
    by finding_id, the best state first. An experience that nobody took over has no row.
    """
    best = best_replications(s, s.experiences)
    best = best[s.visible.is_open[s.actions.case[s.experiences.link[best]]]]
    state, link = s.experiences.state[best], s.experiences.link[best]
    order = np.lexsort((rank_of(s.encoded.actions.ids)[s.actions.action[link]], ranks()[state]))
    return {
        "finding_id": finding_ids(s.encoded, s.actions.case[link[order]]),
        "site": _sites(s)[s.actions.action[link[order]]],
        "state": words(Replication, state[order]),
    }


def _sites(s: PlanSnapshot) -> Array:
    """Return the site of each action as it was written."""
    return s.encoded.frames["action"]["site"].astype("str").str.strip().to_numpy(dtype=object)


@listing("finding_id", "slot")
def slots(s: PlanSnapshot) -> Columns:
    """List every check slot that has begun, of the open mechanisms in force (method, section 9).

    Columns: ``finding_id``, ``slot`` (from 1), ``due_on``, ``result`` (pass, fail, na, missed), ``counted``,
    ``as_of``. A slot that is not counted yet may still be served.
    """
    view = s.mechanisms.slots
    chosen = np.flatnonzero(s.visible.is_open[view.case])
    return {
        "finding_id": finding_ids(s.encoded, view.case[chosen]),
        "slot": view.number[chosen],
        "due_on": as_dates(view.due_on[chosen]),
        "result": np.array([RESULTS[int(result)] for result in view.result[chosen]], dtype=object),
        "counted": view.is_counted[chosen],
    }


@listing("finding_id")
def persistence(s: PlanSnapshot) -> Columns:
    """List the open mechanisms with the share of their last checks that were passed (method, section 9).

    Columns: ``finding_id``, ``passes`` and ``slots`` (of the last 12 counted slots without na), ``value`` with
    its 95 % Wilson interval ``low`` and ``high``, ``streak`` (slots passed in a row up to the last counted
    one, na skipped, however many), ``as_of``. Mechanisms of which no slot counts yet have no value.
    """
    chosen = np.flatnonzero(s.is_open & s.is_kind(FindingKind.MECHANISM))
    passes, counted = (column[chosen] for column in last_slots(s.mechanisms.slots, len(s)))
    low, high = wilson(passes, counted)
    return {
        "finding_id": finding_ids(s.encoded, chosen),
        "passes": passes,
        "slots": counted,
        "value": np.divide(passes, counted, out=np.full(len(chosen), np.nan), where=counted > 0),
        "low": low,
        "high": high,
        "streak": s.mechanisms.streak[chosen].astype(np.int64),
    }


@listing("finding_id", "action_id")
def problems(s: PlanSnapshot) -> Columns:
    """List the open problems as a rectification plan: one row a problem and action that delivers or enables.

    Columns: ``finding_id``, ``statement``, ``solvability``, ``condition`` (the reason of the block in force),
    ``action_id``, ``measure`` (its title), ``role``, ``unit`` and ``responsible`` (of the accountable owner),
    ``time_limit`` (the original due date), ``current_due``, ``action_state``, ``is_overdue``, ``stage``, ``stage_name``,
    ``headline``, ``confirmed`` (yes, no, or not asked where no required survey has a value), ``solved``,
    ``ripe_on``, ``revisit_on`` (of the block), ``as_of``. A problem without such an action has one row.
    """
    wanted = s.role(ActionRole.DELIVERS) | s.role(ActionRole.ENABLES)
    case, link = _outer(s, FindingKind.PROBLEM, np.flatnonzero(wanted))
    encoded, action = s.encoded, pick(s.actions.action, link, -1)
    name, unit = accountable(encoded)
    return {
        **_statements(s, case),
        "solvability": words(Solvability, encoded.findings.solvability[case]),
        "condition": _conditions(s)[case],
        "action_id": cells(encoded.frames["action"]["action_id"], action),
        "measure": cells(worded("action", encoded.frames["action"])["title"], action),
        "role": pick_words(words(ActionRole, s.actions.role), link),
        "unit": pick_words(unit, action),
        "responsible": pick_words(name, action),
        "time_limit": dates_of(s.actions.original_due, link),
        "current_due": dates_of(s.actions.due, link),
        "action_state": pick_words(words(ActionState, s.actions.state), link),
        "is_overdue": pick(s.actions.is_overdue, link, False),
        **_standing(s, case),
        "confirmed": _confirmed(s)[case],
        "solved": judge_flag(s, "solved")[case],
        "ripe_on": as_dates(np.where(judge_flag(s, "ripe"), ripe_on(s), MISSING)[case]),
        "revisit_on": as_dates(s.revisit_on[case]),
    }


def _conditions(s: PlanSnapshot) -> Array:
    """Return the reason of the block that is in force."""
    return cells(s.encoded.frames["event"]["reason"], pick(s.encoded.finding_events.row, s.visible.block, -1))


def _confirmed(s: PlanSnapshot) -> Array:
    """Say whether those affected confirm: yes, no, or not asked."""
    asked = some(s.surveys.row >= 0, s.surveys.case, len(s))
    return np.where(s.is_confirmed, "yes", np.where(asked, "no", "not asked")).astype(object)


@listing("finding_id", "action_id")
def experiences(s: PlanSnapshot) -> Columns:
    """List the open experiences with the sites that took them over: one row an experience and replication.

    Columns: ``finding_id``, ``statement``, ``is_explained`` (why it works and its core are written down), ``site``,
    ``state`` (method, section 8), ``action_id``, ``adaptation``, ``core_kept``, ``started_on``, ``completed_on``
    (only while it is complete), ``stage``, ``stage_name``, ``headline``, ``as_of``. An experience that nobody took
    over has one row without a site.
    """
    case, link = _outer(s, FindingKind.EXPERIENCE, s.experiences.link)
    action, table = pick(s.actions.action, link, -1), s.encoded.frames["action"]
    state = np.full(len(s.actions.case), None, dtype=object)
    state[s.experiences.link] = words(Replication, s.experiences.state)
    started = np.where(s.actions.start_row >= 0, s.actions.started_on, MISSING)
    completed = np.where(s.actions.is_in(*COMPLETE), s.actions.completed_on, MISSING)
    return {
        **_statements(s, case),
        "is_explained": s.encoded.findings.is_explained[case],
        "site": cells(table["site"].astype("str").str.strip(), action),
        "state": pick_words(state, link),
        "action_id": cells(table["action_id"], action),
        "adaptation": cells(table["adaptation"], action),
        "core_kept": cells(table["core_kept"], action),
        "started_on": dates_of(started, link),
        "completed_on": dates_of(completed, link),
        **_standing(s, case),
    }


@listing("finding_id")
def mechanisms(s: PlanSnapshot) -> Columns:
    """List the open mechanisms with how they are followed: one row a mechanism.

    Columns: ``finding_id``, ``statement``, ``document``, ``effective_on``, ``check_every``, ``owner`` (name),
    ``stage``, ``stage_name``, ``headline``, ``last_check_on`` and ``last_result`` (pass, fail, na) of the last check
    made, ``next_due`` (of the earliest slot that still waits for its check), ``streak`` and ``streak_days`` (the
    present run of passed slots and the sum of their windows), ``passes`` and ``slots`` (of the last 12 counted
    slots, na left out), ``dead_letter``, ``dormant``, ``as_of``.
    """
    view, table, checks = s.mechanisms, s.encoded.frames["finding"], s.encoded.finding_events
    chosen = np.flatnonzero(s.is_kind(FindingKind.MECHANISM) & s.visible.is_open)
    check = view.last_check_row[chosen]
    result = pick(checks["kind"], check, -1)
    passes, counted = last_slots(s.mechanisms.slots, len(s))
    return {
        **_statements(s, chosen),
        "document": cells(table["document"], chosen),
        "effective_on": as_dates(s.encoded.findings.effective[chosen]),
        "check_every": cells(table["check_every"], chosen),
        "owner": np.array(owner_names(s.encoded, chosen), dtype=object),
        **_standing(s, chosen),
        "last_check_on": dates_of(checks["day"], check),
        "last_result": np.array([RESULTS[int(kind)] if kind >= 0 else None for kind in result], dtype=object),
        "next_due": as_dates(due_of_slot(s, next_slot(s, s.mechanisms.slots))[chosen].astype(np.int32)),
        "streak": view.streak[chosen],
        "streak_days": view.streak_days[chosen],
        "passes": passes[chosen],
        "slots": counted[chosen],
        "dead_letter": view.is_dead_letter[chosen],
        "dormant": view.is_dormant[chosen],
    }


def _outer(s: PlanSnapshot, kind: FindingKind, link: IntArray) -> tuple[IntArray, IntArray]:
    """Pair the open cases of a kind with some of their action links; −1 for a case that has none."""
    wanted = s.is_kind(kind) & s.visible.is_open
    link = link[wanted[s.actions.case[link]]]
    case = s.actions.case[link]
    alone = np.flatnonzero(wanted & ~some(np.ones(len(case), dtype=bool), case, len(s)))
    return np.concatenate([case, alone]), np.concatenate([link, np.full(len(alone), -1, dtype=np.int64)])


def _statements(s: PlanSnapshot, finding: IntArray) -> Columns:
    """Return the columns by which a finding is known."""
    statement = cells(worded("finding", s.encoded.frames["finding"])["statement"], finding)
    return {"finding_id": finding_ids(s.encoded, finding), "statement": statement}


def _standing(s: PlanSnapshot, case: IntArray) -> Columns:
    """Return the columns that say how far a finding is."""
    frame = stage_columns(s).iloc[case].reset_index(drop=True)
    return {name: frame[name] for name in ("stage", "stage_name", "headline")}


@listing("finding_id")
def standing(s: PlanSnapshot) -> Columns:
    """Count what stands behind the stage of every finding, one row a finding.

    Columns: ``finding_id``; of the actions that move its stage ``n_actions`` (live ones), ``n_done``, ``n_unverified``
    (complete without evidence), ``n_begun`` (in progress or suspended), ``n_cancelled``, ``unverified`` (list of
    action_ids), ``next_due`` (the next due date of an open one, today's included), ``overdue_since`` (the earliest due
    date that has passed); ``n_required`` and ``n_shown`` (required outcomes, and those of them that are shown; insights
    and problems), ``lapsed_on``; ``counted_from`` (recorded_on, or the last material revision); ``condition``,
    ``blocked_on`` and ``revisit_on`` of the block in force; ``answers`` (list of names: who is accountable for a live
    action, else who owns the finding); ``asks_evidence`` (whether the plan takes only what has evidence for done);
    ``as_of``.
    """
    a, outcomes, n = s.actions, s.outcomes, len(s)
    upcoming = a.is_open & (a.due != MISSING) & (a.due >= s.as_of)
    unverified = a.is_live & a.is_in(ActionState.DONE_UNVERIFIED)
    return {
        "finding_id": finding_ids(s.encoded, s.cases.finding),
        "n_actions": count(a.is_live, a.case, n),
        "n_done": count(a.is_live & a.is_in(ActionState.DONE), a.case, n),
        "n_unverified": count(unverified, a.case, n),
        "n_begun": count(a.is_live & a.is_in(*UNDER_WAY), a.case, n),
        "n_cancelled": count(a.counts & a.is_cancelled, a.case, n),
        "unverified": id_lists(action_ids(s.encoded, a.action), a.case, unverified, n),
        "next_due": as_dates(s.earliest(a.due, upcoming, a.case)),
        "overdue_since": as_dates(s.overdue_since),
        "n_required": count(np.ones(len(outcomes.case), dtype=bool), outcomes.case, n),
        "n_shown": count(outcomes.is_shown, outcomes.case, n),
        "lapsed_on": as_dates(s.lapsed_on),
        "counted_from": as_dates(s.origin),
        "condition": _conditions(s),
        "blocked_on": as_dates(s.blocked_on),
        "revisit_on": as_dates(s.revisit_on),
        "answers": _answers(s),
        "asks_evidence": np.full(n, s.encoded.settings.require_evidence),
    }


def _answers(s: PlanSnapshot) -> pd.Series:
    """Name who is accountable for a live action of each finding, else who owns the finding."""
    name, _ = accountable(s.encoded)
    held = name[s.actions.action]
    named = np.array([each is not None for each in held], dtype=bool)
    lists = id_lists(held, s.actions.case, s.actions.is_live & named, len(s))
    owners = owner_names(s.encoded, s.cases.finding)
    return pd.Series(
        [names or ([owner] if owner else []) for names, owner in zip(lists, owners, strict=True)],
        dtype=object,
    )


@listing("finding_id")
def closures(s: PlanSnapshot) -> Columns:
    """List every finding that is closed on a day with the decision that closed it, by finding_id.

    Columns: ``finding_id``, ``disposition`` (rejected, superseded, retired, duplicate), ``event_id``, ``closed_on``,
    ``by``, ``reason``, ``other_finding_id`` (the one that takes over, where it was superseded or is a duplicate),
    ``as_of``.
    """
    is_closed = np.isin(s.visible.disposition, [code(Disposition, word) for word in CLOSED])
    chosen = np.flatnonzero(is_closed)
    decision, event = s.visible.decision[chosen], s.encoded.frames["event"]
    row = pick(s.encoded.finding_events.row, decision, -1)
    return {
        "finding_id": finding_ids(s.encoded, chosen),
        "disposition": words(Disposition, s.visible.disposition[chosen]),
        "event_id": cells(event["event_id"], row),
        "closed_on": dates_of(s.encoded.finding_events["day"], decision),
        "by": cells(event["by"], row),
        "reason": cells(event["reason"], row),
        "other_finding_id": cells(event["other_finding_id"], row),
    }


@listing("-age", "finding_id")
def shelf(s: PlanSnapshot) -> Columns:
    """List the findings on the shelf for longer than the grace of 30 days, oldest first (method, section 12).

    Columns: ``finding_id``, ``kind``, ``statement``, ``theme``, ``recorded_on``, ``age`` (days, since the last
    material revision if there was one; missing, and last in the list, where nobody knows when it was recorded), ``as_of``. They are the findings flagged ``shelved``.
    """
    chosen = np.flatnonzero(judge_flag(s, "shelved"))
    return {
        **_as_written(s, chosen, "kind", "statement", "theme"),
        "recorded_on": as_dates(s.encoded.findings.recorded[chosen]),
        "age": whole_numbers(s.age[chosen], s.origin[chosen] != MISSING),
    }


@listing("-days", "finding_id")
def staleness(s: PlanSnapshot) -> Columns:
    """List all open findings by the days since anything was heard of them, worst first (method, section 12).

    Columns: ``finding_id``, ``kind``, ``statement``, ``newest_on`` (date of the newest visible event,
    observation or evidence of the finding, its linked actions and indicators; missing where there is none),
    ``days`` (since then, else since the finding was recorded; missing where nobody knows when), ``as_of``.
    """
    chosen = np.flatnonzero(s.is_open)
    return {
        **_as_written(s, chosen, "kind", "statement"),
        "newest_on": as_dates(s.newest_on[chosen]),
        "days": whole_numbers(s.idle_days[chosen], s.idle_days[chosen] >= 0),
    }


def _as_written(s: PlanSnapshot, chosen: IntArray, *columns: str) -> Columns:
    """Return the identifiers of findings and some columns as they were written, in the language that is spoken."""
    table = worded("finding", s.encoded.frames["finding"].iloc[chosen])
    written = {column: table[column].to_numpy(dtype=object) for column in columns}
    return {"finding_id": finding_ids(s.encoded, chosen), **written}


@listing("finding_id", "indicator_id", "action_id")
def attainment(s: PlanSnapshot) -> Columns:
    """List how much of the way from baseline to target each indicator of an open finding has gone.

    Method, section 12: (latest − baseline) ÷ (target − baseline); above 1 and below 0 are kept. The baseline is
    that of section 5.1-4: the explicit one, else the last visible final value before the actions began (of
    the replication, where the indicator measures one).

    Returns:
        One row an open finding and linked indicator, required or not, of any level: ``finding_id``,
        ``indicator_id``, ``action_id`` (the replication it measures), ``baseline``, ``target``, ``latest`` (the
        latest visible final value), ``latest_on``, ``attainment``, ``as_of``. Attainment is missing where one of
        the three figures is, where target and baseline are equal, for a range, and for ordinal and nominal
        measures; words are shown as missing.
    """
    encoded, links = s.encoded, s.encoded.finding_indicators
    held = np.flatnonzero(s.is_open)
    segment, link = links.expand(held)
    case, indicator, action = held[segment], links["indicator"][link], links["action"][link]
    required = RequiredIndicators(case, indicator, _start(s, case, action))
    view = observe_outcomes(encoded, s.cases, s.visible, required)
    baseline, target, latest = _figures(s, view)
    way = target - baseline
    return {
        "finding_id": finding_ids(encoded, case),
        "indicator_id": encoded.indicator_ids[indicator].to_numpy(dtype=object),
        "action_id": action_ids(encoded, action),
        "baseline": baseline,
        "target": target,
        "latest": latest,
        "latest_on": dates_of(encoded.observations["day"], view.latest_row),
        "attainment": np.divide(latest - baseline, way, out=np.full(len(case), np.nan), where=way != 0),
    }


def _start(s: PlanSnapshot, case: IntArray, action: IntArray) -> DayArray:
    """Return t0 of each link: of the replication that it measures, else of the finding (NEVER: undefined)."""
    width = len(s.encoded.actions.ids) + 1
    own = s.actions.case * width + s.actions.action
    order = np.argsort(own, kind="stable")
    wanted = case * width + action
    place = np.searchsorted(own[order], wanted)
    row = np.full(len(case), -1, dtype=np.int64)
    inside = np.flatnonzero((place < len(own)) & (action >= 0))
    hit = inside[own[order][place[inside]] == wanted[inside]]
    row[hit] = order[place[hit]]
    return np.where(action >= 0, pick(s.actions.started_on, row, NEVER), s.start[case])


def _figures(s: PlanSnapshot, view: OutcomeView) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return baseline, target and latest value of each row as numbers; NaN where there is none."""
    encoded, indicator = s.encoded, view.indicator
    table, values = (
        encoded.frames["indicator"],
        numbers(encoded.frames["observation"]["value"])[encoded.observations.row],
    )
    is_word = np.isin(codes(table["measure"], Measure), [code(Measure, word) for word in WORDS])[indicator]
    explicit = is_explicit(encoded.targets, indicator, s.day[view.case])
    before = pick(values, view.baseline_row, np.nan)
    baseline = np.where(explicit, numbers(table["baseline"])[indicator], before)
    is_range = codes(table["direction"], Direction) == code(Direction, Direction.RANGE)
    target = np.where(is_range, np.nan, numbers(table["target"]))[indicator]
    figures = [
        np.where(is_word, np.nan, figure)
        for figure in (baseline, target, pick(values, view.latest_row, np.nan))
    ]
    return figures[0], figures[1], figures[2]


@listing("indicator_id")
def observations(s: PlanSnapshot) -> Columns:
    """List the values of every indicator that were known on a day, one a date, provisional ones apart.

    Columns, by indicator and date: ``indicator_id``, ``observed_on``, ``value`` (as it was written), ``is_final``,
    ``observation_id`` (the row that counts), ``as_of``.
    """
    facts, table = s.encoded.observations, s.encoded.frames["observation"]
    indicator = np.repeat(np.arange(len(s.encoded.indicator_ids)), np.diff(facts.starts))
    rows = np.arange(len(indicator))
    days = np.full(len(rows), s.as_of, dtype=np.int32)
    seen = np.flatnonzero(is_visible(facts, rows, days, s.knowledge))
    same = pd.DataFrame({"of": indicator[seen], "day": facts["day"][seen], "final": facts["is_final"][seen]})
    seen = seen[~same.duplicated(keep="last").to_numpy()]
    return {
        "indicator_id": s.encoded.indicator_ids.to_numpy(dtype=object)[indicator[seen]],
        "observed_on": as_dates(facts["day"][seen]),
        "value": cells(table["value"], facts.row[seen]),
        "is_final": facts["is_final"][seen],
        "observation_id": cells(table["observation_id"], facts.row[seen]),
    }


REPLACED = {FindingEvent.SUPERSEDE: "superseded_by", FindingEvent.DUPLICATE: "duplicate_of"}


@listing("finding_id", "relation", "other_finding_id")
def lineage(s: PlanSnapshot) -> Columns:
    """List how findings hang together on a day: one row an edge, by finding_id.

    Columns: ``finding_id``, ``relation`` (derived_from, codified_in, related, superseded_by, duplicate_of),
    ``other_finding_id``, ``since``, ``in_force_id``, ``as_of``.

    ``since`` is the day of the decision that is in force; a relation holds since both findings are in the plan,
    as it has no date of its own. ``in_force_id`` follows the other finding along supersessions and
    duplicates to the one that is open today; missing where that chain ends at a finding that is rejected, retired
    or not in the plan yet. Edges from a finding that is not in the plan yet are left out, and relations to one.
    """
    recorded, related, replaced = s.encoded.findings.recorded, _relations(s), _replacements(s)
    finding, other = (np.concatenate([related[i], replaced[i]]) for i in (0, 1))
    since = [
        np.maximum(recorded[related[0]], recorded[related[1]]),
        s.encoded.finding_events["day"][s.visible.decision[replaced[0]]],
    ]
    return {
        "finding_id": finding_ids(s.encoded, finding),
        "relation": np.concatenate([related[2], replaced[2]]),
        "other_finding_id": finding_ids(s.encoded, other),
        "since": as_dates(np.concatenate(since)),
        "in_force_id": pick_words(s.encoded.findings.ids.to_numpy(dtype=object), in_force(s)[other]),
    }


def _relations(s: PlanSnapshot) -> tuple[IntArray, IntArray, np.ndarray]:
    """Return (finding, other, relation) of the relations between findings in the plan, each once."""
    frame, ids = s.encoded.frames["finding_relation"], s.encoded.findings.ids
    finding, other = positions(frame["finding_id"], ids), positions(frame["other_finding_id"], ids)
    relation = codes(frame["relation"], Relation).astype(np.int64)
    known = np.flatnonzero((finding >= 0) & (other >= 0) & (relation >= 0))
    known = known[s.is_in_plan[finding[known]] & s.is_in_plan[other[known]]]
    edges = np.unique(np.stack([finding[known], other[known], relation[known]]), axis=1)
    return edges[0], edges[1], words(Relation, edges[2])


def _replacements(s: PlanSnapshot) -> tuple[IntArray, IntArray, np.ndarray]:
    """Return (finding, other, relation) of the findings that are superseded, or duplicates."""
    other = replaced_by(s)
    finding = np.flatnonzero(other >= 0)
    is_superseded = s.visible.disposition[finding] == code(Disposition, Disposition.SUPERSEDED)
    return finding, other[finding], np.where(is_superseded, *REPLACED.values()).astype(object)


def replaced_by(s: Assessment) -> IntArray:
    """Return the finding by which each finding was superseded or of which it is a duplicate; −1 if none.

    The situation must hold every finding of the book, in order.
    """
    events = s.encoded.finding_events
    kind = pick(events["kind"], s.visible.decision, -1)
    replaced = np.isin(kind, [code(FindingEvent, word) for word in REPLACED])
    replaced &= s.visible.disposition != code(Disposition, Disposition.UNKNOWN)
    named = positions(s.encoded.frames["event"]["other_finding_id"], s.encoded.findings.ids)
    return np.where(replaced, pick(named, pick(events.row, s.visible.decision, -1), -1), -1)


def in_force(s: Assessment) -> IntArray:
    """Return the open finding to which each finding leads along supersessions and duplicates; −1 if none.

    The situation must hold every finding of the book, in order.
    """
    other = replaced_by(s)
    final = np.where(other >= 0, other, np.arange(len(s)))
    for _ in range(len(s).bit_length()):  # each turn doubles the steps taken along the chain
        final = final[final]
    return np.where(s.visible.is_open[final], final, -1)


def suspect_links(plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None) -> pd.DataFrame:
    """List every link that was not confirmed since its other end was reworded (method, 5.3).

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; what was reworded later is left out. Today in the plan's zone unless given.

    Returns:
        One row a link and direction: ``table`` and ``role`` (or relation) of the link, ``suspect_id`` (the
        finding or action that may no longer fit), ``reworded_id``, ``reworded_on``, ``confirmed_on``, ``as_of``.
    """
    day = as_day(encode(plan), as_of)
    return suspect_rows(judge_links(plan, (day - date(1970, 1, 1)).days)).assign(as_of=pd.Timestamp(day))

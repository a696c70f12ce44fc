"""How do commitments, problems, experiences, mechanisms, actions and values look as tables?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings, observe_plan_actions
from theorytopractice.assessment.assess import stage_columns
from theorytopractice.assessment.columns import as_dates, code, natural_order
from theorytopractice.assessment.commitments import KEPT, Commitment, observe_commitments
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.experiences import Replication, best_replications, ranks
from theorytopractice.assessment.flags import judge_flag
from theorytopractice.assessment.frames import (
    accountable,
    assessment_on,
    cells,
    finish_frame,
    owner_names,
    rank_of,
    words,
)
from theorytopractice.assessment.grouped import MISSING, NEVER, count, least, pick, some
from theorytopractice.assessment.mechanisms import RESULTS, due_of_slot, last_slots, next_slot
from theorytopractice.assessment.problems import ripe_on
from theorytopractice.assessment.visibility import (
    all_findings_on,
    as_day_number,
    is_visible,
    observe_findings,
)
from theorytopractice.model.vocabularies import (
    COMPLETE,
    UNDER_WAY,
    ActionRole,
    ActionState,
    Disposition,
    FindingKind,
    Knowledge,
    Solvability,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, BoolArray, DayArray, IntArray


def commitments(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every commitment with its state (method, section 7), by action_id.

    Columns: ``action_id``, ``state``, ``effective_due``, ``fulfilled_on`` (kept ones), ``days_late`` (kept late),
    ``as_of``.
    """
    encoded = encode(plan)
    cases = all_findings_on(encoded, as_of, knowledge)
    day = as_day_number(encoded, as_of)
    view = observe_commitments(encoded, day, cases.knowledge)
    is_kept = np.isin(view.state, [code(Commitment, one) for one in KEPT])
    is_late = view.state == code(Commitment, Commitment.KEPT_LATE)
    unknown = view.state == code(Commitment, Commitment.UNKNOWN)
    late = pd.array(view.completed_on.astype(np.int64) - view.effective_due, dtype="Int64")
    frame = pd.DataFrame(
        {
            "action_id": encoded.actions.ids[view.action].to_numpy(dtype=object),
            "state": words(Commitment, view.state),
            "effective_due": as_dates(np.where(unknown, MISSING, view.effective_due)),
            "fulfilled_on": as_dates(np.where(is_kept, view.completed_on, MISSING)),
            "days_late": pd.Series(late).mask(~is_late),
        }
    )
    return finish_frame(frame, natural_order(encoded.actions.ids[view.action]), day)


def replications(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every replication of an open experience with its state (method, section 8).

    Columns: ``finding_id``, ``action_id``, ``site``, ``state``, ``as_of``.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    view = s.experiences
    case, action = s.actions.case[view.link], s.actions.action[view.link]
    is_open = s.visible.is_open[case]
    case, action = case[is_open], action[is_open]
    frame = pd.DataFrame(
        {
            "finding_id": s.encoded.findings.ids[s.cases.finding[case]].to_numpy(dtype=object),
            "action_id": s.encoded.actions.ids[action].to_numpy(dtype=object),
            "site": s.encoded.frames["action"]["site"]
            .astype("str")
            .str.strip()
            .to_numpy(dtype=object)[action],
            "state": words(Replication, view.state[is_open]),
        }
    )
    order = np.lexsort(
        (rank_of(s.encoded.actions.ids)[action], rank_of(s.encoded.findings.ids)[s.cases.finding[case]])
    )
    return finish_frame(frame, order, day)


def spread(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List where every open experience has spread: one row an experience and site, by its best state there.

    Columns: ``finding_id``, ``site`` (as the best replication writes it), ``state`` (method, section 8), ``as_of``;
    by finding_id, the best state first. An experience that nobody took over has no row.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    view = s.experiences
    best = best_replications(s, s.experiences)
    best = best[s.visible.is_open[s.actions.case[view.link[best]]]]
    finding, action = s.cases.finding[s.actions.case[view.link[best]]], s.actions.action[view.link[best]]
    frame = pd.DataFrame(
        {
            "finding_id": s.encoded.findings.ids[finding].to_numpy(dtype=object),
            "site": s.encoded.frames["action"]["site"]
            .astype("str")
            .str.strip()
            .to_numpy(dtype=object)[action],
            "state": words(Replication, view.state[best]),
        }
    )
    place = rank_of(s.encoded.actions.ids)[action]
    order = np.lexsort((place, ranks()[view.state[best]], rank_of(s.encoded.findings.ids)[finding]))
    return finish_frame(frame, order, day)


def slots(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every check slot that has begun, of the open mechanisms in force (method, section 9).

    Columns: ``finding_id``, ``slot`` (from 1), ``due_on``, ``result`` (pass, fail, na, missed), ``counted``,
    ``as_of``. A slot that is not counted yet may still be served.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    view = s.mechanisms.slots
    chosen = np.flatnonzero(s.visible.is_open[view.case])
    finding = s.cases.finding[view.case[chosen]]
    frame = pd.DataFrame(
        {
            "finding_id": s.encoded.findings.ids[finding].to_numpy(dtype=object),
            "slot": view.number[chosen],
            "due_on": as_dates(view.due_on[chosen]),
            "result": [RESULTS[int(one)] for one in view.result[chosen]],
            "counted": view.is_counted[chosen],
        }
    )
    order = np.lexsort((view.number[chosen], rank_of(s.encoded.findings.ids)[finding]))
    return finish_frame(frame, order, day)


def problems(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open problems as a rectification plan: one row a problem and action that delivers or enables.

    Columns: ``finding_id``, ``statement``, ``solvability``, ``condition`` (the reason of the block in force),
    ``action_id``, ``measure`` (its title), ``role``, ``unit`` and ``responsible`` (of the accountable owner),
    ``time_limit`` (the original due date), ``current_due``, ``action_state``, ``is_overdue``, ``stage``, ``stage_name``,
    ``headline``, ``confirmed`` (yes, no, or not asked where no required survey has a value), ``solved``,
    ``ripe_on``, ``revisit_on`` (of the block), ``as_of``. A problem without such an action has one row.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    wanted = s.role(ActionRole.DELIVERS) | s.role(ActionRole.ENABLES)
    case, link = _outer(s, FindingKind.PROBLEM, np.flatnonzero(wanted))
    encoded, action = s.encoded, pick(s.actions.action, link, -1)
    name, unit = accountable(encoded)
    block = s.visible.block[case]
    event = pick(encoded.finding_events.row, block, -1)
    finding = s.cases.finding[case]
    frame = pd.DataFrame(
        {
            **_statements(s, case),
            "solvability": words(Solvability, encoded.findings.solvability[finding]),
            "condition": cells(encoded.frames["event"]["reason"], event),
            "action_id": cells(encoded.frames["action"]["action_id"], action),
            "measure": cells(encoded.frames["action"]["title"], action),
            "role": _where(link, words(ActionRole, s.actions.role), None),
            "unit": _where(action, unit, None),
            "responsible": _where(action, name, None),
            "time_limit": as_dates(pick(s.actions.original_due, link, MISSING)),
            "current_due": as_dates(pick(s.actions.due, link, MISSING)),
            "action_state": _where(link, words(ActionState, s.actions.state), None),
            "is_overdue": pick(s.actions.is_overdue, link, False),
            **_standing(s, case),
            "confirmed": _confirmed(s)[case],
            "solved": judge_flag(s, "solved")[case],
            "ripe_on": as_dates(np.where(judge_flag(s, "ripe"), ripe_on(s), MISSING)[case]),
            "revisit_on": as_dates(pick(encoded.finding_events["due"], block, MISSING)),
        }
    )
    return finish_frame(frame, _in_order(s, case, action), day)


def _confirmed(s: Assessment) -> Array:
    """Say whether those affected confirm: yes, no, or not asked."""
    asked = some(s.surveys.row >= 0, s.surveys.case, len(s))
    return np.where(s.is_confirmed, "yes", np.where(asked, "no", "not asked")).astype(object)


def experiences(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open experiences with the sites that took them over: one row an experience and replication.

    Columns: ``finding_id``, ``statement``, ``is_explained`` (why it works and its core are written down), ``site``,
    ``state`` (method, section 8), ``action_id``, ``adaptation``, ``core_kept``, ``started_on``, ``completed_on``
    (only while it is complete), ``stage``, ``stage_name``, ``headline``, ``as_of``. An experience that nobody took
    over has one row without a site.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    view, encoded = s.experiences, s.encoded
    case, link = _outer(s, FindingKind.EXPERIENCE, view.link)
    action = pick(s.actions.action, link, -1)
    state = np.full(len(s.actions.case), None, dtype=object)
    state[view.link] = words(Replication, view.state)
    complete = s.actions.is_in(*COMPLETE)
    table = encoded.frames["action"]
    started = np.where(s.actions.start_row >= 0, s.actions.started_on, MISSING)
    site = cells(table["site"].astype("str").str.strip(), action)
    frame = pd.DataFrame(
        {
            **_statements(s, case),
            "is_explained": encoded.findings.is_explained[s.cases.finding[case]],
            "site": site,
            "state": _where(link, state, None),
            "action_id": cells(table["action_id"], action),
            "adaptation": cells(table["adaptation"], action),
            "core_kept": cells(table["core_kept"], action),
            "started_on": as_dates(pick(started, link, MISSING)),
            "completed_on": as_dates(
                pick(np.where(complete, s.actions.completed_on, MISSING), link, MISSING)
            ),
            **_standing(s, case),
        }
    )
    return finish_frame(frame, _in_order(s, case, action), day)


def mechanisms(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open mechanisms with how they are followed: one row a mechanism.

    Columns: ``finding_id``, ``statement``, ``document``, ``effective_on``, ``check_every``, ``owner`` (name),
    ``stage``, ``stage_name``, ``headline``, ``last_check_on`` and ``last_result`` (pass, fail, na) of the last check
    made, ``next_due`` (of the earliest slot that still waits for its check), ``streak`` and ``streak_days`` (the
    present run of passed slots and the sum of their windows), ``passes`` and ``slots`` (of the last 12 counted
    slots, na left out), ``dead_letter``, ``dormant``, ``as_of``.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    encoded, view = s.encoded, s.mechanisms
    chosen = np.flatnonzero(s.is_kind(FindingKind.MECHANISM) & s.visible.is_open)
    finding, table = s.cases.finding[chosen], encoded.frames["finding"]
    check = view.last_check_row[chosen]
    kind = pick(encoded.finding_events["kind"], check, -1)
    passes, counted = last_slots(s.mechanisms.slots, len(s))
    due = due_of_slot(s, next_slot(s, s.mechanisms.slots))
    frame = pd.DataFrame(
        {
            **_statements(s, chosen),
            "document": cells(table["document"], finding),
            "effective_on": as_dates(encoded.findings.effective[finding]),
            "check_every": cells(table["check_every"], finding),
            "owner": owner_names(encoded, finding),
            **_standing(s, chosen),
            "last_check_on": as_dates(pick(encoded.finding_events["day"], check, MISSING)),
            "last_result": np.array([RESULTS[int(one)] if one >= 0 else None for one in kind], dtype=object),
            "next_due": as_dates(due[chosen].astype(np.int32)),
            "streak": view.streak[chosen],
            "streak_days": view.streak_days[chosen],
            "passes": passes[chosen],
            "slots": counted[chosen],
            "dead_letter": view.is_dead_letter[chosen],
            "dormant": view.is_dormant[chosen],
        }
    )
    return finish_frame(frame, np.argsort(rank_of(encoded.findings.ids)[finding]), day)


def _outer(s: Assessment, kind: FindingKind, link: IntArray) -> tuple[IntArray, IntArray]:
    """Pair the open cases of a kind with some of their action links; −1 for a case that has none."""
    wanted = s.is_kind(kind) & s.visible.is_open
    link = link[wanted[s.actions.case[link]]]
    case = s.actions.case[link]
    alone = np.flatnonzero(wanted & ~some(np.ones(len(case), dtype=bool), case, len(s)))
    return np.concatenate([case, alone]), np.concatenate([link, np.full(len(alone), -1, dtype=np.int64)])


def _where(position: IntArray, column: Array, missing: object) -> Array:
    """Take a column of words at each position; ``missing`` where the position is −1."""
    taken = np.full(len(position), missing, dtype=object)
    taken[position >= 0] = column[position[position >= 0]]
    return taken


def _statements(s: Assessment, case: IntArray) -> dict[str, Array]:
    """Return the columns by which a finding is known."""
    finding = s.cases.finding[case]
    return {
        "finding_id": s.encoded.findings.ids.to_numpy(dtype=object)[finding],
        "statement": cells(s.encoded.frames["finding"]["statement"], finding),
    }


def _standing(s: Assessment, case: IntArray) -> dict[str, pd.Series]:
    """Return the columns that say how far a finding is."""
    frame = stage_columns(s).iloc[case].reset_index(drop=True)
    return {name: frame[name] for name in ("stage", "stage_name", "headline")}


def _in_order(s: Assessment, case: IntArray, action: IntArray) -> IntArray:
    """Return the rows by finding, then action, in natural order."""
    place = np.concatenate([rank_of(s.encoded.actions.ids), [-1]])[action]
    return np.lexsort((place, rank_of(s.encoded.findings.ids)[s.cases.finding[case]]))


def standing(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
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
    s, day = assessment_on(plan, as_of, knowledge)
    a, n = s.actions, len(s)
    outcomes = s.outcomes
    today = s.day[a.case]
    upcoming = a.is_open & (a.due != MISSING) & (a.due >= today)
    blocked = np.where(s.is_blocked, s.visible.block, -1)
    facts = s.encoded.finding_events
    frame = pd.DataFrame(
        {
            "finding_id": s.encoded.findings.ids[s.cases.finding].to_numpy(dtype=object),
            "n_actions": count(a.is_live, a.case, n),
            "n_done": count(a.is_live & a.is_in(ActionState.DONE), a.case, n),
            "n_unverified": count(_unverified(s), a.case, n),
            "n_begun": count(a.is_live & a.is_in(*UNDER_WAY), a.case, n),
            "n_cancelled": count(a.counts & a.is_cancelled, a.case, n),
            "unverified": _lists(
                s.encoded.actions.ids.to_numpy(dtype=object)[a.action], _unverified(s), a.case, n
            ),
            "next_due": _earliest(a.due, upcoming, a.case, n),
            "overdue_since": _earliest(a.due, a.is_overdue, a.case, n),
            "n_required": count(np.ones(len(outcomes.case), dtype=bool), outcomes.case, n),
            "n_shown": count(outcomes.is_shown, outcomes.case, n),
            "lapsed_on": _earliest(outcomes.lapsed_on, outcomes.has_lapsed, outcomes.case, n),
            "counted_from": as_dates(s.origin),
            "condition": cells(s.encoded.frames["event"]["reason"], pick(facts.row, blocked, -1)),
            "blocked_on": as_dates(pick(facts["day"], blocked, MISSING)),
            "revisit_on": as_dates(pick(facts["due"], blocked, MISSING)),
            "answers": _answers(s),
            "asks_evidence": s.encoded.settings.require_evidence,
        }
    )
    return finish_frame(frame, np.argsort(rank_of(s.encoded.findings.ids)[s.cases.finding]), day)


def _unverified(s: Assessment) -> BoolArray:
    return s.actions.is_live & s.actions.is_in(ActionState.DONE_UNVERIFIED)


def _earliest(days: DayArray, wanted: BoolArray, case: IntArray, n: int) -> Array:
    """Return the earliest wanted day of each case as a date."""
    found = least(days, wanted, case, n)
    return as_dates(np.where(found == NEVER, MISSING, found))


def _lists(words: Array, wanted: BoolArray, case: IntArray, n: int) -> pd.Series:
    """Return the wanted words of each case as lists, each once."""
    made: list[dict[str, None]] = [{} for _ in range(n)]
    for where, word in zip(case[wanted].tolist(), words[wanted].tolist(), strict=True):
        made[where][word] = None
    return pd.Series([list(words) for words in made], dtype=object)


def _answers(s: Assessment) -> pd.Series:
    """Name who is accountable for a live action of each case, else who owns the finding."""
    encoded, n = s.encoded, len(s)
    name, _ = accountable(encoded)
    held = name[s.actions.action]
    named = np.array([one is not None for one in held], dtype=bool)
    found = _lists(held, s.actions.is_live & named, s.actions.case, n)
    fallback = owner_names(encoded, s.cases.finding)
    return pd.Series(
        [names or ([other] if other else []) for names, other in zip(found, fallback, strict=True)],
        dtype=object,
    )


def agenda(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open actions that serve an open finding in any role, the earliest due first, those without a date last.

    Columns: those of :func:`actions` but ``completed_on``, and ``days_left`` (missing without a date, negative when
    overdue).
    """
    every = actions(plan, as_of=as_of, knowledge=knowledge)
    frame = every[every["is_open"] & (every["finding_ids"].str.len() > 0)]
    frame = frame.sort_values("due", kind="stable", na_position="last").reset_index(drop=True)
    frame = frame.drop(columns=["is_open", "completed_on"])
    left = (frame["due"] - frame["as_of"]).dt.days.astype("Int64")
    frame.insert(len(frame.columns) - 1, "days_left", left)
    frame.attrs.update(every.attrs)
    return frame


def actions(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every action that is in the plan with its state, by action_id (method, section 4).

    Columns: ``action_id``, ``title``, ``responsible`` and ``unit`` (of the accountable owner, missing where there is none),
    ``due`` (the current one), ``original_due``, ``is_open`` (neither done, nor complete without evidence, nor cancelled),
    ``is_overdue``, ``action_state``, ``completed_on`` (the last complete, missing where none was seen), ``promised_to``,
    ``finding_ids`` (list of the open findings that it serves in any role), ``as_of``.
    """
    encoded = encode(plan)
    cases = all_findings_on(encoded, as_of, knowledge)
    day = as_day_number(encoded, as_of)
    own = observe_plan_actions(encoded, day, cases.knowledge)
    chosen = np.flatnonzero(own.counts)
    name, unit = accountable(encoded)
    table = encoded.frames["action"]
    frame = pd.DataFrame(
        {
            "action_id": encoded.actions.ids[chosen].to_numpy(dtype=object),
            "title": cells(table["title"], chosen),
            "responsible": name[chosen],
            "unit": unit[chosen],
            "due": as_dates(own.due[chosen]),
            "original_due": as_dates(own.original_due[chosen]),
            "is_open": own.is_open[chosen],
            "is_overdue": own.is_overdue[chosen],
            "action_state": words(ActionState, own.state[chosen]),
            "completed_on": as_dates(own.completed_on[chosen]),
            "promised_to": cells(table["promised_to"], chosen),
            "finding_ids": _served(encoded, observe_findings(encoded, cases).is_open, chosen),
        }
    )
    return finish_frame(frame, np.argsort(rank_of(encoded.actions.ids)[chosen]), day)


def _served(encoded: EncodedPlan, is_open: BoolArray, chosen: IntArray) -> pd.Series:
    """Return the open findings of each chosen action, each once, in natural order."""
    finding, rank = linking_findings(encoded), rank_of(encoded.findings.ids)
    held: dict[int, set[int]] = {int(action): set() for action in chosen}
    for action, served in zip(
        encoded.finding_actions["action"][is_open[finding]], finding[is_open[finding]], strict=True
    ):
        if int(action) in held:
            held[int(action)].add(int(served))
    ids = encoded.findings.ids
    return pd.Series(
        [[str(ids[one]) for one in sorted(found, key=rank.__getitem__)] for found in held.values()],
        dtype=object,
    )


def observations(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the values of every indicator that were known on a day, one a date, provisional ones apart.

    Columns, by indicator and date: ``indicator_id``, ``observed_on``, ``value`` (as it was written), ``is_final``,
    ``observation_id`` (the row that counts), ``as_of``.
    """
    encoded = encode(plan)
    day, known = as_day_number(encoded, as_of), all_findings_on(encoded, as_of, knowledge).knowledge
    facts = encoded.observations
    indicator = np.repeat(np.arange(len(encoded.indicator_ids)), np.diff(facts.starts))
    rows = np.arange(len(indicator))
    seen = np.flatnonzero(is_visible(facts, rows, np.full(len(rows), day, dtype=np.int32), known))
    frame = pd.DataFrame(
        {
            "indicator_id": encoded.indicator_ids.to_numpy(dtype=object)[indicator[seen]],
            "observed_on": as_dates(facts["day"][seen]),
            "value": cells(encoded.frames["observation"]["value"], facts.row[seen]),
            "is_final": facts["is_final"][seen],
            "observation_id": cells(encoded.frames["observation"]["observation_id"], facts.row[seen]),
        }
    )
    last = ~frame.duplicated(["indicator_id", "observed_on", "is_final"], keep="last").to_numpy()
    frame, place = frame[last].reset_index(drop=True), indicator[seen[last]]
    return finish_frame(frame, np.argsort(rank_of(encoded.indicator_ids)[place], kind="stable"), day)


def closures(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List every finding that is closed on a day with the decision that closed it, by finding_id.

    Columns: ``finding_id``, ``disposition`` (rejected, superseded, retired, duplicate), ``event_id``, ``closed_on``,
    ``by``, ``reason``, ``other_finding_id`` (the one that takes over, where it was superseded or is a duplicate),
    ``as_of``.
    """
    s, day = assessment_on(plan, as_of, knowledge)
    still = [code(Disposition, word) for word in (Disposition.OPEN, Disposition.UNKNOWN)]
    chosen = np.flatnonzero(~np.isin(s.visible.disposition, still))
    decision, event = s.visible.decision[chosen], s.encoded.frames["event"]
    row = pick(s.encoded.finding_events.row, decision, -1)
    frame = pd.DataFrame(
        {
            "finding_id": s.encoded.findings.ids.to_numpy(dtype=object)[s.cases.finding[chosen]],
            "disposition": words(Disposition, s.visible.disposition[chosen]),
            "event_id": cells(event["event_id"], row),
            "closed_on": as_dates(pick(s.encoded.finding_events["day"], decision, MISSING)),
            "by": cells(event["by"], row),
            "reason": cells(event["reason"], row),
            "other_finding_id": cells(event["other_finding_id"], row),
        }
    )
    return finish_frame(frame, np.argsort(rank_of(s.encoded.findings.ids)[s.cases.finding[chosen]]), day)

"""How do problems, experiences and mechanisms look as the lists that people keep of them?

Method, sections 6, 8 and 9. The lists hold the open findings: what is closed waits for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.segments import MISSING, pick, some
from theorytopractice.assessment.assess import as_dates, standing
from theorytopractice.assessment.lists.framing import (
    accountable,
    cells,
    finished,
    owner_names,
    rank_of,
    situation_of,
    words,
)
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.assessment.stages.experiences import Replication
from theorytopractice.assessment.stages.mechanisms import RESULTS, last_slots
from theorytopractice.assessment.stages.next_check import due_of_slot, next_slot
from theorytopractice.assessment.stages.problems import is_confirmed, ripe_on
from theorytopractice.model.vocabularies import ActionRole, FindingKind, Knowledge, Solvability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.segments import Array, Ints
    from theorytopractice.assessment.stages.situation import Situation

STATES = np.array([state.name.lower() for state in ActionState], dtype=object)


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
    s, day = situation_of(plan, as_of, knowledge)
    wanted = s.role(ActionRole.DELIVERS) | s.role(ActionRole.ENABLES)
    case, link = _outer(s, FindingKind.PROBLEM, np.flatnonzero(wanted))
    book, action = s.book, pick(s.actions.action, link, -1)
    name, unit = accountable(book)
    block = s.seen.block[case]
    event = pick(book.finding_events.row, block, -1)
    finding = s.cases.finding[case]
    frame = pd.DataFrame(
        {
            **_statements(s, case),
            "solvability": words(Solvability, book.findings.solvability[finding]),
            "condition": cells(book.frames["event"]["reason"], event),
            "action_id": cells(book.frames["action"]["action_id"], action),
            "measure": cells(book.frames["action"]["title"], action),
            "role": _where(link, words(ActionRole, s.actions.role), None),
            "unit": _where(action, unit, None),
            "responsible": _where(action, name, None),
            "time_limit": as_dates(pick(s.actions.original_due, link, MISSING)),
            "current_due": as_dates(pick(s.actions.due, link, MISSING)),
            "action_state": _where(link, STATES[s.actions.state], None),
            "is_overdue": pick(s.actions.is_overdue(s.day), link, False),
            **_standing(s, case),
            "confirmed": _confirmed(s)[case],
            "solved": s.flag("solved")[case],
            "ripe_on": as_dates(np.where(s.flag("ripe"), ripe_on(s), MISSING)[case]),
            "revisit_on": as_dates(pick(book.finding_events["due"], block, MISSING)),
        }
    )
    return finished(frame, _in_order(s, case, action), day)


def _confirmed(s: Situation) -> Array:
    """Say whether those affected confirm: yes, no, or not asked."""
    asked = some(s.surveys.row >= 0, s.surveys.case, len(s))
    return np.where(is_confirmed(s), "yes", np.where(asked, "no", "not asked")).astype(object)


def experiences(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open experiences with the sites that took them over: one row an experience and replication.

    Columns: ``finding_id``, ``statement``, ``is_explained`` (why it works and its core are written down), ``site``,
    ``state`` (method, section 8), ``action_id``, ``adaptation``, ``core_kept``, ``started_on``, ``completed_on``
    (only while it is complete), ``stage``, ``stage_name``, ``headline``, ``as_of``. An experience that nobody took
    over has one row without a site.
    """
    s, day = situation_of(plan, as_of, knowledge)
    view, book = s.experiences, s.book
    case, link = _outer(s, FindingKind.EXPERIENCE, view.link)
    action = pick(s.actions.action, link, -1)
    state = np.full(len(s.actions.case), None, dtype=object)
    state[view.link] = words(Replication, view.state)
    complete = np.isin(s.actions.state, (ActionState.DONE, ActionState.DONE_UNVERIFIED))
    table = book.frames["action"]
    started = np.where(s.actions.start_row >= 0, s.actions.started_on, MISSING)
    site = cells(table["site"].astype("str").str.strip(), action)
    frame = pd.DataFrame(
        {
            **_statements(s, case),
            "is_explained": book.findings.is_explained[s.cases.finding[case]],
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
    return finished(frame, _in_order(s, case, action), day)


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
    s, day = situation_of(plan, as_of, knowledge)
    book, view = s.book, s.mechanisms
    chosen = np.flatnonzero(s.is_kind(FindingKind.MECHANISM) & s.seen.is_open)
    finding, table = s.cases.finding[chosen], book.frames["finding"]
    check = view.last_check_row[chosen]
    kind = pick(book.finding_events["kind"], check, -1)
    passes, counted = last_slots(s)
    due = due_of_slot(s, next_slot(s))
    frame = pd.DataFrame(
        {
            **_statements(s, chosen),
            "document": cells(table["document"], finding),
            "effective_on": as_dates(book.findings.effective[finding]),
            "check_every": cells(table["check_every"], finding),
            "owner": owner_names(book, finding),
            **_standing(s, chosen),
            "last_check_on": as_dates(pick(book.finding_events["day"], check, MISSING)),
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
    return finished(frame, np.argsort(rank_of(book.findings.ids)[finding]), day)


def _outer(s: Situation, kind: FindingKind, link: Ints) -> tuple[Ints, Ints]:
    """Pair the open cases of a kind with some of their action links; −1 for a case that has none."""
    wanted = s.is_kind(kind) & s.seen.is_open
    link = link[wanted[s.actions.case[link]]]
    case = s.actions.case[link]
    alone = np.flatnonzero(wanted & ~some(np.ones(len(case), dtype=bool), case, len(s)))
    return np.concatenate([case, alone]), np.concatenate([link, np.full(len(alone), -1, dtype=np.int64)])


def _where(position: Ints, column: Array, missing: object) -> Array:
    """Take a column of words at each position; ``missing`` where the position is −1."""
    taken = np.full(len(position), missing, dtype=object)
    taken[position >= 0] = column[position[position >= 0]]
    return taken


def _statements(s: Situation, case: Ints) -> dict[str, Array]:
    """Return the columns by which a finding is known."""
    finding = s.cases.finding[case]
    return {
        "finding_id": s.book.findings.ids.to_numpy(dtype=object)[finding],
        "statement": cells(s.book.frames["finding"]["statement"], finding),
    }


def _standing(s: Situation, case: Ints) -> dict[str, pd.Series]:
    """Return the columns that say how far a finding is."""
    frame = standing(s).iloc[case].reset_index(drop=True)
    return {name: frame[name] for name in ("stage", "stage_name", "headline")}


def _in_order(s: Situation, case: Ints, action: Ints) -> Ints:
    """Return the rows by finding, then action, in natural order."""
    place = np.concatenate([rank_of(s.book.actions.ids), [-1]])[action]
    return np.lexsort((place, rank_of(s.book.findings.ids)[s.cases.finding[case]]))

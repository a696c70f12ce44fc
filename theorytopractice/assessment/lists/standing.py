"""What stands behind each finding's stage: how many actions, how many of them done, and who has them until when?

Method, sections 4 to 6. The counts from which a report words a stage in one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.segments import MISSING, NEVER, count, least, pick
from theorytopractice.assessment.assess import as_dates
from theorytopractice.assessment.lists.framing import (
    accountable,
    cells,
    finished,
    owner_names,
    rank_of,
    situation_of,
)
from theorytopractice.assessment.stages.actions import ActionState
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from theorytopractice.assessment.arrays.segments import Array, Days, Ints, Truths
    from theorytopractice.assessment.stages.situation import Situation

BEGUN = (ActionState.IN_PROGRESS, ActionState.SUSPENDED)


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
    s, day = situation_of(plan, as_of, knowledge)
    a, n = s.actions, len(s)
    outcomes = s.outcomes
    today = s.day[a.case]
    upcoming = a.is_open & (a.due != MISSING) & (a.due >= today)
    blocked = np.where(s.is_blocked, s.seen.block, -1)
    facts = s.book.finding_events
    frame = pd.DataFrame(
        {
            "finding_id": s.book.findings.ids[s.cases.finding].to_numpy(dtype=object),
            "n_actions": count(a.is_live, a.case, n),
            "n_done": count(a.is_live & (a.state == ActionState.DONE), a.case, n),
            "n_unverified": count(_unverified(s), a.case, n),
            "n_begun": count(a.is_live & np.isin(a.state, BEGUN), a.case, n),
            "n_cancelled": count(a.counts & a.is_cancelled, a.case, n),
            "unverified": _lists(
                s.book.actions.ids.to_numpy(dtype=object)[a.action], _unverified(s), a.case, n
            ),
            "next_due": _earliest(a.due, upcoming, a.case, n),
            "overdue_since": _earliest(a.due, a.is_overdue(s.day), a.case, n),
            "n_required": count(np.ones(len(outcomes.case), dtype=bool), outcomes.case, n),
            "n_shown": count(outcomes.is_shown, outcomes.case, n),
            "lapsed_on": _earliest(outcomes.lapsed_on, outcomes.has_lapsed, outcomes.case, n),
            "counted_from": as_dates(s.origin),
            "condition": cells(s.book.frames["event"]["reason"], pick(facts.row, blocked, -1)),
            "blocked_on": as_dates(pick(facts["day"], blocked, MISSING)),
            "revisit_on": as_dates(pick(facts["due"], blocked, MISSING)),
            "answers": _answers(s),
            "asks_evidence": s.book.settings.require_evidence,
        }
    )
    return finished(frame, np.argsort(rank_of(s.book.findings.ids)[s.cases.finding]), day)


def _unverified(s: Situation) -> Truths:
    return s.actions.is_live & (s.actions.state == ActionState.DONE_UNVERIFIED)


def _earliest(days: Days, wanted: Truths, case: Ints, n: int) -> Array:
    """Return the earliest wanted day of each case as a date."""
    found = least(days, wanted, case, n)
    return as_dates(np.where(found == NEVER, MISSING, found))


def _lists(words: Array, wanted: Truths, case: Ints, n: int) -> pd.Series:
    """Return the wanted words of each case as lists, each once."""
    made: list[dict[str, None]] = [{} for _ in range(n)]
    for where, word in zip(case[wanted].tolist(), words[wanted].tolist(), strict=True):
        made[where][word] = None
    return pd.Series([list(words) for words in made], dtype=object)


def _answers(s: Situation) -> pd.Series:
    """Name who is accountable for a live action of each case, else who owns the finding."""
    book, n = s.book, len(s)
    name, _ = accountable(book)
    held = name[s.actions.action]
    named = np.array([one is not None for one in held], dtype=bool)
    found = _lists(held, s.actions.is_live & named, s.actions.case, n)
    fallback = owner_names(book, s.cases.finding)
    return pd.Series(
        [names or ([other] if other else []) for names, other in zip(found, fallback, strict=True)],
        dtype=object,
    )

"""Which rows can the stages and flags of some findings depend on? Found by indexed queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from theorytopractice.store.rows import among
from theorytopractice.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def needed_by(link: sa.Connection, finding_ids: Sequence[str]) -> Mapping[str, Any]:
    """Return, for each table, the condition under which a row is needed.

    Beside the findings' own rows: the mechanisms that they are codified in, the findings at the other end
    of their relations, and those that share an indicator with them (method, 5.3 and section 8).
    """
    t = TABLES
    relation, measured, used = t["finding_relation"].c, t["finding_indicator"].c, t["finding_action"].c
    own = set(finding_ids)
    of_own = sa.or_(among(link, relation.finding_id, own), among(link, relation.other_finding_id, own))
    ends = link.execute(sa.select(relation.finding_id, relation.other_finding_id).where(of_own)).all()
    full = own | {end for pair in ends for end in pair}
    indicators = _values(link, measured.indicator_id, among(link, measured.finding_id, full))
    sharing = _values(link, measured.finding_id, among(link, measured.indicator_id, indicators))
    actions = _values(link, used.action_id, among(link, used.finding_id, full))
    event, evidence = t["event"].c, t["evidence"].c
    return {
        "finding": among(link, t["finding"].c.finding_id, full | sharing),
        "action": among(link, t["action"].c.action_id, actions),
        "indicator": among(link, t["indicator"].c.indicator_id, indicators),
        "finding_action": among(link, used.finding_id, full),
        "action_owner": among(link, t["action_owner"].c.action_id, actions),
        "finding_indicator": among(link, measured.indicator_id, indicators),
        "finding_relation": of_own,
        "event": sa.or_(
            sa.and_(event.subject == "finding", among(link, event.subject_id, full | sharing)),
            sa.and_(event.subject == "action", among(link, event.subject_id, actions)),
        ),
        "observation": among(link, t["observation"].c.indicator_id, indicators),
        "evidence": among(link, evidence.action_id, actions),
        "setting": sa.true(),
    }


def _values(
    link: sa.Connection, column: sa.ColumnElement[Any], condition: sa.ColumnElement[bool]
) -> set[str]:
    return set(link.execute(sa.select(column).where(condition).distinct()).scalars())

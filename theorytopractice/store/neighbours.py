"""Which rows can the stages and flags of some findings depend on? Found by indexed queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from theorytopractice.store.history import named_by
from theorytopractice.store.rows import among
from theorytopractice.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from theorytopractice.store.history import RowChange


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
        "owner": _owners(link, full | sharing, actions),
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
        "evidence": sa.or_(among(link, evidence.action_id, actions), among(link, evidence.finding_id, own)),
        "setting": sa.true(),
    }


def _owners(link: sa.Connection, findings: set[str], actions: set[str]) -> sa.ColumnElement[bool]:
    """Say that an owner answers for one of some findings, or has a part in one of some actions."""
    held, finding, owner = TABLES["action_owner"].c, TABLES["finding"].c, TABLES["owner"].c
    owners = _values(link, held.owner_id, among(link, held.action_id, actions))
    owners |= _values(link, finding.owner_id, among(link, finding.finding_id, findings)) - {None}
    return among(link, owner.owner_id, owners)


def _values(
    link: sa.Connection, column: sa.ColumnElement[Any], condition: sa.ColumnElement[bool]
) -> set[str]:
    return set(link.execute(sa.select(column).where(condition).distinct()).scalars())


def moved_by(link: sa.Connection, rows: Sequence[RowChange]) -> set[str]:
    """Return the findings whose stage or flags some changed rows can move: the other way round of :func:`needed_by`."""
    t, named = TABLES, _named(rows)
    held, measured, used = t["action_owner"].c, t["finding_indicator"].c, t["finding_action"].c
    actions = named["action"] | _values(link, held.action_id, among(link, held.owner_id, named["owner"]))
    own = named["finding"]
    own |= _values(link, t["finding"].c.finding_id, among(link, t["finding"].c.owner_id, named["owner"]))
    own |= _values(link, used.finding_id, among(link, used.action_id, actions))
    own |= _values(link, measured.finding_id, among(link, measured.indicator_id, named["indicator"]))
    return own | _beside(link, own | _beside(link, own))


def _named(rows: Sequence[RowChange]) -> dict[str, set[str]]:
    """Return the identifiers that changed rows have and name, by table; an owner who is only named stays as he was."""
    named: dict[str, set[str]] = {name: set() for name in ("owner", "finding", "action", "indicator")}
    for change in rows:
        own = {(change.entity, change.key[0])}
        for table, key in own | {one for one in named_by(change) if one[0] != "owner"}:
            if table in named:
                named[table].add(key)
    return named


def _beside(link: sa.Connection, findings: set[str]) -> set[str]:
    """Return the findings at the other end of a relation, and those that share an indicator."""
    relation, measured = TABLES["finding_relation"].c, TABLES["finding_indicator"].c
    indicators = _values(link, measured.indicator_id, among(link, measured.finding_id, findings))
    return (
        _values(link, relation.other_finding_id, among(link, relation.finding_id, findings))
        | _values(link, relation.finding_id, among(link, relation.other_finding_id, findings))
        | _values(link, measured.finding_id, among(link, measured.indicator_id, indicators))
    )

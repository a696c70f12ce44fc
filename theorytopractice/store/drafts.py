"""How does somebody write a finding down with all that serves it, without inventing identifiers?

A draft is cells by name: ``statement``, ``action`` (its title), ``owner`` (a name), ``indicator`` (what is measured), and any
column of the three tables. It becomes rows that lead to one another, which the plan takes in as one change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PlanError, UnknownName, quote
from theorytopractice.i18n import message, say, say_names
from theorytopractice.model.entities import (
    ENTITIES,
    Action,
    ActionOwner,
    Finding,
    FindingAction,
    FindingIndicator,
    Indicator,
    Owner,
    Row,
)
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import as_text, read_number
from theorytopractice.model.vocabularies import ActionRole, Direction, FindingKind, OwnerRole, RecordedQuality
from theorytopractice.store.edits import NewKey
from theorytopractice.store.history import today_there

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from theorytopractice.store.history import RowReader


NAMED = {"action": ("action", "title"), "indicator": ("indicator", "name"), "owner": ("owner", "name")}
"""What a row of a draft is called by; a finding is called by its statement."""
TABLES = ("finding", "action", "indicator")
LINKED = {
    "role": ("finding_action", "role"),
    "rationale": ("finding_action", "rationale"),
    "required": ("finding_indicator", "required"),
}
KEYS = ("action_id", "indicator_id", "owner_id")
BOTH = ("recorded_on",)
DRAFTED = ("owner", "finding", "action", "indicator")
SEVERAL = message("{name} is the name of {rows}; say which by {key}.")
KNOWN_ALREADY = message(
    "There is an {table} {key} of the name {name} already; give its {column} alone, and change it apart."
)


def cells_of_draft() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what a draft may hold, and in which columns it goes; a name of several tables means the finding's."""
    known: dict[str, tuple[tuple[str, str], ...]] = {}
    for table in TABLES:
        for column in ENTITIES[table].columns:
            if column != ENTITIES[table].identifier and column not in known:
                known[column] = ((table, column),)
    known |= {name: tuple((table, name) for table in ("finding", "action")) for name in BOTH}
    known |= {name: (place,) for name, place in (NAMED | LINKED).items()}
    return known | dict.fromkeys(KEYS, ())


def draft_rows(records: RowReader, draft: Mapping[str, object]) -> list[Row]:
    """Return the rows of one draft; a finding is recorded today unless it says otherwise.

    Raises:
        PlanError: a name of an owner or indicator is that of several.
        UnknownName: a draft has no such cell.
    """
    known = cells_of_draft()
    tables: dict[str, dict[str, Any]] = {}
    for name, value in draft.items():
        if name not in known:
            raise UnknownName(say("cell of a draft"), name, known)
        for table, column in known[name] if as_text(value) else ():
            tables.setdefault(table, {})[column] = value
    today = today_there(records)
    finding: dict[str, Any] = {"kind": FindingKind.INSIGHT, **tables.get("finding", {})}
    if finding.get("recorded_quality") != RecordedQuality.UNKNOWN:
        finding = {"recorded_on": today} | finding
    key = NewKey()
    owner, owners = _owner(records, draft)
    action, actions = _action(draft, tables, today)
    if owner is not None and (finding["kind"] == FindingKind.MECHANISM or action is None):
        finding["owner_id"] = owner
    rows: list[Row] = [*owners, Finding(finding_id=key, **finding), *actions]
    if action is not None:
        link = {"role": ActionRole.DELIVERS, **tables.get("finding_action", {})}
        rows.append(FindingAction(finding_id=key, action_id=action, **link))
    if action is not None and owner is not None:
        rows.append(ActionOwner(action_id=action, owner_id=owner, role=OwnerRole.ACCOUNTABLE))
    indicator, indicators = _indicator(records, draft, tables)
    rows += indicators
    if indicator is not None:
        required = tables.get("finding_indicator", {})
        rows.append(FindingIndicator(finding_id=key, indicator_id=indicator, **required))
    return rows


def _owner(records: RowReader, draft: Mapping[str, object]) -> tuple[str | None, list[Row]]:
    """Return the key of the owner and, where it is a new one, its row."""
    name = as_text(draft.get("owner"))
    if key := as_text(draft.get("owner_id")):
        return key, []
    if not name.strip():
        return None, []
    if key := _row_of_name(records, "owner", name):
        return key, []
    new = NewKey()
    return new, [Owner(owner_id=new, name=name)]


def _action(
    draft: Mapping[str, object], tables: Mapping[str, dict[str, Any]], today: date
) -> tuple[str | None, list[Row]]:
    """Return the key of the action and, where it is a new one, its row."""
    if key := as_text(draft.get("action_id")):
        return key, []
    cells = dict(tables.get("action", {}))
    if not cells.keys() - set(BOTH):
        return None, []
    new = NewKey()
    return new, [Action(action_id=new, **({"recorded_on": today} | cells))]


def _indicator(
    records: RowReader, draft: Mapping[str, object], tables: Mapping[str, dict[str, Any]]
) -> tuple[str | None, list[Row]]:
    """Return the key of the indicator and, where it is a new one, its row."""
    if key := as_text(draft.get("indicator_id")):
        return key, []
    cells = dict(tables.get("indicator", {}))
    name = as_text(cells.get("name"))
    if not cells:
        return None, []
    if key := _row_of_name(records, "indicator", name) if name else "":
        if len(cells) > 1:
            raise PlanError(
                say(KNOWN_ALREADY, table=say("indicator"), key=key, name=quote(name), column="indicator_id")
            )
        return key, []
    new = NewKey()
    return new, [Indicator(indicator_id=new, **(_direction(cells) | cells))]


def _direction(cells: Mapping[str, object]) -> dict[str, Any]:
    """Return the direction from a baseline to another target; nothing where it is not certain."""
    try:
        before, after = (read_number(as_text(cells.get(name))) for name in ("baseline", "target"))
    except ValueError:
        return {}
    if before == after:
        return {}
    return {"direction": Direction.ASCENDING if after > before else Direction.DESCENDING}


def _row_of_name(records: RowReader, table: str, name: str) -> str:
    """Return the key of the row of a name that people take for this one, empty if there is none.

    Owners who left count only where nobody of the name stayed.
    """
    rows = [row for row in records.where(table).rows() if comparable(row["name"]) == comparable(name)]
    rows = [row for row in rows if not row.get("left_on")] or rows
    key = f"{table}_id"
    if len(rows) > 1:
        raise PlanError(say(SEVERAL, name=quote(name), rows=say_names(row[key] for row in rows), key=key))
    return rows[0][key] if rows else ""


def named_rows(row: Row, come: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield table and key of each row to which a row of a draft leads and that does not come with it."""
    for field in row.entity.fields:
        value = row.values()[field.name]
        if field.refers and value and field.refers not in come and not isinstance(value, NewKey):
            yield field.refers, as_text(value)

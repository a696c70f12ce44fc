"""What moves when an owner leaves? Everything live, to somebody else, in one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError
from theorytopractice.language import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation_links import DECISIONS
from theorytopractice.model.validation_sheets import Sheets
from theorytopractice.model.validation_warnings import STATES
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, Subject
from theorytopractice.store.editing import row_of, standing, today_there
from theorytopractice.store.history import RowChange

if TYPE_CHECKING:
    from collections.abc import Collection

    from theorytopractice.store.records import Records

CLOSED_BY = (FindingEvent.REJECT, FindingEvent.SUPERSEDE, FindingEvent.RETIRE, FindingEvent.DUPLICATE)


def transfer(records: Records, leaving: str, successor: str) -> list[RowChange]:
    """Return the changes that close an owner and hand on what is live (method, section 12).

    Live are actions that are not cancelled, in every role that the owner has in them, and findings that are
    open. ``left_on`` becomes today unless it was set before.

    Raises:
        UnknownName: there is no such owner.
        PlanError: the two are the same.
    """
    _, before = row_of(records, ENTITIES["owner"], leaving)
    row_of(records, ENTITIES["owner"], successor)
    if leaving == successor:
        raise PlanError(say("{owner} cannot hand over to itself; name another owner.", owner=leaving))
    after = before | {"left_on": before["left_on"] or today_there(records).isoformat()}
    closed = [RowChange("owner", (leaving,), before, after)] if after != before else []
    return closed + _links(records, leaving, successor) + _findings(records, leaving, successor)


def _links(records: Records, leaving: str, successor: str) -> list[RowChange]:
    """Move the owner's part in every live action."""
    rows = records.where("action_owner", owner_id=(leaving,)).rows()
    over = last_said(records, Subject.ACTION, {row["action_id"] for row in rows}, (ActionEvent.CANCEL,))
    changes = []
    for row in rows:
        if row["action_id"] in over:
            continue
        new = row | {"owner_id": successor}
        key, other = (tuple(one[part] for part in ENTITIES["action_owner"].key) for one in (row, new))
        changes.append(RowChange("action_owner", key, row, None))
        if ("action_owner", other) not in standing(records, [("action_owner", other)]):
            changes.append(RowChange("action_owner", other, None, new))
    return changes


def _findings(records: Records, leaving: str, successor: str) -> list[RowChange]:
    """Move every open finding that the owner answers for."""
    rows = records.where("finding", owner_id=(leaving,)).rows()
    over = last_said(records, Subject.FINDING, {row["finding_id"] for row in rows}, CLOSED_BY)
    return [
        RowChange("finding", (row["finding_id"],), row, row | {"owner_id": successor})
        for row in rows
        if row["finding_id"] not in over
    ]


def last_said(
    records: Records, subject: Subject, ids: Collection[str], words: Collection[str]
) -> dict[str, dict[str, str]]:
    """Return, for the findings or actions whose last decisive event up to today is one of some words, that event.

    Decisive are the decisions about a finding, and the events that change the state of an action.
    """
    events = records.where("event", subject=(subject,), subject_id=ids)
    decisive = DECISIONS if subject is Subject.FINDING else STATES
    sheets = Sheets.of({"event": events}, today_there(records))
    rows, last = events.rows(), sheets.latest(subject, *decisive, until=sheets.today)
    return {one: rows[row] for one, row in last.items() if rows[row]["event"] in words}

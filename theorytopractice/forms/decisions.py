"""Which forms has a decision in the weekly meeting? Completed, re-dated, blocked: one event, with what belongs to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from theorytopractice.forms.attachments import SEALED, URI, attached_checksum
from theorytopractice.forms.blocks import Block
from theorytopractice.forms.typed import read
from theorytopractice.language import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from theorytopractice.forms.desk import Desk

DAY = next(one for one in ENTITIES["event"].fields if one.name == "happened_on")


def decided(desk: Desk, facts: Mapping[str, str], values: Mapping[str, str]) -> tuple[str, tuple[Block, ...]]:
    """Return the title and the blocks of the form of a decision about an action."""
    return DECISIONS[facts["form"]](desk, facts.get("action_id", ""), values)


def _complete(desk: Desk, action_id: str, values: Mapping[str, str]) -> tuple[str, tuple[Block, ...]]:
    """Ask when an action was completed and what shows it; a form insists on both."""
    done = _event(desk, Subject.ACTION, action_id, ActionEvent.COMPLETE, hides=frozenset({"reason"}))
    return say("Complete {action_id}", action_id=action_id), (done, proof(desk, action_id, values))


def proof(desk: Desk, action_id: str, values: Mapping[str, str]) -> Block:
    """Return the block of the evidence that an action was completed, dated as its completion."""
    on = read(DAY, values.get("event.happened_on", desk.today.isoformat()), today=desk.today).text
    fixed = {"action_id": action_id, "dated_on": on, "sha256": checksum_of(desk, values, {})}
    hides = frozenset({"finding_id"})
    return Block("evidence", say("Evidence of that day"), fixed=fixed, hides=hides)


def checksum_of(desk: Desk, values: Mapping[str, str], stands: Mapping[str, str]) -> str:
    """Return the checksum that belongs to a link as it is now: of the attached file, of the one that stands, or none."""
    link = values.get(URI, stands.get("uri", ""))
    if attached := attached_checksum(desk, values, link):
        return attached
    if link == stands.get("uri", ""):
        return stands.get("sha256", "")
    return _once_sealed(desk, stands, link) if link and link == values.get(SEALED) else ""


def _once_sealed(desk: Desk, stands: Mapping[str, str], link: str) -> str:
    """Return the checksum that the history knows of a link of this evidence."""
    history = desk.plan.history(stands["evidence_id"])
    texts = [text for side in ("before", "after") for text in history[side] if text]
    rows = [row for row in map(json.loads, texts) if row.get("uri") == link and row.get("sha256")]
    return str(rows[-1]["sha256"]) if rows else ""


def _redate(desk: Desk, action_id: str, _: Mapping[str, str]) -> tuple[str, tuple[Block, ...]]:
    """Ask for the new due date and why; of a promise also whether those it was promised to agree."""
    is_promised = bool(desk.plan.row("action", action_id)["promised_to"])
    hides = frozenset() if is_promised else frozenset({"consent"})
    moved = _event(desk, Subject.ACTION, action_id, ActionEvent.REDATE, hides=hides)
    return say("Re-date {action_id}", action_id=action_id), (moved,)


def _block(desk: Desk, action_id: str, _: Mapping[str, str]) -> tuple[str, tuple[Block, ...]]:
    """Ask which condition is missing, and when to look again; of which finding, where the action serves several."""
    links = desk.rows("finding_action", action_id=action_id)
    served = [key for key in dict.fromkeys(row["finding_id"] for row in links) if _is_open(desk, key)]
    blocked = _event(desk, Subject.FINDING, served, FindingEvent.BLOCK)
    title = (
        say("Block {finding_id}, which {action_id} serves", finding_id=served[0], action_id=action_id)
        if len(served) == 1
        else say("Block a finding that {action_id} serves", action_id=action_id)
    )
    return title, (blocked,)


def _is_open(desk: Desk, finding_id: str) -> bool:
    found = desk.overview.get(finding_id)
    return found is not None and found.stage is not None


def _event(
    desk: Desk, subject: Subject, of: str | list[str], word: str, *, hides: frozenset[str] = frozenset()
) -> Block:
    """Return the block of an event that happens today; to which of several is asked."""
    fixed = {"subject": subject.value, "event": str(word)}
    several = () if isinstance(of, str) else tuple(of)
    only = of if isinstance(of, str) else of[0] if len(of) == 1 else ""
    return Block(
        "event",
        kind=str(word),
        fixed=fixed | ({"subject_id": only} if only else {}),
        begins={"happened_on": desk.today.isoformat(), "by": desk.who},
        words={"subject_id": several},
        hides=hides,
    )


DECISIONS: dict[str, Callable[[Desk, str, Mapping[str, str]], tuple[str, tuple[Block, ...]]]] = {
    "complete": _complete,
    "redate": _redate,
    "block": _block,
}
"""Name of a form → who makes it; they are opened in the row of the action."""

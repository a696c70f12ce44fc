"""Which blocks does each form have, and with what does it begin?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.forms.answer import refuse_unreadable, unknown_form
from theorytopractice.forms.attachments import CHECKSUM_LINK, URI
from theorytopractice.forms.cells import read_text, row_label, shorten
from theorytopractice.forms.due_change import due_change, is_guarded
from theorytopractice.forms.form_model import DERIVED, Block, Form, RowOf
from theorytopractice.i18n import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import table_name
from theorytopractice.model.settings import CHOICES, MEANINGS, usual_value
from theorytopractice.model.validation_rules import WORDS
from theorytopractice.model.vocabularies import (
    ActionEvent,
    ActionRole,
    FindingEvent,
    FindingKind,
    OwnerRole,
    Subject,
)
from theorytopractice.store.edits import known_values, latest_value
from theorytopractice.store.history import find_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from theorytopractice.forms.due_change import DueChange
    from theorytopractice.forms.session import Session
    from theorytopractice.store.history import RowReader


EVENT_DAY = ENTITIES["event"]["happened_on"]


def _decision_blocks(
    session: Session, facts: Mapping[str, str], values: Mapping[str, str]
) -> tuple[str, tuple[Block, ...]]:
    """Return the title and the blocks of the form of a decision about an action."""
    return DECISIONS[facts["form"]](session, facts.get("action_id", ""), values)


def _complete_decision(
    session: Session, action_id: str, values: Mapping[str, str]
) -> tuple[str, tuple[Block, ...]]:
    """Ask when an action was completed and what shows it; a form insists on both."""
    event = _event_block(
        session, Subject.ACTION, action_id, ActionEvent.COMPLETE, hidden_columns=frozenset({"reason"})
    )
    return say("Complete {action_id}", action_id=action_id), (
        event,
        _evidence_block(session, action_id, values),
    )


def _evidence_block(session: Session, action_id: str, values: Mapping[str, str]) -> Block:
    """Return the block of the evidence that an action was completed, dated as its completion."""
    on = read_text(
        EVENT_DAY, values.get("event.happened_on", session.today.isoformat()), today=session.today
    ).text
    fixed = {"action_id": action_id, "dated_on": on, "sha256": _checksum(session, values, {})}
    hidden_columns = frozenset({"finding_id"})
    return Block("evidence", say("Evidence of that day"), fixed=fixed, hidden_columns=hidden_columns)


def _checksum(session: Session, values: Mapping[str, str], row: Mapping[str, str]) -> str:
    """Return the checksum that belongs to a link as it is now: of the attached file, of the one that stands, or none."""
    link = values.get(URI, row.get("uri", ""))
    if checksum := session.uploads.checksum(values, link):
        return checksum
    if link == row.get("uri", ""):
        return row.get("sha256", "")
    return _past_checksum(session, row, link) if link and link == values.get(CHECKSUM_LINK) else ""


def _past_checksum(session: Session, evidence: Mapping[str, str], link: str) -> str:
    """Return the checksum that the history knows of a link of this evidence."""
    history = session.plan.history(evidence["evidence_id"])
    texts = [text for side in ("before", "after") for text in history[side] if text]
    rows = [
        version for version in map(json.loads, texts) if version.get("uri") == link and version.get("sha256")
    ]
    return str(rows[-1]["sha256"]) if rows else ""


def _redate_decision(session: Session, action_id: str, _: Mapping[str, str]) -> tuple[str, tuple[Block, ...]]:
    """Ask for the new due date and why; of a promise also whether those it was promised to agree."""
    is_promised = bool(session.plan.row("action", action_id)["promised_to"])
    hidden_columns = frozenset() if is_promised else frozenset({"consent"})
    event = _event_block(
        session, Subject.ACTION, action_id, ActionEvent.REDATE, hidden_columns=hidden_columns
    )
    return say("Re-date {action_id}", action_id=action_id), (event,)


def _block_decision(session: Session, action_id: str, _: Mapping[str, str]) -> tuple[str, tuple[Block, ...]]:
    """Ask which condition is missing, and when to look again; of which finding, where the action serves several."""
    links = session.rows("finding_action", action_id=action_id)
    findings = [key for key in dict.fromkeys(row["finding_id"] for row in links) if _is_open(session, key)]
    event = _event_block(session, Subject.FINDING, findings, FindingEvent.BLOCK)
    title = (
        say("Block {finding_id}, which {action_id} serves", finding_id=findings[0], action_id=action_id)
        if len(findings) == 1
        else say("Block a finding that {action_id} serves", action_id=action_id)
    )
    return title, (event,)


def _is_open(session: Session, finding_id: str) -> bool:
    entry = session.overview.get(finding_id)
    return entry is not None and entry.stage is not None


def _event_block(
    session: Session,
    subject: Subject,
    subject_id: str | list[str],
    word: str,
    *,
    hidden_columns: frozenset[str] = frozenset(),
) -> Block:
    """Return the block of an event that happens today; to which of several is asked."""
    fixed = {"subject": subject.value, "event": str(word)}
    choices = () if isinstance(subject_id, str) else tuple(subject_id)
    subject_key = subject_id if isinstance(subject_id, str) else subject_id[0] if len(subject_id) == 1 else ""
    return Block(
        "event",
        kind=str(word),
        fixed=fixed | ({"subject_id": subject_key} if subject_key else {}),
        defaults={"happened_on": session.today.isoformat(), "by": session.who},
        vocabularies={"subject_id": choices},
        hidden_columns=hidden_columns,
    )


DECISIONS: dict[str, Callable[[Session, str, Mapping[str, str]], tuple[str, tuple[Block, ...]]]] = {
    "complete": _complete_decision,
    "redate": _redate_decision,
    "block": _block_decision,
}
"""Name of a form → who makes it; they are opened in the row of the action."""


Facts: TypeAlias = "Mapping[str, str]"

DAY_COLUMN = {"observation": "observed_on", "evidence": "dated_on"}
"""The column of a fact that begins with today; in other tables it is the day on which the plan came to know it."""


def _event_form(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of what happened to a finding or an action; the word decides which fields it has."""
    key = row_key(facts)
    row = session.plan.row("event", key) if key else {}
    subject = facts.get("subject", row.get("subject", ""))
    subject_id = facts.get("subject_id", row.get("subject_id", ""))
    word = values.get("event.event", row.get("event", facts.get("event", "")))
    block = Block(
        "event",
        kind=word,
        key=key,
        row=row,
        fixed={"subject": subject, "subject_id": subject_id},
        defaults={"happened_on": session.today.isoformat(), "event": word, "by": session.who},
        vocabularies={"event": WORDS.get(subject, ())},
    )
    if key:
        return Form(say("Correct {what}", what=row_label("event", row)), (block,), facts)
    is_done = (subject, word) == (Subject.ACTION, ActionEvent.COMPLETE)
    blocks = (
        (block, replace(_evidence_block(session, subject_id, values), is_optional=True))
        if is_done
        else (block,)
    )
    return Form(say("What happened to {subject_id}", subject_id=subject_id), blocks, facts)


def _row_form(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of one row of any table; columns that the facts give are not typed."""
    table, key = facts.get("table", ""), row_key(facts)
    if table not in ENTITIES:
        raise unknown_form()
    fixed: dict[str, str | RowOf] = {name: facts[name] for name in ENTITIES[table].columns if name in facts}
    if table == "setting" and session.rows("setting", name=str(fixed.get("name", ""))):
        key = (str(fixed["name"]),)
    stored = _current_row(session, table, key) if key else {}
    if table == "evidence":
        fixed["sha256"] = _checksum(session, values, stored)
    today = session.today.isoformat()
    block = Block(
        table,
        kind=session.kind_of(str(fixed.get("finding_id", stored.get("finding_id", "")))),
        key=tuple(stored[column] for column in ENTITIES[table].key) if key else (),
        row=stored,
        fixed=fixed,
        defaults=dict.fromkeys(
            {DAY_COLUMN.get(table, "recorded_on"), *(("recorded_on",) if key else ())}, today
        ),
        hidden_columns=_hidden_columns(table, fixed, stored, today),
    )
    if table == "setting":
        block = _setting_block(block, str(fixed.get("name") or stored.get("name", "")))
    return Form(_title(session, block), (block,), facts)


def _hidden_columns(
    table: str, fixed: Mapping[str, object], row: Mapping[str, str], today: str
) -> frozenset[str]:
    """Return the columns that are not typed: of what evidence is, and since when a value is known that counts."""
    if table == "evidence":
        return frozenset({"finding_id", "action_id"} - fixed.keys())
    is_known = table == "observation" and row and known_values(row) <= today
    return frozenset({"recorded_on"}) if is_known else frozenset()


def _current_row(session: Session, table: str, key: tuple[str, ...]) -> dict[str, str]:
    """Return a row as it stands; of a value that was corrected, the one that counts instead."""
    today = session.today.isoformat()

    def current(records: RowReader) -> dict[str, str]:
        _, stored = find_row(records, ENTITIES[table], key)
        is_corrected = table == "observation" and known_values(stored) <= today
        return latest_value(records, stored, today) if is_corrected else stored

    return session.plan.look(current)


def _setting_block(block: Block, name: str) -> Block:
    """Return the block of a setting, with what it says, its usual value, and the words that it can have."""
    if name not in MEANINGS:
        return block
    fixed = {**block.fixed, "name": name}
    defaults, words = {"value": usual_value(name)}, {"value": CHOICES.get(name, ())}
    return replace(block, legend=say(MEANINGS[name]), fixed=fixed, defaults=defaults, vocabularies=words)


def _title(session: Session, block: Block) -> str:
    """Say what the form of a row is about: the row that is changed, or to what a new one belongs."""
    entity = block.entity
    if block.key:
        what = row_label(block.table, block.row)
        return say("Correct {what}", what=what) if entity.is_fact else say("Change {what}", what=what)
    new = say("New {what}", what=table_name(block.table))
    if block.table == "setting":
        return say("Change {what}", what=row_label("setting", {"name": str(block.fixed.get("name", ""))}))
    parent = next(
        (
            session.name_of(entity[column].refers, str(key))
            for column, key in block.fixed.items()
            if entity[column].refers
        ),
        "",
    )
    return say("{new}, of {of}", new=new, of=shorten(parent)) if parent else new


def row_key(facts: Facts) -> tuple[str, ...]:
    """Return the key of the row that is edited; one of several parts is written as JSON."""
    key, entity = facts.get("key", ""), ENTITIES.get(facts.get("table", ""))
    if not key or entity is None or len(entity.key) == 1:
        return (key,) if key else ()
    with refuse_unreadable():
        return tuple(map(str, json.loads(key)))


FINDING_LEGEND, ACTION_LEGEND, INDICATOR_LEGEND = (
    message("We learned that …"),
    message("So we will …"),
    message("We shall know by …"),
)


def open_definition(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form that some facts open; the values typed so far decide which fields it has.

    Raises:
        UnknownName: a row that it edits is not there.
        PlanError: there is no such form.
    """
    definition = FORMS.get(facts.get("form", ""))
    if definition is None:
        raise unknown_form()
    return definition(session, facts, values)


def without_derived(values: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed without what the kind of the finding decides, so that another kind decides otherwise."""
    return {name: text for name, text in values.items() if text not in DERIVED.get(name, ())}


def _finding_form(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of a finding; a new one with its first action and its indicator."""
    today = session.today.isoformat()
    key = row_key(facts)
    row = session.plan.row("finding", key) if key else {}
    kind = values.get("finding.kind", row.get("kind", ""))
    block = Block(
        "finding", say(FINDING_LEGEND), kind=kind, key=key, row=row, defaults={"recorded_on": today}
    )
    if key:
        return Form(say("Change finding {finding_id}", finding_id=key[0]), (block,), facts)
    blocks = (
        block,
        *_action_blocks(session, "", kind),
        *_indicator_blocks("", kind, values, is_optional=True),
    )
    return Form(say("A new finding, what is done about it, and how it will be known"), blocks, facts)


def _action_form(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of an action that serves a finding, with its part in it and who answers for it."""
    finding_id = facts.get("finding", "")
    kind = session.kind_of(finding_id)
    key = row_key(facts)
    if not key:
        blocks = _action_blocks(session, finding_id, kind, is_optional=False)
        return Form(say("A new action for {finding_id}", finding_id=finding_id), blocks, facts)
    action_id, row = key[0], session.plan.row("action", key)
    change = due_change(row, values, session.plan.today)
    is_known = is_guarded(row, session.plan.today)
    is_corrected = change is not None and change.is_decided
    action = Block(
        "action",
        say(ACTION_LEGEND),
        kind=kind,
        key=key,
        row=row,
        separate_columns=frozenset({"due"} if is_known and not is_corrected else ()),
        refreshing=frozenset({"due"} if is_known else ()),
        reason=change.reason if change and change.is_decided else "",
    )
    blocks = (
        action,
        *(_move_blocks(session, row, change) if change and change.moves else ()),
        _owner_block(session, action_id),
        _link_block(session, "finding_action", kind, finding_id=finding_id, action_id=action_id),
    )
    return Form(say("Change action {action_id}", action_id=action_id), blocks, facts, change)


def _move_blocks(session: Session, row: Mapping[str, str], change: DueChange) -> tuple[Block, ...]:
    """Return the block of the event by which an action is re-dated: why, since when, and of a promise whether it was agreed."""
    hidden_columns = frozenset({"recorded_on"} if row["promised_to"] else {"recorded_on", "consent"})
    block = _event_block(
        session, Subject.ACTION, row["action_id"], ActionEvent.REDATE, hidden_columns=hidden_columns
    )
    legend = say("The date moves to {day} …", day=change.new)
    return (replace(block, legend=legend, fixed={**block.fixed, "due": change.new}),)


def _owner_block(session: Session, action_id: str) -> Block:
    """Return the block of whoever is accountable for an action; a form insists on somebody."""
    rows = session.rows("action_owner", action_id=action_id, role=OwnerRole.ACCOUNTABLE)[:1]
    key = (action_id, rows[0]["owner_id"], rows[0]["role"]) if rows else ()
    fixed = {"action_id": action_id, "role": OwnerRole.ACCOUNTABLE.value}
    return Block("action_owner", key=key, row=rows[0] if rows else {}, fixed=fixed)


def _link_block(session: Session, table: str, kind: str, **fixed: str) -> Block:
    """Return the block of the first link between two rows; where there is none any more, of one that may come."""
    block = Block(table, kind=kind, fixed=fixed)
    rows = session.rows(table, **fixed)[:1]
    if not rows:
        return Block(table, kind=kind, fixed=fixed, is_optional=True)
    key = tuple(rows[0][column] for column in block.entity.key)
    return Block(table, kind=kind, key=key, row=rows[0], fixed=fixed)


def _action_blocks(
    session: Session, finding_id: str, kind: str, *, is_optional: bool = True
) -> tuple[Block, ...]:
    """Return the blocks of a new action, of its part in the finding, and of who answers for it."""
    finding = finding_id or RowOf("finding")
    role = ActionRole.REPLICATES if kind == FindingKind.EXPERIENCE else ActionRole.DELIVERS
    today = session.today.isoformat()
    return (
        Block("action", say(ACTION_LEGEND), kind=kind, fixed={"recorded_on": today}, is_optional=is_optional),
        Block(
            "action_owner",
            defaults={"owner_id": session.usual_owner(finding_id)},
            fixed={"action_id": RowOf("action"), "role": OwnerRole.ACCOUNTABLE.value},
        ),
        Block(
            "finding_action",
            defaults={"role": role.value},
            fixed={"finding_id": finding, "action_id": RowOf("action")},
            hidden_columns=frozenset({"confirmed_on"}),
        ),
    )


def _indicator_form(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of an indicator by which a finding is judged."""
    finding_id, key = facts.get("finding", ""), row_key(facts)
    kind = session.kind_of(finding_id)
    if not key:
        blocks = _indicator_blocks(finding_id, kind, values, is_optional=False)
        return Form(say("A new indicator for {finding_id}", finding_id=finding_id), blocks, facts)
    row = session.plan.row("indicator", key)
    block = Block(
        "indicator", say(INDICATOR_LEGEND), kind=kind, more=_indicator_words(values, row), key=key, row=row
    )
    link = _link_block(session, "finding_indicator", kind, finding_id=finding_id, indicator_id=key[0])
    return Form(say("Change indicator {indicator_id}", indicator_id=key[0]), (block, link), facts)


def _indicator_blocks(
    finding_id: str, kind: str, values: Mapping[str, str], *, is_optional: bool
) -> tuple[Block, ...]:
    """Return the blocks of a new indicator and of its link to the finding.

    With a new experience and its first replication, the indicator measures that replication (method, section 8).
    """
    link: dict[str, str | RowOf] = {
        "finding_id": finding_id or RowOf("finding"),
        "indicator_id": RowOf("indicator"),
    }
    if kind == FindingKind.EXPERIENCE and not finding_id:
        link["action_id"] = RowOf("action", is_optional=True)
    return (
        Block(
            "indicator",
            say(INDICATOR_LEGEND),
            kind=kind,
            more=_indicator_words(values, {}),
            is_optional=is_optional,
        ),
        Block("finding_indicator", kind=kind, fixed=link),
    )


def _indicator_words(values: Mapping[str, str], row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of an indicator that decide which other fields it has."""
    return tuple(values.get(f"indicator.{name}", row.get(name, "")) for name in ("direction", "measure"))


def _decision_form(session: Session, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of what a meeting decides about an action."""
    title, blocks = _decision_blocks(session, facts, values)
    return Form(title, blocks, facts)


FORMS: dict[str, Callable[[Session, Facts, Mapping[str, str]], Form]] = {
    "finding": _finding_form,
    "action": _action_form,
    "indicator": _indicator_form,
    "event": _event_form,
    "row": _row_form,
    **dict.fromkeys(DECISIONS, _decision_form),
}

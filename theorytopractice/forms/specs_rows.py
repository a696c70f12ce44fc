"""Which form has one row of a table: a fact, a link, an owner, a setting?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.errors import PlanError
from theorytopractice.forms.blocks import Block, Form, Of
from theorytopractice.forms.called import called, shortened
from theorytopractice.forms.decisions import checksum_of, proof
from theorytopractice.language import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.naming import table_name
from theorytopractice.model.settings import CHOICES, MEANINGS, usual_value
from theorytopractice.model.validation_events import WORDS
from theorytopractice.model.vocabularies import ActionEvent, Subject
from theorytopractice.store.correcting import known, latest_value
from theorytopractice.store.editing import row_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.forms.desk import Desk
    from theorytopractice.store.records import Records

Facts: TypeAlias = "Mapping[str, str]"

OF_ITS_OWN = {"observation": "observed_on", "evidence": "dated_on"}
"""The column of a fact that begins with today; in other tables it is the day on which the plan came to know it."""


def event(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of what happened to a finding or an action; the word decides which fields it has."""
    key = key_of(facts)
    row = desk.plan.row("event", key) if key else {}
    subject = facts.get("subject", row.get("subject", ""))
    subject_id = facts.get("subject_id", row.get("subject_id", ""))
    word = values.get("event.event", row.get("event", facts.get("event", "")))
    block = Block(
        "event",
        kind=word,
        key=key,
        row=row,
        fixed={"subject": subject, "subject_id": subject_id},
        begins={"happened_on": desk.today.isoformat(), "event": word, "by": desk.who},
        words={"event": WORDS.get(subject, ())},
    )
    if key:
        return Form(say("Correct {what}", what=called("event", row)), (block,), facts)
    is_done = (subject, word) == (Subject.ACTION, ActionEvent.COMPLETE)
    blocks = (block, replace(proof(desk, subject_id, values), is_optional=True)) if is_done else (block,)
    return Form(say("What happened to {subject_id}", subject_id=subject_id), blocks, facts)


def row(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of one row of any table; columns that the facts give are not typed."""
    table, key = facts.get("table", ""), key_of(facts)
    if table not in ENTITIES:
        raise PlanError(say("There is no such form; reload the page."))
    fixed: dict[str, str | Of] = {name: facts[name] for name in ENTITIES[table].columns if name in facts}
    if table == "setting" and desk.rows("setting", name=str(fixed.get("name", ""))):
        key = (str(fixed["name"]),)
    stands = _stands(desk, table, key) if key else {}
    if table == "evidence":
        fixed["sha256"] = checksum_of(desk, values, stands)
    today = desk.today.isoformat()
    block = Block(
        table,
        kind=desk.kind_of(str(fixed.get("finding_id", stands.get("finding_id", "")))),
        key=tuple(stands[column] for column in ENTITIES[table].key) if key else (),
        row=stands,
        fixed=fixed,
        begins=dict.fromkeys(
            {OF_ITS_OWN.get(table, "recorded_on"), *(("recorded_on",) if key else ())}, today
        ),
        hides=_hidden(table, fixed, stands, today),
    )
    if table == "setting":
        block = _setting(block, str(fixed.get("name") or stands.get("name", "")))
    return Form(_title(desk, block), (block,), facts)


def _hidden(table: str, fixed: Mapping[str, object], stands: Mapping[str, str], today: str) -> frozenset[str]:
    """Return the columns that are not typed: of what evidence is, and since when a value is known that counts."""
    if table == "evidence":
        return frozenset({"finding_id", "action_id"} - fixed.keys())
    is_known = table == "observation" and stands and known(stands) <= today
    return frozenset({"recorded_on"}) if is_known else frozenset()


def _stands(desk: Desk, table: str, key: tuple[str, ...]) -> dict[str, str]:
    """Return a row as it stands; of a value that was corrected, the one that counts instead."""
    today = desk.today.isoformat()

    def ask(records: Records) -> dict[str, str]:
        _, stands = row_of(records, ENTITIES[table], key)
        is_corrected = table == "observation" and known(stands) <= today
        return latest_value(records, stands, today) if is_corrected else stands

    return desk.plan.look(ask)


def _setting(block: Block, name: str) -> Block:
    """Return the block of a setting, with what it says, its usual value, and the words that it can have."""
    if name not in MEANINGS:
        return block
    fixed = {**block.fixed, "name": name}
    begins, words = {"value": usual_value(name)}, {"value": CHOICES.get(name, ())}
    return replace(block, legend=say(MEANINGS[name]), fixed=fixed, begins=begins, words=words)


def _title(desk: Desk, block: Block) -> str:
    """Say what the form of a row is about: the row that is changed, or to what a new one belongs."""
    entity = block.entity
    if block.key:
        what = called(block.table, block.row)
        return say("Correct {what}", what=what) if entity.is_fact else say("Change {what}", what=what)
    new = say("New {what}", what=table_name(block.table))
    if block.table == "setting":
        return say("Change {what}", what=called("setting", {"name": str(block.fixed.get("name", ""))}))
    of = next(
        (
            desk.name_of(entity[one].refers, str(key))
            for one, key in block.fixed.items()
            if entity[one].refers
        ),
        "",
    )
    return say("{new}, of {of}", new=new, of=shortened(of)) if of else new


def key_of(facts: Facts) -> tuple[str, ...]:
    """Return the key of the row that is edited; one of several parts is written as JSON."""
    key, entity = facts.get("key", ""), ENTITIES.get(facts.get("table", ""))
    if not key or entity is None or len(entity.key) == 1:
        return (key,) if key else ()
    try:
        return tuple(map(str, json.loads(key)))
    except (ValueError, TypeError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error

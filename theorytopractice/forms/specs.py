"""Which blocks does each form have, and with what does it begin? Opened by the facts that a button carries."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.errors import PlanError
from theorytopractice.forms.blocks import Block, Of
from theorytopractice.forms.called import called, shortened
from theorytopractice.forms.decisions import DECISIONS, decided
from theorytopractice.language import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.naming import table_name
from theorytopractice.model.settings import CHOICES, MEANINGS, usual_value
from theorytopractice.model.validation_events import WORDS
from theorytopractice.model.vocabularies import ActionRole, FindingKind, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from theorytopractice.forms.desk import Desk

Facts: TypeAlias = "Mapping[str, str]"

LEARNED, WILL, KNOW = message("We learned that …"), message("So we will …"), message("We shall know by …")


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is called, its blocks, and the facts that open it again."""

    title: str
    blocks: tuple[Block, ...]
    facts: Facts

    @property
    def draft(self) -> str:
        """The name under which the browser keeps what was typed and not saved."""
        return "|".join(f"{name}={self.facts[name]}" for name in sorted(self.facts))

    @property
    def is_new(self) -> bool:
        """Whether nothing that stands is edited."""
        return not any(block.key for block in self.blocks)


def opened(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form that some facts open; the values typed so far decide which fields it has.

    Raises:
        UnknownName: a row that it edits is not there.
        PlanError: there is no such form.
    """
    maker = FORMS.get(facts.get("form", ""))
    if maker is None:
        raise PlanError(say("There is no such form; reload the page."))
    return maker(desk, facts, values)


def _finding(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of a finding; a new one with its first action and its indicator."""
    today = desk.today.isoformat()
    key = _key(facts)
    row = desk.plan.row("finding", key) if key else {}
    kind = values.get("finding.kind", row.get("kind", ""))
    learned = Block("finding", say(LEARNED), kind=kind, key=key, row=row, begins={"recorded_on": today})
    if key:
        return Form(say("Change finding {finding_id}", finding_id=key[0]), (learned,), facts)
    blocks = (learned, *_action_blocks(desk, "", kind), *_indicator_blocks("", kind, is_optional=True))
    return Form(say("A new finding, what is done about it, and how it will be known"), blocks, facts)


def _action(desk: Desk, facts: Facts, _: Mapping[str, str]) -> Form:
    """Return the form of an action that serves a finding, with its part in it and who answers for it."""
    finding_id = facts.get("finding", "")
    kind = desk.kind_of(finding_id)
    key = _key(facts)
    if not key:
        blocks = _action_blocks(desk, finding_id, kind, is_optional=False)
        return Form(say("A new action for {finding_id}", finding_id=finding_id), blocks, facts)
    action_id, row = key[0], desk.plan.row("action", key)
    blocks = (
        Block("action", say(WILL), kind=kind, key=key, row=row),
        *_parts_of_action(desk, finding_id, action_id),
    )
    return Form(say("Change action {action_id}", action_id=action_id), blocks, facts)


def _parts_of_action(desk: Desk, finding_id: str, action_id: str) -> list[Block]:
    """Return the blocks of an action's part in a finding and of who answers for it, as they stand."""
    blocks = []
    for link in desk.rows("finding_action", finding_id=finding_id, action_id=action_id)[:1]:
        key = (finding_id, action_id, link["role"])
        fixed = {"finding_id": finding_id, "action_id": action_id}
        blocks.append(Block("finding_action", key=key, row=link, fixed=fixed))
    held = desk.rows("action_owner", action_id=action_id, role=OwnerRole.ACCOUNTABLE)[:1]
    owned = (action_id, held[0]["owner_id"], held[0]["role"]) if held else ()
    fixed = {"action_id": action_id, "role": OwnerRole.ACCOUNTABLE.value}
    blocks.append(
        Block("action_owner", key=owned, row=held[0] if held else {}, fixed=fixed, is_optional=not held)
    )
    return blocks


def _action_blocks(desk: Desk, finding_id: str, kind: str, *, is_optional: bool = True) -> tuple[Block, ...]:
    """Return the blocks of a new action, of its part in the finding, and of who answers for it."""
    finding = finding_id or Of("finding")
    role = ActionRole.REPLICATES if kind == FindingKind.EXPERIENCE else ActionRole.DELIVERS
    today = desk.today.isoformat()
    return (
        Block("action", say(WILL), kind=kind, fixed={"recorded_on": today}, is_optional=is_optional),
        Block(
            "action_owner",
            begins={"owner_id": desk.usual_owner(finding_id)},
            fixed={"action_id": Of("action"), "role": OwnerRole.ACCOUNTABLE.value},
        ),
        Block(
            "finding_action",
            begins={"role": role.value},
            fixed={"finding_id": finding, "action_id": Of("action")},
            hides=frozenset({"confirmed_on"}),
        ),
    )


def _indicator(desk: Desk, facts: Facts, _: Mapping[str, str]) -> Form:
    """Return the form of an indicator by which a finding is judged."""
    finding_id, key = facts.get("finding", ""), _key(facts)
    kind = desk.kind_of(finding_id)
    if not key:
        blocks = _indicator_blocks(finding_id, kind, is_optional=False)
        return Form(say("A new indicator for {finding_id}", finding_id=finding_id), blocks, facts)
    own = Block("indicator", say(KNOW), kind=kind, key=key, row=desk.plan.row("indicator", key))
    fixed = {"finding_id": finding_id, "indicator_id": key[0]}
    links = [
        Block(
            "finding_indicator", kind=kind, key=(finding_id, key[0], link["action_id"]), row=link, fixed=fixed
        )
        for link in desk.rows("finding_indicator", **fixed)[:1]
    ]
    return Form(say("Change indicator {indicator_id}", indicator_id=key[0]), (own, *links), facts)


def _indicator_blocks(finding_id: str, kind: str, *, is_optional: bool) -> tuple[Block, ...]:
    """Return the blocks of a new indicator and of its link to the finding."""
    finding = finding_id or Of("finding")
    return (
        Block("indicator", say(KNOW), kind=kind, is_optional=is_optional),
        Block("finding_indicator", kind=kind, fixed={"finding_id": finding, "indicator_id": Of("indicator")}),
    )


def _event(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of what happened to a finding or an action; the word decides which fields it has."""
    key = _key(facts)
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
    return Form(say("What happened to {subject_id}", subject_id=subject_id), (block,), facts)


def _row(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of one row of any table; columns that the facts give are not typed."""
    table, key = facts.get("table", ""), _key(facts)
    if table not in ENTITIES:
        raise PlanError(say("There is no such form; reload the page."))
    entity = ENTITIES[table]
    fixed = {name: facts[name] for name in entity.columns if name in facts}
    row = desk.plan.row(table, key) if key else {}
    today = desk.today.isoformat()
    if table == "observation" and key:
        fixed["recorded_on"] = today
    if table == "evidence" and values.get("~sha256"):
        fixed["sha256"] = values["~sha256"]
    first = {"observation": "observed_on", "evidence": "dated_on"}.get(table, "recorded_on")
    kind = desk.kind_of(fixed.get("finding_id", row.get("finding_id", "")))
    hides = frozenset({"finding_id", "action_id"} - fixed.keys()) if table == "evidence" else frozenset()
    block = Block(table, kind=kind, key=key, row=row, fixed=fixed, begins={first: today}, hides=hides)
    if table == "setting":
        block = _setting(block, fixed.get("name") or row.get("name", ""))
    return Form(_title(desk, table, fixed, row), (block,), facts)


def _setting(block: Block, name: str) -> Block:
    """Return the block of a setting, with what it says, its usual value, and the words that it can have."""
    if name not in MEANINGS:
        return block
    fixed = {**block.fixed, "name": name}
    begins, words = {"value": usual_value(name)}, {"value": CHOICES.get(name, ())}
    return replace(block, legend=say(MEANINGS[name]), fixed=fixed, begins=begins, words=words)


def _title(desk: Desk, table: str, fixed: Mapping[str, str | Of], row: Mapping[str, str]) -> str:
    """Say what the form of a row is about: the row that is changed, or to what a new one belongs."""
    if row:
        said = called(table, row)
        return (
            say("Correct {what}", what=said) if ENTITIES[table].is_fact else say("Change {what}", what=said)
        )
    of = next(
        (
            desk.name_of(ENTITIES[table][one].refers, str(fixed[one]))
            for one in fixed
            if ENTITIES[table][one].refers
        ),
        "",
    )
    new = say("New {what}", what=table_name(table))
    return say("{new}, of {of}", new=new, of=shortened(of)) if of else new


def _decision(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of what a meeting decides about an action."""
    title, blocks = decided(desk, facts, values)
    return Form(title, blocks, facts)


def _key(facts: Facts) -> tuple[str, ...]:
    """Return the key of the row that is edited; one of several parts is written as JSON."""
    key, entity = facts.get("key", ""), ENTITIES.get(facts.get("table", ""))
    if not key or entity is None or len(entity.key) == 1:
        return (key,) if key else ()
    try:
        return tuple(map(str, json.loads(key)))
    except (ValueError, TypeError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error


FORMS: dict[str, Callable[[Desk, Facts, Mapping[str, str]], Form]] = {
    "finding": _finding,
    "action": _action,
    "indicator": _indicator,
    "event": _event,
    "row": _row,
    **dict.fromkeys(DECISIONS, _decision),
}

"""Which blocks does each form have, and with what does it begin? Opened by the facts that a button carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError
from theorytopractice.forms import specs_rows
from theorytopractice.forms.blocks import LED, Block, Form, Of
from theorytopractice.forms.decisions import DECISIONS, decided
from theorytopractice.forms.specs_rows import key_of
from theorytopractice.language import message, say
from theorytopractice.model.vocabularies import ActionRole, FindingKind, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.specs_rows import Facts

LEARNED, WILL, KNOW = message("We learned that …"), message("So we will …"), message("We shall know by …")


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


def led_anew(values: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed without what the kind of the finding decides, so that another kind decides otherwise."""
    return {name: text for name, text in values.items() if text not in LED.get(name, ())}


def _finding(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of a finding; a new one with its first action and its indicator."""
    today = desk.today.isoformat()
    key = key_of(facts)
    row = desk.plan.row("finding", key) if key else {}
    kind = values.get("finding.kind", row.get("kind", ""))
    learned = Block("finding", say(LEARNED), kind=kind, key=key, row=row, begins={"recorded_on": today})
    if key:
        return Form(say("Change finding {finding_id}", finding_id=key[0]), (learned,), facts)
    blocks = (
        learned,
        *_action_blocks(desk, "", kind),
        *_indicator_blocks("", kind, values, is_optional=True),
    )
    return Form(say("A new finding, what is done about it, and how it will be known"), blocks, facts)


def _action(desk: Desk, facts: Facts, _: Mapping[str, str]) -> Form:
    """Return the form of an action that serves a finding, with its part in it and who answers for it."""
    finding_id = facts.get("finding", "")
    kind = desk.kind_of(finding_id)
    key = key_of(facts)
    if not key:
        blocks = _action_blocks(desk, finding_id, kind, is_optional=False)
        return Form(say("A new action for {finding_id}", finding_id=finding_id), blocks, facts)
    action_id, row = key[0], desk.plan.row("action", key)
    blocks = (
        Block("action", say(WILL), kind=kind, key=key, row=row),
        _owner_of(desk, action_id),
        _link(desk, "finding_action", kind, finding_id=finding_id, action_id=action_id),
    )
    return Form(say("Change action {action_id}", action_id=action_id), blocks, facts)


def _owner_of(desk: Desk, action_id: str) -> Block:
    """Return the block of whoever is accountable for an action; a form insists on somebody."""
    held = desk.rows("action_owner", action_id=action_id, role=OwnerRole.ACCOUNTABLE)[:1]
    key = (action_id, held[0]["owner_id"], held[0]["role"]) if held else ()
    fixed = {"action_id": action_id, "role": OwnerRole.ACCOUNTABLE.value}
    return Block("action_owner", key=key, row=held[0] if held else {}, fixed=fixed)


def _link(desk: Desk, table: str, kind: str, **fixed: str) -> Block:
    """Return the block of the first link between two rows; where there is none any more, of one that may come."""
    block = Block(table, kind=kind, fixed=fixed)
    found = desk.rows(table, **fixed)[:1]
    if not found:
        return Block(table, kind=kind, fixed=fixed, is_optional=True)
    key = tuple(found[0][column] for column in block.entity.key)
    return Block(table, kind=kind, key=key, row=found[0], fixed=fixed)


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


def _indicator(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of an indicator by which a finding is judged."""
    finding_id, key = facts.get("finding", ""), key_of(facts)
    kind = desk.kind_of(finding_id)
    if not key:
        blocks = _indicator_blocks(finding_id, kind, values, is_optional=False)
        return Form(say("A new indicator for {finding_id}", finding_id=finding_id), blocks, facts)
    row = desk.plan.row("indicator", key)
    own = Block("indicator", say(KNOW), kind=kind, more=_sort_of(values, row), key=key, row=row)
    link = _link(desk, "finding_indicator", kind, finding_id=finding_id, indicator_id=key[0])
    return Form(say("Change indicator {indicator_id}", indicator_id=key[0]), (own, link), facts)


def _indicator_blocks(
    finding_id: str, kind: str, values: Mapping[str, str], *, is_optional: bool
) -> tuple[Block, ...]:
    """Return the blocks of a new indicator and of its link to the finding.

    With a new experience and its first replication, the indicator measures that replication (method, section 8).
    """
    link: dict[str, str | Of] = {"finding_id": finding_id or Of("finding"), "indicator_id": Of("indicator")}
    if kind == FindingKind.EXPERIENCE and not finding_id:
        link["action_id"] = Of("action", may_lack=True)
    return (
        Block("indicator", say(KNOW), kind=kind, more=_sort_of(values, {}), is_optional=is_optional),
        Block("finding_indicator", kind=kind, fixed=link),
    )


def _sort_of(values: Mapping[str, str], row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of an indicator that decide which other fields it has."""
    return tuple(values.get(f"indicator.{name}", row.get(name, "")) for name in ("direction", "measure"))


def _decision(desk: Desk, facts: Facts, values: Mapping[str, str]) -> Form:
    """Return the form of what a meeting decides about an action."""
    title, blocks = decided(desk, facts, values)
    return Form(title, blocks, facts)


FORMS: dict[str, Callable[[Desk, Facts, Mapping[str, str]], Form]] = {
    "finding": _finding,
    "action": _action,
    "indicator": _indicator,
    "event": specs_rows.event,
    "row": specs_rows.row,
    **dict.fromkeys(DECISIONS, _decision),
}

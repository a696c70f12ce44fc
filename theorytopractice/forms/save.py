"""What happens when somebody leaves a field, or saves? The form's values become edits, and the plan judges them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError, InvalidPlan, PlanError
from theorytopractice.forms import conflicts, meeting
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.attachments import FILE, missing, store_files, with_file
from theorytopractice.forms.controls import parts_of
from theorytopractice.forms.form import REASON, SEEN, form_html, labels_of, summary, warnings_html
from theorytopractice.forms.form_definitions import open_definition, without_derived
from theorytopractice.forms.form_model import Block, EnteredForm, Form, edits_of, place, read_form
from theorytopractice.forms.labels import shorten
from theorytopractice.html import NOTHING, tag
from theorytopractice.i18n import say
from theorytopractice.model.labels import name_of
from theorytopractice.store.edits import Add, Correct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session
    from theorytopractice.store.edits import Edit


def open_form(session: Session, message: Message) -> Answer:
    """Show a form; what was typed into it before, if anything."""
    form = open_definition(session, message.values("open"), {})
    return Answer({"form": form_html(session, form, {})}, focus="form-title")


def refresh(session: Session, message: Message) -> Answer:
    """Show the form again with the fields that the new kind or event has."""
    values = without_derived(message.values())
    form = as_opened(open_definition(session, message.values("open"), values), values, is_anew=True)
    return Answer({"form": form_html(session, form, values)})


def cancel(session: Session, _: Message) -> Answer:
    """Put a form away."""
    return _unchanged(session)


def _unchanged(session: Session) -> Answer:
    """Say that nothing was changed; the form goes."""
    if session.screen == meeting.NAME:
        return meeting.cancel(session)
    return Answer({"form": NOTHING}, focus=session.default_focus, told=say("Nothing was changed."))


def check(session: Session, message: Message) -> Answer:
    """Say what is wrong with the field that was left, and what is worth a look."""
    form, values = _asked(session, message)
    name = message.text("field")
    made = read_form(form.blocks, values, today=session.today)
    with suppress(ConflictError):  # it is shown when the form is saved
        _judge(session, form, made)
    warned = {field: text for field, text in made.warnings if field == name}
    said = made.problems.get(name) or warned.get(name)
    told = say("{label}: {problem}", label=labels_of(form).get(name, name), problem=said) if said else ""
    return Answer(parts_of(made.problems, [name], warned), told=told)


def save(session: Session, message: Message) -> Answer:
    """Save a form: all of it or nothing; what stands in the way is said in a summary that takes the focus."""
    return _save(session, message.values("open"), with_file(session, message.values()))


def resolve(session: Session, message: Message) -> Answer:
    """Save what was chosen where somebody else had changed the same row."""
    values, undecided = conflicts.resolve(session, message)
    if undecided:
        told = say("Choose yours or the other version for each difference.")
        return Answer({"summary": tag("p", told, id="summary-box", tabindex="-1", role="alert", class_="summary")},
                      focus="summary-box")  # fmt: skip
    return _save(session, message.values("open"), values, is_chosen=True)


def _save(
    session: Session, facts: Mapping[str, str], values: dict[str, str], *, is_chosen: bool = False
) -> Answer:
    """Store what a form holds, or say why it cannot be stored; what was chosen between versions, in its form again."""
    form = as_opened(open_definition(session, facts, values), values)
    made = read_form(form.blocks, values, today=session.today)
    made.problems |= missing(session, values)
    try:
        _judge(session, form, made)
        reason = values.get(REASON, "").strip()
        if form.corrects and not reason and needs_reason(session, form, made):
            made.problems[REASON] = say("Say why.")
        if made.is_valid:
            edits = edits_of(form.blocks, made.texts)
            keys = _store(session, values, edits, _what(form, made), reason)
    except ConflictError:
        if FILE not in made.problems:
            return conflicts.show(session, form, values)
    except InvalidPlan as error:
        place(error.issues, form.blocks, made)
    else:
        if made.is_valid:
            return (
                _stored(session, form, made, edits, keys)
                if edits
                else _unchanged(session) | Answer(forget=[form.draft])
            )
    if is_chosen:
        return Answer({"form": form_html(session, form, values, made)}, focus="summary-box")
    names = [FILE, REASON, *(block.name(one.name) for block in form.blocks for one in block.fields())]
    parts = parts_of(made.problems, names) | {"summary": summary(form, made) or NOTHING}
    return Answer(parts, focus="summary-box")


def _asked(session: Session, message: Message) -> tuple[Form, dict[str, str]]:
    """Return the form that a message speaks of, with its rows as the planner saw them, and what was typed."""
    values = with_file(session, message.values())
    form = open_definition(session, message.values("open"), values)
    return as_opened(form, values), values


def as_opened(form: Form, values: Mapping[str, str], *, is_anew: bool = False) -> Form:
    """Return a form whose rows are those that stood there when it was opened, not those that stand there now.

    New rows begin as they did then, unless the form is made anew because another kind was chosen.
    """
    blocks = []
    for block in form.blocks:
        seen = values.get(SEEN + block.table)
        was = _row_as_opened(block, seen) if seen else block
        blocks.append(replace(was, begins=block.begins) if is_anew else was)
    return replace(form, blocks=tuple(blocks))


def _row_as_opened(block: Block, seen: str) -> Block:
    """Return a block with the key and the row that it had when its form was opened."""
    try:
        key, row = json.loads(seen)
        was = {str(name): str(text) for name, text in dict(row).items()}
        if not key:
            return replace(block, key=(), row={}, begins={**block.begins, **was}, has_come=bool(block.key))
        return replace(block, key=tuple(map(str, key)), row=was)
    except (ValueError, TypeError, RecursionError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error


def _judge(session: Session, form: Form, made: EnteredForm) -> None:
    """Add to what is wrong with each field by itself what is wrong with all of it in the plan.

    Raises:
        ConflictError: somebody else changed, removed or added a row of the form since it was opened.
    """
    if any(block.has_come for block in form.blocks):
        raise ConflictError(say("Somebody else added to this meanwhile. Nothing was stored."))
    fine = {name: "" if name in made.problems else text for name, text in made.texts.items()}
    place(session.plan.problems(*edits_of(form.blocks, fine), as_of=session.today), form.blocks, made)


def needs_reason(session: Session, form: Form, made: EnteredForm) -> bool:
    """Tell whether something is corrected otherwise than by a newer row."""
    edits = edits_of(form.blocks, made.texts)
    return any(isinstance(one, Correct) and not one.is_newer(session.plan.today) for one in edits)


def _what(form: Form, made: EnteredForm) -> str:
    """Say what is done: of a new finding its statement, of an event its word."""
    if form.facts.get("key"):
        return form.title
    statement, event = (made.texts.get(name, "") for name in ("finding.statement", "event.event"))
    if statement:
        return say("{what}: {reason}", what=say("New finding"), reason=shorten(statement))
    return say("{what}: {reason}", what=form.title, reason=name_of(event)) if event else form.title


def _store(
    session: Session, values: Mapping[str, str], edits: Sequence[Edit], what: str, reason: str
) -> list[str]:
    """Make the edits and keep the attached file, or neither; return the keys of the rows that came."""
    if not edits:
        return []
    what = say("{what}: {reason}", what=what, reason=reason) if reason else what
    with store_files(session, values):
        return session.plan.edit(*edits, what=what)


def _stored(
    session: Session, form: Form, made: EnteredForm, edits: Sequence[Edit], keys: Sequence[str]
) -> Answer:
    """Say where the finding stands now that these edits were stored."""
    come = [edit.row.entity.name for edit in edits if isinstance(edit, Add)]
    finding_id = keys[come.index("finding")] if "finding" in come else session.finding_id
    done = session.after_change(
        finding_id,
        told=_what(form, made),
        made=session.plan.last_change,
        note=warnings_html(made),
        action_id=form.facts.get("action_id", ""),
    )
    return done | Answer(forget=[form.draft])

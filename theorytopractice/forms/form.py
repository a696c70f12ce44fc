"""How does a form look, what does its search offer, and what happens when somebody leaves a field or saves?"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from theorytopractice.errors import ConflictError, InvalidPlan, PlanError
from theorytopractice.forms import due_change as due
from theorytopractice.forms.answer import SEARCH_TEXT, Answer, Changed, as_json, refuse_unreadable
from theorytopractice.forms.attachments import CHECKSUM_LENGTH, CHECKSUM_LINK, FILE, FILE_PART, URI
from theorytopractice.forms.cells import recurrence_text, shorten
from theorytopractice.forms.controls import (
    Control,
    button,
    control,
    draft_note,
    error_place,
    hidden_field,
    problem_parts,
    required_mark,
    submit_button,
    summary_box,
    warnings_box,
)
from theorytopractice.forms.due_change import due_question
from theorytopractice.forms.form_definitions import open_definition, without_derived
from theorytopractice.forms.form_model import (
    DERIVED,
    NEW,
    Block,
    EnteredForm,
    Form,
    form_edits,
    place_issues,
    read_form,
)
from theorytopractice.forms.session import NAME_COLUMNS
from theorytopractice.html import NOTHING, join, safe, tag
from theorytopractice.i18n import message, say, say_n, say_number
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of, name_of
from theorytopractice.model.values import fold, natural
from theorytopractice.store.edits import Add, Correct
from theorytopractice.store.history import format_key, is_same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.form_model import Block, EnteredForm, Form
    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


OPENED = "~seen:"
"""Begins the name of a hidden field with the row as it was seen when the form was opened."""
REASON, REASON_LABEL = "~reason", message("Why it is corrected")
"""The field of a form in which it is said why a fact is put right, and what it is called."""
REFRESHING = frozenset(
    {("finding", "kind"), ("event", "event"), ("indicator", "direction"), ("indicator", "measure")}
)
"""Fields that decide which other fields there are."""
MAX_OPEN = 3
"""Warnings that are shown at once; more lie behind a fold."""


def form_html(
    session: Session, form: Form, values: Mapping[str, str], entered: EnteredForm | None = None
) -> Markup:
    """Return a form with what was typed into it; without any, with what it begins with."""
    problems = entered.problems if entered else {}
    parts = {block.table for block in form.blocks if block.is_optional}
    blocks: list[Markup] = []
    for block in form.blocks:
        may_stay = block.table in parts or block.leads_to(parts)
        blocks.append(_block(session, block, values, problems, may_stay=may_stay))
        if block.table == "action" and form.due_change:
            blocks.append(due_question(form.due_change, problems))
    return tag(
        "form",
        tag("h3", form.title, id="form-title", tabindex="-1"),
        draft_note(
            button(say("Throw it away"), "open", kind="plain", forget=form.draft, open=dict(form.facts))
        ),
        tag("div", summary(form, entered) if entered else None, data_part="summary"),
        *blocks,
        *opened_fields(form),
        *_file_field(form),
        _reason_field(form, values, problems),
        tag(
            "p",
            submit_button(say("Save")),
            " ",
            button(say("Cancel"), "cancel", kind="plain"),
            tag("span", say("Ctrl+Enter saves"), class_="hint"),
            class_="buttons",
            data_cancel="",
        ),
        data_do="save",
        data_check="check",
        data_with=as_json({"open": dict(form.facts)}),
        data_draft=form.draft,
        data_title=form.title,
        data_open=as_json(dict(form.facts)),
        novalidate=True,
        class_="record",
        aria_labelledby="form-title",
    )


def opened_fields(form: Form) -> list[Markup]:
    """Return the keys and rows of a form's blocks as they stood when it was opened; of new rows how they begin."""
    return [
        hidden_field(
            OPENED + block.table, as_json([block.key, block.row if block.key else dict(block.defaults)])
        )
        for block in form.blocks
    ]


def _reason_field(form: Form, values: Mapping[str, str], problems: Mapping[str, str]) -> Markup | None:
    """Return where it is said why a fact is put right; None in a form that puts none right."""
    if not form.corrects:
        return None
    is_value = any(block.table == "observation" for block in form.blocks)
    lead = say("Another value of the same day may do without; the old one then stands beside it.")
    return tag(
        "div",
        tag("label", say(REASON_LABEL), " ", None if is_value else required_mark(), for_=REASON),
        tag("p", lead, id=f"{REASON}-help", class_="help") if is_value else None,
        tag("input", type="text", id=REASON, name=REASON, value=values.get(REASON, ""), autocomplete="off",
            aria_describedby=f"{REASON}-help {REASON}-error" if is_value else f"{REASON}-error",
            aria_required=None if is_value else "true"),
        error_place(REASON, problems.get(REASON, "")),
        class_="field",
    )  # fmt: skip


def _block(
    session: Session, block: Block, values: Mapping[str, str], problems: Mapping[str, str], *, may_stay: bool
) -> Markup:
    """Return the fields of a block: those that are asked, and behind a fold those that are merely offered.

    Where the block may stay empty, its fields are not marked as those that must be filled, but as needed with it.
    """
    main: list[Markup] = []
    extra: list[Markup] = []
    is_open = False
    for field in block.fields():
        box = _control(session, block, field, values, problems)
        box = replace(
            box,
            is_required=box.is_required and not may_stay,
            is_required_in_part=box.is_required and may_stay,
        )
        is_asked = bool(field.prompt or block.requires(field))
        (main if is_asked else extra).append(control(box))
        is_open |= not is_asked and bool(box.problem or box.text != block.initial_text(field))
    details = tag("details", tag("summary", say("More fields")), *extra, open=is_open) if extra else None
    note = (
        tag("small", " ", say("if it is known already; else leave it empty")) if block.is_optional else None
    )
    legend = tag("legend", block.legend, note) if block.legend else None
    return tag("fieldset", legend, *main, details, class_=f"block {block.table}")


def _control(
    session: Session, block: Block, field: Field, values: Mapping[str, str], problems: Mapping[str, str]
) -> Control:
    name = block.name(field.name)
    text = values.get(name, block.initial_text(field))
    if field.type is ValueType.CADENCE:
        text = recurrence_text(text)
    box = Control(
        name,
        block.table,
        field,
        text=text,
        problem=problems.get(name, ""),
        is_required=block.requires(field),
        words=block.vocabularies.get(field.name, ()),
        refresh="refresh"
        if (block.table, field.name) in REFRESHING or field.name in block.refreshing
        else "",
        derived_text=block.initial_text(field) if name in DERIVED and not block.key else "",
        can_add=field.refers == "owner",
    )
    return (
        replace(box, search_text=values.get(name + SEARCH_TEXT) or session.name_of(field.refers, text))
        if field.refers
        else box
    )


def _file_field(form: Form) -> list[Markup]:
    """Return where a file is attached, in a form of evidence."""
    if not any(block.table == "evidence" for block in form.blocks):
        return []
    about = f"{FILE}-help {FILE_PART}-words {FILE}-error"
    return [
        tag(
            "div",
            tag("label", say("Or attach a file"), for_=FILE),
            tag(
                "p",
                say(
                    "It is copied beside the plan, and its checksum is kept, so that nobody exchanges it unnoticed."
                ),
                class_="help",
                id=f"{FILE}-help",
            ),
            tag("input", type="file", id=FILE, data_upload=FILE_PART, data_for=FILE, aria_describedby=about),
            tag("input", type="hidden", name=FILE, value="", data_passing=""),
            tag("p", id=f"{FILE_PART}-words", data_part=FILE_PART, class_="note"),
            tag("p", say("The file does not stay with what you typed; attach it again."), class_="note",
                data_lost=FILE, hidden=True),
            error_place(FILE),
            class_="field",
        )
    ]  # fmt: skip


def labels_of(form: Form) -> dict[str, str]:
    """Return what the fields of a form are called, by name."""
    labels = {
        block.name(field.name): label_of(block.table, field.name)
        for block in form.blocks
        for field in block.fields()
    }
    return labels | {
        FILE: say("Attached file"),
        REASON: say(REASON_LABEL),
        due.CHOICE: say(due.QUESTION),
        due.REASON: say(due.WHY_WRONG),
    }


def summary(form: Form, entered: EnteredForm) -> Markup | None:
    """Return all that stands in the way of saving, each with a way to its field; None if nothing does."""
    if entered.is_valid:
        return None
    labels = labels_of(form)
    items = [
        tag("a", say("{label}: {problem}", label=labels.get(name, name), problem=problem), href=f"#{name}")
        for name, problem in entered.problems.items()
    ]
    return summary_box([*items, *entered.form_problems])


def warnings_html(entered: EnteredForm) -> Markup | None:
    """Return what is worth a look though it was saved; None if nothing is."""
    texts = [message[:1].upper() + message[1:] for _, message in entered.warnings]
    return warnings_box(texts, MAX_OPEN)


MAX_OPTIONS = 12


def search_rows(session: Session, message: Message) -> Answer:
    """Return the rows that fit what was typed; those that begin so come first."""
    table, text, part = message.text("table"), message.text("text"), message.text("part")
    if table not in NAME_COLUMNS:
        return Answer()
    candidates = _candidates(session, table)
    query = fold(text).split()
    matches = [(key, name) for key, name, words in candidates if all(word in words for word in query)]
    first = query[0] if query else ""
    matches.sort(key=lambda pair: (not fold(pair[1]).startswith(first), natural(pair[0])))
    options = [
        _search_option(f"{part}-{place}", key, f"{key} {name}")
        for place, (key, name) in enumerate(matches[:MAX_OPTIONS])
    ]
    n_more = len(matches) - MAX_OPTIONS
    if n_more > 0:
        hint = say_n("{n} more; type more letters", "{n} more; type more letters", n_more)
        options.append(tag("div", hint, class_="hint", aria_hidden="true"))
    name = " ".join(text.split())
    if (
        message.facts.get("can_add")
        and name
        and not any(fold(candidate) == fold(name) for _, candidate, _ in candidates)
    ):
        words = say("Add “{name}” as somebody new", name=name)
        options.append(_search_option(f"{part}-new", NEW + name, name, words))
    return Answer({part: join(options) or tag("div", say("Nothing fits."), class_="hint")})


def _search_option(name: str, value: str, text: str, label: str = "") -> Markup:
    """Return a choice; ``words`` are those of a choice that adds somebody new."""
    return tag(
        "div",
        label or text,
        role="option",
        id=name,
        aria_selected="false",
        data_value=value,
        data_words=text,
        data_new="" if label else None,
    )


def _candidates(session: Session, table: str) -> list[tuple[str, str, str]]:
    """Return key, name and words to search in of every row of a table."""
    if table == "finding":
        return [(entry.finding_id, entry.statement, entry.words) for entry in session.overview.entries()]
    return session.overview.names(table, ENTITIES[table].key[0], NAME_COLUMNS[table])


CHOICE = "~choice:"
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which what was typed and what stands now differ; ``choice`` is what nobody needs to decide."""

    name: str
    label: str
    mine: str
    theirs: str
    choice: str


def open_form(session: Session, message: Message) -> Answer:
    """Show a form; what was typed into it before, if anything."""
    form = open_definition(session, message.values("open"), {})
    return Answer({"form": form_html(session, form, {})}, focus="form-title")


def refresh(session: Session, message: Message) -> Answer:
    """Show the form again with the fields that the new kind or event has."""
    values = without_derived(message.values())
    form = as_opened(open_definition(session, message.values("open"), values), values, is_anew=True)
    return Answer({"form": form_html(session, form, values)})


def upload(session: Session, message: Message) -> Answer:
    """Take a piece of a file, and say when all of it is there."""
    part, name = message.text("part"), message.text("name")
    if session.uploads.evidence_dir is None and part == FILE_PART:
        text = say(
            "This plan lives on a database server, so no file can be put beside it; give a link instead."
        )
        return Answer({part: safe(text)}, text=text, refused=True)
    try:
        file = session.uploads.add_piece(
            message.text("token"), name, message.piece, at=message.facts.get("at")
        )
    except PlanError as error:
        return Answer({part: safe(error)}, text=str(error), refused=True)
    file.is_whole = bool(message.facts.get("is_last"))
    if not file.is_whole:
        return Answer()
    size, sha256 = say_number(-(-file.size // 1024)), file.sha256[:CHECKSUM_LENGTH]
    text = say("{name}: {size} KB, checksum {sha256}", name=file.name, size=size, sha256=sha256)
    return Answer({part: safe(text), f"error:{FILE}": NOTHING}, text=text)


def check(session: Session, message: Message) -> Answer:
    """Say what is wrong with the field that was left, and what is worth a look."""
    values = session.uploads.with_link(message.values())
    form = as_opened(open_definition(session, message.values("open"), values), values)
    name = message.text("field")
    entered = read_form(form.blocks, values, today=session.today)
    with suppress(ConflictError):  # it is shown when the form is saved
        _add_plan_issues(session, form, entered)
    warnings = {field: text for field, text in entered.warnings if field == name}
    problem = entered.problems.get(name) or warnings.get(name)
    label = labels_of(form).get(name, name)
    text = say("{label}: {problem}", label=label, problem=problem) if problem else ""
    return Answer(problem_parts(entered.problems, [name], warnings), text=text)


def save(session: Session, message: Message) -> Answer | Changed:
    """Save a form: all of it or nothing; what stands in the way is said in a summary that takes the focus."""
    return _save(session, message.values("open"), session.uploads.with_link(message.values()))


def resolve(session: Session, message: Message) -> Answer | Changed:
    """Save what was chosen where somebody else had changed the same row."""
    values, undecided = _resolved_values(session, message)
    if undecided:
        text = say("Choose yours or the other version for each difference.")
        box = tag("p", text, id="summary-box", tabindex="-1", role="alert", class_="summary")
        return Answer({"summary": box}, focus="summary-box")
    return _save(session, message.values("open"), values, is_resolved=True)


def _save(
    session: Session, facts: Mapping[str, str], values: dict[str, str], *, is_resolved: bool = False
) -> Answer | Changed:
    """Store what a form holds, or say why it cannot be stored; what was chosen between versions, in its form again."""
    form = as_opened(open_definition(session, facts, values), values)
    entered = read_form(form.blocks, values, today=session.today)
    entered.problems |= session.uploads.problems(values)
    try:
        _add_plan_issues(session, form, entered)
        reason = values.get(REASON, "").strip()
        if form.due_change:
            entered.problems |= form.due_change.problems()
            reason = reason or form.due_change.reason * form.due_change.is_decided
        if form.corrects and not reason and _needs_reason(session, form, entered):
            entered.problems[REASON] = say("Say why.")
        if entered.is_valid:
            return _store(session, form, entered, values, reason)
    except ConflictError:
        if FILE not in entered.problems:
            return _conflict_form(session, form, values)
    except InvalidPlan as error:
        place_issues(error.issues, form.blocks, entered)
    if is_resolved or form.due_change:  # what is asked of a due date may not be on the page yet
        return Answer({"form": form_html(session, form, values, entered)}, focus="summary-box")
    names = [FILE, REASON, *(block.name(field.name) for block in form.blocks for field in block.fields())]
    parts = problem_parts(entered.problems, names) | {"summary": summary(form, entered) or NOTHING}
    return Answer(parts, focus="summary-box")


def as_opened(form: Form, values: Mapping[str, str], *, is_anew: bool = False) -> Form:
    """Return a form whose rows are those that stood there when it was opened, not those that stand there now.

    New rows begin as they did then, unless the form is made anew because another kind was chosen.
    """
    blocks = []
    for block in form.blocks:
        opened = _block_as_opened(block, values.get(OPENED + block.table, ""))
        blocks.append(replace(opened, defaults=block.defaults) if is_anew else opened)
    return replace(form, blocks=tuple(blocks))


def _block_as_opened(block: Block, text: str) -> Block:
    """Return a block with the key and the row that it had when its form was opened."""
    if not text:
        return block
    with refuse_unreadable():
        key, cells = json.loads(text)
        row = {str(name): str(cell) for name, cell in dict(cells).items()}
        if not key:
            defaults = {**block.defaults, **row}
            return replace(block, key=(), row={}, defaults=defaults, is_added_meanwhile=bool(block.key))
        return replace(block, key=tuple(map(str, key)), row=row)


def _add_plan_issues(session: Session, form: Form, entered: EnteredForm) -> None:
    """Add to what is wrong with each field by itself what is wrong with all of it in the plan.

    Raises:
        ConflictError: somebody else changed, removed or added a row of the form since it was opened.
    """
    if any(block.is_added_meanwhile for block in form.blocks):
        raise ConflictError(say("Somebody else added to this meanwhile. Nothing was stored."))
    texts = {name: "" if name in entered.problems else text for name, text in entered.texts.items()}
    issues = session.plan.problems(*form_edits(form.blocks, texts), as_of=session.today)
    place_issues(issues, form.blocks, entered)


def _needs_reason(session: Session, form: Form, entered: EnteredForm) -> bool:
    """Tell whether something is corrected otherwise than by a newer row."""
    edits = form_edits(form.blocks, entered.texts)
    return any(isinstance(edit, Correct) and not edit.is_newer(session.plan.today) for edit in edits)


def _store(
    session: Session, form: Form, entered: EnteredForm, values: Mapping[str, str], reason: str
) -> Changed:
    """Make the edits and keep the attached file, or neither; without an edit the form is put away."""
    edits = form_edits(form.blocks, entered.texts)
    if not edits:
        return Changed("", forget=[form.draft])
    text = _history_text(form, entered)
    what = say("{what}: {reason}", what=text, reason=reason) if reason else text
    with session.uploads.store(values):
        keys = session.plan.edit(*edits, what=what)
    tables = [edit.row.entity.name for edit in edits if isinstance(edit, Add)]
    return Changed(
        text,
        finding_id=keys[tables.index("finding")] if "finding" in tables else session.finding_id,
        change=session.plan.last_change,
        note=warnings_html(entered),
        action_id=form.facts.get("action_id", ""),
        forget=[form.draft],
    )


def _history_text(form: Form, entered: EnteredForm) -> str:
    """Say what is done: of a new finding its statement, of an event its word."""
    if form.facts.get("key"):
        return form.title
    statement, event = (entered.texts.get(name, "") for name in ("finding.statement", "event.event"))
    if statement:
        return say("{what}: {reason}", what=say("New finding"), reason=shorten(statement))
    return say("{what}: {reason}", what=form.title, reason=name_of(event)) if event else form.title


def _conflict_form(session: Session, form: Form, values: Mapping[str, str]) -> Answer:
    """Show what was typed beside what somebody else stored meanwhile."""
    now = open_definition(session, form.facts, values)
    rows = [_difference_row(difference, values) for difference in _differences(session, form, now, values)]
    heads = [tag("th", head, scope="col") for head in (say("Field"), say("Yours"), say("Stored meanwhile"))]
    page = tag(
        "form",
        tag("h3", say("Somebody else changed this meanwhile"), id="form-title", tabindex="-1"),
        tag("p", _author_text(session, form, now)),
        tag("p", say("Nothing was stored yet. Choose for each difference what shall stand.")),
        tag("div", data_part="summary"),
        tag("div", tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows)), class_="box"),
        *(hidden_field(name, text) for name, text in values.items() if not name.startswith((OPENED, CHOICE))),
        *opened_fields(now),
        *(hidden_field(CHECKSUM_LINK, block.row["uri"]) for block in form.blocks if block.row.get("sha256")),
        tag(
            "p",
            submit_button(say("Save what was chosen")),
            " ",
            button(say("Cancel"), "cancel", kind="plain"),
            class_="buttons",
        ),
        data_do="resolve",
        data_with=as_json({"open": dict(form.facts)}),
        novalidate=True,
        class_="record conflict",
        aria_labelledby="form-title",
    )
    return Answer({"form": page}, focus="form-title", text=say("Somebody else changed this meanwhile."))


def _resolved_values(session: Session, message: Message) -> tuple[dict[str, str], list[str]]:
    """Return what shall be saved by the choices, and the fields for which nothing was chosen yet."""
    values = message.values()
    now = open_definition(session, message.values("open"), values)
    stored = {
        block.name(field.name): block.row.get(field.name, "")
        for block in now.blocks
        for field in block.fields()
    }
    choices = {name.removeprefix(CHOICE): text for name, text in values.items() if name.startswith(CHOICE)}
    theirs = {name: stored.get(name, "") for name, choice in choices.items() if choice == THEIRS}
    mine = {name: text for name, text in values.items() if not name.startswith(CHOICE)}
    if choices.get(URI) == THEIRS:
        mine.pop(FILE, None)
    return mine | theirs, [name for name, choice in choices.items() if choice not in (MINE, THEIRS)]


def _differences(session: Session, form: Form, now: Form, values: Mapping[str, str]) -> Iterator[Difference]:
    """Yield the fields in which the typed text and the stored one differ."""
    texts = read_form(form.blocks, values, today=session.today).texts
    stored = {block.table: block for block in now.blocks}
    for block in form.blocks:
        for field in block.fields() if block.key or stored[block.table].key else ():
            name, opened = block.name(field.name), block.row.get(field.name, "")
            mine, theirs = texts[name], stored[block.table].row.get(field.name, "")
            if mine != theirs:
                choice = MINE if theirs == opened else THEIRS if mine == opened else ""
                words = block.vocabularies.get(field.name, ())
                mine, theirs = (session.field_label(field, text, words) for text in (mine, theirs))
                yield Difference(name, label_of(block.table, field.name), mine, theirs, choice)


def _difference_row(difference: Difference, values: Mapping[str, str]) -> Markup:
    choice = values.get(CHOICE + difference.name) or difference.choice
    versions = ((MINE, difference.mine, say("Yours")), (THEIRS, difference.theirs, say("Stored meanwhile")))
    return tag(
        "tr",
        tag("th", difference.label, scope="row", id=f"{difference.name}-label"),
        *(
            _version(difference, side, text, whose, is_chosen=choice == side)
            for side, text, whose in versions
        ),
    )


def _version(difference: Difference, side: str, text: str, whose: str, *, is_chosen: bool) -> Markup:
    """Return one version with the button that chooses it."""
    radio = tag("input", type="radio", name=CHOICE + difference.name, value=side, checked=is_chosen)
    label = tag("span", f"{difference.label}, {whose}: ", class_="aloud")
    return tag("td", tag("label", radio, " ", label, text or tag("i", say("(empty)"))))


def _author_text(session: Session, form: Form, now: Form) -> str:
    """Say who made the rows what they are that are others now, and when; empty where the history does not tell."""
    opened = {block.table: block.row for block in form.blocks}
    blocks = {
        (block.table, format_key(block.key)): block
        for block in now.blocks
        if block.key and not is_same(block.row, opened[block.table])
    }
    history = session.plan.history({block.key[0] for block in blocks.values()})
    changes = zip(history["entity"], history["key"], history["after"], strict=True)
    own = history[[_is_result_of(blocks.get((table, key)), after) for table, key, after in changes]]
    if own.empty:
        return ""
    last = own.iloc[-1]
    return say(
        "{who} stored the other version on {when}.",
        who=last["made_by"],
        when=session.moment_text(last["made_at"]),
    )


def _is_result_of(block: Block | None, after: str) -> bool:
    """Tell whether a change left the row of a block as it is now."""
    return block is not None and bool(after) and is_same(json.loads(after), block.row)

"""How does a spreadsheet come into the plan without a terminal? A file, what its columns are, what would change, done."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from theorytopractice.errors import ConflictError, PlanError
from theorytopractice.exchange.listings import writer_of
from theorytopractice.forms.answer import Answer, Changed, File, unknown_form
from theorytopractice.forms.attachments import FILE
from theorytopractice.forms.controls import button, error_place, labelled, refusal_box, submit_button
from theorytopractice.forms.import_comparison import comparison_html, issue_frame, shown_cells
from theorytopractice.forms.import_mapping import mapping_html
from theorytopractice.forms.import_state import ENDINGS, ImportState
from theorytopractice.html import tag
from theorytopractice.i18n import say, say_n
from theorytopractice.store.sources import Choice

if TYPE_CHECKING:
    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.attachments import Upload
    from theorytopractice.forms.session import Session


NAME = "import"
FILE_PART, MAPPING_PART, PASTED = "import-file", "import-mapping", "pasted"


def screen(session: Session) -> Markup:
    """Return the step at which the import stands: the file, its columns and words, or what would change."""
    state = session.import_state
    if state.comparison is not None:
        step = tag("div", comparison_html(state), data_part="comparison")
    elif state.suggestion is not None:
        step = tag("div", mapping_html(state, _mapping_upload()), data_part="mapping")
    else:
        step = _file_form()
    head = tag("h2", say("Import"), id="screen-title", tabindex="-1")
    name = tag("p", say("File: {name}", name=state.name), class_="small") if state.name else None
    again = button(say("Choose another file"), "import-again", kind="plain") if state.name else None
    return tag("section", head, name, again, tag("div", data_part="summary"), step, class_="import")


def _file_form() -> Markup:
    """Return where a file is dropped or chosen, and where the whole plan is handed over as a workbook."""
    lead = say("A workbook that was downloaded here and filled in is compared at once. Of any other table it is proposed what its columns are; nothing is stored before you say so.")  # fmt: skip
    whole = say("The whole plan as a workbook, to be filled in and imported again:")
    return tag(
        "div",
        _upload_form(FILE_PART, say("Drop a file here, or choose one"), lead, ",".join(ENDINGS)),
        _paste_form(),
        tag("p", whole, " ", button(say("Download the workbook"), "download", of="plan"), class_="download"),
    )


def _upload_form(part: str, label: str, lead: str, accept: str) -> Markup:
    """Return a form that takes one file and hands it over as soon as it is whole."""
    field = f"{part}-field"
    box = tag("input", type="file", id=field, data_upload=part, data_for=FILE, data_submits="", accept=accept,
              aria_describedby=f"{part}-help {part}-words {part}-error")  # fmt: skip
    return tag(
        "form",
        tag("div", tag("label", label, for_=field), tag("p", lead, id=f"{part}-help", class_="help"), box,
            class_="drop"),
        tag("input", type="hidden", name=FILE, value="", data_passing=""),
        tag("p", id=f"{part}-words", data_part=part, class_="note"),
        error_place(FILE),
        tag("p", submit_button(say("Look at it")), class_="buttons"),
        data_do="import-read",
        data_with=f'{{"part":"{part}"}}',
        class_="record",
        aria_label=label,
    )  # fmt: skip


def _paste_form() -> Markup:
    """Return where a list is pasted that was copied from a spreadsheet; it goes the same road as a file."""
    label = say("A list that was copied from a spreadsheet, with its headings")
    box = tag("textarea", id="import-paste", name=PASTED, rows="6")
    form = tag(
        "form",
        labelled(label, "import-paste", box),
        tag("p", submit_button(say("Look at it")), class_="buttons"),
        data_do="import-paste",
        class_="record",
        aria_label=label,
    )
    return tag("details", tag("summary", say("Paste a list")), form)


def _mapping_upload() -> Markup:
    lead = say(
        "A mapping (TOML) that was downloaded here or written by hand takes the place of what is chosen above."
    )
    form = _upload_form(MAPPING_PART, say("Take a mapping that lies ready"), lead, ".toml")
    return tag("details", tag("summary", say("I have a mapping already")), form)


def _renewed(session: Session, focus: str = "screen-title", text: str = "") -> Answer:
    return Answer({"screen": screen(session)}, focus=focus, text=text)


def read_file(session: Session, message: Message) -> Answer:
    """Take the file that was handed over: compare it, or propose a mapping; or take a mapping for the file that is there."""
    upload = _whole_file(session, message)
    if message.text("part") == MAPPING_PART:
        session.import_state.take_mapping(upload, session.plan)
        return _renewed(session, text=str(session.import_state.comparison))
    return _take(session, upload)


def _take(session: Session, upload: Upload) -> Answer:
    state = ImportState()
    state.take(upload, session.plan)
    session.import_state = state
    answer = _renewed(session, text=str(state.comparison or say("Look at what its columns are taken for.")))
    # "Saved" of the import before would stand above this one.
    return answer | Answer({"notice": Markup()})


def read_pasted(session: Session, message: Message) -> Answer:
    """Take a list that was pasted, as if it were a file.

    Raises:
        PlanError: nothing was pasted.
    """
    text = message.values().get(PASTED, "").strip("\r\n")
    if not text.strip():
        raise PlanError(say("Nothing was pasted; copy the rows with their headings, and paste them here."))
    content = text.encode()
    # Named by what it holds: another list is another source, and no row of it may pass for one of this list.
    name = f"pasted-{hashlib.sha256(content).hexdigest()[:8]}.tsv"
    upload = session.uploads.add_piece(name, name, content, at=0)
    upload.is_whole = True
    return _take(session, upload)


def _whole_file(session: Session, message: Message) -> Upload:
    values = message.values()
    upload = session.uploads.of_form(values)
    if upload is None or not upload.is_whole:
        raise PlanError(say("No file has come yet; choose one."))
    return upload


def correct_mapping(session: Session, message: Message) -> Answer:
    """Take what was chosen for columns and words, and show what follows from it; or go on to the comparison."""
    state = session.import_state
    if state.suggestion is None:
        return _renewed(session)
    _take_choices(state, message.values())
    if message.facts.get("goes_on") is True:
        return compare(session, message)
    return Answer({"mapping": mapping_html(state, _mapping_upload()), "summary": Markup()})


def _take_choices(state: ImportState, values: dict[str, str]) -> None:
    """Note what a form says of columns, words and days; only what is another than before is a choice of columns."""
    plans = {plan.sheet.name: plan for plan in state.suggestion.plans} if state.suggestion else {}
    state.kind = values.get("kind", state.kind)
    for number, (source, _) in enumerate(state.open_directions()):
        state.directions[source] = values.get(f"direction:{number}", "")
    for number, one in enumerate(state.status_words()):
        state.words[one.place] = values.get(f"word:{number}", one.event)
        if f"day:{number}" in values:
            state.days[one.place] = values[f"day:{number}"]
    is_changed = False
    for number, (sheet, plan) in enumerate(plans.items()):
        for place, (column, look) in enumerate(plan.looks.items()):
            role = values.get(f"role:{number}:{place}")
            if role is not None and role != look.role:
                state.roles.setdefault(sheet, {})[column] = role
                is_changed = True
    if is_changed:
        try:
            state.propose()
        except PlanError:
            state.roles.clear()
            state.propose()
            raise


def take_proposals(session: Session, _: Message) -> Answer:
    """Take for every undecided word what it often means."""
    state = session.import_state
    for one in state.status_words():
        if not one.event and one.meaning:
            state.words[one.place] = one.meaning
    return Answer({"mapping": mapping_html(state, _mapping_upload())}, focus="import-words")


def compare(session: Session, _: Message) -> Answer:
    """Read the file by its mapping and show what would change; nothing is stored."""
    session.import_state.read(session.plan)
    return _renewed(session, text=str(session.import_state.comparison))


def show(session: Session, message: Message) -> Answer:
    """Show the cells of one outcome alone, or of all."""
    state = session.import_state
    state.outcome, state.pages = message.values().get("outcome", ""), {}
    return _cells(state)


def turn_page(session: Session, message: Message) -> Answer:
    """Turn to another page of the cells or of what was left out."""
    state = session.import_state
    state.pages[message.text("of")] = max(message.number("page"), 0)
    return _cells(state)


def _cells(state: ImportState) -> Answer:
    return Answer({"comparison": comparison_html(state)} if state.comparison else {})


def decide(session: Session, message: Message) -> Answer | Changed:
    """Note which side of a conflict shall stand; store the import where the form says so."""
    state = session.import_state
    if state.comparison is None:
        return _renewed(session)
    cells = shown_cells(state)
    for name, text in message.values().items():
        number = name.removeprefix("cell:")
        if name.startswith("cell:") and number.isdecimal() and int(number) < len(cells):
            cell = cells[int(number)]
            if text in (Choice.OURS, Choice.THEIRS):
                state.decisions[cell.place] = text
    return (
        store(session, message)
        if message.facts.get("store") is True
        else _cells(state) | Answer({"summary": Markup()})
    )


def decide_all(session: Session, message: Message) -> Answer:
    """Let one side stand in every conflict."""
    state, side = session.import_state, message.text("side")
    if state.comparison is None or side not in (Choice.OURS, Choice.THEIRS):
        raise unknown_form()
    for cell in state.comparison.conflicts:
        state.decisions[cell.place] = side
    return _cells(state)


def store(session: Session, _: Message) -> Answer | Changed:
    """Import in one change that can be taken back; what somebody changed meanwhile is compared again and shown.

    Raises:
        PlanError: there is nothing to import.
    """
    state = session.import_state
    if state.source is None:
        raise PlanError(say("Choose the file first."))
    before = session.plan.last_change
    if session.plan.version != state.version:
        state.compare(session.plan)
    try:
        comparison = session.plan.import_(state.source, decide=dict(state.decisions))
    except ConflictError:
        # Conflicts that arose since the dry run are not yet on the screen, and could not be decided there.
        state.compare(session.plan)
        refusal = _undecided(state)
        parts = {"comparison": comparison_html(state), "summary": refusal_box(refusal)}
        return Answer(parts, focus="refusal", text=refusal, refused=True)
    is_stored = session.plan.last_change != before
    text = say("import of {source}: {what}", source=state.name, what=str(comparison))
    session.import_state = ImportState()
    return Changed(text, change=session.plan.last_change if is_stored else None)


def _undecided(state: ImportState) -> str:
    """Say on the screen what the store says to a terminal: how much is to be decided, and where."""
    n = state.n_undecided()
    return say_n("Nothing was stored: {n} cell is undecided, or was changed in the plan after you chose. Choose below what shall stand.", "Nothing was stored: {n} cells are undecided, or were changed in the plan after you chose. Choose below what shall stand.", n)  # fmt: skip


def go_back(session: Session, _: Message) -> Answer:
    """Go back to the columns and words."""
    state = session.import_state
    state.comparison = state.mapping_path = None
    return _renewed(session)


def begin(session: Session, _: Message) -> Answer:
    """Put the file away and begin anew."""
    session.import_state = ImportState()
    return _renewed(session)


def hand_over(session: Session, message: Message) -> Answer:
    """Hand over the mapping, all cells of the comparison, or all that was left out, as a file."""
    from pathlib import Path

    state, of = session.import_state, message.text("of")
    if of == "mapping" and state.suggestion is not None:
        return _file("mapping.toml", state.mapping_text().encode())
    if of in ("cells", "issues") and state.comparison is not None:
        frame = state.comparison.to_frame() if of == "cells" else issue_frame(state.comparison)
        name = f"import-{of}-{session.today}.csv"
        return _file(name, writer_of(Path(name))(frame, of))
    raise unknown_form()


def _file(name: str, content: bytes) -> Answer:
    return Answer(file=File(name, content), text=say("{name} is handed to the browser.", name=name))

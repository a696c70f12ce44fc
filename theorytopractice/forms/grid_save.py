"""What happens when somebody leaves a cell of the grid, pastes a block or saves? All is stored as one change, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms import finding_page
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.grid import cell_messages, draft_of, grid_html, months_of
from theorytopractice.forms.grid_paste import Target, place_block
from theorytopractice.forms.grid_state import cells_of, judge_cells
from theorytopractice.html import NOTHING, behind, listed, tag
from theorytopractice.i18n import SENTENCES, say, say_in_turn, say_n

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.grid_state import Cell
    from theorytopractice.forms.session import Session


MOST_TOLD = 100
FINALS = ("true", "false")


def check(session: Session, message: Message) -> Answer:
    """Say what is wrong with the cell that was left, and what is worth a look."""
    _, _, rest = message.text("field").partition("|")
    values = message.values()
    own = {name: text for name, text in values.items() if name.partition("|")[2] == rest}
    return Answer(_judged(session, cells_of(own, session.today), values)) if rest else Answer()


def _judged(session: Session, cells: list[Cell], values: Mapping[str, str]) -> dict[str, Markup]:
    """Return what is said beside some cells, judged by the plan as it is now."""
    judge_cells(session, cells, _final(values))
    names = _names(session)
    parts: dict[str, Markup] = {}
    for cell in cells:
        parts |= cell_messages(cell, _label(cell, names))
    return parts


def _final(values: Mapping[str, str]) -> str:
    return values["final"] if values.get("final") in FINALS else FINALS[0]


def _names(session: Session) -> dict[str, str]:
    return {row["indicator_id"]: row["name"] for row in session.indicators.rows(session)}


def _label(cell: Cell, names: Mapping[str, str]) -> str:
    indicator = names.get(cell.indicator_id, cell.indicator_id)
    return say("{indicator}, {month}", indicator=indicator, month=cell.column.label)


def paste(session: Session, message: Message) -> Answer:
    """Find the cells of a block that was copied from a spreadsheet; what finds none is told."""
    values = message.values()
    at = message.facts.get("row"), message.facts.get("column")
    row, column = (one if isinstance(one, int) else 0 for one in at)
    found = place_block(
        message.text("text"), Target.of(values, session.indicators.rows(session), session.today), row, column
    )
    filled = say_n("{n} cell was filled.", "{n} cells were filled.", len(found.values))
    told = [filled, *found.notes]
    box = [tag("p", say_in_turn(SENTENCES, told))]
    if found.left:
        n = len(found.left)
        words = say_n("{n} value was not filled in:", "{n} values were not filled in:", n)
        more = [say("and {n} more", n=n - MOST_TOLD)] if n > MOST_TOLD else []
        box += [tag("p", words), listed([*found.left[:MOST_TOLD], *more])]
        told.append(words)
    touched = {name.partition("|")[2] for name in found.values}
    fresh = values | found.values
    own = {name: text for name, text in fresh.items() if name.partition("|")[2] in touched}
    parts = _judged(session, cells_of(own, session.today), fresh)
    parts["pasted"] = tag("div", *box, class_="note")
    return Answer(parts, told=say_in_turn(SENTENCES, told), values=found.values)


def save(session: Session, message: Message) -> Answer:
    """Store everything that was typed as one change, or say what stands in the way; then nothing is stored."""
    values, facts = message.values(), message.values("open")
    cells = cells_of(values, session.today)
    edits = judge_cells(session, cells, _final(values))
    names = _names(session)
    if any(not cell.is_valid for cell in cells):
        parts: dict[str, Markup] = {}
        for cell in cells:
            parts |= cell_messages(cell, _label(cell, names))
        parts |= {"summary": _summary(cells, names, has_n=bool(facts.get("n"))), "pasted": NOTHING}
        return Answer(parts, focus="summary-box")
    forget = [draft_of(facts)]
    if not edits:
        told = say("Nothing was changed.")
        return Answer({"grid": grid_html(session)}, told=told, forget=forget, focus="grid-title")
    columns = sorted({cell.column.key: cell.column for cell in cells if cell.is_touched}.items())
    what = say_n(
        "{n} value of {months}",
        "{n} values of {months}",
        len(edits),
        months=months_of([one for _, one in columns]),
    )
    session.plan.edit(*edits, what=what)
    warned = [
        say("{label}: {problem}", label=_label(cell, names), problem=one)
        for cell in cells
        for one in cell.warnings
    ]
    worth = say_n("{n} thing is worth a look", "{n} things are worth a look", len(warned))
    note = behind(worth, listed(warned)) if warned else None
    made = session.plan.last_change
    done = session.when_stored(
        lambda: Answer({"grid": grid_html(session)}) | finding_page.stored_notice(what, "", note, made)
    )
    return done | Answer(forget=forget)


def _summary(cells: Sequence[Cell], names: Mapping[str, str], *, has_n: bool) -> Markup:
    """Return all that stands in the way of saving, each with a way to its cell."""
    across: dict[str, int] = {}
    items = []
    for cell in cells:
        place = across.setdefault(cell.column.key, len(across)) * (2 if has_n else 1)
        told = [(place + (name != cell.name()), problem) for name, problem in cell.problems.items()]
        if cell.theirs is not None:
            told.append(
                (place, say("somebody else stored another value meanwhile; choose which shall stand."))
            )
        items += [
            tag(
                "a",
                say("{label}: {problem}", label=_label(cell, names), problem=problem),
                href=f"#cell-{cell.place}-{at}",
            )
            for at, problem in told
        ]
    head = say_n("{n} thing must be mended before this can be saved",
                 "{n} things must be mended before this can be saved", len(items))  # fmt: skip
    return tag(
        "div", tag("h4", head), listed(items), id="summary-box", tabindex="-1", role="alert", class_="summary"
    )

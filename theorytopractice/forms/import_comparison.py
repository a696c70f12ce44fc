"""What would an import change, cell by cell, what is to be decided, and what was not understood?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.forms.cells import row_label, shorten
from theorytopractice.forms.controls import button, labelled, select
from theorytopractice.forms.rows import card_table
from theorytopractice.html import join, tag
from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import label_of, name_of, table_name
from theorytopractice.store.sources import Choice, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from theorytopractice.errors import Issue
    from theorytopractice.forms.import_state import ImportState
    from theorytopractice.store.sources import CellChange, Comparison


PAGE = 50
WORDS = ("event",)
"""Columns whose vocabulary hangs on another column of the row."""
OUTCOMES = {
    Outcome.CONFLICT: message("conflict: to be decided"),
    Outcome.ADDED: message("added"),
    Outcome.CHANGED: message("changed"),
    Outcome.REDATED: message("re-dated"),
    Outcome.CORRECTED: message("corrected"),
    Outcome.ENDED: message("ended"),
    Outcome.KEPT: message("kept as the plan has it"),
    Outcome.GONE: message("no longer in the file"),
}


def shown_cells(state: ImportState) -> list[CellChange]:
    """Return the cells of the outcome that is looked at, conflicts first; their places are their names in the form."""
    if state.comparison is None:
        return []
    order = list(OUTCOMES)
    cells = [cell for cell in state.comparison.cells if state.outcome in ("", str(cell.outcome))]
    return sorted(cells, key=lambda cell: order.index(cell.outcome))


def comparison_html(state: ImportState) -> Markup:
    """Return what would change, with the choice of each conflict, what was left out, and the way to store it."""
    comparison = state.comparison
    if comparison is None:
        return tag("div")
    n_open = state.n_undecided()
    changes = bool(comparison.changes) or bool(comparison.conflicts)
    store = tag("button", say("Import"), type="submit", class_="main", data_with='{"store":true}')
    back = button(say("Back to the columns"), "import-back") if state.suggestion else None
    done = tag("p", say("The plan holds all of it already; there is nothing to import."), class_="none")
    form = tag(
        "form",
        _conflict_line(comparison, n_open) if comparison.conflicts else None,
        _cells(state),
        tag("p", store if changes else None, " ", back, " ",
            button(say("Download all cells"), "import-file", kind="plain", of="cells"), class_="buttons"),
        data_do="import-decide",
        data_live="",
        class_="record",
        aria_label=say("What would change"),
    )  # fmt: skip
    return tag(
        "div",
        tag("p", str(comparison)),
        None if changes else done,
        _filter(state),
        form,
        _issues(state, comparison.issues),
        _warnings(comparison.warnings),
    )


def _conflict_line(comparison: Comparison, n_open: int) -> Markup:
    """Say how many conflicts are left, with the ways to decide all of them."""
    n = len(comparison.conflicts)
    text = say_n("{n} cell was changed both in the file and in the plan. Choose what shall stand.",
                 "{n} cells were changed both in the file and in the plan. Choose what shall stand.", n)  # fmt: skip
    left = say_n("{n} is undecided.", "{n} are undecided.", n_open)
    ours = button(say("All as in the plan"), "import-decide-all", side=str(Choice.OURS))
    theirs = button(say("All as in the file"), "import-decide-all", side=str(Choice.THEIRS))
    return tag("div", tag("p", text, " ", left), tag("p", ours, " ", theirs, class_="buttons"), class_="note")


def _filter(state: ImportState) -> Markup:
    """Return the choice of an outcome, each with its number."""
    counts = Counter(cell.outcome for cell in state.comparison.cells) if state.comparison else Counter()
    pairs = [
        (str(one), say("{name} ({n:,})", name=say(label), n=counts[one]))
        for one, label in OUTCOMES.items()
        if counts[one]
    ]
    empty = say("{name} ({n:,})", name=say("all"), n=counts.total())
    box = select(state.outcome, pairs, empty=empty, id="import-outcome", name="outcome")
    return tag("form", labelled(say("What happens"), "import-outcome", box), data_do="import-show", data_live="",
               class_="meeting-filter", aria_label=say("What happens"))  # fmt: skip


def _cells(state: ImportState) -> Markup:
    cells = shown_cells(state)
    if not cells:
        return tag("p", say("None."), class_="none")
    first, last, page = _span(state, "cells", len(cells))
    heads = [say("Row"), say("Field"), say("In the plan"), say("In the file"), say("What happens")]
    lines = [
        _line(state, state.new_rows.get((cells[number].table, cells[number].key), {}), number, cells[number])
        for number in range(first, last)
    ]
    count = say("{first:,} to {last:,} of {n:,}", first=first + 1, last=last, n=len(cells))
    table = card_table(say("Cells: {count}", count=count), heads, lines)
    more = _navigation(page, len(cells), "cells")
    return join([table, more or ""])


def _held(table: str, texts: Mapping[str, str]) -> str:
    """Say what a row that comes holds, as it was read: a date or number that was misread is seen here."""
    return " · ".join(
        say("{name}: {text}", name=label_of(table, name), text=_read_as(table, name, text))
        for name, text in texts.items()
        if name not in ENTITIES[table].key
    )


def _read_as(table: str, column: str, text: str) -> str:
    """Return a text as it is read: a word of a vocabulary in the language that is spoken."""
    return name_of(text) if ENTITIES[table][column].words or column in WORDS else shorten(text)


def _line(state: ImportState, texts: Mapping[str, str], number: int, cell: CellChange) -> tuple[object, ...]:
    """Return a line of the table; ``texts`` is what the row holds if it is new."""
    where = say("{file}, row {line}", file=cell.file, line=cell.line) if cell.line else cell.file
    label = (
        row_label(cell.table, texts)
        if texts
        else say("{table} {key}", table=table_name(cell.table), key=cell.key)
    )
    row = tag("div", label, tag("p", where, class_="small") if where else None)
    field = label_of(cell.table, cell.column) if cell.column else ""
    outcome = tag("div", say(OUTCOMES[cell.outcome]), tag("p", cell.why, class_="small"))
    if cell.outcome is not Outcome.CONFLICT:
        new = _held(cell.table, texts) if cell.outcome is Outcome.ADDED else ""
        return row, field, cell.now, tag("span", new, class_="small") if new else cell.after, outcome
    sides = ((Choice.OURS, cell.now, say("In the plan")), (Choice.THEIRS, cell.after, say("In the file")))
    decided = state.decisions.get(cell.place, "")
    ours, theirs = (
        tag(
            "label",
            tag("input", type="radio", name=f"cell:{number}", value=str(side), id=f"cell:{number}:{side}",
                checked=decided == side),
            " ",
            tag("span", f"{label}, {field}, {whose}: ", class_="aloud"),
            text or tag("i", say("(empty)")),
        )
        for side, text, whose in sides
    )  # fmt: skip
    return row, field, ours, theirs, outcome


def _span(state: ImportState, of: str, n: int) -> tuple[int, int, int]:
    """Return the first row of the page that is shown, the one after its last, and the number of the page."""
    page = min(state.pages.get(of, 0), max((n - 1) // PAGE, 0))
    return page * PAGE, min((page + 1) * PAGE, n), page


def _navigation(page: int, n: int, of: str) -> Markup | None:
    last = max((n - 1) // PAGE, 0)
    if not last:
        return None
    before = button(say("Previous"), "import-page", page=page - 1, of=of) if page else None
    after = button(say("Next"), "import-page", page=page + 1, of=of) if page < last else None
    place = tag("span", say("Page {page} of {pages}", page=page + 1, pages=last + 1))
    return tag("nav", before, place, after, class_="pages", aria_label=say("Pages"))


def _issues(state: ImportState, issues: Sequence[Issue]) -> Markup | None:
    """Return what was not understood, with its place and reason, a page at a time; all of it as a file."""
    if not issues:
        return None
    first, last, page = _span(state, "issues", len(issues))
    heads = [say("Where"), say("Column"), say("Found"), say("Reason")]
    lines = [
        (
            say("{file}, row {line}", file=one.where or one.table, line=one.row)
            if one.row is not None
            else one.where,
            one.column,
            shorten(one.found),
            one.message,
        )
        for one in issues[first:last]
    ]
    title = say_n("{n:,} thing was left out or is worth a look", "{n:,} things were left out or are worth a look", len(issues))  # fmt: skip
    file = button(say("Download all of it"), "import-file", kind="plain", of="issues")
    return tag("div", card_table(title, heads, lines), _navigation(page, len(issues), "issues"), file)


def _warnings(issues: Sequence[Issue]) -> Markup | None:
    """Return what is worth a look in the whole plan as it would be, apart from what was left out; closed at first."""
    if not issues:
        return None
    n = len(issues)
    title = say_n("The plan would have {n:,} warning, which is not of this file alone", "The plan would have {n:,} warnings, which are not of this file alone", n)  # fmt: skip
    lines = [
        (say("{table} {key}", table=table_name(one.table), key=one.key) if one.table else "", one.message)
        for one in issues[:PAGE]
    ]
    more = say_n("and {n:,} more", "and {n:,} more", n - PAGE) if n > PAGE else ""
    table = card_table(say("Warnings of the whole plan"), [say("Row"), say("Reason")], lines)
    return tag("details", tag("summary", title), table, tag("p", more) if more else None)


def issue_frame(comparison: Comparison) -> pd.DataFrame:
    """Return all that was not understood, a row each."""
    columns = ["code", "where", "table", "row", "column", "found", "message", "key"]
    return pd.DataFrame(
        [[getattr(one, name) for name in columns] for one in comparison.issues], columns=columns
    )

"""How do rows stand in tables, a page at a time, who changed them, and how is a change taken back?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.decisions import is_urgent, status
from theorytopractice.errors import ConflictError
from theorytopractice.forms.answer import Answer, Changed, as_json, refuse_unreadable
from theorytopractice.forms.cells import cell, change_text, row_label
from theorytopractice.forms.controls import button, gap, pages, required_mark, submit_button
from theorytopractice.forms.session import PageNumbers
from theorytopractice.html import NOTHING, join, mark, quiet, table, tag
from theorytopractice.i18n import say, say_n
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.overview import Entry
    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any] | Mapping[str, Any]


def placeholder(value: object) -> object:
    """Return a cell as text, or that it is not there."""
    return gap(say("not said")) if value is None or pd.isna(value) or value == "" else value  # type: ignore[call-overload]


def field_text(session: Session, field: Field, value: object) -> object:
    """Return what a field of a row holds, in words, or that it is not there."""
    return placeholder(session.field_label(field, value))


def optional_text(session: Session, field: Field, value: object) -> object:
    """Return what a field of a row holds, in words; nothing where it is empty and nobody asks for it."""
    return field_text(session, field, value) if cell(value) or field.prompt else ""


def row_table(caption: str, heads: Iterable[str], lines: Iterable[Iterable[object]], none: str) -> Markup:
    """Return a table of rows, or the words that say that there are none."""
    cells = [list(line) for line in lines]
    return table(caption, heads, cells, name="rows") if cells else tag("p", none, class_="none")


def card_table(caption: str, heads: Sequence[str], lines: Iterable[Iterable[object]]) -> Markup:
    """Return a table whose rows become cards where there is no room for columns, each cell with its heading."""
    head = tag("tr", *(tag("th", text, scope="col", role="columnheader") for text in heads), role="row")
    rows = []
    for line in lines:
        first, *others = line
        cells = (
            tag("td", cell, role="cell", data_label=label)
            for cell, label in zip(others, heads[1:], strict=True)
        )
        rows.append(tag("tr", tag("th", first, scope="row", role="rowheader"), *cells, role="row"))
    body = tag("tbody", *rows, role="rowgroup")
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", head, role="rowgroup"),
        body,
        class_="cards",
        role="table",
    )


def paged_table(  # noqa: PLR0913 - a table and whose rows it has
    session: Session,
    frame: pd.DataFrame,
    caption: str,
    heads: Iterable[str],
    *,
    line: Callable[[Row], Iterable[object]],
    none: str,
) -> Markup:
    """Return a page of the rows of a frame as a table."""
    page = Page.current(session, len(frame))
    lines = map(line, frame.iloc[page.rows].to_dict("records"))
    return page.with_navigation(row_table(caption, heads, lines, none))


def change_button(name: str, row: Row, *, subject: str, form: Mapping[str, str] | None = None) -> Markup:
    """Return the buttons that change and remove a row; ``form`` says which form it has if not that of every row."""
    entity = ENTITIES[name]
    key = ["" if pd.isna(row[column]) else str(row[column]) for column in entity.key]
    facts = {"form": "row", "table": name, **(form or {}), "key": as_json(key) if len(key) > 1 else key[0]}
    change = say("Correct") if entity.is_fact else say("Change")
    buttons = [
        button(change, "open", kind="plain", subject=subject, open=facts),
        button(say("Remove"), "ask-remove", kind="plain", subject=subject, table=name, key=key),
    ]
    return tag("span", join(buttons, " "), class_="row-buttons")


def add_button(text: str, **facts: str) -> Markup:
    """Return a button that opens the form of a new row."""
    return button(text, "open", kind="add", open=facts)


def button_line(*buttons: object) -> Markup:
    """Return buttons on a line of their own."""
    return tag("p", *buttons, class_="buttons")


def download_line(of: str, what: str) -> Markup:
    """Return the ways to what is listed as a file, for a spreadsheet or a program."""
    sheet = button(".xlsx", "download", kind="plain", subject=what, of=of, ending="xlsx")
    text = button(".csv", "download", kind="plain", subject=what, of=of, ending="csv")
    return tag("p", say("Download"), " ", sheet, " ", text, class_="download")


MAX_ROWS = 200
ROWS_TITLE = "rows-title"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ``n`` rows."""

    number: int
    n: int

    @classmethod
    def current(cls, session: Session, n: int) -> Page:
        """Return the page of the rows on the screen that was turned to; the first one of any others."""
        pages = session.page_numbers
        number = pages.page if pages.subject == _page_subject(session) else 0
        return cls(min(max(number, 0), _last_page(n)), n)

    @property
    def rows(self) -> slice:
        """Which rows these are."""
        return slice(self.number * MAX_ROWS, min((self.number + 1) * MAX_ROWS, self.n))

    def with_navigation(self, rows: Markup) -> Markup:
        """Return the rows; with how many there are and the ways to the others where these are not all."""
        if self.n <= MAX_ROWS:
            return rows
        text = say("{first:,} to {last:,} of {n:,}", first=self.rows.start + 1, last=self.rows.stop, n=self.n)
        title = tag("p", text, id=ROWS_TITLE, tabindex="-1", class_="count", role="status")
        return tag("div", title, rows, pages(self.number, _last_page(self.n), "rows-page"))


def turn_row_page(session: Session, message: Message) -> None:
    """Note to which page of the rows on the screen somebody turns."""
    session.page_numbers = PageNumbers(_page_subject(session), message.number("page"))


def _page_subject(session: Session) -> tuple[str, ...]:
    """Say of what the rows on the screen are."""
    subjects = {"findings": (session.finding_id, session.tab), "owners": (session.owner_text,)}
    return (session.screen, *subjects.get(session.screen, ()))


def _last_page(n: int) -> int:
    return max((n - 1) // MAX_ROWS, 0)


def stage_mark(entry: Entry) -> Markup:
    """Return the stage of a finding in words, with the shape and colour of its status."""
    colour = status(entry.disposition, entry.stage, entry.flags, is_waiting=is_urgent(entry.flags))
    return mark(colour, name_of(entry.place))


MAX_CHANGES = 10_000
LARGE_CHANGE = 50
"""Rows of a change that is taken back only after having been asked whether that is meant."""


def undo(session: Session, message: Message) -> Answer | Changed:
    """Take back a change of one's own; a large one only when that was said to be meant."""
    number = message.number("change")
    own = session.plan.latest(MAX_CHANGES, made_by=session.who)
    changes = own[own["change_id"] == number].to_dict("records")
    if not changes:
        raise ConflictError(say("Only your own changes can be taken back here."))
    n_rows = changes[0]["n_rows"]
    if n_rows > LARGE_CHANGE and message.facts.get("is_meant") is not True:
        return Answer({"notice": _undo_question(number, changes[0]["what"], n_rows)}, focus="large-undo")
    stage_text = session.stage_text()
    session.plan.undo(number)
    text = say("change {n} was taken back", n=number)
    return Changed(text, action_id=message.text("action_id"), stage_text=stage_text)


def _undo_question(change_id: int, what: str, n_rows: int) -> Markup:
    """Ask whether a large change shall really be taken back."""
    question = say_n(
        "Take back change {number} ({what}) with {n:,} row?",
        "Take back change {number} ({what}) with {n:,} rows?",
        n_rows,
        number=change_id,
        what=what,
    )
    return tag(
        "div",
        tag("p", tag("b", question), id="large-undo", tabindex="-1"),
        tag("p", button(say("Take it back"), "undo", change=change_id, is_meant=True), " ",
            button(say("Leave it"), "notice", kind="plain"), class_="buttons"),
        class_="summary",
    )  # fmt: skip


def dismiss_notice(session: Session, _: Message) -> Answer:
    """Put away what was said or asked above everything."""
    return Answer({"notice": NOTHING}, focus=session.default_focus)


def changes_of(session: Session, row_ids: Collection[str]) -> Markup:
    """Return what was changed of some rows and of all that names them, the newest first."""
    frame = session.plan.history(row_ids).iloc[::-1]
    undoable = _undoable_changes(session)

    def line(row: Row) -> tuple[object, ...]:
        number = int(row["change_id"])
        before, after = (json.loads(row[side]) if row[side] else None for side in ("before", "after"))
        undo_button = _undo_button(number) if number in undoable else ""
        undoable.discard(number)  # a change is offered once, beside the first of its rows
        return (
            session.moment_text(row["made_at"]),
            row["made_by"],
            change_text(row["entity"], before, after),
            tag("span", say("{n}: {what}", n=number, what=row["what"]), class_="small"),
            undo_button,
        )

    heads = [say("When"), say("Changed by"), say("What was changed"), say("Change"), say("What to do")]
    return paged_table(
        session, frame, say("Changes, the newest first"), heads, line=line, none=say("No change yet.")
    )


def own_changes(session: Session) -> Markup:
    """Return one's own changes, the newest first."""
    frame = session.plan.latest(MAX_CHANGES, made_by=session.who)
    undone = _undone_changes(session)

    def line(row: Row) -> tuple[object, ...]:
        number = int(row["change_id"])
        return (
            str(number),
            session.moment_text(row["made_at"]),
            row["what"],
            say_n("{n:,} row", "{n:,} rows", row["n_rows"]),
            say("was taken back") if number in undone else _undo_button(number),
        )

    heads = [say("No."), say("When"), say("What"), say("Rows"), say("What to do")]
    title = tag("h2", say("Changes by {who}", who=session.who), id="screen-title", tabindex="-1")
    table = paged_table(session, frame, say("The newest first"), heads, line=line, none=say("No change yet."))
    older = say("Older changes than these {n:,} are not listed.", n=MAX_CHANGES)
    note = quiet(older) if len(frame) == MAX_CHANGES else None
    return tag("section", title, table, note, download_line("changes", say("My changes")))


def _undone_changes(session: Session) -> set[int]:
    """Return the changes that were taken back, by whomever."""
    numbers: set[int] = set()
    undone = session.plan.latest(MAX_CHANGES)[["change_id", "undoes"]].dropna()
    for number, undoes in undone.itertuples(index=False):
        if number not in numbers:
            numbers.add(int(undoes))
    return numbers


def _undoable_changes(session: Session) -> set[int]:
    """Return one's own changes that were not taken back."""
    return set(session.plan.latest(MAX_CHANGES, made_by=session.who)["change_id"]) - _undone_changes(session)


def _undo_button(change_id: int) -> Markup:
    return button(say("Undo"), "undo", kind="plain", subject=say("change {n}", n=change_id), change=change_id)


def ask_delete(session: Session, message: Message) -> Answer:
    """Ask why a row shall go, and show what it holds."""
    table, key = message.text("table"), message.key()
    row = session.plan.row(table, key)
    form = tag(
        "form",
        tag("h3", say("Remove {what}", what=row_label(table, row)), id="form-title", tabindex="-1"),
        tag("div", data_part="summary"),
        tag(
            "div",
            tag("label", say("Why it goes"), " ", required_mark(), for_="remove-reason"),
            tag("p", say("The reason and the row stay in the history; the removal can be undone."), class_="help",
                id="remove-help"),
            tag("input", type="text", id="remove-reason", name="reason", autocomplete="off", aria_describedby="remove-help",
                aria_required="true"),
            class_="field",
        ),
        tag("p", submit_button(say("Remove")), " ", button(say("Cancel"), "cancel", kind="plain"),
            class_="buttons"),
        data_do="remove",
        data_with=as_json({"table": table, "key": key, "seen": as_json(row)}),
        class_="record",
        aria_labelledby="form-title",
    )  # fmt: skip
    return Answer({"form": form}, focus="remove-reason")


def delete_row(session: Session, message: Message) -> Changed:
    """Remove a row as it was seen, with its reason."""
    table, reason = message.text("table"), message.values().get("reason", "")
    row = _row_as_opened(table, message.text("seen"))
    session.plan.remove(table, message.key(), reason=reason, expected=row)
    return Changed(say("removed: {what}", what=row_label(table, row)), change=session.plan.last_change)


def _row_as_opened(table: str, text: str) -> dict[str, str]:
    """Return the row that a page carries as it was seen; raises PlanError where it carries none."""
    with refuse_unreadable():
        row = json.loads(text)
        return {column: str(row[column]) for column in ENTITIES[table].columns}

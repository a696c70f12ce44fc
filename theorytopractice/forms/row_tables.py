"""How do rows stand before people? By their names, in tables whose rows can be changed, a page at a time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.forms import parsing
from theorytopractice.forms.controls import as_json, button, pages
from theorytopractice.forms.overview import cell
from theorytopractice.forms.session import PageNumbers
from theorytopractice.html import join as joined
from theorytopractice.html import table, tag
from theorytopractice.i18n import CLAUSES, PARTS, say, say_in_turn, say_short_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of, name_of, table_name
from theorytopractice.model.settings import CHOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


MAX_LABEL = 80


def row_label(table: str, row: Mapping[str, Any]) -> str:
    """Say which row of a table it is: observation 12, I-03, 30 Jun 2026."""
    entity = ENTITIES[table]
    texts = (_cell_text(entity[column], row) for column in entity.identity)
    return say("{table} {row}", table=table_name(table), row=say_in_turn(CLAUSES, texts))


def change_text(table: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> str:
    """Say what became of a row: that it came, that it went, or which of its cells changed."""
    if before is None or after is None:
        row = row_label(table, after or before or {})
        return say("{row}: added", row=row) if before is None else say("{row}: removed", row=row)
    changes = [
        say(
            "{label}: “{before}” → “{after}”",
            label=label_of(table, field.name),
            before=_cell_text(field, before),
            after=_cell_text(field, after),
        )
        for field in ENTITIES[table].fields
        if after.get(field.name, "") != before.get(field.name, "")
    ]
    return say("{row}: {changes}", row=row_label(table, after), changes=say_in_turn(PARTS, changes))


def _cell_text(field: Field, row: Mapping[str, str]) -> str:
    """Say what a cell of a row holds, cut where it is long."""
    words = CHOICES.get(row.get("name", ""), ()) if field.name == "value" else ()
    return shorten(value_text(field, row.get(field.name, ""), words))


def value_text(field: Field, value: object, words: Collection[str] = ()) -> str:
    """Say what a cell holds: a day, a repeat, a word of a vocabulary, or its text.

    ``words`` are those of a column that has no vocabulary of its own; what cannot be read stays as it is.
    """
    text = cell(value)
    if text and field.type is ValueType.DATE:
        with suppress(ValueError):
            return say_short_day(datetime.fromisoformat(text).date())
    if field.type is ValueType.CADENCE:
        return parsing.recurrence_text(text)
    if field.type is ValueType.TRUTH:
        return name_of(text.lower())
    return name_of(text) if field.words or field.name == "event" or text in words else text


def field_label(session: Session, field: Field, value: object, words: Collection[str] = ()) -> str:
    """Say what a cell holds, and of one that stands for another row, which row that is."""
    return session.name_of(field.refers, cell(value)) if field.refers else value_text(field, value, words)


def shorten(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    flat = " ".join(text.split())
    return f"{flat[:MAX_LABEL]}…" if len(flat) > MAX_LABEL else flat


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any] | Mapping[str, Any]


def gap(text: str) -> Markup:
    """Return words that say that something which is asked for is not there."""
    return tag("i", text, class_="gap")


def placeholder(value: object) -> object:
    """Return a cell as text, or that it is not there."""
    return gap(say("not said")) if value is None or pd.isna(value) or value == "" else value  # type: ignore[call-overload]


def day(value: Any) -> str:  # noqa: ANN401 - a cell of a date column
    """Write a date of a frame; empty where it is missing."""
    return "" if value is None or pd.isna(value) else say_short_day(pd.Timestamp(value).date())


def field_text(session: Session, field: Field, value: object) -> object:
    """Return what a field of a row holds, in words, or that it is not there."""
    return placeholder(field_label(session, field, value))


def optional_text(session: Session, field: Field, value: object) -> object:
    """Return what a field of a row holds, in words; nothing where it is empty and nobody asks for it."""
    return field_text(session, field, value) if cell(value) or field.asked else ""


def row_table(caption: str, heads: Iterable[str], lines: Iterable[Iterable[object]], none: str) -> Markup:
    """Return a table of rows, or the words that say that there are none."""
    cells = [list(line) for line in lines]
    return table(caption, heads, cells, name="rows") if cells else tag("p", none, class_="none")


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
    return tag("span", joined(buttons, " "), class_="row-buttons")


def add_button(text: str, **facts: str) -> Markup:
    """Return a button that opens the form of a new row."""
    return button(text, "open", kind="add", open=facts)


def button_line(*buttons: object) -> Markup:
    """Return buttons on a line of their own."""
    return tag("p", *buttons, class_="buttons")


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

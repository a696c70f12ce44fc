"""How do rows stand in a tab? A table whose rows can be changed, and words where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.forms.controls import as_json, button
from theorytopractice.forms.labels import field_label
from theorytopractice.forms.overview import cell
from theorytopractice.html import joined, table, tag
from theorytopractice.i18n import say, say_short_day
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from markupsafe import Markup

    from theorytopractice.forms.session import Session
    from theorytopractice.model.fields import Field


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any] | Mapping[str, Any]


def gap(words: str) -> Markup:
    """Return words that say that something which is asked for is not there."""
    return tag("i", words, class_="gap")


def placeholder(value: object) -> object:
    """Return a cell as text, or that it is not there."""
    return gap(say("not said")) if value is None or pd.isna(value) or value == "" else value  # type: ignore[call-overload]


def day(value: Any) -> str:  # noqa: ANN401 - a cell of a date column
    """Write a date of a frame; empty where it is missing."""
    return "" if value is None or pd.isna(value) else say_short_day(pd.Timestamp(value).date())


def display(session: Session, one: Field, value: object) -> object:
    """Return what a field of a row holds, in words, or that it is not there."""
    return placeholder(field_label(session, one, value))


def display_optional(session: Session, one: Field, value: object) -> object:
    """Return what a field of a row holds, in words; nothing where it is empty and nobody asks for it."""
    return display(session, one, value) if cell(value) or one.asked else ""


def rows(caption: str, heads: Iterable[str], lines: Iterable[Iterable[object]], empty: str) -> Markup:
    """Return a table of rows, or the words that say that there are none."""
    found = [list(line) for line in lines]
    return table(caption, heads, found, name="rows") if found else tag("p", empty, class_="none")


def change_button(name: str, row: Row, *, of: str, opens: Mapping[str, str] | None = None) -> Markup:
    """Return the buttons that change and remove a row."""
    entity = ENTITIES[name]
    key = ["" if pd.isna(row[column]) else str(row[column]) for column in entity.key]
    open_ = {"form": "row", "table": name, **(opens or {}), "key": as_json(key) if len(key) > 1 else key[0]}
    change = say("Correct") if entity.is_fact else say("Change")
    return tag(
        "span",
        joined(
            [
                button(change, "open", kind="plain", of=of, open=open_),
                button(say("Remove"), "ask-remove", kind="plain", of=of, table=name, key=key),
            ],
            " ",
        ),
        class_="row-buttons",
    )


def add_button(words: str, **open_: str) -> Markup:
    """Return a button that opens the form of a new row."""
    return button(words, "open", kind="add", open=open_)

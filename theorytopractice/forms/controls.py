"""Which controls does a form consist of? A field's declaration goes in, a labelled control comes out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from theorytopractice.html import NOTHING, tag
from theorytopractice.i18n import say, say_names
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup

    from theorytopractice.model.fields import Field


WIDE = frozenset({ValueType.TEXT})
SHOWN = "~shown"
"""Ends the name of the box in which one searches; the key that was chosen stands beside it."""
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What a page leaves out of a text: control characters but for line breaks and tabs, and halves of characters."""


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form as it is shown: its name in the form, its text, and what is said of it."""

    name: str
    table: str
    field: Field
    text: str = ""
    shown: str = ""
    problem: str = ""
    is_must: bool = False
    is_needed: bool = False
    words: tuple[str, ...] = ()
    refreshes: str = ""
    led: str = ""
    adds: bool = False


def button(words: str, do: str, *, kind: str = "", of: str = "", forget: str = "", **facts: object) -> Markup:
    """Return a button that asks for something; ``of`` says to whom reads aloud what it belongs to."""
    return tag(
        "button",
        words,
        tag("span", f" {of}", class_="aloud") if of else None,
        type="button",
        class_=kind or None,
        data_do=do,
        data_with=as_json(facts) if facts else None,
        data_forget=forget or None,
    )


def as_json(facts: object) -> str:
    """Return facts as a page hands them back; what a page cannot hold is written as its number."""
    return UNSHOWN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(facts, ensure_ascii=False))


def looks_like(one: str, other: str) -> bool:
    """Tell whether a page shows two texts alike."""
    return one == other or UNSHOWN.sub("", one).strip() == UNSHOWN.sub("", other).strip()


def control(one: Control) -> Markup:
    """Return a field with its label, its help, its control and the place for what is wrong with it."""
    label, help_ = label_of(one.table, one.field.name), say(one.field.help)
    is_said = help_.rstrip(".。") == label
    about = f"{one.name}-error" if is_said else f"{one.name}-help {one.name}-error"
    must = _mark(one)
    return tag(
        "div",
        tag("label", label, " ", must, for_=one.name),
        None if is_said else tag("p", help_, id=f"{one.name}-help", class_="help"),
        *_inputs(one, about),
        error_place(one.name, one.problem),
        class_=f"field {one.field.type}" + (" long" if one.field.long else ""),
    )


def _mark(one: Control) -> Markup | None:
    """Return the mark of a field that must be filled, or that must with its part, or if nothing else is in its place."""
    if one.is_must and one.field.instead:
        others = say_names(label_of(one.table, name) for name in one.field.instead)
        return tag("span", say("this, or {others}", others=others), class_="must")
    return must_mark() if one.is_must else needed_mark() if one.is_needed else None


def error_place(name: str, problem: str = "") -> Markup:
    """Return the place where it is said what is wrong with a field."""
    return tag("div", problem_text(problem), id=f"{name}-error", data_part=f"error:{name}", class_="error")


def must_mark() -> Markup:
    """Return the mark of a field that must be filled."""
    return tag("span", say("must be filled"), class_="must")


def needed_mark() -> Markup:
    """Return the mark of a field that must be filled as soon as anything of its part is."""
    return tag("span", say("needed with this part"), class_="must")


def problem_text(problem: str, *, is_wrong: bool = True) -> Markup | None:
    """Return what is wrong with a field, or only worth a look, with a sign for those who see no colour."""
    sign = tag("i", "▲", aria_hidden="true")
    return tag("p", sign, " ", problem, data_wrong="" if is_wrong else None) if problem else None


def _inputs(one: Control, about: str) -> list[Markup]:
    """Return what is typed into or chosen from."""
    shared: dict[str, Any] = {
        "id": one.name,
        "name": one.name,
        "aria_describedby": about,
        "aria_invalid": "true" if one.problem else None,
        "aria_required": "true" if one.is_must else None,
        "data_refresh": one.refreshes or None,
        "data_led": one.led or None,
    }
    if one.words or one.field.words:
        return [select(one.text, [(word, name_of(word)) for word in one.words or one.field.words], **shared)]
    if one.field.type is ValueType.TRUTH:
        return [select(one.text, [("true", say("yes")), ("false", say("no"))], **shared)]
    if one.field.refers:
        return search(one, about)
    if one.field.long or "\n" in one.text:
        return [tag("textarea", one.text, rows="3", **shared)]
    typed = tag(
        "input", type="text", value=one.text, autocomplete="off", inputmode=_keys(one.field), **shared
    )
    if one.field.type is ValueType.DATE:
        calendar = tag("i", "▦", aria_hidden="true")
        pick = tag("button", calendar, type="button", class_="pick", data_pick=one.name,
                   aria_label=say("Calendar for {label}", label=label_of(one.table, one.field.name)))  # fmt: skip
        return [tag("div", typed, pick, class_="dated")]
    return [typed]


def _keys(field: Field) -> str | None:
    """Return which keyboard a phone or tablet should show."""
    return (
        "decimal"
        if field.type in (ValueType.NUMBER, ValueType.VALUE)
        else "numeric"
        if field.type is ValueType.INTEGER
        else None
    )


def select(
    chosen: str,
    words: Iterable[tuple[str, str]],
    *,
    empty: str = "–",
    **attributes: Any,  # noqa: ANN401 - whatever an element may have
) -> Markup:
    """Return a list of words to choose from; the first choice is to choose none."""
    pairs = list(words)
    if chosen and chosen not in dict(pairs):
        pairs.append((chosen, chosen))
    options = [
        tag("option", text, value=value, selected=value == chosen) for value, text in [("", empty), *pairs]
    ]
    return tag("select", *options, **attributes)


def search(one: Control, about: str) -> list[Markup]:
    """Return a box in which an owner, a finding, an action or an indicator is searched and chosen."""
    listbox = f"{one.name}-list"
    box = tag(
        "input",
        type="text",
        role="combobox",
        id=one.name,
        name=one.name + SHOWN,
        value=one.shown or one.text,
        autocomplete="off",
        aria_autocomplete="list",
        aria_expanded="false",
        aria_controls=listbox,
        aria_describedby=about,
        aria_invalid="true" if one.problem else None,
        aria_required="true" if one.is_must else None,
        placeholder=say("type to search"),
        data_table=one.field.refers,
        data_for=one.name,
        data_add="yes" if one.adds else None,
    )
    hidden = tag("input", type="hidden", name=one.name, value=one.text)
    options = tag("div", role="listbox", id=listbox, data_part=listbox, class_="options", hidden=True,
                  aria_label=label_of(one.table, one.field.name))  # fmt: skip
    return [tag("div", hidden, box, options, class_="search")]


def hidden(name: str, value: str) -> Markup:
    """Return a value that travels with a form unseen."""
    return tag("input", type="hidden", name=name, value=value)


def parts_of(
    problems: Mapping[str, str], names: Iterable[str], warned: Mapping[str, str] | None = None
) -> dict[str, Markup]:
    """Return the places of the problems of some fields, with what is wrong now or else worth a look."""
    said = {**(warned or {}), **problems}
    return {
        f"error:{name}": problem_text(said.get(name, ""), is_wrong=name in problems) or NOTHING
        for name in names
    }

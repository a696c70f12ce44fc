"""Which controls does a form consist of? A field's declaration goes in, a labelled control comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.words import meanings
from theorytopractice.forms.answer import SEARCH_TEXT, as_json
from theorytopractice.html import NOTHING, disclosure, item_list, tag, terms
from theorytopractice.i18n import say, say_n, say_names
from theorytopractice.model.fields import ValueType
from theorytopractice.model.labels import label_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup

    from theorytopractice.model.fields import Field


WIDE = frozenset({ValueType.TEXT})


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form as it is shown: its name in the form, its text, and what is said of it."""

    name: str
    table: str
    declaration: Field
    text: str = ""
    search_text: str = ""
    problem: str = ""
    is_required: bool = False
    is_required_in_part: bool = False
    words: tuple[str, ...] = ()
    refresh: str = ""
    derived_text: str = ""
    can_add: bool = False


def button(
    text: str, do: str, *, kind: str = "", subject: str = "", forget: str = "", **facts: object
) -> Markup:
    """Return a button that asks for something; ``subject`` is what it belongs to, for whoever hears the page."""
    return tag(
        "button",
        text,
        tag("span", f" {subject}", class_="aloud") if subject else None,
        type="button",
        class_=kind or None,
        data_do=do,
        data_with=as_json(facts) if facts else None,
        data_forget=forget or None,
    )


def control(field: Control) -> Markup:
    """Return a field with its label, its help, its control and the place for what is wrong with it."""
    label, help_ = label_of(field.table, field.declaration.name), say(field.declaration.help)
    repeats_label = help_.rstrip(".。") == label
    about = f"{field.name}-error" if repeats_label else f"{field.name}-help {field.name}-error"
    must = _requirement(field)
    return tag(
        "div",
        tag("label", label, " ", must, for_=field.name),
        None if repeats_label else tag("p", help_, id=f"{field.name}-help", class_="help"),
        *_inputs(field, about),
        _word_meanings(field),
        error_place(field.name, field.problem),
        class_=f"field {field.declaration.type}" + (" long" if field.declaration.long else ""),
    )


def _word_meanings(field: Control) -> Markup | None:
    """Return, to be opened, what each word means that can be chosen here."""
    choices = [word for word in field.words or field.declaration.words if word]
    explanations = meanings(field.table, field.declaration.name, choices)
    if not explanations:
        return None
    texts = terms((name_of(word), text) for word, text in explanations)
    return tag("details", tag("summary", say("What the words mean")), texts, class_="words")


def _requirement(field: Control) -> Markup | None:
    """Return the mark of a field that must be filled, or that must with its part, or if nothing else is in its place."""
    if field.is_required and field.declaration.alternatives:
        others = say_names(label_of(field.table, name) for name in field.declaration.alternatives)
        return tag("span", say("this, or {others}", others=others), class_="must")
    return (
        required_mark() if field.is_required else optional_block_mark() if field.is_required_in_part else None
    )


def error_place(name: str, problem: str = "") -> Markup:
    """Return the place where it is said what is wrong with a field."""
    return tag("div", problem_text(problem), id=f"{name}-error", data_part=f"error:{name}", class_="error")


def required_mark() -> Markup:
    """Return the mark of a field that must be filled."""
    return tag("span", say("must be filled"), class_="must")


def optional_block_mark() -> Markup:
    """Return the mark of a field that must be filled as soon as anything of its part is."""
    return tag("span", say("needed with this part"), class_="must")


def problem_text(problem: str, *, is_wrong: bool = True) -> Markup | None:
    """Return what is wrong with a field, or only worth a look, with a sign for those who see no colour."""
    sign = tag("i", "▲", aria_hidden="true")
    return tag("p", sign, " ", problem, data_wrong="" if is_wrong else None) if problem else None


def _inputs(field: Control, about: str) -> list[Markup]:
    """Return what is typed into or chosen from."""
    attributes: dict[str, Any] = {
        "id": field.name,
        "name": field.name,
        "aria_describedby": about,
        "aria_invalid": "true" if field.problem else None,
        "aria_required": "true" if field.is_required else None,
        "data_refresh": field.refresh or None,
        "data_led": field.derived_text or None,
    }
    if field.words or field.declaration.words:
        return [
            select(
                field.text,
                [(word, name_of(word)) for word in field.words or field.declaration.words],
                **attributes,
            )
        ]
    if field.declaration.type is ValueType.TRUTH:
        return [select(field.text, [("true", say("yes")), ("false", say("no"))], **attributes)]
    if field.declaration.refers:
        return search_box(field, about)
    if field.declaration.long or "\n" in field.text:
        return [tag("textarea", field.text, rows="3", **attributes)]
    box = tag(
        "input",
        type="text",
        value=field.text,
        autocomplete="off",
        inputmode=_keyboard(field.declaration),
        **attributes,
    )
    if field.declaration.type is ValueType.DATE:
        calendar = tag("i", "▦", aria_hidden="true")
        pick = tag("button", calendar, type="button", class_="pick", data_pick=field.name,
                   aria_label=say("Calendar for {label}", label=label_of(field.table, field.declaration.name)))  # fmt: skip
        return [tag("div", box, pick, class_="dated")]
    return [box]


def _keyboard(field: Field) -> str | None:
    """Return which keyboard a phone or tablet should show."""
    return (
        "decimal"
        if field.type in (ValueType.NUMBER, ValueType.VALUE)
        else "numeric"
        if field.type is ValueType.INTEGER
        else None
    )


def select(
    value: str,
    choices: Iterable[tuple[str, str]],
    *,
    empty: str | None = "–",
    **attributes: Any,  # noqa: ANN401 - whatever an element may have
) -> Markup:
    """Return a list of words to choose from; the first choice is to choose none, unless ``empty`` is None."""
    pairs, choices_before = list(choices), [] if empty is None else [("", empty)]
    if value and value not in dict(pairs):
        pairs.append((value, value))
    options = [
        tag("option", text, value=key, selected=key == value) for key, text in [*choices_before, *pairs]
    ]
    return tag("select", *options, **attributes)


def search_box(field: Control, about: str) -> list[Markup]:
    """Return a box in which an owner, a finding, an action or an indicator is searched and chosen."""
    listbox = f"{field.name}-list"
    box = tag(
        "input",
        type="text",
        role="combobox",
        id=field.name,
        name=field.name + SEARCH_TEXT,
        value=field.search_text or field.text,
        autocomplete="off",
        aria_autocomplete="list",
        aria_expanded="false",
        aria_controls=listbox,
        aria_describedby=about,
        aria_invalid="true" if field.problem else None,
        aria_required="true" if field.is_required else None,
        placeholder=say("type to search"),
        data_table=field.declaration.refers,
        data_for=field.name,
        data_add="yes" if field.can_add else None,
    )
    hidden = tag("input", type="hidden", name=field.name, value=field.text)
    options = tag("div", role="listbox", id=listbox, data_part=listbox, class_="options", hidden=True,
                  aria_label=label_of(field.table, field.declaration.name))  # fmt: skip
    return [tag("div", hidden, box, options, class_="search")]


def hidden_field(name: str, value: str) -> Markup:
    """Return a value that travels with a form unseen."""
    return tag("input", type="hidden", name=name, value=value)


def problem_parts(
    problems: Mapping[str, str], names: Iterable[str], warnings: Mapping[str, str] | None = None
) -> dict[str, Markup]:
    """Return the places of the problems of some fields, with what is wrong now or else worth a look."""
    texts = {**(warnings or {}), **problems}
    return {
        f"error:{name}": problem_text(texts.get(name, ""), is_wrong=name in problems) or NOTHING
        for name in names
    }


def pages(page: int, last: int, do: str = "page") -> Markup:
    """Return the ways to the other pages."""
    before = button(say("Previous"), do, page=page - 1) if page else None
    after = button(say("Next"), do, page=page + 1) if page < last else None
    place = tag("span", say("Page {page} of {pages}", page=page + 1, pages=last + 1))
    return tag("nav", before, place, after, class_="pages", aria_label=say("Pages"))


def range_title(count: str, page: int, n_shown: int, n: int, *, size: int) -> str:
    """Say how many things there are, and which of them are on this page where these are not all."""
    if n <= size:
        return count
    return say(
        "{findings}: {first:,} to {last:,}", findings=count, first=page * size + 1, last=page * size + n_shown
    )


def draft_note(discard: Markup) -> Markup:
    """Return what is said when an earlier draft was put back, with the button that throws it away."""
    text = say("What you typed here earlier and did not save is in the form again.")
    return tag("p", text, " ", discard, class_="note", data_restored="", hidden=True)


def summary_box(items: Sequence[str | Markup]) -> Markup:
    """Return the box that says what stands in the way of saving."""
    head = say_n(
        "{n} thing must be mended before this can be saved",
        "{n} things must be mended before this can be saved",
        len(items),
    )
    return tag(
        "div",
        tag("h4", head),
        item_list(items),
        id="summary-box",
        tabindex="-1",
        role="alert",
        class_="summary",
    )


def gap(text: str) -> Markup:
    """Return words that say that something which is asked for is not there."""
    return tag("i", text, class_="gap")


def labelled(label: str, name: str, *inside: object) -> Markup:
    """Return a field of a search or a filter: its label, and what is typed into or chosen from."""
    return tag("div", tag("label", label, for_=name), *inside, class_="field")


def submit_button(text: str) -> Markup:
    """Return the button that hands a form over."""
    return tag("button", text, type="submit", class_="main")


def warnings_box(texts: Sequence[str], max_open: int = 0) -> Markup | None:
    """Return what is worth a look though it was saved, more than ``max_open`` behind a fold; None if nothing is."""
    if not texts:
        return None
    head = say_n("{n} thing is worth a look", "{n} things are worth a look", len(texts))
    if len(texts) > max_open:
        return disclosure(head, item_list(texts))
    return tag("div", tag("p", head), item_list(texts), class_="looks")


def refusal_box(text: str) -> Markup:
    """Return why nothing came of what was asked, to be read at once."""
    return tag("p", text, id="refusal", tabindex="-1", role="alert", class_="summary")

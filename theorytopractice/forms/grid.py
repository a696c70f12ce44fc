"""How are the values of a month entered, for many indicators at once? One says which, and a grid of cells opens."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import as_json, button, problem_text
from theorytopractice.forms.grid_sheet import MONTHS_BACK, PAGE, SPANS, Column, Sheet, is_month, month_key
from theorytopractice.forms.grid_table import final_html, shown, table_html, title_of
from theorytopractice.forms.listing import pages
from theorytopractice.language import say, say_duration
from theorytopractice.report.html import NOTHING, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk


def screen(desk: Desk) -> Markup:
    """Return the screen: which months and indicators above, the grid below."""
    return tag(
        "section",
        tag("h2", say("Enter values"), id="screen-title", tabindex="-1"),
        _asking(desk),
        tag("div", grid_html(desk), data_part="grid"),
        class_="values",
    )


def _asking(desk: Desk) -> Markup:
    """Return the form in which one says which months and which indicators are shown."""
    sheet, today = desk.sheet, desk.today
    at = today.year * 12 + today.month - 1
    keys = [month_key(at - back) for back in range(MONTHS_BACK)]
    last = sheet.last_month(today)
    months = [(key, Column.of(key).label) for key in (keys if last in keys else [*keys, last])]
    spans = [(span, say_duration(int(span), "month")) for span in SPANS]
    _, wrong = sheet.chosen_day(today)
    fields = [
        _field("last", say("Last month"), _choose("last", last, months)),
        _field("months", say("How many months"), _choose("months", sheet.months, spans)),
        _field("day", say("Another day"), _typed("day", sheet.day, placeholder=say("its last day")),
               tag("div", problem_text(wrong), data_part="error:day", class_="error")),
        _field("text", say("Search"), _typed("text", sheet.text, type="search")),
    ]  # fmt: skip
    ticks = [
        _tick("is_open", say("only those without a value in these months"), is_on=sheet.is_open),
        _tick("has_n", say("also respondents or exposure (n)"), is_on=sheet.has_n),
    ]
    return tag(
        "form",
        tag("div", *fields, class_="filters"),
        tag("p", *ticks, class_="ticks"),
        data_do="grid-list",
        data_live="",
        role="search",
        aria_label=say("Months and indicators"),
    )


def _field(name: str, label: str, *inside: Markup) -> Markup:
    return tag("div", tag("label", label, for_=f"grid-{name}"), *inside, class_="field")


def _choose(name: str, chosen: str, pairs: Iterable[tuple[str, str]]) -> Markup:
    options = [tag("option", words, value=value, selected=value == chosen) for value, words in pairs]
    return tag("select", *options, id=f"grid-{name}", name=name)


def _typed(name: str, text: str, **more: object) -> Markup:
    return tag(
        "input",
        **{"type": "text", "id": f"grid-{name}", "name": name, "value": text, "autocomplete": "off"} | more,
    )


def _tick(name: str, words: str, *, is_on: bool) -> Markup:
    return tag("label", tag("input", type="checkbox", name=name, value="yes", checked=is_on), " ", words)


def grid_html(desk: Desk) -> Markup:
    """Return the grid of the months and indicators that were asked for."""
    sheet = desk.sheet
    rows, n, page = shown(desk, sheet)
    count = tag("p", title_of(rows, n, page), id="grid-title", tabindex="-1", class_="count", role="status")
    if not rows:
        return tag("div", count, tag("p", say("No indicator fits."), class_="none"), _all(sheet))
    facts = _facts(desk, sheet.ids or [row["indicator_id"] for row in rows])
    title = say("{first} to {last}", first=rows[0]["indicator_id"], last=rows[-1]["indicator_id"])
    title = say(
        "Values of {months}: {indicators}", months=months_of(sheet.columns(desk.today)), indicators=title
    )
    draft = draft_of(facts)
    throw = button(say("Throw it away"), "go-on", kind="plain", forget=draft, open=facts)
    form = tag(
        "form",
        tag("p", say("What you typed here earlier and did not save is in the form again."), " ", throw, class_="note",
            data_restored="", hidden=True),
        tag("div", data_part="summary"),
        tag("div", data_part="pasted"),
        table_html(desk, sheet, rows),
        tag("p", say("Arrow keys and Enter go from cell to cell. A block copied from a spreadsheet can be pasted into a cell: with names or numbers of indicators in its first column it is filled in by them."),
            class_="help"),
        final_html(),
        tag("p", tag("button", say("Save"), type="submit", class_="main"), tag("span", say("Ctrl+Enter saves"), class_="hint"),
            class_="buttons"),
        data_do="grid-save",
        data_check="grid-check",
        data_with=as_json({"open": facts}),
        data_draft=draft,
        data_title=title,
        data_open=as_json(facts),
        novalidate=True,
        class_="record values",
        aria_label=title,
    )  # fmt: skip
    last = (n - 1) // PAGE
    return tag("div", count, _all(sheet), form, pages(page, last, "grid-page") if last else None)


def _all(sheet: Sheet) -> Markup | None:
    """Return the way from the indicators of a draft back to all."""
    if not sheet.ids:
        return None
    words = say("These are the indicators for which you typed values earlier.")
    return tag("p", words, " ", button(say("Show all indicators"), "grid-list", kind="plain"), class_="note")


def _facts(desk: Desk, ids: Sequence[str]) -> dict[str, str]:
    """Return what opens this grid again, with these very indicators."""
    sheet = desk.sheet
    facts = {
        "form": "grid",
        "last": sheet.last_month(desk.today),
        "months": sheet.months,
        "ids": "\t".join(ids),
    }
    day, _ = sheet.chosen_day(desk.today)
    return facts | ({"day": day} if day else {}) | ({"n": "yes"} if sheet.has_n else {})


def draft_of(facts: Mapping[str, str]) -> str:
    """Return the name under which the browser keeps what was typed: the months, and which indicators."""
    which = sha256(facts["ids"].encode()).hexdigest()[:12]
    told = [facts["last"], facts["months"], facts.get("day", ""), facts.get("n", ""), which]
    return "|".join(["grid", *told])


def months_of(columns: Sequence[Column]) -> str:
    """Say which months, or which day, some columns are."""
    first, last = columns[0].label, columns[-1].label
    return first if first == last else say("{first} to {last}", first=first, last=last)


def renew(desk: Desk, message: Message) -> Answer:
    """Show the months and the indicators that are asked for now."""
    typed = message.values()
    last, months = typed.get("last", ""), typed.get("months", "")
    sheet = replace(desk.sheet, ids=(), page=0)
    if typed:
        sheet = replace(
            sheet,
            last=last if is_month(last) else sheet.last,
            months=months if months in SPANS else sheet.months,
            day=typed.get("day", ""),
            text=typed.get("text", ""),
            is_open=bool(typed.get("is_open")),
            has_n=bool(typed.get("has_n")),
        )
    desk.sheet = sheet
    _, wrong = sheet.chosen_day(desk.today)
    return Answer({"grid": grid_html(desk), "error:day": problem_text(wrong) or NOTHING})


def turn(desk: Desk, message: Message) -> Answer:
    """Turn to another page of indicators."""
    page = message.facts.get("page")
    desk.sheet = replace(desk.sheet, page=page if isinstance(page, int) else 0, ids=())
    return Answer({"grid": grid_html(desk)}, focus="grid-title")


def go_on(desk: Desk, facts: Mapping[str, str]) -> None:
    """Lay out the grid of a draft again: its months and its very indicators."""
    last, months = facts.get("last", ""), facts.get("months", "")
    desk.sheet = Sheet(
        last=last if is_month(last) else "",
        months=months if months in SPANS else "1",
        day=facts.get("day", ""),
        has_n=bool(facts.get("n")),
        ids=tuple(filter(None, facts.get("ids", "").split("\t"))),
    )

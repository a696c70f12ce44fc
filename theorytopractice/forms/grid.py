"""How are the values of a month entered, for many indicators at once? A grid, checked by cell and stored as one change."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from theorytopractice.forms import record
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import as_json, button, problem_text
from theorytopractice.forms.grid_cells import cells_of, judged
from theorytopractice.forms.grid_paste import Target, placed
from theorytopractice.forms.grid_sheet import MONTHS_BACK, PAGE, SPANS, Column, Sheet, is_month, month_key
from theorytopractice.forms.grid_table import beside, final_html, shown, table_html, title_of
from theorytopractice.forms.listing import pages
from theorytopractice.language import say, say_n
from theorytopractice.report.html import behind, listed, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.grid_cells import Cell

MOST_TOLD = 100
FINALS = ("true", "false")


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
    spans = [(span, say_n("{n} month", "{n} months", int(span))) for span in SPANS]
    _, wrong = sheet.chosen_day(today)
    fields = [
        _field("last", say("Last month"), _choose("last", last, months)),
        _field("months", say("How many months"), _choose("months", sheet.months, spans)),
        _field("day", say("Another day of that month"), _typed("day", sheet.day, placeholder=say("its last day")),
               tag("div", problem_text(wrong), data_part="error:day", class_="error")),
        _field("text", say("Search for indicators"), _typed("text", sheet.text, type="search")),
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
    facts = _facts(desk, [row["indicator_id"] for row in rows])
    title = say("{first} to {last}", first=rows[0]["indicator_id"], last=rows[-1]["indicator_id"])
    title = say(
        "Values of {months}: {indicators}", months=_months(sheet.columns(desk.today)), indicators=title
    )
    draft = _draft(facts)
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


def _draft(facts: Mapping[str, str]) -> str:
    """Return the name under which the browser keeps what was typed: the months, and which indicators."""
    which = sha256(facts["ids"].encode()).hexdigest()[:12]
    told = [facts["last"], facts["months"], facts.get("day", ""), facts.get("n", ""), which]
    return "|".join(["grid", *told])


def _months(columns: Sequence[Column]) -> str:
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
    return Answer({"grid": grid_html(desk), "error:day": problem_text(wrong) or ""})


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


def check(desk: Desk, message: Message) -> Answer:
    """Say what is wrong with the cell that was left, and what is worth a look."""
    _, _, rest = message.text("field").partition("|")
    values = message.values()
    own = {name: text for name, text in values.items() if name.partition("|")[2] == rest}
    return Answer(_judged(desk, cells_of(own, desk.today), values)) if rest else Answer()


def _judged(desk: Desk, cells: list[Cell], values: Mapping[str, str]) -> dict[str, str]:
    """Return what is said beside some cells, judged by the plan as it is now."""
    judged(desk, cells, _final(values))
    names = _names(desk)
    parts: dict[str, str] = {}
    for cell in cells:
        parts |= beside(cell, _label(cell, names))
    return parts


def _final(values: Mapping[str, str]) -> str:
    return values["final"] if values.get("final") in FINALS else FINALS[0]


def _names(desk: Desk) -> dict[str, str]:
    return {row["indicator_id"]: row["name"] for row in desk.indicators.rows(desk)}


def _label(cell: Cell, names: Mapping[str, str]) -> str:
    indicator = names.get(cell.indicator_id, cell.indicator_id)
    return say("{indicator}, {month}", indicator=indicator, month=cell.column.label)


def paste(desk: Desk, message: Message) -> Answer:
    """Find the cells of a block that was copied from a spreadsheet; what finds none is told."""
    values = message.values()
    at = message.facts.get("row"), message.facts.get("column")
    row, column = (one if isinstance(one, int) else 0 for one in at)
    found = placed(
        message.text("text"), Target.of(values, desk.indicators.rows(desk), desk.today), row, column
    )
    told = [say_n("{n} cell was filled.", "{n} cells were filled.", len(found.values)), *found.notes]
    box = [tag("p", " ".join(told))]
    if found.left:
        n = len(found.left)
        words = say_n("{n} value was not filled in:", "{n} values were not filled in:", n)
        more = [say("and {n} more", n=n - MOST_TOLD)] if n > MOST_TOLD else []
        box += [tag("p", words), listed([*found.left[:MOST_TOLD], *more])]
        told.append(words)
    touched = {name.partition("|")[2] for name in found.values}
    fresh = values | found.values
    own = {name: text for name, text in fresh.items() if name.partition("|")[2] in touched}
    parts = _judged(desk, cells_of(own, desk.today), fresh)
    parts["pasted"] = tag("div", *box, class_="note")
    return Answer(parts, told=" ".join(told), values=found.values)


def save(desk: Desk, message: Message) -> Answer:
    """Store everything that was typed as one change, or say what stands in the way; then nothing is stored."""
    values, facts = message.values(), message.values("open")
    cells = cells_of(values, desk.today)
    edits = judged(desk, cells, _final(values))
    names = _names(desk)
    if any(not cell.is_fine for cell in cells):
        parts: dict[str, str] = {}
        for cell in cells:
            parts |= beside(cell, _label(cell, names))
        return Answer(
            parts | {"summary": _summary(cells, names, has_n=bool(facts.get("n")))}, focus="summary-box"
        )
    forget = [_draft(facts)]
    if not edits:
        told = say("Nothing was changed.")
        return Answer({"grid": grid_html(desk)}, told=told, forget=forget, focus="grid-title")
    columns = sorted({cell.column.key: cell.column for cell in cells if cell.is_touched}.items())
    what = say_n(
        "{n} value of {months}",
        "{n} values of {months}",
        len(edits),
        months=_months([one for _, one in columns]),
    )
    desk.plan.edit(*edits, what=what)
    warned = [
        say("{label}: {problem}", label=_label(cell, names), problem=one)
        for cell in cells
        for one in cell.warnings
    ]
    worth = say_n("{n} thing is worth a look", "{n} things are worth a look", len(warned))
    note = behind(worth, listed(warned)) if warned else None
    return Answer({"grid": grid_html(desk)}, forget=forget) | record.stored(desk, what, "", note)


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

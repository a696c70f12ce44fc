"""How are the values of a month entered, for many indicators at once?"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import as_json, button, hidden, problem_text
from theorytopractice.forms.grid_state import (
    CHOICE,
    KEPT,
    MINE,
    MONTHS_BACK,
    PAGE,
    SEEN,
    SPANS,
    THEIRS,
    VALUE,
    Column,
    GridState,
    N,
    as_opened,
    fitting,
    is_month,
    month_key,
    name_of,
    stored_values,
    takes_n,
)
from theorytopractice.forms.listing import pages
from theorytopractice.html import NOTHING, joined, tag
from theorytopractice.i18n import say, say_duration, say_n, say_short_day
from theorytopractice.model.labels import name_of as word
from theorytopractice.model.values import read_date
from theorytopractice.model.vocabularies import Direction, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.grid_state import Cell
    from theorytopractice.forms.session import Session


Row = dict[str, str]


def shown_columns(session: Session, grid_state: GridState) -> tuple[list[Row], int, int]:
    """Return the indicators of the page that is shown, how many there are, and which page it is."""
    found = fitting(session, grid_state)
    page = min(max(grid_state.page, 0), max((len(found) - 1) // PAGE, 0))
    return found[page * PAGE : (page + 1) * PAGE], len(found), page


def table_html(session: Session, grid_state: GridState, rows: Sequence[Row]) -> Markup:
    """Return the table of cells in a box of its own."""
    today = session.today
    columns = grid_state.columns(today)
    cells, before = stored_values(session, [row["indicator_id"] for row in rows], columns)
    body = []
    for at, row in enumerate(rows):
        made = [_known(row, before.get(row["indicator_id"]))]
        for place, column in enumerate(columns):
            stood = cells.get((row["indicator_id"], column.key))
            across = place * 2 if grid_state.has_n else place
            made.append(_cell(row, (at, across), column, stood, today))
            if grid_state.has_n:
                made.append(_n_cell(row, (at, across + 1), column, stood))
        body.append(tag("tr", *made))
    caption = say("Values by indicator and month")
    inside = tag(
        "table",
        tag("caption", caption, class_="aloud"),
        tag("thead", tag("tr", *_heads(grid_state, columns, today))),
        tag("tbody", *body),
        class_="grid",
    )
    return tag(
        "div", inside, class_="box grid-box", role="region", tabindex="0", aria_label=caption, data_grid=""
    )


def _heads(grid_state: GridState, columns: Sequence[Column], today: date) -> list[Markup]:
    """Return the heads of the columns; a month says which day its new values get."""
    made = [
        tag("th", words, scope="col") for words in (say("Indicator"), say("Latest before"), say("Target"))
    ]
    for column in columns:
        usual = say_short_day(column.usual(today))
        day = tag("small", say("of {day}", day=usual)) if column.first != column.last else None
        made.append(tag("th", column.label, tag("br") if day else None, day, scope="col"))
        if grid_state.has_n:
            aloud = tag("span", say("respondents or exposure, {month}", month=column.label), class_="aloud")
            made.append(tag("th", tag("span", "n", aria_hidden="true"), aloud, scope="col", class_="n"))
    return made


def _known(row: Row, before: Row | None) -> Markup:
    """Return what is known of an indicator: its name, its latest value and its target."""
    latest = (
        joined([before["value"], tag("small", say_short_day(read_date(before["observed_on"])))], tag("br"))
        if before
        else "–"
    )
    return joined(
        [
            tag("th", row["name"], tag("p", _about(row), class_="small"), scope="row"),
            tag("td", latest, class_="before"),
            tag("td", _target(row), class_="before"),
        ]
    )


def _about(row: Row) -> Markup:
    """Return what identifies an indicator and how its values are written."""
    cadence = row.get("cadence_days", "")
    told = [
        row["indicator_id"],
        row.get("unit", ""),
        word(row["measure"]) if row.get("measure") else "",
        say("every {days} days", days=cadence) if cadence else "",
        row.get("scale", "").replace(";", " · ") if row.get("measure") == Measure.ORDINAL else "",
    ]
    return joined(filter(None, told), " · ")


def _target(row: Row) -> str:
    """Say which value shall be reached."""
    if row.get("direction") == Direction.RANGE and row.get("target_low") and row.get("target_high"):
        return say("{first} to {last}", first=row["target_low"], last=row["target_high"])
    return row.get("target", "") or "–"


def _cell(row: Row, at: tuple[int, int], column: Column, stood: Row | None, today: date) -> Markup:
    """Return where a value is typed, with what is said of the one that stands there."""
    key = row["indicator_id"]
    usual = column.usual(today).isoformat()
    said = []
    if stood and stood["observed_on"] != usual:
        said.append(say("of {day}", day=say_short_day(read_date(stood["observed_on"]))))
    if stood and stood.get("final") == "false":
        said.append(say("provisional"))
    return tag(
        "td",
        _input(name_of(VALUE, key, column.key), at, say("{indicator}, {month}", indicator=row["name"], month=column.label),
               stood["value"] if stood else "", row),
        hidden(name_of(SEEN, key, column.key), as_opened(stood)),
        tag("p", joined(said, " · "), class_="small") if said else None,
        *_beside(at, name_of(VALUE, key, column.key)),
    )  # fmt: skip


def _n_cell(row: Row, at: tuple[int, int], column: Column, stood: Row | None) -> Markup:
    """Return where respondents or exposure are typed, if they can stand behind the value."""
    n = stood.get("n", "") if stood else ""
    if not takes_n(row) and not n:
        return tag("td", class_="n")
    name = name_of(N, row["indicator_id"], column.key)
    label = say("{indicator}, {month}: respondents or exposure", indicator=row["name"], month=column.label)
    return tag("td", _input(name, at, label, n, {}), *_beside(at, name), class_="n")


def _input(name: str, at: tuple[int, int], label: str, text: str, row: Row) -> Markup:
    is_word = row.get("measure") in (Measure.ORDINAL, Measure.NOMINAL)
    return tag(
        "input",
        type="text",
        id=f"cell-{at[0]}-{at[1]}",
        name=name,
        value=text,
        autocomplete="off",
        inputmode=None if is_word else "decimal",
        aria_label=label,
        aria_describedby=f"cell-{at[0]}-{at[1]}-error",
        data_row=at[0],
        data_column=at[1],
    )


def _beside(at: tuple[int, int], name: str) -> list[Markup]:
    return [tag("div", id=f"cell-{at[0]}-{at[1]}-error", data_part=f"error:{name}", class_="error")]


def cell_messages(cell: Cell, label: str) -> dict[str, Markup]:
    """Return what is said beside the fields of a cell now."""
    own = cell.problems.get(cell.name(), "")
    parts = [problem_text(own)] if own else []
    if cell.theirs is not None:
        parts.append(_choice(cell, label, cell.theirs))
    elif cell.decided is not None:
        parts.append(_choice(cell, label, cell.decided))
    parts += [tag("p", one, class_="worth") for one in cell.warnings if not own]
    made = {f"error:{cell.name()}": joined(parts)}
    if cell.n is not None:
        wrong = cell.problems.get(cell.name(N), "")
        made[f"error:{cell.name(N)}"] = problem_text(wrong) or NOTHING
    return made


def _choice(cell: Cell, label: str, theirs: Mapping[str, str]) -> Markup:
    """Return both values of a cell that somebody else filled meanwhile, and the way to decide."""
    pairs = (
        (KEPT, say("keep theirs: {value}", value=_in_words(theirs.get("value", ""), theirs.get("n", "")))),
        (MINE, say("save mine: {value}", value=_in_words(cell.value, cell.n or ""))),
    )
    radios = [
        tag("label", tag("input", type="radio", id=f"{cell.name(CHOICE)}-{side}", name=cell.name(CHOICE), value=side, checked=cell.choice == side), " ", words)
        for side, words in pairs
    ]  # fmt: skip
    return tag(
        "fieldset",
        tag(
            "legend", tag("span", f"{label}: ", class_="aloud"), say("Somebody else changed this meanwhile.")
        ),
        *radios,
        hidden(cell.name(THEIRS), as_opened(theirs)),
        class_="choice",
        data_wrong=True if cell.theirs is not None else None,
    )


def _in_words(value: str, n: str) -> str:
    if not value:
        return say("(empty)")
    return say("{value} (n {n})", value=value, n=n) if n else value


def final_html(chosen: str = "true") -> Markup:
    """Return the choice whether the values that are entered are final."""
    pairs = [("true", say("all final")), ("false", say("all provisional"))]
    options = [tag("option", text, value=value, selected=value == chosen) for value, text in pairs]
    box = tag("select", *options, id="grid-final", name="final")
    return tag(
        "div", tag("label", say("The values entered here are"), for_="grid-final"), box, class_="field"
    )


def title_of(rows: Sequence[Row], n: int, page: int) -> str:
    """Say how many indicators there are and which of them are shown."""
    count = say_n("{n:,} indicator", "{n:,} indicators", n)
    if n <= PAGE:
        return count
    return say(
        "{findings}: {first:,} to {last:,}",
        findings=count,
        first=page * PAGE + 1,
        last=page * PAGE + len(rows),
    )


def screen(session: Session) -> Markup:
    """Return the screen: which months and indicators above, the grid below."""
    return tag(
        "section",
        tag("h2", say("Enter values"), id="screen-title", tabindex="-1"),
        _asking(session),
        tag("div", grid_html(session), data_part="grid"),
        class_="values",
    )


def _asking(session: Session) -> Markup:
    """Return the form in which one says which months and which indicators are shown."""
    grid_state, today = session.grid_state, session.today
    at = today.year * 12 + today.month - 1
    keys = [month_key(at - back) for back in range(MONTHS_BACK)]
    last = grid_state.last_month(today)
    months = [(key, Column.of(key).label) for key in (keys if last in keys else [*keys, last])]
    spans = [(span, say_duration(int(span), "month")) for span in SPANS]
    _, wrong = grid_state.chosen_day(today)
    fields = [
        _field("last", say("Last month"), _choose("last", last, months)),
        _field("months", say("How many months"), _choose("months", grid_state.months, spans)),
        _field("day", say("Another day"), _typed("day", grid_state.day, placeholder=say("its last day")),
               tag("div", problem_text(wrong), data_part="error:day", class_="error")),
        _field("text", say("Search"), _typed("text", grid_state.text, type="search")),
    ]  # fmt: skip
    ticks = [
        _tick("is_open", say("only those without a value in these months"), is_on=grid_state.is_open),
        _tick("has_n", say("also respondents or exposure (n)"), is_on=grid_state.has_n),
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


def grid_html(session: Session) -> Markup:
    """Return the grid of the months and indicators that were asked for."""
    grid_state = session.grid_state
    rows, n, page = shown_columns(session, grid_state)
    count = tag("p", title_of(rows, n, page), id="grid-title", tabindex="-1", class_="count", role="status")
    if not rows:
        return tag("div", count, tag("p", say("No indicator fits."), class_="none"), _all(grid_state))
    facts = _facts(session, grid_state.ids or [row["indicator_id"] for row in rows])
    title = say("{first} to {last}", first=rows[0]["indicator_id"], last=rows[-1]["indicator_id"])
    title = say(
        "Values of {months}: {indicators}",
        months=months_of(grid_state.columns(session.today)),
        indicators=title,
    )
    draft = draft_of(facts)
    throw = button(say("Throw it away"), "go-on", kind="plain", forget=draft, open=facts)
    form = tag(
        "form",
        tag("p", say("What you typed here earlier and did not save is in the form again."), " ", throw, class_="note",
            data_restored="", hidden=True),
        tag("div", data_part="summary"),
        tag("div", data_part="pasted"),
        table_html(session, grid_state, rows),
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
    return tag("div", count, _all(grid_state), form, pages(page, last, "grid-page") if last else None)


def _all(grid_state: GridState) -> Markup | None:
    """Return the way from the indicators of a draft back to all."""
    if not grid_state.ids:
        return None
    words = say("These are the indicators for which you typed values earlier.")
    return tag("p", words, " ", button(say("Show all indicators"), "grid-list", kind="plain"), class_="note")


def _facts(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return what opens this grid again, with these very indicators."""
    grid_state = session.grid_state
    facts = {
        "form": "grid",
        "last": grid_state.last_month(session.today),
        "months": grid_state.months,
        "ids": "\t".join(ids),
    }
    day, _ = grid_state.chosen_day(session.today)
    return facts | ({"day": day} if day else {}) | ({"n": "yes"} if grid_state.has_n else {})


def draft_of(facts: Mapping[str, str]) -> str:
    """Return the name under which the browser keeps what was typed: the months, and which indicators."""
    which = sha256(facts["ids"].encode()).hexdigest()[:12]
    told = [facts["last"], facts["months"], facts.get("day", ""), facts.get("n", ""), which]
    return "|".join(["grid", *told])


def months_of(columns: Sequence[Column]) -> str:
    """Say which months, or which day, some columns are."""
    first, last = columns[0].label, columns[-1].label
    return first if first == last else say("{first} to {last}", first=first, last=last)


def renew(session: Session, message: Message) -> Answer:
    """Show the months and the indicators that are asked for now."""
    typed = message.values()
    last, months = typed.get("last", ""), typed.get("months", "")
    grid_state = replace(session.grid_state, ids=(), page=0)
    if typed:
        grid_state = replace(
            grid_state,
            last=last if is_month(last) else grid_state.last,
            months=months if months in SPANS else grid_state.months,
            day=typed.get("day", ""),
            text=typed.get("text", ""),
            is_open=bool(typed.get("is_open")),
            has_n=bool(typed.get("has_n")),
        )
    session.grid_state = grid_state
    _, wrong = grid_state.chosen_day(session.today)
    return Answer({"grid": grid_html(session), "error:day": problem_text(wrong) or NOTHING})


def turn(session: Session, message: Message) -> Answer:
    """Turn to another page of indicators."""
    page = message.facts.get("page")
    session.grid_state = replace(session.grid_state, page=page if isinstance(page, int) else 0, ids=())
    return Answer({"grid": grid_html(session)}, focus="grid-title")


def go_on(session: Session, facts: Mapping[str, str]) -> None:
    """Lay out the grid of a draft again: its months and its very indicators."""
    last, months = facts.get("last", ""), facts.get("months", "")
    session.grid_state = GridState(
        last=last if is_month(last) else "",
        months=months if months in SPANS else "1",
        day=facts.get("day", ""),
        has_n=bool(facts.get("n")),
        ids=tuple(filter(None, facts.get("ids", "").split("\t"))),
    )

"""How are the values of a month entered, for many indicators at once? All is stored as one change, or nothing."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer, Changed, as_json
from theorytopractice.forms.controls import (
    button,
    draft_note,
    hidden_field,
    labelled,
    pages,
    problem_text,
    range_title,
    select,
    submit_button,
    summary_box,
    warnings_box,
)
from theorytopractice.forms.grid_cells import (
    CHOICE,
    MINE,
    OPENED,
    OTHER,
    THEIRS,
    VALUE,
    N,
    Target,
    as_opened,
    cell_name,
    has_n,
    judge_cells,
    place_block,
    read_cells,
    stored_values,
)
from theorytopractice.forms.grid_state import MONTHS_BACK, PAGE, SPANS, Column, GridState, is_month, month_key
from theorytopractice.forms.rows import download_line
from theorytopractice.html import NOTHING, item_list, join, tag
from theorytopractice.i18n import SENTENCES, say, say_duration, say_in_turn, say_n, say_short_day
from theorytopractice.model.labels import name_of as word
from theorytopractice.model.labels import wording
from theorytopractice.model.values import read_date
from theorytopractice.model.vocabularies import Direction, Measure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.grid_cells import Cell
    from theorytopractice.forms.session import Session


Row = dict[str, str]


def indicator_page(session: Session, grid_state: GridState) -> tuple[list[Row], int, int]:
    """Return the indicators of the page that is shown, how many there are, and which page it is."""
    rows = session.indicators.matching(grid_state, session.today)
    page = min(max(grid_state.page, 0), max((len(rows) - 1) // PAGE, 0))
    return rows[page * PAGE : (page + 1) * PAGE], len(rows), page


def _table(session: Session, grid_state: GridState, rows: Sequence[Row]) -> Markup:
    """Return the table of cells in a box of its own."""
    today = session.today
    columns = grid_state.columns(today)
    cells, before = stored_values(session, [row["indicator_id"] for row in rows], columns)
    body = []
    for at, row in enumerate(rows):
        cells_html = [_indicator_cells(row, before.get(row["indicator_id"]))]
        for place, column in enumerate(columns):
            stored = cells.get((row["indicator_id"], column.key))
            across = place * 2 if grid_state.has_n else place
            cells_html.append(_value_cell(row, (at, across), column, stored, today))
            if grid_state.has_n:
                cells_html.append(_n_cell(row, (at, across + 1), column, stored))
        body.append(tag("tr", *cells_html))
    caption = say("Values by indicator and month")
    inside = tag(
        "table",
        tag("caption", caption, class_="aloud"),
        tag("thead", tag("tr", *_header(grid_state, columns, today))),
        tag("tbody", *body),
        class_="grid",
    )
    return tag(
        "div", inside, class_="box grid-box", role="region", tabindex="0", aria_label=caption, data_grid=""
    )


def _header(grid_state: GridState, columns: Sequence[Column], today: date) -> list[Markup]:
    """Return the heads of the columns; a month says which day its new values get."""
    heads = [
        tag("th", words, scope="col") for words in (say("Indicator"), say("Latest before"), say("Target"))
    ]
    for column in columns:
        usual = say_short_day(column.default_day(today))
        day = tag("small", say("of {day}", day=usual)) if column.first != column.last else None
        heads.append(tag("th", column.label, tag("br") if day else None, day, scope="col"))
        if grid_state.has_n:
            aloud = tag("span", say("respondents or exposure, {month}", month=column.label), class_="aloud")
            heads.append(tag("th", tag("span", "n", aria_hidden="true"), aloud, scope="col", class_="n"))
    return heads


def _indicator_cells(row: Row, before: Row | None) -> Markup:
    """Return what is known of an indicator: its name, its latest value and its target."""
    latest = (
        join([before["value"], tag("small", say_short_day(read_date(before["observed_on"])))], tag("br"))
        if before
        else "–"
    )
    return join(
        [
            tag(
                "th",
                wording("indicator", "name", row),
                tag("p", _indicator_details(row), class_="small"),
                scope="row",
            ),
            tag("td", latest, class_="before", data_head=say("Latest before")),
            tag("td", _target(row), class_="before", data_head=say("Target")),
        ]
    )


def _indicator_details(row: Row) -> Markup:
    """Return what identifies an indicator and how its values are written."""
    cadence = row.get("cadence_days", "")
    texts = [
        row["indicator_id"],
        row.get("unit", ""),
        word(row["measure"]) if row.get("measure") else "",
        say("every {days} days", days=cadence) if cadence else "",
        row.get("scale", "").replace(";", " · ") if row.get("measure") == Measure.ORDINAL else "",
    ]
    return join(filter(None, texts), " · ")


def _target(row: Row) -> str:
    """Say which value shall be reached."""
    if row.get("direction") == Direction.RANGE and row.get("target_low") and row.get("target_high"):
        return say("{first} to {last}", first=row["target_low"], last=row["target_high"])
    return row.get("target", "") or "–"


def _value_cell(row: Row, at: tuple[int, int], column: Column, stored: Row | None, today: date) -> Markup:
    """Return where a value is typed, with what is said of the one that stands there."""
    key = row["indicator_id"]
    usual = column.default_day(today).isoformat()
    notes = []
    if stored and stored["observed_on"] != usual:
        notes.append(say("of {day}", day=say_short_day(read_date(stored["observed_on"]))))
    if stored and stored.get("final") == "false":
        notes.append(say("provisional"))
    return tag(
        "td",
        _input(cell_name(VALUE, key, column.key), at, say("{indicator}, {month}", indicator=wording("indicator", "name", row), month=column.label),
               stored["value"] if stored else "", row),
        hidden_field(cell_name(OPENED, key, column.key), as_opened(stored)),
        tag("p", join(notes, " · "), class_="small") if notes else None,
        *_error_place(at, cell_name(VALUE, key, column.key)),
        data_head=column.label,
    )  # fmt: skip


def _n_cell(row: Row, at: tuple[int, int], column: Column, stored: Row | None) -> Markup:
    """Return where respondents or exposure are typed, if they can stand behind the value."""
    n = stored.get("n", "") if stored else ""
    if not has_n(row) and not n:
        return tag("td", class_="n")
    name = cell_name(N, row["indicator_id"], column.key)
    label = say(
        "{indicator}, {month}: respondents or exposure",
        indicator=wording("indicator", "name", row),
        month=column.label,
    )
    return tag(
        "td",
        _input(name, at, label, n, {}),
        *_error_place(at, name),
        class_="n",
        data_head=f"n, {column.label}",
    )


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


def _error_place(at: tuple[int, int], name: str) -> list[Markup]:
    return [tag("div", id=f"cell-{at[0]}-{at[1]}-error", data_part=f"error:{name}", class_="error")]


def _cell_messages(cell: Cell, label: str) -> dict[str, Markup]:
    """Return what is said beside the fields of a cell now."""
    problem = cell.problems.get(cell.name(), "")
    parts = [problem_text(problem)] if problem else []
    if cell.theirs is not None:
        parts.append(_choice(cell, label, cell.theirs))
    elif cell.decision is not None:
        parts.append(_choice(cell, label, cell.decision))
    parts += [tag("p", warning, class_="worth") for warning in cell.warnings if not problem]
    messages = {f"error:{cell.name()}": join(parts)}
    if cell.n is not None:
        n_problem = cell.problems.get(cell.name(N), "")
        messages[f"error:{cell.name(N)}"] = problem_text(n_problem) or NOTHING
    return messages


def _choice(cell: Cell, label: str, theirs: Mapping[str, str]) -> Markup:
    """Return both values of a cell that somebody else filled meanwhile, and the way to decide."""
    pairs = (
        (
            THEIRS,
            say("keep theirs: {value}", value=_value_text(theirs.get("value", ""), theirs.get("n", ""))),
        ),
        (MINE, say("save mine: {value}", value=_value_text(cell.value, cell.n or ""))),
    )
    radios = [
        tag("label", tag("input", type="radio", id=f"{cell.name(CHOICE)}-{side}", name=cell.name(CHOICE), value=side, checked=cell.choice == side), " ", words)
        for side, words in pairs
    ]  # fmt: skip
    return tag(
        "fieldset",
        tag(
            "legend",
            tag("span", f"{label}: ", class_="aloud"),
            cell.author or say("Somebody else changed this meanwhile."),
        ),
        *radios,
        hidden_field(cell.name(OTHER), as_opened(theirs)),
        class_="choice",
        data_wrong=True if cell.theirs is not None else None,
    )


def _value_text(value: str, n: str) -> str:
    if not value:
        return say("(empty)")
    return say("{value} (n {n})", value=value, n=n) if n else value


def _final_choice() -> Markup:
    """Return the choice whether the values that are entered are final."""
    pairs = [("true", say("all final")), ("false", say("all provisional"))]
    return labelled(say("The values entered here are"), "grid-final", _select("final", "true", pairs))


def screen(session: Session) -> Markup:
    """Return the screen: which months and indicators above, the grid below."""
    return tag(
        "section",
        tag("h2", say("Enter values"), id="screen-title", tabindex="-1"),
        _filter_form(session),
        tag("div", grid_html(session), data_part="grid"),
        download_line("values", say("Values of these indicators")),
        class_="values",
    )


def _filter_form(session: Session) -> Markup:
    """Return the form in which one says which months and which indicators are shown."""
    grid_state, today = session.grid_state, session.today
    at = today.year * 12 + today.month - 1
    keys = [month_key(at - back) for back in range(MONTHS_BACK)]
    last = grid_state.last_month(today)
    months = [(key, Column.from_key(key).label) for key in (keys if last in keys else [*keys, last])]
    spans = [(span, say_duration(int(span), "month")) for span in SPANS]
    _, problem = grid_state.chosen_day(today)
    fields = [
        labelled(say("Last month"), "grid-last", _select("last", last, months)),
        labelled(say("How many months"), "grid-months", _select("months", grid_state.months, spans)),
        labelled(say("Another day"), "grid-day", _text_box("day", grid_state.day, placeholder=say("its last day")),
               tag("div", problem_text(problem), data_part="error:day", class_="error")),
        labelled(say("Search"), "grid-text", _text_box("text", grid_state.text, type="search")),
    ]  # fmt: skip
    ticks = [
        _checkbox("is_open", say("only those without a value in these months"), is_on=grid_state.is_open),
        _checkbox("has_n", say("also respondents or exposure (n)"), is_on=grid_state.has_n),
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


def _select(name: str, value: str, choices: Iterable[tuple[str, str]]) -> Markup:
    return select(value, choices, empty=None, id=f"grid-{name}", name=name)


def _text_box(name: str, text: str, **attributes: object) -> Markup:
    return tag(
        "input",
        **{"type": "text", "id": f"grid-{name}", "name": name, "value": text, "autocomplete": "off"}
        | attributes,
    )


def _checkbox(name: str, words: str, *, is_on: bool) -> Markup:
    return tag("label", tag("input", type="checkbox", name=name, value="yes", checked=is_on), " ", words)


def grid_html(session: Session) -> Markup:
    """Return the grid of the months and indicators that were asked for."""
    grid_state = session.grid_state
    rows, n, page = indicator_page(session, grid_state)
    count_text = say_n("{n:,} indicator", "{n:,} indicators", n)
    count = tag(
        "p",
        range_title(count_text, page, len(rows), n, size=PAGE),
        id="grid-title",
        tabindex="-1",
        class_="count",
        role="status",
    )
    if not rows:
        return tag("div", count, tag("p", say("No indicator fits."), class_="none"), _show_all(grid_state))
    facts = _draft_facts(session, grid_state.ids or [row["indicator_id"] for row in rows])
    title = say("{first} to {last}", first=rows[0]["indicator_id"], last=rows[-1]["indicator_id"])
    title = say(
        "Values of {months}: {indicators}",
        months=_period(grid_state.columns(session.today)),
        indicators=title,
    )
    draft = _draft_key(facts)
    discard = button(say("Throw it away"), "go-on", kind="plain", forget=draft, open=facts)
    form = tag(
        "form",
        draft_note(discard),
        tag("div", data_part="summary"),
        tag("div", data_part="pasted"),
        _table(session, grid_state, rows),
        tag("p", say("Arrow keys and Enter go from cell to cell. A block copied from a spreadsheet can be pasted into a cell: with names or numbers of indicators in its first column it is filled in by them."),
            class_="help"),
        _final_choice(),
        tag("p", submit_button(say("Save")), tag("span", say("Ctrl+Enter saves"), class_="hint"),
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
    return tag("div", count, _show_all(grid_state), form, pages(page, last, "grid-page") if last else None)


def _show_all(grid_state: GridState) -> Markup | None:
    """Return the way from the indicators of a draft back to all."""
    if not grid_state.ids:
        return None
    words = say("These are the indicators for which you typed values earlier.")
    return tag("p", words, " ", button(say("Show all indicators"), "grid-list", kind="plain"), class_="note")


def _draft_facts(session: Session, ids: Sequence[str]) -> dict[str, str]:
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


def _draft_key(facts: Mapping[str, str]) -> str:
    """Return the name under which the browser keeps what was typed: the months, and which indicators."""
    which = sha256(facts["ids"].encode()).hexdigest()[:12]
    parts = [facts["last"], facts["months"], facts.get("day", ""), facts.get("n", ""), which]
    return "|".join(["grid", *parts])


def _period(columns: Sequence[Column]) -> str:
    """Say which months, or which day, some columns are."""
    first, last = columns[0].label, columns[-1].label
    return first if first == last else say("{first} to {last}", first=first, last=last)


def list_indicators(session: Session, message: Message) -> Answer:
    """Show the months and the indicators that are asked for now."""
    values = message.values()
    grid_state = replace(session.grid_state, ids=(), page=0)
    if values:
        last, months = values.get("last", ""), values.get("months", "")
        grid_state = replace(
            grid_state,
            last=last if is_month(last) else grid_state.last,
            months=months if months in SPANS else grid_state.months,
            day=values.get("day", ""),
            text=values.get("text", ""),
            is_open=bool(values.get("is_open")),
            has_n=bool(values.get("has_n")),
        )
    session.grid_state = grid_state
    _, problem = grid_state.chosen_day(session.today)
    return Answer({"grid": grid_html(session), "error:day": problem_text(problem) or NOTHING})


def turn_page(session: Session, message: Message) -> Answer:
    """Turn to another page of indicators."""
    session.grid_state = replace(session.grid_state, page=message.number("page"), ids=())
    return Answer({"grid": grid_html(session)}, focus="grid-title")


def restore_draft(session: Session, facts: Mapping[str, str]) -> None:
    """Lay out the grid of a draft again: its months and its very indicators."""
    last, months = facts.get("last", ""), facts.get("months", "")
    session.grid_state = GridState(
        last=last if is_month(last) else "",
        months=months if months in SPANS else "1",
        day=facts.get("day", ""),
        has_n=bool(facts.get("n")),
        ids=tuple(filter(None, facts.get("ids", "").split("\t"))),
    )


MAX_LISTED = 100
FINALS = ("true", "false")


def check_cell(session: Session, message: Message) -> Answer:
    """Say what is wrong with the cell that was left, and what is worth a look."""
    name = message.text("field").partition("|")[2]
    values = message.values()
    return Answer(_judged_parts(session, values, {name})) if name else Answer()


def _judged_parts(session: Session, values: Mapping[str, str], names: Collection[str]) -> dict[str, Markup]:
    """Return what is said beside the cells of some names, judged by the plan as it is now."""
    own = {name: text for name, text in values.items() if name.partition("|")[2] in names}
    cells = read_cells(own, session.today)
    judge_cells(session, cells, _final(values))
    return _message_parts(cells, session.indicators.names())


def _message_parts(cells: Sequence[Cell], names: Mapping[str, str]) -> dict[str, Markup]:
    """Return what is said beside some cells."""
    return {name: html for cell in cells for name, html in _cell_messages(cell, _label(cell, names)).items()}


def _final(values: Mapping[str, str]) -> str:
    return values["final"] if values.get("final") in FINALS else FINALS[0]


def _label(cell: Cell, names: Mapping[str, str]) -> str:
    indicator = names.get(cell.indicator_id, cell.indicator_id)
    return say("{indicator}, {month}", indicator=indicator, month=cell.column.label)


def paste_block(session: Session, message: Message) -> Answer:
    """Find the cells of a block that was copied from a spreadsheet; what finds none is told."""
    values = message.values()
    target = Target.from_form(values, session.indicators.rows(), session.today)
    block = place_block(message.text("text"), target, message.number("row"), message.number("column"))
    count = say_n("{n} cell was filled.", "{n} cells were filled.", len(block.values))
    sentences = [count, *block.notes]
    box = [tag("p", say_in_turn(SENTENCES, sentences))]
    if block.unplaced:
        n = len(block.unplaced)
        lead = say_n("{n} value was not filled in:", "{n} values were not filled in:", n)
        more = [say("and {n} more", n=n - MAX_LISTED)] if n > MAX_LISTED else []
        box += [tag("p", lead), item_list([*block.unplaced[:MAX_LISTED], *more])]
        sentences.append(lead)
    names = {name.partition("|")[2] for name in block.values}
    parts = _judged_parts(session, values | block.values, names)
    parts["pasted"] = tag("div", *box, class_="note")
    return Answer(parts, text=say_in_turn(SENTENCES, sentences), values=block.values)


def save_grid(session: Session, message: Message) -> Answer | Changed:
    """Store everything that was typed as one change, or say what stands in the way; then nothing is stored."""
    values, facts = message.values(), message.values("open")
    cells = read_cells(values, session.today)
    edits = judge_cells(session, cells, _final(values))
    names = session.indicators.names()
    if any(not cell.is_valid for cell in cells):
        box = _summary(cells, names, has_n=bool(facts.get("n")))
        return Answer(_message_parts(cells, names) | {"summary": box, "pasted": NOTHING}, focus="summary-box")
    forget = [_draft_key(facts)]
    if not edits:
        text = say("Nothing was changed.")
        return Answer({"grid": grid_html(session)}, text=text, forget=forget, focus="grid-title")
    columns = {cell.column.key: cell.column for cell in cells if cell.is_changed}
    period = _period([columns[key] for key in sorted(columns)])
    text = say_n("{n} value of {months}", "{n} values of {months}", len(edits), months=period)
    session.plan.edit(*edits, what=text)
    warnings = [
        say("{label}: {problem}", label=_label(cell, names), problem=problem)
        for cell in cells
        for problem in cell.warnings
    ]
    note = warnings_box(warnings)
    return Changed(text, change=session.plan.last_change, note=note, part="grid", forget=forget)


def _summary(cells: Sequence[Cell], names: Mapping[str, str], *, has_n: bool) -> Markup:
    """Return all that stands in the way of saving, each with a way to its cell."""
    places: dict[str, int] = {}
    items = []
    for cell in cells:
        place = places.setdefault(cell.column.key, len(places)) * (2 if has_n else 1)
        problems = [(place + (name != cell.name()), problem) for name, problem in cell.problems.items()]
        if cell.theirs is not None:
            text = say("somebody else stored another value meanwhile; choose which shall stand.")
            problems.append((place, text))
        label = _label(cell, names)
        items += [
            tag(
                "a",
                say("{label}: {problem}", label=label, problem=problem),
                href=f"#cell-{cell.place}-{column}",
            )
            for column, problem in problems
        ]
    return summary_box(items)

"""How does the grid of values look: its rows, its cells, and what is said beside a cell?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.forms.controls import hidden, problem_text
from theorytopractice.forms.grid_cells import (
    CHOICE,
    KEPT,
    MINE,
    SEEN,
    THEIRS,
    VALUE,
    N,
    as_seen,
    name_of,
)  # fmt: skip
from theorytopractice.forms.grid_sheet import PAGE, fitting, held, takes_n
from theorytopractice.language import say, say_n, say_short_day
from theorytopractice.model.naming import name_of as word
from theorytopractice.model.values import read_date
from theorytopractice.model.vocabularies import Direction, Measure
from theorytopractice.report.html import NOTHING, joined, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.grid_cells import Cell
    from theorytopractice.forms.grid_sheet import Column, Sheet

Row = dict[str, str]


def shown(desk: Desk, sheet: Sheet) -> tuple[list[Row], int, int]:
    """Return the indicators of the page that is shown, how many there are, and which page it is."""
    found = fitting(desk, sheet)
    page = min(max(sheet.page, 0), max((len(found) - 1) // PAGE, 0))
    return found[page * PAGE : (page + 1) * PAGE], len(found), page


def table_html(desk: Desk, sheet: Sheet, rows: Sequence[Row]) -> Markup:
    """Return the table of cells in a box of its own."""
    today = desk.today
    columns = sheet.columns(today)
    cells, before = held(desk, [row["indicator_id"] for row in rows], columns)
    body = []
    for at, row in enumerate(rows):
        made = [_known(row, before.get(row["indicator_id"]))]
        for place, column in enumerate(columns):
            stood = cells.get((row["indicator_id"], column.key))
            across = place * 2 if sheet.has_n else place
            made.append(_cell(row, (at, across), column, stood, today))
            if sheet.has_n:
                made.append(_n_cell(row, (at, across + 1), column, stood))
        body.append(tag("tr", *made))
    caption = say("Values by indicator and month")
    inside = tag(
        "table",
        tag("caption", caption, class_="aloud"),
        tag("thead", tag("tr", *_heads(sheet, columns, today))),
        tag("tbody", *body),
        class_="grid",
    )
    return tag(
        "div", inside, class_="box grid-box", role="region", tabindex="0", aria_label=caption, data_grid=""
    )


def _heads(sheet: Sheet, columns: Sequence[Column], today: date) -> list[Markup]:
    """Return the heads of the columns; a month says which day its new values get."""
    made = [
        tag("th", words, scope="col") for words in (say("Indicator"), say("Latest before"), say("Target"))
    ]
    for column in columns:
        usual = say_short_day(column.usual(today))
        day = tag("small", say("of {day}", day=usual)) if column.first != column.last else None
        made.append(tag("th", column.label, tag("br") if day else None, day, scope="col"))
        if sheet.has_n:
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
        hidden(name_of(SEEN, key, column.key), as_seen(stood)),
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


def beside(cell: Cell, label: str) -> dict[str, Markup]:
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
        hidden(cell.name(THEIRS), as_seen(theirs)),
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

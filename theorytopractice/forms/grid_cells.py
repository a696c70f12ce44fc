"""Which values were typed into the grid, and what stands in the way of storing them?"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError
from theorytopractice.forms.blocks import sentence
from theorytopractice.forms.controls import as_json, looks_like
from theorytopractice.forms.grid_sheet import Column, held, known
from theorytopractice.forms.typed import read
from theorytopractice.language import say
from theorytopractice.model.entities import ENTITIES, Observation
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable, read_number
from theorytopractice.store.edits import Add

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.grid_sheet import Held

VALUE, N, SEEN, CHOICE, THEIRS = "v", "n", "~seen", "~choice", "~theirs"
"""Begin the names of the fields of a cell: what is typed, what was shown, what was decided about another value."""
MINE, KEPT = "mine", "theirs"
FIELDS = ENTITIES["observation"]


@dataclass(slots=True)
class Cell:
    """What stands in one cell of the grid: the indicator, the column, and what was typed."""

    indicator_id: str
    column: Column
    place: int
    seen: Mapping[str, str]
    value: str
    n: str | None
    choice: str | None = None
    decided: Mapping[str, str] | None = None
    problems: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    theirs: Mapping[str, str] | None = None

    def name(self, part: str = VALUE) -> str:
        """Return the name of a field of the cell."""
        return name_of(part, self.indicator_id, self.column.key)

    @property
    def is_touched(self) -> bool:
        """Whether anything else stands there than what was shown."""
        return not same(self.value, self.seen.get("value", "")) or (
            self.n is not None and not same(self.n, self.seen.get("n", ""))
        )

    @property
    def is_kept(self) -> bool:
        """Whether the planner keeps what somebody else stored."""
        return self.theirs is None and self.choice == KEPT and self.decided is not None

    @property
    def is_fine(self) -> bool:
        """Whether nothing stands in the way of storing it."""
        return not self.problems and self.theirs is None


def name_of(part: str, indicator_id: str, column: str) -> str:
    """Return the name of a field of a cell."""
    return f"{part}|{indicator_id}|{column}"


def same(one: str, other: str) -> bool:
    """Tell whether two texts say the same value."""
    if one == other:
        return True
    try:
        return read_number(one) == read_number(other)
    except ValueError:
        return False


def as_seen(row: Mapping[str, str] | None) -> str:
    """Write down what was shown of an observation, as the page hands it back."""
    shown = {name: row[name] for name in ("observation_id", "value", "n") if row.get(name)} if row else {}
    return as_json(shown)


def cells_of(values: Mapping[str, str], today: date) -> list[Cell]:
    """Return every cell of a grid as it was typed, each text read as people write it."""
    made: list[Cell] = []
    places: dict[str, int] = {}
    for name, text in values.items():
        part, _, rest = name.partition("|")
        indicator_id, _, key = rest.rpartition("|")
        if part != VALUE or not indicator_id:
            continue
        place = places.setdefault(indicator_id, len(places))
        n = values.get(name_of(N, indicator_id, key))
        theirs = values.get(name_of(THEIRS, indicator_id, key))
        seen = _row_in(values.get(name_of(SEEN, indicator_id, key)) or "{}")
        value = _as_it_stood(text, seen.get("value", ""))
        cell = Cell(indicator_id, Column.of(key), place, seen, value, n if n is None else n.strip())
        cell.choice = values.get(name_of(CHOICE, indicator_id, key))
        cell.decided = _row_in(theirs) if theirs else None
        _read(cell, today)
        made.append(cell)
    return made


def _as_it_stood(text: str, stood: str) -> str:
    """Return what was typed; what stood there to the sign where nobody changed what is shown of it."""
    return stood if looks_like(text, stood) else text.strip()


def _read(cell: Cell, today: date) -> None:
    """Read what was typed into a cell, and say what is wrong with it by itself."""
    shown, shown_n = cell.seen.get("value", ""), cell.seen.get("n", "")
    if cell.value != shown:
        typed = read(FIELDS["value"], cell.value, today=today)
        cell.value = typed.text
        if typed.problem:
            cell.problems[cell.name()] = sentence(typed.problem)
    if cell.n is not None and cell.n != shown_n:
        typed = read(FIELDS["n"], cell.n, today=today)
        cell.n = typed.text
        if typed.problem:
            cell.problems[cell.name(N)] = sentence(typed.problem)
    if shown and not cell.value:
        cell.problems[cell.name()] = say(
            "The value {value} stands here; a value is removed in the tab Observations of its finding, with a reason.",
            value=shown,
        )
    elif not cell.value and cell.n:
        cell.problems[cell.name(N)] = say("Enter the value as well, or leave this empty.")
    if shown_n and cell.n == "" and cell.value:
        cell.problems[cell.name(N)] = say(
            "{n} stands here; enter another number, or the same again.", n=shown_n
        )


def judged(desk: Desk, cells: Iterable[Cell], final: str) -> list[Add]:
    """Say what is wrong with the touched cells in the plan as it is now; return the rows that they come to."""
    touched = [cell for cell in cells if cell.is_touched]
    columns = list({cell.column.key: cell.column for cell in touched}.values())
    stand: Held = {}
    for column in columns:
        ids = [cell.indicator_id for cell in touched if cell.column.key == column.key]
        stand |= held(desk, ids, [column])[0]
    coming, today = [], desk.today
    for cell in touched:
        now = stand.get((cell.indicator_id, cell.column.key), {})
        _compare(cell, now)
        if cell.value and not cell.problems and not cell.is_kept and not _says(cell, now):
            coming.append((cell, _row(cell, now, final, today)))
    _judge(desk, coming)
    return [Add(Observation(**row)) for _, row in coming]


def _row_in(text: str) -> dict[str, str]:
    """Return the value that the page carries as it was shown.

    Raises:
        PlanError: the page does not carry one.
    """
    try:
        return {str(name): str(cell) for name, cell in dict(json.loads(text)).items()}
    except (ValueError, TypeError, RecursionError) as error:
        raise PlanError(say("There is no such form; reload the page.")) from error


def _compare(cell: Cell, now: Mapping[str, str]) -> None:
    """Note where somebody else stored another value since the cell was shown, and nobody decided about it yet."""
    moved = any(not same(now.get(name, ""), cell.seen.get(name, "")) for name in ("value", "n"))
    is_decided = cell.choice in (MINE, KEPT) and cell.decided == json.loads(as_seen(now))
    if moved and not is_decided and not (now and _says(cell, now)):
        cell.theirs = now


def _says(cell: Cell, now: Mapping[str, str]) -> bool:
    """Tell whether the plan holds already what was typed."""
    return same(cell.value, now.get("value", "")) and (cell.n is None or same(cell.n, now.get("n", "")))


def _row(cell: Cell, now: Mapping[str, str], final: str, today: date) -> dict[str, str]:
    """Return the observation that a cell comes to; a correction keeps its day and whatever else was said of it."""
    row = {column: now.get(column, "") for column in FIELDS.columns if column != "observation_id"}
    row |= {"indicator_id": cell.indicator_id, "value": cell.value, "final": final}
    row["observed_on"] = now.get("observed_on") or cell.column.usual(today).isoformat()
    row["recorded_on"] = max(today.isoformat(), known(now)) if now else today.isoformat()
    return row if cell.n is None else row | {"n": cell.n}


def _judge(desk: Desk, coming: list[tuple[Cell, dict[str, str]]]) -> None:
    """Ask the plan what it says to rows; each carries the number of its cell as a key, and is told by it."""
    marked = {f"~{at}": (cell, row) for at, (cell, row) in enumerate(coming)}
    edits = [Add(Observation(**row, observation_id=key)) for key, (_, row) in marked.items()]
    for issue in desk.plan.problems(*edits, as_of=desk.today) if edits else ():
        if issue.key not in marked:
            continue
        cell, _ = marked[issue.key]
        if issue.is_error:
            name = cell.name(N) if issue.column == "n" and cell.n is not None else cell.name()
            cell.problems.setdefault(name, sentence(issue.message))
        else:
            cell.warnings.append(sentence(issue.message))
    fine = [(cell, row) for cell, row in coming if not cell.problems]
    for cell, told in _worth_a_look(desk, fine):
        cell.warnings.append(told)


def _worth_a_look(desk: Desk, coming: Collection[tuple[Cell, dict[str, str]]]) -> Iterator[tuple[Cell, str]]:
    """Yield what validation says of the indicators as they would be with the new values, once for each."""
    ids = list({cell.indicator_id: cell for cell, _ in coming})
    if not ids:
        return
    indicators, stored = desk.plan.look(
        lambda records: (
            records.where("indicator", indicator_id=ids),
            records.where("observation", indicator_id=ids).rows(),
        )
    )
    rows = [*stored, *(row | {"observation_id": f"~{at}"} for at, (_, row) in enumerate(coming))]
    tables = {"indicator": indicators, "observation": TextTable.of(FIELDS, rows)}
    first = {cell.indicator_id: cell for cell, _ in reversed(list(coming))}
    with suppress(ValueError):  # a stored value that is no number has an error of its own
        for issue in validate(tables, today=desk.today, table_names=("indicator",)):
            if issue.code == "W-FRACTION" and issue.key in first:
                yield first[issue.key], sentence(issue.message)

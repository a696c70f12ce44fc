"""Whatever a source and the planners do: nothing of planners is lost without a question, nothing differs unlisted."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.compare import compare
from theorytopractice.store.folder import TableReader
from theorytopractice.store.history import apply_changes
from theorytopractice.store.sources import Choice, Outcome, Source

TODAY = date(2026, 6, 30)
DAYS = [f"2026-0{month}-1{day}" for month in (2, 3) for day in range(3)]
TEXT = st.sampled_from(["", "a", "b", "c"])
LISTED = {Outcome.KEPT, Outcome.CONFLICT, Outcome.REDATED, Outcome.CORRECTED}


@st.composite
def sources(draw):
    """What a source says: a few actions, findings without keys, links and facts."""
    keys = draw(st.sets(st.sampled_from(["A-1", "A-2"]), min_size=1))
    actions = [
        {"action_id": key, "title": draw(TEXT) or "t", "recorded_on": "2026-01-05", "note": draw(TEXT),
         "due": draw(st.sampled_from(["", "2026-09-01", "2026-10-01"]))}
        for key in sorted(keys)
    ]  # fmt: skip
    owners = [
        {"action_id": key, "owner_id": owner, "role": "accountable"}
        for key in sorted(keys)
        if (owner := draw(st.sampled_from(["", "Ann", "Bob"])))
    ]
    events = [
        {"subject": "action", "subject_id": key, "event": event, "happened_on": day, "reason": draw(TEXT)}
        for key in sorted(keys)
        for event in ("start", "complete")
        for day in draw(st.lists(st.sampled_from(DAYS), max_size=2, unique=True))
    ]
    values = [
        {"indicator_id": "I-1", "observed_on": day, "value": draw(st.sampled_from(["1", "2"]))}
        for day in draw(st.lists(st.sampled_from(DAYS), max_size=3, unique=True))
    ]
    return {"action": actions, "action_owner": owners, "event": events, "observation": values}


FIXED = {
    "owner": [{"owner_id": name, "name": name} for name in ("Ann", "Bob", "Carl")],
    "indicator": [{"indicator_id": "I-1", "name": "Leaflets", "direction": "ascending", "level": "output"}],
}


def said(rows):
    return Source("s", {name: TextTable.of(ENTITIES[name], some) for name, some in (FIXED | rows).items()})


class Reader(TableReader):
    """The tables of a plan whose history remembers every key that it gave."""

    def largest(self, name):
        return max(super().largest(name), USED.get(name, ""))


USED: dict[str, str] = {}


def imported(tables, source, decide):
    comparison = compare(Reader(tables, []), source, today=TODAY, decide=decide)
    return apply_changes(tables, comparison.changes), comparison


@st.composite
def planners(draw):
    """What planners do to a row: change a column of it, or remove it."""
    place = draw(st.integers(0, 5))
    table, column, texts = draw(st.sampled_from([
        ("action", "title", ["p", "q"]), ("action", "note", ["p", "a"]), ("event", "happened_on", DAYS),
        ("event", "reason", ["p", "a"]), ("event", None, []), ("action_owner", None, []), ("observation", "observed_on", DAYS),
    ]))  # fmt: skip
    return table, place, column, draw(st.sampled_from(texts)) if column else ""


def edited(tables, edits):
    """Return tables as planners leave them, and the cells that they changed: (table, key, column) → text."""
    rows = {name: table.rows() for name, table in tables.items()}
    cells = {}
    for table, place, column, text in edits:
        if place >= len(rows[table]):
            continue
        row = rows[table][place]
        if column is None:
            rows[table].pop(place)
        elif row[column] != text:
            row[column] = text
            cells[table, row[ENTITIES[table].key[0]], column] = text
    return {name: TextTable.of(ENTITIES[name], some) for name, some in rows.items()}, cells


def texts_of(tables):
    return {name: sorted(sorted(row.items()) for row in table.rows()) for name, table in tables.items()}


def row_of(tables, table, key):
    there = tables[table]
    return next((row for row in there.rows() if row[there.entity.key[0]] == key), None)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(first=sources(), then=sources(), edits=st.lists(planners(), max_size=3))
def test_an_import_loses_nothing_of_planners_and_lists_what_differs(first, then, edits):
    USED.clear()
    empty = {name: TextTable.of(entity, []) for name, entity in ENTITIES.items()}
    tables, _ = imported(empty, said(first), Choice.REFUSE)
    again, comparison = imported(tables, said(first), Choice.REFUSE)
    assert texts_of(again) == texts_of(tables)
    assert comparison.cells == []
    USED.update({name: TableReader(tables, []).largest(name) for name in ("event", "observation")})
    tables, changed = edited(tables, edits)
    after, comparison = imported(tables, said(then), Choice.REFUSE)
    for (table, key, column), text in changed.items():
        row = row_of(tables, table, key)
        if row is not None and row[column] == text:
            assert row_of(after, table, key)[column] == text, (table, key, column)
    listed = {(cell.table, cell.column, cell.after) for cell in comparison.cells if cell.outcome in LISTED}
    for table in ("action", "event", "observation"):
        for row in then[table]:
            check_listed(table, row, after, listed)
    for side in (Choice.OURS, Choice.THEIRS):
        once, comparison = imported(tables, said(then), side)
        assert not comparison.conflicts
        twice, _ = imported(once, said(then), side)
        assert texts_of(twice) == texts_of(once)


FACT = {"event": ("subject_id", "event", "happened_on"), "observation": ("observed_on", "value")}


def check_listed(table, row, after, listed):
    """Whatever the source says stands in the plan, or is listed."""
    if table == "action":
        there = row_of(after, table, row["action_id"])
        for column, text in row.items():
            assert not text or there[column] == text or (table, column, text) in listed, (column, text)
        return
    same = [one for one in after[table].rows() if all(one[name] == row[name] for name in FACT[table])]
    of_its_own = [name for name, text in row.items() if text]
    is_there = any(all(one[name] == row[name] for name in of_its_own) for one in same)
    is_listed = any(
        one == table and (not column or (text and text == row.get(column))) for one, column, text in listed
    )
    assert is_there or is_listed, (row, listed)

"""Which names does a plan use, which may be meant to be one, and how is one changed everywhere at once?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, UnknownName, quote
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.spellings import NAMED, near
from theorytopractice.model.values import natural
from theorytopractice.store.history import RowChange, find_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from theorytopractice.model.values import TextTable
    from theorytopractice.store.history import RowReader


COLUMNS = ("column", "key", "spelling", "n", "near", "score")
PEOPLE = {"event": "by", "evidence": "verified_by"}
"""Where somebody is named by key or by name, without a link."""


def list_names(tables: Mapping[str, TextTable], at_least: float = 0.85) -> pd.DataFrame:
    """Return one row a spelling of a theme, unit, site or owner.

    Columns: ``column``, ``key`` (of an owner), ``spelling``, ``n`` (rows), ``near`` (another name that may be meant) and
    ``score`` (0 to 1; 1 for another spelling of the same).
    """
    import pandas as pd

    rows: list[tuple[str, str, str, int, str | None, float]] = []
    for column, places in NAMED.items():
        counts = Counter(text for table, name in places for text in tables[table][name] if text)
        rows += [
            (column, "", text, n, *nearest)
            for (text, n), nearest in zip(
                sorted(counts.items()), _nearest(sorted(counts), at_least), strict=True
            )
        ]
    owner = tables["owner"]
    links = Counter(tables["action_owner"]["owner_id"]) + Counter(tables["finding"]["owner_id"])
    keyed = sorted(zip(owner["owner_id"], owner["name"], strict=True), key=lambda pair: natural(pair[0]))
    nearest = _nearest([name for _, name in keyed], at_least)
    rows += [
        ("owner", key, name, links[key], *other) for (key, name), other in zip(keyed, nearest, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype(
        {"column": "str", "key": "str", "spelling": "str", "n": "int64", "near": "str", "score": "float64"}
    )


def _nearest(names: list[str], at_least: float) -> list[tuple[str | None, float]]:
    """Return for each name the one that it is most like, with the score; another spelling of the same first."""
    spelt: dict[str, list[str]] = {}
    for name in names:
        spelt.setdefault(comparable(name), []).append(name)
    best: dict[str, tuple[str, float]] = {}
    for pair in near(names, at_least):
        for one, other in ((pair.name, pair.other), (pair.other, pair.name)):
            if pair.score > best.get(comparable(one), ("", 0.0))[1]:
                best[comparable(one)] = (other, pair.score)
    listed: list[tuple[str | None, float]] = []
    for name in names:
        same = list(spelt[comparable(name)])
        same.remove(name)
        listed.append((same[0], 1.0) if same else best.get(comparable(name), (None, float("nan"))))
    return listed


def rename_rows(records: RowReader, column: str, old: str, new: str) -> list[RowChange]:
    """Return the changes by which a theme, unit or site gets another name in every row, however it was spelt.

    Raises:
        PlanError: the new name is empty.
        UnknownName: there is no such column, or nothing is called so.
    """
    if column not in NAMED:
        raise UnknownName(say("column"), column, NAMED)
    if not new.strip():
        raise PlanError(say("The new name of the {column} {name} is empty.", column=column, name=quote(old)))
    changes: dict[tuple[str, str], RowChange] = {}
    known: set[str] = set()
    for table, name in NAMED[column]:
        identifier = ENTITIES[table].key[0]
        for row in records.where(table).rows():
            known.add(row[name])
            if row[name] and comparable(row[name]) == comparable(old):
                changes[table, row[identifier]] = RowChange(
                    table, (row[identifier],), row, row | {name: new.strip()}
                )
    if not changes:
        raise UnknownName(say(column), old, sorted(known - {""}))
    return [change for change in changes.values() if change.before != change.after]


def merge_owners(records: RowReader, keep: str, drop: str) -> list[RowChange]:
    """Return the changes that make one of two owners: what names the dropped one names the kept one.

    Links move, a repeated one is merged; ``by`` of events and ``verified_by`` of evidence follow, whether they name the
    key or the name. Empty cells of the kept owner are filled. The dropped owner is removed and stays in the history.

    Raises:
        UnknownName: there is no such owner.
    """
    _, kept = find_row(records, ENTITIES["owner"], keep)
    _, dropped = find_row(records, ENTITIES["owner"], drop)
    after = {
        name: text or (dropped.get(name, "") if name != "left_on" else "") for name, text in kept.items()
    }
    changes = [RowChange("owner", (keep,), kept, after)] if after != kept else []
    for name, entity in ENTITIES.items():
        columns = [field.name for field in entity.fields if field.refers == "owner"]
        if entity.identifier:
            changes += _moved_cells(records, name, columns, {drop: keep})
    changes += _merged_parts(records, keep, drop)
    alike = comparable(dropped["name"])
    for table, column in PEOPLE.items():
        named = {text for text in records.where(table)[column] if text == drop or comparable(text) == alike}
        changes += _moved_cells(
            records, table, [column], {text: keep if text == drop else kept["name"] for text in named}
        )
    return [*changes, RowChange("owner", (drop,), dropped, None)]


def _moved_cells(
    records: RowReader, table: str, columns: list[str], texts: Mapping[str, str]
) -> list[RowChange]:
    """Return the changes by which cells with some texts get others."""
    changes = []
    for column in columns if texts else ():
        for row in records.where(table, **{column: set(texts)}).rows():
            moved = row | {column: texts[row[column]]}
            if moved != row:
                changes.append(RowChange(table, (row[ENTITIES[table].key[0]],), row, moved))
    return changes


def _merged_parts(records: RowReader, keep: str, drop: str) -> list[RowChange]:
    """Move the dropped owner's part in every action; one that the kept owner has already goes."""
    rows = records.where("action_owner", owner_id=(keep, drop)).rows()
    held = {(row["action_id"], row["role"]) for row in rows if row["owner_id"] == keep}
    changes = []
    for row in rows:
        if row["owner_id"] != drop:
            continue
        changes.append(RowChange("action_owner", (row["action_id"], drop, row["role"]), row, None))
        if (row["action_id"], row["role"]) not in held:
            key = (row["action_id"], keep, row["role"])
            changes.append(RowChange("action_owner", key, None, row | {"owner_id": keep}))
    return changes

"""May a plan be changed like this? Rows to change are looked up, refused or let through here."""

from __future__ import annotations

import getpass
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, UnknownName, shown
from theorytopractice.model.entities import ENTITIES, Row
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation import validate, without_repeats
from theorytopractice.model.values import TextTable, as_text
from theorytopractice.store import csvfile
from theorytopractice.store.folder import applied
from theorytopractice.store.history import RowChange
from theorytopractice.store.identifiers import Register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.history import Change


def today_of(tables: Mapping[str, TextTable]) -> date:
    """Return today in the plan's zone, UTC where the zone cannot be read."""
    table = tables["setting"]
    zone = dict(zip(table["name"], table["value"], strict=True)).get("zone", "UTC")
    return datetime.now(ZoneInfo("UTC" if Settings.problem("zone", zone) else zone)).date()


def problems(
    tables: Mapping[str, TextTable],
    changes: Sequence[RowChange],
    source: Mapping[str, TextTable] | None = None,
) -> list[Issue]:
    """Validate the plan as it would be; raises InvalidPlan if it had errors, else returns the warnings.

    The errors of an import are looked for in its files first, so that they name file and line.
    """
    today = today_of(tables)
    issues = validate(applied(tables, changes), today=today)
    if any(issue.is_error for issue in issues):
        in_source = [issue for issue in validate(source, today=today) if issue.is_error] if source else []
        own = [issue for issue in in_source if issue.code != "E-REF"]
        raise InvalidPlan(
            own + [one for one in issues if one.is_error and one.code not in {i.code for i in own}]
        )
    return issues


def brought(
    tables: Mapping[str, TextTable], table: TextTable, history: Callable[[], list[Change]]
) -> list[RowChange]:
    """Return what each row of an imported table would change; a row already there may stay the same.

    A repeated link is merged into one; a repeated identifier stays repeated, for validation to refuse.
    """
    entity = entity_named(table.entity.name)
    known = by_key(tables[entity.name])
    rows = [csvfile.canonical(entity, row) for row in table.rows()]
    if entity.identifier is None:
        rows = without_repeats(TextTable.of(entity, rows)).rows()
    register = Register(tables, history, ((entity.name, row.get(entity.key[0], "")) for row in rows))
    changes = []
    for row in rows:
        texts = register.named(entity, row)
        key = tuple(texts.get(column, "") for column in entity.key)
        before = known.get(key)
        changes.append(
            RowChange(entity.name, key, before, (before or dict.fromkeys(entity.columns, "")) | texts)
        )
    return changes


def by_key(table: TextTable) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the rows of a table by their keys."""
    return dict(zip(table.keys(), table.rows(), strict=True))


def texts_of(row: Row) -> dict[str, str]:
    """Return a row as texts, as every store gives them back."""
    return csvfile.canonical(row.entity, {name: as_text(value) for name, value in row.values().items()})


def valid(tables: Mapping[str, TextTable], changes: list[RowChange]) -> list[RowChange]:
    """Return the changes if the plan stays valid; raises InvalidPlan."""
    problems(tables, changes)
    return changes


def entity_named(name: str) -> Entity:
    """Return the declaration of a table; raises UnknownName."""
    if name not in ENTITIES:
        raise UnknownName("table", name, ENTITIES)
    return ENTITIES[name]


def row_of(
    tables: Mapping[str, TextTable], entity: str, key: str | tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Find a row by its key."""
    entity_named(entity)
    parts = (key,) if isinstance(key, str) else tuple(key)
    found = by_key(tables[entity])
    if parts not in found:
        raise UnknownName(entity, "/".join(parts), ("/".join(one) for one in found))
    return parts, found[parts]


def refuse_changed(now: Mapping[str, str], expected: Mapping[str, str] | None) -> None:
    """Raise ConflictError where a row is no longer as the caller saw it."""
    differs = {
        name: (was, now.get(name, "")) for name, was in (expected or {}).items() if now.get(name, "") != was
    }
    if differs:
        said = "; ".join(
            f"{name} was {shown(was)} and is now {shown(is_)}" for name, (was, is_) in differs.items()
        )
        raise ConflictError(f"Somebody else changed this row: {said}. Nothing was stored.")


def refuse_existing(tables: Mapping[str, TextTable], changes: Sequence[RowChange]) -> None:
    """Raise InvalidPlan where a new row has the key of another."""
    taken = {name: set(tables[name].keys()) for name in {row.entity for row in changes}}
    issues = []
    for row in changes:
        if row.key in taken[row.entity]:
            name = "/".join(part for part in row.key if part)
            message = f"there is already a {row.entity} {name}; change it, or give the new one another key"
            issues.append(Issue("E-ID", row.entity, None, ENTITIES[row.entity].key[0], name, message))
        taken[row.entity].add(row.key)
    if issues:
        raise InvalidPlan(issues)


def nouns(rows: Sequence[Row]) -> str:
    """Say how many rows of which tables these are."""
    return ", ".join(f"{n} {name}" for name, n in Counter(row.entity.name for row in rows).items())


def said(key: str | tuple[str, ...]) -> str:
    """Write a key for a sentence."""
    return key if isinstance(key, str) else "/".join(part for part in key if part)


def told(text: str) -> str:
    """Return a text as the history keeps it: databases cannot hold the NUL character."""
    return text.replace("\0", "")


def user() -> str:
    """Return the name of whoever is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"

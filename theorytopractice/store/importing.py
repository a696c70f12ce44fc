"""What do whole tables bring to a plan? Row by row by key, all of them or none."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from theorytopractice.errors import InvalidPlan
from theorytopractice.model.validation import validate
from theorytopractice.model.validation_links import without_repeats
from theorytopractice.model.values import TextTable
from theorytopractice.store import csvfile, editing
from theorytopractice.store.history import RowChange, applied
from theorytopractice.store.identifiers import Register
from theorytopractice.store.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.store.records import Records


def brought(records: Records, table: TextTable) -> list[RowChange]:
    """Return what each row of an imported table would change; a row already there may stay the same.

    A repeated link is merged into one; a repeated identifier stays repeated, for validation to refuse.
    """
    entity = editing.entity_named(table.entity.name)
    known = editing.by_key(records.tables()[entity.name])
    rows = [csvfile.canonical(entity, row) for row in table.rows()]
    if entity.identifier is None:
        rows = without_repeats(TextTable.of(entity, rows)).rows()
    register = Register(records.largest, ((entity.name, row.get(entity.key[0], "")) for row in rows))
    changes = []
    for row in rows:
        texts = register.named(entity, row)
        key = tuple(texts.get(column, "") for column in entity.key)
        before = known.get(key)
        after = (before or dict.fromkeys(entity.columns, "")) | texts
        after = after if before is None else editing.dated(records, entity, before, after)
        changes.append(RowChange(entity.name, key, before, after))
    return changes


def import_of(records: Records, source: Mapping[str, TextTable]) -> tuple[list[RowChange], Summary]:
    """Return what whole tables bring, and how much that is; the plan as it would be is validated whole.

    The errors of an import are looked for in its files first, so that they name file and line.

    Raises:
        InvalidPlan: the plan would have errors.
    """
    rows = [one for table in source.values() for one in brought(records, table)]
    times = Counter((row.entity, row.key) for row in rows)
    changes = [
        row
        for row in rows
        if row.before is None or not row.replaces(row.after or {}) or times[row.entity, row.key] > 1
    ]
    today = editing.today_there(records)
    issues = validate(applied(records.tables(), changes), today=today)
    if any(issue.is_error for issue in issues):
        in_source = [issue for issue in validate(source, today=today) if issue.is_error]
        own = [issue for issue in in_source if issue.code != "E-REF"]
        codes = {issue.code for issue in own}
        raise InvalidPlan(own + [one for one in issues if one.is_error and one.code not in codes])
    added = Counter(row.entity for row in changes if row.before is None)
    changed = Counter(row.entity for row in changes if row.before is not None)
    same = Counter(row.entity for row in rows)
    return changes, Summary(added, changed, same - added - changed, issues)

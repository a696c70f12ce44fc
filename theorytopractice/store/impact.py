"""Can a change make a plan wrong? Only the rows around it need to be looked at.

Every rule of validation that refuses a row looks at that row, at what it leads to, or at its like: the
events of one action, the owners of one action, the values of one indicator, a chain of findings. So the
rows around a change are gathered, changed, and validated as a small plan of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation import validate
from theorytopractice.model.validation_rules import brief
from theorytopractice.model.values import TextTable
from theorytopractice.model.vocabularies import FindingKind, Subject
from theorytopractice.store.history import apply_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from theorytopractice.errors import Issue
    from theorytopractice.store.history import RowChange
    from theorytopractice.store.reader import RowReader


LINKED = ("owner", "finding", "action", "indicator")
OF_ONE_ROW = ("W-VAGUE", "W-FUTURE", "W-BACK", "W-LONG", "W-DIR", "W-UNKNOWN")


def problems_around(records: RowReader, changes: Sequence[RowChange], today: date) -> list[Issue]:
    """List the errors that a plan would have around some changes, and the warnings about the rows themselves.

    A row elsewhere that is wrong already does not stand in the way of mending another.
    """
    around = _RowsAround(records, changes)
    tables = around.tables()
    issues = [one for one in validate(apply_changes(tables, changes), today=today) if around.concerns(one)]
    foreign = [one for one in issues if one.is_error and not around.is_own(one)]
    known = {_mistake(one) for one in validate(tables, today=today)} if foreign else set()
    return [one for one in issues if around.is_own(one) or _mistake(one) not in known]


def _mistake(issue: Issue) -> tuple[str, ...]:
    return issue.code, issue.table, issue.key, issue.column, issue.message


class _RowsAround:
    """The rows that a change can make wrong, and those that can make it wrong."""

    def __init__(self, records: RowReader, changes: Sequence[RowChange]) -> None:
        self._records, self._changes = records, changes
        self._rows: dict[str, dict[tuple[str, ...], list[dict[str, str]]]] = {name: {} for name in ENTITIES}
        self._changed = {(row.entity, brief("/".join(filter(None, row.key)))) for row in changes}
        self._removed = {
            (row.entity, row.key[0]) for row in changes if row.after is None and row.entity in LINKED
        }

    def concerns(self, issue: Issue) -> bool:
        """Tell whether an issue of the gathered rows comes from the change.

        A link of a gathered row may lead to one that was not gathered: that is nobody's mistake.
        """
        if not issue.is_error:
            return self.is_own(issue) and issue.code in OF_ONE_ROW
        if issue.code != "E-REF" or self.is_own(issue):
            return True
        target = ENTITIES[issue.table][issue.column].refers
        return any(issue.found == brief(key) for name, key in self._removed if target in (name, ""))

    def is_own(self, issue: Issue) -> bool:
        """Tell whether an issue is one of a changed row."""
        return (issue.table, issue.key) in self._changed

    def tables(self) -> dict[str, TextTable]:
        """Gather the rows as they are before the change."""
        ids = self._mentioned()
        self._gather_changed()
        for name in LINKED:
            self._add(name, **{f"{name}_id": ids[name]})
        self._gather_dependents()
        self._gather_owners(ids)
        self._gather_chains(ids["finding"])
        for subject in Subject:
            self._add("event", subject=(subject,), subject_id=ids[subject])
        self._add("action_owner", action_id=ids["action"])
        self._add("observation", indicator_id=self._keys_of("indicator"))
        self._add("setting", name=("zone",))
        return {
            name: TextTable.of(ENTITIES[name], [row for rows in found.values() for row in rows], name)
            for name, found in self._rows.items()
        }

    def _mentioned(self) -> dict[str, set[str]]:
        """Return the identifiers that the changed rows name, before and after, by table."""
        found: dict[str, set[str]] = {name: set() for name in LINKED}
        for change in self._changes:
            entity = ENTITIES[change.entity]
            for row in filter(None, (change.before, change.after)):
                for field in entity.fields:
                    if field.refers and row.get(field.name):
                        found[field.refers].add(row[field.name])
                if entity.name == "event" and row.get("subject") in tuple(Subject):
                    found[row["subject"]].add(row.get("subject_id", ""))
            if entity.name in LINKED:
                found[entity.name].add(change.key[0])
        return found

    def _keys_of(self, name: str) -> set[str]:
        return {row.key[0] for row in self._changes if row.entity == name}

    def _gather_changed(self) -> None:
        """Add the changed rows, and others that have their keys."""
        for name in {row.entity for row in self._changes}:
            keys = zip(*(row.key for row in self._changes if row.entity == name), strict=True)
            columns = zip(ENTITIES[name].key, keys, strict=True)
            self._add(name, **{column: set(texts) for column, texts in columns if "" not in texts})

    def _gather_dependents(self) -> None:
        """Add the rows that lead to one that is removed."""
        gone = {name: {key for table, key in self._removed if table == name} for name in LINKED}
        for entity in ENTITIES.values() if self._removed else ():
            for field in entity.fields:
                if field.refers:
                    self._add(entity.name, **{field.name: gone[field.refers]})
        for subject in Subject:
            self._add("event", subject=(subject,), subject_id=gone[subject])

    def _gather_owners(self, ids: dict[str, set[str]]) -> None:
        """Add the mechanisms of the owners that change, and the owners of the findings that are touched."""
        own = self._add("finding", owner_id=self._keys_of("owner"), kind=(FindingKind.MECHANISM,))
        ids["finding"] |= {row["finding_id"] for row in own}
        owners = {row["owner_id"] for rows in self._rows["finding"].values() for row in rows} - {""}
        self._add("owner", owner_id=owners)

    def _gather_chains(self, findings: Collection[str]) -> None:
        """Add what the touched findings depend on or were replaced by, link by link, to find circles."""
        tables = {row.entity for row in self._changes}
        if "finding_relation" in tables:
            self._follow(findings, lambda reached: self._add("finding_relation", finding_id=reached))
        if "event" in tables:
            whose = (Subject.FINDING,)
            self._follow(findings, lambda reached: self._add("event", subject=whose, subject_id=reached))

    @staticmethod
    def _follow(findings: Collection[str], step: Callable[[set[str]], list[dict[str, str]]]) -> None:
        """Walk from finding to finding until nothing new is reached."""
        seen: set[str] = set()
        reached = set(findings)
        while reached:
            seen |= reached
            reached = {row.get("other_finding_id", "") for row in step(reached)} - seen - {""}

    def _add(self, name: str, /, **wanted: Collection[str]) -> list[dict[str, str]]:
        """Read rows and keep each once; return those that were found."""
        if not wanted or not all(wanted.values()):
            return []
        rows = self._records.where(name, **wanted).rows()
        found: dict[tuple[str, ...], list[dict[str, str]]] = {}
        for row in rows:
            found.setdefault(tuple(row.get(column, "") for column in ENTITIES[name].key), []).append(row)
        self._rows[name].update(found)
        return rows

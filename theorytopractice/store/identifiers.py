"""Which identifier does a row get that came without one? The next free one, never one used before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from theorytopractice.model.values import LONGEST_KEY, TextTable, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from theorytopractice.model.fields import Entity


FIRST = "001"


class Register:
    """Gives out identifiers: the successor of the naturally largest one ever used in a table."""

    def __init__(self, largest: Callable[[str], str], coming: Iterable[tuple[str, str]]) -> None:
        """Ask for the largest identifier of a table only when one is needed.

        ``coming`` are the tables and identifiers that the rows of this change bring themselves.
        """
        self._largest_of = largest
        self._coming = list(coming)
        self._largest: dict[str, str] = {}

    def named(self, entity: Entity, texts: dict[str, str]) -> dict[str, str]:
        """Return the row with an identifier of its own."""
        column = entity.identifier
        if column is None:
            return texts
        if texts.get(column):
            return texts
        largest = self._largest.get(entity.name) or self._find(entity)
        given = successor(largest) if largest else f"{entity.prefix}-{FIRST}"
        self._largest[entity.name] = given
        return texts | {column: given}

    def _find(self, entity: Entity) -> str:
        """Return the naturally largest identifier of the table and of this change, empty if none."""
        used = [self._largest_of(entity.name)]
        used += [given for name, given in self._coming if name == entity.name]
        return max(used, key=natural, default="")


def with_all_identifiers(
    tables: Mapping[str, TextTable], largest: Callable[[str], str]
) -> dict[str, TextTable]:
    """Give every row without an identifier one, in the order of the file (method, T5)."""
    register, named = Register(largest, ()), dict(tables)
    for name, table in tables.items():
        column = table.entity.identifier
        if column and "" in table[column]:
            rows = [register.named(table.entity, row) for row in table.rows()]
            named[name] = TextTable.of(table.entity, rows, table.source)
    return named


def successor(identifier: str) -> str:
    """Return the next identifier: its last digits plus one, in the same width.

    >>> successor("F-009"), successor("F-99"), successor("first")
    ('F-010', 'F-100', 'first-1')
    """
    match = re.fullmatch(r"(.*?)([0-9]+)", identifier, re.DOTALL)
    if not match or len(identifier) > LONGEST_KEY:
        return f"{identifier}-1"
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}}"

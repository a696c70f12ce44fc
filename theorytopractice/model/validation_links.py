"""Does every link lead somewhere, once, and never in a circle?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from theorytopractice.errors import shown
from theorytopractice.language import message, say
from theorytopractice.model.validation_sheets import Problem, Sheets, named
from theorytopractice.model.values import TextTable, folded
from theorytopractice.model.vocabularies import FindingEvent, OwnerRole, Relation, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from theorytopractice.model.fields import Entity

DECISIONS = (
    FindingEvent.ACCEPT,
    FindingEvent.PARTIALLY_ACCEPT,
    FindingEvent.REJECT,
    FindingEvent.SUPERSEDE,
    FindingEvent.RETIRE,
    FindingEvent.DUPLICATE,
    FindingEvent.REOPEN,
)
REPLACED = (FindingEvent.SUPERSEDE, FindingEvent.DUPLICATE)
LINKED = ("owner", "finding", "action", "indicator")
REPEATED = message("the link of {where} is repeated and the two are merged; remove one of them")
REPEATED_REQUIRED = message(
    "the link of {where} is repeated and the two are merged; required: true wins; remove one of them"
)
SOUNDLESS = re.compile(r"[\W_]+|(?<!\d)0+(?=\d)")


class Register:
    """The keys of one table, and what may have been meant by one that is not among them."""

    def __init__(self, name: str, keys: Iterable[str]) -> None:
        """Remember the keys of the table ``name``."""
        self.name = name
        self.keys = set(keys) - {""}
        self._alike: dict[str, str] | None = None

    def problem(self, key: str) -> str:
        """Say that a key is missing, and name the one that differs only in case, signs or leading zeros."""
        if self._alike is None:
            self._alike = {_sound(own): own for own in self.keys}
        alike = self._alike.get(_sound(key))
        hint = (
            say("; did you mean {alike}?", alike=shown(alike))
            if alike
            else say("; add it to the table {name} or mend the key", name=self.name)
        )
        return say("there is no {name} {key}{hint}", name=self.name, key=shown(key), hint=hint)


def _sound(key: str) -> str:
    return SOUNDLESS.sub("", folded(key))


def registers(sheets: Sheets) -> dict[str, Register]:
    """Read the keys of every table that a link may lead to."""
    return {name: Register(name, sheets[name][f"{name}_id"]) for name in LINKED}


def dangling(sheets: Sheets) -> Iterator[Problem]:
    """E-REF: a link to a row that does not exist."""
    known = registers(sheets)
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            if not field.refers:
                continue
            register = known[field.refers]
            cells = sheets.column(name, field.name)
            bad = {key: register.problem(key) for key in set(cells) - register.keys if key}
            for row, key in enumerate(cells) if bad else ():
                if key in bad:
                    yield Problem("E-REF", name, row, field.name, bad[key])


def dangling_subjects(sheets: Sheets) -> Iterator[Problem]:
    """E-REF: an event of a finding or action that does not exist."""
    known = registers(sheets)
    words: tuple[str, ...] = tuple(Subject)
    for row, (subject, key) in enumerate(sheets.columns("event", "subject", "subject_id")):
        if not subject or not key or key in known[subject].keys:
            continue
        other = words[1 - words.index(subject)]
        if key in known[other].keys:
            message = say(
                "{key} is a key of the table {other}, not of {subject}; mend the subject or the key",
                key=shown(key),
                other=other,
                subject=subject,
            )
        else:
            message = known[subject].problem(key)
        yield Problem("E-REF", "event", row, "subject_id", message)


def several_accountable(sheets: Sheets) -> Iterator[Problem]:
    """E-ACC: more than one owner accountable for one action."""
    actions, roles = (sheets.column("action_owner", name) for name in ("action_id", "role"))
    first: dict[str, str] = {}
    several: dict[str, dict[str, int]] = {}
    for row, owner in enumerate(sheets["action_owner"]["owner_id"]):
        action = actions[row]
        if roles[row] != OwnerRole.ACCOUNTABLE or not action or not owner:
            continue
        one = first.setdefault(action, owner)
        if owner != one:
            several.setdefault(action, {one: row}).setdefault(owner, row)
    names = dict(zip(sheets["owner"]["owner_id"], sheets["owner"]["name"], strict=True)) if several else {}
    for action, owners in several.items():
        people = named([f"{owner} {names.get(owner, '')}".rstrip() for owner in owners])
        message = say(
            "{action} has {n} accountable owners ({people}); keep one, the others are responsible",
            action=shown(action),
            n=len(owners),
            people=people,
        )
        yield Problem("E-ACC", "action_owner", min(owners.values()), "role", message)


def superseded_in_circles(sheets: Sheets) -> Iterator[Problem]:
    """E-CYCLE: findings that take over from one another; the last decision of each finding counts."""
    words = sheets.column("event", "event")
    others = sheets.column("event", "other_finding_id")
    last = sheets.latest(Subject.FINDING, *DECISIONS)
    edges = ((one, others[row], row) for one, row in last.items() if words[row] in REPLACED and others[row])
    for row, ids in circles(edges):
        message = say("{ids} take over from one another in a circle; mend one of these decisions", ids=ids)
        yield Problem("E-CYCLE", "event", row, "other_finding_id", message)


def derived_in_circles(sheets: Sheets) -> Iterator[Problem]:
    """E-CYCLE: findings derived from one another, or a finding that relates to itself."""
    edges = []
    cells = sheets.columns("finding_relation", "finding_id", "relation", "other_finding_id")
    for row, (one, relation, other) in enumerate(cells):
        if one and other and (one == other or relation == Relation.DERIVED_FROM):
            edges.append((one, other, row))
    for row, ids in circles(edges):
        message = say("{ids} depend on one another in a circle; remove one of these links", ids=ids)
        yield Problem("E-CYCLE", "finding_relation", row, "other_finding_id", message)


def circles(edges: Iterable[tuple[str, str, int]]) -> Iterator[tuple[int, str]]:
    """Yield for each circle the row of the edge that closes it, and the ids on it.

    A depth-first walk without recursion: an edge back to a node of the present path closes a circle, and a
    graph without such edges has none. Linear in the edges.
    """
    leaving: dict[str, list[tuple[str, int]]] = {}
    for one, other, row in edges:
        leaving.setdefault(one, []).append((other, row))
    done: set[str] = set()
    for start, others in leaving.items():
        if start in done:
            continue
        path, position = [start], {start: 0}
        waiting = [iter(others)]
        while path:
            other, row = next(waiting[-1], ("", 0))
            if not other:
                done.add(path[-1])
                del position[path.pop()]
                waiting.pop()
            elif other in position:
                yield row, _circle(path, position[other])
            elif other not in done:
                position[other] = len(path)
                path.append(other)
                waiting.append(iter(leaving.get(other, ())))


def _circle(path: list[str], first: int) -> str:
    """Name a circle: its ids in order, the first one again at the end, those in the middle left out."""
    few = 6
    length = len(path) - first
    if length <= few:
        return " → ".join(shown(key) for key in [*path[first:], path[first]])
    head = " → ".join(shown(key) for key in path[first : first + few - 1])
    return say(
        "{head} → … → {last} → {first} ({n:,} in all)",
        head=head,
        last=shown(path[-1]),
        first=shown(path[first]),
        n=length,
    )


def is_link(entity: Entity) -> bool:
    """Tell whether a table only links others, so that a repeated row can be merged."""
    return entity.identifier is None and len(entity.key) > 1


def repeated_links(sheets: Sheets) -> Iterator[Problem]:
    """W-DUP: a link that an earlier row has already; the two are merged."""
    for name, table in sheets.tables.items():
        entity = table.entity
        if not is_link(entity):
            continue
        needed = [entity.key.index(column) for column in entity.key if entity[column].required]
        told = REPEATED_REQUIRED if "required" in entity.columns else REPEATED
        first: dict[str, int] = {}
        for row, key in enumerate(sheets.columns(name, *entity.key)):
            earlier = first.setdefault("\0".join(key), row)
            if earlier != row and all(key[position] for position in needed):
                line = table.line(earlier)
                where = say("an earlier row") if line is None else say("line {line}", line=line)
                yield Problem("W-DUP", name, row, entity.key[0], say(told, where=where))


def without_repeats(table: TextTable) -> TextTable:
    """Merge the repeated rows of a link table; a table without any is returned as it is.

    The first row of a link stays, later ones fill its empty cells. ``required`` is the exception: true
    wins, and an empty cell means true.
    """
    if not is_link(table.entity):
        return table
    keys = table.keys()
    kept: dict[tuple[str, ...], int] = {}
    repeats = [(row, first) for row, key in enumerate(keys) if (first := kept.setdefault(key, row)) != row]
    if not repeats:
        return table
    columns = {}
    for name, cells in table.columns.items():
        merged = cells.copy()
        for row, first in repeats:
            if name != "required":
                merged[first] = merged[first] or cells[row]
            elif cells[row] in ("", "true") and merged[first]:
                merged[first] = "true"
        columns[name] = [merged[row] for row in kept.values()]
    lines = [table.lines[row] for row in kept.values()] if table.lines else []
    return TextTable(table.entity, columns, table.source, lines)

"""Which row changes does an edit come to? Rows are looked up, refused or let through here.

Every edit is a function from the records of a plan to the row changes that are then made together; an edit
that the plan must not keep raises, and nothing is stored.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from theorytopractice import clock
from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, UnknownName, shown
from theorytopractice.language import PARTS, message, say, say_in_turn, say_names
from theorytopractice.model.entities import ENTITIES, Row
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation_links import is_link, without_repeats
from theorytopractice.model.values import TextTable, as_text
from theorytopractice.store import csvfile
from theorytopractice.store.history import RowChange
from theorytopractice.store.identifiers import Register
from theorytopractice.store.surroundings import problems_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.records import Records

MERGED = message("this link is there already and the two are merged")
MERGED_REQUIRED = message("this link is there already and the two are merged; required: true wins")
WORDED = {"finding": "statement", "action": "title"}


def today_of(settings: TextTable) -> date:
    """Return today in the plan's zone, UTC where the zone cannot be read."""
    zone = dict(zip(settings["name"], settings["value"], strict=True)).get("zone", "UTC")
    return clock.today("UTC" if Settings.problem("zone", zone) else zone)


def today_there(records: Records) -> date:
    """Return today in the plan's zone."""
    return today_of(records.where("setting", name=("zone",)))


def valid(records: Records, changes: list[RowChange]) -> list[Issue]:
    """Return the warnings about the changed rows; raises InvalidPlan if the plan would have errors."""
    issues = problems_around(records, changes, today_there(records))
    errors = [issue for issue in issues if issue.is_error]
    if errors:
        raise InvalidPlan(errors)
    return issues


def named(records: Records, rows: Sequence[Row]) -> list[dict[str, str]]:
    """Return new rows as texts, each with an identifier of its own."""
    given = [(row.entity, _texts_of(row)) for row in rows]
    register = Register(records.largest, ((entity.name, texts[entity.key[0]]) for entity, texts in given))
    return [register.named(entity, texts) for entity, texts in given]


def additions(records: Records, rows: Sequence[Row]) -> tuple[list[RowChange], list[str]]:
    """Give new rows their identifiers, and return the changes and the keys; a link that is there already is merged.

    A merged link is a change of the row that stands, or stays in the list with nothing changed.

    Raises:
        InvalidPlan: a row has the identifier of another.
    """
    texts_of = zip(rows, named(records, rows), strict=True)
    keyed = [(row.entity, tuple(texts[one] for one in row.entity.key), texts) for row, texts in texts_of]
    before = standing(records, ((entity.name, key) for entity, key, _ in keyed))
    changes: dict[tuple[str, tuple[str, ...]], RowChange] = {}
    issues = []
    for entity, key, texts in keyed:
        place = entity.name, key
        stands = changes[place].after if place in changes else before.get(place)
        if stands is None:
            changes[place] = RowChange(entity.name, key, None, texts)
        elif is_link(entity):
            merged = without_repeats(TextTable.of(entity, [stands, texts])).rows()[0]
            changes[place] = RowChange(entity.name, key, before.get(place), merged)
        else:
            issues.append(_taken(entity, key))
    if issues:
        raise InvalidPlan(issues)
    return list(changes.values()), [said(key) for _, key, _ in keyed]


def standing(
    records: Records, keys: Iterable[tuple[str, tuple[str, ...]]]
) -> dict[tuple[str, tuple[str, ...]], dict[str, str]]:
    """Return the rows that stand under some keys, by (table, key).

    Raises:
        InvalidPlan: an identifier stands twice, as it may in a folder written by hand.
    """
    wanted: dict[str, set[str]] = {}
    for name, key in keys:
        wanted.setdefault(name, set()).add(key[0])
    found = {name: records.where(name, **{ENTITIES[name].key[0]: firsts}) for name, firsts in wanted.items()}
    twice = [
        (ENTITIES[name], key)
        for name, table in found.items()
        if ENTITIES[name].identifier
        for key, times in Counter(table.keys()).items()
        if times > 1
    ]
    if twice:
        raise InvalidPlan([_doubled(entity, key) for entity, key in twice])
    return {(name, key): row for name, table in found.items() for key, row in by_key(table).items()}


def _doubled(entity: Entity, key: tuple[str, ...]) -> Issue:
    told = say(
        "{key} stands twice in the table {table}; remove one of the two or give it another key",
        key=said(key),
        table=entity.name,
    )
    return Issue("E-ID", entity.name, None, entity.key[0], said(key), told)


def repeats(changes: Sequence[RowChange]) -> list[Issue]:
    """Say of which links a plan had one already (W-DUP)."""
    issues = []
    for row in (row for row in changes if row.before is not None):
        entity = ENTITIES[row.entity]
        rule = MERGED_REQUIRED if "required" in entity.columns else MERGED
        issues.append(
            Issue("W-DUP", row.entity, None, entity.key[0], row.key[0], say(rule), key=said(row.key))
        )
    return issues


def _taken(entity: Entity, key: tuple[str, ...]) -> Issue:
    told = say(
        "there is already a {table} {key}; change it, or give the new one another key",
        table=entity.name,
        key=said(key),
    )
    return Issue("E-ID", entity.name, None, entity.key[0], said(key), told)


def alteration(
    records: Records,
    entity: Entity,
    key: str | tuple[str, ...],
    values: Mapping[str, object],
    expected: Mapping[str, str] | None = None,
) -> list[RowChange]:
    """Change some columns of one row; a new wording of a finding or an action is dated.

    Raises:
        ConflictError: the row is no longer as ``expected``.
        PlanError: the key would change.
        UnknownName: there is no such row.
    """
    wanted = csvfile.canonical(entity, {name: as_text(value) for name, value in values.items()})
    parts, before = row_of(records, entity, key, expected)
    after = dated(records, entity, before, before | wanted)
    if tuple(after[column] for column in entity.key) != parts:
        raise PlanError(
            say(
                "The key of {table} {key} stays what it is; add a new row instead.",
                table=entity.name,
                key=said(parts),
            )
        )
    return [RowChange(entity.name, parts, before, after)] if after != before else []


def dated(
    records: Records, entity: Entity, before: Mapping[str, str], after: dict[str, str]
) -> dict[str, str]:
    """Date a new wording of a finding or an action, unless its date comes with it."""
    wording = WORDED.get(entity.name, "")
    is_reworded = wording and after.get(wording, "") != before.get(wording, "")
    if is_reworded and after.get("reworded_on", "") == before.get("reworded_on", ""):
        return after | {"reworded_on": today_there(records).isoformat()}
    return after


def by_key(table: TextTable) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the rows of a table by their keys."""
    return dict(zip(table.keys(), table.rows(), strict=True))


def _texts_of(row: Row) -> dict[str, str]:
    """Return a row as texts, as every store gives them back."""
    return csvfile.canonical(row.entity, {name: as_text(value) for name, value in row.values().items()})


def entity_named(name: str) -> Entity:
    """Return the declaration of a table; raises UnknownName."""
    if name not in ENTITIES:
        raise UnknownName(say("table"), name, ENTITIES)
    return ENTITIES[name]


def row_of(
    records: Records,
    entity: Entity,
    key: str | tuple[str, ...],
    expected: Mapping[str, str] | None = None,
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Find a row by its key.

    Raises:
        ConflictError: the row is no longer as ``expected``, or is there no more.
        UnknownName: there is no such row, and none was expected.
    """
    parts = tuple(map(str, key)) if isinstance(key, tuple | list) else (str(key),)
    found = standing(records, [(entity.name, parts)]).get((entity.name, parts)) if parts else None
    if found is None and expected is not None:
        raise ConflictError(
            say(
                "Somebody else removed {table} {key} meanwhile. Nothing was stored.",
                table=entity.name,
                key=said(parts),
            )
        )
    if found is None:
        keys = records.tables()[entity.name].keys()
        raise UnknownName(say(entity.name), "/".join(parts), ("/".join(one) for one in keys))
    _refuse_changed(found, expected)
    return parts, found


def _refuse_changed(now: Mapping[str, str], expected: Mapping[str, str] | None) -> None:
    """Raise ConflictError where a row is no longer as the caller saw it."""
    differs = {
        name: (was or "", now.get(name, ""))
        for name, was in (expected or {}).items()
        if now.get(name, "") != (was or "")
    }
    if differs:
        listed = say_in_turn(
            PARTS,
            (
                say("{column} was {was} and is now {now}", column=name, was=shown(was), now=shown(is_))
                for name, (was, is_) in differs.items()
            ),
        )
        raise ConflictError(
            say("Somebody else changed this row: {listed}. Nothing was stored.", listed=listed)
        )


def nouns(rows: Sequence[Row]) -> str:
    """Say how many rows of which tables these are."""
    return say_names(f"{n} {name}" for name, n in Counter(row.entity.name for row in rows).items())


def said(key: str | tuple[str, ...]) -> str:
    """Write a key for a sentence."""
    return "/".join(str(part) for part in key if part) if isinstance(key, tuple | list) else str(key)

"""How do two duplicates become one? Links and facts move to the one that is kept, in one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, UnknownName
from theorytopractice.language import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.naming import name_of
from theorytopractice.model.validation_links import is_link, without_repeats
from theorytopractice.model.values import TextTable
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, OwnerRole, Subject
from theorytopractice.store.editing import standing, today_there
from theorytopractice.store.handover import CLOSED_BY, last_said
from theorytopractice.store.history import RowChange
from theorytopractice.store.identifiers import Register

if TYPE_CHECKING:
    from theorytopractice.model.fields import Entity
    from theorytopractice.store.records import Records

Texts = dict[str, str]
OF_THE_WORLD = (
    FindingEvent.CHECK_PASS,
    FindingEvent.CHECK_FAIL,
    FindingEvent.CHECK_NA,
    FindingEvent.BLOCK,
    FindingEvent.UNBLOCK,
)


def merge(records: Records, keep: str, drop: str) -> list[RowChange]:
    """Return the changes that make one of two duplicate findings or actions.

    Cells that are empty in the kept row are filled from the dropped one, and the earlier ``recorded_on``
    counts. Links move, repeated ones are merged. Facts move: evidence, and events that tell of the world
    (checks and blocks of a finding; all of an action but its cancellation, which was said of the duplicate).
    Decisions about a dropped finding and its reviews stay with it: it remains as a closed duplicate. A dropped
    action is removed, and stays in the history.

    Raises:
        UnknownName: there is no such finding or action.
        PlanError: they are one and the same, of different sorts, or the kept one is closed.
    """
    kept, dropped = _pair(records, keep, drop)
    entity = ENTITIES["finding" if "finding_id" in kept else "action"]
    after = {name: text or dropped.get(name, "") for name, text in kept.items()}
    if after.get("planned_start", "") > after.get("due", "") > "":
        after["planned_start"] = kept["planned_start"]  # the duplicate's start does not fit the kept due date
    after["recorded_on"] = min(kept["recorded_on"], dropped["recorded_on"])
    content = [RowChange(entity.name, (keep,), kept, after)] if after != kept else []
    moved = _links(records, entity, keep, drop) + _facts(records, entity, keep, drop)
    if entity.name == "action":
        return [*content, *moved, RowChange("action", (drop,), dropped, None)]
    return [*content, *moved, *_closing(records, keep, drop)]


def _pair(records: Records, keep: str, drop: str) -> tuple[Texts, Texts]:
    """Return the two rows; raises what :func:`merge` raises."""
    if keep == drop:
        raise PlanError(say("{keep} cannot be merged into itself; name the duplicate.", keep=keep))
    for name in ("finding", "action"):
        found = standing(records, [(name, (keep,)), (name, (drop,))])
        kept, dropped = found.get((name, (keep,))), found.get((name, (drop,)))
        if kept and dropped:
            _refuse_kinds(keep, kept, drop, dropped)
            _refuse_closed(records, name, keep)
            return kept, dropped
        if kept or dropped:
            missing = drop if kept else keep
            other = "action" if name == "finding" else "finding"
            if standing(records, [(other, (missing,))]):
                raise PlanError(
                    say(
                        "{keep} and {drop} are not of one sort; only two findings or two actions are merged.",
                        keep=keep,
                        drop=drop,
                    )
                )
            raise UnknownName(say(name), missing, records.tables()[name][f"{name}_id"])
    raise UnknownName(say("finding or action"), keep, records.tables()["finding"]["finding_id"])


def _refuse_kinds(keep: str, kept: Texts, drop: str, dropped: Texts) -> None:
    """Raise PlanError where two findings are of different kinds."""
    if kept.get("kind", "") != dropped.get("kind", ""):
        raise PlanError(
            say(
                "{keep} is a finding of the kind {kind}, {drop} of the kind {other}; only findings of one kind are merged.",
                keep=keep,
                kind=name_of(kept["kind"]),
                drop=drop,
                other=name_of(dropped["kind"]),
            )
        )


def _refuse_closed(records: Records, name: str, keep: str) -> None:
    """Raise PlanError where the finding that is kept is closed."""
    closed = last_said(records, Subject.FINDING, (keep,), CLOSED_BY) if name == "finding" else {}
    if closed:
        raise PlanError(
            say(
                "{keep} is closed ({event} on {day}); keep the other one, or reopen it first.",
                keep=keep,
                event=name_of(closed[keep]["event"]),
                day=closed[keep]["happened_on"],
            )
        )


def _links(records: Records, entity: Entity, keep: str, drop: str) -> list[RowChange]:
    """Move every link to the kept row; one that is there already is merged, one from the row to itself goes."""
    changes: list[RowChange] = []
    for table in filter(is_link, ENTITIES.values()):
        columns = [field.name for field in table.fields if field.refers == entity.name]
        rows = [row for column in columns for row in records.where(table.name, **{column: (drop,)}).rows()]
        wanted: dict[tuple[str, ...], list[Texts]] = {}
        for row in rows:
            changes.append(RowChange(table.name, _key(table, row), row, None))
            new = row | {column: keep for column in columns if row[column] == drop}
            new = _second_in_charge(records, new) if table.name == "action_owner" else new
            if len(columns) == 1 or len({new[column] for column in columns}) > 1:
                wanted.setdefault(_key(table, new), []).append(new)
        stand = standing(records, ((table.name, key) for key in wanted))
        for key, news in wanted.items():
            before = stand.get((table.name, key))
            merged = without_repeats(TextTable.of(table, [before, *news] if before else news)).rows()[0]
            if merged != before:
                changes.append(RowChange(table.name, key, before, merged))
    return changes


def _second_in_charge(records: Records, link: Texts) -> Texts:
    """Make the duplicate's accountable owner responsible where the kept action has its own."""
    if link["role"] != OwnerRole.ACCOUNTABLE:
        return link
    others = records.where(
        "action_owner", action_id=(link["action_id"],), role=(OwnerRole.ACCOUNTABLE,)
    ).rows()
    is_taken = any(other["owner_id"] != link["owner_id"] for other in others)
    return link | {"role": OwnerRole.RESPONSIBLE} if is_taken else link


def _facts(records: Records, entity: Entity, keep: str, drop: str) -> list[RowChange]:
    """Move the facts, and whatever else in them names the dropped row."""
    changes: dict[str, RowChange] = {}
    if entity.name == "finding":
        for row in records.where("event", other_finding_id=(drop,)).rows():
            changes[row["event_id"]] = _moved("event", row, row | {"other_finding_id": keep})
    for row in records.where("event", subject=(entity.name,), subject_id=(drop,)).rows():
        if entity.name == "finding" and row["event"] not in OF_THE_WORLD:
            continue
        is_cancelled = entity.name == "action" and row["event"] == ActionEvent.CANCEL
        known = changes.get(row["event_id"])
        after = ((known and known.after) or row) | {"subject_id": keep}
        changes[row["event_id"]] = _moved("event", row, None if is_cancelled else after)
    column = f"{entity.name}_id"
    proofs = records.where("evidence", **{column: (drop,)}).rows()
    return [*changes.values(), *(_moved("evidence", row, row | {column: keep}) for row in proofs)]


def _moved(name: str, before: Texts, after: Texts | None) -> RowChange:
    return RowChange(name, (before[f"{name}_id"],), before, after)


def _closing(records: Records, keep: str, drop: str) -> list[RowChange]:
    """Say that the dropped finding is a duplicate, unless that was said already."""
    known = last_said(records, Subject.FINDING, (drop,), (FindingEvent.DUPLICATE,)).get(drop)
    if known and known["other_finding_id"] == keep:
        return []
    texts = dict.fromkeys(ENTITIES["event"].columns, "") | {
        "subject": Subject.FINDING,
        "subject_id": drop,
        "event": FindingEvent.DUPLICATE,
        "happened_on": today_there(records).isoformat(),
        "other_finding_id": keep,
    }
    named = Register(records.largest, ()).named(ENTITIES["event"], {k: str(v) for k, v in texts.items()})
    return [RowChange("event", (named["event_id"],), None, named)]


def _key(table: Entity, row: Texts) -> tuple[str, ...]:
    return tuple(row[column] for column in table.key)

"""What moves when an owner leaves, or when two duplicates become one? Each is one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, UnknownName
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import name_of
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.validation import STATES, drop_repeated_links, is_link
from theorytopractice.model.validation_rules import DECISIONS, ValidationContext
from theorytopractice.model.values import TextTable, split_list
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, OwnerRole, Subject
from theorytopractice.store.history import (
    Register,
    RowChange,
    current_rows,
    find_row,
    today_there,
)
from theorytopractice.store.names import merge_owners

if TYPE_CHECKING:
    from collections.abc import Collection

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.history import RowReader


CLOSED_BY = (FindingEvent.REJECT, FindingEvent.SUPERSEDE, FindingEvent.RETIRE, FindingEvent.DUPLICATE)


def transfer_owner(records: RowReader, leaving: str, successor: str) -> list[RowChange]:
    """Return the changes that close an owner and hand on what is live (method, section 12).

    Live are actions that are not cancelled, in every role that the owner has in them, findings that are
    open, and indicators that the owner measures. ``left_on`` becomes today unless it was set before.

    Raises:
        UnknownName: there is no such owner.
        PlanError: the two are the same.
    """
    _, before = find_row(records, ENTITIES["owner"], leaving)
    find_row(records, ENTITIES["owner"], successor)
    if leaving == successor:
        raise PlanError(say("{owner} cannot hand over to itself; name another owner.", owner=leaving))
    after = before | {"left_on": before["left_on"] or today_there(records).isoformat()}
    closed = [RowChange("owner", (leaving,), before, after)] if after != before else []
    return [
        *closed,
        *_owner_links(records, leaving, successor),
        *_findings(records, leaving, successor),
        *_indicators(records, leaving, successor),
    ]


def _owner_links(records: RowReader, leaving: str, successor: str) -> list[RowChange]:
    """Move the owner's part in every live action."""
    rows = records.where("action_owner", owner_id=(leaving,)).rows()
    over = latest_mention(records, Subject.ACTION, {row["action_id"] for row in rows}, (ActionEvent.CANCEL,))
    changes = []
    for row in rows:
        if row["action_id"] in over:
            continue
        new = row | {"owner_id": successor}
        key, other = (tuple(one[part] for part in ENTITIES["action_owner"].key) for one in (row, new))
        changes.append(RowChange("action_owner", key, row, None))
        if ("action_owner", other) not in current_rows(records, [("action_owner", other)]):
            changes.append(RowChange("action_owner", other, None, new))
    return changes


def _findings(records: RowReader, leaving: str, successor: str) -> list[RowChange]:
    """Move every open finding that the owner answers for."""
    rows = records.where("finding", owner_id=(leaving,)).rows()
    over = latest_mention(records, Subject.FINDING, {row["finding_id"] for row in rows}, CLOSED_BY)
    return [
        RowChange("finding", (row["finding_id"],), row, row | {"owner_id": successor})
        for row in rows
        if row["finding_id"] not in over
    ]


def _indicators(records: RowReader, leaving: str, successor: str) -> list[RowChange]:
    """Move every indicator that the owner measures."""
    return [
        RowChange("indicator", (row["indicator_id"],), row, row | {"owner_id": successor})
        for row in records.where("indicator", owner_id=(leaving,)).rows()
    ]


def latest_mention(
    records: RowReader, subject: Subject, ids: Collection[str], words: Collection[str]
) -> dict[str, dict[str, str]]:
    """Return, for the findings or actions whose last decisive event up to today is one of some words, that event.

    Decisive are the decisions about a finding, and the events that change the state of an action.
    """
    events = records.where("event", subject=(subject,), subject_id=ids)
    decisive = DECISIONS if subject is Subject.FINDING else STATES
    sheets = ValidationContext.of({"event": events}, today_there(records))
    rows, last = events.rows(), sheets.latest(subject, *decisive, until=sheets.today)
    return {one: rows[row] for one, row in last.items() if rows[row]["event"] in words}


Texts = dict[str, str]
OF_THE_WORLD = (
    FindingEvent.CHECK_PASS,
    FindingEvent.CHECK_FAIL,
    FindingEvent.CHECK_NA,
    FindingEvent.BLOCK,
    FindingEvent.UNBLOCK,
)


def merge_rows(records: RowReader, keep: str, drop: str) -> list[RowChange]:
    """Return the changes that make one of two duplicate findings or actions, or of two owners.

    Cells that are empty in the kept row are filled from the dropped one, and the earlier ``recorded_on``
    counts. Links move, repeated ones are merged. Facts move: evidence, and events that tell of the world
    (checks and blocks of a finding; all of an action but its cancellation, which was said of the duplicate).
    Decisions about a dropped finding and its reviews stay with it: it remains as a closed duplicate. A dropped
    action is removed, and stays in the history.

    Raises:
        UnknownName: there is no such finding or action.
        PlanError: they are one and the same, of different sorts, or the kept one is closed.
    """
    if keep != drop and _are_owners(records, keep, drop):
        return merge_owners(records, keep, drop)
    kept, dropped = _pair(records, keep, drop)
    entity = ENTITIES["finding" if "finding_id" in kept else "action"]
    after = {name: text or dropped.get(name, "") for name, text in kept.items()}
    if after.get("planned_start", "") > after.get("due", "") > "":
        after["planned_start"] = kept["planned_start"]  # the duplicate's start does not fit the kept due date
    after |= _earlier_record(entity, kept, dropped)
    content = [RowChange(entity.name, (keep,), kept, after)] if after != kept else []
    moved = _merged_links(records, entity, keep, drop) + _facts(records, entity, keep, drop)
    if entity.name == "action":
        return [*content, *moved, RowChange("action", (drop,), dropped, None)]
    return [*content, *moved, *_closing(records, keep, drop)]


def _are_owners(records: RowReader, keep: str, drop: str) -> bool:
    """Tell whether two keys are those of owners."""
    return len(current_rows(records, [("owner", (keep,)), ("owner", (drop,))])) > 1


def _earlier_record(entity: Entity, kept: Texts, dropped: Texts) -> Texts:
    """Return when a merged row was recorded: the earlier of the days that are known; and every tag of both findings."""
    dated = [row for row in (kept, dropped) if row["recorded_on"]] or [kept]
    first = min(dated, key=lambda row: row["recorded_on"])
    record = {"recorded_on": first["recorded_on"]}
    if entity.name != "finding":
        return record
    tags = {comparable(tag): tag for row in (dropped, kept) for tag in split_list(row["tags"]) if tag}
    own = [tag for tag in split_list(kept["tags"]) if tag]
    more = [tag for known, tag in tags.items() if known not in map(comparable, own)]
    return record | {"recorded_quality": first["recorded_quality"], "tags": ";".join([*own, *more])}


def _pair(records: RowReader, keep: str, drop: str) -> tuple[Texts, Texts]:
    """Return the two rows; raises what :func:`merge` raises."""
    if keep == drop:
        raise PlanError(say("{keep} cannot be merged into itself; name the duplicate.", keep=keep))
    for name in ("finding", "action"):
        rows = current_rows(records, [(name, (keep,)), (name, (drop,))])
        kept, dropped = rows.get((name, (keep,))), rows.get((name, (drop,)))
        if kept and dropped:
            _refuse_kinds(keep, kept, drop, dropped)
            _refuse_closed(records, name, keep)
            return kept, dropped
        if kept or dropped:
            missing = drop if kept else keep
            other = "action" if name == "finding" else "finding"
            if current_rows(records, [(other, (missing,))]):
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


def _refuse_closed(records: RowReader, name: str, keep: str) -> None:
    """Raise PlanError where the finding that is kept is closed."""
    closed = latest_mention(records, Subject.FINDING, (keep,), CLOSED_BY) if name == "finding" else {}
    if closed:
        raise PlanError(
            say(
                "{keep} is closed ({event} on {day}); keep the other one, or reopen it first.",
                keep=keep,
                event=name_of(closed[keep]["event"]),
                day=closed[keep]["happened_on"],
            )
        )


def _merged_links(records: RowReader, entity: Entity, keep: str, drop: str) -> list[RowChange]:
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
        stand = current_rows(records, ((table.name, key) for key in wanted))
        for key, news in wanted.items():
            before = stand.get((table.name, key))
            merged = drop_repeated_links(TextTable.of(table, [before, *news] if before else news)).rows()[0]
            if merged != before:
                changes.append(RowChange(table.name, key, before, merged))
    return changes


def _second_in_charge(records: RowReader, link: Texts) -> Texts:
    """Make the duplicate's accountable owner responsible where the kept action has its own."""
    if link["role"] != OwnerRole.ACCOUNTABLE:
        return link
    others = records.where(
        "action_owner", action_id=(link["action_id"],), role=(OwnerRole.ACCOUNTABLE,)
    ).rows()
    is_taken = any(other["owner_id"] != link["owner_id"] for other in others)
    return link | {"role": OwnerRole.RESPONSIBLE} if is_taken else link


def _facts(records: RowReader, entity: Entity, keep: str, drop: str) -> list[RowChange]:
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


def _closing(records: RowReader, keep: str, drop: str) -> list[RowChange]:
    """Say that the dropped finding is a duplicate, unless that was said already."""
    known = latest_mention(records, Subject.FINDING, (drop,), (FindingEvent.DUPLICATE,)).get(drop)
    if known and known["other_finding_id"] == keep:
        return []
    texts = dict.fromkeys(ENTITIES["event"].columns, "") | {
        "subject": Subject.FINDING,
        "subject_id": drop,
        "event": FindingEvent.DUPLICATE,
        "happened_on": today_there(records).isoformat(),
        "other_finding_id": keep,
    }
    named = Register(records.largest, ()).with_identifier(
        ENTITIES["event"], {k: str(v) for k, v in texts.items()}
    )
    return [RowChange("event", (named["event_id"],), None, named)]


def _key(table: Entity, row: Texts) -> tuple[str, ...]:
    return tuple(row[column] for column in table.key)

"""What may one change consist of, which row changes does it come to, and does the plan stay right? All of them or none.

Every edit is a function from the reader of a plan to the row changes that are then made together; an edit
that the plan must not keep raises, and nothing is stored.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from theorytopractice.errors import ConflictError, InvalidPlan, Issue, PlanError, UnknownName
from theorytopractice.i18n import message, say, say_names
from theorytopractice.model.entities import ENTITIES, ROW_CLASSES, Row
from theorytopractice.model.validation import drop_repeated_links, is_link, validate
from theorytopractice.model.validation_rules import brief
from theorytopractice.model.values import TextTable, as_text, natural, read_number
from theorytopractice.model.vocabularies import FindingKind, Subject
from theorytopractice.store import csv_file
from theorytopractice.store.history import (
    Register,
    RowChange,
    apply_changes,
    current_rows,
    find_entity,
    find_row,
    format_key,
    today_there,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from theorytopractice.model.fields import Entity
    from theorytopractice.store.history import RowReader


MERGED = message("this link is there already and the two are merged")
MERGED_REQUIRED = message("this link is there already and the two are merged; required: true wins")
SETTLING = timedelta(days=1)  # so long a due date may be put right as if it had been written so at first
WORDED = {"finding": "statement", "action": "title"}


def validate_changes(records: RowReader, changes: list[RowChange]) -> list[Issue]:
    """Return the warnings about the changed rows; raises InvalidPlan if the plan would have errors."""
    issues = problems_around(records, changes, today_there(records))
    errors = [issue for issue in issues if issue.is_error]
    if errors:
        raise InvalidPlan(errors)
    return issues


def with_identifiers(records: RowReader, rows: Sequence[Row]) -> list[dict[str, str]]:
    """Return new rows as texts, each with an identifier of its own."""
    given = [(row.entity, _texts_of(row)) for row in rows]
    register = Register(records.largest, ((entity.name, texts[entity.key[0]]) for entity, texts in given))
    return [register.with_identifier(entity, texts) for entity, texts in given]


def additions(records: RowReader, rows: Sequence[Row]) -> tuple[list[RowChange], list[str]]:
    """Give new rows their identifiers, and return the changes and the keys; a link that is there already is merged.

    A merged link is a change of the row that stands, or stays in the list with nothing changed.

    Raises:
        InvalidPlan: a row has the identifier of another.
    """
    texts_of = zip(rows, with_identifiers(records, rows), strict=True)
    keyed = [(row.entity, tuple(texts[one] for one in row.entity.key), texts) for row, texts in texts_of]
    before = current_rows(records, ((entity.name, key) for entity, key, _ in keyed))
    changes: dict[tuple[str, tuple[str, ...]], RowChange] = {}
    issues = []
    for entity, key, texts in keyed:
        place = entity.name, key
        stands = changes[place].after if place in changes else before.get(place)
        if stands is None:
            changes[place] = RowChange(entity.name, key, None, texts)
        elif is_link(entity):
            merged = drop_repeated_links(TextTable.of(entity, [stands, texts])).rows()[0]
            changes[place] = RowChange(entity.name, key, before.get(place), merged)
        else:
            issues.append(_taken(entity, key))
    if issues:
        raise InvalidPlan(issues)
    return list(changes.values()), [format_key(key) for _, key, _ in keyed]


def repeated_row(changes: Sequence[RowChange]) -> list[Issue]:
    """Say of which links a plan had one already (W-DUP)."""
    issues = []
    for row in (row for row in changes if row.before is not None):
        entity = ENTITIES[row.entity]
        rule = MERGED_REQUIRED if "required" in entity.columns else MERGED
        issues.append(
            Issue("W-DUP", row.entity, None, entity.key[0], row.key[0], say(rule), key=format_key(row.key))
        )
    return issues


def _taken(entity: Entity, key: tuple[str, ...]) -> Issue:
    sentence = say(
        "there is already a {table} {key}; change it, or give the new one another key",
        table=entity.name,
        key=format_key(key),
    )
    return Issue("E-ID", entity.name, None, entity.key[0], format_key(key), sentence)


def row_update(
    records: RowReader,
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
    wanted = csv_file.canonical(entity, {name: as_text(value) for name, value in values.items()})
    parts, before = find_row(records, entity, key, expected)
    after = with_dates(records, entity, before, before | wanted)
    if tuple(after[column] for column in entity.key) != parts:
        raise PlanError(
            say(
                "The key of {table} {key} stays what it is; add a new row instead.",
                table=entity.name,
                key=format_key(parts),
            )
        )
    return [RowChange(entity.name, parts, before, after)] if after != before else []


def with_dates(
    records: RowReader, entity: Entity, before: Mapping[str, str], after: dict[str, str]
) -> dict[str, str]:
    """Date a new wording of a finding or an action, unless its date comes with it."""
    wording = WORDED.get(entity.name, "")
    is_reworded = wording and after.get(wording, "") != before.get(wording, "")
    if is_reworded and after.get("reworded_on", "") == before.get("reworded_on", ""):
        return after | {"reworded_on": today_there(records).isoformat()}
    return after


def _texts_of(row: Row) -> dict[str, str]:
    """Return a row as texts, as every store gives them back."""
    return csv_file.canonical(row.entity, {name: as_text(value) for name, value in row.values().items()})


def nouns(rows: Sequence[Row]) -> str:
    """Say how many rows of which tables these are."""
    return say_names(f"{n} {name}" for name, n in Counter(row.entity.name for row in rows).items())


OF_A_VALUE = frozenset({"value", "n", "note"})
"""What a newer row of an observation says otherwise."""
OF_ITS_DAY = ("indicator_id", "observed_on", "final")
"""What the rows of one value, corrected or not, have in common."""


@dataclass(frozen=True, slots=True)
class Correct:
    """A fact is put right on a day (``recorded_on``; empty: today).

    Another value of an indicator is a newer row beside the old one, which counts from the day on which it is
    recorded. Anything else that was wrong about a fact, and a value that was recorded only that day, is replaced
    under the fact's own key, so that its place among the facts of its day stays; the history keeps both. Where a
    value belongs to another day or indicator, all its rows go there.
    """

    entity: str
    key: str | tuple[str, ...]
    values: Mapping[str, object]
    expected: Mapping[str, str]
    recorded_on: str = ""

    def differences(self) -> dict[str, str]:
        """Return the cells that become others, as texts."""
        entity = find_entity(self.entity)
        texts = csv_file.canonical(entity, {name: as_text(value) for name, value in self.values.items()})
        return {name: text for name, text in texts.items() if text != self.expected.get(name, "")}

    def is_newer(self, today: date) -> bool:
        """Tell whether the correction is a newer row beside the old one."""
        changed = self.differences()
        is_value = self.entity == "observation" and changed and changed.keys() <= OF_A_VALUE
        return bool(is_value) and known_values(self.expected) < (self.recorded_on or today.isoformat())


def known_values(row: Mapping[str, str]) -> str:
    """Return the day on which the plan came to know a value; one that says nothing was known on its own day."""
    return row.get("recorded_on") or row.get("observed_on", "")


def latest_value(records: RowReader, row: Mapping[str, str], day: str) -> dict[str, str]:
    """Return the row that counts on a day among those of the same value (method, T3 and 5.1)."""
    rows = _of_the_same(records, row)
    return max(
        [one for one in rows if known_values(one) <= day] or rows,
        key=lambda one: (known_values(one), natural(one["observation_id"])),
    )


def _of_the_same(records: RowReader, row: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the values of an indicator on one day, final ones apart."""
    rows = records.where("observation", indicator_id=(row["indicator_id"],)).rows()
    is_final = row["final"] != "false"
    return [
        other
        for other in rows
        if other["observed_on"] == row["observed_on"] and (other["final"] != "false") is is_final
    ]


def newer_value(records: RowReader, edit: Correct, today: date) -> Row:
    """Return the newer row by which a value is corrected.

    Raises:
        ConflictError: the value is no longer as expected, or was corrected meanwhile.
    """
    entity = find_entity(edit.entity)
    day = edit.recorded_on or today.isoformat()
    _, before = find_row(records, entity, edit.key, edit.expected)
    if latest_value(records, before, day) != before:
        raise ConflictError(say("Somebody else corrected this value meanwhile. Nothing was stored."))
    row = before | edit.differences() | {"recorded_on": day}
    return ROW_CLASSES[entity.name](
        **{name: row[name] for name in entity.columns if name != entity.identifier}
    )


def replacement(records: RowReader, edit: Correct) -> list[RowChange]:
    """Return the changes by which a fact becomes another under its own key.

    Raises:
        ConflictError: the fact is no longer as expected.
        PlanError: a value is moved to where there is one already.
    """
    entity, changed = find_entity(edit.entity), edit.differences()
    changes = row_update(records, entity, edit.key, changed, edit.expected)
    moved = {name: changed[name] for name in OF_ITS_DAY if name in changed}
    if edit.entity != "observation" or not moved:
        return changes
    _, before = find_row(records, entity, edit.key)
    if _of_the_same(records, before | moved):
        raise PlanError(
            say(
                "{indicator} has a value of {day} already; correct or remove that one first.",
                indicator=changed.get("indicator_id", before["indicator_id"]),
                day=changed.get("observed_on", before["observed_on"]),
            )
        )
    for row in _of_the_same(records, before):
        if row["observation_id"] != before["observation_id"]:
            changes += row_update(records, entity, row["observation_id"], moved)
    return changes


Key: TypeAlias = "str | tuple[str, ...]"


class NewKey(str):
    """The key that a row will have: the plan gives it when the row is stored, and puts it wherever it stands.

    So rows that lead to one another can be added together:

    >>> action = NewKey()
    >>> Action(action_id=action, …), FindingAction(finding_id="F-001", action_id=action, role="delivers")
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same place holder."""
        return self is other

    def __ne__(self, other: object) -> bool:
        """Tell whether it is another place holder."""
        return self is not other

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Add:
    """A row comes; a link that is there already is merged."""

    row: Row


@dataclass(frozen=True, slots=True)
class Update:
    """Some columns of a row change; ``expected`` is the row as it was last seen (column → text).

    A due date that people know already changes only for a ``reason``.
    """

    entity: str
    key: Key
    values: Mapping[str, object]
    expected: Mapping[str, str] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remove:
    """A row goes, unless it is no longer as ``expected``."""

    entity: str
    key: Key
    expected: Mapping[str, str] | None = None


Edit: TypeAlias = Add | Update | Correct | Remove


def __getattr__(name: str) -> type[Update]:
    """Return what took the place of a name of before, and warn (PEP 562)."""
    if name != "Alter":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(f"{__name__}.Alter is now {__name__}.Update.", DeprecationWarning, stacklevel=2)
    return Update


@dataclass(frozen=True, slots=True)
class Changes:
    """What some edits come to: row changes, the keys of the rows that come, warnings about links that were there."""

    rows: list[RowChange]
    keys: list[str]
    repeats: list[Issue]


def row_changes(records: RowReader, edits: Sequence[Edit]) -> Changes:
    """Return what some edits come to.

    Raises:
        ConflictError: a row is no longer as expected.
        InvalidPlan: a row that comes has the identifier of another.
        UnknownName: there is no such table, row or column.
    """
    _refuse_twice(edits)
    today = today_there(records)
    newer = {id(edit) for edit in edits if isinstance(edit, Correct) and edit.is_newer(today)}
    rows = [edit.row for edit in edits if isinstance(edit, Add)]
    rows += [
        newer_value(records, edit, today) for edit in edits if isinstance(edit, Correct) and id(edit) in newer
    ]
    come, keys = _added_rows(records, rows)
    gone: list[RowChange] = []
    for edit in edits:
        if isinstance(edit, Update):
            gone += _update_changes(records, edit)
        elif isinstance(edit, Correct) and id(edit) not in newer:
            gone += replacement(records, edit)
        elif isinstance(edit, Remove):
            gone.append(_removal(records, edit))
    return Changes(gone + come, keys, repeated_row(come))


def _refuse_twice(edits: Sequence[Edit]) -> None:
    """Refuse edits of which two are about the same row; raises PlanError."""
    seen: set[tuple[str, str]] = set()
    for edit in edits:
        if isinstance(edit, Add):
            continue
        place = edit.entity, format_key(edit.key)
        if place in seen:
            raise PlanError(
                say(
                    "Two of these edits are about {table} {key}; make one of them.",
                    table=place[0],
                    key=place[1],
                )
            )
        seen.add(place)


def edit_problems(records: RowReader, edits: Sequence[Edit], as_of: date | None = None) -> list[Issue]:
    """List the errors that a plan would have after some edits, and the warnings about their rows as of a day."""
    try:
        changes = row_changes(records, edits)
    except InvalidPlan as error:
        return error.issues
    return changes.repeats + problems_around(records, changes.rows, as_of or today_there(records))


def _added_rows(records: RowReader, rows: Sequence[Row]) -> tuple[list[RowChange], list[str]]:
    """Return the changes by which rows come; every new key is given out, and put where other rows name it."""
    if not any(isinstance(value, NewKey) for row in rows for value in row.values().values()):
        return additions(records, rows)
    named = with_identifiers(records, rows)
    given = {
        row.values()[row.entity.key[0]]: texts[row.entity.key[0]]
        for row, texts in zip(rows, named, strict=True)
        if row.entity.identifier
    }
    filled = [type(row)(**row.values() | _with_keys(row, given)) for row in rows]
    return additions(records, filled)


def _with_keys(row: Row, given: Mapping[object, str]) -> dict[str, str]:
    """Return the columns of a row that hold a new key, with the keys given."""
    held = {column: value for column, value in row.values().items() if isinstance(value, NewKey)}
    if any(value not in given for value in held.values()):
        raise PlanError(say("A {table} leads to a new row that is not added with it.", table=row.entity.name))
    return {column: given[value] for column, value in held.items()}


def _update_changes(records: RowReader, edit: Update) -> list[RowChange]:
    entity = find_entity(edit.entity)
    for name in edit.values:
        if name not in entity.columns:
            raise UnknownName(say("column"), name, entity.columns)
    changes = row_update(records, entity, edit.key, edit.values, edit.expected)
    today = today_there(records)
    for row in changes:
        if not edit.reason.strip() and row.before and is_settled(row, today):
            raise PlanError(
                say(
                    "The due date of {key}, {due}, has stood since {day} and is not overwritten: re-date it by a redate event, or give a reason for correcting it.",
                    key=format_key(row.key),
                    due=row.before["due"],
                    day=row.before["recorded_on"],
                )
            )
    return changes


def is_settled(row: RowChange, today: date) -> bool:
    """Tell whether a change overwrites a due date that people know: that of an action that is more than a day old."""
    if row.entity != "action" or row.before is None or row.after is None:
        return False
    before, after = row.before.get("due", ""), row.after.get("due", "")
    return bool(before) and before != after and row.before["recorded_on"] < (today - SETTLING).isoformat()


def _removal(records: RowReader, edit: Remove) -> RowChange:
    parts, before = find_row(records, find_entity(edit.entity), edit.key, edit.expected)
    return RowChange(edit.entity, parts, before, None)


Texts = dict[str, str]
RETARGETED_ON, RETARGET_REASON = "retargeted_on", "retarget_reason"
DEMANDS = {
    "target": "", "target_low": "", "target_high": "", "tolerance": "0", "direction": "", "baseline": "",
    "lag_days": "0", "cadence_days": "",
}  # fmt: skip
"""The columns that say what an indicator demands, each with what an empty cell means."""


def with_retargets(records: RowReader, changes: Sequence[RowChange]) -> list[RowChange]:
    """Return row changes in which every indicator that demands something else has the day on which that came about.

    Method, 5.3 ``target_moved``: the target, its bounds, the tolerance, the direction, the baseline, the lag, the
    cadence, or whether a finding requires the indicator. A day that comes with the change stays; a reason that was
    given for an earlier change goes.
    """
    moved = {row.key[0] for row in changes if row.entity == "indicator" and _is_retargeted(row)}
    required = {row.key[1] for row in changes if row.entity == "finding_indicator" and _is_required_anew(row)}
    if not moved | required:
        return list(changes)
    today = today_there(records)
    dated = [
        _with_retarget_day(row, today) if _is_indicator(row, moved | required) else row for row in changes
    ]
    known = {row.key[0] for row in changes if row.entity == "indicator"}
    others = current_rows(records, [("indicator", (one,)) for one in sorted(required - known)])
    more = [
        _with_retarget_day(RowChange("indicator", key, row, dict(row)), today)
        for (_, key), row in others.items()
    ]
    return dated + [row for row in more if row.before != row.after]


def _is_indicator(row: RowChange, names: set[str]) -> bool:
    return (
        row.entity == "indicator" and row.key[0] in names and row.before is not None and row.after is not None
    )


def _is_retargeted(row: RowChange) -> bool:
    """Tell whether an indicator that was there demands something else; 80 and 80.0 are the same."""
    if row.before is None or row.after is None:
        return False
    return any(_demand(row.before, name) != _demand(row.after, name) for name in DEMANDS)


def _demand(row: Mapping[str, str], name: str) -> Decimal | str:
    text = row.get(name, "") or DEMANDS[name]
    try:
        return read_number(text)
    except ValueError:
        return text


def _is_required_anew(row: RowChange) -> bool:
    """Tell whether a link to an indicator that was there became required, or no longer is."""
    if row.before is None or row.after is None:
        return False
    return (row.before.get("required") or "true") != (row.after.get("required") or "true")


def _with_retarget_day(row: RowChange, today: date) -> RowChange:
    """Put the day to a changed indicator, unless another one comes with the change."""
    before, after = row.before or {}, dict(row.after or {})
    if (
        after.get(RETARGETED_ON, "") != before.get(RETARGETED_ON, "")
        or before.get(RETARGETED_ON, "") == today.isoformat()
    ):
        return row
    after[RETARGETED_ON] = today.isoformat()
    if after.get(RETARGET_REASON, "") == before.get(RETARGET_REASON, ""):
        after[RETARGET_REASON] = ""
    return RowChange(row.entity, row.key, row.before, after)


LINKED = ("owner", "finding", "action", "indicator")
OF_ONE_ROW = ("W-VAGUE", "W-FUTURE", "W-BACK", "W-LONG", "W-DIR", "W-UNKNOWN")


def problems_around(records: RowReader, changes: Sequence[RowChange], today: date) -> list[Issue]:
    """List the errors that a plan would have around some changes, and the warnings about the rows themselves.

    A row elsewhere that is wrong already does not stand in the way of mending another.
    """
    around = _RowsAround(records, changes)
    tables = around.tables()
    issues = [
        issue for issue in validate(apply_changes(tables, changes), today=today) if around.concerns(issue)
    ]
    foreign = [issue for issue in issues if issue.is_error and not around.is_own(issue)]
    known = {_mistake(issue) for issue in validate(tables, today=today)} if foreign else set()
    return [issue for issue in issues if around.is_own(issue) or _mistake(issue) not in known]


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
            name: TextTable.of(ENTITIES[name], [row for rows in rows_by_key.values() for row in rows], name)
            for name, rows_by_key in self._rows.items()
        }

    def _mentioned(self) -> dict[str, set[str]]:
        """Return the identifiers that the changed rows name, before and after, by table."""
        identifiers: dict[str, set[str]] = {name: set() for name in LINKED}
        for change in self._changes:
            entity = ENTITIES[change.entity]
            for row in filter(None, (change.before, change.after)):
                for field in entity.fields:
                    if field.refers and row.get(field.name):
                        identifiers[field.refers].add(row[field.name])
                if entity.name == "event" and row.get("subject") in tuple(Subject):
                    identifiers[row["subject"]].add(row.get("subject_id", ""))
            if entity.name in LINKED:
                identifiers[entity.name].add(change.key[0])
        return identifiers

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
        by_key: dict[tuple[str, ...], list[dict[str, str]]] = {}
        for row in rows:
            by_key.setdefault(tuple(row.get(column, "") for column in ENTITIES[name].key), []).append(row)
        self._rows[name].update(by_key)
        return rows

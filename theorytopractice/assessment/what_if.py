"""What would change if some things were done?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from theorytopractice.assessment.arrays import as_dates, days, texts
from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.encode import complete_tables, encode
from theorytopractice.assessment.encoded_plan import all_findings_on
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.model.entities import ENTITIES, Event, Evidence, Row
from theorytopractice.model.fields import Entity, ValueType
from theorytopractice.model.settings import as_day
from theorytopractice.model.values import PartialTables, as_text
from theorytopractice.model.vocabularies import COMPLETE, ActionEvent, ActionState, Knowledge, Subject

if TYPE_CHECKING:
    from datetime import date

Facts: TypeAlias = "Iterable[Row] | Mapping[str, pd.DataFrame]"


def what_if(
    plan: Mapping[str, pd.DataFrame],
    events: Facts,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """Say which findings would change their stage or flags if these facts were added; nothing is stored.

    The plan with and without the facts is assessed by the same rules, so whatever they set off is seen. A fact
    dated after the day changes no stage (method, T4). An action is completed by ``complete`` and evidence;
    :func:`if_done` gives both.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        events: rows (``ttp.Event``, ``ttp.Evidence``, ``ttp.Observation``), or a mapping of those tables to frames
            of further rows. Their own ids may stay empty.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).

    Returns:
        One row for each finding that would change, by finding_id: ``finding_id``, ``stage_now``, ``stage_then``
        (Int64; missing where the finding is not open), ``stage_name_then``, ``disposition_then``,
        ``flags_gained``, ``flags_lost`` (sorted lists), ``as_of``. ``attrs["as_of"]`` holds the day.

    Raises:
        PracticeError: a row is no fact, or lacks what every such row must have.
        UnknownName: a row points to a finding, action or indicator that the plan does not have.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> facts = ttp.if_done(plan, "A-056", as_of="2026-06-30")
        >>> ttp.what_if(plan, facts, as_of="2026-06-30")[["stage_now", "stage_then"]].to_numpy().tolist()
        [[2, 3]]
    """
    tables = encode(plan)
    extended = dict(tables) | {
        name: _appended(ENTITIES[name], tables[name], rows)
        for name, rows in _rows_of(events, tables).items()
        if len(rows)
    }
    now = assess(tables, as_of=as_of, knowledge=knowledge)
    then = assess(PartialTables(extended), as_of=as_of, knowledge=knowledge)
    compared = pd.DataFrame(
        {
            "finding_id": now["finding_id"],
            "stage_now": now["stage"],
            "stage_then": then["stage"],
            "stage_name_then": then["stage_name"],
            "disposition_then": then["disposition"],
            "flags_gained": _without(then["flags"], now["flags"]),
            "flags_lost": _without(now["flags"], then["flags"]),
            "as_of": now["as_of"],
        }
    )
    same = (now["disposition"] == then["disposition"]) & (now["stage"].fillna(-1) == then["stage"].fillna(-1))
    changed = compared[~same | compared["flags_gained"].astype(bool) | compared["flags_lost"].astype(bool)]
    changed = changed.reset_index(drop=True)
    changed.attrs["as_of"] = now.attrs["as_of"]
    return changed


def if_done(
    plan: Mapping[str, pd.DataFrame], action_ids: Iterable[str] | str, *, as_of: date | str | None = None
) -> list[Row]:
    """Give the facts that would complete some actions on a day, with evidence, for :func:`what_if`.

    An action that is already done needs nothing, one that is complete without evidence only evidence.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        action_ids: the actions; one id will do.
        as_of: the day on which they are completed; today in the plan's zone unless given.

    Raises:
        UnknownName: the plan has no such action.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> facts = ttp.if_done(plan, "A-056", as_of="2026-06-30")
        >>> [type(fact).__name__ for fact in facts]
        ['Event', 'Evidence']
    """
    encoded = encode(plan)
    wanted = list(dict.fromkeys([action_ids] if isinstance(action_ids, str) else action_ids))
    for action_id in wanted:
        if action_id not in encoded.actions.ids:
            raise UnknownName("action", action_id, encoded.actions.ids)
    view = Assessment(encoded, all_findings_on(encoded, as_of, Knowledge.THEN)).actions
    day = as_day(encoded, as_of)
    facts: list[Row] = []
    for action_id in wanted:
        links = view.action == encoded.actions.ids.get_loc(action_id)
        is_complete = links.any() and view.is_in(*COMPLETE)[links].all()
        if not is_complete:
            facts.append(
                Event(
                    subject=Subject.ACTION, subject_id=action_id, event=ActionEvent.COMPLETE, happened_on=day
                )
            )
        if not is_complete or not view.is_in(ActionState.DONE)[links].all():
            facts.append(Evidence(action_id=action_id, dated_on=day, description="supposed"))
    return facts


def _rows_of(facts: Facts, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the rows to add, a frame of texts a table; each is complete and points to something."""
    given = complete_tables(facts) if isinstance(facts, Mapping) else _as_frames(facts)
    for name, frame in given.items():
        if len(frame) and not ENTITIES[name].is_fact:
            raise PracticeError(
                f"The table {name} holds no dated facts; what_if takes rows of event, observation and evidence."
            )
    made = {
        name: pd.DataFrame({column: texts(frame[column]) for column in ENTITIES[name].columns}, dtype=object)
        for name, frame in given.items()
    }
    for name, frame in made.items():
        _refuse_incomplete(ENTITIES[name], frame)
        _refuse_dangling(ENTITIES[name], frame, tables)
    return made


def _as_frames(facts: Iterable[Row]) -> dict[str, pd.DataFrame]:
    """Sort rows into a frame of texts a table."""
    rows: dict[str, list[dict[str, str]]] = {}
    for fact in facts:
        if not isinstance(fact, Row):
            raise PracticeError(
                f"Expected rows such as ttp.Event(...), or a mapping of tables; found {type(fact).__name__}."
            )
        rows.setdefault(fact.entity.name, []).append(
            {name: as_text(cell) for name, cell in fact.values().items()}
        )
    return {name: pd.DataFrame(listed, dtype=object) for name, listed in rows.items()}


def _refuse_incomplete(entity: Entity, frame: pd.DataFrame) -> None:
    """Raise where a cell is empty that every row must have (E-REQ)."""
    for field in entity.fields:
        empty = frame[frame[field.name] == ""].to_dict("records")
        if any(field.is_needed({str(name): str(cell) for name, cell in row.items()}) for row in empty):
            raise PracticeError(f"A row of {entity.name} has no {field.name}; every such row needs one.")
    if entity.name == "evidence" and ((frame["action_id"] == "") & (frame["finding_id"] == "")).any():
        raise PracticeError("A row of evidence has neither action_id nor finding_id; it needs one of them.")


def _refuse_dangling(entity: Entity, frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> None:
    """Raise where a row points to something that the plan does not have (E-REF)."""
    ends = [(field.refers, frame[field.name]) for field in entity.fields if field.refers]
    if entity.name == "event":
        for subject in frame.loc[~frame["subject"].isin(list(Subject)), "subject"]:
            raise UnknownName("subject", subject, Subject)
        ends += [(subject, frame.loc[frame["subject"] == subject, "subject_id"]) for subject in Subject]
    for table, wanted in ends:
        known = texts(tables[table][f"{table}_id"]) if len(wanted) else []
        for missing in wanted[(wanted != "") & ~wanted.isin(known)]:
            raise UnknownName(str(table), missing, known)


def _appended(entity: Entity, frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add rows of texts to a table; dates take the type that the table keeps them in."""
    filled = rows.loc[:, (rows != "").any()].replace("", None)
    for field in entity.fields:
        if field.type is ValueType.DATE and field.name in filled:
            filled[field.name] = as_dates(days(filled[field.name]))
    return pd.concat([frame, filled], ignore_index=True)


def _without(flags: pd.Series, other: pd.Series) -> pd.Series:
    """Return for each finding the flags that are not among the other ones."""
    pairs = zip(flags, other, strict=True)
    return pd.Series([[name for name in own if name not in others] for own, others in pairs], dtype=object)

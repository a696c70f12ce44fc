"""Are frames a plan, or would something in them be passed over without a word?

Whether anything is suspect is asked of whole columns and costs next to nothing. Only then are the frames written as
texts and judged by the rules of validation, which find every problem and say it in their words.
"""

from __future__ import annotations

import dataclasses
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from theorytopractice.assessment.arrays import (
    MISSING,
    IntArray,
    arrow,
    code,
    codes,
    days,
    has_text,
    numbers,
    positions,
    texts,
)
from theorytopractice.assessment.suspect_cells import are_cells_unreadable, missing_tables
from theorytopractice.assessment.suspect_rows import are_facts_refused
from theorytopractice.errors import Issue, PracticeError, quote
from theorytopractice.i18n import say
from theorytopractice.model.dialects import FRAME, plain_cadence
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Entity, Field, ValueType
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation import ERROR_RULES
from theorytopractice.model.validation_rules import HEADER, Problem, ValidationContext, unknown_columns
from theorytopractice.model.values import CADENCE, TextTable, read_number
from theorytopractice.model.vocabularies import OwnerRole, RecordedQuality, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.assessment.encoded_plan import EncodedPlan

JUDGED = ("finding", "action", "indicator", "owner")
LAST_DAY = "9999-12-31"  # no rule here asks for today
PLAIN_TYPES = (
    ValueType.TRUTH,
    ValueType.NUMBER,
    ValueType.INTEGER,
    ValueType.VALUE,
)  # as the arrays read them
NUMBERS = (("event", "progress"), ("observation", "n"))


def columns_of(frame: pd.DataFrame, entity: Entity) -> list[str]:
    """Return the declared columns that a frame has, as columns or in its index."""
    return [name for name in entity.columns if name in frame.columns or name in frame.index.names]


def lacks_column(frames: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether a table with rows lacks a column that it must have."""
    return any(
        field.required
        and len(frame)
        and field.name not in frame.columns
        and field.name not in frame.index.names
        for name, frame in frames.items()
        if name in ENTITIES
        for field in ENTITIES[name].fields
    )


def looks_wrong(
    frames: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan
) -> bool:
    """Tell whether some row may be wrong: the arrays left it out, or a cell of it is empty or leads nowhere.

    Args:
        frames: the tables as they were handed in.
        tables: the same, complete.
        encoded: the arrays that were made of them.
    """
    return (
        lacks_column(frames)
        or _lacks_cell(tables)
        or _leaves_out_facts(tables, encoded)
        or _leaves_out_links(tables, encoded)
        or _lacks_owner(tables)
        or _is_misread(tables)
        or are_facts_refused(tables, encoded)
        or are_cells_unreadable(tables, encoded)
    )


def _lacks_cell(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether a finding, action, indicator or owner lacks what it must have."""
    for name in JUDGED:
        for field in ENTITIES[name].fields:
            column = tables[name][field.name]
            if field.required and (column.isna().any() or (_is_text(column) and not has_text(column).all())):
                return True
    return _lacks_date(tables["finding"])


def _lacks_date(finding: pd.DataFrame) -> bool:
    """Tell whether a finding has no day of record though its date is not called unknown, or has one though it is."""
    column = finding["recorded_on"]
    is_dated = has_text(column) if _is_text(column) else column.notna().to_numpy()
    quality = codes(finding["recorded_quality"], RecordedQuality)
    return bool((is_dated == (quality == code(RecordedQuality, RecordedQuality.UNKNOWN))).any())


def _is_text(column: pd.Series) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def _leaves_out_facts(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether an event, a value or a piece of evidence is in no group, or leads to a finding that is not there."""
    n_events = len(encoded.finding_events.row) + len(encoded.action_events.row)
    if n_events < len(tables["event"]) or len(encoded.observations.row) < len(tables["observation"]):
        return True
    ids, evidence = encoded.findings.ids, tables["evidence"]
    if _leads_nowhere(tables["event"]["other_finding_id"], ids) or _leads_nowhere(
        evidence["finding_id"], ids
    ):
        return True
    rest = evidence[~np.isin(np.arange(len(evidence)), encoded.evidence.row)]
    return bool(
        has_text(rest["action_id"]).any()
        or not has_text(rest["finding_id"]).all()
        or (days(rest["dated_on"]) == MISSING).any()
    )


def _leaves_out_links(tables: Mapping[str, pd.DataFrame], encoded: EncodedPlan) -> bool:
    """Tell whether a link leads nowhere, or an action has several who are accountable."""
    findings, actions = encoded.findings.ids, encoded.actions.ids
    if len(encoded.finding_actions.row) < len(tables["finding_action"]):
        linked = tables["finding_action"]
        if (
            _is_broken(linked, {"finding_id": findings, "action_id": actions})
            or not has_text(linked["role"]).all()
        ):
            return True
    if len(encoded.finding_indicators.row) < len(tables["finding_indicator"]) and _is_broken(
        tables["finding_indicator"], {"finding_id": findings, "indicator_id": encoded.indicator_ids}
    ):
        return True
    relation = tables["finding_relation"]
    return (
        _leads_nowhere(tables["finding_indicator"]["action_id"], actions)
        or _is_broken(relation, {"finding_id": findings, "other_finding_id": findings})
        or bool((codes(relation["relation"], Relation) < 0).any())
        or _are_owners_wrong(tables["action_owner"], encoded.actions.owned)
    )


def _are_owners_wrong(held: pd.DataFrame, action: IntArray) -> bool:
    """Tell whether a part in an action leads nowhere, is none, or is one of several who are accountable."""
    role = codes(held["role"], OwnerRole)
    if (action < 0).any() or (role < 0).any() or not has_text(held["owner_id"]).all():
        return True
    own = action[role == code(OwnerRole, OwnerRole.ACCOUNTABLE)]
    return bool((np.bincount(own, minlength=1) > 1).any())


def _is_broken(frame: pd.DataFrame, ends: Mapping[str, pd.Index[str]]) -> bool:
    return any(bool((positions(frame[name], ids) < 0).any()) for name, ids in ends.items())


def _leads_nowhere(column: pd.Series, ids: pd.Index[str]) -> bool:
    """Tell whether a filled cell of a link that may be empty is no key."""
    filled = column[column.notna()]
    if not len(filled):
        return False
    return bool(((positions(filled, ids) < 0) & has_text(filled)).any())


def _lacks_owner(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether an owner is named who is not in the table of owners; without rows it was left out."""
    if not len(tables["owner"]):
        return False
    ids = pd.Index(texts(tables["owner"]["owner_id"]), dtype="str")
    return any(_leads_nowhere(tables[name]["owner_id"], ids) for name in ("action_owner", "finding"))


def _is_misread(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether a cadence, a number or a setting would be taken for none, or a fact stands twice."""
    cadences = pc.unique(arrow(tables["finding"]["check_every"])).to_pylist()
    if any(text and not CADENCE.fullmatch(plain_cadence(text.strip())) for text in cadences):
        return True
    for name, column in NUMBERS:
        held = tables[name][column]
        values = numbers(held)
        if np.isinf(values).any() or (_is_text(held) and (np.isnan(values) & has_text(held)).any()):
            return True
    named = texts(tables["setting"]["name"])
    return (
        not set(named) <= set(Settings.names())
        or len(set(named)) < len(named)
        or "" in texts(tables["setting"]["value"])
    )


def frame_issues(frames: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]) -> list[Issue]:
    """Return every problem for which a plan would be refused; rows are counted from 0, as ``iloc`` does.

    Args:
        frames: the tables as they were handed in.
        tables: the same, complete.
    """
    sheets = _sheets(frames, tables)
    problems = _absent(
        sheets, frozenset(ENTITIES) - {name for name in frames if name != "owner" or len(frames[name])}
    )
    problems += [problem for rule in ERROR_RULES for problem in rule(sheets) if sheets.keep(problem)]
    places = sheets.places()
    problems.sort(
        key=lambda one: (places[one.table, one.column][0], one.row, places[one.table, one.column][1])
    )
    return [_issue(sheets, one) for one in problems]


def _issue(sheets: ValidationContext, problem: Problem) -> Issue:
    row = None if problem.row == HEADER else problem.row
    return dataclasses.replace(sheets.issue(problem), row=row, where="")


def _sheets(frames: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]) -> ValidationContext:
    """Write the tables as texts; a table that was not handed in is left out."""
    written = {}
    for name, entity in ENTITIES.items():
        if name in frames:
            given = columns_of(frames[name], entity)
            columns = {column: _written(tables[name][column], entity, entity[column]) for column in given}
            others = [str(problem) for problem in frames[name].columns if problem not in entity.columns]
            columns |= {column: [""] * len(frames[name]) for column in others}
            written[name] = TextTable(entity, columns)
    whole = {name: written.get(name, TextTable(entity, {})) for name, entity in ENTITIES.items()}
    return ValidationContext(whole, LAST_DAY)


def _absent(sheets: ValidationContext, absent: frozenset[str]) -> list[Problem]:
    """E-REF: links to a table that was not handed in, told once for a column; these cells are looked at no more.

    Nothing is judged by the table of owners, so that it may be left out.
    """
    problems = []
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            subjects = sheets.columns("event", "subject") if field.name == "subject_id" else ()
            ends = [row[0] for row in subjects] or [field.refers] * len(table)
            cells_ = table[field.name]
            rows = {row for row, end in enumerate(ends) if end in absent and cells_[row]}
            if not rows:
                continue
            sheets.refused.setdefault((name, field.name), set()).update(rows)
            for missing in sorted({ends[row] for row in rows} - {"owner"}):
                text = say(
                    "rows lead to the table {name}, which is not there; hand it in as well", name=missing
                )
                problems.append(Problem("E-REF", name, HEADER, field.name, text))
    return problems


def _written(column: pd.Series, entity: Entity, field: Field) -> list[str]:
    """Return a column as texts in the writing that validation knows; what no array can hold stays as it is."""
    if field.type is ValueType.DATE:
        return _days_written(column, field)
    read = texts(column)
    if field.refers or field.name in (entity.identifier, "subject_id"):
        return read
    read = [text.strip() for text in read]
    if field.type not in PLAIN_TYPES and not (field.words or field.known):
        return read
    plain = FRAME.plain_column(field, read)
    return [_number_written(text) for text in plain] if field.type is ValueType.NUMBER else plain


def _number_written(text: str) -> str:
    """Return a number without an exponent; a text that is none as it is."""
    try:
        return f"{read_number(text):f}"
    except ValueError:
        return text


def _days_written(column: pd.Series, field: Field) -> list[str]:
    """Return dates as ISO texts; where one cannot be read, each as it was written, without the time of day."""
    try:
        read = days(column)
    except PracticeError:
        if column.dtype.kind == "M":  # a day beyond the calendar
            return [
                text.removesuffix("T00:00:00") for text in np.datetime_as_string(column.to_numpy()).tolist()
            ]
        return FRAME.plain_column(field, texts(column))
    filled = np.datetime_as_string(np.where(read == MISSING, 0, read).astype("datetime64[D]"))
    return np.where(read == MISSING, "", filled).tolist()


def warn_of_unknown(frames: Mapping[str, pd.DataFrame]) -> None:
    """Warn of tables and columns that feed no rule (W-UNKNOWN), and of tables that others need (W-TABLE)."""
    for text in missing_tables(frames):
        warnings.warn(text, stacklevel=4)
    for name, frame in frames.items():
        if name not in ENTITIES:
            text = say("the table {name} is not known and feeds no rule", name=quote(name))
            warnings.warn(f"W-UNKNOWN {name}: {text}", stacklevel=4)
            continue
        others: dict[str, list[str]] = {
            str(one): [] for one in frame.columns if one not in ENTITIES[name].columns
        }
        sheets = ValidationContext({name: TextTable(ENTITIES[name], others)}, LAST_DAY)
        for problem in unknown_columns(sheets):
            warnings.warn(str(_issue(sheets, problem)), stacklevel=4)

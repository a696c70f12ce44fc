"""How do frames become arrays of whole numbers, so that dtype traps stay out of the rules?

Keys become positions, dates become days since 1970 (int32), words become positions in their vocabulary,
and each observation is compared with its target once and exactly. This is done once for a plan,
whatever the number of days it is then assessed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from theorytopractice.assessment.arrays.book import Actions, Book, Findings
from theorytopractice.assessment.arrays.columns import (
    arrow,
    code,
    codes,
    days,
    has_text,
    positions,
    texts,
    truths,
    whole,
    written,
)
from theorytopractice.assessment.arrays.facts import (
    latest_days,
    read_events,
    read_evidence,
    read_observations,
)
from theorytopractice.assessment.arrays.mistakes import is_suspect, lacks_column, mistakes, warn_of_unknown
from theorytopractice.assessment.arrays.segments import (
    MISSING,
    NEVER,
    Array,
    Days,
    Grouped,
    Ints,
    Truths,
    group,
    pick,
)
from theorytopractice.assessment.arrays.suspects import suspect_since
from theorytopractice.assessment.arrays.tables import completed
from theorytopractice.assessment.arrays.targets import effect_targets
from theorytopractice.errors import InvalidPlan, Issue, PracticeError
from theorytopractice.language import say
from theorytopractice.model.settings import Settings
from theorytopractice.model.values import CADENCE, CheckedTables, folded
from theorytopractice.model.vocabularies import (
    ActionEvent,
    ActionRole,
    Adaptation,
    CoreKept,
    FindingEvent,
    FindingKind,
    OwnerRole,
    Relation,
    Solvability,
    Subject,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_THEME = "(no theme)"


def encode(frames: Mapping[str, pd.DataFrame]) -> Book:
    """Turn the tables of a plan into arrays; a book stays as it is.

    Missing tables, and missing columns that may be empty, count as empty. Every function that takes a plan comes here.

    Raises:
        InvalidPlan: a row would be refused by a plan: it lacks what it must have, leads nowhere, holds a word that is
            none, or its identifier stands twice; all such rows are listed.
        PracticeError: what was handed in is no table of a plan, or a cell cannot be read.
    """
    if isinstance(frames, Book):
        return frames
    tables = completed(frames)
    if isinstance(frames, CheckedTables):
        return _encoded(tables)
    if isinstance(frames, dict):
        warn_of_unknown(frames)
    try:
        book = _encoded(tables)
    except PracticeError as error:
        _refuse(mistakes(frames, tables), error)
        raise
    if is_suspect(frames, tables, book):
        _refuse(mistakes(frames, tables))
    return book


def refuse_missing(
    frames: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], table: str, column: str
) -> None:
    """Raise InvalidPlan where a table, of which all that is asked is one column, has rows and not that column."""
    _refuse(
        [
            one
            for one in mistakes(frames, tables)
            if (one.code, one.table, one.column, one.row) == ("E-REQ", table, column, None)
        ]
        if len(tables[table]) and lacks_column(frames)
        else []
    )


def _refuse(issues: list[Issue], cause: Exception | None = None) -> None:
    """Raise InvalidPlan if there are issues."""
    if issues:
        raise InvalidPlan(issues, then=say("mend them first")) from cause


def _encoded(tables: dict[str, pd.DataFrame]) -> Book:
    """Turn complete tables into arrays."""
    settings = _settings(tables["setting"])
    finding, action, indicator = tables["finding"], tables["action"], tables["indicator"]
    finding_ids, action_ids = identifiers(finding, "finding_id"), identifiers(action, "action_id")
    indicator_ids = identifiers(indicator, "indicator_id")
    targets = effect_targets(indicator, settings)
    event = tables["event"]
    measured = tables["finding_indicator"].assign(
        finding=positions(tables["finding_indicator"]["finding_id"], finding_ids),
        indicator=positions(tables["finding_indicator"]["indicator_id"], indicator_ids),
        action=positions(tables["finding_indicator"]["action_id"], action_ids),
    )
    sites = _site_codes(finding["origin_site"], action["site"])
    observations = read_observations(tables["observation"], indicator_ids, indicator, targets)
    return Book(
        settings=settings,
        frames=tables,
        findings=_findings(finding, finding_ids, tables, sites[: len(finding)]),
        actions=_actions(action, action_ids, tables, sites[len(finding) :]),
        indicator_ids=indicator_ids,
        targets=targets,
        links=_links(tables["finding_action"], finding_ids, action_ids),
        measures=_measures(measured, len(finding_ids)),
        codified=_codified(tables["finding_relation"], finding_ids),
        users=_users(measured, len(indicator_ids)),
        finding_events=read_events(event, Subject.FINDING, finding_ids, FindingEvent),
        action_events=read_events(event, Subject.ACTION, action_ids, ActionEvent),
        evidence=read_evidence(tables["evidence"], action_ids),
        observations=observations,
        latest_observed=latest_days(observations),
    )


def _settings(frame: pd.DataFrame) -> Settings:
    named = dict(zip(texts(frame["name"]), texts(frame["value"]), strict=True))
    return Settings.read({name: value for name, value in named.items() if name in Settings.known()})


def identifiers(frame: pd.DataFrame, column: str) -> pd.Index[str]:
    """Return the identifiers of a table; raises InvalidPlan where one is empty or stands twice."""
    ids = pd.Index(written(frame[column]), dtype="str")
    wrong = ids[ids.isna() | ids.duplicated()]
    if len(wrong):
        entity = column.removesuffix("_id")
        told = say(
            "{n} identifiers are empty or stand twice, such as {text}; each row needs its own",
            n=len(wrong),
            text=repr(wrong[0]),
        )
        issue = Issue("E-ID", entity, None, column, str(wrong[0]), told)
        raise InvalidPlan([issue], say("The table {table}", table=entity))
    return ids


def _findings(
    frame: pd.DataFrame, ids: pd.Index[str], tables: Mapping[str, pd.DataFrame], origin: Ints
) -> Findings:
    repeats = texts(frame["check_every"])
    read = {text: CADENCE.fullmatch(text) for text in set(repeats)}
    cadences = [read[text] for text in repeats]
    return Findings(
        ids=ids,
        kind=codes(frame["kind"], FindingKind, FindingKind.INSIGHT),
        theme=np.array([text.strip() or NO_THEME for text in texts(frame["theme"])], dtype=object),
        solvability=codes(frame["solvability"], Solvability, Solvability.NOW),
        recorded=days(frame["recorded_on"]),
        review_days=whole(frame["review_every_days"], -1),
        effective=days(frame["effective_on"]),
        cadence_count=np.array([int(match[1]) if match else 0 for match in cadences], dtype=np.int32),
        cadence_unit=np.array([match[2] if match else "" for match in cadences], dtype="U1"),
        origin=origin,
        is_explained=has_text(frame["why_it_works"]) & has_text(frame["core_elements"]),
        has_owner=has_text(frame["owner_id"]),
        owner_left_on=_left_on(frame["owner_id"], tables["owner"]),
        suspect_since=suspect_since(tables, ids),
    )


def _actions(
    frame: pd.DataFrame, ids: pd.Index[str], tables: Mapping[str, pd.DataFrame], site: Ints
) -> Actions:
    links = tables["action_owner"]
    accountable = _accountable(links, ids)
    return Actions(
        ids=ids,
        recorded=days(frame["recorded_on"]),
        due=days(frame["due"]),
        accountable=accountable,
        owner_left_on=pick(_left_on(links["owner_id"], tables["owner"]), accountable, NEVER),
        is_promised=has_text(frame["promised_to"]),
        site=site,
        adaptation=codes(frame["adaptation"], Adaptation),
        core_kept=codes(frame["core_kept"], CoreKept),
    )


def _left_on(owner_id: pd.Series, owners: pd.DataFrame) -> Days:
    """Return the day on which each named owner left; NEVER where nobody is named, known, or has left."""
    if not len(owners) or owners["left_on"].isna().all():
        return np.full(len(owner_id), NEVER, dtype=np.int32)
    left = days(owners["left_on"])
    ids = pd.Index(written(owners["owner_id"]), dtype="str")
    return pick(np.where(left == MISSING, NEVER, left), positions(owner_id, ids), NEVER)


def _accountable(links: pd.DataFrame, actions: pd.Index[str]) -> Ints:
    """Return the row that names who is accountable for each action: the first, where a plan has several."""
    told = codes(links["role"], OwnerRole) == code(OwnerRole, OwnerRole.ACCOUNTABLE)
    action = positions(links["action_id"], actions)
    rows = np.flatnonzero(told & has_text(links["owner_id"]) & (action >= 0))[::-1]
    row = np.full(len(actions), -1, dtype=np.int64)
    row[action[rows]] = rows
    return row


def _site_codes(origins: pd.Series, sites: pd.Series) -> Ints:
    """Number the sites, first the origins then the replications; −1 where empty (method, section 8)."""
    both = pc.dictionary_encode(pa.concat_arrays([arrow(origins), arrow(sites)]))
    words = ["" if word is None else folded(word) for word in both.dictionary.to_pylist()]
    known = {word: number for number, word in enumerate(dict.fromkeys(words)) if word}
    number = np.array([known.get(word, -1) for word in words] + [-1], dtype=np.int64)
    return number[pc.fill_null(both.indices, len(words)).to_numpy()]


def _links(frame: pd.DataFrame, findings: pd.Index[str], actions: pd.Index[str]) -> Grouped:
    finding, action = positions(frame["finding_id"], findings), positions(frame["action_id"], actions)
    role = codes(frame["role"], ActionRole).astype(np.int64)
    finding = np.where((action >= 0) & (role >= 0), finding, -1)
    order = _distinct(finding, action, role)
    return group(finding, len(findings), order, action=action, role=role)


def _measures(frame: pd.DataFrame, n_findings: int) -> Grouped:
    """Group the distinct (finding, indicator, replication) links; required where any repeat says so."""
    indicator, action = frame["indicator"].to_numpy(), frame["action"].to_numpy()
    finding = np.where(indicator >= 0, frame["finding"].to_numpy(), -1)
    optional = ~truths(frame["required"], default=True)
    order = np.lexsort((optional, action, indicator, finding))
    keep = _changes(finding[order], indicator[order], action[order])
    return group(finding, n_findings, order[keep], indicator=indicator, action=action, is_required=~optional)


def _users(frame: pd.DataFrame, n_indicators: int) -> Grouped:
    """Group by indicator the findings that require it."""
    finding = frame["finding"].to_numpy()
    used = (finding >= 0) & truths(frame["required"], default=True)
    indicator = np.where(used, frame["indicator"].to_numpy(), -1)
    return group(indicator, n_indicators, _distinct(indicator, finding), finding=finding)


def _codified(frame: pd.DataFrame, ids: pd.Index[str]) -> Grouped:
    finding, other = positions(frame["finding_id"], ids), positions(frame["other_finding_id"], ids)
    meant = codes(frame["relation"], Relation) == code(Relation, Relation.CODIFIED_IN)
    finding = np.where(meant & (other >= 0), finding, -1)
    return group(finding, len(ids), _distinct(finding, other), other=other)


def _changes(*columns: Array) -> Truths:
    """Tell where a sorted row differs from the one before."""
    if not len(columns[0]):
        return np.zeros(0, dtype=bool)
    differs = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.concatenate([[True], differs])


def _distinct(*columns: Ints) -> Ints:
    """Return the rows in order of the columns, each combination once."""
    order = np.lexsort(columns[::-1])
    return order[_changes(*(column[order] for column in columns))]

"""How do frames become arrays of whole numbers, so that dtype traps stay out of the rules?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    BoolArray,
    DayArray,
    Grouped,
    IntArray,
    arrow,
    code,
    codes,
    days,
    group,
    has_text,
    normal_keys,
    pick,
    positions,
    texts,
    truths,
    whole,
    written,
)
from theorytopractice.assessment.encoded_plan import Actions, EncodedPlan, Findings
from theorytopractice.assessment.facts import (
    effect_targets,
    latest_days,
    read_events,
    read_evidence,
    read_observations,
)
from theorytopractice.assessment.frame_checks import frame_issues, lacks_column, looks_wrong, warn_of_unknown
from theorytopractice.assessment.proof import is_self_verified, reused_since
from theorytopractice.assessment.suspect_cells import misspelt_columns
from theorytopractice.errors import InvalidPlan, Issue, PracticeError, UnknownName, closest, quote
from theorytopractice.i18n import message, say, spoken
from theorytopractice.model.dialects import plain_cadence
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.settings import Settings
from theorytopractice.model.spellings import NAMED, one_spelling
from theorytopractice.model.values import CADENCE, PartialTables, fold
from theorytopractice.model.vocabularies import (
    ActionEvent,
    ActionRole,
    Adaptation,
    CoreKept,
    FindingEvent,
    FindingKind,
    OwnerRole,
    RecordedQuality,
    Relation,
    Solvability,
    Subject,
)

if TYPE_CHECKING:
    from theorytopractice.model.fields import Entity

LIKENESS = 0.8  # "findings" is meant to be "finding"


def complete_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return every table of a plan with every declared column; what is missing is empty.

    Further tables and columns are let be, unless the name of a table looks like a slip. Rows are numbered anew;
    an index that carries the name of a column becomes that column.

    Raises:
        PracticeError: it is no mapping of frames, or a column stands twice.
        UnknownName: a table has a name that is almost the one of a missing table.
    """
    if not isinstance(frames, Mapping):
        raise PracticeError(
            f"Expected a plan, or a mapping of table names to frames; found {_article(frames)}; "
            "a single frame is handed in as {'finding': frame}."
        )
    absent = [name for name in ENTITIES if name not in frames]
    for name in frames:
        if name not in ENTITIES and closest(str(name), absent, LIKENESS):
            raise UnknownName("table", str(name), ENTITIES)
    for name in (name for name, frame in frames.items() if frame is None):
        raise PracticeError(say(NO_TABLE, name=quote(name)))
    return {name: _complete(frames.get(name), entity) for name, entity in ENTITIES.items()}


NO_TABLE = message("The table {name} is None; hand in a pandas DataFrame, or leave the table out.")


def _complete(frame: pd.DataFrame | None, entity: Entity) -> pd.DataFrame:
    """Give a frame every declared column, empty where it had none."""
    if frame is None:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in entity.columns})
    if not isinstance(frame, pd.DataFrame):
        raise PracticeError(f"The table {entity.name} is {_article(frame)}; hand in a pandas DataFrame.")
    for name in frame.columns[frame.columns.duplicated()]:
        raise PracticeError(f"The table {entity.name} has the column {quote(name)} twice; keep one.")
    named = [name for name in frame.index.names if name in entity.columns and name not in frame.columns]
    full = frame.reset_index(level=named).reset_index(drop=True) if named else frame.reset_index(drop=True)
    absent = [name for name in entity.columns if name not in full.columns]
    keys = [
        field.name for field in entity.fields if field.name in full.columns and (field.refers or field.is_key)
    ]
    normal = {name: column for name in keys if (column := normal_keys(given := full[name])) is not given}
    full = full.assign(**normal) if normal else full
    return full.reindex(columns=[*full.columns, *absent]) if absent else full


def with_one_spelling(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return tables in which themes, units and sites that people take for the same are written in one way."""
    for places in NAMED.values():
        counts: Counter[str] = Counter()
        for table, column in places:
            counts.update(_counts_of(tables[table][column]))
        spelt = one_spelling(counts)
        for table, column in places if spelt else ():
            named = [spelt.get(text, text) or None for text in texts(tables[table][column])]
            frame = tables[table].assign(**{column: pd.Series(named, dtype="str")})
            tables = tables | {table: frame}
    return tables


def _counts_of(column: pd.Series) -> dict[str, int]:
    """Return how often each filled cell of a column stands."""
    counted = pc.value_counts(arrow(column)).to_pylist() if len(column) else []
    return {cell["values"]: cell["counts"] for cell in counted if cell["values"]}


def _article(thing: object) -> str:
    return f"of the type {type(thing).__module__}.{type(thing).__qualname__}".replace("builtins.", "")


def worded(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with each second wording in the language that is spoken in the place of the first."""
    seconds = ENTITIES[table].wordings(spoken())
    texts = {
        first: frame[first].where(frame[second].isna() | (frame[second] == ""), frame[second])
        for first, second in seconds.items()
        if second in frame.columns and first in frame.columns and frame[second].notna().any()
    }
    return frame.assign(**texts) if texts else frame


Ends = tuple[str, str, str]
ENDS: tuple[Ends, ...] = (  # table of links, column of the one who looks, column of what was reworded
    ("finding_relation", "finding_id", "other_finding_id"),
    ("finding_relation", "other_finding_id", "finding_id"),
    ("finding_action", "finding_id", "action_id"),
    ("finding_action", "action_id", "finding_id"),
)
COLUMNS = ("table", "role", "suspect_id", "reworded_id", "reworded_on", "confirmed_on")


def find_suspect_links(plan: Mapping[str, pd.DataFrame], finding_id: str, day: int) -> pd.DataFrame:
    """List those of one finding on a day (since 1970), with the same columns."""
    own = (
        (ends, links, reworded, is_suspect & (links[ends[1]] == finding_id).to_numpy(dtype=bool))
        for ends, links, reworded, is_suspect in judge_links(plan, day)
        if ends[1] != "action_id"
    )
    return suspect_rows(own)


def suspect_rows(suspects: Iterable[tuple[Ends, pd.DataFrame, DayArray, BoolArray]]) -> pd.DataFrame:
    """Put the suspect links into one frame."""
    found = [
        pd.DataFrame(
            {
                "table": ends[0],
                "role": links["relation" if ends[0] == "finding_relation" else "role"],
                "suspect_id": links[ends[1]],
                "reworded_id": links[ends[2]],
                "reworded_on": reworded.astype("datetime64[D]").astype("datetime64[s]"),
                "confirmed_on": links["confirmed_on"],
            }
        )[is_suspect]
        for ends, links, reworded, is_suspect in suspects
    ]
    together = pd.concat([frame for frame in found if len(frame)]) if any(map(len, found)) else found[0]
    return together.sort_values(["reworded_id", "suspect_id", "role"], kind="stable").reset_index(drop=True)


def suspect_since(plan: Mapping[str, pd.DataFrame], ids: pd.Index[str]) -> DayArray:
    """Return the first day on which the other end of an unconfirmed link of each finding was reworded; NEVER if none."""
    since = np.full(len(ids), NEVER, dtype=np.int32)
    if all(_columns(plan, name, "reworded_on")["reworded_on"].isna().all() for name in ("finding", "action")):
        return since
    for (_, own, _), links, reworded, is_suspect in judge_links(plan):
        if own != "action_id" and is_suspect.any():
            found = positions(links[own][is_suspect], ids)
            np.minimum.at(since, found[found >= 0], reworded[is_suspect][found >= 0])
    return since


def judge_links(
    plan: Mapping[str, pd.DataFrame], day: int | None = None
) -> Iterator[tuple[Ends, pd.DataFrame, DayArray, BoolArray]]:
    """Yield, for each sort of link and direction, the links, when the other end was reworded, and which are suspect."""
    for ends in ENDS:
        table, _, other = ends
        links = _columns(plan, table, *ENTITIES[table].columns)
        name = other.removeprefix("other_").removesuffix("_id")
        reworded = _reworded(_columns(plan, name, f"{name}_id", "reworded_on"), name, links[other])
        is_known = (reworded != MISSING) & (reworded <= (NEVER if day is None else day))
        yield ends, links, reworded, is_known & (days(links["confirmed_on"]) < reworded)


def _reworded(rows: pd.DataFrame, name: str, ids: pd.Series) -> DayArray:
    """Return the day on which each of the rows with these ids was last reworded, MISSING if never."""
    rows = rows[rows["reworded_on"].notna()]
    known = pd.Index(rows[f"{name}_id"].astype("str"))
    place = positions(ids, known)
    return np.append(days(rows["reworded_on"]), MISSING)[place]


def _columns(plan: Mapping[str, pd.DataFrame], table: str, *names: str) -> pd.DataFrame:
    """Return some columns of a table; those that it lacks are empty."""
    return plan[table].reindex(columns=list(names)) if table in plan else pd.DataFrame(columns=list(names))


NO_THEME = "(no theme)"


def encode(frames: Mapping[str, pd.DataFrame]) -> EncodedPlan:
    """Turn the tables of a plan into arrays; a book stays as it is.

    Missing tables, and missing columns that may be empty, count as empty. Every function that takes a plan comes here.

    Raises:
        InvalidPlan: a row would be refused by a plan: it lacks what it must have, leads nowhere, holds a word that is
            none, or its identifier stands twice; all such rows are listed.
        PracticeError: what was handed in is no table of a plan, or a cell cannot be read.
    """
    if isinstance(frames, EncodedPlan):
        return frames
    if isinstance(frames, dict):
        _refuse(misspelt_columns(frames))
    tables = complete_tables(frames)
    if isinstance(frames, PartialTables):
        return _encoded(with_one_spelling(tables))
    if isinstance(frames, dict):
        warn_of_unknown(frames)
    tables = with_one_spelling(tables)
    try:
        encoded = _encoded(tables)
        is_suspect = looks_wrong(frames, tables, encoded)
    except PracticeError as error:
        _refuse(frame_issues(frames, tables), error)
        raise
    if is_suspect:
        _refuse(frame_issues(frames, tables))
    return encoded


def refuse_missing(
    frames: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], table: str, column: str
) -> None:
    """Raise InvalidPlan where a table, of which all that is asked is one column, has rows and not that column."""
    _refuse(
        [
            frame
            for frame in frame_issues(frames, tables)
            if (frame.code, frame.table, frame.column, frame.row) == ("E-REQ", table, column, None)
        ]
        if len(tables[table]) and lacks_column(frames)
        else []
    )


def _refuse(issues: list[Issue], cause: Exception | None = None) -> None:
    """Raise InvalidPlan if there are issues."""
    if issues:
        raise InvalidPlan(issues, then=say("mend them first")) from cause


def _encoded(tables: dict[str, pd.DataFrame]) -> EncodedPlan:
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
    actions = _actions(action, action_ids, tables, sites[len(finding) :])
    observations = read_observations(tables["observation"], indicator_ids, indicator, targets)
    return EncodedPlan(
        settings=settings,
        frames=tables,
        findings=_findings(finding, finding_ids, tables, sites[: len(finding)]),
        actions=actions,
        indicator_ids=indicator_ids,
        targets=targets,
        finding_actions=_finding_actions(tables["finding_action"], finding_ids, action_ids),
        finding_indicators=_finding_indicators(measured, len(finding_ids)),
        codified_in=_codified_in(tables["finding_relation"], finding_ids),
        requiring_findings=_requiring_findings(measured, len(indicator_ids)),
        finding_events=read_events(event, Subject.FINDING, finding_ids, FindingEvent),
        action_events=read_events(event, Subject.ACTION, action_ids, ActionEvent),
        evidence=_evidence(tables, actions),
        observations=observations,
        latest_observed=latest_days(observations),
    )


def _settings(frame: pd.DataFrame) -> Settings:
    named = dict(zip(texts(frame["name"]), texts(frame["value"]), strict=True))
    return Settings.read({name: value for name, value in named.items() if name in Settings.names()})


def identifiers(frame: pd.DataFrame, column: str) -> pd.Index[str]:
    """Return the identifiers of a table; raises InvalidPlan where one is empty or stands twice."""
    ids = pd.Index(written(frame[column]), dtype="str")
    wrong = ids[ids.isna() | ids.duplicated()]
    if len(wrong):
        entity = column.removesuffix("_id")
        text = say(
            "{n} identifiers are empty or stand twice, such as {text}; each row needs its own",
            n=len(wrong),
            text=repr(wrong[0]),
        )
        issue = Issue("E-ID", entity, None, column, str(wrong[0]), text)
        raise InvalidPlan([issue], say("The table {table}", table=entity))
    return ids


def _findings(
    frame: pd.DataFrame, ids: pd.Index[str], tables: Mapping[str, pd.DataFrame], origin: IntArray
) -> Findings:
    repeats = texts(frame["check_every"])
    read = {text: CADENCE.fullmatch(plain_cadence(text.strip())) for text in set(repeats)}
    cadences = [read[text] for text in repeats]
    return Findings(
        ids=ids,
        kind=codes(frame["kind"], FindingKind, FindingKind.INSIGHT),
        theme=np.array([text.strip() or NO_THEME for text in texts(frame["theme"])], dtype=object),
        solvability=codes(frame["solvability"], Solvability, Solvability.NOW),
        recorded=days(frame["recorded_on"]),
        is_approximate=codes(frame["recorded_quality"], RecordedQuality)
        == code(RecordedQuality, RecordedQuality.APPROXIMATE),
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
    frame: pd.DataFrame, ids: pd.Index[str], tables: Mapping[str, pd.DataFrame], site: IntArray
) -> Actions:
    links = tables["action_owner"]
    owned = positions(links["action_id"], ids)
    accountable = _accountable(links, owned, len(ids))
    return Actions(
        ids=ids,
        recorded=days(frame["recorded_on"]),
        due=days(frame["due"]),
        accountable=accountable,
        owned=owned,
        owner_left_on=pick(_left_on(links["owner_id"], tables["owner"]), accountable, NEVER),
        is_promised=has_text(frame["promised_to"]),
        site=site,
        adaptation=codes(frame["adaptation"], Adaptation),
        core_kept=codes(frame["core_kept"], CoreKept),
    )


def _evidence(tables: Mapping[str, pd.DataFrame], actions: Actions) -> Grouped:
    """Group the evidence of actions; with who vouches for it, and since when it stands for another action, too."""
    facts = read_evidence(tables["evidence"], actions.ids)
    own = is_self_verified(facts, tables, actions.accountable)
    then, restated = (
        reused_since(facts, tables["evidence"], actions.recorded, is_restated=is_restated)
        for is_restated in (False, True)
    )
    columns = {"is_self_verified": own, "reused_then": then, "reused_restated": restated}
    return Grouped(facts.starts, facts.row, facts.columns | columns)


def _left_on(owner_id: pd.Series, owners: pd.DataFrame) -> DayArray:
    """Return the day on which each named owner left; NEVER where nobody is named, known, or has left."""
    if not len(owners) or owners["left_on"].isna().all():
        return np.full(len(owner_id), NEVER, dtype=np.int32)
    left = days(owners["left_on"])
    ids = pd.Index(written(owners["owner_id"]), dtype="str")
    return pick(np.where(left == MISSING, NEVER, left), positions(owner_id, ids), NEVER)


def _accountable(links: pd.DataFrame, action: IntArray, n_actions: int) -> IntArray:
    """Return the row that names who is accountable for each action: the first, where a plan has several."""
    is_accountable = codes(links["role"], OwnerRole) == code(OwnerRole, OwnerRole.ACCOUNTABLE)
    rows = np.flatnonzero(is_accountable & has_text(links["owner_id"]) & (action >= 0))[::-1]
    row = np.full(n_actions, -1, dtype=np.int64)
    row[action[rows]] = rows
    return row


def _site_codes(origins: pd.Series, sites: pd.Series) -> IntArray:
    """Number the sites, first the origins then the replications; −1 where empty (method, section 8)."""
    both = pc.dictionary_encode(pa.concat_arrays([arrow(origins), arrow(sites)]))
    words = ["" if word is None else fold(word) for word in both.dictionary.to_pylist()]
    known = {word: number for number, word in enumerate(dict.fromkeys(words)) if word}
    number = np.array([known.get(word, -1) for word in words] + [-1], dtype=np.int64)
    return number[pc.fill_null(both.indices, len(words)).to_numpy()]


def _finding_actions(frame: pd.DataFrame, findings: pd.Index[str], actions: pd.Index[str]) -> Grouped:
    finding, action = positions(frame["finding_id"], findings), positions(frame["action_id"], actions)
    role = codes(frame["role"], ActionRole).astype(np.int64)
    finding = np.where((action >= 0) & (role >= 0), finding, -1)
    order = _distinct(finding, action, role)
    return group(finding, len(findings), order, action=action, role=role)


def _finding_indicators(frame: pd.DataFrame, n_findings: int) -> Grouped:
    """Group the distinct (finding, indicator, replication) links; required where any repeat says so."""
    indicator, action = frame["indicator"].to_numpy(), frame["action"].to_numpy()
    finding = np.where(indicator >= 0, frame["finding"].to_numpy(), -1)
    optional = ~truths(frame["required"], default=True)
    changed_on = days(frame["required_changed_on"]).copy()
    order = np.lexsort((optional, action, indicator, finding))
    keep = _changes(finding[order], indicator[order], action[order])
    if len(order):  # of repeated links the latest day
        changed_on[order[keep]] = np.maximum.reduceat(changed_on[order], np.flatnonzero(keep))
    columns = {"indicator": indicator, "action": action, "is_required": ~optional, "changed_on": changed_on}
    return group(finding, n_findings, order[keep], **columns)


def _requiring_findings(frame: pd.DataFrame, n_indicators: int) -> Grouped:
    """Group by indicator the findings that require it."""
    finding = frame["finding"].to_numpy()
    used = (finding >= 0) & truths(frame["required"], default=True)
    indicator = np.where(used, frame["indicator"].to_numpy(), -1)
    return group(indicator, n_indicators, _distinct(indicator, finding), finding=finding)


def _codified_in(frame: pd.DataFrame, ids: pd.Index[str]) -> Grouped:
    finding, other = positions(frame["finding_id"], ids), positions(frame["other_finding_id"], ids)
    meant = codes(frame["relation"], Relation) == code(Relation, Relation.CODIFIED_IN)
    finding = np.where(meant & (other >= 0), finding, -1)
    return group(finding, len(ids), _distinct(finding, other), other=other)


def _changes(*columns: Array) -> BoolArray:
    """Tell where a sorted row differs from the one before."""
    if not len(columns[0]):
        return np.zeros(0, dtype=bool)
    differs = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.concatenate([[True], differs])


def _distinct(*columns: IntArray) -> IntArray:
    """Return the rows in order of the columns, each combination once."""
    order = np.lexsort(columns[::-1])
    return order[_changes(*(column[order] for column in columns))]

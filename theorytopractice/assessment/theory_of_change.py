"""Which actions should bring a finding into practice, who does them, and by which measures shall we know?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import ActionStates, observe_plan_actions
from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    Array,
    IntArray,
    as_dates,
    code,
    natural_order,
    positions,
    texts,
    words,
)
from theorytopractice.assessment.assess import describe
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import EncodedPlan, FindingDays, all_findings_on, as_day_number
from theorytopractice.assessment.figures import between, bound, unit_after
from theorytopractice.assessment.outcomes import OutcomeView, RequiredIndicators, observe_outcomes
from theorytopractice.assessment.problems import survey_results
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import ActionRole, ActionState, Disposition, Knowledge, Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

NODE_COLUMNS = (
    "node", "kind", "id", "label", "stage", "stage_name", "state", "due", "is_overdue", "target", "level",
)  # fmt: skip


class Tally(NamedTuple):
    """How many distinct parts a theory of change has, and how far they have come."""

    findings: int
    live_actions: int
    done: int
    indicators: int
    shown: int


class TheoryOfChange(NamedTuple):
    """The chain from findings to actions and owners and to indicators, as two tidy frames."""

    nodes: pd.DataFrame
    edges: pd.DataFrame

    def tally(self) -> Tally:
        """Count how far doing and showing have come; what people say in a survey is not the outcome."""
        kind, state = self.nodes["kind"], self.nodes["state"]
        shows = (kind == "indicator") & (self.nodes["level"] != Level.CONFIRMATION)
        return Tally(
            findings=int((kind == "finding").sum()),
            live_actions=int(((kind == "action") & (state != ActionState.CANCELLED)).sum()),
            done=int(((kind == "action") & (state == ActionState.DONE)).sum()),
            indicators=int(shows.sum()),
            shown=int((shows & (state == "shown")).sum()),
        )


def theory_of_change(
    plan: Mapping[str, pd.DataFrame],
    finding_id: str | None = None,
    *,
    theme: str | None = None,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> TheoryOfChange:
    """Lay out what is to bring findings into practice, with the state of each part on a day (method, sections 4, 5).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        finding_id: only this finding.
        theme: only the findings of this theme; every finding that is in the plan unless one of both is given.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).

    Returns:
        A pair of frames, ``nodes`` and ``edges``; ``networkx.from_pandas_edgelist(edges)`` makes a graph of them.

        ``nodes``, one row a thing, findings first, then actions, owners, indicators, each in natural order:

        - ``node``: kind and id as one text, unique; ``kind``: finding, action, owner or indicator; ``id``
        - ``label``: statement, title or name
        - ``stage`` (Int64), ``stage_name``: of open findings
        - ``state``: of a finding its headline; of an action its state (section 4); of an indicator, judged for the
          first finding that it is linked to, ``shown`` (all of 5.1 holds), ``met`` (the target is met, but the
          baseline is missing or met it already), ``stale``, ``lapsed``, ``unmet``, ``no_value`` (none since the
          start), ``not_started`` (no action has begun), ``no_target``; of a survey of those affected, by its latest
          final value (section 6), ``confirmed``, ``not_confirmed``, ``stale`` or ``no_value``; missing for owners
        - ``due``: of an action its current due date, of an indicator ``target_on``
        - ``is_overdue``: of an open action past its due date
        - ``target``: of an indicator, in words; ``level``: of an indicator, output, outcome, impact or confirmation

        ``edges``, one row a link: ``source``, ``target`` (both are ``node``), ``role``: of a finding to an action
        (delivers, enables, improves, replicates), of an action to an owner (accountable, …), of a finding to an
        indicator (required, optional). A link to what the plan does not have is left out.

    Raises:
        UnknownName: the plan has no such finding or theme.
        PracticeError: both a finding and a theme were given.
    """
    encoded = encode(plan)
    everyone = all_findings_on(encoded, as_of, knowledge)
    s = _situation(encoded, everyone, _chosen(encoded, finding_id, theme))
    actions = np.unique(s.actions.action)
    measured, outcomes = _measured(s)
    _, first_measure = np.unique(outcomes.indicator, return_index=True)
    owned = _owned(encoded, actions)
    parts = [
        _findings(s),
        _action_nodes(
            encoded, observe_plan_actions(encoded, as_day_number(encoded, as_of), everyone.knowledge), actions
        ),
        _owner_nodes(encoded, owned["id"]),
        _indicator_nodes(s, outcomes, first_measure),
    ]
    nodes = pd.concat([_ordered(part) for part in parts], ignore_index=True)
    edges = pd.concat([_action_edges(s), owned[["source", "target", "role"]], measured], ignore_index=True)
    for frame in (nodes, edges):
        frame.attrs["as_of"] = str(as_day(encoded, as_of))
    return TheoryOfChange(nodes, edges.drop_duplicates(ignore_index=True))


def _chosen(encoded: EncodedPlan, finding_id: str | None, theme: str | None) -> IntArray:
    """Return the positions of the asked findings."""
    if finding_id is not None and theme is not None:
        raise PracticeError("Ask for a finding or for a theme, not for both.")
    ids = encoded.findings.ids
    if finding_id is not None:
        if finding_id not in ids:
            raise UnknownName("finding", finding_id, ids)
        return np.array([ids.get_loc(finding_id)])
    order = natural_order(ids)
    if theme is None:
        return order
    alike = {comparable(name): name for name in encoded.findings.theme}
    is_asked = encoded.findings.theme == alike.get(comparable(theme), "")
    if not is_asked.any():
        raise UnknownName("theme", theme, sorted(set(encoded.findings.theme)))
    return order[is_asked[order]]


def _situation(encoded: EncodedPlan, everyone: FindingDays, chosen: IntArray) -> Assessment:
    """Return the asked findings on the day; several only where they are in the plan (T7)."""
    s = Assessment(encoded, FindingDays(chosen, everyone.day[chosen], everyone.knowledge))
    there = s.visible.disposition != code(Disposition, Disposition.UNKNOWN)
    if len(chosen) == 1 or there.all():
        return s
    return Assessment(encoded, FindingDays(chosen[there], s.day[there], everyone.knowledge))


def _named(kind: str, ids: Array) -> Array:
    """Return the node of each id."""
    return np.array([f"{kind} {name}" for name in ids], dtype=object)


def _nodes(kind: str, ids: Array, labels: Array | list[str], **columns: object) -> pd.DataFrame:
    """Return nodes of one kind with every column."""
    n = len(ids)
    made: dict[str, object] = {
        "stage": pd.array([None] * n, dtype="Int64"),
        "stage_name": pd.Series([None] * n, dtype=object),
        "state": pd.Series([None] * n, dtype=object),
        "due": as_dates(np.full(n, MISSING)),
        "is_overdue": np.zeros(n, dtype=bool),
        "target": pd.Series([None] * n, dtype=object),
        "level": pd.Series([None] * n, dtype=object),
    }
    made |= {"node": _named(kind, ids), "kind": [kind] * n, "id": ids, "label": labels} | columns
    frame = pd.DataFrame({name: made[name] for name in NODE_COLUMNS})
    return frame.astype(dict.fromkeys(("node", "kind", "id", "label"), object))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[natural_order(pd.Index(frame["id"], dtype="str"))]


def _findings(s: Assessment) -> pd.DataFrame:
    described = describe(s)
    return _nodes(
        "finding",
        described["finding_id"].to_numpy(dtype=object),
        texts(s.encoded.frames["finding"]["statement"].iloc[s.cases.finding]),
        stage=described["stage"],
        stage_name=described["stage_name"],
        state=described["headline"],
    )


def _action_nodes(encoded: EncodedPlan, own: ActionStates, action: IntArray) -> pd.DataFrame:
    return _nodes(
        "action",
        encoded.actions.ids.to_numpy(dtype=object)[action],
        texts(encoded.frames["action"]["title"].iloc[action]),
        state=words(ActionState, own.state[action]),
        due=as_dates(own.due[action]),
        is_overdue=own.is_overdue[action],
    )


def _action_edges(s: Assessment) -> pd.DataFrame:
    roles = np.array([str(role) for role in ActionRole], dtype=object)
    finding = s.encoded.findings.ids.to_numpy(dtype=object)[s.cases.finding[s.actions.case]]
    action = s.encoded.actions.ids.to_numpy(dtype=object)[s.actions.action]
    return pd.DataFrame(
        {
            "source": _named("finding", finding),
            "target": _named("action", action),
            "role": roles[s.actions.role],
        }
    )


def _owned(encoded: EncodedPlan, actions: IntArray) -> pd.DataFrame:
    """Return the links of the actions to their owners, with the owner's id."""
    links = encoded.frames["action_owner"]
    action, owner = (np.array(texts(links[name]), dtype=object) for name in ("action_id", "owner_id"))
    chosen = np.isin(positions(links["action_id"], encoded.actions.ids), actions) & (owner != "")
    return pd.DataFrame(
        {
            "source": _named("action", action[chosen]),
            "target": _named("owner", owner[chosen]),
            "role": np.array([text.strip() for text in texts(links["role"])], dtype=object)[chosen],
            "id": owner[chosen],
        }
    )


def _owner_nodes(encoded: EncodedPlan, ids: pd.Series) -> pd.DataFrame:
    """Return the owners; one who is not in the owner table is called by the id."""
    owners = encoded.frames["owner"]
    names = dict(zip(texts(owners["owner_id"]), texts(owners["name"]), strict=True))
    once = pd.unique(ids)
    return _nodes("owner", np.array(once, dtype=object), [names.get(name) or name for name in once])


def _measured(s: Assessment) -> tuple[pd.DataFrame, OutcomeView]:
    """Return the links to the indicators, and how each of them is judged, from the start of what it measures."""
    case, link = s.encoded.finding_indicators.expand(s.cases.finding)
    indicator, action = (s.encoded.finding_indicators[name][link] for name in ("indicator", "action"))
    required = s.encoded.finding_indicators["is_required"][link]
    started = pd.DataFrame(
        {"case": s.actions.case, "action": s.actions.action, "start": s.actions.started_on}
    ).drop_duplicates(["case", "action"])
    own = pd.DataFrame({"case": case, "action": action}).merge(started, how="left", on=["case", "action"])
    start = np.where(action < 0, s.start[case], own["start"].fillna(NEVER).to_numpy(dtype=np.int32))
    edges = pd.DataFrame(
        {
            "source": _named("finding", s.encoded.findings.ids.to_numpy(dtype=object)[s.cases.finding[case]]),
            "target": _named("indicator", s.encoded.indicator_ids.to_numpy(dtype=object)[indicator]),
            "role": np.where(required, "required", "optional").astype(object),
        }
    )
    return edges, observe_outcomes(s.encoded, s.cases, s.visible, RequiredIndicators(case, indicator, start))


def _indicator_nodes(s: Assessment, view: OutcomeView, first: IntArray) -> pd.DataFrame:
    encoded, indicator = s.encoded, view.indicator[first]
    frame = encoded.frames["indicator"].iloc[indicator]
    state = np.select(
        [
            ~encoded.targets.has_target[indicator],
            view.start[first] == NEVER,
            view.n_read[first] == 0,
            view.is_stale[first],
            view.is_shown[first],
            view.is_met[first],
            view.has_lapsed[first],
        ],
        ["no_target", "not_started", "no_value", "stale", "shown", "met", "lapsed"],
        "unmet",
    )
    results = survey_results(s, view.case[first], view.latest_row[first])
    return _nodes(
        "indicator",
        encoded.indicator_ids.to_numpy(dtype=object)[indicator],
        texts(frame["name"]),
        state=np.where(encoded.targets.is_confirmation[indicator], results, state).astype(object),
        due=as_dates(encoded.targets.target_on[indicator]),
        target=_targets(frame, encoded.targets.has_target[indicator]),
        level=texts(frame["level"]),
    )


def _targets(frame: pd.DataFrame, has_target: Array) -> pd.Series:
    """Word each target: "at least 80%", "36 to 38 °C"; missing where there is none."""
    columns = ("direction", "measure", "target", "target_low", "target_high", "unit")
    rows = zip(*(texts(frame[name]) for name in columns), strict=True)
    words: list[str | None] = []
    for (direction, measure, target, low, high, unit), is_set in zip(rows, has_target, strict=True):
        way, value = "" if measure == "nominal" else direction, f"{target}{unit_after(unit)}"
        aim = between(low, f"{high}{unit_after(unit)}") if direction == "range" else bound(way, value)
        words.append(aim if is_set else None)
    return pd.Series(words, dtype=object)

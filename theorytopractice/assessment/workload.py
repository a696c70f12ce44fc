"""Who has how much to do: actions, promises, due dates, and the owners who are accountable for them?"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings, serves_finding
from theorytopractice.assessment.arrays import (
    MISSING,
    NOBODY,
    BoolArray,
    IntArray,
    as_dates,
    cells,
    finish_frame,
    has_text,
    id_lists,
    natural_places,
    positions,
    rank_of,
    texts,
    words,
)
from theorytopractice.assessment.encode import NO_THEME, worded
from theorytopractice.assessment.encoded_plan import (
    EncodedPlan,
    accountable,
    action_ids,
    finding_ids,
    owner_ids,
)
from theorytopractice.assessment.flags import judge_flag
from theorytopractice.assessment.snapshot import Columns, PlanSnapshot, listing, snapshot_on
from theorytopractice.errors import UnknownName
from theorytopractice.model.settings import SOON_DAYS
from theorytopractice.model.vocabularies import ActionState, Knowledge, OwnerRole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

AHEAD_MONTHS = 12


@listing("action_id")
def actions(s: PlanSnapshot) -> Columns:
    """List every action that is in the plan with its state, by action_id (method, section 4).

    Columns: ``action_id``, ``title``, ``responsible`` and ``unit`` (of the accountable owner, missing where there is none),
    ``due`` (the current one), ``original_due``, ``is_open`` (neither done, nor complete without evidence, nor cancelled),
    ``is_overdue``, ``action_state``, ``completed_on`` (the last complete, missing where none was seen), ``promised_to``,
    ``finding_ids`` (list of the open findings that it serves in any role), ``as_of``.
    """
    return _columns(s, s.plan_actions.counts)


@listing("due", "action_id")
def agenda(s: PlanSnapshot) -> Columns:
    """List the open actions that serve an open finding in any role, the earliest due first, those without a date last.

    Columns: those of :func:`actions` but ``completed_on``, and ``days_left`` (missing without a date, negative when
    overdue).
    """
    columns = _columns(s, s.plan_actions.is_open & s.is_serving)
    del columns["is_open"], columns["completed_on"]
    return {**columns, "days_left": _days_left(s, columns)}


@listing("action_id")
def due_actions(s: PlanSnapshot) -> Columns:
    """List the actions that serve an open finding in any role, with what a meeting asks of them, by action_id.

    Columns: those of :func:`actions`, ``days_left`` (missing without a date, negative once it is past), and of the
    open ones ``is_overdue``, ``is_due_soon`` (from the as-of day to 30 days later) and ``is_stalled`` (they serve a
    finding that is flagged so), counted as in :func:`owner_load`; ``awaits_evidence`` (complete without evidence).
    """
    chosen = s.plan_actions.counts & s.is_serving
    columns = _columns(s, chosen)
    left, is_open = _days_left(s, columns), s.plan_actions.is_open[chosen]
    return {
        **columns,
        "days_left": left,
        "is_due_soon": is_open & left.between(0, SOON_DAYS).fillna(value=False).to_numpy(dtype=bool),
        "is_stalled": is_open & serves_finding(s.encoded, judge_flag(s, "stalled"))[chosen],
        "awaits_evidence": s.plan_actions.is_in(ActionState.DONE_UNVERIFIED)[chosen],
    }


def _columns(s: PlanSnapshot, wanted: BoolArray) -> Columns:
    """Return the columns of ``actions`` for the wanted ones."""
    own, chosen = s.plan_actions, np.flatnonzero(wanted)
    name, unit = accountable(s.encoded)
    table = s.encoded.frames["action"]
    return {
        "action_id": action_ids(s.encoded, chosen),
        "title": cells(worded("action", table)["title"], chosen),
        "responsible": name[chosen],
        "unit": unit[chosen],
        "due": as_dates(own.due[chosen]),
        "original_due": as_dates(own.original_due[chosen]),
        "is_open": own.is_open[chosen],
        "is_overdue": own.is_overdue[chosen],
        "action_state": words(ActionState, own.state[chosen]),
        "completed_on": as_dates(own.completed_on[chosen]),
        "promised_to": cells(table["promised_to"], chosen),
        "finding_ids": _served(s, chosen),
    }


def _days_left(s: PlanSnapshot, columns: Columns) -> pd.Series:
    """Return how many days are left until each action is due; missing without a date."""
    left = pd.Series(columns["due"]) - pd.Timestamp(np.datetime64(s.as_of, "D"))
    return left.dt.days.astype("Int64")


def _served(s: PlanSnapshot, chosen: IntArray) -> pd.Series:
    """Return the open findings of each chosen action, each once, in natural order."""
    finding, rank = linking_findings(s.encoded), rank_of(s.encoded.findings.ids)
    is_open = s.visible.is_open[finding]
    held: dict[int, set[int]] = {int(action): set() for action in chosen}
    links = zip(s.encoded.finding_actions["action"][is_open], finding[is_open], strict=True)
    for action, served in links:
        if int(action) in held:
            held[int(action)].add(int(served))
    ids = s.encoded.findings.ids
    lists = [[str(ids[each]) for each in sorted(served, key=rank.__getitem__)] for served in held.values()]
    return pd.Series(lists, dtype=object)


@listing("due_on", "indicator_id")
def due_measurements(s: PlanSnapshot) -> Columns:
    """List the indicators of open findings whose next measurement has fallen due, by who measures them.

    A measurement is due one cadence after the newest visible value; of an indicator that was never measured the day is
    missing. Indicators without a cadence are left out.

    Columns: ``indicator_id``, ``name``, ``owner_id`` and ``measured_by`` (the owner's name; missing where nobody is
    named), ``last_on``, ``due_on``, ``finding_ids`` (list of the open findings that it serves), ``as_of``.
    """
    encoded, table = s.encoded, s.encoded.frames["indicator"]
    n, ids = len(encoded.indicator_ids), encoded.indicator_ids.to_numpy(dtype=object)
    finding = np.repeat(np.arange(len(s)), np.diff(encoded.finding_indicators.starts))
    indicator, is_open = encoded.finding_indicators["indicator"], s.is_open[finding]
    serves = np.zeros(n, dtype=bool)
    serves[indicator[is_open]] = True
    last, cadence = s.newest(encoded.observations, n), encoded.targets.cadence
    due = np.where(last == MISSING, MISSING, last.astype(np.int64) + np.maximum(cadence, 0)).astype(np.int32)
    chosen = np.flatnonzero(serves & (cadence > 0) & (due <= s.as_of))
    findings = id_lists(finding_ids(encoded, finding), indicator, is_open, n)
    owner = table["owner_id"].iloc[chosen]
    return {
        "indicator_id": ids[chosen],
        "name": cells(worded("indicator", table)["name"], chosen),
        "owner_id": cells(table["owner_id"], chosen),
        "measured_by": cells(encoded.frames["owner"]["name"], positions(owner, owner_ids(encoded))),
        "last_on": as_dates(last[chosen]),
        "due_on": as_dates(due[chosen]),
        "finding_ids": findings.iloc[chosen].reset_index(drop=True),
    }


def when_due(agenda: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Sort the actions of an agenda by when they are due.

    Returns:
        Of each row: overdue, soon (within 30 days), later (within twelve months), beyond, or none (it has no date).
    """
    due = agenda["due"].astype("datetime64[s]")
    when = pd.Series("beyond", index=agenda.index, dtype=object)
    when[due <= day + pd.DateOffset(months=AHEAD_MONTHS)] = "later"
    when[due <= day + pd.Timedelta(days=SOON_DAYS)] = "soon"
    when[due < day] = "overdue"
    when[due.isna()] = "none"
    return when


def due_by_month(agenda: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Count the actions of an agenda that are due within twelve months, by month; what is overdue is left out.

    Returns:
        A number for each month from the day on, those in which nothing is due too; the index holds their first days.
    """
    due = agenda.loc[when_due(agenda, day).isin(("soon", "later")), "due"].astype("datetime64[s]")
    months = pd.period_range(day, day + pd.DateOffset(months=AHEAD_MONTHS), freq="M")
    counts = due.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    return counts.set_axis(months.to_timestamp())


@listing()
def owner_load(s: PlanSnapshot) -> Columns:
    """Say for every accountable owner how many actions are to be done, overdue, due soon and stalled.

    Method, section 12. Distinct actions that serve an open finding as ``delivers``, ``enables``, ``improves``
    or ``replicates``, by their own state.

    Returns:
        The first row is nobody (``owner_id`` missing), also with zeros; then whoever is accountable for a
        live action, most open actions first: ``owner_id``, ``name``, ``unit``, ``live`` (not cancelled, so
        completed ones too), ``open`` (live and not complete), and of the open ones ``overdue``,
        ``due_in_30_days`` (from the as-of day to 30 days later) and ``stalled`` (they serve a finding that is
        flagged so), ``as_of``.
    """
    actions = s.plan_actions
    is_open = actions.is_open & s.is_serving
    due = actions.due.astype(np.int64)
    counted: dict[str, BoolArray] = {
        "live": actions.is_live & s.is_serving,
        "open": is_open,
        "overdue": actions.is_overdue & is_open,
        "due_in_30_days": is_open & (due >= s.as_of) & (due <= s.as_of + SOON_DAYS),
        "stalled": is_open & serves_finding(s.encoded, judge_flag(s, "stalled")),
    }
    held = s.encoded.frames["action_owner"]["owner_id"]
    number, owners = pd.factorize(cells(held, s.encoded.actions.accountable))  # −1: nobody
    ids = pd.Index(owners, dtype="str")
    counts = {
        name: np.bincount(number[truth] + 1, minlength=len(ids) + 1).astype(np.int64)
        for name, truth in counted.items()
    }
    frame = _people(s, ids).assign(**counts)
    busiest = np.lexsort((rank_of(ids), -counts["open"][1:])) + 1
    busy = busiest[counts["live"][busiest] > 0]
    frame = frame.iloc[np.concatenate([[0], busy])].reset_index(drop=True)
    return {str(name): column for name, column in frame.items()}


def _people(s: PlanSnapshot, ids: pd.Index[str]) -> pd.DataFrame:
    """Begin the table: nobody, then the owners with their names and units."""
    known = s.encoded.frames["owner"].drop_duplicates("owner_id").set_index("owner_id")
    people = known.reindex(ids)
    return pd.DataFrame(
        {
            "owner_id": [None, *ids],
            "name": [NOBODY, *people["name"]],
            "unit": [None, *people["unit"]],
        },
        dtype="str",
    )


def owner_themes(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    role: str | None = OwnerRole.ACCOUNTABLE,
) -> pd.DataFrame:
    """Count the live actions that each owner has in each theme: who carries what, and what hangs on one person.

    Live actions are in the plan and not cancelled (method, section 12), linked in any role to an open finding. One
    that serves two findings of a theme counts once there; one that serves two themes counts in both, so the
    counts of a row of the matrix may add up to more than the owner's load.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        role: ``accountable`` (one owner an action), another role, or None for owners in any role.

    Returns:
        One row for each owner and theme that have a live action in common, by owner_id then theme:
        ``owner_id``, ``name``, ``theme``, ``n`` (distinct live actions), ``n_of_owner`` and ``n_of_theme`` (distinct
        live actions of the owner and of the theme, however many cells they are in), ``as_of``. Actions without such
        an owner are at the top with the name "nobody" and a missing owner_id. ``attrs["as_of"]`` holds the day.

    Raises:
        UnknownName: there is no such role.
    """
    if role is not None and role not in tuple(OwnerRole):
        raise UnknownName("role", role, OwnerRole)
    s = snapshot_on(plan, as_of, knowledge)
    encoded, finding, action = s.encoded, linking_findings(s.encoded), s.encoded.finding_actions["action"]
    live = s.is_open[finding] & s.plan_actions.is_live[action]
    served = pd.DataFrame({"action": action[live], "theme": encoded.findings.theme[finding[live]]})
    carried = served.merge(_owners(encoded, role), how="left", on="action")
    cell = ["owner_id", "theme"]
    counted = carried.groupby(cell, dropna=False)["action"].nunique().rename("n").reset_index()
    for column, name in zip(cell, ("n_of_owner", "n_of_theme"), strict=True):
        total = carried.groupby(column, dropna=False)["action"].nunique()
        counted[name] = total.reindex(counted[column]).to_numpy(dtype=np.int64)
    counted.insert(1, "name", _names(encoded, counted["owner_id"]))
    return finish_frame(counted.astype({"owner_id": "str", "theme": "str"}), _order(counted), s.as_of)


def _owners(encoded: EncodedPlan, role: str | None) -> pd.DataFrame:
    """Return the distinct pairs of an action and an owner in a role."""
    links = encoded.frames["action_owner"]
    action = positions(links["action_id"], encoded.actions.ids)
    rows = encoded.actions.accountable[encoded.actions.has_accountable]
    if role != OwnerRole.ACCOUNTABLE:
        is_meant = np.array([role in (None, text.strip()) for text in texts(links["role"])], dtype=bool)
        rows = np.flatnonzero(is_meant & has_text(links["owner_id"]) & (action >= 0))
    return pd.DataFrame(
        {"action": action[rows], "owner_id": cells(links["owner_id"], rows)}
    ).drop_duplicates()


def _names(encoded: EncodedPlan, ids: pd.Series) -> np.ndarray:
    """Return the name of each owner: the identifier where it is missing, and "nobody" where there is none."""
    names = pd.Series(
        cells(encoded.frames["owner"]["name"], positions(ids, owner_ids(encoded))), dtype=object
    )
    return names.where(names.notna(), ids).where(ids.notna(), NOBODY).to_numpy(dtype=object)


def _order(counted: pd.DataFrame) -> IntArray:
    """Order by owner, then theme; nobody first, the findings without a theme last."""
    theme, owner = (natural_places(counted[column]) for column in ("theme", "owner_id"))
    return np.lexsort((theme, counted["theme"] == NO_THEME, owner))


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How many open actions of an agenda are due when, counted from a day: ``when_due``."""

    overdue: int
    soon: int
    later: int
    beyond: int
    none: int


def due_counts(agenda: pd.DataFrame, day: pd.Timestamp) -> DueCounts:
    """Count the actions of an agenda by when they are due."""
    counts = when_due(agenda, day).value_counts()
    return DueCounts(**{item.name: int(counts.get(item.name, 0)) for item in fields(DueCounts)})


def last_month_ahead(day: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of the twelve months that are looked ahead."""
    return day + pd.DateOffset(months=AHEAD_MONTHS)


def earliest_due(agenda: pd.DataFrame, is_overdue: pd.Series, most: int) -> pd.DataFrame:
    """Choose which actions to name: the earliest, but what is not overdue keeps up to half of the rows."""
    overdue, coming = agenda[is_overdue], agenda[~is_overdue]
    late = overdue.head(max(most - min(len(coming), most // 2), 0))
    return pd.concat([late, coming.head(most - len(late))])


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What an owner load shows first: how many open actions nobody has, and who has most overdue ones.

    ``worst`` is the row of that owner, None where no owner has an open action.
    """

    unowned: int
    worst: pd.Series | None

    @property
    def overdue(self) -> int:
        """How many actions of that owner are overdue."""
        return 0 if self.worst is None else int(self.worst["overdue"])


def load_summary(load: pd.DataFrame) -> LoadSummary:
    """Sum up what ``owner_load`` returns."""
    unowned = int(load.loc[load["owner_id"].isna(), "open"].iloc[0])
    owners = load[load["owner_id"].notna()]
    if not (owners["open"] > 0).any():
        return LoadSummary(unowned, None)
    return LoadSummary(unowned, owners.sort_values("overdue", ascending=False, kind="stable").iloc[0])


@dataclass(frozen=True, slots=True)
class ThemesSummary:
    """What owners by themes show first: in how many themes some action has no owner, and who is spread widest.

    ``n_owners`` have live actions in ``n_themes``, nobody in more; ``name`` is the first of them, and empty where no
    action has an owner.
    """

    n_unowned: int
    n_owners: int
    n_themes: int
    name: str


def themes_summary(themes: pd.DataFrame) -> ThemesSummary:
    """Sum up what ``owner_themes`` returns."""
    owned = themes[themes["owner_id"].notna()]
    n_unowned = themes.loc[themes["owner_id"].isna(), "theme"].nunique()
    if owned.empty:
        return ThemesSummary(n_unowned, 0, 0, "")
    spread = owned.groupby("owner_id")["theme"].nunique()
    name = owned.loc[owned["owner_id"] == spread.idxmax(), "name"].iloc[0]
    return ThemesSummary(n_unowned, int((spread == spread.max()).sum()), int(spread.max()), name)


def departed_owners(
    owners: pd.DataFrame, load: pd.DataFrame, mechanisms: pd.DataFrame, day: date
) -> pd.DataFrame:
    """List the owners who have left and still answer for something (flag ``owner_left``).

    Args:
        owners: the table of owners.
        load: what ``owner_load`` returns.
        mechanisms: ``owner_id`` and ``flags`` of the open mechanisms, by finding_id.
        day: the day.

    Returns:
        In the order of the table: ``owner_id``, ``name``, ``left_on``, ``open`` (actions for which they are accountable),
        ``finding_ids`` (mechanisms that they own); one of the two at least is there.
    """
    left = owners.assign(left_on=pd.to_datetime(owners["left_on"]))
    left = left.loc[left["left_on"] <= pd.Timestamp(day), ["owner_id", "name", "left_on"]]
    is_flagged = pd.Series(
        ["owner_left" in flags for flags in mechanisms["flags"]], mechanisms.index, dtype=bool
    )
    own = mechanisms.loc[is_flagged, "owner_id"]
    open_ = left["owner_id"].map(load.set_index("owner_id")["open"]).fillna(0).astype(int)
    ids = [own.index[own == owner_id].tolist() for owner_id in left["owner_id"]]
    left = left.assign(open=open_, finding_ids=pd.Series(ids, index=left.index, dtype=object))
    return left[(left["open"] > 0) | (left["finding_ids"].str.len() > 0)]

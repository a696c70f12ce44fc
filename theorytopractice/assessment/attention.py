"""Who has how much to do, and which findings, mechanisms and indicators need looking at first?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings, serves_finding
from theorytopractice.assessment.columns import as_dates, code, codes, has_text, numbers, positions, texts
from theorytopractice.assessment.encode import NO_THEME, encode
from theorytopractice.assessment.frames import NOBODY, cells, finish_frame, owner_ids, rank_of
from theorytopractice.assessment.grouped import MISSING, NEVER, DayArray, FloatArray, IntArray, pick
from theorytopractice.assessment.listings import actions
from theorytopractice.assessment.mechanisms import last_slots
from theorytopractice.assessment.outcomes import (
    OutcomeView,
    RequiredIndicators,
    is_explicit,
    observe_outcomes,
)
from theorytopractice.assessment.rates import PlanHistory, PlanSnapshot, idle_days, newest_facts, wilson
from theorytopractice.assessment.visibility import as_day_number, kind_of_knowledge
from theorytopractice.errors import UnknownName
from theorytopractice.model.settings import SOON_DAYS
from theorytopractice.model.vocabularies import (
    ActionState,
    Direction,
    FindingKind,
    Knowledge,
    Measure,
    OwnerRole,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.grouped import Array, BoolArray


def snapshot_on(
    plan: Mapping[str, pd.DataFrame],
    as_of: date | str | None,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> PlanSnapshot:
    """Look at a plan, or only at the findings ``among``, on one day."""
    encoded = encode(plan)
    day = as_day_number(encoded, as_of)
    return PlanSnapshot(PlanHistory(encoded, day, kind_of_knowledge(knowledge), among), day)


def shelf(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the findings on the shelf for longer than the grace of 30 days, oldest first (method, section 12).

    Columns: ``finding_id``, ``kind``, ``statement``, ``theme``, ``recorded_on``, ``age`` (days, since the last
    material revision if there was one), ``as_of``. They are the findings flagged ``shelved``.
    """
    s = snapshot_on(plan, as_of, knowledge)
    chosen = np.flatnonzero(s.flag("shelved"))
    age = s.situation.age
    frame = _named(s, chosen, "kind", "statement", "theme")
    frame["recorded_on"] = as_dates(s.encoded.findings.recorded[chosen])
    frame["age"] = age[chosen]
    return finish_frame(frame, _longest_first(s, chosen, age), s.day)


def staleness(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List all open findings by the days since anything was heard of them, worst first (method, section 12).

    Columns: ``finding_id``, ``kind``, ``statement``, ``newest_on`` (date of the newest visible event,
    observation or evidence of the finding, its linked actions and indicators; missing where there is none),
    ``days`` (since then, else since the finding was recorded), ``as_of``.
    """
    s = snapshot_on(plan, as_of, knowledge)
    chosen = np.flatnonzero(s.is_open)
    idle = idle_days(s)
    frame = _named(s, chosen, "kind", "statement")
    frame["newest_on"] = as_dates(newest_facts(s)[chosen])
    frame["days"] = idle[chosen]
    return finish_frame(frame, _longest_first(s, chosen, idle), s.day)


def persistence(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the open mechanisms with the share of their last checks that were passed (method, section 9).

    Columns: ``finding_id``, ``passes`` and ``slots`` (of the last 12 counted slots without na), ``value`` with
    its 95 % Wilson interval ``low`` and ``high``, ``streak`` (slots passed in a row up to the last counted
    one, na skipped, however many), ``as_of``. Mechanisms of which no slot counts yet have no value.
    """
    s = snapshot_on(plan, as_of, knowledge)
    chosen = np.flatnonzero(s.is_open & s.situation.is_kind(FindingKind.MECHANISM))
    passes, counted = (
        column[chosen] for column in last_slots(s.situation.mechanisms.slots, len(s.situation))
    )
    low, high = wilson(passes, counted)
    frame = _named(s, chosen)
    frame["passes"], frame["slots"] = passes, counted
    frame["value"] = np.divide(passes, counted, out=np.full(len(chosen), np.nan), where=counted > 0)
    frame["low"], frame["high"] = low, high
    frame["streak"] = s.situation.mechanisms.streak[chosen].astype(np.int64)
    return finish_frame(frame, np.argsort(rank_of(s.encoded.findings.ids)[chosen]), s.day)


def _named(s: PlanSnapshot, chosen: IntArray, *columns: str) -> pd.DataFrame:
    """Begin a listing of findings with their identifiers and some columns as they were written."""
    table = s.encoded.frames["finding"].iloc[chosen]
    frame = pd.DataFrame({"finding_id": s.encoded.findings.ids[chosen].to_numpy(dtype=object)})
    for column in columns:
        frame[column] = table[column].to_numpy(dtype=object)
    return frame


def _longest_first(s: PlanSnapshot, chosen: IntArray, days: Array) -> IntArray:
    """Order findings by a number of days, the most first, then by finding_id."""
    return np.lexsort((rank_of(s.encoded.findings.ids)[chosen], -days[chosen]))


WORDS = (Measure.ORDINAL, Measure.NOMINAL)


def attainment(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List how much of the way from baseline to target each indicator of an open finding has gone.

    Method, section 12: (latest − baseline) ÷ (target − baseline); above 1 and below 0 are kept. The baseline is
    that of section 5.1-4: the explicit one, else the last visible final value before the actions began (of
    the replication, where the indicator measures one).

    Returns:
        One row an open finding and linked indicator, required or not, of any level: ``finding_id``,
        ``indicator_id``, ``action_id`` (the replication it measures), ``baseline``, ``target``, ``latest`` (the
        latest visible final value), ``latest_on``, ``attainment``, ``as_of``. Attainment is missing where one of
        the three figures is, where target and baseline are equal, for a range, and for ordinal and nominal
        measures; words are shown as missing.
    """
    snapshot = snapshot_on(plan, as_of, knowledge)
    s, encoded = snapshot.situation, snapshot.encoded
    case, link = encoded.finding_indicators.expand(np.flatnonzero(snapshot.is_open))
    case = np.flatnonzero(snapshot.is_open)[case]
    indicator, action = (
        encoded.finding_indicators["indicator"][link],
        encoded.finding_indicators["action"][link],
    )
    view = observe_outcomes(
        encoded, s.cases, s.visible, RequiredIndicators(case, indicator, _start(s, case, action))
    )
    baseline, target, latest = _figures(s, view)
    way = target - baseline
    value = np.divide(latest - baseline, way, out=np.full(len(case), np.nan), where=way != 0)
    frame = pd.DataFrame(
        {
            "finding_id": encoded.findings.ids[case].to_numpy(dtype=object),
            "indicator_id": encoded.indicator_ids[indicator].to_numpy(dtype=object),
            "action_id": pick(encoded.actions.ids.to_numpy(dtype=object), action, None),
            "baseline": baseline,
            "target": target,
            "latest": latest,
            "latest_on": as_dates(pick(encoded.observations["day"], view.latest_row, MISSING)),
            "attainment": value,
        }
    )
    order = np.lexsort(
        (action, rank_of(encoded.indicator_ids)[indicator], rank_of(encoded.findings.ids)[case])
    )
    return finish_frame(frame, order, snapshot.day)


def _start(s: Assessment, case: IntArray, action: IntArray) -> DayArray:
    """Return t0 of each link: of the replication that it measures, else of the finding (NEVER: undefined)."""
    width = len(s.encoded.actions.ids) + 1
    own = s.actions.case * width + s.actions.action
    order = np.argsort(own, kind="stable")
    wanted = case * width + action
    place = np.searchsorted(own[order], wanted)
    found = np.full(len(case), -1, dtype=np.int64)
    inside = np.flatnonzero((place < len(own)) & (action >= 0))
    hit = inside[own[order][place[inside]] == wanted[inside]]
    found[hit] = order[place[hit]]
    return np.where(action >= 0, pick(s.actions.started_on, found, NEVER), s.start[case])


def _figures(s: Assessment, view: OutcomeView) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return baseline, target and latest value of each row as numbers; NaN where there is none."""
    encoded, indicator = s.encoded, view.indicator
    table, values = (
        encoded.frames["indicator"],
        numbers(encoded.frames["observation"]["value"])[encoded.observations.row],
    )
    is_word = np.isin(codes(table["measure"], Measure), [code(Measure, word) for word in WORDS])[indicator]
    explicit = is_explicit(encoded.targets, indicator, s.day[view.case])
    before = pick(values, view.baseline_row, np.nan)
    baseline = np.where(explicit, numbers(table["baseline"])[indicator], before)
    is_range = codes(table["direction"], Direction) == code(Direction, Direction.RANGE)
    target = np.where(is_range, np.nan, numbers(table["target"]))[indicator]
    figures = [
        np.where(is_word, np.nan, one) for one in (baseline, target, pick(values, view.latest_row, np.nan))
    ]
    return figures[0], figures[1], figures[2]


def owner_load(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
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
    s = snapshot_on(plan, as_of, knowledge)
    actions = s.actions
    is_open = actions.is_open & s.is_serving
    due = actions.due.astype(np.int64)
    counted: dict[str, BoolArray] = {
        "live": actions.is_live & s.is_serving,
        "open": is_open,
        "overdue": actions.is_overdue & is_open,
        "due_in_30_days": is_open & (due >= s.day) & (due <= s.day + SOON_DAYS),
        "stalled": is_open & serves_finding(s.encoded, s.flag("stalled")),
    }
    held = s.encoded.frames["action_owner"]["owner_id"]
    number, named = pd.factorize(cells(held, s.encoded.actions.accountable))  # −1: nobody
    ids = pd.Index(named, dtype="str")
    frame = _people(s, ids)
    for name, truth in counted.items():
        frame[name] = np.bincount(number[truth] + 1, minlength=len(ids) + 1).astype(np.int64)
    order = np.lexsort((rank_of(ids), -frame["open"].to_numpy()[1:])) + 1
    busy = order[frame["live"].to_numpy()[order] > 0]
    return finish_frame(frame, np.concatenate([[0], busy]), s.day)


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
    live = s.is_open[finding] & s.actions.is_live[action]
    served = pd.DataFrame({"action": action[live], "theme": encoded.findings.theme[finding[live]]})
    carried = served.merge(_owners(encoded, role), how="left", on="action")
    cell = ["owner_id", "theme"]
    counted = carried.groupby(cell, dropna=False)["action"].nunique().rename("n").reset_index()
    for column, name in zip(cell, ("n_of_owner", "n_of_theme"), strict=True):
        total = carried.groupby(column, dropna=False)["action"].nunique()
        counted[name] = total.reindex(counted[column]).to_numpy(dtype=np.int64)
    counted.insert(1, "name", _names(encoded, counted["owner_id"]))
    return finish_frame(counted.astype({"owner_id": "str", "theme": "str"}), _order(counted), s.day)


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
    """Return the name of each owner: the identifier where nobody told it, and "nobody" where there is none."""
    names = pd.Series(
        cells(encoded.frames["owner"]["name"], positions(ids, owner_ids(encoded))), dtype=object
    )
    return names.where(names.notna(), ids).where(ids.notna(), NOBODY).to_numpy(dtype=object)


def _order(counted: pd.DataFrame) -> IntArray:
    """Order by owner, then theme; nobody first, the findings without a theme last."""
    theme, owner = (_places(counted[column]) for column in ("theme", "owner_id"))
    return np.lexsort((theme, counted["theme"] == NO_THEME, owner))


def _places(column: pd.Series) -> IntArray:
    """Return the place of each word in natural order; −1 where it is missing."""
    number, words = pd.factorize(column)
    return np.append(rank_of(pd.Index(words, dtype="str")), -1)[number]


def due_actions(
    plan: Mapping[str, pd.DataFrame], *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> pd.DataFrame:
    """List the actions that serve an open finding in any role, with what a meeting asks of them, by action_id.

    Columns: those of :func:`actions`, ``days_left`` (missing without a date, negative once it is past), and of the
    open ones ``is_overdue``, ``is_due_soon`` (from the as-of day to 30 days later) and ``is_stalled`` (they serve a
    finding that is flagged so), counted as in :func:`owner_load`; ``awaits_evidence`` (complete without evidence).
    """
    encoded = encode(plan)
    every = actions(encoded, as_of=as_of, knowledge=knowledge)
    s = snapshot_on(encoded, as_of, knowledge)
    stalled = encoded.actions.ids[serves_finding(encoded, s.flag("stalled"))]
    frame = every[every["finding_ids"].str.len() > 0].reset_index(drop=True)
    left = (frame["due"] - frame["as_of"]).dt.days.astype("Int64")
    is_open = frame["is_open"].to_numpy(dtype=bool)
    frame["days_left"] = left
    frame["is_due_soon"] = is_open & left.between(0, SOON_DAYS).fillna(False).to_numpy(dtype=bool)
    frame["is_stalled"] = is_open & np.asarray(frame["action_id"].isin(stalled), dtype=bool)
    frame["awaits_evidence"] = frame["action_state"] == ActionState.DONE_UNVERIFIED
    frame.attrs.update(every.attrs)
    return frame

"""By how much did an experience move the figure over all its sites? Random effects (method, sections 8 and 13).

Each site is judged by :func:`verdict` as if its replication were an insight of its own, and the effects are combined by
statsmodels: the spread between sites by Paule and Mandel (1982), the interval by Hartung and Knapp (2001), never
narrower than the plain one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.verdict import verdict
from theorytopractice.errors import UnknownName
from theorytopractice.model.vocabularies import ActionRole, Disposition, FindingKind, Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

LIMITS = {"95": 1.959964, "99.8": 3.090232}
"""Standard errors at which a funnel has its limits (Spiegelhalter 2005, Funnel plots for comparing institutional performance)."""
FEWEST = 2
"""Sites that can be pooled."""
HALF_WIDTH = 1.959964  # standard errors in half a 95 % interval
SAME = ["finding_id", "common", "measure", "unit", "direction", "is_rate"]
COLUMNS = [
    "finding_id", "common", "measure", "unit", "direction", "is_rate", "site", "action_id", "indicator_id",
    "effect", "low", "high", "se", "weight", "n_sites", "n_left_out", "between_sites", "heterogeneity",
]  # fmt: skip


def pooled_effect(
    plan: Mapping[str, pd.DataFrame],
    finding_id: str | None = None,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """Pool the effects of an experience over its sites by random effects (method, sections 8 and 13).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        finding_id: only this experience.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).

    Returns:
        For each open experience and each set of indicators that measure the same (``common``, ``measure``, ``unit``,
        ``direction``, and for counts whether all have an exposure, ``is_rate``) one row a site whose effect is known, then one without ``site`` for all of them:
        ``effect``, ``low``, ``high`` (the average effect since the site's own start, in the unit of the indicator, with its 95 %
        interval), ``se`` (from half that interval), ``weight`` (share of the site), and for all
        sites together ``n_sites``, ``n_left_out`` (replications whose effect cannot be told: no comparable
        values, or too few), ``between_sites`` (standard deviation of the true effects, in the unit) and
        ``heterogeneity`` (I², 0 to 1). From one site nothing is pooled: ``effect`` is missing. A site that measured
        twice counts once, by its surest figure.

    Raises:
        UnknownName: the plan has no such experience that is open.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> pooled = ttp.pooled_effect(plan, as_of="2026-06-30")
        >>> bool((pooled["low"] <= pooled["effect"])[pooled["effect"].notna()].all())
        True
    """
    known = assess(plan, as_of=as_of, knowledge=knowledge)
    is_open = (known["kind"] == FindingKind.EXPERIENCE) & (known["disposition"] == Disposition.OPEN)
    experiences = list(known.loc[is_open, "finding_id"])
    if finding_id is not None:
        if finding_id not in experiences:
            raise UnknownName("open experience", finding_id, experiences)
        experiences = [finding_id]
    sites = _sites(plan, experiences, as_of, knowledge)
    parts = [_pooled(own) for _, own in sites.groupby(SAME, sort=False, dropna=False)]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    frame = frame[COLUMNS]
    frame.attrs["as_of"] = str(known.attrs["as_of"])
    return frame


def _sites(
    plan: Mapping[str, pd.DataFrame], experiences: list[str], as_of: date | str | None, knowledge: str
) -> pd.DataFrame:
    """Return the replications of some experiences that have indicators of their own, each with its effect."""
    finding = plan["finding"].set_index("finding_id", drop=False)
    action = plan["action"].set_index("action_id")
    links = plan["finding_action"]
    links = links[(links["role"] == ActionRole.REPLICATES) & links["finding_id"].isin(experiences)]
    measured = links[["finding_id", "action_id"]].merge(
        plan["finding_indicator"], on=["finding_id", "action_id"]
    )
    if measured.empty:
        return pd.DataFrame(columns=[*SAME, "key"])
    measured["site"] = measured["action_id"].map(action["site"]).astype("str").str.strip()
    key = measured["site"].str.normalize("NFC").str.casefold()
    origin = measured["finding_id"].map(finding["origin_site"]).astype("str").str.strip()
    is_elsewhere = measured["action_id"].map(action["site"].notna()) & (key != "")
    is_elsewhere &= key != origin.str.normalize("NFC").str.casefold()
    measured = measured[is_elsewhere].assign(key=key).reset_index(drop=True)
    if measured.empty:
        return pd.DataFrame(columns=[*SAME, "key"])
    measured["own"] = [f"{k}" for k in range(len(measured))]
    declared = plan["indicator"].set_index("indicator_id")[["common", "measure", "unit", "direction"]]
    measured = measured.join(declared, on="indicator_id")
    read = plan["observation"]
    is_sized = (pd.to_numeric(read["n"], errors="coerce") > 0).groupby(read["indicator_id"]).all()
    measured["is_rate"] = measured["indicator_id"].map(is_sized).eq(True) & (measured["measure"] == "count")
    effects = _effects(plan, measured, finding, as_of, knowledge)
    for name in ("effect", "low", "high"):
        measured[name] = measured["own"].map(effects[name]).astype(float)
    measured["se"] = (measured["high"] - measured["low"]) / (2 * HALF_WIDTH)
    return measured


def _effects(
    plan: Mapping[str, pd.DataFrame],
    measured: pd.DataFrame,
    finding: pd.DataFrame,
    as_of: date | str | None,
    knowledge: str,
) -> pd.DataFrame:
    """Judge each replication as an insight of its own, so that days, lags and visibility are those of a verdict."""
    own = finding.loc[measured["finding_id"]].reset_index(drop=True)
    own["finding_id"], own["kind"] = measured["own"], FindingKind.INSIGHT.value
    acts = measured[["own", "action_id"]].rename(columns={"own": "finding_id"})
    told = measured[["own", "indicator_id", "required"]].rename(columns={"own": "finding_id"})
    tables: dict[str, pd.DataFrame] = {name: plan[name] for name in plan}
    event, relation = tables["event"], tables["finding_relation"]
    tables |= {
        "finding": own,
        "finding_action": acts.assign(role=ActionRole.DELIVERS.value).reindex(
            columns=plan["finding_action"].columns
        ),
        "finding_indicator": told.reindex(columns=plan["finding_indicator"].columns),
        "event": event[event["subject"] != "finding"],
        "finding_relation": relation.iloc[:0],
    }
    if "evidence" in tables:
        tables["evidence"] = tables["evidence"][tables["evidence"]["finding_id"].isna()]
    return verdict(tables, as_of=as_of, knowledge=knowledge, with_series=False).set_index("finding_id")


def _pooled(measured: pd.DataFrame) -> pd.DataFrame:
    """Return the sites of one set and below them what they show together."""
    sure = measured[np.isfinite(measured["effect"]) & (measured["se"] > 0)]
    sites = sure.sort_values("se", kind="stable").drop_duplicates("key").sort_index()
    row: dict[str, Any] = {name: measured[name].iloc[0] for name in SAME}
    row |= {"n_sites": len(sites), "n_left_out": measured["key"].nunique() - len(sites), "site": None}
    if len(sites) < FEWEST:
        return pd.DataFrame([*sites.to_dict("records"), row]).reindex(columns=COLUMNS)
    from statsmodels.stats.meta_analysis import combine_effects

    found = combine_effects(
        sites["effect"].to_numpy(), sites["se"].to_numpy() ** 2, method_re="iterated", use_t=True
    )
    plain, adjusted = found.conf_int(use_t=False)[1], found.conf_int(use_t=True)[3]
    low, high = min(plain[0], adjusted[0]), max(plain[1], adjusted[1])
    row |= {
        "effect": found.mean_effect_re,
        "low": low,
        "high": high,
        "se": (high - low) / (2 * HALF_WIDTH),
        "weight": 1.0,
        "between_sites": float(np.sqrt(max(found.tau2, 0))),
        "heterogeneity": max(float(found.i2), 0.0),
    }
    sites = sites.assign(weight=np.asarray(found.weights_rel_re, dtype=float))
    return pd.DataFrame([*sites.to_dict("records"), row]).reindex(columns=COLUMNS)


def funnel_limits(pooled: pd.DataFrame, steps: int = 50) -> pd.DataFrame:
    """Return between which effects 95 % and 99.8 % of sites lie where chance alone makes them differ, by standard error.

    Args:
        pooled: one set of :func:`pooled_effect`, with the row of all sites.
        steps: how many standard errors from 0 to a little above the largest.

    Returns:
        ``se``, ``low_95``, ``high_95``, ``low_99.8``, ``high_99.8`` around the average of all sites.
    """
    sites = pooled[pooled["site"].notna()]
    centre = float(pooled.loc[pooled["site"].isna(), "effect"].iloc[0])
    se = np.linspace(0, 1.15 * sites["se"].max(), steps)
    ends = {
        f"{end}_{name}": centre + sign * z * se
        for name, z in LIMITS.items()
        for end, sign in (("low", -1), ("high", 1))
    }
    frame = pd.DataFrame({"se": se, **ends})
    frame.attrs["centre"] = centre
    return frame


def n_outside(pooled: pd.DataFrame) -> int:
    """Count the sites of one set beyond the 99.8 % limits of its funnel."""
    sites = pooled[pooled["site"].notna()]
    centre = float(pooled.loc[pooled["site"].isna(), "effect"].iloc[0])
    return int((np.abs(sites["effect"] - centre) > LIMITS["99.8"] * sites["se"]).sum())


__all__ = ["funnel_limits", "n_outside", "pooled_effect"]

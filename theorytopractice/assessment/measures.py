"""Which numbers sum up a plan on a day, how have they moved, and what must be said beside each?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment import rates
from theorytopractice.assessment.columns import as_dates
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.rates import PlanHistory, PlanSnapshot, Rate, wilson
from theorytopractice.assessment.visibility import as_day_number, kind_of_knowledge
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.i18n import PARTS, message, say, say_in_turn, say_n, say_names
from theorytopractice.model.as_of import as_day
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date


MEASURES: dict[str, Callable[[PlanSnapshot], Rate]] = {
    "implementation_rate": rates.implementation_rate,
    "practice_rate": rates.practice_rate,
    "cohort_rate_3_1y": partial(rates.cohort_rate, stage=3, years=1),
    "cohort_rate_4_1y": partial(rates.cohort_rate, stage=4, years=1),
    "cohort_rate_3_4y": partial(rates.cohort_rate, stage=3, years=4),
    "cohort_rate_4_4y": partial(rates.cohort_rate, stage=4, years=4),
    **{f"funnel_ever_{stage}": partial(rates.funnel_ever, stage=stage) for stage in range(len(Stage))},
    **{f"funnel_now_{stage}": partial(rates.funnel_now, stage=stage) for stage in range(len(Stage))},
    "shelf_rate": rates.shelf_rate,
    "overdue_rate": rates.overdue_rate,
    "on_time_rate": rates.on_time_rate,
    "evidence_gap": rates.evidence_gap,
    "lapse_rate": rates.lapse_rate,
    "staleness_median_days": rates.staleness_median_days,
    "rebound_rate": rates.rebound_rate,
    "kept_on_time_rate": rates.kept_on_time_rate,
    "kept_ever_rate": rates.kept_ever_rate,
    "median_days_late": rates.median_days_late,
    "confirmed_share": rates.confirmed_share,
    "satisfied_share": rates.satisfied_share,
    "replication_success": rates.replication_success,
    "persistence": rates.persistence,
    "learning_yield": rates.learning_yield,
    "revision_share": rates.revision_share,
}


def measures(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    since: date | str | None = None,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Sum up a plan on a day in the measures of the method (sections 6 to 12).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        since: learning yield and revision share look at the days after this one; at all unless given.
        among: only these findings are counted; all unless given.

    Returns:
        One row a measure, in the order of ``MEASURES``: ``measure``, ``value``, ``numerator``,
        ``denominator``, ``low``, ``high``, ``as_of``. Shares are 0–1 with their 95 % Wilson interval. Medians
        are in days, their denominator the number of values, their numerator missing. A funnel row's value is
        its numerator, a count of findings. Where the denominator is 0 the value is missing (a count is 0).
        ``attrs["as_of"]`` holds the day, ``attrs["unknown_sites"]`` how many sites of replications have no
        result yet (section 8).

    Raises:
        PracticeError: ``since`` lies after the day, or one of them is not a date.
        InvalidPlan: an identifier is empty or stands twice, or a setting cannot be read.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> rates = ttp.measures(plan, as_of="2026-06-30").set_index("measure")
        >>> rates.loc["practice_rate", ["numerator", "denominator"]].tolist()
        [13, 42]
    """
    encoded = encode(plan)
    day = as_day_number(encoded, as_of)
    begin = None if since is None else as_day_number(encoded, since)
    if begin is not None and begin > day:
        raise PracticeError(
            f"The period begins on {since}, after the as-of day; choose an earlier beginning."
        )
    snapshot = PlanSnapshot(PlanHistory(encoded, day, kind_of_knowledge(knowledge), among), day, begin)
    frame = _tabled([measure(snapshot) for measure in MEASURES.values()], np.full(len(MEASURES), day))
    frame.insert(0, "measure", pd.Series(list(MEASURES), dtype="str"))
    frame = frame[["measure", "value", "numerator", "denominator", "low", "high", "as_of"]]
    frame.attrs["as_of"] = str(as_day(encoded, as_of))
    frame.attrs["unknown_sites"] = rates.unknown_sites(snapshot)
    return frame


def trend(
    plan: Mapping[str, pd.DataFrame],
    measure: str,
    dates: Iterable[date | str],
    *,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Follow one measure over many days; each is judged as by ``measures`` without ``since``.

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        measure: a name of ``MEASURES``, such as ``practice_rate``.
        dates: the days, in any order; the plan is encoded once for all of them.
        knowledge: ``then`` sees each day as it was then known, ``restated`` as it is known today (T3).
        among: only these findings are counted; all unless given.

    Returns:
        One row a day, as given: ``as_of``, ``value``, ``numerator``, ``denominator``, ``low``, ``high``;
        ``attrs["measure"]`` holds the name.

    Raises:
        UnknownName: there is no such measure.
        PracticeError: one of the dates is not a date.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> ttp.trend(plan, "practice_rate", ["2025-06-30", "2026-06-30"])["numerator"].tolist()
        [11, 13]
    """
    if measure not in MEASURES:
        raise UnknownName("measure", measure, MEASURES)
    encoded = encode(plan)
    days = [as_day_number(encoded, day) for day in dates]
    past = PlanHistory(encoded, max(days, default=0), kind_of_knowledge(knowledge), among)
    figures = [MEASURES[measure](PlanSnapshot(past, day)) for day in days]
    frame = _tabled(figures, np.array(days, dtype=np.int64))
    frame = frame[["as_of", "value", "numerator", "denominator", "low", "high"]]
    frame.attrs["measure"] = measure
    return frame


def _tabled(figures: list[Rate], days: np.ndarray) -> pd.DataFrame:
    """Put figures into a frame, with the interval of those that are shares."""
    numerator = np.array([figure.numerator or 0 for figure in figures], dtype=np.int64)
    denominator = np.array([figure.denominator for figure in figures], dtype=np.int64)
    is_share = np.array([figure.is_share for figure in figures], dtype=bool)
    low, high = wilson(numerator, np.where(is_share, denominator, 0))
    return pd.DataFrame(
        {
            "value": np.array([figure.value for figure in figures], dtype=np.float64),
            "numerator": pd.array([figure.numerator for figure in figures], dtype="Int64"),
            "denominator": pd.array(denominator, dtype="Int64"),
            "low": low,
            "high": high,
            "as_of": as_dates(days.astype(np.int32)),
        }
    )


FEW = 20
MANY = 100

NAMES = {
    "implementation_rate": message("implementation rate"),
    "practice_rate": message("practice rate"),
    "cohort_rate_3_1y": message("carried out within 1 year"),
    "cohort_rate_4_1y": message("in practice within 1 year"),
    "cohort_rate_3_4y": message("carried out within 4 years"),
    "cohort_rate_4_4y": message("in practice within 4 years"),
    **{f"funnel_ever_{number}": f"ever at '{stage}' or above" for number, stage in enumerate(Stage)},
    **{f"funnel_now_{number}": f"now at '{stage}'" for number, stage in enumerate(Stage)},
    "shelf_rate": message("shelf rate"),
    "overdue_rate": message("overdue rate"),
    "on_time_rate": message("on-time rate"),
    "evidence_gap": message("evidence gap"),
    "lapse_rate": message("lapse rate"),
    "staleness_median_days": message("median days since anything was heard"),
    "rebound_rate": message("rebound rate"),
    "kept_on_time_rate": message("promises kept on time"),
    "kept_ever_rate": message("promises kept, on time or late"),
    "median_days_late": message("median days late"),
    "confirmed_share": message("promises confirmed as kept"),
    "satisfied_share": message("surveys that pass"),
    "replication_success": message("replication success"),
    "persistence": message("persistence"),
    "learning_yield": message("learning yield"),
    "revision_share": message("revision share"),
}
"""Measure → its name in English."""

_EVER_AT = message("ever at '{stage}' or above")
_NOW_AT = message("now at '{stage}'")

_COHORT = message(
    "Counts everything recorded in that year, also what was closed since; read it beside the rates of today."
)
_EVER = message("The highest stage that a finding ever reached; what lapsed or was closed since is in it.")
_NOW = message("Lapses make the numbers of now rise and fall from stage to stage; read 'ever' beside them.")
_RATE = message("Falls when findings are added; read the cohort rate beside it.")

CAUTIONS = {
    "implementation_rate": _RATE,
    "practice_rate": message(
        "Theory turned into practice. Falls when findings are added; read the cohort rate beside it."
    ),
    **{f"cohort_rate_{stage}_{years}y": _COHORT for years in (1, 4) for stage in (3, 4)},
    **{f"funnel_ever_{stage}": _EVER for stage in range(len(Stage))},
    **{f"funnel_now_{stage}": _NOW for stage in range(len(Stage))},
    "shelf_rate": message(
        "Leaves out findings too new to judge; the list, oldest first, says more than the rate."
    ),
    "overdue_rate": message(
        "Falls when people move due dates; read slipped findings and the on-time rate beside it."
    ),
    "on_time_rate": message("Judges by the original due date; what is done without evidence is not done."),
    "evidence_gap": message("Carried out, effect never looked at: the façade index."),
    "lapse_rate": message("A lapse shows only where somebody keeps measuring."),
    "staleness_median_days": message(
        "A median hides the worst; look at the ten findings not heard of for longest."
    ),
    "rebound_rate": message("Only a problem that those affected had confirmed as solved can rebound."),
    "kept_on_time_rate": message(
        "Half a promise is not kept. The four numbers of trust stand side by side, never as one index."
    ),
    "kept_ever_rate": message("A promise kept late counts; read the days late beside it."),
    "median_days_late": message("Over promises kept late; those still missed are not in it."),
    "confirmed_share": message("Silence is not consent: a promise that nobody confirmed lowers this share."),
    "satisfied_share": message(
        "Only surveys not older than 400 days; where there is none, nobody was asked."
    ),
    "replication_success": message("Only sites with a known result count."),
    "persistence": message(
        "Pools the last 12 checks of every mechanism; a dead letter can hide among many checks."
    ),
    "learning_yield": message("New findings for each review; not a share, it may exceed 1."),
    "revision_share": message("0 % over many reviews is a warning, not a triumph."),
}
"""Measure → the sentence to print with it, in English."""


def measure_name(measure: str) -> str:
    """Say the name of a measure in the language that is spoken."""
    funnel, _, stage = measure.rpartition("_")
    pattern = {"funnel_ever": _EVER_AT, "funnel_now": _NOW_AT}.get(funnel)
    if pattern is None:
        return say(NAMES[measure])
    return say(pattern, stage=name_of(tuple(Stage)[int(stage)]))


def format_rate(frame: pd.DataFrame) -> list[str]:
    """Put every row of a measures frame into words: value, counts and interval; counts first where few.

    Args:
        frame: what ``measures`` returns.
    """
    unknown = frame.attrs.get("unknown_sites", 0)
    words = [format_value(row) for _, row in frame.iterrows()]
    if unknown:
        sites = say_n("{n} site is not known yet", "{n} sites are not known yet", unknown)
        words = [
            say_in_turn(PARTS, [said, sites]) if name == "replication_success" else said
            for name, said in zip(frame["measure"], words, strict=True)
        ]
    return words


def format_value(row: pd.Series) -> str:
    """Put one figure into words, such as "3 of 7: 43 % (16–75 %)" or "31.0 % (25.7–36.9 %), 80 of 258"."""
    value, n, of, low, high = (
        _number(row[key]) for key in ("value", "numerator", "denominator", "low", "high")
    )
    if of is None:
        return ""
    if value is None:
        return say("cannot tell: nothing to count")
    if n is None:
        return _median(value, of)
    facts = {"k": f"{n:,.0f}", "of": f"{of:,.0f}"}
    if str(row["measure"]).startswith("funnel") and None in (low, high):
        return say("{k} of {of}", **facts)
    if low is None or high is None:
        return say("{value} ({k} for {of} reviews)", value=f"{value:.2f}", **facts)
    digits = 0 if of < MANY else 1
    facts |= {
        "share": f"{100 * value:.{digits}f}",
        "low": f"{100 * low:.{digits}f}",
        "high": f"{100 * high:.{digits}f}",
    }
    few = message("{k} of {of}: {share} % ({low}–{high} %)")
    many = message("{share} % ({low}–{high} %), {k} of {of}")
    return say(few if of < FEW else many, **facts)


def _median(value: float, of: float) -> str:
    """Say a median number of days and of how many cases it is."""
    return say_n(
        "{value} day (median of {of})",
        "{value} days (median of {of})",
        1 if value == 1 else 2,
        value=f"{value:g}",
        of=f"{of:,.0f}",
    )


def cautions(frame: pd.DataFrame) -> dict[str, str]:
    """Return the cautions of the measures that have something to count: names in words → sentence."""
    grouped: dict[str, list[str]] = {}
    for name in frame["measure"][frame["denominator"].fillna(0) > 0]:
        grouped.setdefault(say(CAUTIONS[name]), []).append(measure_name(name))
    span = 2
    return {
        f"{names[0]} … {names[-1]}" if len(names) > span else say_names(names): sentence
        for sentence, names in grouped.items()
    }


def _number(value: object) -> float | None:
    """Return a cell as a number, None where it is missing."""
    import pandas as pd

    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]

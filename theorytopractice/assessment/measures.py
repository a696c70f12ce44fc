"""Which numbers sum up a plan on a day, and how have they moved?

Method, sections 6 to 12. The rules stand in ``rates.py`` and ``works.py``, what to say beside a number in
``cautions.py``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import as_dates, kind_of_knowledge, number_of
from theorytopractice.assessment.counts import rates, works
from theorytopractice.assessment.counts.counting import Figure, wilson
from theorytopractice.assessment.counts.snapshot import Past, Snapshot
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.model.as_of import as_day
from theorytopractice.model.vocabularies import Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

MEASURES: dict[str, Callable[[Snapshot], Figure]] = {
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
    "rebound_rate": works.rebound_rate,
    "kept_on_time_rate": works.kept_on_time_rate,
    "kept_ever_rate": works.kept_ever_rate,
    "median_days_late": works.median_days_late,
    "confirmed_share": works.confirmed_share,
    "satisfied_share": works.satisfied_share,
    "replication_success": works.replication_success,
    "persistence": works.persistence,
    "learning_yield": works.learning_yield,
    "revision_share": works.revision_share,
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
    """
    book = encode(plan)
    day = number_of(book, as_of)
    begin = None if since is None else number_of(book, since)
    if begin is not None and begin > day:
        raise PracticeError(
            f"The period begins on {since}, after the as-of day; choose an earlier beginning."
        )
    snapshot = Snapshot(Past(book, day, kind_of_knowledge(knowledge), among), day, begin)
    frame = _tabled([measure(snapshot) for measure in MEASURES.values()], np.full(len(MEASURES), day))
    frame.insert(0, "measure", pd.Series(list(MEASURES), dtype="str"))
    frame = frame[["measure", "value", "numerator", "denominator", "low", "high", "as_of"]]
    frame.attrs["as_of"] = str(as_day(book, as_of))
    frame.attrs["unknown_sites"] = works.unknown_sites(snapshot)
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
    """
    if measure not in MEASURES:
        raise UnknownName("measure", measure, MEASURES)
    book = encode(plan)
    days = [number_of(book, day) for day in dates]
    past = Past(book, max(days, default=0), kind_of_knowledge(knowledge), among)
    figures = [MEASURES[measure](Snapshot(past, day)) for day in days]
    frame = _tabled(figures, np.array(days, dtype=np.int64))
    frame = frame[["as_of", "value", "numerator", "denominator", "low", "high"]]
    frame.attrs["measure"] = measure
    return frame


def _tabled(figures: list[Figure], days: np.ndarray) -> pd.DataFrame:
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

"""Which stage has every finding reached on a day? The public face of the assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.columns import as_dates, natural_order
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.flags import flag_lists, headline_flags, judge_flag
from theorytopractice.assessment.frames import words
from theorytopractice.assessment.milestones import first_days
from theorytopractice.assessment.visibility import all_findings_on
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Disposition, FindingKind, Knowledge, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def assess(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    dates: bool = False,
) -> pd.DataFrame:
    """Say for every finding which stage its evidence supports on a day (method, sections 3 to 10).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        dates: also work out on which day each stage was first reached (12.1); slower.

    Returns:
        One row a finding in order of finding_id: ``finding_id``, ``kind``, ``disposition``, ``stage``
        (Int64, missing where the finding is not open), ``stage_name``, ``headline``, ``flags`` (sorted list
        of str), ``as_of``; with ``dates`` also ``first_planned_on``, ``first_started_on``,
        ``carried_out_on``, ``in_practice_since``. ``attrs["as_of"]`` holds the day.

    Raises:
        InvalidPlan: an identifier is empty or stands twice, or a setting cannot be read.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> stages = ttp.assess(plan, as_of="2026-06-30").set_index("finding_id")["stage_name"]
        >>> stages["F-013"]
        'carried out'
    """
    encoded = encode(plan)
    cases = all_findings_on(encoded, as_of, knowledge)
    frame = describe(Assessment(encoded, cases))
    if dates:
        for name, day in first_days(encoded, cases).items():
            frame[name] = as_dates(day)
    frame = frame.iloc[natural_order(encoded.findings.ids)].reset_index(drop=True)
    frame.attrs["as_of"] = str(as_day(encoded, as_of))
    return frame


def describe(a: Assessment) -> pd.DataFrame:
    """Put the results of an assessment into a frame, one row a case."""
    frame = stage_columns(a)
    frame.insert(0, "finding_id", a.encoded.findings.ids.to_numpy(dtype=object)[a.cases.finding])
    frame.insert(1, "kind", words(FindingKind, a.kind))
    frame.insert(2, "disposition", words(Disposition, a.visible.disposition))
    return frame.assign(flags=pd.Series(flag_lists(a), dtype=object), as_of=as_dates(a.day))


def stage_columns(a: Assessment) -> pd.DataFrame:
    """Say how far each case is, one row a case: stage, stage_name, headline; judges no flag but a headline's."""
    is_open = a.visible.is_open
    stage_name = words(Stage, a.stage)
    stage_name[~is_open] = None
    headline = np.where(is_open, stage_name, words(Disposition, a.visible.disposition))
    for name in headline_flags():  # the gravest, which comes last, wins (method, 5.3)
        headline[judge_flag(a, name)] = name
    stage = pd.Series(a.stage, dtype="Int64").mask(~is_open)
    return pd.DataFrame({"stage": stage, "stage_name": stage_name, "headline": headline})

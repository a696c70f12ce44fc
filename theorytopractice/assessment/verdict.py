"""Did the indicator move after the action? A verdict beside the stage, never a condition for it (method, section 13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    IntArray,
    as_dates,
    count,
    last,
    natural_order,
    pick,
    run_length,
)
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.before_after import (
    ENOUGH_PRE,
    PHASE_IN,
    PHASES,
    POST,
    PRE,
    RUN,
    UNITS,
    BeforeAfter,
    Judgement,
    Verdict,
    is_beyond,
    judge_series,
    observe,
)
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import FindingDays, all_findings_on
from theorytopractice.assessment.interrupted import Series, fit
from theorytopractice.assessment.verdict_words import (
    series_note,
    series_refusal,
    series_result,
    series_sentence,
    verdict_text,
)
from theorytopractice.errors import UnknownName
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def verdict(
    plan: Mapping[str, pd.DataFrame],
    indicator_id: str | None = None,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    with_series: bool = True,
) -> pd.DataFrame:
    """Say of every indicator whether it moved after its finding's actions (method, section 13).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        indicator_id: only this indicator; the plan's others still count as examined.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        with_series: also run the interrupted time series, which takes most of the time.

    Returns:
        One row for each open insight or problem and each of its indicators with final values, in order of
        the ids: ``finding_id``, ``indicator_id``, ``n_pre``, ``n_post``, ``mean``, ``mean_moving_range``,
        ``lower_limit``, ``upper_limit`` (of the values before; limits from 5 on), ``longest_run``,
        ``n_crossings`` (before and after, around the median before), ``verdict``, ``series`` (None, or the
        dict of an interrupted time series, see :mod:`interrupted`), ``median_pre``, ``median_post``,
        ``n_phase_in``, ``started_on`` (t0), ``post_from``, ``sentence``, ``series_sentence``, ``as_of``.
        ``attrs["as_of"]`` holds the day, ``attrs["n_examined"]`` how many indicators were examined: among
        many, some move by chance.

    Raises:
        UnknownName: the plan has no such indicator.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> verdicts = ttp.verdict(plan, as_of="2026-06-30").set_index("indicator_id")["verdict"]
        >>> verdicts["I-01"]
        'improved'
    """
    encoded = encode(plan)
    s = Assessment(encoded, all_findings_on(encoded, as_of, knowledge))
    pairs = observe(s)
    wanted = np.arange(len(pairs))
    if indicator_id is not None:
        if indicator_id not in encoded.indicator_ids:
            raise UnknownName("indicator", indicator_id, encoded.indicator_ids)
        wanted = np.flatnonzero(pairs.indicator == encoded.indicator_ids.get_loc(indicator_id))
    frame = _Examined(s, pairs).frame(wanted, with_series=with_series)
    frame.attrs["as_of"] = str(as_day(encoded, as_of))
    frame.attrs["n_examined"] = len(np.unique(pairs.indicator))
    return frame


def counterfactual(
    plan: Mapping[str, pd.DataFrame],
    finding_id: str,
    indicator_id: str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> pd.DataFrame:
    """List an indicator's values before and after the action, and the course had the earlier one gone on.

    Returns:
        One row a value: ``observed_on``, ``value``, ``n``, ``phase`` (pre, phase-in, post; missing where no action
        has started), ``mean``, ``lower_limit``, ``upper_limit`` (frozen before the action), ``expected``,
        ``earlier_course``, ``low``, ``high`` (the interrupted time series as fitted, had the earlier course gone on, and the
        95 % interval of the latter; missing where it may not be run). ``attrs`` holds the row of
        :func:`verdict` (events avoided stand in its ``series``), the parts of its sentence, ``name`` and ``unit``.

    Raises:
        UnknownName: the plan has no such finding, or the finding no such indicator with final values.
    """
    encoded = encode(plan)
    if finding_id not in encoded.findings.ids:
        raise UnknownName("finding", finding_id, encoded.findings.ids)
    everyone = all_findings_on(encoded, as_of, knowledge)
    one = np.array([encoded.findings.ids.get_loc(finding_id)])
    s = Assessment(encoded, FindingDays(one, everyone.day[one], everyone.knowledge))
    pairs = observe(s)
    known = encoded.indicator_ids[pairs.indicator]
    if indicator_id not in known:
        raise UnknownName(
            f"verdict on {finding_id} (it must be an open insight or problem) by", indicator_id, known
        )
    return _Examined(s, pairs).values_of(int(np.flatnonzero(known == indicator_id)[0]))


@dataclass(frozen=True, slots=True)
class _Run:
    """The longest run of each pair on the side of its verdict: how long, from when until when; 0 where under 8.

    ``after`` counts the values after it, ``alike`` those among them that lie on the same side.
    """

    length: IntArray
    since: DayArray
    until: DayArray
    after: IntArray
    alike: IntArray


class _Examined:
    """All pairs of a situation with their judgements."""

    def __init__(self, s: Assessment, pairs: BeforeAfter) -> None:
        self.s, self.pairs = s, pairs
        self.compared: BoolArray = (pairs.phase == PRE) | (pairs.phase == POST)
        values, is_post = pairs.series.only(self.compared), pairs.phase[self.compared] == POST
        self.judged: Judgement = judge_series(values, is_post, pairs.better)
        self.run = self._run()

    def _run(self) -> _Run:
        """Find the run of values since the action that made a verdict sure."""
        words = np.array([{Verdict.IMPROVED: 1.0, Verdict.WORSE: -1.0}.get(word, 0.0) for word in Verdict])
        is_post = self.pairs.phase == POST
        post, day = self.pairs.series.only(is_post), self.pairs.day[is_post]
        beyond = is_beyond(post, self.judged.limits.mean, self.pairs.better * words[self.judged.verdict])
        length = np.where(beyond, run_length(beyond, post.segment), 0)
        longest = np.zeros(post.n, dtype=np.int64)
        np.maximum.at(longest, post.segment, length)
        longest[longest < RUN] = 0
        end = last((length == longest[post.segment]) & (length > 0), post.segment, post.n)
        begin = np.where(end >= 0, end - longest + 1, -1)
        later = (end[post.segment] >= 0) & (np.arange(len(day)) > end[post.segment])
        after, alike = (count(some, post.segment, post.n) for some in (later, later & beyond))
        return _Run(longest, pick(day, begin, MISSING), pick(day, end, MISSING), after, alike)

    def _n_beyond(self) -> IntArray:
        """Count the values since the action beyond the limit, on the side of a possible verdict."""
        signs = {Verdict.POSSIBLE_IMPROVEMENT: 1.0, Verdict.POSSIBLE_WORSENING: -1.0}
        side = self.pairs.better * np.array([signs.get(word, 0.0) for word in Verdict])[self.judged.verdict]
        post = self.pairs.series.only(self.pairs.phase == POST)
        return count(is_beyond(post, self.judged.limits.toward(side), side), post.segment, post.n)

    def frame(self, wanted: IntArray, *, with_series: bool) -> pd.DataFrame:
        """Return the rows of some pairs, sorted by finding and indicator."""
        wanted = wanted[self._order(wanted)]
        given = [self.series_of(int(pair)) if with_series else None for pair in wanted]
        fits = [fit(one) if one else None for one in given]
        frame = self._figures(wanted)
        series = [one.figures if one else None for one in fits]
        frame["series"] = pd.Series(series, index=frame.index, dtype=object)
        frame["sentence"] = pd.Series(
            [str(verdict_text(row)) for row in self._rows(frame, wanted)], index=frame.index, dtype="str"
        )
        told = [
            series_sentence(found, series_refusal(one) if one else "")
            for found, one in zip(series, given, strict=True)
        ]
        frame["series_sentence"] = pd.Series(told, index=frame.index, dtype="str")
        frame["as_of"] = as_dates(self.s.day[self.pairs.case[wanted]])
        return frame

    def _order(self, wanted: IntArray) -> IntArray:
        encoded, case = self.s.encoded, self.pairs.case[wanted]
        ranks = [np.argsort(natural_order(ids)) for ids in (encoded.indicator_ids, encoded.findings.ids)]
        return np.lexsort((ranks[0][self.pairs.indicator[wanted]], ranks[1][self.s.cases.finding[case]]))

    def _figures(self, wanted: IntArray) -> pd.DataFrame:
        """Return the figures of some pairs; missing where they are not defined."""
        pairs, judged, encoded = self.pairs, self.judged, self.s.encoded
        has_limits = judged.n_pre >= ENOUGH_PRE
        is_counted = (judged.n_pre > 0) & np.isfinite(judged.limits.mean)
        columns: dict[str, Array] = {
            "finding_id": encoded.findings.ids.to_numpy(dtype=object)[self.s.cases.finding[pairs.case]],
            "indicator_id": encoded.indicator_ids.to_numpy(dtype=object)[pairs.indicator],
            "n_pre": judged.n_pre,
            "n_post": judged.n_post,
            "mean": judged.limits.mean,
            "mean_moving_range": judged.limits.mean_moving_range,
            "lower_limit": np.where(has_limits, judged.limits.lower, np.nan),
            "upper_limit": np.where(has_limits, judged.limits.upper, np.nan),
            "longest_run": np.where(is_counted, judged.runs.longest, -1),
            "n_crossings": np.where(is_counted, judged.runs.crossings, -1),
            "verdict": np.array([str(word) for word in Verdict], dtype=object)[judged.verdict],
            "series": np.full(len(pairs), None),
            "median_pre": judged.median_pre,
            "median_post": judged.median_post,
            "n_phase_in": count(pairs.phase == PHASE_IN, pairs.series.segment, len(pairs)),
            "started_on": as_dates(pairs.started_on),
            "post_from": as_dates(pairs.post_from),
        }
        frame = pd.DataFrame({name: column[wanted] for name, column in columns.items()})
        for name in ("longest_run", "n_crossings"):
            frame[name] = frame[name].astype("Int64").mask(frame[name] < 0)
        return frame

    def _rows(self, frame: pd.DataFrame, wanted: IntArray) -> list[dict[str, Any]]:
        """Return the rows of a frame, each with what only its sentence needs."""
        pairs = self.pairs
        hidden = pd.DataFrame(
            {
                "is_started": pairs.started_on[wanted] != MISSING,
                "is_worded": pairs.is_worded[wanted],
                "is_range": pairs.is_range[wanted],
                "is_mixed": self.judged.is_mixed[wanted],
                "run": self.run.length[wanted],
                "run_from": as_dates(self.run.since[wanted]),
                "run_until": as_dates(self.run.until[wanted]),
                "run_after": self.run.after[wanted],
                "run_alike": self.run.alike[wanted],
                "n_beyond": self._n_beyond()[wanted],
                "better": pairs.better[wanted],
                "as_of": as_dates(self.s.day[pairs.case[wanted]]),
            }
        )
        rows = zip(frame.to_dict("records"), hidden.to_dict("records"), strict=True)
        return [{str(name): cell for part in row for name, cell in part.items()} for row in rows]

    def series_of(self, pair: int) -> Series | None:
        """Return the values of one pair for an interrupted time series, where they can be compared."""
        pairs = self.pairs
        if pairs.better[pair] == 0:
            return None
        own = pairs.rows_of(pair)
        kept = self.compared[own]
        return Series(
            time=pairs.series.time[own][kept],
            value=pairs.series.value[own][kept],
            exposure=pairs.exposure[own][kept],
            is_post=pairs.phase[own][kept] == POST,
            unit=UNITS[int(pairs.unit[pair])],
            is_count=bool(pairs.is_count[pair]),
        )

    def values_of(self, pair: int) -> pd.DataFrame:
        """Return the values of one pair beside its limits and its model."""
        pairs, own, given = self.pairs, self.pairs.rows_of(pair), self.series_of(pair)
        row = self.frame(np.array([pair]), with_series=True)
        frame = pd.DataFrame(
            {
                "observed_on": as_dates(pairs.day[own]),
                "value": pairs.series.value[own],
                "n": pairs.exposure[own],
                "phase": np.array([*PHASES, None], dtype=object)[pairs.phase[own]],
                **{name: row[name].iloc[0] for name in ("mean", "lower_limit", "upper_limit")},
                **dict.fromkeys(("expected", "earlier_course", "low", "high"), np.nan),
            }
        )
        if given and (fitted := fit(given)):
            course = fitted.course()
            found = zip(course.fitted, course.earlier_course, course.low, course.high, strict=True)
            frame.loc[self.compared[own], ["expected", "earlier_course", "low", "high"]] = list(found)
        frame.attrs |= self._about(row, pair)
        return frame

    def _about(self, row: pd.DataFrame, pair: int) -> dict[str, Any]:
        """Return what a chart says beside the values: the verdict, its parts in words, and the indicator."""
        known = self._rows(row, np.array([pair]))[0]
        declared = self.s.encoded.frames["indicator"].iloc[int(self.pairs.indicator[pair])]
        words, given = verdict_text(known), self.series_of(pair)
        return {
            **{name: known[name] for name in row.columns},
            "result": words.result,
            "doubt": words.doubt,
            "note": words.note,
            "series_refusal": series_refusal(given) if given and not known["series"] else "",
            "series_result": series_result(known["series"]) if known["series"] else "",
            "series_note": series_note(known["series"]) if known["series"] else "",
            "name": str(declared["name"]),
            "unit": "" if pd.isna(declared["unit"]) else str(declared["unit"]),
        }

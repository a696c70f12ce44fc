"""Did the indicator move after the action? A verdict beside the stage, never a condition for it (method, section 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.arrays import (
    MISSING,
    Array,
    BoolArray,
    DayArray,
    FloatArray,
    IntArray,
    as_dates,
    count,
    natural_order,
)
from theorytopractice.assessment.assessment import Assessment
from theorytopractice.assessment.before_after import (
    PHASE_IN,
    PHASES,
    POST,
    PRE,
    UNITS,
    VALID,
    BeforeAfter,
    Description,
    anhoej_limits,
    describe,
    observe,
)
from theorytopractice.assessment.cohorts import Judged, beside_controls, judge_pairs
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import FindingDays, all_findings_on
from theorytopractice.assessment.interrupted import Series, fit
from theorytopractice.assessment.judgement import ENOUGH_PRE, Rival, Verdict, chance, claims_among, words
from theorytopractice.assessment.operating_characteristics import nearest
from theorytopractice.assessment.verdict_words import (
    effect_sentence,
    error_sentence,
    history_text,
    run_text,
    verdict_text,
)
from theorytopractice.errors import UnknownName
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def verdict(  # noqa: PLR0913 - which indicator, when, by what knowledge, since which action
    plan: Mapping[str, pd.DataFrame],
    indicator_id: str | None = None,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    with_series: bool = True,
    step: int = 1,
) -> pd.DataFrame:
    """Say of every indicator whether it moved after its finding's actions (method, section 13).

    Args:
        plan: a plan, or any mapping of table names to frames with the columns of the model.
        indicator_id: only this indicator; the plan's others still count as examined.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` sees what was known on that day, ``restated`` what is known today (T3).
        with_series: also run the interrupted time series, which takes most of the time.
        step: 2 asks of the second action that began, 3 of the third: the values since the actions before it are then
            compared with those since its own completion. Findings without so many actions begun have no row.

    Returns:
        One row for each open insight or problem and each of its indicators with final values, in order of
        the ids: ``finding_id``, ``indicator_id``, ``n_pre``, ``n_post``, ``mean``, ``mean_moving_range``,
        ``lower_limit``, ``upper_limit`` (of the values before; limits from 5 on), ``longest_run``,
        ``n_crossings`` (before and after, around the median before), ``verdict``, ``series`` (None, or the
        dict of an interrupted time series, which describes and decides nothing, see :mod:`interrupted`),
        ``median_pre``, ``median_post``, ``n_phase_in``, ``started_on`` (t0), ``post_from``, ``sentence``,
        ``series_sentence``, ``effect``, ``low``, ``high`` (the average effect since, in the unit, with its 95 %
        interval), ``rival`` (what else explains it), ``since_when``, ``history`` (what the figure was before its
        latest stretch), ``p``, ``error`` (the line of :func:`operating_characteristics` that fits), ``as_of``.
        Of counts with exposure all figures are rates. ``attrs["as_of"]`` holds the day, ``attrs["n_examined"]`` how many indicators were examined: among
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
    pairs = observe(s, step)
    wanted = np.flatnonzero((pairs.started_on != MISSING) | (step == 1))
    if indicator_id is not None:
        if indicator_id not in encoded.indicator_ids:
            raise UnknownName("indicator", indicator_id, encoded.indicator_ids)
        wanted = wanted[pairs.indicator[wanted] == encoded.indicator_ids.get_loc(indicator_id)]
    everything = _Examined(s, pairs)
    frame = everything.frame(wanted, with_series=with_series)
    frame.attrs |= claims_among(everything.told)
    frame.attrs["as_of"] = str(as_day(encoded, as_of))
    frame.attrs["n_examined"] = len(np.unique(pairs.indicator))
    return frame


def counterfactual(  # noqa: PLR0913 - which indicator, when, by what knowledge, since which action
    plan: Mapping[str, pd.DataFrame],
    finding_id: str,
    indicator_id: str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    step: int = 1,
) -> pd.DataFrame:
    """List an indicator's values before and after the action, and the course had the earlier one gone on.

    ``step`` is that of :func:`verdict`; values before the stretch that it is compared with have no phase.

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
    pairs = observe(s, step)
    known = encoded.indicator_ids[pairs.indicator]
    if indicator_id not in known:
        raise UnknownName(
            f"verdict on {finding_id} (it must be an open insight or problem) by", indicator_id, known
        )
    return _Examined(s, pairs).values_of(int(np.flatnonzero(known == indicator_id)[0]))


WORDS = np.array([str(word) for word in Verdict], dtype=object)
PAST = {1: "better", -1: "worse", 0: ""}
WHOLE = 100.0


class _Examined:
    """All pairs of a situation with what is told of them."""

    def __init__(self, s: Assessment, pairs: BeforeAfter) -> None:
        self.s, self.pairs = s, pairs
        self.compared: BoolArray = (pairs.phase == PRE) | (pairs.phase == POST)
        is_post = pairs.phase[self.compared] == POST
        self.described: Description = describe(pairs.series.only(self.compared), is_post)
        self.judged = judge_pairs(pairs)
        self.beside = beside_controls(s, pairs)
        self.told = self._told()

    def _told(self) -> pd.DataFrame:
        """Return what is told of every pair; claims that chance among so many explains are taken back."""
        told = pd.DataFrame([self._one(pair) for pair in range(len(self.pairs))], columns=COLUMNS)
        weighed = told["p"].notna().to_numpy()
        holds = chance(told.loc[weighed, "p"].to_numpy(dtype=float))
        side, rival = told["side"].to_numpy(dtype=np.int64), told["rival"].to_numpy(dtype=object)
        taken_back = np.zeros(len(told), dtype=bool)
        taken_back[weighed] = ~holds
        taken_back &= np.isin(told["verdict"].to_numpy(), (Verdict.IMPROVED, Verdict.WORSE))
        told.loc[taken_back, "rival"] = Rival.OTHERS
        rival = np.where(taken_back, Rival.OTHERS, rival)
        told.loc[taken_back, "verdict"] = words(side, rival)[taken_back]
        return told

    def _one(self, pair: int) -> dict[str, Any]:
        """Return what is told of one pair."""
        judged = self.judged.get(pair)
        if judged is None:
            return {"verdict": Verdict.CANNOT_TELL, "rival": Rival.NONE, "side": 0, "past": "", "p": np.nan}
        own, row = judged.outcome, judged.row
        n_pre, present = judged.cohort.n_pre, int(own.present[row])
        day = self.pairs.day[self.pairs.rows_of(pair)][self.compared[self.pairs.rows_of(pair)]]
        is_weighed = bool(np.isfinite(own.effect[row]))
        side = int(own.side[row])
        past = PAST[int(own.past[row]) if own.past[row] != side else 0]
        begin = n_pre if own.past[row] == side else n_pre + present
        word, rival = self._beside_controls(pair, own.word[row], own.rival[row], side)
        return {
            "verdict": word,
            "rival": rival,
            "side": side,
            "before": own.before[row],
            "now": own.now[row],
            "effect": own.effect[row],
            "low": own.low[row],
            "high": own.high[row],
            "p": own.p[row] if is_weighed else np.nan,
            "since_when": day[judged.first_of(begin)] if side else MISSING,
            "past": past,
            "past_from": day[judged.first_of(n_pre)] if past else MISSING,
            "past_until": day[judged.last_of(n_pre + present - 1)] if past else MISSING,
        }

    def _beside_controls(self, pair: int, word: Verdict, rival: Rival, side: int) -> tuple[Verdict, Rival]:
        """Take a claim back where the difference to the same figure where nobody acted may be none."""
        beside = self.beside.get(pair)
        if beside is None or rival != Rival.NONE or not side:
            return word, rival
        way, found = side * self.pairs.better[pair], beside.outcome
        if (found.low[beside.row] > 0) if way > 0 else (found.high[beside.row] < 0):
            return word, rival
        return words(np.array([side]), np.array([Rival.CONTROLS], dtype=object))[0], Rival.CONTROLS

    def frame(self, wanted: IntArray, *, with_series: bool) -> pd.DataFrame:
        """Return the rows of some pairs, sorted by finding and indicator."""
        wanted = wanted[self._order(wanted)]
        given = [self.series_of(int(pair)) if with_series else None for pair in wanted]
        fits = [fit(one) if one else None for one in given]
        frame = self._figures(wanted)
        frame["series"] = pd.Series(
            [one.figures if one else None for one in fits], index=frame.index, dtype=object
        )
        errors = [self._error(int(pair)) for pair in wanted]
        frame["error"] = pd.Series(errors, index=frame.index, dtype=object)
        rows = self._rows(frame, wanted)
        for name, text in (
            ("sentence", verdict_text),
            ("series_sentence", effect_sentence),
            ("history", history_text),
        ):
            frame[name] = pd.Series([str(text(row)) for row in rows], index=frame.index, dtype="str")
        frame["as_of"] = as_dates(self.s.day[self.pairs.case[wanted]])
        order = [name for name in frame.columns if name not in LATER]
        return frame[[*order, *LATER]]

    def _error(self, pair: int) -> dict[str, Any] | None:
        """Return how often such a series is told wrong, where it could be weighed."""
        if not np.isfinite(self.told["p"].iloc[pair]):
            return None
        judged = self.judged[pair]
        return nearest(judged.cohort, judged.outcome, judged.row)

    def _order(self, wanted: IntArray) -> IntArray:
        encoded, case = self.s.encoded, self.pairs.case[wanted]
        ranks = [np.argsort(natural_order(ids)) for ids in (encoded.indicator_ids, encoded.findings.ids)]
        return np.lexsort((ranks[0][self.pairs.indicator[wanted]], ranks[1][self.s.cases.finding[case]]))

    def _limits(self, *, is_screened: bool = False) -> tuple[FloatArray, FloatArray]:
        """Return the limits of every pair within what its measure can be; NaN where they rest on too few values."""
        pairs, described = self.pairs, self.described
        own = described.screened if is_screened else described.limits
        least = np.full(len(pairs), np.inf)
        np.fmin.at(least, pairs.series.segment, pairs.series.value)
        most = np.where(pairs.measure == "percentage", WHOLE, np.inf)
        has_limits = described.n_pre >= ENOUGH_PRE
        lower = np.where(least >= 0, np.maximum(own.lower, 0), own.lower)
        upper = np.where(least >= 0, np.minimum(own.upper, most), own.upper)
        return np.where(has_limits, lower, np.nan), np.where(has_limits, upper, np.nan)

    def _figures(self, wanted: IntArray) -> pd.DataFrame:
        """Return the figures of some pairs; missing where they are not defined."""
        pairs, described, encoded, told = self.pairs, self.described, self.s.encoded, self.told
        lower, upper = self._limits()
        is_counted = (described.n_pre > 0) & np.isfinite(described.limits.mean)
        columns: dict[str, Array] = {
            "finding_id": encoded.findings.ids.to_numpy(dtype=object)[self.s.cases.finding[pairs.case]],
            "indicator_id": encoded.indicator_ids.to_numpy(dtype=object)[pairs.indicator],
            "n_pre": described.n_pre,
            "n_post": described.n_post,
            "mean": described.limits.mean,
            "mean_moving_range": described.limits.mean_moving_range,
            "lower_limit": lower,
            "upper_limit": upper,
            "longest_run": np.where(is_counted, described.runs.longest, -1),
            "n_crossings": np.where(is_counted, described.runs.crossings, -1),
            "verdict": np.array([str(word) for word in told["verdict"]], dtype=object),
            "series": np.full(len(pairs), None),
            "median_pre": described.median_pre,
            "median_post": described.median_post,
            "n_phase_in": count(pairs.phase == PHASE_IN, pairs.series.segment, len(pairs)),
            "started_on": as_dates(pairs.started_on),
            "post_from": as_dates(pairs.post_from),
            **{name: told[name].to_numpy(dtype=float) for name in ("effect", "low", "high", "p")},
            "rival": np.array([str(rival) for rival in told["rival"]], dtype=object),
            "since_when": as_dates(_days_of(told["since_when"])),
        }
        frame = pd.DataFrame({name: column[wanted] for name, column in columns.items()})
        for name in ("longest_run", "n_crossings"):
            frame[name] = frame[name].astype("Int64").mask(frame[name] < 0)
        return frame

    def _rows(self, frame: pd.DataFrame, wanted: IntArray) -> list[dict[str, Any]]:
        """Return the rows of a frame, each with what only its sentence needs."""
        pairs, told = self.pairs, self.told.iloc[wanted]
        hidden = pd.DataFrame(
            {
                "is_started": pairs.started_on[wanted] != MISSING,
                "has_controls": [int(pair) in self.beside for pair in wanted],
                "is_later_step": pairs.step > 1,
                "is_worded": pairs.is_worded[wanted],
                "is_range": pairs.is_range[wanted],
                "better": pairs.better[wanted],
                "side": told["side"].to_numpy(),
                "before": told["before"].to_numpy(dtype=float),
                "now": told["now"].to_numpy(dtype=float),
                "past": told["past"].to_numpy(dtype=object),
                "past_from": as_dates(_days_of(told["past_from"])),
                "past_until": as_dates(_days_of(told["past_until"])),
                "n_outside": self._n_outside()[wanted],
                "n_examined": len(np.unique(pairs.indicator)),
                "as_of": as_dates(self.s.day[pairs.case[wanted]]),
            }
        )
        rows = zip(frame.to_dict("records"), hidden.to_dict("records"), strict=True)
        return [{str(name): cell for part in row for name, cell in part.items()} for row in rows]

    def _n_outside(self) -> IntArray:
        """Count the values since the action outside the limits."""
        lower, upper = self._limits()
        post = self.pairs.series.only(self.pairs.phase == POST)
        with np.errstate(invalid="ignore"):
            outside = (post.value < lower[post.segment]) | (post.value > upper[post.segment])
        return count(outside, post.segment, post.n)

    def series_of(self, pair: int) -> Series | None:
        """Return the values of one pair for an interrupted time series, where they can be compared."""
        pairs = self.pairs
        if pairs.better[pair] == 0:
            return None
        own = pairs.rows_of(pair)
        kept = self.compared[own]
        return Series(
            time=pairs.series.time[own][kept],
            value=pairs.counted[own][kept],
            exposure=pairs.exposure[own][kept],
            is_post=pairs.phase[own][kept] == POST,
            unit=UNITS[int(pairs.unit[pair])],
            is_count=pairs.measure[pair] == "count",
        )

    def values_of(self, pair: int) -> pd.DataFrame:
        """Return the values of one pair beside its limits and its model."""
        pairs, own = self.pairs, self.pairs.rows_of(pair)
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
        if judged := self.judged.get(pair):
            names = ["expected", "earlier_course", "low", "high"]
            frame.loc[self.compared[own], names] = self._course(judged)
        frame.attrs |= self._about(row, pair)
        return frame

    def _course(self, judged: Judged) -> FloatArray:
        """Return the course with the change, without it, and both ends of the latter, for each compared value."""
        own, row = judged.outcome, judged.row
        lines = np.array([own.fitted[row], own.course[row], own.course_low[row], own.course_high[row]]).T
        return np.where((judged.block >= 0)[:, None], lines[judged.block], np.nan)

    def _about(self, row: pd.DataFrame, pair: int) -> dict[str, Any]:
        """Return what a chart says beside the values: the verdict, its parts in words, and the indicator."""
        known = self._rows(row, np.array([pair]))[0]
        declared = self.s.encoded.frames["indicator"].iloc[int(self.pairs.indicator[pair])]
        text = verdict_text(known)
        return {
            **{name: known[name] for name in row.columns},
            "result": text.result,
            "doubt": text.doubt,
            "note": text.note,
            "series_result": text.result,
            "series_note": effect_sentence(known),
            "error_note": error_sentence(known["error"]),
            "run_note": self._run_note(pair),
            "screened_limits": tuple(float(end[pair]) for end in self._limits(is_screened=True)),
            "name": str(declared["name"]),
            "unit": "" if pd.isna(declared["unit"]) else str(declared["unit"]),
            "is_rate": bool(self.pairs.is_rate[pair]),
        }

    def _run_note(self, pair: int) -> str:
        """Describe runs and crossings beside what is usual, where there are values enough for that."""
        own = self.described.runs
        if own.useful[pair] < VALID:
            return ""
        longest, fewest = anhoej_limits(own.useful[[pair]])
        return run_text((int(own.longest[pair]), int(longest[0])), (int(own.crossings[pair]), int(fewest[0])))


COLUMNS = (
    "verdict", "rival", "side", "before", "now", "effect", "low", "high", "p", "since_when", "past", "past_from", "past_until",
)  # fmt: skip
LATER = (
    "sentence",
    "series_sentence",
    "effect",
    "low",
    "high",
    "p",
    "rival",
    "since_when",
    "history",
    "error",
    "as_of",
)


def _days_of(days: pd.Series) -> DayArray:
    return days.fillna(MISSING).to_numpy(dtype=np.int32)

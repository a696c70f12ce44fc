"""Which small picture stands beside a finding, and what does it say in words?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from theorytopractice.assessment.figures import unit_after
from theorytopractice.assessment.phrases import aim_text
from theorytopractice.assessment.verdict_words import card_text, lapse_text, off_target_since
from theorytopractice.charts import svg
from theorytopractice.html import NOTHING, disclosure, figures, join, tag
from theorytopractice.i18n import say, say_list, say_number, say_short_day
from theorytopractice.model.labels import check_name, name_of
from theorytopractice.model.vocabularies import Direction, FindingKind, Measure
from theorytopractice.report.sentences import link

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date

    from theorytopractice.report.data import ReportData


def finding_html(data: ReportData, finding_id: str) -> Markup:
    """Return a finding's number as a link, and what the finding says."""
    return join([link(finding_id), " ", data.statement(finding_id)])


def more_html(words: str, left: int) -> Markup:
    """Return how many rows a list leaves out; nothing where it leaves out none."""
    return tag("p", words, class_="more") if left > 0 else NOTHING


def mark_strip(marks: Sequence[str], words: object) -> Markup:
    """Return a row of marks with the words that say the same below it."""
    return join([_strip(marks), tag("div", words, class_="said")])


def mark_key(meanings: Iterable[tuple[str, str]]) -> Markup:
    """Say what each mark stands for."""
    items = (tag("span", _strip([mark]), " ", words) for mark, words in meanings)
    return tag("p", join(items, " "), class_="key marks")


def _strip(marks: Sequence[str]) -> Markup:
    return Markup(svg.strip(marks))  # noqa: S704 - drawn from marks alone


if TYPE_CHECKING:
    PictureRow = Mapping[Hashable, Any]

MOST_VALUES = 60
MOST_SLOTS = 24
SLOT_MARKS = {
    "pass": svg.FULL,
    "fail": svg.CROSS,
    "missed": svg.EMPTY,
    "na": svg.DOT,
}
SITE_MARKS = {
    "worked": svg.FULL,
    "adopted": svg.HALF,
    "started": svg.HALF,
    "did_not_work": svg.CROSS,
    "drifted": svg.CROSS,
    "abandoned": svg.CROSS,
}
"""State of a replication → its mark; what has not begun is empty."""


class Point(NamedTuple):
    """One value of an indicator, as it was written and as it is drawn."""

    day: date
    text: str
    y: float
    is_final: bool


class Pictures:
    """The small pictures of a view's findings; frames are cut up once."""

    def __init__(self, data: ReportData) -> None:
        """Cut the frames up by finding and indicator."""
        self._values = points_of(data.observations)
        self._indicator = {row["indicator_id"]: row for row in data.tables["indicator"].to_dict("records")}
        self._measured: dict[str, list[str]] = {}
        for finding_id, indicator_id in data.indicator_links[["finding_id", "indicator_id"]].itertuples(
            index=False
        ):
            self._measured.setdefault(finding_id, []).append(indicator_id)
        self._verdict = _by_pair(data.verdicts)
        self._attained = _by_pair(data.attainment)
        self._slots = dict(list(data.slots.groupby("finding_id")))
        self._lapsed = _lapsed(data)
        self._today = data.day
        self._sites = dict(list(data.experiences.dropna(subset="site").groupby("finding_id")))

    def of(self, finding_id: str, kind: str) -> Markup | None:
        """Return the picture of an open finding with its words and its data; None where it has none."""
        if kind == FindingKind.MECHANISM:
            return slots_picture(self._slots.get(finding_id))
        if kind == FindingKind.EXPERIENCE:
            return sites_picture(self._sites.get(finding_id))
        for indicator_id in self._measured.get(finding_id, ()):
            points = self._values.get(indicator_id)
            if points:
                return self._spark(finding_id, indicator_id, points[-MOST_VALUES:])
        return None

    def _spark(self, finding_id: str, indicator_id: str, points: list[Point]) -> Markup:
        """Draw an indicator's values with its baseline, target and the day of the action."""
        row = self._indicator[indicator_id]
        verdict = self._verdict.get((finding_id, indicator_id), {})
        attainment = self._attained.get((finding_id, indicator_id), {})
        levels = [("was", attainment.get("baseline")), *targets_of(row)]
        start = verdict.get("started_on")
        picture = svg.spark(
            [point.day.toordinal() for point in points],
            [point.y for point in points],
            final=[point.is_final for point in points],
            levels=[
                (name, float(level)) for name, level in levels if level is not None and not pd.isna(level)
            ],
            action_on=None if start is None or pd.isna(start) else start.toordinal(),
        )
        sentences = [_values_line(row, points[-1], attainment.get("baseline"))]
        if verdict:
            lapse = self._lapse(row, attainment, points)
            sentences.append(card_text(verdict, is_lapsed=finding_id in self._lapsed, lapse=lapse))
        return _figure(picture, " ".join(sentences), _value_table(points))

    def _lapse(self, row: PictureRow, attainment: PictureRow, points: list[Point]) -> str:
        """Say since when an indicator is off its target again; nothing where it is not."""
        final = [point for point in points if point.is_final]
        better = {Direction.ASCENDING: 1.0, Direction.DESCENDING: -1.0}.get(row["direction"])
        target = attainment.get("target")
        if better is None or target is None or pd.isna(target) or not final:
            return ""
        since = off_target_since([point.day for point in final], [point.y for point in final], target, better)
        before = attainment.get("baseline")
        if since is None or before is None or pd.isna(before):
            return ""
        unit = "" if pd.isna(row["unit"]) else unit_after(str(row["unit"]))
        now = f"{final[-1].text}{unit}"
        return lapse_text(since, now, say_number(float(target)), say_number(float(before)), self._today)


def slots_picture(slots: pd.DataFrame | None) -> Markup | None:
    """Draw the last checks of a mechanism, one mark a slot; None where none has begun."""
    if slots is None or not len(slots):
        return None
    last = slots.tail(MOST_SLOTS)
    marks = [
        SLOT_MARKS[result] if counted or result != "missed" else svg.DOT
        for result, counted in zip(last["result"], last["counted"], strict=True)
    ]
    results = [
        check_name(result) if counted or result != "missed" else say("may still be made")
        for result, counted in zip(last["result"], last["counted"], strict=True)
    ]
    words = say(
        "The last {n} checks, oldest first: filled passed, crossed failed, empty missed.", n=len(last)
    )
    rows = zip((say_short_day(day.date()) for day in last["due_on"]), results, strict=True)
    return _figure(svg.strip(marks), words, figures(say("Checks"), (say("Due"), say("Result")), rows))


def sites_picture(sites: pd.DataFrame | None) -> Markup | None:
    """Draw the sites that took an experience over, one mark a site; None where none did."""
    if sites is None or not len(sites):
        return None
    marks = [SITE_MARKS.get(state, svg.EMPTY) for state in sites["state"]]
    names = [
        say("{site} ({state})", site=site, state=name_of(state))
        for site, state in zip(sites["site"], sites["state"], strict=True)
    ]
    return _figure(svg.strip(marks), say("Sites: {sites}.", sites=say_list(names)), None)


def _figure(svg: str, words: str, numbers: Markup | None) -> Markup:
    """Put a picture, its words and its data together."""
    picture = Markup(svg)  # noqa: S704 - drawn from numbers alone
    data = disclosure(say("Values"), numbers) if numbers is not None else None
    return tag("figure", picture, tag("figcaption", words), data)


def points_of(readings: pd.DataFrame) -> dict[str, list[Point]]:
    """Return the values of each indicator that are numbers, by day."""
    y = pd.to_numeric(readings["value"], errors="coerce").astype("float64")
    rows = readings.assign(y=y)[np.isfinite(y)]
    result: dict[str, list[Point]] = {}
    days = rows["observed_on"].dt.date
    for name, *point in zip(
        rows["indicator_id"], days, rows["value"], rows["y"], rows["is_final"], strict=True
    ):
        result.setdefault(name, []).append(Point(*point))
    return result


def _number(text: object) -> float:
    """Return a level as a number; NaN for words."""
    try:
        return float(Decimal(str(text).strip()))
    except (InvalidOperation, ValueError, OverflowError):
        return float("nan")


def targets_of(row: PictureRow) -> list[tuple[str, float]]:
    """Return the target, or both bounds of a range, as far as they are numbers."""
    names = ("target_low", "target_high") if row["direction"] == Direction.RANGE else ("target",)
    return [("goal", level) for name in names if not pd.isna(level := _number(row[name]))]


def _values_line(row: PictureRow, last: Point, baseline: float | None) -> str:
    """Say the latest value, and which values it is to be compared with."""
    unit: str = "" if pd.isna(row["unit"]) else unit_after(str(row["unit"]))
    facts = {
        "name": row["name"],
        "value": f"{last.text}{unit}",
        "day": say_short_day(last.day),
        "target": target_words(row),
    }
    if baseline is None or pd.isna(baseline):
        return say("{name}: {value} on {day}; {target}; no figure from before.", **facts)
    return say(
        "{name}: {value} on {day}; {target}; before {baseline}.",
        **facts,
        baseline=say_number(float(baseline)),
    )


def target_words(row: PictureRow) -> str:
    """Say which values an indicator is to reach."""
    aim = aim_text(row, with_tolerance=False)
    if aim and row["measure"] == Measure.NOMINAL:
        return say("target: {target}", target=aim)
    return say("target {aim}", aim=aim) if aim else say("no target")


def _value_table(points: list[Point]) -> Markup:
    """Return the values that are drawn."""
    rows = (
        (
            say_short_day(point.day),
            point.text if point.is_final else say("{value} (provisional)", value=point.text),
        )
        for point in points
    )
    return figures(say("Values"), (say("Day"), say("Value")), rows)


def _lapsed(data: ReportData) -> set[str]:
    """Return the findings that have lapsed."""
    assessed = data.assessed
    has_lapsed = ["lapsed" in flags for flags in assessed["flags"]]
    return set(assessed["finding_id"][has_lapsed])


def _by_pair(frame: pd.DataFrame) -> dict[tuple[str, str], PictureRow]:
    """Return rows by finding and indicator; of replications' indicators the first."""
    rows = frame.to_dict("records")
    return {(row["finding_id"], row["indicator_id"]): row for row in reversed(rows)}

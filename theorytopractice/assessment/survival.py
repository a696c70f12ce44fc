"""How long does it take until a finding is in practice, and how long does it stay there? (method, 12.1)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from theorytopractice.assessment.durations import (
    EVENTS,
    LAPSED,
    WAYS_OUT,
    GroupTest,
    Within,
    cumulative_incidence,
    durations,
    kaplan_meier,
    log_rank,
    median_day,
    middle,
    times_in_practice,
    within,
)
from theorytopractice.assessment.figures import percent, share_text
from theorytopractice.assessment.gray import gray_test
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.i18n import (
    CLAUSES,
    ENGLISH,
    SENTENCES,
    message,
    say,
    say_duration,
    say_in_turn,
    say_list,
    say_n,
    say_names,
    spoken,
)
from theorytopractice.model.labels import name_of
from theorytopractice.model.settings import read_as_of
from theorytopractice.model.vocabularies import Certainty, Disposition, FindingKind, Knowledge

DAYS_IN_MONTH = 30.4375
SHORT = 61
MONTHS = {183: 6, 365: 12, 730: 24}
SURE = 0.05
FEWEST_EVENTS = 3  # a group, on average
VOCABULARIES = ("kind", "certainty")  # groupings whose groups are words of a vocabulary


class Words(NamedTuple):
    """How an event is spoken of: messages, each said with the fields in it."""

    happened: str
    headline: str
    state: str
    median: str
    half: str
    waiting: str
    by_then: str
    share_waiting: str


WORDS = {
    "in_practice": Words(
        happened=message("{n} put into practice"),
        headline=message("In practice"),
        state=message("in practice"),
        median=message("Median time to practice"),
        half=message("fewer than half are in practice after {time}"),
        waiting=message("still waiting"),
        by_then=message("{share}% in practice"),
        share_waiting=message("{share}% still waiting"),
    ),
    "carried_out": Words(
        happened=message("{n} carried out"),
        headline=message("Carried out"),
        state=message("carried out"),
        median=message("Median time until carried out"),
        half=message("fewer than half are carried out after {time}"),
        waiting=message("still waiting"),
        by_then=message("{share}% carried out"),
        share_waiting=message("{share}% still waiting"),
    ),
    "lapsed": Words(
        happened=message("{n} lapsed"),
        headline=message("Lapsed"),
        state=message("lapsed"),
        median=message("Median time in practice until lapse"),
        half=message("fewer than half have lapsed after {time}"),
        waiting=message("still in practice"),
        by_then=message("{share}% lapsed"),
        share_waiting=message("{share}% still in practice"),
    ),
}
CLOSED = {
    Disposition.REJECTED: message("{n} rejected"),
    Disposition.SUPERSEDED: message("{n} superseded"),
    Disposition.RETIRED: message("{n} retired"),
}
GROUPED = {
    "theme": message("theme"), "kind": message("kind"), "certainty": message("certainty"), "unit": message("unit"),
    "owner": message("owner"),
}  # fmt: skip


def sentences(estimate: Survival) -> str:
    """Return the result of a survival estimate in plain sentences, groups included."""
    if not estimate.n:
        lines = [
            _dated(estimate, say("no finding was followed, so no time can be told.")),
            *_left_out(estimate),
        ]
        return say_in_turn(SENTENCES, lines)
    parts = [_dated(estimate, _counts(estimate)), *_shares(estimate), median(estimate)]
    if estimate.has_other_ways:
        parts.append(_net_median(estimate))
    return say_in_turn(
        SENTENCES,
        [
            *parts,
            *_left_out(estimate),
            *_coarse(estimate),
            *_falls(estimate),
            *_dips(estimate),
            _groups(estimate),
        ],
    )


def overview(estimate: Survival) -> pd.DataFrame:
    """Return the figures of each group as words, one row a group; of everything where there are none."""
    rows = []
    for name, part in (estimate.groups or {"": estimate}).items():
        shares = {say("within {months} months", months=MONTHS[at.days]): _share(at) for at in part.within}
        group = group_name(estimate, name) if estimate.groups else say("all")
        heading = _grouping(estimate.by) if estimate.by else say("findings")
        row = {heading: group, "n": part.n, say("events"): part.events, **shares}
        rows.append({**row, say("median days"): _middle(part)})
    return pd.DataFrame(rows)


def _middle(estimate: Survival) -> str:
    """Write the median with its interval in few signs."""
    if estimate.median_days is None:
        return say("not reached")
    if estimate.n == 1:
        return f"{estimate.median_days:g}"
    return f"{estimate.median_days:g} ({_limit(estimate.low_days)}–{_limit(estimate.high_days)})"


def _limit(days: float | None) -> str:
    return say("not reached") if days is None else f"{days:g}"


def _share(at: Within, *, in_full: bool = False) -> str:
    """Say the share within some days; empty where nobody was followed so long."""
    return "" if at.share is None else share_text(at.share, at.low, at.high, in_full=in_full)


def _dated(estimate: Survival, text: str) -> str:
    """Put the day before a sentence, where it is known."""
    return say("As of {day}: {said}", day=estimate.as_of, said=text) if estimate.as_of else text


def group_name(estimate: Survival, name: str) -> str:
    """Say the name of a group: a word of a vocabulary, or what the plan calls it."""
    is_word = estimate.by in VOCABULARIES or (estimate.by in GROUPED and name == f"(no {estimate.by})")
    is_as_written = spoken() == ENGLISH  # as in the plan, very_low too
    return name_of(name) if is_word and not is_as_written else name


def _grouping(by: str) -> str:
    """Say by what findings are grouped: a frame of durations may have columns of its own."""
    return say(GROUPED[by]) if by in GROUPED else by


def spell(days: float) -> str:
    """Say a length of time: days when short, else whole months, never more than have passed.

    Half a day of grace makes 365 days twelve months and 730 days twenty-four, as the shares beside it do.
    """
    if days < SHORT:
        return say_duration(days, grouped=False)
    return say_duration((days + 0.5) // DAYS_IN_MONTH, "month", grouped=False)


def median(estimate: Survival) -> str:
    """Say the median with its interval, or that it was not reached."""
    words, days = WORDS[estimate.event], estimate.median_days
    name = say(words.median)
    if days is None and estimate.has_other_ways:
        share = _below_half(estimate.final_share(estimate.event))
        return say("{median} not reached: at most {share}% so far.", median=name, share=share)
    if days is None:
        half = say(words.half, time=spell(estimate.longest_days or 0))
        return say("{median} not reached: {half}.", median=name, half=half)
    if estimate.n == 1:
        return say("{median} {time}, of a single finding.", median=name, time=_time(days))
    ends = {"low": _limit(estimate.low_days), "high": _limit(estimate.high_days)}
    return say("{median} {time}, 95% interval {low} to {high}.", median=name, time=_time(days), **ends)


def _time(days: float) -> str:
    """Say a number of days, of many also how many months that is."""
    time = say_duration(days, grouped=False)
    return say("{days} ({months})", days=time, months=spell(days)) if days >= SHORT else time


def _below_half(share: float) -> str:
    """Write a share below one half in per cent; 49.6 % is not rounded to 50."""
    written = percent(share)
    return written if written != "50" else f"{math.floor(1000 * share) / 10:.1f}"


def _net_median(estimate: Survival) -> str:
    """Say the Kaplan–Meier median, which is that of a plan in which nothing is closed for other reasons (method, 12.1)."""
    if estimate.net_median_days is None:
        return say("If nothing were closed for other reasons, the median would not be reached either.")
    return say(
        "If nothing were closed for other reasons, the median would be {time}.",
        time=_time(estimate.net_median_days),
    )


def _counts(estimate: Survival) -> str:
    words, n = WORDS[estimate.event], estimate.n
    ways = [
        say(words.happened, n=estimate.events),
        *(say(CLOSED[way], n=estimate.endings[way]) for way in CLOSED if estimate.endings.get(way)),
        say("{n} {waiting}", n=estimate.endings[Disposition.OPEN], waiting=say(words.waiting)),
    ]
    clauses = say_in_turn(CLAUSES, ways)
    if estimate.event == "lapsed":
        return say_n(
            "{n:,} finding once in practice: {ways}.",
            "{n:,} findings once in practice: {ways}.",
            n,
            ways=clauses,
        )
    return say_n("{n:,} finding: {ways}.", "{n:,} findings: {ways}.", n, ways=clauses)


def _shares(estimate: Survival) -> list[str]:
    """Say the shares within each time; those that nobody can tell come last, in a sentence of their own."""
    words = WORDS[estimate.event]
    known = [
        say("within {months} months {share}", months=MONTHS[at.days], share=_share(at, in_full=True))
        for at in estimate.within
        if at.share is not None
    ]
    unknown = [str(MONTHS[at.days]) for at in estimate.within if at.share is None]
    event, times = say(words.headline), say_list(unknown, "or")
    return [
        say("{event} {shares}.", event=event, shares=say_in_turn(CLAUSES, known)) if known else "",
        say(
            "Whether {state} within {times} months cannot be told yet: none was followed so long.",
            state=say(words.state),
            times=times,
        )
        if unknown
        else "",
    ]


def _falls(estimate: Survival) -> list[str]:
    """Say that more falls end the time in practice than those which the flag and the lapse rate count."""
    if estimate.event != LAPSED or not estimate.events:
        return []
    return [
        say(
            "Any fall out of practice that lasts is a lapse here; the flag lapsed and the lapse rate count only open findings whose target is missed again, or whose rule is a dead letter."
        )
    ]


def _dips(estimate: Survival) -> list[str]:
    """Say which findings fell out of practice and came back, which is no lapse (method, 12.1)."""
    if not estimate.dips:
        return []
    named = [
        name if n == 1 else say("{name} ({n} times)", name=name, n=n) for name, n in estimate.dips.items()
    ]
    return [
        say_n(
            "{n} finding fell out of practice and came back, which is no lapse: {findings}.",
            "{n} findings fell out of practice and came back, which is no lapse: {findings}.",
            len(estimate.dips),
            findings=say_names(named),
        )
    ]


def _already(estimate: Survival) -> list[str]:
    """Say which findings had the stage when they entered the plan, which is no waiting time (method, 12.1)."""
    if not estimate.already:
        return []
    return [
        say_n(
            "{n} finding was {state} when it entered the plan, so it tells of no waiting time: {findings}.",
            "{n} findings were {state} when they entered the plan, so they tell of no waiting time: {findings}.",
            len(estimate.already),
            state=say(WORDS[estimate.event].state),
            findings=say_names(estimate.already),
        )
    ]


def undated_text(n: int) -> str:
    """Say how many findings are left out because nobody knows when they were recorded; empty where none is."""
    if not n:
        return ""
    return say_n(
        "{n} finding without a known date is left out.", "{n} findings without a known date are left out.", n
    )


def _left_out(estimate: Survival) -> list[str]:
    lines = _already(estimate)
    if estimate.undated:
        lines.append(undated_text(len(estimate.undated)))
    if estimate.n_entered_late:
        lines.append(say("{n} came under observation after they were recorded.", n=estimate.n_entered_late))
    if estimate.n_ended_before:
        lines.append(
            say(
                "{n} had ended before they came under observation and are left out.",
                n=estimate.n_ended_before,
            )
        )
    if (estimate.curve["survival"].iloc[:-1] == 0).any():
        lines.append(
            say(
                "All those observed early had ended before others came under observation: the curve tells little."
            )
        )
    return lines


def _coarse(estimate: Survival) -> list[str]:
    """Say which dates are known only roughly: to the interval between measurements, or as about that day."""
    lines = []
    if estimate.n_coarse:
        lines.append(
            say_n(
                "Of {n} finding in practice the day is known only to the interval between measurements or checks (up to {days}); it may have been that much earlier.",
                "Of {n} findings in practice the day is known only to the interval between measurements or checks (up to {days}); it may have been that much earlier.",
                estimate.n_coarse,
                days=say_duration(estimate.coarse_days, grouped=False),
            )
        )
    if estimate.n_approximate:
        lines.append(
            say_n(
                "{n} finding was recorded on about the day that is given.",
                "{n} findings were recorded on about the days that are given.",
                estimate.n_approximate,
            )
        )
    return lines


def comparison(estimate: Survival) -> str:
    """Say whether the curves of the groups differ by more than chance: by Gray's test where there are other ways out."""
    by, test = _grouping(str(estimate.by)), estimate.gray or estimate.log_rank
    if test is None:
        return say(
            "by {by} nothing can be compared: fewer than two groups were waiting when anything happened",
            by=by,
        )
    p = "p < 0.001" if test.p < 0.001 else f"p = {test.p:.3f}"  # noqa: PLR2004 - smaller figures mislead
    if test.p < SURE and estimate.events < FEWEST_EVENTS * (
        test.degrees + 1
    ):  # chi-square does not hold there
        return say("by {by} the groups are too small to tell whether the curves differ", by=by)
    if test.p < SURE:
        return say("by {by} the curves differ ({p})", by=by, p=p)
    return say("by {by} the curves do not differ by more than chance allows ({p})", by=by, p=p)


def _groups(estimate: Survival) -> str:
    if not estimate.by:
        return ""
    text, test, gray = comparison(estimate), estimate.log_rank, estimate.gray
    text = f"{text[:1].upper()}{text[1:]}"
    if not (test or gray):
        return say("{said}.", said=text)
    if gray:
        text = say(
            "{said}; Gray's test chi-square {chi_square}, degrees of freedom {degrees}",
            said=text,
            chi_square=f"{gray.chi_square:.2f}",
            degrees=gray.degrees,
        )
    if not test:
        return say("{said}.", said=text)
    return say(
        "{said}; log-rank chi-square {chi_square}, degrees of freedom {degrees}.",
        said=text,
        chi_square=f"{test.chi_square:.2f}",
        degrees=test.degrees,
    )


if TYPE_CHECKING:
    from datetime import date

    from theorytopractice.assessment.arrays import Array, BoolArray, IntArray

    Plan: TypeAlias = Mapping[str, pd.DataFrame]
    Entered: TypeAlias = "date | str | Mapping[str, date | str]"

HORIZONS = (183, 365, 730)
GROUPINGS = ("theme", "kind", "certainty", "unit", "owner")
RANKED = {"kind": tuple(FindingKind), "certainty": tuple(Certainty)}
FROM_THE_START = -1


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """Time until an event: the curve, its median, shares within some days, and every way out.

    ``event`` is in_practice, carried_out or lapsed. ``curve`` holds one row a day with an event: ``days``,
    ``at_risk``, ``events``, ``survival``, ``low``, ``high`` (Kaplan–Meier); ``incidence`` for each ending a frame of
    ``days``, ``share``, ``low``, ``high`` (Aalen–Johansen). ``endings`` counts the findings by ending. A median or
    limit of None was not reached; with other ways out ``net_median_days`` is what the median would be if nothing were
    closed for other reasons. ``already`` names the findings whose event lay on or before their record, which are no
    waiting time and are counted nowhere else; ``undated`` those left out because nobody knows when they were recorded; ``dips`` says how often a finding fell and
    came back. Of ``n_coarse`` findings the day of the event is known only to within up to ``coarse_days``, the interval
    between measurements or checks; ``n_approximate`` were recorded on about the day that is given. With ``by``,
    ``groups`` holds one value a group, ``log_rank`` the test, and with other ways out ``gray`` that of the incidences.
    """

    event: str
    as_of: date | None
    n: int
    events: int
    median_days: float | None
    low_days: float | None
    high_days: float | None
    within: tuple[Within, ...]
    incidence: dict[str, pd.DataFrame]
    curve: pd.DataFrame
    endings: dict[str, int]
    longest_days: float | None
    net_median_days: float | None = None
    already: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    dips: dict[str, int] = field(default_factory=dict)
    n_entered_late: int = 0
    n_ended_before: int = 0
    by: str | None = None
    groups: dict[str, Survival] = field(default_factory=dict)
    log_rank: GroupTest | None = None
    gray: GroupTest | None = None
    n_coarse: int = 0
    coarse_days: int = 0
    n_approximate: int = 0

    def final_share(self, way: str) -> float:
        """Return the share that had left by one way at the end of the follow-up."""
        reached = self.incidence[way]["share"]
        return float(reached.iloc[-1]) if len(reached) else 0.0

    @property
    def has_other_ways(self) -> bool:
        """Tell whether some finding was closed: rejected, superseded or retired."""
        return any(self.endings[way] for way in WAYS_OUT)

    @property
    def closed(self) -> float:
        """Return the share that was closed by then: rejected, superseded or retired."""
        return sum(self.final_share(way) for way in WAYS_OUT)

    @property
    def waiting(self) -> float:
        """Return the share that still waited then."""
        return 1 - self.final_share(self.event) - self.closed

    @property
    def text(self) -> str:
        """The result in plain sentences."""
        return sentences(self)

    def __str__(self) -> str:
        """Return the plain sentences."""
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them; the groups have objects of their own (:meth:`rows`)."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "event": self.event,
            "n": self.n,
            "events": self.events,
            "median_days": self.median_days,
            "low_days": self.low_days,
            "high_days": self.high_days,
            "net_median_days": self.net_median_days,
            "already": list(self.already),
            "undated": list(self.undated),
            "dips": self.dips,
            "coarse": {"n": self.n_coarse, "days": self.coarse_days},
            "n_approximate": self.n_approximate,
            "within": [
                {"days": at.days, "share": at.share, "low": at.low, "high": at.high} for at in self.within
            ],
            "incidence": {
                ending: frame[["days", "share"]].to_dict("records")
                for ending, frame in self.incidence.items()
            },
            "text": self.text,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the objects of JSON: one, or with ``by`` one a group with the log-rank test of them all."""
        if not self.by:
            return [self.as_dict()]
        tests = {
            name: {"chi_square": test.chi_square, "degrees": test.degrees, "p": test.p} if test else None
            for name, test in (("log_rank", self.log_rank), ("gray", self.gray))
        }
        return [
            {"by": self.by, "group": name, **group.as_dict(), **tests} for name, group in self.groups.items()
        ]


def survival(  # noqa: PLR0913 - what is measured, when, and among whom
    given: pd.DataFrame | Plan,
    *,
    stage: int = 4,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    by: str | None = None,
    entered: Entered | None = None,
) -> Survival:
    """Estimate the time from a finding's record until it is in practice (method, 12.1).

    The median and its interval are those of the Kaplan–Meier curve with its log–log band; where some findings left by
    another way it is the first day on which the cumulative incidence reaches one half, and the Kaplan–Meier median says
    what it would be if nothing were closed for other reasons. A finding that had the stage when it was recorded is told
    apart and is no waiting time; a single finding gives no interval. Shares
    within 183, 365 and 730 days are cumulative incidences, with the log–log band of 1 − share; without other ways
    out they equal 1 − Kaplan–Meier. A share of zero has Wilson's upper limit over the findings of known fate;
    a share is None where nobody was followed so long.

    Args:
        given: a plan, or a frame as :func:`durations` returns it; ``days`` and ``ending`` suffice.
        stage: 4 for in practice, 3 for carried out.
        as_of: the day, inclusive, of a plan; today in its zone unless given.
        knowledge: ``then`` or ``restated`` (T3), of a plan.
        by: one curve a theme, kind, certainty, unit or owner too (of a frame: any column), and the log-rank test; where
            some left by other ways, and all were seen from the start, Gray's test too.
        entered: the day on which the plan began to be kept, or a day for each finding_id. Findings recorded earlier
            are under observation only after it (delayed entry); what had ended by then is left out.

    Raises:
        PracticeError: a frame lacks columns, or has durations that are none.
        UnknownName: an ending, or a grouping, that does not exist.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> waits = ttp.survival(plan, as_of="2026-06-30")
        >>> waits.n, waits.median_days is None
        (45, True)
    """
    if isinstance(given, pd.DataFrame):
        frame = given
    else:
        frame = durations(given, stage=stage, as_of=as_of, knowledge=knowledge)
        as_of = frame.attrs["as_of"]
    event = _event(frame, stage)
    day = as_of if as_of is not None else frame.attrs.get("as_of")
    return _compare(frame, event, _day(day), by=by, entry=_entry(frame, entered))


def time_in_practice(
    plan: Plan,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    by: str | None = None,
) -> Survival:
    """Estimate how long findings stay in practice before they lapse, as :func:`survival` does.

    The time runs from a finding's first day in practice until its stage falls below 4 and is not back by the as-of date;
    those in practice then are censored. A fall that a finding came back from is a dip: counted and named, no lapse.
    """
    frame = times_in_practice(plan, as_of=as_of, knowledge=knowledge)
    entry = np.full(len(frame), FROM_THE_START)
    return _compare(frame, LAPSED, _day(frame.attrs["as_of"]), by=by, entry=entry)


def _day(given: date | str | None) -> date | None:
    """Read a day; raises PracticeError for what is none."""
    return None if given is None else read_as_of(given)


def _event(frame: pd.DataFrame, stage: int) -> str:
    """Return the event that a frame speaks of; refuses a frame that cannot be read."""
    for column in ("days", "ending"):
        if column not in frame:
            raise PracticeError(
                f"The frame of durations lacks the column {column!r}; make it by durations()."
            )
    days = frame["days"]
    if len(frame) and (not pd.api.types.is_numeric_dtype(days) or days.isna().any() or (days < 0).any()):
        raise PracticeError("Durations are numbers of days, 0 or more, one for each finding; some are not.")
    if stage not in EVENTS:
        raise UnknownName("stage to measure time to", str(stage), map(str, EVENTS))
    spoken = [word for word in (*EVENTS.values(), LAPSED) if (frame["ending"] == word).any()]
    event: str = spoken[0] if spoken else frame.attrs.get("event", EVENTS[stage])
    known = (event, *WAYS_OUT, Disposition.OPEN)
    for word in frame["ending"].unique():
        if word not in known:
            raise UnknownName("ending", str(word), known)
    return event


def _entry(frame: pd.DataFrame, entered: Entered | None) -> IntArray:
    """Return the day of each wait after which its finding was under observation."""
    if entered is None:
        return np.full(len(frame), FROM_THE_START)
    if "recorded_on" not in frame or "finding_id" not in frame:
        raise PracticeError(
            "Delayed entry needs the columns finding_id and recorded_on; durations() has them."
        )
    if isinstance(entered, Mapping | pd.Series):
        since = pd.to_datetime(frame["finding_id"].map({key: _day(day) for key, day in entered.items()}))
    else:
        since = pd.Series(pd.to_datetime(str(_day(entered))), frame.index)
    late = (since - pd.to_datetime(frame["recorded_on"])).dt.days
    return np.asarray(late.where(late > 0, FROM_THE_START), dtype=np.int64)


def _compare(
    frame: pd.DataFrame, event: str, as_of: date | None, *, by: str | None, entry: IntArray
) -> Survival:
    """Estimate the curve of all findings and, where asked, of each group."""
    undated = tuple(frame.attrs.get("undated", ()))
    whole = replace(_estimate_group(frame, event, entry), as_of=as_of, undated=undated)
    if by is None:
        return whole
    if by not in frame:
        raise UnknownName("grouping", by, GROUPINGS)
    word = (
        frame[by].astype("object").where(frame[by].notna(), f"(no {by})").astype(str).to_numpy(dtype=object)
    )
    rank = {str(known): place for place, known in enumerate(RANKED.get(by, ()))}
    names = sorted(set(word), key=lambda name: (rank.get(name, len(rank)), name))
    groups = {
        name: replace(_estimate_group(frame[own], event, entry[own]), as_of=as_of)
        for name in names
        for own in [word == name]
    }
    days, is_event = frame["days"].to_numpy(), (frame["ending"] == event).to_numpy()
    seen = (days > entry) & ~_is_already(frame, event)
    number = np.array([names.index(name) for name in word], dtype=np.int64)
    test, gray = log_rank(days[seen], is_event[seen], number[seen], entry[seen]), None
    if whole.has_other_ways and not whole.n_entered_late:
        other = ~is_event & (frame["ending"] != Disposition.OPEN).to_numpy()
        gray = gray_test(days[seen], (is_event + 2 * other)[seen].astype(np.int64), number[seen])
    return replace(whole, by=by, groups=groups, log_rank=test, gray=gray)


def _is_already(frame: pd.DataFrame, event: str) -> BoolArray:
    """Tell which findings had the event when they were recorded (method, 12.1)."""
    days, is_event = frame["days"].to_numpy(), (frame["ending"] == event).to_numpy()
    already: BoolArray = is_event & (days == 0) & (event != LAPSED)
    return already


def _estimate_group(frame: pd.DataFrame, event: str, entry: IntArray) -> Survival:
    """Estimate everything of one group, and name those that are no waiting time and those that came back."""
    names = (frame["finding_id"] if "finding_id" in frame else frame.index.to_series()).astype(str)
    already = _is_already(frame, event)
    waited = frame[~already]
    days, ending = waited["days"].to_numpy(), waited["ending"].to_numpy(dtype=object)
    dips = frame["dips"] if "dips" in frame else pd.Series(0, frame.index)
    known = waited["known_to_days"] if "known_to_days" in frame else pd.Series(0, waited.index)
    about = (
        waited["is_approximate"]
        if "is_approximate" in frame and event != LAPSED
        else pd.Series(0, waited.index)
    )
    return replace(
        _estimate(days, ending, event, entry[~already]),
        already=tuple(names[already]),
        dips={name: int(n) for name, n in zip(names, dips, strict=True) if n},
        n_coarse=int((known > 0).sum()),
        coarse_days=int(known.max()) if len(known) else 0,
        n_approximate=int(about.sum()),
    )


def _estimate(days: Array, ending: Array, event: str, entry: IntArray) -> Survival:
    """Estimate everything of one group; a single finding gives no interval (method, 12.1)."""
    seen = days > entry
    n_ended_before = int((~seen).sum())
    days, ending, entry = days[seen], ending[seen], entry[seen]
    ways = (event, *WAYS_OUT)
    cause = np.zeros(len(days), dtype=np.int64)
    for number, way in enumerate(ways, start=1):
        cause[ending == way] = number
    curve = _banded(kaplan_meier(days, cause == 1, entry), len(days))
    incidence = {
        way: _banded(frame, len(days))
        for way, frame in zip(ways, cumulative_incidence(days, cause, entry, len(ways)), strict=True)
    }
    median, low, high, net = _medians(curve, incidence[event], has_other_ways=bool((cause > 1).any()))
    shares = tuple(within(horizon, incidence[event], days, cause) for horizon in HORIZONS)
    return Survival(
        event=event,
        as_of=None,
        n=len(days),
        events=int((cause == 1).sum()),
        median_days=median,
        low_days=low,
        high_days=high,
        net_median_days=net,
        within=tuple(replace(at, low=None, high=None) for at in shares) if len(days) == 1 else shares,
        incidence=incidence,
        curve=curve,
        endings={way: int((ending == way).sum()) for way in (*ways, Disposition.OPEN)},
        longest_days=days.max().item() if len(days) else None,
        n_entered_late=int((entry >= 0).sum()),
        n_ended_before=n_ended_before,
    )


def _banded(curve: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return a curve with its band, which that of a single finding has not."""
    return curve.assign(low=np.nan, high=np.nan) if n == 1 else curve


def _medians(
    curve: pd.DataFrame, incidence: pd.DataFrame, *, has_other_ways: bool
) -> tuple[float | None, float | None, float | None, float | None]:
    """Return the median, its limits, and with other ways out the Kaplan–Meier median (method, 12.1)."""
    at = curve["days"].to_numpy()
    alone = middle(at, curve["survival"].to_numpy())
    if not has_other_ways:
        return (
            alone,
            median_day(at, curve["low"].to_numpy()),
            median_day(at, curve["high"].to_numpy()),
            None,
        )
    at = incidence["days"].to_numpy()
    median, low, high = (median_day(at, 1 - incidence[name].to_numpy()) for name in ("share", "high", "low"))
    return median, low, high, alone

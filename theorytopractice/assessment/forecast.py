"""When will the open actions be done, by all that a plan's past says? (method, 12.2).

Of a plan several views are weighed by how well each foretold its past weeks (``outlook``). Of a bare history the chance is
exact: that of every number of actions still open is carried from week to week.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings
from theorytopractice.assessment.arrays import MISSING, NOBODY, BoolArray, FloatArray, IntArray, least
from theorytopractice.assessment.encoded_plan import accountable
from theorytopractice.assessment.figures import percent
from theorytopractice.assessment.outlook import CHANCES, FEWEST_ORIGINS, Outlook, day_of, look_ahead
from theorytopractice.assessment.own_time import Cases
from theorytopractice.assessment.pace import HORIZON, Weeks
from theorytopractice.assessment.snapshot import PlanSnapshot, snapshot_on
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.i18n import CLAUSES, SENTENCES, say, say_in_turn, say_list, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.vocabularies import ActionState, Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEWEST_WEEKS, MOST_WEEKS = 8, 26
WEEK = 7
CENTURY = 5200  # weeks; beyond, a date would say more than the history can
ROUNDING = 1e-9  # so that a chance of exactly one half counts as reached
GROUPINGS = ("theme", "owner", "unit")
LEAST_TOLD = 0.01  # a view that counts for less is not spoken of
CHECKED = 0.85  # of the three chances the one whose past hits are told


@dataclass(frozen=True, slots=True)
class Milestone:
    """After how many weeks everything is done with a chance; ``on`` is the day within the last of them."""

    chance: float
    weeks: int
    on: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """When the open actions will be done.

    ``history`` holds the actions done in each of the last weeks, oldest first; ``milestones`` the weeks and days
    of 50, 85 and 95 %, empty where ``cannot_tell`` says why; one that is not reached within twenty years is left out.
    ``chances`` holds, week by week, the chance that everything is done: ``weeks``, ``chance`` and, where the as-of day
    is known, ``on``. ``outlook`` says, of a plan, how much each view counts, how the plan's own past forecasts did, and
    whether what is added meanwhile is counted in.
    """

    remaining: int
    history: tuple[int, ...]
    milestones: tuple[Milestone, ...]
    chances: pd.DataFrame
    cannot_tell: str = ""
    as_of: date | None = None
    theme: str | None = None
    group: str | None = None
    n_unverified: int = 0
    outlook: Outlook | None = None
    by: str | None = None
    groups: dict[str, Forecast] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The result in plain sentences, with what it assumes."""
        lines = [self._open()]
        if self.n_unverified:
            lines.append(
                say(
                    "Complete without evidence, so counted neither as open nor as done: {n}.",
                    n=self.n_unverified,
                )
            )
        if self.cannot_tell:
            lines.append(say("When they will be done: cannot tell, {why}.", why=self.cannot_tell))
        elif self.remaining:
            lines.append(self._chances())
        return say_in_turn(SENTENCES, lines)

    def _open(self) -> str:
        """Say how many actions are open."""
        n = self.remaining
        text = say_n("{n:,} action is open.", "{n:,} actions are open.", n)
        if name := self.theme or self.group:
            text = say_n(
                "{n:,} action of {theme} is open.",
                "{n:,} actions of {theme} are open.",
                n,
                theme=name_of(NOBODY) if name == NOBODY else repr(name),
            )
        return say("As of {day}: {said}", day=self.as_of, said=text) if self.as_of else text

    def _chances(self) -> str:
        """Say by when all is done with which chance, and what is assumed."""
        chances = [
            say_n(
                "{share}% by {day} ({n} week)",
                "{share}% by {day} ({n} weeks)",
                milestone.weeks,
                share=percent(milestone.chance),
                day=milestone.on or say("then"),
            )
            for milestone in self.milestones
        ]
        if self.outlook:
            return say_in_turn(SENTENCES, [self._by_when(chances), *self._grounds(self.outlook)])
        return say(
            "Chance that all are done: {chances}. Assumed: no action is added, and each coming week is like one of the "
            "last {weeks} ({done:,} done in them), drawn at random.",
            chances=say_in_turn(CLAUSES, chances),
            weeks=len(self.history),
            done=sum(self.history),
        )

    def _by_when(self, chances: list[str]) -> str:
        """Say by when all is done; what is not reached within the horizon is said to be so."""
        late = [percent(chance) for chance in CHANCES[len(chances) :]]
        beyond = (
            [say("{shares} not within twenty years", shares=say_list(f"{share}%" for share in late))]
            if late
            else []
        )
        return say("Chance that all are done: {chances}.", chances=say_in_turn(CLAUSES, [*chances, *beyond]))

    def _grounds(self, outlook: Outlook) -> list[str]:
        """Say what it rests on: the weeks, what is added, how much each view counts, and how past forecasts did."""
        share = percent(outlook.weights["own_time"])
        lines = [
            say(
                "Judged by {done:,} done in the last {weeks} weeks.",
                done=sum(self.history),
                weeks=len(self.history),
            )
        ]
        if outlook.counts_new:
            lines.append(
                say("New actions come at {n:.1f} a week; they are counted in.", n=outlook.added_a_week)
            )
        elif outlook.weights["arrivals"]:
            lines.append(
                say(
                    "New actions come at {n:.1f} a week, about as many as are done or more; meant are those open now, while new ones keep their share of the work.",
                    n=outlook.added_a_week,
                )
            )
        if outlook.n_origins < FEWEST_ORIGINS:
            lines.append(
                say(
                    "The past is too short to say whether the pace of the weeks or the actions' own ages foretell better."
                )
            )
        elif outlook.weights["own_time"] >= LEAST_TOLD:
            lines.append(
                say(
                    "By how well each foretold the past weeks, the actions' own ages and due dates count for {share}%, the pace of the weeks for the rest.",
                    share=share,
                )
            )
        return [*lines, *self._hits(outlook)]

    def _hits(self, outlook: Outlook) -> list[str]:
        """Say how often this plan's own past forecasts held."""
        checked = [one for one in outlook.hits if one.chance == CHECKED and one.made]
        return [
            say(
                "Past forecasts, checked four weeks later: {held} of {made} held that were given {share}%.",
                held=one.held,
                made=one.made,
                share=percent(one.chance),
            )
            for one in checked
        ]

    def __str__(self) -> str:
        """Return the plain sentences, one line a group."""
        return "\n".join([self.text, *(one.text for one in self.groups.values())])

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "theme": self.theme,
            "remaining": self.remaining,
            "history": list(self.history),
            "milestones": [
                {"chance": one.chance, "weeks": one.weeks, "on": one.on.isoformat() if one.on else None}
                for one in self.milestones
            ],
            "cannot_tell": self.cannot_tell or None,
            "group": self.group,
            **self._views(),
            "text": self.text,
        }

    def _views(self) -> dict[str, Any]:
        """Return how much each view counts and how past forecasts did, as JSON has them."""
        if self.outlook is None:
            return {"views": None, "hits": [], "added_a_week": None, "counts_new": None}
        return {
            "views": self.outlook.weights,
            "hits": [{"chance": one.chance, "made": one.made, "held": one.held} for one in self.outlook.hits],
            "added_a_week": self.outlook.added_a_week,
            "counts_new": self.outlook.counts_new,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the objects of JSON: the whole plan's, then with ``by`` one a theme, owner or unit."""
        return [self.as_dict(), *(one.as_dict() for one in self.groups.values())]


def forecast(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    theme: str | None = None,
    by: str | None = None,
) -> Forecast:
    """Say by when the open actions of a plan will be done with a chance of 50, 85 and 95 % (method, 12.2).

    *Open* actions are those of section 12: linked to an open finding in whatever role, in the plan, neither cancelled nor done
    nor complete without evidence; each counts once. A completion is the last visible complete of an action that is now
    done, findings closed since included. Weeks are blocks of seven days, the last of which ends on the as-of day;
    they count from the first day on which one of the findings or actions was recorded, at most 26. Of what was
    recorded in the first week of the actions nothing is an arrival.

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (T3).
        theme: only the findings of one theme, with their own history.
        by: ``theme``, ``owner`` or ``unit`` adds a forecast of each theme, or of the actions that each owner or unit is
            accountable for, with their own history.

    Raises:
        UnknownName: there is no such theme, or grouping.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> outlook = ttp.forecast(plan, as_of="2026-06-30")
        >>> outlook.remaining, len(outlook.history)
        (21, 26)
    """
    if by is not None and by not in GROUPINGS:
        raise UnknownName("grouping", by, GROUPINGS)
    s = snapshot_on(plan, as_of, knowledge)
    themes = s.encoded.findings.theme
    names = sorted(set(themes))
    alike = {comparable(name): name for name in names}
    asked = None if theme is None else alike.get(comparable(theme))
    if theme is not None and asked is None:
        raise UnknownName("theme", theme, names)
    chosen = (themes == asked) | (asked is None)
    (whole,) = _forecasts(_Served(s, chosen).whole())
    whole = replace(whole, theme=asked, group=asked)
    if by is None:
        return whole
    names, works = _Served(s, chosen).by(by)
    groups = {
        name: replace(one, group=name, theme=name if by == "theme" else None)
        for name, one in zip(names, _forecasts(works), strict=True)
    }
    return replace(whole, by=by, groups=groups)


def forecast_of(history: Sequence[int], remaining: int, *, fewest_weeks: int = 1) -> Forecast:
    """Say after how many weeks so many open actions are done, given the completions of past weeks (method, 12.2).

    Args:
        history: actions done in each past week; future weeks are drawn from it.
        remaining: actions still open.
        fewest_weeks: with a shorter history nothing is told; of a plan 8 weeks are asked.

    Raises:
        PracticeError: a number is negative or not whole.
    """
    done = [int(one) for one in history]
    if remaining < 0 or min(done, default=0) < 0 or done != list(history) or remaining != int(remaining):
        raise PracticeError("Completions and open actions are counted in whole numbers, 0 or more.")
    reason = _refusal(done, remaining, fewest_weeks)
    chances = _chances(done, remaining) if not reason else [1.0][: 1 if not remaining else 0]
    frame = pd.DataFrame({"weeks": np.arange(len(chances)), "chance": np.array(chances, dtype=np.float64)})
    milestones = tuple(
        Milestone(chance, int(np.flatnonzero(frame["chance"] >= chance - ROUNDING)[0]))
        for chance in CHANCES
        if not reason
    )
    return Forecast(int(remaining), tuple(done), milestones, frame, cannot_tell=reason)


def _refusal(done: list[int], remaining: int, fewest_weeks: int) -> str:
    """Say why nothing can be told, if so."""
    if not remaining:
        return ""
    if len(done) < fewest_weeks:
        return say_n(
            "there is a history of {n} complete week and at least {least} are needed",
            "there is a history of {n} complete weeks and at least {least} are needed",
            len(done),
            least=fewest_weeks,
        )
    if not any(done):
        return say("no action was done in the last {n} weeks", n=len(done))
    if remaining * len(done) > CENTURY * sum(done):
        return say("at the pace of the last weeks it would take more than a hundred years")
    return ""


def _chances(done: list[int], remaining: int) -> list[float]:
    """Return the chance that nothing is left after 0, 1, 2, … weeks, until it is sure enough."""
    waiting = np.zeros(remaining)  # the chance that 1, 2, … actions are left
    chances = [0.0] if remaining else [1.0]
    waiting[-1:] = 1
    alike = Counter(done)
    while chances[-1] < CHANCES[-1] - ROUNDING:
        waiting = _week(waiting, alike)
        chances.append(1 - waiting.sum())
    return chances


def _week(waiting: FloatArray, alike: Counter[int]) -> FloatArray:
    """Let one week pass, equally likely to be like each of the past ones; ``alike`` counts those with as many done."""
    after = np.zeros_like(waiting)
    for finished, weeks in alike.items():
        if finished < len(waiting):
            after[: len(waiting) - finished] += weeks * waiting[finished:]
    return after / alike.total()


@dataclass(frozen=True, slots=True)
class _Work:
    """The actions of one group: what was done and added week by week, each action's days, how many are open."""

    weeks: Weeks
    cases: Cases
    remaining: int
    unverified: int


def _forecasts(works: Sequence[_Work]) -> list[Forecast]:
    return [_foretold(work) for work in works]


def _foretold(work: _Work) -> Forecast:
    """Forecast the actions of one group."""
    day, history = date(1970, 1, 1) + timedelta(days=work.cases.as_of), work.weeks.done.tolist()
    reason, outlook = _refusal(history, work.remaining, FEWEST_WEEKS), None
    reached = np.array([1.0] if not work.remaining else [], dtype=np.float64)
    if not reason and work.remaining:
        outlook = look_ahead(work.weeks, work.cases, work.remaining)
        reached, reason = outlook.by_week, _doubt(outlook)
    if reason:
        reached, outlook = reached[:0], None
    days = [(chance, day_of(reached, chance)) for chance in CHANCES] if len(reached) else []
    milestones = tuple(
        Milestone(chance, at[0], on=day + timedelta(days=at[1])) for chance, at in days if at is not None
    )
    if milestones and milestones[-1].chance == CHANCES[-1]:
        reached = reached[: milestones[-1].weeks + 1]
    weeks = np.arange(len(reached))
    on = np.datetime64(day, "s") + WEEK * weeks.astype("timedelta64[D]")
    return Forecast(
        remaining=work.remaining,
        history=tuple(history),
        milestones=milestones,
        chances=pd.DataFrame({"weeks": weeks, "chance": reached, "on": on}),
        cannot_tell=reason,
        as_of=day,
        n_unverified=work.unverified,
        outlook=outlook,
    )


def _doubt(outlook: Outlook) -> str:
    """Say why what the views say cannot be told, if so."""
    if not outlook.beats_chance:
        return say(
            "neither the pace of the weeks nor the actions' own ages foretold the past weeks better than chance"
        )
    if outlook.by_week[HORIZON] < CHANCES[0]:
        return say("it would more likely than not take more than twenty years")
    return ""


class _Served:
    """The actions that are counted, with the findings that they serve."""

    def __init__(self, s: PlanSnapshot, chosen: BoolArray) -> None:
        """Keep the links between the chosen findings in the plan and its actions."""
        self.s, self.n_actions = s, max(len(s.encoded.actions.ids), 1)
        finding, action = linking_findings(s.encoded), s.encoded.finding_actions["action"]
        self.chosen = s.is_in_plan & chosen
        kept = self.chosen[finding] & s.plan_actions.counts[action]
        self.finding, self.action = finding[kept], action[kept]

    def whole(self) -> list[_Work]:
        """Return the work of all."""
        return self._works(np.zeros(len(self.action), dtype=np.int64), np.where(self.chosen, 0, -1), 1)

    def by(self, grouping: str) -> tuple[list[str], list[_Work]]:
        """Return the groups of a grouping that have findings or actions, and the work of each."""
        if grouping == "theme":
            word = self.s.encoded.findings.theme
            names = sorted(set(word[self.chosen]))
            number = pd.Index(names, dtype="str").get_indexer(pd.Index(word, dtype="str"))
            return names, self._works(number[self.finding], np.where(self.chosen, number, -1), len(names))
        owner, unit = accountable(self.s.encoded)
        word = owner if grouping == "owner" else unit
        nobody = NOBODY if grouping == "owner" else "(no unit)"
        own = pd.Series(word, dtype=object).fillna(nobody).astype(str).to_numpy(dtype=object)
        names = sorted(set(own[self.action]))
        number = pd.Index(names, dtype="str").get_indexer(pd.Index(own, dtype="str"))
        return names, self._works(number[self.action], np.full(len(self.s), -1), len(names))

    def _works(self, linked: IntArray, group_of_finding: IntArray, n: int) -> list[_Work]:
        """Return the work of each group; an action counts once in each."""
        s, own = self.s, self.s.plan_actions
        pair = linked * self.n_actions + self.action
        group, action = np.divmod(np.unique(pair), self.n_actions)
        awaited = np.isin(np.unique(pair), pair[s.is_open[self.finding]])
        is_done, is_open = own.is_in(ActionState.DONE)[action], own.is_open[action] & awaited
        unverified = own.is_in(ActionState.DONE_UNVERIFIED)[action] & awaited
        recorded = s.encoded.actions.recorded[action]
        days = np.concatenate([s.encoded.findings.recorded, recorded])
        of_group = np.concatenate([group_of_finding, group])
        begun = least(days, (days != MISSING) & (of_group >= 0), of_group, n)
        known = np.clip((s.as_of - begun.astype(np.int64) + 1) // WEEK, 0, MOST_WEEKS)
        works = []
        for number in range(n):
            mine = np.flatnonzero((group == number) & (is_done | is_open))
            done = np.where(is_done[mine], own.completed_on[action[mine]], MISSING)
            cases = Cases(recorded[mine], own.due[action[mine]], done, s.as_of)
            rows = group == number
            works.append(
                _Work(
                    weeks=_weeks(cases, int(known[number])),
                    cases=cases,
                    remaining=int(is_open[rows].sum()),
                    unverified=int(unverified[rows].sum()),
                )
            )
        return works


def _weeks(cases: Cases, known: int) -> Weeks:
    """Count what was done and what was added in each complete week, oldest first."""
    first = cases.recorded[cases.recorded != MISSING].min(initial=cases.as_of)
    is_new = (cases.recorded >= first + WEEK) & ~(cases.is_done & (cases.done <= cases.recorded))
    done, added = (
        np.bincount(ago[ago < known], minlength=known)[::-1][:known].astype(np.int64)
        for days in (cases.done[cases.is_done], cases.recorded[is_new])
        for ago in [(cases.as_of - days.astype(np.int64)) // WEEK]
    )
    return Weeks(done, added)

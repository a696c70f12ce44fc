"""When will the open actions be done, if the coming weeks are like the last ones?

Method, 12.2. Exact: the chance of every number of actions still open is carried from week to week.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings
from theorytopractice.assessment.arrays import MISSING, FloatArray, IntArray, least
from theorytopractice.assessment.figures import percent
from theorytopractice.assessment.snapshot import PlanSnapshot, snapshot_on
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.i18n import CLAUSES, SENTENCES, say, say_in_turn, say_n
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.vocabularies import ActionState, Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANCES = (0.50, 0.85, 0.95)
FEWEST_WEEKS, MOST_WEEKS = 8, 26
WEEK = 7
CENTURY = 5200  # weeks; beyond, a date would say more than the history can
ROUNDING = 1e-9  # so that a chance of exactly one half counts as reached


@dataclass(frozen=True, slots=True)
class Milestone:
    """After how many weeks everything is done with a chance; ``on`` is the last day of that week."""

    chance: float
    weeks: int
    on: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """When the open actions will be done.

    ``history`` holds the actions done in each of the last weeks, oldest first; ``milestones`` the weeks and days
    of 50, 85 and 95 %, empty where ``cannot_tell`` says why. ``chances`` holds, week by week, the chance that everything
    is done: ``weeks``, ``chance`` and, where the as-of day is known, ``on``.
    """

    remaining: int
    history: tuple[int, ...]
    milestones: tuple[Milestone, ...]
    chances: pd.DataFrame
    cannot_tell: str = ""
    as_of: date | None = None
    theme: str | None = None
    n_unverified: int = 0
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
        if self.theme:
            text = say_n(
                "{n:,} action of {theme} is open.",
                "{n:,} actions of {theme} are open.",
                n,
                theme=repr(self.theme),
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
        return say(
            "Chance that all are done: {chances}. Assumed: no action is added, and each coming week is like one of the "
            "last {weeks} ({done:,} done in them), drawn at random.",
            chances=say_in_turn(CLAUSES, chances),
            weeks=len(self.history),
            done=sum(self.history),
        )

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
            "text": self.text,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the objects of JSON: the whole plan's, then with ``by`` one a theme."""
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
    they count from the first day on which one of the findings or actions was recorded, at most 26.

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (T3).
        theme: only the findings of one theme, with their own history.
        by: ``theme`` adds a forecast of each theme.

    Raises:
        UnknownName: there is no such theme, or grouping.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> outlook = ttp.forecast(plan, as_of="2026-06-30")
        >>> outlook.remaining, len(outlook.history)
        (21, 26)
    """
    if by not in (None, "theme"):
        raise UnknownName("grouping", str(by), ["theme"])
    s = snapshot_on(plan, as_of, knowledge)
    themes = s.encoded.findings.theme
    names = sorted(set(themes))
    alike = {comparable(name): name for name in names}
    asked = None if theme is None else alike.get(comparable(theme))
    if theme is not None and asked is None:
        raise UnknownName("theme", theme, names)
    (whole,) = _forecasts(s, np.where((themes == asked) | (asked is None), 0, -1), [asked])
    if by is None:
        return whole
    number = pd.Index(names, dtype="str").get_indexer(pd.Index(themes, dtype="str"))
    groups = dict(zip(names, _forecasts(s, number, names), strict=True))
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


def _forecasts(s: PlanSnapshot, group: IntArray, names: Sequence[str | None]) -> list[Forecast]:
    """Forecast the actions of each group of findings; ``group`` is −1 where a finding is in none."""
    work = _work(s, group, len(names))
    day = date(1970, 1, 1) + timedelta(days=s.as_of)
    made = []
    for name, remaining, unverified, history in zip(names, *work, strict=True):
        found = forecast_of(history, remaining, fewest_weeks=FEWEST_WEEKS)
        on = np.datetime64(day, "s") + WEEK * found.chances["weeks"].to_numpy().astype("timedelta64[D]")
        made.append(
            replace(
                found,
                milestones=tuple(
                    replace(one, on=day + timedelta(days=WEEK * one.weeks)) for one in found.milestones
                ),
                chances=found.chances.assign(on=on),
                as_of=day,
                theme=name,
                n_unverified=unverified,
            )
        )
    return made


def _work(s: PlanSnapshot, group: IntArray, n: int) -> tuple[list[int], list[int], list[list[int]]]:
    """Count in each group the distinct actions still open, those without evidence, and those done week by week."""
    own, n_actions = s.plan_actions, len(s.encoded.actions.ids)
    finding, action = linking_findings(s.encoded), s.encoded.finding_actions["action"]
    chosen = s.is_in_plan & (group >= 0)
    kept = chosen[finding] & own.counts[action]
    finding, action = finding[kept], action[kept]
    pair = group[finding] * n_actions + action  # an action counts once in each group
    waiting, asked = np.divmod(np.unique(pair[s.is_open[finding]]), max(n_actions, 1))
    linked, served = np.divmod(np.unique(pair), max(n_actions, 1))
    remaining = np.bincount(waiting[own.is_open[asked]], minlength=n)
    unverified = np.bincount(waiting[own.is_in(ActionState.DONE_UNVERIFIED)[asked]], minlength=n)
    recorded = np.concatenate([s.encoded.findings.recorded[chosen], s.encoded.actions.recorded[served]])
    begun = least(recorded, recorded != MISSING, np.concatenate([group[chosen], linked]), n)
    weeks = np.clip((s.as_of - begun.astype(np.int64) + 1) // WEEK, 0, MOST_WEEKS)
    done = own.is_in(ActionState.DONE)[served]
    ago = (s.as_of - own.completed_on[served[done]].astype(np.int64)) // WEEK
    place = linked[done] * MOST_WEEKS + ago
    counts = np.bincount(place[ago < MOST_WEEKS], minlength=n * MOST_WEEKS).reshape(n, MOST_WEEKS)
    histories = [row[:known][::-1].tolist() for row, known in zip(counts, weeks, strict=True)]
    return remaining.tolist(), unverified.tolist(), histories

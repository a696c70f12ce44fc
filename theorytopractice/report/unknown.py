"""What is not known of a plan: in how many of how many cases, and in which findings?

Counts rows of the assessments; no rule of the method is applied here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.change.judgement import Verdict
from theorytopractice.assessment.counts.site_results import site_results
from theorytopractice.language import say
from theorytopractice.model.vocabularies import Certainty, FindingKind
from theorytopractice.report import unknown_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from theorytopractice.report.view import View

IN_PRACTICE = 4
LADDER_KINDS = (FindingKind.INSIGHT, FindingKind.PROBLEM)
NO_VERDICT = (Verdict.CANNOT_TELL, Verdict.TOO_FEW)
RATED = (Certainty.HIGH, Certainty.MODERATE, Certainty.LOW, Certainty.VERY_LOW)


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that is not known: its name, what it means, and ``n`` of the ``whole``, which is said in words."""

    name: str
    meaning: str
    n: int
    whole: str
    finding_ids: tuple[str, ...]


def unknowns(view: View) -> list[Unknown]:
    """Return everything that may not be known, the gravest for trust first; also what there is nothing of."""
    counted = _Counted(view)
    return [counted.of(name, *unknown_words.WORDS[name]) for name in unknown_words.WORDS]


class _Counted:
    """Counts one thing after the other over the open findings of a view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.open = view.assessed[view.assessed["disposition"] == "open"]
        self.order = {finding_id: at for at, finding_id in enumerate(self.open["finding_id"])}
        self.ladder = self.open[self.open["kind"].isin(LADDER_KINDS)]
        self.effects = self.ladder[~_has(self.ladder, "no_indicator")]

    def of(self, key: str, name: str, meaning: str) -> Unknown:
        """Count one thing."""
        make = OWN_COUNT.get(key)
        if make is not None:
            n, whole, found = make(self)
        else:
            population, say_whole = POPULATIONS[key]
            among = population(self)
            found = among.loc[_has(among, key), "finding_id"]
            n, whole = len(found), say_whole(len(among))
        return Unknown(say(name), say(meaning), n, whole, self.sorted(found))

    def sorted(self, finding_ids: Iterable[str]) -> tuple[str, ...]:
        """Return open findings each once, in the order of the plan."""
        return tuple(sorted({one for one in finding_ids if one in self.order}, key=self.order.__getitem__))

    def reported(self) -> pd.DataFrame:
        """Return the findings of which some action was reported done."""
        standing = self.view.standing
        some = standing.index[standing["n_done"] + standing["n_unverified"] > 0]
        return self.open[self.open["finding_id"].isin(some)]

    def practised_problems(self) -> pd.DataFrame:
        """Return the problems whose measures are in practice."""
        return self.open[(self.open["kind"] == FindingKind.PROBLEM) & (self.open["stage"] >= IN_PRACTICE)]

    def mechanisms_in_force(self) -> pd.DataFrame:
        """Return the mechanisms that are in force on the day."""
        every = self.view.mechanisms
        in_force = every.loc[every["effective_on"] <= pd.Timestamp(self.view.day), "finding_id"]
        return self.open[self.open["finding_id"].isin(in_force)]

    def experiences(self) -> pd.DataFrame:
        """Return the experiences."""
        return self.open[self.open["kind"] == FindingKind.EXPERIENCE]

    def unmeasured(self) -> _Found:
        """Count the indicators of effect of which no final value is known."""
        links = self.view.indicator_links
        links = links[(links["rank"] == 0) & links["finding_id"].isin(self.effects["finding_id"])]
        readings = self.view.readings
        known = readings.loc[readings["is_final"].astype(bool), "indicator_id"]
        missing = links[~links["indicator_id"].isin(known)]
        return (
            missing["indicator_id"].nunique(),
            unknown_words.indicators_of_effect(links["indicator_id"].nunique()),
            missing["finding_id"],
        )

    def no_verdict(self) -> _Found:
        """Count the indicators that were measured, of which nobody can say whether they moved."""
        every = self.view.verdicts
        missing = every[every["verdict"].isin(NO_VERDICT)]
        return (
            missing["indicator_id"].nunique(),
            unknown_words.measured_indicators(every["indicator_id"].nunique()),
            missing["finding_id"],
        )

    def sites(self) -> _Found:
        """Count the sites whose result is not known yet."""
        view = self.view
        every = site_results(view.book, as_of=view.day, knowledge=view.knowledge)
        every = every[every["finding_id"].isin(self.order)]
        return (
            int(every["unknown"].sum()),
            unknown_words.sites(int(every["sites"].sum())),
            every.loc[every["unknown"] > 0, "finding_id"],
        )

    def unowned(self) -> _Found:
        """Count the open actions for which nobody is accountable."""
        return self._actions_without("responsible")

    def undated(self) -> _Found:
        """Count the open actions that have no due date."""
        return self._actions_without("due")

    def _actions_without(self, column: str) -> _Found:
        served = self.view.agenda.explode("finding_ids")
        served = served[served["finding_ids"].isin(self.order)]
        missing = served[served[column].isna()]
        return (
            missing["action_id"].nunique(),
            unknown_words.open_actions(served["action_id"].nunique()),
            missing["finding_ids"],
        )

    def unrated(self) -> _Found:
        """Count the findings whose certainty nobody rated."""
        certainty = self.view.finding["certainty"].reindex(self.open["finding_id"])
        missing = certainty.index[~certainty.isin(RATED)]
        return len(missing), unknown_words.open_findings(len(self.open)), missing


def _has(frame: pd.DataFrame, flag: str) -> pd.Series:
    """Tell which findings have a flag."""
    return pd.Series([flag in raised for raised in frame["flags"]], index=frame.index, dtype=bool)


_Found = tuple[int, str, "Iterable[str]"]
POPULATIONS: dict[str, tuple[Callable[[_Counted], pd.DataFrame], Callable[[int], str]]] = {
    "unverified": (_Counted.reported, unknown_words.reported),
    "solved_unconfirmed": (_Counted.practised_problems, unknown_words.problems_in_practice),
    "no_indicator": (lambda counted: counted.ladder, unknown_words.insights_and_problems),
    "no_target": (lambda counted: counted.effects, unknown_words.with_indicator),
    "no_baseline": (lambda counted: counted.effects, unknown_words.with_indicator),
    "stale": (lambda counted: counted.effects, unknown_words.with_indicator),
    "no_cadence": (_Counted.mechanisms_in_force, unknown_words.mechanisms),
    "unexplained": (_Counted.experiences, unknown_words.experiences),
}
"""Flag → among which findings it is counted, and how these are said."""
OWN_COUNT: dict[str, Callable[[_Counted], _Found]] = {
    "unmeasured": _Counted.unmeasured,
    "no_verdict": _Counted.no_verdict,
    "sites": _Counted.sites,
    "unowned": _Counted.unowned,
    "undated": _Counted.undated,
    "unrated": _Counted.unrated,
}
"""What is not counted by a flag → how it is counted."""

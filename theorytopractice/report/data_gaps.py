"""What is not known of a plan: in how many of how many cases, in which findings, and in which words is it said?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.before_after import Verdict
from theorytopractice.assessment.listings import site_results
from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.vocabularies import Certainty, FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from theorytopractice.report.data import ReportData


WORDS = {
    "unverified": (
        message("Reported done, without evidence"),
        message("Nobody can check that it was done; it does not count as done."),
    ),
    "solved_unconfirmed": (
        message("Those affected were not asked, or do not agree"),
        message("The target is met, but nobody knows from those affected that the problem is solved."),
    ),
    "no_indicator": (
        message("No indicator of effect"),
        message("Whatever is done, nobody will be able to say whether it worked."),
    ),
    "no_target": (
        message("No target"),
        message("It is measured, but nobody said which value would be good enough."),
    ),
    "no_baseline": (
        message("No figure from before"),
        message("Nobody can say whether anything changed, because the starting point is missing."),
    ),
    "unmeasured": (
        message("Never measured"),
        message("There is an indicator of effect, but no final value of it is known."),
    ),
    "stale": (
        message("No fresh data"),
        message("It was measured, but not lately; how it stands now is not known."),
    ),
    "no_verdict": (
        message("No verdict on whether it moved"),
        message("Nothing has begun, or there are too few measurements, or values that cannot be compared."),
    ),
    "sites": (
        message("Result at a site not known yet"),
        message("The experience is planned or was taken over there; whether it works there is open."),
    ),
    "no_cadence": (
        message("Nobody said how often it is checked"),
        message("The rule is in force, but whether it is followed cannot be known."),
    ),
    "unexplained": (
        message("Nobody wrote down why it works"),
        message("Others cannot tell what they must keep when they take it over."),
    ),
    "unowned": (
        message("Open action without an accountable owner"),
        message("Nobody can be asked about it."),
    ),
    "undated": (
        message("Open action without a due date"),
        message("It can be neither on time nor late."),
    ),
    "unrated": (
        message("Certainty not rated"),
        message("Nobody judged how sure the finding is; it is in no list of what is known and not done."),
    ),
}
"""What may not be known → its name, and what that means; the gravest for trust first."""


def insights_and_problems(n: int) -> str:
    """Say how many open insights and problems there are."""
    return say_n("{n:,} open insight or problem", "{n:,} open insights and problems", n)


def with_indicator(n: int) -> str:
    """Say how many of them have an indicator of effect."""
    return say_n(
        "{n:,} open insight or problem with an indicator of effect",
        "{n:,} open insights and problems with an indicator of effect",
        n,
    )


def reported(n: int) -> str:
    """Say how many findings have an action that was reported done."""
    return say_n(
        "{n:,} open finding with an action reported done",
        "{n:,} open findings with an action reported done",
        n,
    )


def problems_in_practice(n: int) -> str:
    """Say how many problems have measures in practice."""
    return say_n(
        "{n:,} open problem whose measures are in practice",
        "{n:,} open problems whose measures are in practice",
        n,
    )


def mechanisms(n: int) -> str:
    """Say how many mechanisms are in force."""
    return say_n("{n:,} open mechanism in force", "{n:,} open mechanisms in force", n)


def experiences(n: int) -> str:
    """Say how many experiences there are."""
    return say_n("{n:,} open experience", "{n:,} open experiences", n)


def indicators_of_effect(n: int) -> str:
    """Say how many indicators of effect there are."""
    return say_n(
        "{n:,} indicator of effect of open insights and problems",
        "{n:,} indicators of effect of open insights and problems",
        n,
    )


def measured_indicators(n: int) -> str:
    """Say how many indicators were measured."""
    return say_n(
        "{n:,} measured indicator of open insights and problems",
        "{n:,} measured indicators of open insights and problems",
        n,
    )


def replication_sites(n: int) -> str:
    """Say how many sites there are."""
    return say_n("{n:,} site of open experiences", "{n:,} sites of open experiences", n)


def open_actions(n: int) -> str:
    """Say how many open actions there are."""
    return say_n("{n:,} open action", "{n:,} open actions", n)


def open_findings(n: int) -> str:
    """Say how many open findings there are."""
    return say_n("{n:,} open finding", "{n:,} open findings", n)


IN_PRACTICE = 4
LADDER_KINDS = (FindingKind.INSIGHT, FindingKind.PROBLEM)
NO_VERDICT = (Verdict.CANNOT_TELL, Verdict.TOO_FEW)
RATED = (Certainty.HIGH, Certainty.MODERATE, Certainty.LOW, Certainty.VERY_LOW)


@dataclass(frozen=True, slots=True)
class DataGap:
    """One thing that is not known: its name, what it means, and ``n`` of the ``whole``, which is said in words."""

    name: str
    meaning: str
    n: int
    whole: str
    finding_ids: tuple[str, ...]


def data_gaps(data: ReportData) -> list[DataGap]:
    """Return everything that may not be known, the gravest for trust first; also what there is nothing of."""
    counted = _Counted(data)
    return [counted.of(name, *WORDS[name]) for name in WORDS]


class _Counted:
    """Counts one thing after the other over the open findings of a view."""

    def __init__(self, data: ReportData) -> None:
        self.data = data
        self.open = data.assessed[data.assessed["disposition"] == "open"]
        self.order = {finding_id: at for at, finding_id in enumerate(self.open["finding_id"])}
        self.ladder = self.open[self.open["kind"].isin(LADDER_KINDS)]
        self.effects = self.ladder[~_has(self.ladder, "no_indicator")]

    def of(self, key: str, name: str, meaning: str) -> DataGap:
        """Count one thing."""
        make = OWN_COUNT.get(key)
        if make is not None:
            n, whole, found = make(self)
        else:
            population, say_whole = POPULATIONS[key]
            among = population(self)
            found = among.loc[_has(among, key), "finding_id"]
            n, whole = len(found), say_whole(len(among))
        return DataGap(say(name), say(meaning), n, whole, self.sorted(found))

    def sorted(self, finding_ids: Iterable[str]) -> tuple[str, ...]:
        """Return open findings each once, in the order of the plan."""
        return tuple(sorted({one for one in finding_ids if one in self.order}, key=self.order.__getitem__))

    def reported(self) -> pd.DataFrame:
        """Return the findings of which some action was reported done."""
        standing = self.data.standing
        some = standing.index[standing["n_done"] + standing["n_unverified"] > 0]
        return self.open[self.open["finding_id"].isin(some)]

    def practised_problems(self) -> pd.DataFrame:
        """Return the problems whose measures are in practice."""
        return self.open[(self.open["kind"] == FindingKind.PROBLEM) & (self.open["stage"] >= IN_PRACTICE)]

    def mechanisms_in_force(self) -> pd.DataFrame:
        """Return the mechanisms that are in force on the day."""
        every = self.data.mechanisms
        in_force = every.loc[every["effective_on"] <= pd.Timestamp(self.data.day), "finding_id"]
        return self.open[self.open["finding_id"].isin(in_force)]

    def experiences(self) -> pd.DataFrame:
        """Return the experiences."""
        return self.open[self.open["kind"] == FindingKind.EXPERIENCE]

    def unmeasured(self) -> _Found:
        """Count the indicators of effect of which no final value is known."""
        links = self.data.indicator_links
        links = links[(links["rank"] == 0) & links["finding_id"].isin(self.effects["finding_id"])]
        readings = self.data.observations
        known = readings.loc[readings["is_final"].astype(bool), "indicator_id"]
        missing = links[~links["indicator_id"].isin(known)]
        return (
            missing["indicator_id"].nunique(),
            indicators_of_effect(links["indicator_id"].nunique()),
            missing["finding_id"],
        )

    def no_verdict(self) -> _Found:
        """Count the indicators that were measured, of which nobody can say whether they moved."""
        every = self.data.verdicts
        missing = every[every["verdict"].isin(NO_VERDICT)]
        return (
            missing["indicator_id"].nunique(),
            measured_indicators(every["indicator_id"].nunique()),
            missing["finding_id"],
        )

    def sites(self) -> _Found:
        """Count the sites whose result is not known yet."""
        data = self.data
        every = site_results(data.encoded, as_of=data.day, knowledge=data.knowledge)
        every = every[every["finding_id"].isin(self.order)]
        return (
            int(every["unknown"].sum()),
            replication_sites(int(every["sites"].sum())),
            every.loc[every["unknown"] > 0, "finding_id"],
        )

    def unowned(self) -> _Found:
        """Count the open actions for which nobody is accountable."""
        return self._actions_without("responsible")

    def undated(self) -> _Found:
        """Count the open actions that have no due date."""
        return self._actions_without("due")

    def _actions_without(self, column: str) -> _Found:
        served = self.data.agenda.explode("finding_ids")
        served = served[served["finding_ids"].isin(self.order)]
        missing = served[served[column].isna()]
        return (
            missing["action_id"].nunique(),
            open_actions(served["action_id"].nunique()),
            missing["finding_ids"],
        )

    def unrated(self) -> _Found:
        """Count the findings whose certainty nobody rated."""
        certainty = self.data.finding["certainty"].reindex(self.open["finding_id"])
        missing = certainty.index[~certainty.isin(RATED)]
        return len(missing), open_findings(len(self.open)), missing


def _has(frame: pd.DataFrame, flag: str) -> pd.Series:
    """Tell which findings have a flag."""
    return pd.Series([flag in raised for raised in frame["flags"]], index=frame.index, dtype=bool)


_Found = tuple[int, str, "Iterable[str]"]
POPULATIONS: dict[str, tuple[Callable[[_Counted], pd.DataFrame], Callable[[int], str]]] = {
    "unverified": (_Counted.reported, reported),
    "solved_unconfirmed": (_Counted.practised_problems, problems_in_practice),
    "no_indicator": (lambda counted: counted.ladder, insights_and_problems),
    "no_target": (lambda counted: counted.effects, with_indicator),
    "no_baseline": (lambda counted: counted.effects, with_indicator),
    "stale": (lambda counted: counted.effects, with_indicator),
    "no_cadence": (_Counted.mechanisms_in_force, mechanisms),
    "unexplained": (_Counted.experiences, experiences),
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

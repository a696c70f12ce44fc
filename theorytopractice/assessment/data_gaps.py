"""What is not known of a plan: in how many of how many cases, and in which findings?

A gap is one row of ``GAPS``, the gravest for trust first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from theorytopractice.assessment.actions import linking_findings
from theorytopractice.assessment.arrays import MISSING, BoolArray, IntArray, code, codes, rank_of, some
from theorytopractice.assessment.encoded_plan import accountable, finding_ids, is_visible
from theorytopractice.assessment.experiences import KNOWN, Replication, best_states
from theorytopractice.assessment.flags import judge_flag
from theorytopractice.assessment.judgement import Verdict
from theorytopractice.assessment.snapshot import PlanSnapshot, snapshot_on
from theorytopractice.assessment.verdict import verdict
from theorytopractice.i18n import message, say, say_n
from theorytopractice.model.vocabularies import (
    COMPLETE,
    LADDER_KINDS,
    Certainty,
    FindingKind,
    Knowledge,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    Count = tuple[int, int, IntArray]
    """How many are not known, of how many, and the findings concerned."""

NO_VERDICT = (Verdict.CANNOT_TELL, Verdict.TOO_FEW)
SITE_KNOWN = [code(Replication, word) for word in KNOWN]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that may not be known: its name, what it means, how it is counted, and among what.

    ``label`` and ``meaning`` are in English, to be translated when they are said; ``whole_text`` says among how many it is
    counted, such as "7 open insights and problems".
    """

    name: str
    label: str
    meaning: str
    count: Callable[[PlanSnapshot], Count]
    whole_text: Callable[[int], str]

    @property
    def label_text(self) -> str:
        """Its name in the language that is spoken."""
        return say(self.label)

    @property
    def meaning_text(self) -> str:
        """What it means, in the language that is spoken."""
        return say(self.meaning)


def _flagged(flag: str, population: Callable[[PlanSnapshot], BoolArray]) -> Callable[[PlanSnapshot], Count]:
    """Count the findings of a population that have a flag."""

    def counted(s: PlanSnapshot) -> Count:
        among = population(s) & s.is_open
        findings = np.flatnonzero(among & judge_flag(s, flag))
        return len(findings), int(among.sum()), findings

    return counted


def _reported(s: PlanSnapshot) -> BoolArray:
    """Tell of which findings some action was reported done."""
    return s.any_action(s.actions.is_live & s.actions.is_in(*COMPLETE))


def _practised_problems(s: PlanSnapshot) -> BoolArray:
    """Tell which problems have measures in practice."""
    return s.is_kind(FindingKind.PROBLEM) & (s.stage >= Stage.IN_PRACTICE)


def _ladder(s: PlanSnapshot) -> BoolArray:
    """Tell which findings are insights and problems."""
    return s.is_kind(*LADDER_KINDS)


def _with_indicator(s: PlanSnapshot) -> BoolArray:
    """Tell which insights and problems have an indicator of effect."""
    return _ladder(s) & ~judge_flag(s, "no_indicator")


def _in_force(s: PlanSnapshot) -> BoolArray:
    """Tell which mechanisms are in force on the day."""
    effective = s.encoded.findings.effective
    return s.is_kind(FindingKind.MECHANISM) & (effective != MISSING) & (effective <= s.as_of)


def _experiences(s: PlanSnapshot) -> BoolArray:
    """Tell which findings are experiences."""
    return s.is_kind(FindingKind.EXPERIENCE)


def _unmeasured(s: PlanSnapshot) -> Count:
    """Count the indicators of effect of which no final value is known."""
    case, indicator, _ = s.measured(_with_indicator(s) & s.is_open)
    facts, n = s.encoded.observations, len(s.encoded.indicator_ids)
    of = np.repeat(np.arange(n), np.diff(facts.starts))
    rows = np.arange(len(of))
    seen = is_visible(facts, rows, np.full(len(rows), s.as_of, dtype=np.int32), s.knowledge)
    is_missing = ~some(seen & facts["is_final"], of, n)[indicator]
    return len(np.unique(indicator[is_missing])), len(np.unique(indicator)), case[is_missing]


def _no_verdict(s: PlanSnapshot) -> Count:
    """Count the indicators that were measured, of which nobody can say whether they moved."""
    day = np.datetime64(s.as_of, "D").item()
    rows = verdict(s.encoded, as_of=day, knowledge=s.knowledge, with_series=False)
    finding = s.encoded.findings.ids.get_indexer(pd.Index(rows["finding_id"], dtype="str"))
    rows = rows[s.is_counted[finding]]
    is_missing = rows["verdict"].isin(NO_VERDICT).to_numpy()
    missing = rows["indicator_id"][is_missing]
    findings = finding[s.is_counted[finding]][is_missing]
    return missing.nunique(), rows["indicator_id"].nunique(), findings


def _unknown_sites(s: PlanSnapshot) -> Count:
    """Count the sites whose result is not known yet."""
    case, state = best_states(s, s.experiences)
    is_open = s.is_open[case] & (state >= 0)
    is_known = np.isin(state, SITE_KNOWN)
    return int((is_open & ~is_known).sum()), int(is_open.sum()), case[is_open & ~is_known]


def _unowned(s: PlanSnapshot) -> Count:
    """Count the open actions for which nobody is accountable."""
    name, _ = accountable(s.encoded)
    return _actions_without(s, np.array([each is None for each in name], dtype=bool))


def _undated(s: PlanSnapshot) -> Count:
    """Count the open actions that have no due date."""
    return _actions_without(s, s.plan_actions.due == MISSING)


def _actions_without(s: PlanSnapshot, lacks: BoolArray) -> Count:
    finding, action = linking_findings(s.encoded), s.encoded.finding_actions["action"]
    own = s.plan_actions
    serving = s.is_open[finding] & own.is_open[action]
    missing = serving & lacks[action]
    return len(np.unique(action[missing])), len(np.unique(action[serving])), finding[missing]


def _unrated(s: PlanSnapshot) -> Count:
    """Count the findings whose certainty nobody rated."""
    certainty = codes(s.encoded.frames["finding"]["certainty"], Certainty, Certainty.UNRATED)
    findings = np.flatnonzero(s.is_open & (certainty == code(Certainty, Certainty.UNRATED)))
    return len(findings), int(s.is_open.sum()), findings


def _insights_and_problems(n: int) -> str:
    """Say how many open insights and problems there are."""
    return say_n("{n:,} open insight or problem", "{n:,} open insights and problems", n)


def _with_indicator_text(n: int) -> str:
    """Say how many of them have an indicator of effect."""
    return say_n(
        "{n:,} open insight or problem with an indicator of effect",
        "{n:,} open insights and problems with an indicator of effect",
        n,
    )


GAPS = (
    Gap(
        "unverified",
        message("Reported done, without evidence"),
        message("Nobody can check that it was done; it does not count as done."),
        _flagged("unverified", _reported),
        lambda n: say_n(
            "{n:,} open finding with an action reported done",
            "{n:,} open findings with an action reported done",
            n,
        ),
    ),
    Gap(
        "solved_unconfirmed",
        message("Those affected were not asked, or do not agree"),
        message("The target is met, but nobody knows from those affected that the problem is solved."),
        _flagged("solved_unconfirmed", _practised_problems),
        lambda n: say_n(
            "{n:,} open problem whose measures are in practice",
            "{n:,} open problems whose measures are in practice",
            n,
        ),
    ),
    Gap(
        "no_indicator",
        message("No indicator of effect"),
        message("Whatever is done, nobody will be able to say whether it worked."),
        _flagged("no_indicator", _ladder),
        _insights_and_problems,
    ),
    Gap(
        "no_target",
        message("No target"),
        message("It is measured, but nobody said which value would be good enough."),
        _flagged("no_target", _with_indicator),
        _with_indicator_text,
    ),
    Gap(
        "no_baseline",
        message("No figure from before"),
        message("Nobody can say whether anything changed, because the starting point is missing."),
        _flagged("no_baseline", _with_indicator),
        _with_indicator_text,
    ),
    Gap(
        "unmeasured",
        message("Never measured"),
        message("There is an indicator of effect, but no final value of it is known."),
        _unmeasured,
        lambda n: say_n(
            "{n:,} indicator of effect of open insights and problems",
            "{n:,} indicators of effect of open insights and problems",
            n,
        ),
    ),
    Gap(
        "stale",
        message("No fresh data"),
        message("It was measured, but not lately; how it stands now is not known."),
        _flagged("stale", _with_indicator),
        _with_indicator_text,
    ),
    Gap(
        "no_verdict",
        message("No verdict on whether it moved"),
        message("Nothing has begun, or there are too few measurements, or values that cannot be compared."),
        _no_verdict,
        lambda n: say_n(
            "{n:,} measured indicator of open insights and problems",
            "{n:,} measured indicators of open insights and problems",
            n,
        ),
    ),
    Gap(
        "sites",
        message("Result at a site not known yet"),
        message("The experience is planned or was taken over there; whether it works there is open."),
        _unknown_sites,
        lambda n: say_n("{n:,} site of open experiences", "{n:,} sites of open experiences", n),
    ),
    Gap(
        "no_cadence",
        message("Nobody said how often it is checked"),
        message("The rule is in force, but whether it is followed cannot be known."),
        _flagged("no_cadence", _in_force),
        lambda n: say_n("{n:,} open mechanism in force", "{n:,} open mechanisms in force", n),
    ),
    Gap(
        "unexplained",
        message("Nobody wrote down why it works"),
        message("Others cannot tell what they must keep when they take it over."),
        _flagged("unexplained", _experiences),
        lambda n: say_n("{n:,} open experience", "{n:,} open experiences", n),
    ),
    Gap(
        "unowned",
        message("Open action without an accountable owner"),
        message("Nobody can be asked about it."),
        _unowned,
        lambda n: say_n("{n:,} open action", "{n:,} open actions", n),
    ),
    Gap(
        "undated",
        message("Open action without a due date"),
        message("It can be neither on time nor late."),
        _undated,
        lambda n: say_n("{n:,} open action", "{n:,} open actions", n),
    ),
    Gap(
        "unrated",
        message("Certainty not rated"),
        message("Nobody judged how sure the finding is; it is in no list of what is known and not done."),
        _unrated,
        lambda n: say_n("{n:,} open finding", "{n:,} open findings", n),
    ),
)
"""What may not be known, the gravest for trust first."""


def data_gaps(
    plan: Mapping[str, pd.DataFrame],
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """Count what is not known of the open findings of a plan on a day; also what there is nothing of.

    Args:
        plan: a plan, or any mapping of table names to frames.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (T3).
        among: only these findings are counted; all unless given.

    Returns:
        One row a gap, the gravest for trust first, as in ``GAPS``: ``name``, ``n`` (not known), ``of`` (among how many
        findings, indicators, sites or actions), ``finding_ids`` (list of the open findings concerned, in natural order).
    """
    s = snapshot_on(plan, as_of, knowledge, among=among)
    rank = rank_of(s.encoded.findings.ids)
    rows = []
    for gap in GAPS:
        n, of, finding = gap.count(s)
        concerned = np.unique(finding[s.is_open[finding]])
        ids = finding_ids(s.encoded, concerned[np.argsort(rank[concerned])])
        rows.append({"name": gap.name, "n": n, "of": of, "finding_ids": ids.tolist()})
    return pd.DataFrame(rows)

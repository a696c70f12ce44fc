"""Why has a finding this stage, and what would raise it by one?

The words come from the same computation that gave the stage, for the one finding.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from theorytopractice.assessment.actions import ActionState
from theorytopractice.assessment.assess import as_day, describe, everything_on
from theorytopractice.assessment.encoding import encode
from theorytopractice.assessment.ladder import BEGUN
from theorytopractice.assessment.problems import is_confirmed, is_solvable, ripe_on
from theorytopractice.assessment.segments import MISSING
from theorytopractice.assessment.situation import Situation
from theorytopractice.assessment.timeline import Cases
from theorytopractice.assessment.wording import (
    action_line,
    day_text,
    fact,
    indicator_line,
    site_lines,
    slot_lines,
)
from theorytopractice.errors import UnknownName
from theorytopractice.model.vocabularies import ActionRole, FindingKind, Knowledge, Solvability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

TOP = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding stands where it stands; printing it gives plain sentences."""

    finding_id: str
    statement: str
    kind: str
    as_of: str
    disposition: str
    stage: int | None
    stage_name: str | None
    headline: str
    flags: list[str]
    reasons: list[str]
    to_rise: str

    @property
    def text(self) -> str:
        """The whole explanation as plain text."""
        place = f"stage {self.stage}, {self.stage_name}" if self.stage is not None else self.disposition
        lines = [
            f"{self.finding_id} ({self.kind}) on {self.as_of}: {place}.",
            f"“{self.statement}”",
            "",
            "Why:",
        ]
        lines += [f"  - {reason}" for reason in self.reasons]
        if self.flags:
            lines += ["", f"Flags: {', '.join(self.flags)}."]
        if self.to_rise:
            lines += ["", f"To rise: {self.to_rise}"]
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return the explanation as plain text."""
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """Return the parts, ready for JSON."""
        return asdict(self)


def explain(
    plan: Mapping[str, pd.DataFrame],
    finding_id: str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
) -> Explanation:
    """Say why a finding has its stage on a day: the facts that decided it, and what would raise it by one.

    Raises:
        UnknownName: the plan has no such finding.
    """
    book = encode(plan)
    if finding_id not in book.findings.ids:
        raise UnknownName("finding", finding_id, book.findings.ids)
    everyone = everything_on(book, as_of, knowledge)
    one = np.array([book.findings.ids.get_loc(finding_id)])
    s = Situation(book, Cases(one, everyone.day[one], everyone.knowledge))
    row = describe(s).iloc[0]
    is_open = bool(s.seen.is_open[0])
    return Explanation(
        finding_id=finding_id,
        statement=str(book.frames["finding"]["statement"].iloc[one[0]]),
        kind=row["kind"],
        as_of=str(as_day(book, as_of)),
        disposition=row["disposition"],
        stage=int(row["stage"]) if is_open else None,
        stage_name=row["stage_name"] if is_open else None,
        headline=row["headline"],
        flags=row["flags"],
        reasons=_reasons(s) if is_open else [_closed(s)],
        to_rise=_to_rise(s) if is_open else "",
    )


def _closed(s: Situation) -> str:
    """Say which decision closed the finding."""
    row = int(s.seen.decision[0])
    if row < 0 or s.book.findings.recorded[s.cases.finding[0]] > s.day[0]:
        recorded = day_text(s.book.findings.recorded[s.cases.finding[0]])
        return f"It entered the plan on {recorded}, after this day."
    identifier, found = fact(s, "event", s.book.finding_events, row)
    reason = f": {found['reason']}" if isinstance(found["reason"], str) else ""
    return f"{found['event']} on {day_text(s.book.finding_events['day'][row])} ({identifier}){reason}."


def _reasons(s: Situation) -> list[str]:
    """List what decided the stage, in the order of the ladder."""
    reasons = []
    if s.seen.revised_on[0] != MISSING:
        reasons.append(
            f"Its meaning was revised on {day_text(s.seen.revised_on[0])}; only later facts count."
        )
    if s.is_blocked[0]:
        identifier, found = fact(s, "event", s.book.finding_events, int(s.seen.block[0]))
        reasons.append(f"Blocked since {str(found['happened_on'])[:10]} ({identifier}): {found['reason']}.")
    if s.is_kind(FindingKind.MECHANISM)[0]:
        reasons += _mechanism(s)
    if s.is_kind(FindingKind.EXPERIENCE)[0]:
        reasons += site_lines(s)
        reasons += (
            ["It is codified in a mechanism that is in practice."] if s.experiences.is_codified[0] else []
        )
    spreads = s.is_kind(FindingKind.EXPERIENCE)[0]
    shown = s.actions.counts & ~(s.role(ActionRole.REPLICATES) & spreads)
    reasons += [action_line(s, int(link)) for link in np.flatnonzero(shown)]
    if not s.actions.counts.any():
        reasons.append("No action has been linked to it yet.")
    reasons += [indicator_line(s, s.outcomes, i) for i in range(len(s.outcomes.case))]
    if s.is_kind(FindingKind.INSIGHT, FindingKind.PROBLEM)[0] and not s.has_outcomes[0]:
        reasons.append("No outcome or impact indicator is linked as required.")
    return reasons + _conditions(s)


def _conditions(s: Situation) -> list[str]:
    """Say of a problem which conditions it waits for, and whether those affected agree."""
    if not s.is_kind(FindingKind.PROBLEM)[0]:
        return []
    said = []
    if is_solvable(s, Solvability.NEEDS_CONDITIONS)[0]:
        links = np.flatnonzero(s.role(ActionRole.ENABLES))
        said += [f"Condition: {action_line(s, int(link))}" for link in links] or [
            "Nobody works on its conditions."
        ]
        ripe = ripe_on(s)[0]
        said += [f"The conditions have been there since {day_text(ripe)}."] if ripe != MISSING else []
    agrees = "Those affected confirm it." if is_confirmed(s)[0] else "Those affected have not confirmed it."
    return [*said, agrees]


def _mechanism(s: Situation) -> list[str]:
    """Say whether a mechanism is in force, and how its last checks went."""
    finding = s.cases.finding[0]
    effective = s.book.findings.effective[finding]
    if not s.mechanisms.is_in_force[0]:
        return [f"In force from {day_text(effective)}." if effective != MISSING else "It is not in force."]
    said = [f"In force since {day_text(effective)}."]
    if s.mechanisms.lacks_cadence[0]:
        return [*said, "Nobody said how often it is checked."]
    return said + slot_lines(s)


def _to_rise(s: Situation) -> str:
    """Say what is missing for the next stage."""
    stage = int(s.stage[0])
    if stage == TOP:
        return "it is at the top of the ladder; keep measuring, or it will go stale."
    if s.is_kind(FindingKind.MECHANISM)[0]:
        return MECHANISM_STEPS[stage]
    if s.is_kind(FindingKind.EXPERIENCE)[0]:
        return EXPERIENCE_STEPS[stage]
    return (_to_plan, _to_begin, _to_carry_out, _to_practise, _to_sustain)[stage](s)


MECHANISM_STEPS = (
    "set the day from which it is in force, or give an action an accountable owner and a due date.",
    "let it come into force.",
    "record a passed check; name a cadence first if it has none.",
    "pass the last three checks in a row.",
    "pass six checks in a row over at least 180 days.",
)
EXPERIENCE_STEPS = (
    "name a site that takes it over, with an accountable owner and a due date.",
    "start at one of the sites.",
    "complete it at one site with evidence, and record how it was adapted.",
    "show at one site, by its own indicator, that it worked there.",
    "show at three different sites that it worked, or codify it in a mechanism that is in practice.",
)


def _to_plan(s: Situation) -> str:
    live = np.flatnonzero(s.actions.is_live)
    if not len(live):
        return "link an action that delivers it, with an accountable owner and a due date, or start one."
    missing = [
        s.book.actions.ids[s.actions.action[link]] for link in live if not s.actions.is_scheduled[link]
    ]
    return f"give {_some(missing)} an accountable owner and a due date, or start it."


def _to_begin(s: Situation) -> str:
    waiting = s.actions.is_live & ~np.isin(s.actions.state, BEGUN)
    return f"start {_some(s.book.actions.ids[s.actions.action[waiting]])}."


def _to_carry_out(s: Situation) -> str:
    live = s.actions.is_live
    unproven = live & (s.actions.state == ActionState.DONE_UNVERIFIED)
    unfinished = live & ~np.isin(s.actions.state, (ActionState.DONE, ActionState.DONE_UNVERIFIED))
    steps = []
    if unfinished.any():
        steps.append(
            f"complete {_some(s.book.actions.ids[s.actions.action[unfinished]], 'and')} with evidence"
        )
    if unproven.any():
        steps.append(f"add evidence for {_some(s.book.actions.ids[s.actions.action[unproven]], 'and')}")
    return f"{'; '.join(steps)}."


def _to_practise(s: Situation) -> str:
    if not s.has_outcomes[0]:
        return "link an outcome or impact indicator with baseline and target, and measure it."
    missing = ~s.outcomes.is_shown
    ids = s.book.indicator_ids[s.outcomes.indicator[missing]]
    n, k = len(missing), int((~missing).sum())
    return f"{_some(ids, 'and')} must show the outcome ({k} of {n} indicators do): target met by fresh values, from a baseline that missed it."


def _to_sustain(s: Situation) -> str:
    waiting = ~s.outcomes.has_held
    ids = s.book.indicator_ids[s.outcomes.indicator[waiting]]
    hold = int(s.book.targets.hold[s.outcomes.indicator[waiting]].max())
    return f"{_some(ids, 'and')} must stay met for {hold} days with at least {s.book.settings.hold_points} satisfied values and no long gap."


def _some(ids: pd.Index[str] | list[str], word: str = "or") -> str:
    """Join ids as people say them, at most five."""
    few, names = 5, [str(one) for one in dict.fromkeys(ids)]
    if len(names) > few:
        return f"{', '.join(names[:few])} {word} {len(names) - few} more"
    return f" {word} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)

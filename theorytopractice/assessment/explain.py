"""Why has a finding this stage, and what would raise it by one?

The words come from the same computation that gave the stage, for the one finding.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.assessment.assess import describe, everything_on
from theorytopractice.assessment.stages.flags import LADDER_KINDS
from theorytopractice.assessment.stages.situation import Situation
from theorytopractice.assessment.stages.timeline import Cases
from theorytopractice.assessment.words import reasons_actions, reasons_kinds, reasons_outcomes
from theorytopractice.assessment.words.flag_names import flag_name
from theorytopractice.assessment.words.reasons import flag_reasons
from theorytopractice.assessment.words.rising import to_rise
from theorytopractice.assessment.words.wording import day_text
from theorytopractice.assessment.words.wording_actions import action_line, links_of
from theorytopractice.assessment.words.wording_checks import mechanism_lines
from theorytopractice.assessment.words.wording_findings import (
    closed_lines,
    condition_lines,
    review_lines,
    revision_lines,
    solvability_lines,
)
from theorytopractice.assessment.words.wording_indicators import indicator_line, survey_lines
from theorytopractice.assessment.words.wording_promises import promise_lines
from theorytopractice.assessment.words.wording_sites import site_lines
from theorytopractice.errors import UnknownName
from theorytopractice.language import say
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import ActionRole, FindingKind, Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from theorytopractice.assessment.arrays.book import Book

REASON_FILES = (reasons_actions, reasons_kinds, reasons_outcomes)  # each declares its flags' reasons


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding stands where it stands; printing it gives plain sentences.

    ``reasons`` are the facts that decided the stage, ``flag_reasons`` one sentence for each flag with the rows that
    raised it, ``to_rise`` what would raise the stage by one. Every event, observation and piece of evidence that is
    named was visible on the day.
    """

    finding_id: str
    statement: str
    kind: str
    as_of: str
    disposition: str
    stage: int | None
    stage_name: str | None
    headline: str
    flags: list[str]
    flag_reasons: dict[str, str]
    reasons: list[str]
    to_rise: str

    @property
    def text(self) -> str:
        """The whole explanation as plain text, its headings in the language that is spoken."""
        lines = [self._heading(), f"“{self.statement}”", "", say("Why:")]
        lines += [f"  - {reason}" for reason in self.reasons]
        if self.flags:
            lines += ["", say("Flags:")]
            lines += [
                say("  - {flag}: {why}", flag=flag_name(flag), why=why)
                for flag, why in self.flag_reasons.items()
            ]
        if self.to_rise:
            lines += ["", say("To rise: {step}", step=self.to_rise)]
        return "\n".join(lines)

    def _heading(self) -> str:
        """Say which finding it is, and where it stands."""
        place = (
            say("stage {stage}, {name}", stage=self.stage, name=name_of(self.stage_name))
            if self.stage is not None
            else name_of(self.disposition)
        )
        return say(
            "{finding} ({kind}) on {day}: {place}.",
            finding=self.finding_id,
            kind=name_of(self.kind),
            day=self.as_of,
            place=place,
        )

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
    return explain_in(book, finding_id, everything_on(book, as_of, knowledge))


def explain_in(book: Book, finding_id: str, cases: Cases) -> Explanation:
    """Explain one finding of a plan that is encoded already; the cases are all of its findings on the day.

    Raises:
        UnknownName: the plan has no such finding.
    """
    if finding_id not in book.findings.ids:
        raise UnknownName(say("finding"), finding_id, book.findings.ids)
    one = np.array([book.findings.ids.get_loc(finding_id)])
    s = Situation(book, Cases(one, cases.day[one], cases.knowledge))
    row = describe(s).iloc[0]
    is_open = bool(s.seen.is_open[0])
    return Explanation(
        finding_id=finding_id,
        statement=str(book.frames["finding"]["statement"].iloc[one[0]]),
        kind=row["kind"],
        as_of=day_text(s.day[0]),
        disposition=row["disposition"],
        stage=int(row["stage"]) if is_open else None,
        stage_name=row["stage_name"] if is_open else None,
        headline=row["headline"],
        flags=row["flags"],
        flag_reasons=flag_reasons(s, row["flags"]),
        reasons=_reasons(s) if is_open else closed_lines(s, Situation(book, cases)) + promise_lines(s),
        to_rise=to_rise(s) if is_open else "",
    )


def _reasons(s: Situation) -> list[str]:
    """List what decided the stage, in the order of the ladder, then promises and reviews."""
    reasons = revision_lines(s) + solvability_lines(s) + condition_lines(s)
    is_experience = s.is_kind(FindingKind.EXPERIENCE)[0]
    if s.is_kind(FindingKind.MECHANISM)[0]:
        reasons += mechanism_lines(s)
    if is_experience:
        reasons += site_lines(s)
    own_line = s.role(ActionRole.REPLICATES) & is_experience  # the sites say it
    reasons += [action_line(s, link) for link in links_of(s, s.actions.counts & ~own_line)]
    if not s.actions.counts.any():
        reasons.append(say("No action has been linked to it yet."))
    if s.is_kind(*LADDER_KINDS)[0]:
        reasons += [indicator_line(s, s.outcomes, i) for i in range(len(s.outcomes.case))]
        if not s.has_outcomes[0]:
            reasons.append(say("No outcome or impact indicator is linked as required."))
    if s.is_kind(FindingKind.PROBLEM)[0]:
        reasons += survey_lines(s)
    return reasons + promise_lines(s) + review_lines(s)

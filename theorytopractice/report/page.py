"""Of which parts does the report consist, and in which language is each of them said?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import UnknownName
from theorytopractice.language import LANGUAGES, speaking
from theorytopractice.model.vocabularies import Knowledge
from theorytopractice.report.choice import Choice
from theorytopractice.report.sections import (
    decisions,
    experiences,
    findings,
    insights,
    knowing,
    learning,
    mechanisms,
    movement,
    opening,
    owners,
    problems,
    standing,
    unknowns,
)
from theorytopractice.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from theorytopractice.report.html import Part
    from theorytopractice.report.reportable import Reportable


def _said(make: Callable[[View], Part]) -> Any:  # noqa: ANN401 - a property of the class that it is written in
    """Return a part that is made when it is first shown, in the page's language."""

    def part(page: Page) -> Part:
        with speaking(page.language):
            return make(page.view)

    part.__doc__ = make.__doc__
    return cached_property(part)


class Page:
    """The report on one plan, for one day; every part is worked out when it is first shown.

    Args:
        plan: the plan.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        since: the day on which the last report was made; without it, movement of the last thirty days is shown.
        language: ``en`` or ``zh``; the plan's own unless given.
        unit: only findings of this unit.
        owner: only findings of this owner, by identifier or name.
        theme: only findings of this theme.
        kind: only findings of this kind.
    """

    def __init__(  # noqa: PLR0913 - what a report may be asked for
        self,
        plan: Reportable,
        *,
        as_of: date | str | None = None,
        knowledge: str = Knowledge.THEN,
        since: date | str | None = None,
        language: str | None = None,
        unit: str = "",
        owner: str = "",
        theme: str = "",
        kind: str = "",
    ) -> None:
        """Read the plan."""
        self.language = language or plan.settings.language
        if self.language not in LANGUAGES:
            raise UnknownName("language", self.language, LANGUAGES)
        choice = Choice(unit, owner, theme, kind)
        self.view = View(plan, as_of=as_of, knowledge=knowledge, since=since, choice=choice)

    masthead: Part = _said(opening.masthead)
    decisions: Part = _said(decisions.show)
    movement: Part = _said(movement.show)
    standing: Part = _said(standing.show)
    knowing: Part = _said(knowing.show)
    owners: Part = _said(owners.show)
    problems: Part = _said(problems.show)
    experiences: Part = _said(experiences.show)
    mechanisms: Part = _said(mechanisms.show)
    insights: Part = _said(insights.show)
    learning: Part = _said(learning.show)
    unknowns: Part = _said(unknowns.show)
    findings: Part = _said(findings.show)
    footer: Part = _said(opening.footer)

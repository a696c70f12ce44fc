"""Of which parts does the report consist, and in which language is each of them said?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import UnknownName
from theorytopractice.i18n import LANGUAGES, speaking
from theorytopractice.model.vocabularies import Knowledge
from theorytopractice.report.data import ReportData, Scope
from theorytopractice.report.sections import decisions, findings, learning, movement, owners, problems
from theorytopractice.report.sections.kinds import render_experiences, render_insights, render_mechanisms
from theorytopractice.report.sections.knowing import render_knowing, render_unknowns
from theorytopractice.report.sections.standing import (
    render_contents,
    render_footer,
    render_masthead,
    render_standing,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from theorytopractice.html import Part
    from theorytopractice.report.data import ReportablePlan


def _part(render: Callable[[ReportData], Part]) -> Any:  # noqa: ANN401 - a property of the class that it is written in
    """Return a part that is made when it is first shown, in the page's language."""

    def part(page: Page) -> Part:
        with speaking(page.language):
            return render(page.data)

    part.__doc__ = render.__doc__
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
        tag: only findings with this tag.
    """

    def __init__(  # noqa: PLR0913 - what a report may be asked for
        self,
        plan: ReportablePlan,
        *,
        as_of: date | str | None = None,
        knowledge: str = Knowledge.THEN,
        since: date | str | None = None,
        language: str | None = None,
        unit: str = "",
        owner: str = "",
        theme: str = "",
        kind: str = "",
        tag: str = "",
    ) -> None:
        """Read the plan."""
        self.language = language or plan.settings.language
        if self.language not in LANGUAGES:
            raise UnknownName("language", self.language, LANGUAGES)
        scope = Scope(unit, owner, theme, kind, tag)
        with speaking(self.language):
            self.data = ReportData(plan, as_of=as_of, knowledge=knowledge, since=since, scope=scope)

    masthead: Part = _part(render_masthead)
    decisions: Part = _part(decisions.render)
    movement: Part = _part(movement.render)
    contents: Part = _part(render_contents)
    standing: Part = _part(render_standing)
    knowing: Part = _part(render_knowing)
    owners: Part = _part(owners.render)
    problems: Part = _part(problems.render)
    experiences: Part = _part(render_experiences)
    mechanisms: Part = _part(render_mechanisms)
    insights: Part = _part(render_insights)
    learning: Part = _part(learning.render)
    unknowns: Part = _part(render_unknowns)
    findings: Part = _part(findings.render)
    footer: Part = _part(render_footer)
